/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dirty pages of ranges that may be large, and may have holes. */
#include <errno.h>

#include "dirty.h"

struct dirty_walk {
	struct iommuctl_object *hwpt;
	uint64_t page_size;
	unsigned int flags; /* the kernel's */
	iommuctl_range_fn fn;
	void *data;
	struct iommuctl_range run; /* that may go on; what ends before it starts is none */
	bool stopped;		   /* by FN */
	struct dirty_bits bits;
};

static const struct iommuctl_range no_run = { 1, 0 };

static int end_run(struct dirty_walk *walk)
{
	const struct iommuctl_range run = walk->run;
	int r = run.end < run.start || walk->stopped ? 0 : walk->fn(run, walk->data);

	walk->run = no_run;
	walk->stopped |= r < 0;
	return r;
}

static int add_run(struct dirty_walk *walk, struct iommuctl_range run)
{
	int r;

	if (walk->run.end >= walk->run.start && run.start - 1 <= walk->run.end) {
		walk->run.end = run.end;
		return 0;
	}
	r = end_run(walk);
	walk->run = run;
	return r;
}

/* The dirty ones of COUNT pages from START on. */
static int ask_pages(struct dirty_walk *walk, uint64_t start, uint64_t count, uint64_t page_size,
		     unsigned int flags)
{
	return dirty_ask(walk->hwpt,
			 (struct iommuctl_range){ start, start + count * page_size - 1 }, page_size,
			 flags, &walk->bits);
}

/* ---------------------------------------------------------- ranges without holes */

/*
 * A call that ends in the middle of a large page of the IOMMU clears all of it, and one that
 * starts there does not see it. Such pages are as large as their addresses are aligned: none goes
 * over the end of this many, 1 TiB of the smallest ones.
 */
#define CHUNK_PAGES (UINT64_C(1) << 28)

static int add_runs(struct dirty_walk *walk, uint64_t start, uint64_t n)
{
	int r = 0;

	for (uint64_t i = 0, first; r >= 0 && i < n; i++) {
		for (first = i; i < n && dirty_is_set(&walk->bits, i); i++)
			;
		if (i > first)
			r = add_run(walk,
				    (struct iommuctl_range){ start + first * walk->page_size,
							     start + i * walk->page_size - 1 });
	}
	return r;
}

static int walk_mapped(struct dirty_walk *walk, struct iommuctl_range mapped)
{
	uint64_t left = dirty_count_pages(mapped, walk->page_size), start = mapped.start;
	int r = 0;

	for (uint64_t n; r >= 0 && left > 0; left -= n, start += n * walk->page_size) {
		n = CHUNK_PAGES - start / walk->page_size % CHUNK_PAGES;
		n = n < left ? n : left;
		r = ask_pages(walk, start, n, walk->page_size, walk->flags);
		if (r >= 0)
			r = add_runs(walk, start, n);
	}
	return r;
}

/* ------------------------------------------------------------- ranges with holes */

/* That of the kernel's mock; what is used has larger ones. */
#define SMALLEST_PAGE 2048u

/* The IOMMU's smallest page, no smaller than which anything is mapped: the first size it takes. */
static uint64_t find_step(struct dirty_walk *walk, uint64_t start)
{
	uint64_t step = walk->page_size < SMALLEST_PAGE ? walk->page_size : SMALLEST_PAGE;
	struct abi_iommu_hwpt_get_dirty_bitmap arg;

	while (step < walk->page_size &&
	       dirty_ask_quietly(walk->hwpt, &arg,
				 (struct iommuctl_range){ start, start + step - 1 }, step,
				 IOMMUCTL_DIRTY_NO_CLEAR, &walk->bits) == -EINVAL)
		step *= 2;
	return step;
}

/* How many pages of size STEP are dirty from START on, one after another, up to END. */
static int count_dirty(struct dirty_walk *walk, uint64_t start, uint64_t end, uint64_t step,
		       uint64_t *ret_count)
{
	const uint64_t all = (end - start) / step + 1;
	uint64_t count = 0, room = 1;
	int r;

	for (;; room *= 8) {
		room = room < all ? room : all;
		r = ask_pages(walk, start, room, step, IOMMUCTL_DIRTY_NO_CLEAR);
		if (r < 0)
			return r;
		while (count < room && dirty_is_set(&walk->bits, count))
			count++;
		if (count < room || room == all)
			break;
	}
	*ret_count = count;
	return 0;
}

/*
 * Some drivers tell of a large page also from its middle on. If it has become dirty after its start
 * was looked at, that is dirty too by now. What is before FIRST was told already.
 */
static int step_back(struct dirty_walk *walk, uint64_t first, uint64_t step, uint64_t *start)
{
	uint64_t count = 1;
	int r = 0;

	while (*start > first && count > 0) {
		r = count_dirty(walk, *start - step, *start - 1, step, &count);
		if (r < 0)
			return r;
		*start -= count ? step : 0;
	}
	return 0;
}

/* Clears what is dirty and nothing else, so that no page is cleared that was not told. */
static int take_run(struct dirty_walk *walk, struct iommuctl_range range, uint64_t step,
		    struct iommuctl_range run)
{
	const uint64_t size = walk->page_size;
	int r = 0;

	if (!(walk->flags & IOMMUCTL_DIRTY_NO_CLEAR))
		r = dirty_ask(walk->hwpt, run, step, walk->flags, &walk->bits);
	if (r < 0)
		return r;
	run.start -= (run.start - range.start) % size;
	run.end += size - 1 - (run.end - range.start) % size;
	return add_run(walk, run);
}

/* The run of dirty pages that begins at *AT, or a little before; none is of no pages. */
static int find_run(struct dirty_walk *walk, uint64_t told, uint64_t end, uint64_t step,
		    uint64_t *at, uint64_t *ret_count)
{
	uint64_t start = *at;
	int r = count_dirty(walk, *at, end, step, ret_count);

	if (r >= 0 && *ret_count > 0)
		r = step_back(walk, told, step, &start);
	if (r >= 0 && start != *at)
		r = count_dirty(walk, start, end, step, ret_count);
	*at = start;
	return r;
}

/* Where a call starts in a hole it sees nothing of what is behind: so one starts everywhere. */
static int walk_holes(struct dirty_walk *walk, struct iommuctl_range range)
{
	const uint64_t step = find_step(walk, range.start);
	uint64_t at = range.start, told = range.start, count;
	int r;

	do {
		r = find_run(walk, told, range.end, step, &at, &count);
		if (r >= 0 && count > 0) {
			told = at + count * step;
			r = take_run(walk, range, step, (struct iommuctl_range){ at, told - 1 });
		}
		at += (count ? count : 1) * step;
		/* 0: the last address was the last of all */
	} while (r >= 0 && at != 0 && at <= range.end);
	return r;
}

/* At a hole the kernel's own walk ends without a word. */
IOMMUCTL_EXPORT int iommuctl_hwpt_walk_dirty(struct iommuctl_object *hwpt,
					     const struct iommuctl_range_set *mapped,
					     uint64_t page_size, unsigned int flags,
					     iommuctl_range_fn fn, void *data)
{
	struct dirty_walk walk = {
		.hwpt = hwpt,
		.page_size = page_size,
		.flags = flags & ~IOMMUCTL_DIRTY_HOLES,
		.fn = fn,
		.data = data,
		.run = no_run,
	};
	struct iommuctl_range range;
	int r = 0, end;

	if (!object_is(hwpt, KIND(HWPT)) || !mapped || !fn || !page_size ||
	    (page_size & (page_size - 1)) != 0)
		return -EINVAL;
	for (size_t i = 0; r >= 0 && iommuctl_range_set_get(mapped, i, &range) == 0; i++)
		r = flags & IOMMUCTL_DIRTY_HOLES ? walk_holes(&walk, range)
						 : walk_mapped(&walk, range);
	/* also after a failure: what was read may be clean by now */
	end = end_run(&walk);
	dirty_bits_free(&walk.bits);
	return r < 0 ? r : end < 0 ? end : 0;
}
