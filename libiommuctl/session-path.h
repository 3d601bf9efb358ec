/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where sessions have their sockets. */
#ifndef IOMMUCTL_SESSION_PATH_H
#define IOMMUCTL_SESSION_PATH_H

#include <sys/un.h>

#include "internal.h"
#include "session-protocol.h"

struct session_path {
	int folder; /* nobody else can use it */
	char name[SESSION_NAME_SIZE];
};

/*
 * Of NAME, or of a path, which has a slash; with CREATE the folder of names is made if it is not
 * there, and the folder must be this user's. Sets the diagnostic.
 * Errors: -EINVAL no such name can be; -ENOENT there is no folder; -ENXIO where is not known;
 * -EACCES, -EPERM the folder is another user's, or others can use it.
 */
int session_path_open(struct iommuctl_context *ctx, const char *name, bool create,
		      struct session_path *ret_path);
void session_path_close(struct session_path *path);
/* The folder of names alone. */
int session_folder_open(struct iommuctl_context *ctx, bool create);
/* For bind() and connect(), however long the folder's own path is. */
void session_path_address(const struct session_path *path, struct sockaddr_un *ret_address);

#endif
