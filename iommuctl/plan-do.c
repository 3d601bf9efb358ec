/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a plan are done, one after another, until one fails. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "line.h"
#include "located.h"
#include "objects.h"
#include "plan.h"

struct doing {
	struct plan *plan;
	struct app app; /* of the step's command; what lasts stays */
	json_object *errors, *hints;
};

static int make_memory(struct plan *plan, const struct plan_item *memory)
{
	struct plan_item *item = &plan->items[memory - plan->items];
	bool huge = strcmp(plan_text(memory, "kind"), "hugetlb") == 0;
	uint64_t size, page_size = 0;

	plan_number(memory, "size", &size);
	plan_number(memory, "page_size", &page_size);
	item->fd = memory_new(plan->app, huge, page_size, size);
	return item->fd < 0 ? EXIT_FAILED : EXIT_DONE;
}

/* {memory:NAME} is the number of its file; the caller frees it. */
static char *expand(const struct plan *plan, const char *word)
{
	static const char place[] = "{memory:";
	json_object *index;
	char *text = NULL, name[64];
	int n;

	if (sscanf(word, "{memory:%63[^}]}", name) != 1 ||
	    strncmp(word, place, strlen(place)) != 0 ||
	    !json_object_object_get_ex(plan->names, name, &index))
		return strdup(word);
	n = asprintf(&text, "%d", plan->items[json_object_get_int64(index)].fd);
	return n < 0 ? NULL : text;
}

static int run_words(struct doing *doing, char **words)
{
	const struct command *command;
	char **copy, **moved;
	size_t count = 0;
	int used, r = EXIT_FAILED;

	while (words[count])
		count++;
	copy = calloc(count + 1, sizeof(*copy));
	moved = calloc(count + 1, sizeof(*moved));
	for (size_t i = 0; copy && moved && i < count; i++)
		moved[i] = copy[i] = expand(doing->plan, words[i]);
	if (copy && moved && (command = command_find(moved, (int)count, &used))) {
		if (command->needs)
			doing->app.topology = iommuctl_topology_ref(doing->plan->app->topology);
		r = line_run(&doing->app, command, moved + used);
		line_forget(&doing->app);
	}
	for (size_t i = 0; copy && i < count; i++)
		free(copy[i]);
	free(copy);
	free(moved);
	return r;
}

static void tell(const struct doing *doing, const struct plan_steps *steps, size_t n)
{
	const struct plan_step *step = &steps->items[n];
	char *text = plan_step_to_text(step);

	for (size_t i = 0; i < json_object_array_length(doing->errors); i++)
		message("plan %s:%u: %s: %s", doing->plan->file, located_line(step->item->json),
			step->item->path,
			json_object_get_string(json_object_array_get_idx(doing->errors, i)));
	hint("it was step %zu of %zu: %s", n + 1, steps->count, text ? text : "");
	for (size_t i = 0; i < json_object_array_length(doing->hints); i++)
		hint("%s", json_object_get_string(json_object_array_get_idx(doing->hints, i)));
	free(text);
}

int plan_do(struct app *app, struct plan *plan, const struct plan_steps *steps)
{
	struct doing doing = {
		.plan = plan,
		.app = line_app(app),
		.errors = json_object_new_array(),
		.hints = json_object_new_array(),
	};
	int r = EXIT_DONE;

	for (size_t i = 0; r == EXIT_DONE && i < steps->count; i++) {
		message_capture(doing.errors, doing.hints);
		r = steps->items[i].words ? run_words(&doing, steps->items[i].words)
					  : make_memory(plan, steps->items[i].item);
		message_capture(NULL, NULL);
		if (r != EXIT_DONE)
			tell(&doing, steps, i);
	}
	line_end(&doing.app);
	json_object_put(doing.errors);
	json_object_put(doing.hints);
	return r == EXIT_DONE ? r : EXIT_FAILED;
}
