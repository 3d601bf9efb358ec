/* SPDX-License-Identifier: GPL-2.0-or-later */
/* destroy: objects of a session, or of an open /dev/iommu. */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "objects.h"

int objects_check_unused(struct app *app, const char *word, uint32_t id)
{
	struct iommuctl_session_entry *user;

	if (!app->session || iommuctl_session_next(app->session, 0, id, &user) < 0)
		return 0;
	message("%s %s: %s: %s %" PRIu32 " uses it", app->command->noun, word, app->command->verb,
		iommuctl_object_kind_to_string(iommuctl_session_entry_get_kind(user)),
		iommuctl_session_entry_get_id(user));
	hint("destroy that first, or detach what is attached to it; session show lists all");
	iommuctl_session_entry_free(user);
	return -EBUSY;
}

/* Without its file, which is closed: it can be destroyed at least, once nobody has that open. */
static void register_again(struct app *app, const struct iommuctl_session_entry *entry)
{
	struct iommuctl_session_object object = {
		.size = sizeof(object),
		.kind = iommuctl_session_entry_get_kind(entry),
		.id = iommuctl_session_entry_get_id(entry),
		.name = iommuctl_session_entry_get_name(entry),
		.type = iommuctl_session_entry_get_type(entry),
	};
	uint64_t serial;

	for (size_t i = 0; i < ARRAY_SIZE(object.parents); i++)
		object.parents[i] = iommuctl_session_entry_get_parent(entry, i);
	if (iommuctl_session_add(app->session, &object, -1, &serial) < 0)
		message_diag(app);
}

/* A queue can be destroyed only when the keeper has closed its file, which forgets it. */
static int destroy_kept(struct app *app, struct iommuctl_object *object,
			struct iommuctl_session_entry *entry)
{
	uint32_t id = iommuctl_object_get_id(object);
	uint64_t serial = iommuctl_session_entry_get_serial(entry);
	int fd = iommuctl_session_entry_take_fd(entry), r = 0;

	if (fd >= 0) {
		close(fd);
		r = iommuctl_session_remove(app->session, id, serial);
	}
	if (r >= 0)
		r = iommuctl_object_destroy(object);
	if (r < 0)
		message_diag(app);
	/* also of what another program has destroyed */
	if (fd < 0 && (r >= 0 || r == -ENOENT) &&
	    iommuctl_session_remove(app->session, id, serial) < 0) {
		message_diag(app);
		r = -EIO;
	}
	if (r < 0 && r != -ENOENT && fd >= 0)
		register_again(app, entry);
	return r;
}

static int destroy(struct app *app, const char *word)
{
	struct iommuctl_session_entry *entry = NULL;
	struct iommuctl_object *object;
	uint32_t id;
	int r = objects_find(app, word, 1u << objects_kind(app), &object);

	if (r < 0)
		return r;
	id = iommuctl_object_get_id(object);
	r = objects_check_unused(app, word, id);
	if (r >= 0 && app->session)
		iommuctl_session_find(app->session, word, &entry);
	if (r >= 0 && entry)
		r = destroy_kept(app, object, entry);
	else if (r >= 0 && (r = iommuctl_object_destroy(object)) < 0)
		message_diag(app);
	iommuctl_session_entry_free(entry);
	iommuctl_object_free(object);
	if (r >= 0)
		result_add(app, &(struct object_row){ .id = id });
	return r;
}

int run_objects_destroy(struct app *app)
{
	size_t done = 0;

	for (size_t i = 0; i < app->arg_count; i++)
		if (destroy(app, app->args[i]) < 0)
			app->failed++;
		else
			done++;
	result_finish(app);
	return app_exit_code(app, done);
}
