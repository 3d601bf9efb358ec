#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's kernel has the older VFIO only.
# machines: stock

. "$BATS_TEST_DIRNAME/../lib.bash"

teardown()
{
    unbind_vfio "$(edu)"
}

@test "a device bound to vfio-pci has the node of its group, and none of its own" {
    bind_vfio "$(edu)"
    [[ -c /dev/vfio/$(group_of "$(edu)") ]]
    [[ ! $(vfio_node "$(edu)") && ! -e /dev/vfio/devices ]]
}
