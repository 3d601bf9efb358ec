#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Causes of calls that fail, on devices of VFIO: tests/guest/cause-*.c have the calls.
# machines: intel
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "addresses, owners, groups, what the IOMMU cannot" {
    bind_vfio "$(edu 1)" "$(edu 4)" "$(edu 5)"
    since 6.15 || skip "an older kernel"
    cause device "$(edu 1)" "$(edu 4)" "$(edu 5)"
}

@test "a device that its driver emulates, and one without an IOMMU" {
    since 6.15 || skip "an older kernel"
    uuid=83b8f4f2-509f-382f-3c1e-e6bfe0fa1001
    echo "$uuid" >/sys/devices/virtual/mtty/mtty/mdev_supported_types/mtty-1/create
    cause mdev "$uuid"
    echo 1 >"/sys/bus/mdev/devices/$uuid/remove"
    echo Y >/sys/module/vfio/parameters/enable_unsafe_noiommu_mode
    bind_vfio 0000:81:00.0 "$(edu 1)"
    cause noiommu 0000:81:00.0
    cause free 0000:81:00.0 "$(edu 1)"
    unbind_vfio 0000:81:00.0
    echo N >/sys/module/vfio/parameters/enable_unsafe_noiommu_mode
}
