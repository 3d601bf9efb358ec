// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mktree [-s] N_DEVICES N_GROUPS DIR: the sysfs of an imaginary machine with that many PCI
 * functions, laid out like the kernel's: a root port and 63 functions behind it, again and again.
 * With -s, files that are the same for all functions of a kind are one file with many names: less
 * memory, but kinder to programs that read many files than sysfs is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_UNITS	    8
#define PER_PORT    64
#define PER_SEGMENT (255 * PER_PORT)

struct kind {
	const char *driver;
	unsigned int vendor, device, class;
	char first[128]; /* directory of the first function of this kind */
};

static struct kind kinds[] = {
	{ "pcieport", 0x8086, 0x352a, 0x060400, "" }, { "mlx5_core", 0x15b3, 0x101e, 0x020000, "" },
	{ "nvme", 0x144d, 0xa824, 0x010802, "" },     { "idxd", 0x8086, 0x0b25, 0x088000, "" },
	{ NULL, 0x10de, 0x2331, 0x030200, "" },
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static bool share;

static void fail(const char *path)
{
	fprintf(stderr, "mktree: %s: %s\n", path, strerror(errno));
	exit(1);
}

__attribute__((format(printf, 1, 2))) static void make_dir(const char *format, ...)
{
	char path[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(path, sizeof(path), format, ap);
	va_end(ap);
	if (mkdir(path, 0755) && errno != EEXIST)
		fail(path);
}

static void write_file(const char *dir, const char *name, const void *data, size_t size)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0444);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd))
		fail(path);
}

__attribute__((format(printf, 3, 4))) static void write_text(const char *dir, const char *name,
							     const char *format, ...)
{
	char text[1024];
	va_list ap;
	int length;

	va_start(ap, format);
	length = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	write_file(dir, name, text, (size_t)length);
}

__attribute__((format(printf, 3, 4))) static void make_link(const char *dir, const char *name,
							    const char *format, ...)
{
	char target[256], path[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(target, sizeof(target), format, ap);
	va_end(ap);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (symlink(target, path))
		fail(path);
}

static void make_units(void)
{
	char dir[64], name[16];
	unsigned int i;

	for (i = 0; i < N_UNITS; i++) {
		snprintf(name, sizeof(name), "dmar%u", i);
		make_dir("devices/virtual/iommu/dmar%u", i);
		make_dir("devices/virtual/iommu/dmar%u/devices", i);
		make_dir("devices/virtual/iommu/dmar%u/intel-iommu", i);
		make_link("class/iommu", name, "../../devices/virtual/iommu/%s", name);
		snprintf(dir, sizeof(dir), "devices/virtual/iommu/%s/intel-iommu", name);
		write_text(dir, "version", "6:0\n");
		write_text(dir, "address", "%x\n", 0xd0000000 + i * 0x1000000);
		write_text(dir, "cap", "9ed008c40780466\n");
		write_text(dir, "ecap", "3ee9e86f050df\n");
		write_text(dir, "domains_supported", "65536\n");
		write_text(dir, "domains_used", "%u\n", 4 * i);
	}
}

static void make_groups(unsigned int n)
{
	char dir[64];
	unsigned int i;

	for (i = 0; i < n; i++) {
		snprintf(dir, sizeof(dir), "kernel/iommu_groups/%u", i);
		make_dir("%s", dir);
		make_dir("%s/devices", dir);
		write_text(dir, "type", "DMA-FQ\n");
		write_text(dir, "reserved_regions", "0x00000000fee00000 0x00000000feefffff msi\n");
	}
}

/* The attributes that do not say which function it is. */
static const char *const attributes[] = {
	"vendor", "device",    "subsystem_vendor", "subsystem_device", "class",	 "revision",
	"irq",	  "numa_node", "resource",	   "driver_override",  "config",
};

static void link_attributes(const struct kind *kind, const char *dir)
{
	char from[256], to[256];
	size_t i;

	for (i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		snprintf(from, sizeof(from), "%s/%s", kind->first, attributes[i]);
		snprintf(to, sizeof(to), "%s/%s", dir, attributes[i]);
		if (link(from, to))
			fail(to);
	}
}

/* As little configuration space as lspci needs. */
static void write_config(const struct kind *kind, const char *dir)
{
	uint8_t config[256] = { 0 };

	config[0] = (uint8_t)kind->vendor;
	config[1] = (uint8_t)(kind->vendor >> 8);
	config[2] = (uint8_t)kind->device;
	config[3] = (uint8_t)(kind->device >> 8);
	config[9] = (uint8_t)kind->class;
	config[10] = (uint8_t)(kind->class >> 8);
	config[11] = (uint8_t)(kind->class >> 16);
	config[14] = kind == kinds; /* header type: bridge */
	write_file(dir, "config", config, sizeof(config));
}

static void write_attributes(const struct kind *kind, const char *dir)
{
	char resource[13 * 57 + 1] = "";
	int i;

	for (i = 0; i < 13; i++)
		strcat(resource, "0x0000000000000000 0x0000000000000000 0x0000000000000000\n");
	write_text(dir, "vendor", "0x%04x\n", kind->vendor);
	write_text(dir, "device", "0x%04x\n", kind->device);
	write_text(dir, "subsystem_vendor", "0x%04x\n", kind->vendor);
	write_text(dir, "subsystem_device", "0x0001\n");
	write_text(dir, "class", "0x%06x\n", kind->class);
	write_text(dir, "revision", "0x00\n");
	write_text(dir, "irq", "0\n");
	write_text(dir, "numa_node", "-1\n");
	write_text(dir, "driver_override", "(null)\n");
	write_text(dir, "resource", "%s", resource);
	write_config(kind, dir);
}

static void make_uevent(const struct kind *kind, const char *dir, const char *name)
{
	write_text(dir, "uevent",
		   "%s%s%sPCI_CLASS=%04X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:0001\n"
		   "PCI_SLOT_NAME=%s\n"
		   "MODALIAS=pci:v%08Xd%08Xsv%08Xsd00000001bc%02Xsc%02Xi%02X\n",
		   kind->driver ? "DRIVER=" : "", kind->driver ? kind->driver : "",
		   kind->driver ? "\n" : "", kind->class, kind->vendor, kind->device, kind->vendor,
		   name, kind->vendor, kind->device, kind->vendor, kind->class >> 16,
		   (kind->class >> 8) & 0xff, kind->class & 0xff);
}

static void make_function(unsigned int i, unsigned int group)
{
	unsigned int segment = i / PER_SEGMENT, port = i % PER_SEGMENT / PER_PORT;
	unsigned int slot = i % PER_PORT, unit = i / PER_PORT % N_UNITS;
	struct kind *kind = slot ? &kinds[1 + slot % (N_KINDS - 1)] : kinds;
	char bridge[32], name[32], place[96], dir[128], to[64];
	const char *up = slot ? "../" : "";

	snprintf(bridge, sizeof(bridge), "%04x:00:%02x.%x", segment, port >> 3, port & 7);
	if (slot) {
		snprintf(name, sizeof(name), "%04x:%02x:%02x.%x", segment, port + 1,
			 (slot - 1) >> 3, (slot - 1) & 7);
		snprintf(place, sizeof(place), "pci%04x:00/%s/%s", segment, bridge, name);
	} else {
		make_dir("devices/pci%04x:00", segment);
		snprintf(name, sizeof(name), "%s", bridge);
		snprintf(place, sizeof(place), "pci%04x:00/%s", segment, bridge);
	}
	snprintf(dir, sizeof(dir), "devices/%s", place);
	make_dir("%s", dir);
	make_uevent(kind, dir, name);
	if (share && *kind->first) {
		link_attributes(kind, dir);
	} else {
		write_attributes(kind, dir);
		snprintf(kind->first, sizeof(kind->first), "%s", dir);
	}
	make_link(dir, "subsystem", "%s../../../bus/pci", up);
	make_link(dir, "iommu", "%s../../virtual/iommu/dmar%u", up, unit);
	make_link(dir, "iommu_group", "%s../../../kernel/iommu_groups/%u", up, group);
	make_link("bus/pci/devices", name, "../../../devices/%s", place);
	snprintf(to, sizeof(to), "kernel/iommu_groups/%u/devices", group);
	make_link(to, name, "../../../../devices/%s", place);
	snprintf(to, sizeof(to), "devices/virtual/iommu/dmar%u/devices", unit);
	make_link(to, name, "../../../../%s", place);
	if (kind->driver) {
		make_link(dir, "driver", "%s../../../bus/pci/drivers/%s", up, kind->driver);
		snprintf(to, sizeof(to), "bus/pci/drivers/%s", kind->driver);
		make_link(to, name, "../../../../devices/%s", place);
	}
}

int main(int argc, char **argv)
{
	static const char *const dirs[] = {
		"bus",
		"bus/pci",
		"bus/pci/devices",
		"bus/pci/drivers",
		"class",
		"class/iommu",
		"devices",
		"devices/virtual",
		"devices/virtual/iommu",
		"kernel",
		"kernel/iommu_groups",
	};
	unsigned int devices, groups, i;

	share = argc > 1 && !strcmp(argv[1], "-s");
	argv += share;
	argc -= share;
	devices = argc == 4 ? (unsigned int)strtoul(argv[1], NULL, 10) : 0;
	groups = argc == 4 ? (unsigned int)strtoul(argv[2], NULL, 10) : 0;
	if (!devices || !groups || groups > devices) {
		fprintf(stderr, "usage: mktree [-s] N_DEVICES N_GROUPS DIR\n");
		return 2;
	}
	make_dir("%s", argv[3]);
	if (chdir(argv[3]) || mkdir("sys", 0755) || chdir("sys"))
		fail(argv[3]);
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		make_dir("%s", dirs[i]);
	for (i = 0; i < N_KINDS; i++)
		if (kinds[i].driver)
			make_dir("bus/pci/drivers/%s", kinds[i].driver);
	make_units();
	make_groups(groups);
	for (i = 0; i < devices; i++)
		make_function(i, (unsigned int)((uint64_t)i * groups / devices));
	return 0;
}
