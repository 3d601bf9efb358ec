/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AMD-Vi: features from the registers in /sys/class/iommu/ivhdN/amd-iommu. */
#include <errno.h>
#include <string.h>

#include "internal.h"

static const char FEATURES[] = "amd-iommu/features";
static const char CAP[] = "amd-iommu/cap";

static void load_formats(struct iommuctl_iommu *iommu, bool host, bool guest, bool guest_5level)
{
	const struct iommuctl_value none = VALUE_NUMBERS(0, 0),
				    large = VALUE_NUMBERS(3, 4096, UINT64_C(1) << 21,
							  UINT64_C(1) << 30);
	struct iommuctl_value formats = { .type = IOMMUCTL_VALUE_TEXTS };

	if (host)
		formats.texts[formats.count++] = "amd-v1";
	if (guest)
		formats.texts[formats.count++] = "amd-v2-4level";
	if (guest && guest_5level)
		formats.texts[formats.count++] = "amd-v2-5level";
	feature_set(iommu, IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, formats, FEATURES);
	feature_set(iommu, IOMMUCTL_FEATURE_STAGE1_PAGE_SIZES, guest ? large : none, FEATURES);
}

static void load_efr(struct iommuctl_iommu *iommu, uint64_t efr)
{
	static const unsigned int widths[] = { 48, 57, 64 };
	static const unsigned int guest_widths[] = { 48, 57 };
	unsigned int hats = (unsigned int)bits(efr, 11, 10), gats = (unsigned int)bits(efr, 13, 12);
	bool guest = bits(efr, 4, 4), access = bits(efr, 49, 49), dirty = bits(efr, 52, 52);

	if (hats < ARRAY_SIZE(widths)) {
		feature_number(iommu, IOMMUCTL_FEATURE_INPUT_BITS, widths[hats], FEATURES);
	} else if (guest && gats < ARRAY_SIZE(guest_widths)) {
		feature_number(iommu, IOMMUCTL_FEATURE_INPUT_BITS, guest_widths[gats], FEATURES);
		/* addresses are sign-extended: the upper half is not for DMA */
		iommu->dma_bits = guest_widths[gats] - 1;
	}
	load_formats(iommu, hats < 3, guest, gats == 1);
	feature_number(iommu, IOMMUCTL_FEATURE_PASID_BITS, guest ? bits(efr, 36, 32) + 1 : 0,
		       FEATURES);
	feature_bool(iommu, IOMMUCTL_FEATURE_STAGE2, hats < 3, FEATURES);
	feature_text(iommu, IOMMUCTL_FEATURE_HTTU,
		     access && dirty ? "access+dirty"
		     : access	     ? "access"
				     : "none",
		     FEATURES);
	feature_bool(iommu, IOMMUCTL_FEATURE_POSTED_INTERRUPTS, bits(efr, 7, 7), FEATURES);
}

/* "EFR:EFR2", or EFR alone on kernels that do not know the second register. */
static void load_features(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	char text[64], *colon;
	uint64_t efr, efr2 = 0;

	if (!iommu_read_attribute(topology, iommu, FEATURES, text, sizeof(text)))
		return;
	colon = strchr(text, ':');
	if (colon)
		*colon++ = '\0';
	if (!parse_u64(text, 16, &efr) || (colon && !parse_u64(colon, 16, &efr2))) {
		iommu_note(topology, iommu, FEATURES);
		return;
	}
	iommu_add_register(iommu, "efr", efr, FEATURES);
	if (colon)
		iommu_add_register(iommu, "efr2", efr2, FEATURES);
	load_efr(iommu, efr);
}

static void load(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	load_features(topology, iommu);
	if (iommu_read_register(topology, iommu, CAP, "cap"))
		feature_bool(iommu, IOMMUCTL_FEATURE_CACHING_MODE,
			     iommu_field(iommu, "cap", "npcache"), CAP);
}

/* The tables of the second stage, which have the dirty flags. */
static int has_host_tables(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
			   const char **ret_source)
{
	const struct register_value *efr = iommu_find_register(iommu, "efr");

	(void)topology;
	*ret_source = efr ? efr->source : NULL;
	return efr ? iommu_field(iommu, "efr", "hats") < 3 : -ENODATA;
}

#define NESTING ASKS(NESTING)
#define DIRTY	ASKS(DIRTY_TRACKING)
#define IOPF	ASKS(IOPF)

/* drivers/iommu/amd: is_nest_parent_supported() and the like */
/* clang-format off */
static const struct condition conditions[] = {
	{ NESTING | ASKS(PASID) | ASKS(STAGE1), NEEDS_FIELD, "efr", "gtsup", NULL, "the hardware has no guest translation (EFR.GTSup is 0)" },
	{ NESTING, NEEDS_FIELD, "efr", "giosup", NULL, "the hardware has no guest I/O protection (EFR.GIoSup is 0)" },
	{ NESTING, NEEDS_FIELD, "efr2", "gcr3trpmode", NULL, "the hardware takes no guest address as GCR3 root pointer (EFR2.GCR3TRPMode is 0)" },
	{ IOPF | ASKS(PRI), NEEDS_FIELD, "efr", "pprsup", NULL, "the hardware takes no page requests (EFR.PPRSup is 0)" },
	{ DIRTY, NEEDS_FIELD, "efr", "hdsup", NULL, "the hardware keeps no dirty flags (EFR.HDSup is 0)" },
	{ DIRTY, NEEDS_TEST, NULL, NULL, has_host_tables, "the hardware has no host tables, whose dirty flags it would be (EFR.HATS is 3)" },
	{ ASKS(ATS), NEEDS_FIELD, "cap", "iotlbsup", NULL, NULL },
	CONDITION_NO_ATS,
	{ DIRTY, NEEDS_RELEASE, "6.7", NULL, NULL, "the kernel is older than Linux 6.7, which brought it" },
	CONDITION_IOMMUFD,
	{ NESTING, NEEDS_CONFIG, "AMD_IOMMU_IOMMUFD", NULL, NULL, "the kernel was built without AMD's part of iommufd (CONFIG_AMD_IOMMU_IOMMUFD is not set); "
	  "and Linux has no nested domains for AMD (checked up to 7.3)" },
	{ NESTING, NEEDS_MORE, NULL, NULL, NULL, "Linux has no nested domains for AMD (checked up to 7.3)" },
	{ ASKS(PASID), NEEDS_MORE, NULL, NULL, NULL, "iommufd attaches no PASIDs on AMD (checked up to 7.3)" },
	{ IOPF, NEEDS_MORE, NULL, NULL, NULL, "iommufd delivers no page faults on AMD (checked up to 7.3)" },
};
/* clang-format on */

static const struct feature_default defaults[] = {
	DEFAULTS_OPTIONAL_ABSENT,
	DEFAULT_NO(NESTING, NOT_PUBLISHED),
	DEFAULT_NO(PASID, NOT_PUBLISHED),
	DEFAULT_NO(IOPF, NOT_PUBLISHED),
	DEFAULT_NO(DIRTY_TRACKING, NOT_PUBLISHED),
	{ IOMMUCTL_FEATURE_INPUT_BITS, VALUE_NUMBER(48) },
	{ IOMMUCTL_FEATURE_ASID_BITS, VALUE_NUMBER(16) },
	{ IOMMUCTL_FEATURE_PAGE_SIZES,
	  VALUE_NUMBERS(3, 4096, UINT64_C(1) << 21, UINT64_C(1) << 30) },
	{ IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, VALUE_TEXTS(1, "amd-v1") },
	{ IOMMUCTL_FEATURE_STAGE1, VALUE_BOOL(false) },
	{ IOMMUCTL_FEATURE_STAGE2, VALUE_BOOL(true) },
	{ IOMMUCTL_FEATURE_SNOOP_CONTROL, VALUE_BOOL(true) },
	{ IOMMUCTL_FEATURE_COHERENT_WALK, VALUE_BOOL(true) },
	{ IOMMUCTL_FEATURE_BYPASS, VALUE_BOOL(true) },
	{ IOMMUCTL_FEATURE_STAGE1_PAGE_SIZES, { .type = IOMMUCTL_VALUE_NUMBERS } },
	{ IOMMUCTL_FEATURE_RANGE_INVALIDATION, VALUE_BOOL(true) },
};

const struct model model_amd_vi = {
	.name = "amd-vi",
	.prefix = "ivhd",
	.numbered = true,
	.load = load,
	.defaults = defaults,
	.default_count = ARRAY_SIZE(defaults),
	.conditions = conditions,
	.condition_count = ARRAY_SIZE(conditions),
};
