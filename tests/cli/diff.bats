#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# snapshot diff: each kind of change, and nothing else.
# shellcheck disable=SC2016,SC2154 # sed's dollars

load helpers.bash

BASE='dmar dmar0 1:0 fed90000 1c0000c40660462 19e2ff0505e 1
dmar dmar1 1:0 fed91000 d2008c40660462 f050da 1
group * DMA
region * fee00000 feefffff msi
pci 0000:00:01.0 060400 8086:1901 driver=pcieport group=0 iommu=dmar1
pci 0000:00:02.0 030000 8086:5917 driver=i915 group=1 iommu=dmar0
pci 0000:00:1f.0 060100 8086:9d4e group=2 iommu=dmar1
pci 0000:00:1f.3 040300 8086:9d71 driver=snd_hda_intel group=2 iommu=dmar1'

# changed SED...: $before and $after, a machine and what SED makes of it
changed() {
	before=$(scratch "$BASE")
	after=$(scratch "$(sed "$@" <<<"$BASE")")
	iommuctl snapshot diff "$before" "$after" -j
}

# changes FILTER: of each change these
changes() {
	jq -c "[.changes[] | [.object_type, .object, .attribute, .change]]" <<<"$output"
}

@test "nothing changed" {
	changed ''
	status_is 0
	json_is '.changes' '[]'
}

@test "a driver" {
	changed 's/driver=i915/driver=vfio-pci/'
	status_is 4
	[ "$(changes)" = '[["group","1","viable","changed"],["device","0000:00:02.0","driver","changed"]]' ]
	json_is '.changes[1] | [.before, .after, .text]' '["i915","vfio-pci","driver was i915 and is vfio-pci"]'
}

@test "a type, and a region" {
	changed -e '$a group 1 identity' -e '$a region 1 1000 1fff direct'
	status_is 4
	json_is '[.changes[] | select(.attribute == "type") | [.object, .before, .after]]' '[["1","DMA","identity"]]'
	json_is '[.changes[] | select(.attribute == "regions") | .change]' '["added"]'
	json_is '[.changes[] | select(.attribute == "regions") | .text][0]' \
		'"reserved region 0x1000-0x1fff (direct) is new"'
}

@test "a group that is split, and back: merged" {
	changed 's/snd_hda_intel group=2/snd_hda_intel group=3/'
	status_is 4
	json_is '[.changes[] | select(.attribute == "devices") | [.object, .change, .before, .after]]' \
		'[["2","split",["0000:00:1f.0","0000:00:1f.3"],[["0000:00:1f.0"],["0000:00:1f.3"]]]]'
	json_is '.changes[0].text' '"is split into group 2 (0000:00:1f.0) and group 3 (0000:00:1f.3)"'
	iommuctl snapshot diff "$after" "$before" -j
	status_is 4
	json_is '[.changes[] | [.object, .change, .before, .after]]' \
		'[["2","merged",[["0000:00:1f.0"],["0000:00:1f.3"]],["0000:00:1f.0","0000:00:1f.3"]]]'
}

@test "numbers of groups that were dealt anew are that and nothing more" {
	changed -e 's/group=0/group=7/' -e 's/group=2/group=0/'
	status_is 4
	json_is '[.changes[] | [.object, .change, .before, .after]]' '[["0","renumbered",0,7],["2","renumbered",2,0]]'
}

@test "a register, with the features that follow from it" {
	changed 's/1c0000c40660462/1c0000c4066046a/'
	status_is 4
	[ "$(changes)" = '[["iommu","dmar0","registers.cap","changed"]]' ]
	changed 's/f050da/f0505a/'
	json_is '[.changes[].attribute] | sort' '["features.snoop_control","registers.ecap"]'
}

@test "a device and an IOMMU that are new, and back: gone" {
	changed -e '$a dmar dmar2 1:0 fed92000 d2008c40660462 f050da 1' \
		-e '$a pci 0000:03:00.0 020000 8086:1572 group=9 iommu=dmar2'
	status_is 4
	[ "$(changes)" = '[["iommu","dmar2",null,"added"],["group","9",null,"added"],["device","0000:03:00.0",null,"added"]]' ]
	iommuctl snapshot diff "$after" "$before" -j
	[ "$(changes)" = '[["iommu","dmar2",null,"removed"],["group","9",null,"removed"],["device","0000:03:00.0",null,"removed"]]' ]
}

@test "every fixture is as itself, as a directory and as an archive" {
	local manifest root count=0

	for manifest in "$SRCDIR"/tests/fixtures/*.manifest; do
		root=$(fixture "$(basename -s .manifest "$manifest")")
		"$IOMMUCTL" --root "$root" snapshot create -q --force --no-redact --acpi "$BATS_TEST_TMPDIR/a" >/dev/null
		iommuctl snapshot diff -q "$BATS_TEST_TMPDIR/a" "$root" -j
		status_is 0
		count=$((count + 1))
	done
	[ "$count" -gt 10 ]
}

@test "between any two fixtures: what is added there is removed back" {
	local a b there

	a=$(fixture intel-vmd) b=$(fixture intel-rmrr)
	iommuctl snapshot diff "$a" "$b" -j
	status_is 4
	there=$(jq -c '[.changes[] | select(.attribute == null) | .object + .object_type] | sort' <<<"$output")
	iommuctl snapshot diff "$b" "$a" -j
	[ "$(jq -c '[.changes[] | select(.attribute == null) | .object + .object_type] | sort' <<<"$output")" = "$there" ]
}

@test "text, and what cannot be read" {
	changed 's/driver=i915/driver=vfio-pci/'
	iommuctl snapshot diff "$before" "$after"
	status_is 4
	output_has "driver was i915 and is vfio-pci"
	iommuctl snapshot diff "$before" "$before.none"
	status_is 1
	iommuctl snapshot diff
	status_is 2
	iommuctl snapshot diff "$before" "$after" "$after"
	status_is 2
}
