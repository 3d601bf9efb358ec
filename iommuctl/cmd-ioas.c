/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioas: I/O address spaces, and what is mapped in them. */
#include <errno.h>
#include <string.h>

#include "objects.h"

#define MAPPING ((const struct mapping *)object)

GETTER(get_end, value_hex(MAPPING->iova + (MAPPING->length - 1)))

/* clang-format off */
static const struct attr attrs[] = { OBJECT_ATTRS };

static const struct attr physical_attrs[] = {
	{ .key = "physical", .heading = "PHYSICAL", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_ADDRESS, .offset = offsetof(struct mapping, physical), .help = "the physical address" },
	{ .key = "iova", .heading = "IOVA", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_ADDRESS, .offset = offsetof(struct mapping, iova), .help = "the I/O address" },
	{ .key = "length", .heading = "LENGTH", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_U64, .offset = offsetof(struct mapping, length), .help = "bytes from there on that are contiguous" },
};
static const struct attr range_attrs[] = {
	{ .key = "start", .heading = "START", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_ADDRESS, .offset = offsetof(struct mapping, iova), .help = "first usable address" },
	{ .key = "end", .heading = "END", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_end, .help = "last usable address" },
	{ .key = "alignment", .heading = "ALIGNMENT", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_U64, .offset = offsetof(struct mapping, alignment), .help = "what mappings must be aligned to, in bytes" },
};

#define NOUN(key, list) { .singular = "address space", .plural = key, .attrs = list, .attr_count = ARRAY_SIZE(list) }
static const struct noun noun = NOUN("ioases", attrs);
static const struct noun physicals = NOUN("physicals", physical_attrs);
static const struct noun ranges = NOUN("ranges", range_attrs);
/* clang-format on */

/* ------------------------------------------------------------------ windows */

static int set_windows(struct app *app, struct iommuctl_object *ioas)
{
	const struct param_value *windows = &app->values[PARAM_WINDOW];

	return iommuctl_ioas_set_allowed(ioas, windows->ranges, windows->count);
}

static int run_create(struct app *app)
{
	struct iommuctl_object *ioas;

	if (app_iommufd(app) < 0)
		return EXIT_FAILED;
	if (iommuctl_ioas_alloc(app->iommufd, &ioas) < 0)
		return objects_failed(app);
	if (app->values[PARAM_WINDOW].given && set_windows(app, ioas) < 0) {
		message_diag(app);
		iommuctl_object_free(ioas);
		return EXIT_FAILED;
	}
	return objects_created(app, ioas, NO_PARENTS, NULL, 0);
}

static int allow(struct app *app, struct iommuctl_object *ioas)
{
	if (set_windows(app, ioas) < 0)
		return objects_failed(app);
	return result_print(app, &(struct object_row){ .id = iommuctl_object_get_id(ioas) });
}

static int run_allow(struct app *app)
{
	return objects_with_ioas(app, allow);
}

static int print_ranges(struct app *app, struct iommuctl_object *ioas)
{
	struct iommuctl_range_set *set;
	struct objects objects = { 0 };
	struct mapping *rows = NULL;
	struct iommuctl_range range;
	uint64_t alignment;
	size_t n = 0;
	int r = 0;

	if (iommuctl_ioas_get_ranges(ioas, &set, &alignment) < 0)
		return objects_failed(app);
	while (iommuctl_range_set_get(set, n, &range) == 0)
		n++;
	rows = calloc(n + 1, sizeof(*rows));
	for (size_t i = 0; rows && r >= 0 && i < n; i++) {
		iommuctl_range_set_get(set, i, &range);
		rows[i].iova = range.start;
		rows[i].length = range.end - range.start + 1;
		rows[i].alignment = alignment;
		r = objects_add(&objects, &rows[i]);
	}
	r = rows && r >= 0 ? render(app, VIEW_TABLE, &objects, NULL) : EXIT_FAILED;
	iommuctl_range_set_free(set);
	free(objects.items);
	free(rows);
	return r;
}

static int run_ranges(struct app *app)
{
	return selection_make(app, VIEW_TABLE) < 0 ? EXIT_USAGE
						   : objects_with_ioas(app, print_ranges);
}

/* ----------------------------------------------------------------- mappings */

static int map(struct app *app, struct iommuctl_object *ioas)
{
	struct mapping mapping = { .iova = app->values[PARAM_IOVA].number };
	struct memory memory;
	int r;

	if (memory_open(app, &memory) < 0)
		return EXIT_FAILED;
	mapping.length = memory.length;
	r = iommuctl_ioas_map_file(ioas, memory.fd, memory.start, memory.length, mapping_flags(app),
				   &mapping.iova);
	memory_close(&memory);
	return r < 0 ? objects_failed(app) : result_print(app, &mapping);
}

static int run_map(struct app *app)
{
	return objects_with_ioas(app, map);
}

static int check_copy(const struct app *app)
{
	return objects_check_range(app, PARAM_SOURCE);
}

static int copy(struct app *app, struct iommuctl_object *ioas)
{
	struct mapping mapping = {
		.iova = app->values[PARAM_IOVA].number,
		.length = app->values[PARAM_LENGTH].number,
	};
	struct iommuctl_object *from;
	int r;

	if (objects_find(app, app->values[PARAM_FROM].text, KIND(IOAS), &from) < 0)
		return EXIT_FAILED;
	r = iommuctl_ioas_copy(ioas, from, objects_range(app, PARAM_SOURCE), mapping_flags(app),
			       &mapping.iova);
	iommuctl_object_free(from);
	return r < 0 ? objects_failed(app) : result_print(app, &mapping);
}

static int run_copy(struct app *app)
{
	return objects_with_ioas(app, copy);
}

static int unmap(struct app *app, struct iommuctl_object *ioas)
{
	struct mapping mapping = { 0 };

	if (iommuctl_ioas_unmap(ioas, mapping_unmap_range(app), &mapping.length) < 0)
		return objects_failed(app);
	return result_print(app, &mapping);
}

static int run_unmap(struct app *app)
{
	return objects_with_ioas(app, unmap);
}

static int physical(struct app *app, struct iommuctl_object *ioas)
{
	struct mapping mapping = { .iova = app->values[PARAM_IOVA].number, .length = UINT64_MAX };

	if (app->values[PARAM_LENGTH].given)
		mapping.length = app->values[PARAM_LENGTH].number;
	if (iommuctl_ioas_get_physical(ioas, mapping.iova, &mapping.length, &mapping.physical) < 0)
		return objects_failed(app);
	return result_print(app, &mapping);
}

static int run_physical(struct app *app)
{
	return selection_make(app, VIEW_SHOW) < 0 ? EXIT_USAGE : objects_with_ioas(app, physical);
}

/* --------------------------------------------------------------- the iommufd */

static int check_compat(const struct app *app)
{
	if (app->arg_count == 0 || !app->values[PARAM_CLEAR].given)
		return EXIT_DONE;
	message("ioas compat: either an address space can be named, or --clear");
	return EXIT_USAGE;
}

static int run_compat(struct app *app)
{
	struct object_row row = { 0 };
	struct iommuctl_object *ioas = NULL;
	int r;

	if (app_iommufd(app) < 0)
		return EXIT_FAILED;
	if (app->arg_count == 0 && !app->values[PARAM_CLEAR].given) {
		if (iommuctl_iommufd_get_compat_ioas(app->iommufd, &row.id) < 0)
			return objects_failed(app);
		return result_print(app, &row);
	}
	if (app->arg_count > 0 && objects_find(app, app->args[0], KIND(IOAS), &ioas) < 0)
		return EXIT_FAILED;
	row.id = iommuctl_object_get_id(ioas);
	r = iommuctl_iommufd_set_compat_ioas(app->iommufd, ioas);
	iommuctl_object_free(ioas);
	return r < 0 ? objects_failed(app) : result_print(app, &row);
}

static int run_take_over(struct app *app)
{
	if (app_iommufd(app) < 0)
		return EXIT_FAILED;
	if (iommuctl_iommufd_change_process(app->iommufd) < 0)
		return objects_failed(app);
	return result_finish(app);
}

#define WHERE "The address space is named by its id, or by its name in the session. "

const struct command ioas_commands[] = {
	OBJECT_LIST("ioas", &noun, "List the session's I/O address spaces"),
	{
		.noun = "ioas",
		.verb = "create",
		.summary = "Make an I/O address space and print its id",
		.doc = "Windows must stay usable: no device that reserves some of their "
		       "addresses can be attached then, and the kernel chooses addresses in "
		       "them. Several can be given at once.",
		.example = "iommuctl ioas create --window 0-0x7fffffff --window 0x800000000-",
		.objects = &noun,
		.params = PARAMS(PARAM_NAME, PARAM_WINDOW),
		.run = run_create,
		.changes = true,
	},
	OBJECT_DESTROY("ioas", "IOAS...", &noun,
		       "Destroy I/O address spaces with all that they map"),
	{
		.noun = "ioas",
		.verb = "map",
		.args = "IOAS",
		.summary = "Map memory of a file, of a device, or new memory, and print its I/O "
			   "address",
		.doc = WHERE "Memory of files outlives the process that maps it. A device without "
			     "a page table pins nothing: what is wrong with the memory may show "
			     "only when a device is attached.",
		.example = "iommuctl ioas map 3 --file /dev/shm/ram --iova 0x100000 --length 2M",
		.objects = &map_noun,
		.params = PARAMS(PARAM_FILE, PARAM_MEMORY, PARAM_HUGE, PARAM_DEVICE, PARAM_REGION,
				 PARAM_OFFSET, PARAM_LENGTH, PARAM_IOVA, PARAM_READ, PARAM_WRITE),
		.check = memory_check,
		.run = run_map,
		.changes = true,
		.needs = LOAD_VFIO_DEVICES,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "ioas",
		.verb = "copy",
		.args = "IOAS",
		.summary = "Map what another address space has mapped",
		.doc = WHERE "Memory is not counted a second time.",
		.example = "iommuctl ioas copy 4 --from 3 --source 0x100000 --length 2M",
		.objects = &map_noun,
		.params = PARAMS(PARAM_FROM, PARAM_SOURCE, PARAM_LENGTH, PARAM_IOVA, PARAM_READ,
				 PARAM_WRITE),
		.required = PARAMS(PARAM_FROM, PARAM_SOURCE, PARAM_LENGTH),
		.check = check_copy,
		.run = run_copy,
		.changes = true,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "ioas",
		.verb = "unmap",
		.args = "IOAS",
		.summary = "Unmap whole mappings and print how many bytes they had",
		.doc = WHERE "Several mappings, and holes, can be in the range; none can be cut.",
		.example = "iommuctl ioas unmap 3 --iova 0x100000 --length 2M",
		.objects = &unmap_noun,
		.params = PARAMS(PARAM_IOVA, PARAM_LENGTH, PARAM_ALL),
		.check = mapping_check_unmap,
		.run = run_unmap,
		.changes = true,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "ioas",
		.verb = "allow",
		.args = "IOAS",
		.summary = "Change the windows of an I/O address space",
		.doc = WHERE "They replace those of before; without any everything is allowed.",
		.example = "iommuctl ioas allow 3 --window 0-0x7fffffff",
		.objects = &noun,
		.params = PARAMS(PARAM_WINDOW),
		.run = run_allow,
		.changes = true,
		.silent = true,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "ioas",
		.verb = "ranges",
		.args = "IOAS",
		.summary = "List the addresses that can be mapped in an I/O address space",
		.doc = WHERE "They change with every device that is attached.",
		.example = "iommuctl ioas ranges 3",
		.objects = &ranges,
		.run = run_ranges,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "ioas",
		.verb = "physical",
		.args = "IOAS",
		.summary = "Print the physical address of what is mapped",
		.doc = WHERE "For devices without an IOMMU, which have to be told. Linux 7.3.",
		.example = "iommuctl ioas physical 3 --iova 0x100000",
		.objects = &physicals,
		.params = PARAMS(PARAM_IOVA, PARAM_LENGTH),
		.required = PARAMS(PARAM_IOVA),
		.run = run_physical,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "ioas",
		.verb = "compat",
		.args = "[IOAS]",
		.summary = "Tell, or set, on which address space calls of VFIO type 1 work",
		.doc = WHERE,
		.example = "iommuctl ioas compat 3",
		.objects = &noun,
		.params = PARAMS(PARAM_CLEAR),
		.check = check_compat,
		.run = run_compat,
		.changes = true,
		.max_args = 1,
	},
	{
		.noun = "ioas",
		.verb = "take-over",
		.summary = "Count the memory of all mappings as this process's",
		.doc = "All mappings must be of files. What is counted is given back when this "
		       "process ends: this verb is for trying the call. Linux 6.13.",
		.example = "iommuctl --iommufd 7 ioas take-over",
		.objects = &noun,
		.run = run_take_over,
		.changes = true,
	},
	{ 0 },
};
