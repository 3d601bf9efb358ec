#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a profile with options has is what QEMU's device with these options has in its registers;
# and QEMU takes what compat --emit prints. Every QEMU there is is asked: this machine's, and those
# that the guest tests fetched. Nothing is booted.
# shellcheck disable=SC2154

load ../cli/helpers.bash

setup() {
	local program

	mapfile -t qemus < <(for program in qemu-system-x86_64 \
		"${IOMMUCTL_CACHE:-/var/cache/iommuctl}"/qemu/*/qemu-system-x86_64; do
		command -v "$program" || :
	done)
	[ "${#qemus[@]}" -gt 0 ] || skip "no QEMU is installed"
}

# ask QEMU DEVICE COMMAND...: the numbers that its monitor answers to the commands, a line each; or
# fails when it refuses the device
ask() {
	printf '%s\n' "${@:3}" quit | timeout 60 "$1" -M q35 -S -display none -nodefaults -device "$2" \
		-monitor stdio 2>"$BATS_TEST_TMPDIR/error" |
		sed -En 's/^([0-9a-f]{8,}:|port.* =) 0x([0-9a-f]+).*/\2/p'
	! grep -q -- '-device' "$BATS_TEST_TMPDIR/error"
}

# same_features PROFILE ROOT COUNT: what is learnt of the machine in ROOT is what the profile has
same_features() {
	iommuctl compat "$2" "$1" -j -v -q
	# shellcheck disable=SC2016 # jq's
	json_is '.sides as [$machine, $profile] | [$machine.features | to_entries[]
		| select(.key | endswith("_reason") | not)
		| select($machine.feature_sources[.key] // "default" | . != "default")
		| {key, machine: .value, profile: $profile.features[.key]}]
		| map(select(.machine != .profile)), length >= '"$3" "$(printf '[]\ntrue')"
}

# vtd PROFILE DEVICE...: the first DEVICE that a QEMU takes; the registers are CAP and ECAP
vtd() {
	local qemu device root
	local -a registers

	for qemu in "${qemus[@]}"; do
		for device in "${@:2}"; do
			mapfile -t registers < <(ask "$qemu" "$device" 'xp /1gx 0xfed90008' 'xp /1gx 0xfed90010')
			[ "${#registers[@]}" -eq 2 ] || continue
			root=$(scratch "f sys/class/iommu/dmar0/intel-iommu/cap = ${registers[0]}\n$(
			)f sys/class/iommu/dmar0/intel-iommu/ecap = ${registers[1]}\n$(
			)f sys/class/iommu/dmar0/intel-iommu/version = 1:0")
			same_features "$1" "$root" 15 || fail "$qemu -device $device" || return
			asked=$((asked + 1))
			break
		done
	done
}

# what both know, without names that only one of them has
# shellcheck disable=SC2054 # the commas are QEMU's
common_options=(
	aw-bits=39 aw-bits=48 aw-bits=48,intremap=off aw-bits=48,intremap=on aw-bits=39,caching-mode=on
	aw-bits=48,device-iotlb=on aw-bits=48,snoop-control=on aw-bits=48,dma-translation=off
	aw-bits=39,intremap=on,caching-mode=on,device-iotlb=on,snoop-control=on
)

@test "intel-iommu: registers of every option" {
	local options

	asked=0
	for options in "${common_options[@]}"; do
		vtd "intel-iommu,$options" "intel-iommu,$options"
		vtd "intel-iommu,scalable-mode=on,$options" "intel-iommu,scalable-mode=on,$options" \
			"intel-iommu,x-scalable-mode=on,$options"
	done
	vtd intel-iommu,pt=off intel-iommu,aw-bits=48,pt=off
	[ "$asked" -ge 15 ] || fail "only $asked were asked for"
}

@test "intel-iommu: registers of the first stage" {
	local options base=scalable-mode=on,fsts=on,aw-bits=48

	"${qemus[-1]}" -device intel-iommu,help | grep -q ' fsts=' || skip "no QEMU has fsts"
	asked=0
	for options in aw-bits=48 fs1gp=off intremap=off caching-mode=on device-iotlb=on snoop-control=on \
		pasid-bits=20 pasid-bits=1 pasid-bits=7,device-iotlb=on,svm=on dma-translation=off; do
		vtd "intel-iommu,$base,$options" "intel-iommu,$base,$options"
	done
	vtd intel-iommu,scalable-mode=on,pasid-bits=16 intel-iommu,scalable-mode=on,pasid-bits=16
	[ "$asked" -ge 10 ] || fail "only $asked were asked for"
}

@test "intel-iommu: what is refused, QEMU refuses too" {
	local options

	for options in aw-bits=57 aw-bits=40 caching-mode=maybe nonsense=on fsts=on svm=on pasid-bits=20 \
		scalable-mode=on,pasid-bits=21 scalable-mode=on,fsts=on,aw-bits=39 \
		scalable-mode=on,fsts=on,svm=on scalable-mode=on,fsts=on,svm=on,device-iotlb=on; do
		iommuctl compat "intel-iommu,$options"
		status_is 2
		for qemu in "${qemus[@]}"; do
			run ask "$qemu" "intel-iommu,$options"
			[ "$status" -ne 0 ] || fail "$qemu takes $options"
		done
	done
}

@test "amd-iommu: registers of every option" {
	local qemu options device root
	local -a registers

	asked=0
	for qemu in "${qemus[@]}"; do
		for options in intremap=on device-iotlb=on dma-remap=on dma-translation=off xtsup=on; do
			# the capability header is at 40h of 00:01.0
			mapfile -t registers < <(ask "$qemu" "amd-iommu,$options" 'xp /1gx 0xfed80030' \
				'xp /1gx 0xfed801a0' 'o /w 0xcf8 0x80000840' 'i /w 0xcfc')
			[ "${#registers[@]}" -eq 3 ] || continue
			root=$(scratch "f sys/class/iommu/ivhd0/amd-iommu/features = ${registers[0]}:${registers[1]}\n$(
			)f sys/class/iommu/ivhd0/amd-iommu/cap = ${registers[2]}")
			same_features "amd-iommu,$options" "$root" 10 || fail "$qemu $options"
			asked=$((asked + 1))
		done
	done
	[ "$asked" -ge 2 ] || fail "only $asked were asked for"
}

@test "what is emitted, QEMU takes" {
	local side emitted

	asked=0
	for side in "$(fixture intel-server)" "$(fixture intel-client)" "$(fixture amd-server)" \
		intel-iommu,caching-mode=on,intremap=off virtio-iommu-pci,aw-bits=48 \
		intel-iommu,scalable-mode=on,fsts=on,pasid-bits=5,device-iotlb=on,svm=on amd-iommu; do
		iommuctl compat "$side" --emit qemu -q
		emitted=${output#-device }
		ask "${qemus[-1]}" "$emitted" >/dev/null ||
			grep -q 'not found' "$BATS_TEST_TMPDIR/error" || fail "QEMU refuses $emitted" || return
		grep -q 'not found' "$BATS_TEST_TMPDIR/error" || asked=$((asked + 1))
	done
	[ "$asked" -ge 2 ]
}
