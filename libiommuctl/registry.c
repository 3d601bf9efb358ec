/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects by id, name and device: three sorted arrays of the same entries. The kernel gives the
 * lowest free id, so that most go to the end.
 */
#include <errno.h>
#include <string.h>

#include "registry.h"

#define DIGITS "0123456789"

static const char name_characters[] =
	DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-";

bool session_name_is_valid(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length < SESSION_NAME_SIZE &&
	       strspn(name, name_characters) == length && !strchr(DIGITS, name[0]);
}

static bool is_text(const char *text, size_t size)
{
	size_t length = strnlen(text, size);

	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] > '~' || text[i] == '/')
			return false;
	return length < size;
}

bool session_record_is_valid(const struct session_record *record)
{
	return record->kind > IOMMUCTL_OBJECT_UNKNOWN && record->kind <= IOMMUCTL_OBJECT_HW_QUEUE &&
	       record->id > 0 && is_text(record->name, sizeof(record->name)) &&
	       (!record->name[0] || session_name_is_valid(record->name)) &&
	       is_text(record->device, sizeof(record->device)) &&
	       (!record->device[0] || record->kind == IOMMUCTL_OBJECT_DEVICE);
}

/* ---------------------------------------------------------------- indexes */

static int compare_ids(const struct session_record *a, const struct session_record *b)
{
	return (a->id > b->id) - (a->id < b->id);
}

static int compare_names(const struct session_record *a, const struct session_record *b)
{
	return strcmp(a->name, b->name);
}

static int compare_devices(const struct session_record *a, const struct session_record *b)
{
	return strcmp(a->device, b->device);
}

static int (*const compare[REGISTRY_KEYS])(const struct session_record *a,
					   const struct session_record *b) = {
	[REGISTRY_ID] = compare_ids,
	[REGISTRY_NAME] = compare_names,
	[REGISTRY_DEVICE] = compare_devices,
};

static bool has_key(const struct session_record *record, int key)
{
	return key == REGISTRY_ID || (key == REGISTRY_NAME ? record->name : record->device)[0];
}

/* The first that is not before RECORD. */
static size_t lower_bound(const struct registry *registry, int key,
			  const struct session_record *record)
{
	const struct registry_index *index = &registry->index[key];
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare[key](&index->entries[middle]->record, record) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct iommuctl_session_entry *get(const struct registry *registry, int key,
					  const struct session_record *record)
{
	const struct registry_index *index = &registry->index[key];
	size_t i = lower_bound(registry, key, record);

	return i < index->count && compare[key](&index->entries[i]->record, record) == 0
		       ? index->entries[i]
		       : NULL;
}

static struct iommuctl_session_entry *get_id(const struct registry *registry, uint32_t id)
{
	return get(registry, REGISTRY_ID, &(struct session_record){ .id = id });
}

/* Room for one more in every index: what follows cannot fail. */
static int make_room(struct registry *registry)
{
	for (int key = 0; key < REGISTRY_KEYS; key++) {
		struct registry_index *index = &registry->index[key];
		size_t n = index->count;
		void *grown;

		/* full at every power of two */
		if ((n & (n - 1)) != 0)
			continue;
		grown = reallocarray(index->entries, n ? 2 * n : 1, sizeof(*index->entries));
		if (!grown)
			return -ENOMEM;
		index->entries = grown;
	}
	return 0;
}

static void link_entry(struct registry *registry, struct iommuctl_session_entry *entry)
{
	for (int key = 0; key < REGISTRY_KEYS; key++) {
		struct registry_index *index = &registry->index[key];
		size_t i = lower_bound(registry, key, &entry->record);

		if (!has_key(&entry->record, key))
			continue;
		memmove(&index->entries[i + 1], &index->entries[i],
			(index->count++ - i) * sizeof(*index->entries));
		index->entries[i] = entry;
	}
}

static void remove_entry(struct registry *registry, struct iommuctl_session_entry *entry)
{
	for (int key = 0; key < REGISTRY_KEYS; key++) {
		struct registry_index *index = &registry->index[key];
		size_t i = lower_bound(registry, key, &entry->record);

		if (!has_key(&entry->record, key))
			continue;
		memmove(&index->entries[i], &index->entries[i + 1],
			(--index->count - i) * sizeof(*index->entries));
	}
	registry->attached -= entry->attached;
	iommuctl_session_entry_free(entry);
}

/* --------------------------------------------------------------- registry */

/* Whether an object of another id has the name, or the device. */
static bool is_taken(const struct registry *registry, const struct session_record *record)
{
	for (int key = REGISTRY_NAME; key < REGISTRY_KEYS; key++) {
		const struct iommuctl_session_entry *other = get(registry, key, record);

		if (other && other->record.id != record->id)
			return true;
	}
	return false;
}

int registry_add(struct registry *registry, const struct session_record *record, int fd,
		 const struct iommuctl_session_entry **ret_entry)
{
	struct iommuctl_session_entry *entry, *stale;
	int r;

	if (!session_record_is_valid(record))
		return -EINVAL;
	if (is_taken(registry, record))
		return -EEXIST;
	stale = get_id(registry, record->id);
	if (!stale && registry_get_count(registry) == REGISTRY_MAX)
		return -ENOSPC;
	entry = calloc(1, sizeof(*entry));
	r = entry ? make_room(registry) : -ENOMEM;
	if (r < 0) {
		free(entry);
		return r;
	}
	if (stale)
		remove_entry(registry, stale);
	entry->record = *record;
	entry->record.serial = ++registry->serial;
	entry->fd = fd;
	link_entry(registry, entry);
	*ret_entry = entry;
	return 0;
}

static int get_current(const struct registry *registry, uint32_t id, uint64_t serial,
		       struct iommuctl_session_entry **ret_entry)
{
	struct iommuctl_session_entry *entry = get_id(registry, id);

	if (!entry)
		return -ENOENT;
	if (entry->record.serial != serial)
		return -ESTALE;
	*ret_entry = entry;
	return 0;
}

int registry_remove(struct registry *registry, uint32_t id, uint64_t serial)
{
	struct iommuctl_session_entry *entry;
	int r = get_current(registry, id, serial, &entry);

	if (r == 0)
		remove_entry(registry, entry);
	return r;
}

/* At place I of the device's attachments. */
static int insert_attachment(struct registry *registry, struct iommuctl_session_entry *entry,
			     size_t i, struct session_attachment attachment)
{
	size_t n = entry->attached;

	if (registry->attached == REGISTRY_MAX)
		return -ENOSPC;
	if ((n & (n - 1)) == 0) {
		void *grown = reallocarray(entry->attachments, n ? 2 * n : 1, sizeof(attachment));

		if (!grown)
			return -ENOMEM;
		entry->attachments = grown;
	}
	memmove(&entry->attachments[i + 1], &entry->attachments[i], (n - i) * sizeof(attachment));
	entry->attachments[i] = attachment;
	entry->attached++;
	registry->attached++;
	return 0;
}

int registry_attach(struct registry *registry, uint32_t id, uint64_t serial,
		    struct session_attachment attachment)
{
	struct iommuctl_session_entry *entry;
	size_t low = 0, high;
	int r = get_current(registry, id, serial, &entry);

	if (r < 0)
		return r;
	if (entry->record.kind != IOMMUCTL_OBJECT_DEVICE)
		return -EINVAL;
	for (high = entry->attached; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (entry->attachments[middle].pasid < attachment.pasid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == entry->attached || entry->attachments[low].pasid != attachment.pasid)
		return attachment.pt_id ? insert_attachment(registry, entry, low, attachment) : 0;
	entry->attachments[low] = attachment;
	if (attachment.pt_id)
		return 0;
	memmove(&entry->attachments[low], &entry->attachments[low + 1],
		(--entry->attached - low) * sizeof(attachment));
	registry->attached--;
	return 0;
}

const struct iommuctl_session_entry *registry_find(const struct registry *registry,
						   const char *word)
{
	struct session_record record = { 0 };
	const struct iommuctl_session_entry *entry;
	uint64_t id;

	if (parse_u64(word, 10, &id))
		return id <= UINT32_MAX ? get_id(registry, (uint32_t)id) : NULL;
	if (snprintf(record.device, sizeof(record.device), "%s", word) >=
	    (int)sizeof(record.device))
		return NULL;
	snprintf(record.name, sizeof(record.name), "%.*s", (int)sizeof(record.name) - 1, word);
	entry = session_name_is_valid(word) ? get(registry, REGISTRY_NAME, &record) : NULL;
	return entry ? entry : get(registry, REGISTRY_DEVICE, &record);
}

bool entry_uses(const struct iommuctl_session_entry *entry, uint32_t id)
{
	for (size_t i = 0; i < SESSION_PARENTS; i++)
		if (entry->record.parents[i] == id)
			return true;
	for (size_t i = 0; i < entry->attached; i++)
		if (entry->attachments[i].pt_id == id)
			return true;
	return false;
}

const struct iommuctl_session_entry *registry_next(const struct registry *registry, uint32_t after,
						   uint32_t used)
{
	const struct registry_index *index = &registry->index[REGISTRY_ID];
	size_t i = after == UINT32_MAX ? index->count
				       : lower_bound(registry, REGISTRY_ID,
						     &(struct session_record){ .id = after + 1 });

	while (i < index->count && used && !entry_uses(index->entries[i], used))
		i++;
	return i < index->count ? index->entries[i] : NULL;
}

size_t registry_get_count(const struct registry *registry)
{
	return registry->index[REGISTRY_ID].count;
}

void registry_free(struct registry *registry)
{
	struct registry_index *index = registry->index;

	for (size_t i = 0; i < index[REGISTRY_ID].count; i++)
		iommuctl_session_entry_free(index[REGISTRY_ID].entries[i]);
	for (int key = 0; key < REGISTRY_KEYS; key++)
		free(index[key].entries);
	*registry = (struct registry){ 0 };
}
