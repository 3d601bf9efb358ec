#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the library and batch cost beside the kernel's own work, in instructions of the guest.
# machines: counted

# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

# at_most LIMIT MODE IOMMUFD IOAS N ROUNDS: the ratio to plain ioctl()s. Later rounds find warm caches.
at_most()
{
    local ratio

    read -r _ _ ratio < <(speed "${@:2}")
    echo "# ${*:2}: $ratio of $1" >&3
    awk -v ratio="$ratio" -v limit="$1" 'BEGIN { exit !(ratio > 0 && ratio <= limit) }'
}

# attached BDF IOMMUFD: in a session that has the device
attached()
{
    local ioas

    ioas=$("$IOMMUCTL" ioas create)
    "$IOMMUCTL" device attach "$1" "$ioas" || return
    at_most 1.02 pairs "$2" "$ioas" 500 5 &&
        at_most 1.02 file "$2" "$ioas" 0x8000000 3 &&
        at_most 2 batch "$2" "$ioas" 50000 1
}

@test "for a device: the library adds 2 % at most, batch with its start doubles it at most" {
    bind_vfio "$(edu 1)"
    export -f at_most attached
    "$IOMMUCTL" session run --device "$(edu 1)" -- \
        bash -c 'attached "$@"' bash "$(edu 1)" '{iommufd}'
}

@test "without a device the kernel has less to do: 5 % of a page, nothing of 1 GiB" {
    exec 7<>/dev/iommu
    ioas=$("$IOMMUCTL" --iommufd 7 ioas create)
    at_most 1.05 pairs 7 "$ioas" 500 5
    at_most 1.05 file 7 "$ioas" 0x40000000 5
    exec 7>&-
}
