# SPDX-License-Identifier: GPL-2.0-or-later
# Helpers for the tests which run inside a guest: its devices, their groups and
# drivers. Sourced by the bats files.

pci=/sys/bus/pci/devices

# since VERSION: the kernel is that one or a later one.
since()
{
    printf '%s\n' "$1" "$(uname -r)" | sort -CV
}

# iommus: names, one a line, but for the mock of the kernel's own tests.
iommus()
{
    find /sys/class/iommu -type l ! -name 'iommufd_selftest*' -printf '%f\n' | sort
}

# dev_by_id VENDOR:DEVICE [N]: address of the Nth such device, from 1.
dev_by_id()
{
    local device n=${2-1}

    for device in "$pci"/*; do
        if [[ $(<"$device/vendor"):$(<"$device/device") == "0x${1/:/:0x}" ]] && ((--n == 0)); then
            echo "${device##*/}"
            return
        fi
    done
    echo "there is no device $1 number ${2-1}" >&2
    return 1
}

# edu N: address of the Nth edu device.
edu()
{
    dev_by_id 1234:11e8 "$1"
}

# make_vfs BDF COUNT: virtual functions, which nothing drives; 0 takes them away.
make_vfs()
{
    # no network interfaces for other tests to see
    echo $(($2 == 0)) >"$pci/$1/sriov_drivers_autoprobe"
    echo "$2" >"$pci/$1/sriov_numvfs"
}

# first_vf BDF: address of its first virtual function.
first_vf()
{
    basename "$(readlink "$pci/$1/virtfn0")"
}

# group_of BDF: nothing if it is in no group.
group_of()
{
    basename "$(readlink "$pci/$1/iommu_group")"
}

# group_devices GROUP: one a line.
group_devices()
{
    ls "/sys/kernel/iommu_groups/$1/devices"
}

# driver_of BDF: nothing if it has none.
driver_of()
{
    basename "$(readlink "$pci/$1/driver")"
}

# rebind BDF DRIVER: an empty DRIVER stands for the usual one.
rebind()
{
    [[ ! -e $pci/$1/driver ]] || echo "$1" >"$pci/$1/driver/unbind" || return
    echo "$2" >"$pci/$1/driver_override" || return
    echo "$1" >/sys/bus/pci/drivers_probe
}

# bind_vfio BDF...: until the end of the test, see teardown().
bind_vfio()
{
    local bdf

    for bdf; do
        bound+=("$bdf")
        rebind "$bdf" vfio-pci
        [[ $(driver_of "$bdf") == vfio-pci ]] || return 1
    done
}

# unbind_vfio BDF...
unbind_vfio()
{
    local bdf

    for bdf; do
        rebind "$bdf" '' || return
    done
}

bound=()
teardown()
{
    unbind_vfio "${bound[@]}"
}

# vfio_node BDF: the device node of a bound device.
vfio_node()
{
    local node=("$pci/$1"/vfio-dev/*)

    [[ -e ${node[0]}/dev ]] && echo "/dev/vfio/devices/${node[0]##*/}"
}

# pinned: pages of memory that devices can reach; what each processor counts is added up first.
pinned()
{
    [[ ! -e /proc/sys/vm/stat_refresh ]] || echo 1 >/proc/sys/vm/stat_refresh
    awk '/^nr_foll_pin_acquired/ { n += $2 } /^nr_foll_pin_released/ { n -= $2 } END { print n }' /proc/vmstat
}

# write_ram OFFSET TEXT: 64 bytes of the file $ram; read_ram OFFSET: the same.
write_ram()
{
    printf '%-64s' "$2" | dd of="$ram" bs=1 seek="$1" conv=notrunc status=none
}

read_ram()
{
    dd if="$ram" bs=1 skip="$1" count=64 status=none | sed 's/ *$//'
}

# faults: how many the IOMMU has reported.
faults()
{
    dmesg | grep -c 'DMAR: \[DMA' || :
}
