/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keeper of a session: what answers requests, apart from the sockets they come by. */
#ifndef IOMMUCTL_KEEPER_H
#define IOMMUCTL_KEEPER_H

#include "registry.h"
#include "session-path.h"

#define KEEPER_CLIENTS_MAX 256

struct keeper_client;

struct iommuctl_keeper {
	struct iommuctl_context *ctx;
	struct registry registry;
	struct session_path path;
	int iommufd, lock, epoll, listener;
	int spare; /* given up to turn a client away when there are no more */
	bool bound, stop;
	struct keeper_client *clients;
	size_t client_count;
};

/*
 * Answers a packet of SIZE bytes, or SIZE being what packet_receive() failed with, that came with
 * FD, or -1. Takes the file descriptor. What goes along with the reply is *RET_FD, borrowed, or -1.
 */
void keeper_answer(struct iommuctl_keeper *keeper, const void *packet, ssize_t size, int fd,
		   struct session_reply *ret_reply, int *ret_fd);
/* Destroys all that is registered, users before what they use. */
void keeper_tear_down(struct iommuctl_keeper *keeper);

#endif
