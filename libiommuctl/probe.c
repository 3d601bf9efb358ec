/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a kernel's iommufd and VFIO can do, by asking. No question can have an effect: a call is
 * made with a size that is too small, or with an argument of ones, which has flags and reserved
 * bits that no kernel knows and ids of no object.
 */
#include <errno.h>
#include <string.h>

#include "paths.h"
#include "probe.h"

void probe_answer(struct iommuctl_kernel_entry *entry, int value, const char *reason)
{
	entry->answer = value;
	snprintf(entry->reason, sizeof(entry->reason), "%s", reason);
}

/* An errno that answers neither way. */
static void answer_error(struct iommuctl_kernel_entry *entry, int error)
{
	probe_answer(entry, -ENODATA, strerror(error));
}

/* ------------------------------------------------------------------ asking */

int probe_has_call(struct iommuctl_context *ctx, int fd, unsigned long request)
{
	uint32_t size = 0;
	int r = device_ask(ctx, fd, request, &size);

	return r == -EINVAL ? 1 : r == -ENOTTY ? 0 : -ENODATA;
}

uint32_t probe_struct_size(struct iommuctl_context *ctx, int fd, unsigned long request,
			   uint32_t *ret_min)
{
	uint32_t argument[PROBE_SIZE_MAX / sizeof(uint32_t)];
	uint32_t size;
	int r;

	memset(argument, 0xff, sizeof(argument));
	*ret_min = 0;
	for (size = 4; size <= PROBE_SIZE_MAX; size += 4) {
		argument[0] = size;
		r = device_ask(ctx, fd, request, argument);
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
	return device_ask(probe->ctx, probe->nodes[row->asks].fd, row->request, (void *)number);
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
		probe_answer(entry, -ENODATA, "the kernel does not tell the size of its struct");
	else if (call->answer == 1)
		entry->answer = call->size >= entry->row->size;
	else
		probe_answer(entry, call->answer, call->reason);
}

void probe_flag(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry)
{
	const struct probe_row *row = entry->row;
	uint32_t argument[PROBE_SIZE_MAX / sizeof(uint32_t)] = { row->size };
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
		probe_answer(entry, -ENODATA, "it depends on the devices that are attached");
	else
		answer_error(entry, -r);
}

void probe_bound(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry)
{
	if (find_call(probe, entry->row)->answer == 0)
		entry->answer = 0;
	else
		probe_answer(entry, -ENODATA, "the kernel looks at it only with a bound device");
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

void probe_open_node(struct iommuctl_kernel_probe *probe, size_t i)
{
	struct iommuctl_context *ctx = probe->ctx;
	/* opening the node of a module that is not loaded may load it */
	const int registered = listed(ctx, PROC_MISC, nodes[i].misc);
	const size_t size = sizeof(probe->nodes[i].reason);
	char *reason = probe->nodes[i].reason;
	int fd = -ENOENT;

	if (registered != 0 && !ctx->has_root)
		fd = device_open(ctx, nodes[i].path);
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
