#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# iova plan: layouts, and why there is none.
# shellcheck disable=SC2154 # what run sets

load helpers


# check ROOT ARG...: what must hold of every layout, by another program than the tool
check() {
	iommuctl --root "$1" -j iova plan "${@:2}"
	[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "$*"
	/usr/bin/env python3 -c '
import json, sys
doc = json.load(sys.stdin)
wanted, align = int(sys.argv[1]), int(sys.argv[2])
pieces = [(int(p["start"], 16), int(p["end"], 16), p["use"], p["length"]) for p in doc["placements"]]
avoid = [(int(r["start"], 16), int(r["end"], 16)) for r in doc["regions"]
         if r["type"] == "msi" or r["type"] != "direct-relaxable" and not doc["nested"]]
windows = [(int(w["start"], 16), int(w["end"], 16)) for w in doc["stage2_windows"]]
assert pieces == sorted(pieces)
for a, b in zip(pieces, pieces[1:]):
    assert a[1] < b[0], (a, b)
for start, end, use, length in pieces:
    assert end - start + 1 == length and start % align == 0
    assert any(w[0] <= start and end <= w[1] for w in windows), (start, end)
    assert not any(start <= e and s <= end for s, e in avoid), (start, end)
    assert use != "mmio" or end < 1 << 32
    assert use != "mmio64" or start >= 1 << 32
assert not pieces or sum(p[3] for p in pieces if p[2] == "ram") == wanted
assert bool(pieces) != bool(doc["conflicts"]), doc
' "$WANTED" "$ALIGN" <<<"$output" || fail "$*"
}

@test "of every fixture: nothing overlaps, all is there, and inside of what can be used" {
	local manifest root devices count=0

	for manifest in "$SRCDIR"/tests/fixtures/*.manifest; do
		root=$(fixture "$(basename "$manifest" .manifest)")
		readarray -t devices < <("$IOMMUCTL" device list -q -j --root "$root" 2>/dev/null |
			jq -r '[.devices[] | select(.group != null)] | unique_by(.iommu)[].name')
		[ "${#devices[@]}" -gt 0 ] || continue
		# regions of a group that cannot be read
		"$IOMMUCTL" iova ranges -q --root "$root" "${devices[@]}" >/dev/null 2>&1 || continue
		WANTED=17179869184 ALIGN=2097152 check "$root" --ram 16G --mmio 1G --mmio64 64G "${devices[@]}"
		WANTED=1073741824 ALIGN=1073741824 check "$root" --ram 1G --alignment 1G --nested "${devices[@]}"
		WANTED=4294967296 ALIGN=4096 check "$root" --ram 4G --alignment 4K --bits 36 --mmio 2G "${devices[0]}"
		count=$((count + 1))
	done
	[ "$count" -ge 12 ] || fail "only $count machines"
}

@test "two windows at once, one below 4 GiB and one above" {
	on qemu-intel iova plan -n -o use,start,end --ram 2G --window 0x100000-0x3fffffff \
		--window 0x800000000- 0000:00:01.0
	output_is $'ram    0x200000  0x3fffffff\nram 0x800000000 0x8401fffff'
}

@test "no room: what is in the way is named, in text and in JSON" {
	on qemu-intel iova plan --ram 1G --mmio 4G 0000:00:01.0
	status_is 4
	[ "${stderr%%$'\n'*}" = "iommuctl: iova plan: place mmio of 0x100000000 bytes: there is no room for it" ] ||
		fail message
	[[ $stderr == *"hint: in the way: 0xfee00000-0xfeefffff of 0000:00:01.0 (msi)"* ]] || fail hint
	on qemu-intel -j iova plan --ram 1G --mmio 4G 0000:00:01.0
	json_is '[.placements, [.conflicts[] | [.kind, .owner, .start, .type]]]' \
		'[[],[["region","0000:00:01.0","0xfee00000","msi"]]]'
	on qemu-intel iova plan --ram 1024G --bits 36 0000:00:01.0
	status_is 4
	[[ $stderr == *"hint: --bits cannot address 0x1000000000 and more"* ]] || fail limit
	on qemu-intel iova plan --ram 1G --mmio 5G 0000:00:01.0
	status_is 4
	[[ $stderr == *"hint: that is more than there is"* ]] || fail more
}

@test "of what stands in the way of memory only that is named which has to go" {
	local root

	root=$(fixture qemu-intel)
	iommuctl --root "$root" -j iova plan --ram 1G --bits 29 0000:00:03.0
	status_is 4
	json_is '[.conflicts[] | [.kind, .owner]]' '[["limit","--bits"]]'
	iommuctl --root "$root" -j iova plan --ram 1G --window 0+512M 0000:00:03.0
	status_is 4
	json_is '[.conflicts[].start]' '["0x20000000"]'
	iommuctl --root "$root" -j iova plan --ram 1T --host "$(fixture intel-server):0000:00:00.0" 0000:00:03.0
	status_is 4
	json_is '[.conflicts[] | [.kind, .start]] | unique' '[["limit","0x8000000000"]]'
}

@test "several hosts: what any of their devices cannot use is avoided, and named with its host" {
	local amd intel dir=$BATS_TEST_TMPDIR/a:b

	mkdir -p "$dir/c:d"
	amd=$(fixture amd-server)
	intel=$(fixture intel-rmrr)
	cp -a "$amd/." "$dir/c:d"
	iommuctl --root "$intel" -j iova plan --ram 16G --window 0xb0000000-0xcfffffff \
		--host "$dir/c:d:0001:41:00.0" --window 0xfcc0000000- 0000:00:1d.0
	status_is 0
	json_is '[.placements[].start]' '["0xb0000000","0xbe000000","0xfcc0000000","0x10000000000"]'
	WANTED=17179869184 ALIGN=2097152 check "$intel" --ram 16G --mmio 1G --host "$amd:0001:41:00.0" 0000:00:1d.0
	json_is '[.regions[].host] | unique' "[null,\"$amd\"]"
	json_is '[.regions[] | [.device, .type]] | unique' \
		'[["0000:00:1d.0","direct"],["0000:00:1d.0","msi"],["0001:41:00.0","msi"],["0001:41:00.0","reserved"]]'
	# in the window is a region of each host
	iommuctl --root "$intel" -j iova plan --ram 4G --alignment 4K --window 0xbdf00000-0xbdffffff \
		--window 0xfd00000000-0xfdffffffff --host "$dir/c:d:0001:41:00.0" 0000:00:1d.0
	status_is 4
	json_is '[.conflicts[] | select(.kind == "region") | select(.start == "0xfd00000000") | [.host, .owner, .type]]' \
		"[[\"$dir/c:d\",\"0001:41:00.0\",\"reserved\"]]"
	iommuctl --root "$intel" iova plan --ram 4G --alignment 4K --window 0xfd00000000-0xfdffffffff \
		--host "$dir/c:d:0001:41:00.0" 0000:00:1d.0
	[[ $stderr == *"hint: in the way: 0xfd00000000-0xffffffffff of $dir/c:d:0001:41:00.0 (reserved)"* ]] || fail hint
	# of snapshots alone, the same and another order: the same layout
	iommuctl iova plan -n --ram 16G --mmio 1G --host "$amd:0001:41:00.0" --host "$intel:0000:00:1d.0,0000:00:1a.0"
	status_is 0
	[ "$output" = "$("$IOMMUCTL" iova plan -n --ram 16G --mmio 1G --host "$intel:0000:00:1a.0,0000:00:1d.0" \
		--host "$amd:0001:41:00.0" 2>/dev/null)" ] || fail order
	# without devices those of the command
	iommuctl --root "$intel" -j iova plan --ram 1G --host "$intel" 0000:00:1d.0
	status_is 0
	json_is '[.regions[] | select(.host != null).device] | unique' '["0000:00:1d.0"]'
}

@test "hosts that there are not" {
	local amd

	amd=$(fixture amd-server)
	on intel-rmrr iova plan --ram 1G --host "$amd:0001:99:00.0" 0000:00:1d.0
	refused 1 "device 0001:99:00.0: find: there is no such device in $amd"
	on intel-rmrr iova plan --ram 1G --host "$amd:0001:41:00.0," 0000:00:1d.0
	refused 1 "there is no such device"
	on intel-rmrr iova plan --ram 1G --host "$BATS_TEST_TMPDIR/none:0001:41:00.0" 0000:00:1d.0
	refused 1 "No such file"
	on intel-rmrr iova plan --ram 1G --host "$amd"
	refused 1 "which of its devices?"
	on intel-rmrr iova plan --ram 1G --host ''
	status_is 1
}

@test "what cannot be asked for" {
	local args

	for args in '--ram 0' '--ram x' '--ram 1G --alignment 3' '--ram 1G --bits 65' '--ram 1G --bits 0' \
		'--ram 1G --window 5-4' '--mmio 1G' '--ram 17000000000000000000000'; do
		# shellcheck disable=SC2086 # a list of words
		on qemu-intel iova plan $args 0000:00:01.0
		status_is 2
		output_is ""
	done
	on qemu-intel iova plan --ram 1G --alignment 1G --ram 3M 0000:00:01.0
	status_is 2
	on qemu-intel iova plan --ram 1G
	status_is 2
	on qemu-intel iova plan --ram 1G 0000:99:01.0
	status_is 1
	output_is ""
	on qemu-none iova plan --ram 1G 0000:00:01.0
	status_is 1
	[[ $stderr == *"no IOMMU serves the device"* ]] || fail none
}
