/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One look at the machine: names and membership, then the facts the flags ask for. */
#include <errno.h>
#include <limits.h>

#include "internal.h"
#include "paths.h"

static int load_facts(struct iommuctl_topology *topology)
{
	int r = 0;

	if (topology->flags & IOMMUCTL_LOAD_REGISTERS) {
		for (size_t i = 0; i < topology->iommu_count; i++)
			iommu_load(topology, &topology->iommus[i]);
		r = topology_compare_units(topology);
	}
	if (topology->flags & IOMMUCTL_LOAD_GROUPS)
		for (size_t i = 0; r >= 0 && i < topology->group_count; i++)
			r = group_load(topology, &topology->groups[i]);
	if (topology->flags & IOMMUCTL_LOAD_DEVICES)
		for (size_t i = 0; r >= 0 && i < topology->device_count; i++)
			r = device_load(topology, &topology->devices[i]);
	if (r >= 0)
		r = device_load_links(topology);
	if (r >= 0 && topology->flags & IOMMUCTL_LOAD_NAMES)
		r = device_load_names(topology);
	return r;
}

/* An empty answer must not come from a mistyped directory. */
static int check_root(struct iommuctl_context *ctx)
{
	if (io_exists(ctx, SYSFS))
		return 0;
	return diag_set(
		ctx, ENOENT, SYSFS, "read the machine",
		ctx->has_root ? "not there: the root is no copy of a machine, whose sys is below it"
			      : NULL);
}

IOMMUCTL_EXPORT int iommuctl_topology_load(struct iommuctl_context *ctx, unsigned int flags,
					   struct iommuctl_topology **ret_topology)
{
	struct iommuctl_topology *topology;
	int r;

	if (!ctx || !ret_topology || flags & ~IOMMUCTL_LOAD_ALL)
		return -EINVAL;
	r = check_root(ctx);
	if (r < 0)
		return r;
	topology = calloc(1, sizeof(*topology));
	if (!topology)
		return -ENOMEM;
	if (flags & IOMMUCTL_LOAD_NAMES)
		flags |= IOMMUCTL_LOAD_DEVICES;
	topology->refs = 1;
	topology->flags = flags;
	topology->ctx = iommuctl_context_ref(ctx);
	context_clear_notes(ctx);
	r = topology_load_names(topology);
	if (r >= 0)
		r = load_facts(topology);
	if (r < 0) {
		iommuctl_topology_unref(topology);
		return diag_set(ctx, -r, SYSFS, "read the machine", NULL);
	}
	*ret_topology = topology;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_topology *iommuctl_topology_ref(struct iommuctl_topology *topology)
{
	if (topology)
		topology->refs++;
	return topology;
}

IOMMUCTL_EXPORT struct iommuctl_topology *
iommuctl_topology_unref(struct iommuctl_topology *topology)
{
	if (!topology || --topology->refs > 0)
		return NULL;
	iommuctl_context_unref(topology->ctx);
	arena_free(&topology->arena);
	free(topology->iommus);
	free(topology->groups);
	free(topology->devices);
	free(topology->disagreements);
	iommuctl_log_free(topology->log);
	free(topology->log_index);
	free(topology->iort.smmus);
	free(topology);
	return NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_iommu *
iommuctl_topology_get_iommu(const struct iommuctl_topology *topology, size_t i)
{
	return topology && i < topology->iommu_count ? &topology->iommus[i] : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_group *
iommuctl_topology_get_group(const struct iommuctl_topology *topology, size_t i)
{
	return topology && i < topology->group_count ? &topology->groups[i] : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_device *
iommuctl_topology_get_device(const struct iommuctl_topology *topology, size_t i)
{
	return topology && i < topology->device_count ? &topology->devices[i] : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_iommu *
iommuctl_topology_find_iommu(const struct iommuctl_topology *topology, const char *name)
{
	char buf[PATH_MAX];

	name = topology && name ? path_name(name, buf, sizeof(buf)) : NULL;
	return name ? topology_iommu(topology, name) : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_group *
iommuctl_topology_find_group(const struct iommuctl_topology *topology, const char *id)
{
	char buf[PATH_MAX];
	uint64_t number;

	id = topology && id ? path_name(id, buf, sizeof(buf)) : NULL;
	return id && parse_u64(id, 10, &number) ? topology_group(topology, number) : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_device *
iommuctl_topology_find_device(const struct iommuctl_topology *topology, const char *name)
{
	char buf[PATH_MAX];

	name = topology && name ? path_name(name, buf, sizeof(buf)) : NULL;
	return name ? topology_device(topology, name) : NULL;
}
