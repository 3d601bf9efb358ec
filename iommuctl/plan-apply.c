/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan apply: all of a plan or nothing, in a session. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "located.h"
#include "plan.h"
#include "render.h"
#include "session.h"

struct applied {
	const char *session;
	size_t steps;
};

#define APPLIED ((const struct applied *)object)

GETTER(get_session, value_text(APPLIED->session))
GETTER(get_steps, value_number(APPLIED->steps))

/* clang-format off */
static const struct attr applied_attrs[] = {
	{ .key = "session", .heading = "SESSION", .flags = ATTR_COLUMN, .get = get_session, .help = "the session that has it all" },
	{ .key = "steps", .heading = "STEPS", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_steps, .help = "how many there were" },
};
/* clang-format on */

const struct noun plan_applied_noun = {
	.singular = "plan",
	.plural = "plans",
	.attrs = applied_attrs,
	.attr_count = ARRAY_SIZE(applied_attrs),
};

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

static const char *name_device(const char *name, void *data)
{
	const struct applying *applying = data;
	const struct plan_item *device = NULL;

	while ((device = plan_next(applying->plan, PLAN_DEVICE, device)))
		if (device->name && strcmp(device->name, name) == 0)
			return plan_text(device, "device");
	return name;
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
		char number[16];
		int fd = find(place, plan_text(item, place == PLACE_DEVICE ? "device" : "memory"),
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
	const struct belongings belongings = { find_memory, name_device, set_variables, data };

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
	if (r == EXIT_DONE)
		r = result_print(app, &(struct applied){ name, applying->steps.count });
	/* what nobody was told of must not stay */
	if (r == EXIT_DONE && (fflush(stdout) != 0 || send(leash, "", 1, MSG_NOSIGNAL) != 1))
		r = EXIT_FAILED;
	if (r != EXIT_DONE && app_iommufd(app) >= 0 && iommuctl_session_stop(app->session) >= 0)
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

int run_plan_apply(struct app *app)
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
	r = plan_examine(app, &plan) < 0 ? EXIT_FAILED : EXIT_DONE;
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
