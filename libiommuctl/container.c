/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Containers of VFIO, which are address spaces (Documentation/driver-api/vfio.rst of the kernel).
 */
#include <errno.h>
#include <string.h>

#include "container.h"
#include "holder.h"
#include "paths.h"

static const char node[] = "/" DEV_VFIO_CONTAINER;

static const struct {
	enum iommuctl_container_type type;
	const char *name;
} types[] = {
	/* in the order in which they are tried */
	{ IOMMUCTL_CONTAINER_TYPE1V2, "type1v2" },
	{ IOMMUCTL_CONTAINER_TYPE1, "type1" },
	{ IOMMUCTL_CONTAINER_SPAPR_TCE_V2, "spapr-tce-v2" },
	{ IOMMUCTL_CONTAINER_SPAPR_TCE, "spapr-tce" },
	{ IOMMUCTL_CONTAINER_NOIOMMU, "noiommu" },
};

IOMMUCTL_EXPORT const char *iommuctl_container_type_to_string(enum iommuctl_container_type type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == type)
			return types[i].name;
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_container_type_from_string(const char *name,
							enum iommuctl_container_type *ret_type)
{
	for (size_t i = 0; name && ret_type && i < ARRAY_SIZE(types); i++) {
		if (strcmp(types[i].name, name) != 0)
			continue;
		*ret_type = types[i].type;
		return 0;
	}
	return -EINVAL;
}

/* ------------------------------------------------------------------ the handle */

static int make(struct iommuctl_context *ctx, int fd, const char *name,
		struct iommuctl_container **ret_container)
{
	struct iommuctl_container *container = calloc(1, sizeof(*container));

	if (!container)
		return -ENOMEM;
	container->ctx = iommuctl_context_ref(ctx);
	container->fd = fd;
	snprintf(container->name, sizeof(container->name), "%s", name);
	*ret_container = container;
	return 0;
}

static int explain_open(struct iommuctl_context *ctx, int error)
{
	if (error != ENOENT && error != ENODEV && error != ENXIO)
		return diag_set(ctx, error, node, "open", NULL);
	diag_set(ctx, error, node, "open", "this kernel has no VFIO, or its module is not loaded");
	diag_hint(ctx, "modprobe vfio");
	return -error;
}

IOMMUCTL_EXPORT int iommuctl_container_open(struct iommuctl_context *ctx,
					    struct iommuctl_container **ret_container)
{
	struct iommuctl_container *container;
	int fd, r;

	if (!ctx || !ret_container)
		return -EINVAL;
	fd = device_open(ctx, node);
	if (fd < 0)
		return explain_open(ctx, -fd);
	r = make(ctx, fd, node, &container);
	if (r < 0) {
		close(fd);
		return r;
	}
	r = container_ioctl(ctx, fd, ABI_VFIO_GET_API_VERSION, NULL);
	if (r != ABI_VFIO_API_VERSION) {
		diag_set(ctx, r < 0 ? -r : EPROTO, node, "ask for its version",
			 r < 0 ? NULL : "it has version %d, not 0", r);
		iommuctl_container_close(container);
		return r < 0 ? r : -EPROTO;
	}
	*ret_container = container;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_container_from_fd(struct iommuctl_context *ctx, int fd,
					       struct iommuctl_container **ret_container)
{
	char name[32];
	int r;

	if (!ctx || !ret_container)
		return -EINVAL;
	snprintf(name, sizeof(name), "file descriptor %d", fd);
	r = node_check_fd(ctx, fd, SYSFS_CONTAINER);
	if (r == -EINVAL || r == -ENODEV)
		r = node_check_fd(ctx, fd, SYSFS_IOMMUFD);
	if (r >= 0)
		return make(ctx, fd, name, ret_container);
	diag_set(ctx, -r, name, "use it as a container",
		 r == -EBADF ? NULL : "it is another file, not /" DEV_VFIO_CONTAINER);
	diag_hint(ctx, "in a shell: exec %d<>/" DEV_VFIO_CONTAINER, fd < 0 ? 8 : fd);
	return r == -EBADF ? r : -EINVAL;
}

IOMMUCTL_EXPORT struct iommuctl_container *
iommuctl_container_close(struct iommuctl_container *container)
{
	if (container) {
		close_fd(&container->fd);
		iommuctl_context_unref(container->ctx);
		free(container);
	}
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_container_get_fd(const struct iommuctl_container *container)
{
	return container ? container->fd : -EINVAL;
}

IOMMUCTL_EXPORT int iommuctl_container_take_fd(struct iommuctl_container *container)
{
	int fd = iommuctl_container_get_fd(container);

	if (container)
		container->fd = -1;
	iommuctl_container_close(container);
	return fd;
}

/* -------------------------------------------------------------------- the type */

/* An ioctl whose argument is VALUE itself. */
static int call_by_value(struct iommuctl_container *container, unsigned long request,
			 uint32_t value)
{
	return container_ioctl(container->ctx, container->fd, request, (void *)(uintptr_t)value);
}

IOMMUCTL_EXPORT int iommuctl_container_has_extension(struct iommuctl_container *container,
						     uint32_t extension)
{
	int r;

	if (!container)
		return -EINVAL;
	r = call_by_value(container, ABI_VFIO_CHECK_EXTENSION, extension);
	/* of an iommufd that has no group yet */
	return r == -ENODEV ? 0
	       : r < 0	    ? container_failed(container, ABI_VFIO_CHECK_EXTENSION, NULL, -r,
					       "ask for an extension")
			    : r;
}

/* The first that the kernel has. */
static enum iommuctl_container_type choose_type(struct iommuctl_container *container)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (iommuctl_container_has_extension(container, types[i].type) > 0)
			return types[i].type;
	return IOMMUCTL_CONTAINER_TYPE1V2;
}

IOMMUCTL_EXPORT int iommuctl_container_set_type(struct iommuctl_container *container,
						enum iommuctl_container_type type,
						enum iommuctl_container_type *ret_type)
{
	char action[32];
	uint32_t number;
	int r;

	if (!container ||
	    (type != IOMMUCTL_CONTAINER_NONE && !iommuctl_container_type_to_string(type)))
		return -EINVAL;
	if (type == IOMMUCTL_CONTAINER_NONE)
		type = choose_type(container);
	number = type;
	r = call_by_value(container, ABI_VFIO_SET_IOMMU, number);
	if (r < 0) {
		snprintf(action, sizeof(action), "make it %s",
			 iommuctl_container_type_to_string(type));
		return container_failed(container, ABI_VFIO_SET_IOMMU, &number, -r, action);
	}
	container->type = type;
	if (ret_type)
		*ret_type = type;
	return 0;
}

IOMMUCTL_EXPORT enum iommuctl_container_type
iommuctl_container_get_type(const struct iommuctl_container *container)
{
	return container ? container->type : IOMMUCTL_CONTAINER_NONE;
}

IOMMUCTL_EXPORT int iommuctl_container_is_iommufd(struct iommuctl_container *container)
{
	/* too short for all that know the call */
	struct abi_vfio_iommu_type1_dirty_bitmap arg = { .argsz = 0 };

	if (!container)
		return -EINVAL;
	/* only an iommufd has the one without the other */
	return iommuctl_container_has_extension(container, IOMMUCTL_EXTENSION_UNMAP_ALL) > 0 &&
	       container_ask(container->ctx, container->fd, ABI_VFIO_IOMMU_DIRTY_PAGES, &arg) ==
		       -ENOTTY;
}
