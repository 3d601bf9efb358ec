/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's interface of VFIO in our own words, Linux 7.3: devices, groups, and
 * the containers that were there before iommufd, of type 1 and of sPAPR TCE. A test
 * compares it with the kernel's <linux/vfio.h>.
 *
 * What begins with argsz may be given shorter than it is here: argsz ends before what
 * a kernel does not know yet. Flags that a kernel does not know fail with EINVAL.
 */
#ifndef IOMMUCTL_ABI_VFIO_H
#define IOMMUCTL_ABI_VFIO_H

#include <assert.h>
#include <stdint.h>

#include "iommufd.h"

/* where members have the alignment of the architecture, or are pointers */
#define ABI_SIZE_64(type, bytes)                                                                   \
	static_assert(sizeof(void *) < 8 || sizeof(struct type) == (bytes), #type)

/* _IO(';', 100 + number); what number means depends on what the file is. */
#define ABI_VFIO(number) (0x3b64ul + (number))

#define ABI_VFIO_API_VERSION 0

/* of containers, and of an iommufd that serves as one */
#define ABI_VFIO_GET_API_VERSION   ABI_VFIO(0)
#define ABI_VFIO_CHECK_EXTENSION   ABI_VFIO(1)
#define ABI_VFIO_SET_IOMMU	   ABI_VFIO(2)
#define ABI_VFIO_IOMMU_GET_INFO	   ABI_VFIO(12)
#define ABI_VFIO_IOMMU_MAP_DMA	   ABI_VFIO(13)
#define ABI_VFIO_IOMMU_UNMAP_DMA   ABI_VFIO(14)
#define ABI_VFIO_IOMMU_ENABLE	   ABI_VFIO(15)
#define ABI_VFIO_IOMMU_DISABLE	   ABI_VFIO(16)
#define ABI_VFIO_IOMMU_DIRTY_PAGES ABI_VFIO(17)
/* of containers of sPAPR TCE */
#define ABI_VFIO_IOMMU_SPAPR_TCE_GET_INFO      ABI_VFIO(12)
#define ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY   ABI_VFIO(17)
#define ABI_VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY ABI_VFIO(18)
#define ABI_VFIO_IOMMU_SPAPR_TCE_CREATE	       ABI_VFIO(19)
#define ABI_VFIO_IOMMU_SPAPR_TCE_REMOVE	       ABI_VFIO(20)
/* of groups */
#define ABI_VFIO_GROUP_GET_STATUS      ABI_VFIO(3)
#define ABI_VFIO_GROUP_SET_CONTAINER   ABI_VFIO(4)
#define ABI_VFIO_GROUP_UNSET_CONTAINER ABI_VFIO(5)
#define ABI_VFIO_GROUP_GET_DEVICE_FD   ABI_VFIO(6)
/* of devices */
#define ABI_VFIO_DEVICE_GET_INFO	       ABI_VFIO(7)
#define ABI_VFIO_DEVICE_GET_REGION_INFO	       ABI_VFIO(8)
#define ABI_VFIO_DEVICE_GET_IRQ_INFO	       ABI_VFIO(9)
#define ABI_VFIO_DEVICE_SET_IRQS	       ABI_VFIO(10)
#define ABI_VFIO_DEVICE_RESET		       ABI_VFIO(11)
#define ABI_VFIO_DEVICE_GET_PCI_HOT_RESET_INFO ABI_VFIO(12)
#define ABI_VFIO_DEVICE_PCI_HOT_RESET	       ABI_VFIO(13)
#define ABI_VFIO_DEVICE_FEATURE		       ABI_VFIO(17)
#define ABI_VFIO_DEVICE_BIND_IOMMUFD	       ABI_VFIO(18)
#define ABI_VFIO_DEVICE_ATTACH_IOMMUFD_PT      ABI_VFIO(19)
#define ABI_VFIO_DEVICE_DETACH_IOMMUFD_PT      ABI_VFIO(20)
/* of the file that a device saves its state to */
#define ABI_VFIO_MIG_GET_PRECOPY_INFO ABI_VFIO(21)

/* What VFIO_CHECK_EXTENSION is asked for, and VFIO_SET_IOMMU is told */
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

/*
 * A chain of these follows what has cap_offset: NEXT is counted from the start of that too, 0 is
 * the end. Where argsz leaves no room for the chain, cap_offset is 0 and argsz what is needed.
 */
struct abi_vfio_info_cap_header {
	uint16_t id;
	uint16_t version;
	uint32_t next;
};
ABI_SIZE(abi_vfio_info_cap_header, 8);

/* ---------------------------------------------------------------- groups */

#define ABI_VFIO_GROUP_FLAGS_VIABLE	   (1u << 0)
#define ABI_VFIO_GROUP_FLAGS_CONTAINER_SET (1u << 1)

struct abi_vfio_group_status {
	uint32_t argsz;
	uint32_t flags;
};
ABI_SIZE(abi_vfio_group_status, 8);

/* --------------------------------------------------------------- devices */

#define ABI_VFIO_DEVICE_BIND_FLAG_TOKEN (1u << 0)

struct abi_vfio_device_bind_iommufd {
	uint32_t argsz;
	uint32_t flags;
	int32_t iommufd;
	uint32_t out_devid;
	ABI_U64 token_uuid_ptr; /* 6.17, in truth 6.19: uint8_t[16]; with FLAG_TOKEN */
};
ABI_SIZE(abi_vfio_device_bind_iommufd, 24);

#define ABI_VFIO_DEVICE_ATTACH_PASID (1u << 0)

struct abi_vfio_device_attach_iommufd_pt {
	uint32_t argsz;
	uint32_t flags;
	uint32_t pt_id; /* in: ioas or hwpt, out: hwpt */
	uint32_t pasid; /* 6.15; with ATTACH_PASID */
};
ABI_SIZE(abi_vfio_device_attach_iommufd_pt, 16);

#define ABI_VFIO_DEVICE_DETACH_PASID (1u << 0)

struct abi_vfio_device_detach_iommufd_pt {
	uint32_t argsz;
	uint32_t flags;
	uint32_t pasid; /* 6.15; with DETACH_PASID */
};
ABI_SIZE(abi_vfio_device_detach_iommufd_pt, 12);

#define ABI_VFIO_DEVICE_FLAGS_RESET    (1u << 0)
#define ABI_VFIO_DEVICE_FLAGS_PCI      (1u << 1)
#define ABI_VFIO_DEVICE_FLAGS_PLATFORM (1u << 2)
#define ABI_VFIO_DEVICE_FLAGS_AMBA     (1u << 3)
#define ABI_VFIO_DEVICE_FLAGS_CCW      (1u << 4)
#define ABI_VFIO_DEVICE_FLAGS_AP       (1u << 5)
#define ABI_VFIO_DEVICE_FLAGS_FSL_MC   (1u << 6)
#define ABI_VFIO_DEVICE_FLAGS_CAPS     (1u << 7)
#define ABI_VFIO_DEVICE_FLAGS_CDX      (1u << 8)

struct abi_vfio_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t num_regions;
	uint32_t num_irqs;
	uint32_t cap_offset;
	uint32_t pad;
};
ABI_SIZE(abi_vfio_device_info, 24);

/* zPCI: what s390 says of a function */
#define ABI_VFIO_DEVICE_INFO_CAP_ZPCI_BASE	 1u
#define ABI_VFIO_DEVICE_INFO_CAP_ZPCI_GROUP	 2u
#define ABI_VFIO_DEVICE_INFO_CAP_ZPCI_UTIL	 3u
#define ABI_VFIO_DEVICE_INFO_CAP_ZPCI_PFIP	 4u
#define ABI_VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP 5u

#define ABI_VFIO_PCI_ATOMIC_COMP32  (1u << 0)
#define ABI_VFIO_PCI_ATOMIC_COMP64  (1u << 1)
#define ABI_VFIO_PCI_ATOMIC_COMP128 (1u << 2)

struct abi_vfio_device_info_cap_pci_atomic_comp {
	struct abi_vfio_info_cap_header header;
	uint32_t flags;
	uint32_t reserved;
};
ABI_SIZE(abi_vfio_device_info_cap_pci_atomic_comp, 16);

#define ABI_VFIO_REGION_INFO_FLAG_READ	(1u << 0)
#define ABI_VFIO_REGION_INFO_FLAG_WRITE (1u << 1)
#define ABI_VFIO_REGION_INFO_FLAG_MMAP	(1u << 2)
#define ABI_VFIO_REGION_INFO_FLAG_CAPS	(1u << 3)

struct abi_vfio_region_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index; /* in */
	uint32_t cap_offset;
	ABI_U64 size;
	ABI_U64 offset; /* in the device file */
};
ABI_SIZE(abi_vfio_region_info, 32);

#define ABI_VFIO_PCI_BAR0_REGION_INDEX	 0u
#define ABI_VFIO_PCI_BAR1_REGION_INDEX	 1u
#define ABI_VFIO_PCI_BAR2_REGION_INDEX	 2u
#define ABI_VFIO_PCI_BAR3_REGION_INDEX	 3u
#define ABI_VFIO_PCI_BAR4_REGION_INDEX	 4u
#define ABI_VFIO_PCI_BAR5_REGION_INDEX	 5u
#define ABI_VFIO_PCI_ROM_REGION_INDEX	 6u
#define ABI_VFIO_PCI_CONFIG_REGION_INDEX 7u
#define ABI_VFIO_PCI_VGA_REGION_INDEX	 8u
#define ABI_VFIO_PCI_NUM_REGIONS	 9u /* more are the driver's own */

#define ABI_VFIO_REGION_INFO_CAP_SPARSE_MMAP   1u
#define ABI_VFIO_REGION_INFO_CAP_TYPE	       2u
#define ABI_VFIO_REGION_INFO_CAP_MSIX_MAPPABLE 3u

struct abi_vfio_region_sparse_mmap_area {
	ABI_U64 offset;
	ABI_U64 size;
};
ABI_SIZE(abi_vfio_region_sparse_mmap_area, 16);

struct abi_vfio_region_info_cap_sparse_mmap {
	struct abi_vfio_info_cap_header header;
	uint32_t nr_areas;
	uint32_t reserved;
	struct abi_vfio_region_sparse_mmap_area areas[];
};
ABI_SIZE(abi_vfio_region_info_cap_sparse_mmap, 16);

struct abi_vfio_region_info_cap_type {
	struct abi_vfio_info_cap_header header;
	uint32_t type;
	uint32_t subtype;
};
ABI_SIZE(abi_vfio_region_info_cap_type, 16);

#define ABI_VFIO_IRQ_INFO_EVENTFD    (1u << 0)
#define ABI_VFIO_IRQ_INFO_MASKABLE   (1u << 1)
#define ABI_VFIO_IRQ_INFO_AUTOMASKED (1u << 2)
#define ABI_VFIO_IRQ_INFO_NORESIZE   (1u << 3)

struct abi_vfio_irq_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index; /* in */
	uint32_t count;
};
ABI_SIZE(abi_vfio_irq_info, 16);

#define ABI_VFIO_PCI_INTX_IRQ_INDEX 0u
#define ABI_VFIO_PCI_MSI_IRQ_INDEX  1u
#define ABI_VFIO_PCI_MSIX_IRQ_INDEX 2u
#define ABI_VFIO_PCI_ERR_IRQ_INDEX  3u
#define ABI_VFIO_PCI_REQ_IRQ_INDEX  4u
#define ABI_VFIO_PCI_NUM_IRQS	    5u

#define ABI_VFIO_IRQ_SET_DATA_NONE	(1u << 0)
#define ABI_VFIO_IRQ_SET_DATA_BOOL	(1u << 1)
#define ABI_VFIO_IRQ_SET_DATA_EVENTFD	(1u << 2)
#define ABI_VFIO_IRQ_SET_ACTION_MASK	(1u << 3)
#define ABI_VFIO_IRQ_SET_ACTION_UNMASK	(1u << 4)
#define ABI_VFIO_IRQ_SET_ACTION_TRIGGER (1u << 5)

struct abi_vfio_irq_set {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t start;
	uint32_t count;
	uint8_t data[]; /* of COUNT: nothing, uint8_t, or int32_t */
};
ABI_SIZE(abi_vfio_irq_set, 20);

#define ABI_VFIO_PCI_HOT_RESET_FLAG_DEV_ID	 (1u << 0)
#define ABI_VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED (1u << 1)
#define ABI_VFIO_PCI_DEVID_OWNED		 0
#define ABI_VFIO_PCI_DEVID_NOT_OWNED		 -1

struct abi_vfio_pci_dependent_device {
	uint32_t devid; /* the group, without FLAG_DEV_ID */
	uint16_t segment;
	uint8_t bus;
	uint8_t devfn;
};
ABI_SIZE(abi_vfio_pci_dependent_device, 8);

struct abi_vfio_pci_hot_reset_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t count;
	struct abi_vfio_pci_dependent_device devices[];
};
ABI_SIZE(abi_vfio_pci_hot_reset_info, 12);

struct abi_vfio_pci_hot_reset {
	uint32_t argsz;
	uint32_t flags;
	uint32_t count; /* 0: the devices are those of its iommufd */
	int32_t group_fds[];
};
ABI_SIZE(abi_vfio_pci_hot_reset, 12);

/* -------------------------------------------------------------- features */

#define ABI_VFIO_DEVICE_FEATURE_MASK  0xffffu
#define ABI_VFIO_DEVICE_FEATURE_GET   (1u << 16)
#define ABI_VFIO_DEVICE_FEATURE_SET   (1u << 17)
#define ABI_VFIO_DEVICE_FEATURE_PROBE (1u << 18)

struct abi_vfio_device_feature {
	uint32_t argsz;
	uint32_t flags; /* the feature, and what to do with it */
	uint8_t data[];
};
ABI_SIZE(abi_vfio_device_feature, 8);

#define ABI_VFIO_DEVICE_FEATURE_PCI_VF_TOKEN		    0u
#define ABI_VFIO_DEVICE_FEATURE_MIGRATION		    1u
#define ABI_VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE	    2u
#define ABI_VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY		    3u
#define ABI_VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP 4u
#define ABI_VFIO_DEVICE_FEATURE_LOW_POWER_EXIT		    5u
#define ABI_VFIO_DEVICE_FEATURE_DMA_LOGGING_START	    6u
#define ABI_VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP	    7u
#define ABI_VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT	    8u
#define ABI_VFIO_DEVICE_FEATURE_MIG_DATA_SIZE		    9u
#define ABI_VFIO_DEVICE_FEATURE_BUS_MASTER		    10u
#define ABI_VFIO_DEVICE_FEATURE_DMA_BUF			    11u
#define ABI_VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2	    12u
#define ABI_VFIO_DEVICE_FEATURE_ZPCI_ERROR		    13u

#define ABI_VFIO_MIGRATION_STOP_COPY (1u << 0)
#define ABI_VFIO_MIGRATION_P2P	     (1u << 1)
#define ABI_VFIO_MIGRATION_PRE_COPY  (1u << 2)

struct abi_vfio_device_feature_migration {
	ABI_U64 flags;
};
ABI_SIZE(abi_vfio_device_feature_migration, 8);

#define ABI_VFIO_DEVICE_STATE_ERROR	   0u
#define ABI_VFIO_DEVICE_STATE_STOP	   1u
#define ABI_VFIO_DEVICE_STATE_RUNNING	   2u
#define ABI_VFIO_DEVICE_STATE_STOP_COPY	   3u
#define ABI_VFIO_DEVICE_STATE_RESUMING	   4u
#define ABI_VFIO_DEVICE_STATE_RUNNING_P2P  5u
#define ABI_VFIO_DEVICE_STATE_PRE_COPY	   6u
#define ABI_VFIO_DEVICE_STATE_PRE_COPY_P2P 7u

struct abi_vfio_device_feature_mig_state {
	uint32_t device_state;
	int32_t data_fd; /* out */
};
ABI_SIZE(abi_vfio_device_feature_mig_state, 8);

struct abi_vfio_device_feature_mig_data_size {
	ABI_U64 stop_copy_length;
};
ABI_SIZE(abi_vfio_device_feature_mig_data_size, 8);

#define ABI_VFIO_PRECOPY_INFO_REINIT (1u << 0)

struct abi_vfio_precopy_info {
	uint32_t argsz;
	uint32_t flags;
	ABI_U64 initial_bytes;
	ABI_U64 dirty_bytes;
};
ABI_SIZE(abi_vfio_precopy_info, 24);

struct abi_vfio_device_low_power_entry_with_wakeup {
	int32_t wakeup_eventfd;
	uint32_t reserved;
};
ABI_SIZE(abi_vfio_device_low_power_entry_with_wakeup, 8);

struct abi_vfio_device_feature_dma_logging_range {
	ABI_U64 iova;
	ABI_U64 length;
};
ABI_SIZE(abi_vfio_device_feature_dma_logging_range, 16);

struct abi_vfio_device_feature_dma_logging_control {
	ABI_U64 page_size;
	uint32_t num_ranges;
	uint32_t reserved;
	ABI_U64 ranges; /* address of abi_vfio_device_feature_dma_logging_range[] */
};
ABI_SIZE(abi_vfio_device_feature_dma_logging_control, 24);

struct abi_vfio_device_feature_dma_logging_report {
	ABI_U64 iova;
	ABI_U64 length;
	ABI_U64 page_size;
	ABI_U64 bitmap; /* address of uint64_t[], into which bits are set */
};
ABI_SIZE(abi_vfio_device_feature_dma_logging_report, 32);

#define ABI_VFIO_DEVICE_FEATURE_CLEAR_MASTER 0u
#define ABI_VFIO_DEVICE_FEATURE_SET_MASTER   1u

struct abi_vfio_device_feature_bus_master {
	uint32_t op;
};
ABI_SIZE(abi_vfio_device_feature_bus_master, 4);

struct abi_vfio_region_dma_range {
	uint64_t offset;
	uint64_t length;
};
ABI_SIZE(abi_vfio_region_dma_range, 16);

struct abi_vfio_device_feature_dma_buf {
	uint32_t region_index;
	uint32_t open_flags;
	uint32_t flags;	    /* 0 */
	uint32_t nr_ranges; /* of abi_vfio_region_dma_range, which follow */
};
ABI_SIZE(abi_vfio_device_feature_dma_buf, 16);

struct abi_vfio_device_feature_zpci_err {
	ABI_U64 data;
};
ABI_SIZE(abi_vfio_device_feature_zpci_err, 8);

/* ------------------------------------------------------------ containers */

#define ABI_VFIO_IOMMU_INFO_PGSIZES (1u << 0)
#define ABI_VFIO_IOMMU_INFO_CAPS    (1u << 1)

struct abi_vfio_iommu_type1_info {
	uint32_t argsz;
	uint32_t flags;
	ABI_U64 iova_pgsizes; /* a bit for each size */
	uint32_t cap_offset;
	uint32_t pad;
};
ABI_SIZE(abi_vfio_iommu_type1_info, 24);

#define ABI_VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE 1u
#define ABI_VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION	 2u
#define ABI_VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL	 3u

struct abi_vfio_iova_range {
	uint64_t start;
	uint64_t end; /* inclusive */
};
ABI_SIZE(abi_vfio_iova_range, 16);

struct abi_vfio_iommu_type1_info_cap_iova_range {
	struct abi_vfio_info_cap_header header;
	uint32_t nr_iovas;
	uint32_t reserved;
	struct abi_vfio_iova_range iova_ranges[];
};
ABI_SIZE(abi_vfio_iommu_type1_info_cap_iova_range, 16);

struct abi_vfio_iommu_type1_info_cap_migration {
	struct abi_vfio_info_cap_header header;
	uint32_t flags;
	uint64_t pgsize_bitmap;
	uint64_t max_dirty_bitmap_size;
};
ABI_SIZE_64(abi_vfio_iommu_type1_info_cap_migration, 32);

struct abi_vfio_iommu_type1_info_dma_avail {
	struct abi_vfio_info_cap_header header;
	uint32_t avail; /* mappings that the limit leaves */
};
ABI_SIZE(abi_vfio_iommu_type1_info_dma_avail, 12);

#define ABI_VFIO_DMA_MAP_FLAG_READ  (1u << 0)
#define ABI_VFIO_DMA_MAP_FLAG_WRITE (1u << 1)
#define ABI_VFIO_DMA_MAP_FLAG_VADDR (1u << 2)

struct abi_vfio_iommu_type1_dma_map {
	uint32_t argsz;
	uint32_t flags;
	uint64_t vaddr;
	uint64_t iova;
	uint64_t size;
};
ABI_SIZE(abi_vfio_iommu_type1_dma_map, 32);

struct abi_vfio_bitmap {
	uint64_t pgsize;
	uint64_t size; /* bytes of data */
	uint64_t *data;
};
ABI_SIZE_64(abi_vfio_bitmap, 24);

#define ABI_VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP (1u << 0)
#define ABI_VFIO_DMA_UNMAP_FLAG_ALL		 (1u << 1)
#define ABI_VFIO_DMA_UNMAP_FLAG_VADDR		 (1u << 2)

struct abi_vfio_iommu_type1_dma_unmap {
	uint32_t argsz;
	uint32_t flags;
	uint64_t iova;
	uint64_t size; /* in, out: unmapped; written on failure too */
		       /* with GET_DIRTY_BITMAP abi_vfio_bitmap follows */
};
ABI_SIZE(abi_vfio_iommu_type1_dma_unmap, 24);

#define ABI_VFIO_IOMMU_DIRTY_PAGES_FLAG_START	   (1u << 0)
#define ABI_VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP	   (1u << 1)
#define ABI_VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP (1u << 2)

struct abi_vfio_iommu_type1_dirty_bitmap {
	uint32_t argsz;
	uint32_t flags;
	/* with GET_BITMAP abi_vfio_iommu_type1_dirty_bitmap_get follows */
};
ABI_SIZE(abi_vfio_iommu_type1_dirty_bitmap, 8);

struct abi_vfio_iommu_type1_dirty_bitmap_get {
	uint64_t iova;
	uint64_t size;
	struct abi_vfio_bitmap bitmap;
};
ABI_SIZE_64(abi_vfio_iommu_type1_dirty_bitmap_get, 40);

/* ------------------------------------------------------------- sPAPR TCE */

struct abi_vfio_iommu_spapr_tce_ddw_info {
	uint64_t pgsizes; /* a bit for each size */
	uint32_t max_dynamic_windows_supported;
	uint32_t levels;
};
ABI_SIZE(abi_vfio_iommu_spapr_tce_ddw_info, 16);

#define ABI_VFIO_IOMMU_SPAPR_INFO_DDW (1u << 0)

struct abi_vfio_iommu_spapr_tce_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t dma32_window_start;
	uint32_t dma32_window_size;
	struct abi_vfio_iommu_spapr_tce_ddw_info ddw; /* with INFO_DDW */
};
ABI_SIZE(abi_vfio_iommu_spapr_tce_info, 32);

struct abi_vfio_iommu_spapr_register_memory {
	uint32_t argsz;
	uint32_t flags; /* 0 */
	uint64_t vaddr;
	uint64_t size;
};
ABI_SIZE(abi_vfio_iommu_spapr_register_memory, 24);

struct abi_vfio_iommu_spapr_tce_create {
	uint32_t argsz;
	uint32_t flags; /* 0 */
	uint32_t page_shift;
	uint32_t resv1;
	uint64_t window_size;
	uint32_t levels;
	uint32_t resv2;
	uint64_t start_addr; /* out */
};
ABI_SIZE(abi_vfio_iommu_spapr_tce_create, 40);

struct abi_vfio_iommu_spapr_tce_remove {
	uint32_t argsz;
	uint32_t flags; /* 0 */
	uint64_t start_addr;
};
ABI_SIZE(abi_vfio_iommu_spapr_tce_remove, 16);

#endif
