#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Plans, applied to a real kernel: all of it or nothing.
# machines: intel-scalable
# shellcheck disable=SC2154 # what bats sets

# shellcheck source=tests/guest/session.bash
. "$BATS_TEST_DIRNAME/../session.bash"

examples=$BATS_TEST_DIRNAME/../../../examples
plan=/dev/shm/plan.json

# example NAME [SED-COMMAND]...: the example, with this machine's devices and less memory, in $plan
example()
{
    sed -e "s/0000:03:00.0/$device/; s/0000:04:00.0/$(edu 2)/; s/\"1G\"/\"64M\"/" "${@:2}" "$examples/$1.json" >"$plan"
}

# one_device: a plan with a file's memory
one_device()
{
    truncate -s 1M /dev/shm/guest2
    cat >"$plan" <<END
{
  "devices": [{ "device": "$device", "name": "nic" }],
  "memory": [{ "name": "ram", "kind": "file", "path": "/dev/shm/guest2" }],
  "ioas": [{ "name": "guest", "maps": [{ "memory": "ram", "iova": "0x100000" }] }],
  "attachments": [{ "device": "nic", "to": "guest" }]
}
END
}

# nothing_held: by anybody
nothing_held()
{
    [[ -z $(open_files) && $(pinned) == 0 ]]
}

# Nothing of a plan stays after any of these tests.
teardown()
{
    iommuctl session stop guest1 guest2 windows huge vm1 2>/dev/null || :
    echo 0 >/proc/sys/vm/nr_hugepages
    rm -f /dev/shm/*
    nothing_held
    unbind_vfio "${bound[@]}"
}

@test "a command has the guest's memory and the device, whose DMA goes around the interrupts" {
    example plain
    said iommuctl plan check "$plan" -n
    [[ $output != *fail* && $output != *unmeasured* && $output == *'guest: ram 0x0-0x3ffffff'* ]]
    # shellcheck disable=SC2016 # for the inner shell
    said iommuctl plan apply "$plan" -- bash -euc '
        [[ $(readlink "/proc/self/fd/$IOMMUFD") == /dev/iommu ]]
        printf "%-64s" "by DMA" | dd of="/proc/self/fd/$RAM" bs=1 conv=notrunc status=none
        "$0" "$NIC" 0 0x3fff000
        cmp -n 64 "/proc/self/fd/{memory:ram}" "/proc/self/fd/$RAM" 0 $((0x3fff000))
        iommuctl session show -o name' "$here/edu-copy"
    [[ $output == *guest1* ]]
    run -7 iommuctl plan apply "$plan" -- sh -c 'exit 7'
}

@test "in the background: two devices, one of which copies what the other can see" {
    bind_vfio "$(edu 2)"
    truncate -s 1M /dev/shm/guest2
    example two-devices
    said iommuctl plan apply "$plan"
    [[ $output == guest2 ]]
    printf '%-64s' 'of both' >/dev/shm/text
    dd if=/dev/shm/text of=/dev/shm/guest2 conv=notrunc status=none
    iommuctl session exec guest2 -- "$here/edu-copy" "{device:nic}" 0x100000 0x110000
    iommuctl session exec guest2 -- "$here/edu-copy" "{device:disk}" 0x110000 0x120000
    cmp -n 64 /dev/shm/text /dev/shm/guest2 0 $((0x20000))
    # a second one of the same name changes nothing
    run -1 iommuctl plan apply "$plan"
    [[ $output == *guest2* ]]
    said iommuctl session show guest2
    [[ $output == *"device disk $(edu 2) attached to"* ]]
    iommuctl session stop guest2
    # what nobody could be told of does not stay
    iommuctl plan apply "$plan" >/dev/full 2>/dev/null && return 1
    run -1 iommuctl session show guest2
    rm /dev/shm/guest2
    nothing_held
}

@test "windows of 32 and of 64 bits, the last without an end; huge pages" {
    example windows
    said iommuctl plan apply --dry-run "$plan"
    # as far as the IOMMU translates
    [[ $output == *'--window 0x100000-0x7fffffff --window 0x800000000-0x'*ffffff* && $output != *ffffffffffffffff* ]]
    iommuctl plan apply "$plan"
    # outside of them the kernel chooses none
    at=$(iommuctl ioas map guest --session windows --memory --length 64K)
    ((at >= 0x200000 && at <= 0x7fffffff || at > 0x800000000))
    iommuctl session stop windows
    example hugetlb
    run -1 iommuctl plan apply "$plan"
    [[ $output == *"plan.json:5: .memory[0].size: of 4 huge pages of 2048 KiB that are needed, 0 are free"* ]]
    echo 4 >/proc/sys/vm/nr_hugepages
    iommuctl plan apply "$plan"
    grep -q '^HugePages_Free: *0$' /proc/meminfo
    iommuctl session stop huge
}

@test "the printed steps make the same, as a batch" {
    one_device
    iommuctl plan apply --dry-run "$plan" >/dev/shm/steps
    [[ $(grep -c . /dev/shm/steps) == 4 ]]
    iommuctl session start guest1
    iommuctl batch --session guest1 /dev/shm/steps >/dev/null
    iommuctl plan apply "$plan" --name guest2 2>/dev/null && return 1
    iommuctl session show guest1 -n | sed 1,3d >/dev/shm/by-hand
    iommuctl session stop guest1
    iommuctl plan apply "$plan" --name guest2
    iommuctl session show guest2 -n | sed 1,3d | diff - /dev/shm/by-hand
}

@test "a step that fails undoes those before it, and is told with its line" {
    # only the kernel knows how long a BAR is
    example plain -e 's|{ "memory": "ram", "use": "ram" }|&, { "device": "nic", "region": 0, "length": "2G", "iova": "0x100000000" }|' \
        -e 's/"mmio": "256M"/"mmio": "256M", "mmio64": "4G"/' -e '/handover/,/^  \]/d' -e 's/"guest" }\],/"guest" }]/'
    run -1 iommuctl plan apply "$plan"
    [[ $output == *"plan.json:10: .ioas[0].maps[1]: "*"hint: it was step 5 of 6: ioas map guest --region 0"* ]]
    run -1 iommuctl session show guest1
    nothing_held
    run -1 iommuctl plan apply "$plan" -- touch /dev/shm/ran
    [[ ! -e /dev/shm/ran ]]
    nothing_held
}

@test "kill -9 at any call, of whoever makes it, leaves nothing" {
    local n call calls maker

    one_device
    # it goes on as long as the keeper
    strace -f -o /dev/shm/calls -e trace=ioctl,sendmsg,recvmsg iommuctl plan apply "$plan" --name k0 >/dev/shm/said 3>&- &
    until_true grep -q k0 /dev/shm/said
    iommuctl session stop k0
    wait $!
    maker=$(awk '/ ioctl/ { print $1 }' /dev/shm/calls | sort | uniq -c | sort -n | awk 'END { print $2 }')
    for call in ioctl sendmsg recvmsg; do
        calls=$(grep -c "^$maker  *$call(" /dev/shm/calls)
        ((calls >= 4))
        # the kernel is asked what it has before anything is made
        for ((n = calls > 6 ? calls - 6 : 1; n <= calls; n++)); do
            run timeout 30 strace -qq -f -o /dev/null -e "inject=$call:signal=KILL:when=$n" iommuctl plan apply "$plan" --name "k$n"
            ((status != 0))
            until_true nothing_held
        done
        rm -f /run/iommuctl/*
    done
}

@test "QEMU's guest on a plan's device" {
    bind_vfio "$(edu 2)"
    cat >"$plan" <<END
{ "devices": [{ "device": "$device", "bind": false }, { "device": "$(edu 2)", "name": "second", "bind": false }] }
END
    run -2 iommuctl plan apply "$plan"
    iommuctl plan apply "$plan" -- "$here/qemu-inner" '{iommufd}' "{device:$device}" '{device:second}'
}

@test "what the README says, as it stands there, with a vmm that has its device do DMA" {
    readme=$BATS_TEST_DIRNAME/../../../README.md
    cd /dev/shm
    cat >vmm <<END
#!/bin/bash -e
if [[ \$1 == --iommufd ]]; then
    NIC=\$4 from=0x100000 memory=ram
else
    from=0 memory=/proc/self/fd/\$RAM
fi
printf '%-64s' "of \$#" | dd of="\$memory" conv=notrunc status=none
"$here/edu-copy" "\$NIC" "\$from" "\$(printf %#x \$((from + 4096)))"
cmp -n 64 -i 0:4096 "\$memory" "\$memory"
echo copied
END
    chmod +x vmm
    truncate -s 1M ram
    sed -n "/^    iommuctl session start vm1/,/session stop vm1/s/^    //p" "$readme" | sed "s/0000:03:00.0/$device/" >script
    said bash -eu script
    [[ $output == *copied* ]]
    sed -n '/^    \$ cat guest.json/,/^    \$ iommuctl/s/^    //p' "$readme" | sed '/^\$/d' | sed "s/0000:03:00.0/$device/" >guest.json
    said iommuctl plan check guest.json -q
    said iommuctl plan apply guest.json -- ./vmm
    [[ $output == copied ]]
}
