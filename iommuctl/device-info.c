/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device info: what VFIO tells of devices. */
#include "attach.h"
#include "attrs.h"
#include "claim.h"

#define CLAIM ((const struct claim *)object)

GETTER(get_name, value_text(iommuctl_device_get_name(CLAIM->device)))

static json_object *get_can_reset(const void *object, const struct attr *attr)
{
	struct iommuctl_vfio_info info;

	(void)attr;
	return iommuctl_vfio_get_info(CLAIM->vfio, &info) < 0 ? NULL : value_bool(info.can_reset);
}

static json_object *get_regions(const void *object, const struct attr *attr)
{
	json_object *list = json_object_new_array();
	struct iommuctl_vfio_region region;
	struct iommuctl_vfio_info info;

	(void)attr;
	if (iommuctl_vfio_get_info(CLAIM->vfio, &info) < 0)
		info.regions = 0;
	for (uint32_t i = 0; i < info.regions; i++) {
		json_object *record;

		if (iommuctl_vfio_get_region(CLAIM->vfio, i, &region) < 0 || region.size == 0)
			continue;
		record = json_object_new_object();
		object_set(record, "index", value_number(i));
		object_set(record, "size", value_number(region.size));
		object_set(record, "offset", value_hex(region.offset));
		object_set(record, "read", value_bool(region.flags & IOMMUCTL_VFIO_REGION_READ));
		object_set(record, "write", value_bool(region.flags & IOMMUCTL_VFIO_REGION_WRITE));
		object_set(record, "mmap", value_bool(region.flags & IOMMUCTL_VFIO_REGION_MMAP));
		json_object_array_add(list, record);
	}
	return list;
}

static json_object *get_features(const void *object, const struct attr *attr)
{
	json_object *list = json_object_new_array();
	const char *name;

	(void)attr;
	for (uint32_t i = 0; (name = iommuctl_vfio_feature_get_name(i)); i++) {
		int get = iommuctl_vfio_has_feature(CLAIM->vfio, i, IOMMUCTL_VFIO_GET);
		int set = iommuctl_vfio_has_feature(CLAIM->vfio, i, IOMMUCTL_VFIO_SET);
		json_object *record;

		if (get <= 0 && set <= 0)
			continue;
		record = json_object_new_object();
		object_set(record, "name", value_text(name));
		object_set(record, "get", value_bool(get > 0));
		object_set(record, "set", value_bool(set > 0));
		json_object_array_add(list, record);
	}
	return list;
}

static void add_rows(const void *object, struct rows *rows, const char *label,
		     json_object *(*get)(const void *object, const struct attr *attr))
{
	json_object *list = get(object, NULL);

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		json_object *record = json_object_array_get_idx(list, i), *value;
		char words[128] = "", *text;

		json_object_object_foreach(record, key, member)
		{
			size_t used = strlen(words);

			if (strcmp(key, label) == 0)
				continue;
			text = value_to_text(member, 0);
			snprintf(words + used, sizeof(words) - used, "%s%s %s", used ? ", " : "",
				 key, text ? text : "");
			free(text);
		}
		json_object_object_get_ex(record, label, &value);
		text = value_to_text(value, 0);
		rows_add(rows, text ? text : "", value_text(words), NULL);
		free(text);
	}
	json_object_put(list);
}

static void region_rows(const void *object, struct rows *rows)
{
	add_rows(object, rows, "index", get_regions);
}

static void feature_rows(const void *object, struct rows *rows)
{
	add_rows(object, rows, "name", get_features);
}

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "device", .heading = "DEVICE", .flags = ATTR_COLUMN, .get = get_name, .help = "the kernel's name of the device" },
	{ .key = "can_reset", .heading = "RESET", .flags = ATTR_COLUMN, .get = get_can_reset, .help = "whether it can be reset" },
	{ .key = "regions", .heading = "REGIONS", .get = get_regions, .rows = region_rows, .help = "its memory: index, size, offset in its file, what can be done" },
	{ .key = "features", .heading = "FEATURES", .get = get_features, .rows = feature_rows, .help = "features of VFIO that can be read (get) or set" },
};
/* clang-format on */

const struct noun device_info_noun = {
	.singular = "device",
	.plural = "infos",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
	.find = device_find,
};

int run_device_info(struct app *app)
{
	struct claim *claims = calloc(app->arg_count, sizeof(*claims));
	struct objects objects = { 0 };
	int r = EXIT_FAILED;

	if (!claims)
		return EXIT_FAILED;
	if (selection_make(app, VIEW_SHOW) < 0)
		r = EXIT_USAGE;
	else
		for (size_t i = 0; i < app->arg_count; i++)
			if (claim_make(app, app->args[i], true, &claims[i]) < 0 ||
			    objects_add(&objects, &claims[i]) < 0)
				app->failed++;
	if (r != EXIT_USAGE && objects.count > 0)
		r = render(app, VIEW_SHOW, &objects, NULL);
	if (r == EXIT_DONE)
		r = app_exit_code(app, objects.count);
	for (size_t i = 0; i < app->arg_count; i++)
		iommuctl_vfio_close(claims[i].vfio);
	free(objects.items);
	free(claims);
	return r;
}
