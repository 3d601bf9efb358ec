/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the verb complete share. */
#ifndef IOMMUCTL_COMPLETE_H
#define IOMMUCTL_COMPLETE_H

#include "app.h"

struct query {
	struct app *app;
	const char *option; /* "--root=" where WORD is joined to it */
	const char *word;   /* the beginning typed so far */
};

/* Print CANDIDATE, behind PREFIX, if it goes on from what was typed. */
void offer(const struct query *query, const char *prefix, const char *candidate,
	   const char *description);
/* Objects of the session, if there is one; KINDS has bits by enum iommuctl_object_kind. */
void offer_session_objects(const struct query *query, unsigned int kinds);

#endif
