/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Usable I/O addresses without asking iommufd: input width minus reserved regions. */
#include <errno.h>

#include "internal.h"

/* As wide as the IOMMU translates; all of 64 bits where nobody says. */
static unsigned int width(const struct iommuctl_device *device)
{
	struct iommuctl_value width = VALUE_NUMBER(64);

	iommuctl_iommu_get_feature(device->iommu, IOMMUCTL_FEATURE_INPUT_BITS, &width);
	if (device->iommu && device->iommu->dma_bits > 0)
		width.number = device->iommu->dma_bits;
	return width.number >= 64 ? 64 : (unsigned int)width.number;
}

/* Whether all was read that an answer needs. */
static int check(struct iommuctl_context *ctx, const struct iommuctl_device *device)
{
	if (!device->group) {
		diag_set(ctx, ENODEV, device->name, "find the usable addresses",
			 "no IOMMU serves the device");
		diag_hint(ctx, "its DMA is not translated; see whether the IOMMU is on: iommuctl "
			       "iommu list");
		return -ENODEV;
	}
	if (!(device->topology->flags & IOMMUCTL_LOAD_REGISTERS))
		return diag_set(ctx, ENODATA, device->name, "find the usable addresses",
				"the features of its IOMMU were not loaded");
	if (!device->group->has_regions)
		return diag_set(ctx, ENODATA, device->name, "find the usable addresses",
				"the reserved regions of its group could not be read");
	return 0;
}

static int restrict_to_device(struct iommuctl_context *ctx, struct iommuctl_range_set *set,
			      const struct iommuctl_device *device)
{
	const struct iommuctl_group *group = device->group;
	unsigned int bits = width(device);
	int r = check(ctx, device);

	if (r >= 0 && bits < 64)
		r = iommuctl_range_set_subtract(
			set, (struct iommuctl_range){ UINT64_C(1) << bits, UINT64_MAX });
	for (size_t i = 0; r >= 0 && i < group->region_count; i++)
		if (group->regions[i].type != IOMMUCTL_REGION_DIRECT_RELAXABLE)
			r = iommuctl_range_set_subtract(set, group->regions[i].range);
	return r;
}

IOMMUCTL_EXPORT int iommuctl_layout_exclude_device(struct iommuctl_context *ctx,
						   struct iommuctl_layout *layout,
						   const struct iommuctl_device *device,
						   bool nested)
{
	const struct iommuctl_group *group;
	int r;

	if (!ctx || !layout || !device)
		return -EINVAL;
	r = check(ctx, device);
	group = device->group;
	if (r >= 0 && width(device) > 0)
		r = iommuctl_layout_limit(
			layout, device->iommu ? device->iommu->name : device->name, width(device));
	for (size_t i = 0; r >= 0 && i < group->region_count; i++)
		if (nested ? group->regions[i].type == IOMMUCTL_REGION_MSI
			   : group->regions[i].type != IOMMUCTL_REGION_DIRECT_RELAXABLE)
			r = iommuctl_layout_exclude(layout, device->name, &group->regions[i]);
	return r;
}

IOMMUCTL_EXPORT int iommuctl_device_get_usable_ranges(struct iommuctl_context *ctx,
						      const struct iommuctl_device *const *devices,
						      size_t count,
						      struct iommuctl_range_set **ret_set)
{
	struct iommuctl_range_set *set;
	int r;

	if (!ctx || !devices || count == 0 || !ret_set)
		return -EINVAL;
	for (size_t i = 0; i < count; i++)
		if (!devices[i])
			return -EINVAL;
	r = iommuctl_range_set_new(&set);
	if (r < 0)
		return r;
	r = iommuctl_range_set_add(set, (struct iommuctl_range){ 0, UINT64_MAX });
	for (size_t i = 0; r >= 0 && i < count; i++)
		r = restrict_to_device(ctx, set, devices[i]);
	if (r < 0) {
		iommuctl_range_set_free(set);
		return r;
	}
	*ret_set = set;
	return 0;
}
