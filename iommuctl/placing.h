/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's physical addresses: how much of what is asked for, and where it goes. */
#ifndef IOMMUCTL_PLACING_H
#define IOMMUCTL_PLACING_H

#include "app.h"

/* What gets a place, in the order of the layout's blocks. */
enum { USE_RAM, USE_MMIO, USE_MMIO64, USE_COUNT };

extern const char *const use_names[USE_COUNT];
extern const enum param_id use_params[USE_COUNT];

struct placing {
	uint64_t sizes[USE_COUNT]; /* 0: none */
	uint64_t alignment;	   /* 0: 2 MiB */
	unsigned int bits;	   /* 0: no limit */
	const struct iommuctl_range *windows;
	size_t window_count; /* 0: everything */

	struct iommuctl_layout *layout;
	int uses[USE_COUNT]; /* of the layout's blocks */
};

struct placement {
	const char *use;
	struct iommuctl_range range;
};

uint64_t placing_alignment(const struct placing *placing);
/* A layout, without what its bits and windows rule out. */
int placing_new_layout(const struct placing *placing, struct iommuctl_layout **ret_layout);
/* Solves the layout for all sizes: -ENOSPC, the conflicts say why. */
int placing_solve(struct placing *placing);
/* By address; the caller frees them. */
int placing_get(const struct placing *placing, struct placement **ret, size_t *ret_count);
/* What does not fit: one of use_names, or NULL. */
const char *placing_failed(const struct placing *placing, uint64_t *ret_size);
/* What is in its way, for people, which the caller frees; NULL past the last one. */
char *placing_conflict(const struct placing *placing, size_t i);
const char *placing_owner(const struct placing *placing,
			  const struct iommuctl_layout_conflict *conflict);
extern const char *const placing_conflict_kinds[];

#endif
