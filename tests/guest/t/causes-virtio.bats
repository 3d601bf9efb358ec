#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Causes of calls that fail, on an IOMMU without PASIDs: tests/guest/cause-*.c have the calls.
# machines: virtio
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "an IOMMU without PASIDs" {
    bind_vfio "$(edu 1)"
    cause virtio "$(edu 1)"
}
