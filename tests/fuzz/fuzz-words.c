/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words: what a parser takes must mean what it says, in whatever spelling. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fuzz.h"
#include "libiommuctl/internal.h"

static const char *skip_zeros(const char *text)
{
	while (text[0] == '0' && text[1])
		text++;
	return text;
}

static void check_number(const char *text, unsigned int base)
{
	bool prefix = text[0] == '0' && (text[1] | 0x20) == 'x' && text[2];
	char back[32];
	uint64_t value;

	if (!parse_u64(text, base, &value))
		return;
	snprintf(back, sizeof(back), base == 16 ? "%" PRIx64 : "%" PRIu64, value);
	CHECK(strcasecmp(back, skip_zeros(base == 16 && prefix ? text + 2 : text)) == 0);
}

static void check_address(const char *text)
{
	char back[32];
	uint64_t key;

	if (!parse_pci_address(text, &key))
		return;
	CHECK(strlen(text) <= 16);
	/* as many digits of the domain as the text has */
	snprintf(back, sizeof(back), "%0*x:%02x:%02x.%x", (int)strcspn(text, ":"),
		 (unsigned int)(key >> 16), (unsigned int)(key >> 8 & 0xff),
		 (unsigned int)(key >> 3 & 0x1f), (unsigned int)(key & 7));
	CHECK(strcasecmp(back, text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	const struct iommuctl_register *reg;
	enum iommuctl_model model;

	CHECK(text);
	check_number(text, 10);
	check_number(text, 16);
	check_address(text);
	if (iommuctl_model_from_string(text, &model) == 0)
		CHECK(strcmp(iommuctl_model_to_string(model), text) == 0);
	if (iommuctl_register_find(IOMMUCTL_MODEL_UNKNOWN, text, &reg) == 0)
		CHECK(strcmp(iommuctl_register_get_name(reg), text) == 0);
	CHECK(!strchr(path_last(text), '/'));
	free(text);
	return 0;
}
