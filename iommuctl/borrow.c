/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "borrow.h"

#include <errno.h>
#include <string.h>

bool is_on_vfio(const struct iommuctl_device *device)
{
	const char *driver = iommuctl_device_get_driver(device);

	return driver && strstr(driver, "vfio");
}

int borrow_open(const struct app *app, const struct iommuctl_group *const *groups, size_t count,
		struct borrowed *borrowed)
{
	int r = 0;

	*borrowed = (struct borrowed){
		.of = groups,
		.groups = calloc(count, sizeof(*borrowed->groups)),
	};
	if (!borrowed->groups)
		return -ENOMEM;
	for (size_t i = 0; r >= 0 && i < count; i++) {
		r = iommuctl_vfio_group_open(app->ctx, groups[i], &borrowed->groups[i]);
		borrowed->group_count += r >= 0;
	}
	if (r < 0)
		borrow_end(borrowed);
	return r;
}

static int open_devices(struct borrowed *borrowed, size_t n)
{
	const struct iommuctl_device *device;
	int r = 0;

	for (size_t i = 0; r >= 0 && (device = iommuctl_group_get_device(borrowed->of[n], i));
	     i++) {
		struct iommuctl_vfio **grown;

		if (!is_on_vfio(device))
			continue;
		grown = reallocarray(borrowed->devices, borrowed->device_count + 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		borrowed->devices = grown;
		r = iommuctl_vfio_group_open_device(borrowed->groups[n], device,
						    &grown[borrowed->device_count]);
		borrowed->device_count += r >= 0;
	}
	return r;
}

int borrow_claim(const struct app *app, struct borrowed *borrowed)
{
	int r = iommuctl_container_open(app->ctx, &borrowed->container);

	for (size_t i = 0; r >= 0 && i < borrowed->group_count; i++)
		r = iommuctl_vfio_group_add(borrowed->groups[i], borrowed->container);
	if (r >= 0)
		r = iommuctl_container_set_type(borrowed->container, IOMMUCTL_CONTAINER_NONE, NULL);
	if (r < 0 || iommuctl_container_is_iommufd(borrowed->container) <= 0)
		return r;
	for (size_t i = 0; r >= 0 && i < borrowed->group_count; i++)
		r = open_devices(borrowed, i);
	return r;
}

void borrow_end(struct borrowed *borrowed)
{
	for (size_t i = 0; i < borrowed->device_count; i++)
		iommuctl_vfio_close(borrowed->devices[i]);
	for (size_t i = 0; i < borrowed->group_count; i++)
		iommuctl_vfio_group_close(borrowed->groups[i]);
	iommuctl_container_close(borrowed->container);
	free(borrowed->devices);
	free(borrowed->groups);
	*borrowed = (struct borrowed){ 0 };
}
