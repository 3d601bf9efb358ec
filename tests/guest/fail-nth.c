/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail-nth [DEVICE]: what the library does when the kernel has no memory. Every call is made again
 * and again while the kernel's first allocation in it fails, then its second one, and so on until
 * none is left that could fail. Kernels with CONFIG_IOMMUFD_TEST also count where they look up an
 * object or pin a page. The calls are made on the mock device, or on DEVICE, which is bound to
 * vfio-pci. TAP.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fail-nth.h"

#define MOST_ALLOCATIONS 2000
#define MOST_FDS	 256

static const char *const knobs[][2] = {
	{ "failslab/ignore-gfp-wait", "N" },
	{ "fail_page_alloc/ignore-gfp-wait", "N" },
	{ "fail_page_alloc/ignore-gfp-highmem", "N" },
	{ "fail_page_alloc/min-order", "0" },
	{ "failslab/verbose", "0" },
	{ "fail_page_alloc/verbose", "0" },
	{ "fail_iommufd/verbose", "0" },
};

void bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static void set_knobs(void)
{
	char path[128];

	for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++) {
		int fd;

		snprintf(path, sizeof(path), "/sys/kernel/debug/%s", knobs[i][0]);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, knobs[i][1], 1) != 1)
			bail_out(path);
		close(fd);
	}
}

/* The library's own allocations must not be what asks the kernel for memory. */
static void fill_heap(void)
{
	const size_t size = 8 << 20;
	void *heap;

	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	heap = malloc(size);
	if (!heap)
		bail_out("malloc");
	free(memset(heap, 1, size));
	/* a memset() of what is freed at once would be left out */
	__asm__ volatile("" : : "r"(heap) : "memory");
}

/* ------------------------------------------------------------ what can leak */

struct held {
	uint32_t next_id; /* of an object of the iommufd */
	unsigned int fds;
	unsigned long pinned; /* KiB */
};

static uint32_t probe_next_id(int fd)
{
	uint32_t alloc[3] = { sizeof(alloc) }, destroy[2] = { sizeof(destroy) };

	if (ioctl(fd, 0x3b81, alloc) < 0)
		bail_out("IOMMU_IOAS_ALLOC");
	destroy[1] = alloc[2];
	if (ioctl(fd, 0x3b80, destroy) < 0)
		bail_out("IOMMU_DESTROY");
	return alloc[2];
}

/* The number behind LABEL at the start of a line. */
static unsigned long read_number(const char *path, const char *label)
{
	FILE *f = fopen(path, "re");
	unsigned long value = 0;
	char line[256];

	if (!f)
		bail_out(path);
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, label, strlen(label)) == 0)
			value = strtoul(line + strlen(label), NULL, 10);
	fclose(f);
	return value;
}

static struct held measure(const struct world *w)
{
	struct held held = { .pinned = read_number("/proc/self/status", "VmPin:") };

	for (int fd = 0; fd < MOST_FDS; fd++)
		held.fds += fcntl(fd, F_GETFD) >= 0;
	if (w->iommufd)
		held.next_id = probe_next_id(iommuctl_iommufd_get_fd(w->iommufd));
	return held;
}

/* ------------------------------------------------------------------- a call */

struct run {
	const struct scenario *scenario;
	struct world world;
	struct held before;
	int knob;	    /* /proc/thread-self/fail-nth */
	unsigned int n;	    /* the allocation that is to fail */
	unsigned int fails; /* calls that failed */
	bool bad;
};

__attribute__((format(printf, 2, 3))) static void complain(struct run *run, const char *format, ...)
{
	va_list ap;

	printf("# %s, allocation %u: ", run->scenario->name, run->n);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	run->bad = true;
}

/* Whether the allocation was reached, and hence failed. */
static bool call(struct run *run, int *ret_r)
{
	char buf[16];
	int length = snprintf(buf, sizeof(buf), "%u", run->n);

	if (pwrite(run->knob, buf, (size_t)length, 0) != length)
		bail_out("/proc/thread-self/fail-nth");
	*ret_r = run->scenario->call(&run->world);
	memset(buf, 0, sizeof(buf));
	if (pread(run->knob, buf, sizeof(buf) - 1, 0) <= 0 || pwrite(run->knob, "0", 1, 0) != 1)
		bail_out("/proc/thread-self/fail-nth");
	return atoi(buf) == 0;
}

static const char stale[] = "/nonexistent";

static bool is_expected(const struct scenario *scenario, int error)
{
	for (const int *other = scenario->errors; *other; other++)
		if (error == *other)
			return true;
	return error == ENOMEM;
}

static void check_failure(struct run *run, int r)
{
	const struct iommuctl_diag *diag = iommuctl_context_get_diag(run->world.ctx);
	const char *reason = diag ? iommuctl_diag_get_reason(diag) : NULL;

	run->fails++;
	if (!is_expected(run->scenario, -r))
		complain(run, "failed with %s: %s", strerrorname_np(-r), reason);
	if (!reason || !*reason || strcmp(iommuctl_diag_get_object(diag), stale) == 0)
		complain(run, "%s, without a diagnostic", strerrorname_np(-r));
	if (has_result(&run->world))
		complain(run, "failed, with a result");
}

static void check_held(struct run *run)
{
	struct held now = measure(&run->world);

	if (now.fds != run->before.fds)
		complain(run, "%u files open, not %u", now.fds, run->before.fds);
	if (now.next_id != run->before.next_id)
		complain(run, "the next id is %u, not %u", now.next_id, run->before.next_id);
	if (now.pinned != run->before.pinned)
		complain(run, "%lu KiB are pinned, not %lu", now.pinned, run->before.pinned);
}

/* Whether there may be one more allocation. */
static bool run_once(struct run *run)
{
	bool failed;
	int r;

	/* so that a diagnostic of earlier can be told from a new one */
	iommuctl_context_set_root(run->world.ctx, stale);
	failed = call(run, &r);
	if (r < 0 && failed)
		check_failure(run, r);
	else if (r < 0)
		complain(run, "failed with %s, and nothing failed in the kernel",
			 strerrorname_np(-r));
	else if (run->scenario->undo)
		run->scenario->undo(&run->world);
	drop_results(&run->world);
	check_held(run);
	return failed && run->n < MOST_ALLOCATIONS;
}

static bool run_scenario(const struct scenario *scenario, const char *device)
{
	unsigned long taint = read_number("/proc/sys/kernel/tainted", "");
	struct run run = { .scenario = scenario };

	run.knob = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (run.knob < 0)
		bail_out("/proc/thread-self/fail-nth");
	world_build(&run.world, device, scenario->needs);
	run.before = measure(&run.world);
	do
		run.n++;
	while (run_once(&run));
	world_end(&run.world);
	close(run.knob);
	if (run.fails == 0 || run.n == MOST_ALLOCATIONS)
		complain(&run, "%u calls failed", run.fails);
	if (read_number("/proc/sys/kernel/tainted", "") != taint)
		complain(&run, "the kernel is tainted");
	printf("%s - %s: %u of %u failures of the kernel fail it\n", run.bad ? "not ok" : "ok",
	       scenario->name, run.fails, run.n - 1);
	fflush(stdout);
	return !run.bad;
}

int main(int argc, char **argv)
{
	const char *device = argc > 1 ? argv[1] : NULL;
	unsigned int count = 0;
	bool good = true;

	set_knobs();
	fill_heap();
	for (const struct scenario *s = scenarios; s->name; s++)
		if (!(s->needs & NEEDS_DEVICE) == !device) {
			count++;
			good = run_scenario(s, device) && good;
		}
	printf("1..%u\n", count);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
