/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of registers, wherever they are from. */
#ifndef IOMMUCTL_ENTRIES_H
#define IOMMUCTL_ENTRIES_H

#include "app.h"

struct entry {
	const struct iommuctl_register *reg;
	uint64_t value;
	uint64_t known;	    /* its bits that are known */
	const char *device; /* of a log; or NULL and 0 */
	size_t line;
};

struct entries {
	struct entry *items;
	size_t count;
	struct iommuctl_log *log; /* owns the names of devices */
};

/* All of VALUE is known. */
struct entry entry_of(const struct iommuctl_register *reg, uint64_t value);
/* ARCH may be NULL: any. */
bool register_has_arch(const struct iommuctl_register *reg, const char *arch);

/* What the words of the command line say, and then --from-log; counts what failed in APP. */
int entries_collect(struct app *app, struct entries *entries);
void entries_free(struct entries *entries);

#endif
