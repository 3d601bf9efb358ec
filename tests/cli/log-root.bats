#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --root LOG: a kernel's log in place of the machine.
# shellcheck disable=SC2154

load helpers.bash

# A log of these lines.
write() {
	LOG=$BATS_TEST_TMPDIR/log
	printf '%s\n' "$@" >"$LOG"
}

@test "the groups of a log are those that its kernel showed" {
	local name=qemu-smmuv3-nested expected

	expected=$(iommuctl_groups "$(fixture $name)")
	[ "$(iommuctl_groups "$(fixture $name)/var/log/dmesg")" = "$expected" ]
	[ -n "$expected" ]
}

iommuctl_groups() {
	"$IOMMUCTL" --root "$1" group list -j -o id,devices | jq -c '.groups[]'
}

@test "the command line of a log counts" {
	write 'Nov 21 07:00:00 host kernel: [    0.0] Linux version 6.12.1-test (me@there) #1 SMP' \
		'[    0.0] Command line: root=/dev/sda1 intel_iommu=on,sm_off' \
		'[    0.1] DMAR: dmar0: reg_base_addr fed90000 ver 5:0 cap 9ed008c40780c66 ecap 3ee9e86f050df'
	iommuctl --root "$LOG" iommu show --why nesting -j
	json_is '.answers[0].value' false
	json_is '.answers[0].reason | test("sm_off")' true
}

@test "a device is in the group that it was added to last, and once" {
	write '[ 1.0] pci 0000:00:02.0: Adding to iommu group 3' \
		'[ 1.0] iommu: Adding device 0000:00:03.0 to group 12' \
		'[ 2.0] pci 0000:00:02.0: Removing from iommu group 3' \
		'[ 3.0] pci 0000:00:02.0: Adding to iommu group 5' \
		'[ 3.0] platform 2b400000.iommu: Adding to iommu group 6'
	iommuctl --root "$LOG" group list -j -o id,devices
	json_is '[.groups[] | [.id, .devices]]' '[[5,["0000:00:02.0"]],[6,["2b400000.iommu"]],[12,["0000:00:03.0"]]]'
}

@test "EFRs of several forms become IOMMUs of AMD" {
	write '[ 1.0] pci 0000:00:00.2: AMD-Vi: Extended features (0x58f77ef22294ade, 0x4): PPR X2APIC' \
		'[ 1.1] pci 0000:20:00.2: AMD-Vi: Extended features (0x58f77ef22294ade, 0x4): PPR X2APIC'
	iommuctl --root "$LOG" iommu list -j -o name,model,registers
	json_is '[.iommus[] | [.name, .model, (.registers[] | .value)]]' \
		'[["ivhd0","amd-vi","0x58f77ef22294ade","0x4"],["ivhd1","amd-vi","0x58f77ef22294ade","0x4"]]'
}

@test "names of devices that would lead elsewhere make no files" {
	write '[ 1.0] pci ../../../../etc: Adding to iommu group 3' \
		'[ 1.0] pci ..: Adding to iommu group 4' '[ 1.0] : Adding to iommu group 4' \
		'[ 1.0] pci 0000:00:02.0: Adding to iommu group 99999999999999999999' \
		'[ 1.0] pci 0000:00:02.0: Adding to iommu group 7'
	iommuctl --root "$LOG" group list -j -o id,devices
	json_is '[.groups[] | [.id, .devices]]' '[[7,["0000:00:02.0"]]]'
}

@test "NUL bytes, and a log without an end" {
	printf '[ 1.0] iommu: Default domain type\n%600s\n\0\0[ 1.0] pci 0000:00:02.0: Adding to iommu group 7' x >"$BATS_TEST_TMPDIR/log"
	iommuctl --root "$BATS_TEST_TMPDIR/log" group list -j -o id
	json_is '[.groups[].id]' '[7]'
}

@test "text that tells of no IOMMU is refused" {
	write 'Dear Sir or Madam' ''
	iommuctl --root "$LOG" iommu list
	status_is 1
	[[ $stderr == *"nor a kernel's log that tells of IOMMUs"* ]] || fail "no reason"
}
@test "what an SMMU's driver printed is known with and without sysfs" {
	local name=qemu-smmuv3-nested with without

	with=$("$IOMMUCTL" --root "$(fixture $name)" iommu list -j -o registers)
	without=$("$IOMMUCTL" --root "$(fixture $name)/var/log/dmesg" iommu list -j -o registers)
	[ "$(jq -c .iommus <<<"$with")" = "$(jq -c .iommus <<<"$without")" ]
	[ "$(jq '.iommus[0].registers | length' <<<"$without")" -gt 0 ]
}

