/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "attrs.h"
#include "cmd-iova.h"

size_t root_length(const char *name)
{
	for (const char *end = name + strcspn(name, ":"); access(name, F_OK) < 0 && *end;
	     end += 1 + strcspn(end + 1, ":")) {
		char *path = strndup(name, (size_t)(end - name));
		bool exists = path && access(path, F_OK) == 0;

		free(path);
		if (exists)
			return (size_t)(end - name);
	}
	return strlen(name);
}

int root_open(const struct app *app, const char *name, struct iommuctl_context **ret_ctx,
	      const char **ret_rest)
{
	size_t length = root_length(name);
	char *path = strndup(name, length);
	struct iommuctl_context *ctx = NULL;
	int r = path ? iommuctl_context_new(&ctx) : -ENOMEM;

	if (r >= 0 && (r = iommuctl_context_set_root(ctx, path)) < 0)
		message_diag_of(app, ctx);
	free(path);
	if (r < 0) {
		iommuctl_context_unref(ctx);
		return EXIT_FAILED;
	}
	*ret_ctx = ctx;
	*ret_rest = name + length + (name[length] == ':');
	return EXIT_DONE;
}

/* --------------------------------------------------------------- of a guest */

static int find_device(struct host *host, const char *name)
{
	const void *device = device_find(host->topology, name);

	if (device)
		return objects_add(&host->devices, device);
	message("device %s: find: there is no such device in %s", name, host->name);
	return -ENODEV;
}

/* NAMES of devices, with commas between; none: those of the command. */
static int find_devices(const struct app *app, struct host *host, const char *names)
{
	char *copy = strdup(names), *rest = copy, *name;
	int r = copy ? 0 : -ENOMEM;

	for (size_t i = 0; r >= 0 && !*names && i < app->arg_count; i++)
		r = find_device(host, app->args[i]);
	while (r >= 0 && *names && (name = strsep(&rest, ",")))
		r = find_device(host, name);
	free(copy);
	if (r >= 0 && host->devices.count == 0) {
		message("%s: which of its devices? neither --host nor the command names one",
			host->name);
		r = -EINVAL;
	}
	return r;
}

static int open_other(struct app *app, const char *word, struct host *host)
{
	const char *names;

	if (root_open(app, word, &host->ctx, &names) != EXIT_DONE)
		return -EIO;
	host->name = strndup(word, (size_t)(names - word) - (names[-1] == ':'));
	if (!host->name)
		return -ENOMEM;
	if (iommuctl_topology_load(host->ctx, app_needs(app), &host->topology) < 0) {
		message_diag_of(app, host->ctx);
		return -EIO;
	}
	message_notes_of(app, host->ctx);
	return find_devices(app, host, names);
}

static int open_own(struct app *app, struct host *host)
{
	if (app_load(app) < 0)
		return -EIO;
	host->ctx = iommuctl_context_ref(app->ctx);
	host->topology = iommuctl_topology_ref(app->topology);
	/* an answer for some of the devices would be a wrong one */
	return app_collect(app, &host->devices) < 0 || app->failed > 0 ? -ENODEV : 0;
}

int hosts_open(struct app *app, struct hosts *hosts)
{
	const struct param_value *others = &app->values[PARAM_HOST];
	int r = 0;

	*hosts = (struct hosts){ .items = calloc(others->count + 1, sizeof(*hosts->items)) };
	if (!hosts->items)
		return -ENOMEM;
	if (app->arg_count > 0)
		r = open_own(app, &hosts->items[hosts->count++]);
	for (size_t i = 0; r >= 0 && i < others->count; i++)
		r = open_other(app, others->texts[i], &hosts->items[hosts->count++]);
	for (size_t i = 0; i < hosts->count; i++)
		objects_drop_repeated(&hosts->items[i].devices);
	return r;
}

void hosts_close(struct hosts *hosts)
{
	for (size_t i = 0; i < hosts->count; i++) {
		free(hosts->items[i].devices.items);
		iommuctl_topology_unref(hosts->items[i].topology);
		iommuctl_context_unref(hosts->items[i].ctx);
		free(hosts->items[i].name);
	}
	free(hosts->items);
	*hosts = (struct hosts){ 0 };
}
