/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers that "register show" decodes: of its words, and of a kernel log. */
#include "entries.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* 64 digits, as virtio publishes its features: bit 0 first. */
static bool is_bits(const char *text)
{
	return strlen(text) == 64 && strspn(text, "01") == 64;
}

/* A hexadecimal or decimal number, or bits. */
static bool parse_value(const char *text, uint64_t *ret)
{
	bool hex = strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0;
	const char *digits = hex ? text + 2 : text;
	char *end;

	if (is_bits(text)) {
		*ret = 0;
		for (size_t i = 0; i < 64; i++)
			*ret |= (uint64_t)(text[i] - '0') << i;
		return true;
	}
	if (!isxdigit((unsigned char)digits[0]))
		return false;
	errno = 0;
	*ret = strtoull(digits, &end, hex ? 16 : 10);
	return errno == 0 && *end == '\0';
}

bool register_has_arch(const struct iommuctl_register *reg, const char *arch)
{
	return !arch || strcmp(arch, iommuctl_register_get_arch(reg)) == 0;
}

/*
 * The first register of ARCH (NULL: of any) whose name is the first LENGTH
 * characters of NAME, in any case; *RET_COUNT is how many there are.
 */
static const struct iommuctl_register *find_register(const char *arch, const char *name,
						     size_t length, size_t *ret_count)
{
	const struct iommuctl_register *reg = NULL, *first = NULL;

	*ret_count = 0;
	while ((reg = iommuctl_register_next(reg)))
		if (register_has_arch(reg, arch) &&
		    strlen(iommuctl_register_get_name(reg)) == length &&
		    strncasecmp(iommuctl_register_get_name(reg), name, length) == 0 &&
		    (*ret_count)++ == 0)
			first = reg;
	return first;
}

/*
 * "cap" is a name of several models: the one that was asked for, or else that of
 * another register on the command line, or else NULL, the first one.
 */
static const char *find_arch(const struct app *app)
{
	for (size_t i = 0; !app->arch && i < app->arg_count; i++) {
		const struct iommuctl_register *reg;
		size_t count;

		reg = find_register(NULL, app->args[i], strcspn(app->args[i], "="), &count);
		if (count == 1)
			return iommuctl_register_get_arch(reg);
	}
	return app->arch;
}

static const char hex_digits[] = "0123456789abcdefABCDEF";

/*
 * sysfs and lspci print hexadecimal without 0x. Without a letter among the digits it is a number
 * all the same, another one; a register that is one number is printed in decimal.
 */
static void warn_of_decimal(const struct iommuctl_register *reg, const char *text)
{
	const struct iommuctl_field *first = iommuctl_register_next_field(reg, NULL);

	if (text[1] && text[strspn(text, "0123456789")] == '\0' && !is_bits(text) &&
	    iommuctl_register_next_field(reg, first))
		hint("%s is taken as decimal; were it hexadecimal: %s=0x%s", text,
		     iommuctl_register_get_name(reg), text);
}

static int parse_word(const struct app *app, const char *arch, const char *word,
		      struct entry *ret_entry)
{
	size_t length = strcspn(word, "="), count;
	const struct iommuctl_register *reg;
	const char *text = word + length + 1;
	unsigned int width;
	uint64_t value;

	if (word[length] != '=') {
		message("register %s: decode: not of the form NAME=VALUE", word);
		return -EINVAL;
	}
	reg = find_register(arch, word, length, &count);
	if (!reg && !app->arch)
		reg = find_register(NULL, word, length, &count);
	if (!reg) {
		message("register %s: decode: no such register", word);
		hint("iommuctl register list names them");
		return -ENOENT;
	}
	if (!parse_value(text, &value)) {
		message("register %s: decode: not a number of 64 bits", word);
		/* as sysfs prints them */
		if (text[0] && !text[strspn(text, hex_digits)])
			hint("hexadecimal needs 0x: %s=0x%s", iommuctl_register_get_name(reg),
			     text);
		return -EINVAL;
	}
	width = iommuctl_register_get_width(reg);
	if (width < 64 && value >> width) {
		message("register %s: decode: wider than its %u bits", word, width);
		return -ERANGE;
	}
	if (!app->quiet)
		warn_of_decimal(reg, text);
	*ret_entry = entry_of(reg, value);
	return 0;
}

struct entry entry_of(const struct iommuctl_register *reg, uint64_t value)
{
	return (struct entry){
		.reg = reg,
		.value = value,
		.known = UINT64_MAX >> (64 - iommuctl_register_get_width(reg)),
	};
}

/* --------------------------------------------------------------------- logs */

#define LOG_MAX (64u << 20)

static const char *log_name(const struct app *app)
{
	return strcmp(app->from_log, "-") == 0 ? "standard input" : app->from_log;
}

static int read_log(const struct app *app, struct iommuctl_log **ret_log)
{
	size_t length;
	char *text;
	int r = read_input(app->from_log, LOG_MAX, &text, &length);

	if (r < 0) {
		message("register %s: read: %s", log_name(app),
			r == -E2BIG ? "longer than 64 MiB" : strerror(-r));
		if (r == -E2BIG)
			hint("grep -aiE 'mmu|dmar|amd-vi|dart' FILE leaves what matters");
		return r;
	}
	r = iommuctl_log_parse(text, length, ret_log);
	free(text);
	if (r < 0)
		message("register %s: decode: %s", log_name(app),
			r == -E2BIG ? "more registers than a kernel log has" : strerror(-r));
	return r;
}

static void add_log(const struct app *app, struct entries *entries)
{
	const struct iommuctl_log_entry *found;

	for (size_t i = 0; (found = iommuctl_log_get(entries->log, i)); i++) {
		if (!register_has_arch(found->reg, app->arch))
			continue;
		entries->items[entries->count++] = (struct entry){
			.reg = found->reg,
			.value = found->value,
			.known = found->known,
			.device = found->object,
			.line = found->line,
		};
		if (found->disputed && !app->quiet)
			message("register %s: line %zu names features whose bits are clear: 0x%llx",
				iommuctl_register_get_name(found->reg), found->line,
				(unsigned long long)found->disputed);
	}
}

/* ------------------------------------------------------------------ entries */

int entries_collect(struct app *app, struct entries *entries)
{
	const char *arch = find_arch(app);
	size_t room = app->arg_count, count;

	if (app->from_log && read_log(app, &entries->log) < 0)
		app->failed++;
	for (size_t i = 0; iommuctl_log_get(entries->log, i); i++)
		room++;
	entries->items = calloc(room + 1, sizeof(*entries->items));
	if (!entries->items)
		return -ENOMEM;
	for (size_t i = 0; i < app->arg_count; i++)
		if (parse_word(app, arch, app->args[i], &entries->items[entries->count]) < 0)
			app->failed++;
		else
			entries->count++;
	count = entries->count;
	add_log(app, entries);
	if (entries->log && entries->count == count) {
		message("register %s: decode: no register of %s in this log", log_name(app),
			app->arch ? app->arch : "an IOMMU");
		hint("drivers print them when the machine starts: journalctl -k -b has that");
		app->failed++;
	}
	return 0;
}

void entries_free(struct entries *entries)
{
	iommuctl_log_free(entries->log);
	free(entries->items);
}
