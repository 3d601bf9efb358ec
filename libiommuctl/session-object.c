/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects of a session, which its keeper knows of. */
#include <errno.h>
#include <string.h>

#include "known.h"
#include "session.h"

/* TEXT, which may be NULL, into BUF. */
static bool copy_text(char *buf, size_t size, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	if (length >= size)
		return false;
	memcpy(buf, text ? text : "", length + 1);
	return true;
}

int session_record_make(const struct iommuctl_session_object *object,
			struct session_record *ret_record)
{
	struct iommuctl_session_object all;
	int r = opts_take(&all, sizeof(all), object, object ? object->size : 0);

	if (r < 0)
		return r;
	*ret_record = (struct session_record){ .kind = all.kind, .id = all.id, .type = all.type };
	static_assert(sizeof(ret_record->parents) == sizeof(all.parents), "size");
	memcpy(ret_record->parents, all.parents, sizeof(all.parents));
	return copy_text(ret_record->name, sizeof(ret_record->name), all.name) &&
			       copy_text(ret_record->device, sizeof(ret_record->device), all.device)
		       ? 0
		       : -EINVAL;
}

static int append(struct iommuctl_session_entry *entry, const struct session_reply *reply)
{
	size_t count = entry->attached + reply->returned;
	struct session_attachment *grown;

	if (reply->returned == 0)
		return 0;
	grown = reallocarray(entry->attachments, count, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memcpy(grown + entry->attached, reply->attachments,
	       reply->returned * sizeof(*reply->attachments));
	entry->attachments = grown;
	entry->attached = count;
	return 0;
}

/* What did not fit into the reply; the object may go meanwhile. */
static int fetch_rest(struct iommuctl_session *session, struct iommuctl_session_entry *entry,
		      struct session_reply *reply)
{
	struct session_request request = { .op = SESSION_FIND };
	int r = append(entry, reply), fd;

	snprintf(request.word, sizeof(request.word), "%u", entry->record.id);
	while (r == 0 && reply->returned > 0 && entry->attached < reply->attached) {
		request.from = (uint32_t)entry->attached;
		r = session_call(session, &request, -1, reply, &fd);
		if (r == -ENOENT)
			return 0;
		if (r < 0)
			return r;
		close_fd(&fd);
		if (reply->record.serial != entry->record.serial)
			return 0;
		r = append(entry, reply);
	}
	return r;
}

static bool is_text(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

static int fetch(struct iommuctl_session *session, struct session_request *request,
		 struct iommuctl_session_entry **ret_entry)
{
	struct iommuctl_session_entry *entry = calloc(1, sizeof(*entry));
	struct session_reply reply;
	int r;

	if (!entry)
		return -ENOMEM;
	r = session_call(session, request, -1, &reply, &entry->fd);
	if (r == 0 && !(is_text(reply.record.name, sizeof(reply.record.name)) &&
			is_text(reply.record.device, sizeof(reply.record.device))))
		r = -EPROTO;
	if (r == 0) {
		entry->record = reply.record;
		r = fetch_rest(session, entry, &reply);
	}
	if (r < 0) {
		iommuctl_session_entry_free(entry);
		return r;
	}
	*ret_entry = entry;
	return 0;
}

static int fetch_word(struct iommuctl_session *session, const char *word,
		      struct iommuctl_session_entry **ret_entry)
{
	struct session_request request = { .op = SESSION_FIND };

	return copy_text(request.word, sizeof(request.word), word)
		       ? fetch(session, &request, ret_entry)
		       : -ENOENT;
}

/* As the keeper would. */
static int check_record(struct iommuctl_session *session, const struct session_record *record)
{
	const char *const words[] = { record->name, record->device };

	if (!session_record_is_valid(record))
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		CLEANUP(known_free) struct iommuctl_session_entry *entry = NULL;
		int r = words[i][0] ? fetch_word(session, words[i], &entry) : -ENOENT;

		if (r != -ENOENT)
			return r < 0 ? r : -EEXIST;
	}
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_session_add(struct iommuctl_session *session,
					 const struct iommuctl_session_object *object, int fd,
					 uint64_t *ret_serial)
{
	struct session_request request = { .op = SESSION_ADD };
	struct session_reply reply = { 0 };
	char text[SESSION_DEVICE_SIZE];
	int r, reply_fd = -1;

	if (!session || !ret_serial)
		return -EINVAL;
	r = session_record_make(object, &request.record);
	if (r == 0 && session->ctx->dry_run)
		r = check_record(session, &request.record);
	else if (r == 0)
		r = session_call(session, &request, fd, &reply, &reply_fd);
	if (r < 0) {
		snprintf(text, sizeof(text), "%s",
			 request.record.name[0] ? request.record.name : request.record.device);
		return session_explain(session, r, text[0] ? text : session->name, "register");
	}
	close_fd(&reply_fd);
	*ret_serial = reply.record.serial;
	return 0;
}

/* Of a request about an object by its id, whose reply says no more than whether it worked. */
static int change(struct iommuctl_session *session, struct session_request *request,
		  const char *action)
{
	struct session_reply reply;
	char text[32];
	int r, fd;

	if (!session)
		return -EINVAL;
	if (session->ctx->dry_run)
		return 0;
	r = session_call(session, request, -1, &reply, &fd);
	if (r < 0) {
		snprintf(text, sizeof(text), "%u", request->id);
		return session_explain(session, r, text, action);
	}
	close_fd(&fd);
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_session_remove(struct iommuctl_session *session, uint32_t id,
					    uint64_t serial)
{
	struct session_request request = { .op = SESSION_REMOVE, .id = id, .serial = serial };

	return change(session, &request, "forget");
}

IOMMUCTL_EXPORT int iommuctl_session_set_attachment(struct iommuctl_session *session, uint32_t id,
						    uint64_t serial, uint32_t pasid, uint32_t pt_id)
{
	struct session_request request = {
		.op = SESSION_ATTACH,
		.id = id,
		.serial = serial,
		.attachment = { .pasid = pasid, .pt_id = pt_id },
	};

	return change(session, &request, "register what is attached");
}

IOMMUCTL_EXPORT int iommuctl_session_find(struct iommuctl_session *session, const char *word,
					  struct iommuctl_session_entry **ret_entry)
{
	int r;

	if (!session || !word || !ret_entry)
		return -EINVAL;
	r = fetch_word(session, word, ret_entry);
	return r < 0 ? session_explain(session, r, word, "find") : 0;
}

int session_fetch_next(struct iommuctl_session *session, uint32_t after, uint32_t used,
		       struct iommuctl_session_entry **ret_entry)
{
	struct session_request request = { .op = SESSION_NEXT, .after = after, .used = used };

	return fetch(session, &request, ret_entry);
}

IOMMUCTL_EXPORT int iommuctl_session_next(struct iommuctl_session *session, uint32_t after,
					  uint32_t used, struct iommuctl_session_entry **ret_entry)
{
	int r;

	if (!session || !ret_entry)
		return -EINVAL;
	r = session_fetch_next(session, after, used, ret_entry);
	return r < 0 ? session_explain(session, r, session->name, "list the objects") : 0;
}
