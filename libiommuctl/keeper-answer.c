/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests to a session's keeper. Packets are hostile until they were looked at. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "keeper.h"

/* What a handler has to work with. */
struct call {
	struct iommuctl_keeper *keeper;
	const struct session_request *request;
	struct session_reply *reply;
	int fd; /* that came along; -1: none, or taken */
	int reply_fd;
};

/* Clients and the keeper itself must always get one. */
#define RESERVED_FDS (KEEPER_CLIENTS_MAX + 16)

static int check_fd(int fd)
{
	struct rlimit limit;

	if (fd < 0 || getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	return (rlim_t)fd + RESERVED_FDS < limit.rlim_cur ? 0 : -EMFILE;
}

static int describe(struct call *call, const struct iommuctl_session_entry *entry)
{
	struct session_reply *reply = call->reply;
	size_t from = call->request->from;

	if (!entry)
		return -ENOENT;
	reply->record = entry->record;
	reply->attached = (uint32_t)entry->attached;
	while (from < entry->attached && reply->returned < SESSION_ATTACHMENTS)
		reply->attachments[reply->returned++] = entry->attachments[from++];
	return 0;
}

static int answer_add(struct call *call)
{
	const struct iommuctl_session_entry *entry;
	int r = check_fd(call->fd);

	if (r == 0)
		r = registry_add(&call->keeper->registry, &call->request->record, call->fd, &entry);
	if (r < 0)
		return r;
	call->fd = -1;
	call->reply->record = entry->record;
	return 0;
}

static int answer_remove(struct call *call)
{
	return registry_remove(&call->keeper->registry, call->request->id, call->request->serial);
}

static int answer_find(struct call *call)
{
	const struct iommuctl_session_entry *entry;

	if (strnlen(call->request->word, SESSION_DEVICE_SIZE) == SESSION_DEVICE_SIZE)
		return -EINVAL;
	entry = registry_find(&call->keeper->registry, call->request->word);
	call->reply_fd = entry ? entry->fd : -1;
	return describe(call, entry);
}

static int answer_next(struct call *call)
{
	return describe(call, registry_next(&call->keeper->registry, call->request->after,
					    call->request->used));
}

static int answer_attach(struct call *call)
{
	return registry_attach(&call->keeper->registry, call->request->id, call->request->serial,
			       call->request->attachment);
}

static int answer_stop(struct call *call)
{
	call->keeper->stop = true;
	return 0;
}

static int (*const answers[SESSION_OP_COUNT])(struct call *call) = {
	[SESSION_ADD] = answer_add,	  [SESSION_REMOVE] = answer_remove,
	[SESSION_FIND] = answer_find,	  [SESSION_NEXT] = answer_next,
	[SESSION_ATTACH] = answer_attach, [SESSION_STOP] = answer_stop,
};

static int run(struct call *call, ssize_t size)
{
	const struct session_request *request = call->request;

	if (size < 0)
		return (int)size;
	if (size != sizeof(*request) || request->version != SESSION_VERSION ||
	    request->op >= SESSION_OP_COUNT || !answers[request->op])
		return -EPROTO;
	if (call->fd >= 0 && request->op != SESSION_ADD)
		return -EINVAL;
	return answers[request->op](call);
}

void keeper_answer(struct iommuctl_keeper *keeper, const void *packet, ssize_t size, int fd,
		   struct session_reply *ret_reply, int *ret_fd)
{
	struct call call = {
		.keeper = keeper,
		.request = packet,
		.reply = ret_reply,
		.fd = fd,
		.reply_fd = -1,
	};

	*ret_reply =
		(struct session_reply){ .version = SESSION_VERSION, .pid = (uint32_t)getpid() };
	ret_reply->error = run(&call, size);
	ret_reply->object_count = (uint32_t)registry_get_count(&keeper->registry);
	close_fd(&call.fd);
	*ret_fd = call.reply_fd;
}
