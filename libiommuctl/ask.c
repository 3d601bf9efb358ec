/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to iommufd: calls that fail on purpose, and tell something by how. */
#include <errno.h>
#include <string.h>

#include "abi/iommufd.h"
#include "ask.h"
#include "call.h"
#include "probe.h"

/* A device that is not bound has none to ask. */
static int ask(struct iommuctl_iommufd *iommufd, unsigned long request, void *arg)
{
	return !iommufd ? -ENODEV : device_ask(iommufd->ctx, iommufd->fd, request, arg);
}

/* ------------------------------------------------------------------- kinds */

static bool is_ioas(struct iommuctl_iommufd *iommufd, uint32_t id)
{
	struct abi_iommu_ioas_iova_ranges arg = { .size = sizeof(arg), .ioas_id = id };
	int r = ask(iommufd, ABI_IOMMU_IOAS_IOVA_RANGES, &arg);

	return r == 0 || r == -EMSGSIZE;
}

static bool is_device(struct iommuctl_iommufd *iommufd, uint32_t id)
{
	struct abi_iommu_hw_info arg = { .size = sizeof(arg), .dev_id = id };
	int r = ask(iommufd, ABI_IOMMU_GET_HW_INFO, &arg);

	/* without an IOMMU there is nothing to tell of it */
	return r == 0 || r == -EOPNOTSUPP;
}

/* Of no bytes at all: what is wrong is looked at after the id. */
static bool is_hwpt(struct iommuctl_iommufd *iommufd, uint32_t id)
{
	struct abi_iommu_hwpt_get_dirty_bitmap arg = {
		.size = sizeof(arg),
		.hwpt_id = id,
		.flags = ABI_IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR,
	};
	int r = ask(iommufd, ABI_IOMMU_HWPT_GET_DIRTY_BITMAP, &arg);

	return r == -EINVAL || r == -EOPNOTSUPP;
}

/*
 * The one call that takes the id of anything; it is given nothing to invalidate. Before Linux 6.13
 * it takes those of nested page tables only: what is none of the others is then as good as nothing.
 */
static bool is_nothing(struct iommuctl_iommufd *iommufd, uint32_t id)
{
	struct abi_iommu_hwpt_invalidate arg = { .size = sizeof(arg), .hwpt_id = id };

	return ask(iommufd, ABI_IOMMU_HWPT_INVALIDATE, &arg) == -ENOENT;
}

enum asked_kind ask_kind(struct iommuctl_iommufd *iommufd, uint32_t id)
{
	static const struct {
		bool (*is)(struct iommuctl_iommufd *iommufd, uint32_t id);
		enum asked_kind kind;
	} kinds[] = {
		{ is_ioas, ASKED_IOAS },
		{ is_device, ASKED_DEVICE },
		{ is_hwpt, ASKED_HWPT },
		{ is_nothing, ASKED_NOTHING },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].is(iommufd, id))
			return kinds[i].kind;
	return ASKED_OTHER;
}

/* ---------------------------------------------------------- kernel, device */

bool ask_is_older(struct iommuctl_iommufd *iommufd, const char *version)
{
	for (size_t i = 0; iommufd && i < call_count; i++)
		if (calls[i].request >= ABI_IOMMU_DESTROY && strcmp(calls[i].since, version) == 0)
			return probe_has_call(iommufd->ctx, iommufd->fd, calls[i].request) == 0;
	return iommufd && kernel_is_since(iommufd->ctx, version) == 0;
}

int ask_pasid_bits(struct iommuctl_iommufd *iommufd, uint32_t device)
{
	struct abi_iommu_hw_info arg = { .size = sizeof(arg), .dev_id = device };
	int r = ask(iommufd, ABI_IOMMU_GET_HW_INFO, &arg);

	return r < 0 ? r : arg.out_max_pasid_log2;
}

/* ---------------------------------------------------------------- mappings */

/* A shorter copy could be made: its last address would not be past the last one there is. */
#define SMALLEST_QUESTION UINT64_C(3)

/*
 * The kernel looks for the source first. The destination is never right: it would go past the last
 * address. So nothing is copied, whatever else happens meanwhile.
 */
bool ask_is_mapped(struct iommuctl_iommufd *iommufd, uint32_t ioas, struct iommuctl_range range)
{
	struct abi_iommu_ioas_copy arg = {
		.size = sizeof(arg),
		.flags = ABI_IOMMU_IOAS_MAP_FIXED_IOVA | ABI_IOMMU_IOAS_MAP_READABLE,
		.dst_ioas_id = ioas,
		.src_ioas_id = ioas,
		.length = range.end - range.start + 1,
		.dst_iova = UINT64_MAX - 1,
		.src_iova = range.start,
	};
	int r;

	/* what is wrong with the source fails alike */
	if (range.end < range.start || arg.length < SMALLEST_QUESTION || arg.length == UINT64_MAX)
		return false;
	r = ask(iommufd, ABI_IOMMU_IOAS_COPY, &arg);
	return r == -EINVAL || r == -EOVERFLOW;
}

/* Mappings are looked for at multiples of this many bytes. */
#define GRAIN UINT64_C(2048)

/* So many of these fit in. */
static uint64_t grains(uint64_t start, uint64_t end)
{
	return (end - start) / GRAIN + ((end - start) % GRAIN == GRAIN - 1);
}

/* Where it ends what is mapped from START on, in steps of GRAIN. */
static uint64_t mapped_until(struct iommuctl_iommufd *iommufd, uint32_t ioas, uint64_t start,
			     uint64_t end)
{
	uint64_t good = 0, bad = grains(start, end) + 1;

	while (bad - good > 1) {
		uint64_t middle = good + (bad - good) / 2;
		uint64_t last = start + (middle * GRAIN - 1);

		if (ask_is_mapped(iommufd, ioas, (struct iommuctl_range){ start, last }))
			good = middle;
		else
			bad = middle;
	}
	return start + good * GRAIN;
}

uint64_t ask_first_hole(struct iommuctl_iommufd *iommufd, uint32_t ioas,
			struct iommuctl_range range)
{
	return mapped_until(iommufd, ioas, range.start, range.end);
}

/* The same towards lower addresses. */
static uint64_t mapped_since(struct iommuctl_iommufd *iommufd, uint32_t ioas, uint64_t start,
			     uint64_t end)
{
	uint64_t good = 0, bad = grains(start, end) + 1;

	while (bad - good > 1) {
		uint64_t middle = good + (bad - good) / 2;
		uint64_t first = end - (middle * GRAIN - 1);

		if (ask_is_mapped(iommufd, ioas, (struct iommuctl_range){ first, end }))
			good = middle;
		else
			bad = middle;
	}
	return end - good * GRAIN + 1;
}

static bool part_at(struct iommuctl_iommufd *iommufd, uint32_t ioas, struct iommuctl_range range,
		    uint64_t at, struct iommuctl_range *ret_part)
{
	struct iommuctl_range grain = { at, at + GRAIN - 1 };

	if (grain.end > range.end || grain.end < at || !ask_is_mapped(iommufd, ioas, grain))
		return false;
	ret_part->start = mapped_since(iommufd, ioas, range.start, grain.end);
	ret_part->end = mapped_until(iommufd, ioas, at, range.end) - 1;
	return true;
}

bool ask_mapped_part(struct iommuctl_iommufd *iommufd, uint32_t ioas, struct iommuctl_range range,
		     unsigned int places, struct iommuctl_range *ret_part)
{
	uint64_t step = (range.end - range.start) / places / GRAIN * GRAIN;

	step = step ? step : GRAIN;
	for (uint64_t at = range.start, i = 0; i < places && at <= range.end; i++, at += step)
		if (part_at(iommufd, ioas, range, at, ret_part))
			return true;
	return range.end - range.start >= GRAIN - 1 &&
	       part_at(iommufd, ioas, range, range.end - (GRAIN - 1), ret_part);
}
