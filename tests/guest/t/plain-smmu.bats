#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# An SMMUv3 with both stages, which nests nothing: its firmware promises too little.
# machines: smmuv3-plain
# shellcheck disable=SC2119,SC2154 # without options; what bats sets

# shellcheck source=tests/guest/session.bash
. "$BATS_TEST_DIRNAME/../session.bash"
# shellcheck source=tests/guest/cause.bash
. "$here/cause.bash"

@test "no vIOMMU, and the reason is the one that iommu show has" {
    export IOMMUCTL_SESSION=s
    iommuctl session start s
    told <<STEPS
ioas create --name guest
device open $device --name edu
hwpt create guest --device edu --nest-parent --name stage2
viommu-nesting | *CANWBS* | viommu create stage2 --device edu --type arm-smmu-v3
STEPS
    said iommuctl iommu show
    [[ $output == *[Nn]esting*CANWBS* ]]
}
