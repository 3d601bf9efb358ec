#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# device pasid: what it opens, its status, and that the answers are those of the links.
# shellcheck disable=SC2154

load helpers.bash

setup() {
	root=$(fixture pasid)
}

# opened ARG...: the files of configuration space that "device pasid ARG..." opens, and how
opened() {
	local dir tool=$IOMMUCTL

	dir=$(dirname "$IOMMUCTL")
	# what libtool leaves in a build tree is a script around the program
	[ ! -x "$dir/.libs/iommuctl" ] || tool=$dir/.libs/iommuctl
	LD_LIBRARY_PATH=$dir/../.libs ASAN_OPTIONS=detect_leaks=0 strace -f -o "$BATS_TEST_TMPDIR/trace" \
		-e trace=openat2 "$tool" --root "$root" device pasid "$@" >/dev/null
	sed -n 's|.*devices/\([^/]*\)/config", {flags=\([A-Z_]*\).*|\1 \2|p' "$BATS_TEST_TMPDIR/trace" | sort
}

@test "configuration space is read of the device, its PF and its bridges, and only if asked for" {
	strace -o /dev/null true 2>/dev/null || skip "strace is not installed, or may not trace"
	[ -z "$(opened 0000:01:00.1 0000:07:00.0)" ] || fail "without --config"
	[ "$(opened --config 0000:01:00.1)" = "0000:00:06.0 O_RDONLY
0000:01:00.0 O_RDONLY
0000:01:00.1 O_RDONLY" ] || fail "of a VF"
	[ "$(opened --config 0000:07:00.0)" = "0000:00:1d.0 O_RDONLY
0000:04:00.0 O_RDONLY
0000:05:09.0 O_RDONLY
0000:07:00.0 O_RDONLY" ] || fail "below a switch"
}

@test "a device in D3cold is left asleep" {
	strace -o /dev/null true 2>/dev/null || skip "strace is not installed, or may not trace"
	[ "$(opened --config 0000:09:00.0)" = "0000:00:1d.4 O_RDONLY" ]
}

@test "the status is 0 where all can be used or is not known, 4 where something cannot" {
	iommuctl --root "$root" device pasid --config 0000:02:00.0
	status_is 0
	iommuctl --root "$root" device pasid 0000:02:00.0
	status_is 0
	output_has "PASID: not known" "--config"
	iommuctl --root "$root" device pasid -c 0000:02:00.0 0000:03:00.0
	status_is 4
}

@test "a device that is not there outweighs what was found" {
	iommuctl --root "$root" device pasid -c 0000:03:00.0 0000:ff:00.0
	status_is 3
	output_has "bridge 0000:00:1c.0 does not forward end-to-end TLP prefixes"
	iommuctl --root "$root" device pasid -c 0000:ff:00.0
	status_is 1
	output_is ""
}

@test "usable, first_broken and first_unmeasured follow from the links" {
	local -a devices

	command -v jq >/dev/null || skip "jq is not installed"
	readarray -t devices < <(ls "$root/sys/bus/pci/devices")
	for option in '' --config; do
		iommuctl --root "$root" device pasid ${option:+"$option"} -j "${devices[@]}"
		[ "$(jq '.devices | length' <<<"$output")" -eq "${#devices[@]}" ] || fail "too few"
		# shellcheck disable=SC2016 # jq's
		output=$(jq -c '.devices[] | . as $d | ("ats", "pri", "pasid") as $s
			| [.links[] | select(.concerns | index($s))] as $links
			| ([$links[] | select(.verdict == "broken")][0]) as $broken
			| ([$links[] | select(.verdict == "unmeasured")][0]) as $unmeasured
			| (if $broken then false elif $unmeasured then null else true end) as $usable
			| select($d[$s].usable != $usable
				or $d[$s].first_broken != ($broken | if . then {id, object} else . end)
				or $d[$s].first_unmeasured != ($unmeasured | if . then {id, object} else . end))
			| [$d.device, $s]' <<<"$output")
		output_is ""
	done
}

@test "a name of the machine reaches no terminal as it is" {
	copy=$BATS_TEST_TMPDIR/copy
	cp -a "$root" "$copy"
	mv "$copy/sys/class/iommu/dmar1" "$copy/sys/class/iommu/$(printf 'dmar\033[31m1')"
	iommuctl --root "$copy" device pasid 0000:02:00.0
	[[ $output != *$'\033'* ]] || fail "an escape"
	output_has 'dmar\x1b[31m1'
}
