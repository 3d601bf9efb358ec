/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device nodes, and the processes that have them open. */
#ifndef IOMMUCTL_HOLDER_H
#define IOMMUCTL_HOLDER_H

#include "internal.h"

struct holder_node {
	dev_t number;
	enum iommuctl_holder_kind kind;
	const char *path; /* NULL: a file without a node */
	const char *object;
	size_t entry; /* the last one made for it, counted from 1 */
};

struct iommuctl_holders {
	struct holder_node *nodes; /* by number */
	size_t node_count;
	struct iommuctl_holder *entries;
	size_t count;
	size_t hidden;
	struct arena arena;
};

/* Those that sysfs has. */
int holders_load_nodes(struct iommuctl_context *ctx, struct iommuctl_holders *holders);
/* NULL: none of them. */
struct holder_node *holders_find_node(const struct iommuctl_holders *holders, dev_t number);
/* The processes of this machine that have one of the nodes open. */
int holders_scan(struct iommuctl_context *ctx, struct iommuctl_holders *holders);
/* A process other than this one that has NODE open; or NULL. */
const struct iommuctl_holder *holders_find(const struct iommuctl_holders *holders,
					   const char *node);

#endif
