/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine whose attribute files hold what the input says, parts of which
 * are separated by lines "%%".
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"
#include "libiommuctl/internal.h"

/* The part of the input that a file holds is that of its index. */
static const char *const files[] = {
	"sys/class/iommu/dmar0/intel-iommu/cap",
	"sys/class/iommu/dmar0/intel-iommu/ecap",
	"sys/class/iommu/dmar0/intel-iommu/version",
	"sys/class/iommu/ivhd0/amd-iommu/features",
	"sys/class/iommu/ivhd0/amd-iommu/cap",
	"sys/class/iommu/virtio/device/features",
	"sys/kernel/iommu_groups/1/type",
	"sys/kernel/iommu_groups/1/reserved_regions",
	"sys/kernel/iommu_groups/1/name",
	"sys/bus/pci/devices/0000:00:01.0/uevent",
	"sys/bus/pci/devices/0000:00:02.0/vendor",
	"sys/bus/pci/devices/0000:00:02.0/device",
	"sys/bus/pci/devices/0000:00:02.0/class",
	"proc/misc",
	"iommuctl/kernel-probe",
	"sys/firmware/acpi/tables/DMAR",
	"sys/firmware/acpi/tables/IORT",
	"sys/devices/pci0000:00/0000:00:03.0/config",
	"sys/devices/pci0000:00/0000:00:03.0/0000:01:00.0/config",
};

static const struct {
	const char *path, *target;
} links[] = {
	{ "sys/class/iommu/virtio/device/driver", "../virtio_iommu" },
	{ "sys/kernel/iommu_groups/1/devices/0000:00:01.0", "../x" },
	{ "sys/kernel/iommu_groups/1/devices/0000:00:02.0", "../x" },
	{ "sys/class/iommu/dmar0/devices/0000:00:01.0", "../x" },
	{ "sys/class/iommu/ivhd0/devices/0000:00:02.0", "../x" },
	{ "sys/class/iommu/dmar0/devices/0000:01:00.0", "../x" },
	{ "sys/class/iommu/smmu3.0x1/devices/0000:01:00.1", "../x" },
	{ "sys/bus/pci/devices/0000:01:00.0",
	  "../../../devices/pci0000:00/0000:00:03.0/0000:01:00.0" },
	{ "sys/bus/pci/devices/0000:01:00.1",
	  "../../../devices/pci0000:00/0000:00:03.0/0000:01:00.1" },
	{ "sys/devices/pci0000:00/0000:00:03.0/0000:01:00.1/physfn", "../0000:01:00.0" },
};

static char root[64];

static void remove_root(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	CHECK(system(command) == 0);
}

static void place(const char *path, char buf[PATH_MAX])
{
	snprintf(buf, PATH_MAX, "%s/%s", root, path);
	for (char *slash = buf + strlen(root); (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		mkdir(buf, 0755);
		*slash = '/';
	}
}

static void make_root(void)
{
	struct stat info;
	char path[PATH_MAX];

	/* in memory where that is possible */
	snprintf(root, sizeof(root), "%s/iommuctl-fuzz.XXXXXX",
		 stat("/dev/shm", &info) == 0 ? "/dev/shm" : "/tmp");
	CHECK(mkdtemp(root));
	atexit(remove_root);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		place(links[i].path, path);
		CHECK(symlink(links[i].target, path) == 0);
	}
}

static void write_file(const char *name, const uint8_t *data, size_t size)
{
	char path[PATH_MAX];
	int fd;

	place(name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

/* Each part into its file; files without a part are empty. */
static void write_files(const uint8_t *data, size_t size)
{
	static const char separator[] = "\n%%\n";
	const uint8_t *rest = data;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		size_t left = size - (size_t)(rest - data);
		const uint8_t *end = memmem(rest, left, separator, sizeof(separator) - 1);

		write_file(files[i], rest, end ? (size_t)(end - rest) : left);
		rest = end ? end + sizeof(separator) - 1 : data + size;
	}
}

static void check_iommu(const struct iommuctl_iommu *iommu)
{
	const struct iommuctl_register *reg;
	struct iommuctl_value value;
	uint64_t raw;

	for (size_t i = 0; iommuctl_iommu_get_register(iommu, i, &reg, &raw) == 0; i++) {
		uint64_t whole = iommuctl_register_get_reserved(reg, raw);
		const struct iommuctl_field *field = NULL;
		unsigned int high, low = 0;

		while ((field = iommuctl_register_next_field(reg, field))) {
			iommuctl_field_get_bits(field, &high, &low);
			whole |= iommuctl_field_get_raw(field, raw) << low;
			iommuctl_field_decode(field, raw);
		}
		CHECK(whole == raw);
	}
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		if (iommuctl_iommu_get_feature(iommu, (enum iommuctl_feature)i, &value) == 0) {
			CHECK(value.type != IOMMUCTL_VALUE_NONE);
			CHECK(value.count <= IOMMUCTL_VALUE_MAX);
		}
}

/* Usable addresses are sorted, and none is reserved. */
static void check_ranges(struct iommuctl_context *ctx, const struct iommuctl_device *device)
{
	const struct iommuctl_region *region;
	struct iommuctl_range_set *set;
	struct iommuctl_range range, before = { 0, 0 };

	if (iommuctl_device_get_usable_ranges(ctx, &device, 1, &set) < 0)
		return;
	for (size_t i = 0; iommuctl_range_set_get(set, i, &range) == 0; before = range, i++) {
		CHECK(range.start <= range.end && (i == 0 || range.start > before.end + 1));
		for (size_t n = 0; (region = iommuctl_group_get_region(device->group, n)); n++)
			CHECK(region->type == IOMMUCTL_REGION_DIRECT_RELAXABLE ||
			      region->range.end < range.start || region->range.start > range.end);
	}
	iommuctl_range_set_free(set);
}

/* What others kept of a kernel is known, and bounded, or it is not. */
static void check_kernel(struct iommuctl_context *ctx)
{
	const struct iommuctl_kernel_entry *entry;
	struct iommuctl_kernel_probe *probe;
	uint32_t size, min;

	if (iommuctl_kernel_probe_load(ctx, &probe) < 0)
		return;
	for (size_t i = 0; (entry = iommuctl_kernel_probe_get_entry(probe, i)); i++) {
		int present = iommuctl_kernel_entry_is_present(entry);

		CHECK(present == 0 || present == 1 || present == -ENODATA);
		CHECK(present == 0 || !iommuctl_kernel_entry_get_rules_out(entry));
		if (iommuctl_kernel_entry_get_min_size(entry, &min) == 0)
			CHECK(iommuctl_kernel_entry_get_size(entry, &size) == 0 && min <= size);
	}
	iommuctl_kernel_probe_free(probe);
}

/* The answers follow from the links. */
static void check_chain(const struct iommuctl_device *device)
{
	const struct iommuctl_link *link;
	struct iommuctl_chain *chain;

	CHECK(iommuctl_chain_load(device, IOMMUCTL_CHAIN_CONFIG, &chain) == 0);
	for (size_t i = 0; (link = iommuctl_chain_get_link(chain, i)); i++)
		CHECK(iommuctl_link_get_evidence(link)[0] && iommuctl_link_get_object(link)[0]);
	for (unsigned int i = 0; i < IOMMUCTL_SERVICE_COUNT; i++) {
		int usable = iommuctl_chain_is_usable(chain, i);

		CHECK((usable == 0) == !!iommuctl_chain_get_first(chain, i, IOMMUCTL_LINK_BROKEN));
		CHECK(usable != 1 || !iommuctl_chain_get_first(chain, i, IOMMUCTL_LINK_UNMEASURED));
	}
	iommuctl_chain_free(chain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iommuctl_topology *topology;
	const struct iommuctl_device *device;
	const struct iommuctl_iommu *iommu;
	const struct iommuctl_group *group;
	struct iommuctl_context *ctx;

	if (!root[0])
		make_root();
	write_files(data, size);
	CHECK(iommuctl_context_new(&ctx) == 0);
	CHECK(iommuctl_context_set_root(ctx, root) == 0);
	CHECK(iommuctl_topology_load(ctx, IOMMUCTL_LOAD_ALL & ~IOMMUCTL_LOAD_NAMES, &topology) ==
	      0);
	for (size_t i = 0; (iommu = iommuctl_topology_get_iommu(topology, i)); i++)
		check_iommu(iommu);
	for (size_t i = 0; (device = iommuctl_topology_get_device(topology, i)); i++) {
		check_ranges(ctx, device);
		check_chain(device);
	}
	for (size_t i = 0; (group = iommuctl_topology_get_group(topology, i)); i++)
		iommuctl_group_is_viable(group, NULL);
	iommuctl_topology_unref(topology);
	check_kernel(ctx);
	iommuctl_context_unref(ctx);
	return 0;
}
