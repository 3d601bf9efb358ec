/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line as its words: blanks between them, quotes and backslashes as in a shell, comments. */
#include "words.h"

#include <errno.h>

enum { BLANK = 1, QUOTE, BACKSLASH, END };

static const unsigned char classes[256] = {
	[' '] = BLANK, ['\t'] = BLANK, ['\r'] = BLANK,	   ['\''] = QUOTE,
	['"'] = QUOTE, [0] = END,      ['\\'] = BACKSLASH,
};

static unsigned char class_of(char c)
{
	return classes[(unsigned char)c];
}

/* Most of a batch goes by here: apart, so that the loop has no more than it needs. */
__attribute__((noinline)) static char *skip_plain(char *at)
{
#pragma GCC unroll 8
	while (!class_of(*at))
		at++;
	return at;
}

/* The rest of a word from where it is not plain, written to TO; what follows it, or NULL. */
static char *take_quoted(char *from, char *to)
{
	char quote = 0;

	for (; *from && (quote || class_of(*from) != BLANK); from++) {
		if (quote ? *from == quote : class_of(*from) == QUOTE)
			quote = quote ? 0 : *from;
		else if (*from == '\\' && quote != '\'' && from[1])
			*to++ = *++from;
		else
			*to++ = *from;
	}
	if (quote)
		return NULL;
	from += *from != '\0';
	*to = '\0';
	return from;
}

int words_split(char *line, char **words, size_t max)
{
	for (size_t n = 0;; n++) {
		while (class_of(*line) == BLANK)
			line++;
		words[n] = NULL;
		if (!*line || *line == '#')
			return (int)n;
		if (n == max)
			return -E2BIG;
		words[n] = line;
		line = skip_plain(line);
		if (class_of(*line) == BLANK)
			*line++ = '\0';
		else if (*line && !(line = take_quoted(line, line)))
			return -EINVAL;
	}
}
