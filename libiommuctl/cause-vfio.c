/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Causes that have to do with devices, and with iommufd as a whole. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "call.h"
#include "cause-table.h"
#include "cause.h"

/* Of which there was something before: what is too new is the call. */
bool cause_call_old(struct failure *failure)
{
	const struct call *call = call_find(CALL_ON_DEVICE, failure->request, failure->arg);
	const char *release = kernel_get_release(failure->ctx);

	if (!call || !call->since || kernel_is_since(failure->ctx, call->since) == 1)
		return false;
	return because(failure, "needs Linux %s or later%s%s", call->since,
		       release ? "; this is " : "", release ? release : "");
}

/* Neither the kernel nor the driver tells which of them has it not. */
bool cause_feature_absent(struct failure *failure)
{
	const struct abi_vfio_device_feature *arg = failure->arg;
	const uint32_t feature = arg->flags & ABI_VFIO_DEVICE_FEATURE_MASK;
	const char *name = iommuctl_vfio_feature_get_name(feature);
	const char *driver = failure->vfio->device->driver;

	return because(failure, "neither the device nor its driver, %s, has the feature %s",
		       driver ? driver : "not known", name ? name : "of this number");
}

bool cause_hwpt_fault_old(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	return arg->fault_id;
}

/* ------------------------------------------------------------------ attaching */

static const struct abi_vfio_device_attach_iommufd_pt *attached(const struct failure *failure)
{
	return failure->arg;
}

static bool has_pasid(const struct failure *failure)
{
	/* of the argument of DETACH too */
	return attached(failure)->flags & ABI_VFIO_DEVICE_ATTACH_PASID;
}

bool cause_not_bound(struct failure *failure)
{
	return !failure->vfio->object;
}

bool cause_pasid_old(struct failure *failure)
{
	return has_pasid(failure) && ask_is_older(failure->iommufd, "6.15");
}

bool cause_attach_ioas(struct failure *failure)
{
	return ask_kind(failure->iommufd, attached(failure)->pt_id) == ASKED_IOAS;
}

bool cause_pasid_ioas(struct failure *failure)
{
	return has_pasid(failure) && cause_attach_ioas(failure);
}

bool cause_pasid_range(struct failure *failure)
{
	int bits = ask_pasid_bits(failure->iommufd, iommuctl_object_get_id(failure->object));

	/* some kernels attach to PASIDs that the device has not: that is not the cause */
	return has_pasid(failure) && bits > 0 && attached(failure)->pasid >> bits &&
	       because(failure, "the device has PASIDs of %d bits", bits);
}

/* Something that is attached to the device, or to one of its group. */
struct attached_search {
	const struct failure *failure;
	uint32_t pt_id;
	char label[128];
};

static bool is_attached(const struct iommuctl_session_entry *entry, void *data)
{
	struct attached_search *search = data;

	for (size_t i = 0; i < entry->attached; i++) {
		if (entry->attachments[i].pasid != IOMMUCTL_PASID_NONE ||
		    entry->attachments[i].pt_id == search->pt_id)
			continue;
		search->pt_id = entry->attachments[i].pt_id;
		known_label(entry, search->label, sizeof(search->label));
		return true;
	}
	return false;
}

static bool is_sibling(const struct iommuctl_session_entry *entry, void *data)
{
	struct attached_search *search = data;
	const struct iommuctl_device *device = search->failure->vfio->device;
	const struct iommuctl_device *other =
		topology_device(device->topology, entry->record.device);

	return other && other != device && other->group && other->group == device->group &&
	       is_attached(entry, data);
}

bool cause_sibling_elsewhere(struct failure *failure)
{
	struct attached_search search = { .failure = failure, .pt_id = attached(failure)->pt_id };

	return !has_pasid(failure) && known_walk(failure->iommufd, 0, is_sibling, &search) &&
	       because(failure, "%s of the same group is attached to %" PRIu32, search.label,
		       search.pt_id);
}

static bool is_self(const struct iommuctl_session_entry *entry, void *data)
{
	struct attached_search *search = data;

	return entry->record.id == search->failure->object->id && is_attached(entry, data);
}

/* Its own page table has to be one for PASIDs too. */
bool cause_pasid_rid(struct failure *failure)
{
	struct attached_search search = { .failure = failure };

	return has_pasid(failure) && known_walk(failure->iommufd, 0, is_self, &search) &&
	       because(failure,
		       "%" PRIu32 " was not made for PASIDs, or %" PRIu32
		       ", to which the device itself is attached",
		       attached(failure)->pt_id, search.pt_id);
}

bool cause_pasid_hwpt(struct failure *failure)
{
	return has_pasid(failure) &&
	       because(failure, "%" PRIu32 " was not made for PASIDs", attached(failure)->pt_id);
}

bool cause_attach_faults(struct failure *failure)
{
	CLEANUP(known_free)
	struct iommuctl_session_entry *pt = known_get(failure->iommufd, attached(failure)->pt_id);

	/* what it was made of, and the queue */
	return pt && pt->record.parents[1];
}

bool cause_pasid_driver(struct failure *failure)
{
	const char *driver = failure->vfio->device->driver;

	return has_pasid(failure) && driver && strcmp(driver, "vfio-pci") != 0 &&
	       because(failure, "the driver %s attaches no PASIDs: vfio-pci does", driver);
}

bool cause_has_pasid(struct failure *failure)
{
	return has_pasid(failure);
}

/* -------------------------------------------------------------------- options */

static const struct abi_iommu_option *option(const struct failure *failure)
{
	return failure->arg;
}

bool cause_option_unknown(struct failure *failure)
{
	return option(failure)->option_id > ABI_IOMMU_OPTION_HUGE_PAGES;
}

bool cause_option_object(struct failure *failure)
{
	return option(failure)->option_id == ABI_IOMMU_OPTION_RLIMIT_MODE &&
	       option(failure)->object_id;
}

bool cause_option_value(struct failure *failure)
{
	return option(failure)->val64 > 1;
}

static bool count(const struct iommuctl_session_entry *entry, void *data)
{
	char label[128];

	known_label(entry, label, sizeof(label));
	words_add(data, label);
	return false;
}

bool cause_option_late(struct failure *failure)
{
	struct words words = { 0 };

	known_walk(failure->iommufd, 0, count, &words);
	return words.count && because(failure,
				      "it can be set only as long as there are no objects; "
				      "there are %s",
				      words_join(&words, "and"));
}

/* ------------------------------------------------------- exporting a device's memory */

/* As abi_vfio_device_feature. */
struct export_arg {
	uint32_t argsz, flags;
	struct abi_vfio_device_feature_dma_buf buf;
	struct abi_vfio_region_dma_range range;
};

/* What was to be exported; NULL: it is another feature. */
static const struct export_arg *exported(const struct failure *failure)
{
	const struct export_arg *arg = failure->arg;

	return (arg->flags & ABI_VFIO_DEVICE_FEATURE_MASK) == ABI_VFIO_DEVICE_FEATURE_DMA_BUF &&
			       arg->argsz == sizeof(*arg)
		       ? arg
		       : NULL;
}

bool cause_export(struct failure *failure)
{
	return exported(failure);
}

bool cause_export_no_region(struct failure *failure)
{
	const struct export_arg *arg = exported(failure);

	return arg &&
	       because(failure, "it has no memory that is BAR %" PRIu32, arg->buf.region_index);
}

bool cause_export_misaligned(struct failure *failure)
{
	const struct export_arg *arg = exported(failure);
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return arg && (arg->range.offset | arg->range.length) % page &&
	       because(failure, "the offset or the length is no multiple of %" PRIu64, page);
}

bool cause_export_beyond(struct failure *failure)
{
	const struct export_arg *arg = exported(failure);
	struct abi_vfio_region_info info = { .argsz = sizeof(info) };

	if (!arg)
		return false;
	info.index = arg->buf.region_index;
	return device_ioctl(failure->ctx, failure->vfio->fd, ABI_VFIO_DEVICE_GET_REGION_INFO,
			    &info) >= 0 &&
	       (arg->range.offset > info.size ||
		arg->range.length > info.size - arg->range.offset) &&
	       because(failure, "BAR %" PRIu32 " has %" PRIu64 " bytes", info.index,
		       (uint64_t)info.size);
}
