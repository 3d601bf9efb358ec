/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Archives from memory. */
#include "pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

struct saver {
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
	struct archive_entry *entry = archive_entry_clear(saver->entry);

	/* a directory with something in it needs no entry of its own */
	if (node->children)
		return vfs_list(node, save_node, data);
	if (vfs_path(node, saver->path, sizeof(saver->path)) < 0)
		return -ENAMETOOLONG;
	archive_entry_set_pathname(entry, saver->path);
	archive_entry_set_filetype(entry, kinds[node->kind].type);
	archive_entry_set_perm(entry, kinds[node->kind].mode);
	archive_entry_set_mtime(entry, 0, 0);
	if (node->kind == VFS_LINK)
		archive_entry_set_symlink(entry, node->data);
	if (node->kind == VFS_FILE)
		archive_entry_set_size(entry, (la_int64_t)node->size);
	if (archive_write_header(saver->archive, entry) != ARCHIVE_OK)
		return -EIO;
	if (node->kind == VFS_FILE && node->size > 0 &&
	    archive_write_data(saver->archive, node->data, node->size) != (la_ssize_t)node->size)
		return -EIO;
	return 0;
}

static int save(struct saver *saver, const struct vfs *vfs, int fd)
{
	int r;

	/* GNU's format: names are bytes there, whatever the locale */
	if (archive_write_add_filter_zstd(saver->archive) != ARCHIVE_OK ||
	    archive_write_set_format_gnutar(saver->archive) != ARCHIVE_OK ||
	    /* the same bytes on standard output as in a file */
	    archive_write_set_bytes_in_last_block(saver->archive, 1) != ARCHIVE_OK ||
	    archive_write_open_fd(saver->archive, fd) != ARCHIVE_OK)
		return -EIO;
	r = vfs_list(&vfs->root, save_node, saver);
	if (r < 0)
		return r;
	return archive_write_close(saver->archive) == ARCHIVE_OK ? 0 : -EIO;
}

int pack_save(struct iommuctl_context *ctx, const struct vfs *vfs, int fd, const char *name)
{
	struct saver saver = { .archive = archive_write_new(), .entry = archive_entry_new() };
	int r = saver.archive && saver.entry ? save(&saver, vfs, fd) : -ENOMEM;

	if (r == -EIO && archive_errno(saver.archive) > 0)
		r = -archive_errno(saver.archive);
	archive_entry_free(saver.entry);
	archive_write_free(saver.archive);
	return r < 0 ? diag_set(ctx, -r, name, "write the archive", NULL) : 0;
}
