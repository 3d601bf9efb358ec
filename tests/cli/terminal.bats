#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What depends on where the output goes: colours, width, encoding.

load helpers

setup() {
	script -qec true /dev/null >/dev/null 2>&1 || skip "there are no pseudo-terminals here"
}

# at_terminal ENVIRONMENT ARG...: $output is what a terminal would get
at_terminal() {
	local words

	printf -v words '%q ' env "$1" "$IOMMUCTL" --root "$(fixture intel-vmd)" "${@:2}"
	run script -qec "stty cols 200; $words" /dev/null
}

has_color() {
	[[ $output == *$'\e['* ]]
}

@test "colours only on a terminal" {
	on intel-vmd iommu list
	not has_color
	at_terminal TERM=xterm iommu list
	status_is 0
	output_has dmar0
	has_color
}

@test "no colours with NO_COLOR or on a dumb terminal" {
	at_terminal NO_COLOR=1 iommu list
	output_has dmar0
	not has_color
	at_terminal TERM=dumb iommu list
	output_has dmar0
	not has_color
}

@test "--color has the last word" {
	at_terminal TERM=xterm iommu list --color=never
	output_has dmar0
	not has_color
	on intel-vmd --color=always iommu list
	has_color
	at_terminal NO_COLOR=1 --color=auto iommu list
	not has_color
}

@test "JSON has no colours" {
	on intel-vmd --color=always -j iommu list
	not has_color
	json_is '.iommus | length' 3
}

@test "on a terminal a line is not longer than it is wide" {
	run script -qec "stty cols 40; env TERM=dumb $IOMMUCTL --root $(fixture intel-vmd) group list" /dev/null
	output_has DMA-FQ
	not grep -E '^.{42,}' <<<"$output"
}

@test "without UTF-8 the tree is drawn in ASCII" {
	LC_ALL=C on intel-vmd topology
	output_has "group 1"
	LC_ALL=C not grep -P '[\x80-\xff]' <<<"$output"
}

@test "names a locale cannot show are escaped, not printed for ever" {
	mkdir -p "$BATS_TEST_TMPDIR/root/sys/class/iommu/café"
	for verb in "iommu list" "iommu show" topology; do
		# shellcheck disable=SC2086 # a list of words
		run env LC_ALL=C timeout 20 "$IOMMUCTL" --root "$BATS_TEST_TMPDIR/root" $verb
		status_is 0
		output_has 'caf\xc3\xa9'
	done
	run env LC_ALL=C.UTF-8 timeout 20 "$IOMMUCTL" --root "$BATS_TEST_TMPDIR/root" iommu list
	output_has 'café'
}
