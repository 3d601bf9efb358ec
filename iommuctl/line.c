/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "line.h"

#include <errno.h>
#include <string.h>

/* WORD's value behind =, or its end, where WORD begins with NAME; else NULL. */
static char *match(const char *name, char *word)
{
	while (*name && *name == *word)
		name++, word++;
	return !*name && (!*word || *word == '=') ? word : NULL;
}

/* What argp would do with a command's own parameters, without ending the program. */
static const char *take_option(struct app *app, char **words, size_t *at)
{
	char *word = words[*at] + 2, *value;
	const enum param_id *id = words[*at][1] == '-' ? app->command->params : NULL;

	for (; id && *id != PARAM_NONE; id++) {
		const struct param *param = &params[*id];

		if (!(value = match(param->name, word)))
			continue;
		value = *value ? value + 1 : param->arg ? words[++*at] : NULL;
		if (!param->arg != !value)
			return param->arg ? "needs a value" : "takes no value";
		return param_set(app->values, *id, value) ? NULL
							  : "has a value that makes no sense";
	}
	return "is no option of this command in a batch";
}

static int parse(struct app *app, char **words)
{
	const struct command *command = app->command;
	const char *wrong;

	app->args = words;
	for (size_t i = 0; words[i]; i++) {
		char *word = words[i];

		if (word[0] != '-' || !word[1]) {
			words[app->arg_count++] = word;
			continue;
		}
		wrong = take_option(app, words, &i);
		if (wrong) {
			message("%s %s: %s %s", command->noun, command->verb, word, wrong);
			return -EINVAL;
		}
	}
	if (app->arg_count < command->min_args || (!command->args && app->arg_count > 0) ||
	    (command->max_args > 0 && app->arg_count > command->max_args)) {
		message("%s %s: takes the arguments: %s", command->noun, command->verb,
			command->args ? command->args : "none");
		return -EINVAL;
	}
	return 0;
}

int line_run(struct app *app, const struct command *command, char **words)
{
	app->command = command;
	return parse(app, words) < 0 ? EXIT_USAGE : command_run(app);
}

void line_forget(struct app *app)
{
	if (app->command)
		param_clear(app->values, app->command->params);
	app->topology = iommuctl_topology_unref(app->topology);
	app->command = NULL;
	app->results.used = 0;
	app->arg_count = app->failed = 0;
	app->selection.count = app->selection.needs = 0;
}

struct app line_app(const struct app *app)
{
	/* what the commands share, and all that they may change of it */
	return (struct app){
		.ctx = app->ctx,
		.root = app->root,
		.session_name = app->session_name,
		.inherited = app->inherited,
		.dry_run = app->dry_run,
		.quiet = true,
		.json = true,
		.in_batch = true,
	};
}

void line_end(struct app *app)
{
	app_close_iommufd(app);
	free(app->results.data);
}
