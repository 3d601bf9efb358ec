/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan's address spaces: what is laid out in them, and what their devices cannot use. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "placing.h"
#include "plan.h"

/* What is attached to an address space, or to page tables that translate to it. */
static int find_users(struct plan *plan)
{
	struct plan_item *item = NULL;

	while ((item = plan_next(plan, PLAN_ATTACHMENT, item))) {
		struct plan_user user = {
			.device = plan_target(plan, item, "device"),
			.by_pasid = plan_get(item, "pasid") != NULL,
		};
		struct plan_user *grown;
		struct plan_item *ioas =
			plan_space_of(plan, plan_target(plan, item, "to"), &user.nested);

		if (!ioas || !user.device->device)
			continue;
		/* a device with many PASIDs */
		if (ioas->user_count > 0 &&
		    ioas->users[ioas->user_count - 1].device == user.device &&
		    ioas->users[ioas->user_count - 1].nested == user.nested &&
		    ioas->users[ioas->user_count - 1].by_pasid == user.by_pasid)
			continue;
		grown = reallocarray(ioas->users, ioas->user_count + 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		ioas->users = grown;
		ioas->users[ioas->user_count++] = user;
	}
	return 0;
}

/* All that counts for a device's PASIDs. */
static int limit_width(const struct iommuctl_device *device, struct iommuctl_layout *layout)
{
	const struct iommuctl_iommu *iommu = iommuctl_device_get_iommu(device);
	struct iommuctl_value bits;

	if (!iommu || iommuctl_iommu_get_feature(iommu, IOMMUCTL_FEATURE_INPUT_BITS, &bits) < 0 ||
	    bits.number == 0 || bits.number > 64)
		return 0;
	return iommuctl_layout_limit(layout, iommuctl_iommu_get_name(iommu),
				     (unsigned int)bits.number);
}

/*
 * What its users leave, within its windows. Of those that are nested only windows of interrupts
 * count, unless STRICT: there are kernels that keep all their regions free.
 */
static int new_layout(const struct plan *plan, const struct plan_item *ioas, bool strict,
		      struct placing *placing)
{
	int r = placing_new_layout(placing, &placing->layout);

	for (size_t i = 0; r >= 0 && i < ioas->user_count; i++) {
		const struct plan_user *user = &ioas->users[i];

		r = user->by_pasid ? limit_width(user->device->device, placing->layout)
				   : iommuctl_layout_exclude_device(plan->app->ctx, placing->layout,
								    user->device->device,
								    user->nested && !strict);
	}
	return r;
}

static void tell_conflicts(struct plan *plan, const struct plan_item *item, const char *key,
			   const struct placing *placing, const char *what)
{
	char *text, *all = NULL;
	size_t size;
	FILE *out = open_memstream(&all, &size);

	if (!out)
		return;
	for (size_t i = 0; (text = placing_conflict(placing, i)); i++) {
		fprintf(out, "; %s", text);
		free(text);
	}
	fclose(out);
	plan_find(plan, "addresses", item, key, PLAN_FAIL,
		  "iommuctl iova ranges DEVICE... lists what is usable", "%s%s", what, all);
	free(all);
}

/* ----------------------------------------------------------------------- layouts */

static int place(struct plan *plan, struct plan_item *ioas, const struct plan_item *layout,
		 struct placing *placing)
{
	char what[64];
	uint64_t size = 0;
	const char *use;
	int r = placing_solve(placing);

	if (r == -ENOSPC) {
		use = placing_failed(placing, &size);
		snprintf(what, sizeof(what), "there is no room for %s of 0x%" PRIx64 " bytes", use,
			 size);
		tell_conflicts(plan, layout, use, placing, what);
		return 0;
	}
	if (r >= 0)
		r = placing_get(placing, &ioas->placements, &ioas->placement_count);
	if (r >= 0)
		plan_find(plan, "addresses", layout, NULL, PLAN_PASS, NULL,
			  "it has a place, in %zu pieces", ioas->placement_count);
	return r;
}

static void read_sizes(const struct plan_item *layout, struct placing *placing)
{
	uint64_t bits = 0;

	for (int i = 0; i < USE_COUNT; i++)
		plan_number(layout, use_names[i], &placing->sizes[i]);
	plan_number(layout, "alignment", &placing->alignment);
	plan_number(layout, "bits", &bits);
	placing->bits = (unsigned int)bits;
}

/* -------------------------------------------------------------- windows and maps */

/* RANGE as a block that has room nowhere else. */
static int check_range(struct plan *plan, const struct plan_item *ioas,
		       const struct plan_item *item, const char *key,
		       const struct iommuctl_range *range)
{
	const struct iommuctl_layout_block block = {
		.size = range->end - range->start + 1,
		.alignment = 1,
		.window = *range,
	};
	struct placing placing = { 0 };
	char what[64];
	int r = new_layout(plan, ioas, false, &placing);

	if (r >= 0 && block.size > 0)
		r = iommuctl_layout_add_block(placing.layout, &block, NULL);
	if (r >= 0)
		r = iommuctl_layout_solve(placing.layout);
	if (r == -ENOSPC) {
		snprintf(what, sizeof(what), "0x%" PRIx64 "-0x%" PRIx64 " is not all usable",
			 range->start, range->end);
		tell_conflicts(plan, item, key, &placing, what);
		r = 0;
	} else if (r >= 0) {
		plan_find(plan, "addresses", item, key, PLAN_WARN, NULL,
			  "0x%" PRIx64 "-0x%" PRIx64 " is reserved for a device whose first stage "
			  "is nested: there are kernels that refuse to attach it",
			  range->start, range->end);
	}
	iommuctl_layout_free(placing.layout);
	return r;
}

/* Ranges that are in SPACE need no words; what is wrong with others is looked for. */
static int check_in(struct plan *plan, const struct plan_item *ioas,
		    const struct iommuctl_range_set *space, const struct plan_item *item,
		    const char *key, const struct iommuctl_range *range)
{
	return iommuctl_range_set_contains(space, *range)
		       ? 0
		       : check_range(plan, ioas, item, key, range);
}

/* The layout's ram is mapped beside what says where it is. */
static void check_beside_ram(struct plan *plan, const struct plan_item *ioas,
			     const struct plan_item *map, const struct iommuctl_range *range)
{
	size_t low = 0, high = ioas->ram ? ioas->placement_count : 0;
	const struct iommuctl_range *other;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ioas->placements[middle].range.end < range->start)
			low = middle + 1;
		else
			high = middle;
	}
	for (; ioas->ram && low < ioas->placement_count; low++) {
		other = &ioas->placements[low].range;
		if (other->start > range->end)
			return;
		if (strcmp(ioas->placements[low].use, "ram") != 0)
			continue;
		plan_find(plan, "addresses", map, "iova", PLAN_FAIL, NULL,
			  "it overlaps ram at 0x%" PRIx64 "-0x%" PRIx64 ", which is laid out",
			  other->start, other->end);
		return;
	}
}

static int check_ranges(struct plan *plan, const struct plan_item *ioas,
			const struct iommuctl_range_set *space)
{
	json_object *windows = plan_get(ioas, "windows");
	size_t count = windows ? json_object_array_length(windows) : 0, failed = plan->failed,
	       owner = (size_t)(ioas - plan->items);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < count; i++) {
		struct iommuctl_range range;

		if (plan_window(ioas, i, &range))
			r = check_in(plan, ioas, space, ioas, "windows", &range);
	}
	for (size_t i = owner + 1; r >= 0 && i < plan->item_count && plan->items[i].owner == owner;
	     i++) {
		struct iommuctl_range range;

		if (!plan_map_range(plan, &plan->items[i], &range))
			continue;
		check_beside_ram(plan, ioas, &plan->items[i], &range);
		r = check_in(plan, ioas, space, &plan->items[i], "iova", &range);
	}
	if (r >= 0 && failed == plan->failed)
		plan_find(plan, "addresses", ioas, NULL, PLAN_PASS, NULL,
			  "its devices can use all that it says");
	return r;
}

/* ----------------------------------------------------------------------- all */

bool plan_window(const struct plan_item *ioas, size_t i, struct iommuctl_range *ret_range)
{
	if (!plan_range(json_object_array_get_idx(plan_get(ioas, "windows"), i), ret_range))
		return false;
	if (ret_range->end == UINT64_MAX && ret_range->start <= ioas->last)
		ret_range->end = ioas->last;
	return true;
}

static uint64_t last_of(const struct iommuctl_range_set *space)
{
	struct iommuctl_range range = { 0, UINT64_MAX };

	for (size_t i = 0; iommuctl_range_set_get(space, i, &range) == 0; i++)
		;
	return range.end;
}

static struct iommuctl_range *read_windows(const struct plan_item *ioas, size_t *ret_count)
{
	json_object *windows = plan_get(ioas, "windows");
	struct iommuctl_range *ranges;

	*ret_count = windows ? json_object_array_length(windows) : 0;
	ranges = calloc(*ret_count + 1, sizeof(*ranges));
	for (size_t i = 0; ranges && i < *ret_count; i++)
		plan_range(json_object_array_get_idx(windows, i), &ranges[i]);
	return ranges;
}

static int lay_out(struct plan *plan, struct plan_item *ioas)
{
	struct iommuctl_range_set *space = NULL;
	struct placing placing = { 0 };
	struct iommuctl_range *windows = read_windows(ioas, &placing.window_count);
	const struct plan_item *layout = plan_layout_of(plan, ioas);
	int r = windows ? 0 : -ENOMEM;

	placing.windows = windows;
	if (layout)
		read_sizes(layout, &placing);
	else
		placing.window_count = 0;
	if (r >= 0)
		r = new_layout(plan, ioas, true, &placing);
	if (r >= 0 && layout)
		r = place(plan, ioas, layout, &placing);
	placing.window_count = 0;
	iommuctl_layout_free(placing.layout);
	placing.layout = NULL;
	if (r >= 0)
		r = new_layout(plan, ioas, true, &placing);
	if (r >= 0)
		r = iommuctl_layout_get_space(placing.layout, &space);
	if (r >= 0) {
		ioas->last = last_of(space);
		r = check_ranges(plan, ioas, space);
	}
	if (r == -ENODEV || r == -ENODATA) {
		plan_find(plan, "addresses", ioas, NULL, PLAN_UNMEASURED, NULL, "%s",
			  iommuctl_diag_get_reason(iommuctl_context_get_diag(plan->app->ctx)));
		r = 0;
	}
	iommuctl_range_set_free(space);
	iommuctl_layout_free(placing.layout);
	free(windows);
	return r;
}

int plan_lay_out(struct plan *plan)
{
	struct plan_item *ioas = NULL;
	int r = find_users(plan);

	while (r >= 0 && (ioas = plan_next(plan, PLAN_IOAS, ioas)))
		r = lay_out(plan, ioas);
	if (r < 0)
		message("plan %s: lay out: %s", plan->file, strerror(-r));
	return r;
}
