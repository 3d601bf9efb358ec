/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that fail on devices of VFIO's. The first of the command line is alone in its group, the
 * two after it are in one. All are behind IOMMUs of
 * one kind; the mock device is behind another.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cause.h"
#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"
#include "mock.h"

/* Where interrupts are written to: of no use for memory. */
#define MSI 0xfee00000

#define UNSAFE_INTERRUPTS "/sys/module/iommufd/parameters/allow_unsafe_interrupts"

static struct iommuctl_vfio *open_device(int i)
{
	struct iommuctl_vfio *vfio;

	must(iommuctl_vfio_open(world.ctx, world.devices[i], &vfio), "device");
	return vfio;
}

static struct iommuctl_vfio *bind_device(int i)
{
	struct iommuctl_vfio *vfio = open_device(i);

	must(iommuctl_vfio_bind(vfio, world.iommufd), "bind");
	return vfio;
}

/* The one that is alone, as an object. */
static struct iommuctl_object *the_device(void)
{
	return iommuctl_vfio_get_object(bind_device(0));
}

static int attach(int i, struct iommuctl_object *pt)
{
	return iommuctl_vfio_attach(bind_device(i), pt, NULL);
}

/* -------------------------------------------------------------------- addresses */

static int map_reserved(void)
{
	must(attach(0, world.ioas), "attach");
	return map(world.memory, PAGE, FIXED, MSI);
}

static int window_reserved(void)
{
	const struct iommuctl_range window = { MSI - PAGE, MSI + PAGE - 1 };

	must(attach(0, world.ioas), "attach");
	return iommuctl_ioas_set_allowed(world.ioas, &window, 1);
}

static int region_mapped(void)
{
	must(map(world.memory, PAGE, FIXED, MSI), "map");
	return attach(0, world.ioas);
}

static int region_promised(void)
{
	const struct iommuctl_range window = { 0, UINT32_MAX };

	must(iommuctl_ioas_set_allowed(world.ioas, &window, 1), "window");
	return attach(0, world.ioas);
}

static int beyond_device(void)
{
	must(map(world.memory, PAGE, FIXED, UINT64_C(1) << 58), "map");
	return attach(0, world.ioas);
}

/* ------------------------------------------------------------- objects of others */

static struct iommuctl_object *hwpt_of(struct iommuctl_object *device,
				       const struct iommuctl_hwpt_opts *opts)
{
	struct iommuctl_object *hwpt;

	must(iommuctl_hwpt_alloc(device, world.ioas, opts, &hwpt), "page table");
	return hwpt;
}

static int hwpt_feature(void)
{
	const struct iommuctl_hwpt_opts opts = { .size = sizeof(opts),
						 .flags = IOMMUCTL_HWPT_NEST_PARENT };
	struct iommuctl_object *hwpt;

	return iommuctl_hwpt_alloc(the_device(), world.ioas, &opts, &hwpt);
}

static int hwpt_data_model(void)
{
	static const char data[16];
	const struct iommuctl_hwpt_opts opts = { .size = sizeof(opts),
						 .data_type = ABI_IOMMU_HWPT_DATA_ARM_SMMUV3,
						 .data = data,
						 .data_length = sizeof(data) };
	struct iommuctl_object *device = the_device(), *hwpt;

	return iommuctl_hwpt_alloc(device, hwpt_of(device, NULL), &opts, &hwpt);
}

static int viommu_model(void)
{
	const struct iommuctl_viommu_opts opts = { .size = sizeof(opts), .type = 1 };
	struct iommuctl_object *device = the_device(), *viommu;

	return iommuctl_viommu_alloc(device, hwpt_of(device, NULL), &opts, &viommu);
}

static int vdevice_iommu(void)
{
	const struct iommuctl_hwpt_opts opts = { .size = sizeof(opts),
						 .flags = IOMMUCTL_HWPT_NEST_PARENT };
	const struct iommuctl_viommu_opts viommu_opts = { .size = sizeof(viommu_opts),
							  .type = MOCK_VIOMMU_TYPE };
	struct iommuctl_object *mock = mock_device(), *viommu, *vdevice;

	must(iommuctl_viommu_alloc(mock, hwpt_of(mock, &opts), &viommu_opts, &viommu), "viommu");
	return iommuctl_vdevice_alloc(viommu, the_device(), 1, &vdevice);
}

/* A file that has no memory where it is mapped. */
static void map_hole(void)
{
	uint64_t iova;
	int fd = memfd_create("cause", MFD_CLOEXEC);

	must(fd < 0 ? -errno : ftruncate(fd, PAGE), "memfd");
	must(iommuctl_ioas_map_file(world.ioas, fd, 0, 2 * PAGE, IOMMUCTL_MAP_READ, &iova), "map");
	close(fd);
}

static int attach_file(void)
{
	map_hole();
	return attach(0, world.ioas);
}

static int hwpt_file(void)
{
	struct iommuctl_object *hwpt;

	map_hole();
	return iommuctl_hwpt_alloc(the_device(), world.ioas, NULL, &hwpt);
}

static int attach_misfit(void)
{
	return attach(0, hwpt_of(mock_device(), NULL));
}

/* -------------------------------------------------------------------- binding */

static int attach_not_bound(void)
{
	return iommuctl_vfio_attach(open_device(0), world.ioas, NULL);
}

static int detach_not_bound(void)
{
	return iommuctl_vfio_detach(open_device(0));
}

static int export_bar(uint32_t region, uint64_t start, uint64_t length)
{
	int fd;

	return iommuctl_vfio_export_dma_buf(
		bind_device(0), region, (struct iommuctl_range){ start, start + length - 1 }, &fd);
}

static int export_no_region(void)
{
	return export_bar(3, 0, PAGE);
}

static int export_misaligned(void)
{
	return export_bar(0, 0, 100);
}

static int export_beyond(void)
{
	return export_bar(0, 0xff000, 2 * PAGE);
}

static int reset_none(void)
{
	return iommuctl_vfio_reset(bind_device(0));
}

static int bind_again(void)
{
	bind_device(0);
	return iommuctl_vfio_bind(open_device(0), world.iommufd);
}

static void open_group(void)
{
	const struct iommuctl_group *group = iommuctl_device_get_group(world.devices[0]);
	char path[64];

	snprintf(path, sizeof(path), "/dev/vfio/%" PRIu64, iommuctl_group_get_id(group));
	must_not_fail(open(path, O_RDWR | O_CLOEXEC), path);
}

static int bind_group_busy(void)
{
	open_group();
	return iommuctl_vfio_bind(open_device(0), world.iommufd);
}

/* The sibling is for another iommufd, of this process. */
static int bind_owned(void)
{
	struct iommuctl_iommufd *other;

	must(iommuctl_iommufd_open(world.ctx, &other), "/dev/iommu");
	must(iommuctl_vfio_bind(open_device(1), other), "bind");
	return iommuctl_vfio_bind(open_device(2), world.iommufd);
}

/* What a child opens, which ends when a pipe does: with its parent. */
static void hold(void (*open_it)(void))
{
	int ready[2], end[2];
	char byte = 0;

	must_not_fail(pipe2(ready, O_CLOEXEC), "pipe");
	must_not_fail(pipe2(end, O_CLOEXEC), "pipe");
	if (must_not_fail(fork(), "fork") == 0) {
		close(end[1]);
		open_it();
		must_not_fail((int)write(ready[1], &byte, 1), "pipe");
		_exit((int)read(end[0], &byte, 1));
	}
	close(ready[1]);
	must(read(ready[0], &byte, 1) == 1 ? 0 : -EPIPE, "pipe");
}

static void bind_for_itself(void)
{
	must(iommuctl_iommufd_open(world.ctx, &world.iommufd), "/dev/iommu");
	bind_device(0);
}

static void bind_sibling(void)
{
	must(iommuctl_iommufd_open(world.ctx, &world.iommufd), "/dev/iommu");
	bind_device(1);
}

static int bind_held(void)
{
	hold(bind_for_itself);
	return iommuctl_vfio_bind(open_device(0), world.iommufd);
}

static int bind_group_held(void)
{
	hold(open_group);
	return iommuctl_vfio_bind(open_device(0), world.iommufd);
}

static int bind_sibling_held(void)
{
	hold(bind_sibling);
	return iommuctl_vfio_bind(open_device(2), world.iommufd);
}

/* ------------------------------------------------------------------ attaching */

static int attach_sibling(void)
{
	struct iommuctl_object *other;

	must(iommuctl_ioas_alloc(world.iommufd, &other), "address space");
	must(attach(1, world.ioas), "attach");
	return attach(2, other);
}

static int attach_faults(void)
{
	struct iommuctl_hwpt_opts opts = { .size = sizeof(opts) };
	struct iommuctl_vfio *vfio = bind_device(0);

	must(iommuctl_fault_queue_alloc(world.iommufd, &opts.fault_queue), "fault queue");
	return iommuctl_vfio_attach(vfio, hwpt_of(iommuctl_vfio_get_object(vfio), &opts), NULL);
}

/* While another process resets the device: it has ATS. */
static int attach_busy(void)
{
	struct iommuctl_vfio *vfio = bind_device(1);
	char path[128];
	pid_t pid;
	int fd, r = 0;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset",
		 iommuctl_device_get_name(world.devices[1]));
	fd = must_not_fail(open(path, O_WRONLY | O_CLOEXEC), path);
	pid = must_not_fail(fork(), "fork");
	if (pid == 0)
		_exit(write(fd, "1", 1) != 1);
	while (r >= 0 && waitpid(pid, NULL, WNOHANG) == 0) {
		r = iommuctl_vfio_attach(vfio, world.ioas, NULL);
		if (r >= 0)
			must(iommuctl_vfio_detach(vfio), "detach");
	}
	return r;
}

/* --------------------------------------------------------------------- PASIDs */

static const struct iommuctl_hwpt_opts for_pasid = { .size = sizeof(for_pasid),
						     .flags = IOMMUCTL_HWPT_PASID };

static int pasid_ioas(void)
{
	return iommuctl_vfio_attach_pasid(bind_device(0), 1, world.ioas, NULL);
}

static int pasid_hwpt(void)
{
	struct iommuctl_vfio *vfio = bind_device(0);

	return iommuctl_vfio_attach_pasid(vfio, 1, hwpt_of(iommuctl_vfio_get_object(vfio), NULL),
					  NULL);
}

static int invalidate_plain(void)
{
	uint32_t count = 1;

	return iommuctl_invalidate(hwpt_of(the_device(), NULL), 0, world.memory, 24, &count);
}

static int pasid_rid(void)
{
	struct iommuctl_vfio *vfio = bind_device(0);
	struct iommuctl_object *device = iommuctl_vfio_get_object(vfio);

	must(iommuctl_vfio_attach(vfio, hwpt_of(device, NULL), NULL), "attach");
	return iommuctl_vfio_attach_pasid(vfio, 1, hwpt_of(device, &for_pasid), NULL);
}

/* A page table of the mock device: others cannot make one. */
static int pasid_feature(void)
{
	return iommuctl_vfio_attach_pasid(bind_device(0), 1,
					  hwpt_of(mock_device_for_pasids(), &for_pasid), NULL);
}

/* Where it cannot be read which IOMMU that is. */
static int pasid_iommu(void)
{
	must_not_fail(unshare(CLONE_NEWNS), "unshare");
	must_not_fail(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount");
	must_not_fail(mount("none", "/sys", "tmpfs", 0, NULL), "/sys");
	must(iommuctl_context_new(&world.ctx), "context");
	make_ioas();
	return pasid_feature();
}

/* ------------------------------------------ devices without an IOMMU, other drivers */

static int bind_first(void)
{
	return iommuctl_vfio_bind(open_device(0), world.iommufd);
}

/* Its sibling has a driver of its own. */
static int bind_second(void)
{
	return iommuctl_vfio_bind(open_device(1), world.iommufd);
}

/* Interrupts are looked at first. */
static int bind_third(void)
{
	struct iommuctl_vfio *vfio = open_device(2);
	int fd = must_not_fail(open(UNSAFE_INTERRUPTS, O_WRONLY | O_CLOEXEC), UNSAFE_INTERRUPTS), r;

	must_not_fail((int)write(fd, "Y", 1), UNSAFE_INTERRUPTS);
	r = iommuctl_vfio_bind(vfio, world.iommufd);
	must_not_fail((int)write(fd, "N", 1), UNSAFE_INTERRUPTS);
	return r;
}

static int hw_info(void)
{
	struct iommuctl_hw_info *info;

	return iommuctl_hw_info_load(the_device(), 0, &info);
}

static int feature_absent(void)
{
	char data[64] = "";

	return iommuctl_vfio_call_feature(bind_device(0), ABI_VFIO_DEVICE_FEATURE_MIGRATION,
					  IOMMUCTL_VFIO_GET, data, sizeof(data));
}

/* -------------------------------------------------------------- an older kernel */

static int call_old(void)
{
	struct iommuctl_object *viommu;
	const struct iommuctl_viommu_opts opts = { .size = sizeof(opts), .type = 1 };
	struct iommuctl_object *device = the_device();

	return iommuctl_viommu_alloc(device, hwpt_of(device, NULL), &opts, &viommu);
}

static int hwpt_flag_old(void)
{
	struct iommuctl_object *hwpt;

	return iommuctl_hwpt_alloc(the_device(), world.ioas, &for_pasid, &hwpt);
}

static int attach_missing(void)
{
	return attach(0, object_of(IOMMUCTL_OBJECT_IOAS, 77));
}

/* ------------------------------------------------------------------ the tables */

/* clang-format off */
const struct provocation device_provocations[] = {
	{ "feature-absent", feature_absent, "neither the device nor its driver, vfio-pci, has the feature migration", NULL },
	{ "map-reserved", map_reserved, "0xfee00000-0xfeefffff is reserved (msi) by 0000:*", "iommuctl ioas ranges 1 tells what can be used" },
	{ "window-reserved", window_reserved, "0xfee00000-0xfeefffff is reserved (msi) by 0000:*, and lies in the window 0xfedff000-0xfee00fff", NULL },
	{ "region-mapped", region_mapped, "its reserved region 0xfee00000-0xfeefffff (msi) collides with what is mapped at 0xfee00000-0xfee00fff", NULL },
	{ "beyond-device", beyond_device, "what is mapped at 0x400000000000000-0x400000000000fff is beyond 0x*, the last address that the IOMMU of 0000:* translates", NULL },
	{ "region-promised", region_promised, "a window of the address space, or a mapping, has the reserved region 0xfee00000-0xfeefffff (msi), "
	  "goes beyond 0x*, the last address that the IOMMU of 0000:* translates, or is not aligned to its pages", "iommuctl ioas allow *" },
	{ "hwpt-feature", hwpt_feature, "dmar0, the IOMMU of 0000:*: the hardware has no * (ECAP.* is 0)", "iommuctl iommu show --why tells more" },
	{ "hwpt-data-model", hwpt_data_model, "data of type arm-smmuv3 is for *; 0000:* has intel-vtd", NULL },
	{ "viommu-model", viommu_model, "Linux has no vIOMMUs of intel-vtd, which 0000:* has", NULL },
	{ "vdevice-iommu", vdevice_iommu, "the device is behind another IOMMU than the viommu, *", NULL },
	{ "attach-file", attach_file, "what is mapped cannot be pinned: a file is shorter than its mapping, *", "memfds have it, *" },
	{ "hwpt-file", hwpt_file, "what is mapped cannot be pinned: a file is shorter than its mapping, *", "memfds have it, *" },
	{ "attach-misfit", attach_misfit, "the page table is not one for the IOMMU of this device", NULL },
	{ "not-bound", attach_not_bound, "it is not bound to an iommufd", NULL },
	{ "not-bound", detach_not_bound, "it is not bound to an iommufd", NULL },
	{ "export-no-region", export_no_region, "it has no memory that is BAR 3", "iommuctl device info lists regions" },
	{ "export-misaligned", export_misaligned, "the offset or the length is no multiple of 4096", NULL },
	{ "export-beyond", export_beyond, "BAR 0 has 1048576 bytes", NULL },
	{ "reset-none", reset_none, "the device has no way to be reset alone", NULL },
	{ "bind-again", bind_again, "another open of the device is bound already, *", NULL },
	{ "bind-group-busy", bind_group_busy, "the group is in use in another way: *", NULL },
	{ "bind-owned", bind_owned, "another iommufd context owns the group", NULL },
	{ "bind-sibling-held", bind_sibling_held, "process * (cause) has /dev/vfio/devices/vfio* open", "end that process, *" },
	{ "bind-held", bind_held, "process * (cause) has /dev/vfio/devices/vfio* open", "end that process, *" },
	{ "bind-group-held", bind_group_held, "process * (cause) has /dev/vfio/* open", "end that process, *" },
	{ "attach-sibling", attach_sibling, "device 0000:* of the same group is attached to 1", "the devices of a group have one page table" },
	{ "attach-faults", attach_faults, "the page table has a fault queue, but the device asks for no pages", NULL },
	{ 0 },
};

const struct provocation scalable_provocations[] = {
	{ "attach-busy", attach_busy, "the device, or one of its group, is being reset *", NULL },
	{ "pasid-ioas", pasid_ioas, "a PASID needs an hwpt that was made for PASIDs", "iommuctl hwpt create --for-pasid" },
	{ "pasid-hwpt", pasid_hwpt, "* was not made for PASIDs", "iommuctl hwpt create --for-pasid" },
	{ "pasid-rid", pasid_rid, "* was not made for PASIDs, or *, to which the device itself is attached", "iommuctl hwpt create --for-pasid" },
	{ 0 },
};

const struct provocation virtio_provocations[] = {
	{ "pasid-feature", pasid_feature, "0000:*, the IOMMU of 0000:*: virtio-iommu has no PASIDs", NULL },
	{ "pasid-iommu", pasid_iommu, "the driver of its IOMMU attaches no PASIDs", NULL },
	{ 0 },
};

const struct provocation mdev_provocations[] = {
	{ "hw-info-emulated", hw_info, "it is emulated by its driver: *", NULL },
	{ "pasid-driver", pasid_ioas, "the driver * attaches no PASIDs: vfio-pci does", NULL },
	{ 0 },
};

const struct provocation noiommu_provocations[] = {
	{ "hw-info-none", hw_info, "it is without an IOMMU", NULL },
	{ 0 },
};

const struct provocation vf_provocations[] = {
	{ "bind-token", bind_first, "it is a virtual function, *", NULL },
	{ 0 },
};

const struct provocation unsafe_provocations[] = {
	{ "bind-interrupts", bind_first, "its interrupts are not isolated: *", "turn interrupt remapping on: *" },
	{ "bind-sibling-driver", bind_second, "0000:*, in the same group *, is in use by driver virtio-pci", "unbind 0000:* from virtio-pci, or *" },
	{ "bind-direct", bind_third, "the firmware wants 0xfed1c000-0xfed1cfff mapped 1:1 for its group at all times", "such a device cannot be given away; *" },
	{ 0 },
};

const struct provocation old_provocations[] = {
	{ "call-old", call_old, "needs Linux 6.13 or later; this is 6.12.*", NULL },
	{ "hwpt-flag-old", hwpt_flag_old, "a page table for PASIDs needs Linux 6.13 or later", NULL },
	{ "no-object", attach_missing, "there is no ioas or hwpt 77", NULL },
	{ "invalidate-plain", invalidate_plain, "it is not nested: *", NULL },
	{ "pasid-old", pasid_hwpt, "PASIDs need Linux 6.15 or later", NULL },
	{ 0 },
};
/* clang-format on */
