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
	while (peek(walk) && strchr(" \t\r\n,:", peek(walk)))
		walk->line += *walk->at++ == '\n';
	return peek(walk);
}

/* A string, as it was written, without its quotes. */
static size_t skip_string(struct walk *walk, const char **ret_text)
{
	*ret_text = ++walk->at;
	for (; peek(walk) && peek(walk) != '"'; walk->at++) {
		walk->line += *walk->at == '\n';
		if (*walk->at == '\\' && walk->at + 1 < walk->end)
			walk->at++;
	}
	walk->at += walk->at < walk->end;
	return (size_t)(walk->at - 1 - *ret_text);
}

/* Whether KEY is what was written, which has quotes around it. */
static bool is_written(const char *key, const char *text, size_t length)
{
	json_tokener *tokener;
	json_object *written;
	bool same;

	if (!memchr(text, '\\', length))
		return strlen(key) == length && memcmp(key, text, length) == 0;
	tokener = json_tokener_new();
	written = tokener ? json_tokener_parse_ex(tokener, text - 1, (int)length + 2) : NULL;
	same = written && strcmp(json_object_get_string(written), key) == 0;
	json_object_put(written);
	if (tokener)
		json_tokener_free(tokener);
	return same;
}

static bool mark(struct walk *walk, json_object *value);

static bool mark_members(struct walk *walk, json_object *object)
{
	struct lh_entry *entry = json_object_get_object(object)->head;
	const char *text;

	for (walk->at++; skip_blank(walk) == '"'; entry = entry->next) {
		unsigned int line = walk->line;
		size_t length = skip_string(walk, &text);

		/* of a key that is there twice json-c keeps one */
		if (!entry || !is_written(lh_entry_k(entry), text, length)) {
			walk->line = line;
			walk->reason = "this key is there twice";
			return false;
		}
		if (!mark(walk, (json_object *)lh_entry_v(entry)))
			return false;
	}
	walk->at++;
	return true;
}

static bool mark_items(struct walk *walk, json_object *array)
{
	size_t count = json_object_array_length(array);

	walk->at++;
	for (size_t i = 0; i < count; i++)
		if (!mark(walk, json_object_array_get_idx(array, i)))
			return false;
	skip_blank(walk);
	walk->at++;
	return true;
}

/* Of a number that is too large json-c keeps the largest. */
static bool is_kept(json_object *value, const char *text, size_t length)
{
	static const char largest[] = "18446744073709551615";

	return !json_object_is_type(value, json_type_int) ||
	       json_object_get_uint64(value) < UINT64_MAX ||
	       (length == strlen(largest) && memcmp(text, largest, length) == 0);
}

static bool mark(struct walk *walk, json_object *value)
{
	const char *text;
	char first = skip_blank(walk);

	if (value)
		/* a number with a fraction would be printed by what is there */
		json_object_set_serializer(value, NULL, (void *)(uintptr_t)walk->line, NULL);
	switch (first) {
	case '{':
		return mark_members(walk, value);
	case '[':
		return mark_items(walk, value);
	case '"':
		skip_string(walk, &text);
		return true;
	default:
		for (text = walk->at; peek(walk) && !strchr(" \t\r\n,]}", peek(walk)); walk->at++)
			;
		if (is_kept(value, text, (size_t)(walk->at - text)))
			return true;
		walk->reason = "this number is too large";
		return false;
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
