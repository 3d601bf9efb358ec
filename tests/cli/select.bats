#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Which objects, and which of their attributes.

load helpers

@test "-o prints these attributes, in this order, once each" {
	on intel-vmd iommu list dmar2 -o version,name,version
	output_is $'VERSION NAME\n5.0     dmar2'
}

@test "-o chooses in JSON too" {
	on intel-vmd -j iommu list dmar2 -o version,name
	json_is '.iommus[0] | keys_unsorted' '["version","name"]'
}

@test "-o +LIST adds to the usual ones" {
	on intel-vmd -j device list 0000:00:02.0
	local usual

	usual=$(jq -c '.devices[0] | keys_unsorted' <<<"$output")
	on intel-vmd -j device list 0000:00:02.0 -o +device_name,name
	json_is '.devices[0] | keys_unsorted' "${usual%]},\"device_name\"]"
}

@test "JSON has the same keys for every object, and whether list or show" {
	local noun keys

	for noun in iommu group device; do
		on exotic -j "$noun" list
		keys=$(jq -c 'first(.[] | arrays) | .[0] | keys_unsorted' <<<"$output")
		json_is '[first(.[] | arrays) | .[] | keys_unsorted] | unique' "[$keys]"
		on exotic -j "$noun" show
		json_is '[first(.[] | arrays) | .[] | keys_unsorted] | unique' "[$keys]"
	done
}

@test "no heading" {
	on intel-vmd group list -n 1 -o devices
	output_is 0000:00:02.0
}

@test "several objects: in the order of the arguments" {
	on intel-vmd -n device list -o name 0000:00:1f.0 0000:00:02.0
	output_is $'0000:00:1f.0\n0000:00:02.0'
}

@test "one of several objects is unknown: the others, and status 3" {
	local noun known

	while read -r noun known; do
		on intel-vmd -j "$noun" list "$known" nope
		status_is 3
		stderr_has "iommuctl: " " nope: find: there is no such "
		json_is 'first(.[] | arrays) | length > 0' true
	done <<-'END'
		iommu dmar0
		group 1
		device 0000:00:02.0
		region 0000:00:02.0
	END
	iommuctl -j register show cap=1 nope=1
	status_is 3
	json_is '.registers | length' 1
}

@test "a register that several models have is that of the others, of --model, or the first one" {
	local args want

	while IFS='|' read -r args want; do
		# shellcheck disable=SC2086 # a list of words
		iommuctl -j register show $args
		status_is 0
		json_is '[.registers[] | .arch + " " + .name] | join(", ")' "\"$want\""
	done <<-'END'
		cap=1|intel-vtd cap
		cap=1 efr=1|amd-vi cap, amd-vi efr
		CAP=1 Efr2=1|amd-vi cap, amd-vi efr2
		idr0=1|arm-smmu-v3 idr0
		idr0=1 idr7=1|arm-smmu idr0, arm-smmu idr7
		idr0=1 idr5=1 acs_cap=1|arm-smmu-v3 idr0, arm-smmu-v3 idr5, pci acs_cap
		-m arm-smmu idr0=1 features=1|arm-smmu idr0, arm-smmu features
		-m pci ATS_CTRL=1|pci ats_ctrl
		cmdqv_param=1|tegra241-cmdqv cmdqv_param
	END
}

@test "a model without registers has none" {
	iommuctl -j register list --model s390-pci
	status_is 0
	json_is .registers '[]'
}

@test "all objects unknown: status 1, and nothing on standard output" {
	local noun

	for noun in iommu group device region; do
		on intel-vmd -j "$noun" list nope 99999
		refused 1 "nope: find: there is no such"
		stderr_has "99999: find"
	done
}

@test "ranges of several devices: nothing when one is unknown" {
	on intel-vmd iova ranges 0000:00:02.0 nope
	refused 1 "device nope: find"
}

@test "paths name objects too" {
	local noun path name

	while read -r noun path name; do
		on intel-vmd -n "$noun" list "$path"
		status_is 0
		local by_path=$output
		on intel-vmd -n "$noun" list "$name"
		output_is "$by_path"
	done <<-'END'
		device /sys/bus/pci/devices/0000:00:02.0 0000:00:02.0
		device /sys/devices/pci0000:00/0000:00:02.0 0000:00:02.0
		group /sys/kernel/iommu_groups/3 3
		iommu /sys/class/iommu/dmar1 dmar1
		region /sys/bus/pci/devices/0000:00:02.0 0000:00:02.0
		region /sys/kernel/iommu_groups/16 16
	END
}

@test "names are taken whole: no abbreviation, no other spelling of a number" {
	local noun name

	while read -r noun name; do
		on intel-vmd "$noun" list "$name"
		refused 1 "find: there is no such" || fail "of: $noun $name"
	done <<-'END'
		device 00:02.0
		device 0000:00:02
		group 0x1
		group 1x
		iommu dmar
	END
}

@test "-q says nothing of files that could not be read, -v names them all" {
	on broken iommu list
	status_is 0
	stderr_has "cannot read" "-v shows all"
	on broken iommu list -v
	stderr_has "dmar1/intel-iommu/cap: empty" "dmar2/intel-iommu/ecap: too long"
	on broken iommu list -q
	status_is 0
	[ -z "$stderr" ] || fail "not quiet"
}

@test "what -o does not ask for is not read" {
	on broken iommu list -o name -v
	[[ $stderr != *intel-iommu* ]] || fail "registers were read"
	root=$(scratch 'f sys/class/net = x\nf sys/class/vfio-dev = x\nf sys/bus/pci/devices/0000:00:01.0/uevent =')
	iommuctl --root "$root" device list -o name
	status_is 0
	[ -z "$stderr" ] || fail "something was read"
	iommuctl --root "$root" device list -o driver,net_interfaces,vfio_node
	stderr_has class/net class/vfio-dev uevent
}

@test "completion: nouns, verbs, attributes, objects, options and their words" {
	local line want

	while IFS='|' read -r line want; do
		# shellcheck disable=SC2086 # words, the last one may be empty
		iommuctl complete -- ${line% *} "${line##* }"
		status_is 0
		output_has "$want" || fail "of: $line"
	done <<-END
		 |device	List
		device |show	Show
		device list -o na|name	the kernel
		device list -o name,dri|name,driver	driver
		device list -o +dri|+driver	driver
		device --js|--json	Print
		--color |always
		register show ec|ecap=	Extended
		register show --model am|amd-vi
		register list --model pc|pci
		register show pas|pasid_cap=	PASID
		--root $(fixture intel-vmd) iommu list d|dmar1	IOMMU
		--root $(fixture intel-vmd) iova ranges 0000:00:0d|0000:00:0d.2	device
		--root $(fixture intel-vmd) region 1|16	group
	END
}
