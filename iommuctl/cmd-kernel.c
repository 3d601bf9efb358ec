/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel: which calls of iommufd and VFIO this kernel has. */
#include <string.h>

#include "app.h"

GETTER(get_interface, value_text(iommuctl_kernel_entry_get_interface(object)))
GETTER(get_name, value_text(iommuctl_kernel_entry_get_name(object)))
GETTER(get_kind, value_text(iommuctl_kernel_entry_get_kind(object)))
GETTER(get_value, value_text(iommuctl_kernel_entry_get_value(object)))
GETTER(get_since, value_text(iommuctl_kernel_entry_get_since(object)))
GETTER(get_reason, value_text(iommuctl_kernel_entry_get_reason(object)))
GETTER(get_rules_out, value_text(iommuctl_kernel_entry_get_rules_out(object)))

static json_object *get_present(const void *object, const struct attr *attr)
{
	int present = iommuctl_kernel_entry_is_present(object);

	(void)attr;
	return present < 0 ? NULL : value_bool(present > 0);
}

static json_object *get_number(const void *object, const struct attr *attr)
{
	static int (*const get[])(const struct iommuctl_kernel_entry *, uint32_t *) = {
		iommuctl_kernel_entry_get_number,
		iommuctl_kernel_entry_get_size,
		iommuctl_kernel_entry_get_min_size,
	};
	uint32_t number;

	return get[attr->arg](object, &number) < 0 ? NULL : value_number(number);
}

/* What there is to say, in one column. */
static json_object *get_note(const void *object, const struct attr *attr)
{
	json_object *note = get_rules_out(object, attr);

	if (!note)
		note = get_reason(object, attr);
	return note ? note : get_value(object, attr);
}

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "interface", .heading = "INTERFACE", .flags = ATTR_COLUMN, .get = get_interface,
	  .help = "iommufd or vfio" },
	{ .key = "name", .heading = "NAME", .flags = ATTR_COLUMN, .get = get_name,
	  .help = "the name in the kernel's headers" },
	{ .key = "kind", .heading = "KIND", .get = get_kind,
	  .help = "node, call, struct, flag, option, extension or parameter" },
	{ .key = "number", .heading = "NUMBER", .flags = ATTR_RIGHT, .hex = 1, .arg = 0, .get = get_number,
	  .help = "of the call, option or extension; bits of a flag" },
	{ .key = "size", .heading = "SIZE", .flags = ATTR_COLUMN | ATTR_RIGHT, .arg = 1, .get = get_number,
	  .help = "bytes of the call's struct" },
	{ .key = "min_size", .heading = "MIN_SIZE", .flags = ATTR_RIGHT, .arg = 2, .get = get_number,
	  .help = "the least that the call takes" },
	{ .key = "present", .heading = "PRESENT", .flags = ATTR_COLUMN, .get = get_present,
	  .help = "whether this kernel has it" },
	{ .key = "value", .heading = "VALUE", .get = get_value,
	  .help = "what a parameter is set to" },
	{ .key = "since", .heading = "SINCE", .flags = ATTR_COLUMN, .get = get_since,
	  .help = "version of Linux that brought it" },
	{ .key = "reason", .heading = "REASON", .get = get_reason, .help = "why it is unknown, or missing" },
	{ .key = "rules_out", .heading = "RULES_OUT", .get = get_rules_out,
	  .help = "what cannot be done without it" },
	{ .key = "note", .heading = "NOTE", .flags = ATTR_TEXT | ATTR_COLUMN, .get = get_note,
	  .help = "what it rules out, why it is unknown, or its value" },
};
/* clang-format on */

static const struct noun noun = {
	.singular = "call",
	.plural = "calls",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
};

/* A reason that many calls share is told once. */
static void hint_missing(const struct objects *objects)
{
	const char *reason, *last = "";

	for (size_t i = 0; i < objects->count; i++) {
		const struct iommuctl_kernel_entry *entry = objects->items[i];

		reason = iommuctl_kernel_entry_get_reason(entry);
		if (!reason || strcmp(iommuctl_kernel_entry_get_kind(entry), "call") != 0)
			continue;
		if (strcmp(reason, last) != 0)
			hint("%s and others %s: %s", iommuctl_kernel_entry_get_name(entry),
			     iommuctl_kernel_entry_is_present(entry) < 0 ? "are unknown"
									 : "are missing",
			     reason);
		last = reason;
	}
}

static int run_kernel_show(struct app *app)
{
	json_object *extra = json_object_new_object(), *kernel = json_object_new_object();
	struct iommuctl_kernel_probe *probe = NULL;
	struct objects objects = { 0 };
	const void *entry;
	int r = EXIT_USAGE;

	if (selection_make(app, VIEW_TABLE) < 0)
		goto out;
	r = EXIT_FAILED;
	if (iommuctl_kernel_probe_load(app->ctx, &probe) < 0) {
		message_diag(app);
		goto out;
	}
	message_notes(app);
	for (size_t i = 0; (entry = iommuctl_kernel_probe_get_entry(probe, i)); i++)
		if (objects_add(&objects, entry) < 0)
			goto out;
	if (!app->quiet)
		hint_missing(&objects);
	object_set(kernel, "release", value_text(iommuctl_kernel_probe_get_release(probe)));
	object_set(extra, "kernel", json_object_get(kernel));
	r = render(app, VIEW_TABLE, &objects, json_object_get(extra));
out:
	json_object_put(kernel);
	json_object_put(extra);
	free(objects.items);
	iommuctl_kernel_probe_free(probe);
	return r;
}

const struct command kernel_commands[] = {
	{
		.noun = "kernel",
		.verb = "show",
		.summary = "Tell which calls of iommufd and VFIO this kernel has",
		.doc = "Asks /dev/iommu and /dev/vfio/vfio with calls that cannot have an effect; "
		       "the kernel's version is never looked at. With --root, the answers that a "
		       "snapshot kept.",
		.example = "iommuctl kernel show -o name,present,rules_out",
		.objects = &noun,
		.run = run_kernel_show,
		.is_default = true,
	},
	{ 0 },
};
