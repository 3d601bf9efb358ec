/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device pasid: what a device needs for ATS, PRI and PASID, link by link. */
#include <errno.h>
#include <string.h>

#include "app.h"
#include "attrs.h"

GETTER(get_device, value_text(iommuctl_device_get_name(iommuctl_chain_get_device(object))))
GETTER(get_config_read, value_bool(iommuctl_chain_has_config(object)))

static const char *const names[IOMMUCTL_SERVICE_COUNT] = {
	[IOMMUCTL_SERVICE_ATS] = "ATS",
	[IOMMUCTL_SERVICE_PRI] = "PRI",
	[IOMMUCTL_SERVICE_PASID] = "PASID",
};

/* clang-format off */
/* What registers of the device tell about a service. */
static const struct {
	enum iommuctl_service service;
	const char *key, *reg, *field;
} facts[] = {
	{ IOMMUCTL_SERVICE_ATS, "queue_depth", "ats_cap", "qdep" },
	{ IOMMUCTL_SERVICE_ATS, "page_aligned", "ats_cap", "page_aligned" },
	{ IOMMUCTL_SERVICE_ATS, "smallest_unit", "ats_ctrl", "stu" },
	{ IOMMUCTL_SERVICE_PRI, "capacity", "pri_capacity", "requests" },
	{ IOMMUCTL_SERVICE_PRI, "allocation", "pri_alloc", "requests" },
	{ IOMMUCTL_SERVICE_PRI, "response_pasid", "pri_status", "pasid" },
	{ IOMMUCTL_SERVICE_PASID, "device_bits", "pasid_cap", "width" },
	{ IOMMUCTL_SERVICE_PASID, "execute", "pasid_cap", "exec" },
	{ IOMMUCTL_SERVICE_PASID, "privileged", "pasid_cap", "priv" },
};
/* clang-format on */

static json_object *get_fact(const struct iommuctl_chain *chain, const char *reg_name,
			     const char *field_name)
{
	const struct iommuctl_field *field = NULL;
	const struct iommuctl_register *reg;
	struct iommuctl_value decoded;
	uint64_t value;

	for (size_t i = 0; iommuctl_chain_get_register(chain, i, &reg, &value) == 0; i++) {
		if (strcmp(iommuctl_register_get_name(reg), reg_name) != 0)
			continue;
		while ((field = iommuctl_register_next_field(reg, field)))
			if (strcmp(iommuctl_field_get_name(field), field_name) == 0) {
				decoded = iommuctl_field_decode(field, value);
				return value_decoded(&decoded);
			}
	}
	return NULL;
}

/* true, false, or NULL where RESULT is negative */
static json_object *value_answer(int result)
{
	return result < 0 ? NULL : value_bool(result);
}

static json_object *get_sentence(const void *object, const struct attr *attr)
{
	enum iommuctl_service service = (enum iommuctl_service)attr->arg;
	const struct iommuctl_link *broken =
		iommuctl_chain_get_first(object, service, IOMMUCTL_LINK_BROKEN);
	const struct iommuctl_link *unmeasured =
		iommuctl_chain_get_first(object, service, IOMMUCTL_LINK_UNMEASURED);
	int enabled = iommuctl_chain_is_enabled(object, service);
	json_object *value;
	char *text;

	if (asprintf(&text, "%s: %s%s", names[service],
		     broken	   ? "cannot be used: "
		     : unmeasured  ? "not known: "
		     : enabled > 0 ? "can be used, and is enabled"
				   : "can be used, but is not enabled",
		     broken	  ? iommuctl_link_get_evidence(broken)
		     : unmeasured ? iommuctl_link_get_evidence(unmeasured)
				  : "") < 0)
		return NULL;
	value = value_text(text);
	free(text);
	return value;
}

static json_object *link_name(const struct iommuctl_link *link)
{
	json_object *object = link ? json_object_new_object() : NULL;

	if (!object)
		return NULL;
	object_set(object, "id", value_text(iommuctl_link_get_id(link)));
	object_set(object, "object", value_text(iommuctl_link_get_object(link)));
	return object;
}

static json_object *get_service(const void *object, const struct attr *attr)
{
	enum iommuctl_service service = (enum iommuctl_service)attr->arg;
	json_object *result = json_object_new_object();
	unsigned int bits;

	object_set(result, "usable", value_answer(iommuctl_chain_is_usable(object, service)));
	object_set(result, "enabled", value_answer(iommuctl_chain_is_enabled(object, service)));
	if (service == IOMMUCTL_SERVICE_PASID)
		object_set(result, "bits",
			   iommuctl_chain_get_pasid_bits(object, &bits) < 0 ? NULL
									    : value_number(bits));
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (facts[i].service == service)
			object_set(result, facts[i].key,
				   get_fact(object, facts[i].reg, facts[i].field));
	object_set(result, "first_broken",
		   link_name(iommuctl_chain_get_first(object, service, IOMMUCTL_LINK_BROKEN)));
	object_set(result, "first_unmeasured",
		   link_name(iommuctl_chain_get_first(object, service, IOMMUCTL_LINK_UNMEASURED)));
	object_set(result, "answer", get_sentence(object, attr));
	return result;
}

static json_object *get_concerns(const struct iommuctl_link *link)
{
	json_object *list = json_object_new_array();

	for (unsigned int i = 0; i < IOMMUCTL_SERVICE_COUNT; i++)
		if (iommuctl_link_concerns(link, (enum iommuctl_service)i))
			json_object_array_add(list, value_text(iommuctl_service_to_string(
							    (enum iommuctl_service)i)));
	return list;
}

static const char *verdict(const struct iommuctl_link *link)
{
	return iommuctl_link_verdict_to_string(iommuctl_link_get_verdict(link));
}

static json_object *get_links(const void *object, const struct attr *attr)
{
	json_object *list = json_object_new_array();
	const struct iommuctl_link *link;

	(void)attr;
	for (size_t i = 0; (link = iommuctl_chain_get_link(object, i)); i++) {
		json_object *entry = link_name(link);

		object_set(entry, "verdict", value_text(verdict(link)));
		object_set(entry, "evidence", value_text(iommuctl_link_get_evidence(link)));
		object_set(entry, "advice", value_text(iommuctl_link_get_advice(link)));
		object_set(entry, "concerns", get_concerns(link));
		json_object_array_add(list, entry);
	}
	return list;
}

static void rows_links(const void *object, struct rows *rows)
{
	const struct iommuctl_link *link;
	char *text;

	for (size_t i = 0; (link = iommuctl_chain_get_link(object, i)); i++) {
		const char *advice = iommuctl_link_get_advice(link);

		if (asprintf(&text, "%-10s %s%s%s", verdict(link), iommuctl_link_get_evidence(link),
			     advice ? "; remedy: " : "", advice ? advice : "") < 0)
			return;
		rows_add(rows, iommuctl_link_get_id(link), value_text(text), NULL);
		free(text);
	}
}

static json_object *get_registers(const void *object, const struct attr *attr)
{
	json_object *list = json_object_new_array();
	const struct iommuctl_register *reg;
	uint64_t value;

	(void)attr;
	for (size_t i = 0; iommuctl_chain_get_register(object, i, &reg, &value) == 0; i++)
		json_object_array_add(list, register_to_json(reg, value));
	return list;
}

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "device", .heading = "DEVICE", .get = get_device, .help = "the kernel's name" },
	{ .key = "config_read", .heading = "CONFIG_READ", .get = get_config_read,
	  .help = "whether its configuration space was read" },
	{ .key = "links", .heading = "LINKS", .get = get_links, .rows = rows_links,
	  .help = "what must hold, from the device to iommufd" },
	{ .key = "ats", .heading = "ATS", .flags = ATTR_JSON, .arg = IOMMUCTL_SERVICE_ATS,
	  .get = get_service, .help = "address translation services" },
	{ .key = "pri", .heading = "PRI", .flags = ATTR_JSON, .arg = IOMMUCTL_SERVICE_PRI,
	  .get = get_service, .help = "page requests" },
	{ .key = "pasid", .heading = "PASID", .flags = ATTR_JSON, .arg = IOMMUCTL_SERVICE_PASID,
	  .get = get_service, .help = "process address space ids" },
	{ .key = "ats_answer", .heading = "ATS", .flags = ATTR_TEXT | ATTR_SHOW,
	  .arg = IOMMUCTL_SERVICE_ATS, .get = get_sentence, .help = "whether ATS can be used" },
	{ .key = "pri_answer", .heading = "PRI", .flags = ATTR_TEXT | ATTR_SHOW,
	  .arg = IOMMUCTL_SERVICE_PRI, .get = get_sentence, .help = "whether PRI can be used" },
	{ .key = "pasid_answer", .heading = "PASID", .flags = ATTR_TEXT | ATTR_SHOW,
	  .arg = IOMMUCTL_SERVICE_PASID, .get = get_sentence, .help = "whether PASIDs can be used" },
	{ .key = "registers", .heading = "REGISTERS", .flags = ATTR_JSON, .get = get_registers,
	  .help = "registers of configuration space, decoded" },
};
/* clang-format on */

const struct noun device_pasid_noun = {
	.singular = "device",
	.plural = "devices",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
	.get = device_get,
	.find = device_find,
};

const struct argp_option device_pasid_options[] = {
	{ "config", 'c', NULL, 0, "Read PCI configuration space, which wakes devices that sleep",
	  0 },
	{ 0 },
};

error_t device_pasid_parse(int key, char *arg, struct app *app)
{
	(void)arg;
	if (key != 'c')
		return ARGP_ERR_UNKNOWN;
	app->config = true;
	return 0;
}

/* The chains of DEVICES; what they point to is to be freed. */
static void load_chains(struct app *app, const struct objects *devices, struct objects *chains)
{
	for (size_t i = 0; i < devices->count; i++) {
		struct iommuctl_chain *chain;
		int r = iommuctl_chain_load(devices->items[i],
					    app->config ? IOMMUCTL_CHAIN_CONFIG : 0, &chain);

		if (r >= 0 && objects_add(chains, chain) >= 0)
			continue;
		message("device %s: follow its chain: %s",
			iommuctl_device_get_name(devices->items[i]), strerror(r < 0 ? -r : ENOMEM));
		app->failed++;
		if (r >= 0)
			iommuctl_chain_free(chain);
	}
}

static bool is_all_usable(const struct objects *chains)
{
	for (size_t i = 0; i < chains->count; i++)
		for (unsigned int n = 0; n < IOMMUCTL_SERVICE_COUNT; n++)
			if (iommuctl_chain_is_usable(chains->items[i], (enum iommuctl_service)n) ==
			    0)
				return false;
	return true;
}

int run_device_pasid(struct app *app)
{
	struct objects devices = { 0 }, chains = { 0 };
	int r = EXIT_FAILED;

	if (selection_make(app, VIEW_SHOW) < 0)
		return EXIT_USAGE;
	if (app_load(app) < 0)
		return EXIT_FAILED;
	if (app_collect(app, &devices) >= 0)
		load_chains(app, &devices, &chains);
	if (chains.count > 0)
		r = render(app, VIEW_SHOW, &chains, NULL);
	if (r == EXIT_DONE)
		r = app_exit_code(app, chains.count);
	if (r == EXIT_DONE && !is_all_usable(&chains))
		r = EXIT_FOUND;
	for (size_t i = 0; i < chains.count; i++)
		iommuctl_chain_free((struct iommuctl_chain *)chains.items[i]);
	free(chains.items);
	free(devices.items);
	return r;
}
