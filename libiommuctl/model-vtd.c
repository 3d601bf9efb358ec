/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Intel VT-d: features from the registers in /sys/class/iommu/dmarN/intel-iommu. */
#include <string.h>

#include "internal.h"

static const char CAP[] = "intel-iommu/cap";
static const char ECAP[] = "intel-iommu/ecap";
static const char BOTH[] = "intel-iommu/cap, intel-iommu/ecap";

static uint64_t field(const struct iommuctl_iommu *iommu, size_t reg, const char *name)
{
	const struct iommuctl_register *desc = iommu->registers[reg].reg;
	const struct iommuctl_field *it = NULL;

	while ((it = iommuctl_register_next_field(desc, it)))
		if (strcmp(it->name, name) == 0)
			return iommuctl_field_get_raw(it, iommu->registers[reg].value);
	return 0;
}

#define CAP_FIELD(name)	 field(iommu, 0, name)
#define ECAP_FIELD(name) field(iommu, 1, name)

static void add_text(struct iommuctl_value *list, bool present, const char *text)
{
	if (present)
		list->texts[list->count++] = text;
}

static void load_formats(struct iommuctl_iommu *iommu, bool stage1, bool stage2)
{
	struct iommuctl_value formats = { .type = IOMMUCTL_VALUE_TEXTS };
	uint64_t widths = CAP_FIELD("sagaw");

	add_text(&formats, stage1, "vtd-s1-4level");
	add_text(&formats, stage1 && CAP_FIELD("fs5lp"), "vtd-s1-5level");
	add_text(&formats, stage2 && widths & 2, "vtd-s2-3level");
	add_text(&formats, stage2 && widths & 4, "vtd-s2-4level");
	add_text(&formats, stage2 && widths & 8, "vtd-s2-5level");
	feature_set(iommu, IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, formats, BOTH);
}

static uint64_t stage2_width(const struct iommuctl_iommu *iommu)
{
	uint64_t width = 0, guest_width = CAP_FIELD("mgaw") + 1;

	for (unsigned int i = 0; i < 5; i++)
		if (CAP_FIELD("sagaw") >> i & 1)
			width = i == 4 ? 64 : 30 + 9 * i;
	return width < guest_width ? width : guest_width;
}

/*
 * What a table of the second stage, or else of the first, translates at most.
 * Domains of iommufd get a table of the first stage where there is one, of
 * which only the lower half is for DMA; or of the second stage, where scalable
 * mode was turned off, which sysfs does not tell.
 */
static void load_input_bits(struct iommuctl_iommu *iommu, bool stage1, bool stage2)
{
	uint64_t first = CAP_FIELD("fs5lp") ? 57 : 48, second = stage2_width(iommu);
	uint64_t width = stage2 ? second : first;

	if (width == 0)
		return;
	feature_number(iommu, IOMMUCTL_FEATURE_INPUT_BITS, width, stage2 ? CAP : BOTH);
	if (stage1)
		iommu->dma_bits = width < first ? width : first - 1;
}

static void load_page_sizes(struct iommuctl_iommu *iommu, bool stage2)
{
	struct iommuctl_value sizes = VALUE_NUMBERS(1, 4096);
	uint64_t large = CAP_FIELD("sslps");

	if (!stage2)
		large = CAP_FIELD("fs1gp") ? 3 : 1;
	for (unsigned int i = 0; i < 2; i++)
		if (large >> i & 1)
			sizes.numbers[sizes.count++] = UINT64_C(1) << (21 + 9 * i);
	feature_set(iommu, IOMMUCTL_FEATURE_PAGE_SIZES, sizes, CAP);
}

/* The kernel's own conditions, drivers/iommu/intel/iommu.h: sm_supported() and the like. */
static void load_scalable(struct iommuctl_iommu *iommu, bool scalable)
{
	static const char NO_SCALABLE[] = "the hardware has no scalable mode (ECAP.SMTS is 0)";
	bool pasid = scalable && ECAP_FIELD("pasid"), dirty = scalable && ECAP_FIELD("ssads");

	feature_number(iommu, IOMMUCTL_FEATURE_PASID_BITS, pasid ? ECAP_FIELD("pss") + 1 : 0, ECAP);
	feature_answer(iommu, IOMMUCTL_FEATURE_NESTING,
		       !scalable ? NO_SCALABLE
		       : ECAP_FIELD("nest")
			       ? NULL
			       : "the hardware has no nested translation (ECAP.NEST is 0)",
		       ECAP);
	feature_answer(iommu, IOMMUCTL_FEATURE_PASID,
		       !scalable ? NO_SCALABLE
		       : pasid	 ? NULL
				 : "the hardware has no PASIDs (ECAP.PASID is 0)",
		       ECAP);
	feature_answer(iommu, IOMMUCTL_FEATURE_IOPF,
		       !scalable	   ? NO_SCALABLE
		       : ECAP_FIELD("prs") ? NULL
					   : "the hardware takes no page requests (ECAP.PRS is 0)",
		       ECAP);
	feature_answer(iommu, IOMMUCTL_FEATURE_DIRTY_TRACKING,
		       !scalable ? NO_SCALABLE
		       : !dirty	 ? "the hardware keeps no dirty flags (ECAP.SSADS is 0)"
		       : ECAP_FIELD("smpwcs") ? NULL
					      : "page walks do not snoop caches (ECAP.SMPWCS is 0)",
		       ECAP);
	feature_answer(iommu, IOMMUCTL_FEATURE_SNOOP_CONTROL,
		       ECAP_FIELD("sc") ? NULL : "the hardware has no snoop control (ECAP.SC is 0)",
		       ECAP);
	feature_text(iommu, IOMMUCTL_FEATURE_HTTU, dirty ? "access+dirty" : "none", ECAP);
	feature_bool(iommu, IOMMUCTL_FEATURE_COHERENT_WALK,
		     scalable ? ECAP_FIELD("smpwcs") : ECAP_FIELD("c"), ECAP);
}

static void load_features(struct iommuctl_iommu *iommu)
{
	static const struct {
		enum iommuctl_feature feature;
		unsigned int reg;
		const char *field;
	} flags[] = {
		{ IOMMUCTL_FEATURE_ATS, 1, "dt" },
		{ IOMMUCTL_FEATURE_PRI, 1, "prs" },
		{ IOMMUCTL_FEATURE_INTERRUPT_REMAPPING, 1, "ir" },
		{ IOMMUCTL_FEATURE_BYPASS, 1, "pt" },
		{ IOMMUCTL_FEATURE_POSTED_INTERRUPTS, 0, "pi" },
		{ IOMMUCTL_FEATURE_CACHING_MODE, 0, "cm" },
	};
	bool scalable = ECAP_FIELD("smts");
	bool stage1 = scalable && ECAP_FIELD("fsts");
	bool stage2 = !scalable || ECAP_FIELD("ssts");

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		feature_bool(iommu, flags[i].feature, field(iommu, flags[i].reg, flags[i].field),
			     flags[i].reg ? ECAP : CAP);
	if (CAP_FIELD("nd") < 7)
		feature_number(iommu, IOMMUCTL_FEATURE_ASID_BITS, 4 + 2 * CAP_FIELD("nd"), CAP);
	feature_bool(iommu, IOMMUCTL_FEATURE_STAGE1, stage1, ECAP);
	feature_bool(iommu, IOMMUCTL_FEATURE_STAGE2, stage2, ECAP);
	load_input_bits(iommu, stage1, stage2);
	load_page_sizes(iommu, stage2);
	load_formats(iommu, stage1, stage2);
	load_scalable(iommu, scalable);
}

static void load(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	bool has_cap = iommu_read_register(topology, iommu, CAP, "cap");
	bool has_ecap = iommu_read_register(topology, iommu, ECAP, "ecap");

	iommu_read_version(topology, iommu, "intel-iommu/version");
	if (has_cap && has_ecap)
		load_features(iommu);
}

static const struct feature_default defaults[] = {
	DEFAULTS_OPTIONAL_ABSENT,
	DEFAULT_NO(NESTING, NOT_PUBLISHED),
	DEFAULT_NO(PASID, NOT_PUBLISHED),
	DEFAULT_NO(IOPF, NOT_PUBLISHED),
	DEFAULT_NO(DIRTY_TRACKING, NOT_PUBLISHED),
	DEFAULT_NO(SNOOP_CONTROL, NOT_PUBLISHED),
	{ IOMMUCTL_FEATURE_ASID_BITS, VALUE_NUMBER(4) },
	{ IOMMUCTL_FEATURE_PAGE_SIZES, VALUE_NUMBERS(1, 4096) },
	{ IOMMUCTL_FEATURE_STAGE2, VALUE_BOOL(true) },
	{ IOMMUCTL_FEATURE_COHERENT_WALK, VALUE_BOOL(false) },
	{ IOMMUCTL_FEATURE_BYPASS, VALUE_BOOL(false) },
};

const struct model model_intel_vtd = {
	.name = "intel-vtd",
	.prefix = "dmar",
	.numbered = true,
	.load = load,
	.defaults = defaults,
	.default_count = ARRAY_SIZE(defaults),
};
