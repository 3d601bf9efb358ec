/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a feature is not there: each cause alone, on a machine that has all else. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tree.h"

#define BIT(n) (UINT64_C(1) << (n))

struct file {
	const char *path; /* below the IOMMU's directory, or with a slash in front below the root */
	const char *text; /* NULL: VALUE in hexadecimal */
	uint64_t value;
};

#define FILES_MAX 8

struct machine {
	const char *iommu; /* its name */
	struct file files[FILES_MAX];
};

/* FILE is other than the machine's; without a text it lacks the bits of VALUE. */
struct cause {
	struct file file;
	enum iommuctl_feature feature;
	const char *reason; /* a part of it; NULL: the feature is there all the same */
	const char *source;
};

/* clang-format off */
#define F(feature)	IOMMUCTL_FEATURE_##feature
#define CONFIG		"/boot/config-7.3.4"
#define RELEASE		"/proc/sys/kernel/osrelease"
#define CMDLINE		"/proc/cmdline"
#define COMMON_CONFIG	"CONFIG_IOMMU_IOPF=y\nCONFIG_PCI_PASID=y\n"

#define VTD_CONFIG \
	COMMON_CONFIG "CONFIG_INTEL_IOMMU_SVM=y\nCONFIG_INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON=y\n"
#define ECAP "intel-iommu/ecap"
#define CAP  "intel-iommu/cap"

static const struct machine intel = {
	"dmar0",
	{ { CAP, NULL, 0x19ed008c40780c66 },
	  { ECAP, NULL, 0x3ff9ee6f305df },
	  { "intel-iommu/version", "6:0", 0 },
	  { CMDLINE, "root=/dev/sda intel_iommu=on", 0 },
	  { RELEASE, "7.3.4", 0 },
	  { CONFIG, VTD_CONFIG "CONFIG_IOMMUFD=m\n", 0 },
	  { "/boot/config-6.13.0",
	    COMMON_CONFIG "CONFIG_IOMMUFD=y\nCONFIG_INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON=y\n", 0 } },
};

static const struct cause intel_causes[] = {
	{ { ECAP, NULL, BIT(43) }, F(NESTING), "ECAP.SMTS is 0", ECAP },
	{ { ECAP, NULL, BIT(43) }, F(PASID), "ECAP.SMTS is 0", ECAP },
	{ { ECAP, NULL, BIT(43) }, F(IOPF), "ECAP.SMTS is 0", ECAP },
	{ { ECAP, NULL, BIT(43) }, F(DIRTY_TRACKING), "ECAP.SMTS is 0", ECAP },
	{ { ECAP, NULL, BIT(43) }, F(SNOOP_CONTROL), NULL, ECAP },
	{ { ECAP, NULL, BIT(26) }, F(NESTING), "ECAP.NEST is 0", ECAP },
	{ { ECAP, NULL, BIT(26) }, F(PASID), NULL, ECAP },
	{ { ECAP, NULL, BIT(40) }, F(PASID), "ECAP.PASID is 0", ECAP },
	{ { ECAP, NULL, BIT(29) }, F(IOPF), "ECAP.PRS is 0", ECAP },
	{ { ECAP, NULL, BIT(42) }, F(IOPF), "ECAP.PDS is 0", ECAP },
	{ { ECAP, NULL, BIT(2) }, F(IOPF), "ECAP.DT is 0", ECAP },
	{ { ECAP, NULL, BIT(45) }, F(DIRTY_TRACKING), "ECAP.SSADS is 0", ECAP },
	{ { ECAP, NULL, BIT(48) }, F(DIRTY_TRACKING), "ECAP.SMPWCS is 0", ECAP },
	{ { ECAP, NULL, BIT(46) }, F(NESTING), "ECAP.SSTS is 0", ECAP },
	{ { ECAP, NULL, BIT(46) }, F(DIRTY_TRACKING), "ECAP.SSTS is 0", ECAP },
	{ { ECAP, NULL, BIT(46) }, F(PASID), NULL, ECAP },
	{ { ECAP, NULL, BIT(7) }, F(SNOOP_CONTROL), "ECAP.SC is 0", ECAP },
	{ { CMDLINE, "intel_iommu=on,sm_off", 0 }, F(NESTING), "intel_iommu=sm_off", "kernel command line" },
	{ { CMDLINE, "intel_iommu=on,sm_off", 0 }, F(PASID), "intel_iommu=sm_off", "kernel command line" },
	{ { CMDLINE, "intel_iommu=on,sm_off", 0 }, F(IOPF), "intel_iommu=sm_off", "kernel command line" },
	{ { CMDLINE, "intel_iommu=on,sm_off", 0 }, F(DIRTY_TRACKING), "intel_iommu=sm_off", "kernel command line" },
	{ { CMDLINE, "intel_iommu=on,sm_off", 0 }, F(SNOOP_CONTROL), NULL, ECAP },
	{ { CMDLINE, "intel_iommu=sm_on intel_iommu=sm_off", 0 }, F(NESTING), "intel_iommu=sm_off", "kernel command line" },
	{ { CMDLINE, "intel_iommu=sm_off,on,sm_on", 0 }, F(NESTING), NULL, ECAP },
	{ { CMDLINE, "intel_iommu=sm_offer", 0 }, F(NESTING), NULL, ECAP },
	{ { CMDLINE, "pci=nomsi,noats", 0 }, F(IOPF), "pci=noats", "kernel command line" },
	{ { CMDLINE, "pci=nomsi,noats", 0 }, F(NESTING), NULL, ECAP },
	{ { CMDLINE, "", 0 }, F(NESTING), NULL, ECAP },
	{ { RELEASE, "6.6.9-1", 0 }, F(NESTING), "older than Linux 6.7", "kernel release" },
	{ { RELEASE, "6.6.9-1", 0 }, F(DIRTY_TRACKING), "older than Linux 6.7", "kernel release" },
	{ { RELEASE, "6.7.0", 0 }, F(NESTING), NULL, ECAP },
	{ { RELEASE, "6.10.0", 0 }, F(IOPF), "older than Linux 6.11", "kernel release" },
	{ { RELEASE, "5.99.0", 0 }, F(IOPF), "older than Linux 6.11", "kernel release" },
	{ { RELEASE, "6.14.0", 0 }, F(PASID), "older than Linux 6.15", "kernel release" },
	{ { RELEASE, "5.14.0-503.el9.x86_64", 0 }, F(PASID), NULL, ECAP },
	{ { RELEASE, "no number", 0 }, F(PASID), NULL, ECAP },
	{ { RELEASE, "6.13.0", 0 }, F(IOPF), "CONFIG_INTEL_IOMMU_SVM", "kernel configuration" },
	{ { CONFIG, VTD_CONFIG, 0 }, F(NESTING), "CONFIG_IOMMUFD is not set", "kernel configuration" },
	{ { CONFIG, VTD_CONFIG, 0 }, F(SNOOP_CONTROL), NULL, ECAP },
	{ { CONFIG, "CONFIG_IOMMUFD=y\n# CONFIG_IOMMU_IOPF is not set\n", 0 }, F(NESTING),
	  "CONFIG_INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON is not set", "kernel configuration" },
	{ { CONFIG, "CONFIG_IOMMUFD=y\nCONFIG_INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON=y\n", 0 }, F(IOPF),
	  "CONFIG_IOMMU_IOPF", "kernel configuration" },
};

#define EFR "amd-iommu/features"

static const struct machine amd = {
	"ivhd0",
	{ { EFR, "13000f000040df:8", 0 },
	  { "amd-iommu/cap", NULL, 0x190b640f },
	  { CMDLINE, "quiet", 0 },
	  { RELEASE, "7.3.4", 0 },
	  { CONFIG, COMMON_CONFIG "CONFIG_IOMMUFD=y\nCONFIG_AMD_IOMMU_IOMMUFD=y\n", 0 } },
};

static const struct cause amd_causes[] = {
	{ { EFR, "13000f000040cf:8", 0 }, F(NESTING), "EFR.GTSup is 0", EFR },
	{ { EFR, "13000f000040cf:8", 0 }, F(PASID), "EFR.GTSup is 0", EFR },
	{ { EFR, "12000f000040df:8", 0 }, F(NESTING), "EFR.GIoSup is 0", EFR },
	{ { EFR, "13000f000040df:0", 0 }, F(NESTING), "EFR2.GCR3TRPMode is 0", EFR },
	{ { EFR, "13000f000040df", 0 }, F(NESTING), "Linux has no nested domains", EFR },
	{ { EFR, "13000f000040df:8", 0 }, F(NESTING), "Linux has no nested domains", EFR },
	{ { EFR, "13000f000040df:8", 0 }, F(PASID), "iommufd attaches no PASIDs", EFR },
	{ { EFR, "13000f000040df:8", 0 }, F(IOPF), "iommufd delivers no page faults", EFR },
	{ { EFR, "13000f000040dd:8", 0 }, F(IOPF), "EFR.PPRSup is 0", EFR },
	{ { EFR, "3000f000040df:8", 0 }, F(DIRTY_TRACKING), "EFR.HDSup is 0", EFR },
	{ { EFR, "13000f00004cdf:8", 0 }, F(DIRTY_TRACKING), "EFR.HATS is 3", EFR },
	{ { CMDLINE, "pci=noats", 0 }, F(IOPF), "pci=noats", "kernel command line" },
	{ { CMDLINE, "pci=noats", 0 }, F(DIRTY_TRACKING), NULL, EFR },
	{ { RELEASE, "6.6.9-1", 0 }, F(DIRTY_TRACKING), "older than Linux 6.7", "kernel release" },
	{ { CONFIG, "CONFIG_IOMMUFD=y\n", 0 }, F(NESTING), "CONFIG_AMD_IOMMU_IOMMUFD", "kernel configuration" },
	{ { CONFIG, "CONFIG_AMD_IOMMU_IOMMUFD=y\n", 0 }, F(DIRTY_TRACKING), "CONFIG_IOMMUFD is not set", "kernel configuration" },
	{ { CONFIG, "CONFIG_AMD_IOMMU_IOMMUFD=y\n", 0 }, F(SNOOP_CONTROL), NULL, "default" },
};
/* clang-format on */

static void put(const struct tree *tree, const struct machine *machine, const struct file *file,
		uint64_t without)
{
	char path[128], text[32];

	if (file->path[0] == '/')
		snprintf(path, sizeof(path), "%s", file->path + 1);
	else
		snprintf(path, sizeof(path), "sys/class/iommu/%s/%s", machine->iommu, file->path);
	snprintf(text, sizeof(text), "%" PRIx64, file->value & ~without);
	tree_remove(tree, path);
	tree_file(tree, path, file->text ? file->text : text);
}

/* Gives the machine's files back; but for FILE, where not NULL, which is as in the cause. */
static void make(const struct tree *tree, const struct machine *machine, const struct file *other)
{
	for (size_t i = 0; i < FILES_MAX && machine->files[i].path; i++) {
		const struct file *file = &machine->files[i];
		bool differs = other && strcmp(other->path, file->path) == 0;

		if (differs && other->text)
			put(tree, machine, other, 0);
		else
			put(tree, machine, file, differs ? other->value : 0);
	}
}

static bool is_no(const struct iommuctl_iommu *iommu, enum iommuctl_feature feature)
{
	struct iommuctl_value value;

	assert_int_equal(iommuctl_iommu_get_feature(iommu, feature, &value), 0);
	assert_int_equal(value.type, IOMMUCTL_VALUE_BOOL);
	return !value.boolean;
}

static void check(const struct iommuctl_iommu *iommu, const struct cause *cause)
{
	const char *source = iommuctl_iommu_get_feature_source(iommu, cause->feature), *text = NULL;
	enum iommuctl_feature reason;
	struct iommuctl_value value;
	bool no = is_no(iommu, cause->feature);

	assert_int_equal(iommuctl_feature_get_reason(cause->feature, &reason), 0);
	if (iommuctl_iommu_get_feature(iommu, reason, &value) == 0)
		text = value.text;
	if (no != (cause->reason != NULL) || no != (text != NULL) ||
	    (no && !strstr(text, cause->reason)) || strcmp(source, cause->source) != 0)
		fail_msg("%s with %s %s -%" PRIx64 ": %s, %s [%s]",
			 iommuctl_feature_get_key(cause->feature), cause->file.path,
			 cause->file.text ? cause->file.text : "", cause->file.value,
			 no ? "no" : "yes", text ? text : "-", source);
}

static void each(const struct tree *tree, const struct machine *machine, const struct cause *causes,
		 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct iommuctl_topology *topology;

		make(tree, machine, &causes[i].file);
		kernel_forget(tree->ctx);
		topology = tree_load(tree, IOMMUCTL_LOAD_REGISTERS);
		check(iommuctl_topology_get_iommu(topology, 0), &causes[i]);
		iommuctl_topology_unref(topology);
	}
}

/* Every condition of the model was the reason once. */
static void check_coverage(enum iommuctl_model number, const struct cause *causes, size_t count)
{
	const struct model *model = model_get(number);

	for (size_t i = 0; i < model->condition_count; i++) {
		const char *reason = model->conditions[i].reason;
		bool seen = !reason;

		for (size_t n = 0; !seen && n < count; n++)
			seen = causes[n].reason && strstr(reason, causes[n].reason);
		if (!seen)
			fail_msg("no test makes it that %s", reason);
	}
}

static void test_intel(void **state)
{
	each(*state, &intel, intel_causes, ARRAY_SIZE(intel_causes));
	check_coverage(IOMMUCTL_MODEL_INTEL_VTD, intel_causes, ARRAY_SIZE(intel_causes));
}

static void test_amd(void **state)
{
	each(*state, &amd, amd_causes, ARRAY_SIZE(amd_causes));
	check_coverage(IOMMUCTL_MODEL_AMD_VI, amd_causes, ARRAY_SIZE(amd_causes));
}

/* The machines really have what the causes take away. */
static void test_without_cause(void **state)
{
	static const enum iommuctl_feature features[] = { F(NESTING), F(PASID), F(IOPF),
							  F(DIRTY_TRACKING), F(SNOOP_CONTROL) };
	struct iommuctl_topology *topology;

	make(*state, &intel, NULL);
	topology = tree_load(*state, IOMMUCTL_LOAD_REGISTERS);
	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		assert_false(is_no(iommuctl_topology_get_iommu(topology, 0), features[i]));
	iommuctl_topology_unref(topology);
}

/* Scalable mode off: nothing of it is there, and iommufd's tables are of the second stage. */
static void test_scalable_off(void **state)
{
	const struct file off = { CMDLINE, "intel_iommu=sm_off", 0 };
	const struct iommuctl_iommu *iommu;
	struct iommuctl_topology *topology;
	struct iommuctl_value value;

	make(*state, &intel, &off);
	topology = tree_load(*state, IOMMUCTL_LOAD_REGISTERS);
	iommu = iommuctl_topology_get_iommu(topology, 0);
	assert_true(is_no(iommu, IOMMUCTL_FEATURE_STAGE1));
	assert_false(is_no(iommu, IOMMUCTL_FEATURE_STAGE2));
	assert_int_equal(
		iommuctl_iommu_get_feature(iommu, IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, &value), 0);
	assert_int_equal(value.count, 2);
	assert_string_equal(value.texts[0], "vtd-s2-4level");
	assert_int_equal(iommu->dma_bits, 0);
	assert_int_equal(iommu_field(iommu, "ecap", "smts"), 1);
	iommuctl_topology_unref(topology);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_without_cause),
		TEST(test_intel),
		TEST(test_amd),
		TEST(test_scalable_off),
	};

	return RUN(tests);
}
