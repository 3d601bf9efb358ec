/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Models whose drivers publish nothing but a name in sysfs. The defaults are
 * what the architecture promises of every implementation.
 */
#include "internal.h"

#define MODEL(variable, model_name, name_prefix)                                                   \
	const struct model variable = {                                                            \
		.name = model_name,                                                                \
		.prefix = name_prefix,                                                             \
		.defaults = variable##_defaults,                                                   \
		.default_count = ARRAY_SIZE(variable##_defaults),                                  \
	}

static const struct feature_default model_arm_smmu_v3_defaults[] = {
	DEFAULTS_OPTIONAL_ABSENT,
	DEFAULT_NO(NESTING, NOT_PUBLISHED),
	DEFAULT_NO(PASID, NOT_PUBLISHED),
	DEFAULT_NO(IOPF, NOT_PUBLISHED),
	DEFAULT_NO(DIRTY_TRACKING, NOT_PUBLISHED),
	DEFAULT_NO(SNOOP_CONTROL, NOT_PUBLISHED),
	{ IOMMUCTL_FEATURE_INPUT_BITS, VALUE_NUMBER(48) },
	{ IOMMUCTL_FEATURE_OUTPUT_BITS, VALUE_NUMBER(32) },
	{ IOMMUCTL_FEATURE_ASID_BITS, VALUE_NUMBER(8) },
	{ IOMMUCTL_FEATURE_COHERENT_WALK, VALUE_BOOL(false) },
	{ IOMMUCTL_FEATURE_BYPASS, VALUE_BOOL(true) },
	{ IOMMUCTL_FEATURE_RANGE_INVALIDATION, VALUE_BOOL(false) },
};
MODEL(model_arm_smmu_v3, "arm-smmu-v3", "smmu3.");

static const struct feature_default model_arm_smmu_defaults[] = {
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
MODEL(model_arm_smmu, "arm-smmu", "smmu.");

static const struct feature_default model_riscv_iommu_defaults[] = {
	DEFAULTS_OPTIONAL_ABSENT,
	DEFAULT_NO(NESTING, "Linux has no nested domains for the RISC-V IOMMU"),
	DEFAULT_NO(PASID, "Linux has no PASIDs for the RISC-V IOMMU"),
	DEFAULT_NO(IOPF, "Linux delivers no page faults of the RISC-V IOMMU"),
	DEFAULT_NO(DIRTY_TRACKING, "Linux has no dirty tracking for the RISC-V IOMMU"),
	DEFAULT_NO(SNOOP_CONTROL, "Linux does not force DMA to snoop on the RISC-V IOMMU"),
	{ IOMMUCTL_FEATURE_PAGE_SIZES, VALUE_NUMBERS(1, 4096) },
	{ IOMMUCTL_FEATURE_BYPASS, VALUE_BOOL(true) },
};
MODEL(model_riscv_iommu, "riscv-iommu", "riscv-iommu@");

static const struct feature_default model_spapr_tce_defaults[] = {
	DEFAULTS_OPTIONAL_ABSENT,
	DEFAULT_NO(NESTING, "Linux has no nested domains for sPAPR TCE"),
	DEFAULT_NO(PASID, "Linux has no PASIDs for sPAPR TCE"),
	DEFAULT_NO(IOPF, "Linux delivers no page faults of sPAPR TCE"),
	DEFAULT_NO(DIRTY_TRACKING, "Linux has no dirty tracking for sPAPR TCE"),
	DEFAULT_NO(SNOOP_CONTROL, "Linux does not force DMA to snoop on sPAPR TCE"),
	{ IOMMUCTL_FEATURE_PAGE_SIZES, VALUE_NUMBERS(1, 4096) },
};
MODEL(model_spapr_tce, "spapr-tce", "iommu-phb");

static const struct feature_default model_s390_pci_defaults[] = {
	DEFAULTS_OPTIONAL_ABSENT,
	DEFAULT_NO(NESTING, "Linux has no nested domains for s390 PCI"),
	DEFAULT_NO(PASID, "Linux has no PASIDs for s390 PCI"),
	DEFAULT_NO(IOPF, "Linux delivers no page faults of s390 PCI"),
	DEFAULT_NO(DIRTY_TRACKING, "Linux has no dirty tracking for s390 PCI"),
	DEFAULT_NO(SNOOP_CONTROL, "Linux does not force DMA to snoop on s390 PCI"),
	{ IOMMUCTL_FEATURE_PAGE_SIZES, VALUE_NUMBERS(1, 4096) },
};
MODEL(model_s390_pci, "s390-pci", "s390-iommu.");

static const struct feature_default model_apple_dart_defaults[] = {
	DEFAULTS_OPTIONAL_ABSENT,
	DEFAULT_NO(NESTING, "Linux has no nested domains for Apple DART"),
	DEFAULT_NO(PASID, "Linux has no PASIDs for Apple DART"),
	DEFAULT_NO(IOPF, "Linux delivers no page faults of Apple DART"),
	DEFAULT_NO(DIRTY_TRACKING, "Linux has no dirty tracking for Apple DART"),
	DEFAULT_NO(SNOOP_CONTROL, "Linux does not force DMA to snoop on Apple DART"),
	{ IOMMUCTL_FEATURE_INPUT_BITS, VALUE_NUMBER(32) },
};
MODEL(model_apple_dart, "apple-dart", "apple-dart.");
