/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes as people write them: hexadecimal digits, or the file that has them. */
#include <errno.h>
#include <string.h>

#include "objects.h"

#define BYTES_MAX (1u << 20)

/* The parameter was checked. */
static int digit(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

int objects_bytes(const struct app *app, const char *text, uint8_t **ret_bytes, size_t *ret_count)
{
	size_t length = strlen(text);
	uint8_t *bytes;
	char *data;
	int r;

	if (text[0] == '@') {
		r = read_input(text + 1, BYTES_MAX, &data, ret_count);
		if (r == -E2BIG)
			message("%s %s: read: more than %u bytes", app->command->noun, text + 1,
				BYTES_MAX);
		else if (r < 0)
			message("%s %s: read: %s", app->command->noun, text + 1, strerror(-r));
		else
			*ret_bytes = (uint8_t *)data;
		return r;
	}
	bytes = calloc(1, length / 2 + 1);
	if (!bytes)
		return -ENOMEM;
	for (size_t i = 0; i < length; i++)
		bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | digit(text[i]));
	*ret_bytes = bytes;
	*ret_count = length / 2;
	return 0;
}
