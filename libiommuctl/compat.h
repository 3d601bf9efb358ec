/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files about comparing IOMMUs share. */
#ifndef IOMMUCTL_COMPAT_H
#define IOMMUCTL_COMPAT_H

#include "internal.h"

struct iommuctl_feature_set {
	enum iommuctl_model model;
	bool conflict; /* of models: below every set, and all such sets are the same one */
	struct iommuctl_value values[IOMMUCTL_FEATURE_COUNT];
	const char *sources[IOMMUCTL_FEATURE_COUNT];
	struct arena arena; /* of the sources */
	/* of a set that was made from a profile */
	const struct iommuctl_profile *profile;
	const struct assign_rule *assign;
};

/* An empty set: everything is unknown. */
int feature_set_new(enum iommuctl_model model, struct iommuctl_feature_set **ret_set);
/* VALUE in normal form: a word is one of the order's, a list sorted, what is neither unknown. */
void feature_set_put(struct iommuctl_feature_set *set, enum iommuctl_feature feature,
		     const struct iommuctl_value *value, const char *source);

/* -------------------------------------------------------- order of values */

bool value_is_known(const struct iommuctl_value *value);
/* VALUE as one of FEATURE's: lists sorted; what is none of its type or words is unknown. */
struct iommuctl_value value_normalize(enum iommuctl_feature feature,
				      const struct iommuctl_value *value);
/*
 * From a compact form: yes or no, a number, the number of a word; of lists a bit for each element,
 * which stands for its weight or for what NAME tells.
 */
struct iommuctl_value value_from_bits(enum iommuctl_feature feature, uint64_t bits,
				      const char *(*name)(unsigned int bit));
/* The rest is about normal values. Whether B is at least A. */
bool value_is_below(enum iommuctl_feature feature, const struct iommuctl_value *a,
		    const struct iommuctl_value *b);
/* The least that is at least both (JOIN), or the greatest that both are at least. */
struct iommuctl_value value_combine(enum iommuctl_feature feature, const struct iommuctl_value *a,
				    const struct iommuctl_value *b, bool join);

#endif
