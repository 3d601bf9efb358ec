/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a container of type 1 tells of itself: VFIO_IOMMU_GET_INFO and the chain behind it. */
#include <errno.h>
#include <string.h>

#include "container.h"

/* More than an answer of any machine has. */
#define INFO_MAX    (1u << 20)
#define FETCH_TRIES 16

struct iommuctl_container_info {
	bool has_page_sizes, has_migration, has_avail;
	uint64_t page_sizes;
	struct iommuctl_range_set *ranges;
	uint64_t dirty_page_sizes, bitmap_max;
	uint32_t avail;
};

/* --------------------------------------------------------------- the chain */

/* A capability takes all of the answer behind its start. */
struct capability {
	const unsigned char *data;
	size_t size;
};

static int take_ranges(struct iommuctl_container_info *info, const struct capability *capability)
{
	struct abi_vfio_iommu_type1_info_cap_iova_range head;
	const unsigned char *at = capability->data + sizeof(head);
	struct abi_vfio_iova_range range;
	int r;

	memcpy(&head, capability->data, sizeof(head));
	if (info->ranges || head.nr_iovas > (capability->size - sizeof(head)) / sizeof(range))
		return -EPROTO;
	r = iommuctl_range_set_new(&info->ranges);
	for (uint32_t i = 0; r >= 0 && i < head.nr_iovas; i++, at += sizeof(range)) {
		memcpy(&range, at, sizeof(range));
		r = iommuctl_range_set_add(info->ranges,
					   (struct iommuctl_range){ range.start, range.end });
	}
	/* a range that ends before it starts is no answer */
	return r == -EINVAL ? -EPROTO : r;
}

static int take_migration(struct iommuctl_container_info *info, const struct capability *capability)
{
	struct abi_vfio_iommu_type1_info_cap_migration migration;

	memcpy(&migration, capability->data, sizeof(migration));
	info->dirty_page_sizes = migration.pgsize_bitmap;
	info->bitmap_max = migration.max_dirty_bitmap_size;
	info->has_migration = true;
	return 0;
}

static int take_avail(struct iommuctl_container_info *info, const struct capability *capability)
{
	struct abi_vfio_iommu_type1_info_dma_avail avail;

	memcpy(&avail, capability->data, sizeof(avail));
	info->avail = avail.avail;
	info->has_avail = true;
	return 0;
}

static const struct {
	uint16_t id;
	size_t size; /* at least */
	int (*take)(struct iommuctl_container_info *info, const struct capability *capability);
} capabilities[] = {
	{ ABI_VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE,
	  sizeof(struct abi_vfio_iommu_type1_info_cap_iova_range), take_ranges },
	{ ABI_VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION,
	  sizeof(struct abi_vfio_iommu_type1_info_cap_migration), take_migration },
	{ ABI_VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL, sizeof(struct abi_vfio_iommu_type1_info_dma_avail),
	  take_avail },
};

/* What is not known here is passed over. */
static int take_capability(struct iommuctl_container_info *info, uint16_t id,
			   const struct capability *capability)
{
	for (size_t i = 0; i < ARRAY_SIZE(capabilities); i++)
		if (capabilities[i].id == id)
			return capability->size < capabilities[i].size
				       ? -EPROTO
				       : capabilities[i].take(info, capability);
	return 0;
}

static int take_chain(struct iommuctl_container_info *info, const unsigned char *data, size_t size,
		      uint32_t offset)
{
	struct abi_vfio_info_cap_header header;
	uint32_t last = sizeof(struct abi_vfio_iommu_type1_info) - 1;
	int r = 0;

	for (; r >= 0 && offset != 0; offset = header.next) {
		struct capability capability;

		/* forward only: a chain that bites its tail has no end */
		if (offset <= last || size < sizeof(header) || offset > size - sizeof(header))
			return -EPROTO;
		memcpy(&header, data + offset, sizeof(header));
		capability = (struct capability){ data + offset, size - offset };
		r = take_capability(info, header.id, &capability);
		last = offset;
	}
	return r;
}

/* -------------------------------------------------------------- the answer */

/* As long as the kernel says that there is more, which can change until it is asked again. */
static int fetch(struct iommuctl_container *container, struct abi_vfio_iommu_type1_info **ret_info,
		 size_t *ret_size)
{
	struct abi_vfio_iommu_type1_info *info = NULL;
	size_t size = sizeof(*info);
	int r = -EPROTO;

	for (int tries = 0; tries < FETCH_TRIES; tries++, size = info->argsz) {
		struct abi_vfio_iommu_type1_info *grown = realloc(info, size);

		r = -ENOMEM;
		if (!grown)
			break;
		info = memset(grown, 0, size);
		info->argsz = (uint32_t)size;
		r = container_ioctl(container->ctx, container->fd, ABI_VFIO_IOMMU_GET_INFO, info);
		if (r < 0)
			break;
		if (info->argsz <= size) {
			*ret_info = info;
			*ret_size = size;
			return 0;
		}
		r = -EPROTO;
		if (info->argsz > INFO_MAX)
			break;
	}
	free(info);
	return r;
}

static int take(struct iommuctl_container_info *info,
		const struct abi_vfio_iommu_type1_info *answer, size_t size)
{
	info->has_page_sizes = answer->flags & ABI_VFIO_IOMMU_INFO_PGSIZES && answer->iova_pgsizes;
	info->page_sizes = answer->iova_pgsizes;
	return answer->flags & ABI_VFIO_IOMMU_INFO_CAPS
		       ? take_chain(info, (const unsigned char *)answer, size, answer->cap_offset)
		       : 0;
}

IOMMUCTL_EXPORT int iommuctl_container_get_info(struct iommuctl_container *container,
						struct iommuctl_container_info **ret_info)
{
	struct abi_vfio_iommu_type1_info *answer = NULL;
	struct iommuctl_container_info *info;
	size_t size;
	int r;

	if (!container || !ret_info)
		return -EINVAL;
	info = calloc(1, sizeof(*info));
	if (!info)
		return -ENOMEM;
	r = fetch(container, &answer, &size);
	if (r >= 0)
		r = take(info, answer, size);
	free(answer);
	if (r < 0) {
		iommuctl_container_info_free(info);
		return container_failed(container, ABI_VFIO_IOMMU_GET_INFO, NULL, -r,
					"ask what it can do");
	}
	*ret_info = info;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_container_info *
iommuctl_container_info_free(struct iommuctl_container_info *info)
{
	if (info) {
		iommuctl_range_set_free(info->ranges);
		free(info);
	}
	return NULL;
}

IOMMUCTL_EXPORT int
iommuctl_container_info_get_page_sizes(const struct iommuctl_container_info *info,
				       uint64_t *ret_sizes)
{
	if (!info || !ret_sizes)
		return -EINVAL;
	if (!info->has_page_sizes)
		return -ENODATA;
	*ret_sizes = info->page_sizes;
	return 0;
}

IOMMUCTL_EXPORT const struct iommuctl_range_set *
iommuctl_container_info_get_ranges(const struct iommuctl_container_info *info)
{
	return info ? info->ranges : NULL;
}

IOMMUCTL_EXPORT int
iommuctl_container_info_get_migration(const struct iommuctl_container_info *info,
				      uint64_t *ret_sizes, uint64_t *ret_bitmap_max)
{
	if (!info || !ret_sizes || !ret_bitmap_max)
		return -EINVAL;
	if (!info->has_migration)
		return -ENODATA;
	*ret_sizes = info->dirty_page_sizes;
	*ret_bitmap_max = info->bitmap_max;
	return 0;
}

IOMMUCTL_EXPORT int
iommuctl_container_info_get_dma_avail(const struct iommuctl_container_info *info,
				      uint32_t *ret_count)
{
	if (!info || !ret_count)
		return -EINVAL;
	if (!info->has_avail)
		return -ENODATA;
	*ret_count = info->avail;
	return 0;
}
