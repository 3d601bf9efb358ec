/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles, formats and verdicts: what holds of every row, and some that are known otherwise. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libiommuctl/profile.h"
#include "test.h"

static struct iommuctl_context *ctx;

static int setup(void **state)
{
	(void)state;
	return iommuctl_context_new(&ctx);
}

static int teardown(void **state)
{
	(void)state;
	iommuctl_context_unref(ctx);
	return 0;
}

static const char *reason_of_failure(void)
{
	return iommuctl_diag_get_reason(iommuctl_context_get_diag(ctx));
}

static struct iommuctl_feature_set *profile(const char *text)
{
	struct iommuctl_feature_set *set;

	if (iommuctl_feature_set_new_profile(ctx, text, &set) < 0)
		fail_msg("%s: %s", text, reason_of_failure());
	return set;
}

/* ------------------------------------------------------------------ tables */

static const struct iommuctl_option *option_of(const struct iommuctl_option *options, size_t count,
					       const char *name, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(options[i].name) == length &&
		    strncmp(options[i].name, name, length) == 0)
			return &options[i];
	return NULL;
}

static bool is_help(const char *help)
{
	return help && help[0] && help[strlen(help) - 1] != '.' && !strpbrk(help, "\n\t");
}

static void check_options(const char *owner, const struct iommuctl_option *options, size_t count)
{
	assert_true(count <= OPTIONS_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct iommuctl_option *option = &options[i];

		if (!is_help(option->help) ||
		    option_of(options, count, option->name, strlen(option->name)) != option)
			fail_msg("%s: %s", owner, option->name);
		if (option->same_as) {
			const struct iommuctl_option *other =
				option_of(options, count, option->same_as, strlen(option->same_as));

			if (!other || other->same_as || option->values || option->fallback)
				fail_msg("%s: %s is the same as %s", owner, option->name,
					 option->same_as);
		} else if (!option->values || !option->fallback) {
			fail_msg("%s: %s has no values", owner, option->name);
		}
	}
}

/* Each clause is of an option and a value which that takes. */
static void check_when(const struct iommuctl_profile *profile, const char *when)
{
	while (when && *when) {
		const char *name = when + (*when == '!'), *end = name + strcspn(name, ",");
		const char *value = memchr(name, '=', (size_t)(end - name));
		const struct iommuctl_option *option =
			value ? option_of(profile->options, profile->option_count, name,
					  (size_t)(value - name))
			      : NULL;

		if (!option || option->same_as)
			fail_msg("%s: %s", profile->name, when);
		when = *end ? end + 1 : NULL;
	}
}

static void test_tables(void **state)
{
	const struct iommuctl_profile *it = NULL;
	size_t count = 0;

	(void)state;
	for (; (it = iommuctl_profile_next(it)); count++) {
		check_options(it->name, it->options, it->option_count);
		assert_true(is_help(it->help));
		for (size_t i = 0; i < it->rule_count; i++) {
			check_when(it, it->rules[i].when);
			check_when(it, it->rules[i].needs);
		}
		for (size_t i = 0; i < it->effect_count; i++)
			check_when(it, it->effects[i].when);
		for (size_t i = 0; i < it->more_count; i++)
			check_when(it, it->more[i].when);
		for (size_t i = 0; i < it->assign_rule_count; i++)
			check_when(it, it->assign_rules[i].when);
		/* the first rule is for all */
		assert_null(it->assign_rules[0].when);
		iommuctl_feature_set_free(profile(it->name));
	}
	assert_true(count >= 5);
}

/* Every value that an option names is taken, on its own or but for a rule of QEMU's. */
static void test_values(void **state)
{
	const struct iommuctl_profile *it = NULL;

	(void)state;
	while ((it = iommuctl_profile_next(it)))
		for (size_t i = 0; i < it->option_count; i++) {
			char values[64], *rest = values, *value, text[128];

			snprintf(values, sizeof(values), "%s",
				 it->options[i].values ? it->options[i].values : "");
			while ((value = strsep(&rest, "|")) && *value && *value != '*') {
				struct iommuctl_feature_set *set = NULL;

				value[strcspn(value, ".")] = '\0';
				snprintf(text, sizeof(text), "%s,%s=%s", it->name,
					 it->options[i].name, value);
				if (iommuctl_feature_set_new_profile(ctx, text, &set) < 0 &&
				    !strstr(reason_of_failure(), "only with"))
					fail_msg("%s: %s", text, reason_of_failure());
				iommuctl_feature_set_free(set);
			}
		}
}

static void test_formats(void **state)
{
	const struct iommuctl_format *it = NULL;
	const struct iommuctl_option *option = NULL;
	size_t count = 0;

	(void)state;
	for (; (it = iommuctl_format_next(it)); count++) {
		struct iommuctl_feature_set *needs;

		assert_true(is_help(iommuctl_format_get_help(it)));
		assert_string_equal(format_name((unsigned int)count), it->name);
		assert_int_equal(format_stage(it->name), it->stage);
		assert_int_equal(format_parse(ctx, it->name, &needs), 0);
		assert_int_equal(needs->model, iommuctl_format_get_model(it));
		iommuctl_feature_set_free(needs);
	}
	assert_int_equal(count, FORMAT_COUNT);
	for (count = 0; (option = iommuctl_format_next_option(option)); count++)
		assert_true(is_help(iommuctl_option_get_help(option)));
	assert_true(count >= 8);
}

/* ----------------------------------------------------------------- parsing */

static void test_refused(void **state)
{
	static const struct {
		const char *text, *reason;
		int error;
	} cases[] = {
		{ "", "there is no such profile", -ENOENT },
		{ ",", "there is no such profile", -ENOENT },
		{ "intel", "there is no such profile", -ENOENT },
		{ "intel-iommu ", "there is no such profile", -ENOENT },
		{ "intel-iommu,", "there is no option ''", -EINVAL },
		{ "intel-iommu,,,", "there is no option ''", -EINVAL },
		{ "intel-iommu,=", "there is no option ''", -EINVAL },
		{ "intel-iommu,=on", "there is no option ''", -EINVAL },
		{ "intel-iommu,aw-bits", "aw-bits takes 48|39, not 'on'", -EINVAL },
		{ "intel-iommu,aw-bits=", "aw-bits takes 48|39, not ''", -EINVAL },
		{ "intel-iommu,aw-bits=57", "aw-bits takes 48|39, not '57'", -EINVAL },
		{ "intel-iommu,aw-bits=48=", "aw-bits takes 48|39, not '48='", -EINVAL },
		{ "intel-iommu,granule=4k", "there is no option 'granule'", -EINVAL },
		{ "intel-iommu,fsts=on", "QEMU has fsts=on only with scalable-mode=on", -EINVAL },
		{ "intel-iommu,scalable-mode=on,fsts=on,aw-bits=39",
		  "QEMU has fsts=on only with aw-bits=48", -EINVAL },
		{ "intel-iommu,scalable-mode=on,pasid-bits=21", "pasid-bits takes 0..20, not '21'",
		  -EINVAL },
		{ "intel-iommu,scalable-mode=on,pasid-bits=18446744073709551617",
		  "pasid-bits takes 0..20, not '18446744073709551617'", -EINVAL },
		{ "intel-iommu,scalable-mode=on,pasid-bits=-1", "pasid-bits takes 0..20, not '-1'",
		  -EINVAL },
		{ "virtio-iommu-pci,aw-bits=31", "aw-bits takes 32..64, not '31'", -EINVAL },
		{ "smmuv3,accel=on,stage=nested", "QEMU has accel=on only with !stage=nested",
		  -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iommuctl_feature_set *set;

		assert_int_equal(iommuctl_feature_set_new_profile(ctx, cases[i].text, &set),
				 cases[i].error);
		assert_string_equal(reason_of_failure(), cases[i].reason);
	}
}

/* The last one wins, an option alone is on, and QEMU's other names and words are known. */
static void test_spelling(void **state)
{
	static const char *const same[][2] = {
		{ "intel-iommu,caching-mode=on", "intel-iommu,caching-mode" },
		{ "intel-iommu,caching-mode=on", "intel-iommu,caching-mode=off,caching-mode=yes" },
		{ "intel-iommu,intremap=off", "intel-iommu,intremap=no" },
		{ "intel-iommu,scalable-mode=on,fsts=on",
		  "intel-iommu,x-flts=true,x-scalable-mode=y,id=iommu0" },
		{ "virtio-iommu", "virtio-iommu-pci,addr=1e.0,boot-bypass=off" },
		{ "arm-smmuv3,stage=nested", "smmuv3" },
		{ "arm-smmuv3,stage=1", "arm-smmuv3,primary-bus=pcie.0" },
		{ "smmuv3,accel=on", "arm-smmuv3,accel=on" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		struct iommuctl_feature_set *a = profile(same[i][0]), *b = profile(same[i][1]);

		if (!iommuctl_feature_set_is_below(a, b) || !iommuctl_feature_set_is_below(b, a))
			fail_msg("%s is not %s", same[i][0], same[i][1]);
		iommuctl_feature_set_free(a);
		iommuctl_feature_set_free(b);
	}
}

/* What QEMU takes from the host is not known. */
static void test_from_the_host(void **state)
{
	static const enum iommuctl_feature features[] = { IOMMUCTL_FEATURE_OUTPUT_BITS,
							  IOMMUCTL_FEATURE_PASID_BITS,
							  IOMMUCTL_FEATURE_ATS,
							  IOMMUCTL_FEATURE_RANGE_INVALIDATION };
	struct iommuctl_feature_set *automatic = profile("smmuv3,accel=on"),
				    *fixed = profile(
					    "smmuv3,accel=on,oas=48,ssidsize=16,ats=on,ril=off");
	struct iommuctl_value value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		assert_int_equal(iommuctl_feature_set_get(automatic, features[i], &value),
				 -ENODATA);
		assert_int_equal(iommuctl_feature_set_get(fixed, features[i], &value), 0);
	}
	assert_int_equal(iommuctl_feature_set_get(fixed, IOMMUCTL_FEATURE_PASID_BITS, &value), 0);
	assert_int_equal(value.number, 16);
	iommuctl_feature_set_free(automatic);
	iommuctl_feature_set_free(fixed);
}

/* --------------------------------------------------------------------- fit */

#define ROUNDS 60

static unsigned int below(unsigned int limit)
{
	return (unsigned int)random() % limit;
}

/* A value of those that are fitted, or of a base. */
static void append_value(char *text, size_t size, const struct iommuctl_option *option)
{
	const char *value = option->values;
	size_t length = strlen(text);

	for (unsigned int skip = below(3); skip > 0 && strchr(value, '|'); skip--)
		value = strchr(value, '|') + 1;
	if (strchr("0123456789", *value) && strstr(value, ".."))
		snprintf(text + length, size - length, ",%s=%u", option->name,
			 (unsigned int)strtoul(value, NULL, 10) + below(21));
	else
		snprintf(text + length, size - length, ",%s=%.*s", option->name,
			 (int)strcspn(value, "|"), value);
}

/* A profile with random options of those that QEMU's newest version has; NULL if it refuses them.
 */
static struct iommuctl_feature_set *random_profile(const struct iommuctl_profile *it, char *text,
						   size_t size)
{
	struct iommuctl_feature_set *set = NULL;
	size_t bases = 0;
	const char *base;

	while (it->bases[bases])
		bases++;
	base = it->bases[below((unsigned int)bases)];
	snprintf(text, size, "%s%s%s", it->name, *base ? "," : "", base);
	for (size_t i = 0; i < it->option_count; i++)
		if (it->options[i].least && below(2))
			append_value(text, size, &it->options[i]);
	return iommuctl_feature_set_new_profile(ctx, text, &set) < 0 ? NULL : set;
}

static unsigned int misfit(const struct iommuctl_feature_set *set,
			   const struct iommuctl_feature_set *target)
{
	unsigned int n = 0;

	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		n += !iommuctl_feature_set_covers(target, set, (enum iommuctl_feature)i);
	return n;
}

static struct iommuctl_feature_set *fit(const struct iommuctl_feature_set *target, char **ret_text)
{
	assert_int_equal(iommuctl_feature_set_fit_profile(target, 0, ret_text), 0);
	return profile(*ret_text);
}

/* What can be had exactly is had exactly. */
static void test_fit_gives_a_profile_back(void **state)
{
	const struct iommuctl_profile *it = NULL;
	unsigned int count = 0;

	(void)state;
	srandom(5);
	while ((it = iommuctl_profile_next(it)))
		for (int i = 0; i < ROUNDS; i++) {
			char text[512], *again;
			struct iommuctl_feature_set *set = random_profile(it, text, sizeof(text)),
						    *fitted;

			if (!set)
				continue;
			fitted = fit(set, &again);
			if (!iommuctl_feature_set_is_below(set, fitted) ||
			    !iommuctl_feature_set_is_below(fitted, set))
				fail_msg("%s became %s", text, again);
			count++;
			iommuctl_feature_set_free(set);
			iommuctl_feature_set_free(fitted);
			free(again);
		}
	assert_true(count > ROUNDS);
}

/* Of what profiles have in common no random profile offers less too much. */
static void test_fit_is_the_best(void **state)
{
	const struct iommuctl_profile *it = NULL;
	unsigned int exact = 0;

	(void)state;
	srandom(11);
	while ((it = iommuctl_profile_next(it)))
		for (int i = 0; i < ROUNDS; i++) {
			char text[512], *again;
			struct iommuctl_feature_set *a = random_profile(it, text, sizeof(text)),
						    *b = random_profile(it, text, sizeof(text)),
						    *other = random_profile(it, text, sizeof(text)),
						    *fitted;

			if (a && b && other && iommuctl_feature_set_meet(a, b) == 0) {
				fitted = fit(a, &again);
				if (misfit(other, a) < misfit(fitted, a))
					fail_msg("%s fits better than %s", text, again);
				exact += misfit(fitted, a) == 0;
				iommuctl_feature_set_free(fitted);
				free(again);
			}
			iommuctl_feature_set_free(a);
			iommuctl_feature_set_free(b);
			iommuctl_feature_set_free(other);
		}
	assert_true(exact > ROUNDS);
}

/* Where no side is a profile the devices of the host are to be assigned. */
static void test_fit_for_assignment(void **state)
{
	const struct iommuctl_profile *it = NULL;

	(void)state;
	while ((it = iommuctl_profile_next(it))) {
		struct iommuctl_feature_set *set = profile(it->name), *fitted;
		char *text;

		assert_int_equal(
			iommuctl_feature_set_fit_profile(set, IOMMUCTL_FIT_ASSIGNED, &text), 0);
		fitted = profile(text);
		if (fitted->assign->assignment == ASSIGN_REFUSED)
			fail_msg("%s", text);
		iommuctl_feature_set_free(set);
		iommuctl_feature_set_free(fitted);
		free(text);
	}
}

static void test_libvirt(void **state)
{
	static const struct {
		const char *text, *xml;
	} cases[] = {
		{ "intel-iommu,intremap=on,caching-mode=on,eim=on,device-iotlb=on,aw-bits=48",
		  "<iommu model='intel'>\n"
		  "  <driver aw_bits='48' intremap='on' iotlb='on' caching_mode='on' eim='on'/>\n"
		  "</iommu>" },
		{ "virtio-iommu-pci", "<iommu model='virtio'/>" },
		{ "smmuv3,accel=on,ats=off",
		  "<iommu model='smmuv3'>\n  <driver accel='on' ats='off' pciBus='0'/>\n</iommu>" },
	};
	char *xml;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(iommuctl_profile_to_libvirt(ctx, cases[i].text, &xml), 0);
		assert_string_equal(xml, cases[i].xml);
		free(xml);
	}
	assert_int_equal(
		iommuctl_profile_to_libvirt(ctx, "intel-iommu,scalable-mode=on,fsts=on", &xml),
		-EOPNOTSUPP);
	assert_string_equal(reason_of_failure(), "libvirt has no attribute for scalable-mode");
	assert_int_equal(iommuctl_profile_to_libvirt(ctx, "arm-smmuv3", &xml), -EOPNOTSUPP);
	assert_int_equal(iommuctl_profile_to_libvirt(ctx, "x", &xml), -ENOENT);
	assert_int_equal(iommuctl_profile_to_libvirt(ctx, "virtio-iommu,x", &xml), -EINVAL);
}

static void test_fit_refused(void **state)
{
	struct iommuctl_feature_set *set;
	char *text;

	(void)state;
	assert_int_equal(feature_set_new(IOMMUCTL_MODEL_APPLE_DART, &set), 0);
	assert_int_equal(iommuctl_feature_set_fit_profile(set, 0, &text), -ENOENT);
	assert_int_equal(iommuctl_feature_set_fit_profile(set, 1u << 7, &text), -EINVAL);
	iommuctl_feature_set_free(set);
}

/* ---------------------------------------------------------------- verdicts */

/* A host that can all that NESTED needs, but for what CHANGE says. */
struct change {
	enum iommuctl_feature feature;
	struct iommuctl_value value;
};

static struct iommuctl_feature_set *vtd_host(const struct change *change, const char *source)
{
	const struct change able[] = {
		{ IOMMUCTL_FEATURE_INPUT_BITS, VALUE_NUMBER(48) },
		{ IOMMUCTL_FEATURE_PASID_BITS, VALUE_NUMBER(20) },
		{ IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS,
		  VALUE_TEXTS(3, "vtd-s1-4level", "vtd-s2-3level", "vtd-s2-4level") },
		{ IOMMUCTL_FEATURE_STAGE1_PAGE_SIZES, VALUE_NUMBERS(3, 4096, 2097152, 1073741824) },
		{ IOMMUCTL_FEATURE_PAGE_SIZES, VALUE_NUMBERS(2, 4096, 2097152) },
		{ IOMMUCTL_FEATURE_STAGE1, VALUE_BOOL(true) },
		{ IOMMUCTL_FEATURE_NESTING, VALUE_BOOL(true) },
		{ IOMMUCTL_FEATURE_ATS, VALUE_BOOL(true) },
		{ IOMMUCTL_FEATURE_PRI, VALUE_BOOL(true) },
		{ IOMMUCTL_FEATURE_HTTU, VALUE_TEXT("none") },
	};
	struct iommuctl_feature_set *set;

	assert_int_equal(feature_set_new(IOMMUCTL_MODEL_INTEL_VTD, &set), 0);
	for (size_t i = 0; i < ARRAY_SIZE(able); i++)
		feature_set_put(set, able[i].feature, &able[i].value, "host");
	if (change)
		feature_set_put(set, change->feature, &change->value, source);
	return set;
}

static void check_verdict(struct iommuctl_verdict *verdict, enum iommuctl_answer answer,
			  const char *reason)
{
	const char *first = iommuctl_verdict_get_reason(verdict, 0);

	if (!reason ? first != NULL : !first || !strstr(first, reason))
		fail_msg("%s, not %s", first, reason);
	assert_int_equal(iommuctl_verdict_get_answer(verdict), answer);
	iommuctl_verdict_free(verdict);
}

static void check_nested(const char *text, const struct iommuctl_feature_set *host,
			 enum iommuctl_answer answer, const char *reason)
{
	struct iommuctl_feature_set *guest = profile(text);
	struct iommuctl_verdict *verdict;

	assert_int_equal(iommuctl_verdict_nested(guest, host, &verdict), 0);
	check_verdict(verdict, answer, reason);
	iommuctl_feature_set_free(guest);
}

#define NESTED_GUEST                                                                               \
	"intel-iommu,scalable-mode=on,fsts=on,caching-mode=on,device-iotlb=on,pasid-bits=16,svm="  \
	"on"

static void test_nested(void **state)
{
	static const struct {
		struct change change;
		const char *source;
		enum iommuctl_answer answer;
		const char *reason;
	} cases[] = {
		{ { IOMMUCTL_FEATURE_NESTING, VALUE_BOOL(false) },
		  "host",
		  IOMMUCTL_ANSWER_NO,
		  "nesting: needed, not there [host]" },
		{ { IOMMUCTL_FEATURE_NESTING, VALUE_BOOL(false) },
		  "default",
		  IOMMUCTL_ANSWER_UNKNOWN,
		  "nesting: needed, assumed not to be there [default]" },
		{ { IOMMUCTL_FEATURE_NESTING, { .type = IOMMUCTL_VALUE_NONE } },
		  NULL,
		  IOMMUCTL_ANSWER_UNKNOWN,
		  "nesting: needed, not known there" },
		{ { IOMMUCTL_FEATURE_PASID_BITS, VALUE_NUMBER(15) },
		  "host",
		  IOMMUCTL_ANSWER_NO,
		  "pasid_bits: 16 needed, 15 there [host]" },
		{ { IOMMUCTL_FEATURE_STAGE1_PAGE_SIZES, VALUE_NUMBERS(2, 4096, 2097152) },
		  "host",
		  IOMMUCTL_ANSWER_NO,
		  "stage1_page_sizes: 4096, 2097152, 1073741824 needed, 4096, 2097152 there "
		  "[host]" },
		{ { IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, VALUE_TEXTS(1, "vtd-s2-4level") },
		  "host",
		  IOMMUCTL_ANSWER_NO,
		  "page_table_formats: vtd-s1-4level needed, vtd-s2-4level there [host]" },
		{ { IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, VALUE_TEXTS(0, NULL) },
		  "host",
		  IOMMUCTL_ANSWER_NO,
		  "page_table_formats: vtd-s1-4level needed, none there [host]" },
		{ { IOMMUCTL_FEATURE_ATS, VALUE_BOOL(false) },
		  "host",
		  IOMMUCTL_ANSWER_NO,
		  "ats: needed" },
		{ { IOMMUCTL_FEATURE_PRI, VALUE_BOOL(false) },
		  "host",
		  IOMMUCTL_ANSWER_NO,
		  "pri: needed" },
		/* the second stage's, which the guest does not see */
		{ { IOMMUCTL_FEATURE_INPUT_BITS, VALUE_NUMBER(39) },
		  "host",
		  IOMMUCTL_ANSWER_YES,
		  NULL },
	};
	struct iommuctl_feature_set *host = vtd_host(NULL, NULL);

	(void)state;
	check_nested(NESTED_GUEST, host, IOMMUCTL_ANSWER_YES, NULL);
	check_nested("smmuv3,accel=on", host, IOMMUCTL_ANSWER_NO,
		     "model: arm-smmu-v3 needed, intel-vtd there");
	check_nested("intel-iommu,scalable-mode=on,fsts=on", host, IOMMUCTL_ANSWER_NO,
		     "has not caching-mode=on");
	check_nested("arm-smmuv3", host, IOMMUCTL_ANSWER_NO, "without accel=on");
	check_nested(NESTED_GUEST, NULL, IOMMUCTL_ANSWER_NO, "no IOMMU is in use there");
	iommuctl_feature_set_free(host);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		host = vtd_host(&cases[i].change, cases[i].source);
		check_nested(NESTED_GUEST, host, cases[i].answer, cases[i].reason);
		iommuctl_feature_set_free(host);
	}
}

/* A guest that is shadowed does not run nested, but may run. */
static void test_shadowed(void **state)
{
	const struct change narrow = { IOMMUCTL_FEATURE_INPUT_BITS, VALUE_NUMBER(39) };
	struct iommuctl_feature_set *host = vtd_host(&narrow, "host"),
				    *wide = profile("virtio-iommu-pci,aw-bits=48"),
				    *small = profile("virtio-iommu-pci,aw-bits=39"),
				    *plain = profile("virtio-iommu-pci");
	struct iommuctl_verdict *verdict;

	(void)state;
	assert_int_equal(iommuctl_verdict_nested(wide, host, &verdict), 0);
	assert_string_equal(iommuctl_verdict_get_reason(verdict, 1),
			    "input_bits: 48 needed, 39 there [host]");
	check_verdict(verdict, IOMMUCTL_ANSWER_NO, "shadowed");
	assert_int_equal(iommuctl_verdict_nested(small, host, &verdict), 0);
	assert_string_equal(iommuctl_verdict_get_reason(verdict, 1), "that works there");
	check_verdict(verdict, IOMMUCTL_ANSWER_NO, "shadowed");
	assert_int_equal(iommuctl_verdict_nested(plain, NULL, &verdict), 0);
	assert_string_equal(iommuctl_verdict_get_reason(verdict, 1), "no IOMMU is in use there");
	check_verdict(verdict, IOMMUCTL_ANSWER_NO, "shadowed");
	assert_int_equal(iommuctl_verdict_nested(host, plain, &verdict), -EINVAL);
	iommuctl_feature_set_free(host);
	iommuctl_feature_set_free(wide);
	iommuctl_feature_set_free(small);
	iommuctl_feature_set_free(plain);
}

static void check_migrate(const struct change *from_change, const struct change *to_change,
			  enum iommuctl_answer answer, const char *reason)
{
	struct iommuctl_feature_set *from = vtd_host(from_change, "from"),
				    *to = vtd_host(to_change, "to");
	struct iommuctl_verdict *verdict;

	assert_int_equal(iommuctl_verdict_migrate(from, to, &verdict), 0);
	check_verdict(verdict, answer, reason);
	iommuctl_feature_set_free(from);
	iommuctl_feature_set_free(to);
}

static void test_migrate(void **state)
{
	const struct change less_pasid = { IOMMUCTL_FEATURE_PASID_BITS, VALUE_NUMBER(16) };
	const struct change no_nesting = { IOMMUCTL_FEATURE_NESTING, VALUE_BOOL(false) };
	const struct change narrow = { IOMMUCTL_FEATURE_INPUT_BITS, VALUE_NUMBER(39) };
	const struct change unknown = { IOMMUCTL_FEATURE_ATS, { .type = IOMMUCTL_VALUE_NONE } };
	const struct change other_stage2 = { IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS,
					     VALUE_TEXTS(1, "vtd-s1-4level") };
	const struct change pages = { IOMMUCTL_FEATURE_PAGE_SIZES, VALUE_NUMBERS(1, 4096) };
	struct iommuctl_feature_set *host = vtd_host(NULL, NULL), *nothing;
	struct iommuctl_verdict *verdict;

	(void)state;
	check_migrate(NULL, NULL, IOMMUCTL_ANSWER_YES, NULL);
	check_migrate(NULL, &less_pasid, IOMMUCTL_ANSWER_NO,
		      "pasid_bits: 20 needed, 16 there [to]");
	check_migrate(&less_pasid, NULL, IOMMUCTL_ANSWER_YES, NULL);
	check_migrate(NULL, &narrow, IOMMUCTL_ANSWER_NO, "input_bits: 48 needed, 39 there [to]");
	check_migrate(NULL, &no_nesting, IOMMUCTL_ANSWER_NO, "nesting: needed, not there [to]");
	check_migrate(NULL, &unknown, IOMMUCTL_ANSWER_UNKNOWN, "ats: needed, not known there");
	/* what only the host itself uses */
	check_migrate(NULL, &other_stage2, IOMMUCTL_ANSWER_YES, NULL);
	check_migrate(NULL, &pages, IOMMUCTL_ANSWER_YES, NULL);
	assert_int_equal(feature_set_new(IOMMUCTL_MODEL_INTEL_VTD, &nothing), 0);
	assert_int_equal(iommuctl_verdict_migrate(nothing, host, &verdict), 0);
	check_verdict(verdict, IOMMUCTL_ANSWER_UNKNOWN, "nothing is published");
	assert_int_equal(iommuctl_verdict_migrate(host, NULL, &verdict), 0);
	check_verdict(verdict, IOMMUCTL_ANSWER_NO, "no IOMMU is in use there");
	assert_int_equal(iommuctl_verdict_migrate(NULL, host, &verdict), 0);
	check_verdict(verdict, IOMMUCTL_ANSWER_NO, "no IOMMU is in use where");
	iommuctl_feature_set_free(host);
	iommuctl_feature_set_free(nothing);
}

/* Without nesting no guest sees the first stage, ATS or PASIDs. */
static void test_migrate_without_nesting(void **state)
{
	const struct iommuctl_value no = VALUE_BOOL(false), none = VALUE_NUMBER(0);
	struct iommuctl_feature_set *from = vtd_host(NULL, NULL), *to = vtd_host(NULL, NULL);
	struct iommuctl_verdict *verdict;

	(void)state;
	feature_set_put(from, IOMMUCTL_FEATURE_NESTING, &no, "from");
	feature_set_put(to, IOMMUCTL_FEATURE_NESTING, &no, "to");
	feature_set_put(to, IOMMUCTL_FEATURE_PASID_BITS, &none, "to");
	assert_int_equal(iommuctl_verdict_migrate(from, to, &verdict), 0);
	check_verdict(verdict, IOMMUCTL_ANSWER_YES, NULL);
	iommuctl_feature_set_free(from);
	iommuctl_feature_set_free(to);
}

static void test_format(void **state)
{
	static const struct {
		const char *text;
		enum iommuctl_answer answer;
		const char *reason;
	} cases[] = {
		{ "vtd-s1-4level", IOMMUCTL_ANSWER_YES, NULL },
		{ "vtd-s1-4level,input_bits=40,wpe,pasid_bits=20,page_size=1g", IOMMUCTL_ANSWER_YES,
		  NULL },
		{ "vtd-s1-5level", IOMMUCTL_ANSWER_NO,
		  "page_table_formats: vtd-s1-5level needed, vtd-s1-4level, vtd-s2-3level, "
		  "vtd-s2-4level there [host]" },
		{ "vtd-s1-4level,pasid_bits=20,eafe", IOMMUCTL_ANSWER_UNKNOWN,
		  "extended_access_flag: needed, not known there" },
		{ "vtd-s1-4level,dirty", IOMMUCTL_ANSWER_NO,
		  "httu: access+dirty needed, none there [host]" },
		{ "vtd-s2-4level", IOMMUCTL_ANSWER_NO, "input_bits: 48 needed, 39 there" },
		{ "vtd-s2-4level,input_bits=39", IOMMUCTL_ANSWER_YES, NULL },
		{ "vtd-s2-3level", IOMMUCTL_ANSWER_YES, NULL },
		{ "vtd-s2-3level,page_size=1g", IOMMUCTL_ANSWER_NO,
		  "page_sizes: 1073741824 needed, 4096, 2097152 there" },
		{ "amd-v1", IOMMUCTL_ANSWER_NO, "model: amd-vi needed, intel-vtd there" },
		{ "smmuv3-cd", IOMMUCTL_ANSWER_NO, "model: arm-smmu-v3 needed, intel-vtd there" },
	};
	const struct change narrow = { IOMMUCTL_FEATURE_INPUT_BITS, VALUE_NUMBER(39) };
	struct iommuctl_feature_set *host = vtd_host(&narrow, "host");
	struct iommuctl_verdict *verdict;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(iommuctl_verdict_format(ctx, cases[i].text, host, &verdict), 0);
		check_verdict(verdict, cases[i].answer, cases[i].reason);
	}
	assert_int_equal(iommuctl_verdict_format(ctx, "amd-v1", NULL, &verdict), 0);
	check_verdict(verdict, IOMMUCTL_ANSWER_NO, "no IOMMU is in use there");
	iommuctl_feature_set_free(host);
}

static void test_format_refused(void **state)
{
	static const struct {
		const char *text, *reason;
		int error;
	} cases[] = {
		{ "", "there is no such format", -ENOENT },
		{ "vtd", "there is no such format", -ENOENT },
		{ ",,", "there is no such format", -ENOENT },
		{ "vtd-s1-4level,", "there is no option ''", -EINVAL },
		{ "vtd-s1-4level,input_bits=57", "it translates 48 input bits at most, not 57",
		  -EINVAL },
		{ "vtd-s1-4level,input_bits=0", "input_bits takes auto|1..64, not '0'", -EINVAL },
		{ "vtd-s2-4level,eafe", "a table of this format has no eafe", -EINVAL },
		{ "amd-v1,btm", "a table of this format has no btm", -EINVAL },
		{ "smmuv3-cd,granule=8k",
		  "page_size takes auto|4k|16k|64k|2m|32m|512m|1g, not '8k'", -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iommuctl_verdict *verdict;

		assert_int_equal(iommuctl_verdict_format(ctx, cases[i].text, NULL, &verdict),
				 cases[i].error);
		assert_string_equal(reason_of_failure(), cases[i].reason);
	}
}

/* Of a mistyped option. */
static void test_hints_name_the_options(void **state)
{
	struct iommuctl_feature_set *set;
	const char *hint;
	bool found = false;

	(void)state;
	assert_int_equal(iommuctl_feature_set_new_profile(ctx, "intel-iommu,foo", &set), -EINVAL);
	for (size_t i = 0; (hint = iommuctl_diag_get_hint(iommuctl_context_get_diag(ctx), i)); i++)
		found = found || strstr(hint, " pasid-bits ");
	assert_true(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_spelling),
		cmocka_unit_test(test_from_the_host),
		cmocka_unit_test(test_fit_gives_a_profile_back),
		cmocka_unit_test(test_fit_is_the_best),
		cmocka_unit_test(test_fit_for_assignment),
		cmocka_unit_test(test_libvirt),
		cmocka_unit_test(test_fit_refused),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_shadowed),
		cmocka_unit_test(test_migrate),
		cmocka_unit_test(test_migrate_without_nesting),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_format_refused),
		cmocka_unit_test(test_hints_name_the_options),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
