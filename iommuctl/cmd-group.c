/* SPDX-License-Identifier: GPL-2.0-or-later */
/* group: devices the IOMMU cannot tell or keep apart. */
#include <inttypes.h>

#include "app.h"
#include "attrs.h"

GETTER(get_id, value_number(iommuctl_group_get_id(object)))
GETTER(get_name, value_text(iommuctl_group_get_name(object)))
GETTER(get_isolated,
       value_bool(iommuctl_group_get_device(object, 0) && !iommuctl_group_get_device(object, 1)))

static json_object *get_type(const void *object, const struct attr *attr)
{
	enum iommuctl_domain_type type;

	(void)attr;
	return iommuctl_group_get_type(object, &type) < 0
		       ? NULL
		       : value_text(iommuctl_domain_type_to_string(type));
}

static json_object *get_devices(const void *object, const struct attr *attr)
{
	json_object *list = json_object_new_array();
	const struct iommuctl_device *device;

	(void)attr;
	for (size_t i = 0; (device = iommuctl_group_get_device(object, i)); i++)
		json_object_array_add(list, value_text(iommuctl_device_get_name(device)));
	return list;
}

static json_object *get_regions(const void *object, const struct attr *attr)
{
	const struct iommuctl_region *region;
	json_object *list;
	size_t count;

	(void)attr;
	if (iommuctl_group_get_region_count(object, &count) < 0)
		return NULL;
	list = json_object_new_array();
	for (size_t i = 0; (region = iommuctl_group_get_region(object, i)); i++)
		json_object_array_add(list, region_to_json(region));
	return list;
}

static void rows_regions(const void *object, struct rows *rows)
{
	const struct iommuctl_region *region;
	char range[64];

	for (size_t i = 0; (region = iommuctl_group_get_region(object, i)); i++) {
		snprintf(range, sizeof(range), "0x%" PRIx64 "-0x%" PRIx64, region->range.start,
			 region->range.end);
		rows_add(rows, iommuctl_region_type_to_string(region->type), value_text(range),
			 NULL);
	}
}

static json_object *get_viable(const void *object, const struct attr *attr)
{
	int r = iommuctl_group_is_viable(object, NULL);

	(void)attr;
	return r < 0 ? NULL : value_bool(r);
}

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "id", .heading = "GROUP", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_id,
	  .help = "the kernel's number" },
	{ .key = "type", .heading = "TYPE", .flags = ATTR_COLUMN, .needs = IOMMUCTL_LOAD_GROUPS,
	  .get = get_type, .help = "default domain: DMA, DMA-FQ, identity, blocked, ..." },
	{ .key = "name", .heading = "NAME", .flags = ATTR_VERBOSE, .needs = IOMMUCTL_LOAD_GROUPS,
	  .get = get_name, .help = "name, which few groups have" },
	{ .key = "isolated", .heading = "ISOLATED", .flags = ATTR_COLUMN, .get = get_isolated,
	  .help = "a device has the group for itself" },
	{ .key = "viable", .heading = "VIABLE", .flags = ATTR_COLUMN,
	  .needs = IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES, .get = get_viable,
	  .help = "could be given away: no driver or region in the way" },
	{ .key = "regions", .heading = "REGIONS", .needs = IOMMUCTL_LOAD_GROUPS,
	  .get = get_regions, .rows = rows_regions, .help = "reserved regions" },
	{ .key = "devices", .heading = "DEVICES", .flags = ATTR_COLUMN, .get = get_devices,
	  .help = "members" },
};
/* clang-format on */

const void *group_get(const struct iommuctl_topology *topology, size_t i)
{
	return iommuctl_topology_get_group(topology, i);
}

const void *group_find(const struct iommuctl_topology *topology, const char *name)
{
	return iommuctl_topology_find_group(topology, name);
}

static const struct noun noun = {
	.singular = "group",
	.plural = "groups",
	.none = "no groups: Linux uses no IOMMU here, so DMA of all devices is untranslated",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
	.get = group_get,
	.find = group_find,
};

const struct command group_commands[] = {
	{
		.noun = "group",
		.verb = "list",
		.args = "[GROUP...]",
		.summary = "List the isolation groups",
		.doc = "The devices of a group cannot be isolated from each other: a group is "
		       "given away whole.",
		.example = "iommuctl group list -o id,type,devices",
		.objects = &noun,
		.run = run_list,
		.is_default = true,
	},
	{
		.noun = "group",
		.verb = "show",
		.args = "[GROUP...]",
		.summary = "Show groups with their reserved regions",
		.example = "iommuctl group show 12",
		.objects = &noun,
		.run = run_show,
	},
	{
		.noun = "group",
		.verb = "holders",
		.args = "[GROUP...]",
		.summary = "Tell which processes have groups, or devices of them, open",
		.doc = "And what else of VFIO and iommufd these processes have open. Without "
		       "GROUP: "
		       "all that any process has open. Processes of others are seen by root only; "
		       "how many could not be looked at is told.",
		.example = "iommuctl group holders 12",
		.objects = &group_holders_noun,
		.run = run_holders,
	},
	{ 0 },
};
