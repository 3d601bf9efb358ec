#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# QEMU on file descriptors that somebody else opened.
# machines: intel-scalable amd

# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "the devices' DMA arrives in the guest of a QEMU that was given their descriptors" {
    bind_vfio "$(edu 1)" "$(edu 2)"
    exec 7<>/dev/iommu 8<>"$(vfio_node "$(edu 1)")" 9<>"$(vfio_node "$(edu 2)")"
    "$BATS_TEST_DIRNAME/../qemu-inner" 7 8 9
    exec 7>&- 8>&- 9>&-
}
