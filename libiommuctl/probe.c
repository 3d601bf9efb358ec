/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a kernel's iommufd and VFIO can do, by asking. No question can have an effect: a call is
 * made with a size that is too small, or with an argument of ones, which has flags and reserved
 * bits that no kernel knows and ids of no object.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "paths.h"
#include "probe.h"

static const char *const kinds[] = {
	[PROBE_NODE] = "node",		 [PROBE_CALL] = "call",	    [PROBE_STRUCT] = "struct",
	[PROBE_FLAG] = "flag",		 [PROBE_OPTION] = "option", [PROBE_EXTENSION] = "extension",
	[PROBE_PARAMETER] = "parameter",
};

/* No struct of the kernel is near this. */
#define SIZE_MAX_ASKED 256

static void answer(struct iommuctl_kernel_entry *entry, int value, const char *reason)
{
	entry->answer = value;
	snprintf(entry->reason, sizeof(entry->reason), "%s", reason);
}

/* An errno that answers neither way. */
static void answer_error(struct iommuctl_kernel_entry *entry, int error)
{
	answer(entry, -ENODATA, strerror(error));
}

/* ------------------------------------------------------------------ asking */

int probe_has_call(struct iommuctl_context *ctx, int fd, unsigned long request)
{
	uint32_t size = 0;
	int r = device_ioctl(ctx, fd, request, &size);

	return r == -EINVAL ? 1 : r == -ENOTTY ? 0 : -ENODATA;
}

uint32_t probe_struct_size(struct iommuctl_context *ctx, int fd, unsigned long request,
			   uint32_t *ret_min)
{
	uint32_t argument[SIZE_MAX_ASKED / sizeof(uint32_t)];
	uint32_t size;
	int r;

	memset(argument, 0xff, sizeof(argument));
	*ret_min = 0;
	for (size = 4; size <= SIZE_MAX_ASKED; size += 4) {
		argument[0] = size;
		r = device_ioctl(ctx, fd, request, argument);
		if (r == -E2BIG)
			return size - 4;
		if (r >= 0)
			break;
		if (r != -EINVAL && *ret_min == 0)
			*ret_min = size;
	}
	return 0;
}

/* Whether a line of a list of /proc, "number name", has NAME: 1, 0 or -ENODATA. */
static int listed(struct iommuctl_context *ctx, const char *path, const char *name)
{
	CLEANUP(free_text) char *text = NULL;
	size_t length = strlen(name);

	if (io_read_all(ctx, path, IO_TEXT_MAX, &text) < 0)
		return -ENODATA;
	for (const char *at = text; (at = strstr(at, name)); at += length)
		if (at > text && at[-1] == ' ' && (at[length] == '\n' || !at[length]))
			return 1;
	return 0;
}

static int ask(struct iommuctl_kernel_probe *probe, const struct probe_row *row, uintptr_t number)
{
	return device_ioctl(probe->ctx, probe->nodes[row->asks].fd, row->request, (void *)number);
}

/* The call that a member or a flag belongs to; each of the table has one. */
static const struct iommuctl_kernel_entry *find_call(const struct iommuctl_kernel_probe *probe,
						     const struct probe_row *row)
{
	const struct iommuctl_kernel_entry *entry = probe->entries;

	while (entry->row->kind != PROBE_CALL || entry->row->request != row->request)
		entry++;
	return entry;
}

/* --------------------------------------------------- ways to fill in an entry */

void probe_misc(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry)
{
	entry->answer = listed(probe->ctx, PROC_MISC, entry->row->file);
}

void probe_chrdev(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry)
{
	entry->answer = listed(probe->ctx, PROC_DEVICES, entry->row->file);
}

void probe_call(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry)
{
	uint32_t size = 0;
	int r = ask(probe, entry->row, (uintptr_t)&size);

	if (r != -EINVAL && r != -ENOTTY) {
		answer_error(entry, r < 0 ? -r : EPROTO);
		return;
	}
	entry->answer = r == -EINVAL;
	if (entry->answer)
		entry->size = probe_struct_size(probe->ctx, probe->nodes[entry->row->asks].fd,
						entry->row->request, &entry->min_size);
}

void probe_struct(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry)
{
	const struct iommuctl_kernel_entry *call = find_call(probe, entry->row);

	entry->size = entry->row->size;
	if (call->answer == 1 && call->size == 0)
		answer(entry, -ENODATA, "the kernel does not tell the size of its struct");
	else if (call->answer == 1)
		entry->answer = call->size >= entry->row->size;
	else
		answer(entry, call->answer, call->reason);
}

void probe_flag(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry)
{
	const struct probe_row *row = entry->row;
	uint32_t argument[SIZE_MAX_ASKED / sizeof(uint32_t)] = { row->size };
	int r;

	memcpy(argument + 1, row->words, sizeof(row->words));
	r = ask(probe, row, (uintptr_t)argument);
	if (r >= 0 || r == -ENOENT)
		entry->answer = 1;
	else if (r == -EOPNOTSUPP || r == -ENOTTY)
		entry->answer = 0;
	else
		answer_error(entry, -r);
}

void probe_version(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry)
{
	int r = ask(probe, entry->row, 0);

	if (r >= 0) {
		entry->answer = 1;
		snprintf(entry->value, sizeof(entry->value), "%d", r);
	} else if (r == -ENOTTY) {
		entry->answer = 0;
	} else {
		answer_error(entry, -r);
	}
}

void probe_extension(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry)
{
	int r = ask(probe, entry->row, entry->row->number);

	if (r >= 0)
		entry->answer = r > 0;
	else if (r == -ENOTTY)
		entry->answer = 0;
	else if (r == -ENODEV)
		answer(entry, -ENODATA, "it depends on the devices that are attached");
	else
		answer_error(entry, -r);
}

void probe_bound(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry)
{
	if (find_call(probe, entry->row)->answer == 0)
		entry->answer = 0;
	else
		answer(entry, -ENODATA, "the kernel looks at it only with a bound device");
}

void probe_parameter(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry)
{
	ssize_t n = io_read(probe->ctx, entry->row->file, entry->value, sizeof(entry->value));

	if (n >= 0) {
		entry->answer = 1;
		return;
	}
	entry->value[0] = '\0';
	if (n != -ENOENT)
		answer_error(entry, (int)-n);
	else /* a tree without /proc is no machine's */
		entry->answer = listed(probe->ctx, PROC_MISC, "vfio") < 0 ? -ENODATA : 0;
}

/* ------------------------------------------------------------------- nodes */

static const struct {
	const char *path, *misc, *what, *config;
} nodes[PROBE_NODE_COUNT] = {
	[PROBE_ASKS_IOMMU] = { "/" DEV_IOMMU, "iommu", "iommufd", "IOMMUFD" },
	[PROBE_ASKS_VFIO] = { "/" DEV_VFIO_GROUPS "/vfio", "vfio", "VFIO", "VFIO" },
};

static void explain_absence(struct iommuctl_context *ctx, size_t i, char *reason, size_t size)
{
	switch (kernel_get_config(ctx, nodes[i].config)) {
	case 'm':
		snprintf(reason, size, "the module of %s is not loaded", nodes[i].what);
		break;
	case 'n':
		snprintf(reason, size, "this kernel is built without %s (CONFIG_%s)", nodes[i].what,
			 nodes[i].config);
		break;
	default:
		snprintf(reason, size, "%s is neither built into this kernel nor loaded",
			 nodes[i].what);
	}
}

static void open_node(struct iommuctl_kernel_probe *probe, size_t i)
{
	struct iommuctl_context *ctx = probe->ctx;
	/* opening the node of a module that is not loaded may load it */
	const int registered = listed(ctx, PROC_MISC, nodes[i].misc);
	const size_t size = sizeof(probe->nodes[i].reason);
	char *reason = probe->nodes[i].reason;
	int fd = -ENOENT;

	if (registered != 0 && !ctx->has_root)
		fd = ctx->ops->open(ctx, nodes[i].path);
	probe->nodes[i].fd = fd;
	if (fd >= 0) {
		probe->nodes[i].answer = 1;
	} else if (registered == 0 || (registered < 0 && fd == -ENOENT && !ctx->has_root)) {
		probe->nodes[i].answer = 0;
		explain_absence(ctx, i, reason, size);
	} else {
		probe->nodes[i].answer = -ENODATA;
		if (ctx->has_root)
			snprintf(reason, size, "no answer is kept in this tree");
		else
			snprintf(reason, size, "cannot open %s: %s", nodes[i].path, strerror(-fd));
	}
}

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
	if (!entry || value < 0 || !parse_u64(words[SIZE], 10, &size) || size > SIZE_MAX_ASKED ||
	    !parse_u64(words[MIN_SIZE], 10, &min_size) || min_size > size)
		return;
	answer(entry, value > 1 ? -ENODATA : value, line ? line : "");
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
		answer(entry, probe->nodes[entry->row->asks].answer,
		       probe->nodes[entry->row->asks].reason);
	}
	if (probe->ctx->has_root)
		take_results(probe);
	for (size_t i = 0; i < probe->entry_count; i++) {
		struct iommuctl_kernel_entry *entry = &probe->entries[i];

		if (probe->nodes[entry->row->asks].answer == 1) {
			answer(entry, -ENODATA, "");
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
			open_node(probe, i);
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
	return entry ? entry->row->since : NULL;
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
