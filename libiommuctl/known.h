/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of the objects of an iommufd: by its session, or else by this process. */
#ifndef IOMMUCTL_KNOWN_H
#define IOMMUCTL_KNOWN_H

#include "registry.h"

/* Returns true when it has found what it looked for. */
typedef bool (*known_fn)(const struct iommuctl_session_entry *entry, void *data);
/* Calls FN with what uses the object USED, 0 being any, until it returns true, which is returned.
 */
bool known_walk(struct iommuctl_iommufd *iommufd, uint32_t used, known_fn fn, void *data);
/* The caller frees it; NULL: not known. */
struct iommuctl_session_entry *known_get(struct iommuctl_iommufd *iommufd, uint32_t id);
static inline void known_free(struct iommuctl_session_entry **entry)
{
	iommuctl_session_entry_free(*entry);
}
/* "ioas guest", "hwpt 3", "device 0000:03:00.0" */
void known_label(const struct iommuctl_session_entry *entry, char *buf, size_t size);
/* Whether it is a page table that is nested in another. */
bool known_is_nested(struct iommuctl_iommufd *iommufd, const struct iommuctl_session_entry *entry);

#endif
