/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a snapshot must not tell: who owns the machine, its secrets and serial numbers. */
#ifndef IOMMUCTL_REDACT_H
#define IOMMUCTL_REDACT_H

#include "vfs.h"

/* Replaces *VFS by one without them. */
int redact(struct iommuctl_context *ctx, struct vfs **vfs);

#endif
