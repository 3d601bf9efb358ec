/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arm SMMU, versions 1 and 2: identification registers, and what Linux prints of them. */
#include "internal.h"

/* clang-format off */

#define SPEC "Arm System Memory Management Unit architecture version 2 (IHI 0062), "
#define LOG "Linux, drivers/iommu/arm/arm-smmu/arm-smmu.c"

static const char *const aarch32_formats[] = { "short+long", "long", "none", NULL };
static const char *const ssd_indices[] = { "unknown", "ssd-index", NULL, "16-bit" };
static const char *const flag_updates[] = { "none", "access", NULL, "access+dirty" };
static const uint64_t page_sizes[] = { 4096, 65536 };
static const uint64_t address_sizes[16] = { 32, 36, 40, 42, 44, 48 };
static const uint64_t upstream_sizes[16] = { 32, 36, 40, 42, 44, 49, [15] = 64 };

static const struct iommuctl_field idr0_fields[] = {
	{ .name = "numsmrg", .high = 7, .low = 0, .kind = FIELD_NUMBER, .help = "stream match register groups" },
	{ .name = "exids", .high = 8, .low = 8, .help = "extended stream ids, of 16 bits" },
	{ .name = "numsidb", .high = 12, .low = 9, .kind = FIELD_NUMBER, .help = "stream id size, in bits" },
	{ .name = "btm", .high = 13, .low = 13, .help = "broadcast TLB maintenance" },
	{ .name = "cttw", .high = 14, .low = 14, .help = "table walks are coherent" },
	{ .name = "exsmrgs", .high = 15, .low = 15, .help = "more stream match register groups: idr2.exnumsmrg" },
	{ .name = "numirpt", .high = 23, .low = 16, .kind = FIELD_NUMBER, .help = "interrupts of context faults" },
	{ .name = "ptfs", .high = 25, .low = 24, .kind = FIELD_ENUM, .labels = aarch32_formats, .help = "AArch32 table formats" },
	{ .name = "atosns", .high = 26, .low = 26, .help = "address translation operations are not supported" },
	{ .name = "sms", .high = 27, .low = 27, .help = "stream matching" },
	{ .name = "nts", .high = 28, .low = 28, .help = "nested translation, stage 1 and then stage 2" },
	{ .name = "s2ts", .high = 29, .low = 29, .help = "stage 2 translation" },
	{ .name = "s1ts", .high = 30, .low = 30, .help = "stage 1 translation" },
	{ .name = "ses", .high = 31, .low = 31, .help = "two security states" },
};

static const struct iommuctl_field idr1_fields[] = {
	{ .name = "numcb", .high = 7, .low = 0, .kind = FIELD_NUMBER, .help = "context banks" },
	{ .name = "numssdndxb", .high = 11, .low = 8, .kind = FIELD_NUMBER, .help = "security state index size, in bits" },
	{ .name = "ssdtp", .high = 13, .low = 12, .kind = FIELD_ENUM, .labels = ssd_indices, .help = "security state determination table" },
	{ .name = "smcd", .high = 15, .low = 15, .help = "stream match conflicts are detected" },
	{ .name = "nums2cb", .high = 23, .low = 16, .kind = FIELD_NUMBER, .help = "context banks of stage 2 alone" },
	{ .name = "hafdbs", .high = 25, .low = 24, .kind = FIELD_ENUM, .labels = flag_updates, .help = "flags of table entries that hardware updates" },
	{ .name = "numpagendxb", .high = 30, .low = 28, .kind = FIELD_POWER, .scale = 1, .bias = 1, .help = "pages of each half of the register space" },
	{ .name = "pagesize", .high = 31, .low = 31, .kind = FIELD_CODE, .numbers = page_sizes, .help = "page size of the register space, in bytes" },
};

static const struct iommuctl_field idr2_fields[] = {
	{ .name = "ias", .high = 3, .low = 0, .kind = FIELD_CODE, .numbers = address_sizes, .help = "intermediate address size, in bits" },
	{ .name = "oas", .high = 7, .low = 4, .kind = FIELD_CODE, .numbers = address_sizes, .help = "output address size, in bits" },
	{ .name = "ubs", .high = 11, .low = 8, .kind = FIELD_CODE, .numbers = upstream_sizes, .help = "upstream bus size, in bits" },
	{ .name = "ptfsv8_4kb", .high = 12, .low = 12, .help = "AArch64 granule of 4 KiB" },
	{ .name = "ptfsv8_16kb", .high = 13, .low = 13, .help = "AArch64 granule of 16 KiB" },
	{ .name = "ptfsv8_64kb", .high = 14, .low = 14, .help = "AArch64 granule of 64 KiB" },
	{ .name = "vmid16s", .high = 15, .low = 15, .help = "VMIDs of 16 bits" },
	{ .name = "exnumsmrg", .high = 26, .low = 16, .kind = FIELD_NUMBER, .help = "stream match register groups, with idr0.exsmrgs" },
	{ .name = "e2hs", .high = 27, .low = 27, .help = "contexts of a host in EL2" },
	{ .name = "hads", .high = 28, .low = 28, .help = "hierarchical attributes can be disabled" },
	{ .name = "compindexs", .high = 29, .low = 29, .help = "compressed stream indexing" },
	{ .name = "dipans", .high = 30, .low = 30, .help = "DIPAN of contexts" },
};

static const struct iommuctl_field idr7_fields[] = {
	{ .name = "minor", .high = 3, .low = 0, .kind = FIELD_NUMBER, .help = "minor revision of the implementation" },
	{ .name = "major", .high = 7, .low = 4, .kind = FIELD_NUMBER, .help = "major revision of the implementation" },
};

static const struct iommuctl_field features_fields[] = {
	{ .name = "coherent_walk", .high = 0, .low = 0, .help = "table walks are coherent" },
	{ .name = "stream_match", .high = 1, .low = 1, .help = "stream matching" },
	{ .name = "trans_s1", .high = 2, .low = 2, .help = "stage 1 translation" },
	{ .name = "trans_s2", .high = 3, .low = 3, .help = "stage 2 translation" },
	{ .name = "trans_nested", .high = 4, .low = 4, .help = "nested translation" },
	{ .name = "trans_ops", .high = 5, .low = 5, .help = "address translation operations" },
	{ .name = "vmid16", .high = 6, .low = 6, .help = "VMIDs of 16 bits" },
	{ .name = "fmt_aarch64_4k", .high = 7, .low = 7, .help = "AArch64 granule of 4 KiB" },
	{ .name = "fmt_aarch64_16k", .high = 8, .low = 8, .help = "AArch64 granule of 16 KiB" },
	{ .name = "fmt_aarch64_64k", .high = 9, .low = 9, .help = "AArch64 granule of 64 KiB" },
	{ .name = "fmt_aarch32_l", .high = 10, .low = 10, .help = "AArch32 tables with long descriptors" },
	{ .name = "fmt_aarch32_s", .high = 11, .low = 11, .help = "AArch32 tables with short descriptors" },
	{ .name = "exids", .high = 12, .low = 12, .help = "extended stream ids, of 16 bits" },
};

static const struct iommuctl_field sizes_fields[] = {
	{ .name = "sizes", .high = 31, .low = 0, .kind = FIELD_SIZES, .help = "page sizes, in bytes" },
};

static const struct iommuctl_field bits_fields[] = {
	{ .name = "bits", .high = 7, .low = 0, .kind = FIELD_NUMBER, .most = 64, .help = "size, in bits" },
};

static const struct iommuctl_field count_fields[] = {
	{ .name = "count", .high = 15, .low = 0, .kind = FIELD_NUMBER, .help = "how many there are" },
};

static const struct iommuctl_field version_fields[] = {
	{ .name = "major", .high = 7, .low = 0, .kind = FIELD_NUMBER, .help = "major version of the architecture" },
};

const struct iommuctl_register smmu_registers[14] = {
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "idr0", .width = 32,
		.help = "Identification register 0: translation and streams",
		.spec = SPEC "SMMU_IDR0",
		.fields = idr0_fields, .field_count = ARRAY_SIZE(idr0_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "idr1", .width = 32,
		.help = "Identification register 1: context banks and the register space",
		.spec = SPEC "SMMU_IDR1",
		.fields = idr1_fields, .field_count = ARRAY_SIZE(idr1_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "idr2", .width = 32,
		.help = "Identification register 2: address sizes and granules",
		.spec = SPEC "SMMU_IDR2",
		.fields = idr2_fields, .field_count = ARRAY_SIZE(idr2_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "idr7", .width = 32,
		.help = "Identification register 7: revision",
		.spec = SPEC "SMMU_IDR7",
		.fields = idr7_fields, .field_count = ARRAY_SIZE(idr7_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "features", .width = 32,
		.help = "Feature word of Linux, whose bits the kernel log has in words",
		.spec = "Linux, drivers/iommu/arm/arm-smmu/arm-smmu.h; internal to Linux, append-only so far",
		.fields = features_fields, .field_count = ARRAY_SIZE(features_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "page_sizes", .width = 32,
		.help = "Page sizes, as in the kernel log",
		.spec = LOG,
		.fields = sizes_fields, .field_count = ARRAY_SIZE(sizes_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "s1_input_bits", .width = 8,
		.help = "Virtual address size of stage 1, as in the kernel log",
		.spec = LOG,
		.fields = bits_fields, .field_count = ARRAY_SIZE(bits_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "s1_output_bits", .width = 8,
		.help = "Output address size of stage 1, as in the kernel log",
		.spec = LOG,
		.fields = bits_fields, .field_count = ARRAY_SIZE(bits_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "s2_input_bits", .width = 8,
		.help = "Intermediate address size of stage 2, as in the kernel log",
		.spec = LOG,
		.fields = bits_fields, .field_count = ARRAY_SIZE(bits_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "s2_output_bits", .width = 8,
		.help = "Output address size of stage 2, as in the kernel log",
		.spec = LOG,
		.fields = bits_fields, .field_count = ARRAY_SIZE(bits_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "context_banks", .width = 16,
		.help = "Context banks, as in the kernel log",
		.spec = LOG,
		.fields = count_fields, .field_count = ARRAY_SIZE(count_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "s2_context_banks", .width = 16,
		.help = "Context banks of stage 2 alone, as in the kernel log",
		.spec = LOG,
		.fields = count_fields, .field_count = ARRAY_SIZE(count_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "stream_match_groups", .width = 16,
		.help = "Stream match register groups, as in the kernel log",
		.spec = LOG,
		.fields = count_fields, .field_count = ARRAY_SIZE(count_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU, .name = "version", .width = 8,
		.help = "Version of the architecture, as in the kernel log",
		.spec = LOG,
		.fields = version_fields, .field_count = ARRAY_SIZE(version_fields),
	},
};
