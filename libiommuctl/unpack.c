/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Archives into memory. Nothing in them is trusted, and all that they can cost is bounded. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "archive-calls.h"
#include "pack.h"

#define BLOCK 512

struct loader {
	const struct archive_calls *lib;
	struct iommuctl_context *ctx;
	const char *name;
	struct archive *stream; /* undoes the compression */
	struct archive *tar;	/* reads what that gives */
	struct vfs *vfs;
	char *data;
	size_t room;
	int64_t total; /* bytes of the stream */
	int64_t end;   /* of the last entry */
};

/* ENTRY, where not NULL, is named. */
PRINTF(4, 5)
static int refuse(struct loader *loader, int error, const char *entry, const char *format, ...)
{
	char reason[256];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return diag_set(loader->ctx, error, loader->name, "read the archive", "%s%.120s%s%s",
			entry ? "entry " : "", entry ? entry : "", entry ? ": " : "", reason);
}

/* What libarchive says, of a stream that ended too early for instance. */
static int refuse_archive(struct loader *loader)
{
	const struct archive_calls *lib = loader->lib;
	struct archive *archive = lib->archive_errno(loader->stream) ? loader->stream : loader->tar;
	const char *reason = lib->archive_error_string(archive);

	if (loader->total > PACK_STREAM_MAX)
		return refuse(loader, E2BIG, NULL, "more than %u MiB", PACK_STREAM_MAX >> 20);
	return refuse(loader, EBADMSG, NULL, "%s",
		      reason ? reason : "damaged, or not a tar archive");
}

/* ----------------------------------------------------------------- streams */

/*
 * One compression at most: where libarchive may guess, it also undoes
 * compressions of compressions, whose cost has no bound.
 */
static int add_filter(const struct archive_calls *lib, struct archive *archive, int fd)
{
	static const struct {
		const char *magic;
		size_t size;
		int filter;
	} filters[] = {
		{ "\x1f\x8b", 2, ARCHIVE_FILTER_GZIP },
		{ "\xfd"
		  "7zXZ",
		  6, ARCHIVE_FILTER_XZ },
		{ "\x28\xb5\x2f\xfd", 4, ARCHIVE_FILTER_ZSTD },
	};
	char magic[8] = "";

	if (pread(fd, magic, sizeof(magic), 0) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		if (memcmp(magic, filters[i].magic, filters[i].size) == 0)
			return lib->archive_read_append_filter(archive, filters[i].filter);
	return ARCHIVE_OK;
}

static la_ssize_t read_stream(struct archive *tar, void *data, const void **ret_block)
{
	struct loader *loader = data;
	const struct archive_calls *lib = loader->lib;
	size_t size = 0;
	la_int64_t offset;
	int r = lib->archive_read_data_block(loader->stream, ret_block, &size, &offset);

	if (r == ARCHIVE_EOF)
		return 0;
	loader->total += (int64_t)size;
	if (r == ARCHIVE_OK && loader->total <= PACK_STREAM_MAX)
		return (la_ssize_t)size;
	lib->archive_set_error(tar, EIO, "the stream cannot be read");
	return -1;
}

static int open_stream(struct loader *loader, int fd)
{
	const struct archive_calls *lib = loader->lib;
	struct archive *stream = lib->archive_read_new(), *tar = lib->archive_read_new();
	struct archive_entry *entry;

	loader->stream = stream;
	loader->tar = tar;
	if (!stream || !tar)
		return -ENOMEM;
	if (add_filter(lib, stream, fd) != ARCHIVE_OK ||
	    lib->archive_read_support_format_raw(stream) != ARCHIVE_OK ||
	    lib->archive_read_open_fd(stream, fd, 1 << 17) != ARCHIVE_OK ||
	    lib->archive_read_next_header(stream, &entry) != ARCHIVE_OK ||
	    lib->archive_read_support_format_tar(tar) != ARCHIVE_OK ||
	    lib->archive_read_open(tar, loader, NULL, read_stream, NULL) != ARCHIVE_OK)
		return refuse_archive(loader);
	return 0;
}

/* What is cut short may be so behind the last entry, too. */
static int check_end(struct loader *loader)
{
	const void *block;
	la_ssize_t n;

	while ((n = read_stream(loader->tar, loader, &block)) > 0)
		;
	if (n < 0)
		return refuse_archive(loader);
	/* entries end at a whole block; one of zeros follows the last */
	if (loader->total < ((loader->end + BLOCK - 1) & -BLOCK) + BLOCK)
		return refuse(loader, EBADMSG, NULL, "it is cut short");
	return 0;
}

/* ----------------------------------------------------------------- entries */

/* Without empty words and "."; false when the name leads elsewhere. */
static bool clean_name(const char *name, char *buf, size_t size)
{
	size_t length = 0;

	if (!name || name[0] == '/')
		return false;
	for (size_t n; *name; name += n + (name[n] == '/')) {
		n = strcspn(name, "/");
		if (n == 0 || (n == 1 && name[0] == '.'))
			continue;
		if ((n == 2 && strncmp(name, "..", 2) == 0) || length + n + 2 > size)
			return false;
		if (length > 0)
			buf[length++] = '/';
		memcpy(buf + length, name, n);
		length += n;
	}
	buf[length] = '\0';
	return true;
}

static int add(struct loader *loader, const char *name, enum vfs_kind kind, const char *data,
	       size_t size)
{
	int r = vfs_add(loader->vfs, name, kind, data, size);

	switch (-r) {
	case EEXIST:
		return refuse(loader, EBADMSG, name, "there is another one of that name");
	case ENOTDIR:
		return refuse(loader, EBADMSG, name, "lies below a file or a link");
	case ENAMETOOLONG:
		return refuse(loader, E2BIG, name, "a name too long, or deeper than %d directories",
			      VFS_DEPTH_MAX);
	case E2BIG:
		if (loader->vfs->node_count == VFS_NODES_MAX)
			return refuse(loader, E2BIG, name, "more than %u entries", VFS_NODES_MAX);
		return refuse(loader, E2BIG, name, "more than %u MiB in files",
			      VFS_BYTES_MAX >> 20);
	default:
		return r;
	}
}

static bool make_room(struct loader *loader, size_t size)
{
	size_t room = loader->room ? loader->room : 65536;
	char *grown;

	if (size < loader->room)
		return true;
	while (room <= size)
		room *= 2;
	grown = realloc(loader->data, room);
	if (!grown)
		return false;
	loader->data = grown;
	loader->room = room;
	return true;
}

static int load_file(struct loader *loader, const char *name)
{
	size_t size = 0;
	la_ssize_t n;

	do {
		if (!make_room(loader, size))
			return -ENOMEM;
		n = loader->lib->archive_read_data(loader->tar, loader->data + size,
						   loader->room - size);
		if (n < 0)
			return refuse_archive(loader);
		size += (size_t)n;
		if (size > PACK_FILE_MAX)
			return refuse(loader, E2BIG, name, "longer than %u MiB",
				      PACK_FILE_MAX >> 20);
	} while (n > 0);
	return add(loader, name, VFS_FILE, loader->data, size);
}

/* Memory of devices: tar makes zeros of it, as many as the device has, and nobody asks for it. */
static bool is_memory(const char *name)
{
	const char *last = path_last(name);

	return fnmatch("resource[0-9]*", last, 0) == 0 || strcmp(last, "rom") == 0;
}

static int load_link(struct loader *loader, const char *name, const char *target)
{
	if (!target || !*target || strlen(target) >= PATH_MAX)
		return refuse(loader, EBADMSG, name, "a link to nowhere");
	if (vfs_leads_out(name, target))
		return refuse(loader, EBADMSG, name, "a link that leads out of the archive");
	return add(loader, name, VFS_LINK, target, strlen(target));
}

static const char *entry_name(const struct archive_calls *lib, struct archive_entry *entry)
{
	const char *name = lib->archive_entry_pathname(entry);

	/* where the locale has no such characters */
	return name ? name : lib->archive_entry_pathname_utf8(entry);
}

static int load_entry(struct loader *loader, struct archive_entry *entry)
{
	const struct archive_calls *lib = loader->lib;
	char name[PATH_MAX];

	if (!clean_name(entry_name(lib, entry), name, sizeof(name)))
		return refuse(loader, EBADMSG, entry_name(lib, entry),
			      "a name that is absolute, leads upwards, or is too long");
	if (lib->archive_entry_hardlink(entry))
		return refuse(loader, EBADMSG, name, "a hard link");
	switch (lib->archive_entry_filetype(entry)) {
	case AE_IFDIR:
		return *name ? add(loader, name, VFS_DIRECTORY, NULL, 0) : 0;
	case AE_IFREG:
		return is_memory(name) ? 0 : load_file(loader, name);
	case AE_IFLNK:
		return load_link(loader, name, lib->archive_entry_symlink(entry));
	default:
		return refuse(loader, EBADMSG, name,
			      "neither a file, a directory nor a symbolic link");
	}
}

/* A name that the locale cannot have is no reason to stop; all else that is odd is. */
static int next_entry(struct loader *loader, struct archive_entry **ret_entry)
{
	const struct archive_calls *lib = loader->lib;
	int r = lib->archive_read_next_header(loader->tar, ret_entry);

	return r == ARCHIVE_WARN && lib->archive_errno(loader->tar) == EILSEQ ? ARCHIVE_OK : r;
}

static int load_entries(struct loader *loader)
{
	const struct archive_calls *lib = loader->lib;
	struct archive_entry *entry;
	size_t count = 0;
	int r;

	while ((r = next_entry(loader, &entry)) == ARCHIVE_OK) {
		if (count++ == VFS_NODES_MAX)
			return refuse(loader, E2BIG, NULL, "more than %u entries", VFS_NODES_MAX);
		r = load_entry(loader, entry);
		if (r < 0)
			return r;
		if (lib->archive_read_data_skip(loader->tar) < ARCHIVE_WARN)
			return refuse_archive(loader);
		loader->end = lib->archive_filter_bytes(loader->tar, 0);
	}
	if (r != ARCHIVE_EOF)
		return refuse_archive(loader);
	if (count == 0)
		return refuse(loader, EBADMSG, NULL, "not a tar archive, or an empty one");
	return check_end(loader);
}

int pack_load(struct iommuctl_context *ctx, int fd, const char *name, struct vfs **ret_vfs)
{
	struct loader loader = { .ctx = ctx, .name = name, .lib = archive_calls() };
	struct stat stat;
	int r;

	if (!loader.lib)
		return refuse(&loader, EOPNOTSUPP, NULL, "libarchive is not installed");
	if (fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode))
		return refuse(&loader, EBADMSG, NULL, "neither a directory nor a regular file");
	r = vfs_new(&loader.vfs);
	if (r >= 0)
		r = open_stream(&loader, fd);
	if (r >= 0)
		r = load_entries(&loader);
	loader.lib->archive_read_free(loader.tar);
	loader.lib->archive_read_free(loader.stream);
	free(loader.data);
	if (r < 0) {
		vfs_free(loader.vfs);
		return r == -ENOMEM ? refuse(&loader, ENOMEM, NULL, "%s", strerror(ENOMEM)) : r;
	}
	*ret_vfs = loader.vfs;
	return 0;
}
