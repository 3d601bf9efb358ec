/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What ACPI's IORT tells of SMMUv3s: what the firmware says in place of their registers, and what
 * the root complexes behind them can do. (IO Remapping Table, DEN 0049.)
 */
#include "iort.h"

#include <errno.h>
#include <string.h>

#include "paths.h"

#define TABLE_MAX (1u << 20)

/* offsets in the table */
#define NODE_COUNT  36
#define FIRST_NODE  40
#define HEADER_SIZE 48
/* in a node */
#define NODE_LENGTH	   1
#define NODE_MAPPING_COUNT 8
#define NODE_MAPPINGS	   12
#define NODE_SIZE	   16
#define SMMU_BASE	   16
#define SMMU_FLAGS	   24
#define ROOT_MEMORY_FLAGS  23
#define ROOT_ATS	   24
#define ROOT_SEGMENT	   28
/* in a mapping of ids */
#define MAPPING_TO   12
#define MAPPING_SIZE 20

enum { NODE_ROOT_COMPLEX = 2, NODE_SMMU_V3 = 4 };

struct node {
	const unsigned char *data;
	size_t offset, size;
};

/* BYTES at AT, the lowest first; 0 where the node ends before. */
static uint64_t get(const struct node *node, size_t at, unsigned int bytes)
{
	uint64_t value = 0;

	if (at > node->size || node->size - at < bytes)
		return 0;
	while (bytes-- > 0)
		value = value << 8 | node->data[at + bytes];
	return value;
}

/* From the table itself, or from a node, to the next one. */
static bool next(const struct node *table, struct node *node)
{
	size_t at = node->data ? node->offset + node->size : get(table, FIRST_NODE, 4), length;

	length = get(table, at + NODE_LENGTH, 2);
	if (at < HEADER_SIZE || length < NODE_SIZE || at > table->size || length > table->size - at)
		return false;
	*node = (struct node){ table->data + at, at, length };
	return true;
}

static int compare_offsets(const void *a, const void *b)
{
	const struct iort_smmu *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int compare_bases(const void *a, const void *b)
{
	const struct iort_smmu *x = a, *y = b;

	return x->base < y->base ? -1 : x->base > y->base;
}

static void add_root_complex(const struct node *node, struct iort *iort)
{
	size_t at = get(node, NODE_MAPPINGS, 4);

	for (uint64_t n = get(node, NODE_MAPPING_COUNT, 4);
	     n > 0 && at <= node->size && node->size - at >= MAPPING_SIZE; n--) {
		struct iort_smmu key = { .offset = get(node, at + MAPPING_TO, 4) }, *smmu;

		smmu = bsearch(&key, iort->smmus, iort->count, sizeof(key), compare_offsets);
		if (smmu) {
			smmu->canwbs |= get(node, ROOT_MEMORY_FLAGS, 1) >> 2 & 1;
			smmu->ats |= get(node, ROOT_ATS, 4) & 1;
		}
		at += MAPPING_SIZE;
	}
}

int iort_parse(const void *data, size_t size, struct iort *ret_iort)
{
	const struct node table = { data, 0, size };
	struct iort iort = { 0 };
	struct node node = { 0 };
	uint64_t left;

	for (left = get(&table, NODE_COUNT, 4); left > 0 && next(&table, &node); left--) {
		struct iort_smmu *smmu;

		if (node.data[0] != NODE_SMMU_V3)
			continue;
		smmu = array_grow(&iort.smmus, &iort.count, sizeof(*smmu));
		if (!smmu) {
			free(iort.smmus);
			return -ENOMEM;
		}
		smmu->offset = node.offset;
		smmu->base = get(&node, SMMU_BASE, 8);
		smmu->flags = (uint32_t)get(&node, SMMU_FLAGS, 4);
	}
	node.data = NULL;
	for (left = iort.count > 0 ? get(&table, NODE_COUNT, 4) : 0;
	     left > 0 && next(&table, &node); left--)
		if (node.data[0] == NODE_ROOT_COMPLEX)
			add_root_complex(&node, &iort);
	if (iort.count > 0)
		qsort(iort.smmus, iort.count, sizeof(*iort.smmus), compare_bases);
	*ret_iort = iort;
	return 0;
}

int iort_has_ats(const void *data, size_t size, uint64_t segment)
{
	const struct node table = { data, 0, size };
	struct node node = { 0 };

	for (uint64_t left = get(&table, NODE_COUNT, 4); left > 0 && next(&table, &node); left--)
		if (node.data[0] == NODE_ROOT_COMPLEX && get(&node, ROOT_SEGMENT, 4) == segment)
			return get(&node, ROOT_ATS, 4) & 1;
	return -ENOENT;
}

static void read_table(struct iommuctl_topology *topology)
{
	static const char path[] = ACPI_TABLES "/IORT";
	CLEANUP(free_text) char *data = NULL;
	ssize_t n = io_read_all(topology->ctx, path, TABLE_MAX, &data);

	if (n >= 0)
		n = iort_parse(data, (size_t)n, &topology->iort);
	if (n < 0)
		context_note(topology->ctx, path, (int)-n);
}

const struct iort_smmu *iort_find(struct iommuctl_topology *topology, uint64_t base)
{
	const struct iort_smmu key = { .base = base };

	if (!topology->iort_read)
		read_table(topology);
	topology->iort_read = true;
	return topology->iort.count > 0 ? bsearch(&key, topology->iort.smmus, topology->iort.count,
						  sizeof(key), compare_bases)
					: NULL;
}
