/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a call can fail. */
#ifndef IOMMUCTL_CAUSE_H
#define IOMMUCTL_CAUSE_H

#include "ask.h"
#include "known.h"

/* What failed: a call about OBJECT, or about the device VFIO. */
struct failure {
	struct iommuctl_context *ctx;
	struct iommuctl_iommufd *iommufd; /* NULL: the device is not bound */
	const struct iommuctl_object *object;
	const struct iommuctl_vfio *vfio;
	unsigned long request;
	const void *arg;
	int error;
	/* once a cause needed them */
	struct iommuctl_topology *topology;
	struct iommuctl_holders *holders;
	struct iommuctl_range_set *usable;
	uint64_t alignment;
	struct iommuctl_diag diag;
};

/*
 * One cause of those that calls have for an error; the first that holds is told. A cause with
 * figures has no reason here: HOLDS tells it with because().
 */
struct cause {
	const char *name; /* by which tests know it */
	uint64_t calls;
	int error;				/* 0: any */
	unsigned int kinds;			/* of the object that the call is about; 0: any */
	bool (*holds)(struct failure *failure); /* NULL: always */
	const char *reason;
	const char *hint;
};

/* The last six bits of no two requests are alike. */
#define CALL(name) (UINT64_C(1) << (ABI_##name & 0x3f))
#define ANY_CALL   UINT64_MAX

extern const struct cause causes[];
extern const size_t cause_count;

/* Puts the reason into the diagnostic; returns true. */
PRINTF(2, 3) bool because(struct failure *failure, const char *format, ...);
PRINTF(2, 3) void advise(struct failure *failure, const char *format, ...);

/* A list of words in a text of limited length. */
struct words {
	char text[192];
	size_t used, last, count, left_out;
};

void words_add(struct words *words, const char *word);
/* "a, b and c", "a, b and 7 more"; at the end, once. */
const char *words_join(struct words *words, const char *conjunction);

/* With the reserved regions and the features that the machine has; NULL: cannot be read. */
const struct iommuctl_topology *failure_topology(struct failure *failure);
/* That the call is about; or NULL. */
const struct iommuctl_device *failure_device(struct failure *failure);

#endif
