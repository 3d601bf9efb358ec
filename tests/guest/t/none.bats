#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Without an IOMMU there is iommufd, but no device for it.
# machines: none

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "vfio-pci refuses a device" {
    if bind_vfio "$(edu 1)"; then
        false
    fi
    [[ ! $(driver_of "$(edu 1)") ]]
}

@test "a device without an IOMMU: who may open it, and who has its group" {
    echo Y >/sys/module/vfio/parameters/enable_unsafe_noiommu_mode
    bind_vfio "$(edu 1)"
    group=/dev/vfio/noiommu-$(group_of "$(edu 1)")
    run -1 setpriv --bounding-set -sys_rawio "$IOMMUCTL" session run --device "$(edu 1)" -- true
    [[ $output == *': open: a device without an IOMMU is for CAP_SYS_RAWIO alone' ]]
    exec 9<>"$group"
    run -1 "$IOMMUCTL" session run --device "$(edu 1)" -- true
    [[ $output == *": bind to iommufd: process "*" (bash) has $group open"* ]]
    exec 9>&-
    unbind_vfio "$(edu 1)"
    bound=()
    echo N >/sys/module/vfio/parameters/enable_unsafe_noiommu_mode
}
