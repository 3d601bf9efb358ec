/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What drivers print of registers, from Linux 2.6.28 to 7.3. */
#include "log.h"

/* clang-format off */

#define WHOLE(reg)	      { FACT_WHOLE, reg, 0, 0 }
#define FIELD(reg, mask)      { FACT_FIELD, reg, mask, 0 }
#define OTHER		      { FACT_OTHER, NULL, 0, 0 }
#define BITS(reg, mask, value) { FACT_BITS, reg, mask, value }

#define VTD	IOMMUCTL_MODEL_INTEL_VTD
#define AMD	IOMMUCTL_MODEL_AMD_VI
#define SMMU3	IOMMUCTL_MODEL_ARM_SMMU_V3
#define SMMU	IOMMUCTL_MODEL_ARM_SMMU
#define VIRTIO	IOMMUCTL_MODEL_VIRTIO_IOMMU
#define DART	IOMMUCTL_MODEL_APPLE_DART

const struct form log_forms[] = {
	{ "dmar%n: reg_base_addr %a ver %v cap %x ecap %x", VTD, 0, { WHOLE("cap"), WHOLE("ecap") } },
	{ "IOMMU %n: reg_base_addr %a ver %v cap %x ecap %x", VTD, 0, { WHOLE("cap"), WHOLE("ecap") } },
	{ "IOMMU %a: ver %v cap %x ecap %x", VTD, 0, { WHOLE("cap"), WHOLE("ecap") } },
	/* what is left of a line */
	{ "dmar%n: reg_base_addr %a ver %v cap %x ecap", VTD, 0, { WHOLE("cap") } },
	{ "cap %x ecap %x", VTD, 0, { WHOLE("cap"), WHOLE("ecap") } },
	/* Xen's */
	{ "cap = %x ecap = %x", VTD, 0, { WHOLE("cap"), WHOLE("ecap") } },

	/* sysfs, as grep shows it */
	{ "iommu/%o/intel-iommu/cap:%x", VTD, 0, { WHOLE("cap") } },
	{ "iommu/%o/intel-iommu/ecap:%x", VTD, 0, { WHOLE("ecap") } },
	{ "iommu/%o/amd-iommu/cap:%x", AMD, 0, { WHOLE("cap") } },
	{ "iommu/%o/amd-iommu/features:%x:%x", AMD, 0, { WHOLE("efr"), WHOLE("efr2") } },

	{ "AMD-Vi: Found IOMMU at %o cap", AMD, FORM_FOUND, { { 0 } } },
	{ "pci %o: AMD-Vi: Found IOMMU cap", AMD, FORM_FOUND, { { 0 } } },
	{ "pci %o: AMD-Vi: Extended features (%x)", AMD, FORM_NAMES, { WHOLE("efr") } },
	{ "pci %o: AMD-Vi: Extended features (%x, %x)", AMD, FORM_NAMES, { WHOLE("efr"), WHOLE("efr2") } },
	{ "Extended features (%x, %x)", AMD, FORM_NAMES, { WHOLE("efr"), WHOLE("efr2") } },
	{ "Extended features (%x)", AMD, FORM_NAMES, { WHOLE("efr") } },
	{ "Extended features: (%x, %x)", AMD, FORM_NAMES, { WHOLE("efr"), WHOLE("efr2") } },
	{ "Extended features: (%x)", AMD, FORM_NAMES, { WHOLE("efr") } },
	{ "Extended features", AMD, FORM_NAMES, { { 0 } } },
	/* the registers' value, and that of the firmware's table, which is used */
	{ "EFR mismatch. Use IVHD EFR (%x : %x).", AMD, 0, { OTHER, WHOLE("efr") } },
	{ "EFR mismatch. Use IVHD EFR (%x : %x), EFR2 (%x : %x).", AMD, 0, { OTHER, WHOLE("efr"), OTHER, WHOLE("efr2") } },
	{ "global IVHD EFR:%x, EFR2:%x", AMD, 0, { WHOLE("efr"), WHOLE("efr2") } },

	{ "arm-smmu-v3 %o: ias %d-bit, oas %d-bit (features %x)", SMMU3, 0, { WHOLE("ias"), WHOLE("oas"), WHOLE("features") } },
	{ "arm-smmu-v3 %o: oas %d-bit (features %x)", SMMU3, 0, { WHOLE("oas"), WHOLE("features") } },
	{ "ias %d-bit, oas %d-bit (features %x)", SMMU3, 0, { WHOLE("ias"), WHOLE("oas"), WHOLE("features") } },
	{ "oas %d-bit (features %x)", SMMU3, 0, { WHOLE("oas"), WHOLE("features") } },
	{ "arm-smmu-v3 %o: option mask %x", SMMU3, 0, { WHOLE("option_mask") } },
	{ "arm-smmu-v3 %o: allocated %d entries for cmdq", SMMU3, 0, { WHOLE("cmdq_entries") } },
	{ "arm-smmu-v3 %o: allocated %d entries for evtq", SMMU3, 0, { WHOLE("evtq_entries") } },
	{ "arm-smmu-v3 %o: allocated %d entries for priq", SMMU3, 0, { WHOLE("priq_entries") } },
	/* what was overridden is what the register has */
	{ "arm-smmu-v3 %o: IDR0.COHACC overridden by FW configuration (false)", SMMU3, 0, { BITS("idr0", 0x10, 0x10) } },
	{ "arm-smmu-v3 %o: IDR0.COHACC overridden by FW configuration (true)", SMMU3, 0, { BITS("idr0", 0x10, 0) } },
	{ "arm-smmu-v3 %o: IDR0.COHACC overridden by dma-coherent property (false)", SMMU3, 0, { BITS("idr0", 0x10, 0x10) } },
	{ "arm-smmu-v3 %o: IDR0.COHACC overridden by dma-coherent property (true)", SMMU3, 0, { BITS("idr0", 0x10, 0) } },
	{ "arm-smmu-v3 %o: IDR0.HTTU features(0x2600000) overridden", SMMU3, 0, { BITS("idr0", 0xc0, 0xc0) } },
	{ "arm-smmu-v3 %o: IDR0.HTTU features(0x600000) overridden", SMMU3, 0, { BITS("idr0", 0xc0, 0x80) } },
	{ "arm-smmu-v3 %o: IDR0.HTTU features(0x200000) overridden", SMMU3, 0, { BITS("idr0", 0xc0, 0x40) } },
	{ "arm-smmu-v3 %o: IDR0.HTTU features(0x0) overridden", SMMU3, 0, { BITS("idr0", 0xc0, 0) } },
	{ "arm-smmu-v3 %o: 2-level strtab only covers %d/%d bits of SID", SMMU3, 0, { OTHER, FIELD("idr1", 0x3f) } },

	{ "arm-smmu %o: SMMUv%d with:", SMMU, 0, { WHOLE("version") } },
	{ "arm-smmu %o: non-coherent table walk", SMMU, 0, { BITS("features", 0x1, 0) } },
	{ "arm-smmu %o: coherent table walk", SMMU, 0, { BITS("features", 0x1, 0x1) } },
	{ "arm-smmu %o: stream matching with %d register groups", SMMU, 0, { BITS("features", 0x2, 0x2), WHOLE("stream_match_groups") } },
	{ "arm-smmu %o: stage 1 translation", SMMU, 0, { BITS("features", 0x4, 0x4) } },
	{ "arm-smmu %o: stage 2 translation", SMMU, 0, { BITS("features", 0x8, 0x8) } },
	{ "arm-smmu %o: nested translation", SMMU, 0, { BITS("features", 0x10, 0x10) } },
	{ "arm-smmu %o: address translation ops", SMMU, 0, { BITS("features", 0x20, 0x20) } },
	{ "arm-smmu %o: %d context banks (%d stage-2 only)", SMMU, 0, { WHOLE("context_banks"), WHOLE("s2_context_banks") } },
	{ "arm-smmu %o: Supported page sizes: %x", SMMU, 0, { WHOLE("page_sizes") } },
	{ "arm-smmu %o: Stage-1: %d-bit VA -> %d-bit IPA", SMMU, 0, { WHOLE("s1_input_bits"), WHOLE("s1_output_bits") } },
	{ "arm-smmu %o: Stage-2: %d-bit IPA -> %d-bit PA", SMMU, 0, { WHOLE("s2_input_bits"), WHOLE("s2_output_bits") } },

	{ "virtio_iommu %o: input address: %d bits", VIRTIO, 0, { WHOLE("input_bits") } },
	{ "virtio_iommu %o: page mask: %x", VIRTIO, 0, { WHOLE("page_size_mask") } },

	{ "apple-dart %o: DART [pagesize %x, %d streams, bypass support: %d, bypass forced: %d, locked: %d, AS %d -> %d]", DART, 0,
	  { WHOLE("page_size"), WHOLE("streams"), FIELD("bypass", 0x1), FIELD("bypass", 0x2), FIELD("bypass", 0x4), WHOLE("input_bits"), WHOLE("output_bits") } },
	{ "apple-dart %o: DART [pagesize %x, %d streams, bypass support: %d, bypass forced: %d, AS %d -> %d]", DART, 0,
	  { WHOLE("page_size"), WHOLE("streams"), FIELD("bypass", 0x1), FIELD("bypass", 0x2), WHOLE("input_bits"), WHOLE("output_bits") } },
	{ "apple-dart %o: DART [pagesize %x, %d streams, bypass support: %d, bypass forced: %d]", DART, 0,
	  { WHOLE("page_size"), WHOLE("streams"), FIELD("bypass", 0x1), FIELD("bypass", 0x2) } },
	{ "apple-dart %o: DART [pagesize %x, bypass support: %d, bypass forced: %d]", DART, 0,
	  { WHOLE("page_size"), FIELD("bypass", 0x1), FIELD("bypass", 0x2) } },
	{ 0 },
};

const struct feature_name log_amd_names[13] = {
	{ "PreF", "efr", 0 },
	{ "PPR", "efr", 1 },
	{ "X2APIC", "efr", 2 },
	{ "NX", "efr", 3 },
	{ "GT", "efr", 4 },
	{ "[5]", "efr", 5 },
	{ "IA", "efr", 6 },
	{ "GA", "efr", 7 },
	{ "HE", "efr", 8 },
	{ "PC", "efr", 9 },
	{ "GA_vAPIC", "efr", 21 },
	{ "SNP", "efr", 63 },
	{ "SEV-TIO", "efr2", 1 },
};
