/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of profiles and of formats: what is taken can be put in other words and taken again. */
#include <string.h>

#include "fuzz.h"
#include "libiommuctl/iommuctl.h"

static void check_libvirt(struct iommuctl_context *ctx, const char *text)
{
	char *xml;

	if (iommuctl_profile_to_libvirt(ctx, text, &xml) < 0)
		return;
	CHECK(strncmp(xml, "<iommu model='", 14) == 0 && xml[strlen(xml) - 1] == '>');
	free(xml);
}

static void check_profile(struct iommuctl_context *ctx, const char *text)
{
	struct iommuctl_feature_set *set, *fitted;
	struct iommuctl_verdict *verdict;
	char *again;

	if (iommuctl_feature_set_new_profile(ctx, text, &set) < 0) {
		CHECK(iommuctl_diag_get_reason(iommuctl_context_get_diag(ctx))[0]);
		return;
	}
	CHECK(iommuctl_feature_set_get_model(set) != IOMMUCTL_MODEL_UNKNOWN);
	CHECK(iommuctl_feature_set_fit_profile(set, 0, &again) == 0);
	CHECK(iommuctl_feature_set_new_profile(ctx, again, &fitted) == 0);
	CHECK(iommuctl_feature_set_get_model(fitted) == iommuctl_feature_set_get_model(set));
	CHECK(iommuctl_verdict_nested(set, fitted, &verdict) == 0);
	check_libvirt(ctx, text);
	iommuctl_verdict_free(verdict);
	iommuctl_feature_set_free(fitted);
	iommuctl_feature_set_free(set);
	free(again);
}

static void check_format(struct iommuctl_context *ctx, const char *text)
{
	struct iommuctl_verdict *verdict;

	if (iommuctl_verdict_format(ctx, text, NULL, &verdict) < 0)
		return;
	/* there is no IOMMU */
	CHECK(iommuctl_verdict_get_answer(verdict) == IOMMUCTL_ANSWER_NO);
	CHECK(iommuctl_verdict_get_reason(verdict, 0) && !iommuctl_verdict_get_reason(verdict, 1));
	iommuctl_verdict_free(verdict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct iommuctl_context *ctx;

	CHECK(text && iommuctl_context_new(&ctx) == 0);
	check_profile(ctx, text);
	check_format(ctx, text);
	iommuctl_context_unref(ctx);
	free(text);
	return 0;
}
