// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * minimal ROOT: the least that a list of devices with driver and group can do: one uevent and one
 * link a device, read in the plainest way. What iommuctl is measured against.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_device(int dir, const char *name)
{
	char path[300], uevent[4096], group[256];
	const char *driver, *base;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/uevent", name);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, uevent, sizeof(uevent) - 1);
	close(fd);
	uevent[n < 0 ? 0 : n] = '\0';
	driver = strncmp(uevent, "DRIVER=", 7) ? "-" : uevent + 7;

	snprintf(path, sizeof(path), "%s/iommu_group", name);
	n = readlinkat(dir, path, group, sizeof(group) - 1);
	group[n < 0 ? 0 : n] = '\0';
	base = strrchr(group, '/');
	printf("%s %.*s %s\n", name, (int)strcspn(driver, "\n"), driver, base ? base + 1 : "-");
}

int main(int argc, char **argv)
{
	char path[4096];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices", argc > 1 ? argv[1] : "");
	dir = opendir(path);
	if (!dir) {
		perror(path);
		return 1;
	}
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			print_device(dirfd(dir), entry->d_name);
	closedir(dir);
	return 0;
}
