#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A clock that counts instructions: what comes at a rate does so however busy this machine is.
# machines: counted
# shellcheck disable=SC2016 # what is another shell's

# shellcheck source=tests/guest/session.bash
. "$BATS_TEST_DIRNAME/../session.bash"

setup_file()
{
    :
}

teardown_file()
{
    :
}

@test "veventq watch: 10000 events a second have room in a queue of 256" {
    export IOMMUCTL_SESSION=s
    iommuctl session start s
    ioas=$(iommuctl ioas create)
    read -r stdev _ id < <(iommuctl session exec -- mock '{iommufd}' domain "$ioas")
    iommuctl viommu create "$(iommuctl hwpt create "$ioas" --device "$id" --nest-parent)" \
        --device "$id" --type selftest --name viommu
    nested=$(iommuctl hwpt create viommu --device "$id" --type selftest --data 2a00000000000000)
    iommuctl vdevice create viommu --device "$id" --virtual-id 0x99
    iommuctl session exec -- mock '{iommufd}' replace "$stdev" "$nested"
    iommuctl veventq create viommu --type selftest --depth 256 --name events
    iommuctl veventq watch events -j --count 10000 >"$BATS_TEST_TMPDIR/said" 2>"$BATS_TEST_TMPDIR/totals" 3>&- &
    watcher=$!
    before=$(date +%s%N)
    iommuctl session exec -- "$client" events "$id" '{iommufd}' 10000 10000
    took=$((($(date +%s%N) - before) / 1000000))
    wait "$watcher"
    echo "# 10000 events in $took ms" >&3
    # as fast as was meant, but for the start of the programs
    ((took >= 980 && took < 1500))
    [[ $(wc -l <"$BATS_TEST_TMPDIR/said") == 10000 ]]
    [[ $(<"$BATS_TEST_TMPDIR/totals") == *': 10000 events, 0 lost; so many were asked for' ]]
}
