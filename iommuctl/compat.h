/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the noun compat share. */
#ifndef IOMMUCTL_TOOL_COMPAT_H
#define IOMMUCTL_TOOL_COMPAT_H

#include "app.h"

enum side_kind { SIDE_LIVE, SIDE_SNAPSHOT, SIDE_PROFILE };

/* What is compared: a machine, the record of one, or an emulated IOMMU. */
struct side {
	const char *name; /* as the user has it */
	enum side_kind kind;
	struct iommuctl_context *ctx;
	struct iommuctl_topology *topology;
	struct iommuctl_feature_set *set; /* NULL: no IOMMU is in use */
};

/* EXIT_DONE, or EXIT_USAGE or EXIT_FAILED after a message. */
int side_open(const struct app *app, const char *name, struct side *side);
void side_close(struct side *side);

/* The document "compat" prints: sides, common, lacks, verdicts, and emit if that was asked for. */
int render_compat(const struct app *app, json_object *document);
/* "compat --list": profiles, formats, format_options. */
int render_choices(const struct app *app, json_object *document);

#endif
