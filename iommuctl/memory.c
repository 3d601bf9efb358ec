/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which memory is mapped: that of a file, an open file, or a new one. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "objects.h"

static int fail(const struct app *app, const char *file, int error)
{
	message("%s %s: open: %s", app->command->noun, file, strerror(error));
	return -error;
}

/* The number of an open file. */
static bool is_open_already(const struct app *app, uint64_t *ret_number)
{
	const struct param_value *file = &app->values[PARAM_FILE];

	return file->given && param_number(file->text, ret_number) && *ret_number <= INT32_MAX;
}

static int open_file(const struct app *app, const char *file)
{
	uint64_t number;
	int fd = is_open_already(app, &number)
			 ? (int)number
			 : open(file, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? fail(app, file, errno) : fd;
}

static int new_memory(const struct app *app, bool huge, uint64_t length)
{
	int fd = memfd_create("iommuctl", MFD_CLOEXEC | (huge ? MFD_HUGETLB : 0));

	if (fd >= 0 && ftruncate(fd, (off_t)length) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return fail(app, "new memory", errno);
}

void memory_close(const struct app *app, int fd)
{
	uint64_t number;

	if (!is_open_already(app, &number))
		close(fd);
}

int memory_open(const struct app *app, uint64_t *ret_length)
{
	const struct param_value *file = &app->values[PARAM_FILE];
	const struct param_value *length = &app->values[PARAM_LENGTH];
	bool huge = app->values[PARAM_HUGE].given;
	struct stat st;
	int fd;

	if (file->given == (huge || app->values[PARAM_MEMORY].given)) {
		message("%s: one of --file, --memory and --huge is needed", app->command->noun);
		return -EINVAL;
	}
	if (!file->given && !length->given) {
		message("%s: --length is needed", app->command->noun);
		return -EINVAL;
	}
	fd = file->given ? open_file(app, file->text) : new_memory(app, huge, length->number);
	if (fd < 0)
		return fd;
	*ret_length = length->number;
	if (!length->given) {
		/* all of the file */
		if (fstat(fd, &st) < 0 ||
		    (uint64_t)st.st_size <= app->values[PARAM_OFFSET].number) {
			close(fd);
			message("%s %s: map: it ends before --offset", app->command->noun,
				file->text);
			return -EINVAL;
		}
		*ret_length = (uint64_t)st.st_size - app->values[PARAM_OFFSET].number;
	}
	return fd;
}
