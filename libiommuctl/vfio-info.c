/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a VFIO device has: regions of memory, and features, of which some concern DMA. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "abi/vfio.h"
#include "internal.h"

IOMMUCTL_EXPORT int iommuctl_vfio_get_info(struct iommuctl_vfio *vfio,
					   struct iommuctl_vfio_info *ret_info)
{
	/* without the chain of capabilities, none of which is about DMA */
	struct abi_vfio_device_info arg = {
		.argsz = offsetof(struct abi_vfio_device_info, cap_offset),
	};
	int r;

	if (!vfio || !ret_info)
		return -EINVAL;
	r = device_ioctl(vfio->ctx, vfio->fd, ABI_VFIO_DEVICE_GET_INFO, &arg);
	if (r < 0)
		return vfio_failed(vfio, ABI_VFIO_DEVICE_GET_INFO, &arg, -r, "ask what it is");
	*ret_info = (struct iommuctl_vfio_info){
		.can_reset = arg.flags & ABI_VFIO_DEVICE_FLAGS_RESET,
		.regions = arg.num_regions,
		.interrupts = arg.num_irqs,
	};
	return 0;
}

static_assert(IOMMUCTL_VFIO_REGION_READ == ABI_VFIO_REGION_INFO_FLAG_READ, "flags");
static_assert(IOMMUCTL_VFIO_REGION_WRITE == ABI_VFIO_REGION_INFO_FLAG_WRITE, "flags");
static_assert(IOMMUCTL_VFIO_REGION_MMAP == ABI_VFIO_REGION_INFO_FLAG_MMAP, "flags");

IOMMUCTL_EXPORT int iommuctl_vfio_get_region(struct iommuctl_vfio *vfio, uint32_t index,
					     struct iommuctl_vfio_region *ret_region)
{
	struct abi_vfio_region_info arg = { .argsz = sizeof(arg), .index = index };
	int r;

	if (!vfio || !ret_region)
		return -EINVAL;
	r = device_ioctl(vfio->ctx, vfio->fd, ABI_VFIO_DEVICE_GET_REGION_INFO, &arg);
	if (r < 0)
		return vfio_failed(vfio, ABI_VFIO_DEVICE_GET_REGION_INFO, &arg, -r,
				   "ask for a region");
	*ret_region = (struct iommuctl_vfio_region){
		.flags = arg.flags & (ABI_VFIO_REGION_INFO_FLAG_CAPS - 1),
		.size = arg.size,
		.offset = arg.offset,
	};
	return 0;
}

/* ------------------------------------------------------------------- features */

static const struct {
	const char *name;
	const char *since;
} features[] = {
	[ABI_VFIO_DEVICE_FEATURE_PCI_VF_TOKEN] = { "pci-vf-token", "5.7" },
	[ABI_VFIO_DEVICE_FEATURE_MIGRATION] = { "migration", "5.18" },
	[ABI_VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE] = { "migration-state", "5.18" },
	[ABI_VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY] = { "low-power-entry", "6.1" },
	[ABI_VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP] = { "low-power-entry-with-wakeup",
								  "6.1" },
	[ABI_VFIO_DEVICE_FEATURE_LOW_POWER_EXIT] = { "low-power-exit", "6.1" },
	[ABI_VFIO_DEVICE_FEATURE_DMA_LOGGING_START] = { "dma-logging-start", "6.1" },
	[ABI_VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP] = { "dma-logging-stop", "6.1" },
	[ABI_VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT] = { "dma-logging-report", "6.1" },
	[ABI_VFIO_DEVICE_FEATURE_MIG_DATA_SIZE] = { "migration-data-size", "6.2" },
	[ABI_VFIO_DEVICE_FEATURE_BUS_MASTER] = { "bus-master", "6.7" },
	[ABI_VFIO_DEVICE_FEATURE_DMA_BUF] = { "dma-buf", "6.19" },
	[ABI_VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2] = { "migration-precopy-info-v2", "7.1" },
	[ABI_VFIO_DEVICE_FEATURE_ZPCI_ERROR] = { "zpci-error", "7.3" },
};

IOMMUCTL_EXPORT const char *iommuctl_vfio_feature_get_name(uint32_t feature)
{
	return feature < ARRAY_SIZE(features) ? features[feature].name : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_vfio_feature_get_since(uint32_t feature)
{
	return feature < ARRAY_SIZE(features) ? features[feature].since : NULL;
}

static_assert(IOMMUCTL_VFIO_GET == ABI_VFIO_DEVICE_FEATURE_GET, "flags");
static_assert(IOMMUCTL_VFIO_SET == ABI_VFIO_DEVICE_FEATURE_SET, "flags");

IOMMUCTL_EXPORT int iommuctl_vfio_has_feature(struct iommuctl_vfio *vfio, uint32_t feature,
					      uint32_t ops)
{
	struct abi_vfio_device_feature arg = {
		.argsz = sizeof(arg),
		.flags = feature | ops | ABI_VFIO_DEVICE_FEATURE_PROBE,
	};
	int r;

	if (!vfio || feature > ABI_VFIO_DEVICE_FEATURE_MASK ||
	    (ops & ~(IOMMUCTL_VFIO_GET | IOMMUCTL_VFIO_SET)))
		return -EINVAL;
	r = device_ioctl(vfio->ctx, vfio->fd, ABI_VFIO_DEVICE_FEATURE, &arg);
	/* neither the kernel nor the driver tells which of them has it not */
	if (r == -ENOTTY || r == -EINVAL || r == -EOPNOTSUPP)
		return 0;
	return r < 0 ? vfio_failed(vfio, ABI_VFIO_DEVICE_FEATURE, &arg, -r, "ask for a feature")
		     : 1;
}

/* LENGTH bytes of DATA go behind the head, and come back to it. */
static int call_feature(struct iommuctl_vfio *vfio, uint32_t flags, void *data, size_t length,
			const char *action)
{
	struct abi_vfio_device_feature *arg = calloc(1, sizeof(*arg) + length);
	int r;

	if (!arg)
		return -ENOMEM;
	arg->argsz = (uint32_t)(sizeof(*arg) + length);
	arg->flags = flags;
	if (length > 0)
		memcpy(arg->data, data, length);
	r = device_ioctl(vfio->ctx, vfio->fd, ABI_VFIO_DEVICE_FEATURE, arg);
	if (r >= 0 && length > 0)
		memcpy(data, arg->data, length);
	if (r < 0)
		vfio_failed(vfio, ABI_VFIO_DEVICE_FEATURE, arg, -r, action);
	free(arg);
	return r;
}

#define FEATURE_DATA_MAX 4096u

IOMMUCTL_EXPORT int iommuctl_vfio_call_feature(struct iommuctl_vfio *vfio, uint32_t feature,
					       uint32_t op, void *data, size_t length)
{
	if (!vfio || feature > ABI_VFIO_DEVICE_FEATURE_MASK || length > FEATURE_DATA_MAX ||
	    (length > 0 && !data) || (op != IOMMUCTL_VFIO_GET && op != IOMMUCTL_VFIO_SET))
		return -EINVAL;
	return call_feature(vfio, feature | op, data, length,
			    op == IOMMUCTL_VFIO_GET ? "read a feature" : "set a feature");
}

IOMMUCTL_EXPORT int iommuctl_vfio_export_dma_buf(struct iommuctl_vfio *vfio, uint32_t region,
						 struct iommuctl_range range, int *ret_fd)
{
	struct {
		struct abi_vfio_device_feature_dma_buf head;
		struct abi_vfio_region_dma_range range;
	} data = {
		.head = { .region_index = region,
			  .open_flags = O_RDWR | O_CLOEXEC,
			  .nr_ranges = 1 },
		.range = { .offset = range.start, .length = range.end - range.start + 1 },
	};
	int r;

	if (!vfio || range.end < range.start || !ret_fd)
		return -EINVAL;
	r = call_feature(vfio, ABI_VFIO_DEVICE_FEATURE_DMA_BUF | ABI_VFIO_DEVICE_FEATURE_GET, &data,
			 sizeof(data), "export its memory");
	if (r < 0)
		return r;
	*ret_fd = r;
	return 0;
}

/* --------------------------------------------- pages that the device wrote to */

IOMMUCTL_EXPORT int iommuctl_vfio_start_dma_logging(struct iommuctl_vfio *vfio,
						    const struct iommuctl_range *ranges,
						    size_t count, uint64_t page_size)
{
	struct abi_vfio_device_feature_dma_logging_control arg = { .page_size = page_size };
	struct abi_vfio_device_feature_dma_logging_range *logged;
	int r;

	if (!vfio || !ranges || count == 0 || count > UINT16_MAX)
		return -EINVAL;
	logged = calloc(count, sizeof(*logged));
	if (!logged)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		logged[i].iova = ranges[i].start;
		logged[i].length = ranges[i].end - ranges[i].start + 1;
	}
	arg.num_ranges = (uint32_t)count;
	arg.ranges = (uintptr_t)logged;
	r = call_feature(vfio,
			 ABI_VFIO_DEVICE_FEATURE_DMA_LOGGING_START | ABI_VFIO_DEVICE_FEATURE_SET,
			 &arg, sizeof(arg), "log its DMA");
	free(logged);
	return r;
}

IOMMUCTL_EXPORT int iommuctl_vfio_stop_dma_logging(struct iommuctl_vfio *vfio)
{
	if (!vfio)
		return -EINVAL;
	return call_feature(vfio,
			    ABI_VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP | ABI_VFIO_DEVICE_FEATURE_SET,
			    NULL, 0, "stop logging its DMA");
}

IOMMUCTL_EXPORT int iommuctl_vfio_read_dma_log(struct iommuctl_vfio *vfio,
					       struct iommuctl_range range, uint64_t page_size,
					       uint64_t *bitmap)
{
	struct abi_vfio_device_feature_dma_logging_report arg = {
		.iova = range.start,
		.length = range.end - range.start + 1,
		.page_size = page_size,
		.bitmap = (uintptr_t)bitmap,
	};

	if (!vfio || range.end < range.start || !bitmap)
		return -EINVAL;
	return call_feature(
		vfio, ABI_VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT | ABI_VFIO_DEVICE_FEATURE_GET,
		&arg, sizeof(arg), "read the log of its DMA");
}
