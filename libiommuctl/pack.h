/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots as tar archives. What is read is hostile until it is in memory. */
#ifndef IOMMUCTL_PACK_H
#define IOMMUCTL_PACK_H

#include "vfs.h"

#define PACK_FILE_MAX	(16u << 20)
#define PACK_STREAM_MAX (1u << 30) /* bytes, once decompressed */

/*
 * The whole of the archive FD, which NAME names in the diagnostic, into memory; nothing is
 * written to disk. Errors: -EBADMSG it is none, is cut short, or holds what no snapshot holds;
 * -E2BIG beyond a limit.
 */
int pack_load(struct iommuctl_context *ctx, int fd, const char *name, struct vfs **ret_vfs);
/*
 * VFS as a tar archive compressed with zstd, the same bytes for the same content; NAME is for the
 * diagnostic. Errors: those of write(), and -EIO.
 */
int pack_save(struct iommuctl_context *ctx, const struct vfs *vfs, int fd, const char *name);

#endif
