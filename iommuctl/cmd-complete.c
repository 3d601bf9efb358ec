/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * complete: what a shell offers for the word being typed. Prints
 * "candidate<TAB>description" lines, from the same tables as everything else.
 */
#include <string.h>

#include "complete.h"

void offer(const struct query *query, const char *prefix, const char *candidate,
	   const char *description)
{
	size_t n = strlen(prefix);

	if (strncmp(query->word, prefix, n) == 0 &&
	    strncmp(candidate, query->word + n, strlen(query->word) - n) == 0)
		printf("%s%s%s\t%s\n", query->option, prefix, candidate,
		       description ? description : "");
}

static void offer_words(const struct query *query, const char *const *words)
{
	for (; *words; words++)
		offer(query, "", *words, NULL);
}

/* Whether WORD is one of "DEVICE IOAS|HWPT". */
static bool has_word(const char *kind, const char *word)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-";

	for (size_t n; *kind; kind += n + (kind[n] != '\0')) {
		n = strspn(kind, letters);
		if (n == strlen(word) && strncmp(kind, word, n) == 0)
			return true;
	}
	return false;
}

/* A QUEUE is the noun's, or where page requests go. */
static unsigned int session_kinds(const struct command *command, const char *kind)
{
	enum iommuctl_object_kind queue = IOMMUCTL_OBJECT_UNKNOWN;

	iommuctl_object_kind_from_string(command ? command->noun : "", &queue);
	if (queue == IOMMUCTL_OBJECT_HWPT)
		queue = IOMMUCTL_OBJECT_FAULT_QUEUE;
	return (has_word(kind, "DEVICE") ? 1u << IOMMUCTL_OBJECT_DEVICE : 0) |
	       (has_word(kind, "IOAS") ? 1u << IOMMUCTL_OBJECT_IOAS : 0) |
	       (has_word(kind, "HWPT") ? 1u << IOMMUCTL_OBJECT_HWPT : 0) |
	       (has_word(kind, "VIOMMU") ? 1u << IOMMUCTL_OBJECT_VIOMMU : 0) |
	       (has_word(kind, "VDEVICE") ? 1u << IOMMUCTL_OBJECT_VDEVICE : 0) |
	       (has_word(kind, "QUEUE") ? 1u << queue : 0);
}

static void offer_objects(const struct query *query, const char *kind)
{
	struct app *app = query->app;
	bool iommus = has_word(kind, "IOMMU"), devices = has_word(kind, "DEVICE"),
	     groups = has_word(kind, "GROUP");
	char id[32];

	/* a FILE, a DIR: the shell's own */
	if (!iommus && !devices && !groups)
		return;
	if (app->root && iommuctl_context_set_root(app->ctx, app->root) < 0)
		return;
	if (!app->topology && iommuctl_topology_load(app->ctx, 0, &app->topology) < 0)
		return;
	for (size_t i = 0; iommus && iommuctl_topology_get_iommu(app->topology, i); i++)
		offer(query, "",
		      iommuctl_iommu_get_name(iommuctl_topology_get_iommu(app->topology, i)),
		      "IOMMU");
	for (size_t i = 0; devices && iommuctl_topology_get_device(app->topology, i); i++)
		offer(query, "",
		      iommuctl_device_get_name(iommuctl_topology_get_device(app->topology, i)),
		      "device");
	for (size_t i = 0; groups && iommuctl_topology_get_group(app->topology, i); i++) {
		snprintf(id, sizeof(id), "%llu",
			 (unsigned long long)iommuctl_group_get_id(
				 iommuctl_topology_get_group(app->topology, i)));
		offer(query, "", id, "group");
	}
}

static void offer_registers(const struct query *query)
{
	const struct iommuctl_register *reg = NULL, *first;
	char name[64];

	while ((reg = iommuctl_register_next(reg))) {
		/* one name may be several models' */
		if (iommuctl_register_find(IOMMUCTL_MODEL_UNKNOWN, iommuctl_register_get_name(reg),
					   &first) < 0 ||
		    first != reg)
			continue;
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

/* "nesting,pas": likewise. */
static void offer_features(const struct query *query)
{
	const char *comma = strrchr(query->word, ','), *key;
	char *prefix = strndup(query->word, comma ? (size_t)(comma - query->word) + 1 : 0);

	for (int i = 0; prefix && (key = iommuctl_feature_get_key((enum iommuctl_feature)i)); i++)
		offer(query, prefix, key, iommuctl_feature_get_help((enum iommuctl_feature)i));
	free(prefix);
}

static void offer_models(const struct query *query)
{
	const struct iommuctl_register *reg = NULL;
	const char *last = "";

	while ((reg = iommuctl_register_next(reg))) {
		if (strcmp(iommuctl_register_get_arch(reg), last) != 0)
			offer(query, "", iommuctl_register_get_arch(reg), NULL);
		last = iommuctl_register_get_arch(reg);
	}
}

/* "intel-iommu,aw": the last of the options behind a name; what stands before it stays. */
static void offer_option(const struct query *query, const struct iommuctl_option *option)
{
	size_t length = (size_t)(strrchr(query->word, ',') - query->word) + 1;
	char *prefix = strndup(query->word, length), name[64];

	snprintf(name, sizeof(name), "%s=", iommuctl_option_get_name(option));
	if (prefix)
		offer(query, prefix, name, iommuctl_option_get_help(option));
	free(prefix);
}

/* Paths are the shell's to offer, where nothing is offered here. */
static void offer_sides(const struct query *query)
{
	const char *comma = strrchr(query->word, ',');
	const struct iommuctl_profile *profile = NULL;

	offer(query, "", "live", "this machine");
	while (!comma && (profile = iommuctl_profile_next(profile)))
		offer(query, "", iommuctl_profile_get_name(profile),
		      iommuctl_profile_get_help(profile));
	while (comma && (profile = iommuctl_profile_next(profile))) {
		const char *name = iommuctl_profile_get_name(profile);
		const struct iommuctl_option *option = NULL;

		if (strlen(name) != strcspn(query->word, ",") ||
		    strncmp(name, query->word, strlen(name)) != 0)
			continue;
		while ((option = iommuctl_profile_next_option(profile, option)))
			offer_option(query, option);
	}
}

static void offer_formats(const struct query *query)
{
	const struct iommuctl_format *format = NULL;
	const struct iommuctl_option *option = NULL;

	if (strchr(query->word, ','))
		while ((option = iommuctl_format_next_option(option)))
			offer_option(query, option);
	else
		while ((format = iommuctl_format_next(format)))
			offer(query, "", iommuctl_format_get_name(format),
			      iommuctl_format_get_help(format));
}

static void offer_sessions(const struct query *query)
{
	struct iommuctl_session_list *list;
	const char *name;

	if (iommuctl_session_list_load(query->app->ctx, &list) < 0)
		return;
	for (size_t i = 0; (name = iommuctl_session_list_get_name(list, i)); i++)
		offer(query, "", name, "session");
	iommuctl_session_list_free(list);
}

/* "start|stop HWPT": what is in small letters stands for itself. */
static void offer_literals(const struct query *query, const char *kind)
{
	for (size_t n; *kind; kind += n + (kind[n] != '\0')) {
		char *word;

		n = strspn(kind, "abcdefghijklmnopqrstuvwxyz-");
		word = n > 0 && kind[0] != '-' && strchr("| ", kind[n]) ? strndup(kind, n) : NULL;
		if (word)
			offer(query, "", word, NULL);
		free(word);
	}
}

/* What stands for an argument in the help says what it is. */
static void offer_argument(const struct query *query, const struct command *command,
			   const char *kind)
{
	static const char *const when[] = { "auto", "always", "never", NULL };
	static const char *const formats[] = { "tree", "dot", "json", NULL };
	static const char *const traces[] = { "text", "json", NULL };
	static const char *const vmms[] = { "qemu", "libvirt", NULL };
	static const char *const options[] = { "rlimit-mode", "huge-pages", NULL };

	if (strcmp(kind, "LIST") == 0)
		offer_attributes(query, command);
	else if (strcmp(kind, "FEATURES") == 0)
		offer_features(query);
	else if (strcmp(kind, "WHEN") == 0)
		offer_words(query, when);
	else if (strcmp(kind, "FORMAT") == 0)
		offer_words(query, formats);
	else if (strcmp(kind, "HOW") == 0)
		offer_words(query, traces);
	else if (strcmp(kind, "VMM") == 0)
		offer_words(query, vmms);
	else if (strcmp(kind, "TABLE") == 0)
		offer_formats(query);
	else if (strstr(kind, "SESSION"))
		offer_sessions(query);
	else if (strncmp(kind, "SIDE", 4) == 0)
		offer_sides(query);
	else if (strcmp(kind, "MODEL") == 0)
		offer_models(query);
	else if (strncmp(kind, "REGISTER", 8) == 0)
		offer_registers(query);
	else if (strncmp(kind, "OPTION", 6) == 0)
		offer_words(query, options);
	else
		offer_objects(query, kind);
	offer_literals(query, kind);
	offer_session_objects(query, session_kinds(command, kind));
}

static void offer_option_argument(const struct query *query, const struct command *command,
				  const struct argp_option *option)
{
	const struct param_word *words = NULL;

	if (option->key > PARAM_KEY && option->key < PARAM_KEY + PARAM_COUNT)
		words = params[option->key - PARAM_KEY].words;
	for (; words && words->word; words++)
		offer(query, "", words->word, NULL);
	offer_argument(query, command, option->arg);
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

/* What the words before the one being typed say. */
struct line {
	const struct command *command;
	struct argp_option options[COMMAND_OPTIONS_MAX]; /* the command's */
	const struct argp_option *pending;		 /* its argument is the next word */
	char *words[2];					 /* noun and verb */
	int count;
};

static const struct argp_option *find_any_option(const struct line *line, const char *word)
{
	const struct argp_option *option = find_option(global_options, word);

	return option || !line->command ? option : find_option(line->options, word);
}

/* "--root=DIR" is two words in one; the second is put into *ARGUMENT. */
static const struct argp_option *find_joined(const struct line *line, char *word, char **argument)
{
	char *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
	const struct argp_option *option;

	if (!equals)
		return NULL;
	*equals = '\0';
	option = find_any_option(line, word);
	*equals = '=';
	*argument = equals + 1;
	return option;
}

static void read_word(struct app *app, struct line *line, char *word)
{
	const struct argp_option *option = line->pending;
	char *argument = word;
	int used;

	line->pending = NULL;
	if (!option)
		option = find_joined(line, word, &argument);
	if (option && strcmp(option->name, "root") == 0)
		app->root = argument;
	if (option && strcmp(option->name, "session") == 0)
		app->session_name = argument;
	if (option)
		return;
	option = find_any_option(line, word);
	/* one that may be left out can only be joined */
	line->pending = option && !(option->flags & OPTION_ARG_OPTIONAL) ? option : NULL;
	if (word[0] == '-' || line->count == 2)
		return;
	line->words[line->count++] = word;
	line->command = command_find(line->words, line->count, &used);
	if (line->command)
		command_get_options(line->command, line->options);
}

static int run(struct app *app)
{
	struct query query = { .app = app, .option = "" };
	struct line line = { 0 };
	const struct argp_option *joined;
	char nothing[] = "", *word = nothing, *argument;

	for (size_t i = 0; i + 1 < app->arg_count; i++)
		read_word(app, &line, app->args[i]);
	if (app->arg_count > 0)
		word = app->args[app->arg_count - 1];
	query.word = word;
	joined = line.pending ? NULL : find_joined(&line, word, &argument);
	if (joined) {
		query.option = strndup(word, (size_t)(argument - word));
		query.word = argument;
		if (query.option)
			offer_option_argument(&query, line.command, joined);
		free((char *)query.option);
	} else if (line.pending) {
		offer_option_argument(&query, line.command, line.pending);
	} else if (word[0] == '-') {
		offer_options(&query, global_options);
		offer_options(&query, line.options);
	} else if (line.count == 0) {
		offer_commands(&query, NULL);
	} else {
		if (line.count == 1)
			offer_commands(&query, line.words[0]);
		if (line.command && line.command->args)
			offer_argument(&query, line.command, line.command->args);
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
