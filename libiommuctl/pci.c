/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capabilities and registers in the bytes of a function's configuration space. No I/O. */
#include "pci.h"

#include <errno.h>
#include <string.h>

#include "internal.h"

/* clang-format off */
/* Where the registers of the tables are: behind the header of which capability. */
static const struct {
	const char *reg;
	bool extended;
	unsigned int capability;
	size_t offset;
} places[] = {
	{ "ats_cap", true, PCI_EXT_ATS, 4 },
	{ "ats_ctrl", true, PCI_EXT_ATS, 6 },
	{ "pri_ctrl", true, PCI_EXT_PRI, 4 },
	{ "pri_status", true, PCI_EXT_PRI, 6 },
	{ "pri_capacity", true, PCI_EXT_PRI, 8 },
	{ "pri_alloc", true, PCI_EXT_PRI, 12 },
	{ "pasid_cap", true, PCI_EXT_PASID, 4 },
	{ "pasid_ctrl", true, PCI_EXT_PASID, 6 },
	{ "acs_cap", true, PCI_EXT_ACS, 4 },
	{ "acs_ctrl", true, PCI_EXT_ACS, 6 },
	{ "sriov_ctrl", true, PCI_EXT_SRIOV, 8 },
	{ "devcap2", false, PCI_CAP_EXPRESS, 0x24 },
};
/* clang-format on */

int pci_config_read(const void *config, size_t size, size_t offset, unsigned int bytes,
		    uint32_t *ret_value)
{
	const uint8_t *in = config;
	uint32_t value = 0;

	if (offset > size || size - offset < bytes)
		return -ENODATA;
	for (unsigned int i = bytes; i-- > 0;)
		value = value << 8 | in[offset + i];
	*ret_value = value;
	return 0;
}

/* Is there a function at all, and its header? */
static int check_header(const uint8_t *config, size_t size)
{
	if (!config)
		return -EINVAL;
	if (size < PCI_HEADER_SIZE)
		return -ENODATA;
	/* not the ids alone: those of a virtual function are all ones */
	for (size_t i = 0; i < PCI_HEADER_SIZE; i++)
		if (config[i] != 0xff)
			return 0;
	return -EIO;
}

IOMMUCTL_EXPORT int iommuctl_pci_config_find(const void *config, size_t size, unsigned int id,
					     size_t *ret_offset)
{
	const uint8_t *in = config;
	int r = check_header(in, size);
	size_t at;

	if (r < 0 || !ret_offset)
		return r < 0 ? r : -EINVAL;
	if (!(in[PCI_STATUS] & PCI_STATUS_HAS_LIST))
		return -ENOENT;
	at = in[(in[PCI_HEADER_TYPE] & 0x7f) == PCI_HEADER_CARDBUS ? PCI_POINTER_OF_CARDBUS
								   : PCI_POINTER];
	/* as many capabilities as there is room for; more is a loop */
	for (size_t n = 0; n <= (PCI_CONFIG_SIZE - PCI_HEADER_SIZE) / 4; n++) {
		at &= ~(size_t)3;
		if (at < PCI_HEADER_SIZE)
			return -ENOENT;
		if (at + 2 > size)
			return -ENODATA;
		if (in[at] == 0xff)
			return -ENOENT;
		if (in[at] == id) {
			*ret_offset = at;
			return 0;
		}
		at = in[at + 1];
	}
	return -EBADMSG;
}

IOMMUCTL_EXPORT int iommuctl_pci_config_find_extended(const void *config, size_t size,
						      unsigned int id, size_t *ret_offset)
{
	int r = check_header(config, size);
	size_t at = PCI_CONFIG_SIZE;
	uint32_t header;

	if (r < 0 || !ret_offset)
		return r < 0 ? r : -EINVAL;
	for (size_t n = 0; n <= (PCI_EXT_CONFIG_SIZE - PCI_CONFIG_SIZE) / 4; n++) {
		r = pci_config_read(config, size, at, 4, &header);
		if (r < 0)
			return r;
		if (header == 0 || header == UINT32_MAX)
			return -ENOENT;
		if ((header & 0xffff) == id) {
			*ret_offset = at;
			return 0;
		}
		at = header >> 20 & ~3u;
		if (at < PCI_CONFIG_SIZE)
			return -ENOENT;
	}
	return -EBADMSG;
}

int pci_express_type(const void *config, size_t size)
{
	uint32_t flags;
	size_t at;
	int r = iommuctl_pci_config_find(config, size, PCI_CAP_EXPRESS, &at);

	if (r >= 0)
		r = pci_config_read(config, size, at + PCI_EXPRESS_FLAGS, 2, &flags);
	return r < 0 ? r : (int)(flags >> 4 & 0xf);
}

/* The first version of the capability ends before its second part. */
static bool has_second_part(const void *config, size_t size, size_t at)
{
	uint32_t flags;

	return pci_config_read(config, size, at + PCI_EXPRESS_FLAGS, 2, &flags) < 0 ||
	       (flags & 0xf) >= 2;
}

IOMMUCTL_EXPORT int iommuctl_pci_config_get_register(const void *config, size_t size,
						     const struct iommuctl_register *reg,
						     uint64_t *ret_value)
{
	uint32_t value;
	size_t at, i = 0;
	int r;

	if (!reg || !ret_value || !reg->arch || strcmp(reg->arch, "pci") != 0)
		return -EINVAL;
	while (i < ARRAY_SIZE(places) && strcmp(places[i].reg, reg->name) != 0)
		i++;
	if (i == ARRAY_SIZE(places))
		return -EINVAL;
	r = (places[i].extended ? iommuctl_pci_config_find_extended : iommuctl_pci_config_find)(
		config, size, places[i].capability, &at);
	if (r >= 0 && !places[i].extended && !has_second_part(config, size, at))
		r = -ENOENT;
	if (r >= 0)
		r = pci_config_read(config, size, at + places[i].offset, reg->width / 8, &value);
	if (r < 0)
		return r;
	*ret_value = value;
	return 0;
}
