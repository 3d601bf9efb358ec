/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every allocation fails once: the answer is -ENOMEM, or success without what
 * could not be kept, and nothing leaks. The allocators are replaced by the
 * linker (--wrap), in the library's objects and here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"
#include "libiommuctl/holder.h"
#include "failures.h"
#include "session-pair.h"

/* --------------------------------------------------------------- allocators */

static unsigned long calls, failing_call; /* counted from 1; 0 fails none */
static long outstanding;

static bool fails(void)
{
	return ++calls == failing_call;
}

static void *count(void *memory)
{
	outstanding += memory != NULL;
	return memory;
}

#define WRAP(type, name, parameters, arguments, take, failing)                                     \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return (failing) ? NULL : take(__real_##name arguments);                           \
	}

WRAP(void *, malloc, (size_t size), (size), count, fails())
WRAP(void *, calloc, (size_t n, size_t size), (n, size), count, fails())
WRAP(char *, strdup, (const char *text), (text), count, fails())
WRAP(char *, strndup, (const char *text, size_t n), (text, n), count, fails())
/* parts of what malloc() gave */
WRAP(void *, arena_alloc, (struct arena * arena, size_t size), (arena, size), , fails())
WRAP(char *, arena_strdup, (struct arena * arena, const char *text), (arena, text), , fails())

/* The text is the caller's, whatever is printed. */
WRAP(FILE *, open_memstream, (char **text, size_t *size), (text, size), count, fails())

void *__real_reallocarray(void *memory, size_t n, size_t size);
void *__wrap_reallocarray(void *memory, size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
int __wrap_asprintf(char **ret, const char *format, ...);
int __real_vasprintf(char **ret, const char *format, va_list args);
int __wrap_vasprintf(char **ret, const char *format, va_list args);
void __real_free(void *memory);
void __wrap_free(void *memory);

void *__wrap_reallocarray(void *memory, size_t n, size_t size)
{
	if (fails())
		return NULL;
	return memory ? __real_reallocarray(memory, n, size)
		      : count(__real_reallocarray(memory, n, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
	return __wrap_reallocarray(memory, 1, size);
}

PRINTF(2, 0) int __wrap_vasprintf(char **ret, const char *format, va_list args)
{
	int n = fails() ? -1 : __real_vasprintf(ret, format, args);

	outstanding += n >= 0;
	return n;
}

PRINTF(2, 3) int __wrap_asprintf(char **ret, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = __wrap_vasprintf(ret, format, args);
	va_end(args);
	return n;
}

void __wrap_free(void *memory)
{
	outstanding -= memory != NULL;
	__real_free(memory);
}

/* ---------------------------------------------------------------- scenarios */

/* Runs SCENARIO with no failure, then with one at each of its allocations. */
static void each_failure(int (*scenario)(const struct tree *tree), const struct tree *tree)
{
	const long before = outstanding;
	unsigned long total;

	failing_call = calls = 0;
	assert_int_equal(scenario(tree), 0);
	assert_int_equal(outstanding, before);
	total = calls;
	assert_true(total > 0);
	for (unsigned long n = 1; n <= total; n++) {
		int r;

		calls = 0;
		failing_call = n;
		r = scenario(tree);
		failing_call = 0;
		if ((r != 0 && r != -ENOMEM) || outstanding != before)
			fail_msg("allocation %lu of %lu fails: result %d, %ld pieces left", n,
				 total, r, outstanding - before);
	}
}

/* The tree's context, or one of its own where an allocation may fail in that too. */
static int new_context(const struct tree *tree, struct iommuctl_context **ret_ctx)
{
	int r = iommuctl_context_new(ret_ctx);

	return r < 0 ? r : iommuctl_context_set_root(*ret_ctx, tree->path);
}

static int load(const struct tree *tree, unsigned int flags)
{
	struct iommuctl_topology *topology = NULL;
	struct iommuctl_context *ctx = NULL;
	int r = new_context(tree, &ctx);

	if (r >= 0)
		r = iommuctl_topology_load(ctx, flags, &topology);
	iommuctl_topology_unref(topology);
	iommuctl_context_unref(ctx);
	return r;
}

static int load_all(const struct tree *tree)
{
	return load(tree, IOMMUCTL_LOAD_ALL);
}

/* Without the hardware database, which is slow to open so many times. */
static int load_most(const struct tree *tree)
{
	return load(tree, IOMMUCTL_LOAD_ALL & ~IOMMUCTL_LOAD_NAMES);
}

static int usable_ranges(const struct tree *tree)
{
	struct iommuctl_topology *topology = NULL;
	struct iommuctl_range_set *set = NULL;
	const struct iommuctl_device *devices[2];
	int r = iommuctl_topology_load(tree->ctx, IOMMUCTL_LOAD_REGISTERS | IOMMUCTL_LOAD_GROUPS,
				       &topology);

	devices[0] = iommuctl_topology_find_device(topology, "0000:00:01.0");
	devices[1] = iommuctl_topology_find_device(topology, "0000:00:02.0");
	if (r >= 0)
		r = iommuctl_device_get_usable_ranges(tree->ctx, devices, 2, &set);
	iommuctl_range_set_free(set);
	iommuctl_topology_unref(topology);
	kernel_forget(tree->ctx);
	return r;
}

/* A virtual function, so that its PF is looked at too; and bridges with their configuration space.
 */
static int chains(const struct tree *tree)
{
	static const char *const names[] = { "0000:01:00.1", "0000:06:00.0" };
	struct iommuctl_topology *topology = NULL;
	struct iommuctl_chain *chain = NULL;
	int r = iommuctl_topology_load(tree->ctx, IOMMUCTL_LOAD_REGISTERS | IOMMUCTL_LOAD_DEVICES,
				       &topology);

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(names); i++) {
		r = iommuctl_chain_load(iommuctl_topology_find_device(topology, names[i]),
					IOMMUCTL_CHAIN_CONFIG, &chain);
		chain = r >= 0 ? iommuctl_chain_free(chain) : NULL;
	}
	iommuctl_topology_unref(topology);
	kernel_forget(tree->ctx);
	return r;
}

static int range_sets(const struct tree *tree)
{
	struct iommuctl_range_set *set = NULL, *other = NULL;
	int r = iommuctl_range_set_new(&set);

	(void)tree;
	if (r >= 0)
		r = iommuctl_range_set_new(&other);
	for (uint64_t i = 0; r >= 0 && i < 20; i++) {
		r = iommuctl_range_set_add(set, (struct iommuctl_range){ 100 * i, 100 * i + 70 });
		if (r >= 0)
			r = iommuctl_range_set_add(other,
						   (struct iommuctl_range){ 30 * i, 30 * i + 20 });
	}
	if (r >= 0)
		r = iommuctl_range_set_intersect(set, other);
	iommuctl_range_set_free(set);
	iommuctl_range_set_free(other);
	return r;
}

/* What a machine's IOMMUs have, and what is said of it. */
static int verdicts(const struct tree *tree)
{
	struct iommuctl_feature_set *host = NULL, *guest = NULL;
	struct iommuctl_verdict *verdict[3] = { NULL };
	char *text = NULL, *xml = NULL;
	struct iommuctl_topology *topology = NULL;
	int r = iommuctl_topology_load(tree->ctx, IOMMUCTL_LOAD_REGISTERS, &topology);

	if (r >= 0)
		r = iommuctl_feature_set_new_topology(topology, &host);
	if (r >= 0)
		r = iommuctl_feature_set_new_profile(
			tree->ctx, "intel-iommu,scalable-mode=on,fsts=on,caching-mode=on", &guest);
	if (r >= 0)
		r = iommuctl_verdict_nested(guest, host, &verdict[0]);
	if (r >= 0)
		r = iommuctl_verdict_migrate(host, host, &verdict[1]);
	if (r >= 0)
		r = iommuctl_verdict_format(tree->ctx, "vtd-s1-5level,eafe,dirty", host,
					    &verdict[2]);
	if (r >= 0)
		r = iommuctl_feature_set_fit_profile(host, IOMMUCTL_FIT_LIBVIRT, &text);
	if (r >= 0)
		r = iommuctl_profile_to_libvirt(tree->ctx, text, &xml);
	for (size_t i = 0; i < ARRAY_SIZE(verdict); i++)
		iommuctl_verdict_free(verdict[i]);
	free(text);
	free(xml);
	iommuctl_feature_set_free(host);
	iommuctl_feature_set_free(guest);
	iommuctl_topology_unref(topology);
	kernel_forget(tree->ctx);
	return r;
}

static int parse_log(const struct tree *tree)
{
	static const char text[] =
		"DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap d2008c40660462 ecap f050da\n"
		"pci 0000:00:00.2: AMD-Vi: Found IOMMU cap 0x40\n"
		"AMD-Vi: Extended features (0x29d7, 0x0): PreF PPR X2APIC GT IA GA HE\n"
		"AMD-Vi: Extended features:  PreF PPR GT IA\n";
	struct iommuctl_log *log = NULL;
	int r = iommuctl_log_parse(text, strlen(text), &log);

	(void)tree;
	iommuctl_log_free(log);
	return r;
}

static int read_log(const struct tree *tree)
{
	char *text = NULL;
	size_t length;
	int r = log_read_kernel(tree->ctx, &text, &length);

	free(text);
	return r;
}

static bool same_text(int a, int b)
{
	static char texts[2][65536];
	ssize_t n = pread(a, texts[0], sizeof(texts[0]), 0);

	return n > 0 && pread(b, texts[1], sizeof(texts[1]), 0) == n &&
	       memcmp(texts[0], texts[1], (size_t)n) == 0;
}

/* A snapshot is whole, or there is none; and one that is read is. */
static int snapshots(const struct tree *tree)
{
	static int first = -1;
	const bool is_first = failing_call == 0;
	struct iommuctl_topology *topology = NULL;
	struct iommuctl_snapshot *snapshot = NULL;
	struct iommuctl_context *ctx = NULL;
	int fd = memfd_create("snapshot", MFD_CLOEXEC), r = new_context(tree, &ctx);
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (r >= 0)
		r = iommuctl_snapshot_create(ctx, IOMMUCTL_SNAPSHOT_ACPI | IOMMUCTL_SNAPSHOT_CONFIG,
					     &snapshot);
	if (r >= 0)
		r = iommuctl_snapshot_write(snapshot, fd);
	if (r >= 0 && !is_first && !same_text(fd, first))
		r = -EBADE;
	if (r >= 0)
		r = iommuctl_context_set_root(ctx, path);
	if (r >= 0)
		r = iommuctl_topology_load(ctx, IOMMUCTL_LOAD_GROUPS, &topology);
	iommuctl_topology_unref(topology);
	iommuctl_snapshot_free(snapshot);
	iommuctl_context_unref(ctx);
	if (is_first)
		first = fd;
	else
		close(fd);
	return r;
}

/* ------------------------------------------------------------- iommufd's line */

static void fill_ranges(void *data)
{
	struct abi_iommu_ioas_iova_ranges *arg = data;
	struct abi_iommu_iova_range *ranges = (void *)(uintptr_t)arg->allowed_iovas;
	uint32_t count_wanted = 20;

	for (uint32_t i = 0; i < count_wanted && i < arg->num_iovas; i++)
		ranges[i] = (struct abi_iommu_iova_range){ 0x2000 * i, 0x2000 * i + 0xfff };
	arg->num_iovas = count_wanted;
}

/* A kernel that answers whatever comes, in any order. */
static int willing_open(struct iommuctl_context *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return dup(0);
}

static int willing_ioctl(int fd, unsigned long request, void *data)
{
	(void)fd;
	if (request == ABI_VFIO_DEVICE_BIND_IOMMUFD) {
		errno = EPERM;
		return -1;
	}
	if (request == ABI_IOMMU_IOAS_IOVA_RANGES) {
		const struct abi_iommu_ioas_iova_ranges *arg = data;
		bool room = arg->num_iovas >= 20;

		fill_ranges(data);
		errno = room ? 0 : EMSGSIZE;
		return room ? 0 : -1;
	}
	return 0;
}

static int iommufd_line(const struct tree *tree)
{
	static const struct device_ops ops = { .open = willing_open, .ioctl = willing_ioctl };
	struct iommuctl_topology *topology = NULL;
	struct iommuctl_range_set *set = NULL;
	struct iommuctl_iommufd *iommufd = NULL;
	struct iommuctl_object *ioas = NULL;
	struct iommuctl_vfio *vfio = NULL;
	int r = iommuctl_topology_load(
		tree->ctx, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO,
		&topology);

	tree->ctx->ops = &ops;
	if (r >= 0)
		r = iommuctl_iommufd_open(tree->ctx, &iommufd);
	if (r >= 0)
		r = iommuctl_ioas_alloc(iommufd, &ioas);
	if (r >= 0)
		r = iommuctl_vfio_open(
			tree->ctx, iommuctl_topology_find_device(topology, "0000:00:03.0"), &vfio);
	if (r >= 0)
		r = iommuctl_vfio_bind(vfio, iommufd);
	if (r == -EPERM)
		r = 0;
	if (r >= 0)
		r = iommuctl_vfio_attach(vfio, ioas, NULL);
	if (r >= 0)
		r = iommuctl_ioas_get_ranges(ioas, &set, NULL);
	iommuctl_range_set_free(set);
	iommuctl_vfio_close(vfio);
	iommuctl_object_free(ioas);
	iommuctl_iommufd_close(iommufd);
	iommuctl_topology_unref(topology);
	return r;
}

static int obliging_ioctl(int fd, unsigned long request, void *data)
{
	(void)fd;
	if (request == ABI_IOMMU_IOAS_ALLOC)
		((struct abi_iommu_ioas_alloc *)data)->out_ioas_id = 1;
	return 0;
}

static void test_mapping_needs_no_memory(void **state)
{
	static const struct device_ops ops = { .open = willing_open, .ioctl = obliging_ioctl };
	const struct tree *tree = *state;
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *ioas;
	uint64_t iova = 0x100000;

	tree->ctx->ops = &ops;
	assert_int_equal(iommuctl_iommufd_open(tree->ctx, &iommufd), 0);
	assert_int_equal(iommuctl_ioas_alloc(iommufd, &ioas), 0);
	calls = 0;
	assert_int_equal(iommuctl_ioas_map(ioas, &iova, 4096, IOMMUCTL_MAP_READ, &iova), 0);
	assert_int_equal(iommuctl_ioas_map_file(ioas, 0, 0, 4096, IOMMUCTL_MAP_READ, &iova), 0);
	assert_int_equal(iommuctl_ioas_copy(ioas, ioas, (struct iommuctl_range){ 0, 4095 },
					    IOMMUCTL_MAP_READ, &iova),
			 0);
	assert_int_equal(iommuctl_ioas_unmap(ioas, (struct iommuctl_range){ 0, 4095 }, NULL), 0);
	assert_int_equal(calls, 0);
	iommuctl_object_free(ioas);
	iommuctl_iommufd_close(iommufd);
}

static int agreeing_ioctl(int fd, unsigned long request, void *data)
{
	(void)fd;
	(void)request;
	(void)data;
	return 0;
}

static int hw_info_line(const struct tree *tree)
{
	static const struct device_ops ops = { .open = willing_open, .ioctl = agreeing_ioctl };
	struct iommuctl_topology *topology = NULL;
	struct iommuctl_iommufd *iommufd = NULL;
	struct iommuctl_hw_info *info = NULL;
	struct iommuctl_vfio *vfio = NULL;
	int r = iommuctl_topology_load(
		tree->ctx, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO,
		&topology);

	tree->ctx->ops = &ops;
	if (r >= 0)
		r = iommuctl_iommufd_open(tree->ctx, &iommufd);
	if (r >= 0)
		r = iommuctl_vfio_open(
			tree->ctx, iommuctl_topology_find_device(topology, "0000:00:03.0"), &vfio);
	if (r >= 0)
		r = iommuctl_vfio_bind(vfio, iommufd);
	if (r >= 0)
		r = iommuctl_hw_info_load(iommuctl_vfio_get_object(vfio), 0, &info);
	iommuctl_hw_info_free(info);
	iommuctl_vfio_close(vfio);
	iommuctl_iommufd_close(iommufd);
	iommuctl_topology_unref(topology);
	return r;
}

/* ------------------------------------------------------- causes of failures */

static const struct failing_call *failing;
static const struct iommuctl_device *failing_device;

static int refusing_ioctl(int fd, unsigned long request, void *data)
{
	(void)fd;
	(void)request;
	(void)data;
	errno = EINVAL;
	return -1;
}

/* Whatever is missing to explain it, the error is the kernel's. */
static int explain_one(const struct tree *tree)
{
	static const struct device_ops ops = { .open = willing_open, .ioctl = refusing_ioctl };
	int r, error = -failing->error;

	tree->ctx->ops = &ops;
	r = explain_failing_call(tree->ctx, failing_device, failing, &error);
	kernel_forget(tree->ctx);
	return error == -failing->error ? r : -EIO;
}

static void explain_all(const struct failing_call *call, void *tree)
{
	failing = call;
	each_failure(explain_one, tree);
}

/* Both sides of a session; the keeper's failures are answers that clients get. */
static int session(const struct tree *tree)
{
	const struct iommuctl_session_object object = {
		.size = sizeof(object), .kind = IOMMUCTL_OBJECT_DEVICE, .id = 3, .device = "d"
	};
	struct iommuctl_session_entry *entry = NULL;
	struct iommuctl_session *client = NULL;
	uint64_t serial = 0;
	int r = pair_start(tree);

	if (r >= 0)
		r = iommuctl_session_connect(tree->ctx, "s", &client);
	if (r >= 0)
		r = iommuctl_session_add(client, &object, 0, &serial);
	for (uint32_t i = 1; r >= 0 && i < 100; i++)
		r = iommuctl_session_set_attachment(client, 3, serial, i, i);
	if (r >= 0)
		r = iommuctl_session_find(client, "d", &entry);
	iommuctl_session_entry_free(entry);
	iommuctl_session_close(client);
	pair_stop();
	return r;
}

static int kernel_probe(const struct tree *tree)
{
	static const struct device_ops ops = { .open = willing_open, .ioctl = agreeing_ioctl };
	struct iommuctl_kernel_probe *probe = NULL;
	int r;

	tree->ctx->has_root = false;
	tree->ctx->ops = &ops;
	r = iommuctl_kernel_probe_load(tree->ctx, &probe);
	tree->ctx->has_root = true;
	iommuctl_kernel_probe_free(probe);
	return r;
}

/* What a dry run must remember. */
static int dry_run(const struct tree *tree)
{
	static const struct device_ops ops = { .open = willing_open, .ioctl = agreeing_ioctl };
	struct abi_vfio_device_bind_iommufd bind = { .argsz = sizeof(bind) };
	struct iommuctl_context *ctx = NULL;
	char name[] = "0000:00:03.0";
	int fd = -1, r = new_context(tree, &ctx);

	if (r >= 0) {
		ctx->ops = &ops;
		iommuctl_context_set_dry_run(ctx, true);
		fd = device_open(ctx, "/dev/vfio/3");
		r = device_ioctl(ctx, fd, ABI_VFIO_GROUP_GET_DEVICE_FD, name);
	}
	if (r >= 0) {
		close(r);
		r = device_ioctl(ctx, fd, ABI_VFIO_DEVICE_BIND_IOMMUFD, &bind);
	}
	close_fd(&fd);
	iommuctl_context_unref(ctx);
	return r;
}

static int scan_processes(const struct tree *tree)
{
	struct iommuctl_holders *holders = calloc(1, sizeof(*holders));
	struct iommuctl_context *ctx = NULL;
	int r = holders ? holders_load_nodes(tree->ctx, holders) : -ENOMEM;

	if (r >= 0)
		r = iommuctl_context_new(&ctx);
	if (r >= 0)
		r = holders_scan(ctx, holders);
	iommuctl_context_unref(ctx);
	iommuctl_holders_free(holders);
	return r;
}

/* A container that tells one range, whatever room there is for it. */
static int container_ioctl_of(int fd, unsigned long request, void *data)
{
	struct abi_vfio_iommu_type1_info *info = data;
	struct {
		struct abi_vfio_iommu_type1_info info;
		struct abi_vfio_iommu_type1_info_cap_iova_range head;
		struct abi_vfio_iova_range range;
	} answer = {
		.info = { .argsz = sizeof(answer), .flags = ABI_VFIO_IOMMU_INFO_CAPS },
		.head = { .header.id = ABI_VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE, .nr_iovas = 1 },
		.range = { 0, 0xffff },
	};

	if (request == ABI_VFIO_GROUP_GET_DEVICE_FD)
		return dup(fd);
	if (request != ABI_VFIO_IOMMU_GET_INFO)
		return 0;
	if (info->argsz >= sizeof(answer)) {
		answer.info.cap_offset = sizeof(answer.info);
		memcpy(info, &answer, sizeof(answer));
	} else {
		*info = answer.info;
	}
	return 0;
}

static int container_line(const struct tree *tree)
{
	static const struct device_ops ops = { .open = willing_open, .ioctl = container_ioctl_of };
	struct iommuctl_container_info *info = NULL;
	struct iommuctl_container *container = NULL;
	struct iommuctl_vfio_group *group = NULL;
	struct iommuctl_topology *topology = NULL;
	struct iommuctl_vfio *vfio = NULL;
	int r = iommuctl_topology_load(
		tree->ctx, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO,
		&topology);

	tree->ctx->ops = &ops;
	if (r >= 0)
		r = iommuctl_container_open(tree->ctx, &container);
	if (r >= 0)
		r = iommuctl_vfio_group_open(tree->ctx, iommuctl_topology_find_group(topology, "3"),
					     &group);
	if (r >= 0)
		r = iommuctl_vfio_group_open_device(
			group, iommuctl_topology_find_device(topology, "0000:00:03.0"), &vfio);
	if (r >= 0)
		r = iommuctl_container_get_info(container, &info);
	if (r >= 0 && !iommuctl_container_info_get_ranges(info))
		r = -EBADE;
	iommuctl_container_info_free(info);
	iommuctl_vfio_close(vfio);
	iommuctl_vfio_group_close(group);
	iommuctl_container_close(container);
	iommuctl_topology_unref(topology);
	return r;
}

/* -------------------------------------------------------------------- tests */

static void make_tree(const struct tree *tree)
{
	static const struct tree_device devices[] = {
		{ "0000:00:01.0", "i915", "dmar0", 1, NULL },
		{ "0000:00:02.0", "e1000e", "dmar0", 2, NULL },
		{ "0000:00:03.0", "vfio-pci", "dmar0", 3, "vfio0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		tree_device(tree, &devices[i]);
	for (int i = 1; i <= 3; i++) {
		char path[64];

		snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%d/reserved_regions", i);
		tree_file(tree, path,
			  "0x1000 0x1fff direct-relaxable\n0x5000 0x5fff reserved\n"
			  "0xfee00000 0xfeefffff msi\n");
	}
}

static void test_load_a_machine(void **state)
{
	tree_expand(*state, "virtio-guest");
	each_failure(load_all, *state);
}

static void test_load_many_units(void **state)
{
	tree_expand(*state, "exotic");
	each_failure(load_most, *state);
}

static void test_load_units_that_disagree(void **state)
{
	tree_expand(*state, "intel-client");
	each_failure(load_most, *state);
}

static void test_load_log_and_table(void **state)
{
	tree_expand(*state, "qemu-smmuv3-nested");
	each_failure(load_most, *state);
}

static void test_load_a_broken_machine(void **state)
{
	tree_expand(*state, "broken");
	each_failure(load_most, *state);
}

static void test_load_links(void **state)
{
	const struct tree *tree = *state;
	char path[64];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "sys/bus/pci/devices/0000:00:0%d.0/iommu_group", i);
		tree_link(tree, path, "../7");
		snprintf(path, sizeof(path), "sys/bus/pci/devices/0000:00:0%d.0/iommu", i);
		tree_link(tree, path, "../dmar0");
	}
	tree_dir(tree, "sys/class/iommu/dmar0");
	each_failure(load_most, tree);
}

static void test_usable_ranges(void **state)
{
	make_tree(*state);
	each_failure(usable_ranges, *state);
}

static void test_chains(void **state)
{
	tree_expand(*state, "pasid");
	each_failure(chains, *state);
}

static void test_snapshots(void **state)
{
	make_tree(*state);
	tree_link(*state, "sys/class/net/enx001122334455",
		  "../../devices/pci/0000:00:02.0/net/enx001122334455");
	tree_link(*state, "sys/class/iommu/dmar1", "/sys/class/iommu/dmar0");
	tree_file(*state, "proc/cmdline", "quiet secret=x iommu=pt\n");
	tree_file(*state, "proc/sys/kernel/osrelease", "6.12.1-test\n");
	tree_file(*state, "boot/config-6.12.1-test", "CONFIG_IOMMUFD=m\nCONFIG_X=y\n");
	tree_file(*state, "var/log/dmesg", "Nov 21 host kernel: DMAR: Host address width 39\n");
	tree_file(*state, "sys/firmware/acpi/tables/DMAR", "DMAR");
	tree_file(*state, "sys/devices/pci/0000:00:02.0/config", "0123");
	each_failure(snapshots, *state);
}

static void test_range_sets(void **state)
{
	each_failure(range_sets, *state);
}

static void test_verdicts(void **state)
{
	make_tree(*state);
	tree_dir(*state, "sys/class/iommu/dmar1");
	each_failure(verdicts, *state);
}

static void test_log(void **state)
{
	each_failure(parse_log, *state);
	tree_file(*state, "var/log/dmesg", "DMAR: IOMMU enabled\nx\n");
	each_failure(read_log, *state);
}

static void test_iommufd(void **state)
{
	make_tree(*state);
	each_failure(iommufd_line, *state);
}

static void test_hw_info(void **state)
{
	make_tree(*state);
	each_failure(hw_info_line, *state);
}

static void test_causes(void **state)
{
	static const char *const drivers[] = { "e1000e", "vfio-pci" };
	struct iommuctl_topology *topology;

	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		tree_remove(*state, "sys");
		failing_tree(*state, drivers[i]);
		topology = tree_load(*state, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES |
						     IOMMUCTL_LOAD_VFIO);
		failing_device = iommuctl_topology_find_device(topology, "0000:00:01.0");
		each_failing_call(explain_all, *state);
		iommuctl_topology_unref(topology);
	}
}

static void test_session(void **state)
{
	pair_prepare(*state);
	each_failure(session, *state);
}

static void test_kernel_probe(void **state)
{
	tree_file(*state, "proc/misc", "196 vfio\n256 iommu\n");
	each_failure(kernel_probe, *state);
}

static void test_dry_run(void **state)
{
	each_failure(dry_run, *state);
}

static void test_container(void **state)
{
	make_tree(*state);
	each_failure(container_line, *state);
}

/* Every machine has this node, and few processes have it open. */
static void test_holders(void **state)
{
	int fds[] = { open("/dev/full", O_RDWR | O_CLOEXEC),
		      open("/dev/full", O_RDWR | O_CLOEXEC) };

	tree_file(*state, "sys/class/vfio/12/dev", "1:7\n");
	each_failure(scan_processes, *state);
	close(fds[0]);
	close(fds[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_load_a_machine),
		TEST(test_load_many_units),
		TEST(test_load_units_that_disagree),
		TEST(test_load_log_and_table),
		TEST(test_load_a_broken_machine),
		TEST(test_load_links),
		TEST(test_usable_ranges),
		TEST(test_chains),
		TEST(test_snapshots),
		TEST(test_range_sets),
		TEST(test_verdicts),
		TEST(test_log),
		TEST(test_mapping_needs_no_memory),
		TEST(test_iommufd),
		TEST(test_hw_info),
		TEST(test_causes),
		TEST(test_session),
		TEST(test_kernel_probe),
		TEST(test_dry_run),
		TEST(test_holders),
		TEST(test_container),
	};

	return RUN(tests);
}
