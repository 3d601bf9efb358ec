#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Devices behind a bridge to conventional PCI share a group with it.
# machines: intel intel-scalable amd stock

# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "two devices and their bridge are one group" {
    bridge=$(dev_by_id 1b36:000e)
    [[ $(group_devices "$(group_of "$bridge")") == "$bridge"$'\n'"$(edu 4)"$'\n'"$(edu 5)" ]]
}
