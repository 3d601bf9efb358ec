/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session whose keeper and clients are one process without threads: whenever a client waits for
 * an answer, the keeper has its turn (recvmsg() is replaced by the linker).
 */
#ifndef IOMMUCTL_TEST_SESSION_PAIR_H
#define IOMMUCTL_TEST_SESSION_PAIR_H

#include "libiommuctl/keeper.h"
#include "tree.h"

/* The tree as a machine whose /dev/iommu is /dev/null, and a folder for sessions. */
void pair_prepare(const struct tree *tree);
/* A session "s"; 0, or what iommuctl_keeper_new() failed with. */
int pair_start(const struct tree *tree);
/* NULL once it was stopped. */
extern struct iommuctl_keeper *pair_keeper;
/* What the keeper's last turn with an error, or with a stop, returned. */
extern int pair_result;
/* Lets the keeper have its turns until it has nothing to do. */
void pair_dispatch(void);
void pair_stop(void);
/* A client's socket of our own, which has read its greeting; negative: the greeting's error. */
int pair_connect_raw(void);
/* The name of the socket's file. */
void pair_address(struct sockaddr_un *ret_address);
size_t count_fds(void);

#endif
