/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that fail on VFIO's own containers and groups. The first device of the command line is
 * alone in its group; the second is in one with the third, which VFIO has not.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cause.h"

#define MSI UINT64_C(0xfee00000)

static const struct iommuctl_range page = { IOVA, IOVA + PAGE - 1 };
static const struct iommuctl_range pages = { IOVA, IOVA + 16 * PAGE - 1 };

static struct iommuctl_vfio_group *group_of(int i)
{
	struct iommuctl_vfio_group *group;

	must(iommuctl_vfio_group_open(world.ctx, iommuctl_device_get_group(world.devices[i]),
				      &group),
	     "group");
	return group;
}

static struct iommuctl_container *empty(void)
{
	struct iommuctl_container *container;

	must(iommuctl_container_open(world.ctx, &container), "container");
	return container;
}

/* With the group of device I. */
static struct iommuctl_container *with_group(int i)
{
	struct iommuctl_container *container = empty();

	must(iommuctl_vfio_group_add(group_of(i), container), "add");
	return container;
}

static int set_type(struct iommuctl_container *container, enum iommuctl_container_type type)
{
	return iommuctl_container_set_type(container, type, NULL);
}

static struct iommuctl_container *typed(enum iommuctl_container_type type)
{
	struct iommuctl_container *container = with_group(0);

	must(set_type(container, type), "type");
	return container;
}

static struct iommuctl_container *type1(void)
{
	return typed(IOMMUCTL_CONTAINER_TYPE1V2);
}

/* One that is an iommufd. */
static struct iommuctl_container *iommufd(void)
{
	struct iommuctl_container *container;
	int fd = must_not_fail(open("/dev/iommu", O_RDWR | O_CLOEXEC), "/dev/iommu");

	must(iommuctl_container_from_fd(world.ctx, fd, &container), "iommufd");
	return container;
}

/* With GROUP, and its address space. */
static struct iommuctl_container *typed_iommufd(struct iommuctl_vfio_group *group)
{
	struct iommuctl_container *container = iommufd();

	must(iommuctl_vfio_group_add(group, container), "add");
	must(set_type(container, IOMMUCTL_CONTAINER_TYPE1V2), "type");
	return container;
}

/* --------------------------------------------------------------------- types */

static int type_set(void)
{
	return set_type(type1(), IOMMUCTL_CONTAINER_TYPE1);
}

static int type_no_group(void)
{
	return set_type(empty(), IOMMUCTL_CONTAINER_TYPE1V2);
}

static int type_spapr(void)
{
	return set_type(with_group(0), IOMMUCTL_CONTAINER_SPAPR_TCE);
}

static int type_noiommu(void)
{
	return set_type(with_group(0), IOMMUCTL_CONTAINER_NOIOMMU);
}

static int type_of_an_iommu(void)
{
	return set_type(with_group(0), IOMMUCTL_CONTAINER_TYPE1V2);
}

static int type_iommufd(void)
{
	return set_type(typed_iommufd(group_of(0)), IOMMUCTL_CONTAINER_SPAPR_TCE);
}

static int type_iommufd_empty(void)
{
	return set_type(iommufd(), IOMMUCTL_CONTAINER_SPAPR_TCE);
}

static int type_iommufd_no_group(void)
{
	return set_type(iommufd(), IOMMUCTL_CONTAINER_TYPE1V2);
}

static int type_interrupts(void)
{
	return set_type(with_group(0), IOMMUCTL_CONTAINER_TYPE1V2);
}

static int info(struct iommuctl_container *container)
{
	struct iommuctl_container_info *answer;

	return iommuctl_container_get_info(container, &answer);
}

static int info_no_type(void)
{
	return info(with_group(0));
}

static int info_iommufd(void)
{
	return info(iommufd());
}

/* ------------------------------------------------------------------- mappings */

static int map_page(struct iommuctl_container *container)
{
	return iommuctl_container_map(container, world.memory, page, ACCESS);
}

static int unmap_page(struct iommuctl_container *container)
{
	return iommuctl_container_unmap(container, page, NULL);
}

static int map_no_type(void)
{
	return map_page(with_group(0));
}

static int map_unaligned(void)
{
	return iommuctl_container_map(type1(), world.memory + 8, page, ACCESS);
}

static int map_no_direction(void)
{
	return iommuctl_container_map(type1(), world.memory, page, 0);
}

static int map_outside(void)
{
	return iommuctl_container_map(type1(), world.memory,
				      (struct iommuctl_range){ MSI, MSI + PAGE - 1 }, ACCESS);
}

static int map_occupied(void)
{
	struct iommuctl_container *container = type1();

	must(map_page(container), "map");
	return map_page(container);
}

#define ENTRY_LIMIT "/sys/module/vfio_iommu_type1/parameters/dma_entry_limit"

static int map_entries(void)
{
	struct iommuctl_container *container;
	char before[16] = "";
	int fd = must_not_fail(open(ENTRY_LIMIT, O_RDWR | O_CLOEXEC), ENTRY_LIMIT), r;

	must_not_fail((int)read(fd, before, sizeof(before) - 1), ENTRY_LIMIT);
	must_not_fail((int)pwrite(fd, "1", 1, 0), ENTRY_LIMIT);
	container = type1();
	must(map_page(container), "map");
	r = iommuctl_container_map(container, world.memory,
				   (struct iommuctl_range){ 2 * IOVA, 2 * IOVA + PAGE - 1 },
				   ACCESS);
	must_not_fail((int)pwrite(fd, before, strlen(before), 0), ENTRY_LIMIT);
	return r;
}

static int map_memlock(void)
{
	struct iommuctl_container *container = type1();

	limit_memory();
	return iommuctl_container_map(container, world.memory, pages, ACCESS);
}

static int map_hole(void)
{
	munmap(world.memory, PAGE);
	return map_page(type1());
}

static int map_iommufd(void)
{
	return map_page(iommufd());
}

static int unmap_no_type(void)
{
	return unmap_page(with_group(0));
}

static int unmap_unaligned(void)
{
	return iommuctl_container_unmap(type1(), (struct iommuctl_range){ IOVA, IOVA + 99 }, NULL);
}

static int unmap_cuts(void)
{
	struct iommuctl_container *container = type1();

	must(iommuctl_container_map(container, world.memory, pages, ACCESS), "map");
	return unmap_page(container);
}

static int unmap_nothing(void)
{
	return unmap_page(type1());
}

static int unmap_iommufd(void)
{
	return unmap_page(iommufd());
}

static int unmap_typed_iommufd(void)
{
	return unmap_page(typed_iommufd(group_of(0)));
}

/* ----------------------------------------------------------------- dirty pages */

static int track(struct iommuctl_container *container)
{
	return iommuctl_container_set_dirty_tracking(container, true);
}

static int dirty_no_type(void)
{
	return track(with_group(0));
}

static int dirty_v1(void)
{
	return track(typed(IOMMUCTL_CONTAINER_TYPE1));
}

static int dirty_iommufd(void)
{
	return track(typed_iommufd(group_of(0)));
}

static int dirty_untracked(void)
{
	struct iommuctl_container *container = type1();
	uint64_t bitmap = 0;

	must(map_page(container), "map");
	return iommuctl_container_get_dirty_bitmap(container, page, PAGE, &bitmap);
}

/* ---------------------------------------------------------------------- groups */

static int open_group(void)
{
	struct iommuctl_vfio_group *group;

	return iommuctl_vfio_group_open(world.ctx, iommuctl_device_get_group(world.devices[0]),
					&group);
}

static int open_twice(void)
{
	group_of(0);
	return open_group();
}

static int open_as_user(void)
{
	must_not_fail(setresgid(65534, 65534, 65534), "setresgid");
	must_not_fail(setresuid(65534, 65534, 65534), "setresuid");
	return open_group();
}

static void group_path(int i, char *buf, size_t size)
{
	snprintf(buf, size, "/dev/vfio/%" PRIu64,
		 iommuctl_group_get_id(iommuctl_device_get_group(world.devices[i])));
}

/* A node that is left of a group that was. */
static int open_gone(void)
{
	char path[64], other[64];
	struct stat st;
	int r;

	group_path(0, path, sizeof(path));
	group_path(1, other, sizeof(other));
	must_not_fail(stat(other, &st), other);
	must_not_fail(mknod(path, S_IFCHR | 0600, makedev(major(st.st_rdev), 0xffff)), path);
	r = open_group();
	unlink(path);
	return r;
}

static int add_again(void)
{
	struct iommuctl_vfio_group *group = group_of(0);

	must(iommuctl_vfio_group_add(group, empty()), "add");
	return iommuctl_vfio_group_add(group, empty());
}

static int add_driver(void)
{
	return iommuctl_vfio_group_add(group_of(1), empty());
}

#define UNSAFE_INTERRUPTS "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts"

/* A container that could have its type. */
static int add_interrupts(void)
{
	struct iommuctl_container *container;
	int fd = must_not_fail(open(UNSAFE_INTERRUPTS, O_WRONLY | O_CLOEXEC), UNSAFE_INTERRUPTS);

	must_not_fail((int)write(fd, "Y", 1), UNSAFE_INTERRUPTS);
	container = type1();
	must_not_fail((int)write(fd, "N", 1), UNSAFE_INTERRUPTS);
	return iommuctl_vfio_group_add(group_of(2), container);
}

static int remove_none(void)
{
	return iommuctl_vfio_group_remove(group_of(0));
}

static int open_device(struct iommuctl_vfio_group *group, int i)
{
	struct iommuctl_vfio *vfio;

	return iommuctl_vfio_group_open_device(group, world.devices[i], &vfio);
}

/* The group of device I, in a container with a type. */
static struct iommuctl_vfio_group *group_in_type1(int i)
{
	struct iommuctl_vfio_group *group = group_of(i);
	struct iommuctl_container *container = empty();

	must(iommuctl_vfio_group_add(group, container), "add");
	must(set_type(container, IOMMUCTL_CONTAINER_TYPE1V2), "type");
	return group;
}

static int remove_open(void)
{
	struct iommuctl_vfio_group *group = group_in_type1(0);

	must(open_device(group, 0), "device");
	return iommuctl_vfio_group_remove(group);
}

static int device_no_type(void)
{
	return open_device(group_of(0), 0);
}

static int device_driver(void)
{
	return open_device(group_in_type1(1), 2);
}

static int device_of_type1(void)
{
	return open_device(group_in_type1(0), 0);
}

/* What is wrong with mappings of an iommufd shows when the device is opened. */
static int device_region(void)
{
	struct iommuctl_vfio_group *group = group_of(0);

	must(iommuctl_container_map(typed_iommufd(group), world.memory,
				    (struct iommuctl_range){ MSI, MSI + PAGE - 1 }, ACCESS),
	     "map");
	return open_device(group, 0);
}

static int device_pins(void)
{
	struct iommuctl_vfio_group *group = group_of(0);

	must(map_page(typed_iommufd(group)), "map");
	munmap(world.memory, PAGE);
	return open_device(group, 0);
}

static int device_iommufd(void)
{
	struct iommuctl_vfio_group *group = group_of(0);

	typed_iommufd(group);
	return open_device(group, 0);
}

/* ------------------------------------------------------------------- no IOMMU */

static struct iommuctl_container *no_iommu(void)
{
	return typed(IOMMUCTL_CONTAINER_NOIOMMU);
}

static int info_no_iommu(void)
{
	return info(no_iommu());
}

static int map_no_iommu(void)
{
	return map_page(no_iommu());
}

static int unmap_no_iommu(void)
{
	return unmap_page(no_iommu());
}

static int dirty_no_iommu(void)
{
	return track(no_iommu());
}

static int open_no_iommu(void)
{
	drop_capability(CAP_SYS_RAWIO);
	return open_group();
}

static int add_other(void)
{
	return iommuctl_vfio_group_add(group_of(1), no_iommu());
}

static int add_to_other(void)
{
	struct iommuctl_container *container = empty();

	must(iommuctl_vfio_group_add(group_of(1), container), "add");
	must(set_type(container, IOMMUCTL_CONTAINER_TYPE1V2), "type");
	return iommuctl_vfio_group_add(group_of(0), container);
}

/* ------------------------------------------------------------------ the tables */

/* clang-format off */
const struct provocation container_provocations[] = {
	{ "type-set", type_set, "it has a type already", NULL },
	{ "type-no-group", type_no_group, "it has no group, *", NULL },
	{ "type-spapr", type_spapr, "its groups have no IOMMU of sPAPR, *", "modprobe vfio_iommu_spapr_tce" },
	{ "type-noiommu", type_noiommu, "noiommu is for groups without an IOMMU, *", NULL },
	{ "info-no-type", info_no_type, "it has no type yet: *", NULL },
	{ "type1-map-no-type", map_no_type, "it has no type yet: *", NULL },
	{ "type1-map-unaligned", map_unaligned, "the memory, 0x*8, is no multiple of 4096, the smallest page of the IOMMU", NULL },
	{ "type1-map-no-direction", map_no_direction, "devices may neither read nor write", NULL },
	{ "type1-map-outside", map_outside, "0xfee00000 is in 0xfee00000-0xfeefffff, reserved (msi) by 0000:* in group *", NULL },
	{ "type1-map-occupied", map_occupied, "something is mapped there already, *", NULL },
	{ "type1-map-entries", map_entries, "it has as many mappings as there may be: 1 (dma_entry_limit)", "echo more > /sys/*" },
	{ "type1-map-memlock", map_memlock, "65536 bytes would be locked, of at most 32768 (RLIMIT_MEMLOCK), of which 0 are already", "raise it to 64 KiB: ulimit -l, *" },
	{ "type1-map-memory", map_hole, "the memory cannot be pinned: *", "memfd, *" },
	{ "type1-unmap-no-type", unmap_no_type, "it has no type yet: *", NULL },
	{ "type1-unmap-unaligned", unmap_unaligned, "the length, 0x64, is no multiple of 4096, *", NULL },
	{ "type1-unmap-cuts", unmap_cuts, "it would cut a mapping: *", NULL },
	{ "type1-unmap-nothing", unmap_nothing, "no mapping begins there", NULL },
	{ "type1-dirty-no-type", dirty_no_type, "it has no type yet: *", NULL },
	{ "type1-dirty-untracked", dirty_untracked, "dirty pages are not tracked, *", NULL },
	{ "type1-dirty-v1", dirty_v1, "type1 cannot; type1v2 can", NULL },
	{ "group-open-held", open_twice, "it, or a device of it, is open already", NULL },
	{ "group-open-user", open_as_user, "Permission denied", "the node belongs to root: *" },
	{ "group-add-again", add_again, "it is in a container already", NULL },
	{ "group-remove-none", remove_none, "it is in no container", NULL },
	{ "group-remove-open", remove_open, "a device of it is open", NULL },
	{ "group-device-no-type", device_no_type, "it is in no container that has a type", NULL },
	{ "group-device-driver", device_driver, "no driver is bound to it, not VFIO's", NULL },
	{ 0 },
};

/* The first device has no driver. */
const struct provocation unbound_provocations[] = {
	{ "group-open-no-driver", open_group, "no device of it is bound to a driver of VFIO", "*driver_override*" },
	{ "group-open-gone", open_gone, "no device of it is bound to a driver of VFIO", "*driver_override*" },
	{ 0 },
};

/* An iommufd in the place of a container. */
const struct provocation compat_provocations[] = {
	{ "type-iommufd", type_iommufd, "an iommufd is type1 or type1v2", NULL },
	{ "type-iommufd", type_iommufd_empty, "an iommufd is type1 or type1v2", NULL },
	{ "type-iommufd-no-group", type_iommufd_no_group, "it has no group", NULL },
	{ "info-iommufd-no-type", info_iommufd, "it has no type yet: *", NULL },
	{ "type1-map-iommufd-no-type", map_iommufd, "it has no type yet: *", NULL },
	{ "type1-unmap-iommufd-no-type", unmap_iommufd, "it has no type yet: *", NULL },
	{ "type1-unmap-iommufd", unmap_typed_iommufd, "no mapping begins there, or it would cut one", NULL },
	{ "type1-dirty-iommufd", dirty_iommufd, "it is an iommufd in the place of a container", "page tables of iommufd can" },
	{ "group-device-region", device_region, "a reserved region of the device collides with what is mapped in the iommufd", NULL },
	{ "group-device-pins", device_pins, "memory that is mapped in the iommufd cannot be pinned: *", "an iommufd pins when *" },
	{ 0 },
};

/* The first device has no IOMMU, the second has one. */
const struct provocation free_provocations[] = {
	{ "type-without-iommu", type_of_an_iommu, "its groups are without an IOMMU: the type of these is noiommu", NULL },
	{ "info-no-iommu", info_no_iommu, "a container without an IOMMU has no mappings", NULL },
	{ "type1-map-no-iommu", map_no_iommu, "a container without an IOMMU has no mappings", NULL },
	{ "type1-unmap-no-iommu", unmap_no_iommu, "a container without an IOMMU has no mappings", NULL },
	{ "type1-dirty-no-iommu", dirty_no_iommu, "a container without an IOMMU has no mappings", NULL },
	{ "group-open-no-iommu", open_no_iommu, "a group without an IOMMU is for CAP_SYS_RAWIO alone", NULL },
	{ "group-add-other", add_other, "another user has the group, or it is without an IOMMU *", NULL },
	{ "group-add-other", add_to_other, "another user has the group, or it is without an IOMMU *", NULL },
	{ 0 },
};

const struct provocation token_provocations[] = {
	{ "group-device-token", device_of_type1, "it is a virtual function *", NULL },
	{ 0 },
};

/* Interrupts are not isolated; the second device is in a group with one of another driver. */
const struct provocation exposed_provocations[] = {
	{ "type-interrupts", type_interrupts, "interrupts are not isolated: *", "turn interrupt remapping on: *" },
	{ "group-add-driver", add_driver, "its device 0000:* is in use by driver virtio-pci", "unbind 0000:* from virtio-pci, *" },
	{ "group-add-interrupts", add_interrupts, "interrupts are not isolated: *", "turn interrupt remapping on: *" },
	{ "group-device-interrupts", device_iommufd, "interrupts are not isolated: *", "turn interrupt remapping on: *" },
	{ 0 },
};
/* clang-format on */
