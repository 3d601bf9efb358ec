/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry of models and features, and what is assumed of each model. */
#include <errno.h>
#include <string.h>

#include "internal.h"

/* clang-format off */
static const struct {
	const char *key;
	const char *help;
	enum iommuctl_feature reason; /* 0: no reasons are given */
} features[IOMMUCTL_FEATURE_COUNT] = {
	[IOMMUCTL_FEATURE_INPUT_BITS] = { "input_bits", "bits of an I/O virtual address that are translated" },
	[IOMMUCTL_FEATURE_OUTPUT_BITS] = { "output_bits", "bits of a physical address it can reach" },
	[IOMMUCTL_FEATURE_ASID_BITS] = { "asid_bits", "bits of the ids that tag translations (domain id, ASID)" },
	[IOMMUCTL_FEATURE_PASID_BITS] = { "pasid_bits", "bits of a process address space id; 0: no PASIDs" },
	[IOMMUCTL_FEATURE_PAGE_SIZES] = { "page_sizes", "page sizes, in bytes" },
	[IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS] = { "page_table_formats", "formats of page tables it walks" },
	[IOMMUCTL_FEATURE_STAGE1] = { "stage1", "first-stage translation" },
	[IOMMUCTL_FEATURE_STAGE2] = { "stage2", "second-stage translation" },
	[IOMMUCTL_FEATURE_NESTING] = { "nesting", "first stage of a guest on a second stage of the host",
		IOMMUCTL_FEATURE_NESTING_REASON },
	[IOMMUCTL_FEATURE_NESTING_REASON] = { "nesting_reason", "why there is no nesting" },
	[IOMMUCTL_FEATURE_PASID] = { "pasid", "iommufd can attach address spaces to PASIDs of devices",
		IOMMUCTL_FEATURE_PASID_REASON },
	[IOMMUCTL_FEATURE_PASID_REASON] = { "pasid_reason", "why PASIDs cannot be used" },
	[IOMMUCTL_FEATURE_IOPF] = { "iopf", "iommufd can deliver page faults of devices",
		IOMMUCTL_FEATURE_IOPF_REASON },
	[IOMMUCTL_FEATURE_IOPF_REASON] = { "iopf_reason", "why page faults are not delivered" },
	[IOMMUCTL_FEATURE_BTM] = { "btm", "takes part in the CPUs' broadcast TLB maintenance" },
	[IOMMUCTL_FEATURE_HTTU] = { "httu", "hardware update of page tables: none, access, access+dirty" },
	[IOMMUCTL_FEATURE_STALL] = { "stall", "stalls faulting transactions: none, enabled, force" },
	[IOMMUCTL_FEATURE_ATS] = { "ats", "PCIe address translation services" },
	[IOMMUCTL_FEATURE_PRI] = { "pri", "PCIe page requests" },
	[IOMMUCTL_FEATURE_DIRTY_TRACKING] = { "dirty_tracking", "iommufd can track which pages were written",
		IOMMUCTL_FEATURE_DIRTY_TRACKING_REASON },
	[IOMMUCTL_FEATURE_DIRTY_TRACKING_REASON] = { "dirty_tracking_reason", "why there is no dirty tracking" },
	[IOMMUCTL_FEATURE_SNOOP_CONTROL] = { "snoop_control", "can make all DMA snoop the CPU caches",
		IOMMUCTL_FEATURE_SNOOP_CONTROL_REASON },
	[IOMMUCTL_FEATURE_SNOOP_CONTROL_REASON] = { "snoop_control_reason", "why DMA cannot be made to snoop" },
	[IOMMUCTL_FEATURE_INTERRUPT_REMAPPING] = { "interrupt_remapping", "remaps and so isolates interrupts" },
	[IOMMUCTL_FEATURE_POSTED_INTERRUPTS] = { "posted_interrupts", "delivers interrupts to a running guest" },
	[IOMMUCTL_FEATURE_COHERENT_WALK] = { "coherent_walk", "page table walks snoop the CPU caches" },
	[IOMMUCTL_FEATURE_CACHING_MODE] = { "caching_mode", "caches entries that are not present: an emulated IOMMU" },
	[IOMMUCTL_FEATURE_BYPASS] = { "bypass", "can pass chosen devices through untranslated" },
	[IOMMUCTL_FEATURE_STAGE1_PAGE_SIZES] = { "stage1_page_sizes", "page sizes of the first stage, in bytes" },
	[IOMMUCTL_FEATURE_EXTENDED_ACCESS_FLAG] = { "extended_access_flag", "first-stage tables have an access flag of the devices' own" },
	[IOMMUCTL_FEATURE_SUPERVISOR_REQUESTS] = { "supervisor_requests", "first-stage tables serve requests with supervisor privilege" },
	[IOMMUCTL_FEATURE_RANGE_INVALIDATION] = { "range_invalidation", "one command can invalidate a range of addresses" },
};
/* clang-format on */

static const struct model model_unknown = { .name = "unknown" };

static const struct model *const models[] = {
	[IOMMUCTL_MODEL_UNKNOWN] = &model_unknown,
	[IOMMUCTL_MODEL_INTEL_VTD] = &model_intel_vtd,
	[IOMMUCTL_MODEL_ARM_SMMU_V3] = &model_arm_smmu_v3,
	[IOMMUCTL_MODEL_AMD_VI] = &model_amd_vi,
	[IOMMUCTL_MODEL_VIRTIO_IOMMU] = &model_virtio_iommu,
	[IOMMUCTL_MODEL_ARM_SMMU] = &model_arm_smmu,
	[IOMMUCTL_MODEL_RISCV_IOMMU] = &model_riscv_iommu,
	[IOMMUCTL_MODEL_SPAPR_TCE] = &model_spapr_tce,
	[IOMMUCTL_MODEL_S390_PCI] = &model_s390_pci,
	[IOMMUCTL_MODEL_APPLE_DART] = &model_apple_dart,
};

const struct model *model_get(enum iommuctl_model model)
{
	return (size_t)model < ARRAY_SIZE(models) ? models[model] : &model_unknown;
}

IOMMUCTL_EXPORT const char *iommuctl_model_to_string(enum iommuctl_model model)
{
	return model_get(model)->name;
}

IOMMUCTL_EXPORT int iommuctl_model_from_string(const char *name, enum iommuctl_model *ret_model)
{
	if (!name || !ret_model)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		if (strcmp(models[i]->name, name) == 0) {
			*ret_model = (enum iommuctl_model)i;
			return 0;
		}
	return -EINVAL;
}

IOMMUCTL_EXPORT int iommuctl_model_get(size_t i, enum iommuctl_model *ret_model)
{
	if (!ret_model)
		return -EINVAL;
	if (i >= ARRAY_SIZE(models))
		return -ENOENT;
	*ret_model = (enum iommuctl_model)i;
	return 0;
}

IOMMUCTL_EXPORT const char *iommuctl_feature_get_key(enum iommuctl_feature feature)
{
	return (size_t)feature < ARRAY_SIZE(features) ? features[feature].key : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_feature_get_help(enum iommuctl_feature feature)
{
	return (size_t)feature < ARRAY_SIZE(features) ? features[feature].help : NULL;
}

IOMMUCTL_EXPORT int iommuctl_feature_get_reason(enum iommuctl_feature feature,
						enum iommuctl_feature *ret_reason)
{
	if ((size_t)feature >= ARRAY_SIZE(features) || !ret_reason)
		return -EINVAL;
	if (!features[feature].reason)
		return -ENOENT;
	*ret_reason = features[feature].reason;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_feature_get_default(enum iommuctl_feature feature,
						 enum iommuctl_model model,
						 struct iommuctl_value *ret_value)
{
	const struct model *entry = model_get(model);
	const struct feature_default *it;
	size_t i = 0;

	if ((size_t)feature >= ARRAY_SIZE(features) || !ret_value)
		return -EINVAL;
	while (i < entry->default_count && entry->defaults[i].feature != feature)
		i++;
	if (i == entry->default_count)
		return -ENODATA;
	it = &entry->defaults[i];
	*ret_value = (struct iommuctl_value){ .type = it->value.type, .count = it->value.count };
	/* the largest member of either union */
	memcpy(ret_value->numbers, it->value.numbers, sizeof(it->value.numbers));
	return 0;
}

void feature_set(struct iommuctl_iommu *iommu, enum iommuctl_feature feature,
		 struct iommuctl_value value, const char *source)
{
	iommu->features[feature] = value;
	iommu->sources[feature] = source;
}

void feature_bool(struct iommuctl_iommu *iommu, enum iommuctl_feature feature, bool value,
		  const char *source)
{
	feature_set(iommu, feature, (struct iommuctl_value)VALUE_BOOL(value), source);
}

void feature_number(struct iommuctl_iommu *iommu, enum iommuctl_feature feature, uint64_t value,
		    const char *source)
{
	feature_set(iommu, feature, (struct iommuctl_value)VALUE_NUMBER(value), source);
}

void feature_text(struct iommuctl_iommu *iommu, enum iommuctl_feature feature, const char *value,
		  const char *source)
{
	feature_set(iommu, feature, (struct iommuctl_value)VALUE_TEXT(value), source);
}
