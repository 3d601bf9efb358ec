/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file with a bit for each page of a range. */
#ifndef IOMMUCTL_BITMAP_H
#define IOMMUCTL_BITMAP_H

#include "app.h"

#define BITMAP_WORDS 4096u

/* Pages are set in ascending order; no more than a part of the file is in memory. */
struct bitmap {
	const char *path;
	int fd; /* -1: none */
	uint64_t start, page_size;
	uint64_t words[BITMAP_WORDS]; /* those of the file from FIRST on */
	uint64_t first;
	size_t used;
};

/* Makes the file, or empties it: all pages of RANGE are clear. Errors are told. */
int bitmap_open(struct bitmap *bitmap, const char *path, struct iommuctl_range range,
		uint64_t page_size);
/* Errors: those of pwrite(). */
int bitmap_set(struct bitmap *bitmap, struct iommuctl_range run);
int bitmap_close(struct bitmap *bitmap);

#endif
