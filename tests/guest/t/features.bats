#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What IOMMUs can do and why not, where the kernel itself says so.
# machines: intel intel-scalable intel-sm-off virtio amd smmuv3-plain
# shellcheck disable=SC2016,SC2154 # jq's variables; what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

# answer FEATURE KEY: of the first IOMMU that the machine's kernel knows more of than a name
answer()
{
    "$IOMMUCTL" iommu show -j --why "$1" |
        jq -r --arg key "$2" 'first(.answers[] | select(.iommu | test("selftest") | not))[$key]'
}

@test "scalable mode: switched off when the kernel says that it is" {
    case $IOMMUCTL_GUEST in
        intel-sm-off)
            dmesg | grep -q 'DMAR: Scalable mode is disallowed'
            [[ $(answer pasid value) == false ]]
            [[ $(answer pasid reason) == *'intel_iommu=sm_off'* ]]
            [[ $(answer pasid source) == 'kernel command line' ]]
            [[ $(answer stage1 value) == false ]]
            ;;
        intel-scalable)
            run ! grep 'Scalable mode is disallowed' <(dmesg)
            [[ $(answer pasid value) == true && $(answer pasid reason) == null ]]
            [[ $(answer stage1 value) == true ]]
            ;;
        intel)
            [[ $(answer pasid reason) == *'ECAP.SMTS is 0'* ]]
            ;;
        *)
            [[ $(answer pasid value) == false && $(answer pasid reason) != null ]]
            ;;
    esac
}

# The width of PASIDs is the hardware's; GET_HW_INFO has it too, but wants a device that is bound.
# bats test_tags=only,only:intel-scalable,only:intel-sm-off
@test "registers are those of the hardware, whatever is switched off" {
    [[ $IOMMUCTL_GUEST == intel-s* ]] || skip 'no scalable mode'
    [[ $("$IOMMUCTL" iommu list -j | jq '.iommus[0].registers[] |
        select(.name == "ecap").fields.smts.value') == true ]]
    [[ $(answer pasid_bits value) == 20 ]]
}

# bats test_tags=only,only:virtio
@test "virtio-iommu: what its driver printed" {
    [[ $IOMMUCTL_GUEST == virtio ]] || skip 'no virtio-iommu'
    bits=$(dmesg | sed -n 's/.*virtio_iommu.*input address: \([0-9]*\) bits/\1/p')
    mask=$(dmesg | sed -n 's/.*virtio_iommu.*page mask: //p')
    [[ $bits && $mask ]]
    [[ $(answer input_bits value) == "$bits" ]]
    [[ $(answer input_bits source) == 'kernel log' ]]
    count=$(perl -e 'print sprintf("%b", hex shift) =~ tr/1//' "$mask" 2>&1)
    [[ $(answer page_sizes value | jq length) == "$count" ]]
    [[ $(answer page_sizes value | jq 'min') == "$((mask & -mask))" ]]
}

@test "one IOMMU disagrees with nobody" {
    [[ $("$IOMMUCTL" iommu list -j | jq -c '[.disagreements, .common]') == '[[],null]' ]]
}
