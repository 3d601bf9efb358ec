/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the iommuctl authors */
#ifndef IOMMUCTL_H
#define IOMMUCTL_H

/*
 * libiommuctl: what a Linux machine's IOMMUs can do, who sits behind them and
 * which I/O addresses are usable; and iommufd from C.
 *
 * Results. A function that can fail returns 0 or a positive count, or a
 * negative errno value. Outputs come last, are named ret_..., and are left
 * alone on failure. A fact the kernel does not publish is -ENODATA. Besides
 * the values each function names, any function that allocates may return
 * -ENOMEM, and a required pointer that is NULL gives -EINVAL.
 *
 * Lifetimes. There are three families:
 *   owners           context, topology: counted references, _ref and _unref;
 *                    range set, feature set, verdict, log, hardware
 *                    information, holders, container information, kernel
 *                    probe, chain, list of sessions and session entry: plain
 *                    memory, _free
 *   borrowed         iommu, group, device, region: const pointers, valid as
 *                    long as their topology; kernel entry, as its probe;
 *                    register, field, profile, format, option: static
 *   kernel objects   iommufd, object, vfio device, vfio group, container,
 *                    session, keeper: own an fd or an id and a reference on
 *                    what they need; _close or _free, in any order
 * Destructors take NULL and return NULL.
 *
 * Threads. A topology does not change after it was loaded: many threads may
 * read it. Every other object, and the context itself, belongs to one thread
 * at a time. The library keeps no process-wide state, never prints, never
 * exits, and opens every file close-on-exec.
 *
 * Reading never writes: loading a topology opens only files of sysfs, and those
 * that tell how the kernel was started and built; never a device node, never PCI
 * configuration space, which only IOMMUCTL_CHAIN_CONFIG reads.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------- context */

struct iommuctl_context;

/* A context for this machine. */
int iommuctl_context_new(struct iommuctl_context **ret_ctx);
struct iommuctl_context *iommuctl_context_ref(struct iommuctl_context *ctx);
struct iommuctl_context *iommuctl_context_unref(struct iommuctl_context *ctx);

/*
 * Read PATH instead of this machine: a directory with a copy of another one's
 * /sys and the like, or an archive (tar, also compressed with gzip, xz or
 * zstd), which is held in memory and never unpacked to disk. Symbolic links of
 * a directory are followed inside it only, also absolute ones; needs
 * openat2(), Linux 5.6. An archive is refused when it has absolute names or
 * names that lead upwards, links out of it, hard links, anything but files,
 * directories and links, a name twice, more than 2^20 entries, 64 directories
 * in each other, 16 MiB in a file, 256 MiB in all or 1 GiB once decompressed,
 * or when it is cut short. The memory of PCI devices (resource0, rom) is
 * passed over. Or a kernel's log of at most 64 MiB, as dmesg prints it: the
 * registers in it, and the groups of devices, are shown as sysfs would.
 * Errors: those of open(); -ENOSYS without openat2(); -EBADMSG, -E2BIG the
 * archive is refused (see the diagnostic).
 */
int iommuctl_context_set_root(struct iommuctl_context *ctx, const char *path);
/* Whether a root other than this machine's was set. */
bool iommuctl_context_has_root(const struct iommuctl_context *ctx);

/*
 * What the last failing function of this context's objects met, beyond its
 * errno: borrowed, valid until the next call that takes an object of CTX.
 */
struct iommuctl_diag;
const struct iommuctl_diag *iommuctl_context_get_diag(const struct iommuctl_context *ctx);
/* The object concerned ("0000:03:00.0", "/dev/iommu"); never NULL. */
const char *iommuctl_diag_get_object(const struct iommuctl_diag *diag);
/* The action that failed ("bind to iommufd"); never NULL. */
const char *iommuctl_diag_get_action(const struct iommuctl_diag *diag);
/* The cause found, or else the errno's text; never NULL. */
const char *iommuctl_diag_get_reason(const struct iommuctl_diag *diag);
/* Next steps, each one line; NULL when I is past the last one. */
const char *iommuctl_diag_get_hint(const struct iommuctl_diag *diag, size_t i);

/*
 * Files that exist but could not be read while loading, in the order met:
 * "sys/class/iommu/dmar0/intel-iommu/cap: Permission denied". NULL when I is
 * past the last one. At most IOMMUCTL_NOTES_MAX are kept; borrowed, emptied by
 * the next load.
 */
#define IOMMUCTL_NOTES_MAX 64
const char *iommuctl_context_get_note(const struct iommuctl_context *ctx, size_t i);

/*
 * How many bytes this process may lock: RLIMIT_MEMLOCK, or UINT64_MAX where
 * nothing limits it. Errors: -EOPNOTSUPP the context has a root.
 */
int iommuctl_context_get_memlock(const struct iommuctl_context *ctx, uint64_t *ret_bytes);
/*
 * Huge pages that nobody has. PAGE_SIZE, in bytes: in, or 0 for the kernel's
 * default; out. Errors: -ENOENT there is no such size; those of reading.
 */
int iommuctl_context_get_huge_pages(struct iommuctl_context *ctx, uint64_t *page_size,
				    uint64_t *ret_free);

/* ---------------------------------------------------------- value types */

/* First and last address, both inclusive, as the kernel counts them. */
struct iommuctl_range {
	uint64_t start;
	uint64_t end;
};

/* ---------------------------------------------------------------- calls */

/*
 * A call of the kernel that the library made: an ioctl of a device node, the
 * opening of one, or a response written to a fault queue. Borrowed, with its fields and all their
 * texts, until the function it was given to returns.
 */
struct iommuctl_call;
struct iommuctl_call_field;
typedef void (*iommuctl_trace_fn)(const struct iommuctl_call *call, void *userdata);

/*
 * Call FN after every call that objects of CTX make; NULL: no more. It must use
 * no object of CTX.
 */
void iommuctl_context_set_trace(struct iommuctl_context *ctx, iommuctl_trace_fn fn, void *userdata);
/*
 * Whether calls that change something are left out. They then succeed: result
 * 0, or a file descriptor of /dev/null; ids from 2^31 on, which the kernel never
 * gives; file descriptors -1. A question about what was not made, such an id or
 * a device that was not bound, is left out too, its answer being 0. Others are
 * asked. Set it before anything is opened.
 */
void iommuctl_context_set_dry_run(struct iommuctl_context *ctx, bool dry_run);

/* As in the kernel's headers: "IOMMU_IOAS_MAP"; "open", "write"; "ioctl": not known here. */
const char *iommuctl_call_get_name(const struct iommuctl_call *call);
/* The version of Linux that brought it ("6.2"); NULL: of open, or not known. */
const char *iommuctl_call_get_since(const struct iommuctl_call *call);
/* The number of the ioctl; 0: it is none. */
unsigned long iommuctl_call_get_request(const struct iommuctl_call *call);
/* What it was made on; -1: of open. */
int iommuctl_call_get_fd(const struct iommuctl_call *call);
/* What it returned, or a negative errno value. */
int iommuctl_call_get_result(const struct iommuctl_call *call);
/* False: it was left out, see iommuctl_context_set_dry_run(). */
bool iommuctl_call_was_issued(const struct iommuctl_call *call);
/*
 * What went in, then what came out, each in the order of the kernel's struct;
 * what goes in and comes out is there twice. Sizes that are the struct's and
 * reserved zeros are left out. NULL past the last one.
 */
const struct iommuctl_call_field *iommuctl_call_get_field(const struct iommuctl_call *call,
							  size_t i);

enum iommuctl_call_field_kind {
	IOMMUCTL_CALL_NUMBER = 0,
	IOMMUCTL_CALL_HEX = 1, /* an address, a mask */
	IOMMUCTL_CALL_FD = 2,  /* signed */
	IOMMUCTL_CALL_FLAGS = 3,
	IOMMUCTL_CALL_ENUM = 4,
	IOMMUCTL_CALL_TEXT = 5,
	IOMMUCTL_CALL_RANGES = 6,
};

/* "user_va" */
const char *iommuctl_call_field_get_name(const struct iommuctl_call_field *field);
bool iommuctl_call_field_is_output(const struct iommuctl_call_field *field);
enum iommuctl_call_field_kind iommuctl_call_field_get_kind(const struct iommuctl_call_field *field);
/* As it is in the struct; of texts and ranges their address. */
uint64_t iommuctl_call_field_get_value(const struct iommuctl_call_field *field);
/*
 * For people: "4096", "0x1000", "READABLE|WRITEABLE", "[0x0-0xfedfffff, ...]";
 * "new1" for the first id of a dry run.
 */
const char *iommuctl_call_field_get_text(const struct iommuctl_call_field *field);
/* Of flags and enumerations the names, last the bits that have none ("0x80"); NULL: no more. */
const char *iommuctl_call_field_get_label(const struct iommuctl_call_field *field, size_t i);
/* Of ranges; -ENOENT past the last one. */
int iommuctl_call_field_get_range(const struct iommuctl_call_field *field, size_t i,
				  struct iommuctl_range *ret_range);

/* ------------------------------------------------------------ snapshots */

/* What is recorded besides what reading functions read of /sys, /proc and the kernel's log. */
#define IOMMUCTL_SNAPSHOT_ACPI	  (1u << 0) /* ACPI tables about IOMMUs; needs root */
#define IOMMUCTL_SNAPSHOT_CONFIG  (1u << 1) /* PCI configuration space; can wake devices up */
#define IOMMUCTL_SNAPSHOT_PRIVATE (1u << 2) /* nothing is redacted */

struct iommuctl_snapshot;

/*
 * Record the machine, or the context's root, in memory: of the kernel's log
 * the lines about IOMMUs, of its configuration such options, the answers of
 * iommuctl_kernel_probe_load(), and what loading a topology reads. Unless
 * _PRIVATE is given, it is redacted: the kernel's command line but for options
 * about IOMMUs and the like, hardware addresses, UUIDs and the host's name in
 * texts, addresses in the names of network interfaces, serial numbers. What
 * could not be read is missing, see iommuctl_context_get_note().
 * Errors: -EINVAL unknown flags; those of iommuctl_topology_load().
 */
int iommuctl_snapshot_create(struct iommuctl_context *ctx, unsigned int flags,
			     struct iommuctl_snapshot **ret_snapshot);
struct iommuctl_snapshot *iommuctl_snapshot_free(struct iommuctl_snapshot *snapshot);
/* The number of files in it. */
size_t iommuctl_snapshot_get_count(const struct iommuctl_snapshot *snapshot);
/*
 * Write it to FD as a tar archive compressed with zstd, for
 * iommuctl_context_set_root(). The bytes depend on the content alone.
 * Errors: those of write(); -EIO.
 */
int iommuctl_snapshot_write(const struct iommuctl_snapshot *snapshot, int fd);

/* --------------------------------------------------------------- values */

enum iommuctl_value_type {
	IOMMUCTL_VALUE_NONE = 0, /* unknown */
	IOMMUCTL_VALUE_BOOL = 1,
	IOMMUCTL_VALUE_NUMBER = 2,
	IOMMUCTL_VALUE_TEXT = 3,
	IOMMUCTL_VALUE_NUMBERS = 4, /* COUNT of them */
	IOMMUCTL_VALUE_TEXTS = 5,   /* COUNT of them */
};

#define IOMMUCTL_VALUE_MAX 64

/* A decoded fact. Texts are static. */
struct iommuctl_value {
	enum iommuctl_value_type type;
	unsigned int count;
	union {
		bool boolean;
		uint64_t number;
		const char *text;
		uint64_t numbers[IOMMUCTL_VALUE_MAX];
		const char *texts[IOMMUCTL_VALUE_MAX];
	};
};

/* --------------------------------------------------------------- models */

/*
 * The registry of IOMMU models. A number is stable for ever; an optional
 * feature never changes it.
 */
enum iommuctl_model {
	IOMMUCTL_MODEL_UNKNOWN = 0,
	IOMMUCTL_MODEL_INTEL_VTD = 1,
	IOMMUCTL_MODEL_ARM_SMMU_V3 = 2,
	IOMMUCTL_MODEL_AMD_VI = 3,
	IOMMUCTL_MODEL_VIRTIO_IOMMU = 4,
	IOMMUCTL_MODEL_ARM_SMMU = 5, /* versions 1 and 2 */
	IOMMUCTL_MODEL_RISCV_IOMMU = 6,
	IOMMUCTL_MODEL_SPAPR_TCE = 7,
	IOMMUCTL_MODEL_S390_PCI = 8,
	IOMMUCTL_MODEL_APPLE_DART = 9,
};

/* "intel-vtd", "amd-vi", ...; "unknown" for a number that is not known. */
const char *iommuctl_model_to_string(enum iommuctl_model model);
/* Errors: -EINVAL no such model. */
int iommuctl_model_from_string(const char *name, enum iommuctl_model *ret_model);
/* In the order of the numbers, from 0; -ENOENT past the last one. */
int iommuctl_model_get(size_t i, enum iommuctl_model *ret_model);

/* ------------------------------------------------------------- features */

/* What an IOMMU can do: the same questions for every model. */
enum iommuctl_feature {
	IOMMUCTL_FEATURE_INPUT_BITS,
	IOMMUCTL_FEATURE_OUTPUT_BITS,
	IOMMUCTL_FEATURE_ASID_BITS,
	IOMMUCTL_FEATURE_PASID_BITS,
	IOMMUCTL_FEATURE_PAGE_SIZES,
	IOMMUCTL_FEATURE_PAGE_TABLE_FORMATS,
	IOMMUCTL_FEATURE_STAGE1,
	IOMMUCTL_FEATURE_STAGE2,
	IOMMUCTL_FEATURE_NESTING,
	IOMMUCTL_FEATURE_NESTING_REASON,
	IOMMUCTL_FEATURE_PASID,
	IOMMUCTL_FEATURE_PASID_REASON,
	IOMMUCTL_FEATURE_IOPF,
	IOMMUCTL_FEATURE_IOPF_REASON,
	IOMMUCTL_FEATURE_BTM,
	IOMMUCTL_FEATURE_HTTU,
	IOMMUCTL_FEATURE_STALL,
	IOMMUCTL_FEATURE_ATS,
	IOMMUCTL_FEATURE_PRI,
	IOMMUCTL_FEATURE_DIRTY_TRACKING,
	IOMMUCTL_FEATURE_DIRTY_TRACKING_REASON,
	IOMMUCTL_FEATURE_SNOOP_CONTROL,
	IOMMUCTL_FEATURE_SNOOP_CONTROL_REASON,
	IOMMUCTL_FEATURE_INTERRUPT_REMAPPING,
	IOMMUCTL_FEATURE_POSTED_INTERRUPTS,
	IOMMUCTL_FEATURE_COHERENT_WALK,
	IOMMUCTL_FEATURE_CACHING_MODE,
	IOMMUCTL_FEATURE_BYPASS,
	IOMMUCTL_FEATURE_STAGE1_PAGE_SIZES,
	IOMMUCTL_FEATURE_EXTENDED_ACCESS_FLAG,
	IOMMUCTL_FEATURE_SUPERVISOR_REQUESTS,
	IOMMUCTL_FEATURE_RANGE_INVALIDATION,
	IOMMUCTL_FEATURE_COUNT
};

/* "input_bits", ...; NULL when there is no such feature. */
const char *iommuctl_feature_get_key(enum iommuctl_feature feature);
/* What the feature means, one line; NULL when there is no such feature. */
const char *iommuctl_feature_get_help(enum iommuctl_feature feature);
/*
 * The feature that says in words why FEATURE is not there; it is unknown where
 * FEATURE is there. Errors: -ENOENT no reasons are given for it.
 */
int iommuctl_feature_get_reason(enum iommuctl_feature feature, enum iommuctl_feature *ret_reason);
/*
 * What is assumed of MODEL when the kernel publishes nothing: the least every
 * implementation has. Errors: -ENODATA nothing is assumed.
 */
int iommuctl_feature_get_default(enum iommuctl_feature feature, enum iommuctl_model model,
				 struct iommuctl_value *ret_value);

/* ------------------------------------------------- registers and fields */

/*
 * The description of a register's layout, static data. The value is not part
 * of it: it comes from an IOMMU or from the caller.
 */
struct iommuctl_register;
struct iommuctl_field;

/* All registers known, one after another: NULL starts, NULL ends. */
const struct iommuctl_register *iommuctl_register_next(const struct iommuctl_register *reg);
/*
 * By name in lower case. MODEL may be IOMMUCTL_MODEL_UNKNOWN: the first
 * register of that name. Errors: -ENOENT.
 */
int iommuctl_register_find(enum iommuctl_model model, const char *name,
			   const struct iommuctl_register **ret_reg);
/* IOMMUCTL_MODEL_UNKNOWN for a register that no IOMMU has. */
enum iommuctl_model iommuctl_register_get_model(const struct iommuctl_register *reg);
/*
 * What has the register: the name of its model, or "pci" (configuration space
 * of devices), "tegra241-cmdqv". No two registers of one have the same name.
 */
const char *iommuctl_register_get_arch(const struct iommuctl_register *reg);
const char *iommuctl_register_get_name(const struct iommuctl_register *reg);
const char *iommuctl_register_get_help(const struct iommuctl_register *reg);
/* The document that defines it. */
const char *iommuctl_register_get_spec(const struct iommuctl_register *reg);
unsigned int iommuctl_register_get_width(const struct iommuctl_register *reg);
/* The bits set in VALUE that no field covers. */
uint64_t iommuctl_register_get_reserved(const struct iommuctl_register *reg, uint64_t value);

/* The fields of REG, lowest bit first: NULL starts, NULL ends. */
const struct iommuctl_field *iommuctl_register_next_field(const struct iommuctl_register *reg,
							  const struct iommuctl_field *field);
const char *iommuctl_field_get_name(const struct iommuctl_field *field);
const char *iommuctl_field_get_help(const struct iommuctl_field *field);
void iommuctl_field_get_bits(const struct iommuctl_field *field, unsigned int *ret_high,
			     unsigned int *ret_low);
/* The field's bits of a register value, shifted down. */
uint64_t iommuctl_field_get_raw(const struct iommuctl_field *field, uint64_t reg_value);
/* What they mean; a code without a meaning is IOMMUCTL_VALUE_NONE. */
struct iommuctl_value iommuctl_field_decode(const struct iommuctl_field *field, uint64_t reg_value);

/* ---------------------------------------------------------- kernel logs */

/*
 * Registers, or bits of them, that drivers printed while a machine started: a
 * kernel's log as dmesg, journalctl, syslog or a serial console have it. No I/O.
 */
struct iommuctl_log;

/* Borrowed from the log, as are its texts. */
struct iommuctl_log_entry {
	/* What has the register, as the log names it: "dmar0", "0000:00:00.2"; NULL: it does not.
	 */
	const char *object;
	const struct iommuctl_register *reg;
	uint64_t value;
	/* The bits of VALUE that the log tells; the others are unknown, and 0. */
	uint64_t known;
	/* Bits that are clear in VALUE although the line names them as set. */
	uint64_t disputed;
	/* VT-d: the address of the unit's registers, and "1.0"; or else NULL. */
	bool has_base;
	uint64_t base;
	const char *version;
	/* The line, counted from 1, and its text without colours. */
	size_t line;
	const char *text;
};

/* Of one log; no machine has so many IOMMUs. */
#define IOMMUCTL_LOG_ENTRIES_MAX 16384

/*
 * Lines may be cut or mixed with others, and have anything before them. TEXT is
 * not kept and may hold NUL bytes. Errors: -E2BIG too many registers in it.
 */
int iommuctl_log_parse(const char *text, size_t length, struct iommuctl_log **ret_log);
struct iommuctl_log *iommuctl_log_free(struct iommuctl_log *log);
/* In the order of the lines. NULL past the last one. */
const struct iommuctl_log_entry *iommuctl_log_get(const struct iommuctl_log *log, size_t i);

/* ------------------------------------------------------------- topology */

struct iommuctl_topology;
struct iommuctl_iommu;
struct iommuctl_group;
struct iommuctl_device;

/* What to read besides names and membership, which are always read. */
#define IOMMUCTL_LOAD_REGISTERS (1u << 0) /* model, version, registers, features of IOMMUs */
#define IOMMUCTL_LOAD_GROUPS	(1u << 1) /* type, name and reserved regions of groups */
#define IOMMUCTL_LOAD_DEVICES	(1u << 2) /* ids, class, driver, subsystem of devices */
#define IOMMUCTL_LOAD_NET	(1u << 3) /* network interfaces of devices */
#define IOMMUCTL_LOAD_VFIO	(1u << 4) /* VFIO character devices of devices */
#define IOMMUCTL_LOAD_NAMES	(1u << 5) /* names from udev's hardware database; implies DEVICES */
#define IOMMUCTL_LOAD_ALL	0x3fu

/*
 * One coherent look at the machine (or the context's root). What cannot be
 * read becomes unknown, see iommuctl_context_get_note(); what is missing
 * altogether gives an empty topology.
 * Errors: -EINVAL unknown flags; -ENOENT there is no sys directory at all (see
 * the diagnostic).
 */
int iommuctl_topology_load(struct iommuctl_context *ctx, unsigned int flags,
			   struct iommuctl_topology **ret_topology);
struct iommuctl_topology *iommuctl_topology_ref(struct iommuctl_topology *topology);
struct iommuctl_topology *iommuctl_topology_unref(struct iommuctl_topology *topology);

/*
 * Sorted: IOMMUs by name (numbers in names as numbers), groups by id, PCI
 * devices by address and then all others by name. NULL past the last one.
 */
const struct iommuctl_iommu *iommuctl_topology_get_iommu(const struct iommuctl_topology *topology,
							 size_t i);
const struct iommuctl_group *iommuctl_topology_get_group(const struct iommuctl_topology *topology,
							 size_t i);
const struct iommuctl_device *iommuctl_topology_get_device(const struct iommuctl_topology *topology,
							   size_t i);

/* By the kernel's name, or a path that ends in it. NULL when there is none. */
const struct iommuctl_iommu *iommuctl_topology_find_iommu(const struct iommuctl_topology *topology,
							  const char *name);
const struct iommuctl_group *iommuctl_topology_find_group(const struct iommuctl_topology *topology,
							  const char *id);
const struct iommuctl_device *
iommuctl_topology_find_device(const struct iommuctl_topology *topology, const char *name);

/* ------------------------------------- IOMMU instances, /sys/class/iommu */

const char *iommuctl_iommu_get_name(const struct iommuctl_iommu *iommu);
/* Path of the entry, from the root: "/sys/class/iommu/dmar0". */
const char *iommuctl_iommu_get_node(const struct iommuctl_iommu *iommu);
/* This and what follows, but for the devices, needs IOMMUCTL_LOAD_REGISTERS. */
enum iommuctl_model iommuctl_iommu_get_model(const struct iommuctl_iommu *iommu);
/* "1.0"; NULL when not published. */
const char *iommuctl_iommu_get_version(const struct iommuctl_iommu *iommu);
/* Devices it serves, in the topology's order. NULL past the last one. */
const struct iommuctl_device *iommuctl_iommu_get_device(const struct iommuctl_iommu *iommu,
							size_t i);
/*
 * The registers the kernel publishes for it, or what it prints in their place.
 * Errors: -ENOENT past the last one.
 */
int iommuctl_iommu_get_register(const struct iommuctl_iommu *iommu, size_t i,
				const struct iommuctl_register **ret_reg, uint64_t *ret_value);
/*
 * A feature as learnt, or else the model's default.
 * Errors: -ENODATA unknown and no default; -EINVAL no such feature.
 */
int iommuctl_iommu_get_feature(const struct iommuctl_iommu *iommu, enum iommuctl_feature feature,
			       struct iommuctl_value *ret_value);
/*
 * Where it was learnt: "intel-iommu/cap", "kernel command line", "kernel log",
 * "ACPI IORT", "default"; several are parted by ", ". NULL when unknown.
 */
const char *iommuctl_iommu_get_feature_source(const struct iommuctl_iommu *iommu,
					      enum iommuctl_feature feature);

/* ------------------------------------------------- units that disagree */

/*
 * A feature that only some of the machine's IOMMUs of one model have. Of VT-d
 * these are the features that Linux 5.12 to 6.13 compared and printed as
 * "inconsistent"; of other models whatever was learnt and differs: who has all
 * that any of them has, and who does not. Needs IOMMUCTL_LOAD_REGISTERS.
 * Borrowed, as long as the topology. NULL past the last one.
 */
struct iommuctl_disagreement;
const struct iommuctl_disagreement *
iommuctl_topology_get_disagreement(const struct iommuctl_topology *topology, size_t i);
/* The kernel's word of VT-d's features ("pgsel_inv"), or the feature's key. */
const char *iommuctl_disagreement_get_feature(const struct iommuctl_disagreement *disagreement);
/* What tells it: VT-d's register and field; NULL for other models. */
const struct iommuctl_register *
iommuctl_disagreement_get_register(const struct iommuctl_disagreement *disagreement);
const struct iommuctl_field *
iommuctl_disagreement_get_field(const struct iommuctl_disagreement *disagreement);
/*
 * The IOMMUs compared, in the topology's order; *RET_HAS is whether it is one of
 * those that have the feature. NULL past the last one.
 */
const struct iommuctl_iommu *
iommuctl_disagreement_get_iommu(const struct iommuctl_disagreement *disagreement, size_t i,
				bool *ret_has);
/*
 * What all VT-d units of the machine have, as an IOMMU without a name: of
 * abilities what each has, of numbers the least, and whatever one of them
 * demands of software (write buffer flushes, caching mode). NULL with fewer
 * than two units. Needs IOMMUCTL_LOAD_REGISTERS.
 */
const struct iommuctl_iommu *iommuctl_topology_get_common(const struct iommuctl_topology *topology);

/* ------------------------------- groups, /sys/kernel/iommu_groups */

enum iommuctl_domain_type {
	IOMMUCTL_DOMAIN_UNKNOWN = 0,
	IOMMUCTL_DOMAIN_IDENTITY = 1,
	IOMMUCTL_DOMAIN_DMA = 2,
	IOMMUCTL_DOMAIN_DMA_FQ = 3,
	IOMMUCTL_DOMAIN_BLOCKED = 4,
	IOMMUCTL_DOMAIN_UNMANAGED = 5,
};

/* The kernel's word: "DMA-FQ". */
const char *iommuctl_domain_type_to_string(enum iommuctl_domain_type type);

uint64_t iommuctl_group_get_id(const struct iommuctl_group *group);
/* Only some groups have a name ("vfio-noiommu"); NULL otherwise. */
const char *iommuctl_group_get_name(const struct iommuctl_group *group);
/*
 * The type of the group's default domain; what VFIO attached does not show.
 * Linux 4.15 on. Errors: -ENODATA not read.
 */
int iommuctl_group_get_type(const struct iommuctl_group *group,
			    enum iommuctl_domain_type *ret_type);
/* Members, in the topology's order. NULL past the last one. */
const struct iommuctl_device *iommuctl_group_get_device(const struct iommuctl_group *group,
							size_t i);

enum iommuctl_region_type {
	IOMMUCTL_REGION_UNKNOWN = 0,
	IOMMUCTL_REGION_DIRECT = 1,	      /* must stay mapped 1:1 */
	IOMMUCTL_REGION_DIRECT_RELAXABLE = 2, /* 1:1 for the kernel only */
	IOMMUCTL_REGION_RESERVED = 3,	      /* no DMA possible */
	IOMMUCTL_REGION_MSI = 4,	      /* interrupts; hardware's or software's window */
};

/* The kernel's word: "direct-relaxable". */
const char *iommuctl_region_type_to_string(enum iommuctl_region_type type);

/* A line of reserved_regions. */
struct iommuctl_region {
	struct iommuctl_range range;
	enum iommuctl_region_type type;
};

/* Errors: -ENODATA not read. */
int iommuctl_group_get_region_count(const struct iommuctl_group *group, size_t *ret_count);
/* In the kernel's order, by address. NULL past the last one, or not read. */
const struct iommuctl_region *iommuctl_group_get_region(const struct iommuctl_group *group,
							size_t i);
/*
 * Whether VFIO could take the group: every member is without a driver, or on
 * one that leaves DMA to user space (VFIO's, pci-stub) or does none
 * (pcieport), and no region is of type direct. *RET_BLOCKER, where not NULL, is
 * set to the first member in the way, or to NULL.
 * Errors: -ENODATA drivers or regions were not read.
 */
int iommuctl_group_is_viable(const struct iommuctl_group *group,
			     const struct iommuctl_device **ret_blocker);

/* --------------------------------------------------------------- devices */

const char *iommuctl_device_get_name(const struct iommuctl_device *device);
/* "pci", "platform", ...; NULL when not read. */
const char *iommuctl_device_get_subsystem(const struct iommuctl_device *device);
/* NULL: no driver is bound, or not read. */
const char *iommuctl_device_get_driver(const struct iommuctl_device *device);
/* NULL: no IOMMU group, so no IOMMU in use for it. */
const struct iommuctl_group *iommuctl_device_get_group(const struct iommuctl_device *device);
const struct iommuctl_iommu *iommuctl_device_get_iommu(const struct iommuctl_device *device);
/* PCI ids. Errors: -ENODATA not read, or not a PCI device. */
int iommuctl_device_get_ids(const struct iommuctl_device *device, uint16_t *ret_vendor,
			    uint16_t *ret_device);
/* PCI class, 24 bits. Errors: -ENODATA not read, or not a PCI device. */
int iommuctl_device_get_class(const struct iommuctl_device *device, uint32_t *ret_class);
/* Errors: -ENODATA not read, or not all of them could be. */
int iommuctl_device_get_net_count(const struct iommuctl_device *device, size_t *ret_count);
/* Names of its network interfaces, sorted. NULL past the last one. */
const char *iommuctl_device_get_net_interface(const struct iommuctl_device *device, size_t i);
/* "/dev/vfio/devices/vfio0"; NULL without VFIO driver or without its node. */
const char *iommuctl_device_get_vfio_node(const struct iommuctl_device *device);
/* From udev's hardware database; NULL when it does not know. */
const char *iommuctl_device_get_vendor_name(const struct iommuctl_device *device);
const char *iommuctl_device_get_device_name(const struct iommuctl_device *device);

/* ---------------------------------------------------------- feature sets */

/*
 * What an IOMMU can do, or every IOMMU of a machine, as a value of its own that
 * can be compared with those of other machines. The sets of one model form a
 * lattice, feature by feature:
 *   numbers, yes and no, words  by size, no before yes, and in the order that
 *                               the feature's help gives; unknown comes right
 *                               after 0, no and the first word
 *   lists                       by inclusion; unknown comes before all
 *   caching_mode                yes before no: it asks something of its user
 *   reasons                     are remarks, which are not compared
 * Before the sets of all models comes one set, the conflict of models, which
 * knows nothing.
 */
struct iommuctl_feature_set;

/* Needs IOMMUCTL_LOAD_REGISTERS. The set does not need IOMMU afterwards. */
int iommuctl_feature_set_new_iommu(const struct iommuctl_iommu *iommu,
				   struct iommuctl_feature_set **ret_set);
/*
 * The meet of all IOMMUs, but for those of unknown model that serve no device.
 * Errors: -ENODEV there is none.
 */
int iommuctl_feature_set_new_topology(const struct iommuctl_topology *topology,
				      struct iommuctl_feature_set **ret_set);
int iommuctl_feature_set_new_copy(const struct iommuctl_feature_set *set,
				  struct iommuctl_feature_set **ret_set);
struct iommuctl_feature_set *iommuctl_feature_set_free(struct iommuctl_feature_set *set);
/* IOMMUCTL_MODEL_UNKNOWN of a conflict too. */
enum iommuctl_model iommuctl_feature_set_get_model(const struct iommuctl_feature_set *set);
/* Whether sets of different models met in it. */
bool iommuctl_feature_set_is_conflict(const struct iommuctl_feature_set *set);
/* Errors: -ENODATA unknown; -EINVAL no such feature. */
int iommuctl_feature_set_get(const struct iommuctl_feature_set *set, enum iommuctl_feature feature,
			     struct iommuctl_value *ret_value);
/*
 * Where the feature was learnt, with the name of the IOMMU where there were
 * several: "dmar1: intel-iommu/cap". NULL when unknown. Borrowed from the set.
 */
const char *iommuctl_feature_set_get_source(const struct iommuctl_feature_set *set,
					    enum iommuctl_feature feature);
/* SET becomes what both have: the greatest set below both. */
int iommuctl_feature_set_meet(struct iommuctl_feature_set *set,
			      const struct iommuctl_feature_set *other);
/*
 * SET becomes what one of them has: the least set above both.
 * Errors: -EINVAL different models, or a conflict.
 */
int iommuctl_feature_set_join(struct iommuctl_feature_set *set,
			      const struct iommuctl_feature_set *other);
/* Whether SET has of FEATURE all that OTHER has; never, of different models. */
bool iommuctl_feature_set_covers(const struct iommuctl_feature_set *set,
				 const struct iommuctl_feature_set *other,
				 enum iommuctl_feature feature);
/* Whether OTHER has all that SET has: their meet is SET. */
bool iommuctl_feature_set_is_below(const struct iommuctl_feature_set *set,
				   const struct iommuctl_feature_set *other);

/* --------------------------------- profiles and formats of page tables */

/* An IOMMU that a VMM emulates; a format of page tables; an option of one of them. Static. */
struct iommuctl_profile;
struct iommuctl_format;
struct iommuctl_option;

/* All of them, one after another: NULL starts, NULL ends. */
const struct iommuctl_profile *iommuctl_profile_next(const struct iommuctl_profile *profile);
/* As QEMU names the device: "intel-iommu". */
const char *iommuctl_profile_get_name(const struct iommuctl_profile *profile);
const char *iommuctl_profile_get_help(const struct iommuctl_profile *profile);
enum iommuctl_model iommuctl_profile_get_model(const struct iommuctl_profile *profile);
const struct iommuctl_option *iommuctl_profile_next_option(const struct iommuctl_profile *profile,
							   const struct iommuctl_option *option);
const struct iommuctl_format *iommuctl_format_next(const struct iommuctl_format *format);
/* As the feature page_table_formats has it: "vtd-s1-4level". */
const char *iommuctl_format_get_name(const struct iommuctl_format *format);
const char *iommuctl_format_get_help(const struct iommuctl_format *format);
enum iommuctl_model iommuctl_format_get_model(const struct iommuctl_format *format);
/* The options are the same for all formats; not every format takes each. */
const struct iommuctl_option *iommuctl_format_next_option(const struct iommuctl_option *option);
const char *iommuctl_option_get_name(const struct iommuctl_option *option);
/* Alternatives: "on|off", "auto|0..20"; "*" is anything. NULL: another name of an option. */
const char *iommuctl_option_get_values(const struct iommuctl_option *option);
/* The value without the option; the option which this is another name of. */
const char *iommuctl_option_get_default(const struct iommuctl_option *option);
const char *iommuctl_option_get_help(const struct iommuctl_option *option);

/*
 * What a guest finds, from TEXT like QEMU's -device: "intel-iommu,aw-bits=48".
 * Where QEMU takes a value from the host the feature is unknown.
 * Errors, with a diagnostic: -ENOENT no such profile; -EINVAL its options.
 */
int iommuctl_feature_set_new_profile(struct iommuctl_context *ctx, const char *text,
				     struct iommuctl_feature_set **ret_set);

/* For iommuctl_feature_set_fit_profile(). */
#define IOMMUCTL_FIT_ASSIGNED (1u << 0) /* devices of the host can be assigned */
#define IOMMUCTL_FIT_LIBVIRT  (1u << 1) /* only options that libvirt has */

/*
 * The profile with options that offers as much of SET as it can. What of it is
 * more than SET has cannot be turned off: iommuctl_feature_set_covers() tells.
 * The caller frees the text, which goes to iommuctl_feature_set_new_profile().
 * Errors: -ENOENT there is no profile of the set's model.
 */
int iommuctl_feature_set_fit_profile(const struct iommuctl_feature_set *set, unsigned int flags,
				     char **ret_text);
/*
 * The same as an element of libvirt's; the caller frees it. Errors, with a
 * diagnostic: -EOPNOTSUPP libvirt has no such device or option; those of
 * iommuctl_feature_set_new_profile().
 */
int iommuctl_profile_to_libvirt(struct iommuctl_context *ctx, const char *text, char **ret_xml);

/* -------------------------------------------------------------- verdicts */

enum iommuctl_answer {
	IOMMUCTL_ANSWER_NO = 0,
	IOMMUCTL_ANSWER_UNKNOWN = 1,
	IOMMUCTL_ANSWER_YES = 2,
};

/* "no", "unknown", "yes". */
const char *iommuctl_answer_to_string(enum iommuctl_answer answer);

/* An answer and the reasons of it, which are in words. */
struct iommuctl_verdict;

/*
 * May a guest that was made by iommuctl_feature_set_new_profile() run nested,
 * so that the host's IOMMU walks the guest's first stage? HOST may be NULL: no
 * IOMMU is in use. Errors: -EINVAL PROFILE is not from a profile.
 */
int iommuctl_verdict_nested(const struct iommuctl_feature_set *profile,
			    const struct iommuctl_feature_set *host,
			    struct iommuctl_verdict **ret_verdict);
/*
 * May any guest move between hosts: is all there on TO that FROM offers to its
 * guests? FROM and TO may be NULL: no IOMMU is in use.
 */
int iommuctl_verdict_migrate(const struct iommuctl_feature_set *from,
			     const struct iommuctl_feature_set *to,
			     struct iommuctl_verdict **ret_verdict);
/*
 * Does the host's IOMMU walk page tables of FORMAT, "vtd-s1-4level,eafe"? HOST
 * may be NULL: no IOMMU is in use.
 * Errors, with a diagnostic: -ENOENT no such format; -EINVAL its options.
 */
int iommuctl_verdict_format(struct iommuctl_context *ctx, const char *format,
			    const struct iommuctl_feature_set *host,
			    struct iommuctl_verdict **ret_verdict);
enum iommuctl_answer iommuctl_verdict_get_answer(const struct iommuctl_verdict *verdict);
/*
 * "pasid_bits: 20 needed, 16 there [intel-iommu/ecap]". NULL past the last one;
 * borrowed from the verdict.
 */
const char *iommuctl_verdict_get_reason(const struct iommuctl_verdict *verdict, size_t i);
struct iommuctl_verdict *iommuctl_verdict_free(struct iommuctl_verdict *verdict);

/* ------------------------------------------- PCI configuration space */

/*
 * A function's configuration space as its file "config" has it: 64 bytes
 * without the right to more, 256, or 4096. CONFIG is any SIZE bytes; nothing is
 * believed that they do not have, and nothing is read from anywhere else.
 * Errors of the three: -ENOENT there is no such capability; -ENODATA the bytes
 * end before; -EIO all are ones: nothing answers; -EBADMSG the list is a loop.
 */

/* Offset of the first capability of that id, of the list in the first 256 bytes. */
int iommuctl_pci_config_find(const void *config, size_t size, unsigned int id, size_t *ret_offset);
/* The same of the list of extended capabilities. */
int iommuctl_pci_config_find_extended(const void *config, size_t size, unsigned int id,
				      size_t *ret_offset);
/*
 * The value of REG, a register of arch "pci", in the first capability that has
 * it. Errors: also -EINVAL REG is of another arch.
 */
int iommuctl_pci_config_get_register(const void *config, size_t size,
				     const struct iommuctl_register *reg, uint64_t *ret_value);

/* ------------------------------------------- ATS, PRI and PASID of a device */

/*
 * What PCI Express offers to devices that know the IOMMU: translations they
 * keep themselves, page faults, many address spaces at once.
 */
enum iommuctl_service {
	IOMMUCTL_SERVICE_ATS,
	IOMMUCTL_SERVICE_PRI,
	IOMMUCTL_SERVICE_PASID,
	IOMMUCTL_SERVICE_COUNT
};

/* "ats", "pri", "pasid"; NULL when there is no such service. */
const char *iommuctl_service_to_string(enum iommuctl_service service);

/* Everything that must hold for that, as links from the device to iommufd. Plain memory. */
struct iommuctl_chain;
struct iommuctl_link;

enum iommuctl_link_verdict {
	IOMMUCTL_LINK_OK = 0,
	IOMMUCTL_LINK_BROKEN = 1,
	IOMMUCTL_LINK_UNMEASURED = 2, /* what would tell could not be read */
};

/* "ok", "broken", "unmeasured"; NULL when there is no such verdict. */
const char *iommuctl_link_verdict_to_string(enum iommuctl_link_verdict verdict);

/*
 * Read PCI configuration space of the device, its PF and the bridges above.
 * This wakes a device that sleeps; one in D3cold is left alone.
 */
#define IOMMUCTL_CHAIN_CONFIG (1u << 0)

/*
 * The chain of DEVICE, whose topology was loaded with IOMMUCTL_LOAD_REGISTERS
 * and _DEVICES, and must outlive the chain. The conditions are those of Linux
 * 7.3. Errors: -ENODATA that was not loaded; -EINVAL unknown flags.
 */
int iommuctl_chain_load(const struct iommuctl_device *device, unsigned int flags,
			struct iommuctl_chain **ret_chain);
struct iommuctl_chain *iommuctl_chain_free(struct iommuctl_chain *chain);
const struct iommuctl_device *iommuctl_chain_get_device(const struct iommuctl_chain *chain);
/* Whether configuration space of the device, or of its PF, was read. */
bool iommuctl_chain_has_config(const struct iommuctl_chain *chain);
/* 1, or 0 where a link is broken. Errors: -ENODATA none is, but not all are known. */
int iommuctl_chain_is_usable(const struct iommuctl_chain *chain, enum iommuctl_service service);
/* 1 or 0: the enable bit; of a VF, for PRI and PASID, that of its PF. Errors: -ENODATA. */
int iommuctl_chain_is_enabled(const struct iommuctl_chain *chain, enum iommuctl_service service);
/* The least width of all that limit PASIDs, as far as known. Errors: -ENODATA not known. */
int iommuctl_chain_get_pasid_bits(const struct iommuctl_chain *chain, unsigned int *ret_bits);
/*
 * The registers of arch "pci" that the device has; of a VF, but for those of
 * ATS, its PF. Errors: -ENOENT past the last one.
 */
int iommuctl_chain_get_register(const struct iommuctl_chain *chain, size_t i,
				const struct iommuctl_register **ret_reg, uint64_t *ret_value);
/* From the device to iommufd. NULL past the last one. Links live as long as their chain. */
const struct iommuctl_link *iommuctl_chain_get_link(const struct iommuctl_chain *chain, size_t i);
/* The first link of that verdict that concerns SERVICE; NULL: there is none. */
const struct iommuctl_link *iommuctl_chain_get_first(const struct iommuctl_chain *chain,
						     enum iommuctl_service service,
						     enum iommuctl_link_verdict verdict);

/* What kind of link it is: "pasid-capability", "prefix", "acs", ... */
const char *iommuctl_link_get_id(const struct iommuctl_link *link);
/* What it is about: "0000:00:1c.0", "dmar0", "CONFIG_PCI_PASID". */
const char *iommuctl_link_get_object(const struct iommuctl_link *link);
enum iommuctl_link_verdict iommuctl_link_get_verdict(const struct iommuctl_link *link);
/* What was found, one line. */
const char *iommuctl_link_get_evidence(const struct iommuctl_link *link);
/* What can be done about a broken one, one line; or NULL. */
const char *iommuctl_link_get_advice(const struct iommuctl_link *link);
bool iommuctl_link_concerns(const struct iommuctl_link *link, enum iommuctl_service service);

/* ----------------------------------------------------------- range sets */

/* Addresses as sorted, disjoint, merged ranges. No I/O. */
struct iommuctl_range_set;

/* The empty set. */
int iommuctl_range_set_new(struct iommuctl_range_set **ret_set);
struct iommuctl_range_set *iommuctl_range_set_free(struct iommuctl_range_set *set);
int iommuctl_range_set_copy(const struct iommuctl_range_set *set,
			    struct iommuctl_range_set **ret_set);
/* Errors: -EINVAL end before start. */
int iommuctl_range_set_add(struct iommuctl_range_set *set, struct iommuctl_range range);
int iommuctl_range_set_subtract(struct iommuctl_range_set *set, struct iommuctl_range range);
/* SET becomes what both have. */
int iommuctl_range_set_intersect(struct iommuctl_range_set *set,
				 const struct iommuctl_range_set *other);
/* Whether the whole RANGE is in the set. */
bool iommuctl_range_set_contains(const struct iommuctl_range_set *set, struct iommuctl_range range);
/* By address. Errors: -ENOENT past the last one. */
int iommuctl_range_set_get(const struct iommuctl_range_set *set, size_t i,
			   struct iommuctl_range *ret_range);

/*
 * The I/O addresses all DEVICES can use at once, as far as sysfs tells: the
 * narrowest input width minus every reserved region. Direct-relaxable regions
 * stay usable, as iommufd has it. Needs IOMMUCTL_LOAD_REGISTERS and _GROUPS.
 * The width is that of the tables the kernel makes for iommufd, where sysfs
 * tells. Errors: -ENODEV a device has no group (see the diagnostic); -ENODATA
 * its regions, or its IOMMU's features, were not read; -EINVAL no devices.
 */
int iommuctl_device_get_usable_ranges(struct iommuctl_context *ctx,
				      const struct iommuctl_device *const *devices, size_t count,
				      struct iommuctl_range_set **ret_set);

/* --------------------------------------------------------------- layouts */

/*
 * Where in a guest's physical addresses its memory goes. No I/O. What may not
 * be used is excluded in the name of its owner, so that a conflict says whose
 * it is. The same requests give the same layout, in whatever order exclusions
 * were added.
 */
struct iommuctl_layout;

/* May be in several pieces, each a multiple of the alignment. */
#define IOMMUCTL_LAYOUT_SPLIT (1u << 0)
/* At the window's top rather than at its bottom, where there is room. */
#define IOMMUCTL_LAYOUT_TOP (1u << 1)

struct iommuctl_layout_block {
	uint64_t size;	    /* in bytes; of what may be split a multiple of the alignment */
	uint64_t alignment; /* a power of two */
	struct iommuctl_range window; /* in which it has to be */
	unsigned int flags;	      /* IOMMUCTL_LAYOUT_* */
};

/* A block, or a part of it. */
struct iommuctl_layout_piece {
	size_t block;
	struct iommuctl_range range;
};

enum iommuctl_layout_conflict_kind {
	IOMMUCTL_LAYOUT_CONFLICT_REGION = 0,
	IOMMUCTL_LAYOUT_CONFLICT_LIMIT = 1, /* addresses end before RANGE */
	IOMMUCTL_LAYOUT_CONFLICT_BLOCK = 2, /* a block that is placed already */
};

struct iommuctl_layout_conflict {
	enum iommuctl_layout_conflict_kind kind;
	const char *owner; /* borrowed; NULL of a block */
	const char *host;  /* of the owner, borrowed; NULL: none was said */
	struct iommuctl_region region;
	size_t block;
};

int iommuctl_layout_new(struct iommuctl_layout **ret_layout);
struct iommuctl_layout *iommuctl_layout_free(struct iommuctl_layout *layout);
/* Where the owners are from now on, for conflicts; NULL: that is not said. Errors: -ENOMEM. */
int iommuctl_layout_set_host(struct iommuctl_layout *layout, const char *host);
/* Errors: -EINVAL end before start. */
int iommuctl_layout_exclude(struct iommuctl_layout *layout, const char *owner,
			    const struct iommuctl_region *region);
/* OWNER cannot address more than BITS bits. Errors: -EINVAL 0 or more than 64. */
int iommuctl_layout_limit(struct iommuctl_layout *layout, const char *owner, unsigned int bits);
/*
 * What sysfs tells of the device, in its name: the regions of its group but
 * direct-relaxable ones, and as a limit, in the IOMMU's name, the width of its
 * addresses. NESTED: the layout is that of a second stage, which the kernel
 * keeps free of no regions: only the windows of interrupts are excluded, and
 * whoever makes the first stage has to avoid the rest. Needs
 * IOMMUCTL_LOAD_REGISTERS and _GROUPS. Errors: those of
 * iommuctl_device_get_usable_ranges().
 */
int iommuctl_layout_exclude_device(struct iommuctl_context *ctx, struct iommuctl_layout *layout,
				   const struct iommuctl_device *device, bool nested);
/* *RET_INDEX, where not NULL, is its number, from 0. Errors: -EINVAL. */
int iommuctl_layout_add_block(struct iommuctl_layout *layout,
			      const struct iommuctl_layout_block *block, size_t *ret_index);
/*
 * Lowest addresses first. Up to five blocks that may not be split are found a
 * place whenever there is one. Errors: -ENOSPC a block does not fit, the
 * conflicts say why.
 */
int iommuctl_layout_solve(struct iommuctl_layout *layout);
/* What no exclusion has. */
int iommuctl_layout_get_space(struct iommuctl_layout *layout,
			      struct iommuctl_range_set **ret_space);
/* By address. Errors: -ENOENT past the last one, or not solved. */
int iommuctl_layout_get_piece(const struct iommuctl_layout *layout, size_t i,
			      struct iommuctl_layout_piece *ret_piece);
/* The block that does not fit. Errors: -ENOENT all do, or not solved. */
int iommuctl_layout_get_failed_block(const struct iommuctl_layout *layout, size_t *ret_block);
/*
 * The fewest regions, limits and blocks without which that block would fit,
 * each once for every owner, by address. Errors: -ENOENT past the last one.
 */
int iommuctl_layout_get_conflict(const struct iommuctl_layout *layout, size_t i,
				 struct iommuctl_layout_conflict *ret_conflict);

/* --------------------------------------------------------------- iommufd */

/*
 * Failures of the functions below fill the context's diagnostic. Where the
 * kernel's errno has several causes, they are looked for and the one found is
 * named.
 */

struct iommuctl_iommufd;
struct iommuctl_object;
struct iommuctl_vfio;

/* Open /dev/iommu. Linux 6.2. Errors: those of open(). */
int iommuctl_iommufd_open(struct iommuctl_context *ctx, struct iommuctl_iommufd **ret_iommufd);
/*
 * One that was opened before, also by another process; FD is the handle's then.
 * Errors: -EBADF, -EINVAL it is not /dev/iommu; -ENODEV there is none here.
 */
int iommuctl_iommufd_from_fd(struct iommuctl_context *ctx, int fd,
			     struct iommuctl_iommufd **ret_iommufd);
struct iommuctl_iommufd *iommuctl_iommufd_close(struct iommuctl_iommufd *iommufd);
int iommuctl_iommufd_get_fd(const struct iommuctl_iommufd *iommufd);

/* -------------------------------------------------- objects of an iommufd */

/*
 * What the kernel knows by an id. Ids of all kinds are of one space, and many
 * calls take objects of several kinds; hence one handle for all of them.
 */
enum iommuctl_object_kind {
	IOMMUCTL_OBJECT_UNKNOWN = 0,
	IOMMUCTL_OBJECT_DEVICE = 1, /* bound; made by iommuctl_vfio_bind() */
	IOMMUCTL_OBJECT_IOAS = 2,   /* I/O address space */
	IOMMUCTL_OBJECT_HWPT = 3,   /* hardware page table, also a nested one */
	IOMMUCTL_OBJECT_VIOMMU = 4,
	IOMMUCTL_OBJECT_VDEVICE = 5,
	IOMMUCTL_OBJECT_FAULT_QUEUE = 6,
	IOMMUCTL_OBJECT_VEVENTQ = 7,
	IOMMUCTL_OBJECT_HW_QUEUE = 8,
};

/* "ioas", "fault-queue", ...; "unknown" for a number that is not known. */
const char *iommuctl_object_kind_to_string(enum iommuctl_object_kind kind);
/* Errors: -EINVAL no such kind. */
int iommuctl_object_kind_from_string(const char *name, enum iommuctl_object_kind *ret_kind);

enum iommuctl_object_kind iommuctl_object_get_kind(const struct iommuctl_object *object);
/* 0 once it is destroyed. */
uint32_t iommuctl_object_get_id(const struct iommuctl_object *object);
/* The file of a fault queue or vEVENTQ, borrowed: poll() it. Errors: -ENODATA it has none. */
int iommuctl_object_get_fd(const struct iommuctl_object *object);
/*
 * Wait until there is something to read from a fault queue or vEVENTQ; not
 * longer than so many MILLISECONDS, unless negative. 1 there is, 0 not.
 * Errors: those of poll().
 */
int iommuctl_object_wait(const struct iommuctl_object *object, int milliseconds);
/*
 * A handle on an object that exists in the kernel, also made by another
 * process. Freeing the handle leaves it there. FD is that of a fault queue or
 * vEVENTQ, which the handle then owns, or -1. Nothing is asked of the kernel.
 */
int iommuctl_object_from_id(struct iommuctl_iommufd *iommufd, enum iommuctl_object_kind kind,
			    uint32_t id, int fd, struct iommuctl_object **ret_object);
/*
 * Destroy it in the kernel now; the handle is still to be freed. The file of a
 * queue is closed first. IOMMU_DESTROY, Linux 6.2.
 * Errors: -EBUSY something is made of it or attached to it; -ENOENT it is gone.
 */
int iommuctl_object_destroy(struct iommuctl_object *object);
/*
 * Give the handle back. The kernel's object ends with the last use of the
 * handle: what is made of it, or attached to it by this process, is such a use.
 * Given back by a forked child it stays the parent's.
 */
struct iommuctl_object *iommuctl_object_free(struct iommuctl_object *object);
/* Give the handle back, and leave the object in the kernel. */
struct iommuctl_object *iommuctl_object_release(struct iommuctl_object *object);

/*
 * Options of functions that take many. SIZE is that of the struct as the
 * caller knows it; what is 0 is the default. Errors: -E2BIG options that this
 * library does not know.
 */

/* ------------------------------------------------- I/O address spaces */

/* IOMMU_IOAS_ALLOC, Linux 6.2. */
int iommuctl_ioas_alloc(struct iommuctl_iommufd *iommufd, struct iommuctl_object **ret_ioas);
/*
 * The usable addresses, which change with every attachment, and the alignment
 * maps need, in bytes. IOMMU_IOAS_IOVA_RANGES, Linux 6.2. RET_ALIGNMENT may be
 * NULL. Errors: -EPROTO the kernel's answer makes no sense.
 */
int iommuctl_ioas_get_ranges(struct iommuctl_object *ioas, struct iommuctl_range_set **ret_set,
			     uint64_t *ret_alignment);
/*
 * Windows that must stay usable: no device that reserves some of them can be
 * attached from now on. Addresses the kernel chooses are in them. They replace
 * those of before; COUNT 0 allows all. IOMMU_IOAS_ALLOW_IOVAS, Linux 6.2.
 * Errors: -EADDRINUSE something in them is reserved now; -EINVAL they overlap.
 */
int iommuctl_ioas_set_allowed(struct iommuctl_object *ioas, const struct iommuctl_range *ranges,
			      size_t count);

#define IOMMUCTL_MAP_FIXED (1u << 0) /* at the address given; else the kernel chooses one */
#define IOMMUCTL_MAP_WRITE (1u << 1) /* devices may write */
#define IOMMUCTL_MAP_READ  (1u << 2) /* devices may read */

/*
 * Map LENGTH bytes of this process's MEMORY. It stays mapped, and the pages
 * stay the same ones, whatever the process does with its memory afterwards.
 * While no device is attached, what is wrong with MEMORY shows only when one
 * is. IOVA: in with IOMMUCTL_MAP_FIXED, out otherwise. IOMMU_IOAS_MAP, Linux
 * 6.2. Errors: -EINVAL alignment, a reserved region; -EEXIST something is
 * mapped there; -ENOSPC no room; -ENOMEM, also the limit of locked memory;
 * -EFAULT no memory there, or not to be written.
 */
int iommuctl_ioas_map(struct iommuctl_object *ioas, void *memory, uint64_t length,
		      unsigned int flags, uint64_t *iova);
/*
 * Map LENGTH bytes from START on of a memfd, or a file of tmpfs or hugetlbfs;
 * or a dma-buf that VFIO made of one range of a device's memory. FD can be
 * closed afterwards, and no process need stay. IOMMU_IOAS_MAP_FILE, Linux 6.13; dma-buf 6.19.
 * Errors: as above; -EBADF; -EINVAL also a file of another kind, or its end.
 */
int iommuctl_ioas_map_file(struct iommuctl_object *ioas, int fd, uint64_t start, uint64_t length,
			   unsigned int flags, uint64_t *iova);
/*
 * Map what is mapped at RANGE of the address space FROM, which can be the same
 * one. Memory is not counted twice. IOMMU_IOAS_COPY, Linux 6.2.
 * Errors: as above; -ENOENT RANGE has a hole; -EPERM it may not be written.
 */
int iommuctl_ioas_copy(struct iommuctl_object *ioas, struct iommuctl_object *from,
		       struct iommuctl_range range, unsigned int flags, uint64_t *iova);
/*
 * Unmap all mappings in RANGE, none of which can be cut. 0 to UINT64_MAX is
 * everything, and then nothing to unmap is fine. RET_LENGTH, in bytes without
 * holes, may be NULL. IOMMU_IOAS_UNMAP, Linux 6.2.
 * Errors: -ENOENT nothing is mapped there, or a mapping is larger than RANGE;
 * -EBUSY a queue of hardware is in it. Some may be gone then.
 */
int iommuctl_ioas_unmap(struct iommuctl_object *ioas, struct iommuctl_range range,
			uint64_t *ret_length);
/*
 * The physical address of IOVA, for a device without an IOMMU: to be told to
 * the device. LENGTH in bytes: in, at most; out, as far as memory is
 * contiguous. IOMMU_IOAS_NOIOMMU_GET_PA, Linux 7.3.
 * Errors: -EPERM needs CAP_SYS_RAWIO; -ENOENT not mapped; -EOPNOTSUPP no such
 * device is attached.
 */
int iommuctl_ioas_get_physical(struct iommuctl_object *ioas, uint64_t iova, uint64_t *length,
			       uint64_t *ret_physical);
/*
 * Count the memory of all mappings of IOMMUFD as this process's. All must be
 * of files. IOMMU_IOAS_CHANGE_PROCESS, Linux 6.13.
 * Errors: -EINVAL there are others; -ENOMEM this process's limit.
 */
int iommuctl_iommufd_change_process(struct iommuctl_iommufd *iommufd);
/*
 * The address space that type 1 calls on IOMMUFD's file work on. NULL: none.
 * IOMMU_VFIO_IOAS, Linux 6.2. Errors: -ENODEV there is none.
 */
int iommuctl_iommufd_get_compat_ioas(struct iommuctl_iommufd *iommufd, uint32_t *ret_id);
int iommuctl_iommufd_set_compat_ioas(struct iommuctl_iommufd *iommufd,
				     struct iommuctl_object *ioas);

enum iommuctl_iommufd_option {
	/* how locked memory is counted: 0 by user, 1 by process. Needs CAP_SYS_RESOURCE, and
	 * no object yet (-EBUSY) */
	IOMMUCTL_OPTION_RLIMIT_MODE = 0,
	/* of an IOAS: 1 large pages where possible, 0 never */
	IOMMUCTL_OPTION_HUGE_PAGES = 1,
};

/* IOAS is NULL where the option is not of one. IOMMU_OPTION, Linux 6.2. */
int iommuctl_iommufd_get_option(struct iommuctl_iommufd *iommufd, enum iommuctl_iommufd_option id,
				struct iommuctl_object *ioas, uint64_t *ret_value);
int iommuctl_iommufd_set_option(struct iommuctl_iommufd *iommufd, enum iommuctl_iommufd_option id,
				struct iommuctl_object *ioas, uint64_t value);

/* ------------------------------------------------- hardware page tables */

#define IOMMUCTL_HWPT_NEST_PARENT    (1u << 0) /* a second stage for nested ones; 6.7 */
#define IOMMUCTL_HWPT_DIRTY_TRACKING (1u << 1) /* 6.7 */
#define IOMMUCTL_HWPT_PASID	     (1u << 3) /* can be attached to PASIDs, or beside them; 6.15 */

struct iommuctl_hwpt_opts {
	size_t size;
	unsigned int flags;
	uint32_t data_type; /* 0 none, 1 VT-d first stage, 2 SMMUv3 stream table entry */
	const void *data;   /* as <linux/iommufd.h> has it */
	uint32_t data_length;
	struct iommuctl_object *fault_queue; /* where its page requests go; 6.11 */
};

/*
 * A page table for DEVICE and others like it. PT is the address space it has;
 * for a nested one its parent, or the vIOMMU. OPTS may be NULL.
 * IOMMU_HWPT_ALLOC, Linux 6.6. Errors: -EOPNOTSUPP the IOMMU cannot; -EINVAL
 * DATA, or PT is no nest parent; -EADDRINUSE mappings outside its width.
 */
int iommuctl_hwpt_alloc(struct iommuctl_object *device, struct iommuctl_object *pt,
			const struct iommuctl_hwpt_opts *opts, struct iommuctl_object **ret_hwpt);
/*
 * Forget what is cached of a nested page table, or of a vIOMMU: COUNT entries
 * of ENTRY_LENGTH bytes, as <linux/iommufd.h> has them for TYPE. COUNT, also
 * on failure: how many were done. IOMMU_HWPT_INVALIDATE, Linux 6.8.
 * Errors: -EINVAL, -EIO the entry that COUNT points to.
 */
int iommuctl_invalidate(struct iommuctl_object *object, uint32_t type, const void *entries,
			uint32_t entry_length, uint32_t *count);

/* IOMMU_HWPT_SET_DIRTY_TRACKING, Linux 6.7. Errors: -EOPNOTSUPP not made for it. */
int iommuctl_hwpt_set_dirty_tracking(struct iommuctl_object *hwpt, bool enable);

#define IOMMUCTL_DIRTY_NO_CLEAR (1u << 0)  /* read without clearing */
#define IOMMUCTL_DIRTY_HOLES	(1u << 31) /* only iommuctl_hwpt_walk_dirty() */

/*
 * Set bit i of BITMAP where page i of RANGE was written to; none is cleared.
 * PAGE_SIZE in bytes, a power of two. The kernel stops at the first hole of
 * what is mapped, and says nothing. IOMMU_HWPT_GET_DIRTY_BITMAP, Linux 6.7.
 */
int iommuctl_hwpt_get_dirty_bitmap(struct iommuctl_object *hwpt, struct iommuctl_range range,
				   uint64_t page_size, unsigned int flags, uint64_t *bitmap);
/* Called with range after range; a negative value ends that. */
typedef int (*iommuctl_range_fn)(struct iommuctl_range range, void *data);
/*
 * The same for all that is MAPPED, ranges that neither begin nor end inside a
 * mapping, nor have holes: FN is called with each run of dirty pages, in order,
 * also of those before a failure; a negative value of it is returned. With
 * IOMMUCTL_DIRTY_HOLES the ranges may have holes: then the kernel is asked for
 * each page of the IOMMU that is not dirty by itself, which takes its time, and
 * else for all of a range at once, up to 2^28 pages, a bit each.
 */
int iommuctl_hwpt_walk_dirty(struct iommuctl_object *hwpt, const struct iommuctl_range_set *mapped,
			     uint64_t page_size, unsigned int flags, iommuctl_range_fn fn,
			     void *data);

/* ---------------------------------------------------------- for guests */

struct iommuctl_viommu_opts {
	size_t size;
	uint32_t type; /* 1 SMMUv3, 2 Tegra241 CMDQV (Linux 6.17) */
	void *data;    /* in and out, as <linux/iommufd.h> has it */
	uint32_t data_length;
};

/*
 * A part of DEVICE's IOMMU for a guest, whose memory HWPT, a nest parent, maps.
 * IOMMU_VIOMMU_ALLOC, Linux 6.13. Errors: -EOPNOTSUPP the IOMMU cannot.
 */
int iommuctl_viommu_alloc(struct iommuctl_object *device, struct iommuctl_object *hwpt,
			  const struct iommuctl_viommu_opts *opts,
			  struct iommuctl_object **ret_viommu);
/*
 * DEVICE as the guest knows it: VIRTUAL_ID is its stream or device id there.
 * IOMMU_VDEVICE_ALLOC, Linux 6.13. Errors: -EEXIST it, or the id, is one already.
 */
int iommuctl_vdevice_alloc(struct iommuctl_object *viommu, struct iommuctl_object *device,
			   uint64_t virtual_id, struct iommuctl_object **ret_vdevice);
/*
 * A queue in guest MEMORY, at addresses of the nest parent, that hardware reads.
 * INDEX counts up from 0. IOMMU_HW_QUEUE_ALLOC, Linux 6.17. Errors: -EIO INDEX
 * is not the next one; -EEXIST it is there; -EFAULT MEMORY is not contiguous.
 */
int iommuctl_hw_queue_alloc(struct iommuctl_object *viommu, uint32_t type, uint32_t index,
			    struct iommuctl_range memory, struct iommuctl_object **ret_queue);

/* A page that a device asks for. */
struct iommuctl_fault {
	uint32_t device_id;
	uint32_t pasid;
	uint32_t group; /* those of one group are answered together */
	uint32_t permissions;
	uint64_t address;
	uint32_t length;
	uint32_t cookie; /* of the group, for the response */
	bool has_pasid;
	bool is_last; /* of its group */
};

#define IOMMUCTL_FAULT_READ	  (1u << 0)
#define IOMMUCTL_FAULT_WRITE	  (1u << 1)
#define IOMMUCTL_FAULT_EXEC	  (1u << 2)
#define IOMMUCTL_FAULT_PRIVILEGED (1u << 3)

enum iommuctl_fault_response {
	IOMMUCTL_FAULT_SUCCESS = 0, /* the page is there: try again */
	IOMMUCTL_FAULT_INVALID = 1, /* there is none */
};

/* Where page requests go that concern an HWPT. IOMMU_FAULT_QUEUE_ALLOC, Linux 6.11. */
int iommuctl_fault_queue_alloc(struct iommuctl_iommufd *iommufd,
			       struct iommuctl_object **ret_queue);
/*
 * What waits, at most MAX page requests; whole groups, which can be as large as
 * the device has requests under way. 0: nothing. Never blocks.
 * Errors: -EINVAL MAX is less than the next group has.
 */
int iommuctl_fault_queue_read(struct iommuctl_object *queue, struct iommuctl_fault *ret_faults,
			      size_t max);
/* Until then the device waits. Errors: -EINVAL no group waits with this COOKIE. */
int iommuctl_fault_queue_respond(struct iommuctl_object *queue, uint32_t cookie,
				 enum iommuctl_fault_response response);

#define IOMMUCTL_VEVENT_MAX 64

struct iommuctl_vevent {
	uint32_t type; /* the queue's */
	uint32_t sequence;
	uint32_t lost;			   /* events before this one that there was no room for */
	uint32_t length;		   /* of DATA, in bytes; 0: nothing but LOST */
	uint8_t data[IOMMUCTL_VEVENT_MAX]; /* as <linux/iommufd.h> has it for the queue's type */
};

/*
 * What a vIOMMU has to tell its guest. TYPE: 1 SMMUv3, 2 Tegra241 CMDQV; DEPTH:
 * how many events wait at most. IOMMU_VEVENTQ_ALLOC, Linux 6.15.
 * Errors: -EEXIST there is one of this type.
 */
int iommuctl_veventq_alloc(struct iommuctl_object *viommu, uint32_t type, uint32_t depth,
			   struct iommuctl_object **ret_queue);
/* The type of a queue whose handle is of iommuctl_object_from_id(): needed to read it. */
int iommuctl_veventq_set_type(struct iommuctl_object *queue, uint32_t type);
/*
 * What waits, at most MAX events. 0: nothing. Never blocks.
 * Errors: -EOPNOTSUPP a type whose events are not known; -EPROTO.
 */
int iommuctl_veventq_read(struct iommuctl_object *queue, struct iommuctl_vevent *ret_events,
			  size_t max);

/* What is in an event. Numbers are stable: new ones are added at the end. */
enum iommuctl_vevent_field {
	IOMMUCTL_VEVENT_ID,	     /* of SMMUv3: the kind of event, 0x10 */
	IOMMUCTL_VEVENT_VIRTUAL_ID,  /* the device, as iommuctl_vdevice_alloc() was told */
	IOMMUCTL_VEVENT_PASID,	     /* of SMMUv3, its SubstreamID, as what follows */
	IOMMUCTL_VEVENT_PRIVILEGED,  /* 1 or 0 */
	IOMMUCTL_VEVENT_INSTRUCTION, /* 1 or 0 */
	IOMMUCTL_VEVENT_READ,	     /* 1; 0: it was a write */
	IOMMUCTL_VEVENT_CLASS,	     /* what was accessed: 0 CD, 1 TTD, 2 IN */
	IOMMUCTL_VEVENT_ADDRESS,
	IOMMUCTL_VEVENT_QUEUES_0, /* of Tegra241 CMDQV: a bit for each queue in error */
	IOMMUCTL_VEVENT_QUEUES_64 /* of those from the 64th on */
};

/* Errors: -ENODATA the event has no such field. */
int iommuctl_vevent_get_field(const struct iommuctl_vevent *event, enum iommuctl_vevent_field field,
			      uint64_t *ret_value);
/* As its architecture has it, "F_TRANSLATION"; NULL: none, or not known here. */
const char *iommuctl_vevent_get_name(const struct iommuctl_vevent *event);

/* -------------------------------------------------------- VFIO devices */

/*
 * Open the VFIO character device of DEVICE, whose topology was loaded with
 * all of IOMMUCTL_LOAD_GROUPS, _DEVICES and _VFIO. Linux 6.6.
 * Errors: -ENXIO it has none (see the diagnostic for why); those of open().
 */
int iommuctl_vfio_open(struct iommuctl_context *ctx, const struct iommuctl_device *device,
		       struct iommuctl_vfio **ret_vfio);
/*
 * One that was opened before, also by another process; FD is the handle's
 * then. IOMMUFD, if not NULL, is where it is bound, with ID.
 */
int iommuctl_vfio_from_fd(struct iommuctl_context *ctx, const struct iommuctl_device *device,
			  int fd, struct iommuctl_iommufd *iommufd, uint32_t id,
			  struct iommuctl_vfio **ret_vfio);
/* Unbinds it too, unless others have its file. What is made of it keeps it open. */
struct iommuctl_vfio *iommuctl_vfio_close(struct iommuctl_vfio *vfio);
int iommuctl_vfio_get_fd(const struct iommuctl_vfio *vfio);
/*
 * Claim DMA of the device, and of its whole group, for IOMMUFD.
 * VFIO_DEVICE_BIND_IOMMUFD, Linux 6.6. DMA of the device is blocked until it is
 * attached. Errors: -EPERM, -EBUSY, -EINVAL, each with several causes.
 */
int iommuctl_vfio_bind(struct iommuctl_vfio *vfio, struct iommuctl_iommufd *iommufd);
/* What it is for iommufd, borrowed; NULL: not bound. */
struct iommuctl_object *iommuctl_vfio_get_object(const struct iommuctl_vfio *vfio);
/*
 * Attach to an address space, or a page table; an earlier one is replaced
 * without a moment in between. RET_HWPT, the id of the page table, may be NULL.
 * VFIO_DEVICE_ATTACH_IOMMUFD_PT, Linux 6.6. Errors: -EADDRINUSE a reserved
 * region collides with mappings or windows; -EINVAL it does not fit the device.
 */
int iommuctl_vfio_attach(struct iommuctl_vfio *vfio, struct iommuctl_object *pt,
			 uint32_t *ret_hwpt);
/* Nothing to detach is fine. VFIO_DEVICE_DETACH_IOMMUFD_PT, Linux 6.6. */
int iommuctl_vfio_detach(struct iommuctl_vfio *vfio);
/* The same for one PASID, not 0. Linux 6.15. Errors: -EOPNOTSUPP the IOMMU, or VFIO, cannot. */
int iommuctl_vfio_attach_pasid(struct iommuctl_vfio *vfio, uint32_t pasid,
			       struct iommuctl_object *pt, uint32_t *ret_hwpt);
int iommuctl_vfio_detach_pasid(struct iommuctl_vfio *vfio, uint32_t pasid);
/* VFIO_DEVICE_RESET. Errors: -ENOTTY, -EINVAL it cannot be reset. */
int iommuctl_vfio_reset(struct iommuctl_vfio *vfio);

struct iommuctl_vfio_info {
	uint32_t regions; /* indices that there are, also of regions without memory */
	uint32_t interrupts;
	bool can_reset;
};

#define IOMMUCTL_VFIO_REGION_READ  (1u << 0)
#define IOMMUCTL_VFIO_REGION_WRITE (1u << 1)
#define IOMMUCTL_VFIO_REGION_MMAP  (1u << 2)

struct iommuctl_vfio_region {
	uint32_t flags;
	uint64_t size;	 /* in bytes; 0: there is none */
	uint64_t offset; /* in the device's file, for pread(), pwrite(), mmap() */
};

/* VFIO_DEVICE_GET_INFO. Errors: -EINVAL also a device that is not bound. */
int iommuctl_vfio_get_info(struct iommuctl_vfio *vfio, struct iommuctl_vfio_info *ret_info);
/* Of PCI: 0 to 5 are BARs, 7 is configuration space. VFIO_DEVICE_GET_REGION_INFO. */
int iommuctl_vfio_get_region(struct iommuctl_vfio *vfio, uint32_t index,
			     struct iommuctl_vfio_region *ret_region);

#define IOMMUCTL_VFIO_GET (1u << 16)
#define IOMMUCTL_VFIO_SET (1u << 17)

/* "migration", "dma-buf"; NULL: not known. All numbers below the first such one have a name. */
const char *iommuctl_vfio_feature_get_name(uint32_t feature);
/* The release of Linux that has it first, "6.1"; NULL: not known. */
const char *iommuctl_vfio_feature_get_since(uint32_t feature);
/*
 * Whether device and kernel have the operations OPS, of the two above, of
 * FEATURE: 1, 0. Nothing is done. VFIO_DEVICE_FEATURE, Linux 5.7.
 */
int iommuctl_vfio_has_feature(struct iommuctl_vfio *vfio, uint32_t feature, uint32_t ops);
/*
 * Read or set FEATURE: DATA, of LENGTH bytes, is what <linux/vfio.h> has for
 * it, and both in and out. What the kernel returns, which of some features is
 * a file descriptor, is returned. Errors: -ENOTTY there is no such feature;
 * -EINVAL not this operation, or LENGTH; -EOPNOTSUPP.
 */
int iommuctl_vfio_call_feature(struct iommuctl_vfio *vfio, uint32_t feature, uint32_t op,
			       void *data, size_t length);
/*
 * Memory of a region, RANGE in it being whole pages, as a dma-buf which
 * iommuctl_ioas_map_file() takes. After a reset it maps nothing any more. The
 * file descriptor is the caller's. Linux 6.19. Errors: those of
 * iommuctl_vfio_call_feature(); -ENODEV no such memory.
 */
int iommuctl_vfio_export_dma_buf(struct iommuctl_vfio *vfio, uint32_t region,
				 struct iommuctl_range range, int *ret_fd);
/*
 * Let the device itself, if it can, note the pages of RANGES that it writes
 * to; PAGE_SIZE in bytes is what is wished for. Linux 6.1.
 * Errors: those of iommuctl_vfio_call_feature(); -E2BIG too many ranges.
 */
int iommuctl_vfio_start_dma_logging(struct iommuctl_vfio *vfio, const struct iommuctl_range *ranges,
				    size_t count, uint64_t page_size);
int iommuctl_vfio_stop_dma_logging(struct iommuctl_vfio *vfio);
/* Set bit i of BITMAP where page i of RANGE was written to; none is cleared, but the log is. */
int iommuctl_vfio_read_dma_log(struct iommuctl_vfio *vfio, struct iommuctl_range range,
			       uint64_t page_size, uint64_t *bitmap);

/* ----------------------------------------- containers, older than iommufd */

/*
 * VFIO's own interface, which kernels without iommufd have too: a group is
 * opened and put into a container, which then is given a type, and is an I/O
 * address space for the devices of its groups. Type and mappings last as long
 * as a group is in it: as long as the group's file, or one of a device that
 * came from it, is open in some process. The causes of a failure are looked for
 * as those of iommufd's are.
 */
struct iommuctl_container;
struct iommuctl_vfio_group;

/* The kernel's numbers. */
enum iommuctl_container_type {
	IOMMUCTL_CONTAINER_NONE = 0, /* none was set; or which one is not known */
	IOMMUCTL_CONTAINER_TYPE1 = 1,
	IOMMUCTL_CONTAINER_SPAPR_TCE = 2,
	IOMMUCTL_CONTAINER_TYPE1V2 = 3, /* unmaps nothing but what was mapped */
	IOMMUCTL_CONTAINER_SPAPR_TCE_V2 = 7,
	IOMMUCTL_CONTAINER_NOIOMMU = 8, /* no isolation, no mappings */
};

/* "type1", "spapr-tce", "type1v2", "spapr-tce-v2", "noiommu"; NULL when there is no such type. */
const char *iommuctl_container_type_to_string(enum iommuctl_container_type type);
/* Errors: -EINVAL no such type. */
int iommuctl_container_type_from_string(const char *name, enum iommuctl_container_type *ret_type);

/* VFIO_CHECK_EXTENSION's numbers besides those of types. */
#define IOMMUCTL_EXTENSION_DMA_CC	4u  /* DMA is coherent with the CPU's caches */
#define IOMMUCTL_EXTENSION_EEH		5u  /* of sPAPR: recovery of errors */
#define IOMMUCTL_EXTENSION_UNMAP_ALL	9u  /* Linux 5.12 */
#define IOMMUCTL_EXTENSION_UPDATE_VADDR 10u /* Linux 5.12 */

/* Open /dev/vfio/vfio. Errors: those of open(); -EPROTO another API version. */
int iommuctl_container_open(struct iommuctl_context *ctx,
			    struct iommuctl_container **ret_container);
/*
 * One that was opened before, also by another process; or an iommufd. FD is
 * the handle's then. Errors: -EBADF; -EINVAL it is neither.
 */
int iommuctl_container_from_fd(struct iommuctl_context *ctx, int fd,
			       struct iommuctl_container **ret_container);
struct iommuctl_container *iommuctl_container_close(struct iommuctl_container *container);
int iommuctl_container_get_fd(const struct iommuctl_container *container);
/* The end of the handle, whose file descriptor is returned, and the caller's from now on. */
int iommuctl_container_take_fd(struct iommuctl_container *container);
/* 1, 0, or the answer. VFIO_CHECK_EXTENSION, of the type that was set, if any. */
int iommuctl_container_has_extension(struct iommuctl_container *container, uint32_t extension);
/*
 * Give it a type, once it has a group: TYPE, or with _NONE the first that the
 * kernel has of type1v2, type1, spapr-tce-v2, spapr-tce, noiommu.
 * VFIO_SET_IOMMU.
 * RET_TYPE may be NULL. Errors: -EINVAL it has no group, or a type already;
 * -EPERM interrupts are not isolated; -ENODEV the kernel has no such type.
 */
int iommuctl_container_set_type(struct iommuctl_container *container,
				enum iommuctl_container_type type,
				enum iommuctl_container_type *ret_type);
/* What set_type() set; a handle of from_fd() does not know. */
enum iommuctl_container_type
iommuctl_container_get_type(const struct iommuctl_container *container);
/*
 * 1: it is an iommufd in the place of a container, which attaches a group's
 * devices when they are opened, and not before: until then all addresses look
 * usable. 0: it is VFIO's own.
 */
int iommuctl_container_is_iommufd(struct iommuctl_container *container);

/*
 * Open /dev/vfio/GROUP of a topology that was loaded with
 * IOMMUCTL_LOAD_GROUPS, _DEVICES and _VFIO. A group can be open once only.
 * Errors: -ENOENT no device of it is on VFIO; -EBUSY it, or a device of it, is
 * open; those of open().
 */
int iommuctl_vfio_group_open(struct iommuctl_context *ctx, const struct iommuctl_group *group,
			     struct iommuctl_vfio_group **ret_group);
/*
 * One that was opened before, also by another process, of any group in
 * TOPOLOGY; FD is the handle's then. Errors: -EBADF; -EINVAL it is no group's.
 */
int iommuctl_vfio_group_from_fd(struct iommuctl_context *ctx,
				const struct iommuctl_topology *topology, int fd,
				struct iommuctl_vfio_group **ret_group);
struct iommuctl_vfio_group *iommuctl_vfio_group_close(struct iommuctl_vfio_group *group);
int iommuctl_vfio_group_get_fd(const struct iommuctl_vfio_group *group);
/* The end of the handle, whose file descriptor is returned, and the caller's from now on. */
int iommuctl_vfio_group_take_fd(struct iommuctl_vfio_group *group);
/* The topology's. */
const struct iommuctl_group *iommuctl_vfio_group_get_group(const struct iommuctl_vfio_group *group);
/* Whether no driver of the kernel uses a device of it: 1 or 0. VFIO_GROUP_GET_STATUS. */
int iommuctl_vfio_group_is_viable(struct iommuctl_vfio_group *group);
/* Whether it is in a container: 1 or 0. */
int iommuctl_vfio_group_has_container(struct iommuctl_vfio_group *group);
/*
 * VFIO_GROUP_SET_CONTAINER, VFIO_GROUP_UNSET_CONTAINER. Errors: -EPERM a driver
 * of the kernel, or another user, has a device of the group, or interrupts are
 * not isolated; -EINVAL it is in a container; of removing, -EBUSY a device is open.
 */
int iommuctl_vfio_group_add(struct iommuctl_vfio_group *group,
			    struct iommuctl_container *container);
int iommuctl_vfio_group_remove(struct iommuctl_vfio_group *group);
/*
 * Open DEVICE, which is in GROUP, whose container has a type.
 * VFIO_GROUP_GET_DEVICE_FD. Errors: -ENODEV it is not on VFIO.
 */
int iommuctl_vfio_group_open_device(struct iommuctl_vfio_group *group,
				    const struct iommuctl_device *device,
				    struct iommuctl_vfio **ret_vfio);

/* What a container of type 1 tells of itself; plain memory. */
struct iommuctl_container_info;

/* VFIO_IOMMU_GET_INFO. Errors: -EINVAL it has no type; -EPROTO the answer makes no sense. */
int iommuctl_container_get_info(struct iommuctl_container *container,
				struct iommuctl_container_info **ret_info);
struct iommuctl_container_info *iommuctl_container_info_free(struct iommuctl_container_info *info);
/* A bit for each size in bytes; mappings are multiples of the smallest. Errors: -ENODATA. */
int iommuctl_container_info_get_page_sizes(const struct iommuctl_container_info *info,
					   uint64_t *ret_sizes);
/* The usable addresses, borrowed; NULL: not told. Linux 5.4. */
const struct iommuctl_range_set *
iommuctl_container_info_get_ranges(const struct iommuctl_container_info *info);
/*
 * Page sizes for which bitmaps of dirty pages can be had, and their greatest
 * size in bytes. Errors: -ENODATA they cannot. Linux 5.8.
 */
int iommuctl_container_info_get_migration(const struct iommuctl_container_info *info,
					  uint64_t *ret_sizes, uint64_t *ret_bitmap_max);
/* How many more mappings there can be. Errors: -ENODATA not told. Linux 5.10. */
int iommuctl_container_info_get_dma_avail(const struct iommuctl_container_info *info,
					  uint32_t *ret_count);

/*
 * Let devices reach MEMORY of this process at addresses RANGE; FLAGS are
 * IOMMUCTL_MAP_READ and _WRITE. The pages stay pinned until they are unmapped,
 * or the container ends, also after the process has ended: pages of a file or
 * a memfd that was mapped shared then still are the file's. They count against
 * RLIMIT_MEMLOCK of the process that maps them. VFIO_IOMMU_MAP_DMA.
 * Errors: -EEXIST something is mapped there; -EINVAL alignment, or addresses
 * that cannot be used; -ENOMEM the limit; -ENOSPC too many mappings; -EFAULT
 * memory that cannot be pinned.
 */
int iommuctl_container_map(struct iommuctl_container *container, void *memory,
			   struct iommuctl_range range, unsigned int flags);
/*
 * RANGE must have whole mappings; all addresses that there are: everything.
 * RET_LENGTH, of what was unmapped, may be NULL. VFIO_IOMMU_UNMAP_DMA.
 * Errors: -ENOENT no mapping begins there; -EINVAL a part of a mapping.
 */
int iommuctl_container_unmap(struct iommuctl_container *container, struct iommuctl_range range,
			     uint64_t *ret_length);
/*
 * The same of one mapping while dirty tracking is on, setting bit i of BITMAP
 * where page i was written to. PAGE_SIZE must be the smallest. Linux 5.8.
 */
int iommuctl_container_unmap_dirty(struct iommuctl_container *container,
				   struct iommuctl_range range, uint64_t page_size,
				   uint64_t *bitmap, uint64_t *ret_length);
/* VFIO_IOMMU_DIRTY_PAGES, Linux 5.8. Errors: -EOPNOTSUPP the container cannot. */
int iommuctl_container_set_dirty_tracking(struct iommuctl_container *container, bool enable);
/*
 * Set bits of BITMAP where pages of RANGE, of whole mappings, were written to
 * since they were asked for last. Type 1 says so of all that devices may write
 * to, unless a driver of the kernel pins the pages. PAGE_SIZE must be the smallest.
 */
int iommuctl_container_get_dirty_bitmap(struct iommuctl_container *container,
					struct iommuctl_range range, uint64_t page_size,
					uint64_t *bitmap);

/*
 * sPAPR TCE, of POWER. A container belongs to the process that used it first.
 * With type 2 of it memory is registered before it is mapped.
 */
struct iommuctl_spapr_info {
	/* the one of 32 bits, in bytes; others are not told */
	uint32_t window_start, window_length;
	bool has_windows;    /* others can be made, of which the rest is */
	uint64_t page_sizes; /* a bit for each size in bytes */
	uint32_t max_windows;
	uint32_t levels; /* of tables, at most */
};

/* VFIO_IOMMU_SPAPR_TCE_GET_INFO. */
int iommuctl_container_get_spapr_info(struct iommuctl_container *container,
				      struct iommuctl_spapr_info *ret_info);
/*
 * A window of LENGTH bytes, a power of two; PAGE_SIZE and LEVELS as the
 * information allows. Where it starts is the kernel's choice. Linux 4.2, type
 * spapr-tce-v2. Errors: -ENOSPC all windows are in use.
 */
int iommuctl_container_add_window(struct iommuctl_container *container, uint64_t page_size,
				  uint64_t length, uint32_t levels, uint64_t *ret_start);
/* Errors: -EINVAL no window starts there. */
int iommuctl_container_remove_window(struct iommuctl_container *container, uint64_t start);
/* Aligned to pages. Errors: -ENOMEM RLIMIT_MEMLOCK; of unregistering, -ENOENT, -EBUSY mapped. */
int iommuctl_container_register_memory(struct iommuctl_container *container, void *memory,
				       uint64_t length);
int iommuctl_container_unregister_memory(struct iommuctl_container *container, void *memory,
					 uint64_t length);
/* Of type spapr-tce: mappings are possible while it is enabled, which counts its window. */
int iommuctl_container_set_enabled(struct iommuctl_container *container, bool enable);

/* ------------------------------------------ who has device nodes open */

/* What a node is for. Numbers are stable. */
enum iommuctl_holder_kind {
	IOMMUCTL_HOLDER_DEVICE = 1,    /* /dev/vfio/devices/vfioN, or a device from its group */
	IOMMUCTL_HOLDER_GROUP = 2,     /* /dev/vfio/GROUP */
	IOMMUCTL_HOLDER_CONTAINER = 3, /* /dev/vfio/vfio */
	IOMMUCTL_HOLDER_IOMMUFD = 4,   /* /dev/iommu */
};

/* "device", "group", "container", "iommufd"; NULL when there is no such kind. */
const char *iommuctl_holder_kind_to_string(enum iommuctl_holder_kind kind);

/* A process and one node that it has open. Borrowed, as are its texts. */
struct iommuctl_holder {
	uint32_t pid;
	uint32_t uid;	     /* effective; UINT32_MAX: it has ended meanwhile */
	const char *command; /* as the process named itself: any bytes; NULL: not known */
	enum iommuctl_holder_kind kind;
	const char *node;   /* "/dev/vfio/12"; NULL: a device that came from its group */
	const char *object; /* the device, the group's id; NULL: of all, or not known */
	const char *path;   /* as /proc tells what was opened: of another mount namespace, gone */
	const int *fds;	    /* the process's numbers */
	size_t fd_count;
};

struct iommuctl_holders;

/*
 * Look at all processes of this machine, once, by /proc: of which see
 * iommuctl_holders_get_hidden(). Nodes are told by their device number, so
 * names do not matter. A device that was opened by way of its group can be
 * named with Linux 6.18 or later. Not seen are files that are only mapped, on
 * their way to another process, or open in a thread that shares no files with
 * its process. Errors: -EOPNOTSUPP the context has a root; those of reading
 * /proc.
 */
int iommuctl_holders_load(struct iommuctl_context *ctx, struct iommuctl_holders **ret_holders);
struct iommuctl_holders *iommuctl_holders_free(struct iommuctl_holders *holders);
/* By process. NULL past the last one. */
const struct iommuctl_holder *iommuctl_holders_get(const struct iommuctl_holders *holders,
						   size_t i);
/* How many processes could not be looked at; threads of the kernel are none. */
size_t iommuctl_holders_get_hidden(const struct iommuctl_holders *holders);

/* -------------------------------------------------------------- sessions */

/*
 * The objects of an iommufd end with its last file descriptor, and the kernel
 * cannot list them. A session keeps both over the ends of processes: its
 * keeper holds file descriptors and a registry of objects, and gives them to
 * other processes of the same user, and of root, by a Unix socket. It makes
 * no object by itself; whoever makes one registers it.
 *
 * NAME is a session's, of letters, digits, '_', '.' and '-', at most 63, a
 * letter or '_' first; or a path, which has a slash. Sessions with names have
 * their sockets in $IOMMUCTL_RUNTIME_DIR, or else in /run/iommuctl of root,
 * and $XDG_RUNTIME_DIR/iommuctl of others; this folder must be the user's
 * alone.
 */

/* For the RID of a device, instead of one of its PASIDs. */
#define IOMMUCTL_PASID_NONE UINT32_MAX

/* What is registered of an object; SIZE is that of the struct, what is zero is not there. */
struct iommuctl_session_object {
	size_t size;
	enum iommuctl_object_kind kind;
	uint32_t id;	     /* the kernel's */
	const char *name;    /* as a session's, or with another first that is no digit; unique */
	const char *device;  /* of kind DEVICE: "0000:03:00.0"; unique */
	uint32_t type;	     /* of what a queue tells: iommuctl_veventq_alloc() */
	uint32_t parents[4]; /* ids of the objects that it was made of */
};

struct iommuctl_keeper;

/*
 * A session of NAME for IOMMUFD, of which the keeper has a duplicate. A
 * socket whose keeper was killed is replaced.
 * Errors: -EEXIST a session of this name is running; -EINVAL no such name can
 * be; -EPERM the folder is not this user's alone; -ENXIO no variable tells
 * where it is; -ENOTSOCK a file that is no session's has its name; those of
 * mkdir(), bind().
 */
int iommuctl_keeper_new(struct iommuctl_context *ctx, const char *name, int iommufd,
			struct iommuctl_keeper **ret_keeper);
/*
 * The end of the session. Registered objects are destroyed, users before what
 * they use, devices are detached and their file descriptors closed; then
 * those who called iommuctl_session_stop() get their answer.
 */
struct iommuctl_keeper *iommuctl_keeper_free(struct iommuctl_keeper *keeper);
/* To poll for input, which means that there is something to dispatch. */
int iommuctl_keeper_get_fd(const struct iommuctl_keeper *keeper);
/*
 * Serve clients as far as is possible without waiting for any. Positive: one
 * of them asked for the session's end.
 * Errors: those of a client that was turned away, after which the keeper can
 * go on: -EACCES another user's; -EUSERS too many at once; -EMFILE; -ENFILE.
 */
int iommuctl_keeper_dispatch(struct iommuctl_keeper *keeper);
/* iommuctl_session_add() of the keeper's own process. */
int iommuctl_keeper_add(struct iommuctl_keeper *keeper,
			const struct iommuctl_session_object *object, int fd);

struct iommuctl_session;
struct iommuctl_session_entry;

/*
 * Errors: -ENOENT no such session; -ECONNREFUSED its keeper was killed, and
 * the kernel has released what no other process has open; -EACCES, -EPERM it
 * is another user's; -EUSERS it has too many clients; -EPROTO it is of another
 * version; -ETIMEDOUT its keeper did not answer within 5 seconds: it was
 * stopped. What follows fails with -ECONNRESET when the keeper is gone
 * meanwhile, and with -ETIMEDOUT from the first time that it does not answer.
 */
int iommuctl_session_connect(struct iommuctl_context *ctx, const char *name,
			     struct iommuctl_session **ret_session);
/* The session goes on. */
struct iommuctl_session *iommuctl_session_close(struct iommuctl_session *session);
/* The session's, valid as long as SESSION. */
struct iommuctl_iommufd *iommuctl_session_get_iommufd(const struct iommuctl_session *session);
/* As it was given. */
const char *iommuctl_session_get_name(const struct iommuctl_session *session);
/* To poll: when there is input, or a hang-up, the session has ended. It is the session's. */
int iommuctl_session_get_fd(const struct iommuctl_session *session);
/* The keeper's process. */
int iommuctl_session_get_pid(const struct iommuctl_session *session);
/* How many objects were registered when SESSION was connected. */
size_t iommuctl_session_get_count(const struct iommuctl_session *session);
/* Ends the session; returns when all is released. */
int iommuctl_session_stop(struct iommuctl_session *session);

struct iommuctl_session_list;

/*
 * The names of the user's sessions, sorted, also of those whose keeper was killed.
 * Errors: -EPERM the folder is not this user's alone.
 */
int iommuctl_session_list_load(struct iommuctl_context *ctx,
			       struct iommuctl_session_list **ret_list);
struct iommuctl_session_list *iommuctl_session_list_free(struct iommuctl_session_list *list);
/* NULL past the last one. */
const char *iommuctl_session_list_get_name(const struct iommuctl_session_list *list, size_t i);

/*
 * Register an object that was made, with the file descriptor that it has, or
 * -1; the keeper gets a duplicate. Another object of the same id is forgotten.
 * The serial is this registration's alone. In a dry run of the context this
 * and what follows change nothing, and adding only tells whether it could be.
 * Errors: -EEXIST another object has its name or device; -EINVAL, -E2BIG
 * OBJECT makes no sense; -ENOSPC there are 65536; -EMFILE.
 */
int iommuctl_session_add(struct iommuctl_session *session,
			 const struct iommuctl_session_object *object, int fd,
			 uint64_t *ret_serial);
/*
 * Forget an object, and close the keeper's duplicate of its file descriptor.
 * Errors: -ENOENT no such object; -ESTALE another object has the id by now.
 */
int iommuctl_session_remove(struct iommuctl_session *session, uint32_t id, uint64_t serial);
/*
 * Register what was attached to a device, or with a PASID other than
 * IOMMUCTL_PASID_NONE to that; a PT_ID of 0 is nothing.
 * Errors: those of iommuctl_session_remove(); -EINVAL it is no device;
 * -ENOSPC 65536 are attached in all.
 */
int iommuctl_session_set_attachment(struct iommuctl_session *session, uint32_t id, uint64_t serial,
				    uint32_t pasid, uint32_t pt_id);
/*
 * The object whose id, name or device WORD is. The entry is the caller's.
 * Errors: -ENOENT there is none.
 */
int iommuctl_session_find(struct iommuctl_session *session, const char *word,
			  struct iommuctl_session_entry **ret_entry);
/*
 * The object with the lowest id above AFTER; with USED other than 0, of those
 * that were made of the object USED or have it attached. The entry is the
 * caller's, and has no file descriptor.
 * Errors: -ENOENT there is none.
 */
int iommuctl_session_next(struct iommuctl_session *session, uint32_t after, uint32_t used,
			  struct iommuctl_session_entry **ret_entry);

/* Closes its file descriptor too. */
struct iommuctl_session_entry *iommuctl_session_entry_free(struct iommuctl_session_entry *entry);
enum iommuctl_object_kind
iommuctl_session_entry_get_kind(const struct iommuctl_session_entry *entry);
uint32_t iommuctl_session_entry_get_id(const struct iommuctl_session_entry *entry);
uint64_t iommuctl_session_entry_get_serial(const struct iommuctl_session_entry *entry);
uint32_t iommuctl_session_entry_get_type(const struct iommuctl_session_entry *entry);
/* NULL: none. */
const char *iommuctl_session_entry_get_name(const struct iommuctl_session_entry *entry);
/* NULL: none. */
const char *iommuctl_session_entry_get_device(const struct iommuctl_session_entry *entry);
/* An id; 0: I is past the last one. */
uint32_t iommuctl_session_entry_get_parent(const struct iommuctl_session_entry *entry, size_t i);
/* In the order of the PASIDs. Errors: -ENOENT past the last one. */
int iommuctl_session_entry_get_attachment(const struct iommuctl_session_entry *entry, size_t i,
					  uint32_t *ret_pasid, uint32_t *ret_pt_id);
/* Its file descriptor, which is the caller's then. Errors: -ENODATA it has none, or no more. */
int iommuctl_session_entry_take_fd(struct iommuctl_session_entry *entry);

/* ------------------------------------ what the kernel tells of an IOMMU */

struct iommuctl_hw_info;

/*
 * What iommufd tells of the IOMMU behind a device that was bound. TYPE 0 asks
 * for the IOMMU itself; others for something beside it: 3 is Tegra241 CMDQV,
 * Linux 6.17. IOMMU_GET_HW_INFO, Linux 6.6. An IOMMU whose driver tells
 * nothing has the type 0, "none".
 * Errors: -EINVAL also a device that is not bound; -EOPNOTSUPP nothing of that
 * TYPE, or a device without an IOMMU; -ENOENT a device its driver emulates.
 */
int iommuctl_hw_info_load(struct iommuctl_object *device, uint32_t type,
			  struct iommuctl_hw_info **ret_info);
struct iommuctl_hw_info *iommuctl_hw_info_free(struct iommuctl_hw_info *info);

/* The kernel's number for the kind of the answer. */
uint32_t iommuctl_hw_info_get_type(const struct iommuctl_hw_info *info);
/* "intel-vtd", "arm-smmu-v3", "tegra241-cmdqv", "amd-vi", "none"; NULL not known here. */
const char *iommuctl_hw_info_get_type_name(const struct iommuctl_hw_info *info);
/* Bytes of the whole answer. */
uint32_t iommuctl_hw_info_get_length(const struct iommuctl_hw_info *info);
/* The answer as it came, or its first 4096 bytes. */
const uint8_t *iommuctl_hw_info_get_data(const struct iommuctl_hw_info *info, size_t *ret_size);
/* The registers in it. Errors: -ENOENT past the last one. */
int iommuctl_hw_info_get_register(const struct iommuctl_hw_info *info, size_t i,
				  const struct iommuctl_register **ret_reg, uint64_t *ret_value);
/*
 * A feature as the kernel tells it for this device, which counts more than what
 * the IOMMU's registers promise: dirty_tracking, ats, pasid_bits; of SMMUv3
 * also input_bits, asid_bits, stall and range_invalidation, all that its
 * registers may be relied on for. Errors: -ENODATA it does not tell.
 */
int iommuctl_hw_info_get_feature(const struct iommuctl_hw_info *info, enum iommuctl_feature feature,
				 struct iommuctl_value *ret_value);
/* The kernel's flags for this type, errata. Errors: -ENODATA it has none. */
int iommuctl_hw_info_get_flags(const struct iommuctl_hw_info *info, uint32_t *ret_flags);
/* Names of the errata among them, "ERRATA_772415_SPR17". NULL past the last one. */
const char *iommuctl_hw_info_get_erratum(const struct iommuctl_hw_info *info, size_t i);
/*
 * Bits of a PASID of the device, 0 when PASIDs are not in use for it. Linux
 * 6.15. Errors: -ENODATA this kernel does not tell.
 */
int iommuctl_hw_info_get_pasid_bits(const struct iommuctl_hw_info *info, unsigned int *ret_bits);

/* Numbers are stable: new ones are added before COUNT. */
enum iommuctl_hw_capability {
	IOMMUCTL_HW_DIRTY_TRACKING,
	IOMMUCTL_HW_PASID_EXEC,
	IOMMUCTL_HW_PASID_PRIV,
	IOMMUCTL_HW_ATS_NOT_SUPPORTED,
	IOMMUCTL_HW_CAPABILITY_COUNT
};

/* "dirty_tracking", "pasid_exec", ...; NULL when there is no such capability. */
const char *iommuctl_hw_capability_get_key(enum iommuctl_hw_capability capability);
/*
 * 1 or 0. A kernel that does not know a capability says 0 as well, and so may
 * mean nothing by it. Errors: -ENODATA this kernel does not tell, or whether
 * it does is not sure: ATS_NOT_SUPPORTED is Linux 7.1, and 0 is believed from
 * Linux 7.3 on, the next one whose interface differs.
 */
int iommuctl_hw_info_has_capability(const struct iommuctl_hw_info *info,
				    enum iommuctl_hw_capability capability);
/* The bits that are set and have no name here. */
uint64_t iommuctl_hw_info_get_unknown_capabilities(const struct iommuctl_hw_info *info);

/* ------------------------------------------------ what the kernel offers */

/*
 * Calls, members of structs, flags, options and extensions of iommufd and
 * VFIO, their device nodes and their modules' parameters: which of them this
 * kernel has.
 */
struct iommuctl_kernel_probe;
struct iommuctl_kernel_entry;

/*
 * Ask the kernel, of no version in particular: /dev/iommu and /dev/vfio/vfio
 * get calls that cannot succeed, whose errors tell; no object is made, no
 * module is loaded, no device is opened. A node that is not registered has
 * nothing; what a node that cannot be opened has is unknown, and the entries'
 * reason tells why. With a root no device node is opened: the answers are
 * those that a snapshot kept.
 * Errors: -ENODATA nothing at all could be learnt.
 */
int iommuctl_kernel_probe_load(struct iommuctl_context *ctx,
			       struct iommuctl_kernel_probe **ret_probe);
struct iommuctl_kernel_probe *iommuctl_kernel_probe_free(struct iommuctl_kernel_probe *probe);
/* "6.12.57"; NULL not known. */
const char *iommuctl_kernel_probe_get_release(const struct iommuctl_kernel_probe *probe);
/* Always the same ones in the same order; valid as long as PROBE. NULL past the last one. */
const struct iommuctl_kernel_entry *
iommuctl_kernel_probe_get_entry(const struct iommuctl_kernel_probe *probe, size_t i);

/* "iommufd" or "vfio"; INTERFACE and NAME together are unique. */
const char *iommuctl_kernel_entry_get_interface(const struct iommuctl_kernel_entry *entry);
/* As in the kernel's headers: "IOMMU_IOAS_MAP_FILE", "iommu_hwpt_alloc.fault_id". */
const char *iommuctl_kernel_entry_get_name(const struct iommuctl_kernel_entry *entry);
/* "node", "call", "struct", "flag", "option", "extension", "parameter" */
const char *iommuctl_kernel_entry_get_kind(const struct iommuctl_kernel_entry *entry);
/* Of the call, option or extension; of a flag, its bits. Errors: -ENODATA it has none. */
int iommuctl_kernel_entry_get_number(const struct iommuctl_kernel_entry *entry,
				     uint32_t *ret_number);
/* Whether it is there: 1 or 0. Errors: -ENODATA not known, see the reason. */
int iommuctl_kernel_entry_is_present(const struct iommuctl_kernel_entry *entry);
/*
 * Bytes of a call's struct as far as this kernel knows it, and the least it
 * takes, as measured; of a struct, up to the end of what the entry is about.
 * Errors: -ENODATA it has none, or it is not known.
 */
int iommuctl_kernel_entry_get_size(const struct iommuctl_kernel_entry *entry, uint32_t *ret_size);
int iommuctl_kernel_entry_get_min_size(const struct iommuctl_kernel_entry *entry,
				       uint32_t *ret_size);
/* What a parameter is set to, a version that was told; NULL for others. */
const char *iommuctl_kernel_entry_get_value(const struct iommuctl_kernel_entry *entry);
/* The version of Linux that brought it, "6.13"; NULL not recorded. */
const char *iommuctl_kernel_entry_get_since(const struct iommuctl_kernel_entry *entry);
/* Why it is not known, or not there; NULL when there is no more to say. */
const char *iommuctl_kernel_entry_get_reason(const struct iommuctl_kernel_entry *entry);
/* What cannot be done where it is not there; NULL when it is, or it is not known. */
const char *iommuctl_kernel_entry_get_rules_out(const struct iommuctl_kernel_entry *entry);

#ifdef __cplusplus
}
#endif

#endif
