/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values are json-c's; here they are made, and turned into text for people. */
#include <inttypes.h>
#include <string.h>

#include "app.h"

/* Length of the UTF-8 sequence at TEXT, or 0 if it is none or a control of Latin-1. */
static size_t utf8_length(const unsigned char *text)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};

	for (size_t n = 0; n < ARRAY_SIZE(forms); n++) {
		uint32_t code = text[0] & ~forms[n].mask & 0xffu;

		if ((text[0] & forms[n].mask) != forms[n].lead)
			continue;
		for (size_t i = 1; i <= n; i++) {
			if ((text[i] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (text[i] & 0x3f);
		}
		/* nor the controls behind ASCII's: JSON may carry them, but to a terminal */
		return code < forms[n].least || code > 0x10ffff ||
				       (code >= 0xd800 && code < 0xe000) ||
				       (code >= 0x7f && code < 0xa0)
			       ? 0
			       : n + 1;
	}
	return 0;
}

json_object *value_text(const char *text)
{
	const unsigned char *in = (const unsigned char *)text;
	json_object *value;
	char *buf, *out;

	if (!text)
		return NULL;
	while (*in && (*in < 0x7f || utf8_length(in)))
		in += *in < 0x7f ? 1 : utf8_length(in);
	if (!*in)
		return json_object_new_string(text);
	buf = out = malloc(4 * strlen(text) + 1);
	if (!buf)
		return NULL;
	for (in = (const unsigned char *)text; *in;) {
		size_t n = utf8_length(in);

		if (n > 0)
			out = mempcpy(out, in, n);
		else
			out += sprintf(out, "\\x%02x", *in);
		in += n > 0 ? n : 1;
	}
	*out = '\0';
	value = json_object_new_string(buf);
	free(buf);
	return value;
}

json_object *value_number(uint64_t number)
{
	return json_object_new_uint64(number);
}

json_object *value_bool(bool value)
{
	return json_object_new_boolean(value);
}

json_object *value_hex(uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, number);
	return json_object_new_string(text);
}

json_object *value_decoded(const struct iommuctl_value *value)
{
	json_object *list;

	switch (value->type) {
	case IOMMUCTL_VALUE_BOOL:
		return value_bool(value->boolean);
	case IOMMUCTL_VALUE_NUMBER:
		return value_number(value->number);
	case IOMMUCTL_VALUE_TEXT:
		return value_text(value->text);
	case IOMMUCTL_VALUE_NUMBERS:
	case IOMMUCTL_VALUE_TEXTS:
		list = json_object_new_array();
		for (unsigned int i = 0; i < value->count; i++)
			json_object_array_add(list, value->type == IOMMUCTL_VALUE_TEXTS
							    ? value_text(value->texts[i])
							    : value_number(value->numbers[i]));
		return list;
	case IOMMUCTL_VALUE_NONE:
		break;
	}
	return NULL;
}

void object_set(json_object *object, const char *key, json_object *value)
{
	json_object_object_add_ex(object, key, value,
				  JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY);
}

/* Words of the machine or the user must not drive the terminal; value_text() did the rest. */
static void print_escaped(FILE *out, const char *text)
{
	/* libsmartcols loops for ever over what the locale cannot show */
	const bool ascii = MB_CUR_MAX == 1;

	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || (ascii && (unsigned char)*text >= 0x80))
			fprintf(out, "\\x%02x", (unsigned char)*text);
		else
			fputc(*text, out);
}

static void print_text(FILE *out, json_object *value, unsigned int digits)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		fputc('-', out);
		break;
	case json_type_boolean:
		fputs(json_object_get_boolean(value) ? "yes" : "no", out);
		break;
	case json_type_int:
		if (digits > 0)
			fprintf(out, "0x%0*" PRIx64, (int)digits, json_object_get_uint64(value));
		else
			fprintf(out, "%" PRIu64, json_object_get_uint64(value));
		break;
	case json_type_array:
		if (json_object_array_length(value) == 0)
			fputc('-', out);
		for (size_t i = 0; i < json_object_array_length(value); i++) {
			if (i > 0)
				fputs(", ", out);
			print_text(out, json_object_array_get_idx(value, i), digits);
		}
		break;
	case json_type_string:
		print_escaped(out, json_object_get_string(value));
		break;
	default:
		fputs(json_object_to_json_string_ext(value, JSON_C_TO_STRING_NOSLASHESCAPE), out);
	}
}

char *value_to_text(json_object *value, unsigned int digits)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print_text(out, value, digits);
	fclose(out);
	return text;
}

json_object *value_bytes(const uint8_t *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	char *text = malloc(2 * count + 1);
	json_object *value;

	if (!text)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	value = json_object_new_string_len(text, (int)(2 * count));
	free(text);
	return value;
}

json_object *attr_get(const void *object, const struct attr *attr)
{
	const char *field = (const char *)object + attr->offset;
	uint32_t word;
	uint64_t wide;

	switch (attr->field) {
	case ATTR_U32:
		memcpy(&word, field, sizeof(word));
		return value_number(word);
	case ATTR_U64:
		memcpy(&wide, field, sizeof(wide));
		return value_number(wide);
	case ATTR_ADDRESS:
		memcpy(&wide, field, sizeof(wide));
		return value_hex(wide);
	default:
		return attr->get(object, attr);
	}
}
