/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Arm SMMUv3: identification registers, and what Linux's driver prints in
 * their place; NVIDIA's CMDQV beside it.
 */
#include "internal.h"

/* clang-format off */

#define SPEC "Arm System Memory Management Unit architecture version 3 (IHI 0070), "
#define LINUX "Linux, drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.h; internal to Linux, append-only so far"

static const char *const table_formats[] = { "aarch32", "aarch64" };
static const char *const flag_updates[] = { "none", "access", "access+dirty", "access+dirty+table" };
static const char *const endians[] = { "mixed", NULL, "little", "big" };
static const char *const stall_models[] = { "stall+terminate", "terminate-only", "forced-stall", NULL };
static const char *const stream_tables[] = { "linear", "2-level", NULL, NULL };
static const uint64_t output_sizes[] = { 32, 36, 40, 42, 44, 48, 52, 56 };
static const uint64_t virtual_sizes[] = { 48, 52, 56, 0 };

/* JEP106 codes: the bank less 1 in 11:8, the identity in 6:0 */
static const struct field_name implementers[] = {
	{ 0xfff, 0x43b, "Arm" },
	{ 0xfff, 0x36b, "NVIDIA" },
	{ 0xfff, 0x736, "HiSilicon" },
	{ 0xfff, 0x070, "Qualcomm" },
	{ 0 },
};

/* each implementer numbers its own products */
static const struct field_name products[] = {
	{ 0xfff00fff, 0x4830043b, "MMU-600" },
	{ 0xfff00fff, 0x4870043b, "MMU-700" },
	{ 0xfff00fff, 0x48a0043b, "MMU-L1" },
	{ 0xfff00fff, 0x4980043b, "MMU-S3" },
	{ 0 },
};

static const struct iommuctl_field idr0_fields[] = {
	{ .name = "s2p", .high = 0, .low = 0, .help = "stage 2 translation" },
	{ .name = "s1p", .high = 1, .low = 1, .help = "stage 1 translation" },
	{ .name = "ttf", .high = 3, .low = 2, .kind = FIELD_SET, .labels = table_formats, .help = "formats of translation tables" },
	{ .name = "cohacc", .high = 4, .low = 4, .help = "table walks and queues are coherent" },
	{ .name = "btm", .high = 5, .low = 5, .help = "broadcast TLB maintenance" },
	{ .name = "httu", .high = 7, .low = 6, .kind = FIELD_ENUM, .labels = flag_updates, .help = "flags of table entries that hardware updates" },
	{ .name = "dormhint", .high = 8, .low = 8, .help = "dormant hint" },
	{ .name = "hyp", .high = 9, .low = 9, .help = "stage 1 contexts of the hypervisor (EL2)" },
	{ .name = "ats", .high = 10, .low = 10, .help = "PCIe ATS" },
	{ .name = "ns1ats", .high = 11, .low = 11, .help = "ATS of stage 1 alone is not supported" },
	{ .name = "asid16", .high = 12, .low = 12, .help = "ASIDs of 16 bits" },
	{ .name = "msi", .high = 13, .low = 13, .help = "interrupts of the SMMU as messages" },
	{ .name = "sev", .high = 14, .low = 14, .help = "events wake processors that wait" },
	{ .name = "atos", .high = 15, .low = 15, .help = "address translation operations" },
	{ .name = "pri", .high = 16, .low = 16, .help = "PCIe page requests" },
	{ .name = "vmw", .high = 17, .low = 17, .help = "wildcards for VMIDs in invalidations" },
	{ .name = "vmid16", .high = 18, .low = 18, .help = "VMIDs of 16 bits" },
	{ .name = "cd2l", .high = 19, .low = 19, .help = "context descriptor tables of 2 levels" },
	{ .name = "vatos", .high = 20, .low = 20, .help = "virtual page of address translation operations" },
	{ .name = "ttendian", .high = 22, .low = 21, .kind = FIELD_ENUM, .labels = endians, .help = "byte order of translation tables" },
	{ .name = "atsrecerr", .high = 23, .low = 23, .help = "more errors of ATS requests are recorded" },
	{ .name = "stall_model", .high = 25, .low = 24, .kind = FIELD_ENUM, .labels = stall_models, .help = "what can be done with faulting transactions" },
	{ .name = "term_model", .high = 26, .low = 26, .help = "terminated transactions are always aborted" },
	{ .name = "st_level", .high = 28, .low = 27, .kind = FIELD_ENUM, .labels = stream_tables, .help = "levels of the stream table" },
	{ .name = "rme_impl", .high = 30, .low = 30, .help = "realm management extension" },
};

static const struct iommuctl_field idr1_fields[] = {
	{ .name = "sidsize", .high = 5, .low = 0, .kind = FIELD_NUMBER, .most = 32, .help = "stream id size, in bits" },
	{ .name = "ssidsize", .high = 10, .low = 6, .kind = FIELD_NUMBER, .most = 20, .help = "substream id (PASID) size, in bits; 0 is none" },
	{ .name = "priqs", .high = 15, .low = 11, .kind = FIELD_POWER, .scale = 1, .most = 19, .help = "most entries of the page request queue" },
	{ .name = "eventqs", .high = 20, .low = 16, .kind = FIELD_POWER, .scale = 1, .most = 19, .help = "most entries of the event queue" },
	{ .name = "cmdqs", .high = 25, .low = 21, .kind = FIELD_POWER, .scale = 1, .most = 19, .help = "most entries of the command queue" },
	{ .name = "attr_perms_ovr", .high = 26, .low = 26, .help = "incoming permissions can be overridden" },
	{ .name = "attr_types_ovr", .high = 27, .low = 27, .help = "incoming memory types can be overridden" },
	{ .name = "rel", .high = 28, .low = 28, .help = "preset base addresses are relative" },
	{ .name = "queues_preset", .high = 29, .low = 29, .help = "base addresses of the queues are fixed" },
	{ .name = "tables_preset", .high = 30, .low = 30, .help = "base addresses of the tables are fixed" },
	{ .name = "ecmdq", .high = 31, .low = 31, .help = "enhanced command queues" },
};

static const struct iommuctl_field idr2_fields[] = {
	{ .name = "ba_vatos", .high = 9, .low = 0, .kind = FIELD_NUMBER, .shift = 16, .bias = 0x20000, .help = "offset of the VATOS page, in bytes; only with idr0.vatos" },
};

static const struct iommuctl_field idr3_fields[] = {
	{ .name = "had", .high = 2, .low = 2, .help = "hierarchical attributes can be disabled" },
	{ .name = "pbha", .high = 3, .low = 3, .help = "page-based hardware attributes" },
	{ .name = "xnx", .high = 4, .low = 4, .help = "execute-never by exception level at stage 2" },
	{ .name = "pps", .high = 5, .low = 5, .help = "the PASID of a page request is used in automatic responses" },
	{ .name = "mpam", .high = 7, .low = 7, .help = "memory partitioning and monitoring" },
	{ .name = "fwb", .high = 8, .low = 8, .help = "stage 2 controls memory types (forced write-back)" },
	{ .name = "stt", .high = 9, .low = 9, .help = "small translation tables" },
	{ .name = "ril", .high = 10, .low = 10, .help = "invalidation of ranges, with a hint of the level" },
	{ .name = "bbml", .high = 12, .low = 11, .kind = FIELD_NUMBER, .most = 2, .help = "level of break-before-make behaviour" },
	{ .name = "e0pd", .high = 13, .low = 13, .help = "access from EL0 can be prevented by half of the address space" },
	{ .name = "ptwnnc", .high = 14, .low = 14, .help = "walks through device memory are normal non-cacheable" },
	{ .name = "dpt", .high = 15, .low = 15, .help = "device permission table" },
	{ .name = "pasidtt", .high = 16, .low = 16, .help = "translated ATS requests can have a PASID" },
	{ .name = "epan", .high = 17, .low = 17, .help = "enhanced privileged access never" },
	{ .name = "s1pi", .high = 18, .low = 18, .help = "permission indirections at stage 1" },
	{ .name = "s2pi", .high = 19, .low = 19, .help = "permission indirections at stage 2" },
	{ .name = "s2po", .high = 20, .low = 20, .help = "permission overlays at stage 2" },
	{ .name = "the", .high = 21, .low = 21, .help = "translation hardening extension" },
	{ .name = "mteperm", .high = 22, .low = 22, .help = "NoTagAccess memory attributes at stage 2" },
	{ .name = "aie", .high = 23, .low = 23, .help = "attribute index extension at stage 1" },
};

static const struct iommuctl_field idr4_fields[] = {
	{ .name = "impdef", .high = 31, .low = 0, .kind = FIELD_NUMBER, .help = "whatever the implementer put there" },
};

static const struct iommuctl_field idr5_fields[] = {
	{ .name = "oas", .high = 2, .low = 0, .kind = FIELD_CODE, .numbers = output_sizes, .help = "output address size, in bits" },
	{ .name = "gran4k", .high = 4, .low = 4, .help = "granule of 4 KiB" },
	{ .name = "gran16k", .high = 5, .low = 5, .help = "granule of 16 KiB" },
	{ .name = "gran64k", .high = 6, .low = 6, .help = "granule of 64 KiB" },
	{ .name = "ds", .high = 7, .low = 7, .help = "addresses of 52 bits with granules of 4 and 16 KiB" },
	{ .name = "d128", .high = 8, .low = 8, .help = "table entries of 128 bits" },
	{ .name = "vax", .high = 11, .low = 10, .kind = FIELD_CODE, .numbers = virtual_sizes, .help = "virtual address size, in bits" },
	{ .name = "stall_max", .high = 31, .low = 16, .kind = FIELD_NUMBER, .help = "most transactions that can be stalled" },
};

static const struct iommuctl_field iidr_fields[] = {
	{ .name = "implementer", .high = 11, .low = 0, .kind = FIELD_NAMED, .names = implementers, .help = "who made it, a JEP106 code" },
	{ .name = "revision", .high = 15, .low = 12, .kind = FIELD_NUMBER, .help = "minor revision of the product" },
	{ .name = "variant", .high = 19, .low = 16, .kind = FIELD_NUMBER, .help = "variant, or major revision, of the product" },
	{ .name = "productid", .high = 31, .low = 20, .kind = FIELD_NAMED, .names = products, .help = "the product, a code of the implementer (Arm: 0x483 MMU-600, 0x487 MMU-700, 0x48a MMU-L1, 0x498 MMU-S3)" },
};

static const struct iommuctl_field aidr_fields[] = {
	{ .name = "minor", .high = 3, .low = 0, .kind = FIELD_NUMBER, .help = "minor version of the architecture" },
	{ .name = "major", .high = 7, .low = 4, .kind = FIELD_NUMBER, .bias = 3, .help = "major version of the architecture" },
};

static const struct iommuctl_field features_fields[] = {
	{ .name = "2lvl_strtab", .high = 0, .low = 0, .help = "stream tables of 2 levels" },
	{ .name = "2lvl_cdtab", .high = 1, .low = 1, .help = "context descriptor tables of 2 levels" },
	{ .name = "tt_le", .high = 2, .low = 2, .help = "little-endian translation tables" },
	{ .name = "tt_be", .high = 3, .low = 3, .help = "big-endian translation tables" },
	{ .name = "pri", .high = 4, .low = 4, .help = "PCIe page requests" },
	{ .name = "ats", .high = 5, .low = 5, .help = "PCIe ATS" },
	{ .name = "sev", .high = 6, .low = 6, .help = "events wake processors that wait" },
	{ .name = "msi", .high = 7, .low = 7, .help = "interrupts of the SMMU as messages" },
	{ .name = "coherency", .high = 8, .low = 8, .help = "table walks and queues are coherent" },
	{ .name = "trans_s1", .high = 9, .low = 9, .help = "stage 1 translation" },
	{ .name = "trans_s2", .high = 10, .low = 10, .help = "stage 2 translation" },
	{ .name = "stalls", .high = 11, .low = 11, .help = "faulting transactions can be stalled" },
	{ .name = "hyp", .high = 12, .low = 12, .help = "stage 1 contexts of the hypervisor (EL2)" },
	{ .name = "stall_force", .high = 13, .low = 13, .help = "faulting transactions are always stalled" },
	{ .name = "vax", .high = 14, .low = 14, .help = "virtual addresses of 52 bits" },
	{ .name = "range_inv", .high = 15, .low = 15, .help = "invalidation of ranges" },
	{ .name = "btm", .high = 16, .low = 16, .help = "broadcast TLB maintenance" },
	{ .name = "sva", .high = 17, .low = 17, .help = "shared virtual addressing" },
	{ .name = "e2h", .high = 18, .low = 18, .help = "contexts of a host in EL2" },
	{ .name = "nesting", .high = 19, .low = 19, .help = "nested translation" },
	{ .name = "attr_types_ovr", .high = 20, .low = 20, .help = "incoming memory types can be overridden" },
	{ .name = "ha", .high = 21, .low = 21, .help = "hardware updates the access flag" },
	{ .name = "hd", .high = 22, .low = 22, .help = "hardware updates the dirty state" },
	{ .name = "s2fwb", .high = 23, .low = 23, .help = "stage 2 controls memory types (forced write-back)" },
	{ .name = "bbml2", .high = 24, .low = 24, .help = "break-before-make behaviour of level 2" },
	{ .name = "haft", .high = 25, .low = 25, .help = "hardware updates the access flag of tables" },
	{ .name = "ds", .high = 26, .low = 26, .help = "addresses of 52 bits with granules of 4 and 16 KiB" },
};

static const struct iommuctl_field option_fields[] = {
	{ .name = "skip_prefetch", .high = 0, .low = 0, .help = "no prefetch commands (erratum)" },
	{ .name = "page0_regs_only", .high = 1, .low = 1, .help = "all registers are in page 0 (erratum)" },
	{ .name = "msipoll", .high = 2, .low = 2, .help = "the end of commands is polled in memory" },
	{ .name = "cmdq_force_sync", .high = 3, .low = 3, .help = "a synchronisation after each command (erratum)" },
	{ .name = "tegra241_cmdqv", .high = 4, .low = 4, .help = "NVIDIA CMDQV: command queues for virtual machines" },
};

static const struct iommuctl_field bits_fields[] = {
	{ .name = "bits", .high = 7, .low = 0, .kind = FIELD_NUMBER, .most = 64, .help = "size, in bits" },
};

static const struct iommuctl_field entries_fields[] = {
	{ .name = "entries", .high = 31, .low = 0, .kind = FIELD_NUMBER, .help = "how many there are" },
};

static const struct iommuctl_field cmdqv_config_fields[] = {
	{ .name = "cmdqv_en", .high = 0, .low = 0, .help = "the unit is enabled" },
	{ .name = "per_cmd_offset", .high = 3, .low = 1, .kind = FIELD_NUMBER, .help = "offset of commands, a code" },
	{ .name = "max_clk_batch", .high = 11, .low = 4, .kind = FIELD_NUMBER, .help = "most clocks of a batch of commands" },
	{ .name = "max_cmd_batch", .high = 19, .low = 12, .kind = FIELD_NUMBER, .help = "most commands of a batch" },
	{ .name = "cons_dram_en", .high = 20, .low = 20, .help = "consumer indices are written to memory" },
};

static const struct iommuctl_field cmdqv_param_fields[] = {
	{ .name = "ver", .high = 3, .low = 0, .kind = FIELD_NUMBER, .help = "version" },
	{ .name = "num_vcmdq_log2", .high = 7, .low = 4, .kind = FIELD_POWER, .scale = 1, .help = "virtual command queues" },
	{ .name = "num_vintf_log2", .high = 11, .low = 8, .kind = FIELD_POWER, .scale = 1, .help = "virtual interfaces" },
	{ .name = "num_sid_per_vm_log2", .high = 15, .low = 12, .kind = FIELD_POWER, .scale = 1, .help = "stream ids of a virtual machine" },
};

static const struct iommuctl_field cmdqv_info_fields[] = {
	{ .name = "version", .high = 7, .low = 0, .kind = FIELD_NUMBER, .help = "version" },
	{ .name = "log2vcmdqs", .high = 15, .low = 8, .kind = FIELD_POWER, .scale = 1, .most = 63, .help = "virtual command queues of a virtual machine" },
	{ .name = "log2vsids", .high = 23, .low = 16, .kind = FIELD_POWER, .scale = 1, .most = 63, .help = "stream ids of a virtual machine" },
};

const struct iommuctl_register smmu_v3_registers[15] = {
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "idr0", .width = 32,
		.help = "Identification register 0: translation, queues, ATS",
		.spec = SPEC "6.3.1",
		.fields = idr0_fields, .field_count = ARRAY_SIZE(idr0_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "idr1", .width = 32,
		.help = "Identification register 1: sizes of ids and queues",
		.spec = SPEC "6.3.2",
		.fields = idr1_fields, .field_count = ARRAY_SIZE(idr1_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "idr2", .width = 32,
		.help = "Identification register 2: address of the VATOS page",
		.spec = SPEC "6.3.3",
		.fields = idr2_fields, .field_count = ARRAY_SIZE(idr2_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "idr3", .width = 32,
		.help = "Identification register 3: extensions of the translation",
		.spec = SPEC "6.3.4",
		.fields = idr3_fields, .field_count = ARRAY_SIZE(idr3_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "idr4", .width = 32,
		.help = "Identification register 4, implementation defined",
		.spec = SPEC "6.3.5",
		.fields = idr4_fields, .field_count = ARRAY_SIZE(idr4_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "idr5", .width = 32,
		.help = "Identification register 5: address sizes and granules",
		.spec = SPEC "6.3.6",
		.fields = idr5_fields, .field_count = ARRAY_SIZE(idr5_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "iidr", .width = 32,
		.help = "Implementation identification register",
		.spec = SPEC "6.3.7",
		.fields = iidr_fields, .field_count = ARRAY_SIZE(iidr_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "aidr", .width = 32,
		.help = "Architecture identification register",
		.spec = SPEC "6.3.8",
		.fields = aidr_fields, .field_count = ARRAY_SIZE(aidr_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "features", .width = 32,
		.help = "Feature word of Linux, as in the kernel log",
		.spec = LINUX,
		.fields = features_fields, .field_count = ARRAY_SIZE(features_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "option_mask", .width = 32,
		.help = "Options of Linux, errata among them, as in the kernel log",
		.spec = LINUX,
		.fields = option_fields, .field_count = ARRAY_SIZE(option_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "ias", .width = 8,
		.help = "Input (intermediate) address size, as in the kernel log",
		.spec = "Linux, drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c",
		.fields = bits_fields, .field_count = ARRAY_SIZE(bits_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "oas", .width = 8,
		.help = "Output address size, as in the kernel log",
		.spec = "Linux, drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c",
		.fields = bits_fields, .field_count = ARRAY_SIZE(bits_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "cmdq_entries", .width = 32,
		.help = "Entries of the command queue, as in the kernel log",
		.spec = "Linux, drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c",
		.fields = entries_fields, .field_count = ARRAY_SIZE(entries_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "evtq_entries", .width = 32,
		.help = "Entries of the event queue, as in the kernel log",
		.spec = "Linux, drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c",
		.fields = entries_fields, .field_count = ARRAY_SIZE(entries_fields),
	},
	{
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .name = "priq_entries", .width = 32,
		.help = "Entries of the page request queue, as in the kernel log",
		.spec = "Linux, drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c",
		.fields = entries_fields, .field_count = ARRAY_SIZE(entries_fields),
	},
};

const struct iommuctl_register tegra_registers[3] = {
	{
		.arch = "tegra241-cmdqv", .name = "cmdqv_config", .width = 32,
		.help = "Configuration of the unit",
		.spec = "Linux, drivers/iommu/arm/arm-smmu-v3/tegra241-cmdqv.c, offset 0000h; the batches from QEMU",
		.fields = cmdqv_config_fields, .field_count = ARRAY_SIZE(cmdqv_config_fields),
	},
	{
		.arch = "tegra241-cmdqv", .name = "cmdqv_param", .width = 32,
		.help = "Parameters of the unit",
		.spec = "Linux, drivers/iommu/arm/arm-smmu-v3/tegra241-cmdqv.c, offset 0004h",
		.fields = cmdqv_param_fields, .field_count = ARRAY_SIZE(cmdqv_param_fields),
	},
	{
		.arch = "tegra241-cmdqv", .name = "cmdqv_info", .width = 32,
		.help = "What iommufd tells of the unit: bytes 4 to 7 of its information, little-endian",
		.spec = "Linux, include/uapi/linux/iommufd.h, struct iommu_hw_info_tegra241_cmdqv",
		.fields = cmdqv_info_fields, .field_count = ARRAY_SIZE(cmdqv_info_fields),
	},
};
