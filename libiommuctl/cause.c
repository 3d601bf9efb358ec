/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of its causes a call that failed has: the first row of the table that holds. */
#include <errno.h>
#include <string.h>

#include "abi/iommufd.h"
#include "abi/vfio.h"
#include "cause.h"

/* clang-format off */
const struct cause causes[] = {
	{ ABI_VFIO_DEVICE_ATTACH_IOMMUFD_PT, EADDRINUSE, NULL,
	  "a reserved region of the device collides with what is mapped or promised there", NULL },
	{ ABI_VFIO_DEVICE_ATTACH_IOMMUFD_PT, EBUSY, NULL,
	  "the device or its group is being reset, or has another owner", NULL },
	{ ABI_IOMMU_GET_HW_INFO, EOPNOTSUPP, cause_hw_info_type, "its IOMMU, or this kernel, has none of that type", NULL },
	{ ABI_IOMMU_GET_HW_INFO, EOPNOTSUPP, NULL, "it is without an IOMMU", NULL },
	{ ABI_IOMMU_GET_HW_INFO, ENOENT, NULL, "it is emulated by its driver: no IOMMU is behind it alone", NULL },
	{ ABI_IOMMU_GET_HW_INFO, ENOTTY, NULL, "needs Linux 6.6 or later", NULL },
};
/* clang-format on */

const size_t cause_count = ARRAY_SIZE(causes);

bool cause_hw_info_type(const struct failure *failure)
{
	const struct abi_iommu_hw_info *arg = failure->arg;

	return arg->flags & ABI_IOMMU_HW_INFO_FLAG_INPUT_TYPE;
}

static const struct cause *find_cause(const struct failure *failure)
{
	for (size_t i = 0; i < cause_count; i++)
		if (causes[i].request == failure->request && causes[i].error == failure->error &&
		    (!causes[i].holds || causes[i].holds(failure)))
			return &causes[i];
	return NULL;
}

int object_failed(struct iommuctl_object *object, unsigned long request, const void *arg, int error,
		  const char *action)
{
	struct failure failure = {
		.object = object, .request = request, .arg = arg, .error = error
	};
	const struct cause *cause = find_cause(&failure);

	diag_object(object, error, action, cause ? cause->reason : NULL);
	if (cause && cause->hint)
		diag_hint(object->iommufd->ctx, "%s", cause->hint);
	return -error;
}

int vfio_failed(struct iommuctl_vfio *vfio, unsigned long request, const void *arg, int error,
		const char *action)
{
	struct failure failure = { .vfio = vfio, .request = request, .arg = arg, .error = error };
	const struct cause *cause = find_cause(&failure);

	diag_set(vfio->ctx, error, vfio->device->name, action, cause ? "%s" : NULL,
		 cause ? cause->reason : NULL);
	if (cause && cause->hint)
		diag_hint(vfio->ctx, "%s", cause->hint);
	return -error;
}
