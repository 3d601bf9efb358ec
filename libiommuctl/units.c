/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IOMMUs of one model that differ, and what all of a machine's VT-d units have. */
#include <errno.h>
#include <string.h>

#include "compat.h"

/*
 * What Linux 5.12 to 6.13 compared (drivers/iommu/intel/cap_audit.c), by its names and in its
 * order; the last two for interrupt remapping.
 */
static const struct {
	const char *name, *reg, *field;
} compared[] = {
	{ "fl5lp_support", "cap", "fs5lp" },
	{ "fl1gp_support", "cap", "fs1gp" },
	{ "read_drain", "cap", "drd" },
	{ "write_drain", "cap", "dwd" },
	{ "pgsel_inv", "cap", "psi" },
	{ "zlr", "cap", "zlr" },
	{ "caching_mode", "cap", "cm" },
	{ "phmr", "cap", "phmr" },
	{ "plmr", "cap", "plmr" },
	{ "rwbf", "cap", "rwbf" },
	{ "afl", "cap", "afl" },
	{ "rps", "ecap", "rps" },
	{ "smpwc", "ecap", "smpwcs" },
	{ "flts", "ecap", "fsts" },
	{ "slts", "ecap", "ssts" },
	{ "nwfs", "ecap", "nwfs" },
	{ "slads", "ecap", "ssads" },
	{ "vcs", "ecap", "vcs" },
	{ "smts", "ecap", "smts" },
	{ "pds", "ecap", "pds" },
	{ "dit", "ecap", "dit" },
	{ "pasid", "ecap", "pasid" },
	{ "eafs", "ecap", "eafs" },
	{ "srs", "ecap", "srs" },
	{ "ers", "ecap", "ers" },
	{ "prs", "ecap", "prs" },
	{ "nest", "ecap", "nest" },
	{ "mts", "ecap", "mts" },
	{ "sc_support", "ecap", "sc" },
	{ "pass_through", "ecap", "pt" },
	{ "dev_iotlb_support", "ecap", "dt" },
	{ "qis", "ecap", "qi" },
	{ "coherent", "ecap", "c" },
	{ "pi_support", "cap", "pi" },
	{ "eim_support", "ecap", "eim" },
};

/* The IOMMUs compared, and for each whether it has what the question is about. */
struct units {
	struct iommuctl_topology *topology;
	const struct iommuctl_iommu **iommus;
	bool *has;
	size_t count;
};

static int add(const struct units *units, const struct iommuctl_disagreement *what)
{
	struct iommuctl_topology *topology = units->topology;
	size_t n = units->count;
	struct iommuctl_disagreement *entry;

	entry = array_grow(&topology->disagreements, &topology->disagreement_count, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	*entry = *what;
	entry->iommus = arena_alloc(&topology->arena, n * sizeof(*entry->iommus));
	entry->has = arena_alloc(&topology->arena, n * sizeof(*entry->has));
	if (!entry->iommus || !entry->has)
		return -ENOMEM;
	memcpy(entry->iommus, units->iommus, n * sizeof(*entry->iommus));
	memcpy(entry->has, units->has, n * sizeof(*entry->has));
	entry->count = n;
	return 0;
}

/* ------------------------------------------------------------ VT-d's registers */

static int compare_registers(struct units *units)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(compared); i++) {
		struct iommuctl_disagreement what = { .feature = compared[i].name };
		size_t having = 0;

		what.reg = iommu_find_register(units->iommus[0], compared[i].reg)->reg;
		what.field = register_find_field(what.reg, compared[i].field);
		for (size_t n = 0; n < units->count; n++) {
			const struct register_value *reg =
				iommu_find_register(units->iommus[n], compared[i].reg);

			units->has[n] = iommuctl_field_get_raw(what.field, reg->value);
			having += units->has[n];
		}
		if (having > 0 && having < units->count)
			r = add(units, &what);
	}
	return r;
}

/* What one unit asks for, all have to be given. */
static bool is_demand(const struct iommuctl_field *field)
{
	return strcmp(field->name, "cm") == 0 || strcmp(field->name, "rwbf") == 0;
}

uint64_t register_common(const struct iommuctl_register *reg, uint64_t a, uint64_t b)
{
	const struct iommuctl_field *field = NULL;
	uint64_t common = a & b;

	while ((field = iommuctl_register_next_field(reg, field))) {
		uint64_t x = iommuctl_field_get_raw(field, a), y = iommuctl_field_get_raw(field, b);

		if (is_demand(field))
			common |= (x | y) << field->low;
		if (field->kind != FIELD_NUMBER && field->kind != FIELD_POWER)
			continue;
		common &= ~(bits(UINT64_MAX, field->high - field->low, 0) << field->low);
		common |= (x < y ? x : y) << field->low;
	}
	return common;
}

/* An IOMMU that has no name, with what all of UNITS have. */
static int make_common(const struct units *units)
{
	struct iommuctl_topology *topology = units->topology;
	struct iommuctl_iommu *common = arena_alloc(&topology->arena, sizeof(*common));

	if (!common)
		return -ENOMEM;
	*common = (struct iommuctl_iommu){ .model = IOMMUCTL_MODEL_INTEL_VTD };
	for (size_t i = 0; i < units->iommus[0]->register_count; i++) {
		const struct register_value *first = &units->iommus[0]->registers[i];
		uint64_t value = first->value;

		for (size_t n = 1; n < units->count; n++)
			value = register_common(
				first->reg, value,
				iommu_find_register(units->iommus[n], first->reg->name)->value);
		iommu_add_register(common, first->reg->name, value, first->source);
	}
	vtd_load_features(topology, common);
	iommu_complete(topology, common);
	topology->common = common;
	return 0;
}

/* ----------------------------------------------------------- others' features */

/* Whether VALUE is all of SUM; caching mode, which nobody wants, counts as a feature here. */
static bool is_all(enum iommuctl_feature feature, const struct iommuctl_value *value,
		   const struct iommuctl_value *sum)
{
	return value->type == IOMMUCTL_VALUE_BOOL ? value->boolean
						  : value_is_below(feature, sum, value);
}

/* UNITS become those of ALL where the feature was learnt. */
static int compare_feature(const struct units *all, struct units *units,
			   enum iommuctl_feature feature)
{
	struct iommuctl_disagreement what = { .feature = iommuctl_feature_get_key(feature) };
	struct iommuctl_value sum = { .type = IOMMUCTL_VALUE_NONE }, value;
	size_t same = 0;

	units->count = 0;
	for (size_t i = 0; i < all->count; i++) {
		const struct iommuctl_iommu *iommu = all->iommus[i];

		if (!iommu->sources[feature] || iommu->sources[feature] == source_default)
			continue;
		value = value_normalize(feature, &iommu->features[feature]);
		sum = units->count == 0 ? value : value_combine(feature, &sum, &value, true);
		units->iommus[units->count++] = iommu;
	}
	for (size_t i = 0; i < units->count; i++) {
		value = value_normalize(feature, &units->iommus[i]->features[feature]);
		same += value_is_below(feature, &sum, &value);
		units->has[i] = is_all(feature, &value, &sum);
	}
	return same < units->count ? add(units, &what) : 0;
}

static int compare_features(const struct units *all, struct units *units)
{
	int r = 0;

	for (unsigned int i = 0; r >= 0 && i < IOMMUCTL_FEATURE_COUNT; i++)
		r = compare_feature(all, units, (enum iommuctl_feature)i);
	return r;
}

/* ------------------------------------------------------------------- units */

/* Those of MODEL; of VT-d those whose registers are known. */
static void collect(struct units *units, enum iommuctl_model model)
{
	struct iommuctl_topology *topology = units->topology;

	units->count = 0;
	for (size_t i = 0; i < topology->iommu_count; i++) {
		const struct iommuctl_iommu *iommu = &topology->iommus[i];

		if (iommu->model == model &&
		    (model != IOMMUCTL_MODEL_INTEL_VTD ||
		     (iommu_find_register(iommu, "cap") && iommu_find_register(iommu, "ecap"))))
			units->iommus[units->count++] = iommu;
	}
}

static int compare_model(struct units *units, struct units *some, enum iommuctl_model model)
{
	int r;

	collect(units, model);
	if (units->count < 2)
		return 0;
	if (model != IOMMUCTL_MODEL_INTEL_VTD)
		return compare_features(units, some);
	r = compare_registers(units);
	return r < 0 ? r : make_common(units);
}

int topology_compare_units(struct iommuctl_topology *topology)
{
	size_t n = topology->iommu_count;
	struct units units = { .topology = topology }, some = { .topology = topology };
	enum iommuctl_model model;
	int r = 0;

	if (n < 2)
		return 0;
	units.iommus = calloc(n, sizeof(*units.iommus));
	some.iommus = calloc(n, sizeof(*some.iommus));
	units.has = some.has = calloc(n, sizeof(*units.has));
	if (!units.iommus || !some.iommus || !units.has)
		r = -ENOMEM;
	/* nothing is known of the model with the number 0 */
	for (size_t i = 1; r >= 0 && iommuctl_model_get(i, &model) == 0; i++)
		r = compare_model(&units, &some, model);
	free(units.iommus);
	free(some.iommus);
	free(units.has);
	return r;
}

IOMMUCTL_EXPORT const struct iommuctl_disagreement *
iommuctl_topology_get_disagreement(const struct iommuctl_topology *topology, size_t i)
{
	return topology && i < topology->disagreement_count ? &topology->disagreements[i] : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_iommu *
iommuctl_topology_get_common(const struct iommuctl_topology *topology)
{
	return topology ? topology->common : NULL;
}

IOMMUCTL_EXPORT const char *
iommuctl_disagreement_get_feature(const struct iommuctl_disagreement *disagreement)
{
	return disagreement ? disagreement->feature : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_register *
iommuctl_disagreement_get_register(const struct iommuctl_disagreement *disagreement)
{
	return disagreement ? disagreement->reg : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_field *
iommuctl_disagreement_get_field(const struct iommuctl_disagreement *disagreement)
{
	return disagreement ? disagreement->field : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_iommu *
iommuctl_disagreement_get_iommu(const struct iommuctl_disagreement *disagreement, size_t i,
				bool *ret_has)
{
	if (!disagreement || i >= disagreement->count || !ret_has)
		return NULL;
	*ret_has = disagreement->has[i];
	return disagreement->iommus[i];
}
