/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The calls, members, flags and extensions of iommufd and VFIO, by the names of <linux/iommufd.h>
 * and <linux/vfio.h>. SINCE is for people: nothing is concluded from a version. Where a
 * call has none, it is that of call-table.c.
 */
#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "paths.h"
#include "probe.h"

/* clang-format off */

#define IOMMUFD .interface = "iommufd"
#define VFIO .interface = "vfio"

#define CALL(call, without) \
	{ IOMMUFD, .kind = PROBE_CALL, .name = "IOMMU_" #call, .asks = PROBE_ASKS_IOMMU, \
	  .request = ABI_IOMMU_##call, .rules_out = without, .measure = probe_call }
#define MEMBER(call, member, bytes, version, without) \
	{ IOMMUFD, .kind = PROBE_STRUCT, .name = member, .asks = PROBE_ASKS_IOMMU, \
	  .request = ABI_IOMMU_##call, .size = bytes, .since = version, .rules_out = without, \
	  .measure = probe_struct }
/* the words name no object, so that a kernel which knows the flag has nothing to do */
#define FLAG(call, bytes, flag, version, without, ...) \
	{ IOMMUFD, .kind = PROBE_FLAG, .name = "IOMMU_" #flag, .asks = PROBE_ASKS_IOMMU, \
	  .request = ABI_IOMMU_##call, .number = ABI_IOMMU_##flag, .size = bytes, .words = { __VA_ARGS__ }, \
	  .since = version, .rules_out = without, .measure = probe_flag }
#define BOUND_FLAG(call, flag, version, without) \
	{ IOMMUFD, .kind = PROBE_FLAG, .name = "IOMMU_" #flag, .request = ABI_IOMMU_##call, \
	  .number = ABI_IOMMU_##flag, .since = version, .rules_out = without, .measure = probe_bound }
#define OPTION(option, version, without, object) \
	{ IOMMUFD, .kind = PROBE_OPTION, .name = "IOMMU_OPTION_" #option, .asks = PROBE_ASKS_IOMMU, \
	  .request = ABI_IOMMU_OPTION, .number = ABI_IOMMU_OPTION_##option, .size = 24, \
	  .words = { ABI_IOMMU_OPTION_##option, ABI_IOMMU_OPTION_OP_GET, object }, \
	  .since = version, .rules_out = without, .measure = probe_flag }

#define API_VERSION(side, node, version) \
	{ side, .kind = PROBE_CALL, .name = "VFIO_GET_API_VERSION", .asks = node, .since = version, \
	  .request = ABI_VFIO_GET_API_VERSION, .measure = probe_version, \
	  .rules_out = "no type 1 program can use it" }
#define EXTENSION(side, node, extension, without) \
	{ side, .kind = PROBE_EXTENSION, .name = "VFIO_" #extension, .asks = node, \
	  .request = ABI_VFIO_CHECK_EXTENSION, .number = ABI_VFIO_##extension, \
	  .rules_out = without, .measure = probe_extension }
#define EXTENSIONS(side, node) \
	EXTENSION(side, node, TYPE1_IOMMU, "no type 1 IOMMU interface"), \
	EXTENSION(side, node, SPAPR_TCE_IOMMU, "no TCE windows (POWER)"), \
	EXTENSION(side, node, TYPE1v2_IOMMU, "no type 1 version 2: programs fall back to 4 KiB pages"), \
	EXTENSION(side, node, DMA_CC_IOMMU, "no promise that DMA is coherent with the CPU caches"), \
	EXTENSION(side, node, EEH, "no enhanced error handling (POWER)"), \
	EXTENSION(side, node, TYPE1_NESTING_IOMMU, "no nested type 1; iommufd has nesting of its own"), \
	EXTENSION(side, node, SPAPR_TCE_v2_IOMMU, "no TCE windows of version 2 (POWER)"), \
	EXTENSION(side, node, NOIOMMU_IOMMU, "no devices without an IOMMU here"), \
	EXTENSION(side, node, UNMAP_ALL, "no call that unmaps everything"), \
	EXTENSION(side, node, UPDATE_VADDR, "no new program can take over mappings of user memory")
#define DEVICE_CALL(call, without) \
	{ VFIO, .kind = PROBE_CALL, .name = "VFIO_DEVICE_" #call, .request = ABI_VFIO_DEVICE_##call, \
	  .file = "vfio-dev", .rules_out = without, .measure = probe_chrdev }
#define DEVICE_FLAG(call, flag, version, without) \
	{ VFIO, .kind = PROBE_FLAG, .name = "VFIO_DEVICE_" #flag, .request = ABI_VFIO_DEVICE_##call, \
	  .number = ABI_VFIO_DEVICE_##flag, .since = version, .rules_out = without, .measure = probe_bound }
#define PARAMETER(side, module, parameter, without) \
	{ side, .kind = PROBE_PARAMETER, .name = module "." parameter, \
	  .file = "sys/module/" module "/parameters/" parameter, .rules_out = without, \
	  .measure = probe_parameter }

#define NOTHING UINT32_MAX /* no id of an object: these end at 2^31 - 1 */

const struct probe_row probe_rows[] = {
	{ IOMMUFD, .kind = PROBE_NODE, .name = "/" DEV_IOMMU, .file = "iommu", .since = "6.2",
	  .rules_out = "no iommufd: devices can be given away by group and type 1 only", .measure = probe_misc },

	CALL(DESTROY, "nothing of iommufd can be given back before its file is closed"),
	CALL(IOAS_ALLOC, "no I/O address space"),
	CALL(IOAS_ALLOW_IOVAS, "no promise that addresses stay usable when a device is attached"),
	CALL(IOAS_COPY, "no mapping can be shared by two address spaces"),
	CALL(IOAS_IOVA_RANGES, "usable addresses are known from sysfs only"),
	CALL(IOAS_MAP, "no memory of a process can be mapped"),
	FLAG(IOAS_MAP, 40, IOAS_MAP_FIXED_IOVA, "6.2", "no choice of the I/O address",
	     ABI_IOMMU_IOAS_MAP_FIXED_IOVA | ABI_IOMMU_IOAS_MAP_READABLE, NOTHING),
	FLAG(IOAS_MAP, 40, IOAS_MAP_WRITEABLE, "6.2", "no device can write to memory",
	     ABI_IOMMU_IOAS_MAP_WRITEABLE, NOTHING),
	FLAG(IOAS_MAP, 40, IOAS_MAP_READABLE, "6.2", "no device can read memory",
	     ABI_IOMMU_IOAS_MAP_READABLE, NOTHING),
	CALL(IOAS_UNMAP, "no mapping can be taken back"),
	CALL(OPTION, "no choice of accounting nor of page sizes"),
	OPTION(RLIMIT_MODE, "6.2", "no choice of how locked memory is counted", 0),
	OPTION(HUGE_PAGES, "6.2", "no choice of page sizes", NOTHING),
	CALL(VFIO_IOAS, "no type 1 program can share an address space"),
	CALL(HWPT_ALLOC, "no page table of one's own: no nesting, dirty tracking, PASIDs, page faults"),
	MEMBER(HWPT_ALLOC, "iommu_hwpt_alloc.data_uptr", 40, "6.7", "no nested translation"),
	MEMBER(HWPT_ALLOC, "iommu_hwpt_alloc.fault_id", 48, "6.11", "no I/O page faults for user space"),
	BOUND_FLAG(HWPT_ALLOC, HWPT_ALLOC_NEST_PARENT, "6.7", "no nested translation"),
	BOUND_FLAG(HWPT_ALLOC, HWPT_ALLOC_DIRTY_TRACKING, "6.7", "no dirty tracking by the IOMMU"),
	BOUND_FLAG(HWPT_ALLOC, HWPT_FAULT_ID_VALID, "6.11", "no I/O page faults for user space"),
	BOUND_FLAG(HWPT_ALLOC, HWPT_ALLOC_PASID, "6.15", "no address space for a PASID"),
	CALL(GET_HW_INFO, "no registers of the IOMMU for a virtual machine monitor; no device show --hw-info"),
	MEMBER(GET_HW_INFO, "iommu_hw_info.out_capabilities", 40, "6.7", "whether there is dirty tracking shows only when it is tried"),
	FLAG(GET_HW_INFO, 40, HW_INFO_FLAG_INPUT_TYPE, "6.17", "no information about Tegra241 CMDQV",
	     ABI_IOMMU_HW_INFO_FLAG_INPUT_TYPE, NOTHING),
	CALL(HWPT_SET_DIRTY_TRACKING, "no dirty tracking by the IOMMU, so no live migration by its help"),
	FLAG(HWPT_SET_DIRTY_TRACKING, 16, HWPT_DIRTY_TRACKING_ENABLE, "6.7", "no dirty tracking by the IOMMU",
	     ABI_IOMMU_HWPT_DIRTY_TRACKING_ENABLE, NOTHING),
	CALL(HWPT_GET_DIRTY_BITMAP, "no dirty tracking by the IOMMU, so no live migration by its help"),
	FLAG(HWPT_GET_DIRTY_BITMAP, 48, HWPT_GET_DIRTY_BITMAP_NO_CLEAR, "6.7", "no reading of dirty bits without clearing them",
	     NOTHING, ABI_IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR),
	CALL(HWPT_INVALIDATE, "no nested translation: a guest's invalidations cannot be passed on"),
	CALL(FAULT_QUEUE_ALLOC, "no I/O page faults for user space"),
	CALL(IOAS_MAP_FILE, "no memory can be mapped by its file: it ends with the process that mapped it"),
	CALL(VIOMMU_ALLOC, "no nested translation with SMMUv3"),
	MEMBER(VIOMMU_ALLOC, "iommu_viommu_alloc.data_uptr", 40, "6.17", "no Tegra241 CMDQV for guests"),
	CALL(VDEVICE_ALLOC, "no nested translation with SMMUv3"),
	CALL(IOAS_CHANGE_PROCESS, "no mapping can pass to another process: no live update of a virtual machine monitor"),
	CALL(VEVENTQ_ALLOC, "no events of a nested SMMUv3 for its guest"),
	CALL(HW_QUEUE_ALLOC, "no command queues for guests (Tegra241 CMDQV)"),
	CALL(IOAS_NOIOMMU_GET_PA, "no devices without an IOMMU through iommufd"),
	CALL(TEST_CMD, "no mock IOMMU for the kernel's own tests"),
	API_VERSION(IOMMUFD, PROBE_ASKS_IOMMU, "6.2"),
	EXTENSIONS(IOMMUFD, PROBE_ASKS_IOMMU),
	PARAMETER(IOMMUFD, "iommufd", "allow_unsafe_interrupts", NULL),

	{ VFIO, .kind = PROBE_NODE, .name = "/" DEV_VFIO_GROUPS "/vfio", .file = "vfio",
	  .rules_out = "no type 1 interface", .measure = probe_misc },
	API_VERSION(VFIO, PROBE_ASKS_VFIO, "3.6"),
	EXTENSIONS(VFIO, PROBE_ASKS_VFIO),
	{ VFIO, .kind = PROBE_NODE, .name = "/" DEV_VFIO_GROUPS "/GROUP", .file = "vfio",
	  .rules_out = "no device can be given away by its group", .measure = probe_chrdev },
	{ VFIO, .kind = PROBE_NODE, .name = "/" DEV_VFIO_DEVICES, .file = "vfio-dev", .since = "6.6",
	  .rules_out = "no device can be bound to iommufd by itself", .measure = probe_chrdev },
	DEVICE_CALL(BIND_IOMMUFD, "no device can be bound to iommufd by itself"),
	DEVICE_FLAG(BIND_IOMMUFD, BIND_FLAG_TOKEN, "6.17", "no virtual function that wants a token"),
	DEVICE_CALL(ATTACH_IOMMUFD_PT, "no device can be bound to iommufd by itself"),
	DEVICE_FLAG(ATTACH_IOMMUFD_PT, ATTACH_PASID, "6.15", "no address space for a PASID"),
	DEVICE_CALL(DETACH_IOMMUFD_PT, "no device can be bound to iommufd by itself"),
	DEVICE_FLAG(DETACH_IOMMUFD_PT, DETACH_PASID, "6.15", "no address space for a PASID"),
	PARAMETER(VFIO, "vfio", "enable_unsafe_noiommu_mode", "no devices without an IOMMU"),
	PARAMETER(VFIO, "vfio_iommu_type1", "allow_unsafe_interrupts", NULL),
	PARAMETER(VFIO, "vfio_iommu_type1", "dma_entry_limit", NULL),
	PARAMETER(VFIO, "vfio_pci", "enable_sriov", NULL),
	PARAMETER(VFIO, "vfio_pci", "disable_idle_d3", NULL),
};

const size_t probe_row_count = ARRAY_SIZE(probe_rows);
