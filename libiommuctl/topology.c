/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One look at the machine: names and membership from /sys/class/iommu,
 * /sys/kernel/iommu_groups and /sys/bus/pci/devices, then what the flags ask.
 * Documented in the kernel's ABI/testing/sysfs-class-iommu and
 * sysfs-kernel-iommu_groups.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

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

const char *path_last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int compare_devices(const void *left, const void *right)
{
	const struct iommuctl_device *a = left, *b = right;

	if (a->is_pci != b->is_pci)
		return a->is_pci ? -1 : 1;
	if (a->is_pci)
		return (a->pci_address > b->pci_address) - (a->pci_address < b->pci_address);
	return strverscmp(a->name, b->name);
}

static int compare_groups(const void *left, const void *right)
{
	const struct iommuctl_group *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

static int compare_iommus(const void *left, const void *right)
{
	const struct iommuctl_iommu *a = left, *b = right;

	return strverscmp(a->name, b->name);
}

static void sort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	if (count > 1)
		qsort(array, count, size, compare);
}

/* Sorted by then; COUNT falls where names repeat. */
static size_t unique(void *array, size_t count, size_t size,
		     int (*compare)(const void *, const void *))
{
	char *base = array;
	size_t kept = count > 0;

	for (size_t i = 1; i < count; i++)
		if (compare(base + (kept - 1) * size, base + i * size) != 0)
			memmove(base + kept++ * size, base + i * size, size);
	return kept;
}

struct iommuctl_device *topology_device(struct iommuctl_topology *topology, const char *name)
{
	struct iommuctl_device key = { .name = name };

	key.is_pci = parse_pci_address(name, &key.pci_address);
	return topology->device_count == 0
		       ? NULL
		       : bsearch(&key, topology->devices, topology->device_count, sizeof(key),
				 compare_devices);
}

static struct iommuctl_group *find_group(struct iommuctl_topology *topology, uint64_t id)
{
	struct iommuctl_group key = { .id = id };

	return topology->group_count == 0 ? NULL
					  : bsearch(&key, topology->groups, topology->group_count,
						    sizeof(key), compare_groups);
}

static struct iommuctl_iommu *find_iommu(struct iommuctl_topology *topology, const char *name)
{
	struct iommuctl_iommu key = { .name = name };

	return topology->iommu_count == 0 ? NULL
					  : bsearch(&key, topology->iommus, topology->iommu_count,
						    sizeof(key), compare_iommus);
}

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
	group->id = id;
	return 0;
}

static int add_iommu(const char *name, void *data)
{
	struct iommuctl_topology *topology = data;
	struct iommuctl_iommu *iommu =
		array_grow(&topology->iommus, &topology->iommu_count, sizeof(*iommu));
	char path[PATH_MAX];

	if (!iommu || io_path(path, sizeof(path), "/" SYSFS_IOMMU "/%s", name) < 0)
		return -ENOMEM;
	iommu->node = arena_strdup(&topology->arena, path);
	if (!iommu->node)
		return -ENOMEM;
	iommu->name = path_last(iommu->node);
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
	sort(topology->devices, topology->device_count, sizeof(*topology->devices),
	     compare_devices);
	topology->device_count = unique(topology->devices, topology->device_count,
					sizeof(*topology->devices), compare_devices);
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
		sort(topology->groups, topology->group_count, sizeof(*topology->groups),
		     compare_groups);
		topology->group_count = unique(topology->groups, topology->group_count,
					       sizeof(*topology->groups), compare_groups);
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
			device->iommu = find_iommu(topology, member->iommu);
		else
			device->group = find_group(topology, member->group_id);
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

static int load_names(struct iommuctl_topology *topology)
{
	struct loader loader = { .topology = topology };
	int r;

	r = list(topology->ctx, SYSFS_PCI, add_pci_device, topology);
	sort(topology->devices, topology->device_count, sizeof(*topology->devices),
	     compare_devices);
	if (r >= 0)
		r = list(topology->ctx, SYSFS_GROUPS, add_group, topology);
	sort(topology->groups, topology->group_count, sizeof(*topology->groups), compare_groups);
	topology->group_count = unique(topology->groups, topology->group_count,
				       sizeof(*topology->groups), compare_groups);
	if (r >= 0)
		r = list(topology->ctx, SYSFS_IOMMU, add_iommu, topology);
	sort(topology->iommus, topology->iommu_count, sizeof(*topology->iommus), compare_iommus);
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

static int load_facts(struct iommuctl_topology *topology)
{
	int r = 0;

	if (topology->flags & IOMMUCTL_LOAD_REGISTERS)
		for (size_t i = 0; i < topology->iommu_count; i++)
			iommu_load(topology, &topology->iommus[i]);
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
	CLEANUP(close_fd) int fd = io_open(ctx, SYSFS, O_PATH | O_DIRECTORY);

	if (fd >= 0)
		return 0;
	return diag_set(ctx, -fd, SYSFS, "read the machine",
			fd == -ENOENT && ctx->has_root
				? "not there: the root is no copy of a machine"
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
	r = load_names(topology);
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
	return topology && name ? find_iommu((struct iommuctl_topology *)topology, path_last(name))
				: NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_group *
iommuctl_topology_find_group(const struct iommuctl_topology *topology, const char *id)
{
	uint64_t number;

	return topology && id && parse_u64(path_last(id), 10, &number)
		       ? find_group((struct iommuctl_topology *)topology, number)
		       : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_device *
iommuctl_topology_find_device(const struct iommuctl_topology *topology, const char *name)
{
	return topology && name
		       ? topology_device((struct iommuctl_topology *)topology, path_last(name))
		       : NULL;
}
