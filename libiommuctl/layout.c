/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's physical addresses around what devices cannot use. No I/O. */
#include <errno.h>
#include <string.h>

#include "layout.h"

/* Orders of blocks that are tried: 5! */
#define PERMUTED_MAX 5

IOMMUCTL_EXPORT int iommuctl_layout_new(struct iommuctl_layout **ret_layout)
{
	struct iommuctl_layout *layout;

	if (!ret_layout)
		return -EINVAL;
	layout = calloc(1, sizeof(*layout));
	if (!layout)
		return -ENOMEM;
	*ret_layout = layout;
	return 0;
}

static void forget(struct iommuctl_layout *layout)
{
	free(layout->pieces);
	free(layout->conflicts);
	layout->pieces = NULL;
	layout->conflicts = NULL;
	layout->piece_count = layout->conflict_count = 0;
	layout->failed = false;
}

IOMMUCTL_EXPORT struct iommuctl_layout *iommuctl_layout_free(struct iommuctl_layout *layout)
{
	if (!layout)
		return NULL;
	forget(layout);
	for (size_t i = 0; i < layout->exclusion_count; i++) {
		free(layout->exclusions[i].owner);
		free(layout->exclusions[i].host);
	}
	free(layout->exclusions);
	free(layout->host);
	free(layout->blocks);
	free(layout);
	return NULL;
}

/* ---------------------------------------------------------------- requests */

static int exclude(struct iommuctl_layout *layout, const char *owner,
		   const struct iommuctl_region *region, bool limit)
{
	char *copy = strdup(owner), *host = layout->host ? strdup(layout->host) : NULL;
	struct exclusion *exclusion =
		copy && (host || !layout->host)
			? array_grow(&layout->exclusions, &layout->exclusion_count,
				     sizeof(*exclusion))
			: NULL;

	if (!exclusion) {
		free(copy);
		free(host);
		return -ENOMEM;
	}
	*exclusion = (struct exclusion){
		.region = *region, .limit = limit, .owner = copy, .host = host
	};
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_layout_set_host(struct iommuctl_layout *layout, const char *host)
{
	char *copy;

	if (!layout)
		return -EINVAL;
	copy = host ? strdup(host) : NULL;
	if (host && !copy)
		return -ENOMEM;
	free(layout->host);
	layout->host = copy;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_layout_exclude(struct iommuctl_layout *layout, const char *owner,
					    const struct iommuctl_region *region)
{
	if (!layout || !owner || !region || region->range.end < region->range.start)
		return -EINVAL;
	return exclude(layout, owner, region, false);
}

IOMMUCTL_EXPORT int iommuctl_layout_limit(struct iommuctl_layout *layout, const char *owner,
					  unsigned int bits)
{
	struct iommuctl_region region = { .range = { .end = UINT64_MAX } };

	if (!layout || !owner || bits < 1 || bits > 64)
		return -EINVAL;
	if (bits == 64)
		return 0;
	region.range.start = UINT64_C(1) << bits;
	return exclude(layout, owner, &region, true);
}

IOMMUCTL_EXPORT int iommuctl_layout_add_block(struct iommuctl_layout *layout,
					      const struct iommuctl_layout_block *block,
					      size_t *ret_index)
{
	struct iommuctl_layout_block *added;

	if (!layout || !block || block->size == 0 || block->alignment == 0 ||
	    (block->alignment & (block->alignment - 1)) ||
	    block->window.end < block->window.start ||
	    (block->flags & ~(IOMMUCTL_LAYOUT_SPLIT | IOMMUCTL_LAYOUT_TOP)) ||
	    ((block->flags & IOMMUCTL_LAYOUT_SPLIT) && block->size % block->alignment))
		return -EINVAL;
	added = array_grow(&layout->blocks, &layout->block_count, sizeof(*added));
	if (!added)
		return -ENOMEM;
	*added = *block;
	if (ret_index)
		*ret_index = layout->block_count - 1;
	return 0;
}

/* --------------------------------------------------------------- one block */

bool layout_fit(struct iommuctl_range range, uint64_t size, uint64_t alignment, uint64_t *ret_start)
{
	uint64_t start = (range.start + (alignment - 1)) & -alignment;

	if (start < range.start || start > range.end || range.end - start < size - 1)
		return false;
	*ret_start = start;
	return true;
}

static bool overlap(struct iommuctl_range a, struct iommuctl_range b, struct iommuctl_range *ret)
{
	ret->start = a.start > b.start ? a.start : b.start;
	ret->end = a.end < b.end ? a.end : b.end;
	return ret->start <= ret->end;
}

static bool find_place(const struct iommuctl_range_set *space,
		       const struct iommuctl_layout_block *block, bool top, uint64_t *ret_start)
{
	struct iommuctl_range range, part;
	bool found = false;

	for (size_t i = 0; (top || !found) && iommuctl_range_set_get(space, i, &range) == 0; i++) {
		if (!overlap(range, block->window, &part) ||
		    !layout_fit(part, block->size, block->alignment, ret_start))
			continue;
		found = true;
		if (top)
			*ret_start = (part.end - (block->size - 1)) & -block->alignment;
	}
	return found;
}

/* A try: what is free, and what was placed. */
struct attempt {
	struct iommuctl_range_set *space;
	struct iommuctl_layout_piece *pieces;
	size_t piece_count;
};

static int add_piece(struct attempt *attempt, size_t block, struct iommuctl_range range)
{
	struct iommuctl_layout_piece *piece =
		array_grow(&attempt->pieces, &attempt->piece_count, sizeof(*piece));

	if (!piece)
		return -ENOMEM;
	*piece = (struct iommuctl_layout_piece){ block, range };
	return 0;
}

/* A piece of RANGE, REST bytes of the block being left; what is free of RANGE goes to LEFT. */
static int take(struct attempt *attempt, struct iommuctl_range_set *left,
		const struct iommuctl_layout_block *block, size_t index,
		struct iommuctl_range range, uint64_t *rest)
{
	struct iommuctl_range part, piece;
	uint64_t room;
	int r = 0;

	if (*rest == 0 || !overlap(range, block->window, &part) ||
	    !layout_fit(part, block->alignment, block->alignment, &piece.start))
		return iommuctl_range_set_add(left, range);
	room = (part.end - piece.start + 1) & -block->alignment;
	/* 0: all 64 bits of addresses */
	if (room == 0 || room > *rest)
		room = *rest;
	*rest -= room;
	piece.end = piece.start + (room - 1);
	if (piece.start > range.start)
		r = iommuctl_range_set_add(left,
					   (struct iommuctl_range){ range.start, piece.start - 1 });
	if (r >= 0 && piece.end < range.end)
		r = iommuctl_range_set_add(left,
					   (struct iommuctl_range){ piece.end + 1, range.end });
	return r < 0 ? r : add_piece(attempt, index, piece);
}

static int place_split(struct attempt *attempt, const struct iommuctl_layout_block *block,
		       size_t index)
{
	struct iommuctl_range_set *left = NULL;
	struct iommuctl_range range;
	uint64_t rest = block->size;
	int r = iommuctl_range_set_new(&left);

	for (size_t i = 0; r >= 0 && iommuctl_range_set_get(attempt->space, i, &range) == 0; i++)
		r = take(attempt, left, block, index, range, &rest);
	if (r < 0) {
		iommuctl_range_set_free(left);
		return r;
	}
	iommuctl_range_set_free(attempt->space);
	attempt->space = left;
	return rest > 0 ? -ENOSPC : 0;
}

static int place(struct attempt *attempt, const struct iommuctl_layout_block *block, size_t index,
		 bool preferred)
{
	struct iommuctl_range range;
	int r;

	if (block->flags & IOMMUCTL_LAYOUT_SPLIT)
		return place_split(attempt, block, index);
	if (!find_place(attempt->space, block, preferred && (block->flags & IOMMUCTL_LAYOUT_TOP),
			&range.start))
		return -ENOSPC;
	range.end = range.start + (block->size - 1);
	r = iommuctl_range_set_subtract(attempt->space, range);
	return r < 0 ? r : add_piece(attempt, index, range);
}

/* -------------------------------------------------------------- all blocks */

static int compare_exclusions(const void *a, const void *b)
{
	const struct exclusion *x = a, *y = b;

	if (x->region.range.start != y->region.range.start)
		return x->region.range.start < y->region.range.start ? -1 : 1;
	if (x->region.range.end != y->region.range.end)
		return x->region.range.end < y->region.range.end ? -1 : 1;
	if (strcmp(x->owner, y->owner) != 0)
		return strcmp(x->owner, y->owner);
	return strcmp(x->host ? x->host : "", y->host ? y->host : "");
}

static void sort_exclusions(struct iommuctl_layout *layout)
{
	if (layout->exclusion_count > 0)
		qsort(layout->exclusions, layout->exclusion_count, sizeof(*layout->exclusions),
		      compare_exclusions);
}

static int compare_pieces(const void *a, const void *b)
{
	const struct iommuctl_layout_piece *x = a, *y = b;

	return x->range.start < y->range.start ? -1 : x->range.start > y->range.start;
}

/* What no exclusion has; they are sorted, so that each range goes to the end of the set. */
static int find_space(const struct iommuctl_layout *layout, struct iommuctl_range_set **ret_space)
{
	struct iommuctl_range_set *space;
	uint64_t next = 0;
	bool end = false;
	int r = iommuctl_range_set_new(&space);

	if (r < 0)
		return r;
	for (size_t i = 0; r >= 0 && i < layout->exclusion_count && !end; i++) {
		struct iommuctl_range range = layout->exclusions[i].region.range;

		if (range.start > next)
			r = iommuctl_range_set_add(
				space, (struct iommuctl_range){ next, range.start - 1 });
		if (range.end >= next)
			next = range.end + 1;
		end = range.end == UINT64_MAX;
	}
	if (r >= 0 && !end)
		r = iommuctl_range_set_add(space, (struct iommuctl_range){ next, UINT64_MAX });
	if (r < 0) {
		iommuctl_range_set_free(space);
		return r;
	}
	*ret_space = space;
	return 0;
}

/* All blocks in the ORDER; keeps what was placed. *RET_FAILED is the first without a place. */
static int try_order(struct iommuctl_layout *layout, const struct iommuctl_range_set *space,
		     const size_t *order, bool preferred, size_t *ret_failed)
{
	struct attempt attempt = { 0 };
	int r = iommuctl_range_set_copy(space, &attempt.space);

	for (size_t i = 0; r >= 0 && i < layout->block_count; i++) {
		r = place(&attempt, &layout->blocks[order[i]], order[i], preferred);
		*ret_failed = order[i];
	}
	iommuctl_range_set_free(attempt.space);
	if (r < 0 && r != -ENOSPC) {
		free(attempt.pieces);
		return r;
	}
	free(layout->pieces);
	layout->pieces = attempt.pieces;
	layout->piece_count = attempt.piece_count;
	return r;
}

/* What must be at a top first, then what may be split, which then is as low as can be. */
static int rank(const struct iommuctl_layout_block *block)
{
	if (block->flags & IOMMUCTL_LAYOUT_SPLIT)
		return 1;
	return block->flags & IOMMUCTL_LAYOUT_TOP ? 0 : 2;
}

static bool before(const struct iommuctl_layout *layout, size_t a, size_t b)
{
	const struct iommuctl_layout_block *x = &layout->blocks[a], *y = &layout->blocks[b];
	uint64_t narrow = x->window.end - x->window.start, other = y->window.end - y->window.start;

	if (rank(x) != rank(y))
		return rank(x) < rank(y);
	return narrow != other ? narrow < other : x->size > y->size;
}

/* Insertion keeps the order of equals. */
static void sort_preferred(const struct iommuctl_layout *layout, size_t *order)
{
	for (size_t i = 0; i < layout->block_count; i++) {
		size_t at = i;

		for (; at > 0 && before(layout, i, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
}

/* The next order of the first COUNT ones; false after the last. */
static bool permute(size_t *order, size_t count)
{
	size_t tail = count, other = count, kept;

	while (tail > 1 && order[tail - 2] > order[tail - 1])
		tail--;
	if (tail < 2)
		return false;
	while (order[other - 1] < order[tail - 2])
		other--;
	kept = order[tail - 2];
	order[tail - 2] = order[other - 1];
	order[other - 1] = kept;
	for (size_t low = tail - 1, high = count - 1; low < high; low++, high--) {
		kept = order[low];
		order[low] = order[high];
		order[high] = kept;
	}
	return true;
}

/* If there is a way to put whole blocks, there is one where each is at the lowest free place. */
static int try_orders(struct iommuctl_layout *layout, const struct iommuctl_range_set *space,
		      size_t *order)
{
	size_t whole = 0, failed;
	int r;

	for (size_t pass = 0, n = 0; pass < 2; pass++) {
		for (size_t i = 0; i < layout->block_count; i++)
			if (!(layout->blocks[i].flags & IOMMUCTL_LAYOUT_SPLIT) == (pass == 0))
				order[n++] = i;
		whole = pass == 0 ? n : whole;
	}
	do
		r = try_order(layout, space, order, false, &failed);
	while (r == -ENOSPC && whole <= PERMUTED_MAX && permute(order, whole));
	return r;
}

static int solve(struct iommuctl_layout *layout, size_t *order)
{
	struct iommuctl_range_set *space = NULL;
	size_t failed = 0;
	int r = find_space(layout, &space);

	if (r >= 0) {
		sort_preferred(layout, order);
		r = try_order(layout, space, order, true, &failed);
	}
	if (r == -ENOSPC) {
		r = try_orders(layout, space, order);
		if (r == -ENOSPC) {
			/* what the preferred order says of it is what a reader expects */
			sort_preferred(layout, order);
			r = try_order(layout, space, order, true, &failed);
			layout->failed = r == -ENOSPC;
			layout->failed_block = failed;
		}
	}
	iommuctl_range_set_free(space);
	return r;
}

IOMMUCTL_EXPORT int iommuctl_layout_solve(struct iommuctl_layout *layout)
{
	size_t *order;
	int r;

	if (!layout)
		return -EINVAL;
	forget(layout);
	order = calloc(layout->block_count + 1, sizeof(*order));
	if (!order)
		return -ENOMEM;
	sort_exclusions(layout);
	r = solve(layout, order);
	free(order);
	if (layout->piece_count > 0)
		qsort(layout->pieces, layout->piece_count, sizeof(*layout->pieces), compare_pieces);
	if (layout->failed) {
		int found = layout_find_conflicts(layout);

		r = found < 0 ? found : r;
	}
	if (r < 0) {
		free(layout->pieces);
		layout->pieces = NULL;
		layout->piece_count = 0;
	}
	return r;
}

/* ----------------------------------------------------------------- results */

IOMMUCTL_EXPORT int iommuctl_layout_get_space(struct iommuctl_layout *layout,
					      struct iommuctl_range_set **ret_space)
{
	if (!layout || !ret_space)
		return -EINVAL;
	sort_exclusions(layout);
	return find_space(layout, ret_space);
}

IOMMUCTL_EXPORT int iommuctl_layout_get_piece(const struct iommuctl_layout *layout, size_t i,
					      struct iommuctl_layout_piece *ret_piece)
{
	if (!layout || !ret_piece)
		return -EINVAL;
	if (i >= layout->piece_count)
		return -ENOENT;
	*ret_piece = layout->pieces[i];
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_layout_get_failed_block(const struct iommuctl_layout *layout,
						     size_t *ret_block)
{
	if (!layout || !ret_block)
		return -EINVAL;
	if (!layout->failed)
		return -ENOENT;
	*ret_block = layout->failed_block;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_layout_get_conflict(const struct iommuctl_layout *layout, size_t i,
						 struct iommuctl_layout_conflict *ret_conflict)
{
	if (!layout || !ret_conflict)
		return -EINVAL;
	if (i >= layout->conflict_count)
		return -ENOENT;
	*ret_conflict = layout->conflicts[i];
	return 0;
}
