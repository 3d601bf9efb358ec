/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command within a program that runs many of them, which must not end with one. */
#ifndef IOMMUCTL_LINE_H
#define IOMMUCTL_LINE_H

#include "app.h"

/*
 * Runs COMMAND with the WORDS behind its own, which NULL ends and which are moved about, in APP;
 * an exit code. Its records are added to APP's results.
 */
int line_run(struct app *app, const struct command *command, char **words);
/* What the command left in APP. The session and the iommufd stay. */
void line_forget(struct app *app);
/* As APP, the command of the program, has it. */
struct app line_app(const struct app *app);
/* Its session is left, and its memory. */
void line_end(struct app *app);

#endif
