/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Causes of a device that cannot be had. The kernel gives an errno and logs nothing; it looks at
 * drivers/vfio/device_cdev.c first, then at drivers/iommu/iommufd/device.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cause-table.h"
#include "cause.h"
#include "container.h"
#include "holder.h"
#include "paths.h"

/* ------------------------------------------------------------- who has it */

static const struct iommuctl_holders *holders(struct failure *failure)
{
	if (!failure->holders)
		failure->holders = load_holders(failure->ctx);
	return failure->holders;
}

/* Whether another process has NODE open. */
static bool is_held(struct failure *failure, const char *node)
{
	const struct iommuctl_diag *diag = &failure->diag;

	if (!explain_holder(failure->ctx, failure->error, diag->object, diag->action, node,
			    holders(failure)))
		return false;
	failure->diag = failure->ctx->diag;
	return true;
}

/* Nobody was found; that tells less where some could not be looked at. */
bool cause_nobody_found(struct failure *failure)
{
	const struct iommuctl_holders *all = holders(failure);

	failure->ctx->diag = failure->diag;
	hint_hidden(failure->ctx, all);
	failure->diag = failure->ctx->diag;
	return true;
}

/* ---------------------------------------------------------------- binding */

bool cause_sibling_driver(struct failure *failure)
{
	const struct iommuctl_device *blocker = NULL;

	iommuctl_group_is_viable(failure->vfio->device->group, &blocker);
	if (!blocker)
		return false;
	advise(failure,
	       "unbind %s from %s, or bind it to vfio-pci too: a group is given away whole",
	       blocker->name, blocker->driver);
	return because(failure, "%s, in the same group %" PRIu64 ", is in use by driver %s",
		       blocker->name, blocker->group->id, blocker->driver);
}

bool cause_sibling_held(struct failure *failure)
{
	const struct iommuctl_group *group = failure->vfio->device->group;

	for (size_t i = 0; group && i < group->device_count; i++)
		if (group->devices[i]->vfio_node && is_held(failure, group->devices[i]->vfio_node))
			return true;
	return false;
}

/* Whether this process has another device of the group open, for another iommufd then. */
static bool has_sibling(struct failure *failure)
{
	const struct iommuctl_device *device = failure->vfio->device;
	const struct iommuctl_holder *holder;
	const struct iommuctl_group *group = device->group;

	for (size_t i = 0; (holder = iommuctl_holders_get(holders(failure), i)); i++)
		for (size_t n = 0; group && n < group->device_count; n++)
			if (holder->pid == (uint32_t)getpid() && holder->node &&
			    group->devices[n] != device && group->devices[n]->vfio_node &&
			    strcmp(holder->node, group->devices[n]->vfio_node) == 0)
				return true;
	return false;
}

/* Where its interrupts do not matter, what is left is another owner. */
bool cause_group_owned(struct failure *failure)
{
	char unsafe[16] = "";

	io_read(failure->ctx, SYSFS_UNSAFE_INTERRUPTS, unsafe, sizeof(unsafe));
	return (strcmp(unsafe, "Y") == 0 || has_sibling(failure)) && cause_nobody_found(failure);
}

bool cause_interrupts(struct failure *failure)
{
	advise(failure, "turn interrupt remapping on: in the firmware's setup, and no intremap=off "
			"or nointremap on the kernel's command line");
	return true;
}

bool cause_group_held(struct failure *failure)
{
	const struct iommuctl_group *group = failure->vfio->device->group;
	char path[64];

	if (!group)
		return false;
	group_node_path(group, path, sizeof(path));
	return is_held(failure, path);
}

bool cause_direct_region(struct failure *failure)
{
	const struct iommuctl_group *group = failure->vfio->device->group;

	for (size_t i = 0; group && i < group->region_count; i++)
		if (group->regions[i].type == IOMMUCTL_REGION_DIRECT)
			return because(failure,
				       "the firmware wants 0x%" PRIx64 "-0x%" PRIx64
				       " mapped 1:1 for its group at all times",
				       group->regions[i].range.start, group->regions[i].range.end);
	return false;
}

bool cause_node_held(struct failure *failure)
{
	return is_held(failure, failure->vfio->device->vfio_node);
}

/* ---------------------------------------------------------------- opening */

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
