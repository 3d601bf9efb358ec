/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files the user names, which have nothing to do with the root. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app.h"

static int read_all(int fd, size_t limit, char **ret_text, size_t *ret_length)
{
	char *text = NULL, *grown;
	size_t length = 0, room = 0;
	ssize_t n;
	int r = 0;

	do {
		if (length == room) {
			room = room ? 2 * room : 65536;
			grown = realloc(text, room);
			r = grown ? 0 : -ENOMEM;
			text = grown ? grown : text;
		}
		n = r == 0 ? read(fd, text + length, room - length) : 0;
		if (n < 0 && errno != EINTR)
			r = -errno;
		length += n > 0 ? (size_t)n : 0;
		if (length > limit)
			r = -E2BIG;
	} while (r == 0 && n != 0);
	if (r < 0) {
		free(text);
		return r;
	}
	*ret_text = text;
	*ret_length = length;
	return 0;
}

int read_input(const char *path, size_t limit, char **ret_text, size_t *ret_length)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), r;

	if (fd < 0)
		return -errno;
	r = read_all(fd, limit, ret_text, ret_length);
	if (!is_stdin)
		close(fd);
	return r;
}
