#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# register show --from-log: where a log may come from, and what is said of it.
# shellcheck disable=SC2154

load helpers.bash

UNIT='[    0.1] DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap d2008c40660462 ecap f050da'
NAMES='[    0.2] AMD-Vi: Extended features:  PreF PPR GT IA'

setup() {
	LOG=$BATS_TEST_TMPDIR/log
	printf '%s\n' 'Linux version 6.12' "$UNIT" "$NAMES" >"$LOG"
}

show() {
	iommuctl register show --from-log "$@"
}

@test "a log's registers, with the device and the line" {
	show "$LOG" -j
	status_is 0
	json_is '[.registers[] | [.device, .line, .arch, .name, .value]]' \
		'[["dmar0",2,"intel-vtd","cap","0xd2008c40660462"],["dmar0",2,"intel-vtd","ecap","0xf050da"],[null,3,"amd-vi","efr",null]]'
}

@test "bits that a log does not tell are null, and not zero" {
	show "$LOG" -j -m amd-vi
	status_is 0
	json_is '.registers | length' 1
	json_is '.registers[0] | [.value, .reserved_set]' '[null,null]'
	json_is '.registers[0].fields | [.gtsup, .prefsup]' '[{"raw":1,"value":true},{"raw":1,"value":true}]'
	json_is '.registers[0].fields | [.hesup, .hats, .gamsup]' \
		'[{"raw":null,"value":null},{"raw":null,"value":null},{"raw":null,"value":null}]'
}

@test "text names the device and the line" {
	show "$LOG"
	status_is 0
	output_has 'device       dmar0' 'line         2' 'value        0xd2008c40660462'
	[[ $output =~ gtsup\ +yes ]]
	[[ $output =~ hesup\ +- ]]
}

@test "text of values given by hand is as it was" {
	iommuctl register show cap=1
	status_is 0
	not grep -qE '^(device|line)' <<<"$output"
	iommuctl register show cap=1 -j
	json_is '.registers[0] | [.device, .line]' '[null,null]'
}

@test "attributes of a log can be chosen" {
	show "$LOG" -o device,line,name -m intel-vtd
	status_is 0
	output_is $'device dmar0\nline   2\nname   cap\n\ndevice dmar0\nline   2\nname   ecap'
}

@test "standard input, a pipe and a FIFO" {
	local fifo=$BATS_TEST_TMPDIR/fifo

	mkfifo "$fifo"
	show - -j <"$LOG"
	json_is '.registers | length' 3
	cat "$LOG" >"$fifo" &
	show "$fifo" -j
	json_is '.registers | length' 3
	show <(cat "$LOG") -j
	json_is '.registers | length' 3
}

@test "words and a log together" {
	show "$LOG" efr=0x29d7 -j
	status_is 0
	json_is '[.registers[] | .name + "@" + (.line | tostring)]' '["efr@null","cap@2","ecap@2","efr@3"]'
	show "$LOG" nothing=1 -j
	status_is 3
	json_is '.registers | length' 3
	show "$BATS_TEST_TMPDIR/none" cap=1 -j
	status_is 3
	json_is '.registers | length' 1
	stderr_has "none: read: No such file"
}

@test "neither words nor a log" {
	iommuctl register show
	refused 2 "needs an argument"
	iommuctl register show --from-log
	refused 2 "requires an argument"
	iommuctl register list --from-log "$LOG"
	refused 2 "unrecognized option"
}

@test "what is no log" {
	show "$BATS_TEST_TMPDIR/none"
	refused 1 "register $BATS_TEST_TMPDIR/none: read: No such file or directory"
	show "$BATS_TEST_TMPDIR"
	refused 1 "Is a directory"
	show /dev/null
	refused 1 "register /dev/null: decode: no register of an IOMMU in this log"
	stderr_has "hint: "
	show - <<<"usb 1-1: new device"
	refused 1 "register standard input: decode: no register"
	show "$LOG" -m riscv-iommu
	refused 1 "no register of riscv-iommu in this log"
}

@test "a file that may not be read" {
	[ "$(id -u)" -ne 0 ] || skip "root may read all files"
	chmod 0 "$LOG"
	show "$LOG"
	refused 1 "Permission denied"
}

@test "no more than 64 MiB" {
	truncate -s 64M "$BATS_TEST_TMPDIR/zeros"
	show "$BATS_TEST_TMPDIR/zeros"
	refused 1 "no register"
	truncate -s $(((64 << 20) + 1)) "$BATS_TEST_TMPDIR/zeros"
	show "$BATS_TEST_TMPDIR/zeros"
	refused 1 "longer than 64 MiB"
	show - < <(yes dmesg)
	refused 1 "longer than 64 MiB"
}

@test "more registers than a log has" {
	show - < <(yes "cap 1 ecap 2" | head -n 10000)
	refused 1 "more registers than a kernel log has"
}

@test "NUL bytes, and a line that does not end" {
	{ head -c 1000000 /dev/zero; printf '%s' "$UNIT"; head -c 1000000 /dev/zero | tr '\0' x; } >"$LOG"
	show "$LOG" -j
	json_is '[.registers[].name]' '["cap"]'
	{ printf '\0%s\0' "$UNIT"; head -c 1000000 /dev/zero | tr '\0' x; } >"$LOG"
	show "$LOG" -j
	json_is '[.registers[].line]' '[1,1]'
}

@test "names that contradict the value are told" {
	show - -j <<<"AMD-Vi: Extended features (0x10, 0x0): PreF GT"
	status_is 0
	stderr_has "register efr: line 1 names features whose bits are clear: 0x1"
	show - -j -q <<<"AMD-Vi: Extended features (0x10, 0x0): PreF GT"
	[ -z "$stderr" ]
}

@test "FILE is this machine's also with --root" {
	on intel-client register show --from-log "$LOG" -j
	json_is '.registers | length' 3
}
