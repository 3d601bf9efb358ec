/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has device nodes open: the nodes of a tree, and processes of this machine. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "libiommuctl/holder.h"
#include "tree.h"

static struct iommuctl_holders *new_holders(void)
{
	struct iommuctl_holders *holders = calloc(1, sizeof(*holders));

	assert_non_null(holders);
	return holders;
}

/* ---------------------------------------------------------------- the nodes */

static void test_nodes(void **state)
{
	const struct holder_node expected[] = {
		{ makedev(10, 125), IOMMUCTL_HOLDER_IOMMUFD, "/dev/iommu", NULL, 0 },
		{ makedev(10, 196), IOMMUCTL_HOLDER_CONTAINER, "/dev/vfio/vfio", NULL, 0 },
		{ makedev(240, 0), IOMMUCTL_HOLDER_GROUP, "/dev/vfio/12", "12", 0 },
		{ makedev(240, 1), IOMMUCTL_HOLDER_GROUP, "/dev/vfio/noiommu-7", "7", 0 },
		{ makedev(511, 0), IOMMUCTL_HOLDER_DEVICE, "/dev/vfio/devices/vfio0",
		  "0000:00:03.0", 0 },
		{ makedev(511, 3), IOMMUCTL_HOLDER_DEVICE, "/dev/vfio/devices/vfio3", NULL, 0 },
	};
	static const struct {
		const char *path, *text;
	} files[] = {
		{ "sys/class/misc/vfio/dev", "10:196\n" },
		{ "sys/class/misc/iommu/dev", "10:125\n" },
		{ "sys/class/misc/hpet/dev", "10:228\n" },
		{ "sys/class/vfio/12/dev", "240:0\n" },
		{ "sys/class/vfio/noiommu-7/dev", "240:1\n" },
		{ "sys/class/vfio-dev/vfio3/dev", "511:3" },
		/* none of these has a number */
		{ "sys/class/vfio/1/dev", "" },
		{ "sys/class/vfio/2/dev", "240" },
		{ "sys/class/vfio/3/dev", "240:" },
		{ "sys/class/vfio/4/dev", ":5" },
		{ "sys/class/vfio/5/dev", "240:4294967296" },
		{ "sys/class/vfio/6/dev", "4294967296:1" },
		{ "sys/class/vfio/7/dev", "-1:1" },
		{ "sys/class/vfio-dev/vfio4/uevent", "" },
	};
	const struct tree *tree = *state;
	struct iommuctl_holders *holders = new_holders();

	tree_device(tree, &(struct tree_device){ .name = "0000:00:03.0", .vfio = "vfio0" });
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		tree_file(tree, files[i].path, files[i].text);
	assert_int_equal(holders_load_nodes(tree->ctx, holders), 0);
	assert_int_equal(holders->node_count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct holder_node *node = &holders->nodes[i];

		assert_int_equal(node->number, expected[i].number);
		assert_int_equal(node->kind, expected[i].kind);
		assert_string_equal(node->path, expected[i].path);
		assert_string_equal(node->object ? node->object : "-",
				    expected[i].object ? expected[i].object : "-");
	}
	iommuctl_holders_free(holders);
}

static void test_no_nodes(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_holders *holders = new_holders();

	tree_dir(tree, "sys");
	assert_int_equal(holders_load_nodes(tree->ctx, holders), 0);
	assert_int_equal(holders->node_count, 0);
	iommuctl_holders_free(holders);
}

/* ------------------------------------------------------------- the processes */

/* Nodes that every machine has, and few have open, stand for VFIO's. */
static struct iommuctl_holders *scan(struct iommuctl_context *ctx)
{
	const struct holder_node nodes[] = {
		{ makedev(1, 5), IOMMUCTL_HOLDER_CONTAINER, "/dev/vfio/vfio", NULL, 0 },
		{ makedev(1, 7), IOMMUCTL_HOLDER_GROUP, "/dev/vfio/12", "12", 0 },
	};
	struct iommuctl_holders *holders = new_holders();

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		struct holder_node *node =
			array_grow(&holders->nodes, &holders->node_count, sizeof(*node));

		assert_non_null(node);
		*node = nodes[i];
	}
	assert_int_equal(holders_scan(ctx, holders), 0);
	return holders;
}

/* The entry of PID for NODE. */
static const struct iommuctl_holder *find(const struct iommuctl_holders *holders, pid_t pid,
					  const char *node)
{
	const struct iommuctl_holder *holder, *found = NULL;

	for (size_t i = 0; (holder = iommuctl_holders_get(holders, i)); i++) {
		if (holder->pid != (uint32_t)pid || strcmp(holder->node, node) != 0)
			continue;
		/* there is but one */
		assert_null(found);
		found = holder;
	}
	return found;
}

/* A process with a name that lies, and both nodes open, as 40, 41 and 43, and 42. */
static void run_child(int ready, int end)
{
	char byte = 0;
	int full = open("/dev/full", O_RDWR | O_CLOEXEC), zero = open("/dev/zero", O_RDONLY);

	prctl(PR_SET_NAME, "a) Z 1 \x1b[7m\n");
	if (full < 0 || zero < 0 || dup2(full, 40) < 0 || dup2(full, 41) < 0 ||
	    dup2(zero, 42) < 0 || dup2(full, 43) < 0 || close(full) < 0 || close(zero) < 0 ||
	    write(ready, &byte, 1) != 1)
		_exit(1);
	_exit(read(end, &byte, 1) != 0);
}

static void test_processes(void **state)
{
	static const int fds[] = { 40, 41, 43 };
	const struct iommuctl_holder *holder;
	struct iommuctl_holders *holders;
	struct iommuctl_context *ctx; /* of this machine: a tree has no processes */
	int to_child[2], to_parent[2], fd;
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(iommuctl_context_new(&ctx), 0);
	assert_int_equal(pipe2(to_child, O_CLOEXEC), 0);
	assert_int_equal(pipe2(to_parent, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(to_child[1]);
		run_child(to_parent[1], to_child[0]);
	}
	assert_int_equal(read(to_parent[0], &byte, 1), 1);
	holders = scan(ctx);
	holder = find(holders, pid, "/dev/vfio/12");
	assert_non_null(holder);
	assert_int_equal(holder->kind, IOMMUCTL_HOLDER_GROUP);
	assert_string_equal(holder->object, "12");
	assert_string_equal(holder->path, "/dev/full");
	assert_string_equal(holder->command, "a) Z 1 \x1b[7m");
	assert_int_equal(holder->uid, geteuid());
	assert_int_equal(holder->fd_count, ARRAY_SIZE(fds));
	assert_memory_equal(holder->fds, fds, sizeof(fds));
	holder = find(holders, pid, "/dev/vfio/vfio");
	assert_non_null(holder);
	assert_null(holder->object);
	assert_int_equal(holder->fd_count, 1);
	assert_int_equal(holder->fds[0], 42);
	assert_null(find(holders, getpid(), "/dev/vfio/12"));
	iommuctl_holders_free(holders);

	/* one's own count, but are nobody else's */
	fd = open("/dev/full", O_RDWR | O_CLOEXEC);
	close(to_child[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	holders = scan(ctx);
	assert_null(find(holders, pid, "/dev/vfio/12"));
	holder = find(holders, getpid(), "/dev/vfio/12");
	assert_non_null(holder);
	assert_ptr_not_equal(holders_find(holders, "/dev/vfio/12"), holder);
	iommuctl_holders_free(holders);
	close(fd);
	close(to_child[0]);
	close(to_parent[0]);
	close(to_parent[1]);
	iommuctl_context_unref(ctx);
}

/* ---------------------------------------------------------------- the object */

static void test_arguments(void **state)
{
	const struct tree *tree = *state;
	struct iommuctl_holders *holders = NULL;

	assert_int_equal(iommuctl_holders_load(NULL, &holders), -EINVAL);
	assert_int_equal(iommuctl_holders_load(tree->ctx, NULL), -EINVAL);
	assert_int_equal(iommuctl_holders_load(tree->ctx, &holders), -EOPNOTSUPP);
	assert_null(holders);
	assert_string_equal(iommuctl_diag_get_action(iommuctl_context_get_diag(tree->ctx)),
			    "look at the processes");
	assert_null(iommuctl_holders_get(NULL, 0));
	assert_int_equal(iommuctl_holders_get_hidden(NULL), 0);
	assert_null(iommuctl_holders_free(NULL));
	assert_null(iommuctl_holder_kind_to_string(0));
	assert_null(iommuctl_holder_kind_to_string(5));
	assert_string_equal(iommuctl_holder_kind_to_string(IOMMUCTL_HOLDER_IOMMUFD), "iommufd");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_nodes),
		TEST(test_no_nodes),
		TEST(test_processes),
		TEST(test_arguments),
	};

	return RUN(tests);
}
