/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel's log tells of an IOMMU, found by the name of its device. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "internal.h"

const char source_log[] = "kernel log";

static int compare(const void *a, const void *b)
{
	const struct iommuctl_log_entry *const *x = a, *const *y = b;
	int r = strcmp((*x)->object, (*y)->object);

	/* an entry's place in the log, too: a later one counts */
	return r != 0 ? r : (*x)->line < (*y)->line ? -1 : (*x)->line > (*y)->line;
}

static int make_index(struct iommuctl_topology *topology)
{
	const struct iommuctl_log_entry *entry;
	size_t count = 0;

	for (size_t i = 0; iommuctl_log_get(topology->log, i); i++)
		count++;
	topology->log_index = calloc(count + 1, sizeof(*topology->log_index));
	if (!topology->log_index)
		return -ENOMEM;
	for (size_t i = 0; (entry = iommuctl_log_get(topology->log, i)); i++)
		if (entry->object)
			topology->log_index[topology->log_count++] = entry;
	qsort(topology->log_index, topology->log_count, sizeof(*topology->log_index), compare);
	return 0;
}

static void read_log(struct iommuctl_topology *topology)
{
	CLEANUP(free_text) char *text = NULL;
	size_t length;
	int r = log_read_kernel(topology->ctx, &text, &length);

	topology->log_read = true;
	if (r >= 0)
		r = iommuctl_log_parse(text, length, &topology->log);
	if (r >= 0)
		r = make_index(topology);
	if (r < 0 && r != -ESTALE)
		context_note(topology->ctx, "kernel log", -r);
}

bool iommu_device_name(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
		       char *name, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];

	return io_path(path, sizeof(path), "%s/device", iommu->node + 1) >= 0 &&
	       io_readlink(topology->ctx, path, target, sizeof(target)) > 0 &&
	       io_path(name, size, "%s", path_last(target)) >= 0;
}

void iommu_read_log(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu,
		    void (*part)(struct iommuctl_iommu *iommu,
				 const struct iommuctl_log_entry *entry))
{
	char name[256];
	size_t low = 0, high;

	if (!iommu_device_name(topology, iommu, name, sizeof(name)))
		return;
	if (!topology->log_read)
		read_log(topology);
	high = topology->log_count;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(topology->log_index[middle]->object, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < topology->log_count && strcmp(topology->log_index[low]->object, name) == 0;
	     low++) {
		const struct iommuctl_log_entry *entry = topology->log_index[low];
		uint64_t meant = ~iommuctl_register_get_reserved(entry->reg, UINT64_MAX);

		if (iommuctl_register_get_model(entry->reg) != iommu->model)
			continue;
		if ((meant & ~entry->known) == 0)
			iommu_add_register(iommu, iommuctl_register_get_name(entry->reg),
					   entry->value, source_log);
		else if (part)
			part(iommu, entry);
	}
}

void iommu_log_numbers(struct iommuctl_iommu *iommu, const struct log_number *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct register_value *reg = iommu_find_register(iommu, numbers[i].reg);

		if (reg)
			feature_set(iommu, numbers[i].feature,
				    iommuctl_field_decode(reg->reg->fields, reg->value),
				    reg->source);
	}
}
