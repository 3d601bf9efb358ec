/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding sessions, and talking to their keepers. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "session-path.h"
#include "session.h"

static const char connect_action[] = "connect";

/* A keeper never waits: one that takes longer to answer does not run. */
#define ANSWER_SECONDS 5

/* ------------------------------------------------------------- explaining */

static int explain_gone(struct iommuctl_context *ctx, int error, const char *name,
			const char *action)
{
	diag_set(ctx, error, name, action,
		 "the session is gone: its keeper was %skilled, and the kernel has released what "
		 "no other process has open",
		 error == ECONNREFUSED ? "" : "stopped or ");
	diag_hint(ctx, "iommuctl session start %s begins anew", path_last(name));
	return -error;
}

static int explain_other_user(struct iommuctl_context *ctx, int error, const char *name)
{
	diag_set(ctx, error, name, connect_action, "the session belongs to another user");
	diag_hint(ctx, "only the user who started a session, and root, can use it");
	return -error;
}

static int explain_silent(const struct iommuctl_session *session, const char *action)
{
	diag_set(session->ctx, ETIMEDOUT, session->name, action,
		 "the session's keeper does not answer");
	if (session->pid)
		diag_hint(session->ctx,
			  "it is process %u; kill -CONT %u lets it go on if it was stopped",
			  session->pid, session->pid);
	return -ETIMEDOUT;
}

static int explain_connect(struct iommuctl_context *ctx, int error, const char *name)
{
	switch (error) {
	case ENOENT:
		diag_set(ctx, error, name, connect_action, "there is no such session");
		diag_hint(ctx, "iommuctl session list names those that are there, "
			       "iommuctl session start NAME makes one");
		return -error;
	case ECONNREFUSED:
		return explain_gone(ctx, error, name, connect_action);
	case EACCES:
		return explain_other_user(ctx, error, name);
	case EUSERS:
		return diag_set(ctx, error, name, connect_action,
				"the session has too many clients at once");
	case EPROTO:
		return diag_set(ctx, error, name, connect_action,
				"its keeper is of another version of iommuctl");
	default:
		return diag_set(ctx, error, name, connect_action, NULL);
	}
}

/* --------------------------------------------------------------- requests */

int session_receive(struct iommuctl_session *session, struct session_reply *reply, int *ret_fd)
{
	ssize_t n = packet_receive(session->socket, reply, sizeof(*reply), 0, ret_fd);
	int r = n < 0 ? (int)n : n == 0 ? -ECONNRESET : reply->error;

	/* a packet of another version may have any size */
	if (n == -EMSGSIZE ||
	    (n > 0 && ((size_t)n != sizeof(*reply) || r > 0 || reply->version != SESSION_VERSION ||
		       reply->returned > SESSION_ATTACHMENTS)))
		r = -EPROTO;
	/* a late answer must not be taken for that of the next request */
	if (n == -EAGAIN) {
		close_fd(&session->socket);
		session->socket = -1;
		r = -ETIMEDOUT;
	}
	if (r < 0) {
		close_fd(ret_fd);
		*ret_fd = -1;
	}
	return r;
}

int session_call(struct iommuctl_session *session, struct session_request *request, int fd,
		 struct session_reply *reply, int *ret_fd)
{
	int r;

	if (session->socket < 0)
		return -ETIMEDOUT;
	request->version = SESSION_VERSION;
	r = packet_send(session->socket, request, sizeof(*request), fd, 0);
	if (r == 0)
		r = session_receive(session, reply, ret_fd);
	return r == -EPIPE ? -ECONNRESET : r == -EAGAIN ? -ETIMEDOUT : r;
}

int session_explain(struct iommuctl_session *session, int r, const char *object, const char *action)
{
	static const struct {
		int error;
		const char *reason;
	} reasons[] = {
		{ EINVAL, "an object's name takes letters, digits, '_', '.' and '-', at most 63, "
			  "no digit first" },
		{ EEXIST, "another object of the session has its name or its device" },
		{ ENOENT, "there is no such object in the session" },
		{ ESTALE, "another object has its id by now" },
		{ ENOSPC, "the session has too many objects" },
		{ EMFILE, "the session's keeper has no file descriptors left" },
		{ EPROTO, "its keeper is of another version of iommuctl" },
	};

	if (r == -ECONNRESET)
		return explain_gone(session->ctx, ECONNRESET, session->name, action);
	if (r == -ETIMEDOUT)
		return explain_silent(session, action);
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].error == -r)
			return diag_set(session->ctx, -r, object, action, "%s", reasons[i].reason);
	return diag_set(session->ctx, -r, object, action, NULL);
}

/* ------------------------------------------------------------- connecting */

/* What another user offers could be anything but a session. */
static int check_keeper(struct iommuctl_session *session)
{
	const uid_t self = geteuid();
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(session->socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	session->pid = (uint32_t)peer.pid;
	return self == 0 || peer.uid == 0 || peer.uid == self ? 0 : -EACCES;
}

static int wait_at_most(int socket, time_t seconds)
{
	const struct timeval limit = { .tv_sec = seconds };

	/* that of sending is connect()'s too */
	if (setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0 ||
	    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0)
		return -errno;
	return 0;
}

static int connect_socket(struct iommuctl_session *session, const struct session_path *path)
{
	struct sockaddr_un address;

	session_path_address(path, &address);
	session->socket = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (session->socket < 0 || wait_at_most(session->socket, ANSWER_SECONDS) < 0)
		return -errno;
	while (connect(session->socket, (const struct sockaddr *)&address, sizeof(address)) < 0)
		if (errno != EINTR)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return check_keeper(session);
}

/* Sets the diagnostic. */
static int shake_hands(struct iommuctl_session *session, const struct session_path *path)
{
	struct session_reply reply;
	int r = connect_socket(session, path), fd = -1;

	if (r == 0)
		r = session_receive(session, &reply, &fd);
	if (r == -ETIMEDOUT)
		return explain_silent(session, connect_action);
	if (r < 0)
		return explain_connect(session->ctx, -r, session->name);
	r = iommuctl_iommufd_from_fd(session->ctx, fd, &session->iommufd);
	if (r < 0)
		close_fd(&fd);
	else
		session->iommufd->session = session;
	session->pid = reply.pid;
	session->object_count = reply.object_count;
	return r;
}

IOMMUCTL_EXPORT int iommuctl_session_connect(struct iommuctl_context *ctx, const char *name,
					     struct iommuctl_session **ret_session)
{
	struct iommuctl_session *session;
	struct session_path path;
	int r;

	if (!ctx || !name || !ret_session)
		return -EINVAL;
	r = session_path_open(ctx, name, false, &path);
	if (r < 0)
		return r == -ENOENT ? explain_connect(ctx, ENOENT, name) : r;
	session = calloc(1, sizeof(*session));
	if (session) {
		session->ctx = iommuctl_context_ref(ctx);
		session->socket = -1;
		session->name = strdup(name);
	}
	r = session && session->name ? shake_hands(session, &path) : -ENOMEM;
	session_path_close(&path);
	if (r < 0) {
		iommuctl_session_close(session);
		return r;
	}
	*ret_session = session;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_session *iommuctl_session_close(struct iommuctl_session *session)
{
	if (session) {
		if (session->iommufd)
			session->iommufd->session = NULL;
		iommuctl_iommufd_close(session->iommufd);
		close_fd(&session->socket);
		iommuctl_context_unref(session->ctx);
		free(session->name);
		free(session);
	}
	return NULL;
}

IOMMUCTL_EXPORT struct iommuctl_iommufd *
iommuctl_session_get_iommufd(const struct iommuctl_session *session)
{
	return session ? session->iommufd : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_session_get_name(const struct iommuctl_session *session)
{
	return session ? session->name : NULL;
}

IOMMUCTL_EXPORT int iommuctl_session_get_fd(const struct iommuctl_session *session)
{
	return session ? session->socket : -EINVAL;
}

IOMMUCTL_EXPORT int iommuctl_session_get_pid(const struct iommuctl_session *session)
{
	return session ? (int)session->pid : -EINVAL;
}

IOMMUCTL_EXPORT size_t iommuctl_session_get_count(const struct iommuctl_session *session)
{
	return session ? session->object_count : 0;
}

IOMMUCTL_EXPORT int iommuctl_session_stop(struct iommuctl_session *session)
{
	struct session_request request = { .op = SESSION_STOP };
	struct session_reply reply;
	int r, fd;

	if (!session)
		return -EINVAL;
	r = session_call(session, &request, -1, &reply, &fd);
	/* it ends the connection when it is done, which may take long */
	if (r == 0)
		r = wait_at_most(session->socket, 0);
	while (r == 0) {
		close_fd(&fd);
		r = session_receive(session, &reply, &fd);
	}
	return r == -ECONNRESET ? 0 : session_explain(session, r, session->name, "stop");
}
