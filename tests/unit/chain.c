/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What devices need for PASIDs, ATS and PRI: each link broken alone, on a machine where all is
 * well. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

#define ATS   IOMMUCTL_SERVICE_ATS
#define PRI   IOMMUCTL_SERVICE_PRI
#define PASID IOMMUCTL_SERVICE_PASID

#define LOADED (IOMMUCTL_LOAD_REGISTERS | IOMMUCTL_LOAD_DEVICES)

/* ------------------------------------------------------- files that change */

struct saved {
	char path[256];
	char *data;
	size_t size;
};

static struct saved save(const struct tree *tree, const char *path)
{
	struct saved saved = { .data = NULL };
	FILE *file;

	snprintf(saved.path, sizeof(saved.path), "%s/%s", tree->path, path);
	file = fopen(saved.path, "re");
	if (!file)
		return saved;
	saved.data = malloc(65536);
	assert_non_null(saved.data);
	saved.size = fread(saved.data, 1, 65536, file);
	fclose(file);
	return saved;
}

static void write_all(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void restore(const struct tree *tree, struct saved *saved)
{
	if (saved->data)
		write_all(saved->path, saved->data, saved->size);
	else
		tree_remove(tree, saved->path + strlen(tree->path) + 1);
	free(saved->data);
}

/* The file becomes TEXT; or, of what it was, the bytes at OFFSET those of TEXT in hexadecimal. */
static void change(const struct tree *tree, const struct saved *saved, long offset,
		   const char *text)
{
	char *data;

	if (offset < 0) {
		tree_file(tree, saved->path + strlen(tree->path) + 1, text);
		return;
	}
	assert_non_null(saved->data);
	data = malloc(saved->size);
	assert_non_null(data);
	memcpy(data, saved->data, saved->size);
	for (size_t i = 0; text[2 * i]; i++) {
		unsigned int byte;

		assert_true((size_t)offset + i < saved->size);
		assert_int_equal(sscanf(text + 2 * i, "%2x", &byte), 1);
		data[(size_t)offset + i] = (char)byte;
	}
	write_all(saved->path, data, saved->size);
	free(data);
}

/* ------------------------------------------------------------------ causes */

/* clang-format off */
#define ROOT	"sys/devices/pci0000:00/"
#define PORT	ROOT "0000:00:07.0/"
#define DEVICE	PORT "0000:02:00.0/"
#define LEAF	ROOT "0000:00:1d.0/0000:04:00.0/0000:05:09.0/0000:07:00.0/"
#define DMAR	"sys/firmware/acpi/tables/DMAR"
#define ECAP	"sys/devices/virtual/iommu/dmar1/intel-iommu/ecap"
#define CMDLINE	"proc/cmdline"
#define CONFIG	"boot/config-7.3.4"
#define BUILT	"CONFIG_PCI_ATS=y\nCONFIG_PCI_PRI=y\nCONFIG_PCI_PASID=y\nCONFIG_IOMMU_IOPF=y\nCONFIG_IOMMUFD=m\n" \
		"CONFIG_INTEL_IOMMU_SVM=y\n"
#define SCALABLE "CONFIG_INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON=y\n"
#define TEXT	-1

/* What PATH is other than the machine's makes of SERVICE for DEVICE: the link that is broken or not
 * measured first, or 1 where it can be used all the same. */
static const struct cause {
	const char *device;
	const char *path;
	long offset;
	const char *text;
	enum iommuctl_service service;
	int usable;
	const char *id, *object;
} causes[] = {
	/* the device: capabilities at 0x110 PASID, 0x120 ATS, 0x130 PRI; PCI Express at 0x40 */
	{ "0000:02:00.0", DEVICE "config", 0x110, "1a", PASID, 0, "pasid-capability", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "config", 0x120, "0e", ATS, 0, "ats-capability", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "config", 0x120, "0e", PRI, 0, "ats-capability", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "config", 0x120, "0e", PASID, 1, NULL, NULL },
	{ "0000:02:00.0", DEVICE "config", 0x130, "14", PRI, 0, "pri-capability", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "config", 0x130, "14", ATS, 1, NULL, NULL },
	{ "0000:02:00.0", DEVICE "config", 0x124, "00", ATS, 0, "ats-page-aligned", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "config", 0x124, "00", PASID, 1, NULL, NULL },
	{ "0000:02:00.0", DEVICE "config", 0x66, "00", PASID, 0, "prefix", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "config", 0x66, "00", ATS, 1, NULL, NULL },
	{ "0000:02:00.0", DEVICE "config", 0x42, "01", PASID, 0, "prefix", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "config", 0x0e, "80", PASID, 0, "acs", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "config", 0x06, "0000", PASID, 0, "pasid-capability", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "config", 0x100, "0e000110", PASID, -ENODATA, "pasid-capability", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "config", 0x40, "1140", PASID, -ENODATA, "pasid-capability", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "config", TEXT, "short", PASID, -ENODATA, "pasid-capability", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "power_state", TEXT, "D3cold\n", PASID, -ENODATA, "pasid-capability", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "power_state", TEXT, "D3hot\n", PASID, 1, NULL, NULL },
	{ "0000:02:00.0", DEVICE "power/runtime_status", TEXT, "suspended\n", PASID, 1, NULL, NULL },
	{ "0000:02:00.0", DEVICE "removable", TEXT, "removable\n", ATS, 0, "trust", "0000:02:00.0" },
	{ "0000:02:00.0", DEVICE "removable", TEXT, "removable\n", PASID, 1, NULL, NULL },
	{ "0000:02:00.0", DEVICE "removable", TEXT, "fixed\n", ATS, 1, NULL, NULL },

	/* where PASIDs are enabled the kernel has seen to it */
	{ "0000:01:00.0", ROOT "0000:00:06.0/0000:01:00.0/config", 0x66, "00", PASID, 1, NULL, NULL },
	{ "0000:01:00.0", ROOT "0000:00:06.0/0000:01:00.0/config", 0x137, "01", PRI, 1, NULL, NULL },
	{ "0000:01:00.0", ROOT "0000:00:06.0/0000:01:00.0/config", 0x134, "00000001", PRI, 0, "pri-response-pasid", "0000:01:00.0" },
	{ "0000:01:00.0", ROOT "0000:00:06.0/config", 0x66, "00", PASID, 1, NULL, NULL },
	{ "0000:01:00.0", CMDLINE, TEXT, "pci=noats\n", ATS, 0, "command-line", "pci=noats" },

	/* integrated: there need be no root port above */
	{ "0000:00:02.0", ROOT "0000:00:02.0/config", 0x116, "00", PASID, 1, NULL, NULL },

	/* its virtual function */
	{ "0000:01:00.1", ROOT "0000:00:06.0/0000:01:00.1/config", 0x100, "0e", ATS, 0, "ats-capability", "0000:01:00.1" },
	{ "0000:01:00.1", ROOT "0000:00:06.0/0000:01:00.0/config", 0x120, "0e", ATS, 0, "ats-capability", "0000:01:00.0" },
	{ "0000:01:00.1", ROOT "0000:00:06.0/0000:01:00.0/config", 0x116, "00", PASID, 0, "pf-enabled", "0000:01:00.0" },
	{ "0000:01:00.1", ROOT "0000:00:06.0/0000:01:00.0/config", 0x134, "00", PRI, 0, "pf-enabled", "0000:01:00.0" },
	{ "0000:01:00.1", ROOT "0000:00:06.0/0000:01:00.0/config", 0x04, "0000", PRI, 0, "iommufd-faults", "0000:01:00.1" },

	/* the bridge */
	{ "0000:02:00.0", PORT "config", 0x66, "00", PASID, 0, "prefix", "0000:00:07.0" },
	{ "0000:02:00.0", PORT "config", 0x66, "00", ATS, 1, NULL, NULL },
	{ "0000:02:00.0", PORT "config", 0x42, "52", PASID, 0, "prefix", "0000:00:07.0" },
	{ "0000:02:00.0", PORT "config", 0x42, "72", ATS, 0, "bridge", "0000:00:07.0" },
	{ "0000:02:00.0", PORT "config", 0x42, "82", PASID, 0, "bridge", "0000:00:07.0" },
	{ "0000:02:00.0", PORT "config", 0x40, "11", ATS, 0, "bridge", "0000:00:07.0" },
	/* groups tell more than registers */
	{ "0000:02:00.0", PORT "config", 0x106, "00", PASID, 1, NULL, NULL },
	{ "0000:02:00.0", PORT "config", 0x100, "0e", PASID, 1, NULL, NULL },

	/* a switch: ACS of 05:09.0 is not there, and its group is that of 07:00.0 */
	{ "0000:07:00.0", LEAF "config", 0x0e, "00", PASID, 0, "acs", "0000:05:09.0" },
	{ "0000:07:00.0", LEAF "config", 0x100, "0d0001111d001c00", PASID, 0, "acs", "0000:05:09.0" },
	{ "0000:07:00.0", LEAF "config", 0x100, "0d0001111d001800", PASID, 0, "acs", "0000:07:00.0" },
	{ "0000:07:00.0", LEAF "config", 0x100, "0d0001111d000c00", PASID, 0, "acs", "0000:07:00.0" },
	{ "0000:07:00.0", LEAF "config", 0x100, "0d0001110c000400", PASID, 0, "acs", "0000:05:09.0" },

	/* firmware */
	{ "0000:02:00.0", DMAR, 0x46, "0100", ATS, 0, "firmware", "DMAR" },
	{ "0000:02:00.0", DMAR, 0x46, "0100", PASID, 1, NULL, NULL },
	{ "0000:02:00.0", DMAR, 0x56, "0800", ATS, 0, "firmware", "DMAR" },
	{ "0000:02:00.0", DMAR, 0x44, "01", ATS, 1, NULL, NULL },
	{ "0000:02:00.0", DMAR, 0x56, "0807", ATS, 0, "firmware", "DMAR" },
	{ "0000:02:00.0", DMAR, 0x49, "05", ATS, 0, "firmware", "DMAR" },
	{ "0000:02:00.0", DMAR, 0x49, "ff", ATS, 0, "firmware", "DMAR" },
	{ "0000:02:00.0", DMAR, 0x32, "0000", ATS, 0, "firmware", "DMAR" },
	{ "0000:02:00.0", DMAR, 0x32, "ffff", ATS, 0, "firmware", "DMAR" },
	{ "0000:02:00.0", DMAR, TEXT, "", ATS, 0, "firmware", "DMAR" },
	{ "0000:02:00.0", DMAR, 0x40, "0200300000000000" "0208000000000700", ATS, 1, NULL, NULL },
	{ "0000:02:00.0", DMAR, 0x40, "0200300000000000" "020a000000000700" "0000", ATS, 0, "firmware", "DMAR" },
	/* in SATC itself, by the path from the root; and by its own bus, which is wrong but understood */
	{ "0000:03:00.0", DMAR, 0x40, "0500300000000000" "010a000000001c000000", ATS, 1, NULL, NULL },
	{ "0000:03:00.0", DMAR, 0x40, "0500300000000000" "010a000000001c000001", ATS, 0, "firmware", "DMAR" },
	{ "0000:03:00.0", DMAR, 0x40, "0500300000000000" "0108000000001c000000", ATS, 0, "firmware", "DMAR" },
	{ "0000:03:00.0", DMAR, 0x68, "010800000003" "0000", ATS, 1, NULL, NULL },
	{ "0000:03:00.0", DMAR, 0x68, "010800000003" "0001", ATS, 0, "firmware", "DMAR" },

	/* the IOMMU: bits 2 DT, 29 PRS, 40 PASID, 43 SMTS */
	{ "0000:02:00.0", ECAP, TEXT, "3ef9ea6f050db\n", ATS, 0, "iommu-ats", "dmar1" },
	{ "0000:02:00.0", ECAP, TEXT, "3ef9e86f050df\n", PRI, 0, "iommu-pri", "dmar1" },
	{ "0000:02:00.0", ECAP, TEXT, "3ee9ea6f050df\n", PASID, 0, "iommu-pasid", "dmar1" },
	{ "0000:02:00.0", ECAP, TEXT, "3e79ea6f050df\n", PASID, 0, "iommu-pasid", "dmar1" },
	{ "0000:02:00.0", ECAP, TEXT, "what\n", PASID, -ENODATA, "iommu-pasid", "dmar1" },

	/* the kernel */
	{ "0000:02:00.0", CONFIG, TEXT, "CONFIG_PCI_PASID=y\n" SCALABLE, ATS, 0, "kernel-config", "CONFIG_PCI_ATS" },
	{ "0000:02:00.0", CONFIG, TEXT, "CONFIG_PCI_ATS=y\n" SCALABLE, PRI, 0, "kernel-config", "CONFIG_PCI_PRI" },
	{ "0000:02:00.0", CONFIG, TEXT, "CONFIG_PCI_ATS=y\n" SCALABLE, PASID, 0, "kernel-config", "CONFIG_PCI_PASID" },
	{ "0000:02:00.0", CONFIG, TEXT, BUILT, PASID, 1, NULL, NULL },
	{ "0000:02:00.0", CONFIG, TEXT, BUILT "# CONFIG_INTEL_IOMMU_SVM is not set\n", PASID, 1, NULL, NULL },
	{ "0000:02:00.0", CONFIG, TEXT, "", PASID, -ENODATA, "kernel-config", "CONFIG_PCI_PASID" },
	{ "0000:01:00.0", CONFIG, TEXT, "", PASID, 1, NULL, NULL },
	{ "0000:02:00.0", CMDLINE, TEXT, "quiet\n", PASID, 1, NULL, NULL },
	{ "0000:02:00.0", CMDLINE, TEXT, "pci=nomsi,noats\n", ATS, 0, "command-line", "pci=noats" },
	{ "0000:02:00.0", CMDLINE, TEXT, "pci=noats\n", PRI, 0, "command-line", "pci=noats" },
	{ "0000:02:00.0", CMDLINE, TEXT, "pci=noats\n", PASID, 1, NULL, NULL },
	{ "0000:02:00.0", CMDLINE, TEXT, "intel_iommu=on,sm_off\n", PASID, 0, "scalable-mode", "dmar1" },
	{ "0000:02:00.0", CMDLINE, TEXT, "intel_iommu=sm_off\n", ATS, 1, NULL, NULL },
	{ "0000:02:00.0", CMDLINE, TEXT, "iommu=off\n", ATS, 0, "command-line", "iommu=off" },
	{ "0000:02:00.0", CMDLINE, TEXT, "amd_iommu=off\n", ATS, 1, NULL, NULL },
	{ "0000:02:00.0", CMDLINE, TEXT, "", PASID, -ENODATA, "command-line", "command line" },
	{ "0000:01:00.0", CMDLINE, TEXT, "", PASID, 1, NULL, NULL },
};
/* clang-format on */

static struct iommuctl_chain *load(struct iommuctl_topology *topology, const char *name,
				   unsigned int flags)
{
	struct iommuctl_chain *chain = NULL;
	const struct iommuctl_device *device = iommuctl_topology_find_device(topology, name);

	assert_non_null(device);
	assert_int_equal(iommuctl_chain_load(device, flags, &chain), 0);
	assert_ptr_equal(iommuctl_chain_get_device(chain), device);
	return chain;
}

static void check_cause(const struct tree *tree, const struct cause *cause)
{
	struct saved saved = save(tree, cause->path);
	const struct iommuctl_link *link;
	struct iommuctl_topology *topology;
	struct iommuctl_chain *chain;
	int usable;

	change(tree, &saved, cause->offset, cause->text);
	topology = tree_load(tree, LOADED);
	chain = load(topology, cause->device, IOMMUCTL_CHAIN_CONFIG);
	usable = iommuctl_chain_is_usable(chain, cause->service);
	link = iommuctl_chain_get_first(chain, cause->service,
					usable == 0 ? IOMMUCTL_LINK_BROKEN
						    : IOMMUCTL_LINK_UNMEASURED);
	if (usable != cause->usable || !link != !cause->id ||
	    (link && (strcmp(iommuctl_link_get_id(link), cause->id) != 0 ||
		      strcmp(iommuctl_link_get_object(link), cause->object) != 0)))
		fail_msg("%s, %s at %ld %s: %s is %d by %s", cause->device, cause->path,
			 cause->offset, cause->text, iommuctl_service_to_string(cause->service),
			 usable, link ? iommuctl_link_get_evidence(link) : "none");
	iommuctl_chain_free(chain);
	iommuctl_topology_unref(topology);
	restore(tree, &saved);
	iommuctl_context_set_root(tree->ctx, tree->path);
}

static void test_causes(void **state)
{
	tree_expand(*state, "pasid");
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		check_cause(*state, &causes[i]);
}

/* Everything is well but for what the device itself is: the machine of the causes. */
static void test_without_a_cause(void **state)
{
	static const char *const devices[] = { "0000:00:02.0", "0000:01:00.0", "0000:02:00.0" };
	struct iommuctl_topology *topology;

	tree_expand(*state, "pasid");
	topology = tree_load(*state, LOADED);
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		struct iommuctl_chain *chain = load(topology, devices[i], IOMMUCTL_CHAIN_CONFIG);

		for (unsigned int n = 0; n < IOMMUCTL_SERVICE_COUNT; n++) {
			assert_int_equal(iommuctl_chain_is_usable(chain, n), 1);
			assert_int_equal(iommuctl_chain_is_enabled(chain, n), i < 2);
		}
		assert_true(iommuctl_chain_has_config(chain));
		iommuctl_chain_free(chain);
	}
	iommuctl_topology_unref(topology);
}

/* Nothing of configuration space is known then, and nothing of it is opened: it is made unreadable.
 */
static void test_without_config(void **state)
{
	const struct iommuctl_register *reg;
	struct iommuctl_topology *topology;
	struct iommuctl_chain *chain;
	unsigned int bits;
	uint64_t value;

	tree_expand(*state, "pasid");
	tree_remove(*state, DEVICE "config");
	tree_fifo(*state, DEVICE "config");
	topology = tree_load(*state, LOADED);
	chain = load(topology, "0000:02:00.0", 0);
	assert_false(iommuctl_chain_has_config(chain));
	for (unsigned int n = 0; n < IOMMUCTL_SERVICE_COUNT; n++) {
		assert_int_equal(iommuctl_chain_is_usable(chain, n), -ENODATA);
		assert_int_equal(iommuctl_chain_is_enabled(chain, n), -ENODATA);
		assert_null(iommuctl_chain_get_first(chain, n, IOMMUCTL_LINK_BROKEN));
	}
	assert_int_equal(iommuctl_chain_get_register(chain, 0, &reg, &value), -ENOENT);
	/* what the IOMMUs have */
	assert_int_equal(iommuctl_chain_get_pasid_bits(chain, &bits), 0);
	assert_int_equal(bits, 16);
	iommuctl_chain_free(chain);
	iommuctl_topology_unref(topology);
}

/* What SATC demands the hardware does by itself where there is no scalable mode. */
static void test_satc_in_legacy_mode(void **state)
{
	static const struct {
		const char *flags;
		int usable;
	} tables[] = { { "00", 1 }, { "01", 0 } };

	tree_expand(*state, "pasid");
	tree_file(*state, CMDLINE, "intel_iommu=sm_off\n");
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		struct iommuctl_topology *topology;
		struct iommuctl_chain *chain;
		struct saved saved = save(*state, DMAR), config;

		change(*state, &saved, 0x64, tables[i].flags);
		config = save(*state, ROOT "0000:00:02.0/config");
		/* nothing is enabled, of ATS nor of PRI, which is behind it */
		change(*state, &config, 0x126,
		       "0000"
		       "0000000000000000"
		       "13000100"
		       "0000");
		topology = tree_load(*state, LOADED);
		chain = load(topology, "0000:00:02.0", IOMMUCTL_CHAIN_CONFIG);
		assert_int_equal(iommuctl_chain_is_usable(chain, ATS), tables[i].usable);
		iommuctl_chain_free(chain);
		iommuctl_topology_unref(topology);
		restore(*state, &saved);
		restore(*state, &config);
		iommuctl_context_set_root(((struct tree *)*state)->ctx,
					  ((struct tree *)*state)->path);
	}
}

/* ATS of a virtual function is its own; the others are its PF's. */
static void test_enabled_of_virtual_function(void **state)
{
	struct iommuctl_topology *topology;
	struct iommuctl_chain *chain;
	struct saved saved;

	tree_expand(*state, "pasid");
	saved = save(*state, ROOT "0000:00:06.0/0000:01:00.1/config");
	change(*state, &saved, 0x106, "0000");
	topology = tree_load(*state, LOADED);
	chain = load(topology, "0000:01:00.1", IOMMUCTL_CHAIN_CONFIG);
	assert_int_equal(iommuctl_chain_is_enabled(chain, ATS), 0);
	assert_int_equal(iommuctl_chain_is_enabled(chain, PRI), 1);
	assert_int_equal(iommuctl_chain_is_enabled(chain, PASID), 1);
	iommuctl_chain_free(chain);
	iommuctl_topology_unref(topology);
	free(saved.data);
}

static const struct iommuctl_link *find(const struct iommuctl_chain *chain, const char *id,
					const char *object)
{
	const struct iommuctl_link *link;

	for (size_t i = 0; (link = iommuctl_chain_get_link(chain, i)); i++)
		if (strcmp(iommuctl_link_get_id(link), id) == 0 &&
		    strcmp(iommuctl_link_get_object(link), object) == 0)
			return link;
	return NULL;
}

static enum iommuctl_link_verdict verdict(const struct iommuctl_chain *chain, const char *id,
					  const char *object)
{
	const struct iommuctl_link *link = find(chain, id, object);

	assert_non_null(link);
	return iommuctl_link_get_verdict(link);
}

/* What sysfs tells without it: PCI Express by its speed, ACS by the groups. */
static void test_sysfs_alone(void **state)
{
	struct iommuctl_topology *topology;
	struct iommuctl_chain *chain;

	tree_expand(*state, "pasid");
	tree_file(*state, PORT "max_link_speed", "32.0 GT/s PCIe\n");
	topology = tree_load(*state, LOADED);
	chain = load(topology, "0000:02:00.0", 0);
	assert_int_equal(verdict(chain, "acs", "0000:00:07.0"), IOMMUCTL_LINK_OK);
	assert_int_equal(verdict(chain, "bridge", "0000:00:07.0"), IOMMUCTL_LINK_UNMEASURED);
	iommuctl_chain_free(chain);
	tree_file(*state, DEVICE "max_link_speed", "16.0 GT/s PCIe\n");
	chain = load(topology, "0000:02:00.0", 0);
	assert_int_equal(verdict(chain, "bridge", "0000:00:07.0"), IOMMUCTL_LINK_OK);
	iommuctl_chain_free(chain);
	chain = load(topology, "0000:07:00.0", 0);
	assert_int_equal(verdict(chain, "acs", "0000:05:09.0"), IOMMUCTL_LINK_UNMEASURED);
	assert_int_equal(verdict(chain, "acs", "0000:04:00.0"), IOMMUCTL_LINK_OK);
	assert_int_equal(verdict(chain, "acs", "0000:00:1d.0"), IOMMUCTL_LINK_OK);
	iommuctl_chain_free(chain);
	iommuctl_topology_unref(topology);
}

/* Devices of HiSilicon that need no prefix, in the revisions that the kernel knows. */
static void test_no_prefix_needed(void **state)
{
	static const struct {
		const char *revision;
		int usable;
	} revisions[] = { { "20", 0 }, { "21", 1 }, { "30", 1 } };
	const char *path = ROOT "0000:00:02.0/config";

	tree_expand(*state, "pasid");
	for (size_t i = 0; i < ARRAY_SIZE(revisions); i++) {
		struct saved saved = save(*state, path), next;
		struct iommuctl_topology *topology;
		struct iommuctl_chain *chain;

		change(*state, &saved, 0, "e51950a2");
		next = save(*state, path);
		change(*state, &next, 0x66, "00");
		free(next.data);
		next = save(*state, path);
		change(*state, &next, 0x116, "00");
		free(next.data);
		next = save(*state, path);
		change(*state, &next, 0x08, revisions[i].revision);
		free(next.data);
		topology = tree_load(*state, LOADED);
		chain = load(topology, "0000:00:02.0", IOMMUCTL_CHAIN_CONFIG);
		assert_int_equal(iommuctl_chain_is_usable(chain, PASID), revisions[i].usable);
		iommuctl_chain_free(chain);
		iommuctl_topology_unref(topology);
		restore(*state, &saved);
	}
}

/* ------------------------------------------------------------ other models */

/* One root complex, of segment 2, in a table of 0x30 + 0x20 bytes. */
static void write_iort(const struct tree *tree, unsigned int segment, unsigned int ats, size_t size)
{
	unsigned char table[0x50] = "IORT";
	char path[256];

	table[36] = 1;
	table[40] = 0x30;
	table[0x30] = 2;
	table[0x31] = 0x20;
	table[0x30 + 24] = (unsigned char)ats;
	table[0x30 + 28] = (unsigned char)segment;
	tree_file(tree, "sys/firmware/acpi/tables/IORT", "");
	snprintf(path, sizeof(path), "%s/sys/firmware/acpi/tables/IORT", tree->path);
	write_all(path, table, size);
}

static enum iommuctl_link_verdict smmu_firmware(struct iommuctl_topology *topology,
						const char *object)
{
	struct iommuctl_chain *chain = load(topology, "0002:f9:00.0", 0);
	enum iommuctl_link_verdict result = verdict(chain, "firmware", object);

	/* the kernel is too old, whatever the hardware can */
	assert_int_equal(verdict(chain, "iommufd-pasid", "smmu3.0x00000000a0040000"),
			 IOMMUCTL_LINK_BROKEN);
	iommuctl_chain_free(chain);
	return result;
}

static void test_smmu_firmware(void **state)
{
	struct iommuctl_topology *topology;

	tree_expand(*state, "arm-server");
	topology = tree_load(*state, LOADED);
	assert_int_equal(smmu_firmware(topology, "devicetree"), IOMMUCTL_LINK_UNMEASURED);
	tree_dir(*state, "sys/devices/pci0002:f8/of_node");
	assert_int_equal(smmu_firmware(topology, "devicetree"), IOMMUCTL_LINK_BROKEN);
	tree_file(*state, "sys/devices/pci0002:f8/of_node/ats-supported", "");
	assert_int_equal(smmu_firmware(topology, "devicetree"), IOMMUCTL_LINK_OK);

	write_iort(*state, 2, 1, 0x50);
	assert_int_equal(smmu_firmware(topology, "IORT"), IOMMUCTL_LINK_OK);
	write_iort(*state, 2, 6, 0x50);
	assert_int_equal(smmu_firmware(topology, "IORT"), IOMMUCTL_LINK_BROKEN);
	write_iort(*state, 3, 1, 0x50);
	assert_int_equal(smmu_firmware(topology, "IORT"), IOMMUCTL_LINK_UNMEASURED);
	write_iort(*state, 2, 1, 0x4f);
	assert_int_equal(smmu_firmware(topology, "IORT"), IOMMUCTL_LINK_UNMEASURED);
	write_iort(*state, 2, 1, 20);
	assert_int_equal(smmu_firmware(topology, "IORT"), IOMMUCTL_LINK_UNMEASURED);
	iommuctl_topology_unref(topology);
}

/* The hardware can, iommufd cannot: the last link. */
static void test_amd(void **state)
{
	struct iommuctl_topology *topology;
	const struct iommuctl_link *link;
	struct iommuctl_chain *chain;

	tree_expand(*state, "amd-server");
	topology = tree_load(*state, LOADED);
	chain = load(topology, "0000:25:00.0", 0);
	assert_int_equal(verdict(chain, "iommu-pasid", "ivhd0"), IOMMUCTL_LINK_OK);
	link = iommuctl_chain_get_first(chain, PASID, IOMMUCTL_LINK_BROKEN);
	assert_string_equal(iommuctl_link_get_id(link), "iommufd-pasid");
	assert_null(find(chain, "units", "ivhd0"));
	iommuctl_chain_free(chain);
	iommuctl_topology_unref(topology);
}

/* ------------------------------------------------------- what is not known */

static void test_no_pci_device(void **state)
{
	struct iommuctl_topology *topology;
	struct iommuctl_chain *chain;

	tree_link(*state, "sys/class/iommu/smmu3.0x1000/devices/a.dma", "../x");
	topology = tree_load(*state, LOADED);
	chain = load(topology, "a.dma", IOMMUCTL_CHAIN_CONFIG);
	assert_int_equal(iommuctl_chain_is_usable(chain, ATS), 0);
	assert_int_equal(iommuctl_chain_is_usable(chain, PRI), 0);
	assert_int_equal(iommuctl_chain_is_usable(chain, PASID), -ENODATA);
	assert_false(iommuctl_chain_has_config(chain));
	iommuctl_chain_free(chain);
	iommuctl_topology_unref(topology);
}

/* Of the first link that keeps the device from using PRI. */
static const char *advice(const struct iommuctl_chain *chain)
{
	return iommuctl_link_get_advice(
		iommuctl_chain_get_first(chain, IOMMUCTL_SERVICE_PRI, IOMMUCTL_LINK_BROKEN));
}

static void check_advice(const struct tree *tree, const char *path, const char *text,
			 const char *device, const char *expected)
{
	struct saved saved = save(tree, path);
	struct iommuctl_topology *topology;
	struct iommuctl_chain *chain;

	change(tree, &saved, TEXT, text);
	topology = tree_load(tree, LOADED);
	chain = load(topology, device, 0);
	assert_string_equal(advice(chain), expected);
	iommuctl_chain_free(chain);
	iommuctl_topology_unref(topology);
	restore(tree, &saved);
	iommuctl_context_set_root(tree->ctx, tree->path);
}

/* What cannot be switched on is not said to be off. */
static void test_advice(void **state)
{
	tree_expand(*state, "pasid");
	check_advice(*state, "proc/cmdline", "intel_iommu=sm_off\n", "0000:02:00.0",
		     "start the kernel with intel_iommu=sm_on");
	check_advice(*state, ECAP, "3e79ea6f050df\n", "0000:02:00.0", "none: the IOMMU cannot");
	tree_dir(*state, "sys/bus/pci/devices/0000:7f:01.0");
	check_advice(*state, "proc/cmdline", "quiet\n", "0000:7f:01.0",
		     "none of the machine's IOMMUs covers it");
}

/* A copy with directories instead of links, and links that lead nowhere near. */
static void test_path_not_known(void **state)
{
	static const char *const targets[] = { NULL, "0000:00:01.0", "x/0000:00:02.0", "x/." };
	struct iommuctl_topology *topology;

	tree_dir(*state, "sys/bus/pci/devices/0000:00:01.0");
	topology = tree_load(*state, LOADED);
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		struct iommuctl_chain *chain;

		if (targets[i]) {
			tree_remove(*state, "sys/bus/pci/devices/0000:00:01.0");
			tree_link(*state, "sys/bus/pci/devices/0000:00:01.0", targets[i]);
		}
		chain = load(topology, "0000:00:01.0", IOMMUCTL_CHAIN_CONFIG);
		assert_int_equal(verdict(chain, "iommu", "0000:00:01.0"), IOMMUCTL_LINK_BROKEN);
		assert_string_equal(advice(chain), "turn the IOMMU on in the firmware's setup "
						   "and on the kernel's command line");
		assert_int_equal(verdict(chain, "bridge", "0000:00:01.0"),
				 IOMMUCTL_LINK_UNMEASURED);
		iommuctl_chain_free(chain);
	}
	iommuctl_topology_unref(topology);
}

static void test_arguments(void **state)
{
	struct iommuctl_topology *topology;
	const struct iommuctl_device *device;
	struct iommuctl_chain *chain;
	unsigned int bits;

	tree_expand(*state, "pasid");
	topology = tree_load(*state, IOMMUCTL_LOAD_REGISTERS);
	device = iommuctl_topology_find_device(topology, "0000:00:02.0");
	assert_int_equal(iommuctl_chain_load(device, 0, &chain), -ENODATA);
	assert_int_equal(iommuctl_chain_load(NULL, 0, &chain), -EINVAL);
	assert_int_equal(iommuctl_chain_load(device, 2, &chain), -EINVAL);
	assert_int_equal(iommuctl_chain_load(device, 0, NULL), -EINVAL);
	assert_null(iommuctl_chain_free(NULL));
	assert_int_equal(iommuctl_chain_is_usable(NULL, ATS), -EINVAL);
	assert_int_equal(iommuctl_chain_is_enabled(NULL, ATS), -EINVAL);
	assert_int_equal(iommuctl_chain_get_pasid_bits(NULL, &bits), -EINVAL);
	assert_null(iommuctl_chain_get_link(NULL, 0));
	assert_null(iommuctl_chain_get_device(NULL));
	assert_false(iommuctl_chain_has_config(NULL));
	assert_false(iommuctl_link_concerns(NULL, ATS));
	assert_null(iommuctl_service_to_string(IOMMUCTL_SERVICE_COUNT));
	assert_null(iommuctl_link_verdict_to_string((enum iommuctl_link_verdict)3));
	iommuctl_topology_unref(topology);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_causes),
		TEST(test_without_a_cause),
		TEST(test_without_config),
		TEST(test_sysfs_alone),
		TEST(test_no_prefix_needed),
		TEST(test_enabled_of_virtual_function),
		TEST(test_satc_in_legacy_mode),
		TEST(test_smmu_firmware),
		TEST(test_amd),
		TEST(test_no_pci_device),
		TEST(test_advice),
		TEST(test_path_not_known),
		TEST(test_arguments),
	};

	return RUN(tests);
}
