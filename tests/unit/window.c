/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool's commands about windows of sPAPR TCE, on a kernel that follows a script. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "container-steps.h"
#include "iommuctl/app.h"

#define START_64 (UINT64_C(1) << 59)

static void add(void *arg, uint64_t start)
{
	struct abi_vfio_iommu_spapr_tce_create *window = arg;

	assert_int_equal(window->argsz, sizeof(*window));
	assert_int_equal(window->flags, 0);
	assert_int_equal(window->page_shift, 16);
	assert_int_equal(window->window_size, UINT64_C(4) << 30);
	assert_int_equal(window->levels, start ? 2 : 1);
	window->start_addr = start;
}

static void add_64(void *arg)
{
	add(arg, START_64);
}

static void add_32(void *arg)
{
	add(arg, 0);
}

static void remove_64(void *arg)
{
	const struct abi_vfio_iommu_spapr_tce_remove *window = arg;

	assert_int_equal(window->argsz, sizeof(*window));
	assert_int_equal(window->start_addr, START_64);
}

struct word {
	enum param_id id;
	const char *value;
};

/* One command: what it asks of the kernel, how it ends and what it prints. */
struct run {
	const char *verb;
	struct word words[4];
	bool json, dry_run;
	struct step script[2];
	int status;
	const char *output, *error;
};

/* clang-format off */
#define ADD "add-window", { { PARAM_PAGE_SIZE, "64K" }, { PARAM_LENGTH, "4G" } }
#define LEVELS "add-window", { { PARAM_PAGE_SIZE, "64K" }, { PARAM_LENGTH, "4G" }, { PARAM_LEVELS, "2" } }
#define REMOVE "remove-window", { { PARAM_IOVA, "0x800000000000000" } }
#define CREATE(check, number) { { .request = ABI_VFIO_IOMMU_SPAPR_TCE_CREATE, .call = (check), .error = (number) }, END }
#define DROP(check, number) { { .request = ABI_VFIO_IOMMU_SPAPR_TCE_REMOVE, .call = (check), .error = (number) }, END }
#define NOTHING { END }
#define DOCUMENT(record) "{\"schema\":\"iommuctl/1\",\"windows\":[\n" record "\n]}\n"

static const struct run runs[] = {
	{ LEVELS, false, false, CREATE(add_64, 0), EXIT_DONE, "0x800000000000000\n", NULL },
	{ LEVELS, true, false, CREATE(add_64, 0), EXIT_DONE,
	  DOCUMENT("{\"iova\":\"0x800000000000000\",\"length\":4294967296,\"page_size\":65536,\"levels\":2}"), NULL },
	{ ADD, true, false, CREATE(add_32, 0), EXIT_DONE,
	  DOCUMENT("{\"iova\":\"0x0\",\"length\":4294967296,\"page_size\":65536,\"levels\":1}"), NULL },
	{ ADD, false, false, CREATE(add_32, ENOSPC), EXIT_FAILED, "", "all its windows are in use" },
	{ ADD, false, false, CREATE(add_32, ENOTTY), EXIT_FAILED, "", "spapr-tce-v2 can" },
	{ LEVELS, false, true, NOTHING, EXIT_DONE,
	  "VFIO_IOMMU_SPAPR_TCE_CREATE(", NULL },
	{ "add-window", { { PARAM_PAGE_SIZE, "48K" }, { PARAM_LENGTH, "4G" } }, false, false, NOTHING,
	  EXIT_USAGE, "", "power of two" },
	{ "add-window", { { PARAM_LENGTH, "4G" } }, false, false, NOTHING, EXIT_USAGE, "", "--page-size is needed" },
	{ REMOVE, false, false, DROP(remove_64, 0), EXIT_DONE, "", NULL },
	{ REMOVE, true, false, DROP(remove_64, 0), EXIT_DONE, DOCUMENT("{\"iova\":\"0x800000000000000\"}"), NULL },
	{ REMOVE, false, false, DROP(remove_64, EINVAL), EXIT_FAILED, "", "no window starts there" },
	{ REMOVE, false, true, NOTHING, EXIT_DONE, "VFIO_IOMMU_SPAPR_TCE_REMOVE(", NULL },
};
/* clang-format on */

/* Runs the command of APP, whose standard output comes into OUTPUT. */
static int run_printing(struct app *app, char *output, size_t size)
{
	FILE *file = tmpfile();
	int terminal = dup(STDOUT_FILENO), status;
	size_t n;

	assert_non_null(file);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	status = command_run(app);
	fflush(stdout);
	dup2(terminal, STDOUT_FILENO);
	close(terminal);
	rewind(file);
	n = fread(output, 1, size - 1, file);
	output[n] = '\0';
	fclose(file);
	return status;
}

static void check_run(const struct tree *tree, const struct run *run)
{
	char *const words[] = { (char *)"container", (char *)run->verb };
	struct app app = { .ctx = tree->ctx, .json = run->json, .dry_run = run->dry_run };
	json_object *errors = json_object_new_array(), *hints = json_object_new_array();
	char output[1024], fd[16];
	int used;

	snprintf(fd, sizeof(fd), "%d", open("/dev/null", O_RDWR | O_CLOEXEC));
	app.command = command_find(words, ARRAY_SIZE(words), &used);
	assert_true(param_set(app.values, PARAM_CONTAINER, fd));
	for (const struct word *word = run->words; word->value; word++)
		assert_true(param_set(app.values, word->id, word->value));
	fake_kernel(tree->ctx, run->script);
	trace_start(&app);
	message_capture(errors, hints);
	assert_int_equal(run_printing(&app, output, sizeof(output)), run->status);
	message_capture(NULL, NULL);
	iommuctl_context_set_trace(tree->ctx, NULL, NULL);
	fake_kernel_done();
	if (run->dry_run)
		assert_memory_equal(output, run->output, strlen(run->output));
	else
		assert_string_equal(output, run->output);
	assert_int_equal(json_object_array_length(errors), run->error != NULL);
	if (run->error)
		assert_non_null(strstr(json_object_to_json_string(errors), run->error));
	/* the caller's container stays open */
	assert_int_equal(close((int)app.values[PARAM_CONTAINER].number), 0);
	json_object_put(errors);
	json_object_put(hints);
	free(app.results.data);
}

static void test_windows(void **state)
{
	tree_file(*state, "sys/class/misc/vfio/dev", "1:3\n");
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++)
		check_run(*state, &runs[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_windows, tree_setup, tree_teardown),
	};

	return RUN(tests);
}
