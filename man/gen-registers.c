/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints iommuctl-registers(7) from the library's tables: every register and
 * field, every feature and its default. "make update-manual" stores it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libiommuctl/iommuctl.h"

#define PAGE_DATE "November 21, 2026"

/* A text line: nothing in it is a request or an escape of roff. */
static void print_text(const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text; text++)
		if (*text == '\\')
			fputs("\\e", stdout);
		else
			putchar(*text);
	putchar('\n');
}

/* VALUE in words, without a newline. */
static void print_value(FILE *out, const struct iommuctl_value *value)
{
	switch (value->type) {
	case IOMMUCTL_VALUE_NONE:
		fputs("nothing known", out);
		break;
	case IOMMUCTL_VALUE_BOOL:
		fputs(value->boolean ? "yes" : "no", out);
		break;
	case IOMMUCTL_VALUE_NUMBER:
		fprintf(out, "%" PRIu64, value->number);
		break;
	case IOMMUCTL_VALUE_TEXT:
		fprintf(out, "\\(lq%s\\(rq", value->text);
		break;
	case IOMMUCTL_VALUE_NUMBERS:
	case IOMMUCTL_VALUE_TEXTS:
		if (value->count == 0)
			fputs("an empty list", out);
		for (unsigned int i = 0; i < value->count; i++) {
			fputs(i > 0 ? ", " : "", out);
			if (value->type == IOMMUCTL_VALUE_TEXTS)
				fputs(value->texts[i], out);
			else
				fprintf(out, "%" PRIu64, value->numbers[i]);
		}
		break;
	}
}

/* -------------------------------------------------------------- registers */

static struct iommuctl_value decode(const struct iommuctl_field *field, uint64_t raw)
{
	unsigned int high, low;

	iommuctl_field_get_bits(field, &high, &low);
	return iommuctl_field_decode(field, raw << low);
}

/* Codes enough to see how a field decodes. */
static uint64_t count_codes(unsigned int bits)
{
	return UINT64_C(1) << (bits < 12 ? bits : 12);
}

/* Whether all codes are numbers that the first two tell: equal steps, or equal factors. */
static bool is_regular(const struct iommuctl_field *field, unsigned int bits)
{
	uint64_t first = decode(field, 0).number, second = decode(field, 1).number;
	uint64_t sum = first, product = first;

	for (uint64_t code = 0; code < count_codes(bits); code++) {
		struct iommuctl_value value = decode(field, code);

		if (value.type == IOMMUCTL_VALUE_TEXT ||
		    (value.type == IOMMUCTL_VALUE_NUMBER && value.number != sum &&
		     value.number != product))
			return false;
		sum += second - first;
		product *= first > 0 ? second / first : 0;
	}
	return true;
}

/* "0 means 4-level, 1 means 5-level": each code that means something else than itself. */
static void print_codes(const struct iommuctl_field *field, unsigned int bits)
{
	const char *separator = "The code ";

	for (uint64_t code = 0; code < count_codes(bits); code++) {
		struct iommuctl_value value = decode(field, code);

		if (value.type == IOMMUCTL_VALUE_NONE ||
		    (value.type == IOMMUCTL_VALUE_NUMBER && value.number == code))
			continue;
		printf("%s%" PRIu64 " means ", separator, code);
		print_value(stdout, &value);
		separator = ",\n";
	}
	if (separator[0] == ',')
		puts(".");
}

/* Numbers that are not what the bits say: two codes show the rule. */
static void print_rule(uint64_t first, uint64_t second)
{
	if (first != 0 || second != 1)
		printf("The code 0 means %" PRIu64 ", 1 means %" PRIu64 ", and so on.\n", first,
		       second);
}

/* Each bit of a set, unless all of them are numbers that they are the bits of. */
static void print_set(const struct iommuctl_field *field, unsigned int low, unsigned int bits)
{
	unsigned int weights = 0;

	for (unsigned int bit = 0; bit < bits; bit++) {
		struct iommuctl_value value = decode(field, UINT64_C(1) << bit);

		weights += value.type == IOMMUCTL_VALUE_NUMBERS &&
			   value.numbers[0] == UINT64_C(1) << (low + bit);
	}
	if (weights == bits) {
		puts("A set: each bit means what it is in the register.");
		return;
	}
	puts("A set:");
	for (unsigned int bit = 0; bit < bits; bit++) {
		struct iommuctl_value value = decode(field, UINT64_C(1) << bit);

		printf("%sbit %u means ", bit > 0 ? ",\n" : "", bit);
		print_value(stdout, &value);
	}
	puts(".");
}

static void print_decoding(const struct iommuctl_field *field, unsigned int low, unsigned int bits)
{
	struct iommuctl_value value = decode(field, 0);

	switch (value.type) {
	case IOMMUCTL_VALUE_NONE:
	case IOMMUCTL_VALUE_TEXT:
	case IOMMUCTL_VALUE_NUMBER:
		if (is_regular(field, bits))
			print_rule(value.number, decode(field, 1).number);
		else
			print_codes(field, bits);
		break;
	case IOMMUCTL_VALUE_NUMBERS:
	case IOMMUCTL_VALUE_TEXTS:
		print_set(field, low, bits);
		break;
	case IOMMUCTL_VALUE_BOOL:
		break;
	}
}

static void print_field(const struct iommuctl_field *field)
{
	unsigned int high, low;

	iommuctl_field_get_bits(field, &high, &low);
	printf(".It Cm %s Bq ", iommuctl_field_get_name(field));
	if (high == low)
		printf("%u\n", low);
	else
		printf("%u:%u\n", high, low);
	printf("%s.\n", iommuctl_field_get_help(field));
	print_decoding(field, low, high - low + 1);
}

static void print_register(const struct iommuctl_register *reg)
{
	const struct iommuctl_field *field = NULL;

	printf(".Ss %s %s\n", iommuctl_register_get_arch(reg), iommuctl_register_get_name(reg));
	printf("%s, %u bits.\n", iommuctl_register_get_help(reg), iommuctl_register_get_width(reg));
	fputs("Specification: ", stdout);
	print_text(iommuctl_register_get_spec(reg));
	puts(".Bl -tag -width Ds");
	while ((field = iommuctl_register_next_field(reg, field)))
		print_field(field);
	puts(".El");
}

/* --------------------------------------------------------------- features */

/* The default of MODEL in words; false when it has none. */
static bool format_default(enum iommuctl_feature feature, enum iommuctl_model model, char *buf,
			   size_t size)
{
	struct iommuctl_value value;
	FILE *out;

	if (iommuctl_feature_get_default(feature, model, &value) < 0)
		return false;
	out = fmemopen(buf, size, "w");
	if (!out)
		exit(1);
	print_value(out, &value);
	fclose(out);
	return true;
}

/* Whether every model has the same default, then in BUF. */
static bool is_common(enum iommuctl_feature feature, char *buf, size_t size)
{
	enum iommuctl_model model;
	char other[256];

	if (!format_default(feature, IOMMUCTL_MODEL_INTEL_VTD, buf, size))
		return false;
	for (size_t i = 1; iommuctl_model_get(i, &model) == 0; i++)
		if (!format_default(feature, model, other, sizeof(other)) ||
		    strcmp(buf, other) != 0)
			return false;
	return true;
}

static void print_feature(enum iommuctl_feature feature)
{
	enum iommuctl_model model;
	char text[256];

	printf(".It Cm %s\n", iommuctl_feature_get_key(feature));
	printf("%s.\n", iommuctl_feature_get_help(feature));
	if (is_common(feature, text, sizeof(text))) {
		printf("Default of every model: %s.\n", text);
		return;
	}
	puts("Defaults:\n.Bl -tag -width virtio-iommu -compact");
	for (size_t i = 1; iommuctl_model_get(i, &model) == 0; i++)
		if (format_default(feature, model, text, sizeof(text)))
			printf(".It %s\n%s\n", iommuctl_model_to_string(model), text);
	puts(".El");
}

int main(void)
{
	const struct iommuctl_register *reg = NULL;

	puts(".\\\" SPDX-License-Identifier: GPL-2.0-or-later\n"
	     ".\\\" Generated by man/gen-registers.c; \"make update-manual\" makes it anew.\n"
	     ".Dd " PAGE_DATE "\n"
	     ".Dt IOMMUCTL-REGISTERS 7\n"
	     ".Os\n"
	     ".Sh NAME\n"
	     ".Nm iommuctl-registers\n"
	     ".Nd registers and features of IOMMUs that iommuctl decodes\n"
	     ".Sh DESCRIPTION\n"
	     "Registers are decoded by\n"
	     ".Xr iommuctl-register 1\n"
	     "from values given by hand, and by\n"
	     ".Xr iommuctl-iommu 1\n"
	     "from what the kernel publishes.\n"
	     "A name is written as in the specification, in lower case.\n"
	     "Behind it stand the bits of the field, the highest first.\n"
	     "A field without another word is a flag, yes when the bit is 1,\n"
	     "or else the number that the bits are.\n"
	     "A register is of a model of IOMMU, or of another part:\n"
	     ".Cm pci\n"
	     "is configuration space of devices.\n"
	     "What a kernel prints in its log instead of registers is decoded like them.\n"
	     "Bits that no field covers are reserved;\n"
	     "those of them that are set are told apart as\n"
	     ".Cm reserved_set .\n"
	     ".Sh REGISTERS");
	while ((reg = iommuctl_register_next(reg)))
		print_register(reg);
	puts(".Sh FEATURES\n"
	     "What an IOMMU can do is asked in the same words for every model.\n"
	     "A feature is learnt from the registers where the kernel publishes them.\n"
	     "Where it does not, the least that every IOMMU of the model has is assumed:\n"
	     "the default below, which\n"
	     ".Xr iommuctl-iommu 1\n"
	     "marks as such.\n"
	     "A model that is not named has no default; the feature is unknown then.\n"
	     "The defaults are part of the registry of models, see\n"
	     ".Xr iommuctl 7 .\n"
	     ".Bl -tag -width Ds");
	for (int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++)
		print_feature((enum iommuctl_feature)i);
	puts(".El\n"
	     ".Sh SEE ALSO\n"
	     ".Xr iommuctl-iommu 1 ,\n"
	     ".Xr iommuctl-register 1 ,\n"
	     ".Xr iommuctl 7");
	return 0;
}
