#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --trace: the calls that strace sees, in its order and with its results.
# machines: intel virtio
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

setup()
{
    command -v strace >/dev/null || skip 'strace is not installed'
    [[ $("$IOMMUCTL" --version) == iommuctl* ]]
    cd "$BATS_TEST_TMPDIR" || return
}

# traced COMMAND...: runs it with --trace, in both forms, under strace
traced()
{
    strace -qq -f -X raw -e trace=ioctl,openat,openat2 -o strace "$IOMMUCTL" "$@" -j --trace=json >output 2>trace
    "$IOMMUCTL" "$@" --trace >/dev/null 2>text
}

# What strace saw, "file request result errno" a line: numbers of iommufd and VFIO begin with 0x3b.
expected()
{
    sed -nE 's/^[0-9]+ +ioctl\(([0-9]+), (0x3b[0-9a-f]{2})(, .*)?\) += (-?[0-9]+)( ([A-Z0-9]+))?.*/\1 \2 \4 \6/p' strace
}

# The same of --trace=json
told()
{
    jq -r 'select(.request) | "\(.fd) \(.request) \(.result) \(.errno // "")"' trace
}

# same COUNT: so many calls at least, and all as strace has them
same()
{
    [[ $(expected | wc -l) -ge $1 ]]
    diff <(expected) <(told)
    jq -es 'all(.issued)' trace >/dev/null
    # nodes were opened, with the numbers that strace has
    diff <(sed -nE 's/.* openat2?\([^"]*"\/?(dev\/(iommu|vfio\/[^"]*))".*\) += ([0-9]+)$/\/\1 \3/p' strace) \
        <(jq -r 'select(.call == "open" and .errno == null) | "\(.arguments.path) \(.result)"' trace)
    # text has a line for each, with the same names
    diff <(jq -r .call trace) <(grep -v '^hint: ' text | cut -d'(' -f1)
}

@test "iova ranges: every call, and what came out is the answer" {
    bind_vfio "$(edu 1)" "$(edu 2)"
    traced iova ranges "$(edu 1)" "$(edu 2)"
    same 7
    diff <(jq '.ranges | map(del(.source))' output) \
        <(jq 'select(.call == "IOMMU_IOAS_IOVA_RANGES" and .errno == null).outputs.allowed_iovas' trace)
    grep -Eq '^IOMMU_IOAS_IOVA_RANGES\(fd=[0-9]+, ioas_id=1, num_iovas=8\) = 0, num_iovas=[0-9]+, allowed_iovas=\[0x0-0xfedfffff, ' text
}

@test "device show --hw-info: types and flags have names" {
    bind_vfio "$(edu 1)"
    traced device show --hw-info "$(edu 1)"
    same 3
    [[ $(jq -r '.devices[].hw_info.type_name' output) == "$(jq -r 'select(.call == "IOMMU_GET_HW_INFO").outputs.data_type' trace |
        head -n 1 | sed 's/NONE/none/; s/INTEL_VTD/intel-vtd/')" ]]
}

@test "kernel show: what no kernel understands is told as it is" {
    traced kernel show
    same 100
    jq -es 'any(.errno == "E2BIG") and any(.errno == "ENOENT") and any(.call == "IOMMU_TEST_CMD")' trace >/dev/null
}

@test "a call that fails has its errno, and gives nothing" {
    bind_vfio "$(edu 1)"
    exec 9<>"/dev/vfio/$(group_of "$(edu 1)")"
    run ! traced iova ranges "$(edu 1)"
    exec 9>&-
    [[ $(jq -c 'select(.errno == "EBUSY") | [.call, .result, .outputs]' trace) == '["VFIO_DEVICE_BIND_IOMMUFD",-1,{}]' ]]
    grep -Eq '^VFIO_DEVICE_BIND_IOMMUFD\(fd=[0-9]+, argsz=16, flags=0, iommufd=[0-9]+\) = -1 EBUSY$' text
}

@test "lines are valid by the schema" {
    bind_vfio "$(edu 1)"
    traced iova ranges "$(edu 1)"
    split -l 1 trace line.
    "$BATS_TEST_DIRNAME/../../contract/validate" "$BATS_TEST_DIRNAME/../../../schema/calls.json" line.*
}

# on_nine ARG...: on the iommufd that is open as 9
on_nine()
{
    "$IOMMUCTL" --iommufd 9 "$@"
}

@test "--dry-run makes nothing: the next object is the first one" {
    exec 9<>/dev/iommu
    on_nine ioas create --dry-run
    on_nine fault-queue create --dry-run
    [[ $(on_nine ioas create) == 1 ]]
    on_nine ioas destroy 1 --dry-run
    on_nine option set huge-pages 1 off --dry-run
    [[ $(on_nine option get huge-pages 1) == 1 ]]
    exec 9>&-
}

@test "--dry-run has the calls that are made without it" {
    exec 9<>/dev/iommu
    on_nine ioas create
    commands=('ioas allow 1 --window 0x0-0xffffff' 'option set huge-pages 1 on' 'fault-queue create'
        'ioas destroy 1')
    # no files are mapped before
    ! since 6.13 || commands=('ioas map 1 --memory --length 64K --iova 0x100000 --write'
        'ioas copy 1 --from 1 --source 0x100000 --iova 0x200000 --length 64K'
        'ioas unmap 1 --iova 0x100000 --length 64K' "${commands[@]}")
    for command in "${commands[@]}"; do
        # shellcheck disable=SC2086 # words
        on_nine $command --dry-run -j | jq -c '.calls[] | select(.issued | not) | del(.issued, .outputs, .arguments.fd)' >dry
        # shellcheck disable=SC2086
        on_nine $command --trace=json 2>&1 >/dev/null | jq -c 'del(.issued, .outputs, .arguments.fd)' >real
        [[ -s dry ]]
        diff dry real
    done
    exec 9>&-
}
