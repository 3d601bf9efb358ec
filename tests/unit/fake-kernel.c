/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "libiommuctl/abi/iommufd.h"

static const struct step *next;
static bool failed; /* the last step did, and its cause may be looked for */
static int last_fd;

static int new_fd(void)
{
	last_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(last_fd >= 0);
	return last_fd;
}

static int fake_open(struct iommuctl_context *ctx, const char *path)
{
	const struct step *step = next++;

	(void)ctx;
	assert_non_null(step->open);
	assert_string_equal(path, step->open);
	return step->error ? -step->error : new_fd();
}

/* What the library asks for a cause with. */
static bool is_question(unsigned long request)
{
	static const unsigned long questions[] = {
		ABI_IOMMU_HWPT_INVALIDATE,	 ABI_IOMMU_IOAS_IOVA_RANGES, ABI_IOMMU_GET_HW_INFO,
		ABI_IOMMU_HWPT_GET_DIRTY_BITMAP, ABI_IOMMU_IOAS_COPY,	     ABI_IOMMU_OPTION,
	};

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		if (questions[i] == request)
			return true;
	return false;
}

static int fake_ioctl(int fd, unsigned long request, void *arg)
{
	const struct step *step = next;

	/* the library must not use what it closed */
	assert_true(fcntl(fd, F_GETFD) >= 0);
	if (failed && step->request != request && is_question(request)) {
		errno = ENOTTY;
		return -1;
	}
	next++;
	failed = step->error != 0;
	assert_null(step->open);
	assert_int_equal(request, step->request);
	if (step->call)
		step->call(arg);
	errno = step->error;
	return step->error ? -1 : step->gives_fd ? new_fd() : step->result;
}

void fake_kernel(struct iommuctl_context *ctx, const struct step *script)
{
	static const struct device_ops ops = { .open = fake_open, .ioctl = fake_ioctl };

	ctx->ops = &ops;
	next = script;
	failed = false;
}

void fake_kernel_done(void)
{
	assert_null(next->open);
	assert_int_equal(next->request, 0);
}

int fake_kernel_fd(void)
{
	return last_fd;
}

void assert_diag(const struct iommuctl_context *ctx, const char *object, const char *action,
		 const char *reason, const char *hint)
{
	const struct iommuctl_diag *diag = iommuctl_context_get_diag(ctx);
	const char *text;

	assert_string_equal(iommuctl_diag_get_object(diag), object);
	if (action)
		assert_string_equal(iommuctl_diag_get_action(diag), action);
	if (!strstr(iommuctl_diag_get_reason(diag), reason))
		fail_msg("not '%s' but: %s", reason, iommuctl_diag_get_reason(diag));
	for (size_t i = 0; hint; i++) {
		text = iommuctl_diag_get_hint(diag, i);
		if (!text)
			fail_msg("no hint says: %s", hint);
		if (strstr(text, hint))
			break;
	}
}
