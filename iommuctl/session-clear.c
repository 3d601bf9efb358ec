/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is left in the folder of sessions when a keeper was killed. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "session.h"

/* A keeper of nothing takes what is left, unless another runs; it takes that away when it ends. */
static void clear(struct app *app, const char *name)
{
	int fd = open(OWN_NULL, O_RDONLY | O_CLOEXEC);
	struct iommuctl_keeper *keeper;

	if (fd >= 0 && iommuctl_keeper_new(app->ctx, name, fd, &keeper) >= 0)
		iommuctl_keeper_free(keeper);
	if (fd >= 0)
		close(fd);
}

static bool is_unnamed(const char *name)
{
	size_t prefix = strlen(SESSION_RUN_PREFIX);

	return strncmp(name, SESSION_RUN_PREFIX, prefix) == 0 &&
	       isdigit((unsigned char)name[prefix]);
}

void sessions_clear(struct app *app, const char *name)
{
	struct iommuctl_session_list *list;
	const char *other;

	if (iommuctl_session_list_load(app->ctx, &list) < 0)
		return;
	for (size_t i = 0; (other = iommuctl_session_list_get_name(list, i)); i++)
		if ((name ? strcmp(name, other) == 0 : is_unnamed(other)))
			clear(app, other);
	iommuctl_session_list_free(list);
}
