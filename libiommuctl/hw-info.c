/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel tells of the IOMMU behind a bound device: IOMMU_GET_HW_INFO. */
#include <errno.h>
#include <string.h>

#include "abi/iommufd.h"
#include "internal.h"
#include "probe.h"

/* What more there is of an answer is not kept; no type of Linux 7.3 has more than 40 bytes. */
#define DATA_MAX 4096

struct iommuctl_hw_info {
	uint32_t type;
	uint32_t length; /* as the kernel says; not more than DATA_MAX of it are here */
	uint8_t max_pasid_log2;
	uint64_t capabilities;
	uint64_t known; /* bits of capabilities that this kernel would set */
	uint8_t data[DATA_MAX];
};

/* clang-format off */

static const struct hw_type {
	uint32_t type;
	const char *name;
	enum iommuctl_model model; /* whose registers they are; unknown: the names are unique */
	bool has_flags; /* a word at offset 0 */
	const char *errata[1]; /* by bits of the flags */
	struct { const char *name; unsigned int offset; } registers[8];
} types[] = {
	{ .type = ABI_IOMMU_HW_INFO_TYPE_NONE, .name = "none" },
	{ .type = ABI_IOMMU_HW_INFO_TYPE_INTEL_VTD, .name = "intel-vtd", .model = IOMMUCTL_MODEL_INTEL_VTD,
	  .has_flags = true, .errata = { "ERRATA_772415_SPR17" },
	  .registers = { { "cap", 8 }, { "ecap", 16 } } },
	{ .type = ABI_IOMMU_HW_INFO_TYPE_ARM_SMMUV3, .name = "arm-smmu-v3", .model = IOMMUCTL_MODEL_ARM_SMMU_V3,
	  .has_flags = true, .errata = { "ERRATA_REPEAT_TLBI_CFGI" },
	  .registers = { { "idr0", 8 }, { "idr1", 12 }, { "idr2", 16 }, { "idr3", 20 }, { "idr4", 24 },
			 { "idr5", 28 }, { "iidr", 32 }, { "aidr", 36 } } },
	{ .type = ABI_IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV, .name = "tegra241-cmdqv", .has_flags = true,
	  .registers = { { "cmdqv_info", 4 } } },
	{ .type = ABI_IOMMU_HW_INFO_TYPE_AMD, .name = "amd-vi", .model = IOMMUCTL_MODEL_AMD_VI,
	  .registers = { { "efr", 0 }, { "efr2", 8 } } },
	{ .type = ABI_IOMMU_HW_INFO_TYPE_SELFTEST, .name = "selftest", .has_flags = true },
};

/*
 * Kernels that do not know a capability leave its bit 0. That one does know it shows in a call that
 * came with the capability, or later.
 */
static const struct {
	const char *key;
	uint64_t bit;
	unsigned long companion;
} capabilities[IOMMUCTL_HW_CAPABILITY_COUNT] = {
	[IOMMUCTL_HW_DIRTY_TRACKING] = { "dirty_tracking", ABI_IOMMU_HW_CAP_DIRTY_TRACKING,
					 ABI_IOMMU_HWPT_SET_DIRTY_TRACKING },
	[IOMMUCTL_HW_PASID_EXEC] = { "pasid_exec", ABI_IOMMU_HW_CAP_PCI_PASID_EXEC, ABI_IOMMU_VEVENTQ_ALLOC },
	[IOMMUCTL_HW_PASID_PRIV] = { "pasid_priv", ABI_IOMMU_HW_CAP_PCI_PASID_PRIV, ABI_IOMMU_VEVENTQ_ALLOC },
	[IOMMUCTL_HW_ATS_NOT_SUPPORTED] = { "ats_not_supported", ABI_IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED,
					    ABI_IOMMU_IOAS_NOIOMMU_GET_PA },
};

/* clang-format on */

static const struct hw_type *find_type(const struct iommuctl_hw_info *info)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == info->type)
			return &types[i];
	return NULL;
}

static size_t kept(const struct iommuctl_hw_info *info)
{
	return info->length < DATA_MAX ? info->length : DATA_MAX;
}

/* ------------------------------------------------------------------ asking */

static void learn_capabilities(const struct iommuctl_iommufd *iommufd,
			       struct iommuctl_hw_info *info)
{
	info->known = info->capabilities;
	for (size_t i = 0; i < ARRAY_SIZE(capabilities); i++)
		if (!(info->known & capabilities[i].bit) &&
		    probe_has_call(iommufd->ctx, iommufd->fd, capabilities[i].companion) == 1)
			info->known |= capabilities[i].bit;
}

IOMMUCTL_EXPORT int iommuctl_hw_info_load(struct iommuctl_object *device, uint32_t type,
					  struct iommuctl_hw_info **ret_info)
{
	struct abi_iommu_hw_info arg = {
		.size = sizeof(arg),
		.flags = type ? ABI_IOMMU_HW_INFO_FLAG_INPUT_TYPE : 0,
		.data_len = DATA_MAX,
		.data_type = type,
	};
	struct iommuctl_hw_info *info;
	int r;

	if (!object_is(device, KIND(DEVICE)) || !ret_info)
		return -EINVAL;
	info = calloc(1, sizeof(*info));
	if (!info)
		return -ENOMEM;
	arg.dev_id = device->id;
	arg.data_uptr = (uintptr_t)info->data;
	r = device_ioctl(device->iommufd->ctx, device->iommufd->fd, ABI_IOMMU_GET_HW_INFO, &arg);
	if (r < 0) {
		free(info);
		return object_failed(device, ABI_IOMMU_GET_HW_INFO, &arg, -r,
				     "ask for hardware information");
	}
	info->type = arg.data_type;
	info->length = arg.data_len;
	info->max_pasid_log2 = arg.out_max_pasid_log2;
	info->capabilities = arg.out_capabilities;
	learn_capabilities(device->iommufd, info);
	*ret_info = info;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_hw_info *iommuctl_hw_info_free(struct iommuctl_hw_info *info)
{
	free(info);
	return NULL;
}

/* ----------------------------------------------------------------- getters */

IOMMUCTL_EXPORT uint32_t iommuctl_hw_info_get_type(const struct iommuctl_hw_info *info)
{
	return info ? info->type : 0;
}

IOMMUCTL_EXPORT const char *iommuctl_hw_info_get_type_name(const struct iommuctl_hw_info *info)
{
	const struct hw_type *type = info ? find_type(info) : NULL;

	return type ? type->name : NULL;
}

IOMMUCTL_EXPORT uint32_t iommuctl_hw_info_get_length(const struct iommuctl_hw_info *info)
{
	return info ? info->length : 0;
}

IOMMUCTL_EXPORT const uint8_t *iommuctl_hw_info_get_data(const struct iommuctl_hw_info *info,
							 size_t *ret_size)
{
	if (!info || !ret_size)
		return NULL;
	*ret_size = kept(info);
	return info->data;
}

/* A number of the kernel's struct, if the answer is that long. */
static bool read_number(const struct iommuctl_hw_info *info, size_t offset, unsigned int width,
			uint64_t *ret)
{
	uint32_t word;

	if (offset + width / 8 > kept(info))
		return false;
	if (width == 32) {
		memcpy(&word, info->data + offset, sizeof(word));
		*ret = word;
	} else {
		memcpy(ret, info->data + offset, sizeof(*ret));
	}
	return true;
}

IOMMUCTL_EXPORT int iommuctl_hw_info_get_register(const struct iommuctl_hw_info *info, size_t i,
						  const struct iommuctl_register **ret_reg,
						  uint64_t *ret_value)
{
	const struct iommuctl_register *reg;
	const struct hw_type *type;

	if (!info || !ret_reg || !ret_value)
		return -EINVAL;
	type = find_type(info);
	if (!type || i >= ARRAY_SIZE(type->registers) || !type->registers[i].name ||
	    iommuctl_register_find(type->model, type->registers[i].name, &reg) < 0 ||
	    !read_number(info, type->registers[i].offset, reg->width, ret_value))
		return -ENOENT;
	*ret_reg = reg;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_hw_info_get_flags(const struct iommuctl_hw_info *info,
					       uint32_t *ret_flags)
{
	const struct hw_type *type = info ? find_type(info) : NULL;
	uint64_t flags;

	if (!info || !ret_flags)
		return -EINVAL;
	if (!type || !type->has_flags || !read_number(info, 0, 32, &flags))
		return -ENODATA;
	*ret_flags = (uint32_t)flags;
	return 0;
}

IOMMUCTL_EXPORT const char *iommuctl_hw_info_get_erratum(const struct iommuctl_hw_info *info,
							 size_t i)
{
	const struct hw_type *type;
	uint32_t flags;

	if (iommuctl_hw_info_get_flags(info, &flags) < 0)
		return NULL;
	type = find_type(info);
	for (size_t bit = 0; bit < ARRAY_SIZE(type->errata); bit++)
		if (flags >> bit & 1 && type->errata[bit] && i-- == 0)
			return type->errata[bit];
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_hw_info_get_pasid_bits(const struct iommuctl_hw_info *info,
						    unsigned int *ret_bits)
{
	if (!info || !ret_bits)
		return -EINVAL;
	/* the field is as old as this capability */
	if (info->max_pasid_log2 == 0 && !(info->known & ABI_IOMMU_HW_CAP_PCI_PASID_EXEC))
		return -ENODATA;
	*ret_bits = info->max_pasid_log2;
	return 0;
}

IOMMUCTL_EXPORT const char *iommuctl_hw_capability_get_key(enum iommuctl_hw_capability capability)
{
	return (unsigned int)capability < ARRAY_SIZE(capabilities) ? capabilities[capability].key
								   : NULL;
}

IOMMUCTL_EXPORT int iommuctl_hw_info_has_capability(const struct iommuctl_hw_info *info,
						    enum iommuctl_hw_capability capability)
{
	if (!info || (unsigned int)capability >= ARRAY_SIZE(capabilities))
		return -EINVAL;
	if (!(info->known & capabilities[capability].bit))
		return -ENODATA;
	return (info->capabilities & capabilities[capability].bit) != 0;
}

IOMMUCTL_EXPORT uint64_t
iommuctl_hw_info_get_unknown_capabilities(const struct iommuctl_hw_info *info)
{
	uint64_t unknown = info ? info->capabilities : 0;

	for (size_t i = 0; i < ARRAY_SIZE(capabilities); i++)
		unknown &= ~capabilities[i].bit;
	return unknown;
}

/* ---------------------------------------------------------------- features */

/* The bits of a field, where the answer has its register. */
static bool read_field(const struct iommuctl_hw_info *info, const char *reg_name, const char *name,
		       const struct iommuctl_field **ret_field, uint64_t *ret_value)
{
	const struct iommuctl_register *reg;

	for (size_t i = 0; iommuctl_hw_info_get_register(info, i, &reg, ret_value) == 0; i++) {
		if (strcmp(reg->name, reg_name) != 0)
			continue;
		*ret_field = register_find_field(reg, name);
		return *ret_field;
	}
	return false;
}

/* Of SMMUv3 the kernel's header lets user space rely on these fields alone. */
static int get_smmu_feature(const struct iommuctl_hw_info *info, enum iommuctl_feature feature,
			    struct iommuctl_value *ret_value)
{
	static const struct {
		enum iommuctl_feature feature;
		const char *reg, *field;
		const char *words[4]; /* by the field's bits, where it means something else here */
		uint64_t numbers[2];
	} fields[] = {
		{ IOMMUCTL_FEATURE_INPUT_BITS, "idr5", "vax", { 0 }, { 0 } },
		{ IOMMUCTL_FEATURE_ASID_BITS, "idr0", "asid16", { 0 }, { 8, 16 } },
		{ IOMMUCTL_FEATURE_RANGE_INVALIDATION, "idr3", "ril", { 0 }, { 0 } },
		{ IOMMUCTL_FEATURE_STALL,
		  "idr0",
		  "stall_model",
		  { "enabled", "none", "force" },
		  { 0 } },
	};
	const struct iommuctl_field *field;
	uint64_t value, raw;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (fields[i].feature != feature ||
		    !read_field(info, fields[i].reg, fields[i].field, &field, &value))
			continue;
		raw = iommuctl_field_get_raw(field, value);
		*ret_value = iommuctl_field_decode(field, value);
		if (fields[i].words[0] && raw < ARRAY_SIZE(fields[i].words) && fields[i].words[raw])
			*ret_value = (struct iommuctl_value)VALUE_TEXT(fields[i].words[raw]);
		else if (fields[i].numbers[0])
			*ret_value = (struct iommuctl_value)VALUE_NUMBER(fields[i].numbers[raw]);
		return ret_value->type == IOMMUCTL_VALUE_NONE ? -ENODATA : 0;
	}
	return -ENODATA;
}

IOMMUCTL_EXPORT int iommuctl_hw_info_get_feature(const struct iommuctl_hw_info *info,
						 enum iommuctl_feature feature,
						 struct iommuctl_value *ret_value)
{
	unsigned int pasid_bits;
	int r;

	if (!info || (size_t)feature >= IOMMUCTL_FEATURE_COUNT || !ret_value)
		return -EINVAL;
	switch (feature) {
	case IOMMUCTL_FEATURE_DIRTY_TRACKING:
		r = iommuctl_hw_info_has_capability(info, IOMMUCTL_HW_DIRTY_TRACKING);
		break;
	case IOMMUCTL_FEATURE_ATS:
		r = iommuctl_hw_info_has_capability(info, IOMMUCTL_HW_ATS_NOT_SUPPORTED);
		r = r < 0 ? r : !r;
		break;
	case IOMMUCTL_FEATURE_PASID_BITS:
		r = iommuctl_hw_info_get_pasid_bits(info, &pasid_bits);
		if (r >= 0)
			*ret_value = (struct iommuctl_value)VALUE_NUMBER(pasid_bits);
		return r;
	default:
		return info->type == ABI_IOMMU_HW_INFO_TYPE_ARM_SMMUV3
			       ? get_smmu_feature(info, feature, ret_value)
			       : -ENODATA;
	}
	if (r >= 0)
		*ret_value = (struct iommuctl_value)VALUE_BOOL(r > 0);
	return r < 0 ? r : 0;
}
