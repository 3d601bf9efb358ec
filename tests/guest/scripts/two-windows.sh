#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# two-windows.sh MEMORY DEVICE... -- COMMAND [ARGUMENT]...
# Gives devices an address space with a window of 32 bits and one above, the file MEMORY at the
# beginning of both, and runs COMMAND with them. Nothing of it stays, however it ends.
set -euo pipefail

memory=$1 devices=()
shift
while [[ $1 != -- ]]; do
    devices+=("$1")
    shift
done

IOMMUCTL_SESSION=windows-$$
iommuctl session start "$IOMMUCTL_SESSION"
trap 'iommuctl session stop "$IOMMUCTL_SESSION"' EXIT
export IOMMUCTL_SESSION

id=$(iommuctl ioas create --name guest --window 0x100000-0x7fffffff --window 0x800000000-0x8ffffffff)
for device in "${devices[@]}"; do
    iommuctl device attach "$device" "$id" >/dev/null
done
for window in 0x100000 0x800000000; do
    iommuctl ioas map "$id" --file "$memory" --iova "$window"
done
iommuctl session show -j | jq -r '.sessions[].objects[] | select(.kind == "device") | .device'
iommuctl session exec "$@"
