/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * PCI Express: what configuration space tells of a device's own translation
 * and of isolation. Names are those of <linux/pci_regs.h>.
 */
#include "internal.h"

/* clang-format off */

#define SPEC "PCI Express Base Specification, "

static const uint64_t queue_depths[] = {
	32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
};
static const uint64_t prefix_counts[] = { 4, 1, 2, 3 };
static const char *const timeout_ranges[] = { "A", "B", "C", "D" };
static const char *const tph_completers[] = { "none", "tph", NULL, "tph+extended" };
static const char *const line_sizes[] = { "none", "64", "128", NULL };
static const char *const obff_signals[] = { "message", "wake" };
static const char *const power_reductions[] = { "none", "unspecified", "device", "form-factor" };

static const struct iommuctl_field ats_cap_fields[] = {
	{ .name = "qdep", .high = 4, .low = 0, .kind = FIELD_CODE, .numbers = queue_depths, .help = "depth of the invalidation queue" },
	{ .name = "page_aligned", .high = 5, .low = 5, .help = "untranslated addresses of requests are page-aligned" },
	{ .name = "global_invalidate", .high = 6, .low = 6, .help = "invalidation for all PASIDs at once" },
	{ .name = "relaxed_ordering", .high = 7, .low = 7, .help = "relaxed ordering of translation requests" },
};

static const struct iommuctl_field ats_ctrl_fields[] = {
	{ .name = "stu", .high = 4, .low = 0, .kind = FIELD_POWER, .scale = 1, .bias = 12, .help = "smallest translation unit, in bytes" },
	{ .name = "enable", .high = 15, .low = 15, .help = "translations may be cached" },
};

static const struct iommuctl_field pri_ctrl_fields[] = {
	{ .name = "enable", .high = 0, .low = 0, .help = "page requests may be made" },
	{ .name = "reset", .high = 1, .low = 1, .help = "reset of the page request interface" },
};

static const struct iommuctl_field pri_status_fields[] = {
	{ .name = "rf", .high = 0, .low = 0, .help = "a response failure was received" },
	{ .name = "uprgi", .high = 1, .low = 1, .help = "a response had an unexpected group index" },
	{ .name = "stopped", .high = 8, .low = 8, .help = "all page requests made so far have been answered" },
	{ .name = "pasid", .high = 15, .low = 15, .help = "responses need the PASID of the request" },
};

static const struct iommuctl_field pri_capacity_fields[] = {
	{ .name = "requests", .high = 31, .low = 0, .kind = FIELD_NUMBER, .help = "most page requests that can be outstanding" },
};

static const struct iommuctl_field pri_alloc_fields[] = {
	{ .name = "requests", .high = 31, .low = 0, .kind = FIELD_NUMBER, .help = "page requests that may be outstanding" },
};

static const struct iommuctl_field pasid_cap_fields[] = {
	{ .name = "exec", .high = 1, .low = 1, .help = "execute permission" },
	{ .name = "priv", .high = 2, .low = 2, .help = "privileged mode" },
	{ .name = "width", .high = 12, .low = 8, .kind = FIELD_NUMBER, .help = "PASID size, in bits" },
};

static const struct iommuctl_field pasid_ctrl_fields[] = {
	{ .name = "enable", .high = 0, .low = 0, .help = "requests may have a PASID" },
	{ .name = "exec", .high = 1, .low = 1, .help = "requests may ask for execute permission" },
	{ .name = "priv", .high = 2, .low = 2, .help = "requests may ask for privileged mode" },
};

static const struct iommuctl_field acs_cap_fields[] = {
	{ .name = "sv", .high = 0, .low = 0, .help = "source validation" },
	{ .name = "tb", .high = 1, .low = 1, .help = "translation blocking" },
	{ .name = "rr", .high = 2, .low = 2, .help = "peer-to-peer request redirect" },
	{ .name = "cr", .high = 3, .low = 3, .help = "peer-to-peer completion redirect" },
	{ .name = "uf", .high = 4, .low = 4, .help = "upstream forwarding" },
	{ .name = "ec", .high = 5, .low = 5, .help = "peer-to-peer egress control" },
	{ .name = "dt", .high = 6, .low = 6, .help = "direct translated peer-to-peer" },
	{ .name = "egress_bits", .high = 15, .low = 8, .kind = FIELD_NUMBER, .help = "bits of the egress control vector; 0 is 256" },
};

static const struct iommuctl_field acs_ctrl_fields[] = {
	{ .name = "sv", .high = 0, .low = 0, .help = "source validation" },
	{ .name = "tb", .high = 1, .low = 1, .help = "translation blocking" },
	{ .name = "rr", .high = 2, .low = 2, .help = "peer-to-peer request redirect" },
	{ .name = "cr", .high = 3, .low = 3, .help = "peer-to-peer completion redirect" },
	{ .name = "uf", .high = 4, .low = 4, .help = "upstream forwarding" },
	{ .name = "ec", .high = 5, .low = 5, .help = "peer-to-peer egress control" },
	{ .name = "dt", .high = 6, .low = 6, .help = "direct translated peer-to-peer" },
};

static const struct iommuctl_field sriov_ctrl_fields[] = {
	{ .name = "vfe", .high = 0, .low = 0, .help = "virtual functions are enabled" },
	{ .name = "vfm", .high = 1, .low = 1, .help = "migration of virtual functions" },
	{ .name = "intr", .high = 2, .low = 2, .help = "interrupt of migration" },
	{ .name = "mse", .high = 3, .low = 3, .help = "memory of virtual functions is enabled" },
	{ .name = "ari", .high = 4, .low = 4, .help = "virtual functions may lie on more function numbers (ARI)" },
	{ .name = "tag10", .high = 5, .low = 5, .help = "tags of 10 bits in requests of virtual functions" },
};

static const struct iommuctl_field devcap2_fields[] = {
	{ .name = "comp_tmout", .high = 3, .low = 0, .kind = FIELD_SET, .labels = timeout_ranges, .help = "ranges of the completion timeout" },
	{ .name = "comp_tmout_dis", .high = 4, .low = 4, .help = "the completion timeout can be disabled" },
	{ .name = "ari", .high = 5, .low = 5, .help = "forwarding by alternative routing ids" },
	{ .name = "atomic_route", .high = 6, .low = 6, .help = "atomic operations are routed" },
	{ .name = "atomic_comp32", .high = 7, .low = 7, .help = "atomic operations of 32 bits" },
	{ .name = "atomic_comp64", .high = 8, .low = 8, .help = "atomic operations of 64 bits" },
	{ .name = "atomic_comp128", .high = 9, .low = 9, .help = "compare and swap of 128 bits" },
	{ .name = "no_ro_pr_pr", .high = 10, .low = 10, .help = "no passing of posted requests by relaxed ordering between ports" },
	{ .name = "ltr", .high = 11, .low = 11, .help = "latency tolerance reporting" },
	{ .name = "tph_comp", .high = 13, .low = 12, .kind = FIELD_ENUM, .labels = tph_completers, .help = "processing hints as completer" },
	{ .name = "ln_cls", .high = 15, .low = 14, .kind = FIELD_ENUM, .labels = line_sizes, .help = "lightweight notification, cache line size in bytes" },
	{ .name = "tag10_comp", .high = 16, .low = 16, .help = "tags of 10 bits as completer" },
	{ .name = "tag10_req", .high = 17, .low = 17, .help = "tags of 10 bits as requester" },
	{ .name = "obff", .high = 19, .low = 18, .kind = FIELD_SET, .labels = obff_signals, .help = "optimised buffer flush and fill" },
	{ .name = "ext_fmt", .high = 20, .low = 20, .help = "extended format field" },
	{ .name = "ee_prefix", .high = 21, .low = 21, .help = "end-to-end TLP prefixes, as PASIDs need them" },
	{ .name = "ee_prefix_max", .high = 23, .low = 22, .kind = FIELD_CODE, .numbers = prefix_counts, .help = "most end-to-end TLP prefixes" },
	{ .name = "epr", .high = 25, .low = 24, .kind = FIELD_ENUM, .labels = power_reductions, .help = "emergency power reduction" },
	{ .name = "epr_init", .high = 26, .low = 26, .help = "emergency power reduction needs an initialisation" },
	{ .name = "frs", .high = 31, .low = 31, .help = "function readiness status" },
};

const struct iommuctl_register pci_registers[12] = {
	{
		.arch = "pci", .name = "ats_cap", .width = 16,
		.help = "ATS capability register",
		.spec = SPEC "ATS capability, offset 04h",
		.fields = ats_cap_fields, .field_count = ARRAY_SIZE(ats_cap_fields),
	},
	{
		.arch = "pci", .name = "ats_ctrl", .width = 16,
		.help = "ATS control register",
		.spec = SPEC "ATS capability, offset 06h",
		.fields = ats_ctrl_fields, .field_count = ARRAY_SIZE(ats_ctrl_fields),
	},
	{
		.arch = "pci", .name = "pri_ctrl", .width = 16,
		.help = "Page request control register",
		.spec = SPEC "PRI capability, offset 04h",
		.fields = pri_ctrl_fields, .field_count = ARRAY_SIZE(pri_ctrl_fields),
	},
	{
		.arch = "pci", .name = "pri_status", .width = 16,
		.help = "Page request status register",
		.spec = SPEC "PRI capability, offset 06h",
		.fields = pri_status_fields, .field_count = ARRAY_SIZE(pri_status_fields),
	},
	{
		.arch = "pci", .name = "pri_capacity", .width = 32,
		.help = "Outstanding page request capacity register",
		.spec = SPEC "PRI capability, offset 08h",
		.fields = pri_capacity_fields, .field_count = ARRAY_SIZE(pri_capacity_fields),
	},
	{
		.arch = "pci", .name = "pri_alloc", .width = 32,
		.help = "Outstanding page request allocation register",
		.spec = SPEC "PRI capability, offset 0Ch",
		.fields = pri_alloc_fields, .field_count = ARRAY_SIZE(pri_alloc_fields),
	},
	{
		.arch = "pci", .name = "pasid_cap", .width = 16,
		.help = "PASID capability register",
		.spec = SPEC "PASID capability, offset 04h",
		.fields = pasid_cap_fields, .field_count = ARRAY_SIZE(pasid_cap_fields),
	},
	{
		.arch = "pci", .name = "pasid_ctrl", .width = 16,
		.help = "PASID control register",
		.spec = SPEC "PASID capability, offset 06h",
		.fields = pasid_ctrl_fields, .field_count = ARRAY_SIZE(pasid_ctrl_fields),
	},
	{
		.arch = "pci", .name = "acs_cap", .width = 16,
		.help = "ACS capability register",
		.spec = SPEC "ACS capability, offset 04h",
		.fields = acs_cap_fields, .field_count = ARRAY_SIZE(acs_cap_fields),
	},
	{
		.arch = "pci", .name = "acs_ctrl", .width = 16,
		.help = "ACS control register",
		.spec = SPEC "ACS capability, offset 06h",
		.fields = acs_ctrl_fields, .field_count = ARRAY_SIZE(acs_ctrl_fields),
	},
	{
		.arch = "pci", .name = "sriov_ctrl", .width = 16,
		.help = "SR-IOV control register",
		.spec = SPEC "SR-IOV capability, offset 08h",
		.fields = sriov_ctrl_fields, .field_count = ARRAY_SIZE(sriov_ctrl_fields),
	},
	{
		.arch = "pci", .name = "devcap2", .width = 32,
		.help = "Device capabilities 2 register",
		.spec = SPEC "PCI Express capability, offset 24h",
		.fields = devcap2_fields, .field_count = ARRAY_SIZE(devcap2_fields),
	},
};
