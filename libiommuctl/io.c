/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only code that opens files of sysfs and device nodes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "abi/iommufd.h"
#include "call.h"
#include "record.h"
#include "vfs.h"

/* linux/openat2.h, Linux 5.6 */
struct open_how_v0 {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};
#define RESOLVE_IN_ROOT_BIT 0x10

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

int io_open(struct iommuctl_context *ctx, const char *path, int flags)
{
	/* a capture may hold a FIFO, and a terminal must not become ours */
	struct open_how_v0 how = {
		.flags = (unsigned int)flags | O_CLOEXEC |
			 (flags & O_PATH ? 0 : O_NONBLOCK | O_NOCTTY),
		.resolve = RESOLVE_IN_ROOT_BIT,
	};
	long fd;

	if (ctx->archive)
		return -EOPNOTSUPP;
	if (ctx->has_root || !ctx->no_openat2) {
		/* EAGAIN: something was renamed meanwhile and the kernel could not be sure */
		for (int tries = 0; tries < 8; tries++) {
			fd = syscall(SYS_openat2, ctx->root_fd, path, &how, sizeof(how));
			if (fd >= 0 || errno != EAGAIN)
				break;
		}
		if (fd >= 0)
			return (int)fd;
		/* old kernels, and sandboxes that do not know the call */
		if (ctx->has_root || (errno != ENOSYS && errno != EPERM))
			return -errno;
		ctx->no_openat2 = true;
	}
	fd = openat(ctx->root_fd, path, (int)how.flags);
	return fd < 0 ? -errno : (int)fd;
}

/* Reads until SIZE or the end; the length. */
static ssize_t read_fd(int fd, char *buf, size_t size)
{
	size_t length = 0;
	ssize_t n;

	do {
		n = read(fd, buf + length, size - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		length += (size_t)n;
		/* an attribute comes whole in one read; a page or more may not */
	} while (n != 0 && length >= 4096 && length < size);
	return (ssize_t)length;
}

static ssize_t take(char *buf, size_t size, const char *data, size_t length)
{
	memcpy(buf, data, length < size ? length : size);
	return (ssize_t)(length < size ? length : size);
}

static ssize_t read_archive(struct iommuctl_context *ctx, const char *path, char *buf, size_t size)
{
	const char *data;
	ssize_t n = vfs_read(ctx->archive, path, &data);
	bool padded = n % 4096 == 0;

	/* tar pads an attribute of sysfs, which says it has a page, with zeros */
	while (n > 0 && padded && data[n - 1] == '\0')
		n--;
	return n < 0 ? n : take(buf, size, data, (size_t)n);
}

static ssize_t read_file(struct iommuctl_context *ctx, const char *path, char *buf, size_t size)
{
	CLEANUP(close_fd) int fd = io_open(ctx, path, O_RDONLY);

	return fd < 0 ? fd : read_fd(fd, buf, size);
}

ssize_t io_read(struct iommuctl_context *ctx, const char *path, char *buf, size_t size)
{
	ssize_t n =
		ctx->archive ? read_archive(ctx, path, buf, size) : read_file(ctx, path, buf, size);
	size_t length = (size_t)n;

	if (n < 0)
		return n;
	if (length == size)
		return -E2BIG;
	if (ctx->record)
		record_file(ctx, path, buf, length);
	if (memchr(buf, '\0', length))
		return -EILSEQ;
	while (length > 0 && buf[length - 1] == '\n')
		length--;
	buf[length] = '\0';
	return (ssize_t)length;
}

ssize_t io_read_fd(int fd, size_t limit, char **ret_data)
{
	CLEANUP(free_text) char *data = NULL;
	size_t size = 0, room = 0;
	ssize_t n;

	do {
		if (size == room) {
			char *grown;

			room = room ? 2 * room : 8192;
			grown = realloc(data, room + 1);
			if (!grown)
				return -ENOMEM;
			data = grown;
		}
		n = read(fd, data + size, room - size);
		if (n < 0 && errno != EINTR)
			return -errno;
		size += n > 0 ? (size_t)n : 0;
		if (size > limit)
			return -E2BIG;
	} while (n != 0);
	data[size] = '\0';
	*ret_data = data;
	data = NULL;
	return (ssize_t)size;
}

static ssize_t copy_archive(struct iommuctl_context *ctx, const char *path, size_t limit,
			    char **ret_data)
{
	const char *data;
	ssize_t n = vfs_read(ctx->archive, path, &data);

	if (n < 0)
		return n;
	if ((size_t)n > limit)
		return -E2BIG;
	*ret_data = malloc((size_t)n + 1);
	if (!*ret_data)
		return -ENOMEM;
	memcpy(*ret_data, data, (size_t)n + 1);
	return n;
}

ssize_t io_read_all(struct iommuctl_context *ctx, const char *path, size_t limit, char **ret_data)
{
	CLEANUP(close_fd) int fd = ctx->archive ? -1 : io_open(ctx, path, O_RDONLY);
	ssize_t n = ctx->archive ? copy_archive(ctx, path, limit, ret_data)
		    : fd < 0	 ? fd
				 : io_read_fd(fd, limit, ret_data);

	if (n >= 0 && ctx->record)
		record_file(ctx, path, *ret_data, (size_t)n);
	/* the caller may do without, but a snapshot must not */
	if (n == -ENOMEM && ctx->record)
		ctx->record->error = -ENOMEM;
	return n;
}

int io_type(struct iommuctl_context *ctx, const char *path)
{
	CLEANUP(close_fd) int fd = -1;
	const struct vfs_node *node;
	struct stat stat;
	int r;

	if (ctx->archive) {
		r = vfs_find(ctx->archive, path, true, &node);
		return r < 0 ? r : node->kind == VFS_DIRECTORY ? S_IFDIR : S_IFREG;
	}
	fd = io_open(ctx, path, O_PATH);
	if (fd < 0)
		return fd;
	return fstat(fd, &stat) < 0 ? -errno : (int)(stat.st_mode & S_IFMT);
}

bool io_exists(struct iommuctl_context *ctx, const char *path)
{
	int type = io_type(ctx, path);

	if (type >= 0 && ctx->record)
		record_existence(ctx, path, type);
	return type >= 0;
}

static ssize_t readlink_archive(struct iommuctl_context *ctx, const char *path, char *buf,
				size_t size)
{
	const char *target;
	ssize_t n = vfs_readlink(ctx->archive, path, &target);

	return n < 0 ? n : take(buf, size, target, (size_t)n);
}

static ssize_t readlink_file(struct iommuctl_context *ctx, const char *path, char *buf, size_t size)
{
	/* by way of an fd, because readlinkat() would follow links out of the root */
	CLEANUP(close_fd) int fd = io_open(ctx, path, O_PATH | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = readlinkat(fd, "", buf, size);
	return n >= 0 ? n : errno == ENOENT ? -EINVAL : -errno;
}

ssize_t io_readlink(struct iommuctl_context *ctx, const char *path, char *buf, size_t size)
{
	ssize_t n = ctx->archive ? readlink_archive(ctx, path, buf, size)
				 : readlink_file(ctx, path, buf, size);

	if (n < 0)
		return n;
	if ((size_t)n == size)
		return -ENAMETOOLONG;
	buf[n] = '\0';
	if (ctx->record)
		record_link(ctx, path, buf);
	return n;
}

static int list_fd(struct iommuctl_context *ctx, const char *path, int fd,
		   int (*fn)(const char *name, void *data), void *data)
{
	/* without opendir(): its allocation and its two more calls a directory are half the cost */
	_Alignas(struct dirent64) char buf[16384];
	ssize_t n;

	while ((n = getdents64(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry = (const void *)(buf + at);
			int r = 0;

			at += entry->d_reclen;
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			if (ctx->record)
				record_entry(ctx, path, entry->d_name);
			r = fn(entry->d_name, data);
			if (r < 0)
				return r;
		}
	}
	return n < 0 ? -errno : 0;
}

struct list {
	struct iommuctl_context *ctx;
	const char *path;
	int (*fn)(const char *name, void *data);
	void *data;
};

static int list_node(const struct vfs_node *node, void *data)
{
	const struct list *list = data;

	if (list->ctx->record)
		record_entry(list->ctx, list->path, node->name);
	return list->fn(node->name, list->data);
}

static int list_archive(struct iommuctl_context *ctx, const char *path,
			int (*fn)(const char *name, void *data), void *data)
{
	const struct vfs_node *node;
	int r = vfs_find(ctx->archive, path, true, &node);

	if (r < 0)
		return r;
	if (node->kind != VFS_DIRECTORY)
		return -ENOTDIR;
	if (ctx->record)
		record_directory(ctx, path);
	return vfs_list(node, list_node, &(struct list){ ctx, path, fn, data });
}

int io_list(struct iommuctl_context *ctx, const char *path, int (*fn)(const char *name, void *data),
	    void *data)
{
	CLEANUP(close_fd) int fd = -1;

	if (ctx->archive)
		return list_archive(ctx, path, fn, data);
	fd = io_open(ctx, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	if (ctx->record)
		record_directory(ctx, path);
	return list_fd(ctx, path, fd, fn, data);
}

int io_path(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(buf, size, format, args);
	va_end(args);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static int kernel_open(struct iommuctl_context *ctx, const char *path)
{
	return io_open(ctx, path[0] == '/' ? path + 1 : path, O_RDWR);
}

static int kernel_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg);
}

const struct device_ops device_ops_kernel = {
	.open = kernel_open,
	.ioctl = kernel_ioctl,
};

int device_open(struct iommuctl_context *ctx, const char *path)
{
	int fd = ctx->ops->open(ctx, path);

	if (ctx->is_watched)
		trace_open(ctx, path, fd);
	return fd;
}

int io_ioctl(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg)
{
	int r;

	do {
		r = ctx->ops->ioctl(fd, request, arg);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

static int issue(struct iommuctl_context *ctx, enum call_on on, int fd, unsigned long request,
		 void *arg, bool is_question)
{
	return ctx->is_watched ? trace_ioctl(ctx, on, fd, request, arg, is_question)
			       : io_ioctl(ctx, fd, request, arg);
}

int device_ioctl(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg)
{
	return issue(ctx, CALL_ON_DEVICE, fd, request, arg, false);
}

int device_ask(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg)
{
	return issue(ctx, CALL_ON_DEVICE, fd, request, arg, true);
}

int container_ask(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg)
{
	return issue(ctx, CALL_ON_CONTAINER, fd, request, arg, true);
}

int container_ioctl(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg)
{
	return issue(ctx, CALL_ON_CONTAINER, fd, request, arg, false);
}

int spapr_ioctl(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg)
{
	return issue(ctx, CALL_ON_SPAPR, fd, request, arg, false);
}

int io_respond(int fd, const struct abi_iommu_hwpt_page_response *response)
{
	ssize_t n;

	do {
		n = write(fd, response, sizeof(*response));
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (int)n;
}

int device_respond(struct iommuctl_context *ctx, int fd,
		   const struct abi_iommu_hwpt_page_response *response)
{
	return ctx->is_watched ? trace_respond(ctx, fd, response) : io_respond(fd, response);
}
