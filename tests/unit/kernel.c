/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the kernel was started and built, as its files say. */
#include <errno.h>

#include "tree.h"

static void command_line(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(kernel_has_option(tree->ctx, "quiet", NULL), -ENODATA);
	kernel_forget(tree->ctx);
	tree_file(tree, "proc/cmdline",
		  "root=/dev/sda1 intel_iommu=on,sm_off  quiet dyndbg=\"file a.c +p\" "
		  "iommu.passthrough=0 iommu.passthrough=1 arm_smmu-v3.x=2\n");
	assert_int_equal(kernel_has_option(tree->ctx, "quiet", NULL), 1);
	assert_int_equal(kernel_has_option(tree->ctx, "quie", NULL), 0);
	assert_int_equal(kernel_has_option(tree->ctx, "quiets", NULL), 0);
	assert_int_equal(kernel_has_option(tree->ctx, "intel_iommu", "sm_off"), 1);
	assert_int_equal(kernel_has_option(tree->ctx, "intel_iommu", "sm_on"), 0);
	assert_int_equal(kernel_has_option(tree->ctx, "intel_iommu", "sm"), 0);
	assert_int_equal(kernel_has_option(tree->ctx, "a.c", NULL), 0);
	assert_string_equal(kernel_get_option(tree->ctx, "dyndbg"), "file a.c +p");
	assert_string_equal(kernel_get_option(tree->ctx, "iommu.passthrough"), "1");
	assert_string_equal(kernel_get_option(tree->ctx, "arm-smmu_v3.x"), "2");
}

/* What follows two dashes is for init, unless they are only a part of a word. */
static void words_for_init(void **state)
{
	static const char *const words[] = { "sm_off", "sm_on" };
	struct tree *tree = *state;

	tree_file(tree, "proc/cmdline",
		  "quiet --x \"a -- b\" intel_iommu=on,sm_on -- intel_iommu=sm_off debug\n");
	assert_int_equal(kernel_last_word(tree->ctx, "intel_iommu", words, 2), 1);
	assert_int_equal(kernel_has_option(tree->ctx, "intel_iommu", "sm_off"), 0);
	assert_int_equal(kernel_has_option(tree->ctx, "debug", NULL), 0);
	assert_string_equal(kernel_get_option(tree->ctx, "intel_iommu"), "on,sm_on");
}

static void spaces_of_the_kernel(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "proc/cmdline",
		  "a=1\rb=2\vc=3\f\f\xa0"
		  "d=4\n");
	assert_string_equal(kernel_get_option(tree->ctx, "a"), "1");
	assert_string_equal(kernel_get_option(tree->ctx, "b"), "2");
	assert_string_equal(kernel_get_option(tree->ctx, "c"), "3");
	assert_string_equal(kernel_get_option(tree->ctx, "d"), "4");
}

static void last_word(void **state)
{
	static const char *const words[] = { "sm_off", "sm_on" };
	struct tree *tree = *state;

	assert_int_equal(kernel_last_word(tree->ctx, "intel_iommu", words, 2), -ENODATA);
	kernel_forget(tree->ctx);
	tree_file(tree, "proc/cmdline",
		  "a=sm_off intel_iommu=sm_on,,sm_off, b c= d=sm_off,sm_on e=sm_offf");
	assert_int_equal(kernel_last_word(tree->ctx, "intel_iommu", words, 2), 0);
	assert_int_equal(kernel_last_word(tree->ctx, "b", words, 2), -ENOENT);
	assert_int_equal(kernel_last_word(tree->ctx, "c", words, 2), -ENOENT);
	assert_int_equal(kernel_last_word(tree->ctx, "d", words, 2), 1);
	assert_int_equal(kernel_last_word(tree->ctx, "e", words, 2), -ENOENT);
}

static void configuration(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(kernel_get_config(tree->ctx, "IOMMUFD"), -ENODATA);
	kernel_forget(tree->ctx);
	tree_file(tree, "proc/sys/kernel/osrelease", "6.12.1-test\n");
	tree_file(tree, "boot/config-6.12.1-test",
		  "CONFIG_PCI=y\n# CONFIG_VFIO is not set\nCONFIG_IOMMUFD=m\nCONFIG_X=\"a\"\n"
		  "CONFIG_SWIOTLB=y");
	assert_string_equal(kernel_get_release(tree->ctx), "6.12.1-test");
	assert_int_equal(kernel_get_config(tree->ctx, "IOMMUFD"), 'm');
	assert_int_equal(kernel_get_config(tree->ctx, "PCI"), 'y');
	assert_int_equal(kernel_get_config(tree->ctx, "SWIOTLB"), 'y');
	assert_int_equal(kernel_get_config(tree->ctx, "VFIO"), 'n');
	assert_int_equal(kernel_get_config(tree->ctx, "IOMMU"), 'n');
	/* nobody asks for it, so it is not kept */
	assert_int_equal(kernel_get_config(tree->ctx, "X"), -ENODATA);
}

static void configuration_without_iommus(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "proc/sys/kernel/osrelease", "6.12.1-test\n");
	tree_file(tree, "boot/config-6.12.1-test", "CONFIG_X=y\n");
	assert_int_equal(kernel_get_config(tree->ctx, "IOMMUFD"), 'n');
}

/* A release is part of a path: it must not lead elsewhere. */
static void release_with_slash(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "proc/sys/kernel/osrelease", "x/../../etc/passwd\n");
	assert_null(kernel_get_release(tree->ctx));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(command_line, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(words_for_init, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(spaces_of_the_kernel, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(last_word, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(configuration, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(configuration_without_iommus, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(release_with_slash, tree_setup, tree_teardown),
	};

	return RUN(tests);
}
