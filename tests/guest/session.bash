# SPDX-License-Identifier: GPL-2.0-or-later
# Helpers for the tests of sessions. Sourced by the bats files.
# shellcheck shell=bash disable=SC2034 # for those who source this

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

here=$BATS_TEST_DIRNAME/..
client=$here/session-client
ram=/dev/shm/ram
unset IOMMUCTL_SESSION

# $device is on VFIO as long as the file runs: each test gives it back otherwise.
setup_file()
{
    device=$(edu 1)
    bind_vfio "$device"
    its_node=$(vfio_node "$device")
    export device its_node
}

teardown_file()
{
    unbind_vfio "$device"
}

# All sessions end with the test, and are seen to have left nothing.
teardown()
{
    local socket

    for socket in /run/iommuctl/*; do
        [[ ! -e $socket ]] || iommuctl session stop "$socket" || rm -f "$socket"
    done
    exec 7>&-
    [[ -z $(open_files) ]]
    [[ ! -e $ram ]] || { rm "$ram" && [[ $(pinned) == 0 ]]; }
    unbind_vfio "${bound[@]}"
}

# open_files: who has an iommufd or a VFIO device open.
open_files()
{
    find /proc/[0-9]*/fd -lname '/dev/vfio/devices/*' -o -lname /dev/iommu 2>/dev/null
}

# can_be_bound: by someone else, now.
can_be_bound()
{
    iommuctl session run --device "$device" -- true
}

# said COMMAND...: it succeeds, and prints $output, the lines of which are $lines. In a guest jq takes
# five times as long as iommuctl to start, and run twice as long as this.
said()
{
    output=$("$@" 2>&1) && mapfile -t lines <<<"$output"
}

# of_session ATTRIBUTE [SESSION]
of_session()
{
    said iommuctl session show -o "$1" "${2-s}" && echo "${output##* }"
}

pid_of()
{
    of_session pid "$1"
}

# until_true COMMAND...: for what happens in another process, without a word to us.
until_true()
{
    local end=$((SECONDS + 30))

    while ((SECONDS < end)); do
        if "$@"; then
            return
        fi
    done
    echo "never: $*" >&2
    return 1
}

# ends PID: it is gone, or waits for its parent to notice.
ends()
{
    [[ ! -e /proc/$1/status ]] || grep -q '^State:.Z' "/proc/$1/status"
}
