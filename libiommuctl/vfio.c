/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VFIO character devices, as far as iommufd goes (Documentation/driver-api/vfio.rst). */
#include <errno.h>
#include <stddef.h>

#include "abi/vfio.h"
#include "internal.h"
#include "paths.h"

IOMMUCTL_EXPORT int iommuctl_vfio_open(struct iommuctl_context *ctx,
				       const struct iommuctl_device *device,
				       struct iommuctl_vfio **ret_vfio)
{
	struct iommuctl_vfio *vfio;

	if (!ctx || !device || !ret_vfio)
		return -EINVAL;
	if (!device->vfio_node)
		return explain_no_vfio(ctx, device);
	vfio = calloc(1, sizeof(*vfio));
	if (!vfio)
		return -ENOMEM;
	vfio->fd = ctx->ops->open(ctx, device->vfio_node);
	if (vfio->fd < 0) {
		int error = -vfio->fd;

		free(vfio);
		diag_set(ctx, error, device->vfio_node, "open", NULL);
		if (error == EACCES)
			diag_hint(ctx,
				  "the node belongs to root: use sudo, or a udev rule that gives "
				  "it and /%s to your group",
				  DEV_IOMMU);
		return -error;
	}
	vfio->ctx = iommuctl_context_ref(ctx);
	vfio->topology = iommuctl_topology_ref(device->topology);
	vfio->device = device;
	*ret_vfio = vfio;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_vfio *iommuctl_vfio_close(struct iommuctl_vfio *vfio)
{
	if (vfio) {
		close(vfio->fd);
		iommuctl_iommufd_close(vfio->iommufd);
		iommuctl_topology_unref(vfio->topology);
		iommuctl_context_unref(vfio->ctx);
		free(vfio);
	}
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_vfio_bind(struct iommuctl_vfio *vfio, struct iommuctl_iommufd *iommufd)
{
	struct abi_vfio_device_bind_iommufd arg = {
		.argsz = offsetof(struct abi_vfio_device_bind_iommufd, token_uuid_ptr),
	};
	int r;

	if (!vfio || !iommufd)
		return -EINVAL;
	arg.iommufd = iommufd->fd;
	r = device_ioctl(vfio->ctx, vfio->fd, ABI_VFIO_DEVICE_BIND_IOMMUFD, &arg);
	if (r < 0)
		return explain_bind(vfio, -r);
	iommufd->refs++;
	iommuctl_iommufd_close(vfio->iommufd);
	vfio->iommufd = iommufd;
	vfio->devid = arg.out_devid;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_vfio_attach(struct iommuctl_vfio *vfio, struct iommuctl_ioas *ioas)
{
	struct abi_vfio_device_attach_iommufd_pt arg = {
		.argsz = offsetof(struct abi_vfio_device_attach_iommufd_pt, pasid),
	};
	char action[32];
	int r;

	if (!vfio || !ioas)
		return -EINVAL;
	arg.pt_id = ioas->id;
	r = device_ioctl(vfio->ctx, vfio->fd, ABI_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &arg);
	if (r >= 0)
		return 0;
	snprintf(action, sizeof(action), "attach to ioas %u", ioas->id);
	switch (-r) {
	case EADDRINUSE:
		return diag_set(vfio->ctx, -r, vfio->device->name, action,
				"a reserved region of the device collides with what is mapped or "
				"promised there");
	case EBUSY:
		return diag_set(vfio->ctx, -r, vfio->device->name, action,
				"the device or its group is being reset, or has another owner");
	default:
		return diag_set(vfio->ctx, -r, vfio->device->name, action, NULL);
	}
}

IOMMUCTL_EXPORT int iommuctl_vfio_detach(struct iommuctl_vfio *vfio)
{
	struct abi_vfio_device_detach_iommufd_pt arg = {
		.argsz = offsetof(struct abi_vfio_device_detach_iommufd_pt, pasid),
	};
	int r;

	if (!vfio)
		return -EINVAL;
	r = device_ioctl(vfio->ctx, vfio->fd, ABI_VFIO_DEVICE_DETACH_IOMMUFD_PT, &arg);
	return r < 0 ? diag_set(vfio->ctx, -r, vfio->device->name, "detach", NULL) : 0;
}
