/* SPDX-License-Identifier: GPL-2.0-or-later */
/* viommu, vdevice, hw-queue: what guests see of an IOMMU. */
#include <errno.h>

#include "objects.h"

static json_object *get_data(const void *object, const struct attr *attr)
{
	const struct object_row *row = object;

	(void)attr;
	return row->data ? value_bytes(row->data, row->data_length) : NULL;
}

/* clang-format off */
static const struct attr attrs[] = { OBJECT_ATTRS };
static const struct attr viommu_attrs[] = {
	OBJECT_ATTRS,
	{ .key = "data", .heading = "DATA", .flags = ATTR_JSON, .get = get_data, .help = "what the driver answered to --data, in hexadecimal" },
};

#define NOUN(name, key, list) { .singular = name, .plural = key, .attrs = list, .attr_count = ARRAY_SIZE(list) }
static const struct noun viommus = NOUN("vIOMMU", "viommus", viommu_attrs);
static const struct noun vdevices = NOUN("vdevice", "vdevices", attrs);
static const struct noun hw_queues = NOUN("hardware queue", "hw_queues", attrs);
/* clang-format on */

/* ------------------------------------------------------------------- viommu */

static int alloc_viommu(struct app *app, struct iommuctl_object *device,
			struct iommuctl_object *hwpt, uint8_t *data, size_t length)
{
	struct iommuctl_viommu_opts opts = {
		.size = sizeof(opts),
		.type = (uint32_t)app->values[PARAM_VIOMMU_TYPE].number,
		.data = data,
		.data_length = (uint32_t)length,
	};
	struct iommuctl_object *viommu;

	if (iommuctl_viommu_alloc(device, hwpt, &opts, &viommu) < 0)
		return objects_failed(app);
	return objects_created(app, viommu, PARENTS(hwpt), data, length);
}

static int create_viommu(struct app *app, struct iommuctl_object *hwpt)
{
	const struct param_value *data = &app->values[PARAM_DATA];
	struct iommuctl_object *device;
	uint8_t *bytes = NULL;
	size_t length = 0;
	int r = EXIT_FAILED;

	if (objects_find_device(app, &device) < 0)
		return EXIT_FAILED;
	if (!data->given || objects_bytes(app, data->text, &bytes, &length) >= 0)
		r = alloc_viommu(app, device, hwpt, bytes, length);
	iommuctl_object_free(device);
	free(bytes);
	return r;
}

static int run_create_viommu(struct app *app)
{
	return objects_with(app, KIND(HWPT), create_viommu);
}

/* ------------------------------------------------------------------ vdevice */

static int create_vdevice(struct app *app, struct iommuctl_object *viommu)
{
	struct iommuctl_object *device, *vdevice;
	int r;

	if (objects_find_device(app, &device) < 0)
		return EXIT_FAILED;
	if (iommuctl_vdevice_alloc(viommu, device, app->values[PARAM_VIRTUAL_ID].number, &vdevice) <
	    0)
		r = objects_failed(app);
	else
		r = objects_created(app, vdevice, PARENTS(viommu, device), NULL, 0);
	iommuctl_object_free(device);
	return r;
}

static int run_create_vdevice(struct app *app)
{
	return objects_with(app, KIND(VIOMMU), create_vdevice);
}

/* ----------------------------------------------------------------- hw-queue */

static int check_hw_queue(const struct app *app)
{
	return objects_check_range(app, PARAM_IOVA);
}

static int create_hw_queue(struct app *app, struct iommuctl_object *viommu)
{
	const struct param_value *values = app->values;
	struct iommuctl_object *queue;

	if (iommuctl_hw_queue_alloc(viommu, (uint32_t)values[PARAM_HW_QUEUE_TYPE].number,
				    (uint32_t)values[PARAM_INDEX].number,
				    objects_range(app, PARAM_IOVA), &queue) < 0)
		return objects_failed(app);
	return objects_created(app, queue, PARENTS(viommu), NULL, 0);
}

static int run_create_hw_queue(struct app *app)
{
	return objects_with(app, KIND(VIOMMU), create_hw_queue);
}

const struct command viommu_commands[] = {
	OBJECT_LIST("viommu", &viommus, "List the session's vIOMMUs"),
	{
		.noun = "viommu",
		.verb = "create",
		.args = "HWPT",
		.summary = "Make a vIOMMU and print its id",
		.doc = "A part of the device's IOMMU for a guest, whose memory the page table "
		       "maps, which is a nest parent. Linux 6.13.",
		.example = "iommuctl viommu create stage2 --device 0000:03:00.0 --type arm-smmu-v3",
		.objects = &viommus,
		.params = PARAMS(PARAM_NAME, PARAM_DEVICE, PARAM_VIOMMU_TYPE, PARAM_DATA),
		.required = PARAMS(PARAM_DEVICE, PARAM_VIOMMU_TYPE),
		.run = run_create_viommu,
		.changes = true,
		.min_args = 1,
		.max_args = 1,
	},
	OBJECT_DESTROY("viommu", "VIOMMU...", &viommus, "Destroy vIOMMUs"),
	OBJECT_INVALIDATE("viommu", "VIOMMU", "smmu --type arm-smmu-v3",
			  "Forget what is cached for a guest"),
	{ 0 },
};

const struct command vdevice_commands[] = {
	OBJECT_LIST("vdevice", &vdevices, "List the session's vdevices"),
	{
		.noun = "vdevice",
		.verb = "create",
		.args = "VIOMMU",
		.summary = "Name a device as a guest knows it, and print the id of that",
		.doc = "Needed for its events, for a nested page table that translates, and for "
		       "invalidations by its virtual id. Linux 6.13.",
		.example = "iommuctl vdevice create guest --device 0000:03:00.0 --virtual-id 0x10",
		.objects = &vdevices,
		.params = PARAMS(PARAM_NAME, PARAM_DEVICE, PARAM_VIRTUAL_ID),
		.required = PARAMS(PARAM_DEVICE, PARAM_VIRTUAL_ID),
		.run = run_create_vdevice,
		.changes = true,
		.min_args = 1,
		.max_args = 1,
	},
	OBJECT_DESTROY("vdevice", "VDEVICE...", &vdevices, "Destroy vdevices"),
	{ 0 },
};

const struct command hw_queue_commands[] = {
	OBJECT_LIST("hw-queue", &hw_queues, "List the session's hardware queues"),
	{
		.noun = "hw-queue",
		.verb = "create",
		.args = "VIOMMU",
		.summary = "Give a guest's command queue to the hardware, and print its id",
		.doc = "The queue is in guest memory, at an address of the vIOMMU's page table; "
		       "its pages must be contiguous. Indices count up from 0. Linux 6.17.",
		.example = "iommuctl hw-queue create smmu --type 1 --index 0 --iova 1G "
			   "--length 64K",
		.objects = &hw_queues,
		.params = PARAMS(PARAM_NAME, PARAM_HW_QUEUE_TYPE, PARAM_INDEX, PARAM_IOVA,
				 PARAM_LENGTH),
		.required = PARAMS(PARAM_HW_QUEUE_TYPE, PARAM_INDEX, PARAM_IOVA, PARAM_LENGTH),
		.check = check_hw_queue,
		.run = run_create_hw_queue,
		.changes = true,
		.min_args = 1,
		.max_args = 1,
	},
	OBJECT_DESTROY("hw-queue", "QUEUE...", &hw_queues,
		       "Destroy hardware queues, the last first"),
	{ 0 },
};
