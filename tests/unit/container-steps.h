/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the scripts of tests of containers are made of. */
#ifndef IOMMUCTL_TEST_CONTAINER_STEPS_H
#define IOMMUCTL_TEST_CONTAINER_STEPS_H

#include <string.h>

#include "fake-kernel.h"
#include "libiommuctl/abi/vfio.h"
#include "tree.h"

/* clang-format off */
#define NODE "/dev/vfio/vfio"
#define OPEN { .open = NODE }, { .request = ABI_VFIO_GET_API_VERSION }
#define HAS(check, answer) { .request = ABI_VFIO_CHECK_EXTENSION, .call = (check), .result = (answer) }
#define SET_TYPE(check, number) { .request = ABI_VFIO_SET_IOMMU, .call = (check), .error = (number) }
#define INFO(answer, number) { .request = ABI_VFIO_IOMMU_GET_INFO, .call = (answer), .error = (number) }
#define MAP(check, number) { .request = ABI_VFIO_IOMMU_MAP_DMA, .call = (check), .error = (number) }
#define UNMAP(check, number) { .request = ABI_VFIO_IOMMU_UNMAP_DMA, .call = (check), .error = (number) }
#define DIRTY(check, number) { .request = ABI_VFIO_IOMMU_DIRTY_PAGES, .call = (check), .error = (number) }
#define END { .open = NULL }
/* clang-format on */

/* A check of a call whose argument is a number. */
#define EXPECT_VALUE(name, number)                                                                 \
	static void name(void *arg)                                                                \
	{                                                                                          \
		assert_int_equal((uintptr_t)arg, number);                                          \
	}

static inline struct iommuctl_container *open_container(const struct tree *tree,
							const struct step *script)
{
	struct iommuctl_container *container = NULL;

	fake_kernel(tree->ctx, script);
	assert_int_equal(iommuctl_container_open(tree->ctx, &container), 0);
	return container;
}

#endif
