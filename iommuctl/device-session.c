/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device list: with --session the devices that the session has. */
#include <errno.h>

#include "attach.h"
#include "attrs.h"

/* Takes ENTRY. */
static int add_entry(const struct app *app, struct iommuctl_session_entry *entry,
		     struct objects *objects)
{
	const char *name = iommuctl_session_entry_get_device(entry);
	const void *device = name ? device_find(app->topology, name) : NULL;

	iommuctl_session_entry_free(entry);
	/* one that was taken out of the machine is none any more */
	return device ? objects_add(objects, device) : 0;
}

static int add_all(struct app *app, struct objects *objects)
{
	struct iommuctl_session_entry *entry;
	uint32_t after = 0;
	int r;

	while ((r = iommuctl_session_next(app->session, after, 0, &entry)) >= 0) {
		after = iommuctl_session_entry_get_id(entry);
		r = add_entry(app, entry, objects);
		if (r < 0)
			return r;
	}
	if (r == -ENOENT)
		return 0;
	message_diag(app);
	return r;
}

static int add_named(struct app *app, const char *word, struct objects *objects)
{
	struct iommuctl_session_entry *entry;
	int r = iommuctl_session_find(app->session, word, &entry);

	if (r >= 0)
		return add_entry(app, entry, objects);
	message_diag(app);
	app->failed++;
	return r == -ENOENT ? 0 : r;
}

int run_device_list(struct app *app)
{
	struct objects objects = { 0 };
	int r = 0;

	if (!app->session_name)
		return run_list(app);
	if (selection_make(app, VIEW_TABLE) < 0)
		return EXIT_USAGE;
	if (app_iommufd(app) < 0 || app_load(app) < 0)
		return EXIT_FAILED;
	if (app->arg_count == 0)
		r = add_all(app, &objects);
	for (size_t i = 0; r >= 0 && i < app->arg_count; i++)
		r = add_named(app, app->args[i], &objects);
	if (r < 0 || (objects.count == 0 && app->failed > 0))
		r = EXIT_FAILED;
	else
		r = render(app, VIEW_TABLE, &objects, NULL);
	free(objects.items);
	return r == EXIT_DONE ? app_exit_code(app, objects.count) : r;
}
