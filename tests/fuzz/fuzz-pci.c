/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration space: what is found is there, and is the first. */
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "libiommuctl/iommuctl.h"

static bool is_expected(int r)
{
	return r == 0 || r == -ENOENT || r == -ENODATA || r == -EIO || r == -EBADMSG;
}

static void check_capability(const uint8_t *data, size_t size, unsigned int id)
{
	size_t offset, extended;
	int r = iommuctl_pci_config_find(data, size, id, &offset);

	CHECK(is_expected(r));
	if (r == 0)
		CHECK(offset >= 0x40 && offset % 4 == 0 && offset + 2 <= size &&
		      data[offset] == id);
	r = iommuctl_pci_config_find_extended(data, size, id, &extended);
	CHECK(is_expected(r));
	if (r == 0)
		CHECK(extended >= 0x100 && extended % 4 == 0 && extended + 4 <= size &&
		      (data[extended] | data[extended + 1] << 8) == (int)id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct iommuctl_register *reg = NULL;
	uint64_t value;

	for (unsigned int id = 0; id < 0x40; id++)
		check_capability(data, size, id);
	while ((reg = iommuctl_register_next(reg))) {
		int r = iommuctl_pci_config_get_register(data, size, reg, &value);

		if (strcmp(iommuctl_register_get_arch(reg), "pci") != 0)
			CHECK(r == -EINVAL);
		else
			CHECK(is_expected(r));
		if (r == 0)
			CHECK(!(value >> iommuctl_register_get_width(reg)));
	}
	return 0;
}
