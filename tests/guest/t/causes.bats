#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Causes of calls that fail, on the kernel's mock device, whose pages are 2048 bytes from 0x1000000
# to 0x7fffffff.
# machines: none
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/cause.bash
. "$BATS_TEST_DIRNAME/../cause.bash"

setup()
{
    exec 7<>/dev/iommu
}

ctl()
{
    "$IOMMUCTL" --iommufd 7 "$@"
}

# An address space with a mock device: sets ioas, stdev, hwpt and device.
mock_device()
{
    ioas=$(ctl ioas create)
    read -r stdev hwpt device < <(mock 7 domain "$ioas")
}

# A vIOMMU of the mock device, and page tables: sets parent, viommu, nested and plain.
mock_viommu()
{
    mock_device
    parent=$(ctl hwpt create "$ioas" --device "$device" --nest-parent)
    viommu=$(ctl viommu create "$parent" --device "$device" --type selftest)
    nested=$(ctl hwpt create "$viommu" --device "$device" --type selftest --data 00000000)
    plain=$(ctl hwpt create "$ioas" --device "$device" --dirty-tracking)
}

# What the command cannot do, or has to be done in one process.
@test "calls of the library" {
    cause map
    cause mock
}

@test "ids that are of nothing, or of another kind" {
    mock_viommu
    told --iommufd 7 <<END
no-object | there is no ioas 99 | ioas unmap 99 --all
no-object | there is no ioas 99 | ioas ranges 99
no-object | there is no ioas 99 | ioas allow 99 --window 0-0xfff
no-object | there is no ioas 99 | ioas copy $ioas --from 99 --source 0x2000000 --length 4K
no-object | there is no ioas 99 | option set huge-pages 99 0
no-object | there is no ioas 99 | ioas compat 99
no-object | there is no ioas 99 | ioas map 99 --memory --length 4K
no-object | there is no device 99 | hwpt create $ioas --device 99
no-object | there is no fault-queue 99 | hwpt create $ioas --device $device --fault-queue 99
no-object | there is no ioas, hwpt or viommu 99 | hwpt create 99 --device $device
no-object | there is no hwpt or viommu 99 | hwpt invalidate 99 --type selftest --entry 0000000000000000
no-object | there is no hwpt 99 | hwpt destroy 99
no-object | there is no hwpt 99 | viommu create 99 --device $device --type selftest
no-object | there is no device 99 | viommu create $parent --device 99 --type selftest
no-object | there is no viommu 99 | vdevice create 99 --device $device --virtual-id 1
no-object | there is no device 99 | vdevice create $viommu --device 99 --virtual-id 1
no-object | there is no viommu 99 | veventq create 99 --type selftest --depth 1
no-object | there is no viommu 99 | hw-queue create 99 --type selftest --index 0 --iova 0 --length 4K
wrong-kind | $hwpt is of kind hwpt, not ioas | ioas ranges $hwpt
wrong-kind | $device is of kind device, not ioas | ioas map $device --memory --length 4K
wrong-kind | $ioas is of kind ioas, not device | hwpt create $ioas --device $ioas
wrong-kind | $device is of kind device, not ioas, hwpt or viommu | hwpt create $device --device $device
wrong-kind | $ioas is of kind ioas, not hwpt | viommu create $ioas --device $device --type selftest
wrong-kind | $ioas is of kind ioas, not viommu | vdevice create $ioas --device $device --virtual-id 1
unknown-kind | $viommu is not of kind ioas | ioas ranges $viommu
unknown-kind | $nested is not of kind hwpt | viommu create $nested --device $device --type selftest
other-kind | $stdev is not of kind viommu | veventq create $stdev --type selftest --depth 1
END
}

@test "mapping: alignment, what is reserved, what is beyond, which file" {
    mock_device
    mock 7 reserve "$ioas" 0x7000000 0x1000
    truncate -s 64K /dev/shm/ram
    told --iommufd 7 <<END
unmap-wraps | the range ends at the last address * | ioas unmap $ioas --iova 1 --length 0xffffffffffffffff
map-address | the I/O address, 0x1000001, is no multiple of 2048, * | ioas map $ioas --memory --iova 0x1000001 --length 4K
map-length | the length, 0x1001, is no multiple of 2048, * | ioas map $ioas --memory --iova 0x1000000 --length 0x1001
map-beyond | 0x80000000-0x80000fff is beyond 0x7fffffff, * | ioas map $ioas --memory --iova 0x80000000 --length 4K
map-beyond | 0x1000-0x1fff is before 0x1000000, * | ioas map $ioas --memory --iova 0x1000 --length 4K
map-beyond | 0xfff800-0xffffff is before 0x1000000, * | ioas map $ioas --memory --iova 0xfff800 --length 4K
map-unusable | 0x7000000-0x7000fff is reserved for a device hint: iommuctl ioas ranges $ioas tells * | ioas map $ioas --memory --iova 0x6fff000 --length 16K
map-file-kind | the file is neither a memfd nor of tmpfs nor of hugetlbfs: * | ioas map $ioas --file $BATS_TEST_FILENAME --length 4K
map-file-end | the file has 0x10000 bytes, the mapping would end at 0x11000 | ioas map $ioas --file /dev/shm/ram --offset 32K --length 36K
window-beyond | 0x0-0xffffff is before 0x1000000, *, and lies in the window 0x0-0x1ffffff | ioas allow $ioas --window 0x5000000-0x5ffffff --window 0-0x1ffffff
window-unusable | 0x7000000-0x7000fff is reserved for a device, and lies in the window 0x5000000-0x7ffffff | ioas allow $ioas --window 0x5000000-0x7ffffff
window-short | the window 0x5000000-0x5000000 has less than two addresses | ioas allow $ioas --window 0x5000000-0x5000000
windows-overlap | the windows 0x5000000-0x5ffffff and 0x5500000-0x57fffff overlap | ioas allow $ioas --window 0x5500000-0x57fffff --window 0x2000000-0x2ffffff --window 0x5000000-0x5ffffff
map-too-long | 0x100000000 bytes are more than the 0x78fff000 of the longest range * | ioas map $ioas --memory --length 4G
ioas allow $ioas --window 0x5000000-0x5000fff
ioas map $ioas --memory --length 4K
map-no-space | nothing that is usable, and in a window, has so much room left | ioas map $ioas --memory --length 4K
END
    mock 7 dmabuf 65536 9 -- mock 7 revoke 9 1 -- "$BASH" -c ". $BATS_TEST_DIRNAME/../cause.bash; told --iommufd 7" <<END
map-file-revoked | the dma-buf is revoked: * | ioas map $ioas --file 9 --length 64K
END
}

@test "mapping: where something is mapped" {
    mock_device
    told --iommufd 7 <<END
ioas map $ioas --memory --iova 0x2000000 --length 64K
ioas map $ioas --memory --iova 0x2010000 --length 64K
map-overlap | 0x2008000-0x200bfff of it is mapped already | ioas map $ioas --memory --iova 0x2008000 --length 16K
map-overlap | 0x2000000-0x201ffff of it is mapped already | ioas map $ioas --memory --iova 0x1f00000 --length 2M
map-overlap | 0x201f800-0x201ffff of it is mapped already | ioas map $ioas --memory --iova 0x201f800 --length 1M
map-overlap | 0x2000000-0x20007ff of it is mapped already | ioas map $ioas --memory --iova 0x1ff0000 --length 0x10800
ioas map $ioas --memory --iova 0x6001000 --length 4K
map-occupied | something is mapped there already | ioas map $ioas --memory --iova 0x6000800 --length 256M
copy-hole | 0x2020000 of ioas $ioas is not mapped | ioas copy $ioas --from $ioas --source 0x2008000 --length 1M --iova 0x3000000
map-overlap | 0x2000000-0x2003fff of it is mapped already | ioas copy $ioas --from $ioas --source 0x2008000 --length 16K --iova 0x2000000
unmap-cuts | it would cut what is mapped across 0x2008000 | ioas unmap $ioas --iova 0x2008000 --length 1M
unmap-cuts | it would cut what is mapped across 0x2018000 | ioas unmap $ioas --iova 0x1ff0000 --length 0x28000
ioas map $ioas --memory --iova 0x2000000 --length 64K
unmap-cuts | it would cut what is mapped across 0x2010000 or 0x2018000 | ioas unmap $ioas --iova 0x2010000 --length 32K
unmap-nothing | nothing is mapped there, * | ioas unmap $ioas --iova 0x2200000 --length 4K
END
    # what was looked for has changed nothing
    [[ $(ctl ioas unmap "$ioas" --all) == $((64 * 1024 * 2 + 4096)) ]]
    told --iommufd 7 <<END
ioas map $ioas --memory --read --iova 0x2000000 --length 4K
copy-read-only | the source is mapped for reading only | ioas copy $ioas --from $ioas --source 0x2000000 --length 4K --iova 0x3000000
END
}

@test "options, and what concerns the whole" {
    mock_device
    told --iommufd 7 <<END
compat-none | there is none: * | ioas compat
ioas map $ioas --memory --iova 0x2000000 --length 4K
option-mapped | the address space has a page table and mappings already | option set huge-pages $ioas 0
option-busy | it can be set only as long as there are no objects | option set rlimit-mode 1
physical-not-mapped | 0x9000000 is not mapped | ioas physical $ioas --iova 0x9000000
physical-iommu | no device without an IOMMU is attached, * | ioas physical $ioas --iova 0x2000000
physical-wraps | the last address of all cannot be mapped | ioas physical $ioas --iova 0xffffffffffffffff
END
}

@test "page tables: nested ones, data, invalidations" {
    mock_viommu
    read -r _ _ clean < <(mock 7 domain-flags "$ioas" no-dirty)
    faults=$(ctl fault-queue create)
    low=$(ctl ioas create)
    entry=0000000000000000
    told --iommufd 7 <<END
hwpt-parent-faults | a nest parent cannot have a fault queue | hwpt create $ioas --device $device --nest-parent --fault-queue $faults
hwpt-nested-flags | a nested page table can have a fault queue * | hwpt create $parent --device $device --dirty-tracking --type selftest --data 00000000
hwpt-nested-no-data | a nested page table needs data that describe it | hwpt create $parent --device $device
hwpt-data-no-type | data need a type | hwpt create $ioas --device $device --data 00
hwpt-type-no-data | there are no data of this type | hwpt create $parent --device $device --type selftest
hwpt-of-hwpt | the driver of its IOMMU nests no such page table in an hwpt, * | hwpt create $parent --device $device --type vtd-s1 --data 00000000
hwpt-nested | the driver of its IOMMU nests no such page table in a viommu, * | hwpt create $viommu --device $device --type vtd-s1 --data 00000000
hwpt-parent | the hwpt was not made as a nest parent, * | hwpt create $plain --device $device --type selftest --data 00000000
hwpt-viommu | it is a nested page table itself, or the device is behind another IOMMU than the viommu, * | hwpt create $viommu --device $device --type selftest --data 0000
hwpt-plain | the driver of its IOMMU has no such page tables | hwpt create $ioas --device $clean --dirty-tracking
hwpt-data | the driver does not take the data | hwpt create $ioas --device $device --type selftest --data 0000
hwpt-data-length | data of type vtd-s1 has 24 bytes, not 2 | hwpt create $plain --device $device --type vtd-s1 --data 0000
ioas map $low --memory --iova 0x1000 --length 4K
device-addresses | a mapping, or a window, is where * | hwpt create $low --device $device
invalidate-plain | it is not nested: * | hwpt invalidate $plain --type selftest --entry $entry
invalidate-length | entries of type vtd-s1 have 24 bytes, not 8 | hwpt invalidate $nested --type vtd-s1 --entry $entry
invalidate-entry | the driver does not take entries of this type and length, * | hwpt invalidate $nested --type 0x7777 --entry $entry
invalidate-flags | an entry has a flag that the driver does not know, * | hwpt invalidate $nested --type selftest --entry ffffffff00000000
destroy-ioas | an hwpt unknown here is made of it, * | ioas destroy $ioas
destroy-hwpt | a device unknown here is attached to it, * | hwpt destroy $hwpt
END
}

@test "what a guest sees" {
    mock_viommu
    read -r _ _ other < <(mock 7 domain "$ioas")
    told --iommufd 7 <<END
ioas map $ioas --memory --iova 0x2000000 --length 64K
ioas map $ioas --memory --write --iova 0x3000000 --length 4K
viommu-no-type | it needs a type | viommu create $parent --device $device --type 0
viommu-driver | the driver of its IOMMU has no viommus of this type | viommu create $parent --device $device --type 1
viommu-parent | the hwpt was not made as a nest parent, * | viommu create $plain --device $device --type selftest
vdevice create $viommu --device $device --virtual-id 5
vdevice-taken | another device of the viommu has the virtual id 0x5, * | vdevice create $viommu --device $other --virtual-id 5
veventq-no-type | it needs a type | veventq create $viommu --type 0 --depth 1
veventq-depth | a queue of 524289 events: there can be 1 to 524288 | veventq create $viommu --type selftest --depth 524289
hw-queue-no-type | it needs a type | hw-queue create $viommu --type 0 --index 0 --iova 0x2000000 --length 4K
hw-queue-driver | the driver of its IOMMU has no queues of this type | hw-queue create $viommu --type 1 --index 0 --iova 0x2000000 --length 4K
hw-queue-limits | the hardware has no queue of this index, * | hw-queue create $viommu --type selftest --index 7 --iova 0x2000000 --length 4K
hw-queue-order | the queue of index 0 has to come first | hw-queue create $viommu --type selftest --index 1 --iova 0x2000000 --length 4K
hw-queue-memory | 0x9000000 and 0x1000 bytes are not all mapped below the viommu | hw-queue create $viommu --type selftest --index 0 --iova 0x9000000 --length 4K
hw-queue-read | its memory is not mapped for reading | hw-queue create $viommu --type selftest --index 0 --iova 0x3000000 --length 4K
hw-queue create $viommu --type selftest --index 0 --iova 0x2000000 --length 4K
hw-queue-exists | the viommu has a queue of index 0 already | hw-queue create $viommu --type selftest --index 0 --iova 0x2000000 --length 4K
unmap-locked | a hw-queue has its memory there, * | ioas unmap $ioas --all
END
}
