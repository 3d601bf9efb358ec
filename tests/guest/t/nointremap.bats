#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Without interrupt remapping a device is not given to programs.
# machines: intel-nointremap

. "$BATS_TEST_DIRNAME/../lib.bash"

teardown()
{
    unbind_vfio "$(edu)"
}

@test "vfio-pci takes a device but binding it to iommufd is refused" {
    bind_vfio "$(edu)"
    run "$BATS_TEST_DIRNAME/../edu-dma" "$(edu)"
    [[ $output == 'bind: Operation not permitted' ]]
}
