/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From objects and their attributes to output: JSON through json-c, tables,
 * key-value text and trees through libsmartcols. The only code that knows
 * which of them was asked for.
 */
#include "render.h"

/* ------------------------------------------------------------------- JSON */

static json_object *record(const struct app *app, const void *object)
{
	json_object *result = json_object_new_object();

	for (size_t i = 0; i < app->selection.count; i++) {
		const struct attr *attr = app->selection.attrs[i];

		object_set(result, attr->key, attr_get(object, attr));
	}
	return result;
}

static void print_json(FILE *out, json_object *value)
{
	fputs(json_object_to_json_string_ext(value, RENDER_JSON), out);
}

/* A record at a time, so that a large machine's document is held as text only. */
static void print_records(FILE *out, const struct app *app, const struct objects *objects)
{
	for (size_t i = 0; i < objects->count; i++) {
		json_object *value = record(app, objects->items[i]);

		fputs(i > 0 ? ",\n" : "\n", out);
		print_json(out, value);
		json_object_put(value);
	}
}

static void print_array(FILE *out, json_object *records)
{
	for (size_t i = 0; i < json_object_array_length(records); i++) {
		fputs(i > 0 ? ",\n" : "\n", out);
		print_json(out, json_object_array_get_idx(records, i));
	}
}

/* The document is whole before any of it is printed. */
int render_finish(FILE *out, char **text, size_t *size)
{
	int r = fclose(out) == 0 ? EXIT_DONE : EXIT_FAILED;

	if (r == EXIT_DONE)
		fwrite(*text, 1, *size, stdout);
	else
		message("out of memory");
	free(*text);
	return r;
}

static int render_json(struct app *app, const char *plural, const struct objects *objects,
		       json_object *records, json_object *extra)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return EXIT_FAILED;
	fprintf(out, "{\"schema\":\"iommuctl/1\",\"%s\":[", plural);
	if (records)
		print_array(out, records);
	else
		print_records(out, app, objects);
	fputs("\n]", out);
	if (extra) {
		json_object_object_foreach(extra, key, value)
		{
			fprintf(out, ",\"%s\":", key);
			print_json(out, value);
		}
	}
	fputs("}\n", out);
	return render_finish(out, &text, &size);
}

int render_document(struct app *app, const char *plural, json_object *records)
{
	return render_json(app, plural, NULL, records, NULL);
}

int render_lines(struct app *app, const char *plural, json_object *records,
		 void (*print)(json_object *record))
{
	if (app->json)
		return render_document(app, plural, records);
	for (size_t i = 0; i < json_object_array_length(records); i++)
		print(json_object_array_get_idx(records, i));
	return EXIT_DONE;
}

/* ------------------------------------------------------------------- text */

int render_print_table(struct libscols_table *table)
{
	int r = scols_table_is_empty(table) ? 0 : scols_print_table(table);

	scols_unref_table(table);
	return r == 0 ? EXIT_DONE : EXIT_FAILED;
}

struct libscols_table *render_new_table(const struct app *app)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	scols_table_enable_noheadings(table, app->no_heading);
	/* value_to_text() did that */
	scols_table_enable_noencoding(table, 1);
	if (use_color(app))
		scols_table_enable_colors(table, 1);
	return table;
}

void render_add_column(const struct app *app, struct libscols_table *table, const char *heading,
		       int flags)
{
	struct libscols_column *column = scols_table_new_column(table, heading, 0, flags);

	if (column && use_color(app))
		scols_cell_set_color(scols_column_get_header(column), "bold");
}

static void set_cell(struct libscols_line *line, size_t column, json_object *value,
		     unsigned int digits)
{
	char *text = value_to_text(value, digits);

	scols_line_refer_data(line, column, text);
	json_object_put(value);
}

static int render_table(struct app *app, const struct objects *objects)
{
	struct libscols_table *table = render_new_table(app);
	/* for a script, which would have to take the blanks away */
	bool bare = app->no_heading && app->selection.count == 1;

	if (!table)
		return EXIT_FAILED;
	for (size_t i = 0; i < app->selection.count; i++) {
		const struct attr *attr = app->selection.attrs[i];

		render_add_column(app, table, bare ? NULL : attr->heading,
				  (attr->flags & ATTR_RIGHT && !bare ? SCOLS_FL_RIGHT : 0) |
					  (i + 1 == app->selection.count ? SCOLS_FL_TRUNC : 0));
	}
	for (size_t n = 0; n < objects->count; n++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);

		for (size_t i = 0; line && i < app->selection.count; i++) {
			const struct attr *attr = app->selection.attrs[i];

			set_cell(line, i, attr_get(objects->items[n], attr), attr->hex);
		}
	}
	return render_print_table(table);
}

struct rows {
	struct libscols_table *table;
	struct libscols_line *parent;
};

static struct libscols_line *add_row(struct rows *rows, const char *label, json_object *value,
				     unsigned int digits)
{
	struct libscols_line *line = scols_table_new_line(rows->table, rows->parent);

	if (!line) {
		json_object_put(value);
		return NULL;
	}
	scols_line_set_data(line, 0, label);
	set_cell(line, 1, value, digits);
	return line;
}

void rows_add(struct rows *rows, const char *label, json_object *value, const char *note)
{
	char *text = value_to_text(value, 0), *both;

	/* one column: a long value somewhere must not push the notes of all others away */
	if ((note ? asprintf(&both, "%-22s %s", text ? text : "", note)
		  : asprintf(&both, "%s", text ? text : "")) >= 0) {
		add_row(rows, label, json_object_new_string(both), 0);
		free(both);
	}
	free(text);
	json_object_put(value);
}

static int render_show(struct app *app, const struct objects *objects)
{
	int r = EXIT_DONE;

	for (size_t n = 0; r == EXIT_DONE && n < objects->count; n++) {
		struct rows rows = { .table = render_new_table(app) };

		if (!rows.table)
			return EXIT_FAILED;
		scols_table_enable_noheadings(rows.table, 1);
		render_add_column(app, rows.table, "KEY", SCOLS_FL_TREE);
		render_add_column(app, rows.table, "VALUE", SCOLS_FL_WRAP);
		for (size_t i = 0; i < app->selection.count; i++) {
			const struct attr *attr = app->selection.attrs[i];

			rows.parent = NULL;
			if (attr->rows) {
				rows.parent = add_row(&rows, attr->key, value_text(""), 0);
				attr->rows(objects->items[n], &rows);
			} else {
				add_row(&rows, attr->key, attr_get(objects->items[n], attr),
					attr->hex);
			}
		}
		if (n > 0)
			fputc('\n', stdout);
		r = render_print_table(rows.table);
	}
	return r;
}

static int keep_records(struct app *app, const struct objects *objects)
{
	for (size_t i = 0; i < objects->count; i++)
		result_add(app, objects->items[i]);
	return EXIT_DONE;
}

int render(struct app *app, enum view view, const struct objects *objects, json_object *extra)
{
	int r = app->in_batch ? keep_records(app, objects)
		: app->json ? render_json(app, app->command->objects->plural, objects, NULL, extra)
		: view == VIEW_TABLE ? render_table(app, objects)
				     : render_show(app, objects);

	json_object_put(extra);
	return r;
}
