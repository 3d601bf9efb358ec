/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cause SET [DEVICE]...: makes the calls of a set, that fail each in its own way, and compares what
 * the library finds as the cause with what it has to find. The calls are those that the command
 * cannot make, or not from one process. Prints a line for each.
 */
#include <errno.h>
#include <fnmatch.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cause.h"

static const struct {
	const char *name;
	const struct provocation *provocations;
} sets[] = {
	{ "map", map_provocations },
	{ "mock", mock_provocations },
	{ "device", device_provocations },
	{ "scalable", scalable_provocations },
	{ "virtio", virtio_provocations },
	{ "mdev", mdev_provocations },
	{ "noiommu", noiommu_provocations },
	{ "vf", vf_provocations },
	{ "unsafe", unsafe_provocations },
	{ "old", old_provocations },
	{ "container", container_provocations },
	{ "unbound", unbound_provocations },
	{ "compat", compat_provocations },
	{ "free", free_provocations },
	{ "token", token_provocations },
	{ "exposed", exposed_provocations },
};

struct world world;

/* ------------------------------------------------------------- for the calls */

void must(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "cause: %s: %s\n", what, strerror(-r));
	exit(2);
}

int must_not_fail(int r, const char *what)
{
	must(r < 0 ? -errno : 0, what);
	return r;
}

struct iommuctl_object *object_of(enum iommuctl_object_kind kind, uint32_t id)
{
	struct iommuctl_object *object;

	must(iommuctl_object_from_id(world.iommufd, kind, id, -1, &object), "handle");
	return object;
}

void make_ioas(void)
{
	must(iommuctl_iommufd_open(world.ctx, &world.iommufd), "/dev/iommu");
	must(iommuctl_ioas_alloc(world.iommufd, &world.ioas), "address space");
}

int map(void *address, uint64_t length, unsigned int flags, uint64_t iova)
{
	return iommuctl_ioas_map(world.ioas, address, length, flags, &iova);
}

int map_file(int fd, uint64_t start, uint64_t length)
{
	uint64_t iova = IOVA;

	return iommuctl_ioas_map_file(world.ioas, fd, start, length, FIXED, &iova);
}

void drop_capability(unsigned int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	must_not_fail((int)syscall(SYS_capget, &header, data), "capget");
	data[CAP_TO_INDEX(capability)].effective &= ~CAP_TO_MASK(capability);
	must_not_fail((int)syscall(SYS_capset, &header, data), "capset");
}

/* ---------------------------------------------------------------- what is found */

static bool is_expected(const struct provocation *expected, int r, const struct iommuctl_diag *diag)
{
	return r < 0 && diag->cause && strcmp(diag->cause, expected->row) == 0 &&
	       fnmatch(expected->reason, diag->reason, 0) == 0 &&
	       (!expected->hint ||
		(diag->hints > 0 && fnmatch(expected->hint, diag->hint[0], 0) == 0));
}

static int run(const struct provocation *expected)
{
	const struct iommuctl_diag *diag;
	bool good;
	int r;

	/* older kernels have none */
	if (access("/dev/iommu", F_OK) == 0)
		make_ioas();
	world.memory =
		mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(world.memory == MAP_FAILED ? -errno : 0, "memory");
	r = expected->call();
	diag = iommuctl_context_get_diag(world.ctx);
	good = is_expected(expected, r, diag);
	printf("%s%s: %s, by %s: %s: %s: %s\n", good ? "" : "WRONG: ", expected->row,
	       r < 0 ? strerrorname_np(-r) : "done", diag->cause ? diag->cause : "none",
	       diag->object, diag->action, diag->reason);
	for (unsigned int i = 0; i < diag->hints; i++)
		printf("  hint: %s\n", diag->hint[i]);
	return fflush(stdout) == 0 && good ? 0 : 1;
}

/* What there is goes with the process of each. */
static bool run_alone(const struct provocation *expected)
{
	pid_t pid = must_not_fail(fork(), "fork");
	int status;

	if (pid == 0)
		_exit(run(expected));
	must_not_fail(waitpid(pid, &status, 0), "call");
	/* what it has left behind holds devices */
	while (waitpid(-1, NULL, 0) > 0)
		;
	return status == 0;
}

static const struct provocation *find_set(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		if (strcmp(sets[i].name, name) == 0)
			return sets[i].provocations;
	must(-EINVAL, name);
	return NULL;
}

int main(int argc, char **argv)
{
	const struct provocation *provocation = find_set(argc > 1 ? argv[1] : "");
	bool good = true;

	must_not_fail(prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl");
	must(iommuctl_context_new(&world.ctx), "context");
	must(iommuctl_topology_load(
		     world.ctx, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO,
		     &world.topology),
	     "topology");
	for (int i = 2; i < argc; i++) {
		world.devices[i - 2] = iommuctl_topology_find_device(world.topology, argv[i]);
		must(world.devices[i - 2] ? 0 : -ENODEV, argv[i]);
	}
	for (; provocation->row; provocation++)
		good = run_alone(provocation) && good;
	iommuctl_topology_unref(world.topology);
	iommuctl_context_unref(world.ctx);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
