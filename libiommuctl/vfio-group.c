/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /dev/vfio/GROUP: a group that is given to a container, and its devices. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "container.h"
#include "holder.h"
#include "paths.h"

/* "/dev/vfio/12"; groups without an IOMMU have another name. */
static int node_path(const struct iommuctl_group *group, const char *folder, char *buf, size_t size)
{
	bool noiommu = group->name && strcmp(group->name, "vfio-noiommu") == 0;

	return io_path(buf, size, "%s/%s%" PRIu64, folder, noiommu ? "noiommu-" : "", group->id);
}

/* FD may be -1, for later. */
static int make(struct iommuctl_context *ctx, const struct iommuctl_group *group, int fd,
		struct iommuctl_vfio_group **ret_group)
{
	struct iommuctl_vfio_group *handle = calloc(1, sizeof(*handle));

	if (!handle)
		return -ENOMEM;
	handle->ctx = iommuctl_context_ref(ctx);
	handle->topology = iommuctl_topology_ref(group->topology);
	handle->group = group;
	handle->fd = fd;
	snprintf(handle->name, sizeof(handle->name), "group %" PRIu64, group->id);
	*ret_group = handle;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_vfio_group_open(struct iommuctl_context *ctx,
					     const struct iommuctl_group *group,
					     struct iommuctl_vfio_group **ret_group)
{
	struct iommuctl_vfio_group *handle;
	char path[64];
	int r;

	if (!ctx || !group || !ret_group)
		return -EINVAL;
	r = make(ctx, group, -1, &handle);
	if (r < 0)
		return r;
	node_path(group, "/" DEV_VFIO_GROUPS, path, sizeof(path));
	handle->fd = device_open(ctx, path);
	if (handle->fd < 0) {
		r = vfio_group_failed(handle, NULL, GROUP_OPEN, NULL, -handle->fd, "open");
		iommuctl_vfio_group_close(handle);
		return r;
	}
	*ret_group = handle;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_vfio_group_from_fd(struct iommuctl_context *ctx,
						const struct iommuctl_group *group, int fd,
						struct iommuctl_vfio_group **ret_group)
{
	char entry[64], object[32];
	int r;

	if (!ctx || !group || !ret_group)
		return -EINVAL;
	node_path(group, SYSFS_VFIO_GROUPS, entry, sizeof(entry));
	r = node_check_fd(ctx, fd, entry);
	if (r >= 0)
		return make(ctx, group, fd, ret_group);
	snprintf(object, sizeof(object), "file descriptor %d", fd);
	diag_set(ctx, -r, object, "use it as a group", r == -EBADF ? NULL : "it is another file");
	return r == -EBADF ? r : -EINVAL;
}

IOMMUCTL_EXPORT struct iommuctl_vfio_group *
iommuctl_vfio_group_close(struct iommuctl_vfio_group *group)
{
	if (group) {
		close_fd(&group->fd);
		iommuctl_topology_unref(group->topology);
		iommuctl_context_unref(group->ctx);
		free(group);
	}
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_vfio_group_get_fd(const struct iommuctl_vfio_group *group)
{
	return group ? group->fd : -EINVAL;
}

static int has_flag(struct iommuctl_vfio_group *group, uint32_t flag)
{
	struct abi_vfio_group_status arg = { .argsz = sizeof(arg) };
	int r;

	if (!group)
		return -EINVAL;
	r = device_ioctl(group->ctx, group->fd, ABI_VFIO_GROUP_GET_STATUS, &arg);
	return r < 0 ? vfio_group_failed(group, NULL, ABI_VFIO_GROUP_GET_STATUS, NULL, -r,
					 "ask for its status")
		     : (arg.flags & flag) != 0;
}

IOMMUCTL_EXPORT int iommuctl_vfio_group_is_viable(struct iommuctl_vfio_group *group)
{
	return has_flag(group, ABI_VFIO_GROUP_FLAGS_VIABLE);
}

IOMMUCTL_EXPORT int iommuctl_vfio_group_has_container(struct iommuctl_vfio_group *group)
{
	return has_flag(group, ABI_VFIO_GROUP_FLAGS_CONTAINER_SET);
}

IOMMUCTL_EXPORT int iommuctl_vfio_group_add(struct iommuctl_vfio_group *group,
					    struct iommuctl_container *container)
{
	int32_t fd;
	int r;

	if (!group || !container)
		return -EINVAL;
	fd = container->fd;
	r = device_ioctl(group->ctx, group->fd, ABI_VFIO_GROUP_SET_CONTAINER, &fd);
	return r < 0 ? vfio_group_failed(group, container, ABI_VFIO_GROUP_SET_CONTAINER, NULL, -r,
					 "put it into a container")
		     : 0;
}

IOMMUCTL_EXPORT int iommuctl_vfio_group_remove(struct iommuctl_vfio_group *group)
{
	int r;

	if (!group)
		return -EINVAL;
	r = device_ioctl(group->ctx, group->fd, ABI_VFIO_GROUP_UNSET_CONTAINER, NULL);
	return r < 0 ? vfio_group_failed(group, NULL, ABI_VFIO_GROUP_UNSET_CONTAINER, NULL, -r,
					 "take it out of its container")
		     : 0;
}

IOMMUCTL_EXPORT int iommuctl_vfio_group_open_device(struct iommuctl_vfio_group *group,
						    const struct iommuctl_device *device,
						    struct iommuctl_vfio **ret_vfio)
{
	char action[128];
	int fd, r;

	if (!group || !device || device->group != group->group || !ret_vfio)
		return -EINVAL;
	fd = device_ioctl(group->ctx, group->fd, ABI_VFIO_GROUP_GET_DEVICE_FD,
			  (char *)device->name);
	if (fd < 0) {
		snprintf(action, sizeof(action), "open its device %s", device->name);
		return vfio_group_failed(group, NULL, ABI_VFIO_GROUP_GET_DEVICE_FD, device->name,
					 -fd, action);
	}
	r = iommuctl_vfio_from_fd(group->ctx, device, fd, NULL, 0, ret_vfio);
	if (r < 0)
		close(fd);
	return r;
}
