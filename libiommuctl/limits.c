/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory this process may lock, and which huge pages are free. */
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"
#include "paths.h"

/* The kernel's number of the namespace of users that it starts with (linux/proc_ns.h). */
#define INITIAL_USER_NAMESPACE 0xeffffffdu

bool may_lock_all(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	struct stat st;

	return syscall(SYS_capget, &header, data) == 0 &&
	       data[CAP_TO_INDEX(CAP_IPC_LOCK)].effective & CAP_TO_MASK(CAP_IPC_LOCK) &&
	       stat("/" PROC "/self/ns/user", &st) == 0 && st.st_ino == INITIAL_USER_NAMESPACE;
}

IOMMUCTL_EXPORT int iommuctl_context_get_memlock(const struct iommuctl_context *ctx,
						 uint64_t *ret_bytes)
{
	struct rlimit limit;

	if (!ctx || !ret_bytes)
		return -EINVAL;
	if (iommuctl_context_has_root(ctx))
		return -EOPNOTSUPP;
	if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return -errno;
	*ret_bytes =
		limit.rlim_cur == RLIM_INFINITY || may_lock_all() ? UINT64_MAX : limit.rlim_cur;
	return 0;
}

static int default_size(struct iommuctl_context *ctx, uint64_t *ret_size)
{
	static const char key[] = "Hugepagesize:";
	char text[8192], *line;
	uint64_t kib;
	int r = io_read(ctx, PROC_MEMINFO, text, sizeof(text));

	if (r < 0)
		return r;
	line = strstr(text, key);
	if (!line || sscanf(line + strlen(key), "%" SCNu64, &kib) != 1 || kib == 0)
		return -ENOENT;
	*ret_size = kib << 10;
	return 0;
}

IOMMUCTL_EXPORT int iommuctl_context_get_huge_pages(struct iommuctl_context *ctx,
						    uint64_t *page_size, uint64_t *ret_free)
{
	uint64_t size, free;
	char path[96], text[32];
	int r;

	if (!ctx || !page_size || !ret_free)
		return -EINVAL;
	size = *page_size;
	r = size ? 0 : default_size(ctx, &size);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), SYSFS_HUGE_PAGES "/hugepages-%" PRIu64 "kB/free_hugepages",
		 size >> 10);
	r = io_read(ctx, path, text, sizeof(text));
	if (r < 0)
		return r;
	if (sscanf(text, "%" SCNu64, &free) != 1)
		return -EPROTO;
	*page_size = size;
	*ret_free = free;
	return 0;
}
