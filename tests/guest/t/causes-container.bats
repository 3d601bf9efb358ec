#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Causes of calls that fail, on containers and groups: tests/guest/cause-*.c have the calls.
# machines: intel stock
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "containers and groups" {
    bind_vfio "$(edu 4)"
    cause unbound "$(edu 1)" "$(edu 4)"
    bind_vfio "$(edu 1)"
    cause container "$(edu 1)" "$(edu 4)" "$(edu 5)"
    [[ ! -e /dev/iommu ]] || cause compat "$(edu 1)"
}
