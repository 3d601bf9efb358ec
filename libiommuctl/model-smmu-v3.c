/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Arm SMMUv3. sysfs has nothing but the address; the driver prints a word of features when it
 * starts, and ACPI's IORT has what the firmware says in place of registers.
 */
#include <errno.h>
#include <string.h>

#include "iort.h"

static const char IORT[] = "ACPI IORT";
#define PREFIX "smmu3."

/* ------------------------------------------------------------------ the log */

#define IDR0_COHACC 0x10
#define IDR0_HTTU   0xc0

/* "IDR0.HTTU features(...) overridden by FW configuration" has what the hardware has. */
static void note_override(struct iommuctl_iommu *iommu, const struct iommuctl_log_entry *entry)
{
	if (strcmp(iommuctl_register_get_name(entry->reg), "idr0") != 0)
		return;
	iommu->overridden_dirty |= entry->known & IDR0_HTTU && bits(entry->value, 7, 6) >= 2;
	iommu->overridden_coherency |= entry->value & IDR0_COHACC;
}

static void load_formats(struct iommuctl_iommu *iommu)
{
	struct iommuctl_value formats = { .type = IOMMUCTL_VALUE_TEXTS };

	if (iommu_field(iommu, "features", "trans_s1"))
		formats.texts[formats.count++] = "smmuv3-cd";
	if (iommu_field(iommu, "features", "trans_s2"))
		formats.texts[formats.count++] = "smmuv3-s2";
	feature_set(iommu, IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, formats, source_log);
}

static const char *update(bool access, bool dirty)
{
	return dirty ? "access+dirty" : access ? "access" : "none";
}

static void load_word(struct iommuctl_iommu *iommu)
{
	static const struct {
		enum iommuctl_feature feature;
		const char *field;
	} flags[] = {
		{ IOMMUCTL_FEATURE_STAGE2, "trans_s2" },
		{ IOMMUCTL_FEATURE_BTM, "btm" },
		{ IOMMUCTL_FEATURE_COHERENT_WALK, "coherency" },
		{ IOMMUCTL_FEATURE_RANGE_INVALIDATION, "range_inv" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		feature_bool(iommu, flags[i].feature,
			     iommu_field(iommu, "features", flags[i].field), source_log);
	feature_text(iommu, IOMMUCTL_FEATURE_STALL,
		     iommu_field(iommu, "features", "stall_force") ? "force"
		     : iommu_field(iommu, "features", "stalls")	   ? "enabled"
								   : "none",
		     source_log);
	/* kernels that do not know the bits print 0 */
	if (iommu_field(iommu, "features", "ha"))
		feature_text(iommu, IOMMUCTL_FEATURE_HTTU,
			     update(true, iommu_field(iommu, "features", "hd")), source_log);
	/* what the first stage translates does not depend on the sizes of physical addresses */
	if (iommu_field(iommu, "features", "trans_s1"))
		feature_number(iommu, IOMMUCTL_FEATURE_INPUT_BITS,
			       iommu_field(iommu, "features", "vax") ? 52 : 48, source_log);
	load_formats(iommu);
}

/* With ACPI the kernel believes the table, not the registers. */
static void load_firmware(struct iommuctl_iommu *iommu)
{
	unsigned int httu = IORT_HTTU(iommu->iort->flags);

	feature_text(iommu, IOMMUCTL_FEATURE_HTTU, update(httu >= 1, httu >= 2), IORT);
	if (!iommu_find_register(iommu, "features"))
		feature_bool(iommu, IOMMUCTL_FEATURE_COHERENT_WALK, IORT_COHACC(iommu->iort->flags),
			     IORT);
}

static void load(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	static const struct log_number numbers[] = {
		{ "ias", IOMMUCTL_FEATURE_INPUT_BITS },
		{ "oas", IOMMUCTL_FEATURE_OUTPUT_BITS },
	};
	uint64_t base;

	iommu_read_log(topology, iommu, note_override);
	iommu_log_numbers(iommu, numbers, ARRAY_SIZE(numbers));
	if (iommu_find_register(iommu, "features"))
		load_word(iommu);
	if (parse_u64(iommu->name + strlen(PREFIX), 0, &base))
		iommu->iort = iort_find(topology, base);
	if (iommu->iort)
		load_firmware(iommu);
}

/* -------------------------------------------------------------- conditions */

static int not_forced_to_sync(struct iommuctl_topology *topology,
			      const struct iommuctl_iommu *iommu, const char **ret_source)
{
	(void)topology;
	*ret_source = source_log;
	return !iommu_field(iommu, "option_mask", "cmdq_force_sync");
}

/* The kernel takes nesting off hardware with errata; kernels before 6.5 knew no such bit. */
static int no_erratum(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
		      const char **ret_source)
{
	const struct register_value *word = iommu_find_register(iommu, "features");

	*ret_source = word ? source_log : NULL;
	if (!word)
		return -ENODATA;
	return iommu_field(iommu, "features", "nesting") ||
	       (word->value >> 20 == 0 && kernel_is_since(topology->ctx, "6.5") != 1);
}

/* By the device's name: "arm-smmu-v3.0.auto" is made of a table of ACPI, "9050000.smmuv3" is not.
 */
static bool is_of_devicetree(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu)
{
	char name[256];
	size_t length;

	if (!iommu_device_name(topology, iommu, name, sizeof(name)))
		return false;
	length = strlen(name);
	return length < 5 || strcmp(name + length - 5, ".auto") != 0;
}

static int has_canwbs(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
		      const char **ret_source)
{
	*ret_source = IORT;
	if (iommu->iort)
		return iommu->iort->canwbs;
	*ret_source = "devicetree";
	return is_of_devicetree(topology, iommu) ? 0 : -ENODATA;
}

static int has_s2fwb_or_canwbs(struct iommuctl_topology *topology,
			       const struct iommuctl_iommu *iommu, const char **ret_source)
{
	const char *source;
	int r;

	*ret_source = NULL;
	if (!iommu_find_register(iommu, "features"))
		return -ENODATA;
	*ret_source = source_log;
	if (iommu_field(iommu, "features", "s2fwb"))
		return 1;
	r = has_canwbs(topology, iommu, &source);
	*ret_source = r == 0 ? source_join(topology, source_log, source) : source;
	return r;
}

static int root_complex_has_ats(struct iommuctl_topology *topology,
				const struct iommuctl_iommu *iommu, const char **ret_source)
{
	(void)topology;
	*ret_source = iommu->iort ? IORT : NULL;
	return !iommu->iort || iommu->iort->ats;
}

/* Of the driver's word, or else as the firmware says. */
static int has_bit(const struct iommuctl_iommu *iommu, const char *field, bool firmware,
		   const char **ret_source)
{
	bool printed = iommu_find_register(iommu, "features");

	*ret_source = printed ? source_log : iommu->iort ? IORT : NULL;
	if (!*ret_source)
		return -ENODATA;
	return printed ? iommu_field(iommu, "features", field) : firmware;
}

static int keeps_dirty_flags(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
			     const char **ret_source)
{
	(void)topology;
	return has_bit(iommu, "hd", iommu->iort && IORT_HTTU(iommu->iort->flags) >= 2, ret_source);
}

static int walks_coherently(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
			    const char **ret_source)
{
	(void)topology;
	return has_bit(iommu, "coherency", iommu->iort && IORT_COHACC(iommu->iort->flags),
		       ret_source);
}

static int dirty_not_overridden(struct iommuctl_topology *topology,
				const struct iommuctl_iommu *iommu, const char **ret_source)
{
	(void)topology;
	*ret_source = iommu->overridden_dirty ? source_log : NULL;
	return !iommu->overridden_dirty || iommu_field(iommu, "features", "hd");
}

static int coherency_not_overridden(struct iommuctl_topology *topology,
				    const struct iommuctl_iommu *iommu, const char **ret_source)
{
	(void)topology;
	*ret_source = iommu->overridden_coherency ? source_log : NULL;
	return !iommu->overridden_coherency || iommu_field(iommu, "features", "coherency");
}

#define NESTING ASKS(NESTING)
#define PASID	ASKS(PASID)
#define IOPF	ASKS(IOPF)
#define DIRTY	ASKS(DIRTY_TRACKING)

/* drivers/iommu/arm/arm-smmu-v3; a release comes before the bits that it brought */
/* clang-format off */
static const struct condition conditions[] = {
	{ NESTING | PASID | ASKS(STAGE1), NEEDS_FIELD, "features", "trans_s1", NULL, "the hardware has no first stage (feature bit TRANS_S1 is 0)" },
	{ NESTING, NEEDS_FIELD, "features", "trans_s2", NULL, "the hardware has no second stage (feature bit TRANS_S2 is 0)" },
	{ PASID, NEEDS_FIELD, "idr1", "ssidsize", NULL, "the hardware has no PASIDs (IDR1.SSIDSIZE is 0)" },
	{ IOPF, NEEDS_FIELD, "features", "stalls", NULL, "the hardware cannot stall (feature bit STALLS is 0), and Linux takes no page requests of SMMUv3" },
	{ ASKS(ATS), NEEDS_FIELD, "features", "ats", NULL, NULL },
	{ ASKS(ATS), NEEDS_TEST, NULL, NULL, root_complex_has_ats, NULL },
	{ ASKS(PRI), NEEDS_FIELD, "features", "pri", NULL, NULL },
	{ ASKS(SNOOP_CONTROL), NEEDS_TEST, NULL, NULL, has_canwbs, "no root complex behind it has CANWBS, as ACPI's IORT can tell and devicetree cannot" },
	{ NESTING, NEEDS_RELEASE, "6.13", NULL, NULL, "the kernel is older than Linux 6.13, which brought it" },
	{ DIRTY, NEEDS_RELEASE, "6.11", NULL, NULL, "the kernel is older than Linux 6.11, which brought it" },
	{ DIRTY, NEEDS_TEST, NULL, NULL, dirty_not_overridden, "the firmware denies the dirty flags that the hardware keeps (HTTU override of ACPI's IORT)" },
	{ DIRTY, NEEDS_TEST, NULL, NULL, keeps_dirty_flags, "the hardware keeps no dirty flags (feature bit HD is 0)" },
	{ DIRTY, NEEDS_TEST, NULL, NULL, coherency_not_overridden, "the firmware denies that page walks snoop caches, as the hardware's do (COHACC override)" },
	{ DIRTY, NEEDS_TEST, NULL, NULL, walks_coherently, "page walks do not snoop caches (feature bit COHERENCY is 0)" },
	{ NESTING, NEEDS_TEST, NULL, NULL, no_erratum, "the kernel keeps it off for an erratum of the hardware (feature bit NESTING is 0)" },
	{ NESTING, NEEDS_TEST, NULL, NULL, not_forced_to_sync, "an erratum of the hardware demands a synchronisation after each command (option CMDQ_FORCE_SYNC)" },
	{ NESTING, NEEDS_TEST, NULL, NULL, has_s2fwb_or_canwbs, "the second stage cannot force write-back (feature bit S2FWB is 0), "
	  "and no root complex behind it has CANWBS, as ACPI's IORT can tell and devicetree cannot" },
	{ IOPF, NEEDS_RELEASE, "6.11", NULL, NULL, "the kernel is older than Linux 6.11, which brought it" },
	{ PASID, NEEDS_RELEASE, "6.15", NULL, NULL, "the kernel is older than Linux 6.15, which brought it" },
	CONDITION_IOMMUFD,
	{ NESTING, NEEDS_CONFIG, "ARM_SMMU_V3_IOMMUFD", NULL, NULL, "the kernel was built without SMMUv3's part of iommufd (CONFIG_ARM_SMMU_V3_IOMMUFD is not set)" },
	{ IOPF, NEEDS_CONFIG, "ARM_SMMU_V3_SVA", NULL, NULL, "the kernel was built without CONFIG_ARM_SMMU_V3_SVA" },
	{ IOPF, NEEDS_CONFIG, "IOMMU_IOPF", NULL, NULL, "the kernel was built without CONFIG_IOMMU_IOPF" },
	{ PASID, NEEDS_CONFIG, "PCI_PASID", NULL, NULL, "the kernel was built without CONFIG_PCI_PASID" },
};

static const struct feature_default defaults[] = {
	DEFAULTS_OPTIONAL_ABSENT,
	DEFAULT_NO(NESTING, NOT_PUBLISHED),
	DEFAULT_NO(PASID, NOT_PUBLISHED),
	DEFAULT_NO(IOPF, NOT_PUBLISHED),
	DEFAULT_NO(DIRTY_TRACKING, NOT_PUBLISHED),
	DEFAULT_NO(SNOOP_CONTROL, NOT_PUBLISHED),
	{ IOMMUCTL_FEATURE_INPUT_BITS, VALUE_NUMBER(48) },
	{ IOMMUCTL_FEATURE_OUTPUT_BITS, VALUE_NUMBER(32) },
	{ IOMMUCTL_FEATURE_ASID_BITS, VALUE_NUMBER(8) },
	{ IOMMUCTL_FEATURE_COHERENT_WALK, VALUE_BOOL(false) },
	{ IOMMUCTL_FEATURE_BYPASS, VALUE_BOOL(true) },
	{ IOMMUCTL_FEATURE_RANGE_INVALIDATION, VALUE_BOOL(false) },
};
/* clang-format on */

const struct model model_arm_smmu_v3 = {
	.name = "arm-smmu-v3",
	.prefix = PREFIX,
	.load = load,
	.defaults = defaults,
	.default_count = ARRAY_SIZE(defaults),
	.conditions = conditions,
	.condition_count = ARRAY_SIZE(conditions),
};
