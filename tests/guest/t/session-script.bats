#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Sessions as users have them: in scripts, of which each step is a process, and at a prompt.
# machines: intel
# shellcheck disable=SC2030,SC2031,SC2154 # tests are functions of bats, which sets some

# shellcheck source=tests/guest/session.bash
. "$BATS_TEST_DIRNAME/../session.bash"

scripts=$BATS_TEST_DIRNAME/../scripts

# memory: 64K of it, in $ram
memory()
{
    since 6.13 || skip "this kernel maps no files"
    truncate -s 64K "$ram"
}

# nothing_left: as it was before
nothing_left()
{
    [[ -z $(ls -A /run/iommuctl) && -z $(open_files) && $(pinned) == 0 ]]
    iommuctl session run --device "$device" -- true
}

@test "a script with two windows, two devices and a command that has them" {
    second=$(edu 2)
    bind_vfio "$second"
    memory
    write_ram 0 'through the window of 32 bits'
    run -0 "$scripts/two-windows.sh" "$ram" "$device" "$second" -- \
        "$here/edu-copy" "{device:$second}" 0x100000 0x101000
    [[ $(read_ram 4096) == 'through the window of 32 bits' ]]
    [[ $output == $'0x100000\n0x800000000\n'"$device"$'\n'"$second" ]]
    nothing_left
}

@test "the script fails half-way: at a device, at memory, in the command, by a signal" {
    memory
    nic=$(dev_by_id 8086:10d3)
    run --separate-stderr "$scripts/two-windows.sh" "$ram" "$device" "$nic" -- true
    [[ $status == 1 && $stderr == *"device $nic"*"e1000e is bound to it"* ]]
    nothing_left
    run --separate-stderr "$scripts/two-windows.sh" /dev/shm/none "$device" -- true
    [[ $status == 1 && $stderr == *'/dev/shm/none: open: No such file'* ]]
    nothing_left
    run -7 "$scripts/two-windows.sh" "$ram" "$device" -- sh -c 'exit 7'
    nothing_left
    # shellcheck disable=SC2016 # for the inner shell
    run "$scripts/two-windows.sh" "$ram" "$device" -- sh -c 'kill -TERM $PPID; kill -KILL $$'
    [[ $status != 0 ]]
    nothing_left
}

@test "a script without a trap, in a session of its own" {
    memory
    # shellcheck disable=SC2016 # for the inner shell
    run iommuctl session run -- bash -euc '
        id=$(iommuctl ioas create)
        iommuctl ioas map "$id" --file "$1"
        iommuctl device attach "$2" "$id"
        iommuctl ioas map "$id" --file "$1" --iova 0xfee00000
        echo not reached' - "$ram" "$device"
    [[ $status == 1 && $output == *0xfee00000* && $output != *'not reached'* ]]
    nothing_left
}

@test "what was made and cannot be told of does not stay; a name is not given twice, in a dry run neither" {
    iommuctl session start s
    export IOMMUCTL_SESSION=s
    # shellcheck disable=SC2016 # for the inner shell
    run -1 bash -c 'iommuctl ioas create --name a >/dev/full'
    [[ $output == *'ioas: create: its id cannot be printed, so that it does not stay'*'No space left'* ]]
    run -1 bash -c 'iommuctl ioas create -j >/dev/full'
    [[ $(of_session object_count) == 0 ]]
    run -0 iommuctl ioas create --name a
    # the first id of all: nothing is left in the kernel
    [[ $output == 1 ]]
    run -1 iommuctl ioas create --name a --dry-run
    [[ $output == *'ioas a: register: another object of the session has its name'* ]]
    run -1 iommuctl ioas create --name 1a --dry-run
    [[ $output == *"ioas 1a: register: an object's name takes letters"* ]]
    run -0 iommuctl ioas create --name b --dry-run
    # what another program destroyed is listed no longer than until that is seen
    run -0 iommuctl session exec -- iommuctl --iommufd '{iommufd}' ioas destroy 1
    run -1 iommuctl ioas destroy a
    [[ $output == *'ioas a: destroy: there is no ioas 1'* && ! $(iommuctl ioas list -n) ]]
    iommuctl fault-queue create --name f
    run -0 iommuctl fault-queue destroy f --dry-run
    [[ $(iommuctl fault-queue list -n -o name) == f ]]
    iommuctl fault-queue read f --wait 0
}

@test "a plain shell's own iommufd" {
    memory
    run -0 "$scripts/plain-shell.sh" "$ram"
    [[ $output == "65536 131072 65536" ]]
    nothing_left
    exec 7<>/dev/iommu
    run -1 iommuctl --iommufd 7 device attach "$device" 1
    [[ $output == *"a session is needed: a device is bound as long as its file is open"* ]]
    exec 7>&-
}

# tab LINE: what bash offers at the end of it
tab()
{
    local COMP_LINE=$1 COMP_POINT=${#1}

    _iommuctl iommuctl "${1##*[[:blank:]:=]}" ''
    printf '%s\n' "${COMPREPLY[@]}" | sort
}

@test "a program of its own, with the library: the addresses are those of the tool" {
    since 6.13 || skip "this kernel maps no files"
    example=$(dirname "$(type -P mock)")/../examples/assign
    ranges=$("$example" "$device")
    nothing_left
    iommuctl session start s
    export IOMMUCTL_SESSION=s
    iommuctl device open "$device"
    iommuctl ioas create --name guest
    iommuctl ioas allow guest --window 0x10000000-0x7fffffff --window 0x100000000-0x1ffffffff
    iommuctl device attach "$device" guest
    said iommuctl ioas ranges guest -n -o start,end
    [[ $(tr -s ' ' <<<"$output" | sed 's/^ //') == "$ranges" && $ranges == *$'\n'* ]]
    # the session has it
    run ! "$example" "$device"
    [[ $output == *"$device: "*'hint: '* ]]
    unset IOMMUCTL_SESSION
}

@test "TAB offers the session's objects, by id and by name, of the kind that fits" {
    # shellcheck source=completions/iommuctl.bash
    . "$BATS_TEST_DIRNAME/../../../completions/iommuctl.bash"
    iommuctl session start s
    iommuctl session start other
    iommuctl --session s batch - <<END >/dev/null
ioas create --name guest
ioas create
device open $device --name nic
hwpt create guest --device nic --name table
fault-queue create --name faults
END
    [[ $(tab 'iommuctl --session s ioas map ') == $'1\n2\nguest' ]]
    [[ $(tab 'iommuctl --session=s ioas map g') == guest ]]
    [[ $(tab 'iommuctl ioas map ') == '' ]]
    [[ $(tab 'iommuctl --session other ioas map ') == '' ]]
    export IOMMUCTL_SESSION=s
    [[ $(tab 'iommuctl ioas copy guest --from ') == $'1\n2\nguest' ]]
    [[ $(tab 'iommuctl hwpt destroy ') == $'4\ntable' ]]
    [[ $(tab 'iommuctl fault-queue read ') == $'5\nfaults' ]]
    [[ $(tab 'iommuctl device attach ni') == nic ]]
    [[ $(tab "iommuctl device attach nic ta") == table ]]
    [[ $(tab 'iommuctl hwpt create guest --device ni') == nic ]]
    [[ $(tab 'iommuctl session stop ') == $'other\ns' ]]
}
