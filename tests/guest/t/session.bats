#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Sessions: iommufds and devices outlive the processes which work with them.
# machines: intel
# shellcheck disable=SC1083 # {iommufd}

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/session.bash
. "$BATS_TEST_DIRNAME/../session.bash"

# --------------------------------------------------------------------- run

@test "run ends with the command's status" {
    run iommuctl session run -- true
    [[ $status == 0 && -z $output ]]
    run -7 iommuctl session run -- sh -c 'exit 7'
    run -143 iommuctl session run -- sh -c 'kill -TERM $$'
    run -137 iommuctl session run -- sh -c 'kill -KILL $$'
}

@test "a command which cannot be run: 127 and 126, and nothing stays bound" {
    run -127 iommuctl session run --device "$device" -- no-such-command
    [[ $output == "iommuctl: session run-"*": run no-such-command: No such file or directory" ]]
    run -126 iommuctl session run --device "$device" -- /etc/passwd
    [[ -z $(open_files) ]]
    can_be_bound
    [[ -z $(ls -A /run/iommuctl) ]]
}

@test "the command knows the session, which is gone after it" {
    # shellcheck disable=SC2016 # for the inner shell
    said iommuctl session run --name s -- sh -c 'iommuctl session show -j -o name,state,objects "$IOMMUCTL_SESSION"'
    [[ $output == *'[
{"name":"s","state":"running","objects":[]}
]'* ]]
    [[ -z $(iommuctl session list -n -q) ]]
    [[ -z $(ls -A /run/iommuctl) ]]
}

@test "the command inherits what its words name, and nothing else" {
    # shellcheck disable=SC2016 # for the inner shell
    said iommuctl session run --device "$device" -- bash -c \
        'readlink /proc/$$/fd/$0 /proc/$$/fd/$1; echo "$2"; ls /proc/$$/fd' \
        {iommufd} "{device:$device}" "x={iommufd},y={{iommufd}}{iommufd"
    echo "$output"
    [[ ${lines[0]} == /dev/iommu && ${lines[1]} == "$its_node" ]]
    [[ ${lines[2]} =~ ^x=([0-9]+),y=\{([0-9]+)\}\{iommufd$ ]]
    [[ ${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" ]]
    said iommuctl session run --device "$device" -- find /proc/self/fd -lname '/dev/[iv]*'
    [[ -z $output ]]
    # shellcheck disable=SC2016 # for the inner shell
    said iommuctl session run --device "$device" -- bash -c \
        'find /proc/$$/fd -lname "/dev/[iv]*" -printf "%l\n"' - {iommufd}
    [[ $output == /dev/iommu ]]
}

@test "a device which is not in the session is not handed over, and the command does not run" {
    run -1 iommuctl session run -- touch "$BATS_TEST_TMPDIR/ran" "{device:$device}"
    [[ $output == *"session {device:$device}: the device is in none of --device and --open"* ]]
    [[ ! -e $BATS_TEST_TMPDIR/ran ]]
}

@test "what is handed over needs no permission of its own" {
    chmod 600 "$its_node" /dev/iommu
    run -1 setpriv --reuid=12345 --clear-groups iommuctl session run -- true
    said iommuctl session run --device "$device" -- setpriv --reuid=12345 --clear-groups \
        "$client" ioas {iommufd}
    [[ $output == 2 ]]
}

@test "--open leaves the binding to the command, --device does it" {
    said iommuctl session run --open "$device" -- "$client" bind "{device:$device}" {iommufd}
    [[ $output == 1 ]]
    run -22 iommuctl session run --device "$device" -- "$client" bind "{device:$device}" {iommufd}
    [[ $output == "bind: Invalid argument" ]]
    can_be_bound
}

@test "signals are passed on to the command, and the session ends with it" {
    local signal keeper

    for signal in TERM INT HUP; do
        mkfifo "$BATS_TEST_TMPDIR/fifo" "$BATS_TEST_TMPDIR/never"
        # bash has SIGINT ignored in jobs
        # shellcheck disable=SC2016 # for the inner shell
        env --default-signal=INT iommuctl session run --name s --device "$device" -- bash -c \
            'trap "echo $1; exit 5" "$1"; echo ready; read -r <>"$2"' \
            - "$signal" "$BATS_TEST_TMPDIR/never" >"$BATS_TEST_TMPDIR/fifo" 3>&- &
        keeper=$!
        exec 4<"$BATS_TEST_TMPDIR/fifo"
        read -r -u 4 line
        [[ $line == ready ]]
        kill -"$signal" "$(pid_of s)"
        read -r -u 4 line
        [[ $line == "$signal" ]]
        exec 4<&-
        status=0
        wait "$keeper" || status=$?
        [[ $status == 5 ]]
        rm "$BATS_TEST_TMPDIR/fifo" "$BATS_TEST_TMPDIR/never"
        can_be_bound
    done
}

@test "a command whose keeper was asked to stop gets SIGTERM" {
    mkfifo "$BATS_TEST_TMPDIR/never"
    # shellcheck disable=SC2016 # for the inner shell
    iommuctl session run --name s --device "$device" -- bash -c 'read -r <>"$1"' - "$BATS_TEST_TMPDIR/never" 3>&- &
    until_true iommuctl session show s >/dev/null 2>&1
    said iommuctl session stop s
    status=0
    wait $! || status=$?
    [[ $status == 143 ]]
    can_be_bound
}

# -------------------------------------------------------------- start, stop

@test "start returns when the session is there, and stop when all is released" {
    said iommuctl session start s --device "$device"
    [[ -z $output ]]
    said iommuctl session list -n -o name,state,object_count
    [[ $output =~ ^s\ +running\ +1$ ]]
    [[ $(iommuctl session show -j s | jq -c '.sessions[0].objects[] | del(.id)') == \
        '{"kind":"device","name":null,"device":"'"$device"'","parents":[],"attachments":[]}' ]]
    run -1 iommuctl session run --device "$device" -- true
    [[ $output == *"has $its_node open"* ]]
    said iommuctl session stop s
    [[ -z $output && -z $(open_files) ]]
    can_be_bound
    [[ -z $(ls -A /run/iommuctl) ]]
}

@test "stop prints what it stopped, as JSON" {
    iommuctl session start s
    said iommuctl session stop -j s
    [[ $output == *'{"name":"s","state":"stopped","pid":null,"object_count":null}'* ]]
    run -1 iommuctl session stop s
    iommuctl session start s
    run -3 iommuctl session stop nope s
    [[ $output == *"session nope: connect: there is no such session"* ]]
    [[ -z $(iommuctl session list -n -q) ]]
}

@test "the keeper keeps no file of who started it" {
    iommuctl session start s
    cd "/proc/$(pid_of s)"
    [[ $(readlink cwd) == / ]]
    [[ $(readlink fd/0 fd/1 fd/2 | sort -u) == /dev/null ]]
    for fd in fd/*; do
        [[ $(readlink "$fd") =~ ^(/|/dev/null|/dev/iommu|/run/iommuctl|/run/iommuctl/\.s\.lock|socket:.*|anon_inode:\[(eventpoll|signalfd)\])$ ]]
    done
    # a session of its own, as of terminals
    [[ $(cut -d' ' -f6 stat) == "$(cut -d' ' -f1 stat)" ]]
    cd /
}

@test "two sessions at once have nothing to do with each other" {
    local other

    other=$(edu 2)
    bind_vfio "$other"
    iommuctl session start one --device "$device"
    iommuctl session start two --device "$other"
    [[ $(iommuctl session exec one -- "$client" ioas {iommufd}) == 2 ]]
    [[ $(iommuctl session exec one -- "$client" ioas {iommufd}) == 3 ]]
    [[ $(iommuctl session exec two -- "$client" ioas {iommufd}) == 2 ]]
    [[ $(iommuctl session list -n -o name) == $'one\ntwo' ]]
    iommuctl session stop one
    can_be_bound
    [[ $(iommuctl session exec two -- "$client" ioas {iommufd}) == 3 ]]
    iommuctl session stop two
}

@test "a name which is taken, and devices are not touched" {
    iommuctl session start s
    run -1 iommuctl session start s --device "$device"
    [[ $output == *"session s: start the session: a session of this name is running"* ]]
    run -1 iommuctl session run --name s --device "$device" -- true
    can_be_bound
    iommuctl session show s
}

@test "a start which fails leaves nothing" {
    local nic

    nic=$(dev_by_id 8086:10d3)
    run -1 iommuctl session start s --device "$device" --device 0000:ff:00.0
    [[ $output == *"session 0000:ff:00.0: open: there is no such device"* ]]
    run -1 iommuctl session start s --device "$device" --device "$nic"
    [[ $output == *"driver e1000e is bound to it, not VFIO's"* ]]
    run -1 iommuctl session start s --device "$device" --device "$device"
    [[ -z $(ls -A /run/iommuctl) && -z $(open_files) ]]
    can_be_bound
}

@test "SIGTERM ends a keeper in the background, and one in the foreground" {
    local pid

    iommuctl session start s --device "$device"
    pid=$(pid_of s)
    kill "$pid"
    until_true ends "$pid"
    can_be_bound
    iommuctl session start s --foreground --device "$device" 3>&- &
    until_true iommuctl session show s >/dev/null 2>&1
    [[ $(pid_of s) == "$!" ]]
    kill "$!"
    wait "$!"
    can_be_bound
    [[ -z $(ls -A /run/iommuctl) ]]
}

@test "a dry run begins nothing, runs nothing and ends nothing" {
    said iommuctl session run --dry-run --device "$device" -- touch "$BATS_TEST_TMPDIR/ran"
    [[ ${lines[-1]} == VFIO_DEVICE_BIND_IOMMUFD*"(not made)" ]]
    said iommuctl session start s --dry-run --device "$device"
    [[ ${lines[-1]} == VFIO_DEVICE_BIND_IOMMUFD*"(not made)" ]]
    [[ ! -e $BATS_TEST_TMPDIR/ran && -z $(open_files) && -z $(ls -A /run/iommuctl) ]]
    iommuctl session start s
    said iommuctl session stop --dry-run s
    [[ -z $output ]]
    iommuctl session show s
}

# ---------------------------------------------------------------- killed

@test "a keeper which was killed holds nothing: the next command says so, and all can begin anew" {
    local pid

    iommuctl session start s --device "$device"
    pid=$(pid_of s)
    kill -KILL "$pid"
    until_true ends "$pid"
    run -1 iommuctl session show s
    [[ $output == *"session s: connect: the session is gone: its keeper was killed, and the kernel has released what no other process has open"* ]]
    [[ $(iommuctl session list -n -o name,state) == s*gone ]]
    can_be_bound
    said iommuctl session start s --device "$device"
    [[ $(iommuctl session list -n -o name,state) == s*running ]]
}

@test "a keeper that was stopped: clients say so instead of waiting for it" {
    local pid

    iommuctl session start s
    pid=$(pid_of s)
    kill -STOP "$pid"
    run -1 iommuctl --session s ioas create
    [[ $output == *"s: connect: the session's keeper does not answer"*"kill -CONT $pid "* ]]
    run -0 --separate-stderr iommuctl session list -n -o name,state
    [[ $output == s*unreachable ]]
    kill -CONT "$pid"
    iommuctl --session s ioas create
}

@test "a command whose keeper is killed is told, at its next step" {
    # shellcheck disable=SC2016 # for the inner shell
    run iommuctl session run --name s --device "$device" -- bash -c '
        kill -KILL $PPID
        while iommuctl session show s >/dev/null 2>&1; do :; done
        iommuctl session show 2>&1
        echo "status $?"'
    [[ $status == 137 ]]
    until_true can_be_bound 2>/dev/null
    iommuctl session list -n -o state | grep gone
}

@test "a client which is killed at any of its calls leaves the session as it was" {
    local call pid when

    command -v strace || skip "strace is not installed"
    iommuctl session start s --device "$device"
    pid=$(pid_of s)
    while read -r call when; do
        run -137 strace -o /dev/null -e "inject=$call:signal=KILL:when=$when" \
            iommuctl session show s
        said iommuctl session list -n -o pid,object_count
        [[ $output =~ ^\ *$pid\ +1$ ]]
    done <<<$'connect 1\nrecvmsg 1\nsendmsg 1\nrecvmsg 2\nsendmsg 2\nrecvmsg 3'
    # its clients are gone too
    until_true eval "[[ \$(find /proc/$pid/fd -lname 'socket:*' | wc -l) == 1 ]]"
}

@test "clients at once" {
    local n

    iommuctl session start s --device "$device"
    for ((n = 0; n < 12; n++)); do
        iommuctl session exec s -- echo {iommufd} 3>&- &
    done >"$BATS_TEST_TMPDIR/said"
    wait
    [[ $(wc -l <"$BATS_TEST_TMPDIR/said") == 12 ]]
}

# ------------------------------------------------------------------- exec

@test "exec hands over what the session has" {
    iommuctl session start s --device "$device"
    # shellcheck disable=SC2016 # for the inner shell
    said iommuctl session exec s -- bash -c \
        'readlink /proc/$$/fd/$0 /proc/$$/fd/$1; echo "$IOMMUCTL_SESSION"' {iommufd} "{device:$device}"
    [[ $output == $'/dev/iommu\n'"$its_node"$'\ns' ]]
    IOMMUCTL_SESSION=s said iommuctl session exec -- true
    said iommuctl --session s session exec -- true
    said iommuctl session exec /run/iommuctl/s -- true
    run -9 iommuctl session exec s -- sh -c 'exit 9'
    run -127 iommuctl session exec s -- no-such-command
    run -1 iommuctl session exec s -- echo "{device:0000:00:1f.0}"
    [[ $output == *"session 0000:00:1f.0: find: there is no such object in the session"* ]]
    run -1 iommuctl session exec -- true
    [[ $output == *"needs a session"* ]]
}

@test "an iommufd that a plain shell opened" {
    exec 7<>/dev/iommu
    said iommuctl --iommufd 7 session exec -- "$client" ioas {iommufd}
    [[ $output == 1 ]]
    said iommuctl --iommufd 7 session exec -- "$client" ioas {iommufd}
    [[ $output == 2 ]]
    exec 7<&-
    run -1 iommuctl --iommufd 7 session exec -- true
    [[ $output == *"--iommufd 7: there is no such open file"* ]]
    exec 7<>/dev/vfio/vfio
    run -1 iommuctl --iommufd 7 session exec -- true
    [[ $output == *"--iommufd 7: it is another file, not /dev/iommu"* ]]
    exec 7<&-
}

# ------------------------------------------------------------ other users

@test "another user is refused, by the folder and by the keeper" {
    iommuctl session start s
    run -1 setpriv --reuid=12345 --clear-groups iommuctl session show /run/iommuctl/s
    [[ $output == *"session /run/iommuctl/s: connect: the session belongs to another user"* ]]
    [[ $("$client" greet /run/iommuctl/s) == 0 ]]
    chmod 711 /run/iommuctl
    chmod 777 /run/iommuctl/s
    # -EACCES
    said setpriv --reuid=12345 --clear-groups "$client" greet /run/iommuctl/s
    [[ $output == -13 ]]
    chmod 700 /run/iommuctl
    iommuctl session show s
}

@test "a keeper in the foreground tells whom it turned away" {
    iommuctl session start s --foreground 3>&- 2>"$BATS_TEST_TMPDIR/said" &
    until_true iommuctl session show s >/dev/null 2>&1
    chmod 711 /run/iommuctl
    chmod 777 /run/iommuctl/s
    setpriv --reuid=12345 --clear-groups "$client" greet /run/iommuctl/s
    chmod 700 /run/iommuctl
    iommuctl session stop s
    wait $!
    grep -E '^iommuctl: session s: serve a client: process [0-9]+ of user 12345 was turned away: Permission denied$' \
        "$BATS_TEST_TMPDIR/said"
}

@test "a user's own session, where the nodes are the user's" {
    local run=$BATS_TEST_TMPDIR/xdg

    mkdir "$run"
    chown 12345 "$run" "$its_node" /dev/iommu
    chmod 711 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || :
    as_user=(env XDG_RUNTIME_DIR="$run" setpriv --reuid=12345 --clear-groups iommuctl session)
    said "${as_user[@]}" start s --device "$device"
    said "${as_user[@]}" exec s -- "$client" ioas {iommufd}
    [[ $output == 2 ]]
    # root may, another may not
    said iommuctl session show "$run/iommuctl/s"
    run -1 setpriv --reuid=54321 --clear-groups iommuctl session show "$run/iommuctl/s"
    [[ $output == *"the folder belongs to user 12345"* ]]
    said "${as_user[@]}" stop s
    chown 0 "$its_node" /dev/iommu
}
