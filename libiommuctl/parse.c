/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strict parsers, and the memory helpers of a topology. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "internal.h"

bool parse_u64(const char *text, unsigned int base, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	if (!text || !isxdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	value = strtoull(text, &end, (int)base);
	if (errno || *end || end == text)
		return false;
	*ret = value;
	return true;
}

/* DIGITS hexadecimal digits at least, then END. */
static bool parse_hex_part(const char **text, size_t min, size_t max, char end, uint64_t *ret)
{
	uint64_t value = 0;
	size_t n = 0;

	while (isxdigit((unsigned char)(*text)[n])) {
		char c = (*text)[n];

		if (++n > max)
			return false;
		value = value << 4 | (unsigned int)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	if (n < min || (*text)[n] != end)
		return false;
	*text += n + (end != '\0');
	*ret = value;
	return true;
}

bool parse_pci_address(const char *text, uint64_t *ret_key)
{
	uint64_t domain, bus, slot, function;

	if (!parse_hex_part(&text, 4, 8, ':', &domain) || !parse_hex_part(&text, 2, 2, ':', &bus) ||
	    !parse_hex_part(&text, 2, 2, '.', &slot) ||
	    !parse_hex_part(&text, 1, 1, '\0', &function) || slot > 0x1f || function > 7)
		return false;
	*ret_key = domain << 16 | bus << 8 | slot << 3 | function;
	return true;
}

int parse_word(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (words[i] && strcmp(text, words[i]) == 0)
			return (int)i;
	return -1;
}

const char *path_last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *path_name(const char *path, char *buf, size_t size)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n >= size)
		return NULL;
	memcpy(buf, path, n);
	buf[n] = '\0';
	return path_last(buf);
}

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	max_align_t data[];
};

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->chunk;
	size_t aligned = (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
	char *memory;

	if (!chunk || chunk->size - chunk->used < aligned) {
		size_t room = aligned > 32768 ? aligned : 32768;

		chunk = malloc(sizeof(*chunk) + room);
		if (!chunk)
			return NULL;
		chunk->next = arena->chunk;
		chunk->size = room;
		chunk->used = 0;
		arena->chunk = chunk;
	}
	memory = (char *)chunk->data + chunk->used;
	chunk->used += aligned;
	return memset(memory, 0, aligned);
}

char *arena_strdup(struct arena *arena, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = arena_alloc(arena, size);

	return copy ? memcpy(copy, text, size) : NULL;
}

void arena_free(struct arena *arena)
{
	while (arena->chunk) {
		struct arena_chunk *next = arena->chunk->next;

		free(arena->chunk);
		arena->chunk = next;
	}
}

void *array_grow(void *array_ptr, size_t *count, size_t size)
{
	char **array = array_ptr;
	size_t n = *count;

	/* full at every power of two */
	if ((n & (n - 1)) == 0) {
		char *grown = reallocarray(*array, n ? 2 * n : 1, size);

		if (!grown)
			return NULL;
		*array = grown;
	}
	*count = n + 1;
	return memset(*array + n * size, 0, size);
}
