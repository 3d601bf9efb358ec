/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI's IORT: whatever the table, SMMUs are inside it, in order, and as many as it has room for.
 */
#include "fuzz.h"
#include "libiommuctl/iort.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iort iort = { 0 };

	CHECK(iort_parse(data, size, &iort) == 0);
	CHECK(iort.count <= size / 16);
	for (size_t i = 0; i < iort.count; i++) {
		CHECK(iort.smmus[i].offset < size);
		CHECK(i == 0 || iort.smmus[i - 1].base <= iort.smmus[i].base);
	}
	free(iort.smmus);
	return 0;
}
