/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is left of texts that may be private. */
#include "libiommuctl/scrub.h"

#include <string.h>

#include "test.h"

struct row {
	const char *text, *left;
};

static void check(scrub_fn *scrub, const struct row *rows, size_t count)
{
	struct vfs *names;

	assert_int_equal(vfs_new(&names), 0);
	for (size_t i = 0; i < count; i++) {
		char *left = NULL;
		size_t size;
		FILE *out = open_memstream(&left, &size);

		assert_non_null(out);
		assert_int_equal(scrub(names, rows[i].text, strlen(rows[i].text), out), 0);
		assert_int_equal(fclose(out), 0);
		assert_string_equal(left, rows[i].left);
		free(left);
	}
	vfs_free(names);
}

static void paths(void **state)
{
	static const struct row rows[] = {
		{ "sys/class/net/enx001122334455", "sys/class/net/enxredacted1" },
		{ "net/wlxAABBCCDDEEFF/x", "net/wlxredacted2/x" },
		{ "net/enx001122334455", "net/enxredacted1" },
		{ "net/enx0011223344556", "net/enx0011223344556" },
		{ "net/fenx001122334455", "net/fenx001122334455" },
		{ "net/ENx001122334455", "net/ENx001122334455" },
		/* names of the kernel's, not of interfaces */
		{ "devices/00:11:22:33:44:55", "devices/00:11:22:33:44:55" },
		{ "mdev/9b7d1c52-0a3f-4e68-b1c9-7f6e5d4c3b2a",
		  "mdev/9b7d1c52-0a3f-4e68-b1c9-7f6e5d4c3b2a" },
	};

	(void)state;
	check(scrub_path, rows, ARRAY_SIZE(rows));
}

static void properties(void **state)
{
	static const struct row rows[] = {
		{ "DRIVER=e1000e\nPCI_SLOT_NAME=0000:00:1f.6\nMODALIAS=pci:v00008086d000015BD\n",
		  "DRIVER=e1000e\nPCI_SLOT_NAME=0000:00:1f.6\nMODALIAS=pci:v00008086d000015BD\n" },
		{ "ID_SERIAL_SHORT=x y\nPRODUCT=1/2/3", "ID_SERIAL_SHORT=redacted\nPRODUCT=1/2/3" },
		{ "HID_UNIQ=00\nPHYS=aa:bb:cc:dd:ee:ff\n", "HID_UNIQ=redacted\nPHYS=redacted\n" },
		{ "A=00:11:22:33:44:55:66:77 00:11:22:33:44 x00:11:22:33:44:55\n",
		  "A=redacted 00:11:22:33:44 x00:11:22:33:44:55\n" },
		{ "A=00-11-22-33-44-55/00:11-22:33-44:55\n", "A=redacted/00:11-22:33-44:55\n" },
		{ "A={9b7d1c52-0a3f-4e68-b1c9-7f6e5d4c3b2a}\n", "A={redacted}\n" },
		{ "=x\n\nA\n", "=x\n\nA\n" },
	};

	(void)state;
	check(scrub_uevent, rows, ARRAY_SIZE(rows));
}

static void command_lines(void **state)
{
	static const struct row rows[] = {
		{ "", "\n" },
		{ "  quiet\tiommu=pt \n", "quiet iommu=pt\n" },
		{ "arm-smmu.disable_bypass=1 arm_smmu-v3.x=1 vfio-pci.ids=8086:10d3",
		  "arm-smmu.disable_bypass=1 redacted vfio-pci.ids=8086:10d3\n" },
		{ "intel_iommu=on intel_iommux=1 xintel_iommu=on",
		  "intel_iommu=on redacted redacted\n" },
		{ "pcix=1 pci=noats", "redacted pci=noats\n" },
		{ "a=\"b c\" \"d=e f\" quiet", "redacted redacted quiet\n" },
		{ "\"iommu=pt\" \"pci\" pci=\"noats\"", "\"iommu=pt\" \"pci\" pci=\"noats\"\n" },
		{ "pci\"x=secret y\" quiet", "redacted quiet\n" },
		{ "a='b quiet c' quiet", "redacted quiet\n" },
		{ "a='b quiet", "redacted quiet\n" },
		{ "a=b\\ pci=x quiet", "redacted quiet\n" },
		{ "pci=a\\b", "pci=redacted\n" },
		{ "a=\"b quiet", "redacted\n" },
		{ "iommu=pt\r\n", "iommu=pt\n" },
		{ "\v\fquiet\xa0ro\x85", "quiet redacted\n" },
		{ "intel_iommu=on\xc2\xa0luks=x", "intel_iommu=redacted redacted\n" },
		{ "vfio-pci.ids=\"8086:1111 pw=x", "vfio-pci.ids=redacted\n" },
		{ "iommu=\"x y\" intel_iommu=on\"x", "iommu=redacted intel_iommu=redacted\n" },
		{ "\"iommu=x y\" \"iommu=pt", "iommu=redacted redacted\n" },
		{ "iommu_secret=x ivrs_ioapic[9]=00:14.0", "redacted ivrs_ioapic[9]=00:14.0\n" },
		{ "c2VjcmV0==", "redacted\n" },
		{ "quiet -- quiet", "quiet\n" },
		{ "quiet --", "quiet\n" },
		{ "--x quiet", "redacted quiet\n" },
		{ "console=ttyS0,52:54:00:12:34:56", "console=ttyS0,redacted\n" },
	};

	(void)state;
	check(scrub_cmdline, rows, ARRAY_SIZE(rows));
}

static void logs(void **state)
{
	static const struct row rows[] = {
		{ "[    1.0] DMAR: x\nAMD-Vi", "[    1.0] DMAR: x\nAMD-Vi" },
		{ "Nov 21 08:00:00 host kernel: DMAR: x\n",
		  "Nov 21 08:00:00 redacted kernel: DMAR: x\n" },
		{ "2026-11-21T08:00:00Z a.b.c kernel: iommu: kernel: y\n",
		  "2026-11-21T08:00:00Z redacted kernel: iommu: kernel: y\n" },
		{ "[    1.0] vfio kernel: x\n", "[    1.0] vfio kernel: x\n" },
		{ "<6>[    1.0] [T1] nvme 1: Adding to iommu group 1\n",
		  "<6>[    1.0] [T1] nvme 1: Adding to iommu group 1\n" },
		{ "Nov 21 08:00:00 h vfiod[1]: x kernel: iommu: y\n", "" },
		{ "vfiod[1]: x\n[iommu\naudit: iommu\n kernel:\n", "" },
	};

	(void)state;
	check(scrub_log, rows, ARRAY_SIZE(rows));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(properties),
		cmocka_unit_test(command_lines),
		cmocka_unit_test(logs),
	};

	return RUN(tests);
}
