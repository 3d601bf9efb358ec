/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls of the library that fail, and what it has to find as their causes. */
#ifndef TESTS_GUEST_CAUSE_H
#define TESTS_GUEST_CAUSE_H

#include "libiommuctl/internal.h"

#define IOVA   UINT64_C(0x2000000)
#define PAGE   UINT64_C(4096)
#define ACCESS (IOMMUCTL_MAP_READ | IOMMUCTL_MAP_WRITE)
#define FIXED  (ACCESS | IOMMUCTL_MAP_FIXED)

struct provocation {
	const char *row;    /* its name in libiommuctl/cause-table.c */
	int (*call)(void);  /* that fails, in a process of its own */
	const char *reason; /* patterns of the shell */
	const char *hint;   /* of the first; NULL: any, or none */
};

/* Each ends with { 0 }. */
extern const struct provocation map_provocations[], mock_provocations[], device_provocations[],
	scalable_provocations[], virtio_provocations[], mdev_provocations[], noiommu_provocations[],
	vf_provocations[], unsafe_provocations[], old_provocations[], container_provocations[],
	unbound_provocations[], compat_provocations[], free_provocations[], token_provocations[],
	exposed_provocations[];

/* What each call finds. */
struct world {
	struct iommuctl_context *ctx;
	struct iommuctl_topology *topology;
	const struct iommuctl_device *devices[4]; /* of the command line */
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *ioas;
	char *memory; /* of 16 pages */
};

extern struct world world;

/* Ends the process where R is an error: what is to fail comes later. */
void must(int r, const char *what);
/* For calls that tell errors by -1. */
int must_not_fail(int r, const char *what);
/* A mock device, attached to the address space: it has page tables then. */
struct iommuctl_object *mock_device(void);
struct iommuctl_object *mock_device_for_pasids(void);
/* In an iommufd of their own. */
void make_ioas(void);
struct iommuctl_object *object_of(enum iommuctl_object_kind kind, uint32_t id);
int map(void *address, uint64_t length, unsigned int flags, uint64_t iova);
int map_file(int fd, uint64_t start, uint64_t length);
/* Without CAP_IPC_LOCK, this process may lock so much; and twice that if it raises the limit. */
#define LIMIT (8 * PAGE)
void limit_memory(void);
/* Of this process, which keeps all others. */
void drop_capability(unsigned int capability);

#endif
