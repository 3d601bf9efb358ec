/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives the kernel's mock devices through an inherited file descriptor of /dev/iommu, one
 * operation a run, for tests in bash:
 *
 *   exec 7<>/dev/iommu
 *   read -r stdev hwpt device < <(mock 7 domain "$ioas")
 *   mock 7 access "$ioas" pins 9 -- iommuctl --iommufd 7 ioas destroy "$ioas"
 *
 * Without arguments it lists the operations.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mock.h"

enum kind {
	NUMBER = 1,
	FLAGS,	/* names of flags with commas, 0 for none */
	MEMORY, /* FILE or FILE@OFFSET, mapped for the call */
	FD,	/* where the resulting file descriptor goes: it stays open for COMMAND */
	RESULT,
};

struct field {
	enum kind kind;
	const char *name;
	size_t offset, size;
};

struct op {
	const char *name;
	enum mock_op op;
	struct field fields[8];
};

/* clang-format off */
#define FIELD(kind, name, member) \
	{ kind, name, offsetof(struct mock_cmd, member), sizeof(((struct mock_cmd *)0)->member) }
#define IN(name, member) FIELD(NUMBER, name, member)
#define FLAGS(member) FIELD(FLAGS, "FLAGS", member)
#define MEMORY(member) FIELD(MEMORY, "FILE[@OFFSET]", member)
#define TO_FD { FD, "FD", 0, 0 }
#define OUT(name, member) FIELD(RESULT, name, member)
#define IOVA_LENGTH(variant) IN("IOVA", variant.iova), IN("LENGTH", variant.length)
#define DOMAIN_RESULTS \
	OUT("stdev", domain.stdev_id), OUT("hwpt", domain.hwpt_id), OUT("device", domain.device_id)

static const struct op ops[] = {
	{ "reserve", MOCK_ADD_RESERVED, { IN("IOAS", id), IN("START", add_reserved.start), IN("LENGTH", add_reserved.length) } },
	{ "domain", MOCK_DOMAIN, { IN("PT", id), DOMAIN_RESULTS } },
	{ "domain-flags", MOCK_DOMAIN_FLAGS, { IN("PT", id), FLAGS(domain.flags), DOMAIN_RESULTS } },
	{ "replace", MOCK_DOMAIN_REPLACE, { IN("STDEV", id), IN("PT", domain_replace.pt_id), OUT("pt", domain_replace.pt_id) } },
	{ "check-map", MOCK_CHECK_MAP, { IN("HWPT", id), IOVA_LENGTH(check_map), MEMORY(check_map.memory) } },
	{ "check-refs", MOCK_CHECK_REFS, { IN("LENGTH", check_refs.length), MEMORY(check_refs.memory), IN("REFS", check_refs.refs) } },
	{ "access", MOCK_CREATE_ACCESS, { IN("IOAS", id), FLAGS(create_access.flags), TO_FD } },
	{ "access-ioas", MOCK_ACCESS_REPLACE_IOAS, { IN("ACCESS", id), IN("IOAS", access_replace_ioas.ioas_id) } },
	{ "access-rw", MOCK_ACCESS_RW, { IN("ACCESS", id), IOVA_LENGTH(access_rw), MEMORY(access_rw.memory), FLAGS(access_rw.flags) } },
	{ "pin", MOCK_ACCESS_PAGES, { IN("ACCESS", id), IOVA_LENGTH(access_pages), MEMORY(access_pages.memory), FLAGS(access_pages.flags), OUT("pages", access_pages.pages_id) } },
	{ "unpin", MOCK_DESTROY_ACCESS_PAGES, { IN("ACCESS", id), IN("PAGES", destroy_access_pages.pages_id) } },
	{ "batch-limit", MOCK_SET_TEMP_MEMORY_LIMIT, { IN("BYTES", memory_limit.limit) } },
	{ "dirty", MOCK_DIRTY, { IN("HWPT", id), IOVA_LENGTH(dirty), IN("PAGE_SIZE", dirty.page_size), MEMORY(dirty.memory), OUT("count", dirty.count) } },
	{ "check-iotlb", MOCK_CHECK_IOTLB, { IN("HWPT", id), IN("INDEX", check.index), IN("VALUE", check.value) } },
	{ "check-cache", MOCK_CHECK_CACHE, { IN("DEVICE", id), IN("INDEX", check.index), IN("VALUE", check.value) } },
	{ "fault", MOCK_TRIGGER_IOPF, { IN("DEVICE", trigger_iopf.device_id), IN("PASID", trigger_iopf.pasid), IN("GROUP", trigger_iopf.group), IN("PERMISSIONS", trigger_iopf.permissions), IN("ADDRESS", trigger_iopf.address) } },
	{ "event", MOCK_TRIGGER_VEVENT, { IN("DEVICE", trigger_vevent.device_id) } },
	{ "pasid-attach", MOCK_PASID_ATTACH, { IN("STDEV", id), IN("PASID", pasid.pasid), IN("PT", pasid.pt_id), OUT("pt", pasid.pt_id) } },
	{ "pasid-replace", MOCK_PASID_REPLACE, { IN("STDEV", id), IN("PASID", pasid.pasid), IN("PT", pasid.pt_id), OUT("pt", pasid.pt_id) } },
	{ "pasid-detach", MOCK_PASID_DETACH, { IN("STDEV", id), IN("PASID", pasid.pasid) } },
	{ "pasid-check", MOCK_PASID_CHECK_HWPT, { IN("STDEV", id), IN("PASID", pasid.pasid), IN("HWPT", pasid.pt_id) } },
	{ "dmabuf", MOCK_DMABUF_GET, { IN("LENGTH", dmabuf_get.length), TO_FD } },
	{ "revoke", MOCK_DMABUF_REVOKE, { IN("DMABUF", dmabuf_revoke.fd), IN("REVOKED", dmabuf_revoke.revoked) } },
};
/* clang-format on */

#define N_OPS (sizeof(ops) / sizeof(ops[0]))

static const struct {
	const char *name;
	unsigned int value;
} flags[] = {
	{ "0", 0 },
	{ "no-dirty", MOCK_DEVICE_NO_DIRTY },
	{ "pasid", MOCK_DEVICE_PASID },
	{ "pins", MOCK_ACCESS_PINS },
	{ "slow", MOCK_ACCESS_SLOW },
	{ "write", MOCK_ACCESS_WRITE },
};

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "mock: %s: %s\n", what, why);
	exit(EXIT_FAILURE);
}

static void print_usage(const struct op *op)
{
	const char *arrow = " ->";

	fprintf(stderr, "  %s", op->name);
	for (const struct field *f = op->fields; f->kind; f++) {
		fprintf(stderr, "%s %s", f->kind == RESULT ? arrow : "", f->name);
		if (f->kind == RESULT)
			arrow = "";
	}
	fprintf(stderr, "\n");
}

/* Of one operation, or of all. */
static _Noreturn void usage(const struct op *op)
{
	fprintf(stderr, "Usage: mock IOMMUFD OPERATION [ARGUMENT]... [-- COMMAND [ARGUMENT]...]\n");
	for (size_t i = 0; i < N_OPS; i++)
		if (!op || op == &ops[i])
			print_usage(&ops[i]);
	exit(2);
}

static uint64_t parse_number(const char *word)
{
	uint64_t value;
	char *end;

	errno = 0;
	value = strtoull(word, &end, 0);
	if (errno || *end || !isdigit((unsigned char)*word))
		fail(word, "not a number");
	return value;
}

static uint64_t parse_flags(char *words)
{
	uint64_t value = 0;
	size_t i;

	for (char *word; (word = strsep(&words, ","));) {
		for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
			if (!strcmp(word, flags[i].name))
				break;
		if (i == sizeof(flags) / sizeof(flags[0]))
			fail(word, "no such flag");
		value |= flags[i].value;
	}
	return value;
}

static uint64_t map_file(char *path)
{
	char *at = strrchr(path, '@');
	uint64_t offset = 0;
	struct stat st;
	void *memory;
	int fd;

	if (at) {
		*at = '\0';
		offset = parse_number(at + 1);
	}
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		fail(path, strerror(errno));
	memory = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		fail(path, strerror(errno));
	return (uintptr_t)memory + offset;
}

static void put(struct mock_cmd *cmd, const struct field *field, char *word)
{
	uint64_t value = field->kind == MEMORY	? map_file(word)
			 : field->kind == FLAGS ? parse_flags(word)
						: parse_number(word);

	if (field->size < sizeof(value) && value >> (8 * field->size))
		fail(word, "too large");
	memcpy((char *)cmd + field->offset, &value, field->size);
}

static uint64_t get(const struct mock_cmd *cmd, const struct field *field)
{
	uint64_t value = 0;

	memcpy(&value, (const char *)cmd + field->offset, field->size);
	return value;
}

/* Moves the file descriptor that the call made, where there is none to inherit yet. */
static void keep_fd(int fd, int wanted)
{
	if (fd != wanted && (dup2(fd, wanted) < 0 || close(fd) < 0))
		fail("dup2", strerror(errno));
	if (fcntl(wanted, F_SETFD, 0) < 0)
		fail("fcntl", strerror(errno));
}

/*
 * The kernel tells the file descriptor of an access in the struct; of a dma-buf some do not tell it
 * at all, it is the lowest free one.
 */
static int made_fd(const struct op *op, const struct mock_cmd *cmd, int lowest, int returned)
{
	if (op->op == MOCK_CREATE_ACCESS)
		return (int)cmd->create_access.fd;
	return returned ? returned : lowest;
}

static int lowest_fd(void)
{
	int fd = dup(STDERR_FILENO);

	if (fd < 0 || close(fd) < 0)
		fail("dup", strerror(errno));
	return fd;
}

static const struct op *find_op(const char *name)
{
	for (size_t i = 0; i < N_OPS; i++)
		if (!strcmp(name, ops[i].name))
			return &ops[i];
	usage(NULL);
}

/* Returns the words taken; *ret_fd is where the result is wanted, or -1. */
static int parse(const struct op *op, char **words, struct mock_cmd *cmd, int *ret_fd)
{
	int n = 0;

	*ret_fd = -1;
	for (const struct field *f = op->fields; f->kind && f->kind != RESULT; f++, n++) {
		if (!words[n])
			usage(op);
		if (f->kind == FD)
			*ret_fd = (int)parse_number(words[n]);
		else
			put(cmd, f, words[n]);
	}
	if (words[n] && strcmp(words[n], "--") != 0)
		usage(op);
	return n;
}

static void print_results(const struct op *op, const struct mock_cmd *cmd)
{
	const char *separator = "";

	for (const struct field *f = op->fields; f->kind; f++) {
		if (f->kind != RESULT)
			continue;
		printf("%s%" PRIu64, separator, get(cmd, f));
		separator = " ";
	}
	if (*separator)
		printf("\n");
	if (fflush(stdout))
		fail("stdout", strerror(errno));
}

int main(int argc, char **argv)
{
	struct mock_cmd cmd = { .size = sizeof(cmd) };
	const struct op *op;
	int r, lowest, wanted;
	char **command;

	if (argc < 3)
		usage(NULL);
	op = find_op(argv[2]);
	cmd.op = op->op;
	command = argv + 3 + parse(op, argv + 3, &cmd, &wanted);
	lowest = lowest_fd();
	r = ioctl((int)parse_number(argv[1]), MOCK_CMD, &cmd);
	if (r < 0)
		fail(op->name, strerrorname_np(errno));
	if (wanted >= 0)
		keep_fd(made_fd(op, &cmd, lowest, r), wanted);
	print_results(op, &cmd);
	if (!command[0])
		return EXIT_SUCCESS;
	execvp(command[1], command + 1);
	fail(command[1], strerror(errno));
}
