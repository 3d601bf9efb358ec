/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command table: finding a command by its words, parsing its options, help. */
#include <errno.h>
#include <string.h>

#include "app.h"

static const struct command *const tables[] = {
	iommu_commands,	    group_commands,    device_commands,	  region_commands,
	register_commands,  topology_commands, iova_commands,	  kernel_commands,
	snapshot_commands,  compat_commands,   ioas_commands,	  hwpt_commands,
	viommu_commands,    vdevice_commands,  veventq_commands,  fault_queue_commands,
	hw_queue_commands,  option_commands,   batch_commands,	  session_commands,
	container_commands, plan_commands,     complete_commands,
};

const struct command *command_next(const struct command *command)
{
	size_t i = 0;

	if (!command)
		return tables[0];
	if (command[1].noun)
		return command + 1;
	while (strcmp(tables[i]->noun, command->noun) != 0)
		i++;
	return i + 1 < ARRAY_SIZE(tables) ? tables[i + 1] : NULL;
}

const struct command *command_find(char *const *argv, int argc, int *ret_words)
{
	const struct command *command = NULL, *fallback = NULL;

	while (argc > 0 && (command = command_next(command))) {
		if (strcmp(command->noun, argv[0]) != 0)
			continue;
		if (command->verb && argc > 1 && strcmp(command->verb, argv[1]) == 0) {
			*ret_words = 2;
			return command;
		}
		if (command->is_default)
			fallback = command;
	}
	*ret_words = fallback != NULL;
	return fallback;
}

enum {
	OPTION_COLOR = 0x100,
	OPTION_ROOT,
	OPTION_TRACE,
	OPTION_USAGE,
	OPTION_SESSION,
	OPTION_IOMMUFD,
	OPTION_DRY_RUN,
};

/* clang-format off */
const struct argp_option global_options[] = {
	{ NULL, 0, NULL, 0, "Global options:", 100 },
	{ "json", 'j', NULL, 0, "Print JSON", 0 },
	{ "output", 'o', "LIST", 0, "Print these attributes, separated by commas; +LIST adds to the usual ones", 0 },
	{ "no-heading", 'n', NULL, 0, "Print no headings", 0 },
	{ "verbose", 'v', NULL, 0, "Print all attributes, also those that cost extra", 0 },
	{ "quiet", 'q', NULL, 0, "Do not tell what could not be read", 0 },
	{ "color", OPTION_COLOR, "WHEN", 0, "Use colours: auto, always, never", 0 },
	{ "root", OPTION_ROOT, "PATH", 0, "Read a directory, a snapshot or a kernel's log instead of this machine", 0 },
	{ "trace", OPTION_TRACE, "HOW", OPTION_ARG_OPTIONAL, "Tell the calls of the kernel on standard error: text, json", 0 },
	{ "session", OPTION_SESSION, "SESSION", 0, "Work in this session (default: $IOMMUCTL_SESSION)", 0 },
	{ "iommufd", OPTION_IOMMUFD, "FD", 0, "Work on this open /dev/iommu, without a session", 0 },
	{ "help", 'h', NULL, 0, "Print this help", -1 },
	{ "usage", OPTION_USAGE, NULL, 0, "Print the options in short", -1 },
	{ "version", 'V', NULL, 0, "Print the version", -1 },
	{ 0 },
};
/* clang-format on */

static void print_command_line(FILE *out, const struct command *command)
{
	char words[32];

	if (command->hidden)
		return;
	snprintf(words, sizeof(words), command->is_default && command->verb ? "%s [%s]" : "%s %s",
		 command->noun, command->verb ? command->verb : "");
	fprintf(out, "  %-18s %s\n", words, command->summary);
}

/* The first two words of ARGV may be a noun that needs a verb, and --help; ends the program then.
 */
static void ask_for_verb(struct argp_state *state, char *const *argv, int argc)
{
	bool help = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
	const struct command *command = NULL;
	char verbs[128] = "";

	while ((command = command_next(command))) {
		size_t used = strlen(verbs);

		if (strcmp(command->noun, argv[0]) != 0)
			continue;
		snprintf(verbs + used, sizeof(verbs) - used, "%s%s", used ? ", " : "",
			 command->verb);
		if (help)
			print_command_line(stdout, command);
	}
	if (verbs[0] && help)
		exit(EXIT_DONE);
	if (verbs[0])
		argp_error(state, "%s needs a verb: %s", argv[0], verbs);
}

/* A usage error about the user's WORD, whose controls must not reach the terminal. */
static void word_error(struct argp_state *state, const char *what, const char *word)
{
	json_object *value = value_text(word);
	char *text = value_to_text(value, 0);

	argp_error(state, "%s: '%s'", what, text ? text : "");
	free(text);
	json_object_put(value);
}

static error_t parse_global(int key, char *arg, struct argp_state *state)
{
	struct app *app = state->input;
	uint64_t number;

	switch (key) {
	case 'j':
		app->json = true;
		return 0;
	case 'o':
		app->output = arg;
		return 0;
	case 'n':
		app->no_heading = true;
		return 0;
	case 'v':
		app->verbose = true;
		return 0;
	case 'q':
		app->quiet = true;
		return 0;
	case OPTION_COLOR:
		if (strcmp(arg, "auto") != 0 && strcmp(arg, "always") != 0 &&
		    strcmp(arg, "never") != 0)
			word_error(state, "--color takes auto, always or never", arg);
		app->color = arg;
		return 0;
	case OPTION_ROOT:
		app->root = arg;
		return 0;
	case OPTION_TRACE:
		app->trace = arg ? arg : "text";
		if (strcmp(app->trace, "text") != 0 && strcmp(app->trace, "json") != 0)
			word_error(state, "--trace takes text or json", arg);
		return 0;
	case OPTION_SESSION:
		app->session_name = arg;
		return 0;
	case OPTION_IOMMUFD:
		if (!param_number(arg, &number) || number > INT32_MAX)
			word_error(state, "--iommufd takes the number of an open file", arg);
		app->inherited = arg;
		return 0;
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		return 0;
	case OPTION_USAGE:
		argp_state_help(state, stdout, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
		return 0;
	case 'V':
		puts(PACKAGE_STRING);
		exit(EXIT_DONE);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

size_t command_get_options(const struct command *command, struct argp_option *options)
{
	size_t n = 0;

	for (const struct argp_option *option = command->options;
	     option && (option->name || option->doc) && n + 1 < COMMAND_OPTIONS_MAX; option++)
		options[n++] = *option;
	for (const enum param_id *id = command->params;
	     id && *id != PARAM_NONE && n + 1 < COMMAND_OPTIONS_MAX; id++)
		options[n++] = (struct argp_option){ .name = params[*id].name,
						     .key = PARAM_KEY + (int)*id,
						     .arg = params[*id].arg,
						     .doc = params[*id].help };
	if (command->changes && n + 1 < COMMAND_OPTIONS_MAX)
		options[n++] =
			(struct argp_option){ .name = "dry-run",
					      .key = OPTION_DRY_RUN,
					      .doc = "Print the calls of the kernel, and "
						     "leave out those that change something" };
	options[n] = (struct argp_option){ 0 };
	return n;
}

static const struct argp global_argp = { .options = global_options, .parser = parse_global };
static const struct argp_child children[] = { { &global_argp, 0, NULL, 0 }, { 0 } };

/* ------------------------------------------------------------------- help */

/* Prints into the memory stream of a help filter. */
static char *help_text(void (*print)(FILE *out, const struct command *command),
		       const struct command *command)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print(out, command);
	fclose(out);
	return text;
}

static void print_all_commands(FILE *out, const struct command *command)
{
	fputs("Commands (a verb in brackets may be left out):\n", out);
	while ((command = command_next(command)))
		print_command_line(out, command);
	fputs("\nObjects are named as the kernel names them: 0000:00:1f.0, dmar0, group 12.\n"
	      "Each command has a --help of its own; the manual is iommuctl(1).\n",
	      out);
}

static void print_command_help(FILE *out, const struct command *command)
{
	const struct noun *noun = command->objects;
	const struct command *other = NULL;

	for (size_t i = 0; noun && i < noun->attr_count; i++)
		fprintf(out, "%s  %-20s %s\n", i == 0 ? "Attributes for -o:\n" : "",
			noun->attrs[i].key, noun->attrs[i].help);
	fprintf(out, "%sExample:\n  %s\n\n", noun ? "\n" : "", command->example);
	while ((other = command_next(other)))
		if (other != command && strcmp(other->noun, command->noun) == 0)
			fprintf(out, "See also: iommuctl %s %s --help\n", other->noun, other->verb);
	if (!command->hidden)
		fprintf(out, "The manual is iommuctl-%s(1).\n", command->noun);
}

static char *filter_help(int key, const char *text, void *input)
{
	const struct app *app = input;

	if (key != ARGP_KEY_HELP_POST_DOC || !app)
		return (char *)text;
	return app->command ? help_text(print_command_help, app->command)
			    : help_text(print_all_commands, NULL);
}

/* ---------------------------------------------------------------- parsing */

static void param_error(struct argp_state *state, enum param_id id, const char *arg)
{
	char what[64];

	snprintf(what, sizeof(what), "--%s takes %s", params[id].name, params[id].arg);
	word_error(state, what, arg);
}

static error_t parse_command(int key, char *arg, struct argp_state *state)
{
	struct app *app = state->input;
	error_t r;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = app;
		return 0;
	case ARGP_KEY_ARG:
		if (!app->command->args)
			word_error(state, "takes no argument", arg);
		if (app->command->max_args > 0 && app->arg_count == app->command->max_args)
			word_error(state, "one argument too many", arg);
		if (state->quoted && !app->has_dashes) {
			app->has_dashes = true;
			app->args_before = app->arg_count;
		}
		app->args[app->arg_count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (app->arg_count < app->command->min_args && !app->from_log)
			argp_error(state, "needs an argument: %s", app->command->args);
		if (app->output && !app->command->objects)
			argp_error(state, "has no attributes to choose with -o");
		if (app->inherited && app->session_name)
			argp_error(state, "--session or --iommufd, not both");
		return 0;
	case OPTION_DRY_RUN:
		app->dry_run = true;
		return 0;
	default:
		if (key > PARAM_KEY && key < PARAM_KEY + PARAM_COUNT) {
			if (!param_set(app->values, (enum param_id)(key - PARAM_KEY), arg))
				param_error(state, (enum param_id)(key - PARAM_KEY), arg);
			return 0;
		}
		r = app->command->parse ? app->command->parse(key, arg, app) : ARGP_ERR_UNKNOWN;
		if (r == EINVAL)
			word_error(state, "no such choice", arg);
		return r;
	}
}

static void parse_words(struct app *app, const struct command *command, int words, int argc,
			char **argv)
{
	struct argp_option options[COMMAND_OPTIONS_MAX];
	struct argp argp = {
		.options = options,
		.parser = parse_command,
		.args_doc = command->args ? command->args : "",
		.children = children,
		.help_filter = filter_help,
	};
	char *doc = NULL, *last = argv[words - 1], name[64];

	snprintf(name, sizeof(name), "iommuctl %s%s%s", command->noun, words > 1 ? " " : "",
		 words > 1 ? command->verb : "");
	/* the part after the vertical tab goes through filter_help() */
	if (asprintf(&doc, "%s.%s%s\v ", command->summary, command->doc ? "\n\n" : "",
		     command->doc ? command->doc : "") < 0)
		exit(EXIT_FAILED);
	argp.doc = doc;
	/* glibc's help loses memory over an empty table */
	if (command_get_options(command, options) == 0)
		argp.options = NULL;
	app->command = command;
	app->has_verb = words > 1;
	app->args = calloc((size_t)argc + 1, sizeof(*app->args));
	if (!app->args)
		exit(EXIT_FAILED);
	argv[words - 1] = name;
	/* otherwise argp moves all words behind -- */
	argp_parse(&argp, argc - words + 1, argv + words - 1,
		   ARGP_NO_HELP | (command->takes_command ? ARGP_IN_ORDER : 0), NULL, app);
	/* the argp of all words still looks at it */
	argv[words - 1] = last;
	free(doc);
}

/* Whether WORD is a global option whose value is the next word. */
static bool takes_next(const char *word)
{
	for (const struct argp_option *option = global_options; option->name || option->doc;
	     option++)
		if (option->arg && !(option->flags & OPTION_ARG_OPTIONAL) && word[0] == '-' &&
		    (word[1] == '-' ? strcmp(word + 2, option->name) == 0
				    : option->key < 0x100 && word[strlen(word) - 1] == option->key))
			return true;
	return false;
}

/* "iommu -j show" is "iommu show -j": the verb goes before options that stand before it. */
static void move_verb(int argc, char **argv)
{
	const struct command *command = NULL;
	int at = 1;

	while (at < argc && argv[at][0] == '-' && strcmp(argv[at], "--") != 0)
		at += takes_next(argv[at]) ? 2 : 1;
	while (at > 1 && at < argc && (command = command_next(command)))
		if (command->verb && strcmp(command->noun, argv[0]) == 0 &&
		    strcmp(command->verb, argv[at]) == 0) {
			char *verb = argv[at];

			memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof(*argv));
			argv[1] = verb;
			return;
		}
}

static error_t parse_top(int key, char *arg, struct argp_state *state)
{
	struct app *app = state->input;
	const struct command *command;
	int words, rest;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = app;
		return 0;
	case ARGP_KEY_ARG:
		rest = state->argc - state->next + 1;
		move_verb(rest, state->argv + state->next - 1);
		command = command_find(state->argv + state->next - 1, rest, &words);
		if (command) {
			parse_words(app, command, words, rest, state->argv + state->next - 1);
		} else {
			ask_for_verb(state, state->argv + state->next - 1, rest);
			word_error(state, "unknown command", arg);
		}
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_state_help(state, stderr, ARGP_HELP_STD_USAGE);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int command_run(struct app *app)
{
	const struct command *command = app->command;
	int r = EXIT_DONE;

	for (const enum param_id *id = command->required; id && *id != PARAM_NONE; id++)
		if (!app->values[*id].given) {
			message("%s %s: --%s is needed", command->noun, command->verb,
				params[*id].name);
			return EXIT_USAGE;
		}
	if (app->inherited && app->values[PARAM_NAME].given) {
		message("%s: --name needs a session: with --iommufd nobody keeps names",
			command->noun);
		return EXIT_USAGE;
	}
	if (command->check)
		r = command->check(app);
	/* a wrong -o must not be found after the deed */
	if (r == EXIT_DONE && command->changes && command->objects &&
	    selection_make(app, VIEW_SHOW) < 0)
		r = EXIT_USAGE;
	return r == EXIT_DONE ? command->run(app) : r;
}

void command_parse(struct app *app, int argc, char **argv)
{
	static char name[] = "iommuctl";
	static const struct argp argp = {
		.parser = parse_top,
		.args_doc = "NOUN [VERB] [ARGUMENT...]",
		.doc = "Tell what this machine's IOMMUs can do, who sits behind them and which DMA "
		       "addresses are usable.\v ",
		.children = children,
		.help_filter = filter_help,
	};

	argp_err_exit_status = EXIT_USAGE;
	argv[0] = name;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER | ARGP_NO_HELP, NULL, app);
}
