/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iova plan: a guest's physical addresses around what its devices cannot use. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "app.h"
#include "attrs.h"
#include "cmd-iova.h"

#define GIB4 UINT64_C(0x100000000)

/* What gets a place, in the order of the layout's blocks. */
enum { USE_RAM, USE_MMIO, USE_MMIO64, USE_COUNT };

static const struct use {
	const char *name;
	enum param_id size;
	struct iommuctl_range window;
	unsigned int flags;
} uses[USE_COUNT] = {
	[USE_RAM] = { "ram", PARAM_RAM, { 0, UINT64_MAX }, IOMMUCTL_LAYOUT_SPLIT },
	[USE_MMIO] = { "mmio", PARAM_MMIO, { 0, GIB4 - 1 }, IOMMUCTL_LAYOUT_TOP },
	[USE_MMIO64] = { "mmio64", PARAM_MMIO64, { GIB4, UINT64_MAX }, 0 },
};

struct placement {
	const char *use;
	struct iommuctl_range range;
};

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

struct plan {
	struct iommuctl_layout *layout;
	struct objects devices;
	int uses[USE_COUNT]; /* of the layout's blocks */
};

static uint64_t get_alignment(const struct app *app)
{
	const struct param_value *value = &app->values[PARAM_ALIGNMENT];

	return value->given ? value->number : 0x200000;
}

int iova_plan_check(const struct app *app)
{
	if (get_alignment(app) & (get_alignment(app) - 1))
		message("iova plan: an alignment is a power of two");
	else if (app->values[PARAM_RAM].number % get_alignment(app))
		message("iova plan: memory is a multiple of its alignment, 0x%" PRIx64 " bytes",
			get_alignment(app));
	else
		return EXIT_DONE;
	return EXIT_USAGE;
}

/* --------------------------------------------------------------- requests */

/* Whatever is in none of the windows is excluded. */
static int exclude_others(const struct app *app, struct iommuctl_layout *layout)
{
	const struct param_value *windows = &app->values[PARAM_WINDOW];
	struct iommuctl_region region = { .type = IOMMUCTL_REGION_UNKNOWN };
	struct iommuctl_range_set *set = NULL;
	int r = windows->given ? iommuctl_range_set_new(&set) : 0;

	if (r < 0 || !windows->given)
		return r;
	r = iommuctl_range_set_add(set, (struct iommuctl_range){ 0, UINT64_MAX });
	for (size_t i = 0; r >= 0 && i < windows->count; i++)
		r = iommuctl_range_set_subtract(set, windows->ranges[i]);
	for (size_t i = 0; r >= 0 && iommuctl_range_set_get(set, i, &region.range) == 0; i++)
		r = iommuctl_layout_exclude(layout, "--window", &region);
	iommuctl_range_set_free(set);
	return r;
}

static int exclude_all(struct app *app, const struct objects *devices, bool nested,
		       struct iommuctl_layout *layout)
{
	const struct param_value *bits = &app->values[PARAM_BITS];
	int r = bits->given ? iommuctl_layout_limit(layout, "--bits", (unsigned int)bits->number)
			    : 0;

	for (size_t i = 0; r >= 0 && i < devices->count; i++) {
		r = iommuctl_layout_exclude_device(app->ctx, layout, devices->items[i], nested);
		if (r == -ENODEV || r == -ENODATA)
			message_diag(app);
	}
	return r < 0 ? r : exclude_others(app, layout);
}

static int add_blocks(const struct app *app, struct plan *plan)
{
	int r = 0, n = 0;

	for (int i = 0; r >= 0 && i < USE_COUNT; i++) {
		struct iommuctl_layout_block block = {
			.size = app->values[uses[i].size].number,
			.alignment = get_alignment(app),
			.window = uses[i].window,
			.flags = uses[i].flags,
		};

		if (!app->values[uses[i].size].given)
			continue;
		plan->uses[n++] = i;
		r = iommuctl_layout_add_block(plan->layout, &block, NULL);
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

/* Every region of every device, whichever stage has to avoid it. */
static json_object *regions_of(const struct objects *devices)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < devices->count; i++) {
		const struct iommuctl_group *group = iommuctl_device_get_group(devices->items[i]);
		const struct iommuctl_region *region;

		for (size_t n = 0; (region = iommuctl_group_get_region(group, n)); n++) {
			json_object *item = json_object_new_object();

			object_set(item, "device",
				   value_text(iommuctl_device_get_name(devices->items[i])));
			object_set(item, "start", value_hex(region->range.start));
			object_set(item, "end", value_hex(region->range.end));
			object_set(item, "type",
				   value_text(iommuctl_region_type_to_string(region->type)));
			json_object_array_add(array, item);
		}
	}
	return array;
}

static const char *const conflict_kinds[] = {
	[IOMMUCTL_LAYOUT_CONFLICT_REGION] = "region",
	[IOMMUCTL_LAYOUT_CONFLICT_LIMIT] = "limit",
	[IOMMUCTL_LAYOUT_CONFLICT_BLOCK] = "placement",
};

static json_object *conflicts_of(const struct plan *plan)
{
	json_object *array = json_object_new_array();
	struct iommuctl_layout_conflict conflict;

	for (size_t i = 0; iommuctl_layout_get_conflict(plan->layout, i, &conflict) == 0; i++) {
		bool block = conflict.kind == IOMMUCTL_LAYOUT_CONFLICT_BLOCK;
		json_object *item = json_object_new_object();

		object_set(item, "kind", value_text(conflict_kinds[conflict.kind]));
		object_set(
			item, "owner",
			value_text(block ? uses[plan->uses[conflict.block]].name : conflict.owner));
		object_set(item, "start", value_hex(conflict.region.range.start));
		object_set(item, "end", value_hex(conflict.region.range.end));
		object_set(
			item, "type",
			conflict.kind == IOMMUCTL_LAYOUT_CONFLICT_REGION &&
					conflict.region.type != IOMMUCTL_REGION_UNKNOWN
				? value_text(iommuctl_region_type_to_string(conflict.region.type))
				: NULL);
		json_object_array_add(array, item);
	}
	return array;
}

/* The second stage has the guest's physical addresses; a first one is there when it is nested. */
static json_object *document(struct app *app, const struct plan *plan, bool nested)
{
	json_object *extra = json_object_new_object(), *stage1 = NULL;
	struct iommuctl_layout *first = NULL;

	if (nested && iommuctl_layout_new(&first) == 0 &&
	    exclude_all(app, &plan->devices, false, first) == 0)
		stage1 = space_of(first);
	iommuctl_layout_free(first);
	object_set(extra, "nested", value_bool(nested));
	object_set(extra, "stage1_windows", stage1);
	object_set(extra, "stage2_windows", space_of(plan->layout));
	object_set(extra, "regions", regions_of(&plan->devices));
	object_set(extra, "conflicts", conflicts_of(plan));
	return extra;
}

static void tell_conflicts(const struct app *app, const struct plan *plan)
{
	struct iommuctl_layout_conflict conflict;
	const struct use *use;
	size_t failed, i = 0;

	if (iommuctl_layout_get_failed_block(plan->layout, &failed) < 0)
		return;
	use = &uses[plan->uses[failed]];
	message("iova plan: place %s of 0x%" PRIx64 " bytes: there is no room for it", use->name,
		app->values[use->size].number);
	for (; iommuctl_layout_get_conflict(plan->layout, i, &conflict) == 0; i++) {
		struct iommuctl_range range = conflict.region.range;

		if (conflict.kind == IOMMUCTL_LAYOUT_CONFLICT_LIMIT)
			hint("%s cannot address 0x%" PRIx64 " and more", conflict.owner,
			     range.start);
		else
			hint("in the way: 0x%" PRIx64 "-0x%" PRIx64 " of %s (%s)", range.start,
			     range.end,
			     conflict.owner ? conflict.owner
					    : uses[plan->uses[conflict.block]].name,
			     conflict.owner ? iommuctl_region_type_to_string(conflict.region.type)
					    : conflict_kinds[conflict.kind]);
	}
	if (i == 0)
		hint("that is more than there is, whatever the devices reserve");
}

static int print(struct app *app, const struct plan *plan, bool nested)
{
	struct iommuctl_layout_piece piece;
	struct objects objects = { 0 };
	struct placement *placements;
	size_t n = 0;
	int r = 0;

	while (iommuctl_layout_get_piece(plan->layout, n, &piece) == 0)
		n++;
	placements = calloc(n + 1, sizeof(*placements));
	for (size_t i = 0; placements && r >= 0 && i < n; i++) {
		iommuctl_layout_get_piece(plan->layout, i, &piece);
		placements[i] =
			(struct placement){ uses[plan->uses[piece.block]].name, piece.range };
		r = objects_add(&objects, &placements[i]);
	}
	r = placements && r >= 0 ? render(app, VIEW_TABLE, &objects, document(app, plan, nested))
				 : EXIT_FAILED;
	free(objects.items);
	free(placements);
	return r;
}

int run_iova_plan(struct app *app)
{
	bool nested = app->values[PARAM_NESTED].given;
	struct plan plan = { 0 };
	int r, status = EXIT_FAILED;

	if (selection_make(app, VIEW_TABLE) < 0)
		return EXIT_USAGE;
	/* a layout for some of the devices would be a wrong one */
	if (app_load(app) < 0 || app_collect(app, &plan.devices) < 0 || app->failed > 0)
		goto out;
	objects_drop_repeated(&plan.devices);
	r = iommuctl_layout_new(&plan.layout);
	if (r >= 0)
		r = exclude_all(app, &plan.devices, nested, plan.layout);
	if (r >= 0)
		r = add_blocks(app, &plan);
	if (r >= 0)
		r = iommuctl_layout_solve(plan.layout);
	if (r < 0 && r != -ENOSPC)
		goto out;
	status = print(app, &plan, nested);
	if (r == -ENOSPC && status == EXIT_DONE) {
		tell_conflicts(app, &plan);
		status = EXIT_FOUND;
	}
out:
	iommuctl_layout_free(plan.layout);
	free(plan.devices.items);
	return status;
}
