/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be asked of a kernel, and how: the rows of probe-table.c, walked by probe.c. */
#ifndef IOMMUCTL_PROBE_H
#define IOMMUCTL_PROBE_H

#include "internal.h"

enum probe_kind {
	PROBE_NODE,
	PROBE_CALL,
	PROBE_STRUCT,
	PROBE_FLAG,
	PROBE_OPTION,
	PROBE_EXTENSION,
	PROBE_PARAMETER,
};

/* The device node that is asked. */
enum probe_node { PROBE_ASKS_NONE, PROBE_ASKS_IOMMU, PROBE_ASKS_VFIO, PROBE_NODE_COUNT };

struct probe_row {
	const char *interface;
	const char *name;
	enum probe_kind kind;
	enum probe_node asks;
	unsigned long request;
	uint32_t number;   /* of the call, bits of the flag, of the option or the extension */
	uint32_t size;	   /* of the struct that has this member, of the argument with this flag */
	uint32_t words[4]; /* of the argument, behind its size */
	const char *file;  /* where a node or a parameter is */
	const char *since; /* version of Linux */
	const char *rules_out;
	/* called only when what it ASKS is open */
	void (*measure)(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry);
};

struct iommuctl_kernel_entry {
	const struct probe_row *row;
	int answer;		 /* 1, 0, -ENODATA */
	uint32_t size, min_size; /* 0: unknown */
	char value[64];
	char reason[96];
};

struct iommuctl_kernel_probe {
	struct iommuctl_context *ctx;
	struct {
		int fd;
		int answer; /* of all that asks this node, unless it is 1 */
		char reason[96];
	} nodes[PROBE_NODE_COUNT];
	struct iommuctl_kernel_entry *entries;
	size_t entry_count;
	char release[65];
};

extern const struct probe_row probe_rows[];
extern const size_t probe_row_count;

/* No struct of the kernel is near this. */
#define PROBE_SIZE_MAX 256

/* Opens the node that entries ask, or tells why not. */
void probe_open_node(struct iommuctl_kernel_probe *probe, size_t i);
void probe_answer(struct iommuctl_kernel_entry *entry, int value, const char *reason);

/* The ways to measure an entry. */
typedef void probe_fn(struct iommuctl_kernel_probe *probe, struct iommuctl_kernel_entry *entry);
probe_fn probe_misc, probe_chrdev, probe_call, probe_struct, probe_flag, probe_version,
	probe_extension, probe_bound, probe_parameter;

/* Whether the kernel behind FD, of /dev/iommu, knows REQUEST: 1, 0 or -ENODATA. */
int probe_has_call(struct iommuctl_context *ctx, int fd, unsigned long request);
/* The size of its struct, as far as the kernel knows it; 0 unknown. */
uint32_t probe_struct_size(struct iommuctl_context *ctx, int fd, unsigned long request,
			   uint32_t *ret_min);

/* What was asked of device nodes, for a snapshot, where it is the file PROBE_RESULTS. */
#define PROBE_RESULTS "iommuctl/kernel-probe"
int probe_to_text(const struct iommuctl_kernel_probe *probe, char **ret_text);

#endif
