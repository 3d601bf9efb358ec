/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel that follows a script: which calls must come, and what it answers. */
#ifndef IOMMUCTL_TEST_FAKE_KERNEL_H
#define IOMMUCTL_TEST_FAKE_KERNEL_H

#include "libiommuctl/internal.h"
#include "test.h"

struct step {
	const char *open;	 /* the path that must be opened; NULL: an ioctl */
	unsigned long request;	 /* that must be made */
	int error;		 /* errno that is the answer, or 0 */
	void (*call)(void *arg); /* checks the argument and fills in the answer; may be NULL */
	int result;		 /* of an ioctl */
	bool gives_fd;		 /* its result is a new file descriptor */
};

/*
 * The calls of CTX go to SCRIPT from now on; its last step is all zero. After a call that failed
 * the kernel knows nothing of calls that only ask, and are not in the script.
 */
void fake_kernel(struct iommuctl_context *ctx, const struct step *script);
/* That the script was followed to its end. */
void fake_kernel_done(void);
/* The file descriptor that the last open gave. */
int fake_kernel_fd(void);
/*
 * That the last failure is of OBJECT, in doing ACTION, for REASON or a longer one, and that some
 * hint says HINT; ACTION and HINT may be NULL.
 */
void assert_diag(const struct iommuctl_context *ctx, const char *object, const char *action,
		 const char *reason, const char *hint);

#endif
