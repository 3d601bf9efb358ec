/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session: iommufds that outlive the processes which work with them. */
#include <errno.h>
#include <string.h>

#include "session.h"

/* A session with all that is shown of it. */
struct row {
	const char *name;
	struct iommuctl_session *session; /* NULL: its keeper is gone, or was stopped by us */
	const char *state;
	struct iommuctl_session_entry **entries;
	size_t entry_count;
};

#define ROW ((const struct row *)object)

GETTER(get_name, value_text(ROW->name))
GETTER(get_state, value_text(ROW->state))
GETTER(get_pid,
       ROW->session ? value_number((uint64_t)iommuctl_session_get_pid(ROW->session)) : NULL)
GETTER(get_count, ROW->session ? value_number(iommuctl_session_get_count(ROW->session)) : NULL)

/* ---------------------------------------------------------------- objects */

static json_object *parents_to_json(const struct iommuctl_session_entry *entry)
{
	json_object *list = json_object_new_array();
	uint32_t id;

	for (size_t i = 0; (id = iommuctl_session_entry_get_parent(entry, i)); i++)
		json_object_array_add(list, value_number(id));
	return list;
}

/* Of a device, and of its PASIDs; of others unknown. */
static json_object *attachments_to_json(const struct iommuctl_session_entry *entry)
{
	json_object *list;
	uint32_t pasid, pt_id;

	if (iommuctl_session_entry_get_kind(entry) != IOMMUCTL_OBJECT_DEVICE)
		return NULL;
	list = json_object_new_array();
	for (size_t i = 0; iommuctl_session_entry_get_attachment(entry, i, &pasid, &pt_id) == 0;
	     i++) {
		json_object *attachment = json_object_new_object();

		object_set(attachment, "pasid",
			   pasid == IOMMUCTL_PASID_NONE ? NULL : value_number(pasid));
		object_set(attachment, "pt_id", value_number(pt_id));
		json_object_array_add(list, attachment);
	}
	return list;
}

static json_object *entry_to_json(const struct iommuctl_session_entry *entry)
{
	json_object *object = json_object_new_object();

	object_set(object, "id", value_number(iommuctl_session_entry_get_id(entry)));
	object_set(
		object, "kind",
		value_text(iommuctl_object_kind_to_string(iommuctl_session_entry_get_kind(entry))));
	object_set(object, "name", value_text(iommuctl_session_entry_get_name(entry)));
	object_set(object, "device", value_text(iommuctl_session_entry_get_device(entry)));
	object_set(object, "parents", parents_to_json(entry));
	object_set(object, "attachments", attachments_to_json(entry));
	return object;
}

static json_object *get_objects(const void *object, const struct attr *attr)
{
	json_object *list = ROW->session ? json_object_new_array() : NULL;

	(void)attr;
	for (size_t i = 0; i < ROW->entry_count; i++)
		json_object_array_add(list, entry_to_json(ROW->entries[i]));
	return list;
}

static void print_note(FILE *out, const struct iommuctl_session_entry *entry)
{
	uint32_t id, pasid;

	for (size_t i = 0; (id = iommuctl_session_entry_get_parent(entry, i)); i++)
		fprintf(out, "%s%u", i > 0 ? ", " : "made of ", id);
	for (size_t i = 0; iommuctl_session_entry_get_attachment(entry, i, &pasid, &id) == 0; i++)
		if (pasid == IOMMUCTL_PASID_NONE)
			fprintf(out, "%sattached to %u", i > 0 ? ", " : "", id);
		else
			fprintf(out, "%sPASID %u to %u", i > 0 ? ", " : "", pasid, id);
}

static void rows_of_entry(struct rows *rows, const struct iommuctl_session_entry *entry)
{
	const char *name = iommuctl_session_entry_get_name(entry),
		   *device = iommuctl_session_entry_get_device(entry);
	char label[32], *note = NULL, *text = NULL;
	size_t size;
	FILE *out = open_memstream(&note, &size);

	snprintf(label, sizeof(label), "%u", iommuctl_session_entry_get_id(entry));
	if (out) {
		print_note(out, entry);
		fclose(out);
	}
	if (asprintf(&text, "%s%s%s%s%s",
		     iommuctl_object_kind_to_string(iommuctl_session_entry_get_kind(entry)),
		     name ? " " : "", name ? name : "", device ? " " : "",
		     device ? device : "") >= 0)
		rows_add(rows, label, value_text(text), note && *note ? note : NULL);
	free(text);
	free(note);
}

static void objects_rows(const void *object, struct rows *rows)
{
	for (size_t i = 0; i < ROW->entry_count; i++)
		rows_of_entry(rows, ROW->entries[i]);
}

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "name", .heading = "SESSION", .flags = ATTR_COLUMN, .get = get_name,
	  .help = "what it was named when it began" },
	{ .key = "state", .heading = "STATE", .flags = ATTR_COLUMN, .get = get_state,
	  .help = "running, gone (its keeper was killed), unreachable, stopped" },
	{ .key = "pid", .heading = "PID", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_pid,
	  .help = "process that keeps it" },
	{ .key = "object_count", .heading = "OBJECTS", .flags = ATTR_COLUMN | ATTR_RIGHT,
	  .get = get_count, .help = "number of objects registered in it" },
	{ .key = "objects", .heading = "OBJECTS", .get = get_objects, .rows = objects_rows,
	  .help = "id, kind, name, device, parents and attachments of each" },
};
/* clang-format on */

static const struct noun noun = {
	.singular = "session",
	.plural = "sessions",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
};

/* Without the objects, which are asked for one by one. */
static const struct noun short_noun = {
	.singular = "session",
	.plural = "sessions",
	.none = "iommuctl session start NAME makes one, iommuctl session run -- COMMAND one for a "
		"command",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs) - 1,
};

/* ------------------------------------------------------------------- rows */

static void row_free(struct row *row)
{
	for (size_t i = 0; i < row->entry_count; i++)
		iommuctl_session_entry_free(row->entries[i]);
	free(row->entries);
	iommuctl_session_close(row->session);
	free(row);
}

static int row_connect(struct app *app, struct row *row, bool named)
{
	int r = iommuctl_session_connect(app->ctx, row->name, &row->session);

	row->state = r >= 0 ? "running" : r == -ECONNREFUSED ? "gone" : "unreachable";
	if (r >= 0 || (r == -ECONNREFUSED && !named))
		return 0;
	message_diag(app);
	/* of all it is one that is there, whatever is wrong with it */
	return named ? r : 0;
}

static int row_load(struct app *app, struct row *row)
{
	struct iommuctl_session_entry *entry;
	struct objects objects = { 0 };
	uint32_t after = 0;
	int r = 0;

	while (row->session && r >= 0 &&
	       (r = iommuctl_session_next(row->session, after, 0, &entry)) >= 0) {
		after = iommuctl_session_entry_get_id(entry);
		r = objects_add(&objects, entry);
	}
	row->entries = (struct iommuctl_session_entry **)objects.items;
	row->entry_count = objects.count;
	if (r < 0 && r != -ENOENT)
		message_diag(app);
	return r == -ENOENT ? 0 : r;
}

static int add_row(struct app *app, struct objects *rows, const char *name, bool named,
		   bool with_objects)
{
	struct row *row = calloc(1, sizeof(*row));
	int r;

	if (!row)
		return -ENOMEM;
	row->name = name;
	r = row_connect(app, row, named);
	if (r >= 0 && with_objects)
		r = row_load(app, row);
	if (r >= 0 && objects_add(rows, row) >= 0)
		return 0;
	row_free(row);
	app->failed++;
	return 0;
}

static void rows_free(struct objects *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		row_free((struct row *)rows->items[i]);
	free(rows->items);
}

/* Those that are named, or the one that is set, or all; which may name all is for the caller. */
static int collect(struct app *app, const struct iommuctl_session_list *all, bool with_objects,
		   struct objects *rows)
{
	const char *name;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < app->arg_count; i++)
		r = add_row(app, rows, app->args[i], true, with_objects);
	for (size_t i = 0; r >= 0 && (name = iommuctl_session_list_get_name(all, i)); i++)
		r = add_row(app, rows, name, false, with_objects);
	return r;
}

static int run_view(struct app *app, enum view view)
{
	struct iommuctl_session_list *all = NULL;
	struct objects rows = { 0 };
	int r = EXIT_FAILED;

	if (selection_make(app, view) < 0)
		return EXIT_USAGE;
	if (app->arg_count == 0 && iommuctl_session_list_load(app->ctx, &all) < 0) {
		message_diag(app);
		return EXIT_FAILED;
	}
	if (collect(app, all, view == VIEW_SHOW, &rows) >= 0 &&
	    (rows.count > 0 || app->failed == 0))
		r = render(app, view, &rows, NULL);
	if (r == EXIT_DONE)
		r = app_exit_code(app, rows.count);
	if (r == EXIT_DONE && rows.count == 0 && !app->quiet)
		hint("%s", short_noun.none);
	rows_free(&rows);
	iommuctl_session_list_free(all);
	return r;
}

static int run_list_sessions(struct app *app)
{
	return run_view(app, VIEW_TABLE);
}

/* Without a name that which the commands in it would use. */
static int run_show_sessions(struct app *app)
{
	char *name = app->session_name ? (char *)app->session_name : getenv("IOMMUCTL_SESSION");

	if (app->arg_count == 0 && name && *name)
		app->args[app->arg_count++] = name;
	return run_view(app, VIEW_SHOW);
}

static int stop(struct app *app, struct row *row)
{
	int r = app->dry_run ? 0 : iommuctl_session_stop(row->session);

	if (r < 0)
		message_diag(app);
	if (r < 0 || app->dry_run)
		return r;
	row->session = iommuctl_session_close(row->session);
	row->state = "stopped";
	return 0;
}

static int run_stop(struct app *app)
{
	struct objects rows = { 0 };
	size_t stopped = 0;
	int r = EXIT_FAILED;

	if (selection_make(app, VIEW_TABLE) < 0)
		return EXIT_USAGE;
	if (collect(app, NULL, false, &rows) >= 0) {
		for (size_t i = 0; app->failed > 0 && !app->dry_run && i < app->arg_count; i++)
			sessions_clear(app, app->args[i]);
		for (size_t i = 0; i < rows.count; i++)
			stopped += stop(app, (struct row *)rows.items[i]) >= 0;
		app->failed += rows.count - stopped;
		r = app->json && !app->dry_run ? render(app, VIEW_TABLE, &rows, NULL) : EXIT_DONE;
	}
	if (r == EXIT_DONE)
		r = app_exit_code(app, stopped);
	rows_free(&rows);
	return r;
}

/* ---------------------------------------------------------------- options */

enum { OPTION_DEVICE = 0x200, OPTION_OPEN, OPTION_NAME, OPTION_FOREGROUND };

static error_t parse(int key, char *arg, struct app *app)
{
	switch (key) {
	case OPTION_DEVICE:
		return objects_add(&app->devices, arg) < 0 ? ENOMEM : 0;
	case OPTION_OPEN:
		return objects_add(&app->open_devices, arg) < 0 ? ENOMEM : 0;
	case OPTION_NAME:
		app->name = arg;
		return 0;
	case OPTION_FOREGROUND:
		app->foreground = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int check_beginning(const struct app *app)
{
	if (!app->session_name && !app->inherited)
		return EXIT_DONE;
	message("session %s: begins a session: it takes neither --session nor --iommufd",
		app->command->verb);
	return EXIT_USAGE;
}

static int check_exec(const struct app *app)
{
	if (app->has_dashes)
		return EXIT_DONE;
	message("session exec: -- is missing before the command");
	return EXIT_USAGE;
}

#define DEVICE_OPTION                                                                              \
	{                                                                                          \
		"device", OPTION_DEVICE, "DEVICE", 0,                                              \
			"Open this device, which is on VFIO, and bind it to the session; "         \
			"repeatable",                                                              \
			0                                                                          \
	}
#define OPEN_OPTION                                                                                \
	{                                                                                          \
		"open", OPTION_OPEN, "DEVICE", 0,                                                  \
			"Open this device for COMMAND, which binds it itself, as QEMU does; "      \
			"repeatable",                                                              \
			0                                                                          \
	}

static const struct argp_option run_options[] = {
	DEVICE_OPTION,
	OPEN_OPTION,
	{ "name", OPTION_NAME, "NAME", 0, "Name the session (default: run- and a number)", 0 },
	{ 0 },
};

static const struct argp_option exec_options[] = {
	OPEN_OPTION,
	{ 0 },
};

static const struct argp_option start_options[] = {
	DEVICE_OPTION,
	{ "foreground", OPTION_FOREGROUND, NULL, 0,
	  "Stay in the foreground, until a signal or session stop", 0 },
	{ 0 },
};

const struct command session_commands[] = {
	{
		.noun = "session",
		.live = true,
		.verb = "list",
		.summary = "List your sessions",
		.doc = "Also those whose keeper was killed, which hold nothing any more.",
		.example = "iommuctl session list",
		.objects = &short_noun,
		.run = run_list_sessions,
		.is_default = true,
	},
	{
		.noun = "session",
		.live = true,
		.verb = "show",
		.args = "[SESSION...]",
		.summary = "Show sessions with the objects in them",
		.doc = "Without SESSION that of --session or IOMMUCTL_SESSION, or else all.",
		.example = "iommuctl session show guest1",
		.objects = &noun,
		.run = run_show_sessions,
	},
	{
		.noun = "session",
		.live = true,
		.verb = "run",
		.args = "-- COMMAND [ARGUMENT...]",
		.summary = "Run a command in a session of its own",
		.doc = "IOMMUCTL_SESSION is its name for COMMAND, in whose words {iommufd} and "
		       "{device:DEVICE} become numbers of file descriptors that it inherits. Ends "
		       "with the status of COMMAND, 128 and the signal's number if one killed it, "
		       "and all is torn down then.",
		.example = "iommuctl session run --device 0000:03:00.0 -- bash",
		.options = run_options,
		.parse = parse,
		.check = check_beginning,
		.run = run_session_run,
		.changes = true,
		.takes_command = true,
		.needs = LOAD_VFIO_DEVICES,
		.min_args = 1,
	},
	{
		.noun = "session",
		.live = true,
		.verb = "exec",
		.args = "[SESSION] -- COMMAND [ARGUMENT...]",
		.summary = "Run a command in a session that is there",
		.doc = "As session run does it. Without SESSION that of --session or "
		       "IOMMUCTL_SESSION.",
		.example = "iommuctl session exec guest1 -- sh -c 'ls -l /proc/self/fd/{iommufd}'",
		.options = exec_options,
		.parse = parse,
		.check = check_exec,
		.run = run_session_exec,
		.takes_command = true,
		.needs = LOAD_VFIO_DEVICES,
		.min_args = 1,
	},
	{
		.noun = "session",
		.live = true,
		.verb = "start",
		.args = "NAME",
		.summary = "Begin a session that goes on in the background",
		.doc = "Returns when it is ready. It ends with session stop, or a signal.",
		.example = "iommuctl session start guest1 --device 0000:03:00.0",
		.options = start_options,
		.parse = parse,
		.check = check_beginning,
		.run = run_session_start,
		.changes = true,
		.needs = LOAD_VFIO_DEVICES,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "session",
		.live = true,
		.verb = "stop",
		.args = "SESSION...",
		.summary = "End sessions, and all that is in them",
		.doc = "Returns when all is released. The command of session run gets SIGTERM. One "
		       "that is gone is listed no more.",
		.example = "iommuctl session stop guest1",
		.objects = &short_noun,
		.run = run_stop,
		.changes = true,
		.min_args = 1,
	},
	{ 0 },
};
