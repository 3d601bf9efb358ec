/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What commands that do things have to say: in text the first attribute alone, so that a shell can
 * take it; in JSON the document, once all is done.
 */
#include "render.h"

#include <string.h>

/* A batch has many of them: what is a number in a struct goes without json-c. */
static void add_value(struct buffer *buffer, const void *object, const struct attr *attr)
{
	const char *field = (const char *)object + attr->offset;
	json_object *value;
	uint32_t word;
	uint64_t wide;

	switch (attr->field) {
	case ATTR_U32:
		memcpy(&word, field, sizeof(word));
		buffer_number(buffer, word);
		break;
	case ATTR_U64:
		memcpy(&wide, field, sizeof(wide));
		buffer_number(buffer, wide);
		break;
	case ATTR_ADDRESS:
		memcpy(&wide, field, sizeof(wide));
		buffer_hex(buffer, wide);
		break;
	default:
		value = attr_get(object, attr);
		buffer_text(buffer, json_object_to_json_string_ext(value, RENDER_JSON));
		json_object_put(value);
	}
}

void result_members(const struct app *app, struct buffer *buffer, const void *object)
{
	for (size_t i = 0; i < app->selection.count; i++) {
		const struct attr *attr = app->selection.attrs[i];

		if (i > 0)
			buffer_literal(buffer, ",");
		buffer_literal(buffer, "\"");
		buffer_text(buffer, attr->key);
		buffer_literal(buffer, "\":");
		add_value(buffer, object, attr);
	}
}

static void add_record(struct app *app, const void *object)
{
	struct buffer *buffer = &app->results;

	if (buffer->used)
		buffer_literal(buffer, ",");
	if (!app->in_batch)
		buffer_literal(buffer, "\n");
	buffer_literal(buffer, "{");
	result_members(app, buffer, object);
	buffer_literal(buffer, "}");
}

static void print_text(const struct app *app, const void *object)
{
	for (size_t i = 0; i < app->selection.count && !app->command->silent; i++) {
		const struct attr *attr = app->selection.attrs[i];
		json_object *value = attr_get(object, attr);
		char *text = value_to_text(value, attr->hex);

		printf("%s%s", i > 0 ? " " : "", text ? text : "");
		free(text);
		json_object_put(value);
		if (!app->output)
			break;
	}
	if (!app->command->silent)
		putchar('\n');
}

void result_add(struct app *app, const void *object)
{
	if (app->dry_run)
		return;
	if (app->json)
		add_record(app, object);
	else
		print_text(app, object);
}

int result_finish(struct app *app)
{
	if (!app->json || app->in_batch || app->dry_run)
		return EXIT_DONE;
	if (app->results.failed) {
		message("out of memory");
		return EXIT_FAILED;
	}
	printf("{\"schema\":\"iommuctl/1\",\"%s\":[%.*s\n]}\n", app->command->objects->plural,
	       (int)app->results.used, app->results.data ? app->results.data : "");
	return EXIT_DONE;
}

int result_print(struct app *app, const void *object)
{
	result_add(app, object);
	return result_finish(app);
}
