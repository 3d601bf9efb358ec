/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What iommufd can be asked without changing anything, for who looks for a cause. */
#ifndef IOMMUCTL_ASK_H
#define IOMMUCTL_ASK_H

#include "internal.h"

enum asked_kind {
	ASKED_NOTHING, /* there is no such object */
	ASKED_DEVICE,
	ASKED_IOAS,
	ASKED_HWPT,  /* not nested */
	ASKED_OTHER, /* there is one, of another kind or not known which */
};

/* ASKED_OTHER also where the kernel is too old to be asked. */
enum asked_kind ask_kind(struct iommuctl_iommufd *iommufd, uint32_t id);
/* Whether the kernel is older than Linux VERSION; false when that is not known. */
bool ask_is_older(struct iommuctl_iommufd *iommufd, const char *version);
/* Negative: not known. */
int ask_pasid_bits(struct iommuctl_iommufd *iommufd, uint32_t device);

/*
 * The following are about addresses of the address space IOAS. The kernel does not list mappings;
 * it is asked by copies that it cannot make.
 */
/* Whether all of RANGE is mapped, by one mapping or by several; false also when not known. */
bool ask_is_mapped(struct iommuctl_iommufd *iommufd, uint32_t ioas, struct iommuctl_range range);
/* A part of RANGE that is mapped. It is looked for in so many PLACES only: false tells nothing. */
bool ask_mapped_part(struct iommuctl_iommufd *iommufd, uint32_t ioas, struct iommuctl_range range,
		     unsigned int places, struct iommuctl_range *ret_part);
/* Of a range of an MSI's size that is each page. */
#define ASK_PLACES 256u
/* The first address of RANGE, not all of which is mapped, that is not. */
uint64_t ask_first_hole(struct iommuctl_iommufd *iommufd, uint32_t ioas,
			struct iommuctl_range range);

#endif
