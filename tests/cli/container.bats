#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# container, as far as it needs no device of VFIO's; tests/guest has the rest.
# shellcheck disable=SC2154

load helpers

@test "a copy of a machine has no containers" {
	local verb

	for verb in 'show 1' 'open --container 8 --group 9' 'unmap --container 8 --all' \
		'remove-window --container 8 --iova 0'; do
		# shellcheck disable=SC2086 # words
		on qemu-intel container $verb
		refused 2 "container: works on this machine alone, not with --root"
	done
}

@test "what must be given" {
	local verb

	iommuctl container show
	refused 2 "groups, or devices in them, or --container are needed"
	iommuctl container show 1 --container 8
	refused 2 "groups, or devices in them, or --container are needed"
	iommuctl container open --container 8
	refused 2 "--group is needed"
	iommuctl container open --group 8
	refused 2 "--container is needed"
	for verb in map unmap add-window remove-window; do
		iommuctl container "$verb"
		refused 2 "--container is needed"
		iommuctl container "$verb" 1 --container 8
		refused 2 "takes no argument"
	done
	iommuctl container add-window --container 8 --length 1G
	refused 2 "--page-size is needed"
	iommuctl container remove-window --container 8
	refused 2 "--iova is needed"
}

@test "values that make no sense" {
	iommuctl container show --container none
	refused 2 "--container takes FD"
	iommuctl container show --container 2147483648
	refused 2 "--container takes FD"
	iommuctl container open --container 8 --group 9 --type type3
	refused 2 "--type takes TYPE"
	iommuctl container map --container 8 --iova -1
	refused 2 "--iova takes ADDRESS"
	iommuctl container unmap --container 8 --iova 0 --length 4Q
	refused 2 "--length takes BYTES"
	iommuctl container add-window --container 8 --length 1G --page-size 48K
	refused 2 "--page-size must be a power of two"
	iommuctl container add-window --container 8 --length 1G --page-size 64K --levels 0
	refused 2 "--levels takes N"
}

@test "files that are not open, or no container" {
	iommuctl container show --container 250
	refused 1 "file descriptor 250: use it as a container: Bad file descriptor"
	exec 8<>/dev/null
	iommuctl container map --container 8 --file /dev/null --iova 0
	refused 1 "it is another file, not /dev/vfio/vfio"
	stderr_has "hint: in a shell: exec 8<>/dev/vfio/vfio"
	iommuctl container open --container 8 --group 9
	refused 1 "it is another file"
	iommuctl container add-window --container 8 --page-size 64K --length 4G
	refused 1 "it is another file"
}

@test "a group that is not there" {
	iommuctl container show 4711 0000:ff:1f.7
	refused 1 "group 4711: find: there is no such group"
	stderr_has "group 0000:ff:1f.7: find: there is no such group"
}
