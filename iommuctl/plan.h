/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan: what a file says is to be made, whether that can be, and the steps that make it. */
#ifndef IOMMUCTL_PLAN_H
#define IOMMUCTL_PLAN_H

#include "app.h"

/* ------------------------------------------------------------ what a file may say */

enum plan_kind {
	PLAN_ROOT,
	PLAN_DEVICE,
	PLAN_MEMORY,
	PLAN_IOAS,
	PLAN_FAULT_QUEUE,
	PLAN_HWPT,
	PLAN_VIOMMU,
	PLAN_VDEVICE,
	PLAN_VEVENTQ,
	PLAN_HW_QUEUE,
	PLAN_ATTACHMENT,
	PLAN_HANDOVER,
	PLAN_MAP,
	PLAN_LAYOUT,
	PLAN_VTD_S1,
	PLAN_ARM_SMMU_V3,
	PLAN_KIND_COUNT
};

#define PLAN(kind) (1u << PLAN_##kind)

/* No IOMMU of Linux has smaller ones. */
#define PAGE_BYTES 4096

enum plan_type {
	PLAN_PARAM, /* as the option of the command takes it */
	PLAN_NAME,
	PLAN_TEXT,
	PLAN_FLAG,
	PLAN_WORD, /* one of several, in HELP, with a bar between */
	PLAN_BITS, /* of the data for a driver */
	PLAN_REF,  /* the name of another item, or of a device */
	PLAN_ITEM,
	PLAN_ITEMS,
};

/* Where a number is in data of 64-bit words. */
struct plan_bits {
	unsigned int word, shift, width;
	bool in_place; /* an address, whose bits below SHIFT are 0 */
};

struct plan_field {
	const char *key;
	enum plan_type type;
	unsigned int of; /* enum param_id; enum plan_kind of items; PLAN() of what is named */
	bool required;
	bool argument;	      /* of the command, rather than an option */
	unsigned int one_of;  /* of those with this number exactly one is there */
	unsigned int at_most; /* of those with this number no more than one */
	const char *words;
	struct plan_bits bits;
};

struct plan_shape {
	const char *what;		 /* in messages, with its article */
	const char *noun, *verb;	 /* the command that makes it; NULL: not one alone */
	const struct plan_field *fields; /* ended by one without key */
};

extern const struct plan_shape plan_shapes[PLAN_KIND_COUNT];

/* -------------------------------------------------------------------- the plan */

/* What is attached to an address space, perhaps with a first stage between. */
struct plan_user {
	const struct plan_item *device;
	bool nested;
	bool by_pasid; /* the kernel keeps nothing free for it */
};

struct plan_item {
	enum plan_kind kind;
	json_object *json; /* borrowed */
	char *path;	   /* ".ioas[0].maps[1]" */
	const char *name;  /* NULL: none */
	size_t owner;	   /* the item that it is in */

	/* of a device */
	const struct iommuctl_device *device;
	bool uses_pasids;
	/* of an address space: what is attached to it, and how it is laid out */
	struct plan_user *users;
	size_t user_count;
	uint64_t last; /* address that they have */
	struct placement *placements;
	size_t placement_count;
	size_t layout; /* its item; 0: it has none */
	size_t ram;    /* the map of the layout's ram; 0: none */
	/* of memory: of a file that is there; while it is made */
	uint64_t file_size;
	int fd;
};

enum plan_verdict { PLAN_PASS, PLAN_WARN, PLAN_FAIL, PLAN_UNMEASURED };

/* What was found out about one place of the file. */
struct plan_finding {
	const char *id;
	char *path;
	unsigned int line;
	enum plan_verdict verdict;
	char *evidence;
	const char *advice; /* static; or NULL */
};

struct plan {
	struct app *app;
	const char *file;
	json_object *root;
	json_object *names; /* of items: numbers */
	struct plan_item *items;
	size_t item_count;
	struct plan_finding *findings;
	size_t finding_count, failed;
};

/* The file's items, whose findings are there where something is wrong; < 0: no file. */
int plan_read(struct app *app, const char *file, struct plan *plan);
void plan_free(struct plan *plan);

/* Whether VALUE is what FIELD takes; what that is, for people. */
bool plan_is_good(const struct plan_field *field, json_object *value);
const char *plan_expected(const struct plan_field *field);
json_object *plan_get(const struct plan_item *item, const char *key);
/* NULL: it has none. */
const char *plan_text(const struct plan_item *item, const char *key);
bool plan_flag(const struct plan_item *item, const char *key, bool otherwise);
/* FALSE: it has none. */
bool plan_number(const struct plan_item *item, const char *key, uint64_t *ret);
/* What KEY names; NULL: nothing, or it is not there. */
struct plan_item *plan_target(const struct plan *plan, const struct plan_item *item,
			      const char *key);
/* The next item of KIND after ITEM; NULL starts, NULL ends. */
struct plan_item *plan_next(const struct plan *plan, enum plan_kind kind,
			    const struct plan_item *item);
/* How IOAS, an address space, is laid out; NULL: as its maps say. */
const struct plan_item *plan_layout_of(const struct plan *plan, const struct plan_item *ioas);
/* How much is mapped; 0: that is known when the memory is there. */
uint64_t plan_map_length(const struct plan *plan, const struct plan_item *map);
/* FALSE: where it is mapped, or how much, is not said. */
bool plan_map_range(const struct plan *plan, const struct plan_item *map,
		    struct iommuctl_range *ret_range);
/* The address space whose memory ITEM, an address space, page table or vIOMMU, translates to. */
struct plan_item *plan_space_of(const struct plan *plan, struct plan_item *item, bool *ret_nested);
/* "START-END" and the like; FALSE: there is no such range. */
bool plan_range(json_object *value, struct iommuctl_range *ret_range);

PRINTF(7, 8)
void plan_find(struct plan *plan, const char *id, const struct plan_item *item, const char *key,
	       enum plan_verdict verdict, const char *advice, const char *format, ...);

/* Rules that a table does not say; nothing is read but the plan. */
void plan_check_rules(struct plan *plan);
/* Against the machine, or the root: devices, features, addresses, memory, the kernel. */
int plan_check_machine(struct plan *plan);
/* The Ith window of an address space; one without an end goes as far as its devices. */
bool plan_window(const struct plan_item *ioas, size_t i, struct iommuctl_range *ret_range);
/* Files, which have lengths then, and huge pages; what may be locked, of what has users. */
void plan_check_memory(struct plan *plan);
void plan_check_locked(struct plan *plan);
/* Places what has a layout; checks the addresses of the rest. */
int plan_lay_out(struct plan *plan);

/* Reads, and looks, as far as what was found lets it; < 0: no file, or no machine. */
int plan_examine(struct app *app, struct plan *plan);

extern const struct noun plan_applied_noun;
int run_plan_apply(struct app *app);

/* ------------------------------------------------------------------- its steps */

struct plan_step {
	const struct plan_item *item;
	char **words; /* of a command, ended by NULL; NULL: memory is made */
};

struct plan_steps {
	struct plan_step *items;
	size_t count;
};

int plan_make_steps(const struct plan *plan, struct plan_steps *steps);
void plan_free_steps(struct plan_steps *steps);
/* As a line of a batch has it; the caller frees it. */
char *plan_step_to_text(const struct plan_step *step);
/* Do them in APP's session; an exit code. */
int plan_do(struct app *app, struct plan *plan, const struct plan_steps *steps);
/* The data that a driver gets for FIELDS of ITEM: COUNT words. */
void plan_encode(const struct plan_item *item, const struct plan_field *fields, uint64_t *words,
		 size_t count);

#endif
