/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RISC-V IOMMU: the capabilities register. */
#include "internal.h"

/* clang-format off */

static const char *const interrupts[] = { "msi", "wired", "both", NULL };
static const struct field_name versions[] = { { 0xff, 0x10, "1.0" }, { 0 } };

static const struct iommuctl_field capabilities_fields[] = {
	{ .name = "version", .high = 7, .low = 0, .kind = FIELD_NAMED, .names = versions, .help = "version of the specification: 7:4 major, 3:0 minor" },
	{ .name = "sv32", .high = 8, .low = 8, .help = "stage 1 addresses of 32 bits" },
	{ .name = "sv39", .high = 9, .low = 9, .help = "stage 1 addresses of 39 bits" },
	{ .name = "sv48", .high = 10, .low = 10, .help = "stage 1 addresses of 48 bits" },
	{ .name = "sv57", .high = 11, .low = 11, .help = "stage 1 addresses of 57 bits" },
	{ .name = "svrsw60t59b", .high = 14, .low = 14, .help = "bits 60 and 59 of table entries are for software" },
	{ .name = "svpbmt", .high = 15, .low = 15, .help = "page-based memory types" },
	{ .name = "sv32x4", .high = 16, .low = 16, .help = "stage 2 addresses of 34 bits" },
	{ .name = "sv39x4", .high = 17, .low = 17, .help = "stage 2 addresses of 41 bits" },
	{ .name = "sv48x4", .high = 18, .low = 18, .help = "stage 2 addresses of 50 bits" },
	{ .name = "sv57x4", .high = 19, .low = 19, .help = "stage 2 addresses of 59 bits" },
	{ .name = "amo_mrif", .high = 21, .low = 21, .help = "atomic updates of interrupt files in memory" },
	{ .name = "msi_flat", .high = 22, .low = 22, .help = "MSI translation, flat tables" },
	{ .name = "msi_mrif", .high = 23, .low = 23, .help = "MSI translation to interrupt files in memory" },
	{ .name = "amo_hwad", .high = 24, .low = 24, .help = "hardware updates access and dirty flags" },
	{ .name = "ats", .high = 25, .low = 25, .help = "PCIe ATS and page requests" },
	{ .name = "t2gpa", .high = 26, .low = 26, .help = "ATS returns guest physical addresses" },
	{ .name = "end", .high = 27, .low = 27, .help = "both byte orders" },
	{ .name = "igs", .high = 29, .low = 28, .kind = FIELD_ENUM, .labels = interrupts, .help = "interrupts of the IOMMU itself" },
	{ .name = "hpm", .high = 30, .low = 30, .help = "performance monitors" },
	{ .name = "dbg", .high = 31, .low = 31, .help = "debug interface: translation requests" },
	{ .name = "pas", .high = 37, .low = 32, .kind = FIELD_NUMBER, .help = "physical address size, in bits" },
	{ .name = "pd8", .high = 38, .low = 38, .help = "process directories of 1 level, 8 bits of process id" },
	{ .name = "pd17", .high = 39, .low = 39, .help = "process directories of 2 levels, 17 bits of process id" },
	{ .name = "pd20", .high = 40, .low = 40, .help = "process directories of 3 levels, 20 bits of process id" },
	{ .name = "qosid", .high = 41, .low = 41, .help = "quality-of-service identifiers" },
	{ .name = "nl", .high = 42, .low = 42, .help = "invalidation of entries that are no leaves" },
	{ .name = "s", .high = 43, .low = 43, .help = "invalidation of ranges" },
	{ .name = "custom", .high = 63, .low = 56, .kind = FIELD_NUMBER, .help = "for custom use" },
};

const struct iommuctl_register riscv_registers[1] = {
	{
		.model = IOMMUCTL_MODEL_RISCV_IOMMU, .name = "capabilities", .width = 64,
		.help = "Capabilities register",
		.spec = "RISC-V IOMMU Architecture Specification, capabilities, offset 0",
		.fields = capabilities_fields, .field_count = ARRAY_SIZE(capabilities_fields),
	},
};
