/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions: a keeper and its clients. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "libiommuctl/abi/iommufd.h"
#include "libiommuctl/abi/vfio.h"
#include "session-pair.h"

static struct iommuctl_session *connect_to(const struct tree *tree)
{
	struct iommuctl_session *session = NULL;

	assert_int_equal(iommuctl_session_connect(tree->ctx, "s", &session), 0);
	return session;
}

static struct iommuctl_session *start(const struct tree *tree)
{
	pair_prepare(tree);
	assert_int_equal(pair_start(tree), 0);
	return connect_to(tree);
}

static uint64_t add(struct iommuctl_session *session, enum iommuctl_object_kind kind, uint32_t id,
		    const char *word, int fd)
{
	const struct iommuctl_session_object object = {
		.size = sizeof(object),
		.kind = kind,
		.id = id,
		.name = kind == IOMMUCTL_OBJECT_DEVICE ? NULL : word,
		.device = kind == IOMMUCTL_OBJECT_DEVICE ? word : NULL,
		.type = 4,
		.parents = { 1, 2 },
	};
	uint64_t serial = 0;

	assert_int_equal(iommuctl_session_add(session, &object, fd, &serial), 0);
	assert_true(serial > 0);
	return serial;
}

static struct iommuctl_session_entry *find(struct iommuctl_session *session, const char *word)
{
	struct iommuctl_session_entry *entry = NULL;
	int r = iommuctl_session_find(session, word, &entry);

	assert_true(r == 0 || (r == -ENOENT && !entry));
	return entry;
}

static void reason_is(const struct tree *tree, const char *text)
{
	const char *reason = iommuctl_diag_get_reason(iommuctl_context_get_diag(tree->ctx));

	if (!strstr(reason, text))
		fail_msg("the reason is: %s", reason);
}

static bool same_file(int a, int b)
{
	struct stat left, right;

	return fstat(a, &left) == 0 && fstat(b, &right) == 0 && left.st_dev == right.st_dev &&
	       left.st_ino == right.st_ino;
}

/* A file like no other. */
static int new_file(void)
{
	char path[] = "/tmp/iommuctl.XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);

	assert_true(fd >= 0);
	unlink(path);
	return fd;
}

/* ----------------------------------------------------------------- objects */

static void test_connect(void **state)
{
	struct iommuctl_session *session = start(*state);
	struct stat stat;
	int fd = iommuctl_iommufd_get_fd(iommuctl_session_get_iommufd(session));

	assert_int_equal(fstat(fd, &stat), 0);
	assert_true(S_ISCHR(stat.st_mode));
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_string_equal(iommuctl_session_get_name(session), "s");
	assert_int_equal(iommuctl_session_get_pid(session), getpid());
	assert_int_equal(iommuctl_session_get_count(session), 0);
	iommuctl_session_close(session);
	pair_stop();
}

static void test_iommufd_from_fd(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_iommufd *iommufd = NULL;
	int null = open("/dev/null", O_RDONLY), zero = open("/dev/zero", O_RDONLY),
	    file = new_file();

	assert_int_equal(iommuctl_iommufd_from_fd(tree->ctx, null, &iommufd), -ENODEV);
	pair_prepare(tree);
	assert_int_equal(iommuctl_iommufd_from_fd(tree->ctx, zero, &iommufd), -EINVAL);
	assert_int_equal(iommuctl_iommufd_from_fd(tree->ctx, file, &iommufd), -EINVAL);
	reason_is(tree, "it is another file");
	assert_int_equal(iommuctl_iommufd_from_fd(tree->ctx, -1, &iommufd), -EBADF);
	assert_int_equal(fcntl(null, F_GETFD), 0);
	assert_int_equal(iommuctl_iommufd_from_fd(tree->ctx, null, &iommufd), 0);
	assert_int_equal(iommuctl_iommufd_get_fd(iommufd), null);
	assert_int_equal(fcntl(null, F_GETFD), FD_CLOEXEC);
	iommuctl_iommufd_close(iommufd);
	assert_int_equal(fcntl(null, F_GETFD), -1);
	close(zero);
	close(file);
}

static void test_objects(void **state)
{
	struct iommuctl_session *session = start(*state), *other;
	struct iommuctl_session_entry *entry;
	uint64_t first = add(session, IOMMUCTL_OBJECT_IOAS, 7, "guest", -1), second;

	entry = find(session, "guest");
	assert_int_equal(iommuctl_session_entry_get_kind(entry), IOMMUCTL_OBJECT_IOAS);
	assert_int_equal(iommuctl_session_entry_get_id(entry), 7);
	assert_int_equal(iommuctl_session_entry_get_serial(entry), first);
	assert_int_equal(iommuctl_session_entry_get_type(entry), 4);
	assert_string_equal(iommuctl_session_entry_get_name(entry), "guest");
	assert_null(iommuctl_session_entry_get_device(entry));
	assert_int_equal(iommuctl_session_entry_get_parent(entry, 0), 1);
	assert_int_equal(iommuctl_session_entry_get_parent(entry, 1), 2);
	assert_int_equal(iommuctl_session_entry_get_parent(entry, 2), 0);
	assert_int_equal(iommuctl_session_entry_get_parent(entry, 4), 0);
	assert_int_equal(iommuctl_session_entry_take_fd(entry), -ENODATA);
	iommuctl_session_entry_free(entry);

	second = add(session, IOMMUCTL_OBJECT_DEVICE, 3, "0000:03:00.0", -1);
	other = connect_to(*state);
	assert_int_equal(iommuctl_session_get_count(other), 2);
	entry = find(other, "0000:03:00.0");
	assert_string_equal(iommuctl_session_entry_get_device(entry), "0000:03:00.0");
	assert_null(iommuctl_session_entry_get_name(entry));
	iommuctl_session_entry_free(entry);
	assert_int_equal(iommuctl_session_remove(other, 3, first), -ESTALE);
	assert_int_equal(iommuctl_session_remove(other, 3, second), 0);
	assert_int_equal(iommuctl_session_remove(session, 3, second), -ENOENT);
	assert_null(find(session, "3"));
	iommuctl_session_close(other);
	iommuctl_session_close(session);
	pair_stop();
}

static void test_file_descriptors(void **state)
{
	struct iommuctl_session *session = start(*state);
	struct iommuctl_session_entry *entry;
	const size_t before = count_fds();
	int file = new_file(), other = new_file(), fd;
	uint64_t serial = add(session, IOMMUCTL_OBJECT_VEVENTQ, 1, "q", file);

	add(session, IOMMUCTL_OBJECT_FAULT_QUEUE, 2, NULL, other);
	entry = find(session, "q");
	fd = iommuctl_session_entry_take_fd(entry);
	assert_true(same_file(fd, file));
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(iommuctl_session_entry_take_fd(entry), -ENODATA);
	iommuctl_session_entry_free(entry);
	close(fd);
	iommuctl_session_entry_free(find(session, "2"));
	assert_int_equal(iommuctl_session_remove(session, 1, serial), 0);
	close(file);
	close(other);
	/* that of the second object */
	assert_int_equal(count_fds(), before + 1);
	iommuctl_session_close(session);
	pair_stop();
}

static void test_list(void **state)
{
	struct iommuctl_session *session = start(*state);
	struct iommuctl_session_entry *entry;
	uint32_t id = 0, sum = 0;

	for (uint32_t i = 100; i > 50; i--)
		add(session, IOMMUCTL_OBJECT_HWPT, i, NULL, -1);
	while (iommuctl_session_next(session, id, 0, &entry) == 0) {
		assert_true(iommuctl_session_entry_get_id(entry) > id);
		id = iommuctl_session_entry_get_id(entry);
		sum += id;
		iommuctl_session_entry_free(entry);
	}
	assert_int_equal(sum, 50 * (51 + 100) / 2);
	assert_int_equal(iommuctl_session_next(session, 0, 2, &entry), 0);
	iommuctl_session_entry_free(entry);
	assert_int_equal(iommuctl_session_next(session, 0, 3, &entry), -ENOENT);
	iommuctl_session_close(session);
	pair_stop();
}

/* More than a packet holds. */
static void test_attachments(void **state)
{
	struct iommuctl_session *session = start(*state);
	uint64_t serial = add(session, IOMMUCTL_OBJECT_DEVICE, 1, "d", -1);
	struct iommuctl_session_entry *entry;
	uint32_t pasid, pt_id;

	for (uint32_t i = 1; i <= 200; i++)
		assert_int_equal(iommuctl_session_set_attachment(session, 1, serial, i, 1000 + i),
				 0);
	assert_int_equal(
		iommuctl_session_set_attachment(session, 1, serial, IOMMUCTL_PASID_NONE, 9), 0);
	assert_int_equal(iommuctl_session_set_attachment(session, 1, serial, 200, 0), 0);
	assert_int_equal(iommuctl_session_set_attachment(session, 1, serial + 1, 200, 0), -ESTALE);
	assert_int_equal(iommuctl_session_next(session, 0, 0, &entry), 0);
	for (uint32_t i = 1; i < 200; i++) {
		assert_int_equal(
			iommuctl_session_entry_get_attachment(entry, i - 1, &pasid, &pt_id), 0);
		assert_int_equal(pasid, i);
		assert_int_equal(pt_id, 1000 + i);
	}
	assert_int_equal(iommuctl_session_entry_get_attachment(entry, 199, &pasid, &pt_id), 0);
	assert_int_equal(pasid, IOMMUCTL_PASID_NONE);
	assert_int_equal(pt_id, 9);
	assert_int_equal(iommuctl_session_entry_get_attachment(entry, 200, &pasid, &pt_id),
			 -ENOENT);
	iommuctl_session_entry_free(entry);
	iommuctl_session_close(session);
	pair_stop();
}

static void test_what_cannot_be_registered(void **state)
{
	struct iommuctl_session *session = start(*state);
	struct {
		struct iommuctl_session_object object;
		uint64_t tail;
	} newer = { .object = { .size = sizeof(newer), .kind = IOMMUCTL_OBJECT_IOAS, .id = 1 } };
	struct iommuctl_session_object object = newer.object;
	struct iommuctl_session_entry *entry;
	char name[SESSION_DEVICE_SIZE + 1];
	uint64_t serial = 0;

	assert_int_equal(iommuctl_session_add(session, &newer.object, -1, &serial), 0);
	newer.tail = 1;
	assert_int_equal(iommuctl_session_add(session, &newer.object, -1, &serial), -E2BIG);
	object.size = 0;
	assert_int_equal(iommuctl_session_add(session, &object, -1, &serial), -EINVAL);
	memset(name, 'a', sizeof(name));
	name[SESSION_DEVICE_SIZE] = '\0';
	object = (struct iommuctl_session_object){
		.size = sizeof(object), .kind = IOMMUCTL_OBJECT_IOAS, .id = 2, .name = name
	};
	assert_int_equal(iommuctl_session_add(session, &object, -1, &serial), -EINVAL);
	assert_int_equal(iommuctl_session_find(session, name, &entry), -ENOENT);
	object.name = "1x";
	assert_int_equal(iommuctl_session_add(session, &object, -1, &serial), -EINVAL);
	assert_int_equal(iommuctl_session_add(session, &object, -1, NULL), -EINVAL);
	add(session, IOMMUCTL_OBJECT_IOAS, 3, "taken", -1);
	object.name = "taken";
	assert_int_equal(iommuctl_session_add(session, &object, -1, &serial), -EEXIST);
	reason_is(*state, "another object of the session has its name");
	assert_int_equal(iommuctl_session_find(session, "4", &entry), -ENOENT);
	reason_is(*state, "there is no such object in the session");
	iommuctl_session_close(session);
	pair_stop();
}

static void test_dry_run(void **state)
{
	static const struct {
		int error;
		uint32_t id;
		const char *name;
	} rows[] = {
		{ 0, 2, "b" },	      { 0, 2, NULL },	   { -EEXIST, 2, "a" },
		{ -EINVAL, 2, "1a" }, { -EINVAL, 0, "b" },
	};
	const struct tree *tree = *state;
	struct iommuctl_session *session = start(*state);
	uint64_t serial = add(session, IOMMUCTL_OBJECT_IOAS, 1, "a", -1), unused;
	struct iommuctl_session_entry *entry;

	iommuctl_context_set_dry_run(tree->ctx, true);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct iommuctl_session_object object = { .size = sizeof(object),
								.kind = IOMMUCTL_OBJECT_IOAS,
								.id = rows[i].id,
								.name = rows[i].name };

		assert_int_equal(iommuctl_session_add(session, &object, -1, &unused),
				 rows[i].error);
	}
	assert_int_equal(iommuctl_session_remove(session, 1, serial), 0);
	iommuctl_context_set_dry_run(tree->ctx, false);
	assert_int_equal(iommuctl_session_next(session, 0, 0, &entry), 0);
	assert_string_equal(iommuctl_session_entry_get_name(entry), "a");
	iommuctl_session_entry_free(entry);
	assert_int_equal(iommuctl_session_next(session, 1, 0, &entry), -ENOENT);
	iommuctl_session_close(session);
	pair_stop();
}

/* --------------------------------------------------------------- the end */

static char calls[512];

static int log_open(struct iommuctl_context *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return -ENOENT;
}

static int log_ioctl(int fd, unsigned long request, void *data)
{
	size_t used = strlen(calls);

	assert_true(fcntl(fd, F_GETFD) >= 0);
	if (request == ABI_IOMMU_DESTROY) {
		const struct abi_iommu_destroy *arg = data;

		assert_int_equal(arg->size, sizeof(*arg));
		snprintf(calls + used, sizeof(calls) - used, "-%u ", arg->id);
	} else {
		const struct abi_vfio_device_detach_iommufd_pt *arg = data;

		assert_int_equal(request, ABI_VFIO_DEVICE_DETACH_IOMMUFD_PT);
		assert_int_equal(arg->argsz, sizeof(*arg));
		snprintf(calls + used, sizeof(calls) - used, arg->flags ? "/%u " : "/ ",
			 arg->pasid);
	}
	return 0;
}

/* As the kernel wants it: none of these calls would be answered with EBUSY. */
static void test_order_of_the_end(void **state)
{
	static const struct device_ops ops = { .open = log_open, .ioctl = log_ioctl };
	const struct tree *tree = *state;
	struct iommuctl_session *session = start(tree);
	int file = new_file();
	const size_t before = count_fds();
	uint64_t device = add(session, IOMMUCTL_OBJECT_DEVICE, 1, "d", file);

	tree->ctx->ops = &ops;
	add(session, IOMMUCTL_OBJECT_IOAS, 9, NULL, -1);
	add(session, IOMMUCTL_OBJECT_FAULT_QUEUE, 8, NULL, file);
	add(session, IOMMUCTL_OBJECT_HWPT, 2, "parent", -1);
	add(session, IOMMUCTL_OBJECT_VIOMMU, 6, NULL, -1);
	add(session, IOMMUCTL_OBJECT_VDEVICE, 3, NULL, -1);
	add(session, IOMMUCTL_OBJECT_HW_QUEUE, 10, NULL, -1);
	add(session, IOMMUCTL_OBJECT_HW_QUEUE, 4, NULL, -1);
	add(session, IOMMUCTL_OBJECT_VEVENTQ, 7, NULL, file);
	add(session, IOMMUCTL_OBJECT_HWPT, 5, "nested", -1);
	iommuctl_session_set_attachment(session, 1, device, IOMMUCTL_PASID_NONE, 5);
	iommuctl_session_set_attachment(session, 1, device, 11, 5);
	calls[0] = '\0';
	assert_int_equal(iommuctl_session_stop(session), 0);
	assert_null(pair_keeper);
	assert_string_equal(calls, "-4 -10 -3 /11 / -5 -7 -6 -2 -8 -9 ");
	iommuctl_session_close(session);
	close(file);
	/* nor what was there before the session's start but the file */
	assert_true(count_fds() < before);
	tree->ctx->ops = &device_ops_kernel;
}

static void test_stop(void **state)
{
	struct iommuctl_session *session = start(*state), *other = connect_to(*state);
	struct iommuctl_session_entry *entry;

	assert_int_equal(iommuctl_session_stop(session), 0);
	assert_int_equal(pair_result, 1);
	assert_int_equal(iommuctl_session_find(other, "1", &entry), -ECONNRESET);
	reason_is(*state, "the session is gone");
	iommuctl_session_close(other);
	assert_int_equal(iommuctl_session_connect(((struct tree *)*state)->ctx, "s", &other),
			 -ENOENT);
	reason_is(*state, "there is no such session");
	assert_int_equal(pair_start(*state), 0);
	iommuctl_session_close(session);
	pair_stop();
}

/* A process of its own, which lives until it is killed. */
static pid_t fork_keeper(const struct tree *tree)
{
	int ready[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct pollfd poll_fd = { .events = POLLIN };

		if (pair_start(tree) < 0)
			_exit(1);
		poll_fd.fd = iommuctl_keeper_get_fd(pair_keeper);
		close(ready[1]);
		while (poll(&poll_fd, 1, -1) > 0)
			iommuctl_keeper_dispatch(pair_keeper);
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 0);
	close(ready[0]);
	return pid;
}

static void kill_child(pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static int has_ended(const struct iommuctl_session *session)
{
	struct pollfd pollfd = { .fd = iommuctl_session_get_fd(session), .events = POLLIN };

	return poll(&pollfd, 1, 0);
}

static void test_killed_keeper(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_session *session, *other = NULL;
	struct iommuctl_session_list *list;
	uint64_t serial;
	pid_t pid;

	pair_prepare(tree);
	pid = fork_keeper(tree);
	session = connect_to(tree);
	assert_int_equal(iommuctl_session_get_pid(session), pid);
	serial = add(session, IOMMUCTL_OBJECT_IOAS, 1, "a", -1);
	assert_int_equal(has_ended(session), 0);
	kill_child(pid);
	assert_int_equal(has_ended(session), 1);
	assert_int_equal(iommuctl_session_get_fd(NULL), -EINVAL);
	assert_int_equal(iommuctl_session_remove(session, 1, serial), -ECONNRESET);
	reason_is(tree, "its keeper was stopped or killed, and the kernel has released what no "
			"other process has open");
	assert_int_equal(iommuctl_session_connect(tree->ctx, "s", &other), -ECONNREFUSED);
	reason_is(tree, "its keeper was killed, and the kernel has released what no other process "
			"has open");
	assert_null(other);
	iommuctl_session_close(session);
	/* it is still to be seen, and its name can be had again */
	assert_int_equal(iommuctl_session_list_load(tree->ctx, &list), 0);
	assert_string_equal(iommuctl_session_list_get_name(list, 0), "s");
	assert_null(iommuctl_session_list_get_name(list, 1));
	iommuctl_session_list_free(list);
	assert_int_equal(pair_start(tree), 0);
	session = connect_to(tree);
	assert_int_equal(iommuctl_session_get_count(session), 0);
	iommuctl_session_close(session);
	pair_stop();
	assert_int_equal(iommuctl_session_list_load(tree->ctx, &list), 0);
	assert_null(iommuctl_session_list_get_name(list, 0));
	iommuctl_session_list_free(list);
}

/* What it says later must not be taken for the answer to another question. */
static void test_keeper_that_does_not_run(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_session *session, *other = NULL;
	struct iommuctl_session_entry *entry;
	pid_t pid;

	pair_prepare(tree);
	pid = fork_keeper(tree);
	session = connect_to(tree);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(iommuctl_session_connect(tree->ctx, "s", &other), -ETIMEDOUT);
	reason_is(tree, "the session's keeper does not answer");
	assert_null(other);
	assert_int_equal(iommuctl_session_find(session, "a", &entry), -ETIMEDOUT);
	reason_is(tree, "the session's keeper does not answer");
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_int_equal(iommuctl_session_find(session, "a", &entry), -ETIMEDOUT);
	iommuctl_session_close(session);
	session = connect_to(tree);
	assert_int_equal(iommuctl_session_find(session, "a", &entry), -ENOENT);
	iommuctl_session_close(session);
	kill_child(pid);
}

static void test_one_keeper_a_name(void **state)
{
	struct iommuctl_session *session = start(*state);
	struct iommuctl_keeper *first = pair_keeper;
	const size_t before = count_fds();

	assert_int_equal(pair_start(*state), -EEXIST);
	reason_is(*state, "a session of this name is running");
	assert_int_equal(count_fds(), before);
	assert_ptr_equal(pair_keeper, first);
	/* it lost nothing */
	add(session, IOMMUCTL_OBJECT_IOAS, 1, "a", -1);
	iommuctl_session_close(connect_to(*state));
	iommuctl_session_close(session);
	pair_stop();
}

/* ------------------------------------------------------------ the folder */

static int start_in(const struct tree *tree, const char *name, const char *folder)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", tree->path, folder);
	setenv("IOMMUCTL_RUNTIME_DIR", path, 1);
	return iommuctl_keeper_new(tree->ctx, name, 0, &pair_keeper);
}

static void mode(const struct tree *tree, const char *name, mode_t mode)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", tree->path, name);
	assert_int_equal(chmod(path, mode), 0);
}

static void test_folder(void **state)
{
	static const mode_t modes[] = { 0701, 0710, 0704, 0770, 0777, 01777 };
	const struct tree *tree = *state;
	struct iommuctl_session *session = NULL;

	tree_dir(tree, "run");
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		mode(tree, "run", modes[i]);
		assert_int_equal(start_in(tree, "s", "run"), -EPERM);
		reason_is(tree, "others can use the folder");
		assert_int_equal(iommuctl_session_connect(tree->ctx, "s", &session), -EPERM);
	}
	mode(tree, "run", 0700);
	tree_link(tree, "link", "run");
	assert_int_equal(start_in(tree, "s", "link"), -ENOTDIR);
	tree_file(tree, "file", "");
	assert_int_equal(start_in(tree, "s", "file"), -ENOTDIR);
	assert_int_equal(start_in(tree, "s", "none/none"), -ENOENT);
	/* the last one is made, and nobody else's */
	assert_int_equal(start_in(tree, "s", "new"), 0);
	pair_stop();
	assert_int_equal(start_in(tree, "s", "new"), 0);
	pair_stop();
}

static void test_names(void **state)
{
	static const char *const names[] = { "",   ".",	  "..",	  ".x", "1",	"a b", "a:b",
					     "a/", "/a/", "a/.b", "\n", "\x1b", "-/" };
	const struct tree *tree = *state;
	struct iommuctl_session *session = NULL;

	pair_prepare(tree);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(start_in(tree, names[i], "run"), -EINVAL);
		assert_int_equal(iommuctl_session_connect(tree->ctx, names[i], &session), -EINVAL);
	}
	assert_int_equal(start_in(tree, "a.-_B9", "run"), 0);
	pair_stop();
}

/* Of a killed keeper a socket is left; what else has the name is somebody's file. */
static void test_other_file(void **state)
{
	const struct tree *tree = *state;
	char path[256];

	pair_prepare(tree);
	tree_file(tree, "run/notes", "");
	assert_int_equal(start_in(tree, "notes", "run"), -ENOTSOCK);
	reason_is(tree, "a file that is no session's has this name");
	snprintf(path, sizeof(path), "%s/run/notes", tree->path);
	assert_int_equal(access(path, F_OK), 0);
}

/* A path may be longer than an address of a socket has room for. */
static void test_paths(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_session *session = NULL;
	char path[512], below[160];

	pair_prepare(tree);
	memset(below, 'x', sizeof(below));
	below[sizeof(below) - 1] = '\0';
	tree_dir(tree, below);
	mode(tree, below, 0700);
	snprintf(path, sizeof(path), "%s/%s/t", tree->path, below);
	assert_int_equal(iommuctl_keeper_new(tree->ctx, path, 0, &pair_keeper), 0);
	tree_file(tree, "sys/class/misc/iommu/dev", "1:99\n");
	assert_int_equal(iommuctl_session_connect(tree->ctx, path, &session), -EINVAL);
	reason_is(tree, "it is another file");
	assert_int_equal(iommuctl_session_connect(tree->ctx, "t", &session), -ENOENT);
	pair_stop();
	assert_int_equal(iommuctl_session_connect(tree->ctx, path, &session), -ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_connect),
		TEST(test_iommufd_from_fd),
		TEST(test_objects),
		TEST(test_file_descriptors),
		TEST(test_list),
		TEST(test_attachments),
		TEST(test_what_cannot_be_registered),
		TEST(test_dry_run),
		TEST(test_order_of_the_end),
		TEST(test_stop),
		TEST(test_killed_keeper),
		TEST(test_keeper_that_does_not_run),
		TEST(test_one_keeper_a_name),
		TEST(test_folder),
		TEST(test_names),
		TEST(test_other_file),
		TEST(test_paths),
	};

	return RUN(tests);
}
