#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What iommuctl says of a snapshot is what it says of the machine.
# machines: all
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

setup()
{
    archive=$BATS_TEST_TMPDIR/machine.tar.zst
}

# documents OPTION...: what all reading verbs say.
documents()
{
    local verb

    for verb in 'iommu list' 'iommu show' 'group list' 'group show' 'device list' 'device show' \
        'region list' "device pasid --config $(find "$pci" -type l -printf '%f ')" 'kernel show' topology; do
        # shellcheck disable=SC2086 # a list of words
        "$IOMMUCTL" $verb -j -v "$@" || echo "$verb: status $?"
    done
    "$IOMMUCTL" iova ranges -j "$(edu 1)" "$@" || echo "iova ranges: status $?"
}

@test "every reading verb says the same of the snapshot" {
    documents >"$BATS_TEST_TMPDIR/live"
    [[ $(grep -c '"schema":"iommuctl/1"' "$BATS_TEST_TMPDIR/live") -ge 10 ]]
    "$IOMMUCTL" snapshot create --acpi --config "$archive"
    diff "$BATS_TEST_TMPDIR/live" <(documents --root "$archive")
}

@test "without configuration space too" {
    "$IOMMUCTL" snapshot create "$archive"
    run ! grep -E '/config$|acpi/tables' <(tar tf "$archive")
    verbs=('iommu show' 'group show' 'device show' 'kernel show' topology)
    # of an SMMUv3 ACPI has a part
    [[ $IOMMUCTL_GUEST != smmuv3* ]] || unset 'verbs[0]'
    for verb in "${verbs[@]}"; do
        # shellcheck disable=SC2086 # a list of words
        diff <("$IOMMUCTL" $verb -j -v) <("$IOMMUCTL" $verb -j -v --root "$archive")
    done
}

@test "an unchanged machine gives the same bytes" {
    "$IOMMUCTL" snapshot create --acpi --config "$archive"
    "$IOMMUCTL" snapshot create --acpi --config "$archive.again"
    cmp "$archive" "$archive.again"
    "$IOMMUCTL" --root "$archive" snapshot create --acpi --config "$archive.copy"
    cmp "$archive" "$archive.copy"
}

@test "what users make with tar reads the same" {
    # of files in proc tar takes nothing
    copy=$BATS_TEST_TMPDIR/copy
    mkdir -p "$copy/proc/sys/kernel" "$copy/var/log"
    for file in cmdline config.gz sys/kernel/osrelease; do
        [[ ! -e /proc/$file ]] || cat "/proc/$file" >"$copy/proc/$file"
    done
    dmesg >"$copy/var/log/dmesg"
    # what cannot be read, such as the memory of devices, becomes zeros
    tar czf "$archive" -C "$copy" ./proc ./var -C / ./sys/class/iommu ./sys/class/net ./sys/class/vfio-dev \
        ./sys/kernel/iommu_groups ./sys/bus/pci/devices ./sys/devices ./sys/firmware/acpi/tables \
        --exclude=./sys/devices/system 2>/dev/null || [[ $? == 2 ]]
    for noun in iommu group device; do
        diff <("$IOMMUCTL" $noun show -j -v) <("$IOMMUCTL" $noun show -j -v --root "$archive")
    done
}

@test "the log, and only of IOMMUs" {
    "$IOMMUCTL" snapshot create "$archive"
    tar xOf "$archive" var/log/dmesg >"$BATS_TEST_TMPDIR/log"
    # the name of a mediated device is private
    diff <(dmesg | grep -iE 'iommu|DMAR|AMD-Vi' | grep -viE 'command line|Linux version|\] \*\*' |
        sed -E 's/^[^]]*\] //; s/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/redacted/') \
        <(grep -iE 'iommu|DMAR|AMD-Vi' "$BATS_TEST_TMPDIR/log" | sed 's/^[^]]*\] //')
    run ! grep -E 'Command line|Memory:|e1000e.*renamed' "$BATS_TEST_TMPDIR/log"
}

# bats test_tags=only,only:intel,only:intel-scalable,only:intel-nointremap,only:intel-sm-off,only:virtio,only:amd,only:none
@test "the address of the network device is nowhere in it" {
    mac=$(cat /sys/class/net/e*/address | head -n 1)
    [[ $mac ]] || skip 'no network device'
    "$IOMMUCTL" snapshot create --acpi --config "$archive"
    zstd -dcq "$archive" >"$BATS_TEST_TMPDIR/tar"
    IFS=: read -ra bytes <<<"$mac"
    # the serial number of an adapter is its address around ff fe, its last byte first
    for pattern in "$mac" "${mac//:/}" "$(printf '\\x%s' "${bytes[@]}")" \
        "\\x${bytes[5]}\\x${bytes[4]}\\x${bytes[3]}"; do
        LC_ALL=C run ! grep -aP "$pattern" "$BATS_TEST_TMPDIR/tar"
    done
    "$IOMMUCTL" snapshot create --config --no-redact --force "$archive"
    zstd -dcq "$archive" >"$BATS_TEST_TMPDIR/tar"
    LC_ALL=C grep -qaP "\\x${bytes[5]}\\x${bytes[4]}\\x${bytes[3]}" "$BATS_TEST_TMPDIR/tar"
}
