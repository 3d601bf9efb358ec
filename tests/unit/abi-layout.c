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

#define NUMBER(name) same(#name, ABI_##name, name)
#define SIZE(name)   same("size of " #name, sizeof(struct abi_##name), sizeof(struct name))
#define FIELD(name, field)                                                                         \
	same(#name "." #field,                                                                     \
	     offsetof(struct abi_##name, field) << 16 | SIZE_OF(abi_##name, field),                \
	     offsetof(struct name, field) << 16 | SIZE_OF(name, field))

int main(void)
{
	NUMBER(IOMMU_DESTROY);
	NUMBER(IOMMU_IOAS_ALLOC);
	NUMBER(IOMMU_IOAS_ALLOW_IOVAS);
	NUMBER(IOMMU_IOAS_COPY);
	NUMBER(IOMMU_IOAS_IOVA_RANGES);
	NUMBER(IOMMU_IOAS_MAP);
	NUMBER(IOMMU_IOAS_UNMAP);
	NUMBER(IOMMU_OPTION);
	NUMBER(IOMMU_VFIO_IOAS);
	NUMBER(IOMMU_HWPT_ALLOC);
	NUMBER(IOMMU_GET_HW_INFO);
	NUMBER(IOMMU_HWPT_SET_DIRTY_TRACKING);
	NUMBER(IOMMU_HWPT_GET_DIRTY_BITMAP);
	NUMBER(IOMMU_HWPT_INVALIDATE);
	NUMBER(IOMMU_FAULT_QUEUE_ALLOC);
	NUMBER(IOMMU_IOAS_MAP_FILE);
	NUMBER(IOMMU_VIOMMU_ALLOC);
	NUMBER(IOMMU_VDEVICE_ALLOC);
	NUMBER(IOMMU_IOAS_CHANGE_PROCESS);
	NUMBER(IOMMU_VEVENTQ_ALLOC);
	NUMBER(IOMMU_HW_QUEUE_ALLOC);
	NUMBER(IOMMU_IOAS_NOIOMMU_GET_PA);

	NUMBER(IOMMU_IOAS_MAP_FIXED_IOVA);
	NUMBER(IOMMU_IOAS_MAP_WRITEABLE);
	NUMBER(IOMMU_IOAS_MAP_READABLE);
	NUMBER(IOMMU_OPTION_RLIMIT_MODE);
	NUMBER(IOMMU_OPTION_HUGE_PAGES);
	NUMBER(IOMMU_OPTION_OP_SET);
	NUMBER(IOMMU_OPTION_OP_GET);
	NUMBER(IOMMU_HWPT_ALLOC_NEST_PARENT);
	NUMBER(IOMMU_HWPT_ALLOC_DIRTY_TRACKING);
	NUMBER(IOMMU_HWPT_FAULT_ID_VALID);
	NUMBER(IOMMU_HWPT_ALLOC_PASID);
	NUMBER(IOMMU_HWPT_DIRTY_TRACKING_ENABLE);
	NUMBER(IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR);
	NUMBER(IOMMU_HW_INFO_FLAG_INPUT_TYPE);
	NUMBER(IOMMU_HW_INFO_TYPE_NONE);
	NUMBER(IOMMU_HW_INFO_TYPE_INTEL_VTD);
	NUMBER(IOMMU_HW_INFO_TYPE_ARM_SMMUV3);
	NUMBER(IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV);
	NUMBER(IOMMU_HW_INFO_TYPE_AMD);
	NUMBER(IOMMU_HW_CAP_DIRTY_TRACKING);
	NUMBER(IOMMU_HW_CAP_PCI_PASID_EXEC);
	NUMBER(IOMMU_HW_CAP_PCI_PASID_PRIV);
	NUMBER(IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED);

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

	SIZE(iommu_hw_info);
	FIELD(iommu_hw_info, size);
	FIELD(iommu_hw_info, flags);
	FIELD(iommu_hw_info, dev_id);
	FIELD(iommu_hw_info, data_len);
	FIELD(iommu_hw_info, data_uptr);
	same("iommu_hw_info.data_type", offsetof(struct abi_iommu_hw_info, data_type),
	     offsetof(struct iommu_hw_info, out_data_type));
	FIELD(iommu_hw_info, out_max_pasid_log2);
	FIELD(iommu_hw_info, out_capabilities);

	NUMBER(VFIO_GET_API_VERSION);
	NUMBER(VFIO_CHECK_EXTENSION);
	NUMBER(VFIO_TYPE1_IOMMU);
	NUMBER(VFIO_SPAPR_TCE_IOMMU);
	NUMBER(VFIO_TYPE1v2_IOMMU);
	NUMBER(VFIO_DMA_CC_IOMMU);
	NUMBER(VFIO_EEH);
	NUMBER(VFIO_SPAPR_TCE_v2_IOMMU);
	NUMBER(VFIO_NOIOMMU_IOMMU);
	NUMBER(VFIO_UNMAP_ALL);
	NUMBER(VFIO_UPDATE_VADDR);
	NUMBER(VFIO_DEVICE_BIND_FLAG_TOKEN);
	NUMBER(VFIO_DEVICE_ATTACH_PASID);
	NUMBER(VFIO_DEVICE_DETACH_PASID);
	NUMBER(VFIO_DEVICE_BIND_IOMMUFD);
	NUMBER(VFIO_DEVICE_ATTACH_IOMMUFD_PT);
	NUMBER(VFIO_DEVICE_DETACH_IOMMUFD_PT);

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
