/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of commands that do things: one table for all of them, so that a word means one thing. */
#ifndef IOMMUCTL_PARAM_H
#define IOMMUCTL_PARAM_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libiommuctl/iommuctl.h"

enum param_id {
	PARAM_NONE = 0,
	PARAM_ALIGNMENT,
	PARAM_ALL,
	PARAM_BITMAP,
	PARAM_BITS,
	PARAM_CLEAR,
	PARAM_CONTAINER,
	PARAM_CONTAINER_TYPE,
	PARAM_DATA,
	PARAM_DEPTH,
	PARAM_DEVICE,
	PARAM_DIRTY_TRACKING,
	PARAM_ENTRY,
	PARAM_EVENT_COUNT,
	PARAM_FAULT_QUEUE,
	PARAM_FILE,
	PARAM_FROM,
	PARAM_FOR_PASID,
	PARAM_GROUP,
	PARAM_HOST,
	PARAM_HUGE,
	PARAM_HWPT_DATA_TYPE,
	PARAM_HW_QUEUE_TYPE,
	PARAM_INDEX,
	PARAM_INVALIDATE_TYPE,
	PARAM_IOVA,
	PARAM_KEEP_GOING,
	PARAM_LENGTH,
	PARAM_LEVELS,
	PARAM_MAPPED,
	PARAM_MAX,
	PARAM_MEMORY,
	PARAM_MMIO,
	PARAM_MMIO64,
	PARAM_NAME,
	PARAM_NEST_PARENT,
	PARAM_NESTED,
	PARAM_NO_CLEAR,
	PARAM_OFFSET,
	PARAM_PAGE_SIZE,
	PARAM_PASID,
	PARAM_RAM,
	PARAM_READ,
	PARAM_REGION,
	PARAM_RESPOND,
	PARAM_SOURCE,
	PARAM_TIMEOUT,
	PARAM_VEVENTQ_TYPE,
	PARAM_VIOMMU_TYPE,
	PARAM_VIRTUAL_ID,
	PARAM_WAIT,
	PARAM_WINDOW,
	PARAM_WRITE,
	PARAM_COUNT
};

enum param_kind {
	PARAM_KIND_FLAG,
	PARAM_KIND_NUMBER, /* also with K, M, G, T */
	PARAM_KIND_RANGE,  /* START-END, START+LENGTH, START-; may be repeated */
	PARAM_KIND_TEXT,
	PARAM_KIND_TEXTS,   /* may be repeated */
	PARAM_KIND_BYTES,   /* two hexadecimal digits each, or @FILE */
	PARAM_KIND_ENTRIES, /* the same; may be repeated */
	PARAM_KIND_WORD,    /* one of WORDS, or a number */
};

struct param_word {
	const char *word;
	uint32_t value;
};

struct param {
	const char *name;
	const char *arg;
	const char *help;
	enum param_kind kind;
	const struct param_word *words; /* ended by NULL */
	uint64_t min, max;		/* of a number; no maximum is 0 */
};

struct param_value {
	bool given;
	const char *text;
	uint64_t number;
	struct iommuctl_range *ranges;
	const char **texts;
	size_t count; /* of RANGES, or TEXTS */
};

extern const struct param params[PARAM_COUNT];

/* A number as people write it: 4096, 0x1000, 4K. */
bool param_number(const char *text, uint64_t *ret);
/* One of WORDS, or a number of 32 bits. */
bool param_word(const struct param_word *words, const char *text, uint64_t *ret);
/* The word for VALUE; NULL: there is none. */
const char *param_word_of(const struct param_word *words, uint64_t value);
/* Take ARG for the parameter ID. False: it makes no sense. */
bool param_set(struct param_value *values, enum param_id id, const char *arg);
/* Forget those of IDS, which PARAM_NONE ends. */
void param_clear(struct param_value *values, const enum param_id *ids);

/* Keys of argp's options that are parameters. */
#define PARAM_KEY 0x1000

#endif
