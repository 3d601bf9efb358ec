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

static int open_file(const struct app *app, const char *file)
{
	uint64_t number;
	int fd;

	/* an open one by its number: the caller's stays open */
	if (param_number(file, &number))
		fd = number > INT32_MAX ? (errno = EBADF, -1)
					: fcntl((int)number, F_DUPFD_CLOEXEC, 3);
	else
		fd = open(file, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
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
