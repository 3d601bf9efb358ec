/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which memory is mapped: that of a file, an open file, or a new one. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "claim.h"
#include "objects.h"

static int fail(const struct app *app, const char *file, int error)
{
	message("%s %s: open: %s", app->command->noun, file,
		error == EBADF ? "there is no such open file" : strerror(error));
	return -error;
}

/* A path, or the number of an open file. */
static int open_file(const struct app *app, const char *file, bool *ret_is_borrowed)
{
	/* what devices only read may be a file that nobody may write to */
	bool write = app->values[PARAM_WRITE].given || !app->values[PARAM_READ].given;
	uint64_t number;
	int fd;

	*ret_is_borrowed = param_number(file, &number) && number <= INT32_MAX;
	if (*ret_is_borrowed)
		return (int)number;
	fd = open(file, (write ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? fail(app, file, errno) : fd;
}

int memory_new(const struct app *app, bool huge, uint64_t page_size, uint64_t length)
{
	unsigned int shift = page_size ? (unsigned int)__builtin_ctzll(page_size) : 0;
	int fd = memfd_create("iommuctl",
			      MFD_CLOEXEC | (huge ? MFD_HUGETLB | shift << MAP_HUGE_SHIFT : 0));
	const char *reason = NULL;
	int error;

	/* what pins them later cannot say that it was huge pages which there are not */
	if (fd >= 0 && ftruncate(fd, (off_t)length) == 0 &&
	    (!huge || app->dry_run || fallocate(fd, 0, 0, (off_t)length) == 0))
		return fd;
	error = errno;
	if (huge && error == ENOSPC)
		reason = "not so many huge pages are free";
	else if (huge && error == EINVAL)
		reason = "--length is not of whole huge pages";
	message("%s: make memory: %s", app->command->noun, reason ? reason : strerror(error));
	if (reason)
		hint("see HugePages_Free and Hugepagesize in " PROC_MEMINFO "; " PROC_HUGEPAGES
		     " sets huge pages aside");
	if (fd >= 0)
		close(fd);
	return -error;
}

int memory_check(const struct app *app)
{
	const struct param_value *values = app->values;
	bool file = values[PARAM_FILE].given, region = values[PARAM_REGION].given;
	bool new = values[PARAM_HUGE].given || values[PARAM_MEMORY].given;
	const char *wrong = NULL;

	if (file + region + new != 1)
		wrong = "one of --file, --memory, --huge and --region is needed";
	else if (region != values[PARAM_DEVICE].given)
		wrong = "--region is of --device";
	else if (!file && !values[PARAM_LENGTH].given)
		wrong = "--length is needed";
	else if (new &&values[PARAM_OFFSET].given)
		wrong = "--offset is of --file, or --region";
	else if (!file && values[PARAM_LENGTH].number > INT64_MAX)
		wrong = "--length is more than any file can have";
	else if (values[PARAM_OFFSET].number > INT64_MAX)
		wrong = "--offset is more than any file can have";
	if (!wrong)
		return EXIT_DONE;
	message("%s %s: %s", app->command->noun, app->command->verb, wrong);
	return EXIT_USAGE;
}

/* A pipe, a terminal or a folder has no memory; a dma-buf is no regular file, nor any other. */
static int check_file(const struct app *app, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(app, app->values[PARAM_FILE].text, errno);
	if (!(st.st_mode & S_IFMT) || S_ISREG(st.st_mode))
		return 0;
	message("%s %s: map: it is no file of memory", app->command->noun,
		app->values[PARAM_FILE].text);
	hint("memfds have memory, and files on tmpfs and hugetlbfs");
	return -EINVAL;
}

/* All of a file, from --offset on. */
static int rest_of_file(const struct app *app, int fd, uint64_t *ret_length)
{
	uint64_t offset = app->values[PARAM_OFFSET].number;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(app, app->values[PARAM_FILE].text, errno);
	if ((uint64_t)st.st_size <= offset) {
		message("%s %s: map: %s", app->command->noun, app->values[PARAM_FILE].text,
			offset > 0 ? "it ends before --offset" : "it is empty");
		return -EINVAL;
	}
	*ret_length = (uint64_t)st.st_size - offset;
	return 0;
}

void memory_close(const struct memory *memory)
{
	if (!memory->is_borrowed)
		close(memory->fd);
}

/* A part of a BAR of --device, as a dma-buf. */
static int export_region(struct app *app, uint64_t length)
{
	const struct param_value *values = app->values;
	uint64_t start = values[PARAM_OFFSET].number;
	struct claim claim;
	int fd = -1, r = claim_make(app, values[PARAM_DEVICE].text, false, &claim);

	if (r < 0)
		return r;
	r = iommuctl_vfio_export_dma_buf(claim.vfio, (uint32_t)values[PARAM_REGION].number,
					 (struct iommuctl_range){ start, start + (length - 1) },
					 &fd);
	if (r < 0)
		message_diag(app);
	iommuctl_vfio_close(claim.vfio);
	return r < 0 ? r : fd;
}

int memory_open(struct app *app, struct memory *memory)
{
	const struct param_value *values = app->values;
	bool region = values[PARAM_REGION].given;

	memory->start = region ? 0 : values[PARAM_OFFSET].number;
	memory->length = values[PARAM_LENGTH].number;
	memory->is_borrowed = false;
	if (values[PARAM_FILE].given)
		memory->fd = open_file(app, values[PARAM_FILE].text, &memory->is_borrowed);
	else
		memory->fd = region ? export_region(app, memory->length)
				    : memory_new(app, values[PARAM_HUGE].given, 0, memory->length);
	if (memory->fd < 0)
		return memory->fd;
	if ((values[PARAM_FILE].given && check_file(app, memory->fd) < 0) ||
	    (!values[PARAM_LENGTH].given && rest_of_file(app, memory->fd, &memory->length) < 0)) {
		memory_close(memory);
		return -EINVAL;
	}
	return 0;
}
