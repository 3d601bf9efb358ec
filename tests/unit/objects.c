/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handles on objects: whatever the order in which they are given back, a kernel that keeps the real
 * one's rules about what may be destroyed never has to refuse, and nothing stays. And what is read
 * from queues, byte by byte.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"
#include "tree.h"

#define DEVICE	"0000:00:03.0"
#define IDS_MAX 16

/* ------------------------------------------------------------- a kernel's rules */

static struct kernel_object {
	bool is_there;
	unsigned int users;
	uint32_t uses[2];
} objects[IDS_MAX];
static uint32_t attached; /* what the device is attached to */
static unsigned int refused;
static int device_fd; /* whose end detaches it */

static uint32_t make(uint32_t first, uint32_t second)
{
	uint32_t id = 1;

	while (objects[id].is_there)
		id++;
	assert_true(id < IDS_MAX);
	objects[id] = (struct kernel_object){ .is_there = true, .uses = { first, second } };
	objects[first].users++;
	objects[second].users++;
	return id;
}

static void attach_to(uint32_t id)
{
	objects[attached].users--;
	attached = id;
	objects[attached].users++;
}

static int destroy(uint32_t id)
{
	if (attached && fcntl(device_fd, F_GETFD) < 0)
		attach_to(0);
	if (id == 0 || id >= IDS_MAX || !objects[id].is_there) {
		errno = ENOENT;
		return -1;
	}
	if (objects[id].users > 0) {
		refused++;
		errno = EBUSY;
		return -1;
	}
	objects[id].is_there = false;
	objects[objects[id].uses[0]].users--;
	objects[objects[id].uses[1]].users--;
	return 0;
}

static int model_ioctl(int fd, unsigned long request, void *data)
{
	/* the library must not use what it closed */
	assert_true(fcntl(fd, F_GETFD) >= 0);
	switch (request) {
	case ABI_IOMMU_DESTROY:
		return destroy(((struct abi_iommu_destroy *)data)->id);
	case ABI_IOMMU_IOAS_ALLOC:
		((struct abi_iommu_ioas_alloc *)data)->out_ioas_id = make(0, 0);
		return 0;
	case ABI_IOMMU_HWPT_ALLOC: {
		struct abi_iommu_hwpt_alloc *arg = data;

		arg->out_hwpt_id = make(arg->pt_id, arg->fault_id);
		return 0;
	}
	case ABI_IOMMU_VIOMMU_ALLOC: {
		struct abi_iommu_viommu_alloc *arg = data;

		arg->out_viommu_id = make(arg->hwpt_id, 0);
		return 0;
	}
	case ABI_IOMMU_VDEVICE_ALLOC: {
		struct abi_iommu_vdevice_alloc *arg = data;

		arg->out_vdevice_id = make(arg->viommu_id, arg->dev_id);
		return 0;
	}
	case ABI_IOMMU_FAULT_QUEUE_ALLOC: {
		struct abi_iommu_fault_alloc *arg = data;

		arg->out_fault_id = make(0, 0);
		arg->out_fault_fd = (uint32_t)open("/dev/null", O_RDWR | O_CLOEXEC);
		return 0;
	}
	case ABI_VFIO_DEVICE_BIND_IOMMUFD:
		((struct abi_vfio_device_bind_iommufd *)data)->out_devid = make(0, 0);
		return 0;
	case ABI_VFIO_DEVICE_ATTACH_IOMMUFD_PT:
		attach_to(((struct abi_vfio_device_attach_iommufd_pt *)data)->pt_id);
		return 0;
	default:
		errno = ENOTTY;
		return -1;
	}
}

static int model_open(struct iommuctl_context *ctx, const char *path)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)ctx;
	if (strstr(path, "vfio"))
		device_fd = fd;
	return fd;
}

static const struct device_ops model = { .open = model_open, .ioctl = model_ioctl };

/* ------------------------------------------------------------------- any order */

enum { IOMMUFD, IOAS, STAGE2, FAULTS, VIOMMU, STAGE1, DEVICE_FILE, VDEVICE, HANDLES };

static struct iommuctl_topology *load_vfio(const struct tree *tree)
{
	struct iommuctl_topology *topology;

	tree_device(tree,
		    &(struct tree_device){
			    .name = DEVICE, .driver = "vfio-pci", .group = 1, .vfio = "vfio0" });
	assert_int_equal(iommuctl_topology_load(tree->ctx,
						IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES |
							IOMMUCTL_LOAD_VFIO,
						&topology),
			 0);
	return topology;
}

static void make_all(const struct tree *tree, const struct iommuctl_device *device, void **handles)
{
	struct iommuctl_hwpt_opts opts = { .size = sizeof(opts) };
	struct iommuctl_viommu_opts type = { .size = sizeof(type), .type = 1 };
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *object[HANDLES] = { 0 }, *bound;
	struct iommuctl_vfio *vfio;

	assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
	assert_int_equal(iommuctl_vfio_open(tree->ctx, device, &vfio), 0);
	assert_int_equal(iommuctl_vfio_bind(vfio, iommufd), 0);
	bound = iommuctl_vfio_get_object(vfio);
	assert_int_equal(iommuctl_ioas_alloc(iommufd, &object[IOAS]), 0);
	opts.flags = IOMMUCTL_HWPT_NEST_PARENT;
	assert_int_equal(iommuctl_hwpt_alloc(bound, object[IOAS], &opts, &object[STAGE2]), 0);
	assert_int_equal(iommuctl_fault_queue_alloc(iommufd, &object[FAULTS]), 0);
	assert_int_equal(iommuctl_viommu_alloc(bound, object[STAGE2], &type, &object[VIOMMU]), 0);
	opts.flags = 0;
	opts.fault_queue = object[FAULTS];
	assert_int_equal(iommuctl_hwpt_alloc(bound, object[VIOMMU], &opts, &object[STAGE1]), 0);
	assert_int_equal(iommuctl_vdevice_alloc(object[VIOMMU], bound, 16, &object[VDEVICE]), 0);
	/* replaced: the first must not be kept by it */
	assert_int_equal(iommuctl_vfio_attach(vfio, object[IOAS], NULL), 0);
	assert_int_equal(iommuctl_vfio_attach(vfio, object[STAGE1], NULL), 0);
	for (size_t i = 0; i < HANDLES; i++)
		handles[i] = object[i];
	handles[IOMMUFD] = iommufd;
	handles[DEVICE_FILE] = vfio;
}

static uint32_t device_id; /* which no call destroys */

static void give_back(void **handles, size_t i)
{
	if (i == IOMMUFD)
		assert_null(iommuctl_iommufd_close(handles[i]));
	else if (i == DEVICE_FILE)
		assert_null(iommuctl_vfio_close(handles[i]));
	else
		assert_null(iommuctl_object_free(handles[i]));
	handles[i] = NULL;
}

static unsigned int count_there(void)
{
	unsigned int n = 0;

	for (uint32_t id = 1; id < IDS_MAX; id++)
		n += objects[id].is_there && id != device_id;
	return n;
}

/* Heap's algorithm over the order in which handles are given back. */
static void each_order(unsigned char *order, size_t n, void (*fn)(const unsigned char *order))
{
	unsigned char count[HANDLES] = { 0 };

	fn(order);
	for (size_t i = 1; i < n;) {
		if (count[i] >= i) {
			count[i++] = 0;
			continue;
		}
		size_t other = i % 2 ? count[i] : 0;
		unsigned char kept = order[i];

		order[i] = order[other];
		order[other] = kept;
		fn(order);
		count[i]++;
		i = 1;
	}
}

static const struct tree *the_tree;
static const struct iommuctl_device *the_device;
static unsigned int orders;

static void in_order(const unsigned char *order)
{
	void *handles[HANDLES];

	memset(objects, 0, sizeof(objects));
	attached = 0;
	make_all(the_tree, the_device, handles);
	device_id = iommuctl_object_get_id(iommuctl_vfio_get_object(handles[DEVICE_FILE]));
	for (size_t i = 0; i < HANDLES; i++)
		give_back(handles, order[i]);
	assert_true(fcntl(device_fd, F_GETFD) < 0);
	if (count_there() > 0 || refused > 0)
		print_error("order %u: %u left, %u refused\n", orders, count_there(), refused);
	assert_int_equal(count_there(), 0);
	assert_int_equal(refused, 0);
	orders++;
}

static void test_any_order(void **state)
{
	unsigned char order[HANDLES];
	struct iommuctl_topology *topology;

	the_tree = *state;
	topology = load_vfio(the_tree);
	the_device = iommuctl_topology_find_device(topology, DEVICE);
	the_tree->ctx->ops = &model;
	for (unsigned char i = 0; i < HANDLES; i++)
		order[i] = i;
	each_order(order, HANDLES, in_order);
	assert_int_equal(orders, 40320);
	iommuctl_topology_unref(topology);
}

/* What a forked child ends is its own handles. */
static void test_fork(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *ioas;
	uint32_t id;
	pid_t child;
	int status;

	memset(objects, 0, sizeof(objects));
	tree->ctx->ops = &model;
	assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
	assert_int_equal(iommuctl_ioas_alloc(iommufd, &ioas), 0);
	id = iommuctl_object_get_id(ioas);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		iommuctl_object_free(ioas);
		_exit(objects[id].is_there ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	iommuctl_object_free(ioas);
	assert_false(objects[id].is_there);
	iommuctl_iommufd_close(iommufd);
}

static void test_destroy_release_from_id(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_object *ioas, *again;
	struct iommuctl_iommufd *iommufd;
	uint32_t id;

	memset(objects, 0, sizeof(objects));
	device_id = 0;
	tree->ctx->ops = &model;
	assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
	assert_int_equal(iommuctl_ioas_alloc(iommufd, &ioas), 0);
	id = iommuctl_object_get_id(ioas);
	iommuctl_object_release(ioas);
	assert_true(objects[id].is_there);
	assert_int_equal(iommuctl_object_from_id(iommufd, IOMMUCTL_OBJECT_IOAS, id, -1, &ioas), 0);
	assert_int_equal(iommuctl_object_get_kind(ioas), IOMMUCTL_OBJECT_IOAS);
	iommuctl_object_free(ioas);
	assert_true(objects[id].is_there);
	assert_int_equal(iommuctl_object_from_id(iommufd, IOMMUCTL_OBJECT_IOAS, id, -1, &ioas), 0);
	assert_int_equal(iommuctl_object_from_id(iommufd, IOMMUCTL_OBJECT_IOAS, id, -1, &again), 0);
	assert_int_equal(iommuctl_object_destroy(ioas), 0);
	assert_int_equal(iommuctl_object_get_id(ioas), 0);
	assert_int_equal(iommuctl_object_destroy(ioas), -EINVAL);
	assert_int_equal(iommuctl_object_destroy(again), -ENOENT);
	iommuctl_object_free(ioas);
	iommuctl_object_free(again);
	assert_int_equal(iommuctl_object_from_id(iommufd, IOMMUCTL_OBJECT_IOAS, 0, -1, &ioas),
			 -EINVAL);
	assert_int_equal(iommuctl_object_from_id(iommufd, IOMMUCTL_OBJECT_UNKNOWN, 1, -1, &ioas),
			 -EINVAL);
	iommuctl_iommufd_close(iommufd);
	assert_int_equal(refused, 0);
}

static void test_wrong_kinds(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_object *ioas, *hwpt, *made = NULL;
	struct iommuctl_range range = { 0, 4095 };
	struct iommuctl_iommufd *iommufd;
	uint64_t iova = 0, bitmap = 0;
	struct {
		struct iommuctl_hwpt_opts known;
		uint64_t more;
	} newer = { .known = { .size = sizeof(newer) }, .more = 1 };

	memset(objects, 0, sizeof(objects));
	tree->ctx->ops = &model;
	assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
	assert_int_equal(iommuctl_ioas_alloc(iommufd, &ioas), 0);
	assert_int_equal(iommuctl_object_from_id(iommufd, IOMMUCTL_OBJECT_HWPT, 9, -1, &hwpt), 0);
	assert_int_equal(iommuctl_ioas_map(hwpt, &range, 4096, 0, &iova), -EINVAL);
	assert_int_equal(iommuctl_ioas_unmap(hwpt, range, NULL), -EINVAL);
	assert_int_equal(iommuctl_ioas_copy(ioas, hwpt, range, 0, &iova), -EINVAL);
	assert_int_equal(iommuctl_ioas_set_allowed(hwpt, &range, 1), -EINVAL);
	assert_int_equal(iommuctl_hwpt_alloc(ioas, ioas, NULL, &made), -EINVAL);
	assert_int_equal(iommuctl_hwpt_alloc(hwpt, ioas, &newer.known, &made), -E2BIG);
	assert_int_equal(iommuctl_hwpt_get_dirty_bitmap(ioas, range, 4096, 0, &bitmap), -EINVAL);
	assert_int_equal(iommuctl_hwpt_set_dirty_tracking(ioas, true), -EINVAL);
	assert_int_equal(iommuctl_vdevice_alloc(hwpt, ioas, 1, &made), -EINVAL);
	assert_int_equal(iommuctl_object_get_fd(ioas), -ENODATA);
	assert_int_equal(iommuctl_object_wait(ioas, 0), -EINVAL);
	assert_null(made);
	iommuctl_object_free(hwpt);
	iommuctl_object_free(ioas);
	iommuctl_iommufd_close(iommufd);
}

/* -------------------------------------------------------------------- queues */

struct pair {
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *queue;
	int other;
};

/* A queue whose kernel is this test: what is written to OTHER is read from it. */
static struct pair make_queue(const struct tree *tree, enum iommuctl_object_kind kind)
{
	struct pair pair;
	int fds[2];

	tree->ctx->ops = &model;
	assert_int_equal(iommuctl_iommufd_open(tree->ctx, &pair.iommufd), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(iommuctl_object_from_id(pair.iommufd, kind, 7, fds[0], &pair.queue), 0);
	pair.other = fds[1];
	return pair;
}

static void drop_queue(struct pair *pair)
{
	iommuctl_object_free(pair->queue);
	iommuctl_iommufd_close(pair->iommufd);
	close(pair->other);
}

static void test_events(void **state)
{
	/* header, event; header that says that events were lost */
	static const uint32_t two[] = {
		0, 5, 1, 2, 3, 4, 5, 6, 7, 8, 0, 6, 9, 9, 9, 9, 9, 9, 9, 9
	};
	static const uint32_t lost[] = { 1, 9 };
	static const uint32_t wrapped[] = { 0, 1, 1, 2, 3, 4, 5, 6, 7, 8 };
	struct pair pair = make_queue(*state, IOMMUCTL_OBJECT_VEVENTQ);
	struct iommuctl_vevent events[4];
	uint32_t first;

	assert_int_equal(iommuctl_veventq_read(pair.queue, events, 4), -EOPNOTSUPP);
	iommuctl_veventq_set_type(pair.queue, 1);
	assert_int_equal(iommuctl_object_wait(pair.queue, 0), 0);
	assert_int_equal(write(pair.other, two, sizeof(two)), sizeof(two));
	assert_int_equal(iommuctl_object_wait(pair.queue, -1), 1);
	assert_int_equal(iommuctl_veventq_read(pair.queue, events, 4), 2);
	/* what was before the first one that a handle sees it cannot know */
	assert_int_equal(events[0].lost, 0);
	assert_int_equal(events[0].length, 32);
	memcpy(&first, events[0].data, sizeof(first));
	assert_int_equal(first, 1);
	assert_int_equal(events[1].sequence, 6);
	assert_int_equal(events[1].lost, 0);
	assert_int_equal(write(pair.other, lost, sizeof(lost)), sizeof(lost));
	assert_int_equal(iommuctl_veventq_read(pair.queue, events, 4), 1);
	assert_int_equal(events[0].length, 0);
	assert_int_equal(events[0].lost, 3); /* 7, 8, 9 */
	/* the numbers begin again after 2^31 - 1 */
	assert_int_equal(write(pair.other, wrapped, sizeof(wrapped)), sizeof(wrapped));
	assert_int_equal(iommuctl_veventq_read(pair.queue, events, 4), 1);
	assert_int_equal(events[0].lost, 0x80000000u - 9);
	drop_queue(&pair);
}

static void test_events_cut(void **state)
{
	static const uint32_t event[] = { 0, 5, 1, 2, 3, 4, 5, 6, 7, 8 };
	struct pair pair = make_queue(*state, IOMMUCTL_OBJECT_VEVENTQ);
	struct iommuctl_vevent events[4];

	iommuctl_veventq_set_type(pair.queue, 1);
	for (size_t length = 1; length < sizeof(event); length++) {
		assert_int_equal(write(pair.other, event, length), length);
		assert_int_equal(iommuctl_veventq_read(pair.queue, events, 4), -EPROTO);
	}
	assert_int_equal(iommuctl_veventq_read(pair.queue, events, 0), -EINVAL);
	drop_queue(&pair);
}

/* As the kernel gives them: what it forwards of an SMMU, a CMDQV's error map, the mock's. */
static void test_event_fields(void **state)
{
	static const uint64_t none = UINT64_MAX;
	static const struct {
		uint32_t type, length;
		uint64_t words[4];
		const char *name;
		uint64_t fields[10]; /* in the order of the enum; NONE: it has no such field */
	} cases[] = {
		/* a privileged fetch of a PASID's */
		{ 1,
		  32,
		  { 0x000000990abcd810, 0x0000020e00000000, 0xffff000012345678, 0 },
		  "F_TRANSLATION",
		  { 0x10, 0x99, 0xabcd, 1, 1, 1, 2, 0xffff000012345678, none, none } },
		/* a write without one, of the second stage's walk */
		{ 1,
		  32,
		  { 0xffffffff00001013, 0x0000018000000000, 0x1000, 0x2000 },
		  "F_PERMISSION",
		  { 0x13, 0xffffffff, none, 0, 0, 0, 1, 0x1000, none, none } },
		{ 1,
		  32,
		  { 0x700000808, UINT64_MAX, UINT64_MAX, UINT64_MAX },
		  "C_BAD_SUBSTREAMID",
		  { 8, 7, 0, none, none, none, none, none, none, none } },
		/* numbers that are not known, also those whose low bits are known ones */
		{ 1,
		  32,
		  { 0x50 },
		  NULL,
		  { 0x50, 0, none, none, none, none, none, none, none, none } },
		{ 1,
		  32,
		  { 0xff },
		  NULL,
		  { 0xff, 0, none, none, none, none, none, none, none, none } },
		{ 2,
		  16,
		  { 0x8000000000000001, 4 },
		  NULL,
		  { none, none, none, none, none, none, none, none, 0x8000000000000001, 4 } },
		{ 0xbeefbeef,
		  4,
		  { 0x99 },
		  NULL,
		  { none, 0x99, none, none, none, none, none, none, none, none } },
		/* nothing but lost ones; a type that is not known; cut short; longer than can be */
		{ 1,
		  0,
		  { 0x10 },
		  NULL,
		  { none, none, none, none, none, none, none, none, none, none } },
		{ 3,
		  32,
		  { 0x10 },
		  NULL,
		  { none, none, none, none, none, none, none, none, none, none } },
		{ 1,
		  7,
		  { 0x9110 },
		  "F_TRANSLATION",
		  { 0x10, none, none, none, none, none, none, none, none, none } },
		{ 0xbeefbeef,
		  UINT32_MAX,
		  { 0x99 },
		  NULL,
		  { none, 0x99, none, none, none, none, none, none, none, none } },
	};
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iommuctl_vevent event = { .type = cases[i].type, .length = cases[i].length };
		const char *name;

		memcpy(event.data, cases[i].words, sizeof(cases[i].words));
		name = iommuctl_vevent_get_name(&event);
		assert_true(!name == !cases[i].name && (!name || !strcmp(name, cases[i].name)));
		for (int n = 0; n < 10; n++) {
			int r = iommuctl_vevent_get_field(&event, (enum iommuctl_vevent_field)n,
							  &value);

			assert_int_equal(r, cases[i].fields[n] == none ? -ENODATA : 0);
			if (r == 0)
				assert_int_equal(value, cases[i].fields[n]);
		}
	}
	assert_int_equal(iommuctl_vevent_get_field(NULL, IOMMUCTL_VEVENT_ID, &value), -EINVAL);
	assert_null(iommuctl_vevent_get_name(NULL));
}

static void test_faults(void **state)
{
	const struct abi_iommu_hwpt_pgfault faults[] = {
		{ .flags = 1,
		  .dev_id = 3,
		  .pasid = 4,
		  .grpid = 5,
		  .perm = 3,
		  .addr = 0x1000,
		  .cookie = 6 },
		{ .flags = 2, .dev_id = 3, .perm = 4, .addr = UINT64_MAX, .cookie = 7 },
	};
	struct pair pair = make_queue(*state, IOMMUCTL_OBJECT_FAULT_QUEUE);
	struct abi_iommu_hwpt_page_response response;
	struct iommuctl_fault got[4];

	assert_int_equal(write(pair.other, faults, sizeof(faults)), sizeof(faults));
	assert_int_equal(iommuctl_fault_queue_read(pair.queue, got, 4), 2);
	assert_true(got[0].has_pasid && !got[0].is_last);
	assert_int_equal(got[0].pasid, 4);
	assert_int_equal(got[0].group, 5);
	assert_int_equal(got[0].permissions, IOMMUCTL_FAULT_READ | IOMMUCTL_FAULT_WRITE);
	assert_int_equal(got[0].address, 0x1000);
	assert_true(!got[1].has_pasid && got[1].is_last);
	assert_int_equal(got[1].address, UINT64_MAX);
	assert_int_equal(iommuctl_fault_queue_respond(pair.queue, 6, IOMMUCTL_FAULT_INVALID), 0);
	assert_int_equal(read(pair.other, &response, sizeof(response)), sizeof(response));
	assert_int_equal(response.cookie, 6);
	assert_int_equal(response.code, 1);
	drop_queue(&pair);
}

/* What a kernel gives at once is one group, which may have as many as the device has under way. */
static void test_large_fault_group(void **state)
{
	enum { COUNT = 300 };
	struct pair pair = make_queue(*state, IOMMUCTL_OBJECT_FAULT_QUEUE);
	struct abi_iommu_hwpt_pgfault faults[COUNT] = { 0 };
	struct iommuctl_fault got[COUNT + 1];

	for (uint32_t i = 0; i < COUNT; i++) {
		faults[i].addr = UINT64_C(4096) * i;
		faults[i].flags = i == COUNT - 1 ? 2 : 0;
		faults[i].cookie = i + 1;
	}
	memset(got, 0xff, sizeof(got));
	assert_int_equal(write(pair.other, faults, sizeof(faults)), sizeof(faults));
	assert_int_equal(iommuctl_fault_queue_read(pair.queue, got, COUNT), COUNT);
	for (uint32_t i = 0; i < COUNT; i++) {
		assert_int_equal(got[i].address, UINT64_C(4096) * i);
		assert_int_equal(got[i].is_last, i == COUNT - 1);
		assert_int_equal(got[i].cookie, i + 1);
	}
	/* what is behind is not ours */
	assert_memory_equal(&got[COUNT], "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	drop_queue(&pair);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_any_order),
		TEST(test_fork),
		TEST(test_destroy_release_from_id),
		TEST(test_wrong_kinds),
		TEST(test_events),
		TEST(test_events_cut),
		TEST(test_faults),
		TEST(test_large_fault_group),
		TEST(test_event_fields),
	};

	return RUN(tests);
}
