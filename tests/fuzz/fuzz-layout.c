/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layouts: blocks are whole and where they may be; and what is said to be in the way is. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "libiommuctl/internal.h"

#define EXCLUSIONS_MAX 24
#define BLOCKS_MAX     5
#define NONE	       SIZE_MAX

struct request {
	struct iommuctl_region exclusions[EXCLUSIONS_MAX];
	unsigned int bits[EXCLUSIONS_MAX]; /* a limit instead; 0: none */
	size_t exclusion_count;
	struct iommuctl_layout_block blocks[BLOCKS_MAX];
	size_t block_count;
};

/* -------------------------------------------------------------- from bytes */

/* A few bits somewhere, sometimes less one: small numbers, powers of two, and all ones. */
static uint64_t take_number(struct input *input)
{
	uint8_t bits = take(input), shift = take(input);
	uint64_t number = (uint64_t)bits << (shift & 63);

	return shift & 64 ? number - 1 : number;
}

static struct iommuctl_range take_range(struct input *input)
{
	uint64_t a = take_number(input), b = take_number(input);

	return (struct iommuctl_range){ a < b ? a : b, a < b ? b : a };
}

static struct iommuctl_layout_block take_block(struct input *input)
{
	struct iommuctl_layout_block block = { 0 };

	block.alignment = UINT64_C(1) << (take(input) & 63);
	block.flags = take(input) & (IOMMUCTL_LAYOUT_SPLIT | IOMMUCTL_LAYOUT_TOP);
	block.window = take_range(input);
	block.size = take_number(input);
	if (block.flags & IOMMUCTL_LAYOUT_SPLIT)
		block.size &= -block.alignment;
	block.size = block.size ? block.size : block.alignment;
	return block;
}

static struct request read_request(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct request request = { .block_count = 1 + take(&input) % BLOCKS_MAX };

	for (size_t i = 0; i < request.block_count; i++)
		request.blocks[i] = take_block(&input);
	while (input.size > 0 && request.exclusion_count < EXCLUSIONS_MAX) {
		size_t n = request.exclusion_count++;
		uint8_t kind = take(&input);

		if (kind & 0x80)
			request.bits[n] = 1 + (kind & 63);
		else
			request.exclusions[n].range = take_range(&input);
	}
	return request;
}

/* ----------------------------------------------------------------- solving */

/* The owner's name is the number of what is excluded. */
static void exclude(struct iommuctl_layout *layout, const struct request *request, size_t i)
{
	char owner[24];

	snprintf(owner, sizeof(owner), "%zu", i);
	CHECK((request->bits[i]
		       ? iommuctl_layout_limit(layout, owner, request->bits[i])
		       : iommuctl_layout_exclude(layout, owner, &request->exclusions[i])) == 0);
}

/* All of REQUEST, from the exclusion FIRST on and around. */
static struct iommuctl_layout *solve(const struct request *request, size_t first, int *ret)
{
	struct iommuctl_layout *layout;

	CHECK(iommuctl_layout_new(&layout) == 0);
	for (size_t i = 0; i < request->exclusion_count; i++)
		exclude(layout, request, (first + i) % request->exclusion_count);
	for (size_t i = 0; i < request->block_count; i++)
		CHECK(iommuctl_layout_add_block(layout, &request->blocks[i], NULL) == 0);
	*ret = iommuctl_layout_solve(layout);
	CHECK(*ret == 0 || *ret == -ENOSPC);
	return layout;
}

/* ------------------------------------------------------------ what must hold */

static bool overlap(struct iommuctl_range a, struct iommuctl_range b)
{
	return a.start <= b.end && b.start <= a.end;
}

static void check_piece(const struct request *request, const struct iommuctl_layout_piece *piece)
{
	const struct iommuctl_layout_block *block = &request->blocks[piece->block];

	CHECK(piece->block < request->block_count && piece->range.start <= piece->range.end);
	CHECK(piece->range.start >= block->window.start && piece->range.end <= block->window.end);
	CHECK(piece->range.start % block->alignment == 0);
	for (size_t i = 0; i < request->exclusion_count; i++)
		CHECK(request->bits[i]
			      ? request->bits[i] == 64 || !(piece->range.end >> request->bits[i])
			      : !overlap(piece->range, request->exclusions[i].range));
}

static void check_pieces(const struct request *request, const struct iommuctl_layout *layout)
{
	uint64_t sizes[BLOCKS_MAX] = { 0 };
	size_t counts[BLOCKS_MAX] = { 0 };
	struct iommuctl_layout_piece piece;
	uint64_t last = 0;

	for (size_t i = 0; iommuctl_layout_get_piece(layout, i, &piece) == 0; i++) {
		check_piece(request, &piece);
		CHECK(i == 0 || last < piece.range.start);
		sizes[piece.block] += piece.range.end - piece.range.start + 1;
		counts[piece.block]++;
		last = piece.range.end;
	}
	for (size_t i = 0; i < request->block_count; i++) {
		CHECK(sizes[i] == request->blocks[i].size);
		CHECK(counts[i] == 1 || request->blocks[i].flags & IOMMUCTL_LAYOUT_SPLIT);
	}
}

/* Alone, and without what is in its way, the block has room; and does not if nothing is. */
static void check_conflicts(const struct request *request, const struct iommuctl_layout *layout)
{
	struct request alone = { .block_count = 1 };
	bool named[EXCLUSIONS_MAX] = { false };
	struct iommuctl_layout_conflict conflict;
	struct iommuctl_layout *free_layout;
	size_t failed = NONE, count = 0;
	int r;

	CHECK(iommuctl_layout_get_failed_block(layout, &failed) == 0);
	for (; iommuctl_layout_get_conflict(layout, count, &conflict) == 0; count++) {
		CHECK(conflict.kind != IOMMUCTL_LAYOUT_CONFLICT_BLOCK || conflict.block != failed);
		if (conflict.kind != IOMMUCTL_LAYOUT_CONFLICT_BLOCK)
			named[atoi(conflict.owner)] = true;
	}
	alone.blocks[0] = request->blocks[failed];
	for (size_t i = 0; i < request->exclusion_count; i++)
		if (!named[i]) {
			alone.exclusions[alone.exclusion_count] = request->exclusions[i];
			alone.bits[alone.exclusion_count++] = request->bits[i];
		}
	alone.exclusion_count = count > 0 ? alone.exclusion_count : 0;
	free_layout = solve(&alone, 0, &r);
	CHECK((r == 0) == (count > 0));
	iommuctl_layout_free(free_layout);
}

static void check_same(const struct iommuctl_layout *a, const struct iommuctl_layout *b)
{
	struct iommuctl_layout_piece one, other;
	struct iommuctl_layout_conflict former, latter;
	size_t i = 0;

	for (; iommuctl_layout_get_piece(a, i, &one) == 0; i++)
		CHECK(iommuctl_layout_get_piece(b, i, &other) == 0 && one.block == other.block &&
		      one.range.start == other.range.start && one.range.end == other.range.end);
	CHECK(iommuctl_layout_get_piece(b, i, &other) == -ENOENT);
	for (i = 0; iommuctl_layout_get_conflict(a, i, &former) == 0; i++)
		CHECK(iommuctl_layout_get_conflict(b, i, &latter) == 0 &&
		      former.kind == latter.kind && former.block == latter.block &&
		      strcmp(former.owner ? former.owner : "", latter.owner ? latter.owner : "") ==
			      0);
	CHECK(iommuctl_layout_get_conflict(b, i, &latter) == -ENOENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request request = read_request(data, size);
	int r, other;
	struct iommuctl_layout *layout = solve(&request, 0, &r),
			       *again = solve(&request, request.exclusion_count / 2, &other);

	CHECK(r == other);
	check_same(layout, again);
	if (r == 0)
		check_pieces(&request, layout);
	else
		check_conflicts(&request, layout);
	iommuctl_layout_free(again);
	iommuctl_layout_free(layout);
	return 0;
}
