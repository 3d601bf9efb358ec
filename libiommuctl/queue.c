/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Queues that are read from files: page requests of devices (fault queues) and events of vIOMMUs.
 * Such a read never blocks; what the kernel sends is checked before it is believed.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "abi/iommufd.h"
#include "internal.h"

static int read_queue(const struct iommuctl_object *queue, void *buf, size_t size,
		      const char *too_small)
{
	ssize_t n;

	do {
		n = read(queue->fd, buf, size);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return (int)n;
	return diag_object(queue, errno, "read", errno == EINVAL ? too_small : NULL);
}

/* --------------------------------------------------------------- page requests */

IOMMUCTL_EXPORT int iommuctl_fault_queue_alloc(struct iommuctl_iommufd *iommufd,
					       struct iommuctl_object **ret_queue)
{
	struct abi_iommu_fault_alloc arg = { .size = sizeof(arg) };
	int r;

	if (!iommufd || !ret_queue)
		return -EINVAL;
	r = object_alloc(iommufd, IOMMUCTL_OBJECT_FAULT_QUEUE, ABI_IOMMU_FAULT_QUEUE_ALLOC, &arg,
			 &arg.out_fault_id, NO_PARENTS, ret_queue);
	if (r >= 0)
		(*ret_queue)->fd = (int)arg.out_fault_fd;
	return r;
}

static_assert(IOMMUCTL_FAULT_READ == ABI_IOMMU_PGFAULT_PERM_READ, "permissions");
static_assert(IOMMUCTL_FAULT_WRITE == ABI_IOMMU_PGFAULT_PERM_WRITE, "permissions");
static_assert(IOMMUCTL_FAULT_EXEC == ABI_IOMMU_PGFAULT_PERM_EXEC, "permissions");
static_assert(IOMMUCTL_FAULT_PRIVILEGED == ABI_IOMMU_PGFAULT_PERM_PRIV, "permissions");

static void convert_fault(const struct abi_iommu_hwpt_pgfault *from, struct iommuctl_fault *to)
{
	*to = (struct iommuctl_fault){
		.device_id = from->dev_id,
		.has_pasid = from->flags & ABI_IOMMU_PGFAULT_FLAGS_PASID_VALID,
		.is_last = from->flags & ABI_IOMMU_PGFAULT_FLAGS_LAST_PAGE,
		.pasid = from->pasid,
		.group = from->grpid,
		.permissions = from->perm,
		.address = from->addr,
		.length = from->length,
		.cookie = from->cookie,
	};
}

/* The kernel would cut a longer read in the middle of one. */
#define FAULTS_MAX (INT_MAX / 2 / sizeof(struct abi_iommu_hwpt_pgfault))

static_assert(sizeof(struct iommuctl_fault) >= sizeof(struct abi_iommu_hwpt_pgfault),
	      "what is read has room where it goes, and the last can be converted first");

/* A group comes as a whole, however large: so it is read to where the caller wants it. */
IOMMUCTL_EXPORT int iommuctl_fault_queue_read(struct iommuctl_object *queue,
					      struct iommuctl_fault *ret_faults, size_t max)
{
	struct abi_iommu_hwpt_pgfault fault;
	int n;

	if (!object_is(queue, KIND(FAULT_QUEUE)) || queue->fd < 0 || !ret_faults || max == 0)
		return -EINVAL;
	n = read_queue(queue, ret_faults, (max < FAULTS_MAX ? max : FAULTS_MAX) * sizeof(fault),
		       "the next group of page requests is larger than the room for it");
	if (n < 0)
		return n;
	n /= (int)sizeof(fault);
	for (int i = n; i-- > 0;) {
		memcpy(&fault, (const char *)ret_faults + (size_t)i * sizeof(fault), sizeof(fault));
		convert_fault(&fault, &ret_faults[i]);
	}
	return n;
}

static_assert(IOMMUCTL_FAULT_SUCCESS == ABI_IOMMUFD_PAGE_RESP_SUCCESS, "responses");
static_assert(IOMMUCTL_FAULT_INVALID == ABI_IOMMUFD_PAGE_RESP_INVALID, "responses");

IOMMUCTL_EXPORT int iommuctl_fault_queue_respond(struct iommuctl_object *queue, uint32_t cookie,
						 enum iommuctl_fault_response response)
{
	struct abi_iommu_hwpt_page_response arg = { .cookie = cookie, .code = response };
	int n;

	if (!object_is(queue, KIND(FAULT_QUEUE)) || queue->fd < 0)
		return -EINVAL;
	n = device_respond(queue->iommufd->ctx, queue->fd, &arg);
	if (n < 0)
		return diag_object(queue, -n, "respond",
				   n == -EINVAL ? "no page request waits with this cookie, or the "
						  "response is none"
						: NULL);
	return n == sizeof(arg) ? 0 : -EIO;
}

/* ------------------------------------------------------------ events of a vIOMMU */

/* They go from 0 to 2^31 - 1. */
#define SEQUENCE_MASK 0x7fffffffu

static const struct {
	uint32_t type;
	uint32_t size;
} event_sizes[] = {
	{ ABI_IOMMU_VEVENTQ_TYPE_ARM_SMMUV3, sizeof(struct abi_iommu_vevent_arm_smmuv3) },
	{ ABI_IOMMU_VEVENTQ_TYPE_TEGRA241_CMDQV, sizeof(struct abi_iommu_vevent_tegra241_cmdqv) },
	{ VEVENTQ_TYPE_SELFTEST, sizeof(uint32_t) },
};

IOMMUCTL_EXPORT int iommuctl_veventq_alloc(struct iommuctl_object *viommu, uint32_t type,
					   uint32_t depth, struct iommuctl_object **ret_queue)
{
	struct abi_iommu_veventq_alloc arg = {
		.size = sizeof(arg),
		.type = type,
		.veventq_depth = depth,
	};
	int r;

	if (!object_is(viommu, KIND(VIOMMU)) || !ret_queue)
		return -EINVAL;
	arg.viommu_id = viommu->id;
	r = object_alloc(viommu->iommufd, IOMMUCTL_OBJECT_VEVENTQ, ABI_IOMMU_VEVENTQ_ALLOC, &arg,
			 &arg.out_veventq_id, PARENTS(viommu), ret_queue);
	if (r >= 0) {
		(*ret_queue)->fd = (int)arg.out_veventq_fd;
		(*ret_queue)->type = type;
		/* the first one is 0 */
		(*ret_queue)->has_sequence = true;
		(*ret_queue)->sequence = SEQUENCE_MASK;
	}
	return r;
}

IOMMUCTL_EXPORT int iommuctl_veventq_set_type(struct iommuctl_object *queue, uint32_t type)
{
	if (!object_is(queue, KIND(VEVENTQ)))
		return -EINVAL;
	queue->type = type;
	return 0;
}

static uint32_t event_size(uint32_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(event_sizes); i++)
		if (event_sizes[i].type == type)
			return event_sizes[i].size;
	return 0;
}

static uint32_t count_lost(struct iommuctl_object *queue,
			   const struct abi_iommufd_vevent_header *header)
{
	uint32_t lost = (header->sequence - queue->sequence - 1) & SEQUENCE_MASK;

	if (!queue->has_sequence)
		lost = 0;
	queue->has_sequence = true;
	queue->sequence = header->sequence;
	return lost;
}

#define EVENTS_SIZE 4096u

/* Takes one event off BUF, of SIZE bytes; the bytes it has, or 0 where they make no sense. */
static size_t take_event(struct iommuctl_object *queue, const uint8_t *buf, size_t size,
			 struct iommuctl_vevent *event)
{
	uint32_t length = event_size(queue->type);
	struct abi_iommufd_vevent_header header;

	if (size < sizeof(header))
		return 0;
	memcpy(&header, buf, sizeof(header));
	*event = (struct iommuctl_vevent){ .type = queue->type, .sequence = header.sequence };
	/* such a header has no data: the newest events were lost, up to this one */
	if (header.flags & ABI_IOMMU_VEVENTQ_FLAG_LOST_EVENTS) {
		event->lost = count_lost(queue, &header) + 1;
		return sizeof(header);
	}
	if (size - sizeof(header) < length || length > sizeof(event->data))
		return 0;
	event->lost = count_lost(queue, &header);
	event->length = length;
	memcpy(event->data, buf + sizeof(header), length);
	return sizeof(header) + length;
}

IOMMUCTL_EXPORT int iommuctl_veventq_read(struct iommuctl_object *queue,
					  struct iommuctl_vevent *ret_events, size_t max)
{
	uint8_t buf[EVENTS_SIZE];
	size_t room, size, used = 0;
	int n, count = 0;

	if (!object_is(queue, KIND(VEVENTQ)) || queue->fd < 0 || !ret_events || max == 0)
		return -EINVAL;
	if (!event_size(queue->type))
		return diag_object(queue, EOPNOTSUPP, "read", "events of this type are not known");
	size = sizeof(struct abi_iommufd_vevent_header) + event_size(queue->type);
	room = sizeof(buf) / size < max ? sizeof(buf) / size : max;
	n = read_queue(queue, buf, room * size, "the next event is larger than the room for it");
	for (; n > 0 && used < (size_t)n; count++) {
		size = count < (int)room
			       ? take_event(queue, buf + used, (size_t)n - used, &ret_events[count])
			       : 0;
		if (size == 0)
			return diag_object(queue, EPROTO, "read",
					   "what the kernel sent are no whole events");
		used += size;
	}
	return n < 0 ? n : count;
}
