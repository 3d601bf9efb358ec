/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fuzz target is made of; libFuzzer's interface. */
#ifndef IOMMUCTL_FUZZ_H
#define IOMMUCTL_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of the input; its next byte, or 0. */
struct input {
	const uint8_t *data;
	size_t size;
};

static inline uint8_t take(struct input *input)
{
	if (input->size == 0)
		return 0;
	input->size--;
	return *input->data++;
}

/* What must hold, whatever the input. */
#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

#endif
