#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# kernel show, on a kernel with all of iommufd.
# machines: intel amd none
# shellcheck disable=SC2154 # what bats sets

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

# Nothing compares equal because nothing ran.
setup()
{
    [[ $("$IOMMUCTL" --version) == iommuctl* ]]
}

calls()
{
    "$IOMMUCTL" kernel show -jq | jq -r ".calls[] | select($1)"' | "\(.number) \(.min_size) \(.size)"'
}

@test "calls and the sizes of their structs: what another program hears" {
    own=$(calls '.kind == "call" and .interface == "iommufd" and .present and .size')
    [[ $(wc -l <<<"$own") == $(since 7.3 && echo 23 || echo 16) ]]
    diff <(sort <<<"$own") <("$BATS_TEST_DIRNAME/../kernel-calls" | sort)
}

@test "the structs are as large as in the kernel's own header" {
    command -v cc >/dev/null || skip "no compiler"
    header=$(find "${IOMMUCTL_CACHE:-/var/cache/iommuctl}" -path "*/own*/*_$(uname -r | cut -d- -f1)-*/linux/iommufd.h" -print -quit)
    [[ $header ]] || skip "no header"
    {
        # struct iommu_x { ... }; #define IOMMU_X _IO(TYPE, ...)
        echo '#include <stdio.h>'
        echo '#include <linux/iommufd.h>'
        echo 'int main(void) {'
        awk '/^struct iommu/ { type = $2 }
             /^#define IOMMU_[A-Z_]+ (_IO\(|\\$)/ { printf "printf(\"%%d %%zu\\n\", (int)%s, sizeof(struct %s));\n", $2, type }' "$header"
        echo '}'
    } >"$BATS_TEST_TMPDIR/sizes.c"
    cc -D__user= "-D__counted_by(member)=" -I"${header%/linux/*}" -o "$BATS_TEST_TMPDIR/sizes" "$BATS_TEST_TMPDIR/sizes.c"
    "$BATS_TEST_TMPDIR/sizes" | sort >"$BATS_TEST_TMPDIR/header"
    [[ $(wc -l <"$BATS_TEST_TMPDIR/header") == $(since 7.3 && echo 22 || echo 15) ]]
    calls '.kind == "call" and .size and .name != "IOMMU_TEST_CMD"' | cut -d' ' -f1,3 | sort |
        diff "$BATS_TEST_TMPDIR/header" -
}

@test "whatever is of iommufd is there; what needs a device is unknown" {
    since 7.3 || skip "an older kernel"
    missing=$("$IOMMUCTL" kernel show -jq | jq -r '.calls[]
        | select(.interface == "iommufd" and .kind != "extension" and .present != true)
        | "\(.name) \(.present)"')
    [[ $missing == "IOMMU_HWPT_ALLOC_NEST_PARENT null
IOMMU_HWPT_ALLOC_DIRTY_TRACKING null
IOMMU_HWPT_FAULT_ID_VALID null
IOMMU_HWPT_ALLOC_PASID null" ]]
}

@test "nodes and parameters are those of this machine" {
    answer=$("$IOMMUCTL" kernel show -jq)
    for node in /dev/iommu /dev/vfio/vfio /dev/vfio/devices /dev/vfio/GROUP; do
        [[ $(jq --arg node "$node" '.calls[] | select(.name == $node).present' <<<"$answer") == true ]]
    done
    [[ $(jq -r '.calls[] | select(.name == "iommufd.allow_unsafe_interrupts").value' <<<"$answer") == \
       "$(</sys/module/iommufd/parameters/allow_unsafe_interrupts)" ]]
    [[ $(jq -r .kernel.release <<<"$answer") == "$(uname -r)" ]]
}

@test "no call has an effect" {
    command -v strace >/dev/null || skip "no strace"
    before=$(cat /proc/sys/kernel/tainted /proc/devices /proc/misc; dmesg | wc -l)
    ASAN_OPTIONS=detect_leaks=0 strace -qq -X raw -e trace=ioctl -o "$BATS_TEST_TMPDIR/trace" "$IOMMUCTL" kernel show -jq >/dev/null
    [[ $(grep -c '0x3b' "$BATS_TEST_TMPDIR/trace") -gt 100 ]]
    # what did not fail: VFIO_GET_API_VERSION, VFIO_CHECK_EXTENSION, getting an option
    grep -v ' = -1 ' "$BATS_TEST_TMPDIR/trace" | grep -oE '0x3b[0-9a-f]{2}' | sort -u >"$BATS_TEST_TMPDIR/done"
    [[ $(<"$BATS_TEST_TMPDIR/done") == "0x3b64
0x3b65
0x3b87" ]]
    [[ $before == "$(cat /proc/sys/kernel/tainted /proc/devices /proc/misc; dmesg | wc -l)" ]]
}

@test "a snapshot answers as the machine" {
    "$IOMMUCTL" snapshot create "$BATS_TEST_TMPDIR/snapshot"
    [[ $("$IOMMUCTL" kernel show -jq) == \
       "$("$IOMMUCTL" --root "$BATS_TEST_TMPDIR/snapshot" kernel show -jq)" ]]
}

@test "the node of root: unknown, and VFIO is told of all the same" {
    run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups "$IOMMUCTL" kernel show -j
    [[ $status == 0 && $stderr == *"cannot open /dev/iommu: Permission denied"* ]]
    [[ $(jq -c '[.calls[] | select(.interface == "iommufd" and .kind == "call").present] | unique' <<<"$output") == '[null]' ]]
    [[ $(jq '.calls[] | select(.interface == "vfio" and .name == "VFIO_TYPE1v2_IOMMU").present' <<<"$output") == true ]]
}
