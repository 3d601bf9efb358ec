/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stage1 FILE TABLES VA IPA...: writes into FILE, the memory of an imaginary guest from its address
 * MEMORY on, what an SMMUv3 reads of the guest's first stage: from the guest's address TABLES on a
 * context descriptor and tables of three levels, which map the 4 KiB pages at VA, all in the same
 * 2 MiB, to IPA.
 *
 * After Arm IHI 0070 (the descriptor) and DDI 0487 (VMSAv8-64, 4 KiB granule, 39-bit addresses).
 */
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define MEMORY 0x80000000
#define PAGE   4096

enum { DESCRIPTOR, LEVEL1, LEVEL2, LEVEL3, PAGES };

static uint64_t pages[PAGES][PAGE / sizeof(uint64_t)];

/* clang-format off */
static const uint64_t descriptor =
	25 |		/* T0SZ: 64 - 39 bits */
	1 << 8 |	/* IR0: walks are cacheable, write-back, inner */
	1 << 10 |	/* OR0: outer */
	3 << 12 |	/* SH0: inner shareable */
	1ULL << 30 |	/* EPD1: no second table */
	1ULL << 31 |	/* V: valid */
	2ULL << 32 |	/* IPS: 40 bits */
	1ULL << 41 |	/* AA64 */
	1ULL << 45 |	/* R: events of faults */
	1ULL << 46 |	/* A: they abort */
	1ULL << 48;	/* ASID 1 */
/* clang-format on */

static const uint64_t table = 3;
static const uint64_t leaf =
	3 | 1 << 6 /* unprivileged too */ | 3 << 8 /* shareable */ | 1 << 10 /* accessed */;

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (!*text || *end || value % PAGE)
		errx(2, "%s: not the address of a page", text);
	return value;
}

static uint64_t *entry(int level, uint64_t va)
{
	return &pages[level][va >> (12 + 9 * (LEVEL3 - level)) & 0x1ff];
}

int main(int argc, char **argv)
{
	uint64_t tables;
	int fd;

	if (argc < 5 || argc % 2 == 0)
		errx(2, "usage: stage1 FILE TABLES VA IPA...");
	tables = number(argv[2]);
	pages[DESCRIPTOR][0] = htole64(descriptor);
	pages[DESCRIPTOR][1] = htole64(tables + LEVEL1 * PAGE);
	pages[DESCRIPTOR][3] = htole64(0xff); /* MAIR: all is ordinary memory, write-back */
	for (int i = 3; i < argc; i += 2) {
		uint64_t va = number(argv[i]);

		*entry(LEVEL1, va) = htole64((tables + LEVEL2 * PAGE) | table);
		*entry(LEVEL2, va) = htole64((tables + LEVEL3 * PAGE) | table);
		*entry(LEVEL3, va) = htole64(number(argv[i + 1]) | leaf);
	}
	fd = open(argv[1], O_WRONLY | O_CLOEXEC);
	if (fd < 0 || pwrite(fd, pages, sizeof(pages), (off_t)(tables - MEMORY)) != sizeof(pages))
		err(1, "%s", argv[1]);
	return 0;
}
