#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Words, options, help and exit codes.

load helpers

@test "no command is a usage error" {
	iommuctl
	refused 2 "Usage: iommuctl"
}
