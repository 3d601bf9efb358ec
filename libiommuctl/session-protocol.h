/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a session's keeper and its clients tell each other over a Unix socket of type
 * SOCK_SEQPACKET. The keeper sends a reply to every new connection, and one to every request; each
 * is one packet of one size, in the machine's byte order.
 */
#ifndef IOMMUCTL_SESSION_PROTOCOL_H
#define IOMMUCTL_SESSION_PROTOCOL_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The first member of every packet: the sizes depend on it. */
#define SESSION_VERSION 1u

#define SESSION_NAME_SIZE   64	/* of an object's name, of a session's */
#define SESSION_DEVICE_SIZE 256 /* of a name in sysfs */
#define SESSION_PARENTS	    4
#define SESSION_ATTACHMENTS 64 /* in one reply */

enum session_op {
	SESSION_ADD = 1, /* record, and a file descriptor or none; replies with the record */
	SESSION_REMOVE,	 /* id, serial */
	SESSION_FIND,	 /* word, from; replies with the record and its file descriptor */
	SESSION_NEXT,	 /* after, used, from; replies with the record, without file descriptor */
	SESSION_ATTACH,	 /* id, serial, attachment */
	SESSION_STOP,	 /* the connection ends when all is torn down */
	SESSION_OP_COUNT
};

/* An object, with what is known of it besides what is attached. */
struct session_record {
	uint64_t serial; /* the keeper's: of this object alone, for ever */
	uint32_t kind;
	uint32_t id;
	uint32_t type; /* of what a queue tells */
	uint32_t reserved;
	uint32_t parents[SESSION_PARENTS]; /* ids of what it was made of; 0: no more */
	char name[SESSION_NAME_SIZE];	   /* "" or unique */
	char device[SESSION_DEVICE_SIZE];  /* likewise */
};
static_assert(sizeof(struct session_record) == 360, "size");

/* Of a device, or of one of its PASIDs. */
struct session_attachment {
	uint32_t pasid;
	uint32_t pt_id; /* of an ioas or hwpt; 0: nothing */
};

struct session_request {
	uint32_t version;
	uint32_t op;
	uint64_t serial;
	uint32_t id;
	uint32_t after; /* the id before the one wanted */
	uint32_t used;	/* the id of what it must use; 0: whatever it uses */
	uint32_t from;	/* attachments before this one are not wanted */
	struct session_attachment attachment;
	struct session_record record;
	char word[SESSION_DEVICE_SIZE]; /* an id, a name or a device's name */
};
static_assert(sizeof(struct session_request) == 656, "size");

struct session_reply {
	uint32_t version;
	int32_t error;	       /* 0 or a negative errno value */
	uint32_t pid;	       /* of the keeper */
	uint32_t object_count; /* in the session */
	uint32_t attached;     /* to the record's object in all */
	uint32_t returned;     /* of these, here */
	struct session_record record;
	struct session_attachment attachments[SESSION_ATTACHMENTS];
};
static_assert(sizeof(struct session_reply) == 896, "size");

/* Letters, digits, '_', '.', '-', no digit first, shorter than SESSION_NAME_SIZE. */
bool session_name_is_valid(const char *name);

bool session_record_is_valid(const struct session_record *record);

/* FD goes along unless it is negative; never raises SIGPIPE. */
int packet_send(int socket, const void *packet, size_t size, int fd, int flags);
/*
 * The length of what came, 0 at the connection's end. A file descriptor that came along is the
 * caller's, else *RET_FD is -1; both also after an error.
 * Errors: -EMSGSIZE longer than SIZE; -EMFILE there were more file descriptors, or no room for it.
 */
ssize_t packet_receive(int socket, void *packet, size_t size, int flags, int *ret_fd);

#endif
