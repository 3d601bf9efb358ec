/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Page tables of I/O address spaces and of guests: HWPTs, and what is cached of them. */
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
