/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What causes that have to do with addresses share. */
#ifndef IOMMUCTL_CAUSE_RANGE_H
#define IOMMUCTL_CAUSE_RANGE_H

#include <inttypes.h>

#include "cause.h"

#define RANGE	       "0x%" PRIx64 "-0x%" PRIx64
#define ENDS_OF(range) (range).start, (range).end

/* What MAP, MAP_FILE, COPY and UNMAP have in common. */
struct mapping {
	uint32_t ioas, flags;
	uint64_t iova, length;
	uint64_t memory; /* where it is in memory, in the file, or in the source */
};

struct mapping take_mapping(const struct failure *failure);
bool mapping_is_fixed(const struct mapping *mapping);
struct iommuctl_range mapping_range(const struct mapping *mapping);
/* What the address space leaves for mappings, and its alignment; NULL: not known. */
const struct iommuctl_range_set *failure_usable(struct failure *failure, uint32_t ioas);
/* Where to read on about the addresses of IOAS. */
void advise_ranges(struct failure *failure, uint32_t ioas);

#endif
