/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links behind PCI: the IOMMU, the other units, how the kernel was built and started, iommufd. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "chain.h"

enum iommuctl_model chain_model(const struct iommuctl_chain *chain)
{
	return iommuctl_iommu_get_model(chain->device->iommu);
}

/* Whether the feature was learnt of this very unit, or is what is assumed of all of its kind. */
static bool is_learnt(const struct iommuctl_iommu *iommu, enum iommuctl_feature feature)
{
	const char *source = iommuctl_iommu_get_feature_source(iommu, feature);

	return source && strcmp(source, "default") != 0;
}

static uint64_t number_of(const struct iommuctl_iommu *iommu, enum iommuctl_feature feature)
{
	struct iommuctl_value value;

	if (iommuctl_iommu_get_feature(iommu, feature, &value) < 0)
		return 0;
	return value.type == IOMMUCTL_VALUE_BOOL ? value.boolean : value.number;
}

/* ------------------------------------------------------------------- units */

/* What the kernel takes away from an IOMMU that can; there are links of its own for that. */
static bool is_off(const char *source)
{
	return source == source_command_line || source == source_configuration ||
	       source == source_release;
}

static void add_feature(struct iommuctl_chain *chain, const struct link_kind *kind,
			enum iommuctl_feature feature, const char *name)
{
	const struct iommuctl_iommu *iommu = chain->device->iommu;
	const char *source = iommuctl_iommu_get_feature_source(iommu, feature);
	uint64_t number = number_of(iommu, feature);
	char bits[32] = "";

	if (feature == IOMMUCTL_FEATURE_PASID_BITS && number)
		snprintf(bits, sizeof(bits), " of %" PRIu64 " bits", number);
	if (!is_learnt(iommu, feature))
		chain_add(chain, kind, iommu->name, IOMMUCTL_LINK_UNMEASURED,
			  "the kernel does not publish whether %s has %s", iommu->name, name);
	else if (is_off(source))
		chain_add(chain, kind, iommu->name, IOMMUCTL_LINK_OK,
			  "%s has %s, which is off (%s)", iommu->name, name, source);
	else
		chain_add(chain, kind, iommu->name,
			  number ? IOMMUCTL_LINK_OK : IOMMUCTL_LINK_BROKEN, "%s has %s%s%s (%s)",
			  iommu->name, number ? "" : "no ", name, bits, source);
}

/* The mode of VT-d that has PASIDs: by the hardware, the command line and how the kernel was built.
 */
static void add_scalable_mode(struct iommuctl_chain *chain)
{
	static const struct link_kind kind = { "scalable-mode", PRI | PASID,
					       "start the kernel with intel_iommu=sm_on", true };
	static const struct link_kind none = { "scalable-mode", PRI | PASID,
					       "none: the IOMMU cannot", true };
	const struct iommuctl_iommu *iommu = chain->device->iommu;
	struct answer answer = iommu_ask(chain->device->topology, iommu, ASKS_MODEL);

	if (answer.value < 0)
		chain_add(chain, &kind, iommu->name, IOMMUCTL_LINK_UNMEASURED,
			  "the kernel does not publish whether %s has scalable mode", iommu->name);
	else if (answer.value)
		chain_add(chain, &kind, iommu->name, IOMMUCTL_LINK_OK,
			  "%s is in scalable mode (%s)", iommu->name, answer.source);
	else
		chain_add(chain, is_off(answer.source) ? &kind : &none, iommu->name,
			  IOMMUCTL_LINK_BROKEN, "%s is not in scalable mode: %s", iommu->name,
			  answer.reason);
}

/* VT-d tables of PASIDs are made for the unit with the narrowest ones. */
static void add_units(struct iommuctl_chain *chain)
{
	static const struct link_kind kind = { "units", PASID, NULL, false };
	const struct iommuctl_iommu *unit, *least = NULL;
	size_t count = 0, able = 0;
	uint64_t bits, least_bits = UINT64_MAX;

	for (size_t i = 0; (unit = iommuctl_topology_get_iommu(chain->device->topology, i)); i++) {
		bits = number_of(unit, IOMMUCTL_FEATURE_PASID_BITS);
		if (iommuctl_iommu_get_model(unit) != IOMMUCTL_MODEL_INTEL_VTD)
			continue;
		count++;
		able += bits > 0;
		if (bits > 0 && bits < least_bits) {
			least_bits = bits;
			least = unit;
		}
	}
	if (count < 2 || !least)
		return;
	chain_limit_pasid(chain, least_bits);
	chain_add(chain, &kind, least->name, IOMMUCTL_LINK_OK,
		  "%zu of %zu units have PASIDs, of %" PRIu64 " bits at least (%s)", able, count,
		  least_bits, least->name);
}

/* clang-format off */
static const struct {
	struct link_kind kind;
	enum iommuctl_feature feature;
	const char *name;
} features[] = {
	{ { "iommu-ats", ATS | PRI, "none: the IOMMU cannot", false }, IOMMUCTL_FEATURE_ATS, "ATS" },
	{ { "iommu-pri", PRI, "none: the IOMMU cannot", false }, IOMMUCTL_FEATURE_PRI, "PRI" },
	{ { "iommu-pasid", PASID, "none: the IOMMU cannot", false }, IOMMUCTL_FEATURE_PASID_BITS, "PASIDs" },
};
/* clang-format on */

void chain_add_iommu(struct iommuctl_chain *chain)
{
	static const struct link_kind kind = {
		"iommu", ATS | PRI | PASID,
		"turn the IOMMU on in the firmware's setup and on the "
		"kernel's command line",
		false
	};
	static const struct link_kind not_covered = { "iommu", ATS | PRI | PASID,
						      "none of the machine's IOMMUs covers it",
						      false };
	const struct iommuctl_iommu *iommu = chain->device->iommu;

	if (!iommu) {
		chain_add(chain,
			  iommuctl_topology_get_iommu(chain->device->topology, 0) ? &not_covered
										  : &kind,
			  chain->device->name, IOMMUCTL_LINK_BROKEN, "no IOMMU serves %s",
			  chain->device->name);
		return;
	}
	chain_add(chain, &kind, iommu->name, IOMMUCTL_LINK_OK, "%s (%s) serves %s", iommu->name,
		  iommuctl_model_to_string(iommu->model), chain->device->name);
	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		add_feature(chain, &features[i].kind, features[i].feature, features[i].name);
	if (is_learnt(iommu, IOMMUCTL_FEATURE_PASID_BITS))
		chain_limit_pasid(chain, number_of(iommu, IOMMUCTL_FEATURE_PASID_BITS));
	if (iommu->model == IOMMUCTL_MODEL_INTEL_VTD) {
		add_scalable_mode(chain);
		add_units(chain);
	}
}

/* ------------------------------------------------------------------ kernel */

/* clang-format off */
#define BUILD "use a kernel that was built with it"

static const struct {
	const char *name;
	enum iommuctl_model model; /* UNKNOWN: whatever it is */
	const char *without;
	struct link_kind kind;
} configs[] = {
	{ "PCI_ATS", IOMMUCTL_MODEL_UNKNOWN, "it has no ATS",
	  { "kernel-config", ATS | PRI, BUILD, true } },
	{ "PCI_PRI", IOMMUCTL_MODEL_UNKNOWN, "it has no PRI",
	  { "kernel-config", PRI, BUILD, true } },
	{ "PCI_PASID", IOMMUCTL_MODEL_UNKNOWN, "it has no PASIDs",
	  { "kernel-config", PASID, BUILD, true } },
	{ "INTEL_IOMMU_SVM", IOMMUCTL_MODEL_INTEL_VTD,
	  "its own drivers share no address space of a process (SVA)",
	  { "kernel-config", 0, NULL, false } },
	{ "ARM_SMMU_V3_SVA", IOMMUCTL_MODEL_ARM_SMMU_V3,
	  "its own drivers share no address space of a process (SVA)",
	  { "kernel-config", 0, NULL, false } },
};

static const struct {
	const char *option, *word;
	enum iommuctl_model model;
	const char *effect;
	struct link_kind kind;
} options[] = {
	{ "iommu", "off", IOMMUCTL_MODEL_UNKNOWN, "turns the IOMMU off",
	  { "command-line", ATS | PRI | PASID, "start the kernel without it", false } },
	{ "intel_iommu", "off", IOMMUCTL_MODEL_INTEL_VTD, "turns the IOMMU off",
	  { "command-line", ATS | PRI | PASID, "start the kernel without it", false } },
	{ "amd_iommu", "off", IOMMUCTL_MODEL_AMD_VI, "turns the IOMMU off",
	  { "command-line", ATS | PRI | PASID, "start the kernel without it", false } },
	{ "pci", "noats", IOMMUCTL_MODEL_UNKNOWN, "turns ATS off, and with it PRI",
	  { "command-line", ATS | PRI, "start the kernel without it", false } },
	{ "iommu.passthrough", "1", IOMMUCTL_MODEL_UNKNOWN,
	  "leaves DMA of the kernel's own drivers untranslated", { "command-line", 0, NULL, false } },
	{ "iommu", "pt", IOMMUCTL_MODEL_UNKNOWN,
	  "leaves DMA of the kernel's own drivers untranslated", { "command-line", 0, NULL, false } },
};
/* clang-format on */

static void add_config(struct iommuctl_chain *chain, size_t i)
{
	const struct link_kind *kind = &configs[i].kind;
	int value = kernel_get_config(chain->ctx, configs[i].name);
	char object[64];

	if (configs[i].model != IOMMUCTL_MODEL_UNKNOWN && configs[i].model != chain_model(chain))
		return;
	snprintf(object, sizeof(object), "CONFIG_%s", configs[i].name);
	if (value == 'y' || value == 'm')
		chain_add(chain, kind, object, IOMMUCTL_LINK_OK, "the kernel was built with %s",
			  object);
	else if (value >= 0)
		chain_add(chain, kind, object,
			  kind->concerns ? IOMMUCTL_LINK_BROKEN : IOMMUCTL_LINK_OK,
			  "the kernel was built without %s: %s", object, configs[i].without);
	else if (kind->concerns)
		chain_add(chain, kind, object, IOMMUCTL_LINK_UNMEASURED,
			  "the kernel's configuration, which has %s or not, cannot be read",
			  object);
}

static void add_options(struct iommuctl_chain *chain)
{
	const struct link_kind all = { "command-line", ATS | PRI | PASID, NULL, false };
	const struct link_kind rest = { "command-line", chain_not_enabled(chain), NULL, false };
	bool in_the_way = false;
	char object[64];
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		r = kernel_has_option(chain->ctx, options[i].option, options[i].word);
		/* without an IOMMU any of them may be why */
		if (r <= 0 || (options[i].model != IOMMUCTL_MODEL_UNKNOWN && chain->device->iommu &&
			       options[i].model != chain_model(chain)))
			continue;
		snprintf(object, sizeof(object), "%s=%s", options[i].option, options[i].word);
		in_the_way |= options[i].kind.concerns > 0;
		chain_add(chain, &options[i].kind, object,
			  options[i].kind.concerns ? IOMMUCTL_LINK_BROKEN : IOMMUCTL_LINK_OK,
			  "%s on the kernel's command line %s", object, options[i].effect);
	}
	if (r < 0)
		chain_add(chain, &rest, "command line", IOMMUCTL_LINK_UNMEASURED,
			  "the kernel's command line cannot be read");
	else if (!in_the_way)
		chain_add(chain, &all, "command line", IOMMUCTL_LINK_OK,
			  "nothing on the kernel's command line is in the way");
}

void chain_add_kernel(struct iommuctl_chain *chain)
{
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++)
		add_config(chain, i);
	add_options(chain);
}

/* ----------------------------------------------------------------- iommufd */

static void add_answer(struct iommuctl_chain *chain, const struct link_kind *kind,
		       enum iommuctl_feature feature, enum iommuctl_feature reason_feature,
		       const char *name)
{
	const struct iommuctl_iommu *iommu = chain->device->iommu;
	struct iommuctl_value reason = { .text = NOT_PUBLISHED };

	iommuctl_iommu_get_feature(iommu, reason_feature, &reason);
	if (number_of(iommu, feature))
		chain_add(chain, kind, iommu->name, IOMMUCTL_LINK_OK, "iommufd can use %s with %s",
			  name, iommu->name);
	else if (strcmp(reason.text, NOT_PUBLISHED) == 0)
		chain_add(chain, kind, iommu->name, IOMMUCTL_LINK_UNMEASURED,
			  "whether iommufd can use %s with %s is not known: %s", name, iommu->name,
			  reason.text);
	else
		chain_add(chain, kind, iommu->name, IOMMUCTL_LINK_BROKEN,
			  "iommufd cannot use %s with %s: %s", name, iommu->name, reason.text);
}

void chain_add_iommufd(struct iommuctl_chain *chain)
{
	static const struct link_kind pasid = { "iommufd-pasid", PASID, NULL, false };
	static const struct link_kind faults = { "iommufd-faults", PRI, NULL, false };

	if (!chain->device->iommu)
		return;
	add_answer(chain, &pasid, IOMMUCTL_FEATURE_PASID, IOMMUCTL_FEATURE_PASID_REASON, "PASIDs");
	add_answer(chain, &faults, IOMMUCTL_FEATURE_IOPF, IOMMUCTL_FEATURE_IOPF_REASON,
		   "page requests");
	if (chain->own.name)
		chain_add(chain, &faults, chain->own.name, IOMMUCTL_LINK_BROKEN,
			  "iommufd takes no page requests of %s: a virtual function shares PRI "
			  "with its PF",
			  chain->own.name);
}
