/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iova ranges: which I/O addresses devices can use. */
#include <errno.h>
#include <string.h>

#include "app.h"
#include "attrs.h"
#include "borrow.h"
#include "cmd-iova.h"

struct entry {
	struct iommuctl_range range;
	const char *source;
};

#define ENTRY ((const struct entry *)object)

GETTER(get_start, value_hex(ENTRY->range.start))
GETTER(get_end, value_hex(ENTRY->range.end))
GETTER(get_source, value_text(ENTRY->source))

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "start", .heading = "START", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_start, .help = "first usable address" },
	{ .key = "end", .heading = "END", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_end, .help = "last usable address" },
	{ .key = "source", .heading = "SOURCE", .flags = ATTR_COLUMN, .get = get_source, .help = "who says so: iommufd, type1 or sysfs" },
};
/* clang-format on */

static const struct noun noun = {
	.singular = "device",
	.plural = "ranges",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
	.find = device_find,
};

/* Bind and attach every device to one new address space, and ask it. */
static int ask_devices(struct app *app, const struct objects *devices,
		       struct iommuctl_iommufd *iommufd, struct iommuctl_object *ioas,
		       struct iommuctl_range_set **ret_set)
{
	struct iommuctl_vfio **vfio = calloc(devices->count, sizeof(struct iommuctl_vfio *));
	int r = vfio ? 0 : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < devices->count; i++) {
		r = iommuctl_vfio_open(app->ctx, devices->items[i], &vfio[i]);
		if (r >= 0)
			r = iommuctl_vfio_bind(vfio[i], iommufd);
		if (r >= 0)
			r = iommuctl_vfio_attach(vfio[i], ioas, NULL);
	}
	if (r >= 0)
		r = iommuctl_ioas_get_ranges(ioas, ret_set, NULL);
	/* closing detaches and unbinds */
	for (size_t i = 0; vfio && i < devices->count; i++)
		iommuctl_vfio_close(vfio[i]);
	free(vfio);
	return r;
}

static int ask_iommufd(struct app *app, const struct objects *devices,
		       struct iommuctl_range_set **ret_set)
{
	struct iommuctl_iommufd *iommufd = NULL;
	struct iommuctl_object *ioas = NULL;
	int r;

	r = iommuctl_iommufd_open(app->ctx, &iommufd);
	if (r >= 0)
		r = iommuctl_ioas_alloc(iommufd, &ioas);
	if (r >= 0)
		r = ask_devices(app, devices, iommufd, ioas, ret_set);
	if (r < 0)
		message_diag(app);
	iommuctl_object_free(ioas);
	iommuctl_iommufd_close(iommufd);
	return r;
}

/* Some IOMMUs tell their width to the kernel, and it to nobody. */
static void hint_width(const struct app *app, const struct objects *devices)
{
	struct iommuctl_value value;

	for (size_t i = 0; i < devices->count && !app->quiet; i++)
		if (iommuctl_iommu_get_feature(iommuctl_device_get_iommu(devices->items[i]),
					       IOMMUCTL_FEATURE_INPUT_BITS, &value) < 0)
			hint("%s: the width of its IOMMU is not in sysfs: the upper end may be "
			     "lower",
			     iommuctl_device_get_name(devices->items[i]));
}

static int ask_sysfs(struct app *app, const struct objects *devices,
		     struct iommuctl_range_set **ret_set)
{
	int r = iommuctl_device_get_usable_ranges(
		app->ctx, (const struct iommuctl_device *const *)devices->items, devices->count,
		ret_set);

	if (r < 0)
		message_diag(app);
	else
		hint_width(app, devices);
	return r;
}

/* The groups of DEVICES, each once. */
static int find_groups(const struct objects *devices, struct objects *groups)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < devices->count; i++) {
		const void *group = iommuctl_device_get_group(devices->items[i]);
		size_t n = 0;

		while (n < groups->count && groups->items[n] != group)
			n++;
		if (n == groups->count)
			r = objects_add(groups, group);
	}
	return r;
}

/* The set becomes the caller's own. */
static int copy_ranges(const struct iommuctl_container_info *info,
		       struct iommuctl_range_set **ret_set)
{
	const struct iommuctl_range_set *set = iommuctl_container_info_get_ranges(info);

	return set ? iommuctl_range_set_copy(set, ret_set) : -ENODATA;
}

static int ask_container(struct app *app, struct borrowed *borrowed,
			 struct iommuctl_range_set **ret_set)
{
	struct iommuctl_container_info *info = NULL;
	int r = borrow_claim(app, borrowed);

	if (r >= 0)
		r = iommuctl_container_get_info(borrowed->container, &info);
	if (r < 0)
		message_diag(app);
	else
		r = copy_ranges(info, ret_set);
	iommuctl_container_info_free(info);
	return r;
}

/* A container of VFIO's own. 1: it cannot be asked, which is told. */
static int ask_type1(struct app *app, const struct objects *devices,
		     struct iommuctl_range_set **ret_set)
{
	const struct iommuctl_diag *diag = iommuctl_context_get_diag(app->ctx);
	struct objects groups = { 0 };
	struct borrowed borrowed;
	int r = find_groups(devices, &groups);

	if (r >= 0)
		r = borrow_open(app, (const struct iommuctl_group *const *)groups.items,
				groups.count, &borrowed);
	if (r < 0) {
		free(groups.items);
		if (!app->quiet)
			hint("%s: %s; answering from sysfs", iommuctl_diag_get_object(diag),
			     iommuctl_diag_get_reason(diag));
		return 1;
	}
	r = ask_container(app, &borrowed, ret_set);
	borrow_end(&borrowed);
	free(groups.items);
	/* before Linux 5.4 they are not told */
	return r == -ENODATA ? 1 : r;
}

static const struct source {
	const char *name;
	int (*ask)(struct app *app, const struct objects *devices,
		   struct iommuctl_range_set **ret_set);
} sources[] = {
	{ "iommufd", ask_iommufd },
	{ "type1", ask_type1 },
	{ "sysfs", ask_sysfs },
};
enum { SOURCE_IOMMUFD, SOURCE_TYPE1, SOURCE_SYSFS };

/* The kernel can be asked only about devices that were given to VFIO already. */
static size_t first_source(const struct app *app, const struct objects *devices)
{
	size_t source = SOURCE_IOMMUFD;

	if (iommuctl_context_has_root(app->ctx))
		return SOURCE_SYSFS;
	for (size_t i = 0; i < devices->count; i++) {
		const struct iommuctl_diag *diag = iommuctl_context_get_diag(app->ctx);
		const struct iommuctl_device *device = devices->items[i];
		struct iommuctl_vfio *vfio;

		if (iommuctl_device_get_vfio_node(device))
			continue;
		source = SOURCE_TYPE1;
		if (is_on_vfio(device) && iommuctl_device_get_group(device))
			continue;
		/* without a node this fails, and tells why */
		if (iommuctl_vfio_open(app->ctx, device, &vfio) == -ENXIO && !app->quiet)
			hint("%s: %s; answering from sysfs", iommuctl_diag_get_object(diag),
			     iommuctl_diag_get_reason(diag));
		return SOURCE_SYSFS;
	}
	return source;
}

static int print(struct app *app, const struct iommuctl_range_set *set, const char *source)
{
	json_object *extra = json_object_new_object();
	struct objects objects = { 0 };
	struct iommuctl_range range;
	struct entry *entries;
	size_t n = 0;
	int r = 0;

	while (iommuctl_range_set_get(set, n, &range) == 0)
		n++;
	entries = calloc(n + 1, sizeof(*entries));
	for (size_t i = 0; entries && r >= 0 && i < n; i++) {
		iommuctl_range_set_get(set, i, &entries[i].range);
		entries[i].source = source;
		r = objects_add(&objects, &entries[i]);
	}
	object_set(extra, "source", value_text(source));
	r = entries && r >= 0 ? render(app, VIEW_TABLE, &objects, extra) : EXIT_FAILED;
	free(objects.items);
	free(entries);
	return r;
}

/* A device can be bound only once. */
void objects_drop_repeated(struct objects *devices)
{
	size_t kept = 0;

	for (size_t i = 0; i < devices->count; i++) {
		size_t n = 0;

		while (n < kept && devices->items[n] != devices->items[i])
			n++;
		if (n == kept)
			devices->items[kept++] = devices->items[i];
	}
	devices->count = kept;
}

static int run_ranges(struct app *app)
{
	struct iommuctl_range_set *set = NULL;
	struct objects devices = { 0 };
	int r = EXIT_FAILED, asked = 1;
	size_t source;

	if (selection_make(app, VIEW_TABLE) < 0)
		return EXIT_USAGE;
	/* an answer for some of the devices would be a wrong one */
	if (app_load(app) < 0 || app_collect(app, &devices) < 0 || app->failed > 0)
		goto out;
	objects_drop_repeated(&devices);
	for (source = first_source(app, &devices); asked > 0; source += asked > 0)
		asked = sources[source].ask(app, &devices, &set);
	if (asked == 0)
		r = print(app, set, sources[source].name);
out:
	iommuctl_range_set_free(set);
	free(devices.items);
	return r;
}

const struct command iova_commands[] = {
	{
		.noun = "iova",
		.verb = "ranges",
		.args = "DEVICE...",
		.summary = "Tell which I/O addresses devices can use",
		.doc = "Of several devices: what all of them can use at once. "
		       "Devices bound to a VFIO driver are bound to iommufd for a moment, which "
		       "asks the kernel itself; this needs access to their device nodes. Where "
		       "the kernel has no nodes for devices, their groups are put into a "
		       "container of VFIO's own for that. For others the answer is made from "
		       "sysfs: the IOMMU's input width minus "
		       "the reserved regions. No driver is ever changed.",
		.example = "iommuctl iova ranges 0000:03:00.0",
		.objects = &noun,
		.run = run_ranges,
		.is_default = true,
		.needs = IOMMUCTL_LOAD_REGISTERS | IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES |
			 IOMMUCTL_LOAD_VFIO,
		.min_args = 1,
	},
	{
		.noun = "iova",
		.verb = "plan",
		.args = "[DEVICE...]",
		.summary = "Lay out a guest's addresses around what its devices cannot use",
		.doc = "Memory is as low as can be, in as many pieces as it takes; space for "
		       "devices is below 4 GiB as high as can be, from 4 GiB on as low as can "
		       "be. With --nested the guest's physical addresses only avoid the windows "
		       "of interrupts; the addresses that its first stage may use are printed "
		       "too. With --host there is room on those machines too. Where there is no "
		       "room, the fewest regions in the way are named.",
		.example = "iommuctl iova plan --ram 16G --mmio 1G --mmio64 64G 0000:03:00.0",
		.objects = &iova_plan_noun,
		.params = PARAMS(PARAM_RAM, PARAM_MMIO, PARAM_MMIO64, PARAM_ALIGNMENT, PARAM_BITS,
				 PARAM_WINDOW, PARAM_NESTED, PARAM_HOST),
		.required = PARAMS(PARAM_RAM),
		.check = iova_plan_check,
		.run = run_iova_plan,
		.needs = IOMMUCTL_LOAD_REGISTERS | IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES,
	},
	{ 0 },
};
