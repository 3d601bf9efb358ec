/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The end of a session. The kernel would destroy all in its own time with the last file descriptor,
 * but others may have copies of these: what is torn down here is gone at once.
 */
#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "keeper.h"

static void detach(struct iommuctl_keeper *keeper, int fd, uint32_t pasid)
{
	struct abi_vfio_device_detach_iommufd_pt arg = { .argsz = sizeof(arg) };

	if (pasid != IOMMUCTL_PASID_NONE) {
		arg.flags = ABI_VFIO_DEVICE_DETACH_PASID;
		arg.pasid = pasid;
	}
	device_ioctl(keeper->ctx, fd, ABI_VFIO_DEVICE_DETACH_IOMMUFD_PT, &arg);
}

static void end_device(struct iommuctl_keeper *keeper, struct iommuctl_session_entry *entry)
{
	for (size_t i = 0; entry->fd >= 0 && i < entry->attached; i++)
		detach(keeper, entry->fd, entry->attachments[i].pasid);
	close_fd(&entry->fd);
	entry->fd = -1;
}

static void end_object(struct iommuctl_keeper *keeper, struct iommuctl_session_entry *entry)
{
	struct abi_iommu_destroy arg = { .size = sizeof(arg), .id = entry->record.id };

	/* queues cannot be destroyed while they are open */
	close_fd(&entry->fd);
	entry->fd = -1;
	device_ioctl(keeper->ctx, keeper->iommufd, ABI_IOMMU_DESTROY, &arg);
}

/* What uses an object is newer than it. */
static int newest_first(const void *a, const void *b)
{
	const struct iommuctl_session_entry *const *left = a, *const *right = b;

	return ((*left)->record.serial < (*right)->record.serial) -
	       ((*left)->record.serial > (*right)->record.serial);
}

void keeper_tear_down(struct iommuctl_keeper *keeper)
{
	/* but attachments, which keep page tables busy, and with them what stands on these */
	static const struct {
		unsigned int kinds;
		void (*end)(struct iommuctl_keeper *keeper, struct iommuctl_session_entry *entry);
	} steps[] = {
		{ KIND(VDEVICE) | KIND(HW_QUEUE), end_object },
		{ KIND(DEVICE), end_device },
		{ KIND(VEVENTQ) | KIND(FAULT_QUEUE) | KIND(VIOMMU) | KIND(HWPT) | KIND(IOAS),
		  end_object },
	};
	/* nobody looks for an id any more */
	const struct registry_index *index = &keeper->registry.index[REGISTRY_ID];

	if (index->count > 0)
		qsort(index->entries, index->count, sizeof(*index->entries), newest_first);
	for (size_t step = 0; step < ARRAY_SIZE(steps); step++)
		for (size_t i = 0; i < index->count; i++)
			if (steps[step].kinds & 1u << index->entries[i]->record.kind)
				steps[step].end(keeper, index->entries[i]);
}
