#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# ioas and option: address spaces, and what is mapped in them.
# machines: none
# shellcheck disable=SC2030,SC2031,SC2119,SC2154 # tests are functions of bats, which sets some

# shellcheck source=tests/guest/mock.bash
. "$BATS_TEST_DIRNAME/../mock.bash"

@test "ioas create, destroy: ids, once and for all" {
    [[ $(tool ioas create) == 1 && $(tool ioas create) == 2 ]]
    [[ $(document ioas create | jq -c .ioases) == '[{"id":3,"name":null,"parents":[]}]' ]]
    [[ ! $(tool ioas destroy 1) ]]
    refused "ioas 1: destroy: " ioas destroy 1
    [[ $(document ioas destroy 2 | jq -c '.ioases[].id') == 2 ]]
    # some of several
    run --separate-stderr tool ioas destroy 1 3 99
    [[ $status == 3 && $stderr == *"ioas 1: destroy: "*"ioas 99: destroy: "* ]]
    refused "ioas 3: destroy: " ioas destroy 3
    refused "ioas 4294967295: find: there is no such ioas" ioas destroy 4294967295
    refused "ioas 0: find: there is no such ioas" ioas destroy 0
    refused "ioas guest: find: there is no such ioas" ioas destroy guest
    [[ $stderr == *"names are known in sessions only"* ]]
}

@test "a session is needed to list, and for devices" {
    local noun

    for noun in ioas hwpt viommu vdevice veventq fault-queue hw-queue; do
        refused "$noun: list: the kernel cannot list" "$noun" list
    done
    refused "device: a session is needed" device open 0000:00:00.0
}

@test "ioas map: the file's pages are where it says" {
    device
    iova=$(tool ioas map "$ioas" --file $ram)
    seen "$iova" 65536 $ram
    run ! seen "$iova" 65536 /dev/shm/same
    # a part, where it is wanted
    [[ $(tool ioas map "$ioas" --file $ram --offset 16K --length 8K --iova 0x2000000) == 0x2000000 ]]
    seen 0x2000000 8192 $ram@16384
    run ! seen 0x2000000 8192 $ram
    # by the number of an open file, and after both are gone
    exec 8<>$ram
    [[ $(tool ioas map "$ioas" --file 8 --iova 0x3000000) == 0x3000000 ]]
    exec 8>&-
    mv $ram /dev/shm/other
    seen 0x3000000 65536 /dev/shm/other
    [[ $(document ioas map "$ioas" --file /dev/shm/other --iova 64M | jq -c .maps) == \
        '[{"iova":"0x4000000","length":65536}]' ]]
}

@test "ioas map: what a device writes is in the file, and the other way round" {
    ioas=$(tool ioas create)
    tool ioas map "$ioas" --file $ram --iova 0x10000
    head -c 64K /dev/zero >/dev/shm/buffer
    # read by the device
    mock 7 access "$ioas" 0 9 -- mock 7 access-rw 9 0x10000 65536 /dev/shm/buffer 0
    cmp /dev/shm/buffer $ram
    # and written
    head -c 64K /dev/urandom >/dev/shm/buffer
    run ! cmp -s /dev/shm/buffer $ram
    mock 7 access "$ioas" 0 9 -- mock 7 access-rw 9 0x10000 65536 /dev/shm/buffer write
    cmp /dev/shm/buffer $ram
}

@test "ioas map: --read and --write" {
    ioas=$(tool ioas create)
    chmod 444 $ram
    tool ioas map "$ioas" --file $ram --iova 0x10000 --read
    cp $ram /dev/shm/buffer
    mock 7 access "$ioas" 0 9 -- mock 7 access-rw 9 0x10000 4096 /dev/shm/buffer 0
    run ! mock 7 access "$ioas" 0 9 -- mock 7 access-rw 9 0x10000 4096 /dev/shm/buffer write
    tool ioas map "$ioas" --file $ram --iova 0x100000 --write
    mock 7 access "$ioas" 0 9 -- mock 7 access-rw 9 0x100000 4096 /dev/shm/buffer write
}

@test "ioas map: new memory is zeros, and stays" {
    ioas=$(tool ioas create)
    [[ $(tool ioas map "$ioas" --memory --length 64K --iova 1M) == 0x100000 ]]
    mock 7 access "$ioas" 0 9 -- mock 7 access-rw 9 0x100000 65536 /dev/shm/same 0
    cmp /dev/shm/same <(head -c 64K /dev/zero)
    mock 7 access "$ioas" 0 9 -- mock 7 access-rw 9 0x100000 65536 $ram write
    mock 7 access "$ioas" 0 9 -- mock 7 access-rw 9 0x100000 65536 /dev/shm/same 0
    cmp /dev/shm/same $ram
}

@test "ioas map: huge pages, and none left" {
    device
    refused "ioas: make memory: not so many huge pages are free" ioas map "$ioas" --huge --length 2M
    refused "ioas: make memory: --length is not of whole huge pages" ioas map "$ioas" --huge --length 64K
    [[ $stderr == *"hint: see HugePages_Free and Hugepagesize"* ]]
    refused "ioas /dev/null: map: it is no file of memory" ioas map "$ioas" --file /dev/null --length 4K
    refused "ioas 0: map: it is no file of memory" ioas map "$ioas" --file 0 --length 4K </dev/zero
    echo 2 >/proc/sys/vm/nr_hugepages
    [[ $(tool ioas map "$ioas" --huge --length 4M --iova 0x2000000) == 0x2000000 ]]
    [[ $(awk '/^HugePages_Free/ { print $2 }' /proc/meminfo) == 0 ]]
    [[ $(tool ioas unmap "$ioas" --all) == 4194304 ]]
    [[ $(awk '/^HugePages_Free/ { print $2 }' /proc/meminfo) == 2 ]]
}

@test "ioas map: what is refused at once" {
    device
    tool ioas map "$ioas" --file $ram --iova 0x2000000
    refused "ioas $ioas: map a file: " ioas map "$ioas" --file $ram --iova 0x2000000
    refused "ioas $ioas: map a file: " ioas map "$ioas" --file $ram --iova 0x200f000
    refused "ioas $ioas: map a file: " ioas map "$ioas" --file $ram --iova 0x3000001
    refused "ioas $ioas: map a file: " ioas map "$ioas" --file $ram --iova 0
    refused "ioas $ioas: map a file: " ioas map "$ioas" --file $ram --iova 0x7ffff000
    refused "ioas $ioas: map a file: " ioas map "$ioas" --file $ram --length 128K
    refused "ioas $ioas: map a file: " ioas map "$ioas" --file $ram --iova 0xffffffffffffffff
    refused "ioas 99: map a file: " ioas map 99 --file $ram
    refused "hwpt $hwpt: map a file: " ioas map "$hwpt" --file $ram
    refused "ioas /dev/shm/none: open: No such file" ioas map "$ioas" --file /dev/shm/none
    refused "ioas /dev/shm: open: Is a directory" ioas map "$ioas" --file /dev/shm
    refused "ioas 99: open: there is no such open file" ioas map "$ioas" --file 99
    refused "ioas $ram: map: it ends before --offset" ioas map "$ioas" --file $ram --offset 64K
    : >/dev/shm/empty
    refused "ioas /dev/shm/empty: map: it is empty" ioas map "$ioas" --file /dev/shm/empty
    # nothing of that stays
    [[ $(tool ioas unmap "$ioas" --all) == 65536 ]]
}

@test "ioas map: without a device what is wrong shows later" {
    ioas=$(tool ioas create)
    # behind its end, and at an address that no device reaches
    tool ioas map "$ioas" --file $ram --length 1M --iova 0x2000000
    run ! mock 7 domain "$ioas"
    tool ioas unmap "$ioas" --all
    tool ioas map "$ioas" --file $ram --iova 0x1000
    run ! mock 7 domain "$ioas"
    tool ioas unmap "$ioas" --all
    tool ioas map "$ioas" --file $ram --iova 0x2000000
    device "$ioas"
    seen 0x2000000 65536 $ram
}

@test "ioas unmap: whole mappings, several with holes, all; not a part" {
    device
    tool ioas map "$ioas" --file $ram --iova 0x2000000
    tool ioas map "$ioas" --file $ram --iova 0x3000000
    tool ioas map "$ioas" --file $ram --iova 0x4000000
    refused "ioas $ioas: unmap: " ioas unmap "$ioas" --iova 0x2000000 --length 4K
    refused "ioas $ioas: unmap: " ioas unmap "$ioas" --iova 0x2008000 --length 64K
    seen 0x2000000 65536 $ram
    refused "ioas $ioas: unmap: " ioas unmap "$ioas" --iova 0x5000000 --length 64K
    [[ $(tool ioas unmap "$ioas" --iova 0x2000000 --length 32M) == 131072 ]]
    run ! seen 0x2000000 65536 $ram
    seen 0x4000000 65536 $ram
    [[ $(document ioas unmap "$ioas" --all | jq -c .unmaps) == '[{"length":65536}]' ]]
    [[ $(tool ioas unmap "$ioas" --all) == 0 ]]
    refused "ioas 99: unmap: " ioas unmap 99 --all
    [[ $(pins) == 0 ]]
}

@test "ioas copy: whole, a part, adjoining ones, in itself; no holes" {
    device
    other=$(tool ioas create)
    tool ioas map "$other" --file $ram --iova 0x2000000
    tool ioas map "$other" --file /dev/shm/same --iova 0x2010000
    [[ $(tool ioas copy "$ioas" --from "$other" --source 0x2000000 --length 64K --iova 0x3000000) == 0x3000000 ]]
    seen 0x3000000 65536 $ram
    iova=$(tool ioas copy "$ioas" --from "$other" --source 0x2004000 --length 8K)
    seen "$iova" 8192 $ram@16384
    [[ $(document ioas copy "$ioas" --from "$other" --source 0x2000000 --length 128K --iova 0x5000000 |
        jq -c .maps) == '[{"iova":"0x5000000","length":131072}]' ]]
    seen 0x5000000 65536 $ram
    seen 0x5010000 65536 /dev/shm/same
    tool ioas copy "$ioas" --from "$ioas" --source 0x3000000 --length 64K --iova 0x6000000
    seen 0x6000000 65536 $ram
    # the copies stay when the first is gone
    tool ioas destroy "$other"
    seen 0x5000000 65536 $ram
    refused "ioas $ioas: copy" ioas copy "$ioas" --from "$ioas" --source 0x3008000 --length 64K
    refused "ioas $ioas: copy" ioas copy "$ioas" --from "$ioas" --source 0x3000000 --length 64K --iova 0x5000000
    refused "ioas $ioas: copy" ioas copy "$ioas" --from 99 --source 0x3000000 --length 64K
    refused "ioas guest: find: " ioas copy "$ioas" --from guest --source 0x3000000 --length 64K
}

@test "ioas copy: for reading only is not for writing" {
    ioas=$(tool ioas create)
    tool ioas map "$ioas" --file $ram --iova 0x2000000 --read
    refused "ioas $ioas: copy" ioas copy "$ioas" --from "$ioas" --source 0x2000000 --length 64K
    tool ioas copy "$ioas" --from "$ioas" --source 0x2000000 --length 64K --read
}

@test "ioas create --window: one of 32 bits and one of 64, and addresses are in them" {
    ioas=$(tool ioas create --window 0x10000000-0x1001ffff --window 0x800000000+64K)
    first=$(tool ioas map "$ioas" --memory --length 64K)
    second=$(tool ioas map "$ioas" --memory --length 64K)
    third=$(tool ioas map "$ioas" --memory --length 64K)
    [[ $(printf '%s\n' "$first" "$second" "$third" | sort) == $'0x10000000\n0x10010000\n0x800000000' ]]
    refused "ioas $ioas: map a file: " ioas map "$ioas" --memory --length 64K
    # an address that is named can be outside
    [[ $(tool ioas map "$ioas" --memory --length 64K --iova 0x20000000) == 0x20000000 ]]
    # later another one, or all
    tool ioas allow "$ioas" --window 0x30000000+64K
    [[ $(tool ioas map "$ioas" --memory --length 64K) == 0x30000000 ]]
    refused "ioas $ioas: map a file: " ioas map "$ioas" --memory --length 64K
    [[ ! $(tool ioas allow "$ioas") ]]
    tool ioas map "$ioas" --memory --length 64K
    [[ $(document ioas allow "$ioas" --window 0- | jq -c '.ioases[].id') == "$ioas" ]]
}

@test "windows that cannot be had" {
    # overlapping, and of one address
    refused "ioas " ioas create --window 0-0xffff --window 0x8000-0x1ffff
    refused "ioas " ioas create --window 5-5
    # whose address space does not stay
    [[ $(tool ioas create) == 1 ]]
    mock 7 reserve 1 0x30000000 65536
    refused "ioas 1: " ioas allow 1 --window 0x30008000-0x4fffffff
    # those of before stay then
    tool ioas allow 1 --window 0x40000000+64K
    refused "ioas 1: " ioas allow 1 --window 0x2ffff000-0x30000000
    [[ $(tool ioas map 1 --memory --length 64K) == 0x40000000 ]]
    refused "ioas 99: " ioas allow 99
    # a device that does not reach them
    tool ioas allow 1 --window 0x1000-0x1ffff
    tool ioas unmap 1 --all
    run ! mock 7 domain 1
    tool ioas allow 1 --window 0x40000000+64K
    device 1
    refused "ioas 1: " ioas allow 1 --window 0x1000-0x1ffff
}

@test "ioas ranges: all, the device's, without what is reserved" {
    ioas=$(tool ioas create)
    [[ $(document ioas ranges "$ioas" | jq -c '.ranges') == \
        '[{"start":"0x0","end":"0xffffffffffffffff","alignment":1}]' ]]
    device "$ioas"
    [[ $(tool ioas ranges "$ioas" -n -o start,end,alignment | tr -s ' ') == '0x1000000 0x7fffffff 2048' ]]
    mock 7 reserve "$ioas" 0x30000000 65536
    [[ $(document ioas ranges "$ioas" | jq -c '[.ranges[] | .start, .end]') == \
        '["0x1000000","0x2fffffff","0x30010000","0x7fffffff"]' ]]
    refused "ioas 99: " ioas ranges 99
    refused "hwpt $hwpt: " ioas ranges "$hwpt"
}

@test "ioas physical: for devices without an IOMMU only" {
    device
    tool ioas map "$ioas" --file $ram --iova 0x2000000
    refused "ioas $ioas: " ioas physical "$ioas" --iova 0x2000000
}

@test "ioas compat: none, one, another, none" {
    refused "ioas " ioas compat
    ioas=$(tool ioas create)
    other=$(tool ioas create)
    [[ $(tool ioas compat "$ioas") == "$ioas" && $(tool ioas compat) == "$ioas" ]]
    [[ $(document ioas compat "$other" | jq -c '.ioases[].id') == "$other" ]]
    [[ $(tool ioas compat) == "$other" ]]
    refused "ioas " ioas compat 99
    [[ $(tool ioas compat) == "$other" ]]
    [[ $(tool ioas compat --clear) == 0 ]]
    refused "ioas " ioas compat
}

@test "ioas take-over: memory of files" {
    ioas=$(tool ioas create)
    tool ioas map "$ioas" --file $ram
    [[ $(document ioas take-over | jq -c .ioases) == '[]' ]]
    [[ ! $(tool ioas take-over) ]]
}

@test "option: what it is, what it becomes, what is refused" {
    [[ $(tool option get rlimit-mode) == 0 ]]
    [[ ! $(tool option set rlimit-mode process) && $(tool option get rlimit-mode) == 1 ]]
    [[ $(document option set rlimit-mode 0 | jq -c .options) == '[{"value":0,"name":"rlimit-mode","ioas":null}]' ]]
    ioas=$(tool ioas create)
    # there are objects now
    refused "option " option set rlimit-mode process
    [[ $(tool option get rlimit-mode) == 0 ]]
    [[ $(tool option get huge-pages "$ioas") == 1 ]]
    tool option set huge-pages "$ioas" off
    [[ $(document option get huge-pages "$ioas" | jq -c .options) == '[{"value":0,"name":"huge-pages","ioas":'"$ioas"'}]' ]]
    tool option set huge-pages "$ioas" on
    device "$ioas"
    tool ioas map "$ioas" --file $ram
    refused "ioas $ioas: set an option: " option set huge-pages "$ioas" off
    refused "ioas 99: " option get huge-pages 99
}

@test "-o chooses what is printed of what was made" {
    [[ $(tool ioas create -o id,parents,name) == "1 - -" ]]
    [[ $(tool ioas map 1 --memory --length 4K --iova 8K -o length,iova) == "4096 0x2000" ]]
    [[ $(tool ioas unmap 1 --all -j -o length | jq -c .unmaps) == '[{"length":4096}]' ]]
    # a wrong one does nothing
    run -2 tool ioas create -o nope
    [[ $(tool ioas create) == 2 ]]
}

@test "every document of these tests is valid" {
    valid ioas option
}
