/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict parsers, and the memory helpers. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "libiommuctl/internal.h"
#include "test.h"

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		unsigned int base;
		bool good;
		uint64_t value;
	} cases[] = {
		{ "0", 10, true, 0 },
		{ "18446744073709551615", 10, true, UINT64_MAX },
		{ "18446744073709551616", 10, false, 0 },
		{ "99999999999999999999999", 10, false, 0 },
		{ "ffffffffffffffff", 16, true, UINT64_MAX },
		{ "0xFFFFFFFFFFFFFFFF", 16, true, UINT64_MAX },
		{ "0x10000000000000000", 16, false, 0 },
		{ "0x1f", 0, true, 0x1f },
		{ "31", 0, true, 31 },
		{ "fee00000", 16, true, 0xfee00000 },
		{ "", 10, false, 0 },
		{ "", 16, false, 0 },
		{ NULL, 10, false, 0 },
		{ "0x", 16, false, 0 },
		{ "x1", 16, false, 0 },
		{ "0x1", 10, false, 0 },
		{ "a", 10, false, 0 },
		{ "0xg", 16, false, 0 },
		{ "-1", 10, false, 0 },
		{ "+1", 10, false, 0 },
		{ " 1", 10, false, 0 },
		{ "1 ", 10, false, 0 },
		{ "1\n", 10, false, 0 },
		{ "0x-1", 16, false, 0 },
		{ "0x 1", 16, false, 0 },
		{ "1_000", 10, false, 0 },
		{ "1.0", 10, false, 0 },
		{ "\xd9\xa1", 10, false, 0 }, /* a digit in Arabic */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = 77;
		bool good = parse_u64(cases[i].text, cases[i].base, &value);

		if (good != cases[i].good || value != (good ? cases[i].value : 77))
			fail_msg("'%s' is %d, %#" PRIx64, cases[i].text ? cases[i].text : "NULL",
				 good, value);
	}
}

static void test_pci_addresses(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t key;
	} cases[] = {
		{ "0000:00:00.0", true, 0 },
		{ "0000:00:1f.7", true, 0x00ff },
		{ "0000:ff:00.0", true, 0xff00 },
		{ "ffff:FF:1f.7", true, 0xffffffff },
		{ "10000:e1:00.0", true, 0x10000e100 },
		{ "ffffffff:ff:1f.7", true, 0xffffffffffff },
		{ "100000000:00:00.0", false, 0 },
		{ "000:00:00.0", false, 0 },
		{ "00:00.0", false, 0 },
		{ "0000:0:00.0", false, 0 },
		{ "0000:000:00.0", false, 0 },
		{ "0000:00:20.0", false, 0 },
		{ "0000:00:1f.8", false, 0 },
		{ "0000:00:1f.00", false, 0 },
		{ "0000:00:1f.", false, 0 },
		{ "0000:00:1f", false, 0 },
		{ "0000:00.1f.0", false, 0 },
		{ "0000:00:1f:0", false, 0 },
		{ "0000:00:1f.0 ", false, 0 },
		{ " 0000:00:1f.0", false, 0 },
		{ "0x00:00:1f.0", false, 0 },
		{ "0000:00:g0.0", false, 0 },
		{ "virtio0", false, 0 },
		{ "", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t key = 77;
		bool good = parse_pci_address(cases[i].text, &key);

		if (good != cases[i].good || key != (good ? cases[i].key : 77))
			fail_msg("'%s' is %d, %#" PRIx64, cases[i].text, good, key);
	}
}

static void test_words(void **state)
{
	static const char *const words[] = { "direct", NULL, "direct-relaxable" };

	(void)state;
	assert_int_equal(parse_word("direct", words, 3), 0);
	assert_int_equal(parse_word("direct-relaxable", words, 3), 2);
	assert_int_equal(parse_word("direct-relaxable", words, 2), -1);
	assert_int_equal(parse_word("direct-", words, 3), -1);
	assert_int_equal(parse_word("Direct", words, 3), -1);
	assert_int_equal(parse_word("", words, 3), -1);
}

static void test_paths(void **state)
{
	char buf[8];

	(void)state;
	assert_string_equal(path_last("a/b/c"), "c");
	assert_string_equal(path_last("c"), "c");
	assert_string_equal(path_last("c/"), "");
	assert_int_equal(io_path(buf, sizeof(buf), "%s", "1234567"), 0);
	assert_int_equal(io_path(buf, sizeof(buf), "%s", "12345678"), -ENAMETOOLONG);
}

/* Memory of an arena is zeroed, aligned, and no piece overlaps another. */
static void test_arena(void **state)
{
	struct arena arena = { NULL };
	char *piece[3000];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(piece); i++) {
		size_t size = i % 100 == 99 ? 40000 : i % 77;

		piece[i] = arena_alloc(&arena, size);
		assert_non_null(piece[i]);
		assert_int_equal((uintptr_t)piece[i] % sizeof(void *), 0);
		for (size_t n = 0; n < size; n++)
			assert_int_equal(piece[i][n], 0);
		memset(piece[i], (int)i % 255 + 1, size);
	}
	for (size_t i = 0; i < ARRAY_SIZE(piece); i++)
		for (size_t n = 0; n < (i % 100 == 99 ? 40000 : i % 77); n++)
			assert_int_equal((unsigned char)piece[i][n], i % 255 + 1);
	assert_string_equal(arena_strdup(&arena, "text"), "text");
	arena_free(&arena);
	assert_null(arena.chunk);
	arena_free(&arena);
}

static void test_array_grows_by_zeroed_elements(void **state)
{
	size_t count = 0;
	uint64_t *array = NULL;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		uint64_t *element = array_grow(&array, &count, sizeof(*element));

		assert_non_null(element);
		assert_ptr_equal(element, &array[i]);
		assert_int_equal(*element, 0);
		*element = i + 1;
	}
	assert_int_equal(count, 1000);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(array[i], i + 1);
	free(array);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_pci_addresses),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_array_grows_by_zeroed_elements),
	};

	return RUN(tests);
}
