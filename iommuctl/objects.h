/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects of an iommufd, as commands name, make, list and destroy them. */
#ifndef IOMMUCTL_OBJECTS_H
#define IOMMUCTL_OBJECTS_H

#include "app.h"

/* What is printed of an object. */
struct object_row {
	uint32_t id;
	const char *name;
	uint32_t parents[4];
	const uint8_t *data; /* what the driver answered to --data; or NULL */
	size_t data_length;
	struct iommuctl_session_entry *entry; /* whose name it is; or NULL */
};

#define OBJECT_ATTRS                                                                               \
	{ .key = "id",                                                                             \
	  .heading = "ID",                                                                         \
	  .flags = ATTR_COLUMN | ATTR_RIGHT,                                                       \
	  .field = ATTR_U32,                                                                       \
	  .offset = offsetof(struct object_row, id),                                               \
	  .help = "what the kernel knows it by" },                                                 \
		{ .key = "name",                                                                   \
		  .heading = "NAME",                                                               \
		  .flags = ATTR_COLUMN,                                                            \
		  .get = object_get_name,                                                          \
		  .help = "the name it was given in the session" },                                \
	{                                                                                          \
		.key = "parents", .heading = "PARENTS", .flags = ATTR_COLUMN,                      \
		.get = object_get_parents, .help = "ids of what it was made of"                    \
	}

json_object *object_get_name(const void *object, const struct attr *attr);
json_object *object_get_parents(const void *object, const struct attr *attr);

#define KIND(name) (1u << IOMMUCTL_OBJECT_##name)

/*
 * The object that WORD, an id or a name in the session, means; a handle that leaves it in the
 * kernel. Of a number that the session does not know the first kind of KINDS is believed.
 */
int objects_find(struct app *app, const char *word, unsigned int kinds,
		 struct iommuctl_object **ret_object);
/* The device of --device. */
int objects_find_device(struct app *app, struct iommuctl_object **ret_object);
/* Calls DO_IT with the object that is the first argument; an exit code. */
int objects_with(struct app *app, unsigned int kinds,
		 int (*do_it)(struct app *app, struct iommuctl_object *object));
/* The same of an address space, whose handle is kept: batches map much in one. */
int objects_with_ioas(struct app *app,
		      int (*do_it)(struct app *app, struct iommuctl_object *object));
/* Tells the library's diagnostic; an exit code. */
int objects_failed(const struct app *app);
/* --length bytes from the parameter START on. */
struct iommuctl_range objects_range(const struct app *app, enum param_id start);
/* Whether they end before the last address; an exit code. */
int objects_check_range(const struct app *app, enum param_id start);
/* The bytes of --data and the like: hexadecimal, or @FILE; the caller frees them. */
int objects_bytes(const struct app *app, const char *text, uint8_t **ret_bytes, size_t *ret_count);
/*
 * Registers what was made of PARENTS, which are ended by NULL, under --name, and prints its id, and
 * DATA, which may be NULL. Takes OBJECT.
 */
int objects_created(struct app *app, struct iommuctl_object *object,
		    struct iommuctl_object *const *parents, const uint8_t *data, size_t length);
#define PARENTS(...) ((struct iommuctl_object *const[]){ __VA_ARGS__, NULL })
#define NO_PARENTS   ((struct iommuctl_object *const[]){ NULL })
/*
 * Refuses, with a word, what an object of the session uses: the kernel might refuse only after the
 * keeper has closed a file, or end what uses it.
 */
int objects_check_unused(struct app *app, const char *word, uint32_t id);
/* The kind of the command's noun. */
enum iommuctl_object_kind objects_kind(const struct app *app);

/* Whether the words about memory make sense; an exit code. */
int memory_check(const struct app *app);
/* The memory of --file, --memory, --huge or --region. */
struct memory {
	int fd;
	uint64_t start, length; /* in it */
	bool is_borrowed;	/* it was open already */
};

/* A file of new memory, of pages of PAGE_SIZE, where 0 is the default, if HUGE; < 0 told. */
int memory_new(const struct app *app, bool huge, uint64_t page_size, uint64_t length);
int memory_open(struct app *app, struct memory *memory);
void memory_close(const struct memory *memory);

/* What was mapped, unmapped or is usable. */
struct mapping {
	uint64_t iova;
	uint64_t length;
	uint64_t physical;
	uint64_t alignment;
};

extern const struct noun map_noun, unmap_noun;
/* IOMMUCTL_MAP_*, of --read, --write and --iova. */
unsigned int mapping_flags(const struct app *app);
/* Whether --all, --iova and --length make sense together; an exit code. */
int mapping_check_unmap(const struct app *app);
struct iommuctl_range mapping_unmap_range(const struct app *app);

int run_objects_list(struct app *app);
int run_objects_destroy(struct app *app);

/* clang-format off */
#define OBJECT_LIST(name, rows, text) \
	{ .noun = name, .verb = "list", .summary = text, .example = "iommuctl " name " list", \
	  .objects = rows, .run = run_objects_list, .is_default = true }
#define OBJECT_DESTROY(name, words, rows, text) \
	{ .noun = name, .verb = "destroy", .args = words, .summary = text, \
	  .example = "iommuctl " name " destroy 3", .objects = rows, .run = run_objects_destroy, \
	  .silent = true, .changes = true, .min_args = 1 }
#define OBJECT_INVALIDATE(name, word, of, text) \
	{ .noun = name, .verb = "invalidate", .args = word, .summary = text, \
	  .doc = "Prints how many entries were done, also when one of them fails.", \
	  .example = "iommuctl " name " invalidate " of " --entry @entry", \
	  .objects = &invalidation_noun, .params = PARAMS(PARAM_INVALIDATE_TYPE, PARAM_ENTRY), \
	  .required = PARAMS(PARAM_INVALIDATE_TYPE, PARAM_ENTRY), .run = run_invalidate, \
	  .changes = true, .min_args = 1, .max_args = 1 }
/* clang-format on */

/* hwpt, viommu */
extern const struct noun invalidation_noun;
int run_invalidate(struct app *app);

#endif
