/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /dev/iommu: what concerns the whole of it (Documentation/userspace-api/iommufd.rst of the
 * kernel). */
#include <errno.h>
#include <string.h>

#include "abi/iommufd.h"
#include "holder.h"
#include "paths.h"

static const char node[] = "/" DEV_IOMMU;

static int explain_open(struct iommuctl_context *ctx, int error)
{
	switch (error) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		diag_set(ctx, error, node, "open",
			 "this kernel has no iommufd, or its module is not loaded");
		diag_hint(ctx, "modprobe iommufd; needs CONFIG_IOMMUFD, Linux 6.2 or later");
		return -error;
	case EACCES:
	case EPERM:
		diag_set(ctx, error, node, "open", "%s", strerror(error));
		diag_hint(ctx, "the node belongs to root: use sudo, or a udev rule that gives it "
			       "to your group");
		return -error;
	default:
		return diag_set(ctx, error, node, "open", NULL);
	}
}

IOMMUCTL_EXPORT int iommuctl_iommufd_open(struct iommuctl_context *ctx,
					  struct iommuctl_iommufd **ret_iommufd)
{
	struct iommuctl_iommufd *iommufd;

	if (!ctx || !ret_iommufd)
		return -EINVAL;
	iommufd = calloc(1, sizeof(*iommufd));
	if (!iommufd)
		return -ENOMEM;
	iommufd->fd = device_open(ctx, node);
	if (iommufd->fd < 0) {
		int error = -iommufd->fd;

		free(iommufd);
		return explain_open(ctx, error);
	}
	iommufd->refs = 1;
	iommufd->owner = getpid();
	iommufd->ctx = iommuctl_context_ref(ctx);
	*ret_iommufd = iommufd;
	return 0;
}

static int check_fd(struct iommuctl_context *ctx, int fd)
{
	char object[32];
	int r = node_check_fd(ctx, fd, SYSFS_IOMMUFD);

	if (r == -ENODEV)
		return explain_open(ctx, ENODEV);
	snprintf(object, sizeof(object), "file descriptor %d", fd);
	return r < 0 ? diag_set(ctx, -r, object, "use it as /" DEV_IOMMU,
				r == -EINVAL ? "it is another file, not /" DEV_IOMMU : NULL)
		     : 0;
}

IOMMUCTL_EXPORT int iommuctl_iommufd_from_fd(struct iommuctl_context *ctx, int fd,
					     struct iommuctl_iommufd **ret_iommufd)
{
	struct iommuctl_iommufd *iommufd;
	int r;

	if (!ctx || !ret_iommufd)
		return -EINVAL;
	r = check_fd(ctx, fd);
	if (r < 0)
		return r;
	iommufd = calloc(1, sizeof(*iommufd));
	if (!iommufd)
		return -ENOMEM;
	*iommufd = (struct iommuctl_iommufd){
		.refs = 1, .fd = fd, .owner = getpid(), .ctx = iommuctl_context_ref(ctx)
	};
	*ret_iommufd = iommufd;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_iommufd *iommuctl_iommufd_close(struct iommuctl_iommufd *iommufd)
{
	if (!iommufd || --iommufd->refs > 0)
		return NULL;
	close(iommufd->fd);
	iommuctl_context_unref(iommufd->ctx);
	free(iommufd);
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_iommufd_get_fd(const struct iommuctl_iommufd *iommufd)
{
	return iommufd ? iommufd->fd : -EINVAL;
}

/* A failure that concerns no object but IOMMUFD as a whole. */
static int failed(struct iommuctl_iommufd *iommufd, unsigned long request, const void *arg,
		  int error, const char *action)
{
	struct iommuctl_object whole = { .iommufd = iommufd };

	return object_failed(&whole, request, arg, error, action);
}

IOMMUCTL_EXPORT int iommuctl_iommufd_change_process(struct iommuctl_iommufd *iommufd)
{
	struct abi_iommu_ioas_change_process arg = { .size = sizeof(arg) };
	int r;

	if (!iommufd)
		return -EINVAL;
	r = device_ioctl(iommufd->ctx, iommufd->fd, ABI_IOMMU_IOAS_CHANGE_PROCESS, &arg);
	return r < 0 ? failed(iommufd, ABI_IOMMU_IOAS_CHANGE_PROCESS, &arg, -r,
			      "take over the mappings")
		     : 0;
}

/* ----------------------------------------------- for programs of type 1 */

static int compat_ioas(struct iommuctl_iommufd *iommufd, uint16_t op, uint32_t *id,
		       const char *action)
{
	struct abi_iommu_vfio_ioas arg = { .size = sizeof(arg), .op = op, .ioas_id = *id };
	int r = device_ioctl(iommufd->ctx, iommufd->fd, ABI_IOMMU_VFIO_IOAS, &arg);

	if (r < 0)
		return failed(iommufd, ABI_IOMMU_VFIO_IOAS, &arg, -r, action);
	*id = arg.ioas_id;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_iommufd_get_compat_ioas(struct iommuctl_iommufd *iommufd,
						     uint32_t *ret_id)
{
	uint32_t id = 0;
	int r;

	if (!iommufd || !ret_id)
		return -EINVAL;
	r = compat_ioas(iommufd, ABI_IOMMU_VFIO_IOAS_GET, &id, "ask for the type 1 address space");
	if (r >= 0)
		*ret_id = id;
	return r;
}

IOMMUCTL_EXPORT int iommuctl_iommufd_set_compat_ioas(struct iommuctl_iommufd *iommufd,
						     struct iommuctl_object *ioas)
{
	uint32_t id = iommuctl_object_get_id(ioas);

	if (!iommufd || (ioas && !object_is(ioas, KIND(IOAS))))
		return -EINVAL;
	return compat_ioas(iommufd, ioas ? ABI_IOMMU_VFIO_IOAS_SET : ABI_IOMMU_VFIO_IOAS_CLEAR, &id,
			   ioas ? "set the type 1 address space"
				: "clear the type 1 address space");
}

/* ------------------------------------------------------------- options */

static int option(struct iommuctl_iommufd *iommufd, enum iommuctl_iommufd_option option,
		  struct iommuctl_object *ioas, uint16_t op, uint64_t *value)
{
	struct abi_iommu_option arg = {
		.size = sizeof(arg),
		.option_id = option,
		.op = op,
		.object_id = iommuctl_object_get_id(ioas),
		.val64 = *value,
	};
	struct iommuctl_object whole = { .iommufd = iommufd };
	int r = device_ioctl(iommufd->ctx, iommufd->fd, ABI_IOMMU_OPTION, &arg);

	if (r < 0)
		return object_failed(ioas ? ioas : &whole, ABI_IOMMU_OPTION, &arg, -r,
				     op == ABI_IOMMU_OPTION_OP_SET ? "set an option"
								   : "ask for an option");
	*value = arg.val64;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_iommufd_get_option(struct iommuctl_iommufd *iommufd,
						enum iommuctl_iommufd_option id,
						struct iommuctl_object *ioas, uint64_t *ret_value)
{
	uint64_t value = 0;
	int r;

	if (!iommufd || !ret_value)
		return -EINVAL;
	r = option(iommufd, id, ioas, ABI_IOMMU_OPTION_OP_GET, &value);
	if (r >= 0)
		*ret_value = value;
	return r;
}

IOMMUCTL_EXPORT int iommuctl_iommufd_set_option(struct iommuctl_iommufd *iommufd,
						enum iommuctl_iommufd_option id,
						struct iommuctl_object *ioas, uint64_t value)
{
	return iommufd ? option(iommufd, id, ioas, ABI_IOMMU_OPTION_OP_SET, &value) : -EINVAL;
}
