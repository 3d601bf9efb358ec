/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the iommuctl authors */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "app.h"

bool use_color(const struct app *app)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	if (app->color && strcmp(app->color, "auto") != 0)
		return strcmp(app->color, "always") == 0;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb") != 0;
}

/* An exit code. */
static int prepare(struct app *app)
{
	int r = iommuctl_context_new(&app->ctx);

	if (r < 0) {
		message("%s: %s", app->command->noun, strerror(-r));
		return EXIT_FAILED;
	}
	trace_start(app);
	if (app->root && app->command->live) {
		message("%s: works on this machine alone, not with --root", app->command->noun);
		return EXIT_USAGE;
	}
	if (app->root && iommuctl_context_set_root(app->ctx, app->root) < 0) {
		message_diag(app);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

/* Also for what argp prints before it ends the program. */
static void close_stdout(void)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		message("write: %s", strerror(errno));
		_exit(EXIT_FAILED);
	}
}

/* A device's file that took the number of standard output would be written to. */
static void open_standard_files(void)
{
	/* what is closed can neither be read nor written, as before */
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open(OWN_NULL, modes[fd]) != fd)
			_exit(EXIT_FAILED);
}

int main(int argc, char **argv)
{
	struct app app = { 0 };
	int r;

	open_standard_files();
	atexit(close_stdout);
	setlocale(LC_CTYPE, "");
	command_parse(&app, argc, argv);
	if (!app.command)
		return EXIT_USAGE;
	r = prepare(&app);
	if (r == EXIT_DONE)
		r = trace_finish(&app, command_run(&app));
	free(app.results.data);
	param_clear(app.values, app.command->params);
	app_close_iommufd(&app);
	iommuctl_topology_unref(app.topology);
	iommuctl_context_unref(app.ctx);
	free(app.devices.items);
	free(app.open_devices.items);
	free(app.args);
	return r;
}
