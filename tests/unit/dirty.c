/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dirty pages, of a model of the kernel: at a hole it ends without a word, a large page of the
 * IOMMU is dirty and is cleared as a whole, and whoever asks from its middle on is told nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "libiommuctl/abi/iommufd.h"
#include "tree.h"

#define PAGE  UINT64_C(4096)
#define PAGES 256u
#define FIRST UINT64_C(0x40000000)

/* ---------------------------------------------------------------------- the model */

static struct page {
	unsigned int start, count; /* the large page that it is of; 0: a hole */
	bool dirty;		   /* of the first of it */
} pages[PAGES];
static bool tells_of_middles;	 /* as drivers did before Linux 7 */
static unsigned int calls, busy; /* BUSY: of so many calls one is followed by a write */
static bool written[PAGES];
static int error; /* of calls that clear, or 0 */

static void write_to(unsigned int page)
{
	if (pages[page].count == 0)
		return;
	pages[pages[page].start].dirty = true;
	written[page] = true;
}

/* Also what is behind the range, as far as the bitmap's last page of memory goes. */
static void tell(const struct abi_iommu_hwpt_get_dirty_bitmap *arg, unsigned int page,
		 unsigned int count)
{
	uint64_t *bitmap = (uint64_t *)(uintptr_t)arg->data;
	const uint64_t last = arg->data + (arg->length / arg->page_size - 1) / 8;
	const uint64_t room = 8 * ((last | 4095) + 1 - arg->data);

	for (unsigned int i = page; i < page + count; i++) {
		uint64_t bit = (FIRST + i * PAGE - arg->iova) / arg->page_size;

		if (bit < room)
			bitmap[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

static void walk_pages(const struct abi_iommu_hwpt_get_dirty_bitmap *arg)
{
	unsigned int at = (unsigned int)((arg->iova - FIRST) / PAGE);
	const unsigned int end = at + (unsigned int)(arg->length / PAGE);

	while (at < end && pages[at].count > 0) {
		struct page *large = &pages[pages[at].start];

		if (large->dirty && (at == large->start || tells_of_middles))
			tell(arg, at, large->count);
		if (!(arg->flags & ABI_IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR))
			large->dirty = false;
		at = tells_of_middles ? at + large->count : large->start + large->count;
	}
}

static int model_ioctl(int fd, unsigned long request, void *data)
{
	const struct abi_iommu_hwpt_get_dirty_bitmap *arg = data;

	(void)fd;
	if (request != ABI_IOMMU_HWPT_GET_DIRTY_BITMAP) {
		errno = ENOTTY;
		return -1;
	}
	calls++;
	errno = (arg->page_size | arg->iova | arg->length) % PAGE || arg->length == 0 ||
				arg->iova < FIRST || arg->iova + arg->length > FIRST + PAGES * PAGE
			? EINVAL
		: arg->flags & ABI_IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR ? 0
									: error;
	if (errno)
		return -1;
	walk_pages(arg);
	if (busy && random() % busy == 0)
		write_to((unsigned int)random() % PAGES);
	return 0;
}

static int model_open(struct iommuctl_context *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static const struct device_ops model = { .open = model_open, .ioctl = model_ioctl };

/* Large pages are as large as their address is aligned; every fourth is a hole. */
static void map_some(void)
{
	memset(pages, 0, sizeof(pages));
	memset(written, 0, sizeof(written));
	for (unsigned int at = 0, count; at < PAGES; at += count) {
		count = 1u << random() % 6;
		while (at % count)
			count /= 2;
		for (unsigned int i = at; random() % 4 > 0 && i < at + count; i++)
			pages[i] = (struct page){ .start = at, .count = count };
		/* what has only a part of it */
		for (unsigned int i = at; i < at + count; i++)
			if (pages[i].count && pages[at + count - 1].count == 0)
				pages[i] = (struct page){ .start = i, .count = 1 };
	}
	for (unsigned int i = random() % 32; i > 0; i--)
		write_to((unsigned int)random() % PAGES);
}

/* ------------------------------------------------------------------------ walking */

struct walked {
	bool told[PAGES];
	struct iommuctl_range last;
	uint64_t page_size;
	size_t runs;
};

static int keep_run(struct iommuctl_range run, void *data)
{
	struct walked *walked = data;

	assert_true(run.start <= run.end && (run.start - FIRST) % walked->page_size == 0 &&
		    (run.end + 1 - FIRST) % walked->page_size == 0);
	/* in order, and as long as can be */
	assert_true(walked->runs++ == 0 || run.start > walked->last.end + 1);
	walked->last = run;
	for (uint64_t at = run.start; at < run.end; at += PAGE)
		walked->told[(at - FIRST) / PAGE] = true;
	return 0;
}

static int stop(struct iommuctl_range range, void *data)
{
	(void)range;
	++*(unsigned int *)data;
	return -ECANCELED;
}

static struct iommuctl_iommufd *iommufd;
static struct iommuctl_object *hwpt;
static struct iommuctl_range_set *set;

static int setup(void **state)
{
	const struct tree *tree;

	if (tree_setup(state) != 0)
		return -1;
	tree = *state;
	tree->ctx->ops = &model;
	srandom(1);
	busy = calls = 0;
	error = 0;
	return iommuctl_iommufd_open(tree->ctx, &iommufd) |
	       iommuctl_object_from_id(iommufd, IOMMUCTL_OBJECT_HWPT, 5, -1, &hwpt) |
	       iommuctl_range_set_new(&set) |
	       iommuctl_range_set_add(set,
				      (struct iommuctl_range){ FIRST, FIRST + PAGES * PAGE - 1 });
}

static int teardown(void **state)
{
	iommuctl_range_set_free(set);
	iommuctl_object_free(hwpt);
	iommuctl_iommufd_close(iommufd);
	return tree_teardown(state);
}

static struct walked walk(uint64_t page_size, unsigned int flags)
{
	struct walked walked = { .page_size = page_size };

	assert_int_equal(iommuctl_hwpt_walk_dirty(hwpt, set, page_size, flags, keep_run, &walked),
			 0);
	return walked;
}

static bool is_dirty(unsigned int page)
{
	return pages[page].count > 0 && pages[pages[page].start].dirty;
}

/* Whether a page of the bitmap has a dirty one. */
static bool has_dirty(unsigned int page, uint64_t page_size)
{
	const unsigned int n = (unsigned int)(page_size / PAGE);

	for (unsigned int i = page / n * n; i < page / n * n + n; i++)
		if (is_dirty(i))
			return true;
	return false;
}

/* ---------------------------------------------------------------------------- tests */

static void test_holes(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 400; n++) {
		const uint64_t page_size = PAGE << n % 4;
		struct walked kept, cleared;
		bool dirty[PAGES];

		tells_of_middles = n % 8 >= 4;
		map_some();
		for (unsigned int i = 0; i < PAGES; i++)
			dirty[i] = has_dirty(i, page_size);
		kept = walk(page_size, IOMMUCTL_DIRTY_HOLES | IOMMUCTL_DIRTY_NO_CLEAR);
		assert_memory_equal(kept.told, dirty, sizeof(dirty));
		cleared = walk(page_size, IOMMUCTL_DIRTY_HOLES);
		assert_memory_equal(cleared.told, dirty, sizeof(dirty));
		for (unsigned int i = 0; i < PAGES; i++)
			assert_false(is_dirty(i));
	}
}

/* Whatever devices write to while it goes on is told, then or by the next one. */
static void test_none_is_lost(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 4000; n++) {
		struct walked first, second;

		tells_of_middles = n % 2;
		map_some();
		busy = 2 + n % 8;
		first = walk(PAGE, IOMMUCTL_DIRTY_HOLES);
		busy = 0;
		second = walk(PAGE, IOMMUCTL_DIRTY_HOLES);
		for (unsigned int i = 0; i < PAGES; i++)
			assert_true(!written[i] || first.told[i] || second.told[i]);
	}
}

/* One call for all, or for a mapping each. */
static void test_mapped(void **state)
{
	struct walked walked;

	(void)state;
	for (unsigned int i = 0; i < PAGES; i++)
		pages[i] = (struct page){ .start = i / 8 * 8, .count = i / 8 % 4 == 3 ? 0 : 8 };
	for (unsigned int i = 0; i < PAGES; i += 16)
		write_to(i);
	iommuctl_range_set_free(set);
	assert_int_equal(iommuctl_range_set_new(&set), 0);
	for (unsigned int i = 0; i < PAGES; i += 32)
		iommuctl_range_set_add(set, (struct iommuctl_range){ FIRST + i * PAGE,
								     FIRST + (i + 24) * PAGE - 1 });
	walked = walk(PAGE, 0);
	for (unsigned int i = 0; i < PAGES; i++)
		assert_int_equal(walked.told[i], pages[i].count && i / 8 % 2 == 0);
	assert_int_equal(calls, PAGES / 32);
	assert_int_equal(walk(PAGE, 0).runs, 0);
}

/* The rest of a large page is neither told nor written to the caller's memory. */
static void test_bitmap(void **state)
{
	uint64_t *bitmap = calloc(1, sizeof(*bitmap));

	(void)state;
	for (unsigned int i = 0; i < PAGES; i++)
		pages[i] = (struct page){ .start = 0, .count = PAGES };
	write_to(0);
	*bitmap = UINT64_C(1) << 63;
	assert_int_equal(iommuctl_hwpt_get_dirty_bitmap(
				 hwpt, (struct iommuctl_range){ FIRST, FIRST + 3 * PAGE - 1 }, PAGE,
				 0, bitmap),
			 0);
	assert_int_equal(*bitmap, UINT64_C(1) << 63 | 7);
	write_to(0);
	assert_int_equal(iommuctl_hwpt_get_dirty_bitmap(
				 hwpt, (struct iommuctl_range){ FIRST, FIRST + 64 * PAGE - 1 },
				 PAGE, 0, bitmap),
			 0);
	assert_int_equal(*bitmap, UINT64_MAX);
	free(bitmap);
}

static void test_failures(void **state)
{
	const struct tree *tree = *state;
	struct walked walked = { .page_size = PAGE };
	unsigned int stopped = 0;

	map_some();
	for (unsigned int i = 0; i < PAGES; i++)
		pages[i] = (struct page){ .start = i, .count = 1, .dirty = i % 2 };
	assert_int_equal(iommuctl_hwpt_walk_dirty(hwpt, set, PAGE, 0, stop, &stopped), -ECANCELED);
	assert_int_equal(stopped, 1);
	assert_int_equal(iommuctl_hwpt_walk_dirty(hwpt, set, 4095, 0, stop, &stopped), -EINVAL);
	assert_int_equal(iommuctl_hwpt_walk_dirty(hwpt, set, 0, 0, stop, &stopped), -EINVAL);
	assert_int_equal(iommuctl_hwpt_walk_dirty(hwpt, NULL, PAGE, 0, stop, &stopped), -EINVAL);
	assert_int_equal(iommuctl_hwpt_walk_dirty(hwpt, set, PAGE, 0, NULL, &stopped), -EINVAL);
	assert_int_equal(
		iommuctl_hwpt_walk_dirty(hwpt, set, 1024, IOMMUCTL_DIRTY_HOLES, keep_run, &walked),
		-EINVAL);
	assert_int_equal(stopped, 1);
	/* nothing is told that may still be dirty, and so comes again */
	for (unsigned int i = 0; i < PAGES; i++)
		pages[i].dirty = i == 7;
	error = ENOMEM;
	assert_int_equal(
		iommuctl_hwpt_walk_dirty(hwpt, set, PAGE, IOMMUCTL_DIRTY_HOLES, keep_run, &walked),
		-ENOMEM);
	assert_int_equal(walked.runs, 0);
	assert_true(pages[7].dirty);
	assert_string_equal(iommuctl_diag_get_action(iommuctl_context_get_diag(tree->ctx)),
			    "read dirty pages");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_holes),  TEST(test_none_is_lost), TEST(test_mapped),
		TEST(test_bitmap), TEST(test_failures),
	};

	return RUN(tests);
}
