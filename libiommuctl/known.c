/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects of an iommufd, which the kernel cannot list. A session knows those of all its clients;
 * without one there are the handles of this process.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "known.h"
#include "session.h"

/* ------------------------------------------------------- handles as entries */

static int copy_attachments(const struct iommuctl_vfio *vfio, struct iommuctl_session_entry *entry)
{
	entry->attachments = calloc(vfio->attachment_count + 1, sizeof(*entry->attachments));
	if (!entry->attachments)
		return -ENOMEM;
	for (size_t i = 0; i < vfio->attachment_count; i++) {
		const struct attachment *from = &vfio->attachments[i];

		if (from->pt)
			entry->attachments[entry->attached++] = (struct session_attachment){
				.pasid = from->has_pasid ? from->pasid : IOMMUCTL_PASID_NONE,
				.pt_id = from->pt->id,
			};
	}
	return 0;
}

static struct iommuctl_session_entry *entry_of(const struct iommuctl_object *object)
{
	struct iommuctl_session_entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->fd = -1;
	entry->record.kind = object->kind;
	entry->record.id = object->id;
	for (size_t i = 0; i < ARRAY_SIZE(object->parents) && object->parents[i]; i++)
		entry->record.parents[i] = object->parents[i]->id;
	if (!object->vfio)
		return entry;
	snprintf(entry->record.device, sizeof(entry->record.device), "%s",
		 object->vfio->device->name);
	return copy_attachments(object->vfio, entry) < 0 ? iommuctl_session_entry_free(entry)
							 : entry;
}

/* Of a handle that was made from an id it is only said what it is. */
static bool is_known(const struct iommuctl_object *object)
{
	return object->id && (!object->borrowed || object->vfio);
}

static bool walk_handles(struct iommuctl_iommufd *iommufd, uint32_t used, known_fn fn, void *data)
{
	bool found = false;

	for (struct iommuctl_object *object = iommufd->objects; object && !found;
	     object = object->next) {
		struct iommuctl_session_entry *entry = is_known(object) ? entry_of(object) : NULL;

		found = entry && (!used || entry_uses(entry, used)) && fn(entry, data);
		iommuctl_session_entry_free(entry);
	}
	return found;
}

/* ----------------------------------------------------------------- both */

bool known_walk(struct iommuctl_iommufd *iommufd, uint32_t used, known_fn fn, void *data)
{
	struct iommuctl_session_entry *entry;
	uint32_t after = 0;
	bool found = false;

	if (!iommufd)
		return false;
	if (!iommufd->session)
		return walk_handles(iommufd, used, fn, data);
	while (!found && session_fetch_next(iommufd->session, after, used, &entry) == 0) {
		after = entry->record.id;
		found = fn(entry, data);
		iommuctl_session_entry_free(entry);
	}
	return found;
}

struct iommuctl_session_entry *known_get(struct iommuctl_iommufd *iommufd, uint32_t id)
{
	struct iommuctl_session_entry *entry;

	if (!iommufd)
		return NULL;
	if (iommufd->session) {
		if (!id || session_fetch_next(iommufd->session, id - 1, 0, &entry) < 0)
			return NULL;
		return entry->record.id == id ? entry : iommuctl_session_entry_free(entry);
	}
	for (struct iommuctl_object *object = iommufd->objects; object; object = object->next)
		if (is_known(object) && object->id == id)
			return entry_of(object);
	return NULL;
}

bool known_is_nested(struct iommuctl_iommufd *iommufd, const struct iommuctl_session_entry *entry)
{
	CLEANUP(known_free) struct iommuctl_session_entry *parent = NULL;

	if (entry->record.kind != IOMMUCTL_OBJECT_HWPT)
		return false;
	parent = known_get(iommufd, entry->record.parents[0]);
	return parent && parent->record.kind != IOMMUCTL_OBJECT_IOAS;
}

void known_label(const struct iommuctl_session_entry *entry, char *buf, size_t size)
{
	const struct session_record *record = &entry->record;
	const char *kind = iommuctl_object_kind_to_string((enum iommuctl_object_kind)record->kind);
	const char *name = record->name[0] ? record->name : record->device;

	if (name[0])
		snprintf(buf, size, "%s %s", kind, name);
	else
		snprintf(buf, size, "%s %" PRIu32, kind, record->id);
}
