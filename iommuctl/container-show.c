/* SPDX-License-Identifier: GPL-2.0-or-later */
/* container show: what VFIO's containers can do with groups. */
#include <inttypes.h>

#include "attrs.h"
#include "borrow.h"
#include "container.h"
#include "objects.h"

struct entry {
	const struct iommuctl_group *group; /* NULL: not known */
	enum iommuctl_container_type type;
	int iommufd;
	uint32_t extensions;
	struct iommuctl_container_info *info; /* NULL: of sPAPR, or it has no type */
	struct iommuctl_spapr_info spapr;
	bool has_spapr;
};

#define ENTRY ((const struct entry *)object)

static const struct {
	uint32_t number;
	const char *name;
} extensions[] = {
	{ IOMMUCTL_CONTAINER_TYPE1, "type1" },
	{ IOMMUCTL_CONTAINER_SPAPR_TCE, "spapr-tce" },
	{ IOMMUCTL_CONTAINER_TYPE1V2, "type1v2" },
	{ IOMMUCTL_EXTENSION_DMA_CC, "dma-cc" },
	{ IOMMUCTL_EXTENSION_EEH, "eeh" },
	{ IOMMUCTL_CONTAINER_SPAPR_TCE_V2, "spapr-tce-v2" },
	{ IOMMUCTL_CONTAINER_NOIOMMU, "noiommu" },
	{ IOMMUCTL_EXTENSION_UNMAP_ALL, "unmap-all" },
	{ IOMMUCTL_EXTENSION_UPDATE_VADDR, "update-vaddr" },
};

GETTER(get_group, ENTRY->group ? value_number(iommuctl_group_get_id(ENTRY->group)) : NULL)
GETTER(get_type, value_text(iommuctl_container_type_to_string(ENTRY->type)))
GETTER(get_iommufd, ENTRY->iommufd < 0 ? NULL : value_bool(ENTRY->iommufd))

static json_object *get_extensions(const void *object, const struct attr *attr)
{
	json_object *list = json_object_new_array();

	(void)attr;
	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
		if (ENTRY->extensions & 1u << extensions[i].number)
			json_object_array_add(list, value_text(extensions[i].name));
	return list;
}

static json_object *value_sizes(uint64_t sizes)
{
	json_object *list = json_object_new_array();

	for (; sizes; sizes &= sizes - 1)
		json_object_array_add(list, value_number(sizes & -sizes));
	return list;
}

static json_object *get_page_sizes(const void *object, const struct attr *attr)
{
	uint64_t sizes;

	(void)attr;
	return iommuctl_container_info_get_page_sizes(ENTRY->info, &sizes) < 0 ? NULL
									       : value_sizes(sizes);
}

static json_object *get_ranges(const void *object, const struct attr *attr)
{
	const struct iommuctl_range_set *set = iommuctl_container_info_get_ranges(ENTRY->info);
	json_object *list = set ? json_object_new_array() : NULL;
	struct iommuctl_range range;

	(void)attr;
	for (size_t i = 0; set && iommuctl_range_set_get(set, i, &range) == 0; i++) {
		json_object *record = json_object_new_object();

		object_set(record, "start", value_hex(range.start));
		object_set(record, "end", value_hex(range.end));
		json_object_array_add(list, record);
	}
	return list;
}

static void rows_ranges(const void *object, struct rows *rows)
{
	const struct iommuctl_range_set *set = iommuctl_container_info_get_ranges(ENTRY->info);
	struct iommuctl_range range;
	char text[64];

	for (size_t i = 0; set && iommuctl_range_set_get(set, i, &range) == 0; i++) {
		snprintf(text, sizeof(text), "0x%" PRIx64 "-0x%" PRIx64, range.start, range.end);
		rows_add(rows, "usable", value_text(text), NULL);
	}
}

static json_object *get_dma_avail(const void *object, const struct attr *attr)
{
	uint32_t count;

	(void)attr;
	return iommuctl_container_info_get_dma_avail(ENTRY->info, &count) < 0 ? NULL
									      : value_number(count);
}

static json_object *get_migration(const void *object, const struct attr *attr)
{
	json_object *record;
	uint64_t sizes, most;

	(void)attr;
	if (iommuctl_container_info_get_migration(ENTRY->info, &sizes, &most) < 0)
		return NULL;
	record = json_object_new_object();
	object_set(record, "page_sizes", value_sizes(sizes));
	object_set(record, "bitmap_max", value_number(most));
	return record;
}

static json_object *get_spapr(const void *object, const struct attr *attr)
{
	const struct iommuctl_spapr_info *spapr = &ENTRY->spapr;
	json_object *record;

	(void)attr;
	if (!ENTRY->has_spapr)
		return NULL;
	record = json_object_new_object();
	object_set(record, "window_start", value_hex(spapr->window_start));
	object_set(record, "window_length", value_number(spapr->window_length));
	object_set(record, "page_sizes",
		   spapr->has_windows ? value_sizes(spapr->page_sizes) : NULL);
	object_set(record, "max_windows",
		   spapr->has_windows ? value_number(spapr->max_windows) : NULL);
	object_set(record, "levels", spapr->has_windows ? value_number(spapr->levels) : NULL);
	return record;
}

/* An object, a key a line. */
static void rows_object(json_object *record, struct rows *rows)
{
	if (!record)
		return;
	json_object_object_foreach(record, key, value)
		rows_add(rows, key, json_object_get(value), NULL);
	json_object_put(record);
}

static void rows_migration(const void *object, struct rows *rows)
{
	rows_object(get_migration(object, NULL), rows);
}

static void rows_spapr(const void *object, struct rows *rows)
{
	rows_object(get_spapr(object, NULL), rows);
}

static json_object *get_devices(const void *object, const struct attr *attr)
{
	const struct iommuctl_device *device;
	json_object *list;

	(void)attr;
	if (!ENTRY->group)
		return NULL;
	list = json_object_new_array();
	for (size_t i = 0; (device = iommuctl_group_get_device(ENTRY->group, i)); i++)
		json_object_array_add(list, value_text(iommuctl_device_get_name(device)));
	return list;
}

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "group", .heading = "GROUP", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_group,
	  .help = "the group that is in it" },
	{ .key = "devices", .heading = "DEVICES", .get = get_devices,
	  .help = "the group's devices" },
	{ .key = "type", .heading = "TYPE", .flags = ATTR_COLUMN, .get = get_type,
	  .help = "type1v2, type1, spapr-tce-v2, spapr-tce or noiommu" },
	{ .key = "iommufd", .heading = "IOMMUFD", .get = get_iommufd,
	  .help = "whether an iommufd is in its place" },
	{ .key = "extensions", .heading = "EXTENSIONS", .get = get_extensions,
	  .help = "what VFIO_CHECK_EXTENSION tells" },
	{ .key = "page_sizes", .heading = "PAGE_SIZES", .flags = ATTR_COLUMN, .get = get_page_sizes,
	  .help = "page sizes; mappings are multiples of the least" },
	{ .key = "ranges", .heading = "RANGES", .get = get_ranges, .rows = rows_ranges,
	  .help = "usable addresses" },
	{ .key = "dma_avail", .heading = "DMA_AVAIL", .get = get_dma_avail,
	  .help = "how many more mappings there can be" },
	{ .key = "migration", .heading = "MIGRATION", .get = get_migration, .rows = rows_migration,
	  .help = "page sizes for dirty pages, and the most bytes of a bitmap" },
	{ .key = "spapr", .heading = "SPAPR", .get = get_spapr, .rows = rows_spapr,
	  .help = "windows of addresses, of sPAPR TCE" },
};
/* clang-format on */

/* A group by its number, or by a device in it. */
static const void *find(const struct iommuctl_topology *topology, const char *name)
{
	const void *group = group_find(topology, name);

	return group ? group
		     : iommuctl_device_get_group(iommuctl_topology_find_device(topology, name));
}

const struct noun container_noun = {
	.singular = "group",
	.plural = "containers",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
	.get = group_get,
	.find = find,
};

static bool is_spapr(enum iommuctl_container_type type)
{
	return type == IOMMUCTL_CONTAINER_SPAPR_TCE || type == IOMMUCTL_CONTAINER_SPAPR_TCE_V2;
}

static int ask(struct iommuctl_container *container, struct entry *entry)
{
	int r = 0;

	entry->type = iommuctl_container_get_type(container);
	entry->iommufd = iommuctl_container_is_iommufd(container);
	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
		if (iommuctl_container_has_extension(container, extensions[i].number) > 0)
			entry->extensions |= 1u << extensions[i].number;
	entry->has_spapr = is_spapr(entry->type);
	if (entry->has_spapr)
		r = iommuctl_container_get_spapr_info(container, &entry->spapr);
	else if (entry->type != IOMMUCTL_CONTAINER_NOIOMMU)
		r = iommuctl_container_get_info(container, &entry->info);
	return r;
}

static int ask_group(const struct app *app, const struct iommuctl_group *group, struct entry *entry)
{
	struct borrowed borrowed;
	int r = borrow_open(app, &group, 1, &borrowed);

	if (r < 0)
		return r;
	r = borrow_claim(app, &borrowed);
	if (r >= 0)
		r = ask(borrowed.container, entry);
	borrow_end(&borrowed);
	entry->group = group;
	return r;
}

static int print_entries(struct app *app, struct entry *entries, size_t count)
{
	struct objects objects = { 0 };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < count; i++)
		r = objects_add(&objects, &entries[i]);
	r = r < 0 ? EXIT_FAILED : render(app, VIEW_SHOW, &objects, NULL);
	for (size_t i = 0; i < count; i++)
		iommuctl_container_info_free(entries[i].info);
	free(objects.items);
	return r;
}

static bool is_repeated(const struct objects *objects, size_t n)
{
	size_t i = 0;

	while (objects->items[i] != objects->items[n])
		i++;
	return i < n;
}

static int show_groups(struct app *app, const struct objects *groups)
{
	struct entry *entries = calloc(groups->count + 1, sizeof(*entries));
	size_t count = 0;
	int r = EXIT_FAILED;

	for (size_t i = 0; entries && i < groups->count; i++) {
		if (is_repeated(groups, i))
			continue;
		if (ask_group(app, groups->items[i], &entries[count]) >= 0) {
			count++;
			continue;
		}
		message_diag(app);
		app->failed++;
	}
	if (count > 0)
		r = print_entries(app, entries, count);
	free(entries);
	return r == EXIT_DONE ? app_exit_code(app, count) : r;
}

static int show_container(struct app *app, struct iommuctl_container *container)
{
	struct entry entry = { 0 };

	return ask(container, &entry) < 0 ? objects_failed(app) : print_entries(app, &entry, 1);
}

int run_container_show(struct app *app)
{
	struct objects groups = { 0 };
	int r = EXIT_FAILED;

	if (selection_make(app, VIEW_SHOW) < 0)
		return EXIT_USAGE;
	if (app->values[PARAM_CONTAINER].given != (app->arg_count == 0)) {
		message("container: groups, or devices in them, or --container are needed");
		return EXIT_USAGE;
	}
	if (app->arg_count == 0)
		return container_with(app, show_container);
	if (app_load(app) < 0)
		return EXIT_FAILED;
	if (app_collect(app, &groups) >= 0 && groups.count > 0)
		r = show_groups(app, &groups);
	free(groups.items);
	return r;
}
