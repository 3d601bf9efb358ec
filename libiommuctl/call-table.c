/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is in the argument of every call of <linux/iommufd.h> and <linux/vfio.h>, in the kernel's
 * names. A new call needs a row here; tests/unit/call.c holds rows against the structs.
 */
#include <stddef.h>

#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "call.h"

/* clang-format off */

/* -------------------------------------------------- flags and enumerations */

#define FLAG(prefix, flag) { ABI_##prefix##flag, ABI_##prefix##flag, #flag }
#define NAME(prefix, value) { UINT64_MAX, ABI_##prefix##value, #value }
#define NAMES(table, ...) static const struct field_name table[] = { __VA_ARGS__, { 0 } }

static const struct field_name none[] = { { 0 } };

NAMES(map_flags, FLAG(IOMMU_IOAS_MAP_, FIXED_IOVA), FLAG(IOMMU_IOAS_MAP_, WRITEABLE),
      FLAG(IOMMU_IOAS_MAP_, READABLE));
NAMES(options, NAME(IOMMU_OPTION_, RLIMIT_MODE), NAME(IOMMU_OPTION_, HUGE_PAGES));
NAMES(option_ops, NAME(IOMMU_OPTION_OP_, SET), NAME(IOMMU_OPTION_OP_, GET));
NAMES(vfio_ioas_ops, NAME(IOMMU_VFIO_IOAS_, GET), NAME(IOMMU_VFIO_IOAS_, SET), NAME(IOMMU_VFIO_IOAS_, CLEAR));
NAMES(hwpt_flags, FLAG(IOMMU_HWPT_, ALLOC_NEST_PARENT), FLAG(IOMMU_HWPT_, ALLOC_DIRTY_TRACKING),
      FLAG(IOMMU_HWPT_, FAULT_ID_VALID), FLAG(IOMMU_HWPT_, ALLOC_PASID));
NAMES(hwpt_types, NAME(IOMMU_HWPT_DATA_, NONE), NAME(IOMMU_HWPT_DATA_, VTD_S1),
      NAME(IOMMU_HWPT_DATA_, ARM_SMMUV3), NAME(IOMMU_HWPT_DATA_, AMD_GUEST));
NAMES(hw_info_flags, FLAG(IOMMU_HW_INFO_FLAG_, INPUT_TYPE));
NAMES(hw_info_types, NAME(IOMMU_HW_INFO_TYPE_, NONE), NAME(IOMMU_HW_INFO_TYPE_, INTEL_VTD),
      NAME(IOMMU_HW_INFO_TYPE_, ARM_SMMUV3), NAME(IOMMU_HW_INFO_TYPE_, TEGRA241_CMDQV),
      NAME(IOMMU_HW_INFO_TYPE_, AMD), NAME(IOMMU_HW_INFO_TYPE_, SELFTEST));
NAMES(hw_capabilities, FLAG(IOMMU_HW_CAP_, DIRTY_TRACKING), FLAG(IOMMU_HW_CAP_, PCI_PASID_EXEC),
      FLAG(IOMMU_HW_CAP_, PCI_PASID_PRIV), FLAG(IOMMU_HW_CAP_, PCI_ATS_NOT_SUPPORTED));
NAMES(set_dirty_flags, FLAG(IOMMU_HWPT_DIRTY_TRACKING_, ENABLE));
NAMES(get_dirty_flags, FLAG(IOMMU_HWPT_GET_DIRTY_BITMAP_, NO_CLEAR));
/* these numbers are of nested page tables, and of virtual IOMMUs */
NAMES(invalidate_types, NAME(IOMMU_HWPT_INVALIDATE_DATA_, VTD_S1), NAME(IOMMU_VIOMMU_INVALIDATE_DATA_, ARM_SMMUV3));
NAMES(response_codes, NAME(IOMMUFD_PAGE_RESP_, SUCCESS), NAME(IOMMUFD_PAGE_RESP_, INVALID));
NAMES(viommu_types, NAME(IOMMU_VIOMMU_TYPE_, DEFAULT), NAME(IOMMU_VIOMMU_TYPE_, ARM_SMMUV3),
      NAME(IOMMU_VIOMMU_TYPE_, TEGRA241_CMDQV));
NAMES(veventq_types, NAME(IOMMU_VEVENTQ_TYPE_, DEFAULT), NAME(IOMMU_VEVENTQ_TYPE_, ARM_SMMUV3),
      NAME(IOMMU_VEVENTQ_TYPE_, TEGRA241_CMDQV));
NAMES(hw_queue_types, NAME(IOMMU_HW_QUEUE_TYPE_, DEFAULT), NAME(IOMMU_HW_QUEUE_TYPE_, TEGRA241_CMDQV));

NAMES(extensions, NAME(VFIO_, TYPE1_IOMMU), NAME(VFIO_, SPAPR_TCE_IOMMU), NAME(VFIO_, TYPE1v2_IOMMU),
      NAME(VFIO_, DMA_CC_IOMMU), NAME(VFIO_, EEH), NAME(VFIO_, TYPE1_NESTING_IOMMU),
      NAME(VFIO_, SPAPR_TCE_v2_IOMMU), NAME(VFIO_, NOIOMMU_IOMMU), NAME(VFIO_, UNMAP_ALL), NAME(VFIO_, UPDATE_VADDR));
NAMES(group_flags, FLAG(VFIO_GROUP_FLAGS_, VIABLE), FLAG(VFIO_GROUP_FLAGS_, CONTAINER_SET));
NAMES(bind_flags, FLAG(VFIO_DEVICE_BIND_, FLAG_TOKEN));
NAMES(attach_flags, FLAG(VFIO_DEVICE_ATTACH_, PASID));
NAMES(detach_flags, FLAG(VFIO_DEVICE_DETACH_, PASID));
NAMES(device_flags, FLAG(VFIO_DEVICE_FLAGS_, RESET), FLAG(VFIO_DEVICE_FLAGS_, PCI), FLAG(VFIO_DEVICE_FLAGS_, PLATFORM),
      FLAG(VFIO_DEVICE_FLAGS_, AMBA), FLAG(VFIO_DEVICE_FLAGS_, CCW), FLAG(VFIO_DEVICE_FLAGS_, AP),
      FLAG(VFIO_DEVICE_FLAGS_, FSL_MC), FLAG(VFIO_DEVICE_FLAGS_, CAPS), FLAG(VFIO_DEVICE_FLAGS_, CDX));
NAMES(region_flags, FLAG(VFIO_REGION_INFO_FLAG_, READ), FLAG(VFIO_REGION_INFO_FLAG_, WRITE),
      FLAG(VFIO_REGION_INFO_FLAG_, MMAP), FLAG(VFIO_REGION_INFO_FLAG_, CAPS));
NAMES(irq_flags, FLAG(VFIO_IRQ_INFO_, EVENTFD), FLAG(VFIO_IRQ_INFO_, MASKABLE), FLAG(VFIO_IRQ_INFO_, AUTOMASKED),
      FLAG(VFIO_IRQ_INFO_, NORESIZE));
NAMES(irq_set_flags, FLAG(VFIO_IRQ_SET_, DATA_NONE), FLAG(VFIO_IRQ_SET_, DATA_BOOL), FLAG(VFIO_IRQ_SET_, DATA_EVENTFD),
      FLAG(VFIO_IRQ_SET_, ACTION_MASK), FLAG(VFIO_IRQ_SET_, ACTION_UNMASK), FLAG(VFIO_IRQ_SET_, ACTION_TRIGGER));
NAMES(hot_reset_flags, FLAG(VFIO_PCI_HOT_RESET_FLAG_, DEV_ID), FLAG(VFIO_PCI_HOT_RESET_FLAG_, DEV_ID_OWNED));
#define FEATURE_NAME(feature) { ABI_VFIO_DEVICE_FEATURE_MASK, ABI_VFIO_DEVICE_FEATURE_##feature, #feature }
NAMES(feature_flags, FEATURE_NAME(PCI_VF_TOKEN), FEATURE_NAME(MIGRATION), FEATURE_NAME(MIG_DEVICE_STATE),
      FEATURE_NAME(LOW_POWER_ENTRY), FEATURE_NAME(LOW_POWER_ENTRY_WITH_WAKEUP), FEATURE_NAME(LOW_POWER_EXIT),
      FEATURE_NAME(DMA_LOGGING_START), FEATURE_NAME(DMA_LOGGING_STOP), FEATURE_NAME(DMA_LOGGING_REPORT),
      FEATURE_NAME(MIG_DATA_SIZE), FEATURE_NAME(BUS_MASTER), FEATURE_NAME(DMA_BUF), FEATURE_NAME(MIG_PRECOPY_INFOv2),
      FEATURE_NAME(ZPCI_ERROR), FLAG(VFIO_DEVICE_FEATURE_, GET), FLAG(VFIO_DEVICE_FEATURE_, SET),
      FLAG(VFIO_DEVICE_FEATURE_, PROBE));
NAMES(migration_flags, FLAG(VFIO_MIGRATION_, STOP_COPY), FLAG(VFIO_MIGRATION_, P2P), FLAG(VFIO_MIGRATION_, PRE_COPY));
NAMES(device_states, NAME(VFIO_DEVICE_STATE_, ERROR), NAME(VFIO_DEVICE_STATE_, STOP), NAME(VFIO_DEVICE_STATE_, RUNNING),
      NAME(VFIO_DEVICE_STATE_, STOP_COPY), NAME(VFIO_DEVICE_STATE_, RESUMING), NAME(VFIO_DEVICE_STATE_, RUNNING_P2P),
      NAME(VFIO_DEVICE_STATE_, PRE_COPY), NAME(VFIO_DEVICE_STATE_, PRE_COPY_P2P));
NAMES(precopy_flags, FLAG(VFIO_PRECOPY_INFO_, REINIT));
NAMES(bus_master_ops, NAME(VFIO_DEVICE_FEATURE_, CLEAR_MASTER), NAME(VFIO_DEVICE_FEATURE_, SET_MASTER));
NAMES(type1_info_flags, FLAG(VFIO_IOMMU_INFO_, PGSIZES), FLAG(VFIO_IOMMU_INFO_, CAPS));
NAMES(dma_map_flags, FLAG(VFIO_DMA_MAP_FLAG_, READ), FLAG(VFIO_DMA_MAP_FLAG_, WRITE), FLAG(VFIO_DMA_MAP_FLAG_, VADDR));
NAMES(dma_unmap_flags, FLAG(VFIO_DMA_UNMAP_FLAG_, GET_DIRTY_BITMAP), FLAG(VFIO_DMA_UNMAP_FLAG_, ALL),
      FLAG(VFIO_DMA_UNMAP_FLAG_, VADDR));
NAMES(dirty_pages_flags, FLAG(VFIO_IOMMU_DIRTY_PAGES_FLAG_, START), FLAG(VFIO_IOMMU_DIRTY_PAGES_FLAG_, STOP),
      FLAG(VFIO_IOMMU_DIRTY_PAGES_FLAG_, GET_BITMAP));
NAMES(spapr_flags, FLAG(VFIO_IOMMU_SPAPR_INFO_, DDW));

/* ------------------------------------------------------------ what changes */

static bool always(const void *argument)
{
	(void)argument;
	return true;
}

static bool option_is_got(const void *argument)
{
	return ((const struct abi_iommu_option *)argument)->op == ABI_IOMMU_OPTION_OP_GET;
}

static bool vfio_ioas_is_got(const void *argument)
{
	return ((const struct abi_iommu_vfio_ioas *)argument)->op == ABI_IOMMU_VFIO_IOAS_GET;
}

static bool dirty_is_kept(const void *argument)
{
	return ((const struct abi_iommu_hwpt_get_dirty_bitmap *)argument)->flags &
	       ABI_IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR;
}

static bool feature_is_probed(const void *argument)
{
	return ((const struct abi_vfio_device_feature *)argument)->flags & ABI_VFIO_DEVICE_FEATURE_PROBE;
}

static bool feature_is_got(const void *argument)
{
	return !(((const struct abi_vfio_device_feature *)argument)->flags & ABI_VFIO_DEVICE_FEATURE_SET) ||
	       feature_is_probed(argument);
}

static bool dirty_pages_are_got(const void *argument)
{
	return ((const struct abi_vfio_iommu_type1_dirty_bitmap *)argument)->flags ==
	       ABI_VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP;
}

/* ------------------------------------------------------------------- fields */

#define SIZE_OF(type, member) sizeof(((struct abi_##type *)0)->member)
/* at BASE of the argument there is a struct of TYPE */
#define AT(base, label, type, direction, kind, member, ...) \
	{ label, CALL_##kind, CALL_##direction, (base) + offsetof(struct abi_##type, member), \
	  SIZE_OF(type, member), ##__VA_ARGS__ }
#define F(type, direction, kind, member, ...) AT(0, #member, type, direction, kind, member, ##__VA_ARGS__)
#define FLAGS(type, direction, table) F(type, direction, FLAGS, flags, .names = table)
#define SIZE { "size", CALL_SIZE, CALL_IN, 0, 4 }
#define ARGSZ { "argsz", CALL_SIZE, CALL_IN, 0, 4 }

#define FIELDS(...) \
	.fields = (const struct call_field[]){ __VA_ARGS__ }, \
	.field_count = sizeof((const struct call_field[]){ __VA_ARGS__ }) / sizeof(struct call_field)
#define IOMMU(call, type, version, predicate, ...) \
	{ .name = "IOMMU_" #call, .request = ABI_IOMMU_##call, .since = version, .asks = predicate, \
	  .size = sizeof(struct abi_##type), FIELDS(SIZE, ##__VA_ARGS__) }
#define VFIO(where, call, type, version, predicate, ...) \
	{ .name = "VFIO_" #call, .on = CALL_ON_##where, .request = ABI_VFIO_##call, .since = version, \
	  .asks = predicate, .size = sizeof(struct abi_##type), FIELDS(ARGSZ, ##__VA_ARGS__) }
#define NO_ARGUMENT(where, call, version, predicate) \
	{ .name = "VFIO_" #call, .on = CALL_ON_##where, .request = ABI_VFIO_##call, .since = version, \
	  .asks = predicate, .by_value = true }
#define BY_VALUE(where, call, version, label, value_kind, ...) \
	.name = "VFIO_" #call, .on = CALL_ON_##where, .request = ABI_VFIO_##call, .since = version, .by_value = true, \
	.size = 8, FIELDS({ label, CALL_##value_kind, CALL_IN, 0, 8, ##__VA_ARGS__ })

const struct call calls[] = {
	IOMMU(DESTROY, iommu_destroy, "6.2", NULL, F(iommu_destroy, IN, ID, id)),
	IOMMU(IOAS_ALLOC, iommu_ioas_alloc, "6.2", NULL,
	      FLAGS(iommu_ioas_alloc, IN, none), F(iommu_ioas_alloc, OUT, ID, out_ioas_id)),
	IOMMU(IOAS_ALLOW_IOVAS, iommu_ioas_allow_iovas, "6.2", NULL,
	      F(iommu_ioas_allow_iovas, IN, ID, ioas_id),
	      F(iommu_ioas_allow_iovas, IN, NUMBER, num_iovas),
	      F(iommu_ioas_allow_iovas, IN, RESERVED, reserved),
	      F(iommu_ioas_allow_iovas, IN, RANGES, allowed_iovas, .count = offsetof(struct abi_iommu_ioas_allow_iovas, num_iovas))),
	IOMMU(IOAS_COPY, iommu_ioas_copy, "6.2", NULL,
	      FLAGS(iommu_ioas_copy, IN, map_flags),
	      F(iommu_ioas_copy, IN, ID, dst_ioas_id),
	      F(iommu_ioas_copy, IN, ID, src_ioas_id),
	      F(iommu_ioas_copy, IN, NUMBER, length),
	      F(iommu_ioas_copy, IN_OUT, HEX, dst_iova),
	      F(iommu_ioas_copy, IN, HEX, src_iova)),
	IOMMU(IOAS_IOVA_RANGES, iommu_ioas_iova_ranges, "6.2", always,
	      F(iommu_ioas_iova_ranges, IN, ID, ioas_id),
	      F(iommu_ioas_iova_ranges, IN_OUT, NUMBER, num_iovas),
	      F(iommu_ioas_iova_ranges, IN, RESERVED, reserved),
	      F(iommu_ioas_iova_ranges, OUT, RANGES, allowed_iovas, .count = offsetof(struct abi_iommu_ioas_iova_ranges, num_iovas)),
	      F(iommu_ioas_iova_ranges, OUT, HEX, out_iova_alignment)),
	IOMMU(IOAS_MAP, iommu_ioas_map, "6.2", NULL,
	      FLAGS(iommu_ioas_map, IN, map_flags),
	      F(iommu_ioas_map, IN, ID, ioas_id),
	      F(iommu_ioas_map, IN, RESERVED, reserved),
	      F(iommu_ioas_map, IN, HEX, user_va),
	      F(iommu_ioas_map, IN, NUMBER, length),
	      F(iommu_ioas_map, IN_OUT, HEX, iova)),
	IOMMU(IOAS_UNMAP, iommu_ioas_unmap, "6.2", NULL,
	      F(iommu_ioas_unmap, IN, ID, ioas_id),
	      F(iommu_ioas_unmap, IN, HEX, iova),
	      F(iommu_ioas_unmap, IN_OUT, NUMBER, length)),
	IOMMU(OPTION, iommu_option, "6.2", option_is_got,
	      F(iommu_option, IN, ENUM, option_id, .names = options),
	      F(iommu_option, IN, ENUM, op, .names = option_ops),
	      F(iommu_option, IN, RESERVED, reserved),
	      F(iommu_option, IN, ID, object_id),
	      F(iommu_option, IN_OUT, NUMBER, val64)),
	IOMMU(VFIO_IOAS, iommu_vfio_ioas, "6.2", vfio_ioas_is_got,
	      F(iommu_vfio_ioas, IN_OUT, ID, ioas_id),
	      F(iommu_vfio_ioas, IN, ENUM, op, .names = vfio_ioas_ops),
	      F(iommu_vfio_ioas, IN, RESERVED, reserved)),
	IOMMU(HWPT_ALLOC, iommu_hwpt_alloc, "6.6", NULL,
	      FLAGS(iommu_hwpt_alloc, IN, hwpt_flags),
	      F(iommu_hwpt_alloc, IN, ID, dev_id),
	      F(iommu_hwpt_alloc, IN, ID, pt_id),
	      F(iommu_hwpt_alloc, OUT, ID, out_hwpt_id),
	      F(iommu_hwpt_alloc, IN, RESERVED, reserved),
	      F(iommu_hwpt_alloc, IN, ENUM, data_type, .names = hwpt_types),
	      F(iommu_hwpt_alloc, IN, NUMBER, data_len),
	      F(iommu_hwpt_alloc, IN, HEX, data_uptr),
	      F(iommu_hwpt_alloc, IN, ID, fault_id),
	      F(iommu_hwpt_alloc, IN, RESERVED, reserved2)),
	IOMMU(GET_HW_INFO, iommu_hw_info, "6.6", always,
	      FLAGS(iommu_hw_info, IN, hw_info_flags),
	      F(iommu_hw_info, IN, ID, dev_id),
	      F(iommu_hw_info, IN_OUT, NUMBER, data_len),
	      F(iommu_hw_info, IN, HEX, data_uptr),
	      F(iommu_hw_info, IN_OUT, ENUM, data_type, .names = hw_info_types),
	      F(iommu_hw_info, OUT, NUMBER, out_max_pasid_log2),
	      F(iommu_hw_info, IN, RESERVED, reserved),
	      F(iommu_hw_info, OUT, FLAGS, out_capabilities, .names = hw_capabilities)),
	IOMMU(HWPT_SET_DIRTY_TRACKING, iommu_hwpt_set_dirty_tracking, "6.7", NULL,
	      FLAGS(iommu_hwpt_set_dirty_tracking, IN, set_dirty_flags),
	      F(iommu_hwpt_set_dirty_tracking, IN, ID, hwpt_id),
	      F(iommu_hwpt_set_dirty_tracking, IN, RESERVED, reserved)),
	IOMMU(HWPT_GET_DIRTY_BITMAP, iommu_hwpt_get_dirty_bitmap, "6.7", dirty_is_kept,
	      F(iommu_hwpt_get_dirty_bitmap, IN, ID, hwpt_id),
	      FLAGS(iommu_hwpt_get_dirty_bitmap, IN, get_dirty_flags),
	      F(iommu_hwpt_get_dirty_bitmap, IN, RESERVED, reserved),
	      F(iommu_hwpt_get_dirty_bitmap, IN, HEX, iova),
	      F(iommu_hwpt_get_dirty_bitmap, IN, NUMBER, length),
	      F(iommu_hwpt_get_dirty_bitmap, IN, NUMBER, page_size),
	      F(iommu_hwpt_get_dirty_bitmap, IN, HEX, data)),
	IOMMU(HWPT_INVALIDATE, iommu_hwpt_invalidate, "6.8", NULL,
	      F(iommu_hwpt_invalidate, IN, ID, hwpt_id),
	      F(iommu_hwpt_invalidate, IN, HEX, data_uptr),
	      F(iommu_hwpt_invalidate, IN, ENUM, data_type, .names = invalidate_types),
	      F(iommu_hwpt_invalidate, IN, NUMBER, entry_len),
	      F(iommu_hwpt_invalidate, IN_OUT, NUMBER, entry_num),
	      F(iommu_hwpt_invalidate, IN, RESERVED, reserved)),
	IOMMU(FAULT_QUEUE_ALLOC, iommu_fault_alloc, "6.11", NULL,
	      FLAGS(iommu_fault_alloc, IN, none),
	      F(iommu_fault_alloc, OUT, ID, out_fault_id),
	      F(iommu_fault_alloc, OUT, FD, out_fault_fd)),
	IOMMU(IOAS_MAP_FILE, iommu_ioas_map_file, "6.13", NULL,
	      FLAGS(iommu_ioas_map_file, IN, map_flags),
	      F(iommu_ioas_map_file, IN, ID, ioas_id),
	      F(iommu_ioas_map_file, IN, FD, fd),
	      F(iommu_ioas_map_file, IN, HEX, start),
	      F(iommu_ioas_map_file, IN, NUMBER, length),
	      F(iommu_ioas_map_file, IN_OUT, HEX, iova)),
	IOMMU(VIOMMU_ALLOC, iommu_viommu_alloc, "6.13", NULL,
	      FLAGS(iommu_viommu_alloc, IN, none),
	      F(iommu_viommu_alloc, IN, ENUM, type, .names = viommu_types),
	      F(iommu_viommu_alloc, IN, ID, dev_id),
	      F(iommu_viommu_alloc, IN, ID, hwpt_id),
	      F(iommu_viommu_alloc, OUT, ID, out_viommu_id),
	      F(iommu_viommu_alloc, IN, NUMBER, data_len),
	      F(iommu_viommu_alloc, IN, RESERVED, reserved),
	      F(iommu_viommu_alloc, IN, HEX, data_uptr)),
	IOMMU(VDEVICE_ALLOC, iommu_vdevice_alloc, "6.13", NULL,
	      F(iommu_vdevice_alloc, IN, ID, viommu_id),
	      F(iommu_vdevice_alloc, IN, ID, dev_id),
	      F(iommu_vdevice_alloc, OUT, ID, out_vdevice_id),
	      F(iommu_vdevice_alloc, IN, HEX, virt_id)),
	IOMMU(IOAS_CHANGE_PROCESS, iommu_ioas_change_process, "6.13", NULL,
	      F(iommu_ioas_change_process, IN, RESERVED, reserved)),
	IOMMU(VEVENTQ_ALLOC, iommu_veventq_alloc, "6.15", NULL,
	      FLAGS(iommu_veventq_alloc, IN, none),
	      F(iommu_veventq_alloc, IN, ID, viommu_id),
	      F(iommu_veventq_alloc, IN, ENUM, type, .names = veventq_types),
	      F(iommu_veventq_alloc, IN, NUMBER, veventq_depth),
	      F(iommu_veventq_alloc, OUT, ID, out_veventq_id),
	      F(iommu_veventq_alloc, OUT, FD, out_veventq_fd),
	      F(iommu_veventq_alloc, IN, RESERVED, reserved)),
	IOMMU(HW_QUEUE_ALLOC, iommu_hw_queue_alloc, "6.17", NULL,
	      FLAGS(iommu_hw_queue_alloc, IN, none),
	      F(iommu_hw_queue_alloc, IN, ID, viommu_id),
	      F(iommu_hw_queue_alloc, IN, ENUM, type, .names = hw_queue_types),
	      F(iommu_hw_queue_alloc, IN, NUMBER, index),
	      F(iommu_hw_queue_alloc, OUT, ID, out_hw_queue_id),
	      F(iommu_hw_queue_alloc, IN, HEX, nesting_parent_iova),
	      F(iommu_hw_queue_alloc, IN, NUMBER, length)),
	IOMMU(IOAS_NOIOMMU_GET_PA, iommu_ioas_noiommu_get_pa, "7.3", always,
	      FLAGS(iommu_ioas_noiommu_get_pa, IN, none),
	      F(iommu_ioas_noiommu_get_pa, IN, ID, ioas_id),
	      F(iommu_ioas_noiommu_get_pa, IN, RESERVED, reserved),
	      F(iommu_ioas_noiommu_get_pa, IN, HEX, iova),
	      F(iommu_ioas_noiommu_get_pa, IN_OUT, NUMBER, length),
	      F(iommu_ioas_noiommu_get_pa, OUT, HEX, out_phys)),
	/* what it does is for the kernel's own tests to know */
	{ .name = "IOMMU_TEST_CMD", .request = ABI_IOMMU_TEST_CMD, .since = "6.2", .size = CALL_SIZE_MAX, FIELDS(SIZE) },

	NO_ARGUMENT(CONTAINER, GET_API_VERSION, "3.6", always),
	{ BY_VALUE(CONTAINER, CHECK_EXTENSION, "3.6", "extension", ENUM, .names = extensions), .asks = always },
	{ BY_VALUE(CONTAINER, SET_IOMMU, "3.6", "type", ENUM, .names = extensions) },
	VFIO(CONTAINER, IOMMU_GET_INFO, vfio_iommu_type1_info, "3.6", always,
	     FLAGS(vfio_iommu_type1_info, OUT, type1_info_flags),
	     F(vfio_iommu_type1_info, OUT, HEX, iova_pgsizes),
	     F(vfio_iommu_type1_info, OUT, NUMBER, cap_offset),
	     F(vfio_iommu_type1_info, OUT, RESERVED, pad)),
	VFIO(CONTAINER, IOMMU_MAP_DMA, vfio_iommu_type1_dma_map, "3.6", NULL,
	     FLAGS(vfio_iommu_type1_dma_map, IN, dma_map_flags),
	     F(vfio_iommu_type1_dma_map, IN, HEX, vaddr),
	     F(vfio_iommu_type1_dma_map, IN, HEX, iova),
	     F(vfio_iommu_type1_dma_map, IN, NUMBER, size)),
	{ .name = "VFIO_IOMMU_UNMAP_DMA", .on = CALL_ON_CONTAINER, .request = ABI_VFIO_IOMMU_UNMAP_DMA, .since = "3.6",
	  .size = sizeof(struct abi_vfio_iommu_type1_dma_unmap) + sizeof(struct abi_vfio_bitmap),
	  FIELDS(ARGSZ, FLAGS(vfio_iommu_type1_dma_unmap, IN, dma_unmap_flags),
		 F(vfio_iommu_type1_dma_unmap, IN, HEX, iova),
		 F(vfio_iommu_type1_dma_unmap, IN_OUT, NUMBER, size),
		 AT(24, "bitmap_pgsize", vfio_bitmap, IN, NUMBER, pgsize),
		 AT(24, "bitmap_size", vfio_bitmap, IN, NUMBER, size),
		 AT(24, "bitmap_data", vfio_bitmap, IN, HEX, data)) },
	NO_ARGUMENT(CONTAINER, IOMMU_ENABLE, "3.11", NULL),
	NO_ARGUMENT(CONTAINER, IOMMU_DISABLE, "3.11", NULL),
	{ .name = "VFIO_IOMMU_DIRTY_PAGES", .on = CALL_ON_CONTAINER, .request = ABI_VFIO_IOMMU_DIRTY_PAGES,
	  .since = "5.8", .asks = dirty_pages_are_got,
	  .size = sizeof(struct abi_vfio_iommu_type1_dirty_bitmap) + sizeof(struct abi_vfio_iommu_type1_dirty_bitmap_get),
	  FIELDS(ARGSZ, FLAGS(vfio_iommu_type1_dirty_bitmap, IN, dirty_pages_flags),
		 AT(8, "iova", vfio_iommu_type1_dirty_bitmap_get, IN, HEX, iova),
		 AT(8, "size", vfio_iommu_type1_dirty_bitmap_get, IN, NUMBER, size),
		 AT(8, "bitmap_pgsize", vfio_iommu_type1_dirty_bitmap_get, IN, NUMBER, bitmap.pgsize),
		 AT(8, "bitmap_size", vfio_iommu_type1_dirty_bitmap_get, IN, NUMBER, bitmap.size),
		 AT(8, "bitmap_data", vfio_iommu_type1_dirty_bitmap_get, IN, HEX, bitmap.data)) },
	VFIO(SPAPR, IOMMU_SPAPR_TCE_GET_INFO, vfio_iommu_spapr_tce_info, "3.11", always,
	     FLAGS(vfio_iommu_spapr_tce_info, OUT, spapr_flags),
	     F(vfio_iommu_spapr_tce_info, OUT, HEX, dma32_window_start),
	     F(vfio_iommu_spapr_tce_info, OUT, HEX, dma32_window_size),
	     AT(0, "ddw_pgsizes", vfio_iommu_spapr_tce_info, OUT, HEX, ddw.pgsizes),
	     AT(0, "ddw_max_dynamic_windows_supported", vfio_iommu_spapr_tce_info, OUT, NUMBER, ddw.max_dynamic_windows_supported),
	     AT(0, "ddw_levels", vfio_iommu_spapr_tce_info, OUT, NUMBER, ddw.levels)),
	VFIO(SPAPR, IOMMU_SPAPR_REGISTER_MEMORY, vfio_iommu_spapr_register_memory, "4.2", NULL,
	     FLAGS(vfio_iommu_spapr_register_memory, IN, none),
	     F(vfio_iommu_spapr_register_memory, IN, HEX, vaddr),
	     F(vfio_iommu_spapr_register_memory, IN, NUMBER, size)),
	VFIO(SPAPR, IOMMU_SPAPR_UNREGISTER_MEMORY, vfio_iommu_spapr_register_memory, "4.2", NULL,
	     FLAGS(vfio_iommu_spapr_register_memory, IN, none),
	     F(vfio_iommu_spapr_register_memory, IN, HEX, vaddr),
	     F(vfio_iommu_spapr_register_memory, IN, NUMBER, size)),
	VFIO(SPAPR, IOMMU_SPAPR_TCE_CREATE, vfio_iommu_spapr_tce_create, "4.2", NULL,
	     FLAGS(vfio_iommu_spapr_tce_create, IN, none),
	     F(vfio_iommu_spapr_tce_create, IN, NUMBER, page_shift),
	     F(vfio_iommu_spapr_tce_create, IN, RESERVED, resv1),
	     F(vfio_iommu_spapr_tce_create, IN, NUMBER, window_size),
	     F(vfio_iommu_spapr_tce_create, IN, NUMBER, levels),
	     F(vfio_iommu_spapr_tce_create, IN, RESERVED, resv2),
	     F(vfio_iommu_spapr_tce_create, OUT, HEX, start_addr)),
	VFIO(SPAPR, IOMMU_SPAPR_TCE_REMOVE, vfio_iommu_spapr_tce_remove, "4.2", NULL,
	     FLAGS(vfio_iommu_spapr_tce_remove, IN, none),
	     F(vfio_iommu_spapr_tce_remove, IN, HEX, start_addr)),

	VFIO(DEVICE, GROUP_GET_STATUS, vfio_group_status, "3.6", always, FLAGS(vfio_group_status, OUT, group_flags)),
	{ .name = "VFIO_GROUP_SET_CONTAINER", .request = ABI_VFIO_GROUP_SET_CONTAINER, .since = "3.6", .size = 4,
	  FIELDS({ "container", CALL_FD, CALL_IN, 0, 4 }) },
	NO_ARGUMENT(DEVICE, GROUP_UNSET_CONTAINER, "3.6", NULL),
	{ BY_VALUE(DEVICE, GROUP_GET_DEVICE_FD, "3.6", "name", TEXT), .returns_fd = true },
	VFIO(DEVICE, DEVICE_GET_INFO, vfio_device_info, "3.6", always,
	     FLAGS(vfio_device_info, OUT, device_flags),
	     F(vfio_device_info, OUT, NUMBER, num_regions),
	     F(vfio_device_info, OUT, NUMBER, num_irqs),
	     F(vfio_device_info, OUT, NUMBER, cap_offset),
	     F(vfio_device_info, OUT, RESERVED, pad)),
	VFIO(DEVICE, DEVICE_GET_REGION_INFO, vfio_region_info, "3.6", always,
	     FLAGS(vfio_region_info, OUT, region_flags),
	     F(vfio_region_info, IN, NUMBER, index),
	     F(vfio_region_info, OUT, NUMBER, cap_offset),
	     F(vfio_region_info, OUT, NUMBER, size),
	     F(vfio_region_info, OUT, HEX, offset)),
	VFIO(DEVICE, DEVICE_GET_IRQ_INFO, vfio_irq_info, "3.6", always,
	     FLAGS(vfio_irq_info, OUT, irq_flags),
	     F(vfio_irq_info, IN, NUMBER, index),
	     F(vfio_irq_info, OUT, NUMBER, count)),
	VFIO(DEVICE, DEVICE_SET_IRQS, vfio_irq_set, "3.6", NULL,
	     FLAGS(vfio_irq_set, IN, irq_set_flags),
	     F(vfio_irq_set, IN, NUMBER, index),
	     F(vfio_irq_set, IN, NUMBER, start),
	     F(vfio_irq_set, IN, NUMBER, count)),
	NO_ARGUMENT(DEVICE, DEVICE_RESET, "3.6", NULL),
	VFIO(DEVICE, DEVICE_GET_PCI_HOT_RESET_INFO, vfio_pci_hot_reset_info, "3.12", always,
	     FLAGS(vfio_pci_hot_reset_info, OUT, hot_reset_flags),
	     F(vfio_pci_hot_reset_info, OUT, NUMBER, count)),
	VFIO(DEVICE, DEVICE_PCI_HOT_RESET, vfio_pci_hot_reset, "3.12", NULL,
	     FLAGS(vfio_pci_hot_reset, IN, none),
	     F(vfio_pci_hot_reset, IN, NUMBER, count)),
	VFIO(DEVICE, DEVICE_FEATURE, vfio_device_feature, "5.7", feature_is_probed,
	     FLAGS(vfio_device_feature, IN, feature_flags)),
	VFIO(DEVICE, DEVICE_BIND_IOMMUFD, vfio_device_bind_iommufd, "6.6", NULL,
	     FLAGS(vfio_device_bind_iommufd, IN, bind_flags),
	     F(vfio_device_bind_iommufd, IN, FD, iommufd),
	     F(vfio_device_bind_iommufd, OUT, ID, out_devid),
	     F(vfio_device_bind_iommufd, IN, HEX, token_uuid_ptr)),
	VFIO(DEVICE, DEVICE_ATTACH_IOMMUFD_PT, vfio_device_attach_iommufd_pt, "6.6", NULL,
	     FLAGS(vfio_device_attach_iommufd_pt, IN, attach_flags),
	     F(vfio_device_attach_iommufd_pt, IN_OUT, ID, pt_id),
	     F(vfio_device_attach_iommufd_pt, IN, NUMBER, pasid)),
	VFIO(DEVICE, DEVICE_DETACH_IOMMUFD_PT, vfio_device_detach_iommufd_pt, "6.6", NULL,
	     FLAGS(vfio_device_detach_iommufd_pt, IN, detach_flags),
	     F(vfio_device_detach_iommufd_pt, IN, NUMBER, pasid)),
	VFIO(DEVICE, MIG_GET_PRECOPY_INFO, vfio_precopy_info, "6.2", always,
	     FLAGS(vfio_precopy_info, OUT, precopy_flags),
	     F(vfio_precopy_info, OUT, NUMBER, initial_bytes),
	     F(vfio_precopy_info, OUT, NUMBER, dirty_bytes)),
};

const size_t call_count = ARRAY_SIZE(calls);

#define FEATURE(feature, version, predicate, bytes, ...) \
	[ABI_VFIO_DEVICE_FEATURE_##feature] = { \
		.name = "VFIO_DEVICE_FEATURE", .request = ABI_VFIO_DEVICE_FEATURE, .since = version, .asks = predicate, \
		.size = 8 + (bytes), FIELDS(ARGSZ, FLAGS(vfio_device_feature, IN, feature_flags), ##__VA_ARGS__) }
#define DATA(type, direction, kind, member, ...) AT(8, #member, type, direction, kind, member, ##__VA_ARGS__)

const struct call call_features[] = {
	/* a secret, which is shown nowhere */
	FEATURE(PCI_VF_TOKEN, "5.7", feature_is_probed, 0),
	FEATURE(MIGRATION, "5.18", feature_is_got, sizeof(struct abi_vfio_device_feature_migration),
		AT(8, "migration_flags", vfio_device_feature_migration, OUT, FLAGS, flags, .names = migration_flags)),
	FEATURE(MIG_DEVICE_STATE, "5.18", feature_is_got, sizeof(struct abi_vfio_device_feature_mig_state),
		DATA(vfio_device_feature_mig_state, IN_OUT, ENUM, device_state, .names = device_states),
		DATA(vfio_device_feature_mig_state, OUT, FD, data_fd)),
	FEATURE(LOW_POWER_ENTRY, "6.1", feature_is_probed, 0),
	FEATURE(LOW_POWER_ENTRY_WITH_WAKEUP, "6.1", feature_is_probed, sizeof(struct abi_vfio_device_low_power_entry_with_wakeup),
		DATA(vfio_device_low_power_entry_with_wakeup, IN, FD, wakeup_eventfd),
		DATA(vfio_device_low_power_entry_with_wakeup, IN, RESERVED, reserved)),
	FEATURE(LOW_POWER_EXIT, "6.1", feature_is_probed, 0),
	FEATURE(DMA_LOGGING_START, "6.1", feature_is_probed, sizeof(struct abi_vfio_device_feature_dma_logging_control),
		DATA(vfio_device_feature_dma_logging_control, IN, NUMBER, page_size),
		DATA(vfio_device_feature_dma_logging_control, IN, NUMBER, num_ranges),
		DATA(vfio_device_feature_dma_logging_control, IN, RESERVED, reserved),
		DATA(vfio_device_feature_dma_logging_control, IN, SPANS, ranges,
		     .count = 8 + offsetof(struct abi_vfio_device_feature_dma_logging_control, num_ranges))),
	FEATURE(DMA_LOGGING_STOP, "6.1", feature_is_probed, 0),
	FEATURE(DMA_LOGGING_REPORT, "6.1", feature_is_probed, sizeof(struct abi_vfio_device_feature_dma_logging_report),
		DATA(vfio_device_feature_dma_logging_report, IN, HEX, iova),
		DATA(vfio_device_feature_dma_logging_report, IN, NUMBER, length),
		DATA(vfio_device_feature_dma_logging_report, IN, NUMBER, page_size),
		DATA(vfio_device_feature_dma_logging_report, IN, HEX, bitmap)),
	FEATURE(MIG_DATA_SIZE, "6.2", feature_is_got, sizeof(struct abi_vfio_device_feature_mig_data_size),
		DATA(vfio_device_feature_mig_data_size, OUT, NUMBER, stop_copy_length)),
	FEATURE(BUS_MASTER, "6.7", feature_is_probed, sizeof(struct abi_vfio_device_feature_bus_master),
		DATA(vfio_device_feature_bus_master, IN, ENUM, op, .names = bus_master_ops)),
	[ABI_VFIO_DEVICE_FEATURE_DMA_BUF] = {
		.name = "VFIO_DEVICE_FEATURE", .request = ABI_VFIO_DEVICE_FEATURE, .since = "6.19", .asks = feature_is_probed,
		.returns_fd = true, .size = 8 + sizeof(struct abi_vfio_device_feature_dma_buf),
		FIELDS(ARGSZ, FLAGS(vfio_device_feature, IN, feature_flags),
		       DATA(vfio_device_feature_dma_buf, IN, NUMBER, region_index),
		       DATA(vfio_device_feature_dma_buf, IN, HEX, open_flags),
		       AT(8, "dma_buf_flags", vfio_device_feature_dma_buf, IN, FLAGS, flags, .names = none),
		       DATA(vfio_device_feature_dma_buf, IN, NUMBER, nr_ranges),
		       /* they follow the struct */
		       { "dma_ranges", CALL_SPANS, CALL_IN, 8 + sizeof(struct abi_vfio_device_feature_dma_buf), 0,
			 8 + offsetof(struct abi_vfio_device_feature_dma_buf, nr_ranges) }) },
	FEATURE(MIG_PRECOPY_INFOv2, "7.1", feature_is_probed, 0),
	FEATURE(ZPCI_ERROR, "7.3", feature_is_probed, sizeof(struct abi_vfio_device_feature_zpci_err),
		DATA(vfio_device_feature_zpci_err, IN, HEX, data)),
};

const size_t call_feature_count = ARRAY_SIZE(call_features);

const struct call call_response = {
	.name = "write", .since = "6.11", .size = sizeof(struct abi_iommu_hwpt_page_response),
	FIELDS(F(iommu_hwpt_page_response, IN, HEX, cookie),
	       F(iommu_hwpt_page_response, IN, ENUM, code, .names = response_codes)),
};
