/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * IOMMU instances: which model an entry of /sys/class/iommu is, its version
 * and registers (ABI/testing/sysfs-class-iommu-intel-iommu and -amd-iommu).
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "internal.h"

bool iommu_read_attribute(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
			  const char *attribute, char *buf, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;

	if (io_path(path, sizeof(path), "%s/%s", iommu->node + 1, attribute) < 0)
		return false;
	n = io_read(topology->ctx, path, buf, size);
	if (n <= 0)
		context_note(topology->ctx, path, n < 0 ? (int)-n : ENODATA);
	return n > 0;
}

void iommu_note(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
		const char *attribute)
{
	char path[PATH_MAX];

	if (io_path(path, sizeof(path), "%s/%s", iommu->node + 1, attribute) >= 0)
		context_note(topology->ctx, path, EBADMSG);
}

void iommu_add_register(struct iommuctl_iommu *iommu, const char *reg_name, uint64_t value,
			const char *source)
{
	struct register_value *entry = &iommu->registers[iommu->register_count];
	const struct register_value *old = iommu_find_register(iommu, reg_name);

	if (old) {
		iommu->registers[old - iommu->registers].value = value;
	} else if (iommu->register_count < IOMMU_REGISTERS_MAX &&
		   iommuctl_register_find(iommu->model, reg_name, &entry->reg) == 0) {
		entry->value = value;
		entry->source = source;
		iommu->register_count++;
	}
}

bool iommu_read_register(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu,
			 const char *attribute, const char *reg_name)
{
	char text[64];
	uint64_t value;

	if (!iommu_read_attribute(topology, iommu, attribute, text, sizeof(text)))
		return false;
	if (!parse_u64(text, 16, &value)) {
		iommu_note(topology, iommu, attribute);
		return false;
	}
	iommu_add_register(iommu, reg_name, value, attribute);
	return true;
}

const struct register_value *iommu_find_register(const struct iommuctl_iommu *iommu,
						 const char *reg_name)
{
	for (size_t i = 0; i < iommu->register_count; i++)
		if (strcmp(iommu->registers[i].reg->name, reg_name) == 0)
			return &iommu->registers[i];
	return NULL;
}

uint64_t iommu_field(const struct iommuctl_iommu *iommu, const char *reg_name,
		     const char *field_name)
{
	const struct register_value *entry = iommu_find_register(iommu, reg_name);

	if (!entry)
		return 0;
	return iommuctl_field_get_raw(register_find_field(entry->reg, field_name), entry->value);
}

/* The kernel prints "major:minor". */
void iommu_read_version(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu,
			const char *attribute)
{
	char text[64], *colon;
	uint64_t number;

	if (!iommu_read_attribute(topology, iommu, attribute, text, sizeof(text)))
		return;
	colon = strchr(text, ':');
	if (colon)
		*colon = '\0';
	if (!colon || !parse_u64(text, 10, &number) || !parse_u64(colon + 1, 10, &number)) {
		iommu_note(topology, iommu, attribute);
		return;
	}
	*colon = '.';
	iommu->version = arena_strdup(&topology->arena, text);
}

static bool has_prefix(const struct model *model, const char *name)
{
	size_t n = model->prefix ? strlen(model->prefix) : 0;
	uint64_t number;

	return n > 0 && strncmp(name, model->prefix, n) == 0 &&
	       (!model->numbered || parse_u64(name + n, 10, &number));
}

/* The driver of the parent device names the models whose entries are named after the device. */
static bool read_driver(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
			char *driver, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];

	return io_path(path, sizeof(path), "%s/device/driver", iommu->node + 1) >= 0 &&
	       io_readlink(topology->ctx, path, target, sizeof(target)) > 0 &&
	       io_path(driver, size, "%s", path_last(target)) >= 0;
}

static enum iommuctl_model identify(struct iommuctl_topology *topology,
				    const struct iommuctl_iommu *iommu)
{
	char driver[64] = "";
	enum iommuctl_model model;

	for (size_t i = 0; iommuctl_model_get(i, &model) == 0; i++)
		if (has_prefix(model_get(model), iommu->name))
			return model;
	if (!read_driver(topology, iommu, driver, sizeof(driver)))
		return IOMMUCTL_MODEL_UNKNOWN;
	for (size_t i = 0; iommuctl_model_get(i, &model) == 0; i++)
		if (model_get(model)->driver && strcmp(model_get(model)->driver, driver) == 0)
			return model;
	return IOMMUCTL_MODEL_UNKNOWN;
}

static void load_defaults(struct iommuctl_iommu *iommu)
{
	for (unsigned int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		if (!iommu->sources[i] &&
		    iommuctl_feature_get_default((enum iommuctl_feature)i, iommu->model,
						 &iommu->features[i]) == 0)
			iommu->sources[i] = source_default;
	/* a reason for what is there would be none */
	for (unsigned int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++) {
		enum iommuctl_feature reason;

		if (iommuctl_feature_get_reason((enum iommuctl_feature)i, &reason) == 0 &&
		    iommu->features[i].boolean)
			iommu->sources[reason] = NULL;
	}
}

void iommu_complete(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	iommu_answer(topology, iommu);
	load_defaults(iommu);
}

void iommu_load(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	const struct model *model;

	iommu->model = identify(topology, iommu);
	model = model_get(iommu->model);
	if (model->load)
		model->load(topology, iommu);
	iommu_complete(topology, iommu);
}

IOMMUCTL_EXPORT const char *iommuctl_iommu_get_name(const struct iommuctl_iommu *iommu)
{
	return iommu ? iommu->name : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_iommu_get_node(const struct iommuctl_iommu *iommu)
{
	return iommu ? iommu->node : NULL;
}

IOMMUCTL_EXPORT enum iommuctl_model iommuctl_iommu_get_model(const struct iommuctl_iommu *iommu)
{
	return iommu ? iommu->model : IOMMUCTL_MODEL_UNKNOWN;
}

IOMMUCTL_EXPORT const char *iommuctl_iommu_get_version(const struct iommuctl_iommu *iommu)
{
	return iommu ? iommu->version : NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_device *
iommuctl_iommu_get_device(const struct iommuctl_iommu *iommu, size_t i)
{
	return iommu && i < iommu->device_count ? iommu->devices[i] : NULL;
}

IOMMUCTL_EXPORT int iommuctl_iommu_get_register(const struct iommuctl_iommu *iommu, size_t i,
						const struct iommuctl_register **ret_reg,
						uint64_t *ret_value)
{
	if (!iommu || !ret_reg || !ret_value)
		return -EINVAL;
	if (i >= iommu->register_count)
		return -ENOENT;
	*ret_reg = iommu->registers[i].reg;
	*ret_value = iommu->registers[i].value;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_iommu_get_feature(const struct iommuctl_iommu *iommu,
					       enum iommuctl_feature feature,
					       struct iommuctl_value *ret_value)
{
	if (!iommu || (size_t)feature >= IOMMUCTL_FEATURE_COUNT || !ret_value)
		return -EINVAL;
	if (!iommu->sources[feature])
		return -ENODATA;
	*ret_value = iommu->features[feature];
	return 0;
}

IOMMUCTL_EXPORT const char *iommuctl_iommu_get_feature_source(const struct iommuctl_iommu *iommu,
							      enum iommuctl_feature feature)
{
	return iommu && (size_t)feature < IOMMUCTL_FEATURE_COUNT ? iommu->sources[feature] : NULL;
}
