/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arguments of "iommuctl register show", a line each; and what the tool makes of any text. */
#include <string.h>

#include "fuzz.h"
#include "iommuctl/app.h"

/* What reaches a terminal has no control characters. */
static void check_text(const char *text)
{
	json_object *value = value_text(text);
	char *safe = value_to_text(value, 0);

	CHECK(value && safe);
	for (const unsigned char *c = (unsigned char *)safe; *c; c++)
		CHECK(*c >= 0x20 && *c != 0x7f && !(c[0] == 0xc2 && c[1] < 0xa0));
	free(safe);
	json_object_put(value);
}

static void run(char **args, size_t count, bool json)
{
	const struct command *command = register_commands;
	struct app app = { .args = args, .arg_count = count, .json = json, .quiet = true };
	int r;

	while (strcmp(command->verb, "show") != 0)
		command++;
	app.command = command;
	r = command->run(&app);
	CHECK(r == EXIT_DONE || r == EXIT_FAILED || r == EXIT_SOME_FAILED);
	CHECK((r == EXIT_DONE) == (app.failed == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *rest = text, *args[16], *word;
	size_t count = 0;

	CHECK(text);
	check_text(text);
	while (count < ARRAY_SIZE(args) && (word = strsep(&rest, "\n")))
		args[count++] = word;
	run(args, count, false);
	run(args, count, true);
	free(text);
	return 0;
}
