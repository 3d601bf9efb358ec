/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What features need besides the hardware's bit, and which of that is missing. */
#include <errno.h>
#include <string.h>

#include "internal.h"

const char source_default[] = "default";
const char source_command_line[] = "kernel command line";
const char source_configuration[] = "kernel configuration";
const char source_release[] = "kernel release";

static_assert(IOMMUCTL_FEATURE_COUNT < 63, "features are bits of a question");

static int check_config(struct iommuctl_context *ctx, const struct condition *condition)
{
	int r;

	if (condition->word && kernel_is_since(ctx, condition->word) == 1)
		return 1;
	r = kernel_get_config(ctx, condition->name);
	return r < 0 ? r : r != 'n';
}

/* 1: it holds; 0; -ENODATA: not known. */
static int check(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
		 const struct condition *condition, const char **ret_source)
{
	const struct register_value *reg;
	int r;

	switch (condition->kind) {
	case NEEDS_FIELD:
		reg = iommu_find_register(iommu, condition->name);
		*ret_source = reg ? reg->source : NULL;
		return reg ? iommu_field(iommu, condition->name, condition->word) != 0 : -ENODATA;
	case NEEDS_NO_OPTION:
		*ret_source = source_command_line;
		r = kernel_has_option(topology->ctx, condition->name, condition->word);
		return r < 0 ? r : !r;
	case NEEDS_CONFIG:
		*ret_source = source_configuration;
		return check_config(topology->ctx, condition);
	case NEEDS_RELEASE:
		*ret_source = source_release;
		return kernel_is_since(topology->ctx, condition->name);
	case NEEDS_TEST:
		return condition->test(topology, iommu, ret_source);
	case NEEDS_MORE:
		break;
	}
	return 0;
}

const char *source_join(struct iommuctl_topology *topology, const char *a, const char *b)
{
	size_t size;
	char *both;

	if (!a || !b || strstr(a, b))
		return a ? a : b;
	size = strlen(a) + strlen(b) + 3;
	both = arena_alloc(&topology->arena, size);
	if (!both)
		return a;
	snprintf(both, size, "%s, %s", a, b);
	return both;
}

/* How the kernel is built and started is but looked at for a no. */
static bool is_hardware(const char *source)
{
	return source != source_command_line && source != source_configuration &&
	       source != source_release;
}

struct answer iommu_ask(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
			uint64_t question)
{
	const struct model *model = model_get(iommu->model);
	struct answer answer = { .value = 1 };

	for (size_t i = 0; i < model->condition_count; i++) {
		const struct condition *condition = &model->conditions[i];
		const char *source = NULL;
		int r;

		if (!(condition->questions & question))
			continue;
		r = check(topology, iommu, condition, &source);
		if (r == 0)
			return (struct answer){ 0, condition->reason,
						source		? source
						: answer.source ? answer.source
								: source_default };
		if (r < 0 && is_hardware(source))
			answer.value = -ENODATA;
		else if (is_hardware(source))
			answer.source = source_join(topology, answer.source, source);
	}
	if (!answer.source)
		answer.value = -ENODATA;
	return answer;
}

void iommu_answer(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu)
{
	const struct model *model = model_get(iommu->model);
	uint64_t questions = 0;

	for (size_t i = 0; i < model->condition_count; i++)
		questions |= model->conditions[i].questions;
	for (unsigned int i = 0; i < IOMMUCTL_FEATURE_COUNT; i++) {
		enum iommuctl_feature feature = (enum iommuctl_feature)i, reason;
		struct answer answer;

		if (!(questions >> i & 1))
			continue;
		answer = iommu_ask(topology, iommu, UINT64_C(1) << i);
		if (answer.value < 0)
			continue;
		feature_bool(iommu, feature, answer.value, answer.source);
		if (!answer.value && iommuctl_feature_get_reason(feature, &reason) == 0)
			feature_text(iommu, reason, answer.reason, answer.source);
	}
}
