/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's interface of /dev/iommu in our own words: numbers and layouts
 * of Linux 7.3, so that the build does not depend on the machine's headers. A
 * test compares them with the kernel's <linux/iommufd.h>.
 */
#ifndef IOMMUCTL_ABI_IOMMUFD_H
#define IOMMUCTL_ABI_IOMMUFD_H

#include <assert.h>
#include <stdint.h>

/* Requests carry neither size nor direction: _IO(';', number). */
#define ABI_IOMMUFD(number) (0x3b00ul | (number))

#define ABI_IOMMU_DESTROY	   ABI_IOMMUFD(0x80)
#define ABI_IOMMU_IOAS_ALLOC	   ABI_IOMMUFD(0x81)
#define ABI_IOMMU_IOAS_IOVA_RANGES ABI_IOMMUFD(0x84)

struct abi_iommu_destroy {
	uint32_t size;
	uint32_t id;
};
static_assert(sizeof(struct abi_iommu_destroy) == 8, "size");

struct abi_iommu_ioas_alloc {
	uint32_t size;
	uint32_t flags;
	uint32_t out_ioas_id;
};
static_assert(sizeof(struct abi_iommu_ioas_alloc) == 12, "size");

struct abi_iommu_iova_range {
	uint64_t start;
	uint64_t last;
};
static_assert(sizeof(struct abi_iommu_iova_range) == 16, "size");

struct abi_iommu_ioas_iova_ranges {
	uint32_t size;
	uint32_t ioas_id;
	uint32_t num_iovas; /* in: room, out: total */
	uint32_t reserved;
	_Alignas(8) uint64_t allowed_iovas; /* address of abi_iommu_iova_range[] */
	uint64_t out_iova_alignment;
};
static_assert(sizeof(struct abi_iommu_ioas_iova_ranges) == 32, "size");

#endif
