/* SPDX-License-Identifier: GPL-2.0-or-later */
/* veventq: what vIOMMUs tell their guests. */
#include <stddef.h>

#include "queue.h"

#define EVENT	      ((const struct iommuctl_vevent *)object)
#define QUEUES_A_WORD 64u

static json_object *get_type(const void *object, const struct attr *attr)
{
	const char *word = param_word_of(params[PARAM_VEVENTQ_TYPE].words, EVENT->type);

	(void)attr;
	return value_text(word);
}

/* A field that is a number. */
static json_object *get_field(const void *object, const struct attr *attr)
{
	uint64_t value;

	return iommuctl_vevent_get_field(EVENT, (enum iommuctl_vevent_field)attr->arg, &value) < 0
		       ? NULL
		       : value_number(value);
}

static json_object *get_address(const void *object, const struct attr *attr)
{
	uint64_t value;

	(void)attr;
	return iommuctl_vevent_get_field(EVENT, IOMMUCTL_VEVENT_ADDRESS, &value) < 0
		       ? NULL
		       : value_hex(value);
}

static json_object *get_class(const void *object, const struct attr *attr)
{
	static const char *const names[] = { "cd", "ttd", "in" };
	uint64_t value;

	(void)attr;
	return iommuctl_vevent_get_field(EVENT, IOMMUCTL_VEVENT_CLASS, &value) < 0 ||
			       value >= ARRAY_SIZE(names)
		       ? NULL
		       : value_text(names[value]);
}

/* As page requests have them. */
static json_object *get_permissions(const void *object, const struct attr *attr)
{
	static const struct {
		enum iommuctl_vevent_field field;
		const char *words[2]; /* for 0 and 1 */
	} rows[] = {
		{ IOMMUCTL_VEVENT_READ, { "write", "read" } },
		{ IOMMUCTL_VEVENT_INSTRUCTION, { NULL, "exec" } },
		{ IOMMUCTL_VEVENT_PRIVILEGED, { NULL, "privileged" } },
	};
	json_object *list = NULL;
	uint64_t value;

	(void)attr;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (iommuctl_vevent_get_field(EVENT, rows[i].field, &value) < 0)
			continue;
		list = list ? list : json_object_new_array();
		if (rows[i].words[value])
			json_object_array_add(list, json_object_new_string(rows[i].words[value]));
	}
	return list;
}

static json_object *get_queues(const void *object, const struct attr *attr)
{
	static const enum iommuctl_vevent_field words[] = { IOMMUCTL_VEVENT_QUEUES_0,
							    IOMMUCTL_VEVENT_QUEUES_64 };
	json_object *list = NULL;
	uint64_t bits;

	(void)attr;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (iommuctl_vevent_get_field(EVENT, words[i], &bits) < 0)
			continue;
		list = list ? list : json_object_new_array();
		for (; bits; bits &= bits - 1)
			json_object_array_add(list,
					      value_number(i * QUEUES_A_WORD +
							   (unsigned int)__builtin_ctzll(bits)));
	}
	return list;
}

GETTER(get_event, value_text(iommuctl_vevent_get_name(EVENT)))
GETTER(get_data, EVENT->length ? value_bytes(EVENT->data, EVENT->length) : NULL)

/* clang-format off */
static const struct attr attrs[] = { OBJECT_ATTRS };
static const struct attr event_attrs[] = {
	{ .key = "sequence", .heading = "SEQUENCE", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_U32, .offset = offsetof(struct iommuctl_vevent, sequence), .help = "counts events, also lost ones" },
	{ .key = "lost", .heading = "LOST", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_U32, .offset = offsetof(struct iommuctl_vevent, lost), .help = "how many before it were lost" },
	{ .key = "type", .heading = "TYPE", .flags = ATTR_JSON, .get = get_type, .help = "what the queue's events are of" },
	{ .key = "event", .heading = "EVENT", .flags = ATTR_COLUMN, .get = get_event, .help = "its name in the architecture" },
	{ .key = "event_id", .heading = "EVENT-ID", .flags = ATTR_JSON | ATTR_RIGHT, .get = get_field, .arg = IOMMUCTL_VEVENT_ID, .help = "its number there" },
	{ .key = "virtual_id", .heading = "VIRTUAL-ID", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_field, .arg = IOMMUCTL_VEVENT_VIRTUAL_ID, .help = "the device, as the guest knows it" },
	{ .key = "pasid", .heading = "PASID", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_field, .arg = IOMMUCTL_VEVENT_PASID, .help = "the PASID, if it is of one" },
	{ .key = "address", .heading = "ADDRESS", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_address, .help = "what the device wanted to access" },
	{ .key = "permissions", .heading = "PERMISSIONS", .flags = ATTR_COLUMN, .get = get_permissions, .help = "what it wanted to do: read or write, exec, privileged" },
	{ .key = "class", .heading = "CLASS", .flags = ATTR_JSON, .get = get_class, .help = "what was accessed: cd, ttd, in" },
	{ .key = "queues", .heading = "QUEUES", .flags = ATTR_COLUMN, .get = get_queues, .help = "the guest's command queues that met an error" },
	{ .key = "data", .heading = "DATA", .flags = ATTR_COLUMN, .get = get_data, .help = "the event as the hardware wrote it, in hexadecimal; unknown: only lost ones" },
};

#define NOUN(name, key, list) { .singular = name, .plural = key, .attrs = list, .attr_count = ARRAY_SIZE(list) }
static const struct noun veventqs = NOUN("vEVENTQ", "veventqs", attrs);
static const struct noun events = NOUN("event", "events", event_attrs);
/* clang-format on */

static int create_queue(struct app *app, struct iommuctl_object *viommu)
{
	struct iommuctl_object *queue;

	if (iommuctl_veventq_alloc(viommu, (uint32_t)app->values[PARAM_VEVENTQ_TYPE].number,
				   (uint32_t)app->values[PARAM_DEPTH].number, &queue) < 0)
		return objects_failed(app);
	return objects_created(app, queue, PARENTS(viommu), NULL, 0);
}

static int run_create(struct app *app)
{
	return objects_with(app, KIND(VIOMMU), create_queue);
}

/* ------------------------------------------------------------------- reading */

static int take(struct app *app, struct iommuctl_object *queue, void *ret_rows, size_t max)
{
	(void)app;
	return iommuctl_veventq_read(queue, ret_rows, max);
}

static uint32_t lost(const void *object, bool *ret_only)
{
	*ret_only = EVENT->length == 0;
	return EVENT->lost;
}

static const struct queue_source source = {
	.what = "events",
	.size = sizeof(struct iommuctl_vevent),
	.take = take,
	.lost = lost,
};

static int read_queue(struct app *app, struct iommuctl_object *queue)
{
	return queue_read(app, queue, &source);
}

static int run_read(struct app *app)
{
	return queue_with(app, KIND(VEVENTQ), read_queue);
}

static int watch_queue(struct app *app, struct iommuctl_object *queue)
{
	return queue_watch(app, queue, &source);
}

static int run_watch(struct app *app)
{
	return queue_with(app, KIND(VEVENTQ), watch_queue);
}

const struct command veventq_commands[] = {
	OBJECT_LIST("veventq", &veventqs, "List the session's vEVENTQs"),
	{
		.noun = "veventq",
		.verb = "create",
		.args = "VIOMMU",
		.summary = "Make a queue for a vIOMMU's events and print its id",
		.doc = "One of each type. Linux 6.15.",
		.example = "iommuctl veventq create guest --type arm-smmu-v3 --depth 64",
		.objects = &veventqs,
		.params = PARAMS(PARAM_NAME, PARAM_VEVENTQ_TYPE, PARAM_DEPTH),
		.required = PARAMS(PARAM_VEVENTQ_TYPE, PARAM_DEPTH),
		.run = run_create,
		.changes = true,
		.min_args = 1,
		.max_args = 1,
	},
	OBJECT_DESTROY("veventq", "QUEUE...", &veventqs, "Destroy vEVENTQs"),
	{
		.noun = "veventq",
		.verb = "read",
		.args = "QUEUE",
		.summary = "Take the events that wait",
		.doc = "Never blocks, but for --wait.",
		.example = "iommuctl veventq read events --wait 1000",
		.objects = &events,
		.params = PARAMS(PARAM_MAX, PARAM_WAIT),
		.run = run_read,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "veventq",
		.verb = "watch",
		.args = "QUEUE",
		.summary = "Print events as they come, a line each",
		.doc = "Until the session ends, a signal comes, or --count or --timeout say so; "
		       "then how many there were, and were lost, on standard error. In text a "
		       "line has what is known, or the values of -o alone.",
		.example = "iommuctl veventq watch events -j --timeout 60",
		.objects = &events,
		.params = PARAMS(PARAM_EVENT_COUNT, PARAM_TIMEOUT),
		.check = queue_check_watch,
		.run = run_watch,
		.min_args = 1,
		.max_args = 1,
	},
	{ 0 },
};
