/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a call can fail. */
#ifndef IOMMUCTL_CAUSE_H
#define IOMMUCTL_CAUSE_H

#include "internal.h"

/* What failed: a call about OBJECT or VFIO. */
struct failure {
	struct iommuctl_object *object;
	struct iommuctl_vfio *vfio;
	unsigned long request;
	const void *arg;
	int error;
};

struct cause {
	unsigned long request;
	int error;
	bool (*holds)(const struct failure *failure); /* NULL: always */
	const char *reason;
	const char *hint;
};

extern const struct cause causes[];
extern const size_t cause_count;

bool cause_hw_info_type(const struct failure *failure);

#endif
