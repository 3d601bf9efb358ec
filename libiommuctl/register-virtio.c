/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virtio-iommu: the device's feature bits. */
#include "internal.h"

/* clang-format off */

static const struct iommuctl_field feature_fields[] = {
	{ .name = "input_range", .high = 0, .low = 0, .help = "input addresses are limited to a range" },
	{ .name = "domain_range", .high = 1, .low = 1, .help = "domain ids are limited to a range" },
	{ .name = "map_unmap", .high = 2, .low = 2, .help = "map and unmap requests" },
	{ .name = "bypass", .high = 3, .low = 3, .help = "endpoints without a domain bypass (replaced by bypass_config)" },
	{ .name = "probe", .high = 4, .low = 4, .help = "probe request: reserved regions of endpoints" },
	{ .name = "mmio", .high = 5, .low = 5, .help = "mappings of device memory" },
	{ .name = "bypass_config", .high = 6, .low = 6, .help = "bypass of endpoints is configurable" },
	{ .name = "notify_on_empty", .high = 24, .low = 24, .help = "legacy: notification when a queue runs empty" },
	{ .name = "any_layout", .high = 27, .low = 27, .help = "legacy: any layout of descriptors" },
	{ .name = "indirect_desc", .high = 28, .low = 28, .help = "indirect descriptors" },
	{ .name = "event_idx", .high = 29, .low = 29, .help = "used and avail event indices" },
	{ .name = "version_1", .high = 32, .low = 32, .help = "virtio 1.0 or later" },
	{ .name = "access_platform", .high = 33, .low = 33, .help = "the device itself sits behind address translation" },
	{ .name = "ring_packed", .high = 34, .low = 34, .help = "packed queues" },
	{ .name = "in_order", .high = 35, .low = 35, .help = "buffers are used in order" },
	{ .name = "order_platform", .high = 36, .low = 36, .help = "memory is ordered as the platform needs" },
	{ .name = "sr_iov", .high = 37, .low = 37, .help = "single-root I/O virtualisation" },
	{ .name = "notification_data", .high = 38, .low = 38, .help = "extra data in notifications" },
	{ .name = "notif_config_data", .high = 39, .low = 39, .help = "notification data from the device's configuration" },
	{ .name = "ring_reset", .high = 40, .low = 40, .help = "single queues can be reset" },
	{ .name = "admin_vq", .high = 41, .low = 41, .help = "administration queue" },
};

static const struct iommuctl_field bits_fields[] = {
	{ .name = "bits", .high = 7, .low = 0, .kind = FIELD_NUMBER, .most = 64, .help = "size, in bits" },
};

static const struct iommuctl_field sizes_fields[] = {
	{ .name = "sizes", .high = 63, .low = 0, .kind = FIELD_SIZES, .help = "page sizes, in bytes" },
};

const struct iommuctl_register virtio_registers[3] = {
	{
		.model = IOMMUCTL_MODEL_VIRTIO_IOMMU, .name = "features", .width = 64,
		.help = "Feature bits the device and the driver agreed on",
		.spec = "Virtual I/O Device (VIRTIO) 1.3, 5.13.3 and 6",
		.fields = feature_fields, .field_count = ARRAY_SIZE(feature_fields),
	},
	{
		.model = IOMMUCTL_MODEL_VIRTIO_IOMMU, .name = "input_bits", .width = 8,
		.help = "Input address size, as in the kernel log",
		.spec = "Linux, drivers/iommu/virtio-iommu.c",
		.fields = bits_fields, .field_count = ARRAY_SIZE(bits_fields),
	},
	{
		.model = IOMMUCTL_MODEL_VIRTIO_IOMMU, .name = "page_size_mask", .width = 64,
		.help = "Page sizes, as in the kernel log",
		.spec = "Virtual I/O Device (VIRTIO) 1.3, 5.13.4, page_size_mask",
		.fields = sizes_fields, .field_count = ARRAY_SIZE(sizes_fields),
	},
};
