/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Feature sets. The meet of two is, feature by feature, the greatest that both
 * offer; so it is commutative, associative, idempotent and monotone.
 */
#include <errno.h>
#include <string.h>

#include "compat.h"

int feature_set_new(enum iommuctl_model model, struct iommuctl_feature_set **ret_set)
{
	struct iommuctl_feature_set *set = calloc(1, sizeof(*set));

	if (!set)
		return -ENOMEM;
	set->model = model;
	*ret_set = set;
	return 0;
}

void feature_set_put(struct iommuctl_feature_set *set, enum iommuctl_feature feature,
		     const struct iommuctl_value *value, const char *source)
{
	set->values[feature] = value_normalize(feature, value);
	set->sources[feature] = source;
}

/* SOURCE as one of SET's; what there is no memory for is not told. */
static const char *own_source(struct iommuctl_feature_set *set, const char *source)
{
	return source ? arena_strdup(&set->arena, source) : NULL;
}

static bool value_is_equal(enum iommuctl_feature feature, const struct iommuctl_value *a,
			   const struct iommuctl_value *b)
{
	return value_is_below(feature, a, b) && value_is_below(feature, b, a);
}

static void combine(struct iommuctl_feature_set *set, const struct iommuctl_feature_set *with,
		    enum iommuctl_feature feature, bool join)
{
	struct iommuctl_value *a = &set->values[feature];
	const struct iommuctl_value *b = &with->values[feature];
	const struct iommuctl_value result = value_combine(feature, a, b, join);

	/* the source is that of whom the result is like */
	if (!value_is_equal(feature, &result, a) && value_is_equal(feature, &result, b))
		set->sources[feature] = own_source(set, with->sources[feature]);
	*a = result;
}

static void combine_all(struct iommuctl_feature_set *set, const struct iommuctl_feature_set *with,
			bool join)
{
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		combine(set, with, (enum iommuctl_feature)i, join);
}

/* The least set. */
static void make_conflict(struct iommuctl_feature_set *set)
{
	set->model = IOMMUCTL_MODEL_UNKNOWN;
	set->conflict = true;
	memset(set->values, 0, sizeof(set->values));
	memset(set->sources, 0, sizeof(set->sources));
}

/* The source of a feature, with NAME before it where several IOMMUs come together. */
static const char *name_source(struct iommuctl_feature_set *set, const char *name,
			       const char *source)
{
	char *text CLEANUP(free_text) = NULL;

	if (!name || !source || strcmp(source, "default") == 0)
		return own_source(set, source);
	return asprintf(&text, "%s: %s", name, source) < 0 ? NULL : own_source(set, text);
}

static int new_set(const struct iommuctl_iommu *iommu, const char *name,
		   struct iommuctl_feature_set **ret_set)
{
	struct iommuctl_feature_set *set;
	int r = feature_set_new(iommu->model, &set);

	if (r < 0)
		return r;
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++) {
		enum iommuctl_feature feature = (enum iommuctl_feature)i;

		if (iommu->sources[i])
			feature_set_put(set, feature, &iommu->features[i],
					name_source(set, name, iommu->sources[i]));
	}
	*ret_set = set;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_feature_set_new_iommu(const struct iommuctl_iommu *iommu,
						   struct iommuctl_feature_set **ret_set)
{
	return iommu && ret_set ? new_set(iommu, NULL, ret_set) : -EINVAL;
}

static void free_set(struct iommuctl_feature_set **set)
{
	iommuctl_feature_set_free(*set);
}

/* The kernel's own tests register one that no device is behind. */
static bool counts(const struct iommuctl_iommu *iommu)
{
	return iommu->model != IOMMUCTL_MODEL_UNKNOWN || iommu->device_count > 0;
}

IOMMUCTL_EXPORT int iommuctl_feature_set_new_topology(const struct iommuctl_topology *topology,
						      struct iommuctl_feature_set **ret_set)
{
	struct iommuctl_feature_set *set = NULL;
	int r = -ENODEV;

	if (!topology || !ret_set)
		return -EINVAL;
	for (size_t i = 0; r != -ENOMEM && i < topology->iommu_count; i++) {
		const struct iommuctl_iommu *iommu = &topology->iommus[i];
		struct iommuctl_feature_set *next CLEANUP(free_set) = NULL;

		if (!counts(iommu))
			continue;
		r = new_set(iommu, topology->iommu_count > 1 ? iommu->name : NULL,
			    set ? &next : &set);
		if (next)
			iommuctl_feature_set_meet(set, next);
	}
	if (r < 0)
		iommuctl_feature_set_free(set);
	else
		*ret_set = set;
	return r;
}

IOMMUCTL_EXPORT int iommuctl_feature_set_new_copy(const struct iommuctl_feature_set *set,
						  struct iommuctl_feature_set **ret_set)
{
	struct iommuctl_feature_set *copy;
	int r;

	if (!set || !ret_set)
		return -EINVAL;
	r = feature_set_new(set->model, &copy);
	if (r < 0)
		return r;
	copy->conflict = set->conflict;
	copy->profile = set->profile;
	copy->assign = set->assign;
	memcpy(copy->values, set->values, sizeof(copy->values));
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		copy->sources[i] = own_source(copy, set->sources[i]);
	*ret_set = copy;
	return 0;
}

IOMMUCTL_EXPORT struct iommuctl_feature_set *
iommuctl_feature_set_free(struct iommuctl_feature_set *set)
{
	if (set)
		arena_free(&set->arena);
	free(set);
	return NULL;
}

IOMMUCTL_EXPORT enum iommuctl_model
iommuctl_feature_set_get_model(const struct iommuctl_feature_set *set)
{
	return set ? set->model : IOMMUCTL_MODEL_UNKNOWN;
}

IOMMUCTL_EXPORT bool iommuctl_feature_set_is_conflict(const struct iommuctl_feature_set *set)
{
	return set && set->conflict;
}

IOMMUCTL_EXPORT int iommuctl_feature_set_get(const struct iommuctl_feature_set *set,
					     enum iommuctl_feature feature,
					     struct iommuctl_value *ret_value)
{
	if (!set || (size_t)feature >= IOMMUCTL_FEATURE_COUNT || !ret_value)
		return -EINVAL;
	if (!value_is_known(&set->values[feature]))
		return -ENODATA;
	*ret_value = set->values[feature];
	return 0;
}

IOMMUCTL_EXPORT const char *iommuctl_feature_set_get_source(const struct iommuctl_feature_set *set,
							    enum iommuctl_feature feature)
{
	return set && (size_t)feature < IOMMUCTL_FEATURE_COUNT &&
			       value_is_known(&set->values[feature])
		       ? set->sources[feature]
		       : NULL;
}

IOMMUCTL_EXPORT int iommuctl_feature_set_meet(struct iommuctl_feature_set *set,
					      const struct iommuctl_feature_set *other)
{
	if (!set || !other)
		return -EINVAL;
	set->profile = NULL;
	if (set->conflict || other->conflict || set->model != other->model)
		make_conflict(set);
	else
		combine_all(set, other, false);
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_feature_set_join(struct iommuctl_feature_set *set,
					      const struct iommuctl_feature_set *other)
{
	if (!set || !other || set->conflict || other->conflict || set->model != other->model)
		return -EINVAL;
	set->profile = NULL;
	combine_all(set, other, true);
	return 0;
}

IOMMUCTL_EXPORT bool iommuctl_feature_set_covers(const struct iommuctl_feature_set *set,
						 const struct iommuctl_feature_set *other,
						 enum iommuctl_feature feature)
{
	if (!set || !other || (size_t)feature >= IOMMUCTL_FEATURE_COUNT)
		return false;
	if (set->conflict || other->conflict || set->model != other->model)
		return other->conflict;
	return value_is_below(feature, &other->values[feature], &set->values[feature]);
}

IOMMUCTL_EXPORT bool iommuctl_feature_set_is_below(const struct iommuctl_feature_set *set,
						   const struct iommuctl_feature_set *other)
{
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		if (!iommuctl_feature_set_covers(other, set, (enum iommuctl_feature)i))
			return false;
	return true;
}
