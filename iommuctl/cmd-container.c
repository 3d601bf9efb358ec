/* SPDX-License-Identifier: GPL-2.0-or-later */
/* container: VFIO's address spaces of before iommufd, of type 1 and sPAPR TCE. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app.h"
#include "attrs.h"
#include "borrow.h"
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

/* What was opened. */
struct opened {
	const char *type;
	json_object *groups;
};

#define OPENED ((const struct opened *)object)

GETTER(get_opened_type, value_text(OPENED->type))
GETTER(get_opened_groups, json_object_get(OPENED->groups))

/* clang-format off */
static const struct attr opened_attrs[] = {
	{ .key = "type", .heading = "TYPE", .flags = ATTR_COLUMN, .get = get_opened_type, .help = "the type it was given" },
	{ .key = "groups", .heading = "GROUPS", .flags = ATTR_COLUMN, .get = get_opened_groups, .help = "the groups that were put into it" },
};
/* clang-format on */

/* A group by its number, or by a device in it. */
static const void *find(const struct iommuctl_topology *topology, const char *name)
{
	const void *group = group_find(topology, name);

	return group ? group
		     : iommuctl_device_get_group(iommuctl_topology_find_device(topology, name));
}

/* clang-format off */
#define NOUN(key, list) \
	{ .singular = "group, or device in one,", .plural = key, .attrs = list, \
	  .attr_count = ARRAY_SIZE(list), .get = group_get, .find = find }
static const struct noun noun = NOUN("containers", attrs);
static const struct noun opened_noun = NOUN("containers", opened_attrs);
/* clang-format on */

/* ---------------------------------------------------------------------- show */

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

/* ------------------------------------------------- containers of the caller */

/* The container that is open as --container; it stays so. */
static int with_container(struct app *app,
			  int (*do_it)(struct app *app, struct iommuctl_container *container))
{
	struct iommuctl_container *container;
	int r;

	if (iommuctl_container_from_fd(app->ctx, (int)app->values[PARAM_CONTAINER].number,
				       &container) < 0)
		return objects_failed(app);
	r = do_it(app, container);
	iommuctl_container_take_fd(container);
	return r;
}

static int show_container(struct app *app, struct iommuctl_container *container)
{
	struct entry entry = { 0 };

	return ask(container, &entry) < 0 ? objects_failed(app) : print_entries(app, &entry, 1);
}

static int run_container_show(struct app *app)
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
		return with_container(app, show_container);
	if (app_load(app) < 0)
		return EXIT_FAILED;
	if (app_collect(app, &groups) >= 0 && groups.count > 0)
		r = show_groups(app, &groups);
	free(groups.items);
	return r;
}

/* Put the group that is open as WORD into it. */
static int add_group(struct app *app, struct iommuctl_container *container, const char *word,
		     json_object *groups)
{
	struct iommuctl_vfio_group *group;
	uint64_t fd;
	int r;

	if (!param_number(word, &fd) || fd > INT32_MAX) {
		message("container: --group takes the number of an open file, not %s", word);
		return EXIT_USAGE;
	}
	if (iommuctl_vfio_group_from_fd(app->ctx, app->topology, (int)fd, &group) < 0)
		return objects_failed(app);
	r = iommuctl_vfio_group_add(group, container);
	json_object_array_add(
		groups, value_number(iommuctl_group_get_id(iommuctl_vfio_group_get_group(group))));
	iommuctl_vfio_group_take_fd(group);
	return r < 0 ? objects_failed(app) : EXIT_DONE;
}

static int open_container(struct app *app, struct iommuctl_container *container)
{
	const struct param_value *words = &app->values[PARAM_GROUP];
	enum iommuctl_container_type type =
		(enum iommuctl_container_type)app->values[PARAM_CONTAINER_TYPE].number;
	struct opened opened = { .groups = json_object_new_array() };
	int r = EXIT_DONE;

	for (size_t i = 0; r == EXIT_DONE && i < words->count; i++)
		r = add_group(app, container, words->texts[i], opened.groups);
	if (r == EXIT_DONE && iommuctl_container_set_type(container, type, &type) < 0)
		r = objects_failed(app);
	opened.type = iommuctl_container_type_to_string(type);
	if (r == EXIT_DONE)
		r = result_print(app, &opened);
	json_object_put(opened.groups);
	return r;
}

static int run_open(struct app *app)
{
	return app_load(app) < 0 ? EXIT_FAILED : with_container(app, open_container);
}

/* ------------------------------------------------------------------ mappings */

/* The kernel pins memory of a process; shared, it is the file's, and stays so. */
static int map_memory(struct app *app, struct iommuctl_container *container, int fd,
		      struct iommuctl_range range)
{
	const size_t length = range.end - range.start + 1;
	unsigned int flags = mapping_flags(app) & (IOMMUCTL_MAP_READ | IOMMUCTL_MAP_WRITE);
	void *at = mmap(NULL, length, PROT_READ | (flags & IOMMUCTL_MAP_WRITE ? PROT_WRITE : 0),
			MAP_SHARED, fd, (off_t)app->values[PARAM_OFFSET].number);
	int r;

	if (at == MAP_FAILED) {
		message("container %s: map the file: %s", app->values[PARAM_FILE].text,
			strerror(errno));
		return EXIT_FAILED;
	}
	r = iommuctl_container_map(container, at, range, flags);
	munmap(at, length);
	return r < 0 ? objects_failed(app) : EXIT_DONE;
}

static int map(struct app *app, struct iommuctl_container *container)
{
	struct mapping mapping = { .iova = app->values[PARAM_IOVA].number };
	struct iommuctl_range range = { .start = mapping.iova };
	struct memory memory;
	int r = EXIT_USAGE;

	if (memory_open(app, &memory) < 0)
		return EXIT_FAILED;
	mapping.length = memory.length;
	if (memory.length - 1 > UINT64_MAX - range.start) {
		message("container map: --length goes past the last address");
	} else {
		range.end = range.start + (memory.length - 1);
		r = map_memory(app, container, memory.fd, range);
	}
	memory_close(&memory);
	return r == EXIT_DONE ? result_print(app, &mapping) : r;
}

static int run_map(struct app *app)
{
	return with_container(app, map);
}

static int unmap(struct app *app, struct iommuctl_container *container)
{
	struct mapping mapping = { 0 };

	if (iommuctl_container_unmap(container, mapping_unmap_range(app), &mapping.length) < 0)
		return objects_failed(app);
	return result_print(app, &mapping);
}

static int run_unmap(struct app *app)
{
	return with_container(app, unmap);
}

#define CONTAINER                                                                                  \
	"The container is a file that the caller has open: exec 8<>/dev/vfio/vfio in a shell. "

const struct command container_commands[] = {
	{
		.noun = "container",
		.verb = "show",
		.args = "GROUP|DEVICE...",
		.summary = "Show what VFIO's own containers can do with groups",
		.doc = "Each group is opened and put into a container for a moment, in which no "
		       "other program can use it. No driver is ever changed. With --container a "
		       "container that the caller has open is shown instead.",
		.example = "iommuctl container show 12",
		.objects = &noun,
		.params = PARAMS(PARAM_CONTAINER),
		.run = run_container_show,
		.is_default = true,
		.needs = LOAD_VFIO_DEVICES,
	},
	{
		.noun = "container",
		.verb = "open",
		.summary = "Put open groups into an open container, and give it a type",
		.doc = CONTAINER "Groups too: exec 9<>/dev/vfio/12. What is mapped lasts as long "
				 "as a group in it is open.",
		.example = "iommuctl container open --container 8 --group 9",
		.objects = &opened_noun,
		.params = PARAMS(PARAM_CONTAINER, PARAM_GROUP, PARAM_CONTAINER_TYPE),
		.required = PARAMS(PARAM_CONTAINER, PARAM_GROUP),
		.run = run_open,
		.changes = true,
		.needs = LOAD_VFIO_DEVICES,
	},
	{
		.noun = "container",
		.verb = "map",
		.summary = "Map memory of a file in a container",
		.doc = CONTAINER "The memory stays pinned, and is the file's, after this command "
				 "has ended.",
		.example = "iommuctl container map --container 8 --file /dev/shm/ram --iova "
			   "0x100000 --length 2M",
		.objects = &map_noun,
		.params = PARAMS(PARAM_CONTAINER, PARAM_FILE, PARAM_OFFSET, PARAM_LENGTH,
				 PARAM_IOVA, PARAM_READ, PARAM_WRITE),
		.required = PARAMS(PARAM_CONTAINER, PARAM_FILE, PARAM_IOVA),
		.run = run_map,
		.changes = true,
	},
	{
		.noun = "container",
		.verb = "unmap",
		.summary = "Unmap whole mappings of a container and print how many bytes they had",
		.doc = CONTAINER
		"Several mappings, and holes, can be in the range; none can be cut.",
		.example = "iommuctl container unmap --container 8 --iova 0x100000 --length 2M",
		.objects = &unmap_noun,
		.params = PARAMS(PARAM_CONTAINER, PARAM_IOVA, PARAM_LENGTH, PARAM_ALL),
		.required = PARAMS(PARAM_CONTAINER),
		.check = mapping_check_unmap,
		.run = run_unmap,
		.changes = true,
	},
	{ 0 },
};
