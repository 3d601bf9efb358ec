/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iommu: the IOMMUs of the machine, what they are and what they can do. */
#include "app.h"
#include "attrs.h"

#define OPTION_WHY 0x200

GETTER(get_name, value_text(iommuctl_iommu_get_name(object)))
GETTER(get_model, value_text(iommuctl_model_to_string(iommuctl_iommu_get_model(object))))
GETTER(get_model_id, value_number(iommuctl_iommu_get_model(object)))
GETTER(get_version, value_text(iommuctl_iommu_get_version(object)))
GETTER(get_node, value_text(iommuctl_iommu_get_node(object)))

static json_object *get_devices(const void *object, const struct attr *attr)
{
	json_object *list = json_object_new_array();
	const struct iommuctl_device *device;

	(void)attr;
	for (size_t i = 0; (device = iommuctl_iommu_get_device(object, i)); i++)
		json_object_array_add(list, value_text(iommuctl_device_get_name(device)));
	return list;
}

static json_object *get_device_count(const void *object, const struct attr *attr)
{
	size_t n = 0;

	(void)attr;
	while (iommuctl_iommu_get_device(object, n))
		n++;
	return value_number(n);
}

json_object *feature_to_json(const struct iommuctl_iommu *iommu, enum iommuctl_feature feature)
{
	struct iommuctl_value value;

	return iommuctl_iommu_get_feature(iommu, feature, &value) < 0 ? NULL
								      : value_decoded(&value);
}

json_object *features_to_json(const struct iommuctl_iommu *iommu)
{
	json_object *features = json_object_new_object();

	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		object_set(features, iommuctl_feature_get_key((enum iommuctl_feature)i),
			   feature_to_json(iommu, (enum iommuctl_feature)i));
	return features;
}

static json_object *get_feature(const void *object, const struct attr *attr)
{
	return feature_to_json(object, (enum iommuctl_feature)attr->arg);
}

GETTER(get_features, features_to_json(object))

static json_object *get_feature_sources(const void *object, const struct attr *attr)
{
	json_object *sources = json_object_new_object();

	(void)attr;
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		object_set(sources, iommuctl_feature_get_key((enum iommuctl_feature)i),
			   value_text(iommuctl_iommu_get_feature_source(object,
									(enum iommuctl_feature)i)));
	return sources;
}

/* Behind the feature that it is about: what there is, and where from. */
static void add_reason(const struct iommuctl_iommu *iommu, enum iommuctl_feature reason,
		       struct rows *rows)
{
	json_object *value = feature_to_json(iommu, reason);
	char *note = NULL;

	if (!value)
		return;
	if (asprintf(&note, "[%s]", iommuctl_iommu_get_feature_source(iommu, reason)) < 0)
		note = NULL;
	rows_add(rows, iommuctl_feature_get_key(reason), value, note);
	free(note);
}

static void rows_features(const void *object, struct rows *rows)
{
	enum iommuctl_feature reason = IOMMUCTL_FEATURE_COUNT;

	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++) {
		enum iommuctl_feature feature = (enum iommuctl_feature)i;
		const char *source = iommuctl_iommu_get_feature_source(object, feature);
		char *note = NULL;

		if (feature == reason) {
			add_reason(object, feature, rows);
			continue;
		}
		if (asprintf(&note, "%s%s%s%s", iommuctl_feature_get_help(feature),
			     source ? " [" : "", source ? source : "", source ? "]" : "") < 0)
			note = NULL;
		rows_add(rows, iommuctl_feature_get_key(feature), feature_to_json(object, feature),
			 note);
		free(note);
		iommuctl_feature_get_reason(feature, &reason);
	}
}

json_object *registers_to_json(const struct iommuctl_iommu *iommu)
{
	json_object *list = json_object_new_array();
	const struct iommuctl_register *reg;
	uint64_t value;

	for (size_t i = 0; iommuctl_iommu_get_register(iommu, i, &reg, &value) == 0; i++)
		json_object_array_add(list, register_to_json(reg, value));
	return list;
}

GETTER(get_registers, registers_to_json(object))

static void rows_registers(const void *object, struct rows *rows)
{
	const struct iommuctl_register *reg;
	uint64_t value;

	for (size_t i = 0; iommuctl_iommu_get_register(object, i, &reg, &value) == 0; i++)
		rows_add(rows, iommuctl_register_get_name(reg), value_hex(value),
			 iommuctl_register_get_help(reg));
}

/* clang-format off */
#define FEATURE(feature, head, more) \
	.flags = ATTR_TEXT | (more), .heading = head, .needs = IOMMUCTL_LOAD_REGISTERS, \
	.arg = IOMMUCTL_FEATURE_##feature, .get = get_feature

static const struct attr attrs[] = {
	{ .key = "name", .heading = "NAME", .flags = ATTR_COLUMN, .get = get_name,
	  .help = "the kernel's name" },
	{ .key = "model", .heading = "MODEL", .flags = ATTR_COLUMN, .needs = IOMMUCTL_LOAD_REGISTERS,
	  .get = get_model, .help = "model name" },
	{ .key = "model_id", .heading = "MODEL_ID", .flags = ATTR_RIGHT, .needs = IOMMUCTL_LOAD_REGISTERS,
	  .get = get_model_id, .help = "model number, stable for ever; 0 is unknown" },
	{ .key = "version", .heading = "VERSION", .flags = ATTR_COLUMN, .needs = IOMMUCTL_LOAD_REGISTERS,
	  .get = get_version, .help = "version of the architecture" },
	{ .key = "input_bits", FEATURE(INPUT_BITS, "INPUT", ATTR_COLUMN | ATTR_RIGHT),
	  .help = "bits of an I/O virtual address" },
	{ .key = "pasid_bits", FEATURE(PASID_BITS, "PASID", ATTR_COLUMN | ATTR_RIGHT),
	  .help = "bits of a process address space id" },
	{ .key = "nesting", FEATURE(NESTING, "NESTING", ATTR_COLUMN), .help = "nested translation" },
	{ .key = "interrupt_remapping", FEATURE(INTERRUPT_REMAPPING, "INTREMAP", ATTR_COLUMN),
	  .help = "interrupt remapping" },
	{ .key = "device_count", .heading = "DEVICES", .flags = ATTR_TEXT | ATTR_COLUMN | ATTR_RIGHT,
	  .get = get_device_count, .help = "number of devices it serves" },
	{ .key = "node", .heading = "NODE", .get = get_node, .help = "path in sysfs" },
	{ .key = "devices", .heading = "DEVICES", .get = get_devices, .help = "devices it serves" },
	{ .key = "features", .heading = "FEATURES", .needs = IOMMUCTL_LOAD_REGISTERS,
	  .get = get_features, .rows = rows_features, .help = "what it can do" },
	{ .key = "feature_sources", .heading = "FEATURE_SOURCES", .flags = ATTR_VERBOSE | ATTR_JSON,
	  .needs = IOMMUCTL_LOAD_REGISTERS, .get = get_feature_sources,
	  .help = "where each feature was learnt" },
	{ .key = "registers", .heading = "REGISTERS", .needs = IOMMUCTL_LOAD_REGISTERS,
	  .get = get_registers, .rows = rows_registers, .help = "registers the kernel publishes, decoded" },
};
/* clang-format on */

static const void *get(const struct iommuctl_topology *topology, size_t i)
{
	return iommuctl_topology_get_iommu(topology, i);
}

static const void *find(const struct iommuctl_topology *topology, const char *name)
{
	return iommuctl_topology_find_iommu(topology, name);
}

static const struct noun noun = {
	.singular = "iommu",
	.plural = "iommus",
	.none = "Linux uses no IOMMU here: there is none, or it is off in the firmware's setup or "
		"on "
		"the kernel's command line",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
	.extra = units_to_json,
	.print_extra = units_print,
	.get = get,
	.find = find,
};

static error_t parse(int key, char *arg, struct app *app)
{
	if (key != OPTION_WHY)
		return ARGP_ERR_UNKNOWN;
	app->why = arg;
	return 0;
}

static const struct argp_option options[] = {
	{ "why", OPTION_WHY, "FEATURES", 0,
	  "Tell of these features, parted by commas, why they are there or not", 0 },
	{ 0 },
};

static int run_iommu_show(struct app *app)
{
	if (!app->why)
		return run_show(app);
	if (!app->output)
		return run_why(app);
	message("iommu: --why has no attributes to choose with -o");
	return EXIT_USAGE;
}

const struct command iommu_commands[] = {
	{
		.noun = "iommu",
		.verb = "list",
		.args = "[IOMMU...]",
		.summary = "List the IOMMUs of the machine",
		.example = "iommuctl iommu list -o name,model,node",
		.objects = &noun,
		.run = run_list,
		.is_default = true,
	},
	{
		.noun = "iommu",
		.verb = "show",
		.args = "[IOMMU...]",
		.summary = "Show IOMMUs with their features, registers and devices",
		.doc = "A feature the kernel does not publish has the model's default, marked "
		       "[default], or is unknown.",
		.example = "iommuctl iommu show dmar0",
		.objects = &noun,
		.options = options,
		.parse = parse,
		.run = run_iommu_show,
	},
	{ 0 },
};
