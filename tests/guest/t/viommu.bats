#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# viommu, vdevice, veventq, fault-queue and hw-queue: what guests have of an IOMMU.
# machines: none
# shellcheck disable=SC2030,SC2031,SC2119,SC2154 # tests are functions of bats, which sets some

# shellcheck source=tests/guest/mock.bash
. "$BATS_TEST_DIRNAME/../mock.bash"

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
    answer=$(document viommu create "$parent" --device "$device" --type selftest --data 785634120000000000000000000000000000000000000000 |
        jq -r '.viommus[] | .data')
    [[ $answer == 7856341278563412* && ${#answer} == 48 && ${answer:32} == 0020000000000000 ]]
    [[ $(document viommu create "$parent" --device "$device" --type selftest |
        jq -c '.viommus[] | .parents, .data') == "[$parent]"$'\nnull' ]]
    refused "hwpt $hwpt: allocate viommu: " viommu create "$hwpt" --device "$device" --type selftest
    refused "ioas $ioas: allocate viommu: " viommu create "$ioas" --device "$device" --type selftest
    refused "hwpt 99: allocate viommu: " viommu create 99 --device "$device" --type selftest
    refused "hwpt $parent: allocate viommu: " viommu create "$parent" --device 99 --type selftest
    refused "hwpt $parent: allocate viommu: " viommu create "$parent" --device "$device" --type arm-smmu-v3
    refused "hwpt $parent: allocate viommu: " viommu create "$parent" --device "$device" --type 0
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
    refused "viommu $viommu: allocate vdevice: " vdevice create "$viommu" --device "$device" --virtual-id 0x98
    read -r _ _ other < <(mock 7 domain "$ioas")
    refused "viommu $viommu: allocate vdevice: " vdevice create "$viommu" --device "$other" --virtual-id 0x99
    [[ $(document vdevice create "$viommu" --device "$other" --virtual-id 0xffffffffffffffff |
        jq -c '.vdevices[].parents') == "[$viommu,$other]" ]]
    tool vdevice destroy "$vdevice"
    refused "vdevice $vdevice: destroy: " vdevice destroy "$vdevice"
    tool vdevice create "$viommu" --device "$device" --virtual-id 0x99
    refused "viommu 99: allocate vdevice: " vdevice create 99 --device "$device" --virtual-id 1
    refused "viommu $viommu: allocate vdevice: " vdevice create "$viommu" --device 99 --virtual-id 1
}

# command FLAGS VIRTUAL-ID INDEX: of the mock, 4 bytes each.
command_of()
{
    printf '%02x000000%02x000000%02x000000' "$1" "$2" "$3"
}

@test "viommu invalidate: by the guest's name of the device, as far as it comes" {
    guest
    mock 7 check-cache "$device" 0 0xbaddad
    # the guest has no such device yet
    run --separate-stderr tool viommu invalidate "$viommu" --type selftest --entry "$(command_of 0 0x99 0)"
    [[ $status == 1 && $output == 0 && $stderr == "iommuctl: viommu $viommu: invalidate: "* ]]
    tool vdevice create "$viommu" --device "$device" --virtual-id 0x99
    run --separate-stderr document viommu invalidate "$viommu" --type selftest \
        --entry "$(command_of 0 0x99 0)" --entry "$(command_of 0 0x98 1)" --entry "$(command_of 0 0x99 2)"
    [[ $status == 1 && $(jq -c .invalidations <<<"$output") == '[{"done":1,"entries":3}]' ]]
    mock 7 check-cache "$device" 0 0
    mock 7 check-cache "$device" 1 0xbaddad
    mock 7 check-cache "$device" 2 0xbaddad
    [[ $(tool viommu invalidate "$viommu" --type selftest --entry "$(command_of 1 0x99 0)") == 1 ]]
    mock 7 check-cache "$device" 3 0
}

@test "veventq create: one of a type" {
    guest
    [[ $(document veventq create "$viommu" --type selftest --depth 4 | jq -c '.veventqs[].parents') == "[$viommu]" ]]
    refused "viommu $viommu: allocate veventq: " veventq create "$viommu" --type selftest --depth 4
    refused "viommu $viommu: allocate veventq: " veventq create "$viommu" --type 0 --depth 4
    queue=$(tool veventq create "$viommu" --type arm-smmu-v3 --depth 1)
    # another process has no file of it
    refused "veventq $queue: read: its file is not here" veventq read "$queue"
    refused "viommu $viommu: destroy: " viommu destroy "$viommu"
    tool veventq destroy "$queue"
    refused "veventq $queue: destroy: " veventq destroy "$queue"
    refused "viommu 99: allocate veventq: " veventq create 99 --type selftest --depth 4
    refused "viommu $viommu: allocate veventq: " veventq create "$viommu" --type tegra241-cmdqv --depth 0xffffffff
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
    refused "viommu 99: allocate hw-queue: " hw-queue create 99 --type selftest --index 0 --iova 0 --length 4K
}

@test "one word for another kind of object" {
    guest
    for noun in ioas hwpt viommu; do
        refused "$noun 99: destroy: " "$noun" destroy 99
    done
    refused "hwpt $parent: allocate vdevice: " vdevice create "$parent" --device "$device" --virtual-id 1
    refused "ioas $ioas: allocate veventq: " veventq create "$ioas" --type selftest --depth 1
}

@test "every document of these tests is valid" {
    valid viommu vdevice veventq fault-queue hw-queue
}
