/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs of session share. */
#ifndef IOMMUCTL_TOOL_SESSION_H
#define IOMMUCTL_TOOL_SESSION_H

#include <sys/types.h>

#include "app.h"

struct open_device {
	const struct iommuctl_device *device;
	struct iommuctl_vfio *vfio;
};

struct device_list {
	struct open_device *items;
	size_t count;
};

/* Opens what WORDS name, and binds it to IOMMUFD unless that is NULL; all or none. */
int device_list_open(struct app *app, const struct objects *words, struct iommuctl_iommufd *iommufd,
		     struct device_list *ret_list);
void device_list_close(struct device_list *list);
/* Its file descriptor; -1: it is not there. */
int device_list_find(const struct device_list *list, const struct iommuctl_device *device);

/* A command in whose words stand numbers of file descriptors. */
struct handover {
	char **words; /* ended by NULL */
	int *fds;
	size_t fd_count;
};

/* {iommufd}, {device:NAME}, {memory:NAME} */
enum place { PLACE_IOMMUFD, PLACE_DEVICE, PLACE_MEMORY };

/*
 * Of COUNT words, with the place holders replaced. FIND gives the file descriptor of NAME, or -1
 * once it has said that there is none.
 */
int handover_make(char *const *words, size_t count,
		  int (*find)(enum place place, const char *name, void *data), void *data,
		  struct handover *ret_handover);
/* It inherits FD too. */
int handover_add(struct handover *handover, int fd);
void handover_free(struct handover *handover);
/* Becomes the command, which inherits them, in SESSION; returns the exit code of a failure. */
int handover_exec(const struct handover *handover, const char *session);

/* Of a session without a name of its own; the keeper's number follows. */
#define SESSION_RUN_PREFIX "run-"
/*
 * Takes away the sockets of sessions that are gone: of that of NAME, or, if that is NULL, of all
 * without a name of their own, which nobody begins anew.
 */
void sessions_clear(struct app *app, const char *name);

/* Signals that end a program, and that of a child's end, come by the result from now on. */
int signals_take(void);
/* In a child: as they were. */
void signals_give_back(void);
/*
 * Serves clients until CHILD has ended, whose exit code is the result; until it is asked to stop
 * where CHILD is 0, or until the other end of the socket LEASH, if that is not -1, is closed before
 * anything was written to it.
 */
int serve(struct app *app, struct iommuctl_keeper *keeper, int signals, pid_t child, int leash);

/* Of a session that nobody named; static. */
const char *session_own_name(void);
/*
 * Begins a session of NAME, which ends with what IN_CHILD becomes or returns; an exit code.
 */
int session_run(struct app *app, const char *name,
		int (*in_child)(struct app *app, const char *name, void *data), void *data);
/*
 * Begins one in the background, which ends when *RET_LEASH is closed before that was written to; an
 * exit code. In the process that was its keeper, once it has ended, *RET_LEASH is -1.
 */
int session_start(struct app *app, const char *name, int *ret_leash);

/* What a command inherits besides the session's files. */
struct belongings {
	/* -1: told that there is none */
	int (*find_memory)(const char *name, void *data);
	/* a device's name for the kernel; NULL: it is that already */
	const char *(*name_device)(const char *name, void *data);
	/* which variables have the numbers of which files; FIND is told of them as place holders */
	int (*set_variables)(struct handover *handover,
			     int (*find)(enum place place, const char *name, void *data),
			     void *finder, void *data);
	void *data;
};

/* Becomes the command, in APP's session, with the devices of APP's --open; an exit code. */
int session_become(struct app *app, char *const *words, size_t count,
		   const struct belongings *belongings);

int run_session_run(struct app *app);
int run_session_exec(struct app *app);
int run_session_start(struct app *app);

#endif
