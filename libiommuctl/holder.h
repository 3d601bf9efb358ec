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
/* NULL: not known; those who explain a failure have no other use for that. */
struct iommuctl_holders *load_holders(struct iommuctl_context *ctx);
void free_holders(struct iommuctl_holders **holders);
/* Puts the process that has NODE open into the diagnostic; false when none was found. */
bool explain_holder(struct iommuctl_context *ctx, int error, const char *object, const char *action,
		    const char *node, const struct iommuctl_holders *holders);
void hint_hidden(struct iommuctl_context *ctx, const struct iommuctl_holders *holders);

/*
 * Whether FD is of the device node that sysfs has as ENTRY, and close-on-exec from now on.
 * -EBADF; -ENODEV there is no such node; -EINVAL it is another file.
 */
int node_check_fd(struct iommuctl_context *ctx, int fd, const char *entry);

#endif
