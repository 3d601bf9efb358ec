/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The IOMMUs that QEMU emulates, as a guest finds them: from the registers of
 * QEMU 7.2 and 11.1 with each option, and from its source.
 */
#include "profile.h"

/* clang-format off */

#define BIT(n) (UINT64_C(1) << (n))
#define PAGES_X86 (BIT(12) | BIT(21) | BIT(30))
#define PAGES_ARM (PAGES_X86 | BIT(14) | BIT(25) | BIT(16) | BIT(29))

#define IS(feature, what) { NULL, IOMMUCTL_FEATURE_##feature, what, NULL }
#define WHEN(when, feature, what) { when, IOMMUCTL_FEATURE_##feature, what, NULL }
#define FROM(option, feature) { NULL, IOMMUCTL_FEATURE_##feature, EFFECT_UNKNOWN, option }

/* What no emulated IOMMU does. */
#define EFFECTS_ABSENT \
	IS(PASID_BITS, 0), IS(STAGE1, false), IS(STAGE2, true), IS(NESTING, false), IS(PASID, false), \
	IS(IOPF, false), IS(BTM, false), IS(HTTU, 0), IS(STALL, 0), IS(ATS, false), IS(PRI, false), \
	IS(DIRTY_TRACKING, false), IS(SNOOP_CONTROL, false), IS(POSTED_INTERRUPTS, false), \
	IS(CACHING_MODE, false), IS(STAGE1_PAGE_SIZES, 0), IS(EXTENDED_ACCESS_FLAG, false), \
	IS(SUPERVISOR_REQUESTS, false)

#define ON_OFF "on|off"
#define ON_OFF_AUTO "on|off|auto"
#define NO_EFFECT "no effect on the features"
#define ANY "*"

/* Of every device. */
#define OPTIONS_COMMON \
	{ .name = "id", .values = ANY, .fallback = "", .help = NO_EFFECT }, \
	{ .name = "bus", .values = ANY, .fallback = "", .help = NO_EFFECT }, \
	{ .name = "addr", .values = ANY, .fallback = "", .help = NO_EFFECT }

/* ------------------------------------------------------------ intel-iommu */

static const struct iommuctl_option intel_options[] = {
	{ .name = "scalable-mode", .values = ON_OFF, .fallback = "off", .help = "scalable mode: PASIDs, tables of the first stage" },
	{ .name = "x-scalable-mode", .same_as = "scalable-mode", .help = "its name up to QEMU 11.0" },
	{ .name = "fsts", .values = ON_OFF, .fallback = "off", .help = "tables of the first stage, which the host's IOMMU can walk" },
	{ .name = "flts", .same_as = "fsts", .help = "a name it had between QEMU 11.0 and 11.1" },
	{ .name = "x-flts", .same_as = "fsts", .help = "its name up to QEMU 11.0" },
	{ .name = "aw-bits", .values = "48|39", .fallback = "48", .libvirt = "aw_bits", .least = "39", .varies = true, .help = "width of addresses; 39 by default up to QEMU 9.1" },
	{ .name = "fs1gp", .values = ON_OFF, .fallback = "on", .least = "off", .help = "first-stage pages of 1 GiB" },
	{ .name = "intremap", .values = ON_OFF_AUTO, .fallback = "auto", .libvirt = "intremap", .least = "off", .varies = true, .help = "interrupt remapping; auto is on unless KVM has the whole interrupt controller" },
	{ .name = "device-iotlb", .values = ON_OFF, .fallback = "off", .libvirt = "iotlb", .least = "off", .help = "PCIe ATS" },
	{ .name = "pasid-bits", .values = "0..20", .fallback = "0", .least = "0", .help = "bits of a PASID, from QEMU 11.1 on" },
	{ .name = "x-pasid-mode", .values = ON_OFF, .fallback = "off", .help = "PASIDs up to QEMU 11.0: 8 bits of them, before QEMU 10.0 1" },
	{ .name = "svm", .values = ON_OFF, .fallback = "off", .least = "off", .help = "shared virtual memory: page requests" },
	{ .name = "snoop-control", .values = ON_OFF, .fallback = "off", .least = "off", .help = "snoop control" },
	{ .name = "pt", .values = ON_OFF, .fallback = "on", .help = "pass-through; always there from QEMU 11.0 on" },
	{ .name = "dma-translation", .values = ON_OFF, .fallback = "on", .libvirt = "dma_translation", .help = "translation of DMA at all" },
	{ .name = "caching-mode", .values = "off|on", .fallback = "off", .libvirt = "caching_mode", .least = "on", .help = "caching mode, without which no device of the host is assigned" },
	{ .name = "eim", .values = ON_OFF_AUTO, .fallback = "auto", .libvirt = "eim", .help = NO_EFFECT },
	{ .name = "dma-drain", .values = ON_OFF, .fallback = "on", .help = NO_EFFECT },
	{ .name = "stale-tm", .values = ON_OFF, .fallback = "off", .help = NO_EFFECT },
	{ .name = "x-buggy-eim", .values = ON_OFF, .fallback = "off", .help = NO_EFFECT },
	OPTIONS_COMMON,
};

static const struct rule intel_rules[] = {
	{ "fsts=on", "scalable-mode=on" },
	{ "fsts=on", "aw-bits=48" },
	{ "!pasid-bits=0", "scalable-mode=on" },
	{ "x-pasid-mode=on", "scalable-mode=on" },
	{ "svm=on", "device-iotlb=on" },
	{ "svm=on", "fsts=on" },
	{ "svm=on", "!pasid-bits=0" },
};

static const char *const intel_bases[] = { "scalable-mode=on,fsts=on,aw-bits=48", "scalable-mode=on", "", NULL };

static const struct effect intel_effects[] = {
	EFFECTS_ABSENT,
	IS(INPUT_BITS, 48), IS(ASID_BITS, 16), IS(PAGE_SIZES, PAGES_X86),
	IS(PAGE_TABLE_FORMATS, BIT(FORMAT_VTD_S2_3LEVEL) | BIT(FORMAT_VTD_S2_4LEVEL)),
	IS(INTERRUPT_REMAPPING, true), IS(COHERENT_WALK, false), IS(BYPASS, true), IS(RANGE_INVALIDATION, true),
	WHEN("aw-bits=39", INPUT_BITS, 39),
	WHEN("aw-bits=39", PAGE_TABLE_FORMATS, BIT(FORMAT_VTD_S2_3LEVEL)),
	WHEN("dma-translation=off", INPUT_BITS, EFFECT_UNKNOWN),
	WHEN("dma-translation=off", PAGE_TABLE_FORMATS, 0),
	WHEN("scalable-mode=on", SUPERVISOR_REQUESTS, true),
	WHEN("fsts=on", SUPERVISOR_REQUESTS, false),
	WHEN("fsts=on", STAGE1, true),
	WHEN("fsts=on", STAGE2, false),
	WHEN("fsts=on", INPUT_BITS, 48),
	WHEN("fsts=on", PAGE_TABLE_FORMATS, BIT(FORMAT_VTD_S1_4LEVEL)),
	WHEN("fsts=on", STAGE1_PAGE_SIZES, PAGES_X86),
	WHEN("fsts=on,fs1gp=off", STAGE1_PAGE_SIZES, BIT(12) | BIT(21)),
	WHEN("fsts=on,fs1gp=off", PAGE_SIZES, BIT(12) | BIT(21)),
	WHEN("x-pasid-mode=on", PASID, true),
	WHEN("!pasid-bits=0", PASID, true),
	{ "!pasid-bits=0", IOMMUCTL_FEATURE_PASID_BITS, EFFECT_UNKNOWN, "pasid-bits" },
	WHEN("x-pasid-mode=on", PASID_BITS, 8),
	WHEN("intremap=off", INTERRUPT_REMAPPING, false),
	WHEN("device-iotlb=on", ATS, true),
	WHEN("svm=on", PRI, true),
	WHEN("svm=on", IOPF, true),
	WHEN("snoop-control=on", SNOOP_CONTROL, true),
	WHEN("pt=off", BYPASS, false),
	WHEN("caching-mode=on", CACHING_MODE, true),
};

static const struct assign_rule intel_assign[] = {
	{ NULL, ASSIGN_REFUSED, "QEMU assigns no device to a guest whose intel-iommu has not caching-mode=on" },
	{ "caching-mode=on", ASSIGN_SHADOW, NULL },
	{ "caching-mode=on,fsts=on", ASSIGN_NESTED, NULL },
	{ "snoop-control=on", ASSIGN_REFUSED, "QEMU assigns no device to a guest whose intel-iommu has snoop-control=on" },
};

/* -------------------------------------------------------------- amd-iommu */

static const struct iommuctl_option amd_options[] = {
	{ .name = "intremap", .values = ON_OFF_AUTO, .fallback = "auto", .libvirt = "intremap", .least = "off", .varies = true, .help = "interrupt remapping; auto is on unless KVM has the whole interrupt controller" },
	{ .name = "dma-remap", .values = "off|on", .fallback = "off", .least = "off", .help = "mappings reach the host, without which no device of it is assigned; from QEMU 11.0 on" },
	{ .name = "dma-translation", .values = ON_OFF, .fallback = "on", .help = "tables of the second stage" },
	{ .name = "xtsup", .values = ON_OFF, .fallback = "off", .libvirt = "xtsup", .help = NO_EFFECT },
	{ .name = "device-iotlb", .values = ON_OFF, .fallback = "off", .help = NO_EFFECT },
	{ .name = "pt", .values = ON_OFF, .fallback = "on", .help = NO_EFFECT },
	{ .name = "pci-id", .values = ANY, .fallback = "", .help = NO_EFFECT },
	OPTIONS_COMMON,
};

static const struct effect amd_effects[] = {
	EFFECTS_ABSENT,
	IS(INPUT_BITS, 64), IS(ASID_BITS, 16), IS(PASID_BITS, 1), IS(PAGE_SIZES, PAGES_X86),
	IS(PAGE_TABLE_FORMATS, BIT(FORMAT_AMD_V1) | BIT(FORMAT_AMD_V2_4LEVEL)),
	IS(STAGE1, true), IS(ATS, true), IS(PRI, true), IS(SNOOP_CONTROL, true), IS(INTERRUPT_REMAPPING, true),
	IS(POSTED_INTERRUPTS, true), IS(COHERENT_WALK, true), IS(CACHING_MODE, true), IS(BYPASS, true),
	IS(STAGE1_PAGE_SIZES, PAGES_X86), IS(RANGE_INVALIDATION, true),
	WHEN("intremap=off", INTERRUPT_REMAPPING, false),
	WHEN("dma-translation=off", STAGE2, false),
	WHEN("dma-translation=off", INPUT_BITS, EFFECT_UNKNOWN),
	WHEN("dma-translation=off", PAGE_TABLE_FORMATS, BIT(FORMAT_AMD_V2_4LEVEL)),
};

static const struct assign_rule amd_assign[] = {
	{ NULL, ASSIGN_REFUSED, "QEMU assigns no device to a guest whose amd-iommu has not dma-remap=on" },
	{ "dma-remap=on", ASSIGN_SHADOW, NULL },
	{ "dma-translation=off", ASSIGN_REFUSED, "an amd-iommu with dma-translation=off translates no DMA" },
};

/* ----------------------------------------------------------------- SMMUv3 */

static const struct iommuctl_option smmuv3_options[] = {
	{ .name = "accel", .values = ON_OFF, .fallback = "off", .libvirt = "accel", .help = "the host's SMMU walks the guest's tables, without which no device of it is assigned" },
	{ .name = "stage", .values = "auto|1|2|nested", .fallback = "auto", .help = "stages; auto is nested for smmuv3 without accel=on, or else 1" },
	{ .name = "oas", .values = "48|44|auto", .fallback = "auto", .libvirt = "oas", .least = "auto", .help = "bits of an output address; auto is the host's with accel=on, or else 44" },
	{ .name = "ssidsize", .values = "0..20|auto", .fallback = "auto", .libvirt = "ssidsize", .least = "auto", .help = "bits of a PASID; auto is the host's with accel=on, or else 0" },
	{ .name = "ats", .values = ON_OFF_AUTO, .fallback = "auto", .libvirt = "ats", .least = "auto", .help = "PCIe ATS; auto is the host's with accel=on, or else off" },
	{ .name = "ril", .values = ON_OFF_AUTO, .fallback = "auto", .libvirt = "ril", .least = "auto", .help = "invalidation of ranges; auto is the host's with accel=on, or else on" },
	{ .name = "cmdqv", .values = ON_OFF_AUTO, .fallback = "auto", .libvirt = "cmdqv", .help = NO_EFFECT },
	{ .name = "msi-gpa", .values = ANY, .fallback = "", .help = NO_EFFECT },
	{ .name = "primary-bus", .values = ANY, .fallback = "", .help = NO_EFFECT },
	{ .name = "smmu_per_bus", .values = ON_OFF, .fallback = "off", .help = NO_EFFECT },
	OPTIONS_COMMON,
};

static const struct rule smmuv3_rules[] = {
	{ "accel=on", "!stage=2" },
	{ "accel=on", "!stage=nested" },
	{ "oas=48", "accel=on" },
	{ "!ssidsize=auto,!ssidsize=0", "accel=on" },
	{ "ats=on", "accel=on" },
	{ "ril=off", "accel=on" },
	{ "cmdqv=on", "accel=on" },
};

static const char *const smmuv3_bases[] = { "stage=nested", "stage=1", "stage=2", "accel=on", NULL };
static const char *const smmuv3_machine_bases[] = { "", "accel=on", NULL };

#define WITH_STAGE2(when) \
	WHEN(when, STAGE2, true), \
	WHEN(when, PAGE_TABLE_FORMATS, BIT(FORMAT_SMMUV3_CD) | BIT(FORMAT_SMMUV3_S2))

static const struct effect smmuv3_effects[] = {
	EFFECTS_ABSENT,
	IS(INPUT_BITS, 48), IS(OUTPUT_BITS, 44), IS(ASID_BITS, 16), IS(PAGE_SIZES, PAGES_ARM),
	IS(PAGE_TABLE_FORMATS, BIT(FORMAT_SMMUV3_CD)), IS(STAGE1, true), IS(STAGE2, false),
	IS(COHERENT_WALK, true), IS(BYPASS, true), IS(STAGE1_PAGE_SIZES, PAGES_ARM), IS(RANGE_INVALIDATION, true),
	WHEN("stage=2", STAGE1, false),
	WHEN("stage=2", STAGE1_PAGE_SIZES, 0),
	WHEN("stage=2", INPUT_BITS, 44),
	WHEN("stage=2", STAGE2, true),
	WHEN("stage=2", PAGE_TABLE_FORMATS, BIT(FORMAT_SMMUV3_S2)),
	WITH_STAGE2("stage=nested"),
	WHEN("accel=on,oas=auto", OUTPUT_BITS, EFFECT_UNKNOWN),
	WHEN("oas=48", OUTPUT_BITS, 48),
	WHEN("accel=on,ssidsize=auto", PASID_BITS, EFFECT_UNKNOWN),
	WHEN("accel=on,ssidsize=auto", PASID, EFFECT_UNKNOWN),
	{ "!ssidsize=auto", IOMMUCTL_FEATURE_PASID_BITS, EFFECT_UNKNOWN, "ssidsize" },
	WHEN("!ssidsize=auto,!ssidsize=0", PASID, true),
	WHEN("accel=on,ats=auto", ATS, EFFECT_UNKNOWN),
	WHEN("ats=on", ATS, true),
	WHEN("accel=on,ril=auto", RANGE_INVALIDATION, EFFECT_UNKNOWN),
	WHEN("ril=off", RANGE_INVALIDATION, false),
};

/* -M virt,iommu=smmuv3 */
static const struct effect smmuv3_machine_effects[] = {
	WITH_STAGE2("stage=auto,!accel=on"),
};

static const struct assign_rule smmuv3_assign[] = {
	{ NULL, ASSIGN_REFUSED, "QEMU assigns no device behind an SMMUv3 without accel=on" },
	{ "accel=on", ASSIGN_NESTED, NULL },
};

/* ----------------------------------------------------------- virtio-iommu */

static const struct iommuctl_option virtio_options[] = {
	{ .name = "aw-bits", .values = "32..64", .fallback = "64", .libvirt = "aw_bits", .least = "32", .help = "width of addresses, from QEMU 9.0 on" },
	{ .name = "boot-bypass", .values = ON_OFF, .fallback = "on", .help = NO_EFFECT },
	{ .name = "granule", .values = "host|4k|8k|16k|64k", .fallback = "host", .help = "least page size, from QEMU 9.0 on; 4k before" },
	OPTIONS_COMMON,
};

static const struct effect virtio_effects[] = {
	EFFECTS_ABSENT,
	FROM("aw-bits", INPUT_BITS),
	IS(PAGE_TABLE_FORMATS, 0), IS(INTERRUPT_REMAPPING, false), IS(BYPASS, true),
	/* and every larger power of two */
	WHEN("granule=4k", PAGE_SIZES, UINT64_MAX << 12),
	WHEN("granule=8k", PAGE_SIZES, UINT64_MAX << 13),
	WHEN("granule=16k", PAGE_SIZES, UINT64_MAX << 14),
	WHEN("granule=64k", PAGE_SIZES, UINT64_MAX << 16),
};

static const struct assign_rule virtio_assign[] = {
	{ NULL, ASSIGN_SHADOW, NULL },
};

/* --------------------------------------------------------------- profiles */

static const char *const no_bases[] = { "", NULL };

#define TABLE(member, array) .member##s = array, .member##_count = ARRAY_SIZE(array)

#define VIRTIO(profile_name) { \
	.name = profile_name, .help = "virtio-iommu, of every machine", \
	.model = IOMMUCTL_MODEL_VIRTIO_IOMMU, .libvirt = "virtio", .bases = no_bases, \
	TABLE(option, virtio_options), TABLE(effect, virtio_effects), TABLE(assign_rule, virtio_assign), \
}

const struct iommuctl_profile profiles[] = {
	{
		.name = "intel-iommu", .help = "Intel VT-d of machine q35",
		.model = IOMMUCTL_MODEL_INTEL_VTD, .libvirt = "intel", .bases = intel_bases,
		TABLE(option, intel_options), TABLE(rule, intel_rules), TABLE(effect, intel_effects),
		TABLE(assign_rule, intel_assign),
	},
	{
		.name = "amd-iommu", .help = "AMD-Vi of machine q35",
		.model = IOMMUCTL_MODEL_AMD_VI, .libvirt = "amd", .bases = no_bases,
		TABLE(option, amd_options), TABLE(effect, amd_effects), TABLE(assign_rule, amd_assign),
	},
	{
		.name = "arm-smmuv3", .help = "Arm SMMUv3 as a device, of machine virt",
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .bus = "primary-bus=pcie.0", .bases = smmuv3_bases,
		TABLE(option, smmuv3_options), TABLE(rule, smmuv3_rules), TABLE(effect, smmuv3_effects),
		TABLE(assign_rule, smmuv3_assign),
	},
	{
		.name = "smmuv3", .help = "Arm SMMUv3 of -machine virt,iommu=smmuv3",
		.model = IOMMUCTL_MODEL_ARM_SMMU_V3, .libvirt = "smmuv3", .libvirt_accel = "pciBus='0'",
		.is_machine = true, .bases = smmuv3_machine_bases,
		TABLE(option, smmuv3_options), TABLE(rule, smmuv3_rules), TABLE(effect, smmuv3_effects),
		.more = smmuv3_machine_effects, .more_count = ARRAY_SIZE(smmuv3_machine_effects),
		TABLE(assign_rule, smmuv3_assign),
	},
	VIRTIO("virtio-iommu-pci"),
	VIRTIO("virtio-iommu"),
};

const size_t profile_count = ARRAY_SIZE(profiles);
