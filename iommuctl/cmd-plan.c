/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: domains as a file says, checked beforehand and made all or none. */
#include <inttypes.h>
#include <string.h>

#include "attrs.h"
#include "placing.h"
#include "plan.h"

#define CHECK ((const struct plan_finding *)object)

static const char *const verdicts[] = {
	[PLAN_PASS] = "pass",
	[PLAN_WARN] = "warn",
	[PLAN_FAIL] = "fail",
	[PLAN_UNMEASURED] = "unmeasured",
};

GETTER(get_id, value_text(CHECK->id))
GETTER(get_path, value_text(CHECK->path))
GETTER(get_line, CHECK->line ? value_number(CHECK->line) : NULL)
GETTER(get_verdict, value_text(verdicts[CHECK->verdict]))
GETTER(get_evidence, value_text(CHECK->evidence))
GETTER(get_advice, value_text(CHECK->advice))

/* clang-format off */
static const struct attr check_attrs[] = {
	{ .key = "verdict", .heading = "VERDICT", .flags = ATTR_COLUMN, .get = get_verdict, .help = "pass, warn, fail, or unmeasured: not known before it is tried" },
	{ .key = "line", .heading = "LINE", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_line, .help = "the line of the file" },
	{ .key = "path", .heading = "PATH", .flags = ATTR_COLUMN, .get = get_path, .help = "the place in the file, as jq has it" },
	{ .key = "evidence", .heading = "EVIDENCE", .flags = ATTR_COLUMN, .get = get_evidence, .help = "what was found" },
	{ .key = "id", .heading = "CHECK", .get = get_id, .help = "what was checked: syntax, rule, device, group, routing, model, feature, pasid, addresses, kernel, memory, memlock" },
	{ .key = "advice", .heading = "ADVICE", .flags = ATTR_JSON, .get = get_advice, .help = "what can be done about it" },
};

#define NOUN(name, key, list) { .singular = name, .plural = key, .attrs = list, .attr_count = ARRAY_SIZE(list) }
static const struct noun checks = NOUN("check", "checks", check_attrs);
/* clang-format on */

/* ------------------------------------------------------------------------- check */

static json_object *placements_of(const struct plan *plan)
{
	json_object *array = json_object_new_array();
	struct plan_item *ioas = NULL;

	while ((ioas = plan_next(plan, PLAN_IOAS, ioas)))
		for (size_t i = 0; i < ioas->placement_count; i++) {
			const struct placement *placement = &ioas->placements[i];
			json_object *object = json_object_new_object();

			object_set(object, "ioas", value_text(ioas->name));
			object_set(object, "use", value_text(placement->use));
			object_set(object, "start", value_hex(placement->range.start));
			object_set(object, "end", value_hex(placement->range.end));
			object_set(object, "length",
				   value_number(placement->range.end - placement->range.start + 1));
			json_object_array_add(array, object);
		}
	return array;
}

static void print_placements(const struct plan *plan)
{
	struct plan_item *ioas = NULL;

	while ((ioas = plan_next(plan, PLAN_IOAS, ioas)))
		for (size_t i = 0; i < ioas->placement_count; i++)
			printf("%s%s: %s 0x%" PRIx64 "-0x%" PRIx64 "\n", i == 0 ? "\n" : "",
			       ioas->name, ioas->placements[i].use, ioas->placements[i].range.start,
			       ioas->placements[i].range.end);
}

/* Calls FN with every region that a first stage has to avoid: the kernel keeps none of them free.
 */
static void for_each_stage1_region(const struct plan *plan,
				   void (*fn)(const struct plan_item *device,
					      const struct iommuctl_region *region, void *data),
				   void *data)
{
	struct plan_item *ioas = NULL;

	while ((ioas = plan_next(plan, PLAN_IOAS, ioas)))
		for (size_t i = 0; i < ioas->user_count; i++) {
			const struct plan_item *device = ioas->users[i].device;
			const struct iommuctl_group *group =
				iommuctl_device_get_group(device->device);
			const struct iommuctl_region *region;

			for (size_t n = 0; ioas->users[i].nested &&
					   (region = iommuctl_group_get_region(group, n));
			     n++)
				if (region->type != IOMMUCTL_REGION_DIRECT_RELAXABLE)
					fn(device, region, data);
		}
}

static void add_region(const struct plan_item *device, const struct iommuctl_region *region,
		       void *data)
{
	json_object *object = region_to_json(region);

	object_set(object, "device", value_text(plan_text(device, "device")));
	json_object_array_add(data, object);
}

static void print_region(const struct plan_item *device, const struct iommuctl_region *region,
			 void *data)
{
	bool *any = data;

	printf("%s%s: no first stage may use 0x%" PRIx64 "-0x%" PRIx64 " (%s)\n", *any ? "" : "\n",
	       device->name ? device->name : plan_text(device, "device"), region->range.start,
	       region->range.end, iommuctl_region_type_to_string(region->type));
	*any = true;
}

static int print_checks(const struct plan *plan)
{
	json_object *extra = json_object_new_object(), *regions = json_object_new_array();
	struct app *app = plan->app;
	struct objects objects = { 0 };
	int r = 0;

	object_set(extra, "feasible", value_bool(plan->failed == 0));
	object_set(extra, "placements", placements_of(plan));
	for_each_stage1_region(plan, add_region, regions);
	object_set(extra, "stage1_regions", regions);
	for (size_t i = 0; r >= 0 && i < plan->finding_count; i++)
		r = objects_add(&objects, &plan->findings[i]);
	r = r < 0 ? EXIT_FAILED : render(app, VIEW_TABLE, &objects, extra);
	if (r == EXIT_DONE && is_for_people(app)) {
		print_placements(plan);
		for_each_stage1_region(plan, print_region, &(bool){ false });
	}
	free(objects.items);
	return r;
}

/* Reads, and looks, as far as what was found lets it. */
int plan_examine(struct app *app, struct plan *plan)
{
	int r = plan_read(app, app->args[0], plan);

	return r >= 0 && plan->failed == 0 ? plan_check_machine(plan) : r;
}

static int run_check(struct app *app)
{
	struct plan plan;
	int r = EXIT_USAGE;

	if (selection_make(app, VIEW_TABLE) < 0)
		return r;
	r = plan_examine(app, &plan) < 0 ? EXIT_FAILED : print_checks(&plan);
	if (r == EXIT_DONE && plan.failed > 0)
		r = EXIT_FOUND;
	for (size_t i = 0; r == EXIT_FOUND && i < plan.finding_count; i++)
		if (plan.findings[i].verdict == PLAN_FAIL && plan.findings[i].advice)
			hint("%s: %s", plan.findings[i].path, plan.findings[i].advice);
	plan_free(&plan);
	return r;
}

#define NEEDS (LOAD_VFIO_DEVICES | IOMMUCTL_LOAD_REGISTERS)

const struct command plan_commands[] = {
	{
		.noun = "plan",
		.verb = "check",
		.args = "FILE",
		.summary = "Tell whether a plan can be done, and how it would look",
		.doc = "As far as can be known without touching anything: what the file says, "
		       "devices, groups and routes, models and features, addresses, memory, and "
		       "calls of the kernel; with --root of another machine.",
		.example = "iommuctl plan check guest.json --root host7.tar.zst",
		.objects = &checks,
		.run = run_check,
		.is_default = true,
		.needs = NEEDS,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "plan",
		.verb = "apply",
		.args = "FILE [-- COMMAND [ARGUMENT...]]",
		.summary = "Do what a plan says in a session, all of it or nothing",
		.doc = "With COMMAND the session ends with that, in whose words {iommufd}, "
		       "{device:NAME} and {memory:NAME} become numbers of file descriptors that "
		       "it inherits; without, it stays in the background, and its name is "
		       "printed. --dry-run prints the steps, which iommuctl batch takes too.",
		.example = "iommuctl plan apply guest.json -- ./vmm --iommufd {iommufd}",
		.objects = &plan_applied_noun,
		.params = PARAMS(PARAM_NAME),
		.run = run_plan_apply,
		.changes = true,
		.own_dry_run = true,
		.takes_command = true,
		.live = true,
		.needs = NEEDS,
		.min_args = 1,
	},
	{ 0 },
};
