/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hwpt dirty: which pages devices wrote to. */
#include "dirty.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "bitmap.h"
#include "objects.h"

struct dirty_range {
	uint64_t start, end, pages;
};

#define ADDRESS(name) .field = ATTR_ADDRESS, .offset = offsetof(struct dirty_range, name)

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "start", .heading = "START", .flags = ATTR_COLUMN | ATTR_RIGHT, ADDRESS(start), .help = "first address" },
	{ .key = "end", .heading = "END", .flags = ATTR_COLUMN | ATTR_RIGHT, ADDRESS(end), .help = "last address" },
	{ .key = "pages", .heading = "PAGES", .flags = ATTR_COLUMN | ATTR_RIGHT, .field = ATTR_U64, .offset = offsetof(struct dirty_range, pages), .help = "how many that is" },
};
/* clang-format on */

const struct noun dirty_noun = {
	.singular = "range of dirty pages",
	.plural = "dirty_ranges",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
};

/* ------------------------------------------------------------------- the words */

enum action { START, STOP, READ };
static const char *const actions[] = { [START] = "start", [STOP] = "stop", [READ] = "read" };

static bool parse_action(const struct app *app, enum action *ret_action)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(actions); i++)
		if (strcmp(app->args[0], actions[i]) == 0) {
			*ret_action = (enum action)i;
			return true;
		}
	return false;
}

static uint64_t page_size_of(const struct app *app)
{
	const struct param_value *size = &app->values[PARAM_PAGE_SIZE];

	return size->given ? size->number : (uint64_t)sysconf(_SC_PAGESIZE);
}

static const char *wrong_range(const struct app *app)
{
	const struct param_value *values = app->values;
	const uint64_t page_size = page_size_of(app);

	if (!values[PARAM_IOVA].given || !values[PARAM_LENGTH].given)
		return "--iova and --length are needed";
	if ((page_size & (page_size - 1)) != 0)
		return "--page-size is no power of two";
	if ((values[PARAM_IOVA].number | values[PARAM_LENGTH].number) & (page_size - 1))
		return "--iova and --length must be whole pages of --page-size";
	return NULL;
}

int check_dirty(const struct app *app)
{
	static const enum param_id of_read[] = { PARAM_IOVA,   PARAM_LENGTH,   PARAM_PAGE_SIZE,
						 PARAM_BITMAP, PARAM_NO_CLEAR, PARAM_MAPPED };
	const char *wrong = NULL;
	enum action action;

	if (!parse_action(app, &action))
		wrong = "takes start, stop or read, and a page table";
	else if (action == READ)
		wrong = wrong_range(app);
	for (size_t i = 0; !wrong && action != READ && i < ARRAY_SIZE(of_read); i++)
		if (app->values[of_read[i]].given)
			wrong = "only read takes options";
	if (!wrong)
		return action == READ ? objects_check_range(app, PARAM_IOVA) : EXIT_DONE;
	message("hwpt dirty: %s", wrong);
	return EXIT_USAGE;
}

/* -------------------------------------------------------------------- reading */

struct reading {
	struct dirty_range *ranges;
	size_t count, room;
	uint64_t page_size, pages;
	struct bitmap bitmap;
	int error; /* of the bitmap, which does not end it: what was read is clean by now */
};

static int add_range(struct iommuctl_range run, void *data)
{
	struct reading *reading = data;
	const uint64_t pages = (run.end - run.start) / reading->page_size + 1;

	if (reading->count == reading->room) {
		size_t room = reading->room ? 2 * reading->room : 64;
		void *grown = reallocarray(reading->ranges, room, sizeof(*reading->ranges));

		if (!grown)
			return -ENOMEM;
		reading->ranges = grown;
		reading->room = room;
	}
	reading->ranges[reading->count++] = (struct dirty_range){ run.start, run.end, pages };
	reading->pages += pages;
	if (reading->bitmap.fd >= 0 && reading->error >= 0)
		reading->error = bitmap_set(&reading->bitmap, run);
	return 0;
}

static int walk(struct app *app, struct iommuctl_object *hwpt, struct reading *reading)
{
	const struct param_value *values = app->values;
	const unsigned int flags = (values[PARAM_NO_CLEAR].given ? IOMMUCTL_DIRTY_NO_CLEAR : 0) |
				   (values[PARAM_MAPPED].given ? 0 : IOMMUCTL_DIRTY_HOLES);
	struct iommuctl_range_set *set;
	int r = iommuctl_range_set_new(&set);

	if (r < 0)
		return r;
	r = iommuctl_range_set_add(set, objects_range(app, PARAM_IOVA));
	if (r >= 0)
		r = iommuctl_hwpt_walk_dirty(hwpt, set, reading->page_size, flags, add_range,
					     reading);
	iommuctl_range_set_free(set);
	return r;
}

static json_object *totals(const struct reading *reading)
{
	json_object *extra = json_object_new_object(), *totals = json_object_new_object();

	object_set(totals, "pages", value_number(reading->pages));
	object_set(totals, "bytes", value_number(reading->pages * reading->page_size));
	object_set(totals, "page_size", value_number(reading->page_size));
	object_set(extra, "totals", totals);
	return extra;
}

static int print(struct app *app, const struct reading *reading)
{
	struct objects objects = { 0 };
	int r = EXIT_DONE;

	for (size_t i = 0; r == EXIT_DONE && i < reading->count; i++)
		if (objects_add(&objects, &reading->ranges[i]) < 0)
			r = EXIT_FAILED;
	if (r == EXIT_DONE && !app->dry_run)
		r = render(app, VIEW_TABLE, &objects, totals(reading));
	if (r == EXIT_DONE && !app->dry_run && is_for_people(app) && !app->no_heading)
		printf("%" PRIu64 " pages, %" PRIu64 " bytes\n", reading->pages,
		       reading->pages * reading->page_size);
	free(objects.items);
	return r;
}

/* What was found is printed also after a failure: the kernel will not tell it again. */
static int read_pages(struct app *app, struct iommuctl_object *hwpt, struct reading *reading)
{
	const struct param_value *file = &app->values[PARAM_BITMAP];
	int r, printed;

	reading->bitmap.fd = -1;
	reading->page_size = page_size_of(app);
	if (file->given && !app->dry_run &&
	    bitmap_open(&reading->bitmap, file->text, objects_range(app, PARAM_IOVA),
			reading->page_size) < 0)
		return EXIT_FAILED;
	r = walk(app, hwpt, reading);
	if (r < 0)
		message_diag(app);
	if (reading->bitmap.fd >= 0 && reading->error >= 0)
		reading->error = bitmap_close(&reading->bitmap);
	printed = r < 0 && reading->count == 0 ? EXIT_FAILED : print(app, reading);
	return r < 0 || reading->error < 0 ? EXIT_FAILED : printed;
}

static int act(struct app *app, struct iommuctl_object *hwpt, enum action action)
{
	struct reading *reading;
	int r;

	if (action != READ)
		return iommuctl_hwpt_set_dirty_tracking(hwpt, action == START) < 0
			       ? objects_failed(app)
			       : result_finish(app);
	reading = calloc(1, sizeof(*reading));
	if (!reading)
		return EXIT_FAILED;
	r = read_pages(app, hwpt, reading);
	free(reading->ranges);
	free(reading);
	return r;
}

int run_dirty(struct app *app)
{
	struct iommuctl_object *hwpt;
	enum action action;
	int r;

	if (!parse_action(app, &action) || objects_find(app, app->args[1], KIND(HWPT), &hwpt) < 0)
		return EXIT_FAILED;
	r = act(app, hwpt, action);
	iommuctl_object_free(hwpt);
	return r;
}
