/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IOMMUCTL_WORDS_H
#define IOMMUCTL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Split LINE, which is written over, into at most MAX words, and a NULL behind them, for which
 * there is room too. How many; -EINVAL a quote without its end, -E2BIG more than MAX.
 */
int words_split(char *line, char **words, size_t max);

#endif
