/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * IOMMU groups: type, name and reserved regions, from
 * /sys/kernel/iommu_groups/N (ABI/testing/sysfs-kernel-iommu_groups).
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "internal.h"
#include "paths.h"

static const char *const domain_types[] = {
	[IOMMUCTL_DOMAIN_UNKNOWN] = "unknown", [IOMMUCTL_DOMAIN_IDENTITY] = "identity",
	[IOMMUCTL_DOMAIN_DMA] = "DMA",	       [IOMMUCTL_DOMAIN_DMA_FQ] = "DMA-FQ",
	[IOMMUCTL_DOMAIN_BLOCKED] = "blocked", [IOMMUCTL_DOMAIN_UNMANAGED] = "unmanaged",
};

static const char *const region_types[] = {
	[IOMMUCTL_REGION_UNKNOWN] = "unknown",
	[IOMMUCTL_REGION_DIRECT] = "direct",
	[IOMMUCTL_REGION_DIRECT_RELAXABLE] = "direct-relaxable",
	[IOMMUCTL_REGION_RESERVED] = "reserved",
	[IOMMUCTL_REGION_MSI] = "msi",
};

/* "0xSTART 0xEND TYPE" */
static bool parse_region(char *line, struct iommuctl_region *region)
{
	char *rest = NULL;
	const char *start = strtok_r(line, " ", &rest);
	const char *end = strtok_r(NULL, " ", &rest);
	const char *type = strtok_r(NULL, " ", &rest);
	int word;

	if (!type || strtok_r(NULL, " ", &rest) || !parse_u64(start, 16, &region->range.start) ||
	    !parse_u64(end, 16, &region->range.end) || region->range.end < region->range.start)
		return false;
	word = parse_word(type, region_types, ARRAY_SIZE(region_types));
	region->type = word < 0 ? IOMMUCTL_REGION_UNKNOWN : (enum iommuctl_region_type)word;
	return true;
}

static int load_regions(struct iommuctl_topology *topology, struct iommuctl_group *group,
			const char *path)
{
	CLEANUP(free_text) char *text = malloc(IO_TEXT_MAX);
	char *rest = NULL;
	size_t lines = 0;
	ssize_t n;

	if (!text)
		return -ENOMEM;
	n = io_read(topology->ctx, path, text, IO_TEXT_MAX);
	if (n < 0) {
		context_note(topology->ctx, path, (int)-n);
		return 0;
	}
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	group->regions = arena_alloc(&topology->arena, (lines + 1) * sizeof(*group->regions));
	if (!group->regions)
		return -ENOMEM;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (parse_region(line, &group->regions[group->region_count]))
			group->region_count++;
		else
			context_note(topology->ctx, path, EBADMSG);
	}
	group->has_regions = true;
	return 0;
}

int group_load(struct iommuctl_topology *topology, struct iommuctl_group *group)
{
	char path[128], text[128];
	ssize_t n;
	int word;

	io_path(path, sizeof(path), SYSFS_GROUPS "/%" PRIu64 "/type", group->id);
	n = io_read(topology->ctx, path, text, sizeof(text));
	if (n > 0) {
		word = parse_word(text, domain_types, ARRAY_SIZE(domain_types));
		group->has_type = word >= 0;
		group->type = word < 0 ? IOMMUCTL_DOMAIN_UNKNOWN : (enum iommuctl_domain_type)word;
		if (word < 0)
			context_note(topology->ctx, path, EBADMSG);
	} else {
		context_note(topology->ctx, path, n < 0 ? (int)-n : ENODATA);
	}
	io_path(path, sizeof(path), SYSFS_GROUPS "/%" PRIu64 "/name", group->id);
	if (io_read(topology->ctx, path, text, sizeof(text)) > 0) {
		group->name = arena_strdup(&topology->arena, text);
		if (!group->name)
			return -ENOMEM;
	}
	io_path(path, sizeof(path), SYSFS_GROUPS "/%" PRIu64 "/reserved_regions", group->id);
	return load_regions(topology, group, path);
}

IOMMUCTL_EXPORT const char *iommuctl_domain_type_to_string(enum iommuctl_domain_type type)
{
	return domain_types[(size_t)type < ARRAY_SIZE(domain_types) ? type : 0];
}

IOMMUCTL_EXPORT const char *iommuctl_region_type_to_string(enum iommuctl_region_type type)
{
	return region_types[(size_t)type < ARRAY_SIZE(region_types) ? type : 0];
}

IOMMUCTL_EXPORT uint64_t iommuctl_group_get_id(const struct iommuctl_group *group)
{
	return group ? group->id : 0;
}

IOMMUCTL_EXPORT const char *iommuctl_group_get_name(const struct iommuctl_group *group)
{
	return group ? group->name : NULL;
}

IOMMUCTL_EXPORT int iommuctl_group_get_type(const struct iommuctl_group *group,
					    enum iommuctl_domain_type *ret_type)
{
	if (!group || !ret_type)
		return -EINVAL;
	if (!group->has_type)
		return -ENODATA;
	*ret_type = group->type;
	return 0;
}

IOMMUCTL_EXPORT const struct iommuctl_device *
iommuctl_group_get_device(const struct iommuctl_group *group, size_t i)
{
	return group && i < group->device_count ? group->devices[i] : NULL;
}

IOMMUCTL_EXPORT int iommuctl_group_get_region_count(const struct iommuctl_group *group,
						    size_t *ret_count)
{
	if (!group || !ret_count)
		return -EINVAL;
	if (!group->has_regions)
		return -ENODATA;
	*ret_count = group->region_count;
	return 0;
}

IOMMUCTL_EXPORT const struct iommuctl_region *
iommuctl_group_get_region(const struct iommuctl_group *group, size_t i)
{
	return group && i < group->region_count ? &group->regions[i] : NULL;
}

/*
 * The kernel's drivers with driver_managed_dma. All of VFIO's have "vfio" in
 * their name.
 */
bool driver_leaves_dma(const char *driver)
{
	return !driver || strstr(driver, "vfio") || strcmp(driver, "pci-stub") == 0 ||
	       strcmp(driver, "pcieport") == 0 || strcmp(driver, "fsl_mc_dprc") == 0;
}

IOMMUCTL_EXPORT int iommuctl_group_is_viable(const struct iommuctl_group *group,
					     const struct iommuctl_device **ret_blocker)
{
	const struct iommuctl_device *blocker = NULL;

	if (!group)
		return -EINVAL;
	if (!group->has_regions)
		return -ENODATA;
	for (size_t i = 0; i < group->device_count; i++)
		if (!group->devices[i]->has_driver)
			return -ENODATA;
		else if (!blocker && !driver_leaves_dma(group->devices[i]->driver))
			blocker = group->devices[i];
	if (ret_blocker)
		*ret_blocker = blocker;
	if (blocker)
		return 0;
	for (size_t i = 0; i < group->region_count; i++)
		if (group->regions[i].type == IOMMUCTL_REGION_DIRECT)
			return 0;
	return 1;
}
