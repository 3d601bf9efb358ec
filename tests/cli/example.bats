#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The example programs see what the tool sees.

load helpers

example() {
	run --separate-stderr "${BUILDDIR:-$SRCDIR/build}/tests/examples/machine" "$@"
}

@test "groups with their devices" {
	on intel-vmd -j group list
	groups=$(jq -r '.groups[] | "group \(.id): \(.devices | join(" "))"' <<<"$output")
	example "$(fixture intel-vmd)"
	status_is 0
	output_is "$groups"
}

@test "ranges that a device can use" {
	on intel-vmd -n iova ranges -o start,end 0000:00:02.0
	ranges=$(awk '{ print $1, $2 }' <<<"$output")
	example "$(fixture intel-vmd)" 0000:00:02.0
	status_is 0
	output_has "$ranges"
}

@test "the diagnostic of a failure" {
	example "$(fixture no-iommu)" 0000:00:01.0
	refused 1 "0000:00:01.0: find the usable addresses: no IOMMU serves the device"
	example "$(fixture intel-vmd)" nope
	status_is 1
	stderr_has "nope: no such device"
	example /nonexistent
	refused 1 "/nonexistent: open the root: No such file or directory"
}

@test "a device that is not there, or not on VFIO, is not assigned" {
	run --separate-stderr "${BUILDDIR:-$SRCDIR/build}/tests/examples/assign"
	refused 2 "Usage: assign DEVICE"
	run --separate-stderr "${BUILDDIR:-$SRCDIR/build}/tests/examples/assign" nope
	refused 1 "assign: No such device"
}
