/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bitmap.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORD_BITS 64u

static int fail(const struct bitmap *bitmap, const char *action, int error)
{
	message("%s: %s: %s", bitmap->path, action, strerror(error));
	return -error;
}

int bitmap_open(struct bitmap *bitmap, const char *path, struct iommuctl_range range,
		uint64_t page_size)
{
	const uint64_t pages = (range.end - range.start) / page_size + 1;
	/* a pipe must not be waited for, and has no places */
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

	*bitmap = (struct bitmap){ .path = path, .start = range.start, .page_size = page_size };
	bitmap->fd = open(path, flags, 0666);
	if (bitmap->fd < 0)
		return fail(bitmap, "open", errno);
	if (ftruncate(bitmap->fd, (off_t)((pages + WORD_BITS - 1) / WORD_BITS * 8)) < 0) {
		int r = fail(bitmap, "make room for the bits", errno);

		close(bitmap->fd);
		bitmap->fd = -1;
		return r;
	}
	return 0;
}

static int flush(struct bitmap *bitmap)
{
	const char *data = (const char *)bitmap->words;
	const size_t length = bitmap->used * sizeof(bitmap->words[0]);

	for (size_t done = 0; done < length;) {
		ssize_t n = pwrite(bitmap->fd, data + done, length - done,
				   (off_t)(bitmap->first * sizeof(bitmap->words[0]) + done));

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	memset(bitmap->words, 0, length);
	bitmap->used = 0;
	return 0;
}

/* The word INDEX of the file, in memory. */
static int get_word(struct bitmap *bitmap, uint64_t index, uint64_t **ret_word)
{
	int r;

	if (bitmap->used == 0) {
		bitmap->first = index;
	} else if (index - bitmap->first >= BITMAP_WORDS) {
		r = flush(bitmap);
		if (r < 0)
			return r;
		bitmap->first = index;
	}
	bitmap->used = index - bitmap->first + 1;
	*ret_word = &bitmap->words[index - bitmap->first];
	return 0;
}

int bitmap_set(struct bitmap *bitmap, struct iommuctl_range run)
{
	const uint64_t end = (run.end - bitmap->start) / bitmap->page_size + 1;
	uint64_t page = (run.start - bitmap->start) / bitmap->page_size;
	uint64_t *word;

	while (page < end) {
		const uint64_t bit = page % WORD_BITS;
		const uint64_t n = end - page < WORD_BITS - bit ? end - page : WORD_BITS - bit;
		int r = get_word(bitmap, page / WORD_BITS, &word);

		if (r < 0)
			return r;
		*word |= htole64(UINT64_MAX >> (WORD_BITS - n) << bit);
		page += n;
	}
	return 0;
}

int bitmap_close(struct bitmap *bitmap)
{
	int r = flush(bitmap);

	if (close(bitmap->fd) < 0 && r >= 0)
		r = -errno;
	bitmap->fd = -1;
	return r < 0 ? fail(bitmap, "write", -r) : 0;
}
