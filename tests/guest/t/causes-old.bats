#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Causes of calls that fail, on a kernel that lacks them: tests/guest/cause-*.c have the calls.
# machines: intel-6.12
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "a kernel too old" {
    bind_vfio "$(edu 1)"
    cause old "$(edu 1)"
}
