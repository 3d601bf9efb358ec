/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VFIO character devices, as far as iommufd goes (Documentation/driver-api/vfio.rst). */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>

#include "abi/vfio.h"
#include "container.h"
#include "internal.h"
#include "paths.h"

static int make(struct iommuctl_context *ctx, const struct iommuctl_device *device,
		struct iommuctl_vfio **ret_vfio)
{
	struct iommuctl_vfio *vfio = calloc(1, sizeof(*vfio));

	if (!vfio)
		return -ENOMEM;
	vfio->ctx = iommuctl_context_ref(ctx);
	vfio->topology = iommuctl_topology_ref(device->topology);
	vfio->device = device;
	vfio->fd = -1;
	*ret_vfio = vfio;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_vfio_open(struct iommuctl_context *ctx,
				       const struct iommuctl_device *device,
				       struct iommuctl_vfio **ret_vfio)
{
	struct iommuctl_vfio *vfio;
	int r;

	if (!ctx || !device || !ret_vfio)
		return -EINVAL;
	if (!device->vfio_node)
		return explain_no_vfio(ctx, device);
	r = make(ctx, device, &vfio);
	if (r < 0)
		return r;
	vfio->fd = device_open(ctx, device->vfio_node);
	if (vfio->fd < 0) {
		r = diag_set(ctx, -vfio->fd, device->vfio_node, "open",
			     vfio->fd == -EPERM && device->group && !group_has_iommu(device->group)
				     ? "a device without an IOMMU is for CAP_SYS_RAWIO alone"
				     : NULL);
		if (r == -EACCES)
			diag_hint(ctx,
				  "the node belongs to root: use sudo, or a udev rule that gives "
				  "it and /%s to your group",
				  DEV_IOMMU);
		vfio_end(vfio);
		return r;
	}
	*ret_vfio = vfio;
	return 0;
}

static int set_bound(struct iommuctl_vfio *vfio, struct iommuctl_object *object, uint32_t id)
{
	object->id = id;
	/* only closing the file unbinds a device */
	object->borrowed = true;
	object->vfio = vfio;
	vfio->object = object;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_vfio_from_fd(struct iommuctl_context *ctx,
					  const struct iommuctl_device *device, int fd,
					  struct iommuctl_iommufd *iommufd, uint32_t id,
					  struct iommuctl_vfio **ret_vfio)
{
	struct iommuctl_object *object = NULL;
	struct iommuctl_vfio *vfio;
	int r;

	if (!ctx || !device || fd < 0 || !ret_vfio || (iommufd && !id))
		return -EINVAL;
	if (iommufd)
		object = object_new(iommufd, IOMMUCTL_OBJECT_DEVICE);
	r = iommufd && !object ? -ENOMEM : make(ctx, device, &vfio);
	if (r < 0) {
		iommuctl_object_free(object);
		return r;
	}
	if (object)
		set_bound(vfio, object, id);
	vfio->fd = fd;
	*ret_vfio = vfio;
	return 0;
}

static void drop_attachment(struct iommuctl_vfio *vfio, size_t i)
{
	struct iommuctl_object *pt = vfio->attachments[i].pt;

	vfio->attachments[i] = vfio->attachments[--vfio->attachment_count];
	iommuctl_object_free(pt);
}

void vfio_end(struct iommuctl_vfio *vfio)
{
	if (vfio->fd >= 0)
		close(vfio->fd);
	/* closed first: what it was attached to can go only then */
	while (vfio->attachment_count > 0)
		drop_attachment(vfio, vfio->attachment_count - 1);
	free(vfio->attachments);
	iommuctl_topology_unref(vfio->topology);
	iommuctl_context_unref(vfio->ctx);
	free(vfio);
}

IOMMUCTL_EXPORT struct iommuctl_vfio *iommuctl_vfio_close(struct iommuctl_vfio *vfio)
{
	if (vfio && vfio->object)
		iommuctl_object_free(vfio->object);
	else if (vfio)
		vfio_end(vfio);
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_vfio_get_fd(const struct iommuctl_vfio *vfio)
{
	return vfio ? vfio->fd : -EINVAL;
}

IOMMUCTL_EXPORT struct iommuctl_object *iommuctl_vfio_get_object(const struct iommuctl_vfio *vfio)
{
	return vfio ? vfio->object : NULL;
}

IOMMUCTL_EXPORT int iommuctl_vfio_bind(struct iommuctl_vfio *vfio, struct iommuctl_iommufd *iommufd)
{
	/* without what later kernels have: none of it is asked for */
	struct abi_vfio_device_bind_iommufd arg = {
		.argsz = offsetof(struct abi_vfio_device_bind_iommufd, token_uuid_ptr),
	};
	struct iommuctl_object *object;
	int r;

	if (!vfio || !iommufd)
		return -EINVAL;
	object = object_new(iommufd, IOMMUCTL_OBJECT_DEVICE);
	if (!object)
		return -ENOMEM;
	arg.iommufd = iommufd->fd;
	r = device_ioctl(vfio->ctx, vfio->fd, ABI_VFIO_DEVICE_BIND_IOMMUFD, &arg);
	if (r < 0) {
		vfio_failed(vfio, ABI_VFIO_DEVICE_BIND_IOMMUFD, &arg, -r, "bind to iommufd");
		iommuctl_object_free(object);
		return r;
	}
	return set_bound(vfio, object, arg.out_devid);
}

/* ---------------------------------------------------------------- attachments */

/* The one of the device, or of a PASID; a new one where there is none. */
static struct attachment *get_attachment(struct iommuctl_vfio *vfio, bool has_pasid, uint32_t pasid)
{
	struct attachment *attachment;

	for (size_t i = 0; i < vfio->attachment_count; i++)
		if (vfio->attachments[i].has_pasid == has_pasid &&
		    vfio->attachments[i].pasid == pasid)
			return &vfio->attachments[i];
	attachment = array_grow(&vfio->attachments, &vfio->attachment_count, sizeof(*attachment));
	if (attachment)
		*attachment = (struct attachment){ .has_pasid = has_pasid, .pasid = pasid };
	return attachment;
}

static int attach(struct iommuctl_vfio *vfio, bool has_pasid, uint32_t pasid,
		  struct iommuctl_object *pt, uint32_t *ret_hwpt)
{
	struct abi_vfio_device_attach_iommufd_pt arg = { .argsz = sizeof(arg), .pasid = pasid };
	struct attachment *attachment;
	struct iommuctl_object *before;
	char action[64];
	int r;

	if (!vfio || !object_is(pt, KIND(IOAS) | KIND(HWPT)) || (has_pasid && !pasid))
		return -EINVAL;
	attachment = get_attachment(vfio, has_pasid, pasid);
	if (!attachment)
		return -ENOMEM;
	arg.pt_id = pt->id;
	if (has_pasid)
		arg.flags = ABI_VFIO_DEVICE_ATTACH_PASID;
	else
		arg.argsz = offsetof(struct abi_vfio_device_attach_iommufd_pt, pasid);
	r = device_ioctl(vfio->ctx, vfio->fd, ABI_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &arg);
	if (r < 0) {
		if (!attachment->pt)
			drop_attachment(vfio, (size_t)(attachment - vfio->attachments));
		snprintf(action, sizeof(action), "attach to %s %" PRIu32,
			 iommuctl_object_kind_to_string(pt->kind), pt->id);
		return vfio_failed(vfio, ABI_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &arg, -r, action);
	}
	before = attachment->pt;
	pt->refs++;
	attachment->pt = pt;
	iommuctl_object_free(before);
	if (ret_hwpt)
		*ret_hwpt = arg.pt_id;
	return 0;
}

static int detach(struct iommuctl_vfio *vfio, bool has_pasid, uint32_t pasid)
{
	struct abi_vfio_device_detach_iommufd_pt arg = { .argsz = sizeof(arg), .pasid = pasid };
	int r;

	if (!vfio || (has_pasid && !pasid))
		return -EINVAL;
	if (has_pasid)
		arg.flags = ABI_VFIO_DEVICE_DETACH_PASID;
	else
		arg.argsz = offsetof(struct abi_vfio_device_detach_iommufd_pt, pasid);
	r = device_ioctl(vfio->ctx, vfio->fd, ABI_VFIO_DEVICE_DETACH_IOMMUFD_PT, &arg);
	if (r < 0)
		return vfio_failed(vfio, ABI_VFIO_DEVICE_DETACH_IOMMUFD_PT, &arg, -r, "detach");
	for (size_t i = vfio->attachment_count; i-- > 0;)
		if (vfio->attachments[i].has_pasid == has_pasid &&
		    vfio->attachments[i].pasid == pasid)
			drop_attachment(vfio, i);
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_vfio_attach(struct iommuctl_vfio *vfio, struct iommuctl_object *pt,
					 uint32_t *ret_hwpt)
{
	return attach(vfio, false, 0, pt, ret_hwpt);
}

IOMMUCTL_EXPORT int iommuctl_vfio_attach_pasid(struct iommuctl_vfio *vfio, uint32_t pasid,
					       struct iommuctl_object *pt, uint32_t *ret_hwpt)
{
	return attach(vfio, true, pasid, pt, ret_hwpt);
}

IOMMUCTL_EXPORT int iommuctl_vfio_detach(struct iommuctl_vfio *vfio)
{
	return detach(vfio, false, 0);
}

IOMMUCTL_EXPORT int iommuctl_vfio_detach_pasid(struct iommuctl_vfio *vfio, uint32_t pasid)
{
	return detach(vfio, true, pasid);
}

IOMMUCTL_EXPORT int iommuctl_vfio_reset(struct iommuctl_vfio *vfio)
{
	int r;

	if (!vfio)
		return -EINVAL;
	r = device_ioctl(vfio->ctx, vfio->fd, ABI_VFIO_DEVICE_RESET, NULL);
	return r < 0 ? vfio_failed(vfio, ABI_VFIO_DEVICE_RESET, NULL, -r, "reset") : 0;
}
