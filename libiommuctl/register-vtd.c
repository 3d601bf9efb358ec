/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Intel VT-d: capability and extended capability registers. */
#include "internal.h"

/* clang-format off */

/* one that is not 0 means "reserved width": reported, never used */
static const uint64_t address_widths[] = { 30, 39, 48, 57, 64 };
static const uint64_t large_pages[] = {
	UINT64_C(1) << 21, UINT64_C(1) << 30, UINT64_C(1) << 39, UINT64_C(1) << 48,
};

static const struct iommuctl_field cap_fields[] = {
	{ .name = "nd", .high = 2, .low = 0, .kind = FIELD_POWER, .scale = 2, .bias = 4, .most = 6, .help = "number of domain ids" },
	{ .name = "afl", .high = 3, .low = 3, .help = "advanced fault logging" },
	{ .name = "rwbf", .high = 4, .low = 4, .help = "write buffers must be flushed" },
	{ .name = "plmr", .high = 5, .low = 5, .help = "protected low memory region" },
	{ .name = "phmr", .high = 6, .low = 6, .help = "protected high memory region" },
	{ .name = "cm", .high = 7, .low = 7, .help = "caching mode: entries that are not present are cached too" },
	{ .name = "sagaw", .high = 12, .low = 8, .kind = FIELD_SIZES, .numbers = address_widths, .help = "second-stage address widths, in bits" },
	{ .name = "mgaw", .high = 21, .low = 16, .kind = FIELD_NUMBER, .bias = 1, .help = "maximum guest address width, in bits" },
	{ .name = "zlr", .high = 22, .low = 22, .help = "zero-length read of write-only pages" },
	{ .name = "isoch", .high = 23, .low = 23, .help = "isochronous remapping unit" },
	{ .name = "fro", .high = 33, .low = 24, .kind = FIELD_NUMBER, .shift = 4, .help = "offset of the fault recording registers, in bytes" },
	{ .name = "sslps", .high = 37, .low = 34, .kind = FIELD_SIZES, .numbers = large_pages, .help = "second-stage large page sizes, in bytes" },
	{ .name = "psi", .high = 39, .low = 39, .help = "page-selective invalidation" },
	{ .name = "nfr", .high = 47, .low = 40, .kind = FIELD_NUMBER, .bias = 1, .help = "number of fault recording registers" },
	{ .name = "mamv", .high = 53, .low = 48, .kind = FIELD_NUMBER, .help = "maximum address mask value of an invalidation" },
	{ .name = "dwd", .high = 54, .low = 54, .help = "write draining" },
	{ .name = "drd", .high = 55, .low = 55, .help = "read draining" },
	{ .name = "fs1gp", .high = 56, .low = 56, .help = "first-stage pages of 1 GiB" },
	{ .name = "pi", .high = 59, .low = 59, .help = "posted interrupts" },
	{ .name = "fs5lp", .high = 60, .low = 60, .help = "first-stage tables of 5 levels" },
	{ .name = "ecmds", .high = 61, .low = 61, .help = "enhanced command interface" },
	{ .name = "esirtps", .high = 62, .low = 62, .help = "enhanced setting of the interrupt remapping table" },
	{ .name = "esrtps", .high = 63, .low = 63, .help = "enhanced setting of the root table" },
};

static const struct iommuctl_field ecap_fields[] = {
	{ .name = "c", .high = 0, .low = 0, .help = "page walks snoop caches (legacy mode)" },
	{ .name = "qi", .high = 1, .low = 1, .help = "queued invalidation" },
	{ .name = "dt", .high = 2, .low = 2, .help = "device TLBs (PCIe ATS)" },
	{ .name = "ir", .high = 3, .low = 3, .help = "interrupt remapping" },
	{ .name = "eim", .high = 4, .low = 4, .help = "extended interrupt mode (x2APIC)" },
	{ .name = "pt", .high = 6, .low = 6, .help = "pass-through translation" },
	{ .name = "sc", .high = 7, .low = 7, .help = "snoop control" },
	{ .name = "iro", .high = 17, .low = 8, .kind = FIELD_NUMBER, .shift = 4, .help = "offset of the IOTLB registers, in bytes" },
	{ .name = "mhmv", .high = 23, .low = 20, .kind = FIELD_NUMBER, .help = "maximum handle mask value of an interrupt invalidation" },
	{ .name = "ecs", .high = 24, .low = 24, .help = "extended context (deprecated)" },
	{ .name = "mts", .high = 25, .low = 25, .help = "memory types" },
	{ .name = "nest", .high = 26, .low = 26, .help = "nested translation" },
	{ .name = "dis", .high = 27, .low = 27, .help = "deferred invalidation (deprecated)" },
	{ .name = "pasid_old", .high = 28, .low = 28, .help = "PASID bit of early hardware (deprecated)" },
	{ .name = "prs", .high = 29, .low = 29, .help = "page requests" },
	{ .name = "ers", .high = 30, .low = 30, .help = "execute requests" },
	{ .name = "srs", .high = 31, .low = 31, .help = "supervisor requests" },
	{ .name = "nwfs", .high = 33, .low = 33, .help = "no-write flag of translation requests" },
	{ .name = "eafs", .high = 34, .low = 34, .help = "extended accessed flag" },
	{ .name = "pss", .high = 39, .low = 35, .kind = FIELD_NUMBER, .bias = 1, .help = "PASID size, in bits" },
	{ .name = "pasid", .high = 40, .low = 40, .help = "process address space ids" },
	{ .name = "dit", .high = 41, .low = 41, .help = "device TLB invalidation throttle" },
	{ .name = "pds", .high = 42, .low = 42, .help = "page request draining" },
	{ .name = "smts", .high = 43, .low = 43, .help = "scalable mode" },
	{ .name = "vcs", .high = 44, .low = 44, .help = "virtual commands" },
	{ .name = "ssads", .high = 45, .low = 45, .help = "second-stage accessed and dirty flags" },
	{ .name = "ssts", .high = 46, .low = 46, .help = "second-stage translation in scalable mode" },
	{ .name = "fsts", .high = 47, .low = 47, .help = "first-stage translation in scalable mode" },
	{ .name = "smpwcs", .high = 48, .low = 48, .help = "page walks snoop caches (scalable mode)" },
	{ .name = "rps", .high = 49, .low = 49, .help = "RID_PASID field of the context entry" },
	{ .name = "pms", .high = 51, .low = 51, .help = "performance monitoring" },
	{ .name = "adms", .high = 52, .low = 52, .help = "abort-DMA mode" },
	{ .name = "rprivs", .high = 53, .low = 53, .help = "RID_PRIV field of the context entry" },
	{ .name = "sms", .high = 58, .low = 58, .help = "stop marker" },
};

const struct iommuctl_register vtd_registers[2] = {
	{
		.model = IOMMUCTL_MODEL_INTEL_VTD, .name = "cap", .width = 64,
		.help = "Capability register",
		.spec = "Intel Virtualization Technology for Directed I/O, 11.4.2",
		.fields = cap_fields, .field_count = ARRAY_SIZE(cap_fields),
	},
	{
		.model = IOMMUCTL_MODEL_INTEL_VTD, .name = "ecap", .width = 64,
		.help = "Extended capability register",
		.spec = "Intel Virtualization Technology for Directed I/O, 11.4.3",
		.fields = ecap_fields, .field_count = ARRAY_SIZE(ecap_fields),
	},
};
