/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layouts against an exhaustive search over few addresses, and what must hold of all. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libiommuctl/iommuctl.h"
#include "test.h"

#define BITS   24
#define ROUNDS 20000
#define ALL    ((struct iommuctl_range){ 0, UINT64_MAX })

static unsigned int below(unsigned int limit)
{
	return (unsigned int)random() % limit;
}

static struct iommuctl_layout *new_layout(void)
{
	struct iommuctl_layout *layout;

	assert_int_equal(iommuctl_layout_new(&layout), 0);
	return layout;
}

static void exclude(struct iommuctl_layout *layout, const char *owner, uint64_t start, uint64_t end)
{
	struct iommuctl_region region = { { start, end }, IOMMUCTL_REGION_RESERVED };

	assert_int_equal(iommuctl_layout_exclude(layout, owner, &region), 0);
}

static void add(struct iommuctl_layout *layout, uint64_t size, uint64_t alignment,
		struct iommuctl_range window, unsigned int flags)
{
	struct iommuctl_layout_block block = { size, alignment, window, flags };

	assert_int_equal(iommuctl_layout_add_block(layout, &block, NULL), 0);
}

static void assert_piece(const struct iommuctl_layout *layout, size_t i, size_t block,
			 uint64_t start, uint64_t end)
{
	struct iommuctl_layout_piece piece;

	assert_int_equal(iommuctl_layout_get_piece(layout, i, &piece), 0);
	assert_int_equal(piece.block, block);
	assert_int_equal(piece.range.start, start);
	assert_int_equal(piece.range.end, end);
}

static void assert_end(const struct iommuctl_layout *layout, size_t i)
{
	struct iommuctl_layout_piece piece;

	assert_int_equal(iommuctl_layout_get_piece(layout, i, &piece), -ENOENT);
}

/* ------------------------------------------------------ few addresses, all ways */

/* Each address below BITS is a bit of a mask. */
struct model {
	uint32_t excluded[4];
	size_t excluded_count;
	struct iommuctl_layout_block blocks[4];
	size_t block_count;
};

static uint32_t mask_of(uint64_t start, uint64_t end)
{
	uint32_t mask = 0;

	for (uint64_t i = start; i <= end && i < BITS; i++)
		mask |= 1u << i;
	return mask;
}

static uint32_t excluded(const struct model *model)
{
	uint32_t mask = ~mask_of(0, BITS - 1);

	for (size_t i = 0; i < model->excluded_count; i++)
		mask |= model->excluded[i];
	return mask;
}

/* Whether the blocks from the Ith on have places outside USED. */
static bool possible(const struct model *model, size_t i, uint32_t used)
{
	const struct iommuctl_layout_block *block = &model->blocks[i];

	if (i == model->block_count)
		return true;
	for (uint64_t start = 0; start < BITS; start += block->alignment) {
		uint64_t end = start + block->size - 1;
		uint32_t mask = mask_of(start, end);

		if (start >= block->window.start && end <= block->window.end && end < BITS &&
		    !(mask & used) && possible(model, i + 1, used | mask))
			return true;
	}
	return false;
}

static void make_model(struct model *model, struct iommuctl_layout *layout, bool split)
{
	exclude(layout, "end", BITS, UINT64_MAX);
	model->excluded_count = below(5);
	for (size_t i = 0; i < model->excluded_count; i++) {
		/* no two of one range, which would count as one */
		uint64_t start = i * BITS / 4 + below(BITS / 4), end = start + below(9);

		model->excluded[i] = mask_of(start, end);
		exclude(layout, "device", start, end);
	}
	model->block_count = 1 + below(4);
	for (size_t i = 0; i < model->block_count; i++) {
		struct iommuctl_layout_block *block = &model->blocks[i];
		uint64_t start = below(BITS);

		*block = (struct iommuctl_layout_block){
			.size = 1 + below(6),
			.alignment = 1u << below(3),
			.window = below(2) ? ALL
					   : (struct iommuctl_range){ start, start + below(BITS) },
			.flags = below(4) ? 0 : IOMMUCTL_LAYOUT_TOP,
		};
		if (split && below(2)) {
			block->flags = IOMMUCTL_LAYOUT_SPLIT;
			block->size *= block->alignment;
		}
		assert_int_equal(iommuctl_layout_add_block(layout, block, NULL), 0);
	}
}

/* Inside its window, aligned, outside of all exclusions, no two overlap, all of each block. */
static void assert_valid(const struct iommuctl_layout *layout, const struct model *model)
{
	uint32_t used = excluded(model);
	uint64_t total[4] = { 0 }, last = 0;
	struct iommuctl_layout_piece piece;

	for (size_t i = 0; iommuctl_layout_get_piece(layout, i, &piece) == 0; i++) {
		const struct iommuctl_layout_block *block = &model->blocks[piece.block];
		uint32_t mask = mask_of(piece.range.start, piece.range.end);

		assert_true(piece.block < model->block_count);
		assert_true(piece.range.end < BITS && piece.range.start >= last);
		assert_true(piece.range.start >= block->window.start &&
			    piece.range.end <= block->window.end);
		assert_int_equal(piece.range.start % block->alignment, 0);
		assert_false(mask & used);
		used |= mask;
		last = piece.range.end;
		total[piece.block] += piece.range.end - piece.range.start + 1;
		if (block->flags & IOMMUCTL_LAYOUT_SPLIT)
			assert_int_equal((piece.range.end + 1) % block->alignment, 0);
		else
			assert_int_equal(total[piece.block], block->size);
	}
	for (size_t i = 0; i < model->block_count; i++)
		assert_int_equal(total[i], model->blocks[i].size);
}

/* The fewest ranges of exclusions without which one block alone would fit; -1 none would do. */
static int fewest(const struct model *model)
{
	int best = -1;

	for (unsigned int dropped = 0; dropped < 1u << model->excluded_count; dropped++) {
		struct model less = *model;
		int n = __builtin_popcount(dropped);

		less.excluded_count = 0;
		for (size_t i = 0; i < model->excluded_count; i++)
			if (!(dropped & 1u << i))
				less.excluded[less.excluded_count++] = model->excluded[i];
		if ((best < 0 || n < best) && possible(&less, 0, excluded(&less)))
			best = n;
	}
	return best;
}

/* Different ranges among the conflicts; the end of addresses is none that could be dropped. */
static int count_conflicts(const struct iommuctl_layout *layout, bool *ret_end)
{
	struct iommuctl_layout_conflict conflict;
	struct iommuctl_range last = { 1, 0 };
	int n = 0;

	*ret_end = false;
	for (size_t i = 0; iommuctl_layout_get_conflict(layout, i, &conflict) == 0; i++) {
		struct iommuctl_range range = conflict.region.range;

		*ret_end = *ret_end || strcmp(conflict.owner, "end") == 0;
		n += range.start != last.start || range.end != last.end;
		last = range;
	}
	return n;
}

static void test_whole(void **state)
{
	unsigned int solved = 0, impossible = 0, explained = 0;

	(void)state;
	srandom(1);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct iommuctl_layout *layout = new_layout();
		struct model model = { 0 };
		bool end;
		int r;

		make_model(&model, layout, false);
		r = iommuctl_layout_solve(layout);
		if (possible(&model, 0, excluded(&model))) {
			assert_int_equal(r, 0);
			assert_valid(layout, &model);
			solved++;
		} else {
			assert_int_equal(r, -ENOSPC);
			assert_end(layout, 0);
			impossible++;
		}
		if (r < 0 && model.block_count == 1) {
			int n = count_conflicts(layout, &end), best = fewest(&model);

			/* without the end of addresses there may be a way with fewer */
			if (!end && best >= 0) {
				assert_int_equal(n, best);
				explained++;
			}
		}
		iommuctl_layout_free(layout);
	}
	assert_true(solved > ROUNDS / 10 && impossible > ROUNDS / 10 && explained > 20);
}

static void test_split(void **state)
{
	unsigned int solved = 0;

	(void)state;
	srandom(2);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct iommuctl_layout *layout = new_layout();
		struct model model = { 0 };
		int r;

		make_model(&model, layout, true);
		r = iommuctl_layout_solve(layout);
		if (r == 0)
			assert_valid(layout, &model);
		else
			assert_int_equal(r, -ENOSPC);
		/* in one piece is a way to be in pieces */
		if (model.block_count == 1 && possible(&model, 0, excluded(&model)))
			assert_int_equal(r, 0);
		solved += r == 0;
		iommuctl_layout_free(layout);
	}
	assert_true(solved > ROUNDS / 10);
}

/* ------------------------------------------------------------------ as guests have it */

#define MIB 0x100000ull
#define GIB 0x40000000ull
#define LOW ((struct iommuctl_range){ 0, 0xffffffff })

static void add_guest(struct iommuctl_layout *layout)
{
	add(layout, 16 * GIB, 2 * MIB, ALL, IOMMUCTL_LAYOUT_SPLIT);
	add(layout, GIB, 2 * MIB, LOW, IOMMUCTL_LAYOUT_TOP);
	add(layout, 64 * GIB, GIB, (struct iommuctl_range){ 4 * GIB, UINT64_MAX }, 0);
}

static void test_x86(void **state)
{
	struct iommuctl_layout *layout = new_layout();

	(void)state;
	exclude(layout, "0000:00:02.0", 0xfee00000, 0xfeefffff);
	assert_int_equal(iommuctl_layout_limit(layout, "dmar0", 39), 0);
	add_guest(layout);
	assert_int_equal(iommuctl_layout_solve(layout), 0);
	/* memory from 0 on, devices below the interrupts, the rest of memory around that */
	assert_piece(layout, 0, 0, 0, 0xbedfffff);
	assert_piece(layout, 1, 1, 0xbee00000, 0xfedfffff);
	assert_piece(layout, 2, 0, 0xfef00000 + MIB, 0xfef00000 + MIB + 16 * GIB - 0xbee00000 - 1);
	assert_piece(layout, 3, 2, 18 * GIB, 82 * GIB - 1);
	assert_end(layout, 4);
	iommuctl_layout_free(layout);
}

static void assert_conflict(const struct iommuctl_layout *layout, size_t i,
			    enum iommuctl_layout_conflict_kind kind, const char *owner,
			    uint64_t start)
{
	struct iommuctl_layout_conflict conflict;

	assert_int_equal(iommuctl_layout_get_conflict(layout, i, &conflict), 0);
	assert_int_equal(conflict.kind, kind);
	if (owner)
		assert_string_equal(conflict.owner, owner);
	else
		assert_null(conflict.owner);
	assert_int_equal(conflict.region.range.start, start);
}

static void test_conflicts(void **state)
{
	struct iommuctl_layout *layout = new_layout();
	struct iommuctl_layout_conflict conflict;
	size_t block;

	(void)state;
	exclude(layout, "b", 0x8000000, 0x80fffff);
	exclude(layout, "a", 0x8000000, 0x80fffff);
	exclude(layout, "c", 0x1000, 0x1fff);
	assert_int_equal(iommuctl_layout_limit(layout, "smmu", 32), 0);
	add(layout, 4 * GIB - 64 * MIB, MIB, ALL, 0);
	assert_int_equal(iommuctl_layout_solve(layout), -ENOSPC);
	assert_int_equal(iommuctl_layout_get_failed_block(layout, &block), 0);
	assert_int_equal(block, 0);
	/* one region, of two devices */
	assert_conflict(layout, 0, IOMMUCTL_LAYOUT_CONFLICT_REGION, "a", 0x8000000);
	assert_conflict(layout, 1, IOMMUCTL_LAYOUT_CONFLICT_REGION, "b", 0x8000000);
	assert_int_equal(iommuctl_layout_get_conflict(layout, 2, &conflict), -ENOENT);
	/* more than there can be below the limit */
	add(layout, 5 * GIB, MIB, ALL, IOMMUCTL_LAYOUT_SPLIT);
	assert_int_equal(iommuctl_layout_solve(layout), -ENOSPC);
	assert_int_equal(iommuctl_layout_get_failed_block(layout, &block), 0);
	assert_int_equal(block, 1);
	assert_conflict(layout, 0, IOMMUCTL_LAYOUT_CONFLICT_LIMIT, "smmu", 1ull << 32);
	assert_int_equal(iommuctl_layout_get_conflict(layout, 1, &conflict), -ENOENT);
	iommuctl_layout_free(layout);
	/* larger than its window: nothing is to blame */
	layout = new_layout();
	add(layout, 5 * GIB, MIB, LOW, 0);
	assert_int_equal(iommuctl_layout_solve(layout), -ENOSPC);
	assert_int_equal(iommuctl_layout_get_conflict(layout, 0, &conflict), -ENOENT);
	/* another block */
	iommuctl_layout_free(layout);
	layout = new_layout();
	add(layout, 3 * GIB, MIB, LOW, 0);
	add(layout, 2 * GIB, MIB, LOW, 0);
	assert_int_equal(iommuctl_layout_solve(layout), -ENOSPC);
	assert_int_equal(iommuctl_layout_get_failed_block(layout, &block), 0);
	assert_int_equal(block, 1);
	assert_conflict(layout, 0, IOMMUCTL_LAYOUT_CONFLICT_BLOCK, NULL, 0);
	iommuctl_layout_free(layout);
}

static void test_ends(void **state)
{
	struct iommuctl_layout *layout = new_layout();
	struct iommuctl_layout_block bad = { 1, 3, { 0, 1 }, 0 };
	struct iommuctl_region region = { { 1, 0 }, IOMMUCTL_REGION_MSI };

	(void)state;
	/* all but the last page, which is a block's */
	exclude(layout, "all", 0, UINT64_MAX - 0x1000);
	add(layout, 0x1000, 0x1000, ALL, IOMMUCTL_LAYOUT_SPLIT);
	assert_int_equal(iommuctl_layout_solve(layout), 0);
	assert_piece(layout, 0, 0, UINT64_MAX - 0xfff, UINT64_MAX);
	assert_end(layout, 1);
	add(layout, 1, 1, ALL, 0);
	assert_int_equal(iommuctl_layout_solve(layout), -ENOSPC);
	assert_end(layout, 0);
	assert_int_equal(iommuctl_layout_add_block(layout, &bad, NULL), -EINVAL);
	assert_int_equal(iommuctl_layout_exclude(layout, "a", &region), -EINVAL);
	assert_int_equal(iommuctl_layout_limit(layout, "a", 0), -EINVAL);
	assert_int_equal(iommuctl_layout_limit(layout, "a", 65), -EINVAL);
	assert_int_equal(iommuctl_layout_limit(layout, "a", 64), 0);
	assert_null(iommuctl_layout_free(layout));
	assert_null(iommuctl_layout_free(NULL));
	layout = new_layout();
	add(layout, UINT64_MAX - 0xfff, 0x1000, ALL, IOMMUCTL_LAYOUT_SPLIT);
	assert_int_equal(iommuctl_layout_solve(layout), 0);
	assert_piece(layout, 0, 0, 0, UINT64_MAX - 0x1000);
	iommuctl_layout_free(layout);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* N regions of N devices, in no order. */
static double time_regions(size_t n)
{
	struct iommuctl_layout *layout = new_layout();
	double start = seconds();
	char owner[32];

	for (size_t i = 0; i < n; i++) {
		uint64_t at = (i * 7919 % n) * 4 * MIB;

		snprintf(owner, sizeof(owner), "device%zu", i);
		exclude(layout, owner, at + MIB, at + MIB + 0xfff);
	}
	add(layout, n * MIB, MIB, ALL, IOMMUCTL_LAYOUT_SPLIT);
	add(layout, GIB, GIB, ALL, 0);
	assert_int_equal(iommuctl_layout_solve(layout), 0);
	add(layout, 8 * GIB, MIB, (struct iommuctl_range){ 0, n * 4 * MIB - 1 }, 0);
	assert_int_equal(iommuctl_layout_solve(layout), -ENOSPC);
	iommuctl_layout_free(layout);
	return seconds() - start;
}

static void test_many(void **state)
{
	double few = time_regions(10007), many = time_regions(100003);

	(void)state;
	/* ten times as many, and not a hundred times as long */
	assert_true(many < 25 * few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_split),
		cmocka_unit_test(test_x86),   cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_ends),  cmocka_unit_test(test_many),
	};

	return RUN(tests);
}
