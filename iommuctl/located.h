/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON whose values know the lines they stand on. */
#ifndef IOMMUCTL_LOCATED_H
#define IOMMUCTL_LOCATED_H

#include <json-c/json.h>

/*
 * LENGTH bytes of TEXT as an object. -EINVAL: it is none, and *RET_LINE and *RET_REASON, which is
 * static, say where and why not.
 */
int located_parse(const char *text, size_t length, json_object **ret_root, unsigned int *ret_line,
		  const char **ret_reason);
/* The line of VALUE, from 1; 0 of null. */
unsigned int located_line(json_object *value);

#endif
