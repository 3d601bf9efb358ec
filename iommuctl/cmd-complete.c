/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * complete: what a shell offers for the word being typed. Prints
 * "candidate<TAB>description" lines, from the same tables as everything else.
 */
#include <string.h>

#include "app.h"

struct query {
	struct app *app;
	const char *word; /* the beginning typed so far */
};

static void offer(const struct query *query, const char *prefix, const char *candidate,
		  const char *description)
{
	size_t n = strlen(prefix);

	if (strncmp(query->word, prefix, n) == 0 &&
	    strncmp(candidate, query->word + n, strlen(query->word) - n) == 0)
		printf("%s%s\t%s\n", prefix, candidate, description ? description : "");
}

static void offer_words(const struct query *query, const char *const *words)
{
	for (; *words; words++)
		offer(query, "", *words, NULL);
}

static void offer_objects(const struct query *query, const char *kind)
{
	struct app *app = query->app;
	char id[32];

	if (app->root && iommuctl_context_set_root(app->ctx, app->root) < 0)
		return;
	if (!app->topology && iommuctl_topology_load(app->ctx, 0, &app->topology) < 0)
		return;
	for (size_t i = 0; strstr(kind, "IOMMU") && iommuctl_topology_get_iommu(app->topology, i);
	     i++)
		offer(query, "",
		      iommuctl_iommu_get_name(iommuctl_topology_get_iommu(app->topology, i)),
		      "IOMMU");
	for (size_t i = 0; strstr(kind, "DEVICE") && iommuctl_topology_get_device(app->topology, i);
	     i++)
		offer(query, "",
		      iommuctl_device_get_name(iommuctl_topology_get_device(app->topology, i)),
		      "device");
	for (size_t i = 0; strstr(kind, "GROUP") && iommuctl_topology_get_group(app->topology, i);
	     i++) {
		snprintf(id, sizeof(id), "%llu",
			 (unsigned long long)iommuctl_group_get_id(
				 iommuctl_topology_get_group(app->topology, i)));
		offer(query, "", id, "group");
	}
}

static void offer_registers(const struct query *query)
{
	const struct iommuctl_register *reg = NULL;
	char name[64];

	while ((reg = iommuctl_register_next(reg))) {
		snprintf(name, sizeof(name), "%s=", iommuctl_register_get_name(reg));
		offer(query, "", name, iommuctl_register_get_help(reg));
	}
}

/* "name,mod": the last of the list's keys; what stands before it stays. */
static void offer_attributes(const struct query *query, const struct command *command)
{
	const char *comma = strrchr(query->word, ',');
	size_t n = comma ? (size_t)(comma - query->word) + 1 : query->word[0] == '+';
	char *prefix = strndup(query->word, n);

	for (size_t i = 0;
	     prefix && command && command->objects && i < command->objects->attr_count; i++)
		offer(query, prefix, command->objects->attrs[i].key,
		      command->objects->attrs[i].help);
	free(prefix);
}

static void offer_models(const struct query *query)
{
	enum iommuctl_model model;

	for (size_t i = 1; iommuctl_model_get(i, &model) == 0; i++)
		offer(query, "", iommuctl_model_to_string(model), NULL);
}

/* What stands for an argument in the help says what it is. */
static void offer_argument(const struct query *query, const struct command *command,
			   const char *kind)
{
	static const char *const when[] = { "auto", "always", "never", NULL };
	static const char *const formats[] = { "tree", "dot", "json", NULL };

	if (strcmp(kind, "LIST") == 0)
		offer_attributes(query, command);
	else if (strcmp(kind, "WHEN") == 0)
		offer_words(query, when);
	else if (strcmp(kind, "FORMAT") == 0)
		offer_words(query, formats);
	else if (strcmp(kind, "MODEL") == 0)
		offer_models(query);
	else if (strncmp(kind, "REGISTER", 8) == 0)
		offer_registers(query);
	else
		offer_objects(query, kind);
}

static void offer_options(const struct query *query, const struct argp_option *option)
{
	for (; option && (option->name || option->doc); option++)
		if (option->name)
			offer(query, "--", option->name, option->doc);
}

static void offer_commands(const struct query *query, const char *noun)
{
	const struct command *command = NULL, *last = NULL;

	while ((command = command_next(command))) {
		if (command->hidden)
			continue;
		if (noun && command->verb && strcmp(command->noun, noun) == 0)
			offer(query, "", command->verb, command->summary);
		if (!noun && (!last || strcmp(last->noun, command->noun) != 0))
			offer(query, "", command->noun, command->summary);
		last = command;
	}
}

/* The option that WORD is and whose argument is another word. */
static const struct argp_option *find_option(const struct argp_option *option, const char *word)
{
	size_t n = strlen(word);

	for (; option && (option->name || option->doc); option++) {
		if (!option->name || !option->arg || n < 2 || word[0] != '-')
			continue;
		if (word[1] == '-' ? strcmp(word + 2, option->name) == 0
				   : word[n - 1] == option->key && n == 2)
			return option;
	}
	return NULL;
}

static int run(struct app *app)
{
	struct query query = { .app = app, .word = "" };
	const struct argp_option *pending = NULL;
	const struct command *command = NULL;
	char *words[2] = { NULL, NULL };
	int count = 0, used;

	for (size_t i = 0; i + 1 < app->arg_count; i++) {
		const char *word = app->args[i];

		if (pending) {
			if (strcmp(pending->name, "root") == 0)
				app->root = app->args[i];
			pending = NULL;
			continue;
		}
		pending = find_option(global_options, word);
		if (!pending && command)
			pending = find_option(command->options, word);
		if (word[0] == '-')
			continue;
		if (count < 2) {
			words[count++] = app->args[i];
			command = command_find(words, count, &used);
		}
	}
	if (app->arg_count > 0)
		query.word = app->args[app->arg_count - 1];
	if (pending) {
		offer_argument(&query, command, pending->arg);
	} else if (query.word[0] == '-') {
		offer_options(&query, global_options);
		offer_options(&query, command ? command->options : NULL);
	} else if (count == 0) {
		offer_commands(&query, NULL);
	} else {
		if (count == 1)
			offer_commands(&query, words[0]);
		if (command && command->args)
			offer_argument(&query, command, command->args);
	}
	return EXIT_DONE;
}

const struct command complete_commands[] = {
	{
		.noun = "complete",
		.args = "WORDS...",
		.summary = "Print completions of the last of WORDS",
		.doc = "For the shells: after --, the words of the command line behind the "
		       "program's name.",
		.example = "iommuctl complete -- device list -",
		.run = run,
		.is_default = true,
		.hidden = true,
	},
	{ 0 },
};
