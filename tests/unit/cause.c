/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Causes of errors: what holds of every row of the table; that looking for one changes nothing; and
 * the rows that no kernel of the guests can be made to give.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/vfs.h>

#include "failures.h"
#include "fake-kernel.h"
#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"
#include "libiommuctl/call.h"

/* --------------------------------------------------------------- the table */

/* Whether ROW is always found where OTHER would be. */
static bool hides(const struct cause *row, const struct cause *other)
{
	return !row->holds && !(other->calls & ~row->calls) &&
	       (!row->error || row->error == other->error) &&
	       (!row->kinds || (other->kinds && !(other->kinds & ~row->kinds)));
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < cause_count; i++) {
		const struct cause *row = &causes[i];

		if (!row->name || !row->calls || (!row->reason && !row->holds))
			fail_msg("row %zu: %s", i, row->name ? row->name : "has no name");
		for (size_t n = 0; n < i; n++)
			if (strcmp(causes[n].name, row->name) == 0 || hides(&causes[n], row))
				fail_msg("%s is never found: %s", row->name, causes[n].name);
	}
}

/* ---------------------------------------------------------- what is only asked */

static int answers; /* an errno, or 0 */
static size_t questions;

/* What the table of calls does not know: arguments with which a call cannot do a thing. */
static bool can_do_nothing(unsigned long request, const void *arg)
{
	const struct abi_iommu_ioas_copy *copy = arg;
	const struct abi_iommu_hwpt_invalidate *invalidate = arg;
	uint32_t size;

	memcpy(&size, arg, sizeof(size));
	return size == 0 ||
	       (request == ABI_IOMMU_IOAS_COPY && copy->flags & ABI_IOMMU_IOAS_MAP_FIXED_IOVA &&
		copy->length > UINT64_MAX - copy->dst_iova) ||
	       (request == ABI_IOMMU_HWPT_INVALIDATE && invalidate->entry_num == 0);
}

static int asked_ioctl(int fd, unsigned long request, void *arg)
{
	const struct call *row = call_find(CALL_ON_DEVICE, request, NULL);

	(void)fd;
	assert_non_null(row);
	if (!(row->asks && row->asks(arg)) && !can_do_nothing(request, arg))
		fail_msg("%s may change something", row->name);
	questions++;
	errno = answers;
	return answers ? -1 : 0;
}

static int asked_open(struct iommuctl_context *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

struct asking {
	struct iommuctl_context *ctx;
	const struct iommuctl_device *device;
};

static void explain(const struct failing_call *call, void *data)
{
	const struct asking *asking = data;
	const struct iommuctl_diag *diag = iommuctl_context_get_diag(asking->ctx);

	int error = 0;

	assert_int_equal(explain_failing_call(asking->ctx, asking->device, call, &error), 0);
	assert_int_equal(error, -call->error);
	assert_string_equal(iommuctl_diag_get_action(diag), "fail");
	assert_true(iommuctl_diag_get_reason(diag)[0]);
}

static void test_looking_for_a_cause_only_asks(void **state)
{
	static const struct device_ops ops = { .open = asked_open, .ioctl = asked_ioctl };
	static const int all[] = { 0, EINVAL, ENOENT, EMSGSIZE, EOPNOTSUPP, ENOTTY, EOVERFLOW };
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;

	failing_tree(tree, "vfio-pci");
	topology =
		tree_load(tree, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO);
	tree->ctx->ops = &ops;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct asking asking = { tree->ctx,
					 iommuctl_topology_find_device(topology, "0000:00:01.0") };

		answers = all[i];
		questions = 0;
		each_failing_call(explain, &asking);
		assert_true(questions > 100);
	}
	iommuctl_topology_unref(topology);
}

/* ------------------------------------------- what cannot be provoked in the guests */

/* What the calls are made on. */
struct objects {
	const struct tree *tree;
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *ioas, *hwpt, *viommu, *faults;
	struct iommuctl_vfio *vfio;
	struct iommuctl_container *container;
};

static int alloc_fault_hwpt(const struct objects *o)
{
	const struct iommuctl_hwpt_opts opts = { .size = sizeof(opts), .fault_queue = o->faults };
	struct iommuctl_object *hwpt;

	return iommuctl_hwpt_alloc(iommuctl_vfio_get_object(o->vfio), o->ioas, &opts, &hwpt);
}

static int alloc_nested(const struct objects *o)
{
	const struct iommuctl_hwpt_opts opts = { .size = sizeof(opts),
						 .data_type = ABI_IOMMU_HWPT_DATA_ARM_SMMUV3,
						 .data = "0123456789abcde",
						 .data_length = 16 };
	struct iommuctl_object *hwpt;

	return iommuctl_hwpt_alloc(iommuctl_vfio_get_object(o->vfio), o->hwpt, &opts, &hwpt);
}

static int alloc_viommu(const struct objects *o)
{
	char data = 0;
	const struct iommuctl_viommu_opts opts = {
		.size = sizeof(opts), .type = 1, .data = &data, .data_length = 1
	};
	struct iommuctl_object *viommu;

	return iommuctl_viommu_alloc(iommuctl_vfio_get_object(o->vfio), o->hwpt, &opts, &viommu);
}

static int alloc_vdevice(const struct objects *o)
{
	struct iommuctl_object *vdevice;

	return iommuctl_vdevice_alloc(o->viommu, iommuctl_vfio_get_object(o->vfio), 1, &vdevice);
}

static int map_file(const struct objects *o)
{
	uint64_t iova = 0;

	return iommuctl_ioas_map_file(o->ioas, 0, 0, 4096, IOMMUCTL_MAP_READ, &iova);
}

static int attach_pasid(const struct objects *o)
{
	return iommuctl_vfio_attach_pasid(o->vfio, 16, o->hwpt, NULL);
}

static int export_memory(const struct objects *o)
{
	int fd;

	return iommuctl_vfio_export_dma_buf(o->vfio, 0, (struct iommuctl_range){ 0, 4095 }, &fd);
}

static int alloc_ioas(const struct objects *o)
{
	struct iommuctl_object *ioas;

	return iommuctl_ioas_alloc(o->iommufd, &ioas);
}

/* Containers of sPAPR TCE */

static int spapr_info(const struct objects *o)
{
	struct iommuctl_spapr_info info;

	return iommuctl_container_get_spapr_info(o->container, &info);
}

static int spapr_add(const struct objects *o)
{
	uint64_t start;

	return iommuctl_container_add_window(o->container, 65536, UINT64_C(1) << 40, 1, &start);
}

static int spapr_remove(const struct objects *o)
{
	return iommuctl_container_remove_window(o->container, 0);
}

/* More than may be locked; its addresses do not matter. */
static int spapr_register(const struct objects *o)
{
	return iommuctl_container_register_memory(o->container, NULL, UINT64_C(1) << 40);
}

static int spapr_unregister(const struct objects *o)
{
	return iommuctl_container_unregister_memory(o->container, NULL, 65536);
}

static int spapr_enable(const struct objects *o)
{
	return iommuctl_container_set_enabled(o->container, true);
}

static int spapr_disable(const struct objects *o)
{
	return iommuctl_container_set_enabled(o->container, false);
}

static int set_type(const struct objects *o)
{
	return iommuctl_container_set_type(o->container, IOMMUCTL_CONTAINER_TYPE1V2, NULL);
}

static int track_dirty(const struct objects *o)
{
	return iommuctl_container_set_dirty_tracking(o->container, true);
}

/* clang-format off */
#define ALLOC_HWPT	ABI_IOMMU_HWPT_ALLOC
#define ALLOC_VIOMMU	ABI_IOMMU_VIOMMU_ALLOC
#define ALLOC_VDEVICE	ABI_IOMMU_VDEVICE_ALLOC
#define INVALIDATE	ABI_IOMMU_HWPT_INVALIDATE
#define ATTACH		ABI_VFIO_DEVICE_ATTACH_IOMMUFD_PT

/* tests/contract/causes.bats sees to it that these, and no others, are in no guest's test. */
static const struct unprovoked {
	const char *row, *why;
	int (*call)(const struct objects *objects);
	unsigned long request;
	int error;
	const char *reason; /* a pattern */
} unprovoked[] = {
	{ "call-absent", "the guests' kernels run no programs of 32 bits", alloc_ioas, ABI_IOMMU_IOAS_ALLOC, ENOTTY, "*programs of 32 bits" },
	{ "hwpt-fault-old", "needs Linux 6.7 to 6.10", alloc_fault_hwpt, ALLOC_HWPT, E2BIG, "a fault queue needs Linux 6.11 or later" },
	{ "hwpt-data-old", "needs Linux 6.6", alloc_nested, ALLOC_HWPT, E2BIG, "data for the driver needs Linux 6.7 or later" },
	{ "viommu-data-old", "needs Linux 6.13 to 6.16", alloc_viommu, ALLOC_VIOMMU, E2BIG, "data for the driver needs Linux 6.17 or later" },
	{ "map-file-dma-buf-old", "needs Linux 6.13 to 6.18", map_file, ABI_IOMMU_IOAS_MAP_FILE, EINVAL, "mapping dma-bufs needs Linux 6.19 or later" },
	{ "vdevice-slots", "needs Tegra's command queues", alloc_vdevice, ALLOC_VDEVICE, ENOSPC, "the hardware has no more places for devices" },
	{ "export-driver", "needs a kernel without VFIO_PCI_DMABUF", export_memory, ABI_VFIO_DEVICE_FEATURE, EOPNOTSUPP, "its driver, or this kernel, exports no memory of it" },
	{ "pasid-range", "QEMU emulates no device with PASIDs", attach_pasid, ATTACH, EINVAL, "the device has PASIDs of 4 bits" },
	{ "type-absent", "the guests have all types of x86", set_type, ABI_VFIO_SET_IOMMU, ENODEV, "this kernel has no such type, or its module is not loaded" },
	{ "type1-dirty-old", "needs Linux before 5.8", track_dirty, ABI_VFIO_IOMMU_DIRTY_PAGES, EOPNOTSUPP, "needs Linux 5.8 or later" },
	{ "spapr-info-eperm", "needs POWER", spapr_info, ABI_VFIO_IOMMU_SPAPR_TCE_GET_INFO, EPERM, "it belongs to the process that used it first" },
	{ "spapr-info-enxio", "needs POWER", spapr_info, ABI_VFIO_IOMMU_SPAPR_TCE_GET_INFO, ENXIO, "it has no group" },
	{ "spapr-add-window-enospc", "needs POWER", spapr_add, ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, ENOSPC, "all its windows are in use" },
	{ "spapr-add-window-enomem", "needs POWER", spapr_add, ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, ENOMEM, "* bytes would be locked, of at most 65536 (RLIMIT_MEMLOCK), *" },
	{ "spapr-add-window-einval", "needs POWER", spapr_add, ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, EINVAL, "no window of such pages, length or levels can be made" },
	{ "spapr-add-window-eperm", "needs POWER", spapr_add, ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, EPERM, "it belongs to the process that used it first" },
	{ "spapr-add-window-enotty", "needs POWER", spapr_add, ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, ENOTTY, "type spapr-tce cannot; spapr-tce-v2 can" },
	{ "spapr-add-window-enxio", "needs POWER", spapr_add, ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, ENXIO, "it has no group" },
	{ "spapr-remove-window-einval", "needs POWER", spapr_remove, ABI_VFIO_IOMMU_SPAPR_TCE_REMOVE, EINVAL, "no window starts there" },
	{ "spapr-remove-window-eperm", "needs POWER", spapr_remove, ABI_VFIO_IOMMU_SPAPR_TCE_REMOVE, EPERM, "it belongs to the process that used it first" },
	{ "spapr-remove-window-enotty", "needs POWER", spapr_remove, ABI_VFIO_IOMMU_SPAPR_TCE_REMOVE, ENOTTY, "type spapr-tce cannot; spapr-tce-v2 can" },
	{ "spapr-remove-window-enxio", "needs POWER", spapr_remove, ABI_VFIO_IOMMU_SPAPR_TCE_REMOVE, ENXIO, "it has no group" },
	{ "spapr-register-memory-enomem", "needs POWER", spapr_register, ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY, ENOMEM, "* bytes would be locked, of at most 65536 (RLIMIT_MEMLOCK), *" },
	{ "spapr-register-memory-ebusy", "needs POWER", spapr_register, ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY, EBUSY, "it is registered already" },
	{ "spapr-register-memory-einval", "needs POWER", spapr_register, ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY, EINVAL, "it overlaps what is registered, or is not of whole pages" },
	{ "spapr-register-memory-eperm", "needs POWER", spapr_register, ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY, EPERM, "it belongs to the process that used it first" },
	{ "spapr-register-memory-enotty", "needs POWER", spapr_register, ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY, ENOTTY, "type spapr-tce cannot; spapr-tce-v2 can" },
	{ "spapr-unregister-memory-enoent", "needs POWER", spapr_unregister, ABI_VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY, ENOENT, "it is not registered" },
	{ "spapr-unregister-memory-ebusy", "needs POWER", spapr_unregister, ABI_VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY, EBUSY, "a part of it is mapped" },
	{ "spapr-unregister-memory-eperm", "needs POWER", spapr_unregister, ABI_VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY, EPERM, "it belongs to the process that used it first" },
	{ "spapr-unregister-memory-enotty", "needs POWER", spapr_unregister, ABI_VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY, ENOTTY, "type spapr-tce cannot; spapr-tce-v2 can" },
	{ "spapr-enable-ebusy", "needs POWER", spapr_enable, ABI_VFIO_IOMMU_ENABLE, EBUSY, "it is enabled already" },
	{ "spapr-enable-eperm", "needs POWER", spapr_enable, ABI_VFIO_IOMMU_ENABLE, EPERM, "it has no window of 32 bits, or belongs to another process" },
	{ "spapr-enable-enodev", "needs POWER", spapr_enable, ABI_VFIO_IOMMU_ENABLE, ENODEV, "it has no group" },
	{ "spapr-enable-enotty", "needs POWER", spapr_enable, ABI_VFIO_IOMMU_ENABLE, ENOTTY, "only type spapr-tce is enabled" },
	{ "spapr-disable-eperm", "needs POWER", spapr_disable, ABI_VFIO_IOMMU_DISABLE, EPERM, "it belongs to the process that used it first" },
	{ "spapr-disable-enotty", "needs POWER", spapr_disable, ABI_VFIO_IOMMU_DISABLE, ENOTTY, "only type spapr-tce is enabled" },
};
/* clang-format on */

static const struct unprovoked *current;

/* For the cause that is about a dma-buf. */
int __wrap_fstatfs(int fd, struct statfs *fs);
int __wrap_fstatfs(int fd, struct statfs *fs)
{
	(void)fd;
	*fs = (struct statfs){ .f_type = 0x444d4142 };
	return 0;
}

static int refuse(int error)
{
	errno = error;
	return -1;
}

/* The page table is 2, the device 1; its PASIDs have 4 bits. */
static int failing_ioctl(int fd, unsigned long request, void *arg)
{
	const struct abi_iommu_hwpt_get_dirty_bitmap *dirty = arg;
	struct abi_iommu_hw_info *info = arg;

	(void)fd;
	switch (request) {
	case ABI_IOMMU_GET_HW_INFO:
		info->out_max_pasid_log2 = 4;
		return info->dev_id == 1 ? 0 : refuse(ENOENT);
	case ABI_IOMMU_HWPT_GET_DIRTY_BITMAP:
		return refuse(dirty->hwpt_id == 2 ? EINVAL : ENOENT);
	case ABI_IOMMU_DESTROY:
	case ABI_VFIO_GET_API_VERSION:
		return 0;
	default:
		return refuse(request == current->request ? current->error : EINVAL);
	}
}

static struct iommuctl_object *object(const struct objects *o, enum iommuctl_object_kind kind,
				      uint32_t id)
{
	struct iommuctl_object *made;
	int fd = kind == IOMMUCTL_OBJECT_FAULT_QUEUE ? asked_open(NULL, NULL) : -1;

	assert_int_equal(iommuctl_object_from_id(o->iommufd, kind, id, fd, &made), 0);
	return made;
}

static void check_unprovoked(const struct objects *o)
{
	const struct iommuctl_diag *diag = iommuctl_context_get_diag(o->tree->ctx);

	assert_int_equal(current->call(o), -current->error);
	if (!diag->cause || strcmp(diag->cause, current->row) != 0 ||
	    fnmatch(current->reason, diag->reason, 0) != 0)
		fail_msg("%s: by %s: %s", current->row, diag->cause ? diag->cause : "none",
			 diag->reason);
}

/* A machine on which Linux has nested no page tables yet, but can bind devices. */
static void old_tree(const struct tree *tree)
{
	static const struct tree_device device = { "0000:00:01.0", "vfio-pci",
						   "smmu3.0x0000000009050000", 1, "vfio0" };

	tree_device(tree, &device);
	tree_file(tree, "proc/sys/kernel/osrelease", "6.12.1\n");
	tree_file(tree, "proc/self/status", "Name:\tx\nVmLck:\t0 kB\nCapEff:\t0\n");
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){ 65536, 65536 }), 0);
}

static void test_what_cannot_be_provoked(void **state)
{
	static const struct device_ops ops = { .open = asked_open, .ioctl = failing_ioctl };
	struct objects o = { .tree = *state };
	struct iommuctl_topology *topology;

	old_tree(o.tree);
	topology = tree_load(o.tree,
			     IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO);
	o.tree->ctx->ops = &ops;
	assert_int_equal(iommuctl_iommufd_open(o.tree->ctx, &o.iommufd), 0);
	assert_int_equal(
		iommuctl_vfio_from_fd(o.tree->ctx,
				      iommuctl_topology_find_device(topology, "0000:00:01.0"),
				      asked_open(NULL, NULL), o.iommufd, 1, &o.vfio),
		0);
	assert_int_equal(iommuctl_container_open(o.tree->ctx, &o.container), 0);
	o.hwpt = object(&o, IOMMUCTL_OBJECT_HWPT, 2);
	o.ioas = object(&o, IOMMUCTL_OBJECT_IOAS, 3);
	o.viommu = object(&o, IOMMUCTL_OBJECT_VIOMMU, 4);
	o.faults = object(&o, IOMMUCTL_OBJECT_FAULT_QUEUE, 5);
	for (current = unprovoked; current < unprovoked + ARRAY_SIZE(unprovoked); current++)
		check_unprovoked(&o);
	iommuctl_container_close(o.container);
	iommuctl_object_free(o.faults);
	iommuctl_object_free(o.viommu);
	iommuctl_object_free(o.ioas);
	iommuctl_object_free(o.hwpt);
	iommuctl_vfio_close(o.vfio);
	iommuctl_iommufd_close(o.iommufd);
	iommuctl_topology_unref(topology);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_rows),
		TEST(test_looking_for_a_cause_only_asks),
		TEST(test_what_cannot_be_provoked),
	};

	return RUN(tests);
}
