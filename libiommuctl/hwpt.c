/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Page tables of I/O address spaces and of guests: HWPTs, their dirty bits, what is cached of them.
 */
#include <errno.h>
#include <string.h>

#include "abi/iommufd.h"
#include "internal.h"

static_assert(IOMMUCTL_HWPT_NEST_PARENT == ABI_IOMMU_HWPT_ALLOC_NEST_PARENT, "flags");
static_assert(IOMMUCTL_HWPT_DIRTY_TRACKING == ABI_IOMMU_HWPT_ALLOC_DIRTY_TRACKING, "flags");
static_assert(IOMMUCTL_HWPT_PASID == ABI_IOMMU_HWPT_ALLOC_PASID, "flags");

IOMMUCTL_EXPORT int iommuctl_hwpt_alloc(struct iommuctl_object *device, struct iommuctl_object *pt,
					const struct iommuctl_hwpt_opts *opts,
					struct iommuctl_object **ret_hwpt)
{
	struct abi_iommu_hwpt_alloc arg = { .size = sizeof(arg) };
	struct iommuctl_hwpt_opts all;
	int r = opts_take(&all, sizeof(all), opts, opts ? opts->size : 0);

	if (r < 0)
		return r;
	if (!object_is(device, KIND(DEVICE)) ||
	    !object_is(pt, KIND(IOAS) | KIND(HWPT) | KIND(VIOMMU)) || !ret_hwpt ||
	    (all.fault_queue && !object_is(all.fault_queue, KIND(FAULT_QUEUE))))
		return -EINVAL;
	arg.flags = all.flags | (all.fault_queue ? ABI_IOMMU_HWPT_FAULT_ID_VALID : 0);
	arg.dev_id = device->id;
	arg.pt_id = pt->id;
	arg.data_type = all.data_type;
	arg.data_len = all.data_length;
	arg.data_uptr = (uintptr_t)all.data;
	arg.fault_id = iommuctl_object_get_id(all.fault_queue);
	return object_alloc(device->iommufd, IOMMUCTL_OBJECT_HWPT, ABI_IOMMU_HWPT_ALLOC, &arg,
			    &arg.out_hwpt_id, PARENTS(pt, all.fault_queue), ret_hwpt);
}

IOMMUCTL_EXPORT int iommuctl_invalidate(struct iommuctl_object *object, uint32_t type,
					const void *entries, uint32_t entry_length, uint32_t *count)
{
	struct abi_iommu_hwpt_invalidate arg = {
		.size = sizeof(arg),
		.data_uptr = (uintptr_t)entries,
		.data_type = type,
		.entry_len = entry_length,
	};
	const uint32_t wanted = count ? *count : 0;
	int r;

	if (!object_is(object, KIND(HWPT) | KIND(VIOMMU)) || !count)
		return -EINVAL;
	arg.hwpt_id = object->id;
	arg.entry_num = wanted;
	r = device_ioctl(object->iommufd->ctx, object->iommufd->fd, ABI_IOMMU_HWPT_INVALIDATE,
			 &arg);
	/* the kernel says how far it came also when it fails */
	*count = arg.entry_num < wanted ? arg.entry_num : r < 0 ? 0 : wanted;
	if (r >= 0)
		return 0;
	arg.entry_num = wanted;
	return object_failed(object, ABI_IOMMU_HWPT_INVALIDATE, &arg, -r, "invalidate");
}

/* ------------------------------------------------------------------ dirty pages */

IOMMUCTL_EXPORT int iommuctl_hwpt_set_dirty_tracking(struct iommuctl_object *hwpt, bool enable)
{
	struct abi_iommu_hwpt_set_dirty_tracking arg = {
		.size = sizeof(arg),
		.flags = enable ? ABI_IOMMU_HWPT_DIRTY_TRACKING_ENABLE : 0,
	};
	int r;

	if (!object_is(hwpt, KIND(HWPT)))
		return -EINVAL;
	arg.hwpt_id = hwpt->id;
	r = device_ioctl(hwpt->iommufd->ctx, hwpt->iommufd->fd, ABI_IOMMU_HWPT_SET_DIRTY_TRACKING,
			 &arg);
	return r < 0 ? object_failed(hwpt, ABI_IOMMU_HWPT_SET_DIRTY_TRACKING, &arg, -r,
				     enable ? "track dirty pages" : "stop tracking dirty pages")
		     : 0;
}

IOMMUCTL_EXPORT int iommuctl_hwpt_get_dirty_bitmap(struct iommuctl_object *hwpt,
						   struct iommuctl_range range, uint64_t page_size,
						   unsigned int flags, uint64_t *bitmap)
{
	struct abi_iommu_hwpt_get_dirty_bitmap arg = {
		.size = sizeof(arg),
		.flags = flags,
		.iova = range.start,
		.length = range.end - range.start + 1,
		.page_size = page_size,
		.data = (uintptr_t)bitmap,
	};
	int r;

	if (!object_is(hwpt, KIND(HWPT)) || !bitmap || range.end < range.start)
		return -EINVAL;
	arg.hwpt_id = hwpt->id;
	r = device_ioctl(hwpt->iommufd->ctx, hwpt->iommufd->fd, ABI_IOMMU_HWPT_GET_DIRTY_BITMAP,
			 &arg);
	return r < 0 ? object_failed(hwpt, ABI_IOMMU_HWPT_GET_DIRTY_BITMAP, &arg, -r,
				     "read dirty pages")
		     : 0;
}

#define CHUNK_PAGES 4096u

/* Calls FN with the runs of set bits among the first N of BITMAP, the first being the page START.
 */
static int report_runs(const uint64_t *bitmap, uint64_t n, uint64_t start, uint64_t page_size,
		       iommuctl_range_fn fn, void *data)
{
	int r = 0;

	for (uint64_t i = 0, first; r >= 0 && i < n; i++) {
		for (first = i; i < n && bitmap[i / 64] >> i % 64 & 1; i++)
			;
		if (i > first)
			r = fn((struct iommuctl_range){ start + first * page_size,
							start + i * page_size - 1 },
			       data);
	}
	return r;
}

static int walk(struct iommuctl_object *hwpt, struct iommuctl_range mapped, uint64_t page_size,
		unsigned int flags, iommuctl_range_fn fn, void *data)
{
	uint64_t pages = (mapped.end - mapped.start) / page_size + 1;
	int r = 0;

	for (uint64_t done = 0, n; r >= 0 && done < pages; done += n) {
		uint64_t bitmap[CHUNK_PAGES / 64] = { 0 };
		uint64_t start = mapped.start + done * page_size;

		n = pages - done < CHUNK_PAGES ? pages - done : CHUNK_PAGES;
		r = iommuctl_hwpt_get_dirty_bitmap(
			hwpt, (struct iommuctl_range){ start, start + n * page_size - 1 },
			page_size, flags, bitmap);
		if (r >= 0)
			r = report_runs(bitmap, n, start, page_size, fn, data);
	}
	return r;
}

/* Mapping by mapping: at a hole the kernel's own walk ends without a word. */
IOMMUCTL_EXPORT int iommuctl_hwpt_walk_dirty(struct iommuctl_object *hwpt,
					     const struct iommuctl_range_set *mapped,
					     uint64_t page_size, unsigned int flags,
					     iommuctl_range_fn fn, void *data)
{
	struct iommuctl_range range;
	int r = 0;

	if (!object_is(hwpt, KIND(HWPT)) || !mapped || !fn || !page_size ||
	    (page_size & (page_size - 1)) != 0)
		return -EINVAL;
	for (size_t i = 0; r >= 0 && iommuctl_range_set_get(mapped, i, &range) == 0; i++)
		r = walk(hwpt, range, page_size, flags, fn, data);
	return r < 0 ? r : 0;
}
