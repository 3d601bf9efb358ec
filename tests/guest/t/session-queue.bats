#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Queues of a session, whose files its keeper has: page requests and events of the kernel's mock
# devices. Each step is a process of its own.
# machines: none
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # what is another shell's; what bats sets

# shellcheck source=tests/guest/session.bash
. "$BATS_TEST_DIRNAME/../session.bash"

setup_file()
{
    :
}

teardown_file()
{
    :
}

setup()
{
    export IOMMUCTL_SESSION=s
    iommuctl session start s
    ioas=$(iommuctl ioas create --name guest)
    read -r stdev _ id < <(mock domain "$ioas")
}

# mock OPERATION [ARGUMENT]...: on the session's iommufd
mock()
{
    iommuctl session exec -- mock '{iommufd}' "$@"
}

# queue: a fault queue, faults, for the mock device
queue()
{
    queue=$(iommuctl fault-queue create --name faults)
    table=$(iommuctl hwpt create guest --device "$id" --fault-queue faults --name table)
    mock replace "$stdev" "$table"
}

# fault GROUP ADDRESS [PASID]: a page request, for reading and writing
fault()
{
    mock fault "$id" "${3-0}" "$1" 3 "$2"
}

# taken NOUN QUEUE [OPTION]...: what is read from it is $output, its records are $rows.
taken()
{
    said iommuctl "$1" read -j "${@:2}"
    rows=("${lines[@]:1:${#lines[@]}-2}")
}

# faults COUNT [OPTION]...: so many page requests are taken, the last of which has $cookie.
faults()
{
    taken fault-queue faults "${@:2}"
    [[ ${#rows[@]} == "$1" ]]
    [[ $1 == 0 || ${rows[-1]} =~ \"cookie\":([0-9]+) ]]
    cookie=${BASH_REMATCH[1]-}
}

# valid NOUN: what was taken, by its schema
valid()
{
    echo "$output" >"$BATS_TEST_TMPDIR/taken.json"
    "$here/../contract/validate" "$here/../../schema/$1.json" "$BATS_TEST_TMPDIR/taken.json"
}

# refused REASON COMMAND...
refused()
{
    run --separate-stderr iommuctl "${@:2}"
    [[ $status == 1 && ! $output && $stderr == *": $1"* ]] || {
        echo "status $status, output '$output': $stderr"
        return 1
    }
}

@test "page requests are taken by one process and answered by another" {
    queue
    faults 0
    fault 7 0x1000
    faults 1
    [[ ${rows[0]} == *"\"device_id\":$id,\"device\":null,\"pasid\":null,\"group\":7,\"address\":\"0x1000\","* ]]
    [[ ${rows[0]} == *'"permissions":["read","write"],"last":true,"response":null}' ]]
    valid fault-queue
    # it is taken once
    faults 0
    refused 'respond: no page request waits with this cookie' fault-queue respond faults $((cookie + 1)) success
    [[ ! $(iommuctl fault-queue respond faults "$cookie" success) ]]
    refused 'respond: no page request waits with this cookie' fault-queue respond faults "$cookie" success
    # by its id, and as text
    fault 8 0xfffffffffffff000
    said iommuctl fault-queue read "$queue" -n
    [[ $output =~ ^\ *([0-9]+)\ +"$id"\ +-\ +-\ +8\ +0xfffffffffffff000\ +read,\ write\ +yes$ ]]
    iommuctl fault-queue respond "$queue" "${BASH_REMATCH[1]}" invalid
}

@test "more than are taken at once, and --max" {
    local n

    queue
    iommuctl session exec -- bash -c \
        'for ((n = 1; n <= 70; n++)); do mock "$1" fault "$2" 0 "$n" 1 "$((n * 4096))" || exit; done' \
        - '{iommufd}' "$id"
    faults 3 --max 3
    faults 64
    faults 3 --max 65536
    [[ ${rows[0]} == *'"0x44000"'* && ${rows[2]} == *'"0x46000"'* ]]
    run -2 iommuctl fault-queue read faults --max 65537
    run -2 iommuctl fault-queue read faults --max 0
}

# is_read_by_another: than the keeper
is_read_by_another()
{
    find /proc/[0-9]*/fd -lname 'anon_inode:\[iommufd-pgfault\]' 2>/dev/null | grep -qv "^/proc/$keeper/"
}

@test "--wait ends with the first request, or after its time" {
    queue
    faults 0 --wait 0
    faults 0 --wait 10
    iommuctl fault-queue read faults -n -o group --wait 60000 >"$BATS_TEST_TMPDIR/said" 3>&- &
    reader=$!
    keeper=$(pid_of s)
    until_true is_read_by_another
    fault 5 0x5000
    wait "$reader"
    [[ $(<"$BATS_TEST_TMPDIR/said") == *5 ]]
}

@test "a queue that is in use stays, and can be read after the refusal" {
    queue
    refused "destroy: hwpt $table uses it" fault-queue destroy faults
    fault 1 0x1000
    faults 1
    # what nobody answers the kernel does when the device leaves
    mock replace "$stdev" "$ioas"
    refused 'respond: no page request waits' fault-queue respond faults "$cookie" success
    iommuctl hwpt destroy table
    iommuctl fault-queue destroy faults
    refused 'find: there is no such fault-queue' fault-queue read faults
    [[ $(of_session object_count) == 1 ]]
}

@test "a queue that a process waits at is destroyed when that has ended" {
    iommuctl fault-queue create --name faults
    iommuctl fault-queue read faults --wait 60000 3>&- &
    reader=$!
    keeper=$(pid_of s)
    until_true is_read_by_another
    refused 'destroy: its file is open in another process' fault-queue destroy faults
    kill "$reader"
    wait "$reader" || :
    # its file is closed, but it is known
    refused 'read: its file is not here' fault-queue read faults
    iommuctl fault-queue destroy faults
    [[ $(of_session object_count) == 1 ]]
}

# guest: a vIOMMU of the mock device, which the guest calls 0x99, and its queue for DEPTH events
guest()
{
    parent=$(iommuctl hwpt create guest --device "$id" --nest-parent)
    iommuctl viommu create "$parent" --device "$id" --type selftest --name viommu
    nested=$(iommuctl hwpt create viommu --device "$id" --type selftest --data 2a00000000000000)
    vdevice=$(iommuctl vdevice create viommu --device "$id" --virtual-id 0x99)
    mock replace "$stdev" "$nested"
    iommuctl veventq create viommu --type selftest --depth "$1" --name events
}

# event COUNT
event()
{
    iommuctl session exec -- bash -c \
        'for ((n = 0; n < $3; n++)); do mock "$1" event "$2" || exit; done' - '{iommufd}' "$id" "$1"
}

# record SEQUENCE LOST DATA: of the mock's event, whose data are the guest's name of the device
record()
{
    local id=null

    [[ $3 == null ]] || id=153
    printf '{"sequence":%s,"lost":%s,"type":"selftest","event":null,"event_id":null,"virtual_id":%s,' "$1" "$2" "$id"
    printf '"pasid":null,"address":null,"permissions":null,"class":null,"queues":null,"data":%s}' "$3"
}

# events SEQUENCE LOST DATA [OPTION]...: one is taken.
events()
{
    taken veventq events "${@:4}"
    [[ ${rows[*]} == "$(record "$@")" ]]
}

@test "events of a vIOMMU, and what is lost of them" {
    guest 2
    taken veventq events --wait 10
    [[ ${#rows[@]} == 0 ]]
    event 1
    events 0 0 '"99000000"' --wait 60000
    # two have room
    event 5
    taken veventq events
    [[ ${rows[0]} == "$(record 1 0 '"99000000"')," ]]
    [[ ${rows[1]} == "$(record 2 0 '"99000000"')," ]]
    [[ ${rows[2]} == "$(record 5 3 null)" ]]
    valid veventq
    event 2
    events 6 0 '"99000000"' --max 1
    said iommuctl veventq read events -n
    [[ $output =~ ^\ +7\ +0\ +-\ +153\ +-\ +-\ +-\ +-\ +99000000$ ]]
    refused 'destroy: veventq ' viommu destroy viommu
    iommuctl veventq destroy events
    iommuctl vdevice destroy "$vdevice"
}

@test "a session ends with queues, requests without an answer and a reader" {
    queue
    fault 1 0x1000
    faults 1
    mock replace "$stdev" "$ioas"
    guest 4
    event 1
    iommuctl fault-queue read faults --wait 60000 >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    reader=$!
    iommuctl session stop s
    run -1 iommuctl veventq read events
    [[ $output == *'there is no such session'* ]]
    kill "$reader" 2>/dev/null || :
    wait "$reader" || :
}

# watch STATUS NOUN QUEUE [OPTION]...: what is printed is in $lines, the last of which are the totals
watch()
{
    run "-$1" iommuctl "$2" watch "${@:3}"
}

# valid_lines NOUN: each of $lines but the last is a document
valid_lines()
{
    local i

    for ((i = 0; i < ${#lines[@]} - 1; i++)); do
        echo "${lines[i]}" >"$BATS_TEST_TMPDIR/line$i.json"
    done
    "$here/../contract/validate" "$here/../../schema/$1.json" "$BATS_TEST_TMPDIR"/line*.json
}

@test "fault-queue watch: so many as are asked for, the rest stays; answers, and who answers later" {
    queue
    for n in 1 2 3; do
        fault "$n" "0x${n}000"
    done
    watch 0 fault-queue faults -j --count 2
    [[ ${#lines[@]} == 3 && ${lines[2]} == *' faults: watch: 2 page requests; so many were asked for' ]]
    [[ ${lines[0]} == '{"schema":"iommuctl/1","cookie":'*'"address":"0x1000",'*'"response":null}' ]]
    [[ ${lines[1]} =~ \"cookie\":([0-9]+).*0x2000 ]]
    valid_lines fault-queue
    watch 0 fault-queue faults -j --timeout 0 --respond success
    [[ ${#lines[@]} == 2 && ${lines[0]} == *'"address":"0x3000",'*'"response":"success"}' ]]
    valid_lines fault-queue
    [[ ${lines[0]} =~ \"cookie\":([0-9]+) ]]
    refused 'respond: no page request waits with this cookie' fault-queue respond faults "${BASH_REMATCH[1]}" success
    # what the first one has printed is still to be answered
    iommuctl fault-queue respond faults 1 invalid
    iommuctl fault-queue respond faults 2 invalid
    # its time is up: in text, with the values that are known
    fault 9 0x9000
    watch 1 fault-queue faults --count 2 --timeout 1
    [[ ${lines[0]} == cookie=[0-9]*" device_id=$id group=9 address=0x9000 permissions=read,write last=yes" ]]
    [[ ${lines[1]} == *': 1 page requests; the time is up' ]]
}

@test "veventq watch: lost ones are counted, a signal ends it" {
    guest 2
    event 4
    watch 0 veventq events -j --timeout 0
    valid_lines veventq
    [[ ${lines[1]} == '{"schema":"iommuctl/1",'"$(record 1 0 '"99000000"' | cut -c2-)" ]]
    [[ ${lines[2]} == '{"schema":"iommuctl/1",'"$(record 3 2 null | cut -c2-)" ]]
    [[ ${lines[3]} == *': 2 events, 2 lost; the time is up' ]]
    iommuctl veventq watch events -o sequence,virtual_id,pasid >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    event 2
    until_true grep -q '^5 ' "$BATS_TEST_TMPDIR/said"
    kill "$!"
    wait "$!"
    [[ $(<"$BATS_TEST_TMPDIR/said") == '4 153 -
5 153 -
iommuctl: veventq events: watch: 2 events, 0 lost; a signal came' ]]
}

@test "watching ends with the session, and when nobody reads what is said" {
    queue
    iommuctl fault-queue watch faults >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    watcher=$!
    keeper=$(pid_of s)
    until_true is_read_by_another
    iommuctl fault-queue watch faults 2>"$BATS_TEST_TMPDIR/unread" 3>&- > >(:) || status=$?
    [[ $status == 1 && $(<"$BATS_TEST_TMPDIR/unread") == *'; nobody reads the output any more' ]]
    iommuctl session stop s
    run -1 wait "$watcher"
    [[ $(<"$BATS_TEST_TMPDIR/said") == *': 0 page requests; the session has ended' ]]
}

@test "none is lost of 20000 events at once, nor of 10000 page requests, in their order" {
    guest 20000
    iommuctl session exec -- "$client" events "$id" '{iommufd}' 20000 0
    iommuctl veventq watch events -o sequence,lost --count 20000 2>/dev/null |
        awk '$1 != NR - 1 || $2 != 0 { exit 1 } END { exit NR != 20000 }'
    # of what nobody takes it is said that it is lost, and nothing waits for ever
    iommuctl session exec -- "$client" events "$id" '{iommufd}' 2000 0
    mkfifo "$BATS_TEST_TMPDIR/full"
    exec 8<>"$BATS_TEST_TMPDIR/full"
    iommuctl veventq watch events -j --timeout 1 >&8 2>"$BATS_TEST_TMPDIR/lost" || status=$?
    [[ $status == 1 && $(<"$BATS_TEST_TMPDIR/lost") == *' events, 0 lost; nobody takes the output'* ]]
    exec 8>&-
    mock replace "$stdev" "$ioas"
    queue
    iommuctl session exec -- "$client" faults "$id" '{iommufd}' 10000
    iommuctl fault-queue watch faults -o group --timeout 0 --respond invalid 2>/dev/null |
        awk '$1 != NR { exit 1 } END { exit NR != 10000 }'
}
