/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The folder of sessions: who can write there could pass off a socket of his own as a session, so
 * it must be of this user alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "paths.h"
#include "session-path.h"

static const char action[] = "find the session";

static int explain_no_folder(struct iommuctl_context *ctx)
{
	diag_set(ctx, ENXIO, "folder", action, "XDG_RUNTIME_DIR is not set");
	diag_hint(ctx, "set IOMMUCTL_RUNTIME_DIR to a folder that nobody else can use");
	return -ENXIO;
}

static int get_folder(struct iommuctl_context *ctx, char *buf, size_t size)
{
	const char *own = secure_getenv("IOMMUCTL_RUNTIME_DIR"),
		   *xdg = secure_getenv("XDG_RUNTIME_DIR");
	const char *relative = own && own[0] ? own : geteuid() == 0 ? NULL : xdg;
	int r;

	/* two processes would not mean the same by it */
	if (relative && relative[0] && relative[0] != '/')
		return diag_set(ctx, EINVAL, relative, action,
				"%s must be an absolute path, with a slash first",
				relative == own ? "IOMMUCTL_RUNTIME_DIR" : "XDG_RUNTIME_DIR");
	if (own && own[0])
		r = io_path(buf, size, "%s", own);
	else if (geteuid() == 0)
		r = io_path(buf, size, OWN_RUN);
	else if (xdg && xdg[0])
		r = io_path(buf, size, "%s/iommuctl", xdg);
	else
		return explain_no_folder(ctx);
	return r < 0 ? diag_set(ctx, -r, own ? own : xdg, action, NULL) : 0;
}

/* Another user may not even look; root may use what is a user's. */
static int check_folder(struct iommuctl_context *ctx, const char *path, int fd, bool create)
{
	const uid_t self = geteuid();
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return diag_set(ctx, errno, path, action, NULL);
	if (stat.st_uid != self && (create || (stat.st_uid != 0 && self != 0)))
		return diag_set(ctx, EPERM, path, action, "the folder belongs to user %u",
				stat.st_uid);
	if (stat.st_mode & 077) {
		diag_set(ctx, EPERM, path, action, "others can use the folder (its mode is %o)",
			 stat.st_mode & 07777);
		diag_hint(ctx, "sessions need a folder of their own, of mode 700: that of "
			       "IOMMUCTL_RUNTIME_DIR, or a name without '/'");
		return -EPERM;
	}
	return 0;
}

static int open_folder(struct iommuctl_context *ctx, const char *path, bool create)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), r;

	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		return diag_set(ctx, ENOTDIR, path, action,
				"it is no folder (a symbolic link is not followed)");
	if (fd < 0 && errno == EACCES)
		return diag_set(ctx, EACCES, path, action, "the folder is another user's");
	if (fd < 0)
		return diag_set(ctx, errno, path, action, NULL);
	r = check_folder(ctx, path, fd, create);
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

int session_folder_open(struct iommuctl_context *ctx, bool create)
{
	char path[PATH_MAX];
	int r = get_folder(ctx, path, sizeof(path));

	if (r < 0)
		return r;
	if (create && mkdir(path, 0700) < 0 && errno != EEXIST)
		return diag_set(ctx, errno, path, "make the folder of sessions", NULL);
	return open_folder(ctx, path, create);
}

static int open_parent(struct iommuctl_context *ctx, const char *path, const char *slash,
		       bool create)
{
	char folder[PATH_MAX];
	int r = io_path(folder, sizeof(folder), "%.*s", slash == path ? 1 : (int)(slash - path),
			path);

	return r < 0 ? diag_set(ctx, -r, path, action, NULL) : open_folder(ctx, folder, create);
}

int session_path_open(struct iommuctl_context *ctx, const char *name, bool create,
		      struct session_path *ret_path)
{
	const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;
	int fd;

	/* a dot is first in the names of locks */
	if (!session_name_is_valid(last) || last[0] == '.' || last[0] == '-')
		return diag_set(ctx, EINVAL, name, action,
				"no session can have this name: it takes letters, digits, '_', "
				"'.' and '-', at most %d, a letter or '_' first",
				SESSION_NAME_SIZE - 1);
	fd = slash ? open_parent(ctx, name, slash, create) : session_folder_open(ctx, create);
	if (fd < 0)
		return fd;
	ret_path->folder = fd;
	snprintf(ret_path->name, sizeof(ret_path->name), "%s", last);
	return 0;
}

void session_path_close(struct session_path *path)
{
	close_fd(&path->folder);
	path->folder = -1;
}

void session_path_address(const struct session_path *path, struct sockaddr_un *ret_address)
{
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(ret_address->sun_path, sizeof(ret_address->sun_path), OWN_FDS "/%d/%s",
		 path->folder, path->name);
}
