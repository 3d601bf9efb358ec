/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of commands that do things: every kind, and the table of them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iommuctl/param.h"
#include "test.h"

static void clear(struct param_value *values)
{
	enum param_id ids[PARAM_COUNT];

	for (unsigned int i = 1; i < PARAM_COUNT; i++)
		ids[i - 1] = (enum param_id)i;
	ids[PARAM_COUNT - 1] = PARAM_NONE;
	param_clear(values, ids);
}

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} cases[] = {
		{ "0", true, 0 },
		{ "4096", true, 4096 },
		{ "010", true, 10 },
		{ "0x1000", true, 4096 },
		{ "0xffffFFFFffffFFFF", true, UINT64_MAX },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "4K", true, 4096 },
		{ "1M", true, 1 << 20 },
		{ "3G", true, 3ull << 30 },
		{ "1T", true, 1ull << 40 },
		{ "0x10K", true, 16384 },
		{ "0T", true, 0 },
		{ "16777215T", true, 16777215ull << 40 },
		{ "16777216T", false, 0 },
		{ "18446744073709551615K", false, 0 },
		{ "18446744073709551616", false, 0 },
		{ "0x10000000000000000", false, 0 },
		{ "99999999999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "K", false, 0 },
		{ "0x", false, 0 },
		{ "0xK", false, 0 },
		{ "0x-1", false, 0 },
		{ "0x 1", false, 0 },
		{ "0X10", false, 0 },
		{ "-1", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "1k", false, 0 },
		{ "1KK", false, 0 },
		{ "1KB", false, 0 },
		{ "1P", false, 0 },
		{ "1.5K", false, 0 },
		{ "a", false, 0 },
		{ "1_0", false, 0 },
		{ "\xd9\xa1", false, 0 }, /* a digit in Arabic */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = 77;
		bool good = param_number(cases[i].text, &value);

		if (good != cases[i].good || (good && value != cases[i].value))
			fail_msg("'%s' is %d, %#" PRIx64, cases[i].text, good, value);
	}
}

static void test_ranges(void **state)
{
	static const struct {
		const char *text;
		bool good;
		struct iommuctl_range range;
	} cases[] = {
		{ "0-0", true, { 0, 0 } },
		{ "0-0x7fffffff", true, { 0, 0x7fffffff } },
		{ "4K-8K", true, { 4096, 8192 } },
		{ "0x800000000-", true, { 0x800000000, UINT64_MAX } },
		{ "0-", true, { 0, UINT64_MAX } },
		{ "1M+1M", true, { 0x100000, 0x1fffff } },
		{ "5+1", true, { 5, 5 } },
		{ "0+0xffffffffffffffff", true, { 0, UINT64_MAX - 1 } },
		{ "0xffffffffffffffff+1", true, { UINT64_MAX, UINT64_MAX } },
		{ "0xffffffffffffffff+2", false, { 0 } },
		{ "2+0xffffffffffffffff", false, { 0 } },
		{ "5+0", false, { 0 } },
		{ "5+", false, { 0 } },
		{ "8K-4K", false, { 0 } },
		{ "1-0", false, { 0 } },
		{ "5", false, { 0 } },
		{ "", false, { 0 } },
		{ "-", false, { 0 } },
		{ "+", false, { 0 } },
		{ "-5", false, { 0 } },
		{ "+5", false, { 0 } },
		{ "1-2-3", false, { 0 } },
		{ "1+2-3", false, { 0 } },
		{ "1-+2", false, { 0 } },
		{ "1--2", false, { 0 } },
		{ "1 - 2", false, { 0 } },
		{ "16777216T-", false, { 0 } },
		{ "00000000000000000000000000000001-2", false, { 0 } },
		{ "x-y", false, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct param_value values[PARAM_COUNT] = { 0 };
		const struct param_value *window = &values[PARAM_WINDOW];
		bool good = param_set(values, PARAM_WINDOW, cases[i].text);

		if (good != cases[i].good)
			fail_msg("'%s' is %d", cases[i].text, good);
		if (good) {
			assert_int_equal(window->count, 1);
			assert_memory_equal(window->ranges, &cases[i].range,
					    sizeof(cases[i].range));
		}
		clear(values);
	}
}

static void test_words(void **state)
{
	static const struct param_word words[] = { { "one", 1 },
						   { "beef", 0xdeadbeef },
						   { NULL, 0 } };
	uint64_t value;

	(void)state;
	assert_true(param_word(words, "one", &value) && value == 1);
	assert_true(param_word(words, "beef", &value) && value == 0xdeadbeef);
	assert_true(param_word(words, "7", &value) && value == 7);
	assert_true(param_word(words, "0xffffffff", &value) && value == UINT32_MAX);
	assert_false(param_word(words, "0x100000000", &value));
	assert_false(param_word(words, "4G", &value));
	assert_false(param_word(words, "One", &value));
	assert_false(param_word(words, "on", &value));
	assert_false(param_word(words, "ones", &value));
	assert_false(param_word(words, "", &value));
}

static void test_limits(void **state)
{
	static const struct {
		enum param_id id;
		const char *text;
		bool good;
	} cases[] = {
		{ PARAM_PASID, "1", true },
		{ PARAM_PASID, "0xfffff", true },
		{ PARAM_PASID, "1M", false },
		{ PARAM_PASID, "0", false },
		{ PARAM_LENGTH, "0", false },
		{ PARAM_LENGTH, "0K", false },
		{ PARAM_LENGTH, "1", true },
		{ PARAM_DEPTH, "0", false },
		{ PARAM_DEPTH, "0xffffffff", true },
		{ PARAM_DEPTH, "4G", false },
		{ PARAM_INDEX, "0", true },
		{ PARAM_IOVA, "0", true },
		{ PARAM_IOVA, "0xffffffffffffffff", true },
		{ PARAM_WAIT, "0x7fffffff", true },
		{ PARAM_WAIT, "0x80000000", false },
		{ PARAM_NAME, "guest", true },
		{ PARAM_NAME, "", false },
		{ PARAM_DEVICE, "", false },
		{ PARAM_VIOMMU_TYPE, "vtd-s1", false },
		{ PARAM_INVALIDATE_TYPE, "vtd-s1", true },
		{ PARAM_ALL, NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct param_value values[PARAM_COUNT] = { 0 };

		if (param_set(values, cases[i].id, cases[i].text) != cases[i].good)
			fail_msg("--%s %s", params[cases[i].id].name,
				 cases[i].text ? cases[i].text : "");
		clear(values);
	}
}

static void test_repeated(void **state)
{
	struct param_value values[PARAM_COUNT] = { 0 };

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		char text[32];

		snprintf(text, sizeof(text), "%zu+1", i);
		assert_true(param_set(values, PARAM_WINDOW, text));
		assert_true(param_set(values, PARAM_ENTRY, i % 2 ? "0d" : "e0"));
	}
	assert_int_equal(values[PARAM_WINDOW].count, 1000);
	assert_int_equal(values[PARAM_WINDOW].ranges[999].start, 999);
	assert_int_equal(values[PARAM_ENTRY].count, 1000);
	assert_string_equal(values[PARAM_ENTRY].texts[999], "0d");
	/* of others the last one counts */
	assert_true(param_set(values, PARAM_LENGTH, "1K") && param_set(values, PARAM_LENGTH, "2K"));
	assert_int_equal(values[PARAM_LENGTH].number, 2048);
	clear(values);
	assert_false(values[PARAM_WINDOW].given || values[PARAM_WINDOW].ranges);
	clear(values);
}

static void test_table(void **state)
{
	(void)state;
	for (size_t id = PARAM_NONE + 1; id < PARAM_COUNT; id++) {
		const struct param *param = &params[id];

		assert_non_null(param->name);
		assert_int_equal(strspn(param->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
				 strlen(param->name));
		assert_true(param->help && param->help[0]);
		assert_int_equal(param->kind == PARAM_KIND_FLAG, param->arg == NULL);
		assert_int_equal(param->kind == PARAM_KIND_WORD, param->words != NULL);
		assert_true(param->max == 0 || param->min <= param->max);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),	 cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_words),	 cmocka_unit_test(test_limits),
		cmocka_unit_test(test_repeated), cmocka_unit_test(test_table),
	};

	return RUN(tests);
}
