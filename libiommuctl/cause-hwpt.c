/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Causes that have to do with page tables: nested ones, dirty pages, invalidations. */
#include <errno.h>
#include <inttypes.h>

#include "abi/iommufd.h"
#include "cause-table.h"
#include "cause.h"

/* ------------------------------------------------------------------- features */

/* Whether the IOMMU of the device has not FEATURE; its reason is told. */
static bool lacks(struct failure *failure, enum iommuctl_feature feature)
{
	const struct iommuctl_device *device = failure_device(failure);
	struct iommuctl_value value, reason;
	enum iommuctl_feature why;

	return device && iommuctl_iommu_get_feature(device->iommu, feature, &value) >= 0 &&
	       !value.boolean && iommuctl_feature_get_reason(feature, &why) >= 0 &&
	       iommuctl_iommu_get_feature(device->iommu, why, &reason) >= 0 &&
	       because(failure, "%s, the IOMMU of %s: %s", device->iommu->name, device->name,
		       reason.text);
}

bool cause_no_nesting(struct failure *failure)
{
	return lacks(failure, IOMMUCTL_FEATURE_NESTING);
}

bool cause_no_pasids(struct failure *failure)
{
	return lacks(failure, IOMMUCTL_FEATURE_PASID);
}

static const struct {
	uint32_t flag;
	const char *since, *what;
	enum iommuctl_feature feature;
} hwpt_flags[] = {
	{ ABI_IOMMU_HWPT_ALLOC_NEST_PARENT, "6.7", "a nest parent", IOMMUCTL_FEATURE_NESTING },
	{ ABI_IOMMU_HWPT_ALLOC_DIRTY_TRACKING, "6.7", "dirty tracking",
	  IOMMUCTL_FEATURE_DIRTY_TRACKING },
	{ ABI_IOMMU_HWPT_FAULT_ID_VALID, "6.11", "a fault queue", IOMMUCTL_FEATURE_IOPF },
	{ ABI_IOMMU_HWPT_ALLOC_PASID, "6.13", "a page table for PASIDs", IOMMUCTL_FEATURE_PASID },
};

bool cause_hwpt_flag_old(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	for (size_t i = 0; i < ARRAY_SIZE(hwpt_flags); i++)
		if (arg->flags & hwpt_flags[i].flag &&
		    ask_is_older(failure->iommufd, hwpt_flags[i].since))
			return because(failure, "%s needs Linux %s or later", hwpt_flags[i].what,
				       hwpt_flags[i].since);
	return false;
}

bool cause_hwpt_feature(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	for (size_t i = 0; i < ARRAY_SIZE(hwpt_flags); i++)
		if (arg->flags & hwpt_flags[i].flag && lacks(failure, hwpt_flags[i].feature))
			return true;
	return false;
}

/* ---------------------------------------------------------------- page tables */

static bool is_nested(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	return ask_kind(failure->iommufd, arg->pt_id) != ASKED_IOAS;
}

static bool is_of_hwpt(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	return ask_kind(failure->iommufd, arg->pt_id) == ASKED_HWPT;
}

bool cause_hwpt_parent_faults(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	return !is_nested(failure) && arg->flags & ABI_IOMMU_HWPT_ALLOC_NEST_PARENT &&
	       arg->flags & ABI_IOMMU_HWPT_FAULT_ID_VALID;
}

bool cause_hwpt_nested_flags(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	return arg->flags & ~(ABI_IOMMU_HWPT_FAULT_ID_VALID | ABI_IOMMU_HWPT_ALLOC_PASID) &&
	       is_nested(failure);
}

bool cause_hwpt_nested_no_data(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	return !arg->data_len && is_nested(failure);
}

bool cause_hwpt_nested(struct failure *failure)
{
	return is_nested(failure);
}

bool cause_hwpt_of_hwpt(struct failure *failure)
{
	return is_of_hwpt(failure);
}

/* Without data there is nothing else that the driver could refuse. */
bool cause_hwpt_of_ioas(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	return !arg->data_len && ask_kind(failure->iommufd, arg->pt_id) == ASKED_IOAS;
}

bool cause_hwpt_data_no_type(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	return !arg->data_type && arg->data_len;
}

bool cause_hwpt_type_no_data(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	return arg->data_type && !arg->data_len;
}

/* What drivers take, and of which IOMMUs they are. */
static const struct {
	uint32_t type;
	uint32_t length;
	enum iommuctl_model model;
	const char *name;
} hwpt_data[] = {
	{ ABI_IOMMU_HWPT_DATA_VTD_S1, 24, IOMMUCTL_MODEL_INTEL_VTD, "vtd-s1" },
	{ ABI_IOMMU_HWPT_DATA_ARM_SMMUV3, 16, IOMMUCTL_MODEL_ARM_SMMU_V3, "arm-smmuv3" },
	{ ABI_IOMMU_HWPT_DATA_AMD_GUEST, 32, IOMMUCTL_MODEL_AMD_VI, "amd-guest" },
};

bool cause_hwpt_data_length(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;

	for (size_t i = 0; i < ARRAY_SIZE(hwpt_data); i++)
		if (hwpt_data[i].type == arg->data_type && hwpt_data[i].length != arg->data_len)
			return because(failure,
				       "data of type %s has %" PRIu32 " bytes, not %" PRIu32,
				       hwpt_data[i].name, hwpt_data[i].length, arg->data_len);
	return false;
}

bool cause_hwpt_data_model(struct failure *failure)
{
	const struct abi_iommu_hwpt_alloc *arg = failure->arg;
	const struct iommuctl_device *device = failure_device(failure);
	enum iommuctl_model model;

	if (!device || !device->iommu)
		return false;
	model = device->iommu->model;
	for (size_t i = 0; i < ARRAY_SIZE(hwpt_data); i++)
		if (hwpt_data[i].type == arg->data_type && hwpt_data[i].model != model)
			return because(failure, "data of type %s is for %s; %s has %s",
				       hwpt_data[i].name,
				       iommuctl_model_to_string(hwpt_data[i].model), device->name,
				       iommuctl_model_to_string(model));
	return false;
}

/* --------------------------------------------------------------- invalidations */

/* The kernel's limits. */
#define ENTRIES_MAX	 (1u << 19)
#define ENTRY_LENGTH_MAX 4096u

bool cause_invalidate_plain(struct failure *failure)
{
	const struct abi_iommu_hwpt_invalidate *arg = failure->arg;

	return ask_kind(failure->iommufd, arg->hwpt_id) == ASKED_HWPT;
}

bool cause_invalidate_nothing(struct failure *failure)
{
	const struct abi_iommu_hwpt_invalidate *arg = failure->arg;

	return arg->entry_num == 0;
}

bool cause_invalidate_limits(struct failure *failure)
{
	const struct abi_iommu_hwpt_invalidate *arg = failure->arg;

	return (arg->entry_num > ENTRIES_MAX || arg->entry_len > ENTRY_LENGTH_MAX) &&
	       because(failure,
		       "%" PRIu32 " entries of %" PRIu32
		       " bytes: there can be %u at once, of %u bytes",
		       arg->entry_num, arg->entry_len, ENTRIES_MAX, ENTRY_LENGTH_MAX);
}

static const struct {
	uint32_t type, length;
	const char *name;
} entries[] = {
	{ ABI_IOMMU_HWPT_INVALIDATE_DATA_VTD_S1, 24, "vtd-s1" },
	{ ABI_IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3, 16, "arm-smmuv3" },
};

bool cause_invalidate_length(struct failure *failure)
{
	const struct abi_iommu_hwpt_invalidate *arg = failure->arg;

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if (entries[i].type == arg->data_type && entries[i].length != arg->entry_len)
			return because(failure,
				       "entries of type %s have %" PRIu32 " bytes, not %" PRIu32,
				       entries[i].name, entries[i].length, arg->entry_len);
	return false;
}

/* -------------------------------------------------------------- dirty pages */

bool cause_dirty_page_size(struct failure *failure)
{
	const struct abi_iommu_hwpt_get_dirty_bitmap *arg = failure->arg;

	return !arg->page_size || (arg->page_size & (arg->page_size - 1));
}

bool cause_dirty_misaligned(struct failure *failure)
{
	const struct abi_iommu_hwpt_get_dirty_bitmap *arg = failure->arg;
	bool iova = (arg->iova & (arg->page_size - 1)) != 0;

	return (iova || arg->length & (arg->page_size - 1)) &&
	       because(failure, "the %s, 0x%" PRIx64 ", is no multiple of the page size, %" PRIu64,
		       iova ? "address" : "length", iova ? arg->iova : arg->length, arg->page_size);
}
