/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls of a context that is watched: told of, and in a dry run left out. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "abi/iommufd.h"
#include "call.h"
#include "paths.h"

static const struct call open_row = {
	.name = "open",
	.by_value = true,
	.size = sizeof(uint64_t),
	.field_count = 1,
	.fields = &(const struct call_field){ "path", CALL_TEXT, CALL_IN, 0, sizeof(uint64_t) },
};

static const struct call unknown_row = { .name = "ioctl", .by_value = true };

IOMMUCTL_EXPORT void iommuctl_context_set_trace(struct iommuctl_context *ctx, iommuctl_trace_fn fn,
						void *userdata)
{
	if (!ctx)
		return;
	ctx->trace = fn;
	ctx->trace_data = userdata;
	ctx->is_watched = fn || ctx->dry_run;
}

IOMMUCTL_EXPORT void iommuctl_context_set_dry_run(struct iommuctl_context *ctx, bool dry_run)
{
	if (!ctx)
		return;
	ctx->dry_run = dry_run;
	ctx->is_watched = ctx->trace || dry_run;
}

/* ---------------------------------------------------- files of a dry run */

static bool is_pretended(const struct iommuctl_context *ctx, int fd)
{
	for (size_t i = 0; i < ctx->pretended_count; i++)
		if (ctx->pretended[i] == fd)
			return true;
	return false;
}

static int remember(struct iommuctl_context *ctx, int fd)
{
	int *grown;

	if (is_pretended(ctx, fd))
		return 0;
	grown = reallocarray(ctx->pretended, ctx->pretended_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	ctx->pretended = grown;
	ctx->pretended[ctx->pretended_count++] = fd;
	return 0;
}

static void forget(struct iommuctl_context *ctx, int fd)
{
	for (size_t i = 0; i < ctx->pretended_count; i++)
		if (ctx->pretended[i] == fd)
			ctx->pretended[i] = -1;
}

/* ------------------------------------------------------------- a dry run */

static bool is_of_vfio(unsigned long request)
{
	return request < ABI_IOMMU_DESTROY;
}

/* Whether the call is about an object that only a dry run has made. */
static bool names_nothing(const struct iommuctl_call *call)
{
	for (size_t i = 0; i < call->field_count; i++)
		if (call->fields[i].row->kind == CALL_ID &&
		    call->fields[i].value >= CALL_PRETENDED_ID)
			return true;
	return false;
}

static bool may_issue(const struct iommuctl_context *ctx, const struct iommuctl_call *call,
		      const void *argument)
{
	return !ctx->dry_run ||
	       (call->row->asks && call->row->asks(argument) && !names_nothing(call) &&
		!(is_of_vfio(call->request) && is_pretended(ctx, call->fd)));
}

static void answer_field(struct iommuctl_context *ctx, const struct call_field *field, void *at)
{
	uint32_t id = CALL_PRETENDED_ID + ctx->pretended_ids;

	memset(at, field->kind == CALL_FD ? 0xff : 0, field->size);
	if (field->kind == CALL_ID && field->direction == CALL_OUT) {
		memcpy(at, &id, sizeof(id));
		ctx->pretended_ids++;
	}
}

/* New ids, and else zeros; what a change was asked for stays as if it had been granted. */
static void answer(struct iommuctl_context *ctx, const struct iommuctl_call *call, char *argument)
{
	const bool asks = call->row->asks && call->row->asks(argument);

	for (size_t i = 0; i < call->row->field_count; i++) {
		const struct call_field *field = &call->row->fields[i];

		if ((size_t)(field->offset + field->size) <= call->size &&
		    field->kind != CALL_RANGES &&
		    (field->direction == CALL_OUT || (field->direction == CALL_IN_OUT && asks)))
			answer_field(ctx, field, argument + field->offset);
	}
}

static int pretend(struct iommuctl_context *ctx, const struct iommuctl_call *call, void *argument)
{
	int r = is_of_vfio(call->request) ? remember(ctx, call->fd) : 0;

	if (r < 0)
		return r;
	answer(ctx, call, argument);
	if (!call->row->returns_fd)
		return 0;
	r = open(OWN_NULL, O_RDWR | O_CLOEXEC);
	if (r < 0)
		return -errno;
	if (remember(ctx, r) < 0) {
		close(r);
		return -ENOMEM;
	}
	return r;
}

/* ------------------------------------------------------------------ calls */

static void tell(const struct iommuctl_context *ctx, const struct iommuctl_call *call)
{
	if (ctx->trace)
		ctx->trace(call, ctx->trace_data);
}

void trace_open(struct iommuctl_context *ctx, const char *path, int fd)
{
	const uint64_t value = (uintptr_t)path;
	struct iommuctl_call call = {
		.row = &open_row,
		.fd = -1,
		.result = fd,
		.was_issued = true,
	};

	if (fd >= 0)
		forget(ctx, fd);
	call_take(&call, &value);
	call_add_fields(&call, CALL_IN, &value);
	tell(ctx, &call);
}

int trace_ioctl(struct iommuctl_context *ctx, enum call_on on, int fd, unsigned long request,
		void *arg, bool is_question)
{
	const struct call *row = call_find(on, request, arg);
	const uint64_t value = (uintptr_t)arg;
	struct iommuctl_call call = {
		.row = row ? row : &unknown_row,
		.request = request,
		.fd = fd,
		.follow = !is_question,
		.pretended_ids = ctx->pretended_ids,
	};
	const void *argument = call.row->by_value ? &value : arg;

	call_take(&call, argument);
	call_add_fields(&call, CALL_IN, argument);
	call.was_issued = is_question || may_issue(ctx, &call, argument);
	call.result = call.was_issued ? io_ioctl(ctx, fd, request, arg) : pretend(ctx, &call, arg);
	call.pretended_ids = ctx->pretended_ids;
	call_add_fields(&call, CALL_OUT, argument);
	tell(ctx, &call);
	return call.result;
}

int trace_respond(struct iommuctl_context *ctx, int fd,
		  const struct abi_iommu_hwpt_page_response *response)
{
	struct iommuctl_call call = {
		.row = &call_response,
		.fd = fd,
		.was_issued = !ctx->dry_run,
	};

	call_take(&call, response);
	call_add_fields(&call, CALL_IN, response);
	call.result = call.was_issued ? io_respond(fd, response) : (int)sizeof(*response);
	tell(ctx, &call);
	return call.result;
}
