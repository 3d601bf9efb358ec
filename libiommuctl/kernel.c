/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's command line, configuration and release. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "archive-calls.h"
#include "paths.h"
#include "record.h"

#define CMDLINE_MAX 65536
#define CONFIG_MAX  (4u << 20)

void kernel_forget(struct iommuctl_context *ctx)
{
	free(ctx->cmdline);
	free(ctx->config);
	ctx->cmdline = ctx->config = NULL;
	ctx->release[0] = '\0';
}

/* ------------------------------------------------------------ command line */

/* What the kernel's isspace() takes, whatever the locale says. */
static const char spaces[] = " \t\n\v\f\r\xa0";

/*
 * Spaces part words, but not inside double quotes; each word ends with a NUL, the last with two.
 * What follows a bare "--" is for init.
 */
static void split(char *text)
{
	bool quoted = false;
	char *out = text, *word = text;

	for (const char *in = text; *in; in++) {
		if (*in == '"')
			quoted = !quoted;
		else if (quoted || !strchr(spaces, *in))
			*out++ = *in;
		else if (out > word) {
			*out++ = '\0';
			if (strcmp(word, "--") == 0) {
				out = word;
				break;
			}
			word = out;
		}
	}
	*out++ = '\0';
	*out = '\0';
}

static const char *command_line(struct iommuctl_context *ctx)
{
	if (!ctx->cmdline) {
		char *text = NULL;
		ssize_t n = io_read_all(ctx, PROC_CMDLINE, CMDLINE_MAX, &text);
		char *words = n < 0 ? calloc(1, 2) : realloc(text, (size_t)n + 2);

		if (!words)
			free(text);
		ctx->cmdline = words;
		if (words)
			split(words);
	}
	return ctx->cmdline && ctx->cmdline[0] ? ctx->cmdline : NULL;
}

static const char *next(const char *word)
{
	word += strlen(word) + 1;
	return *word ? word : NULL;
}

/* What follows the option's name: "" or its value after the equals sign; NULL: another option. */
static const char *match(const char *word, const char *option)
{
	/* in names of parameters the kernel takes both for the same */
	while (*option &&
	       (*word == *option || (strchr("-_", *word) && strchr("-_", *option) && *word)))
		word++, option++;
	return *option ? NULL : *word == '=' ? word + 1 : *word ? NULL : "";
}

const char *kernel_get_option(struct iommuctl_context *ctx, const char *option)
{
	const char *value, *last = NULL;

	for (const char *word = command_line(ctx); word; word = next(word)) {
		value = match(word, option);
		last = value ? value : last;
	}
	return last;
}

static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (;; list++) {
		if (strncmp(list, word, length) == 0 && (!list[length] || list[length] == ','))
			return true;
		list = strchr(list, ',');
		if (!list)
			return false;
	}
}

int kernel_has_option(struct iommuctl_context *ctx, const char *option, const char *word)
{
	const char *value, *words = command_line(ctx);

	if (!words)
		return -ENODATA;
	for (; words; words = next(words)) {
		value = match(words, option);
		if (value && (!word || has_word(value, word)))
			return 1;
	}
	return 0;
}

/* The index of the last of WORDS in LIST; -ENOENT none. */
static int last_in_list(const char *list, const char *const *words, size_t count)
{
	int last = -ENOENT;

	for (; *list; list += *list == ',') {
		size_t length = strcspn(list, ",");

		for (size_t i = 0; i < count; i++)
			if (strlen(words[i]) == length && strncmp(list, words[i], length) == 0)
				last = (int)i;
		list += length;
	}
	return last;
}

int kernel_last_word(struct iommuctl_context *ctx, const char *option, const char *const *words,
		     size_t count)
{
	const char *word = command_line(ctx);
	int last = word ? -ENOENT : -ENODATA;

	for (; word; word = next(word)) {
		const char *value = match(word, option);
		int r = value ? last_in_list(value, words, count) : -ENOENT;

		last = r >= 0 ? r : last;
	}
	return last;
}

/* ------------------------------------------------------ release and config */

const char *kernel_get_release(struct iommuctl_context *ctx)
{
	/* it becomes part of a path */
	if (!ctx->release[0] &&
	    (io_read(ctx, PROC_RELEASE, ctx->release, sizeof(ctx->release)) <= 0 ||
	     strchr(ctx->release, '/')))
		ctx->release[0] = '\0';
	return ctx->release[0] ? ctx->release : NULL;
}

int kernel_is_since(struct iommuctl_context *ctx, const char *version)
{
	const char *release = kernel_get_release(ctx);
	unsigned int major, minor, since_major, since_minor;

	/* an enterprise kernel of any number has parts of later ones */
	if (!release || strstr(release, ".el") || sscanf(release, "%3u.%3u", &major, &minor) != 2 ||
	    sscanf(version, "%3u.%3u", &since_major, &since_minor) != 2)
		return -ENODATA;
	return major != since_major ? major > since_major : minor >= since_minor;
}

static char *decompress(const char *data, size_t size)
{
	const struct archive_calls *lib = archive_calls();
	struct archive *archive = lib ? lib->archive_read_new() : NULL;
	struct archive_entry *entry;
	char *text = malloc(CONFIG_MAX + 1);
	la_ssize_t n = -1;

	if (archive && text && lib->archive_read_support_filter_gzip(archive) == ARCHIVE_OK &&
	    lib->archive_read_support_format_raw(archive) == ARCHIVE_OK &&
	    lib->archive_read_open_memory(archive, data, size) == ARCHIVE_OK &&
	    lib->archive_read_next_header(archive, &entry) == ARCHIVE_OK)
		n = lib->archive_read_data(archive, text, CONFIG_MAX);
	if (archive)
		lib->archive_read_free(archive);
	if (n <= 0 || n == CONFIG_MAX) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

/* What options are called that anybody asks for; a snapshot keeps no others. */
static const char *const config_words[] = {
	"ATS", "DART", "DMAR", "IOMMU",	  "IRQ_REMAP", "PASID",
	"PCI", "SMMU", "SVA",  "SWIOTLB", "VFIO",
};

static bool is_kept(const char *name, size_t length)
{
	/* not memmem(): it is asked of thousands of short lines */
	for (size_t at = 0; at < length; at++)
		for (size_t i = 0; i < ARRAY_SIZE(config_words); i++)
			if (name[at] == config_words[i][0] &&
			    strncmp(name + at, config_words[i], strlen(config_words[i])) == 0)
				return true;
	return false;
}

/* "CONFIG_IOMMUFD=m\n", of an option that is kept. */
static bool is_kept_line(const char *line)
{
	static const char prefix[] = "CONFIG_";
	const char *name = line + strlen(prefix);

	return strncmp(line, prefix, strlen(prefix)) == 0 && is_kept(name, strcspn(name, "=\n"));
}

/* The lines of such options that are set; an empty line where there is none. */
static int keep_config(FILE *in, char **ret_text)
{
	CLEANUP(free_text) char *text = calloc(1, 2);
	size_t size = 0, total = 0, n;
	bool begins = true;
	char line[1024];

	while (text && total <= CONFIG_MAX && fgets(line, sizeof(line), in)) {
		n = strlen(line);
		total += n;
		if (begins && is_kept_line(line)) {
			char *grown = realloc(text, size + n + 2);

			if (!grown)
				return -ENOMEM;
			text = grown;
			memcpy(text + size, line, n + 1);
			size += n;
		}
		begins = n > 0 && line[n - 1] == '\n';
	}
	if (!text)
		return -ENOMEM;
	if (total == 0 || total > CONFIG_MAX)
		return -ENODATA;
	if (size == 0)
		memcpy(text, "\n", 2);
	*ret_text = text;
	text = NULL;
	return 0;
}

/* A line at a time, because hardly any is kept: of TEXT, or, where that is NULL, of the file. */
static int read_lines(char *text, size_t size, int fd, char **ret_text)
{
	FILE *in = text ? fmemopen(text, size, "r") : fdopen(fd, "r");
	int r = -ENOMEM;

	if (in) {
		r = keep_config(in, ret_text);
		fclose(in);
	} else if (fd >= 0) {
		close(fd);
	}
	return r;
}

/* The kernel's own copy, or else the one its package left beside it. */
static char *read_config(struct iommuctl_context *ctx)
{
	const char *release = kernel_get_release(ctx);
	CLEANUP(free_text) char *packed = NULL, *whole = NULL, *file = NULL;
	char path[PATH_MAX], *text = NULL;
	struct recorder *record = ctx->record;
	ssize_t n;
	int fd;

	if (io_path(path, sizeof(path), BOOT_CONFIG "%s", release ? release : "") < 0)
		return NULL;
	/* a snapshot keeps it as text, and not the whole of it */
	ctx->record = NULL;
	n = io_read_all(ctx, PROC_CONFIG, CONFIG_MAX, &packed);
	if (n > 0 && (whole = decompress(packed, (size_t)n)))
		n = read_lines(whole, strlen(whole), -1, &text);
	fd = text || n == -ENOMEM ? -1 : io_open(ctx, path, O_RDONLY);
	if (fd >= 0)
		n = read_lines(NULL, 0, fd, &text);
	else if (fd == -EOPNOTSUPP && (n = io_read_all(ctx, path, CONFIG_MAX, &file)) > 0)
		n = read_lines(file, (size_t)n, -1, &text);
	ctx->record = record;
	if (n == -ENOMEM && record)
		record->error = -ENOMEM;
	if (text && record)
		record_file(ctx, path, text, strlen(text));
	return text;
}

int kernel_get_config(struct iommuctl_context *ctx, const char *name)
{
	char line[128];
	const char *found;
	int length;

	if (!is_kept(name, strlen(name)))
		return -ENODATA;
	if (!ctx->config) {
		ctx->config = read_config(ctx);
		if (!ctx->config)
			ctx->config = calloc(1, 1);
	}
	if (!ctx->config || !ctx->config[0])
		return -ENODATA;
	length = snprintf(line, sizeof(line), "\nCONFIG_%s=", name);
	if (strncmp(ctx->config, line + 1, (size_t)length - 1) == 0)
		return ctx->config[length - 1];
	found = strstr(ctx->config, line);
	return found ? found[length] : 'n';
}
