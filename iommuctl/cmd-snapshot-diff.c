/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snapshot diff: what is different between two machines, or two states of one. The attributes are
 * those that list and show have; groups are told apart by their members, not by their numbers.
 */
#include "diff.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define OLD 0
#define NEW 1

struct change {
	const char *type; /* of object */
	char *object, *attribute, *text;
	const char *change;
	json_object *before, *after;
};

struct diff {
	const struct iommuctl_topology *topology[2];
	struct change *changes;
	size_t count;
	bool failed; /* out of memory */
};

#define CHANGE ((const struct change *)object)

GETTER(get_type, value_text(CHANGE->type))
GETTER(get_object, value_text(CHANGE->object))
GETTER(get_attribute, value_text(CHANGE->attribute))
GETTER(get_change, value_text(CHANGE->change))
GETTER(get_before, json_object_get(CHANGE->before))
GETTER(get_after, json_object_get(CHANGE->after))
GETTER(get_text, value_text(CHANGE->text))

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "object_type", .heading = "TYPE", .flags = ATTR_COLUMN, .get = get_type, .help = "iommu, device or group" },
	{ .key = "object", .heading = "OBJECT", .flags = ATTR_COLUMN, .get = get_object, .help = "its name; of a group the number it had" },
	{ .key = "attribute", .heading = "ATTRIBUTE", .get = get_attribute, .help = "what of it changed: \"driver\", \"features.nesting\"" },
	{ .key = "change", .heading = "CHANGE", .flags = ATTR_COLUMN, .get = get_change, .help = "added, removed, changed, split, merged, renumbered" },
	{ .key = "before", .heading = "BEFORE", .get = get_before, .help = "value in the first" },
	{ .key = "after", .heading = "AFTER", .get = get_after, .help = "value in the second" },
	{ .key = "text", .heading = "WHAT", .flags = ATTR_COLUMN, .get = get_text, .help = "the same in words" },
};
/* clang-format on */

const struct noun diff_noun = {
	.singular = "snapshot",
	.plural = "changes",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
};

/* --------------------------------------------------------------------- changes */

/* Takes BEFORE and AFTER. */
PRINTF(8, 9)
static void add(struct diff *diff, const char *type, const char *object, const char *attribute,
		const char *change, json_object *before, json_object *after, const char *format,
		...)
{
	struct change *slot = reallocarray(diff->changes, diff->count + 1, sizeof(*slot));
	va_list args;

	if (!slot) {
		diff->failed = true;
		json_object_put(before);
		json_object_put(after);
		return;
	}
	diff->changes = slot;
	slot += diff->count++;
	*slot = (struct change){ .type = type, .change = change, .before = before, .after = after };
	slot->object = strdup(object);
	slot->attribute = attribute ? strdup(attribute) : NULL;
	va_start(args, format);
	if (vasprintf(&slot->text, format, args) < 0)
		slot->text = NULL;
	va_end(args);
	diff->failed |= !slot->object || !slot->text || (attribute && !slot->attribute);
}

static void free_changes(struct diff *diff)
{
	for (size_t i = 0; i < diff->count; i++) {
		free(diff->changes[i].object);
		free(diff->changes[i].attribute);
		free(diff->changes[i].text);
		json_object_put(diff->changes[i].before);
		json_object_put(diff->changes[i].after);
	}
	free(diff->changes);
}

/* Takes BEFORE and AFTER; nothing when they are the same. */
static void compare_values(struct diff *diff, const char *type, const char *object,
			   const char *attribute, json_object *before, json_object *after)
{
	char *old, *new;

	if (json_object_equal(before, after)) {
		json_object_put(before);
		json_object_put(after);
		return;
	}
	old = before ? value_to_text(before, 0) : strdup("unknown");
	new = after ? value_to_text(after, 0) : strdup("unknown");
	add(diff, type, object, attribute, "changed", before, after, "%s was %s and is %s",
	    attribute, old ? old : "", new ? new : "");
	free(old);
	free(new);
}

/* ------------------------------------------------------- attributes of objects */

/* Key by key; takes neither. */
static void compare_features(struct diff *diff, const char *type, const char *object,
			     json_object *before, json_object *after)
{
	json_object_object_foreach(before, key, value)
	{
		size_t length = strlen(key);
		char *attribute = NULL;

		/* a reason comes with the answer that it is for */
		if (length > 7 && strcmp(key + length - 7, "_reason") == 0)
			continue;
		if (asprintf(&attribute, "features.%s", key) < 0)
			diff->failed = true;
		else
			compare_values(diff, type, object, attribute, json_object_get(value),
				       json_object_get(json_object_object_get(after, key)));
		free(attribute);
	}
}

static json_object *find_register(json_object *registers, const char *name)
{
	for (size_t i = 0; i < json_object_array_length(registers); i++) {
		json_object *reg = json_object_array_get_idx(registers, i);

		if (strcmp(json_object_get_string(json_object_object_get(reg, "name")), name) == 0)
			return json_object_object_get(reg, "value");
	}
	return NULL;
}

/* The registers that LEFT has and RIGHT has not, and with COMMON those that differ. */
static void compare_registers(struct diff *diff, const char *type, const char *object,
			      json_object *left, json_object *right, bool common)
{
	for (size_t i = 0; i < json_object_array_length(left); i++) {
		json_object *reg = json_object_array_get_idx(left, i);
		const char *name = json_object_get_string(json_object_object_get(reg, "name"));
		json_object *value = json_object_object_get(reg, "value");
		json_object *other = find_register(right, name);
		char *attribute = NULL;

		if (!common && other)
			continue;
		if (asprintf(&attribute, "registers.%s", name) < 0)
			diff->failed = true;
		else
			compare_values(diff, type, object, attribute,
				       json_object_get(common ? value : other),
				       json_object_get(common ? other : value));
		free(attribute);
	}
}

/* Which devices it serves shows in the devices; names are of the machine that reads. */
static bool is_compared(const struct attr *attr)
{
	return !(attr->flags & (ATTR_TEXT | ATTR_VERBOSE)) && strcmp(attr->key, "devices") != 0 &&
	       strcmp(attr->key, "group") != 0 && strcmp(attr->key, "name") != 0;
}

static void compare_objects(struct diff *diff, const struct noun *noun, const char *name,
			    const void *before, const void *after)
{
	for (size_t i = 0; i < noun->attr_count; i++) {
		const struct attr *attr = &noun->attrs[i];
		json_object *old, *new;

		if (!is_compared(attr))
			continue;
		old = attr->get(before, attr);
		new = attr->get(after, attr);
		if (strcmp(attr->key, "features") == 0) {
			compare_features(diff, noun->singular, name, old, new);
		} else if (strcmp(attr->key, "registers") == 0) {
			compare_registers(diff, noun->singular, name, old, new, true);
			compare_registers(diff, noun->singular, name, new, old, false);
		} else {
			compare_values(diff, noun->singular, name, attr->key, old, new);
			continue;
		}
		json_object_put(old);
		json_object_put(new);
	}
}

static void compare_all(struct diff *diff, const struct noun *noun,
			const char *(*get_name)(const void *object))
{
	const void *object, *other;

	for (size_t i = 0; (object = noun->get(diff->topology[OLD], i)); i++) {
		const char *name = get_name(object);

		other = noun->find(diff->topology[NEW], name);
		if (other)
			compare_objects(diff, noun, name, object, other);
		else
			add(diff, noun->singular, name, NULL, "removed", NULL, NULL, "is gone");
	}
	for (size_t i = 0; (object = noun->get(diff->topology[NEW], i)); i++)
		if (!noun->find(diff->topology[OLD], get_name(object)))
			add(diff, noun->singular, get_name(object), NULL, "added", NULL, NULL,
			    "is new");
}

static const char *iommu_name(const void *object)
{
	return iommuctl_iommu_get_name(object);
}

static const char *device_name(const void *object)
{
	return iommuctl_device_get_name(object);
}

/* ---------------------------------------------------------------------- groups */

/* The groups of the other side that the members of one are in. */
struct counterparts {
	const struct iommuctl_group **groups;
	size_t count;
	bool left; /* a member is there, in no group */
};

static void add_counterpart(struct diff *diff, struct counterparts *found,
			    const struct iommuctl_group *group)
{
	const struct iommuctl_group **grown;
	size_t n = 0;

	while (n < found->count && found->groups[n] != group)
		n++;
	if (n < found->count)
		return;
	grown = reallocarray(found->groups, n + 1, sizeof(*grown));
	diff->failed |= !grown;
	if (!grown)
		return;
	found->groups = grown;
	found->groups[found->count++] = group;
}

static void find_counterparts(struct diff *diff, const struct iommuctl_group *group, int other,
			      struct counterparts *found)
{
	const struct iommuctl_device *device;
	const struct iommuctl_group *same;
	char id[24];

	*found = (struct counterparts){ 0 };
	for (size_t i = 0; (device = iommuctl_group_get_device(group, i)); i++) {
		device = iommuctl_topology_find_device(diff->topology[other],
						       iommuctl_device_get_name(device));
		same = iommuctl_device_get_group(device);
		found->left |= device && !same;
		if (same)
			add_counterpart(diff, found, same);
	}
	if (iommuctl_group_get_device(group, 0))
		return;
	/* without devices a group has nothing but its number */
	snprintf(id, sizeof(id), "%" PRIu64, iommuctl_group_get_id(group));
	same = iommuctl_topology_find_group(diff->topology[other], id);
	if (same && !iommuctl_group_get_device(same, 0))
		add_counterpart(diff, found, same);
}

static json_object *members(const struct iommuctl_group *group)
{
	json_object *list = json_object_new_array();
	const struct iommuctl_device *device;

	for (size_t i = 0; (device = iommuctl_group_get_device(group, i)); i++)
		json_object_array_add(list, value_text(iommuctl_device_get_name(device)));
	return list;
}

static json_object *members_of_all(const struct counterparts *groups)
{
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < groups->count; i++)
		json_object_array_add(list, members(groups->groups[i]));
	return list;
}

/* "group 7 (a, b) and group 8 (c)" */
static char *describe(const struct counterparts *groups)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; out && i < groups->count; i++) {
		json_object *list = members(groups->groups[i]);
		char *names = value_to_text(list, 0);

		fprintf(out, "%sgroup %" PRIu64 " (%s)", i ? " and " : "",
			iommuctl_group_get_id(groups->groups[i]), names ? names : "");
		free(names);
		json_object_put(list);
	}
	if (out)
		fclose(out);
	return text;
}

static void add_regions(struct diff *diff, const char *name, json_object *left, json_object *right,
			const char *change)
{
	bool added = strcmp(change, "added") == 0;

	for (size_t i = 0; left && i < json_object_array_length(left); i++) {
		json_object *region = json_object_array_get_idx(left, i);
		size_t n = 0, count = right ? json_object_array_length(right) : 0;

		while (n < count && !json_object_equal(region, json_object_array_get_idx(right, n)))
			n++;
		if (n < count)
			continue;
		add(diff, "group", name, "regions", change, added ? NULL : json_object_get(region),
		    added ? json_object_get(region) : NULL, "reserved region %s-%s (%s) is %s",
		    json_object_get_string(json_object_object_get(region, "start")),
		    json_object_get_string(json_object_object_get(region, "end")),
		    json_object_get_string(json_object_object_get(region, "type")),
		    added ? "new" : "gone");
	}
}

/* The same group on both sides, whatever its number. */
static void compare_group(struct diff *diff, const char *name, const struct iommuctl_group *before,
			  const struct iommuctl_group *after)
{
	const struct noun *noun = group_commands[0].objects;
	uint64_t old_id = iommuctl_group_get_id(before), new_id = iommuctl_group_get_id(after);

	if (old_id != new_id)
		add(diff, "group", name, "id", "renumbered", value_number(old_id),
		    value_number(new_id), "has the number %" PRIu64 " now", new_id);
	for (size_t i = 0; i < noun->attr_count; i++) {
		const struct attr *attr = &noun->attrs[i];
		json_object *old, *new;

		if (strcmp(attr->key, "id") == 0 || strcmp(attr->key, "devices") == 0)
			continue;
		old = attr->get(before, attr);
		new = attr->get(after, attr);
		if (strcmp(attr->key, "regions") != 0) {
			compare_values(diff, "group", name, attr->key, old, new);
			continue;
		}
		add_regions(diff, name, old, new, "removed");
		add_regions(diff, name, new, old, "added");
		json_object_put(old);
		json_object_put(new);
	}
}

static void compare_old_group(struct diff *diff, const struct iommuctl_group *group)
{
	struct counterparts after, back;
	char name[24], *text = NULL;

	snprintf(name, sizeof(name), "%" PRIu64, iommuctl_group_get_id(group));
	find_counterparts(diff, group, NEW, &after);
	if (after.count == 0)
		add(diff, "group", name, NULL, "removed", members(group), NULL, "is gone%s",
		    after.left ? ": its devices are in no group" : " with its devices");
	if (after.count > 1) {
		text = describe(&after);
		add(diff, "group", name, "devices", "split", members(group), members_of_all(&after),
		    "is split into %s", text ? text : "");
	}
	if (after.count == 1) {
		find_counterparts(diff, after.groups[0], OLD, &back);
		if (back.count == 1)
			compare_group(diff, name, group, after.groups[0]);
		free(back.groups);
	}
	free(text);
	free(after.groups);
}

static void compare_new_group(struct diff *diff, const struct iommuctl_group *group)
{
	struct counterparts before;
	char name[24], *text = NULL;

	snprintf(name, sizeof(name), "%" PRIu64, iommuctl_group_get_id(group));
	find_counterparts(diff, group, OLD, &before);
	if (before.count == 0)
		add(diff, "group", name, NULL, "added", NULL, members(group), "is new%s",
		    before.left ? ": its devices were in no group" : " with its devices");
	if (before.count > 1) {
		text = describe(&before);
		add(diff, "group", name, "devices", "merged", members_of_all(&before),
		    members(group), "is merged from %s", text ? text : "");
	}
	free(text);
	free(before.groups);
}

static void compare_groups(struct diff *diff)
{
	const struct iommuctl_group *group;

	for (size_t i = 0; (group = iommuctl_topology_get_group(diff->topology[OLD], i)); i++)
		compare_old_group(diff, group);
	for (size_t i = 0; (group = iommuctl_topology_get_group(diff->topology[NEW], i)); i++)
		compare_new_group(diff, group);
}

/* ------------------------------------------------------------------------ run */

/* "live" is this machine, if no file has that name. */
static int load(struct app *app, const char *path, struct iommuctl_topology **ret_topology)
{
	struct iommuctl_context *own = app->ctx;
	int r = path ? iommuctl_context_new(&app->ctx) : 0;

	if (r >= 0 && path && strcmp(path, "live") != 0)
		r = iommuctl_context_set_root(app->ctx, path);
	if (r >= 0)
		/* names come from the database of the machine that reads */
		r = iommuctl_topology_load(app->ctx, IOMMUCTL_LOAD_ALL & ~IOMMUCTL_LOAD_NAMES,
					   ret_topology);
	if (r < 0)
		message_diag(app);
	else
		message_notes(app);
	if (path)
		iommuctl_context_unref(app->ctx);
	app->ctx = own;
	return r;
}

static int print(struct app *app, const struct diff *diff)
{
	struct objects objects = { 0 };
	int r = diff->failed ? -ENOMEM : 0;

	for (size_t i = 0; r >= 0 && i < diff->count; i++)
		r = objects_add(&objects, &diff->changes[i]);
	if (r < 0)
		message("snapshot: compare: %s", strerror(-r));
	r = r < 0 ? EXIT_FAILED : render(app, VIEW_TABLE, &objects, NULL);
	free(objects.items);
	return r == EXIT_DONE && diff->count > 0 ? EXIT_FOUND : r;
}

int run_snapshot_diff(struct app *app)
{
	struct iommuctl_topology *old = NULL, *new = NULL;
	struct diff diff = { 0 };
	int r = EXIT_FAILED;

	if (selection_make(app, VIEW_TABLE) < 0)
		return EXIT_USAGE;
	if (load(app, app->args[0], &old) >= 0 && load(app, app->args[1], &new) >= 0) {
		diff.topology[OLD] = old;
		diff.topology[NEW] = new;
		compare_all(&diff, iommu_commands[0].objects, iommu_name);
		compare_groups(&diff);
		compare_all(&diff, device_commands[0].objects, device_name);
		r = print(app, &diff);
	}
	free_changes(&diff);
	iommuctl_topology_unref(old);
	iommuctl_topology_unref(new);
	return r;
}
