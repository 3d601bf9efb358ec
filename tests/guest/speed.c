/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast the library maps: plain ioctl()s against its functions, in turns, so that a busy machine
 * slows both. "speed pairs IOMMUFD IOAS N ROUNDS" maps and unmaps 4 KiB N times; "speed file
 * IOMMUFD IOAS BYTES ROUNDS" maps a memfd at once. Prints the best nanoseconds of each, and their
 * ratio.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/iommuctl.h"

#define IOVA UINT64_C(0x10000000)

static struct iommuctl_object *ioas;
static int iommufd, memfd = -1;
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

static void plain_unmap(uint64_t length)
{
	struct abi_iommu_ioas_unmap arg = { .size = sizeof(arg),
					    .ioas_id = iommuctl_object_get_id(ioas),
					    .iova = IOVA,
					    .length = length };

	if (ioctl(iommufd, ABI_IOMMU_IOAS_UNMAP, &arg) < 0)
		die("IOMMU_IOAS_UNMAP");
}

static void plain_pairs(void)
{
	uint32_t id = iommuctl_object_get_id(ioas);

	for (uint64_t i = 0; i < amount; i++) {
		struct abi_iommu_ioas_map arg = { .size = sizeof(arg),
						  .flags = IOMMUCTL_MAP_FIXED | IOMMUCTL_MAP_READ |
							   IOMMUCTL_MAP_WRITE,
						  .ioas_id = id,
						  .user_va = (uintptr_t)page,
						  .length = 4096,
						  .iova = IOVA };

		if (ioctl(iommufd, ABI_IOMMU_IOAS_MAP, &arg) < 0)
			die("IOMMU_IOAS_MAP");
		plain_unmap(4096);
	}
}

static void library_pairs(void)
{
	struct iommuctl_range range = { IOVA, IOVA + 4095 };

	for (uint64_t i = 0; i < amount; i++) {
		uint64_t iova = IOVA;

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
					       .ioas_id = iommuctl_object_get_id(ioas),
					       .fd = memfd,
					       .length = amount,
					       .iova = IOVA };

	if (ioctl(iommufd, ABI_IOMMU_IOAS_MAP_FILE, &arg) < 0)
		die("IOMMU_IOAS_MAP_FILE");
	plain_unmap(amount);
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
	uint64_t plain = UINT64_MAX, library = UINT64_MAX;
	struct iommuctl_context *ctx;
	struct iommuctl_iommufd *handle;
	int rounds, pairs;

	if (argc != 6)
		return 2;
	pairs = strcmp(argv[1], "pairs") == 0;
	iommufd = atoi(argv[2]);
	amount = strtoull(argv[4], NULL, 0);
	rounds = atoi(argv[5]);
	if (iommuctl_context_new(&ctx) < 0 ||
	    iommuctl_iommufd_from_fd(ctx, dup(iommufd), &handle) < 0 ||
	    iommuctl_object_from_id(handle, IOMMUCTL_OBJECT_IOAS, (uint32_t)atoi(argv[3]), -1,
				    &ioas) < 0)
		die("iommufd");
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
		    -1, 0);
	memfd = memfd_create("speed", MFD_CLOEXEC);
	if (!pairs && ftruncate(memfd, (off_t)amount) < 0)
		die("memfd");
	for (int i = 0; i < rounds; i++) {
		measure(pairs ? plain_pairs : plain_file, &plain);
		measure(pairs ? library_pairs : library_file, &library);
	}
	printf("%llu %llu %.3f\n", (unsigned long long)plain, (unsigned long long)library,
	       (double)library / (double)plain);
	iommuctl_object_free(ioas);
	iommuctl_iommufd_close(handle);
	iommuctl_context_unref(ctx);
	return 0;
}
