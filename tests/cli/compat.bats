#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# compat: sides, what they have in common, verdicts, emitted options, and what is refused.
# shellcheck disable=SC2154

load helpers.bash

NESTED=intel-iommu,scalable-mode=on,fsts=on,caching-mode=on

# both NAME NAME ARG...: two fixtures as sides
both() {
	local one two

	one=$(fixture "$1") two=$(fixture "$2")
	iommuctl compat "$one" "$two" "${@:3}"
}

# guest NAME PROFILE COUNT: what a captured guest knows of its IOMMU is what the profile has, COUNT
# features at least
guest() {
	on "$1" compat live "$2" -j -v -q
	# shellcheck disable=SC2016 # jq's
	json_is '.sides as [$guest, $profile] | [$guest.features | to_entries[]
		| select(.key | endswith("_reason") | not)
		| select($guest.feature_sources[.key] // "default" | . != "default")
		| {key, guest: .value, profile: $profile.features[.key]}]
		| map(select(.guest != .profile)), length >= '"$3" "$(printf '[]\ntrue')"
}

@test "a captured guest has what the profile of its IOMMU says" {
	guest qemu-intel intel-iommu,aw-bits=39,intremap=on,caching-mode=on,device-iotlb=on 15
	guest qemu-intel-scalable "$NESTED,intremap=on,device-iotlb=on,pasid-bits=20" 15
	guest qemu-amd amd-iommu,intremap=on,dma-remap=on,xtsup=on 12
	guest qemu-virtio virtio-iommu-pci,addr=1e.0 1
}

@test "a captured guest has not what another profile says" {
	run guest qemu-intel intel-iommu,aw-bits=48,intremap=on,caching-mode=on,device-iotlb=on 15
	status_is 1
	run guest qemu-intel-scalable "$NESTED,intremap=on,device-iotlb=on" 15
	status_is 1
}

@test "two machines: the lesser of each feature, who lacks it, and whether guests may move" {
	both intel-server intel-client -j
	status_is 4
	json_is '.common | .model, .conflict, .features.input_bits, .features.nesting,
		.features.page_table_formats' "$(printf '"intel-vtd"\nfalse\n39\nfalse\n["vtd-s2-4level"]')"
	json_is '.lacks[] | select(.feature == "input_bits") | [.has, .wanted]' '[39,48]'
	json_is '[.verdicts[] | .question, .verdict]' '["migrate","no"]'
	json_is '.verdicts[0].reasons[0]' '"input_bits: 48 needed, 39 there [dmar0: intel-iommu/cap]"'
}

@test "the common set does not depend on the order of the sides" {
	local forth

	both intel-server intel-client -j
	forth=$(jq -c '.common' <<<"$output")
	both intel-client intel-server -j
	json_is .common "$forth"
}

@test "a machine and itself: guests may move, and nothing is lacking" {
	both intel-server intel-server -j
	status_is 0
	json_is '[.lacks, [.verdicts[].verdict]]' '[[],["yes"]]'
}

@test "machines in order: from the first to each other, and along the line" {
	local a b c

	a=$(fixture intel-client) b=$(fixture intel-server) c=$(fixture intel-rmrr)
	iommuctl compat "$a" intel-iommu "$b" "$c" -j
	json_is '[.verdicts[] | select(.question == "migrate") | [.subject, .target | split("/")[-1]]]' \
		'[["intel-client","intel-server"],["intel-client","intel-rmrr"],["intel-server","intel-rmrr"]]'
	json_is '[.verdicts[] | select(.question == "nested") | .target | split("/")[-1]]' \
		'["intel-client","intel-server","intel-rmrr"]'
}

@test "nested: yes on a machine that can, and why not on one that cannot" {
	on intel-server compat live "$NESTED" -j
	status_is 0
	json_is '[.verdicts[] | .question, .verdict, .reasons]' '["nested","yes",[]]'
	on intel-client compat live "$NESTED"
	status_is 4
	output_has "nested $NESTED -> live: no" \
		'nesting: needed, not there: the hardware has no scalable mode (ECAP.SMTS is 0)' \
		'page_table_formats: vtd-s1-4level needed, vtd-s2-4level there'
}

@test "nested: another model, and a guest whose mappings are shadowed" {
	on amd-server compat live "$NESTED"
	status_is 4
	output_has 'model: intel-vtd needed, amd-vi there'
	on amd-server compat live virtio-iommu-pci
	status_is 4
	output_has 'not nested but shadowed' 'that works there'
	on intel-client compat live virtio-iommu-pci
	output_has 'not nested but shadowed' 'input_bits: 64 needed, 39 there'
}

@test "one IOMMU of several" {
	on intel-server compat live:dmar0 -j
	status_is 0
	json_is '.sides[0] | .name, .model' "$(printf '"live:dmar0"\n"intel-vtd"')"
	on exotic compat live -j
	status_is 4
	json_is '.sides[0] | .model, .conflict' "$(printf 'null\ntrue')"
	stderr_has 'its IOMMUs are of different models; live:IOMMU chooses one'
}

@test "a path with the name of an IOMMU that has colons" {
	iommuctl compat "$(fixture qemu-virtio):0000:00:1e.0" -j
	status_is 0
	json_is '.sides[0].model' '"virtio-iommu"'
}

@test "a snapshot is a side" {
	on intel-server snapshot create "$BATS_TEST_TMPDIR/host.tar.zst" -q
	iommuctl compat "$BATS_TEST_TMPDIR/host.tar.zst" "$(fixture intel-server)" -j
	status_is 0
	json_is '[.sides[].kind]' '["snapshot","snapshot"]'
	json_is '.sides[0].features == .sides[1].features' true
}

@test "the test's own IOMMU of the kernel does not count" {
	on qemu-intel compat live -j
	status_is 0
	json_is '.sides[0].model' '"intel-vtd"'
}

@test "without an IOMMU nothing is compatible" {
	on no-iommu compat live "$NESTED" --format vtd-s1-4level -j
	status_is 4
	json_is '.sides[0] | .model, .conflict' "$(printf 'null\nfalse')"
	json_is '[.verdicts[] | select(.target == "live") | [.question, .verdict, .reasons[0]]]' \
		'[["nested","no","no IOMMU is in use there"],["format","no","no IOMMU is in use there"]]'
	stderr_has 'live: Linux uses no IOMMU there'
}

@test "different models have nothing in common" {
	both intel-server amd-server -j
	status_is 4
	json_is '.common | .model, .conflict, .features.input_bits' "$(printf 'null\ntrue\nnull')"
	iommuctl compat intel-iommu virtio-iommu -q
	status_is 4
}

@test "profiles alone have verdicts of no question" {
	iommuctl compat intel-iommu,aw-bits=48 intel-iommu,aw-bits=39 -j
	status_is 0
	json_is '.verdicts, .common.features.input_bits' "$(printf '[]\n39')"
}

@test "formats: every one of every fixture fits the IOMMU that has it" {
	local name root format count=0

	for name in "$SRCDIR"/tests/fixtures/*.manifest; do
		name=$(basename -s .manifest "$name")
		root=$(fixture "$name")
		while read -r iommu format; do
			iommuctl compat "$root:$iommu" --format "$format" -j
			# unless the unit is too narrow for all of it
			json_is '.verdicts[0] | .verdict == "yes" or (.reasons | length == 1 and
				(.[0] | startswith("input_bits: ")))' true || fail "$name $iommu $format"
			count=$((count + 1))
		done < <("$IOMMUCTL" iommu list -q -j --root "$root" |
			jq -r '.iommus[] | .name as $iommu | .features.page_table_formats // [] | .[] | "\($iommu) \(.)"')
	done
	[ "$count" -ge 20 ] || fail "only $count formats were seen"
}

@test "formats: what is refused, and why" {
	on intel-server compat live --format vtd-s1-4level,eafe --format vtd-s1-5level --format smmuv3-cd -j
	status_is 4
	json_is '[.verdicts[] | [.subject, .verdict]]' \
		'[["vtd-s1-4level,eafe","yes"],["vtd-s1-5level","no"],["smmuv3-cd","no"]]'
	json_is '[.verdicts[].reasons[]] | length' 2
	on intel-client compat live --format vtd-s2-4level
	output_has 'input_bits: 48 needed, 39 there'
	on intel-client compat live --format vtd-s2-4level,input_bits=39
	status_is 0
}

@test "emit: QEMU's options, and the same as a side again" {
	local profile

	both intel-server intel-client --emit qemu
	status_is 4
	[[ $output == "-device intel-iommu,"*aw-bits=39*caching-mode=on* ]] || fail options
	iommuctl compat intel-iommu,aw-bits=48 intel-iommu,aw-bits=39,intremap=off --emit=qemu -j
	status_is 0
	json_is .emit.exceeds '[]'
	profile=$(jq -r .emit.profile <<<"$output")
	json_is .emit.text "\"-device $profile\""
	iommuctl compat intel-iommu,aw-bits=48 intel-iommu,aw-bits=39,intremap=off "$profile" -j
	json_is '.sides[2].features == .common.features' true
}

@test "emit: names that other versions of QEMU have are told" {
	on intel-server compat live --emit qemu
	output_has scalable-mode=on,fsts=on
	stderr_has 'scalable-mode: x-scalable-mode is its name up to QEMU 11.0'
	on intel-server compat live --emit qemu -q
	[ -z "$stderr" ]
}

@test "emit: libvirt's element, and what it cannot say" {
	on intel-server compat live --emit libvirt
	status_is 0
	output_is "<iommu model='intel'>
  <driver aw_bits='48' intremap='on' iotlb='on' caching_mode='on'/>
</iommu>"
	stderr_has "has no attributes for all of QEMU's options: -device intel-iommu,scalable-mode=on"
}

@test "emit: nothing for different models" {
	both intel-server amd-server --emit qemu
	status_is 4
	output_is ""
	stderr_has 'there is no emulated IOMMU that offers'
	both intel-server amd-server --emit libvirt -j
	json_is '.emit.text' null
}

@test "list: each profile is a side" {
	local name names

	iommuctl compat --list -j
	status_is 0
	names=$(jq -r '.profiles[].name' <<<"$output")
	for name in $names; do
		iommuctl compat "$name" -j
		status_is 0
		json_is '.sides[0].kind' '"profile"'
	done
	[ "$(wc -w <<<"$names")" -ge 5 ]
}

@test "a side that is nothing" {
	local word

	for word in '' ',' = foo ',,,,' $'\xff\xfe' intel-iommu-x $'\e[31m' "$(printf 'x%.0s' {1..60000})"; do
		iommuctl compat "$word"
		refused 2 'neither live, nor a file or directory, nor a profile'
		not grep -q $'\e' <<<"$stderr"
	done
	iommuctl compat
	refused 2 'needs an argument'
	iommuctl compat ./nowhere
	refused 1 'No such file or directory'
	iommuctl compat "$(fixture intel-client):dmar9"
	refused 1 'there is no IOMMU dmar9'
	iommuctl compat live intel-iommu,live --root "$(fixture intel-client)"
	refused 2 "there is no option 'live'"
}

@test "options of a profile that are wrong, and all that there are" {
	local options

	for options in foo= = ',,' aw-bits aw-bits=57 aw-bits=4800000000000000000000 pasid-bits=-1 \
		$'aw-bits=\xff' "$(printf ',%.0s' {1..60000})" "x=$(printf 'x%.0s' {1..60000})"; do
		iommuctl compat "intel-iommu,$options"
		refused 2 'compat intel-iommu: read the options: '
	done
	iommuctl compat intel-iommu,aw=39
	stderr_has 'its options: ' ' aw-bits ' ' caching-mode '
	iommuctl compat intel-iommu,fsts=on
	refused 2 'QEMU has fsts=on only with scalable-mode=on'
}

@test "a format that is none, and options of one that are wrong" {
	local format

	for format in '' ',' vtd vtd-s1-4level- $'\xff' "$(printf 'x%.0s' {1..60000})"; do
		iommuctl compat intel-iommu --format "$format"
		refused 2 'there is no such format'
	done
	iommuctl compat intel-iommu --format vtd-s2-4level,eafe
	refused 2 'a table of this format has no eafe'
	iommuctl compat intel-iommu --format vtd-s1-4level,input_bits=57
	refused 2 'it translates 48 input bits at most, not 57'
	iommuctl compat intel-iommu --emit xen
	refused 2 'no such choice'
}
