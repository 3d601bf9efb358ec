/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of its causes a failed call of a group has. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "container.h"
#include "holder.h"
#include "paths.h"

static bool is_not_on_vfio(const struct container_failure *failure)
{
	const struct iommuctl_group *group = failure->group->group;

	for (size_t i = 0; i < group->device_count; i++)
		if (group->devices[i]->driver && strstr(group->devices[i]->driver, "vfio"))
			return failure_set(failure, "this kernel has no nodes for groups");
	failure_set(failure, "no device of it is bound to a driver of VFIO");
	diag_hint(failure->group->ctx, "a device is bound with the file driver_override in its "
				       "folder of sysfs: vfio-pci");
	return true;
}

static bool is_held(const struct container_failure *failure)
{
	const struct iommuctl_group *group = failure->group->group;
	struct iommuctl_context *ctx = failure->group->ctx;
	CLEANUP(free_holders) struct iommuctl_holders *holders = load_holders(ctx);
	char node[64];

	group_node_path(group, node, sizeof(node));
	if (explain_holder(ctx, failure->error, failure->group->name, failure->action, node,
			   holders))
		return true;
	for (size_t i = 0; i < group->device_count; i++)
		if (group->devices[i]->vfio_node &&
		    explain_holder(ctx, failure->error, failure->group->name, failure->action,
				   group->devices[i]->vfio_node, holders))
			return true;
	failure_set(failure, "it, or a device of it, is open already");
	hint_hidden(ctx, holders);
	return true;
}

static bool has_sibling_driver(const struct container_failure *failure)
{
	const struct iommuctl_group *group = failure->group->group;
	const struct iommuctl_device *blocker = NULL;

	iommuctl_group_is_viable(group, &blocker);
	if (!blocker)
		return false;
	failure_set(failure, "its device %s is in use by driver %s", blocker->name,
		    blocker->driver);
	diag_hint(failure->group->ctx,
		  "unbind %s from %s, or bind it to vfio-pci too: a group is given away whole",
		  blocker->name, blocker->driver);
	return true;
}

static bool is_in_container(const struct container_failure *failure)
{
	return iommuctl_vfio_group_has_container(failure->group) > 0;
}

static bool is_typed_and_unsafe(const struct container_failure *failure)
{
	/* a container that has a type takes its groups' interrupts as they come */
	return container_has_type(failure->container) &&
	       failure->container->type != IOMMUCTL_CONTAINER_NOIOMMU &&
	       group_has_iommu(failure->group->group) && explain_interrupts(failure);
}

static bool is_device_elsewhere(const struct container_failure *failure)
{
	const struct iommuctl_group *group = failure->group->group;

	for (size_t i = 0; i < group->device_count; i++) {
		const struct iommuctl_device *device = group->devices[i];

		if (device->name == failure->arg &&
		    !(device->driver && strstr(device->driver, "vfio")))
			return failure_set(failure, "%s is bound to it, not VFIO's",
					   device->driver ? device->driver : "no driver");
	}
	return false;
}

/* clang-format off */
static const struct container_cause causes[] = {
	{ "group-open-no-driver", GROUP_OPEN, ENOENT, is_not_on_vfio, NULL, NULL },
	{ "group-open-gone", GROUP_OPEN, ENXIO, is_not_on_vfio, NULL, NULL },
	{ "group-open-held", GROUP_OPEN, EBUSY, is_held, NULL, NULL },
	{ "group-open-user", GROUP_OPEN, EACCES, NULL, "Permission denied",
	  "the node belongs to root: use sudo, or a udev rule that gives it to your group" },
	{ "group-open-no-iommu", GROUP_OPEN, EPERM, NULL, "a group without an IOMMU is for CAP_SYS_RAWIO alone", NULL },
	{ "group-add-again", ABI_VFIO_GROUP_SET_CONTAINER, EINVAL, is_in_container, "it is in a container already", NULL },
	{ "group-add-driver", ABI_VFIO_GROUP_SET_CONTAINER, EPERM, has_sibling_driver, NULL, NULL },
	{ "group-add-interrupts", ABI_VFIO_GROUP_SET_CONTAINER, EPERM, is_typed_and_unsafe, NULL, NULL },
	{ "group-add-other", ABI_VFIO_GROUP_SET_CONTAINER, EPERM, NULL,
	  "another user has the group, or it is without an IOMMU and the container's others are not", NULL },
	{ "group-remove-none", ABI_VFIO_GROUP_UNSET_CONTAINER, EINVAL, NULL, "it is in no container", NULL },
	{ "group-remove-open", ABI_VFIO_GROUP_UNSET_CONTAINER, EBUSY, NULL, "a device of it is open", NULL },
	{ "group-device-driver", ABI_VFIO_GROUP_GET_DEVICE_FD, ENODEV, is_device_elsewhere, NULL, NULL },
	{ "group-device-no-type", ABI_VFIO_GROUP_GET_DEVICE_FD, EINVAL, NULL, "it is in no container that has a type", NULL },
	{ "group-device-region", ABI_VFIO_GROUP_GET_DEVICE_FD, EADDRINUSE, NULL,
	  "a reserved region of the device collides with what is mapped in the iommufd", NULL },
	{ "group-device-pins", ABI_VFIO_GROUP_GET_DEVICE_FD, EFAULT, NULL,
	  "memory that is mapped in the iommufd cannot be pinned: a process that mapped it has ended",
	  "an iommufd pins when a device is opened: map after that; or map files with its own calls" },
	{ "group-device-interrupts", ABI_VFIO_GROUP_GET_DEVICE_FD, EPERM, explain_interrupts, NULL, NULL },
	{ "group-device-token", ABI_VFIO_GROUP_GET_DEVICE_FD, EACCES, NULL,
	  "it is a virtual function whose physical one is in user space too, and wants a token", NULL },
};
/* clang-format on */

int vfio_group_failed(struct iommuctl_vfio_group *group, struct iommuctl_container *container,
		      unsigned long request, const void *arg, int error, const char *action)
{
	const struct container_failure failure = {
		.container = container,
		.group = group,
		.request = request,
		.arg = arg,
		.error = error,
		.action = action,
	};

	return failure_explain(&failure, causes, ARRAY_SIZE(causes));
}
