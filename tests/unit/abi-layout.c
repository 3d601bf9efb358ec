/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libiommuctl/abi against the kernel's own headers; the script abi compiles and runs it. */
#include <stddef.h>
#include <stdio.h>

#include <linux/iommufd.h>
#include <linux/vfio.h>

#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"

static int tests, failed;

static void same(const char *what, unsigned long ours, unsigned long kernels)
{
	printf("%sok %d - %s\n", ours == kernels ? "" : "not ", ++tests, what);
	if (ours != kernels) {
		printf("# %#lx, not %#lx\n", ours, kernels);
		failed++;
	}
}

#define SIZE_OF(type, field) sizeof(((struct type *)0)->field)

#define REQUEST(name) same(#name, ABI_##name, name)
#define SIZE(name)    same("size of " #name, sizeof(struct abi_##name), sizeof(struct name))
#define FIELD(name, field)                                                                         \
	same(#name "." #field,                                                                     \
	     offsetof(struct abi_##name, field) << 16 | SIZE_OF(abi_##name, field),                \
	     offsetof(struct name, field) << 16 | SIZE_OF(name, field))

int main(void)
{
	REQUEST(IOMMU_DESTROY);
	REQUEST(IOMMU_IOAS_ALLOC);
	REQUEST(IOMMU_IOAS_IOVA_RANGES);

	SIZE(iommu_destroy);
	FIELD(iommu_destroy, size);
	FIELD(iommu_destroy, id);

	SIZE(iommu_ioas_alloc);
	FIELD(iommu_ioas_alloc, size);
	FIELD(iommu_ioas_alloc, flags);
	FIELD(iommu_ioas_alloc, out_ioas_id);

	SIZE(iommu_iova_range);
	FIELD(iommu_iova_range, start);
	FIELD(iommu_iova_range, last);

	SIZE(iommu_ioas_iova_ranges);
	FIELD(iommu_ioas_iova_ranges, size);
	FIELD(iommu_ioas_iova_ranges, ioas_id);
	FIELD(iommu_ioas_iova_ranges, num_iovas);
	FIELD(iommu_ioas_iova_ranges, allowed_iovas);
	FIELD(iommu_ioas_iova_ranges, out_iova_alignment);

	REQUEST(VFIO_DEVICE_BIND_IOMMUFD);
	REQUEST(VFIO_DEVICE_ATTACH_IOMMUFD_PT);
	REQUEST(VFIO_DEVICE_DETACH_IOMMUFD_PT);

	/* ours end where those of Linux 6.6 did; argsz says so */
	FIELD(vfio_device_bind_iommufd, argsz);
	FIELD(vfio_device_bind_iommufd, flags);
	FIELD(vfio_device_bind_iommufd, iommufd);
	FIELD(vfio_device_bind_iommufd, out_devid);

	FIELD(vfio_device_attach_iommufd_pt, argsz);
	FIELD(vfio_device_attach_iommufd_pt, flags);
	FIELD(vfio_device_attach_iommufd_pt, pt_id);

	FIELD(vfio_device_detach_iommufd_pt, argsz);
	FIELD(vfio_device_detach_iommufd_pt, flags);

	printf("1..%d\n", tests);
	return failed != 0;
}
