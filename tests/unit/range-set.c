/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Range sets against an array of bits, over both ends of the address space. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libiommuctl/iommuctl.h"
#include "test.h"

#define BITS   40
#define ROUNDS 2000

/* Address i of the model stands for BASE + i. */
struct model {
	uint64_t base;
	bool bit[BITS];
};

static struct iommuctl_range range_of(const struct model *model, unsigned int first,
				      unsigned int last)
{
	return (struct iommuctl_range){ model->base + first, model->base + last };
}

/* The set's ranges are the model's runs of bits: sorted, disjoint, merged. */
static void assert_equal(const struct iommuctl_range_set *set, const struct model *model)
{
	struct iommuctl_range range;
	size_t n = 0;

	for (unsigned int first = 0; first < BITS; first++) {
		unsigned int last = first;

		if (!model->bit[first])
			continue;
		while (last + 1 < BITS && model->bit[last + 1])
			last++;
		assert_int_equal(iommuctl_range_set_get(set, n++, &range), 0);
		assert_int_equal(range.start, model->base + first);
		assert_int_equal(range.end, model->base + last);
		first = last;
	}
	assert_int_equal(iommuctl_range_set_get(set, n, &range), -ENOENT);
}

static void assert_contains(const struct iommuctl_range_set *set, const struct model *model,
			    unsigned int first, unsigned int last)
{
	bool all = true;

	for (unsigned int i = first; i <= last; i++)
		all = all && model->bit[i];
	assert_int_equal(iommuctl_range_set_contains(set, range_of(model, first, last)), all);
}

static unsigned int below(unsigned int limit)
{
	return (unsigned int)random() % limit;
}

/* A few changes to SET and MODEL alike. */
static void change(struct iommuctl_range_set *set, struct model *model)
{
	for (unsigned int i = below(8); i > 0; i--) {
		unsigned int first = below(BITS), last = first + below(BITS - first);
		bool add = below(2);

		assert_int_equal((add ? iommuctl_range_set_add : iommuctl_range_set_subtract)(
					 set, range_of(model, first, last)),
				 0);
		memset(model->bit + first, add, last - first + 1);
	}
}

static void random_cases(uint64_t base)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct model model = { .base = base }, other_model = { .base = base };
		struct iommuctl_range_set *set, *other, *copy;
		struct model copy_model;
		unsigned int first = below(BITS), last = first + below(BITS - first);

		assert_int_equal(iommuctl_range_set_new(&set), 0);
		assert_int_equal(iommuctl_range_set_new(&other), 0);
		change(set, &model);
		change(other, &other_model);
		assert_equal(set, &model);
		assert_contains(set, &model, first, last);
		/* a copy is another set */
		assert_int_equal(iommuctl_range_set_copy(set, &copy), 0);
		assert_equal(copy, &model);
		copy_model = model;
		change(copy, &copy_model);
		assert_equal(copy, &copy_model);
		assert_equal(set, &model);
		iommuctl_range_set_free(copy);
		assert_int_equal(iommuctl_range_set_intersect(set, other), 0);
		for (unsigned int bit = 0; bit < BITS; bit++)
			model.bit[bit] = model.bit[bit] && other_model.bit[bit];
		assert_equal(set, &model);
		assert_equal(other, &other_model);
		assert_null(iommuctl_range_set_free(set));
		assert_null(iommuctl_range_set_free(other));
	}
}

static void test_random_at_zero(void **state)
{
	(void)state;
	random_cases(0);
}

static void test_random_in_the_middle(void **state)
{
	(void)state;
	random_cases(UINT64_C(0x7fffffffffffffe0));
}

static void test_random_at_the_end(void **state)
{
	(void)state;
	random_cases(UINT64_MAX - BITS + 1);
}

static void test_whole_space(void **state)
{
	const struct iommuctl_range all = { 0, UINT64_MAX };
	struct iommuctl_range_set *set;
	struct iommuctl_range range;

	(void)state;
	assert_int_equal(iommuctl_range_set_new(&set), 0);
	assert_int_equal(iommuctl_range_set_add(set, all), 0);
	assert_int_equal(iommuctl_range_set_add(set, all), 0);
	assert_int_equal(iommuctl_range_set_intersect(set, set), 0);
	assert_true(iommuctl_range_set_contains(set, all));
	assert_int_equal(iommuctl_range_set_subtract(set, (struct iommuctl_range){ 0, 0 }), 0);
	assert_int_equal(
		iommuctl_range_set_subtract(set, (struct iommuctl_range){ UINT64_MAX, UINT64_MAX }),
		0);
	assert_int_equal(iommuctl_range_set_get(set, 0, &range), 0);
	assert_int_equal(range.start, 1);
	assert_int_equal(range.end, UINT64_MAX - 1);
	assert_int_equal(iommuctl_range_set_subtract(set, all), 0);
	assert_int_equal(iommuctl_range_set_get(set, 0, &range), -ENOENT);
	iommuctl_range_set_free(set);
}

static void test_arguments(void **state)
{
	const struct iommuctl_range backwards = { 2, 1 }, one = { 1, 1 };
	struct iommuctl_range_set *set;
	struct iommuctl_range range = { 7, 8 };

	(void)state;
	assert_int_equal(iommuctl_range_set_new(NULL), -EINVAL);
	assert_int_equal(iommuctl_range_set_new(&set), 0);
	assert_int_equal(iommuctl_range_set_add(set, backwards), -EINVAL);
	assert_int_equal(iommuctl_range_set_subtract(set, backwards), -EINVAL);
	assert_int_equal(iommuctl_range_set_add(NULL, one), -EINVAL);
	assert_int_equal(iommuctl_range_set_subtract(NULL, one), -EINVAL);
	assert_int_equal(iommuctl_range_set_intersect(set, NULL), -EINVAL);
	assert_false(iommuctl_range_set_contains(NULL, one));
	assert_false(iommuctl_range_set_contains(set, backwards));
	assert_int_equal(iommuctl_range_set_get(set, 0, NULL), -EINVAL);
	assert_int_equal(iommuctl_range_set_get(set, 0, &range), -ENOENT);
	assert_int_equal(range.start, 7);
	assert_null(iommuctl_range_set_free(NULL));
	iommuctl_range_set_free(set);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_at_zero),
		cmocka_unit_test(test_random_in_the_middle),
		cmocka_unit_test(test_random_at_the_end),
		cmocka_unit_test(test_whole_space),
		cmocka_unit_test(test_arguments),
	};

	srandom(1);
	return RUN(tests);
}
