#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# QEMU on file descriptors that somebody else opened.
# machines: intel-scalable amd

# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

@test "the devices' DMA arrives in the guest of a QEMU that was given their descriptors" {
    bind_vfio "$(edu 1)" "$(edu 2)"
    exec 7<>/dev/iommu 8<>"$(vfio_node "$(edu 1)")" 9<>"$(vfio_node "$(edu 2)")"
    "$BATS_TEST_DIRNAME/../qemu-inner" 7 8 9
    exec 7>&- 8>&- 9>&-
}

# end: of a session, of which nothing stays
end()
{
    iommuctl session stop s
    [[ -z $(iommuctl device holders -nq) ]]
}

@test "QEMU as another user, in a session of its own, which leaves the binding to it" {
    bind_vfio "$(edu 1)" "$(edu 2)"
    # its memory is locked, as much as the limit allows
    iommuctl session run --open "$(edu 1)" --open "$(edu 2)" -- prlimit --memlock=unlimited \
        setpriv --reuid=12345 --clear-groups "$BATS_TEST_DIRNAME/../qemu-inner" \
        '{iommufd}' "{device:$(edu 1)}" "{device:$(edu 2)}"
    [[ -z $(iommuctl device holders -nq) ]]
}

@test "QEMU beside others who use the session, and after it" {
    bind_vfio "$(edu 1)" "$(edu 2)" "$(edu 3)"
    export IOMMUCTL_SESSION=s
    iommuctl session start s
    iommuctl ioas create --name ours
    iommuctl device attach "$(edu 3)" ours
    iommuctl session exec --open "$(edu 1)" --open "$(edu 2)" -- "$BATS_TEST_DIRNAME/../qemu-inner" \
        '{iommufd}' "{device:$(edu 1)}" "{device:$(edu 2)}"
    # it bound and attached them; both are free again
    iommuctl session run --device "$(edu 1)" --device "$(edu 2)" -- true
    # one that is bound cannot be bound again by QEMU
    run iommuctl session exec -- "$BATS_TEST_DIRNAME/../qemu-inner" '{iommufd}' "{device:$(edu 3)}"
    [[ $status != 0 && $output == *'Invalid argument'* ]]
    [[ $(iommuctl session show -j | jq -c '[.sessions[].objects[] | .name // .device]') == "[\"ours\",\"$(edu 3)\"]" ]]
    iommuctl ioas map ours --memory --length 64K
    end
}
