/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which iommufd a command works on: that of a session, or one that it inherited. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app.h"

static int inherit(struct app *app)
{
	uint64_t number;
	int fd = -1, r;

	if (param_number(app->inherited, &number) && number <= INT32_MAX)
		fd = fcntl((int)number, F_DUPFD_CLOEXEC, 3);
	if (fd < 0) {
		message("%s: --iommufd %s: there is no such open file", app->command->noun,
			app->inherited);
		hint("in a shell: exec 7<>/dev/iommu, and then --iommufd 7");
		return -EBADF;
	}
	r = iommuctl_iommufd_from_fd(app->ctx, fd, &app->iommufd);
	if (r >= 0)
		return 0;
	if (r == -EINVAL) {
		/* the library knows it by another number */
		message("%s: --iommufd %s: %s", app->command->noun, app->inherited,
			iommuctl_diag_get_reason(iommuctl_context_get_diag(app->ctx)));
		hint("in a shell: exec 7<>/dev/iommu, and then --iommufd 7");
	} else {
		message_diag(app);
	}
	close(fd);
	return -EINVAL;
}

int app_iommufd(struct app *app)
{
	const char *name = app->session_name;

	if (app->iommufd)
		return 0;
	if (app->inherited)
		return inherit(app);
	if (app->root) {
		message("%s: there is no kernel behind --root to do it", app->command->noun);
		return -EINVAL;
	}
	if (!name)
		name = getenv("IOMMUCTL_SESSION");
	if (!name || !*name) {
		message("%s: needs a session, or an open /dev/iommu", app->command->noun);
		hint("iommuctl session start NAME makes one; then --session NAME, or "
		     "IOMMUCTL_SESSION=NAME");
		hint("or, in a shell: exec 7<>/dev/iommu, and then --iommufd 7");
		return -ENODEV;
	}
	if (iommuctl_session_connect(app->ctx, name, &app->session) < 0) {
		message_diag(app);
		return -ENODEV;
	}
	app->iommufd = iommuctl_session_get_iommufd(app->session);
	return 0;
}

void app_close_iommufd(struct app *app)
{
	iommuctl_object_free(app->ioas);
	/* a session's is its own */
	if (!app->session)
		iommuctl_iommufd_close(app->iommufd);
	iommuctl_session_close(app->session);
}
