/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fewest regions that keep a block from fitting. */
#include <errno.h>
#include <string.h>

#include "layout.h"

/* What is in the way: all exclusions of one range, or a block that was placed. */
struct obstacle {
	struct iommuctl_range range;
	const struct exclusion *exclusions;
	size_t count; /* 0: a block */
	size_t block;
};

struct obstacles {
	struct obstacle *items; /* by their start */
	size_t count;
	uint64_t *ends; /* sorted */
};

static int compare_obstacles(const void *a, const void *b)
{
	const struct obstacle *x = a, *y = b;

	return x->range.start < y->range.start ? -1 : x->range.start > y->range.start;
}

static int compare_numbers(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool same_range(const struct exclusion *a, const struct exclusion *b)
{
	return a->region.range.start == b->region.range.start &&
	       a->region.range.end == b->region.range.end && a->limit == b->limit;
}

static int collect(const struct iommuctl_layout *layout, struct obstacles *all)
{
	size_t n = 0;

	all->items = calloc(layout->exclusion_count + layout->piece_count + 1, sizeof(*all->items));
	all->ends = calloc(layout->exclusion_count + layout->piece_count + 1, sizeof(*all->ends));
	if (!all->items || !all->ends)
		return -ENOMEM;
	for (size_t i = 0; i < layout->exclusion_count; i++) {
		const struct exclusion *exclusion = &layout->exclusions[i];

		if (n > 0 && same_range(all->items[n - 1].exclusions, exclusion))
			all->items[n - 1].count++;
		else
			all->items[n++] =
				(struct obstacle){ exclusion->region.range, exclusion, 1, 0 };
	}
	for (size_t i = 0; i < layout->piece_count; i++)
		if (layout->pieces[i].block != layout->failed_block)
			all->items[n++] = (struct obstacle){ .range = layout->pieces[i].range,
							     .block = layout->pieces[i].block };
	all->count = n;
	for (size_t i = 0; i < n; i++)
		all->ends[i] = all->items[i].range.end;
	qsort(all->items, n, sizeof(*all->items), compare_obstacles);
	qsort(all->ends, n, sizeof(*all->ends), compare_numbers);
	return 0;
}

static int add_conflict(struct iommuctl_layout *layout, const struct obstacle *obstacle,
			const struct exclusion *exclusion)
{
	struct iommuctl_layout_conflict *conflict =
		array_grow(&layout->conflicts, &layout->conflict_count, sizeof(*conflict));

	if (!conflict)
		return -ENOMEM;
	if (exclusion)
		*conflict = (struct iommuctl_layout_conflict){
			.kind = exclusion->limit ? IOMMUCTL_LAYOUT_CONFLICT_LIMIT
						 : IOMMUCTL_LAYOUT_CONFLICT_REGION,
			.owner = exclusion->owner,
			.host = exclusion->host,
			.region = exclusion->region,
		};
	else
		*conflict = (struct iommuctl_layout_conflict){
			.kind = IOMMUCTL_LAYOUT_CONFLICT_BLOCK,
			.region = { .range = obstacle->range },
			.block = obstacle->block,
		};
	return 0;
}

static int name_obstacle(struct iommuctl_layout *layout, const struct obstacle *obstacle)
{
	int r = obstacle->count == 0 ? add_conflict(layout, obstacle, NULL) : 0;

	for (size_t i = 0; r >= 0 && i < obstacle->count; i++)
		r = add_conflict(layout, obstacle, &obstacle->exclusions[i]);
	return r;
}

/* ------------------------------------------------------------ whole blocks */

/* How many start at ADDRESS or before. */
static size_t count_starts(const struct obstacles *all, uint64_t address)
{
	size_t low = 0, high = all->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->items[middle].range.start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many end before ADDRESS. */
static size_t count_ends(const struct obstacles *all, uint64_t address)
{
	size_t low = 0, high = all->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->ends[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Where the block would overlap the fewest. Moved down as far as it overlaps no
 * more, it lies at the window's start or behind an obstacle: no other place
 * has to be looked at.
 */
static int explain_whole(struct iommuctl_layout *layout, const struct obstacles *all)
{
	const struct iommuctl_layout_block *block = &layout->blocks[layout->failed_block];
	struct iommuctl_range place = { 0 };
	size_t fewest = SIZE_MAX;
	int r = 0;

	for (size_t i = 0; i <= all->count; i++) {
		struct iommuctl_range from = block->window;
		uint64_t start;
		size_t n;

		if (i > 0 && (all->ends[i - 1] >= from.end))
			break;
		if (i > 0 && all->ends[i - 1] >= from.start)
			from.start = all->ends[i - 1] + 1;
		if (!layout_fit(from, block->size, block->alignment, &start))
			break;
		n = count_starts(all, start + (block->size - 1)) - count_ends(all, start);
		if (n < fewest) {
			fewest = n;
			place = (struct iommuctl_range){ start, start + (block->size - 1) };
		}
	}
	for (size_t i = 0; fewest < SIZE_MAX && r >= 0 && i < all->count; i++)
		if (all->items[i].range.start <= place.end &&
		    all->items[i].range.end >= place.start)
			r = name_obstacle(layout, &all->items[i]);
	return r;
}

/* ---------------------------------------------- blocks that may be split */

/* Obstacles without anything free between them. */
struct cluster {
	size_t first, last;
	struct iommuctl_range range; /* within the window */
	uint64_t gain;		     /* bytes that could be used if it were not there */
};

/* Bytes in aligned pieces from START to END, if that is not before it. */
static uint64_t room(uint64_t start, uint64_t end, uint64_t alignment)
{
	uint64_t first, pieces;

	if (start > end ||
	    !layout_fit((struct iommuctl_range){ start, end }, alignment, alignment, &first))
		return 0;
	pieces = (end - first - (alignment - 1)) / alignment + 1;
	return pieces > UINT64_MAX / alignment ? UINT64_MAX : pieces * alignment;
}

static struct cluster *find_clusters(const struct obstacles *all, struct iommuctl_range window,
				     size_t *ret_count)
{
	struct cluster *clusters = calloc(all->count + 1, sizeof(*clusters));
	size_t n = 0;

	for (size_t i = 0; clusters && i < all->count; i++) {
		struct iommuctl_range range = all->items[i].range;

		if (range.end < window.start || range.start > window.end)
			continue;
		range.start = range.start < window.start ? window.start : range.start;
		range.end = range.end > window.end ? window.end : range.end;
		if (n == 0 || (range.start > 0 && range.start - 1 > clusters[n - 1].range.end))
			clusters[n++] = (struct cluster){ .first = i, .range = range };
		clusters[n - 1].last = i;
		if (range.end > clusters[n - 1].range.end)
			clusters[n - 1].range.end = range.end;
	}
	*ret_count = n;
	return clusters;
}

/* What each would give; all that is free now. */
static uint64_t weigh(struct cluster *clusters, size_t count, struct iommuctl_range window,
		      uint64_t alignment)
{
	uint64_t total = 0, before, after, from = window.start;

	for (size_t i = 0; i < count; i++) {
		struct cluster *cluster = &clusters[i];
		uint64_t to = i + 1 < count ? clusters[i + 1].range.start - 1 : window.end;

		before = cluster->range.start > from
				 ? room(from, cluster->range.start - 1, alignment)
				 : 0;
		after = cluster->range.end < to ? room(cluster->range.end + 1, to, alignment) : 0;
		cluster->gain = room(from, to, alignment) - before - after;
		total += before;
		if (i + 1 == count)
			return total + after;
		from = cluster->range.end + 1;
	}
	return room(window.start, window.end, alignment);
}

static int by_gain(const void *a, const void *b)
{
	const struct cluster *x = a, *y = b;

	if (x->gain != y->gain)
		return x->gain > y->gain ? -1 : 1;
	return x->first < y->first ? -1 : 1;
}

/* Whether there would be room for BLOCK if those NAMED were not there. */
static bool is_enough(const struct obstacles *all, const bool *named,
		      const struct iommuctl_layout_block *block)
{
	uint64_t from = block->window.start, left = block->size, free;

	for (size_t i = 0; i < all->count && all->items[i].range.start <= block->window.end; i++) {
		const struct iommuctl_range *range = &all->items[i].range;

		if (named[i] || range->end < from)
			continue;
		free = range->start > from ? room(from, range->start - 1, block->alignment) : 0;
		if (free >= left)
			return true;
		left -= free;
		if (range->end >= block->window.end)
			return false;
		from = range->end + 1;
	}
	return room(from, block->window.end, block->alignment) >= left;
}

static bool is_region(const struct obstacle *obstacle)
{
	return obstacle->count == 0 ||
	       (!obstacle->exclusions->limit &&
		obstacle->exclusions->region.type != IOMMUCTL_REGION_UNKNOWN);
}

#define STEPS_MAX (UINT64_C(1) << 28)

/* Names of those chosen only what it takes: others are behind a limit, or beside a region. */
static int name_needed(struct iommuctl_layout *layout, const struct obstacles *all, bool *named,
		       size_t count)
{
	const struct iommuctl_layout_block *block = &layout->blocks[layout->failed_block];
	bool few = count <= STEPS_MAX / (all->count + 1);
	int r = 0;

	/* a region says more than a limit, or what the caller ruled out */
	for (int regions = 0; few && regions <= 1; regions++)
		for (size_t i = all->count; i-- > 0;) {
			if (!named[i] || is_region(&all->items[i]) != regions)
				continue;
			named[i] = false;
			named[i] = !is_enough(all, named, block);
		}
	for (size_t i = 0; r >= 0 && i < all->count; i++)
		if (named[i])
			r = name_obstacle(layout, &all->items[i]);
	return r;
}

/* Those that give most, until it is enough. */
static int explain_split(struct iommuctl_layout *layout, const struct obstacles *all)
{
	const struct iommuctl_layout_block *block = &layout->blocks[layout->failed_block];
	uint64_t start, total;
	size_t count, chosen = 0, obstacles = 0;
	bool *named = calloc(all->count + 1, sizeof(*named));
	struct cluster *clusters = NULL;
	int r = named ? 0 : -ENOMEM;

	if (r < 0 || !layout_fit(block->window, block->size, block->alignment, &start))
		goto out;
	clusters = find_clusters(all, block->window, &count);
	r = clusters ? 0 : -ENOMEM;
	if (r < 0)
		goto out;
	total = weigh(clusters, count, block->window, block->alignment);
	qsort(clusters, count, sizeof(*clusters), by_gain);
	while (chosen < count && total < block->size)
		total += clusters[chosen++].gain;
	for (size_t i = 0; i < chosen; i++)
		for (size_t n = clusters[i].first; n <= clusters[i].last; n++, obstacles++)
			named[n] = true;
	r = name_needed(layout, all, named, obstacles);
out:
	free(clusters);
	free(named);
	return r;
}

int layout_find_conflicts(struct iommuctl_layout *layout)
{
	struct obstacles all = { 0 };
	int r = collect(layout, &all);

	if (r >= 0)
		r = layout->blocks[layout->failed_block].flags & IOMMUCTL_LAYOUT_SPLIT
			    ? explain_split(layout, &all)
			    : explain_whole(layout, &all);
	free(all.items);
	free(all.ends);
	return r;
}
