/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages that devices wrote to, as a page table has noted them. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/iommufd.h"
#include "dirty.h"

IOMMUCTL_EXPORT int iommuctl_hwpt_set_dirty_tracking(struct iommuctl_object *hwpt, bool enable)
{
	struct abi_iommu_hwpt_set_dirty_tracking arg = {
		.size = sizeof(arg),
		.flags = enable ? ABI_IOMMU_HWPT_DIRTY_TRACKING_ENABLE : 0,
	};
	int r;

	if (!object_is(hwpt, KIND(HWPT)))
		return -EINVAL;
	arg.hwpt_id = hwpt->id;
	r = device_ioctl(hwpt->iommufd->ctx, hwpt->iommufd->fd, ABI_IOMMU_HWPT_SET_DIRTY_TRACKING,
			 &arg);
	return r < 0 ? object_failed(hwpt, ABI_IOMMU_HWPT_SET_DIRTY_TRACKING, &arg, -r,
				     enable ? "track dirty pages" : "stop tracking dirty pages")
		     : 0;
}

void dirty_bits_free(struct dirty_bits *bits)
{
	if (bits->size > 0)
		munmap(bits->words, bits->size);
	bits->size = 0;
}

/* Room for COUNT bits, all clear. */
static int bits_make(struct dirty_bits *bits, uint64_t count)
{
	const uint64_t size = (count / 64 + 1) * sizeof(*bits->words);

	if (size > bits->size) {
		void *words = size > SIZE_MAX ? MAP_FAILED
					      : mmap(NULL, size, PROT_READ | PROT_WRITE,
						     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (words == MAP_FAILED)
			return -ENOMEM;
		dirty_bits_free(bits);
		*bits = (struct dirty_bits){ words, size };
		return 0;
	}
	memset(bits->words, 0, size);
	return 0;
}

int dirty_ask_quietly(const struct iommuctl_object *hwpt,
		      struct abi_iommu_hwpt_get_dirty_bitmap *arg, struct iommuctl_range range,
		      uint64_t page_size, unsigned int flags, struct dirty_bits *bits)
{
	int r = bits_make(bits, dirty_count_pages(range, page_size));

	*arg = (struct abi_iommu_hwpt_get_dirty_bitmap){
		.size = sizeof(*arg),
		.hwpt_id = hwpt->id,
		.flags = flags,
		.iova = range.start,
		.length = range.end - range.start + 1,
		.page_size = page_size,
		.data = (uintptr_t)bits->words,
	};
	return r < 0 ? r
		     : device_ioctl(hwpt->iommufd->ctx, hwpt->iommufd->fd,
				    ABI_IOMMU_HWPT_GET_DIRTY_BITMAP, arg);
}

int dirty_ask(const struct iommuctl_object *hwpt, struct iommuctl_range range, uint64_t page_size,
	      unsigned int flags, struct dirty_bits *bits)
{
	struct abi_iommu_hwpt_get_dirty_bitmap arg;
	int r = dirty_ask_quietly(hwpt, &arg, range, page_size, flags, bits);

	return r < 0 ? object_failed(hwpt, ABI_IOMMU_HWPT_GET_DIRTY_BITMAP, &arg, -r,
				     "read dirty pages")
		     : 0;
}

IOMMUCTL_EXPORT int iommuctl_hwpt_get_dirty_bitmap(struct iommuctl_object *hwpt,
						   struct iommuctl_range range, uint64_t page_size,
						   unsigned int flags, uint64_t *bitmap)
{
	struct dirty_bits bits = { 0 };
	int r;

	if (!object_is(hwpt, KIND(HWPT)) || !bitmap || range.end < range.start)
		return -EINVAL;
	r = dirty_ask(hwpt, range, page_size, flags, &bits);
	for (uint64_t i = 0, count = dirty_count_pages(range, page_size); r >= 0 && i < count;
	     i += 64)
		bitmap[i / 64] |= bits.words[i / 64] &
				  (count - i < 64 ? (UINT64_C(1) << (count - i)) - 1 : UINT64_MAX);
	dirty_bits_free(&bits);
	return r;
}
