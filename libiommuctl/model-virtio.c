/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virtio-iommu: the feature bits the virtio core publishes. Its configuration
 * (page sizes, input range) is nowhere in sysfs; the driver prints some of it.
 */
#include <string.h>

#include "internal.h"

static const char FEATURES[] = "device/features";

/* "0110...": one character a bit, bit 0 first. */
static bool parse_feature_string(const char *text, uint64_t *ret)
{
	uint64_t value = 0;
	size_t length = strlen(text);

	if (length == 0 || strspn(text, "01") != length)
		return false;
	/* a kernel with more than 64 feature bits prints more; virtio-iommu has none of those */
	for (size_t i = 0; i < length && i < 64; i++)
		value |= (uint64_t)(text[i] - '0') << i;
	*ret = value;
	return true;
}

static void load_features(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	char text[256];
	uint64_t value;

	if (!iommu_read_attribute(topology, iommu, FEATURES, text, sizeof(text)))
		return;
	if (!parse_feature_string(text, &value)) {
		iommu_note(topology, iommu, FEATURES);
		return;
	}
	iommu_add_register(iommu, "features", value, FEATURES);
	if (!bits(value, 0, 0))
		feature_number(iommu, IOMMUCTL_FEATURE_INPUT_BITS, 64, FEATURES);
	if (!bits(value, 1, 1))
		feature_number(iommu, IOMMUCTL_FEATURE_ASID_BITS, 32, FEATURES);
	feature_bool(iommu, IOMMUCTL_FEATURE_BYPASS, bits(value, 3, 3) || bits(value, 6, 6),
		     FEATURES);
}

static void load(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	static const struct log_number numbers[] = {
		{ "input_bits", IOMMUCTL_FEATURE_INPUT_BITS },
		{ "page_size_mask", IOMMUCTL_FEATURE_PAGE_SIZES },
	};

	load_features(topology, iommu);
	iommu_read_log(topology, iommu, NULL);
	iommu_log_numbers(iommu, numbers, ARRAY_SIZE(numbers));
}

static const struct feature_default defaults[] = {
	DEFAULTS_OPTIONAL_ABSENT,
	DEFAULT_NO(NESTING, "virtio-iommu has no nested translation"),
	DEFAULT_NO(PASID, "virtio-iommu has no PASIDs"),
	DEFAULT_NO(IOPF, "virtio-iommu has no page requests"),
	DEFAULT_NO(DIRTY_TRACKING, "virtio-iommu keeps no dirty flags"),
	DEFAULT_NO(SNOOP_CONTROL, "virtio-iommu cannot force DMA to snoop"),
	{ IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS, { .type = IOMMUCTL_VALUE_TEXTS } },
	{ IOMMUCTL_FEATURE_STAGE1, VALUE_BOOL(false) },
	{ IOMMUCTL_FEATURE_STAGE2, VALUE_BOOL(true) },
	{ IOMMUCTL_FEATURE_INTERRUPT_REMAPPING, VALUE_BOOL(false) },
	{ IOMMUCTL_FEATURE_STAGE1_PAGE_SIZES, { .type = IOMMUCTL_VALUE_NUMBERS } },
};

const struct model model_virtio_iommu = {
	.name = "virtio-iommu",
	.driver = "virtio_iommu",
	.load = load,
	.defaults = defaults,
	.default_count = ARRAY_SIZE(defaults),
};
