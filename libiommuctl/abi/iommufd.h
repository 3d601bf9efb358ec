/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's interface of /dev/iommu in our own words: numbers and layouts
 * of Linux 7.3, so that the build does not depend on the machine's headers. A
 * test compares them with the kernel's <linux/iommufd.h>.
 *
 * Calls may be given structs shorter or longer than a kernel has them: what is missing is
 * 0, what is too much must be 0 (E2BIG). Flags, types and operations that a kernel does not
 * know fail with EOPNOTSUPP.
 */
#ifndef IOMMUCTL_ABI_IOMMUFD_H
#define IOMMUCTL_ABI_IOMMUFD_H

#include <assert.h>
#include <stdint.h>

/* 64 bits that are aligned alike on every architecture */
#define ABI_U64 _Alignas(8) uint64_t

#define ABI_SIZE(type, bytes) static_assert(sizeof(struct type) == (bytes), #type)

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

struct abi_iommu_destroy {
	uint32_t size;
	uint32_t id;
};
ABI_SIZE(abi_iommu_destroy, 8);

struct abi_iommu_ioas_alloc {
	uint32_t size;
	uint32_t flags; /* 0 */
	uint32_t out_ioas_id;
};
ABI_SIZE(abi_iommu_ioas_alloc, 12);

struct abi_iommu_iova_range {
	ABI_U64 start;
	ABI_U64 last;
};
ABI_SIZE(abi_iommu_iova_range, 16);

struct abi_iommu_ioas_iova_ranges {
	uint32_t size;
	uint32_t ioas_id;
	uint32_t num_iovas; /* in: room, out: total */
	uint32_t reserved;
	ABI_U64 allowed_iovas; /* address of abi_iommu_iova_range[] */
	ABI_U64 out_iova_alignment;
};
ABI_SIZE(abi_iommu_ioas_iova_ranges, 32);

struct abi_iommu_ioas_allow_iovas {
	uint32_t size;
	uint32_t ioas_id;
	uint32_t num_iovas;
	uint32_t reserved;
	ABI_U64 allowed_iovas; /* address of abi_iommu_iova_range[] */
};
ABI_SIZE(abi_iommu_ioas_allow_iovas, 24);

/* of IOMMU_IOAS_MAP, and of IOMMU_IOAS_COPY and _MAP_FILE too */
#define ABI_IOMMU_IOAS_MAP_FIXED_IOVA (1u << 0)
#define ABI_IOMMU_IOAS_MAP_WRITEABLE  (1u << 1)
#define ABI_IOMMU_IOAS_MAP_READABLE   (1u << 2)

struct abi_iommu_ioas_map {
	uint32_t size;
	uint32_t flags;
	uint32_t ioas_id;
	uint32_t reserved;
	ABI_U64 user_va;
	ABI_U64 length;
	ABI_U64 iova; /* in: with FIXED_IOVA, out */
};
ABI_SIZE(abi_iommu_ioas_map, 40);

struct abi_iommu_ioas_map_file {
	uint32_t size;
	uint32_t flags;
	uint32_t ioas_id;
	int32_t fd;
	ABI_U64 start; /* in the file */
	ABI_U64 length;
	ABI_U64 iova; /* in: with FIXED_IOVA, out */
};
ABI_SIZE(abi_iommu_ioas_map_file, 40);

struct abi_iommu_ioas_copy {
	uint32_t size;
	uint32_t flags;
	uint32_t dst_ioas_id;
	uint32_t src_ioas_id;
	ABI_U64 length;
	ABI_U64 dst_iova; /* in: with FIXED_IOVA, out */
	ABI_U64 src_iova;
};
ABI_SIZE(abi_iommu_ioas_copy, 40);

struct abi_iommu_ioas_unmap {
	uint32_t size;
	uint32_t ioas_id;
	ABI_U64 iova;
	ABI_U64 length; /* in, out: unmapped; not written on failure */
};
ABI_SIZE(abi_iommu_ioas_unmap, 24);

struct abi_iommu_ioas_change_process {
	uint32_t size;
	uint32_t reserved;
};
ABI_SIZE(abi_iommu_ioas_change_process, 8);

struct abi_iommu_ioas_noiommu_get_pa {
	uint32_t size;
	uint32_t flags; /* 0 */
	uint32_t ioas_id;
	uint32_t reserved;
	ABI_U64 iova;
	ABI_U64 length; /* in: limit, out: contiguous */
	ABI_U64 out_phys;
};
ABI_SIZE(abi_iommu_ioas_noiommu_get_pa, 40);

#define ABI_IOMMU_OPTION_RLIMIT_MODE 0u
#define ABI_IOMMU_OPTION_HUGE_PAGES  1u
#define ABI_IOMMU_OPTION_OP_SET	     0u
#define ABI_IOMMU_OPTION_OP_GET	     1u

struct abi_iommu_option {
	uint32_t size;
	uint32_t option_id;
	uint16_t op;
	uint16_t reserved;
	uint32_t object_id; /* an ioas; 0 with RLIMIT_MODE */
	ABI_U64 val64;	    /* in: SET, out: GET */
};
ABI_SIZE(abi_iommu_option, 24);

#define ABI_IOMMU_VFIO_IOAS_GET	  0u
#define ABI_IOMMU_VFIO_IOAS_SET	  1u
#define ABI_IOMMU_VFIO_IOAS_CLEAR 2u

struct abi_iommu_vfio_ioas {
	uint32_t size;
	uint32_t ioas_id; /* in: SET, out: GET */
	uint16_t op;
	uint16_t reserved;
};
ABI_SIZE(abi_iommu_vfio_ioas, 12);

#define ABI_IOMMU_HWPT_ALLOC_NEST_PARENT    (1u << 0)
#define ABI_IOMMU_HWPT_ALLOC_DIRTY_TRACKING (1u << 1)
#define ABI_IOMMU_HWPT_FAULT_ID_VALID	    (1u << 2)
#define ABI_IOMMU_HWPT_ALLOC_PASID	    (1u << 3)

#define ABI_IOMMU_HWPT_DATA_NONE       0u
#define ABI_IOMMU_HWPT_DATA_VTD_S1     1u
#define ABI_IOMMU_HWPT_DATA_ARM_SMMUV3 2u
#define ABI_IOMMU_HWPT_DATA_AMD_GUEST  3u

struct abi_iommu_hwpt_alloc {
	uint32_t size;
	uint32_t flags;
	uint32_t dev_id;
	uint32_t pt_id; /* ioas, hwpt that is a nest parent, or viommu */
	uint32_t out_hwpt_id;
	uint32_t reserved;
	uint32_t data_type; /* from here on 6.7 */
	uint32_t data_len;
	ABI_U64 data_uptr;
	uint32_t fault_id; /* 6.11; with FAULT_ID_VALID */
	uint32_t reserved2;
};
ABI_SIZE(abi_iommu_hwpt_alloc, 48);

/* What data_uptr points to, by data_type */
#define ABI_IOMMU_VTD_S1_SRE  (1u << 0)
#define ABI_IOMMU_VTD_S1_EAFE (1u << 1)
#define ABI_IOMMU_VTD_S1_WPE  (1u << 2)

struct abi_iommu_hwpt_vtd_s1 {
	ABI_U64 flags;
	ABI_U64 pgtbl_addr;  /* as the nest parent translates it */
	uint32_t addr_width; /* bits: 48 or 57 */
	uint32_t reserved;
};
ABI_SIZE(abi_iommu_hwpt_vtd_s1, 24);

struct abi_iommu_hwpt_arm_smmuv3 {
	ABI_U64 ste[2]; /* little endian */
};
ABI_SIZE(abi_iommu_hwpt_arm_smmuv3, 16);

struct abi_iommu_hwpt_amd_guest {
	ABI_U64 dte[4];
};
ABI_SIZE(abi_iommu_hwpt_amd_guest, 32);

#define ABI_IOMMU_HWPT_DIRTY_TRACKING_ENABLE (1u << 0)

struct abi_iommu_hwpt_set_dirty_tracking {
	uint32_t size;
	uint32_t flags;
	uint32_t hwpt_id;
	uint32_t reserved;
};
ABI_SIZE(abi_iommu_hwpt_set_dirty_tracking, 16);

#define ABI_IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR (1u << 0)

struct abi_iommu_hwpt_get_dirty_bitmap {
	uint32_t size;
	uint32_t hwpt_id;
	uint32_t flags;
	uint32_t reserved;
	ABI_U64 iova;
	ABI_U64 length;
	ABI_U64 page_size;
	ABI_U64 data; /* address of uint64_t[], into which bits are set */
};
ABI_SIZE(abi_iommu_hwpt_get_dirty_bitmap, 48);

#define ABI_IOMMU_HWPT_INVALIDATE_DATA_VTD_S1	    0u
#define ABI_IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3 1u

struct abi_iommu_hwpt_invalidate {
	uint32_t size;
	uint32_t hwpt_id; /* or a viommu */
	ABI_U64 data_uptr;
	uint32_t data_type;
	uint32_t entry_len;
	uint32_t entry_num; /* in, out: done; written on failure too */
	uint32_t reserved;
};
ABI_SIZE(abi_iommu_hwpt_invalidate, 32);

#define ABI_IOMMU_VTD_INV_FLAGS_LEAF (1u << 0)

struct abi_iommu_hwpt_vtd_s1_invalidate {
	ABI_U64 addr;
	ABI_U64 npages; /* UINT64_MAX with address 0: everything */
	uint32_t flags;
	uint32_t reserved;
};
ABI_SIZE(abi_iommu_hwpt_vtd_s1_invalidate, 24);

struct abi_iommu_viommu_arm_smmuv3_invalidate {
	ABI_U64 cmd[2]; /* little endian */
};
ABI_SIZE(abi_iommu_viommu_arm_smmuv3_invalidate, 16);

#define ABI_IOMMU_HW_INFO_FLAG_INPUT_TYPE (1u << 0)

#define ABI_IOMMU_HW_INFO_TYPE_NONE	      0u
#define ABI_IOMMU_HW_INFO_TYPE_DEFAULT	      0u
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
	ABI_U64 data_uptr;
	uint32_t data_type;	    /* in: with FLAG_INPUT_TYPE, out: of the answer */
	uint8_t out_max_pasid_log2; /* 6.15; 0 before */
	uint8_t reserved[3];
	ABI_U64 out_capabilities; /* 6.7; a kernel before does not write it */
};
ABI_SIZE(abi_iommu_hw_info, 40);

/* What data_uptr points to, by data_type: registers as the hardware has them */
#define ABI_IOMMU_HW_INFO_VTD_ERRATA_772415_SPR17 (1u << 0)

struct abi_iommu_hw_info_vtd {
	uint32_t flags;
	uint32_t reserved;
	ABI_U64 cap_reg;
	ABI_U64 ecap_reg;
};
ABI_SIZE(abi_iommu_hw_info_vtd, 24);

#define ABI_IOMMU_HW_INFO_ARM_SMMUV3_ERRATA_REPEAT_TLBI_CFGI (1u << 0)

struct abi_iommu_hw_info_arm_smmuv3 {
	uint32_t flags;
	uint32_t reserved;
	uint32_t idr[6];
	uint32_t iidr;
	uint32_t aidr;
};
ABI_SIZE(abi_iommu_hw_info_arm_smmuv3, 40);

struct abi_iommu_hw_info_tegra241_cmdqv {
	uint32_t flags;
	uint8_t version;
	uint8_t log2vcmdqs;
	uint8_t log2vsids;
	uint8_t reserved;
};
ABI_SIZE(abi_iommu_hw_info_tegra241_cmdqv, 8);

struct abi_iommu_hw_info_amd {
	ABI_U64 efr;
	ABI_U64 efr2;
};
ABI_SIZE(abi_iommu_hw_info_amd, 16);

struct abi_iommu_fault_alloc {
	uint32_t size;
	uint32_t flags; /* 0 */
	uint32_t out_fault_id;
	uint32_t out_fault_fd;
};
ABI_SIZE(abi_iommu_fault_alloc, 16);

/* What is read from the fault fd, and what is written to it */
#define ABI_IOMMU_PGFAULT_FLAGS_PASID_VALID (1u << 0)
#define ABI_IOMMU_PGFAULT_FLAGS_LAST_PAGE   (1u << 1)

#define ABI_IOMMU_PGFAULT_PERM_READ  (1u << 0)
#define ABI_IOMMU_PGFAULT_PERM_WRITE (1u << 1)
#define ABI_IOMMU_PGFAULT_PERM_EXEC  (1u << 2)
#define ABI_IOMMU_PGFAULT_PERM_PRIV  (1u << 3)

struct abi_iommu_hwpt_pgfault {
	uint32_t flags;
	uint32_t dev_id;
	uint32_t pasid;
	uint32_t grpid;
	uint32_t perm;
	uint32_t reserved;
	ABI_U64 addr;
	uint32_t length;
	uint32_t cookie;
};
ABI_SIZE(abi_iommu_hwpt_pgfault, 40);

#define ABI_IOMMUFD_PAGE_RESP_SUCCESS 0u
#define ABI_IOMMUFD_PAGE_RESP_INVALID 1u

struct abi_iommu_hwpt_page_response {
	uint32_t cookie;
	uint32_t code;
};
ABI_SIZE(abi_iommu_hwpt_page_response, 8);

#define ABI_IOMMU_VIOMMU_TYPE_DEFAULT	     0u
#define ABI_IOMMU_VIOMMU_TYPE_ARM_SMMUV3     1u
#define ABI_IOMMU_VIOMMU_TYPE_TEGRA241_CMDQV 2u

struct abi_iommu_viommu_alloc {
	uint32_t size;
	uint32_t flags; /* 0 */
	uint32_t type;
	uint32_t dev_id;
	uint32_t hwpt_id; /* a nest parent */
	uint32_t out_viommu_id;
	uint32_t data_len; /* from here on 6.17 */
	uint32_t reserved;
	ABI_U64 data_uptr;
};
ABI_SIZE(abi_iommu_viommu_alloc, 40);

/* What the kernel writes to data_uptr: what to mmap() of the iommufd */
struct abi_iommu_viommu_tegra241_cmdqv {
	ABI_U64 out_vintf_mmap_offset;
	ABI_U64 out_vintf_mmap_length;
};
ABI_SIZE(abi_iommu_viommu_tegra241_cmdqv, 16);

struct abi_iommu_vdevice_alloc {
	uint32_t size;
	uint32_t viommu_id;
	uint32_t dev_id;
	uint32_t out_vdevice_id;
	ABI_U64 virt_id;
};
ABI_SIZE(abi_iommu_vdevice_alloc, 24);

#define ABI_IOMMU_VEVENTQ_TYPE_DEFAULT	      0u
#define ABI_IOMMU_VEVENTQ_TYPE_ARM_SMMUV3     1u
#define ABI_IOMMU_VEVENTQ_TYPE_TEGRA241_CMDQV 2u

struct abi_iommu_veventq_alloc {
	uint32_t size;
	uint32_t flags; /* 0 */
	uint32_t viommu_id;
	uint32_t type;
	uint32_t veventq_depth;
	uint32_t out_veventq_id;
	uint32_t out_veventq_fd;
	uint32_t reserved;
};
ABI_SIZE(abi_iommu_veventq_alloc, 32);

/* What is read from the event fd: a header, and after it the event unless events were lost */
#define ABI_IOMMU_VEVENTQ_FLAG_LOST_EVENTS (1u << 0)

struct abi_iommufd_vevent_header {
	uint32_t flags;
	uint32_t sequence;
};
ABI_SIZE(abi_iommufd_vevent_header, 8);

struct abi_iommu_vevent_arm_smmuv3 {
	ABI_U64 evt[4]; /* little endian */
};
ABI_SIZE(abi_iommu_vevent_arm_smmuv3, 32);

struct abi_iommu_vevent_tegra241_cmdqv {
	ABI_U64 lvcmdq_err_map[2]; /* little endian */
};
ABI_SIZE(abi_iommu_vevent_tegra241_cmdqv, 16);

#define ABI_IOMMU_HW_QUEUE_TYPE_DEFAULT	       0u
#define ABI_IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV 1u

struct abi_iommu_hw_queue_alloc {
	uint32_t size;
	uint32_t flags; /* 0 */
	uint32_t viommu_id;
	uint32_t type;
	uint32_t index;
	uint32_t out_hw_queue_id;
	ABI_U64 nesting_parent_iova;
	ABI_U64 length;
};
ABI_SIZE(abi_iommu_hw_queue_alloc, 40);

#endif
