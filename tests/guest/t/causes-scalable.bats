#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Causes of calls that fail, with PASIDs and virtual functions: tests/guest/cause-*.c have the calls.
# machines: intel-scalable
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "PASIDs, and a device that is being reset" {
    ats=$(dev_by_id 1af4:1044 1)
    bind_vfio "$(edu 1)" "$ats"
    cause scalable "$(edu 1)" "$ats"
}

@test "a virtual function whose owner is a program too" {
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
