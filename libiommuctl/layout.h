/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "internal.h"

struct exclusion {
	struct iommuctl_region region;
	bool limit;
	char *owner;
	char *host; /* NULL: none was said */
};

struct iommuctl_layout {
	struct exclusion *exclusions; /* sorted by solve() */
	size_t exclusion_count;
	char *host; /* of those that follow */
	struct iommuctl_layout_block *blocks;
	size_t block_count;
	struct iommuctl_layout_piece *pieces; /* by address */
	size_t piece_count;
	struct iommuctl_layout_conflict *conflicts;
	size_t conflict_count;
	bool failed;
	size_t failed_block;
};

/* The first address from START on that is aligned, and SIZE bytes of it are in RANGE. */
bool layout_fit(struct iommuctl_range range, uint64_t size, uint64_t alignment,
		uint64_t *ret_start);
/* Why the failed block does not fit; exclusions are sorted. */
int layout_find_conflicts(struct iommuctl_layout *layout);

#endif
