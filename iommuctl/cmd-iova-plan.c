/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iova plan: a guest's physical addresses around what its devices cannot use. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "app.h"
#include "attrs.h"
#include "cmd-iova.h"
#include "host.h"
#include "placing.h"

#define PLACEMENT ((const struct placement *)object)

GETTER(get_use, value_text(PLACEMENT->use))
GETTER(get_start, value_hex(PLACEMENT->range.start))
GETTER(get_end, value_hex(PLACEMENT->range.end))
GETTER(get_length, value_number(PLACEMENT->range.end - PLACEMENT->range.start + 1))

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "use", .heading = "USE", .flags = ATTR_COLUMN, .get = get_use, .help = "ram, mmio or mmio64" },
	{ .key = "start", .heading = "START", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_start, .help = "first address" },
	{ .key = "end", .heading = "END", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_end, .help = "last address" },
	{ .key = "length", .heading = "LENGTH", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_length, .help = "in bytes" },
};
/* clang-format on */

const struct noun iova_plan_noun = {
	.singular = "device",
	.plural = "placements",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
	.find = device_find,
};

struct request {
	struct placing placing;
	struct hosts hosts;
};

static struct placing get_placing(const struct app *app)
{
	const struct param_value *values = app->values;
	struct placing placing = {
		.alignment = values[PARAM_ALIGNMENT].number,
		.bits = (unsigned int)values[PARAM_BITS].number,
		.windows = values[PARAM_WINDOW].ranges,
		.window_count = values[PARAM_WINDOW].count,
	};

	for (int i = 0; i < USE_COUNT; i++)
		placing.sizes[i] = values[use_params[i]].number;
	return placing;
}

int iova_plan_check(const struct app *app)
{
	const struct placing placing = get_placing(app);
	uint64_t alignment = placing_alignment(&placing);

	if (app->arg_count == 0 && !app->values[PARAM_HOST].given)
		message("iova plan: needs an argument: DEVICE..., or --host");
	else if (alignment & (alignment - 1))
		message("iova plan: an alignment is a power of two");
	else if (placing.sizes[USE_RAM] % alignment)
		message("iova plan: memory is a multiple of its alignment, 0x%" PRIx64 " bytes",
			alignment);
	else
		return EXIT_DONE;
	return EXIT_USAGE;
}

static int exclude_all(struct app *app, const struct request *request, bool nested,
		       struct iommuctl_layout **ret_layout)
{
	const struct hosts *hosts = &request->hosts;
	int r = placing_new_layout(&request->placing, ret_layout);

	for (size_t i = 0; r >= 0 && i < hosts->count; i++) {
		const struct host *host = &hosts->items[i];

		r = iommuctl_layout_set_host(*ret_layout, host->name);
		for (size_t n = 0; r >= 0 && n < host->devices.count; n++)
			r = iommuctl_layout_exclude_device(host->ctx, *ret_layout,
							   host->devices.items[n], nested);
		if (r == -ENODEV || r == -ENODATA)
			message_diag_of(app, host->ctx);
	}
	return r;
}

/* ----------------------------------------------------------------- results */

static json_object *ranges_of(const struct iommuctl_range_set *set)
{
	json_object *array = json_object_new_array();
	struct iommuctl_range range;

	for (size_t i = 0; set && iommuctl_range_set_get(set, i, &range) == 0; i++) {
		json_object *item = json_object_new_object();

		object_set(item, "start", value_hex(range.start));
		object_set(item, "end", value_hex(range.end));
		json_object_array_add(array, item);
	}
	return array;
}

/* Space that a page table can have; NULL is said by null. */
static json_object *space_of(struct iommuctl_layout *layout)
{
	struct iommuctl_range_set *set = NULL;
	json_object *ranges;

	if (!layout || iommuctl_layout_get_space(layout, &set) < 0)
		return NULL;
	ranges = ranges_of(set);
	iommuctl_range_set_free(set);
	return ranges;
}

static void add_regions(json_object *array, const struct host *host,
			const struct iommuctl_device *device)
{
	const struct iommuctl_group *group = iommuctl_device_get_group(device);
	const struct iommuctl_region *region;

	for (size_t i = 0; (region = iommuctl_group_get_region(group, i)); i++) {
		json_object *item = json_object_new_object();

		object_set(item, "host", value_text(host->name));
		object_set(item, "device", value_text(iommuctl_device_get_name(device)));
		object_set(item, "start", value_hex(region->range.start));
		object_set(item, "end", value_hex(region->range.end));
		object_set(item, "type", value_text(iommuctl_region_type_to_string(region->type)));
		json_object_array_add(array, item);
	}
}

/* Every region of every device, whichever stage has to avoid it. */
static json_object *regions_of(const struct hosts *hosts)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < hosts->count; i++)
		for (size_t n = 0; n < hosts->items[i].devices.count; n++)
			add_regions(array, &hosts->items[i], hosts->items[i].devices.items[n]);
	return array;
}

static json_object *conflicts_of(const struct placing *placing)
{
	json_object *array = json_object_new_array();
	struct iommuctl_layout_conflict conflict;

	for (size_t i = 0; iommuctl_layout_get_conflict(placing->layout, i, &conflict) == 0; i++) {
		bool typed = conflict.kind == IOMMUCTL_LAYOUT_CONFLICT_REGION &&
			     conflict.region.type != IOMMUCTL_REGION_UNKNOWN;
		json_object *item = json_object_new_object();

		object_set(item, "kind", value_text(placing_conflict_kinds[conflict.kind]));
		object_set(item, "host", value_text(conflict.host));
		object_set(item, "owner", value_text(placing_owner(placing, &conflict)));
		object_set(item, "start", value_hex(conflict.region.range.start));
		object_set(item, "end", value_hex(conflict.region.range.end));
		object_set(item, "type",
			   typed ? value_text(iommuctl_region_type_to_string(conflict.region.type))
				 : NULL);
		json_object_array_add(array, item);
	}
	return array;
}

/* The second stage has the guest's physical addresses; a first one is there when it is nested. */
static json_object *document(struct app *app, const struct request *request, bool nested)
{
	json_object *extra = json_object_new_object(), *stage1 = NULL;
	struct iommuctl_layout *first = NULL;

	if (nested && exclude_all(app, request, false, &first) == 0)
		stage1 = space_of(first);
	iommuctl_layout_free(first);
	object_set(extra, "nested", value_bool(nested));
	object_set(extra, "stage1_windows", stage1);
	object_set(extra, "stage2_windows", space_of(request->placing.layout));
	object_set(extra, "regions", regions_of(&request->hosts));
	object_set(extra, "conflicts", conflicts_of(&request->placing));
	return extra;
}

static void tell_conflicts(const struct placing *placing)
{
	uint64_t size;
	const char *use = placing_failed(placing, &size);
	char *text;
	size_t i = 0;

	if (!use)
		return;
	message("iova plan: place %s of 0x%" PRIx64 " bytes: there is no room for it", use, size);
	for (; (text = placing_conflict(placing, i)); i++) {
		hint("%s", text);
		free(text);
	}
	if (i == 0)
		hint("that is more than there is, whatever the devices reserve");
}

static int print(struct app *app, const struct request *request, bool nested)
{
	struct objects objects = { 0 };
	struct placement *placements = NULL;
	size_t count = 0;
	int r = placing_get(&request->placing, &placements, &count);

	for (size_t i = 0; r >= 0 && i < count; i++)
		r = objects_add(&objects, &placements[i]);
	r = r < 0 ? EXIT_FAILED : render(app, VIEW_TABLE, &objects, document(app, request, nested));
	free(objects.items);
	free(placements);
	return r;
}

int run_iova_plan(struct app *app)
{
	bool nested = app->values[PARAM_NESTED].given;
	struct request request = { .placing = get_placing(app) };
	int r, status = EXIT_FAILED;

	if (selection_make(app, VIEW_TABLE) < 0)
		return EXIT_USAGE;
	if (hosts_open(app, &request.hosts) < 0)
		goto out;
	r = exclude_all(app, &request, nested, &request.placing.layout);
	if (r >= 0)
		r = placing_solve(&request.placing);
	if (r < 0 && r != -ENOSPC)
		goto out;
	status = print(app, &request, nested);
	if (r == -ENOSPC && status == EXIT_DONE) {
		tell_conflicts(&request.placing);
		status = EXIT_FOUND;
	}
out:
	iommuctl_layout_free(request.placing.layout);
	hosts_close(&request.hosts);
	return status;
}
