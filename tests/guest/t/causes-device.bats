#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Causes of calls that fail, on devices of VFIO's, containers and groups: tests/guest/cause-*.c have
# the calls.
# machines: intel intel-scalable virtio intel-nointremap stock
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

# on MACHINE...: the others have it not.
on()
{
    [[ " $* " == *" $IOMMUCTL_GUEST "* ]] || skip "is not for this machine"
}

@test "addresses, owners, groups, what the IOMMU cannot" {
    on intel
    bind_vfio "$(edu 1)" "$(edu 4)" "$(edu 5)"
    since 6.15 || skip "an older kernel"
    cause device "$(edu 1)" "$(edu 4)" "$(edu 5)"
}

@test "containers and groups" {
    on intel stock
    bind_vfio "$(edu 4)"
    cause unbound "$(edu 1)" "$(edu 4)"
    bind_vfio "$(edu 1)"
    cause container "$(edu 1)" "$(edu 4)" "$(edu 5)"
    [[ ! -e /dev/iommu ]] || cause compat "$(edu 1)"
}

@test "a kernel too old" {
    on intel
    ! since 6.13 || skip "a newer kernel"
    bind_vfio "$(edu 1)"
    cause old "$(edu 1)"
}

@test "a device that its driver emulates, and one without an IOMMU" {
    on intel
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

@test "PASIDs, and a device that is being reset" {
    on intel-scalable
    ats=$(dev_by_id 1af4:1044 1)
    bind_vfio "$(edu 1)" "$ats"
    cause scalable "$(edu 1)" "$ats"
}

@test "a virtual function whose owner is a program too" {
    on intel-scalable
    igb=$(dev_by_id 8086:10c9)
    bind_vfio "$igb"
    echo Y >/sys/module/vfio_pci/parameters/enable_sriov
    make_vfs "$igb" 1
    rebind "$(first_vf "$igb")" vfio-pci
    cause vf "$(first_vf "$igb")"
    cause token "$(first_vf "$igb")"
    make_vfs "$igb" 0
    echo N >/sys/module/vfio_pci/parameters/enable_sriov
}

@test "an IOMMU without PASIDs" {
    on virtio
    bind_vfio "$(edu 1)"
    cause virtio "$(edu 1)"
}

@test "interrupts that are not isolated, another driver in the group, memory that the firmware wants mapped" {
    on intel-nointremap
    disk=$(dev_by_id 1b36:0010)
    bind_vfio "$(edu 1)" "$(edu 4)" "$disk"
    cause unsafe "$(edu 1)" "$(edu 4)" "$disk"
    bind_vfio "$(edu 2)"
    cause exposed "$(edu 1)" "$(edu 4)" "$(edu 2)"
}
