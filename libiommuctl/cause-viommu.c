/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Causes that have to do with what a guest sees: vIOMMUs, vdevices and their queues. */
#include <errno.h>
#include <inttypes.h>

#include "abi/iommufd.h"
#include "cause-table.h"
#include "cause.h"

/* ----------------------------------------------------------- vIOMMUs, vdevices */

bool cause_viommu_no_type(struct failure *failure)
{
	const struct abi_iommu_viommu_alloc *arg = failure->arg;

	return !arg->type;
}

bool cause_viommu_data_model(struct failure *failure)
{
	const struct iommuctl_device *device = failure_device(failure);

	return device && device->iommu && device->iommu->model != IOMMUCTL_MODEL_ARM_SMMU_V3 &&
	       device->iommu->model != IOMMUCTL_MODEL_UNKNOWN &&
	       because(failure, "Linux has no vIOMMUs of %s, which %s has",
		       iommuctl_model_to_string(device->iommu->model), device->name);
}

struct vdevice_search {
	const struct abi_iommu_vdevice_alloc *arg;
	uint32_t found;
};

static bool is_vdevice_of(const struct iommuctl_session_entry *entry, void *data)
{
	struct vdevice_search *search = data;

	if (entry->record.kind != IOMMUCTL_OBJECT_VDEVICE)
		return false;
	search->found = entry->record.id;
	return true;
}

bool cause_vdevice_exists(struct failure *failure)
{
	struct vdevice_search search = { .arg = failure->arg };

	return known_walk(failure->iommufd, search.arg->dev_id, is_vdevice_of, &search) &&
	       because(failure, "the device has vdevice %" PRIu32 " already", search.found);
}

bool cause_vdevice_taken(struct failure *failure)
{
	const struct abi_iommu_vdevice_alloc *arg = failure->arg;

	return because(failure,
		       "another device of the viommu has the virtual id 0x%" PRIx64
		       ", or the device has a vdevice already",
		       (uint64_t)arg->virt_id);
}

/* -------------------------------------------------------------------- queues */

bool cause_veventq_no_type(struct failure *failure)
{
	const struct abi_iommu_veventq_alloc *arg = failure->arg;

	return !arg->type;
}

bool cause_veventq_depth(struct failure *failure)
{
	const struct abi_iommu_veventq_alloc *arg = failure->arg;

	return because(failure, "a queue of %" PRIu32 " events: there can be 1 to %u",
		       arg->veventq_depth, 1u << 19);
}

bool cause_hw_queue_no_type(struct failure *failure)
{
	const struct abi_iommu_hw_queue_alloc *arg = failure->arg;

	return !arg->type;
}

bool cause_hw_queue_memory(struct failure *failure)
{
	const struct abi_iommu_hw_queue_alloc *arg = failure->arg;

	return because(failure,
		       "0x%" PRIx64 " and 0x%" PRIx64 " bytes are not all mapped below the viommu",
		       (uint64_t)arg->nesting_parent_iova, (uint64_t)arg->length);
}

bool cause_hw_queue_index(struct failure *failure)
{
	const struct abi_iommu_hw_queue_alloc *arg = failure->arg;

	return because(failure, "the viommu has a queue of index %" PRIu32 " already", arg->index);
}

bool cause_hw_queue_order(struct failure *failure)
{
	const struct abi_iommu_hw_queue_alloc *arg = failure->arg;

	return arg->index > 0 &&
	       because(failure, "the queue of index %" PRIu32 " has to come first", arg->index - 1);
}
