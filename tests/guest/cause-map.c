/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings that fail, and what else fails for want of memory, on the kernel's mock device. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/dma-heap.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cause.h"

/* -------------------------------------------------------------- the argument */

static int map_flags(void)
{
	return map(world.memory, PAGE, FIXED | 1u << 10, IOVA);
}

static int map_wraps(void)
{
	return map(world.memory, 2 * PAGE, FIXED, UINT64_MAX - PAGE + 1);
}

static int map_wraps_memory(void)
{
	return map((void *)(uintptr_t)(UINT64_MAX - PAGE + 1), 2 * PAGE, ACCESS, 0);
}

static int map_no_access(void)
{
	return map(world.memory, PAGE, IOMMUCTL_MAP_FIXED, IOVA);
}

static int map_empty(void)
{
	return map(world.memory, 0, FIXED, IOVA);
}

static int map_memory(void)
{
	mock_device();
	return map(world.memory + 1, PAGE, FIXED, IOVA);
}

/* ------------------------------------------------------------- which memory */

static int map_memory_hole(void)
{
	mock_device();
	munmap(world.memory + 2 * PAGE, PAGE);
	return map(world.memory, 4 * PAGE, FIXED, IOVA);
}

static int map_memory_protected(void)
{
	mock_device();
	mprotect(world.memory + PAGE, PAGE, PROT_READ);
	return map(world.memory, 4 * PAGE, FIXED, IOVA);
}

/* Registers of a device can be mapped by a process, but not pinned. */
static int map_memory_file(void)
{
	int fd = open("/sys/bus/pci/devices/0000:00:03.0/resource0", O_RDWR | O_CLOEXEC | O_SYNC);
	void *at = mmap(world.memory, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);

	must(at == MAP_FAILED ? -errno : 0, "registers of a device");
	mock_device();
	return map(world.memory, PAGE, FIXED, IOVA);
}

static int map_file_closed(void)
{
	return map_file(999, 0, PAGE);
}

/* Nothing is pinned before there is a page table. */
static int pin_later(void)
{
	struct iommuctl_object *broken;

	must(map(world.memory, PAGE, FIXED, IOVA), "map");
	munmap(world.memory, PAGE);
	broken = world.ioas;
	must(iommuctl_ioas_alloc(world.iommufd, &world.ioas), "address space");
	return iommuctl_hwpt_alloc(mock_device(), broken, NULL, &broken);
}

static int no_files(void)
{
	struct iommuctl_object *queue;

	must(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 3, 3 }), "limit");
	return iommuctl_fault_queue_alloc(world.iommufd, &queue);
}

/* A dma-buf, but not of a device of VFIO's. */
static int map_file_dma_buf(void)
{
	struct dma_heap_allocation_data data = { .len = PAGE, .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = must_not_fail(open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC), "heap");

	must_not_fail(ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data), "dma-buf");
	mock_device();
	return map_file((int)data.fd, 0, PAGE);
}

/* Waits for a child that does WORK, and ends. */
static void do_in_child(void (*work)(void))
{
	pid_t pid = must_not_fail(fork(), "fork");

	if (pid == 0) {
		work();
		_exit(0);
	}
	must_not_fail(waitpid(pid, NULL, 0), "child");
}

static void map_it(void)
{
	must(map(world.memory, PAGE, FIXED, IOVA), "map");
}

static int map_memory_pins(void)
{
	struct iommuctl_object *from = world.ioas;
	uint64_t iova = IOVA;

	do_in_child(map_it);
	must(iommuctl_ioas_alloc(world.iommufd, &world.ioas), "address space");
	mock_device();
	return iommuctl_ioas_copy(world.ioas, from,
				  (struct iommuctl_range){ IOVA, IOVA + PAGE - 1 }, FIXED, &iova);
}

/* -------------------------------------------------------------------- limits */

void limit_memory(void)
{
	drop_capability(CAP_IPC_LOCK);
	must_not_fail(setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){ LIMIT, 2 * LIMIT }), "limit");
}

static int memlock(void)
{
	mock_device();
	limit_memory();
	return map(world.memory, 2 * LIMIT, FIXED, IOVA);
}

/* The option can be set only where there are no objects. */
static int memlock_process(void)
{
	struct iommuctl_iommufd *iommufd;

	must(iommuctl_iommufd_open(world.ctx, &iommufd), "/dev/iommu");
	must(iommuctl_iommufd_set_option(iommufd, IOMMUCTL_OPTION_RLIMIT_MODE, NULL, 1), "option");
	world.iommufd = iommufd;
	must(iommuctl_ioas_alloc(iommufd, &world.ioas), "address space");
	mock_device();
	limit_memory();
	must(map(world.memory, LIMIT - PAGE, FIXED, IOVA), "map");
	return map(world.memory, 2 * PAGE, FIXED, 2 * IOVA);
}

static int memlock_later(void)
{
	struct iommuctl_object *device, *full = world.ioas, *hwpt;

	limit_memory();
	must(map(world.memory, 2 * LIMIT, FIXED, IOVA), "map");
	must(iommuctl_ioas_alloc(world.iommufd, &world.ioas), "address space");
	device = mock_device();
	return iommuctl_hwpt_alloc(device, full, NULL, &hwpt);
}

static void write_file(const char *path, const char *text)
{
	int fd = must_not_fail(open(path, O_WRONLY | O_CLOEXEC), path);

	must_not_fail((int)write(fd, text, strlen(text)), path);
	close(fd);
}

/* The first allocation fails, and no other. */
static int no_memory(void)
{
	struct iommuctl_object *ioas;

	write_file("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	write_file("/sys/kernel/debug/failslab/verbose", "0");
	write_file("/proc/thread-self/fail-nth", "1");
	return iommuctl_ioas_alloc(world.iommufd, &ioas);
}

/* ---------------------------------------------------------- to take mappings over */

static int take_over_memory(void)
{
	map_it();
	return iommuctl_iommufd_change_process(world.iommufd);
}

#define BIG (UINT64_C(64) << 20)

/* While another process maps again and again what takes its time. */
static int take_over_busy(void)
{
	int memfd = must_not_fail(memfd_create("big", MFD_CLOEXEC), "memfd"), r = 0;
	pid_t pid;

	must_not_fail(ftruncate(memfd, (off_t)BIG), "memfd");
	mock_device();
	pid = must_not_fail(fork(), "fork");
	while (pid == 0) {
		must(map_file(memfd, 0, BIG), "map");
		must(iommuctl_ioas_unmap(world.ioas, (struct iommuctl_range){ 0, UINT64_MAX },
					 NULL),
		     "unmap");
	}
	while (r >= 0 && waitpid(pid, NULL, WNOHANG) == 0)
		r = iommuctl_iommufd_change_process(world.iommufd);
	kill(pid, SIGKILL);
	return r;
}

/* ------------------------------------------------------------------ the table */

/* clang-format off */
const struct provocation map_provocations[] = {
	{ "map-flags", map_flags, "there is no such flag", NULL },
	{ "map-wraps", map_wraps, "0xfffffffffffff000 and 0x2000 bytes go past the last address", NULL },
	{ "map-wraps", map_wraps_memory, "0x2000 bytes from 0xfffffffffffff000 of the memory on are too many", NULL },
	{ "map-no-access", map_no_access, "devices could neither read nor write it", NULL },
	{ "map-empty", map_empty, "its length is 0", NULL },
	{ "map-file-closed", map_file_closed, "there is no such open file", NULL },
	{ "map-memory", map_memory, "the memory's address, 0x*, is no multiple of 2048, *", NULL },
	{ "map-memory-hole", map_memory_hole, "there is no memory at some of its addresses", NULL },
	{ "map-memory-protected", map_memory_protected, "the memory at 0x* has only the permissions r-", NULL },
	{ "map-memory-file", map_memory_file, "the memory at 0x* is of /sys/*/resource0, which cannot be pinned", "*dma-buf" },
	{ "map-memory-pins", map_memory_pins, "its memory cannot be pinned, or the process that mapped it first has ended", NULL },
	{ "map-file-dma-buf", map_file_dma_buf, "of dma-bufs only those of vfio-pci *", NULL },
	{ "pin-later", pin_later, "what is mapped cannot be pinned: *", NULL },
	{ "memlock", memlock, "64 KiB more would be more locked memory than RLIMIT_MEMLOCK allows: 32 KiB (hard: 64 KiB); "
	  "locked now: 0 KiB by this process, and what else its user has", "raise it to 96 KiB: ulimit -l, *" },
	{ "memlock", memlock_process, "8 KiB more would be more locked memory than RLIMIT_MEMLOCK allows: 32 KiB (hard: 64 KiB); "
	  "locked now: 28 KiB by this process", "raise it to 36 KiB: ulimit -l, *" },
	{ "memlock", memlock_later, "what is mapped would be more locked memory than RLIMIT_MEMLOCK allows: 32 KiB *", "raise it: ulimit -l, *" },
	{ "no-memory", no_memory, "the kernel has no memory for it, *", NULL },
	{ "no-files", no_files, "this process has as many files open as RLIMIT_NOFILE allows: 3", NULL },
	{ "take-over-memory", take_over_memory, "something is mapped that is no memfd: *", NULL },
	{ "take-over-busy", take_over_busy, "something is being mapped at this time", NULL },
	{ 0 },
};
/* clang-format on */
