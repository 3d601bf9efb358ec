#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# hwpt: page tables, plain and nested.
# machines: none
# shellcheck disable=SC2030,SC2031,SC2119,SC2154 # tests are functions of bats, which sets some

# shellcheck source=tests/guest/mock.bash
. "$BATS_TEST_DIRNAME/../mock.bash"

@test "hwpt create: of an address space, with all that it maps" {
    device
    tool ioas map "$ioas" --file $ram --iova 0x2000000
    hwpt=$(tool hwpt create "$ioas" --device "$device")
    seen 0x2000000 65536 $ram
    tool ioas map "$ioas" --file /dev/shm/same --iova 0x3000000
    seen 0x3000000 65536 /dev/shm/same
    [[ $(document hwpt create "$ioas" --device "$device" --nest-parent |
        jq -c '.hwpts[] | .name, .parents') == $'null\n['"$ioas]" ]]
    [[ ! $(tool hwpt destroy "$hwpt") ]]
    run ! seen 0x2000000 65536 $ram
    refused "hwpt $hwpt: destroy: " hwpt destroy "$hwpt"
}

@test "hwpt create: what it can be made of, and for" {
    device
    refused "ioas 99: allocate hwpt: " hwpt create 99 --device "$device"
    refused "ioas $ioas: allocate hwpt: " hwpt create "$ioas" --device 99
    refused "ioas $ioas: allocate hwpt: " hwpt create "$ioas" --device "$ioas"
    refused "device $device: allocate hwpt: " hwpt create "$device" --device "$device"
    refused "ioas $ioas: allocate hwpt: " hwpt create "$ioas" --device "$device" --type none --data 00
    refused "hwpt /dev/shm/none: read: " hwpt create "$ioas" --device "$device" --type selftest --data @/dev/shm/none
    refused "hwpt /dev/zero: read: more than 1048576 bytes" hwpt create "$ioas" --device "$device" --type selftest --data @/dev/zero
    refused "hwpt none: find: " hwpt create "$ioas" --device none
    refused "hwpt none: find: " hwpt create "$ioas" --device "$device" --fault-queue none
    refused "ioas $ioas: allocate hwpt: " hwpt create "$ioas" --device "$device" --fault-queue 99
}

@test "hwpt create: dirty tracking and PASIDs, where the device has them" {
    ioas=$(tool ioas create)
    read -r _ _ device < <(mock 7 domain-flags "$ioas" no-dirty)
    refused "ioas $ioas: allocate hwpt: " hwpt create "$ioas" --device "$device" --dirty-tracking
    read -r stdev _ device < <(mock 7 domain-flags "$ioas" pasid)
    tool hwpt create "$ioas" --device "$device" --dirty-tracking
    plain=$(tool hwpt create "$ioas" --device "$device")
    pasid=$(tool hwpt create "$ioas" --device "$device" --for-pasid)
    mock 7 replace "$stdev" "$pasid"
    run ! mock 7 pasid-attach "$stdev" 100 "$plain"
    mock 7 pasid-attach "$stdev" 100 "$pasid"
    mock 7 pasid-check "$stdev" 100 "$pasid"
    # the mock does not do it when the file is closed
    mock 7 pasid-detach "$stdev" 100
}

@test "hwpt create: nested in a parent, and in nothing else" {
    nest
    iotlb 0xdeadbeef 0xdeadbeef 0xdeadbeef 0xdeadbeef
    mock 7 replace "$stdev" "$nested"
    plain=$(tool hwpt create "$ioas" --device "$device")
    for pt in "$plain" "$nested" "$hwpt"; do
        # the kernel does not tell what is nested from others
        refused "hwpt $([[ $pt != "$nested" ]] || echo 'object ')$pt: allocate hwpt: " hwpt create "$pt" --device "$device" --type selftest --data efbeadde00000000
    done
    for data in '' efbead 0102030405060708090a; do
        refused "hwpt $parent: allocate hwpt: " hwpt create "$parent" --device "$device" --type selftest ${data:+--data "$data"}
    done
    refused "hwpt $parent: allocate hwpt: " hwpt create "$parent" --device "$device" --type vtd-s1 --data efbeadde00000000
    # from a file
    printf '\x01\x02\x03\x04\0\0\0\0' >/dev/shm/data
    nested=$(tool hwpt create "$parent" --device "$device" --type 0xdead --data @/dev/shm/data)
    iotlb 0x04030201 0x04030201 0x04030201 0x04030201
    nested=$(printf '\x05\0\0\0\0\0\0\0' | tool hwpt create "$parent" --device "$device" --type selftest --data @-)
    iotlb 5 5 5 5
}

# entry FLAGS INDEX: of the mock, 4 bytes each.
entry()
{
    printf '%02x000000%02x000000' "$1" "$2"
}

@test "hwpt invalidate: entry by entry, as far as it comes" {
    nest
    [[ $(tool hwpt invalidate "$nested" --type selftest --entry "$(entry 0 1)") == 1 ]]
    iotlb 0xdeadbeef 0 0xdeadbeef 0xdeadbeef
    # the second one is of no index that there is
    run --separate-stderr document hwpt invalidate "$nested" --type selftest \
        --entry "$(entry 0 0)" --entry "$(entry 0 9)" --entry "$(entry 0 3)"
    [[ $status == 1 && $stderr == "iommuctl: hwpt $nested: invalidate: "* ]]
    [[ $(jq -c .invalidations <<<"$output") == '[{"done":1,"entries":3}]' ]]
    iotlb 0 0 0xdeadbeef 0xdeadbeef
    [[ $(tool hwpt invalidate "$nested" --type selftest --entry "$(entry 0 2)" --entry "$(entry 0 3)") == 2 ]]
    iotlb 0 0 0 0
}

@test "hwpt invalidate: all at once, from a file, and what is refused" {
    nest
    printf '\x01\0\0\0\0\0\0\0' >/dev/shm/entry
    [[ $(tool hwpt invalidate "$nested" --type selftest --entry @/dev/shm/entry) == 1 ]]
    iotlb 0 0 0 0
    run --separate-stderr tool hwpt invalidate "$nested" --type vtd-s1 --entry "$(entry 1 0)"
    [[ $status == 1 && $output == 0 ]]
    run --separate-stderr tool hwpt invalidate "$parent" --type selftest --entry "$(entry 1 0)"
    [[ $status == 1 && $output == 0 ]]
    run --separate-stderr tool hwpt invalidate 99 --type selftest --entry "$(entry 1 0)"
    [[ $status == 1 && $output == 0 ]]
    refused "hwpt: entries are not of one length" hwpt invalidate "$nested" --type selftest --entry "$(entry 1 0)" --entry 00
}

@test "what is in use cannot be destroyed" {
    device
    refused "ioas $ioas: destroy: " ioas destroy "$ioas"
    refused "hwpt $hwpt: destroy: " hwpt destroy "$hwpt"
    parent=$(tool hwpt create "$ioas" --device "$device" --nest-parent)
    nested=$(tool hwpt create "$parent" --device "$device" --type selftest --data 0000000000000000)
    refused "hwpt $parent: destroy: " hwpt destroy "$parent"
    mock 7 replace "$stdev" "$nested"
    refused "hwpt $nested: destroy: " hwpt destroy "$nested"
    tool ioas destroy "$(tool ioas create)"
    other=$(tool ioas create)
    run -1 mock 7 access "$other" 0 9 -- "$IOMMUCTL" --iommufd 7 ioas destroy "$other"
    tool ioas destroy "$other"
}

@test "every document of these tests is valid" {
    valid hwpt
}
