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

void memory_close(const struct app *app, const struct memory *memory)
{
	uint64_t number;

	if (!is_open_already(app, &number))
		close(memory->fd);
}

/* A part of a BAR of --device, as a dma-buf. */
static int export_region(struct app *app, uint64_t length)
{
	uint64_t start = app->values[PARAM_OFFSET].number;
	struct claim claim;
	int fd = -1, r;

	if (objects_need(app, PARAM_DEVICE) < 0)
		return -EINVAL;
	if (length == 0 || length - 1 > UINT64_MAX - start) {
		message("%s: --length is 0, or goes past the last byte", app->command->noun);
		return -EINVAL;
	}
	r = claim_make(app, app->values[PARAM_DEVICE].text, false, &claim);
	if (r < 0)
		return r;
	r = iommuctl_vfio_export_dma_buf(claim.vfio, (uint32_t)app->values[PARAM_REGION].number,
					 (struct iommuctl_range){ start, start + (length - 1) },
					 &fd);
	if (r < 0)
		message_diag(app);
	iommuctl_vfio_close(claim.vfio);
	return r < 0 ? r : fd;
}

/* All of a file from --offset on. */
static int rest_of(const struct app *app, int fd, uint64_t *ret_length)
{
	uint64_t offset = app->values[PARAM_OFFSET].number;
	struct stat st;

	if (fstat(fd, &st) < 0 || (uint64_t)st.st_size <= offset) {
		message("%s %s: map: it ends before --offset", app->command->noun,
			app->values[PARAM_FILE].text);
		return -EINVAL;
	}
	*ret_length = (uint64_t)st.st_size - offset;
	return 0;
}

int memory_open(struct app *app, struct memory *memory)
{
	const struct param_value *values = app->values;
	bool huge = values[PARAM_HUGE].given;

	if (values[PARAM_FILE].given + (huge || values[PARAM_MEMORY].given) +
		    values[PARAM_REGION].given !=
	    1) {
		message("%s: one of --file, --memory, --huge and --region is needed",
			app->command->noun);
		return -EINVAL;
	}
	if (!values[PARAM_FILE].given && objects_need(app, PARAM_LENGTH) < 0)
		return -EINVAL;
	memory->start = values[PARAM_REGION].given ? 0 : values[PARAM_OFFSET].number;
	memory->length = values[PARAM_LENGTH].number;
	memory->fd = values[PARAM_FILE].given	  ? open_file(app, values[PARAM_FILE].text)
		     : values[PARAM_REGION].given ? export_region(app, memory->length)
						  : new_memory(app, huge, memory->length);
	if (memory->fd >= 0 && !values[PARAM_LENGTH].given &&
	    rest_of(app, memory->fd, &memory->length) < 0) {
		memory_close(app, memory);
		return -EINVAL;
	}
	return memory->fd < 0 ? memory->fd : 0;
}
