/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of VFIO, and containers of sPAPR TCE, against a kernel that follows a script. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "container-steps.h"

EXPECT_VALUE(type1v2, 3)
EXPECT_VALUE(unmap_all, 9)

/* ---------------------------------------------------------------------- groups */

#define DEVICE "0000:00:01.0"
#define GROUP  "/dev/vfio/1"

static void add_device(const struct tree *tree, const char *driver)
{
	tree_device(tree, &(struct tree_device){ .name = DEVICE, .driver = driver, .group = 1 });
	tree_file(tree, "sys/kernel/iommu_groups/1/reserved_regions", "");
}

static struct iommuctl_topology *load(const struct tree *tree)
{
	return tree_load(tree, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO);
}

static void is_viable(void *data)
{
	struct abi_vfio_group_status *arg = data;

	assert_int_equal(arg->argsz, 8);
	arg->flags = ABI_VFIO_GROUP_FLAGS_VIABLE;
}

static void is_in_container(void *data)
{
	struct abi_vfio_group_status *arg = data;

	arg->flags = ABI_VFIO_GROUP_FLAGS_VIABLE | ABI_VFIO_GROUP_FLAGS_CONTAINER_SET;
}

static int container_fd;

static void set_container(void *data)
{
	assert_int_equal(*(int32_t *)data, container_fd);
}

static void by_name(void *data)
{
	assert_string_equal(data, DEVICE);
}

/* clang-format off */
#define STATUS(answer) { .request = ABI_VFIO_GROUP_GET_STATUS, .call = (answer) }
#define ADD(number) { .request = ABI_VFIO_GROUP_SET_CONTAINER, .call = set_container, .error = (number) }
#define REMOVE(number) { .request = ABI_VFIO_GROUP_UNSET_CONTAINER, .error = (number) }
#define OPEN_DEVICE(number) { .request = ABI_VFIO_GROUP_GET_DEVICE_FD, .call = by_name, .gives_fd = true, .error = (number) }
/* clang-format on */

static void test_group(void **state)
{
	/* clang-format off */
	static const struct step script[] = {
		OPEN,
		{ .open = GROUP },
		STATUS(is_viable),
		STATUS(is_viable),
		ADD(0),
		STATUS(is_in_container),
		SET_TYPE(type1v2, 0),
		OPEN_DEVICE(0),
		REMOVE(0),
		END,
	};
	/* clang-format on */
	const struct tree *tree = *state;
	struct iommuctl_container *container = open_container(tree, script);
	struct iommuctl_vfio_group *group = NULL;
	struct iommuctl_topology *topology;
	struct iommuctl_vfio *vfio = NULL;
	int fd;

	container_fd = iommuctl_container_get_fd(container);
	add_device(tree, "vfio-pci");
	topology = load(tree);
	assert_int_equal(iommuctl_vfio_group_open(tree->ctx,
						  iommuctl_topology_get_group(topology, 0), &group),
			 0);
	fd = iommuctl_vfio_group_get_fd(group);
	assert_int_equal(fd, fake_kernel_fd());
	assert_int_equal(iommuctl_vfio_group_is_viable(group), 1);
	assert_int_equal(iommuctl_vfio_group_has_container(group), 0);
	assert_int_equal(iommuctl_vfio_group_add(group, container), 0);
	assert_int_equal(iommuctl_vfio_group_has_container(group), 1);
	assert_int_equal(iommuctl_container_set_type(container, IOMMUCTL_CONTAINER_TYPE1V2, NULL),
			 0);
	assert_int_equal(iommuctl_vfio_group_open_device(
				 group, iommuctl_topology_get_device(topology, 0), &vfio),
			 0);
	assert_int_equal(iommuctl_vfio_get_fd(vfio), fake_kernel_fd());
	/* in any order, and the topology before them */
	iommuctl_topology_unref(topology);
	iommuctl_container_close(container);
	assert_int_equal(iommuctl_vfio_group_remove(group), 0);
	assert_null(iommuctl_vfio_group_close(group));
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	iommuctl_vfio_close(vfio);
	fake_kernel_done();
	assert_null(iommuctl_vfio_group_close(NULL));
	assert_int_equal(iommuctl_vfio_group_get_fd(NULL), -EINVAL);
	assert_int_equal(iommuctl_vfio_group_is_viable(NULL), -EINVAL);
	assert_int_equal(iommuctl_vfio_group_remove(NULL), -EINVAL);
	assert_int_equal(iommuctl_vfio_group_add(NULL, NULL), -EINVAL);
	assert_int_equal(iommuctl_vfio_group_open_device(NULL, NULL, &vfio), -EINVAL);
	assert_int_equal(iommuctl_vfio_group_open(tree->ctx, NULL, &group), -EINVAL);
}

static void test_group_without_iommu(void **state)
{
	static const struct step script[] = { { .open = "/dev/vfio/noiommu-1" }, END };
	const struct tree *tree = *state;
	struct iommuctl_vfio_group *group = NULL;
	struct iommuctl_topology *topology;

	add_device(tree, "vfio-pci");
	tree_file(tree, "sys/kernel/iommu_groups/1/name", "vfio-noiommu\n");
	topology = load(tree);
	fake_kernel(tree->ctx, script);
	assert_int_equal(iommuctl_vfio_group_open(tree->ctx,
						  iommuctl_topology_get_group(topology, 0), &group),
			 0);
	iommuctl_vfio_group_close(group);
	iommuctl_topology_unref(topology);
	fake_kernel_done();
}

/* By the number of its node, for which /dev/full stands. */
static void test_group_from_fd(void **state)
{
	static const char *const wrong[] = { "../../devices/virtual/mem/full",
					     "../../devices/virtual/vfio/2",
					     "../../devices/virtual/vfio/noiommu-", "1" };
	static const char *const right[] = { "../../devices/virtual/vfio/1",
					     "../../devices/virtual/vfio/noiommu-1" };
	const struct tree *tree = *state;
	struct iommuctl_vfio_group *group = NULL;
	struct iommuctl_topology *topology;
	int fd = open("/dev/full", O_RDWR), file = open("/proc/self/comm", O_RDONLY);

	add_device(tree, "vfio-pci");
	topology = load(tree);
	assert_int_equal(iommuctl_vfio_group_from_fd(tree->ctx, topology, fd, &group), -EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		tree_link(tree, "sys/dev/char/1:7", wrong[i]);
		assert_int_equal(iommuctl_vfio_group_from_fd(tree->ctx, topology, fd, &group),
				 -EINVAL);
		tree_remove(tree, "sys/dev/char/1:7");
	}
	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		tree_link(tree, "sys/dev/char/1:7", right[i]);
		assert_int_equal(iommuctl_vfio_group_from_fd(tree->ctx, topology, file, &group),
				 -EINVAL);
		assert_int_equal(iommuctl_vfio_group_from_fd(tree->ctx, topology, 1000, &group),
				 -EBADF);
		assert_null(group);
		assert_int_equal(iommuctl_vfio_group_from_fd(tree->ctx, topology, fd, &group), 0);
		assert_int_equal(iommuctl_vfio_group_get_fd(group), fd);
		assert_ptr_equal(iommuctl_vfio_group_get_group(group),
				 iommuctl_topology_get_group(topology, 0));
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		assert_int_equal(iommuctl_vfio_group_take_fd(group), fd);
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		group = NULL;
		tree_remove(tree, "sys/dev/char/1:7");
	}
	assert_int_equal(iommuctl_vfio_group_from_fd(tree->ctx, NULL, fd, &group), -EINVAL);
	assert_int_equal(iommuctl_vfio_group_take_fd(NULL), -EINVAL);
	assert_null(iommuctl_vfio_group_get_group(NULL));
	close(fd);
	close(file);
	iommuctl_topology_unref(topology);
}

static void test_why_group_does_not_open(void **state)
{
	/* clang-format off */
	static const struct {
		int error;
		const char *driver;
		const char *reason, *hint;
	} cases[] = {
		{ ENOENT, "e1000e", "no device of it is bound to a driver of VFIO", "driver_override" },
		{ ENOENT, NULL, "no device of it is bound", NULL },
		{ ENOENT, "vfio-pci", "this kernel has no nodes for groups", NULL },
		{ EBUSY, "vfio-pci", "is open already", NULL },
		{ EACCES, "vfio-pci", "Permission denied", "udev rule" },
		{ EPERM, "vfio-pci", "CAP_SYS_RAWIO", NULL },
		{ EMFILE, "vfio-pci", "Too many open files", NULL },
	};
	/* clang-format on */
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct step script[] = { { .open = GROUP, .error = cases[i].error }, END };
		struct iommuctl_vfio_group *group = NULL;
		struct iommuctl_topology *topology;

		add_device(tree, cases[i].driver);
		topology = load(tree);
		fake_kernel(tree->ctx, script);
		assert_int_equal(iommuctl_vfio_group_open(tree->ctx,
							  iommuctl_topology_get_group(topology, 0),
							  &group),
				 -cases[i].error);
		assert_null(group);
		fake_kernel_done();
		assert_diag(tree->ctx, "group 1", NULL, cases[i].reason, cases[i].hint);
		iommuctl_topology_unref(topology);
		tree_remove(tree, "sys");
	}
}

static void test_why_group_fails(void **state)
{
	enum what { ADDS, REMOVES, OPENS };
	/* clang-format off */
	static const struct {
		enum what what;
		const char *driver, *sibling;
		struct step steps[5];
		const char *reason, *hint;
	} cases[] = {
		{ ADDS, "vfio-pci", NULL, { ADD(EINVAL), STATUS(is_in_container) }, "in a container already", NULL },
		{ ADDS, "vfio-pci", NULL, { ADD(EINVAL), STATUS(is_viable) }, "Invalid argument", NULL },
		{ ADDS, "vfio-pci", "e1000e", { ADD(EPERM) }, "0000:00:01.1 is in use by driver e1000e", "unbind 0000:00:01.1 from e1000e" },
		{ ADDS, "vfio-pci", "pcieport", { ADD(EPERM), INFO(NULL, 0), HAS(unmap_all, 0) }, "not isolated", NULL },
		{ ADDS, "vfio-pci", NULL, { ADD(EPERM), INFO(NULL, EINVAL) }, "another user has the group", NULL },
		{ REMOVES, "vfio-pci", NULL, { REMOVE(EINVAL) }, "it is in no container", NULL },
		{ REMOVES, "vfio-pci", NULL, { REMOVE(EBUSY) }, "a device of it is open", NULL },
		{ OPENS, "vfio-pci", NULL, { OPEN_DEVICE(EINVAL) }, "in no container that has a type", NULL },
		{ OPENS, "e1000e", NULL, { OPEN_DEVICE(ENODEV) }, "e1000e is bound to it, not VFIO's", NULL },
		{ OPENS, NULL, NULL, { OPEN_DEVICE(ENODEV) }, "no driver is bound to it", NULL },
		{ OPENS, "vfio-pci", NULL, { OPEN_DEVICE(ENODEV) }, "No such device", NULL },
		{ OPENS, "vfio-pci", NULL, { OPEN_DEVICE(EPERM) }, "not isolated", "module/iommufd/parameters" },
		{ OPENS, "vfio-pci", NULL, { OPEN_DEVICE(EFAULT) }, "cannot be pinned", "map after that" },
		{ OPENS, "vfio-pci", NULL, { OPEN_DEVICE(EADDRINUSE) }, "reserved region", NULL },
		{ OPENS, "vfio-pci", NULL, { OPEN_DEVICE(EACCES) }, "token", NULL },
	};
	/* clang-format on */
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct step script[12] = { OPEN, { .open = GROUP } };
		struct iommuctl_container *container;
		struct iommuctl_vfio_group *group;
		struct iommuctl_topology *topology;
		struct iommuctl_vfio *vfio = NULL;
		int r;

		memcpy(script + 3, cases[i].steps, sizeof(cases[i].steps));
		add_device(tree, cases[i].driver);
		if (cases[i].sibling)
			tree_device(tree, &(struct tree_device){ .name = "0000:00:01.1",
								 .driver = cases[i].sibling,
								 .group = 1 });
		topology = load(tree);
		container = open_container(tree, script);
		container_fd = iommuctl_container_get_fd(container);
		assert_int_equal(iommuctl_vfio_group_open(tree->ctx,
							  iommuctl_topology_get_group(topology, 0),
							  &group),
				 0);
		r = cases[i].what == ADDS ? iommuctl_vfio_group_add(group, container)
		    : cases[i].what == REMOVES
			    ? iommuctl_vfio_group_remove(group)
			    : iommuctl_vfio_group_open_device(
				      group, iommuctl_topology_get_device(topology, 0), &vfio);
		assert_int_equal(r, -cases[i].steps[0].error);
		assert_null(vfio);
		fake_kernel_done();
		assert_diag(tree->ctx, "group 1", NULL, cases[i].reason, cases[i].hint);
		iommuctl_vfio_group_close(group);
		iommuctl_container_close(container);
		iommuctl_topology_unref(topology);
		tree_remove(tree, "sys");
	}
}

/* ------------------------------------------------------------------- sPAPR TCE */

static char memory[8192] __attribute__((aligned(4096)));

static void spapr_windows(void *data)
{
	struct abi_vfio_iommu_spapr_tce_info *arg = data;

	assert_int_equal(arg->argsz, 32);
	arg->flags = ABI_VFIO_IOMMU_SPAPR_INFO_DDW;
	arg->dma32_window_start = 0;
	arg->dma32_window_size = 0x80000000;
	arg->ddw.pgsizes = 0x1011000;
	arg->ddw.max_dynamic_windows_supported = 2;
	arg->ddw.levels = 5;
}

static void spapr_one_window(void *data)
{
	struct abi_vfio_iommu_spapr_tce_info *arg = data;

	arg->dma32_window_start = 0x1000;
	arg->dma32_window_size = 0x40000000;
	arg->ddw.levels = 9; /* means nothing */
}

static void create_window(void *data)
{
	struct abi_vfio_iommu_spapr_tce_create *arg = data;

	assert_int_equal(arg->argsz, 40);
	assert_int_equal(arg->flags, 0);
	assert_int_equal(arg->page_shift, 16);
	assert_int_equal(arg->window_size, UINT64_C(1) << 40);
	assert_int_equal(arg->levels, 2);
	arg->start_addr = 0x800000000000000;
}

static void remove_window(void *data)
{
	const struct abi_vfio_iommu_spapr_tce_remove *arg = data;

	assert_int_equal(arg->argsz, 16);
	assert_int_equal(arg->start_addr, 0x800000000000000);
}

static void spapr_memory(void *data)
{
	const struct abi_vfio_iommu_spapr_register_memory *arg = data;

	assert_int_equal(arg->argsz, 24);
	assert_int_equal(arg->flags, 0);
	assert_int_equal(arg->vaddr, (uintptr_t)memory);
	assert_int_equal(arg->size, sizeof(memory));
}

/* clang-format off */
#define SPAPR(name, check, number) { .request = ABI_VFIO_IOMMU_##name, .call = (check), .error = (number) }
/* clang-format on */

static void test_spapr(void **state)
{
	/* clang-format off */
	static const struct step script[] = {
		OPEN,
		SPAPR(SPAPR_TCE_GET_INFO, spapr_windows, 0),
		SPAPR(SPAPR_TCE_GET_INFO, spapr_one_window, 0),
		SPAPR(SPAPR_REGISTER_MEMORY, spapr_memory, 0),
		SPAPR(SPAPR_TCE_CREATE, create_window, 0),
		SPAPR(SPAPR_TCE_REMOVE, remove_window, 0),
		SPAPR(SPAPR_UNREGISTER_MEMORY, spapr_memory, 0),
		SPAPR(ENABLE, NULL, 0),
		SPAPR(DISABLE, NULL, 0),
		END,
	};
	/* clang-format on */
	const struct tree *tree = *state;
	struct iommuctl_container *container = open_container(tree, script);
	struct iommuctl_spapr_info info;
	uint64_t start = 1;

	assert_int_equal(iommuctl_container_get_spapr_info(container, &info), 0);
	assert_int_equal(info.window_start, 0);
	assert_int_equal(info.window_length, 0x80000000);
	assert_true(info.has_windows);
	assert_int_equal(info.page_sizes, 0x1011000);
	assert_int_equal(info.max_windows, 2);
	assert_int_equal(info.levels, 5);
	assert_int_equal(iommuctl_container_get_spapr_info(container, &info), 0);
	assert_int_equal(info.window_start, 0x1000);
	assert_false(info.has_windows);
	assert_int_equal(info.levels, 0);
	assert_int_equal(iommuctl_container_register_memory(container, memory, sizeof(memory)), 0);
	assert_int_equal(
		iommuctl_container_add_window(container, 65536, UINT64_C(1) << 40, 2, &start), 0);
	assert_int_equal(start, 0x800000000000000);
	assert_int_equal(iommuctl_container_remove_window(container, start), 0);
	assert_int_equal(iommuctl_container_unregister_memory(container, memory, sizeof(memory)),
			 0);
	assert_int_equal(iommuctl_container_set_enabled(container, true), 0);
	assert_int_equal(iommuctl_container_set_enabled(container, false), 0);
	fake_kernel_done();
	assert_int_equal(iommuctl_container_add_window(container, 0, 1, 1, &start), -EINVAL);
	assert_int_equal(iommuctl_container_add_window(container, 3, 1, 1, &start), -EINVAL);
	assert_int_equal(iommuctl_container_get_spapr_info(NULL, &info), -EINVAL);
	assert_int_equal(iommuctl_container_remove_window(NULL, 0), -EINVAL);
	assert_int_equal(iommuctl_container_register_memory(NULL, memory, 1), -EINVAL);
	assert_int_equal(iommuctl_container_set_enabled(NULL, true), -EINVAL);
	iommuctl_container_close(container);
}

static int spapr_get_info(struct iommuctl_container *container)
{
	struct iommuctl_spapr_info info;

	return iommuctl_container_get_spapr_info(container, &info);
}

static int spapr_add(struct iommuctl_container *container)
{
	uint64_t start;

	return iommuctl_container_add_window(container, 65536, UINT64_C(1) << 40, 2, &start);
}

static int spapr_remove(struct iommuctl_container *container)
{
	return iommuctl_container_remove_window(container, 0x800000000000000);
}

static int spapr_register(struct iommuctl_container *container)
{
	return iommuctl_container_register_memory(container, memory, sizeof(memory));
}

static int spapr_unregister(struct iommuctl_container *container)
{
	return iommuctl_container_unregister_memory(container, memory, sizeof(memory));
}

static int spapr_enable(struct iommuctl_container *container)
{
	return iommuctl_container_set_enabled(container, true);
}

static void test_why_spapr_fails(void **state)
{
	/* clang-format off */
	static const struct {
		int (*call)(struct iommuctl_container *container);
		struct step step;
		const char *reason;
	} cases[] = {
		{ spapr_get_info, SPAPR(SPAPR_TCE_GET_INFO, NULL, EPERM), "process that used it first" },
		{ spapr_get_info, SPAPR(SPAPR_TCE_GET_INFO, NULL, ENXIO), "no group" },
		{ spapr_add, SPAPR(SPAPR_TCE_CREATE, NULL, ENOSPC), "all its windows are in use" },
		{ spapr_add, SPAPR(SPAPR_TCE_CREATE, NULL, EINVAL), "no window of such pages" },
		/* 2^24 pages */
		{ spapr_add, SPAPR(SPAPR_TCE_CREATE, NULL, ENOMEM), "134217728 bytes would be locked" },
		{ spapr_add, SPAPR(SPAPR_TCE_CREATE, NULL, ENOTTY), "spapr-tce-v2 can" },
		{ spapr_remove, SPAPR(SPAPR_TCE_REMOVE, NULL, EINVAL), "no window starts there" },
		{ spapr_register, SPAPR(SPAPR_REGISTER_MEMORY, NULL, EBUSY), "registered already" },
		{ spapr_register, SPAPR(SPAPR_REGISTER_MEMORY, NULL, ENOMEM), "8192 bytes would be locked" },
		{ spapr_unregister, SPAPR(SPAPR_UNREGISTER_MEMORY, NULL, ENOENT), "not registered" },
		{ spapr_unregister, SPAPR(SPAPR_UNREGISTER_MEMORY, NULL, EBUSY), "is mapped" },
		{ spapr_enable, SPAPR(ENABLE, NULL, EBUSY), "enabled already" },
		{ spapr_enable, SPAPR(ENABLE, NULL, ENOTTY), "only type spapr-tce" },
		{ spapr_enable, SPAPR(ENABLE, NULL, EIO), "Input/output" },
	};
	/* clang-format on */
	const struct tree *tree = *state;
	struct rlimit before, limit;

	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &before), 0);
	limit = (struct rlimit){ 4096, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
	tree_file(tree, "proc/self/status", "Name:\tx\nVmLck:\t0 kB\nCapEff:\t0\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct step script[] = { OPEN, cases[i].step, END };
		struct iommuctl_container *container = open_container(tree, script);

		assert_int_equal(cases[i].call(container), -cases[i].step.error);
		fake_kernel_done();
		assert_diag(tree->ctx, NODE, NULL, cases[i].reason, NULL);
		iommuctl_container_close(container);
	}
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &before), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_group),	    TEST(test_group_without_iommu),
		TEST(test_group_from_fd),   TEST(test_why_group_does_not_open),
		TEST(test_why_group_fails), TEST(test_spapr),
		TEST(test_why_spapr_fails),
	};

	return RUN(tests);
}
