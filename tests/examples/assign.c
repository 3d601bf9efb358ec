/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assign DEVICE: gives a device that is on VFIO memory in two windows, one of
 * them below 4 GiB, as for a guest, and prints which addresses it can use.
 * Linux 6.13.
 *
 * cc assign.c $(pkg-config --cflags --libs libiommuctl)
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <iommuctl.h>

#define MEMORY_SIZE (UINT64_C(2) << 20)

/* All that is held, in the order in which it is made. */
struct assignment {
	struct iommuctl_context *ctx;
	struct iommuctl_topology *topology;
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_vfio *vfio;
	struct iommuctl_object *ioas;
	int memory;
};

/* From here on the device's DMA is blocked, until it is attached. */
static int claim(struct assignment *it, const char *name)
{
	const struct iommuctl_device *device;
	int r = iommuctl_topology_load(
		it->ctx, IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO,
		&it->topology);

	if (r < 0)
		return r;
	device = iommuctl_topology_find_device(it->topology, name);
	if (!device)
		return -ENODEV;
	r = iommuctl_iommufd_open(it->ctx, &it->iommufd);
	if (r >= 0)
		r = iommuctl_vfio_open(it->ctx, device, &it->vfio);
	return r < 0 ? r : iommuctl_vfio_bind(it->vfio, it->iommufd);
}

/* Half of the memory at the start of each window. */
static int map(struct assignment *it)
{
	static const struct iommuctl_range windows[] = {
		{ 0x10000000, 0x7fffffff },
		{ 0x100000000, 0x1ffffffff },
	};
	int r = iommuctl_ioas_alloc(it->iommufd, &it->ioas);

	it->memory = memfd_create("guest", MFD_CLOEXEC);
	if (r >= 0 && (it->memory < 0 || ftruncate(it->memory, (off_t)MEMORY_SIZE) < 0))
		r = -errno;
	if (r >= 0)
		r = iommuctl_ioas_set_allowed(it->ioas, windows, 2);
	for (size_t i = 0; r >= 0 && i < 2; i++) {
		uint64_t iova = windows[i].start;

		r = iommuctl_ioas_map_file(
			it->ioas, it->memory, i * MEMORY_SIZE / 2, MEMORY_SIZE / 2,
			IOMMUCTL_MAP_FIXED | IOMMUCTL_MAP_READ | IOMMUCTL_MAP_WRITE, &iova);
	}
	return r;
}

static int attach(struct assignment *it)
{
	struct iommuctl_range_set *set;
	struct iommuctl_range range;
	int r = iommuctl_vfio_attach(it->vfio, it->ioas, NULL);

	if (r >= 0)
		r = iommuctl_ioas_get_ranges(it->ioas, &set, NULL);
	if (r < 0)
		return r;
	for (size_t i = 0; iommuctl_range_set_get(set, i, &range) == 0; i++)
		printf("0x%" PRIx64 " 0x%" PRIx64 "\n", range.start, range.end);
	iommuctl_range_set_free(set);
	return 0;
}

/* Whatever was made; the kernel is asked in an order that it accepts. */
static void release(struct assignment *it)
{
	iommuctl_object_free(it->ioas);
	iommuctl_vfio_close(it->vfio);
	iommuctl_iommufd_close(it->iommufd);
	iommuctl_topology_unref(it->topology);
	iommuctl_context_unref(it->ctx);
	if (it->memory >= 0)
		close(it->memory);
}

/* Of its own calls the library knows more than the number: it has looked for the cause. */
static void explain(const struct iommuctl_context *ctx, int r)
{
	const struct iommuctl_diag *diag = iommuctl_context_get_diag(ctx);
	const char *reason = iommuctl_diag_get_reason(diag), *hint;

	if (!*reason) {
		fprintf(stderr, "assign: %s\n", strerror(-r));
		return;
	}
	fprintf(stderr, "%s: %s: %s\n", iommuctl_diag_get_object(diag),
		iommuctl_diag_get_action(diag), reason);
	for (size_t i = 0; (hint = iommuctl_diag_get_hint(diag, i)); i++)
		fprintf(stderr, "hint: %s\n", hint);
}

int main(int argc, char **argv)
{
	struct assignment it = { .memory = -1 };
	int r;

	if (argc != 2) {
		fprintf(stderr, "Usage: assign DEVICE\n");
		return 2;
	}
	r = iommuctl_context_new(&it.ctx);
	if (r >= 0)
		r = claim(&it, argv[1]);
	if (r >= 0)
		r = map(&it);
	if (r >= 0)
		r = attach(&it);
	if (r < 0)
		explain(it.ctx, r);
	release(&it);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
