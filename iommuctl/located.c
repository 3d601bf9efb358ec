/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json-c parses, but forgets where things stood, and which keys stood twice. So the text, which is
 * known to be JSON then, is walked once more beside what became of it.
 */
#include "located.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct walk {
	const char *at, *end;
	unsigned int line;
	const char *reason; /* why it is no good; static */
};

unsigned int located_line(json_object *value)
{
	return (unsigned int)(uintptr_t)json_object_get_userdata(value);
}

static char peek(const struct walk *walk)
{
	return walk->at < walk->end ? *walk->at : '\0';
}

/* Up to the next value or end of one; colons and commas are where they belong. */
static char skip_blank(struct walk *walk)
{
	while (peek(walk) && strchr(" \t\r\n\v\f,:", peek(walk)))
		walk->line += *walk->at++ == '\n';
	return peek(walk);
}

static void skip_string(struct walk *walk)
{
	for (walk->at++; peek(walk) && peek(walk) != '"'; walk->at++) {
		walk->line += *walk->at == '\n';
		if (*walk->at == '\\' && walk->at + 1 < walk->end)
			walk->at++;
	}
	walk->at += walk->at < walk->end;
}

/* What the string from TEXT to END, with its quotes, means. */
static json_object *decode(const char *text, const char *end)
{
	json_tokener *tokener;
	json_object *string;

	if (!memchr(text, '\\', (size_t)(end - text)))
		return json_object_new_string_len(text + 1, (int)(end - text) - 2);
	tokener = json_tokener_new();
	string = tokener ? json_tokener_parse_ex(tokener, text, (int)(end - text)) : NULL;
	if (tokener)
		json_tokener_free(tokener);
	return string;
}

static bool mark(struct walk *walk, json_object *value);

/* A member of OBJECT. Of those that were SEEN json-c keeps the last one. */
static bool mark_member(struct walk *walk, json_object *object, json_object *seen)
{
	unsigned int line = walk->line;
	const char *start = walk->at, *text;
	json_object *key;

	skip_string(walk);
	key = decode(start, walk->at);
	text = json_object_get_string(key);
	if (key && strlen(text) != (size_t)json_object_get_string_len(key))
		walk->reason = "this key has a character that is none";
	else if (json_object_object_get_ex(seen, text, NULL))
		walk->reason = "this key is there twice";
	else if (key && json_object_object_add(seen, text, NULL) == 0) {
		bool good = mark(walk, json_object_object_get(object, text));

		json_object_put(key);
		return good;
	}
	walk->line = line;
	json_object_put(key);
	return false;
}

static bool mark_members(struct walk *walk, json_object *object)
{
	json_object *seen = json_object_new_object();
	bool good = seen != NULL;

	for (walk->at++; good && skip_blank(walk) == '"';)
		good = mark_member(walk, object, seen);
	walk->at++;
	json_object_put(seen);
	return good;
}

static bool mark_items(struct walk *walk, json_object *array)
{
	bool good = true;

	walk->at++;
	for (size_t i = 0; good && skip_blank(walk) && *walk->at != ']'; i++)
		good = mark(walk, array ? json_object_array_get_idx(array, i) : NULL);
	walk->at++;
	return good;
}

/* Of a number that is too large json-c keeps the largest. */
static bool mark_number(struct walk *walk)
{
	static const char largest[] = "18446744073709551615";
	const char *text = walk->at;
	size_t length, digits = 0;

	while (peek(walk) && !strchr(" \t\r\n\v\f,]}", peek(walk)))
		walk->at++;
	length = (size_t)(walk->at - text);
	while (digits < length && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	if (digits < length || length < strlen(largest) ||
	    (length == strlen(largest) && memcmp(text, largest, length) <= 0))
		return true;
	walk->reason = "this number is too large";
	return false;
}

/* VALUE is what stands there, unless a key that is there twice took its place. */
static bool mark(struct walk *walk, json_object *value)
{
	char first = skip_blank(walk);

	if (value)
		/* a number with a fraction would be printed by what is there */
		json_object_set_serializer(value, NULL, (void *)(uintptr_t)walk->line, NULL);
	switch (first) {
	case '{':
		return mark_members(walk,
				    json_object_is_type(value, json_type_object) ? value : NULL);
	case '[':
		return mark_items(walk, json_object_is_type(value, json_type_array) ? value : NULL);
	case '"':
		skip_string(walk);
		return true;
	default:
		return mark_number(walk);
	}
}

static unsigned int line_of(const char *text, size_t offset)
{
	unsigned int line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

static json_object *parse(const char *text, size_t length, size_t *ret_end, const char **ret_reason)
{
	struct json_tokener *tokener = json_tokener_new();
	json_object *root;

	if (!tokener)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, text, (int)length);
	*ret_end = json_tokener_get_parse_end(tokener);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		*ret_reason = "it ends too early";
	else if (json_tokener_get_error(tokener) != json_tokener_success)
		*ret_reason = json_tokener_error_desc(json_tokener_get_error(tokener));
	else if (!json_object_is_type(root, json_type_object))
		*ret_reason = "it is no object";
	json_tokener_free(tokener);
	return root;
}

int located_parse(const char *text, size_t length, json_object **ret_root, unsigned int *ret_line,
		  const char **ret_reason)
{
	struct walk walk = { text, text + length, 1, NULL };
	const char *reason = NULL, *nul = memchr(text, '\0', length);
	size_t end = nul ? (size_t)(nul - text) : 0;
	json_object *root = NULL;

	if (nul || length >= INT_MAX)
		reason = "it is no text";
	else
		root = parse(text, length, &end, &reason);
	if (!reason && !root)
		return -ENOMEM;
	if (!reason && !mark(&walk, root)) {
		reason = walk.reason;
		*ret_line = walk.line;
		if (!reason) {
			json_object_put(root);
			return -ENOMEM;
		}
	} else if (reason) {
		*ret_line = line_of(text, end);
	}
	if (reason) {
		json_object_put(root);
		*ret_reason = reason;
		return -EINVAL;
	}
	*ret_root = root;
	return 0;
}
