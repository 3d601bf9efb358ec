#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# iova ranges on devices that are bound to vfio-pci.
# machines: intel intel-scalable virtio amd smmuv3-plain
# shellcheck disable=SC2154 # what bats and coproc set

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

# Nothing compares equal because nothing ran.
setup()
{
    [[ $("$IOMMUCTL" --version) == iommuctl* ]]
}

ranges()
{
    "$IOMMUCTL" iova ranges -j "$@" | jq -r '.ranges[] | "\(.start) \(.end)"'
}

@test "a bound device: what another program hears from iommufd" {
    bind_vfio "$(edu 1)"
    [[ $("$IOMMUCTL" iova ranges -j "$(edu 1)" | jq -r '.source, .ranges[].source' | uniq) == iommufd ]]
    # one after the other: each wants the device for itself
    expected=$("$BATS_TEST_DIRNAME/../iova-ranges" "$(edu 1)")
    [[ $expected && $(ranges "$(edu 1)") == "$expected" ]]
}

@test "two devices at once, and again: nothing was left bound" {
    bind_vfio "$(edu 1)" "$(edu 2)"
    expected=$("$BATS_TEST_DIRNAME/../iova-ranges" "$(edu 1)" "$(edu 2)")
    [[ $expected ]]
    for _ in 1 2 3; do
        [[ $(ranges "$(edu 1)" "$(edu 2)") == "$expected" ]]
    done
    "$BATS_TEST_DIRNAME/../edu-dma" "$(edu 1)"
}

@test "sysfs, with the log where it needs that, knows the same ranges" {
    sysfs=$(ranges "$(edu 1)")
    bind_vfio "$(edu 1)"
    [[ $sysfs && $sysfs == "$(ranges "$(edu 1)")" ]]
}

@test "a device and one without a driver: sysfs answers for both" {
    bind_vfio "$(edu 1)"
    run --separate-stderr "$IOMMUCTL" iova ranges -j "$(edu 1)" "$(edu 2)"
    [[ $status == 0 && $(jq -r .source <<<"$output") == sysfs && $stderr == *"$(edu 2)"* ]]
}

@test "EBUSY: who has the group open is named" {
    bind_vfio "$(edu 1)"
    group=$(group_of "$(edu 1)")
    exec 9<>"/dev/vfio/$group"
    run --separate-stderr "$IOMMUCTL" iova ranges "$(edu 1)"
    exec 9>&-
    [[ $status == 1 && ! $output ]]
    [[ $stderr == *"iova $(edu 1): bind to iommufd: process "*" has /dev/vfio/$group open"* ]]
    [[ $stderr == *"hint: "* ]]
    ranges "$(edu 1)"
}

@test "EINVAL: who has the device bound already is named" {
    bind_vfio "$(edu 1)"
    coproc holder { perl -e '
        open(my $i, "+<", "/dev/iommu") or die; open(my $d, "+<", $ARGV[0]) or die;
        my $b = pack("L2lL", 16, 0, fileno($i), 0); ioctl($d, 0x3b76, $b) or die;
        $| = 1; print "bound\n"; <STDIN>' "$(vfio_node "$(edu 1)")"; }
    read -r answer <&"${holder[0]}"
    [[ $answer == bound ]]
    run --separate-stderr "$IOMMUCTL" iova ranges "$(edu 1)"
    echo >&"${holder[1]}"
    wait "$holder_PID" || :
    [[ $status == 1 && $stderr == *"(perl) has $(vfio_node "$(edu 1)") open"* ]]
    ranges "$(edu 1)"
}

@test "the node of another user: says who may" {
    bind_vfio "$(edu 1)"
    device_node=$(vfio_node "$(edu 1)")
    run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups \
        "$IOMMUCTL" iova ranges "$(edu 1)"
    [[ $status == 1 && ! $output && $stderr == *"open: Permission denied"*"hint: "*sudo* ]]
    [[ -c $device_node ]]
}

@test "a device that is named twice is asked about once" {
    bind_vfio "$(edu 1)"
    [[ $(ranges "$(edu 1)" "$(edu 1)") == "$(ranges "$(edu 1)")" ]]
    [[ $(ranges "$(edu 1)") ]]
}
