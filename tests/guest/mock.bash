# SPDX-License-Identifier: GPL-2.0-or-later
# Helpers for the tests of commands on an open /dev/iommu with a mock device. What a device sees is
# asked of the mock, not of the tool. Sourced by the bats files.
# shellcheck shell=bash disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2154 # tests are functions of bats, which sets some

bats_require_minimum_version 1.5.0
ram=/dev/shm/ram

# Nothing is refused because nothing ran. The pages of the test are in /dev/shm/ram.
setup()
{
    [[ $("$IOMMUCTL" --version) == iommuctl* ]]
    exec 7<>/dev/iommu
    head -c 64K /dev/urandom >$ram
    cp $ram /dev/shm/same
}

# With the last file the kernel has let go of every page and every device.
teardown()
{
    exec 7>&-
    rm -f /dev/shm/*
    echo 0 >/proc/sys/vm/nr_hugepages
    run ! compgen -G '/sys/kernel/iommu_groups/*'
    [[ $(pins) == 0 ]]
}

# pins: pages that are pinned.
pins()
{
    # the counters of each processor
    echo 1 >/proc/sys/vm/stat_refresh
    awk '/^nr_foll_pin_acquired/ { n += $2 } /^nr_foll_pin_released/ { n -= $2 } END { print n }' /proc/vmstat
}

# tool ARG...
tool()
{
    "$IOMMUCTL" --iommufd 7 "$@"
}

# document ARG...: what is printed for -j, which is kept: the last test looks whether it is valid.
document()
{
    local status=0

    mkdir -p "$BATS_FILE_TMPDIR/$1"
    tool "$@" -j >"$BATS_TEST_TMPDIR/document" || status=$?
    cp "$BATS_TEST_TMPDIR/document" "$(mktemp "$BATS_FILE_TMPDIR/$1/XXXXXX.json")"
    cat "$BATS_TEST_TMPDIR/document"
    return "$status"
}

# refused WHAT ARG...: status 1, nothing printed, and a message that begins with WHAT.
refused()
{
    run --separate-stderr tool "${@:2}"
    # shellcheck disable=SC2154 # of run
    [[ $status == 1 && ! $output && $stderr == "iommuctl: $1"* ]] || {
        echo "status $status, output '$output': $stderr"
        return 1
    }
}

# device [PT]: a mock device, attached to it or to a new address space; $ioas $stdev $hwpt $device
device()
{
    ioas=${1-$(tool ioas create)}
    read -r stdev hwpt device < <(mock 7 domain "$ioas")
    [[ $device ]]
}

# seen IOVA LENGTH FILE[@OFFSET]: devices find the pages of the file there.
seen()
{
    mock 7 check-map "$hwpt" "$1" "$2" "$3"
}

# nest: a device with $parent, a second stage, and $nested of it
nest()
{
    device
    parent=$(tool hwpt create "$ioas" --device "$device" --nest-parent)
    nested=$(tool hwpt create "$parent" --device "$device" --type selftest --data efbeadde00000000)
}

# iotlb VALUE...: what the nested page table has cached.
iotlb()
{
    local i

    for ((i = 0; i < 4; i++)); do
        mock 7 check-iotlb "$nested" "$i" "${!i+"${@:i+1:1}"}"
    done
}

# valid NOUN...: the documents that were kept, of which there is one at least.
valid()
{
    local noun

    for noun; do
        ls "$BATS_FILE_TMPDIR/$noun"/*.json >/dev/null &&
            "$BATS_TEST_DIRNAME/../../contract/validate" "$BATS_TEST_DIRNAME/../../../schema/$noun.json" \
                "$BATS_FILE_TMPDIR/$noun"/*.json || return
    done
}
