/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Intel VT-d: features from the registers in /sys/class/iommu/dmarN/intel-iommu. */
#include <errno.h>

#include "internal.h"

static const char CAP[] = "intel-iommu/cap";
static const char ECAP[] = "intel-iommu/ecap";
static const char BOTH[] = "intel-iommu/cap, intel-iommu/ecap";

#define SCALABLE_MODE ASKS_MODEL

#define CAP_FIELD(name)	 iommu_field(iommu, "cap", name)
#define ECAP_FIELD(name) iommu_field(iommu, "ecap", name)

static void add_text(struct iommuctl_value *list, bool present, const char *text)
{
	if (present)
		list->texts[list->count++] = text;
}

static void load_formats(struct iommuctl_iommu *iommu, bool stage1, bool stage2, const char *source)
{
	struct iommuctl_value formats = { .type = IOMMUCTL_VALUE_TEXTS };
	uint64_t widths = CAP_FIELD("sagaw");

	add_text(&formats, stage1, "vtd-s1-4level");
	add_text(&formats, stage1 && CAP_FIELD("fs5lp"), "vtd-s1-5level");
	add_text(&formats, stage2 && widths & 2, "vtd-s2-3level");
	add_text(&formats, stage2 && widths & 4, "vtd-s2-4level");
	add_text(&formats, stage2 && widths & 8, "vtd-s2-5level");
	feature_set(iommu, IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, formats, source);
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

/* Bits 0 and 1 of LARGE stand for 2 MiB and 1 GiB. */
static struct iommuctl_value page_sizes(uint64_t large)
{
	struct iommuctl_value sizes = VALUE_NUMBERS(1, 4096);

	for (unsigned int i = 0; i < 2; i++)
		if (large >> i & 1)
			sizes.numbers[sizes.count++] = UINT64_C(1) << (21 + 9 * i);
	return sizes;
}

static void load_page_sizes(struct iommuctl_iommu *iommu, bool stage1, bool stage2,
			    const char *source)
{
	const struct iommuctl_value none = VALUE_NUMBERS(0, 0);
	const struct iommuctl_value first = page_sizes(CAP_FIELD("fs1gp") ? 3 : 1);

	feature_set(iommu, IOMMUCTL_FEATURE_PAGE_SIZES,
		    stage2 ? page_sizes(CAP_FIELD("sslps")) : first, CAP);
	feature_set(iommu, IOMMUCTL_FEATURE_STAGE1_PAGE_SIZES, stage1 ? first : none, source);
}

static void load_scalable(struct iommuctl_iommu *iommu, bool scalable, const char *source)
{
	feature_number(iommu, IOMMUCTL_FEATURE_PASID_BITS,
		       ECAP_FIELD("smts") && ECAP_FIELD("pasid") ? ECAP_FIELD("pss") + 1 : 0, ECAP);
	feature_text(iommu, IOMMUCTL_FEATURE_HTTU,
		     scalable && ECAP_FIELD("ssads") ? "access+dirty" : "none", source);
	feature_bool(iommu, IOMMUCTL_FEATURE_COHERENT_WALK,
		     scalable ? ECAP_FIELD("smpwcs") : ECAP_FIELD("c"), source);
	feature_bool(iommu, IOMMUCTL_FEATURE_STAGE2, !scalable || ECAP_FIELD("ssts"), source);
	feature_bool(iommu, IOMMUCTL_FEATURE_EXTENDED_ACCESS_FLAG, scalable && ECAP_FIELD("eafs"),
		     source);
	feature_bool(iommu, IOMMUCTL_FEATURE_SUPERVISOR_REQUESTS, scalable && ECAP_FIELD("srs"),
		     source);
}

void vtd_load_features(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	static const struct {
		enum iommuctl_feature feature;
		const char *reg, *field, *source;
	} flags[] = {
		{ IOMMUCTL_FEATURE_INTERRUPT_REMAPPING, "ecap", "ir", ECAP },
		{ IOMMUCTL_FEATURE_BYPASS, "ecap", "pt", ECAP },
		{ IOMMUCTL_FEATURE_POSTED_INTERRUPTS, "cap", "pi", CAP },
		{ IOMMUCTL_FEATURE_CACHING_MODE, "cap", "cm", CAP },
		{ IOMMUCTL_FEATURE_RANGE_INVALIDATION, "cap", "psi", CAP },
	};
	struct answer scalable = iommu_ask(topology, iommu, SCALABLE_MODE);
	bool stage1 = scalable.value > 0 && ECAP_FIELD("fsts");
	bool stage2 = scalable.value <= 0 || ECAP_FIELD("ssts");

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		feature_bool(iommu, flags[i].feature,
			     iommu_field(iommu, flags[i].reg, flags[i].field), flags[i].source);
	if (CAP_FIELD("nd") < 7)
		feature_number(iommu, IOMMUCTL_FEATURE_ASID_BITS, 4 + 2 * CAP_FIELD("nd"), CAP);
	load_input_bits(iommu, stage1, stage2);
	load_page_sizes(iommu, stage1, stage2, source_join(topology, BOTH, scalable.source));
	load_formats(iommu, stage1, stage2, source_join(topology, BOTH, scalable.source));
	load_scalable(iommu, scalable.value > 0, scalable.source);
}

static void load(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	bool has_cap = iommu_read_register(topology, iommu, CAP, "cap");
	bool has_ecap = iommu_read_register(topology, iommu, ECAP, "ecap");

	iommu_read_version(topology, iommu, "intel-iommu/version");
	if (has_cap && has_ecap)
		vtd_load_features(topology, iommu);
}

/* -------------------------------------------------------------- conditions */

/* The last of these counts: 0 off, 1 on; -ENOENT: neither was given. */
static int scalable_switch(struct iommuctl_topology *topology)
{
	static const char *const words[] = { "sm_off", "sm_on" };

	return kernel_last_word(topology->ctx, "intel_iommu", words, ARRAY_SIZE(words));
}

static int not_switched_off(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
			    const char **ret_source)
{
	int last = scalable_switch(topology);

	(void)iommu;
	*ret_source = source_command_line;
	return last == -ENODATA ? last : last != 0;
}

static int on_by_default(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
			 const char **ret_source)
{
	int last = scalable_switch(topology), config;

	(void)iommu;
	*ret_source = source_configuration;
	if (last != -ENOENT)
		return last >= 0 ? 1 : last;
	config = kernel_get_config(topology->ctx, "INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON");
	return config < 0 ? config : config != 'n';
}

#define NESTING	 ASKS(NESTING)
#define PASID	 ASKS(PASID)
#define IOPF	 ASKS(IOPF)
#define DIRTY	 ASKS(DIRTY_TRACKING)
#define SCALABLE (SCALABLE_MODE | NESTING | PASID | IOPF | DIRTY | ASKS(STAGE1))

/* The kernel's own conditions, drivers/iommu/intel/iommu.h: sm_supported() and the like. */
/* clang-format off */
static const struct condition conditions[] = {
	{ SCALABLE, NEEDS_FIELD, "ecap", "smts", NULL, "the hardware has no scalable mode (ECAP.SMTS is 0)" },
	{ ASKS(STAGE1), NEEDS_FIELD, "ecap", "fsts", NULL, NULL },
	{ NESTING, NEEDS_FIELD, "ecap", "nest", NULL, "the hardware has no nested translation (ECAP.NEST is 0)" },
	{ PASID, NEEDS_FIELD, "ecap", "pasid", NULL, "the hardware has no PASIDs (ECAP.PASID is 0)" },
	{ IOPF | ASKS(PRI), NEEDS_FIELD, "ecap", "prs", NULL, "the hardware takes no page requests (ECAP.PRS is 0)" },
	{ IOPF, NEEDS_FIELD, "ecap", "pds", NULL, "the hardware cannot drain page requests (ECAP.PDS is 0)" },
	{ IOPF | ASKS(ATS), NEEDS_FIELD, "ecap", "dt", NULL, "the hardware has no device TLBs (ECAP.DT is 0)" },
	{ DIRTY, NEEDS_FIELD, "ecap", "ssads", NULL, "the hardware keeps no dirty flags (ECAP.SSADS is 0)" },
	{ DIRTY, NEEDS_FIELD, "ecap", "smpwcs", NULL, "page walks do not snoop caches (ECAP.SMPWCS is 0)" },
	{ NESTING | DIRTY, NEEDS_FIELD, "ecap", "ssts", NULL, "scalable mode has no second stage (ECAP.SSTS is 0)" },
	{ ASKS(SNOOP_CONTROL), NEEDS_FIELD, "ecap", "sc", NULL, "the hardware has no snoop control (ECAP.SC is 0)" },
	{ SCALABLE, NEEDS_TEST, NULL, NULL, not_switched_off, "scalable mode is switched off (intel_iommu=sm_off)" },
	{ SCALABLE, NEEDS_TEST, NULL, NULL, on_by_default, "scalable mode is off unless intel_iommu=sm_on is given "
	  "(CONFIG_INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON is not set)" },
	CONDITION_NO_ATS,
	{ NESTING | DIRTY, NEEDS_RELEASE, "6.7", NULL, NULL, "the kernel is older than Linux 6.7, which brought it" },
	{ IOPF, NEEDS_RELEASE, "6.11", NULL, NULL, "the kernel is older than Linux 6.11, which brought it" },
	{ PASID, NEEDS_RELEASE, "6.15", NULL, NULL, "the kernel is older than Linux 6.15, which brought it" },
	CONDITION_IOMMUFD,
	{ IOPF, NEEDS_CONFIG, "INTEL_IOMMU_SVM", "6.14", NULL, "the kernel was built without CONFIG_INTEL_IOMMU_SVM" },
	{ IOPF, NEEDS_CONFIG, "IOMMU_IOPF", NULL, NULL, "the kernel was built without CONFIG_IOMMU_IOPF" },
};
/* clang-format on */

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
	.conditions = conditions,
	.condition_count = ARRAY_SIZE(conditions),
};
