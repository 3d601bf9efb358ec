/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of a topology's arrays, and finding in them by name. */
#include <string.h>

#include "internal.h"

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

/* Sort, and keep one of those that compare equal. Returns how many are left. */
static size_t sort(void *array, size_t count, size_t size,
		   int (*compare)(const void *, const void *))
{
	char *base = array;
	size_t kept = count > 0;

	if (count > 1)
		qsort(array, count, size, compare);
	for (size_t i = 1; i < count; i++)
		if (compare(base + (kept - 1) * size, base + i * size) != 0)
			memmove(base + kept++ * size, base + i * size, size);
	return kept;
}

static void *find(const void *key, const void *array, size_t count, size_t size,
		  int (*compare)(const void *, const void *))
{
	return count > 0 ? bsearch(key, array, count, size, compare) : NULL;
}

void topology_sort_devices(struct iommuctl_topology *topology)
{
	topology->device_count = sort(topology->devices, topology->device_count,
				      sizeof(*topology->devices), compare_devices);
}

void topology_sort_groups(struct iommuctl_topology *topology)
{
	topology->group_count = sort(topology->groups, topology->group_count,
				     sizeof(*topology->groups), compare_groups);
}

void topology_sort_iommus(struct iommuctl_topology *topology)
{
	topology->iommu_count = sort(topology->iommus, topology->iommu_count,
				     sizeof(*topology->iommus), compare_iommus);
}

struct iommuctl_device *topology_device(const struct iommuctl_topology *topology, const char *name)
{
	struct iommuctl_device key = { .name = name };

	key.is_pci = parse_pci_address(name, &key.pci_address);
	return find(&key, topology->devices, topology->device_count, sizeof(key), compare_devices);
}

struct iommuctl_group *topology_group(const struct iommuctl_topology *topology, uint64_t id)
{
	struct iommuctl_group key = { .id = id };

	return find(&key, topology->groups, topology->group_count, sizeof(key), compare_groups);
}

struct iommuctl_iommu *topology_iommu(const struct iommuctl_topology *topology, const char *name)
{
	struct iommuctl_iommu key = { .name = name };

	return find(&key, topology->iommus, topology->iommu_count, sizeof(key), compare_iommus);
}
