/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast mapping is: plain ioctl()s against another way, in turns, so that a busy machine slows
 * both. "speed pairs IOMMUFD IOAS N ROUNDS" maps and unmaps 4 KiB N times, against the library;
 * "speed file IOMMUFD IOAS BYTES ROUNDS" maps a memfd at once, against the library; "speed batch
 * IOMMUFD IOAS N ROUNDS" maps and unmaps 4 KiB N times, against $IOMMUCTL from its start to its
 * end. Prints the best nanoseconds of each, and their ratio.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/iommuctl.h"

#define IOVA UINT64_C(0x10000000)

static struct iommuctl_object *ioas;
static int iommufd, memfd, lines;
static uint32_t id;	/* of the address space */
static uint64_t amount; /* pairs, or bytes */
static void *page;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void plain_unmap(uint64_t iova, uint64_t length)
{
	struct abi_iommu_ioas_unmap arg = {
		.size = sizeof(arg), .ioas_id = id, .iova = iova, .length = length
	};

	if (ioctl(iommufd, ABI_IOMMU_IOAS_UNMAP, &arg) < 0)
		die("IOMMU_IOAS_UNMAP");
}

static void plain_pairs(void)
{
	for (uint64_t iova = IOVA; iova < IOVA + 4096 * amount; iova += 4096) {
		struct abi_iommu_ioas_map arg = { .size = sizeof(arg),
						  .flags = IOMMUCTL_MAP_FIXED | IOMMUCTL_MAP_READ |
							   IOMMUCTL_MAP_WRITE,
						  .ioas_id = id,
						  .user_va = (uintptr_t)page,
						  .length = 4096,
						  .iova = iova };

		if (ioctl(iommufd, ABI_IOMMU_IOAS_MAP, &arg) < 0)
			die("IOMMU_IOAS_MAP");
		plain_unmap(iova, 4096);
	}
}

static void library_pairs(void)
{
	for (uint64_t at = IOVA; at < IOVA + 4096 * amount; at += 4096) {
		struct iommuctl_range range = { at, at + 4095 };
		uint64_t iova = at;

		if (iommuctl_ioas_map(ioas, page, 4096,
				      IOMMUCTL_MAP_FIXED | IOMMUCTL_MAP_READ | IOMMUCTL_MAP_WRITE,
				      &iova) < 0 ||
		    iommuctl_ioas_unmap(ioas, range, NULL) < 0)
			die("library");
	}
}

static void plain_file(void)
{
	struct abi_iommu_ioas_map_file arg = { .size = sizeof(arg),
					       .flags = IOMMUCTL_MAP_FIXED | IOMMUCTL_MAP_READ |
							IOMMUCTL_MAP_WRITE,
					       .ioas_id = id,
					       .fd = memfd,
					       .length = amount,
					       .iova = IOVA };

	if (ioctl(iommufd, ABI_IOMMU_IOAS_MAP_FILE, &arg) < 0)
		die("IOMMU_IOAS_MAP_FILE");
	plain_unmap(IOVA, amount);
}

static void library_file(void)
{
	struct iommuctl_range range = { IOVA, IOVA + amount - 1 };
	uint64_t iova = IOVA;

	if (iommuctl_ioas_map_file(ioas, memfd, 0, amount,
				   IOMMUCTL_MAP_FIXED | IOMMUCTL_MAP_READ | IOMMUCTL_MAP_WRITE,
				   &iova) < 0 ||
	    iommuctl_ioas_unmap(ioas, range, NULL) < 0)
		die("library");
}

/* The lines of those pairs. */
static void write_lines(void)
{
	FILE *out = fdopen(dup(lines), "w");

	for (uint64_t at = IOVA; out && at < IOVA + 4096 * amount; at += 4096)
		fprintf(out,
			"ioas map %" PRIu32 " --file %d --iova 0x%" PRIx64 " --length 4096\n"
			"ioas unmap %" PRIu32 " --iova 0x%" PRIx64 " --length 4096\n",
			id, memfd, at, id, at);
	if (!out || fclose(out) != 0)
		die("lines");
}

static void batch_pairs(void)
{
	char number[16];
	pid_t child = fork();
	int status;

	if (child == 0) {
		lseek(lines, 0, SEEK_SET);
		dup2(lines, STDIN_FILENO);
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
		snprintf(number, sizeof(number), "%d", iommufd);
		execl(getenv("IOMMUCTL"), "iommuctl", "--iommufd", number, "batch", "-", NULL);
		die("exec");
	}
	if (waitpid(child, &status, 0) != child || status != 0)
		die("batch");
}

static const struct way {
	const char *name;
	void (*plain)(void), (*other)(void);
} ways[] = {
	{ "pairs", plain_pairs, library_pairs },
	{ "file", plain_file, library_file },
	{ "batch", plain_pairs, batch_pairs },
	{ NULL, NULL, NULL },
};

static void measure(void (*run)(void), uint64_t *best)
{
	uint64_t start = now(), spent;

	run();
	spent = now() - start;
	if (spent < *best)
		*best = spent;
}

int main(int argc, char **argv)
{
	uint64_t plain = UINT64_MAX, other = UINT64_MAX;
	const struct way *way = ways;
	struct iommuctl_context *ctx;
	struct iommuctl_iommufd *handle;
	int rounds;

	while (argc == 6 && way->name && strcmp(way->name, argv[1]) != 0)
		way++;
	if (argc != 6 || !way->name)
		return 2;
	iommufd = atoi(argv[2]);
	id = (uint32_t)atoi(argv[3]);
	amount = strtoull(argv[4], NULL, 0);
	rounds = atoi(argv[5]);
	if (iommuctl_context_new(&ctx) < 0 ||
	    iommuctl_iommufd_from_fd(ctx, dup(iommufd), &handle) < 0 ||
	    iommuctl_object_from_id(handle, IOMMUCTL_OBJECT_IOAS, id, -1, &ioas) < 0)
		die("iommufd");
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
		    -1, 0);
	/* for batch, too */
	memfd = memfd_create("speed", 0);
	lines = memfd_create("lines", 0);
	if (ftruncate(memfd, way->plain == plain_file ? (off_t)amount : 4096) < 0)
		die("memfd");
	if (way->other == batch_pairs)
		write_lines();
	for (int i = 0; i < rounds; i++) {
		measure(way->plain, &plain);
		measure(way->other, &other);
	}
	printf("%" PRIu64 " %" PRIu64 " %.3f\n", plain, other, (double)other / (double)plain);
	iommuctl_object_free(ioas);
	iommuctl_iommufd_close(handle);
	iommuctl_context_unref(ctx);
	return 0;
}
