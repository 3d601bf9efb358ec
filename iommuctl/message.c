/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only writer to standard error besides argp. */
#include <stdarg.h>
#include <string.h>

#include "app.h"

#define NOTES_SHOWN 5

/* Where they go instead of the standard error, while a command of a batch runs. */
static json_object *captured_errors, *captured_hints;

void message_capture(json_object *errors, json_object *hints)
{
	captured_errors = errors;
	captured_hints = hints;
}

__attribute__((format(printf, 3, 0))) static void print(const char *prefix, json_object *captured,
							const char *format, va_list args)
{
	char *text, *safe;
	json_object *value;

	if (vasprintf(&text, format, args) < 0)
		return;
	value = value_text(text);
	if (captured) {
		json_object_array_add(captured, value);
		free(text);
		return;
	}
	safe = value_to_text(value, 0);
	fprintf(stderr, "%s%s\n", prefix, safe ? safe : "");
	json_object_put(value);
	free(safe);
	free(text);
}

void message(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("iommuctl: ", captured_errors, format, args);
	va_end(args);
}

void hint(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("hint: ", captured_hints, format, args);
	va_end(args);
}

/* "ioas 3" says what it is. */
static bool has_noun(const char *object)
{
	enum iommuctl_object_kind kind;
	char noun[32];

	return sscanf(object, "%31s %*s", noun) == 1 &&
	       iommuctl_object_kind_from_string(noun, &kind) >= 0;
}

void message_diag_of(const struct app *app, const struct iommuctl_context *ctx)
{
	const struct iommuctl_diag *diag = iommuctl_context_get_diag(ctx);
	const char *object = iommuctl_diag_get_object(diag), *text;

	message("%s%s%s: %s: %s", has_noun(object) ? "" : app->command->noun,
		has_noun(object) ? "" : " ", object, iommuctl_diag_get_action(diag),
		iommuctl_diag_get_reason(diag));
	for (size_t i = 0; (text = iommuctl_diag_get_hint(diag, i)); i++)
		hint("%s", text);
}

void message_diag(const struct app *app)
{
	message_diag_of(app, app->ctx);
}

void message_notes_of(const struct app *app, const struct iommuctl_context *ctx)
{
	const char *note;
	size_t i;

	if (app->quiet)
		return;
	for (i = 0; (note = iommuctl_context_get_note(ctx, i)); i++) {
		if (i == NOTES_SHOWN && !app->verbose) {
			message("%s: and more that could not be read; -v shows all",
				app->command->noun);
			return;
		}
		message("%s: cannot read %s", app->command->noun, note);
	}
	if (i == IOMMUCTL_NOTES_MAX)
		message("%s: and perhaps more that could not be read", app->command->noun);
}

void message_notes(const struct app *app)
{
	message_notes_of(app, app->ctx);
}
