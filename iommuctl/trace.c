/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of the kernel, for people and for programs: a line each on standard error with --trace;
 * with
 * --dry-run those that would be made, on standard output, as lines or as a document.
 */
#include <string.h>

#include "render.h"

/* ------------------------------------------------------------------- JSON */

static json_object *labels(const struct iommuctl_call_field *field)
{
	json_object *list = json_object_new_array();
	const char *label;

	for (size_t i = 0; (label = iommuctl_call_field_get_label(field, i)); i++)
		json_object_array_add(list, value_text(label));
	return list;
}

static json_object *ranges(const struct iommuctl_call_field *field)
{
	json_object *list = json_object_new_array(), *object;
	struct iommuctl_range range;

	for (size_t i = 0; iommuctl_call_field_get_range(field, i, &range) == 0; i++) {
		object = json_object_new_object();
		object_set(object, "start", value_hex(range.start));
		object_set(object, "end", value_hex(range.end));
		json_object_array_add(list, object);
	}
	return list;
}

static json_object *value_of(const struct iommuctl_call_field *field)
{
	uint64_t value = iommuctl_call_field_get_value(field);

	switch (iommuctl_call_field_get_kind(field)) {
	case IOMMUCTL_CALL_NUMBER:
		return value_number(value);
	case IOMMUCTL_CALL_FD:
		return json_object_new_int64((int64_t)value);
	case IOMMUCTL_CALL_FLAGS:
		return labels(field);
	case IOMMUCTL_CALL_ENUM:
	case IOMMUCTL_CALL_TEXT:
		return value_text(iommuctl_call_field_get_text(field));
	case IOMMUCTL_CALL_RANGES:
		return ranges(field);
	case IOMMUCTL_CALL_HEX:
		break;
	}
	return value_hex(value);
}

static json_object *call_to_json(const struct iommuctl_call *call)
{
	json_object *object = json_object_new_object(), *sides[2];
	int fd = iommuctl_call_get_fd(call), result = iommuctl_call_get_result(call);
	unsigned long request = iommuctl_call_get_request(call);
	const struct iommuctl_call_field *field;

	for (size_t i = 0; i < ARRAY_SIZE(sides); i++)
		sides[i] = json_object_new_object();
	for (size_t i = 0; (field = iommuctl_call_get_field(call, i)); i++)
		object_set(sides[iommuctl_call_field_is_output(field)],
			   iommuctl_call_field_get_name(field), value_of(field));
	object_set(object, "call", value_text(iommuctl_call_get_name(call)));
	object_set(object, "request", request ? value_hex(request) : NULL);
	object_set(object, "fd", fd < 0 ? NULL : json_object_new_int(fd));
	object_set(object, "arguments", sides[0]);
	object_set(object, "result", json_object_new_int(result < 0 ? -1 : result));
	object_set(object, "errno", result < 0 ? value_text(strerrorname_np(-result)) : NULL);
	object_set(object, "outputs", sides[1]);
	object_set(object, "issued", value_bool(iommuctl_call_was_issued(call)));
	return object;
}

/* ------------------------------------------------------------------- text */

static void print_field(FILE *out, const struct iommuctl_call_field *field, const char *comma)
{
	json_object *value = value_text(iommuctl_call_field_get_text(field));
	const char *quote = iommuctl_call_field_get_kind(field) == IOMMUCTL_CALL_TEXT ? "\"" : "";
	char *text = value_to_text(value, 0);

	fprintf(out, "%s%s=%s%s%s", comma, iommuctl_call_field_get_name(field), quote,
		text ? text : "", quote);
	free(text);
	json_object_put(value);
}

static void print_fields(FILE *out, const struct iommuctl_call *call, bool outputs,
			 const char *comma)
{
	const struct iommuctl_call_field *field;

	for (size_t i = 0; (field = iommuctl_call_get_field(call, i)); i++) {
		if (iommuctl_call_field_is_output(field) != outputs)
			continue;
		print_field(out, field, comma);
		comma = ", ";
	}
}

/* As strace has it, but with names for what is in the structs. */
static void print_call(FILE *out, const struct iommuctl_call *call)
{
	int fd = iommuctl_call_get_fd(call), result = iommuctl_call_get_result(call);
	const char *error = result < 0 ? strerrorname_np(-result) : NULL;

	fprintf(out, "%s(", iommuctl_call_get_name(call));
	if (fd >= 0)
		fprintf(out, "fd=%d", fd);
	print_fields(out, call, false, fd >= 0 ? ", " : "");
	fprintf(out, ") = %d%s%s", result < 0 ? -1 : result, error ? " " : "", error ? error : "");
	print_fields(out, call, true, ", ");
	fputs(iommuctl_call_was_issued(call) ? "\n" : " (not made)\n", out);
}

/* ---------------------------------------------------------------- the run */

/* A line at once: others may write there too. */
static void put_line(FILE *to, const struct iommuctl_call *call, bool json)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_object *object = NULL;

	if (!out)
		return;
	if (json) {
		object = call_to_json(call);
		fprintf(out, "%s\n",
			json_object_to_json_string_ext(object, JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(object);
	} else {
		print_call(out, call);
	}
	if (fclose(out) == 0)
		fwrite(text, 1, size, to);
	free(text);
}

static bool leaves_out(const struct app *app)
{
	return app->dry_run && !app->command->own_dry_run;
}

static void take_call(const struct iommuctl_call *call, void *userdata)
{
	struct app *app = userdata;

	if (app->trace)
		put_line(stderr, call, strcmp(app->trace, "json") == 0);
	if (app->calls)
		json_object_array_add(app->calls, call_to_json(call));
	else if (leaves_out(app))
		put_line(stdout, call, false);
}

void trace_start(struct app *app)
{
	if (leaves_out(app) && app->json)
		app->calls = json_object_new_array();
	if (app->trace || leaves_out(app))
		iommuctl_context_set_trace(app->ctx, take_call, app);
	iommuctl_context_set_dry_run(app->ctx, leaves_out(app));
}

int trace_finish(struct app *app, int status)
{
	if (app->calls && status != EXIT_USAGE &&
	    render_document(app, "calls", app->calls) != EXIT_DONE)
		status = EXIT_FAILED;
	json_object_put(app->calls);
	return status;
}
