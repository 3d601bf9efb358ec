#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# As fail-nth.bats, with a device and an IOMMU.
# machines: intel-scalable

# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

setup()
{
    igb=$(dev_by_id 8086:10c9)
    make_vfs "$igb" 1
}

teardown()
{
    unbind_vfio "${bound[@]}"
    make_vfs "$igb" 0
}

@test "every allocation of the kernel failing, in each call, on a device" {
    # one without an interrupt pin: for others the kernel asks ACPI, which breaks without memory
    bind_vfio "$(first_vf "$igb")"
    fail-nth "$(first_vf "$igb")"
}
