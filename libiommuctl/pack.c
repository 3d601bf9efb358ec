/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Archives from memory. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "archive-calls.h"
#include "pack.h"

struct saver {
	const struct archive_calls *lib;
	struct archive *archive;
	struct archive_entry *entry;
	char path[PATH_MAX];
};

static const struct {
	unsigned int type;
	mode_t mode;
} kinds[] = {
	[VFS_DIRECTORY] = { AE_IFDIR, 0755 },
	[VFS_FILE] = { AE_IFREG, 0644 },
	[VFS_LINK] = { AE_IFLNK, 0777 },
};

static int save_node(const struct vfs_node *node, void *data)
{
	struct saver *saver = data;
	const struct archive_calls *lib = saver->lib;
	struct archive_entry *entry = lib->archive_entry_clear(saver->entry);

	/* a directory with something in it needs no entry of its own */
	if (node->children)
		return vfs_list(node, save_node, data);
	if (vfs_path(node, saver->path, sizeof(saver->path)) < 0)
		return -ENAMETOOLONG;
	lib->archive_entry_set_pathname(entry, saver->path);
	lib->archive_entry_set_filetype(entry, kinds[node->kind].type);
	lib->archive_entry_set_perm(entry, kinds[node->kind].mode);
	lib->archive_entry_set_mtime(entry, 0, 0);
	if (node->kind == VFS_LINK)
		lib->archive_entry_set_symlink(entry, node->data);
	if (node->kind == VFS_FILE)
		lib->archive_entry_set_size(entry, (la_int64_t)node->size);
	if (lib->archive_write_header(saver->archive, entry) != ARCHIVE_OK)
		return -EIO;
	if (node->kind == VFS_FILE && node->size > 0 &&
	    lib->archive_write_data(saver->archive, node->data, node->size) !=
		    (la_ssize_t)node->size)
		return -EIO;
	return 0;
}

static int save(struct saver *saver, const struct vfs *vfs, int fd)
{
	const struct archive_calls *lib = saver->lib;
	int r;

	/* GNU's format: names are bytes there, whatever the locale */
	if (lib->archive_write_add_filter_zstd(saver->archive) != ARCHIVE_OK ||
	    lib->archive_write_set_format_gnutar(saver->archive) != ARCHIVE_OK ||
	    /* the same bytes on standard output as in a file */
	    lib->archive_write_set_bytes_in_last_block(saver->archive, 1) != ARCHIVE_OK ||
	    lib->archive_write_open_fd(saver->archive, fd) != ARCHIVE_OK)
		return -EIO;
	r = vfs_list(&vfs->root, save_node, saver);
	if (r < 0)
		return r;
	return lib->archive_write_close(saver->archive) == ARCHIVE_OK ? 0 : -EIO;
}

int pack_save(struct iommuctl_context *ctx, const struct vfs *vfs, int fd, const char *name)
{
	const struct archive_calls *lib = archive_calls();
	struct saver saver = { .lib = lib };
	int r;

	if (!lib)
		return diag_set(ctx, EOPNOTSUPP, name, "write the archive",
				"libarchive is not installed");
	saver.archive = lib->archive_write_new();
	saver.entry = lib->archive_entry_new();
	r = saver.archive && saver.entry ? save(&saver, vfs, fd) : -ENOMEM;
	if (r == -EIO && lib->archive_errno(saver.archive) > 0)
		r = -lib->archive_errno(saver.archive);
	lib->archive_entry_free(saver.entry);
	lib->archive_write_free(saver.archive);
	return r < 0 ? diag_set(ctx, -r, name, "write the archive", NULL) : 0;
}
