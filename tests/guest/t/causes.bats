#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The causes of calls that fail, by their names in libiommuctl/cause-table.c: on the kernel's mock
# device, whose pages are 2048 bytes from 0x1000000 to 0x7fffffff.
# machines: none
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

setup()
{
    exec 7<>/dev/iommu
}

ctl()
{
    "$IOMMUCTL" --iommufd 7 "$@"
}

# said NAME REASON COMMAND...: it fails and says the REASON, a pattern, in the first line.
said()
{
    local name=$1 reason=$2

    shift 2
    run "$@"
    if [[ $status == 0 || ${lines[0]} != *": "$reason ]]; then
        printf '%s: not "%s" but:\n%s\n' "$name" "$reason" "$output"
        return 1
    fi
}

# An address space with a mock device: sets ioas, stdev, hwpt and device.
mock_device()
{
    ioas=$(ctl ioas create)
    read -r stdev hwpt device < <(mock 7 domain "$ioas")
}

# map IOVA LENGTH [OPTION]...
map()
{
    ctl ioas map "$ioas" --memory --iova "$1" --length "${@:2}"
}

selftest=(--type selftest)

# A vIOMMU of the mock device: sets parent and viommu.
mock_viommu()
{
    mock_device
    parent=$(ctl hwpt create "$ioas" --device "$device" --nest-parent)
    viommu=$(ctl viommu create "$parent" --device "$device" "${selftest[@]}")
}

@test "ids that are of nothing, or of another kind" {
    mock_viommu
    nested=$(ctl hwpt create "$viommu" --device "$device" "${selftest[@]}" --data 00000000)
    said no-object 'there is no ioas 99' ctl ioas unmap 99 --all
    said no-object 'there is no ioas 99' ctl ioas ranges 99
    said no-object 'there is no ioas 99' ctl ioas allow 99 --window 0-0xfff
    said no-object 'there is no ioas 99' ctl ioas copy "$ioas" --from 99 --source 0x2000000 --length 4K
    said no-object 'there is no ioas 99' ctl option set huge-pages 99 0
    said no-object 'there is no ioas 99' ctl ioas compat 99
    said no-object 'there is no ioas 99' ctl ioas map 99 --memory --length 4K
    said no-object 'there is no device 99' ctl hwpt create "$ioas" --device 99
    said no-object 'there is no fault-queue 99' ctl hwpt create "$ioas" --device "$device" --fault-queue 99
    said no-object 'there is no ioas, hwpt or viommu 99' ctl hwpt create 99 --device "$device"
    said no-object 'there is no hwpt or viommu 99' ctl hwpt invalidate 99 "${selftest[@]}" --entry 0000000000000000
    said no-object 'there is no hwpt 99' ctl hwpt destroy 99
    said no-object 'there is no hwpt 99' ctl viommu create 99 --device "$device" "${selftest[@]}"
    said no-object 'there is no device 99' ctl viommu create "$parent" --device 99 "${selftest[@]}"
    said no-object 'there is no viommu 99' ctl vdevice create 99 --device "$device" --virtual-id 1
    said no-object 'there is no device 99' ctl vdevice create "$viommu" --device 99 --virtual-id 1
    said no-object 'there is no viommu 99' ctl veventq create 99 "${selftest[@]}" --depth 1
    said no-object 'there is no viommu 99' ctl hw-queue create 99 "${selftest[@]}" --index 0 --iova 0 --length 4K
    said wrong-kind "$hwpt is of kind hwpt, not ioas" ctl ioas ranges "$hwpt"
    said wrong-kind "$device is of kind device, not ioas" ctl ioas map "$device" --memory --length 4K
    said wrong-kind "$ioas is of kind ioas, not device" ctl hwpt create "$ioas" --device "$ioas"
    said wrong-kind "$device is of kind device, not ioas, hwpt or viommu" ctl hwpt create "$device" --device "$device"
    said wrong-kind "$ioas is of kind ioas, not hwpt" ctl viommu create "$ioas" --device "$device" "${selftest[@]}"
    said wrong-kind "$ioas is of kind ioas, not viommu" ctl vdevice create "$ioas" --device "$device" --virtual-id 1
    said unknown-kind "$viommu is not of kind ioas" ctl ioas ranges "$viommu"
    said unknown-kind "$nested is not of kind hwpt" ctl viommu create "$nested" --device "$device" "${selftest[@]}"
    said other-kind "$stdev is not of kind viommu" ctl veventq create "$stdev" "${selftest[@]}" --depth 1
}

# What only a program can do, or has to do in one process: name here and there, reason.
@test "calls of the library" {
    found=$(cause)
    while read -r name call reason; do
        line=$(grep "^$call: " <<<"$found")
        if [[ $line != *": "$reason ]]; then
            echo "$name: not '$reason' but: $line"
            return 1
        fi
    done <<'END'
map-flags map-flags there is no such flag
map-wraps map-wraps 0xfffffffffffff000 and 0x2000 bytes go past the last address
map-wraps map-wraps-memory 0x2000 bytes from 0xfffffffffffff000 of the memory on are too many
map-no-access map-no-access devices could neither read nor write it
map-empty map-empty its length is 0
map-file-closed map-file-closed there is no such open file
map-memory map-memory the memory's address, 0x*, is no multiple of 2048, *
map-memory-hole map-memory-hole there is no memory at some of its addresses
map-memory-protected map-memory-protected the memory at 0x* has only the permissions r-
map-memory-file map-memory-file the memory at 0x* is of /sys/*/resource0, which cannot be pinned
pin-later pin-later what is mapped cannot be pinned: *
no-files no-files this process has as many files open as RLIMIT_NOFILE allows: 3
option-unknown option-unknown there is no such option
option-object option-object it is an option of the whole iommufd, *
option-value option-value it is 0 or 1
take-over-memory take-over-memory something is mapped that is no memfd: *
physical-empty physical-empty the length is 0, *
destroy-in-use destroy-in-use viommu 7 and nested hwpt 6 are made of it
destroy-queue destroy-queue its file is open in another process, *
destroy-viommu destroy-viommu a page of it is in memory of a process, *
dirty-not-tracked dirty-not-tracked it was not made for tracking dirty pages
nested dirty-nested * is a nested page table
dirty-page-size dirty-page-size the page size is no power of two
dirty-misaligned dirty-misaligned the address, 0x2000800, is no multiple of the page size, 4096
dirty-pages dirty-pages the range is not aligned to the pages of its IOMMUs
hw-info-type hw-info-type *has none of that type
vdevice-exists vdevice-exists the device has vdevice * already
veventq-exists veventq-exists the viommu has a queue of this type already
END
}

@test "mapping: the argument" {
    said unmap-wraps 'the range ends at the last address *' ctl ioas unmap "$(ctl ioas create)" --iova 1 --length 0xffffffffffffffff
}

@test "mapping: alignment" {
    mock_device
    said map-address 'the I/O address, 0x1000001, is no multiple of 2048, *' map 0x1000001 4K
    said map-length 'the length, 0x1001, is no multiple of 2048, *' map 0x1000000 0x1001
}

@test "mapping: what is reserved, or beyond what the IOMMU translates" {
    mock_device
    mock 7 reserve "$ioas" 0x7000000 0x1000
    said map-beyond '0x80000000-0x80000fff is beyond 0x7fffffff, *' map 0x80000000 4K
    said map-beyond '0x1000-0x1fff is before 0x1000000, *' map 0x1000 4K
    said map-beyond '0xfff800-0xffffff is before 0x1000000, *' map 0xfff800 4K
    said map-unusable '0x7000000-0x7000fff is reserved for a device' map 0x6fff000 16K
    [[ ${lines[1]} == "hint: iommuctl ioas ranges $ioas tells what can be used" ]]
    said window-beyond '0x0-0xffffff is before 0x1000000, *, and lies in the window 0x0-0x1ffffff' \
        ctl ioas allow "$ioas" --window 0x5000000-0x5ffffff --window 0-0x1ffffff
    said window-unusable '0x7000000-0x7000fff is reserved for a device, and lies in the window 0x5000000-0x7ffffff' \
        ctl ioas allow "$ioas" --window 0x5000000-0x7ffffff
    said window-short 'the window 0x5000000-0x5000000 has less than two addresses' \
        ctl ioas allow "$ioas" --window 0x5000000-0x5000000
    said windows-overlap 'the windows 0x5000000-0x5ffffff and 0x5500000-0x57fffff overlap' \
        ctl ioas allow "$ioas" --window 0x5500000-0x57fffff --window 0x2000000-0x2ffffff --window 0x5000000-0x5ffffff
    said map-too-long '0x100000000 bytes are more than the 0x78fff000 of the longest range *' ctl ioas map "$ioas" --memory --length 4G
    ctl ioas allow "$ioas" --window 0x5000000-0x5000fff
    ctl ioas map "$ioas" --memory --length 4K
    said map-no-space 'all that is usable, or in the windows, is mapped already' ctl ioas map "$ioas" --memory --length 4K
}

@test "mapping: where something is mapped" {
    mock_device
    map 0x2000000 64K
    map 0x2010000 64K
    said map-overlap '0x2008000-0x200bfff of it is mapped already' map 0x2008000 16K
    said map-overlap '0x2000000-0x201ffff of it is mapped already' map 0x1f00000 2M
    said map-overlap '0x201f800-0x201ffff of it is mapped already' map 0x201f800 1M
    said map-overlap '0x2000000-0x20007ff of it is mapped already' map 0x1ff0000 0x10800
    map 0x6001000 4K
    said map-occupied 'something is mapped there already' map 0x6000800 256M
    said copy-hole "0x2020000 of ioas $ioas is not mapped" \
        ctl ioas copy "$ioas" --from "$ioas" --source 0x2008000 --length 1M --iova 0x3000000
    said map-overlap '0x2000000-0x2003fff of it is mapped already' \
        ctl ioas copy "$ioas" --from "$ioas" --source 0x2008000 --length 16K --iova 0x2000000
    said unmap-cuts 'it would cut what is mapped across 0x2008000' ctl ioas unmap "$ioas" --iova 0x2008000 --length 1M
    said unmap-cuts 'it would cut what is mapped across 0x2018000' ctl ioas unmap "$ioas" --iova 0x1ff0000 --length 0x28000
    map 0x2000000 64K
    said unmap-cuts 'it would cut what is mapped across 0x2010000 or 0x2018000' ctl ioas unmap "$ioas" --iova 0x2010000 --length 32K
    said unmap-nothing 'nothing is mapped there, *' ctl ioas unmap "$ioas" --iova 0x2200000 --length 4K
    # what was looked for has changed nothing
    [[ $(ctl ioas unmap "$ioas" --all) == $((64 * 1024 * 2 + 4096)) ]]
}

@test "mapping: which memory, which files" {
    mock_device
    said map-file-kind 'the file is neither a memfd nor of tmpfs nor of hugetlbfs: *' \
        ctl ioas map "$ioas" --file "$BATS_TEST_FILENAME" --length 4K
    truncate -s 64K /dev/shm/ram
    said map-file-end 'the file has 0x10000 bytes, the mapping would end at 0x11000' \
        ctl ioas map "$ioas" --file /dev/shm/ram --offset 32K --length 36K
    said map-file-revoked 'the dma-buf is revoked: *' \
        mock 7 dmabuf 65536 9 -- mock 7 revoke 9 1 -- "$IOMMUCTL" --iommufd 7 ioas map "$ioas" --file 9 --length 64K
    map 0x2000000 4K --read
    said copy-read-only 'the source is mapped for reading only' \
        ctl ioas copy "$ioas" --from "$ioas" --source 0x2000000 --length 4K --iova 0x3000000
}

@test "options, and what concerns the whole" {
    said compat-none 'there is none: *' ctl ioas compat
    mock_device
    map 0x2000000 4K
    said option-mapped 'the address space has a page table and mappings already' ctl option set huge-pages "$ioas" 0
    said option-busy 'it can be set only as long as there are no objects' ctl option set rlimit-mode 1
    said physical-not-mapped '0x9000000 is not mapped' ctl ioas physical "$ioas" --iova 0x9000000
    said physical-iommu 'no device without an IOMMU is attached, *' ctl ioas physical "$ioas" --iova 0x2000000
    said physical-wraps 'the last address of all cannot be mapped' ctl ioas physical "$ioas" --iova 0xffffffffffffffff
}

@test "destroying what is in use" {
    mock_viommu
    said destroy-ioas 'an hwpt unknown here is made of it, *' ctl ioas destroy "$ioas"
    said destroy-hwpt 'a device unknown here is attached to it, *' ctl hwpt destroy "$hwpt"
    map 0x2000000 64K
    queue=$(ctl hw-queue create "$viommu" "${selftest[@]}" --index 0 --iova 0x2000000 --length 4K)
    ctl hw-queue create "$viommu" "${selftest[@]}" --index 1 --iova 0x2001000 --length 4K
    said destroy-hw-queue 'the queue with the next index has to go first' ctl hw-queue destroy "$queue"
    said unmap-locked 'a hw-queue has its memory there, *' ctl ioas unmap "$ioas" --all
}

@test "page tables" {
    mock_viommu
    plain=$(ctl hwpt create "$ioas" --device "$device")
    faults=$(ctl fault-queue create)
    data=("${selftest[@]}" --data 00000000)
    said hwpt-parent-faults 'a nest parent cannot have a fault queue' \
        ctl hwpt create "$ioas" --device "$device" --nest-parent --fault-queue "$faults"
    said hwpt-nested-flags 'a nested page table can have a fault queue *' \
        ctl hwpt create "$parent" --device "$device" --dirty-tracking "${data[@]}"
    said hwpt-nested-no-data 'a nested page table needs data that describe it' ctl hwpt create "$parent" --device "$device"
    said hwpt-data-no-type 'data need a type' ctl hwpt create "$ioas" --device "$device" --data 00
    said hwpt-type-no-data 'there are no data of this type' ctl hwpt create "$parent" --device "$device" "${selftest[@]}"
    said hwpt-of-hwpt 'the driver of its IOMMU nests no such page table in an hwpt, *' \
        ctl hwpt create "$parent" --device "$device" --type vtd-s1 --data 00000000
    said hwpt-nested 'the driver of its IOMMU nests no such page table in a viommu, *' \
        ctl hwpt create "$viommu" --device "$device" --type vtd-s1 --data 00000000
    said hwpt-parent 'the hwpt was not made as a nest parent, *' ctl hwpt create "$plain" --device "$device" "${data[@]}"
    said hwpt-viommu 'the device is behind another IOMMU than the viommu, *' \
        ctl hwpt create "$viommu" --device "$device" "${selftest[@]}" --data 0000
    read -r _ _ clean < <(mock 7 domain-flags "$ioas" no-dirty)
    said hwpt-plain 'the driver of its IOMMU has no such page tables' ctl hwpt create "$ioas" --device "$clean" --dirty-tracking
    said hwpt-data 'the driver does not take the data' ctl hwpt create "$ioas" --device "$device" "${selftest[@]}" --data 0000
    low=$(ctl ioas create)
    ctl ioas map "$low" --memory --iova 0x1000 --length 4K
    said device-addresses 'a mapping, or a window, is where *' ctl hwpt create "$low" --device "$device"
}

@test "dirty pages, invalidations, hardware" {
    mock_viommu
    nested=$(ctl hwpt create "$viommu" --device "$device" "${selftest[@]}" --data 00000000)
    tracked=$(ctl hwpt create "$ioas" --device "$device" --dirty-tracking)
    entry=0000000000000000
    said invalidate-plain 'it is not nested: *' ctl hwpt invalidate "$tracked" "${selftest[@]}" --entry "$entry"
    said invalidate-length 'entries of type vtd-s1 have 24 bytes, not 8' ctl hwpt invalidate "$nested" --type vtd-s1 --entry "$entry"
    said invalidate-entry 'the driver does not take entries of this type and length, *' \
        ctl hwpt invalidate "$nested" --type 0x7777 --entry "$entry"
    said invalidate-flags 'an entry has a flag that the driver does not know, *' \
        ctl hwpt invalidate "$nested" "${selftest[@]}" --entry ffffffff00000000
}

@test "what a guest sees" {
    mock_viommu
    plain=$(ctl hwpt create "$ioas" --device "$device")
    map 0x2000000 64K
    ctl ioas map "$ioas" --memory --write --iova 0x3000000 --length 4K
    said viommu-no-type 'it needs a type' ctl viommu create "$parent" --device "$device" --type 0
    said viommu-driver 'the driver of its IOMMU has no viommus of this type' ctl viommu create "$parent" --device "$device" --type 1
    said viommu-parent 'the hwpt was not made as a nest parent, *' ctl viommu create "$plain" --device "$device" "${selftest[@]}"
    ctl vdevice create "$viommu" --device "$device" --virtual-id 5
    read -r _ _ other < <(mock 7 domain "$ioas")
    said vdevice-taken 'another device of the viommu has the virtual id 0x5, *' ctl vdevice create "$viommu" --device "$other" --virtual-id 5
    said veventq-no-type 'it needs a type' ctl veventq create "$viommu" --type 0 --depth 1
    said veventq-depth 'a queue of 524289 events: there can be 1 to 524288' ctl veventq create "$viommu" "${selftest[@]}" --depth 524289
    queue() { ctl hw-queue create "$viommu" --type "$1" --index "$2" --iova "$3" --length 4K; }
    said hw-queue-no-type 'it needs a type' queue 0 0 0x2000000
    said hw-queue-limits 'the hardware has no queue of this index, *' queue selftest 7 0x2000000
    said hw-queue-order 'the queue of index 0 has to come first' queue selftest 1 0x2000000
    said hw-queue-memory '0x9000000 and 0x1000 bytes are not all mapped below the viommu' queue selftest 0 0x9000000
    said hw-queue-read 'its memory is not mapped for reading' queue selftest 0 0x3000000
    queue selftest 0 0x2000000
    said hw-queue-exists 'the viommu has a queue of index 0 already' queue selftest 0 0x2000000
}
