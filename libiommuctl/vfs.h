/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories, files and links in memory: what an archive holds, or what a snapshot will. */
#ifndef IOMMUCTL_VFS_H
#define IOMMUCTL_VFS_H

#include "internal.h"

enum vfs_kind { VFS_DIRECTORY, VFS_FILE, VFS_LINK };

struct vfs_node {
	const char *name;
	struct vfs_node *parent; /* NULL: the root */
	enum vfs_kind kind;
	bool implied;	  /* known only from what is below it, or to be there */
	void *children;	  /* of a directory, for tsearch() */
	const char *data; /* of a file; NUL-terminated. Of a link: its target */
	size_t size;
};

#define VFS_NODES_MAX (1u << 20)
#define VFS_BYTES_MAX (256u << 20) /* of files and links */
#define VFS_DEPTH_MAX 64

struct vfs {
	struct arena arena;
	struct vfs_node root;
	size_t node_count, file_count, byte_count;
};

int vfs_new(struct vfs **ret_vfs);
struct vfs *vfs_free(struct vfs *vfs);
/*
 * Add PATH, relative and in canonical form (no "." or ".."), and the directories above it. DATA
 * is copied; a file without, NULL, is empty and may be added once more. Errors: -EEXIST it is there
 * already; -ENOTDIR it would be below a file or a link; -ENAMETOOLONG deeper than VFS_DEPTH_MAX;
 * -E2BIG more than VFS_NODES_MAX or VFS_BYTES_MAX.
 */
int vfs_add(struct vfs *vfs, const char *path, enum vfs_kind kind, const char *data, size_t size);
/*
 * What PATH leads to; links are followed as if the tree were the root of the file system, the
 * last one only with FOLLOW. Errors: -ENOENT, -ENOTDIR, -ELOOP.
 */
int vfs_find(const struct vfs *vfs, const char *path, bool follow,
	     const struct vfs_node **ret_node);
/* The length of a file, links followed. Errors: those of vfs_find(); -EISDIR. */
ssize_t vfs_read(const struct vfs *vfs, const char *path, const char **ret_data);
/* The length of a link's target. Errors: those of vfs_find(); -EINVAL it is none. */
ssize_t vfs_readlink(const struct vfs *vfs, const char *path, const char **ret_target);
/* Whether a link at PATH to TARGET could lead above the root. */
bool vfs_leads_out(const char *path, const char *target);
/* The child of that name, or NULL. */
struct vfs_node *vfs_child(const struct vfs_node *directory, const char *name);
/* Calls FN for each child, by name; stops when it fails. */
int vfs_list(const struct vfs_node *directory, int (*fn)(const struct vfs_node *node, void *data),
	     void *data);
/* The path of NODE from the tree's root. Errors: -ENAMETOOLONG. */
int vfs_path(const struct vfs_node *node, char *buf, size_t size);

#endif
