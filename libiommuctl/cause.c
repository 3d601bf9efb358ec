/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which of its causes a call that failed has: the first row of the table that holds. Whatever
 * cannot be found out meanwhile, for want of memory too, only makes the answer less exact.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "cause.h"

bool because(struct failure *failure, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(failure->diag.reason, sizeof(failure->diag.reason), format, args);
	va_end(args);
	return true;
}

void advise(struct failure *failure, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_add_hint(&failure->diag, format, args);
	va_end(args);
}

void words_add(struct words *words, const char *word)
{
	const char *separator = words->used ? ", " : "";
	/* what is left for the last words */
	size_t room = sizeof(words->text) - sizeof(" and 65536 more") - words->used;

	if (words->left_out || strlen(separator) + strlen(word) >= room) {
		words->left_out++;
		return;
	}
	words->last = words->used;
	words->used += (size_t)snprintf(words->text + words->used, room, "%s%s", separator, word);
	words->count++;
}

const char *words_join(struct words *words, const char *conjunction)
{
	char last[sizeof(words->text)];

	if (words->left_out) {
		snprintf(words->text + words->used, sizeof(words->text) - words->used,
			 " and %zu more", words->left_out);
	} else if (words->count > 1) {
		snprintf(last, sizeof(last), "%s", words->text + words->last + strlen(", "));
		snprintf(words->text + words->last, sizeof(words->text) - words->last, " %s %s",
			 conjunction, last);
	}
	return words->text;
}

/* Its notes would be about another load than the caller's. */
static struct iommuctl_topology *load(struct iommuctl_context *ctx)
{
	struct iommuctl_topology *topology = NULL;
	char *notes[IOMMUCTL_NOTES_MAX];
	size_t count = ctx->note_count;

	memcpy(notes, ctx->notes, sizeof(notes));
	ctx->note_count = 0;
	iommuctl_topology_load(ctx, IOMMUCTL_LOAD_REGISTERS | IOMMUCTL_LOAD_GROUPS, &topology);
	context_clear_notes(ctx);
	memcpy(ctx->notes, notes, sizeof(notes));
	ctx->note_count = count;
	return topology;
}

const struct iommuctl_topology *failure_topology(struct failure *failure)
{
	if (!failure->topology)
		failure->topology = load(failure->ctx);
	return failure->topology;
}

/* The id of the device in the argument; 0: none. */
static uint32_t device_id(const struct failure *failure)
{
	const union {
		const void *any;
		const struct abi_iommu_hwpt_alloc *hwpt;
		const struct abi_iommu_viommu_alloc *viommu;
		const struct abi_iommu_vdevice_alloc *vdevice;
		const struct abi_iommu_hw_info *info;
	} arg = { failure->arg };

	switch (failure->request) {
	case ABI_IOMMU_HWPT_ALLOC:
		return arg.hwpt->dev_id;
	case ABI_IOMMU_VIOMMU_ALLOC:
		return arg.viommu->dev_id;
	case ABI_IOMMU_VDEVICE_ALLOC:
		return arg.vdevice->dev_id;
	case ABI_IOMMU_GET_HW_INFO:
		return arg.info->dev_id;
	default:
		return 0;
	}
}

const struct iommuctl_device *failure_device(struct failure *failure)
{
	CLEANUP(known_free) struct iommuctl_session_entry *entry = NULL;
	const struct iommuctl_topology *topology;
	const char *name = failure->vfio ? failure->vfio->device->name : NULL;

	if (!name) {
		entry = failure->iommufd ? known_get(failure->iommufd, device_id(failure)) : NULL;
		name = entry ? entry->record.device : "";
	}
	topology = *name ? failure_topology(failure) : NULL;
	return topology ? topology_device(topology, name) : NULL;
}

static bool matches(const struct cause *cause, struct failure *failure)
{
	return cause->calls >> (failure->request & 0x3f) & 1 &&
	       (!cause->error || cause->error == failure->error) &&
	       (!cause->kinds || object_is(failure->object, cause->kinds)) &&
	       (!cause->holds || cause->holds(failure));
}

static int explain(struct failure *failure, const char *name, const char *action)
{
	snprintf(failure->diag.object, sizeof(failure->diag.object), "%s", name);
	snprintf(failure->diag.action, sizeof(failure->diag.action), "%s", action);
	because(failure, "%s", strerror(failure->error));
	for (size_t i = 0; i < cause_count; i++) {
		if (!matches(&causes[i], failure))
			continue;
		if (causes[i].reason)
			because(failure, "%s", causes[i].reason);
		if (causes[i].hint)
			advise(failure, "%s", causes[i].hint);
		failure->diag.cause = causes[i].name;
		break;
	}
	failure->ctx->diag = failure->diag;
	iommuctl_topology_unref(failure->topology);
	iommuctl_holders_free(failure->holders);
	iommuctl_range_set_free(failure->usable);
	return -failure->error;
}

/* What a handle that was made from an id is of is known to the kernel alone. */
static const char *kind_of(const struct iommuctl_object *object)
{
	static const enum iommuctl_object_kind kinds[] = {
		[ASKED_DEVICE] = IOMMUCTL_OBJECT_DEVICE,
		[ASKED_IOAS] = IOMMUCTL_OBJECT_IOAS,
		[ASKED_HWPT] = IOMMUCTL_OBJECT_HWPT,
	};
	enum asked_kind asked = ask_kind(object->iommufd, object->id);

	if (asked == ASKED_OTHER && object->kind == IOMMUCTL_OBJECT_IOAS)
		return "object";
	return iommuctl_object_kind_to_string(
		asked == ASKED_OTHER || asked == ASKED_NOTHING ? object->kind : kinds[asked]);
}

/* As it is called in its session, or by kind and id. */
static void name_object(const struct iommuctl_object *object, int error, char *buf, size_t size)
{
	CLEANUP(known_free) struct iommuctl_session_entry *entry = NULL;

	object = object_named(object);
	object_name(object, buf, size);
	entry = object->id ? known_get(object->iommufd, object->id) : NULL;
	if (entry && (!object->vfio || entry->record.name[0]))
		known_label(entry, buf, size);
	/* who does not know the call knows no kinds either */
	else if (object->id && object->borrowed && !object->vfio && error != ENOTTY)
		snprintf(buf, size, "%s %" PRIu32, kind_of(object), object->id);
}

int object_failed(const struct iommuctl_object *object, unsigned long request, const void *arg,
		  int error, const char *action)
{
	struct failure failure = {
		.ctx = object->iommufd->ctx,
		.iommufd = object->iommufd,
		.object = object,
		.request = request,
		.arg = arg,
		.error = error,
	};
	char name[128];

	name_object(object, error, name, sizeof(name));
	return explain(&failure, name, action);
}

int vfio_failed(const struct iommuctl_vfio *vfio, unsigned long request, const void *arg, int error,
		const char *action)
{
	struct failure failure = {
		.ctx = vfio->ctx,
		.iommufd = vfio->object ? vfio->object->iommufd : NULL,
		.object = vfio->object,
		.vfio = vfio,
		.request = request,
		.arg = arg,
		.error = error,
	};

	return explain(&failure, vfio->device->name, action);
}
