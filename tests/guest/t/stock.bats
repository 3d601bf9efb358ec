#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's kernel has the older VFIO only.
# machines: stock

# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "a device bound to vfio-pci has the node of its group, and none of its own" {
    bind_vfio "$(edu 1)"
    [[ -c /dev/vfio/$(group_of "$(edu 1)") ]]
    [[ ! $(vfio_node "$(edu 1)") && ! -e /dev/vfio/devices ]]
}

@test "iommuctl says why it cannot ask the kernel, and answers from sysfs" {
    run "$IOMMUCTL" iova ranges "$(edu 1)"
    [[ $status == 0 && ${lines[0]} == *"no driver is bound to it, so not VFIO's; answering from sysfs" ]]
    [[ ${lines[2]} == *sysfs ]]
}

@test "kernel show: all of iommufd is missing, the older VFIO is there, no module is loaded for it" {
    modules=$(cut -d' ' -f1 /proc/modules)
    answer=$("$IOMMUCTL" kernel show -jq)
    [[ $(jq -c '[.calls[] | select(.interface == "iommufd").present] | unique' <<<"$answer") == '[false]' ]]
    [[ $(jq -c '[.calls[] | select(.interface == "vfio" and (.name | IN("/dev/vfio/vfio", "/dev/vfio/GROUP",
        "VFIO_TYPE1_IOMMU", "VFIO_TYPE1v2_IOMMU"))).present] | unique' <<<"$answer") == '[true]' ]]
    [[ $(jq '.calls[] | select(.name == "VFIO_DEVICE_BIND_IOMMUFD").present' <<<"$answer") == false ]]
    [[ $modules == "$(cut -d' ' -f1 /proc/modules)" ]]
    "$IOMMUCTL" snapshot create "$BATS_TEST_TMPDIR/snapshot"
    [[ $answer == "$("$IOMMUCTL" --root "$BATS_TEST_TMPDIR/snapshot" kernel show -jq)" ]]
}
