/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which of its causes a failed bind has. The kernel gives an errno and logs
 * nothing; the causes are checked here in the order in which the kernel does
 * (drivers/vfio/device_cdev.c, drivers/iommu/iommufd/device.c).
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "holder.h"
#include "paths.h"

static const char bind_action[] = "bind to iommufd";

/* ---------------------------------------------------------- the causes */

static bool explain_sibling_driver(struct iommuctl_vfio *vfio, int error)
{
	const struct iommuctl_device *blocker = NULL;

	iommuctl_group_is_viable(vfio->device->group, &blocker);
	if (!blocker)
		return false;
	diag_set(vfio->ctx, error, vfio->device->name, bind_action,
		 "%s, in the same group %" PRIu64 ", is in use by driver %s", blocker->name,
		 vfio->device->group->id, blocker->driver);
	diag_hint(vfio->ctx,
		  "unbind %s from %s, or bind it to vfio-pci too: a group is given away whole",
		  blocker->name, blocker->driver);
	return true;
}

static bool explain_sibling_holder(struct iommuctl_vfio *vfio, int error,
				   const struct iommuctl_holders *holders)
{
	const struct iommuctl_group *group = vfio->device->group;

	for (size_t i = 0; group && i < group->device_count; i++)
		if (group->devices[i]->vfio_node &&
		    explain_holder(vfio->ctx, error, vfio->device->name, bind_action,
				   group->devices[i]->vfio_node, holders))
			return true;
	return false;
}

static int explain_eperm(struct iommuctl_vfio *vfio)
{
	CLEANUP(free_holders) struct iommuctl_holders *holders = NULL;
	char unsafe[16] = "";

	if (explain_sibling_driver(vfio, EPERM))
		return -EPERM;
	holders = load_holders(vfio->ctx);
	if (explain_sibling_holder(vfio, EPERM, holders))
		return -EPERM;
	io_read(vfio->ctx, SYSFS_UNSAFE_INTERRUPTS, unsafe, sizeof(unsafe));
	if (strcmp(unsafe, "Y") == 0) {
		diag_set(vfio->ctx, EPERM, vfio->device->name, bind_action,
			 "another iommufd context owns the group");
		hint_hidden(vfio->ctx, holders);
		return -EPERM;
	}
	diag_set(vfio->ctx, EPERM, vfio->device->name, bind_action,
		 "its interrupts are not isolated: interrupt remapping is off or missing");
	diag_hint(vfio->ctx, "turn interrupt remapping on: in the firmware's setup, and no "
			     "intremap=off or nointremap on the kernel's command line");
	diag_hint(vfio->ctx,
		  "or, if you trust the device and its user: echo Y > /" SYSFS_UNSAFE_INTERRUPTS);
	return -EPERM;
}

static int explain_ebusy(struct iommuctl_vfio *vfio)
{
	const struct iommuctl_group *group = vfio->device->group;
	CLEANUP(free_holders) struct iommuctl_holders *holders = load_holders(vfio->ctx);
	char path[64];

	if (group) {
		snprintf(path, sizeof(path), "/" DEV_VFIO_GROUPS "/%" PRIu64, group->id);
		if (explain_holder(vfio->ctx, EBUSY, vfio->device->name, bind_action, path,
				   holders))
			return -EBUSY;
	}
	diag_set(vfio->ctx, EBUSY, vfio->device->name, bind_action,
		 "the group is in use in another way: its /" DEV_VFIO_GROUPS
		 " node is open, or the kernel shares page tables with it (SVA)");
	hint_hidden(vfio->ctx, holders);
	return -EBUSY;
}

static int explain_einval(struct iommuctl_vfio *vfio)
{
	const struct iommuctl_group *group = vfio->device->group;
	CLEANUP(free_holders) struct iommuctl_holders *holders = NULL;

	for (size_t i = 0; group && i < group->region_count; i++) {
		const struct iommuctl_region *region = &group->regions[i];

		if (region->type != IOMMUCTL_REGION_DIRECT)
			continue;
		diag_set(vfio->ctx, EINVAL, vfio->device->name, bind_action,
			 "the firmware wants 0x%" PRIx64 "-0x%" PRIx64
			 " mapped 1:1 for its group at all times",
			 region->range.start, region->range.end);
		diag_hint(vfio->ctx, "such a device cannot be given away; ask the machine's vendor "
				     "for a firmware without this region (RMRR, IVMD)");
		return -EINVAL;
	}
	holders = load_holders(vfio->ctx);
	if (explain_holder(vfio->ctx, EINVAL, vfio->device->name, bind_action,
			   vfio->device->vfio_node, holders))
		return -EINVAL;
	diag_set(vfio->ctx, EINVAL, vfio->device->name, bind_action,
		 "another open of the device is bound already, or its IOMMU does not keep DMA "
		 "coherent with the CPU caches");
	hint_hidden(vfio->ctx, holders);
	return -EINVAL;
}

int explain_bind(struct iommuctl_vfio *vfio, int error)
{
	switch (error) {
	case EPERM:
		return explain_eperm(vfio);
	case EBUSY:
		return explain_ebusy(vfio);
	case EINVAL:
		return explain_einval(vfio);
	case ENOTTY:
		return diag_set(vfio->ctx, error, vfio->device->name, bind_action,
				"needs Linux 6.6 or later");
	default:
		return diag_set(vfio->ctx, error, vfio->device->name, bind_action, NULL);
	}
}

int explain_no_vfio(struct iommuctl_context *ctx, const struct iommuctl_device *device)
{
	const char *action = "open its VFIO device";

	if (!device->group) {
		diag_set(ctx, ENXIO, device->name, action, "no IOMMU serves the device");
	} else if (!device->driver) {
		diag_set(ctx, ENXIO, device->name, action,
			 "no driver is bound to it, so not VFIO's");
	} else if (!strstr(device->driver, "vfio")) {
		diag_set(ctx, ENXIO, device->name, action, "driver %s is bound to it, not VFIO's",
			 device->driver);
	} else {
		diag_set(ctx, ENXIO, device->name, action, "this kernel has no VFIO device nodes");
		diag_hint(ctx,
			  "needs CONFIG_VFIO_DEVICE_CDEV and CONFIG_IOMMUFD, Linux 6.6 or later");
	}
	return -ENXIO;
}
