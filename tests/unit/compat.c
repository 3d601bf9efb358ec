/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The laws of feature sets, on thousands of random ones. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libiommuctl/compat.h"
#include "test.h"

#define ROUNDS 4000

static unsigned int below(unsigned int limit)
{
	return (unsigned int)random() % limit;
}

/* ------------------------------------------------------------ random sets */

/* Few different values, so that equal ones and subsets are met often. */
static struct iommuctl_value random_value(void)
{
	static const char *const words[] = { "none",	  "access", "access+dirty",
					     "enabled",	  "force",  "vtd-s1-4level",
					     "smmuv3-cd", "why",    "why not" };
	static const uint64_t numbers[] = { 0, 1, 39, 48, 4096, UINT64_MAX - 1, UINT64_MAX };
	struct iommuctl_value value = { .type = (enum iommuctl_value_type)below(6) };

	switch (value.type) {
	case IOMMUCTL_VALUE_NONE:
		break;
	case IOMMUCTL_VALUE_BOOL:
		value.boolean = below(2);
		break;
	case IOMMUCTL_VALUE_NUMBER:
		value.number = numbers[below(ARRAY_SIZE(numbers))];
		break;
	case IOMMUCTL_VALUE_TEXT:
		value.text = words[below(ARRAY_SIZE(words))];
		break;
	case IOMMUCTL_VALUE_NUMBERS:
		for (value.count = 0; value.count < 4 && below(3); value.count++)
			value.numbers[value.count] = numbers[below(ARRAY_SIZE(numbers))];
		break;
	case IOMMUCTL_VALUE_TEXTS:
		for (value.count = 0; value.count < 4 && below(3); value.count++)
			value.texts[value.count] = words[below(ARRAY_SIZE(words))];
		break;
	}
	return value;
}

/* Of the feature's type, or unknown. */
static struct iommuctl_value random_value_of(enum iommuctl_feature feature)
{
	struct iommuctl_value value = { .type = IOMMUCTL_VALUE_NONE };

	for (int i = below(6) == 0 ? 0 : 100; i > 0 && !value_is_known(&value); i--) {
		value = random_value();
		value = value_normalize(feature, &value);
	}
	return value;
}

static struct iommuctl_feature_set *random_set(void)
{
	const bool other_model = below(12) == 0;
	struct iommuctl_feature_set *set;

	assert_int_equal(
		feature_set_new(other_model ? IOMMUCTL_MODEL_AMD_VI : IOMMUCTL_MODEL_INTEL_VTD,
				&set),
		0);
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++) {
		const struct iommuctl_value value = random_value_of((enum iommuctl_feature)i);

		feature_set_put(set, (enum iommuctl_feature)i, &value, "test");
	}
	return set;
}

static struct iommuctl_feature_set *copy_of(const struct iommuctl_feature_set *set)
{
	struct iommuctl_feature_set *copy;

	assert_int_equal(feature_set_new(set->model, &copy), 0);
	copy->conflict = set->conflict;
	memcpy(copy->values, set->values, sizeof(copy->values));
	return copy;
}

static struct iommuctl_feature_set *meet(const struct iommuctl_feature_set *a,
					 const struct iommuctl_feature_set *b)
{
	struct iommuctl_feature_set *result = copy_of(a);

	assert_int_equal(iommuctl_feature_set_meet(result, b), 0);
	return result;
}

/* NULL where there is none. */
static struct iommuctl_feature_set *join(const struct iommuctl_feature_set *a,
					 const struct iommuctl_feature_set *b)
{
	struct iommuctl_feature_set *result = copy_of(a);

	return iommuctl_feature_set_join(result, b) == 0 ? result
							 : iommuctl_feature_set_free(result);
}

/* --------------------------------------------------------------- equality */

/* Independent of the order: by type and contents. */
static bool is_same_value(const struct iommuctl_value *a, const struct iommuctl_value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case IOMMUCTL_VALUE_BOOL:
		return a->boolean == b->boolean;
	case IOMMUCTL_VALUE_NUMBER:
		return a->number == b->number;
	case IOMMUCTL_VALUE_TEXT:
		return strcmp(a->text, b->text) == 0;
	case IOMMUCTL_VALUE_NUMBERS:
		return a->count == b->count &&
		       memcmp(a->numbers, b->numbers, a->count * sizeof(a->numbers[0])) == 0;
	case IOMMUCTL_VALUE_TEXTS:
		for (unsigned int i = 0; a->count == b->count && i < a->count; i++)
			if (strcmp(a->texts[i], b->texts[i]) != 0)
				return false;
		return a->count == b->count;
	case IOMMUCTL_VALUE_NONE:
		return true;
	}
	return false;
}

static void assert_same(const struct iommuctl_feature_set *a, const struct iommuctl_feature_set *b)
{
	assert_int_equal(a->model, b->model);
	assert_int_equal(a->conflict, b->conflict);
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		if (!is_same_value(&a->values[i], &b->values[i]))
			fail_msg("%s differs", iommuctl_feature_get_key((enum iommuctl_feature)i));
}

static bool is_reason(int i)
{
	enum iommuctl_feature feature;

	for (int of = 0; of < IOMMUCTL_FEATURE_COUNT; of++)
		if (iommuctl_feature_get_reason((enum iommuctl_feature)of, &feature) == 0 &&
		    (int)feature == i)
			return true;
	return false;
}

/* The same but for the reasons, which have no order. */
static bool is_same_but_reasons(const struct iommuctl_feature_set *a,
				const struct iommuctl_feature_set *b)
{
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		if (!is_reason(i) && !is_same_value(&a->values[i], &b->values[i]))
			return false;
	return a->model == b->model && a->conflict == b->conflict;
}

/* ------------------------------------------------------------------- laws */

struct case_sets {
	struct iommuctl_feature_set *a, *b, *c;
};

static void check_idempotent(const struct case_sets *sets)
{
	struct iommuctl_feature_set *aa = meet(sets->a, sets->a);

	assert_same(aa, sets->a);
	iommuctl_feature_set_free(aa);
}

static void check_commutative(const struct case_sets *sets)
{
	struct iommuctl_feature_set *ab = meet(sets->a, sets->b), *ba = meet(sets->b, sets->a);

	assert_same(ab, ba);
	iommuctl_feature_set_free(ab);
	iommuctl_feature_set_free(ba);
}

static void check_associative(const struct case_sets *sets)
{
	struct iommuctl_feature_set *ab = meet(sets->a, sets->b), *bc = meet(sets->b, sets->c);
	struct iommuctl_feature_set *left = meet(ab, sets->c), *right = meet(sets->a, bc);

	assert_same(left, right);
	iommuctl_feature_set_free(ab);
	iommuctl_feature_set_free(bc);
	iommuctl_feature_set_free(left);
	iommuctl_feature_set_free(right);
}

/* A below B by the order, and by the meet. */
static void check_order(const struct case_sets *sets)
{
	struct iommuctl_feature_set *ab = meet(sets->a, sets->b);
	const bool a_below_b = iommuctl_feature_set_is_below(sets->a, sets->b);

	assert_int_equal(a_below_b, is_same_but_reasons(ab, sets->a));
	assert_true(iommuctl_feature_set_is_below(ab, sets->a));
	assert_true(iommuctl_feature_set_is_below(ab, sets->b));
	assert_true(iommuctl_feature_set_is_below(sets->a, sets->a));
	if (a_below_b && iommuctl_feature_set_is_below(sets->b, sets->a))
		assert_true(is_same_but_reasons(sets->a, sets->b));
	iommuctl_feature_set_free(ab);
}

/* What is below both is below their meet. */
static void check_greatest(const struct case_sets *sets)
{
	struct iommuctl_feature_set *ab = meet(sets->a, sets->b), *abc = meet(ab, sets->c);

	assert_true(iommuctl_feature_set_is_below(abc, ab));
	if (iommuctl_feature_set_is_below(sets->c, sets->a) &&
	    iommuctl_feature_set_is_below(sets->c, sets->b))
		assert_true(iommuctl_feature_set_is_below(sets->c, ab));
	iommuctl_feature_set_free(ab);
	iommuctl_feature_set_free(abc);
}

/* The meet of A and B is below A: so are their meets with C. */
static void check_monotone(const struct case_sets *sets)
{
	struct iommuctl_feature_set *low = meet(sets->a, sets->b);
	struct iommuctl_feature_set *low_c = meet(low, sets->c), *high_c = meet(sets->a, sets->c);

	assert_true(iommuctl_feature_set_is_below(low_c, high_c));
	iommuctl_feature_set_free(low);
	iommuctl_feature_set_free(low_c);
	iommuctl_feature_set_free(high_c);
}

/* a = a meet (a join b), and b = (a join b) meet b; joins are of one model. */
static void check_absorption(const struct case_sets *sets)
{
	struct iommuctl_feature_set *either = join(sets->a, sets->b), *again;

	assert_int_equal(either != NULL, sets->a->model == sets->b->model);
	if (!either)
		return;
	assert_true(iommuctl_feature_set_is_below(sets->a, either));
	assert_true(iommuctl_feature_set_is_below(sets->b, either));
	again = meet(sets->a, either);
	assert_true(is_same_but_reasons(again, sets->a));
	iommuctl_feature_set_free(again);
	again = join(sets->b, either);
	assert_true(is_same_but_reasons(again, either));
	iommuctl_feature_set_free(again);
	iommuctl_feature_set_free(either);
}

static void each_case(void (*check)(const struct case_sets *sets))
{
	srandom(19);
	for (int i = 0; i < ROUNDS; i++) {
		struct case_sets sets = { random_set(), random_set(), random_set() };

		/* random sets alone are hardly ever comparable */
		if (below(4) == 0)
			iommuctl_feature_set_meet(sets.a, sets.b);
		if (below(4) == 0)
			iommuctl_feature_set_meet(sets.c, sets.a);
		check(&sets);
		iommuctl_feature_set_free(sets.a);
		iommuctl_feature_set_free(sets.b);
		iommuctl_feature_set_free(sets.c);
	}
}

#define LAW(law)                                                                                   \
	static void test_##law(void **state)                                                       \
	{                                                                                          \
		(void)state;                                                                       \
		each_case(check_##law);                                                            \
	}

LAW(idempotent)
LAW(commutative)
LAW(associative)
LAW(order)
LAW(greatest)
LAW(monotone)
LAW(absorption)

/* --------------------------------------------------------------- features */

static bool below_of(enum iommuctl_feature feature, struct iommuctl_value a,
		     struct iommuctl_value b)
{
	a = value_normalize(feature, &a);
	b = value_normalize(feature, &b);
	return value_is_below(feature, &a, &b);
}

/* Each feature but the reasons can tell some two sets apart. */
static void test_every_feature_has_an_order(void **state)
{
	(void)state;
	srandom(7);
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++) {
		const enum iommuctl_feature feature = (enum iommuctl_feature)i;
		bool all = true;

		for (int n = 0; all && n < 1000; n++)
			all = below_of(feature, random_value(), random_value());
		if (all != is_reason(i))
			fail_msg("%s", iommuctl_feature_get_key(feature));
	}
}

/* From the least to the greatest. */
static void check_chain(enum iommuctl_feature feature, const struct iommuctl_value *values,
			size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			assert_int_equal(below_of(feature, values[i], values[j]), i <= j);
}

static void test_chains(void **state)
{
	static const struct iommuctl_value unknown = { .type = IOMMUCTL_VALUE_NONE };
	const struct iommuctl_value numbers[] = { VALUE_NUMBER(0),
						  unknown,
						  VALUE_NUMBER(1),
						  VALUE_NUMBER(48),
						  VALUE_NUMBER(UINT64_MAX - 1),
						  VALUE_NUMBER(UINT64_MAX) };
	const struct iommuctl_value answers[] = { VALUE_BOOL(false), unknown, VALUE_BOOL(true) };
	const struct iommuctl_value demands[] = { VALUE_BOOL(true), unknown, VALUE_BOOL(false) };
	const struct iommuctl_value httu[] = { VALUE_TEXT("none"), unknown, VALUE_TEXT("access"),
					       VALUE_TEXT("access+dirty") };
	const struct iommuctl_value stall[] = { VALUE_TEXT("none"), unknown, VALUE_TEXT("enabled"),
						VALUE_TEXT("force") };
	const struct iommuctl_value lists[] = { unknown, VALUE_NUMBERS(0, 0),
						VALUE_NUMBERS(1, 4096),
						VALUE_NUMBERS(3, 2097152, 4096, 4096) };

	(void)state;
	check_chain(IOMMUCTL_FEATURE_PASID_BITS, numbers, ARRAY_SIZE(numbers));
	check_chain(IOMMUCTL_FEATURE_NESTING, answers, ARRAY_SIZE(answers));
	check_chain(IOMMUCTL_FEATURE_CACHING_MODE, demands, ARRAY_SIZE(demands));
	check_chain(IOMMUCTL_FEATURE_HTTU, httu, ARRAY_SIZE(httu));
	check_chain(IOMMUCTL_FEATURE_STALL, stall, ARRAY_SIZE(stall));
	check_chain(IOMMUCTL_FEATURE_PAGE_SIZES, lists, ARRAY_SIZE(lists));
}

/* What is not of the feature's type, or no word of it, is unknown. */
static void test_strange_values_are_unknown(void **state)
{
	const struct iommuctl_value word = VALUE_TEXT("sometimes"), number = VALUE_NUMBER(1);

	(void)state;
	assert_int_equal(value_normalize(IOMMUCTL_FEATURE_HTTU, &word).type, IOMMUCTL_VALUE_NONE);
	assert_int_equal(value_normalize(IOMMUCTL_FEATURE_NESTING, &number).type,
			 IOMMUCTL_VALUE_NONE);
}

/* ------------------------------------------------------------------- sets */

static void test_conflict(void **state)
{
	struct iommuctl_feature_set *intel, *amd, *unknown;
	struct iommuctl_value value = VALUE_NUMBER(48);

	(void)state;
	assert_int_equal(feature_set_new(IOMMUCTL_MODEL_INTEL_VTD, &intel), 0);
	assert_int_equal(feature_set_new(IOMMUCTL_MODEL_AMD_VI, &amd), 0);
	assert_int_equal(feature_set_new(IOMMUCTL_MODEL_UNKNOWN, &unknown), 0);
	feature_set_put(intel, IOMMUCTL_FEATURE_INPUT_BITS, &value, "test");
	assert_false(iommuctl_feature_set_is_below(unknown, intel));
	assert_false(iommuctl_feature_set_covers(intel, unknown, IOMMUCTL_FEATURE_BTM));
	assert_int_equal(iommuctl_feature_set_join(intel, amd), -EINVAL);
	assert_int_equal(iommuctl_feature_set_meet(intel, amd), 0);
	assert_true(iommuctl_feature_set_is_conflict(intel));
	assert_false(iommuctl_feature_set_is_conflict(unknown));
	assert_int_equal(iommuctl_feature_set_get_model(intel), IOMMUCTL_MODEL_UNKNOWN);
	assert_int_equal(iommuctl_feature_set_get(intel, IOMMUCTL_FEATURE_INPUT_BITS, &value),
			 -ENODATA);
	assert_null(iommuctl_feature_set_get_source(intel, IOMMUCTL_FEATURE_INPUT_BITS));
	assert_true(iommuctl_feature_set_is_below(intel, unknown));
	assert_false(iommuctl_feature_set_is_below(unknown, intel));
	iommuctl_feature_set_free(intel);
	iommuctl_feature_set_free(amd);
	iommuctl_feature_set_free(unknown);
}

/* The result says who limits it. */
static void test_sources(void **state)
{
	struct iommuctl_feature_set *wide, *narrow;
	const struct iommuctl_value more = VALUE_NUMBER(48), less = VALUE_NUMBER(39);
	const struct iommuctl_value all = VALUE_NUMBERS(2, 4096, 2097152),
				    one = VALUE_NUMBERS(1, 4096);

	(void)state;
	assert_int_equal(feature_set_new(IOMMUCTL_MODEL_INTEL_VTD, &wide), 0);
	assert_int_equal(feature_set_new(IOMMUCTL_MODEL_INTEL_VTD, &narrow), 0);
	feature_set_put(wide, IOMMUCTL_FEATURE_INPUT_BITS, &more, "wide");
	feature_set_put(narrow, IOMMUCTL_FEATURE_INPUT_BITS, &less, "narrow");
	feature_set_put(wide, IOMMUCTL_FEATURE_PAGE_SIZES, &all, "wide");
	feature_set_put(narrow, IOMMUCTL_FEATURE_PAGE_SIZES, &one, "narrow");
	feature_set_put(wide, IOMMUCTL_FEATURE_ASID_BITS, &less, "wide");
	feature_set_put(narrow, IOMMUCTL_FEATURE_ASID_BITS, &less, "narrow");
	assert_int_equal(iommuctl_feature_set_meet(wide, narrow), 0);
	iommuctl_feature_set_free(narrow);
	assert_string_equal(iommuctl_feature_set_get_source(wide, IOMMUCTL_FEATURE_INPUT_BITS),
			    "narrow");
	assert_string_equal(iommuctl_feature_set_get_source(wide, IOMMUCTL_FEATURE_PAGE_SIZES),
			    "narrow");
	assert_string_equal(iommuctl_feature_set_get_source(wide, IOMMUCTL_FEATURE_ASID_BITS),
			    "wide");
	assert_null(iommuctl_feature_set_get_source(wide, IOMMUCTL_FEATURE_NESTING));
	iommuctl_feature_set_free(wide);
}

static void test_arguments(void **state)
{
	struct iommuctl_feature_set *set = NULL;
	struct iommuctl_value value;

	(void)state;
	assert_int_equal(iommuctl_feature_set_new_iommu(NULL, &set), -EINVAL);
	assert_int_equal(iommuctl_feature_set_new_topology(NULL, &set), -EINVAL);
	assert_int_equal(feature_set_new(IOMMUCTL_MODEL_AMD_VI, &set), 0);
	assert_int_equal(iommuctl_feature_set_meet(set, NULL), -EINVAL);
	assert_int_equal(iommuctl_feature_set_join(NULL, set), -EINVAL);
	assert_int_equal(iommuctl_feature_set_get(set, IOMMUCTL_FEATURE_COUNT, &value), -EINVAL);
	assert_null(iommuctl_feature_set_get_source(set, IOMMUCTL_FEATURE_COUNT));
	assert_false(iommuctl_feature_set_covers(set, set, IOMMUCTL_FEATURE_COUNT));
	assert_null(iommuctl_feature_set_free(set));
	assert_null(iommuctl_feature_set_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idempotent),
		cmocka_unit_test(test_commutative),
		cmocka_unit_test(test_associative),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_greatest),
		cmocka_unit_test(test_monotone),
		cmocka_unit_test(test_absorption),
		cmocka_unit_test(test_every_feature_has_an_order),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_strange_values_are_unknown),
		cmocka_unit_test(test_conflict),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_arguments),
	};

	return RUN(tests);
}
