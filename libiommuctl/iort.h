/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The little of ACPI's IORT that features need. */
#ifndef IOMMUCTL_IORT_H
#define IOMMUCTL_IORT_H

#include "internal.h"

#define IORT_COHACC(flags) ((flags)&1)
#define IORT_HTTU(flags)   ((flags) >> 1 & 3) /* 0 none, 1 access, 2 access and dirty */

/* An SMMUv3, and whether a root complex behind it has these. */
struct iort_smmu {
	size_t offset; /* of its node in the table */
	uint64_t base;
	uint32_t flags;
	bool ats;
	bool canwbs; /* coherent write-back, whatever the first stage says */
};

/* A table that makes no sense from some byte on ends there. */
int iort_parse(const void *data, size_t size, struct iort *ret_iort);
/* Whether the root complex of SEGMENT has ATS: 1, 0, or -ENOENT where there is none. */
int iort_has_ats(const void *data, size_t size, uint64_t segment);
/* By the address of its registers; NULL: no such node, or the table cannot be read. */
const struct iort_smmu *iort_find(struct iommuctl_topology *topology, uint64_t base);

#endif
