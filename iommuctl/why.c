/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iommu show --why: answers to questions about features, a line each. */
#include <errno.h>
#include <string.h>

#include "app.h"
#include "attrs.h"
#include "render.h"

static void usage(const char *word, size_t length)
{
	char *names = NULL;
	size_t size;
	FILE *out = open_memstream(&names, &size);
	enum iommuctl_feature reason;
	const char *separator = "";

	message("iommu: no feature '%.*s'", (int)length, word);
	if (!out)
		return;
	for (unsigned int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++) {
		if (iommuctl_feature_get_reason((enum iommuctl_feature)i, &reason) < 0)
			continue;
		fprintf(out, "%s%s", separator, iommuctl_feature_get_key((enum iommuctl_feature)i));
		separator = ", ";
	}
	if (fclose(out) == 0)
		hint("any feature of iommuctl-registers(7) is allowed; reasons are known of %s",
		     names);
	free(names);
}

/* The features of LIST, in its order, each once; -EINVAL when a word of it is none. */
static int parse_features(const char *list, enum iommuctl_feature *features, size_t *ret_count)
{
	size_t count = 0, length;

	do {
		unsigned int i = 0;
		const char *key;
		size_t n = 0;

		length = strcspn(list, ",");
		while ((key = iommuctl_feature_get_key((enum iommuctl_feature)i)) &&
		       (strlen(key) != length || strncmp(key, list, length) != 0))
			i++;
		if (!key) {
			usage(list, length);
			return -EINVAL;
		}
		while (n < count && features[n] != (enum iommuctl_feature)i)
			n++;
		features[n] = (enum iommuctl_feature)i;
		count += n == count;
		list += length;
	} while (*list++ == ',');
	*ret_count = count;
	return 0;
}

static json_object *answer_to_json(const struct iommuctl_iommu *iommu,
				   enum iommuctl_feature feature)
{
	json_object *answer = json_object_new_object();
	enum iommuctl_feature reason;

	object_set(answer, "iommu", value_text(iommuctl_iommu_get_name(iommu)));
	object_set(answer, "feature", value_text(iommuctl_feature_get_key(feature)));
	object_set(answer, "value", feature_to_json(iommu, feature));
	object_set(answer, "reason",
		   iommuctl_feature_get_reason(feature, &reason) < 0
			   ? NULL
			   : feature_to_json(iommu, reason));
	object_set(answer, "source", value_text(iommuctl_iommu_get_feature_source(iommu, feature)));
	return answer;
}

/* "dmar0: nesting: no: the hardware has no ... [intel-iommu/ecap]" */
static void print_answer(json_object *answer)
{
	static const char *const keys[] = { "iommu", "feature", "value", "reason", "source" };
	char *texts[ARRAY_SIZE(keys)];

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		texts[i] = value_to_text(json_object_object_get(answer, keys[i]), 0);
	printf("%s: %s: %s", texts[0], texts[1],
	       json_object_object_get(answer, "value") ? texts[2] : "unknown");
	if (json_object_object_get(answer, "reason"))
		printf(": %s", texts[3]);
	if (json_object_object_get(answer, "source"))
		printf(" [%s]", texts[4]);
	putchar('\n');
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		free(texts[i]);
}

static int print(struct app *app, const struct objects *objects,
		 const enum iommuctl_feature *features, size_t count)
{
	json_object *answers = json_object_new_array();
	int r;

	for (size_t n = 0; n < objects->count; n++)
		for (size_t i = 0; i < count; i++)
			json_object_array_add(answers,
					      answer_to_json(objects->items[n], features[i]));
	r = render_lines(app, "answers", answers, print_answer);
	json_object_put(answers);
	return r;
}

int run_why(struct app *app)
{
	enum iommuctl_feature features[IOMMUCTL_FEATURE_COUNT];
	struct objects objects = { 0 };
	int r = EXIT_FAILED;
	size_t count;

	if (parse_features(app->why, features, &count) < 0)
		return EXIT_USAGE;
	app->selection.needs = IOMMUCTL_LOAD_REGISTERS;
	if (app_load(app) < 0)
		return EXIT_FAILED;
	if (app_collect(app, &objects) >= 0 && (objects.count > 0 || app->failed == 0))
		r = print(app, &objects, features, count);
	if (r == EXIT_DONE)
		r = app_exit_code(app, objects.count);
	free(objects.items);
	return r;
}
