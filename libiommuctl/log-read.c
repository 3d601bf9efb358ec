/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's log: where it is, and which of its lines concern IOMMUs. */
#include <errno.h>
#include <string.h>
#include <sys/klog.h>

#include "paths.h"
#include "record.h"

#define KEPT_MAX (4u << 20)

/* syslog(2), whose numbers no header of the C library has */
enum { SYSLOG_READ_ALL = 3, SYSLOG_SIZE_BUFFER = 10 };

/* Drivers, tables of firmware, and what is said of devices on behalf of an IOMMU. */
static const char *const words[] = {
	"iommu",  "IOMMU", "smmu",     "SMMU",	     "ipmmu",	     "DMAR",  "dmar",
	"AMD-Vi", "DART",  "IVRS",     "IORT",	     "VIOT",	     "RIMT",  "vfio",
	"VFIO",	  "cmdqv", "CMDQV",    "apple-dart", "PASID",	     "pasid", "GART",
	"EFR",	  "iova",  "emapping", "io-pgtable", "Directed I/O",
};

/* These have the kernel's whole command line, or the whole of what it does not know of it. */
static const char *const private_words[] = { "ommand line:", "command line parameters" };

static bool has_word(const char *line, size_t length, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (memmem(line, length, list[i], strlen(list[i])))
			return true;
	return false;
}

bool log_line_is_iommu(const char *line, size_t length)
{
	return has_word(line, length, words, ARRAY_SIZE(words)) &&
	       !has_word(line, length, private_words, ARRAY_SIZE(private_words));
}

/* Leaves only such lines in TEXT, the first of too many; the new length. */
static size_t keep_lines(char *text, size_t length)
{
	size_t kept = 0, n;

	for (size_t at = 0; at < length; at += n) {
		const char *end = memchr(text + at, '\n', length - at);

		n = end ? (size_t)(end - text) - at + 1 : length - at;
		if (kept + n > KEPT_MAX || !log_line_is_iommu(text + at, n))
			continue;
		memmove(text + kept, text + at, n);
		kept += n;
	}
	text[kept] = '\0';
	return kept;
}

static ssize_t read_ring(char **ret_text)
{
	int size = klogctl(SYSLOG_SIZE_BUFFER, NULL, 0), n;
	char *text;

	if (size < 0)
		return -errno;
	text = malloc((size_t)size + 1);
	if (!text)
		return -ENOMEM;
	n = klogctl(SYSLOG_READ_ALL, text, size);
	if (n < 0) {
		n = -errno;
		free(text);
		return n;
	}
	text[n] = '\0';
	*ret_text = text;
	return n;
}

/* The file that some distributions write at boot; perhaps an earlier boot of another kernel. */
static ssize_t read_file(struct iommuctl_context *ctx, char **ret_text)
{
	struct recorder *record = ctx->record;
	const char *release = ctx->has_root ? NULL : kernel_get_release(ctx);
	char first[128];
	ssize_t n;

	ctx->record = NULL;
	n = io_read_all(ctx, KERNEL_LOG, KERNEL_LOG_MAX, ret_text);
	ctx->record = record;
	snprintf(first, sizeof(first), "Linux version %s ", release ? release : "");
	if (n >= 0 && release && !memmem(*ret_text, (size_t)n, first, strlen(first))) {
		free(*ret_text);
		return -ESTALE;
	}
	return n;
}

int log_read_kernel(struct iommuctl_context *ctx, char **ret_text, size_t *ret_length)
{
	static const char boot[] = "Linux version ";
	char *text = NULL, *older = NULL;
	ssize_t n = ctx->has_root ? -ENODATA : read_ring(&text), m;

	/* the ring is not for everybody, and it may have lost its beginning */
	if (n < 0 || !memmem(text, (size_t)n, boot, strlen(boot))) {
		m = read_file(ctx, &older);
		if (m >= 0) {
			free(text);
			text = older;
		}
		n = m >= 0 || ctx->has_root ? m : n;
	}
	if (n < 0)
		return (int)n;
	*ret_length = keep_lines(text, (size_t)n);
	*ret_text = text;
	if (ctx->record)
		record_file(ctx, KERNEL_LOG, text, *ret_length);
	return 0;
}
