/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AMD-Vi: features from the registers in /sys/class/iommu/ivhdN/amd-iommu. */
#include <string.h>

#include "internal.h"

static const char FEATURES[] = "amd-iommu/features";
static const char CAP[] = "amd-iommu/cap";

static void load_formats(struct iommuctl_iommu *iommu, bool host, bool guest, bool guest_5level)
{
	struct iommuctl_value formats = { .type = IOMMUCTL_VALUE_TEXTS };

	if (host)
		formats.texts[formats.count++] = "amd-v1";
	if (guest)
		formats.texts[formats.count++] = "amd-v2-4level";
	if (guest && guest_5level)
		formats.texts[formats.count++] = "amd-v2-5level";
	feature_set(iommu, IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, formats, FEATURES);
}

static const char NO_GUEST[] = "the hardware has no guest translation (EFR.GTSup is 0)";

static void load_efr(struct iommuctl_iommu *iommu, uint64_t efr, uint64_t efr2)
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
	feature_bool(iommu, IOMMUCTL_FEATURE_STAGE1, guest, FEATURES);
	feature_bool(iommu, IOMMUCTL_FEATURE_STAGE2, hats < 3, FEATURES);
	feature_bool(iommu, IOMMUCTL_FEATURE_PRI, bits(efr, 1, 1), FEATURES);
	feature_text(iommu, IOMMUCTL_FEATURE_HTTU,
		     access && dirty ? "access+dirty"
		     : access	     ? "access"
				     : "none",
		     FEATURES);
	feature_answer(iommu, IOMMUCTL_FEATURE_DIRTY_TRACKING,
		       dirty ? NULL : "the hardware keeps no dirty flags (EFR.HDSup is 0)",
		       FEATURES);
	feature_bool(iommu, IOMMUCTL_FEATURE_POSTED_INTERRUPTS, bits(efr, 7, 7), FEATURES);

	/* the driver's condition for a nest parent; Linux has no nested domains on top of it yet */
	feature_answer(
		iommu, IOMMUCTL_FEATURE_NESTING,
		!guest		     ? NO_GUEST
		: !bits(efr, 48, 48) ? "the hardware has no guest I/O protection (EFR.GIoSup is 0)"
		: !bits(efr2, 3, 3)  ? "the hardware takes no guest address as GCR3 root "
				       "pointer (EFR2.GCR3TRPMode is 0)"
				     : "the hardware can, but Linux has no nested domains for "
				       "AMD (checked up to 7.3)",
		FEATURES);
	feature_answer(iommu, IOMMUCTL_FEATURE_PASID,
		       guest ? "the hardware can, but Linux attaches no PASIDs on AMD (checked up "
			       "to 7.3)"
			     : NO_GUEST,
		       FEATURES);
	feature_answer(iommu, IOMMUCTL_FEATURE_IOPF,
		       bits(efr, 1, 1)
			       ? "the hardware can, but Linux delivers no page faults of AMD "
				 "(checked up to 7.3)"
			       : "the hardware takes no page requests (EFR.PPRSup is 0)",
		       FEATURES);
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
	iommu_add_register(iommu, "efr", efr);
	if (colon)
		iommu_add_register(iommu, "efr2", efr2);
	load_efr(iommu, efr, efr2);
}

static void load(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	load_features(topology, iommu);
	if (iommu_read_register(topology, iommu, CAP, "cap")) {
		uint64_t cap = iommu->registers[iommu->register_count - 1].value;

		feature_bool(iommu, IOMMUCTL_FEATURE_ATS, bits(cap, 24, 24), CAP);
		feature_bool(iommu, IOMMUCTL_FEATURE_CACHING_MODE, bits(cap, 26, 26), CAP);
	}
}

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
};

const struct model model_amd_vi = {
	.name = "amd-vi",
	.prefix = "ivhd",
	.numbered = true,
	.load = load,
	.defaults = defaults,
	.default_count = ARRAY_SIZE(defaults),
};
