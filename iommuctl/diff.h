/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The differences between two machines. */
#ifndef IOMMUCTL_DIFF_H
#define IOMMUCTL_DIFF_H

#include "app.h"

extern const struct noun diff_noun;
int run_snapshot_diff(struct app *app);

#endif
