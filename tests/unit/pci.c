/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration spaces that are short, wrong, or no device's at all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libiommuctl/internal.h"
#include "libiommuctl/pci.h"
#include "test.h"

/* Put BYTES in hexadecimal at OFFSET. */
struct part {
	size_t offset;
	const char *bytes;
};

#define PARTS_MAX 12

static uint8_t *make_space(size_t size, const struct part *parts)
{
	uint8_t *space = calloc(1, size ? size : 1);

	assert_non_null(space);
	for (size_t i = 0; i < PARTS_MAX && parts[i].bytes; i++)
		for (size_t n = 0; parts[i].bytes[2 * n]; n++) {
			unsigned int byte;

			assert_int_equal(sscanf(parts[i].bytes + 2 * n, "%2x", &byte), 1);
			assert_true(parts[i].offset + n < size);
			space[parts[i].offset + n] = (uint8_t)byte;
		}
	return space;
}

static const struct iommuctl_register *find(const char *name)
{
	const struct iommuctl_register *reg = NULL;

	while ((reg = iommuctl_register_next(reg)))
		if (strcmp(iommuctl_register_get_arch(reg), "pci") == 0 &&
		    strcmp(iommuctl_register_get_name(reg), name) == 0)
			break;
	assert_non_null(reg);
	return reg;
}

/* clang-format off */
#define HAS_LIST { 0x06, "1000" }
#define EXPRESS	 { 0x34, "40" }, { 0x40, "10000200" }

/* The result of looking for a capability; where RESULT is 0 it is at OFFSET. */
static const struct {
	const char *what;
	size_t size;
	struct part parts[PARTS_MAX];
	bool extended;
	unsigned int id;
	int result;
	size_t offset;
} searches[] = {
	{ "nothing", 0, { { 0, NULL } }, false, 0x10, -ENODATA, 0 },
	{ "half a header", 63, { HAS_LIST }, false, 0x10, -ENODATA, 0 },
	{ "no list", 256, { EXPRESS }, false, 0x10, -ENOENT, 0 },
	{ "first of the list", 256, { HAS_LIST, EXPRESS }, false, 0x10, 0, 0x40 },
	{ "low bits of pointers", 256, { HAS_LIST, { 0x34, "43" }, { 0x40, "0583" }, { 0x80, "1000" } }, false, 0x10, 0, 0x80 },
	{ "not in the list", 256, { HAS_LIST, EXPRESS }, false, 0x05, -ENOENT, 0 },
	{ "pointer into the header", 256, { HAS_LIST, { 0x34, "3c" }, { 0x3c, "1000" } }, false, 0x10, -ENOENT, 0 },
	{ "pointer behind the end", 64, { HAS_LIST, { 0x34, "40" } }, false, 0x10, -ENODATA, 0 },
	{ "id before the end, next behind", 65, { HAS_LIST, { 0x34, "40" }, { 0x40, "10" } }, false, 0x10, -ENODATA, 0 },
	{ "last in the space", 256, { HAS_LIST, { 0x34, "fc" }, { 0xfc, "1000" } }, false, 0x10, 0, 0xfc },
	{ "id of all ones ends the list", 256, { HAS_LIST, { 0x34, "40" }, { 0x40, "ff48" }, { 0x48, "1000" } }, false, 0x10, -ENOENT, 0 },
	{ "a loop of one", 256, { HAS_LIST, { 0x34, "40" }, { 0x40, "0540" } }, false, 0x10, -EBADMSG, 0 },
	{ "a loop of two", 256, { HAS_LIST, { 0x34, "40" }, { 0x40, "0550" }, { 0x50, "0140" } }, false, 0x10, -EBADMSG, 0 },
	{ "CardBus has another pointer", 256, { HAS_LIST, { 0x0e, "82" }, { 0x14, "40" }, { 0x34, "50" }, { 0x40, "1000" } }, false, 0x10, 0, 0x40 },
	{ "a virtual function has no ids", 256, { { 0x00, "ffffffff" }, HAS_LIST, EXPRESS }, false, 0x10, 0, 0x40 },

	{ "no extended space", 256, { HAS_LIST, EXPRESS }, true, 0x0f, -ENODATA, 0 },
	{ "three bytes of it", 259, { HAS_LIST, EXPRESS, { 0x100, "0f0001" } }, true, 0x0f, -ENODATA, 0 },
	{ "four bytes of it", 260, { HAS_LIST, EXPRESS, { 0x100, "0f000100" } }, true, 0x0f, 0, 0x100 },
	{ "an empty list", 4096, { HAS_LIST, EXPRESS }, true, 0x0f, -ENOENT, 0 },
	{ "a list of ones", 4096, { HAS_LIST, EXPRESS, { 0x100, "ffffffff" } }, true, 0x0f, -ENOENT, 0 },
	{ "second of the list", 4096, { HAS_LIST, EXPRESS, { 0x100, "0b000120" }, { 0x200, "0f000100" } }, true, 0x0f, 0, 0x200 },
	{ "low bits of extended pointers", 4096, { HAS_LIST, EXPRESS, { 0x100, "0b003120" }, { 0x200, "0f000100" } }, true, 0x0f, 0, 0x200 },
	{ "last in the extended space", 4096, { HAS_LIST, EXPRESS, { 0x100, "0b00c1ff" }, { 0xffc, "0f000100" } }, true, 0x0f, 0, 0xffc },
	{ "the null capability", 4096, { HAS_LIST, EXPRESS, { 0x100, "00000111" }, { 0x110, "0f000100" } }, true, 0x0f, 0, 0x110 },
	{ "next in the first 256 bytes", 4096, { HAS_LIST, EXPRESS, { 0x100, "0b00010f" }, { 0xf0, "0f000100" } }, true, 0x0f, -ENOENT, 0 },
	{ "an extended loop", 4096, { HAS_LIST, EXPRESS, { 0x100, "0b000120" }, { 0x200, "01000110" } }, true, 0x0f, -EBADMSG, 0 },
	{ "ids of 16 bits", 4096, { HAS_LIST, EXPRESS, { 0x100, "0f010100" } }, true, 0x0f, -ENOENT, 0 },
};

static const struct {
	const char *what;
	size_t size;
	struct part parts[PARTS_MAX];
	const char *reg;
	int result;
	uint64_t value;
} values[] = {
	{ "lowest byte first", 4096, { HAS_LIST, EXPRESS, { 0x100, "1b000100" }, { 0x104, "0214" } }, "pasid_cap", 0, 0x1402 },
	{ "16 bits and no more", 4096, { HAS_LIST, EXPRESS, { 0x100, "1b000100" }, { 0x104, "0214ffff" } }, "pasid_cap", 0, 0x1402 },
	{ "32 bits", 4096, { HAS_LIST, EXPRESS, { 0x100, "13000100" }, { 0x108, "78563412ff" } }, "pri_capacity", 0, 0x12345678 },
	{ "at the end", 0x108, { HAS_LIST, EXPRESS, { 0x100, "0f000100" }, { 0x106, "0080" } }, "ats_ctrl", 0, 0x8000 },
	{ "over the end", 0x107, { HAS_LIST, EXPRESS, { 0x100, "0f000100" } }, "ats_ctrl", -ENODATA, 0 },
	{ "header at the very end", 4096, { HAS_LIST, EXPRESS, { 0x100, "0b00c1ff" }, { 0xffc, "0f000100" } }, "ats_cap", -ENODATA, 0 },
	{ "second version has a second part", 256, { HAS_LIST, EXPRESS, { 0x64, "00002000" } }, "devcap2", 0, 0x200000 },
	{ "first version has none", 256, { HAS_LIST, { 0x34, "40" }, { 0x40, "10000100" }, { 0x64, "00002000" } }, "devcap2", -ENOENT, 0 },
	{ "second part over the end", 256, { HAS_LIST, { 0x34, "e0" }, { 0xe0, "10000200" } }, "devcap2", -ENODATA, 0 },
	{ "no such capability", 4096, { HAS_LIST, EXPRESS, { 0x100, "0b000100" } }, "acs_cap", -ENOENT, 0 },
};
/* clang-format on */

static void test_searches(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(searches); i++) {
		uint8_t *space = make_space(searches[i].size, searches[i].parts);
		size_t offset = 12345;
		int r = (searches[i].extended ? iommuctl_pci_config_find_extended
					      : iommuctl_pci_config_find)(space, searches[i].size,
									  searches[i].id, &offset);

		if (r != searches[i].result || offset != (r < 0 ? 12345 : searches[i].offset))
			fail_msg("%s: %d, at 0x%zx", searches[i].what, r, offset);
		free(space);
	}
}

static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		uint8_t *space = make_space(values[i].size, values[i].parts);
		uint64_t value = 12345;
		int r = iommuctl_pci_config_get_register(space, values[i].size, find(values[i].reg),
							 &value);

		if (r != values[i].result || value != (r < 0 ? 12345 : values[i].value))
			fail_msg("%s: %d, 0x%llx", values[i].what, r, (unsigned long long)value);
		free(space);
	}
}

/* Also 64 bytes of ones, and more behind: nothing answers. */
static void test_ones(void **state)
{
	uint8_t space[4096];
	size_t offset;

	(void)state;
	memset(space, 0xff, sizeof(space));
	for (size_t size = 64; size <= sizeof(space); size *= 2) {
		assert_int_equal(iommuctl_pci_config_find(space, size, 0x10, &offset), -EIO);
		assert_int_equal(iommuctl_pci_config_find_extended(space, size, 0x0f, &offset),
				 -EIO);
	}
	assert_int_equal(iommuctl_pci_config_find(space, 63, 0x10, &offset), -ENODATA);
}

static void test_arguments(void **state)
{
	static const uint8_t space[256];
	const struct iommuctl_register *vtd;
	uint64_t value;
	size_t offset;

	(void)state;
	assert_int_equal(iommuctl_register_find(IOMMUCTL_MODEL_INTEL_VTD, "cap", &vtd), 0);
	assert_int_equal(iommuctl_pci_config_find(NULL, 256, 0x10, &offset), -EINVAL);
	assert_int_equal(iommuctl_pci_config_find(space, 256, 0x10, NULL), -EINVAL);
	assert_int_equal(iommuctl_pci_config_find_extended(NULL, 256, 0x10, &offset), -EINVAL);
	assert_int_equal(iommuctl_pci_config_find_extended(space, 256, 0x10, NULL), -EINVAL);
	assert_int_equal(iommuctl_pci_config_get_register(space, 256, vtd, &value), -EINVAL);
	assert_int_equal(iommuctl_pci_config_get_register(space, 256, NULL, &value), -EINVAL);
	assert_int_equal(iommuctl_pci_config_get_register(space, 256, find("ats_cap"), NULL),
			 -EINVAL);
	assert_int_equal(iommuctl_pci_config_get_register(NULL, 256, find("ats_cap"), &value),
			 -EINVAL);
}

/* Every register of the tables has its place. */
static void test_all_have_a_place(void **state)
{
	static const uint8_t space[4096];
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pci_registers); i++)
		assert_int_equal(iommuctl_pci_config_get_register(space, sizeof(space),
								  &pci_registers[i], &value),
				 -ENOENT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_searches),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_ones),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_all_have_a_place),
	};

	return RUN(tests);
}
