/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the values of a feature are ordered, and what two of them have in common. */
#include <errno.h>
#include <string.h>

#include "compat.h"

enum order_kind {
	ORDER_NONE = 0, /* a remark: kept where both say the same, and not compared */
	ORDER_BOOL,	/* no < unknown < yes */
	ORDER_DEMAND,	/* yes < unknown < no: what is asked of the user, not offered */
	ORDER_NUMBER,	/* 0 < unknown < 1 < 2 < ... */
	ORDER_WORDS,	/* first word < unknown < second word < ... */
	ORDER_NUMBERS,	/* unknown < every list, and lists by inclusion */
	ORDER_TEXTS,
};

static const char *const httu_words[] = { "none", "access", "access+dirty", NULL };
static const char *const stall_words[] = { "none", "enabled", "force", NULL };

/* clang-format off */
static const struct {
	enum order_kind kind;
	const char *const *words;
} orders[IOMMUCTL_FEATURE_COUNT] = {
	[IOMMUCTL_FEATURE_INPUT_BITS] = { ORDER_NUMBER, NULL },
	[IOMMUCTL_FEATURE_OUTPUT_BITS] = { ORDER_NUMBER, NULL },
	[IOMMUCTL_FEATURE_ASID_BITS] = { ORDER_NUMBER, NULL },
	[IOMMUCTL_FEATURE_PASID_BITS] = { ORDER_NUMBER, NULL },
	[IOMMUCTL_FEATURE_PAGE_SIZES] = { ORDER_NUMBERS, NULL },
	[IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS] = { ORDER_TEXTS, NULL },
	[IOMMUCTL_FEATURE_STAGE1] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_STAGE2] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_NESTING] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_PASID] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_IOPF] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_BTM] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_HTTU] = { ORDER_WORDS, httu_words },
	[IOMMUCTL_FEATURE_STALL] = { ORDER_WORDS, stall_words },
	[IOMMUCTL_FEATURE_ATS] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_PRI] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_DIRTY_TRACKING] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_SNOOP_CONTROL] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_INTERRUPT_REMAPPING] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_POSTED_INTERRUPTS] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_COHERENT_WALK] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_CACHING_MODE] = { ORDER_DEMAND, NULL },
	[IOMMUCTL_FEATURE_BYPASS] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_STAGE1_PAGE_SIZES] = { ORDER_NUMBERS, NULL },
	[IOMMUCTL_FEATURE_EXTENDED_ACCESS_FLAG] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_SUPERVISOR_REQUESTS] = { ORDER_BOOL, NULL },
	[IOMMUCTL_FEATURE_RANGE_INVALIDATION] = { ORDER_BOOL, NULL },
};
/* clang-format on */

/* Where a value stands in an order without branches: by level, then by distance. */
struct place {
	int level; /* 0 the least, 1 unknown, 2 more */
	uint64_t distance;
};

static int find_word(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	return -1;
}

static struct place place_of(enum iommuctl_feature feature, const struct iommuctl_value *value)
{
	uint64_t n = 0;

	if (value->type == IOMMUCTL_VALUE_NONE)
		return (struct place){ 1, 0 };
	switch (orders[feature].kind) {
	case ORDER_BOOL:
		n = value->boolean;
		break;
	case ORDER_DEMAND:
		n = !value->boolean;
		break;
	case ORDER_NUMBER:
		n = value->number;
		break;
	case ORDER_WORDS:
		n = (uint64_t)find_word(orders[feature].words, value->text);
		break;
	case ORDER_NONE:
	case ORDER_NUMBERS:
	case ORDER_TEXTS:
		break;
	}
	return (struct place){ n > 0 ? 2 : 0, n };
}

static int compare_places(struct place a, struct place b)
{
	if (a.level != b.level)
		return a.level < b.level ? -1 : 1;
	return a.distance < b.distance ? -1 : a.distance > b.distance;
}

static int compare_elements(const struct iommuctl_value *a, unsigned int i,
			    const struct iommuctl_value *b, unsigned int j)
{
	if (a->type == IOMMUCTL_VALUE_TEXTS)
		return strcmp(a->texts[i], b->texts[j]);
	return a->numbers[i] < b->numbers[j] ? -1 : a->numbers[i] > b->numbers[j];
}

static void add_element(struct iommuctl_value *list, const struct iommuctl_value *from,
			unsigned int i)
{
	if (list->count == IOMMUCTL_VALUE_MAX)
		return;
	if (list->type == IOMMUCTL_VALUE_TEXTS)
		list->texts[list->count++] = from->texts[i];
	else
		list->numbers[list->count++] = from->numbers[i];
}

/* Sorted lists: the elements of both, or also those of one alone. */
static struct iommuctl_value merge(const struct iommuctl_value *a, const struct iommuctl_value *b,
				   bool all)
{
	struct iommuctl_value list = { .type = a->type };
	unsigned int i = 0, j = 0;

	while (i < a->count || j < b->count) {
		int order = i == a->count ? 1 : j == b->count ? -1 : compare_elements(a, i, b, j);

		if (order == 0 || all)
			add_element(&list, order <= 0 ? a : b, order <= 0 ? i : j);
		i += order <= 0;
		j += order >= 0;
	}
	return list;
}

bool value_is_known(const struct iommuctl_value *value)
{
	return value->type != IOMMUCTL_VALUE_NONE;
}

/* Whether B is at least A. */
bool value_is_below(enum iommuctl_feature feature, const struct iommuctl_value *a,
		    const struct iommuctl_value *b)
{
	switch (orders[feature].kind) {
	case ORDER_NONE:
		return true;
	case ORDER_NUMBERS:
	case ORDER_TEXTS:
		return !value_is_known(a) ||
		       (value_is_known(b) && merge(a, b, false).count == a->count);
	default:
		return compare_places(place_of(feature, a), place_of(feature, b)) <= 0;
	}
}

static struct iommuctl_value sort_list(const struct iommuctl_value *value)
{
	struct iommuctl_value sorted = { .type = value->type }, one = { .type = value->type };

	for (unsigned int i = 0; i < value->count; i++) {
		one.count = 0;
		add_element(&one, value, i);
		sorted = merge(&sorted, &one, true);
	}
	return sorted;
}

static const enum iommuctl_value_type types[] = {
	[ORDER_NONE] = IOMMUCTL_VALUE_TEXT,   [ORDER_BOOL] = IOMMUCTL_VALUE_BOOL,
	[ORDER_DEMAND] = IOMMUCTL_VALUE_BOOL, [ORDER_NUMBER] = IOMMUCTL_VALUE_NUMBER,
	[ORDER_WORDS] = IOMMUCTL_VALUE_TEXT,  [ORDER_NUMBERS] = IOMMUCTL_VALUE_NUMBERS,
	[ORDER_TEXTS] = IOMMUCTL_VALUE_TEXTS,
};

struct iommuctl_value value_normalize(enum iommuctl_feature feature,
				      const struct iommuctl_value *value)
{
	const enum order_kind kind = orders[feature].kind;

	if (value->type != types[kind] ||
	    (kind == ORDER_WORDS && find_word(orders[feature].words, value->text) < 0))
		return (struct iommuctl_value){ .type = IOMMUCTL_VALUE_NONE };
	return kind == ORDER_NUMBERS || kind == ORDER_TEXTS ? sort_list(value) : *value;
}

/* Remarks: what both say. */
static struct iommuctl_value combine_remarks(const struct iommuctl_value *a,
					     const struct iommuctl_value *b)
{
	if (value_is_known(a) && value_is_known(b) && strcmp(a->text, b->text) == 0)
		return *a;
	return (struct iommuctl_value){ .type = IOMMUCTL_VALUE_NONE };
}

struct iommuctl_value value_combine(enum iommuctl_feature feature, const struct iommuctl_value *a,
				    const struct iommuctl_value *b, bool join)
{
	switch (orders[feature].kind) {
	case ORDER_NONE:
		return combine_remarks(a, b);
	case ORDER_NUMBERS:
	case ORDER_TEXTS:
		if (value_is_known(a) && value_is_known(b))
			return merge(a, b, join);
		return join == value_is_known(a) ? *a : *b;
	default:
		return value_is_below(feature, a, b) == join ? *b : *a;
	}
}

struct iommuctl_value value_from_bits(enum iommuctl_feature feature, uint64_t bits,
				      const char *(*name)(unsigned int bit))
{
	struct iommuctl_value value = { .type = types[orders[feature].kind] };

	switch (orders[feature].kind) {
	case ORDER_BOOL:
	case ORDER_DEMAND:
		value.boolean = bits != 0;
		break;
	case ORDER_NUMBER:
		value.number = bits;
		break;
	case ORDER_WORDS:
		value.text = orders[feature].words[bits];
		break;
	case ORDER_NUMBERS:
	case ORDER_TEXTS:
		for (unsigned int bit = 0; bit < 64; bit++)
			if (!(bits >> bit & 1))
				continue;
			else if (value.type == IOMMUCTL_VALUE_NUMBERS)
				value.numbers[value.count++] = UINT64_C(1) << bit;
			else
				value.texts[value.count++] = name(bit);
		break;
	case ORDER_NONE:
		break;
	}
	return value;
}
