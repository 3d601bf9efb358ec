/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparisons: JSON, or a table of features by sides with the verdicts below it. */
#include <string.h>

#include "compat.h"
#include "render.h"

static json_object *get(json_object *object, const char *key)
{
	json_object *value = NULL;

	json_object_object_get_ex(object, key, &value);
	return value;
}

static int render_json(json_object *document)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return EXIT_FAILED;
	fputs("{\"schema\":\"iommuctl/1\"", out);
	json_object_object_foreach(document, key, value)
	{
		fprintf(out, ",\"%s\":%s", key,
			json_object_to_json_string_ext(value, JSON_C_TO_STRING_NOSLASHESCAPE));
	}
	fputs("}\n", out);
	return render_finish(out, &text, &size);
}

#define LIST_MAX 8

/* A list; an empty one is known to be empty. */
static char *list_to_text(json_object *list)
{
	size_t count = json_object_array_length(list);
	char *first, *last, *text;

	if (count == 0)
		return strdup("none");
	if (count <= LIST_MAX)
		return value_to_text(list, 0);
	first = value_to_text(json_object_array_get_idx(list, 0), 0);
	last = value_to_text(json_object_array_get_idx(list, count - 1), 0);
	if (asprintf(&text, "%s, ... %s (%zu)", first ? first : "", last ? last : "", count) < 0)
		text = NULL;
	free(first);
	free(last);
	return text;
}

static void set_cell(struct libscols_line *line, size_t column, json_object *value)
{
	scols_line_refer_data(line, column,
			      json_object_is_type(value, json_type_array)
				      ? list_to_text(value)
				      : value_to_text(value, 0));
}

static void add_row(struct libscols_table *table, const char *label, json_object *document,
		    json_object *(*cell)(json_object *side, const char *label))
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	json_object *sides = get(document, "sides");
	size_t count = json_object_array_length(sides);

	if (!line)
		return;
	scols_line_set_data(line, 0, label);
	for (size_t i = 0; i < count; i++)
		set_cell(line, i + 1, cell(json_object_array_get_idx(sides, i), label));
	if (count > 1)
		set_cell(line, count + 1, cell(get(document, "common"), label));
}

static json_object *feature_of(json_object *side, const char *key)
{
	return get(get(side, "features"), key);
}

/* Reasons are sentences, which no column holds; verdicts have them. */
static bool is_reason(int i)
{
	enum iommuctl_feature reason;

	for (int feature = 0; feature < IOMMUCTL_FEATURE_COUNT; feature++)
		if (iommuctl_feature_get_reason((enum iommuctl_feature)feature, &reason) == 0 &&
		    (int)reason == i)
			return true;
	return false;
}

static int render_table(const struct app *app, json_object *document)
{
	struct libscols_table *table = render_new_table(app);
	json_object *sides = get(document, "sides");
	size_t count = json_object_array_length(sides);

	if (!table)
		return EXIT_FAILED;
	render_add_column(app, table, "FEATURE", 0);
	for (size_t i = 0; i < count; i++) {
		char *name = value_to_text(get(json_object_array_get_idx(sides, i), "name"), 0);

		render_add_column(app, table, name ? name : "", 0);
		free(name);
	}
	if (count > 1)
		render_add_column(app, table, "COMMON", 0);
	add_row(table, "model", document, get);
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		if (!is_reason(i))
			add_row(table, iommuctl_feature_get_key((enum iommuctl_feature)i), document,
				feature_of);
	return render_print_table(table);
}

static void print_text(json_object *value)
{
	char *text = value_to_text(value, 0);

	fputs(text ? text : "", stdout);
	free(text);
}

/* "migrate hostA -> hostB: no", and why. */
static void print_verdict(json_object *verdict)
{
	json_object *reasons = get(verdict, "reasons");

	print_text(get(verdict, "question"));
	putchar(' ');
	print_text(get(verdict, "subject"));
	fputs(" -> ", stdout);
	print_text(get(verdict, "target"));
	fputs(": ", stdout);
	print_text(get(verdict, "verdict"));
	putchar('\n');
	for (size_t i = 0; i < json_object_array_length(reasons); i++) {
		fputs("  ", stdout);
		print_text(json_object_array_get_idx(reasons, i));
		putchar('\n');
	}
}

/* As it is: an element of XML may have lines. */
static int print_emitted(json_object *emitted)
{
	json_object *text = get(emitted, "text");

	if (text)
		puts(json_object_get_string(text));
	return EXIT_DONE;
}

int render_compat(const struct app *app, json_object *document)
{
	json_object *verdicts = get(document, "verdicts");
	int r;

	if (app->json)
		return render_json(document);
	if (get(document, "emit"))
		return print_emitted(get(document, "emit"));
	r = render_table(app, document);
	for (size_t i = 0; i < json_object_array_length(verdicts); i++) {
		if (i == 0)
			putchar('\n');
		print_verdict(json_object_array_get_idx(verdicts, i));
	}
	return r;
}

/* ------------------------------------------------------------------ choices */

static struct libscols_line *add_choice(struct libscols_table *table, struct libscols_line *parent,
					json_object *choice, json_object *help)
{
	struct libscols_line *line = scols_table_new_line(table, parent);

	if (!line)
		return NULL;
	set_cell(line, 0, get(choice, "name"));
	if (get(choice, "values")) {
		set_cell(line, 1, get(choice, "values"));
		set_cell(line, 2, get(choice, "default"));
	}
	set_cell(line, 3, help);
	return line;
}

static void add_options(struct libscols_table *table, struct libscols_line *parent,
			json_object *options)
{
	for (size_t i = 0; i < json_object_array_length(options); i++) {
		json_object *option = json_object_array_get_idx(options, i);

		add_choice(table, parent, option, get(option, "help"));
	}
}

int render_choices(const struct app *app, json_object *document)
{
	static const char *const groups[] = { "profiles", "formats" };
	struct libscols_table *table;

	if (app->json)
		return render_json(document);
	table = render_new_table(app);
	if (!table)
		return EXIT_FAILED;
	render_add_column(app, table, "NAME", SCOLS_FL_TREE);
	render_add_column(app, table, "VALUES", 0);
	render_add_column(app, table, "DEFAULT", 0);
	render_add_column(app, table, "MEANING", SCOLS_FL_WRAP);
	for (size_t group = 0; group < ARRAY_SIZE(groups); group++) {
		json_object *list = get(document, groups[group]);

		for (size_t i = 0; i < json_object_array_length(list); i++) {
			json_object *choice = json_object_array_get_idx(list, i);
			struct libscols_line *line =
				add_choice(table, NULL, choice, get(choice, "help"));

			if (get(choice, "options"))
				add_options(table, line, get(choice, "options"));
		}
	}
	add_options(table, NULL, get(document, "format_options"));
	return render_print_table(table);
}
