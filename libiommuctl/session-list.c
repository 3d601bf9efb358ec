/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of sessions: of their sockets, whether someone still listens there or not. */
#include <dirent.h>
#include <errno.h>

#include "paths.h"
#include "registry.h"
#include "session-path.h"

struct iommuctl_session_list {
	struct dirent **entries;
	size_t count;
};

static int is_session(const struct dirent *entry)
{
	return (entry->d_type == DT_SOCK || entry->d_type == DT_UNKNOWN) &&
	       entry->d_name[0] != '.' && session_name_is_valid(entry->d_name);
}

/* Without a folder there are no sessions. */
static int scan(struct iommuctl_context *ctx, struct iommuctl_session_list *list)
{
	CLEANUP(close_fd) int fd = session_folder_open(ctx, false);
	char path[64];
	int n;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	snprintf(path, sizeof(path), OWN_FDS "/%d", fd);
	n = scandir(path, &list->entries, is_session, alphasort);
	if (n < 0)
		return diag_set(ctx, errno, "folder", "list the sessions", NULL);
	list->count = (size_t)n;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_session_list_load(struct iommuctl_context *ctx,
					       struct iommuctl_session_list **ret_list)
{
	struct iommuctl_session_list *list;
	int r;

	if (!ctx || !ret_list)
		return -EINVAL;
	list = calloc(1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	r = scan(ctx, list);
	if (r < 0) {
		free(list);
		return r;
	}
	*ret_list = list;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_session_list *
iommuctl_session_list_free(struct iommuctl_session_list *list)
{
	for (size_t i = 0; list && i < list->count; i++)
		free(list->entries[i]);
	if (list)
		free(list->entries);
	free(list);
	return NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_session_list_get_name(const struct iommuctl_session_list *list,
							   size_t i)
{
	return list && i < list->count ? list->entries[i]->d_name : NULL;
}
