/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handles on what iommufd knows by an id. A handle holds what its object was made of, so that the
 * kernel is asked to destroy in an order that it accepts, whatever the caller's.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "abi/iommufd.h"
#include "internal.h"
#include "paths.h"

struct iommuctl_object *object_new(struct iommuctl_iommufd *iommufd, enum iommuctl_object_kind kind)
{
	struct iommuctl_object *object = calloc(1, sizeof(*object));

	if (!object)
		return NULL;
	iommufd->refs++;
	object->refs = 1;
	object->iommufd = iommufd;
	object->kind = kind;
	object->fd = -1;
	object->next = iommufd->objects;
	object->at = &iommufd->objects;
	if (object->next)
		object->next->at = &object->next;
	iommufd->objects = object;
	return object;
}

void object_hold(struct iommuctl_object *object, struct iommuctl_object *parent)
{
	for (size_t i = 0; parent && i < ARRAY_SIZE(object->parents); i++)
		if (!object->parents[i]) {
			parent->refs++;
			object->parents[i] = parent;
			return;
		}
}

static int destroy(const struct iommuctl_object *object, struct abi_iommu_destroy *arg)
{
	*arg = (struct abi_iommu_destroy){ .size = sizeof(*arg), .id = object->id };
	return device_ioctl(object->iommufd->ctx, object->iommufd->fd, ABI_IOMMU_DESTROY, arg);
}

static void close_queue(struct iommuctl_object *object)
{
	if (object->fd >= 0)
		close(object->fd);
	object->fd = -1;
}

/* The kernel refuses to destroy a queue as long as its file is open. */
IOMMUCTL_EXPORT int iommuctl_object_destroy(struct iommuctl_object *object)
{
	struct abi_iommu_destroy arg;
	int r;

	if (!object || !object->id)
		return -EINVAL;
	close_queue(object);
	r = destroy(object, &arg);
	if (r < 0)
		return object_failed(object, ABI_IOMMU_DESTROY, &arg, -r, "destroy");
	object->id = 0;
	return 0;
}

const struct iommuctl_object *object_named(const struct iommuctl_object *object)
{
	while (!object->id && object->parents[0])
		object = object->parents[0];
	return object;
}

void object_name(const struct iommuctl_object *object, char *buf, size_t size)
{
	object = object_named(object);
	if (object->vfio)
		snprintf(buf, size, "%s", object->vfio->device->name);
	else if (object->id)
		snprintf(buf, size, "%s %" PRIu32, iommuctl_object_kind_to_string(object->kind),
			 object->id);
	else
		snprintf(buf, size, "/" DEV_IOMMU);
}

int diag_object(const struct iommuctl_object *object, int error, const char *action,
		const char *reason)
{
	char name[64];

	object_name(object, name, sizeof(name));
	return diag_set(object->iommufd->ctx, error, name, action, reason ? "%s" : NULL, reason);
}

/* RELEASE: the kernel's object stays. */
static void drop(struct iommuctl_object *object, bool release)
{
	struct abi_iommu_destroy arg;

	if (--object->refs > 0) {
		object->borrowed |= release;
		return;
	}
	if (object->kind == IOMMUCTL_OBJECT_DEVICE && object->vfio)
		vfio_end(object->vfio);
	close_queue(object);
	if (object->id && !object->borrowed && !release && object->iommufd->owner == getpid())
		destroy(object, &arg);
	for (size_t i = ARRAY_SIZE(object->parents); i-- > 0;)
		if (object->parents[i])
			drop(object->parents[i], false);
	*object->at = object->next;
	if (object->next)
		object->next->at = object->at;
	iommuctl_iommufd_close(object->iommufd);
	free(object);
}

IOMMUCTL_EXPORT struct iommuctl_object *iommuctl_object_free(struct iommuctl_object *object)
{
	if (object)
		drop(object, false);
	return NULL;
}

IOMMUCTL_EXPORT struct iommuctl_object *iommuctl_object_release(struct iommuctl_object *object)
{
	if (object)
		drop(object, true);
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_object_from_id(struct iommuctl_iommufd *iommufd,
					    enum iommuctl_object_kind kind, uint32_t id, int fd,
					    struct iommuctl_object **ret_object)
{
	struct iommuctl_object *object;

	if (!iommufd || !ret_object || !id || kind == IOMMUCTL_OBJECT_UNKNOWN)
		return -EINVAL;
	object = object_new(iommufd, kind);
	if (!object)
		return -ENOMEM;
	object->id = id;
	object->fd = fd;
	object->borrowed = true;
	*ret_object = object;
	return 0;
}

IOMMUCTL_EXPORT uint32_t iommuctl_object_get_id(const struct iommuctl_object *object)
{
	return object ? object->id : 0;
}

IOMMUCTL_EXPORT enum iommuctl_object_kind
iommuctl_object_get_kind(const struct iommuctl_object *object)
{
	return object ? object->kind : IOMMUCTL_OBJECT_UNKNOWN;
}

IOMMUCTL_EXPORT int iommuctl_object_get_fd(const struct iommuctl_object *object)
{
	return !object ? -EINVAL : object->fd >= 0 ? object->fd : -ENODATA;
}

IOMMUCTL_EXPORT int iommuctl_object_wait(const struct iommuctl_object *object, int milliseconds)
{
	struct pollfd pollfd = { .fd = object ? object->fd : -1, .events = POLLIN };
	int r;

	if (!object || object->fd < 0)
		return -EINVAL;
	r = poll(&pollfd, 1, milliseconds);
	return r < 0 ? -errno : r > 0;
}

int object_alloc(struct iommuctl_iommufd *iommufd, enum iommuctl_object_kind kind,
		 unsigned long request, void *arg, const uint32_t *ret_id,
		 struct iommuctl_object *const *parents, struct iommuctl_object **ret_object)
{
	struct iommuctl_object *object = object_new(iommufd, kind);
	char action[32];
	int r;

	if (!object)
		return -ENOMEM;
	for (size_t i = 0; parents[i]; i++)
		object_hold(object, parents[i]);
	r = device_ioctl(iommufd->ctx, iommufd->fd, request, arg);
	if (r < 0) {
		snprintf(action, sizeof(action), "allocate %s",
			 iommuctl_object_kind_to_string(kind));
		object_failed(object, request, arg, -r, action);
		iommuctl_object_free(object);
		return r;
	}
	object->id = *ret_id;
	*ret_object = object;
	return 0;
}

int opts_take(void *to, size_t to_size, const void *from, size_t from_size)
{
	memset(to, 0, to_size);
	if (!from)
		return 0;
	for (size_t i = to_size; i < from_size; i++)
		if (((const char *)from)[i])
			return -E2BIG;
	memcpy(to, from, from_size < to_size ? from_size : to_size);
	return 0;
}
