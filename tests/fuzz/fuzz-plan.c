/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan's file: each finding has its place there; what is good becomes steps that a batch takes.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "iommuctl/plan.h"
#include "iommuctl/words.h"

#define WORDS_MAX 1024

static void check_findings(const struct plan *plan, const uint8_t *data, size_t size)
{
	unsigned int lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	CHECK((plan->finding_count > 0) == (plan->failed > 0) &&
	      plan->finding_count <= plan->failed);
	for (size_t i = 0; i < plan->finding_count; i++) {
		const struct plan_finding *finding = &plan->findings[i];

		CHECK(finding->path && finding->path[0] == '.' && finding->evidence[0]);
		CHECK(finding->line >= 1 && finding->line <= lines);
	}
}

/* The words of STEP are those that a batch makes of its line. */
static void check_step(const struct plan_step *step)
{
	char *text = plan_step_to_text(step), *words[WORDS_MAX + 1];
	int count, n = 0;

	CHECK(text && !strchr(text, '\n'));
	while (step->words && step->words[n])
		n++;
	count = n <= WORDS_MAX ? words_split(text, words, WORDS_MAX) : n;
	CHECK(count == n);
	for (int i = 0; n <= WORDS_MAX && i < n; i++)
		CHECK(strcmp(words[i], step->words[i]) == 0);
	free(text);
}

static void check_steps(struct plan *plan)
{
	struct plan_steps steps;

	CHECK(plan_lay_out(plan) == 0);
	CHECK(plan_make_steps(plan, &steps) == 0);
	for (size_t i = 0; i < steps.count; i++)
		check_step(&steps.items[i]);
	plan_free_steps(&steps);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("plan", MFD_CLOEXEC);
	struct app app = { .quiet = true };
	struct plan plan;
	char path[64];

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	CHECK(iommuctl_context_new(&app.ctx) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK(plan_read(&app, path, &plan) == 0);
	check_findings(&plan, data, size);
	if (plan.failed == 0)
		check_steps(&plan);
	plan_free(&plan);
	iommuctl_context_unref(app.ctx);
	close(fd);
	return 0;
}
