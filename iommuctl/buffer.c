/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buffer.h"

#include <stdlib.h>

bool buffer_grow(struct buffer *buffer, size_t length)
{
	size_t room = buffer->room ? buffer->room : 4096;
	char *grown;

	while (room - buffer->used < length && room <= SIZE_MAX / 2)
		room *= 2;
	grown = buffer->failed || room - buffer->used < length ? NULL : realloc(buffer->data, room);
	if (!grown) {
		/* nothing fits from now on */
		buffer->failed = true;
		buffer->room = buffer->used;
		return false;
	}
	buffer->data = grown;
	buffer->room = room;
	return true;
}

void buffer_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

/* Inline for the base to be a constant: a division costs more than all else. */
static inline void add_digits(struct buffer *buffer, uint64_t number, unsigned int base)
{
	char digits[20], *at = digits + sizeof(digits);

	do
		*--at = base == 10 ? (char)('0' + number % 10) : "0123456789abcdef"[number % base];
	while (number /= base);
	buffer_add(buffer, at, (size_t)(digits + sizeof(digits) - at));
}

void buffer_number(struct buffer *buffer, uint64_t number)
{
	const char digit = (char)('0' + number);

	if (number < 10)
		buffer_add(buffer, &digit, 1);
	else
		add_digits(buffer, number, 10);
}

void buffer_hex(struct buffer *buffer, uint64_t number)
{
	buffer_literal(buffer, "\"0x");
	add_digits(buffer, number, 16);
	buffer_literal(buffer, "\"");
}
