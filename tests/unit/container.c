/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Containers and groups of VFIO against a kernel that follows a script. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "container-steps.h"

EXPECT_VALUE(type1, 1)
EXPECT_VALUE(spapr, 2)
EXPECT_VALUE(type1v2, 3)
EXPECT_VALUE(spapr_v2, 7)
EXPECT_VALUE(noiommu, 8)
EXPECT_VALUE(unmap_all, 9)

/* ------------------------------------------------------------------ the handle */

static void test_types(void **state)
{
	static const struct {
		enum iommuctl_container_type type;
		const char *name;
	} types[] = {
		{ 1, "type1" },	       { 2, "spapr-tce" }, { 3, "type1v2" },
		{ 7, "spapr-tce-v2" }, { 8, "noiommu" },
	};
	enum iommuctl_container_type type = 5;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		assert_string_equal(iommuctl_container_type_to_string(types[i].type),
				    types[i].name);
		assert_int_equal(iommuctl_container_type_from_string(types[i].name, &type), 0);
		assert_int_equal(type, types[i].type);
	}
	assert_null(iommuctl_container_type_to_string(0));
	assert_null(iommuctl_container_type_to_string(6));
	assert_int_equal(iommuctl_container_type_from_string("type2", &type), -EINVAL);
	assert_int_equal(iommuctl_container_type_from_string(NULL, &type), -EINVAL);
	assert_int_equal(type, 8);
}

static void test_open(void **state)
{
	/* clang-format off */
	static const struct {
		struct step steps[3];
		int result;
		const char *reason, *hint;
	} cases[] = {
		{ { { .open = NODE, .error = ENOENT } }, -ENOENT, "no VFIO", "modprobe vfio" },
		{ { { .open = NODE, .error = ENODEV } }, -ENODEV, "no VFIO", NULL },
		{ { { .open = NODE, .error = EACCES } }, -EACCES, "Permission denied", NULL },
		{ { { .open = NODE }, { .request = ABI_VFIO_GET_API_VERSION, .result = 1 } }, -EPROTO, "version 1", NULL },
		{ { { .open = NODE }, { .request = ABI_VFIO_GET_API_VERSION, .error = ENOTTY } }, -ENOTTY, "Inappropriate ioctl", NULL },
	};
	/* clang-format on */
	const struct tree *tree = *state;
	struct iommuctl_container *container = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_kernel(tree->ctx, cases[i].steps);
		assert_int_equal(iommuctl_container_open(tree->ctx, &container), cases[i].result);
		assert_null(container);
		fake_kernel_done();
		assert_diag(tree->ctx, NODE, NULL, cases[i].reason, cases[i].hint);
	}
	assert_int_equal(iommuctl_container_open(NULL, &container), -EINVAL);
	assert_int_equal(iommuctl_container_open(tree->ctx, NULL), -EINVAL);
	assert_null(iommuctl_container_close(NULL));
	assert_int_equal(iommuctl_container_get_fd(NULL), -EINVAL);
	assert_int_equal(iommuctl_container_take_fd(NULL), -EINVAL);
	assert_int_equal(iommuctl_container_get_type(NULL), 0);
}

/* By the number of its node: /dev/null stands for VFIO's, /dev/zero for iommufd's. */
static void test_from_fd(void **state)
{
	static const char *const nodes[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev" };
	static const struct step none[] = { END };
	const struct tree *tree = *state;
	struct iommuctl_container *container = NULL;

	tree_file(tree, "sys/class/misc/vfio/dev", "1:3\n");
	tree_file(tree, "sys/class/misc/iommu/dev", "1:5\n");
	fake_kernel(tree->ctx, none);
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		int fd = open(nodes[i], O_RDONLY), r;
		char object[64];

		assert_true(fd >= 0);
		snprintf(object, sizeof(object), "file descriptor %d", fd);
		r = iommuctl_container_from_fd(tree->ctx, fd, &container);
		assert_int_equal(r, i < 2 ? 0 : -EINVAL);
		if (r == 0) {
			assert_int_equal(iommuctl_container_get_fd(container), fd);
			assert_int_equal(iommuctl_container_get_type(container), 0);
			assert_int_equal(iommuctl_container_take_fd(container), fd);
			assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
			assert_int_equal(iommuctl_container_from_fd(tree->ctx, fd, &container), 0);
			container = iommuctl_container_close(container);
			assert_int_equal(fcntl(fd, F_GETFD), -1);
		} else {
			assert_diag(tree->ctx, object, NULL, "another file", "<>/dev/vfio/vfio");
			close(fd);
		}
	}
	assert_int_equal(iommuctl_container_from_fd(tree->ctx, -1, &container), -EBADF);
	assert_int_equal(iommuctl_container_from_fd(tree->ctx, 1000, &container), -EBADF);
	tree_remove(tree, "sys");
	assert_int_equal(iommuctl_container_from_fd(tree->ctx, 0, &container), -EINVAL);
	assert_null(container);
}

/* -------------------------------------------------------------------- the type */

static void test_set_type(void **state)
{
	/* clang-format off */
	static const struct {
		struct step steps[8];
		enum iommuctl_container_type wanted, set;
		int result;
		const char *reason;
	} cases[] = {
		{ { OPEN, HAS(type1v2, 1), SET_TYPE(type1v2, 0) }, 0, 3, 0, NULL },
		{ { OPEN, HAS(type1v2, 0), HAS(type1, 1), SET_TYPE(type1, 0) }, 0, 1, 0, NULL },
		{ { OPEN, HAS(type1v2, 0), HAS(type1, 0), HAS(spapr_v2, 1), SET_TYPE(spapr_v2, 0) }, 0, 7, 0, NULL },
		{ { OPEN, HAS(type1v2, 0), HAS(type1, 0), HAS(spapr_v2, 0), HAS(spapr, 1), SET_TYPE(spapr, 0) }, 0, 2, 0, NULL },
		{ { OPEN, SET_TYPE(type1, 0) }, 1, 1, 0, NULL },
		{ { OPEN, SET_TYPE(noiommu, 0) }, 8, 8, 0, NULL },
		{ { OPEN, SET_TYPE(type1, EINVAL), HAS(unmap_all, 0), INFO(NULL, 0) }, 1, 0, -EINVAL, "already" },
		{ { OPEN, SET_TYPE(type1, EINVAL), HAS(unmap_all, 0), INFO(NULL, EINVAL) }, 1, 0, -EINVAL, "it has no group" },
		{ { OPEN, SET_TYPE(spapr, EINVAL), HAS(unmap_all, 1), DIRTY(NULL, ENOTTY) }, 2, 0, -EINVAL, "an iommufd is type1" },
		{ { OPEN, SET_TYPE(type1, ENODEV), HAS(unmap_all, 0), HAS(noiommu, 0) }, 1, 0, -ENODEV, "no such type" },
		{ { OPEN, SET_TYPE(type1, ENODEV), HAS(unmap_all, 0), HAS(noiommu, 1) }, 1, 0, -ENODEV, "the type of these is noiommu" },
		{ { OPEN, SET_TYPE(type1, ENODEV), HAS(unmap_all, 1), DIRTY(NULL, ENOTTY) }, 1, 0, -ENODEV, "no group" },
		{ { OPEN, SET_TYPE(type1, EPERM), HAS(unmap_all, 1), DIRTY(NULL, EINVAL) }, 1, 0, -EPERM, "not isolated" },
		{ { OPEN, SET_TYPE(type1, ENOMEM) }, 1, 0, -ENOMEM, "Cannot allocate" },
	};
	/* clang-format on */
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iommuctl_container *container = open_container(tree, cases[i].steps);
		enum iommuctl_container_type type = 0;

		assert_int_equal(iommuctl_container_set_type(container, cases[i].wanted, &type),
				 cases[i].result);
		assert_int_equal(type, cases[i].set);
		assert_int_equal(iommuctl_container_get_type(container), cases[i].set);
		fake_kernel_done();
		if (cases[i].reason)
			assert_diag(tree->ctx, NODE, NULL, cases[i].reason, NULL);
		iommuctl_container_close(container);
	}
	assert_int_equal(iommuctl_container_set_type(NULL, 1, NULL), -EINVAL);
	assert_int_equal(iommuctl_container_has_extension(NULL, 1), -EINVAL);
}

/* Interrupts are not isolated unless the kernel was told not to mind. */
static void test_unsafe_interrupts(void **state)
{
	static const char type1_parameter[] =
		"sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts";
	static const char iommufd_parameter[] =
		"sys/module/iommufd/parameters/allow_unsafe_interrupts";
	static const struct step vfio[] = { OPEN, SET_TYPE(type1, EPERM), HAS(unmap_all, 0), END };
	const struct tree *tree = *state;
	struct iommuctl_container *container = open_container(tree, vfio);

	tree_file(tree, iommufd_parameter, "Y\n");
	tree_file(tree, type1_parameter, "N\n");
	assert_int_equal(iommuctl_container_set_type(container, 1, NULL), -EPERM);
	assert_diag(tree->ctx, NODE, NULL, "interrupts are not isolated", type1_parameter);
	iommuctl_container_close(container);
	container = open_container(tree, vfio);
	tree_file(tree, type1_parameter, "Y\n");
	assert_int_equal(iommuctl_container_set_type(container, 1, NULL), -EPERM);
	assert_diag(tree->ctx, NODE, NULL, "not permitted", NULL);
	iommuctl_container_close(container);
}

static void ask_too_short(void *data)
{
	const struct abi_vfio_iommu_type1_dirty_bitmap *arg = data;

	assert_int_equal(arg->argsz, 0);
}

static void test_is_iommufd(void **state)
{
	/* clang-format off */
	static const struct {
		struct step steps[5];
		int answer;
	} cases[] = {
		{ { OPEN, HAS(unmap_all, 1), DIRTY(ask_too_short, ENOTTY) }, 1 },
		{ { OPEN, HAS(unmap_all, 1), DIRTY(ask_too_short, EINVAL) }, 0 },
		/* Linux before 5.8, and sPAPR */
		{ { OPEN, HAS(unmap_all, 0) }, 0 },
	};
	/* clang-format on */
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iommuctl_container *container = open_container(tree, cases[i].steps);

		assert_int_equal(iommuctl_container_is_iommufd(container), cases[i].answer);
		fake_kernel_done();
		iommuctl_container_close(container);
	}
	assert_int_equal(iommuctl_container_is_iommufd(NULL), -EINVAL);
}

/* ------------------------------------------------------------- the information */

/* What the kernel has to say, and how it says it: as much as there is room for. */
static unsigned char answer[8192];
static uint32_t answer_size;

static void begin_answer(uint32_t flags)
{
	struct abi_vfio_iommu_type1_info info = {
		.flags = flags,
		.iova_pgsizes = 0x40201000,
		.cap_offset = flags & ABI_VFIO_IOMMU_INFO_CAPS ? sizeof(info) : 0,
	};

	memset(answer, 0, sizeof(answer));
	memcpy(answer, &info, sizeof(info));
	answer_size = sizeof(info);
}

/* Appends a capability of SIZE bytes, whose next one is NEXT bytes behind its start; 0: the last.
 */
static void add_capability(uint16_t id, const void *data, uint32_t size, uint32_t next)
{
	struct abi_vfio_info_cap_header header = { .id = id,
						   .version = 1,
						   .next = next ? answer_size + next : 0 };

	memcpy(answer + answer_size, data, size);
	memcpy(answer + answer_size, &header, sizeof(header));
	answer_size += size;
}

static void tell(void *data)
{
	struct abi_vfio_iommu_type1_info *info = data;
	uint32_t room = info->argsz;

	assert_true(room >= sizeof(*info));
	if (room >= answer_size) {
		memcpy(info, answer, answer_size);
	} else {
		memcpy(info, answer, sizeof(*info));
		info->cap_offset = 0;
	}
	info->argsz = answer_size;
}

struct ranges_capability {
	struct abi_vfio_iommu_type1_info_cap_iova_range head;
	struct abi_vfio_iova_range ranges[2];
};

static const struct ranges_capability ranges = {
	.head.nr_iovas = 2,
	.ranges = { { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff } },
};

static void whole_answer(void)
{
	static const struct abi_vfio_iommu_type1_info_cap_migration migration = {
		.pgsize_bitmap = 4096,
		.max_dirty_bitmap_size = 256 << 20,
	};
	static const struct abi_vfio_iommu_type1_info_dma_avail avail = { .avail = 65535 };
	static const unsigned char unknown[24];

	begin_answer(ABI_VFIO_IOMMU_INFO_PGSIZES | ABI_VFIO_IOMMU_INFO_CAPS);
	add_capability(2, &migration, sizeof(migration), sizeof(migration));
	add_capability(77, unknown, sizeof(unknown), sizeof(unknown));
	add_capability(3, &avail, sizeof(avail), sizeof(avail));
	add_capability(1, &ranges, sizeof(ranges), 0);
}

static void test_info(void **state)
{
	/* it is asked again with room for all */
	static const struct step script[] = { OPEN, INFO(tell, 0), INFO(tell, 0), END };
	const struct tree *tree = *state;
	struct iommuctl_container *container = open_container(tree, script);
	struct iommuctl_container_info *info = NULL;
	struct iommuctl_range range;
	uint64_t sizes, most;
	uint32_t avail;

	whole_answer();
	assert_int_equal(iommuctl_container_get_info(container, &info), 0);
	fake_kernel_done();
	assert_int_equal(iommuctl_container_info_get_page_sizes(info, &sizes), 0);
	assert_int_equal(sizes, 0x40201000);
	assert_int_equal(
		iommuctl_range_set_get(iommuctl_container_info_get_ranges(info), 1, &range), 0);
	assert_int_equal(range.start, 0xfef00000);
	assert_int_equal(range.end, 0x7fffffffff);
	assert_int_equal(
		iommuctl_range_set_get(iommuctl_container_info_get_ranges(info), 2, &range),
		-ENOENT);
	assert_int_equal(iommuctl_container_info_get_migration(info, &sizes, &most), 0);
	assert_int_equal(sizes, 4096);
	assert_int_equal(most, 256 << 20);
	assert_int_equal(iommuctl_container_info_get_dma_avail(info, &avail), 0);
	assert_int_equal(avail, 65535);
	iommuctl_container_info_free(info);
	iommuctl_container_close(container);
}

static void grow_for_ever(void *data)
{
	struct abi_vfio_iommu_type1_info *info = data;

	info->argsz += 8;
}

static void want_too_much(void *data)
{
	struct abi_vfio_iommu_type1_info *info = data;

	info->argsz = UINT32_MAX;
}

/* Before Linux 5.4 there is no chain, and argsz stays. */
static void old_kernel(void *data)
{
	struct abi_vfio_iommu_type1_info *info = data;

	info->flags = ABI_VFIO_IOMMU_INFO_PGSIZES;
	info->iova_pgsizes = 4096;
}

static void test_little_info(void **state)
{
	static const struct step script[] = { OPEN, INFO(old_kernel, 0), INFO(NULL, 0), END };
	const struct tree *tree = *state;
	struct iommuctl_container *container = open_container(tree, script);
	struct iommuctl_container_info *info;
	uint64_t sizes = 0, most = 0;
	uint32_t avail = 0;

	assert_int_equal(iommuctl_container_get_info(container, &info), 0);
	assert_int_equal(iommuctl_container_info_get_page_sizes(info, &sizes), 0);
	assert_int_equal(sizes, 4096);
	iommuctl_container_info_free(info);
	assert_int_equal(iommuctl_container_get_info(container, &info), 0);
	assert_int_equal(iommuctl_container_info_get_page_sizes(info, &sizes), -ENODATA);
	assert_null(iommuctl_container_info_get_ranges(info));
	assert_int_equal(iommuctl_container_info_get_migration(info, &sizes, &most), -ENODATA);
	assert_int_equal(iommuctl_container_info_get_dma_avail(info, &avail), -ENODATA);
	assert_int_equal(sizes + most + avail, 4096);
	iommuctl_container_info_free(info);
	iommuctl_container_close(container);
	assert_null(iommuctl_container_info_free(NULL));
	assert_null(iommuctl_container_info_get_ranges(NULL));
	assert_int_equal(iommuctl_container_info_get_page_sizes(NULL, &sizes), -EINVAL);
	assert_int_equal(iommuctl_container_info_get_migration(NULL, &sizes, &most), -EINVAL);
	assert_int_equal(iommuctl_container_info_get_dma_avail(NULL, &avail), -EINVAL);
}

/* RESULT 1 is either. */
static void expect_info(const struct tree *tree, const struct step *steps, int result)
{
	struct iommuctl_container *container = open_container(tree, steps);
	struct iommuctl_container_info *info = NULL;
	int r = iommuctl_container_get_info(container, &info);

	if (result == 1)
		assert_true(r == 0 || r == -EPROTO);
	else
		assert_int_equal(r, result);
	assert_true(!info == (r < 0));
	iommuctl_container_info_free(info);
	iommuctl_container_close(container);
}

/* Chains that lead out of the answer, back, or are cut short. */
static void test_hostile_chains(void **state)
{
	static const struct step twice[] = { OPEN, INFO(tell, 0), INFO(tell, 0), END };
	static const struct step once[] = { OPEN, INFO(want_too_much, 0), END };
	/* clang-format off */
	static const struct step grows[] = {
		OPEN,
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		INFO(grow_for_ever, 0),
		END,
	};
	/* clang-format on */
	static const struct step fails[] = { OPEN, INFO(NULL, EFAULT), END };
	struct abi_vfio_iommu_type1_info *info = (void *)answer;
	struct abi_vfio_info_cap_header *first = (void *)(answer + sizeof(*info));
	struct ranges_capability *lies = (void *)first;
	const struct tree *tree = *state;

	expect_info(tree, once, -EPROTO);
	expect_info(tree, grows, -EPROTO);
	expect_info(tree, fails, -EFAULT);
	/* wherever the chain starts: in the struct, behind the end, at its last bytes */
	for (uint32_t offset = 1; offset < 200; offset++) {
		begin_answer(ABI_VFIO_IOMMU_INFO_CAPS);
		add_capability(1, &ranges, sizeof(ranges), 0);
		info->cap_offset = offset;
		/* what lies inside may look like a chain that ends at once */
		expect_info(tree, twice,
			    offset == sizeof(*info) ? 0
			    : offset < sizeof(*info) || offset > answer_size - sizeof(*first)
				    ? -EPROTO
				    : 1);
	}
	begin_answer(ABI_VFIO_IOMMU_INFO_CAPS);
	add_capability(1, &ranges, sizeof(ranges), 0);
	info->cap_offset = UINT32_MAX;
	expect_info(tree, twice, -EPROTO);
	/* or leads: to itself, back, out */
	for (size_t i = 0; i < 5; i++) {
		const uint32_t next[] = { sizeof(*info), 1, answer_size, answer_size - 7,
					  UINT32_MAX };

		whole_answer();
		first->next = next[i];
		expect_info(tree, twice, -EPROTO);
	}
	/* more ranges than there are, one that is backwards, and two capabilities of ranges */
	begin_answer(ABI_VFIO_IOMMU_INFO_CAPS);
	add_capability(1, &ranges, sizeof(ranges), 0);
	for (uint32_t count = 3; count != 0; count *= 2) {
		lies->head.nr_iovas = count;
		expect_info(tree, twice, -EPROTO);
	}
	lies->head.nr_iovas = 2;
	lies->ranges[1].end = 0xfeefffff;
	expect_info(tree, twice, -EPROTO);
	begin_answer(ABI_VFIO_IOMMU_INFO_CAPS);
	add_capability(1, &ranges, sizeof(ranges), sizeof(ranges));
	add_capability(1, &ranges, sizeof(ranges), 0);
	expect_info(tree, twice, -EPROTO);
	/* capabilities that are shorter than they must be */
	for (uint16_t id = 1; id <= 3; id++) {
		begin_answer(ABI_VFIO_IOMMU_INFO_CAPS);
		add_capability(id, &ranges, sizeof(*first), 0);
		expect_info(tree, twice, -EPROTO);
	}
}

/* ---------------------------------------------------------------- the mappings */

#define PAGE 4096ull

static char memory[2 * 4096] __attribute__((aligned(4096)));

static void map_two_pages(void *data)
{
	const struct abi_vfio_iommu_type1_dma_map *arg = data;

	assert_int_equal(arg->argsz, 32);
	assert_int_equal(arg->flags, 3);
	assert_int_equal(arg->vaddr, (uintptr_t)memory);
	assert_int_equal(arg->iova, 0x100000);
	assert_int_equal(arg->size, 2 * PAGE);
}

static void map_for_reading(void *data)
{
	const struct abi_vfio_iommu_type1_dma_map *arg = data;

	assert_int_equal(arg->flags, 1);
}

static void unmap_two_pages(void *data)
{
	struct abi_vfio_iommu_type1_dma_unmap *arg = data;

	assert_int_equal(arg->argsz, 24);
	assert_int_equal(arg->flags, 0);
	assert_int_equal(arg->iova, 0x100000);
	assert_int_equal(arg->size, 2 * PAGE);
	arg->size = PAGE;
}

static void unmap_nothing(void *data)
{
	struct abi_vfio_iommu_type1_dma_unmap *arg = data;

	arg->size = 0;
}

static void unmap_everything(void *data)
{
	struct abi_vfio_iommu_type1_dma_unmap *arg = data;

	assert_int_equal(arg->flags, ABI_VFIO_DMA_UNMAP_FLAG_ALL);
	assert_int_equal(arg->iova, 0);
	assert_int_equal(arg->size, 0);
	arg->size = 5 * PAGE;
}

/* Linux before 5.12 knows no flag for it, and cannot be told of 2^64 bytes. */
static void unmap_nearly_everything(void *data)
{
	struct abi_vfio_iommu_type1_dma_unmap *arg = data;

	assert_int_equal(arg->flags, 0);
	assert_int_equal(arg->iova, 0);
	assert_int_equal(arg->size, 0xffffffffffff0000);
	arg->size = 0;
}

static const struct iommuctl_range two_pages = { 0x100000, 0x101fff };
static const struct iommuctl_range all = { 0, UINT64_MAX };

static void test_map_and_unmap(void **state)
{
	/* clang-format off */
	static const struct step script[] = {
		OPEN,
		MAP(map_two_pages, 0),
		MAP(map_for_reading, 0),
		UNMAP(unmap_two_pages, 0),
		HAS(unmap_all, 1),
		UNMAP(unmap_everything, 0),
		HAS(unmap_all, 0),
		UNMAP(unmap_nearly_everything, 0),
		END,
	};
	/* clang-format on */
	const unsigned int both = IOMMUCTL_MAP_READ | IOMMUCTL_MAP_WRITE;
	const struct tree *tree = *state;
	struct iommuctl_container *container = open_container(tree, script);
	uint64_t length = 1;

	assert_int_equal(iommuctl_container_map(container, memory, two_pages, both), 0);
	assert_int_equal(iommuctl_container_map(container, memory, two_pages, IOMMUCTL_MAP_READ),
			 0);
	assert_int_equal(iommuctl_container_unmap(container, two_pages, &length), 0);
	assert_int_equal(length, PAGE);
	assert_int_equal(iommuctl_container_unmap(container, all, &length), 0);
	assert_int_equal(length, 5 * PAGE);
	/* nothing was mapped, which is as it should be then */
	assert_int_equal(iommuctl_container_unmap(container, all, &length), 0);
	assert_int_equal(length, 0);
	fake_kernel_done();
	assert_int_equal(iommuctl_container_map(NULL, memory, two_pages, both), -EINVAL);
	assert_int_equal(
		iommuctl_container_map(container, memory, (struct iommuctl_range){ 1, 0 }, both),
		-EINVAL);
	assert_int_equal(
		iommuctl_container_map(container, memory, two_pages, IOMMUCTL_MAP_FIXED | both),
		-EINVAL);
	assert_int_equal(iommuctl_container_unmap(NULL, all, NULL), -EINVAL);
	assert_int_equal(iommuctl_container_unmap(container, (struct iommuctl_range){ 1, 0 }, NULL),
			 -EINVAL);
	iommuctl_container_close(container);
}

static void test_why_map_fails(void **state)
{
	/* clang-format off */
	static const struct {
		struct iommuctl_range range;
		uint64_t memory;
		unsigned int flags;
		struct step steps[8];
		const char *reason, *hint;
	} cases[] = {
#define ASK INFO(tell, 0), INFO(tell, 0)
		{ { 0x100000, 0x100fff }, 0x1000, 6, { MAP(NULL, EINVAL), INFO(NULL, EINVAL) }, "it has no type yet", NULL },
		{ { 0x100800, 0x1017ff }, 0x1000, 6, { MAP(NULL, EINVAL), INFO(NULL, 0), ASK }, "the address, 0x100800, is no multiple of 4096", NULL },
		{ { 0x100000, 0x1007ff }, 0x1000, 6, { MAP(NULL, EINVAL), INFO(NULL, 0), ASK }, "the length, 0x800, is no multiple", NULL },
		{ { 0x100000, 0x100fff }, 0x1800, 6, { MAP(NULL, EINVAL), INFO(NULL, 0), ASK }, "the memory, 0x1800, is no multiple", NULL },
		{ { 0x100000, 0x100fff }, 0x1000, 0, { MAP(NULL, EINVAL), INFO(NULL, 0), ASK }, "neither read nor write", NULL },
		{ { 0xfee00000, 0xfee00fff }, 0x1000, 6, { MAP(NULL, EINVAL), INFO(NULL, 0), ASK, ASK }, "0xfee00000 cannot be used", NULL },
		{ { 0xfed00000, 0xfeffffff }, 0x1000, 6, { MAP(NULL, EINVAL), INFO(NULL, 0), ASK, ASK }, "0xfee00000 cannot be used", NULL },
		{ { 0x8000000000, 0x8000000fff }, 0x1000, 6, { MAP(NULL, EINVAL), INFO(NULL, 0), ASK, ASK }, "0x8000000fff is above 0x7fffffffff", NULL },
		{ { 0x7ffffff000, 0x8000000fff }, 0x1000, 6, { MAP(NULL, EINVAL), INFO(NULL, 0), ASK, ASK }, "0x8000000fff is above 0x7fffffffff", NULL },
		/* nothing is wrong, as far as can be told */
		{ { 0x100000, 0x100fff }, 0x1000, 6, { MAP(NULL, EINVAL), INFO(NULL, 0), ASK, ASK }, "Invalid argument", NULL },
		{ { 0x100000, 0x100fff }, 0x1000, 6, { MAP(NULL, EEXIST) }, "something is mapped there", NULL },
		{ { 0x100000, 0x100fff }, 0x1000, 6, { MAP(NULL, ENOSPC) }, "as there may be: 65535 (dma_entry_limit)", "vfio_iommu_type1/parameters" },
		{ { 0x100000, 0x100fff }, 0x1000, 6, { MAP(NULL, EFAULT) }, "cannot be pinned", "memfd" },
		{ { 0x100000, 0x100fff }, 0x1000, 6, { MAP(NULL, ENODEV) }, "no type yet", NULL },
		{ { 0x100000, 0x100fff }, 0x1000, 6, { MAP(NULL, ENOTTY) }, "without an IOMMU has no mappings", NULL },
		{ { 0x100000, 0x100fff }, 0x1000, 6, { MAP(NULL, EIO) }, "Input/output error", NULL },
#undef ASK
	};
	/* clang-format on */
	const struct tree *tree = *state;

	tree_file(tree, "sys/module/vfio_iommu_type1/parameters/dma_entry_limit", "65535\n");
	whole_answer();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct step script[12] = { OPEN };
		struct iommuctl_container *container;

		memcpy(script + 2, cases[i].steps, sizeof(cases[i].steps));
		container = open_container(tree, script);
		assert_int_equal(iommuctl_container_map(container,
							(void *)(uintptr_t)cases[i].memory,
							cases[i].range, cases[i].flags),
				 -cases[i].steps[0].error);
		fake_kernel_done();
		assert_diag(tree->ctx, NODE, NULL, cases[i].reason, cases[i].hint);
		iommuctl_container_close(container);
	}
}

/* Limits are this process's own; what it has locked, and may, is told by the tree. */
static void test_memlock(void **state)
{
	static const struct step script[] = { OPEN, MAP(NULL, ENOMEM), END };
	/* clang-format off */
	static const struct {
		const char *status;
		rlim_t limit;
		const char *reason;
	} cases[] = {
		{ "Name:\tx\nVmLck:\t 60 kB\nCapEff:\t0000000000000000\n", 65536, "8192 bytes would be locked, of at most 65536 (RLIMIT_MEMLOCK), of which 61440 "
		  "are already" },
		{ "Name:\tx\nVmLck:\t 64 kB\nCapEff:\t0000000000000000\n", 4096, "of which 65536" },
		{ "Name:\tx\nVmLck:\t 56 kB\nCapEff:\t0000000000000000\n", 65536, "Cannot allocate" },
		{ "Name:\tx\nVmLck:\t 64 kB\nCapEff:\t0000000000004000\n", 65536, "Cannot allocate" },
		{ "Name:\tx\nVmLck:\t 64 kB\nCapEff:\t0000000000000000\n", RLIM_INFINITY, "Cannot allocate" },
		{ "Name:\tVmLck:\nCapEff:\t0000000000000000\n", 4096, "Cannot allocate" },
		{ "", 4096, "Cannot allocate" },
	};
	/* clang-format on */
	const struct tree *tree = *state;
	struct rlimit before;

	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &before), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iommuctl_container *container = open_container(tree, script);
		struct rlimit limit = { cases[i].limit, before.rlim_max };

		/* what cannot be raised is not tried */
		if (limit.rlim_cur <= limit.rlim_max) {
			assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
			tree_file(tree, "proc/self/status", cases[i].status);
			assert_int_equal(iommuctl_container_map(container, memory, two_pages,
								IOMMUCTL_MAP_READ),
					 -ENOMEM);
			assert_diag(tree->ctx, NODE, NULL, cases[i].reason,
				    strstr(cases[i].reason, "bytes would") ? "ulimit -l" : NULL);
		}
		iommuctl_container_close(container);
	}
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &before), 0);
}

static void test_why_unmap_fails(void **state)
{
	/* clang-format off */
	static const struct {
		struct step steps[8];
		struct iommuctl_range range;
		int result;
		const char *reason;
	} cases[] = {
		{ { UNMAP(unmap_nothing, 0), HAS(unmap_all, 0) }, { 0x100000, 0x100fff }, -ENOENT, "no mapping begins there" },
		{ { UNMAP(NULL, ENOENT), HAS(unmap_all, 1), DIRTY(NULL, ENOTTY) }, { 0x100000, 0x100fff }, -ENOENT, "or it would cut one" },
		{ { UNMAP(NULL, EINVAL), INFO(NULL, EINVAL) }, { 0x100000, 0x100fff }, -EINVAL, "no type yet" },
		{ { UNMAP(NULL, EINVAL), INFO(NULL, 0), INFO(tell, 0), INFO(tell, 0) }, { 0x100001, 0x101000 }, -EINVAL, "the address, 0x100001, is no multiple" },
		{ { UNMAP(NULL, EINVAL), INFO(NULL, 0), INFO(tell, 0), INFO(tell, 0) }, { 0x100000, 0x100fff }, -EINVAL, "it would cut a mapping" },
	};
	/* clang-format on */
	const struct tree *tree = *state;

	whole_answer();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct step script[12] = { OPEN };
		struct iommuctl_container *container;
		uint64_t length = 7;

		memcpy(script + 2, cases[i].steps, sizeof(cases[i].steps));
		container = open_container(tree, script);
		assert_int_equal(iommuctl_container_unmap(container, cases[i].range, &length),
				 cases[i].result);
		assert_int_equal(length, 7);
		fake_kernel_done();
		assert_diag(tree->ctx, NODE, NULL, cases[i].reason, NULL);
		iommuctl_container_close(container);
	}
}

/* ----------------------------------------------------------------- dirty pages */

static uint64_t dirty_bits[2];

static void start_tracking(void *data)
{
	const struct abi_vfio_iommu_type1_dirty_bitmap *arg = data;

	assert_int_equal(arg->argsz, 8);
	assert_int_equal(arg->flags, ABI_VFIO_IOMMU_DIRTY_PAGES_FLAG_START);
}

static void stop_tracking(void *data)
{
	const struct abi_vfio_iommu_type1_dirty_bitmap *arg = data;

	assert_int_equal(arg->flags, ABI_VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP);
}

static void get_65_pages(void *data)
{
	const struct abi_vfio_iommu_type1_dirty_bitmap *arg = data;
	struct abi_vfio_iommu_type1_dirty_bitmap_get get;

	assert_int_equal(arg->argsz, 48);
	assert_int_equal(arg->flags, ABI_VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP);
	memcpy(&get, arg + 1, sizeof(get));
	assert_int_equal(get.iova, 0x100000);
	assert_int_equal(get.size, 65 * PAGE);
	assert_int_equal(get.bitmap.pgsize, PAGE);
	assert_int_equal(get.bitmap.size, sizeof(dirty_bits));
	get.bitmap.data[1] |= 1;
}

static void unmap_65_pages(void *data)
{
	struct abi_vfio_iommu_type1_dma_unmap *arg = data;
	struct abi_vfio_bitmap bitmap;

	assert_int_equal(arg->argsz, 48);
	assert_int_equal(arg->flags, ABI_VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP);
	memcpy(&bitmap, arg + 1, sizeof(bitmap));
	assert_int_equal(bitmap.size, sizeof(dirty_bits));
	bitmap.data[0] |= 2;
}

static void test_dirty(void **state)
{
	/* clang-format off */
	static const struct step script[] = {
		OPEN,
		DIRTY(start_tracking, 0),
		DIRTY(get_65_pages, 0),
		UNMAP(unmap_65_pages, 0),
		DIRTY(stop_tracking, 0),
		END,
	};
	/* clang-format on */
	const struct iommuctl_range range = { 0x100000, 0x100000 + 65 * PAGE - 1 };
	const struct tree *tree = *state;
	struct iommuctl_container *container = open_container(tree, script);
	uint64_t length = 0;

	memset(dirty_bits, 0, sizeof(dirty_bits));
	assert_int_equal(iommuctl_container_set_dirty_tracking(container, true), 0);
	assert_int_equal(iommuctl_container_get_dirty_bitmap(container, range, PAGE, dirty_bits),
			 0);
	assert_int_equal(dirty_bits[1], 1);
	assert_int_equal(
		iommuctl_container_unmap_dirty(container, range, PAGE, dirty_bits, &length), 0);
	assert_int_equal(length, 65 * PAGE);
	assert_int_equal(dirty_bits[0], 2);
	assert_int_equal(iommuctl_container_set_dirty_tracking(container, false), 0);
	fake_kernel_done();
	/* none of these is asked of the kernel */
	assert_int_equal(iommuctl_container_get_dirty_bitmap(container, range, 0, dirty_bits),
			 -EINVAL);
	assert_int_equal(iommuctl_container_get_dirty_bitmap(container, range, 3, dirty_bits),
			 -EINVAL);
	assert_int_equal(iommuctl_container_get_dirty_bitmap(container, range, 8192, dirty_bits),
			 -EINVAL);
	assert_int_equal(iommuctl_container_get_dirty_bitmap(container, range, PAGE, NULL),
			 -EINVAL);
	assert_int_equal(iommuctl_container_get_dirty_bitmap(container, all, PAGE, dirty_bits),
			 -EINVAL);
	assert_int_equal(iommuctl_container_unmap_dirty(container, all, PAGE, dirty_bits, NULL),
			 -EINVAL);
	assert_int_equal(iommuctl_container_set_dirty_tracking(NULL, true), -EINVAL);
	iommuctl_container_close(container);
}

static void test_why_dirty_fails(void **state)
{
	/* clang-format off */
	static const struct {
		struct step steps[4];
		bool starts;
		int result;
		const char *reason;
	} cases[] = {
		{ { DIRTY(NULL, ENOTTY), HAS(unmap_all, 1), DIRTY(NULL, ENOTTY) }, true, -EOPNOTSUPP, "an iommufd in the place" },
		{ { DIRTY(NULL, ENOTTY), HAS(unmap_all, 0) }, true, -EOPNOTSUPP, "Linux 5.8" },
		{ { DIRTY(NULL, EACCES) }, true, -EACCES, "type1v2 can" },
		{ { DIRTY(NULL, EINVAL), INFO(NULL, 0) }, false, -EINVAL, "are not tracked" },
		{ { DIRTY(NULL, EINVAL), INFO(NULL, EINVAL) }, true, -EINVAL, "no type" },
	};
	/* clang-format on */
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct step script[8] = { OPEN };
		struct iommuctl_container *container;

		memcpy(script + 2, cases[i].steps, sizeof(cases[i].steps));
		container = open_container(tree, script);
		assert_int_equal(cases[i].starts
					 ? iommuctl_container_set_dirty_tracking(container, true)
					 : iommuctl_container_get_dirty_bitmap(container, two_pages,
									       PAGE, dirty_bits),
				 cases[i].result);
		fake_kernel_done();
		assert_diag(tree->ctx, NODE, NULL, cases[i].reason, NULL);
		iommuctl_container_close(container);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_types),
		TEST(test_open),
		TEST(test_from_fd),
		TEST(test_set_type),
		TEST(test_unsafe_interrupts),
		TEST(test_is_iommufd),
		TEST(test_info),
		TEST(test_little_info),
		TEST(test_hostile_chains),
		TEST(test_map_and_unmap),
		TEST(test_why_map_fails),
		TEST(test_memlock),
		TEST(test_why_unmap_fails),
		TEST(test_dirty),
		TEST(test_why_dirty_fails),
	};

	return RUN(tests);
}
