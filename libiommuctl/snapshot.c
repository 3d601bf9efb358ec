/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: all that reading verbs read of a machine, recorded while they read it. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "pack.h"
#include "paths.h"
#include "probe.h"
#include "record.h"
#include "redact.h"

#define ACPI_TABLE_MAX (16u << 20)

struct iommuctl_snapshot {
	struct iommuctl_context *ctx;
	struct vfs *vfs;
};

/* What a later version needs to know; first of all that this is a snapshot. */
static int mark(struct vfs *vfs)
{
	static const char format[] = "1\n";

	return vfs_add(vfs, SNAPSHOT_FORMAT, VFS_FILE, format, strlen(format));
}

static int read_file(struct iommuctl_context *ctx, const char *path, size_t limit)
{
	CLEANUP(free_text) char *data = NULL;
	ssize_t n = io_read_all(ctx, path, limit, &data);

	if (n < 0)
		context_note(ctx, path, (int)-n);
	return n == -ENOMEM ? -ENOMEM : 0;
}

static int read_tables(struct iommuctl_context *ctx)
{
	static const char *const tables[] = { "DMAR", "IVRS", "IORT", "VIOT", "RIMT" };
	char path[PATH_MAX];
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(tables); i++) {
		io_path(path, sizeof(path), ACPI_TABLES "/%s", tables[i]);
		r = read_file(ctx, path, ACPI_TABLE_MAX);
	}
	return r;
}

/* What tells whether devices can use PASIDs. */
static int read_chains(const struct iommuctl_topology *topology, unsigned int flags)
{
	struct iommuctl_chain *chain;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < topology->device_count; i++) {
		r = iommuctl_chain_load(
			&topology->devices[i],
			flags & IOMMUCTL_SNAPSHOT_CONFIG ? IOMMUCTL_CHAIN_CONFIG : 0, &chain);
		if (r >= 0)
			iommuctl_chain_free(chain);
	}
	return r;
}

static int read_log(struct iommuctl_context *ctx)
{
	char *text = NULL;
	size_t length;
	int r = log_read_kernel(ctx, &text, &length);

	free(text);
	if (r < 0)
		context_note(ctx, KERNEL_LOG, -r);
	return r == -ENOMEM ? r : 0;
}

/* What the kernel answers, which no file has. */
static int ask_kernel(struct iommuctl_context *ctx)
{
	CLEANUP(free_text) char *text = NULL;
	struct iommuctl_kernel_probe *probe;
	int r = iommuctl_kernel_probe_load(ctx, &probe);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	/* those kept in a root were read, and so recorded */
	r = ctx->has_root ? 0 : probe_to_text(probe, &text);
	if (text)
		record_file(ctx, PROBE_RESULTS, text, strlen(text));
	iommuctl_kernel_probe_free(probe);
	return r;
}

static int read_machine(struct iommuctl_context *ctx, unsigned int flags)
{
	struct iommuctl_topology *topology;
	/* names come from this machine's database, not from the one that is recorded */
	int r = iommuctl_topology_load(ctx, IOMMUCTL_LOAD_ALL & ~IOMMUCTL_LOAD_NAMES, &topology);

	if (r < 0)
		return r;
	kernel_get_option(ctx, "");
	kernel_get_config(ctx, "PCI");
	r = read_log(ctx);
	if (r >= 0)
		r = ask_kernel(ctx);
	if (r >= 0 && flags & IOMMUCTL_SNAPSHOT_ACPI)
		r = read_tables(ctx);
	if (r >= 0)
		r = read_chains(topology, flags);
	iommuctl_topology_unref(topology);
	return r;
}

/* The whole machine into RECORDER. */
static int record_machine(struct iommuctl_context *ctx, unsigned int flags,
			  struct recorder *recorder)
{
	int r;

	/* what was kept from earlier would not be read again */
	kernel_forget(ctx);
	context_clear_notes(ctx);
	ctx->record = recorder;
	r = read_machine(ctx, flags);
	ctx->record = NULL;
	if (r < 0)
		return r;
	if (recorder->error < 0)
		return diag_set(ctx, -recorder->error, SYSFS, "record the machine", NULL);
	return mark(recorder->vfs);
}

IOMMUCTL_EXPORT int iommuctl_snapshot_create(struct iommuctl_context *ctx, unsigned int flags,
					     struct iommuctl_snapshot **ret_snapshot)
{
	struct iommuctl_snapshot *snapshot;
	struct recorder recorder = { .without =
					     flags & IOMMUCTL_SNAPSHOT_ACPI ? NULL : ACPI_TABLES };
	int r;

	if (!ctx || !ret_snapshot ||
	    flags & ~(IOMMUCTL_SNAPSHOT_ACPI | IOMMUCTL_SNAPSHOT_CONFIG |
		      IOMMUCTL_SNAPSHOT_PRIVATE))
		return -EINVAL;
	snapshot = calloc(1, sizeof(*snapshot));
	r = snapshot ? vfs_new(&recorder.vfs) : -ENOMEM;
	if (r >= 0)
		r = record_machine(ctx, flags, &recorder);
	if (r >= 0 && !(flags & IOMMUCTL_SNAPSHOT_PRIVATE))
		r = redact(ctx, &recorder.vfs);
	if (r < 0) {
		vfs_free(recorder.vfs);
		free(snapshot);
		return r;
	}
	snapshot->ctx = iommuctl_context_ref(ctx);
	snapshot->vfs = recorder.vfs;
	*ret_snapshot = snapshot;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_snapshot *iommuctl_snapshot_free(struct iommuctl_snapshot *snapshot)
{
	if (snapshot) {
		vfs_free(snapshot->vfs);
		iommuctl_context_unref(snapshot->ctx);
		free(snapshot);
	}
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_snapshot_write(const struct iommuctl_snapshot *snapshot, int fd)
{
	if (!snapshot || fd < 0)
		return -EINVAL;
	return pack_save(snapshot->ctx, snapshot->vfs, fd, "snapshot");
}

IOMMUCTL_EXPORT size_t iommuctl_snapshot_get_count(const struct iommuctl_snapshot *snapshot)
{
	return snapshot ? snapshot->vfs->file_count : 0;
}
