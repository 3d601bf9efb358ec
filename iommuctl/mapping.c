/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What map and unmap share, whatever they map in. */
#include "objects.h"

/* clang-format off */
static const struct attr map_attrs[] = {
	{ .key = "iova", .heading = "IOVA", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_ADDRESS, .offset = offsetof(struct mapping, iova), .help = "the I/O address" },
	{ .key = "length", .heading = "LENGTH", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_U64, .offset = offsetof(struct mapping, length), .help = "in bytes" },
};
static const struct attr unmap_attrs[] = {
	{ .key = "length", .heading = "LENGTH", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_U64, .offset = offsetof(struct mapping, length), .help = "bytes that are not mapped any more" },
};

#define NOUN(key, list) { .singular = "mapping", .plural = key, .attrs = list, .attr_count = ARRAY_SIZE(list) }
const struct noun map_noun = NOUN("maps", map_attrs);
const struct noun unmap_noun = NOUN("unmaps", unmap_attrs);
/* clang-format on */

/* Without a word about it devices may do both. */
unsigned int mapping_flags(const struct app *app)
{
	bool read = app->values[PARAM_READ].given, write = app->values[PARAM_WRITE].given;

	return (read || !write ? IOMMUCTL_MAP_READ : 0) |
	       (write || !read ? IOMMUCTL_MAP_WRITE : 0) |
	       (app->values[PARAM_IOVA].given ? IOMMUCTL_MAP_FIXED : 0);
}

int mapping_check_unmap(const struct app *app)
{
	bool all = app->values[PARAM_ALL].given, iova = app->values[PARAM_IOVA].given;

	if (all != iova && all != app->values[PARAM_LENGTH].given)
		return all ? EXIT_DONE : objects_check_range(app, PARAM_IOVA);
	message("%s unmap: either --all is needed, or --iova and --length", app->command->noun);
	return EXIT_USAGE;
}

struct iommuctl_range mapping_unmap_range(const struct app *app)
{
	return app->values[PARAM_ALL].given ? (struct iommuctl_range){ 0, UINT64_MAX }
					    : objects_range(app, PARAM_IOVA);
}
