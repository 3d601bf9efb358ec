#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Without interrupt remapping a device is not given to programs.
# machines: intel-nointremap

# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "vfio-pci takes a device but binding it to iommufd is refused" {
    bind_vfio "$(edu 1)"
    run "$BATS_TEST_DIRNAME/../edu-dma" "$(edu 1)"
    [[ $output == 'bind: Operation not permitted' ]]
}
