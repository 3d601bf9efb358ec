#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Devices can be given to programs through iommufd, and the IOMMU translates.
# machines: intel intel-scalable virtio amd

. "$BATS_TEST_DIRNAME/../lib.bash"

setup()
{
    bdf=$(edu)
}

teardown()
{
    unbind_vfio "$bdf"
}

@test "a device can be bound to vfio-pci and has a node" {
    bind_vfio "$bdf"
    [[ -c $(vfio_node "$bdf") ]]
}

@test "a device which is given back has its usual driver" {
    bdf=$(dev_by_id 8086:10d3)
    [[ $(driver_of "$bdf") == e1000e ]]
    bind_vfio "$bdf"
    unbind_vfio "$bdf"
    [[ $(driver_of "$bdf") == e1000e ]]
}

@test "DMA of a device goes through the IOMMU" {
    bind_vfio "$bdf"
    "$BATS_TEST_DIRNAME/../edu-dma" "$bdf"
}

@test "a device the IOMMU does not cover cannot be bound" {
    bdf=0000:81:00.0
    run bind_vfio "$bdf"
    [[ $status != 0 ]]
}
