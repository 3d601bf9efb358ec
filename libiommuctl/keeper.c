/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The keeper of a session: a socket, its clients, and what it keeps open for them. It never waits
 * for a client.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "keeper.h"
#include "paths.h"
#include "session.h"

static const char new_action[] = "start the session";

struct keeper_client {
	int fd;
	struct keeper_client *next, **link;
};

/* ---------------------------------------------------------------- clients */

static int watch(const struct iommuctl_keeper *keeper, int fd, struct keeper_client *client)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };

	return epoll_ctl(keeper->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static void drop_client(struct iommuctl_keeper *keeper, struct keeper_client *client)
{
	*client->link = client->next;
	if (client->next)
		client->next->link = client->link;
	keeper->client_count--;
	close(client->fd);
	free(client);
}

static int add_client(struct iommuctl_keeper *keeper, int fd)
{
	struct keeper_client *client;
	int r;

	if (keeper->client_count == KEEPER_CLIENTS_MAX)
		return -EUSERS;
	client = calloc(1, sizeof(*client));
	if (!client)
		return -ENOMEM;
	r = watch(keeper, fd, client);
	if (r < 0) {
		free(client);
		return r;
	}
	client->fd = fd;
	client->next = keeper->clients;
	client->link = &keeper->clients;
	if (client->next)
		client->next->link = &client->next;
	keeper->clients = client;
	keeper->client_count++;
	return 0;
}

static int greet(const struct iommuctl_keeper *keeper, int fd, int error)
{
	struct session_reply reply = {
		.version = SESSION_VERSION,
		.error = error,
		.pid = (uint32_t)getpid(),
		.object_count = (uint32_t)registry_get_count(&keeper->registry),
	};

	return packet_send(fd, &reply, sizeof(reply), error < 0 ? -1 : keeper->iommufd,
			   MSG_DONTWAIT);
}

static int turn_away(struct iommuctl_keeper *keeper, int fd, int error)
{
	struct ucred peer = { 0 };
	socklen_t size = sizeof(peer);

	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
	greet(keeper, fd, error);
	close(fd);
	return diag_set(keeper->ctx, -error, keeper->path.name, "serve a client",
			"process %d of user %u was turned away: %s", peer.pid, peer.uid,
			strerror(-error));
}

/* With no file descriptor left a client could not even be turned away. */
static int accept_spare(struct iommuctl_keeper *keeper, int error)
{
	int fd;

	close_fd(&keeper->spare);
	fd = accept4(keeper->listener, NULL, NULL, SOCK_CLOEXEC);
	error = fd < 0 ? 0 : turn_away(keeper, fd, error);
	keeper->spare = open(OWN_NULL, O_RDONLY | O_CLOEXEC);
	return error;
}

static int check_peer(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	return peer.uid == geteuid() || peer.uid == 0 ? 0 : -EACCES;
}

static int accept_client(struct iommuctl_keeper *keeper)
{
	int fd = accept4(keeper->listener, NULL, NULL, SOCK_CLOEXEC), r;

	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		return accept_spare(keeper, -errno);
	/* who connected may be gone again */
	if (fd < 0)
		return 0;
	r = check_peer(fd);
	if (r == 0)
		r = add_client(keeper, fd);
	if (r < 0)
		return turn_away(keeper, fd, r);
	if (greet(keeper, fd, 0) < 0)
		drop_client(keeper, keeper->clients);
	return 0;
}

/* One packet: the others have their turn before the next. */
static void serve(struct iommuctl_keeper *keeper, struct keeper_client *client)
{
	struct session_request request;
	struct session_reply reply;
	int fd, reply_fd;
	ssize_t n = packet_receive(client->fd, &request, sizeof(request), MSG_DONTWAIT, &fd);

	if (n == -EAGAIN)
		return;
	keeper_answer(keeper, &request, n, fd, &reply, &reply_fd);
	/* who does not read has no room for it */
	if (n == 0 || packet_send(client->fd, &reply, sizeof(reply), reply_fd, MSG_DONTWAIT) < 0)
		drop_client(keeper, client);
}

/* ----------------------------------------------------------------- socket */

#define LOCK_NAME_SIZE (SESSION_NAME_SIZE + 8)

static void get_lock_name(const struct iommuctl_keeper *keeper, char *buf)
{
	snprintf(buf, LOCK_NAME_SIZE, ".%s.lock", keeper->path.name);
}

/* Held as long as the keeper lives, and no longer. */
static int take_lock(struct iommuctl_keeper *keeper)
{
	char name[LOCK_NAME_SIZE];
	struct stat held, there;

	get_lock_name(keeper, name);
	for (;;) {
		CLEANUP(close_fd)
		int fd = openat(keeper->path.folder, name,
				O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX | LOCK_NB) < 0)
			return errno == EWOULDBLOCK ? -EEXIST : -errno;
		/* it may be that of a keeper that ended meanwhile and removed it */
		if (fstat(fd, &held) == 0 &&
		    fstatat(keeper->path.folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
		    there.st_ino == held.st_ino) {
			keeper->lock = fd;
			fd = -1;
			return 0;
		}
	}
}

static void release_lock(struct iommuctl_keeper *keeper)
{
	char name[LOCK_NAME_SIZE];

	get_lock_name(keeper, name);
	unlinkat(keeper->path.folder, name, 0);
	close(keeper->lock);
}

/* The lock is ours: a socket that is there has lost its keeper. */
static int remove_socket(const struct iommuctl_keeper *keeper)
{
	struct stat there;

	if (fstatat(keeper->path.folder, keeper->path.name, &there, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(there.st_mode))
		return -ENOTSOCK;
	return unlinkat(keeper->path.folder, keeper->path.name, 0) < 0 ? -errno : 0;
}

static int make_socket(struct iommuctl_keeper *keeper)
{
	struct sockaddr_un address;
	int r = remove_socket(keeper);

	if (r < 0)
		return r;
	session_path_address(&keeper->path, &address);
	keeper->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (keeper->listener < 0)
		return -errno;
	if (bind(keeper->listener, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	keeper->bound = true;
	return listen(keeper->listener, KEEPER_CLIENTS_MAX) < 0 ? -errno : 0;
}

static int prepare(struct iommuctl_keeper *keeper, int iommufd)
{
	int r;

	if ((keeper->iommufd = fcntl(iommufd, F_DUPFD_CLOEXEC, 0)) < 0 ||
	    (keeper->spare = open(OWN_NULL, O_RDONLY | O_CLOEXEC)) < 0 ||
	    (keeper->epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
		return -errno;
	r = take_lock(keeper);
	if (r == 0)
		r = make_socket(keeper);
	return r == 0 ? watch(keeper, keeper->listener, NULL) : r;
}

IOMMUCTL_EXPORT int iommuctl_keeper_new(struct iommuctl_context *ctx, const char *name, int iommufd,
					struct iommuctl_keeper **ret_keeper)
{
	struct iommuctl_keeper *keeper;
	int r;

	if (!ctx || !name || iommufd < 0 || !ret_keeper)
		return -EINVAL;
	keeper = calloc(1, sizeof(*keeper));
	if (!keeper)
		return -ENOMEM;
	keeper->ctx = iommuctl_context_ref(ctx);
	keeper->path.folder = keeper->iommufd = keeper->lock = keeper->epoll = -1;
	keeper->listener = keeper->spare = -1;
	r = session_path_open(ctx, name, true, &keeper->path);
	if (r == 0) {
		r = prepare(keeper, iommufd);
		if (r < 0)
			diag_set(ctx, -r, name, new_action,
				 r == -EEXIST	  ? "a session of this name is running"
				 : r == -ENOTSOCK ? "a file that is no session's has this name"
						  : NULL);
	}
	if (r < 0) {
		iommuctl_keeper_free(keeper);
		return r;
	}
	*ret_keeper = keeper;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_keeper *iommuctl_keeper_free(struct iommuctl_keeper *keeper)
{
	if (!keeper)
		return NULL;
	if (keeper->bound)
		unlinkat(keeper->path.folder, keeper->path.name, 0);
	close_fd(&keeper->listener);
	keeper_tear_down(keeper);
	registry_free(&keeper->registry);
	close_fd(&keeper->iommufd);
	if (keeper->lock >= 0)
		release_lock(keeper);
	/* who asked for the end waits for this */
	while (keeper->clients)
		drop_client(keeper, keeper->clients);
	close_fd(&keeper->epoll);
	close_fd(&keeper->spare);
	session_path_close(&keeper->path);
	iommuctl_context_unref(keeper->ctx);
	free(keeper);
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_keeper_add(struct iommuctl_keeper *keeper,
					const struct iommuctl_session_object *object, int fd)
{
	const struct iommuctl_session_entry *entry;
	struct session_record record;
	int r;

	if (!keeper)
		return -EINVAL;
	r = session_record_make(object, &record);
	if (r < 0)
		return r;
	if (fd >= 0) {
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		r = fd < 0 ? -errno : 0;
	}
	if (r == 0)
		r = registry_add(&keeper->registry, &record, fd, &entry);
	if (r < 0) {
		close_fd(&fd);
		return diag_set(keeper->ctx, -r, keeper->path.name, "register", NULL);
	}
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_keeper_get_fd(const struct iommuctl_keeper *keeper)
{
	return keeper ? keeper->epoll : -EINVAL;
}

IOMMUCTL_EXPORT int iommuctl_keeper_dispatch(struct iommuctl_keeper *keeper)
{
	struct epoll_event events[16];
	int n, r = 0;

	if (!keeper)
		return -EINVAL;
	n = epoll_wait(keeper->epoll, events, ARRAY_SIZE(events), 0);
	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr) {
			serve(keeper, events[i].data.ptr);
			continue;
		}
		r = accept_client(keeper);
	}
	return r < 0 ? r : keeper->stop;
}
