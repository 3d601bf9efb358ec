/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A side of a comparison: live, the path of a snapshot or directory, or a profile. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "host.h"

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
	r = take_set(app, side, iommu_name);
	if (r == EXIT_DONE && !app->quiet && !side->set)
		hint("%s: Linux uses no IOMMU there", side->name);
	if (r == EXIT_DONE && !app->quiet && iommuctl_feature_set_is_conflict(side->set))
		hint("%s: its IOMMUs are of different models; %s:IOMMU chooses one", side->name,
		     side->name);
	return r;
}

static int open_snapshot(const struct app *app, struct side *side)
{
	const char *iommu_name;

	side->kind = SIDE_SNAPSHOT;
	return root_open(app, side->name, &side->ctx, &iommu_name) == EXIT_DONE
		       ? open_host(app, side, iommu_name)
		       : EXIT_FAILED;
}

int side_open(const struct app *app, const char *name, struct side *side)
{
	side->name = name;
	if (strcmp(name, "live") == 0 || strncmp(name, "live:", 5) == 0) {
		side->kind = iommuctl_context_has_root(app->ctx) ? SIDE_SNAPSHOT : SIDE_LIVE;
		side->ctx = iommuctl_context_ref(app->ctx);
		return open_host(app, side, name + 4 + (name[4] == ':'));
	}
	if (is_profile(name))
		return open_profile(app, side);
	if (strchr(name, '/') || name[root_length(name)] || access(name, F_OK) == 0)
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
