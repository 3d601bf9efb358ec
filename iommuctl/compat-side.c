/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A side of a comparison: live, the path of a snapshot or directory, or a profile. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"

static bool is_profile(const char *name)
{
	const struct iommuctl_profile *profile = NULL;
	size_t length = strcspn(name, ",");

	while ((profile = iommuctl_profile_next(profile)))
		if (strlen(iommuctl_profile_get_name(profile)) == length &&
		    strncmp(iommuctl_profile_get_name(profile), name, length) == 0)
			return true;
	return false;
}

/*
 * "PATH:IOMMU": the end of the shortest path that exists, of which names with
 * colons may follow; or of all where none does.
 */
static size_t path_length(const char *name)
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

static int open_profile(const struct app *app, struct side *side)
{
	side->kind = SIDE_PROFILE;
	if (iommuctl_feature_set_new_profile(app->ctx, side->name, &side->set) >= 0)
		return EXIT_DONE;
	message_diag(app);
	return EXIT_USAGE;
}

/* The IOMMU of that name, or what all have. */
static int take_set(const struct app *app, struct side *side, const char *iommu_name)
{
	const struct iommuctl_iommu *iommu;
	int r;

	if (!*iommu_name) {
		r = iommuctl_feature_set_new_topology(side->topology, &side->set);
		return r < 0 && r != -ENODEV ? EXIT_FAILED : EXIT_DONE;
	}
	iommu = iommuctl_topology_find_iommu(side->topology, iommu_name);
	if (!iommu) {
		message("%s %s: find: there is no IOMMU %s", app->command->noun, side->name,
			iommu_name);
		return EXIT_FAILED;
	}
	return iommuctl_feature_set_new_iommu(iommu, &side->set) < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int open_host(const struct app *app, struct side *side, const char *iommu_name)
{
	int r;

	if (iommuctl_topology_load(side->ctx, IOMMUCTL_LOAD_REGISTERS, &side->topology) < 0) {
		message_diag_of(app, side->ctx);
		return EXIT_FAILED;
	}
	message_notes_of(app, side->ctx);
	r = take_set(app, side, iommu_name + (*iommu_name == ':'));
	if (r == EXIT_DONE && !app->quiet && !side->set)
		hint("%s: Linux uses no IOMMU there", side->name);
	if (r == EXIT_DONE && !app->quiet && iommuctl_feature_set_is_conflict(side->set))
		hint("%s: its IOMMUs are of different models; %s:IOMMU chooses one", side->name,
		     side->name);
	return r;
}

static int open_snapshot(const struct app *app, struct side *side)
{
	size_t length = path_length(side->name);
	char *path = strndup(side->name, length);
	int r = EXIT_FAILED;

	side->kind = SIDE_SNAPSHOT;
	if (path && iommuctl_context_new(&side->ctx) >= 0) {
		if (iommuctl_context_set_root(side->ctx, path) < 0)
			message_diag_of(app, side->ctx);
		else
			r = open_host(app, side, side->name + length);
	}
	free(path);
	return r;
}

int side_open(const struct app *app, const char *name, struct side *side)
{
	side->name = name;
	if (strcmp(name, "live") == 0 || strncmp(name, "live:", 5) == 0) {
		side->kind = iommuctl_context_has_root(app->ctx) ? SIDE_SNAPSHOT : SIDE_LIVE;
		side->ctx = iommuctl_context_ref(app->ctx);
		return open_host(app, side, name + 4);
	}
	if (is_profile(name))
		return open_profile(app, side);
	if (strchr(name, '/') || name[path_length(name)] || access(name, F_OK) == 0)
		return open_snapshot(app, side);
	message("%s %s: find: neither live, nor a file or directory, nor a profile",
		app->command->noun, name);
	hint("iommuctl %s --list names the profiles", app->command->noun);
	return EXIT_USAGE;
}

void side_close(struct side *side)
{
	iommuctl_feature_set_free(side->set);
	iommuctl_topology_unref(side->topology);
	iommuctl_context_unref(side->ctx);
}
