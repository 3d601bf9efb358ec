/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other machines: snapshots and roots that a word of the command line names. */
#ifndef IOMMUCTL_HOST_H
#define IOMMUCTL_HOST_H

#include "app.h"

/*
 * How much of NAME, "PATH" or "PATH:REST", is the path: the shortest that exists, of which names
 * with colons may follow; or all where none does.
 */
size_t root_length(const char *name);
/* The root that NAME begins with, and REST, which may be empty. EXIT_FAILED after a message. */
int root_open(const struct app *app, const char *name, struct iommuctl_context **ret_ctx,
	      const char **ret_rest);

/* A machine, and those of its devices that a guest is given there. */
struct host {
	char *name; /* NULL: the one that the command is about */
	struct iommuctl_context *ctx;
	struct iommuctl_topology *topology;
	struct objects devices;
};

struct hosts {
	struct host *items;
	size_t count;
};

/* Those of --host, and first the command's own where it names devices. < 0 after a message. */
int hosts_open(struct app *app, struct hosts *hosts);
void hosts_close(struct hosts *hosts);

#endif
