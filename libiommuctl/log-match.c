/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares text with the patterns of forms. */
#include "log.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* A blank, also of another character set, or a tab as loggers write it. */
static size_t blank_length(const char *at)
{
	static const char *const tabs[] = { "#011", "\\t", "\\x09" };

	if (*at == ' ' || *at == '\t' || (unsigned char)*at >= 0x80)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(tabs); i++)
		if (*at == tabs[i][0] && strncmp(at, tabs[i], strlen(tabs[i])) == 0)
			return strlen(tabs[i]);
	return 0;
}

const char *log_skip_gap(const char *at)
{
	bool wrapped = false;
	size_t n;

	while ((n = blank_length(at)) > 0 || (*at == '\n' && !wrapped)) {
		wrapped = wrapped || n == 0;
		at += n > 0 ? n : 1;
	}
	return at;
}

/* ---------------------------------------------------------------- patterns */

static const char *take_number(const char *at, int base, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	if (base == 16 ? !isxdigit((unsigned char)*at) : !isdigit((unsigned char)*at))
		return NULL;
	errno = 0;
	value = strtoull(at, &end, base);
	if (errno || isalnum((unsigned char)*end))
		return NULL;
	*ret = value;
	return end;
}

/* A name up to a gap; up to a slash, or the last colon, where that is STOP. */
static const char *take_object(const char *at, char stop, struct match *match)
{
	size_t n = 0;

	while (n < sizeof(match->object) && isgraph((unsigned char)at[n]) &&
	       !(stop == '/' && at[n] == '/'))
		n++;
	if (n == sizeof(match->object))
		return NULL;
	while (stop == ':' && n > 0 && at[n] != ':')
		n--;
	if (n == 0)
		return NULL;
	memcpy(match->object, at, n);
	match->object[n] = '\0';
	return at + n;
}

static const char *take_version(const char *at, struct match *match)
{
	uint64_t major, minor;

	at = take_number(at, 10, &major);
	if (!at || *at != ':' || !(at = take_number(at + 1, 10, &minor)) || major > 255 ||
	    minor > 255)
		return NULL;
	snprintf(match->version, sizeof(match->version), "%u.%u", (unsigned int)major,
		 (unsigned int)minor);
	return at;
}

static const char *take_unit(const char *at, struct match *match)
{
	uint64_t unit;

	at = take_number(at, 10, &unit);
	if (at)
		snprintf(match->object, sizeof(match->object), "dmar%llu",
			 (unsigned long long)unit);
	return at;
}

static const char *take_address(const char *at, struct match *match)
{
	const char *end = take_number(at, 16, &match->base);

	match->has_base = end != NULL;
	/* the first kernels that printed registers numbered no units */
	if (end && !match->object[0])
		take_object(at, ':', match);
	return end;
}

/* Past what PATTERN (behind the percent sign) stands for, or NULL. */
static const char *take(const char *pattern, const char *at, struct match *match)
{
	switch (pattern[0]) {
	case 'a':
		return take_address(at, match);
	case 'n':
		return take_unit(at, match);
	case 'o':
		return take_object(at, pattern[1], match);
	case 'v':
		return take_version(at, match);
	default:
		if (match->count == FORM_FACTS)
			return NULL;
		return take_number(at, pattern[0] == 'x' ? 16 : 10,
				   &match->numbers[match->count++]);
	}
}

static bool ends_line(const char *at)
{
	at += strspn(at, " \t");
	return *at == '\n' || *at == '\0';
}

const char *log_fit(const char *pattern, const char *at, struct match *match)
{
	bool wrapped = false;

	for (; at && *pattern; pattern++) {
		const char *before = at;

		if (*pattern == '%') {
			at = take(++pattern, at, match);
		} else if (*pattern == ' ') {
			at = log_skip_gap(at);
			wrapped = memchr(before, '\n', (size_t)(at - before));
			at = at > before ? at : NULL;
		} else {
			at = *at == *pattern ? at + 1 : NULL;
		}
	}
	/* where a line was cut before its last number, the next line may begin like one */
	return at && wrapped && pattern[-2] == '%' && !ends_line(at) ? NULL : at;
}
