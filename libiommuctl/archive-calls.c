/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "archive-calls.h"

#define SONAME "libarchive.so.13"

static struct archive_calls calls;
static const struct archive_calls *loaded;

static void load(void)
{
	static const struct {
		const char *name;
		size_t offset;
	} names[] = {
#define ARCHIVE_CALL(name) { #name, offsetof(struct archive_calls, name) },
		ARCHIVE_CALLS(ARCHIVE_CALL)
#undef ARCHIVE_CALL
	};
	void *library = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL), *call;

	if (!library)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		call = dlsym(library, names[i].name);
		if (!call) {
			dlclose(library);
			return;
		}
		memcpy((char *)&calls + names[i].offset, &call, sizeof(call));
	}
	loaded = &calls;
}

const struct archive_calls *archive_calls(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return loaded;
}
