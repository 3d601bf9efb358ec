/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was found out about a kernel: as an object, and as the text that a snapshot keeps. */
#include <errno.h>
#include <string.h>

#include "call.h"
#include "paths.h"
#include "probe.h"

static const char *const kinds[] = {
	[PROBE_NODE] = "node",		 [PROBE_CALL] = "call",	    [PROBE_STRUCT] = "struct",
	[PROBE_FLAG] = "flag",		 [PROBE_OPTION] = "option", [PROBE_EXTENSION] = "extension",
	[PROBE_PARAMETER] = "parameter",
};

/* ------------------------------------------------- the answers of a snapshot */

static const char *const answers[] = { "no", "yes", "unknown" };

int probe_to_text(const struct iommuctl_kernel_probe *probe, char **ret_text)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < probe->entry_count; i++) {
		const struct iommuctl_kernel_entry *entry = &probe->entries[i];

		if (entry->row->asks != PROBE_ASKS_NONE)
			fprintf(out, "%s %s %s %u %u %s %s\n", entry->row->interface,
				entry->row->name, answers[entry->answer < 0 ? 2 : entry->answer],
				entry->size, entry->min_size, entry->value[0] ? entry->value : "-",
				entry->reason);
	}
	if (fclose(out) != 0) {
		free(text);
		return -ENOMEM;
	}
	*ret_text = text;
	return 0;
}

static struct iommuctl_kernel_entry *find_entry(struct iommuctl_kernel_probe *probe,
						const char *interface, const char *name)
{
	for (size_t i = 0; i < probe->entry_count; i++) {
		const struct probe_row *row = probe->entries[i].row;

		if (row->asks != PROBE_ASKS_NONE && strcmp(row->interface, interface) == 0 &&
		    strcmp(row->name, name) == 0)
			return &probe->entries[i];
	}
	return NULL;
}

/* A line of probe_to_text(); what is not understood tells nothing. */
static void take_line(struct iommuctl_kernel_probe *probe, char *line)
{
	enum { INTERFACE, NAME, ANSWER, SIZE, MIN_SIZE, VALUE, WORDS };
	struct iommuctl_kernel_entry *entry;
	const char *words[WORDS];
	uint64_t size, min_size;
	int value;

	for (int i = 0; i < WORDS; i++) {
		words[i] = strsep(&line, " ");
		if (!words[i] || !words[i][0])
			return;
	}
	entry = find_entry(probe, words[INTERFACE], words[NAME]);
	value = parse_word(words[ANSWER], answers, ARRAY_SIZE(answers));
	if (!entry || value < 0 || !parse_u64(words[SIZE], 10, &size) || size > PROBE_SIZE_MAX ||
	    !parse_u64(words[MIN_SIZE], 10, &min_size) || min_size > size)
		return;
	probe_answer(entry, value > 1 ? -ENODATA : value, line ? line : "");
	entry->size = (uint32_t)size;
	entry->min_size = (uint32_t)min_size;
	if (strcmp(words[VALUE], "-") != 0)
		snprintf(entry->value, sizeof(entry->value), "%s", words[VALUE]);
}

static void take_results(struct iommuctl_kernel_probe *probe)
{
	CLEANUP(free_text) char *text = NULL;
	ssize_t n = io_read_all(probe->ctx, PROBE_RESULTS, IO_TEXT_MAX, &text);
	char *rest = text, *line;

	if (n < 0)
		context_note(probe->ctx, PROBE_RESULTS, (int)-n);
	while (n >= 0 && (line = strsep(&rest, "\n")))
		take_line(probe, line);
}

/* ---------------------------------------------------------------- the object */

static int measure_all(struct iommuctl_kernel_probe *probe)
{
	size_t known = 0;

	for (size_t i = 0; i < probe->entry_count; i++) {
		struct iommuctl_kernel_entry *entry = &probe->entries[i];

		entry->row = &probe_rows[i];
		probe_answer(entry, probe->nodes[entry->row->asks].answer,
			     probe->nodes[entry->row->asks].reason);
	}
	if (probe->ctx->has_root)
		take_results(probe);
	for (size_t i = 0; i < probe->entry_count; i++) {
		struct iommuctl_kernel_entry *entry = &probe->entries[i];

		if (probe->nodes[entry->row->asks].answer == 1) {
			probe_answer(entry, -ENODATA, "");
			entry->row->measure(probe, entry);
		}
		known += entry->answer >= 0;
	}
	return known > 0 ? 0 : -ENODATA;
}

static int explain_nothing(struct iommuctl_context *ctx)
{
	if (!ctx->has_root)
		return diag_set(ctx, ENODATA, "/" PROC_MISC, "read",
				"neither it nor a device node tells anything");
	diag_set(ctx, ENODATA, PROBE_RESULTS, "read", "no answers of a kernel are kept here");
	diag_hint(ctx, "iommuctl snapshot create keeps them");
	return -ENODATA;
}

IOMMUCTL_EXPORT int iommuctl_kernel_probe_load(struct iommuctl_context *ctx,
					       struct iommuctl_kernel_probe **ret_probe)
{
	struct iommuctl_kernel_probe *probe;
	const char *release;
	int r;

	if (!ctx || !ret_probe)
		return -EINVAL;
	probe = calloc(1, sizeof(*probe));
	if (probe)
		probe->entries = calloc(probe_row_count, sizeof(*probe->entries));
	if (!probe || !probe->entries) {
		free(probe);
		return -ENOMEM;
	}
	probe->ctx = ctx;
	probe->entry_count = probe_row_count;
	probe->nodes[PROBE_ASKS_NONE].answer = 1;
	release = kernel_get_release(ctx);
	snprintf(probe->release, sizeof(probe->release), "%s", release ? release : "");
	for (size_t i = 0; i < PROBE_NODE_COUNT; i++) {
		probe->nodes[i].fd = -1;
		if (i != PROBE_ASKS_NONE)
			probe_open_node(probe, i);
	}
	r = measure_all(probe);
	for (size_t i = 0; i < PROBE_NODE_COUNT; i++)
		close_fd(&probe->nodes[i].fd);
	if (r < 0) {
		iommuctl_kernel_probe_free(probe);
		return explain_nothing(ctx);
	}
	*ret_probe = probe;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_kernel_probe *
iommuctl_kernel_probe_free(struct iommuctl_kernel_probe *probe)
{
	if (probe) {
		free(probe->entries);
		free(probe);
	}
	return NULL;
}

IOMMUCTL_EXPORT const char *
iommuctl_kernel_probe_get_release(const struct iommuctl_kernel_probe *probe)
{
	return probe && probe->release[0] ? probe->release : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_kernel_entry *
iommuctl_kernel_probe_get_entry(const struct iommuctl_kernel_probe *probe, size_t i)
{
	return probe && i < probe->entry_count ? &probe->entries[i] : NULL;
}

/* ----------------------------------------------------------------- entries */

IOMMUCTL_EXPORT const char *
iommuctl_kernel_entry_get_interface(const struct iommuctl_kernel_entry *entry)
{
	return entry ? entry->row->interface : NULL;
}

IOMMUCTL_EXPORT const char *
iommuctl_kernel_entry_get_name(const struct iommuctl_kernel_entry *entry)
{
	return entry ? entry->row->name : NULL;
}

IOMMUCTL_EXPORT const char *
iommuctl_kernel_entry_get_kind(const struct iommuctl_kernel_entry *entry)
{
	return entry ? kinds[entry->row->kind] : NULL;
}

IOMMUCTL_EXPORT int iommuctl_kernel_entry_get_number(const struct iommuctl_kernel_entry *entry,
						     uint32_t *ret_number)
{
	if (!entry || !ret_number)
		return -EINVAL;
	switch (entry->row->kind) {
	case PROBE_CALL:
		*ret_number = (uint32_t)entry->row->request;
		return 0;
	case PROBE_FLAG:
	case PROBE_OPTION:
	case PROBE_EXTENSION:
		*ret_number = entry->row->number;
		return 0;
	default:
		return -ENODATA;
	}
}

IOMMUCTL_EXPORT int iommuctl_kernel_entry_is_present(const struct iommuctl_kernel_entry *entry)
{
	return entry ? entry->answer : -EINVAL;
}

static int get_size(uint32_t size, uint32_t *ret_size)
{
	if (size == 0)
		return -ENODATA;
	*ret_size = size;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_kernel_entry_get_size(const struct iommuctl_kernel_entry *entry,
						   uint32_t *ret_size)
{
	return entry && ret_size ? get_size(entry->size, ret_size) : -EINVAL;
}

IOMMUCTL_EXPORT int iommuctl_kernel_entry_get_min_size(const struct iommuctl_kernel_entry *entry,
						       uint32_t *ret_size)
{
	return entry && ret_size ? get_size(entry->min_size, ret_size) : -EINVAL;
}

IOMMUCTL_EXPORT const char *
iommuctl_kernel_entry_get_value(const struct iommuctl_kernel_entry *entry)
{
	return entry && entry->value[0] ? entry->value : NULL;
}

IOMMUCTL_EXPORT const char *
iommuctl_kernel_entry_get_since(const struct iommuctl_kernel_entry *entry)
{
	if (!entry || entry->row->since || entry->row->kind != PROBE_CALL)
		return entry ? entry->row->since : NULL;
	return call_find(CALL_ON_DEVICE, entry->row->request, NULL)->since;
}

IOMMUCTL_EXPORT const char *
iommuctl_kernel_entry_get_reason(const struct iommuctl_kernel_entry *entry)
{
	return entry && entry->reason[0] ? entry->reason : NULL;
}

IOMMUCTL_EXPORT const char *
iommuctl_kernel_entry_get_rules_out(const struct iommuctl_kernel_entry *entry)
{
	return entry && entry->answer == 0 ? entry->row->rules_out : NULL;
}
