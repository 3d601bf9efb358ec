/* SPDX-License-Identifier: GPL-2.0-or-later */
/* container: VFIO's address spaces of before iommufd, of type 1 and sPAPR TCE. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "container.h"
#include "objects.h"

int container_with(struct app *app,
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

/* -------------------------------------------------------------------- opening */

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
static const struct noun opened_noun = { .singular = "container", .plural = "containers", .attrs = opened_attrs, .attr_count = ARRAY_SIZE(opened_attrs) };
/* clang-format on */

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

/* What fails leaves no group behind: the first COUNT are in it. */
static void remove_groups(struct app *app, size_t count)
{
	const struct param_value *words = &app->values[PARAM_GROUP];
	struct iommuctl_vfio_group *group;
	uint64_t fd;

	for (size_t i = 0; i < count && !app->dry_run; i++) {
		param_number(words->texts[i], &fd);
		if (iommuctl_vfio_group_from_fd(app->ctx, app->topology, (int)fd, &group) < 0)
			continue;
		if (iommuctl_vfio_group_remove(group) < 0)
			message_diag(app);
		iommuctl_vfio_group_take_fd(group);
	}
}

static int open_container(struct app *app, struct iommuctl_container *container)
{
	const struct param_value *words = &app->values[PARAM_GROUP];
	enum iommuctl_container_type type =
		(enum iommuctl_container_type)app->values[PARAM_CONTAINER_TYPE].number;
	struct opened opened = { .groups = json_object_new_array() };
	size_t added = 0;
	int r = EXIT_DONE;

	while (added < words->count &&
	       (r = add_group(app, container, words->texts[added], opened.groups)) == EXIT_DONE)
		added++;
	if (r == EXIT_DONE && iommuctl_container_set_type(container, type, &type) < 0)
		r = objects_failed(app);
	opened.type = iommuctl_container_type_to_string(type);
	if (r == EXIT_DONE)
		r = result_print(app, &opened);
	else
		remove_groups(app, added);
	json_object_put(opened.groups);
	return r;
}

static int run_open(struct app *app)
{
	return app_load(app) < 0 ? EXIT_FAILED : container_with(app, open_container);
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
	return container_with(app, map);
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
	return container_with(app, unmap);
}

/* ------------------------------------------------------------ windows of sPAPR */

struct window {
	uint64_t iova, length, page_size;
	uint32_t levels;
};

/* clang-format off */
static const struct attr window_attrs[] = {
	{ .key = "iova", .heading = "IOVA", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_ADDRESS, .offset = offsetof(struct window, iova), .help = "where it starts" },
	{ .key = "length", .heading = "LENGTH", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_U64, .offset = offsetof(struct window, length), .help = "in bytes" },
	{ .key = "page_size", .heading = "PAGE_SIZE", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_U64, .offset = offsetof(struct window, page_size), .help = "of its pages, in bytes" },
	{ .key = "levels", .heading = "LEVELS", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_U32, .offset = offsetof(struct window, levels), .help = "of its table" },
};
static const struct noun window_noun = { .singular = "window", .plural = "windows", .attrs = window_attrs, .attr_count = ARRAY_SIZE(window_attrs) };
/* of one that is gone only where it was */
static const struct noun removed_noun = { .singular = "window", .plural = "windows", .attrs = window_attrs, .attr_count = 1 };
/* clang-format on */

static int check_window(const struct app *app)
{
	uint64_t size = app->values[PARAM_PAGE_SIZE].number;

	if ((size & (size - 1)) == 0)
		return EXIT_DONE;
	message("container add-window: --page-size must be a power of two");
	return EXIT_USAGE;
}

static int add_window(struct app *app, struct iommuctl_container *container)
{
	const struct param_value *values = app->values;
	struct window window = {
		.length = values[PARAM_LENGTH].number,
		.page_size = values[PARAM_PAGE_SIZE].number,
		.levels = values[PARAM_LEVELS].given ? (uint32_t)values[PARAM_LEVELS].number : 1,
	};

	if (iommuctl_container_add_window(container, window.page_size, window.length, window.levels,
					  &window.iova) < 0)
		return objects_failed(app);
	return result_print(app, &window);
}

static int run_add_window(struct app *app)
{
	return container_with(app, add_window);
}

static int remove_window(struct app *app, struct iommuctl_container *container)
{
	const struct window window = { .iova = app->values[PARAM_IOVA].number };

	if (iommuctl_container_remove_window(container, window.iova) < 0)
		return objects_failed(app);
	return result_print(app, &window);
}

static int run_remove_window(struct app *app)
{
	return container_with(app, remove_window);
}

#define CONTAINER                                                                                  \
	"The container is a file that the caller has open: exec 8<>/dev/vfio/vfio in a shell. "

#define SAME_PROCESS                                                                               \
	"Such a container belongs to the process that used it first: batch does several of these " \
	"commands in one. "

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
		.objects = &container_noun,
		.params = PARAMS(PARAM_CONTAINER),
		.run = run_container_show,
		.is_default = true,
		.live = true,
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
		.live = true,
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
		.live = true,
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
		.live = true,
	},
	{
		.noun = "container",
		.verb = "add-window",
		.summary = "Add a window of addresses to a container of sPAPR TCE",
		.doc = CONTAINER SAME_PROCESS
		"Where the window starts is the kernel's choice. Linux 4.2, type spapr-tce-v2.",
		.example =
			"iommuctl container add-window --container 8 --page-size 64K --length 4G",
		.objects = &window_noun,
		.params = PARAMS(PARAM_CONTAINER, PARAM_PAGE_SIZE, PARAM_LENGTH, PARAM_LEVELS),
		.required = PARAMS(PARAM_CONTAINER, PARAM_PAGE_SIZE, PARAM_LENGTH),
		.check = check_window,
		.run = run_add_window,
		.changes = true,
		.live = true,
	},
	{
		.noun = "container",
		.verb = "remove-window",
		.summary = "Remove a window from a container of sPAPR TCE",
		.doc = CONTAINER SAME_PROCESS
		"The one of 32 bits, which is there from the start, too: room for another.",
		.example = "iommuctl container remove-window --container 8 --iova 0",
		.objects = &removed_noun,
		.params = PARAMS(PARAM_CONTAINER, PARAM_IOVA),
		.required = PARAMS(PARAM_CONTAINER, PARAM_IOVA),
		.run = run_remove_window,
		.changes = true,
		.silent = true,
		.live = true,
	},
	{ 0 },
};
