/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls: what holds of every row of the table; what is told of a call; what a dry run leaves out.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fake-kernel.h"
#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"
#include "libiommuctl/call.h"
#include "libiommuctl/probe.h"

/* --------------------------------------------------------------- the table */

/* All rows, one after another. */
static const struct call *row_get(size_t i)
{
	return i < call_count			     ? &calls[i]
	       : i < call_count + call_feature_count ? &call_features[i - call_count]
						     : NULL;
}

static void check(bool good, const struct call *row, const struct call_field *field,
		  const char *what)
{
	if (!good)
		fail_msg("%s.%s (row %td): %s", row->name, field ? field->name : "",
			 row - (row >= call_features && row < call_features + call_feature_count
					? call_features
					: calls),
			 what);
}

static void check_names(const struct call *row, const struct call_field *field)
{
	size_t most = 1; /* for bits without a name */
	uint64_t seen = 0;

	check((field->kind == CALL_FLAGS || field->kind == CALL_ENUM) == (field->names != NULL),
	      row, field, "flags and enumerations have names, others have none");
	for (const struct field_name *name = field->names; name && name->name; name++) {
		bool is_flag = name->mask == name->value;

		check((name->value & ~name->mask) == 0, row, field, name->name);
		check(field->kind == CALL_ENUM || !is_flag || (seen & name->mask) == 0, row, field,
		      "two names of a flag");
		check(field->kind != CALL_ENUM || name->mask == UINT64_MAX, row, field, "mask");
		seen |= name->mask;
		most += field->kind == CALL_FLAGS && is_flag;
	}
	/* one more of those that share bits: features */
	check(most + 1 <= CALL_LABELS_MAX, row, field, "too many names at once");
}

static void check_field(const struct call *row, size_t i)
{
	const struct call_field *field = &row->fields[i];

	check(field->name && field->name[0], row, field, "name");
	check(field->offset + field->size <= row->size, row, field, "not in the struct");
	check((strncmp(field->name, "out_", 4) == 0) <= (field->direction == CALL_OUT), row, field,
	      "must come out");
	check(field->kind != CALL_RESERVED || field->direction != CALL_IN_OUT, row, field,
	      "reserved");
	check((field->kind == CALL_SIZE) <= (i == 0), row, field, "size is first");
	check((field->kind == CALL_RANGES || field->kind == CALL_SPANS) == (field->count != 0), row,
	      field, "ranges have a number");
	check_names(row, field);
	for (size_t n = 0; n < i; n++)
		check(strcmp(row->fields[n].name, field->name) != 0, row, field, "twice");
}

/* Every byte is of one field. */
static void check_cover(const struct call *row)
{
	unsigned char cover[256] = { 0 };

	for (size_t i = 0; i < row->field_count; i++)
		for (size_t n = 0; n < row->fields[i].size; n++)
			cover[row->fields[i].offset + n]++;
	for (size_t i = 0; i < row->size; i++)
		if (cover[i] != 1)
			fail_msg("%s: byte %zu is of %d fields", row->name, i, cover[i]);
}

static void test_rows(void **state)
{
	const struct call *row, *other;
	unsigned int major, minor;

	(void)state;
	for (size_t i = 0; (row = row_get(i)); i++) {
		check(row->size <= CALL_SIZE_MAX && row->field_count <= CALL_FIELDS_MAX, row, NULL,
		      "too large");
		check(row->since && sscanf(row->since, "%u.%u", &major, &minor) == 2, row, NULL,
		      "since");
		for (size_t n = 0; n < row->field_count; n++)
			check_field(row, n);
		/* the one whose argument is not described */
		if (row->request != ABI_IOMMU_TEST_CMD)
			check_cover(row);
		for (size_t n = 0; i < call_count && n < i; n++)
			check((other = row_get(n))->request != row->request || other->on != row->on,
			      row, NULL, "two rows");
	}
}

static void test_every_call_of_iommufd_has_a_row(void **state)
{
	(void)state;
	for (unsigned long n = 0x80; n <= 0x95; n++) {
		const struct call *row = call_find(CALL_ON_DEVICE, ABI_IOMMUFD(n), NULL);

		assert_non_null(row);
		assert_memory_equal(row->name, "IOMMU_", 6);
		assert_int_equal(row->fields[0].kind, CALL_SIZE);
	}
	assert_null(call_find(CALL_ON_DEVICE, ABI_IOMMUFD(0x96), NULL));
}

/* Two tables that were written apart name the same numbers. */
static void test_names_are_those_of_the_probe(void **state)
{
	size_t compared = 0;

	(void)state;
	for (size_t i = 0; i < probe_row_count; i++) {
		const struct call *row;

		if (probe_rows[i].kind != PROBE_CALL)
			continue;
		row = call_find(CALL_ON_DEVICE, probe_rows[i].request, NULL);
		assert_non_null(row);
		assert_string_equal(row->name, probe_rows[i].name);
		compared++;
	}
	assert_true(compared > 25);
}

static void test_numbers_that_vfio_uses_twice(void **state)
{
	static const struct {
		enum call_on on;
		unsigned long request;
		const char *name;
	} cases[] = {
		{ CALL_ON_DEVICE, ABI_VFIO(12), "VFIO_DEVICE_GET_PCI_HOT_RESET_INFO" },
		{ CALL_ON_CONTAINER, ABI_VFIO(12), "VFIO_IOMMU_GET_INFO" },
		{ CALL_ON_SPAPR, ABI_VFIO(12), "VFIO_IOMMU_SPAPR_TCE_GET_INFO" },
		{ CALL_ON_DEVICE, ABI_VFIO(17), "VFIO_DEVICE_FEATURE" },
		{ CALL_ON_CONTAINER, ABI_VFIO(17), "VFIO_IOMMU_DIRTY_PAGES" },
		{ CALL_ON_SPAPR, ABI_VFIO(17), "VFIO_IOMMU_SPAPR_REGISTER_MEMORY" },
		{ CALL_ON_DEVICE, ABI_VFIO(19), "VFIO_DEVICE_ATTACH_IOMMUFD_PT" },
		{ CALL_ON_SPAPR, ABI_VFIO(19), "VFIO_IOMMU_SPAPR_TCE_CREATE" },
		{ CALL_ON_DEVICE, ABI_VFIO(1), "VFIO_CHECK_EXTENSION" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(call_find(cases[i].on, cases[i].request, NULL)->name,
				    cases[i].name);
}

/* ---------------------------------------------------------------- a trace */

static char told[4096];

/* A line like those of the tool. */
static void tell(const struct iommuctl_call *call, void *userdata)
{
	const struct iommuctl_call_field *field;
	FILE *out = fmemopen(told + strlen(told), sizeof(told) - strlen(told), "w");
	bool has_outputs = false;

	assert_ptr_equal(userdata, told);
	assert_true((iommuctl_call_get_since(call) != NULL) ==
		    (strcmp(iommuctl_call_get_name(call), "open") != 0 &&
		     strcmp(iommuctl_call_get_name(call), "ioctl") != 0));
	assert_non_null(out);
	fprintf(out, "%s(", iommuctl_call_get_name(call));
	for (size_t i = 0; (field = iommuctl_call_get_field(call, i)); i++) {
		if (!has_outputs && iommuctl_call_field_is_output(field)) {
			has_outputs = true;
			fputs(" ->", out);
		}
		assert_int_equal(iommuctl_call_field_is_output(field), has_outputs);
		fprintf(out, " %s=%s", iommuctl_call_field_get_name(field),
			iommuctl_call_field_get_text(field));
	}
	/* a number of bytes, or a file's */
	if (iommuctl_call_get_result(call) > 2)
		fputs(") = n", out);
	else
		fprintf(out, ") = %d", iommuctl_call_get_result(call));
	fprintf(out, "%s\n", iommuctl_call_was_issued(call) ? "" : " left out");
	fclose(out);
}

static void expect(const char *text)
{
	assert_string_equal(told, text);
	told[0] = '\0';
}

static struct iommuctl_context *new_context(const struct step *script)
{
	struct iommuctl_context *ctx;

	assert_int_equal(iommuctl_context_new(&ctx), 0);
	fake_kernel(ctx, script);
	told[0] = '\0';
	iommuctl_context_set_trace(ctx, tell, told);
	return ctx;
}

static void end(struct iommuctl_context *ctx, int fd)
{
	close(fd);
	fake_kernel_done();
	assert_null(iommuctl_context_unref(ctx));
}

static void map(void *data)
{
	((struct abi_iommu_ioas_map *)data)->iova = 0x5000;
}

static void test_what_went_in_and_what_came_out(void **state)
{
	static const struct step script[] = {
		{ .open = "/dev/iommu" },
		{ .request = ABI_IOMMU_IOAS_MAP, .call = map },
		{ .request = ABI_IOMMU_IOAS_MAP, .error = EEXIST },
		{ .request = ABI_IOMMU_DESTROY, .error = EBUSY },
		{ .open = "/dev/none", .error = ENOENT },
		{ 0 },
	};
	struct iommuctl_context *ctx = new_context(script);
	struct abi_iommu_ioas_map arg = {
		.size = sizeof(arg),
		.flags = ABI_IOMMU_IOAS_MAP_READABLE | 0x80,
		.ioas_id = 3,
		.user_va = 0x7f0000001000,
		.length = UINT64_MAX,
		.iova = 0x1000,
	};
	struct abi_iommu_destroy destroy = { .size = 8, .id = 3 };
	int fd = device_open(ctx, "/dev/iommu");

	(void)state;
	assert_int_equal(device_ioctl(ctx, fd, ABI_IOMMU_IOAS_MAP, &arg), 0);
	arg = (struct abi_iommu_ioas_map){ .size = 16, .reserved = 1, .iova = 0x5000 };
	assert_int_equal(device_ioctl(ctx, fd, ABI_IOMMU_IOAS_MAP, &arg), -EEXIST);
	assert_int_equal(device_ioctl(ctx, fd, ABI_IOMMU_DESTROY, &destroy), -EBUSY);
	assert_int_equal(device_open(ctx, "/dev/none"), -ENOENT);
	expect("open( path=/dev/iommu) = n\n"
	       "IOMMU_IOAS_MAP( flags=READABLE|0x80 ioas_id=3 user_va=0x7f0000001000 "
	       "length=18446744073709551615 iova=0x1000 -> iova=0x5000) = 0\n"
	       "IOMMU_IOAS_MAP( size=16 flags=0 ioas_id=0 reserved=0x1) = -17\n"
	       "IOMMU_DESTROY( id=3) = -16\n"
	       "open( path=/dev/none) = -2\n");
	end(ctx, fd);
}

static void answer_info(void *data)
{
	struct abi_iommu_hw_info *arg = data;

	arg->data_type = 77;
	arg->data_len = 24;
	arg->out_max_pasid_log2 = 20;
	arg->out_capabilities = ABI_IOMMU_HW_CAP_DIRTY_TRACKING | ABI_IOMMU_HW_CAP_PCI_PASID_PRIV;
}

static void answer_status(void *data)
{
	((struct abi_vfio_group_status *)data)->flags = 3;
}

static void answer_migration(void *data)
{
	((struct abi_vfio_device_feature *)data)->data[0] = 5;
}

static void test_names_of_flags_and_types(void **state)
{
	static const struct step script[] = {
		{ .open = "/dev/iommu" },
		{ .request = ABI_IOMMU_GET_HW_INFO, .call = answer_info },
		{ .request = ABI_VFIO_GROUP_GET_STATUS, .call = answer_status },
		{ .request = ABI_VFIO_DEVICE_FEATURE, .call = answer_migration },
		{ .request = ABI_VFIO_DEVICE_FEATURE, .error = ENOTTY },
		{ .request = ABI_VFIO_CHECK_EXTENSION },
		{ .request = ABI_VFIO_SET_IOMMU, .error = ENODEV },
		{ .request = ABI_VFIO_GROUP_GET_DEVICE_FD, .error = ENODEV },
		{ .request = ABI_VFIO_DEVICE_RESET },
		{ .request = 0x3bff, .error = ENOTTY },
		{ 0 },
	};
	struct iommuctl_context *ctx = new_context(script);
	struct abi_iommu_hw_info info = { .size = sizeof(info), .dev_id = 1, .data_len = 64 };
	char name[] = "0000:03:00.0";
	struct abi_vfio_group_status status = { .argsz = sizeof(status) };
	struct {
		struct abi_vfio_device_feature header;
		uint64_t data;
	} feature = { { .argsz = 16, .flags = ABI_VFIO_DEVICE_FEATURE_GET | 1 }, 0 };
	int fd = device_open(ctx, "/dev/iommu");

	(void)state;
	told[0] = '\0';
	device_ioctl(ctx, fd, ABI_IOMMU_GET_HW_INFO, &info);
	device_ioctl(ctx, fd, ABI_VFIO_GROUP_GET_STATUS, &status);
	device_ioctl(ctx, fd, ABI_VFIO_DEVICE_FEATURE, &feature);
	feature.header.flags = ABI_VFIO_DEVICE_FEATURE_PROBE | ABI_VFIO_DEVICE_FEATURE_SET | 99;
	device_ioctl(ctx, fd, ABI_VFIO_DEVICE_FEATURE, &feature);
	container_ioctl(ctx, fd, ABI_VFIO_CHECK_EXTENSION, (void *)ABI_VFIO_DMA_CC_IOMMU);
	container_ioctl(ctx, fd, ABI_VFIO_SET_IOMMU, (void *)200);
	device_ioctl(ctx, fd, ABI_VFIO_GROUP_GET_DEVICE_FD, name);
	device_ioctl(ctx, fd, ABI_VFIO_DEVICE_RESET, NULL);
	device_ioctl(ctx, fd, 0x3bff, &status);
	expect("IOMMU_GET_HW_INFO( flags=0 dev_id=1 data_len=64 data_uptr=0x0 data_type=NONE -> "
	       "data_len=24 data_type=0x4d out_max_pasid_log2=20 "
	       "out_capabilities=DIRTY_TRACKING|PCI_PASID_PRIV) = 0\n"
	       "VFIO_GROUP_GET_STATUS( -> flags=VIABLE|CONTAINER_SET) = 0\n"
	       "VFIO_DEVICE_FEATURE( flags=MIGRATION|GET -> migration_flags=STOP_COPY|PRE_COPY) = "
	       "0\n"
	       "VFIO_DEVICE_FEATURE( argsz=16 flags=SET|PROBE|0x63) = -25\n"
	       "VFIO_CHECK_EXTENSION( extension=DMA_CC_IOMMU) = 0\n"
	       "VFIO_SET_IOMMU( type=0xc8) = -19\n"
	       "VFIO_GROUP_GET_DEVICE_FD( name=0000:03:00.0) = -19\n"
	       "VFIO_DEVICE_RESET() = 0\n"
	       "ioctl() = -25\n");
	end(ctx, fd);
}

static void answer_ranges(void *data)
{
	struct abi_iommu_ioas_iova_ranges *arg = data;
	struct abi_iommu_iova_range *ranges = (void *)(uintptr_t)arg->allowed_iovas;

	for (uint64_t i = 0; i < arg->num_iovas && i < 20; i++)
		ranges[i] = (struct abi_iommu_iova_range){ UINT64_MAX - 2 * i, UINT64_MAX - i };
	arg->num_iovas = 20;
	arg->out_iova_alignment = 4096;
}

static void test_ranges(void **state)
{
	static const struct step script[] = {
		{ .open = "/dev/iommu" },
		{ .request = ABI_IOMMU_IOAS_IOVA_RANGES, .call = answer_ranges, .error = EMSGSIZE },
		{ .request = ABI_IOMMU_IOAS_IOVA_RANGES, .call = answer_ranges },
		{ .request = ABI_IOMMU_IOAS_ALLOW_IOVAS, .error = EADDRINUSE },
		{ .request = ABI_IOMMU_IOAS_ALLOW_IOVAS, .error = EFAULT },
		{ 0 },
	};
	struct iommuctl_context *ctx = new_context(script);
	struct abi_iommu_iova_range ranges[20] = { 0 };
	struct abi_iommu_ioas_iova_ranges arg = { .size = sizeof(arg),
						  .num_iovas = 1,
						  .allowed_iovas = (uintptr_t)ranges };
	struct abi_iommu_ioas_allow_iovas allow = { .size = sizeof(allow),
						    .num_iovas = 2,
						    .allowed_iovas = (uintptr_t)ranges };
	int fd = device_open(ctx, "/dev/iommu");

	(void)state;
	told[0] = '\0';
	device_ioctl(ctx, fd, ABI_IOMMU_IOAS_IOVA_RANGES, &arg);
	expect("IOMMU_IOAS_IOVA_RANGES( ioas_id=0 num_iovas=1 -> num_iovas=20) = -90\n");
	device_ioctl(ctx, fd, ABI_IOMMU_IOAS_IOVA_RANGES, &arg);
	expect("IOMMU_IOAS_IOVA_RANGES( ioas_id=0 num_iovas=20 -> num_iovas=20 allowed_iovas="
	       "[0xffffffffffffffff-0xffffffffffffffff, 0xfffffffffffffffd-0xfffffffffffffffe, "
	       "0xfffffffffffffffb-0xfffffffffffffffd, ...] out_iova_alignment=0x1000) = 0\n");
	ranges[0] = (struct abi_iommu_iova_range){ 0, 0xfff };
	device_ioctl(ctx, fd, ABI_IOMMU_IOAS_ALLOW_IOVAS, &allow);
	expect("IOMMU_IOAS_ALLOW_IOVAS( ioas_id=0 num_iovas=2 allowed_iovas="
	       "[0x0-0xfff, 0xfffffffffffffffd-0xfffffffffffffffe]) = -98\n");
	/* what a question has for an address is none */
	memset(&allow.ioas_id, 0xff, sizeof(allow) - sizeof(allow.size));
	device_ask(ctx, fd, ABI_IOMMU_IOAS_ALLOW_IOVAS, &allow);
	expect("IOMMU_IOAS_ALLOW_IOVAS( ioas_id=4294967295 num_iovas=4294967295 "
	       "reserved=0xffffffff allowed_iovas=0xffffffffffffffff) = -14\n");
	end(ctx, fd);
}

static void find_range(const struct iommuctl_call *call, void *userdata)
{
	const struct iommuctl_call_field *field;

	for (size_t i = 0; (field = iommuctl_call_get_field(call, i)); i++)
		if (iommuctl_call_field_get_kind(field) == IOMMUCTL_CALL_RANGES) {
			assert_int_equal(iommuctl_call_field_get_range(field, 1, userdata), 0);
			assert_int_equal(iommuctl_call_field_get_range(field, 2, userdata),
					 -ENOENT);
		}
}

/* Behind the struct, and with lengths instead of ends. */
static void test_ranges_of_a_dma_buf(void **state)
{
	static const struct step script[] = {
		{ .open = "/dev/iommu" },
		{ .request = ABI_VFIO_DEVICE_FEATURE, .error = ENOTTY },
		{ 0 },
	};
	struct iommuctl_context *ctx = new_context(script);
	struct {
		struct abi_vfio_device_feature header;
		struct abi_vfio_device_feature_dma_buf buf;
		struct abi_vfio_region_dma_range ranges[2];
	} arg = {
		{ .argsz = sizeof(arg),
		  .flags = ABI_VFIO_DEVICE_FEATURE_GET | ABI_VFIO_DEVICE_FEATURE_DMA_BUF },
		{ .nr_ranges = 2 },
		{ { 0, 0x1000 }, { 0x8000, 0x2000 } },
	};
	struct iommuctl_range range = { 0 };
	int fd = device_open(ctx, "/dev/iommu");

	(void)state;
	iommuctl_context_set_trace(ctx, find_range, &range);
	device_ioctl(ctx, fd, ABI_VFIO_DEVICE_FEATURE, &arg);
	assert_int_equal(range.start, 0x8000);
	assert_int_equal(range.end, 0x9fff);
	end(ctx, fd);
}

/* ------------------------------------------------------------------ dry runs */

static void test_dry_run_asks_and_changes_nothing(void **state)
{
	static const struct step script[] = {
		{ .open = "/dev/iommu" },
		{ .request = ABI_IOMMU_IOAS_IOVA_RANGES, .error = ENOENT },
		{ .request = ABI_IOMMU_OPTION },
		{ .request = ABI_IOMMU_IOAS_ALLOC, .error = EINVAL },
		{ 0 },
	};
	struct iommuctl_context *ctx = new_context(script);
	struct abi_iommu_ioas_alloc alloc = { .size = sizeof(alloc) };
	struct abi_iommu_fault_alloc queue = { .size = sizeof(queue) };
	struct abi_iommu_ioas_iova_ranges ranges = { .size = sizeof(ranges),
						     .ioas_id = 1,
						     .num_iovas = 8 };
	struct abi_iommu_option option = { .size = sizeof(option), .op = ABI_IOMMU_OPTION_OP_GET };
	struct abi_iommu_ioas_map mapping = { .size = sizeof(mapping), .iova = 0x1000 };
	uint32_t no_size = 0;
	int fd;

	(void)state;
	iommuctl_context_set_dry_run(ctx, true);
	fd = device_open(ctx, "/dev/iommu");
	told[0] = '\0';
	assert_int_equal(device_ioctl(ctx, fd, ABI_IOMMU_IOAS_ALLOC, &alloc), 0);
	assert_int_equal(device_ioctl(ctx, fd, ABI_IOMMU_FAULT_QUEUE_ALLOC, &queue), 0);
	assert_int_equal((int32_t)queue.out_fault_fd, -1);
	assert_int_equal(device_ioctl(ctx, fd, ABI_IOMMU_IOAS_IOVA_RANGES, &ranges), -ENOENT);
	ranges.ioas_id = mapping.ioas_id = alloc.out_ioas_id;
	assert_int_equal(device_ioctl(ctx, fd, ABI_IOMMU_IOAS_IOVA_RANGES, &ranges), 0);
	assert_int_equal(ranges.num_iovas, 0);
	assert_int_equal(device_ioctl(ctx, fd, ABI_IOMMU_IOAS_MAP, &mapping), 0);
	assert_int_equal(mapping.iova, 0x1000);
	assert_int_equal(device_ioctl(ctx, fd, ABI_IOMMU_OPTION, &option), 0);
	option.op = ABI_IOMMU_OPTION_OP_SET;
	option.val64 = 1;
	assert_int_equal(device_ioctl(ctx, fd, ABI_IOMMU_OPTION, &option), 0);
	assert_int_equal(device_ask(ctx, fd, ABI_IOMMU_IOAS_ALLOC, &no_size), -EINVAL);
	assert_int_equal(device_ioctl(ctx, fd, 0x3bff, &no_size), 0);
	expect("IOMMU_IOAS_ALLOC( flags=0 -> out_ioas_id=new1) = 0 left out\n"
	       "IOMMU_FAULT_QUEUE_ALLOC( flags=0 -> out_fault_id=new2) = 0 left out\n"
	       "IOMMU_IOAS_IOVA_RANGES( ioas_id=1 num_iovas=8) = -2\n"
	       "IOMMU_IOAS_IOVA_RANGES( ioas_id=new1 num_iovas=8) = 0 left out\n"
	       "IOMMU_IOAS_MAP( flags=0 ioas_id=new1 user_va=0x0 length=0 iova=0x1000) = 0 left "
	       "out\n"
	       "IOMMU_OPTION( option_id=RLIMIT_MODE op=GET object_id=0 val64=0 -> val64=0) = 0\n"
	       "IOMMU_OPTION( option_id=RLIMIT_MODE op=SET object_id=0 val64=1) = 0 left out\n"
	       "IOMMU_IOAS_ALLOC( size=0) = -22\n"
	       "ioctl() = 0 left out\n");
	end(ctx, fd);
}

static void test_dry_run_asks_nothing_of_what_was_not_bound(void **state)
{
	static const struct step script[] = {
		{ .open = "/dev/vfio/devices/vfio0" },
		{ .request = ABI_VFIO_DEVICE_FEATURE },
		{ .request = ABI_VFIO_DEVICE_GET_INFO, .error = EINVAL },
		{ .open = "/dev/vfio/devices/vfio0" },
		{ .request = ABI_VFIO_DEVICE_GET_INFO, .error = EINVAL },
		{ 0 },
	};
	struct iommuctl_context *ctx = new_context(script);
	struct abi_vfio_device_bind_iommufd bind = { .argsz = 16 };
	struct abi_vfio_device_info info = { .argsz = sizeof(info) };
	struct abi_vfio_device_feature feature = {
		.argsz = sizeof(feature),
		.flags = ABI_VFIO_DEVICE_FEATURE_PROBE | ABI_VFIO_DEVICE_FEATURE_SET | 6,
	};
	int fd, again;

	(void)state;
	iommuctl_context_set_dry_run(ctx, true);
	fd = device_open(ctx, "/dev/vfio/devices/vfio0");
	assert_int_equal(device_ioctl(ctx, fd, ABI_VFIO_DEVICE_FEATURE, &feature), 0);
	assert_int_equal(device_ioctl(ctx, fd, ABI_VFIO_DEVICE_GET_INFO, &info), -EINVAL);
	assert_int_equal(device_ioctl(ctx, fd, ABI_VFIO_DEVICE_BIND_IOMMUFD, &bind), 0);
	info.flags = 7;
	assert_int_equal(device_ioctl(ctx, fd, ABI_VFIO_DEVICE_GET_INFO, &info), 0);
	assert_int_equal(info.flags, 0);
	close(fd);
	/* the number is another file's now */
	again = device_open(ctx, "/dev/vfio/devices/vfio0");
	assert_int_equal(again, fd);
	assert_int_equal(device_ioctl(ctx, fd, ABI_VFIO_DEVICE_GET_INFO, &info), -EINVAL);
	end(ctx, fd);
}

static void test_dry_run_answers_no_page_request(void **state)
{
	static const struct step script[] = { { .open = "/dev/iommu" }, { 0 } };
	struct iommuctl_context *ctx = new_context(script);
	struct abi_iommu_hwpt_page_response response = { .cookie = 5, .code = 1 };
	int fd = device_open(ctx, "/dev/iommu"), ends[2];

	(void)state;
	told[0] = '\0';
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(device_respond(ctx, ends[1], &response), 8);
	iommuctl_context_set_dry_run(ctx, true);
	assert_int_equal(device_respond(ctx, ends[1], &response), 8);
	close(ends[1]);
	expect("write( cookie=0x5 code=INVALID) = n\n"
	       "write( cookie=0x5 code=INVALID) = n left out\n");
	/* one of them */
	assert_int_equal(read(ends[0], &response, sizeof(response)), 8);
	assert_int_equal(read(ends[0], &response, sizeof(response)), 0);
	close(ends[0]);
	end(ctx, fd);
}

static void test_dry_run_gives_files_that_do_nothing(void **state)
{
	static const struct step script[] = { { .open = "/dev/vfio/7" }, { 0 } };
	struct iommuctl_context *ctx = new_context(script);
	struct abi_vfio_device_info info = { .argsz = sizeof(info) };
	char name[] = "0000:03:00.0", path[32], link[32] = "";
	int fd, device;

	(void)state;
	iommuctl_context_set_trace(ctx, NULL, NULL);
	iommuctl_context_set_dry_run(ctx, true);
	fd = device_open(ctx, "/dev/vfio/7");
	device = device_ioctl(ctx, fd, ABI_VFIO_GROUP_GET_DEVICE_FD, name);
	assert_true(device > 2);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", device);
	assert_true(readlink(path, link, sizeof(link) - 1) > 0);
	assert_string_equal(link, "/dev/null");
	assert_int_equal(fcntl(device, F_GETFD), FD_CLOEXEC);
	assert_int_equal(device_ioctl(ctx, device, ABI_VFIO_DEVICE_GET_INFO, &info), 0);
	close(device);
	end(ctx, fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_every_call_of_iommufd_has_a_row),
		cmocka_unit_test(test_names_are_those_of_the_probe),
		cmocka_unit_test(test_numbers_that_vfio_uses_twice),
		cmocka_unit_test(test_what_went_in_and_what_came_out),
		cmocka_unit_test(test_names_of_flags_and_types),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_ranges_of_a_dma_buf),
		cmocka_unit_test(test_dry_run_asks_and_changes_nothing),
		cmocka_unit_test(test_dry_run_asks_nothing_of_what_was_not_bound),
		cmocka_unit_test(test_dry_run_answers_no_page_request),
		cmocka_unit_test(test_dry_run_gives_files_that_do_nothing),
	};

	return RUN(tests);
}
