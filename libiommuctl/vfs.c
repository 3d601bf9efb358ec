/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vfs.h"

#include <errno.h>
#include <limits.h>
#include <search.h>
#include <string.h>

#define LINKS_MAX 40

int vfs_new(struct vfs **ret_vfs)
{
	struct vfs *vfs = calloc(1, sizeof(*vfs));

	if (!vfs)
		return -ENOMEM;
	vfs->root.name = "";
	*ret_vfs = vfs;
	return 0;
}

/* The nodes themselves are the arena's. */
static void free_node(void *data)
{
	struct vfs_node *node = data;

	if (node->children)
		tdestroy(node->children, free_node);
}

struct vfs *vfs_free(struct vfs *vfs)
{
	if (vfs) {
		free_node(&vfs->root);
		arena_free(&vfs->arena);
		free(vfs);
	}
	return NULL;
}

static int compare_nodes(const void *left, const void *right)
{
	const struct vfs_node *a = left, *b = right;

	return strcmp(a->name, b->name);
}

struct vfs_node *vfs_child(const struct vfs_node *directory, const char *name)
{
	const struct vfs_node key = { .name = name };
	struct vfs_node **found = tfind(&key, &directory->children, compare_nodes);

	return found ? *found : NULL;
}

static struct vfs_node *add_child(struct vfs *vfs, struct vfs_node *directory, const char *name)
{
	struct vfs_node *node = arena_alloc(&vfs->arena, sizeof(*node));

	if (!node)
		return NULL;
	*node = (struct vfs_node){ .parent = directory, .implied = true };
	node->name = arena_strdup(&vfs->arena, name);
	if (!node->name || !tsearch(node, &directory->children, compare_nodes))
		return NULL;
	vfs->node_count++;
	return node;
}

/* The first word of *PATH, which moves on; NULL at the end. */
static const char *next_word(const char **path, char *buf)
{
	size_t length;

	*path += strspn(*path, "/");
	length = strcspn(*path, "/");
	if (length == 0 || length > NAME_MAX)
		return NULL;
	memcpy(buf, *path, length);
	buf[length] = '\0';
	*path += length;
	return buf;
}

static int set_data(struct vfs *vfs, struct vfs_node *node, const char *data, size_t size)
{
	char *copy;

	if (size > VFS_BYTES_MAX - vfs->byte_count)
		return -E2BIG;
	copy = arena_alloc(&vfs->arena, size + 1);
	if (!copy)
		return -ENOMEM;
	vfs->byte_count += size;
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	node->data = copy;
	node->size = size;
	return 0;
}

int vfs_add(struct vfs *vfs, const char *path, enum vfs_kind kind, const char *data, size_t size)
{
	struct vfs_node *node = &vfs->root, *child;
	char word[NAME_MAX + 1];
	unsigned int depth = 0;
	int r;

	while (next_word(&path, word)) {
		if (node->kind != VFS_DIRECTORY)
			return -ENOTDIR;
		if (++depth > VFS_DEPTH_MAX)
			return -ENAMETOOLONG;
		child = vfs_child(node, word);
		if (!child && vfs->node_count == VFS_NODES_MAX)
			return -E2BIG;
		if (!child)
			child = add_child(vfs, node, word);
		if (!child)
			return -ENOMEM;
		node = child;
	}
	/* a name too long, or nothing at all */
	if (*path || depth == 0)
		return -ENAMETOOLONG;
	if (!node->implied || (node->children && kind != VFS_DIRECTORY))
		return -EEXIST;
	r = kind == VFS_DIRECTORY ? 0 : set_data(vfs, node, data, size);
	if (r < 0)
		return r;
	vfs->file_count += kind == VFS_FILE && node->kind != VFS_FILE;
	node->kind = kind;
	node->implied = kind == VFS_FILE && !data;
	return 0;
}

struct search {
	const struct vfs *vfs;
	unsigned int links;
};

static int find(struct search *search, const struct vfs_node *node, const char *path, bool follow,
		const struct vfs_node **ret_node)
{
	char word[NAME_MAX + 1];

	if (path[0] == '/')
		node = &search->vfs->root;
	while (next_word(&path, word)) {
		const struct vfs_node *child;
		bool last = path[strspn(path, "/")] == '\0';
		int r;

		if (node->kind != VFS_DIRECTORY)
			return -ENOTDIR;
		if (strcmp(word, ".") == 0)
			continue;
		if (strcmp(word, "..") == 0) {
			node = node->parent ? node->parent : node;
			continue;
		}
		child = vfs_child(node, word);
		if (!child)
			return -ENOENT;
		if (child->kind == VFS_LINK && (!last || follow)) {
			/* counted over the whole search: nested links cannot recurse deeper */
			if (++search->links > LINKS_MAX)
				return -ELOOP;
			r = find(search, node, child->data, true, &child);
			if (r < 0)
				return r;
		}
		node = child;
	}
	if (*path)
		return -ENAMETOOLONG;
	*ret_node = node;
	return 0;
}

int vfs_find(const struct vfs *vfs, const char *path, bool follow, const struct vfs_node **ret_node)
{
	struct search search = { .vfs = vfs };

	return find(&search, &vfs->root, path, follow, ret_node);
}

ssize_t vfs_read(const struct vfs *vfs, const char *path, const char **ret_data)
{
	const struct vfs_node *node;
	int r = vfs_find(vfs, path, true, &node);

	if (r < 0)
		return r;
	if (node->kind != VFS_FILE)
		return -EISDIR;
	*ret_data = node->data;
	return (ssize_t)node->size;
}

ssize_t vfs_readlink(const struct vfs *vfs, const char *path, const char **ret_target)
{
	const struct vfs_node *node;
	int r = vfs_find(vfs, path, false, &node);

	if (r < 0)
		return r;
	if (node->kind != VFS_LINK)
		return -EINVAL;
	*ret_target = node->data;
	return (ssize_t)node->size;
}

bool vfs_leads_out(const char *path, const char *target)
{
	char word[NAME_MAX + 1];
	int depth = 0;

	for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/'))
		depth++;
	if (target[0] == '/')
		return true;
	while (depth >= 0 && next_word(&target, word))
		depth += strcmp(word, "..") == 0 ? -1 : strcmp(word, ".") != 0;
	return depth < 0;
}

struct walk {
	int (*fn)(const struct vfs_node *node, void *data);
	void *data;
	int result;
};

static void walk_node(const void *nodep, VISIT which, void *closure)
{
	struct walk *walk = closure;

	if ((which == postorder || which == leaf) && walk->result >= 0)
		walk->result = walk->fn(*(struct vfs_node *const *)nodep, walk->data);
}

int vfs_list(const struct vfs_node *directory, int (*fn)(const struct vfs_node *node, void *data),
	     void *data)
{
	struct walk walk = { .fn = fn, .data = data };

	twalk_r(directory->children, walk_node, &walk);
	return walk.result < 0 ? walk.result : 0;
}

int vfs_path(const struct vfs_node *node, char *buf, size_t size)
{
	size_t at = size;

	if (size == 0)
		return -ENAMETOOLONG;
	buf[--at] = '\0';
	for (; node->parent; node = node->parent) {
		size_t length = strlen(node->name);

		if (length + 1 > at)
			return -ENAMETOOLONG;
		if (buf[at])
			buf[--at] = '/';
		at -= length;
		memcpy(buf + at, node->name, length);
	}
	memmove(buf, buf + at, size - at);
	return 0;
}
