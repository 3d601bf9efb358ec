/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IOMMUs that disagree, and what they have in common. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tree.h"

static uint64_t random64(void)
{
	return (uint64_t)random() << 62 ^ (uint64_t)random() << 31 ^ (uint64_t)random();
}

/* Of any values, and in any order, the same; and not more than either has. */
static void test_common_of_registers(void **state)
{
	(void)state;
	for (size_t r = 0; r < ARRAY_SIZE(vtd_registers); r++)
		for (int i = 0; i < 2000; i++) {
			const struct iommuctl_register *reg = &vtd_registers[r];
			uint64_t a = random64(), b = random64(), c = random64();
			uint64_t ab = register_common(reg, a, b);

			assert_int_equal(register_common(reg, a, a), a);
			assert_int_equal(ab, register_common(reg, b, a));
			assert_int_equal(register_common(reg, ab, c),
					 register_common(reg, a, register_common(reg, b, c)));
			assert_int_equal(register_common(reg, ab, a), ab);
		}
}

/* Bits as the specification has them. */
static void test_common_of_fields(void **state)
{
	static const struct {
		unsigned int reg;
		uint64_t a, b, common;
	} rows[] = {
		{ 0, 6, 2, 2 },					/* ND: the least */
		{ 0, 0x1 << 8 | 0x6 << 8, 0xc << 8, 0x4 << 8 }, /* SAGAW: of both */
		{ 0, 1 << 7, 0, 1 << 7 },			/* CM: a demand */
		{ 0, 0, 1 << 4, 1 << 4 },			/* RWBF: a demand */
		{ 0, UINT64_C(47) << 16, UINT64_C(38) << 16, UINT64_C(38) << 16 }, /* MGAW */
		{ 0, UINT64_C(1) << 39, 0, 0 }, /* PSI: an ability */
		{ 1, UINT64_C(19) << 35, UINT64_C(7) << 35, UINT64_C(7) << 35 }, /* PSS */
		{ 1, 0xff, 0xf0, 0xf0 },
		{ 1, UINT64_C(1) << 63, 0, 0 }, /* reserved */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(register_common(&vtd_registers[rows[i].reg], rows[i].a, rows[i].b),
				 rows[i].common);
}

static void unit(const struct tree *tree, const char *name, const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "sys/class/iommu/%s/%s", name, file);
	tree_file(tree, path, text);
}

static void intel_unit(const struct tree *tree, const char *name, const char *cap, const char *ecap)
{
	unit(tree, name, "intel-iommu/cap", cap);
	unit(tree, name, "intel-iommu/ecap", ecap);
	unit(tree, name, "intel-iommu/version", "1:0");
}

/* "+dmar0 -dmar1": with and without it. */
static void check(const struct iommuctl_topology *topology, size_t i, const char *feature,
		  const char *reg, const char *field, const char *expected)
{
	const struct iommuctl_disagreement *it = iommuctl_topology_get_disagreement(topology, i);
	const struct iommuctl_iommu *iommu;
	char text[128] = "";
	bool has;

	assert_non_null(it);
	assert_string_equal(iommuctl_disagreement_get_feature(it), feature);
	for (size_t n = 0; (iommu = iommuctl_disagreement_get_iommu(it, n, &has)); n++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%c%s", n ? " " : "",
			 has ? '+' : '-', iommuctl_iommu_get_name(iommu));
	assert_string_equal(text, expected);
	if (!reg) {
		assert_null(iommuctl_disagreement_get_register(it));
		assert_null(iommuctl_disagreement_get_field(it));
		return;
	}
	assert_string_equal(iommuctl_register_get_name(iommuctl_disagreement_get_register(it)),
			    reg);
	assert_string_equal(iommuctl_field_get_name(iommuctl_disagreement_get_field(it)), field);
}

static void test_three_units(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;
	struct iommuctl_value value;
	const struct iommuctl_register *reg;
	uint64_t common;

	intel_unit(tree, "dmar0", "d2008c40660462", "f050da");
	intel_unit(tree, "dmar1", "d2000c40660462", "f050da");
	intel_unit(tree, "dmar2", "d2008c40260462", "f0505a");
	/* nothing to compare with */
	tree_dir(tree, "sys/class/iommu/dmar3");
	topology = tree_load(tree, IOMMUCTL_LOAD_REGISTERS);
	check(topology, 0, "pgsel_inv", "cap", "psi", "+dmar0 -dmar1 +dmar2");
	check(topology, 1, "zlr", "cap", "zlr", "+dmar0 +dmar1 -dmar2");
	check(topology, 2, "sc_support", "ecap", "sc", "+dmar0 +dmar1 -dmar2");
	assert_null(iommuctl_topology_get_disagreement(topology, 3));
	assert_int_equal(iommuctl_iommu_get_register(iommuctl_topology_get_common(topology), 0,
						     &reg, &common),
			 0);
	assert_int_equal(common, 0xd2000c40260462);
	assert_int_equal(iommuctl_iommu_get_feature(iommuctl_topology_get_common(topology),
						    IOMMUCTL_FEATURE_SNOOP_CONTROL, &value),
			 0);
	assert_false(value.boolean);
	assert_null(iommuctl_iommu_get_name(iommuctl_topology_get_common(topology)));
	iommuctl_topology_unref(topology);
}

static void test_one_unit(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;

	intel_unit(tree, "dmar0", "d2008c40660462", "f050da");
	intel_unit(tree, "dmar1", "d2008c40660462", "no number");
	topology = tree_load(tree, IOMMUCTL_LOAD_REGISTERS);
	assert_null(iommuctl_topology_get_disagreement(topology, 0));
	assert_null(iommuctl_topology_get_common(topology));
	iommuctl_topology_unref(topology);
	tree_remove(tree, "sys/class/iommu/dmar1/intel-iommu");
	intel_unit(tree, "dmar1", "d2008c40660462", "f050db");
	topology = tree_load(tree, 0);
	assert_null(iommuctl_topology_get_disagreement(topology, 0));
	assert_null(iommuctl_topology_get_common(topology));
	iommuctl_topology_unref(topology);
}

/* Of AMD's registers the header of the capability alone is each IOMMU's own. */
static void test_other_models(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;

	unit(tree, "ivhd0", "amd-iommu/cap", "190b640f");
	unit(tree, "ivhd1", "amd-iommu/cap", "180b640f");
	unit(tree, "ivhd2", "amd-iommu/cap", "1d0b640f");
	unit(tree, "ivhd0", "amd-iommu/features", "13000f000040df:8");
	unit(tree, "ivhd1", "amd-iommu/features", "13000f000044df:8");
	topology = tree_load(tree, IOMMUCTL_LOAD_REGISTERS);
	/* what is but assumed of ivhd2 is not compared */
	check(topology, 0, "input_bits", NULL, NULL, "-ivhd0 +ivhd1");
	check(topology, 1, "ats", NULL, NULL, "+ivhd0 -ivhd1 +ivhd2");
	check(topology, 2, "caching_mode", NULL, NULL, "-ivhd0 -ivhd1 +ivhd2");
	assert_null(iommuctl_topology_get_disagreement(topology, 3));
	assert_null(iommuctl_topology_get_common(topology));
	iommuctl_topology_unref(topology);
}

/* None has all of a list: nobody is with it. */
static void test_lists(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;

	unit(tree, "ivhd0", "amd-iommu/features", "13000f000040cf:8");
	unit(tree, "ivhd1", "amd-iommu/features", "13000f00004cdf:8");
	topology = tree_load(tree, IOMMUCTL_LOAD_REGISTERS);
	check(topology, 0, "pasid_bits", NULL, NULL, "-ivhd0 +ivhd1");
	check(topology, 1, "page_table_formats", NULL, NULL, "-ivhd0 -ivhd1");
	check(topology, 2, "stage1", NULL, NULL, "-ivhd0 +ivhd1");
	check(topology, 3, "stage2", NULL, NULL, "+ivhd0 -ivhd1");
	iommuctl_topology_unref(topology);
}

static void test_nothing(void **state)
{
	bool has;

	(void)state;
	assert_null(iommuctl_topology_get_disagreement(NULL, 0));
	assert_null(iommuctl_topology_get_common(NULL));
	assert_null(iommuctl_disagreement_get_feature(NULL));
	assert_null(iommuctl_disagreement_get_register(NULL));
	assert_null(iommuctl_disagreement_get_field(NULL));
	assert_null(iommuctl_disagreement_get_iommu(NULL, 0, &has));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_common_of_registers),
		cmocka_unit_test(test_common_of_fields),
		TEST(test_three_units),
		TEST(test_one_unit),
		TEST(test_other_models),
		TEST(test_lists),
		cmocka_unit_test(test_nothing),
	};

	srandom(1);
	return RUN(tests);
}
