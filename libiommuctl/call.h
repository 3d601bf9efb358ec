/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls of iommufd and VFIO, and what is in their arguments: the rows of call-table.c. */
#ifndef IOMMUCTL_CALL_H
#define IOMMUCTL_CALL_H

#include "internal.h"

enum call_kind {
	CALL_SIZE,     /* of the argument; always first */
	CALL_RESERVED, /* 0 */
	CALL_NUMBER,
	CALL_HEX,
	CALL_ID, /* of an object */
	CALL_FD,
	CALL_FLAGS,
	CALL_ENUM,
	CALL_TEXT,   /* address of one */
	CALL_RANGES, /* address of pairs of uint64_t: start and last */
	CALL_SPANS,  /* likewise: start and length */
};

enum { CALL_IN = 1, CALL_OUT = 2, CALL_IN_OUT = CALL_IN | CALL_OUT };

/* The kind of file, where VFIO uses numbers twice. */
enum call_on { CALL_ON_DEVICE, CALL_ON_CONTAINER, CALL_ON_SPAPR };

struct call_field {
	const char *name; /* as the kernel's, without its underscores */
	unsigned char kind, direction;
	unsigned char offset, size;
	unsigned char count;		/* of ranges and spans: where there is how many they are */
	const struct field_name *names; /* of flags and enumerations, ended by { 0 } */
};

struct call {
	const char *name;
	const char *since; /* version of Linux; NULL: before 4.0 */
	unsigned long request;
	enum call_on on;
	bool by_value;	 /* the argument is the first field itself, not the address of a struct */
	bool returns_fd; /* else 0, or a number */
	unsigned char size;
	unsigned char field_count;
	const struct call_field *fields;
	/* Whether the call changes nothing with this argument; NULL: it always may. */
	bool (*asks)(const void *argument);
};

/* What no row is above: bytes of the argument, fields, names that a field has at once. */
#define CALL_SIZE_MAX	72
#define CALL_FIELDS_MAX 14
#define CALL_LABELS_MAX 12

/* The first id that a dry run makes up; those of the kernel end before. */
#define CALL_PRETENDED_ID 0x80000000u

extern const struct call calls[];
extern const size_t call_count;
/* By number of the feature; they are not among CALLS. */
extern const struct call call_features[];
extern const size_t call_feature_count;

/* What is written to the file of a fault queue. */
extern const struct call call_response;

/* The row of REQUEST, of ARGUMENT where that matters (NULL: not known); NULL: there is none. */
const struct call *call_find(enum call_on on, unsigned long request, const void *argument);

struct iommuctl_call_field {
	const struct call_field *row;
	enum iommuctl_call_field_kind kind;
	bool is_output;
	uint64_t value;
	const char *labels[CALL_LABELS_MAX];
	size_t label_count;
	const uint64_t *pairs; /* of ranges and spans */
	size_t pair_count;
	char rest[24];	/* bits without a name */
	char text[160]; /* unless it is a text itself */
};

struct iommuctl_call {
	const struct call *row;
	unsigned long request;
	int fd; /* -1: none */
	int result;
	bool was_issued;
	bool follow;		/* the addresses in the argument are good */
	uint32_t pretended_ids; /* so many were made up in a dry run */
	/* the argument as it was before the call, and how much of it there is */
	unsigned char before[CALL_SIZE_MAX];
	size_t size;
	struct iommuctl_call_field fields[2 * CALL_FIELDS_MAX];
	size_t field_count;
};

/* Set BEFORE and SIZE. */
void call_take(struct iommuctl_call *call, const void *argument);
/* Add the fields that go DIRECTION, CALL_IN or CALL_OUT, as they are in ARGUMENT now. */
void call_add_fields(struct iommuctl_call *call, int direction, const void *argument);

/* What io.c does with a context that is watched. */
void trace_open(struct iommuctl_context *ctx, const char *path, int fd);
int trace_ioctl(struct iommuctl_context *ctx, enum call_on on, int fd, unsigned long request,
		void *arg, bool is_question);
int trace_respond(struct iommuctl_context *ctx, int fd,
		  const struct abi_iommu_hwpt_page_response *response);

#endif
