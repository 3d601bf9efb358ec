#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# hwpt: page tables, plain and nested.
# machines: none
# shellcheck disable=SC2030,SC2031,SC2086,SC2119,SC2154 # tests are functions of bats, which sets some

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

# tracked [IOAS]: a device with $hwpt, which tracks dirty pages
tracked()
{
    device "$@"
    hwpt=$(tool hwpt create "$ioas" --device "$device" --dirty-tracking)
    mock 7 replace "$stdev" "$hwpt"
    tool hwpt dirty start "$hwpt"
}

# write_to IOVA LENGTH PAGE_SIZE PAGE...: the device writes to these pages from IOVA on.
write_to()
{
    /usr/bin/python3 -c 'import sys
bits = sum(1 << int(page) for page in sys.argv[1:])
open("/dev/shm/bits", "wb").write(bits.to_bytes(8192, "little"))' "${@:4}"
    [[ $(mock 7 dirty "$hwpt" "$1" "$2" "$3" /dev/shm/bits) == $(($# - 3)) ]]
}

# dirty LINES [OPTION]...: START PAGES of each run, read from 0x2000000 on for 512 KiB
dirty()
{
    output=$(tool hwpt dirty read "$hwpt" --iova 0x2000000 --length 512K -n -o start,pages "${@:2}")
    [[ $(awk 'NF { print $1, $2 }' <<<"$output" | paste -sd,) == "$1" ]] || {
        echo "not $1: $output"
        return 1
    }
}

# small_pages: $ioas, in which the IOMMU has no large pages
small_pages()
{
    ioas=$(tool ioas create)
    tool option set huge-pages "$ioas" 0
}

@test "hwpt dirty: the pages that were written to, over holes, until they are cleared" {
    small_pages
    for iova in 0x2000000 0x2020000; do
        tool ioas map "$ioas" --file $ram --iova "$iova"
    done
    tool ioas map "$ioas" --file $ram --length 4K --iova 0x2041000
    tracked "$ioas"
    dirty ''
    write_to 0x2000000 65536 4096 1 2 3 15
    write_to 0x2020000 65536 4096 0 15
    write_to 0x2041000 4096 4096 0
    all='0x2001000 3,0x200f000 1,0x2020000 1,0x202f000 1,0x2041000 1'
    dirty "$all" --no-clear
    dirty '0x2000000 2,0x200e000 1,0x2020000 1,0x202e000 1,0x2040000 1' --no-clear --page-size 8K
    dirty '0x2000000 1,0x2020000 1,0x2040000 1' --no-clear --page-size 64K
    dirty '0x2000000 1' --no-clear --page-size 512K
    # of the first mapping alone the kernel tells by itself
    dirty '0x2001000 3,0x200f000 1' --no-clear --mapped
    document hwpt dirty read "$hwpt" --iova 0x2000000 --length 512K --bitmap /dev/shm/pages |
        jq -e '.totals == {"pages": 7, "bytes": 28672, "page_size": 4096} and .dirty_ranges[1] ==
            {"start": "0x200f000", "end": "0x200ffff", "pages": 1}'
    [[ $(od -An -tx1 -v /dev/shm/pages) == ' 0e 80 00 00 01 80 00 00 02 00 00 00 00 00 00 00' ]]
    dirty ''
    write_to 0x2020000 65536 4096 7
    tool hwpt dirty read "$hwpt" --iova 0x2020000 --length 64K --mapped >/dev/null
    dirty ''
    write_to 0x2020000 65536 4096 7
    # starting again forgets
    tool hwpt dirty start "$hwpt"
    dirty ''
    document hwpt dirty stop "$hwpt"
}

@test "hwpt dirty: a large page of the IOMMU is dirty as a whole, and told as a whole" {
    echo 4 >/proc/sys/vm/nr_hugepages
    ioas=$(tool ioas create)
    # one at a time: two that lie side by side in memory may become one of 4M
    for iova in 0x2000000 0x2200000 0x2800000; do
        tool ioas map "$ioas" --huge --length 2M --iova "$iova"
    done
    tracked "$ioas"
    for options in '' --mapped; do
        write_to 0x2000000 0x200000 4096 100
        write_to 0x2800000 0x200000 4096 511
        read_dirty=(hwpt dirty read "$hwpt" -n -o 'start,end')
        [[ $(tool "${read_dirty[@]}" --iova 0x2000000 --length 16M --no-clear) == \
            '0x2000000 0x21fffff'$'\n''0x2800000 0x29fffff' ]]
        [[ $(tool "${read_dirty[@]}" --iova 0x2000000 --length 4M $options) == '0x2000000 0x21fffff' ]]
        [[ $(tool "${read_dirty[@]}" --iova 0x2800000 --length 2M $options) == '0x2800000 0x29fffff' ]]
        [[ ! $(tool "${read_dirty[@]}" --iova 0x2000000 --length 16M) ]]
    done
}

@test "hwpt dirty: much that is hardly mapped" {
    small_pages
    places=(0x10000000 0x30000000 0x4fff0000)
    for iova in "${places[@]}"; do
        tool ioas map "$ioas" --file $ram --iova "$iova"
    done
    tracked "$ioas"
    for iova in "${places[@]}"; do
        write_to "$iova" 65536 4096 15
    done
    tool hwpt dirty read "$hwpt" --iova 0x10000000 --length 1G -n -o end --bitmap /dev/shm/pages >/dev/shm/said
    [[ $(paste -sd' ' /dev/shm/said) == '0x1000ffff 0x3000ffff 0x4fffffff' ]]
    [[ $(stat -c %s /dev/shm/pages) == 32768 ]]
    [[ $(od -An -tx1 -w2 -v /dev/shm/pages | grep -n 80 | cut -d: -f1 | paste -sd' ') == '1 8193 16384' ]]
}

@test "hwpt dirty: what is refused, and what cannot be written" {
    small_pages
    tracked "$ioas"
    tool ioas map "$ioas" --file $ram --iova 0x2000000
    refused "hwpt $hwpt: read dirty pages: the range is not aligned" \
        hwpt dirty read "$hwpt" --iova 0x2000400 --length 1K --page-size 1K
    refused "/dev/null/pages: open: " hwpt dirty read "$hwpt" --iova 0x2000000 --length 4K --bitmap /dev/null/pages
    mkfifo /dev/shm/fifo
    refused "/dev/shm/fifo: open: " hwpt dirty read "$hwpt" --iova 0x2000000 --length 4K --bitmap /dev/shm/fifo
    plain=$(tool hwpt create "$ioas" --device "$device")
    for action in start stop 'read --iova 0x2000000 --length 4K'; do
        # shellcheck disable=SC2086 # words
        refused "hwpt $plain: " hwpt dirty $action "$plain"
        [[ $stderr == *'it was not made for tracking dirty pages'* ]]
    done
    # a dry run clears nothing
    write_to 0x2000000 65536 4096 3
    tool hwpt dirty read "$hwpt" --iova 0x2000000 --length 64K --mapped --dry-run >/dev/shm/said
    [[ $(</dev/shm/said) == IOMMU_HWPT_GET_DIRTY_BITMAP* ]]
    run -0 tool hwpt dirty read "$hwpt" --iova 0x2000000 --length 64K -n -o pages
    [[ ${output// /} == 1 ]]
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
