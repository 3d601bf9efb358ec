/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nested records as a tree on the terminal, or as a graph for Graphviz. */
#include <string.h>

#include "render.h"

/* A record's first array of records, or NULL. */
static json_object *children(json_object *parent)
{
	json_object_object_foreach(parent, key, value)
	{
		(void)key;
		if (json_object_is_type(value, json_type_array) &&
		    json_object_is_type(json_object_array_get_idx(value, 0), json_type_object))
			return value;
	}
	return NULL;
}

/* A record is named by its first key; a number says little without the key's noun. */
static char *label(const char *noun, json_object *object)
{
	struct json_object_iterator it = json_object_iter_begin(object);
	json_object *name = json_object_iter_peek_value(&it);
	char *word = value_to_text(name, 0), *text;

	if (!name ? asprintf(&text, "no %s", noun) < 0
		  : !json_object_is_type(name, json_type_int) ||
			    asprintf(&text, "%s %s", noun, word) < 0)
		return word;
	free(word);
	return text;
}

/* All but the name and the children. */
static char *facts(json_object *object)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool first = true;

	if (!out)
		return NULL;
	json_object_object_foreach(object, key, value)
	{
		if (!first && value && !json_object_is_type(value, json_type_array)) {
			char *word = value_to_text(value, 0);

			fprintf(out, "%s%s=%s", ftell(out) > 0 ? " " : "", key, word ? word : "");
			free(word);
		}
		first = false;
	}
	fclose(out);
	return text;
}

static const char *const nouns[] = { "IOMMU", "group", "device" };

static void add_tree(struct libscols_table *table, struct libscols_line *parent,
		     json_object *records, unsigned int depth)
{
	for (size_t i = 0; i < json_object_array_length(records); i++) {
		json_object *object = json_object_array_get_idx(records, i);
		struct libscols_line *line = scols_table_new_line(table, parent);
		json_object *below = children(object);

		if (!line)
			return;
		scols_line_refer_data(line, 0, label(nouns[depth], object));
		scols_line_refer_data(line, 1, facts(object));
		if (below)
			add_tree(table, line, below, depth + 1);
	}
}

static int print_tree(struct app *app, json_object *records)
{
	struct libscols_table *table = render_new_table(app);

	if (!table)
		return EXIT_FAILED;
	render_add_column(app, table, "NAME", SCOLS_FL_TREE);
	render_add_column(app, table, "FACTS", SCOLS_FL_TRUNC);
	add_tree(table, NULL, records, 0);
	return render_print_table(table);
}

static void print_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, out);
	}
	fputc('"', out);
}

/* Ids are numbers: an IOMMU can have the name of a device. */
static void print_nodes(FILE *out, json_object *records, unsigned int depth, unsigned int parent,
			unsigned int *next)
{
	for (size_t i = 0; i < json_object_array_length(records); i++) {
		json_object *object = json_object_array_get_idx(records, i);
		json_object *below = children(object);
		char *name = label(nouns[depth], object), *more = facts(object), *both;
		unsigned int id = (*next)++;

		fprintf(out, "  n%u [label=", id);
		if (asprintf(&both, "%s %s", name, more) >= 0) {
			print_quoted(out, both);
			free(both);
		}
		fputs("];\n", out);
		if (depth > 0)
			fprintf(out, "  n%u -> n%u;\n", parent, id);
		if (below)
			print_nodes(out, below, depth + 1, id, next);
		free(name);
		free(more);
	}
}

static int print_dot(json_object *records)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	unsigned int next = 0;

	if (!out)
		return EXIT_FAILED;
	fputs("digraph iommu {\n  rankdir=LR;\n  node [shape=box];\n", out);
	print_nodes(out, records, 0, 0, &next);
	fputs("}\n", out);
	return render_finish(out, &text, &size);
}

int render_nested(struct app *app, const char *plural, json_object *records)
{
	if (app->json)
		return render_document(app, plural, records);
	if (app->format && strcmp(app->format, "dot") == 0)
		return print_dot(records);
	return print_tree(app, records);
}
