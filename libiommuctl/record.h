/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a context reads, kept for a snapshot under the paths it really has: links as links, and
 * what was read through them where they lead.
 */
#ifndef IOMMUCTL_RECORD_H
#define IOMMUCTL_RECORD_H

#include "internal.h"

struct recorder {
	struct vfs *vfs;
	const char *without; /* what is below this path is not kept; or NULL */
	int error;	     /* the first failure; nothing is lost silently */
};

void record_file(struct iommuctl_context *ctx, const char *path, const char *data, size_t size);
void record_link(struct iommuctl_context *ctx, const char *path, const char *target);
void record_directory(struct iommuctl_context *ctx, const char *path);
/* That there is a directory (S_IFDIR) or something else, of which nothing was read yet. */
void record_existence(struct iommuctl_context *ctx, const char *path, int type);
/* Something a listing of DIRECTORY has. */
void record_entry(struct iommuctl_context *ctx, const char *directory, const char *name);

#endif
