/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queues that are read from files: what waits in them, and what comes. */
#ifndef IOMMUCTL_QUEUE_H
#define IOMMUCTL_QUEUE_H

#include "objects.h"

/* How one kind of queue is read. */
struct queue_source {
	const char *what; /* "events": its rows, in messages */
	size_t size;	  /* of a row */
	/* Takes what waits, at most MAX; how many. Never blocks. */
	int (*take)(struct app *app, struct iommuctl_object *queue, void *ret_rows, size_t max);
	/* How many were lost before this one, or with it; and whether it is nothing but that. */
	uint32_t (*lost)(const void *row, bool *ret_only);
};

/*
 * At most MAX rows of what waits, or more where the kernel gives them together only and MAY_GROW;
 * how many. *RET_ROWS is the caller's.
 */
int queue_take(struct app *app, struct iommuctl_object *queue, const struct queue_source *source,
	       size_t max, bool may_grow, void **ret_rows);
/* Whether its file is here; else that is told. */
bool queue_is_open(const struct app *app, const struct iommuctl_object *queue);
/* Calls DO_IT with the queue that is the first argument, once the attributes are chosen. */
int queue_with(struct app *app, unsigned int kinds,
	       int (*do_it)(struct app *app, struct iommuctl_object *queue));
/* The verbs; exit codes. */
int queue_read(struct app *app, struct iommuctl_object *queue, const struct queue_source *source);
int queue_watch(struct app *app, struct iommuctl_object *queue, const struct queue_source *source);
/* Before watching: whether that can be done. */
int queue_check_watch(const struct app *app);

#define QUEUE_AT_ONCE 64u

#endif
