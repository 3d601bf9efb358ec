/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every failure that the table of causes is about: each call with each errno. */
#ifndef IOMMUCTL_TEST_FAILURES_H
#define IOMMUCTL_TEST_FAILURES_H

#include "libiommuctl/cause.h"
#include "tree.h"

struct failing_call {
	unsigned long request;
	int error;
	enum iommuctl_object_kind kind; /* of the object that it is about */
};

/* Calls FN with each once, and with each kind of object that there are rows for. */
void each_failing_call(void (*fn)(const struct failing_call *call, void *data), void *data);
/*
 * Looks for the cause on the device of failing_tree(). Questions to the kernel are the context's
 * operations' to answer. Returns a negative errno where nothing could fail yet.
 */
int explain_failing_call(struct iommuctl_context *ctx, const struct iommuctl_device *device,
			 const struct failing_call *call, int *ret_error);
/* A device that VFIO has, in a group with one of another DRIVER, behind an IOMMU of Intel's. */
void failing_tree(const struct tree *tree, const char *driver);

#endif
