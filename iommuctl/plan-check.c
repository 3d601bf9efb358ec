/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan against a machine: its devices, groups, IOMMUs and kernel. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "attrs.h"
#include "borrow.h"
#include "plan.h"

/* ----------------------------------------------------------------------- devices */

static void check_node(struct plan *plan, const struct plan_item *item)
{
	if (iommuctl_device_get_vfio_node(item->device))
		plan_find(plan, "device", item, "device", PLAN_PASS, NULL,
			  "VFIO has it, with a device node");
	else
		plan_find(plan, "device", item, "device",
			  plan->app->root ? PLAN_UNMEASURED : PLAN_FAIL,
			  "a kernel with CONFIG_VFIO_DEVICE_CDEV is needed, Linux 6.6",
			  "it has no node in /dev/vfio/devices");
}

static void check_group(struct plan *plan, const struct plan_item *item)
{
	const struct iommuctl_device *blocker = NULL;
	const struct iommuctl_group *group = iommuctl_device_get_group(item->device);
	int r = group ? iommuctl_group_is_viable(group, &blocker) : -ENODEV;

	if (r == -ENODEV)
		plan_find(plan, "group", item, "device", PLAN_FAIL,
			  "see whether the IOMMU is on: iommuctl iommu list",
			  "no IOMMU serves the device");
	else if (r < 0)
		plan_find(plan, "group", item, "device", PLAN_UNMEASURED, NULL,
			  "what drivers its group %" PRIu64 " has could not be read",
			  iommuctl_group_get_id(group));
	else if (r == 0 && blocker)
		plan_find(plan, "group", item, "device", PLAN_FAIL,
			  "bind it to vfio-pci too, or leave it without a driver",
			  "of its group %" PRIu64 ", %s is on the driver %s",
			  iommuctl_group_get_id(group), iommuctl_device_get_name(blocker),
			  iommuctl_device_get_driver(blocker));
	else if (r == 0)
		plan_find(plan, "group", item, "device", PLAN_FAIL, NULL,
			  "its group %" PRIu64 " has a direct region, which must stay mapped",
			  iommuctl_group_get_id(group));
	else
		plan_find(plan, "group", item, "device", PLAN_PASS, NULL,
			  "nothing else of its group %" PRIu64 " is in the way",
			  iommuctl_group_get_id(group));
}

static void check_device(struct plan *plan, struct plan_item *item)
{
	const char *name = plan_text(item, "device"), *driver;

	item->device = device_find(plan->app->topology, name);
	if (!item->device) {
		plan_find(plan, "device", item, "device", PLAN_FAIL, NULL, "there is no device %s",
			  name);
		return;
	}
	driver = iommuctl_device_get_driver(item->device);
	if (is_on_vfio(item->device))
		check_node(plan, item);
	else
		plan_find(plan, "device", item, "device", PLAN_FAIL,
			  "bind it to vfio-pci first: driverctl set-override DEVICE vfio-pci",
			  driver ? "it is on the driver %s, not on VFIO" : "no driver has it%s",
			  driver ? driver : ", so VFIO does not");
	check_group(plan, item);
}

/* Those that the IOMMU cannot tell from one another can only be in one place. */
static void check_routes(struct plan *plan)
{
	json_object *groups = json_object_new_object(), *before;
	struct plan_item *item = NULL;

	while ((item = plan_next(plan, PLAN_ATTACHMENT, item))) {
		const struct plan_item *device = plan_target(plan, item, "device");
		const struct iommuctl_group *group =
			device->device ? iommuctl_device_get_group(device->device) : NULL;
		char key[32];

		if (!group || plan_get(item, "pasid"))
			continue;
		snprintf(key, sizeof(key), "%" PRIu64, iommuctl_group_get_id(group));
		if (!json_object_object_get_ex(groups, key, &before))
			json_object_object_add(groups, key,
					       json_object_new_string(plan_text(item, "to")));
		else if (strcmp(json_object_get_string(before), plan_text(item, "to")) != 0)
			plan_find(plan, "routing", item, NULL, PLAN_FAIL,
				  "attach all devices of a group to the same one",
				  "another device of its group %s is attached to %s, and the IOMMU "
				  "cannot tell them apart",
				  key, json_object_get_string(before));
	}
	json_object_put(groups);
}

/* ---------------------------------------------------------------------- features */

/* Why it is not there, which is static; or NULL. */
static const char *reason_of(const struct iommuctl_iommu *iommu, enum iommuctl_feature feature)
{
	struct iommuctl_value reason;
	enum iommuctl_feature why;

	return iommuctl_feature_get_reason(feature, &why) >= 0 &&
			       iommuctl_iommu_get_feature(iommu, why, &reason) >= 0 &&
			       reason.type == IOMMUCTL_VALUE_TEXT
		       ? reason.text
		       : NULL;
}

static void check_feature(struct plan *plan, const struct plan_item *item, const char *key,
			  const struct iommuctl_iommu *iommu, enum iommuctl_feature feature)
{
	const char *name = iommuctl_iommu_get_name(iommu);
	const char *feature_key = iommuctl_feature_get_key(feature);
	struct iommuctl_value value;

	if (iommuctl_iommu_get_feature(iommu, feature, &value) < 0 ||
	    value.type != IOMMUCTL_VALUE_BOOL)
		plan_find(plan, "feature", item, key, PLAN_UNMEASURED, NULL,
			  "whether %s has %s is not known before it is tried", name, feature_key);
	else if (value.boolean)
		plan_find(plan, "feature", item, key, PLAN_PASS, NULL, "%s has %s", name,
			  feature_key);
	else
		plan_find(plan, "feature", item, key, PLAN_FAIL, NULL, "%s has no %s%s%s", name,
			  feature_key, reason_of(iommu, feature) ? ": " : "",
			  reason_of(iommu, feature) ? reason_of(iommu, feature) : "");
}

/* Data of one model on the IOMMU of another. */
static void check_model(struct plan *plan, const struct plan_item *item, const char *key,
			const struct iommuctl_iommu *iommu, enum iommuctl_model wanted)
{
	enum iommuctl_model model = iommuctl_iommu_get_model(iommu);

	if (model == wanted)
		plan_find(plan, "model", item, key, PLAN_PASS, NULL, "%s is %s",
			  iommuctl_iommu_get_name(iommu), iommuctl_model_to_string(model));
	else if (model == IOMMUCTL_MODEL_UNKNOWN)
		plan_find(plan, "model", item, key, PLAN_UNMEASURED, NULL,
			  "what model %s is is not known", iommuctl_iommu_get_name(iommu));
	else
		plan_find(plan, "model", item, key, PLAN_FAIL, NULL,
			  "%s is %s, and cannot walk what is made for %s",
			  iommuctl_iommu_get_name(iommu), iommuctl_model_to_string(model),
			  iommuctl_model_to_string(wanted));
}

static const struct {
	enum plan_kind kind;
	const char *key;
	const char *word; /* that KEY has; NULL: whatever it has */
	enum iommuctl_model model;
} models[] = {
	{ PLAN_HWPT, "vtd_s1", NULL, IOMMUCTL_MODEL_INTEL_VTD },
	{ PLAN_HWPT, "arm_smmu_v3", NULL, IOMMUCTL_MODEL_ARM_SMMU_V3 },
	{ PLAN_HWPT, "type", "vtd-s1", IOMMUCTL_MODEL_INTEL_VTD },
	{ PLAN_HWPT, "type", "arm-smmu-v3", IOMMUCTL_MODEL_ARM_SMMU_V3 },
	{ PLAN_HWPT, "type", "amd-guest", IOMMUCTL_MODEL_AMD_VI },
	{ PLAN_VIOMMU, "type", "arm-smmu-v3", IOMMUCTL_MODEL_ARM_SMMU_V3 },
	{ PLAN_VIOMMU, "type", "tegra241-cmdqv", IOMMUCTL_MODEL_ARM_SMMU_V3 },
};

static const struct {
	const char *key;
	enum iommuctl_feature feature;
} features[] = {
	{ "nest_parent", IOMMUCTL_FEATURE_NESTING },
	{ "dirty_tracking", IOMMUCTL_FEATURE_DIRTY_TRACKING },
	{ "for_pasid", IOMMUCTL_FEATURE_PASID },
	{ "fault_queue", IOMMUCTL_FEATURE_IOPF },
};

static void check_features(struct plan *plan, const struct plan_item *item)
{
	const struct plan_item *device = plan_target(plan, item, "device");
	const struct iommuctl_iommu *iommu =
		device && device->device ? iommuctl_device_get_iommu(device->device) : NULL;

	for (size_t i = 0; iommu && i < ARRAY_SIZE(models); i++)
		if (models[i].kind == item->kind && plan_get(item, models[i].key) &&
		    (!models[i].word ||
		     strcmp(plan_text(item, models[i].key), models[i].word) == 0))
			check_model(plan, item, models[i].key, iommu, models[i].model);
	for (size_t i = 0; iommu && item->kind == PLAN_HWPT && i < ARRAY_SIZE(features); i++)
		if (plan_get(item, features[i].key) && plan_flag(item, features[i].key, true))
			check_feature(plan, item, features[i].key, iommu, features[i].feature);
}

static void check_pasid(struct plan *plan, const struct plan_item *item)
{
	const struct plan_item *device = plan_target(plan, item, "device");
	const struct iommuctl_link *link;
	struct iommuctl_chain *chain;
	unsigned int bits = 20;
	uint64_t pasid;
	int usable;

	if (!plan_number(item, "pasid", &pasid) || !device->device ||
	    iommuctl_chain_load(device->device, 0, &chain) < 0)
		return;
	usable = iommuctl_chain_is_usable(chain, IOMMUCTL_SERVICE_PASID);
	link = iommuctl_chain_get_first(chain, IOMMUCTL_SERVICE_PASID, IOMMUCTL_LINK_BROKEN);
	iommuctl_chain_get_pasid_bits(chain, &bits);
	if (link)
		plan_find(plan, "pasid", item, "pasid", PLAN_FAIL,
			  "iommuctl device pasid DEVICE shows the whole chain", "%s: %s",
			  iommuctl_link_get_object(link), iommuctl_link_get_evidence(link));
	else if (pasid >> bits)
		plan_find(plan, "pasid", item, "pasid", PLAN_FAIL, NULL,
			  "the device's PASIDs have %u bits", bits);
	else
		plan_find(plan, "pasid", item, "pasid", usable > 0 ? PLAN_PASS : PLAN_UNMEASURED,
			  usable > 0 ? NULL : "iommuctl device pasid DEVICE --config reads more",
			  usable > 0 ? "the device can have PASIDs"
				     : "not all that PASIDs need could be read");
	iommuctl_chain_free(chain);
}

/* ------------------------------------------------------------------------ kernel */

/* What a key, or an item of that kind, needs. */
static const struct {
	enum plan_kind kind;
	const char *key;
	const char *name;
} calls[] = {
	{ PLAN_DEVICE, NULL, "VFIO_DEVICE_BIND_IOMMUFD" },
	{ PLAN_ATTACHMENT, NULL, "VFIO_DEVICE_ATTACH_IOMMUFD_PT" },
	{ PLAN_ATTACHMENT, "pasid", "VFIO_DEVICE_ATTACH_PASID" },
	{ PLAN_IOAS, NULL, "IOMMU_IOAS_ALLOC" },
	{ PLAN_MAP, NULL, "IOMMU_IOAS_MAP_FILE" },
	{ PLAN_FAULT_QUEUE, NULL, "IOMMU_FAULT_QUEUE_ALLOC" },
	{ PLAN_HWPT, NULL, "IOMMU_HWPT_ALLOC" },
	{ PLAN_HWPT, "nest_parent", "IOMMU_HWPT_ALLOC_NEST_PARENT" },
	{ PLAN_HWPT, "dirty_tracking", "IOMMU_HWPT_ALLOC_DIRTY_TRACKING" },
	{ PLAN_HWPT, "for_pasid", "IOMMU_HWPT_ALLOC_PASID" },
	{ PLAN_HWPT, "fault_queue", "IOMMU_HWPT_FAULT_ID_VALID" },
	{ PLAN_VIOMMU, NULL, "IOMMU_VIOMMU_ALLOC" },
	{ PLAN_VDEVICE, NULL, "IOMMU_VDEVICE_ALLOC" },
	{ PLAN_VEVENTQ, NULL, "IOMMU_VEVENTQ_ALLOC" },
	{ PLAN_HW_QUEUE, NULL, "IOMMU_HW_QUEUE_ALLOC" },
};

static const struct iommuctl_kernel_entry *find_call(const struct iommuctl_kernel_probe *probe,
						     const char *name)
{
	const struct iommuctl_kernel_entry *entry;

	for (size_t i = 0; (entry = iommuctl_kernel_probe_get_entry(probe, i)); i++)
		if (strcmp(iommuctl_kernel_entry_get_name(entry), name) == 0)
			return entry;
	return NULL;
}

/* The first item that needs it stands for all. */
static const struct plan_item *first_user(const struct plan *plan, enum plan_kind kind,
					  const char *key)
{
	struct plan_item *item = NULL;

	while ((item = plan_next(plan, kind, item)))
		if (!key || plan_get(item, key))
			return item;
	return NULL;
}

static void check_kernel(struct plan *plan)
{
	struct iommuctl_kernel_probe *probe = NULL;

	iommuctl_kernel_probe_load(plan->app->ctx, &probe);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const struct plan_item *item = first_user(plan, calls[i].kind, calls[i].key);
		const struct iommuctl_kernel_entry *entry =
			probe ? find_call(probe, calls[i].name) : NULL;
		int present = entry ? iommuctl_kernel_entry_is_present(entry) : -ENODATA;
		const char *since = entry ? iommuctl_kernel_entry_get_since(entry) : NULL;

		if (!item)
			continue;
		if (present < 0)
			plan_find(plan, "kernel", item, calls[i].key, PLAN_UNMEASURED, NULL,
				  "whether the kernel has %s is not known", calls[i].name);
		else if (present)
			plan_find(plan, "kernel", item, calls[i].key, PLAN_PASS, NULL,
				  "the kernel has %s", calls[i].name);
		else
			plan_find(plan, "kernel", item, calls[i].key, PLAN_FAIL, NULL,
				  "this kernel has no %s, which needs Linux %s", calls[i].name,
				  since ? since : "of another version");
	}
	iommuctl_kernel_probe_free(probe);
}

int plan_check_machine(struct plan *plan)
{
	struct plan_item *item = NULL;
	int r;

	if (app_load(plan->app) < 0)
		return -EIO;
	while ((item = plan_next(plan, PLAN_DEVICE, item)))
		check_device(plan, item);
	check_routes(plan);
	for (size_t i = 0; i < plan->item_count; i++) {
		if (plan->items[i].kind == PLAN_HWPT || plan->items[i].kind == PLAN_VIOMMU)
			check_features(plan, &plan->items[i]);
		if (plan->items[i].kind == PLAN_ATTACHMENT)
			check_pasid(plan, &plan->items[i]);
	}
	check_kernel(plan);
	if (!plan->app->root)
		plan_check_memory(plan);
	r = plan_lay_out(plan);
	if (r >= 0 && !plan->app->root)
		plan_check_locked(plan);
	return r;
}
