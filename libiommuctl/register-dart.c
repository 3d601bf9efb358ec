/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Apple DART: what its driver says of it in the kernel log. */
#include "internal.h"

#define LOG "Linux, drivers/iommu/apple-dart.c"

/* clang-format off */

static const struct iommuctl_field size_fields[] = {
	{ .name = "bytes", .high = 31, .low = 0, .kind = FIELD_NUMBER, .help = "size, in bytes" },
};

static const struct iommuctl_field count_fields[] = {
	{ .name = "count", .high = 15, .low = 0, .kind = FIELD_NUMBER, .help = "how many there are" },
};

static const struct iommuctl_field bypass_fields[] = {
	{ .name = "supported", .high = 0, .low = 0, .help = "streams can bypass the translation" },
	{ .name = "forced", .high = 1, .low = 1, .help = "they have to: its pages are larger than the kernel's" },
	{ .name = "locked", .high = 2, .low = 2, .help = "set up by the firmware for good" },
};

static const struct iommuctl_field bits_fields[] = {
	{ .name = "bits", .high = 7, .low = 0, .kind = FIELD_NUMBER, .most = 64, .help = "size, in bits" },
};

const struct iommuctl_register dart_registers[5] = {
	{
		.model = IOMMUCTL_MODEL_APPLE_DART, .name = "page_size", .width = 32,
		.help = "Page size, as in the kernel log",
		.spec = LOG,
		.fields = size_fields, .field_count = ARRAY_SIZE(size_fields),
	},
	{
		.model = IOMMUCTL_MODEL_APPLE_DART, .name = "streams", .width = 16,
		.help = "Streams (sources of DMA), as in the kernel log",
		.spec = LOG,
		.fields = count_fields, .field_count = ARRAY_SIZE(count_fields),
	},
	{
		.model = IOMMUCTL_MODEL_APPLE_DART, .name = "bypass", .width = 8,
		.help = "Whether streams can go untranslated, as in the kernel log",
		.spec = LOG,
		.fields = bypass_fields, .field_count = ARRAY_SIZE(bypass_fields),
	},
	{
		.model = IOMMUCTL_MODEL_APPLE_DART, .name = "input_bits", .width = 8,
		.help = "Input address size, as in the kernel log",
		.spec = LOG,
		.fields = bits_fields, .field_count = ARRAY_SIZE(bits_fields),
	},
	{
		.model = IOMMUCTL_MODEL_APPLE_DART, .name = "output_bits", .width = 8,
		.help = "Output address size, as in the kernel log",
		.spec = LOG,
		.fields = bits_fields, .field_count = ARRAY_SIZE(bits_fields),
	},
};
