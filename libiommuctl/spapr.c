/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Containers of sPAPR TCE, the IOMMU of POWER: windows of addresses, and memory that is registered
 * before it is mapped (Documentation/driver-api/vfio.rst of the kernel).
 */
#include <errno.h>

#include "container.h"

static bool is_memlock(const struct container_failure *failure)
{
	const struct abi_vfio_iommu_spapr_register_memory *memory = failure->arg;

	return explain_memlock(failure, memory->size);
}

static bool is_window_memlock(const struct container_failure *failure)
{
	const struct abi_vfio_iommu_spapr_tce_create *window = failure->arg;

	/* its table: 8 bytes a page */
	return explain_memlock(failure, window->window_size >> window->page_shift << 3);
}

/* clang-format off */
static const char not_ours[] = "it belongs to the process that used it first";
static const char not_v2[] = "type spapr-tce cannot; spapr-tce-v2 can";
static const char no_group[] = "it has no group";

static const struct container_cause causes[] = {
	{ "spapr-info-eperm", ABI_VFIO_IOMMU_SPAPR_TCE_GET_INFO, EPERM, NULL, not_ours, NULL },
	{ "spapr-info-enxio", ABI_VFIO_IOMMU_SPAPR_TCE_GET_INFO, ENXIO, NULL, no_group, NULL },
	{ "spapr-add-window-enospc", ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, ENOSPC, NULL, "all its windows are in use",
	  "remove one first; that of 32 bits starts at 0" },
	{ "spapr-add-window-enomem", ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, ENOMEM, is_window_memlock, NULL, NULL },
	{ "spapr-add-window-einval", ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, EINVAL, NULL, "no window of such pages, length or levels can be made", NULL },
	{ "spapr-add-window-eperm", ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, EPERM, NULL, not_ours, NULL },
	{ "spapr-add-window-enotty", ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, ENOTTY, NULL, not_v2, NULL },
	{ "spapr-add-window-enxio", ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, ENXIO, NULL, no_group, NULL },
	{ "spapr-remove-window-einval", ABI_VFIO_IOMMU_SPAPR_TCE_REMOVE, EINVAL, NULL, "no window starts there", NULL },
	{ "spapr-remove-window-eperm", ABI_VFIO_IOMMU_SPAPR_TCE_REMOVE, EPERM, NULL, not_ours, NULL },
	{ "spapr-remove-window-enotty", ABI_VFIO_IOMMU_SPAPR_TCE_REMOVE, ENOTTY, NULL, not_v2, NULL },
	{ "spapr-remove-window-enxio", ABI_VFIO_IOMMU_SPAPR_TCE_REMOVE, ENXIO, NULL, no_group, NULL },
	{ "spapr-register-memory-enomem", ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY, ENOMEM, is_memlock, NULL, NULL },
	{ "spapr-register-memory-ebusy", ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY, EBUSY, NULL, "it is registered already", NULL },
	{ "spapr-register-memory-einval", ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY, EINVAL, NULL, "it overlaps what is registered, or is not of whole pages", NULL },
	{ "spapr-register-memory-eperm", ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY, EPERM, NULL, not_ours, NULL },
	{ "spapr-register-memory-enotty", ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY, ENOTTY, NULL, not_v2, NULL },
	{ "spapr-unregister-memory-enoent", ABI_VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY, ENOENT, NULL, "it is not registered", NULL },
	{ "spapr-unregister-memory-ebusy", ABI_VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY, EBUSY, NULL, "a part of it is mapped", NULL },
	{ "spapr-unregister-memory-eperm", ABI_VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY, EPERM, NULL, not_ours, NULL },
	{ "spapr-unregister-memory-enotty", ABI_VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY, ENOTTY, NULL, not_v2, NULL },
	{ "spapr-enable-ebusy", ABI_VFIO_IOMMU_ENABLE, EBUSY, NULL, "it is enabled already", NULL },
	{ "spapr-enable-eperm", ABI_VFIO_IOMMU_ENABLE, EPERM, NULL, "it has no window of 32 bits, or belongs to another process", NULL },
	{ "spapr-enable-enodev", ABI_VFIO_IOMMU_ENABLE, ENODEV, NULL, no_group, NULL },
	{ "spapr-enable-enotty", ABI_VFIO_IOMMU_ENABLE, ENOTTY, NULL, "only type spapr-tce is enabled", NULL },
	{ "spapr-disable-eperm", ABI_VFIO_IOMMU_DISABLE, EPERM, NULL, not_ours, NULL },
	{ "spapr-disable-enotty", ABI_VFIO_IOMMU_DISABLE, ENOTTY, NULL, "only type spapr-tce is enabled", NULL },
};
/* clang-format on */

static int call(struct iommuctl_container *container, unsigned long request, void *arg,
		const char *action)
{
	int r = spapr_ioctl(container->ctx, container->fd, request, arg);
	const struct container_failure failure = {
		.container = container,
		.request = request,
		.arg = arg,
		.error = -r,
		.action = action,
	};

	return r < 0 ? failure_explain(&failure, causes, ARRAY_SIZE(causes)) : 0;
}

IOMMUCTL_EXPORT int iommuctl_container_get_spapr_info(struct iommuctl_container *container,
						      struct iommuctl_spapr_info *ret_info)
{
	struct abi_vfio_iommu_spapr_tce_info arg = { .argsz = sizeof(arg) };
	int r;

	if (!container || !ret_info)
		return -EINVAL;
	r = call(container, ABI_VFIO_IOMMU_SPAPR_TCE_GET_INFO, &arg, "ask what it can do");
	if (r < 0)
		return r;
	*ret_info = (struct iommuctl_spapr_info){
		.window_start = arg.dma32_window_start,
		.window_length = arg.dma32_window_size,
		.has_windows = arg.flags & ABI_VFIO_IOMMU_SPAPR_INFO_DDW,
	};
	if (ret_info->has_windows) {
		ret_info->page_sizes = arg.ddw.pgsizes;
		ret_info->max_windows = arg.ddw.max_dynamic_windows_supported;
		ret_info->levels = arg.ddw.levels;
	}
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_container_add_window(struct iommuctl_container *container,
						  uint64_t page_size, uint64_t length,
						  uint32_t levels, uint64_t *ret_start)
{
	struct abi_vfio_iommu_spapr_tce_create arg = {
		.argsz = sizeof(arg),
		.window_size = length,
		.levels = levels,
	};
	int r;

	if (!container || !ret_start || page_size == 0 || page_size & (page_size - 1))
		return -EINVAL;
	arg.page_shift = (uint32_t)__builtin_ctzll(page_size);
	r = call(container, ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, &arg, "add a window");
	if (r >= 0)
		*ret_start = arg.start_addr;
	return r;
}

IOMMUCTL_EXPORT int iommuctl_container_remove_window(struct iommuctl_container *container,
						     uint64_t start)
{
	struct abi_vfio_iommu_spapr_tce_remove arg = { .argsz = sizeof(arg), .start_addr = start };

	if (!container)
		return -EINVAL;
	return call(container, ABI_VFIO_IOMMU_SPAPR_TCE_REMOVE, &arg, "remove a window");
}

static int set_memory(struct iommuctl_container *container, unsigned long request, void *memory,
		      uint64_t length, const char *action)
{
	struct abi_vfio_iommu_spapr_register_memory arg = {
		.argsz = sizeof(arg),
		.vaddr = (uintptr_t)memory,
		.size = length,
	};

	return container ? call(container, request, &arg, action) : -EINVAL;
}

IOMMUCTL_EXPORT int iommuctl_container_register_memory(struct iommuctl_container *container,
						       void *memory, uint64_t length)
{
	return set_memory(container, ABI_VFIO_IOMMU_SPAPR_REGISTER_MEMORY, memory, length,
			  "register memory");
}

IOMMUCTL_EXPORT int iommuctl_container_unregister_memory(struct iommuctl_container *container,
							 void *memory, uint64_t length)
{
	return set_memory(container, ABI_VFIO_IOMMU_SPAPR_UNREGISTER_MEMORY, memory, length,
			  "unregister memory");
}

IOMMUCTL_EXPORT int iommuctl_container_set_enabled(struct iommuctl_container *container,
						   bool enable)
{
	if (!container)
		return -EINVAL;
	return call(container, enable ? ABI_VFIO_IOMMU_ENABLE : ABI_VFIO_IOMMU_DISABLE, NULL,
		    enable ? "enable it" : "disable it");
}
