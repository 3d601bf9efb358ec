#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Causes of calls that fail, without interrupt remapping: tests/guest/cause-*.c have the calls.
# machines: intel-nointremap
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "interrupts that are not isolated, another driver in the group, memory that the firmware wants mapped" {
    disk=$(dev_by_id 1b36:0010)
    bind_vfio "$(edu 1)" "$(edu 4)" "$disk"
    cause unsafe "$(edu 1)" "$(edu 4)" "$disk"
    bind_vfio "$(edu 2)"
    cause exposed "$(edu 1)" "$(edu 4)" "$(edu 2)"
}
