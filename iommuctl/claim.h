/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VFIO device of a session, as a command uses it. */
#ifndef IOMMUCTL_CLAIM_H
#define IOMMUCTL_CLAIM_H

#include "app.h"

struct claim {
	const struct iommuctl_device *device;
	struct iommuctl_vfio *vfio; /* the caller's */
	uint64_t serial;
	bool is_new; /* this command has bound it */
};

/*
 * The device WORD of the session. What that does not have is opened, bound and registered if
 * MAY_OPEN, and else an error, which is told.
 */
int claim_make(struct app *app, const char *word, bool may_open, struct claim *claim);
/* The keeper forgets it, and has closed its file then. */
int claim_drop(struct app *app, const struct claim *claim);

#endif
