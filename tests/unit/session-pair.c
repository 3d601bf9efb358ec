/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session-pair.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

struct iommuctl_keeper *pair_keeper;
int pair_result;
static char folder[100];

ssize_t __real_recvmsg(int socket, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int socket, struct msghdr *message, int flags);

ssize_t __wrap_recvmsg(int socket, struct msghdr *message, int flags)
{
	if (!(flags & MSG_DONTWAIT))
		pair_dispatch();
	return __real_recvmsg(socket, message, flags);
}

void pair_prepare(const struct tree *tree)
{
	tree_file(tree, "sys/class/misc/iommu/dev", "1:3\n");
	tree_dir(tree, "run");
	snprintf(folder, sizeof(folder), "%s/run", tree->path);
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(setenv("IOMMUCTL_RUNTIME_DIR", folder, 1), 0);
}

int pair_start(const struct tree *tree)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC), r;

	assert_true(fd >= 0);
	pair_result = 0;
	r = iommuctl_keeper_new(tree->ctx, "s", fd, &pair_keeper);
	close(fd);
	return r;
}

void pair_dispatch(void)
{
	struct pollfd poll_fd = { .events = POLLIN };

	while (pair_keeper) {
		int r;

		poll_fd.fd = iommuctl_keeper_get_fd(pair_keeper);
		if (poll(&poll_fd, 1, 0) <= 0)
			return;
		r = iommuctl_keeper_dispatch(pair_keeper);
		if (r != 0)
			pair_result = r;
		if (r > 0)
			pair_stop();
	}
}

void pair_stop(void)
{
	pair_keeper = iommuctl_keeper_free(pair_keeper);
}

void pair_address(struct sockaddr_un *ret_address)
{
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(ret_address->sun_path, sizeof(ret_address->sun_path), "%s/s", folder);
}

int pair_connect_raw(void)
{
	struct sockaddr_un address;
	struct session_reply reply;
	int fd, given;

	pair_address(&address);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(packet_receive(fd, &reply, sizeof(reply), 0, &given), sizeof(reply));
	if (reply.error < 0) {
		assert_int_equal(given, -1);
		close(fd);
		return reply.error;
	}
	assert_true(given >= 0);
	close(given);
	return fd;
}

size_t count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}
