/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libarchive, loaded when the first archive is read or written: what it needs
 * itself (ICU, libxml2) makes every start of a program seven times as long.
 */
#ifndef ARCHIVE_CALLS_H
#define ARCHIVE_CALLS_H

#include <archive.h>
#include <archive_entry.h>

#define ARCHIVE_CALLS(CALL)                                                                        \
	CALL(archive_entry_clear)                                                                  \
	CALL(archive_entry_filetype)                                                               \
	CALL(archive_entry_free)                                                                   \
	CALL(archive_entry_hardlink)                                                               \
	CALL(archive_entry_new)                                                                    \
	CALL(archive_entry_pathname)                                                               \
	CALL(archive_entry_pathname_utf8)                                                          \
	CALL(archive_entry_set_filetype)                                                           \
	CALL(archive_entry_set_mtime)                                                              \
	CALL(archive_entry_set_pathname)                                                           \
	CALL(archive_entry_set_perm)                                                               \
	CALL(archive_entry_set_size)                                                               \
	CALL(archive_entry_set_symlink)                                                            \
	CALL(archive_entry_symlink)                                                                \
	CALL(archive_errno)                                                                        \
	CALL(archive_error_string)                                                                 \
	CALL(archive_filter_bytes)                                                                 \
	CALL(archive_read_append_filter)                                                           \
	CALL(archive_read_data)                                                                    \
	CALL(archive_read_data_block)                                                              \
	CALL(archive_read_data_skip)                                                               \
	CALL(archive_read_free)                                                                    \
	CALL(archive_read_new)                                                                     \
	CALL(archive_read_next_header)                                                             \
	CALL(archive_read_open)                                                                    \
	CALL(archive_read_open_fd)                                                                 \
	CALL(archive_read_open_memory)                                                             \
	CALL(archive_read_support_filter_gzip)                                                     \
	CALL(archive_read_support_format_raw)                                                      \
	CALL(archive_read_support_format_tar)                                                      \
	CALL(archive_set_error)                                                                    \
	CALL(archive_write_add_filter_zstd)                                                        \
	CALL(archive_write_close)                                                                  \
	CALL(archive_write_data)                                                                   \
	CALL(archive_write_free)                                                                   \
	CALL(archive_write_header)                                                                 \
	CALL(archive_write_new)                                                                    \
	CALL(archive_write_open_fd)                                                                \
	CALL(archive_write_set_bytes_in_last_block)                                                \
	CALL(archive_write_set_format_gnutar)
struct archive_calls {
#define ARCHIVE_CALL(name) __typeof__(name) *name;
	ARCHIVE_CALLS(ARCHIVE_CALL)
#undef ARCHIVE_CALL
};

/* NULL: libarchive is not installed. */
const struct archive_calls *archive_calls(void);

#endif
