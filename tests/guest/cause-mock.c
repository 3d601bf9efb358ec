/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that fail on the kernel's mock device, whose pages are 2048 bytes. */
#include <errno.h>
#include <linux/capability.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cause.h"
#include "mock.h"

/* ------------------------------------------------------------- what there is */

static struct mock_cmd mock(struct mock_cmd cmd)
{
	cmd.size = sizeof(cmd);
	must(ioctl(iommuctl_iommufd_get_fd(world.iommufd), MOCK_CMD, &cmd) < 0 ? -errno : 0,
	     "mock");
	return cmd;
}

struct iommuctl_object *mock_device(void)
{
	struct mock_cmd cmd = mock(
		(struct mock_cmd){ .op = MOCK_DOMAIN, .id = iommuctl_object_get_id(world.ioas) });

	return object_of(IOMMUCTL_OBJECT_DEVICE, cmd.domain.device_id);
}

struct iommuctl_object *mock_device_for_pasids(void)
{
	struct mock_cmd cmd = mock((struct mock_cmd){ .op = MOCK_DOMAIN_FLAGS,
						      .id = iommuctl_object_get_id(world.ioas),
						      .domain.flags = MOCK_DEVICE_PASID });

	return object_of(IOMMUCTL_OBJECT_DEVICE, cmd.domain.device_id);
}

static struct iommuctl_object *hwpt(struct iommuctl_object *of, unsigned int flags)
{
	const struct iommuctl_hwpt_opts opts = { .size = sizeof(opts), .flags = flags };
	struct iommuctl_object *object;

	must(iommuctl_hwpt_alloc(of, world.ioas, &opts, &object), "page table");
	return object;
}

struct viommu_data {
	uint32_t in, out;
	uint64_t offset, length;
};

static struct iommuctl_object *viommu(struct iommuctl_object *of, struct viommu_data *data)
{
	const struct iommuctl_viommu_opts opts = {
		.size = sizeof(opts),
		.type = MOCK_VIOMMU_TYPE,
		.data = data,
		.data_length = sizeof(*data),
	};
	struct iommuctl_object *object;

	must(iommuctl_viommu_alloc(of, hwpt(of, IOMMUCTL_HWPT_NEST_PARENT), &opts, &object),
	     "viommu");
	return object;
}

static struct iommuctl_object *nested_in(struct iommuctl_object *of, struct iommuctl_object *parent)
{
	const uint32_t data = 0;
	const struct iommuctl_hwpt_opts opts = {
		.size = sizeof(opts),
		.data_type = MOCK_HWPT_DATA_TYPE,
		.data = &data,
		.data_length = sizeof(data),
	};
	struct iommuctl_object *object;

	must(iommuctl_hwpt_alloc(of, parent, &opts, &object), "nested page table");
	return object;
}

static struct iommuctl_object *nested(void)
{
	struct iommuctl_object *of = mock_device();

	return nested_in(of, hwpt(of, IOMMUCTL_HWPT_NEST_PARENT));
}

/* -------------------------------------------- options, and what concerns the whole */

static int option_unknown(void)
{
	return iommuctl_iommufd_set_option(world.iommufd, 7, NULL, 1);
}

static int option_object(void)
{
	return iommuctl_iommufd_set_option(world.iommufd, IOMMUCTL_OPTION_RLIMIT_MODE, world.ioas,
					   1);
}

static int option_value(void)
{
	return iommuctl_iommufd_set_option(world.iommufd, IOMMUCTL_OPTION_HUGE_PAGES, world.ioas,
					   5);
}

static int option_late(void)
{
	return iommuctl_iommufd_set_option(world.iommufd, IOMMUCTL_OPTION_RLIMIT_MODE, NULL, 1);
}

static int option_privilege(void)
{
	drop_capability(CAP_SYS_RESOURCE);
	return option_late();
}

static int physical(uint64_t iova, uint64_t length)
{
	uint64_t address;

	return iommuctl_ioas_get_physical(world.ioas, iova, &length, &address);
}

static int physical_empty(void)
{
	return physical(IOVA, 0);
}

static int physical_privilege(void)
{
	drop_capability(CAP_SYS_RAWIO);
	return physical(IOVA, PAGE);
}

static int destroy_device(void)
{
	return iommuctl_object_destroy(mock_device());
}

static int destroy_queue(void)
{
	struct iommuctl_object *queue;

	must(iommuctl_fault_queue_alloc(world.iommufd, &queue), "queue");
	must(dup(iommuctl_object_get_fd(queue)) < 0 ? -errno : 0, "dup");
	return iommuctl_object_destroy(queue);
}

static int destroy_viommu(void)
{
	struct viommu_data data = { .in = 1 };
	struct iommuctl_object *object = viommu(mock_device(), &data);
	void *page = mmap(NULL, data.length, PROT_READ, MAP_SHARED,
			  iommuctl_iommufd_get_fd(world.iommufd), (off_t)data.offset);

	must(page == MAP_FAILED ? -errno : 0, "page of the viommu");
	return iommuctl_object_destroy(object);
}

static int destroy_in_use(void)
{
	const struct iommuctl_viommu_opts viommu_opts = { .size = sizeof(viommu_opts),
							  .type = MOCK_VIOMMU_TYPE };
	struct iommuctl_object *of = mock_device(), *parent = hwpt(of, IOMMUCTL_HWPT_NEST_PARENT);
	struct iommuctl_object *object;

	nested_in(of, parent);
	must(iommuctl_viommu_alloc(of, parent, &viommu_opts, &object), "viommu");
	return iommuctl_object_destroy(parent);
}

/* -------------------------------------------------------------- dirty pages */

static struct iommuctl_object *tracked(void)
{
	must(map(world.memory, PAGE, FIXED, IOVA), "map");
	return hwpt(mock_device(), IOMMUCTL_HWPT_DIRTY_TRACKING);
}

static int dirty(struct iommuctl_object *of, uint64_t iova, uint64_t length, uint64_t page_size)
{
	uint64_t bitmap[2];

	return iommuctl_hwpt_get_dirty_bitmap(
		of, (struct iommuctl_range){ iova, iova + length - 1 }, page_size, 0, bitmap);
}

static int dirty_not_tracked(void)
{
	return iommuctl_hwpt_set_dirty_tracking(hwpt(mock_device(), 0), true);
}

static int dirty_nested(void)
{
	return iommuctl_hwpt_set_dirty_tracking(nested(), true);
}

static int dirty_page_size(void)
{
	return dirty(tracked(), IOVA, PAGE, 0);
}

static int dirty_misaligned(void)
{
	return dirty(tracked(), IOVA + PAGE / 2, PAGE, PAGE);
}

static int dirty_pages(void)
{
	return dirty(tracked(), IOVA + 1024, 1024, 1024);
}

/* -------------------------------------------------------------- the others */

static int hw_info_type(void)
{
	struct iommuctl_hw_info *info;

	return iommuctl_hw_info_load(mock_device(), 1, &info);
}

static int vdevice_exists(void)
{
	struct viommu_data data = { 0 };
	struct iommuctl_object *of = mock_device(), *first = viommu(of, &data), *vdevice;

	must(iommuctl_vdevice_alloc(first, of, 5, &vdevice), "vdevice");
	return iommuctl_vdevice_alloc(first, of, 6, &vdevice);
}

static int veventq_exists(void)
{
	struct viommu_data data = { 0 };
	struct iommuctl_object *of = viommu(mock_device(), &data), *queue;

	must(iommuctl_veventq_alloc(of, MOCK_VEVENTQ_TYPE, 1, &queue), "queue");
	return iommuctl_veventq_alloc(of, MOCK_VEVENTQ_TYPE, 1, &queue);
}

/* COUNT entries of LENGTH bytes */
static int invalidate(uint32_t type, uint32_t length, uint32_t count)
{
	static const char entries[8192];

	return iommuctl_invalidate(nested(), type, entries, length, &count);
}

static int invalidate_nothing(void)
{
	return invalidate(1, 8, 0);
}

static int invalidate_many(void)
{
	return invalidate(MOCK_INVALIDATE_TYPE, 8, (1u << 19) + 1);
}

static int invalidate_long(void)
{
	return invalidate(MOCK_INVALIDATE_TYPE, 8192, 1);
}

static int destroy_hw_queue(void)
{
	struct viommu_data data = { 0 };
	struct iommuctl_object *of = viommu(mock_device(), &data), *queues[2];

	must(map(world.memory, 2 * PAGE, FIXED, IOVA), "map");
	for (uint32_t i = 0; i < 2; i++) {
		const uint64_t start = IOVA + i * PAGE;

		must(iommuctl_hw_queue_alloc(of, MOCK_HW_QUEUE_TYPE, i,
					     (struct iommuctl_range){ start, start + PAGE - 1 },
					     &queues[i]),
		     "queue");
	}
	return iommuctl_object_destroy(queues[0]);
}

/* Two pages that are one. */
static int hw_queue_pieces(void)
{
	struct viommu_data data = { 0 };
	struct iommuctl_object *of = viommu(mock_device(), &data), *queue;
	const struct iommuctl_range memory = { IOVA, IOVA + 2 * PAGE - 1 };

	must(map(world.memory, PAGE, FIXED, IOVA), "map");
	must(map(world.memory, PAGE, FIXED, IOVA + PAGE), "map");
	return iommuctl_hw_queue_alloc(of, MOCK_HW_QUEUE_TYPE, 0, memory, &queue);
}

/* ------------------------------------------------------------------ the table */

/* clang-format off */
const struct provocation mock_provocations[] = {
	{ "option-unknown", option_unknown, "there is no such option", NULL },
	{ "option-object", option_object, "it is an option of the whole iommufd, *", NULL },
	{ "option-value", option_value, "it is 0 or 1", NULL },
	{ "option-late", option_late, "it can be set only as long as there are no objects; there are ioas 1", "set it first of all" },
	{ "option-privilege", option_privilege, "needs the capability CAP_SYS_RESOURCE", NULL },
	{ "physical-privilege", physical_privilege, "needs the capability CAP_SYS_RAWIO", NULL },
	{ "physical-empty", physical_empty, "the length is 0, *", NULL },
	{ "destroy-in-use", destroy_in_use, "viommu 7 and nested hwpt 6 are made of it", "destroy that first, or detach it" },
	{ "destroy-device", destroy_device, "a device stays until its file is closed", NULL },
	{ "destroy-queue", destroy_queue, "its file is open in another process, *", NULL },
	{ "destroy-viommu", destroy_viommu, "a page of it is in memory of a process, *", NULL },
	{ "destroy-hw-queue", destroy_hw_queue, "the queue with the next index has to go first", NULL },
	{ "dirty-not-tracked", dirty_not_tracked, "it was not made for tracking dirty pages", NULL },
	{ "nested", dirty_nested, "* is a nested page table", NULL },
	{ "dirty-page-size", dirty_page_size, "the page size is no power of two", NULL },
	{ "dirty-misaligned", dirty_misaligned, "the address, 0x2000800, is no multiple of the page size, 4096", NULL },
	{ "dirty-pages", dirty_pages, "the range is not aligned to the pages of its IOMMUs", NULL },
	{ "invalidate-nothing", invalidate_nothing, "there are no entries, or none of this type", NULL },
	{ "invalidate-limits", invalidate_many, "524289 entries of 8 bytes: there can be 524288 at once, of 4096 bytes", NULL },
	{ "invalidate-limits", invalidate_long, "1 entries of 8192 bytes: there can be 524288 at once, of 4096 bytes", NULL },
	{ "hw-info-type", hw_info_type, "*has none of that type", NULL },
	{ "vdevice-exists", vdevice_exists, "the device has vdevice * already", NULL },
	{ "veventq-exists", veventq_exists, "the viommu has a queue of this type already", NULL },
	{ "hw-queue-pieces", hw_queue_pieces, "its memory is not contiguous", "huge pages are" },
	{ 0 },
};
/* clang-format on */
