/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the renderers share. */
#ifndef IOMMUCTL_RENDER_H
#define IOMMUCTL_RENDER_H

#include <libsmartcols.h>

#include "app.h"

#define RENDER_JSON JSON_C_TO_STRING_NOSLASHESCAPE

struct libscols_table *render_new_table(const struct app *app);
void render_add_column(const struct app *app, struct libscols_table *table, const char *heading,
		       int flags);
/* Takes the table. */
int render_print_table(struct libscols_table *table);
/* A JSON document of RECORDS that were made already. */
int render_document(struct app *app, const char *plural, json_object *records);
/* The same, or in text what PRINT makes of each. */
int render_lines(struct app *app, const char *plural, json_object *records,
		 void (*print)(json_object *record));
/* Close the memory stream OUT and print what was written to it. */
int render_finish(FILE *out, char **text, size_t *size);

#endif
