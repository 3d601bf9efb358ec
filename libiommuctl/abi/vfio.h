/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's interface of VFIO device nodes in our own words, Linux 7.3. A
 * test compares it with the kernel's <linux/vfio.h>.
 */
#ifndef IOMMUCTL_ABI_VFIO_H
#define IOMMUCTL_ABI_VFIO_H

#include <assert.h>
#include <stdint.h>

/* _IO(';', 100 + number) */
#define ABI_VFIO(number) (0x3b64ul + (number))

#define ABI_VFIO_GET_API_VERSION	  ABI_VFIO(0)
#define ABI_VFIO_CHECK_EXTENSION	  ABI_VFIO(1)
#define ABI_VFIO_DEVICE_BIND_IOMMUFD	  ABI_VFIO(18)
#define ABI_VFIO_DEVICE_ATTACH_IOMMUFD_PT ABI_VFIO(19)
#define ABI_VFIO_DEVICE_DETACH_IOMMUFD_PT ABI_VFIO(20)

/* What VFIO_CHECK_EXTENSION is asked for */
#define ABI_VFIO_TYPE1_IOMMU	     1u
#define ABI_VFIO_SPAPR_TCE_IOMMU     2u
#define ABI_VFIO_TYPE1v2_IOMMU	     3u
#define ABI_VFIO_DMA_CC_IOMMU	     4u
#define ABI_VFIO_EEH		     5u
#define ABI_VFIO_TYPE1_NESTING_IOMMU 6u /* a reserved number by now */
#define ABI_VFIO_SPAPR_TCE_v2_IOMMU  7u
#define ABI_VFIO_NOIOMMU_IOMMU	     8u
#define ABI_VFIO_UNMAP_ALL	     9u
#define ABI_VFIO_UPDATE_VADDR	     10u

#define ABI_VFIO_DEVICE_BIND_FLAG_TOKEN (1u << 0)
#define ABI_VFIO_DEVICE_ATTACH_PASID	(1u << 0)
#define ABI_VFIO_DEVICE_DETACH_PASID	(1u << 0)

/* As of Linux 6.6: what follows these fields is optional, and argsz says it is not there. */
struct abi_vfio_device_bind_iommufd {
	uint32_t argsz;
	uint32_t flags;
	int32_t iommufd;
	uint32_t out_devid;
};
static_assert(sizeof(struct abi_vfio_device_bind_iommufd) == 16, "size");

struct abi_vfio_device_attach_iommufd_pt {
	uint32_t argsz;
	uint32_t flags;
	uint32_t pt_id; /* in: ioas or hwpt, out: hwpt */
};
static_assert(sizeof(struct abi_vfio_device_attach_iommufd_pt) == 12, "size");

struct abi_vfio_device_detach_iommufd_pt {
	uint32_t argsz;
	uint32_t flags;
};
static_assert(sizeof(struct abi_vfio_device_detach_iommufd_pt) == 8, "size");

#endif
