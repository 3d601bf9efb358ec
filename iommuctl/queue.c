/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What waits in a queue. */
#include "queue.h"

#include <errno.h>

/* Page requests of one group, which come together: more than devices may have under way. */
#define AT_ONCE_MAX 65536u

bool queue_is_open(const struct app *app, const struct iommuctl_object *queue)
{
	if (iommuctl_object_get_fd(queue) >= 0)
		return true;
	message("%s %s: %s: its file is not here", app->command->noun, app->args[0],
		app->command->verb);
	hint("only the session in which it was created has that");
	return false;
}

int queue_take(struct app *app, struct iommuctl_object *queue, const struct queue_source *source,
	       size_t max, bool may_grow, void **ret_rows)
{
	void *rows = NULL;
	int n;

	do {
		free(rows);
		rows = calloc(max, source->size);
		n = rows ? source->take(app, queue, rows, max) : -ENOMEM;
	} while (n == -EINVAL && may_grow && (max *= 2) <= AT_ONCE_MAX);
	if (n < 0) {
		free(rows);
		return n;
	}
	*ret_rows = rows;
	return n;
}

int queue_with(struct app *app, unsigned int kinds,
	       int (*do_it)(struct app *app, struct iommuctl_object *queue))
{
	return selection_make(app, VIEW_TABLE) < 0 ? EXIT_USAGE : objects_with(app, kinds, do_it);
}

int queue_read(struct app *app, struct iommuctl_object *queue, const struct queue_source *source)
{
	const struct param_value *max = &app->values[PARAM_MAX], *wait = &app->values[PARAM_WAIT];
	struct objects objects = { 0 };
	void *rows = NULL;
	int n, r;

	if (!queue_is_open(app, queue))
		return EXIT_FAILED;
	if (wait->given)
		iommuctl_object_wait(queue, (int)wait->number);
	n = queue_take(app, queue, source, max->given ? max->number : QUEUE_AT_ONCE, !max->given,
		       &rows);
	for (int i = 0; i < n; i++)
		if (objects_add(&objects, (char *)rows + (size_t)i * source->size) < 0)
			n = -ENOMEM;
	r = n < 0 ? objects_failed(app) : render(app, VIEW_TABLE, &objects, NULL);
	free(objects.items);
	free(rows);
	return r;
}
