/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry of page table formats, and what a table of one needs of an IOMMU. */
#include <errno.h>
#include <string.h>

#include "profile.h"

/* clang-format off */
#define ANYTHING IOMMUCTL_FEATURE_COUNT
#define INPUT	 IOMMUCTL_FEATURE_INPUT_BITS
#define OUTPUT	 IOMMUCTL_FEATURE_OUTPUT_BITS

static const struct iommuctl_format formats[FORMAT_COUNT] = {
	[FORMAT_VTD_S1_4LEVEL] = { "vtd-s1-4level", "VT-d, first stage, 48 bits", IOMMUCTL_MODEL_INTEL_VTD, 1, 48, true, ANYTHING },
	[FORMAT_VTD_S1_5LEVEL] = { "vtd-s1-5level", "VT-d, first stage, 57 bits", IOMMUCTL_MODEL_INTEL_VTD, 1, 57, true, ANYTHING },
	[FORMAT_VTD_S2_3LEVEL] = { "vtd-s2-3level", "VT-d, second stage, 39 bits", IOMMUCTL_MODEL_INTEL_VTD, 2, 39, true, INPUT },
	[FORMAT_VTD_S2_4LEVEL] = { "vtd-s2-4level", "VT-d, second stage, 48 bits", IOMMUCTL_MODEL_INTEL_VTD, 2, 48, true, INPUT },
	[FORMAT_VTD_S2_5LEVEL] = { "vtd-s2-5level", "VT-d, second stage, 57 bits", IOMMUCTL_MODEL_INTEL_VTD, 2, 57, true, INPUT },
	[FORMAT_AMD_V1] = { "amd-v1", "AMD-Vi, host tables", IOMMUCTL_MODEL_AMD_VI, 2, 64, false, INPUT },
	[FORMAT_AMD_V2_4LEVEL] = { "amd-v2-4level", "AMD-Vi, guest tables, 48 bits", IOMMUCTL_MODEL_AMD_VI, 1, 48, true, ANYTHING },
	[FORMAT_AMD_V2_5LEVEL] = { "amd-v2-5level", "AMD-Vi, guest tables, 57 bits", IOMMUCTL_MODEL_AMD_VI, 1, 57, true, ANYTHING },
	[FORMAT_SMMUV3_CD] = { "smmuv3-cd", "SMMUv3, stage 1, by context descriptors", IOMMUCTL_MODEL_ARM_SMMU_V3, 1, 56, false, INPUT },
	[FORMAT_SMMUV3_S2] = { "smmuv3-s2", "SMMUv3, stage 2", IOMMUCTL_MODEL_ARM_SMMU_V3, 2, 56, false, OUTPUT },
	[FORMAT_SMMUV2_S1] = { "smmuv2-s1", "SMMUv2, stage 1", IOMMUCTL_MODEL_ARM_SMMU, 1, 48, false, INPUT },
	[FORMAT_SMMUV2_S2] = { "smmuv2-s2", "SMMUv2, stage 2", IOMMUCTL_MODEL_ARM_SMMU, 2, 48, false, INPUT },
	[FORMAT_RISCV_SV39] = { "riscv-sv39", "RISC-V, first stage, 39 bits", IOMMUCTL_MODEL_RISCV_IOMMU, 1, 39, true, ANYTHING },
	[FORMAT_RISCV_SV48] = { "riscv-sv48", "RISC-V, first stage, 48 bits", IOMMUCTL_MODEL_RISCV_IOMMU, 1, 48, true, ANYTHING },
	[FORMAT_RISCV_SV57] = { "riscv-sv57", "RISC-V, first stage, 57 bits", IOMMUCTL_MODEL_RISCV_IOMMU, 1, 57, true, ANYTHING },
	[FORMAT_RISCV_SV39X4] = { "riscv-sv39x4", "RISC-V, second stage, 41 bits", IOMMUCTL_MODEL_RISCV_IOMMU, 2, 41, true, ANYTHING },
	[FORMAT_RISCV_SV48X4] = { "riscv-sv48x4", "RISC-V, second stage, 50 bits", IOMMUCTL_MODEL_RISCV_IOMMU, 2, 50, true, ANYTHING },
	[FORMAT_RISCV_SV57X4] = { "riscv-sv57x4", "RISC-V, second stage, 59 bits", IOMMUCTL_MODEL_RISCV_IOMMU, 2, 59, true, ANYTHING },
};

#define ON_OFF "on|off"

static const struct iommuctl_option options[] = {
	{ .name = "input_bits", .values = "auto|1..64", .fallback = "auto", .help = "bits of an input address; auto is all of the format" },
	{ .name = "output_bits", .values = "auto|1..64", .fallback = "auto", .help = "bits of an output address; auto is what there is" },
	{ .name = "pasid_bits", .values = "0..20", .fallback = "0", .help = "bits of the PASIDs that tables are for" },
	{ .name = "page_size", .values = "auto|4k|16k|64k|2m|32m|512m|1g", .fallback = "auto", .help = "pages that are used; auto is what there are" },
	{ .name = "granule", .same_as = "page_size", .help = "Arm's word for it" },
	{ .name = "eafe", .values = ON_OFF, .fallback = "off", .help = "extended access flag (VT-d first stage)" },
	{ .name = "sre", .values = ON_OFF, .fallback = "off", .help = "supervisor requests (VT-d first stage)" },
	{ .name = "wpe", .values = ON_OFF, .fallback = "off", .help = "write protection of supervisor requests (VT-d first stage)" },
	{ .name = "access", .values = ON_OFF, .fallback = "off", .help = "the IOMMU sets access flags" },
	{ .name = "dirty", .values = ON_OFF, .fallback = "off", .help = "the IOMMU sets access and dirty flags" },
	{ .name = "btm", .values = ON_OFF, .fallback = "off", .help = "broadcast TLB maintenance" },
};

#define VTD_S1 (1u << FORMAT_VTD_S1_4LEVEL | 1u << FORMAT_VTD_S1_5LEVEL)
#define SMMU   (1u << FORMAT_SMMUV3_CD | 1u << FORMAT_SMMUV3_S2)
#define EVERY  UINT32_MAX

/* What an option needs, and which formats have it. */
static const struct {
	uint32_t formats;
	struct effect effect;
} needs[] = {
	{ VTD_S1, { "eafe=on", IOMMUCTL_FEATURE_EXTENDED_ACCESS_FLAG, true, NULL } },
	{ VTD_S1, { "sre=on", IOMMUCTL_FEATURE_SUPERVISOR_REQUESTS, true, NULL } },
	{ VTD_S1, { "wpe=on", IOMMUCTL_FEATURE_STAGE1, true, NULL } },
	{ EVERY, { "access=on", IOMMUCTL_FEATURE_HTTU, 1, NULL } },
	{ EVERY, { "dirty=on", IOMMUCTL_FEATURE_HTTU, 2, NULL } },
	{ SMMU, { "btm=on", IOMMUCTL_FEATURE_BTM, true, NULL } },
	{ EVERY, { "!pasid_bits=0", IOMMUCTL_FEATURE_PASID_BITS, EFFECT_UNKNOWN, "pasid_bits" } },
	{ EVERY, { "!output_bits=auto", IOMMUCTL_FEATURE_OUTPUT_BITS, EFFECT_UNKNOWN, "output_bits" } },
};
/* clang-format on */

const char *format_name(unsigned int format)
{
	return format < FORMAT_COUNT ? formats[format].name : NULL;
}

static const struct iommuctl_format *find(const char *text, size_t length)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (strlen(formats[i].name) == length &&
		    strncmp(formats[i].name, text, length) == 0)
			return &formats[i];
	return NULL;
}

unsigned int format_stage(const char *name)
{
	const struct iommuctl_format *format = find(name, strlen(name));

	return format ? format->stage : 0;
}

static void put(struct iommuctl_feature_set *set, enum iommuctl_feature feature, uint64_t bits)
{
	const struct iommuctl_value value = value_from_bits(feature, bits, format_name);

	feature_set_put(set, feature, &value, NULL);
}

static int add_width(struct iommuctl_context *ctx, const struct iommuctl_format *format,
		     const struct settings *settings, struct iommuctl_feature_set *set)
{
	uint64_t bits = format->bits;
	bool is_given = settings_get_number(settings, "input_bits", &bits);

	if (bits > format->bits)
		return diag_set(ctx, EINVAL, format->name, "read the options",
				"it translates %u input bits at most, not %u",
				(unsigned int)format->bits, (unsigned int)bits);
	if (format->limit != ANYTHING && (is_given || format->is_narrow))
		put(set, format->limit, bits);
	return 0;
}

static void add_page_size(const struct iommuctl_format *format, const struct settings *settings,
			  struct iommuctl_feature_set *set)
{
	static const struct {
		const char *when;
		unsigned int bit;
	} sizes[] = {
		{ "page_size=4k", 12 }, { "page_size=16k", 14 }, { "page_size=64k", 16 },
		{ "page_size=2m", 21 }, { "page_size=32m", 25 }, { "page_size=512m", 29 },
		{ "page_size=1g", 30 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (settings_match(settings, sizes[i].when))
			put(set,
			    format->stage == 1 ? IOMMUCTL_FEATURE_STAGE1_PAGE_SIZES
					       : IOMMUCTL_FEATURE_PAGE_SIZES,
			    UINT64_C(1) << sizes[i].bit);
}

static int add_needs(struct iommuctl_context *ctx, const struct iommuctl_format *format,
		     const struct settings *settings, struct iommuctl_feature_set *set)
{
	int r = add_width(ctx, format, settings, set);

	put(set, IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, UINT64_C(1) << (format - formats));
	add_page_size(format, settings, set);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(needs); i++) {
		const struct effect *effect = &needs[i].effect;
		uint64_t bits = effect->value;

		if (!settings_match(settings, effect->when))
			continue;
		if (!(needs[i].formats >> (format - formats) & 1))
			return diag_set(ctx, EINVAL, format->name, "read the options",
					"a table of this format has no %.*s",
					(int)strcspn(effect->when, "="), effect->when);
		if (effect->from)
			settings_get_number(settings, effect->from, &bits);
		put(set, effect->feature, bits);
	}
	return r;
}

int format_parse(struct iommuctl_context *ctx, const char *text,
		 struct iommuctl_feature_set **ret_needs)
{
	const struct iommuctl_format *format = find(text, strcspn(text, ","));
	struct iommuctl_feature_set *set;
	struct settings settings;
	int r;

	if (!format) {
		diag_set(ctx, ENOENT, text, "find the format", "there is no such format");
		diag_hint(ctx, "names are like vtd-s1-4level, amd-v1, smmuv3-cd");
		return -ENOENT;
	}
	r = settings_parse(ctx, &settings, options, ARRAY_SIZE(options), format->name, text);
	if (r >= 0)
		r = feature_set_new(format->model, &set);
	if (r < 0)
		return r;
	r = add_needs(ctx, format, &settings, set);
	if (r < 0)
		iommuctl_feature_set_free(set);
	else
		*ret_needs = set;
	return r;
}

IOMMUCTL_EXPORT const struct iommuctl_format *
iommuctl_format_next(const struct iommuctl_format *format)
{
	format = format ? format + 1 : formats;
	return format < formats + FORMAT_COUNT ? format : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_format_get_name(const struct iommuctl_format *format)
{
	return format ? format->name : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_format_get_help(const struct iommuctl_format *format)
{
	return format ? format->help : NULL;
}

IOMMUCTL_EXPORT enum iommuctl_model iommuctl_format_get_model(const struct iommuctl_format *format)
{
	return format ? format->model : IOMMUCTL_MODEL_UNKNOWN;
}

IOMMUCTL_EXPORT const struct iommuctl_option *
iommuctl_format_next_option(const struct iommuctl_option *option)
{
	option = option ? option + 1 : options;
	return option < options + ARRAY_SIZE(options) ? option : NULL;
}
