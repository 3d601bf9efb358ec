/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The objects of a session. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "libiommuctl/registry.h"
#include "test.h"

static struct session_record record(uint32_t kind, uint32_t id, const char *name)
{
	struct session_record result = { .kind = kind, .id = id };

	snprintf(kind == IOMMUCTL_OBJECT_DEVICE ? result.device : result.name, SESSION_NAME_SIZE,
		 "%s", name);
	return result;
}

static uint64_t add(struct registry *registry, uint32_t kind, uint32_t id, const char *name)
{
	const struct session_record wanted = record(kind, id, name);
	const struct iommuctl_session_entry *entry;

	assert_int_equal(registry_add(registry, &wanted, -1, &entry), 0);
	return entry->record.serial;
}

static int try_add(struct registry *registry, const struct session_record *wanted)
{
	const struct iommuctl_session_entry *entry = NULL;
	int r = registry_add(registry, wanted, -1, &entry);

	assert_true(r == 0 || !entry);
	return r;
}

static uint32_t id_of(const struct iommuctl_session_entry *entry)
{
	return entry ? entry->record.id : 0;
}

static void test_find(void **state)
{
	struct registry registry = { 0 };

	(void)state;
	assert_null(registry_find(&registry, "1"));
	assert_null(registry_find(&registry, ""));
	add(&registry, IOMMUCTL_OBJECT_IOAS, 7, "guest");
	add(&registry, IOMMUCTL_OBJECT_DEVICE, 2, "0000:03:00.0");
	add(&registry, IOMMUCTL_OBJECT_DEVICE, 4, "f0000000.usb");
	add(&registry, IOMMUCTL_OBJECT_HWPT, 9, "");
	add(&registry, IOMMUCTL_OBJECT_HWPT, 8, "");
	assert_int_equal(registry_get_count(&registry), 5);
	assert_int_equal(id_of(registry_find(&registry, "7")), 7);
	assert_int_equal(id_of(registry_find(&registry, "guest")), 7);
	assert_int_equal(id_of(registry_find(&registry, "0000:03:00.0")), 2);
	assert_int_equal(id_of(registry_find(&registry, "f0000000.usb")), 4);
	assert_int_equal(id_of(registry_find(&registry, "8")), 8);
	assert_null(registry_find(&registry, ""));
	assert_null(registry_find(&registry, "gues"));
	assert_null(registry_find(&registry, "guestt"));
	assert_null(registry_find(&registry, "3"));
	assert_null(registry_find(&registry, "4294967303"));
	assert_null(registry_find(&registry, "0000:03:00.1"));
	registry_free(&registry);
}

/* A name that is like a device's counts first. */
static void test_names_before_devices(void **state)
{
	struct registry registry = { 0 };

	(void)state;
	add(&registry, IOMMUCTL_OBJECT_DEVICE, 1, "x.usb");
	add(&registry, IOMMUCTL_OBJECT_IOAS, 2, "x.usb");
	assert_int_equal(id_of(registry_find(&registry, "x.usb")), 2);
	registry_free(&registry);
}

static void test_order(void **state)
{
	static const uint32_t ids[] = { 5, 1, 4294967295, 3, 2, 70000 };
	static const uint32_t sorted[] = { 1, 2, 3, 5, 70000, 4294967295, 0 };
	struct registry registry = { 0 };
	uint32_t id = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		add(&registry, IOMMUCTL_OBJECT_IOAS, ids[i], "");
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++) {
		id = id_of(registry_next(&registry, id, 0));
		assert_int_equal(id, sorted[i]);
	}
	assert_null(registry_next(&registry, UINT32_MAX, 0));
	assert_int_equal(id_of(registry_next(&registry, 3, 0)), 5);
	assert_int_equal(id_of(registry_next(&registry, 4, 0)), 5);
	registry_free(&registry);
}

static void test_ids_are_used_again(void **state)
{
	struct registry registry = { 0 };
	uint64_t old = add(&registry, IOMMUCTL_OBJECT_IOAS, 1, "a"), new;

	(void)state;
	new = add(&registry, IOMMUCTL_OBJECT_HWPT, 1, "b");
	assert_true(new > old);
	assert_int_equal(registry_get_count(&registry), 1);
	assert_null(registry_find(&registry, "a"));
	assert_int_equal(registry_remove(&registry, 1, old), -ESTALE);
	assert_int_equal(id_of(registry_find(&registry, "b")), 1);
	/* under its own name too */
	old = new;
	new = add(&registry, IOMMUCTL_OBJECT_HWPT, 1, "b");
	assert_true(new > old);
	assert_int_equal(registry_remove(&registry, 2, new), -ENOENT);
	assert_int_equal(registry_remove(&registry, 1, new), 0);
	assert_int_equal(registry_remove(&registry, 1, new), -ENOENT);
	assert_null(registry_find(&registry, "b"));
	/* nor does a serial come again when all is gone */
	assert_true(add(&registry, IOMMUCTL_OBJECT_IOAS, 1, "a") > new);
	registry_free(&registry);
}

static void test_names_are_unique(void **state)
{
	const struct session_record name = record(IOMMUCTL_OBJECT_HWPT, 3, "a"),
				    device = record(IOMMUCTL_OBJECT_DEVICE, 3, "0000:00:01.0");
	struct registry registry = { 0 };

	(void)state;
	add(&registry, IOMMUCTL_OBJECT_IOAS, 1, "a");
	add(&registry, IOMMUCTL_OBJECT_DEVICE, 2, "0000:00:01.0");
	assert_int_equal(try_add(&registry, &name), -EEXIST);
	assert_int_equal(try_add(&registry, &device), -EEXIST);
	assert_int_equal(registry_get_count(&registry), 2);
	registry_free(&registry);
}

static void test_what_makes_no_sense(void **state)
{
	static const char *const names[] = {
		"1", "1a", "a b", "a/b", "\x1b[m", "\xff", "a:b", "ä"
	};
	struct session_record wrong[] = {
		{ .kind = 0, .id = 1 },
		{ .kind = 9, .id = 1 },
		{ .kind = IOMMUCTL_OBJECT_IOAS, .id = 0 },
		{ .kind = IOMMUCTL_OBJECT_IOAS, .id = 1, .device = "0000:00:01.0" },
		{ .kind = IOMMUCTL_OBJECT_DEVICE, .id = 1, .device = "a\nb" },
		{ .kind = IOMMUCTL_OBJECT_DEVICE, .id = 1, .device = "../x" },
		{ .kind = IOMMUCTL_OBJECT_IOAS, .id = 1 },
		{ .kind = IOMMUCTL_OBJECT_DEVICE, .id = 1 },
	};
	struct registry registry = { 0 };

	(void)state;
	memset(wrong[6].name, 'a', sizeof(wrong[6].name));
	memset(wrong[7].device, 'a', sizeof(wrong[7].device));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(try_add(&registry, &wrong[i]), -EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct session_record bad = record(IOMMUCTL_OBJECT_IOAS, 1, names[i]);

		assert_int_equal(try_add(&registry, &bad), -EINVAL);
	}
	assert_int_equal(registry_get_count(&registry), 0);
	/* the longest that can be */
	wrong[6].name[SESSION_NAME_SIZE - 1] = '\0';
	wrong[7].device[SESSION_DEVICE_SIZE - 1] = '\0';
	assert_int_equal(try_add(&registry, &wrong[6]), 0);
	assert_int_equal(try_add(&registry, &wrong[7]), 0);
	registry_free(&registry);
}

static int attach(struct registry *registry, uint32_t id, uint64_t serial, uint32_t pasid,
		  uint32_t pt_id)
{
	return registry_attach(registry, id, serial,
			       (struct session_attachment){ .pasid = pasid, .pt_id = pt_id });
}

static void test_attachments(void **state)
{
	static const uint32_t pasids[] = { 5, IOMMUCTL_PASID_NONE, 1, 9, 3 };
	struct registry registry = { 0 };
	uint64_t device = add(&registry, IOMMUCTL_OBJECT_DEVICE, 1, "d"),
		 ioas = add(&registry, IOMMUCTL_OBJECT_IOAS, 2, "");
	const struct iommuctl_session_entry *entry = registry_find(&registry, "1");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pasids); i++)
		assert_int_equal(attach(&registry, 1, device, pasids[i], 2), 0);
	assert_int_equal(attach(&registry, 1, device, 3, 4), 0);
	assert_int_equal(attach(&registry, 1, device, 5, 0), 0);
	assert_int_equal(attach(&registry, 1, device, 6, 0), 0);
	assert_int_equal(entry->attached, 4);
	assert_int_equal(registry.attached, 4);
	assert_int_equal(entry->attachments[0].pasid, 1);
	assert_int_equal(entry->attachments[1].pasid, 3);
	assert_int_equal(entry->attachments[1].pt_id, 4);
	assert_int_equal(entry->attachments[2].pasid, 9);
	assert_int_equal(entry->attachments[3].pasid, IOMMUCTL_PASID_NONE);
	assert_int_equal(attach(&registry, 2, ioas, 1, 2), -EINVAL);
	assert_int_equal(attach(&registry, 3, device, 1, 2), -ENOENT);
	assert_int_equal(attach(&registry, 1, ioas, 1, 2), -ESTALE);
	assert_int_equal(registry_remove(&registry, 1, device), 0);
	assert_int_equal(registry.attached, 0);
	registry_free(&registry);
}

static void test_who_uses_it(void **state)
{
	struct session_record child = record(IOMMUCTL_OBJECT_HWPT, 5, "");
	struct registry registry = { 0 };
	uint64_t device = add(&registry, IOMMUCTL_OBJECT_DEVICE, 3, "d");

	(void)state;
	add(&registry, IOMMUCTL_OBJECT_IOAS, 1, "");
	child.parents[0] = 3;
	child.parents[3] = 1;
	assert_int_equal(try_add(&registry, &child), 0);
	assert_int_equal(id_of(registry_next(&registry, 0, 1)), 5);
	assert_int_equal(attach(&registry, 3, device, 8, 1), 0);
	assert_int_equal(id_of(registry_next(&registry, 0, 1)), 3);
	assert_int_equal(id_of(registry_next(&registry, 3, 1)), 5);
	assert_null(registry_next(&registry, 5, 1));
	assert_int_equal(id_of(registry_next(&registry, 0, 3)), 5);
	assert_null(registry_next(&registry, 0, 2));
	registry_free(&registry);
}

static void test_file_descriptors(void **state)
{
	const struct session_record wanted = record(IOMMUCTL_OBJECT_VEVENTQ, 1, "");
	const struct iommuctl_session_entry *entry;
	struct registry registry = { 0 };
	int fd[3];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++)
		fd[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(registry_add(&registry, &wanted, fd[0], &entry), 0);
	assert_int_equal(registry_add(&registry, &wanted, fd[1], &entry), 0);
	assert_int_equal(fcntl(fd[0], F_GETFD), -1);
	assert_int_equal(registry_remove(&registry, 1, entry->record.serial), 0);
	assert_int_equal(fcntl(fd[1], F_GETFD), -1);
	assert_int_equal(registry_add(&registry, &wanted, fd[2], &entry), 0);
	registry_free(&registry);
	assert_int_equal(fcntl(fd[2], F_GETFD), -1);
}

/* In an order that is none of the indexes'. */
static uint32_t shuffled(uint32_t i)
{
	return 1 + i * 40503u % REGISTRY_MAX;
}

static void test_many(void **state)
{
	struct registry registry = { 0 };
	struct session_record more = record(IOMMUCTL_OBJECT_IOAS, REGISTRY_MAX + 1, "");
	uint64_t serial = 0;
	uint32_t id = 0;
	char name[32];

	(void)state;
	for (uint32_t i = 0; i < REGISTRY_MAX; i++) {
		snprintf(name, sizeof(name), "n%u", shuffled(i) * 7919u);
		serial = add(&registry, i % 2 ? IOMMUCTL_OBJECT_DEVICE : IOMMUCTL_OBJECT_HWPT,
			     shuffled(i), name);
	}
	assert_int_equal(try_add(&registry, &more), -ENOSPC);
	/* but what replaces another */
	more.id = 1;
	assert_int_equal(try_add(&registry, &more), 0);
	for (uint32_t i = 1; i <= REGISTRY_MAX; i++) {
		id = id_of(registry_next(&registry, id, 0));
		assert_int_equal(id, i);
	}
	id = shuffled(REGISTRY_MAX - 1);
	for (uint32_t i = 0; i < REGISTRY_MAX; i++)
		assert_int_equal(attach(&registry, id, serial, i, 1), 0);
	assert_int_equal(attach(&registry, id, serial, REGISTRY_MAX, 1), -ENOSPC);
	registry_free(&registry);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_names_before_devices),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_ids_are_used_again),
		cmocka_unit_test(test_names_are_unique),
		cmocka_unit_test(test_what_makes_no_sense),
		cmocka_unit_test(test_attachments),
		cmocka_unit_test(test_who_uses_it),
		cmocka_unit_test(test_file_descriptors),
		cmocka_unit_test(test_many),
	};

	return RUN(tests);
}
