/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "redact.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "paths.h"
#include "scrub.h"

struct redaction {
	struct vfs *out, *names;
	char path[PATH_MAX];
};

/* By path, or by its last component. */
static const struct {
	const char *path;
	scrub_fn *scrub;
} files[] = {
	{ PROC_CMDLINE, scrub_cmdline },
	{ KERNEL_LOG, scrub_log },
	{ "uevent", scrub_uevent },
	{ "config", scrub_config },
};

static scrub_fn *find_scrub(const char *path, const struct vfs_node *node)
{
	if (node->kind == VFS_LINK)
		return scrub_path;
	for (size_t i = 0; node->kind == VFS_FILE && i < ARRAY_SIZE(files); i++)
		if (strcmp(path, files[i].path) == 0 || strcmp(node->name, files[i].path) == 0)
			return files[i].scrub;
	return NULL;
}

/* What SCRUB leaves of *SIZE bytes of DATA, for the caller to free. */
static int scrub_to(struct redaction *redaction, scrub_fn *scrub, const char *data, size_t *size,
		    char **ret_data)
{
	size_t length = *size;
	FILE *out = open_memstream(ret_data, size);
	int r = out ? scrub(redaction->names, data, length, out) : -ENOMEM;

	return out && fclose(out) != 0 ? -ENOMEM : r;
}

/* A link of sys/class/net to an interface that is no device's. */
static bool is_virtual_interface(const char *path, const struct vfs_node *node)
{
	return node->kind == VFS_LINK && strncmp(path, SYSFS_NET "/", sizeof(SYSFS_NET)) == 0 &&
	       strstr(node->data, "/virtual/");
}

static int add_node(const struct vfs_node *node, void *data)
{
	CLEANUP(free_text) char *path = NULL, *text = NULL;
	struct redaction *redaction = data;
	size_t size = node->size, length;
	scrub_fn *scrub;
	int r;

	if (node->children)
		return vfs_list(node, add_node, redaction);
	if (vfs_path(node, redaction->path, sizeof(redaction->path)) < 0)
		return -ENAMETOOLONG;
	if (is_virtual_interface(redaction->path, node))
		return 0;
	scrub = find_scrub(redaction->path, node);
	length = strlen(redaction->path);
	r = scrub_to(redaction, scrub_path, redaction->path, &length, &path);
	if (r >= 0 && scrub)
		r = scrub_to(redaction, scrub, node->data, &size, &text);
	return r < 0 ? r
		     : vfs_add(redaction->out, path, node->kind, scrub ? text : node->data, size);
}

int redact(struct iommuctl_context *ctx, struct vfs **vfs)
{
	struct redaction redaction = { 0 };
	int r = vfs_new(&redaction.out);

	if (r >= 0)
		r = vfs_new(&redaction.names);
	if (r >= 0)
		r = vfs_list(&(*vfs)->root, add_node, &redaction);
	vfs_free(redaction.names);
	if (r < 0) {
		vfs_free(redaction.out);
		return diag_set(ctx, -r, "snapshot", "redact", NULL);
	}
	vfs_free(*vfs);
	*vfs = redaction.out;
	return 0;
}
