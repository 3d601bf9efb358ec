/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "param.h"

#include <stdlib.h>
#include <string.h>

/* The mock of CONFIG_IOMMUFD_TEST has types of its own. */
static const struct param_word viommu_types[] = {
	{ "arm-smmu-v3", 1 },
	{ "tegra241-cmdqv", 2 },
	{ "selftest", 0xdeadbeef },
	{ NULL },
};
static const struct param_word veventq_types[] = {
	{ "arm-smmu-v3", 1 },
	{ "tegra241-cmdqv", 2 },
	{ "selftest", 0xbeefbeef },
	{ NULL },
};
static const struct param_word hw_queue_types[] = {
	{ "tegra241-cmdqv", 1 },
	{ "selftest", 0xdeadbeef },
	{ NULL },
};
static const struct param_word invalidate_types[] = {
	{ "vtd-s1", 0 },
	{ "arm-smmu-v3", 1 },
	{ "selftest", 0xdeadbeef },
	{ NULL },
};
static const struct param_word hwpt_data_types[] = {
	{ "none", 0 },	    { "vtd-s1", 1 },	    { "arm-smmu-v3", 2 },
	{ "amd-guest", 3 }, { "selftest", 0xdead }, { NULL },
};
static const struct param_word responses[] = {
	{ "success", IOMMUCTL_FAULT_SUCCESS },
	{ "invalid", IOMMUCTL_FAULT_INVALID },
	{ NULL },
};
static const struct param_word container_types[] = {
	{ "type1v2", IOMMUCTL_CONTAINER_TYPE1V2 },
	{ "type1", IOMMUCTL_CONTAINER_TYPE1 },
	{ "spapr-tce-v2", IOMMUCTL_CONTAINER_SPAPR_TCE_V2 },
	{ "spapr-tce", IOMMUCTL_CONTAINER_SPAPR_TCE },
	{ "noiommu", IOMMUCTL_CONTAINER_NOIOMMU },
	{ NULL },
};

/* clang-format off */
#define FLAG(name, help) { name, NULL, help, PARAM_KIND_FLAG, NULL, 0, 0 }
#define NUMBER(name, arg, help) { name, arg, help, PARAM_KIND_NUMBER, NULL, 0, 0 }
#define LIMITED(name, arg, max, help) { name, arg, help, PARAM_KIND_NUMBER, NULL, 0, max }
#define COUNT(name, arg, max, help) { name, arg, help, PARAM_KIND_NUMBER, NULL, 1, max }
#define TEXT(name, arg, help) { name, arg, help, PARAM_KIND_TEXT, NULL, 0, 0 }
#define WORD(name, arg, words, help) { name, arg, help, PARAM_KIND_WORD, words, 0, 0 }

const struct param params[PARAM_COUNT] = {
	[PARAM_ALIGNMENT] = COUNT("alignment", "BYTES", 0, "Of all that gets a place, a power of two; without it 2M"),
	[PARAM_ALL] = FLAG("all", "All there is"),
	[PARAM_BITMAP] = TEXT("bitmap", "FILE", "Write a bit for each page to this file"),
	[PARAM_BITS] = COUNT("bits", "NUMBER", 64, "The guest addresses no more bits"),
	[PARAM_CLEAR] = FLAG("clear", "None any more"),
	[PARAM_CONTAINER] = LIMITED("container", "FD", INT32_MAX, "The container: an open /dev/vfio/vfio, by its number"),
	[PARAM_CONTAINER_TYPE] = WORD("type", "TYPE", container_types, "type1v2, type1, spapr-tce-v2, spapr-tce or noiommu; without it the best there is"),
	[PARAM_DATA] = { "data", "HEX|@FILE", "What the IOMMU's driver is told: bytes in hexadecimal, or a file of them", PARAM_KIND_BYTES, NULL, 0, 0 },
	[PARAM_DEPTH] = COUNT("depth", "EVENTS", UINT32_MAX, "How many events wait at most"),
	[PARAM_DEVICE] = TEXT("device", "DEVICE", "The device: its name, or its id in the iommufd"),
	[PARAM_DIRTY_TRACKING] = FLAG("dirty-tracking", "Can tell which pages devices wrote to"),
	[PARAM_ENTRY] = { "entry", "HEX|@FILE", "An entry as <linux/iommufd.h> has it, in hexadecimal or in a file; may be repeated", PARAM_KIND_ENTRIES, NULL, 0, 0 },
	[PARAM_EVENT_COUNT] = COUNT("count", "N", 0, "End when so many have come"),
	[PARAM_FAULT_QUEUE] = TEXT("fault-queue", "QUEUE", "Where page requests go"),
	[PARAM_FILE] = TEXT("file", "FILE|FD", "The memory of this file (memfd, tmpfs, hugetlbfs, dma-buf), or of an open one by its number"),
	[PARAM_FROM] = TEXT("from", "IOAS", "The address space that has the mapping"),
	[PARAM_GROUP] = { "group", "FD", "A group: an open /dev/vfio/GROUP, by its number; may be repeated", PARAM_KIND_TEXTS, NULL, 0 },
	[PARAM_FOR_PASID] = FLAG("for-pasid", "Can be attached to PASIDs, or beside them"),
	[PARAM_HOST] = { "host", "SNAPSHOT[:DEVICE,...]", "Another machine that the guest has to run on: a snapshot or root, and its devices there; without them those of the command; may be repeated", PARAM_KIND_TEXTS, NULL, 0, 0 },
	[PARAM_HUGE] = FLAG("huge", "New memory of huge pages"),
	[PARAM_HWPT_DATA_TYPE] = WORD("type", "TYPE", hwpt_data_types, "What --data is: none, vtd-s1, arm-smmu-v3, amd-guest, or a number"),
	[PARAM_HW_QUEUE_TYPE] = WORD("type", "TYPE", hw_queue_types, "tegra241-cmdqv, or a number"),
	[PARAM_INDEX] = LIMITED("index", "N", UINT32_MAX, "Which one, from 0 on"),
	[PARAM_INVALIDATE_TYPE] = WORD("type", "TYPE", invalidate_types, "What entries are: vtd-s1, arm-smmu-v3, or a number"),
	[PARAM_IOVA] = NUMBER("iova", "ADDRESS", "The I/O address; without it the kernel chooses one"),
	[PARAM_KEEP_GOING] = FLAG("keep-going", "Go on after a command that fails"),
	[PARAM_LENGTH] = COUNT("length", "BYTES", 0, "How much, also with K, M, G or T"),
	[PARAM_LEVELS] = COUNT("levels", "N", UINT32_MAX, "How many levels its table has; without it one"),
	[PARAM_MAPPED] = FLAG("mapped", "The range has no hole: ask for many pages at once"),
	[PARAM_MAX] = COUNT("max", "N", 65536, "At most so many"),
	[PARAM_MEMORY] = FLAG("memory", "New memory, of zeros"),
	[PARAM_MMIO] = COUNT("mmio", "BYTES", 0, "Space for memory of devices below 4 GiB, in one piece"),
	[PARAM_MMIO64] = COUNT("mmio64", "BYTES", 0, "Space for memory of devices from 4 GiB on, in one piece"),
	[PARAM_NAME] = TEXT("name", "NAME", "A name for it, accepted wherever its id is"),
	[PARAM_NESTED] = FLAG("nested", "The guest has a first stage of its own"),
	[PARAM_NEST_PARENT] = FLAG("nest-parent", "A second stage, for nested ones"),
	[PARAM_NO_CLEAR] = FLAG("no-clear", "The pages stay dirty"),
	[PARAM_OFFSET] = NUMBER("offset", "BYTES", "Where in the file"),
	[PARAM_PAGE_SIZE] = COUNT("page-size", "BYTES", 0, "Of its pages, also with K, M or G"),
	[PARAM_PASID] = COUNT("pasid", "PASID", 0xfffff, "One of the device's address spaces, instead of its own"),
	[PARAM_RAM] = COUNT("ram", "BYTES", 0, "The guest's memory, also with K, M, G or T"),
	[PARAM_READ] = FLAG("read", "Devices may read; without it and --write both"),
	[PARAM_REGION] = LIMITED("region", "N", 5, "Memory of the device --device: its BAR N"),
	[PARAM_RESPOND] = WORD("respond", "RESPONSE", responses, "Answer each group at once: success or invalid"),
	[PARAM_SOURCE] = NUMBER("source", "ADDRESS", "The I/O address there"),
	[PARAM_TIMEOUT] = LIMITED("timeout", "SECONDS", INT32_MAX, "End after so long"),
	[PARAM_VEVENTQ_TYPE] = WORD("type", "TYPE", veventq_types, "arm-smmu-v3, tegra241-cmdqv, or a number"),
	[PARAM_VIOMMU_TYPE] = WORD("type", "TYPE", viommu_types, "arm-smmu-v3, tegra241-cmdqv, or a number"),
	[PARAM_VIRTUAL_ID] = NUMBER("virtual-id", "ID", "The stream or device id that the guest has for it"),
	[PARAM_WAIT] = LIMITED("wait", "MILLISECONDS", INT32_MAX, "Wait so long for the first one"),
	[PARAM_WINDOW] = { "window", "RANGE", "START-END, START+LENGTH or START- (up to the last address); may be repeated", PARAM_KIND_RANGE, NULL, 0, 0 },
	[PARAM_WRITE] = FLAG("write", "Devices may write; without it and --read both"),
};
/* clang-format on */

/* 'K' is 10 */
static unsigned int unit_shift(char unit)
{
	static const char units[] = "KMGT";
	const char *at = unit ? strchr(units, unit) : NULL;

	return at ? 10 * (unsigned int)(at - units + 1) : 0;
}

/* Its own loops: batches have millions of numbers. */
static const char *take_decimal(const char *at, uint64_t *ret)
{
	uint64_t number = 0;

	for (unsigned int digit; (digit = (unsigned int)(*at - '0')) <= 9; at++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, digit, &number))
			return NULL;
	*ret = number;
	return at;
}

static const char *take_hex(const char *at, uint64_t *ret)
{
	uint64_t number = 0;

	for (unsigned int digit;; at++) {
		digit = (unsigned int)(*at - '0');
		if (digit > 9 && (digit = (unsigned int)((*at | 0x20) - 'a') + 10) - 10 > 5)
			break;
		if (number >> 60)
			return NULL;
		number = number << 4 | digit;
	}
	*ret = number;
	return at;
}

bool param_number(const char *text, uint64_t *ret)
{
	bool hex = text[0] == '0' && text[1] == 'x';
	const char *start = hex ? text + 2 : text, *at;
	unsigned int shift = 0;
	uint64_t number;

	at = hex ? take_hex(start, &number) : take_decimal(start, &number);
	if (!at)
		return false;
	if (at == start || (*at && (at[1] || !(shift = unit_shift(*at)))) ||
	    number > UINT64_MAX >> shift)
		return false;
	*ret = number << shift;
	return true;
}

static bool parse_range(const char *text, struct iommuctl_range *ret)
{
	size_t length = strcspn(text, "-+");
	char start[32];
	uint64_t end;

	if (!text[length] || length >= sizeof(start))
		return false;
	memcpy(start, text, length);
	start[length] = '\0';
	if (!param_number(start, &ret->start))
		return false;
	if (strcmp(text + length, "-") == 0)
		end = UINT64_MAX;
	else if (!param_number(text + length + 1, &end))
		return false;
	if (text[length] == '+') {
		if (end == 0 || end - 1 > UINT64_MAX - ret->start)
			return false;
		end += ret->start - 1;
	}
	ret->end = end;
	return end >= ret->start;
}

bool param_word(const struct param_word *words, const char *text, uint64_t *ret)
{
	for (; words->word; words++)
		if (strcmp(words->word, text) == 0) {
			*ret = words->value;
			return true;
		}
	return param_number(text, ret) && *ret <= UINT32_MAX;
}

static bool is_bytes(const char *text)
{
	size_t digits = strspn(text, "0123456789abcdefABCDEF");

	return text[0] == '@' ? text[1] != '\0' : digits > 0 && digits % 2 == 0 && !text[digits];
}

const char *param_word_of(const struct param_word *words, uint64_t value)
{
	while (words->word && words->value != value)
		words++;
	return words->word;
}

static bool add(struct param_value *value, const struct param *param, const char *arg)
{
	void *grown;

	if (param->kind != PARAM_KIND_RANGE) {
		grown = reallocarray(value->texts, value->count + 1, sizeof(*value->texts));
		if (!grown)
			return false;
		value->texts = grown;
		value->texts[value->count++] = arg;
		return true;
	}
	grown = reallocarray(value->ranges, value->count + 1, sizeof(*value->ranges));
	if (!grown)
		return false;
	value->ranges = grown;
	return parse_range(arg, &value->ranges[value->count++]);
}

bool param_set(struct param_value *values, enum param_id id, const char *arg)
{
	const struct param *param = &params[id];
	struct param_value *value = &values[id];

	value->given = true;
	value->text = arg;
	switch (param->kind) {
	case PARAM_KIND_NUMBER:
		return param_number(arg, &value->number) && value->number >= param->min &&
		       (!param->max || value->number <= param->max);
	case PARAM_KIND_RANGE:
	case PARAM_KIND_TEXTS:
		return add(value, param, arg);
	case PARAM_KIND_BYTES:
		return is_bytes(arg);
	case PARAM_KIND_ENTRIES:
		return is_bytes(arg) && add(value, param, arg);
	case PARAM_KIND_WORD:
		return param_word(param->words, arg, &value->number);
	case PARAM_KIND_TEXT:
		return arg[0] != '\0';
	case PARAM_KIND_FLAG:
		break;
	}
	return true;
}

void param_clear(struct param_value *values, const enum param_id *ids)
{
	for (; ids && *ids != PARAM_NONE; ids++) {
		struct param_value *value = &values[*ids];

		if (!value->given)
			continue;
		if (value->count) {
			free(value->ranges);
			free(value->texts);
		}
		*value = (struct param_value){ 0 };
	}
}
