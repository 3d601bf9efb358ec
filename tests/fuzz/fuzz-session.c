/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session's keeper: whatever packets come, it answers as a table of the last registrations says,
 * its indexes stay sorted, and it keeps no file descriptor that it was not given for an object.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fuzz.h"
#include "libiommuctl/keeper.h"

static int no_ioctl(int fd, unsigned long request, void *arg)
{
	(void)request;
	(void)arg;
	CHECK(fcntl(fd, F_GETFD) >= 0);
	return 0;
}

static const struct device_ops ops = { .ioctl = no_ioctl };

static void check_order(const struct registry *registry)
{
	const struct registry_index *index = registry->index;
	size_t attached = 0;

	for (size_t i = 0; i < index[REGISTRY_ID].count; i++) {
		const struct iommuctl_session_entry *entry = index[REGISTRY_ID].entries[i];

		CHECK(i == 0 || index[REGISTRY_ID].entries[i - 1]->record.id < entry->record.id);
		for (size_t n = 1; n < entry->attached; n++)
			CHECK(entry->attachments[n - 1].pasid < entry->attachments[n].pasid);
		attached += entry->attached;
	}
	CHECK(attached == registry->attached);
	for (size_t i = 1; i < index[REGISTRY_NAME].count; i++)
		CHECK(strcmp(index[REGISTRY_NAME].entries[i - 1]->record.name,
			     index[REGISTRY_NAME].entries[i]->record.name) < 0);
	for (size_t i = 1; i < index[REGISTRY_DEVICE].count; i++)
		CHECK(strcmp(index[REGISTRY_DEVICE].entries[i - 1]->record.device,
			     index[REGISTRY_DEVICE].entries[i]->record.device) < 0);
}

/* A request that is worth to be looked at: ids, names and the like are few. */
struct compact {
	uint8_t op, id, serial, after, used, from, pasid, pt_id, kind, record_id, parent;
	char name[3], device[3], word[3];
};

static void make_request(struct input *input, struct session_request *request)
{
	struct compact compact;

	for (size_t i = 0; i < sizeof(compact); i++)
		((uint8_t *)&compact)[i] = take(input);
	*request = (struct session_request){
		.version = SESSION_VERSION,
		.op = compact.op % (SESSION_OP_COUNT + 1),
		.id = compact.id,
		.serial = compact.serial,
		.after = compact.after,
		.used = compact.used,
		.from = compact.from,
		.attachment = { compact.pasid, compact.pt_id },
		.record = { .kind = compact.kind,
			    .id = compact.record_id,
			    .parents = { compact.parent } },
	};
	memcpy(request->record.name, compact.name, sizeof(compact.name));
	memcpy(request->record.device, compact.device, sizeof(compact.device));
	memcpy(request->word, compact.word, sizeof(compact.word));
}

static void check_reply(const struct session_request *request, bool has_fd,
			const struct session_reply *reply, const struct registry *registry,
			uint64_t serials[256])
{
	CHECK(reply->version == SESSION_VERSION && reply->error <= 0);
	CHECK(reply->object_count == registry_get_count(registry));
	CHECK(reply->returned <= SESSION_ATTACHMENTS && reply->returned <= reply->attached);
	if (has_fd && request->op != SESSION_ADD) {
		CHECK(reply->error < 0);
		return;
	}
	if (request->op == SESSION_ADD && reply->error == 0) {
		CHECK(reply->record.serial == registry->serial);
		serials[request->record.id] = reply->record.serial;
	}
	if (request->op == SESSION_REMOVE && request->id < 256) {
		const uint64_t serial = serials[request->id];

		CHECK(reply->error == (serial == 0		   ? -ENOENT
				       : serial != request->serial ? -ESTALE
								   : 0));
		serials[request->id] = reply->error == 0 ? 0 : serial;
	}
	if (request->op == SESSION_NEXT && reply->error == 0)
		CHECK(reply->record.id > request->after);
}

static void send_packet(struct iommuctl_keeper *keeper, struct input *input, uint64_t serials[256])
{
	const uint8_t how = take(input);
	struct session_request request;
	struct session_reply reply;
	int fd = how & 1 ? fcntl(0, F_DUPFD_CLOEXEC, 0) : -1, reply_fd;
	size_t size = sizeof(request);

	if (how & 2) {
		/* as it comes, but no longer than a packet that was received */
		size = input->size < sizeof(request) ? input->size : sizeof(request);
		memset(&request, 0, sizeof(request));
		memcpy(&request, input->data, size);
		input->data += size;
		input->size -= size;
		if (request.op == SESSION_ADD || request.op == SESSION_REMOVE)
			size = 0;
	} else {
		make_request(input, &request);
	}
	keeper_answer(keeper, &request, (ssize_t)size, fd, &reply, &reply_fd);
	CHECK(reply_fd < 0 || (request.op == SESSION_FIND && fcntl(reply_fd, F_GETFD) >= 0));
	if (size == sizeof(request))
		check_reply(&request, how & 1, &reply, &keeper->registry, serials);
	else
		CHECK(reply.error == -EPROTO);
	check_order(&keeper->registry);
}

static int next_fd(void)
{
	int fd = fcntl(0, F_DUPFD_CLOEXEC, 0);

	CHECK(fd >= 0);
	close(fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iommuctl_context ctx = { .ops = &ops };
	struct iommuctl_keeper keeper = { .ctx = &ctx };
	struct input input = { data, size };
	uint64_t serials[256] = { 0 }; /* by id */
	const int before = next_fd();

	while (input.size > 0)
		send_packet(&keeper, &input, serials);
	keeper_tear_down(&keeper);
	registry_free(&keeper.registry);
	CHECK(next_fd() == before);
	return 0;
}
