/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hwpt: hardware page tables, plain and nested. */
#include <errno.h>

#include "dirty.h"
#include "objects.h"

struct invalidation {
	uint32_t done;
	size_t entries;
};

GETTER(get_done, value_number(((const struct invalidation *)object)->done))
GETTER(get_entries, value_number(((const struct invalidation *)object)->entries))

/* clang-format off */
static const struct attr attrs[] = { OBJECT_ATTRS };

static const struct attr invalidation_attrs[] = {
	{ .key = "done", .heading = "DONE", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_done, .help = "how many entries were done" },
	{ .key = "entries", .heading = "ENTRIES", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_entries, .help = "how many there were" },
};
/* clang-format on */

static const struct noun noun = {
	.singular = "page table",
	.plural = "hwpts",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
};

const struct noun invalidation_noun = {
	.singular = "invalidation",
	.plural = "invalidations",
	.attrs = invalidation_attrs,
	.attr_count = ARRAY_SIZE(invalidation_attrs),
};

static int alloc(struct app *app, struct iommuctl_object *device, struct iommuctl_object *pt,
		 struct iommuctl_hwpt_opts *opts)
{
	struct iommuctl_object *hwpt;

	if (iommuctl_hwpt_alloc(device, pt, opts, &hwpt) < 0)
		return objects_failed(app);
	return objects_created(app, hwpt, PARENTS(pt, opts->fault_queue), NULL, 0);
}

static int create(struct app *app, struct iommuctl_object *pt)
{
	const struct param_value *values = app->values;
	struct iommuctl_hwpt_opts opts = {
		.size = sizeof(opts),
		.flags = (values[PARAM_NEST_PARENT].given ? IOMMUCTL_HWPT_NEST_PARENT : 0) |
			 (values[PARAM_DIRTY_TRACKING].given ? IOMMUCTL_HWPT_DIRTY_TRACKING : 0) |
			 (values[PARAM_FOR_PASID].given ? IOMMUCTL_HWPT_PASID : 0),
		.data_type = (uint32_t)values[PARAM_HWPT_DATA_TYPE].number,
	};
	struct iommuctl_object *device = NULL;
	uint8_t *data = NULL;
	size_t length = 0;
	int r = objects_find_device(app, &device);

	if (r >= 0 && values[PARAM_FAULT_QUEUE].given)
		r = objects_find(app, values[PARAM_FAULT_QUEUE].text, KIND(FAULT_QUEUE),
				 &opts.fault_queue);
	if (r >= 0 && values[PARAM_DATA].given)
		r = objects_bytes(app, values[PARAM_DATA].text, &data, &length);
	opts.data = data;
	opts.data_length = (uint32_t)length;
	r = r < 0 ? EXIT_FAILED : alloc(app, device, pt, &opts);
	iommuctl_object_free(opts.fault_queue);
	iommuctl_object_free(device);
	free(data);
	return r;
}

static int run_create(struct app *app)
{
	return objects_with(app, KIND(IOAS) | KIND(HWPT) | KIND(VIOMMU), create);
}

/* -------------------------------------------------------------- invalidating */

/* All entries, one after another; they have one length. */
static int gather(const struct app *app, uint8_t **ret_bytes, size_t *ret_length)
{
	const struct param_value *entries = &app->values[PARAM_ENTRY];
	uint8_t *all = NULL, *bytes, *grown;
	size_t used = 0, length;
	int r = 0;

	for (size_t i = 0; i < entries->count; i++) {
		r = objects_bytes(app, entries->texts[i], &bytes, &length);
		if (r < 0)
			break;
		if (i > 0 && length * i != used) {
			message("%s: entries are not of one length", app->command->noun);
			r = -EINVAL;
		}
		grown = r < 0 ? NULL : realloc(all, used + length + 1);
		if (grown) {
			all = grown;
			for (size_t n = 0; n < length; n++)
				all[used++] = bytes[n];
		}
		free(bytes);
		if (!grown) {
			r = r < 0 ? r : -ENOMEM;
			break;
		}
	}
	if (r < 0) {
		free(all);
		return r;
	}
	*ret_bytes = all;
	*ret_length = used;
	return 0;
}

static int invalidate(struct app *app, struct iommuctl_object *object)
{
	size_t entries = app->values[PARAM_ENTRY].count, length = 0;
	struct invalidation result = { .done = (uint32_t)entries, .entries = entries };
	uint8_t *bytes = NULL;
	int r;

	if (gather(app, &bytes, &length) < 0)
		return EXIT_FAILED;
	r = iommuctl_invalidate(object, (uint32_t)app->values[PARAM_INVALIDATE_TYPE].number, bytes,
				(uint32_t)(length / entries), &result.done);
	free(bytes);
	if (r < 0)
		message_diag(app);
	/* also after a failure: so many were done before it */
	return result_print(app, &result) == EXIT_DONE && r >= 0 ? EXIT_DONE : EXIT_FAILED;
}

int run_invalidate(struct app *app)
{
	return objects_with(app, KIND(HWPT) | KIND(VIOMMU), invalidate);
}

const struct command hwpt_commands[] = {
	OBJECT_LIST("hwpt", &noun, "List the session's page tables"),
	{
		.noun = "hwpt",
		.verb = "create",
		.args = "IOAS|HWPT|VIOMMU",
		.summary = "Make a page table and print its id",
		.doc = "Of an address space: what that maps. Of a page table made with "
		       "--nest-parent (VT-d), or of a vIOMMU (SMMUv3): one that is nested in "
		       "it, which --type and --data describe.",
		.example =
			"iommuctl hwpt create 3 --device 0000:03:00.0 --nest-parent --name stage2",
		.objects = &noun,
		.params = PARAMS(PARAM_NAME, PARAM_DEVICE, PARAM_NEST_PARENT, PARAM_DIRTY_TRACKING,
				 PARAM_FOR_PASID, PARAM_FAULT_QUEUE, PARAM_HWPT_DATA_TYPE,
				 PARAM_DATA),
		.required = PARAMS(PARAM_DEVICE),
		.run = run_create,
		.changes = true,
		.min_args = 1,
		.max_args = 1,
	},
	OBJECT_DESTROY("hwpt", "HWPT...", &noun, "Destroy page tables"),
	{
		.noun = "hwpt",
		.verb = "dirty",
		.args = "start|stop|read HWPT",
		.summary = "Note the pages that devices write to, and tell which",
		.doc = "Of a page table made with --dirty-tracking. start forgets what was noted; "
		       "read prints the ranges from --iova on, --length bytes, and clears them. "
		       "Holes are fine; a range that has none is read faster with --mapped. "
		       "Linux 6.7.",
		.example = "iommuctl hwpt dirty read stage2 --iova 0 --length 1G --bitmap pages",
		.objects = &dirty_noun,
		.params = PARAMS(PARAM_IOVA, PARAM_LENGTH, PARAM_PAGE_SIZE, PARAM_BITMAP,
				 PARAM_NO_CLEAR, PARAM_MAPPED),
		.check = check_dirty,
		.run = run_dirty,
		.changes = true,
		.min_args = 2,
		.max_args = 2,
	},
	OBJECT_INVALIDATE("hwpt", "HWPT", "stage1 --type vtd-s1",
			  "Forget what is cached of a nested page table"),
	{ 0 },
};
