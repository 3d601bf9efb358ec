/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether there is the memory that a plan maps, and whether so much may be locked. */
#include <inttypes.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "plan.h"

/* The kernel pins pages of no other files. */
static bool is_on_memory(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && (fs.f_type == TMPFS_MAGIC || fs.f_type == HUGETLBFS_MAGIC);
}

static void check_file(struct plan *plan, struct plan_item *memory)
{
	uint64_t size = 1;
	struct stat st;

	plan_number(memory, "size", &size);
	if (stat(plan_text(memory, "path"), &st) < 0) {
		plan_find(plan, "memory", memory, "path", PLAN_FAIL, NULL, "%m");
		return;
	}
	memory->file_size = (uint64_t)st.st_size;
	if (!S_ISREG(st.st_mode) || !is_on_memory(plan_text(memory, "path")))
		plan_find(plan, "memory", memory, "path", PLAN_FAIL,
			  "memfds have memory, and files on tmpfs and hugetlbfs",
			  "it is no file of memory");
	else if (memory->file_size < size)
		plan_find(plan, "memory", memory, "path", PLAN_FAIL, NULL,
			  "it has %" PRIu64 " bytes", memory->file_size);
	else if (memory->file_size % PAGE_BYTES && !plan_get(memory, "size"))
		plan_find(plan, "memory", memory, "path", PLAN_FAIL, NULL,
			  "it has %" PRIu64 " bytes, which are not whole pages", memory->file_size);
	else
		plan_find(plan, "memory", memory, "path", PLAN_PASS, NULL,
			  "it has %" PRIu64 " bytes", memory->file_size);
}

static uint64_t page_size_of(const struct plan *plan, const struct plan_item *memory)
{
	uint64_t size = 0, free;

	plan_number(memory, "page_size", &size);
	iommuctl_context_get_huge_pages(plan->app->ctx, &size, &free);
	return size;
}

static void check_huge_pages(struct plan *plan, const struct plan_item *memory)
{
	uint64_t size, page_size = 0, free, needed;
	const struct plan_item *other = NULL;

	plan_number(memory, "size", &size);
	plan_number(memory, "page_size", &page_size);
	if (iommuctl_context_get_huge_pages(plan->app->ctx, &page_size, &free) < 0) {
		plan_find(plan, "memory", memory, NULL, PLAN_FAIL, NULL,
			  "the kernel has no huge pages of that size");
		return;
	}
	if (size % page_size) {
		plan_find(plan, "memory", memory, "size", PLAN_FAIL, NULL,
			  "it is not whole huge pages, of 0x%" PRIx64 " bytes", page_size);
		return;
	}
	needed = size / page_size;
	/* those before it have theirs */
	while ((other = plan_next(plan, PLAN_MEMORY, other)) != memory)
		if (strcmp(plan_text(other, "kind"), "hugetlb") == 0 &&
		    page_size_of(plan, other) == page_size && plan_number(other, "size", &size))
			needed += size / page_size;
	plan_find(plan, "memory", memory, "size", free < needed ? PLAN_FAIL : PLAN_PASS,
		  free < needed ? "nr_hugepages in /sys/kernel/mm/hugepages sets them aside" : NULL,
		  "of %" PRIu64 " huge pages of %" PRIu64 " KiB that are needed, %" PRIu64
		  " are free",
		  needed, page_size >> 10, free < needed ? free : needed);
}

/* What devices can reach is locked, each map for itself. */
void plan_check_locked(struct plan *plan)
{
	const struct plan_item *first = NULL;
	struct plan_item *map = NULL;
	uint64_t limit, total = 0;

	while ((map = plan_next(plan, PLAN_MAP, map)))
		if (plan->items[map->owner].user_count > 0 && plan_get(map, "memory") &&
		    !__builtin_add_overflow(total, plan_map_length(plan, map), &total) && !first)
			first = map;
	if (!first || iommuctl_context_get_memlock(plan->app->ctx, &limit) < 0)
		return;
	if (total > limit)
		plan_find(plan, "memlock", first, NULL, PLAN_FAIL,
			  "raise it: ulimit -l, LimitMEMLOCK= of a service, memlock in "
			  "limits.conf; CAP_IPC_LOCK needs none",
			  "the maps lock %" PRIu64 " KiB in all, and RLIMIT_MEMLOCK allows %" PRIu64
			  " KiB",
			  total >> 10, limit >> 10);
	else
		plan_find(plan, "memlock", first, NULL, PLAN_PASS, NULL,
			  "the maps lock %" PRIu64 " KiB in all, which is allowed", total >> 10);
}

void plan_check_memory(struct plan *plan)
{
	struct plan_item *memory = NULL;

	while ((memory = plan_next(plan, PLAN_MEMORY, memory))) {
		if (strcmp(plan_text(memory, "kind"), "file") == 0)
			check_file(plan, memory);
		else if (strcmp(plan_text(memory, "kind"), "hugetlb") == 0)
			check_huge_pages(plan, memory);
	}
}
