/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms of lines that the kernel log's decoder knows. */
#ifndef IOMMUCTL_LOG_H
#define IOMMUCTL_LOG_H

#include "internal.h"

enum fact_kind {
	FACT_NONE,
	FACT_WHOLE, /* a number of the line is the register */
	FACT_FIELD, /* a number of the line is the register's bits of MASK */
	FACT_OTHER, /* a number of the line is no register's */
	FACT_BITS,  /* the line itself means that the bits of MASK are those of VALUE */
};

struct fact {
	enum fact_kind kind;
	const char *reg;
	uint64_t mask, value;
};

enum form_role {
	FORM_ONLY_FACTS,
	FORM_FOUND, /* announces the object of the next features */
	FORM_NAMES, /* of features set follow */
};

#define FORM_FACTS 7

/*
 * PATTERN is what the kernel prints. A blank stands for any gap; %d and %x for a decimal and a
 * hexadecimal number, a fact each; %o for an object's name; %n for the N of dmarN; %a for the
 * address of a unit; %v for its version.
 */
struct form {
	const char *pattern;
	enum iommuctl_model model;
	enum form_role role;
	struct fact facts[FORM_FACTS];
};

/* Ended by { 0 }. Where several fit, the first one counts. */
extern const struct form log_forms[];

/* What a form found. */
struct match {
	const struct form *form;
	char object[64], version[16];
	uint64_t numbers[FORM_FACTS], base;
	size_t count;
	bool has_base;
	size_t first; /* of the entries that it may add bits to */
};

/* The end of what fits PATTERN from AT on, or NULL. */
const char *log_fit(const char *pattern, const char *at, struct match *match);
/* Past blanks, as many kinds of text have them, and one line break. */
const char *log_skip_gap(const char *at);

/* What AMD's driver calls the bits that are set. */
struct feature_name {
	const char *name;
	const char *reg;
	unsigned int bit;
};

extern const struct feature_name log_amd_names[13];

#endif
