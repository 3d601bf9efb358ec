/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs list and show, for every noun: attributes chosen, objects found, printed. */
#include <errno.h>
#include <string.h>

#include "app.h"

static bool wanted(const struct app *app, const struct attr *attr, enum view view)
{
	bool in_json =
		!(attr->flags & ATTR_TEXT) && (!(attr->flags & ATTR_VERBOSE) || app->verbose);

	if (attr->flags & ATTR_HW_INFO)
		return app->hw_info;
	if (app->json)
		return in_json;
	if (attr->flags & ATTR_JSON)
		return false;
	if (view == VIEW_SHOW)
		return in_json || attr->flags & ATTR_SHOW;
	return attr->flags & ATTR_COLUMN || (app->verbose && !attr->rows);
}

static int select_attr(struct app *app, const struct attr *attr)
{
	struct selection *selection = &app->selection;

	for (size_t i = 0; i < selection->count; i++)
		if (selection->attrs[i] == attr)
			return 0;
	if (selection->count == SELECTION_MAX)
		return -E2BIG;
	selection->attrs[selection->count++] = attr;
	selection->needs |= attr->needs;
	return 0;
}

static const struct attr *find_attr(const struct noun *noun, const char *key, size_t length)
{
	for (size_t i = 0; i < noun->attr_count; i++)
		if (strlen(noun->attrs[i].key) == length &&
		    strncmp(noun->attrs[i].key, key, length) == 0)
			return &noun->attrs[i];
	return NULL;
}

int selection_make(struct app *app, enum view view)
{
	const struct noun *noun = app->command->objects;
	const char *list = app->output;

	if (!list || list[0] == '+')
		for (size_t i = 0; i < noun->attr_count; i++)
			if (wanted(app, &noun->attrs[i], view))
				select_attr(app, &noun->attrs[i]);
	if (!list)
		return 0;
	list += list[0] == '+';
	for (size_t length; *list; list += length + (list[length] == ',')) {
		const struct attr *attr;

		length = strcspn(list, ",");
		attr = find_attr(noun, list, length);
		if (!attr || select_attr(app, attr) < 0) {
			message("%s: no attribute '%.*s'", app->command->noun, (int)length, list);
			hint("iommuctl %s%s%s --help lists them", app->command->noun,
			     app->command->verb ? " " : "",
			     app->command->verb ? app->command->verb : "");
			return -EINVAL;
		}
	}
	if (app->selection.count == 0) {
		message("%s: -o names no attribute", app->command->noun);
		return -EINVAL;
	}
	return 0;
}

unsigned int app_needs(const struct app *app)
{
	return app->command->needs | app->selection.needs;
}

int app_load(struct app *app)
{
	int r = iommuctl_topology_load(app->ctx, app_needs(app), &app->topology);

	if (r < 0)
		message_diag(app);
	else
		message_notes(app);
	return r;
}

int objects_add(struct objects *objects, const void *object)
{
	size_t n = objects->count;

	/* full at every power of two */
	if ((n & (n - 1)) == 0) {
		const void **grown =
			reallocarray(objects->items, n ? 2 * n : 1, sizeof(*objects->items));

		if (!grown)
			return -ENOMEM;
		objects->items = grown;
	}
	objects->items[objects->count++] = object;
	return 0;
}

static void hint_name(const struct app *app, const char *word)
{
	char name[32];

	/* lspci leaves the domain out where all are 0; the kernel does not */
	snprintf(name, sizeof(name), "0000:%s", word);
	if (app->command->objects->find(app->topology, name))
		hint("did you mean %s?", name);
	else if (!app->has_verb && word[strspn(word, "abcdefghijklmnopqrstuvwxyz-")] == '\0')
		hint("if a verb was meant: iommuctl %s --help names them", app->command->noun);
}

int app_collect(struct app *app, struct objects *objects)
{
	const struct noun *noun = app->command->objects;
	const void *object;
	int r = 0;

	for (size_t i = 0; r >= 0 && app->arg_count == 0 && (object = noun->get(app->topology, i));
	     i++)
		r = objects_add(objects, object);
	for (size_t i = 0; r >= 0 && i < app->arg_count; i++) {
		object = noun->find(app->topology, app->args[i]);
		if (object) {
			r = objects_add(objects, object);
			continue;
		}
		message("%s %s: find: there is no such %s", noun->singular, app->args[i],
			noun->singular);
		hint_name(app, app->args[i]);
		app->failed++;
	}
	return r;
}

int app_exit_code(const struct app *app, size_t done)
{
	return app->failed == 0 ? EXIT_DONE : done > 0 ? EXIT_SOME_FAILED : EXIT_FAILED;
}

bool is_for_people(const struct app *app)
{
	return !app->json && !app->output;
}

static int print_view(struct app *app, enum view view, const struct objects *objects)
{
	const struct noun *noun = app->command->objects;
	int r = render(app, view, objects, app->json && noun->extra ? noun->extra(app) : NULL);

	if (r == EXIT_DONE && is_for_people(app) && noun->print_extra &&
	    (view == VIEW_SHOW || app->verbose))
		r = noun->print_extra(app, view);
	return r;
}

static int run_view(struct app *app, enum view view)
{
	struct objects objects = { 0 };
	size_t unanswered = 0;
	int r = EXIT_FAILED;

	if (selection_make(app, view) < 0)
		return EXIT_USAGE;
	if (app_load(app) < 0)
		return EXIT_FAILED;
	if (app_collect(app, &objects) >= 0 && (objects.count > 0 || app->failed == 0))
		r = app->command->prepare ? app->command->prepare(app, &objects, &unanswered)
					  : EXIT_DONE;
	if (r == EXIT_DONE)
		r = print_view(app, view, &objects);
	app->failed += unanswered;
	if (r == EXIT_DONE)
		r = app_exit_code(app, objects.count - unanswered);
	if (r == EXIT_DONE && objects.count == 0 && app->command->objects->none && !app->quiet)
		hint("%s", app->command->objects->none);
	free(objects.items);
	return r;
}

int run_list(struct app *app)
{
	return run_view(app, VIEW_TABLE);
}

int run_show(struct app *app)
{
	return run_view(app, VIEW_SHOW);
}
