/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Containers and groups of VFIO. */
#ifndef IOMMUCTL_CONTAINER_H
#define IOMMUCTL_CONTAINER_H

#include "abi/vfio.h"
#include "internal.h"

struct iommuctl_container {
	struct iommuctl_context *ctx;
	enum iommuctl_container_type type;
	int fd;
	char name[32];
};

struct iommuctl_vfio_group {
	struct iommuctl_context *ctx;
	struct iommuctl_topology *topology;
	const struct iommuctl_group *group;
	int fd;
	char name[32];
};

/* A call that failed: of CONTAINER, of GROUP, or of both. */
struct container_failure {
	struct iommuctl_container *container;
	struct iommuctl_vfio_group *group;
	unsigned long request;
	int error;
	const char *action;
	const void *arg;
};

/* Put the cause into the diagnostic; returns -ERROR. CONTAINER may be NULL for a group. */
int container_failed(struct iommuctl_container *container, unsigned long request, const void *arg,
		     int error, const char *action);
int vfio_group_failed(struct iommuctl_vfio_group *group, struct iommuctl_container *container,
		      unsigned long request, const void *arg, int error, const char *action);
/* In the place of a request: what failed is the opening. */
#define GROUP_OPEN 0ul

PRINTF(2, 3) bool failure_set(const struct container_failure *failure, const char *format, ...);

/* Those without have VFIO's drivers all the same, where unsafe ones are allowed. */
bool group_has_iommu(const struct iommuctl_group *group);
/* "/dev/vfio/12", of those without "/dev/vfio/noiommu-12"; -ENAMETOOLONG. */
int group_node_path(const struct iommuctl_group *group, char *buf, size_t size);

struct container_cause {
	const char *name; /* by which tests know it */
	unsigned long request;
	int error;
	/* true: it is this, and the diagnostic says so; NULL: it is, for REASON */
	bool (*explain)(const struct container_failure *failure);
	const char *reason, *hint;
};

int failure_explain(const struct container_failure *failure, const struct container_cause *causes,
		    size_t count);
/* Whether interrupt remapping is what lacks. */
bool explain_interrupts(const struct container_failure *failure);
bool container_has_type(struct iommuctl_container *container);
/* Whether the limit of locked memory is what is short, for LENGTH bytes more. */
bool explain_memlock(const struct container_failure *failure, uint64_t length);

#endif
