/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of addresses as a sorted array of disjoint ranges that do not touch. */
#include <errno.h>
#include <string.h>

#include "internal.h"

struct iommuctl_range_set {
	struct iommuctl_range *ranges;
	size_t count, room;
};

IOMMUCTL_EXPORT int iommuctl_range_set_new(struct iommuctl_range_set **ret_set)
{
	struct iommuctl_range_set *set;

	if (!ret_set)
		return -EINVAL;
	set = calloc(1, sizeof(*set));
	if (!set)
		return -ENOMEM;
	*ret_set = set;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_range_set *iommuctl_range_set_free(struct iommuctl_range_set *set)
{
	if (set)
		free(set->ranges);
	free(set);
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_range_set_copy(const struct iommuctl_range_set *set,
					    struct iommuctl_range_set **ret_set)
{
	struct iommuctl_range_set *copy;
	int r = set && ret_set ? iommuctl_range_set_new(&copy) : -EINVAL;

	if (r < 0)
		return r;
	copy->ranges = calloc(set->count + 1, sizeof(*copy->ranges));
	if (!copy->ranges) {
		iommuctl_range_set_free(copy);
		return -ENOMEM;
	}
	for (; copy->count < set->count; copy->count++)
		copy->ranges[copy->count] = set->ranges[copy->count];
	copy->room = set->count + 1;
	*ret_set = copy;
	return 0;
}

/* The first range that ends at ADDRESS or behind it. */
static size_t find(const struct iommuctl_range_set *set, uint64_t address)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ranges[middle].end < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Put COUNT ranges in the place of those from FIRST up to, not including, LAST. */
static int replace(struct iommuctl_range_set *set, size_t first, size_t last,
		   const struct iommuctl_range *ranges, size_t count)
{
	size_t total = set->count - (last - first) + count;

	if (total > set->room) {
		size_t room = total > 2 * set->room ? total : 2 * set->room;
		struct iommuctl_range *grown = reallocarray(set->ranges, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		set->ranges = grown;
		set->room = room;
	}
	if (set->count > last)
		memmove(set->ranges + first + count, set->ranges + last,
			(set->count - last) * sizeof(*ranges));
	for (size_t i = 0; i < count; i++)
		set->ranges[first + i] = ranges[i];
	set->count = total;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_range_set_add(struct iommuctl_range_set *set,
					   struct iommuctl_range range)
{
	size_t first, last;

	if (!set || range.end < range.start)
		return -EINVAL;
	/* ranges that only touch it are merged too */
	first = last = find(set, range.start > 0 ? range.start - 1 : 0);
	while (last < set->count &&
	       (range.end == UINT64_MAX || set->ranges[last].start <= range.end + 1))
		last++;
	if (last > first) {
		if (set->ranges[first].start < range.start)
			range.start = set->ranges[first].start;
		if (set->ranges[last - 1].end > range.end)
			range.end = set->ranges[last - 1].end;
	}
	return replace(set, first, last, &range, 1);
}

IOMMUCTL_EXPORT int iommuctl_range_set_subtract(struct iommuctl_range_set *set,
						struct iommuctl_range range)
{
	struct iommuctl_range rest[2];
	size_t first, last, count = 0;

	if (!set || range.end < range.start)
		return -EINVAL;
	first = last = find(set, range.start);
	while (last < set->count && set->ranges[last].start <= range.end)
		last++;
	if (last == first)
		return 0;
	if (set->ranges[first].start < range.start)
		rest[count++] =
			(struct iommuctl_range){ set->ranges[first].start, range.start - 1 };
	if (set->ranges[last - 1].end > range.end)
		rest[count++] = (struct iommuctl_range){ range.end + 1, set->ranges[last - 1].end };
	return replace(set, first, last, rest, count);
}

IOMMUCTL_EXPORT int iommuctl_range_set_intersect(struct iommuctl_range_set *set,
						 const struct iommuctl_range_set *other)
{
	uint64_t gap = 0;
	int r = 0;

	if (!set || !other)
		return -EINVAL;
	for (size_t i = 0; r >= 0 && i < other->count; i++) {
		if (other->ranges[i].start > gap)
			r = iommuctl_range_set_subtract(
				set, (struct iommuctl_range){ gap, other->ranges[i].start - 1 });
		if (other->ranges[i].end == UINT64_MAX)
			return r;
		gap = other->ranges[i].end + 1;
	}
	if (r < 0)
		return r;
	return iommuctl_range_set_subtract(set, (struct iommuctl_range){ gap, UINT64_MAX });
}

IOMMUCTL_EXPORT bool iommuctl_range_set_contains(const struct iommuctl_range_set *set,
						 struct iommuctl_range range)
{
	size_t i;

	if (!set || range.end < range.start)
		return false;
	i = find(set, range.start);
	return i < set->count && set->ranges[i].start <= range.start &&
	       set->ranges[i].end >= range.end;
}

IOMMUCTL_EXPORT int iommuctl_range_set_get(const struct iommuctl_range_set *set, size_t i,
					   struct iommuctl_range *ret_range)
{
	if (!set || !ret_range)
		return -EINVAL;
	if (i >= set->count)
		return -ENOENT;
	*ret_range = set->ranges[i];
	return 0;
}
