/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups in a container, for a moment. */
#ifndef IOMMUCTL_BORROW_H
#define IOMMUCTL_BORROW_H

#include "app.h"

struct borrowed {
	const struct iommuctl_group *const *of;
	struct iommuctl_container *container;
	struct iommuctl_vfio_group **groups;
	size_t group_count;
	struct iommuctl_vfio **devices;
	size_t device_count;
};

/* Open the COUNT groups, whose array is kept. A failure is the library's diagnostic, and has left
 * nothing open. */
int borrow_open(const struct app *app, const struct iommuctl_group *const *groups, size_t count,
		struct borrowed *borrowed);
/*
 * Put them into a new container, of the best type that there is, so that it tells what they can do.
 * Devices are opened only where that needs it.
 */
int borrow_claim(const struct app *app, struct borrowed *borrowed);
/* All is as it was before. */
void borrow_end(struct borrowed *borrowed);
bool is_on_vfio(const struct iommuctl_device *device);

#endif
