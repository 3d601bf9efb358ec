/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Causes that have to do with mappings: their arguments, alignment, what is mapped already. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "cause-range.h"
#include "cause-table.h"

struct mapping take_mapping(const struct failure *failure)
{
	const union {
		const void *any;
		const struct abi_iommu_ioas_map *map;
		const struct abi_iommu_ioas_map_file *file;
		const struct abi_iommu_ioas_copy *copy;
		const struct abi_iommu_ioas_unmap *unmap;
	} arg = { failure->arg };

	switch (failure->request) {
	case ABI_IOMMU_IOAS_MAP:
		return (struct mapping){ arg.map->ioas_id, arg.map->flags, arg.map->iova,
					 arg.map->length, arg.map->user_va };
	case ABI_IOMMU_IOAS_MAP_FILE:
		return (struct mapping){ arg.file->ioas_id, arg.file->flags, arg.file->iova,
					 arg.file->length, arg.file->start };
	case ABI_IOMMU_IOAS_COPY:
		return (struct mapping){ arg.copy->dst_ioas_id, arg.copy->flags, arg.copy->dst_iova,
					 arg.copy->length, arg.copy->src_iova };
	default:
		return (struct mapping){ arg.unmap->ioas_id, ABI_IOMMU_IOAS_MAP_FIXED_IOVA,
					 arg.unmap->iova, arg.unmap->length, 0 };
	}
}

bool mapping_is_fixed(const struct mapping *mapping)
{
	return mapping->flags & ABI_IOMMU_IOAS_MAP_FIXED_IOVA;
}

struct iommuctl_range mapping_range(const struct mapping *mapping)
{
	return (struct iommuctl_range){ mapping->iova, mapping->iova + (mapping->length - 1) };
}

/* ------------------------------------------------------------- the argument */

bool cause_map_flags(struct failure *failure)
{
	return take_mapping(failure).flags &
	       ~(ABI_IOMMU_IOAS_MAP_FIXED_IOVA | ABI_IOMMU_IOAS_MAP_WRITEABLE |
		 ABI_IOMMU_IOAS_MAP_READABLE);
}

bool cause_map_no_access(struct failure *failure)
{
	return !(take_mapping(failure).flags &
		 (ABI_IOMMU_IOAS_MAP_WRITEABLE | ABI_IOMMU_IOAS_MAP_READABLE));
}

bool cause_map_empty(struct failure *failure)
{
	return take_mapping(failure).length == 0;
}

static bool wraps(uint64_t start, uint64_t length)
{
	/* the last address of all cannot be mapped */
	return start == UINT64_MAX || length > UINT64_MAX - start;
}

bool cause_map_wraps(struct failure *failure)
{
	struct mapping mapping = take_mapping(failure);

	if (mapping_is_fixed(&mapping) && wraps(mapping.iova, mapping.length))
		return because(failure,
			       "0x%" PRIx64 " and 0x%" PRIx64 " bytes go past the last address",
			       mapping.iova, mapping.length);
	return because(failure,
		       "0x%" PRIx64 " bytes from 0x%" PRIx64 " of the memory on are too many",
		       mapping.length, mapping.memory);
}

const struct iommuctl_range_set *failure_usable(struct failure *failure, uint32_t ioas)
{
	const struct iommuctl_object object = {
		.iommufd = failure->iommufd,
		.kind = IOMMUCTL_OBJECT_IOAS,
		.id = ioas,
	};

	if (!failure->usable)
		ioas_ask_ranges(&object, &failure->usable, &failure->alignment);
	return failure->usable;
}

static bool misaligned(struct failure *failure, uint32_t ioas, uint64_t value, const char *what)
{
	if (!failure_usable(failure, ioas) || !(value & (failure->alignment - 1)))
		return false;
	return because(failure,
		       "%s, 0x%" PRIx64 ", is no multiple of %" PRIu64
		       ", the page size of its IOMMUs",
		       what, value, failure->alignment);
}

bool cause_map_address_misaligned(struct failure *failure)
{
	struct mapping mapping = take_mapping(failure);

	return mapping_is_fixed(&mapping) &&
	       misaligned(failure, mapping.ioas, mapping.iova, "the I/O address");
}

bool cause_map_length_misaligned(struct failure *failure)
{
	struct mapping mapping = take_mapping(failure);

	return misaligned(failure, mapping.ioas, mapping.length, "the length");
}

bool cause_map_memory_misaligned(struct failure *failure)
{
	struct mapping mapping = take_mapping(failure);

	return misaligned(failure, mapping.ioas, mapping.memory,
			  failure->request == ABI_IOMMU_IOAS_MAP	? "the memory's address"
			  : failure->request == ABI_IOMMU_IOAS_MAP_FILE ? "the offset in the file"
									: "the source");
}

void advise_ranges(struct failure *failure, uint32_t ioas)
{
	CLEANUP(known_free)
	struct iommuctl_session_entry *entry = known_get(failure->iommufd, ioas);

	if (entry && entry->record.name[0])
		advise(failure, "iommuctl ioas ranges %s tells what can be used",
		       entry->record.name);
	else
		advise(failure, "iommuctl ioas ranges %" PRIu32 " tells what can be used", ioas);
}

/* --------------------------------------------------------- what is mapped */

bool cause_overlap(struct failure *failure)
{
	struct mapping mapping = take_mapping(failure);
	struct iommuctl_range part;

	return mapping_is_fixed(&mapping) &&
	       ask_mapped_part(failure->iommufd, mapping.ioas, mapping_range(&mapping), ASK_PLACES,
			       &part) &&
	       because(failure, RANGE " of it is mapped already", ENDS_OF(part));
}

bool cause_no_space(struct failure *failure)
{
	advise_ranges(failure, take_mapping(failure).ioas);
	return because(failure, "nothing that is usable, and in a window, has so much room left");
}

bool cause_too_long(struct failure *failure)
{
	struct mapping mapping = take_mapping(failure);
	struct iommuctl_range range;
	uint64_t longest = 0;

	if (!failure_usable(failure, mapping.ioas))
		return false;
	for (size_t i = 0; iommuctl_range_set_get(failure->usable, i, &range) == 0; i++)
		if (range.end - range.start > longest)
			longest = range.end - range.start;
	return mapping.length - 1 > longest &&
	       because(failure,
		       "0x%" PRIx64 " bytes are more than the 0x%" PRIx64
		       " of the longest range that is usable",
		       mapping.length, longest + 1);
}

bool cause_copy_hole(struct failure *failure)
{
	const struct abi_iommu_ioas_copy *arg = failure->arg;
	struct iommuctl_range range = { arg->src_iova, arg->src_iova + (arg->length - 1) };

	if (ask_is_mapped(failure->iommufd, arg->src_ioas_id, range))
		return false;
	return because(failure, "0x%" PRIx64 " of ioas %" PRIu32 " is not mapped",
		       ask_first_hole(failure->iommufd, arg->src_ioas_id, range), arg->src_ioas_id);
}

/* Whether there is something mapped on both sides of ADDRESS. */
static bool is_inside(struct failure *failure, uint32_t ioas, uint64_t address)
{
	const uint64_t some = 2;

	return address >= some && address <= UINT64_MAX - some &&
	       ask_is_mapped(failure->iommufd, ioas,
			     (struct iommuctl_range){ address - some, address + some });
}

/* Two mappings that meet look like one that is cut. */
bool cause_unmap_cuts(struct failure *failure)
{
	struct mapping mapping = take_mapping(failure);
	struct iommuctl_range range = mapping_range(&mapping);
	bool start = is_inside(failure, mapping.ioas, range.start);
	bool end = is_inside(failure, mapping.ioas, range.end + 1);

	if (start && end)
		return because(failure,
			       "it would cut what is mapped across 0x%" PRIx64 " or 0x%" PRIx64,
			       range.start, range.end + 1);
	return (start || end) && because(failure, "it would cut what is mapped across 0x%" PRIx64,
					 start ? range.start : range.end + 1);
}

bool cause_not_mapped(struct failure *failure)
{
	const struct abi_iommu_ioas_noiommu_get_pa *arg = failure->arg;

	return because(failure, "0x%" PRIx64 " is not mapped", arg->iova);
}
