/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libiommuctl/abi against the kernel's own headers. The script abi makes rows.h of every constant,
 * struct and member that libiommuctl/abi has, compiles this and runs it with the names of what
 * the kernel has and libiommuctl/abi has not.
 */
#include <stddef.h>
#include <stdio.h>

#include <linux/iommufd.h>
#include <linux/vfio.h>

#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"

/* a name that user space has no more */
#define VFIO_TYPE1_NESTING_IOMMU __VFIO_RESERVED_TYPE1_NESTING_IOMMU

#define SIZE_OF(type, field) sizeof(((struct type *)0)->field)

#define NUMBER(name) { #name, ABI_##name, name },
#define SIZE(type)   { "size of " #type, sizeof(struct abi_##type), sizeof(struct type) },
#define PLACE(type, field, kernels)                                                                \
	{ "place of " #type "." #field, offsetof(struct abi_##type, field),                        \
	  offsetof(struct type, kernels) },
#define WIDTH(type, field, kernels)                                                                \
	{ "size of " #type "." #field, SIZE_OF(abi_##type, field), SIZE_OF(type, kernels) },

static const struct row {
	const char *what;
	unsigned long ours, kernels;
} rows[] = {
#include "rows.h"
};

int main(int argc, char **argv)
{
	int tests = 0, failed = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		int same = row->ours == row->kernels;

		printf("%sok %d - %s\n", same ? "" : "not ", ++tests, row->what);
		if (!same)
			printf("# %#lx, not %#lx\n", row->ours, row->kernels);
		failed += !same;
	}
	printf("%sok %d - nothing is missing\n", argc == 1 ? "" : "not ", ++tests);
	for (int i = 1; i < argc; i++)
		printf("# %s\n", argv[i]);
	printf("1..%d\n", tests);
	return failed > 0 || argc > 1;
}
