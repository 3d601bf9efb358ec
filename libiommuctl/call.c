/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call that was made: its row of call-table.c, and the values of its argument. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "abi/vfio.h"
#include "call.h"

const struct call *call_find(enum call_on on, unsigned long request, const void *argument)
{
	const struct abi_vfio_device_feature *feature = argument;
	const struct call *found = NULL;

	if (request == ABI_VFIO_DEVICE_FEATURE && on == CALL_ON_DEVICE && feature &&
	    (feature->flags & ABI_VFIO_DEVICE_FEATURE_MASK) < call_feature_count)
		return &call_features[feature->flags & ABI_VFIO_DEVICE_FEATURE_MASK];
	for (size_t i = 0; i < call_count; i++)
		if (calls[i].request == request && (!found || calls[i].on == on))
			found = &calls[i];
	return found;
}

void call_take(struct iommuctl_call *call, const void *argument)
{
	const struct call *row = call->row;
	uint32_t size = row->size;

	if (row->field_count > 0 && row->fields[0].kind == CALL_SIZE) {
		memcpy(&size, argument, sizeof(size));
		if (size < sizeof(size))
			size = sizeof(size);
	}
	call->size = size < row->size ? size : row->size;
	memcpy(call->before, argument, call->size);
}

/* ------------------------------------------------------------------ fields */

static uint64_t read_value(const struct call_field *row, const void *argument)
{
	const unsigned char *at = (const unsigned char *)argument + row->offset;
	uint64_t value = 0;
	uint32_t word;
	uint16_t half;

	switch (row->size) {
	case 8:
		memcpy(&value, at, sizeof(value));
		return value;
	case 4:
		memcpy(&word, at, sizeof(word));
		return row->kind == CALL_FD ? (uint64_t)(int32_t)word : word;
	case 2:
		memcpy(&half, at, sizeof(half));
		return half;
	default: /* a byte, or some that are reserved */
		for (size_t i = 0; i < row->size; i++)
			value = value << 8 | at[i];
		return value;
	}
}

/* The names of the bits, and the bits without one. */
static void name_value(struct iommuctl_call_field *field)
{
	uint64_t rest = field->value;
	bool named = false;

	for (const struct field_name *name = field->row->names; name->name; name++) {
		if ((field->value & name->mask) != name->value)
			continue;
		field->labels[field->label_count++] = name->name;
		rest &= ~name->mask;
		named = true;
	}
	if (rest || (!named && field->row->kind == CALL_ENUM)) {
		snprintf(field->rest, sizeof(field->rest), "0x%" PRIx64, rest);
		field->labels[field->label_count++] = field->rest;
	}
}

PRINTF(2, 3) static void append(struct iommuctl_call_field *field, const char *format, ...)
{
	size_t used = strlen(field->text);
	va_list args;

	va_start(args, format);
	vsnprintf(field->text + used, sizeof(field->text) - used, format, args);
	va_end(args);
}

static void print_labels(struct iommuctl_call_field *field)
{
	for (size_t i = 0; i < field->label_count; i++)
		append(field, "%s%s", i > 0 ? "|" : "", field->labels[i]);
	if (field->label_count == 0)
		append(field, "0");
}

/* As many as fit, and an ellipsis. */
static void print_ranges(struct iommuctl_call_field *field)
{
	const size_t most =
		sizeof(field->text) - sizeof(", 0x0123456789abcdef-0x0123456789abcdef, ...]");
	struct iommuctl_range range;

	append(field, "[");
	for (size_t i = 0; iommuctl_call_field_get_range(field, i, &range) == 0; i++) {
		append(field, "%s", i > 0 ? ", " : "");
		if (strlen(field->text) > most) {
			append(field, "...");
			break;
		}
		append(field, "0x%" PRIx64 "-0x%" PRIx64, range.start, range.end);
	}
	append(field, "]");
}

static void take_ranges(const struct iommuctl_call *call, struct iommuctl_call_field *field,
			const void *argument)
{
	uint32_t count, room;

	memcpy(&count, (const char *)argument + field->row->count, sizeof(count));
	memcpy(&room, call->before + field->row->count, sizeof(room));
	field->pair_count = count < room ? count : room;
	field->pairs = field->row->size > 0
			       ? (const void *)(uintptr_t)field->value
			       : (const void *)((const char *)argument + field->row->offset);
	if (!field->pairs)
		field->pair_count = 0;
	print_ranges(field);
}

static void print_id(const struct iommuctl_call *call, struct iommuctl_call_field *field)
{
	if (field->value >= CALL_PRETENDED_ID &&
	    field->value - CALL_PRETENDED_ID < call->pretended_ids)
		append(field, "new%" PRIu64, field->value - CALL_PRETENDED_ID + 1);
	else
		append(field, "%" PRIu64, field->value);
}

static void describe(const struct iommuctl_call *call, struct iommuctl_call_field *field,
		     const void *argument)
{
	switch (field->row->kind) {
	case CALL_FLAGS:
	case CALL_ENUM:
		field->kind =
			field->row->kind == CALL_ENUM ? IOMMUCTL_CALL_ENUM : IOMMUCTL_CALL_FLAGS;
		name_value(field);
		print_labels(field);
		return;
	case CALL_RANGES:
	case CALL_SPANS:
		if (!call->follow)
			break;
		field->kind = IOMMUCTL_CALL_RANGES;
		take_ranges(call, field, argument);
		return;
	case CALL_TEXT:
		field->kind = IOMMUCTL_CALL_TEXT;
		return;
	case CALL_FD:
		field->kind = IOMMUCTL_CALL_FD;
		append(field, "%" PRId64, (int64_t)field->value);
		return;
	case CALL_ID:
		field->kind = IOMMUCTL_CALL_NUMBER;
		print_id(call, field);
		return;
	case CALL_SIZE:
	case CALL_NUMBER:
		field->kind = IOMMUCTL_CALL_NUMBER;
		append(field, "%" PRIu64, field->value);
		return;
	default:
		break;
	}
	field->kind = IOMMUCTL_CALL_HEX;
	append(field, "0x%" PRIx64, field->value);
}

/* What goes without saying: the size of the struct as it is here, and zeros. */
static bool is_as_usual(const struct call *row, const struct iommuctl_call_field *field)
{
	return (field->row->kind == CALL_SIZE && field->value == row->size) ||
	       (field->row->kind == CALL_RESERVED && field->value == 0);
}

/*
 * A call that failed gives nothing but what it wrote all the same; one that was left out nothing
 * but ids.
 */
static bool is_given(const struct iommuctl_call *call, const struct call_field *row,
		     const void *argument)
{
	if (!call->was_issued)
		return row->kind == CALL_ID && row->direction == CALL_OUT;
	return call->result >= 0 || (row->direction == CALL_IN_OUT &&
				     read_value(row, argument) != read_value(row, call->before));
}

void call_add_fields(struct iommuctl_call *call, int direction, const void *argument)
{
	for (size_t i = 0; i < call->row->field_count; i++) {
		const struct call_field *row = &call->row->fields[i];
		struct iommuctl_call_field *field = &call->fields[call->field_count];

		if (!(row->direction & direction) ||
		    (size_t)(row->offset + row->size) > call->size ||
		    (direction == CALL_OUT && !is_given(call, row, argument)))
			continue;
		*field = (struct iommuctl_call_field){
			.row = row,
			.is_output = direction == CALL_OUT,
			.value = read_value(row, argument),
		};
		if (is_as_usual(call->row, field))
			continue;
		describe(call, field, argument);
		call->field_count++;
	}
}

/* ----------------------------------------------------------------- getters */

IOMMUCTL_EXPORT const char *iommuctl_call_get_name(const struct iommuctl_call *call)
{
	return call ? call->row->name : NULL;
}

IOMMUCTL_EXPORT unsigned long iommuctl_call_get_request(const struct iommuctl_call *call)
{
	return call ? call->request : 0;
}

IOMMUCTL_EXPORT const char *iommuctl_call_get_since(const struct iommuctl_call *call)
{
	return call ? call->row->since : NULL;
}

IOMMUCTL_EXPORT int iommuctl_call_get_fd(const struct iommuctl_call *call)
{
	return call ? call->fd : -EINVAL;
}

IOMMUCTL_EXPORT int iommuctl_call_get_result(const struct iommuctl_call *call)
{
	return call ? call->result : -EINVAL;
}

IOMMUCTL_EXPORT bool iommuctl_call_was_issued(const struct iommuctl_call *call)
{
	return call && call->was_issued;
}

IOMMUCTL_EXPORT const struct iommuctl_call_field *
iommuctl_call_get_field(const struct iommuctl_call *call, size_t i)
{
	return call && i < call->field_count ? &call->fields[i] : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_call_field_get_name(const struct iommuctl_call_field *field)
{
	return field ? field->row->name : NULL;
}

IOMMUCTL_EXPORT bool iommuctl_call_field_is_output(const struct iommuctl_call_field *field)
{
	return field && field->is_output;
}

IOMMUCTL_EXPORT enum iommuctl_call_field_kind
iommuctl_call_field_get_kind(const struct iommuctl_call_field *field)
{
	return field ? field->kind : IOMMUCTL_CALL_NUMBER;
}

IOMMUCTL_EXPORT uint64_t iommuctl_call_field_get_value(const struct iommuctl_call_field *field)
{
	return field ? field->value : 0;
}

IOMMUCTL_EXPORT const char *iommuctl_call_field_get_text(const struct iommuctl_call_field *field)
{
	if (!field)
		return NULL;
	return field->kind == IOMMUCTL_CALL_TEXT ? (const char *)(uintptr_t)field->value
						 : field->text;
}

IOMMUCTL_EXPORT const char *iommuctl_call_field_get_label(const struct iommuctl_call_field *field,
							  size_t i)
{
	return field && i < field->label_count ? field->labels[i] : NULL;
}

IOMMUCTL_EXPORT int iommuctl_call_field_get_range(const struct iommuctl_call_field *field, size_t i,
						  struct iommuctl_range *ret_range)
{
	struct iommuctl_range range;

	if (!field || !ret_range)
		return -EINVAL;
	if (i >= field->pair_count)
		return -ENOENT;
	memcpy(&range, field->pairs + 2 * i, sizeof(range));
	if (field->row->kind == CALL_SPANS)
		range.end += range.start - 1;
	*ret_range = range;
	return 0;
}
