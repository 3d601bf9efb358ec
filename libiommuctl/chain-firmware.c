/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The link that firmware makes: which devices may use ATS, by ACPI's DMAR and IORT or devicetree.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "chain.h"
#include "iort.h"
#include "paths.h"
#include "pci.h"

#define TABLE_MAX (1u << 20)

static const struct link_kind kind = { "firmware", ATS | PRI,
				       "none but a firmware that announces it", true };

struct table {
	char *data;
	size_t size;
};

static uint32_t get(const struct table *table, size_t offset, unsigned int bytes)
{
	uint32_t value = 0;

	pci_config_read(table->data, table->size, offset, bytes, &value);
	return value;
}

static int read_table(struct iommuctl_chain *chain, const char *path, struct table *table)
{
	ssize_t n = io_read_all(chain->ctx, path, TABLE_MAX, &table->data);

	if (n == -ENOMEM)
		chain->error = -ENOMEM;
	if (n < 0)
		return (int)n;
	table->size = (size_t)n;
	return 0;
}

/* -------------------------------------------------------------------- DMAR */

#define DMAR_HEADER 48
#define DMAR_SCOPES 8 /* in a subtable of these types */
#define DMAR_ATSR   2
#define DMAR_SATC   5

/* flags of ATSR and of SATC */
#define DMAR_ALL_PORTS	  1
#define DMAR_ATC_REQUIRED 1

/* Whether the path of SIZE bytes at OFFSET, on from BUS, leads to function I, as the kernel has it.
 */
static bool path_leads_to(const struct iommuctl_chain *chain, size_t i, const struct table *table,
			  size_t offset, size_t size, uint32_t bus)
{
	size_t level = chain->path_count - i;
	uint64_t address = 0;

	for (size_t n = 0; n < level; n++) {
		parse_pci_address(chain->path[chain->path_count - 1 - n].name, &address);
		if (n == 0 && (bits(address, 15, 8) != bus || size != 2 * level))
			break;
		if (get(table, offset + 2 * n, 1) != bits(address, 7, 3) ||
		    get(table, offset + 2 * n + 1, 1) != bits(address, 2, 0))
			break;
		if (n + 1 == level)
			return true;
	}
	/* tables that have the device's own bus are wrong, but understood */
	parse_pci_address(chain->path[i].name, &address);
	return size == 2 && bits(address, 15, 8) == bus &&
	       get(table, offset, 1) == bits(address, 7, 3) &&
	       get(table, offset + 1, 1) == bits(address, 2, 0);
}

static bool scopes_have(const struct iommuctl_chain *chain, size_t i, const struct table *table,
			size_t at, size_t end)
{
	while (at + 6 <= end) {
		size_t length = get(table, at + 1, 1);

		if (length < 6 || length > end - at)
			return false;
		if (path_leads_to(chain, i, table, at + 6, length - 6, get(table, at + 5, 1)))
			return true;
		at += length;
	}
	return false;
}

/* Offset of the first subtable of TYPE that has function I; 0: there is none. */
static size_t find_subtable(const struct iommuctl_chain *chain, size_t i, const struct table *table,
			    uint32_t type)
{
	uint64_t address = 0;

	parse_pci_address(chain->path[i].name, &address);
	for (size_t at = DMAR_HEADER, length; at + DMAR_SCOPES <= table->size; at += length) {
		length = get(table, at + 2, 2);
		if (length < 4 || length > table->size - at)
			return 0;
		if (get(table, at, 2) != type || length < DMAR_SCOPES ||
		    get(table, at + 6, 2) != address >> 16)
			continue;
		if ((type == DMAR_ATSR && get(table, at + 4, 1) & DMAR_ALL_PORTS) ||
		    scopes_have(chain, i, table, at + DMAR_SCOPES, at + length))
			return at;
	}
	return 0;
}

/* The device itself in SATC, or its root port in ATSR; on the root bus neither is needed. */
static void judge_dmar(struct iommuctl_chain *chain, const struct table *table, bool legacy)
{
	const char *name = chain->path[0].name;
	size_t top = chain->path_count - 1, satc = find_subtable(chain, 0, table, DMAR_SATC);

	if (satc && legacy && get(table, satc + 4, 1) & DMAR_ATC_REQUIRED)
		chain_add(chain, &kind, "DMAR", IOMMUCTL_LINK_BROKEN,
			  "%s has its ATS turned on by the hardware where there is no scalable "
			  "mode (SATC), and not by the kernel",
			  name);
	else if (satc || top == 0 || find_subtable(chain, top, table, DMAR_ATSR))
		chain_add(chain, &kind, "DMAR", IOMMUCTL_LINK_OK, "DMAR lets %s use ATS (%s)", name,
			  satc	     ? "SATC"
			  : top == 0 ? "it is on the root bus"
				     : "its root port is in ATSR");
	else
		chain_add(chain, &kind, "DMAR", IOMMUCTL_LINK_BROKEN,
			  "DMAR has no ATSR or SATC entry for %s or its root port", name);
}

static void add_dmar(struct iommuctl_chain *chain)
{
	struct answer scalable =
		iommu_ask(chain->device->topology, chain->device->iommu, ASKS_MODEL);
	CLEANUP(free_text) char *data = NULL;
	const char *name = chain->path[0].name;
	struct table table = { 0 };
	int r;

	if (!chain->host_bridge)
		return;
	r = read_table(chain, ACPI_TABLES "/DMAR", &table);
	data = table.data;
	if (r >= 0)
		judge_dmar(chain, &table, scalable.value == 0);
	else if (chain->path_count == 1 && scalable.value > 0)
		chain_add(chain, &kind, "DMAR", IOMMUCTL_LINK_OK,
			  "%s is on the root bus, where ATS needs no entry of DMAR", name);
	else
		chain_add(chain, &kind, "DMAR", IOMMUCTL_LINK_UNMEASURED,
			  "whether " ACPI_TABLES "/DMAR lets %s use ATS cannot be read%s", name,
			  r == -EACCES ? ": that needs root" : "");
}

/* ------------------------------------------------------------------- SMMUv3 */

/* What IORT tells of ACPI, from devicetree. */
static int devicetree_has_ats(struct iommuctl_chain *chain)
{
	char path[PATH_MAX];

	if (!chain->host_bridge ||
	    io_path(path, sizeof(path), SYSFS "/%s/of_node", chain->host_bridge) < 0 ||
	    !io_exists(chain->ctx, path) ||
	    io_path(path, sizeof(path), SYSFS "/%s/of_node/ats-supported", chain->host_bridge) < 0)
		return -ENOENT;
	return io_exists(chain->ctx, path);
}

static void add_root_complex(struct iommuctl_chain *chain)
{
	CLEANUP(free_text) char *data = NULL;
	struct table table = { 0 };
	uint64_t address = 0;
	int r = read_table(chain, ACPI_TABLES "/IORT", &table);
	const char *object = r == -ENOENT ? "devicetree" : "IORT";

	data = table.data;
	parse_pci_address(chain->path[0].name, &address);
	if (r >= 0)
		r = iort_has_ats(table.data, table.size, address >> 16);
	else if (r == -ENOENT)
		r = devicetree_has_ats(chain);
	if (r < 0)
		chain_add(chain, &kind, object, IOMMUCTL_LINK_UNMEASURED,
			  "whether the root complex of %s has ATS cannot be read%s",
			  chain->path[0].name, r == -EACCES ? ": that needs root" : "");
	else
		chain_add(chain, &kind, object, r ? IOMMUCTL_LINK_OK : IOMMUCTL_LINK_BROKEN,
			  "%s %s ATS for the root complex of %s", object,
			  r ? "announces" : "does not announce", chain->path[0].name);
}

void chain_add_firmware(struct iommuctl_chain *chain)
{
	if (chain->error || chain->path_count == 0)
		return;
	if (chain_model(chain) == IOMMUCTL_MODEL_INTEL_VTD)
		add_dmar(chain);
	else if (chain_model(chain) == IOMMUCTL_MODEL_ARM_SMMU_V3)
		add_root_complex(chain);
}
