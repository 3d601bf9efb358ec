#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# device show --hw-info on devices that are bound to vfio-pci.
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

# hw_info FILTER DEVICE...
hw_info()
{
    "$IOMMUCTL" device show -j --hw-info "${@:2}" | jq -r ".devices[].hw_info | $1"
}

# given_back BDF: no process has a device, and another program can take this one.
given_back()
{
    [[ ! $(find /proc/[0-9]*/fd -lname '/dev/iommu' -o -lname '/dev/vfio/*' 2>/dev/null) ]] &&
        "$BATS_TEST_DIRNAME/../hw-info" "$1" >/dev/null
}

@test "what another program hears from iommufd" {
    bind_vfio "$(edu 1)"
    expected=$("$BATS_TEST_DIRNAME/../hw-info" "$(edu 1)")
    read -r type length bits capabilities raw <<<"$expected"
    [[ $type ]]
    since 6.15 || bits=null
    [[ $(hw_info '"\(.type) \(.data_length) \(.max_pasid_bits) \(.raw)"' "$(edu 1)") == "$type $length $bits $raw" ]]
    [[ $(hw_info '[.capabilities | .dirty_tracking, .pasid_exec, .pasid_priv, .ats_not_supported]
        | map(if . then 1 else 0 end) | .[0] + 2 * .[1] + 4 * .[2] + 8 * .[3]' "$(edu 1)") == "$capabilities" ]]
    given_back "$(edu 1)"
}

@test "its registers are those in sysfs" {
    bind_vfio "$(edu 1)"
    iommu=$(readlink -f "$pci/$(edu 1)/iommu")
    registers=$(hw_info '.registers[] | "\(.name) \(.value)"' "$(edu 1)")
    case $IOMMUCTL_GUEST in
        intel*)
            [[ $(hw_info .type_name "$(edu 1)") == intel-vtd ]]
            [[ $registers == "cap 0x$(<"$iommu/intel-iommu/cap")
ecap 0x$(<"$iommu/intel-iommu/ecap")" ]] ;;
        amd)
            [[ $(hw_info .type_name "$(edu 1)") == amd-vi ]]
            IFS=: read -r efr efr2 <"$iommu/amd-iommu/features"
            [[ $registers == "efr 0x$efr
efr2 0x$efr2" ]] ;;
        virtio)
            [[ $(hw_info .type_name "$(edu 1)") == none ]]
            [[ ! $registers ]] ;;
        smmuv3*)
            [[ $(hw_info .type_name "$(edu 1)") == arm-smmu-v3 ]]
            # in sysfs there are none, but the driver prints what it made of one
            oas=$((0x$(sed -n 's/^idr5 0x//p' <<<"$registers") & 7))
            [[ $(dmesg) == *"arm-smmu-v3 "*": oas $((oas == 5 ? 48 : oas == 4 ? 44 : 0))-bit"* ]]
            [[ $registers == idr0\ 0x* && $(wc -l <<<"$registers") == 8 ]]
            return ;;
    esac
    # decoded as from there
    [[ $(hw_info '.registers' "$(edu 1)" | jq -c .) == "$("$IOMMUCTL" iommu show -j "${iommu##*/}" |
        jq -c --argjson own "$(hw_info '.registers' "$(edu 1)")" \
            '[.iommus[0].registers[] | select(.name | IN($own[].name))]')" ]]
}

@test "several devices, of one group and of others, and again: nothing was left bound" {
    devices=("$(edu 1)" "$(edu 2)")
    # one group, which virtio-iommu has not, and of which SMMUv3 serves one alone
    [[ $IOMMUCTL_GUEST == @(virtio|smmuv3-plain) ]] || devices+=("$(edu 4)" "$(edu 5)")
    bind_vfio "${devices[@]}"
    one=$(hw_info '"\(.type) \(.raw)"' "$(edu 1)")
    for _ in 1 2; do
        all=$(hw_info '"\(.type) \(.raw)"' "${devices[@]}" "$(edu 1)")
        [[ $(wc -l <<<"$all") == $((${#devices[@]} + 1)) && $(uniq <<<"$all") == "$one" ]]
    done
    given_back "$(edu 1)"
    "$BATS_TEST_DIRNAME/../edu-dma" "$(edu 1)"
}

@test "one that is on VFIO and one that is not: status 3, and the reason" {
    bind_vfio "$(edu 1)"
    run --separate-stderr "$IOMMUCTL" device show -j --hw-info "$(edu 2)" "$(edu 1)"
    [[ $status == 3 && $(jq -c '[.devices[].hw_info != null]' <<<"$output") == '[false,true]' ]]
    [[ $stderr == *"iommuctl: device $(edu 2): open its VFIO device: no driver is bound to it"*"hint: "*vfio-pci* ]]
    run --separate-stderr "$IOMMUCTL" device show -j --hw-info "$(edu 2)"
    [[ $status == 1 && $(jq -c '[.devices[].hw_info]' <<<"$output") == '[null]' ]]
    [[ ! $(driver_of "$(edu 2)") ]]
}

@test "a device that another program has: who it is" {
    bind_vfio "$(edu 1)"
    coproc holder { perl -e '
        open(my $i, "+<", "/dev/iommu") or die; open(my $d, "+<", $ARGV[0]) or die;
        my $b = pack("L2lL", 16, 0, fileno($i), 0); ioctl($d, 0x3b76, $b) or die;
        $| = 1; print "bound\n"; <STDIN>' "$(vfio_node "$(edu 1)")"; }
    read -r answer <&"${holder[0]}"
    [[ $answer == bound ]]
    run --separate-stderr "$IOMMUCTL" device show -j --hw-info "$(edu 1)"
    echo >&"${holder[1]}"
    wait "$holder_PID" || :
    [[ $status == 1 && $stderr == *"(perl) has $(vfio_node "$(edu 1)") open"* ]]
    given_back "$(edu 1)"
}

@test "another user: says who may" {
    bind_vfio "$(edu 1)"
    run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups \
        "$IOMMUCTL" device show -j --hw-info "$(edu 1)"
    [[ $status == 1 && $(jq '.devices[].hw_info' <<<"$output") == null ]]
    [[ $stderr == *"device /dev/iommu: open: Permission denied"*"hint: "*sudo* ]]
}

@test "show without the option opens no device node" {
    command -v strace >/dev/null || skip "no strace"
    bind_vfio "$(edu 1)"
    ASAN_OPTIONS=detect_leaks=0 strace -qq -e trace=file -o "$BATS_TEST_TMPDIR/trace" "$IOMMUCTL" device show -v "$(edu 1)" >/dev/null
    grep -q vfio-dev "$BATS_TEST_TMPDIR/trace"
    run grep -E '"/?dev/(iommu|vfio)' "$BATS_TEST_TMPDIR/trace"
    [[ $status == 1 ]]
}
