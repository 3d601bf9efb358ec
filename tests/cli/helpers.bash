# SPDX-License-Identifier: GPL-2.0-or-later
# What the bats files share. $IOMMUCTL is the tool under test, $SRCDIR the source tree.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0
: "${SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${IOMMUCTL:=$SRCDIR/build/iommuctl/iommuctl}"
export LC_ALL=C.UTF-8
unset NO_COLOR

# fixture NAME: prints the root that its manifest describes, made once a file
fixture() {
	local root=$BATS_FILE_TMPDIR/$1

	[ -d "$root" ] || "$SRCDIR/tests/fixtures/expand" "$SRCDIR/tests/fixtures/$1.manifest" "$root"
	echo "$root"
}

# scratch LINES: prints a fresh root made of these lines of a manifest, with \n between them
scratch() {
	local root

	root=$(mktemp -d "$BATS_TEST_TMPDIR/root.XXXXXX")
	printf '%b\n' "$1" | "$SRCDIR/tests/fixtures/expand" - "$root/r"
	echo "$root/r"
}

# iommuctl ARG...: leaves $status, $output and $stderr
iommuctl() {
	run --separate-stderr timeout 60 "$IOMMUCTL" "$@"
}

# on NAME ARG...: the same on a fixture
on() {
	local root

	root=$(fixture "$1")
	iommuctl --root "$root" "${@:2}"
}

# not COMMAND...: bash alone does not end a test where ! COMMAND fails
not() {
	! "$@"
}

fail() {
	printf '%s\n' "$@" "status: $status" "stdout: $output" "stderr: $stderr" >&2
	return 1
}

# -------------------------------------------------------------------- assertions

# status_is N
status_is() {
	[ "$status" -eq "$1" ] || fail "status is not $1"
}

# output_is TEXT: all that went to standard output, without the last newline
output_is() {
	[ "$output" = "$1" ] || fail "output is not: $1"
}

# output_has TEXT...: every one is somewhere in it
output_has() {
	local text

	for text; do
		[[ $output == *"$text"* ]] || fail "output lacks: $text" || return
	done
}

# stderr_has TEXT...
stderr_has() {
	local text

	for text; do
		[[ $stderr == *"$text"* ]] || fail "stderr lacks: $text" || return
	done
}

# json_is FILTER VALUE: what jq's FILTER makes of the output, as compact JSON
json_is() {
	local value

	value=$(jq -c "$1" <<<"$output") || fail "no JSON" || return
	[ "$value" = "$2" ] || fail "$1 is $value, not $2"
}

# refused N TEXT: status N, TEXT on standard error and nothing on standard output
refused() {
	status_is "$1" && output_is "" && stderr_has "$2"
}
