/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "objects.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ROW ((const struct object_row *)object)

json_object *object_get_name(const void *object, const struct attr *attr)
{
	(void)attr;
	return value_text(ROW->name);
}

json_object *object_get_parents(const void *object, const struct attr *attr)
{
	json_object *ids = json_object_new_array();

	(void)attr;
	for (size_t i = 0; i < ARRAY_SIZE(ROW->parents) && ROW->parents[i]; i++)
		json_object_array_add(ids, value_number(ROW->parents[i]));
	return ids;
}

enum iommuctl_object_kind objects_kind(const struct app *app)
{
	enum iommuctl_object_kind kind = IOMMUCTL_OBJECT_UNKNOWN;

	iommuctl_object_kind_from_string(app->command->noun, &kind);
	return kind;
}

/* ------------------------------------------------------------------- finding */

/* "ioas, hwpt or viommu" */
static void kinds_text(unsigned int kinds, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned int kind = 1; kinds >> kind && used < size; kind++)
		if (kinds >> kind & 1)
			used += (size_t)snprintf(buf + used, size - used, "%s%s",
						 !used		       ? ""
						 : kinds >> (kind + 1) ? ", "
								       : " or ",
						 iommuctl_object_kind_to_string(kind));
}

/* As these are spoken: an ioas, an hwpt. */
static const char *article(const char *kind)
{
	return strchr("aeio", kind[0]) || strncmp(kind, "hw", 2) == 0 ? "an" : "a";
}

static int wrong_kind(const struct app *app, const char *word, unsigned int kinds,
		      enum iommuctl_object_kind kind)
{
	char wanted[64];

	kinds_text(kinds, wanted, sizeof(wanted));
	message("%s %s: find: it is %s %s, not %s %s", app->command->noun, word,
		article(iommuctl_object_kind_to_string(kind)), iommuctl_object_kind_to_string(kind),
		article(wanted), wanted);
	return -EINVAL;
}

/* Of a session it is known what is there; where there is none, the kernel has to be believed. */
static int from_entry(struct app *app, const char *word, unsigned int kinds,
		      struct iommuctl_session_entry *entry, struct iommuctl_object **ret_object)
{
	enum iommuctl_object_kind kind = iommuctl_session_entry_get_kind(entry);
	int r;

	if (!(kinds >> kind & 1)) {
		r = wrong_kind(app, word, kinds, kind);
	} else {
		int fd = iommuctl_session_entry_take_fd(entry);

		r = iommuctl_object_from_id(app->iommufd, kind,
					    iommuctl_session_entry_get_id(entry), fd < 0 ? -1 : fd,
					    ret_object);
		if (r >= 0 && kind == IOMMUCTL_OBJECT_VEVENTQ)
			iommuctl_veventq_set_type(*ret_object,
						  iommuctl_session_entry_get_type(entry));
	}
	iommuctl_session_entry_free(entry);
	return r;
}

/* What is believed of a number: the noun's own kind, but for what others are made of. */
static enum iommuctl_object_kind likely_kind(const struct app *app, unsigned int kinds)
{
	if (!(kinds & KIND(IOAS)) && kinds >> objects_kind(app) & 1)
		return objects_kind(app);
	return (enum iommuctl_object_kind)__builtin_ctz(kinds);
}

int objects_find(struct app *app, const char *word, unsigned int kinds,
		 struct iommuctl_object **ret_object)
{
	struct iommuctl_session_entry *entry;
	uint64_t id = 0;
	char wanted[64];
	bool number = param_number(word, &id);

	if (app_iommufd(app) < 0)
		return -ENODEV;
	/* what can be one kind only needs not be asked for; queues have files */
	if (number && id > 0 && id <= INT32_MAX &&
	    (!app->session || kinds == KIND(IOAS) || kinds == KIND(VIOMMU)))
		return iommuctl_object_from_id(app->iommufd, likely_kind(app, kinds), (uint32_t)id,
					       -1, ret_object);
	if (app->session && iommuctl_session_find(app->session, word, &entry) >= 0)
		return from_entry(app, word, kinds, entry, ret_object);
	if (number && id > 0 && id <= INT32_MAX)
		return iommuctl_object_from_id(app->iommufd, likely_kind(app, kinds), (uint32_t)id,
					       -1, ret_object);
	kinds_text(kinds, wanted, sizeof(wanted));
	message("%s %s: find: there is no such %s", app->command->noun, word, wanted);
	if (!app->session)
		hint("names are known in sessions only; an id is a number");
	else if (kinds == KIND(DEVICE))
		hint("the session has to open it first: iommuctl device open %s", word);
	return -ENOENT;
}

int objects_find_device(struct app *app, struct iommuctl_object **ret_object)
{
	return objects_find(app, app->values[PARAM_DEVICE].text, KIND(DEVICE), ret_object);
}

int objects_with(struct app *app, unsigned int kinds,
		 int (*do_it)(struct app *app, struct iommuctl_object *object))
{
	struct iommuctl_object *object;
	int r;

	if (objects_find(app, app->args[0], kinds, &object) < 0)
		return EXIT_FAILED;
	r = do_it(app, object);
	iommuctl_object_free(object);
	return r;
}

int objects_with_ioas(struct app *app,
		      int (*do_it)(struct app *app, struct iommuctl_object *object))
{
	struct iommuctl_object *object;
	uint64_t id;

	if (app->ioas && param_number(app->args[0], &id) && id == iommuctl_object_get_id(app->ioas))
		return do_it(app, app->ioas);
	if (objects_find(app, app->args[0], KIND(IOAS), &object) < 0)
		return EXIT_FAILED;
	iommuctl_object_free(app->ioas);
	app->ioas = object;
	return do_it(app, object);
}

int objects_failed(const struct app *app)
{
	message_diag(app);
	return EXIT_FAILED;
}

struct iommuctl_range objects_range(const struct app *app, enum param_id start)
{
	uint64_t first = app->values[start].number;

	return (struct iommuctl_range){ first, first + app->values[PARAM_LENGTH].number - 1 };
}

int objects_check_range(const struct app *app, enum param_id start)
{
	struct iommuctl_range range = objects_range(app, start);

	if (range.end >= range.start)
		return EXIT_DONE;
	message("%s %s: --length goes past the last address", app->command->noun,
		app->command->verb);
	return EXIT_USAGE;
}

/* -------------------------------------------------------------------- making */

int objects_created(struct app *app, struct iommuctl_object *object,
		    struct iommuctl_object *const *parents, const uint8_t *data, size_t length)
{
	struct iommuctl_session_object entry = {
		.size = sizeof(entry),
		.kind = iommuctl_object_get_kind(object),
		.id = iommuctl_object_get_id(object),
		.name = app->values[PARAM_NAME].text,
		.type = (uint32_t)app->values[PARAM_VEVENTQ_TYPE].number,
	};
	struct object_row row = {
		.id = entry.id, .name = entry.name, .data = data, .data_length = length
	};
	int fd = iommuctl_object_get_fd(object), r = 0;
	uint64_t serial = 0;

	for (size_t i = 0; parents[i]; i++)
		row.parents[i] = entry.parents[i] = iommuctl_object_get_id(parents[i]);
	if (app->session)
		r = iommuctl_session_add(app->session, &entry, fd < 0 ? -1 : fd, &serial);
	if (r < 0) {
		message_diag(app);
	} else if (result_print(app, &row) != EXIT_DONE ||
		   (!app->in_batch && fflush(stdout) != 0)) {
		message("%s: create: its id cannot be printed, so that it does not stay",
			app->command->noun);
		r = -EIO;
		if (app->session)
			iommuctl_session_remove(app->session, entry.id, serial);
	}
	/* what nobody can find again must not stay */
	if (r < 0)
		iommuctl_object_free(object);
	else
		iommuctl_object_release(object);
	return r < 0 ? EXIT_FAILED : EXIT_DONE;
}

/* ------------------------------------------------------------------- listing */

static int add_row(struct objects *objects, struct iommuctl_session_entry *entry)
{
	struct object_row *row = calloc(1, sizeof(*row));

	if (!row || objects_add(objects, row) < 0) {
		free(row);
		iommuctl_session_entry_free(entry);
		return -ENOMEM;
	}
	row->id = iommuctl_session_entry_get_id(entry);
	row->name = iommuctl_session_entry_get_name(entry);
	row->entry = entry;
	for (size_t i = 0; i < ARRAY_SIZE(row->parents); i++)
		row->parents[i] = iommuctl_session_entry_get_parent(entry, i);
	return 0;
}

static int load_rows(struct app *app, struct objects *objects)
{
	struct iommuctl_session_entry *entry;
	uint32_t after = 0;
	int r;

	while ((r = iommuctl_session_next(app->session, after, 0, &entry)) >= 0) {
		after = iommuctl_session_entry_get_id(entry);
		if (iommuctl_session_entry_get_kind(entry) != objects_kind(app))
			iommuctl_session_entry_free(entry);
		else if ((r = add_row(objects, entry)) < 0)
			return r;
	}
	return r == -ENOENT ? 0 : r;
}

int run_objects_list(struct app *app)
{
	struct objects objects = { 0 };
	int r = EXIT_FAILED;

	if (selection_make(app, VIEW_TABLE) < 0)
		return EXIT_USAGE;
	if (app_iommufd(app) < 0)
		return EXIT_FAILED;
	if (!app->session) {
		message("%s: list: the kernel cannot list what an iommufd has; a session can",
			app->command->noun);
		return EXIT_FAILED;
	}
	if (load_rows(app, &objects) < 0)
		message_diag(app);
	else
		r = render(app, VIEW_TABLE, &objects, NULL);
	for (size_t i = 0; i < objects.count; i++) {
		struct object_row *row = (struct object_row *)objects.items[i];

		iommuctl_session_entry_free(row->entry);
		free(row);
	}
	free(objects.items);
	return r;
}
