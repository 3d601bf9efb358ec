/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AMD-Vi: extended feature registers, and the PCI capability header. */
#include "internal.h"

/* clang-format off */

static const char *const host_levels[] = { "4-level", "5-level", "6-level", "none" };
static const char *const guest_levels[] = { "4-level", "5-level", NULL, NULL };
static const char *const gcr3_levels[] = { "1-level", "2-level", "3-level", NULL };
static const char *const log_modes[] = { "none", "dual", "dual-swap", NULL };

static const struct iommuctl_field efr_fields[] = {
	{ .name = "prefsup", .high = 0, .low = 0, .help = "prefetch of translations" },
	{ .name = "pprsup", .high = 1, .low = 1, .help = "peripheral page requests" },
	{ .name = "xtsup", .high = 2, .low = 2, .help = "x2APIC" },
	{ .name = "nxsup", .high = 3, .low = 3, .help = "no-execute protection" },
	{ .name = "gtsup", .high = 4, .low = 4, .help = "guest translation (v2 tables, PASIDs)" },
	{ .name = "gappisup", .high = 5, .low = 5, .help = "guest APIC physical processor interrupts" },
	{ .name = "iasup", .high = 6, .low = 6, .help = "invalidation of everything at once" },
	{ .name = "gasup", .high = 7, .low = 7, .help = "guest virtual APIC" },
	{ .name = "hesup", .high = 8, .low = 8, .help = "hardware error registers" },
	{ .name = "pcsup", .high = 9, .low = 9, .help = "performance counters" },
	{ .name = "hats", .high = 11, .low = 10, .kind = FIELD_ENUM, .labels = host_levels, .help = "levels of the host's (v1) tables" },
	{ .name = "gats", .high = 13, .low = 12, .kind = FIELD_ENUM, .labels = guest_levels, .help = "levels of the guest's (v2) tables" },
	{ .name = "glxsup", .high = 15, .low = 14, .kind = FIELD_ENUM, .labels = gcr3_levels, .help = "levels of the GCR3 (PASID) table" },
	{ .name = "smifsup", .high = 17, .low = 16, .kind = FIELD_NUMBER, .help = "SMI filter" },
	{ .name = "smifrc", .high = 20, .low = 18, .kind = FIELD_NUMBER, .help = "SMI filter registers, a code" },
	{ .name = "gamsup", .high = 23, .low = 21, .kind = FIELD_NUMBER, .help = "guest APIC modes, a code" },
	{ .name = "dualpprlogsup", .high = 25, .low = 24, .kind = FIELD_ENUM, .labels = log_modes, .help = "dual page request logs" },
	{ .name = "dualeventlogsup", .high = 29, .low = 28, .kind = FIELD_ENUM, .labels = log_modes, .help = "dual event logs" },
	{ .name = "satssup", .high = 31, .low = 31, .help = "secure ATS" },
	{ .name = "pasmax", .high = 36, .low = 32, .kind = FIELD_NUMBER, .bias = 1, .help = "PASID size, in bits" },
	{ .name = "ussup", .high = 37, .low = 37, .help = "user and supervisor protection" },
	{ .name = "devtblsegsup", .high = 39, .low = 38, .kind = FIELD_POWER, .scale = 1, .help = "segments of the device table" },
	{ .name = "pprovrflwearlysup", .high = 40, .low = 40, .help = "early warning of a page request log overflow" },
	{ .name = "pprautorspsup", .high = 41, .low = 41, .help = "automatic page responses" },
	{ .name = "marcsup", .high = 43, .low = 42, .kind = FIELD_NUMBER, .help = "memory access routing, a code" },
	{ .name = "blkstopmrksup", .high = 44, .low = 44, .help = "block stop marks" },
	{ .name = "perfoptsup", .high = 45, .low = 45, .help = "performance optimisation" },
	{ .name = "msicapmmiosup", .high = 46, .low = 46, .help = "MSI capability through MMIO" },
	{ .name = "giosup", .high = 48, .low = 48, .help = "guest I/O protection" },
	{ .name = "hasup", .high = 49, .low = 49, .help = "host access flag" },
	{ .name = "ephsup", .high = 50, .low = 50, .help = "enhanced page request handling" },
	{ .name = "attrfwsup", .high = 51, .low = 51, .help = "attribute forwarding" },
	{ .name = "hdsup", .high = 52, .low = 52, .help = "host dirty flag" },
	{ .name = "inviotlbtypesup", .high = 54, .low = 54, .help = "invalidation types of device TLBs" },
	{ .name = "viommusup", .high = 55, .low = 55, .help = "hardware-assisted virtual IOMMU" },
	{ .name = "gaupdatedissup", .high = 61, .low = 61, .help = "guest APIC updates can be disabled" },
	{ .name = "forcephydestsup", .high = 62, .low = 62, .help = "forced physical destination mode" },
	{ .name = "snpsup", .high = 63, .low = 63, .help = "secure nested paging" },
};

static const struct iommuctl_field efr2_fields[] = {
	{ .name = "cxliosup", .high = 0, .low = 0, .help = "devices on CXL.io" },
	{ .name = "sevsnpiosup", .high = 1, .low = 1, .help = "trusted I/O (SEV-TIO)" },
	{ .name = "tmpmsup", .high = 2, .low = 2, .help = "page migration for tiered memory" },
	{ .name = "gcr3trpmode", .high = 3, .low = 3, .help = "the GCR3 root pointer can be a guest address" },
	{ .name = "gappidissup", .high = 4, .low = 4, .help = "guest APIC physical processor interrupts can be disabled" },
	{ .name = "snpavicsup", .high = 7, .low = 5, .kind = FIELD_NUMBER, .help = "guest virtual APIC with secure nested paging" },
	{ .name = "numintremapsup", .high = 9, .low = 8, .kind = FIELD_NUMBER, .help = "interrupt remapping entries; 1 is 2048 a function" },
	{ .name = "htrangeignore", .high = 11, .low = 11, .help = "the HyperTransport range is not reserved" },
	{ .name = "snppagemode0", .high = 13, .low = 13, .help = "page mode 0 with secure nested paging" },
};

static const struct iommuctl_field cap_fields[] = {
	{ .name = "capid", .high = 7, .low = 0, .kind = FIELD_NUMBER, .help = "PCI capability id" },
	{ .name = "capptr", .high = 15, .low = 8, .kind = FIELD_NUMBER, .help = "offset of the next capability" },
	{ .name = "captype", .high = 18, .low = 16, .kind = FIELD_NUMBER, .help = "capability type; 3 is an IOMMU" },
	{ .name = "caprev", .high = 23, .low = 19, .kind = FIELD_NUMBER, .help = "capability revision" },
	{ .name = "iotlbsup", .high = 24, .low = 24, .help = "device TLBs (PCIe ATS)" },
	{ .name = "httunnel", .high = 25, .low = 25, .help = "HyperTransport tunnel" },
	{ .name = "npcache", .high = 26, .low = 26, .help = "entries that are not present are cached too" },
	{ .name = "efrsup", .high = 27, .low = 27, .help = "extended feature register" },
	{ .name = "capext", .high = 28, .low = 28, .help = "miscellaneous information register 1" },
};

const struct iommuctl_register amd_registers[3] = {
	{
		.model = IOMMUCTL_MODEL_AMD_VI, .name = "efr", .width = 64,
		.help = "Extended feature register",
		.spec = "AMD I/O Virtualization Technology (IOMMU), MMIO offset 0030h",
		.fields = efr_fields, .field_count = ARRAY_SIZE(efr_fields),
	},
	{
		.model = IOMMUCTL_MODEL_AMD_VI, .name = "efr2", .width = 64,
		.help = "Extended feature 2 register",
		.spec = "AMD I/O Virtualization Technology (IOMMU), MMIO offset 01A0h",
		.fields = efr2_fields, .field_count = ARRAY_SIZE(efr2_fields),
	},
	{
		.model = IOMMUCTL_MODEL_AMD_VI, .name = "cap", .width = 32,
		.help = "IOMMU capability header in PCI configuration space",
		.spec = "AMD I/O Virtualization Technology (IOMMU), capability offset 00h",
		.fields = cap_fields, .field_count = ARRAY_SIZE(cap_fields),
	},
};
