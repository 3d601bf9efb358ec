/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the library's files share. */
#ifndef IOMMUCTL_INTERNAL_H
#define IOMMUCTL_INTERNAL_H

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "iommuctl.h"

#define IOMMUCTL_EXPORT	     __attribute__((visibility("default")))
#define PRINTF(string, args) __attribute__((format(printf, string, args)))
#define CLEANUP(fn)	     __attribute__((cleanup(fn)))
#define ARRAY_SIZE(array)    (sizeof(array) / sizeof((array)[0]))

static inline void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void free_text(char **text)
{
	free(*text);
}

/* ---------------------------------------------------------------- context */

#define DIAG_HINTS 4

struct iommuctl_diag {
	const char *cause; /* its name in the table of causes; NULL: none of that table */
	char object[128];
	char action[64];
	char reason[256];
	char hint[DIAG_HINTS][256];
	unsigned int hints;
};

/* The calls that reach the kernel's devices; a unit test replaces them. */
struct device_ops {
	int (*open)(struct iommuctl_context *ctx, const char *path);
	int (*ioctl)(int fd, unsigned long request, void *arg);
};

struct iommuctl_context {
	unsigned int refs;
	bool is_watched; /* there is a trace, or a dry run */
	bool dry_run;
	iommuctl_trace_fn trace;
	void *trace_data;
	int *pretended; /* in a dry run: files on which a call was left out */
	size_t pretended_count;
	uint32_t pretended_ids;
	int root_fd;
	bool has_root;
	bool no_openat2;
	struct vfs *archive;	 /* the root, where it is an archive */
	struct recorder *record; /* of a snapshot being made: what is read is added to it */
	char *cmdline, *config;	 /* of the kernel, once they were asked for; empty: not known */
	char release[65];
	const struct device_ops *ops;
	struct iommuctl_diag diag;
	char *notes[IOMMUCTL_NOTES_MAX];
	size_t note_count;
};

/* Set the diagnostic and return -ERROR; a NULL FORMAT means the errno's text. */
PRINTF(5, 6)
int diag_set(struct iommuctl_context *ctx, int error, const char *object, const char *action,
	     const char *format, ...);
/* Up to DIAG_HINTS of them. */
PRINTF(2, 0) void diag_add_hint(struct iommuctl_diag *diag, const char *format, va_list args);
PRINTF(2, 3) void diag_hint(struct iommuctl_context *ctx, const char *format, ...);
void context_note(struct iommuctl_context *ctx, const char *path, int error);
void context_clear_notes(struct iommuctl_context *ctx);

/* --------------------------------------------------------------------- io */

/*
 * All paths are relative to the context's root ("sys/class/iommu"), and never
 * lead out of it. Results are negative errno values on failure.
 */

/* An attribute of sysfs is a page at most; what is longer is refused. */
#define IO_TEXT_MAX 65536

/* -EOPNOTSUPP where the root is an archive. */
int io_open(struct iommuctl_context *ctx, const char *path, int flags);
/*
 * The whole file, NUL-terminated, without final newlines, into BUF.
 * -E2BIG when it does not fit, -EILSEQ when it has NUL bytes.
 */
ssize_t io_read(struct iommuctl_context *ctx, const char *path, char *buf, size_t size);
/*
 * The whole of a file that may be binary, with a NUL behind it, into memory the caller frees.
 * -E2BIG when it is longer than LIMIT.
 */
ssize_t io_read_all(struct iommuctl_context *ctx, const char *path, size_t limit, char **ret_data);
/* S_IFDIR, S_IFREG, ...: of what PATH leads to. */
int io_type(struct iommuctl_context *ctx, const char *path);
/* The same of what was opened. */
ssize_t io_read_fd(int fd, size_t limit, char **ret_data);
bool io_exists(struct iommuctl_context *ctx, const char *path);
ssize_t io_readlink(struct iommuctl_context *ctx, const char *path, char *buf, size_t size);
/* Whether no limit of locked memory counts; what a container's root has does not. */
bool may_lock_all(void);
/* Calls FN with every name of directory PATH but . and ..; stops when it fails. */
int io_list(struct iommuctl_context *ctx, const char *path, int (*fn)(const char *name, void *data),
	    void *data);
/* dir/name/attr into BUF; -ENAMETOOLONG. */
PRINTF(3, 4) int io_path(char *buf, size_t size, const char *format, ...);

/* ----------------------------------------------------------------- kernel */

/*
 * How the kernel was started and built. Read when first asked for; a context keeps it.
 * 1: the command line has OPTION with WORD in its list of words, or, WORD being NULL, OPTION
 * itself; 0: not; -ENODATA not known.
 */
int kernel_has_option(struct iommuctl_context *ctx, const char *option, const char *word);
/* The value of the last OPTION=value, without quotes; NULL: none. Borrowed from the context. */
const char *kernel_get_option(struct iommuctl_context *ctx, const char *option);
/* NAME without CONFIG_: 'y', 'm', 'n'; -ENODATA not known. */
int kernel_get_config(struct iommuctl_context *ctx, const char *name);
/* "6.12.41+deb13-amd64"; NULL: not known. */
const char *kernel_get_release(struct iommuctl_context *ctx);
/* Whether it is that of Linux VERSION ("6.7") or later: 1, 0; -ENODATA not known. */
int kernel_is_since(struct iommuctl_context *ctx, const char *version);
/* The last of WORDS that options OPTION have: its index; -ENOENT none, -ENODATA not known. */
int kernel_last_word(struct iommuctl_context *ctx, const char *option, const char *const *words,
		     size_t count);
void kernel_forget(struct iommuctl_context *ctx);

/*
 * The lines of the kernel's log that concern IOMMUs, for iommuctl_log_parse(): of this machine's
 * buffer, or of var/log/dmesg where that may not be read, has lost the boot, or there is a root.
 * The caller frees the text. -EPERM, -ENOENT; -ESTALE: the file is another kernel's.
 */
int log_read_kernel(struct iommuctl_context *ctx, char **ret_text, size_t *ret_length);
/* Never a line that has the kernel's command line. */
bool log_line_is_iommu(const char *line, size_t length);
#define KERNEL_LOG_MAX (64u << 20)
/*
 * What a machine whose kernel logged TEXT, of LENGTH bytes and a NUL, would show of itself. TEXT is
 * used up. Errors: -EBADMSG it tells of no IOMMU.
 */
int log_to_root(char *text, size_t length, struct vfs **ret_vfs);

/* ------------------------------------------------------------------ parse */

/* The whole of TEXT is one number; base 0, 10 or 16, 0x allowed with 0 and 16. */
bool parse_u64(const char *text, unsigned int base, uint64_t *ret);
/* A PCI address, the domain at least four digits: "0000:00:1f.3". */
bool parse_pci_address(const char *text, uint64_t *ret_key);
/* Index of TEXT in WORDS, or -1. */
int parse_word(const char *text, const char *const *words, size_t count);
/* What follows the last slash. */
const char *path_last(const char *path);
/* The same of what the user typed, where slashes may follow: into BUF; NULL when too long. */
const char *path_name(const char *path, char *buf, size_t size);

/* ------------------------------------------------------------------ arena */

/* Memory freed at once; strings of a topology live here. */
struct arena {
	struct arena_chunk *chunk;
};

void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
void arena_free(struct arena *arena);

/* Grow *ARRAY, of COUNT elements of SIZE bytes, by one zeroed element. */
void *array_grow(void *array_ptr, size_t *count, size_t size);

/* --------------------------------------------------------------- topology */

struct register_value {
	const struct iommuctl_register *reg;
	uint64_t value;
	const char *source;
};

#define IOMMU_REGISTERS_MAX 16

struct iommuctl_iommu {
	const char *name;
	const char *node;
	const char *version;
	enum iommuctl_model model;
	struct register_value registers[IOMMU_REGISTERS_MAX];
	size_t register_count;
	uint64_t dma_bits; /* what domains of iommufd translate, if not input_bits; 0: the same */
	struct iommuctl_value features[IOMMUCTL_FEATURE_COUNT];
	const char *sources[IOMMUCTL_FEATURE_COUNT];
	const struct iort_smmu *iort; /* SMMUv3 */
	/* the firmware has its word against the register's */
	bool overridden_dirty, overridden_coherency;
	const struct iommuctl_device **devices;
	size_t device_count;
};

struct iommuctl_group {
	uint64_t id;
	const char *name;
	struct iommuctl_topology *topology;
	enum iommuctl_domain_type type;
	bool has_type, has_regions, has_drivers;
	struct iommuctl_region *regions;
	size_t region_count;
	const struct iommuctl_device **devices;
	size_t device_count;
};

struct iommuctl_device {
	const char *name;
	const char *path;
	struct iommuctl_topology *topology;
	const char *subsystem;
	const char *driver;
	const char *vfio_node;
	const char *vendor_name;
	const char *device_name;
	const char *modalias;
	const struct iommuctl_group *group;
	const struct iommuctl_iommu *iommu;
	const char **net_interfaces;
	size_t net_count;
	uint64_t pci_address; /* sort key; meaningful when IS_PCI */
	uint32_t class;
	uint16_t vendor_id, device_id;
	bool is_pci, has_ids, has_class, has_driver;
};

/* ACPI's table, by the addresses of SMMUs. */
struct iort {
	struct iort_smmu *smmus;
	size_t count;
};

struct iommuctl_disagreement {
	const char *feature;
	const struct iommuctl_register *reg;
	const struct iommuctl_field *field;
	const struct iommuctl_iommu **iommus;
	bool *has; /* of each of them */
	size_t count;
};

struct iommuctl_topology {
	unsigned int refs;
	unsigned int flags;
	unsigned int incomplete; /* flags of which something could not be read */
	struct iommuctl_context *ctx;
	struct arena arena;
	struct iommuctl_iommu *iommus;
	size_t iommu_count;
	struct iommuctl_group *groups;
	size_t group_count;
	struct iommuctl_device *devices;
	size_t device_count;
	struct iommuctl_disagreement *disagreements;
	size_t disagreement_count;
	const struct iommuctl_iommu *common; /* what all VT-d units have */
	/* read when the first IOMMU needs them */
	struct iommuctl_log *log;
	const struct iommuctl_log_entry **log_index; /* by object */
	size_t log_count;
	struct iort iort;
	bool log_read, iort_read;
};

/* Names and membership, without which there is no topology. */
int topology_load_names(struct iommuctl_topology *topology);
/* Sort, and drop what is there twice. */
void topology_sort_devices(struct iommuctl_topology *topology);
void topology_sort_groups(struct iommuctl_topology *topology);
void topology_sort_iommus(struct iommuctl_topology *topology);
/* NULL when there is none. */
struct iommuctl_device *topology_device(const struct iommuctl_topology *topology, const char *name);
struct iommuctl_group *topology_group(const struct iommuctl_topology *topology, uint64_t id);
struct iommuctl_iommu *topology_iommu(const struct iommuctl_topology *topology, const char *name);

void iommu_load(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu);
/* What follows from conditions, and defaults. */
void iommu_complete(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu);
/* Whose registers are read. */
int topology_compare_units(struct iommuctl_topology *topology);
/* What IOMMUs have in common of which one has the value A, the other B. */
uint64_t register_common(const struct iommuctl_register *reg, uint64_t a, uint64_t b);
int group_load(struct iommuctl_topology *topology, struct iommuctl_group *group);
int device_load(struct iommuctl_topology *topology, struct iommuctl_device *device);
int device_load_links(struct iommuctl_topology *topology);
int device_load_names(struct iommuctl_topology *topology);

/* ---------------------------------------------------------------- features */

/* Names of a model's instances, and how its features follow from registers. */
struct model {
	const char *name;
	const char *prefix; /* of entries in /sys/class/iommu */
	bool numbered;	    /* nothing but a number follows the prefix */
	const char *driver; /* of the entry's parent device, where names tell nothing */
	void (*load)(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu);
	const struct feature_default *defaults;
	size_t default_count;
	const struct condition *conditions;
	size_t condition_count;
};

/* A value like the public one, with room for the longest default. */
struct feature_default {
	enum iommuctl_feature feature;
	struct {
		enum iommuctl_value_type type;
		unsigned int count;
		union {
			bool boolean;
			uint64_t number;
			const char *text;
			uint64_t numbers[3];
			const char *texts[3];
		};
	} value;
};

/* clang-format off */
#define VALUE_BOOL(b) { .type = IOMMUCTL_VALUE_BOOL, .boolean = (b) }
#define VALUE_NUMBER(n) { .type = IOMMUCTL_VALUE_NUMBER, .number = (n) }
#define VALUE_TEXT(t) { .type = IOMMUCTL_VALUE_TEXT, .text = (t) }
#define VALUE_NUMBERS(n, ...) \
	{ .type = IOMMUCTL_VALUE_NUMBERS, .count = (n), .numbers = { __VA_ARGS__ } }
#define VALUE_TEXTS(n, ...) \
	{ .type = IOMMUCTL_VALUE_TEXTS, .count = (n), .texts = { __VA_ARGS__ } }

/* What is optional is not there unless the kernel says so. */
#define DEFAULTS_OPTIONAL_ABSENT \
	{ IOMMUCTL_FEATURE_PASID_BITS, VALUE_NUMBER(0) }, \
	{ IOMMUCTL_FEATURE_BTM, VALUE_BOOL(false) }, \
	{ IOMMUCTL_FEATURE_HTTU, VALUE_TEXT("none") }, \
	{ IOMMUCTL_FEATURE_STALL, VALUE_TEXT("none") }, \
	{ IOMMUCTL_FEATURE_ATS, VALUE_BOOL(false) }, \
	{ IOMMUCTL_FEATURE_PRI, VALUE_BOOL(false) }, \
	{ IOMMUCTL_FEATURE_POSTED_INTERRUPTS, VALUE_BOOL(false) }, \
	{ IOMMUCTL_FEATURE_CACHING_MODE, VALUE_BOOL(false) }, \
	{ IOMMUCTL_FEATURE_EXTENDED_ACCESS_FLAG, VALUE_BOOL(false) }, \
	{ IOMMUCTL_FEATURE_SUPERVISOR_REQUESTS, VALUE_BOOL(false) }

/* FEATURE is not there, and why. */
#define DEFAULT_NO(feature, reason) \
	{ IOMMUCTL_FEATURE_##feature, VALUE_BOOL(false) }, \
	{ IOMMUCTL_FEATURE_##feature##_REASON, VALUE_TEXT(reason) }

/* What every model needs of the kernel. */
#define CONDITION_NO_ATS \
	{ ASKS(IOPF), NEEDS_NO_OPTION, "pci", "noats", NULL, \
	  "ATS, which page requests need, is switched off (pci=noats)" }
#define CONDITION_IOMMUFD \
	{ ASKS(NESTING) | ASKS(PASID) | ASKS(IOPF) | ASKS(DIRTY_TRACKING), NEEDS_CONFIG, "IOMMUFD", \
	  NULL, NULL, "the kernel was built without iommufd (CONFIG_IOMMUFD is not set)" }

#define NOT_PUBLISHED "the kernel does not publish whether this IOMMU can"
/* clang-format on */

extern const struct model model_intel_vtd, model_amd_vi, model_virtio_iommu, model_arm_smmu_v3,
	model_arm_smmu, model_riscv_iommu, model_spapr_tce, model_s390_pci, model_apple_dart;

const struct model *model_get(enum iommuctl_model model);

enum condition_kind {
	NEEDS_FIELD,	 /* field WORD of register NAME is not 0 */
	NEEDS_NO_OPTION, /* the command line has no option NAME with WORD */
	NEEDS_CONFIG, /* CONFIG_NAME is set; kernels of release WORD, if any, or later do without */
	NEEDS_RELEASE, /* Linux of release NAME, or later */
	NEEDS_TEST,    /* test() does not answer 0 */
	NEEDS_MORE,    /* what no Linux has yet */
};

/* Questions that conditions answer: bits of features, and one that only models ask. */
#define ASKS(feature) (UINT64_C(1) << IOMMUCTL_FEATURE_##feature)
#define ASKS_MODEL    (UINT64_C(1) << 63)

/*
 * What QUESTIONS need. A model's conditions are walked in order: the first that does not hold is
 * the reason. So hardware comes first, then errata, the command line, the kernel and its
 * configuration, and at last what Linux does not do.
 */
struct condition {
	uint64_t questions;
	enum condition_kind kind;
	const char *name, *word;
	/* 1, 0, or -ENODATA: not known; *RET_SOURCE is what it looked at */
	int (*test)(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
		    const char **ret_source);
	const char *reason;
};

struct answer {
	int value; /* 1, 0, -ENODATA */
	const char *reason, *source;
};

/* They are told by their addresses. */
extern const char source_default[], source_command_line[], source_configuration[], source_release[];

/* "a, b", unless A has B already. */
const char *source_join(struct iommuctl_topology *topology, const char *a, const char *b);

struct answer iommu_ask(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
			uint64_t question);
/* All features that the conditions of the model are about. */
void iommu_answer(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu);

/* What a model's load() reads with: ATTRIBUTE is relative to the entry in /sys/class/iommu. */
bool iommu_read_attribute(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
			  const char *attribute, char *buf, size_t size);
/* A hexadecimal number, with or without 0x, added to the IOMMU's registers. */
bool iommu_read_register(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu,
			 const char *attribute, const char *reg_name);
void iommu_read_version(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu,
			const char *attribute);
/* Or a new value of one that is there. */
void iommu_add_register(struct iommuctl_iommu *iommu, const char *reg_name, uint64_t value,
			const char *source);
/* The name of the device behind the IOMMU's entry, which drivers print. */
bool iommu_device_name(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
		       char *name, size_t size);
extern const char source_log[];
/*
 * Adds what the kernel's log, read once a topology, tells of the IOMMU's registers. PART, if not
 * NULL, is called for those of which it tells but some bits.
 */
void iommu_read_log(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu,
		    void (*part)(struct iommuctl_iommu *iommu,
				 const struct iommuctl_log_entry *entry));

/* A register of one field that is the value of a feature. */
struct log_number {
	const char *reg;
	enum iommuctl_feature feature;
};

/* A later one counts. */
void iommu_log_numbers(struct iommuctl_iommu *iommu, const struct log_number *numbers,
		       size_t count);
/* NULL: not known. */
const struct register_value *iommu_find_register(const struct iommuctl_iommu *iommu,
						 const char *reg_name);
/* The bits of a field; 0 where the register is not known. */
uint64_t iommu_field(const struct iommuctl_iommu *iommu, const char *reg_name,
		     const char *field_name);
/* ATTRIBUTE was read and makes no sense. */
void iommu_note(struct iommuctl_topology *topology, const struct iommuctl_iommu *iommu,
		const char *attribute);
/* The bits HIGH:LOW of a register that was read. */
uint64_t bits(uint64_t value, unsigned int high, unsigned int low);
/* All but what follows from conditions; the registers are there. */
void vtd_load_features(struct iommuctl_topology *topology, struct iommuctl_iommu *iommu);
void feature_set(struct iommuctl_iommu *iommu, enum iommuctl_feature feature,
		 struct iommuctl_value value, const char *source);
void feature_bool(struct iommuctl_iommu *iommu, enum iommuctl_feature feature, bool value,
		  const char *source);
void feature_number(struct iommuctl_iommu *iommu, enum iommuctl_feature feature, uint64_t value,
		    const char *source);
void feature_text(struct iommuctl_iommu *iommu, enum iommuctl_feature feature, const char *value,
		  const char *source);

/* --------------------------------------------------------------- registers */

enum field_kind {
	FIELD_FLAG,   /* one bit */
	FIELD_NUMBER, /* (raw << shift) + bias */
	FIELD_POWER,  /* 1 << (raw * scale + bias) */
	FIELD_ENUM,   /* labels[raw]; NULL: no meaning */
	FIELD_CODE,   /* numbers[raw]; 0: no meaning */
	FIELD_NAMED,  /* the name that the register's value has, or else raw */
	FIELD_SET,    /* labels of the bits that are set */
	FIELD_SIZES,  /* numbers of the bits that are set; without numbers: their weights */
};

/* A name of values that are VALUE in the bits of MASK. */
struct field_name {
	uint64_t mask, value;
	const char *name;
};

struct iommuctl_field {
	const char *name;
	const char *help;
	unsigned char high, low;
	enum field_kind kind;
	unsigned char shift, scale;
	unsigned int bias;
	unsigned int most;	   /* a larger raw value is reserved; 0: none is */
	const char *const *labels; /* as many as the raw value, or the bits, can have */
	const uint64_t *numbers;
	const struct field_name *names; /* ended by { 0 } */
};

struct iommuctl_register {
	enum iommuctl_model model;
	const char *arch; /* what has it, where that is no model */
	const char *name;
	const char *help;
	const char *spec;
	unsigned int width;
	const struct iommuctl_field *fields;
	size_t field_count;
};

extern const struct iommuctl_register vtd_registers[2], amd_registers[3], virtio_registers[3],
	smmu_v3_registers[15], smmu_registers[14], riscv_registers[1], tegra_registers[3],
	pci_registers[12], dart_registers[5];

/* NULL: REG, which may be NULL, has none of that name. */
const struct iommuctl_field *register_find_field(const struct iommuctl_register *reg,
						 const char *name);

/* ----------------------------------------------------------------- iommufd */

struct iommuctl_iommufd {
	unsigned int refs;
	int fd;
	pid_t owner; /* a forked child's handles end, and nothing of the parent's */
	struct iommuctl_context *ctx;
	struct iommuctl_session *session; /* whose it is; or NULL */
	struct iommuctl_object *objects;  /* this process's handles */
};

struct iommuctl_object {
	unsigned int refs;
	struct iommuctl_object *next, **at; /* in the list of the iommufd */
	struct iommuctl_iommufd *iommufd;
	enum iommuctl_object_kind kind;
	uint32_t id;	   /* 0: destroyed */
	bool borrowed;	   /* the kernel's object stays */
	int fd;		   /* of a queue; or -1 */
	uint32_t type;	   /* of a queue's events */
	uint32_t sequence; /* of the last event read */
	bool has_sequence;
	struct iommuctl_vfio *vfio; /* which ends with this */
	struct iommuctl_object *parents[2];
};

/* A veventq's type of the mock of CONFIG_IOMMUFD_TEST, which is in no exported header. */
#define VEVENTQ_TYPE_SELFTEST 0xbeefbeefu

#define KIND(name) (1u << IOMMUCTL_OBJECT_##name)
/* Whether OBJECT is of one of the kinds WANTED: KIND(IOAS) | KIND(HWPT). */
static inline bool object_is(const struct iommuctl_object *object, unsigned int wanted)
{
	return object && 1u << object->kind & wanted;
}

struct iommuctl_object *object_new(struct iommuctl_iommufd *iommufd,
				   enum iommuctl_object_kind kind);
/* OBJECT keeps PARENT, if not NULL, until it ends. */
void object_hold(struct iommuctl_object *object, struct iommuctl_object *parent);
/* Up to the first NULL. */
#define PARENTS(...) ((struct iommuctl_object *const[]){ __VA_ARGS__, NULL })
#define NO_PARENTS   ((struct iommuctl_object *const[]){ NULL })
/*
 * Allocate by REQUEST, whose argument is ARG and has the new id at RET_ID. The handle is made
 * first: nothing is left in the kernel when memory is short.
 */
int object_alloc(struct iommuctl_iommufd *iommufd, enum iommuctl_object_kind kind,
		 unsigned long request, void *arg, const uint32_t *ret_id,
		 struct iommuctl_object *const *parents, struct iommuctl_object **ret_object);
/* OBJECT, or what it was to be made of if it could not be made. */
const struct iommuctl_object *object_named(const struct iommuctl_object *object);
/* Of that: "ioas 3", "0000:03:00.0" */
void object_name(const struct iommuctl_object *object, char *buf, size_t size);
/* Put the failure, with REASON or the errno's text, into the diagnostic; returns -ERROR. */
int diag_object(const struct iommuctl_object *object, int error, const char *action,
		const char *reason);
/* The same with the cause, which is looked for, of a call that failed. ARG may be NULL. */
int object_failed(const struct iommuctl_object *object, unsigned long request, const void *arg,
		  int error, const char *action);
/* iommuctl_ioas_get_ranges() without a diagnostic. */
int ioas_ask_ranges(const struct iommuctl_object *ioas, struct iommuctl_range_set **ret_set,
		    uint64_t *ret_alignment);
/* The options as this library knows them, from a caller who may know fewer or more. */
int opts_take(void *to, size_t to_size, const void *from, size_t from_size);

/* To what a device, or one of its PASIDs, is attached. */
struct attachment {
	bool has_pasid;
	uint32_t pasid;
	struct iommuctl_object *pt;
};

struct iommuctl_vfio {
	struct iommuctl_context *ctx;
	struct iommuctl_topology *topology;
	const struct iommuctl_device *device;
	struct iommuctl_object *object; /* NULL: not bound */
	struct attachment *attachments;
	size_t attachment_count;
	int fd;
};

int vfio_failed(const struct iommuctl_vfio *vfio, unsigned long request, const void *arg, int error,
		const char *action);
/* Once nothing is made of it any more. */
void vfio_end(struct iommuctl_vfio *vfio);

extern const struct device_ops device_ops_kernel;

/* Opens a device node; close-on-exec. */
int device_open(struct iommuctl_context *ctx, const char *path);
/*
 * ioctl() with EINTR retried and the result as a negative errno value: of iommufd, and of VFIO's
 * devices and groups; of its containers of type 1, which use the same numbers; of those of sPAPR.
 */
int device_ioctl(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg);
int container_ioctl(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg);
int spapr_ioctl(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg);
/* The same of a call that can have no effect, whatever ARG is: it is made in a dry run too. */
int device_ask(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg);
int container_ask(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg);
/* Write RESPONSE to the file of a fault queue; bytes, or a negative errno value. */
struct abi_iommu_hwpt_page_response;
int device_respond(struct iommuctl_context *ctx, int fd,
		   const struct abi_iommu_hwpt_page_response *response);
/* What all of these come to; unseen by a trace. */
int io_ioctl(struct iommuctl_context *ctx, int fd, unsigned long request, void *arg);
int io_respond(int fd, const struct abi_iommu_hwpt_page_response *response);
/* Why DEVICE has no VFIO node; returns -ENXIO. */
int explain_no_vfio(struct iommuctl_context *ctx, const struct iommuctl_device *device);
bool driver_leaves_dma(const char *driver);

#endif
