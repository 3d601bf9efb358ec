/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that is the keeper of a session. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session.h"

static sigset_t mask_before;

int signals_take(void)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGQUIT);
	sigaddset(&mask, SIGCHLD);
	/* where it is ignored, children leave no status */
	signal(SIGCHLD, SIG_DFL);
	if (sigprocmask(SIG_BLOCK, &mask, &mask_before) < 0)
		return -errno;
	return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

void signals_give_back(void)
{
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

struct server {
	pid_t child; /* 0: none */
	bool stopped;
	int status;
};

static void child_ended(struct server *server, int status)
{
	server->stopped = true;
	server->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void handle_signal(struct server *server, const struct signalfd_siginfo *info)
{
	int status;

	if (info->ssi_signo == SIGCHLD) {
		if (server->child && waitpid(server->child, &status, WNOHANG) == server->child)
			child_ended(server, status);
		return;
	}
	if (!server->child)
		server->stopped = true;
	else if (info->ssi_code <= 0) /* or the terminal sent it to the child too */
		kill(server->child, (int)info->ssi_signo);
}

static void handle_clients(struct app *app, struct server *server, struct iommuctl_keeper *keeper)
{
	int r = iommuctl_keeper_dispatch(keeper);

	if (r < 0)
		message_diag(app);
	if (r > 0 && !server->child)
		server->stopped = true;
	else if (r > 0)
		kill(server->child, SIGTERM);
}

int serve(struct app *app, struct iommuctl_keeper *keeper, int signals, pid_t child, int leash)
{
	struct pollfd fds[] = {
		{ .fd = iommuctl_keeper_get_fd(keeper), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
		{ .fd = leash, .events = POLLIN },
	};
	struct server server = { .child = child };
	struct signalfd_siginfo info;
	char byte;

	while (!server.stopped) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return EXIT_FAILED;
		if (fds[0].revents)
			handle_clients(app, &server, keeper);
		if (fds[2].revents) {
			server.stopped = server.stopped || read(leash, &byte, 1) != 1;
			fds[2].fd = -1;
		}
		while (read(signals, &info, sizeof(info)) == sizeof(info))
			handle_signal(&server, &info);
	}
	return server.status;
}
