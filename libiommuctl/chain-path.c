/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links of the way from a device to the root of PCI: what the kernel looks at in each bridge. */
#include <errno.h>
#include <string.h>

#include "chain.h"
#include "paths.h"
#include "pci.h"

/* ----------------------------------------------------------- PCI Express? */

/* Only functions of PCI Express have it; Linux 4.13. */
static bool has_link_speed(struct iommuctl_chain *chain, const struct function *function)
{
	char text[32];

	return chain_read(chain, function->name, "max_link_speed", text, sizeof(text)) > 0;
}

static void add_bridge(struct iommuctl_chain *chain, size_t i)
{
	static const struct link_kind kind = { "bridge", ATS | PRI | PASID,
					       "move the device to a slot of PCI Express", false };
	static const char *const words[] = {
		[PCI_ROOT_PORT] = "a root port",
		[PCI_UPSTREAM_PORT] = "an upstream port",
		[PCI_DOWNSTREAM_PORT] = "a downstream port",
	};
	const struct function *bridge = &chain->path[i];
	int type = function_type(bridge);
	const char *word = type >= 0 && (size_t)type < ARRAY_SIZE(words) ? words[type] : NULL;

	if (word)
		chain_add(chain, &kind, bridge->name, IOMMUCTL_LINK_OK, "bridge %s is %s",
			  bridge->name, word);
	else if (type >= 0 || type == -ENOENT)
		chain_add(chain, &kind, bridge->name, IOMMUCTL_LINK_BROKEN,
			  "bridge %s does not join parts of PCI Express", bridge->name);
	else if (has_link_speed(chain, bridge) && has_link_speed(chain, &chain->path[i - 1]))
		chain_add(chain, &kind, bridge->name, IOMMUCTL_LINK_OK,
			  "bridge %s is PCI Express, and so is what is below it (max_link_speed)",
			  bridge->name);
	else
		chain_add(chain, &kind, bridge->name, IOMMUCTL_LINK_UNMEASURED, "bridge %s %s",
			  bridge->name, function_why(bridge, type));
}

/* ---------------------------------------------------------- TLP prefixes */

/* Integrated devices of HiSilicon that send PASIDs without prefixes; the kernel knows them too. */
static bool needs_no_prefix(const struct function *function)
{
	static const uint16_t ids[] = { 0xa250, 0xa251, 0xa255, 0xa256, 0xa258, 0xa259 };
	uint32_t revision = function_read(function, PCI_REVISION, 1);

	if (function_read(function, PCI_VENDOR, 2) != 0x19e5 ||
	    (revision != 0x21 && revision != 0x30))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (function_read(function, PCI_DEVICE, 2) == ids[i])
			return true;
	return false;
}

static void add_prefix(struct iommuctl_chain *chain, size_t i)
{
	static const struct link_kind own = { "prefix", PASID, "none: the device cannot", true };
	static const struct link_kind bridge = {
		"prefix", PASID, "move the device to where all bridges forward them", true
	};
	const struct link_kind *kind = i > 0 ? &bridge : &own;
	const struct function *function = &chain->path[i];
	const char *what = i > 0 ? "bridge " : "", *name = function->name;
	bool is_top = chain->host_bridge && i + 1 == chain->path_count;
	int type = function_type(function);
	uint64_t devcap2 = 0;
	int r = function_get(function, "devcap2", &devcap2);

	if (i == 0 && needs_no_prefix(function))
		chain_add(chain, kind, name, IOMMUCTL_LINK_OK,
			  "%s sends PASIDs without TLP prefixes", name);
	else if (r < 0 && r != -ENOENT)
		chain_add(chain, kind, name, IOMMUCTL_LINK_UNMEASURED, "%s%s %s", what, name,
			  function_why(function, r));
	else if (!bits(devcap2, 21, 21))
		chain_add(chain, kind, name, IOMMUCTL_LINK_BROKEN,
			  "%s%s does not %s end-to-end TLP prefixes (DevCap2 bit 21 is 0)", what,
			  name, i > 0 ? "forward" : "send");
	else if (is_top && type != PCI_ROOT_PORT && type != PCI_INTEGRATED_ENDPOINT)
		chain_add(chain, kind, name, IOMMUCTL_LINK_BROKEN,
			  "above %s there is no root port to take its TLP prefixes", name);
	else
		chain_add(chain, kind, name, IOMMUCTL_LINK_OK,
			  "%s%s %s end-to-end TLP prefixes (DevCap2 bit 21)", what, name,
			  i > 0 ? "forwards" : "sends");
}

/* -------------------------------------------------------------------- ACS */

#define ACS_RR_UF 0x14

/*
 * Bridge I is in another group than what is below it: the kernel found ACS on all the way above.
 * That is what it goes by, where it knows more of a bridge than its registers tell.
 */
static bool groups_prove(const struct iommuctl_chain *chain, size_t i)
{
	for (size_t n = i; n > 0; n--) {
		const struct iommuctl_device *above = chain->path[n].device;
		const struct iommuctl_device *below = chain->path[n - 1].device;

		if (above && below && above->group && below->group && above->group != below->group)
			return true;
	}
	return false;
}

/* Whether ACS is a matter of the function's own registers; if not, *RET_OK is the answer. */
static bool acs_applies(const struct function *function, int type, bool *ret_ok)
{
	*ret_ok = false;
	switch (type) {
	case PCI_ROOT_PORT:
	case PCI_DOWNSTREAM_PORT:
		return true;
	case -ENOENT:
	case PCI_EXPRESS_TO_PCI:
	case PCI_PCI_TO_EXPRESS:
	case PCI_EVENT_COLLECTOR:
		return false;
	default:
		*ret_ok = true;
		return function_read(function, PCI_HEADER_TYPE, 1) & PCI_MULTIFUNCTION;
	}
}

/* 1 where it has ACS, or 0, with *RET_OK and the words for it; negative where that is not known. */
static int find_acs(const struct function *function, bool *ret_ok, const char **ret_text)
{
	int type = function_type(function), r;
	uint64_t cap = 0, ctrl = 0;

	if (type < 0 && type != -ENOENT)
		return type;
	if (!acs_applies(function, type, ret_ok)) {
		*ret_text = *ret_ok ? "needs no ACS, being one function" : "cannot have ACS";
		return 0;
	}
	r = function_get(function, "acs_cap", &cap);
	if (r >= 0)
		r = function_get(function, "acs_ctrl", &ctrl);
	if (r < 0 && r != -ENOENT)
		return r;
	/* what the capability lacks is always on */
	*ret_ok = r >= 0 && !(cap & ~ctrl & ACS_RR_UF);
	*ret_text = r < 0     ? "has no ACS"
		    : *ret_ok ? "has ACS request redirect and upstream forwarding on"
			      : "has ACS request redirect or upstream forwarding off";
	return r >= 0;
}

static void add_acs(struct iommuctl_chain *chain, size_t i)
{
	static const struct link_kind off = {
		"acs", PASID,
		"turn ACS on in the firmware's setup, or with pci=config_acs= on the command line",
		true
	};
	static const struct link_kind none = { "acs", PASID,
					       "move the device to where all bridges have ACS",
					       true };
	const struct function *function = &chain->path[i];
	const char *what = i > 0 ? "bridge " : "", *name = function->name, *text = "";
	bool ok = false;
	int r = find_acs(function, &ok, &text);
	const struct link_kind *kind = r > 0 ? &off : &none;

	if (ok)
		chain_add(chain, kind, name, IOMMUCTL_LINK_OK, "%s%s %s", what, name, text);
	else if (groups_prove(chain, i))
		chain_add(chain, kind, name, IOMMUCTL_LINK_OK,
			  "bridge %s is not in the IOMMU group of %s: the kernel found ACS there",
			  name, chain->path[0].name);
	else if (r >= 0)
		chain_add(chain, kind, name, IOMMUCTL_LINK_BROKEN,
			  "%s%s %s: requests may pass by the IOMMU", what, name, text);
	else
		chain_add(chain, kind, name, IOMMUCTL_LINK_UNMEASURED, "%s%s %s", what, name,
			  function_why(function, r));
}

/* ------------------------------------------------------------------- trust */

/* Linux 5.14 marks so what is behind ports that face outside; such devices are not trusted. */
static void add_trust(struct iommuctl_chain *chain)
{
	static const struct link_kind kind = { "trust", ATS | PRI, "use a slot inside the machine",
					       false };
	const char *name = chain->path[0].name;
	char text[32] = "";

	if (chain_read(chain, name, "removable", text, sizeof(text)) > 0 &&
	    strcmp(text, "removable") == 0)
		chain_add(chain, &kind, name, IOMMUCTL_LINK_BROKEN,
			  "%s is behind a port that faces outside: the kernel does not trust it "
			  "with ATS",
			  name);
	else
		chain_add(chain, &kind, name, IOMMUCTL_LINK_OK,
			  "%s is not marked as removable by the user", name);
}

void chain_add_path(struct iommuctl_chain *chain)
{
	static const struct link_kind unknown = { "bridge", ATS | PRI | PASID, NULL, false };
	const char *name = chain->path_count > 0 ? chain->path[0].name : NULL;

	if (chain->error)
		return;
	add_trust(chain);
	for (size_t i = 0; i < chain->path_count; i++) {
		if (i > 0)
			add_bridge(chain, i);
		add_prefix(chain, i);
		add_acs(chain, i);
	}
	if (!chain->host_bridge)
		chain_add(chain, &unknown, name, IOMMUCTL_LINK_UNMEASURED,
			  "the bridges above %s are not known: " SYSFS_PCI "/%s is no link", name,
			  name);
}
