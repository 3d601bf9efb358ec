/* SPDX-License-Identifier: GPL-2.0-or-later */
/* region: reserved I/O addresses, a line per device and region. */
#include <errno.h>
#include <string.h>

#include "app.h"
#include "attrs.h"

struct entry {
	const struct iommuctl_device *device;
	const struct iommuctl_region *region;
};

json_object *region_to_json(const struct iommuctl_region *region)
{
	json_object *object = json_object_new_object();

	object_set(object, "start", value_hex(region->range.start));
	object_set(object, "end", value_hex(region->range.end));
	object_set(object, "type", value_text(iommuctl_region_type_to_string(region->type)));
	return object;
}

#define ENTRY ((const struct entry *)object)

GETTER(get_device, value_text(iommuctl_device_get_name(ENTRY->device)))
GETTER(get_group, value_number(iommuctl_group_get_id(iommuctl_device_get_group(ENTRY->device))))
GETTER(get_start, value_hex(ENTRY->region->range.start))
GETTER(get_end, value_hex(ENTRY->region->range.end))
GETTER(get_type, value_text(iommuctl_region_type_to_string(ENTRY->region->type)))

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "device", .heading = "DEVICE", .flags = ATTR_COLUMN, .get = get_device,
	  .help = "device the region concerns" },
	{ .key = "group", .heading = "GROUP", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_group,
	  .help = "its group" },
	{ .key = "start", .heading = "START", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_start,
	  .help = "first address" },
	{ .key = "end", .heading = "END", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_end,
	  .help = "last address" },
	{ .key = "type", .heading = "TYPE", .flags = ATTR_COLUMN, .get = get_type,
	  .help = "direct, direct-relaxable, reserved or msi" },
};
/* clang-format on */

static const struct noun noun = {
	.singular = "device or group",
	.plural = "regions",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
	.get = device_get,
	.find = device_find,
};

/* A word is a device's name, or else a group's number. */
static int collect_devices(struct app *app, struct objects *devices)
{
	char **args = app->args;
	size_t count = app->arg_count;
	int r = 0;

	if (count == 0)
		return app_collect(app, devices);
	for (size_t i = 0; r >= 0 && i < count; i++) {
		const struct iommuctl_group *group =
			device_find(app->topology, args[i])
				? NULL
				: iommuctl_topology_find_group(app->topology, args[i]);
		const struct iommuctl_device *device;

		app->args = &args[i];
		app->arg_count = 1;
		if (!group)
			r = app_collect(app, devices);
		for (size_t n = 0; r >= 0 && (device = iommuctl_group_get_device(group, n)); n++)
			r = objects_add(devices, device);
	}
	app->args = args;
	app->arg_count = count;
	return r;
}

/* Entries are owned: one allocation for all, sized by a first pass. */
static struct entry *make_entries(const struct objects *devices, struct objects *regions)
{
	const struct iommuctl_region *region;
	struct entry *entries = NULL;
	size_t total = 0;

	for (int pass = 0; pass < 2; pass++) {
		size_t n = 0;

		for (size_t i = 0; i < devices->count; i++) {
			const struct iommuctl_group *group =
				iommuctl_device_get_group(devices->items[i]);

			for (size_t k = 0; (region = iommuctl_group_get_region(group, k));
			     k++, n++) {
				if (pass == 0)
					continue;
				entries[n] = (struct entry){ devices->items[i], region };
				if (objects_add(regions, &entries[n]) < 0)
					return entries;
			}
		}
		total = n;
		if (pass == 0)
			entries = calloc(total + 1, sizeof(*entries));
		if (!entries)
			return NULL;
	}
	return entries;
}

static int run(struct app *app)
{
	struct objects devices = { 0 }, regions = { 0 };
	struct entry *entries = NULL;
	int r = EXIT_FAILED;

	if (selection_make(app, VIEW_TABLE) < 0)
		return EXIT_USAGE;
	if (app_load(app) < 0)
		return EXIT_FAILED;
	if (collect_devices(app, &devices) >= 0 && (devices.count > 0 || app->failed == 0))
		entries = make_entries(&devices, &regions);
	if (entries)
		r = render(app, VIEW_TABLE, &regions, NULL);
	if (r == EXIT_DONE)
		r = app_exit_code(app, devices.count);
	free(entries);
	free(devices.items);
	free(regions.items);
	return r;
}

const struct command region_commands[] = {
	{
		.noun = "region",
		.verb = "list",
		.args = "[DEVICE|GROUP...]",
		.summary = "List reserved I/O addresses, per device",
		.doc = "Addresses a device's DMA cannot use freely. On Arm, the software and the "
		       "hardware window of interrupts are both of type msi.",
		.example = "iommuctl region list 0000:00:1f.0",
		.objects = &noun,
		.run = run,
		.is_default = true,
		.needs = IOMMUCTL_LOAD_GROUPS,
	},
	{ 0 },
};
