/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that get file descriptors: their numbers stand where {iommufd} or {device:NAME} stood.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "session.h"

struct expansion {
	struct handover *handover;
	int (*find)(enum place place, const char *name, void *data);
	void *data;
};

int handover_add(struct handover *handover, int fd)
{
	int *grown = reallocarray(handover->fds, handover->fd_count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	handover->fds = grown;
	handover->fds[handover->fd_count++] = fd;
	return 0;
}

static const struct {
	const char *text;
	bool has_name;
} places[] = {
	[PLACE_IOMMUFD] = { "{iommufd}", false },
	[PLACE_DEVICE] = { "{device:", true },
	[PLACE_MEMORY] = { "{memory:", true },
};

/* The place holder at TEXT; its length, 0 where none is, or -1. */
static int expand_place(const struct expansion *expansion, const char *text, FILE *out)
{
	const char *end = strchr(text, '}');
	size_t i = 0, length;
	char *name = NULL;
	int fd;

	while (i < ARRAY_SIZE(places) && strncmp(text, places[i].text, strlen(places[i].text)) != 0)
		i++;
	if (i == ARRAY_SIZE(places) || !end)
		return 0;
	length = strlen(places[i].text);
	if (places[i].has_name && !(name = strndup(text + length, (size_t)(end - text) - length)))
		return -1;
	fd = expansion->find((enum place)i, name, expansion->data);
	free(name);
	if (fd < 0 || handover_add(expansion->handover, fd) < 0)
		return -1;
	fprintf(out, "%d", fd);
	return (int)(end + 1 - text);
}

static int expand_word(const struct expansion *expansion, const char *word, char **ret_word)
{
	size_t size;
	FILE *out = open_memstream(ret_word, &size);
	int n = 0;

	if (!out)
		return -ENOMEM;
	while (*word && n >= 0) {
		n = *word == '{' ? expand_place(expansion, word, out) : 0;
		if (n == 0)
			fputc(*word++, out);
		else if (n > 0)
			word += n;
	}
	return fclose(out) != 0 || n < 0 ? -EINVAL : 0;
}

int handover_make(char *const *words, size_t count,
		  int (*find)(enum place place, const char *name, void *data), void *data,
		  struct handover *ret_handover)
{
	struct handover handover = { .words = calloc(count + 1, sizeof(*handover.words)) };
	const struct expansion expansion = { &handover, find, data };
	int r = handover.words ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++)
		r = expand_word(&expansion, words[i], &handover.words[i]);
	if (r < 0)
		handover_free(&handover);
	else
		*ret_handover = handover;
	return r;
}

void handover_free(struct handover *handover)
{
	for (size_t i = 0; handover->words && handover->words[i]; i++)
		free(handover->words[i]);
	free(handover->words);
	free(handover->fds);
	*handover = (struct handover){ 0 };
}

int handover_exec(const struct handover *handover, const char *session)
{
	int error;

	for (size_t i = 0; i < handover->fd_count; i++)
		fcntl(handover->fds[i], F_SETFD, 0);
	if (session)
		setenv("IOMMUCTL_SESSION", session, 1);
	execvp(handover->words[0], handover->words);
	error = errno;
	message("session%s%s: run %s: %s", session ? " " : "", session ? session : "",
		handover->words[0], strerror(error));
	/* as shells have it */
	return error == ENOENT ? 127 : 126;
}
