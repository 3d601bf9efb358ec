/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is in events of vIOMMUs (Arm IHI 0070, 7.3; <linux/iommufd.h>). */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "abi/iommufd.h"
#include "internal.h"

#define SMMU  ABI_IOMMU_VEVENTQ_TYPE_ARM_SMMUV3
#define TEGRA ABI_IOMMU_VEVENTQ_TYPE_TEGRA241_CMDQV
#define MOCK  VEVENTQ_TYPE_SELFTEST

#define EVENT(id)   (UINT64_C(1) << (id))
#define EVERY_EVENT UINT64_MAX
/* Those of the two stages' tables, which have a class. */
#define WALKS (EVENT(0x0b) | EVENT(0x10) | EVENT(0x11) | EVENT(0x12) | EVENT(0x13))
/* Those of one access, with what it was. */
#define ACCESSES (WALKS | EVENT(0x01) | EVENT(0x20))

#define SSV 11u /* the bit that says that there is a SubstreamID */

static const struct field {
	uint32_t type;
	enum iommuctl_vevent_field field;
	uint8_t word, low, high;
	uint8_t valid;	 /* the bit of the first word that must be set; 0: none */
	uint64_t events; /* of the numbers below 64 those that have it */
} fields[] = {
	{ SMMU, IOMMUCTL_VEVENT_ID, 0, 0, 7, 0, EVERY_EVENT },
	{ SMMU, IOMMUCTL_VEVENT_VIRTUAL_ID, 0, 32, 63, 0, EVERY_EVENT },
	{ SMMU, IOMMUCTL_VEVENT_PASID, 0, 12, 31, SSV, EVERY_EVENT },
	{ SMMU, IOMMUCTL_VEVENT_PRIVILEGED, 1, 33, 33, 0, ACCESSES },
	{ SMMU, IOMMUCTL_VEVENT_INSTRUCTION, 1, 34, 34, 0, ACCESSES },
	{ SMMU, IOMMUCTL_VEVENT_READ, 1, 35, 35, 0, ACCESSES },
	{ SMMU, IOMMUCTL_VEVENT_CLASS, 1, 40, 41, 0, WALKS },
	{ SMMU, IOMMUCTL_VEVENT_ADDRESS, 2, 0, 63, 0, ACCESSES },
	{ TEGRA, IOMMUCTL_VEVENT_QUEUES_0, 0, 0, 63, 0, EVERY_EVENT },
	{ TEGRA, IOMMUCTL_VEVENT_QUEUES_64, 1, 0, 63, 0, EVERY_EVENT },
	{ MOCK, IOMMUCTL_VEVENT_VIRTUAL_ID, 0, 0, 31, 0, EVERY_EVENT },
};

static const char *const smmu_events[] = {
	[0x01] = "F_UUT",
	[0x02] = "C_BAD_STREAMID",
	[0x03] = "F_STE_FETCH",
	[0x04] = "C_BAD_STE",
	[0x05] = "F_BAD_ATS_TREQ",
	[0x06] = "F_STREAM_DISABLED",
	[0x07] = "F_TRANSL_FORBIDDEN",
	[0x08] = "C_BAD_SUBSTREAMID",
	[0x09] = "F_CD_FETCH",
	[0x0a] = "C_BAD_CD",
	[0x0b] = "F_WALK_EABT",
	[0x10] = "F_TRANSLATION",
	[0x11] = "F_ADDR_SIZE",
	[0x12] = "F_ACCESS",
	[0x13] = "F_PERMISSION",
	[0x20] = "F_TLB_CONFLICT",
	[0x21] = "F_CFG_CONFLICT",
	[0x24] = "E_PAGE_REQUEST",
	[0x25] = "F_VMS_FETCH",
};

/* What EVENT does not reach is 0. */
static uint64_t get_word(const struct iommuctl_vevent *event, size_t word)
{
	const size_t length =
		event->length < sizeof(event->data) ? event->length : sizeof(event->data);
	const size_t at = word * sizeof(uint64_t);
	uint64_t value = 0;

	if (at < length)
		memcpy(&value, event->data + at,
		       length - at < sizeof(value) ? length - at : sizeof(value));
	return le64toh(value);
}

static bool has_field(const struct field *field, const struct iommuctl_vevent *event)
{
	const uint64_t first = get_word(event, 0);

	if (event->length <= field->word * sizeof(uint64_t) + field->high / 8 ||
	    (field->valid && !(first >> field->valid & 1)))
		return false;
	/* other types have no numbers */
	return field->events == EVERY_EVENT ||
	       ((first & 0xff) < 64 && field->events & EVENT(first & 0xff));
}

IOMMUCTL_EXPORT int iommuctl_vevent_get_field(const struct iommuctl_vevent *event,
					      enum iommuctl_vevent_field field, uint64_t *ret_value)
{
	if (!event || !ret_value)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (fields[i].type != event->type || fields[i].field != field)
			continue;
		if (!has_field(&fields[i], event))
			return -ENODATA;
		*ret_value = get_word(event, fields[i].word) << (63 - fields[i].high) >>
			     (63 - fields[i].high + fields[i].low);
		return 0;
	}
	return -ENODATA;
}

IOMMUCTL_EXPORT const char *iommuctl_vevent_get_name(const struct iommuctl_vevent *event)
{
	uint64_t id;

	return iommuctl_vevent_get_field(event, IOMMUCTL_VEVENT_ID, &id) >= 0 &&
			       id < ARRAY_SIZE(smmu_events)
		       ? smmu_events[id]
		       : NULL;
}
