/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* I/O address spaces: what can be mapped where, and what is (iommufd.rst of the kernel). */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "abi/iommufd.h"
#include "internal.h"

IOMMUCTL_EXPORT int iommuctl_ioas_alloc(struct iommuctl_iommufd *iommufd,
					struct iommuctl_object **ret_ioas)
{
	struct abi_iommu_ioas_alloc arg = { .size = sizeof(arg) };

	if (!iommufd || !ret_ioas)
		return -EINVAL;
	return object_alloc(iommufd, IOMMUCTL_OBJECT_IOAS, ABI_IOMMU_IOAS_ALLOC, &arg,
			    &arg.out_ioas_id, NO_PARENTS, ret_ioas);
}

/* ------------------------------------------------------------ usable addresses */

#define FETCH_TRIES 16

/* The kernel says how many there are; that can change until it is asked again. */
static int fetch_ranges(const struct iommuctl_object *ioas,
			struct abi_iommu_iova_range **ret_ranges,
			struct abi_iommu_ioas_iova_ranges *arg)
{
	struct abi_iommu_iova_range *ranges = NULL;
	uint32_t room = 8;
	int r = -EPROTO;

	for (int tries = 0; tries < FETCH_TRIES; tries++, room = arg->num_iovas) {
		free(ranges);
		/* zeroed: what the kernel does not write is no address */
		ranges = calloc(room, sizeof(*ranges));
		r = -ENOMEM;
		if (!ranges)
			break;
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

int ioas_ask_ranges(const struct iommuctl_object *ioas, struct iommuctl_range_set **ret_set,
		    uint64_t *ret_alignment)
{
	struct abi_iommu_iova_range *ranges = NULL;
	struct abi_iommu_ioas_iova_ranges arg;
	int r = fetch_ranges(ioas, &ranges, &arg);

	if (r >= 0)
		r = make_set(ranges, arg.num_iovas, ret_set);
	free(ranges);
	if (r >= 0)
		*ret_alignment = arg.out_iova_alignment;
	return r;
}

IOMMUCTL_EXPORT int iommuctl_ioas_get_ranges(struct iommuctl_object *ioas,
					     struct iommuctl_range_set **ret_set,
					     uint64_t *ret_alignment)
{
	uint64_t alignment;
	int r;

	if (!object_is(ioas, KIND(IOAS)) || !ret_set)
		return -EINVAL;
	r = ioas_ask_ranges(ioas, ret_set, &alignment);
	if (r < 0)
		return object_failed(ioas, ABI_IOMMU_IOAS_IOVA_RANGES,
				     &(struct abi_iommu_ioas_iova_ranges){ .ioas_id = ioas->id },
				     -r, "ask for the usable addresses");
	if (ret_alignment)
		*ret_alignment = alignment;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_ioas_set_allowed(struct iommuctl_object *ioas,
					      const struct iommuctl_range *ranges, size_t count)
{
	struct abi_iommu_ioas_allow_iovas arg = { .size = sizeof(arg) };
	struct abi_iommu_iova_range *allowed;
	int r;

	if (!object_is(ioas, KIND(IOAS)) || (count > 0 && !ranges) || count > UINT32_MAX)
		return -EINVAL;
	allowed = calloc(count + 1, sizeof(*allowed));
	if (!allowed)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		allowed[i] = (struct abi_iommu_iova_range){ ranges[i].start, ranges[i].end };
	arg.ioas_id = ioas->id;
	arg.num_iovas = (uint32_t)count;
	arg.allowed_iovas = (uintptr_t)allowed;
	r = device_ioctl(ioas->iommufd->ctx, ioas->iommufd->fd, ABI_IOMMU_IOAS_ALLOW_IOVAS, &arg);
	if (r < 0)
		object_failed(ioas, ABI_IOMMU_IOAS_ALLOW_IOVAS, &arg, -r, "allow addresses");
	free(allowed);
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------- mappings */

static_assert(IOMMUCTL_MAP_FIXED == ABI_IOMMU_IOAS_MAP_FIXED_IOVA, "flags");
static_assert(IOMMUCTL_MAP_WRITE == ABI_IOMMU_IOAS_MAP_WRITEABLE, "flags");
static_assert(IOMMUCTL_MAP_READ == ABI_IOMMU_IOAS_MAP_READABLE, "flags");

static int issue(const struct iommuctl_object *ioas, unsigned long request, void *arg)
{
	return device_ioctl(ioas->iommufd->ctx, ioas->iommufd->fd, request, arg);
}

/* Programs make millions of these: straight into the kernel, unless somebody watches. */
static inline int issue_quickly(const struct iommuctl_object *ioas, unsigned long request,
				void *arg)
{
	const struct iommuctl_context *ctx = ioas->iommufd->ctx;
	int r;

	if (ctx->is_watched || ctx->ops != &device_ops_kernel)
		return issue(ioas, request, arg);
	r = ioctl(ioas->iommufd->fd, request, arg);
	return r >= 0 ? r : errno == EINTR ? issue(ioas, request, arg) : -errno;
}

/* The argument of REQUEST is ARG, with the address at IOVA. */
static int map(struct iommuctl_object *ioas, unsigned long request, void *arg, const uint64_t *iova,
	       uint64_t *ret_iova, const char *action)
{
	int r = issue_quickly(ioas, request, arg);

	if (r < 0)
		return object_failed(ioas, request, arg, -r, action);
	*ret_iova = *iova;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_ioas_map(struct iommuctl_object *ioas, void *memory, uint64_t length,
				      unsigned int flags, uint64_t *iova)
{
	struct abi_iommu_ioas_map arg = {
		.size = sizeof(arg),
		.flags = flags,
		.user_va = (uintptr_t)memory,
		.length = length,
	};

	if (!object_is(ioas, KIND(IOAS)) || !iova)
		return -EINVAL;
	arg.ioas_id = ioas->id;
	arg.iova = flags & IOMMUCTL_MAP_FIXED ? *iova : 0;
	return map(ioas, ABI_IOMMU_IOAS_MAP, &arg, &arg.iova, iova, "map memory");
}

IOMMUCTL_EXPORT int iommuctl_ioas_map_file(struct iommuctl_object *ioas, int fd, uint64_t start,
					   uint64_t length, unsigned int flags, uint64_t *iova)
{
	struct abi_iommu_ioas_map_file arg = {
		.size = sizeof(arg),
		.flags = flags,
		.fd = fd,
		.start = start,
		.length = length,
	};

	if (!object_is(ioas, KIND(IOAS)) || !iova)
		return -EINVAL;
	arg.ioas_id = ioas->id;
	arg.iova = flags & IOMMUCTL_MAP_FIXED ? *iova : 0;
	return map(ioas, ABI_IOMMU_IOAS_MAP_FILE, &arg, &arg.iova, iova, "map a file");
}

/* Bytes of RANGE; of all there is, what the kernel takes for it. */
static uint64_t length_of(struct iommuctl_range range)
{
	uint64_t length = range.end - range.start + 1;

	return length ? length : UINT64_MAX;
}

IOMMUCTL_EXPORT int iommuctl_ioas_copy(struct iommuctl_object *ioas, struct iommuctl_object *from,
				       struct iommuctl_range range, unsigned int flags,
				       uint64_t *iova)
{
	struct abi_iommu_ioas_copy arg = { .size = sizeof(arg), .flags = flags };

	if (!object_is(ioas, KIND(IOAS)) || !object_is(from, KIND(IOAS)) || !iova ||
	    range.end < range.start)
		return -EINVAL;
	arg.dst_ioas_id = ioas->id;
	arg.src_ioas_id = from->id;
	arg.length = length_of(range);
	arg.dst_iova = flags & IOMMUCTL_MAP_FIXED ? *iova : 0;
	arg.src_iova = range.start;
	return map(ioas, ABI_IOMMU_IOAS_COPY, &arg, &arg.dst_iova, iova, "copy a mapping");
}

IOMMUCTL_EXPORT int iommuctl_ioas_unmap(struct iommuctl_object *ioas, struct iommuctl_range range,
					uint64_t *ret_length)
{
	struct abi_iommu_ioas_unmap arg = { .size = sizeof(arg), .iova = range.start };
	int r;

	if (!object_is(ioas, KIND(IOAS)) || range.end < range.start)
		return -EINVAL;
	arg.ioas_id = ioas->id;
	arg.length = length_of(range);
	r = issue_quickly(ioas, ABI_IOMMU_IOAS_UNMAP, &arg);
	if (r < 0)
		return object_failed(ioas, ABI_IOMMU_IOAS_UNMAP, &arg, -r, "unmap");
	if (ret_length)
		*ret_length = arg.length;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_ioas_get_physical(struct iommuctl_object *ioas, uint64_t iova,
					       uint64_t *length, uint64_t *ret_physical)
{
	struct abi_iommu_ioas_noiommu_get_pa arg = { .size = sizeof(arg), .iova = iova };
	int r;

	if (!object_is(ioas, KIND(IOAS)) || !length || !ret_physical)
		return -EINVAL;
	arg.ioas_id = ioas->id;
	arg.length = *length;
	r = device_ioctl(ioas->iommufd->ctx, ioas->iommufd->fd, ABI_IOMMU_IOAS_NOIOMMU_GET_PA,
			 &arg);
	if (r < 0)
		return object_failed(ioas, ABI_IOMMU_IOAS_NOIOMMU_GET_PA, &arg, -r,
				     "ask for a physical address");
	*length = arg.length;
	*ret_physical = arg.out_phys;
	return 0;
}
