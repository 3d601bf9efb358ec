/* SPDX-License-Identifier: GPL-2.0-or-later */
/* batch: many commands in one process, a line of JSON for each. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "line.h"
#include "render.h"
#include "words.h"

#define LINE_MAX_BYTES (256u << 10)
#define WORDS_MAX      1024

#define RECENT 64 /* a power of two */

/* A command as a line had it, and what its answer has before the status. */
struct recent {
	const struct command *command;
	int words;
	char head[64];
};

struct batch {
	struct app *whole; /* of the command batch */
	struct app app;	   /* of the line's command; what lasts stays */
	json_object *errors, *hints;
	struct buffer out;
	size_t line, done;
	bool skipping;		      /* the rest of a line that was too long */
	struct recent recent[RECENT]; /* by the words that found them */
	char *words[WORDS_MAX + 1];
};

/* -------------------------------------------------------------- one command */

static const struct recent no_command = { .head = ",\"command\":null,\"status\":" };

/* There are many commands, but few in one batch. */
static const struct recent *find_command(struct batch *batch, size_t count)
{
	char **words = batch->words;
	unsigned int hash = (unsigned int)(words[0][0] * 31 + (count > 1 ? words[1][0] : 0));
	struct recent *recent = &batch->recent[hash % RECENT];
	const struct command *command = recent->command;

	if (recent->words == 2 && count > 1 && strcmp(command->verb, words[1]) == 0 &&
	    strcmp(command->noun, words[0]) == 0)
		return recent;
	recent->command = command = command_find(words, (int)count, &recent->words);
	if (command)
		snprintf(recent->head, sizeof(recent->head),
			 ",\"command\":\"%s%s%s\",\"status\":", command->noun,
			 command->verb ? " " : "", command->verb ? command->verb : "");
	return command ? recent : &no_command;
}

static int run_command(struct batch *batch, const struct recent *recent, size_t count)
{
	char **words = batch->words;

	if (!recent->command || recent->command->parse || !recent->command->objects) {
		message("batch: '%s%s%s' is no command for a batch", words[0], count > 1 ? " " : "",
			count > 1 ? words[1] : "");
		return EXIT_USAGE;
	}
	return line_run(&batch->app, recent->command, words + recent->words);
}

/* ------------------------------------------------------------------- one line */

static void add_array(struct buffer *out, const char *key, json_object *array)
{
	size_t count = json_object_array_length(array);

	buffer_text(out, key);
	if (count == 0) {
		buffer_literal(out, "[]");
		return;
	}
	buffer_text(out, json_object_to_json_string_ext(array, RENDER_JSON));
	json_object_array_del_idx(array, 0, count);
}

static void add_messages(struct batch *batch)
{
	if (json_object_array_length(batch->errors) + json_object_array_length(batch->hints) == 0) {
		buffer_literal(&batch->out, ",\"errors\":[],\"hints\":[]}\n");
		return;
	}
	add_array(&batch->out, ",\"errors\":", batch->errors);
	add_array(&batch->out, ",\"hints\":", batch->hints);
	buffer_literal(&batch->out, "}\n");
}

static void add_line(struct batch *batch, const struct recent *recent, int status)
{
	const struct app *app = &batch->app;
	struct buffer *out = &batch->out;

	buffer_literal(out, "{\"schema\":\"iommuctl/1\",\"line\":");
	buffer_number(out, batch->line);
	buffer_text(out, recent->head);
	buffer_number(out, (uint64_t)status);
	buffer_literal(out, ",\"results\":[");
	if (app->results.used > 0)
		buffer_add(out, app->results.data, app->results.used);
	buffer_literal(out, "]");
	if (batch->whole->calls)
		add_array(out, ",\"calls\":", batch->whole->calls);
	add_messages(batch);
}

static const char *line_error(int error)
{
	switch (error) {
	case -E2BIG:
		return "there are too many words";
	case -EILSEQ:
		return "a NUL byte is in it";
	default:
		return "a quote has no end";
	}
}

static int run_line(struct batch *batch, char *line, bool is_text)
{
	int n = is_text ? words_split(line, batch->words, WORDS_MAX) : -EILSEQ;
	const struct recent *recent = n > 0 ? find_command(batch, (size_t)n) : &no_command;
	int status = EXIT_USAGE;

	batch->line++;
	if (n == 0)
		return EXIT_DONE;
	if (n < 0)
		message("batch: %s", line_error(n));
	else
		status = run_command(batch, recent, (size_t)n);
	add_line(batch, recent, status);
	line_forget(&batch->app);
	if (status == EXIT_DONE)
		batch->done++;
	else
		batch->whole->failed++;
	return status;
}

static int refuse_line(struct batch *batch, bool keep_going)
{
	batch->line++;
	message("batch: the line is longer than %u bytes", LINE_MAX_BYTES);
	add_line(batch, &no_command, EXIT_USAGE);
	batch->whole->failed++;
	batch->skipping = true;
	return keep_going ? EXIT_DONE : EXIT_USAGE;
}

/* ------------------------------------------------------------------ all lines */

static void skip_rest(struct batch *batch, char *buf, size_t *used)
{
	const char *end = memchr(buf, '\n', *used);
	size_t length = end ? (size_t)(end + 1 - buf) : *used;

	*used -= length;
	memmove(buf, buf + length, *used);
	batch->skipping = !end;
}

/* Runs the whole lines in BUF; what is left of it is moved to its start. */
static int run_lines(struct batch *batch, char *buf, size_t *used, bool keep_going)
{
	const bool is_text = !memchr(buf, '\0', *used);
	char *line = buf, *end;
	int status = EXIT_DONE;

	while ((end = memchr(line, '\n', *used - (size_t)(line - buf)))) {
		*end = '\0';
		status =
			run_line(batch, line, is_text || !memchr(line, '\0', (size_t)(end - line)));
		line = end + 1;
		if (status != EXIT_DONE && !keep_going)
			break;
	}
	*used -= (size_t)(line - buf);
	memmove(buf, line, *used);
	return keep_going ? EXIT_DONE : status;
}

static int flush(struct batch *batch)
{
	if (batch->out.failed) {
		message("out of memory");
		return EXIT_FAILED;
	}
	if (batch->out.used > 0)
		fwrite(batch->out.data, 1, batch->out.used, stdout);
	batch->out.used = 0;
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* As many bytes as there are, and in the end one for a last line that has none. */
static ssize_t fill(int fd, char *buf, size_t used)
{
	ssize_t n;

	do {
		n = read(fd, buf + used, LINE_MAX_BYTES - used);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		message("batch: read: %s", strerror(errno));
	else if (n == 0 && used > 0)
		buf[used] = '\n';
	return n;
}

/* Answers are sent before more is waited for: so a program can talk with it. */
static int run_file(struct batch *batch, int fd, bool keep_going)
{
	char *buf = malloc(LINE_MAX_BYTES + 2);
	int status = buf ? EXIT_DONE : EXIT_FAILED;
	size_t used = 0;
	ssize_t n = 1;

	while (status == EXIT_DONE && n > 0) {
		n = fill(fd, buf, used);
		if (n < 0) {
			status = EXIT_FAILED;
			break;
		}
		used += n == 0 && used > 0 ? 1 : (size_t)n;
		if (batch->skipping)
			skip_rest(batch, buf, &used);
		status = run_lines(batch, buf, &used, keep_going);
		if (used == LINE_MAX_BYTES && status == EXIT_DONE) {
			status = refuse_line(batch, keep_going);
			used = 0;
		}
		if (flush(batch) != EXIT_DONE)
			status = EXIT_FAILED;
	}
	free(buf);
	return status;
}

static int run_batch(struct app *app, int fd)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	int status;

	if (!batch)
		return EXIT_FAILED;
	batch->whole = app;
	batch->app = line_app(app);
	batch->errors = json_object_new_array();
	batch->hints = json_object_new_array();
	if (app->dry_run && !app->calls)
		app->calls = json_object_new_array();
	message_capture(batch->errors, batch->hints);
	status = run_file(batch, fd, app->values[PARAM_KEEP_GOING].given);
	message_capture(NULL, NULL);
	for (size_t i = 0; i < json_object_array_length(batch->errors); i++)
		message("%s", json_object_get_string(json_object_array_get_idx(batch->errors, i)));
	if (status == EXIT_DONE)
		status = app_exit_code(app, batch->done);
	line_end(&batch->app);
	/* they were in the lines */
	json_object_put(app->calls);
	app->calls = NULL;
	json_object_put(batch->errors);
	json_object_put(batch->hints);
	free(batch->out.data);
	free(batch);
	return status == EXIT_USAGE ? EXIT_FAILED : status;
}

static int run(struct app *app)
{
	const char *path = app->args[0];
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int status;

	if (fd < 0) {
		message("batch %s: open: %s", path, strerror(errno));
		return EXIT_FAILED;
	}
	status = run_batch(app, fd);
	if (fd != STDIN_FILENO)
		close(fd);
	return status;
}

const struct command batch_commands[] = {
	{
		.noun = "batch",
		.args = "FILE",
		.summary = "Run many commands in one process",
		.doc = "FILE, or - for the standard input, has a command on each line, as on the "
		       "command line but without the program's name: words may be quoted, and "
		       "a comment follows #. For each a line of JSON is printed as soon as it "
		       "is done, with its number, its exit status, its results, and errors. The "
		       "first that fails ends it, unless --keep-going is given.",
		.example = "iommuctl batch setup.iommuctl",
		.params = PARAMS(PARAM_KEEP_GOING),
		.run = run,
		.changes = true,
		.is_default = true,
		.min_args = 1,
		.max_args = 1,
	},
	{ 0 },
};
