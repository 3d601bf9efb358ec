#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# device holders and group holders, as far as they need no device of VFIO's.
# shellcheck disable=SC2154

load helpers

@test "a machine where nobody has any open: an empty document" {
	[ ! -e /dev/vfio ] || skip "this machine has VFIO devices"
	for noun in device group; do
		iommuctl "$noun" holders -j -q
		status_is 0
		json_is .holders '[]'
		json_is '.hidden_processes | type' '"number"'
	done
}

@test "processes that may not be looked at are counted, and the note says so" {
	[ "$EUID" -eq 0 ] || skip "needs root, to be somebody else"
	iommuctl device holders -j
	as_root=$(jq .hidden_processes <<<"$output")
	run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$IOMMUCTL" device holders -j
	status_is 0
	json_is ".hidden_processes > $as_root" true
	[[ $stderr =~ ^"hint: could not look at "[0-9]+" processes; root can"$ ]] || fail "no note"
	run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$IOMMUCTL" device holders -jq
	[ -z "$stderr" ] || fail "quiet, and a note"
}

@test "each process is looked at once, whatever is asked for" {
	strace -o /dev/null true 2>/dev/null || skip "strace is not installed, or may not trace"
	local log=$BATS_TEST_TMPDIR/log

	ASAN_OPTIONS=detect_leaks=0 strace -o "$log" -e trace=open,openat,openat2,fork,vfork,clone,execve \
		"$IOMMUCTL" group holders -q >/dev/null
	[ "$(grep -c "proc/$$/fd\"" "$log")" -eq 1 ] || fail "$(grep "proc/$$/" "$log")"
}

@test "a root has no processes" {
	for noun in device group; do
		on intel-client "$noun" holders -j
		refused 1 "a root has none"
	done
}

@test "a device that is not there" {
	iommuctl device holders 0000:ff:1f.7
	refused 1 "there is no such device"
}
