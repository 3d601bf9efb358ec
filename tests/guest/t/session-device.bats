#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Devices of a session, end to end: each step is a process of its own, and the DMA is real.
# machines: intel
# shellcheck disable=SC2154 # what bats sets

# shellcheck source=tests/guest/session.bash
. "$BATS_TEST_DIRNAME/../session.bash"

# begin: a session with 64K of $ram at 0x100000 of the address space guest.
begin()
{
    since 6.13 || skip "this kernel maps no files"
    truncate -s 64K "$ram"
    export IOMMUCTL_SESSION=s
    iommuctl session start s
    ioas=$(iommuctl ioas create --name guest)
    [[ $(iommuctl ioas map guest --file "$ram" --iova 0x100000) == 0x100000 ]]
}

# copy DEVICE FROM TO: 64 bytes, by DMA of the device, which is of the session.
copy()
{
    iommuctl session exec -- "$here/edu-copy" "{device:$1}" "$2" "$3"
}

# arrives DEVICE TEXT: what is written into the memory comes back at another place of it.
arrives()
{
    write_ram 0 "$2"
    copy "$1" 0x100000 0x101000
    [[ $(read_ram 4096) == "$2" ]]
}

# blocked DEVICE: it reaches nothing of it, and the IOMMU says so.
blocked()
{
    local before

    write_ram 0 'not to be read'
    write_ram 4096 'not to be written'
    before=$(faults)
    copy "$1" 0x100000 0x101000
    [[ $(read_ram 4096) == 'not to be written' && $(faults) -gt $before ]]
}

# attached DEVICE [PT]: the session knows it to be attached there, or nowhere.
attached()
{
    said iommuctl session show
    [[ $output =~ device\ ([a-z]+\ )?"$1"(\ +attached\ to\ ([0-9]+))? && ${BASH_REMATCH[3]} == "${2-}" ]]
}

# refused REASON COMMAND...: status 1, nothing printed, and that reason.
refused()
{
    run --separate-stderr iommuctl "${@:2}"
    [[ $status == 1 && ! $output && $stderr == *": $1"* ]] || {
        echo "status $status, output '$output': $stderr"
        return 1
    }
}

@test "open, attach, DMA, detach, close: each by a process, by the name it was given" {
    begin
    id=$(iommuctl device open "$device" --name nic)
    [[ $(iommuctl device open "$device") == "$id" ]]
    attached "$device"
    hwpt=$(iommuctl device attach nic guest)
    [[ $hwpt -gt $id && $(pinned) == 16 ]]
    arrives nic 'by name'
    attached "$device" "$ioas"
    iommuctl device detach nic
    attached "$device"
    blocked nic
    # nothing to detach is fine
    iommuctl device detach nic
    iommuctl device close nic
    refused 'find: there is no such device' device close nic
    refused 'the session does not have it' device close "$device"
    can_be_bound
}

@test "what is unmapped, DMA does not reach any more" {
    begin
    iommuctl device attach "$device" guest
    arrives "$device" 'mapped'
    [[ $(iommuctl ioas unmap guest --all) == 65536 && $(pinned) == 0 ]]
    blocked "$device"
    iommuctl ioas map guest --file "$ram" --iova 0x100000
    arrives "$device" 'and again'
}

@test "an attachment is replaced: by another address space, by a page table, and back" {
    begin
    iommuctl device attach "$device" guest
    other=$(iommuctl ioas create --name other)
    iommuctl ioas map other --memory --length 64K --iova 0x100000
    iommuctl device attach "$device" other
    attached "$device" "$other"
    # it copies in the other memory
    write_ram 0 'of guest'
    before=$(faults)
    copy "$device" 0x100000 0x101000
    [[ ! $(read_ram 4096 | tr -d '\0') && $(faults) == "$before" ]]
    refused "destroy: device " ioas destroy other
    hwpt=$(iommuctl hwpt create guest --device "$device" --name table)
    [[ $(iommuctl device attach "$device" table) == "$hwpt" ]]
    attached "$device" "$hwpt"
    iommuctl ioas destroy other
    arrives "$device" 'through a page table'
    refused "destroy: hwpt $hwpt uses it" ioas destroy guest
    refused "destroy: device " hwpt destroy table
    iommuctl device attach "$device" guest
    iommuctl hwpt destroy table
    arrives "$device" 'and back'
    # what cannot be attached leaves it as it was
    refused 'find: there is no such ioas or hwpt' device attach "$device" nope
    arrives "$device" 'as before'
}

@test "two devices in one address space; a third, refused, is not kept" {
    second=$(edu 2) third=$(edu 3)
    bind_vfio "$second" "$third"
    begin
    iommuctl device attach "$device" guest
    iommuctl device attach "$second" guest
    arrives "$device" 'of the first'
    copy "$second" 0x101000 0x102000
    [[ $(read_ram 8192) == 'of the first' ]]
    iommuctl device detach "$device"
    blocked "$device"
    copy "$second" 0x100000 0x103000
    [[ $(read_ram 12288) == 'not to be read' ]]
    refused 'find: there is no such ioas or hwpt' device attach "$third" nope
    [[ $(of_session object_count) == 3 ]]
    iommuctl session run --device "$third" -- true
}

@test "device attach with its words the other way round: which comes first" {
    begin
    refused 'find: there is no such device' device attach guest "$device"
    [[ $stderr == *"hint: the device comes first: iommuctl device attach $device guest"* ]]
}

@test "why a device cannot be attached is found with few calls" {
    iommuctl session start s
    export IOMMUCTL_SESSION=s
    iommuctl ioas create --name low --window 0-0xffffffff
    run -1 --separate-stderr iommuctl device attach "$device" low --trace
    [[ $stderr == *'a window of the address space, or a mapping, has the reserved region 0xfee00000-0xfeefffff (msi)'* ]]
    # each page of that region, and some places beyond what the IOMMU translates
    (($(grep -c ^IOMMU_IOAS_COPY <<<"$stderr") < 450))
}

@test "several at once: those that can be, and which cannot" {
    second=$(edu 2)
    bind_vfio "$second"
    begin
    run --separate-stderr iommuctl device open -j "$device" 0000:ff:00.0 "$second"
    [[ $status == 3 && $stderr == "iommuctl: device 0000:ff:00.0: find: there is no such device" ]]
    [[ $output == *"\"device\":\"$device\""*"\"device\":\"$second\""* ]]
    run -3 iommuctl device close "$second" 0000:ff:00.0 "$device"
    can_be_bound
    run -2 iommuctl device open --name two "$device" "$second"
    iommuctl device open --name one "$device"
    refused 'register: another object of the session has its name' device open --name one "$second"
    for name in 1st a/b "$(printf 'a%.0s' {1..64})"; do
        refused "register: an object's name takes letters" device open --name "$name" "$second"
        refused "register: an object's name takes letters" ioas create --name "$name"
    done
    iommuctl session run --device "$second" -- true
    [[ $(of_session object_count) == 2 ]]
}

@test "device list with --session: its devices, also by their names in it" {
    second=$(edu 2)
    bind_vfio "$second"
    begin
    # of a session that is only in the environment the machine has all the others
    [[ $(iommuctl device list -n -o name | wc -l) -gt 3 ]]
    [[ -z $(iommuctl --session s device list -n -o name) ]]
    iommuctl device open "$second"
    iommuctl device open --name nic "$device"
    [[ $(iommuctl --session s device list -n -o name) == "$second"$'\n'"$device" ]]
    [[ $(iommuctl --session s device list -j -o name,driver nic) == *'{"name":"'"$device"'","driver":"vfio-pci"}'* ]]
    run -3 iommuctl --session s device list -n -o name nic "$(edu 3)"
    [[ $output == *"$(edu 3): find: there is no such object in the session"*"$device" ]]
    run -1 iommuctl --session s device list "$(edu 3)"
}

@test "info and reset" {
    nic=$(dev_by_id 8086:10d3)
    bind_vfio "$nic"
    begin
    [[ $(iommuctl device info -j "$device" |
        jq -c '.infos[] | [.device, .can_reset, (.regions[] | select(.index == 0) | .size, .mmap)]') == \
        "[\"$device\",false,1048576,true]" ]]
    refused 'reset: the device has no way to be reset alone' device reset "$device"
    iommuctl device attach "$nic" guest
    said iommuctl device info -o can_reset "$nic"
    [[ $output == *' yes' ]]
    iommuctl device reset "$nic"
    attached "$nic" "$ioas"
}

@test "a device with a vdevice is not closed, and it is said which" {
    begin
    id=$(iommuctl device open "$device" --name nic)
    # no IOMMU that is emulated here has vIOMMUs: the session is told that there is one
    "$client" add /run/iommuctl/s viommu 50 "$ioas"
    "$client" add /run/iommuctl/s vdevice 51 50 "$id"
    refused "close: vdevice 51 uses it" device close nic
    [[ $stderr == *'hint: destroy that first'* ]]
    run -1 can_be_bound
    "$client" remove /run/iommuctl/s 51
    iommuctl device close nic
    can_be_bound
}

@test "memory of a device, for another one" {
    since 6.19 || skip "this kernel exports no memory of devices"
    second=$(edu 2)
    bind_vfio "$second"
    begin
    iommuctl device attach "$device" guest
    iommuctl device attach "$second" guest
    arrives "$device" 'its last transfer went to 0x101000'
    [[ $(iommuctl ioas map guest --device "$device" --region 0 --length 4K --iova 0x800000) == 0x800000 ]]
    # the registers of the last transfer: where from, where to
    copy "$second" 0x800080 0x102000
    [[ $(od -An -tx8 -j 8192 -N 16 "$ram") == ' 0000000000040000 0000000000101000' ]]
    refused 'export its memory: BAR 0 has 1048576 bytes' \
        ioas map guest --device "$device" --region 0 --offset 1020K --length 8K
    refused 'export its memory: BAR 0 has 1048576 bytes' \
        ioas map guest --device "$device" --region 0 --offset 2M --length 4K
    refused 'export its memory: it has no memory that is BAR 3' \
        ioas map guest --device "$device" --region 3 --length 4K
    refused 'export its memory: the offset or the length is no multiple of 4096' \
        ioas map guest --device "$device" --region 0 --length 100
    [[ $(iommuctl ioas unmap guest --iova 0x800000 --length 4K) == 4096 ]]
    before=$(faults)
    copy "$second" 0x800080 0x102000
    [[ $(faults) -gt $before ]]
}

# all_of_it: a session with everything, of which nothing may stay.
all_of_it()
{
    second=$(edu 2)
    bind_vfio "$second"
    begin
    iommuctl device attach "$device" guest
    refused "find: there is no such device" hwpt create guest --device "$second"
    [[ $stderr == *"hint: the session has to open it first: iommuctl device open $second" ]]
    iommuctl device open "$second"
    iommuctl hwpt create guest --device "$second" --name table
    iommuctl device attach "$second" table
    iommuctl ioas create --name low --window 0-0xffffffff
    [[ $(pinned) == 16 && $(of_session object_count) == 5 ]]
}

# nothing_left
nothing_left()
{
    [[ -z $(open_files) && $(pinned) == 0 && -z $(iommuctl device holders -nq "$device") ]]
    iommuctl session run --device "$device" --device "$second" -- true
}

@test "after session stop nothing is held" {
    all_of_it
    iommuctl session stop s
    nothing_left
    refused 'there is no such session' device attach "$device" guest
}

@test "after kill -9 of the keeper nothing is held, and the next step says why" {
    all_of_it
    pid=$(pid_of s)
    kill -KILL "$pid"
    until_true ends "$pid"
    refused 'connect: the session is gone: its keeper was killed' device attach "$device" guest
    nothing_left
}

@test "a process with a copy of the device's file holds it no longer than it lives" {
    all_of_it
    mkfifo "$BATS_TEST_TMPDIR/fifo"
    # shellcheck disable=SC2016 # for the inner shell
    iommuctl session exec -- bash -c 'read -r <"$1"' - "$BATS_TEST_TMPDIR/fifo" "{device:$device}" 3>&- &
    child=$!
    exec 8>"$BATS_TEST_TMPDIR/fifo"
    iommuctl session stop s
    # detached all the same
    [[ $(pinned) == 0 ]]
    run -1 can_be_bound
    exec 8>&-
    wait "$child" || :
    nothing_left
}
