/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is there and who belongs to whom: /sys/bus/pci/devices,
 * /sys/kernel/iommu_groups and /sys/class/iommu, a listing a directory. Devices
 * of other buses are known from the groups and IOMMUs they belong to.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>

#include "internal.h"
#include "paths.h"

/* "This device is a member of that": collected first, resolved when all are known. */
struct member {
	const char *name;
	size_t device; /* index of the device of that name */
	uint64_t group_id;
	const char *iommu; /* NULL: a member of the group */
};

struct loader {
	struct iommuctl_topology *topology;
	struct member *members;
	size_t member_count;
	struct member owner; /* of the directory being listed */
	uint64_t *addresses; /* of the devices on the PCI bus, in their order: compact to search */
	size_t address_count;
};

static int add_device(struct iommuctl_topology *topology, const char *name, const char *path)
{
	struct iommuctl_device *device =
		array_grow(&topology->devices, &topology->device_count, sizeof(*device));

	if (!device)
		return -ENOMEM;
	device->name = name;
	device->path = path;
	device->topology = topology;
	device->is_pci = parse_pci_address(name, &device->pci_address);
	return 0;
}

static int add_pci_device(const char *name, void *data)
{
	struct iommuctl_topology *topology = data;
	const char *copy = arena_strdup(&topology->arena, name);

	/* the path follows from the name */
	return copy ? add_device(topology, copy, NULL) : -ENOMEM;
}

static int add_group(const char *name, void *data)
{
	struct iommuctl_topology *topology = data;
	struct iommuctl_group *group;
	uint64_t id;

	/* the kernel writes no leading zeros */
	if (!parse_u64(name, 10, &id) || (name[0] == '0' && name[1]))
		return 0;
	group = array_grow(&topology->groups, &topology->group_count, sizeof(*group));
	if (!group)
		return -ENOMEM;
	group->topology = topology;
	group->id = id;
	return 0;
}

static int add_iommu(const char *name, void *data)
{
	struct iommuctl_topology *topology = data;
	struct iommuctl_iommu *iommu;
	char path[PATH_MAX];
	const char *node;

	if (io_path(path, sizeof(path), "/" SYSFS_IOMMU "/%s", name) < 0)
		return 0;
	node = arena_strdup(&topology->arena, path);
	iommu = node ? array_grow(&topology->iommus, &topology->iommu_count, sizeof(*iommu)) : NULL;
	if (!iommu)
		return -ENOMEM;
	iommu->node = node;
	iommu->name = path_last(node);
	return 0;
}

static int add_member(const char *name, void *data)
{
	struct loader *loader = data;
	struct member *member =
		array_grow(&loader->members, &loader->member_count, sizeof(*member));

	if (!member)
		return -ENOMEM;
	*member = loader->owner;
	member->name = arena_strdup(&loader->topology->arena, name);
	return member->name ? 0 : -ENOMEM;
}

/* A directory that is not there has no entries; one that cannot be read is noted. */
static int list(struct iommuctl_context *ctx, const char *path,
		int (*fn)(const char *name, void *data), void *data)
{
	int r = io_list(ctx, path, fn, data);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		context_note(ctx, path, -r);
	return 0;
}

static int list_members(struct loader *loader)
{
	struct iommuctl_topology *topology = loader->topology;
	char path[PATH_MAX];
	int r;

	for (size_t i = 0; i < topology->group_count; i++) {
		loader->owner = (struct member){ .group_id = topology->groups[i].id };
		io_path(path, sizeof(path), SYSFS_GROUPS "/%" PRIu64 "/devices",
			topology->groups[i].id);
		r = list(topology->ctx, path, add_member, loader);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < topology->iommu_count; i++) {
		loader->owner = (struct member){ .iommu = topology->iommus[i].name };
		if (io_path(path, sizeof(path), "%s/devices", topology->iommus[i].node + 1) < 0)
			continue;
		r = list(topology->ctx, path, add_member, loader);
		if (r < 0)
			return r;
	}
	return 0;
}

static int compare_addresses(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static int index_addresses(struct loader *loader)
{
	const struct iommuctl_topology *topology = loader->topology;

	free(loader->addresses);
	loader->addresses = calloc(topology->device_count + 1, sizeof(*loader->addresses));
	if (!loader->addresses)
		return -ENOMEM;
	for (loader->address_count = 0; loader->address_count < topology->device_count &&
					topology->devices[loader->address_count].is_pci;
	     loader->address_count++)
		loader->addresses[loader->address_count] =
			topology->devices[loader->address_count].pci_address;
	return 0;
}

/* Where the member stands among the devices; false when it is none of them yet. */
static bool find_member(const struct loader *loader, struct member *member)
{
	const struct iommuctl_topology *topology = loader->topology;
	const struct iommuctl_device *device;
	const uint64_t *found;
	uint64_t address;

	if (parse_pci_address(member->name, &address)) {
		found = bsearch(&address, loader->addresses, loader->address_count, sizeof(address),
				compare_addresses);
		member->device = found ? (size_t)(found - loader->addresses) : 0;
		return found;
	}
	device = topology_device(loader->topology, member->name);
	member->device = device ? (size_t)(device - topology->devices) : 0;
	return device;
}

/* A member that the PCI bus does not list is known by its owner's link. */
static int add_other_device(struct iommuctl_topology *topology, const struct member *member)
{
	char path[PATH_MAX];
	const char *copy;
	int r;

	r = member->iommu ? io_path(path, sizeof(path), SYSFS_IOMMU "/%s/devices/%s", member->iommu,
				    member->name)
			  : io_path(path, sizeof(path), SYSFS_GROUPS "/%" PRIu64 "/devices/%s",
				    member->group_id, member->name);
	if (r < 0)
		return 0;
	copy = arena_strdup(&topology->arena, path);
	return copy ? add_device(topology, path_last(copy), copy) : -ENOMEM;
}

static int find_members(struct loader *loader)
{
	struct iommuctl_topology *topology = loader->topology;
	size_t listed = topology->device_count;
	int r = index_addresses(loader);

	for (size_t i = 0; r >= 0 && i < loader->member_count; i++)
		if (!find_member(loader, &loader->members[i]))
			r = add_other_device(topology, &loader->members[i]);
	if (r < 0 || topology->device_count == listed)
		return r;
	topology_sort_devices(topology);
	r = index_addresses(loader);
	for (size_t i = 0; r >= 0 && i < loader->member_count; i++)
		find_member(loader, &loader->members[i]);
	return r;
}

/* The device's own links, for a tree that has only those: -ENOENT when it has none. */
static int follow_links(struct loader *loader, size_t index)
{
	struct iommuctl_topology *topology = loader->topology;
	const char *name = topology->devices[index].name;
	char path[PATH_MAX], target[PATH_MAX];
	int r;

	if (io_path(path, sizeof(path), SYSFS_PCI "/%s/iommu_group", name) < 0 ||
	    io_readlink(topology->ctx, path, target, sizeof(target)) < 0 ||
	    !parse_u64(path_last(target), 10, &loader->owner.group_id))
		return 0;
	loader->owner.device = index;
	loader->owner.iommu = NULL;
	r = add_member(name, loader);
	if (r >= 0)
		r = add_group(path_last(target), topology);
	io_path(path, sizeof(path), SYSFS_PCI "/%s/iommu", name);
	if (r < 0 || io_readlink(topology->ctx, path, target, sizeof(target)) < 0)
		return r;
	loader->owner.iommu = arena_strdup(&topology->arena, path_last(target));
	return loader->owner.iommu ? add_member(name, loader) : -ENOMEM;
}

static int add_missing_members(struct loader *loader)
{
	struct iommuctl_topology *topology = loader->topology;
	bool *seen = calloc(topology->device_count + 1, sizeof(*seen));
	size_t known = topology->group_count;
	int r = seen ? 0 : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < loader->member_count; i++)
		if (!loader->members[i].iommu)
			seen[loader->members[i].device] = true;
	for (size_t i = 0; r >= 0 && i < topology->device_count; i++)
		if (!seen[i] && !topology->devices[i].path)
			r = follow_links(loader, i);
	if (topology->group_count > known) {
		topology_sort_groups(topology);
	}
	free(seen);
	return r;
}

/* From members to pointers, and from those to each owner's list in the devices' order. */
static int resolve_members(struct loader *loader)
{
	struct iommuctl_topology *topology = loader->topology;

	for (size_t i = 0; i < loader->member_count; i++) {
		const struct member *member = &loader->members[i];
		struct iommuctl_device *device = &topology->devices[member->device];

		if (member->iommu)
			device->iommu = topology_iommu(topology, member->iommu);
		else
			device->group = topology_group(topology, member->group_id);
	}
	for (size_t i = 0; i < topology->device_count; i++) {
		if (topology->devices[i].group)
			((struct iommuctl_group *)topology->devices[i].group)->device_count++;
		if (topology->devices[i].iommu)
			((struct iommuctl_iommu *)topology->devices[i].iommu)->device_count++;
	}
	for (size_t i = 0; i < topology->group_count; i++) {
		struct iommuctl_group *group = &topology->groups[i];

		group->devices = arena_alloc(&topology->arena,
					     group->device_count * sizeof(*group->devices));
		group->device_count = 0;
		if (!group->devices)
			return -ENOMEM;
	}
	for (size_t i = 0; i < topology->iommu_count; i++) {
		struct iommuctl_iommu *iommu = &topology->iommus[i];

		iommu->devices = arena_alloc(&topology->arena,
					     iommu->device_count * sizeof(*iommu->devices));
		iommu->device_count = 0;
		if (!iommu->devices)
			return -ENOMEM;
	}
	for (size_t i = 0; i < topology->device_count; i++) {
		const struct iommuctl_device *device = &topology->devices[i];
		struct iommuctl_group *group = (struct iommuctl_group *)device->group;
		struct iommuctl_iommu *iommu = (struct iommuctl_iommu *)device->iommu;

		if (group)
			group->devices[group->device_count++] = device;
		if (iommu)
			iommu->devices[iommu->device_count++] = device;
	}
	return 0;
}

int topology_load_names(struct iommuctl_topology *topology)
{
	struct loader loader = { .topology = topology };
	int r;

	r = list(topology->ctx, SYSFS_PCI, add_pci_device, topology);
	if (r >= 0)
		r = list(topology->ctx, SYSFS_GROUPS, add_group, topology);
	if (r >= 0)
		r = list(topology->ctx, SYSFS_IOMMU, add_iommu, topology);
	topology_sort_devices(topology);
	topology_sort_groups(topology);
	topology_sort_iommus(topology);
	if (r >= 0)
		r = list_members(&loader);
	if (r >= 0)
		r = find_members(&loader);
	if (r >= 0)
		r = add_missing_members(&loader);
	if (r >= 0)
		r = resolve_members(&loader);
	free(loader.members);
	free(loader.addresses);
	return r;
}
