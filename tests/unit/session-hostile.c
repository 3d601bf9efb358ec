/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients that do as they please, and users who are others: the keeper goes on with the rest. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "session-pair.h"

static struct iommuctl_session *good;
static size_t fds_before;

/* A good client is there all the time. */
static void start(const struct tree *tree)
{
	pair_prepare(tree);
	assert_int_equal(pair_start(tree), 0);
	assert_int_equal(iommuctl_session_connect(tree->ctx, "s", &good), 0);
	fds_before = count_fds();
}

static void check_all_is_well(void)
{
	const struct iommuctl_session_object object = { .size = sizeof(object),
							.kind = IOMMUCTL_OBJECT_IOAS,
							.id = 77 };
	struct iommuctl_session_entry *entry;
	uint64_t serial;

	pair_dispatch();
	assert_int_equal(iommuctl_session_add(good, &object, -1, &serial), 0);
	assert_int_equal(iommuctl_session_find(good, "77", &entry), 0);
	iommuctl_session_entry_free(entry);
	assert_int_equal(iommuctl_session_remove(good, 77, serial), 0);
	assert_int_equal(count_fds(), fds_before);
}

static void end(void)
{
	check_all_is_well();
	good = iommuctl_session_close(good);
	pair_stop();
}

static void reason_is(const struct tree *tree, const char *text)
{
	const char *reason = iommuctl_diag_get_reason(iommuctl_context_get_diag(tree->ctx));

	if (!strstr(reason, text))
		fail_msg("the reason is: %s", reason);
}

/* Sends SIZE bytes with COUNT copies of a file descriptor. */
static int send_raw(int socket, const void *packet, size_t size, size_t count)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(8 * sizeof(int))];
	} control = { .header = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct iovec vector = { .iov_base = (void *)packet, .iov_len = size };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };

	assert_true(count <= 8);
	if (count > 0) {
		control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
		memset(CMSG_DATA(&control.header), 0, count * sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

/* What the keeper answers; -ECONNRESET: it ended the connection. */
static int answer(const void *packet, size_t size, size_t fds)
{
	struct session_reply reply;
	int socket = pair_connect_raw(), fd;
	ssize_t n;

	assert_true(socket >= 0);
	assert_int_equal(send_raw(socket, packet, size, fds), 0);
	n = packet_receive(socket, &reply, sizeof(reply), 0, &fd);
	close(socket);
	close_fd(&fd);
	if (n <= 0)
		return n == 0 ? -ECONNRESET : (int)n;
	assert_int_equal(n, sizeof(reply));
	assert_int_equal(reply.version, SESSION_VERSION);
	return reply.error;
}

static void test_lengths(void **state)
{
	static char packet[4 * sizeof(struct session_request)];
	const struct session_request request = { .version = SESSION_VERSION, .op = SESSION_NEXT };

	start(*state);
	memcpy(packet, &request, sizeof(request));
	assert_int_equal(answer(packet, sizeof(request), 0), -ENOENT);
	assert_int_equal(answer(packet, 0, 0), -ECONNRESET);
	for (size_t size = 1; size < sizeof(request); size += size < 40 ? 1 : 101)
		assert_int_equal(answer(packet, size, 0), -EPROTO);
	assert_int_equal(answer(packet, sizeof(request) - 1, 0), -EPROTO);
	assert_int_equal(answer(packet, sizeof(request) + 1, 0), -EMSGSIZE);
	assert_int_equal(answer(packet, sizeof(packet), 0), -EMSGSIZE);
	end();
}

static void test_requests(void **state)
{
	static const struct {
		int error;
		struct session_request request;
	} rows[] = {
		{ -EPROTO, { .op = SESSION_NEXT } },
		{ -EPROTO, { .version = 2, .op = SESSION_NEXT } },
		{ -EPROTO, { .version = UINT32_MAX, .op = SESSION_STOP } },
		{ -EPROTO, { .version = 1 } },
		{ -EPROTO, { .version = 1, .op = SESSION_OP_COUNT } },
		{ -EPROTO, { .version = 1, .op = UINT32_MAX } },
		{ -EINVAL, { .version = 1, .op = SESSION_ADD } },
		{ -ENOENT, { .version = 1, .op = SESSION_REMOVE } },
		{ -ENOENT, { .version = 1, .op = SESSION_REMOVE, .id = UINT32_MAX } },
		{ -ENOENT, { .version = 1, .op = SESSION_FIND } },
		{ -ENOENT, { .version = 1, .op = SESSION_FIND, .from = UINT32_MAX } },
		{ -ENOENT, { .version = 1, .op = SESSION_NEXT, .after = UINT32_MAX } },
		{ -ENOENT, { .version = 1, .op = SESSION_NEXT, .used = UINT32_MAX } },
		{ -ENOENT, { .version = 1, .op = SESSION_ATTACH, .id = 5 } },
	};
	struct session_request request = { .version = 1, .op = SESSION_FIND };

	start(*state);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(answer(&rows[i].request, sizeof(rows[i].request), 0),
				 rows[i].error);
	/* no end of the text */
	memset(request.word, 'x', sizeof(request.word));
	assert_int_equal(answer(&request, sizeof(request), 0), -EINVAL);
	request.op = SESSION_ADD;
	request.record = (struct session_record){ .kind = IOMMUCTL_OBJECT_IOAS, .id = 1 };
	memset(request.record.device, 'x', sizeof(request.record.device));
	assert_int_equal(answer(&request, sizeof(request), 0), -EINVAL);
	memset(request.record.name, 'x', sizeof(request.record.name));
	assert_int_equal(answer(&request, sizeof(request), 1), -EINVAL);
	end();
}

static void test_file_descriptors(void **state)
{
	struct session_request request = {
		.version = 1,
		.op = SESSION_ADD,
		.record = { .kind = IOMMUCTL_OBJECT_VEVENTQ, .id = 1 },
	};

	start(*state);
	for (uint32_t op = 0; op <= SESSION_OP_COUNT; op++) {
		request.op = op;
		if (op != SESSION_ADD && op != SESSION_STOP)
			assert_true(answer(&request, sizeof(request), 1) < 0);
	}
	request.op = SESSION_STOP;
	assert_int_equal(answer(&request, sizeof(request), 1), -EINVAL);
	assert_non_null(pair_keeper);
	request.op = SESSION_ADD;
	assert_int_equal(answer(&request, sizeof(request), 2), -EMFILE);
	assert_int_equal(answer(&request, sizeof(request), 8), -EMFILE);
	assert_int_equal(answer(&request, 3, 1), -EPROTO);
	assert_int_equal(answer(&request, 0, 1), -ECONNRESET);
	check_all_is_well();
	/* the same object again and again has one */
	for (int i = 0; i < 20; i++)
		assert_int_equal(answer(&request, sizeof(request), 1), 0);
	fds_before++;
	end();
}

/* Its answers find no room at some time. */
static void test_client_that_does_not_read(void **state)
{
	const struct session_request request = { .version = 1, .op = SESSION_NEXT };
	int socket, r = 0;
	unsigned int sent = 0;

	start(*state);
	for (socket = pair_connect_raw(); r == 0 && sent < 100000; sent++) {
		r = send_raw(socket, &request, sizeof(request), 0);
		pair_dispatch();
	}
	assert_int_equal(r, -EPIPE);
	close(socket);
	end();
}

static void test_client_that_leaves(void **state)
{
	const struct session_request request = { .version = 1, .op = SESSION_NEXT };

	start(*state);
	for (int i = 0; i < 10; i++) {
		int socket = pair_connect_raw();

		/* before, with and after what it wants */
		for (int n = 0; n < i; n++)
			send_raw(socket, &request, sizeof(request), n % 2);
		close(socket);
	}
	end();
}

static void test_too_many_clients(void **state)
{
	static int sockets[KEEPER_CLIENTS_MAX];
	struct iommuctl_session *session = NULL;
	const struct tree *tree = *state;

	start(tree);
	for (size_t i = 1; i < ARRAY_SIZE(sockets); i++)
		assert_true((sockets[i] = pair_connect_raw()) >= 0);
	assert_int_equal(pair_connect_raw(), -EUSERS);
	assert_int_equal(pair_result, -EUSERS);
	assert_int_equal(iommuctl_session_connect(tree->ctx, "s", &session), -EUSERS);
	close(sockets[1]);
	assert_int_equal(iommuctl_session_connect(tree->ctx, "s", &session), 0);
	iommuctl_session_close(session);
	for (size_t i = 2; i < ARRAY_SIZE(sockets); i++)
		close(sockets[i]);
	end();
}

/* Connections wait to be accepted, but there is nothing to accept them with. */
static void test_no_file_descriptor_left(void **state)
{
	struct sockaddr_un address;
	struct rlimit limit, none;
	struct session_reply reply;
	int socket_fd, fd;

	/* which has its own idea of that limit */
	if (getenv("UNDER_VALGRIND"))
		skip();
	start(*state);
	pair_address(&address);
	socket_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){ .rlim_cur = (rlim_t)fd, .rlim_max = limit.rlim_max };
	close(fd);
	assert_int_equal(connect(socket_fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	pair_dispatch();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(pair_result, -EMFILE);
	assert_int_equal(packet_receive(socket_fd, &reply, sizeof(reply), 0, &fd), sizeof(reply));
	assert_int_equal(reply.error, -EMFILE);
	assert_int_equal(fd, -1);
	close(socket_fd);
	end();
}

/* What it would keep leaves room for clients. */
static void test_file_descriptors_for_clients(void **state)
{
	const struct iommuctl_session_object object = { .size = sizeof(object),
							.kind = IOMMUCTL_OBJECT_VEVENTQ,
							.id = 5 };
	struct rlimit limit, low;
	uint64_t serial;

	start(*state);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = (struct rlimit){ .rlim_cur = KEEPER_CLIENTS_MAX, .rlim_max = limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(iommuctl_session_add(good, &object, 0, &serial), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	end();
}

/* ------------------------------------------------------------ other users */

#define OTHER_USER 12345

static void be(uid_t user)
{
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(seteuid(user), 0);
}

static void open_folder(const struct tree *tree, mode_t mode)
{
	struct sockaddr_un address;
	char path[128];

	pair_address(&address);
	snprintf(path, sizeof(path), "%s/run", tree->path);
	assert_int_equal(chmod(tree->path, 0711), 0);
	assert_int_equal(chmod(path, mode), 0);
	assert_int_equal(chmod(address.sun_path, 0777), 0);
}

/* Of OTHER_USER, who must be able to find it. */
static int connect_as_other(void)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	pair_address(&address);
	be(OTHER_USER);
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	be(0);
	return fd;
}

static void test_keeper_refuses_other_users(void **state)
{
	const struct tree *tree = *state;
	struct session_reply reply;
	int socket, fd;

	if (geteuid() != 0)
		skip();
	start(tree);
	/* or the folder would stop them earlier */
	open_folder(tree, 0711);
	socket = connect_as_other();
	assert_int_equal(packet_receive(socket, &reply, sizeof(reply), 0, &fd), sizeof(reply));
	assert_int_equal(reply.error, -EACCES);
	assert_int_equal(fd, -1);
	assert_int_equal(packet_receive(socket, &reply, sizeof(reply), 0, &fd), 0);
	close(socket);
	assert_int_equal(pair_result, -EACCES);
	reason_is(tree, "of user 12345 was turned away: Permission denied");
	open_folder(tree, 0700);
	end();
}

static void test_client_finds_other_users_folder(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_session *session = NULL;

	if (geteuid() != 0)
		skip();
	start(tree);
	open_folder(tree, 0700);
	be(OTHER_USER);
	assert_int_equal(iommuctl_session_connect(tree->ctx, "s", &session), -EACCES);
	reason_is(tree, "the session belongs to another user");
	be(0);
	end();
}

/* Listens as another user in a folder that is the client's. */
static void test_client_refuses_other_users_keeper(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_session *session = NULL;
	struct sockaddr_un address;
	char path[128];
	int fd;

	if (geteuid() != 0)
		skip();
	pair_prepare(tree);
	snprintf(path, sizeof(path), "%s/run", tree->path);
	pair_address(&address);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	be(OTHER_USER + 1);
	assert_int_equal(listen(fd, 1), 0);
	be(0);
	open_folder(tree, 0700);
	assert_int_equal(chown(path, OTHER_USER, 0), 0);
	be(OTHER_USER);
	assert_int_equal(iommuctl_session_connect(tree->ctx, "s", &session), -EACCES);
	reason_is(tree, "the session belongs to another user");
	be(OTHER_USER + 1);
	assert_int_equal(iommuctl_session_connect(tree->ctx, "s", &session), -EPERM);
	reason_is(tree, "the folder belongs to user 12345");
	be(0);
	close(fd);
}

static void test_root_may_use_what_is_a_users(void **state)
{
	const struct tree *tree = *state;
	char path[128];

	if (geteuid() != 0)
		skip();
	pair_prepare(tree);
	snprintf(path, sizeof(path), "%s/run", tree->path);
	assert_int_equal(chmod(tree->path, 0711), 0);
	assert_int_equal(chown(path, OTHER_USER, 0), 0);
	assert_int_equal(pair_start(tree), -EPERM);
	be(OTHER_USER);
	assert_int_equal(pair_start(tree), 0);
	be(0);
	assert_int_equal(iommuctl_session_connect(tree->ctx, "s", &good), 0);
	fds_before = count_fds();
	end();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_lengths),
		TEST(test_requests),
		TEST(test_file_descriptors),
		TEST(test_client_that_does_not_read),
		TEST(test_client_that_leaves),
		TEST(test_too_many_clients),
		TEST(test_no_file_descriptor_left),
		TEST(test_file_descriptors_for_clients),
		TEST(test_keeper_refuses_other_users),
		TEST(test_client_finds_other_users_folder),
		TEST(test_client_refuses_other_users_keeper),
		TEST(test_root_may_use_what_is_a_users),
	};

	return RUN(tests);
}
