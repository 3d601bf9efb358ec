/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compat: what machines and emulated IOMMUs have in common, and whether that is enough. */
#include <errno.h>
#include <string.h>

#include "compat.h"

struct comparison {
	struct app *app;
	struct side *sides;
	size_t count;
	json_object *verdicts;
	bool found; /* something that is not shown to be compatible */
};

/* ---------------------------------------------------------------- features */

static json_object *feature_to_json(const struct iommuctl_feature_set *set,
				    enum iommuctl_feature feature)
{
	struct iommuctl_value value;

	return iommuctl_feature_set_get(set, feature, &value) < 0 ? NULL : value_decoded(&value);
}

static json_object *sources_to_json(const struct iommuctl_feature_set *set)
{
	json_object *sources = json_object_new_object();

	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		object_set(
			sources, iommuctl_feature_get_key((enum iommuctl_feature)i),
			value_text(iommuctl_feature_set_get_source(set, (enum iommuctl_feature)i)));
	return sources;
}

/* Model and features; SET is NULL where there is no IOMMU. */
static void add_set(json_object *object, const struct iommuctl_feature_set *set)
{
	const bool is_one = set && !iommuctl_feature_set_is_conflict(set);
	enum iommuctl_model model = iommuctl_feature_set_get_model(set);
	json_object *features = json_object_new_object();

	object_set(object, "model", is_one ? value_text(iommuctl_model_to_string(model)) : NULL);
	object_set(object, "model_id", is_one ? value_number(model) : NULL);
	object_set(object, "conflict", value_bool(set && !is_one));
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		object_set(features, iommuctl_feature_get_key((enum iommuctl_feature)i),
			   feature_to_json(set, (enum iommuctl_feature)i));
	object_set(object, "features", features);
}

static json_object *sides_to_json(const struct comparison *comparison)
{
	static const char *const kinds[] = { "live", "snapshot", "profile" };
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < comparison->count; i++) {
		const struct side *side = &comparison->sides[i];
		json_object *object = json_object_new_object();

		object_set(object, "name", value_text(side->name));
		object_set(object, "kind", value_text(kinds[side->kind]));
		add_set(object, side->set);
		if (comparison->app->verbose)
			object_set(object, "feature_sources", sources_to_json(side->set));
		json_object_array_add(list, object);
	}
	return list;
}

/* What all sides have, or one of them; NULL where there is no such set. */
static struct iommuctl_feature_set *combine(const struct comparison *comparison,
					    int (*with)(struct iommuctl_feature_set *set,
							const struct iommuctl_feature_set *other))
{
	struct iommuctl_feature_set *set;

	if (iommuctl_feature_set_new_copy(comparison->sides[0].set, &set) < 0)
		return NULL;
	for (size_t i = 1; i < comparison->count; i++)
		if (with(set, comparison->sides[i].set) < 0)
			return iommuctl_feature_set_free(set);
	return set;
}

static json_object *lack_to_json(const struct side *side, enum iommuctl_feature feature,
				 const struct iommuctl_feature_set *best)
{
	json_object *object = json_object_new_object();

	object_set(object, "side", value_text(side->name));
	object_set(object, "feature", value_text(iommuctl_feature_get_key(feature)));
	object_set(object, "has", feature_to_json(side->set, feature));
	object_set(object, "wanted", feature_to_json(best, feature));
	return object;
}

/* Of each side, what it has less of than another. */
static json_object *lacks_to_json(const struct comparison *comparison)
{
	struct iommuctl_feature_set *best = combine(comparison, iommuctl_feature_set_join);
	json_object *list = json_object_new_array();

	for (size_t i = 0; best && i < comparison->count; i++)
		for (int n = 0; n < IOMMUCTL_FEATURE_COUNT; n++) {
			const struct side *side = &comparison->sides[i];
			enum iommuctl_feature feature = (enum iommuctl_feature)n;

			/* who is in caching mode asks for more, and lacks nothing */
			if (feature != IOMMUCTL_FEATURE_CACHING_MODE &&
			    !iommuctl_feature_set_covers(side->set, best, feature))
				json_object_array_add(list, lack_to_json(side, feature, best));
		}
	iommuctl_feature_set_free(best);
	return list;
}

/* ---------------------------------------------------------------- verdicts */

/* Takes VERDICT; NULL is one that there was no memory for. */
static void add_verdict(struct comparison *comparison, const char *question, const char *subject,
			const char *target, struct iommuctl_verdict *verdict)
{
	enum iommuctl_answer answer = iommuctl_verdict_get_answer(verdict);
	json_object *object = json_object_new_object(), *reasons = json_object_new_array();
	const char *reason;

	for (size_t i = 0; (reason = iommuctl_verdict_get_reason(verdict, i)); i++)
		json_object_array_add(reasons, value_text(reason));
	object_set(object, "question", value_text(question));
	object_set(object, "subject", value_text(subject));
	object_set(object, "target", value_text(target));
	object_set(object, "verdict", value_text(iommuctl_answer_to_string(answer)));
	object_set(object, "reasons", reasons);
	json_object_array_add(comparison->verdicts, object);
	comparison->found = comparison->found || answer != IOMMUCTL_ANSWER_YES;
	iommuctl_verdict_free(verdict);
}

static void add_nested(struct comparison *comparison, const struct side *guest)
{
	for (size_t i = 0; i < comparison->count; i++) {
		const struct side *host = &comparison->sides[i];
		struct iommuctl_verdict *verdict = NULL;

		if (host->kind == SIDE_PROFILE)
			continue;
		iommuctl_verdict_nested(guest->set, host->set, &verdict);
		add_verdict(comparison, "nested", guest->name, host->name, verdict);
	}
}

static void add_migrate(struct comparison *comparison, const struct side *from,
			const struct side *to)
{
	struct iommuctl_verdict *verdict = NULL;

	iommuctl_verdict_migrate(from->set, to->set, &verdict);
	add_verdict(comparison, "migrate", from->name, to->name, verdict);
}

/* From the first host to each other, and along the line of all. */
static void add_migrations(struct comparison *comparison)
{
	const struct side *first = NULL, *before = NULL;

	for (size_t i = 0; i < comparison->count; i++) {
		const struct side *host = &comparison->sides[i];

		if (host->kind == SIDE_PROFILE)
			continue;
		if (first)
			add_migrate(comparison, first, host);
		if (before && before != first)
			add_migrate(comparison, before, host);
		first = first ? first : host;
		before = host;
	}
}

/* EXIT_DONE, or EXIT_USAGE after a message. */
static int add_formats(struct comparison *comparison)
{
	const struct objects *formats = &comparison->app->formats;

	for (size_t n = 0; n < formats->count; n++)
		for (size_t i = 0; i < comparison->count; i++) {
			const struct side *side = &comparison->sides[i];
			struct iommuctl_verdict *verdict = NULL;
			int r = iommuctl_verdict_format(comparison->app->ctx, formats->items[n],
							side->set, &verdict);

			if (r == -ENOENT || r == -EINVAL) {
				message_diag(comparison->app);
				return EXIT_USAGE;
			}
			add_verdict(comparison, "format", formats->items[n], side->name, verdict);
		}
	return EXIT_DONE;
}

/* -------------------------------------------------------------------- emit */

static bool is_about_hosts(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++)
		if (comparison->sides[i].kind == SIDE_PROFILE)
			return false;
	return true;
}

/* What of PROFILE is more than SET has. */
static json_object *exceeds_to_json(struct app *app, const char *profile,
				    const struct iommuctl_feature_set *set)
{
	json_object *list = json_object_new_array();
	struct iommuctl_feature_set *emitted;

	if (iommuctl_feature_set_new_profile(app->ctx, profile, &emitted) < 0)
		return list;
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		if (!iommuctl_feature_set_covers(set, emitted, (enum iommuctl_feature)i))
			json_object_array_add(list, value_text(iommuctl_feature_get_key(
							    (enum iommuctl_feature)i)));
	iommuctl_feature_set_free(emitted);
	return list;
}

static char *emitted_text(struct app *app, const char *profile, bool libvirt)
{
	char *text = NULL;

	if (!libvirt)
		return asprintf(&text, "-device %s", profile) < 0 ? NULL : text;
	if (iommuctl_profile_to_libvirt(app->ctx, profile, &text) < 0)
		message_diag(app);
	return text;
}

/* What of the common set only QEMU's own options can say. */
static void hint_libvirt(const struct app *app, const struct iommuctl_feature_set *common,
			 unsigned int flags, const char *profile)
{
	char *full = NULL;

	if (app->quiet || iommuctl_feature_set_fit_profile(common, flags, &full) < 0)
		return;
	if (strcmp(full, profile) != 0)
		hint("libvirt 12.7 has no attributes for all of QEMU's options: -device %s", full);
	free(full);
}

/* For the set in common; where it has nothing to do with profiles, devices are to be assigned. */
static json_object *emit(const struct comparison *comparison,
			 const struct iommuctl_feature_set *common)
{
	const bool libvirt = strcmp(comparison->app->emit, "libvirt") == 0;
	const unsigned int flags = is_about_hosts(comparison) ? IOMMUCTL_FIT_ASSIGNED : 0;
	json_object *object = json_object_new_object();
	char *profile = NULL, *text = NULL;

	if (common)
		iommuctl_feature_set_fit_profile(
			common, flags | (libvirt ? IOMMUCTL_FIT_LIBVIRT : 0), &profile);
	if (profile)
		text = emitted_text(comparison->app, profile, libvirt);
	if (profile && libvirt)
		hint_libvirt(comparison->app, common, flags, profile);
	object_set(object, "target", value_text(comparison->app->emit));
	object_set(object, "text", value_text(text));
	object_set(object, "profile", value_text(profile));
	object_set(object, "exceeds",
		   profile ? exceeds_to_json(comparison->app, profile, common)
			   : json_object_new_array());
	free(profile);
	free(text);
	return object;
}

/* -------------------------------------------------------------------- runs */

static int open_sides(struct comparison *comparison)
{
	int r = EXIT_DONE;

	for (size_t i = 0; r == EXIT_DONE && i < comparison->app->arg_count; i++) {
		r = side_open(comparison->app, comparison->app->args[i], &comparison->sides[i]);
		comparison->count++;
	}
	return r;
}

static int compare(struct comparison *comparison, json_object *document)
{
	struct iommuctl_feature_set *common;
	json_object *object = json_object_new_object();
	int r;

	for (size_t i = 0; i < comparison->count; i++)
		if (comparison->sides[i].kind == SIDE_PROFILE)
			add_nested(comparison, &comparison->sides[i]);
	add_migrations(comparison);
	r = add_formats(comparison);
	common = combine(comparison, iommuctl_feature_set_meet);
	if (!common || iommuctl_feature_set_is_conflict(common))
		comparison->found = true;
	add_set(object, common);
	object_set(document, "sides", sides_to_json(comparison));
	object_set(document, "common", object);
	object_set(document, "lacks", lacks_to_json(comparison));
	object_set(document, "verdicts", json_object_get(comparison->verdicts));
	if (comparison->app->emit)
		object_set(document, "emit", emit(comparison, common));
	iommuctl_feature_set_free(common);
	return r;
}

/* Options of PROFILE, a text, that other versions of the VMM have other names for. */
static void hint_names(const char *profile)
{
	const struct iommuctl_profile *it = NULL;
	const struct iommuctl_option *option = NULL;
	char words[64];

	while ((it = iommuctl_profile_next(it)))
		while ((option = iommuctl_profile_next_option(it, option))) {
			if (iommuctl_option_get_values(option))
				continue;
			snprintf(words, sizeof(words), ",%s=", iommuctl_option_get_default(option));
			if (strstr(profile, words))
				hint("%s: %s is %s", iommuctl_option_get_default(option),
				     iommuctl_option_get_name(option),
				     iommuctl_option_get_help(option));
		}
}

/* What the emitted options do not say. */
static void hint_emit(json_object *emitted)
{
	json_object *exceeds, *text, *profile;
	char *features;

	json_object_object_get_ex(emitted, "text", &text);
	json_object_object_get_ex(emitted, "profile", &profile);
	if (profile && strncmp(json_object_get_string(text), "-device", 7) == 0)
		hint_names(json_object_get_string(profile));
	json_object_object_get_ex(emitted, "exceeds", &exceeds);
	features = value_to_text(exceeds, 0);
	if (!text)
		hint("there is no emulated IOMMU that offers what the sides have in common");
	else if (json_object_array_length(exceeds) > 0)
		hint("what it offers more than that cannot be turned off: %s",
		     features ? features : "");
	free(features);
}

static int run_comparison(struct app *app)
{
	struct comparison comparison = { .app = app, .verdicts = json_object_new_array() };
	json_object *document = json_object_new_object(), *emitted;
	int r = EXIT_FAILED;

	comparison.sides = calloc(app->arg_count, sizeof(*comparison.sides));
	if (comparison.sides)
		r = open_sides(&comparison);
	if (r == EXIT_DONE)
		r = compare(&comparison, document);
	if (r == EXIT_DONE)
		r = render_compat(app, document);
	if (r == EXIT_DONE && !app->quiet && json_object_object_get_ex(document, "emit", &emitted))
		hint_emit(emitted);
	if (r == EXIT_DONE && comparison.found)
		r = EXIT_FOUND;
	for (size_t i = 0; i < comparison.count; i++)
		side_close(&comparison.sides[i]);
	free(comparison.sides);
	json_object_put(comparison.verdicts);
	json_object_put(document);
	return r;
}

/* ----------------------------------------------------------------- choices */

static json_object *option_to_json(const struct iommuctl_option *option)
{
	const char *values = iommuctl_option_get_values(option);
	json_object *object = json_object_new_object();

	object_set(object, "name", value_text(iommuctl_option_get_name(option)));
	object_set(object, "values", value_text(values));
	object_set(object, "default",
		   values ? value_text(iommuctl_option_get_default(option)) : NULL);
	object_set(object, "same_as",
		   values ? NULL : value_text(iommuctl_option_get_default(option)));
	object_set(object, "help", value_text(iommuctl_option_get_help(option)));
	return object;
}

static json_object *choice_to_json(const char *name, enum iommuctl_model model, const char *help)
{
	json_object *object = json_object_new_object();

	object_set(object, "name", value_text(name));
	object_set(object, "model", value_text(iommuctl_model_to_string(model)));
	object_set(object, "help", value_text(help));
	return object;
}

static json_object *profiles_to_json(void)
{
	json_object *list = json_object_new_array();
	const struct iommuctl_profile *profile = NULL;

	while ((profile = iommuctl_profile_next(profile))) {
		json_object *object = choice_to_json(iommuctl_profile_get_name(profile),
						     iommuctl_profile_get_model(profile),
						     iommuctl_profile_get_help(profile));
		json_object *options = json_object_new_array();
		const struct iommuctl_option *option = NULL;

		while ((option = iommuctl_profile_next_option(profile, option)))
			json_object_array_add(options, option_to_json(option));
		object_set(object, "options", options);
		json_object_array_add(list, object);
	}
	return list;
}

static int run_list_choices(struct app *app)
{
	json_object *document = json_object_new_object(), *formats = json_object_new_array(),
		    *options = json_object_new_array();
	const struct iommuctl_format *format = NULL;
	const struct iommuctl_option *option = NULL;
	int r;

	while ((format = iommuctl_format_next(format)))
		json_object_array_add(formats, choice_to_json(iommuctl_format_get_name(format),
							      iommuctl_format_get_model(format),
							      iommuctl_format_get_help(format)));
	while ((option = iommuctl_format_next_option(option)))
		json_object_array_add(options, option_to_json(option));
	object_set(document, "profiles", profiles_to_json());
	object_set(document, "formats", formats);
	object_set(document, "format_options", options);
	r = render_choices(app, document);
	json_object_put(document);
	return r;
}

static int run(struct app *app)
{
	int r;

	if (app->list) {
		r = run_list_choices(app);
	} else if (app->arg_count == 0) {
		message("%s: needs an argument: %s", app->command->noun, app->command->args);
		hint("iommuctl %s --list names the profiles", app->command->noun);
		r = EXIT_USAGE;
	} else {
		r = run_comparison(app);
	}
	free(app->formats.items);
	return r;
}

enum { OPTION_FORMAT = 0x300, OPTION_EMIT, OPTION_LIST };

static error_t parse(int key, char *arg, struct app *app)
{
	switch (key) {
	case OPTION_FORMAT:
		return objects_add(&app->formats, arg) < 0 ? ENOMEM : 0;
	case OPTION_EMIT:
		if (strcmp(arg, "qemu") != 0 && strcmp(arg, "libvirt") != 0)
			return EINVAL;
		app->emit = arg;
		return 0;
	case OPTION_LIST:
		app->list = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* clang-format off */
static const struct argp_option options[] = {
	{ "format", OPTION_FORMAT, "TABLE", 0, "Does each side walk page tables of that format? TABLE is a format and options of it: vtd-s1-4level,eafe", 0 },
	{ "emit", OPTION_EMIT, "VMM", 0, "Print only the options of an emulated IOMMU that offers what the sides have in common: qemu, libvirt", 0 },
	{ "list", OPTION_LIST, NULL, 0, "List the profiles, the formats of page tables, and their options", 0 },
	{ 0 },
};
/* clang-format on */

const struct command compat_commands[] = {
	{
		.noun = "compat",
		.args = "SIDE...",
		.summary = "Tell what IOMMUs have in common, and whether guests fit them",
		.doc = "SIDE is live, the path of a snapshot or directory, or a profile: an IOMMU "
		       "that QEMU emulates, with its options, as intel-iommu,aw-bits=39. Behind a "
		       "host :IOMMU chooses one IOMMU; otherwise all of them count. For each "
		       "profile and host: may a guest with such an IOMMU run nested? From host to "
		       "host, in the order given: may guests move? Exits with 4 if a verdict is "
		       "not yes.",
		.example =
			"iommuctl compat live intel-iommu,scalable-mode=on,fsts=on,caching-mode=on",
		.options = options,
		.parse = parse,
		.run = run,
		.is_default = true,
	},
	{ 0 },
};
