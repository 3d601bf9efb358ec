/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The context: root directory, diagnostic of the last failure, notes of a load. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

#include "pack.h"

static const char machine_root[] = "/";

IOMMUCTL_EXPORT int iommuctl_context_new(struct iommuctl_context **ret_ctx)
{
	struct iommuctl_context *ctx;

	if (!ret_ctx)
		return -EINVAL;
	ctx = calloc(1, sizeof(*ctx));
	if (!ctx)
		return -ENOMEM;
	ctx->root_fd = open(machine_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (ctx->root_fd < 0) {
		free(ctx);
		return -errno;
	}
	ctx->refs = 1;
	ctx->ops = &device_ops_kernel;
	*ret_ctx = ctx;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_context *iommuctl_context_ref(struct iommuctl_context *ctx)
{
	if (ctx)
		ctx->refs++;
	return ctx;
}

IOMMUCTL_EXPORT struct iommuctl_context *iommuctl_context_unref(struct iommuctl_context *ctx)
{
	if (!ctx || --ctx->refs > 0)
		return NULL;
	context_clear_notes(ctx);
	kernel_forget(ctx);
	vfs_free(ctx->archive);
	close(ctx->root_fd);
	free(ctx->pretended);
	free(ctx);
	return NULL;
}

static const char root_action[] = "open the root";

static void replace_root(struct iommuctl_context *ctx, int fd, struct vfs *archive)
{
	close(ctx->root_fd);
	vfs_free(ctx->archive);
	ctx->root_fd = fd;
	ctx->archive = archive;
	ctx->has_root = true;
	kernel_forget(ctx);
}

static int set_directory(struct iommuctl_context *ctx, int fd, const char *path)
{
	/* not without openat2(): links would lead out of it */
	struct iommuctl_context probe = { .root_fd = fd, .has_root = true };
	int r = io_open(&probe, ".", O_PATH | O_DIRECTORY);

	if (r < 0) {
		close(fd);
		return diag_set(ctx, -r, path, root_action,
				r == -ENOSYS ? "needs openat2(), Linux 5.6" : NULL);
	}
	close(r);
	replace_root(ctx, fd, NULL);
	return 0;
}

/* Whether FD is text; an archive has NUL bytes or its compression's first bytes. */
static bool is_text(int fd)
{
	static const char zstd[] = "\x28\xb5\x2f\xfd";
	char head[512];
	ssize_t n = pread(fd, head, sizeof(head), 0);

	for (ssize_t i = 0; i < n; i++)
		if ((unsigned char)head[i] < ' ' && !strchr("\t\n\r\033", head[i]))
			return false;
	return n >= 4 && !memchr(head, '\0', (size_t)n) && memcmp(head, zstd, 4) != 0;
}

static int load_log(struct iommuctl_context *ctx, int fd, const char *path, struct vfs **ret_vfs)
{
	CLEANUP(free_text) char *text = NULL;
	ssize_t n = io_read_fd(fd, KERNEL_LOG_MAX, &text);
	int r = n < 0 ? (int)n : log_to_root(text, (size_t)n, ret_vfs);

	return r < 0 ? diag_set(ctx, -r, path, root_action,
				r == -EBADMSG
					? "neither a directory, nor an archive, nor a kernel's "
					  "log that tells of IOMMUs"
					: NULL)
		     : 0;
}

static int set_file(struct iommuctl_context *ctx, const char *path)
{
	/* neither a FIFO nor a terminal may hold us up */
	CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct vfs *vfs;
	int r;

	if (fd < 0)
		return diag_set(ctx, errno, path, root_action, NULL);
	r = (is_text(fd) ? load_log : pack_load)(ctx, fd, path, &vfs);
	if (r < 0)
		return r;
	replace_root(ctx, open(machine_root, O_PATH | O_DIRECTORY | O_CLOEXEC), vfs);
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_context_set_root(struct iommuctl_context *ctx, const char *path)
{
	int fd;

	if (!ctx || !path)
		return -EINVAL;
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		return set_directory(ctx, fd, path);
	return errno == ENOTDIR ? set_file(ctx, path)
				: diag_set(ctx, errno, path, root_action, NULL);
}

IOMMUCTL_EXPORT bool iommuctl_context_has_root(const struct iommuctl_context *ctx)
{
	return ctx && ctx->has_root;
}

int diag_set(struct iommuctl_context *ctx, int error, const char *object, const char *action,
	     const char *format, ...)
{
	struct iommuctl_diag *diag = &ctx->diag;
	va_list args;

	snprintf(diag->object, sizeof(diag->object), "%s", object);
	snprintf(diag->action, sizeof(diag->action), "%s", action);
	diag->hints = 0;
	diag->cause = NULL;
	if (format) {
		va_start(args, format);
		vsnprintf(diag->reason, sizeof(diag->reason), format, args);
		va_end(args);
	} else {
		snprintf(diag->reason, sizeof(diag->reason), "%s", strerror(error));
	}
	return -error;
}

void diag_add_hint(struct iommuctl_diag *diag, const char *format, va_list args)
{
	if (diag->hints < DIAG_HINTS)
		vsnprintf(diag->hint[diag->hints++], sizeof(diag->hint[0]), format, args);
}

void diag_hint(struct iommuctl_context *ctx, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_add_hint(&ctx->diag, format, args);
	va_end(args);
}

IOMMUCTL_EXPORT const struct iommuctl_diag *
iommuctl_context_get_diag(const struct iommuctl_context *ctx)
{
	return ctx ? &ctx->diag : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_diag_get_object(const struct iommuctl_diag *diag)
{
	return diag ? diag->object : "";
}

IOMMUCTL_EXPORT const char *iommuctl_diag_get_action(const struct iommuctl_diag *diag)
{
	return diag ? diag->action : "";
}

IOMMUCTL_EXPORT const char *iommuctl_diag_get_reason(const struct iommuctl_diag *diag)
{
	return diag ? diag->reason : "";
}

IOMMUCTL_EXPORT const char *iommuctl_diag_get_hint(const struct iommuctl_diag *diag, size_t i)
{
	return diag && i < diag->hints ? diag->hint[i] : NULL;
}

void context_note(struct iommuctl_context *ctx, const char *path, int error)
{
	const char *reason = error == EBADMSG	? "not understood"
			     : error == ENODATA ? "empty"
			     : error == EILSEQ	? "holds NUL bytes"
			     : error == E2BIG	? "too long"
						: strerror(error);
	size_t n = ctx->note_count;

	/* what is not there, or went away meanwhile, is no fault */
	if (error == ENOENT || error == ENODEV || n == IOMMUCTL_NOTES_MAX ||
	    asprintf(&ctx->notes[n], "%s: %s", path, reason) < 0)
		return;
	if (n > 0 && strcmp(ctx->notes[n], ctx->notes[n - 1]) == 0)
		free(ctx->notes[n]);
	else
		ctx->note_count++;
}

void context_clear_notes(struct iommuctl_context *ctx)
{
	/* those of a snapshot are about all that was loaded for it */
	while (!ctx->record && ctx->note_count > 0)
		free(ctx->notes[--ctx->note_count]);
}

IOMMUCTL_EXPORT const char *iommuctl_context_get_note(const struct iommuctl_context *ctx, size_t i)
{
	return ctx && i < ctx->note_count ? ctx->notes[i] : NULL;
}
