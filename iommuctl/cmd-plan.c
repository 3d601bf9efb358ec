/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: domains as a file says, checked beforehand and made all or none. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "attrs.h"
#include "located.h"
#include "placing.h"
#include "plan.h"
#include "render.h"
#include "session.h"

#define CHECK	((const struct plan_finding *)object)
#define APPLIED ((const struct applied *)object)

static const char *const verdicts[] = {
	[PLAN_PASS] = "pass",
	[PLAN_WARN] = "warn",
	[PLAN_FAIL] = "fail",
	[PLAN_UNMEASURED] = "unmeasured",
};

struct applied {
	const char *session;
	size_t steps;
};

GETTER(get_id, value_text(CHECK->id))
GETTER(get_path, value_text(CHECK->path))
GETTER(get_line, CHECK->line ? value_number(CHECK->line) : NULL)
GETTER(get_verdict, value_text(verdicts[CHECK->verdict]))
GETTER(get_evidence, value_text(CHECK->evidence))
GETTER(get_advice, value_text(CHECK->advice))
GETTER(get_session, value_text(APPLIED->session))
GETTER(get_steps, value_number(APPLIED->steps))

/* clang-format off */
static const struct attr check_attrs[] = {
	{ .key = "verdict", .heading = "VERDICT", .flags = ATTR_COLUMN, .get = get_verdict, .help = "pass, warn, fail, or unmeasured: not known before it is tried" },
	{ .key = "line", .heading = "LINE", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_line, .help = "the line of the file" },
	{ .key = "path", .heading = "PATH", .flags = ATTR_COLUMN, .get = get_path, .help = "the place in the file, as jq has it" },
	{ .key = "evidence", .heading = "EVIDENCE", .flags = ATTR_COLUMN, .get = get_evidence, .help = "what was found" },
	{ .key = "id", .heading = "CHECK", .get = get_id, .help = "what was checked: syntax, rule, device, group, routing, model, feature, pasid, addresses, kernel, memory, memlock" },
	{ .key = "advice", .heading = "ADVICE", .flags = ATTR_JSON, .get = get_advice, .help = "what can be done about it" },
};
static const struct attr applied_attrs[] = {
	{ .key = "session", .heading = "SESSION", .flags = ATTR_COLUMN, .get = get_session, .help = "the session that has it all" },
	{ .key = "steps", .heading = "STEPS", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_steps, .help = "how many there were" },
};

#define NOUN(name, key, list) { .singular = name, .plural = key, .attrs = list, .attr_count = ARRAY_SIZE(list) }
static const struct noun checks = NOUN("check", "checks", check_attrs);
static const struct noun applied_noun = NOUN("plan", "plans", applied_attrs);
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
static int examine(struct app *app, struct plan *plan)
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
	r = examine(app, &plan) < 0 ? EXIT_FAILED : print_checks(&plan);
	if (r == EXIT_DONE && plan.failed > 0)
		r = EXIT_FOUND;
	for (size_t i = 0; r == EXIT_FOUND && i < plan.finding_count; i++)
		if (plan.findings[i].verdict == PLAN_FAIL && plan.findings[i].advice)
			hint("%s: %s", plan.findings[i].path, plan.findings[i].advice);
	plan_free(&plan);
	return r;
}

/* ------------------------------------------------------------------------- apply */

struct applying {
	struct plan *plan;
	struct plan_steps steps;
	char **words; /* of the command */
	size_t word_count;
};

static void tell_failures(const struct plan *plan)
{
	for (size_t i = 0; i < plan->finding_count; i++) {
		const struct plan_finding *finding = &plan->findings[i];

		if (finding->verdict != PLAN_FAIL)
			continue;
		message("plan %s:%u: %s: %s", plan->file, finding->line, finding->path,
			finding->evidence);
		if (finding->advice)
			hint("%s", finding->advice);
	}
}

static json_object *step_to_json(const struct plan_step *step, const char *text)
{
	json_object *object = json_object_new_object();

	object_set(object, "command", value_text(text));
	object_set(object, "path", value_text(step->item->path));
	object_set(object, "line", value_number(located_line(step->item->json)));
	return object;
}

static int print_steps(struct app *app, const struct plan_steps *steps)
{
	json_object *array = json_object_new_array();
	int r = EXIT_DONE;

	for (size_t i = 0; i < steps->count; i++) {
		char *text = plan_step_to_text(&steps->items[i]);

		if (is_for_people(app))
			printf("%s\n", text ? text : "");
		else
			json_object_array_add(array, step_to_json(&steps->items[i], text));
		free(text);
	}
	if (!is_for_people(app))
		r = render_document(app, "steps", array);
	json_object_put(array);
	return r;
}

static int find_memory(const char *name, void *data)
{
	const struct applying *applying = data;
	struct plan_item *memory = NULL;

	while ((memory = plan_next(applying->plan, PLAN_MEMORY, memory)))
		if (strcmp(memory->name, name) == 0)
			break;
	if (memory && memory->fd >= 0)
		return memory->fd;
	message("plan %s: {memory:%s}: the plan makes no such memory", applying->plan->file, name);
	return -1;
}

static int set_variables(struct handover *handover,
			 int (*find)(enum place place, const char *name, void *data), void *finder,
			 void *data)
{
	const struct applying *applying = data;
	const struct plan_item *item = NULL;

	while ((item = plan_next(applying->plan, PLAN_HANDOVER, item))) {
		enum place place = plan_get(item, "device")   ? PLACE_DEVICE
				   : plan_get(item, "memory") ? PLACE_MEMORY
							      : PLACE_IOMMUFD;
		const struct plan_item *device = plan_target(applying->plan, item, "device");
		char number[16];
		int fd = find(place,
			      device ? plan_text(device, "device") : plan_text(item, "memory"),
			      finder);

		if (fd < 0 || handover_add(handover, fd) < 0)
			return -EINVAL;
		snprintf(number, sizeof(number), "%d", fd);
		setenv(plan_text(item, "variable"), number, 1);
	}
	return 0;
}

/* What the command binds itself. */
static int find_unbound(struct app *app, const struct plan *plan)
{
	const struct plan_item *device = NULL;
	int r = 0;

	while (r >= 0 && (device = plan_next(plan, PLAN_DEVICE, device)))
		if (!plan_flag(device, "bind", true))
			r = objects_add(&app->open_devices, plan_text(device, "device"));
	return r;
}

static int in_session(struct app *app, const char *name, void *data)
{
	struct applying *applying = data;
	const struct belongings belongings = { find_memory, set_variables, data };

	app->session_name = name;
	if (plan_do(app, applying->plan, &applying->steps) != EXIT_DONE ||
	    find_unbound(app, applying->plan) < 0)
		return EXIT_FAILED;
	return session_become(app, applying->words, applying->word_count, &belongings);
}

/* Once all is done the session is let off the leash. */
static int let_go(struct app *app, const char *name, struct applying *applying, int leash)
{
	int r;

	app->session_name = name;
	r = plan_do(app, applying->plan, &applying->steps);
	if (r == EXIT_DONE && write(leash, "", 1) != 1)
		r = EXIT_FAILED;
	if (r == EXIT_DONE)
		r = result_print(app, &(struct applied){ name, applying->steps.count });
	else if (app_iommufd(app) >= 0 && iommuctl_session_stop(app->session) >= 0)
		hint("all that was made before it is undone");
	return r;
}

static int apply(struct app *app, struct applying *applying)
{
	const char *name = app->values[PARAM_NAME].given
				   ? app->values[PARAM_NAME].text
				   : plan_text(&applying->plan->items[0], "name");
	int leash, r;

	if (applying->word_count > 0)
		return session_run(app, name ? name : session_own_name(), in_session, applying);
	if (!name) {
		message("plan %s: apply: the session needs a name", applying->plan->file);
		hint("--name NAME, or \"name\" in the plan, or -- and a command");
		return EXIT_USAGE;
	}
	r = session_start(app, name, &leash);
	if (leash < 0)
		return r;
	r = let_go(app, name, applying, leash);
	close(leash);
	return r;
}

/* What is handed over goes to a command. */
static int check_command(const struct plan *plan, const struct applying *applying)
{
	const struct plan_item *item = plan_next(plan, PLAN_HANDOVER, NULL), *device = NULL;

	while (!item && (device = plan_next(plan, PLAN_DEVICE, device)))
		if (!plan_flag(device, "bind", true))
			item = device;
	if (!item || applying->word_count > 0 || plan->app->dry_run)
		return EXIT_DONE;
	message("plan %s:%u: %s: there is no command that it could be handed over to", plan->file,
		located_line(item->json), item->path);
	hint("iommuctl plan apply %s -- COMMAND", plan->file);
	return EXIT_USAGE;
}

static int run_apply(struct app *app)
{
	struct applying applying = { 0 };
	struct plan plan = { 0 };
	int r = EXIT_USAGE;

	if (app->arg_count > 1 && (!app->has_dashes || app->args_before != 1)) {
		message("plan apply %s: a command stands behind --", app->args[0]);
		return r;
	}
	if (app->session_name || app->inherited) {
		message("plan apply %s: it begins a session of its own, which --name names",
			app->args[0]);
		return r;
	}
	applying.plan = &plan;
	applying.words = app->args + 1;
	applying.word_count = app->arg_count - 1;
	r = examine(app, &plan) < 0 ? EXIT_FAILED : EXIT_DONE;
	if (r == EXIT_DONE && plan.failed > 0) {
		tell_failures(&plan);
		r = EXIT_FAILED;
	}
	if (r == EXIT_DONE)
		r = check_command(&plan, &applying);
	if (r == EXIT_DONE && plan_make_steps(&plan, &applying.steps) < 0)
		r = EXIT_FAILED;
	if (r == EXIT_DONE)
		r = app->dry_run ? print_steps(app, &applying.steps) : apply(app, &applying);
	plan_free_steps(&applying.steps);
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
		.objects = &applied_noun,
		.params = PARAMS(PARAM_NAME),
		.run = run_apply,
		.changes = true,
		.own_dry_run = true,
		.takes_command = true,
		.live = true,
		.needs = NEEDS,
		.min_args = 1,
	},
	{ 0 },
};
