/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the noun container share. */
#ifndef IOMMUCTL_CONTAINER_TOOL_H
#define IOMMUCTL_CONTAINER_TOOL_H

#include "app.h"

/* Calls DO_IT with the container that is open as --container, and stays so; an exit code. */
int container_with(struct app *app,
		   int (*do_it)(struct app *app, struct iommuctl_container *container));

extern const struct noun container_noun;
int run_container_show(struct app *app);

#endif
