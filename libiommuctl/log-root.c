/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A kernel's log as a root: the files that the kernel would have shown, as far as its log tells.
 * Whatever reads a machine then reads the log too.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "log.h"
#include "paths.h"
#include "vfs.h"

struct maker {
	struct vfs *vfs;
	const struct iommuctl_log *log;
	size_t at;	      /* the entry looked at */
	const char **objects; /* AMD's, in the order in which they are named */
	size_t object_count;
	struct member *members;
	size_t member_count;
};

/* A later line of the same device counts. */
struct member {
	const char *device;
	size_t length, line;
	uint64_t group;
};

static int put(struct maker *maker, const char *path, enum vfs_kind kind, const char *data)
{
	int r = vfs_add(maker->vfs, path, kind, data, strlen(data));

	/* said again by a later boot; and what makes no path is no device's name */
	return r == -ENOMEM || r == -E2BIG ? r : 0;
}

PRINTF(4, 5)
static int put_file(struct maker *maker, const char *directory, const char *name,
		    const char *format, ...)
{
	char path[PATH_MAX], text[64];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return io_path(path, sizeof(path), "%s/%s", directory, name) < 0
		       ? 0
		       : put(maker, path, VFS_FILE, text);
}

/* ---------------------------------------------------------------------- IOMMUs */

static int put_vtd(struct maker *maker, const char *node, const struct iommuctl_log_entry *entry)
{
	int r = put_file(maker, node,
			 strcmp(entry->reg->name, "cap") == 0 ? "intel-iommu/cap"
							      : "intel-iommu/ecap",
			 "%" PRIx64 "\n", entry->value);
	const char *dot = entry->version ? strchr(entry->version, '.') : NULL;

	return r < 0 || !dot ? r
			     : put_file(maker, node, "intel-iommu/version", "%.*s:%s\n",
					(int)(dot - entry->version), entry->version, dot + 1);
}

/* Both registers are one file; the second comes right behind the first. */
static int put_amd(struct maker *maker, const char *node, const struct iommuctl_log_entry *entry)
{
	const struct iommuctl_log_entry *second = iommuctl_log_get(maker->log, maker->at + 1);

	if (strcmp(entry->reg->name, "efr") != 0)
		return 0;
	return second && strcmp(second->reg->name, "efr2") == 0
		       ? put_file(maker, node, "amd-iommu/features", "%" PRIx64 ":%" PRIx64 "\n",
				  entry->value, second->value)
		       : put_file(maker, node, "amd-iommu/features", "%" PRIx64 "\n", entry->value);
}

/* Its driver prints what it found, and sysfs only links to it. */
static int put_device(struct maker *maker, const char *node, const struct iommuctl_log_entry *entry)
{
	char path[PATH_MAX], target[PATH_MAX];
	int r;

	if (io_path(path, sizeof(path), "%s/device", node) < 0 ||
	    io_path(target, sizeof(target), "../../../devices/%s", entry->object) < 0)
		return 0;
	r = put(maker, path, VFS_LINK, target);
	if (r < 0 || entry->reg->model != IOMMUCTL_MODEL_VIRTIO_IOMMU ||
	    io_path(path, sizeof(path), "sys/devices/%s/driver", entry->object) < 0)
		return r;
	return put(maker, path, VFS_LINK, "../../bus/virtio/drivers/virtio_iommu");
}

/* "ivhd0": the log names the PCI device instead, or nothing. */
static int name_amd(struct maker *maker, const char *object, char *buf, size_t size)
{
	const char **slot;
	size_t i = 0;

	object = object ? object : "";
	while (i < maker->object_count && strcmp(maker->objects[i], object) != 0)
		i++;
	if (i == maker->object_count) {
		slot = array_grow(&maker->objects, &maker->object_count, sizeof(*slot));
		if (!slot)
			return -ENOMEM;
		*slot = object;
	}
	snprintf(buf, size, "ivhd%zu", i);
	return 0;
}

static bool is_name(const char *text)
{
	return text && text[0] && text[0] != '.' && !strchr(text, '/');
}

static int put_entry(struct maker *maker, const struct iommuctl_log_entry *entry)
{
	const struct model *model = model_get(entry->reg->model);
	char name[NAME_MAX], node[PATH_MAX];
	bool amd = entry->reg->model == IOMMUCTL_MODEL_AMD_VI;
	bool vtd = entry->reg->model == IOMMUCTL_MODEL_INTEL_VTD;
	int r = 0;

	/* half a register is none of sysfs */
	if ((amd || vtd) && entry->known != UINT64_MAX)
		return 0;
	if (amd)
		r = name_amd(maker, entry->object, name, sizeof(name));
	else if (!is_name(entry->object))
		return 0;
	else
		/* old kernels name units by address, and only some names of sysfs can be known */
		r = io_path(name, sizeof(name), "%s%s",
			    model->prefix && strncmp(entry->object, model->prefix,
						     strlen(model->prefix)) != 0
				    ? model->prefix
				    : "",
			    entry->object) < 0;
	if (r != 0)
		return r < 0 ? r : 0;
	io_path(node, sizeof(node), SYSFS_IOMMU "/%s", name);
	return (vtd ? put_vtd : amd ? put_amd : put_device)(maker, node, entry);
}

/* ---------------------------------------------------------------------- groups */

/* "0000:00:02.0" of "... pci 0000:00:02.0: Adding to iommu group 1" */
static bool parse_new(const char *line, const char *found, struct member *member)
{
	const char *end = found, *start;

	if (end - line < 2 || end[-1] != ' ' || end[-2] != ':')
		return false;
	end -= 2;
	for (start = end; start > line && !isspace((unsigned char)start[-1]); start--)
		;
	member->device = start;
	member->length = (size_t)(end - start);
	return true;
}

/* Of a line of the log: which group a device is added to, in the words of new or old kernels. */
static bool parse_member(const char *line, struct member *member)
{
	static const char now[] = "Adding to iommu group ", before[] = "iommu: Adding device ",
			  to[] = " to group ";
	const char *found = strstr(line, now), *number;
	char digits[24];

	if (found && parse_new(line, found, member)) {
		number = found + strlen(now);
	} else {
		found = strstr(line, before);
		number = found ? strstr(found, to) : NULL;
		if (!number)
			return false;
		member->device = found + strlen(before);
		member->length = (size_t)(number - member->device);
		number += strlen(to);
	}
	snprintf(digits, sizeof(digits), "%.*s", (int)strspn(number, "0123456789"), number);
	return member->length > 0 && member->length < NAME_MAX &&
	       parse_u64(digits, 10, &member->group);
}

static int compare_members(const void *left, const void *right)
{
	const struct member *a = left, *b = right;
	size_t n = a->length < b->length ? a->length : b->length;
	int r = memcmp(a->device, b->device, n);

	if (r == 0 && a->length != b->length)
		return a->length < b->length ? -1 : 1;
	return r ? r : (a->line > b->line) - (a->line < b->line);
}

static int put_member(struct maker *maker, const struct member *member)
{
	char name[NAME_MAX + 1], path[PATH_MAX], target[PATH_MAX];
	uint64_t address;
	int r;

	snprintf(name, sizeof(name), "%.*s", (int)member->length, member->device);
	if (!is_name(name))
		return 0;
	io_path(path, sizeof(path), SYSFS_GROUPS "/%" PRIu64 "/devices/%s", member->group, name);
	io_path(target, sizeof(target), "../../../../devices/%s", name);
	r = put(maker, path, VFS_LINK, target);
	if (r < 0 || !parse_pci_address(name, &address))
		return r;
	io_path(path, sizeof(path), SYSFS_PCI "/%s", name);
	return put(maker, path, VFS_LINK, target + strlen("../"));
}

static int put_members(struct maker *maker)
{
	int r = 0;

	if (maker->member_count > 0)
		qsort(maker->members, maker->member_count, sizeof(*maker->members),
		      compare_members);
	for (size_t i = 0; r >= 0 && i < maker->member_count; i++) {
		struct member *next = &maker->members[i + 1];

		if (i + 1 == maker->member_count || next->length != maker->members[i].length ||
		    memcmp(next->device, maker->members[i].device, next->length) != 0)
			r = put_member(maker, &maker->members[i]);
	}
	return r;
}

/* ----------------------------------------------------------------------- lines */

/* What a word of a line is followed by is a file of /proc. */
static const struct {
	const char *word, *path;
	const char *end; /* of what is taken */
} facts[] = {
	{ "Linux version ", PROC_RELEASE, " " },
	{ "Command line: ", PROC_CMDLINE, "" },
	{ "Kernel command line: ", PROC_CMDLINE, "" },
};

static int read_line(struct maker *maker, char *line, size_t number)
{
	struct member member = { .line = number }, *slot;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(facts); i++) {
		char *found = strstr(line, facts[i].word), *end;

		if (!found)
			continue;
		found += strlen(facts[i].word);
		end = found + strcspn(found, facts[i].end);
		found = strndup(found, (size_t)(end - found));
		r = found ? put(maker, facts[i].path, VFS_FILE, found) : -ENOMEM;
		free(found);
	}
	if (r < 0 || !parse_member(line, &member))
		return r;
	slot = array_grow(&maker->members, &maker->member_count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = member;
	return 0;
}

static int make(struct maker *maker, char *text, size_t length)
{
	const struct iommuctl_log_entry *entry;
	int r = vfs_add(maker->vfs, KERNEL_LOG, VFS_FILE, text, length);
	size_t number = 0;

	if (r >= 0)
		r = vfs_add(maker->vfs, SYSFS_IOMMU, VFS_DIRECTORY, NULL, 0);
	for (; r >= 0 && (entry = iommuctl_log_get(maker->log, maker->at)); maker->at++)
		r = put_entry(maker, entry);
	for (char *line; r >= 0 && (line = strsep(&text, "\n"));) {
		line[strcspn(line, "\r")] = '\0';
		r = read_line(maker, line, ++number);
	}
	return r < 0 ? r : put_members(maker);
}

int log_to_root(char *text, size_t length, struct vfs **ret_vfs)
{
	struct iommuctl_log *log;
	struct maker maker = { 0 };
	int r = iommuctl_log_parse(text, length, &log);

	for (char *nul = text; (nul = memchr(nul, '\0', length - (size_t)(nul - text)));)
		*nul = ' ';

	if (r < 0)
		return r;
	maker.log = log;
	r = vfs_new(&maker.vfs);
	if (r >= 0)
		r = make(&maker, text, length);
	if (r >= 0 && !iommuctl_log_get(log, 0) && maker.member_count == 0)
		r = -EBADMSG;
	free(maker.members);
	free(maker.objects);
	iommuctl_log_free(log);
	if (r < 0)
		vfs_free(maker.vfs);
	else
		*ret_vfs = maker.vfs;
	return r;
}
