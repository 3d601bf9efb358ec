/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees in memory: what can be added, and where paths lead. */
#include "libiommuctl/vfs.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "test.h"

static int make(void **state)
{
	return vfs_new((struct vfs **)state);
}

static int drop(void **state)
{
	vfs_free(*state);
	return 0;
}

static int add_file(struct vfs *vfs, const char *path, const char *text)
{
	return vfs_add(vfs, path, VFS_FILE, text, text ? strlen(text) : 0);
}

static int add_link(struct vfs *vfs, const char *path, const char *target)
{
	return vfs_add(vfs, path, VFS_LINK, target, strlen(target));
}

static void what_is_there_stays(void **state)
{
	struct vfs *vfs = *state;
	const char *data;

	assert_int_equal(add_file(vfs, "a/b", "text"), 0);
	assert_int_equal(add_file(vfs, "a/b", "more"), -EEXIST);
	assert_int_equal(add_link(vfs, "a/b", "c"), -EEXIST);
	assert_int_equal(add_file(vfs, "a/b/c", "more"), -ENOTDIR);
	assert_int_equal(add_link(vfs, "a", "c"), -EEXIST);
	/* known so far from what is below it */
	assert_int_equal(vfs_add(vfs, "a", VFS_DIRECTORY, NULL, 0), 0);
	assert_int_equal(vfs_add(vfs, "a", VFS_DIRECTORY, NULL, 0), -EEXIST);
	assert_int_equal(vfs_read(vfs, "/a//./b", &data), 4);
	assert_string_equal(data, "text");
	assert_int_equal(vfs->file_count, 1);
}

static void a_file_known_to_be_there_gets_its_text(void **state)
{
	struct vfs *vfs = *state;
	const char *data;

	assert_int_equal(add_file(vfs, "a", NULL), 0);
	assert_int_equal(vfs_read(vfs, "a", &data), 0);
	assert_int_equal(add_file(vfs, "a", "text"), 0);
	assert_int_equal(add_file(vfs, "a", NULL), -EEXIST);
	assert_int_equal(vfs_read(vfs, "a", &data), 4);
	assert_int_equal(vfs->file_count, 1);
}

static void limits(void **state)
{
	char deep[2 * VFS_DEPTH_MAX + 3], name[NAME_MAX + 2];
	struct vfs *vfs = *state;
	int r = 0;

	for (size_t i = 0; i < sizeof(deep); i++)
		deep[i] = i % 2 ? '/' : 'd';
	deep[2 * VFS_DEPTH_MAX + 1] = '\0';
	assert_int_equal(add_file(vfs, deep, "x"), -ENAMETOOLONG);
	deep[2 * VFS_DEPTH_MAX - 1] = '\0';
	assert_int_equal(vfs_add(vfs, deep, VFS_DIRECTORY, NULL, 0), 0);
	memset(name, 'n', sizeof(name));
	name[NAME_MAX + 1] = '\0';
	assert_int_equal(add_file(vfs, name, "x"), -ENAMETOOLONG);
	name[NAME_MAX] = '\0';
	assert_int_equal(add_file(vfs, name, "x"), 0);
	assert_int_equal(add_file(vfs, "", "x"), -ENAMETOOLONG);
	for (size_t i = vfs->node_count; r == 0 && i < VFS_NODES_MAX; i++) {
		snprintf(name, sizeof(name), "%zu", i);
		r = add_file(vfs, name, "");
	}
	assert_int_equal(r, 0);
	assert_int_equal(add_file(vfs, "one-more", ""), -E2BIG);
}

static void limit_of_bytes(void **state)
{
	const size_t part = VFS_BYTES_MAX / 4;
	struct vfs *vfs = *state;
	char name[2] = "a", *data = calloc(1, part + 1);

	assert_non_null(data);
	for (; name[0] < 'd'; name[0]++)
		assert_int_equal(vfs_add(vfs, name, VFS_FILE, data, part), 0);
	assert_int_equal(vfs_add(vfs, "d", VFS_FILE, data, part + 1), -E2BIG);
	assert_int_equal(vfs_add(vfs, "e", VFS_FILE, data, part), 0);
	assert_int_equal(vfs_add(vfs, "f", VFS_FILE, data, 1), -E2BIG);
	free(data);
}

static void links_are_followed_inside(void **state)
{
	static const struct {
		const char *path, *text;
	} rows[] = {
		{ "l/file", "1" },	{ "abs/file", "1" },
		{ "up/dir/file", "1" }, { "dir/../../../l/file", "1" },
		{ "chain/file", "1" },	{ "dir/back", "2" },
		{ "last", "2" },
	};
	struct vfs *vfs = *state;
	const struct vfs_node *node;
	const char *data;

	assert_int_equal(add_file(vfs, "dir/file", "1"), 0);
	assert_int_equal(add_file(vfs, "top", "2"), 0);
	assert_int_equal(add_link(vfs, "l", "dir"), 0);
	assert_int_equal(add_link(vfs, "abs", "/dir"), 0);
	assert_int_equal(add_link(vfs, "up", "../../.."), 0);
	assert_int_equal(add_link(vfs, "chain", "./l/../abs"), 0);
	assert_int_equal(add_link(vfs, "dir/back", "../top"), 0);
	assert_int_equal(add_link(vfs, "last", "dir/back"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(vfs_read(vfs, rows[i].path, &data), 1);
		assert_string_equal(data, rows[i].text);
	}
	assert_int_equal(vfs_find(vfs, "last", false, &node), 0);
	assert_int_equal(node->kind, VFS_LINK);
	assert_int_equal(vfs_readlink(vfs, "last", &data), 8);
	assert_int_equal(vfs_readlink(vfs, "top", &data), -EINVAL);
	assert_int_equal(vfs_read(vfs, "dir", &data), -EISDIR);
	assert_int_equal(vfs_read(vfs, "none", &data), -ENOENT);
	assert_int_equal(vfs_read(vfs, "top/x", &data), -ENOTDIR);
}

static void links_in_circles(void **state)
{
	struct vfs *vfs = *state;
	const struct vfs_node *node;
	char name[16], target[64];

	assert_int_equal(add_link(vfs, "self", "self"), 0);
	assert_int_equal(vfs_find(vfs, "self", true, &node), -ELOOP);
	assert_int_equal(add_link(vfs, "a", "b/x"), 0);
	assert_int_equal(add_link(vfs, "b", "a/x"), 0);
	assert_int_equal(vfs_find(vfs, "a/c", true, &node), -ELOOP);
	/* each names the one before twice: following all would take 2^30 steps */
	assert_int_equal(vfs_add(vfs, "l0", VFS_DIRECTORY, NULL, 0), 0);
	for (int i = 1; i <= 30; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		snprintf(target, sizeof(target), "l%d/../l%d", i - 1, i - 1);
		assert_int_equal(add_link(vfs, name, target), 0);
	}
	assert_int_equal(vfs_find(vfs, "l30", true, &node), -ELOOP);
}

static void what_leads_out(void **state)
{
	static const struct {
		const char *path, *target;
		bool out;
	} rows[] = {
		{ "a", "b", false },	       { "a", "..", true },
		{ "a/b", "..", false },	       { "a/b", "../..", true },
		{ "a/b", "../c", false },      { "a", "/", true },
		{ "a/b", "c/../../d", false }, { "a/b", "c/../../../d", true },
		{ "a", "./..", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(vfs_leads_out(rows[i].path, rows[i].target), rows[i].out);
}

static int collect(const struct vfs_node *node, void *data)
{
	char path[PATH_MAX], less[PATH_MAX];

	assert_int_equal(vfs_path(node, path, sizeof(path)), 0);
	assert_int_equal(vfs_path(node, less, strlen(path)), -ENAMETOOLONG);
	strcat(strcat(data, path), " ");
	return node->kind == VFS_LINK ? -ECANCELED : 0;
}

static void listing(void **state)
{
	struct vfs *vfs = *state;
	const struct vfs_node *node;
	char text[64] = "";

	assert_int_equal(add_file(vfs, "d/c", "x"), 0);
	assert_int_equal(add_file(vfs, "d/a", "x"), 0);
	assert_int_equal(add_link(vfs, "d/d", "x"), 0);
	assert_int_equal(add_file(vfs, "d/b/x", "x"), 0);
	assert_int_equal(add_file(vfs, "d/e", "x"), 0);
	assert_int_equal(vfs_find(vfs, "d", true, &node), 0);
	assert_int_equal(vfs_list(node, collect, text), -ECANCELED);
	assert_string_equal(text, "d/a d/b d/c d/d ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_is_there_stays),
		TEST(a_file_known_to_be_there_gets_its_text),
		TEST(limits),
		TEST(limit_of_bytes),
		TEST(links_are_followed_inside),
		TEST(links_in_circles),
		TEST(what_leads_out),
		TEST(listing),
	};

	return RUN(tests);
}
