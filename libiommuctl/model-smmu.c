/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arm SMMU, versions 1 and 2: the lines that the driver prints when it starts. */
#include <string.h>

#include "internal.h"

/* The driver prints what there is; what follows is printed of every one. */
#define COHERENT_WALK_BIT 0x1

static const char *const features[][2] = {
	{ "trans_s1", "smmuv2-s1" },
	{ "trans_s2", "smmuv2-s2" },
};

static bool word_has(const struct iommuctl_log_entry *entry, const char *name)
{
	return iommuctl_field_get_raw(register_find_field(entry->reg, name), entry->value);
}

static void load_word(struct iommuctl_iommu *iommu, const struct iommuctl_log_entry *entry)
{
	struct iommuctl_value formats = { .type = IOMMUCTL_VALUE_TEXTS };

	if (strcmp(iommuctl_register_get_name(entry->reg), "features") != 0 ||
	    !(entry->known & COHERENT_WALK_BIT))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		if (word_has(entry, features[i][0]))
			formats.texts[formats.count++] = features[i][1];
	feature_set(iommu, IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, formats, source_log);
	feature_bool(iommu, IOMMUCTL_FEATURE_STAGE1, word_has(entry, "trans_s1"), source_log);
	feature_bool(iommu, IOMMUCTL_FEATURE_STAGE2, word_has(entry, "trans_s2"), source_log);
	feature_bool(iommu, IOMMUCTL_FEATURE_COHERENT_WALK, word_has(entry, "coherent_walk"),
		     source_log);
}

/* Linux prefers the first stage. */
static void load(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	static const struct log_number numbers[] = {
		{ "page_sizes", IOMMUCTL_FEATURE_PAGE_SIZES },
		{ "s2_input_bits", IOMMUCTL_FEATURE_INPUT_BITS },
		{ "s1_input_bits", IOMMUCTL_FEATURE_INPUT_BITS },
		{ "s1_output_bits", IOMMUCTL_FEATURE_OUTPUT_BITS },
		{ "s2_output_bits", IOMMUCTL_FEATURE_OUTPUT_BITS },
	};
	const struct register_value *version;
	char text[8];

	iommu_read_log(topology, iommu, load_word);
	iommu_log_numbers(iommu, numbers, ARRAY_SIZE(numbers));
	version = iommu_find_register(iommu, "version");
	if (!version)
		return;
	snprintf(text, sizeof(text), "%u.0", (unsigned int)(version->value & 0xff));
	iommu->version = arena_strdup(&topology->arena, text);
}

static const struct feature_default defaults[] = {
	DEFAULTS_OPTIONAL_ABSENT,
	DEFAULT_NO(NESTING, "Linux has no nested domains for SMMUv1 and v2"),
	DEFAULT_NO(PASID, "SMMUv1 and v2 have no PASIDs"),
	DEFAULT_NO(IOPF, "Linux delivers no page faults of SMMUv1 and v2"),
	DEFAULT_NO(DIRTY_TRACKING, "SMMUv1 and v2 keep no dirty flags"),
	DEFAULT_NO(SNOOP_CONTROL, "Linux does not force DMA to snoop on SMMUv1 and v2"),
	{ IOMMUCTL_FEATURE_INPUT_BITS, VALUE_NUMBER(32) },
	{ IOMMUCTL_FEATURE_OUTPUT_BITS, VALUE_NUMBER(32) },
	{ IOMMUCTL_FEATURE_ASID_BITS, VALUE_NUMBER(8) },
	{ IOMMUCTL_FEATURE_COHERENT_WALK, VALUE_BOOL(false) },
	{ IOMMUCTL_FEATURE_BYPASS, VALUE_BOOL(true) },
};

const struct model model_arm_smmu = {
	.name = "arm-smmu",
	.prefix = "smmu.",
	.load = load,
	.defaults = defaults,
	.default_count = ARRAY_SIZE(defaults),
};
