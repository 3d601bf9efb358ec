/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tool's files share: one run of the command, its tables, its output. */
#ifndef IOMMUCTL_APP_H
#define IOMMUCTL_APP_H

#include <argp.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "buffer.h"
#include "libiommuctl/iommuctl.h"
#include "param.h"

#define ARRAY_SIZE(array)    (sizeof(array) / sizeof((array)[0]))
#define PRINTF(string, args) __attribute__((format(printf, string, args)))

/* Paths of this process, whatever the root is, and of this machine in hints. */
#define OWN_NULL       "/dev/null"
#define OWN_FDS	       "/proc/self/fd"
#define PROC_MEMINFO   "/proc/meminfo"
#define PROC_HUGEPAGES "/proc/sys/vm/nr_hugepages"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_SOME_FAILED = 3,
	EXIT_FOUND = 4,
};

/* ------------------------------------------------------------------ tables */

struct app;
struct attr;
struct rows;
enum view { VIEW_TABLE, VIEW_SHOW };

enum attr_flags {
	ATTR_COLUMN = 1 << 0,  /* in tables unless -o says otherwise */
	ATTR_TEXT = 1 << 1,    /* for people: in no JSON unless -o asks */
	ATTR_VERBOSE = 1 << 2, /* costs extra: only with -v or when -o asks */
	ATTR_SHOW = 1 << 3,    /* in the text of show all the same */
	ATTR_RIGHT = 1 << 4,
	ATTR_JSON = 1 << 5,    /* in no text unless -o asks */
	ATTR_HW_INFO = 1 << 6, /* only with --hw-info or when -o asks */
};

/* A number that is a member of the object. */
enum attr_field {
	ATTR_NO_FIELD = 0,
	ATTR_U32,
	ATTR_U64,
	ATTR_ADDRESS, /* uint64_t; "0x..." */
};

/* One fact of a noun's objects. The value is JSON's; NULL is unknown. */
struct attr {
	const char *key;
	const char *heading;
	const char *help;
	unsigned int flags;
	unsigned int needs; /* IOMMUCTL_LOAD_* */
	unsigned int hex;   /* in text: so many hexadecimal digits */
	int arg;	    /* for getters that serve several rows */
	json_object *(*get)(const void *object, const struct attr *attr);
	enum attr_field field; /* instead of get() */
	size_t offset;
	/* in the text of show: lines below the key instead of a value */
	void (*rows)(const void *object, struct rows *rows);
};

/* A getter that is one expression over OBJECT. */
#define GETTER(name, expression)                                                                   \
	static json_object *name(const void *object, const struct attr *attr)                      \
	{                                                                                          \
		(void)attr;                                                                        \
		return expression;                                                                 \
	}

/* A list of objects to print; ITEMS is owned, what it points to is not. */
struct objects {
	const void **items;
	size_t count;
};

struct noun {
	const char *singular; /* in messages */
	const char *plural;   /* the key of the JSON document */
	const char *none;     /* what it may mean that there is none; or NULL */
	const struct attr *attrs;
	size_t attr_count;
	/* more keys of the JSON document; what follows the text of show, or of list -v, without -o
	 */
	json_object *(*extra)(const struct app *app);
	int (*print_extra)(struct app *app, enum view view);
	/* of a topology: all of them, and by name */
	const void *(*get)(const struct iommuctl_topology *topology, size_t i);
	const void *(*find)(const struct iommuctl_topology *topology, const char *name);
};

struct command {
	const char *noun;
	const char *verb; /* NULL: the noun alone */
	const char *args; /* of the usage line; the first word says how to complete them */
	const char *summary;
	const char *doc;
	const char *example;
	const struct noun *objects; /* what -o selects from */
	const struct argp_option *options;
	const enum param_id *params;   /* more options; ended by PARAM_NONE */
	const enum param_id *required; /* those of them that must be given */
	/* of the words, before anything is done; an exit code */
	int (*check)(const struct app *app);
	error_t (*parse)(int key, char *arg, struct app *app);
	int (*run)(struct app *app);
	/* before the objects are printed; an exit code, and how many of them failed */
	int (*prepare)(struct app *app, const struct objects *objects, size_t *ret_failed);
	bool is_default; /* when the verb is left out */
	bool hidden;
	bool silent;			 /* what is done is printed in JSON only */
	bool changes;			 /* takes --dry-run, and prints nothing else then */
	bool own_dry_run;		 /* which prints something else than calls */
	bool takes_command;		 /* the words behind -- are another program's */
	bool live;			 /* of this machine, never of --root */
	unsigned int needs;		 /* IOMMUCTL_LOAD_* besides the attributes' */
	unsigned int min_args, max_args; /* a maximum of 0 is none */
};

extern const struct command iommu_commands[], group_commands[], device_commands[],
	region_commands[], register_commands[], topology_commands[], iova_commands[],
	kernel_commands[], snapshot_commands[], compat_commands[], ioas_commands[], hwpt_commands[],
	viommu_commands[], vdevice_commands[], veventq_commands[], fault_queue_commands[],
	hw_queue_commands[], option_commands[], batch_commands[], session_commands[],
	container_commands[], plan_commands[], complete_commands[];

/* ---------------------------------------------------------------- one run */

#define SELECTION_MAX 64

struct selection {
	const struct attr *attrs[SELECTION_MAX];
	size_t count;
	unsigned int needs;
};

struct app {
	const struct command *command;
	struct iommuctl_context *ctx;
	struct iommuctl_topology *topology;
	const char *root;
	const char *output;
	const char *format; /* topology --format */
	const char *why;    /* iommu show --why */
	const char *color;
	const char *trace;	/* --trace: text, json; NULL: none */
	const char *arch;	/* register --model */
	const char *from_log;	/* register show --from-log */
	const char *emit;	/* compat --emit */
	struct objects formats; /* compat --format: texts */
	unsigned int snapshot_flags;
	bool json, no_heading, verbose, quiet, force;
	bool config;   /* read PCI configuration space */
	bool hw_info;  /* device show --hw-info */
	bool list;     /* compat --list */
	bool has_verb; /* it was not left out */

	/* of session: words of --device and --open, --name, --foreground */
	struct objects devices, open_devices;
	const char *name;
	bool foreground;

	char **args;
	size_t args_before; /* those that stand before -- */
	bool has_dashes;
	size_t arg_count;
	size_t failed; /* objects that could not be done */
	struct selection selection;
	struct param_value values[PARAM_COUNT];
	const char *session_name; /* --session */
	const char *inherited;	  /* --iommufd */
	/* once app_iommufd() has them */
	struct iommuctl_session *session; /* NULL with --iommufd */
	struct iommuctl_iommufd *iommufd;
	struct iommuctl_object *ioas; /* that the last command was about; or NULL */
	bool dry_run;
	json_object *calls; /* of the dry run so far; NULL: each is printed at once */
	bool in_batch;
	struct buffer results; /* records of what was done so far, as JSON */
};

/* What opening a VFIO device needs of a topology. */
#define LOAD_VFIO_DEVICES (IOMMUCTL_LOAD_GROUPS | IOMMUCTL_LOAD_DEVICES | IOMMUCTL_LOAD_VFIO)

#define PARAMS(...)	    ((const enum param_id[]){ __VA_ARGS__, PARAM_NONE })
#define COMMAND_OPTIONS_MAX 32
/* The command's options as argp has them, into room for COMMAND_OPTIONS_MAX; how many. */
size_t command_get_options(const struct command *command, struct argp_option *options);
/* The command for the words of ARGV; *RET_WORDS is how many they were. */
const struct command *command_find(char *const *argv, int argc, int *ret_words);
/* All commands, one after another; NULL starts, NULL ends. */
const struct command *command_next(const struct command *command);
extern const struct argp_option global_options[];
/* Check what was parsed, and run it; an exit code. */
int command_run(struct app *app);
/* Fill APP from the command's own words; ends the program on a usage error. */
void command_parse(struct app *app, int argc, char **argv);

int selection_make(struct app *app, enum view view);
/* IOMMUCTL_LOAD_*: what the command and the selected attributes need. */
unsigned int app_needs(const struct app *app);
/* Load that. */
int app_load(struct app *app);
/* Connect to the session, or take the file of --iommufd, unless that is done; or tell why not. */
int app_iommufd(struct app *app);
void app_close_iommufd(struct app *app);
/* The objects named on the command line, or all. */
int app_collect(struct app *app, struct objects *objects);
int objects_add(struct objects *objects, const void *object);
int run_list(struct app *app);
int run_show(struct app *app);
/*
 * The whole of a file, a pipe, or, where PATH is "-", standard input; the caller frees it.
 * -E2BIG: longer than LIMIT.
 */
int read_input(const char *path, size_t limit, char **ret_text, size_t *ret_length);
/* Print the calls of the kernel from now on, if that is wanted; the exit code at the end. */
void trace_start(struct app *app);
int trace_finish(struct app *app, int status);
/* 0, or what the failures so far make of it. */
int app_exit_code(const struct app *app, size_t done);

/* ------------------------------------------------------------------- output */

/* Print OBJECTS; EXTRA, if not NULL, are more keys of the JSON document. Takes EXTRA. */
int render(struct app *app, enum view view, const struct objects *objects, json_object *extra);
/* Add a line to the text of show: LABEL, VALUE, NOTE. */
void rows_add(struct rows *rows, const char *label, json_object *value, const char *note);
/* RECORDS, each with an array of children under one of its keys, in the format asked for. */
int render_nested(struct app *app, const char *plural, json_object *records);
bool use_color(const struct app *app);
/* Whether people read it: no JSON, and nobody has chosen the attributes. */
bool is_for_people(const struct app *app);
/* One object that a command made or changed; all of them, at the end. */
void result_add(struct app *app, const void *object);
int result_finish(struct app *app);
int result_print(struct app *app, const void *object);
/* The members of OBJECT's record in JSON, without the braces. */
void result_members(const struct app *app, struct buffer *buffer, const void *object);

/* -------------------------------------------------------------------- values */

json_object *attr_get(const void *object, const struct attr *attr);

/* TEXT of the machine; what is not UTF-8 is escaped. NULL gives NULL. */
json_object *value_text(const char *text);
json_object *value_number(uint64_t number);
json_object *value_bool(bool value);
/* "0x..." */
json_object *value_hex(uint64_t number);
/* Two hexadecimal digits each. */
json_object *value_bytes(const uint8_t *bytes, size_t count);
json_object *value_decoded(const struct iommuctl_value *value);
/* For people: lists joined, yes and no, "-" for NULL; DIGITS of hex, or 0. The caller frees it. */
char *value_to_text(json_object *value, unsigned int digits);
void object_set(json_object *object, const char *key, json_object *value);

/* ------------------------------------------------------------------ messages */

/* "iommuctl: ..." on standard error. */
PRINTF(1, 2) void message(const char *format, ...);
/* Add them to arrays instead; NULL: no more. */
void message_capture(json_object *errors, json_object *hints);
PRINTF(1, 2) void hint(const char *format, ...);
/* The library's diagnostic, with its hints. */
void message_diag(const struct app *app);
void message_notes(const struct app *app);
/* The same of another context than the run's own. */
void message_diag_of(const struct app *app, const struct iommuctl_context *ctx);
void message_notes_of(const struct app *app, const struct iommuctl_context *ctx);

#endif
