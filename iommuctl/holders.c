/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device holders, group holders: which processes have device nodes of VFIO and iommufd open. */
#include <pwd.h>
#include <unistd.h>

#include "app.h"
#include "attrs.h"

struct entry {
	const struct iommuctl_holder *holder;
	const struct iommuctl_device *device; /* whose node it is */
	const struct iommuctl_group *group;   /* likewise, or the device's */
	struct entry *process;		      /* its first one */
	bool named;			      /* on the command line */
	bool any_named;			      /* of the process */
};

#define ENTRY  ((const struct entry *)object)
#define HOLDER (ENTRY->holder)

GETTER(get_pid, value_number(HOLDER->pid))
GETTER(get_command, value_text(HOLDER->command))
GETTER(get_uid, HOLDER->uid == UINT32_MAX ? NULL : value_number(HOLDER->uid))
GETTER(get_kind, value_text(iommuctl_holder_kind_to_string(HOLDER->kind)))
GETTER(get_device, value_text(HOLDER->kind == IOMMUCTL_HOLDER_DEVICE ? HOLDER->object : NULL))
GETTER(get_group, ENTRY->group ? value_number(iommuctl_group_get_id(ENTRY->group)) : NULL)
GETTER(get_node, value_text(HOLDER->node))
GETTER(get_path, value_text(HOLDER->path))

static json_object *get_user(const void *object, const struct attr *attr)
{
	const struct passwd *user = HOLDER->uid == UINT32_MAX ? NULL : getpwuid(HOLDER->uid);

	(void)attr;
	return user ? value_text(user->pw_name) : NULL;
}

static json_object *get_fds(const void *object, const struct attr *attr)
{
	json_object *list = json_object_new_array();

	(void)attr;
	for (size_t i = 0; i < HOLDER->fd_count; i++)
		json_object_array_add(list, value_number((uint64_t)HOLDER->fds[i]));
	return list;
}

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "pid", .heading = "PID", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_pid,
	  .help = "number of the process" },
	{ .key = "command", .heading = "COMMAND", .flags = ATTR_COLUMN, .get = get_command,
	  .help = "name of the process" },
	{ .key = "uid", .heading = "UID", .flags = ATTR_RIGHT, .get = get_uid,
	  .help = "number of its user" },
	{ .key = "user", .heading = "USER", .flags = ATTR_COLUMN, .get = get_user,
	  .help = "its user" },
	{ .key = "kind", .heading = "KIND", .flags = ATTR_COLUMN, .get = get_kind,
	  .help = "what is open: device, group, container or iommufd" },
	{ .key = "device", .heading = "DEVICE", .flags = ATTR_COLUMN, .get = get_device,
	  .help = "device that is open" },
	{ .key = "group", .heading = "GROUP", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_group,
	  .help = "group that is open, or of the device" },
	{ .key = "node", .heading = "NODE", .get = get_node,
	  .help = "the node; unknown of a device that came from its group" },
	{ .key = "path", .heading = "PATH", .flags = ATTR_COLUMN, .get = get_path,
	  .help = "what the process opened, as /proc tells it" },
	{ .key = "fds", .heading = "FDS", .flags = ATTR_COLUMN, .get = get_fds,
	  .help = "its file descriptors" },
};
/* clang-format on */

/* Objects are what is named on the command line, not what is printed. */
const struct noun device_holders_noun = {
	.singular = "device",
	.plural = "holders",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
	.get = device_get,
	.find = device_find,
};

const struct noun group_holders_noun = {
	.singular = "group",
	.plural = "holders",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
	.get = group_get,
	.find = group_find,
};

/* Of a device: its own node, and its group's, which stands for all devices of the group. */
static bool concerns(const struct app *app, const struct entry *entry, const void *object)
{
	if (app->command->objects == &group_holders_noun)
		return entry->group == object;
	return entry->device == object ||
	       (entry->holder->kind == IOMMUCTL_HOLDER_GROUP && entry->group &&
		entry->group == iommuctl_device_get_group(object));
}

static void resolve(const struct app *app, const struct objects *objects, struct entry *entry)
{
	const struct iommuctl_holder *holder = entry->holder;

	if (holder->object && holder->kind == IOMMUCTL_HOLDER_GROUP)
		entry->group = iommuctl_topology_find_group(app->topology, holder->object);
	else if (holder->object)
		entry->device = iommuctl_topology_find_device(app->topology, holder->object);
	if (entry->device)
		entry->group = iommuctl_device_get_group(entry->device);
	entry->named = app->arg_count == 0;
	for (size_t i = 0; i < objects->count && !entry->named; i++)
		entry->named = concerns(app, entry, objects->items[i]);
	entry->process->any_named |= entry->named;
}

/* What a process has open that tells no object goes with what it has open that does. */
static bool is_chosen(const struct entry *entry)
{
	/* what this process has, it got from who started it, and has for a moment only */
	if (entry->holder->pid == (uint32_t)getpid())
		return false;
	return entry->named || (!entry->holder->object && entry->process->any_named);
}

static int print(struct app *app, const struct iommuctl_holders *holders, struct entry *entries,
		 size_t count)
{
	size_t hidden = iommuctl_holders_get_hidden(holders);
	json_object *extra = json_object_new_object();
	struct objects chosen = { 0 };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < count; i++)
		if (is_chosen(&entries[i]))
			r = objects_add(&chosen, &entries[i]);
	object_set(extra, "hidden_processes", value_number(hidden));
	r = r < 0 ? EXIT_FAILED : render(app, VIEW_TABLE, &chosen, extra);
	if (r == EXIT_DONE && hidden > 0 && !app->quiet)
		hint("could not look at %zu process%s%s", hidden, hidden > 1 ? "es" : "",
		     geteuid() == 0 ? "" : "; root can");
	free(chosen.items);
	return r;
}

static int print_holders(struct app *app, const struct objects *objects)
{
	struct iommuctl_holders *holders;
	struct entry *entries;
	size_t count = 0;
	int r = EXIT_FAILED;

	if (iommuctl_holders_load(app->ctx, &holders) < 0) {
		message_diag(app);
		return EXIT_FAILED;
	}
	while (iommuctl_holders_get(holders, count))
		count++;
	entries = calloc(count + 1, sizeof(*entries));
	for (size_t i = 0; entries && i < count; i++) {
		entries[i].holder = iommuctl_holders_get(holders, i);
		entries[i].process = i > 0 && entries[i].holder->pid == entries[i - 1].holder->pid
					     ? entries[i - 1].process
					     : &entries[i];
		resolve(app, objects, &entries[i]);
	}
	if (entries)
		r = print(app, holders, entries, count);
	free(entries);
	iommuctl_holders_free(holders);
	return r;
}

int run_holders(struct app *app)
{
	struct objects objects = { 0 };
	int r = EXIT_FAILED;

	if (selection_make(app, VIEW_TABLE) < 0)
		return EXIT_USAGE;
	if (app_load(app) < 0)
		return EXIT_FAILED;
	if (app_collect(app, &objects) >= 0 && (objects.count > 0 || app->failed == 0))
		r = print_holders(app, &objects);
	if (r == EXIT_DONE)
		r = app_exit_code(app, objects.count);
	free(objects.items);
	return r;
}
