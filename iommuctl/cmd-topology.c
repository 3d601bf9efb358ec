/* SPDX-License-Identifier: GPL-2.0-or-later */
/* topology: IOMMU -> group -> device. */
#include <string.h>

#include "app.h"

static json_object *device_to_json(const struct iommuctl_device *device)
{
	json_object *object = json_object_new_object();

	object_set(object, "name", value_text(iommuctl_device_get_name(device)));
	object_set(object, "subsystem", value_text(iommuctl_device_get_subsystem(device)));
	object_set(object, "driver", value_text(iommuctl_device_get_driver(device)));
	return object;
}

/* GROUP is NULL for devices that have none. */
static json_object *group_to_json(const struct iommuctl_group *group, json_object *devices)
{
	json_object *object = json_object_new_object();
	enum iommuctl_domain_type type;

	object_set(object, "id", group ? value_number(iommuctl_group_get_id(group)) : NULL);
	object_set(object, "type",
		   iommuctl_group_get_type(group, &type) < 0
			   ? NULL
			   : value_text(iommuctl_domain_type_to_string(type)));
	object_set(object, "devices", devices);
	return object;
}

static json_object *group_with_devices(const struct iommuctl_group *group)
{
	json_object *devices = json_object_new_array();
	const struct iommuctl_device *device;

	for (size_t i = 0; (device = iommuctl_group_get_device(group, i)); i++)
		json_object_array_add(devices, device_to_json(device));
	return group_to_json(group, devices);
}

static json_object *ungrouped_devices(const struct app *app)
{
	json_object *devices = json_object_new_array();
	const struct iommuctl_device *device;

	for (size_t i = 0; (device = iommuctl_topology_get_device(app->topology, i)); i++)
		if (!iommuctl_device_get_group(device))
			json_object_array_add(devices, device_to_json(device));
	return devices;
}

static json_object *iommu_to_json(const struct iommuctl_iommu *iommu, json_object *groups)
{
	json_object *object = json_object_new_object();

	object_set(object, "name", value_text(iommuctl_iommu_get_name(iommu)));
	object_set(object, "model",
		   iommu ? value_text(iommuctl_model_to_string(iommuctl_iommu_get_model(iommu)))
			 : NULL);
	object_set(object, "groups", groups);
	return object;
}

/* The list of groups of each IOMMU, found by the IOMMU; that of NULL are those no IOMMU serves. */
struct served {
	const struct iommuctl_iommu *iommu;
	json_object *groups;
};

static int compare_served(const void *left, const void *right)
{
	const struct served *a = left, *b = right;

	return (a->iommu > b->iommu) - (a->iommu < b->iommu);
}

/* A group belongs to the IOMMU that serves its first device. */
static void add_groups(const struct app *app, struct served *served, size_t count)
{
	const struct iommuctl_group *group;

	qsort(served, count, sizeof(*served), compare_served);
	for (size_t i = 0; (group = iommuctl_topology_get_group(app->topology, i)); i++) {
		const struct served key = { iommuctl_device_get_iommu(
			iommuctl_group_get_device(group, 0)) };
		const struct served *found =
			bsearch(&key, served, count, sizeof(key), compare_served);

		json_object_array_add(found->groups, group_with_devices(group));
	}
}

static json_object *build(const struct app *app)
{
	json_object *records, *unserved = json_object_new_array(), *devices;
	const struct iommuctl_iommu *iommu;
	struct served *served;
	size_t n = 0;

	while (iommuctl_topology_get_iommu(app->topology, n))
		n++;
	served = calloc(n + 1, sizeof(*served));
	if (!served) {
		json_object_put(unserved);
		return NULL;
	}
	records = json_object_new_array();
	for (size_t i = 0; (iommu = iommuctl_topology_get_iommu(app->topology, i)); i++) {
		served[i] = (struct served){ iommu, json_object_new_array() };
		json_object_array_add(records, iommu_to_json(iommu, served[i].groups));
	}
	served[n].groups = unserved;
	add_groups(app, served, n + 1);
	free(served);
	devices = ungrouped_devices(app);
	if (json_object_array_length(devices) > 0)
		json_object_array_add(unserved, group_to_json(NULL, devices));
	else
		json_object_put(devices);
	if (json_object_array_length(unserved) > 0)
		json_object_array_add(records, iommu_to_json(NULL, unserved));
	else
		json_object_put(unserved);
	return records;
}

static int run(struct app *app)
{
	json_object *records;
	int r;

	if (app_load(app) < 0)
		return EXIT_FAILED;
	records = build(app);
	if (!records)
		return EXIT_FAILED;
	r = render_nested(app, "topology", records);
	json_object_put(records);
	return r;
}

static error_t parse(int key, char *arg, struct app *app)
{
	if (key != 'f')
		return ARGP_ERR_UNKNOWN;
	if (strcmp(arg, "tree") != 0 && strcmp(arg, "dot") != 0 && strcmp(arg, "json") != 0)
		return EINVAL;
	app->format = arg;
	app->json = app->json || strcmp(arg, "json") == 0;
	return 0;
}

static const struct argp_option options[] = {
	{ "format", 'f', "FORMAT", 0, "Print as tree, dot (for Graphviz) or json", 0 },
	{ 0 },
};

const struct command topology_commands[] = {
	{
		.noun = "topology",
		.summary = "Show the tree from IOMMUs over groups to devices",
		.doc = "Last come the devices that no IOMMU serves: their DMA is not translated.",
		.example = "iommuctl topology --format dot | dot -Tsvg > iommu.svg",
		.options = options,
		.parse = parse,
		.run = run,
		.is_default = true,
		.needs = IOMMUCTL_LOAD_REGISTERS | IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES,
	},
	{ 0 },
};
