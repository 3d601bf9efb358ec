/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_GUEST_FAIL_NTH_H
#define TESTS_GUEST_FAIL_NTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libiommuctl/iommuctl.h"

/* What there is before the call of a scenario. */
enum {
	NEEDS_IOMMUFD = 1 << 0,
	NEEDS_IOAS = 1 << 1,
	NEEDS_MAP = 1 << 2,    /* of the whole memory, at IOVA */
	NEEDS_MOCK = 1 << 3,   /* attached to the IOAS */
	NEEDS_PARENT = 1 << 4, /* a nest parent for the mock, with dirty tracking */
	NEEDS_VIOMMU = 1 << 5,
	NEEDS_VDEVICE = 1 << 6,
	NEEDS_DEVICE = 1 << 7, /* a device of VFIO's, which is not opened */
	NEEDS_VFIO = 1 << 8,   /* opened */
	NEEDS_BOUND = 1 << 9,
	NEEDS_ATTACHED = 1 << 10, /* to the IOAS */
	NEEDS_PASID = 1 << 11,	  /* attached to a page table for PASIDs */
};

#define IOVA	    0x2000000
#define MEMORY_SIZE (1u << 20)

struct world {
	struct iommuctl_context *ctx;
	struct iommuctl_topology *topology;
	const struct iommuctl_device *device;
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *ioas, *mock, *parent, *viommu, *vdevice;
	struct iommuctl_vfio *vfio;
	void *memory; /* that of the file */
	int memfd;
	struct { /* of the call */
		struct iommuctl_iommufd *iommufd;
		struct iommuctl_object *object;
		struct iommuctl_range_set *set;
		struct iommuctl_hw_info *info;
		struct iommuctl_vfio *vfio;
		uint64_t number;
	} result;
};

struct scenario {
	const char *name;
	unsigned int needs;
	int (*call)(struct world *w);
	void (*undo)(struct world *w); /* besides dropping the results */
	int errors[4];		       /* what it fails with besides ENOMEM, ended by 0 */
};

extern const struct scenario scenarios[]; /* ended by { 0 } */

void world_build(struct world *w, const char *device, unsigned int needs);
void world_end(struct world *w);
bool has_result(const struct world *w);
void drop_results(struct world *w);

_Noreturn void bail_out(const char *what);

#endif
