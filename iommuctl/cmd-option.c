/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option: how an iommufd counts locked memory, and uses large pages. */
#include <errno.h>
#include <string.h>

#include "objects.h"

struct option_row {
	const char *name;
	uint32_t ioas;
	uint64_t value;
};

#define OPTION ((const struct option_row *)object)

GETTER(get_value, value_number(OPTION->value))
GETTER(get_name, value_text(OPTION->name))
GETTER(get_ioas, OPTION->ioas ? value_number(OPTION->ioas) : NULL)

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "value", .heading = "VALUE", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_value, .help = "its value" },
	{ .key = "name", .heading = "NAME", .flags = ATTR_COLUMN, .get = get_name, .help = "the option" },
	{ .key = "ioas", .heading = "IOAS", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_ioas, .help = "the address space it is of" },
};

static const struct option_kind {
	const char *name;
	enum iommuctl_iommufd_option id;
	bool of_ioas;
	struct param_word values[3];
} kinds[] = {
	{ "rlimit-mode", IOMMUCTL_OPTION_RLIMIT_MODE, false, { { "user", 0 }, { "process", 1 }, { NULL } } },
	{ "huge-pages", IOMMUCTL_OPTION_HUGE_PAGES, true, { { "off", 0 }, { "on", 1 }, { NULL } } },
};
/* clang-format on */

static const struct noun noun = {
	.singular = "option",
	.plural = "options",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
};

/* The option that is the first of the arguments; WORDS more must follow it. */
static const struct option_kind *find_kind(const struct app *app, size_t words)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].name, app->args[0]) != 0)
			continue;
		if (app->arg_count == 1 + words + kinds[i].of_ioas)
			return &kinds[i];
		message("option %s: it %s", kinds[i].name,
			kinds[i].of_ioas ? "is of an address space: name that, before a value"
					 : "is not of an address space");
		return NULL;
	}
	message("option %s: there is no such option: rlimit-mode, huge-pages", app->args[0]);
	return NULL;
}

static int get_or_set(struct app *app, const struct option_kind *kind, const char *value)
{
	struct option_row row = { .name = kind->name };
	struct iommuctl_object *ioas = NULL;
	int r;

	if (value && (!param_word(kind->values, value, &row.value) || row.value > 1)) {
		message("option %s: '%s' is neither %s nor %s", kind->name, value,
			kind->values[0].word, kind->values[1].word);
		return EXIT_USAGE;
	}
	if (app_iommufd(app) < 0 ||
	    (kind->of_ioas && objects_find(app, app->args[1], KIND(IOAS), &ioas) < 0))
		return EXIT_FAILED;
	row.ioas = iommuctl_object_get_id(ioas);
	r = value ? iommuctl_iommufd_set_option(app->iommufd, kind->id, ioas, row.value)
		  : iommuctl_iommufd_get_option(app->iommufd, kind->id, ioas, &row.value);
	iommuctl_object_free(ioas);
	return r < 0 ? objects_failed(app) : result_print(app, &row);
}

static int run_get(struct app *app)
{
	const struct option_kind *kind = find_kind(app, 0);

	if (!kind || selection_make(app, VIEW_SHOW) < 0)
		return EXIT_USAGE;
	return get_or_set(app, kind, NULL);
}

static int run_set(struct app *app)
{
	const struct option_kind *kind = find_kind(app, 1);

	return kind ? get_or_set(app, kind, app->args[app->arg_count - 1]) : EXIT_USAGE;
}

#define DOC                                                                                        \
	"rlimit-mode: locked memory is counted by user (0) or by process (1); setting it needs "   \
	"CAP_SYS_RESOURCE, and an iommufd without objects. huge-pages of an address space: on "    \
	"(1) or off (0)."

const struct command option_commands[] = {
	{
		.noun = "option",
		.verb = "get",
		.args = "OPTION [IOAS]",
		.summary = "Print an option of the iommufd, or of an address space",
		.doc = DOC,
		.example = "iommuctl option get huge-pages 3",
		.objects = &noun,
		.run = run_get,
		.min_args = 1,
		.max_args = 2,
	},
	{
		.noun = "option",
		.verb = "set",
		.args = "OPTION [IOAS] VALUE",
		.summary = "Change an option of the iommufd, or of an address space",
		.doc = DOC,
		.example = "iommuctl option set huge-pages 3 off",
		.objects = &noun,
		.run = run_set,
		.changes = true,
		.silent = true,
		.min_args = 2,
		.max_args = 3,
	},
	{ 0 },
};
