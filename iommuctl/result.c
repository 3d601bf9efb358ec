/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What commands that do things have to say: in text the first attribute alone, so that a shell can
 * take it; in JSON the document, once all is done.
 */
#include "render.h"

int result_add(struct app *app, const void *object)
{
	if (app->dry_run)
		return 0;
	if (app->selection.count == 0 && selection_make(app, VIEW_SHOW) < 0)
		return -1;
	if (app->json) {
		if (!app->results)
			app->results = json_object_new_array();
		json_object_array_add(app->results, render_record(app, object));
		return 0;
	}
	for (size_t i = 0; i < app->selection.count && !app->command->silent; i++) {
		const struct attr *attr = app->selection.attrs[i];
		json_object *value = attr->get(object, attr);
		char *text = value_to_text(value, attr->hex);

		printf("%s%s", i > 0 ? " " : "", text ? text : "");
		free(text);
		json_object_put(value);
		if (!app->output)
			break;
	}
	if (!app->command->silent)
		putchar('\n');
	return 0;
}

int result_finish(struct app *app)
{
	if (!app->json || app->in_batch || app->dry_run)
		return EXIT_DONE;
	if (!app->results)
		app->results = json_object_new_array();
	return render_document(app, app->command->objects->plural, app->results);
}

int result_print(struct app *app, const void *object)
{
	return result_add(app, object) < 0 ? EXIT_USAGE : result_finish(app);
}
