/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session run, exec, start: a session begins, and commands get what it holds. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attrs.h"
#include "session.h"

struct beginning {
	struct app *app;
	const char *name;
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_keeper *keeper;
	struct device_list bound, open;
	int signals;
	int leash;     /* see serve(); -1: none */
	int other_end; /* of that; not the keeper's */
	bool is_keeper;
};

#define BEGINNING(of, called)                                                                      \
	{                                                                                          \
		.app = of, .name = called, .signals = -1, .leash = -1, .other_end = -1             \
	}

static int register_devices(struct beginning *it)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && it->keeper && i < it->bound.count; i++) {
		const struct iommuctl_vfio *vfio = it->bound.items[i].vfio;
		const struct iommuctl_session_object object = {
			.size = sizeof(object),
			.kind = IOMMUCTL_OBJECT_DEVICE,
			.id = iommuctl_object_get_id(iommuctl_vfio_get_object(vfio)),
			.device = iommuctl_device_get_name(it->bound.items[i].device),
		};

		r = iommuctl_keeper_add(it->keeper, &object, iommuctl_vfio_get_fd(vfio));
	}
	return r;
}

/* What the keeper has not taken; it has duplicates of the rest. */
static void close_handles(struct beginning *it)
{
	device_list_close(&it->bound);
	device_list_close(&it->open);
	it->iommufd = iommuctl_iommufd_close(it->iommufd);
}

static void end(struct beginning *it)
{
	close_handles(it);
	iommuctl_keeper_free(it->keeper);
	if (it->signals >= 0)
		close(it->signals);
}

/* The name first: where it is taken no device is touched. */
static int begin(struct beginning *it)
{
	int r;

	if (!it->app->dry_run)
		sessions_clear(it->app, NULL);
	r = iommuctl_iommufd_open(it->app->ctx, &it->iommufd);
	/* a client may ask for the end as soon as there is a keeper */
	it->signals = signals_take();
	if (r >= 0 && !it->app->dry_run)
		r = iommuctl_keeper_new(it->app->ctx, it->name,
					iommuctl_iommufd_get_fd(it->iommufd), &it->keeper);
	if (r < 0) {
		message_diag(it->app);
		return r;
	}
	r = device_list_open(it->app, &it->app->devices, it->iommufd, &it->bound);
	if (r >= 0)
		r = device_list_open(it->app, &it->app->open_devices, NULL, &it->open);
	if (r < 0)
		return r;
	r = register_devices(it);
	if (r < 0)
		message_diag(it->app);
	return r;
}

/* ------------------------------------------------------------- run and exec */

/* Of the words, those of the command; at most so many may stand BEFORE it. */
static bool find_command(const struct app *app, size_t before, char ***ret_words, size_t *ret_count)
{
	size_t first = app->has_dashes ? app->args_before : 0;

	*ret_words = app->args + first;
	*ret_count = app->arg_count - first;
	if (first <= before)
		return true;
	message("session %s: one word too many before --", app->args[before]);
	return false;
}

static int find_no_memory(const char *name, void *data)
{
	(void)data;
	message("session {memory:%s}: only a plan has memory", name);
	return -1;
}

static int find_own(enum place place, const char *name, void *data)
{
	const struct beginning *it = data;
	const struct iommuctl_device *device;
	int fd;

	if (place == PLACE_IOMMUFD)
		return iommuctl_iommufd_get_fd(it->iommufd);
	if (place == PLACE_MEMORY)
		return find_no_memory(name, NULL);
	device = device_find(it->app->topology, name);
	fd = device ? device_list_find(&it->bound, device) : -1;
	if (fd < 0 && device)
		fd = device_list_find(&it->open, device);
	if (fd < 0)
		message("session {device:%s}: the device is in none of --device and --open", name);
	return fd;
}

static int run_child(struct beginning *it,
		     int (*in_child)(struct app *app, const char *name, void *data), void *data)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child < 0) {
		message("session %s: start a process: %s", it->name, strerror(errno));
		return EXIT_FAILED;
	}
	if (child == 0) {
		signals_give_back();
		_exit(in_child(it->app, it->name, data));
	}
	close_handles(it);
	return serve(it->app, it->keeper, it->signals, child, -1);
}

static int become(struct app *app, const char *name, void *data)
{
	(void)app;
	return handover_exec(data, name);
}

int session_run(struct app *app, const char *name,
		int (*in_child)(struct app *app, const char *name, void *data), void *data)
{
	struct beginning it = BEGINNING(app, name);
	int r = begin(&it) < 0 ? EXIT_FAILED : run_child(&it, in_child, data);

	end(&it);
	return r;
}

const char *session_own_name(void)
{
	static char name[32];

	snprintf(name, sizeof(name), SESSION_RUN_PREFIX "%d", getpid());
	return name;
}

int run_session_run(struct app *app)
{
	struct beginning it = BEGINNING(app, app->name ? app->name : session_own_name());
	struct handover handover = { 0 };
	char **words;
	size_t count;
	int r = EXIT_FAILED;

	if (!find_command(app, 0, &words, &count))
		return EXIT_USAGE;
	if (begin(&it) >= 0 && handover_make(words, count, find_own, &it, &handover) >= 0)
		r = app->dry_run ? EXIT_DONE : run_child(&it, become, &handover);
	handover_free(&handover);
	end(&it);
	return r;
}

struct access {
	struct app *app;
	const struct belongings *belongings;
	struct device_list open;
};

static int find_kept(enum place place, const char *name, void *data)
{
	const struct access *access = data;
	struct iommuctl_session_entry *entry;
	int fd = -1;

	if (place == PLACE_IOMMUFD)
		return iommuctl_iommufd_get_fd(access->app->iommufd);
	if (place == PLACE_MEMORY)
		return access->belongings->find_memory(name, access->belongings->data);
	if (access->belongings->name_device)
		name = access->belongings->name_device(name, access->belongings->data);
	if (access->app->topology)
		fd = device_list_find(&access->open, device_find(access->app->topology, name));
	if (fd >= 0)
		return fd;
	if (!access->app->session ||
	    iommuctl_session_find(access->app->session, name, &entry) < 0) {
		message_diag(access->app);
		return -1;
	}
	fd = iommuctl_session_entry_take_fd(entry);
	iommuctl_session_entry_free(entry);
	if (fd < 0)
		message("session {device:%s}: it has no file descriptor", name);
	return fd;
}

int session_become(struct app *app, char *const *words, size_t count,
		   const struct belongings *belongings)
{
	struct access access = { .app = app, .belongings = belongings };
	struct handover handover = { 0 };
	int r = EXIT_FAILED;

	if (app_iommufd(app) >= 0 &&
	    device_list_open(app, &app->open_devices, NULL, &access.open) >= 0 &&
	    handover_make(words, count, find_kept, &access, &handover) >= 0 &&
	    (!belongings->set_variables ||
	     belongings->set_variables(&handover, find_kept, &access, belongings->data) >= 0)) {
		fflush(stdout);
		r = handover_exec(&handover, iommuctl_session_get_name(app->session));
	}
	handover_free(&handover);
	device_list_close(&access.open);
	return r;
}

int run_session_exec(struct app *app)
{
	const struct belongings belongings = { .find_memory = find_no_memory };
	char **words;
	size_t count;

	if (!find_command(app, 1, &words, &count))
		return EXIT_USAGE;
	if (app->args_before == 1)
		app->session_name = app->args[0];
	return session_become(app, words, count, &belongings);
}

/* -------------------------------------------------------------------- start */

/* Nothing that who started us has open may stay open as long as the session. */
static void close_inherited(void)
{
	DIR *dir = opendir(OWN_FDS);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		int fd = (int)strtol(entry->d_name, NULL, 10), flags = fcntl(fd, F_GETFD);

		/* what is ours ends with this program */
		if (fd > STDERR_FILENO && flags >= 0 && !(flags & FD_CLOEXEC))
			close(fd);
	}
	if (dir)
		closedir(dir);
}

static int leave_terminal(void)
{
	int fd = open(OWN_NULL, O_RDWR | O_CLOEXEC);

	if (fd < 0 || chdir("/") < 0)
		return -errno;
	for (int to = STDIN_FILENO; to <= STDERR_FILENO; to++)
		dup2(fd, to);
	close(fd);
	return 0;
}

static int keep(struct beginning *it, int ready)
{
	int r = begin(it);

	close_handles(it);
	if (r >= 0 && ready >= 0)
		r = leave_terminal() < 0 || write(ready, "", 1) != 1 ? -EIO : 0;
	if (ready >= 0)
		close(ready);
	/* of a dry run there is none */
	r = r < 0	 ? EXIT_FAILED
	    : it->keeper ? serve(it->app, it->keeper, it->signals, 0, it->leash)
			 : EXIT_DONE;
	end(it);
	return r;
}

/* What the keeper has to say until it is ready it says itself. */
static int wait_ready(const struct beginning *it, pid_t child, int ready)
{
	int status = 0;
	char byte;

	if (read(ready, &byte, 1) == 1)
		return EXIT_DONE;
	if (waitpid(child, &status, 0) == child && WIFSIGNALED(status))
		message("session %s: start: its keeper was killed", it->name);
	return EXIT_FAILED;
}

static int start(struct beginning *it)
{
	int ready[2], r;
	pid_t child;

	if (pipe2(ready, O_CLOEXEC) < 0 || (child = fork()) < 0) {
		message("session %s: start a process: %s", it->name, strerror(errno));
		return EXIT_FAILED;
	}
	if (child == 0) {
		close(ready[0]);
		close_inherited();
		/* otherwise it would never see that it is closed */
		if (it->other_end >= 0)
			close(it->other_end);
		setsid();
		it->is_keeper = true;
		return keep(it, ready[1]);
	}
	close(ready[1]);
	r = wait_ready(it, child, ready[0]);
	close(ready[0]);
	return r;
}

int run_session_start(struct app *app)
{
	struct beginning it = BEGINNING(app, app->args[0]);

	return app->foreground || app->dry_run ? keep(&it, -1) : start(&it);
}

int session_start(struct app *app, const char *name, int *ret_leash)
{
	struct beginning it = BEGINNING(app, name);
	int leash[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, leash) < 0) {
		message("session %s: start a process: %s", name, strerror(errno));
		return EXIT_FAILED;
	}
	it.leash = leash[0];
	it.other_end = leash[1];
	r = start(&it);
	close(leash[0]);
	if (!it.is_keeper && r != EXIT_DONE)
		close(leash[1]);
	*ret_leash = it.is_keeper || r != EXIT_DONE ? -1 : leash[1];
	return r;
}
