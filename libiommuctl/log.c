/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds registers in a kernel's log, in one pass over the text. What stands before a form (times,
 * levels, host names, what a serial console adds) does not matter, because every form begins with a
 * word of its own and may begin anywhere.
 */
#include "log.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* The facts of one SMMU are lines apart, among those of others. */
#define MERGE_MAX 32

struct iommuctl_log {
	struct arena arena;
	char *text;
	struct iommuctl_log_entry *entries;
	size_t count;
};

struct scan {
	struct iommuctl_log *log;
	uint64_t starts[256]; /* the forms whose first byte it is */
	const char *line;
	size_t number;
	char found[64]; /* the object whose features come next */
	unsigned int found_count;
};

/* ------------------------------------------------------------------- text */

/* Length of a terminal's escape sequence. */
static size_t escape_length(const char *text)
{
	size_t n = 2;

	if (text[0] != '\033')
		return 0;
	if (text[1] == '(' && text[2])
		return 3;
	if (text[1] != '[')
		return 1;
	while (text[n] >= ' ' && text[n] < '@')
		n++;
	return text[n] >= '@' && text[n] <= '~' ? n + 1 : n;
}

/* A copy without colours, carriage returns and NUL bytes. */
static char *clean(const char *text, size_t length)
{
	char *copy = malloc(length + 1), *out = copy;

	if (!copy)
		return NULL;
	for (size_t i = 0; i < length; i++)
		copy[i] = text[i] ? text[i] : ' ';
	copy[length] = '\0';
	for (const char *in = copy; *in;) {
		size_t n = escape_length(in);

		if (n == 0 && *in != '\r')
			*out++ = *in;
		in += n > 0 ? n : 1;
	}
	*out = '\0';
	return copy;
}

/* ----------------------------------------------------------------- entries */

/* The entry of the same object's same register, where it has none of the bits of MASK otherwise. */
static struct iommuctl_log_entry *find_rest(const struct iommuctl_log *log,
					    const struct match *match,
					    const struct iommuctl_register *reg, uint64_t mask,
					    uint64_t value)
{
	for (size_t i = log->count; i-- > match->first;) {
		struct iommuctl_log_entry *entry = &log->entries[i];

		if (entry->reg == reg &&
		    strcmp(entry->object ? entry->object : "", match->object) == 0)
			return (entry->value ^ value) & entry->known & mask ? NULL : entry;
	}
	return NULL;
}

static int set_texts(struct iommuctl_log *log, struct iommuctl_log_entry *entry,
		     const struct match *match)
{
	if (match->object[0] && !(entry->object = arena_strdup(&log->arena, match->object)))
		return -ENOMEM;
	if (match->version[0] && !(entry->version = arena_strdup(&log->arena, match->version)))
		return -ENOMEM;
	return 0;
}

/* The bits of MASK of register NAME are those of VALUE. */
static int add(struct scan *scan, const struct match *match, const char *name, uint64_t mask,
	       uint64_t value)
{
	struct iommuctl_log *log = scan->log;
	const struct iommuctl_register *reg;
	struct iommuctl_log_entry *entry;
	uint64_t all;

	if (iommuctl_register_find(match->form->model, name, &reg) < 0)
		return 0;
	all = bits(UINT64_MAX, reg->width - 1, 0);
	if (mask == 0)
		mask = all;
	if (value & ~mask)
		return 0;
	entry = mask == all ? NULL : find_rest(log, match, reg, mask, value);
	if (entry) {
		entry->known |= mask;
		entry->value |= value;
		return 0;
	}
	if (log->count == IOMMUCTL_LOG_ENTRIES_MAX)
		return -E2BIG;
	entry = array_grow(&log->entries, &log->count, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	*entry = (struct iommuctl_log_entry){
		.reg = reg,
		.value = value,
		.known = mask,
		.text = scan->line,
		.line = scan->number,
		.has_base = match->has_base,
		.base = match->base,
	};
	return set_texts(log, entry, match);
}

/* What FACT says, of a line that has NUMBER for it. */
static int add_fact(struct scan *scan, const struct match *match, const struct fact *fact,
		    uint64_t number)
{
	uint64_t low = fact->mask & -fact->mask;

	switch (fact->kind) {
	case FACT_WHOLE:
		return add(scan, match, fact->reg, 0, number);
	case FACT_FIELD:
		/* a number that does not fit is no such field */
		return number <= fact->mask / low
			       ? add(scan, match, fact->reg, fact->mask, number * low)
			       : 0;
	case FACT_BITS:
		return add(scan, match, fact->reg, fact->mask, fact->value);
	case FACT_OTHER:
	case FACT_NONE:
		break;
	}
	return 0;
}

static int add_facts(struct scan *scan, const struct match *match)
{
	const struct fact *facts = match->form->facts;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < FORM_FACTS && facts[i].kind != FACT_NONE; i++) {
		r = add_fact(scan, match, &facts[i], match->numbers[n]);
		n += facts[i].kind != FACT_BITS;
	}
	return r;
}

/* ------------------------------------------------------------ AMD's features */

/* The object was announced before, if it was the only one. */
static void adopt_found(struct scan *scan, struct match *match)
{
	if (!match->object[0] && scan->found_count == 1)
		memcpy(match->object, scan->found, sizeof(scan->found));
	scan->found_count = 0;
}

/* The name that WORD begins with, if it ends there. */
static const struct feature_name *find_name(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(log_amd_names); i++) {
		const struct feature_name *name = &log_amd_names[i];
		const size_t n = strlen(name->name);

		if (strncmp(name->name, word, n) == 0 && !isalnum((unsigned char)word[n]) &&
		    word[n] != '_' && word[n] != '-')
			return name;
	}
	return NULL;
}

/* A name adds a bit to what is known, or contradicts it. */
static int add_name(struct scan *scan, const struct match *match, const struct feature_name *name)
{
	uint64_t mask = UINT64_C(1) << name->bit;

	for (size_t i = match->first; i < scan->log->count; i++) {
		struct iommuctl_log_entry *entry = &scan->log->entries[i];

		if (strcmp(entry->reg->name, name->reg) != 0 || !(entry->known & mask))
			continue;
		entry->disputed |= mask & ~entry->value;
		return 0;
	}
	return add(scan, match, name->reg, mask, mask);
}

/* The names from *AT on, which is moved behind them. */
static int add_names(struct scan *scan, const struct match *match, const char **at)
{
	const struct feature_name *name;
	const char *word = *at + (**at == ':');
	int r = 0;

	while (r == 0 && (name = find_name(word = log_skip_gap(word)))) {
		r = add_name(scan, match, name);
		*at = word += strlen(name->name);
	}
	return r;
}

/* --------------------------------------------------------------------- scan */

/* What was found up to *END, which is moved on by what belongs to it too. */
static int apply(struct scan *scan, struct match *match, const char **end)
{
	const enum form_role role = match->form->role;
	const size_t count = scan->log->count;
	int r;

	if (role == FORM_FOUND) {
		memcpy(scan->found, match->object, sizeof(scan->found));
		scan->found_count++;
		return 0;
	}
	match->first = role == FORM_NAMES ? count : count > MERGE_MAX ? count - MERGE_MAX : 0;
	if (role == FORM_NAMES)
		adopt_found(scan, match);
	r = add_facts(scan, match);
	return r == 0 && role == FORM_NAMES ? add_names(scan, match, end) : r;
}

/* The length of what begins at AT, or 0. */
static ssize_t scan_forms(struct scan *scan, const char *at)
{
	for (uint64_t forms = scan->starts[(unsigned char)*at]; forms; forms &= forms - 1) {
		struct match match = { .form = &log_forms[__builtin_ctzll(forms)] };
		const char *end = log_fit(match.form->pattern, at, &match);
		int r = end ? apply(scan, &match, &end) : 0;

		if (end)
			return r < 0 ? r : end - at;
	}
	return 0;
}

/* Ends the lines of what was read, so that entries can have them as texts. */
static void end_lines(struct scan *scan, char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] != '\n')
			continue;
		text[i] = '\0';
		scan->line = text + i + 1;
		scan->number++;
	}
}

static int scan_text(struct scan *scan, char *text)
{
	char before = '\0';

	for (size_t i = 0; log_forms[i].pattern; i++)
		scan->starts[(unsigned char)log_forms[i].pattern[0]] |= UINT64_C(1) << i;
	scan->line = text;
	scan->number = 1;
	while (*text) {
		/* a form begins where a word does */
		ssize_t n = isalnum((unsigned char)before) ? 0 : scan_forms(scan, text);

		if (n < 0)
			return (int)n;
		n += n == 0;
		before = text[n - 1];
		end_lines(scan, text, (size_t)n);
		text += n;
	}
	return 0;
}

/* ------------------------------------------------------------------ objects */

IOMMUCTL_EXPORT int iommuctl_log_parse(const char *text, size_t length,
				       struct iommuctl_log **ret_log)
{
	struct scan scan = { 0 };
	int r;

	if ((!text && length > 0) || !ret_log)
		return -EINVAL;
	scan.log = calloc(1, sizeof(*scan.log));
	if (!scan.log)
		return -ENOMEM;
	scan.log->text = clean(text, length);
	r = scan.log->text ? scan_text(&scan, scan.log->text) : -ENOMEM;
	if (r < 0)
		iommuctl_log_free(scan.log);
	else
		*ret_log = scan.log;
	return r;
}

IOMMUCTL_EXPORT struct iommuctl_log *iommuctl_log_free(struct iommuctl_log *log)
{
	if (log) {
		arena_free(&log->arena);
		free(log->entries);
		free(log->text);
	}
	free(log);
	return NULL;
}

IOMMUCTL_EXPORT const struct iommuctl_log_entry *iommuctl_log_get(const struct iommuctl_log *log,
								  size_t i)
{
	return log && i < log->count ? &log->entries[i] : NULL;
}
