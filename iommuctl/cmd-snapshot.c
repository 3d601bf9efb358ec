/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snapshot: one file with all that reading verbs read of a machine, for --root. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diff.h"

struct created {
	const char *file;
	size_t count;
	unsigned int flags;
};

#define CREATED ((const struct created *)object)

GETTER(get_file, value_text(CREATED->file))
GETTER(get_count, value_number(CREATED->count))
GETTER(get_redacted, value_bool(!(CREATED->flags & IOMMUCTL_SNAPSHOT_PRIVATE)))
GETTER(get_acpi, value_bool(CREATED->flags &IOMMUCTL_SNAPSHOT_ACPI))
GETTER(get_config, value_bool(CREATED->flags &IOMMUCTL_SNAPSHOT_CONFIG))

/* clang-format off */
static const struct attr create_attrs[] = {
	{ .key = "file", .heading = "FILE", .flags = ATTR_COLUMN, .get = get_file, .help = "the archive" },
	{ .key = "file_count", .heading = "FILES", .flags = ATTR_COLUMN | ATTR_RIGHT, .get = get_count, .help = "number of files in it" },
	{ .key = "redacted", .heading = "REDACTED", .flags = ATTR_COLUMN, .get = get_redacted, .help = "addresses, serial numbers, names and secrets were left out" },
	{ .key = "acpi", .heading = "ACPI", .flags = ATTR_COLUMN, .get = get_acpi, .help = "ACPI tables were asked for" },
	{ .key = "config", .heading = "CONFIG", .flags = ATTR_COLUMN, .get = get_config, .help = "PCI configuration space was asked for" },
};
/* clang-format on */

static const struct noun create_noun = {
	.singular = "snapshot",
	.plural = "snapshots",
	.attrs = create_attrs,
	.attr_count = ARRAY_SIZE(create_attrs),
};

static int rename_to(const struct app *app, const char *from, const char *to)
{
	struct stat stat;

	if (!app->force) {
		if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
			return 0;
		/* not every file system can */
		if (errno != EINVAL)
			return -errno;
	}
	if (lstat(to, &stat) == 0 && (!app->force || !S_ISREG(stat.st_mode)))
		return -EEXIST;
	return rename(from, to) < 0 ? -errno : 0;
}

/* Beside FILE, so that it appears whole or not at all; only its owner may read it. */
static int write_beside(struct app *app, const struct iommuctl_snapshot *snapshot, const char *file)
{
	char path[PATH_MAX];
	int fd, r;

	if (snprintf(path, sizeof(path), "%s.XXXXXX", file) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = iommuctl_snapshot_write(snapshot, fd);
	if (r >= 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r >= 0)
		r = -errno;
	if (r >= 0)
		r = rename_to(app, path, file);
	if (r < 0)
		unlink(path);
	return r;
}

static int write_file(struct app *app, const struct iommuctl_snapshot *snapshot, const char *file)
{
	int r = write_beside(app, snapshot, file);

	if (r < 0)
		message("snapshot %s: write: %s", file, strerror(-r));
	if (r == -EEXIST)
		hint(app->force ? "it is no file: --force does not replace it"
				: "--force replaces it");
	return r;
}

static int write_stdout(struct app *app, const struct iommuctl_snapshot *snapshot)
{
	int r;

	if (isatty(STDOUT_FILENO)) {
		message("snapshot -: write: an archive is nothing for a terminal");
		return -EINVAL;
	}
	r = iommuctl_snapshot_write(snapshot, STDOUT_FILENO);
	if (r < 0)
		message_diag(app);
	return r;
}

static int write_to(struct app *app, const struct iommuctl_snapshot *snapshot, const char *file)
{
	struct created created = {
		.file = file,
		.count = iommuctl_snapshot_get_count(snapshot),
		.flags = app->snapshot_flags,
	};
	const void *item = &created;
	const struct objects objects = { .items = &item, .count = 1 };

	if (strcmp(file, "-") == 0)
		return write_stdout(app, snapshot) < 0 ? EXIT_FAILED : EXIT_DONE;
	if (write_file(app, snapshot, file) < 0)
		return EXIT_FAILED;
	return render(app, VIEW_TABLE, &objects, NULL);
}

static int run_create(struct app *app)
{
	struct iommuctl_snapshot *snapshot;
	int r;

	if (selection_make(app, VIEW_TABLE) < 0)
		return EXIT_USAGE;
	if (iommuctl_snapshot_create(app->ctx, app->snapshot_flags, &snapshot) < 0) {
		message_diag(app);
		return EXIT_FAILED;
	}
	message_notes(app);
	r = write_to(app, snapshot, app->args[0]);
	iommuctl_snapshot_free(snapshot);
	return r;
}

enum { OPTION_ACPI = 0x200, OPTION_CONFIG, OPTION_REDACT, OPTION_NO_REDACT, OPTION_FORCE };

static error_t parse_create(int key, char *arg, struct app *app)
{
	(void)arg;
	switch (key) {
	case OPTION_ACPI:
		app->snapshot_flags |= IOMMUCTL_SNAPSHOT_ACPI;
		return 0;
	case OPTION_CONFIG:
		app->snapshot_flags |= IOMMUCTL_SNAPSHOT_CONFIG;
		return 0;
	case OPTION_REDACT:
		app->snapshot_flags &= ~IOMMUCTL_SNAPSHOT_PRIVATE;
		return 0;
	case OPTION_NO_REDACT:
		app->snapshot_flags |= IOMMUCTL_SNAPSHOT_PRIVATE;
		return 0;
	case OPTION_FORCE:
		app->force = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* clang-format off */
static const struct argp_option create_options[] = {
	{ "acpi", OPTION_ACPI, NULL, 0, "Add the ACPI tables about IOMMUs (needs root)", 0 },
	{ "config", OPTION_CONFIG, NULL, 0, "Add PCI configuration space; reading it can wake sleeping devices", 0 },
	{ "redact", OPTION_REDACT, NULL, 0, "Leave out hardware addresses, serial numbers, the host's name and most of the kernel's command line (the default)", 0 },
	{ "no-redact", OPTION_NO_REDACT, NULL, 0, "Leave nothing out", 0 },
	{ "force", OPTION_FORCE, NULL, 0, "Replace FILE if it is there", 0 },
	{ 0 },
};
/* clang-format on */

const struct command snapshot_commands[] = {
	{
		.noun = "snapshot",
		.verb = "create",
		.args = "FILE",
		.summary = "Record the machine in an archive",
		.doc = "All that reading commands read goes into one compressed tar archive, which "
		       "--root takes instead of a directory. The same machine gives the same "
		       "bytes. FILE - is standard output.",
		.example = "iommuctl snapshot create --acpi host1.tar.zst",
		.objects = &create_noun,
		.options = create_options,
		.parse = parse_create,
		.run = run_create,
		.min_args = 1,
		.max_args = 1,
	},
	{
		.noun = "snapshot",
		.verb = "diff",
		.args = "FILE [FILE]",
		.summary = "Tell what changed between two snapshots",
		.doc = "Compares what --root takes: archives, directories, kernel logs; \"live\", "
		       "or "
		       "a second file left out, is this machine. Groups are compared by their "
		       "devices, whatever their numbers. Exits with 4 when something changed.",
		.example = "iommuctl snapshot diff before.tar.zst",
		.objects = &diff_noun,
		.run = run_snapshot_diff,
		.min_args = 1,
		.max_args = 2,
	},
	{ 0 },
};
