#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Nested translation by an SMMUv3: the test is the guest, whose memory is $ram and whose first stage
# is in there; the DMA that passes both stages is real. Each step is a process of its own.
# machines: smmuv3
# shellcheck disable=SC2119,SC2154 # without options; what bats sets

# shellcheck source=tests/guest/session.bash
. "$BATS_TEST_DIRNAME/../session.bash"
# shellcheck source=tests/guest/cause.bash
. "$here/cause.bash"

# Where the guest's memory is for it, its descriptor and tables, and what a device uses.
memory=0x80000000
tables=0x80010000
source_va=0x40000000
target_va=0x40001000
stream=0x42

# le64 NUMBER: as the kernel wants it.
le64()
{
    local byte

    for byte in 0 8 16 24 32 40 48 56; do
        printf '%02x' $(($1 >> byte & 0xff))
    done
}

# ste CONFIG: the two words of a stream table entry; 5 is the first stage, with its descriptor and
# tables in cacheable memory.
ste()
{
    le64 $((1 | $1 << 1 | ($1 == 5 ? tables : 0)))
    le64 $(($1 == 5 ? 0xd4 : 0))
}

# stages TARGET: the guest's tables, in which what is written goes to that page of its memory.
stages()
{
    stage1 "$ram" $tables $source_va $((memory + 0x4000)) $target_va $((memory + $1))
}

setup()
{
    events=''
    truncate -s 128K "$ram"
    export IOMMUCTL_SESSION=s
    iommuctl session start s
    iommuctl batch - <<STEPS
ioas create --name guest
ioas map guest --file $ram --iova $memory
device open $device --name edu
hwpt create guest --device edu --nest-parent --name stage2
viommu create stage2 --device edu --type arm-smmu-v3 --name smmu
STEPS
}

# known_as VIRTUAL-ID: what the guest knows the device by, which also tells it of faults.
known_as()
{
    iommuctl batch - <<STEPS
vdevice create smmu --device edu --virtual-id $1 --name its-edu
veventq create smmu --type arm-smmu-v3 --depth 64 --name events
STEPS
}

# nest CONFIG: the device uses what the guest has put into its stream table.
nest()
{
    iommuctl batch - <<STEPS
hwpt create smmu --device edu --type arm-smmu-v3 --data $(ste "$1") --name nested$1
device attach edu nested$1
STEPS
}

# invalidate COMMAND WORD: of the guest's command queue.
invalidate()
{
    iommuctl viommu invalidate smmu --type arm-smmu-v3 --entry "$(le64 "$1")$(le64 "$2")"
}

# copy [FROM TO]: 64 bytes, by DMA.
copy()
{
    iommuctl session exec -- "$here/edu-copy" '{device:edu}' \
        "$(printf '0x%x' "${1-$source_va}")" "$(printf '0x%x' "${2-$target_va}")"
}

# empty OFFSET: nothing was written there.
empty()
{
    [[ ! $(read_ram "$1" | tr -d '\0') ]]
}

# event TYPE [ADDRESS FLAGS]: such a one comes, of the device as the guest knows it.
event()
{
    local like=\"data\":\"${1}00000042000000

    (($# == 1)) || like+="00000000$3.{6}$(le64 "$2")"
    until [[ $events =~ $like ]]; do
        said iommuctl veventq read -j --wait 30000 events
        [[ $output == *'"data":"'* ]] || { echo "none is like $like: $events"; return 1; }
        events+=$output
    done
}

@test "DMA passes the guest's first stage and the host's second" {
    known_as $stream
    stages 0x8000
    nest 5
    write_ram $((0x4000)) 'through both'
    copy
    [[ $(read_ram $((0x8000))) == 'through both' ]]
    # and not by the addresses of the second alone
    copy $((memory + 0x4000)) $((memory + 0xc000))
    empty $((0xc000))
    # a read and a write
    event 10 $((memory + 0x4000)) 08
    event 10 $((memory + 0xc000)) 00
}

@test "a translation that the guest changes is another one when it has invalidated it" {
    known_as $stream
    stages 0x8000
    nest 5
    write_ram $((0x4000)) 'before'
    copy
    stages 0xc000
    write_ram $((0x4000)) 'too early'
    copy
    [[ $(read_ram $((0x8000))) == 'too early' ]] && empty $((0xc000))
    # TLBI_NH_VA, of address space 1
    [[ $(invalidate $((0x12 | 1 << 48)) $((target_va | 1))) == 1 ]]
    write_ram $((0x4000)) 'after'
    copy
    [[ $(read_ram $((0x8000))) == 'too early' && $(read_ram $((0xc000))) == 'after' ]]
}

@test "the guest's descriptor is read again when it says so, by its name of the device" {
    known_as $stream
    stages 0x8000
    nest 5
    write_ram $((0x4000)) 'valid'
    copy
    dd if=/dev/zero of="$ram" bs=64 seek=$(((tables - memory) / 64)) count=1 conv=notrunc status=none
    # CFGI_CD of a device which the guest does not have
    run --separate-stderr invalidate $((0x05 | (stream + 1) << 32)) 1
    [[ $status == 1 && $output == 0 && $stderr == *': an entry is no command that a guest may give'* ]]
    write_ram $((0x4000)) 'still valid'
    copy
    [[ $(read_ram $((0x8000))) == 'still valid' ]]
    [[ $(invalidate $((0x05 | stream << 32)) 1) == 1 ]]
    write_ram $((0x4000)) 'not to arrive'
    copy
    [[ $(read_ram $((0x8000))) == 'still valid' ]]
    event 0a
}

@test "what the guest's entry says: bypass, which is the second stage alone, and abort" {
    known_as $stream
    nest 4
    write_ram $((0x4000)) 'second stage'
    copy $((memory + 0x4000)) $((memory + 0x8000))
    [[ $(read_ram $((0x8000))) == 'second stage' ]]
    nest 0
    write_ram $((0x4000)) 'not to arrive'
    copy $((memory + 0x4000)) $((memory + 0x8000))
    [[ $(read_ram $((0x8000))) == 'second stage' ]]
}

@test "without a vdevice nothing is attached to a first stage" {
    stages 0x8000
    told <<STEPS
hwpt create smmu --device edu --type arm-smmu-v3 --data $(ste 5) --name nested
attach-vdevice | the page table is nested in a viommu* | device attach edu nested
vdevice create smmu --device edu --virtual-id $stream
device attach edu nested
STEPS
    write_ram $((0x4000)) 'as a vdevice'
    copy
    [[ $(read_ram $((0x8000))) == 'as a vdevice' ]]
}

@test "what the driver does not take from a guest" {
    known_as $stream
    bind_vfio "$(edu 4)"
    told <<STEPS
hwpt-ste | the stream table entry has bits * | hwpt create smmu --device edu --type arm-smmu-v3 --data $(le64 0xb)$(le64 0x100)
invalidate-command | an entry is no command that a guest may give* | viommu invalidate smmu --type arm-smmu-v3 --entry $(le64 1)$(le64 0)
vdevice-exists | the device has vdevice * already | vdevice create smmu --device edu --virtual-id 0x43
device open $(edu 4) --name bridged
vdevice-streams | *more than one stream* | vdevice create smmu --device bridged --virtual-id 0x44
STEPS
}

@test "all that by one plan, which tells beforehand that the IOMMU is of no other model" {
    iommuctl session stop s
    sed -e "s/0000:03:00.0/$device/; s/\"virtual_id\": 8/\"virtual_id\": \"$stream\"/" \
        -e "s|\"memfd\", \"size\": \"1G\"|\"file\", \"path\": \"$ram\"|; /^  \"handover\"/,/^  ]/d" \
        -e "s/0x40000000-0x7fffffff/$memory-0x8fffffff/; s/\"iova\": \"[^\"]*\"/\"iova\": \"$memory\"/" \
        -e "s/\"s1contextptr\": \"[^\"]*\"/\"s1contextptr\": \"$tables\"/" \
        -e 's/"to": "stage1" }],/"to": "stage1" }]/; s/"nic"/"edu"/g' \
        "$here/../../examples/nested-smmuv3.json" >/dev/shm/plan
    said iommuctl plan check /dev/shm/plan
    [[ $output == *"has nesting"* && $output == *"is arm-smmu-v3"* && $output != *fail* ]]
    stages 0x8000
    write_ram $((0x4000)) 'by plan'
    iommuctl plan apply /dev/shm/plan --name s
    copy
    [[ $(read_ram $((0x8000))) == 'by plan' ]]
    copy $((memory + 0x4000)) $((memory + 0xc000))
    said iommuctl veventq watch events --count 1 --timeout 30000 -j
    [[ $output == *'"F_TRANSLATION"'* && $output == *"\"0x$(printf %x $((memory + 0x4000)))\""* ]]
    iommuctl session stop s
    sed -i 's/"arm_smmu_v3": {.*}/"type": "vtd-s1", "data": "00"/' /dev/shm/plan
    run -1 iommuctl plan apply /dev/shm/plan --name s
    [[ $output == *'type: '*' is arm-smmu-v3, and cannot walk what is made for intel-vtd'* ]]
    rm /dev/shm/plan
}
