/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of an emulated IOMMU that offer as much of a feature set as they
 * can, and no more: from the least settings there are, each option in turn gets
 * the value that fits best.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "profile.h"

/* A way to set the options, and how well it fits. */
struct fit {
	const struct iommuctl_feature_set *target;
	unsigned int flags;
	const struct iommuctl_profile *profile;
	struct settings settings;
	char numbers[OPTIONS_MAX][8]; /* texts of values that are numbers */
	struct iommuctl_feature_set *set;
	unsigned int misfit;
};

/* How many features the target has not, and first whether devices can be assigned as asked. */
static unsigned int measure(const struct fit *fit, const struct iommuctl_feature_set *set)
{
	unsigned int misfit = 0;

	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		misfit += !iommuctl_feature_set_covers(fit->target, set, (enum iommuctl_feature)i);
	if (fit->flags & IOMMUCTL_FIT_ASSIGNED && set->assign->assignment == ASSIGN_REFUSED)
		misfit += IOMMUCTL_FEATURE_COUNT;
	return misfit;
}

static bool is_better(const struct fit *fit, const struct iommuctl_feature_set *set)
{
	unsigned int misfit = measure(fit, set);

	return !fit->set || misfit < fit->misfit ||
	       (misfit == fit->misfit && !iommuctl_feature_set_is_below(set, fit->set) &&
		iommuctl_feature_set_is_below(fit->set, set));
}

/* The settings as they are now, if they fit better than before. 1, 0, -ENOMEM. */
static int try(struct fit *fit)
{
	struct iommuctl_feature_set *set = NULL;
	int r = profile_apply(fit->profile, &fit->settings, NULL, &set);

	if (r < 0)
		return r == -EINVAL ? 0 : r;
	if (!is_better(fit, set)) {
		iommuctl_feature_set_free(set);
		return 0;
	}
	iommuctl_feature_set_free(fit->set);
	fit->set = set;
	fit->misfit = measure(fit, set);
	return 1;
}

static bool is_fitted(const struct fit *fit, size_t i)
{
	const struct iommuctl_option *option = &fit->settings.options[i];

	return option->least && (!(fit->flags & IOMMUCTL_FIT_LIBVIRT) || option->libvirt);
}

/* Try VALUE for option I, or else leave it as it is. */
static int try_value(struct fit *fit, size_t i, struct span value)
{
	const struct span before = fit->settings.values[i];
	int r;

	fit->settings.values[i] = value;
	r = try(fit);
	if (r <= 0)
		fit->settings.values[i] = before;
	return r;
}

static int try_range(struct fit *fit, size_t i, struct span low, struct span high)
{
	uint64_t least, most;
	int r = 0;

	if (!span_to_number(low, &least) || !span_to_number(high, &most))
		return 0;
	for (uint64_t n = least; r >= 0 && n <= most; n++) {
		char text[8];

		snprintf(text, sizeof(text), "%u", (unsigned int)n);
		r = try_value(fit, i, span_of(text));
		if (r > 0) {
			memcpy(fit->numbers[i], text, sizeof(text));
			fit->settings.values[i] = span_of(fit->numbers[i]);
		}
	}
	return r;
}

static int try_values(struct fit *fit, size_t i)
{
	struct span rest = span_of(fit->settings.options[i].values);
	int r = 0;

	while (r >= 0 && rest.text) {
		struct span value = span_cut(&rest, '|'), high = value, low = span_cut(&high, '.');

		if (high.text) {
			span_cut(&high, '.');
			r = try_range(fit, i, low, high);
		} else {
			r = try_value(fit, i, value);
		}
	}
	return r;
}

/* Whether libvirt has an attribute for all that BASE sets. */
static bool is_possible(const struct fit *fit, const char *base)
{
	struct span rest = span_of(base);

	while (fit->flags & IOMMUCTL_FIT_LIBVIRT && rest.length > 0) {
		struct span value = span_cut(&rest, ','), name = span_cut(&value, '=');
		ssize_t i = settings_find(&fit->settings, name);

		if (!fit->settings.options[i].libvirt)
			return false;
	}
	return true;
}

static void set_base(struct fit *fit, const char *base)
{
	struct span rest = span_of(base);

	settings_init(&fit->settings, fit->profile->options, fit->profile->option_count);
	for (size_t i = 0; i < fit->settings.count; i++)
		if (is_fitted(fit, i))
			fit->settings.values[i] = span_of(fit->settings.options[i].least);
	while (rest.length > 0) {
		struct span value = span_cut(&rest, ','), name = span_cut(&value, '=');

		fit->settings.values[settings_find(&fit->settings, name)] = value;
	}
}

/* The best that can be made of BASE. 1, 0 where QEMU refuses it, -ENOMEM. */
static int fit_base(struct fit *fit, const char *base)
{
	int r;

	set_base(fit, base);
	fit->set = iommuctl_feature_set_free(fit->set);
	r = try(fit);
	for (size_t i = 0; r > 0 && i < fit->settings.count; i++)
		if (is_fitted(fit, i) && try_values(fit, i) < 0)
			r = -ENOMEM;
	return r;
}

static int fit_best(struct fit *fit)
{
	struct fit best = { .target = fit->target, .flags = fit->flags };
	const char *best_base = NULL;
	int r = 0;

	for (const char *const *base = fit->profile->bases; r >= 0 && *base; base++) {
		if (!is_possible(fit, *base))
			continue;
		r = fit_base(fit, *base);
		if (r <= 0 || !is_better(&best, fit->set))
			continue;
		iommuctl_feature_set_free(best.set);
		best.set = fit->set;
		best.misfit = fit->misfit;
		best_base = *base;
		fit->set = NULL;
	}
	iommuctl_feature_set_free(best.set);
	if (r >= 0)
		r = best_base ? fit_base(fit, best_base) : -ENOENT;
	return r;
}

/* Options that make no difference are left out. */
static int drop_needless(struct fit *fit)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < fit->settings.count; i++) {
		const struct iommuctl_option *option = &fit->settings.options[i];
		const struct span before = fit->settings.values[i];
		struct iommuctl_feature_set *set = NULL;

		if (!option->least || option->varies)
			continue;
		fit->settings.values[i] = span_of(option->fallback);
		r = profile_apply(fit->profile, &fit->settings, NULL, &set);
		if (r < 0 || !iommuctl_feature_set_is_below(set, fit->set) ||
		    !iommuctl_feature_set_is_below(fit->set, set) ||
		    set->assign->assignment != fit->set->assign->assignment)
			fit->settings.values[i] = before;
		iommuctl_feature_set_free(set);
		r = r == -EINVAL ? 0 : r;
	}
	return r;
}

/* Appends to a text that has the room, or counts how much it takes. */
PRINTF(4, 5)
static void append(char *text, size_t size, size_t *length, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	*length += (size_t)vsnprintf(text ? text + *length : NULL, text ? size - *length : 0,
				     format, args);
	va_end(args);
}

static size_t print_options(const struct fit *fit, char *text, size_t size)
{
	const char *bus = fit->profile->bus;
	size_t length = 0;

	append(text, size, &length, "%s%s%s", fit->profile->name, bus ? "," : "", bus ? bus : "");
	for (size_t i = 0; i < fit->settings.count; i++) {
		const struct iommuctl_option *option = &fit->settings.options[i];
		const struct span *value = &fit->settings.values[i];

		if (!option->same_as && (option->varies || !span_is(*value, option->fallback)))
			append(text, size, &length, ",%s=%.*s", option->name, (int)value->length,
			       value->text);
	}
	return length;
}

static const struct iommuctl_profile *choose_profile(enum iommuctl_model model, unsigned int flags)
{
	for (size_t i = 0; i < profile_count; i++)
		if (profiles[i].model == model &&
		    (flags & IOMMUCTL_FIT_LIBVIRT ? profiles[i].libvirt != NULL
						  : !profiles[i].is_machine))
			return &profiles[i];
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_feature_set_fit_profile(const struct iommuctl_feature_set *set,
						     unsigned int flags, char **ret_text)
{
	struct fit fit = { .target = set, .flags = flags };
	size_t size;
	char *text;
	int r;

	if (!set || !ret_text || flags & ~(IOMMUCTL_FIT_ASSIGNED | IOMMUCTL_FIT_LIBVIRT))
		return -EINVAL;
	fit.profile = set->conflict ? NULL : choose_profile(set->model, flags);
	if (!fit.profile)
		return -ENOENT;
	settings_init(&fit.settings, fit.profile->options, fit.profile->option_count);
	r = fit_best(&fit);
	if (r >= 0)
		r = drop_needless(&fit);
	iommuctl_feature_set_free(fit.set);
	if (r < 0)
		return r;
	size = print_options(&fit, NULL, 0) + 1;
	text = malloc(size);
	if (!text)
		return -ENOMEM;
	print_options(&fit, text, size);
	*ret_text = text;
	return 0;
}

/* ----------------------------------------------------------------- libvirt */

/* Options that libvirt has no attribute for must be as they are without them. */
static int check_libvirt(struct iommuctl_context *ctx, const struct iommuctl_profile *profile,
			 const struct settings *settings)
{
	if (!profile->libvirt)
		return diag_set(ctx, EOPNOTSUPP, profile->name, "put it as libvirt does",
				"libvirt makes no such device");
	for (size_t i = 0; i < settings->count; i++) {
		const struct iommuctl_option *option = &settings->options[i];

		if (!option->same_as && !option->libvirt && strcmp(option->values, "*") != 0 &&
		    !span_is(settings->values[i], option->fallback))
			return diag_set(ctx, EOPNOTSUPP, profile->name, "put it as libvirt does",
					"libvirt has no attribute for %s", option->name);
	}
	return 0;
}

static size_t print_xml(const struct iommuctl_profile *profile, const struct settings *settings,
			char *text, size_t size)
{
	size_t length = 0, attributes = 0;

	append(text, size, &length, "<iommu model='%s'", profile->libvirt);
	for (size_t i = 0; i < settings->count; i++) {
		const struct iommuctl_option *option = &settings->options[i];
		const struct span *value = &settings->values[i];

		if (!option->libvirt || (!option->varies && span_is(*value, option->fallback)))
			continue;
		append(text, size, &length, "%s %s='%.*s'", attributes++ ? "" : ">\n  <driver",
		       option->libvirt, (int)value->length, value->text);
	}
	if (attributes > 0 && profile->libvirt_accel && settings_match(settings, "accel=on"))
		append(text, size, &length, " %s", profile->libvirt_accel);
	append(text, size, &length, attributes > 0 ? "/>\n</iommu>" : "/>");
	return length;
}

IOMMUCTL_EXPORT int iommuctl_profile_to_libvirt(struct iommuctl_context *ctx, const char *text,
						char **ret_xml)
{
	const struct iommuctl_profile *profile = text ? profile_find(text) : NULL;
	struct settings settings;
	size_t size;
	char *xml;
	int r;

	if (!ctx || !text || !ret_xml)
		return -EINVAL;
	if (!profile)
		return diag_set(ctx, ENOENT, text, "find the profile", "there is no such profile");
	r = settings_parse(ctx, &settings, profile->options, profile->option_count, profile->name,
			   text);
	if (r >= 0)
		r = check_libvirt(ctx, profile, &settings);
	if (r < 0)
		return r;
	size = print_xml(profile, &settings, NULL, 0) + 1;
	xml = malloc(size);
	if (!xml)
		return -ENOMEM;
	print_xml(profile, &settings, xml, size);
	*ret_xml = xml;
	return 0;
}
