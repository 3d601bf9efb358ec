/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of fail-nth, and what there must be before each. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fail-nth.h"
#include "mock.h"

#define ALL	  ((struct iommuctl_range){ IOVA, IOVA + MEMORY_SIZE - 1 })
#define COPY_IOVA (IOVA + 2 * MEMORY_SIZE)
#define ACCESS	  (IOMMUCTL_MAP_READ | IOMMUCTL_MAP_WRITE)

static void must(int r, const char *what)
{
	if (r >= 0)
		return;
	errno = -r;
	bail_out(what);
}

/* ---------------------------------------------------------------- the world */

static void build_iommufd(struct world *w)
{
	must(iommuctl_iommufd_open(w->ctx, &w->iommufd), "open /dev/iommu");
}

static void build_ioas(struct world *w)
{
	must(iommuctl_ioas_alloc(w->iommufd, &w->ioas), "allocate an IOAS");
}

static int map(struct world *w)
{
	uint64_t iova = IOVA;

	return iommuctl_ioas_map(w->ioas, w->memory, MEMORY_SIZE, ACCESS | IOMMUCTL_MAP_FIXED,
				 &iova);
}

static void build_map(struct world *w)
{
	must(map(w), "map");
}

static void build_mock(struct world *w)
{
	struct mock_cmd cmd = {
		.size = sizeof(cmd),
		.op = MOCK_DOMAIN,
		.id = iommuctl_object_get_id(w->ioas),
	};

	if (ioctl(iommuctl_iommufd_get_fd(w->iommufd), MOCK_CMD, &cmd) < 0)
		bail_out("make a mock device");
	must(iommuctl_object_from_id(w->iommufd, IOMMUCTL_OBJECT_DEVICE, cmd.domain.device_id, -1,
				     &w->mock),
	     "mock device");
}

static int hwpt_parent(struct world *w, struct iommuctl_object **ret_hwpt)
{
	const struct iommuctl_hwpt_opts opts = {
		.size = sizeof(opts),
		.flags = IOMMUCTL_HWPT_NEST_PARENT | IOMMUCTL_HWPT_DIRTY_TRACKING,
	};

	return iommuctl_hwpt_alloc(w->mock, w->ioas, &opts, ret_hwpt);
}

static void build_parent(struct world *w)
{
	must(hwpt_parent(w, &w->parent), "allocate a nest parent");
}

static int viommu(struct world *w, struct iommuctl_object **ret_viommu)
{
	const struct iommuctl_viommu_opts opts = { .size = sizeof(opts), .type = MOCK_VIOMMU_TYPE };

	return iommuctl_viommu_alloc(w->mock, w->parent, &opts, ret_viommu);
}

static void build_viommu(struct world *w)
{
	must(viommu(w, &w->viommu), "allocate a vIOMMU");
}

static void build_vdevice(struct world *w)
{
	must(iommuctl_vdevice_alloc(w->viommu, w->mock, 1, &w->vdevice), "allocate a vdevice");
}

static void build_vfio(struct world *w)
{
	must(iommuctl_vfio_open(w->ctx, w->device, &w->vfio), "open the device");
}

static void build_bound(struct world *w)
{
	must(iommuctl_vfio_bind(w->vfio, w->iommufd), "bind");
}

static void build_attached(struct world *w)
{
	must(iommuctl_vfio_attach(w->vfio, w->ioas, NULL), "attach");
}

/* A device that uses PASIDs is to be attached to such a table itself. */
static void build_pasid(struct world *w)
{
	const struct iommuctl_hwpt_opts opts = { .size = sizeof(opts),
						 .flags = IOMMUCTL_HWPT_PASID };

	must(iommuctl_hwpt_alloc(iommuctl_vfio_get_object(w->vfio), w->ioas, &opts, &w->parent),
	     "allocate a page table for PASIDs");
	must(iommuctl_vfio_attach(w->vfio, w->parent, NULL), "attach");
}

static const struct {
	unsigned int need;
	void (*build)(struct world *w);
} builders[] = {
	{ NEEDS_IOMMUFD, build_iommufd }, { NEEDS_IOAS, build_ioas },
	{ NEEDS_MAP, build_map },	  { NEEDS_MOCK, build_mock },
	{ NEEDS_PARENT, build_parent },	  { NEEDS_VIOMMU, build_viommu },
	{ NEEDS_VDEVICE, build_vdevice }, { NEEDS_VFIO, build_vfio },
	{ NEEDS_BOUND, build_bound },	  { NEEDS_ATTACHED, build_attached },
	{ NEEDS_PASID, build_pasid },
};

void world_build(struct world *w, const char *device, unsigned int needs)
{
	w->memfd = memfd_create("fail-nth", MFD_CLOEXEC);
	if (w->memfd < 0 || ftruncate(w->memfd, MEMORY_SIZE) < 0)
		bail_out("memfd");
	w->memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, w->memfd, 0);
	if (w->memory == MAP_FAILED)
		bail_out("mmap");
	memset(w->memory, 1, MEMORY_SIZE);
	must(iommuctl_context_new(&w->ctx), "context");
	if (device) {
		must(iommuctl_topology_load(w->ctx, IOMMUCTL_LOAD_ALL, &w->topology), "topology");
		w->device = iommuctl_topology_find_device(w->topology, device);
		must(w->device ? 0 : -ENODEV, device);
	}
	for (size_t i = 0; i < sizeof(builders) / sizeof(builders[0]); i++)
		if (needs & builders[i].need)
			builders[i].build(w);
}

void world_end(struct world *w)
{
	iommuctl_vfio_close(w->vfio);
	iommuctl_object_free(w->vdevice);
	iommuctl_object_free(w->viommu);
	iommuctl_object_free(w->parent);
	iommuctl_object_free(w->mock);
	iommuctl_object_free(w->ioas);
	iommuctl_iommufd_close(w->iommufd);
	iommuctl_topology_unref(w->topology);
	iommuctl_context_unref(w->ctx);
	munmap(w->memory, MEMORY_SIZE);
	close(w->memfd);
}

bool has_result(const struct world *w)
{
	return w->result.iommufd || w->result.object || w->result.set || w->result.info ||
	       w->result.vfio || w->result.number;
}

void drop_results(struct world *w)
{
	iommuctl_iommufd_close(w->result.iommufd);
	iommuctl_object_free(w->result.object);
	iommuctl_range_set_free(w->result.set);
	iommuctl_hw_info_free(w->result.info);
	iommuctl_vfio_close(w->result.vfio);
	memset(&w->result, 0, sizeof(w->result));
}

/* ---------------------------------------------------------------- the calls */

static int call_open(struct world *w)
{
	return iommuctl_iommufd_open(w->ctx, &w->result.iommufd);
}

static int call_ioas_alloc(struct world *w)
{
	return iommuctl_ioas_alloc(w->iommufd, &w->result.object);
}

static int call_fault_queue_alloc(struct world *w)
{
	return iommuctl_fault_queue_alloc(w->iommufd, &w->result.object);
}

static int call_set_allowed(struct world *w)
{
	return iommuctl_ioas_set_allowed(w->ioas, &ALL, 1);
}

static void undo_set_allowed(struct world *w)
{
	must(iommuctl_ioas_set_allowed(w->ioas, NULL, 0), "allow all");
}

static void undo_map(struct world *w)
{
	must(iommuctl_ioas_unmap(w->ioas, ALL, NULL), "unmap");
}

static int call_map_file(struct world *w)
{
	uint64_t iova = IOVA;

	return iommuctl_ioas_map_file(w->ioas, w->memfd, 0, MEMORY_SIZE,
				      ACCESS | IOMMUCTL_MAP_FIXED, &iova);
}

static int call_copy(struct world *w)
{
	uint64_t iova = COPY_IOVA;

	return iommuctl_ioas_copy(w->ioas, w->ioas, ALL, ACCESS | IOMMUCTL_MAP_FIXED, &iova);
}

static void undo_copy(struct world *w)
{
	const struct iommuctl_range copy = { COPY_IOVA, COPY_IOVA + MEMORY_SIZE - 1 };

	must(iommuctl_ioas_unmap(w->ioas, copy, NULL), "unmap the copy");
}

static int call_hwpt_alloc(struct world *w)
{
	return hwpt_parent(w, &w->result.object);
}

static int call_nested_alloc(struct world *w)
{
	const uint32_t data[2] = { MOCK_IOTLB_DEFAULT };
	const struct iommuctl_hwpt_opts opts = {
		.size = sizeof(opts),
		.data_type = MOCK_HWPT_DATA_TYPE,
		.data = data,
		.data_length = sizeof(data),
	};

	return iommuctl_hwpt_alloc(w->mock, w->parent, &opts, &w->result.object);
}

static int call_get_dirty(struct world *w)
{
	uint64_t bitmap[MEMORY_SIZE / MOCK_PAGE_SIZE / 64] = { 0 };

	return iommuctl_hwpt_get_dirty_bitmap(w->parent, ALL, MOCK_PAGE_SIZE, 0, bitmap);
}

static int call_viommu_alloc(struct world *w)
{
	return viommu(w, &w->result.object);
}

static int call_vdevice_alloc(struct world *w)
{
	return iommuctl_vdevice_alloc(w->viommu, w->mock, 1, &w->result.object);
}

static int call_veventq_alloc(struct world *w)
{
	return iommuctl_veventq_alloc(w->viommu, MOCK_VEVENTQ_TYPE, 4, &w->result.object);
}

static int call_hw_queue_alloc(struct world *w)
{
	const struct iommuctl_range page = { IOVA, IOVA + 4095 };

	return iommuctl_hw_queue_alloc(w->viommu, MOCK_HW_QUEUE_TYPE, 0, page, &w->result.object);
}

static int call_invalidate(struct world *w)
{
	const uint32_t entry[3] = { 0, 1, 0 }; /* flags, virtual id, index */
	uint32_t count = 1;

	return iommuctl_invalidate(w->viommu, MOCK_INVALIDATE_TYPE, entry, sizeof(entry), &count);
}

static int call_vfio_open(struct world *w)
{
	return iommuctl_vfio_open(w->ctx, w->device, &w->result.vfio);
}

static int call_bind(struct world *w)
{
	return iommuctl_vfio_bind(w->vfio, w->iommufd);
}

/* Nothing but closing a device unbinds it. */
static void undo_bind(struct world *w)
{
	iommuctl_vfio_close(w->vfio);
	build_vfio(w);
}

static int call_attach(struct world *w)
{
	return iommuctl_vfio_attach(w->vfio, w->ioas, NULL);
}

static void undo_attach(struct world *w)
{
	must(iommuctl_vfio_detach(w->vfio), "detach");
}

static int call_device_hwpt_alloc(struct world *w)
{
	return iommuctl_hwpt_alloc(iommuctl_vfio_get_object(w->vfio), w->ioas, NULL,
				   &w->result.object);
}

static int call_attach_pasid(struct world *w)
{
	return iommuctl_vfio_attach_pasid(w->vfio, 1, w->parent, NULL);
}

static void undo_attach_pasid(struct world *w)
{
	must(iommuctl_vfio_detach_pasid(w->vfio, 1), "detach a PASID");
}

#define IOAS   NEEDS_IOMMUFD | NEEDS_IOAS
#define MAPPED IOAS | NEEDS_MAP
#define MOCK   MAPPED | NEEDS_MOCK
#define PARENT MOCK | NEEDS_PARENT
#define VIOMMU PARENT | NEEDS_VIOMMU
#define VFIO   IOAS | NEEDS_DEVICE | NEEDS_VFIO
#define BOUND  VFIO | NEEDS_MAP | NEEDS_BOUND

/* clang-format off */
const struct scenario scenarios[] = {
	{ "open iommufd", 0, call_open, NULL, { 0 } },
	{ "ioas alloc", NEEDS_IOMMUFD, call_ioas_alloc, NULL, { 0 } },
	{ "fault queue alloc", NEEDS_IOMMUFD, call_fault_queue_alloc, NULL, { 0 } },
	{ "set allowed", IOAS, call_set_allowed, undo_set_allowed, { ENOENT } },
	{ "map without a device", IOAS, map, undo_map, { ENOENT } },
	{ "map", IOAS | NEEDS_MOCK, map, undo_map, { ENOENT, EFAULT } },
	{ "map file", IOAS | NEEDS_MOCK, call_map_file, undo_map, { ENOENT, EFAULT } },
	{ "copy", MOCK, call_copy, undo_copy, { ENOENT } },
	{ "hwpt alloc", MOCK, call_hwpt_alloc, NULL, { ENOENT, EINVAL } },
	{ "nested hwpt alloc", PARENT, call_nested_alloc, NULL, { ENOENT, EINVAL } },
	{ "get dirty bitmap", PARENT, call_get_dirty, NULL, { ENOENT } },
	{ "viommu alloc", PARENT, call_viommu_alloc, NULL, { ENOENT } },
	{ "vdevice alloc", VIOMMU, call_vdevice_alloc, NULL, { ENOENT } },
	{ "veventq alloc", VIOMMU, call_veventq_alloc, NULL, { ENOENT } },
	{ "hw queue alloc", VIOMMU, call_hw_queue_alloc, NULL, { ENOENT, EINVAL } },
	{ "invalidate", VIOMMU | NEEDS_VDEVICE, call_invalidate, NULL, { ENOENT } },
	{ "open device", NEEDS_DEVICE, call_vfio_open, NULL, { 0 } },
	{ "bind", VFIO, call_bind, undo_bind, { 0 } },
	{ "attach", BOUND, call_attach, undo_attach, { ENOENT, EINVAL, EFAULT } },
	{ "hwpt alloc for a device", BOUND, call_device_hwpt_alloc, NULL, { ENOENT, EINVAL, EFAULT } },
	{ "map for a device", VFIO | NEEDS_BOUND | NEEDS_ATTACHED, map, undo_map, { ENOENT, EFAULT } },
	{ "attach pasid", BOUND | NEEDS_PASID, call_attach_pasid, undo_attach_pasid, { ENOENT } },
	{ 0 },
};
/* clang-format on */
