/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes as people write them: hexadecimal digits, or the file that has them. */
#include <errno.h>
#include <string.h>

#include "objects.h"

#define BYTES_MAX (1u << 20)

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c | 0x20) : NULL;

	return at ? (int)(at - digits) : -1;
}

int objects_bytes(const struct app *app, const char *text, uint8_t **ret_bytes, size_t *ret_count)
{
	size_t length = strlen(text);
	uint8_t *bytes;
	char *data;
	int r;

	if (text[0] == '@') {
		r = read_input(text + 1, BYTES_MAX, &data, ret_count);
		if (r < 0)
			message("%s %s: read: %s", app->command->noun, text + 1, strerror(-r));
		else
			*ret_bytes = (uint8_t *)data;
		return r;
	}
	bytes = malloc(length / 2 + 1);
	if (!bytes)
		return -ENOMEM;
	for (size_t i = 0; i < length; i++) {
		int value = digit(text[i]);

		if (value < 0 || length % 2) {
			message("%s: '%s' is not bytes of two hexadecimal digits each",
				app->command->noun, text);
			free(bytes);
			return -EINVAL;
		}
		bytes[i / 2] = (uint8_t)(i % 2 ? bytes[i / 2] | value : value << 4);
	}
	*ret_bytes = bytes;
	*ret_count = length / 2;
	return 0;
}
