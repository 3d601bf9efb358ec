/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices: what their uevent file says (one read instead of one each for
 * vendor, device, class, driver), which network interfaces and VFIO nodes are
 * theirs, and their names in udev's hardware database.
 */
#include <errno.h>
#include <libudev.h>
#include <limits.h>
#include <string.h>

#include "internal.h"
#include "paths.h"

static int device_path(const struct iommuctl_device *device, const char *attribute, char *buf,
		       size_t size)
{
	return device->path ? io_path(buf, size, "%s/%s", device->path, attribute)
			    : io_path(buf, size, SYSFS_PCI "/%s/%s", device->name, attribute);
}

static int store(struct iommuctl_topology *topology, const char *text, const char **ret)
{
	*ret = arena_strdup(&topology->arena, text);
	return *ret ? 0 : -ENOMEM;
}

static int read_link(struct iommuctl_topology *topology, const struct iommuctl_device *device,
		     const char *attribute, const char **ret)
{
	char path[PATH_MAX], target[PATH_MAX];

	if (device_path(device, attribute, path, sizeof(path)) < 0 ||
	    io_readlink(topology->ctx, path, target, sizeof(target)) < 0)
		return 0;
	return store(topology, path_last(target), ret);
}

static bool read_number(struct iommuctl_topology *topology, const struct iommuctl_device *device,
			const char *attribute, uint64_t limit, uint64_t *ret)
{
	char path[PATH_MAX], text[32];

	return device_path(device, attribute, path, sizeof(path)) >= 0 &&
	       io_read(topology->ctx, path, text, sizeof(text)) > 0 && parse_u64(text, 16, ret) &&
	       *ret <= limit;
}

/* "8086:1572" */
static bool parse_ids(char *text, struct iommuctl_device *device)
{
	char *colon = strchr(text, ':');
	uint64_t vendor, id;

	if (!colon)
		return false;
	*colon = '\0';
	if (!parse_u64(text, 16, &vendor) || !parse_u64(colon + 1, 16, &id) ||
	    vendor > UINT16_MAX || id > UINT16_MAX)
		return false;
	device->vendor_id = (uint16_t)vendor;
	device->device_id = (uint16_t)id;
	return true;
}

static int parse_uevent(struct iommuctl_topology *topology, struct iommuctl_device *device,
			char *text)
{
	char *rest = NULL;
	uint64_t class;
	int r = 0;

	for (char *line = strtok_r(text, "\n", &rest); line && r >= 0;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *value = strchr(line, '=');

		if (!value)
			continue;
		*value++ = '\0';
		if (!*value) {
			continue;
		} else if (strcmp(line, "DRIVER") == 0) {
			r = store(topology, value, &device->driver);
		} else if (strcmp(line, "PCI_ID") == 0) {
			device->has_ids = parse_ids(value, device);
		} else if (strcmp(line, "PCI_CLASS") == 0) {
			device->has_class = parse_u64(value, 16, &class) && class <= 0xffffff;
			device->class = device->has_class ? (uint32_t) class : 0;
		} else if (strcmp(line, "MODALIAS") == 0 && topology->flags & IOMMUCTL_LOAD_NAMES) {
			r = store(topology, value, &device->modalias);
		}
	}
	return r;
}

/* Where uevent cannot be read: the same facts from a file each. */
static int load_attributes(struct iommuctl_topology *topology, struct iommuctl_device *device)
{
	uint64_t vendor, id, class;

	if (read_number(topology, device, "vendor", UINT16_MAX, &vendor) &&
	    read_number(topology, device, "device", UINT16_MAX, &id)) {
		device->vendor_id = (uint16_t)vendor;
		device->device_id = (uint16_t)id;
		device->has_ids = true;
	}
	if (read_number(topology, device, "class", 0xffffff, &class)) {
		device->class = (uint32_t) class;
		device->has_class = true;
	}
	return read_link(topology, device, "driver", &device->driver);
}

int device_load(struct iommuctl_topology *topology, struct iommuctl_device *device)
{
	char path[PATH_MAX], text[8192];
	ssize_t n = -ENAMETOOLONG;
	int r = 0;

	if (device->is_pci)
		device->subsystem = "pci";
	else
		r = read_link(topology, device, "subsystem", &device->subsystem);
	if (r < 0)
		return r;
	if (device_path(device, "uevent", path, sizeof(path)) >= 0)
		n = io_read(topology->ctx, path, text, sizeof(text));
	/* a device of another bus may have nothing to say */
	if (n > 0 || (n == 0 && !device->is_pci)) {
		device->has_driver = true;
		return parse_uevent(topology, device, text);
	}
	context_note(topology->ctx, path, n < 0 ? (int)-n : ENODATA);
	r = load_attributes(topology, device);
	device->has_driver = device->driver || device->has_ids;
	return r;
}

struct link_loader {
	struct iommuctl_topology *topology;
	unsigned int flag;
	const char *directory;
	int (*add)(struct iommuctl_topology *topology, struct iommuctl_device *device,
		   const char *name);
};

static int add_net_interface(struct iommuctl_topology *topology, struct iommuctl_device *device,
			     const char *name)
{
	size_t n = device->net_count;
	const char **grown;
	int r;

	/* full at every power of two */
	if ((n & (n - 1)) == 0) {
		grown = arena_alloc(&topology->arena, (n ? 2 * n : 1) * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		if (n > 0)
			memcpy(grown, device->net_interfaces, n * sizeof(*grown));
		device->net_interfaces = grown;
	}
	r = store(topology, name, &device->net_interfaces[n]);
	device->net_count += r >= 0;
	return r;
}

static int add_vfio_node(struct iommuctl_topology *topology, struct iommuctl_device *device,
			 const char *name)
{
	char path[PATH_MAX];

	/* without CONFIG_VFIO_DEVICE_CDEV there is an entry, but no number and no node */
	if (io_path(path, sizeof(path), SYSFS_VFIO "/%s/dev", name) < 0)
		return 0;
	if (!io_exists(topology->ctx, path))
		return 0;
	if (io_path(path, sizeof(path), "/" DEV_VFIO_DEVICES "/%s", name) < 0)
		return 0;
	return store(topology, path, &device->vfio_node);
}

/* ".../0000:00:03.0/virtio0/net/eth0": the nearest known device above the entry. */
static int add_link(const char *name, void *data)
{
	struct link_loader *loader = data;
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t n = -ENAMETOOLONG;
	char *slash;

	if (io_path(path, sizeof(path), "%s/%s", loader->directory, name) >= 0)
		n = io_readlink(loader->topology->ctx, path, target, sizeof(target));
	/* a file among the links (bonding_masters), or gone */
	if (n == -EINVAL || n == -ENOENT)
		return 0;
	if (n < 0) {
		context_note(loader->topology->ctx, path, (int)-n);
		loader->topology->incomplete |= loader->flag;
		return 0;
	}
	while ((slash = strrchr(target, '/'))) {
		struct iommuctl_device *device;

		*slash = '\0';
		device = topology_device(loader->topology, path_last(target));
		if (device)
			return loader->add(loader->topology, device, name);
	}
	return 0;
}

static int compare_names(const void *left, const void *right)
{
	return strverscmp(*(const char *const *)left, *(const char *const *)right);
}

int device_load_links(struct iommuctl_topology *topology)
{
	static const struct link_loader classes[] = {
		{ .flag = IOMMUCTL_LOAD_NET, .directory = SYSFS_NET, .add = add_net_interface },
		{ .flag = IOMMUCTL_LOAD_VFIO, .directory = SYSFS_VFIO, .add = add_vfio_node },
	};

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		struct link_loader loader = classes[i];
		int r;

		if (!(topology->flags & loader.flag))
			continue;
		loader.topology = topology;
		r = io_list(topology->ctx, loader.directory, add_link, &loader);
		if (r == -ENOMEM)
			return r;
		if (r < 0 && r != -ENOENT)
			topology->incomplete |= loader.flag;
		if (r < 0)
			context_note(topology->ctx, loader.directory, -r);
	}
	for (size_t i = 0; i < topology->device_count; i++)
		if (topology->devices[i].net_count > 1)
			qsort(topology->devices[i].net_interfaces, topology->devices[i].net_count,
			      sizeof(*topology->devices[i].net_interfaces), compare_names);
	return 0;
}

static int load_name(struct iommuctl_topology *topology, struct iommuctl_device *device,
		     struct udev_hwdb *hwdb)
{
	struct udev_list_entry *entry;
	char modalias[64];
	int r = 0;

	snprintf(modalias, sizeof(modalias), "pci:v%08Xd%08X", device->vendor_id,
		 device->device_id);
	entry = udev_hwdb_get_properties_list_entry(
		hwdb, device->modalias ? device->modalias : modalias, 0);
	for (; entry && r >= 0; entry = udev_list_entry_get_next(entry)) {
		const char *key = udev_list_entry_get_name(entry);
		const char *value = udev_list_entry_get_value(entry);

		if (strcmp(key, "ID_VENDOR_FROM_DATABASE") == 0)
			r = store(topology, value, &device->vendor_name);
		else if (strcmp(key, "ID_MODEL_FROM_DATABASE") == 0)
			r = store(topology, value, &device->device_name);
	}
	return r;
}

int device_load_names(struct iommuctl_topology *topology)
{
	struct udev *udev = udev_new();
	struct udev_hwdb *hwdb = udev ? udev_hwdb_new(udev) : NULL;
	int r = 0;

	for (size_t i = 0; hwdb && r >= 0 && i < topology->device_count; i++)
		if (topology->devices[i].modalias || topology->devices[i].has_ids)
			r = load_name(topology, &topology->devices[i], hwdb);
	udev_hwdb_unref(hwdb);
	udev_unref(udev);
	return r;
}

IOMMUCTL_EXPORT const char *iommuctl_device_get_name(const struct iommuctl_device *device)
{
	return device ? device->name : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_device_get_subsystem(const struct iommuctl_device *device)
{
	return device ? device->subsystem : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_device_get_driver(const struct iommuctl_device *device)
{
	return device ? device->driver : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_group *
iommuctl_device_get_group(const struct iommuctl_device *device)
{
	return device ? device->group : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_iommu *
iommuctl_device_get_iommu(const struct iommuctl_device *device)
{
	return device ? device->iommu : NULL;
}

IOMMUCTL_EXPORT int iommuctl_device_get_ids(const struct iommuctl_device *device,
					    uint16_t *ret_vendor, uint16_t *ret_device)
{
	if (!device || !ret_vendor || !ret_device)
		return -EINVAL;
	if (!device->has_ids)
		return -ENODATA;
	*ret_vendor = device->vendor_id;
	*ret_device = device->device_id;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_device_get_class(const struct iommuctl_device *device,
					      uint32_t *ret_class)
{
	if (!device || !ret_class)
		return -EINVAL;
	if (!device->has_class)
		return -ENODATA;
	*ret_class = device->class;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_device_get_net_count(const struct iommuctl_device *device,
						  size_t *ret_count)
{
	if (!device || !ret_count)
		return -EINVAL;
	if (!(device->topology->flags & IOMMUCTL_LOAD_NET) ||
	    device->topology->incomplete & IOMMUCTL_LOAD_NET)
		return -ENODATA;
	*ret_count = device->net_count;
	return 0;
}

IOMMUCTL_EXPORT const char *iommuctl_device_get_net_interface(const struct iommuctl_device *device,
							      size_t i)
{
	return device && i < device->net_count ? device->net_interfaces[i] : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_device_get_vfio_node(const struct iommuctl_device *device)
{
	return device ? device->vfio_node : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_device_get_vendor_name(const struct iommuctl_device *device)
{
	return device ? device->vendor_name : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_device_get_device_name(const struct iommuctl_device *device)
{
	return device ? device->device_name : NULL;
}
