/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Causes that have to do with which objects there are, and what uses what. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "cause.h"
#include "cause-table.h"

/* --------------------------------------------------------------- ids in arguments */

/* Where an argument has an id, and of what kinds it can be. */
struct id_rule {
	uint64_t calls;
	int error;
	size_t offset;
	unsigned int kinds;
};

/* clang-format off */
#define ID(name, type, member, error, kinds) \
	{ CALL(name), error, offsetof(struct abi_##type, member), kinds }

static const struct id_rule id_rules[] = {
	ID(IOMMU_DESTROY, iommu_destroy, id, ENOENT, 0),
	ID(IOMMU_IOAS_ALLOW_IOVAS, iommu_ioas_allow_iovas, ioas_id, ENOENT, KIND(IOAS)),
	ID(IOMMU_IOAS_IOVA_RANGES, iommu_ioas_iova_ranges, ioas_id, ENOENT, KIND(IOAS)),
	ID(IOMMU_IOAS_MAP, iommu_ioas_map, ioas_id, ENOENT, KIND(IOAS)),
	ID(IOMMU_IOAS_MAP_FILE, iommu_ioas_map_file, ioas_id, ENOENT, KIND(IOAS)),
	ID(IOMMU_IOAS_COPY, iommu_ioas_copy, src_ioas_id, ENOENT, KIND(IOAS)),
	ID(IOMMU_IOAS_COPY, iommu_ioas_copy, dst_ioas_id, ENOENT, KIND(IOAS)),
	ID(IOMMU_IOAS_UNMAP, iommu_ioas_unmap, ioas_id, ENOENT, KIND(IOAS)),
	ID(IOMMU_IOAS_NOIOMMU_GET_PA, iommu_ioas_noiommu_get_pa, ioas_id, ENOENT, KIND(IOAS)),
	ID(IOMMU_OPTION, iommu_option, object_id, ENOENT, KIND(IOAS)),
	ID(IOMMU_VFIO_IOAS, iommu_vfio_ioas, ioas_id, ENOENT, KIND(IOAS)),
	ID(IOMMU_HWPT_ALLOC, iommu_hwpt_alloc, dev_id, ENOENT, KIND(DEVICE)),
	ID(IOMMU_HWPT_ALLOC, iommu_hwpt_alloc, fault_id, ENOENT, KIND(FAULT_QUEUE)),
	ID(IOMMU_HWPT_ALLOC, iommu_hwpt_alloc, pt_id, EINVAL, KIND(IOAS) | KIND(HWPT) | KIND(VIOMMU)),
	ID(IOMMU_GET_HW_INFO, iommu_hw_info, dev_id, ENOENT, KIND(DEVICE)),
	ID(IOMMU_HWPT_SET_DIRTY_TRACKING, iommu_hwpt_set_dirty_tracking, hwpt_id, ENOENT, KIND(HWPT)),
	ID(IOMMU_HWPT_GET_DIRTY_BITMAP, iommu_hwpt_get_dirty_bitmap, hwpt_id, ENOENT, KIND(HWPT)),
	ID(IOMMU_HWPT_INVALIDATE, iommu_hwpt_invalidate, hwpt_id, ENOENT, KIND(HWPT) | KIND(VIOMMU)),
	ID(IOMMU_HWPT_INVALIDATE, iommu_hwpt_invalidate, hwpt_id, EINVAL, KIND(HWPT) | KIND(VIOMMU)),
	ID(IOMMU_VIOMMU_ALLOC, iommu_viommu_alloc, dev_id, ENOENT, KIND(DEVICE)),
	ID(IOMMU_VIOMMU_ALLOC, iommu_viommu_alloc, hwpt_id, ENOENT, KIND(HWPT)),
	ID(IOMMU_VDEVICE_ALLOC, iommu_vdevice_alloc, viommu_id, ENOENT, KIND(VIOMMU)),
	ID(IOMMU_VDEVICE_ALLOC, iommu_vdevice_alloc, dev_id, ENOENT, KIND(DEVICE)),
	ID(IOMMU_VEVENTQ_ALLOC, iommu_veventq_alloc, viommu_id, ENOENT, KIND(VIOMMU)),
	ID(IOMMU_HW_QUEUE_ALLOC, iommu_hw_queue_alloc, viommu_id, ENOENT, KIND(VIOMMU)),
	ID(VFIO_DEVICE_ATTACH_IOMMUFD_PT, vfio_device_attach_iommufd_pt, pt_id, ENOENT, KIND(IOAS) | KIND(HWPT)),
	ID(VFIO_DEVICE_ATTACH_IOMMUFD_PT, vfio_device_attach_iommufd_pt, pt_id, EINVAL, KIND(IOAS) | KIND(HWPT)),
};
/* clang-format on */

/* What an id is, as far as can be found out. */
struct identity {
	bool exists;
	enum iommuctl_object_kind kind; /* UNKNOWN: another than IOAS, DEVICE and plain HWPT */
};

static struct identity identify(struct failure *failure, uint32_t id)
{
	static const enum iommuctl_object_kind kinds[] = {
		[ASKED_DEVICE] = IOMMUCTL_OBJECT_DEVICE,
		[ASKED_IOAS] = IOMMUCTL_OBJECT_IOAS,
		[ASKED_HWPT] = IOMMUCTL_OBJECT_HWPT,
	};
	CLEANUP(known_free) struct iommuctl_session_entry *entry = NULL;
	enum asked_kind asked = ask_kind(failure->iommufd, id);

	if (asked != ASKED_OTHER)
		return (struct identity){ asked != ASKED_NOTHING, kinds[asked] };
	entry = known_get(failure->iommufd, id);
	return (struct identity){ true, entry ? (enum iommuctl_object_kind)entry->record.kind
					      : IOMMUCTL_OBJECT_UNKNOWN };
}

/* "ioas, hwpt or viommu" */
static const char *kinds_text(unsigned int kinds, struct words *words)
{
	*words = (struct words){ 0 };
	for (unsigned int kind = 1; kinds >> kind; kind++)
		if (kinds >> kind & 1)
			words_add(words, iommuctl_object_kind_to_string(kind));
	return words_join(words, "or");
}

/* Calls FN with the ids that the failure can be about, until it returns true. */
static bool walk_ids(struct failure *failure,
		     bool (*fn)(struct failure *failure, uint32_t id, unsigned int kinds))
{
	for (size_t i = 0; failure->iommufd && i < ARRAY_SIZE(id_rules); i++) {
		const struct id_rule *rule = &id_rules[i];
		uint32_t id;

		if (!(rule->calls >> (failure->request & 0x3f) & 1) ||
		    rule->error != failure->error)
			continue;
		memcpy(&id, (const char *)failure->arg + rule->offset, sizeof(id));
		if (id && fn(failure, id, rule->kinds))
			return true;
	}
	return false;
}

static bool is_missing(struct failure *failure, uint32_t id, unsigned int kinds)
{
	struct words words;

	if (identify(failure, id).exists)
		return false;
	/* what is to be destroyed can be anything */
	kinds = kinds ? kinds : 1u << failure->object->kind;
	return because(failure, "there is no %s %" PRIu32, kinds_text(kinds, &words), id);
}

static bool walk_and_advise(struct failure *failure,
			    bool (*fn)(struct failure *failure, uint32_t id, unsigned int kinds))
{
	if (!walk_ids(failure, fn))
		return false;
	if (failure->iommufd->session)
		advise(failure, "iommuctl session show tells what there is");
	return true;
}

bool cause_no_object(struct failure *failure)
{
	return walk_and_advise(failure, is_missing);
}

static bool is_other(struct failure *failure, uint32_t id, unsigned int kinds)
{
	enum iommuctl_object_kind kind = identify(failure, id).kind;
	struct words words;

	if (!kinds || kind == IOMMUCTL_OBJECT_UNKNOWN || kinds >> kind & 1)
		return false;
	return because(failure, "%" PRIu32 " is of kind %s, not %s", id,
		       iommuctl_object_kind_to_string(kind), kinds_text(kinds, &words));
}

bool cause_wrong_kind(struct failure *failure)
{
	return walk_and_advise(failure, is_other);
}

static bool is_unknown(struct failure *failure, uint32_t id, unsigned int kinds)
{
	struct words words;

	return kinds && identify(failure, id).kind == IOMMUCTL_OBJECT_UNKNOWN &&
	       because(failure, "%" PRIu32 " is not of kind %s", id, kinds_text(kinds, &words));
}

/* What can be asked for: it would be known. */
static bool is_known_other(struct failure *failure, uint32_t id, unsigned int kinds)
{
	return !(kinds & ~(KIND(IOAS) | KIND(DEVICE) | KIND(HWPT))) &&
	       is_unknown(failure, id, kinds);
}

bool cause_unknown_kind(struct failure *failure)
{
	return walk_ids(failure, is_known_other);
}

bool cause_other_kind(struct failure *failure)
{
	return walk_ids(failure, is_unknown);
}

/* Others are told from it by the kernel. */
static bool is_nested(struct failure *failure, uint32_t id, unsigned int kinds)
{
	return kinds == KIND(HWPT) && identify(failure, id).kind == IOMMUCTL_OBJECT_HWPT &&
	       ask_kind(failure->iommufd, id) != ASKED_HWPT &&
	       because(failure, "%" PRIu32 " is a nested page table", id);
}

bool cause_nested(struct failure *failure)
{
	return walk_ids(failure, is_nested);
}

/* -------------------------------------------------------------------- users */

struct users {
	struct failure *failure;
	uint32_t id;
	struct words made, attached;
};

static bool add_user(const struct iommuctl_session_entry *entry, void *data)
{
	struct users *users = data;
	bool is_attached = false;
	char label[128], text[140];

	for (size_t i = 0; i < entry->attached; i++)
		is_attached |= entry->attachments[i].pt_id == users->id;
	known_label(entry, label, sizeof(label));
	snprintf(text, sizeof(text), "%s%s",
		 known_is_nested(users->failure->iommufd, entry) ? "nested " : "", label);
	words_add(is_attached ? &users->attached : &users->made, text);
	return false;
}

static void add_users(struct words *all, struct words *users, const char *how)
{
	char text[sizeof(users->text) + 32];
	const char *verb = users->count + users->left_out > 1 ? "are" : "is";

	if (!users->count)
		return;
	snprintf(text, sizeof(text), "%s %s %s", words_join(users, "and"), verb, how);
	words_add(all, text);
}

bool cause_in_use(struct failure *failure)
{
	const struct abi_iommu_destroy *arg = failure->arg;
	struct users users = { .failure = failure, .id = arg->id };
	struct words all = { 0 };

	known_walk(failure->iommufd, arg->id, add_user, &users);
	add_users(&all, &users.made, "made of it");
	add_users(&all, &users.attached, "attached to it");
	return all.count && because(failure, "%s", words_join(&all, "and"));
}
