/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iommufd and VFIO against a kernel that follows a script. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fake-kernel.h"
#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"
#include "tree.h"

/* ------------------------------------------------------- the kernel's answers */

static void ioas_alloc(void *data)
{
	struct abi_iommu_ioas_alloc *arg = data;

	assert_int_equal(arg->size, sizeof(*arg));
	assert_int_equal(arg->flags, 0);
	arg->out_ioas_id = 5;
}

static void destroy(void *data)
{
	const struct abi_iommu_destroy *arg = data;

	assert_int_equal(arg->size, sizeof(*arg));
	assert_int_equal(arg->id, 5);
}

/* Room for at least COUNT, and that many ranges: [0x1000 i, 0x1000 i + 0x7ff]. */
static void fill(struct abi_iommu_ioas_iova_ranges *arg, uint32_t count)
{
	struct abi_iommu_iova_range *ranges = (void *)(uintptr_t)arg->allowed_iovas;

	assert_int_equal(arg->size, sizeof(*arg));
	assert_int_equal(arg->ioas_id, 5);
	assert_int_equal(arg->reserved, 0);
	assert_true(arg->num_iovas >= count);
	for (uint32_t i = 0; i < count; i++)
		ranges[i] = (struct abi_iommu_iova_range){ 0x1000 * i, 0x1000 * i + 0x7ff };
	arg->num_iovas = count;
	arg->out_iova_alignment = 4096;
}

static void three_ranges(void *data)
{
	fill(data, 3);
}

static void no_ranges(void *data)
{
	fill(data, 0);
}

static void fifty_ranges(void *data)
{
	fill(data, 50);
}

static void wants_room_for_50(void *data)
{
	struct abi_iommu_ioas_iova_ranges *arg = data;

	assert_true(arg->num_iovas < 50);
	arg->num_iovas = 50;
}

static void wants_room_for_60(void *data)
{
	struct abi_iommu_ioas_iova_ranges *arg = data;

	assert_int_equal(arg->num_iovas, 50);
	arg->num_iovas = 60;
}

static void says_more_than_there_was_room_for(void *data)
{
	struct abi_iommu_ioas_iova_ranges *arg = data;

	fill(arg, 1);
	arg->num_iovas = 1000000;
}

static void wants_no_more_room(void *data)
{
	struct abi_iommu_ioas_iova_ranges *arg = data;

	arg->num_iovas = 1;
}

static void backwards(void *data)
{
	struct abi_iommu_ioas_iova_ranges *arg = data;
	struct abi_iommu_iova_range *ranges = (void *)(uintptr_t)arg->allowed_iovas;

	fill(arg, 2);
	ranges[1].last = ranges[1].start - 1;
}

static void everything(void *data)
{
	struct abi_iommu_ioas_iova_ranges *arg = data;
	struct abi_iommu_iova_range *ranges = (void *)(uintptr_t)arg->allowed_iovas;

	fill(arg, 1);
	ranges[0].last = UINT64_MAX;
}

static void bind(void *data)
{
	const struct abi_vfio_device_bind_iommufd *arg = data;

	assert_int_equal(arg->argsz, 16); /* as Linux 6.6 has it */
	assert_int_equal(arg->flags, 0);
	assert_true(fcntl(arg->iommufd, F_GETFD) >= 0);
	assert_int_not_equal(arg->iommufd, fake_kernel_fd()); /* that is the device's */
}

static void attach(void *data)
{
	struct abi_vfio_device_attach_iommufd_pt *arg = data;

	assert_int_equal(arg->argsz, 12);
	assert_int_equal(arg->flags, 0);
	assert_int_equal(arg->pt_id, 5);
	arg->pt_id = 9;
}

static void detach(void *data)
{
	const struct abi_vfio_device_detach_iommufd_pt *arg = data;

	assert_int_equal(arg->argsz, 8);
	assert_int_equal(arg->flags, 0);
}

#define OPEN                                                                                       \
	{                                                                                          \
		.open = "/dev/iommu"                                                               \
	}
#define ALLOC                                                                                      \
	{                                                                                          \
		.request = ABI_IOMMU_IOAS_ALLOC, .call = ioas_alloc                                \
	}
#define DESTROY                                                                                    \
	{                                                                                          \
		.request = ABI_IOMMU_DESTROY, .call = destroy                                      \
	}
#define RANGES(answer, number)                                                                     \
	{                                                                                          \
		.request = ABI_IOMMU_IOAS_IOVA_RANGES, .call = (answer), .error = (number)         \
	}
#define OPEN_VFIO                                                                                  \
	{                                                                                          \
		.open = "/dev/vfio/devices/vfio0"                                                  \
	}
#define BIND(number)                                                                               \
	{                                                                                          \
		.request = ABI_VFIO_DEVICE_BIND_IOMMUFD, .call = bind, .error = (number)           \
	}
#define ATTACH(number)                                                                             \
	{                                                                                          \
		.request = ABI_VFIO_DEVICE_ATTACH_IOMMUFD_PT, .call = attach, .error = (number)    \
	}
#define DETACH(number)                                                                             \
	{                                                                                          \
		.request = ABI_VFIO_DEVICE_DETACH_IOMMUFD_PT, .call = detach, .error = (number)    \
	}

/* ------------------------------------------------------------------- checks */

/* ------------------------------------------------------------------ iommufd */

static void test_open(void **state)
{
	static const struct {
		int error;
		const char *reason, *hint;
	} cases[] = {
		{ ENOENT, "no iommufd", "modprobe iommufd" },
		{ ENODEV, "no iommufd", "CONFIG_IOMMUFD" },
		{ EACCES, "Permission denied", "udev rule" },
		{ EPERM, "not permitted", "sudo" },
		{ EMFILE, "Too many open files", NULL },
	};
	const struct tree *tree = *state;
	struct iommuctl_iommufd *iommufd = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct step script[] = { { .open = "/dev/iommu", .error = cases[i].error },
					       { 0 } };

		fake_kernel(tree->ctx, script);
		assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), -cases[i].error);
		assert_null(iommufd);
		fake_kernel_done();
		assert_diag(tree->ctx, "/dev/iommu", "open", cases[i].reason, cases[i].hint);
	}
	assert_int_equal(iommuctl_iommufd_open(NULL, &iommufd), -EINVAL);
	assert_int_equal(iommuctl_iommufd_open(tree->ctx, NULL), -EINVAL);
}

static void test_ends_in_any_order(void **state)
{
	static const struct step script[] = { OPEN, ALLOC, ALLOC, DESTROY, DESTROY, { 0 } };
	const struct tree *tree = *state;
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *first, *second;
	int fd;

	fake_kernel(tree->ctx, script);
	assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
	fd = iommuctl_iommufd_get_fd(iommufd);
	assert_int_equal(fd, fake_kernel_fd());
	assert_int_equal(iommuctl_ioas_alloc(iommufd, &first), 0);
	assert_int_equal(iommuctl_ioas_alloc(iommufd, &second), 0);
	assert_int_equal(iommuctl_object_get_id(first), 5);
	assert_null(iommuctl_object_free(first));
	assert_null(iommuctl_iommufd_close(iommufd));
	assert_true(fcntl(fd, F_GETFD) >= 0);
	assert_null(iommuctl_object_free(second));
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	fake_kernel_done();
	assert_null(iommuctl_object_free(NULL));
	assert_null(iommuctl_iommufd_close(NULL));
	assert_int_equal(iommuctl_object_get_id(NULL), 0);
	assert_int_equal(iommuctl_iommufd_get_fd(NULL), -EINVAL);
}

static void test_interrupted_calls_are_made_again(void **state)
{
	static const struct step script[] = {
		OPEN,
		{ .request = ABI_IOMMU_IOAS_ALLOC, .error = EINTR },
		{ .request = ABI_IOMMU_IOAS_ALLOC, .error = EINTR },
		ALLOC,
		{ .request = ABI_IOMMU_DESTROY, .error = EINTR },
		DESTROY,
		{ 0 },
	};
	const struct tree *tree = *state;
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *ioas;

	fake_kernel(tree->ctx, script);
	assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
	assert_int_equal(iommuctl_ioas_alloc(iommufd, &ioas), 0);
	iommuctl_object_free(ioas);
	iommuctl_iommufd_close(iommufd);
	fake_kernel_done();
}

static void test_alloc_fails(void **state)
{
	static const struct step script[] = { OPEN,
					      { .request = ABI_IOMMU_IOAS_ALLOC, .error = ENOSPC },
					      { 0 } };
	const struct tree *tree = *state;
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *ioas = NULL;

	fake_kernel(tree->ctx, script);
	assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
	assert_int_equal(iommuctl_ioas_alloc(iommufd, &ioas), -ENOSPC);
	assert_null(ioas);
	assert_diag(tree->ctx, "/dev/iommu", "allocate ioas", "No space", NULL);
	assert_int_equal(iommuctl_ioas_alloc(NULL, &ioas), -EINVAL);
	assert_int_equal(iommuctl_ioas_alloc(iommufd, NULL), -EINVAL);
	iommuctl_iommufd_close(iommufd);
	fake_kernel_done();
}

static void test_ranges(void **state)
{
	/* what the kernel answers, one after another, and what becomes of it */
	static const struct {
		struct step steps[4];
		int result;
		size_t count;
		uint64_t last; /* end of the last range */
	} cases[] = {
		{ { RANGES(three_ranges, 0) }, 0, 3, 0x27ff },
		{ { RANGES(no_ranges, 0) }, 0, 0, 0 },
		{ { RANGES(everything, 0) }, 0, 1, UINT64_MAX },
		{ { RANGES(wants_room_for_50, EMSGSIZE), RANGES(fifty_ranges, 0) },
		  0,
		  50,
		  0x317ff },
		{ { RANGES(wants_room_for_50, EMSGSIZE), RANGES(wants_room_for_60, EMSGSIZE),
		    RANGES(fifty_ranges, 0) },
		  0,
		  50,
		  0x317ff },
		/* fewer than a moment ago */
		{ { RANGES(wants_room_for_50, EMSGSIZE), RANGES(three_ranges, 0) }, 0, 3, 0x27ff },
		{ { RANGES(NULL, ENOENT) }, -ENOENT, 0, 0 },
		/* a kernel that lies */
		{ { RANGES(says_more_than_there_was_room_for, 0) }, -EPROTO, 0, 0 },
		{ { RANGES(wants_no_more_room, EMSGSIZE) }, -EMSGSIZE, 0, 0 },
		{ { RANGES(backwards, 0) }, -EPROTO, 0, 0 },
	};
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct step script[8] = { OPEN, ALLOC };
		struct iommuctl_range_set *set = NULL;
		struct iommuctl_iommufd *iommufd;
		uint64_t alignment = 1;
		struct iommuctl_range range = { 0, 0 };
		struct iommuctl_object *ioas;
		size_t n = 2;

		for (size_t step = 0; cases[i].steps[step].request; step++)
			script[n++] = cases[i].steps[step];
		script[n] = (struct step)DESTROY;
		fake_kernel(tree->ctx, script);
		assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
		assert_int_equal(iommuctl_ioas_alloc(iommufd, &ioas), 0);
		assert_int_equal(iommuctl_ioas_get_ranges(ioas, &set, &alignment), cases[i].result);
		if (cases[i].result == 0) {
			for (n = 0; iommuctl_range_set_get(set, n, &range) == 0;)
				n++;
			assert_int_equal(n, cases[i].count);
			assert_int_equal(range.end, cases[i].last);
			assert_int_equal(alignment, 4096);
			iommuctl_range_set_free(set);
		} else {
			assert_null(set);
			assert_int_equal(alignment, 1);
		}
		iommuctl_object_free(ioas);
		iommuctl_iommufd_close(iommufd);
		fake_kernel_done();
	}
}

/* --------------------------------------------------------------------- VFIO */

#define DEVICE "0000:00:01.0"

/* A tree whose DEVICE, alone in group 1, was given to vfio-pci; loaded with all that VFIO needs. */
static struct iommuctl_topology *load_vfio(const struct tree *tree)
{
	return tree_load(tree, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO);
}

static void add_vfio_device(const struct tree *tree)
{
	tree_device(tree,
		    &(struct tree_device){
			    .name = DEVICE, .driver = "vfio-pci", .group = 1, .vfio = "vfio0" });
	tree_file(tree, "sys/kernel/iommu_groups/1/reserved_regions",
		  "0xfee00000 0xfeefffff msi\n");
}

static void test_bind_attach_detach(void **state)
{
	static const struct step script[] = { OPEN,	 ALLOC,	    OPEN_VFIO, BIND(0), ATTACH(0),
					      DETACH(0), ATTACH(0), DESTROY,   { 0 } };
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *ioas;
	struct iommuctl_vfio *vfio;

	add_vfio_device(tree);
	topology = load_vfio(tree);
	fake_kernel(tree->ctx, script);
	assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
	assert_int_equal(iommuctl_ioas_alloc(iommufd, &ioas), 0);
	assert_int_equal(iommuctl_vfio_open(tree->ctx,
					    iommuctl_topology_find_device(topology, DEVICE), &vfio),
			 0);
	iommuctl_topology_unref(topology);
	assert_int_equal(iommuctl_vfio_bind(vfio, iommufd), 0);
	assert_int_equal(iommuctl_vfio_attach(vfio, ioas, NULL), 0);
	assert_int_equal(iommuctl_vfio_detach(vfio), 0);
	assert_int_equal(iommuctl_vfio_attach(vfio, ioas, NULL), 0);
	assert_int_equal(iommuctl_vfio_bind(NULL, iommufd), -EINVAL);
	assert_int_equal(iommuctl_vfio_bind(vfio, NULL), -EINVAL);
	assert_int_equal(iommuctl_vfio_attach(vfio, NULL, NULL), -EINVAL);
	assert_int_equal(iommuctl_vfio_detach(NULL), -EINVAL);
	assert_null(iommuctl_iommufd_close(iommufd));
	assert_null(iommuctl_vfio_close(vfio));
	assert_null(iommuctl_vfio_close(NULL));
	assert_null(iommuctl_object_free(ioas));
	fake_kernel_done();
}

static void test_no_vfio_node(void **state)
{
	static const struct {
		struct tree_device device;
		const char *reason, *hint;
	} cases[] = {
		{ { DEVICE, "vfio-pci", NULL, -1, NULL }, "no IOMMU serves", NULL },
		{ { DEVICE, "e1000e", NULL, 1, NULL }, "e1000e is bound to it", NULL },
		{ { DEVICE, NULL, NULL, 1, NULL }, "no driver is bound", NULL },
		{ { DEVICE, "vfio-pci", NULL, 1, NULL },
		  "no VFIO device nodes",
		  "CONFIG_VFIO_DEVICE_CDEV" },
	};
	static const struct step nothing[] = { { 0 } };
	const struct tree *tree = *state;
	struct iommuctl_vfio *vfio = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iommuctl_topology *topology;

		tree_device(tree, &cases[i].device);
		topology = load_vfio(tree);
		fake_kernel(tree->ctx, nothing);
		assert_int_equal(iommuctl_vfio_open(tree->ctx,
						    iommuctl_topology_get_device(topology, 0),
						    &vfio),
				 -ENXIO);
		assert_null(vfio);
		assert_diag(tree->ctx, DEVICE, "open its VFIO device", cases[i].reason,
			    cases[i].hint);
		iommuctl_topology_unref(topology);
		tree_remove(tree, "sys");
	}
}

static void test_vfio_open_fails(void **state)
{
	static const struct step script[] = {
		{ .open = "/dev/vfio/devices/vfio0", .error = EACCES }, { 0 }
	};
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;
	struct iommuctl_vfio *vfio = NULL;

	add_vfio_device(tree);
	topology = load_vfio(tree);
	fake_kernel(tree->ctx, script);
	assert_int_equal(
		iommuctl_vfio_open(tree->ctx, iommuctl_topology_get_device(topology, 0), &vfio),
		-EACCES);
	assert_null(vfio);
	assert_diag(tree->ctx, "/dev/vfio/devices/vfio0", "open", "Permission denied", "udev rule");
	iommuctl_topology_unref(topology);
	fake_kernel_done();
}

/* What is in the tree decides which of an errno's causes is named. */
static void test_why_bind_fails(void **state)
{
	static const char unsafe[] = "sys/module/iommufd/parameters/allow_unsafe_interrupts";
	static const struct {
		int error;
		const char *sibling; /* driver of another device in the group */
		const char *unsafe;
		const char *regions;
		const char *reason, *hint;
	} cases[] = {
		{ EPERM, "e1000e", "N\n", NULL,
		  "0000:00:01.1, in the same group 1, is in use by driver e1000e",
		  "unbind 0000:00:01.1 from e1000e" },
		{ EPERM, "e1000e", "Y\n", NULL, "is in use by driver e1000e", NULL },
		{ EPERM, "pcieport", "N\n", NULL, "interrupts are not isolated", "echo Y > /sys" },
		{ EPERM, NULL, "N\n", NULL, "interrupts are not isolated", "intremap=off" },
		{ EPERM, NULL, NULL, NULL, "interrupts are not isolated", NULL },
		{ EPERM, NULL, "Y\n", NULL, "another iommufd context owns the group", NULL },
		{ EBUSY, NULL, NULL, NULL, "/dev/vfio node is open", NULL },
		{ EINVAL, NULL, NULL, "0x6c000000 0x707fffff direct\n",
		  "0x6c000000-0x707fffff mapped 1:1", "RMRR" },
		{ EINVAL, NULL, NULL, "0x6c000000 0x707fffff direct-relaxable\n",
		  "is bound already", NULL },
		{ ENOTTY, NULL, NULL, NULL, "needs Linux 6.6", NULL },
		{ EIO, NULL, NULL, NULL, "Input/output error", NULL },
	};
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct step script[] = { OPEN, OPEN_VFIO, BIND(cases[i].error), { 0 } };
		struct iommuctl_topology *topology;
		struct iommuctl_iommufd *iommufd;
		struct iommuctl_vfio *vfio;

		add_vfio_device(tree);
		if (cases[i].sibling)
			tree_device(tree, &(struct tree_device){ .name = "0000:00:01.1",
								 .driver = cases[i].sibling,
								 .group = 1 });
		if (cases[i].unsafe)
			tree_file(tree, unsafe, cases[i].unsafe);
		if (cases[i].regions)
			tree_file(tree, "sys/kernel/iommu_groups/1/reserved_regions",
				  cases[i].regions);
		topology = load_vfio(tree);
		fake_kernel(tree->ctx, script);
		assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
		assert_int_equal(iommuctl_vfio_open(tree->ctx,
						    iommuctl_topology_find_device(topology, DEVICE),
						    &vfio),
				 0);
		assert_int_equal(iommuctl_vfio_bind(vfio, iommufd), -cases[i].error);
		assert_diag(tree->ctx, DEVICE, "bind to iommufd", cases[i].reason, cases[i].hint);
		iommuctl_vfio_close(vfio);
		iommuctl_iommufd_close(iommufd);
		iommuctl_topology_unref(topology);
		fake_kernel_done();
		tree_remove(tree, "sys");
	}
}

static void test_why_attach_and_detach_fail(void **state)
{
	static const struct {
		int error;
		const char *reason;
	} cases[] = {
		{ EADDRINUSE, "has the reserved region 0xfee00000-0xfeefffff (msi), goes" },
		{ EBUSY, "is being reset or has another owner" },
		{ ENODEV, "No such device" },
	};
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct step script[] = { OPEN,
					       ALLOC,
					       OPEN_VFIO,
					       BIND(0),
					       ATTACH(cases[i].error),
					       DETACH(cases[i].error),
					       DESTROY,
					       { 0 } };
		struct iommuctl_topology *topology;
		struct iommuctl_iommufd *iommufd;
		struct iommuctl_object *ioas;
		struct iommuctl_vfio *vfio;

		add_vfio_device(tree);
		topology = load_vfio(tree);
		fake_kernel(tree->ctx, script);
		assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
		assert_int_equal(iommuctl_ioas_alloc(iommufd, &ioas), 0);
		assert_int_equal(iommuctl_vfio_open(tree->ctx,
						    iommuctl_topology_find_device(topology, DEVICE),
						    &vfio),
				 0);
		assert_int_equal(iommuctl_vfio_bind(vfio, iommufd), 0);
		assert_int_equal(iommuctl_vfio_attach(vfio, ioas, NULL), -cases[i].error);
		assert_diag(tree->ctx, DEVICE, "attach to ioas 5", cases[i].reason, NULL);
		assert_int_equal(iommuctl_vfio_detach(vfio), -cases[i].error);
		assert_diag(tree->ctx, DEVICE, "detach", "", NULL);
		iommuctl_vfio_close(vfio);
		iommuctl_object_free(ioas);
		iommuctl_iommufd_close(iommufd);
		iommuctl_topology_unref(topology);
		fake_kernel_done();
		tree_remove(tree, "sys");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_open),
		TEST(test_ends_in_any_order),
		TEST(test_interrupted_calls_are_made_again),
		TEST(test_alloc_fails),
		TEST(test_ranges),
		TEST(test_bind_attach_detach),
		TEST(test_no_vfio_node),
		TEST(test_vfio_open_fails),
		TEST(test_why_bind_fails),
		TEST(test_why_attach_and_detach_fail),
	};

	return RUN(tests);
}
