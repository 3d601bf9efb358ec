/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Causes that have to do with addresses that cannot be used: of mappings, windows, devices. */
#include <errno.h>
#include <string.h>

#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "cause-range.h"
#include "cause-table.h"

/* ---------------------------------------------------------- what is reserved */

/* The first part of RANGE that SET has not, and the whole hole that it is in. */
static bool find_gap(const struct iommuctl_range_set *set, struct iommuctl_range range,
		     struct iommuctl_range *ret_gap, struct iommuctl_range *ret_hole)
{
	struct iommuctl_range next, hole = { 0, UINT64_MAX };

	for (size_t i = 0; iommuctl_range_set_get(set, i, &next) == 0; i++) {
		hole.end = next.start - 1;
		if (next.start > 0 && hole.end >= range.start)
			break;
		if (next.end >= range.end)
			return false;
		hole = (struct iommuctl_range){ next.end + 1, UINT64_MAX };
	}
	ret_gap->start = hole.start > range.start ? hole.start : range.start;
	ret_gap->end = hole.end < range.end ? hole.end : range.end;
	*ret_hole = hole;
	return ret_gap->start <= ret_gap->end;
}

struct obstacle {
	const struct iommuctl_topology *topology;
	struct iommuctl_range gap;
	const struct iommuctl_region *region;
	const struct iommuctl_device *device;
};

static bool overlap(struct iommuctl_range a, struct iommuctl_range b)
{
	return a.start <= b.end && b.start <= a.end;
}

/* Regions that are only wanted until a driver takes the device are not the kernel's reason. */
static const struct iommuctl_region *region_in(const struct iommuctl_device *device,
					       struct iommuctl_range range)
{
	const struct iommuctl_group *group = device ? device->group : NULL;

	for (size_t i = 0; group && i < group->region_count; i++)
		if (group->regions[i].type != IOMMUCTL_REGION_DIRECT_RELAXABLE &&
		    overlap(group->regions[i].range, range))
			return &group->regions[i];
	return NULL;
}

static bool reserves(const struct iommuctl_session_entry *entry, void *data)
{
	struct obstacle *obstacle = data;

	if (!entry->record.device[0])
		return false;
	obstacle->device = topology_device(obstacle->topology, entry->record.device);
	obstacle->region = region_in(obstacle->device, obstacle->gap);
	return obstacle->region;
}

/* The addresses that the call wants and cannot have: of a mapping, or of the first such window. */
static bool blocked(struct failure *failure, struct iommuctl_range *ret_range,
		    struct iommuctl_range *ret_gap, struct iommuctl_range *ret_hole)
{
	const struct abi_iommu_ioas_allow_iovas *arg = failure->arg;
	const struct abi_iommu_iova_range *windows;
	struct mapping mapping;

	if (failure->request != ABI_IOMMU_IOAS_ALLOW_IOVAS) {
		mapping = take_mapping(failure);
		*ret_range = mapping_range(&mapping);
		return mapping_is_fixed(&mapping) && failure_usable(failure, mapping.ioas) &&
		       find_gap(failure->usable, *ret_range, ret_gap, ret_hole);
	}
	windows = (const void *)(uintptr_t)arg->allowed_iovas;
	for (uint32_t i = 0; i < arg->num_iovas && failure_usable(failure, arg->ioas_id); i++) {
		*ret_range = (struct iommuctl_range){ windows[i].start, windows[i].last };
		if (find_gap(failure->usable, *ret_range, ret_gap, ret_hole))
			return true;
	}
	return false;
}

static bool say(struct failure *failure, struct iommuctl_range range, const char *what)
{
	const struct abi_iommu_ioas_allow_iovas *arg = failure->arg;

	advise_ranges(failure, failure->request == ABI_IOMMU_IOAS_ALLOW_IOVAS
				       ? arg->ioas_id
				       : take_mapping(failure).ioas);
	if (failure->request == ABI_IOMMU_IOAS_ALLOW_IOVAS)
		return because(failure, "%s, and lies in the window " RANGE, what, ENDS_OF(range));
	return because(failure, "%s", what);
}

bool cause_reserved(struct failure *failure)
{
	struct obstacle obstacle = { 0 };
	struct iommuctl_range range, hole;
	char text[160];

	if (!blocked(failure, &range, &obstacle.gap, &hole) ||
	    !(obstacle.topology = failure_topology(failure)) ||
	    !known_walk(failure->iommufd, 0, reserves, &obstacle))
		return false;
	snprintf(text, sizeof(text), RANGE " is reserved (%s) by %s",
		 ENDS_OF(obstacle.region->range),
		 iommuctl_region_type_to_string(obstacle.region->type), obstacle.device->name);
	return say(failure, range, text);
}

bool cause_beyond(struct failure *failure)
{
	struct iommuctl_range range, gap, hole;
	char text[160];

	if (!blocked(failure, &range, &gap, &hole) || (hole.start > 0 && hole.end < UINT64_MAX))
		return false;
	if (hole.start > 0)
		snprintf(text, sizeof(text),
			 RANGE " is beyond 0x%" PRIx64
			       ", the last address that its IOMMUs translate",
			 ENDS_OF(gap), hole.start - 1);
	else
		snprintf(text, sizeof(text),
			 RANGE " is before 0x%" PRIx64
			       ", the first address that its IOMMUs translate",
			 ENDS_OF(gap), hole.end + 1);
	return say(failure, range, text);
}

bool cause_unusable(struct failure *failure)
{
	struct iommuctl_range range, gap, hole;
	char text[160];

	if (!blocked(failure, &range, &gap, &hole))
		return false;
	snprintf(text, sizeof(text), RANGE " is reserved for a device", ENDS_OF(gap));
	return say(failure, range, text);
}

/* ----------------------------------------------------------------- windows */

bool cause_window_short(struct failure *failure)
{
	const struct abi_iommu_ioas_allow_iovas *arg = failure->arg;
	const struct abi_iommu_iova_range *windows = (const void *)(uintptr_t)arg->allowed_iovas;

	for (uint32_t i = 0; i < arg->num_iovas; i++)
		if (windows[i].start >= windows[i].last)
			return because(failure, "the window " RANGE " has less than two addresses",
				       windows[i].start, windows[i].last);
	return false;
}

static int compare_starts(const void *a, const void *b)
{
	const struct abi_iommu_iova_range *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

bool cause_windows_overlap(struct failure *failure)
{
	const struct abi_iommu_ioas_allow_iovas *arg = failure->arg;
	struct abi_iommu_iova_range *windows = calloc(arg->num_iovas + 1u, sizeof(*windows));
	bool found = false;

	if (!windows)
		return false;
	memcpy(windows, (const void *)(uintptr_t)arg->allowed_iovas,
	       arg->num_iovas * sizeof(*windows));
	qsort(windows, arg->num_iovas, sizeof(*windows), compare_starts);
	for (uint32_t i = 1; i < arg->num_iovas && !found; i++)
		found = windows[i].start <= windows[i - 1].last &&
			because(failure, "the windows " RANGE " and " RANGE " overlap",
				windows[i - 1].start, windows[i - 1].last, windows[i].start,
				windows[i].last);
	free(windows);
	return found;
}

/* ---------------------------------------------------- a device that comes */

/* The address space below the page table ID, itself included; 0: not known. */
static uint32_t find_ioas(struct failure *failure, uint32_t id)
{
	for (int depth = 0; depth < 4; depth++) {
		CLEANUP(known_free) struct iommuctl_session_entry *entry = NULL;

		if (ask_kind(failure->iommufd, id) == ASKED_IOAS)
			return id;
		entry = known_get(failure->iommufd, id);
		if (!entry)
			return 0;
		id = entry->record.parents[0];
	}
	return 0;
}

static uint32_t table_id(const struct failure *failure)
{
	const struct abi_vfio_device_attach_iommufd_pt *attach = failure->arg;
	const struct abi_iommu_hwpt_alloc *alloc = failure->arg;

	return failure->request == ABI_IOMMU_HWPT_ALLOC ? alloc->pt_id : attach->pt_id;
}

/* What the device cannot translate is mapped in the address space. */
bool cause_region_mapped(struct failure *failure)
{
	const struct iommuctl_device *device = failure_device(failure);
	const struct iommuctl_group *group = device ? device->group : NULL;
	uint32_t ioas = group ? find_ioas(failure, table_id(failure)) : 0;
	struct iommuctl_range part;

	for (size_t i = 0; ioas && i < group->region_count; i++) {
		const struct iommuctl_region *region = &group->regions[i];

		if (region->type != IOMMUCTL_REGION_DIRECT_RELAXABLE &&
		    ask_mapped_part(failure->iommufd, ioas, region->range, ASK_PLACES, &part))
			return because(failure,
				       "its reserved region " RANGE " (%s) collides with what is "
				       "mapped at " RANGE,
				       ENDS_OF(region->range),
				       iommuctl_region_type_to_string(region->type), ENDS_OF(part));
	}
	return false;
}

/* The last address that the IOMMU of DEVICE translates; UINT64_MAX: all, or not known. */
static uint64_t last_translated(struct failure *failure, const struct iommuctl_device *device)
{
	struct iommuctl_range_set *set = NULL;
	struct iommuctl_range range = { 0, UINT64_MAX };

	if (!device || iommuctl_device_get_usable_ranges(failure->ctx, &device, 1, &set) < 0)
		return UINT64_MAX;
	for (size_t i = 0; iommuctl_range_set_get(set, i, &range) == 0; i++)
		;
	iommuctl_range_set_free(set);
	return range.end;
}

/* From each power of two on, as addresses are chosen: each question is a call that is traced. */
#define FEW_PLACES 4u

bool cause_beyond_device(struct failure *failure)
{
	const struct iommuctl_device *device = failure_device(failure);
	uint64_t last = last_translated(failure, device);
	uint32_t ioas = last < UINT64_MAX ? find_ioas(failure, table_id(failure)) : 0;
	struct iommuctl_range part;

	for (uint64_t start = last + 1; ioas && start; start = (start | (start - 1)) + 1) {
		struct iommuctl_range range = { start, start | (start - 1) };

		if (ask_mapped_part(failure->iommufd, ioas, range, FEW_PLACES, &part))
			return because(failure,
				       "what is mapped at " RANGE " is beyond 0x%" PRIx64
				       ", the last address that the IOMMU of %s translates",
				       ENDS_OF(part), last, device->name);
	}
	return false;
}

/* The kernel tells nobody which windows there are. */
bool cause_region_promised(struct failure *failure)
{
	const struct iommuctl_device *device = failure_device(failure);
	const struct iommuctl_group *group = device ? device->group : NULL;
	uint64_t last = last_translated(failure, device);
	char end[64] = "the last address";

	if (last < UINT64_MAX)
		snprintf(end, sizeof(end), "0x%" PRIx64 ", the last address", last);
	for (size_t i = 0; group && i < group->region_count; i++)
		if (group->regions[i].type != IOMMUCTL_REGION_DIRECT_RELAXABLE)
			return because(failure,
				       "a window of the address space, or a mapping, has the "
				       "reserved region " RANGE
				       " (%s), goes beyond %s that the IOMMU of %s translates, or "
				       "is not aligned to its pages",
				       ENDS_OF(group->regions[i].range),
				       iommuctl_region_type_to_string(group->regions[i].type), end,
				       device->name);
	return false;
}
