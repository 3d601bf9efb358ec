#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Without interrupt remapping a device is not given to programs.
# machines: intel-nointremap
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "vfio-pci takes a device but binding it to iommufd is refused" {
    bind_vfio "$(edu 1)"
    run "$BATS_TEST_DIRNAME/../edu-dma" "$(edu 1)"
    [[ $output == 'bind: Operation not permitted' ]]
}

@test "iommuctl says that interrupts are not isolated, and what to do" {
    bind_vfio "$(edu 1)"
    run "$IOMMUCTL" iova ranges "$(edu 1)"
    [[ $status == 1 && ${lines[0]} == *'bind to iommufd: its interrupts are not isolated'* ]]
    [[ $output == *'hint: '*'allow_unsafe_interrupts'* ]]
    echo Y >/sys/module/iommufd/parameters/allow_unsafe_interrupts
    run "$IOMMUCTL" iova ranges "$(edu 1)"
    echo N >/sys/module/iommufd/parameters/allow_unsafe_interrupts
    [[ $status == 0 ]]
}

@test "iommuctl names the member of the group whose driver is in the way" {
    sibling=$(dev_by_id 1af4:1005 || dev_by_id 1af4:1044)
    [[ $(group_of "$sibling") == "$(group_of "$(edu 4)")" && $(driver_of "$sibling") == virtio-pci ]]
    bind_vfio "$(edu 4)"
    [[ $("$IOMMUCTL" group show -j "$(group_of "$sibling")" | jq '.groups[0].viable') == false ]]
    run "$IOMMUCTL" iova ranges "$(edu 4)"
    [[ $status == 1 && ${lines[0]} == *"$sibling, in the same group "*", is in use by driver virtio-pci" ]]
}

@test "device show --hw-info says why, as iova ranges does" {
    bind_vfio "$(edu 1)"
    run --separate-stderr "$IOMMUCTL" device show -j --hw-info "$(edu 1)"
    [[ $status == 1 && $(jq '.devices[].hw_info' <<<"$output") == null ]]
    [[ $stderr == *"device $(edu 1): bind to iommufd: its interrupts are not isolated"* ]]
}

@test "container show says that interrupts are not isolated, and what to do" {
    bind_vfio "$(edu 1)"
    parameter=/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
    run --separate-stderr "$IOMMUCTL" container show "$(edu 1)"
    [[ $status == 1 && ! $output && $stderr == *'make it type1v2: interrupts are not isolated'*"echo Y > $parameter" ]]
    echo Y >"$parameter"
    run --separate-stderr "$IOMMUCTL" container show "$(edu 1)"
    echo N >"$parameter"
    [[ $status == 0 ]]
}

@test "an iommufd in the place of a container minds interrupts when the device is opened" {
    bind_vfio "$(edu 1)"
    exec 8<>/dev/iommu 9<>"/dev/vfio/$(group_of "$(edu 1)")"
    "$IOMMUCTL" container open --container 8 --group 9
    run "$BATS_TEST_DIRNAME/../edu-copy" 9 "$(edu 1)" 0x100000 0x100000
    [[ $output == 'device: Operation not permitted' ]]
}

@test "container show names the member of the group whose driver is in the way" {
    sibling=$(dev_by_id 1af4:1005 || dev_by_id 1af4:1044)
    bind_vfio "$(edu 4)"
    run --separate-stderr "$IOMMUCTL" container show "$(edu 4)"
    [[ $status == 1 && ! $output ]]
    [[ $stderr == *"put it into a container: its device $sibling is in use by driver virtio-pci"*"unbind $sibling from virtio-pci"* ]]
}
