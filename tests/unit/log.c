/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel logs: what is found in them, where it ends, and where the log itself is. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>

#include "libiommuctl/log.h"
#include "tree.h"

#define UNIT "dmar0: reg_base_addr fed90000 ver 1:0 cap d2008c40660462 ecap f050da"

static struct iommuctl_log *parse(const char *text)
{
	struct iommuctl_log *log = NULL;

	assert_int_equal(iommuctl_log_parse(text, strlen(text), &log), 0);
	return log;
}

/* TEXT has the registers of EXPECT: "LINE OBJECT NAME VALUE/KNOWN" each, one a line. */
static void expect(const char *text, const char *expect)
{
	struct iommuctl_log *log = parse(text);
	const struct iommuctl_log_entry *entry;
	char got[4096] = "";

	for (size_t i = 0; (entry = iommuctl_log_get(log, i)); i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%zu %s %s %#llx/%llx\n",
			 entry->line, entry->object ? entry->object : "-",
			 iommuctl_register_get_name(entry->reg), (unsigned long long)entry->value,
			 (unsigned long long)entry->known);
	assert_string_equal(got, expect);
	iommuctl_log_free(log);
}

#define ALL  "/ffffffffffffffff\n"
#define BOTH "1 dmar0 cap 0xd2008c40660462" ALL "1 dmar0 ecap 0xf050da" ALL

/* ------------------------------------------------------------------- table */

static size_t count_numbers(const char *pattern)
{
	size_t n = 0;

	while ((pattern = strchr(pattern, '%'))) {
		assert_true(strchr("adnovx", pattern[1]));
		n += pattern[1] == 'd' || pattern[1] == 'x';
		pattern += 2;
	}
	return n;
}

/* Every number is a fact, and every fact is bits of a register that there is. */
static void forms(void **state)
{
	const struct iommuctl_register *reg;
	size_t count = 0;

	(void)state;
	for (const struct form *form = log_forms; form->pattern; form++, count++) {
		size_t numbers = 0;

		assert_true(form->pattern[0] != '%' && form->pattern[0] != ' ');
		for (size_t i = 0; i < FORM_FACTS && form->facts[i].kind != FACT_NONE; i++) {
			const struct fact *fact = &form->facts[i];

			numbers += fact->kind != FACT_BITS;
			if (fact->kind == FACT_OTHER)
				continue;
			assert_int_equal(iommuctl_register_find(form->model, fact->reg, &reg), 0);
			assert_int_equal(fact->mask & ~bits(UINT64_MAX, reg->width - 1, 0), 0);
			assert_int_equal(fact->value & ~fact->mask, 0);
			assert_int_equal(fact->mask == 0, fact->kind == FACT_WHOLE);
		}
		assert_int_equal(numbers, count_numbers(form->pattern));
	}
	/* each has a bit of 64 */
	assert_in_range(count, 1, 64);
}

/* ------------------------------------------------------------------ parser */

static void what_stands_before(void **state)
{
	static const char *const before[] = {
		"",
		"DMAR: ",
		"[    0.008669] DMAR: ",
		"[    0.008669][    T1] DMAR: ",
		"<6>[    0.008669] DMAR: ",
		"Nov 21 07:37:55 host kernel: [    0.008669] DMAR: ",
		"2024-08-13T07:37:55.123456+02:00 host kernel: DMAR: ",
		"6,339,8669,-;DMAR: ",
		"{\"MESSAGE\":\"DMAR: ",
		"> > ",
		"\033[32m[    0.008669] \033[0m\033[33mDMAR: \033[0m",
		"\033[m\033(B\033[1;38;5;9m",
		"dmar0: reg_base_addr fed9[    0.1] DMAR: ",
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		snprintf(text, sizeof(text), "%s" UNIT, before[i]);
		expect(text, BOTH);
		snprintf(text, sizeof(text), "%s" UNIT "\r\n", before[i]);
		expect(text, BOTH);
		snprintf(text, sizeof(text), "%s" UNIT "\"}\n", before[i]);
		expect(text, BOTH);
	}
}

static void what_comes_with_a_unit(void **state)
{
	struct iommuctl_log *log = parse("x\n[    0.1] \033[33mDMAR: \033[0m" UNIT "\r\ny\n");
	const struct iommuctl_log_entry *entry = iommuctl_log_get(log, 0);

	(void)state;
	assert_true(entry->has_base);
	assert_int_equal(entry->base, 0xfed90000);
	assert_string_equal(entry->version, "1.0");
	assert_string_equal(entry->text, "[    0.1] DMAR: " UNIT);
	assert_int_equal(entry->line, 2);
	assert_int_equal(iommuctl_register_get_model(entry->reg), IOMMUCTL_MODEL_INTEL_VTD);
	assert_null(iommuctl_log_get(log, 2));
	assert_null(iommuctl_log_free(log));
}

static void units_of_old_kernels(void **state)
{
	(void)state;
	expect("IOMMU fed91000: ver 1:0 cap c9008020e30272 ecap 1000\n",
	       "1 fed91000 cap 0xc9008020e30272" ALL "1 fed91000 ecap 0x1000" ALL);
	expect("dmar: IOMMU 3: reg_base_addr fed91000 ver 1:0 cap 1 ecap 2\n",
	       "1 dmar3 cap 0x1" ALL "1 dmar3 ecap 0x2" ALL);
	expect("$ dmesg | grep -o 'cap [0-9a-f]* ecap [0-9a-f]*'\ncap d2 ecap f0\n",
	       "2 - cap 0xd2" ALL "2 - ecap 0xf0" ALL);
}

static void lines_cut_or_broken(void **state)
{
	(void)state;
	/* a number may go on where the line ends; but not what another word follows */
	expect("dmar0: reg_base_addr fed90000 ver 1:0 cap d2008c4", "");
	expect("dmar0: reg_base_addr fed90000 ver 1:0 cap d2008c40660462 ecap",
	       "1 dmar0 cap 0xd2008c40660462" ALL);
	expect("dmar0: reg_base_addr fed90000 ver 1:0 cap\n d2008c40660462 ecap f050da\n" UNIT,
	       BOTH "3 dmar0 cap 0xd2008c40660462" ALL "3 dmar0 ecap 0xf050da" ALL);
	expect("dmar0: reg_base_addr fed90000 ver 1:0 cap\n\n d2008c40660462 ecap f050da", "");
	/* no number but a date */
	expect("dmar0: reg_base_addr fed90000 ver 1:0 cap d2008c40660462 ecap\nDec 21 x\n",
	       "1 dmar0 cap 0xd2008c40660462" ALL);
	expect("arm-smmu a: Supported page sizes:\n2026-11-21T07:37:55 host kernel: x\n", "");
	expect(UNIT "[    0.1] DMAR: dmar1: reg_base_addr fed91000 ver 1:0 cap 1 ecap 2",
	       BOTH "1 dmar1 cap 0x1" ALL "1 dmar1 ecap 0x2" ALL);
	expect(UNIT "DMAR: IOMMU enabled", "1 dmar0 cap 0xd2008c40660462" ALL);
}

static void numbers_that_are_none(void **state)
{
	(void)state;
	expect("cap -1 ecap 2", "");
	expect("cap 1 ecap 0x", "");
	expect("cap 10000000000000000 ecap 2", "");
	expect("cap ffffffffffffffff ecap 0x0", "1 - cap 0xffffffffffffffff" ALL "1 - ecap 0" ALL);
	expect("mcap 1 ecap 2", "");
	expect("dmar99999999999999999999: reg_base_addr 0 ver 1:0 cap 1 ecap 2",
	       "1 - cap 0x1" ALL "1 - ecap 0x2" ALL);
}

static void amd_features(void **state)
{
	(void)state;
	expect("AMD-Vi: Using global IVHD EFR:0x0, EFR2:0x0\n", "1 - efr 0" ALL "1 - efr2 0" ALL);
	expect("AMD-Vi: Extended features (0xf77ef22294ada):\nAMD-Vi:  PPR NX GT\n",
	       "1 - efr 0xf77ef22294ada" ALL);
	expect("Extended features: (0x4f77ef22294ada): PPR NX", "1 - efr 0x4f77ef22294ada" ALL);
	expect("AMD-Vi: [Firmware Warn]: EFR mismatch. Use IVHD EFR (0xf77ef22294ada : "
	       "0x400f77ef22294ada).\n",
	       "1 - efr 0x400f77ef22294ada" ALL);
	expect("AMD-Vi: [Firmware Warn]: EFR mismatch. Use IVHD EFR (0x37ef22294ada : "
	       "0x77ef22294ada), EFR2 (0x1 : 0x2).\n",
	       "1 - efr 0x77ef22294ada" ALL "1 - efr2 0x2" ALL);
	/* a whole value, and what it lacks: the other register */
	expect("AMD-Vi: Extended features (0x29d7): PreF PPR SEV-TIO\n",
	       "1 - efr 0x29d7" ALL "1 - efr2 0x2/2\n");
}

/* Names tell which bits are set; nothing is said of the others. */
static void amd_names_without_value(void **state)
{
	(void)state;
	expect("AMD-Vi: Extended features:  PreF PPR GT IA\n"
	       "AMD-Vi: Extended features:  PreF PPR [5]\n",
	       "1 - efr 0x53/53\n2 - efr 0x23/23\n");
	expect("AMD-Vi: Extended features:  Nothing PPR\n", "");
}

static void amd_objects(void **state)
{
	(void)state;
	expect("AMD-Vi: Found IOMMU at 0000:00:00.2 cap 0x40\n"
	       "AMD-Vi:  Extended features:  GT\n"
	       "AMD-Vi:  Extended features:  GT\n",
	       "2 0000:00:00.2 efr 0x10/10\n3 - efr 0x10/10\n");
	expect("pci 0000:00:00.2: AMD-Vi: Found IOMMU cap 0x40\n"
	       "pci 0000:00:00.2: AMD-Vi: Extended features (0x1):\n",
	       "2 0000:00:00.2 efr 0x1" ALL);
	/* of which of them is not known */
	expect("pci 0000:00:00.2: AMD-Vi: Found IOMMU cap 0x40\n"
	       "pci 0000:20:00.2: AMD-Vi: Found IOMMU cap 0x40\n"
	       "AMD-Vi: Extended features (0x1, 0x2): PreF\n",
	       "3 - efr 0x1" ALL "3 - efr2 0x2" ALL);
}

static void names_against_the_value(void **state)
{
	struct iommuctl_log *log = parse("Extended features (0x10, 0x0): PreF GT SEV-TIO\n");

	(void)state;
	assert_int_equal(iommuctl_log_get(log, 0)->disputed, 1);
	assert_int_equal(iommuctl_log_get(log, 1)->disputed, 2);
	assert_null(iommuctl_log_get(log, 2));
	iommuctl_log_free(log);
}

/* Bits of one register that several lines tell, among those of another SMMU. */
static void smmu_blocks(void **state)
{
	(void)state;
	expect("arm-smmu 5000000.iommu: SMMUv2 with:\n"
	       "arm-smmu 6000000.iommu: SMMUv1 with:\n"
	       "arm-smmu 5000000.iommu: \tstage 1 translation\n"
	       "arm-smmu 6000000.iommu: #011stage 2 translation\n"
	       "arm-smmu 5000000.iommu:\xa0\xa0non-coherent table walk\n"
	       "arm-smmu 5000000.iommu: \\tstream matching with 128 register groups, mask 0x7fff\n"
	       "arm-smmu 5000000.iommu: 64 context banks (0 stage-2\n only)\n"
	       "arm-smmu 5000000.iommu: Supported page sizes: 0x61311000\n",
	       "1 5000000.iommu version 0x2/ff\n2 6000000.iommu version 0x1/ff\n"
	       "3 5000000.iommu features 0x6/7\n4 6000000.iommu features 0x8/8\n"
	       "6 5000000.iommu stream_match_groups 0x80/ffff\n"
	       "7 5000000.iommu context_banks 0x40/ffff\n"
	       "7 5000000.iommu s2_context_banks 0/ffff\n"
	       "9 5000000.iommu page_sizes 0x61311000/ffffffff\n");
	/* another boot, of another kernel */
	expect("arm-smmu a: coherent table walk\narm-smmu a: non-coherent table walk\n",
	       "1 a features 0x1/1\n2 a features 0/1\n");
}

static void smmu_v3_overrides(void **state)
{
	(void)state;
	expect("arm-smmu-v3 a: IDR0.COHACC overridden by FW configuration (false)\n"
	       "arm-smmu-v3 a: IDR0.HTTU features(0x600000) overridden by FW configuration (0x0)\n"
	       "arm-smmu-v3 a: 2-level strtab only covers 25/32 bits of SID\n"
	       "arm-smmu-v3 a: 2-level strtab only covers 25/64 bits of SID\n",
	       "1 a idr0 0x90/d0\n3 a idr1 0x20/3f\n");
	expect("arm-smmu-v3 a: IDR0.HTTU features(0x2600000) overridden by FW configuration "
	       "(0x600000)\n",
	       "1 a idr0 0xc0/c0\n");
}

static void sysfs_as_grep_shows_it(void **state)
{
	(void)state;
	expect("/sys/class/iommu/dmar1/intel-iommu/cap:d2008c40660462\n"
	       "/sys/class/iommu/dmar1/intel-iommu/ecap:f050da\n"
	       "iommu/ivhd0/amd-iommu/features:25bf732fa2295afe:53d\n"
	       "iommu/ivhd0/amd-iommu/cap:190b640f\n",
	       "1 dmar1 cap 0xd2008c40660462" ALL "2 dmar1 ecap 0xf050da" ALL
	       "3 ivhd0 efr 0x25bf732fa2295afe" ALL "3 ivhd0 efr2 0x53d" ALL
	       "4 ivhd0 cap 0x190b640f/ffffffff\n");
}

static void wider_than_the_register(void **state)
{
	(void)state;
	expect("oas 256-bit (features 0x100000000)\noas 255-bit (features 0xffffffff)\n",
	       "2 - oas 0xff/ff\n2 - features 0xffffffff/ffffffff\n");
}

static void bytes_of_any_kind(void **state)
{
	static const char text[] = "\0\0dmar0: reg_base_addr fed90000 ver 1:0 cap\0 1\xff ecap 2\0";
	const struct iommuctl_log_entry *entry;
	struct iommuctl_log *log;

	(void)state;
	assert_int_equal(iommuctl_log_parse(text, sizeof(text), &log), 0);
	entry = iommuctl_log_get(log, 1);
	assert_non_null(entry);
	assert_int_equal(entry->value, 2);
	iommuctl_log_free(log);
	expect("", "");
	expect("\033[", "");
	expect("\033[31", "");
	expect("\033[31\n" UNIT, "2 dmar0 cap 0xd2008c40660462" ALL "2 dmar0 ecap 0xf050da" ALL);
}

static void too_many(void **state)
{
	const size_t lines = IOMMUCTL_LOG_ENTRIES_MAX / 2;
	static const char line[] = "cap 1 ecap 2\n";
	char *text = malloc((lines + 1) * strlen(line) + 1), *end = text;
	struct iommuctl_log *log = NULL;

	(void)state;
	for (size_t i = 0; i <= lines; i++)
		end = stpcpy(end, line);
	assert_int_equal(iommuctl_log_parse(text, lines * strlen(line), &log), 0);
	assert_non_null(iommuctl_log_get(log, 2 * lines - 1));
	log = iommuctl_log_free(log);
	assert_int_equal(iommuctl_log_parse(text, strlen(text), &log), -E2BIG);
	assert_null(log);
	free(text);
}

static void wrong_arguments(void **state)
{
	struct iommuctl_log *log;

	(void)state;
	assert_int_equal(iommuctl_log_parse(NULL, 1, &log), -EINVAL);
	assert_int_equal(iommuctl_log_parse("", 0, NULL), -EINVAL);
	assert_int_equal(iommuctl_log_parse(NULL, 0, &log), 0);
	assert_null(iommuctl_log_get(log, 0));
	assert_null(iommuctl_log_get(NULL, 0));
	iommuctl_log_free(log);
}

/* -------------------------------------------------------------- classifier */

static void lines_of_iommus(void **state)
{
	static const char *const yes[] = {
		"DMAR: Host address width 39",
		"DMAR-IR: Enabled IRQ remapping in x2apic mode",
		"AMD-Vi: Interrupt remapping enabled",
		"iommu: Default domain type: Translated (set via kernel command line)",
		"pci 0000:00:02.0: Adding to iommu group 0",
		"arm-smmu-v3 arm-smmu-v3.0.auto: option mask 0x0",
		"exynos-sysmmu 14650000.sysmmu: hardware version: 3.3",
		"virtio_iommu virtio0: input address: 64 bits",
		"vfio-pci 0000:03:00.0: resetting",
		"ACPI: IVRS 0x00000000CBF5D000 0000D0 (v02 AMD    AmdTable 00000001 AMD  00000001)",
	};
	static const char *const no[] = {
		"",
		"Command line: BOOT_IMAGE=/vmlinuz root=UUID=1 intel_iommu=on token=secret",
		"[    0.0] Kernel command line: intel_iommu=on token=secret",
		"Unknown kernel command line parameters \"iommu token=secret\", will be passed to "
		"user space.",
		"usb 1-1: New USB device found",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		assert_true(log_line_is_iommu(yes[i], strlen(yes[i])));
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		assert_false(log_line_is_iommu(no[i], strlen(no[i])));
}

/* ------------------------------------------------------------------ reader */

/* What the kernel's buffer holds; NULL: it may not be read. */
static const char *ring;

int __wrap_klogctl(int type, char *buf, int size);
int __wrap_klogctl(int type, char *buf, int size)
{
	int length = ring ? (int)strlen(ring) : 0;

	if (!ring) {
		errno = EPERM;
		return -1;
	}
	if (type == 10)
		return length + 100;
	assert_int_equal(type, 3);
	assert_true(size >= length);
	memcpy(buf, ring, (size_t)length);
	return length;
}

/* The log is EXPECT; or the error, where that is NULL. */
static void expect_log(struct iommuctl_context *ctx, int error, const char *expect)
{
	char *text = NULL;
	size_t length = 0;

	assert_int_equal(log_read_kernel(ctx, &text, &length), error);
	if (expect) {
		assert_string_equal(text, expect);
		assert_int_equal(length, strlen(expect));
	} else {
		assert_null(text);
	}
	free(text);
}

#define FILE_LOG "[0] Linux version 6.12.1-test (x) #1\n[1] usb\n[2] DMAR: of the file\n"
#define RELEASE	 "proc/sys/kernel/osrelease"
#define DMESG	 "var/log/dmesg"

static void log_of_a_root(void **state)
{
	const struct tree *tree = *state;

	ring = "Linux version 1\nDMAR: of the machine\n";
	expect_log(tree->ctx, -ENOENT, NULL);
	tree_file(tree, DMESG, FILE_LOG "\niommu: no newline");
	expect_log(tree->ctx, 0, "[2] DMAR: of the file\niommu: no newline");
	tree_remove(tree, DMESG);
	tree_file(tree, DMESG, "nothing\n");
	expect_log(tree->ctx, 0, "");
}

/* The tree as the machine itself: no root was set, as far as the reader knows. */
static void log_of_the_machine(void **state)
{
	const struct tree *tree = *state;

	tree->ctx->has_root = false;
	tree_file(tree, RELEASE, "6.12.1-test\n");
	ring = "[0] Linux version 6\n[1] usb\n[2] DMAR: of the ring\n";
	expect_log(tree->ctx, 0, "[2] DMAR: of the ring\n");
	ring = NULL;
	expect_log(tree->ctx, -EPERM, NULL);
	ring = "[9] DMAR: late\n";
	expect_log(tree->ctx, 0, "[9] DMAR: late\n");
	tree_file(tree, DMESG, FILE_LOG);
	expect_log(tree->ctx, 0, "[2] DMAR: of the file\n");
	ring = NULL;
	expect_log(tree->ctx, 0, "[2] DMAR: of the file\n");
}

static void log_of_another_kernel(void **state)
{
	const struct tree *tree = *state;

	tree->ctx->has_root = false;
	tree_file(tree, RELEASE, "6.12.1\n");
	tree_file(tree, DMESG, FILE_LOG);
	ring = NULL;
	expect_log(tree->ctx, -EPERM, NULL);
	ring = "[9] DMAR: late\n";
	expect_log(tree->ctx, 0, "[9] DMAR: late\n");
}

#define TREE(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(what_stands_before),
		cmocka_unit_test(what_comes_with_a_unit),
		cmocka_unit_test(units_of_old_kernels),
		cmocka_unit_test(lines_cut_or_broken),
		cmocka_unit_test(numbers_that_are_none),
		cmocka_unit_test(amd_features),
		cmocka_unit_test(amd_names_without_value),
		cmocka_unit_test(amd_objects),
		cmocka_unit_test(names_against_the_value),
		cmocka_unit_test(smmu_blocks),
		cmocka_unit_test(smmu_v3_overrides),
		cmocka_unit_test(sysfs_as_grep_shows_it),
		cmocka_unit_test(wider_than_the_register),
		cmocka_unit_test(bytes_of_any_kind),
		cmocka_unit_test(too_many),
		cmocka_unit_test(wrong_arguments),
		cmocka_unit_test(lines_of_iommus),
		TREE(log_of_a_root),
		TREE(log_of_the_machine),
		TREE(log_of_another_kernel),
	};

	return RUN(tests);
}
