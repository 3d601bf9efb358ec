/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "vfs.h"

#define LINKS_MAX 40

/* A path being followed: what is known of it in canonical form, and what is left. */
struct walk {
	struct iommuctl_context *ctx;
	char done[PATH_MAX], rest[2 * PATH_MAX];
	unsigned int links;
};

static ssize_t read_link(struct iommuctl_context *ctx, const char *path, char *buf, size_t size)
{
	struct recorder *record = ctx->record;
	ssize_t n;

	ctx->record = NULL;
	n = io_readlink(ctx, path, buf, size);
	ctx->record = record;
	return n;
}

/* TARGET of a link at PATH without what leads above the root, where it means the root itself. */
static int tame(const char *path, const char *target, char *buf, size_t size)
{
	size_t depth = 0, length = 0;

	for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/'))
		depth++;
	if (target[0] == '/')
		for (; depth > 0 && length + 3 < size; depth--, length += 3)
			memcpy(buf + length, "../", 3);
	for (size_t n; *(target += strspn(target, "/")); target += n) {
		bool up;

		n = strcspn(target, "/");
		up = n == 2 && memcmp(target, "..", 2) == 0;
		if (up && depth == 0)
			continue;
		if (length + n + 2 > size)
			return -ENAMETOOLONG;
		memcpy(buf + length, target, n);
		length += n;
		buf[length++] = '/';
		depth = up ? depth - 1 : depth + 1;
	}
	buf[length > 0 ? length - 1 : 0] = '\0';
	return 0;
}

static int add_link(struct vfs *vfs, const char *path, const char *target)
{
	char tamed[PATH_MAX];

	if (vfs_leads_out(path, target)) {
		if (tame(path, target, tamed, sizeof(tamed)) < 0)
			return -ENAMETOOLONG;
		target = *tamed ? tamed : ".";
	}
	return vfs_add(vfs, path, VFS_LINK, target, strlen(target));
}

/* The target of the link DONE/WORD; false when it is none. */
static bool find_link(struct walk *walk, char *target, size_t size)
{
	struct vfs *vfs = walk->ctx->record->vfs;
	const struct vfs_node *node;

	if (vfs_find(vfs, walk->done, false, &node) >= 0) {
		if (node->kind != VFS_LINK || node->size >= size)
			return false;
		memcpy(target, node->data, node->size + 1);
		return true;
	}
	if (read_link(walk->ctx, walk->done, target, size) <= 0)
		return false;
	return add_link(vfs, walk->done, target) >= 0;
}

static void go_up(char *path)
{
	char *slash = strrchr(path, '/');

	*(slash ? slash : path) = '\0';
}

/* Moves one word of the rest to what is done. */
static int step(struct walk *walk, bool follow)
{
	char target[PATH_MAX], word[NAME_MAX + 1], *rest = walk->rest + strspn(walk->rest, "/");
	size_t length = strcspn(rest, "/"), done = strlen(walk->done);

	if (length > NAME_MAX || done + length + 2 > sizeof(walk->done))
		return -ENAMETOOLONG;
	memcpy(word, rest, length);
	word[length] = '\0';
	memmove(walk->rest, rest + length, strlen(rest + length) + 1);
	if (length == 0 || strcmp(word, ".") == 0)
		return 0;
	if (strcmp(word, "..") == 0) {
		go_up(walk->done);
		return 0;
	}
	snprintf(walk->done + done, sizeof(walk->done) - done, "%s%s", done ? "/" : "", word);
	if ((!walk->rest[0] && !follow) || !find_link(walk, target, sizeof(target)))
		return 0;
	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	go_up(walk->done);
	if (target[0] == '/')
		walk->done[0] = '\0';
	length = strlen(target);
	if (length + strlen(walk->rest) + 2 > sizeof(walk->rest))
		return -ENAMETOOLONG;
	memmove(walk->rest + length + 1, walk->rest, strlen(walk->rest) + 1);
	memcpy(walk->rest, target, length);
	walk->rest[length] = '/';
	return 0;
}

static void record(struct iommuctl_context *ctx, const char *path, enum vfs_kind kind,
		   const char *data, size_t size)
{
	const char *without = ctx->record->without;
	struct walk walk = { .ctx = ctx };
	int r = io_path(walk.rest, sizeof(walk.rest), "%s", path);

	while (r >= 0 && walk.rest[0])
		r = step(&walk, kind != VFS_LINK);
	if (without && strncmp(walk.done, without, strlen(without)) == 0)
		return;
	if (r >= 0 && walk.done[0])
		r = kind == VFS_LINK ? add_link(ctx->record->vfs, walk.done, data)
				     : vfs_add(ctx->record->vfs, walk.done, kind, data, size);
	/* read twice, or listed before */
	if (r < 0 && r != -EEXIST && ctx->record->error == 0)
		ctx->record->error = r;
}

void record_file(struct iommuctl_context *ctx, const char *path, const char *data, size_t size)
{
	record(ctx, path, VFS_FILE, data, size);
}

void record_link(struct iommuctl_context *ctx, const char *path, const char *target)
{
	record(ctx, path, VFS_LINK, target, strlen(target));
}

void record_directory(struct iommuctl_context *ctx, const char *path)
{
	record(ctx, path, VFS_DIRECTORY, NULL, 0);
}

void record_existence(struct iommuctl_context *ctx, const char *path, int type)
{
	record(ctx, path, type == S_IFDIR ? VFS_DIRECTORY : VFS_FILE, NULL, 0);
}

void record_entry(struct iommuctl_context *ctx, const char *directory, const char *name)
{
	char path[PATH_MAX], target[PATH_MAX];

	/* a link is recorded by being read */
	if (io_path(path, sizeof(path), "%s/%s", directory, name) >= 0 &&
	    io_readlink(ctx, path, target, sizeof(target)) == -EINVAL)
		record_existence(ctx, path, io_type(ctx, path));
}
