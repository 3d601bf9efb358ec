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
	int (*find)(const char *device, void *data);
	void *data;
};

static int add_fd(struct handover *handover, int fd)
{
	int *grown = reallocarray(handover->fds, handover->fd_count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	handover->fds = grown;
	handover->fds[handover->fd_count++] = fd;
	return 0;
}

/* The place holder at TEXT; its length, 0 where none is, or -1. */
static int expand_place(const struct expansion *expansion, const char *text, FILE *out)
{
	static const char whole[] = "{iommufd}", device[] = "{device:";
	const char *end = strchr(text, '}');
	char *name = NULL;
	int fd;

	if (strncmp(text, device, strlen(device)) == 0 && end) {
		name = strndup(text + strlen(device), (size_t)(end - text) - strlen(device));
		fd = name ? expansion->find(name, expansion->data) : -1;
		free(name);
	} else if (strncmp(text, whole, strlen(whole)) == 0) {
		fd = expansion->find(NULL, expansion->data);
	} else {
		return 0;
	}
	if (fd < 0 || add_fd(expansion->handover, fd) < 0)
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

int handover_make(char *const *words, size_t count, int (*find)(const char *device, void *data),
		  void *data, struct handover *ret_handover)
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
