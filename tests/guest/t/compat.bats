#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What iommuctl reads of the emulated IOMMU in a guest is what the profile of it says, with the same
# options as the machine has.
# machines: intel intel-scalable virtio amd
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

# The device of QEMU's command line, and one that is not it; what is not said differs with QEMU's
# version.
setup()
{
    local intel=intel-iommu,caching-mode=on,device-iotlb=on

    case $IOMMUCTL_GUEST in
        intel) profile=$intel,intremap=on,aw-bits=$(width) other=$profile,intremap=off ;;
        intel-scalable)
            profile=$intel,intremap=on,scalable-mode=on,fsts=on,pasid-bits=20
            other=$profile,pasid-bits=19
            ;;
        amd) profile=amd-iommu,intremap=on,dma-remap=on,xtsup=on other=$profile,dma-translation=off ;;
        virtio) profile=virtio-iommu-pci,addr=1e.0,granule=4k other=amd-iommu ;;
    esac
}

# width: of the VT-d unit, from the kernel's file
width()
{
    echo $(((16#$(</sys/class/iommu/dmar0/intel-iommu/cap) >> 16 & 63) + 1))
}

# differing PROFILE: what the guest knows of its IOMMU and the profile has not so, one a line; and
# how much it knows.
differing()
{
    # shellcheck disable=SC2016 # jq's
    "$IOMMUCTL" compat live "$1" -j -v | jq -r '.sides as [$guest, $profile] |
        [$guest.features | to_entries[] | select(.key | endswith("_reason") | not)
            | select($guest.feature_sources[.key] // "default" | . != "default")
            | {key, guest: .value, profile: $profile.features[.key]}]
        | (.[] | select(.guest != .profile) | tojson), length'
}

# same PROFILE: nothing differs of what the guest knows, which is not nothing.
same()
{
    run differing "$1"
    [[ ${#lines[@]} == 1 ]]
    [[ $output -ge $([[ $IOMMUCTL_GUEST == virtio ]] && echo 3 || echo 12) ]]
}

@test "the profile has the features that the guest reads" {
    same "$profile"
}

@test "another profile has not" {
    run same "$other"
    [[ $status == 1 ]]
}

# bats test_tags=only,only:intel,only:intel-scalable,only:amd
@test "the options that are emitted for the guest's IOMMU are those it has" {
    [[ $IOMMUCTL_GUEST != virtio ]] || skip "page sizes are the host's"
    same "$("$IOMMUCTL" compat live --emit qemu -q | sed 's/^-device //')"
}
