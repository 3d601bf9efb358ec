/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest sees of an IOMMU: vIOMMUs, the devices behind them, their command queues. */
#include <errno.h>

#include "abi/iommufd.h"
#include "internal.h"

IOMMUCTL_EXPORT int iommuctl_viommu_alloc(struct iommuctl_object *device,
					  struct iommuctl_object *hwpt,
					  const struct iommuctl_viommu_opts *opts,
					  struct iommuctl_object **ret_viommu)
{
	struct abi_iommu_viommu_alloc arg = { .size = sizeof(arg) };
	struct iommuctl_viommu_opts all;
	int r = opts_take(&all, sizeof(all), opts, opts ? opts->size : 0);

	if (r < 0)
		return r;
	if (!object_is(device, KIND(DEVICE)) || !object_is(hwpt, KIND(HWPT)) || !ret_viommu)
		return -EINVAL;
	arg.dev_id = device->id;
	arg.hwpt_id = hwpt->id;
	arg.type = all.type;
	arg.data_len = all.data_length;
	arg.data_uptr = (uintptr_t)all.data;
	return object_alloc(device->iommufd, IOMMUCTL_OBJECT_VIOMMU, ABI_IOMMU_VIOMMU_ALLOC, &arg,
			    &arg.out_viommu_id, PARENTS(hwpt), ret_viommu);
}

IOMMUCTL_EXPORT int iommuctl_vdevice_alloc(struct iommuctl_object *viommu,
					   struct iommuctl_object *device, uint64_t virtual_id,
					   struct iommuctl_object **ret_vdevice)
{
	struct abi_iommu_vdevice_alloc arg = { .size = sizeof(arg), .virt_id = virtual_id };

	if (!object_is(viommu, KIND(VIOMMU)) || !object_is(device, KIND(DEVICE)) || !ret_vdevice)
		return -EINVAL;
	arg.viommu_id = viommu->id;
	arg.dev_id = device->id;
	return object_alloc(viommu->iommufd, IOMMUCTL_OBJECT_VDEVICE, ABI_IOMMU_VDEVICE_ALLOC, &arg,
			    &arg.out_vdevice_id, PARENTS(viommu, device), ret_vdevice);
}

IOMMUCTL_EXPORT int iommuctl_hw_queue_alloc(struct iommuctl_object *viommu, uint32_t type,
					    uint32_t index, struct iommuctl_range memory,
					    struct iommuctl_object **ret_queue)
{
	struct abi_iommu_hw_queue_alloc arg = {
		.size = sizeof(arg),
		.type = type,
		.index = index,
		.nesting_parent_iova = memory.start,
		.length = memory.end - memory.start + 1,
	};

	if (!object_is(viommu, KIND(VIOMMU)) || memory.end < memory.start || !ret_queue)
		return -EINVAL;
	arg.viommu_id = viommu->id;
	return object_alloc(viommu->iommufd, IOMMUCTL_OBJECT_HW_QUEUE, ABI_IOMMU_HW_QUEUE_ALLOC,
			    &arg, &arg.out_hw_queue_id, PARENTS(viommu), ret_queue);
}
