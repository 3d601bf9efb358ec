/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device: PCI devices, and devices of other buses that an IOMMU serves. */
#include "app.h"
#include "attach.h"
#include "attrs.h"

GETTER(get_name, value_text(iommuctl_device_get_name(object)))
GETTER(get_subsystem, value_text(iommuctl_device_get_subsystem(object)))
GETTER(get_driver, value_text(iommuctl_device_get_driver(object)))
GETTER(get_iommu, value_text(iommuctl_iommu_get_name(iommuctl_device_get_iommu(object))))
GETTER(get_vfio_node, value_text(iommuctl_device_get_vfio_node(object)))
GETTER(get_vendor_name, value_text(iommuctl_device_get_vendor_name(object)))
GETTER(get_device_name, value_text(iommuctl_device_get_device_name(object)))

enum { ID_VENDOR, ID_DEVICE };

static json_object *get_id(const void *object, const struct attr *attr)
{
	uint16_t vendor, device;

	if (iommuctl_device_get_ids(object, &vendor, &device) < 0)
		return NULL;
	return value_number(attr->arg == ID_VENDOR ? vendor : device);
}

static json_object *get_class(const void *object, const struct attr *attr)
{
	uint32_t class;

	(void)attr;
	return iommuctl_device_get_class(object, &class) < 0 ? NULL : value_number(class);
}

static json_object *get_group(const void *object, const struct attr *attr)
{
	const struct iommuctl_group *group = iommuctl_device_get_group(object);

	(void)attr;
	return group ? value_number(iommuctl_group_get_id(group)) : NULL;
}

static json_object *get_net_interfaces(const void *object, const struct attr *attr)
{
	json_object *list;
	const char *name;
	size_t count;

	(void)attr;
	if (iommuctl_device_get_net_count(object, &count) < 0)
		return NULL;
	list = json_object_new_array();
	for (size_t i = 0; (name = iommuctl_device_get_net_interface(object, i)); i++)
		json_object_array_add(list, value_text(name));
	return list;
}

/* clang-format off */
static const struct attr attrs[] = {
	{ .key = "name", .heading = "DEVICE", .flags = ATTR_COLUMN, .get = get_name,
	  .help = "the kernel's name; of a PCI device its address" },
	{ .key = "subsystem", .heading = "SUBSYSTEM", .needs = IOMMUCTL_LOAD_DEVICES,
	  .get = get_subsystem, .help = "bus: pci, platform, ..." },
	{ .key = "vendor_id", .heading = "VENDOR", .hex = 4, .needs = IOMMUCTL_LOAD_DEVICES,
	  .arg = ID_VENDOR, .get = get_id, .help = "PCI vendor id" },
	{ .key = "device_id", .heading = "ID", .hex = 4, .needs = IOMMUCTL_LOAD_DEVICES,
	  .arg = ID_DEVICE, .get = get_id, .help = "PCI device id" },
	{ .key = "class", .heading = "CLASS", .hex = 6, .needs = IOMMUCTL_LOAD_DEVICES,
	  .get = get_class, .help = "PCI class code" },
	{ .key = "group", .heading = "GROUP", .flags = ATTR_COLUMN | ATTR_RIGHT,
	  .get = get_group, .help = "IOMMU group" },
	{ .key = "iommu", .heading = "IOMMU", .flags = ATTR_COLUMN, .get = get_iommu,
	  .help = "IOMMU that serves it" },
	{ .key = "driver", .heading = "DRIVER", .flags = ATTR_COLUMN, .needs = IOMMUCTL_LOAD_DEVICES,
	  .get = get_driver, .help = "driver bound to it" },
	{ .key = "net_interfaces", .heading = "NET", .flags = ATTR_COLUMN, .needs = IOMMUCTL_LOAD_NET,
	  .get = get_net_interfaces, .help = "network interfaces on it" },
	{ .key = "vfio_node", .heading = "VFIO_NODE", .needs = IOMMUCTL_LOAD_VFIO,
	  .get = get_vfio_node, .help = "VFIO device node" },
	{ .key = "vendor_name", .heading = "VENDOR_NAME", .flags = ATTR_VERBOSE | ATTR_SHOW,
	  .needs = IOMMUCTL_LOAD_NAMES, .get = get_vendor_name,
	  .help = "vendor's name in udev's hardware database" },
	{ .key = "device_name", .heading = "DEVICE_NAME", .flags = ATTR_COLUMN | ATTR_VERBOSE | ATTR_SHOW,
	  .needs = IOMMUCTL_LOAD_NAMES, .get = get_device_name,
	  .help = "device's name in udev's hardware database" },
	{ .key = "hw_info", .heading = "HW_INFO", .flags = ATTR_HW_INFO,
	  .needs = IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO,
	  .get = hw_info_get, .rows = hw_info_rows,
	  .help = "what iommufd tells of its IOMMU; only with show --hw-info" },
};
/* clang-format on */

const void *device_get(const struct iommuctl_topology *topology, size_t i)
{
	return iommuctl_topology_get_device(topology, i);
}

const void *device_find(const struct iommuctl_topology *topology, const char *name)
{
	return iommuctl_topology_find_device(topology, name);
}

static const struct noun noun = {
	.singular = "device",
	.plural = "devices",
	.attrs = attrs,
	.attr_count = ARRAY_SIZE(attrs),
	.get = device_get,
	.find = device_find,
};

enum { OPTION_HW_INFO = 0x200 };

static const struct argp_option show_options[] = {
	{ "hw-info", OPTION_HW_INFO, NULL, 0,
	  "Ask iommufd about the IOMMU of devices on VFIO, which claims them for a moment", 0 },
	{ 0 },
};

static error_t parse_show(int key, char *arg, struct app *app)
{
	(void)arg;
	if (key != OPTION_HW_INFO)
		return ARGP_ERR_UNKNOWN;
	app->hw_info = true;
	return 0;
}

static int run_device_show(struct app *app)
{
	int r = run_show(app);

	hw_info_forget();
	return r;
}

const struct command device_commands[] = {
	{
		.noun = "device",
		.verb = "list",
		.args = "[DEVICE...]",
		.summary = "List devices with their group, IOMMU and driver",
		.doc = "All PCI devices, also those that no IOMMU serves, and devices of other "
		       "buses that one does; with --session those of the session. Never opens PCI "
		       "configuration space.",
		.example = "iommuctl device list -j 0000:00:1f.0",
		.objects = &noun,
		.run = run_device_list,
		.is_default = true,
	},
	{
		.noun = "device",
		.verb = "show",
		.args = "[DEVICE...]",
		.summary = "Show devices with all that is known of them",
		.doc = "With --hw-info also what iommufd tells of the IOMMU behind them. The "
		       "devices must be named and on VFIO; each is bound to iommufd for a "
		       "moment, in which no other program can use it. No driver is ever changed.",
		.example = "iommuctl device show 0000:00:1f.0",
		.objects = &noun,
		.options = show_options,
		.parse = parse_show,
		.run = run_device_show,
		.prepare = hw_info_ask,
	},
	{
		.noun = "device",
		.verb = "pasid",
		.args = "DEVICE...",
		.summary =
			"Tell whether devices can use PASIDs, ATS and PRI, and what is in the way",
		.doc = "Follows the whole chain: the device (of a virtual function, its PF too), "
		       "every bridge above it, the IOMMU, the firmware, the kernel and iommufd. "
		       "Most of it is in PCI configuration space, which is read only with "
		       "--config: that wakes a device that sleeps, and needs root. A device in "
		       "D3cold is left alone. The status is 4 where something cannot be used.",
		.example = "iommuctl device pasid --config 0000:00:1f.0",
		.objects = &device_pasid_noun,
		.options = device_pasid_options,
		.parse = device_pasid_parse,
		.run = run_device_pasid,
		.needs = IOMMUCTL_LOAD_REGISTERS | IOMMUCTL_LOAD_DEVICES,
		.min_args = 1,
	},
	{
		.noun = "device",
		.verb = "holders",
		.args = "[DEVICE...]",
		.summary = "Tell which processes have devices open",
		.doc = "By VFIO's node of the device, or by that of its group; and what else of "
		       "VFIO "
		       "and iommufd these processes have open. Without DEVICE: all that any "
		       "process has open. Processes of others are seen by root only; how many "
		       "could not be looked at is told.",
		.example = "iommuctl device holders 0000:03:00.0",
		.objects = &device_holders_noun,
		.run = run_holders,
	},
	{
		.noun = "device",
		.verb = "open",
		.args = "DEVICE...",
		.summary = "Open and bind devices in a session, and print their ids",
		.doc = "DMA of a device, and of its whole group, is blocked then until it is "
		       "attached. The device must be on a VFIO driver; none is changed.",
		.example = "iommuctl device open 0000:03:00.0",
		.objects = &device_open_noun,
		.params = PARAMS(PARAM_NAME),
		.check = device_open_check,
		.run = run_device_open,
		.changes = true,
		.needs = LOAD_VFIO_DEVICES,
		.min_args = 1,
	},
	{
		.noun = "device",
		.verb = "attach",
		.args = "DEVICE IOAS|HWPT",
		.summary = "Attach a device to an address space, or a page table",
		.doc = "Opens and binds it first, if need be. An earlier attachment is replaced "
		       "without a moment in between. Prints the id of the page table.",
		.example = "iommuctl device attach 0000:03:00.0 guest",
		.objects = &device_attach_noun,
		.params = PARAMS(PARAM_PASID),
		.run = run_device_attach,
		.changes = true,
		.needs = LOAD_VFIO_DEVICES,
		.min_args = 2,
		.max_args = 2,
	},
	{
		.noun = "device",
		.verb = "detach",
		.args = "DEVICE",
		.summary = "Detach a device; its DMA is blocked then",
		.example = "iommuctl device detach 0000:03:00.0",
		.objects = &device_attach_noun,
		.params = PARAMS(PARAM_PASID),
		.run = run_device_detach,
		.changes = true,
		.silent = true,
		.needs = LOAD_VFIO_DEVICES,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "device",
		.verb = "close",
		.args = "DEVICE...",
		.summary = "Let the session close devices, which unbinds them",
		.example = "iommuctl device close 0000:03:00.0",
		.objects = &device_open_noun,
		.run = run_device_close,
		.changes = true,
		.silent = true,
		.needs = LOAD_VFIO_DEVICES,
		.min_args = 1,
	},
	{
		.noun = "device",
		.verb = "info",
		.args = "DEVICE...",
		.summary = "Tell what VFIO knows of devices: memory, features, whether they can be "
			   "reset",
		.doc = "The devices must be of a session; those that are not are opened in it. Of "
		       "features the kernel is asked what can be read (get) and set.",
		.example = "iommuctl device info 0000:03:00.0",
		.objects = &device_info_noun,
		.run = run_device_info,
		.changes = true,
		.needs = LOAD_VFIO_DEVICES,
		.min_args = 1,
	},
	{
		.noun = "device",
		.verb = "reset",
		.args = "DEVICE...",
		.summary = "Reset devices of a session",
		.example = "iommuctl device reset 0000:03:00.0",
		.objects = &device_open_noun,
		.run = run_device_reset,
		.changes = true,
		.silent = true,
		.needs = LOAD_VFIO_DEVICES,
		.min_args = 1,
	},
	{ 0 },
};
