/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's log, whole and each of its lines alone: what is found holds together. */
#include <string.h>

#include "fuzz.h"
#include "libiommuctl/internal.h"

static void check_entry(const struct iommuctl_log_entry *entry, size_t lines)
{
	const unsigned int width = iommuctl_register_get_width(entry->reg);

	CHECK((entry->known & ~bits(UINT64_MAX, width - 1, 0)) == 0 && entry->known != 0);
	CHECK((entry->value & ~entry->known) == 0);
	CHECK((entry->disputed & entry->value) == 0);
	CHECK((entry->disputed & ~entry->known) == 0);
	CHECK(entry->line > 0 && entry->line <= lines);
	CHECK(!strchr(entry->text, '\n'));
	CHECK(!entry->object || entry->object[0]);
	if (entry->has_base)
		CHECK(iommuctl_register_get_model(entry->reg) == IOMMUCTL_MODEL_INTEL_VTD);
}

/* The entries come line by line. */
static size_t check_log(const char *text, size_t length)
{
	const struct iommuctl_log_entry *entry;
	struct iommuctl_log *log;
	size_t count = 0, line = 0, lines = 1;

	for (size_t i = 0; i < length; i++)
		lines += text[i] == '\n';
	CHECK(iommuctl_log_parse(text, length, &log) == 0);
	for (; (entry = iommuctl_log_get(log, count)); count++) {
		check_entry(entry, lines);
		CHECK(entry->line >= line);
		line = entry->line;
	}
	iommuctl_log_free(log);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	check_log(text, size);
	for (size_t at = 0, n; at < size; at += n) {
		const char *end = memchr(text + at, '\n', size - at);

		n = end ? (size_t)(end - text) - at + 1 : size - at;
		check_log(text + at, n);
		log_line_is_iommu(text + at, n);
	}
	return 0;
}
