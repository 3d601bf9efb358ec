/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arm SMMUs and others of which only the kernel's log and ACPI's IORT tell. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libiommuctl/iort.h"
#include "tree.h"

#define BIT(n)	   (UINT64_C(1) << (n))
#define F(feature) IOMMUCTL_FEATURE_##feature

/* -------------------------------------------------------------------- tables */

#define BASE	  0x9050000
#define FLAGS	  72 /* of the SMMU's node, in the table that make_table() makes */
#define MEMORY	  139
#define ATS	  140
#define LAST_NODE 116
#define TABLE	  172

static void put(unsigned char *table, size_t at, unsigned int bytes, uint64_t value)
{
	for (; bytes-- > 0; value >>= 8)
		table[at++] = (unsigned char)value;
}

/* An SMMUv3 at BASE, and a root complex all ids of which it translates. */
static void make_table(unsigned char table[TABLE])
{
	memset(table, 0, TABLE);
	memcpy(table, "IORT", 4);
	put(table, 4, 4, TABLE);
	put(table, 36, 4, 2);
	put(table, 40, 4, 48);
	table[48] = 4;
	put(table, 49, 2, 68);
	put(table, 64, 8, BASE);
	table[LAST_NODE] = 2;
	put(table, LAST_NODE + 1, 2, 56);
	put(table, LAST_NODE + 8, 4, 1);
	put(table, LAST_NODE + 12, 4, 36);
	put(table, LAST_NODE + 36 + 4, 4, 0xffff);
	put(table, LAST_NODE + 36 + 12, 4, 48);
}

static struct iort parse(const unsigned char *table, size_t size)
{
	/* of the very size, for the address sanitizer */
	unsigned char *copy = malloc(size + !size);
	struct iort iort = { 0 };

	assert_non_null(copy);
	memcpy(copy, table, size);
	assert_int_equal(iort_parse(copy, size, &iort), 0);
	free(copy);
	return iort;
}

static void test_table(void **state)
{
	unsigned char table[TABLE];
	struct iort iort;

	(void)state;
	make_table(table);
	iort = parse(table, TABLE);
	assert_int_equal(iort.count, 1);
	assert_int_equal(iort.smmus[0].base, BASE);
	assert_int_equal(iort.smmus[0].flags, 0);
	assert_false(iort.smmus[0].ats || iort.smmus[0].canwbs);
	free(iort.smmus);

	table[FLAGS] = 5;
	table[MEMORY] = 4;
	iort = parse(table, TABLE);
	assert_int_equal(IORT_COHACC(iort.smmus[0].flags), 1);
	assert_int_equal(IORT_HTTU(iort.smmus[0].flags), 2);
	assert_true(iort.smmus[0].canwbs && !iort.smmus[0].ats);
	free(iort.smmus);

	table[ATS] = 1;
	/* behind another one */
	put(table, LAST_NODE + 36 + 12, 4, 49);
	iort = parse(table, TABLE);
	assert_false(iort.smmus[0].canwbs || iort.smmus[0].ats);
	free(iort.smmus);
}

/* Cut anywhere, and with any one byte wrong: what is there before it, and no more. */
static void test_broken_tables(void **state)
{
	unsigned char table[TABLE];
	struct iort iort;

	(void)state;
	make_table(table);
	for (size_t size = 0; size < TABLE; size++) {
		iort = parse(table, size);
		assert_int_equal(iort.count, size >= 116);
		free(iort.smmus);
	}
	for (size_t at = 0; at < TABLE; at++)
		for (int bit = 0; bit < 8; bit++) {
			table[at] ^= (unsigned char)(1 << bit);
			iort = parse(table, TABLE);
			assert_true(iort.count <= 2);
			free(iort.smmus);
			table[at] ^= (unsigned char)(1 << bit);
		}
}

/* ------------------------------------------------------------------- reasons */

enum firmware {
	NO_TABLE = 1 << 0,
	COHACC = 1 << 1,
	ACCESS = 1 << 2,
	DIRTY = 1 << 3,
	CANWBS = 1 << 4,
	RC_ATS = 1 << 5,
	DEVICETREE = 1 << 6,
};

/* TRANS_S1, TRANS_S2, COHERENCY, ATS, PRI, STALLS, NESTING, HA, HD, S2FWB */
#define WORD                                                                                       \
	(BIT(9) | BIT(10) | BIT(8) | BIT(5) | BIT(4) | BIT(11) | BIT(19) | BIT(21) | BIT(22) |     \
	 BIT(23))

/* How the machine differs from one that has all, and what follows. */
struct cause {
	uint64_t without; /* bits of the word */
	unsigned int firmware;
	const char *log; /* instead of, or behind, the word */
	bool no_word;
	const char *release, *config;
	enum iommuctl_feature feature;
	const char *reason;
	const char *source;
};

#define CONFIG	 "CONFIG_IOMMU_IOPF=y\nCONFIG_PCI_PASID=y\n"
#define WITH_SVA CONFIG "CONFIG_ARM_SMMU_V3_SVA=y\n"
#define FULL	 WITH_SVA "CONFIG_ARM_SMMU_V3_IOMMUFD=y\nCONFIG_IOMMUFD=m\n"
#define DEVICE	 "arm-smmu-v3 arm-smmu-v3.0.auto: "

/* clang-format off */
static const struct cause causes[] = {
	{ .feature = F(NESTING), .source = "kernel log" },
	{ .feature = F(DIRTY_TRACKING), .source = "kernel log" },
	{ .feature = F(IOPF), .source = "kernel log" },
	{ .feature = F(PASID), .reason = "does not publish", .source = "default" },
	{ .feature = F(SNOOP_CONTROL), .reason = "no root complex behind it has CANWBS, as", .source = "ACPI IORT" },
	{ .firmware = CANWBS, .feature = F(SNOOP_CONTROL), .source = "ACPI IORT" },
	{ .without = BIT(9), .feature = F(NESTING), .reason = "TRANS_S1 is 0", .source = "kernel log" },
	{ .without = BIT(9), .feature = F(PASID), .reason = "TRANS_S1 is 0", .source = "kernel log" },
	{ .without = BIT(10), .feature = F(NESTING), .reason = "TRANS_S2 is 0", .source = "kernel log" },
	{ .without = BIT(11), .feature = F(IOPF), .reason = "STALLS is 0", .source = "kernel log" },
	{ .without = BIT(22), .feature = F(DIRTY_TRACKING), .reason = "HD is 0", .source = "kernel log" },
	{ .without = BIT(8), .feature = F(DIRTY_TRACKING), .reason = "COHERENCY is 0", .source = "kernel log" },
	{ .without = BIT(21) | BIT(22), .log = DEVICE "IDR0.HTTU features(0x600000) overridden by FW configuration (0x0)",
	  .feature = F(DIRTY_TRACKING), .reason = "the firmware denies the dirty flags", .source = "kernel log" },
	{ .without = BIT(22), .log = DEVICE "IDR0.HTTU features(0x200000) overridden by FW configuration (0x0)",
	  .feature = F(DIRTY_TRACKING), .reason = "HD is 0", .source = "kernel log" },
	{ .without = BIT(8), .log = DEVICE "IDR0.COHACC overridden by FW configuration (false)",
	  .feature = F(DIRTY_TRACKING), .reason = "the firmware denies that page walks", .source = "kernel log" },
	{ .log = DEVICE "IDR0.COHACC overridden by FW configuration (true)",
	  .feature = F(DIRTY_TRACKING), .source = "kernel log" },
	{ .without = BIT(19), .feature = F(NESTING), .reason = "an erratum of the hardware (feature bit", .source = "kernel log" },
	{ .log = DEVICE "option mask 0x8", .feature = F(NESTING), .reason = "CMDQ_FORCE_SYNC", .source = "kernel log" },
	{ .without = BIT(23), .feature = F(NESTING), .reason = "S2FWB is 0", .source = "kernel log, ACPI IORT" },
	{ .without = BIT(23), .firmware = CANWBS, .feature = F(NESTING), .source = "kernel log, ACPI IORT" },
	{ .without = BIT(23), .firmware = NO_TABLE, .feature = F(NESTING), .reason = "does not publish", .source = "default" },
	{ .without = BIT(23), .firmware = NO_TABLE | DEVICETREE, .feature = F(NESTING), .reason = "S2FWB is 0", .source = "kernel log, devicetree" },
	{ .firmware = NO_TABLE | DEVICETREE, .feature = F(SNOOP_CONTROL), .reason = "devicetree cannot", .source = "devicetree" },
	{ .firmware = NO_TABLE, .feature = F(SNOOP_CONTROL), .reason = "does not publish", .source = "default" },
	{ .no_word = true, .feature = F(NESTING), .reason = "does not publish", .source = "default" },
	{ .no_word = true, .feature = F(DIRTY_TRACKING), .reason = "HD is 0", .source = "ACPI IORT" },
	{ .no_word = true, .firmware = DIRTY, .feature = F(DIRTY_TRACKING), .reason = "COHERENCY is 0", .source = "ACPI IORT" },
	{ .no_word = true, .firmware = DIRTY | COHACC, .feature = F(DIRTY_TRACKING), .source = "ACPI IORT" },
	{ .no_word = true, .firmware = NO_TABLE, .feature = F(DIRTY_TRACKING), .reason = "does not publish", .source = "default" },
	{ .without = BIT(19) | BIT(21) | BIT(22) | BIT(23), .release = "5.10", .feature = F(NESTING), .reason = "older than Linux 6.13", .source = "kernel release" },
	{ .release = "6.12", .feature = F(NESTING), .reason = "older than Linux 6.13", .source = "kernel release" },
	{ .release = "6.10", .feature = F(DIRTY_TRACKING), .reason = "older than Linux 6.11", .source = "kernel release" },
	{ .release = "6.10", .feature = F(IOPF), .reason = "older than Linux 6.11", .source = "kernel release" },
	{ .release = "6.14", .feature = F(PASID), .reason = "older than Linux 6.15", .source = "kernel release" },
	{ .config = WITH_SVA, .feature = F(NESTING), .reason = "CONFIG_IOMMUFD is not set", .source = "kernel configuration" },
	{ .config = WITH_SVA "CONFIG_IOMMUFD=y\n", .feature = F(NESTING), .reason = "CONFIG_ARM_SMMU_V3_IOMMUFD", .source = "kernel configuration" },
	{ .config = CONFIG "CONFIG_IOMMUFD=y\n", .feature = F(IOPF), .reason = "CONFIG_ARM_SMMU_V3_SVA", .source = "kernel configuration" },
	{ .config = "CONFIG_IOMMUFD=y\nCONFIG_ARM_SMMU_V3_SVA=y\n", .feature = F(IOPF), .reason = "CONFIG_IOMMU_IOPF", .source = "kernel configuration" },
	{ .config = "CONFIG_IOMMUFD=y\n", .feature = F(PASID), .reason = "CONFIG_PCI_PASID", .source = "kernel configuration" },
};
/* clang-format on */

static void write_table(const struct tree *tree, unsigned int firmware)
{
	unsigned char table[TABLE];
	char path[256];
	FILE *out;

	make_table(table);
	table[FLAGS] = (unsigned char)((firmware & COHACC ? 1 : 0) | (firmware & ACCESS ? 2 : 0) |
				       (firmware & DIRTY ? 4 : 0));
	table[MEMORY] = firmware & CANWBS ? 7 : 3;
	table[ATS] = firmware & RC_ATS ? 1 : 0;
	tree_file(tree, "sys/firmware/acpi/tables/IORT", "");
	snprintf(path, sizeof(path), "%s/sys/firmware/acpi/tables/IORT", tree->path);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(table, 1, TABLE, out), TABLE);
	assert_int_equal(fclose(out), 0);
}

static struct iommuctl_topology *load(const struct tree *tree, const struct cause *cause)
{
	const char *device = cause->firmware & DEVICETREE ? "9050000.smmuv3" : "arm-smmu-v3.0.auto";
	const char *release = cause->release ? cause->release : "7.3.4";
	char text[512], path[64];
	size_t n = 0;

	tree_remove(tree, "sys");
	tree_remove(tree, "boot");
	tree_remove(tree, "var");
	tree_remove(tree, "proc");
	tree_file(tree, "proc/sys/kernel/osrelease", release);
	snprintf(path, sizeof(path), "boot/config-%s", release);
	tree_file(tree, path, cause->config ? cause->config : FULL);
	tree_link(tree, "sys/class/iommu/smmu3.0x0000000009050000/device", device);
	if (cause->log)
		n += (size_t)snprintf(text, sizeof(text), "[ 1.0] %s\n", cause->log);
	/* of an earlier boot, and of another SMMU */
	if (!cause->no_word)
		snprintf(text + n, sizeof(text) - n,
			 "arm-smmu-v3 %s: ias 32-bit, oas 32-bit (features 0x00000f00)\n"
			 "arm-smmu-v3 %s: oas 44-bit (features 0x%08" PRIx64 ")\n"
			 "arm-smmu-v3 other.auto: oas 40-bit (features 0x00000f00)\n",
			 device, device, WORD & ~cause->without);
	tree_file(tree, "var/log/dmesg", cause->no_word ? "" : text);
	if (!(cause->firmware & NO_TABLE))
		write_table(tree, cause->firmware);
	kernel_forget(tree->ctx);
	return tree_load(tree, IOMMUCTL_LOAD_REGISTERS);
}

static void check(const struct iommuctl_iommu *iommu, size_t i)
{
	const struct cause *cause = &causes[i];
	const char *source = iommuctl_iommu_get_feature_source(iommu, cause->feature), *text = NULL;
	enum iommuctl_feature reason;
	struct iommuctl_value value;
	bool no;

	assert_int_equal(iommuctl_iommu_get_feature(iommu, cause->feature, &value), 0);
	no = !value.boolean;
	assert_int_equal(iommuctl_feature_get_reason(cause->feature, &reason), 0);
	if (iommuctl_iommu_get_feature(iommu, reason, &value) == 0)
		text = value.text;
	if (no != (cause->reason != NULL) || no != (text != NULL) ||
	    (no && !strstr(text, cause->reason)) || strcmp(source, cause->source) != 0)
		fail_msg("%zu, %s: %s, %s [%s]", i, iommuctl_feature_get_key(cause->feature),
			 no ? "no" : "yes", text ? text : "-", source);
}

static void test_reasons(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		struct iommuctl_topology *topology = load(*state, &causes[i]);

		check(iommuctl_topology_get_iommu(topology, 0), i);
		iommuctl_topology_unref(topology);
	}
}

/* Every condition was the reason once, but for the register that nothing but iommufd tells. */
static void test_coverage(void **state)
{
	const struct model *model = model_get(IOMMUCTL_MODEL_ARM_SMMU_V3);

	(void)state;
	for (size_t i = 0; i < model->condition_count; i++) {
		const char *reason = model->conditions[i].reason;
		bool seen = !reason || strstr(reason, "IDR1.SSIDSIZE");

		for (size_t n = 0; !seen && n < ARRAY_SIZE(causes); n++)
			seen = causes[n].reason && strstr(reason, causes[n].reason);
		if (!seen)
			fail_msg("no test makes it that %s", reason);
	}
}

/* ------------------------------------------------------------------- features */

struct expected {
	enum iommuctl_feature feature;
	const char *value; /* as the tests below print it */
	const char *source;
};

static void check_all(const struct iommuctl_iommu *iommu, const struct expected *expected,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *key = iommuctl_feature_get_key(expected[i].feature);
		const char *source = iommuctl_iommu_get_feature_source(iommu, expected[i].feature);
		struct iommuctl_value value;
		char text[256] = "";

		assert_int_equal(iommuctl_iommu_get_feature(iommu, expected[i].feature, &value), 0);
		if (value.type == IOMMUCTL_VALUE_BOOL)
			snprintf(text, sizeof(text), "%s", value.boolean ? "yes" : "no");
		else if (value.type == IOMMUCTL_VALUE_NUMBER)
			snprintf(text, sizeof(text), "%" PRIu64, value.number);
		else if (value.type == IOMMUCTL_VALUE_TEXT)
			snprintf(text, sizeof(text), "%s", value.text);
		for (unsigned int n = 0; n < value.count; n++) {
			size_t at = strlen(text);

			if (value.type == IOMMUCTL_VALUE_TEXTS)
				snprintf(text + at, sizeof(text) - at, " %s", value.texts[n]);
			else
				snprintf(text + at, sizeof(text) - at, " %" PRIu64,
					 value.numbers[n]);
		}
		if (strcmp(text, expected[i].value) != 0 || strcmp(source, expected[i].source) != 0)
			fail_msg("%s: %s [%s]", key, text, source);
	}
}

static void test_smmu_v3_features(void **state)
{
	static const struct cause machine = { .firmware = COHACC | ACCESS | RC_ATS };
	static const struct expected expected[] = {
		{ F(INPUT_BITS), "48", "kernel log" },
		{ F(OUTPUT_BITS), "44", "kernel log" },
		{ F(STAGE1), "yes", "kernel log" },
		{ F(STAGE2), "yes", "kernel log" },
		{ F(PAGE_TABLE_FORMATS), " smmuv3-cd smmuv3-s2", "kernel log" },
		{ F(STALL), "enabled", "kernel log" },
		{ F(ATS), "yes", "kernel log, ACPI IORT" },
		{ F(PRI), "yes", "kernel log" },
		{ F(BTM), "no", "kernel log" },
		{ F(RANGE_INVALIDATION), "no", "kernel log" },
		{ F(COHERENT_WALK), "yes", "kernel log" },
		{ F(HTTU), "access", "ACPI IORT" },
		{ F(ASID_BITS), "8", "default" },
	};
	struct iommuctl_topology *topology = load(*state, &machine);
	const struct iommuctl_iommu *iommu = iommuctl_topology_get_iommu(topology, 0);

	check_all(iommu, expected, ARRAY_SIZE(expected));
	/* the later boot's */
	assert_int_equal(iommu_field(iommu, "oas", "bits"), 44);
	assert_int_equal(iommu_find_register(iommu, "features")->value, WORD);
	iommuctl_topology_unref(topology);
}

static void test_smmu_v2_features(void **state)
{
	static const struct expected expected[] = {
		{ F(INPUT_BITS), "48", "kernel log" },
		{ F(OUTPUT_BITS), "40", "kernel log" },
		{ F(STAGE1), "yes", "kernel log" },
		{ F(STAGE2), "no", "kernel log" },
		{ F(COHERENT_WALK), "no", "kernel log" },
		{ F(PAGE_TABLE_FORMATS), " smmuv2-s1", "kernel log" },
		{ F(PAGE_SIZES), " 4096 65536 2097152 33554432 536870912", "kernel log" },
	};
	static const struct expected unknown[] = {
		{ F(INPUT_BITS), "32", "default" },
		{ F(COHERENT_WALK), "no", "default" },
	};
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;

	tree_link(tree, "sys/class/iommu/smmu.0x0000000003da0000/device", "3da0000.iommu");
	tree_link(tree, "sys/class/iommu/smmu.0x0000000003db0000/device", "3db0000.iommu");
	tree_file(tree, "var/log/dmesg",
		  "arm-smmu 3da0000.iommu: SMMUv2 with:\n"
		  "arm-smmu 3da0000.iommu: \tstage 1 translation\n"
		  "arm-smmu 3da0000.iommu: \tnon-coherent table walk\n"
		  "arm-smmu 3da0000.iommu: \tSupported page sizes: 0x22211000\n"
		  "arm-smmu 3da0000.iommu: \tStage-1: 48-bit VA -> 40-bit IPA\n");
	topology = tree_load(tree, IOMMUCTL_LOAD_REGISTERS);
	check_all(iommuctl_topology_get_iommu(topology, 0), expected, ARRAY_SIZE(expected));
	assert_string_equal(iommuctl_iommu_get_version(iommuctl_topology_get_iommu(topology, 0)),
			    "2.0");
	check_all(iommuctl_topology_get_iommu(topology, 1), unknown, ARRAY_SIZE(unknown));
	assert_null(iommuctl_iommu_get_version(iommuctl_topology_get_iommu(topology, 1)));
	iommuctl_topology_unref(topology);
}

static void test_others(void **state)
{
	static const struct expected dart[] = {
		{ F(INPUT_BITS), "42", "kernel log" },
		{ F(OUTPUT_BITS), "42", "kernel log" },
		{ F(PAGE_SIZES), " 16384", "kernel log" },
		{ F(BYPASS), "no", "kernel log" },
	};
	static const struct expected virtio[] = {
		{ F(INPUT_BITS), "47", "kernel log" },
		{ F(PAGE_SIZES), " 4096 1073741824", "kernel log" },
	};
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;

	tree_link(tree, "sys/class/iommu/apple-dart.514800000.iommu/device", "514800000.iommu");
	tree_link(tree, "sys/class/iommu/0000:00:01.0/device", "../../../devices/virtio7");
	tree_link(tree, "sys/devices/virtio7/driver", "../bus/virtio_iommu");
	tree_file(tree, "sys/devices/virtio7/features", "1110");
	tree_file(tree, "var/log/dmesg",
		  "apple-dart 514800000.iommu: DART [pagesize 4000, 16 streams, bypass support: 0, "
		  "bypass forced: 0, locked: 0, AS 42 -> 42] initialized\n"
		  "virtio_iommu virtio7: input address: 47 bits\n"
		  "virtio_iommu virtio7: page mask: 0x40001000\n");
	topology = tree_load(tree, IOMMUCTL_LOAD_REGISTERS);
	check_all(iommuctl_topology_find_iommu(topology, "apple-dart.514800000.iommu"), dart,
		  ARRAY_SIZE(dart));
	check_all(iommuctl_topology_find_iommu(topology, "0000:00:01.0"), virtio,
		  ARRAY_SIZE(virtio));
	iommuctl_topology_unref(topology);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_broken_tables),
		TEST(test_reasons),
		cmocka_unit_test(test_coverage),
		TEST(test_smmu_v3_features),
		TEST(test_smmu_v2_features),
		TEST(test_others),
	};

	return RUN(tests);
}
