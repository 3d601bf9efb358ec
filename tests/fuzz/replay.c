/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main() of a fuzz target without libFuzzer: runs it on the files of a folder; TAP. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static size_t slurp(const char *path, uint8_t *buf, size_t size)
{
	FILE *in = fopen(path, "re");
	size_t n;

	CHECK(in);
	n = fread(buf, 1, size, in);
	fclose(in);
	return n;
}

int main(int argc, char **argv)
{
	static uint8_t buf[1 << 20];
	const char *target = strrchr(argv[0], '-'), *srcdir = getenv("SRCDIR");
	struct dirent **entries;
	char folder[PATH_MAX], path[PATH_MAX + 256];
	FILE *tap = fdopen(dup(STDOUT_FILENO), "w");
	int n;

	if (argc > 1)
		snprintf(folder, sizeof(folder), "%s", argv[1]);
	else
		snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".",
			 target ? target + 1 : "");
	n = scandir(folder, &entries, is_file, alphasort);
	CHECK(tap && n > 0);
	/* what the target prints is not looked at */
	CHECK(freopen("/dev/null", "w", stdout));
	fprintf(tap, "1..%d\n", n);
	fflush(tap);
	for (int i = 0; i < n; i++) {
		uint8_t *exact;
		size_t size;

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		size = slurp(path, buf, sizeof(buf));
		/* of its own size, for the address sanitizer */
		exact = malloc(size ? size : 1);
		CHECK(exact);
		memcpy(exact, buf, size);
		LLVMFuzzerTestOneInput(exact, size);
		free(exact);
		fprintf(tap, "ok %d - %s\n", i + 1, entries[i]->d_name);
		fflush(tap);
		free(entries[i]);
	}
	free(entries);
	fclose(tap);
	return 0;
}
