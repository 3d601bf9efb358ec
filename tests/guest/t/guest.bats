#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The guest has the IOMMU its name says, and what follows from that.
# machines: all

# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "the kernel lists the IOMMU" {
    case $IOMMUCTL_GUEST in
        amd) expected=ivhd0 ;;
        none) expected='' ;;
        smmuv3*) expected=smmu3.0x0000000009050000 ;;
        virtio) expected=0000:00:1e.0 ;;
        *) expected=dmar0 ;;
    esac
    [[ $(iommus) == "$expected" ]]
}

@test "VT-d is in the mode the machine is named for" {
    ecap=/sys/class/iommu/dmar0/intel-iommu/ecap
    scalable=0
    [[ ! -e $ecap ]] || scalable=$((0x$(<"$ecap") >> 43 & 1))
    [[ $IOMMUCTL_GUEST != intel-s* ]] || expected=1
    [[ $scalable == "${expected-0}" ]]
}

@test "there is /dev/iommu, but with Debian's kernel" {
    [[ $IOMMUCTL_GUEST == stock || -c /dev/iommu ]]
    [[ $IOMMUCTL_GUEST != stock || ! -e /dev/iommu ]]
}

@test "a device is alone in its group, or without an IOMMU in none" {
    bdf=$(edu 1)
    if [[ $IOMMUCTL_GUEST == none ]]; then
        [[ ! $(ls /sys/kernel/iommu_groups) && ! $(group_of "$bdf") ]]
    else
        [[ $(group_devices "$(group_of "$bdf")") == "$bdf" ]]
    fi
}

@test "a device the IOMMU does not cover is in no group" {
    [[ $(edu 4) == 0000:81:00.0 || $(edu 6) == 0000:81:00.0 ]]
    [[ ! $(group_of 0000:81:00.0) ]]
}

@test "what is written to the host's files goes elsewhere" {
    [[ $(stat -f -c %T /) == overlayfs ]]
}
