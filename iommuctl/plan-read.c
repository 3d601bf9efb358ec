/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan's file against the table of what it may say. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "located.h"
#include "plan.h"

#define FILE_MAX_BYTES (16u << 20)
#define FINDINGS_MAX   1000
#define SYNTAX	       "syntax"

/* --------------------------------------------------------------------- findings */

void plan_find(struct plan *plan, const char *id, const struct plan_item *item, const char *key,
	       enum plan_verdict verdict, const char *advice, const char *format, ...)
{
	struct plan_finding *grown, finding = { id, NULL, 0, verdict, NULL, advice };
	json_object *value = key ? plan_get(item, key) : item->json;
	va_list args;

	plan->failed += verdict == PLAN_FAIL;
	if (plan->finding_count == FINDINGS_MAX)
		return;
	finding.line = located_line(value	 ? value
				    : item->json ? item->json
						 : plan->items[item->owner].json);
	va_start(args, format);
	if (vasprintf(&finding.evidence, format, args) < 0)
		finding.evidence = NULL;
	va_end(args);
	if (asprintf(&finding.path, "%s%s%s", item->path,
		     key	   ? "."
		     : *item->path ? ""
				   : ".",
		     key ? key : "") < 0)
		finding.path = NULL;
	grown = reallocarray(plan->findings, plan->finding_count + 1, sizeof(*grown));
	if (!grown) {
		free(finding.evidence);
		free(finding.path);
		return;
	}
	plan->findings = grown;
	plan->findings[plan->finding_count++] = finding;
}

/* "an address space" */
#define WITH_ARTICLE(what) strchr("aeiou", (what)[0]) ? "an" : "a", what

PRINTF(4, 5)
static void wrong(struct plan *plan, size_t index, const char *key, const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	plan_find(plan, SYNTAX, &plan->items[index], key, PLAN_FAIL, NULL, "%s", text ? text : "");
	free(text);
}

/* ------------------------------------------------------------------------- items */

static int add_item(struct plan *plan, enum plan_kind kind, json_object *json, size_t owner,
		    const char *key, size_t n)
{
	struct plan_item *item, *grown;
	char place[32] = "";

	/* full at every power of two */
	if ((plan->item_count & (plan->item_count - 1)) == 0) {
		grown = reallocarray(plan->items, plan->item_count ? 2 * plan->item_count : 1,
				     sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		plan->items = grown;
	}
	item = &plan->items[plan->item_count];
	*item = (struct plan_item){
		.kind = kind, .json = json, .owner = owner, .last = UINT64_MAX, .fd = -1
	};
	if (n != SIZE_MAX)
		snprintf(place, sizeof(place), "[%zu]", n);
	if (asprintf(&item->path, "%s%s%s%s", key ? plan->items[owner].path : "", key ? "." : "",
		     key ? key : "", place) < 0)
		return -ENOMEM;
	if (kind == PLAN_LAYOUT)
		plan->items[owner].layout = plan->item_count;
	plan->item_count++;
	return 0;
}

static int read_item(struct plan *plan, size_t index);

static int read_items(struct plan *plan, size_t owner, const struct plan_field *field,
		      json_object *value)
{
	int r = 0;

	if (field->type == PLAN_ITEM) {
		r = add_item(plan, (enum plan_kind)field->of, value, owner, field->key, SIZE_MAX);
		return r < 0 ? r : read_item(plan, plan->item_count - 1);
	}
	if (!json_object_is_type(value, json_type_array)) {
		wrong(plan, owner, field->key, "it is no array");
		return 0;
	}
	for (size_t i = 0; r >= 0 && i < json_object_array_length(value); i++) {
		r = add_item(plan, (enum plan_kind)field->of, json_object_array_get_idx(value, i),
			     owner, field->key, i);
		r = r < 0 ? r : read_item(plan, plan->item_count - 1);
	}
	return r;
}

static void unknown_key(struct plan *plan, size_t index, const struct plan_shape *shape,
			const char *key)
{
	char *keys = NULL;
	size_t size;
	FILE *out = open_memstream(&keys, &size);

	if (!out)
		return;
	for (const struct plan_field *field = shape->fields; field->key; field++)
		fprintf(out, "%s%s", field == shape->fields ? "" : ", ", field->key);
	fclose(out);
	wrong(plan, index, key, "%s has no such key; its keys are %s", shape->what, keys);
	free(keys);
}

/* How many of a group are there, and which may be: "a, b or c". */
static void check_group(struct plan *plan, size_t index, const struct plan_shape *shape,
			const struct plan_field *first)
{
	char keys[128] = "";
	size_t used = 0, there = 0, count = 0;

	for (const struct plan_field *field = first; field->key; field++) {
		if (field->one_of != first->one_of || field->at_most != first->at_most)
			continue;
		there += plan_get(&plan->items[index], field->key) != NULL;
		used += (size_t)snprintf(keys + used, sizeof(keys) - used, "%s%s",
					 count++ ? ", " : "", field->key);
	}
	if (there > 1 || (there == 0 && first->one_of))
		wrong(plan, index, NULL, "%s has %s one of %s", shape->what,
		      first->one_of ? "just" : "no more than", keys);
}

static void check_presence(struct plan *plan, size_t index, const struct plan_shape *shape)
{
	unsigned int seen_one = 0, seen_most = 0;

	for (const struct plan_field *field = shape->fields; field->key; field++) {
		if (field->required && !plan_get(&plan->items[index], field->key))
			wrong(plan, index, NULL, "%s is missing", field->key);
		if (field->one_of > seen_one || field->at_most > seen_most)
			check_group(plan, index, shape, field);
		seen_one = field->one_of > seen_one ? field->one_of : seen_one;
		seen_most = field->at_most > seen_most ? field->at_most : seen_most;
	}
}

static int add_name(struct plan *plan, size_t index, const char *key, const char *name)
{
	if (json_object_object_get_ex(plan->names, name, NULL)) {
		wrong(plan, index, key, "%s is named twice", name);
		return 0;
	}
	return json_object_object_add(plan->names, name, json_object_new_int64((int64_t)index)) < 0
		       ? -ENOMEM
		       : 0;
}

static int read_member(struct plan *plan, size_t index, const char *key, json_object *value)
{
	const struct plan_shape *shape = &plan_shapes[plan->items[index].kind];
	const struct plan_field *field = shape->fields;

	while (field->key && strcmp(field->key, key) != 0)
		field++;
	if (!field->key) {
		unknown_key(plan, index, shape, key);
		return 0;
	}
	if (!value) {
		wrong(plan, index, key, "null is no value: leave the key out");
		return 0;
	}
	if (field->type == PLAN_ITEM || field->type == PLAN_ITEMS)
		return read_items(plan, index, field, value);
	if (!plan_is_good(field, value)) {
		wrong(plan, index, key, "it must be: %s", plan_expected(field));
		return 0;
	}
	if (index > 0 && field->type == PLAN_NAME) {
		plan->items[index].name = json_object_get_string(value);
		return add_name(plan, index, key, plan->items[index].name);
	}
	if (plan->items[index].kind == PLAN_DEVICE && field->type == PLAN_TEXT)
		return add_name(plan, index, key, json_object_get_string(value));
	return 0;
}

static int read_item(struct plan *plan, size_t index)
{
	const struct plan_shape *shape = &plan_shapes[plan->items[index].kind];
	json_object *json = plan->items[index].json;
	int r = 0;

	if (!json_object_is_type(json, json_type_object)) {
		wrong(plan, index, NULL, "%s is an object", shape->what);
		return 0;
	}
	json_object_object_foreach(json, key, value)
	{
		r = read_member(plan, index, key, value);
		if (r < 0)
			return r;
	}
	check_presence(plan, index, shape);
	return 0;
}

/* -------------------------------------------------------------------- references */

struct plan_item *plan_target(const struct plan *plan, const struct plan_item *item,
			      const char *key)
{
	const char *text = plan_text(item, key);
	json_object *index;

	return text && json_object_object_get_ex(plan->names, text, &index)
		       ? &plan->items[json_object_get_int64(index)]
		       : NULL;
}

struct plan_item *plan_next(const struct plan *plan, enum plan_kind kind,
			    const struct plan_item *item)
{
	size_t i = item ? (size_t)(item - plan->items) + 1 : 0;

	while (i < plan->item_count && plan->items[i].kind != kind)
		i++;
	return i < plan->item_count ? &plan->items[i] : NULL;
}

const struct plan_item *plan_layout_of(const struct plan *plan, const struct plan_item *ioas)
{
	return ioas->layout ? &plan->items[ioas->layout] : NULL;
}

static void check_references(struct plan *plan)
{
	for (size_t i = 0; i < plan->item_count; i++)
		for (const struct plan_field *field = plan_shapes[plan->items[i].kind].fields;
		     field->key; field++) {
			const struct plan_item *target;
			const char *text = plan_text(&plan->items[i], field->key);

			if (field->type != PLAN_REF || !text)
				continue;
			target = plan_target(plan, &plan->items[i], field->key);
			if (!target)
				wrong(plan, i, field->key, "nothing in the plan has the name %s",
				      text);
			else if (!(field->of >> target->kind & 1))
				wrong(plan, i, field->key, "%s is %s", text,
				      plan_shapes[target->kind].what);
		}
}

/* -------------------------------------------------------------------------- file */

static int read_text(struct plan *plan, char **ret_text, size_t *ret_length)
{
	int r = read_input(plan->file, FILE_MAX_BYTES, ret_text, ret_length);

	if (r == -E2BIG)
		message("plan %s: read: it is longer than %u bytes", plan->file, FILE_MAX_BYTES);
	else if (r < 0)
		message("plan %s: read: %s", plan->file, strerror(-r));
	return r;
}

static int read_root(struct plan *plan, const char *text, size_t length)
{
	const char *reason;
	unsigned int line = 1;
	int r = located_parse(text, length, &plan->root, &line, &reason);

	if (r != -EINVAL)
		return r < 0 ? r : add_item(plan, PLAN_ROOT, plan->root, 0, NULL, SIZE_MAX);
	r = add_item(plan, PLAN_ROOT, NULL, 0, NULL, SIZE_MAX);
	if (r < 0)
		return r;
	wrong(plan, 0, NULL, "%s", reason);
	if (plan->finding_count > 0)
		plan->findings[0].line = line;
	return 0;
}

int plan_read(struct app *app, const char *file, struct plan *plan)
{
	char *text = NULL;
	size_t length;
	int r;

	*plan = (struct plan){ .app = app, .file = file, .names = json_object_new_object() };
	r = plan->names ? read_text(plan, &text, &length) : -ENOMEM;
	if (r >= 0)
		r = read_root(plan, text, length);
	free(text);
	if (r >= 0 && plan->root)
		r = read_item(plan, 0);
	if (r >= 0 && plan->root)
		check_references(plan);
	if (r >= 0 && plan->failed == 0)
		plan_check_rules(plan);
	if (r == -ENOMEM)
		message("out of memory");
	return r;
}

void plan_free(struct plan *plan)
{
	for (size_t i = 0; i < plan->item_count; i++) {
		free(plan->items[i].path);
		free(plan->items[i].users);
		free(plan->items[i].placements);
	}
	for (size_t i = 0; i < plan->finding_count; i++) {
		free(plan->findings[i].path);
		free(plan->findings[i].evidence);
	}
	free(plan->items);
	free(plan->findings);
	json_object_put(plan->names);
	json_object_put(plan->root);
	*plan = (struct plan){ 0 };
}
