/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's interface of /dev/iommu in our own words: numbers and layouts
 * of Linux 7.3, so that the build does not depend on the machine's headers. A
 * test compares them with the kernel's <linux/iommufd.h>.
 */
#ifndef IOMMUCTL_ABI_IOMMUFD_H
#define IOMMUCTL_ABI_IOMMUFD_H

#include <assert.h>
#include <stdint.h>

/* Requests carry neither size nor direction: _IO(';', number). */
#define ABI_IOMMUFD(number) (0x3b00ul | (number))

#define ABI_IOMMU_DESTROY		  ABI_IOMMUFD(0x80)
#define ABI_IOMMU_IOAS_ALLOC		  ABI_IOMMUFD(0x81)
#define ABI_IOMMU_IOAS_ALLOW_IOVAS	  ABI_IOMMUFD(0x82)
#define ABI_IOMMU_IOAS_COPY		  ABI_IOMMUFD(0x83)
#define ABI_IOMMU_IOAS_IOVA_RANGES	  ABI_IOMMUFD(0x84)
#define ABI_IOMMU_IOAS_MAP		  ABI_IOMMUFD(0x85)
#define ABI_IOMMU_IOAS_UNMAP		  ABI_IOMMUFD(0x86)
#define ABI_IOMMU_OPTION		  ABI_IOMMUFD(0x87)
#define ABI_IOMMU_VFIO_IOAS		  ABI_IOMMUFD(0x88)
#define ABI_IOMMU_HWPT_ALLOC		  ABI_IOMMUFD(0x89)
#define ABI_IOMMU_GET_HW_INFO		  ABI_IOMMUFD(0x8a)
#define ABI_IOMMU_HWPT_SET_DIRTY_TRACKING ABI_IOMMUFD(0x8b)
#define ABI_IOMMU_HWPT_GET_DIRTY_BITMAP	  ABI_IOMMUFD(0x8c)
#define ABI_IOMMU_HWPT_INVALIDATE	  ABI_IOMMUFD(0x8d)
#define ABI_IOMMU_FAULT_QUEUE_ALLOC	  ABI_IOMMUFD(0x8e)
#define ABI_IOMMU_IOAS_MAP_FILE		  ABI_IOMMUFD(0x8f)
#define ABI_IOMMU_VIOMMU_ALLOC		  ABI_IOMMUFD(0x90)
#define ABI_IOMMU_VDEVICE_ALLOC		  ABI_IOMMUFD(0x91)
#define ABI_IOMMU_IOAS_CHANGE_PROCESS	  ABI_IOMMUFD(0x92)
#define ABI_IOMMU_VEVENTQ_ALLOC		  ABI_IOMMUFD(0x93)
#define ABI_IOMMU_HW_QUEUE_ALLOC	  ABI_IOMMUFD(0x94)
#define ABI_IOMMU_IOAS_NOIOMMU_GET_PA	  ABI_IOMMUFD(0x95)
/* CONFIG_IOMMUFD_TEST; not in the exported headers */
#define ABI_IOMMU_TEST_CMD ABI_IOMMUFD(0xa0)

/* of IOMMU_IOAS_MAP, and of IOMMU_IOAS_COPY and _MAP_FILE too */
#define ABI_IOMMU_IOAS_MAP_FIXED_IOVA (1u << 0)
#define ABI_IOMMU_IOAS_MAP_WRITEABLE  (1u << 1)
#define ABI_IOMMU_IOAS_MAP_READABLE   (1u << 2)

#define ABI_IOMMU_OPTION_RLIMIT_MODE 0u
#define ABI_IOMMU_OPTION_HUGE_PAGES  1u
#define ABI_IOMMU_OPTION_OP_SET	     0u
#define ABI_IOMMU_OPTION_OP_GET	     1u

#define ABI_IOMMU_HWPT_ALLOC_NEST_PARENT	 (1u << 0)
#define ABI_IOMMU_HWPT_ALLOC_DIRTY_TRACKING	 (1u << 1)
#define ABI_IOMMU_HWPT_FAULT_ID_VALID		 (1u << 2)
#define ABI_IOMMU_HWPT_ALLOC_PASID		 (1u << 3)
#define ABI_IOMMU_HWPT_DIRTY_TRACKING_ENABLE	 (1u << 0)
#define ABI_IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR (1u << 0)

struct abi_iommu_destroy {
	uint32_t size;
	uint32_t id;
};
static_assert(sizeof(struct abi_iommu_destroy) == 8, "size");

struct abi_iommu_ioas_alloc {
	uint32_t size;
	uint32_t flags;
	uint32_t out_ioas_id;
};
static_assert(sizeof(struct abi_iommu_ioas_alloc) == 12, "size");

struct abi_iommu_iova_range {
	uint64_t start;
	uint64_t last;
};
static_assert(sizeof(struct abi_iommu_iova_range) == 16, "size");

struct abi_iommu_ioas_iova_ranges {
	uint32_t size;
	uint32_t ioas_id;
	uint32_t num_iovas; /* in: room, out: total */
	uint32_t reserved;
	_Alignas(8) uint64_t allowed_iovas; /* address of abi_iommu_iova_range[] */
	uint64_t out_iova_alignment;
};
static_assert(sizeof(struct abi_iommu_ioas_iova_ranges) == 32, "size");

#define ABI_IOMMU_HW_INFO_FLAG_INPUT_TYPE (1u << 0)

#define ABI_IOMMU_HW_INFO_TYPE_NONE	      0u
#define ABI_IOMMU_HW_INFO_TYPE_INTEL_VTD      1u
#define ABI_IOMMU_HW_INFO_TYPE_ARM_SMMUV3     2u
#define ABI_IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV 3u
#define ABI_IOMMU_HW_INFO_TYPE_AMD	      4u
/* the mock of CONFIG_IOMMUFD_TEST; not in the exported headers */
#define ABI_IOMMU_HW_INFO_TYPE_SELFTEST 0xfeedbeefu

#define ABI_IOMMU_HW_CAP_DIRTY_TRACKING	       (1u << 0)
#define ABI_IOMMU_HW_CAP_PCI_PASID_EXEC	       (1u << 1)
#define ABI_IOMMU_HW_CAP_PCI_PASID_PRIV	       (1u << 2)
#define ABI_IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED (1u << 3)

struct abi_iommu_hw_info {
	uint32_t size;
	uint32_t flags;
	uint32_t dev_id;
	uint32_t data_len; /* in: bytes of room, out: of the whole answer */
	_Alignas(8) uint64_t data_uptr;
	uint32_t data_type;	    /* in: with FLAG_INPUT_TYPE, out: of the answer */
	uint8_t out_max_pasid_log2; /* 6.15; 0 before */
	uint8_t reserved[3];
	uint64_t out_capabilities; /* 6.7; a kernel before does not write it */
};
static_assert(sizeof(struct abi_iommu_hw_info) == 40, "size");

#endif
