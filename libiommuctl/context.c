/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The context: root directory, diagnostic of the last failure, notes of a load. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

#include "vfs.h"

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
	free(ctx);
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_context_set_root(struct iommuctl_context *ctx, const char *dir)
{
	int old_fd, fd;
	bool had_root;

	if (!ctx || !dir)
		return -EINVAL;
	old_fd = ctx->root_fd;
	had_root = ctx->has_root;
	fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return diag_set(ctx, errno, dir, "open the root", NULL);
	ctx->root_fd = fd;
	ctx->has_root = true;
	/* not without openat2(): links would lead out of it */
	fd = io_open(ctx, ".", O_PATH | O_DIRECTORY);
	if (fd < 0) {
		close(ctx->root_fd);
		ctx->root_fd = old_fd;
		ctx->has_root = had_root;
		return diag_set(ctx, -fd, dir, "open the root",
				fd == -ENOSYS ? "needs openat2(), Linux 5.6" : NULL);
	}
	close(fd);
	close(old_fd);
	return 0;
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
	if (format) {
		va_start(args, format);
		vsnprintf(diag->reason, sizeof(diag->reason), format, args);
		va_end(args);
	} else {
		snprintf(diag->reason, sizeof(diag->reason), "%s", strerror(error));
	}
	return -error;
}

void diag_hint(struct iommuctl_context *ctx, const char *format, ...)
{
	struct iommuctl_diag *diag = &ctx->diag;
	va_list args;

	if (diag->hints == DIAG_HINTS)
		return;
	va_start(args, format);
	vsnprintf(diag->hint[diag->hints++], sizeof(diag->hint[0]), format, args);
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
	while (ctx->note_count > 0)
		free(ctx->notes[--ctx->note_count]);
}

IOMMUCTL_EXPORT const char *iommuctl_context_get_note(const struct iommuctl_context *ctx, size_t i)
{
	return ctx && i < ctx->note_count ? ctx->notes[i] : NULL;
}
