/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only code that opens files of sysfs and device nodes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "internal.h"

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

ssize_t io_read(struct iommuctl_context *ctx, const char *path, char *buf, size_t size)
{
	CLEANUP(close_fd) int fd = io_open(ctx, path, O_RDONLY);
	size_t length = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	do {
		n = read(fd, buf + length, size - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		length += (size_t)n;
		/* an attribute comes whole in one read; a page or more may not */
	} while (n != 0 && length >= 4096 && length < size);
	if (length == size)
		return -E2BIG;
	if (memchr(buf, '\0', length))
		return -EILSEQ;
	while (length > 0 && buf[length - 1] == '\n')
		length--;
	buf[length] = '\0';
	return (ssize_t)length;
}

ssize_t io_readlink(struct iommuctl_context *ctx, const char *path, char *buf, size_t size)
{
	/* by way of an fd, because readlinkat() would follow links out of the root */
	CLEANUP(close_fd) int fd = io_open(ctx, path, O_PATH | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = readlinkat(fd, "", buf, size);
	if (n < 0)
		return errno == ENOENT ? -EINVAL : -errno;
	if ((size_t)n == size)
		return -ENAMETOOLONG;
	buf[n] = '\0';
	return n;
}

int io_list(struct iommuctl_context *ctx, const char *path, int (*fn)(const char *name, void *data),
	    void *data)
{
	CLEANUP(close_fd) int fd = io_open(ctx, path, O_RDONLY | O_DIRECTORY);
	/* without opendir(): its allocation and its two more calls a directory are half the cost */
	_Alignas(struct dirent64) char buf[16384];
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = getdents64(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry = (const void *)(buf + at);
			int r = 0;

			at += entry->d_reclen;
			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
				r = fn(entry->d_name, data);
			if (r < 0)
				return r;
		}
	}
	return n < 0 ? -errno : 0;
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

int device_ioctl(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg)
{
	int r;

	do {
		r = ctx->ops->ioctl(fd, request, arg);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}
