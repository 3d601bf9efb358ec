/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device show --hw-info: what iommufd tells of the IOMMU behind devices on VFIO. */
#include <errno.h>

#include "attrs.h"

/* Asked beside what an SMMUv3 is by itself. */
#define TYPE_ARM_SMMUV3	    2
#define TYPE_TEGRA241_CMDQV 3

struct answer {
	const void *device;
	struct iommuctl_hw_info *info;
	struct iommuctl_hw_info *cmdqv;
};

/* Of the one command that this process runs, for its getters. */
static struct answer *answers;
static size_t answer_count;

/* ------------------------------------------------------------------ asking */

static int ask(struct app *app, struct iommuctl_iommufd *iommufd, struct answer *answer)
{
	struct iommuctl_vfio *vfio = NULL;
	int r = iommuctl_vfio_open(app->ctx, answer->device, &vfio);

	if (r >= 0)
		r = iommuctl_vfio_bind(vfio, iommufd);
	if (r >= 0)
		r = iommuctl_hw_info_load(iommuctl_vfio_get_object(vfio), 0, &answer->info);
	if (r < 0)
		message_diag(app);
	else if (iommuctl_hw_info_get_type(answer->info) == TYPE_ARM_SMMUV3)
		/* most are without, and older kernels do not tell */
		iommuctl_hw_info_load(iommuctl_vfio_get_object(vfio), TYPE_TEGRA241_CMDQV,
				      &answer->cmdqv);
	if (r == -ENXIO)
		hint("%s", iommuctl_device_get_iommu(answer->device)
				   ? "only devices that were given to VFIO can be asked about: "
				     "bind it to vfio-pci"
				   : "no IOMMU serves it: there is nothing to ask about");
	/* which gives the device back before the next one is taken */
	iommuctl_vfio_close(vfio);
	return r;
}

static bool is_wanted(const struct app *app)
{
	for (size_t i = 0; i < app->selection.count; i++)
		if (app->selection.attrs[i]->flags & ATTR_HW_INFO)
			return app->hw_info;
	return false;
}

static int refuse(const char *reason, const char *next)
{
	message("device --hw-info: ask: %s", reason);
	hint("%s", next);
	return EXIT_USAGE;
}

int hw_info_ask(struct app *app, const struct objects *devices, size_t *ret_failed)
{
	struct iommuctl_iommufd *iommufd = NULL;

	if (!is_wanted(app))
		return EXIT_DONE;
	if (iommuctl_context_has_root(app->ctx))
		return refuse("a copy of a machine has no kernel to ask", "leave out --root");
	if (app->arg_count == 0)
		return refuse("no device is named",
			      "name those to be claimed for a moment; iommuctl device list -o "
			      "name,vfio_node has those on VFIO");
	answers = calloc(devices->count + 1, sizeof(*answers));
	if (!answers)
		return EXIT_FAILED;
	if (iommuctl_iommufd_open(app->ctx, &iommufd) < 0) {
		message_diag(app);
		*ret_failed = devices->count;
		return EXIT_DONE;
	}
	for (size_t i = 0; i < devices->count; i++) {
		answers[answer_count].device = devices->items[i];
		if (ask(app, iommufd, &answers[answer_count]) < 0)
			++*ret_failed;
		else
			answer_count++;
	}
	iommuctl_iommufd_close(iommufd);
	return EXIT_DONE;
}

void hw_info_forget(void)
{
	for (size_t i = 0; i < answer_count; i++) {
		iommuctl_hw_info_free(answers[i].info);
		iommuctl_hw_info_free(answers[i].cmdqv);
	}
	free(answers);
	answers = NULL;
	answer_count = 0;
}

/* ----------------------------------------------------------------- getters */

static const struct answer *find(const void *device)
{
	for (size_t i = 0; i < answer_count; i++)
		if (answers[i].device == device)
			return &answers[i];
	return NULL;
}

static json_object *get_flags(const struct iommuctl_hw_info *info)
{
	uint32_t flags;

	return iommuctl_hw_info_get_flags(info, &flags) < 0 ? NULL : value_hex(flags);
}

static json_object *get_errata(const struct iommuctl_hw_info *info)
{
	json_object *list = json_object_new_array();
	const char *name;

	for (size_t i = 0; (name = iommuctl_hw_info_get_erratum(info, i)); i++)
		json_object_array_add(list, value_text(name));
	return list;
}

static json_object *get_pasid_bits(const struct iommuctl_hw_info *info)
{
	unsigned int bits;

	return iommuctl_hw_info_get_pasid_bits(info, &bits) < 0 ? NULL : value_number(bits);
}

static json_object *get_capability(const struct iommuctl_hw_info *info, int capability)
{
	int has = iommuctl_hw_info_has_capability(info, (enum iommuctl_hw_capability)capability);

	return has < 0 ? NULL : value_bool(has > 0);
}

static json_object *get_capabilities(const struct iommuctl_hw_info *info)
{
	json_object *object = json_object_new_object();

	for (int i = 0; i < IOMMUCTL_HW_CAPABILITY_COUNT; i++)
		object_set(object, iommuctl_hw_capability_get_key((enum iommuctl_hw_capability)i),
			   get_capability(info, i));
	return object;
}

/* The bytes, in hexadecimal. */
static json_object *get_features(const struct iommuctl_hw_info *info)
{
	json_object *features = json_object_new_object();

	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++) {
		enum iommuctl_feature feature = (enum iommuctl_feature)i;
		struct iommuctl_value value = { .type = IOMMUCTL_VALUE_NONE };

		iommuctl_hw_info_get_feature(info, feature, &value);
		object_set(features, iommuctl_feature_get_key(feature), value_decoded(&value));
	}
	return features;
}

static json_object *get_raw(const struct iommuctl_hw_info *info)
{
	static const char digits[] = "0123456789abcdef";
	json_object *value = NULL;
	size_t size;
	const uint8_t *data = iommuctl_hw_info_get_data(info, &size);
	char *text = malloc(2 * size + 1);

	for (size_t i = 0; text && i < size; i++) {
		text[2 * i] = digits[data[i] >> 4];
		text[2 * i + 1] = digits[data[i] & 15];
	}
	if (text)
		value = json_object_new_string_len(text, (int)(2 * size));
	free(text);
	return value;
}

static void add_registers(json_object *list, const struct iommuctl_hw_info *info)
{
	const struct iommuctl_register *reg;
	uint64_t value;

	for (size_t i = 0; iommuctl_hw_info_get_register(info, i, &reg, &value) == 0; i++)
		json_object_array_add(list, register_to_json(reg, value));
}

json_object *hw_info_get(const void *object, const struct attr *attr)
{
	const struct answer *answer = find(object);
	json_object *result, *registers;

	(void)attr;
	if (!answer)
		return NULL;
	result = json_object_new_object();
	registers = json_object_new_array();
	add_registers(registers, answer->info);
	add_registers(registers, answer->cmdqv);
	object_set(result, "type", value_number(iommuctl_hw_info_get_type(answer->info)));
	object_set(result, "type_name", value_text(iommuctl_hw_info_get_type_name(answer->info)));
	object_set(result, "data_length", value_number(iommuctl_hw_info_get_length(answer->info)));
	object_set(result, "flags", get_flags(answer->info));
	object_set(result, "errata", get_errata(answer->info));
	object_set(result, "max_pasid_bits", get_pasid_bits(answer->info));
	object_set(result, "capabilities", get_capabilities(answer->info));
	object_set(result, "unknown_capabilities",
		   value_hex(iommuctl_hw_info_get_unknown_capabilities(answer->info)));
	object_set(result, "features", get_features(answer->info));
	object_set(result, "registers", registers);
	object_set(result, "raw", get_raw(answer->info));
	return result;
}

static void rows_registers(const struct iommuctl_hw_info *info, struct rows *rows)
{
	const struct iommuctl_register *reg;
	uint64_t value;

	for (size_t i = 0; iommuctl_hw_info_get_register(info, i, &reg, &value) == 0; i++)
		rows_add(rows, iommuctl_register_get_name(reg), value_hex(value),
			 iommuctl_register_get_help(reg));
}

static const char *const capability_help[IOMMUCTL_HW_CAPABILITY_COUNT] = {
	[IOMMUCTL_HW_DIRTY_TRACKING] = "dirty tracking by the IOMMU",
	[IOMMUCTL_HW_PASID_EXEC] = "execute permission with PASIDs",
	[IOMMUCTL_HW_PASID_PRIV] = "privileged mode with PASIDs",
	[IOMMUCTL_HW_ATS_NOT_SUPPORTED] = "ATS cannot be used",
};

void hw_info_rows(const void *object, struct rows *rows)
{
	const struct answer *answer = find(object);
	const struct iommuctl_hw_info *info = answer ? answer->info : NULL;
	const char *name = iommuctl_hw_info_get_type_name(info);

	if (!answer)
		return;
	rows_add(rows, "type", value_number(iommuctl_hw_info_get_type(info)),
		 name ? name : "not known here");
	rows_add(rows, "flags", get_flags(info), "the kernel's for this type");
	rows_add(rows, "errata", get_errata(info), NULL);
	rows_add(rows, "max_pasid_bits", get_pasid_bits(info), "bits of a PASID of the device");
	for (int i = 0; i < IOMMUCTL_HW_CAPABILITY_COUNT; i++)
		rows_add(rows, iommuctl_hw_capability_get_key((enum iommuctl_hw_capability)i),
			 get_capability(info, i), capability_help[i]);
	rows_add(rows, "unknown_capabilities",
		 value_hex(iommuctl_hw_info_get_unknown_capabilities(info)), NULL);
	rows_registers(info, rows);
	rows_registers(answer->cmdqv, rows);
	rows_add(rows, "raw", get_raw(info), NULL);
}
