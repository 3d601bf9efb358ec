/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether what one side needs is there on the other: feature by feature, and
 * in words where it is not.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "profile.h"

struct iommuctl_verdict {
	enum iommuctl_answer answer;
	char **reasons;
	size_t reason_count;
	bool failed; /* for want of memory */
};

/* An answer only ever gets worse. */
PRINTF(3, 4)
static void say(struct iommuctl_verdict *verdict, enum iommuctl_answer answer, const char *format,
		...)
{
	char **reason = array_grow(&verdict->reasons, &verdict->reason_count, sizeof(*reason));
	va_list args;

	if (answer < verdict->answer)
		verdict->answer = answer;
	va_start(args, format);
	if (!reason || vasprintf(reason, format, args) < 0)
		verdict->failed = true;
	va_end(args);
}

/* ------------------------------------------------------------------ needs */

/* Yes is no text: "ats: needed". */
static const char *describe(const struct iommuctl_value *value, char *buf, size_t size)
{
	const bool is_text = value->type == IOMMUCTL_VALUE_TEXTS;
	size_t length = 0;

	buf[0] = '\0';
	if (value->type == IOMMUCTL_VALUE_NUMBER)
		snprintf(buf, size, "%" PRIu64 " ", value->number);
	else if (value->type == IOMMUCTL_VALUE_TEXT)
		snprintf(buf, size, "%s ", value->text);
	else if (value->type != IOMMUCTL_VALUE_BOOL && value->count == 0)
		snprintf(buf, size, "none ");
	for (unsigned int i = 0; i < value->count && length < size; i++) {
		const char *end = i + 1 < value->count ? "," : "";

		length += (size_t)(is_text ? snprintf(buf + length, size - length, "%s%s ",
						      value->texts[i], end)
					   : snprintf(buf + length, size - length, "%" PRIu64 "%s ",
						      value->numbers[i], end));
	}
	return buf;
}

/* Why FEATURE is not there, where that is known. */
static const char *get_reason(const struct iommuctl_feature_set *set, enum iommuctl_feature feature)
{
	enum iommuctl_feature reason;

	return iommuctl_feature_get_reason(feature, &reason) == 0 &&
			       value_is_known(&set->values[reason])
		       ? set->values[reason].text
		       : NULL;
}

static bool is_assumed(const struct iommuctl_feature_set *set, enum iommuctl_feature feature)
{
	return set->sources[feature] && strcmp(set->sources[feature], "default") == 0;
}

/* What is asked of FEATURE, and what is THERE. */
static void say_lack(struct iommuctl_verdict *verdict, const struct iommuctl_feature_set *there,
		     enum iommuctl_feature feature, const struct iommuctl_value *needed)
{
	const struct iommuctl_value *value = &there->values[feature];
	const char *key = iommuctl_feature_get_key(feature), *reason = get_reason(there, feature);
	const bool assumed = is_assumed(there, feature);
	const enum iommuctl_answer answer = assumed ? IOMMUCTL_ANSWER_UNKNOWN : IOMMUCTL_ANSWER_NO;
	const char *source = there->sources[feature];
	char wanted[512], has[512];

	describe(needed, wanted, sizeof(wanted));
	if (!value_is_known(value))
		say(verdict, IOMMUCTL_ANSWER_UNKNOWN, "%s: %sneeded, not known there", key, wanted);
	else if (needed->type == IOMMUCTL_VALUE_BOOL)
		say(verdict, answer, "%s: needed, %s%s%s [%s]", key,
		    assumed ? "assumed not to be there" : "not there", reason ? ": " : "",
		    reason ? reason : "", source ? source : "");
	else
		say(verdict, answer, "%s: %sneeded, %s%sthere [%s]", key, wanted,
		    describe(value, has, sizeof(has)), assumed ? "assumed " : "",
		    source ? source : "");
}

/* Every feature that NEEDS knows must be THERE. */
static void check_needs(struct iommuctl_verdict *verdict, const struct iommuctl_feature_set *needs,
			const struct iommuctl_feature_set *there)
{
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++) {
		const enum iommuctl_feature feature = (enum iommuctl_feature)i;

		if (value_is_known(&needs->values[i]) &&
		    !value_is_below(feature, &needs->values[i], &there->values[i]))
			say_lack(verdict, there, feature, &needs->values[i]);
	}
}

/* Whether THERE is an IOMMU, and one of MODEL. */
static bool check_model(struct iommuctl_verdict *verdict, enum iommuctl_model model,
			const struct iommuctl_feature_set *there)
{
	if (!there)
		say(verdict, IOMMUCTL_ANSWER_NO, "no IOMMU is in use there");
	else if (there->conflict)
		say(verdict, IOMMUCTL_ANSWER_NO, "the IOMMUs there are of different models");
	else if (there->model == IOMMUCTL_MODEL_UNKNOWN || model == IOMMUCTL_MODEL_UNKNOWN)
		say(verdict, IOMMUCTL_ANSWER_UNKNOWN, "model: %s needed, %s there",
		    iommuctl_model_to_string(model), iommuctl_model_to_string(there->model));
	else if (there->model != model)
		say(verdict, IOMMUCTL_ANSWER_NO, "model: %s needed, %s there",
		    iommuctl_model_to_string(model), iommuctl_model_to_string(there->model));
	else
		return true;
	return false;
}

/* ----------------------------------------------------------- first stages */

#define BIT(feature) (UINT64_C(1) << IOMMUCTL_FEATURE_##feature)
#define STAGE1_USES                                                                                \
	(BIT(PAGE_TABLE_FORMATS) | BIT(STAGE1_PAGE_SIZES) | BIT(PASID_BITS) | BIT(ATS) |           \
	 BIT(PRI) | BIT(COHERENT_WALK))

/* What a guest's first stage uses of an IOMMU that walks it. */
static uint64_t stage1_features(enum iommuctl_model model)
{
	switch (model) {
	case IOMMUCTL_MODEL_INTEL_VTD:
		return STAGE1_USES | BIT(EXTENDED_ACCESS_FLAG) | BIT(SUPERVISOR_REQUESTS);
	case IOMMUCTL_MODEL_ARM_SMMU_V3:
		return STAGE1_USES | BIT(INPUT_BITS) | BIT(OUTPUT_BITS) | BIT(ASID_BITS) |
		       BIT(HTTU) | BIT(STALL) | BIT(BTM) | BIT(RANGE_INVALIDATION);
	default:
		return STAGE1_USES | BIT(HTTU);
	}
}

/* Of the formats only those of a first stage. */
static void keep_stage1(struct iommuctl_value *formats)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < formats->count; i++)
		if (format_stage(formats->texts[i]) != 2)
			formats->texts[kept++] = formats->texts[i];
	formats->count = kept;
}

/* The FEATURES of SET alone. */
static int select_features(const struct iommuctl_feature_set *set, uint64_t features,
			   struct iommuctl_feature_set **ret_needs)
{
	struct iommuctl_feature_set *needs;
	int r = feature_set_new(set->model, &needs);

	if (r < 0)
		return r;
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		if (features >> i & 1)
			needs->values[i] = set->values[i];
	keep_stage1(&needs->values[IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS]);
	*ret_needs = needs;
	return 0;
}

/* ---------------------------------------------------------------- questions */

static int new_verdict(struct iommuctl_verdict **ret_verdict)
{
	struct iommuctl_verdict *verdict = calloc(1, sizeof(*verdict));

	if (!verdict)
		return -ENOMEM;
	verdict->answer = IOMMUCTL_ANSWER_YES;
	*ret_verdict = verdict;
	return 0;
}

/* R is how the making of it went. */
static int finish(struct iommuctl_verdict *verdict, int r, struct iommuctl_verdict **ret_verdict)
{
	if (r >= 0 && verdict->failed)
		r = -ENOMEM;
	if (r >= 0)
		*ret_verdict = verdict;
	else
		iommuctl_verdict_free(verdict);
	return r;
}

/* A guest without a first stage of its own that the host could walk. */
static int check_shadow(struct iommuctl_verdict *verdict,
			const struct iommuctl_feature_set *profile,
			const struct iommuctl_feature_set *host)
{
	struct iommuctl_feature_set *needs;
	int r;

	say(verdict, IOMMUCTL_ANSWER_NO,
	    "not nested but shadowed: QEMU makes the guest's mappings in the host's IOMMU, of "
	    "whatever model");
	if (!host || host->conflict) {
		check_model(verdict, profile->model, host);
		return 0;
	}
	r = select_features(profile, BIT(INPUT_BITS), &needs);
	if (r < 0)
		return r;
	check_needs(verdict, needs, host);
	if (verdict->reason_count == 1)
		say(verdict, IOMMUCTL_ANSWER_NO, "that works there");
	iommuctl_feature_set_free(needs);
	return 0;
}

static int check_nested(struct iommuctl_verdict *verdict,
			const struct iommuctl_feature_set *profile,
			const struct iommuctl_feature_set *host)
{
	const struct iommuctl_value yes = VALUE_BOOL(true);
	struct iommuctl_feature_set *needs;
	int r;

	if (!check_model(verdict, profile->model, host))
		return 0;
	if (!value_is_below(IOMMUCTL_FEATURE_NESTING, &yes,
			    &host->values[IOMMUCTL_FEATURE_NESTING]))
		say_lack(verdict, host, IOMMUCTL_FEATURE_NESTING, &yes);
	r = select_features(profile, stage1_features(profile->model), &needs);
	if (r < 0)
		return r;
	check_needs(verdict, needs, host);
	iommuctl_feature_set_free(needs);
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_verdict_nested(const struct iommuctl_feature_set *profile,
					    const struct iommuctl_feature_set *host,
					    struct iommuctl_verdict **ret_verdict)
{
	struct iommuctl_verdict *verdict;
	int r;

	if (!profile || !profile->profile || !ret_verdict)
		return -EINVAL;
	r = new_verdict(&verdict);
	if (r < 0)
		return r;
	if (profile->assign->assignment == ASSIGN_NESTED)
		r = check_nested(verdict, profile, host);
	else if (profile->assign->assignment == ASSIGN_SHADOW)
		r = check_shadow(verdict, profile, host);
	else
		say(verdict, IOMMUCTL_ANSWER_NO, "%s", profile->assign->reason);
	return finish(verdict, r, ret_verdict);
}

/* Of an IOMMU of which the kernel told nothing at all. */
static bool is_all_assumed(const struct iommuctl_feature_set *set)
{
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		if (value_is_known(&set->values[i]) && !is_assumed(set, (enum iommuctl_feature)i))
			return false;
	return true;
}

static int check_migrate(struct iommuctl_verdict *verdict, const struct iommuctl_feature_set *from,
			 const struct iommuctl_feature_set *to)
{
	const struct iommuctl_value *nesting = &from->values[IOMMUCTL_FEATURE_NESTING];
	uint64_t features =
		BIT(INPUT_BITS) | BIT(NESTING) | BIT(SNOOP_CONTROL) | BIT(INTERRUPT_REMAPPING);
	struct iommuctl_feature_set *needs;
	int r;

	if (!check_model(verdict, from->model, to))
		return 0;
	if (is_all_assumed(from)) {
		say(verdict, IOMMUCTL_ANSWER_UNKNOWN,
		    "nothing is published of the IOMMU that the guest comes from");
		return 0;
	}
	/* without nesting no guest sees these */
	if (!value_is_known(nesting) || nesting->boolean)
		features |= stage1_features(from->model) | BIT(STAGE1) | BIT(PASID) | BIT(IOPF);
	r = select_features(from, features, &needs);
	if (r < 0)
		return r;
	check_needs(verdict, needs, to);
	iommuctl_feature_set_free(needs);
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_verdict_migrate(const struct iommuctl_feature_set *from,
					     const struct iommuctl_feature_set *to,
					     struct iommuctl_verdict **ret_verdict)
{
	struct iommuctl_verdict *verdict;
	int r;

	if (!ret_verdict)
		return -EINVAL;
	r = new_verdict(&verdict);
	if (r < 0)
		return r;
	/* who used no IOMMU misses none */
	if (from && from->conflict)
		say(verdict, IOMMUCTL_ANSWER_NO,
		    "the IOMMUs that the guest comes from are of different models");
	else if (from)
		r = check_migrate(verdict, from, to);
	else
		say(verdict, IOMMUCTL_ANSWER_NO, "no IOMMU is in use where the guest comes from");
	return finish(verdict, r, ret_verdict);
}

IOMMUCTL_EXPORT int iommuctl_verdict_format(struct iommuctl_context *ctx, const char *format,
					    const struct iommuctl_feature_set *host,
					    struct iommuctl_verdict **ret_verdict)
{
	struct iommuctl_feature_set *needs;
	struct iommuctl_verdict *verdict;
	int r;

	if (!ctx || !format || !ret_verdict)
		return -EINVAL;
	r = format_parse(ctx, format, &needs);
	if (r < 0)
		return r;
	r = new_verdict(&verdict);
	if (r >= 0 && check_model(verdict, needs->model, host))
		check_needs(verdict, needs, host);
	iommuctl_feature_set_free(needs);
	return r < 0 ? r : finish(verdict, r, ret_verdict);
}

/* ----------------------------------------------------------------- verdicts */

IOMMUCTL_EXPORT enum iommuctl_answer
iommuctl_verdict_get_answer(const struct iommuctl_verdict *verdict)
{
	return verdict ? verdict->answer : IOMMUCTL_ANSWER_UNKNOWN;
}

IOMMUCTL_EXPORT const char *iommuctl_answer_to_string(enum iommuctl_answer answer)
{
	static const char *const words[] = { "no", "unknown", "yes" };

	return (size_t)answer < ARRAY_SIZE(words) ? words[answer] : "unknown";
}

IOMMUCTL_EXPORT const char *iommuctl_verdict_get_reason(const struct iommuctl_verdict *verdict,
							size_t i)
{
	return verdict && i < verdict->reason_count ? verdict->reasons[i] : NULL;
}

IOMMUCTL_EXPORT struct iommuctl_verdict *iommuctl_verdict_free(struct iommuctl_verdict *verdict)
{
	if (!verdict)
		return NULL;
	for (size_t i = 0; i < verdict->reason_count; i++)
		free(verdict->reasons[i]);
	free(verdict->reasons);
	free(verdict);
	return NULL;
}
