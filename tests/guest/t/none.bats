#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Without an IOMMU there is iommufd, but no device for it.
# machines: none

# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "vfio-pci refuses a device" {
    if bind_vfio "$(edu 1)"; then
        false
    fi
    [[ ! $(driver_of "$(edu 1)") ]]
}
