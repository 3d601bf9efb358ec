/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small trees of files that stand for a machine. */
#ifndef IOMMUCTL_TEST_TREE_H
#define IOMMUCTL_TEST_TREE_H

#include "libiommuctl/internal.h"
#include "test.h"

struct tree {
	char path[64];
	struct iommuctl_context *ctx; /* its root is the tree */
};

/* An empty tree below $TMPDIR; and its end. For cmocka's fixtures: *STATE is the tree. */
int tree_setup(void **state);
int tree_teardown(void **state);

/* Paths are relative to the tree; directories above them are made. */
void tree_dir(const struct tree *tree, const char *path);
void tree_file(const struct tree *tree, const char *path, const char *text);
void tree_link(const struct tree *tree, const char *path, const char *target);
void tree_fifo(const struct tree *tree, const char *path);
/* The file, link or directory and all below it, if there. */
void tree_remove(const struct tree *tree, const char *path);

/* A PCI device as the kernel shows it; GROUP may be negative, the others NULL. */
struct tree_device {
	const char *name;
	const char *driver;
	const char *iommu;
	int group;
	const char *vfio; /* "vfio0" */
};
void tree_device(const struct tree *tree, const struct tree_device *device);

/* Expand a manifest of tests/fixtures into the tree. */
void tree_expand(const struct tree *tree, const char *fixture);
struct iommuctl_topology *tree_load(const struct tree *tree, unsigned int flags);

#endif
