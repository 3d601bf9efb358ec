/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine [ROOT [DEVICE]]: the groups with their devices, and the I/O
 * addresses that DEVICE can use.
 *
 * cc machine.c $(pkg-config --cflags --libs libiommuctl)
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <iommuctl.h>

static void print_groups(const struct iommuctl_topology *topology)
{
	const struct iommuctl_group *group;
	const struct iommuctl_device *device;

	for (size_t i = 0; (group = iommuctl_topology_get_group(topology, i)); i++) {
		printf("group %" PRIu64 ":", iommuctl_group_get_id(group));
		for (size_t n = 0; (device = iommuctl_group_get_device(group, n)); n++)
			printf(" %s", iommuctl_device_get_name(device));
		printf("\n");
	}
}

static int print_diag(const struct iommuctl_context *ctx)
{
	const struct iommuctl_diag *diag = iommuctl_context_get_diag(ctx);

	fprintf(stderr, "%s: %s: %s\n", iommuctl_diag_get_object(diag),
		iommuctl_diag_get_action(diag), iommuctl_diag_get_reason(diag));
	return EXIT_FAILURE;
}

static int print_ranges(struct iommuctl_context *ctx, const struct iommuctl_topology *topology,
			const char *name)
{
	const struct iommuctl_device *device = iommuctl_topology_find_device(topology, name);
	struct iommuctl_range_set *set;
	struct iommuctl_range range;

	if (!device) {
		fprintf(stderr, "%s: no such device\n", name);
		return EXIT_FAILURE;
	}
	if (iommuctl_device_get_usable_ranges(ctx, &device, 1, &set) < 0)
		return print_diag(ctx);
	for (size_t i = 0; iommuctl_range_set_get(set, i, &range) == 0; i++)
		printf("0x%" PRIx64 " 0x%" PRIx64 "\n", range.start, range.end);
	iommuctl_range_set_free(set);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct iommuctl_topology *topology = NULL;
	struct iommuctl_context *ctx;
	int r, status = EXIT_FAILURE;

	r = iommuctl_context_new(&ctx);
	if (r < 0) {
		fprintf(stderr, "%s\n", strerror(-r));
		return EXIT_FAILURE;
	}
	if (argc > 1 && iommuctl_context_set_root(ctx, argv[1]) < 0) {
		print_diag(ctx);
		goto out;
	}
	r = iommuctl_topology_load(ctx, IOMMUCTL_LOAD_REGISTERS | IOMMUCTL_LOAD_GROUPS, &topology);
	if (r < 0) {
		fprintf(stderr, "%s\n", strerror(-r));
		goto out;
	}
	print_groups(topology);
	status = argc > 2 ? print_ranges(ctx, topology, argv[2]) : EXIT_SUCCESS;
out:
	iommuctl_topology_unref(topology);
	iommuctl_context_unref(ctx);
	return status;
}
