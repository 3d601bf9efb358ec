/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fault-queue: what devices ask for. */
#include <errno.h>
#include <string.h>

#include "queue.h"

/* A page request, and what has become of it. */
struct request {
	struct iommuctl_fault fault;
	char device[256];     /* its name; "": the session does not know it */
	const char *response; /* NULL: none yet */
};

#define REQUEST ((const struct request *)object)
#define FAULT	(&REQUEST->fault)

GETTER(get_device_id, value_number(FAULT->device_id))
GETTER(get_device, value_text(REQUEST->device[0] ? REQUEST->device : NULL))
GETTER(get_pasid, FAULT->has_pasid ? value_number(FAULT->pasid) : NULL)
GETTER(get_group, value_number(FAULT->group))
GETTER(get_address, value_hex(FAULT->address))
GETTER(get_length, value_number(FAULT->length))
GETTER(get_last, value_bool(FAULT->is_last))
GETTER(get_cookie, value_number(FAULT->cookie))
GETTER(get_response, value_text(REQUEST->response))

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

/* clang-format off */
static const struct attr attrs[] = { OBJECT_ATTRS };
static const struct attr fault_attrs[] = {
	{ .key = "cookie", .heading = "COOKIE", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_cookie, .help = "what the answer names the group by" },
	{ .key = "device_id", .heading = "DEVICE", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_device_id, .help = "the device, by its id in the iommufd" },
	{ .key = "device", .heading = "NAME", .flags = ATTR_COLUMN, .get = get_device, .help = "the device's name, if the session knows it" },
	{ .key = "pasid", .heading = "PASID", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_pasid, .help = "the PASID, if it is of one" },
	{ .key = "group", .heading = "GROUP", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_group, .help = "the group; all of a group are answered together" },
	{ .key = "address", .heading = "ADDRESS", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_address, .help = "the page's address" },
	{ .key = "length", .heading = "LENGTH", .flags = ATTR_JSON, .get = get_length, .help = "in bytes; 0: not told" },
	{ .key = "permissions", .heading = "PERMISSIONS", .flags = ATTR_COLUMN, .get = get_permissions, .help = "what it wants to do: read, write, exec, privileged" },
	{ .key = "last", .heading = "LAST", .flags = ATTR_COLUMN, .get = get_last, .help = "whether it is the last of its group" },
	{ .key = "response", .heading = "RESPONSE", .flags = ATTR_JSON, .get = get_response, .help = "how it was answered" },
};

#define NOUN(name, key, list) { .singular = name, .plural = key, .attrs = list, .attr_count = ARRAY_SIZE(list) }
static const struct noun fault_queues = NOUN("fault queue", "fault_queues", attrs);
static const struct noun faults = NOUN("page request", "faults", fault_attrs);
/* clang-format on */

static int run_create(struct app *app)
{
	struct iommuctl_object *queue;

	if (app_iommufd(app) < 0)
		return EXIT_FAILED;
	if (iommuctl_fault_queue_alloc(app->iommufd, &queue) < 0)
		return objects_failed(app);
	return objects_created(app, queue, NO_PARENTS, NULL, 0);
}

/* ------------------------------------------------------------------- reading */

/* As that of the request before, most of the time; else the session is asked. */
static void name_device(const struct app *app, struct request *requests, int i)
{
	struct request *request = &requests[i];
	const uint32_t id = request->fault.device_id;
	struct iommuctl_session_entry *entry;
	const char *name = NULL;

	if (i > 0 && request[-1].fault.device_id == id) {
		memcpy(request->device, request[-1].device, sizeof(request->device));
		return;
	}
	if (!app->session || id == 0 || iommuctl_session_next(app->session, id - 1, 0, &entry) < 0)
		return;
	if (iommuctl_session_entry_get_id(entry) == id)
		name = iommuctl_session_entry_get_device(entry);
	snprintf(request->device, sizeof(request->device), "%s", name ? name : "");
	iommuctl_session_entry_free(entry);
}

/* Each group once. What cannot be answered the kernel has answered: the device is gone. */
static void answer(const struct app *app, struct iommuctl_object *queue, struct request *requests,
		   int n)
{
	const struct param_value *response = &app->values[PARAM_RESPOND];

	for (int first = 0, next = 0; response->given && next < n; first = next) {
		const uint32_t cookie = requests[first].fault.cookie;
		bool done =
			iommuctl_fault_queue_respond(
				queue, cookie, (enum iommuctl_fault_response)response->number) >= 0;

		for (; next < n && requests[next].fault.cookie == cookie; next++)
			requests[next].response =
				done ? param_word_of(params[PARAM_RESPOND].words, response->number)
				     : NULL;
	}
}

static int take(struct app *app, struct iommuctl_object *queue, void *ret_rows, size_t max)
{
	struct iommuctl_fault *taken = calloc(max, sizeof(*taken));
	struct request *requests = ret_rows;
	int n = taken ? iommuctl_fault_queue_read(queue, taken, max) : -ENOMEM;

	for (int i = 0; i < n; i++) {
		requests[i].fault = taken[i];
		name_device(app, requests, i);
	}
	answer(app, queue, requests, n);
	free(taken);
	return n;
}

static const struct queue_source source = {
	.what = "page requests",
	.size = sizeof(struct request),
	.take = take,
};

static int read_queue(struct app *app, struct iommuctl_object *queue)
{
	return queue_read(app, queue, &source);
}

static int run_read(struct app *app)
{
	return queue_with(app, KIND(FAULT_QUEUE), read_queue);
}

static int watch_queue(struct app *app, struct iommuctl_object *queue)
{
	return queue_watch(app, queue, &source);
}

static int run_watch(struct app *app)
{
	return queue_with(app, KIND(FAULT_QUEUE), watch_queue);
}

static int check_watch(const struct app *app)
{
	const struct param_value *response = &app->values[PARAM_RESPOND];

	if (!response->given || param_word_of(params[PARAM_RESPOND].words, response->number))
		return queue_check_watch(app);
	message("fault-queue watch: --respond takes success or invalid");
	return EXIT_USAGE;
}

/* ---------------------------------------------------------------- responding */

struct response {
	uint64_t cookie, code;
};

static bool parse_response(const struct app *app, struct response *response)
{
	const struct param_word *words = params[PARAM_RESPOND].words;

	return param_number(app->args[1], &response->cookie) && response->cookie <= UINT32_MAX &&
	       param_word(words, app->args[2], &response->code) &&
	       param_word_of(words, response->code);
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
	struct request request = { 0 };

	if (!parse_response(app, &response) || !queue_is_open(app, queue))
		return EXIT_FAILED;
	request.fault.cookie = (uint32_t)response.cookie;
	request.response = param_word_of(params[PARAM_RESPOND].words, response.code);
	if (iommuctl_fault_queue_respond(queue, request.fault.cookie,
					 (enum iommuctl_fault_response)response.code) < 0)
		return objects_failed(app);
	return result_print(app, &request);
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
		.run = run_create,
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
		.run = run_read,
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
	{
		.noun = "fault-queue",
		.verb = "watch",
		.args = "QUEUE",
		.summary = "Print page requests as they come, a line each",
		.doc = "Until the session ends, a signal comes, or --count or --timeout say so; "
		       "then how many there were, on standard error. In text a line has what is "
		       "known, or the values of -o alone. What is taken must be answered: "
		       "--respond does that.",
		.example = "iommuctl fault-queue watch faults -j --respond invalid",
		.objects = &faults,
		.params = PARAMS(PARAM_EVENT_COUNT, PARAM_TIMEOUT, PARAM_RESPOND),
		.check = check_watch,
		.run = run_watch,
		.min_args = 1,
		.max_args = 1,
	},
	{ 0 },
};
