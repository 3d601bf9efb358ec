#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What device pasid says of configuration space is what lspci finds there, and what it says of use is
# what the kernel made of it.
# machines: intel-scalable
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

setup_file()
{
    export ATS IGB VF LEAF
    ATS=$(dev_by_id 1af4:1044 1)
    LEAF=$(dev_by_id 1af4:1044 2)
    IGB=$(dev_by_id 8086:10c9)
    make_vfs "$IGB" 2
    VF=$(first_vf "$IGB")
}

teardown_file()
{
    make_vfs "$IGB" 0
}

# pasid ARGUMENT...: the document
pasid()
{
    "$IOMMUCTL" device pasid -j "$@" || [[ $? == 4 ]]
}

# says DOCUMENT FILTER VALUE
says()
{
    local got

    got=$(jq -rc "$2" <<<"$1")
    [[ $got == "$3" ]] || { echo "$2: $got, not $3"; return 1; }
}

# objects LINK: a filter for what the links of that kind are about
objects()
{
    echo "[.devices[0].links[] | select(.id == \"$1\").object] | join(\" \")"
}

@test "registers are what lspci finds, of every device" {
    run perl "$BATS_TEST_DIRNAME/../../oracle/config" --live
    [[ $status == 0 ]] || { grep -A5 '^not ok' <<<"$output"; return 1; }
    [[ $(grep -c '^ok.*live' <<<"$output") == $(find "$pci" -type l | wc -l) ]]
}

@test "ATS can be used where the kernel enabled it" {
    (($((16#$(setpci -s "$ATS" ECAP_ATS+6.w) >> 15)) == 1))
    says "$(pasid --config "$ATS")" '.devices[0].ats | [.usable, .enabled, .first_broken]' '[true,true,null]'
}

@test "the bridges are those above the device" {
    for device in "$ATS" "$IGB" "$LEAF" "$(edu 3)"; do
        above=$(realpath "$pci/$device" | tr / '\n' | grep '^0' | tac | tail -n +2 | xargs)
        [[ $above ]]
        says "$(pasid "$device")" "$(objects bridge)" "$above"
    done
}

@test "below a bridge to conventional PCI nothing can be used" {
    document=$(pasid --config "$(edu 4)")
    says "$document" '.devices[0] | [.ats.usable, .pri.usable, .pasid.usable]' '[false,false,false]'
    says "$document" 'any(.devices[0].links[]; .id == "bridge" and .verdict == "broken")' true
}

@test "of a virtual function PASIDs are looked for in its PF, and ATS in both" {
    document=$(pasid --config "$VF")
    says "$document" "$(objects pasid-capability)" "$IGB"
    says "$document" "$(objects pri-capability)" "$IGB"
    says "$document" "$(objects ats-capability)" "$VF $IGB"
}

@test "without --config no configuration space is opened, and nothing is known of capabilities" {
    says "$(pasid "$ATS")" '.devices[0] | [.config_read, .ats.enabled, .registers]' '[false,null,[]]'
    strace -f -e trace=%file -o "$BATS_TEST_TMPDIR/trace" "$IOMMUCTL" device pasid "$ATS" >/dev/null || [[ $? == 4 ]]
    grep -q "$ATS" "$BATS_TEST_TMPDIR/trace"
    run ! grep '"/\?sys/[^"]*/config"' "$BATS_TEST_TMPDIR/trace"
}

@test "PCI Express and ACS are known of the bridge from sysfs alone" {
    says "$(pasid "$ATS")" ".devices[0].links[] | select(.object != \"$ATS\" and
        (.id == \"bridge\" or .id == \"acs\")).verdict" $'ok\nok'
}

@test "without root the capabilities cannot be read, and that is said" {
    run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups \
        "$IOMMUCTL" device pasid --config -o pasid_answer "$ATS"
    [[ $status == [04] && $output == *'shows only 64 bytes of its configuration space without root'* ]]
}

@test "the kernel's configuration and command line and DMAR are read" {
    says "$(pasid "$ATS")" '[.devices[0].links[] | select(.verdict == "unmeasured").id] | unique' \
        '["acs","ats-capability","pasid-capability","prefix","pri-capability"]'
}
