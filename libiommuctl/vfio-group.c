/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /dev/vfio/GROUP: a group that is given to a container, and its devices. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "container.h"
#include "holder.h"
#include "paths.h"

bool group_has_iommu(const struct iommuctl_group *group)
{
	return !group->name || strcmp(group->name, "vfio-noiommu") != 0;
}

int group_node_path(const struct iommuctl_group *group, char *buf, size_t size)
{
	return io_path(buf, size, "/" DEV_VFIO_GROUPS "/%s%" PRIu64,
		       group_has_iommu(group) ? "" : "noiommu-", group->id);
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
	group_node_path(group, path, sizeof(path));
	handle->fd = device_open(ctx, path);
	if (handle->fd < 0) {
		r = vfio_group_failed(handle, NULL, GROUP_OPEN, NULL, -handle->fd, "open");
		iommuctl_vfio_group_close(handle);
		return r;
	}
	*ret_group = handle;
	return 0;
}

/* "12", or "noiommu-12": by the number of the node; NULL: FD is of no group. */
static const struct iommuctl_group *find_group(struct iommuctl_context *ctx,
					       const struct iommuctl_topology *topology, int fd)
{
	char path[64], target[PATH_MAX];
	struct stat stat;
	char *name;

	if (fstat(fd, &stat) < 0 || !S_ISCHR(stat.st_mode))
		return NULL;
	io_path(path, sizeof(path), SYSFS_CHAR "/%u:%u", major(stat.st_rdev), minor(stat.st_rdev));
	if (io_readlink(ctx, path, target, sizeof(target)) < 0)
		return NULL;
	name = strstr(target, "/vfio/");
	if (!name)
		return NULL;
	name = strrchr(name, '/') + 1;
	return iommuctl_topology_find_group(topology,
					    strrchr(name, '-') ? strrchr(name, '-') + 1 : name);
}

IOMMUCTL_EXPORT int iommuctl_vfio_group_from_fd(struct iommuctl_context *ctx,
						const struct iommuctl_topology *topology, int fd,
						struct iommuctl_vfio_group **ret_group)
{
	const struct iommuctl_group *group;
	char object[32];
	int error;

	if (!ctx || !topology || !ret_group)
		return -EINVAL;
	group = find_group(ctx, topology, fd);
	if (group && fcntl(fd, F_SETFD, FD_CLOEXEC) >= 0)
		return make(ctx, group, fd, ret_group);
	error = fcntl(fd, F_GETFD) < 0 ? errno : EINVAL;
	snprintf(object, sizeof(object), "file descriptor %d", fd);
	diag_set(ctx, error, object, "use it as a group",
		 error == EINVAL ? "it is another file, not /" DEV_VFIO_GROUPS "/GROUP" : NULL);
	diag_hint(ctx, "in a shell: exec %d<>/" DEV_VFIO_GROUPS "/GROUP", fd < 0 ? 9 : fd);
	return -error;
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

IOMMUCTL_EXPORT int iommuctl_vfio_group_take_fd(struct iommuctl_vfio_group *group)
{
	int fd = iommuctl_vfio_group_get_fd(group);

	if (group)
		group->fd = -1;
	iommuctl_vfio_group_close(group);
	return fd;
}

IOMMUCTL_EXPORT const struct iommuctl_group *
iommuctl_vfio_group_get_group(const struct iommuctl_vfio_group *group)
{
	return group ? group->group : NULL;
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
