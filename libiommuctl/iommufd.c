/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /dev/iommu and its I/O address spaces
 * (Documentation/userspace-api/iommufd.rst of the kernel).
 */
#include <errno.h>
#include <string.h>

#include "abi/iommufd.h"
#include "internal.h"
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
	iommufd->fd = ctx->ops->open(ctx, node);
	if (iommufd->fd < 0) {
		int error = -iommufd->fd;

		free(iommufd);
		return explain_open(ctx, error);
	}
	iommufd->refs = 1;
	iommufd->ctx = iommuctl_context_ref(ctx);
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

IOMMUCTL_EXPORT int iommuctl_ioas_alloc(struct iommuctl_iommufd *iommufd,
					struct iommuctl_ioas **ret_ioas)
{
	struct abi_iommu_ioas_alloc arg = { .size = sizeof(arg) };
	struct iommuctl_ioas *ioas;
	int r;

	if (!iommufd || !ret_ioas)
		return -EINVAL;
	ioas = calloc(1, sizeof(*ioas));
	if (!ioas)
		return -ENOMEM;
	r = device_ioctl(iommufd->ctx, iommufd->fd, ABI_IOMMU_IOAS_ALLOC, &arg);
	if (r < 0) {
		free(ioas);
		return diag_set(iommufd->ctx, -r, node, "allocate an I/O address space", NULL);
	}
	iommufd->refs++;
	ioas->iommufd = iommufd;
	ioas->id = arg.out_ioas_id;
	*ret_ioas = ioas;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_ioas *iommuctl_ioas_destroy(struct iommuctl_ioas *ioas)
{
	if (ioas) {
		struct abi_iommu_destroy arg = { .size = sizeof(arg), .id = ioas->id };

		device_ioctl(ioas->iommufd->ctx, ioas->iommufd->fd, ABI_IOMMU_DESTROY, &arg);
		iommuctl_iommufd_close(ioas->iommufd);
		free(ioas);
	}
	return NULL;
}

IOMMUCTL_EXPORT uint32_t iommuctl_ioas_get_id(const struct iommuctl_ioas *ioas)
{
	return ioas ? ioas->id : 0;
}

#define FETCH_TRIES 16

/* The kernel says how many there are; that can change until it is asked again. */
static int fetch_ranges(struct iommuctl_ioas *ioas, struct abi_iommu_iova_range **ret_ranges,
			struct abi_iommu_ioas_iova_ranges *arg)
{
	struct abi_iommu_iova_range *ranges = NULL;
	uint32_t room = 8;
	int r = -EPROTO;

	for (int tries = 0; tries < FETCH_TRIES; tries++, room = arg->num_iovas) {
		struct abi_iommu_iova_range *grown = reallocarray(ranges, room, sizeof(*grown));

		r = -ENOMEM;
		if (!grown)
			break;
		ranges = grown;
		*arg = (struct abi_iommu_ioas_iova_ranges){
			.size = sizeof(*arg),
			.ioas_id = ioas->id,
			.num_iovas = room,
			.allowed_iovas = (uintptr_t)ranges,
		};
		r = device_ioctl(ioas->iommufd->ctx, ioas->iommufd->fd, ABI_IOMMU_IOAS_IOVA_RANGES,
				 arg);
		if (r == -EMSGSIZE && arg->num_iovas > room)
			continue;
		if (r >= 0 && arg->num_iovas <= room) {
			*ret_ranges = ranges;
			return 0;
		}
		if (r >= 0)
			r = -EPROTO;
		break;
	}
	free(ranges);
	return r;
}

static int make_set(const struct abi_iommu_iova_range *ranges, uint32_t count,
		    struct iommuctl_range_set **ret_set)
{
	struct iommuctl_range_set *set;
	int r = iommuctl_range_set_new(&set);

	if (r < 0)
		return r;
	for (uint32_t i = 0; r >= 0 && i < count; i++)
		r = iommuctl_range_set_add(
			set, (struct iommuctl_range){ ranges[i].start, ranges[i].last });
	if (r < 0) {
		iommuctl_range_set_free(set);
		/* a range that ends before it starts is no answer */
		return r == -EINVAL ? -EPROTO : r;
	}
	*ret_set = set;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_ioas_get_ranges(struct iommuctl_ioas *ioas,
					     struct iommuctl_range_set **ret_set,
					     uint64_t *ret_alignment)
{
	struct abi_iommu_iova_range *ranges = NULL;
	struct abi_iommu_ioas_iova_ranges arg;
	char object[32];
	int r;

	if (!ioas || !ret_set)
		return -EINVAL;
	r = fetch_ranges(ioas, &ranges, &arg);
	if (r >= 0)
		r = make_set(ranges, arg.num_iovas, ret_set);
	free(ranges);
	if (r < 0) {
		snprintf(object, sizeof(object), "ioas %u", ioas->id);
		return diag_set(ioas->iommufd->ctx, -r, object, "ask for the usable addresses",
				NULL);
	}
	if (ret_alignment)
		*ret_alignment = arg.out_iova_alignment;
	return 0;
}
