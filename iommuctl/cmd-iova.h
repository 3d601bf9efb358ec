/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IOMMUCTL_CMD_IOVA_H
#define IOMMUCTL_CMD_IOVA_H

#include "app.h"

extern const struct noun iova_plan_noun;
int iova_plan_check(const struct app *app);
int run_iova_plan(struct app *app);

/* A device that is named twice is asked about once. */
void objects_drop_repeated(struct objects *objects);

#endif
