/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "failures.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"
#include "libiommuctl/call.h"

void failing_tree(const struct tree *tree, const char *driver)
{
	const struct tree_device devices[] = {
		{ "0000:00:01.0", "vfio-pci", "dmar0", 1, "vfio0" },
		{ "0000:00:01.1", driver, "dmar0", 1, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		tree_device(tree, &devices[i]);
	tree_file(tree, "sys/class/iommu/dmar0/intel-iommu/cap", "d2008c40660462");
	tree_file(tree, "sys/class/iommu/dmar0/intel-iommu/ecap", "f050da");
	tree_file(tree, "sys/kernel/iommu_groups/1/reserved_regions",
		  "0x5000 0x5fff direct\n0xfee00000 0xfeefffff msi\n");
	tree_file(tree, "proc/sys/kernel/osrelease", "6.1\n");
}

/* Of the rows before this one, none is about the same. */
static bool is_first(const struct cause *cause, const struct failing_call *call)
{
	for (const struct cause *other = causes; other < cause; other++)
		if (other->calls & cause->calls && other->error == call->error &&
		    other->calls >> (call->request & 0x3f) & 1 && other->kinds == cause->kinds)
			return false;
	return true;
}

void each_failing_call(void (*fn)(const struct failing_call *call, void *data), void *data)
{
	for (size_t i = 0; i < cause_count; i++) {
		for (size_t n = 0; n < call_count; n++) {
			const struct failing_call call = {
				.request = calls[n].request,
				.error = causes[i].error ? causes[i].error : ENOENT,
				.kind = causes[i].kinds ? (enum iommuctl_object_kind)__builtin_ctz(
								  causes[i].kinds)
							: IOMMUCTL_OBJECT_IOAS,
			};

			if (calls[n].on == CALL_ON_DEVICE && calls[n].request &&
			    causes[i].calls >> (calls[n].request & 0x3f) & 1 &&
			    is_first(&causes[i], &call))
				fn(&call, data);
		}
	}
}

/* Ids are 1, and so is all that has 32 bits; what has 64 is rather large. */
static void fill(uint32_t arg[64], unsigned long request)
{
	static const struct abi_iommu_iova_range window = { 0, UINT64_MAX };

	for (size_t i = 0; i < 64; i++)
		arg[i] = 1;
	if (request == ABI_IOMMU_IOAS_ALLOW_IOVAS)
		((struct abi_iommu_ioas_allow_iovas *)(void *)arg)->allowed_iovas =
			(uintptr_t)&window;
}

int explain_failing_call(struct iommuctl_context *ctx, const struct iommuctl_device *device,
			 const struct failing_call *call, int *ret_error)
{
	const bool is_vfio = call->request < ABI_IOMMU_DESTROY;
	struct iommuctl_iommufd *iommufd = NULL;
	struct iommuctl_object *object = NULL;
	struct iommuctl_vfio *vfio = NULL;
	_Alignas(8) uint32_t arg[64];
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	int r = iommuctl_iommufd_open(ctx, &iommufd);

	fill(arg, call->request);
	if (r >= 0)
		r = iommuctl_vfio_from_fd(ctx, device, fd, iommufd, 1, &vfio);
	if (!vfio)
		close(fd);
	if (r >= 0)
		r = iommuctl_object_from_id(iommufd, call->kind, 2, -1, &object);
	if (r >= 0)
		*ret_error =
			is_vfio ? vfio_failed(vfio, call->request, arg, call->error, "fail")
				: object_failed(object, call->request, arg, call->error, "fail");
	iommuctl_object_free(object);
	iommuctl_vfio_close(vfio);
	iommuctl_iommufd_close(iommufd);
	return r;
}
