/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walks the register tables; the tables themselves are in register-MODEL.c. */
#include <errno.h>
#include <string.h>

#include "internal.h"

static const struct {
	const struct iommuctl_register *registers;
	size_t count;
} tables[] = {
	{ vtd_registers, ARRAY_SIZE(vtd_registers) },
	{ amd_registers, ARRAY_SIZE(amd_registers) },
	{ virtio_registers, ARRAY_SIZE(virtio_registers) },
	{ smmu_v3_registers, ARRAY_SIZE(smmu_v3_registers) },
	{ tegra_registers, ARRAY_SIZE(tegra_registers) },
	{ smmu_registers, ARRAY_SIZE(smmu_registers) },
	{ riscv_registers, ARRAY_SIZE(riscv_registers) },
	{ dart_registers, ARRAY_SIZE(dart_registers) },
	{ pci_registers, ARRAY_SIZE(pci_registers) },
};

uint64_t bits(uint64_t value, unsigned int high, unsigned int low)
{
	return value >> low & (UINT64_MAX >> (63 - (high - low)));
}

IOMMUCTL_EXPORT const struct iommuctl_register *
iommuctl_register_next(const struct iommuctl_register *reg)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (!reg)
			return tables[i].registers;
		if (reg < tables[i].registers || reg >= tables[i].registers + tables[i].count)
			continue;
		if (reg + 1 < tables[i].registers + tables[i].count)
			return reg + 1;
		reg = NULL;
	}
	return NULL;
}

IOMMUCTL_EXPORT int iommuctl_register_find(enum iommuctl_model model, const char *name,
					   const struct iommuctl_register **ret_reg)
{
	const struct iommuctl_register *reg = NULL;

	if (!name || !ret_reg)
		return -EINVAL;
	while ((reg = iommuctl_register_next(reg)))
		if ((model == IOMMUCTL_MODEL_UNKNOWN || model == reg->model) &&
		    strcmp(reg->name, name) == 0) {
			*ret_reg = reg;
			return 0;
		}
	return -ENOENT;
}

IOMMUCTL_EXPORT enum iommuctl_model iommuctl_register_get_model(const struct iommuctl_register *reg)
{
	return reg ? reg->model : IOMMUCTL_MODEL_UNKNOWN;
}

IOMMUCTL_EXPORT const char *iommuctl_register_get_arch(const struct iommuctl_register *reg)
{
	if (!reg)
		return NULL;
	return reg->arch ? reg->arch : iommuctl_model_to_string(reg->model);
}

IOMMUCTL_EXPORT const char *iommuctl_register_get_name(const struct iommuctl_register *reg)
{
	return reg ? reg->name : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_register_get_help(const struct iommuctl_register *reg)
{
	return reg ? reg->help : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_register_get_spec(const struct iommuctl_register *reg)
{
	return reg ? reg->spec : NULL;
}

IOMMUCTL_EXPORT unsigned int iommuctl_register_get_width(const struct iommuctl_register *reg)
{
	return reg ? reg->width : 0;
}

IOMMUCTL_EXPORT uint64_t iommuctl_register_get_reserved(const struct iommuctl_register *reg,
							uint64_t value)
{
	if (!reg)
		return 0;
	for (size_t i = 0; i < reg->field_count; i++)
		value &= ~(bits(UINT64_MAX, reg->fields[i].high, reg->fields[i].low)
			   << reg->fields[i].low);
	return value;
}

IOMMUCTL_EXPORT const struct iommuctl_field *
iommuctl_register_next_field(const struct iommuctl_register *reg,
			     const struct iommuctl_field *field)
{
	if (!reg)
		return NULL;
	field = field ? field + 1 : reg->fields;
	return field < reg->fields + reg->field_count ? field : NULL;
}

const struct iommuctl_field *register_find_field(const struct iommuctl_register *reg,
						 const char *name)
{
	const struct iommuctl_field *field = NULL;

	while ((field = iommuctl_register_next_field(reg, field)))
		if (strcmp(field->name, name) == 0)
			return field;
	return NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_field_get_name(const struct iommuctl_field *field)
{
	return field ? field->name : NULL;
}

IOMMUCTL_EXPORT const char *iommuctl_field_get_help(const struct iommuctl_field *field)
{
	return field ? field->help : NULL;
}

IOMMUCTL_EXPORT void iommuctl_field_get_bits(const struct iommuctl_field *field,
					     unsigned int *ret_high, unsigned int *ret_low)
{
	if (field && ret_high)
		*ret_high = field->high;
	if (field && ret_low)
		*ret_low = field->low;
}

IOMMUCTL_EXPORT uint64_t iommuctl_field_get_raw(const struct iommuctl_field *field,
						uint64_t reg_value)
{
	return field ? bits(reg_value, field->high, field->low) : 0;
}

static void decode_bits(const struct iommuctl_field *field, uint64_t raw,
			struct iommuctl_value *value)
{
	value->type = field->kind == FIELD_SET ? IOMMUCTL_VALUE_TEXTS : IOMMUCTL_VALUE_NUMBERS;
	for (int bit = 0; bit <= field->high - field->low; bit++) {
		if (!(raw >> bit & 1))
			continue;
		if (field->kind == FIELD_SET)
			value->texts[value->count++] = field->labels[bit];
		else if (field->numbers)
			value->numbers[value->count++] = field->numbers[bit];
		else
			value->numbers[value->count++] = UINT64_C(1) << (field->low + bit);
	}
}

IOMMUCTL_EXPORT struct iommuctl_value iommuctl_field_decode(const struct iommuctl_field *field,
							    uint64_t reg_value)
{
	uint64_t raw = iommuctl_field_get_raw(field, reg_value);
	struct iommuctl_value value = { .type = IOMMUCTL_VALUE_NONE };

	if (!field || (field->most > 0 && raw > field->most))
		return value;
	switch (field->kind) {
	case FIELD_FLAG:
		return (struct iommuctl_value)VALUE_BOOL(raw != 0);
	case FIELD_NUMBER:
		return (struct iommuctl_value)VALUE_NUMBER((raw << field->shift) + field->bias);
	case FIELD_POWER:
		return (struct iommuctl_value)VALUE_NUMBER(UINT64_C(1)
							   << (raw * field->scale + field->bias));
	case FIELD_ENUM:
		if (field->labels[raw])
			return (struct iommuctl_value)VALUE_TEXT(field->labels[raw]);
		return value;
	case FIELD_CODE:
		if (field->numbers[raw] > 0)
			return (struct iommuctl_value)VALUE_NUMBER(field->numbers[raw]);
		return value;
	case FIELD_NAMED:
		for (const struct field_name *name = field->names; name->name; name++)
			if ((reg_value & name->mask) == name->value)
				return (struct iommuctl_value)VALUE_TEXT(name->name);
		return (struct iommuctl_value)VALUE_NUMBER(raw);
	case FIELD_SET:
	case FIELD_SIZES:
		decode_bits(field, raw, &value);
		return value;
	}
	return value;
}
