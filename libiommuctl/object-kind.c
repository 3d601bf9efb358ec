/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of what iommufd numbers. */
#include <errno.h>

#include "internal.h"

static const char *const names[] = {
	[IOMMUCTL_OBJECT_UNKNOWN] = "unknown",
	[IOMMUCTL_OBJECT_DEVICE] = "device",
	[IOMMUCTL_OBJECT_IOAS] = "ioas",
	[IOMMUCTL_OBJECT_HWPT] = "hwpt",
	[IOMMUCTL_OBJECT_VIOMMU] = "viommu",
	[IOMMUCTL_OBJECT_VDEVICE] = "vdevice",
	[IOMMUCTL_OBJECT_FAULT_QUEUE] = "fault-queue",
	[IOMMUCTL_OBJECT_VEVENTQ] = "veventq",
	[IOMMUCTL_OBJECT_HW_QUEUE] = "hw-queue",
};

IOMMUCTL_EXPORT const char *iommuctl_object_kind_to_string(enum iommuctl_object_kind kind)
{
	return names[(size_t)kind < ARRAY_SIZE(names) ? kind : IOMMUCTL_OBJECT_UNKNOWN];
}

IOMMUCTL_EXPORT int iommuctl_object_kind_from_string(const char *name,
						     enum iommuctl_object_kind *ret_kind)
{
	int i;

	if (!name || !ret_kind)
		return -EINVAL;
	i = parse_word(name, names, ARRAY_SIZE(names));
	if (i <= IOMMUCTL_OBJECT_UNKNOWN)
		return -EINVAL;
	*ret_kind = (enum iommuctl_object_kind)i;
	return 0;
}
