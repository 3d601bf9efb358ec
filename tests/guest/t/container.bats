#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# VFIO's own containers, as a script uses them: each step is a process.
# machines: stock intel
# shellcheck disable=SC2154,SC2016 # what bats and coproc set; what is Perl's

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

here=$BATS_TEST_DIRNAME/..
ram=/dev/shm/ram

setup()
{
    [[ $("$IOMMUCTL" --version) == iommuctl* && $(pinned) == 0 ]]
    bdf=$(edu 1)
    bind_vfio "$bdf"
    group=$(group_of "$bdf")
    truncate -s 0 "$ram"
    truncate -s 1M "$ram"
}

# Nothing is left, whatever a test was about.
teardown()
{
    exec 7>&- 8>&- 9>&-
    unbind_vfio "${bound[@]}"
    rm -f "$ram"
    [[ $(pinned) == 0 ]]
}

# container VERB [OPTION]...: on the one that is open.
container()
{
    run --separate-stderr "$IOMMUCTL" container "$1" --container 8 "${@:2}"
}

# open_all [TYPE]
open_all()
{
    exec 8<>/dev/vfio/vfio 9<>"/dev/vfio/$group"
    container open --group 9 ${1:+--type "$1"}
    [[ $status == 0 && $output == "${1-type1v2}" ]]
}

# why REASON [HINT]: how the last command failed.
why()
{
    [[ $status == 1 && ! $output && $stderr == *": $1"* && $stderr == *"${2-}"* ]]
}

@test "show: what another program hears, and all is as before" {
    for _ in 1 2; do
        answer=$("$IOMMUCTL" container show -j "$bdf" "$group")
        [[ $(jq -c '[.containers[] | [.group, .devices, .type, .iommufd, .page_sizes[0], .dma_avail,
            .migration.page_sizes, .spapr]]' <<<"$answer") == \
            "[[$group,[\"$bdf\"],\"type1v2\",false,4096,65535,[4096],null]]" ]]
        [[ $(jq -r '.containers[].ranges[] | "\(.start) \(.end)"' <<<"$answer") == "$("$here/type1-ranges" "$group")" ]]
    done
    [[ $(jq -c '.containers[].extensions | contains(["type1", "type1v2", "unmap-all"])' <<<"$answer") == true ]]
}

# bats test_tags=only,only:stock
@test "iova ranges asks type 1 where there is no iommufd, of several groups at once, and leaves nothing" {
    [[ ! -e /dev/iommu ]] || skip "this kernel has iommufd"
    bind_vfio "$(edu 2)"
    expected=$("$here/type1-ranges" "$group" "$(group_of "$(edu 2)")")
    sysfs=$("$IOMMUCTL" iova ranges -jq --root / "$bdf" "$(edu 2)" | jq -r '.ranges[] | "\(.start) \(.end)"')
    [[ $expected && $expected == "$sysfs" ]]
    for _ in 1 2 3; do
        answer=$("$IOMMUCTL" iova ranges -j "$bdf" "$(edu 2)" "$bdf")
        [[ $(jq -r '[.source, .ranges[].source] | unique[]' <<<"$answer") == type1 ]]
        [[ $(jq -r '.ranges[] | "\(.start) \(.end)"' <<<"$answer") == "$expected" ]]
    done
    exec 9<>"/dev/vfio/$group"
    run --separate-stderr "$IOMMUCTL" iova ranges -j "$bdf"
    [[ $status == 0 && $(jq -r .source <<<"$output") == sysfs ]]
    [[ $stderr == *"hint: group $group: process "*" has /dev/vfio/$group open; answering from sysfs" ]]
}

@test "DMA reaches what is mapped, after the process that mapped it has ended, and nothing else" {
    open_all
    before=$(faults)
    container map --file "$ram" --iova 0x100000 --length 64K
    [[ $status == 0 && $output == 0x100000 && $(pinned) == 16 ]]
    write_ram 0 'written after the process had ended'
    "$here/edu-copy" 9 "$bdf" 0x100000 0x108040
    [[ $(read_ram 32832) == 'written after the process had ended' && $(faults) == "$before" ]]
    # from where nothing is mapped; and to there
    "$here/edu-copy" 9 "$bdf" 0x110000 0x108080
    [[ $(faults) -gt $before ]]
    container unmap --iova 0x100000 --length 64K
    [[ $status == 0 && $output == 65536 && $(pinned) == 0 ]]
    write_ram 64 'not to be read'
    "$here/edu-copy" 9 "$bdf" 0x100040 0x108040
    [[ $(read_ram 32832) == 'written after the process had ended' ]]
}

@test "for reading only: what devices write does not arrive" {
    open_all
    container map --file "$ram" --iova 0x100000 --length 64K --read
    container map --file "$ram" --iova 0x200000 --offset 64K --length 64K -j
    [[ $status == 0 && $(jq -c .maps <<<"$output") == '[{"iova":"0x200000","length":65536}]' ]]
    write_ram 0 'can be read'
    "$here/edu-copy" 9 "$bdf" 0x100000 0x200000
    [[ $(read_ram 65536) == 'can be read' ]]
    "$here/edu-copy" 9 "$bdf" 0x100000 0x101000
    [[ ! $(read_ram 4096 | tr -d '\0') ]]
}

@test "the file may be gone; all is unmapped at once, also nothing" {
    open_all
    exec 7<>"$ram"
    for iova in 0x100000 0x40000000 0x7ffffff000; do
        container map --file 7 --iova "$iova" --length 4K --offset 8K
        [[ $status == 0 ]]
    done
    rm "$ram"
    exec 7>&-
    [[ $(pinned) == 3 ]]
    container unmap --all -j
    [[ $status == 0 && $(jq -c .unmaps <<<"$output") == '[{"length":12288}]' && $(pinned) == 0 ]]
    container unmap --all
    [[ $status == 0 && $output == 0 ]]
}

@test "mappings last as long as the group is open, and not as long as the container" {
    open_all
    container map --file "$ram" --iova 0x100000 --length 64K
    [[ $(pinned) == 16 ]]
    exec 9>&-
    [[ $(pinned) == 0 ]]
    container map --file "$ram" --iova 0x100000 --length 64K
    why 'it has no type yet'
    exec 9<>"/dev/vfio/$group"
    container open --group 9
    container map --file "$ram" --iova 0x100000 --length 64K
    [[ $status == 0 && $(pinned) == 16 ]]
    exec 8>&-
    [[ $(pinned) == 16 ]]
    write_ram 0 'without its container'
    "$here/edu-copy" 9 "$bdf" 0x100000 0x101000
    [[ $(read_ram 4096) == 'without its container' ]]
}

@test "two groups in one container" {
    bind_vfio "$(edu 2)"
    open_all
    exec 7<>"/dev/vfio/$(group_of "$(edu 2)")"
    container open --group 7
    why 'it has a type already'
    exec 7>&- 8>&- 9>&-
    exec 8<>/dev/vfio/vfio 9<>"/dev/vfio/$group" 7<>"/dev/vfio/$(group_of "$(edu 2)")"
    container open --group 7 --group 9 -j
    [[ $status == 0 && $(jq -c .containers <<<"$output") == \
        '[{"type":"type1v2","groups":['"$(group_of "$(edu 2)"),$group"']}]' ]]
    container map --file "$ram" --iova 0x100000 --length 64K
    write_ram 0 'of both'
    "$here/edu-copy" 7 "$(edu 2)" 0x100000 0x101000
    "$here/edu-copy" 9 "$bdf" 0x101000 0x102000
    [[ $(read_ram 8192) == 'of both' ]]
}

@test "why a mapping fails" {
    open_all
    last=$("$IOMMUCTL" container show --container 8 -j | jq -r '.containers[].ranges[-1].end')
    container map --file "$ram" --iova 0x100000 --length 64K
    container map --file "$ram" --iova 0x10f000 --length 64K
    why 'something is mapped there already'
    container map --file "$ram" --iova 0x200100 --length 64K
    why 'the address, 0x200100, is no multiple of 4096'
    container map --file "$ram" --iova 0x200000 --length 5000
    why 'the length, 0x1388, is no multiple of 4096'
    container map --file "$ram" --iova 0xfedff000 --length 64K
    why "0xfee00000 is in 0xfee00000-0xfeefffff, reserved (msi) by $bdf in group $group"
    container map --file "$ram" --iova "$last" --length 64K
    why 'the address, '
    container map --file "$ram" --iova "$((last + 1))" --length 64K
    why "$(printf '0x%x' $((last + 65536))) is above $last, the last address that can be used"
    container map --file "$ram" --iova 0x200000 --length 2M
    why 'the memory cannot be pinned' 'memfd'
    container map --file "$ram" --iova 0x200000 --offset 1M
    [[ $status == 1 && $stderr == *'ends before --offset'* ]]
    container map --file /dev/shm/none --iova 0x200000 --length 64K
    why 'open: No such file or directory'
    [[ $(pinned) == 16 ]]
}

@test "why unmapping fails" {
    open_all
    container map --file "$ram" --iova 0x100000 --length 64K
    container unmap --iova 0x101000 --length 4K
    why 'it would cut a mapping'
    container unmap --iova 0xf0000 --length 68K
    why 'it would cut a mapping'
    container unmap --iova 0x200000 --length 64K
    why 'no mapping begins there'
    container unmap --iova 0x100001 --length 64K
    why 'the address, 0x100001, is no multiple'
    [[ $(pinned) == 16 ]]
    container unmap --iova 0xf0000 --length 1M
    [[ $status == 0 && $output == 65536 ]]
}

@test "type1, the older: a part is not unmapped, and the whole is" {
    open_all type1
    container map --file "$ram" --iova 0x100000 --length 64K
    container unmap --iova 0x101000 --length 4K
    why 'no mapping begins there'
    container unmap --iova 0x100000 --length 4K
    [[ $status == 0 && $output == 65536 ]]
}

@test "why opening fails" {
    exec 8<>/dev/vfio/vfio
    container open --group 8
    why 'it is another file, not /dev/vfio/GROUP'
    container open --group 77
    why 'use it as a group: Bad file descriptor'
    run --separate-stderr "$IOMMUCTL" container open --container 77 --group 8
    why 'use it as a container: Bad file descriptor'
    exec 9<>"/dev/vfio/$group"
    container open --group 9 --type spapr-tce
    why 'make it spapr-tce: its groups have no IOMMU of sPAPR'
    # neither it, nor one before it, stays in the container
    container open --group 9 --group 77
    why 'use it as a group: Bad file descriptor'
    container open --group 9
    [[ $status == 0 ]]
    container open --group 9
    why 'it is in a container already'
    run --separate-stderr "$IOMMUCTL" container show "$group"
    why "process " "has /dev/vfio/$group open"
    exec 8>&- 9>&-
    unbind_vfio "$bdf"
    run --separate-stderr "$IOMMUCTL" container show "$bdf"
    why 'no device of it is bound to a driver of VFIO' driver_override
}

@test "the limit of locked memory counts for each process; root is free of it" {
    open_all
    limited=(setpriv --bounding-set -ipc_lock prlimit --memlock=65536)
    for iova in 0x100000 0x200000; do
        run "${limited[@]}" "$IOMMUCTL" container map --container 8 --file "$ram" --iova "$iova" --length 64K
        [[ $status == 0 ]]
    done
    run --separate-stderr "${limited[@]}" "$IOMMUCTL" container map --container 8 --file "$ram" --iova 0x300000 --length 68K
    why '69632 bytes would be locked, of at most 65536 (RLIMIT_MEMLOCK), of which 0 are already' 'raise it to 68 KiB: ulimit -l'
    container map --file "$ram" --iova 0x300000 --length 68K
    [[ $status == 0 && $(pinned) == 49 ]]
}

@test "the limit of mappings, which is the module's" {
    parameter=/sys/module/vfio_iommu_type1/parameters/dma_entry_limit
    limit=$(<"$parameter")
    echo 2 >"$parameter"
    open_all
    for iova in 0x100000 0x200000; do
        container map --file "$ram" --iova "$iova" --length 4K
        [[ $status == 0 ]]
    done
    [[ $("$IOMMUCTL" container show --container 8 -j | jq '.containers[].dma_avail') == 0 ]]
    container map --file "$ram" --iova 0x300000 --length 4K
    echo "$limit" >"$parameter"
    why 'it has as many mappings as there may be: 2 (dma_entry_limit)' "$parameter"
}

@test "another user: who has the group's node may" {
    chown 65534 "/dev/vfio/$group"
    run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups "$IOMMUCTL" container show -j "$bdf"
    [[ $status == 0 && $(jq -r '.containers[].type' <<<"$output") == type1v2 ]]
    chown 0 "/dev/vfio/$group"
    run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups "$IOMMUCTL" container show "$bdf"
    why 'open: Permission denied' 'udev rule'
}

# bats test_tags=only,only:intel
@test "an iommufd in the place of a container attaches when the device is opened" {
    [[ -e /dev/iommu ]] || skip "this kernel has none"
    exec 8<>/dev/iommu 9<>"/dev/vfio/$group"
    container show
    why 'it has no type yet'
    container open --group 9
    [[ $status == 0 && $output == type1v2 ]]
    [[ $("$IOMMUCTL" container show --container 8 -j | jq '.containers[].iommufd') == true ]]
    # nobody pins it now, and then the process is gone
    container map --file "$ram" --iova 0x100000 --length 64K
    [[ $status == 0 && $(pinned) == 0 ]]
    run "$here/edu-copy" 9 "$bdf" 0x100000 0x101000
    [[ $output == 'device: Bad address' ]]
    container unmap --all
    [[ $output == 65536 ]]
    coproc holder { exec perl -e 'open(my $g, "+<&=", 9) or die; my $name = "$ARGV[0]\0";
        ioctl($g, 0x3b6a, $name) or die "device: $!\n"; $| = 1; print "ready\n"; <STDIN>' "$bdf"; }
    pid=$holder_PID
    read -r answer <&"${holder[0]}"
    [[ $answer == ready ]]
    container map --file "$ram" --iova 0x100000 --length 64K
    [[ $status == 0 && $(pinned) == 16 ]]
    write_ram 0 'by iommufd'
    "$here/edu-copy" 9 "$bdf" 0x100000 0x101000
    [[ $(read_ram 4096) == 'by iommufd' ]]
    container unmap --iova 0x101000 --length 4K
    why 'no mapping begins there, or it would cut one'
    container map --file "$ram" --iova 0xfee00000 --length 64K
    why '0xfee00000 is in 0xfee00000-0xfeefffff, reserved (msi)'
    echo >&"${holder[1]}"
    wait "$pid" || :
}

@test "a dry run changes nothing" {
    exec 8<>/dev/vfio/vfio 9<>"/dev/vfio/$group"
    container open --group 9 --dry-run
    [[ $status == 0 && $output == *VFIO_GROUP_SET_CONTAINER*VFIO_SET_IOMMU* ]]
    container map --file "$ram" --iova 0x100000 --length 64K
    why 'it has no type yet'
    container open --group 9
    [[ $status == 0 ]]
    container map --file "$ram" --iova 0x100000 --length 64K --dry-run
    [[ $status == 0 && $output == *VFIO_IOMMU_MAP_DMA*0x100000* && $(pinned) == 0 ]]
}
