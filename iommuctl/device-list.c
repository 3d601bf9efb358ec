/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that are opened together. */
#include <errno.h>
#include <string.h>

#include "attrs.h"
#include "session.h"

static int open_device(struct app *app, const char *word, struct iommuctl_iommufd *iommufd,
		       struct open_device *ret_open)
{
	int r;

	if (!app->topology && app_load(app) < 0)
		return -EINVAL;
	ret_open->device = device_find(app->topology, word);
	if (!ret_open->device) {
		message("%s %s: open: there is no such device", app->command->noun, word);
		return -ENOENT;
	}
	r = iommuctl_vfio_open(app->ctx, ret_open->device, &ret_open->vfio);
	if (r >= 0 && iommufd)
		r = iommuctl_vfio_bind(ret_open->vfio, iommufd);
	if (r < 0)
		message_diag(app);
	return r;
}

int device_list_open(struct app *app, const struct objects *words, struct iommuctl_iommufd *iommufd,
		     struct device_list *ret_list)
{
	struct device_list list = { .items = calloc(words->count + 1, sizeof(*list.items)) };
	int r = list.items ? 0 : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < words->count; i++)
		r = open_device(app, words->items[i], iommufd, &list.items[list.count++]);
	if (r < 0)
		device_list_close(&list);
	else
		*ret_list = list;
	return r;
}

void device_list_close(struct device_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		iommuctl_vfio_close(list->items[i].vfio);
	free(list->items);
	*list = (struct device_list){ 0 };
}

int device_list_find(const struct device_list *list, const struct iommuctl_device *device)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].device == device)
			return iommuctl_vfio_get_fd(list->items[i].vfio);
	return -1;
}
