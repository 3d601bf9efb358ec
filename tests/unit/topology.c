/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Topologies of small trees, most of which no kernel makes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tree.h"

/* ------------------------------------------------ what goes away meanwhile */

static const struct tree *vanishing_tree;
static const char *vanishing_path, *vanishing_after; /* the listing of this directory */

typedef int list_fn(const char *name, void *data);
int __real_io_list(struct iommuctl_context *ctx, const char *path, list_fn *fn, void *data);
int __wrap_io_list(struct iommuctl_context *ctx, const char *path, list_fn *fn, void *data);

int __wrap_io_list(struct iommuctl_context *ctx, const char *path, list_fn *fn, void *data)
{
	int r = __real_io_list(ctx, path, fn, data);

	if (vanishing_path && strcmp(vanishing_after, path) == 0) {
		tree_remove(vanishing_tree, vanishing_path);
		vanishing_path = NULL;
	}
	return r;
}

/* ------------------------------------------------------------------ checks */

/* Names in order: "a b c". */
static void assert_devices(const struct iommuctl_topology *topology, const char *names)
{
	char found[4096] = "";
	const struct iommuctl_device *device;

	for (size_t i = 0; (device = iommuctl_topology_get_device(topology, i)); i++) {
		size_t n = strlen(found);

		snprintf(found + n, sizeof(found) - n, "%s%s", n ? " " : "",
			 iommuctl_device_get_name(device));
	}
	assert_string_equal(found, names);
}

static void assert_member(const struct iommuctl_topology *topology, const char *name,
			  const char *group, const char *iommu)
{
	const struct iommuctl_device *device = iommuctl_topology_find_device(topology, name);

	assert_non_null(device);
	assert_ptr_equal(iommuctl_device_get_group(device),
			 group ? iommuctl_topology_find_group(topology, group) : NULL);
	assert_ptr_equal(iommuctl_device_get_iommu(device),
			 iommu ? iommuctl_topology_find_iommu(topology, iommu) : NULL);
}

/* That a note says TEXT. */
static void assert_note(const struct tree *tree, const char *text)
{
	const char *note;

	for (size_t i = 0; (note = iommuctl_context_get_note(tree->ctx, i)); i++)
		if (strstr(note, text))
			return;
	fail_msg("no note says: %s", text);
}

/* ------------------------------------------------------------------- tests */

static void test_empty(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;

	assert_int_equal(iommuctl_topology_load(tree->ctx, 0, &topology), -ENOENT);
	assert_non_null(strstr(iommuctl_diag_get_reason(iommuctl_context_get_diag(tree->ctx)),
			       "no copy of a machine"));
	tree_dir(tree, "sys");
	topology = tree_load(tree, IOMMUCTL_LOAD_ALL);
	assert_null(iommuctl_topology_get_iommu(topology, 0));
	assert_null(iommuctl_topology_get_group(topology, 0));
	assert_null(iommuctl_topology_get_device(topology, 0));
	assert_null(iommuctl_topology_find_device(topology, "0000:00:00.0"));
	assert_null(iommuctl_topology_find_group(topology, "0"));
	assert_null(iommuctl_topology_find_iommu(topology, "dmar0"));
	assert_null(iommuctl_context_get_note(tree->ctx, 0));
	iommuctl_topology_unref(topology);
}

static void test_order(void **state)
{
	static const char *const names[] = {
		"10000:00:00.0",    "0000:00:02.0", "ffff:00:00.0", "0000:00:1f.6",
		"0000:00:1f.10",    "0000:00:02.1", "0000:0a:00.0", "0000:09:00.0",
		"00010000:00:00.1", "virtio10",	    "virtio9",
	};
	static const char *const units[] = { "dmar10", "dmar9", "ivhd0", "dmar1" };
	static const char *const groups[] = { "10", "9", "4000000000", "0", "007", "x1", "-1" };
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		tree_device(tree, &(struct tree_device){ .name = names[i], .group = -1 });
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		snprintf(path, sizeof(path), "sys/class/iommu/%s", units[i]);
		tree_dir(tree, path);
	}
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%s/devices", groups[i]);
		tree_dir(tree, path);
	}
	topology = tree_load(tree, 0);
	/* PCI domains as numbers, then what is no address */
	assert_devices(
		topology,
		"0000:00:02.0 0000:00:02.1 0000:00:1f.6 0000:09:00.0 0000:0a:00.0 "
		"ffff:00:00.0 10000:00:00.0 00010000:00:00.1 0000:00:1f.10 virtio9 virtio10");
	for (size_t i = 0; i < 4; i++) {
		static const char *const sorted[] = { "dmar1", "dmar9", "dmar10", "ivhd0" };
		static const uint64_t ids[] = { 0, 9, 10, 4000000000 };

		assert_string_equal(
			iommuctl_iommu_get_name(iommuctl_topology_get_iommu(topology, i)),
			sorted[i]);
		assert_int_equal(iommuctl_group_get_id(iommuctl_topology_get_group(topology, i)),
				 ids[i]);
	}
	assert_null(iommuctl_topology_get_iommu(topology, 4));
	assert_null(iommuctl_topology_get_group(topology, 4));
	iommuctl_topology_unref(topology);
}

static void test_membership(void **state)
{
	static const struct tree_device devices[] = {
		{ "0000:00:02.0", "i915", "dmar1", 7, NULL },
		{ "0000:00:01.0", NULL, "dmar0", 3, NULL },
		{ "0000:00:01.1", NULL, "dmar0", 3, NULL },
		{ "0000:00:03.0", NULL, NULL, -1, NULL },
	};
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;
	const struct iommuctl_group *group;

	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		tree_device(tree, &devices[i]);
	topology = tree_load(tree, IOMMUCTL_LOAD_DEVICES);
	assert_member(topology, "0000:00:01.0", "3", "dmar0");
	assert_member(topology, "0000:00:02.0", "7", "dmar1");
	assert_member(topology, "0000:00:03.0", NULL, NULL);
	group = iommuctl_topology_find_group(topology, "3");
	assert_string_equal(iommuctl_device_get_name(iommuctl_group_get_device(group, 0)),
			    "0000:00:01.0");
	assert_string_equal(iommuctl_device_get_name(iommuctl_group_get_device(group, 1)),
			    "0000:00:01.1");
	assert_null(iommuctl_group_get_device(group, 2));
	assert_null(iommuctl_iommu_get_device(iommuctl_topology_find_iommu(topology, "dmar1"), 1));
	iommuctl_topology_unref(topology);
}

static void test_devices_no_bus_lists(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;
	const struct iommuctl_device *device;

	tree_device(tree, &(struct tree_device){ .name = "0000:00:02.0", .group = 0 });
	tree_link(tree, "sys/kernel/iommu_groups/1/devices/100d0000.display",
		  "../../../../devices/platform/100d0000.display");
	tree_link(tree, "sys/class/iommu/smmu.x/devices/100d0000.display",
		  "../../../../devices/platform/100d0000.display");
	tree_link(tree, "sys/devices/platform/100d0000.display/subsystem", "../../../bus/platform");
	tree_file(tree, "sys/devices/platform/100d0000.display/uevent", "DRIVER=exynos-drm\n");
	/* an address the bus does not list, as when a device goes away */
	tree_link(tree, "sys/kernel/iommu_groups/1/devices/0000:00:01.0", "../nowhere");
	topology = tree_load(tree, IOMMUCTL_LOAD_DEVICES);
	assert_devices(topology, "0000:00:01.0 0000:00:02.0 100d0000.display");
	assert_member(topology, "100d0000.display", "1", "smmu.x");
	assert_member(topology, "0000:00:01.0", "1", NULL);
	assert_member(topology, "0000:00:02.0", "0", NULL);
	device = iommuctl_topology_find_device(topology, "100d0000.display");
	assert_string_equal(iommuctl_device_get_subsystem(device), "platform");
	assert_string_equal(iommuctl_device_get_driver(device), "exynos-drm");
	iommuctl_topology_unref(topology);
}

/* A tree without /sys/kernel/iommu_groups: the devices' own links tell. */
static void test_only_links(void **state)
{
	static const char *const names[] = { "0000:00:03.0", "0000:00:01.0", "0000:00:02.0" };
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/iommu_group", names[i]);
		tree_link(tree, path, i == 2 ? "/sys/kernel/iommu_groups/4" : "../iommu_groups/19");
		snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/iommu", names[i]);
		tree_link(tree, path, "../../virtual/iommu/dmar2");
	}
	tree_dir(tree, "sys/class/iommu/dmar2");
	tree_link(tree, "sys/bus/pci/devices/0000:00:04.0/iommu_group", "../not-a-number");
	topology = tree_load(tree, 0);
	assert_devices(topology, "0000:00:01.0 0000:00:02.0 0000:00:03.0 0000:00:04.0");
	assert_member(topology, "0000:00:01.0", "19", "dmar2");
	assert_member(topology, "0000:00:02.0", "4", "dmar2");
	assert_member(topology, "0000:00:03.0", "19", "dmar2");
	assert_member(topology, "0000:00:04.0", NULL, NULL);
	assert_int_equal(iommuctl_group_get_id(iommuctl_topology_get_group(topology, 1)), 19);
	assert_null(iommuctl_topology_get_group(topology, 2));
	iommuctl_topology_unref(topology);
}

static void test_fifos_hang_nothing(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;

	tree_fifo(tree, "sys/class/iommu/dmar0/intel-iommu/cap");
	tree_fifo(tree, "sys/kernel/iommu_groups/1/reserved_regions");
	tree_fifo(tree, "sys/kernel/iommu_groups/1/devices");
	tree_fifo(tree, "sys/bus/pci/devices/0000:00:01.0/uevent");
	tree_fifo(tree, "sys/class/net");
	topology = tree_load(tree, IOMMUCTL_LOAD_ALL);
	assert_devices(topology, "0000:00:01.0");
	assert_note(tree, "sys/class/net: Not a directory");
	iommuctl_topology_unref(topology);
}

/* Absolute links and ../ are followed below the root only. */
static void test_links_stay_inside(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;
	const struct iommuctl_device *device;

	tree_link(tree, "sys/bus/pci/devices/0000:00:01.0", "/sys/devices/inside");
	tree_link(tree, "sys/bus/pci/devices/0000:00:02.0",
		  "../../../../../../../../sys/devices/inside");
	tree_link(tree, "sys/bus/pci/devices/0000:00:03.0", "/proc/self");
	tree_file(tree, "sys/devices/inside/uevent", "DRIVER=inside\n");
	tree_link(tree, "sys/class/net", "/sys/class/net");
	topology = tree_load(tree, IOMMUCTL_LOAD_ALL);
	for (size_t i = 0; i < 2; i++) {
		device = iommuctl_topology_get_device(topology, i);
		assert_string_equal(iommuctl_device_get_driver(device), "inside");
	}
	assert_null(iommuctl_device_get_driver(iommuctl_topology_get_device(topology, 2)));
	assert_note(tree, "sys/class/net: Too many levels of symbolic links");
	iommuctl_topology_unref(topology);
}

static void test_vanishing(void **state)
{
	/* what goes after the listing of which directory */
	static const char *const paths[][2] = {
		{ "sys/bus/pci/devices", "sys/bus/pci/devices/0000:00:01.0" },
		{ "sys/bus/pci/devices", "sys/devices/pci/0000:00:01.0" },
		{ "sys/class/iommu", "sys/class/iommu/dmar0" },
		{ "sys/kernel/iommu_groups", "sys/kernel/iommu_groups/1" },
		{ "sys/kernel/iommu_groups/1/devices", "sys/kernel/iommu_groups/1" },
		{ "sys/class/net", "sys/class/net/eth0" },
	};
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		static const struct tree_device devices[] = {
			{ "0000:00:01.0", "e1000e", "dmar0", 1, NULL },
			{ "0000:00:02.0", "i915", "dmar1", 2, NULL },
		};

		tree_device(tree, &devices[0]);
		tree_device(tree, &devices[1]);
		tree_file(tree, "sys/kernel/iommu_groups/1/type", "DMA\n");
		tree_file(tree, "sys/kernel/iommu_groups/1/reserved_regions", "");
		tree_link(tree, "sys/class/net/eth0", "../../devices/pci/0000:00:01.0/net/eth0");
		vanishing_tree = tree;
		vanishing_after = paths[i][0];
		vanishing_path = paths[i][1];
		topology = tree_load(tree, IOMMUCTL_LOAD_ALL);
		assert_null(vanishing_path);
		/* the neighbour is whole */
		assert_member(topology, "0000:00:02.0", "2", "dmar1");
		assert_string_equal(iommuctl_device_get_driver(iommuctl_topology_find_device(
					    topology, "0000:00:02.0")),
				    "i915");
		iommuctl_topology_unref(topology);
		tree_remove(tree, "sys");
	}
}

/* What is too long is unknown, and told; what is just not too long is read. */
static void test_long_attributes(void **state)
{
	enum { LONG = 100000, FITS = 3000 };
	static const char line[] = "0x1000 0x1fff msi\n";
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;
	char *text = test_malloc(LONG + 1);
	size_t count;

	memset(text, 'a', LONG);
	text[LONG] = '\0';
	tree_file(tree, "sys/class/iommu/dmar0/intel-iommu/cap", text);
	tree_file(tree, "sys/kernel/iommu_groups/1/type", text);
	tree_file(tree, "sys/kernel/iommu_groups/1/reserved_regions", text);
	tree_file(tree, "sys/bus/pci/devices/0000:00:01.0/uevent", text);
	for (size_t i = 0; i < FITS; i++)
		memcpy(text + i * (sizeof(line) - 1), line, sizeof(line));
	tree_file(tree, "sys/kernel/iommu_groups/2/reserved_regions", text);
	topology = tree_load(tree, IOMMUCTL_LOAD_ALL);
	assert_note(tree, "dmar0/intel-iommu/cap: too long");
	assert_note(tree, "iommu_groups/1/type: too long");
	assert_note(tree, "iommu_groups/1/reserved_regions: too long");
	assert_note(tree, "0000:00:01.0/uevent: too long");
	assert_int_equal(iommuctl_group_get_region_count(
				 iommuctl_topology_find_group(topology, "1"), &count),
			 -ENODATA);
	assert_int_equal(iommuctl_group_get_region_count(
				 iommuctl_topology_find_group(topology, "2"), &count),
			 0);
	assert_int_equal(count, FITS);
	iommuctl_topology_unref(topology);
	test_free(text);
}

static void test_regions(void **state)
{
	static const struct iommuctl_region expected[] = {
		{ { 0, 0xfff }, IOMMUCTL_REGION_DIRECT },
		{ { 0x1000, 0x1000 }, IOMMUCTL_REGION_DIRECT_RELAXABLE },
		{ { 0xfee00000, 0xfeefffff }, IOMMUCTL_REGION_MSI },
		{ { 0x100000000, 0x1ffffffff }, IOMMUCTL_REGION_UNKNOWN },
		{ { UINT64_MAX, UINT64_MAX }, IOMMUCTL_REGION_RESERVED },
	};
	const struct tree *tree = *state;
	const struct iommuctl_group *group;
	struct iommuctl_topology *topology;
	size_t count;

	tree_file(tree, "sys/kernel/iommu_groups/1/reserved_regions",
		  "0x0 0xfff direct\n"
		  "0x2000 0x1fff reserved\n" /* backwards */
		  "0x1000 0x1000 direct-relaxable\n"
		  "0x3000 0x3fff\n"
		  "0x3000 0x3fff direct more\n"
		  "0x3000 -1 direct\n"
		  "0x00000000fee00000 0x00000000feefffff msi\n"
		  "0x100000000 0x1ffffffff unheard-of\n"
		  "0xffffffffffffffff 0xffffffffffffffff reserved\n"
		  "0x0 0x10000000000000000 reserved\n");
	tree_file(tree, "sys/kernel/iommu_groups/2/reserved_regions", "");
	tree_file(tree, "sys/kernel/iommu_groups/2/name", "vfio-noiommu\n");
	topology = tree_load(tree, IOMMUCTL_LOAD_GROUPS);
	group = iommuctl_topology_find_group(topology, "1");
	assert_int_equal(iommuctl_group_get_region_count(group, &count), 0);
	assert_int_equal(count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < count; i++) {
		const struct iommuctl_region *region = iommuctl_group_get_region(group, i);

		assert_int_equal(region->range.start, expected[i].range.start);
		assert_int_equal(region->range.end, expected[i].range.end);
		assert_int_equal(region->type, expected[i].type);
	}
	assert_note(tree, "1/reserved_regions: not understood");
	group = iommuctl_topology_find_group(topology, "2");
	assert_int_equal(iommuctl_group_get_region_count(group, &count), 0);
	assert_int_equal(count, 0);
	assert_string_equal(iommuctl_group_get_name(group), "vfio-noiommu");
	iommuctl_topology_unref(topology);
}

/* Which of drivers and regions are in the way. */
static void test_viable(void **state)
{
	static const struct {
		const char *drivers[2];
		const char *regions;
		int viable;
		int blocker; /* index of the driver, or -1 */
	} cases[] = {
		{ { NULL, NULL }, "", 1, -1 },
		{ { "vfio-pci", "pcieport" }, "", 1, -1 },
		{ { "pci-stub", "xe-vfio-pci" }, "0x1 0x2 reserved\n", 1, -1 },
		{ { "vfio-pci", "e1000e" }, "", 0, 1 },
		{ { "i915", "e1000e" }, "", 0, 0 },
		{ { "vfio-pci", NULL }, "0x1 0x2 direct\n", 0, -1 },
		{ { "vfio-pci", NULL }, "0x1 0x2 direct-relaxable\n", 1, -1 },
	};
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct iommuctl_device *blocker = NULL;
		const struct iommuctl_group *group;
		struct iommuctl_topology *topology;

		for (size_t n = 0; n < 2; n++)
			tree_device(tree, &(struct tree_device){ .name = n ? "0000:00:01.1"
									   : "0000:00:01.0",
								 .driver = cases[i].drivers[n],
								 .group = 1 });
		tree_file(tree, "sys/kernel/iommu_groups/1/reserved_regions", cases[i].regions);
		topology = tree_load(tree, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES);
		group = iommuctl_topology_get_group(topology, 0);
		assert_int_equal(iommuctl_group_is_viable(group, &blocker), cases[i].viable);
		assert_ptr_equal(blocker, cases[i].blocker < 0
						  ? NULL
						  : iommuctl_group_get_device(
							    group, (size_t)cases[i].blocker));
		iommuctl_topology_unref(topology);
		topology = tree_load(tree, IOMMUCTL_LOAD_GROUPS);
		assert_int_equal(
			iommuctl_group_is_viable(iommuctl_topology_get_group(topology, 0), NULL),
			-ENODATA);
		iommuctl_topology_unref(topology);
		tree_remove(tree, "sys");
	}
}

static void test_usable_ranges(void **state)
{
	const struct tree *tree = *state;
	const struct iommuctl_device *devices[2];
	struct iommuctl_topology *topology;
	struct iommuctl_range_set *set;
	struct iommuctl_range range;

	tree_device(tree, &(struct tree_device){
				  .name = "0000:00:01.0", .group = 1, .iommu = "apple-dart.1" });
	tree_device(tree,
		    &(struct tree_device){ .name = "0000:00:02.0", .group = 2, .iommu = "iommu0" });
	tree_device(tree, &(struct tree_device){ .name = "0000:00:03.0", .group = -1 });
	tree_file(tree, "sys/kernel/iommu_groups/1/reserved_regions",
		  "0x0 0xfff direct\n0x5000 0x5fff direct-relaxable\n0x8000000 0x80fffff msi\n");
	tree_file(tree, "sys/kernel/iommu_groups/2/reserved_regions",
		  "0x2000 0x2fff reserved\n0xffffffff00000000 0xffffffffffffffff reserved\n");
	topology = tree_load(tree, IOMMUCTL_LOAD_REGISTERS | IOMMUCTL_LOAD_GROUPS);
	devices[0] = iommuctl_topology_find_device(topology, "0000:00:01.0");
	devices[1] = iommuctl_topology_find_device(topology, "0000:00:02.0");
	assert_int_equal(iommuctl_device_get_usable_ranges(tree->ctx, devices, 2, &set), 0);
	for (size_t i = 0; i < 3; i++) {
		static const struct iommuctl_range expected[] = { { 0x1000, 0x1fff },
								  { 0x3000, 0x7ffffff },
								  { 0x8100000, 0xffffffff } };

		assert_int_equal(iommuctl_range_set_get(set, i, &range), 0);
		assert_int_equal(range.start, expected[i].start);
		assert_int_equal(range.end, expected[i].end);
	}
	assert_int_equal(iommuctl_range_set_get(set, 3, &range), -ENOENT);
	iommuctl_range_set_free(set);
	/* nobody says how wide this one's IOMMU is */
	assert_int_equal(iommuctl_device_get_usable_ranges(tree->ctx, devices + 1, 1, &set), 0);
	assert_int_equal(iommuctl_range_set_get(set, 1, &range), 0);
	assert_int_equal(range.end, 0xfffffffeffffffff);
	iommuctl_range_set_free(set);
	devices[1] = iommuctl_topology_find_device(topology, "0000:00:03.0");
	assert_int_equal(iommuctl_device_get_usable_ranges(tree->ctx, devices, 2, &set), -ENODEV);
	assert_string_equal(iommuctl_diag_get_object(iommuctl_context_get_diag(tree->ctx)),
			    "0000:00:03.0");
	iommuctl_topology_unref(topology);
	topology = tree_load(tree, 0);
	devices[0] = iommuctl_topology_find_device(topology, "0000:00:01.0");
	assert_int_equal(iommuctl_device_get_usable_ranges(tree->ctx, devices, 1, &set), -ENODATA);
	iommuctl_topology_unref(topology);
}

static void test_find_by_path(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;
	const struct iommuctl_device *device;

	tree_device(tree,
		    &(struct tree_device){ .name = "0000:00:01.0", .group = 1, .iommu = "dmar0" });
	topology = tree_load(tree, 0);
	device = iommuctl_topology_get_device(topology, 0);
	assert_ptr_equal(
		iommuctl_topology_find_device(topology, "/sys/bus/pci/devices/0000:00:01.0"),
		device);
	assert_non_null(iommuctl_topology_find_group(topology, "/sys/kernel/iommu_groups/1"));
	assert_non_null(iommuctl_topology_find_iommu(topology, "/sys/class/iommu/dmar0"));
	assert_null(iommuctl_topology_find_device(topology, "0000:00:01.1"));
	assert_null(iommuctl_topology_find_device(topology, ""));
	assert_null(iommuctl_topology_find_device(topology, NULL));
	assert_null(iommuctl_topology_find_group(topology, "0x1"));
	assert_null(iommuctl_topology_find_group(topology, "1x"));
	assert_null(iommuctl_topology_find_iommu(topology, "dmar"));
	iommuctl_topology_unref(topology);
}

/* Every object holds what it needs: the order of the ends does not matter. */
static void test_ends_in_any_order(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_topology *first, *second;
	struct iommuctl_context *ctx;

	tree_device(tree, &(struct tree_device){ .name = "0000:00:01.0", .group = 1 });
	assert_int_equal(iommuctl_context_new(&ctx), 0);
	assert_int_equal(iommuctl_context_set_root(ctx, tree->path), 0);
	assert_int_equal(iommuctl_topology_load(ctx, 0, &first), 0);
	assert_int_equal(iommuctl_topology_load(ctx, 0, &second), 0);
	assert_ptr_equal(iommuctl_context_ref(ctx), ctx);
	assert_null(iommuctl_context_unref(ctx));
	assert_null(iommuctl_context_unref(ctx));
	assert_ptr_equal(iommuctl_topology_ref(first), first);
	assert_null(iommuctl_topology_unref(first));
	assert_devices(first, "0000:00:01.0");
	assert_null(iommuctl_topology_unref(first));
	assert_devices(second, "0000:00:01.0");
	assert_null(iommuctl_topology_unref(second));
	assert_null(iommuctl_topology_unref(NULL));
	assert_null(iommuctl_context_unref(NULL));
}

/* Whatever a feature is learnt from, its value has the type of its defaults. */
static void check_formats(const struct iommuctl_value *value)
{
	for (unsigned int i = 0; i < value->count; i++) {
		const struct iommuctl_format *format = NULL;
		bool known = false;

		while ((format = iommuctl_format_next(format)))
			known |= strcmp(iommuctl_format_get_name(format), value->texts[i]) == 0;
		if (!known)
			fail_msg("%s", value->texts[i]);
	}
}

static void test_feature_types(void **state)
{
	static const char *const fixtures[] = { "intel-server", "amd-server", "virtio-guest",
						"exotic", "qemu-smmuv3-nested" };
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(fixtures); i++) {
		const struct iommuctl_iommu *iommu;
		struct iommuctl_topology *topology;

		tree_expand(tree, fixtures[i]);
		topology = tree_load(tree, IOMMUCTL_LOAD_REGISTERS);
		assert_non_null(iommuctl_topology_get_iommu(topology, 0));
		for (size_t n = 0; (iommu = iommuctl_topology_get_iommu(topology, n)); n++)
			for (int f = 0; f < IOMMUCTL_FEATURE_COUNT; f++) {
				enum iommuctl_feature feature = (enum iommuctl_feature)f;
				struct iommuctl_value value, other;

				if (iommuctl_iommu_get_feature(iommu, feature, &value) < 0)
					continue;
				assert_non_null(iommuctl_iommu_get_feature_source(iommu, feature));
				if (feature == IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS)
					check_formats(&value);
				for (int m = 0; m <= IOMMUCTL_MODEL_APPLE_DART; m++)
					if (iommuctl_feature_get_default(
						    feature, (enum iommuctl_model)m, &other) == 0)
						assert_int_equal(value.type, other.type);
			}
		iommuctl_topology_unref(topology);
		tree_remove(tree, "sys");
		tree_remove(tree, "proc");
		tree_remove(tree, "var");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_empty),
		TEST(test_order),
		TEST(test_membership),
		TEST(test_devices_no_bus_lists),
		TEST(test_only_links),
		TEST(test_fifos_hang_nothing),
		TEST(test_links_stay_inside),
		TEST(test_vanishing),
		TEST(test_long_attributes),
		TEST(test_regions),
		TEST(test_viable),
		TEST(test_usable_ranges),
		TEST(test_find_by_path),
		TEST(test_ends_in_any_order),
		TEST(test_feature_types),
	};

	alarm(120); /* what hangs has failed */
	return RUN(tests);
}
