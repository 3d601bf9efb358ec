/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions of PCI from a device to the root, and their configuration space. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "chain.h"
#include "paths.h"
#include "pci.h"

/* ---------------------------------------------------- configuration space */

static const char *read_config(struct iommuctl_chain *chain, struct function *function)
{
	char path[PATH_MAX], text[16];
	ssize_t n;

	if (!(chain->flags & IOMMUCTL_CHAIN_CONFIG))
		return "was not read: configuration space needs --config";
	/* it would wake up for this, if it can at all */
	if (chain_read(chain, function->name, "power_state", text, sizeof(text)) > 0 &&
	    strcmp(text, "D3cold") == 0)
		return "sleeps (D3cold): reading its configuration space would wake it";
	io_path(path, sizeof(path), SYSFS_PCI "/%s/config", function->name);
	n = io_read_all(chain->ctx, path, PCI_EXT_CONFIG_SIZE, &function->config);
	if (n == -ENOMEM)
		chain->error = -ENOMEM;
	if (n < 0)
		return n == -ENOENT  ? "has no configuration space to read"
		       : n == -E2BIG ? "has a configuration space of more than 4096 bytes"
				     : "does not let its configuration space be read";
	function->size = (size_t)n;
	return NULL;
}

const char *function_why(const struct function *function, int error)
{
	if (function->unread)
		return function->unread;
	if (error == -EIO)
		return "does not answer: its configuration space is all ones";
	if (error == -EBADMSG)
		return "has a list of capabilities that does not end";
	return function->size <= PCI_HEADER_SIZE
		       ? "shows only 64 bytes of its configuration space without root "
			 "(CAP_SYS_ADMIN)"
	       : function->size <= PCI_CONFIG_SIZE
		       ? "shows no extended configuration space"
		       : "has capabilities that lead out of its configuration space";
}

static void load_function(struct iommuctl_chain *chain, struct function *function, const char *name)
{
	static const struct link_kind power = { "power", 0, NULL, false };
	char text[16];

	function->name = arena_strdup(&chain->arena, name);
	if (!function->name) {
		chain->error = -ENOMEM;
		return;
	}
	function->device = topology_device(chain->device->topology, name);
	function->unread = read_config(chain, function);
	if (!function->unread &&
	    chain_read(chain, name, "power/runtime_status", text, sizeof(text)) > 0 &&
	    strcmp(text, "suspended") == 0)
		chain_add(chain, &power, name, IOMMUCTL_LINK_OK,
			  "%s slept: reading its configuration space wakes it", name);
}

/* ------------------------------------------------------------ the way up */

static void add_function(struct iommuctl_chain *chain, const char *name)
{
	struct function *function = array_grow(&chain->path, &chain->path_count, sizeof(*function));

	if (function)
		load_function(chain, function, name);
	else
		chain->error = -ENOMEM;
}

/* "../../../devices/pci0000:00/0000:00:1c.0/0000:03:00.0": from the last name to the root bus. */
static void load_bridges(struct iommuctl_chain *chain, char *target)
{
	uint64_t address;
	char *slash;

	while (!chain->error && (slash = strrchr(target, '/'))) {
		*slash = '\0';
		if (!parse_pci_address(path_last(target), &address))
			break;
		add_function(chain, path_last(target));
	}
	/* then the link was none of the kernel's */
	if (strncmp(path_last(target), "pci", 3) != 0)
		return;
	while (strncmp(target, "../", 3) == 0)
		target += 3;
	chain->host_bridge = arena_strdup(&chain->arena, target);
	if (!chain->host_bridge)
		chain->error = -ENOMEM;
}

static bool read_link(struct iommuctl_chain *chain, const char *path, char target[PATH_MAX])
{
	return io_readlink(chain->ctx, path, target, PATH_MAX) > 0;
}

void chain_load_path(struct iommuctl_chain *chain)
{
	char path[PATH_MAX], target[PATH_MAX], name[64];
	uint64_t address;

	snprintf(name, sizeof(name), "%s", chain->device->name);
	io_path(path, sizeof(path), SYSFS_PCI "/%s/physfn", name);
	if (read_link(chain, path, target) && parse_pci_address(path_last(target), &address)) {
		load_function(chain, &chain->own, name);
		snprintf(name, sizeof(name), "%s", path_last(target));
	}
	add_function(chain, name);
	io_path(path, sizeof(path), SYSFS_PCI "/%s", name);
	if (!chain->error && read_link(chain, path, target) && strcmp(path_last(target), name) == 0)
		load_bridges(chain, target);
}

/* ------------------------------------------------------------------ values */

static const struct iommuctl_register *find_register(const char *name)
{
	size_t i = 0;

	while (strcmp(pci_registers[i].name, name) != 0)
		i++;
	return &pci_registers[i];
}

int function_get(const struct function *function, const char *reg_name, uint64_t *ret_value)
{
	int r = function_type(function);

	return r < 0 ? r
		     : iommuctl_pci_config_get_register(function->config, function->size,
							find_register(reg_name), ret_value);
}

int function_type(const struct function *function)
{
	return function->unread ? -ENODATA : pci_express_type(function->config, function->size);
}

uint32_t function_read(const struct function *function, size_t offset, unsigned int bytes)
{
	uint32_t value = 0;

	pci_config_read(function->config, function->size, offset, bytes, &value);
	return value;
}
