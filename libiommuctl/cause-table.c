/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The causes of each call's errors, in the order in which the kernel looks for them. A call that
 * fails for another reason gets the text of its errno. Tests know the rows by their names, and
 * provoke each.
 */
#include <errno.h>

#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "cause-table.h"
#include "cause.h"
#include "paths.h"

/* clang-format off */
#define MAP	 CALL(IOMMU_IOAS_MAP)
#define MAP_FILE CALL(IOMMU_IOAS_MAP_FILE)
#define COPY	 CALL(IOMMU_IOAS_COPY)
#define MAPS	 (MAP | MAP_FILE | COPY)
#define UNMAP	 CALL(IOMMU_IOAS_UNMAP)
#define ALLOW	 CALL(IOMMU_IOAS_ALLOW_IOVAS)
#define HWPT	 CALL(IOMMU_HWPT_ALLOC)
#define VIOMMU	 CALL(IOMMU_VIOMMU_ALLOC)
#define VDEVICE	 CALL(IOMMU_VDEVICE_ALLOC)
#define VEVENTQ	 CALL(IOMMU_VEVENTQ_ALLOC)
#define HW_QUEUE CALL(IOMMU_HW_QUEUE_ALLOC)
#define FAULTS	 CALL(IOMMU_FAULT_QUEUE_ALLOC)
#define SET_DIRTY CALL(IOMMU_HWPT_SET_DIRTY_TRACKING)
#define GET_DIRTY CALL(IOMMU_HWPT_GET_DIRTY_BITMAP)
#define INVALIDATE CALL(IOMMU_HWPT_INVALIDATE)
#define HW_INFO	 CALL(IOMMU_GET_HW_INFO)
#define OPTION	 CALL(IOMMU_OPTION)
#define PHYSICAL CALL(IOMMU_IOAS_NOIOMMU_GET_PA)
#define TAKE_OVER CALL(IOMMU_IOAS_CHANGE_PROCESS)
#define DESTROY	 CALL(IOMMU_DESTROY)
#define BIND	 CALL(VFIO_DEVICE_BIND_IOMMUFD)
#define ATTACH	 CALL(VFIO_DEVICE_ATTACH_IOMMUFD_PT)
#define DETACH	 CALL(VFIO_DEVICE_DETACH_IOMMUFD_PT)
#define FEATURE	 CALL(VFIO_DEVICE_FEATURE)
/* What pins memory that is mapped already. */
#define PINS	 (ATTACH | HWPT | TAKE_OVER)

#define PIN_FILE                                                                                   \
	"what is mapped cannot be pinned: a file is shorter than its mapping, or has no memory "   \
	"for devices",                                                                             \
		"memfds have it, and files on tmpfs and hugetlbfs"

const struct cause causes[] = {
	/* of every call */
	{ "call-old", ANY_CALL, ENOTTY, 0, cause_call_old, NULL, NULL },
	{ "feature-absent", FEATURE, ENOTTY, 0, cause_feature_absent, NULL, NULL },
	{ "call-absent", ANY_CALL, ENOTTY, 0, NULL, "this kernel has no such call, or none for programs of 32 bits", NULL },
	{ "hwpt-fault-old", HWPT, E2BIG, 0, cause_hwpt_fault_old, "a fault queue needs Linux 6.11 or later", NULL },
	{ "hwpt-data-old", HWPT, E2BIG, 0, NULL, "data for the driver needs Linux 6.7 or later", NULL },
	{ "viommu-data-old", VIOMMU, E2BIG, 0, NULL, "data for the driver needs Linux 6.17 or later", NULL },
	{ "no-object", ANY_CALL, 0, 0, cause_no_object, NULL, NULL },
	{ "wrong-kind", ANY_CALL, 0, 0, cause_wrong_kind, NULL, NULL },
	{ "nested", SET_DIRTY | GET_DIRTY | VIOMMU, ENOENT, 0, cause_nested, NULL, "the one that it is nested in can" },
	{ "unknown-kind", ANY_CALL, ENOENT, 0, cause_unknown_kind, NULL, NULL },

	/* mapping */
	{ "map-flags", MAPS, EOPNOTSUPP, 0, cause_map_flags, "there is no such flag", NULL },
	{ "map-file-dma-buf", MAP_FILE, EOPNOTSUPP, 0, cause_file_dma_buf,
	  "of dma-bufs only those of vfio-pci can be mapped, with one range", NULL },
	{ "map-wraps", MAPS, EOVERFLOW, 0, cause_map_wraps, NULL, NULL },
	{ "map-no-access", MAPS, EINVAL, 0, cause_map_no_access, "devices could neither read nor write it", NULL },
	{ "map-empty", MAPS, EINVAL, 0, cause_map_empty, "its length is 0", NULL },
	{ "map-file-closed", MAP_FILE, EBADF, 0, NULL, "there is no such open file", NULL },
	{ "map-length", MAPS, EINVAL, 0, cause_map_length_misaligned, NULL, NULL },
	{ "map-address", MAPS, EINVAL, 0, cause_map_address_misaligned, NULL, NULL },
	{ "map-reserved", MAPS, EINVAL, 0, cause_reserved, NULL, NULL },
	{ "map-beyond", MAPS, EINVAL, 0, cause_beyond, NULL, NULL },
	{ "map-unusable", MAPS, EINVAL, 0, cause_unusable, NULL, NULL },
	{ "map-memory", MAPS, EINVAL, 0, cause_map_memory_misaligned, NULL, NULL },
	{ "map-file-dma-buf-old", MAP_FILE, EINVAL, 0, cause_file_dma_buf_old, "mapping dma-bufs needs Linux 6.19 or later", NULL },
	{ "map-file-kind", MAP_FILE, EINVAL, 0, cause_file_kind,
	  "the file is neither a memfd nor of tmpfs nor of hugetlbfs: others cannot be pinned", NULL },
	{ "map-file-end", MAP_FILE, EINVAL, 0, cause_file_end, NULL, NULL },
	{ "map-file-revoked", MAP_FILE, ENODEV, 0, NULL, "the dma-buf is revoked: its device was reset, or its memory is off", NULL },
	{ "map-overlap", MAPS, EEXIST, 0, cause_overlap, NULL, NULL },
	{ "map-occupied", MAPS, EEXIST, 0, NULL, "something is mapped there already", NULL },
	{ "map-too-long", MAPS, ENOSPC, 0, cause_too_long, NULL, NULL },
	{ "map-no-space", MAPS, ENOSPC, 0, cause_no_space, NULL, NULL },
	{ "map-memory-hole", MAP, EFAULT, 0, cause_memory_hole, "there is no memory at some of its addresses", NULL },
	{ "map-memory-protected", MAP, EFAULT, 0, cause_memory_protected, NULL, NULL },
	{ "map-memory-file", MAP, EFAULT, 0, cause_memory_file, NULL, "memory of devices can be mapped as a dma-buf" },
	{ "map-memory-pins", MAPS, EFAULT, 0, NULL, "its memory cannot be pinned, or the process that mapped it first has ended", NULL },
	{ "copy-hole", COPY, ENOENT, 0, cause_copy_hole, NULL, NULL },
	{ "copy-read-only", COPY, EPERM, 0, NULL, "the source is mapped for reading only", NULL },

	/* locked memory, of what is mapped now or before */
	{ "memlock", MAPS | PINS, ENOMEM, 0, cause_memlock, NULL, NULL },
	{ "pin-later", PINS, EFAULT, 0, NULL,
	  "what is mapped cannot be pinned: there is no such memory, or the process that mapped it has ended", NULL },
	{ "no-memory", ANY_CALL, ENOMEM, 0, NULL, "the kernel has no memory for it, or the control group may have no more", NULL },
	{ "no-files", FAULTS | VEVENTQ, EMFILE, 0, cause_no_files_left, NULL, NULL },

	/* unmapping, windows */
	{ "unmap-wraps", UNMAP, EOVERFLOW, 0, NULL, "the range ends at the last address there is, but does not start at 0", NULL },
	{ "unmap-cuts", UNMAP, ENOENT, 0, cause_unmap_cuts, NULL, "a mapping can be unmapped only as a whole" },
	{ "unmap-nothing", UNMAP, ENOENT, 0, NULL, "nothing is mapped there, or what is goes beyond", NULL },
	{ "unmap-locked", UNMAP, EBUSY, 0, NULL, "a hw-queue has its memory there, or something is being mapped there", NULL },
	{ "window-short", ALLOW, EINVAL, 0, cause_window_short, NULL, NULL },
	{ "windows-overlap", ALLOW, EINVAL, 0, cause_windows_overlap, NULL, NULL },
	{ "window-reserved", ALLOW, EADDRINUSE, 0, cause_reserved, NULL, NULL },
	{ "window-beyond", ALLOW, EADDRINUSE, 0, cause_beyond, NULL, NULL },
	{ "window-unusable", ALLOW, EADDRINUSE, 0, cause_unusable, NULL, NULL },

	/* options, and what concerns the whole */
	{ "option-unknown", OPTION, EOPNOTSUPP, 0, cause_option_unknown, "there is no such option", NULL },
	{ "option-object", OPTION, EOPNOTSUPP, 0, cause_option_object, "it is an option of the whole iommufd, not of one object", NULL },
	{ "option-privilege", OPTION, EPERM, 0, NULL, "needs the capability CAP_SYS_RESOURCE", NULL },
	{ "option-late", OPTION, EBUSY, 0, cause_option_late, NULL, "set it first of all" },
	{ "option-busy", OPTION, EBUSY, 0, NULL, "it can be set only as long as there are no objects", "set it first of all" },
	{ "option-value", OPTION, EINVAL, 0, cause_option_value, "it is 0 or 1", NULL },
	{ "option-mapped", OPTION, EINVAL, 0, NULL, "the address space has a page table and mappings already", "set it before anything is mapped" },
	{ "compat-none", CALL(IOMMU_VFIO_IOAS), ENODEV, 0, NULL, "there is none: it is set by ioas compat, or made for a group", NULL },
	{ "take-over-memory", TAKE_OVER, EINVAL, 0, NULL, "something is mapped that is no memfd: memory of a process, or a dma-buf", NULL },
	{ "take-over-busy", TAKE_OVER, EBUSY, 0, NULL, "something is being mapped at this time", NULL },
	{ "physical-privilege", PHYSICAL, EPERM, 0, NULL, "needs the capability CAP_SYS_RAWIO", NULL },
	{ "physical-wraps", PHYSICAL, EOVERFLOW, 0, NULL, "the last address of all cannot be mapped", NULL },
	{ "physical-not-mapped", PHYSICAL, ENOENT, 0, cause_not_mapped, NULL, NULL },
	{ "physical-empty", PHYSICAL, EINVAL, 0, NULL, "the length is 0, or a revoked dma-buf is mapped there", NULL },
	{ "physical-iommu", PHYSICAL, EOPNOTSUPP, 0, NULL, "no device without an IOMMU is attached, or the kernel has no CONFIG_VFIO_NOIOMMU", NULL },

	/* destroying */
	{ "destroy-in-use", DESTROY, EBUSY, 0, cause_in_use, NULL, "destroy that first, or detach it" },
	{ "destroy-device", DESTROY, EBUSY, KIND(DEVICE), NULL, "a device stays until its file is closed", NULL },
	{ "destroy-queue", DESTROY, EBUSY, KIND(FAULT_QUEUE) | KIND(VEVENTQ), NULL,
	  "its file is open in another process, or something unknown here uses it", NULL },
	{ "destroy-hw-queue", DESTROY, EBUSY, KIND(HW_QUEUE), NULL, "the queue with the next index has to go first", NULL },
	{ "destroy-viommu", DESTROY, EBUSY, KIND(VIOMMU), NULL,
	  "a page of it is in memory of a process, or something unknown here is made of it", NULL },
	{ "destroy-ioas", DESTROY, EBUSY, KIND(IOAS), NULL,
	  "an hwpt unknown here is made of it, or a device is attached to it", NULL },
	{ "destroy-hwpt", DESTROY, EBUSY, KIND(HWPT), NULL,
	  "a device unknown here is attached to it, or something is made of it", NULL },

	/* page tables */
	{ "hwpt-flag-old", HWPT, EOPNOTSUPP, 0, cause_hwpt_flag_old, NULL, NULL },
	{ "hwpt-parent-faults", HWPT, EOPNOTSUPP, 0, cause_hwpt_parent_faults, "a nest parent cannot have a fault queue", NULL },
	{ "hwpt-nested-flags", HWPT, EOPNOTSUPP, 0, cause_hwpt_nested_flags,
	  "a nested page table can have a fault queue and be for PASIDs, no more", NULL },
	{ "hwpt-nested-no-data", HWPT, EOPNOTSUPP, 0, cause_hwpt_nested_no_data, "a nested page table needs data that describe it", NULL },
	{ "hwpt-feature", HWPT, EOPNOTSUPP, 0, cause_hwpt_feature, NULL, "iommuctl iommu show --why tells more" },
	{ "hwpt-of-hwpt", HWPT, EOPNOTSUPP, 0, cause_hwpt_of_hwpt, "the driver of its IOMMU nests no such page table in an hwpt, but perhaps in a viommu", NULL },
	{ "hwpt-nested", HWPT, EOPNOTSUPP, 0, cause_hwpt_nested, "the driver of its IOMMU nests no such page table in a viommu, but perhaps in an hwpt", NULL },
	{ "hwpt-plain", HWPT, EOPNOTSUPP, 0, NULL, "the driver of its IOMMU has no such page tables", NULL },
	{ "hwpt-data-no-type", HWPT, EINVAL, 0, cause_hwpt_data_no_type, "data need a type", NULL },
	{ "hwpt-type-no-data", HWPT, EINVAL, 0, cause_hwpt_type_no_data, "there are no data of this type", NULL },
	{ "hwpt-data-length", HWPT, EINVAL, 0, cause_hwpt_data_length, NULL, NULL },
	{ "hwpt-data-model", HWPT, EINVAL, 0, cause_hwpt_data_model, NULL, NULL },
	{ "hwpt-parent", HWPT, EINVAL, 0, cause_hwpt_of_hwpt, "the hwpt was not made as a nest parent, or the driver does not take the data", NULL },
	{ "hwpt-viommu", HWPT, EINVAL, 0, cause_hwpt_nested, "it is a nested page table itself, or the device is behind another IOMMU than the viommu, or the driver does not take the data", NULL },
	{ "hwpt-file", HWPT, EINVAL, 0, cause_hwpt_of_ioas, PIN_FILE },
	{ "hwpt-data", HWPT, EINVAL, 0, NULL, "the driver does not take the data", NULL },
	{ "hwpt-ste", HWPT, EIO, 0, NULL, "the stream table entry has bits that a guest may not set", NULL },

	/* the addresses of a device that comes */
	{ "region-mapped", ATTACH | HWPT, EADDRINUSE, 0, cause_region_mapped, NULL, NULL },
	{ "beyond-device", ATTACH | HWPT, EADDRINUSE, 0, cause_beyond_device, NULL, NULL },
	{ "region-promised", ATTACH | HWPT, EADDRINUSE, 0, cause_region_promised, NULL, "iommuctl ioas allow changes the windows" },
	{ "device-addresses", ATTACH | HWPT, EADDRINUSE, 0, NULL,
	  "a mapping, or a window, is where the device's IOMMU does not translate, or not aligned to its pages", NULL },

	/* dirty pages, invalidations, hardware */
	{ "dirty-not-tracked", SET_DIRTY | GET_DIRTY, EOPNOTSUPP, 0, NULL, "it was not made for tracking dirty pages", "iommuctl hwpt create --dirty-tracking" },
	{ "dirty-page-size", GET_DIRTY, EINVAL, 0, cause_dirty_page_size, "the page size is no power of two", NULL },
	{ "dirty-misaligned", GET_DIRTY, EINVAL, 0, cause_dirty_misaligned, NULL, NULL },
	{ "dirty-pages", GET_DIRTY, EINVAL, 0, NULL, "the range is not aligned to the pages of its IOMMUs", NULL },
	{ "invalidate-plain", INVALIDATE, 0, 0, cause_invalidate_plain, "it is not nested: only nested page tables and viommus can be told", NULL },
	{ "invalidate-nothing", INVALIDATE, EINVAL, 0, cause_invalidate_nothing, "there are no entries, or none of this type", NULL },
	{ "invalidate-limits", INVALIDATE, EINVAL, 0, cause_invalidate_limits, NULL, NULL },
	{ "invalidate-length", INVALIDATE, EINVAL, 0, cause_invalidate_length, NULL, NULL },
	{ "invalidate-entry", INVALIDATE, EINVAL, 0, NULL, "the driver does not take entries of this type and length, or not what is in one", NULL },
	{ "invalidate-flags", INVALIDATE, EOPNOTSUPP, 0, NULL, "an entry has a flag that the driver does not know, or it can invalidate nothing", NULL },
	{ "invalidate-command", INVALIDATE, EIO, 0, NULL, "an entry is no command that a guest may give, or is about a device without a vdevice", NULL },
	{ "hw-info-type", HW_INFO, EOPNOTSUPP, 0, cause_hw_info_type, "its IOMMU, or this kernel, has none of that type", NULL },
	{ "hw-info-none", HW_INFO, EOPNOTSUPP, 0, NULL, "it is without an IOMMU", NULL },
	{ "hw-info-emulated", HW_INFO, ENOENT, 0, NULL, "it is emulated by its driver: no IOMMU is behind it alone", NULL },

	/* what a guest sees */
	{ "viommu-no-type", VIOMMU, EOPNOTSUPP, 0, cause_viommu_no_type, "it needs a type", NULL },
	{ "viommu-model", VIOMMU, EOPNOTSUPP, 0, cause_viommu_data_model, NULL, NULL },
	{ "viommu-nesting", VIOMMU, EOPNOTSUPP, 0, cause_no_nesting, NULL, NULL },
	{ "viommu-driver", VIOMMU, EOPNOTSUPP, 0, NULL, "the driver of its IOMMU has no viommus of this type", NULL },
	{ "viommu-parent", VIOMMU, EINVAL, 0, NULL, "the hwpt was not made as a nest parent, or is of another IOMMU, or the driver does not take the data", NULL },
	{ "vdevice-exists", VDEVICE, EEXIST, 0, cause_vdevice_exists, NULL, NULL },
	{ "vdevice-taken", VDEVICE, EEXIST, 0, cause_vdevice_taken, NULL, NULL },
	{ "vdevice-iommu", VDEVICE, EINVAL, 0, NULL, "the device is behind another IOMMU than the viommu, or the virtual id is too large", NULL },
	{ "vdevice-streams", VDEVICE, EOPNOTSUPP, 0, NULL, "the driver cannot: the device has more than one stream, or there is no such emulation", NULL },
	{ "vdevice-slots", VDEVICE, ENOSPC, 0, NULL, "the hardware has no more places for devices", NULL },
	{ "veventq-no-type", VEVENTQ, EOPNOTSUPP, 0, cause_veventq_no_type, "it needs a type", NULL },
	{ "veventq-depth", VEVENTQ, EINVAL, 0, cause_veventq_depth, NULL, NULL },
	{ "veventq-exists", VEVENTQ, EEXIST, 0, NULL, "the viommu has a queue of this type already", NULL },
	{ "hw-queue-no-type", HW_QUEUE, EOPNOTSUPP, 0, cause_hw_queue_no_type, "it needs a type", NULL },
	{ "hw-queue-driver", HW_QUEUE, EOPNOTSUPP, 0, NULL, "the driver of its IOMMU has no queues of this type", NULL },
	{ "hw-queue-memory", HW_QUEUE, ENOENT, 0, cause_hw_queue_memory, NULL, NULL },
	{ "hw-queue-read", HW_QUEUE, EPERM, 0, NULL, "its memory is not mapped for reading", NULL },
	{ "hw-queue-pieces", HW_QUEUE, EFAULT, 0, NULL, "its memory is not contiguous", "huge pages are" },
	{ "hw-queue-exists", HW_QUEUE, EEXIST, 0, cause_hw_queue_index, NULL, NULL },
	{ "hw-queue-order", HW_QUEUE, EIO, 0, cause_hw_queue_order, NULL, NULL },
	{ "hw-queue-limits", HW_QUEUE, EINVAL, 0, NULL, "the hardware has no queue of this index, size or alignment", NULL },

	/* binding */
	{ "bind-sibling-driver", BIND, EPERM, 0, cause_sibling_driver, NULL, NULL },
	{ "bind-sibling-held", BIND, EPERM, 0, cause_sibling_held, NULL, NULL },
	{ "bind-owned", BIND, EPERM, 0, cause_group_owned, "another iommufd context owns the group", NULL },
	{ "bind-interrupts", BIND, EPERM, 0, cause_interrupts, "its interrupts are not isolated: interrupt remapping is off or missing",
	  "or, if you trust the device and its user: echo Y > /" SYSFS_UNSAFE_INTERRUPTS },
	{ "bind-group-held", BIND, EBUSY, 0, cause_group_held, NULL, NULL },
	{ "bind-group-busy", BIND, EBUSY, 0, cause_nobody_found,
	  "the group is in use in another way: its /" DEV_VFIO_GROUPS " node is open, or the kernel shares page tables with it (SVA)", NULL },
	{ "bind-direct", BIND, EINVAL, 0, cause_direct_region, NULL,
	  "such a device cannot be given away; ask the machine's vendor for a firmware without this region (RMRR, IVMD)" },
	{ "bind-held", BIND, EINVAL, 0, cause_node_held, NULL, NULL },
	{ "bind-again", BIND, EINVAL, 0, cause_nobody_found,
	  "another open of the device is bound already, or its IOMMU does not keep DMA coherent with the CPU caches", NULL },
	{ "bind-token", BIND, EACCES, 0, NULL, "it is a virtual function, or has some, that only who has their token may use", NULL },

	/* attaching */
	{ "not-bound", ATTACH | DETACH | CALL(VFIO_DEVICE_RESET), EINVAL, 0, cause_not_bound, "it is not bound to an iommufd", NULL },
	{ "pasid-old", ATTACH | DETACH, EINVAL, 0, cause_pasid_old, "PASIDs need Linux 6.15 or later", NULL },
	{ "pasid-ioas", ATTACH, EINVAL, 0, cause_pasid_ioas, "a PASID needs an hwpt that was made for PASIDs", "iommuctl hwpt create --for-pasid" },
	{ "pasid-range", ATTACH, EINVAL, 0, cause_pasid_range, NULL, NULL },
	{ "pasid-rid", ATTACH, EINVAL, 0, cause_pasid_rid, NULL, "iommuctl hwpt create --for-pasid" },
	{ "pasid-hwpt", ATTACH, EINVAL, 0, cause_pasid_hwpt, NULL, "iommuctl hwpt create --for-pasid" },
	{ "attach-sibling", ATTACH, EINVAL, 0, cause_sibling_elsewhere, NULL, "the devices of a group have one page table" },
	{ "attach-file", ATTACH, EINVAL, 0, cause_attach_ioas, PIN_FILE },
	{ "attach-misfit", ATTACH, EINVAL, 0, NULL, "the page table is not one for the IOMMU of this device", NULL },
	{ "attach-vdevice", ATTACH, ENOENT, 0, NULL, "the page table is nested in a viommu, and the device is no vdevice of that", "iommuctl vdevice create" },
	{ "attach-busy", ATTACH, EBUSY, 0, NULL, "the device, or one of its group, is being reset or has another owner", NULL },
	{ "attach-faults", ATTACH, ENODEV, 0, cause_attach_faults, "the page table has a fault queue, but the device asks for no pages", NULL },
	{ "pasid-driver", ATTACH, EOPNOTSUPP, 0, cause_pasid_driver, NULL, NULL },
	{ "pasid-feature", ATTACH, EOPNOTSUPP, 0, cause_no_pasids, NULL, NULL },
	{ "pasid-iommu", ATTACH, EOPNOTSUPP, 0, cause_has_pasid, "the driver of its IOMMU attaches no PASIDs", NULL },
	{ "other-kind", VDEVICE | VEVENTQ | HWPT, ENOENT, 0, cause_other_kind, NULL, NULL },
	{ "export-no-region", FEATURE, ENODEV, 0, cause_export_no_region, NULL, "iommuctl device info lists regions" },
	{ "export-misaligned", FEATURE, EINVAL, 0, cause_export_misaligned, NULL, NULL },
	{ "export-beyond", FEATURE, EINVAL, 0, cause_export_beyond, NULL, NULL },
	{ "export-driver", FEATURE, EOPNOTSUPP, 0, cause_export, "its driver, or this kernel, exports no memory of it", NULL },
	{ "reset-none", CALL(VFIO_DEVICE_RESET), EINVAL, 0, NULL, "the device has no way to be reset alone", NULL },
};
/* clang-format on */

const size_t cause_count = ARRAY_SIZE(causes);

bool cause_hw_info_type(struct failure *failure)
{
	const struct abi_iommu_hw_info *arg = failure->arg;

	return arg->flags & ABI_IOMMU_HW_INFO_FLAG_INPUT_TYPE;
}
