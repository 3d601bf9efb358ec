/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold within a plan, whatever machine it is for. */
#include <inttypes.h>
#include <string.h>

#include "plan.h"

#define RULE "rule"

#define wrong(plan, item, key, ...) plan_find(plan, RULE, item, key, PLAN_FAIL, NULL, __VA_ARGS__)

/* A page table can stand on a vIOMMU, that on a page table, and that on an address space. */
#define HOPS_MAX 8

struct plan_item *plan_space_of(const struct plan *plan, struct plan_item *item, bool *ret_nested)
{
	*ret_nested = false;
	for (int hops = 0; item && hops < HOPS_MAX; hops++) {
		if (item->kind == PLAN_IOAS)
			return item;
		if (item->kind == PLAN_HWPT && plan_get(item, "ioas")) {
			item = plan_target(plan, item, "ioas");
			continue;
		}
		*ret_nested = true;
		item = plan_target(plan, item,
				   item->kind == PLAN_VIOMMU  ? "hwpt"
				   : plan_get(item, "parent") ? "parent"
							      : "viommu");
	}
	return NULL;
}

/* --------------------------------------------------------------- memory and maps */

uint64_t plan_map_length(const struct plan *plan, const struct plan_item *map)
{
	const struct plan_item *memory = plan_target(plan, map, "memory"),
			       *layout = plan_layout_of(plan, &plan->items[map->owner]);
	uint64_t length = memory ? memory->file_size : 0, offset = 0;

	if (plan_get(map, "use")) {
		if (layout)
			plan_number(layout, "ram", &length);
	} else if (!plan_number(map, "length", &length) && memory) {
		plan_number(memory, "size", &length);
		plan_number(map, "offset", &offset);
		length -= offset < length ? offset : length;
	}
	return length;
}

bool plan_map_range(const struct plan *plan, const struct plan_item *map,
		    struct iommuctl_range *ret_range)
{
	uint64_t length = plan_map_length(plan, map);

	if (length == 0 || !plan_number(map, "iova", &ret_range->start) ||
	    length - 1 > UINT64_MAX - ret_range->start)
		return false;
	ret_range->end = ret_range->start + (length - 1);
	return true;
}

static void check_memory(struct plan *plan, struct plan_item *memory)
{
	bool is_file = strcmp(plan_text(memory, "kind"), "file") == 0;
	uint64_t page_size;

	if (is_file != (plan_get(memory, "path") != NULL))
		wrong(plan, memory, NULL,
		      is_file ? "memory of a file needs its path" : "only a file has a path");
	if (!is_file && !plan_get(memory, "size"))
		wrong(plan, memory, NULL, "size is missing");
	if (plan_get(memory, "page_size") && strcmp(plan_text(memory, "kind"), "hugetlb") != 0)
		wrong(plan, memory, "page_size", "only hugetlb has a page_size");
	if (plan_number(memory, "page_size", &page_size) && page_size & (page_size - 1))
		wrong(plan, memory, "page_size", "it is no power of two");
}

static void check_device_map(struct plan *plan, struct plan_item *map)
{
	static const char *const needed[] = { "region", "length" };

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!plan_get(map, needed[i]))
			wrong(plan, map, NULL, "%s is missing, of a device's memory", needed[i]);
	if (plan_get(map, "use"))
		wrong(plan, map, "use", "a device's memory is no guest's ram");
}

static void check_memory_map(struct plan *plan, struct plan_item *map)
{
	const struct plan_item *memory = plan_target(plan, map, "memory"),
			       *layout = plan_layout_of(plan, &plan->items[map->owner]);
	uint64_t size = UINT64_MAX, offset = 0, length = 0, ram = 0;

	plan_number(memory, "size", &size);
	plan_number(map, "offset", &offset);
	plan_number(map, "length", &length);
	if (plan_get(map, "region"))
		wrong(plan, map, "region", "a region is of a device");
	if (plan_get(map, "use")) {
		if (!layout || !plan_number(layout, "ram", &ram))
			wrong(plan, map, "use", "its address space has no layout with ram");
		if (plan_get(map, "length"))
			wrong(plan, map, "length", "what is for ram has the ram's length");
		length = ram;
	}
	if (offset > size || length > size - offset)
		wrong(plan, map, NULL, "%s has 0x%" PRIx64 " bytes, less than offset and length",
		      memory->name, size);
}

static void check_pages(struct plan *plan, struct plan_item *map)
{
	uint64_t iova, length = plan_map_length(plan, map);

	if (plan_number(map, "iova", &iova) && iova % PAGE_BYTES)
		wrong(plan, map, "iova", "it is within a page");
	if (length % PAGE_BYTES)
		wrong(plan, map, plan_get(map, "length") ? "length" : NULL,
		      "0x%" PRIx64 " bytes are not whole pages", length);
}

static void check_map(struct plan *plan, struct plan_item *map)
{
	struct plan_item *ioas = &plan->items[map->owner];
	struct iommuctl_range range;

	if (plan_get(map, "device"))
		check_device_map(plan, map);
	else
		check_memory_map(plan, map);
	check_pages(plan, map);
	if (plan_get(map, "iova") && plan_map_length(plan, map) > 0 &&
	    !plan_map_range(plan, map, &range))
		wrong(plan, map, plan_get(map, "length") ? "length" : "iova",
		      "it goes past the last address");
	if (!plan_get(map, "use"))
		return;
	if (ioas->ram)
		wrong(plan, map, "use", "the ram is that of %s already",
		      plan->items[ioas->ram].path);
	else
		ioas->ram = (size_t)(map - plan->items);
}

struct span {
	struct iommuctl_range range;
	size_t n; /* of the item, or of the window */
};

static int compare_spans(const void *a, const void *b)
{
	const struct span *one = a, *other = b;

	return one->range.start < other->range.start ? -1 : one->range.start > other->range.start;
}

/* SPANS that overlap are told of, with the NAME of the former. */
static void check_overlaps(struct plan *plan, struct span *spans, size_t count,
			   void (*tell)(struct plan *plan, size_t former, size_t n, size_t ioas),
			   size_t ioas)
{
	size_t last = 0;

	if (count > 0)
		qsort(spans, count, sizeof(*spans), compare_spans);
	for (size_t i = 1; i < count; i++) {
		if (spans[i].range.start <= spans[last].range.end)
			tell(plan, spans[last].n, spans[i].n, ioas);
		if (spans[i].range.end > spans[last].range.end)
			last = i;
	}
	free(spans);
}

static void tell_maps(struct plan *plan, size_t former, size_t n, size_t ioas)
{
	(void)ioas;
	wrong(plan, &plan->items[n], NULL, "it overlaps %s", plan->items[former].path);
}

static void tell_windows(struct plan *plan, size_t former, size_t n, size_t ioas)
{
	wrong(plan, &plan->items[ioas], "windows", "the windows %zu and %zu overlap",
	      former < n ? former : n, former < n ? n : former);
}

/* What is in an item follows it. */
static void check_maps(struct plan *plan, size_t ioas)
{
	size_t end = ioas + 1, count = 0;
	struct span *spans;

	while (end < plan->item_count && plan->items[end].owner == ioas)
		end++;
	spans = calloc(end - ioas, sizeof(*spans));
	for (size_t i = ioas + 1; spans && i < end; i++)
		if (plan_map_range(plan, &plan->items[i], &spans[count].range))
			spans[count++].n = i;
	check_overlaps(plan, spans, count, tell_maps, ioas);
}

static void check_ioas(struct plan *plan, struct plan_item *ioas)
{
	json_object *windows = plan_get(ioas, "windows");
	size_t count = windows ? json_object_array_length(windows) : 0;
	struct span *spans = calloc(count + 1, sizeof(*spans));

	for (size_t i = 0; spans && i < count; i++) {
		plan_range(json_object_array_get_idx(windows, i), &spans[i].range);
		spans[i].n = i;
	}
	check_overlaps(plan, spans, spans ? count : 0, tell_windows, (size_t)(ioas - plan->items));
	check_maps(plan, (size_t)(ioas - plan->items));
}

static void check_layout(struct plan *plan, struct plan_item *layout)
{
	uint64_t alignment = 0x200000, ram = 0;

	plan_number(layout, "alignment", &alignment);
	plan_number(layout, "ram", &ram);
	if (alignment & (alignment - 1))
		wrong(plan, layout, "alignment", "an alignment is a power of two");
	else if (ram % alignment)
		wrong(plan, layout, "ram",
		      "memory is a multiple of its alignment, 0x%" PRIx64 " bytes", alignment);
}

/* ------------------------------------------------------------------- page tables */

static void check_parent(struct plan *plan, struct plan_item *item, const char *key)
{
	struct plan_item *parent = plan_target(plan, item, key);

	if (parent && !plan_flag(parent, "nest_parent", false))
		wrong(plan, item, key, "%s is made without nest_parent", parent->name);
}

static void check_hwpt(struct plan *plan, struct plan_item *hwpt)
{
	static const char *const plain_only[] = { "nest_parent", "dirty_tracking" };
	bool nested = !plan_get(hwpt, "ioas");
	bool raw = plan_get(hwpt, "type") != NULL;
	bool described = raw || plan_get(hwpt, "vtd_s1") || plan_get(hwpt, "arm_smmu_v3");

	check_parent(plan, hwpt, "parent");
	if (nested && !described)
		wrong(plan, hwpt, NULL,
		      "a nested page table needs vtd_s1, arm_smmu_v3, or type and data");
	if (!nested && described)
		wrong(plan, hwpt, NULL, "only a nested page table is described");
	if (raw != (plan_get(hwpt, "data") != NULL))
		wrong(plan, hwpt, NULL, "type and data belong together");
	for (size_t i = 0; nested && i < ARRAY_SIZE(plain_only); i++)
		if (plan_flag(hwpt, plain_only[i], false))
			wrong(plan, hwpt, plain_only[i], "no nested page table can have it");
	if (plan_get(hwpt, "vtd_s1") && !plan_get(hwpt, "parent"))
		wrong(plan, hwpt, "vtd_s1", "it is nested in a page table, its parent");
	if (plan_get(hwpt, "arm_smmu_v3") && !plan_get(hwpt, "viommu"))
		wrong(plan, hwpt, "arm_smmu_v3", "it is nested in a vIOMMU");
}

static void check_viommu(struct plan *plan, struct plan_item *viommu)
{
	check_parent(plan, viommu, "hwpt");
}

/* ------------------------------------------------------- attachments and handover */

static void vdevice_key(const struct plan *plan, const struct plan_item *item,
			const struct plan_item *viommu, char *buf, size_t size)
{
	snprintf(buf, size, "vdevice %zu %zu", (size_t)(viommu - plan->items),
		 (size_t)(plan_target(plan, item, "device") - plan->items));
}

/* A first stage of SMMUv3 is found by the guest's name of the device. */
static void check_vdevice(struct plan *plan, struct plan_item *attachment)
{
	const struct plan_item *hwpt = plan_target(plan, attachment, "to"),
			       *viommu = plan_target(plan, hwpt, "viommu"),
			       *entry = plan_next(plan, PLAN_ARM_SMMU_V3, hwpt);
	char key[64];

	if (!viommu || !plan_get(hwpt, "arm_smmu_v3") ||
	    strcmp(plan_text(entry, "config"), "stage1") != 0)
		return;
	vdevice_key(plan, attachment, viommu, key, sizeof(key));
	if (!json_object_object_get_ex(plan->names, key, NULL))
		wrong(plan, attachment, "to",
		      "%s needs a vdevice of %s for the device, which has its virtual_id",
		      hwpt->name, viommu->name);
}

static void check_attachment(struct plan *plan, struct plan_item *attachment)
{
	const struct plan_item *device = plan_target(plan, attachment, "device");
	uint64_t pasid = IOMMUCTL_PASID_NONE;
	bool for_pasid = plan_flag(plan_target(plan, attachment, "to"), "for_pasid", false);
	char key[64];

	if (plan_number(attachment, "pasid", &pasid) && !for_pasid)
		wrong(plan, attachment, "to",
		      "a PASID needs a page table that is made with for_pasid");
	else if (device->uses_pasids && !for_pasid)
		wrong(plan, attachment, "to",
		      "its device uses PASIDs too, so this needs a page table that is made with "
		      "for_pasid");
	check_vdevice(plan, attachment);
	/* no name has a blank */
	snprintf(key, sizeof(key), "%zu %" PRIu64, (size_t)(device - plan->items), pasid);
	if (json_object_object_get_ex(plan->names, key, NULL))
		wrong(plan, attachment, NULL, "it is attached twice");
	else
		json_object_object_add(plan->names, key, json_object_new_int64(0));
}

static void check_handover(struct plan *plan, struct plan_item *handover)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
	const char *name = plan_text(handover, "variable");
	struct plan_item *memory = plan_target(plan, handover, "memory");

	if (!strchr(letters, name[0]) ||
	    name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789")])
		wrong(plan, handover, "variable", "that is no variable's name");
	if (memory && strcmp(plan_text(memory, "kind"), "anonymous") == 0)
		wrong(plan, handover, "memory", "anonymous memory is handed to nobody: use memfd");
	if (plan_get(handover, "iommufd") && !plan_flag(handover, "iommufd", false))
		wrong(plan, handover, "iommufd", "it can only be true");
}

/* A device that COMMAND binds itself can be in none of the plan's own objects. */
static void check_bound(struct plan *plan, struct plan_item *item)
{
	const struct plan_item *device = plan_target(plan, item, "device");

	if (device && device != item && item->kind != PLAN_HANDOVER &&
	    !plan_flag(device, "bind", true))
		wrong(plan, item, "device", "the device is not bound: its bind is false");
}

void plan_check_rules(struct plan *plan)
{
	static void (*const checks[PLAN_KIND_COUNT])(struct plan *, struct plan_item *) = {
		[PLAN_MEMORY] = check_memory,
		[PLAN_IOAS] = check_ioas,
		[PLAN_MAP] = check_map,
		[PLAN_LAYOUT] = check_layout,
		[PLAN_HWPT] = check_hwpt,
		[PLAN_VIOMMU] = check_viommu,
		[PLAN_ATTACHMENT] = check_attachment,
		[PLAN_HANDOVER] = check_handover,
	};
	struct plan_item *attachment = NULL, *vdevice = NULL;
	char key[64];

	while ((attachment = plan_next(plan, PLAN_ATTACHMENT, attachment)))
		if (plan_get(attachment, "pasid"))
			plan_target(plan, attachment, "device")->uses_pasids = true;
	while ((vdevice = plan_next(plan, PLAN_VDEVICE, vdevice))) {
		vdevice_key(plan, vdevice, plan_target(plan, vdevice, "viommu"), key, sizeof(key));
		json_object_object_add(plan->names, key, json_object_new_int64(0));
	}
	for (size_t i = 0; i < plan->item_count; i++) {
		struct plan_item *item = &plan->items[i];

		check_bound(plan, item);
		if (checks[item->kind])
			checks[item->kind](plan, item);
	}
}
