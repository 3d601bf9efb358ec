#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Without an IOMMU there is iommufd, but no device for it.
# machines: none

. "$BATS_TEST_DIRNAME/../lib.bash"

teardown()
{
    unbind_vfio "$(edu)"
}

@test "vfio-pci refuses a device" {
    run bind_vfio "$(edu)"
    [[ $status != 0 ]]
    [[ ! $(driver_of "$(edu)") ]]
}
