/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options as QEMU's -device takes them, and the features that follow from them. */
#include <errno.h>
#include <string.h>

#include "profile.h"

/* ----------------------------------------------------------------- options */

bool span_is(struct span span, const char *text)
{
	return strlen(text) == span.length && memcmp(span.text, text, span.length) == 0;
}

struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

bool span_to_number(struct span span, uint64_t *ret_number)
{
	char text[24];

	if (span.length >= sizeof(text))
		return false;
	memcpy(text, span.text, span.length);
	text[span.length] = '\0';
	return parse_u64(text, 10, ret_number);
}

struct span span_cut(struct span *rest, char delimiter)
{
	const char *end = memchr(rest->text, delimiter, rest->length);
	struct span head = { rest->text, end ? (size_t)(end - rest->text) : rest->length };

	rest->text = end ? end + 1 : NULL;
	rest->length -= end ? head.length + 1 : rest->length;
	return head;
}

static ssize_t find_option(const struct iommuctl_option *options, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(name, options[i].name))
			return options[i].same_as
				       ? find_option(options, count, span_of(options[i].same_as))
				       : (ssize_t)i;
	return -ENOENT;
}

/* ALTERNATIVE is a word, a range of numbers, or anything. */
static bool is_alternative(struct span alternative, struct span value)
{
	struct span high = alternative, low = span_cut(&high, '.');
	uint64_t number, least, most;

	if (span_is(alternative, "*"))
		return true;
	if (!high.text)
		return alternative.length == value.length &&
		       memcmp(alternative.text, value.text, value.length) == 0;
	span_cut(&high, '.');
	return span_to_number(low, &least) && span_to_number(high, &most) &&
	       span_to_number(value, &number) && number >= least && number <= most;
}

/* As QEMU has it for yes and no. */
static struct span normal_value(struct span value)
{
	static const char *const words[][2] = {
		{ "yes", "on" }, { "true", "on" },   { "y", "on" },
		{ "no", "off" }, { "false", "off" }, { "n", "off" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (span_is(value, words[i][0]))
			return span_of(words[i][1]);
	return value;
}

static bool takes(const struct iommuctl_option *option, struct span value)
{
	struct span rest = span_of(option->values);

	while (rest.text)
		if (is_alternative(span_cut(&rest, '|'), value))
			return true;
	return false;
}

ssize_t settings_find(const struct settings *settings, struct span name)
{
	return find_option(settings->options, settings->count, name);
}

const struct span *settings_get(const struct settings *settings, const char *name)
{
	ssize_t i = settings_find(settings, span_of(name));

	return i < 0 ? NULL : &settings->values[i];
}

bool settings_get_number(const struct settings *settings, const char *name, uint64_t *ret_number)
{
	const struct span *value = settings_get(settings, name);

	return value && span_to_number(*value, ret_number);
}

static bool clause_holds(const struct settings *settings, struct span clause)
{
	struct span value = clause, name = span_cut(&value, '=');
	const bool negated = name.text[0] == '!';
	ssize_t i;

	name.text += negated;
	name.length -= negated;
	i = settings_find(settings, name);
	return i >= 0 &&
	       (settings->values[i].length == value.length &&
		memcmp(settings->values[i].text, value.text, value.length) == 0) != negated;
}

bool settings_match(const struct settings *settings, const char *when)
{
	struct span rest = span_of(when ? when : "");

	while (when && rest.text)
		if (!clause_holds(settings, span_cut(&rest, ',')))
			return false;
	return true;
}

/* All names, in as many hints as they need. */
static void hint_options(struct iommuctl_context *ctx, const struct iommuctl_option *options,
			 size_t count)
{
	char text[200] = "";
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		if (length + strlen(options[i].name) + 3 > sizeof(text)) {
			diag_hint(ctx, "its options: %s", text);
			length = 0;
		}
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
					   length ? " " : "", options[i].name);
	}
	diag_hint(ctx, "its options: %s", text);
}

static int parse_one(struct iommuctl_context *ctx, struct settings *settings, const char *object,
		     struct span word)
{
	struct span value = word, name = span_cut(&value, '=');
	ssize_t i = settings_find(settings, name);

	/* an option alone turns it on */
	value = value.text ? normal_value(value) : span_of("on");
	if (i < 0) {
		diag_set(ctx, EINVAL, object, "read the options", "there is no option '%.*s'",
			 (int)name.length, name.text);
		hint_options(ctx, settings->options, settings->count);
		return -EINVAL;
	}
	if (!takes(&settings->options[i], value)) {
		diag_set(ctx, EINVAL, object, "read the options", "%s takes %s, not '%.*s'",
			 settings->options[i].name, settings->options[i].values, (int)value.length,
			 value.text);
		return -EINVAL;
	}
	settings->values[i] = value;
	return 0;
}

void settings_init(struct settings *settings, const struct iommuctl_option *options, size_t count)
{
	settings->options = options;
	settings->count = count;
	for (size_t i = 0; i < count; i++)
		settings->values[i] = span_of(options[i].same_as ? "" : options[i].fallback);
}

int settings_parse(struct iommuctl_context *ctx, struct settings *settings,
		   const struct iommuctl_option *options, size_t count, const char *object,
		   const char *text)
{
	struct span rest = span_of(text);
	int r = 0;

	settings_init(settings, options, count);
	span_cut(&rest, ',');
	while (r >= 0 && rest.text)
		r = parse_one(ctx, settings, object, span_cut(&rest, ','));
	return r;
}

/* ---------------------------------------------------------------- profiles */

const struct iommuctl_profile *profile_find(const char *text)
{
	struct span rest = span_of(text), name = span_cut(&rest, ',');

	for (size_t i = 0; i < profile_count; i++)
		if (span_is(name, profiles[i].name))
			return &profiles[i];
	return NULL;
}

static const struct rule *find_broken_rule(const struct iommuctl_profile *profile,
					   const struct settings *settings)
{
	for (size_t i = 0; i < profile->rule_count; i++)
		if (settings_match(settings, profile->rules[i].when) &&
		    !settings_match(settings, profile->rules[i].needs))
			return &profile->rules[i];
	return NULL;
}

static void apply(struct iommuctl_feature_set *set, const struct settings *settings,
		  const struct effect *effects, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct effect *effect = &effects[i];
		uint64_t number = effect->value;
		struct iommuctl_value value = { .type = IOMMUCTL_VALUE_NONE };

		if (!settings_match(settings, effect->when))
			continue;
		if ((effect->from && settings_get_number(settings, effect->from, &number)) ||
		    number != EFFECT_UNKNOWN)
			value = value_from_bits(effect->feature, number, format_name);
		feature_set_put(set, effect->feature, &value, set->profile->name);
	}
}

static void apply_assign_rules(struct iommuctl_feature_set *set, const struct settings *settings)
{
	for (size_t i = 0; i < set->profile->assign_rule_count; i++)
		if (settings_match(settings, set->profile->assign_rules[i].when))
			set->assign = &set->profile->assign_rules[i];
}

int profile_apply(const struct iommuctl_profile *profile, const struct settings *settings,
		  const struct rule **ret_rule, struct iommuctl_feature_set **ret_set)
{
	const struct rule *rule = find_broken_rule(profile, settings);
	struct iommuctl_feature_set *set;
	int r;

	if (ret_rule)
		*ret_rule = rule;
	if (rule)
		return -EINVAL;
	r = feature_set_new(profile->model, &set);
	if (r < 0)
		return r;
	set->profile = profile;
	apply(set, settings, profile->effects, profile->effect_count);
	apply(set, settings, profile->more, profile->more_count);
	apply_assign_rules(set, settings);
	*ret_set = set;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_feature_set_new_profile(struct iommuctl_context *ctx, const char *text,
						     struct iommuctl_feature_set **ret_set)
{
	const struct iommuctl_profile *profile = text ? profile_find(text) : NULL;
	const struct rule *rule;
	struct settings settings;
	int r;

	if (!ctx || !text || !ret_set)
		return -EINVAL;
	if (!profile)
		return diag_set(ctx, ENOENT, text, "find the profile", "there is no such profile");
	r = settings_parse(ctx, &settings, profile->options, profile->option_count, profile->name,
			   text);
	if (r < 0)
		return r;
	r = profile_apply(profile, &settings, &rule, ret_set);
	if (rule)
		diag_set(ctx, EINVAL, profile->name, "read the options", "QEMU has %s only with %s",
			 rule->when, rule->needs);
	return r;
}

/* --------------------------------------------------------------- the tables */

IOMMUCTL_EXPORT const struct iommuctl_profile *
iommuctl_profile_next(const struct iommuctl_profile *profile)
{
	profile = profile ? profile + 1 : profiles;
	return profile < profiles + profile_count ? profile : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_profile_get_name(const struct iommuctl_profile *profile)
{
	return profile ? profile->name : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_profile_get_help(const struct iommuctl_profile *profile)
{
	return profile ? profile->help : NULL;
}

IOMMUCTL_EXPORT enum iommuctl_model
iommuctl_profile_get_model(const struct iommuctl_profile *profile)
{
	return profile ? profile->model : IOMMUCTL_MODEL_UNKNOWN;
}

IOMMUCTL_EXPORT const struct iommuctl_option *
iommuctl_profile_next_option(const struct iommuctl_profile *profile,
			     const struct iommuctl_option *option)
{
	if (!profile)
		return NULL;
	option = option ? option + 1 : profile->options;
	return option < profile->options + profile->option_count ? option : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_option_get_name(const struct iommuctl_option *option)
{
	return option ? option->name : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_option_get_values(const struct iommuctl_option *option)
{
	return option ? option->values : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_option_get_default(const struct iommuctl_option *option)
{
	return !option ? NULL : option->same_as ? option->same_as : option->fallback;
}

IOMMUCTL_EXPORT const char *iommuctl_option_get_help(const struct iommuctl_option *option)
{
	return option ? option->help : NULL;
}
