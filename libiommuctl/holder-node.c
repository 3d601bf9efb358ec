/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The device nodes of VFIO and iommufd, by their numbers. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "holder.h"
#include "paths.h"

static const struct node_class {
	enum iommuctl_holder_kind kind;
	const char *sysfs;
	const char *name; /* the only entry of interest; NULL: all are */
	const char *dev;
} classes[] = {
	{ IOMMUCTL_HOLDER_DEVICE, SYSFS_VFIO, NULL, DEV_VFIO_DEVICES },
	{ IOMMUCTL_HOLDER_GROUP, SYSFS_VFIO_GROUPS, NULL, DEV_VFIO_GROUPS },
	{ IOMMUCTL_HOLDER_CONTAINER, SYSFS_MISC, "vfio", DEV_VFIO_GROUPS },
	{ IOMMUCTL_HOLDER_IOMMUFD, SYSFS_MISC, "iommu", "dev" },
};

struct loader {
	struct iommuctl_context *ctx;
	struct iommuctl_holders *holders;
	const struct node_class *class;
};

static bool read_number(struct iommuctl_context *ctx, const char *path, dev_t *ret)
{
	char text[32], *colon;
	uint64_t major, minor;

	if (io_read(ctx, path, text, sizeof(text)) < 0)
		return false;
	colon = strchr(text, ':');
	if (!colon)
		return false;
	*colon = '\0';
	if (!parse_u64(text, 10, &major) || !parse_u64(colon + 1, 10, &minor) ||
	    major > UINT32_MAX || minor > UINT32_MAX)
		return false;
	*ret = makedev((unsigned int)major, (unsigned int)minor);
	return true;
}

/* ".../0000:00:03.0/vfio-dev/vfio0": the device; "noiommu-12": the group 12. NULL: not known. */
static const char *find_object(struct loader *loader, const char *name, char *buf, size_t size)
{
	const char *dash = strrchr(name, '-');
	char path[PATH_MAX], *end;

	if (loader->class->kind == IOMMUCTL_HOLDER_GROUP)
		return dash ? dash + 1 : name;
	if (loader->class->kind != IOMMUCTL_HOLDER_DEVICE ||
	    io_path(path, sizeof(path), "%s/%s", loader->class->sysfs, name) < 0 ||
	    io_readlink(loader->ctx, path, buf, size) < 0)
		return NULL;
	end = strstr(buf, "/vfio-dev/");
	if (!end)
		return NULL;
	*end = '\0';
	return path_last(buf);
}

static int add_node(const char *name, void *data)
{
	struct loader *loader = data;
	struct iommuctl_holders *holders = loader->holders;
	char path[PATH_MAX], target[PATH_MAX];
	struct holder_node *node;
	const char *object;
	dev_t number;

	/* without CONFIG_VFIO_DEVICE_CDEV there is an entry, but no number and no node */
	if (io_path(path, sizeof(path), "%s/%s/dev", loader->class->sysfs, name) < 0 ||
	    !read_number(loader->ctx, path, &number) ||
	    io_path(path, sizeof(path), "/%s/%s", loader->class->dev, name) < 0)
		return 0;
	node = array_grow(&holders->nodes, &holders->node_count, sizeof(*node));
	if (!node)
		return -ENOMEM;
	object = find_object(loader, name, target, sizeof(target));
	node->number = number;
	node->kind = loader->class->kind;
	node->path = arena_strdup(&holders->arena, path);
	node->object = object ? arena_strdup(&holders->arena, object) : NULL;
	return node->path && !node->object == !object ? 0 : -ENOMEM;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct holder_node *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

int holders_load_nodes(struct iommuctl_context *ctx, struct iommuctl_holders *holders)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(classes); i++) {
		struct loader loader = { ctx, holders, &classes[i] };

		r = classes[i].name ? add_node(classes[i].name, &loader)
				    : io_list(ctx, classes[i].sysfs, add_node, &loader);
		/* a kernel without VFIO has none */
		if (r == -ENOENT)
			r = 0;
	}
	if (holders->node_count > 0)
		qsort(holders->nodes, holders->node_count, sizeof(*holders->nodes), compare_nodes);
	return r;
}

struct holder_node *holders_find_node(const struct iommuctl_holders *holders, dev_t number)
{
	const struct holder_node wanted = { .number = number };

	return holders->node_count == 0 ? NULL
					: bsearch(&wanted, holders->nodes, holders->node_count,
						  sizeof(wanted), compare_nodes);
}

int node_check_fd(struct iommuctl_context *ctx, int fd, const char *entry)
{
	char path[PATH_MAX];
	struct stat stat;
	dev_t number;

	if (fstat(fd, &stat) < 0)
		return -errno;
	if (io_path(path, sizeof(path), "%s/dev", entry) < 0 || !read_number(ctx, path, &number))
		return -ENODEV;
	if (!S_ISCHR(stat.st_mode) || stat.st_rdev != number)
		return -EINVAL;
	return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}
