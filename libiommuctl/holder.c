/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who has the device nodes of VFIO and iommufd open: one walk over /proc for all of them. They
 * are told by their device number, because a node may have been opened by another name, in another
 * mount namespace, or be gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "holder.h"
#include "paths.h"

static const char scan_action[] = "look at the processes";

struct scan {
	struct iommuctl_context *ctx;
	struct iommuctl_holders *holders;
	const char *process; /* the number of the one being looked at */
	size_t first;	     /* of its entries */
};

static int read_process(struct scan *scan, struct iommuctl_holder *holder)
{
	char path[64], text[64];
	struct stat stat_buf;
	uint64_t pid;

	parse_u64(scan->process, 10, &pid);
	holder->pid = (uint32_t)pid;
	io_path(path, sizeof(path), "/" PROC "/%s", scan->process);
	/* gone meanwhile: nobody's */
	holder->uid = stat(path, &stat_buf) < 0 ? UINT32_MAX : stat_buf.st_uid;
	io_path(path, sizeof(path), PROC "/%s/comm", scan->process);
	if (io_read(scan->ctx, path, text, sizeof(text)) < 0)
		return 0;
	holder->command = arena_strdup(&scan->holders->arena, text);
	return holder->command ? 0 : -ENOMEM;
}

static int add_entry(struct scan *scan, const struct holder_node *node, const char *path)
{
	struct iommuctl_holders *holders = scan->holders;
	struct iommuctl_holder *holder =
		array_grow(&holders->entries, &holders->count, sizeof(*holder));

	if (!holder)
		return -ENOMEM;
	holder->kind = node->kind;
	holder->node = node->path;
	holder->object = node->object;
	holder->path = arena_strdup(&holders->arena, path);
	return holder->path ? read_process(scan, holder) : -ENOMEM;
}

static int add_fd(struct scan *scan, struct holder_node *node, const char *name, const char *path)
{
	struct iommuctl_holders *holders = scan->holders;
	struct iommuctl_holder *holder;
	uint64_t fd;
	int *slot, r;

	if (!parse_u64(name, 10, &fd))
		return 0;
	if (node->entry <= scan->first) {
		r = add_entry(scan, node, path);
		if (r < 0)
			return r;
		node->entry = holders->count;
	}
	holder = &holders->entries[node->entry - 1];
	slot = array_grow(&holder->fds, &holder->fd_count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = (int)fd;
	return 0;
}

/* The file an fd leads to, as the process would name it. */
static bool read_target(const char *path, char *target, size_t size)
{
	ssize_t n = readlink(path, target, size - 1);

	if (n < 0)
		return false;
	target[n] = '\0';
	return true;
}

/* Linux 6.18 tells the device of an fd that came from its group; NULL: not known. */
static const char *read_syspath(struct scan *scan, const char *fd, char *buf, size_t size)
{
	static const char key[] = "vfio-device-syspath:";
	char path[64], *line;

	io_path(path, sizeof(path), PROC "/%s/fdinfo/%s", scan->process, fd);
	if (io_read(scan->ctx, path, buf, size) < 0)
		return NULL;
	line = strstr(buf, key);
	if (!line)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return path_last(line);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* A device that was opened by way of its group has no node; its entry is found by its name. */
static int add_anonymous(struct scan *scan, const char *name, const char *target)
{
	struct iommuctl_holders *holders = scan->holders;
	char text[PATH_MAX];
	const char *object = read_syspath(scan, name, text, sizeof(text));
	struct holder_node node = { .kind = IOMMUCTL_HOLDER_DEVICE };

	for (size_t i = scan->first; i < holders->count && node.entry == 0; i++)
		if (!holders->entries[i].node && same_text(holders->entries[i].object, object))
			node.entry = i + 1;
	if (node.entry == 0 && object) {
		node.object = arena_strdup(&holders->arena, object);
		if (!node.object)
			return -ENOMEM;
	}
	return add_fd(scan, &node, name, target);
}

static int scan_fd(const char *name, void *data)
{
	struct scan *scan = data;
	char path[64], target[PATH_MAX];
	struct holder_node *node;
	struct statx file;

	io_path(path, sizeof(path), "/" PROC "/%s/fd/%s", scan->process, name);
	/* a file of a server that does not answer must not hold us up */
	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE, &file) < 0)
		return errno == EACCES || errno == EPERM ? -errno : 0;
	if (S_ISCHR(file.stx_mode)) {
		node = holders_find_node(scan->holders,
					 makedev(file.stx_rdev_major, file.stx_rdev_minor));
		return node && read_target(path, target, sizeof(target))
			       ? add_fd(scan, node, name, target)
			       : 0;
	}
	/* the kernel's own files have no type */
	if ((file.stx_mode & S_IFMT) != 0 || !read_target(path, target, sizeof(target)) ||
	    strcmp(target, "anon_inode:[vfio-device]") != 0)
		return 0;
	return add_anonymous(scan, name, target);
}

/* A thread of the kernel, or a process that has ended, has no files that could be hidden. */
static bool has_files(struct scan *scan)
{
	enum { FLAGS = 6, KTHREAD = 0x200000 };
	char path[64], text[1024], *rest;
	uint64_t flags = 0;

	io_path(path, sizeof(path), PROC "/%s/stat", scan->process);
	if (io_read(scan->ctx, path, text, sizeof(text)) < 0)
		return io_exists(scan->ctx, path);
	/* the name of the process is in parentheses, and may have some too */
	rest = strrchr(text, ')');
	if (!rest || rest[1] != ' ')
		return true;
	rest += 2;
	if (*rest == 'Z' || *rest == 'X')
		return false;
	for (int i = 0; i < FLAGS && rest; i++)
		strsep(&rest, " ");
	return !parse_u64(strsep(&rest, " "), 10, &flags) || !(flags & KTHREAD);
}

static int scan_process(const char *name, void *data)
{
	struct scan *scan = data;
	char path[64];
	uint64_t pid;
	int r;

	if (!parse_u64(name, 10, &pid) || pid > INT32_MAX)
		return 0;
	scan->process = name;
	scan->first = scan->holders->count;
	io_path(path, sizeof(path), PROC "/%s/fd", name);
	r = io_list(scan->ctx, path, scan_fd, scan);
	if (r == -ENOMEM)
		return r;
	if ((r == -EACCES || r == -EPERM) && has_files(scan))
		scan->holders->hidden++;
	return 0;
}

int holders_scan(struct iommuctl_context *ctx, struct iommuctl_holders *holders)
{
	struct scan scan = { .ctx = ctx, .holders = holders };
	int r = io_list(ctx, PROC, scan_process, &scan);

	return r < 0 ? diag_set(ctx, -r, "/" PROC, scan_action, NULL) : 0;
}

/* ---------------------------------------------------------------- the object */

IOMMUCTL_EXPORT int iommuctl_holders_load(struct iommuctl_context *ctx,
					  struct iommuctl_holders **ret_holders)
{
	struct iommuctl_holders *holders;
	int r;

	if (!ctx || !ret_holders)
		return -EINVAL;
	if (ctx->has_root)
		return diag_set(ctx, EOPNOTSUPP, "/" PROC, scan_action,
				"a root has none: processes are this machine's");
	holders = calloc(1, sizeof(*holders));
	if (!holders)
		return -ENOMEM;
	r = holders_load_nodes(ctx, holders);
	if (r >= 0)
		r = holders_scan(ctx, holders);
	if (r < 0) {
		iommuctl_holders_free(holders);
		return r;
	}
	*ret_holders = holders;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_holders *iommuctl_holders_free(struct iommuctl_holders *holders)
{
	if (holders) {
		for (size_t i = 0; i < holders->count; i++)
			free((int *)holders->entries[i].fds);
		free(holders->entries);
		free(holders->nodes);
		arena_free(&holders->arena);
		free(holders);
	}
	return NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_holder *
iommuctl_holders_get(const struct iommuctl_holders *holders, size_t i)
{
	return holders && i < holders->count ? &holders->entries[i] : NULL;
}

IOMMUCTL_EXPORT size_t iommuctl_holders_get_hidden(const struct iommuctl_holders *holders)
{
	return holders ? holders->hidden : 0;
}

IOMMUCTL_EXPORT const char *iommuctl_holder_kind_to_string(enum iommuctl_holder_kind kind)
{
	static const char *const words[] = {
		[IOMMUCTL_HOLDER_DEVICE] = "device",
		[IOMMUCTL_HOLDER_GROUP] = "group",
		[IOMMUCTL_HOLDER_CONTAINER] = "container",
		[IOMMUCTL_HOLDER_IOMMUFD] = "iommufd",
	};

	return (size_t)kind < ARRAY_SIZE(words) ? words[kind] : NULL;
}

const struct iommuctl_holder *holders_find(const struct iommuctl_holders *holders, const char *node)
{
	const struct iommuctl_holder *holder;

	for (size_t i = 0; (holder = iommuctl_holders_get(holders, i)); i++)
		if (holder->node && strcmp(holder->node, node) == 0 &&
		    holder->pid != (uint32_t)getpid())
			return holder;
	return NULL;
}

bool explain_holder(struct iommuctl_context *ctx, int error, const char *object, const char *action,
		    const char *node, const struct iommuctl_holders *holders)
{
	const struct iommuctl_holder *holder = holders_find(holders, node);

	if (!holder)
		return false;
	diag_set(ctx, error, object, action, "process %u (%s) has %s open", holder->pid,
		 holder->command ? holder->command : "?", node);
	diag_hint(ctx, "end that process, or let it close the device, and try again");
	return true;
}

void hint_hidden(struct iommuctl_context *ctx, const struct iommuctl_holders *holders)
{
	size_t hidden = iommuctl_holders_get_hidden(holders);

	if (hidden > 0)
		diag_hint(ctx, "could not look at %zu processes for who holds it%s", hidden,
			  geteuid() == 0 ? "" : "; root can");
}

struct iommuctl_holders *load_holders(struct iommuctl_context *ctx)
{
	struct iommuctl_holders *holders = NULL;

	iommuctl_holders_load(ctx, &holders);
	return holders;
}

void free_holders(struct iommuctl_holders **holders)
{
	iommuctl_holders_free(*holders);
}
