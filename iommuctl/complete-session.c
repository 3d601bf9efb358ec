/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What complete offers of a session: its objects, by id and name. */
#include <inttypes.h>
#include <unistd.h>

#include "complete.h"

/* A keeper that does not answer must not keep the shell. */
#define PATIENCE_SECONDS 1

static void offer_entry(const struct query *query, const struct iommuctl_session_entry *entry,
			const char *kind)
{
	const char *name = iommuctl_session_entry_get_name(entry);
	char id[16];

	snprintf(id, sizeof(id), "%" PRIu32, iommuctl_session_entry_get_id(entry));
	offer(query, "", id, name ? name : kind);
	if (name)
		offer(query, "", name, kind);
}

void offer_session_objects(const struct query *query, unsigned int kinds)
{
	struct app *app = query->app;
	const char *name = app->session_name ? app->session_name : getenv("IOMMUCTL_SESSION");
	struct iommuctl_session_entry *entry;
	uint32_t after = 0;

	if (!kinds || app->root || app->inherited || !name || !*name)
		return;
	fflush(stdout);
	alarm(PATIENCE_SECONDS);
	if (!app->session && iommuctl_session_connect(app->ctx, name, &app->session) < 0)
		return;
	while (iommuctl_session_next(app->session, after, 0, &entry) >= 0) {
		enum iommuctl_object_kind kind = iommuctl_session_entry_get_kind(entry);

		after = iommuctl_session_entry_get_id(entry);
		if (kinds >> kind & 1)
			offer_entry(query, entry, iommuctl_object_kind_to_string(kind));
		iommuctl_session_entry_free(entry);
	}
}
