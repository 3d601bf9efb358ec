/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An archive as the root: refused, or read; and a snapshot of it, which can be read again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "libiommuctl/internal.h"

#define BLOCK 512

/* The sums of headers are made right: what is behind them is more interesting. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	(void)seed;
	size = LLVMFuzzerMutate(data, size, max_size);
	for (size_t at = 0; at + BLOCK <= size; at += BLOCK) {
		uint8_t *header = data + at;
		unsigned int sum = 0;

		if (memcmp(header + 257, "ustar", 5) != 0)
			continue;
		memset(header + 148, ' ', 8);
		for (size_t i = 0; i < BLOCK; i++)
			sum += header[i];
		snprintf((char *)header + 148, 8, "%06o", sum);
	}
	return size;
}

static int file_of(const void *data, size_t size, char path[64])
{
	int fd = memfd_create("archive", MFD_CLOEXEC);

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

/* What is written of a snapshot can be read, and says the same. */
static void check_snapshot(struct iommuctl_context *ctx, unsigned int flags)
{
	struct iommuctl_snapshot *snapshot;
	struct iommuctl_context *again;
	char path[64];
	int fd = file_of("", 0, path);

	CHECK(iommuctl_snapshot_create(ctx, flags, &snapshot) == 0);
	CHECK(iommuctl_snapshot_write(snapshot, fd) == 0);
	CHECK(iommuctl_context_new(&again) == 0);
	CHECK(iommuctl_context_set_root(again, path) == 0);
	iommuctl_context_unref(again);
	iommuctl_snapshot_free(snapshot);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iommuctl_topology *topology;
	struct iommuctl_context *ctx;
	char path[64];
	int r, fd = file_of(data, size, path);

	CHECK(iommuctl_context_new(&ctx) == 0);
	r = iommuctl_context_set_root(ctx, path);
	CHECK(r == 0 || r == -EBADMSG || r == -E2BIG);
	CHECK(r == 0 || iommuctl_diag_get_reason(iommuctl_context_get_diag(ctx))[0]);
	if (r == 0 &&
	    iommuctl_topology_load(ctx, IOMMUCTL_LOAD_ALL & ~IOMMUCTL_LOAD_NAMES, &topology) == 0) {
		iommuctl_topology_unref(topology);
		check_snapshot(ctx, IOMMUCTL_SNAPSHOT_ACPI | IOMMUCTL_SNAPSHOT_CONFIG);
		check_snapshot(ctx, IOMMUCTL_SNAPSHOT_PRIVATE);
	}
	iommuctl_context_unref(ctx);
	close(fd);
	return 0;
}
