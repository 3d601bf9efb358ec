#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever fails in the kernel, the library says so, nothing is left behind, and it can go on.
# machines: none

@test "every allocation of the kernel failing, in each call, on a mock device" {
    fail-nth
}
