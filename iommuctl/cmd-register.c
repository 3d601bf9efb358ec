/* SPDX-License-Identifier: GPL-2.0-or-later */
/* register: decode values given by hand, or found in a log; no hardware needed. */
#include <errno.h>
#include <string.h>

#include "attrs.h"
#include "entries.h"

/* What FIELD means; nothing where not all of its bits are known. */
static struct iommuctl_value decode(const struct entry *entry, const struct iommuctl_field *field)
{
	struct iommuctl_value value = { .type = IOMMUCTL_VALUE_NONE };

	if (iommuctl_field_get_raw(field, ~entry->known) == 0)
		value = iommuctl_field_decode(field, entry->value);
	return value;
}

static json_object *fields_to_json(const struct entry *entry)
{
	json_object *fields = json_object_new_object();
	const struct iommuctl_field *field = NULL;

	while ((field = iommuctl_register_next_field(entry->reg, field))) {
		struct iommuctl_value decoded = decode(entry, field);
		uint64_t raw = iommuctl_field_get_raw(field, entry->value);
		uint64_t unknown = iommuctl_field_get_raw(field, ~entry->known);
		json_object *object = json_object_new_object();

		object_set(object, "raw", unknown ? NULL : value_number(raw));
		object_set(object, "value", value_decoded(&decoded));
		object_set(fields, iommuctl_field_get_name(field), object);
	}
	return fields;
}

static bool is_whole(const struct entry *entry)
{
	return entry->known == UINT64_MAX >> (64 - iommuctl_register_get_width(entry->reg));
}

#define ENTRY ((const struct entry *)object)

GETTER(get_arch, value_text(iommuctl_register_get_arch(ENTRY->reg)))
GETTER(get_name, value_text(iommuctl_register_get_name(ENTRY->reg)))
GETTER(get_device, value_text(ENTRY->device))
GETTER(get_line, ENTRY->line ? value_number(ENTRY->line) : NULL)
GETTER(get_value, is_whole(ENTRY) ? value_hex(ENTRY->value) : NULL)
GETTER(get_fields, fields_to_json(ENTRY))
GETTER(get_reserved,
       is_whole(ENTRY) ? value_hex(iommuctl_register_get_reserved(ENTRY->reg, ENTRY->value)) : NULL)
GETTER(get_width, value_number(iommuctl_register_get_width(ENTRY->reg)))
GETTER(get_help, value_text(iommuctl_register_get_help(ENTRY->reg)))
GETTER(get_spec, value_text(iommuctl_register_get_spec(ENTRY->reg)))

static void rows_fields(const void *object, struct rows *rows)
{
	const struct iommuctl_field *field = NULL;
	unsigned int high, low;
	char *note;

	while ((field = iommuctl_register_next_field(ENTRY->reg, field))) {
		struct iommuctl_value decoded = decode(ENTRY, field);

		iommuctl_field_get_bits(field, &high, &low);
		if ((high == low ? asprintf(&note, "[%u] %s", low, iommuctl_field_get_help(field))
				 : asprintf(&note, "[%u:%u] %s", high, low,
					    iommuctl_field_get_help(field))) < 0)
			return;
		rows_add(rows, iommuctl_field_get_name(field), value_decoded(&decoded), note);
		free(note);
	}
}

/* clang-format off */
static const struct attr show_attrs[] = {
	{ .key = "device", .heading = "DEVICE", .flags = ATTR_JSON, .get = get_device, .help = "what has the register, as the log names it" },
	{ .key = "line", .heading = "LINE", .flags = ATTR_JSON | ATTR_RIGHT, .get = get_line, .help = "number of the log's line" },
	{ .key = "arch", .heading = "MODEL", .flags = ATTR_COLUMN, .get = get_arch, .help = "what has it: a model of IOMMU, or another part" },
	{ .key = "name", .heading = "REGISTER", .flags = ATTR_COLUMN, .get = get_name, .help = "name" },
	{ .key = "value", .heading = "VALUE", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_value, .help = "value given, or found in the log" },
	{ .key = "fields", .heading = "FIELDS", .flags = ATTR_COLUMN, .get = get_fields, .rows = rows_fields, .help = "each field, bare and decoded" },
	{ .key = "reserved_set", .heading = "RESERVED_SET", .flags = ATTR_COLUMN, .get = get_reserved, .help = "bits that are set and have no meaning" },
};

static const struct attr list_attrs[] = {
	{ .key = "arch", .heading = "MODEL", .flags = ATTR_COLUMN, .get = get_arch, .help = "what has it: a model of IOMMU, or another part" },
	{ .key = "name", .heading = "REGISTER", .flags = ATTR_COLUMN, .get = get_name, .help = "name" },
	{ .key = "width", .heading = "WIDTH", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_width, .help = "width in bits" },
	{ .key = "help", .heading = "MEANING", .flags = ATTR_COLUMN, .get = get_help, .help = "what it is" },
	{ .key = "spec", .heading = "SPECIFICATION", .get = get_spec, .help = "document that defines it" },
};
/* clang-format on */

json_object *register_to_json(const struct iommuctl_register *reg, uint64_t value)
{
	const struct entry entry = entry_of(reg, value);
	json_object *object = json_object_new_object();

	for (size_t i = 0; i < ARRAY_SIZE(show_attrs); i++)
		if (!(show_attrs[i].flags & ATTR_JSON))
			object_set(object, show_attrs[i].key,
				   show_attrs[i].get(&entry, &show_attrs[i]));
	return object;
}

static const struct noun show_noun = {
	.singular = "register",
	.plural = "registers",
	.attrs = show_attrs,
	.attr_count = ARRAY_SIZE(show_attrs),
};

static const struct noun list_noun = {
	.singular = "register",
	.plural = "registers",
	.attrs = list_attrs,
	.attr_count = ARRAY_SIZE(list_attrs),
};

static int run_register_show(struct app *app)
{
	static char with_log[] = "device,line,arch,name,value,fields,reserved_set";
	struct entries entries = { 0 };
	struct objects objects = { 0 };
	int r = EXIT_FAILED;

	if (app->from_log && is_for_people(app))
		app->output = with_log;
	if (selection_make(app, VIEW_SHOW) < 0)
		return EXIT_USAGE;
	if (entries_collect(app, &entries) >= 0) {
		r = EXIT_DONE;
		for (size_t i = 0; r == EXIT_DONE && i < entries.count; i++)
			if (objects_add(&objects, &entries.items[i]) < 0)
				r = EXIT_FAILED;
	}
	if (r == EXIT_DONE && objects.count > 0)
		r = render(app, VIEW_SHOW, &objects, NULL);
	if (r == EXIT_DONE)
		r = app_exit_code(app, objects.count);
	free(objects.items);
	entries_free(&entries);
	return r;
}

static int run_register_list(struct app *app)
{
	const struct iommuctl_register *reg = NULL;
	struct objects objects = { 0 };
	struct entry *entries;
	size_t total = 0;
	int r;

	if (selection_make(app, VIEW_TABLE) < 0)
		return EXIT_USAGE;
	while ((reg = iommuctl_register_next(reg)))
		total++;
	entries = calloc(total, sizeof(*entries));
	r = entries ? 0 : -ENOMEM;
	for (size_t i = 0; r >= 0 && (reg = iommuctl_register_next(reg)); i++) {
		entries[i].reg = reg;
		if (register_has_arch(reg, app->arch))
			r = objects_add(&objects, &entries[i]);
	}
	r = r >= 0 ? render(app, VIEW_TABLE, &objects, NULL) : EXIT_FAILED;
	free(objects.items);
	free(entries);
	return r;
}

enum { OPTION_FROM_LOG = 0x300 };

static error_t parse(int key, char *arg, struct app *app)
{
	const struct iommuctl_register *reg = NULL;
	enum iommuctl_model model;

	if (key == OPTION_FROM_LOG)
		app->from_log = arg;
	if (key != 'm')
		return key == OPTION_FROM_LOG ? 0 : ARGP_ERR_UNKNOWN;
	app->arch = arg;
	while ((reg = iommuctl_register_next(reg)))
		if (register_has_arch(reg, arg))
			return 0;
	return iommuctl_model_from_string(arg, &model) < 0 ? EINVAL : 0;
}

/* clang-format off */
#define OPTION_MODEL { "model", 'm', "MODEL", 0, "Take registers of this model or part, such as arm-smmu-v3, pci", 0 }

static const struct argp_option list_options[] = {
	OPTION_MODEL,
	{ 0 },
};

static const struct argp_option show_options[] = {
	OPTION_MODEL,
	{ "from-log", OPTION_FROM_LOG, "FILE", 0, "Take the registers that are in the kernel log FILE; - is standard input", 0 },
	{ 0 },
};
/* clang-format on */

const struct command register_commands[] = {
	{
		.noun = "register",
		.verb = "list",
		.summary = "List the registers that can be decoded",
		.example = "iommuctl register list",
		.objects = &list_noun,
		.options = list_options,
		.parse = parse,
		.run = run_register_list,
		.is_default = true,
	},
	{
		.noun = "register",
		.verb = "show",
		.args = "REGISTER=VALUE...",
		.summary = "Decode register values, given by hand or found in a kernel log",
		.doc = "Values are hexadecimal with 0x, or decimal. A name that several models "
		       "have is looked up in the model of the other registers given, or in "
		       "that of --model. A log is what dmesg, journalctl or a serial console "
		       "have; its lines may have anything before them.",
		.example = "iommuctl register show cap=0xd2008c40660462 ecap=0xf050da",
		.objects = &show_noun,
		.options = show_options,
		.parse = parse,
		.run = run_register_show,
		.min_args = 1,
	},
	{ 0 },
};
