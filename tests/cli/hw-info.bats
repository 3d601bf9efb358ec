#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# device show --hw-info where there is nothing to ask; tests/guest asks.

# shellcheck disable=SC2154 # what run sets

load helpers

@test "a copy of a machine is not asked" {
	on qemu-intel device show --hw-info 0000:00:03.0
	refused 2 "device --hw-info: ask: a copy of a machine has no kernel to ask"
	stderr_has "hint: leave out --root"
}

@test "devices must be named, or all of them would be claimed" {
	iommuctl device show --hw-info
	refused 2 "device --hw-info: ask: no device is named"
	stderr_has "hint: name those to be claimed"
}

@test "without iommufd: said once, and the devices are shown without it" {
	local devices

	[ ! -e /dev/iommu ] || skip "this machine has iommufd"
	readarray -t devices < <("$IOMMUCTL" device list -n -o name | head -n 2)
	[ "${#devices[@]}" -eq 2 ] || skip "this machine has too few devices"
	iommuctl device show -j --hw-info "${devices[@]}"
	status_is 1
	json_is '[.devices[].hw_info]' '[null,null]'
	stderr_has "iommuctl: device /dev/iommu: open: this kernel has no iommufd"
	[ "$(grep -c ^iommuctl: <<<"$stderr")" -eq 1 ]
}

@test "nothing is asked where -o leaves it out, and nothing is told without the option" {
	on qemu-intel device show --hw-info -n -o name 0000:00:03.0
	status_is 0
	output_is "name 0000:00:03.0"
	on qemu-intel device show -j -o name,hw_info 0000:00:03.0
	json_is '.devices' '[{"name":"0000:00:03.0","hw_info":null}]'
	on qemu-intel device show -j -v 0000:00:03.0
	json_is '.devices[] | has("hw_info")' false
}

@test "only show has the option" {
	iommuctl device list --hw-info
	refused 2 "unrecognized option"
}
