#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# This machine, whatever it has.

load helpers

@test "the live machine equals itself through --root /" {
	local verb

	for verb in "iommu list" "group list" "device list" "region list" "topology" "device show -v"; do
		# shellcheck disable=SC2086 # a list of words
		iommuctl -j $verb
		status_is 0
		json_is .schema '"iommuctl/1"'
		local live=$output
		# shellcheck disable=SC2086
		iommuctl -j --root / $verb
		output_is "$live"
	done
}

@test "its PCI devices are those of sysfs" {
	[ -d /sys/bus/pci/devices ] || skip "this machine has no PCI"
	iommuctl -j device list
	json_is '[.devices[] | select(.subsystem == "pci") | .name]' \
		"$(find /sys/bus/pci/devices -mindepth 1 -printf '%f\n' | LC_ALL=C sort | jq -cnR '[inputs]')"
}

@test "its groups are those of sysfs" {
	iommuctl -j group list
	json_is '[.groups[].id]' \
		"$(find /sys/kernel/iommu_groups -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort -n | jq -cn '[inputs]')"
}
