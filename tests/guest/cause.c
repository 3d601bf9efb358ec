/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cause [NAME]: calls of the library that fail, and the causes that it finds, one a line: those
 * that the command cannot make, or not from one process. On the kernel's mock device.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libiommuctl/iommuctl.h"
#include "mock.h"

#define IOVA   UINT64_C(0x2000000)
#define PAGE   UINT64_C(4096)
#define ACCESS (IOMMUCTL_MAP_READ | IOMMUCTL_MAP_WRITE)
#define FIXED  (ACCESS | IOMMUCTL_MAP_FIXED)

static struct iommuctl_context *ctx;
static struct iommuctl_iommufd *iommufd;
static struct iommuctl_object *ioas;
static char *memory; /* of 16 pages */

/* ------------------------------------------------------------- what there is */

static void must(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "cause: %s: %s\n", what, strerror(-r));
	exit(2);
}

static struct mock_cmd mock(struct mock_cmd cmd)
{
	cmd.size = sizeof(cmd);
	must(ioctl(iommuctl_iommufd_get_fd(iommufd), MOCK_CMD, &cmd) < 0 ? -errno : 0, "mock");
	return cmd;
}

static struct iommuctl_object *object_of(enum iommuctl_object_kind kind, uint32_t id)
{
	struct iommuctl_object *object;

	must(iommuctl_object_from_id(iommufd, kind, id, -1, &object), "handle");
	return object;
}

/* A mock device, attached to the address space: it has page tables then. */
static struct iommuctl_object *device(void)
{
	struct mock_cmd cmd =
		mock((struct mock_cmd){ .op = MOCK_DOMAIN, .id = iommuctl_object_get_id(ioas) });

	return object_of(IOMMUCTL_OBJECT_DEVICE, cmd.domain.device_id);
}

static struct iommuctl_object *hwpt(struct iommuctl_object *of, unsigned int flags)
{
	const struct iommuctl_hwpt_opts opts = { .size = sizeof(opts), .flags = flags };
	struct iommuctl_object *object;

	must(iommuctl_hwpt_alloc(of, ioas, &opts, &object), "page table");
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

static int map(void *address, uint64_t length, unsigned int flags, uint64_t iova)
{
	return iommuctl_ioas_map(ioas, address, length, flags, &iova);
}

static int map_file(int fd, uint64_t start, uint64_t length)
{
	uint64_t iova = IOVA;

	return iommuctl_ioas_map_file(ioas, fd, start, length, FIXED, &iova);
}

/* --------------------------------------------------------------- the calls */

static int map_flags(void)
{
	return map(memory, PAGE, FIXED | 1u << 10, IOVA);
}

static int map_wraps(void)
{
	return map(memory, 2 * PAGE, FIXED, UINT64_MAX - PAGE + 1);
}

static int map_wraps_memory(void)
{
	return map((void *)(uintptr_t)(UINT64_MAX - PAGE + 1), 2 * PAGE, ACCESS, 0);
}

static int map_no_access(void)
{
	return map(memory, PAGE, IOMMUCTL_MAP_FIXED, IOVA);
}

static int map_empty(void)
{
	return map(memory, 0, FIXED, IOVA);
}

static int map_memory(void)
{
	device();
	return map(memory + 1, PAGE, FIXED, IOVA);
}

static int map_memory_hole(void)
{
	device();
	munmap(memory + 2 * PAGE, PAGE);
	return map(memory, 4 * PAGE, FIXED, IOVA);
}

static int map_memory_protected(void)
{
	device();
	mprotect(memory + PAGE, PAGE, PROT_READ);
	return map(memory, 4 * PAGE, FIXED, IOVA);
}

/* Registers of a device can be mapped by a process, but not pinned. */
static int map_memory_file(void)
{
	int fd = open("/sys/bus/pci/devices/0000:00:03.0/resource0", O_RDWR | O_CLOEXEC | O_SYNC);
	void *at = mmap(memory, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);

	must(at == MAP_FAILED ? -errno : 0, "registers of a device");
	device();
	return map(memory, PAGE, FIXED, IOVA);
}

static int map_file_closed(void)
{
	return map_file(999, 0, PAGE);
}

/* Nothing is pinned before there is a page table. */
static int pin_later(void)
{
	struct iommuctl_object *broken;

	must(map(memory, PAGE, FIXED, IOVA), "map");
	munmap(memory, PAGE);
	broken = ioas;
	must(iommuctl_ioas_alloc(iommufd, &ioas), "address space");
	return iommuctl_hwpt_alloc(device(), broken, NULL, &broken);
}

static int no_files(void)
{
	struct iommuctl_object *queue;

	must(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 3, 3 }), "limit");
	return iommuctl_fault_queue_alloc(iommufd, &queue);
}

static int option_unknown(void)
{
	return iommuctl_iommufd_set_option(iommufd, 7, NULL, 1);
}

static int option_object(void)
{
	return iommuctl_iommufd_set_option(iommufd, IOMMUCTL_OPTION_RLIMIT_MODE, ioas, 1);
}

static int option_value(void)
{
	return iommuctl_iommufd_set_option(iommufd, IOMMUCTL_OPTION_HUGE_PAGES, ioas, 5);
}

static int take_over_memory(void)
{
	must(map(memory, PAGE, FIXED, IOVA), "map");
	return iommuctl_iommufd_change_process(iommufd);
}

static int physical(uint64_t iova, uint64_t length)
{
	uint64_t address;

	return iommuctl_ioas_get_physical(ioas, iova, &length, &address);
}

static int physical_empty(void)
{
	return physical(IOVA, 0);
}

static int destroy_queue(void)
{
	struct iommuctl_object *queue;

	must(iommuctl_fault_queue_alloc(iommufd, &queue), "queue");
	must(dup(iommuctl_object_get_fd(queue)) < 0 ? -errno : 0, "dup");
	return iommuctl_object_destroy(queue);
}

static int destroy_viommu(void)
{
	struct viommu_data data = { .in = 1 };
	struct iommuctl_object *object = viommu(device(), &data);
	void *page = mmap(NULL, data.length, PROT_READ, MAP_SHARED,
			  iommuctl_iommufd_get_fd(iommufd), (off_t)data.offset);

	must(page == MAP_FAILED ? -errno : 0, "page of the viommu");
	return iommuctl_object_destroy(object);
}

static int destroy_in_use(void)
{
	const uint32_t data = 0;
	const struct iommuctl_hwpt_opts opts = {
		.size = sizeof(opts),
		.data_type = MOCK_HWPT_DATA_TYPE,
		.data = &data,
		.data_length = sizeof(data),
	};
	const struct iommuctl_viommu_opts viommu_opts = { .size = sizeof(viommu_opts),
							  .type = MOCK_VIOMMU_TYPE };
	struct iommuctl_object *of = device(), *parent = hwpt(of, IOMMUCTL_HWPT_NEST_PARENT);
	struct iommuctl_object *object;

	must(iommuctl_hwpt_alloc(of, parent, &opts, &object), "nested page table");
	must(iommuctl_viommu_alloc(of, parent, &viommu_opts, &object), "viommu");
	return iommuctl_object_destroy(parent);
}

/* -------------------------------------------------------------- dirty pages */

static struct iommuctl_object *tracked(void)
{
	must(map(memory, PAGE, FIXED, IOVA), "map");
	return hwpt(device(), IOMMUCTL_HWPT_DIRTY_TRACKING);
}

static int dirty(struct iommuctl_object *of, uint64_t iova, uint64_t length, uint64_t page_size)
{
	uint64_t bitmap[2];

	return iommuctl_hwpt_get_dirty_bitmap(
		of, (struct iommuctl_range){ iova, iova + length - 1 }, page_size, 0, bitmap);
}

static int dirty_not_tracked(void)
{
	return iommuctl_hwpt_set_dirty_tracking(hwpt(device(), 0), true);
}

static int dirty_nested(void)
{
	const uint32_t data = 0;
	const struct iommuctl_hwpt_opts opts = {
		.size = sizeof(opts),
		.data_type = MOCK_HWPT_DATA_TYPE,
		.data = &data,
		.data_length = sizeof(data),
	};
	struct iommuctl_object *of = device(), *nested;

	must(iommuctl_hwpt_alloc(of, hwpt(of, IOMMUCTL_HWPT_NEST_PARENT), &opts, &nested),
	     "nested page table");
	return iommuctl_hwpt_set_dirty_tracking(nested, true);
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

	return iommuctl_hw_info_load(device(), 1, &info);
}

static int vdevice_exists(void)
{
	struct viommu_data data = { 0 };
	struct iommuctl_object *of = device(), *first = viommu(of, &data), *vdevice;

	must(iommuctl_vdevice_alloc(first, of, 5, &vdevice), "vdevice");
	return iommuctl_vdevice_alloc(first, of, 6, &vdevice);
}

static int veventq_exists(void)
{
	struct viommu_data data = { 0 };
	struct iommuctl_object *of = viommu(device(), &data), *queue;

	must(iommuctl_veventq_alloc(of, MOCK_VEVENTQ_TYPE, 1, &queue), "queue");
	return iommuctl_veventq_alloc(of, MOCK_VEVENTQ_TYPE, 1, &queue);
}

/* ------------------------------------------------------------------ the table */

static const struct {
	const char *name;
	int (*call)(void);
} calls[] = {
	{ "map-flags", map_flags },
	{ "map-wraps", map_wraps },
	{ "map-wraps-memory", map_wraps_memory },
	{ "map-no-access", map_no_access },
	{ "map-empty", map_empty },
	{ "map-memory", map_memory },
	{ "map-memory-hole", map_memory_hole },
	{ "map-memory-protected", map_memory_protected },
	{ "map-memory-file", map_memory_file },
	{ "map-file-closed", map_file_closed },
	{ "pin-later", pin_later },
	{ "no-files", no_files },
	{ "option-unknown", option_unknown },
	{ "option-object", option_object },
	{ "option-value", option_value },
	{ "take-over-memory", take_over_memory },
	{ "physical-empty", physical_empty },
	{ "destroy-queue", destroy_queue },
	{ "destroy-viommu", destroy_viommu },
	{ "destroy-in-use", destroy_in_use },
	{ "dirty-not-tracked", dirty_not_tracked },
	{ "dirty-nested", dirty_nested },
	{ "dirty-page-size", dirty_page_size },
	{ "dirty-misaligned", dirty_misaligned },
	{ "dirty-pages", dirty_pages },
	{ "hw-info-type", hw_info_type },
	{ "vdevice-exists", vdevice_exists },
	{ "veventq-exists", veventq_exists },
};

static void set_up(void)
{
	must(iommuctl_context_new(&ctx), "context");
	must(iommuctl_iommufd_open(ctx, &iommufd), "/dev/iommu");
	must(iommuctl_ioas_alloc(iommufd, &ioas), "address space");
	memory = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(memory == MAP_FAILED ? -errno : 0, "memory");
}

/* "NAME: ERRNO: OBJECT: ACTION: REASON" */
static int run(size_t i)
{
	const struct iommuctl_diag *diag;
	int r;

	set_up();
	r = calls[i].call();
	diag = iommuctl_context_get_diag(ctx);
	printf("%s: %s: %s: %s: %s\n", calls[i].name, r < 0 ? strerrorname_np(-r) : "0",
	       iommuctl_diag_get_object(diag), iommuctl_diag_get_action(diag),
	       iommuctl_diag_get_reason(diag));
	return fflush(stdout);
}

/* What there is goes with the process of each. */
int main(int argc, char **argv)
{
	int status, failed = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		pid_t pid;

		if (argc > 1 && strcmp(argv[1], calls[i].name) != 0)
			continue;
		pid = fork();
		must(pid < 0 ? -errno : 0, "fork");
		if (pid == 0)
			_exit(run(i));
		if (waitpid(pid, &status, 0) < 0 || status != 0)
			failed++;
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
