/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cmd-device.c lists of the verbs about devices in a session. */
#ifndef IOMMUCTL_ATTACH_H
#define IOMMUCTL_ATTACH_H

#include "app.h"

extern const struct noun device_open_noun, device_attach_noun, device_info_noun;

int run_device_list(struct app *app);
int device_open_check(const struct app *app);
int run_device_open(struct app *app);
int run_device_close(struct app *app);
int run_device_info(struct app *app);
int run_device_reset(struct app *app);
int run_device_attach(struct app *app);
int run_device_detach(struct app *app);

#endif
