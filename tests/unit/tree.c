/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int tree_setup(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return -1;
	snprintf(tree->path, sizeof(tree->path), "%.40s/iommuctl-unit.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(tree->path) || iommuctl_context_new(&tree->ctx) < 0)
		return -1;
	*state = tree;
	return iommuctl_context_set_root(tree->ctx, tree->path);
}

static int remove_entry(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
	(void)stat;
	(void)type;
	(void)ftw;
	return remove(path);
}

int tree_teardown(void **state)
{
	struct tree *tree = *state;

	iommuctl_context_unref(tree->ctx);
	nftw(tree->path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	free(tree);
	return 0;
}

/* PATH below the tree, in BUF, and the directories above it. */
static void place(const struct tree *tree, const char *path, char buf[PATH_MAX])
{
	snprintf(buf, PATH_MAX, "%s/%s", tree->path, path);
	for (char *slash = buf + strlen(tree->path); (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		if (mkdir(buf, 0755) < 0)
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
}

void tree_dir(const struct tree *tree, const char *path)
{
	char buf[PATH_MAX];

	place(tree, path, buf);
	if (mkdir(buf, 0755) < 0)
		assert_int_equal(errno, EEXIST);
}

void tree_file(const struct tree *tree, const char *path, const char *text)
{
	char buf[PATH_MAX];
	FILE *file;

	place(tree, path, buf);
	file = fopen(buf, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

void tree_link(const struct tree *tree, const char *path, const char *target)
{
	char buf[PATH_MAX];

	place(tree, path, buf);
	assert_int_equal(symlink(target, buf), 0);
}

void tree_fifo(const struct tree *tree, const char *path)
{
	char buf[PATH_MAX];

	place(tree, path, buf);
	assert_int_equal(mkfifo(buf, 0644), 0);
}

void tree_remove(const struct tree *tree, const char *path)
{
	char buf[PATH_MAX];

	place(tree, path, buf);
	if (nftw(buf, remove_entry, 16, FTW_DEPTH | FTW_PHYS) < 0)
		assert_int_equal(errno, ENOENT);
}

PRINTF(3, 4)
static void link_at(const struct tree *tree, const char *target, const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	tree_link(tree, path, target);
}

void tree_device(const struct tree *tree, const struct tree_device *device)
{
	const char *name = device->name;
	char path[256], text[256];

	snprintf(path, sizeof(path), "../../../devices/pci/%s", name);
	link_at(tree, path, "sys/bus/pci/devices/%s", name);
	if (device->group >= 0)
		link_at(tree, "../../../../devices/pci", "sys/kernel/iommu_groups/%d/devices/%s",
			device->group, name);
	if (device->iommu)
		link_at(tree, path, "sys/class/iommu/%s/devices/%s", device->iommu, name);
	snprintf(path, sizeof(path), "sys/devices/pci/%s/uevent", name);
	snprintf(text, sizeof(text), "%s%s%sPCI_CLASS=20000\nPCI_ID=8086:15BD\n",
		 device->driver ? "DRIVER=" : "", device->driver ? device->driver : "",
		 device->driver ? "\n" : "");
	tree_file(tree, path, text);
	if (!device->vfio)
		return;
	snprintf(path, sizeof(path), "sys/devices/pci/%s/vfio-dev/%s/dev", name, device->vfio);
	tree_file(tree, path, "511:0\n");
	snprintf(path, sizeof(path), "../../devices/pci/%s/vfio-dev/%s", name, device->vfio);
	link_at(tree, path, "sys/class/vfio-dev/%s", device->vfio);
}

void tree_expand(const struct tree *tree, const char *fixture)
{
	const char *srcdir = getenv("SRCDIR");
	char command[2 * PATH_MAX];

	snprintf(command, sizeof(command),
		 "%s/tests/fixtures/expand %s/tests/fixtures/%s.manifest %s", srcdir ? srcdir : ".",
		 srcdir ? srcdir : ".", fixture, tree->path);
	assert_int_equal(system(command), 0);
}

struct iommuctl_topology *tree_load(const struct tree *tree, unsigned int flags)
{
	struct iommuctl_topology *topology = NULL;

	assert_int_equal(iommuctl_topology_load(tree->ctx, flags, &topology), 0);
	return topology;
}
