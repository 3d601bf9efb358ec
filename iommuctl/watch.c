/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes into a queue, a line each, as soon as it is there. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "queue.h"
#include "render.h"
#include "session.h"

/* So much is printed at once, at the most, before anything else is looked at. */
#define BATCH_BYTES (256u << 10)
#define BATCH_ROWS  512u

enum ending {
	GOES_ON,
	COUNTED,
	TIMED_OUT,
	SIGNALLED,
	SESSION_ENDED,
	QUEUE_ENDED,
	NOBODY_READS,
	NOT_TAKEN,
	FAILED, /* which was told */
};

static const char *const endings[] = {
	[COUNTED] = "so many were asked for",
	[TIMED_OUT] = "the time is up",
	[SIGNALLED] = "a signal came",
	[SESSION_ENDED] = "the session has ended",
	[QUEUE_ENDED] = "the queue has ended",
	[NOBODY_READS] = "nobody reads the output any more",
	[NOT_TAKEN] = "nobody takes the output, the last lines of which are lost",
	[FAILED] = "it failed",
};

struct watch {
	struct app *app;
	struct iommuctl_object *queue;
	const struct queue_source *source;
	struct buffer out;
	int signals;
	int64_t deadline; /* in milliseconds of the monotonic clock; -1: none */
	uint64_t count;	  /* as far as that is asked for; or UINT64_MAX */
	uint64_t seen, lost;
};

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* In milliseconds, for poll(). */
static int time_left(const struct watch *watch)
{
	int64_t left = watch->deadline - now();

	return watch->deadline < 0 ? -1 : left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

enum { AWAITED, SIGNALS, SESSION, OUTPUT, POLLED };

static enum ending ending_of(const struct pollfd *fds, int left)
{
	if (fds[SIGNALS].revents)
		return SIGNALLED;
	if (left != 0 && fds[AWAITED].revents & fds[AWAITED].events)
		return GOES_ON;
	if (fds[SESSION].revents)
		return SESSION_ENDED;
	if (fds[OUTPUT].revents & (POLLERR | POLLHUP))
		return NOBODY_READS;
	if (fds[AWAITED].revents & (POLLERR | POLLHUP | POLLNVAL))
		return QUEUE_ENDED;
	return left == 0 ? TIMED_OUT : GOES_ON;
}

/* Until FD may be ready for EVENTS, or there is an end. */
static enum ending wait_for(const struct watch *watch, int fd, short events)
{
	struct pollfd fds[POLLED] = {
		[AWAITED] = { .fd = fd, .events = events },
		[SIGNALS] = { .fd = watch->signals, .events = POLLIN },
		[SESSION] = { .fd = iommuctl_session_get_fd(watch->app->session),
			      .events = POLLIN },
		[OUTPUT] = { .fd = STDOUT_FILENO },
	};
	int left = time_left(watch);

	while (poll(fds, POLLED, left) < 0) {
		if (errno != EINTR) {
			message("watch: poll: %s", strerror(errno));
			return FAILED;
		}
		left = time_left(watch);
	}
	return ending_of(fds, left);
}

/* ------------------------------------------------------------------- output */

/* "address=0x1000 ", or, where the attributes were chosen, the value alone; each is one word. */
static void add_word(struct watch *watch, const struct attr *attr, const char *text)
{
	if (!watch->app->output) {
		buffer_text(&watch->out, attr->key);
		buffer_literal(&watch->out, "=");
	}
	for (; *text; text++)
		if (*text != ' ')
			buffer_add(&watch->out, text, 1);
	buffer_literal(&watch->out, " ");
}

static void add_text(struct watch *watch, const void *row)
{
	const struct app *app = watch->app;

	for (size_t i = 0; i < app->selection.count; i++) {
		const struct attr *attr = app->selection.attrs[i];
		json_object *value = attr_get(row, attr);
		char *text = value || app->output ? value_to_text(value, attr->hex) : NULL;

		if (text)
			add_word(watch, attr, text);
		free(text);
		json_object_put(value);
	}
	if (watch->out.used > 0 && watch->out.data[watch->out.used - 1] == ' ')
		watch->out.used--;
	buffer_literal(&watch->out, "\n");
}

static void add_json(struct watch *watch, const void *row)
{
	buffer_literal(&watch->out, "{\"schema\":\"iommuctl/1\",");
	result_members(watch->app, &watch->out, row);
	buffer_literal(&watch->out, "}\n");
}

/* As little as never blocks once a pipe has room; what was taken is printed also at the end. */
static enum ending write_out(struct watch *watch)
{
	enum ending ending = GOES_ON;
	size_t at = 0;

	if (watch->out.failed) {
		message("out of memory");
		return FAILED;
	}
	while (at < watch->out.used) {
		const size_t rest = watch->out.used - at;
		struct pollfd room = { .fd = STDOUT_FILENO, .events = POLLOUT };
		ssize_t n;

		if (poll(&room, 1, 0) == 0) {
			ending = wait_for(watch, STDOUT_FILENO, POLLOUT);
			if (ending != GOES_ON)
				return ending == FAILED ? FAILED : NOT_TAKEN;
			continue;
		}
		n = write(STDOUT_FILENO, watch->out.data + at, rest < PIPE_BUF ? rest : PIPE_BUF);
		if (n < 0 && errno != EINTR && errno != EAGAIN) {
			message("write: %s", strerror(errno));
			return FAILED;
		}
		at += n > 0 ? (size_t)n : 0;
	}
	watch->out.used = 0;
	return GOES_ON;
}

/* ------------------------------------------------------------------ watching */

/* Takes what waits, but no more than is asked for, and not for ever. */
static enum ending take_batch(struct watch *watch)
{
	void (*const add)(struct watch *, const void *) = watch->app->json ? add_json : add_text;
	int n = 1;

	while (n > 0 && watch->seen < watch->count && watch->out.used < BATCH_BYTES) {
		const uint64_t left = watch->count - watch->seen;
		void *rows = NULL;

		n = queue_take(watch->app, watch->queue, watch->source,
			       left < BATCH_ROWS ? left : BATCH_ROWS, true, &rows);
		for (int i = 0; i < n; i++) {
			const void *row = (const char *)rows + (size_t)i * watch->source->size;
			bool only = false;

			if (watch->source->lost)
				watch->lost += watch->source->lost(row, &only);
			watch->seen += !only;
			add(watch, row);
		}
		free(rows);
	}
	if (n >= 0)
		return GOES_ON;
	message_diag(watch->app);
	return FAILED;
}

static enum ending run(struct watch *watch)
{
	const int fd = iommuctl_object_get_fd(watch->queue);
	enum ending ending = GOES_ON, taken;

	while (ending == GOES_ON) {
		taken = take_batch(watch);
		ending = write_out(watch);
		if (ending == GOES_ON)
			ending = taken;
		if (ending == GOES_ON && watch->seen >= watch->count)
			ending = COUNTED;
		if (ending == GOES_ON)
			ending = wait_for(watch, fd, POLLIN);
	}
	return ending;
}

static int finish(const struct watch *watch, enum ending ending)
{
	const struct app *app = watch->app;
	const bool wanted = ending == COUNTED || (watch->count == UINT64_MAX &&
						  (ending == TIMED_OUT || ending == SIGNALLED));
	char lost[32] = "";

	if (watch->source->lost)
		snprintf(lost, sizeof(lost), ", %" PRIu64 " lost", watch->lost);
	if (!app->quiet || !wanted)
		message("%s %s: watch: %" PRIu64 " %s%s; %s", app->command->noun, app->args[0],
			watch->seen, watch->source->what, lost, endings[ending]);
	return wanted ? EXIT_DONE : EXIT_FAILED;
}

int queue_watch(struct app *app, struct iommuctl_object *queue, const struct queue_source *source)
{
	const struct param_value *timeout = &app->values[PARAM_TIMEOUT];
	const struct param_value *count = &app->values[PARAM_EVENT_COUNT];
	struct watch watch = {
		.app = app,
		.queue = queue,
		.source = source,
		.deadline = timeout->given ? now() + (int64_t)timeout->number * 1000 : -1,
		.count = count->given ? count->number : UINT64_MAX,
	};
	int r;

	if (!queue_is_open(app, queue))
		return EXIT_FAILED;
	watch.signals = signals_take();
	if (watch.signals < 0) {
		message("watch: %s", strerror(-watch.signals));
		return EXIT_FAILED;
	}
	r = finish(&watch, run(&watch));
	close(watch.signals);
	free(watch.out.data);
	return r;
}

int queue_check_watch(const struct app *app)
{
	if (!app->in_batch)
		return EXIT_DONE;
	message("%s watch: prints as it goes, so it is no command for a batch", app->command->noun);
	return EXIT_USAGE;
}
