/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of an object of a session. */
#include <errno.h>

#include "registry.h"

IOMMUCTL_EXPORT struct iommuctl_session_entry *
iommuctl_session_entry_free(struct iommuctl_session_entry *entry)
{
	if (entry) {
		close_fd(&entry->fd);
		free(entry->attachments);
		free(entry);
	}
	return NULL;
}

IOMMUCTL_EXPORT enum iommuctl_object_kind
iommuctl_session_entry_get_kind(const struct iommuctl_session_entry *entry)
{
	return entry ? (enum iommuctl_object_kind)entry->record.kind : IOMMUCTL_OBJECT_UNKNOWN;
}

IOMMUCTL_EXPORT uint32_t iommuctl_session_entry_get_id(const struct iommuctl_session_entry *entry)
{
	return entry ? entry->record.id : 0;
}

IOMMUCTL_EXPORT uint64_t
iommuctl_session_entry_get_serial(const struct iommuctl_session_entry *entry)
{
	return entry ? entry->record.serial : 0;
}

IOMMUCTL_EXPORT uint32_t iommuctl_session_entry_get_type(const struct iommuctl_session_entry *entry)
{
	return entry ? entry->record.type : 0;
}

IOMMUCTL_EXPORT const char *
iommuctl_session_entry_get_name(const struct iommuctl_session_entry *entry)
{
	return entry && entry->record.name[0] ? entry->record.name : NULL;
}

IOMMUCTL_EXPORT const char *
iommuctl_session_entry_get_device(const struct iommuctl_session_entry *entry)
{
	return entry && entry->record.device[0] ? entry->record.device : NULL;
}

IOMMUCTL_EXPORT uint32_t
iommuctl_session_entry_get_parent(const struct iommuctl_session_entry *entry, size_t i)
{
	return entry && i < SESSION_PARENTS ? entry->record.parents[i] : 0;
}

IOMMUCTL_EXPORT int
iommuctl_session_entry_get_attachment(const struct iommuctl_session_entry *entry, size_t i,
				      uint32_t *ret_pasid, uint32_t *ret_pt_id)
{
	if (!entry || !ret_pasid || !ret_pt_id)
		return -EINVAL;
	if (i >= entry->attached)
		return -ENOENT;
	*ret_pasid = entry->attachments[i].pasid;
	*ret_pt_id = entry->attachments[i].pt_id;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_session_entry_take_fd(struct iommuctl_session_entry *entry)
{
	int fd = entry ? entry->fd : -1;

	if (!entry)
		return -EINVAL;
	entry->fd = -1;
	return fd < 0 ? -ENODATA : fd;
}
