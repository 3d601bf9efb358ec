#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Words, options, help and exit codes.

load helpers

# The rows of standard input: status|what standard error has|arguments
each_refused() {
	local code message args

	while IFS='|' read -r code message args; do
		# shellcheck disable=SC2086 # a list of words
		iommuctl $args
		refused "$code" "$message" || fail "of: iommuctl $args"
	done
}

@test "wrong words are usage errors: status 2, and nothing on standard output" {
	each_refused <<-'END'
		2|Usage: iommuctl|
		2|unknown command: 'frobnicate'|frobnicate
		2|snapshot needs a verb: create|snapshot
		2|snapshot needs a verb: create|snapshot foo
		2|snapshot needs a verb: create|snapshot -j
		2|unrecognized option '--frobnicate'|--frobnicate
		2|iommuctl device list: unrecognized option|device list --frobnicate
		2|requires an argument|iommu -o
		2|--color takes auto, always or never|--color=sometimes iommu
		2|takes no argument|topology dmar0
		2|no such choice: 'svg'|topology --format=svg
		2|no such choice: 'nope'|register list --model=nope
		2|has no attributes|topology -o name
		2|needs an argument|iova ranges
		2|needs an argument|register show
		2|no attribute 'nope'|iommu -o nope
		2|no attribute 'nope'|group show -o +nope
		2|no attribute 'nope'|register list -o name,nope
	END
}

@test "help of a noun that needs a verb: its verbs" {
	local option

	for option in --help -h; do
		iommuctl snapshot "$option"
		status_is 0
		output_has "  snapshot create "
		[ -z "$stderr" ] || fail "$stderr"
	done
}

@test "a verb is only asked about where it was left out" {
	local root

	root=$(fixture intel-vmd)
	iommuctl --root "$root" iommu nope
	refused 1 "if a verb was meant"
	iommuctl --root "$root" iommu show nope
	status_is 1
	[[ $stderr != *"if a verb"* ]] || fail "$stderr"
}

@test "--trace: forms that there are; a copy of a machine has no kernel to call" {
	iommuctl --trace=xml iommu list
	refused 2 "--trace takes text or json: 'xml'"
	[ "$("$IOMMUCTL" complete -- --trace= | paste -sd' ')" = $'--trace=text\t --trace=json\t' ]
	on intel-vmd iova ranges 0000:00:02.0 -q --trace
	status_is 0
	[ -z "$stderr" ] || fail "calls: $stderr"
}

@test "a list of no attributes is a usage error" {
	iommuctl iommu -o ""
	refused 2 "no attribute"
}

@test "a root that is not there: status 1, and the reason" {
	each_refused <<-'END'
		1|iommu /nonexistent/root: open the root: No such file|--root /nonexistent/root iommu
		1|device /dev/null: read the archive: neither a directory nor a regular file|device show --root /dev/null
	END
}

@test "register values that cannot be: status 1" {
	each_refused <<-'END'
		1|register cap: decode: not of the form NAME=VALUE|register show cap
		1|register nope=1: decode: no such register|register show nope=1
		1|register cap=: decode: not a number|register show cap=
		1|register cap=0x: decode: not a number|register show cap=0x
		1|register cap=-1: decode: not a number|register show cap=-1
		1|register cap=1x: decode: not a number|register show cap=1x
		1|register cap=0x10000000000000000: decode: not a number|register show cap=0x10000000000000000
		1|wider than its 32 bits|register show --model amd-vi cap=0x100000000
		1|register ecap=1: decode: no such register|register show --model amd-vi ecap=1
	END
}

@test "digits without 0x are decimal, and what they might have been is said" {
	iommuctl -j register show --model arm-smmu idr1=30000010
	status_is 0
	json_is '.registers[0].value' '"0x1c9c38a"'
	stderr_has "hint: 30000010 is taken as decimal; were it hexadecimal: idr1=0x30000010"
}

@test "no hint where decimal is meant: one digit, sizes, bits of virtio, -q" {
	local args zeros

	zeros=$(printf '%064d' 0)
	for args in "cap=8" "ias=48" "-m virtio-iommu features=$zeros" "-q cap=48" "cap=0x48"; do
		# shellcheck disable=SC2086 # a list of words
		iommuctl register show $args
		status_is 0
		[ -z "$stderr" ] || fail "of $args: $stderr"
	done
}

@test "options stand before and after the noun, with the same meaning" {
	local option before

	for option in -j -n -v "-o name" "--output=+model_id" -q --color=always --trace --trace=json; do
		# shellcheck disable=SC2086 # a list of words
		on intel-vmd $option iommu list
		status_is 0
		before=$output
		# shellcheck disable=SC2086
		on intel-vmd iommu list dmar0 $option dmar1 dmar2
		status_is 0
		output_is "$before"
		# shellcheck disable=SC2086
		on intel-vmd iommu $option show dmar1
		status_is 0
		before=$output
		# shellcheck disable=SC2086
		on intel-vmd iommu show $option dmar1
		output_is "$before"
	done
}

@test "options are recognised behind the arguments, but not behind --" {
	on intel-vmd device list 0000:00:02.0 -n -o name
	output_is 0000:00:02.0
	on intel-vmd device list -o name -- -n
	refused 1 "device -n: find"
}

@test "one column without a heading has no blanks around its values" {
	on intel-vmd group list -j
	local ids
	ids=$(jq '.groups[].id' <<<"$output")
	[[ $ids == *$'\n'??$'\n'* ]] || fail "ids of one length"
	on intel-vmd group list -n -o id
	output_is "$ids"
}

@test "help: every command has one, with its usage, an example that runs, and its manual" {
	local words noun verb example

	# some write files
	cd "$BATS_TEST_TMPDIR"
	iommuctl --help
	status_is 0
	output_has "Usage: iommuctl" "--root=PATH" "Commands"
	# "  device [list]   Summary"
	words=$(sed -n '/^Commands/,/^$/s/^  \([a-z-]*\) \[*\([a-z-]*\)\]* .*/\1 \2/p' <<<"$output")
	[ "$(wc -l <<<"$words")" -gt 8 ] || fail "few commands: $words"
	while read -r noun verb; do
		# shellcheck disable=SC2086 # the verb may be none
		iommuctl $noun $verb --help
		status_is 0
		output_has "Usage: iommuctl $noun${verb:+ $verb}" "manual is iommuctl-$noun(1)"
		example=$(sed -n '/^Example:/,/^$/s/^  iommuctl //p' <<<"$output")
		# the objects of examples are not on this machine
		# shellcheck disable=SC2086
		iommuctl --root / ${example%%|*}
		# 4: a check found something
		[ "$status" -le 1 ] || [ "$status" -eq 4 ] ||
			[[ $stderr == *"not with --root"* ]] || fail "the example is wrong: $example"
	done <<<"$words"
}

@test "a noun without a verb is its first verb" {
	local noun

	for noun in iommu group device region register; do
		on intel-vmd -n "$noun"
		status_is 0
		[ -n "$output" ] || fail "$noun prints nothing"
		local without=$output
		on intel-vmd -n "$noun" list
		output_is "$without"
	done
}

@test "the version is the package's" {
	iommuctl -V
	status_is 0
	output_is "iommuctl $(sed -n 's/^AC_INIT(\[iommuctl\], \[\(.*\)\])/\1/p' "$SRCDIR/configure.ac")"
}

@test "output that cannot be written: status 1, and why" {
	local args

	for args in "register list" "register list -j" "register show cap=1" \
		"--root $(fixture intel-vmd) iommu" "--root $(fixture intel-vmd) topology" \
		"complete -- " --help --version "device --help"; do
		# shellcheck disable=SC2086 # a list of words
		run --separate-stderr bash -c '"$@" >/dev/full' - "$IOMMUCTL" $args
		refused 1 "No space left" || fail "of: iommuctl $args"
	done
}
