/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef IOMMUCTL_DIRTY_H
#define IOMMUCTL_DIRTY_H

#include "abi/iommufd.h"
#include "internal.h"

/*
 * Where the kernel writes. Of a large page of the IOMMU it sets the bits of all its pages, also of
 * those behind the range: so the memory up to the end of the last bit's page must be ours.
 */
struct dirty_bits {
	uint64_t *words;
	size_t size; /* of the mapping */
};

void dirty_bits_free(struct dirty_bits *bits);

static inline bool dirty_is_set(const struct dirty_bits *bits, uint64_t i)
{
	return bits->words[i / 64] >> i % 64 & 1;
}

static inline uint64_t dirty_count_pages(struct iommuctl_range range, uint64_t page_size)
{
	return page_size ? (range.end - range.start) / page_size + 1 : 0;
}

/* One call of the kernel; BITS are made as large as is needed, and are valid until the next one. */
int dirty_ask(const struct iommuctl_object *hwpt, struct iommuctl_range range, uint64_t page_size,
	      unsigned int flags, struct dirty_bits *bits);
/* The same without a diagnostic, for which there is ARG. */
int dirty_ask_quietly(const struct iommuctl_object *hwpt,
		      struct abi_iommu_hwpt_get_dirty_bitmap *arg, struct iommuctl_range range,
		      uint64_t page_size, unsigned int flags, struct dirty_bits *bits);

#endif
