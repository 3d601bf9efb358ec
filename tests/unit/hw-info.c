/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hardware information from a scripted kernel: every type, and answers that make no sense. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fake-kernel.h"
#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"
#include "tree.h"

#define DEVICE "0000:00:01.0"
#define DEVID  7

/* What the kernel answers next. */
static struct {
	uint32_t type, length;
	const uint8_t *data;
	size_t size; /* of what is there of LENGTH bytes */
	uint8_t pasid_bits;
	uint64_t capabilities;
	uint32_t asked; /* type that must be asked for; 0: none */
	bool old;	/* Linux 6.6: without capabilities */
} reply;

static void bind(void *data)
{
	struct abi_vfio_device_bind_iommufd *arg = data;

	arg->out_devid = DEVID;
}

static void hw_info(void *data)
{
	struct abi_iommu_hw_info *arg = data;
	uint8_t *buffer = (void *)(uintptr_t)arg->data_uptr;
	size_t size = reply.size < arg->data_len ? reply.size : arg->data_len;

	assert_int_equal(arg->size, sizeof(*arg));
	assert_int_equal(arg->flags, reply.asked ? 1 : 0);
	assert_int_equal(arg->data_type, reply.asked);
	assert_int_equal(arg->dev_id, DEVID);
	assert_int_equal(arg->out_capabilities, 0);
	assert_memory_equal(arg->reserved, "\0\0\0", 3);
	assert_int_equal(arg->data_len, 4096);
	memset(buffer, 0, arg->data_len);
	if (size > 0)
		memcpy(buffer, reply.data, size);
	arg->data_len = reply.length;
	arg->data_type = reply.type;
	if (reply.old)
		return;
	arg->out_max_pasid_log2 = reply.pasid_bits;
	arg->out_capabilities = reply.capabilities;
}

/* Only its size, which no call has. */
static void no_size(void *data)
{
	assert_int_equal(*(uint32_t *)data, 0);
}

/* clang-format off */
#define START \
	{ .open = "/dev/iommu" }, { .open = "/dev/vfio/devices/vfio0" }, \
	{ .request = ABI_VFIO_DEVICE_BIND_IOMMUFD, .call = bind }
#define INFO(number) { .request = ABI_IOMMU_GET_HW_INFO, .call = hw_info, .error = (number) }
#define HAS(name, number) { .request = ABI_IOMMU_##name, .call = no_size, .error = (number) }
/* Whether what the capabilities of this reply mean is sure: three kernels. */
#define LINUX_7_3 \
	HAS(HWPT_SET_DIRTY_TRACKING, EINVAL), HAS(VEVENTQ_ALLOC, EINVAL), HAS(VEVENTQ_ALLOC, EINVAL), \
	HAS(IOAS_NOIOMMU_GET_PA, EINVAL)
#define LINUX_6_12 \
	HAS(HWPT_SET_DIRTY_TRACKING, EINVAL), HAS(VEVENTQ_ALLOC, ENOTTY), HAS(VEVENTQ_ALLOC, ENOTTY), \
	HAS(IOAS_NOIOMMU_GET_PA, ENOTTY)
#define LINUX_6_6 \
	HAS(HWPT_SET_DIRTY_TRACKING, ENOTTY), HAS(VEVENTQ_ALLOC, ENOTTY), HAS(VEVENTQ_ALLOC, ENOTTY), \
	HAS(IOAS_NOIOMMU_GET_PA, ENOTTY)
/* clang-format on */

struct bound {
	struct iommuctl_topology *topology;
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_vfio *vfio;
};

static struct bound start(const struct tree *tree, const struct step *script)
{
	struct bound bound;

	tree_remove(tree, "sys");
	tree_device(tree,
		    &(struct tree_device){
			    .name = DEVICE, .driver = "vfio-pci", .group = 1, .vfio = "vfio0" });
	bound.topology =
		tree_load(tree, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO);
	fake_kernel(tree->ctx, script);
	assert_int_equal(iommuctl_iommufd_open(tree->ctx, &bound.iommufd), 0);
	assert_int_equal(iommuctl_vfio_open(tree->ctx,
					    iommuctl_topology_find_device(bound.topology, DEVICE),
					    &bound.vfio),
			 0);
	assert_int_equal(iommuctl_vfio_bind(bound.vfio, bound.iommufd), 0);
	return bound;
}

static void end(struct bound *bound)
{
	fake_kernel_done();
	iommuctl_vfio_close(bound->vfio);
	iommuctl_iommufd_close(bound->iommufd);
	iommuctl_topology_unref(bound->topology);
}

static struct iommuctl_hw_info *get(const struct tree *tree, const struct step *script)
{
	struct bound bound = start(tree, script);
	struct iommuctl_hw_info *info = NULL;

	assert_int_equal(
		iommuctl_hw_info_load(iommuctl_vfio_get_object(bound.vfio), reply.asked, &info), 0);
	end(&bound);
	return info;
}

static const struct step new_kernel[] = { START, INFO(0), LINUX_7_3, { 0 } };

/* All registers: "model.name=0xvalue ..." */
static void assert_registers(const struct iommuctl_hw_info *info, const char *expected)
{
	const struct iommuctl_register *reg;
	char text[512] = "";
	uint64_t value;

	for (size_t i = 0; iommuctl_hw_info_get_register(info, i, &reg, &value) == 0; i++) {
		size_t length = strlen(text);

		snprintf(text + length, sizeof(text) - length, "%s%s.%s=%#llx", i ? " " : "",
			 iommuctl_register_get_arch(reg), iommuctl_register_get_name(reg),
			 (unsigned long long)value);
	}
	assert_string_equal(text, expected);
}

/* --------------------------------------------------------------------- tests */

/* bytes as the structs of the kernel's header lay them out, little-endian */
static const uint8_t vtd[] = { 1,    0, 0,    0, 0,    0,    0,	   0, 0x86, 2, 0x26, 0x22,
			       0x8c, 0, 0xd2, 0, 0x4e, 0x0f, 0xf0, 0, 0,    0, 0,    0x80 };
static const uint8_t smmu[] = { 1,    0, 0,    0, 0,	0, 0,	 0, 0x10, 0, 0,	   0,	0x11, 0,
				0,    0, 0x12, 0, 0,	0, 0x13, 0, 0,	  0, 0x14, 0,	0,    0,
				0x15, 0, 0,    0, 0x16, 0, 0,	 0, 0x17, 0, 0,	   0x80 };
static const uint8_t cmdqv[] = { 0, 0, 0, 0, 1, 4, 5, 0 };
static const uint8_t amd[] = { 0xd7, 0x29, 0, 0, 0, 0, 0, 0x80, 2, 0, 0, 0, 0, 0, 0, 0 };

static void test_types(void **state)
{
	static const struct {
		uint32_t type, asked;
		const char *name;
		const uint8_t *data;
		size_t size;
		const char *registers, *erratum;
		int64_t flags; /* -1: none */
	} cases[] = {
		{ 1, 0, "intel-vtd", vtd, sizeof(vtd),
		  "intel-vtd.cap=0xd2008c22260286 intel-vtd.ecap=0x8000000000f00f4e",
		  "ERRATA_772415_SPR17", 1 },
		{ 2, 0, "arm-smmu-v3", smmu, sizeof(smmu),
		  "arm-smmu-v3.idr0=0x10 arm-smmu-v3.idr1=0x11 arm-smmu-v3.idr2=0x12 "
		  "arm-smmu-v3.idr3=0x13 arm-smmu-v3.idr4=0x14 arm-smmu-v3.idr5=0x15 "
		  "arm-smmu-v3.iidr=0x16 arm-smmu-v3.aidr=0x80000017",
		  "ERRATA_REPEAT_TLBI_CFGI", 1 },
		{ 3, 3, "tegra241-cmdqv", cmdqv, sizeof(cmdqv), "tegra241-cmdqv.cmdqv_info=0x50401",
		  NULL, 0 },
		{ 4, 0, "amd-vi", amd, sizeof(amd), "amd-vi.efr=0x80000000000029d7 amd-vi.efr2=0x2",
		  NULL, -1 },
		{ 0, 0, "none", NULL, 0, "", NULL, -1 },
		{ 0xfeedbeef, 0, "selftest", cmdqv, 8, "", NULL, 0 },
		{ 99, 0, NULL, vtd, sizeof(vtd), "", NULL, -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iommuctl_hw_info *info;
		const uint8_t *data;
		uint32_t flags = 0;
		size_t size;

		memset(&reply, 0, sizeof(reply));
		reply.type = cases[i].type;
		reply.asked = cases[i].asked;
		reply.data = cases[i].data;
		reply.length = (uint32_t)cases[i].size;
		reply.size = cases[i].size;
		info = get(*state, new_kernel);
		assert_int_equal(iommuctl_hw_info_get_type(info), cases[i].type);
		if (cases[i].name)
			assert_string_equal(iommuctl_hw_info_get_type_name(info), cases[i].name);
		else
			assert_null(iommuctl_hw_info_get_type_name(info));
		assert_registers(info, cases[i].registers);
		assert_int_equal(iommuctl_hw_info_get_flags(info, &flags),
				 cases[i].flags < 0 ? -ENODATA : 0);
		assert_int_equal(flags, cases[i].flags < 0 ? 0 : cases[i].flags);
		if (cases[i].erratum)
			assert_string_equal(iommuctl_hw_info_get_erratum(info, 0),
					    cases[i].erratum);
		assert_null(iommuctl_hw_info_get_erratum(info, cases[i].erratum != NULL));
		data = iommuctl_hw_info_get_data(info, &size);
		assert_int_equal(size, cases[i].size);
		assert_int_equal(iommuctl_hw_info_get_length(info), cases[i].size);
		if (size > 0)
			assert_memory_equal(data, cases[i].data, size);
		assert_null(iommuctl_hw_info_free(info));
	}
}

static struct iommuctl_value feature_of(const struct iommuctl_hw_info *info,
					enum iommuctl_feature feature)
{
	struct iommuctl_value value = { .type = IOMMUCTL_VALUE_NONE };
	int r = iommuctl_hw_info_get_feature(info, feature, &value);

	assert_int_equal(r, value.type == IOMMUCTL_VALUE_NONE ? -ENODATA : 0);
	return value;
}

static void test_features(void **state)
{
	uint8_t data[sizeof(smmu)];
	struct iommuctl_hw_info *info;

	memcpy(data, smmu, sizeof(data));
	data[9] = 0x10;	 /* IDR0.ASID16 */
	data[11] = 0x02; /* IDR0.STALL_MODEL: forced */
	data[21] = 0x04; /* IDR3.RIL */
	data[29] = 0x04; /* IDR5.VAX: 52 bits */
	memset(&reply, 0, sizeof(reply));
	reply.type = 2;
	reply.data = data;
	reply.size = reply.length = sizeof(data);
	info = get(*state, new_kernel);
	assert_int_equal(feature_of(info, IOMMUCTL_FEATURE_ASID_BITS).number, 16);
	assert_int_equal(feature_of(info, IOMMUCTL_FEATURE_INPUT_BITS).number, 52);
	assert_string_equal(feature_of(info, IOMMUCTL_FEATURE_STALL).text, "force");
	assert_true(feature_of(info, IOMMUCTL_FEATURE_RANGE_INVALIDATION).boolean);
	/* what the kernel's header does not vouch for */
	assert_int_equal(feature_of(info, IOMMUCTL_FEATURE_STAGE2).type, IOMMUCTL_VALUE_NONE);
	assert_int_equal(feature_of(info, IOMMUCTL_FEATURE_DIRTY_TRACKING).type,
			 IOMMUCTL_VALUE_BOOL);
	assert_false(feature_of(info, IOMMUCTL_FEATURE_DIRTY_TRACKING).boolean);
	assert_true(feature_of(info, IOMMUCTL_FEATURE_ATS).boolean);
	assert_int_equal(feature_of(info, IOMMUCTL_FEATURE_PASID_BITS).number, 0);
	assert_int_equal(iommuctl_hw_info_get_feature(info, IOMMUCTL_FEATURE_COUNT, NULL), -EINVAL);
	iommuctl_hw_info_free(info);
}

/* Registers that are not all there are not there; none is made of what follows. */
static void test_truncated(void **state)
{
	static const struct {
		uint32_t length;
		const char *registers;
		int flags;
	} cases[] = {
		{ 24, "intel-vtd.cap=0xd2008c22260286 intel-vtd.ecap=0x8000000000f00f4e", 0 },
		{ 23, "intel-vtd.cap=0xd2008c22260286", 0 },
		{ 16, "intel-vtd.cap=0xd2008c22260286", 0 },
		{ 15, "", 0 },
		{ 4, "", 0 },
		{ 3, "", -ENODATA },
		{ 0, "", -ENODATA },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iommuctl_hw_info *info;
		uint32_t flags;

		memset(&reply, 0, sizeof(reply));
		reply.type = 1;
		reply.data = vtd;
		reply.size = sizeof(vtd);
		reply.length = cases[i].length;
		info = get(*state, new_kernel);
		assert_registers(info, cases[i].registers);
		assert_int_equal(iommuctl_hw_info_get_flags(info, &flags), cases[i].flags);
		iommuctl_hw_info_free(info);
	}
}

static void test_oversized(void **state)
{
	static const uint32_t lengths[] = { 25, 4096, 4097, 0x80000000, UINT32_MAX };
	static uint8_t bytes[5000];

	memset(bytes, 0xff, sizeof(bytes));
	memcpy(bytes, vtd, sizeof(vtd));
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct iommuctl_hw_info *info;
		const uint8_t *data;
		size_t size;

		memset(&reply, 0, sizeof(reply));
		reply.type = 1;
		reply.data = bytes;
		reply.size = sizeof(bytes);
		reply.length = lengths[i];
		info = get(*state, new_kernel);
		assert_int_equal(iommuctl_hw_info_get_length(info), lengths[i]);
		data = iommuctl_hw_info_get_data(info, &size);
		assert_int_equal(size, lengths[i] < 4096 ? lengths[i] : 4096);
		assert_memory_equal(data, bytes, size);
		assert_registers(
			info, "intel-vtd.cap=0xd2008c22260286 intel-vtd.ecap=0x8000000000f00f4e");
		iommuctl_hw_info_free(info);
	}
}

static int has(const struct iommuctl_hw_info *info, const char *key)
{
	for (int i = 0; i < IOMMUCTL_HW_CAPABILITY_COUNT; i++)
		if (strcmp(iommuctl_hw_capability_get_key((enum iommuctl_hw_capability)i), key) ==
		    0)
			return iommuctl_hw_info_has_capability(info,
							       (enum iommuctl_hw_capability)i);
	fail_msg("no capability %s", key);
	return -1;
}

/* A bit that is clear means nothing where the kernel does not know it. */
static void test_capabilities(void **state)
{
	static const struct step linux_6_12[] = { START, INFO(0), LINUX_6_12, { 0 } };
	static const struct step linux_6_6[] = { START, INFO(0), LINUX_6_6, { 0 } };
	static const struct step all_set[] = { START, INFO(0), { 0 } };
	static const struct {
		const struct step *script;
		uint64_t capabilities;
		uint8_t pasid_bits;
		int dirty, exec, priv, no_ats, bits;
		uint64_t unknown;
	} cases[] = {
		{ new_kernel, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ linux_6_12, 0, 0, 0, -ENODATA, -ENODATA, -ENODATA, -ENODATA, 0 },
		{ linux_6_6, 0, 0, -ENODATA, -ENODATA, -ENODATA, -ENODATA, -ENODATA, 0 },
		{ all_set, 0xf, 20, 1, 1, 1, 1, 20, 0 },
		{ all_set, 0x800000000000001f, 0, 1, 1, 1, 1, 0, 0x8000000000000010 },
		/* told, whatever the kernel is */
		{ linux_6_12, 0, 15, 0, -ENODATA, -ENODATA, -ENODATA, 15, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct iommuctl_hw_info *info;
		unsigned int bits = 0;
		int r;

		memset(&reply, 0, sizeof(reply));
		reply.capabilities = cases[i].capabilities;
		reply.pasid_bits = cases[i].pasid_bits;
		reply.old = cases[i].script == linux_6_6;
		info = get(*state, cases[i].script);
		assert_int_equal(has(info, "dirty_tracking"), cases[i].dirty);
		assert_int_equal(has(info, "pasid_exec"), cases[i].exec);
		assert_int_equal(has(info, "pasid_priv"), cases[i].priv);
		assert_int_equal(has(info, "ats_not_supported"), cases[i].no_ats);
		assert_int_equal(iommuctl_hw_info_get_unknown_capabilities(info), cases[i].unknown);
		r = iommuctl_hw_info_get_pasid_bits(info, &bits);
		assert_int_equal(r < 0 ? r : (int)bits, cases[i].bits);
		iommuctl_hw_info_free(info);
	}
}

static void test_refused(void **state)
{
	static const struct {
		uint32_t type;
		int error;
		const char *reason;
	} cases[] = {
		{ 0, EOPNOTSUPP, "without an IOMMU" },
		{ 3, EOPNOTSUPP, "none of that type" },
		{ 0, ENOENT, "emulated by its driver" },
		{ 0, ENOTTY, "needs Linux 6.6" },
		{ 0, EFAULT, "Bad address" },
	};
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct step script[] = { START, INFO(cases[i].error), { 0 } };
		struct iommuctl_hw_info *info = NULL;
		struct bound bound;

		memset(&reply, 0, sizeof(reply));
		reply.asked = cases[i].type;
		bound = start(tree, script);
		assert_int_equal(iommuctl_hw_info_load(iommuctl_vfio_get_object(bound.vfio),
						       cases[i].type, &info),
				 -cases[i].error);
		assert_null(info);
		assert_non_null(
			strstr(iommuctl_diag_get_reason(iommuctl_context_get_diag(tree->ctx)),
			       cases[i].reason));
		end(&bound);
	}
}

/* iommufd stays open as long as a device is bound to it. */
static void test_lifetimes(void **state)
{
	static const struct step script[] = { START, INFO(0), LINUX_7_3, { 0 } };
	struct bound bound = start(*state, script);
	int fd = iommuctl_iommufd_get_fd(bound.iommufd);
	struct iommuctl_hw_info *info = NULL;

	memset(&reply, 0, sizeof(reply));
	bound.iommufd = iommuctl_iommufd_close(bound.iommufd);
	assert_int_equal(iommuctl_hw_info_load(iommuctl_vfio_get_object(bound.vfio), 0, &info), 0);
	iommuctl_hw_info_free(info);
	bound.vfio = iommuctl_vfio_close(bound.vfio);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	end(&bound);
}

static void test_without_a_device(void **state)
{
	static const struct step script[] = { { .open = "/dev/vfio/devices/vfio0" }, { 0 } };
	const struct tree *tree = *state;
	struct iommuctl_topology *topology;
	const struct iommuctl_register *reg;
	struct iommuctl_hw_info *info = NULL;
	struct iommuctl_vfio *vfio;
	unsigned int bits;
	uint32_t flags;
	uint64_t value;
	size_t size;

	tree_device(tree,
		    &(struct tree_device){
			    .name = DEVICE, .driver = "vfio-pci", .group = 1, .vfio = "vfio0" });
	topology =
		tree_load(tree, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO);
	fake_kernel(tree->ctx, script);
	assert_int_equal(iommuctl_vfio_open(tree->ctx,
					    iommuctl_topology_find_device(topology, DEVICE), &vfio),
			 0);
	/* not bound */
	assert_int_equal(iommuctl_hw_info_load(iommuctl_vfio_get_object(vfio), 0, &info), -EINVAL);
	assert_int_equal(iommuctl_hw_info_load(NULL, 0, &info), -EINVAL);
	fake_kernel_done();
	iommuctl_vfio_close(vfio);
	iommuctl_topology_unref(topology);

	assert_null(iommuctl_hw_info_free(NULL));
	assert_int_equal(iommuctl_hw_info_get_type(NULL), 0);
	assert_null(iommuctl_hw_info_get_type_name(NULL));
	assert_int_equal(iommuctl_hw_info_get_length(NULL), 0);
	assert_null(iommuctl_hw_info_get_data(NULL, &size));
	assert_int_equal(iommuctl_hw_info_get_register(NULL, 0, &reg, &value), -EINVAL);
	assert_int_equal(iommuctl_hw_info_get_flags(NULL, &flags), -EINVAL);
	assert_null(iommuctl_hw_info_get_erratum(NULL, 0));
	assert_int_equal(iommuctl_hw_info_get_pasid_bits(NULL, &bits), -EINVAL);
	assert_int_equal(iommuctl_hw_info_has_capability(NULL, IOMMUCTL_HW_DIRTY_TRACKING),
			 -EINVAL);
	assert_int_equal(iommuctl_hw_info_get_unknown_capabilities(NULL), 0);
	assert_null(iommuctl_hw_capability_get_key(IOMMUCTL_HW_CAPABILITY_COUNT));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_types),     TEST(test_features),	   TEST(test_truncated),
		TEST(test_oversized), TEST(test_capabilities),	   TEST(test_refused),
		TEST(test_lifetimes), TEST(test_without_a_device),
	};

	return RUN(tests);
}
