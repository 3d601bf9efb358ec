/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan as commands, which anybody could give by hand. */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "placing.h"
#include "plan.h"

/* A step that is being made. A failure is kept: then it is none. */
struct making {
	char **words;
	size_t count;
	bool failed;
};

static void add_word(struct making *making, char *word)
{
	/* full at every power of two */
	if (!making->failed && (making->count & (making->count + 1)) == 0) {
		char **grown = reallocarray(making->words, 2 * making->count + 2, sizeof(*grown));

		making->failed = !grown;
		making->words = grown ? grown : making->words;
	}
	making->failed = making->failed || !word;
	if (making->failed) {
		free(word);
		return;
	}
	making->words[making->count++] = word;
	making->words[making->count] = NULL;
}

PRINTF(2, 3) static void add(struct making *making, const char *format, ...)
{
	char *word;
	va_list args;

	va_start(args, format);
	if (vasprintf(&word, format, args) < 0)
		word = NULL;
	va_end(args);
	add_word(making, word);
}

static int finish(struct plan_steps *steps, const struct plan_item *item, struct making *making)
{
	struct plan_step *grown =
		making->failed ? NULL
			       : reallocarray(steps->items, steps->count + 1, sizeof(*grown));

	if (!grown) {
		for (size_t i = 0; i < making->count; i++)
			free(making->words[i]);
		free(making->words);
		return -ENOMEM;
	}
	steps->items = grown;
	steps->items[steps->count++] = (struct plan_step){ item, making->words };
	return 0;
}

/* ----------------------------------------------------------------------- options */

static void add_range(struct making *making, const struct iommuctl_range *range)
{
	add(making, "--window");
	add(making, "0x%" PRIx64 "-0x%" PRIx64, range->start, range->end);
}

static void add_param(struct making *making, enum param_id id, json_object *value)
{
	switch (params[id].kind) {
	case PARAM_KIND_FLAG:
		if (json_object_get_boolean(value))
			add(making, "--%s", params[id].name);
		break;
	case PARAM_KIND_RANGE: /* windows, see there */
		break;
	default:
		add(making, "--%s", params[id].name);
		add(making, "%s", json_object_get_string(value));
	}
}

/* Devices by the kernel's name, which says more than the plan's. */
static const char *named(const struct plan *plan, const struct plan_item *item, const char *key)
{
	const struct plan_item *target = plan_target(plan, item, key);

	return target && target->kind == PLAN_DEVICE ? plan_text(target, "device")
						     : plan_text(item, key);
}

static void add_arguments(struct making *making, const struct plan *plan,
			  const struct plan_item *item)
{
	for (const struct plan_field *field = plan_shapes[item->kind].fields; field->key; field++)
		if (field->argument && plan_get(item, field->key))
			add(making, "%s", named(plan, item, field->key));
}

static void add_options(struct making *making, const struct plan *plan,
			const struct plan_item *item)
{
	for (const struct plan_field *field = plan_shapes[item->kind].fields; field->key; field++) {
		json_object *value = plan_get(item, field->key);

		if (!value || field->argument)
			continue;
		if (field->type == PLAN_PARAM) {
			add_param(making, (enum param_id)field->of, value);
		} else if (field->type == PLAN_NAME) {
			add(making, "--name");
			add(making, "%s", item->name);
		} else if (field->type == PLAN_REF) {
			add(making, "--%s",
			    params[field->of == PLAN(FAULT_QUEUE) ? PARAM_FAULT_QUEUE
								  : PARAM_DEVICE]
				    .name);
			add(making, "%s", named(plan, item, field->key));
		}
	}
}

/* ---------------------------------------------------------- what is special of some */

void plan_encode(const struct plan_item *item, const struct plan_field *fields, uint64_t *words,
		 size_t count)
{
	static const uint64_t configs[] = { ['a'] = 0, ['b'] = 4, ['s'] = 5 };
	const char *config = plan_text(item, "config");

	/* a valid entry of a stream table */
	if (config)
		words[0] = 1 | configs[(unsigned char)config[0]] << 1;
	for (; fields->key; fields++) {
		uint64_t number = plan_flag(item, fields->key, false);

		if (fields->type != PLAN_BITS || fields->bits.word >= count)
			continue;
		plan_number(item, fields->key, &number);
		words[fields->bits.word] |= number
					    << (fields->bits.in_place ? 0 : fields->bits.shift);
	}
}

static void add_data(struct making *making, const struct plan *plan, const struct plan_item *hwpt)
{
	bool is_vtd = plan_get(hwpt, "vtd_s1") != NULL;
	enum plan_kind kind = is_vtd ? PLAN_VTD_S1 : PLAN_ARM_SMMU_V3;
	uint64_t words[3] = { 0 };
	size_t count = is_vtd ? 3 : 2;
	char text[sizeof(words) * 2 + 1] = "";

	if (!is_vtd && !plan_get(hwpt, "arm_smmu_v3"))
		return;
	plan_encode(plan_next(plan, kind, hwpt), plan_shapes[kind].fields, words, count);
	for (size_t i = 0; i < count; i++)
		snprintf(text + 16 * i, sizeof(text) - 16 * i, "%016" PRIx64,
			 be64toh(htole64(words[i])));
	add(making, "--type");
	add(making, "%s", is_vtd ? "vtd-s1" : "arm-smmu-v3");
	add(making, "--data");
	add(making, "%s", text);
}

/* Those of what is laid out in it, unless it says which. */
static void add_windows(struct making *making, const struct plan_item *ioas)
{
	json_object *windows = plan_get(ioas, "windows");
	struct iommuctl_range range;

	for (size_t i = 0; windows && i < json_object_array_length(windows); i++)
		if (plan_window(ioas, i, &range))
			add_range(making, &range);
	for (size_t i = 0; !windows && i < ioas->placement_count; i++)
		add_range(making, &ioas->placements[i].range);
}

static void add_memory(struct making *making, const struct plan_item *memory)
{
	add(making, "--file");
	if (strcmp(plan_text(memory, "kind"), "file") == 0)
		add(making, "%s", plan_text(memory, "path"));
	else
		add(making, "{memory:%s}", memory->name);
}

static void add_permissions(struct making *making, const struct plan_item *map)
{
	const char *permissions = plan_text(map, "permissions");

	if (permissions && strcmp(permissions, "r") == 0)
		add(making, "--read");
	if (permissions && strcmp(permissions, "w") == 0)
		add(making, "--write");
}

static int make_map(const struct plan *plan, const struct plan_item *map, struct plan_steps *steps)
{
	struct making making = { 0 };

	add(&making, "ioas");
	add(&making, "map");
	add(&making, "%s", plan->items[map->owner].name);
	if (plan_get(map, "memory"))
		add_memory(&making, plan_target(plan, map, "memory"));
	for (const struct plan_field *field = plan_shapes[PLAN_MAP].fields; field->key; field++)
		if (field->type == PLAN_PARAM && plan_get(map, field->key))
			add_param(&making, (enum param_id)field->of, plan_get(map, field->key));
	if (plan_get(map, "device")) {
		add(&making, "--device");
		add(&making, "%s", named(plan, map, "device"));
	}
	add_permissions(&making, map);
	return finish(steps, map, &making);
}

/* A guest's memory is one file, and as many maps as there are pieces of it. */
static int make_ram(const struct plan *plan, const struct plan_item *map, struct plan_steps *steps)
{
	const struct plan_item *ioas = &plan->items[map->owner];
	uint64_t offset = 0;
	int r = 0;

	plan_number(map, "offset", &offset);
	for (size_t i = 0; r >= 0 && i < ioas->placement_count; i++) {
		const struct placement *placement = &ioas->placements[i];
		uint64_t length = placement->range.end - placement->range.start + 1;
		struct making making = { 0 };

		if (strcmp(placement->use, "ram") != 0)
			continue;
		add(&making, "ioas");
		add(&making, "map");
		add(&making, "%s", ioas->name);
		add_memory(&making, plan_target(plan, map, "memory"));
		add(&making, "--iova");
		add(&making, "0x%" PRIx64, placement->range.start);
		add(&making, "--offset");
		add(&making, "%" PRIu64, offset);
		add(&making, "--length");
		add(&making, "%" PRIu64, length);
		add_permissions(&making, map);
		offset += length;
		r = finish(steps, map, &making);
	}
	return r;
}

static int make_option(const struct plan_item *ioas, struct plan_steps *steps)
{
	struct making making = { 0 };

	if (plan_flag(ioas, "huge_pages", true))
		return 0;
	add(&making, "option");
	add(&making, "set");
	add(&making, "huge-pages");
	add(&making, "%s", ioas->name);
	add(&making, "off");
	return finish(steps, ioas, &making);
}

static int make_step(const struct plan *plan, const struct plan_item *item,
		     struct plan_steps *steps)
{
	const struct plan_shape *shape = &plan_shapes[item->kind];
	struct making making = { 0 };
	int r;

	if (item->kind == PLAN_MEMORY)
		return strcmp(plan_text(item, "kind"), "file") == 0 ? 0
								    : finish(steps, item, &making);
	if (item->kind == PLAN_MAP)
		return (plan_get(item, "use") ? make_ram : make_map)(plan, item, steps);
	add(&making, "%s", shape->noun);
	add(&making, "%s", shape->verb);
	add_arguments(&making, plan, item);
	add_options(&making, plan, item);
	if (item->kind == PLAN_IOAS)
		add_windows(&making, item);
	if (item->kind == PLAN_HWPT)
		add_data(&making, plan, item);
	r = finish(steps, item, &making);
	return r >= 0 && item->kind == PLAN_IOAS ? make_option(item, steps) : r;
}

/* ------------------------------------------------------------------- all of them */

static bool is_plain(const struct plan_item *item)
{
	return plan_get(item, "ioas") != NULL;
}

static bool is_nested(const struct plan_item *item)
{
	return !is_plain(item);
}

/* What has an address of its own must find it free. */
static bool is_placed(const struct plan_item *item)
{
	return plan_get(item, "iova") || plan_get(item, "use");
}

static bool is_unplaced(const struct plan_item *item)
{
	return !is_placed(item);
}

static bool is_bound(const struct plan_item *item)
{
	return plan_flag(item, "bind", true);
}

/* What is used comes before what uses it. */
static const struct {
	enum plan_kind kind;
	bool (*only)(const struct plan_item *item);
} order[] = {
	{ PLAN_DEVICE, is_bound }, { PLAN_MEMORY, NULL },     { PLAN_IOAS, NULL },
	{ PLAN_MAP, is_placed },   { PLAN_MAP, is_unplaced }, { PLAN_FAULT_QUEUE, NULL },
	{ PLAN_HWPT, is_plain },   { PLAN_VIOMMU, NULL },     { PLAN_VDEVICE, NULL },
	{ PLAN_VEVENTQ, NULL },	   { PLAN_HW_QUEUE, NULL },   { PLAN_HWPT, is_nested },
	{ PLAN_ATTACHMENT, NULL },
};

int plan_make_steps(const struct plan *plan, struct plan_steps *steps)
{
	int r = 0;

	*steps = (struct plan_steps){ 0 };
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(order); i++) {
		struct plan_item *item = NULL;

		while (r >= 0 && (item = plan_next(plan, order[i].kind, item)))
			if (!order[i].only || order[i].only(item))
				r = make_step(plan, item, steps);
	}
	if (r < 0) {
		plan_free_steps(steps);
		message("out of memory");
	}
	return r;
}

void plan_free_steps(struct plan_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++) {
		for (char **word = steps->items[i].words; word && *word; word++)
			free(*word);
		free(steps->items[i].words);
	}
	free(steps->items);
	*steps = (struct plan_steps){ 0 };
}

char *plan_step_to_text(const struct plan_step *step)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	/* a line of a batch that does nothing */
	if (!step->words)
		fprintf(out, "# {memory:%s}: %s, %s", step->item->name,
			plan_text(step->item, "kind"), plan_text(step->item, "size"));
	for (char **word = step->words; word && *word; word++) {
		bool plain = (*word)[strcspn(*word, " \t\r\n'\"\\#")] == '\0';

		fprintf(out, "%s%s", word > step->words ? " " : "", plain ? "" : "\"");
		for (const char *c = *word; *c; c++)
			fprintf(out, "%s%c", !plain && strchr("\"\\", *c) ? "\\" : "", *c);
		fputs(plain ? "" : "\"", out);
	}
	fclose(out);
	return text;
}
