/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fault-queue, veventq: what devices and vIOMMUs ask and tell. */
#include <errno.h>

#include "objects.h"

#define FAULT ((const struct iommuctl_fault *)object)
#define EVENT ((const struct iommuctl_vevent *)object)

GETTER(get_device_id, value_number(FAULT->device_id))
GETTER(get_pasid, FAULT->has_pasid ? value_number(FAULT->pasid) : NULL)
GETTER(get_group, value_number(FAULT->group))
GETTER(get_address, value_hex(FAULT->address))
GETTER(get_length, value_number(FAULT->length))
GETTER(get_last, value_bool(FAULT->is_last))
GETTER(get_cookie, value_number(FAULT->cookie))
GETTER(get_sequence, value_number(EVENT->sequence))
GETTER(get_lost, value_number(EVENT->lost))

static json_object *get_permissions(const void *object, const struct attr *attr)
{
	static const char *const names[] = { "read", "write", "exec", "privileged" };
	json_object *list = json_object_new_array();

	(void)attr;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (FAULT->permissions >> i & 1)
			json_object_array_add(list, json_object_new_string(names[i]));
	return list;
}

static json_object *get_data(const void *object, const struct attr *attr)
{
	(void)attr;
	return EVENT->length ? value_bytes(EVENT->data, EVENT->length) : NULL;
}

/* clang-format off */
static const struct attr attrs[] = { OBJECT_ATTRS };
static const struct attr fault_attrs[] = {
	{ .key = "cookie", .heading = "COOKIE", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_cookie, .help = "what the answer names the group by" },
	{ .key = "device_id", .heading = "DEVICE", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_device_id, .help = "the device, by its id in the iommufd" },
	{ .key = "pasid", .heading = "PASID", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_pasid, .help = "the PASID, if it is of one" },
	{ .key = "group", .heading = "GROUP", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_group, .help = "the group; all of a group are answered together" },
	{ .key = "address", .heading = "ADDRESS", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_address, .help = "the page's address" },
	{ .key = "length", .heading = "LENGTH", .flags = ATTR_JSON, .get = get_length, .help = "in bytes; 0: not told" },
	{ .key = "permissions", .heading = "PERMISSIONS", .flags = ATTR_COLUMN, .get = get_permissions, .help = "what it wants to do: read, write, exec, privileged" },
	{ .key = "last", .heading = "LAST", .flags = ATTR_COLUMN, .get = get_last, .help = "whether it is the last of its group" },
};
static const struct attr event_attrs[] = {
	{ .key = "sequence", .heading = "SEQUENCE", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_sequence, .help = "counts events, also lost ones" },
	{ .key = "lost", .heading = "LOST", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_lost, .help = "how many before it were lost" },
	{ .key = "data", .heading = "DATA", .flags = ATTR_COLUMN, .get = get_data, .help = "the event as the hardware wrote it, in hexadecimal; unknown: only lost ones" },
};

#define NOUN(name, key, list) { .singular = name, .plural = key, .attrs = list, .attr_count = ARRAY_SIZE(list) }
static const struct noun fault_queues = NOUN("fault queue", "fault_queues", attrs);
static const struct noun veventqs = NOUN("vEVENTQ", "veventqs", attrs);
static const struct noun faults = NOUN("page request", "faults", fault_attrs);
static const struct noun events = NOUN("event", "events", event_attrs);
/* clang-format on */

/* ------------------------------------------------------------------- making */

static int run_create_fault_queue(struct app *app)
{
	struct iommuctl_object *queue;

	if (app_iommufd(app) < 0)
		return EXIT_FAILED;
	if (iommuctl_fault_queue_alloc(app->iommufd, &queue) < 0)
		return objects_failed(app);
	return objects_created(app, queue, NO_PARENTS, NULL, 0);
}

static int create_veventq(struct app *app, struct iommuctl_object *viommu)
{
	struct iommuctl_object *queue;

	if (iommuctl_veventq_alloc(viommu, (uint32_t)app->values[PARAM_VEVENTQ_TYPE].number,
				   (uint32_t)app->values[PARAM_DEPTH].number, &queue) < 0)
		return objects_failed(app);
	return objects_created(app, queue, PARENTS(viommu), NULL, 0);
}

static int run_create_veventq(struct app *app)
{
	return objects_with(app, KIND(VIOMMU), create_veventq);
}

/* ------------------------------------------------------------------ reading */

#define AT_ONCE 64u
/* Page requests of one group, which come together: more than devices may have under way. */
#define AT_ONCE_MAX 65536u

static int need_file(const struct app *app, const struct iommuctl_object *queue)
{
	if (iommuctl_object_get_fd(queue) >= 0)
		return 0;
	message("%s %s: %s: its file is not here", app->command->noun, app->args[0],
		app->command->verb);
	hint("only the session in which it was created has that");
	return -EBADF;
}

/* What waits in QUEUE: up to --max of it, or what is there after --wait. */
static int read_queue(struct app *app, struct iommuctl_object *queue, size_t size,
		      int (*read)(struct iommuctl_object *queue, void *items, size_t max))
{
	const struct param_value *max = &app->values[PARAM_MAX], *wait = &app->values[PARAM_WAIT];
	size_t room = max->given ? max->number : AT_ONCE;
	struct objects objects = { 0 };
	char *items = NULL;
	int n, r;

	if (need_file(app, queue) < 0)
		return EXIT_FAILED;
	if (wait->given)
		iommuctl_object_wait(queue, (int)wait->number);
	do {
		free(items);
		items = calloc(room, size);
		n = items ? read(queue, items, room) : -ENOMEM;
	} while (n == -EINVAL && !max->given && (room *= 2) <= AT_ONCE_MAX);
	for (int i = 0; i < n; i++)
		if (objects_add(&objects, items + (size_t)i * size) < 0)
			n = -ENOMEM;
	r = n < 0 ? objects_failed(app) : render(app, VIEW_TABLE, &objects, NULL);
	free(objects.items);
	free(items);
	return r;
}

static int read_fault_queue(struct iommuctl_object *queue, void *items, size_t max)
{
	return iommuctl_fault_queue_read(queue, items, max);
}

static int read_veventq(struct iommuctl_object *queue, void *items, size_t max)
{
	return iommuctl_veventq_read(queue, items, max);
}

static int read_faults(struct app *app, struct iommuctl_object *queue)
{
	return read_queue(app, queue, sizeof(struct iommuctl_fault), read_fault_queue);
}

static int read_events(struct app *app, struct iommuctl_object *queue)
{
	return read_queue(app, queue, sizeof(struct iommuctl_vevent), read_veventq);
}

static int run_read_fault_queue(struct app *app)
{
	return selection_make(app, VIEW_TABLE) < 0
		       ? EXIT_USAGE
		       : objects_with(app, KIND(FAULT_QUEUE), read_faults);
}

static int run_read_veventq(struct app *app)
{
	return selection_make(app, VIEW_TABLE) < 0 ? EXIT_USAGE
						   : objects_with(app, KIND(VEVENTQ), read_events);
}

/* ---------------------------------------------------------------- responding */

struct response {
	uint64_t cookie, code;
};

static bool parse_response(const struct app *app, struct response *response)
{
	static const struct param_word codes[] = {
		{ "success", IOMMUCTL_FAULT_SUCCESS },
		{ "invalid", IOMMUCTL_FAULT_INVALID },
		{ NULL },
	};

	return param_number(app->args[1], &response->cookie) && response->cookie <= UINT32_MAX &&
	       param_word(codes, app->args[2], &response->code) &&
	       response->code <= IOMMUCTL_FAULT_INVALID;
}

static int check_response(const struct app *app)
{
	struct response response;

	if (parse_response(app, &response))
		return EXIT_DONE;
	message("fault-queue respond: '%s %s' is no cookie and success or invalid", app->args[1],
		app->args[2]);
	return EXIT_USAGE;
}

static int respond(struct app *app, struct iommuctl_object *queue)
{
	struct response response;

	if (!parse_response(app, &response) || need_file(app, queue) < 0)
		return EXIT_FAILED;
	if (iommuctl_fault_queue_respond(queue, (uint32_t)response.cookie,
					 (enum iommuctl_fault_response)response.code) < 0)
		return objects_failed(app);
	return result_print(app, &(struct iommuctl_fault){ .cookie = (uint32_t)response.cookie });
}

static int run_respond(struct app *app)
{
	return objects_with(app, KIND(FAULT_QUEUE), respond);
}

const struct command fault_queue_commands[] = {
	OBJECT_LIST("fault-queue", &fault_queues, "List the session's fault queues"),
	{
		.noun = "fault-queue",
		.verb = "create",
		.summary = "Make a queue for page requests and print its id",
		.doc = "For hwpt create --fault-queue. Every request must be answered, or the "
		       "device waits for ever. Linux 6.11.",
		.example = "iommuctl fault-queue create --name faults",
		.objects = &fault_queues,
		.params = PARAMS(PARAM_NAME),
		.run = run_create_fault_queue,
		.changes = true,
	},
	OBJECT_DESTROY("fault-queue", "QUEUE...", &fault_queues, "Destroy fault queues"),
	{
		.noun = "fault-queue",
		.verb = "read",
		.args = "QUEUE",
		.summary = "Take the page requests that wait",
		.doc = "Never blocks, but for --wait. What is taken must be answered.",
		.example = "iommuctl fault-queue read faults --wait 1000",
		.objects = &faults,
		.params = PARAMS(PARAM_MAX, PARAM_WAIT),
		.run = run_read_fault_queue,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "fault-queue",
		.verb = "respond",
		.args = "QUEUE COOKIE success|invalid",
		.summary = "Answer a group of page requests",
		.doc = "success: the pages are there, the device may try again; invalid: there "
		       "are none.",
		.example = "iommuctl fault-queue respond faults 1 success",
		.objects = &faults,
		.check = check_response,
		.run = run_respond,
		.changes = true,
		.silent = true,
		.min_args = 3,
		.max_args = 3,
	},
	{ 0 },
};

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
		.run = run_create_veventq,
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
		.run = run_read_veventq,
		.min_args = 1,
		.max_args = 1,
	},
	{ 0 },
};
