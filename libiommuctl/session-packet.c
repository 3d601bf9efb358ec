/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets of sessions, with at most one file descriptor each (unix(7), SCM_RIGHTS). */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "internal.h"
#include "session-protocol.h"

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

int packet_send(int socket, const void *packet, size_t size, int fd, int flags)
{
	union control control = { .header = { .cmsg_level = SOL_SOCKET,
					      .cmsg_type = SCM_RIGHTS,
					      .cmsg_len = CMSG_LEN(sizeof(int)) } };
	struct iovec vector = { .iov_base = (void *)packet, .iov_len = size };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	do {
		n = sendmsg(socket, &message, flags | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static int take_fd(struct msghdr *message)
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(message);
	int fd = -1;

	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

ssize_t packet_receive(int socket, void *packet, size_t size, int flags, int *ret_fd)
{
	union control control;
	struct iovec vector = { .iov_base = packet, .iov_len = size };
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = &control,
		/* without the padding, where a second one would find room */
		.msg_controllen = CMSG_LEN(sizeof(int)),
	};
	ssize_t n;

	*ret_fd = -1;
	do {
		n = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	*ret_fd = take_fd(&message);
	if (message.msg_flags & MSG_CTRUNC)
		return -EMFILE;
	return message.msg_flags & MSG_TRUNC ? -EMSGSIZE : n;
}
