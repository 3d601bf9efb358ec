/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placing.h"

#include <errno.h>
#include <inttypes.h>

#define GIB4 UINT64_C(0x100000000)

const char *const use_names[USE_COUNT] = { "ram", "mmio", "mmio64" };
const enum param_id use_params[USE_COUNT] = { PARAM_RAM, PARAM_MMIO, PARAM_MMIO64 };

static const struct iommuctl_layout_block blocks[USE_COUNT] = {
	[USE_RAM] = { .window = { 0, UINT64_MAX }, .flags = IOMMUCTL_LAYOUT_SPLIT },
	[USE_MMIO] = { .window = { 0, GIB4 - 1 }, .flags = IOMMUCTL_LAYOUT_TOP },
	[USE_MMIO64] = { .window = { GIB4, UINT64_MAX } },
};

const char *const placing_conflict_kinds[] = {
	[IOMMUCTL_LAYOUT_CONFLICT_REGION] = "region",
	[IOMMUCTL_LAYOUT_CONFLICT_LIMIT] = "limit",
	[IOMMUCTL_LAYOUT_CONFLICT_BLOCK] = "placement",
};

uint64_t placing_alignment(const struct placing *placing)
{
	return placing->alignment ? placing->alignment : 0x200000;
}

/* Whatever is in none of the windows is excluded. */
static int exclude_others(const struct placing *placing, struct iommuctl_layout *layout)
{
	struct iommuctl_region region = { .type = IOMMUCTL_REGION_UNKNOWN };
	struct iommuctl_range_set *set = NULL;
	int r = iommuctl_range_set_new(&set);

	if (r >= 0)
		r = iommuctl_range_set_add(set, (struct iommuctl_range){ 0, UINT64_MAX });
	for (size_t i = 0; r >= 0 && i < placing->window_count; i++)
		r = iommuctl_range_set_subtract(set, placing->windows[i]);
	for (size_t i = 0; r >= 0 && iommuctl_range_set_get(set, i, &region.range) == 0; i++)
		r = iommuctl_layout_exclude(layout, "--window", &region);
	iommuctl_range_set_free(set);
	return r;
}

int placing_new_layout(const struct placing *placing, struct iommuctl_layout **ret_layout)
{
	struct iommuctl_layout *layout = NULL;
	int r = iommuctl_layout_new(&layout);

	if (r >= 0 && placing->bits)
		r = iommuctl_layout_limit(layout, "--bits", placing->bits);
	if (r >= 0 && placing->window_count)
		r = exclude_others(placing, layout);
	if (r < 0)
		iommuctl_layout_free(layout);
	else
		*ret_layout = layout;
	return r;
}

int placing_solve(struct placing *placing)
{
	int r = 0, n = 0;

	for (int i = 0; r >= 0 && i < USE_COUNT; i++) {
		struct iommuctl_layout_block block = blocks[i];

		block.size = placing->sizes[i];
		block.alignment = placing_alignment(placing);
		if (!block.size)
			continue;
		placing->uses[n++] = i;
		r = iommuctl_layout_add_block(placing->layout, &block, NULL);
	}
	return r < 0 ? r : iommuctl_layout_solve(placing->layout);
}

int placing_get(const struct placing *placing, struct placement **ret, size_t *ret_count)
{
	struct iommuctl_layout_piece piece;
	struct placement *placements;
	size_t n = 0;

	while (iommuctl_layout_get_piece(placing->layout, n, &piece) == 0)
		n++;
	placements = calloc(n + 1, sizeof(*placements));
	if (!placements)
		return -ENOMEM;
	for (size_t i = 0; iommuctl_layout_get_piece(placing->layout, i, &piece) == 0; i++)
		placements[i] =
			(struct placement){ use_names[placing->uses[piece.block]], piece.range };
	*ret = placements;
	*ret_count = n;
	return 0;
}

const char *placing_failed(const struct placing *placing, uint64_t *ret_size)
{
	size_t failed;

	if (iommuctl_layout_get_failed_block(placing->layout, &failed) < 0)
		return NULL;
	*ret_size = placing->sizes[placing->uses[failed]];
	return use_names[placing->uses[failed]];
}

const char *placing_owner(const struct placing *placing,
			  const struct iommuctl_layout_conflict *conflict)
{
	return conflict->kind == IOMMUCTL_LAYOUT_CONFLICT_BLOCK
		       ? use_names[placing->uses[conflict->block]]
		       : conflict->owner;
}

char *placing_conflict(const struct placing *placing, size_t i)
{
	struct iommuctl_layout_conflict conflict;
	const struct iommuctl_range *range = &conflict.region.range;
	const char *host, *colon;
	char *text = NULL;
	int n;

	if (iommuctl_layout_get_conflict(placing->layout, i, &conflict) < 0)
		return NULL;
	host = conflict.host ? conflict.host : "";
	colon = conflict.host ? ":" : "";
	if (conflict.kind == IOMMUCTL_LAYOUT_CONFLICT_LIMIT)
		n = asprintf(&text, "%s%s%s cannot address 0x%" PRIx64 " and more", host, colon,
			     conflict.owner, range->start);
	else if (conflict.owner && conflict.region.type == IOMMUCTL_REGION_UNKNOWN)
		n = asprintf(&text, "0x%" PRIx64 "-0x%" PRIx64 " is in none of the windows",
			     range->start, range->end);
	else
		n = asprintf(&text, "in the way: 0x%" PRIx64 "-0x%" PRIx64 " of %s%s%s (%s)",
			     range->start, range->end, host, colon,
			     placing_owner(placing, &conflict),
			     conflict.owner ? iommuctl_region_type_to_string(conflict.region.type)
					    : placing_conflict_kinds[conflict.kind]);
	return n < 0 ? NULL : text;
}
