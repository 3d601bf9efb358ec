/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds of every register, field, feature and model; none is named here. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "libiommuctl/internal.h"
#include "test.h"

/* [a-z0-9_]+ */
static bool is_mnemonic(const char *name)
{
	return name && name[0] &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

/* [a-z][a-z0-9_]* */
static bool is_name(const char *name)
{
	return is_mnemonic(name) && name[0] >= 'a';
}

/* One line that says something and, being part of a list, ends without a stop. */
static bool is_help(const char *help)
{
	size_t length = help ? strlen(help) : 0;

	return length > 0 && help[length - 1] != '.' && help[length - 1] != ' ' &&
	       !strpbrk(help, "\n\t");
}

static void check(bool good, const struct iommuctl_register *reg,
		  const struct iommuctl_field *field, const char *what)
{
	if (!good)
		fail_msg("%s.%s%s%s: %s", iommuctl_register_get_arch(reg), reg->name,
			 field ? "." : "", field ? field->name : "", what);
}

/* ---------------------------------------------------------------- registers */

static void check_register(const struct iommuctl_register *reg)
{
	const struct iommuctl_register *other = NULL, *found;

	check(is_name(reg->name), reg, NULL, "name");
	check(is_help(reg->help), reg, NULL, "help");
	check(is_help(reg->spec), reg, NULL, "spec");
	check(reg->width == 8 || reg->width == 16 || reg->width == 32 || reg->width == 64, reg,
	      NULL, "width");
	check((reg->model != IOMMUCTL_MODEL_UNKNOWN) != (reg->arch != NULL), reg, NULL,
	      "of a model, or else of another part");
	check(reg->field_count > 0, reg, NULL, "no fields");
	while ((other = iommuctl_register_next(other)))
		check(other == reg || strcmp(other->name, reg->name) != 0 ||
			      (reg->model != IOMMUCTL_MODEL_UNKNOWN &&
			       other->model != IOMMUCTL_MODEL_UNKNOWN &&
			       other->model != reg->model),
		      reg, NULL, "name not unique in the model, or shared although it has none");
	check(iommuctl_register_find(reg->model, reg->name, &found) == 0 && found == reg, reg, NULL,
	      "not found by name");
}

/* A name is of the field's own bits at least, and can be met. */
static void check_names(const struct iommuctl_register *reg, const struct iommuctl_field *field)
{
	const uint64_t mask = bits(UINT64_MAX, field->high, field->low) << field->low;

	check(field->names && field->names[0].name, reg, field, "names");
	for (const struct field_name *it = field->names; it->name; it++) {
		check(it->name[0], reg, field, "name");
		check((it->mask & mask) == mask && (it->value & ~it->mask) == 0, reg, field,
		      "mask of a name");
		check(strcmp(iommuctl_field_decode(field, it->value).text, it->name) == 0, reg,
		      field, "name of a value");
	}
}

/* The tables that a field's kind needs have an entry for whatever the bits can be. */
static void check_kind(const struct iommuctl_register *reg, const struct iommuctl_field *field)
{
	unsigned int width = field->high - field->low + 1u;

	switch (field->kind) {
	case FIELD_FLAG:
		check(width == 1, reg, field, "a flag has one bit");
		break;
	case FIELD_POWER:
		check((field->most ? field->most : (UINT64_C(1) << width) - 1) * field->scale +
				      field->bias <
			      64,
		      reg, field, "power out of 64 bits");
		break;
	case FIELD_ENUM:
		check(field->labels, reg, field, "labels");
		/* under the address sanitizer: there are as many as raw values */
		for (uint64_t raw = 0; raw >> width == 0; raw++)
			check(!field->labels[raw] || field->labels[raw][0], reg, field, "label");
		break;
	case FIELD_SET:
		check(field->labels, reg, field, "labels");
		check(width <= IOMMUCTL_VALUE_MAX, reg, field, "too wide");
		for (unsigned int bit = 0; bit < width; bit++)
			check(field->labels[bit] && field->labels[bit][0], reg, field, "label");
		break;
	case FIELD_CODE:
		check(field->numbers && field->numbers[0] > 0, reg, field, "numbers");
		/* as above */
		for (uint64_t raw = 0; raw >> width == 0; raw++)
			check(field->numbers[raw] < UINT64_MAX, reg, field, "number");
		break;
	case FIELD_NAMED:
		check_names(reg, field);
		break;
	case FIELD_SIZES:
		check(width <= IOMMUCTL_VALUE_MAX, reg, field, "too wide");
		for (unsigned int bit = 0; bit < width; bit++)
			check(!field->numbers || field->numbers[bit] > 0, reg, field, "number");
		break;
	case FIELD_NUMBER:
		check(width + field->shift <= 64, reg, field, "number out of 64 bits");
		break;
	}
}

static void test_registers(void **state)
{
	const struct iommuctl_register *reg = NULL;
	size_t registers = 0;

	(void)state;
	while ((reg = iommuctl_register_next(reg))) {
		const struct iommuctl_field *field = NULL, *before = NULL;

		registers++;
		check_register(reg);
		for (; (field = iommuctl_register_next_field(reg, field)); before = field) {
			check(is_mnemonic(field->name), reg, field, "name");
			check(is_help(field->help), reg, field, "help");
			check(field->low <= field->high && field->high < reg->width, reg, field,
			      "outside the register");
			check(!before || before->high < field->low, reg, field,
			      "overlaps, or is not sorted");
			for (const struct iommuctl_field *it = reg->fields; it < field; it++)
				check(strcmp(it->name, field->name) != 0, reg, field,
				      "name not unique");
			check_kind(reg, field);
		}
	}
	assert_true(registers > 0);
}

static uint64_t random64(void)
{
	return (uint64_t)random() << 62 ^ (uint64_t)random() << 31 ^ (uint64_t)random();
}

static void check_decoded(const struct iommuctl_register *reg, const struct iommuctl_field *field,
			  uint64_t value)
{
	const struct iommuctl_value decoded = iommuctl_field_decode(field, value);

	const bool reserved = field->most > 0 && iommuctl_field_get_raw(field, value) > field->most;

	check(reserved == (decoded.type == IOMMUCTL_VALUE_NONE) || field->kind == FIELD_ENUM ||
		      field->kind == FIELD_CODE,
	      reg, field, "decodes to nothing, or to something although reserved");
	if (decoded.type == IOMMUCTL_VALUE_NUMBERS || decoded.type == IOMMUCTL_VALUE_TEXTS)
		check(decoded.count == (unsigned int)__builtin_popcountll(
					       iommuctl_field_get_raw(field, value)),
		      reg, field, "as many values as bits");
	for (unsigned int i = 0; decoded.type == IOMMUCTL_VALUE_TEXTS && i < decoded.count; i++)
		check(decoded.texts[i], reg, field, "text");
}

/* Fields and reserved bits are all of a register, and nothing twice. */
static void test_values_reassemble(void **state)
{
	const struct iommuctl_register *reg = NULL;

	(void)state;
	while ((reg = iommuctl_register_next(reg)))
		for (int i = 0; i < 2000; i++) {
			uint64_t value = i == 0 ? 0 : i == 1 ? UINT64_MAX : random64();
			uint64_t rest = iommuctl_register_get_reserved(reg, value);
			const struct iommuctl_field *field = NULL;

			while ((field = iommuctl_register_next_field(reg, field))) {
				uint64_t raw = iommuctl_field_get_raw(field, value);
				unsigned int high, low;

				iommuctl_field_get_bits(field, &high, &low);
				check(high - low == 63 || raw >> (high - low + 1) == 0, reg, field,
				      "raw has more bits than the field");
				check((rest & raw << low) == 0, reg, field, "reserved too");
				rest |= raw << low;
				check_decoded(reg, field, value);
			}
			check(rest == value, reg, NULL, "bits are lost");
		}
}

static void test_registers_not_there(void **state)
{
	const struct iommuctl_register *reg = NULL;

	(void)state;
	assert_int_equal(iommuctl_register_find(IOMMUCTL_MODEL_UNKNOWN, "nope", &reg), -ENOENT);
	assert_int_equal(iommuctl_register_find(IOMMUCTL_MODEL_UNKNOWN, NULL, &reg), -EINVAL);
	assert_int_equal(iommuctl_register_find(IOMMUCTL_MODEL_UNKNOWN, "nope", NULL), -EINVAL);
	assert_null(reg);
	assert_null(iommuctl_register_get_name(NULL));
	assert_null(iommuctl_register_next_field(NULL, NULL));
	assert_int_equal(iommuctl_register_get_width(NULL), 0);
	assert_int_equal(iommuctl_register_get_reserved(NULL, 1), 0);
	assert_int_equal(iommuctl_field_get_raw(NULL, 1), 0);
	assert_int_equal(iommuctl_field_decode(NULL, 1).type, IOMMUCTL_VALUE_NONE);
}

/* ----------------------------------------------------- features and models */

static void test_models(void **state)
{
	enum iommuctl_model model, back;
	size_t n;

	(void)state;
	for (n = 0; iommuctl_model_get(n, &model) == 0; n++) {
		const char *name = iommuctl_model_to_string(model);

		assert_int_equal(model, n);
		assert_true(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name));
		assert_int_equal(iommuctl_model_from_string(name, &back), 0);
		assert_int_equal(back, model);
	}
	assert_int_equal(iommuctl_model_get(n, &model), -ENOENT);
	assert_string_equal(iommuctl_model_to_string((enum iommuctl_model)n), "unknown");
	assert_string_equal(iommuctl_model_to_string((enum iommuctl_model) - 1), "unknown");
	assert_int_equal(iommuctl_model_from_string("nope", &back), -EINVAL);
	assert_int_equal(iommuctl_model_from_string("", &back), -EINVAL);
	assert_int_equal(iommuctl_model_from_string(NULL, &back), -EINVAL);
}

/* The numbers are a promise: this list only grows. */
static void test_model_numbers_are_stable(void **state)
{
	static const char *const names[] = {
		"unknown",  "intel-vtd",   "arm-smmu-v3", "amd-vi",   "virtio-iommu",
		"arm-smmu", "riscv-iommu", "spapr-tce",	  "s390-pci", "apple-dart",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(iommuctl_model_to_string((enum iommuctl_model)i), names[i]);
}

static void test_object_kind_numbers_are_stable(void **state)
{
	static const char *const names[] = {
		"unknown", "device",	  "ioas",    "hwpt",	 "viommu",
		"vdevice", "fault-queue", "veventq", "hw-queue",
	};
	enum iommuctl_object_kind back = IOMMUCTL_OBJECT_UNKNOWN;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *name = iommuctl_object_kind_to_string((enum iommuctl_object_kind)i);

		assert_string_equal(name, names[i]);
		assert_int_equal(iommuctl_object_kind_from_string(name, &back), i ? 0 : -EINVAL);
		assert_int_equal(back, i);
	}
	assert_string_equal(
		iommuctl_object_kind_to_string((enum iommuctl_object_kind)ARRAY_SIZE(names)),
		"unknown");
	assert_string_equal(iommuctl_object_kind_to_string((enum iommuctl_object_kind) - 1),
			    "unknown");
	assert_int_equal(iommuctl_object_kind_from_string("nope", &back), -EINVAL);
	assert_int_equal(iommuctl_object_kind_from_string(NULL, &back), -EINVAL);
}

/* No IOMMU's name can be taken for that of another model. */
static void test_prefixes_are_unambiguous(void **state)
{
	enum iommuctl_model model, other;

	(void)state;
	for (size_t i = 0; iommuctl_model_get(i, &model) == 0; i++)
		for (size_t j = 0; iommuctl_model_get(j, &other) == 0; j++) {
			const char *a = model_get(model)->prefix, *b = model_get(other)->prefix;

			if (i != j && a && b && strncmp(a, b, strlen(a)) == 0)
				fail_msg("%s and %s", a, b);
		}
}

static void test_features(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++) {
		const char *key = iommuctl_feature_get_key((enum iommuctl_feature)i);

		if (!is_name(key) || !is_help(iommuctl_feature_get_help((enum iommuctl_feature)i)))
			fail_msg("feature %u, %s", i, key);
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(key,
						iommuctl_feature_get_key((enum iommuctl_feature)j));
	}
	assert_null(iommuctl_feature_get_key(IOMMUCTL_FEATURE_COUNT));
	assert_null(iommuctl_feature_get_help(IOMMUCTL_FEATURE_COUNT));
	assert_null(iommuctl_feature_get_key((enum iommuctl_feature) - 1));
}

/* A feature has values of one type, whatever the model; and a model has one default. */
static void test_defaults(void **state)
{
	enum iommuctl_value_type types[IOMMUCTL_FEATURE_COUNT] = { 0 };
	enum iommuctl_model model;
	struct iommuctl_value value;

	(void)state;
	for (size_t i = 0; iommuctl_model_get(i, &model) == 0; i++) {
		const struct model *entry = model_get(model);
		bool seen[IOMMUCTL_FEATURE_COUNT] = { false };

		for (size_t n = 0; n < entry->default_count; n++) {
			enum iommuctl_feature feature = entry->defaults[n].feature;

			assert_int_equal(iommuctl_feature_get_default(feature, model, &value), 0);
			if (seen[feature] || value.type == IOMMUCTL_VALUE_NONE ||
			    value.count > IOMMUCTL_VALUE_MAX ||
			    (types[feature] && types[feature] != value.type))
				fail_msg("%s of %s", iommuctl_feature_get_key(feature),
					 entry->name);
			types[feature] = value.type;
			seen[feature] = true;
		}
	}
	assert_int_equal(iommuctl_feature_get_default(IOMMUCTL_FEATURE_STAGE1,
						      IOMMUCTL_MODEL_UNKNOWN, &value),
			 -ENODATA);
	assert_int_equal(
		iommuctl_feature_get_default(IOMMUCTL_FEATURE_COUNT, IOMMUCTL_MODEL_AMD_VI, &value),
		-EINVAL);
}

/* Whatever is said to be missing by default has a reason, and nothing else has. */
static void test_reasons(void **state)
{
	enum iommuctl_feature reason;
	enum iommuctl_model model;
	size_t reasons = 0;

	(void)state;
	for (unsigned int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++) {
		enum iommuctl_feature feature = (enum iommuctl_feature)i;
		char key[64];

		if (iommuctl_feature_get_reason(feature, &reason) < 0)
			continue;
		reasons++;
		snprintf(key, sizeof(key), "%s_reason", iommuctl_feature_get_key(feature));
		assert_string_equal(iommuctl_feature_get_key(reason), key);
		for (size_t m = 1; iommuctl_model_get(m, &model) == 0; m++) {
			struct iommuctl_value value, why;

			assert_int_equal(iommuctl_feature_get_default(feature, model, &value), 0);
			assert_int_equal(value.type, IOMMUCTL_VALUE_BOOL);
			assert_int_equal(iommuctl_feature_get_default(reason, model, &why),
					 value.boolean ? -ENODATA : 0);
			assert_true(value.boolean || is_help(why.text));
		}
	}
	assert_int_equal(reasons, 5);
	assert_int_equal(iommuctl_feature_get_reason(IOMMUCTL_FEATURE_STAGE1, &reason), -ENOENT);
	assert_int_equal(iommuctl_feature_get_reason(IOMMUCTL_FEATURE_COUNT, &reason), -EINVAL);
	assert_int_equal(iommuctl_feature_get_reason(IOMMUCTL_FEATURE_NESTING, NULL), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_values_reassemble),
		cmocka_unit_test(test_registers_not_there),
		cmocka_unit_test(test_models),
		cmocka_unit_test(test_model_numbers_are_stable),
		cmocka_unit_test(test_object_kind_numbers_are_stable),
		cmocka_unit_test(test_prefixes_are_unambiguous),
		cmocka_unit_test(test_features),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_reasons),
	};

	srandom(1);
	return RUN(tests);
}
