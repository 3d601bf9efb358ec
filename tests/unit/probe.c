/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is concluded from the answers of kernels of several versions, and of odd ones. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"
#include "libiommuctl/probe.h"
#include "tree.h"

/* --------------------------------------------- a kernel, as iommufd's main.c has it */

#define VERSION_OF(major, minor) ((major)*100 + (minor))

/* struct sizes and the versions that brought them; the kernel's history, not our table */
static const struct history {
	const char *name;
	unsigned long request;
	uint32_t min;
	struct {
		unsigned int since;
		uint32_t size;
	} sizes[3];
} histories[] = {
	{ "IOMMU_DESTROY", 0x3b80, 8, { { 602, 8 } } },
	{ "IOMMU_IOAS_ALLOC", 0x3b81, 12, { { 602, 12 } } },
	{ "IOMMU_IOAS_ALLOW_IOVAS", 0x3b82, 24, { { 602, 24 } } },
	{ "IOMMU_IOAS_COPY", 0x3b83, 40, { { 602, 40 } } },
	{ "IOMMU_IOAS_IOVA_RANGES", 0x3b84, 32, { { 602, 32 } } },
	{ "IOMMU_IOAS_MAP", 0x3b85, 40, { { 602, 40 } } },
	{ "IOMMU_IOAS_UNMAP", 0x3b86, 24, { { 602, 24 } } },
	{ "IOMMU_OPTION", 0x3b87, 24, { { 602, 24 } } },
	{ "IOMMU_VFIO_IOAS", 0x3b88, 12, { { 602, 12 } } },
	{ "IOMMU_HWPT_ALLOC", 0x3b89, 24, { { 606, 24 }, { 607, 40 }, { 611, 48 } } },
	{ "IOMMU_GET_HW_INFO", 0x3b8a, 32, { { 606, 32 }, { 607, 40 } } },
	{ "IOMMU_HWPT_SET_DIRTY_TRACKING", 0x3b8b, 16, { { 607, 16 } } },
	{ "IOMMU_HWPT_GET_DIRTY_BITMAP", 0x3b8c, 48, { { 607, 48 } } },
	{ "IOMMU_HWPT_INVALIDATE", 0x3b8d, 32, { { 608, 32 } } },
	{ "IOMMU_FAULT_QUEUE_ALLOC", 0x3b8e, 16, { { 611, 16 } } },
	{ "IOMMU_IOAS_MAP_FILE", 0x3b8f, 40, { { 613, 40 } } },
	{ "IOMMU_VIOMMU_ALLOC", 0x3b90, 24, { { 613, 24 }, { 617, 40 } } },
	{ "IOMMU_VDEVICE_ALLOC", 0x3b91, 24, { { 613, 24 } } },
	{ "IOMMU_IOAS_CHANGE_PROCESS", 0x3b92, 8, { { 613, 8 } } },
	{ "IOMMU_VEVENTQ_ALLOC", 0x3b93, 28, { { 615, 32 } } },
	{ "IOMMU_HW_QUEUE_ALLOC", 0x3b94, 40, { { 617, 40 } } },
	{ "IOMMU_IOAS_NOIOMMU_GET_PA", 0x3b95, 40, { { 703, 40 } } },
	/* only where the kernel's own tests are built in */
	{ "IOMMU_TEST_CMD", 0x3ba0, 68, { { 9999, 72 } } },
};

static const unsigned int versions[] = { 602, 606, 607, 608, 611, 612, 613, 615, 617, 703 };

static struct {
	unsigned int version;
	int iommu_error, vfio_error; /* of open() */
	int every_error;	     /* of every ioctl() */
	int vfio_fd;
	unsigned int opened;
	bool swallows; /* takes any size, and any argument */
} sim;

static uint32_t size_in(const struct history *history, unsigned int version)
{
	uint32_t size = 0;

	for (size_t i = 0; i < ARRAY_SIZE(history->sizes); i++)
		if (history->sizes[i].since && history->sizes[i].since <= version)
			size = history->sizes[i].size;
	return size;
}

static int sim_open(struct iommuctl_context *ctx, const char *path)
{
	const bool vfio = strcmp(path, "/dev/vfio/vfio") == 0;
	int error = vfio ? sim.vfio_error : sim.iommu_error, fd;

	(void)ctx;
	if (!vfio)
		assert_string_equal(path, "/dev/iommu");
	if (error)
		return -error;
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	if (vfio)
		sim.vfio_fd = fd;
	sim.opened++;
	return fd;
}

/* Only what no kernel can act upon gets this far. */
static int handle(unsigned long request, const uint32_t *words, uint32_t size)
{
	uint32_t known = 0, flags = 0;

	switch (request) {
	case ABI_IOMMU_DESTROY:
		assert_int_equal(words[1], UINT32_MAX);
		return ENOENT;
	case ABI_IOMMU_IOAS_UNMAP:
	case ABI_IOMMU_VDEVICE_ALLOC:
		assert_int_equal(words[1], UINT32_MAX);
		assert_int_equal(words[2], UINT32_MAX);
		return ENOENT;
	case ABI_IOMMU_IOAS_MAP:
		flags = words[1], known = 7;
		assert_int_equal(words[2], UINT32_MAX);
		break;
	case ABI_IOMMU_GET_HW_INFO:
		flags = words[1], known = sim.version >= 617;
		assert_int_equal(words[2], UINT32_MAX);
		break;
	case ABI_IOMMU_HWPT_SET_DIRTY_TRACKING:
		flags = words[1], known = 1;
		assert_int_equal(words[2], UINT32_MAX);
		break;
	case ABI_IOMMU_HWPT_GET_DIRTY_BITMAP:
		assert_int_equal(words[1], UINT32_MAX);
		flags = words[2], known = 1;
		break;
	case ABI_IOMMU_OPTION:
		if ((words[2] & 0xffff) != 1 || words[2] >> 16 || words[1] > 1)
			return EOPNOTSUPP;
		return words[3] == 0 ? 0 : ENOENT;
	default: /* flags or reserved bits */
		for (uint32_t i = 1; i < size / 4; i++)
			assert_int_equal(words[i], UINT32_MAX);
		return EOPNOTSUPP;
	}
	return flags & ~known ? EOPNOTSUPP : ENOENT;
}

static int sim_call(const struct history *history, const uint32_t *words)
{
	const uint32_t kernels = size_in(history, sim.version), size = words[0];

	if (kernels == 0)
		return ENOTTY;
	if (size < history->min)
		return EINVAL;
	if (sim.swallows)
		return EOPNOTSUPP;
	for (uint32_t i = kernels / 4; i < size / 4; i++)
		if (words[i])
			return E2BIG;
	return handle(history->request, words, size < kernels ? size : kernels);
}

static int sim_extension(int fd, uintptr_t number)
{
	if (number == ABI_VFIO_DMA_CC_IOMMU && fd != sim.vfio_fd) {
		errno = ENODEV;
		return -1;
	}
	return number == ABI_VFIO_TYPE1_IOMMU || number == ABI_VFIO_TYPE1v2_IOMMU;
}

static int sim_ioctl(int fd, unsigned long request, void *arg)
{
	errno = sim.every_error;
	if (sim.every_error)
		return -1;
	if (request == ABI_VFIO_GET_API_VERSION)
		return 0;
	if (request == ABI_VFIO_CHECK_EXTENSION)
		return sim_extension(fd, (uintptr_t)arg);
	assert_int_not_equal(fd, sim.vfio_fd);
	for (size_t i = 0; i < ARRAY_SIZE(histories); i++)
		if (histories[i].request == request) {
			errno = sim_call(&histories[i], arg);
			return errno ? -1 : 0;
		}
	errno = ENOTTY;
	return -1;
}

static const char misc[] = "183 hw_random\n196 vfio\n256 iommu\n";

/* TREE as the machine itself, which says MISC in /proc/misc unless NULL. */
static int load(const struct tree *tree, const char *text, struct iommuctl_kernel_probe **ret_probe)
{
	static const struct device_ops ops = { .open = sim_open, .ioctl = sim_ioctl };

	if (text)
		tree_file(tree, "proc/misc", text);
	tree->ctx->has_root = false;
	tree->ctx->ops = &ops;
	sim.vfio_fd = -1;
	sim.opened = 0;
	return iommuctl_kernel_probe_load(tree->ctx, ret_probe);
}

static const struct iommuctl_kernel_entry *find(const struct iommuctl_kernel_probe *probe,
						const char *interface, const char *name)
{
	const struct iommuctl_kernel_entry *entry;

	for (size_t i = 0; (entry = iommuctl_kernel_probe_get_entry(probe, i)); i++)
		if (strcmp(iommuctl_kernel_entry_get_interface(entry), interface) == 0 &&
		    strcmp(iommuctl_kernel_entry_get_name(entry), name) == 0)
			return entry;
	fail_msg("no entry %s %s", interface, name);
	return NULL;
}

static int present(const struct iommuctl_kernel_probe *probe, const char *name)
{
	return iommuctl_kernel_entry_is_present(find(probe, "iommufd", name));
}

/* --------------------------------------------------------------------- tests */

static void check_call(const struct iommuctl_kernel_probe *probe, const struct history *history,
		       unsigned int version)
{
	const struct iommuctl_kernel_entry *entry = find(probe, "iommufd", history->name);
	uint32_t size = 0, min = 0, number;

	assert_int_equal(iommuctl_kernel_entry_get_number(entry, &number), 0);
	assert_int_equal(number, history->request);
	assert_string_equal(iommuctl_kernel_entry_get_kind(entry), "call");
	assert_int_equal(iommuctl_kernel_entry_is_present(entry), size_in(history, version) > 0);
	iommuctl_kernel_entry_get_size(entry, &size);
	assert_int_equal(size, size_in(history, version));
	iommuctl_kernel_entry_get_min_size(entry, &min);
	assert_int_equal(min, size ? history->min : 0);
	assert_true(!iommuctl_kernel_entry_get_rules_out(entry) == (size > 0));
	assert_null(iommuctl_kernel_entry_get_reason(entry));
}

static void test_versions(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		struct iommuctl_kernel_probe *probe;
		unsigned int version = versions[i];

		memset(&sim, 0, sizeof(sim));
		sim.version = version;
		assert_int_equal(load(*state, misc, &probe), 0);
		for (size_t n = 0; n < ARRAY_SIZE(histories); n++)
			check_call(probe, &histories[n], version);
		assert_int_equal(present(probe, "iommu_hwpt_alloc.data_uptr"), version >= 607);
		assert_int_equal(present(probe, "iommu_hwpt_alloc.fault_id"), version >= 611);
		assert_int_equal(present(probe, "iommu_hw_info.out_capabilities"), version >= 607);
		assert_int_equal(present(probe, "iommu_viommu_alloc.data_uptr"), version >= 617);
		assert_int_equal(present(probe, "IOMMU_HW_INFO_FLAG_INPUT_TYPE"), version >= 617);
		assert_int_equal(present(probe, "IOMMU_HWPT_DIRTY_TRACKING_ENABLE"),
				 version >= 607);
		assert_int_equal(present(probe, "IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR"),
				 version >= 607);
		assert_int_equal(present(probe, "IOMMU_IOAS_MAP_FIXED_IOVA"), 1);
		assert_int_equal(present(probe, "IOMMU_OPTION_HUGE_PAGES"), 1);
		assert_int_equal(present(probe, "IOMMU_OPTION_RLIMIT_MODE"), 1);
		assert_int_equal(present(probe, "IOMMU_HWPT_ALLOC_PASID"),
				 version >= 606 ? -ENODATA : 0);
		iommuctl_kernel_probe_free(probe);
	}
}

/* What our table says of versions is what the histories say. */
static void test_since(void **state)
{
	(void)state;
	for (size_t i = 0; i < probe_row_count; i++) {
		const struct probe_row *row = &probe_rows[i];
		const struct iommuctl_kernel_entry entry = { .row = row };
		unsigned int major, minor, since = 0;

		if (row->kind != PROBE_CALL && row->kind != PROBE_STRUCT)
			continue;
		for (size_t n = 0; n + 1 < ARRAY_SIZE(histories); n++)
			for (size_t k = 0; k < 3 && histories[n].request == row->request; k++)
				if (row->kind == PROBE_CALL ||
				    histories[n].sizes[k].size == row->size) {
					since = histories[n].sizes[k].since;
					break;
				}
		if (!since)
			continue;
		assert_int_equal(
			sscanf(iommuctl_kernel_entry_get_since(&entry), "%u.%u", &major, &minor),
			2);
		assert_int_equal(VERSION_OF(major, minor), since);
	}
}

/* Every row has what its way to measure needs. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < probe_row_count; i++) {
		const struct probe_row *row = &probe_rows[i];
		size_t calls = 0;

		assert_non_null(row->name);
		assert_non_null(row->measure);
		assert_true((row->file != NULL) ==
			    (row->measure == probe_misc || row->measure == probe_chrdev ||
			     row->measure == probe_parameter));
		for (size_t n = 0; n < probe_row_count; n++) {
			const struct probe_row *other = &probe_rows[n];

			calls += n < i && other->kind == PROBE_CALL &&
				 other->request == row->request;
			if (n != i && strcmp(row->interface, other->interface) == 0)
				assert_string_not_equal(row->name, other->name);
		}
		if (row->measure == probe_struct || row->measure == probe_bound)
			assert_int_equal(calls, 1);
	}
}

static void test_extensions(void **state)
{
	struct iommuctl_kernel_probe *probe;
	const struct iommuctl_kernel_entry *entry;
	uint32_t number;

	memset(&sim, 0, sizeof(sim));
	sim.version = 703;
	assert_int_equal(load(*state, misc, &probe), 0);
	assert_int_equal(sim.opened, 2);
	entry = find(probe, "vfio", "VFIO_TYPE1v2_IOMMU");
	assert_int_equal(iommuctl_kernel_entry_is_present(entry), 1);
	assert_int_equal(iommuctl_kernel_entry_get_number(entry, &number), 0);
	assert_int_equal(number, 3);
	entry = find(probe, "vfio", "VFIO_EEH");
	assert_int_equal(iommuctl_kernel_entry_is_present(entry), 0);
	assert_non_null(iommuctl_kernel_entry_get_rules_out(entry));
	entry = find(probe, "iommufd", "VFIO_DMA_CC_IOMMU");
	assert_int_equal(iommuctl_kernel_entry_is_present(entry), -ENODATA);
	assert_non_null(strstr(iommuctl_kernel_entry_get_reason(entry), "attached"));
	assert_int_equal(iommuctl_kernel_entry_is_present(find(probe, "vfio", "VFIO_DMA_CC_IOMMU")),
			 0);
	entry = find(probe, "vfio", "VFIO_GET_API_VERSION");
	assert_string_equal(iommuctl_kernel_entry_get_value(entry), "0");
	iommuctl_kernel_probe_free(probe);
}

/* Opening a node may load its module. */
static void test_what_is_not_registered_is_not_opened(void **state)
{
	const struct iommuctl_kernel_entry *entry;
	struct iommuctl_kernel_probe *probe;

	memset(&sim, 0, sizeof(sim));
	sim.version = 703;
	assert_int_equal(load(*state, "256 iommufd\n196 vfio2\n", &probe), 0);
	assert_int_equal(sim.opened, 0);
	entry = find(probe, "iommufd", "IOMMU_IOAS_MAP");
	assert_int_equal(iommuctl_kernel_entry_is_present(entry), 0);
	assert_non_null(strstr(iommuctl_kernel_entry_get_reason(entry), "nor loaded"));
	assert_non_null(iommuctl_kernel_entry_get_rules_out(entry));
	assert_int_equal(present(probe, "/dev/iommu"), 0);
	assert_int_equal(present(probe, "IOMMU_HWPT_ALLOC_PASID"), 0);
	iommuctl_kernel_probe_free(probe);
}

static void test_why_iommufd_is_missing(void **state)
{
	static const struct {
		const char *config, *reason;
	} cases[] = {
		{ "CONFIG_VFIO=m\nCONFIG_IOMMUFD=m\n", "the module of iommufd is not loaded" },
		{ "CONFIG_VFIO=m\n# CONFIG_IOMMUFD is not set\n",
		  "this kernel is built without iommufd (CONFIG_IOMMUFD)" },
		{ "CONFIG_IOMMUFD=y\n", "iommufd is neither built into this kernel nor loaded" },
	};
	const struct tree *tree = *state;

	tree_file(tree, "proc/sys/kernel/osrelease", "6.12.57\n");
	memset(&sim, 0, sizeof(sim));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iommuctl_kernel_probe *probe;

		tree_file(tree, "boot/config-6.12.57", cases[i].config);
		kernel_forget(tree->ctx);
		assert_int_equal(load(tree, "", &probe), 0);
		assert_string_equal(
			iommuctl_kernel_entry_get_reason(find(probe, "iommufd", "IOMMU_DESTROY")),
			cases[i].reason);
		iommuctl_kernel_probe_free(probe);
	}
}

static void test_nodes_that_do_not_open(void **state)
{
	static const struct {
		const char *misc;
		int error;
		int present;
		const char *reason;
	} cases[] = {
		{ misc, EACCES, -ENODATA, "cannot open /dev/iommu: Permission denied" },
		{ misc, ENOENT, -ENODATA, "No such file" }, /* a container's /dev */
		{ "", EACCES, 0, "nor loaded" },
		{ NULL, EACCES, -ENODATA, "Permission denied" },
		{ NULL, ENOENT, 0, "nor loaded" },
	};
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct iommuctl_kernel_entry *entry;
		struct iommuctl_kernel_probe *probe;

		memset(&sim, 0, sizeof(sim));
		sim.version = 703;
		sim.iommu_error = cases[i].error;
		assert_int_equal(load(tree, cases[i].misc, &probe), 0);
		entry = find(probe, "iommufd", "IOMMU_IOAS_MAP");
		assert_int_equal(iommuctl_kernel_entry_is_present(entry), cases[i].present);
		assert_non_null(strstr(iommuctl_kernel_entry_get_reason(entry), cases[i].reason));
		iommuctl_kernel_probe_free(probe);
		tree_remove(tree, "proc");
	}
}

/* A sandbox that refuses the calls, and a kernel that never complains about a size. */
static void test_odd_kernels(void **state)
{
	struct iommuctl_kernel_probe *probe;
	uint32_t size;

	memset(&sim, 0, sizeof(sim));
	sim.version = 703;
	sim.every_error = EPERM;
	assert_int_equal(load(*state, misc, &probe), 0);
	for (size_t i = 0; i < ARRAY_SIZE(histories); i++) {
		assert_int_equal(present(probe, histories[i].name), -ENODATA);
		assert_string_equal(
			iommuctl_kernel_entry_get_reason(find(probe, "iommufd", histories[i].name)),
			strerror(EPERM));
	}
	assert_int_equal(present(probe, "VFIO_TYPE1_IOMMU"), -ENODATA);
	assert_int_equal(present(probe, "iommu_hwpt_alloc.fault_id"), -ENODATA);
	iommuctl_kernel_probe_free(probe);

	sim.every_error = 0;
	sim.swallows = true;
	assert_int_equal(load(*state, misc, &probe), 0);
	assert_int_equal(present(probe, "IOMMU_HWPT_ALLOC"), 1);
	assert_int_equal(
		iommuctl_kernel_entry_get_size(find(probe, "iommufd", "IOMMU_HWPT_ALLOC"), &size),
		-ENODATA);
	assert_int_equal(present(probe, "iommu_hwpt_alloc.fault_id"), -ENODATA);
	iommuctl_kernel_probe_free(probe);
}

static void test_nodes_and_parameters(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_kernel_probe *probe;
	const struct iommuctl_kernel_entry *entry;

	memset(&sim, 0, sizeof(sim));
	tree_file(tree, "proc/devices",
		  "Character devices:\n 10 misc\n251 vfio\n\n"
		  "Block devices:\n  8 vfio-devil\n");
	tree_file(tree, "proc/sys/kernel/osrelease", "6.12.57\n");
	tree_file(tree, "sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y\n");
	assert_int_equal(load(tree, "", &probe), 0);
	assert_string_equal(iommuctl_kernel_probe_get_release(probe), "6.12.57");
	entry = find(probe, "vfio", "/dev/vfio/GROUP");
	assert_int_equal(iommuctl_kernel_entry_is_present(entry), 1);
	entry = find(probe, "vfio", "/dev/vfio/devices");
	assert_int_equal(iommuctl_kernel_entry_is_present(entry), 0);
	entry = find(probe, "vfio", "VFIO_DEVICE_ATTACH_PASID");
	assert_int_equal(iommuctl_kernel_entry_is_present(entry), 0);
	entry = find(probe, "vfio", "vfio.enable_unsafe_noiommu_mode");
	assert_int_equal(iommuctl_kernel_entry_is_present(entry), 1);
	assert_string_equal(iommuctl_kernel_entry_get_value(entry), "Y");
	entry = find(probe, "iommufd", "iommufd.allow_unsafe_interrupts");
	assert_int_equal(iommuctl_kernel_entry_is_present(entry), 0);
	assert_null(iommuctl_kernel_entry_get_value(entry));
	iommuctl_kernel_probe_free(probe);
}

/* ------------------------------------------------------------------ snapshots */

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void test_snapshot_answers_as_the_machine(void **state)
{
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		struct iommuctl_kernel_probe *live, *kept;
		const struct iommuctl_kernel_entry *a, *b;
		char *text;

		memset(&sim, 0, sizeof(sim));
		sim.version = versions[i];
		sim.vfio_error = i % 2 ? EACCES : 0;
		assert_int_equal(load(tree, misc, &live), 0);
		assert_int_equal(probe_to_text(live, &text), 0);
		tree_file(tree, "iommuctl/kernel-probe", text);
		free(text);
		tree->ctx->has_root = true;
		sim.iommu_error = EXDEV; /* nothing is opened */
		assert_int_equal(iommuctl_kernel_probe_load(tree->ctx, &kept), 0);
		for (size_t n = 0; (a = iommuctl_kernel_probe_get_entry(live, n)); n++) {
			b = iommuctl_kernel_probe_get_entry(kept, n);
			assert_int_equal(a->answer, b->answer);
			assert_int_equal(a->size, b->size);
			assert_int_equal(a->min_size, b->min_size);
			assert_true(same_text(iommuctl_kernel_entry_get_value(a),
					      iommuctl_kernel_entry_get_value(b)));
			assert_true(same_text(iommuctl_kernel_entry_get_reason(a),
					      iommuctl_kernel_entry_get_reason(b)));
		}
		iommuctl_kernel_probe_free(live);
		iommuctl_kernel_probe_free(kept);
	}
}

static void test_what_is_not_understood_tells_nothing(void **state)
{
	static const char text[] = "\n \niommufd\niommufd IOMMU_DESTROY\n"
				   "iommufd IOMMU_DESTROY yes\n"
				   "iommufd IOMMU_DESTROY maybe 8 8 -\n"
				   "iommufd IOMMU_DESTROY yes 8 8\n"
				   "iommufd IOMMU_DESTROY yes 8  8 -\n"
				   "iommufd IOMMU_DESTROY yes 4294967297 8 - \n"
				   "iommufd IOMMU_DESTROY yes 8 12 - \n"
				   "iommufd IOMMU_DESTROY yes -8 8 - \n"
				   "vfio IOMMU_DESTROY yes 8 8 - \n"
				   "iommufd IOMMU_DESTRUCT yes 8 8 - \n"
				   /* what was not asked of a node is not kept */
				   "vfio /dev/vfio/devices yes 0 0 - \n"
				   "iommufd IOMMU_IOAS_ALLOC yes 12 12 -\n"
				   "iommufd IOMMU_IOAS_COPY unknown 0 0 - a reason of words";
	const struct tree *tree = *state;
	struct iommuctl_kernel_probe *probe = NULL;
	uint32_t size;

	tree_file(tree, "iommuctl/kernel-probe", text);
	assert_int_equal(iommuctl_kernel_probe_load(tree->ctx, &probe), 0);
	assert_int_equal(present(probe, "IOMMU_DESTROY"), -ENODATA);
	assert_int_equal(iommuctl_kernel_entry_is_present(find(probe, "vfio", "/dev/vfio/devices")),
			 -ENODATA);
	assert_int_equal(present(probe, "IOMMU_IOAS_ALLOC"), 1);
	assert_int_equal(
		iommuctl_kernel_entry_get_size(find(probe, "iommufd", "IOMMU_IOAS_ALLOC"), &size),
		0);
	assert_int_equal(size, 12);
	assert_string_equal(
		iommuctl_kernel_entry_get_reason(find(probe, "iommufd", "IOMMU_IOAS_COPY")),
		"a reason of words");
	assert_string_equal(
		iommuctl_kernel_entry_get_reason(find(probe, "iommufd", "IOMMU_IOAS_UNMAP")),
		"no answer is kept in this tree");
	iommuctl_kernel_probe_free(probe);
}

static void test_nothing_at_all(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_kernel_probe *probe = NULL;
	uint32_t number = 7;

	assert_int_equal(iommuctl_kernel_probe_load(tree->ctx, &probe), -ENODATA);
	assert_null(probe);
	assert_string_equal(iommuctl_diag_get_object(iommuctl_context_get_diag(tree->ctx)),
			    "iommuctl/kernel-probe");
	assert_int_equal(iommuctl_kernel_probe_load(NULL, &probe), -EINVAL);
	assert_int_equal(iommuctl_kernel_probe_load(tree->ctx, NULL), -EINVAL);
	assert_null(iommuctl_kernel_probe_free(NULL));
	assert_null(iommuctl_kernel_probe_get_entry(NULL, 0));
	assert_null(iommuctl_kernel_probe_get_release(NULL));
	assert_null(iommuctl_kernel_entry_get_name(NULL));
	assert_int_equal(iommuctl_kernel_entry_is_present(NULL), -EINVAL);
	assert_int_equal(iommuctl_kernel_entry_get_number(NULL, &number), -EINVAL);
	assert_int_equal(iommuctl_kernel_entry_get_size(NULL, &number), -EINVAL);
	assert_int_equal(number, 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_versions),
		TEST(test_since),
		TEST(test_table),
		TEST(test_extensions),
		TEST(test_what_is_not_registered_is_not_opened),
		TEST(test_why_iommufd_is_missing),
		TEST(test_nodes_that_do_not_open),
		TEST(test_odd_kernels),
		TEST(test_nodes_and_parameters),
		TEST(test_snapshot_answers_as_the_machine),
		TEST(test_what_is_not_understood_tells_nothing),
		TEST(test_nothing_at_all),
	};

	return RUN(tests);
}
