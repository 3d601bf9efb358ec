# SPDX-License-Identifier: GPL-2.0-or-later
# make check: every test speaks TAP, and needs neither root nor an IOMMU.

TEST_EXTENSIONS = .bats
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
BATS_LOG_DRIVER = $(LOG_DRIVER)
BATS_LOG_COMPILER = $(srcdir)/%D%/run-bats
AM_TESTS_ENVIRONMENT = \
	BATS='$(BATS)' CC='$(CC)' CMOCKA_MESSAGE_OUTPUT=TAP \
	IOMMUCTL='$(abs_builddir)/iommuctl/iommuctl' \
	SRCDIR='$(abs_srcdir)' BUILDDIR='$(abs_builddir)'; \
	export BATS CC CMOCKA_MESSAGE_OUTPUT IOMMUCTL SRCDIR BUILDDIR;

# ------------------------------------------------------------------ unit tests

valgrind_tests = \
	%D%/unit/call \
	%D%/unit/cause \
	%D%/unit/chain \
	%D%/unit/container \
	%D%/unit/dirty \
	%D%/unit/holder \
	%D%/unit/hw-info \
	%D%/unit/iommufd \
	%D%/unit/kernel \
	%D%/unit/layout \
	%D%/unit/log \
	%D%/unit/memory \
	%D%/unit/objects \
	%D%/unit/param \
	%D%/unit/parse \
	%D%/unit/pci \
	%D%/unit/probe \
	%D%/unit/profile \
	%D%/unit/range-set \
	%D%/unit/reason \
	%D%/unit/registry \
	%D%/unit/session \
	%D%/unit/session-hostile \
	%D%/unit/smmu \
	%D%/unit/scrub \
	%D%/unit/tables \
	%D%/unit/topology \
	%D%/unit/units \
	%D%/unit/vfio-group \
	%D%/unit/vfs \
	%D%/unit/window
# this one takes too long there
unit_tests = $(valgrind_tests) %D%/unit/compat

check_PROGRAMS =
TESTS = %D%/unit/abi
if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
else
TESTS += %D%/unit/without-cmocka
endif
EXTRA_DIST += %D%/unit/without-cmocka %D%/unit/test.h %D%/unit/abi %D%/unit/abi-layout.c

# a program is made of the C file of its name, unless said otherwise
AM_DEFAULT_SOURCE_EXT = .c
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
LDADD = libcore.la $(CMOCKA_LIBS)

tree = %D%/unit/tree.c %D%/unit/tree.h
session_pair = %D%/unit/session-pair.c %D%/unit/session-pair.h $(tree)
fake_kernel = %D%/unit/fake-kernel.c %D%/unit/fake-kernel.h
%C%_unit_call_SOURCES = %D%/unit/call.c $(fake_kernel)
failures = %D%/unit/failures.c %D%/unit/failures.h
%C%_unit_cause_SOURCES = %D%/unit/cause.c $(failures) $(tree)
%C%_unit_cause_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fstatfs
%C%_unit_chain_SOURCES = %D%/unit/chain.c $(tree)
steps = %D%/unit/container-steps.h
%C%_unit_container_SOURCES = %D%/unit/container.c $(steps) $(tree) $(fake_kernel)
%C%_unit_vfio_group_SOURCES = %D%/unit/vfio-group.c $(steps) $(tree) $(fake_kernel)
%C%_unit_holder_SOURCES = %D%/unit/holder.c $(tree)
%C%_unit_hw_info_SOURCES = %D%/unit/hw-info.c $(tree) $(fake_kernel)
%C%_unit_iommufd_SOURCES = %D%/unit/iommufd.c $(tree) $(fake_kernel)
%C%_unit_kernel_SOURCES = %D%/unit/kernel.c $(tree)
%C%_unit_dirty_SOURCES = %D%/unit/dirty.c $(tree)
%C%_unit_objects_SOURCES = %D%/unit/objects.c $(tree)
%C%_unit_log_SOURCES = %D%/unit/log.c $(tree)
%C%_unit_log_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=klogctl
%C%_unit_memory_SOURCES = %D%/unit/memory.c $(failures) $(session_pair)
%C%_unit_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=free \
	-Wl,--wrap=strdup,--wrap=strndup,--wrap=asprintf,--wrap=vasprintf,--wrap=open_memstream \
	-Wl,--wrap=arena_alloc,--wrap=arena_strdup,--wrap=recvmsg
%C%_unit_param_SOURCES = %D%/unit/param.c iommuctl/param.c iommuctl/param.h
%C%_unit_param_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
%C%_unit_probe_SOURCES = %D%/unit/probe.c $(tree)
%C%_unit_reason_SOURCES = %D%/unit/reason.c $(tree)
%C%_unit_session_SOURCES = %D%/unit/session.c $(session_pair)
%C%_unit_session_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=recvmsg
%C%_unit_session_hostile_SOURCES = %D%/unit/session-hostile.c $(session_pair)
%C%_unit_session_hostile_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=recvmsg
%C%_unit_units_SOURCES = %D%/unit/units.c $(tree)
%C%_unit_smmu_SOURCES = %D%/unit/smmu.c $(tree)
%C%_unit_topology_SOURCES = %D%/unit/topology.c $(tree)
%C%_unit_topology_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=io_list
%C%_unit_window_SOURCES = %D%/unit/window.c $(steps) $(tree) $(fake_kernel)
%C%_unit_window_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
%C%_unit_window_CFLAGS = $(iommuctl_iommuctl_CFLAGS)
%C%_unit_window_LDADD = libtool-main.la libcore.la $(JSON_LIBS) $(SMARTCOLS_LIBS) $(CMOCKA_LIBS)

# The tool without its main(), which has another name here.
check_LTLIBRARIES = libtool-main.la
libtool_main_la_SOURCES = $(iommuctl_iommuctl_SOURCES)
libtool_main_la_CPPFLAGS = $(iommuctl_iommuctl_CPPFLAGS) -Dmain=tool_main
libtool_main_la_CFLAGS = $(iommuctl_iommuctl_CFLAGS) -Wno-missing-prototypes

# ------------------------------------------------------------------- the tool

check_PROGRAMS += %D%/examples/machine
%C%_examples_assign_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/libiommuctl
%C%_examples_assign_LDADD = libiommuctl.la
%C%_examples_machine_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/libiommuctl
%C%_examples_machine_LDADD = libiommuctl.la

cli_tests = \
	%D%/cli/archives.bats \
	%D%/cli/batch.bats \
	%D%/cli/compat.bats \
	%D%/cli/container.bats \
	%D%/cli/diff.bats \
	%D%/cli/example.bats \
	%D%/cli/holders.bats \
	%D%/cli/hw-info.bats \
	%D%/cli/kernel.bats \
	%D%/cli/live.bats \
	%D%/cli/log-root.bats \
	%D%/cli/log.bats \
	%D%/cli/objects.bats \
	%D%/cli/pasid.bats \
	%D%/cli/plan-file.bats \
	%D%/cli/plan-layout.bats \
	%D%/cli/robust.bats \
	%D%/cli/select.bats \
	%D%/cli/session.bats \
	%D%/cli/snapshot.bats \
	%D%/cli/terminal.bats \
	%D%/cli/trace.bats \
	%D%/cli/usage.bats
include %D%/contract/local.mk
oracle_tests = \
	%D%/oracle/config \
	%D%/oracle/iort \
	%D%/oracle/layout \
	%D%/oracle/logs \
	%D%/oracle/pci \
	%D%/oracle/profiles.bats \
	%D%/oracle/registers \
	%D%/oracle/units
TESTS += $(contract_tests)
TESTS += $(cli_tests) %D%/cli/transcripts $(oracle_tests)
EXTRA_DIST += \
	%D%/run-bats \
	%D%/cli/helpers.bash \
	%D%/cli/mktar \
	$(cli_tests) \
	%D%/cli/transcripts \
	%D%/golden \
	%D%/oracle/Lspci.pm \
	%D%/oracle/Oracle.pm \
	$(oracle_tests) \
	%D%/fixtures \
	%D%/bench \
	%D%/valgrind \
	%D%/guest

# ---------------------------------------------------------------------- fuzzing

# What is known to be interesting, as ordinary tests; make fuzz looks for more.
fuzz_tests = \
	%D%/fuzz/replay-iort \
	%D%/fuzz/replay-archive \
	%D%/fuzz/replay-compat \
	%D%/fuzz/replay-layout \
	%D%/fuzz/replay-log \
	%D%/fuzz/replay-pci \
	%D%/fuzz/replay-plan \
	%D%/fuzz/replay-registers \
	%D%/fuzz/replay-session \
	%D%/fuzz/replay-tree \
	%D%/fuzz/replay-words
check_PROGRAMS += $(fuzz_tests)
TESTS += $(fuzz_tests)
EXTRA_DIST += %D%/fuzz/corpus %D%/fuzz/run

check_LTLIBRARIES += libreplay.la
libreplay_la_SOURCES = %D%/fuzz/replay.c %D%/fuzz/fuzz.h

%C%_fuzz_replay_iort_SOURCES = %D%/fuzz/fuzz-iort.c
%C%_fuzz_replay_iort_LDADD = libcore.la libreplay.la
%C%_fuzz_replay_archive_SOURCES = %D%/fuzz/fuzz-archive.c
%C%_fuzz_replay_archive_LDADD = libcore.la libreplay.la
%C%_fuzz_replay_compat_SOURCES = %D%/fuzz/fuzz-compat.c
%C%_fuzz_replay_compat_LDADD = libcore.la libreplay.la
%C%_fuzz_replay_layout_SOURCES = %D%/fuzz/fuzz-layout.c
%C%_fuzz_replay_layout_LDADD = libcore.la libreplay.la
%C%_fuzz_replay_log_SOURCES = %D%/fuzz/fuzz-log.c
%C%_fuzz_replay_log_LDADD = libcore.la libreplay.la
%C%_fuzz_replay_pci_SOURCES = %D%/fuzz/fuzz-pci.c
%C%_fuzz_replay_pci_LDADD = libcore.la libreplay.la
%C%_fuzz_replay_session_SOURCES = %D%/fuzz/fuzz-session.c
%C%_fuzz_replay_session_LDADD = libcore.la libreplay.la
%C%_fuzz_replay_tree_SOURCES = %D%/fuzz/fuzz-tree.c
%C%_fuzz_replay_tree_LDADD = libcore.la libreplay.la
%C%_fuzz_replay_words_SOURCES = %D%/fuzz/fuzz-words.c
%C%_fuzz_replay_words_LDADD = libcore.la libreplay.la
%C%_fuzz_replay_plan_SOURCES = %D%/fuzz/fuzz-plan.c
%C%_fuzz_replay_plan_CPPFLAGS = $(iommuctl_iommuctl_CPPFLAGS)
%C%_fuzz_replay_plan_CFLAGS = $(iommuctl_iommuctl_CFLAGS)
%C%_fuzz_replay_plan_LDADD = libreplay.la libtool-main.la $(iommuctl_iommuctl_LDADD)
%C%_fuzz_replay_registers_SOURCES = %D%/fuzz/fuzz-registers.c
%C%_fuzz_replay_registers_CPPFLAGS = $(iommuctl_iommuctl_CPPFLAGS)
%C%_fuzz_replay_registers_CFLAGS = $(iommuctl_iommuctl_CFLAGS)
%C%_fuzz_replay_registers_LDADD = libreplay.la libtool-main.la $(iommuctl_iommuctl_LDADD)

# -------------------------------------------------- programs that run in guests

guest_programs = \
	%D%/examples/assign \
	%D%/guest/cause \
	%D%/guest/fail-nth \
	%D%/guest/mock \
	%D%/guest/speed \
	%D%/guest/stage1
check_PROGRAMS += $(guest_programs)
%C%_guest_cause_SOURCES = \
	%D%/guest/cause.c \
	%D%/guest/cause.h \
	%D%/guest/cause-container.c \
	%D%/guest/cause-device.c \
	%D%/guest/cause-map.c \
	%D%/guest/cause-mock.c \
	%D%/guest/mock.h
%C%_guest_cause_LDADD = libcore.la
%C%_guest_fail_nth_SOURCES = \
	%D%/guest/fail-nth.c \
	%D%/guest/fail-nth.h \
	%D%/guest/fail-nth-scenarios.c \
	%D%/guest/mock.h
%C%_guest_fail_nth_LDADD = libcore.la
%C%_guest_mock_SOURCES = %D%/guest/mock.c %D%/guest/mock.h
%C%_guest_mock_LDADD =
%C%_guest_stage1_LDADD =
%C%_guest_speed_SOURCES = %D%/guest/speed.c
%C%_guest_speed_LDADD = libiommuctl.la

# runs without an operating system
%D%/guest/inner: %D%/guest/inner.c
	$(AM_V_CC)$(MKDIR_P) $(@D) && $(CC) -m32 -O2 -ffreestanding -fno-pic -fno-stack-protector \
		-nostdlib -static -Wl,-Ttext=0x100000 -Wl,--build-id=none -o $@ $<
CLEANFILES = %D%/guest/inner

# The folder is taken from where it was built, too.
dist-hook:
	cd $(distdir) && rm -rf %D%/guest/.deps %D%/guest/.libs %D%/guest/.dirstamp %D%/guest/*.o \
		$(guest_programs) %D%/guest/inner

# --------------------------------------------------------------- other targets

# Targets, a line each with two number signs in front:
## all            the library and the command
## check          tests that need neither root nor an IOMMU
## check-guest    tests in guests with emulated IOMMUs; builds a kernel the first time
## check-valgrind unit tests and some commands under valgrind, in a build without --enable-dev
## fuzz           FUZZ_SECONDS (60) for each target, with clang
## bench          large imaginary machines, against other programs
## update-golden  write tests/golden anew; read the difference like code
## update-manual  man/iommuctl-registers.7 anew, from the tables
## lint           scripts, spelling, layout of the code
## distcheck      a release archive, built and tested
## install

FUZZ_SECONDS = 60

.PHONY: bench check-guest check-valgrind fuzz guest-programs help lint update-golden
help:
	@sed -n 's/^## //p' $(srcdir)/%D%/local.mk

# After all, which may be a make of its own that builds the same objects.
guest-programs: all
	$(MAKE) $(AM_MAKEFLAGS) $(guest_programs) %D%/guest/inner

check-guest: guest-programs
	IOMMUCTL=$(abs_builddir)/iommuctl/iommuctl $(srcdir)/%D%/guest/check

check-valgrind: all $(valgrind_tests)
	CC='$(CC)' SRCDIR=$(abs_srcdir) BUILDDIR=$(abs_builddir) \
		$(srcdir)/%D%/valgrind/run $(valgrind_tests)

fuzz: config.h
	BUILDDIR=$(abs_builddir) $(srcdir)/%D%/fuzz/run $(FUZZ_SECONDS)

bench: all
	IOMMUCTL=$(abs_builddir)/iommuctl/iommuctl $(srcdir)/%D%/bench/run

update-golden: all
	IOMMUCTL=$(abs_builddir)/iommuctl/iommuctl $(srcdir)/%D%/cli/transcripts --update

# What is not installed is left out, and said.
lint:
	@cd $(srcdir) && if command -v shellcheck >/dev/null; then \
		grep -rlE --exclude-dir='build*' --exclude-dir=.git '^#!.*(sh|bats)$$' . | \
			grep -vE '^./(configure|build-aux/)' | xargs shellcheck -x; \
	else echo 'lint: shellcheck is not installed'; fi
	@cd $(srcdir) && if command -v codespell >/dev/null; then \
		codespell --skip='./build*,./.git,./LICENSES,./m4/l*,./autom4te.cache,*.tsv,*.manifest' .; \
	else echo 'lint: codespell is not installed'; fi
	@cd $(srcdir) && if command -v clang-format >/dev/null; then \
		find libiommuctl iommuctl %D% -name '*.[ch]' | xargs clang-format --dry-run -Werror; \
	else echo 'lint: clang-format is not installed'; fi
