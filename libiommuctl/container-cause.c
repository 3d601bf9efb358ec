/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which of its causes a failed call of a container, or of a group, has. The kernel gives an errno;
 * the causes are checked in the order in which the kernel does (drivers/vfio/container.c, group.c,
 * vfio_iommu_type1.c).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>

#include "container.h"
#include "holder.h"
#include "paths.h"

static struct iommuctl_context *context_of(const struct container_failure *failure)
{
	return failure->group ? failure->group->ctx : failure->container->ctx;
}

bool failure_set(const struct container_failure *failure, const char *format, ...)
{
	char reason[sizeof(((struct iommuctl_diag *)NULL)->reason)];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	diag_set(context_of(failure), failure->error,
		 failure->group ? failure->group->name : failure->container->name, failure->action,
		 "%s", reason);
	return true;
}

int failure_explain(const struct container_failure *failure, const struct container_cause *causes,
		    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct container_cause *cause = &causes[i];

		if (cause->request != failure->request || cause->error != failure->error ||
		    (cause->explain && !cause->explain(failure)))
			continue;
		if (cause->reason)
			failure_set(failure, "%s", cause->reason);
		if (cause->hint)
			diag_hint(context_of(failure), "%s", cause->hint);
		context_of(failure)->diag.cause = cause->name;
		return -failure->error;
	}
	failure_set(failure, "%s", strerror(failure->error));
	return -failure->error;
}

/* ---------------------------------------------------------------- interrupts */

bool explain_interrupts(const struct container_failure *failure)
{
	struct iommuctl_context *ctx = context_of(failure);
	/* VFIO's own container minds when it gets a type, an iommufd when devices are opened */
	const char *parameter =
		failure->container && iommuctl_container_is_iommufd(failure->container) == 0
			? SYSFS_TYPE1 "/allow_unsafe_interrupts"
			: SYSFS_UNSAFE_INTERRUPTS;
	char value[16] = "";

	io_read(ctx, parameter, value, sizeof(value));
	if (strcmp(value, "Y") == 0)
		return false;
	failure_set(failure, "interrupts are not isolated: interrupt remapping is off or missing");
	diag_hint(ctx, "turn interrupt remapping on: in the firmware's setup, and no "
		       "intremap=off or nointremap on the kernel's command line");
	diag_hint(ctx, "or, if you trust the devices and their user: echo Y > /%s", parameter);
	return true;
}

/* ------------------------------------------------------------- the mappings */

/* The type that was set, or what tells that one was. */
bool container_has_type(struct iommuctl_container *container)
{
	struct abi_vfio_iommu_type1_info info = { .argsz = sizeof(info) };

	return container->type != IOMMUCTL_CONTAINER_NONE ||
	       container_ioctl(container->ctx, container->fd, ABI_VFIO_IOMMU_GET_INFO, &info) >= 0;
}

static bool has_no_type(const struct container_failure *failure)
{
	return !container_has_type(failure->container);
}

static bool has_type(const struct container_failure *failure)
{
	return container_has_type(failure->container);
}

/* IOVA, SIZE and MEMORY of a mapping that was to be made, or ended. */
struct span {
	uint64_t iova, size, memory;
};

static struct span span_of(const struct container_failure *failure)
{
	const struct abi_vfio_iommu_type1_dma_unmap *unmap = failure->arg;
	const struct abi_vfio_iommu_type1_dma_map *map = failure->arg;

	return failure->request == ABI_VFIO_IOMMU_MAP_DMA
		       ? (struct span){ map->iova, map->size, map->vaddr }
		       : (struct span){ unmap->iova, unmap->size, 0 };
}

static void free_info(struct iommuctl_container_info **info)
{
	iommuctl_container_info_free(*info);
}

static bool is_unaligned(const struct container_failure *failure)
{
	CLEANUP(free_info) struct iommuctl_container_info *info = NULL;
	const struct span span = span_of(failure);
	const struct {
		const char *name;
		uint64_t value;
	} parts[] = { { "address", span.iova },
		      { "length", span.size },
		      { "memory", span.memory } };
	uint64_t sizes, page;

	if (iommuctl_container_get_info(failure->container, &info) < 0 ||
	    iommuctl_container_info_get_page_sizes(info, &sizes) < 0)
		return false;
	page = sizes & -sizes;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i].value & (page - 1))
			return failure_set(failure,
					   "the %s, 0x%" PRIx64 ", is no multiple of %" PRIu64
					   ", the smallest page of the IOMMU",
					   parts[i].name, parts[i].value, page);
	return false;
}

static bool has_no_direction(const struct container_failure *failure)
{
	const struct abi_vfio_iommu_type1_dma_map *map = failure->arg;

	return map->flags == 0;
}

/* The first address of RANGE that is not in SET, and the last one of the set. */
static bool find_unusable(const struct iommuctl_range_set *set, struct iommuctl_range range,
			  uint64_t *ret_address, uint64_t *ret_last)
{
	struct iommuctl_range usable = { 0, 0 };
	uint64_t address = range.start;
	bool found = false;

	for (size_t i = 0; iommuctl_range_set_get(set, i, &usable) == 0; i++) {
		if (found || usable.end < address)
			continue;
		if (usable.start <= address && usable.end >= range.end)
			return false;
		if (usable.start <= address)
			address = usable.end + 1;
		found = true;
	}
	*ret_address = address;
	*ret_last = usable.end;
	return true;
}

/* What this process has open tells which groups are in the container. */
static const struct iommuctl_region *find_region(const struct iommuctl_topology *topology,
						 const struct iommuctl_holders *holders,
						 uint64_t address,
						 const struct iommuctl_group **ret_group)
{
	const struct iommuctl_holder *holder;
	const struct iommuctl_region *region;

	for (size_t i = 0; (holder = iommuctl_holders_get(holders, i)); i++) {
		const struct iommuctl_group *group =
			holder->pid == (uint32_t)getpid() && holder->kind == IOMMUCTL_HOLDER_GROUP
				? iommuctl_topology_find_group(topology, holder->object)
				: NULL;

		*ret_group = group;
		for (size_t n = 0; (region = iommuctl_group_get_region(group, n)); n++)
			if (region->range.start <= address && address <= region->range.end)
				return region;
	}
	return NULL;
}

static void free_topology(struct iommuctl_topology **topology)
{
	iommuctl_topology_unref(*topology);
}

static bool set_unusable(const struct container_failure *failure, uint64_t address)
{
	CLEANUP(free_holders)
	struct iommuctl_holders *holders = load_holders(failure->container->ctx);
	CLEANUP(free_topology) struct iommuctl_topology *topology = NULL;
	const struct iommuctl_region *region = NULL;
	const struct iommuctl_group *group;

	if (iommuctl_topology_load(failure->container->ctx, IOMMUCTL_LOAD_GROUPS, &topology) >= 0)
		region = find_region(topology, holders, address, &group);
	if (!region)
		return failure_set(failure, "0x%" PRIx64 " cannot be used with this IOMMU",
				   address);
	return failure_set(failure,
			   "0x%" PRIx64 " is in 0x%" PRIx64 "-0x%" PRIx64
			   ", reserved (%s) by %s in group %" PRIu64,
			   address, region->range.start, region->range.end,
			   iommuctl_region_type_to_string(region->type),
			   iommuctl_device_get_name(iommuctl_group_get_device(group, 0)),
			   iommuctl_group_get_id(group));
}

static bool is_outside(const struct container_failure *failure)
{
	CLEANUP(free_info) struct iommuctl_container_info *info = NULL;
	const struct span span = span_of(failure);
	const struct iommuctl_range range = { span.iova, span.iova + span.size - 1 };
	uint64_t address, last;

	if (iommuctl_container_get_info(failure->container, &info) < 0 ||
	    !iommuctl_container_info_get_ranges(info) ||
	    !find_unusable(iommuctl_container_info_get_ranges(info), range, &address, &last))
		return false;
	if (address > last)
		return failure_set(failure,
				   "0x%" PRIx64 " is above 0x%" PRIx64
				   ", the last address that can be used with this IOMMU",
				   range.end, last);
	set_unusable(failure, address);
	return true;
}

/* -------------------------------------------------------------------- limits */

/* "VmLck:	      64 kB": a number of the text that a process has about itself. */
static bool read_status(const char *text, const char *key, unsigned int base, uint64_t *ret)
{
	const char *line = strstr(text, key);
	char word[32] = "";

	return line && sscanf(line + strlen(key), " %31s", word) == 1 && parse_u64(word, base, ret);
}

bool explain_memlock(const struct container_failure *failure, uint64_t length)
{
	enum { CAP_IPC_LOCK_BIT = 14 };
	struct iommuctl_context *ctx = failure->container->ctx;
	uint64_t locked, capabilities;
	struct rlimit limit;
	char text[8192];

	if (io_read(ctx, PROC_SELF_STATUS, text, sizeof(text)) < 0 ||
	    !read_status(text, "\nVmLck:", 10, &locked) ||
	    !read_status(text, "\nCapEff:", 16, &capabilities) ||
	    getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return false;
	locked *= 1024;
	if (capabilities >> CAP_IPC_LOCK_BIT & 1 || limit.rlim_cur == RLIM_INFINITY ||
	    (locked <= limit.rlim_cur && length <= limit.rlim_cur - locked))
		return false;
	failure_set(failure,
		    "%" PRIu64 " bytes would be locked, of at most %" PRIu64
		    " (RLIMIT_MEMLOCK), of which %" PRIu64 " are already",
		    length, (uint64_t)limit.rlim_cur, locked);
	diag_hint(ctx,
		  "raise it to %" PRIu64 " KiB: ulimit -l, LimitMEMLOCK= of a service, "
		  "memlock in limits.conf; CAP_IPC_LOCK needs none",
		  (locked + length + 1023) / 1024);
	return true;
}

static bool is_memlock(const struct container_failure *failure)
{
	return explain_memlock(failure, span_of(failure).size);
}

static bool is_entry_limit(const struct container_failure *failure)
{
	static const char path[] = SYSFS_TYPE1 "/dma_entry_limit";
	char value[32] = "?";

	io_read(failure->container->ctx, path, value, sizeof(value));
	failure_set(failure, "it has as many mappings as there may be: %s (dma_entry_limit)",
		    value);
	diag_hint(
		failure->container->ctx,
		"echo more > /%s counts for containers that are opened then; or map larger pieces",
		path);
	return true;
}

/* -------------------------------------------------------------------- others */

static bool has_no_iommu(const struct container_failure *failure)
{
	return failure->container->type == IOMMUCTL_CONTAINER_NOIOMMU;
}

/* The kernel offers a container the types that its groups can have. */
static bool has_groups_without_iommu(const struct container_failure *failure)
{
	return iommuctl_container_has_extension(failure->container, IOMMUCTL_CONTAINER_NOIOMMU) > 0;
}

static bool is_to_be_noiommu(const struct container_failure *failure)
{
	return *(const uint32_t *)failure->arg == IOMMUCTL_CONTAINER_NOIOMMU;
}

static bool is_to_be_spapr(const struct container_failure *failure)
{
	const uint32_t *type = failure->arg;

	return *type == IOMMUCTL_CONTAINER_SPAPR_TCE || *type == IOMMUCTL_CONTAINER_SPAPR_TCE_V2;
}

static bool is_iommufd(const struct container_failure *failure)
{
	return iommuctl_container_is_iommufd(failure->container) > 0;
}

static bool is_other_page_size(const struct container_failure *failure)
{
	const struct abi_vfio_iommu_type1_dirty_bitmap *arg = failure->arg;

	return arg->flags == ABI_VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP;
}

/* clang-format off */
static const char nothing_mapped[] = "a container without an IOMMU has no mappings";
static const char no_type[] = "it has no type yet: it must have a group, and then be given one";

static const struct container_cause causes[] = {
	{ "type-iommufd", ABI_VFIO_SET_IOMMU, EINVAL, is_iommufd, "an iommufd is type1 or type1v2", NULL },
	{ "type-set", ABI_VFIO_SET_IOMMU, EINVAL, has_type, "it has a type already", NULL },
	{ "type-no-group", ABI_VFIO_SET_IOMMU, EINVAL, NULL,
	  "it has no group, or a firmware wants addresses of it mapped 1:1 at all times", NULL },
	{ "type-interrupts", ABI_VFIO_SET_IOMMU, EPERM, explain_interrupts, NULL, NULL },
	{ "type-iommufd-no-group", ABI_VFIO_SET_IOMMU, ENODEV, is_iommufd, "it has no group", NULL },
	{ "type-without-iommu", ABI_VFIO_SET_IOMMU, ENODEV, has_groups_without_iommu,
	  "its groups are without an IOMMU: the type of these is noiommu", NULL },
	{ "type-noiommu", ABI_VFIO_SET_IOMMU, ENODEV, is_to_be_noiommu,
	  "noiommu is for groups without an IOMMU, and its groups have one", NULL },
	{ "type-spapr", ABI_VFIO_SET_IOMMU, ENODEV, is_to_be_spapr,
	  "its groups have no IOMMU of sPAPR, or its module is not loaded", "modprobe vfio_iommu_spapr_tce" },
	{ "type-absent", ABI_VFIO_SET_IOMMU, ENODEV, NULL, "this kernel has no such type, or its module is not loaded",
	  "modprobe vfio_iommu_type1" },
	{ "info-no-type", ABI_VFIO_IOMMU_GET_INFO, EINVAL, NULL, no_type, NULL },
	{ "info-iommufd-no-type", ABI_VFIO_IOMMU_GET_INFO, ENODEV, NULL, no_type, NULL },
	{ "info-no-iommu", ABI_VFIO_IOMMU_GET_INFO, ENOTTY, NULL, nothing_mapped, NULL },
	{ "type1-map-no-type", ABI_VFIO_IOMMU_MAP_DMA, EINVAL, has_no_type, no_type, NULL },
	{ "type1-map-unaligned", ABI_VFIO_IOMMU_MAP_DMA, EINVAL, is_unaligned, NULL, NULL },
	{ "type1-map-no-direction", ABI_VFIO_IOMMU_MAP_DMA, EINVAL, has_no_direction, "devices may neither read nor write", NULL },
	{ "type1-map-outside", ABI_VFIO_IOMMU_MAP_DMA, EINVAL, is_outside, NULL, NULL },
	{ "type1-map-occupied", ABI_VFIO_IOMMU_MAP_DMA, EEXIST, NULL, "something is mapped there already, at least in part", NULL },
	{ "type1-map-entries", ABI_VFIO_IOMMU_MAP_DMA, ENOSPC, is_entry_limit, NULL, NULL },
	{ "type1-map-memlock", ABI_VFIO_IOMMU_MAP_DMA, ENOMEM, is_memlock, NULL, NULL },
	{ "type1-map-memory", ABI_VFIO_IOMMU_MAP_DMA, EFAULT, NULL,
	  "the memory cannot be pinned: nothing is there, it is read-only, or a file system must know who writes",
	  "memfd, hugetlbfs and tmpfs can be pinned; what devices only read may be read-only" },
	{ "type1-map-iommufd-no-type", ABI_VFIO_IOMMU_MAP_DMA, ENODEV, NULL, no_type, NULL },
	{ "type1-map-no-iommu", ABI_VFIO_IOMMU_MAP_DMA, ENOTTY, NULL, nothing_mapped, NULL },
	{ "type1-unmap-no-type", ABI_VFIO_IOMMU_UNMAP_DMA, EINVAL, has_no_type, no_type, NULL },
	{ "type1-unmap-unaligned", ABI_VFIO_IOMMU_UNMAP_DMA, EINVAL, is_unaligned, NULL, NULL },
	{ "type1-unmap-cuts", ABI_VFIO_IOMMU_UNMAP_DMA, EINVAL, NULL,
	  "it would cut a mapping: what was mapped at once is unmapped at once", NULL },
	{ "type1-unmap-iommufd", ABI_VFIO_IOMMU_UNMAP_DMA, ENOENT, is_iommufd, "no mapping begins there, or it would cut one", NULL },
	{ "type1-unmap-nothing", ABI_VFIO_IOMMU_UNMAP_DMA, ENOENT, NULL, "no mapping begins there", NULL },
	{ "type1-unmap-iommufd-no-type", ABI_VFIO_IOMMU_UNMAP_DMA, ENODEV, NULL, no_type, NULL },
	{ "type1-unmap-no-iommu", ABI_VFIO_IOMMU_UNMAP_DMA, ENOTTY, NULL, nothing_mapped, NULL },
	{ "type1-dirty-no-type", ABI_VFIO_IOMMU_DIRTY_PAGES, EINVAL, has_no_type, no_type, NULL },
	{ "type1-dirty-untracked", ABI_VFIO_IOMMU_DIRTY_PAGES, EINVAL, is_other_page_size,
	  "dirty pages are not tracked, the page size is not the smallest, or the range cuts a mapping", NULL },
	{ "type1-dirty-v1", ABI_VFIO_IOMMU_DIRTY_PAGES, EACCES, NULL, "type1 cannot; type1v2 can", NULL },
	{ "type1-dirty-iommufd", ABI_VFIO_IOMMU_DIRTY_PAGES, EOPNOTSUPP, is_iommufd,
	  "it is an iommufd in the place of a container", "page tables of iommufd can" },
	{ "type1-dirty-no-iommu", ABI_VFIO_IOMMU_DIRTY_PAGES, EOPNOTSUPP, has_no_iommu, nothing_mapped, NULL },
	{ "type1-dirty-old", ABI_VFIO_IOMMU_DIRTY_PAGES, EOPNOTSUPP, NULL, "needs Linux 5.8 or later", NULL },
};
/* clang-format on */

int container_failed(struct iommuctl_container *container, unsigned long request, const void *arg,
		     int error, const char *action)
{
	const struct container_failure failure = {
		.container = container,
		.request = request,
		.arg = arg,
		.error = error,
		.action = action,
	};

	return failure_explain(&failure, causes, ARRAY_SIZE(causes));
}
