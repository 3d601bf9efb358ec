/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Models whose drivers publish nothing but a name in sysfs, and print little. The
 * defaults are what the architecture promises of every implementation.
 */
#include "internal.h"

#define MODEL(variable, model_name, name_prefix)                                                   \
	const struct model variable = {                                                            \
		.name = model_name,                                                                \
		.prefix = name_prefix,                                                             \
		.defaults = variable##_defaults,                                                   \
		.default_count = ARRAY_SIZE(variable##_defaults),                                  \
	}

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
static void load_dart(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	static const struct log_number numbers[] = {
		{ "input_bits", IOMMUCTL_FEATURE_INPUT_BITS },
		{ "output_bits", IOMMUCTL_FEATURE_OUTPUT_BITS },
	};
	const struct register_value *page_size, *bypass;

	iommu_read_log(topology, iommu, NULL);
	iommu_log_numbers(iommu, numbers, ARRAY_SIZE(numbers));
	page_size = iommu_find_register(iommu, "page_size");
	if (page_size)
		feature_set(iommu, IOMMUCTL_FEATURE_PAGE_SIZES,
			    (struct iommuctl_value)VALUE_NUMBERS(1, page_size->value), source_log);
	bypass = iommu_find_register(iommu, "bypass");
	if (bypass)
		feature_bool(iommu, IOMMUCTL_FEATURE_BYPASS,
			     iommu_field(iommu, "bypass", "supported"), source_log);
}

const struct model model_apple_dart = {
	.name = "apple-dart",
	.prefix = "apple-dart.",
	.load = load_dart,
	.defaults = model_apple_dart_defaults,
	.default_count = ARRAY_SIZE(model_apple_dart_defaults),
};
