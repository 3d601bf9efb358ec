#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# ioas, hwpt, viommu, vdevice, veventq, fault-queue, hw-queue and option on an open /dev/iommu with
# a mock device. What a device sees is asked of the mock, not of the tool.
# machines: none
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0

# Nothing is refused because nothing ran. The pages of the test are in /dev/shm/ram.
setup()
{
    [[ $("$IOMMUCTL" --version) == iommuctl* ]]
    exec 7<>/dev/iommu
    ram=/dev/shm/ram
    head -c 64K /dev/urandom >$ram
    cp $ram /dev/shm/same
}

# With the last file the kernel has let go of every page.
teardown()
{
    exec 7>&-
    rm -f /dev/shm/*
    echo 0 >/proc/sys/vm/nr_hugepages
    [[ $(pins) == 0 ]]
}

# pins: pages that are pinned.
pins()
{
    # the counters of each processor
    echo 1 >/proc/sys/vm/stat_refresh
    awk '/^nr_foll_pin_acquired/ { n += $2 } /^nr_foll_pin_released/ { n -= $2 } END { print n }' /proc/vmstat
}

# tool ARG...: also keeps the document that the command prints for -j, of which one of the last tests
# asks whether it is valid. Without -j text is printed, which a shell can take.
tool()
{
    "$IOMMUCTL" --iommufd 7 "$@"
}

# document ARG...: prints, and keeps.
document()
{
    local status=0

    mkdir -p "$BATS_FILE_TMPDIR/$1"
    tool "$@" -j >"$BATS_TEST_TMPDIR/document" || status=$?
    cp "$BATS_TEST_TMPDIR/document" "$(mktemp "$BATS_FILE_TMPDIR/$1/XXXXXX.json")"
    cat "$BATS_TEST_TMPDIR/document"
    return "$status"
}

# refused WHAT ARG...: status 1, nothing printed, and a message that begins with WHAT.
refused()
{
    run --separate-stderr tool "${@:2}"
    # shellcheck disable=SC2154 # of run
    [[ $status == 1 && ! $output && $stderr == "iommuctl: $1"* ]] || {
        echo "status $status, output '$output': $stderr"
        return 1
    }
}

# device [PT]: a mock device, attached to it or to a new address space; $ioas $stdev $hwpt $device
device()
{
    ioas=${1-$(tool ioas create)}
    read -r stdev hwpt device < <(mock 7 domain "$ioas")
    [[ $device ]]
}

# seen IOVA LENGTH FILE[@OFFSET]: devices find the pages of the file there.
seen()
{
    mock 7 check-map "$hwpt" "$1" "$2" "$3"
}

# ------------------------------------------------------------------------------- ioas

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
    refused "ioas " ioas map "$ioas" --huge --length 2M
    refused "ioas new memory: open: " ioas map "$ioas" --huge --length 64K
    [[ $stderr == *"hint: --length must be whole huge pages"* ]]
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
    refused "ioas $hwpt: map a file: " ioas map "$hwpt" --file $ram
    refused "ioas /dev/shm/none: open: No such file" ioas map "$ioas" --file /dev/shm/none
    refused "ioas /dev/shm: open: Is a directory" ioas map "$ioas" --file /dev/shm
    refused "ioas 99: open: Bad file" ioas map "$ioas" --file 99
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
    refused "ioas $hwpt: " ioas ranges "$hwpt"
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
    refused "ioas 99: " ioas compat 99
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

# ------------------------------------------------------------------------------- hwpt

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
    refused "hwpt ioas 99: allocate hwpt: " hwpt create 99 --device "$device"
    refused "hwpt ioas $ioas: allocate hwpt: " hwpt create "$ioas" --device 99
    refused "hwpt ioas $ioas: allocate hwpt: " hwpt create "$ioas" --device "$ioas"
    refused "hwpt ioas $device: allocate hwpt: " hwpt create "$device" --device "$device"
    refused "hwpt ioas $ioas: allocate hwpt: " hwpt create "$ioas" --device "$device" --type none --data 00
    refused "hwpt: 'abc' is not bytes" hwpt create "$ioas" --device "$device" --type selftest --data abc
    refused "hwpt: 'zz' is not bytes" hwpt create "$ioas" --device "$device" --type selftest --data zz
    refused "hwpt /dev/shm/none: read: " hwpt create "$ioas" --device "$device" --type selftest --data @/dev/shm/none
    refused "hwpt none: find: " hwpt create "$ioas" --device none
    refused "hwpt none: find: " hwpt create "$ioas" --device "$device" --fault-queue none
    refused "hwpt ioas $ioas: allocate hwpt: " hwpt create "$ioas" --device "$device" --fault-queue 99
}

@test "hwpt create: dirty tracking and PASIDs, where the device has them" {
    ioas=$(tool ioas create)
    read -r _ _ device < <(mock 7 domain-flags "$ioas" no-dirty)
    refused "hwpt ioas $ioas: allocate hwpt: " hwpt create "$ioas" --device "$device" --dirty-tracking
    read -r stdev _ device < <(mock 7 domain-flags "$ioas" pasid)
    tool hwpt create "$ioas" --device "$device" --dirty-tracking
    plain=$(tool hwpt create "$ioas" --device "$device")
    pasid=$(tool hwpt create "$ioas" --device "$device" --for-pasid)
    mock 7 replace "$stdev" "$pasid"
    run ! mock 7 pasid-attach "$stdev" 100 "$plain"
    mock 7 pasid-attach "$stdev" 100 "$pasid"
    mock 7 pasid-check "$stdev" 100 "$pasid"
}

# nest: a device with $parent, a second stage, and $nested of it
nest()
{
    device
    parent=$(tool hwpt create "$ioas" --device "$device" --nest-parent)
    nested=$(tool hwpt create "$parent" --device "$device" --type selftest --data efbeadde00000000)
}

# iotlb VALUE...: what the nested page table has cached.
iotlb()
{
    local i

    for ((i = 0; i < 4; i++)); do
        mock 7 check-iotlb "$nested" "$i" "${!i+"${@:i+1:1}"}"
    done
}

@test "hwpt create: nested in a parent, and in nothing else" {
    nest
    iotlb 0xdeadbeef 0xdeadbeef 0xdeadbeef 0xdeadbeef
    mock 7 replace "$stdev" "$nested"
    plain=$(tool hwpt create "$ioas" --device "$device")
    for pt in "$plain" "$nested" "$hwpt"; do
        refused "hwpt ioas $pt: allocate hwpt: " hwpt create "$pt" --device "$device" --type selftest --data efbeadde00000000
    done
    for data in '' efbeadde 0102030405060708090a; do
        refused "hwpt ioas $parent: allocate hwpt: " hwpt create "$parent" --device "$device" --type selftest ${data:+--data "$data"}
    done
    refused "hwpt ioas $parent: allocate hwpt: " hwpt create "$parent" --device "$device" --type vtd-s1 --data efbeadde00000000
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
    refused "hwpt: '0' is not bytes" hwpt invalidate "$nested" --type selftest --entry 0
}

# --------------------------------------------------------------- viommu, vdevice, queues

# guest: a device with $parent, a second stage, and $viommu on it
guest()
{
    device
    parent=$(tool hwpt create "$ioas" --device "$device" --nest-parent)
    viommu=$(tool viommu create "$parent" --device "$device" --type selftest)
}

@test "viommu create: of a second stage, and what its driver answers" {
    guest
    # what goes in comes back, with an offset that can be mapped, and its length
    answer=$(document viommu create "$parent" --device "$device" --type selftest \
        --data 78563412000000000000000000000000000000000000000 2>&1 || true)
    [[ $answer == *"is not bytes"* ]]
    answer=$(document viommu create "$parent" --device "$device" --type selftest --data 785634120000000000000000000000000000000000000000 |
        jq -r '.viommus[] | .data')
    [[ $answer == 7856341278563412* && ${#answer} == 48 && ${answer:32} == 0020000000000000 ]]
    [[ $(document viommu create "$parent" --device "$device" --type selftest |
        jq -c '.viommus[] | .parents, .data') == "[$parent]"$'\nnull' ]]
    refused "viommu hwpt $hwpt: allocate viommu: " viommu create "$hwpt" --device "$device" --type selftest
    refused "viommu hwpt $ioas: allocate viommu: " viommu create "$ioas" --device "$device" --type selftest
    refused "viommu hwpt 99: allocate viommu: " viommu create 99 --device "$device" --type selftest
    refused "viommu hwpt $parent: allocate viommu: " viommu create "$parent" --device 99 --type selftest
    refused "viommu hwpt $parent: allocate viommu: " viommu create "$parent" --device "$device" --type arm-smmu-v3
    refused "viommu hwpt $parent: allocate viommu: " viommu create "$parent" --device "$device" --type 0
}

@test "hwpt create: nested in a vIOMMU" {
    guest
    nested=$(tool hwpt create "$viommu" --device "$device" --type selftest --data 2a00000000000000)
    iotlb 42 42 42 42
    # a device is attached there only as a vdevice
    vdevice=$(tool vdevice create "$viommu" --device "$device" --virtual-id 0x99)
    mock 7 replace "$stdev" "$nested"
    refused "viommu $viommu: destroy: " viommu destroy "$viommu"
    refused "hwpt $nested: destroy: " hwpt destroy "$nested"
    mock 7 replace "$stdev" "$ioas"
    tool hwpt destroy "$nested"
    tool vdevice destroy "$vdevice"
    tool viommu destroy "$viommu"
    tool hwpt destroy "$parent"
}

@test "vdevice create: one of a device, one of an id" {
    guest
    vdevice=$(tool vdevice create "$viommu" --device "$device" --virtual-id 0x99)
    refused "vdevice viommu $viommu: allocate vdevice: " vdevice create "$viommu" --device "$device" --virtual-id 0x98
    read -r _ _ other < <(mock 7 domain "$ioas")
    refused "vdevice viommu $viommu: allocate vdevice: " vdevice create "$viommu" --device "$other" --virtual-id 0x99
    [[ $(document vdevice create "$viommu" --device "$other" --virtual-id 0xffffffffffffffff |
        jq -c '.vdevices[].parents') == "[$viommu,$other]" ]]
    tool vdevice destroy "$vdevice"
    refused "vdevice $vdevice: destroy: " vdevice destroy "$vdevice"
    tool vdevice create "$viommu" --device "$device" --virtual-id 0x99
    refused "vdevice viommu 99: allocate vdevice: " vdevice create 99 --device "$device" --virtual-id 1
    refused "vdevice viommu $viommu: allocate vdevice: " vdevice create "$viommu" --device 99 --virtual-id 1
}

# command FLAGS VIRTUAL-ID INDEX: of the mock, 4 bytes each.
command_()
{
    printf '%02x000000%02x000000%02x000000' "$1" "$2" "$3"
}

@test "viommu invalidate: by the guest's name of the device, as far as it comes" {
    guest
    mock 7 check-cache "$device" 0 0xbaddad
    # the guest has no such device yet
    run --separate-stderr tool viommu invalidate "$viommu" --type selftest --entry "$(command_ 0 0x99 0)"
    [[ $status == 1 && $output == 0 && $stderr == "iommuctl: viommu $viommu: invalidate: "* ]]
    tool vdevice create "$viommu" --device "$device" --virtual-id 0x99
    run --separate-stderr document viommu invalidate "$viommu" --type selftest \
        --entry "$(command_ 0 0x99 0)" --entry "$(command_ 0 0x98 1)" --entry "$(command_ 0 0x99 2)"
    [[ $status == 1 && $(jq -c .invalidations <<<"$output") == '[{"done":1,"entries":3}]' ]]
    mock 7 check-cache "$device" 0 0
    mock 7 check-cache "$device" 1 0xbaddad
    mock 7 check-cache "$device" 2 0xbaddad
    [[ $(tool viommu invalidate "$viommu" --type selftest --entry "$(command_ 1 0x99 0)") == 1 ]]
    mock 7 check-cache "$device" 3 0
}

@test "veventq create: one of a type" {
    guest
    [[ $(document veventq create "$viommu" --type selftest --depth 4 | jq -c '.veventqs[].parents') == "[$viommu]" ]]
    refused "veventq viommu $viommu: allocate veventq: " veventq create "$viommu" --type selftest --depth 4
    refused "veventq viommu $viommu: allocate veventq: " veventq create "$viommu" --type 0 --depth 4
    queue=$(tool veventq create "$viommu" --type arm-smmu-v3 --depth 1)
    # another process has no file of it
    refused "veventq $queue: read: its file is not here" veventq read "$queue"
    refused "viommu $viommu: destroy: " viommu destroy "$viommu"
    tool veventq destroy "$queue"
    refused "veventq $queue: destroy: " veventq destroy "$queue"
    refused "veventq viommu 99: allocate veventq: " veventq create 99 --type selftest --depth 4
    refused "veventq viommu $viommu: allocate veventq: " veventq create "$viommu" --type tegra241-cmdqv --depth 0xffffffff
}

@test "fault-queue create, and a page table that uses it" {
    device
    queue=$(tool fault-queue create)
    hwpt=$(tool hwpt create "$ioas" --device "$device" --fault-queue "$queue")
    [[ $(document hwpt create "$ioas" --device "$device" --fault-queue "$queue" | jq -c '.hwpts[].parents') == "[$ioas,$queue]" ]]
    refused "fault-queue $queue: destroy: " fault-queue destroy "$queue"
    refused "fault-queue $queue: read: its file is not here" fault-queue read "$queue"
    refused "fault-queue $queue: respond: its file is not here" fault-queue respond "$queue" 1 success
    tool hwpt destroy "$hwpt" "$((hwpt + 1))"
    [[ $(document fault-queue create | jq -c '.fault_queues[].parents') == '[]' ]]
    tool fault-queue destroy "$queue"
    refused "fault-queue $queue: destroy: " fault-queue destroy "$queue"
}

@test "hw-queue: in order, on memory that stays" {
    guest
    tool ioas map "$ioas" --file $ram --iova 0x2000000
    create() { tool hw-queue create "$viommu" --type "${3-selftest}" --index "$1" --iova "$2" --length 4K; }
    run ! create 1 0x2000000
    first=$(create 0 0x2000000)
    run ! create 0 0x2000000
    run ! create 2 0x2000000
    run ! create 1 0x3000000
    run ! create 1 0x2000000 tegra241-cmdqv
    second=$(document hw-queue create "$viommu" --type selftest --index 1 --iova 0x2001000 --length 4K | jq '.hw_queues[].id')
    refused "ioas $ioas: unmap: " ioas unmap "$ioas" --all
    refused "hw-queue $first: destroy: " hw-queue destroy "$first"
    tool hw-queue destroy "$second" "$first"
    tool ioas unmap "$ioas" --all
    refused "hw-queue viommu 99: allocate hw-queue: " hw-queue create 99 --type selftest --index 0 --iova 0 --length 4K
}

# ----------------------------------------------------------------------------- the rest

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

@test "one word for another kind of object" {
    guest
    for noun in ioas hwpt viommu; do
        refused "$noun 99: destroy: " "$noun" destroy 99
    done
    refused "vdevice viommu $parent: allocate vdevice: " vdevice create "$parent" --device "$device" --virtual-id 1
    refused "veventq viommu $ioas: allocate veventq: " veventq create "$ioas" --type selftest --depth 1
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
    refused "option " option set huge-pages "$ioas" off
    refused "option ioas 99: " option get huge-pages 99
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
    for noun in ioas hwpt viommu vdevice veventq fault-queue hw-queue option; do
        ls "$BATS_FILE_TMPDIR/$noun"/*.json >/dev/null
        "$BATS_TEST_DIRNAME/../../contract/validate" "$BATS_TEST_DIRNAME/../../../schema/$noun.json" \
            "$BATS_FILE_TMPDIR/$noun"/*.json
    done
}
