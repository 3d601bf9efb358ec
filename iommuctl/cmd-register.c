/* SPDX-License-Identifier: GPL-2.0-or-later */
/* register: decode values given by hand; no hardware needed. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "app.h"
#include "attrs.h"

struct entry {
	const struct iommuctl_register *reg;
	uint64_t value;
};

static json_object *fields_to_json(const struct iommuctl_register *reg, uint64_t value)
{
	json_object *fields = json_object_new_object();
	const struct iommuctl_field *field = NULL;

	while ((field = iommuctl_register_next_field(reg, field))) {
		struct iommuctl_value decoded = iommuctl_field_decode(field, value);
		json_object *object = json_object_new_object();

		object_set(object, "raw", value_number(iommuctl_field_get_raw(field, value)));
		object_set(object, "value", value_decoded(&decoded));
		object_set(fields, iommuctl_field_get_name(field), object);
	}
	return fields;
}

#define ENTRY ((const struct entry *)object)

GETTER(get_arch, value_text(iommuctl_register_get_arch(ENTRY->reg)))
GETTER(get_name, value_text(iommuctl_register_get_name(ENTRY->reg)))
GETTER(get_value, value_hex(ENTRY->value))
GETTER(get_fields, fields_to_json(ENTRY->reg, ENTRY->value))
GETTER(get_reserved, value_hex(iommuctl_register_get_reserved(ENTRY->reg, ENTRY->value)))
GETTER(get_width, value_number(iommuctl_register_get_width(ENTRY->reg)))
GETTER(get_help, value_text(iommuctl_register_get_help(ENTRY->reg)))
GETTER(get_spec, value_text(iommuctl_register_get_spec(ENTRY->reg)))

static void rows_fields(const void *object, struct rows *rows)
{
	const struct iommuctl_field *field = NULL;
	unsigned int high, low;
	char *note;

	while ((field = iommuctl_register_next_field(ENTRY->reg, field))) {
		struct iommuctl_value decoded = iommuctl_field_decode(field, ENTRY->value);

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
	{ .key = "arch", .heading = "MODEL", .flags = ATTR_COLUMN, .get = get_arch, .help = "what has it: a model of IOMMU, or another part" },
	{ .key = "name", .heading = "REGISTER", .flags = ATTR_COLUMN, .get = get_name, .help = "name" },
	{ .key = "value", .heading = "VALUE", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_value, .help = "value given" },
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
	const struct entry entry = { reg, value };
	json_object *object = json_object_new_object();

	for (size_t i = 0; i < ARRAY_SIZE(show_attrs); i++)
		object_set(object, show_attrs[i].key, show_attrs[i].get(&entry, &show_attrs[i]));
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

/* 64 digits, as virtio publishes its features: bit 0 first. */
static bool is_bits(const char *text)
{
	return strlen(text) == 64 && strspn(text, "01") == 64;
}

/* A hexadecimal or decimal number, or bits. */
static bool parse_value(const char *text, uint64_t *ret)
{
	bool hex = strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0;
	const char *digits = hex ? text + 2 : text;
	char *end;

	if (is_bits(text)) {
		*ret = 0;
		for (size_t i = 0; i < 64; i++)
			*ret |= (uint64_t)(text[i] - '0') << i;
		return true;
	}
	if (!isxdigit((unsigned char)digits[0]))
		return false;
	errno = 0;
	*ret = strtoull(digits, &end, hex ? 16 : 10);
	return errno == 0 && *end == '\0';
}

static bool has_arch(const struct iommuctl_register *reg, const char *arch)
{
	return !arch || strcmp(arch, iommuctl_register_get_arch(reg)) == 0;
}

/*
 * The first register of ARCH (NULL: of any) whose name is the first LENGTH
 * characters of NAME, in any case; *RET_COUNT is how many there are.
 */
static const struct iommuctl_register *find_register(const char *arch, const char *name,
						     size_t length, size_t *ret_count)
{
	const struct iommuctl_register *reg = NULL, *first = NULL;

	*ret_count = 0;
	while ((reg = iommuctl_register_next(reg)))
		if (has_arch(reg, arch) && strlen(iommuctl_register_get_name(reg)) == length &&
		    strncasecmp(iommuctl_register_get_name(reg), name, length) == 0 &&
		    (*ret_count)++ == 0)
			first = reg;
	return first;
}

/*
 * "cap" is a name of several models: the one that was asked for, or else that of
 * another register on the command line, or else NULL, the first one.
 */
static const char *find_arch(const struct app *app)
{
	for (size_t i = 0; !app->arch && i < app->arg_count; i++) {
		const struct iommuctl_register *reg;
		size_t count;

		reg = find_register(NULL, app->args[i], strcspn(app->args[i], "="), &count);
		if (count == 1)
			return iommuctl_register_get_arch(reg);
	}
	return app->arch;
}

static const char hex_digits[] = "0123456789abcdefABCDEF";

/*
 * sysfs and lspci print hexadecimal without 0x. Without a letter among the digits it is a number
 * all the same, another one; a register that is one number is printed in decimal.
 */
static void warn_of_decimal(const struct iommuctl_register *reg, const char *text)
{
	const struct iommuctl_field *first = iommuctl_register_next_field(reg, NULL);

	if (text[1] && text[strspn(text, "0123456789")] == '\0' && !is_bits(text) &&
	    iommuctl_register_next_field(reg, first))
		hint("%s is taken as decimal; were it hexadecimal: %s=0x%s", text,
		     iommuctl_register_get_name(reg), text);
}

static int parse_entry(const struct app *app, const char *arch, const char *word,
		       struct entry *entry)
{
	size_t length = strcspn(word, "="), count;
	const char *text = word + length + 1;
	unsigned int width;

	if (word[length] != '=') {
		message("register %s: decode: not of the form NAME=VALUE", word);
		return -EINVAL;
	}
	entry->reg = find_register(arch, word, length, &count);
	if (!entry->reg && !app->arch)
		entry->reg = find_register(NULL, word, length, &count);
	if (!entry->reg) {
		message("register %s: decode: no such register", word);
		hint("iommuctl register list names them");
		return -ENOENT;
	}
	if (!parse_value(text, &entry->value)) {
		message("register %s: decode: not a number of 64 bits", word);
		/* as sysfs prints them */
		if (text[0] && !text[strspn(text, hex_digits)])
			hint("hexadecimal needs 0x: %s=0x%s",
			     iommuctl_register_get_name(entry->reg), text);
		return -EINVAL;
	}
	width = iommuctl_register_get_width(entry->reg);
	if (width < 64 && entry->value >> width) {
		message("register %s: decode: wider than its %u bits", word, width);
		return -ERANGE;
	}
	if (!app->quiet)
		warn_of_decimal(entry->reg, text);
	return 0;
}

static int run_register_show(struct app *app)
{
	struct entry *entries = calloc(app->arg_count + 1, sizeof(*entries));
	const char *arch = find_arch(app);
	struct objects objects = { 0 };
	int r = EXIT_FAILED;

	if (!entries)
		return EXIT_FAILED;
	if (selection_make(app, VIEW_SHOW) < 0)
		r = EXIT_USAGE;
	for (size_t i = 0; r != EXIT_USAGE && i < app->arg_count; i++)
		if (parse_entry(app, arch, app->args[i], &entries[i]) < 0)
			app->failed++;
		else if (objects_add(&objects, &entries[i]) < 0)
			app->failed++;
	if (objects.count > 0)
		r = render(app, VIEW_SHOW, &objects, NULL);
	if (r == EXIT_DONE)
		r = app_exit_code(app, objects.count);
	free(objects.items);
	free(entries);
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
		if (has_arch(reg, app->arch))
			r = objects_add(&objects, &entries[i]);
	}
	r = r >= 0 ? render(app, VIEW_TABLE, &objects, NULL) : EXIT_FAILED;
	free(objects.items);
	free(entries);
	return r;
}

static error_t parse(int key, char *arg, struct app *app)
{
	const struct iommuctl_register *reg = NULL;
	enum iommuctl_model model;

	if (key != 'm')
		return ARGP_ERR_UNKNOWN;
	app->arch = arg;
	while ((reg = iommuctl_register_next(reg)))
		if (has_arch(reg, arg))
			return 0;
	return iommuctl_model_from_string(arg, &model) < 0 ? EINVAL : 0;
}

static const struct argp_option options[] = {
	{ "model", 'm', "MODEL", 0,
	  "Take registers of this model or part, such as arm-smmu-v3, pci", 0 },
	{ 0 },
};

const struct command register_commands[] = {
	{
		.noun = "register",
		.verb = "list",
		.summary = "List the registers that can be decoded",
		.example = "iommuctl register list",
		.objects = &list_noun,
		.options = options,
		.parse = parse,
		.run = run_register_list,
		.is_default = true,
	},
	{
		.noun = "register",
		.verb = "show",
		.args = "REGISTER=VALUE...",
		.summary = "Decode register values given by hand",
		.doc = "Values are hexadecimal with 0x, or decimal. A name that several models "
		       "have is looked up in the model of the other registers given, or in "
		       "that of --model.",
		.example = "iommuctl register show cap=0xd2008c40660462 ecap=0xf050da",
		.objects = &show_noun,
		.options = options,
		.parse = parse,
		.run = run_register_show,
		.min_args = 1,
	},
	{ 0 },
};
