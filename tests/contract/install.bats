#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What make install puts where, and that a program can be built with it.
# shellcheck disable=SC2154

load contract.bash

: "${CC:=cc}" "${MAKE:=make}"

# The directories that configure chose, as shell variables
directories() {
	local name

	for name in PACKAGE_TARNAME prefix exec_prefix datarootdir datadir bindir libdir includedir mandir docdir \
		pkgconfigdir bashcompdir zshcompdir fishcompdir; do
		echo "$name=\"@$name@\""
	done | (cd "$BUILDDIR" && ./config.status -q --file=-)
}

setup_file() {
	# not a part of the make that runs the tests
	unset MAKEFLAGS MFLAGS MAKELEVEL
	"${MAKE:-make}" -s -C "$BUILDDIR" install DESTDIR="$BATS_FILE_TMPDIR/root" \
		>"$BATS_FILE_TMPDIR/log" 2>&1 || echo $? >"$BATS_FILE_TMPDIR/failed"
}

setup() {
	[ ! -e "$BATS_FILE_TMPDIR/failed" ] || fail "$(cat "$BATS_FILE_TMPDIR/log")"
	eval "$(directories)"
	root=$BATS_FILE_TMPDIR/root
}

@test "the set of files" {
	local page expected

	expected="$bindir/iommuctl
$includedir/iommuctl.h
$libdir/libiommuctl.la
$libdir/libiommuctl.so
$libdir/libiommuctl.so.0
$libdir/libiommuctl.so.0.0.0
$pkgconfigdir/libiommuctl.pc
$bashcompdir/iommuctl
$zshcompdir/_iommuctl
$fishcompdir/iommuctl.fish"
	for page in batch compat container device fault-queue group hw-queue hwpt ioas iommu iova kernel option plan region \
		register session snapshot topology vdevice veventq viommu; do
		expected+=$'\n'$mandir/man1/iommuctl-$page.1$'\n'$datadir/iommuctl/schema/$page.json
	done
	for page in calls plan-file; do
		expected+=$'\n'$datadir/iommuctl/schema/$page.json
	done
	for page in man1/iommuctl.1 man3/libiommuctl.3 man5/iommuctl-json.5 man5/iommuctl-plan.5 man7/iommuctl.7 \
		man7/iommuctl-registers.7; do
		expected+=$'\n'$mandir/$page
	done
	for page in "$SRCDIR"/examples/*.json; do
		expected+=$'\n'$docdir/examples/${page##*/}
	done
	same files "$expected" "$(find "$root" ! -type d | sed "s|^$root||")"
}

@test "data is for all to read, programs for all to run" {
	[ -z "$(find "$root" -type f ! -perm -444)" ]
	[ -z "$(find "$root" -type f -perm -022)" ]
	[ -x "$root$bindir/iommuctl" ]
	[ -z "$(find "$root$datadir" -type f -perm -1)" ]
}

@test "the installed command runs" {
	LD_LIBRARY_PATH=$root$libdir run "$root$bindir/iommuctl" --version
	status_is 0
	[[ $output == "iommuctl "[0-9]* ]] || fail "another version"
}

@test "the installed completion of bash is the stub" {
	cmp "$root$bashcompdir/iommuctl" "$SRCDIR/completions/iommuctl.bash"
}

@test "pkg-config has the version of the command" {
	need pkg-config
	export PKG_CONFIG_PATH=$root$pkgconfigdir
	[ "iommuctl $(pkg-config --modversion libiommuctl)" = "$("$IOMMUCTL" --version)" ]
}

@test "the example of libiommuctl.3 compiles and runs with what was installed" {
	local program=$BATS_TEST_TMPDIR/program flags

	need pkg-config "$CC"
	sed -n '/^\.Sh EXAMPLES/,/^\.Ed/{/^\.Bd/,/^\.Ed/{/^\./!p}}' "$MAN/libiommuctl.3" |
		sed 's/\\e/\\/g' >"$program.c"
	grep -q main "$program.c" || fail "no example"
	flags=$(PKG_CONFIG_PATH=$root$pkgconfigdir PKG_CONFIG_SYSROOT_DIR=$root \
		pkg-config --cflags --libs libiommuctl)
	# shellcheck disable=SC2046,SC2086 # words
	"$CC" -std=c11 -Wall -Wextra -Werror "$program.c" -o "$program" \
		$(sanitizers "$root$libdir/libiommuctl.so") $flags
	LD_LIBRARY_PATH=$root$libdir run "$program"
	status_is 0
}

@test "make uninstall leaves no file" {
	(
		unset MAKEFLAGS MFLAGS MAKELEVEL
		cp -a "$root" "$BATS_TEST_TMPDIR/copy"
		"$MAKE" -s -C "$BUILDDIR" uninstall DESTDIR="$BATS_TEST_TMPDIR/copy"
	)
	[ -n "$(find "$root" -type f)" ]
	[ -z "$(find "$BATS_TEST_TMPDIR/copy" ! -type d)" ] ||
		fail "$(find "$BATS_TEST_TMPDIR/copy" ! -type d)"
}
