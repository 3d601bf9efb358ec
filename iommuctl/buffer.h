/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that grows. A failure is kept: what follows it is not added. */
#ifndef IOMMUCTL_BUFFER_H
#define IOMMUCTL_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
	char *data;
	size_t used, room;
	bool failed;
};

bool buffer_grow(struct buffer *buffer, size_t length);

static inline void buffer_add(struct buffer *buffer, const char *text, size_t length)
{
	if (buffer->room - buffer->used < length && !buffer_grow(buffer, length))
		return;
	memcpy(buffer->data + buffer->used, text, length);
	buffer->used += length;
}

#define buffer_literal(buffer, text) buffer_add(buffer, text, sizeof(text) - 1)

void buffer_text(struct buffer *buffer, const char *text);
void buffer_number(struct buffer *buffer, uint64_t number);
/* "0x...", with the quotes */
void buffer_hex(struct buffer *buffer, uint64_t number);

#endif
