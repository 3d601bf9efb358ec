#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Devices can be given to programs through iommufd, and the IOMMU translates.
# machines: intel intel-scalable virtio amd

# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "a device can be bound to vfio-pci and has a node" {
    bind_vfio "$(edu 1)"
    [[ -c $(vfio_node "$(edu 1)") ]]
}

@test "a device which is given back has its usual driver" {
    nic=$(dev_by_id 8086:10d3)
    [[ $(driver_of "$nic") == e1000e ]]
    bind_vfio "$nic"
    unbind_vfio "$nic"
    [[ $(driver_of "$nic") == e1000e ]]
}

@test "DMA of a device goes through the IOMMU" {
    bind_vfio "$(edu 1)"
    "$BATS_TEST_DIRNAME/../edu-dma" "$(edu 1)"
}

@test "a device the IOMMU does not cover cannot be bound" {
    if bind_vfio 0000:81:00.0; then
        false
    fi
}
