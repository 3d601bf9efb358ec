#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Every cause of errors is provoked: on a real kernel in a guest, or where none can be, in a unit test
# that says why.
# shellcheck disable=SC2154

load contract.bash

GUEST=$SRCDIR/tests/guest

# Names of the rows of a table of strings in C files
rows() { # FILE...
	sed -n 's/^\t{ "\([a-z0-9-]*\)", .*/\1/p' "$@"
}

# What is provoked in guests: by the program cause, or by commands
provoked() {
	rows "$GUEST"/cause-*.c
	sed -n 's/^\([a-z0-9-]*\) | .* | .*/\1/p' "$GUEST"/t/*.bats
}

unprovoked() {
	rows <(sed -n '/ unprovoked\[\]/,/^};/p' "$SRCDIR/tests/unit/cause.c")
}

@test "every row of the table of causes is provoked, either in a guest or by a scripted kernel" {
	same causes "$(rows "$SRCDIR"/libiommuctl/{cause-table,container-cause,vfio-group-cause,spapr}.c)" "$(
		provoked | sort -u
		unprovoked
	)"
}

@test "what cannot be provoked has a reason for that" {
	[ "$(sed -n '/ unprovoked\[\]/,/^};/s/^\t{ "[a-z0-9-]*", "[^"]\{8,\}".*/&/p' "$SRCDIR/tests/unit/cause.c" | wc -l)" = \
		"$(unprovoked | wc -l)" ]
}

@test "every set of provocations is run in some guest" {
	same sets "$(grep -o '"[a-z]*", [a-z]*_provocations' "$GUEST/cause.c" | cut -d'"' -f2)" \
		"$(sed -n 's/^    \(.* \)\?cause \([a-z]*\)\( .*\)\?$/\2/p' "$GUEST"/t/*.bats | sort -u)"
	same tables "$(grep -oh '[a-z]*_provocations }' "$GUEST/cause.c" | tr -d ' }')" \
		"$(sed -n 's/^const struct provocation \([a-z_]*\).*/\1/p' "$GUEST"/cause-*.c)"
}
