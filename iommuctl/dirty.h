/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hwpt dirty. */
#ifndef IOMMUCTL_DIRTY_H
#define IOMMUCTL_DIRTY_H

#include "app.h"

extern const struct noun dirty_noun;
int check_dirty(const struct app *app);
int run_dirty(struct app *app);

#endif
