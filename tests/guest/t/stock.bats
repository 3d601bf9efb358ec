#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's kernel has the older VFIO only.
# machines: stock

# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "a device bound to vfio-pci has the node of its group, and none of its own" {
    bind_vfio "$(edu 1)"
    [[ -c /dev/vfio/$(group_of "$(edu 1)") ]]
    [[ ! $(vfio_node "$(edu 1)") && ! -e /dev/vfio/devices ]]
}
