/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links of the device itself: its capabilities of PCI Express, and those it shares with its PF. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "chain.h"
#include "pci.h"

static uint64_t get(const struct function *function, const char *reg_name)
{
	uint64_t value = 0;

	function_get(function, reg_name, &value);
	return value;
}

static void describe_ats(const struct function *function, char *buf, size_t size)
{
	uint64_t depth = bits(get(function, "ats_cap"), 4, 0);

	snprintf(buf, size, "queue of %" PRIu64 " invalidations, units of %" PRIu64 " bytes",
		 depth ? depth : 32, UINT64_C(4096) << bits(get(function, "ats_ctrl"), 4, 0));
}

static void describe_pri(const struct function *function, char *buf, size_t size)
{
	snprintf(buf, size,
		 "%" PRIu64 " requests, %" PRIu64 " of them allotted, responses %s PASID",
		 get(function, "pri_capacity"), get(function, "pri_alloc"),
		 bits(get(function, "pri_status"), 15, 15) ? "with" : "without");
}

static void describe_pasid(const struct function *function, char *buf, size_t size)
{
	uint64_t cap = get(function, "pasid_cap");

	snprintf(buf, size, "%" PRIu64 " bits%s%s", bits(cap, 12, 8),
		 bits(cap, 1, 1) ? ", execute" : "", bits(cap, 2, 2) ? ", privileged" : "");
}

/* clang-format off */
static const struct capability {
	const char *name;
	const char *ctrl;
	unsigned int enable;
	void (*describe)(const struct function *function, char *buf, size_t size);
	struct link_kind kind;
} capabilities[IOMMUCTL_SERVICE_COUNT] = {
	[IOMMUCTL_SERVICE_ATS] = { "ATS", "ats_ctrl", 15, describe_ats,
		{ "ats-capability", ATS | PRI, "none: the device cannot", false } },
	[IOMMUCTL_SERVICE_PRI] = { "PRI", "pri_ctrl", 0, describe_pri,
		{ "pri-capability", PRI, "none: the device cannot", false } },
	[IOMMUCTL_SERVICE_PASID] = { "PASID", "pasid_ctrl", 0, describe_pasid,
		{ "pasid-capability", PASID, "none: the device cannot", false } },
};
/* clang-format on */

/* Its enable bit, or a negative value where it is not known. */
static int add_capability(struct iommuctl_chain *chain, const struct capability *capability,
			  const struct function *function)
{
	const struct link_kind *kind = &capability->kind;
	uint64_t ctrl;
	char text[128];
	int r = function_get(function, capability->ctrl, &ctrl);

	if (r == -ENOENT) {
		chain_add(chain, kind, function->name, IOMMUCTL_LINK_BROKEN,
			  "%s has no %s capability", function->name, capability->name);
	} else if (r < 0) {
		chain_add(chain, kind, function->name, IOMMUCTL_LINK_UNMEASURED, "%s %s",
			  function->name, function_why(function, r));
	} else {
		r = (int)bits(ctrl, capability->enable, capability->enable);
		capability->describe(function, text, sizeof(text));
		chain_add(chain, kind, function->name, IOMMUCTL_LINK_OK, "%s has %s: %s; %s",
			  function->name, capability->name, text, r ? "enabled" : "not enabled");
	}
	return r;
}

/* A virtual function has ATS of its own, and that of its PF must be there; the others are its PF's.
 */
static void add_capabilities(struct iommuctl_chain *chain)
{
	static const struct link_kind shared[IOMMUCTL_SERVICE_COUNT] = {
		[IOMMUCTL_SERVICE_PRI] = { "pf-enabled", PRI, "see the chain of the PF", false },
		[IOMMUCTL_SERVICE_PASID] = { "pf-enabled", PASID, "see the chain of the PF",
					     false },
	};
	const struct function *pf = &chain->path[0];

	if (chain->own.name)
		chain->enabled[IOMMUCTL_SERVICE_ATS] =
			add_capability(chain, &capabilities[IOMMUCTL_SERVICE_ATS], &chain->own);
	for (size_t i = 0; i < IOMMUCTL_SERVICE_COUNT; i++) {
		int enabled = add_capability(chain, &capabilities[i], pf);

		if (!chain->own.name || shared[i].id)
			chain->enabled[i] = enabled;
		if (chain->own.name && shared[i].id && enabled == 0)
			chain_add(chain, &shared[i], pf->name, IOMMUCTL_LINK_BROKEN,
				  "%s is not enabled on %s, whose setting %s shares",
				  capabilities[i].name, pf->name, chain->own.name);
	}
}

/* What Intel's driver asks of a device besides. */
static void add_intel_conditions(struct iommuctl_chain *chain, const struct function *ats)
{
	static const struct link_kind aligned = { "ats-page-aligned", ATS | PRI,
						  "none: the device cannot", true };
	static const struct link_kind response = { "pri-response-pasid", PRI,
						   "none: the device cannot", true };
	uint64_t cap, status;

	if (function_get(ats, "ats_cap", &cap) >= 0) {
		bool ok = bits(cap, 5, 5);

		chain_add(chain, &aligned, ats->name, ok ? IOMMUCTL_LINK_OK : IOMMUCTL_LINK_BROKEN,
			  "%s %s translations page by page, as Intel's driver needs it", ats->name,
			  ok ? "asks for" : "does not promise to ask for");
	}
	if (chain->enabled[IOMMUCTL_SERVICE_PASID] > 0 &&
	    function_get(&chain->path[0], "pri_status", &status) >= 0) {
		bool ok = bits(status, 15, 15);

		chain_add(chain, &response, chain->path[0].name,
			  ok ? IOMMUCTL_LINK_OK : IOMMUCTL_LINK_BROKEN,
			  "responses to page requests of %s %s their PASID, as Intel's driver "
			  "needs it where PASIDs are enabled",
			  chain->path[0].name, ok ? "have" : "do not have");
	}
}

void chain_add_capabilities(struct iommuctl_chain *chain)
{
	uint64_t cap;

	if (chain->error)
		return;
	add_capabilities(chain);
	if (function_get(&chain->path[0], "pasid_cap", &cap) >= 0)
		chain_limit_pasid(chain, bits(cap, 12, 8));
	if (chain_model(chain) == IOMMUCTL_MODEL_INTEL_VTD)
		add_intel_conditions(chain, chain->own.name ? &chain->own : &chain->path[0]);
}

IOMMUCTL_EXPORT int iommuctl_chain_get_register(const struct iommuctl_chain *chain, size_t i,
						const struct iommuctl_register **ret_reg,
						uint64_t *ret_value)
{
	if (!chain || !ret_reg || !ret_value)
		return -EINVAL;
	for (size_t n = 0; n < ARRAY_SIZE(pci_registers) && chain->path_count > 0; n++) {
		const struct iommuctl_register *reg = &pci_registers[n];
		bool own = chain->own.name && strncmp(reg->name, "ats_", 4) == 0;
		uint64_t value;

		if (function_get(own ? &chain->own : &chain->path[0], reg->name, &value) < 0)
			continue;
		if (i-- > 0)
			continue;
		*ret_reg = reg;
		*ret_value = value;
		return 0;
	}
	return -ENOENT;
}
