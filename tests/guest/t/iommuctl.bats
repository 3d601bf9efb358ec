#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What iommuctl says of the guest is what its kernel's files and lspci say.
# machines: all
# shellcheck disable=SC2016,SC2154 # commands for eval; what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

# Nothing compares equal because nothing ran.
setup()
{
    [[ $("$IOMMUCTL" --version) == iommuctl* ]]
}

# both A B: two commands, run by eval, print the same; what differs is shown.
both()
{
    diff <(eval "$1") <(eval "$2")
}

# table NOUN FILTER: lines of text from the JSON of a list.
table()
{
    "$IOMMUCTL" "$1" list -j | jq -r ".${1}s[] | $2"
}

@test "iommu list: the instances and what each serves" {
    both 'table iommu "[.name, .devices[]] | join(\" \")"' '
        for iommu in $(ls /sys/class/iommu | sort -V); do
            echo $iommu $(ls /sys/class/iommu/$iommu/devices)
        done'
}

@test "iommu list: models and their numbers" {
    case $IOMMUCTL_GUEST in
        amd) expected='ivhd0 amd-vi 3' ;;
        none) expected='' ;;
        smmuv3*) expected='smmu3.0x0000000009050000 arm-smmu-v3 2' ;;
        virtio) expected='0000:00:1e.0 virtio-iommu 4' ;;
        *) expected='dmar0 intel-vtd 1' ;;
    esac
    [[ $(table iommu 'select(.model_id > 0) | "\(.name) \(.model) \(.model_id)"') == "$expected" ]]
}

@test "register show --from-log: what the drivers printed is what sysfs has" {
    both 'dmesg | "$IOMMUCTL" register show -j --from-log - | jq -r ".registers[] |
            select(.arch == \"intel-vtd\" or .arch == \"amd-vi\") | \"\(.name) \(.value)\"" | sort -u' \
        'table iommu ".registers[] | select(.arch == \"intel-vtd\" or .arch == \"amd-vi\") |
            \"\(.name) \(.value)\"" |
            if [[ $IOMMUCTL_GUEST == amd ]]; then grep -v "^cap "; else cat; fi | sort -u'
}

@test "iommu show: registers are those in sysfs, or in the kernel's log" {
    both 'table iommu ".name as \$n | .registers[] | \"\(\$n) \(.name) \(.value)\""' '
        for unit in /sys/class/iommu/dmar*; do
            [[ -e $unit ]] || continue
            echo ${unit##*/} cap 0x$(<$unit/intel-iommu/cap)
            echo ${unit##*/} ecap 0x$(<$unit/intel-iommu/ecap)
        done
        for unit in /sys/class/iommu/ivhd*; do
            [[ -e $unit ]] || continue
            IFS=: read -r efr efr2 <$unit/amd-iommu/features
            echo ${unit##*/} efr 0x$efr
            [[ ! $efr2 ]] || echo ${unit##*/} efr2 0x$efr2
            echo ${unit##*/} cap 0x$(<$unit/amd-iommu/cap)
        done
        for unit in /sys/class/iommu/0000:*; do
            [[ -e $unit ]] || continue
            printf "%s features 0x%x\n" ${unit##*/} $((2#$(rev <$unit/device/features)))
            dmesg | sed -n "s/.*virtio_iommu.*input address: \([0-9]*\) bits/\1/p" |
                xargs printf "%s input_bits 0x%x\n" ${unit##*/}
            dmesg | sed -n "s/.*virtio_iommu.*page mask: //p" |
                xargs printf "%s page_size_mask %s\n" ${unit##*/}
        done
        for unit in /sys/class/iommu/smmu3.*; do
            [[ -e $unit ]] || continue
            dmesg | sed -nE "s/.*arm-smmu-v3 .*: option mask (.*)/option_mask \1/p
                s/.*arm-smmu-v3 .*: oas ([0-9]+)-bit \(features (.*)\)/oas \1\nfeatures \2/p
                s/.*arm-smmu-v3 .*: allocated ([0-9]+) entries for (.*)/\2_entries \1/p" |
                while read -r name value; do
                    printf "%s %s 0x%x\n" ${unit##*/} $name $((value))
                done
        done'
}

@test "iommu show: the kernel's own decoding of registers agrees" {
    case $IOMMUCTL_GUEST in
        amd)
            # the names the driver prints, and the bits they stand for
            names=$(dmesg | sed -n 's/.*AMD-Vi: Extended features ([^)]*): *//p' | head -n 1)
            [[ $names ]]
            [[ $(table iommu '.registers[] | select(.name == "efr").fields |
                    [if .prefsup.value then "PreF" else empty end,
                     if .pprsup.value then "PPR" else empty end,
                     if .xtsup.value then "X2APIC" else empty end,
                     if .nxsup.value then "NX" else empty end,
                     if .gtsup.value then "GT" else empty end,
                     if .gappisup.value then "[5]" else empty end,
                     if .iasup.value then "IA" else empty end,
                     if .gasup.value then "GA" else empty end,
                     if .hesup.value then "HE" else empty end,
                     if .pcsup.value then "PC" else empty end] | join(" ")') == "${names% }" ]]
            ;;
        intel* | stock)
            [[ $(table iommu '.registers[] | select(.name == "cap").fields.nd.value') == \
                $(</sys/class/iommu/dmar0/intel-iommu/domains_supported) ]]
            ;;
        *)
            [[ ! $(table iommu 'select(.model_id == 1 or .model_id == 3)') ]]
            ;;
    esac
}

@test "device list: every PCI device with what lspci says of it" {
    both 'table device "select(.subsystem == \"pci\") |
            [.name, .class, .vendor_id, .device_id, .driver, .group] | map(select(. != null)) | join(\" \")"' '
        lspci -Dnvmmk | awk -F "\t" "
            function flush() { if (slot) print slot, class, vendor, device, driver \" \" group }
            { sub(/:\$/, \"\", \$1) }
            \$1 == \"Slot\" { flush(); slot = \$2; driver = group = \"\" }
            \$1 == \"Class\" { class = \$2 } \$1 == \"Vendor\" { vendor = \$2 }
            \$1 == \"Device\" { device = \$2 } \$1 == \"Driver\" { driver = \$2 }
            \$1 == \"IOMMUGroup\" { group = \$2 } END { flush() }" |
        while IFS=" " read -r slot class vendor device rest; do
            read -r interface <$pci/$slot/class
            echo $slot $((16#$class << 8 | interface & 0xff)) $((16#$vendor)) $((16#$device)) $rest
        done'
}

@test "device list: IOMMU and network interfaces as the device's own directory has them" {
    both 'table device "select(.subsystem == \"pci\") |
            [.name] + ([.iommu, .net_interfaces[]] | map(select(.)) | sort) | join(\" \")"' '
        for device in $pci/*; do
            echo ${device##*/} $(find $device/ -path "$device/*:*.*" -prune -o -path $device/iommu -printf "%l\n" \
                -o -path "*/net/*" -prune -printf "%f\n" | sed "s,.*/,," | sort)
        done'
}

@test "group list: types, members and reserved regions" {
    both '"$IOMMUCTL" group list -j | jq -r ".groups[] | \"\(.id) \(.type) \(.devices | sort | join(\" \"))\",
            (.regions[] | \"\(.start) \(.end) \(.type)\")"' '
        for group in $(ls /sys/kernel/iommu_groups | sort -n); do
            dir=/sys/kernel/iommu_groups/$group
            echo $group $(<$dir/type) $(ls $dir/devices)
            sed -E "s/0x0*([0-9a-f])/0x\1/g" $dir/reserved_regions
        done'
}

@test "group list: alone or not" {
    both 'table group "\"\(.id) \(.isolated)\""' '
        for group in $(ls /sys/kernel/iommu_groups | sort -n); do
            [[ $(group_devices $group | wc -l) == 1 ]] && echo $group true || echo $group false
        done'
}

@test "region list: a group's regions for each of its devices" {
    both '"$IOMMUCTL" region list -n | tr -s " " | sed "s/^ //" | sort' '
        for group in $(ls /sys/kernel/iommu_groups); do
            for device in $(group_devices $group); do
                sed -E "s/0x0*([0-9a-f])/0x\1/g; s/^/$device $group /" \
                    /sys/kernel/iommu_groups/$group/reserved_regions
            done
        done | sort'
}

@test "topology: every device once" {
    both '"$IOMMUCTL" topology --format json | jq -r ".topology[].groups[].devices[].name" | sort' '
        { ls $pci; ls /sys/kernel/iommu_groups/*/devices | grep -v "^/"; } | sort -u | grep .'
}

@test "the captured machine reads like the live one" {
    "$BATS_TEST_DIRNAME/../capture" >"$BATS_TEST_TMPDIR/manifest"
    "$BATS_TEST_DIRNAME/../../fixtures/expand" "$BATS_TEST_TMPDIR/manifest" "$BATS_TEST_TMPDIR/root"
    for noun in iommu group device region topology; do
        diff <("$IOMMUCTL" "$noun" -j) <("$IOMMUCTL" "$noun" -j --root "$BATS_TEST_TMPDIR/root")
    done
}

@test "reading opens no configuration space and no device node, and writes nothing" {
    strace -f -e trace=%file,write -o "$BATS_TEST_TMPDIR/trace" "$IOMMUCTL" device list -v -j >/dev/null
    grep -q uevent "$BATS_TEST_TMPDIR/trace"
    run ! grep -E '"/?sys/[^"]*(/config"|", .*(O_RDWR|O_WRONLY|O_CREAT))|"/?dev/(iommu|vfio)' \
        "$BATS_TEST_TMPDIR/trace"
}

@test "without a VFIO driver ranges come from sysfs, and no driver is changed" {
    before=$(readlink "$pci"/*/driver)
    run --separate-stderr "$IOMMUCTL" iova ranges -j "$(edu 1)"
    [[ $stderr == *'answering from sysfs'* ]]
    [[ $(readlink "$pci"/*/driver) == "$before" ]]
    if [[ $IOMMUCTL_GUEST == none ]]; then
        [[ $status == 1 && ! $output && $stderr == *'no IOMMU serves the device'* ]]
    else
        [[ $status == 0 && $(jq -r .source <<<"$output") == sysfs ]]
    fi
}

@test "a device no IOMMU serves has no usable ranges" {
    run --separate-stderr "$IOMMUCTL" iova ranges 0000:81:00.0
    [[ $status == 1 && ! $output && $stderr == *'0000:81:00.0: find the usable addresses: no IOMMU serves the device'* ]]
}
