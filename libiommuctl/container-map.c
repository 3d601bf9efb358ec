/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is mapped in a container of VFIO, and which of its pages were written to. */
#include <errno.h>

#include "container.h"

/* ---------------------------------------------------------------- the mappings */

/* Bytes of RANGE; 0: 2^64. */
static uint64_t length_of(struct iommuctl_range range)
{
	return range.end - range.start + 1;
}

static bool is_all(struct iommuctl_range range)
{
	return range.start == 0 && range.end == UINT64_MAX;
}

IOMMUCTL_EXPORT int iommuctl_container_map(struct iommuctl_container *container, void *memory,
					   struct iommuctl_range range, unsigned int flags)
{
	struct abi_vfio_iommu_type1_dma_map arg = {
		.argsz = sizeof(arg),
		.flags = (flags & IOMMUCTL_MAP_READ ? ABI_VFIO_DMA_MAP_FLAG_READ : 0) |
			 (flags & IOMMUCTL_MAP_WRITE ? ABI_VFIO_DMA_MAP_FLAG_WRITE : 0),
		.vaddr = (uintptr_t)memory,
		.iova = range.start,
		.size = length_of(range),
	};
	int r;

	if (!container || range.end < range.start ||
	    flags & ~(IOMMUCTL_MAP_READ | IOMMUCTL_MAP_WRITE))
		return -EINVAL;
	r = container_ioctl(container->ctx, container->fd, ABI_VFIO_IOMMU_MAP_DMA, &arg);
	return r < 0 ? container_failed(container, ABI_VFIO_IOMMU_MAP_DMA, &arg, -r, "map memory")
		     : 0;
}

/* ARG may be longer than the struct; its range is filled in here. */
static int unmap(struct iommuctl_container *container, struct iommuctl_range range,
		 struct abi_vfio_iommu_type1_dma_unmap *arg, uint64_t *ret_length)
{
	int r;

	arg->iova = range.start;
	arg->size = length_of(range);
	if (is_all(range)) {
		if (iommuctl_container_has_extension(container, IOMMUCTL_EXTENSION_UNMAP_ALL) > 0)
			arg->flags |= ABI_VFIO_DMA_UNMAP_FLAG_ALL;
		else /* the last page is in use by nobody: it is beyond what IOMMUs translate */
			arg->size = -UINT64_C(65536);
	}
	r = container_ioctl(container->ctx, container->fd, ABI_VFIO_IOMMU_UNMAP_DMA, arg);
	/* an iommufd says so itself */
	if (r >= 0 && arg->size == 0 && !is_all(range))
		r = -ENOENT;
	if (r < 0)
		return container_failed(container, ABI_VFIO_IOMMU_UNMAP_DMA, arg, -r, "unmap");
	if (ret_length)
		*ret_length = arg->size;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_container_unmap(struct iommuctl_container *container,
					     struct iommuctl_range range, uint64_t *ret_length)
{
	struct abi_vfio_iommu_type1_dma_unmap arg = { .argsz = sizeof(arg) };

	if (!container || range.end < range.start)
		return -EINVAL;
	return unmap(container, range, &arg, ret_length);
}

/* ----------------------------------------------------------------- dirty pages */

/* False where RANGE is not of pages, or there are too many. */
static bool make_bitmap(struct iommuctl_range range, uint64_t page_size, uint64_t *bitmap,
			struct abi_vfio_bitmap *ret)
{
	uint64_t length = length_of(range);

	if (!bitmap || page_size == 0 || page_size & (page_size - 1) || length == 0 ||
	    (range.start | length) & (page_size - 1))
		return false;
	*ret = (struct abi_vfio_bitmap){
		.pgsize = page_size,
		/* in words of 64 pages */
		.size = (length / page_size + 63) / 64 * sizeof(*bitmap),
		.data = bitmap,
	};
	return true;
}

IOMMUCTL_EXPORT int iommuctl_container_unmap_dirty(struct iommuctl_container *container,
						   struct iommuctl_range range, uint64_t page_size,
						   uint64_t *bitmap, uint64_t *ret_length)
{
	struct {
		struct abi_vfio_iommu_type1_dma_unmap unmap;
		struct abi_vfio_bitmap bitmap;
	} arg = {
		.unmap = { .argsz = sizeof(arg),
			   .flags = ABI_VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP },
	};

	if (!container || range.end < range.start ||
	    !make_bitmap(range, page_size, bitmap, &arg.bitmap))
		return -EINVAL;
	return unmap(container, range, &arg.unmap, ret_length);
}

IOMMUCTL_EXPORT int iommuctl_container_set_dirty_tracking(struct iommuctl_container *container,
							  bool enable)
{
	struct abi_vfio_iommu_type1_dirty_bitmap arg = {
		.argsz = sizeof(arg),
		.flags = enable ? ABI_VFIO_IOMMU_DIRTY_PAGES_FLAG_START
				: ABI_VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP,
	};
	int r;

	if (!container)
		return -EINVAL;
	r = container_ioctl(container->ctx, container->fd, ABI_VFIO_IOMMU_DIRTY_PAGES, &arg);
	return r < 0 ? container_failed(container, ABI_VFIO_IOMMU_DIRTY_PAGES, &arg,
					r == -ENOTTY ? EOPNOTSUPP : -r,
					enable ? "track dirty pages" : "stop tracking dirty pages")
		     : 0;
}

IOMMUCTL_EXPORT int iommuctl_container_get_dirty_bitmap(struct iommuctl_container *container,
							struct iommuctl_range range,
							uint64_t page_size, uint64_t *bitmap)
{
	struct {
		struct abi_vfio_iommu_type1_dirty_bitmap dirty;
		struct abi_vfio_iommu_type1_dirty_bitmap_get get;
	} arg = {
		.dirty = { .argsz = sizeof(arg),
			   .flags = ABI_VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP },
		.get = { .iova = range.start, .size = length_of(range) },
	};
	int r;

	if (!container || range.end < range.start ||
	    !make_bitmap(range, page_size, bitmap, &arg.get.bitmap))
		return -EINVAL;
	r = container_ioctl(container->ctx, container->fd, ABI_VFIO_IOMMU_DIRTY_PAGES, &arg);
	return r < 0 ? container_failed(container, ABI_VFIO_IOMMU_DIRTY_PAGES, &arg,
					r == -ENOTTY ? EOPNOTSUPP : -r, "ask for dirty pages")
		     : 0;
}
