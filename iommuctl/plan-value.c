/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of a plan's file: what they must be, and what they mean. */
#include <inttypes.h>
#include <string.h>

#include "plan.h"

json_object *plan_get(const struct plan_item *item, const char *key)
{
	return json_object_object_get(item->json, key);
}

/* A text that is a word of a line, and can be printed. */
static bool is_text(json_object *value)
{
	const char *text = json_object_get_string(value);
	size_t length = json_object_is_type(value, json_type_string)
				? (size_t)json_object_get_string_len(value)
				: 0;

	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return length > 0;
}

/* A number or a text as a command line has it, in BUF if need be; NULL: it is neither. */
static const char *word_of(json_object *value, char *buf, size_t size)
{
	switch (json_object_get_type(value)) {
	case json_type_string:
		return is_text(value) ? json_object_get_string(value) : NULL;
	case json_type_int:
		if (json_object_get_int64(value) < 0)
			return NULL;
		snprintf(buf, size, "%" PRIu64, json_object_get_uint64(value));
		return buf;
	default:
		return NULL;
	}
}

const char *plan_text(const struct plan_item *item, const char *key)
{
	return json_object_get_string(plan_get(item, key));
}

bool plan_flag(const struct plan_item *item, const char *key, bool otherwise)
{
	json_object *value = plan_get(item, key);

	return value ? json_object_get_boolean(value) : otherwise;
}

bool plan_number(const struct plan_item *item, const char *key, uint64_t *ret)
{
	json_object *value = plan_get(item, key);
	char buf[24];
	const char *word = word_of(value, buf, sizeof(buf));

	return word && param_number(word, ret);
}

bool plan_range(json_object *value, struct iommuctl_range *ret_range)
{
	struct param_value values[PARAM_COUNT] = { 0 };
	json_object *start, *end;
	const char *first, *last, *word;
	char bufs[2][24], text[64];
	bool good;

	if (json_object_is_type(value, json_type_object)) {
		start = json_object_object_get(value, "start");
		end = json_object_object_get(value, "end");
		first = word_of(start, bufs[0], sizeof(bufs[0]));
		last = word_of(end, bufs[1], sizeof(bufs[1]));
		if (!first || !last || json_object_object_length(value) != 2)
			return false;
		if (snprintf(text, sizeof(text), "%s-%s", first, last) >= (int)sizeof(text))
			return false;
		word = text;
	} else {
		word = word_of(value, bufs[0], sizeof(bufs[0]));
	}
	good = word && param_set(values, PARAM_WINDOW, word);
	if (good)
		*ret_range = values[PARAM_WINDOW].ranges[0];
	param_clear(values, PARAMS(PARAM_WINDOW));
	return good;
}

static bool is_ranges(json_object *value)
{
	struct iommuctl_range range;
	bool good =
		json_object_is_type(value, json_type_array) && json_object_array_length(value) > 0;

	for (size_t i = 0; good && i < json_object_array_length(value); i++)
		good = plan_range(json_object_array_get_idx(value, i), &range);
	return good;
}

static bool is_param(enum param_id id, json_object *value)
{
	struct param_value values[PARAM_COUNT] = { 0 };
	char buf[24];
	const char *word;

	if (params[id].kind == PARAM_KIND_FLAG)
		return json_object_is_type(value, json_type_boolean);
	if (params[id].kind == PARAM_KIND_RANGE)
		return is_ranges(value);
	word = word_of(value, buf, sizeof(buf));
	return word && param_set(values, id, word);
}

/* As sessions have them. */
static bool is_name(json_object *value)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	const char *text = json_object_get_string(value);
	size_t length = json_object_is_type(value, json_type_string) ? strlen(text) : 0;

	return length > 0 && length < 64 && length == (size_t)json_object_get_string_len(value) &&
	       strchr(letters, text[0]) &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_.-")] == '\0';
}

static bool is_word(const char *words, json_object *value)
{
	const char *text = json_object_get_string(value);

	if (!is_text(value))
		return false;
	for (size_t length; *words; words += length + (words[length] == '|')) {
		length = strcspn(words, "|");
		if (strlen(text) == length && strncmp(words, text, length) == 0)
			return true;
	}
	return false;
}

static bool fits(const struct plan_bits *bits, json_object *value)
{
	uint64_t number = UINT64_MAX >> (64 - bits->width);
	char buf[24];
	const char *word = word_of(value, buf, sizeof(buf));

	if (json_object_is_type(value, json_type_boolean))
		return bits->width == 1;
	if (bits->in_place)
		return word && param_number(word, &number) &&
		       (number & ~(UINT64_MAX >> (64 - bits->width) << bits->shift)) == 0;
	return word && param_number(word, &number) && number <= UINT64_MAX >> (64 - bits->width);
}

const char *plan_expected(const struct plan_field *field)
{
	static const char *const types[] = {
		[PLAN_NAME] = "a name: letters, digits, '_', '.' and '-', no more than 63, a "
			      "letter or '_' first",
		[PLAN_TEXT] = "a text without control characters",
		[PLAN_FLAG] = "true or false",
		[PLAN_BITS] = "a number, or an address, that has room there",
		[PLAN_REF] = "a name",
	};

	if (field->type == PLAN_WORD)
		return field->words;
	if (field->type != PLAN_PARAM)
		return types[field->type];
	if (params[field->of].kind == PARAM_KIND_FLAG)
		return types[PLAN_FLAG];
	return params[field->of].help;
}

bool plan_is_good(const struct plan_field *field, json_object *value)
{
	switch (field->type) {
	case PLAN_PARAM:
		return is_param((enum param_id)field->of, value);
	case PLAN_NAME:
		return is_name(value);
	case PLAN_FLAG:
		return json_object_is_type(value, json_type_boolean);
	case PLAN_WORD:
		return is_word(field->words, value);
	case PLAN_BITS:
		return fits(&field->bits, value);
	default:
		return is_text(value);
	}
}
