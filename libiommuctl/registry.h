/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects of a session's iommufd, which the kernel cannot list. */
#ifndef IOMMUCTL_REGISTRY_H
#define IOMMUCTL_REGISTRY_H

#include "internal.h"
#include "session-protocol.h"

/* Objects in one registry; attachments of all its devices. */
#define REGISTRY_MAX 65536

/* Also what a client gets to know of an object. */
struct iommuctl_session_entry {
	struct session_record record;
	struct session_attachment *attachments; /* sorted by PASID */
	size_t attached;
	int fd; /* -1: none */
};

/* Entries in the order of one of their keys. */
struct registry_index {
	struct iommuctl_session_entry **entries;
	size_t count;
};

enum registry_key { REGISTRY_ID, REGISTRY_NAME, REGISTRY_DEVICE, REGISTRY_KEYS };

/* All zero is an empty one. */
struct registry {
	struct registry_index index[REGISTRY_KEYS];
	size_t attached; /* in all */
	uint64_t serial; /* the last that was given */
};

/*
 * Takes FD, unless it fails; RECORD's serial is not looked at. An entry of the same id is stale,
 * and makes room.
 * Errors: -EINVAL the record makes no sense; -EEXIST another object has its name or its device;
 * -ENOSPC; -ENOMEM.
 */
int registry_add(struct registry *registry, const struct session_record *record, int fd,
		 const struct iommuctl_session_entry **ret_entry);
/* Errors: -ENOENT no such id; -ESTALE another object has the id by now. */
int registry_remove(struct registry *registry, uint32_t id, uint64_t serial);
/* What is attached to a device, or to one of its PASIDs. Errors: also -EINVAL no device, -ENOSPC.
 */
int registry_attach(struct registry *registry, uint32_t id, uint64_t serial,
		    struct session_attachment attachment);
/* By id, name or device, in this order; NULL: none. */
const struct iommuctl_session_entry *registry_find(const struct registry *registry,
						   const char *word);
/* That with the lowest id above AFTER which uses the object USED, 0 being any; NULL: none. */
const struct iommuctl_session_entry *registry_next(const struct registry *registry, uint32_t after,
						   uint32_t used);
/* Whether it was made of the object ID, or is attached to it. */
bool entry_uses(const struct iommuctl_session_entry *entry, uint32_t id);
size_t registry_get_count(const struct registry *registry);
/* Closes its file descriptors too. */
void registry_free(struct registry *registry);

#endif
