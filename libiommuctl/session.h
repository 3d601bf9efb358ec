/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A session as its clients see it. */
#ifndef IOMMUCTL_SESSION_H
#define IOMMUCTL_SESSION_H

#include "registry.h"

struct iommuctl_session {
	struct iommuctl_context *ctx;
	struct iommuctl_iommufd *iommufd;
	char *name;
	int socket;
	uint32_t pid, object_count;
};

/*
 * The keeper's next packet; a file descriptor that came along is the caller's, else *RET_FD is -1.
 * Errors: the reply's; -ECONNRESET the keeper is gone; -ETIMEDOUT it does not answer, and nothing
 * can be asked any more; -EPROTO it is of another version.
 */
int session_receive(struct iommuctl_session *session, struct session_reply *reply, int *ret_fd);
/* Sends REQUEST, with FD unless it is negative, and receives the reply. */
int session_call(struct iommuctl_session *session, struct session_request *request, int fd,
		 struct session_reply *reply, int *ret_fd);
/* Puts the cause of a failed call into the diagnostic; returns R. */
int session_explain(struct iommuctl_session *session, int r, const char *object,
		    const char *action);
/* iommuctl_session_next() without a diagnostic. */
int session_fetch_next(struct iommuctl_session *session, uint32_t after, uint32_t used,
		       struct iommuctl_session_entry **ret_entry);
/* Where opts, keeper and client meet. Errors: -EINVAL, -E2BIG what the library does not know. */
int session_record_make(const struct iommuctl_session_object *object,
			struct session_record *ret_record);

#endif
