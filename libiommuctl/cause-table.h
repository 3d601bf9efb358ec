/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a cause holds; what has no reason in the table tells it then. */
#ifndef IOMMUCTL_CAUSE_TABLE_H
#define IOMMUCTL_CAUSE_TABLE_H

#include <stdbool.h>

struct failure;

bool cause_attach_faults(struct failure *failure);
bool cause_attach_ioas(struct failure *failure);
bool cause_beyond(struct failure *failure);
bool cause_beyond_device(struct failure *failure);
bool cause_call_old(struct failure *failure);
bool cause_copy_hole(struct failure *failure);
bool cause_direct_region(struct failure *failure);
bool cause_dirty_misaligned(struct failure *failure);
bool cause_dirty_page_size(struct failure *failure);
bool cause_export(struct failure *failure);
bool cause_export_beyond(struct failure *failure);
bool cause_export_misaligned(struct failure *failure);
bool cause_export_no_region(struct failure *failure);
bool cause_feature_absent(struct failure *failure);
bool cause_file_dma_buf(struct failure *failure);
bool cause_file_dma_buf_old(struct failure *failure);
bool cause_file_end(struct failure *failure);
bool cause_file_kind(struct failure *failure);
bool cause_group_held(struct failure *failure);
bool cause_group_owned(struct failure *failure);
bool cause_has_pasid(struct failure *failure);
bool cause_hw_info_type(struct failure *failure);
bool cause_hw_queue_index(struct failure *failure);
bool cause_hw_queue_memory(struct failure *failure);
bool cause_hw_queue_no_type(struct failure *failure);
bool cause_hw_queue_order(struct failure *failure);
bool cause_hwpt_data_length(struct failure *failure);
bool cause_hwpt_data_model(struct failure *failure);
bool cause_hwpt_data_no_type(struct failure *failure);
bool cause_hwpt_fault_old(struct failure *failure);
bool cause_hwpt_feature(struct failure *failure);
bool cause_hwpt_flag_old(struct failure *failure);
bool cause_hwpt_nested(struct failure *failure);
bool cause_hwpt_nested_flags(struct failure *failure);
bool cause_hwpt_nested_no_data(struct failure *failure);
bool cause_hwpt_of_hwpt(struct failure *failure);
bool cause_hwpt_of_ioas(struct failure *failure);
bool cause_hwpt_parent_faults(struct failure *failure);
bool cause_hwpt_type_no_data(struct failure *failure);
bool cause_in_use(struct failure *failure);
bool cause_interrupts(struct failure *failure);
bool cause_invalidate_length(struct failure *failure);
bool cause_invalidate_limits(struct failure *failure);
bool cause_invalidate_nothing(struct failure *failure);
bool cause_invalidate_plain(struct failure *failure);
bool cause_map_address_misaligned(struct failure *failure);
bool cause_map_empty(struct failure *failure);
bool cause_map_flags(struct failure *failure);
bool cause_map_length_misaligned(struct failure *failure);
bool cause_map_memory_misaligned(struct failure *failure);
bool cause_map_no_access(struct failure *failure);
bool cause_map_wraps(struct failure *failure);
bool cause_memlock(struct failure *failure);
bool cause_memory_file(struct failure *failure);
bool cause_memory_hole(struct failure *failure);
bool cause_memory_protected(struct failure *failure);
bool cause_nested(struct failure *failure);
bool cause_no_files_left(struct failure *failure);
bool cause_no_nesting(struct failure *failure);
bool cause_no_object(struct failure *failure);
bool cause_no_pasids(struct failure *failure);
bool cause_no_space(struct failure *failure);
bool cause_nobody_found(struct failure *failure);
bool cause_node_held(struct failure *failure);
bool cause_not_bound(struct failure *failure);
bool cause_not_mapped(struct failure *failure);
bool cause_option_late(struct failure *failure);
bool cause_option_object(struct failure *failure);
bool cause_option_unknown(struct failure *failure);
bool cause_option_value(struct failure *failure);
bool cause_other_kind(struct failure *failure);
bool cause_overlap(struct failure *failure);
bool cause_pasid_driver(struct failure *failure);
bool cause_pasid_hwpt(struct failure *failure);
bool cause_pasid_ioas(struct failure *failure);
bool cause_pasid_old(struct failure *failure);
bool cause_pasid_range(struct failure *failure);
bool cause_pasid_rid(struct failure *failure);
bool cause_region_mapped(struct failure *failure);
bool cause_region_promised(struct failure *failure);
bool cause_reserved(struct failure *failure);
bool cause_sibling_driver(struct failure *failure);
bool cause_sibling_elsewhere(struct failure *failure);
bool cause_sibling_held(struct failure *failure);
bool cause_too_long(struct failure *failure);
bool cause_unknown_kind(struct failure *failure);
bool cause_unmap_cuts(struct failure *failure);
bool cause_unusable(struct failure *failure);
bool cause_vdevice_exists(struct failure *failure);
bool cause_vdevice_taken(struct failure *failure);
bool cause_veventq_depth(struct failure *failure);
bool cause_veventq_no_type(struct failure *failure);
bool cause_viommu_data_model(struct failure *failure);
bool cause_viommu_no_type(struct failure *failure);
bool cause_window_short(struct failure *failure);
bool cause_windows_overlap(struct failure *failure);
bool cause_wrong_kind(struct failure *failure);

#endif
