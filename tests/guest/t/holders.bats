#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Which processes have nodes of VFIO and iommufd open.
# machines: intel stock
# shellcheck disable=SC2154,SC2016 # what bats and coproc set; what is Perl's or another shell's

bats_require_minimum_version 1.5.0
# shellcheck source=tests/guest/lib.bash
. "$BATS_TEST_DIRNAME/../lib.bash"

setup()
{
    [[ $("$IOMMUCTL" --version) == iommuctl* ]]
    bind_vfio "$(edu 1)"
    group_node=/dev/vfio/$(group_of "$(edu 1)")
}

# Nothing of a test that failed may hold the device up.
teardown()
{
    [[ ! ${pid-} ]] || kill -KILL "$pid" 2>/dev/null || :
    unbind_vfio "${bound[@]}"
}

# all: "PID FD" of each file descriptor that leads to a node, found in another way.
all()
{
    perl -e '
        my %nodes = map { open(my $f, "<", $_) or die; chomp(my $n = <$f>); $n => 1 }
            grep { -e } glob("/sys/class/{vfio,vfio-dev}/*/dev /sys/class/misc/{vfio,iommu}/dev");
        for my $link (glob("/proc/[0-9]*/fd/*")) {
            my $number = (stat $link)[6] // next;
            my ($major, $minor) = ($number >> 8 & 0xfff, $number & 0xff | $number >> 12 & 0xfff00);
            print "$1 $2\n" if -c _ && $nodes{"$major:$minor"} && $link =~ m{/(\d+)/fd/(\d+)};
        }' | sort -n
}

# held NOUN [OBJECT]: the same from iommuctl.
held()
{
    "$IOMMUCTL" "$1" holders -jq "${@:2}" | jq -r '.holders[] | "\(.pid) \(.fds[])"' | sort -n
}

# holding COMMAND: runs it in a process of its own, $pid, which holds what it opened until let_go.
holding()
{
    coproc holder { eval "$1; echo ready; read -r _"; }
    pid=$holder_PID
    read -r answer <&"${holder[0]}"
    [[ $answer == ready ]]
}

let_go()
{
    echo >&"${holder[1]}"
    wait "$pid" || :
}

@test "nobody" {
    [[ ! $(all) && ! $(held group) && ! $(held device) ]]
}

@test "a group: the process, its user, its file descriptors, also of a child" {
    holding "exec 41<>$group_node 42<>/dev/vfio/vfio 43<&41; sleep inf & child=\$!; trap 'kill \$child' EXIT"
    expected=$(all)
    answer=$("$IOMMUCTL" group holders -jq "${group_node##*/}")
    let_go
    [[ $(grep -c . <<<"$expected") == 6 ]]
    [[ $(jq -r '.holders[] | "\(.pid) \(.fds[])"' <<<"$answer" | sort -n) == "$expected" ]]
    [[ $(jq -c --argjson pid "$pid" '[.holders[] | select(.pid == $pid) |
        [.command, .uid, .user, .kind, .device, .group, .node, .path, .fds]]' <<<"$answer") == \
        '[["bash",0,"root","group",null,'"${group_node##*/},\"$group_node\",\"$group_node\""',[41,43]],["bash",0,"root","container",null,null,"/dev/vfio/vfio","/dev/vfio/vfio",[42]]]' ]]
    [[ ! $(held group) ]]
}

@test "a device is held by whoever holds its group, and not by who holds another" {
    bind_vfio "$(edu 2)"
    holding "exec 41<>$group_node 42<>/dev/vfio/vfio"
    one=$(held device "$(edu 1)") other=$(held device "$(edu 2)")
    of_group=$(held group "$(group_of "$(edu 2)")") expected=$(all)
    let_go
    [[ $one == "$expected" && $one && ! $other && ! $of_group ]]
}

@test "nodes of another name, of another mount namespace, and deleted ones" {
    numbers="0x$(stat -c %t "$group_node") 0x$(stat -c %T "$group_node")"
    holding "mknod /run/other c $numbers; exec 41<>/run/other; rm /run/other"
    expected=$(all) path=$("$IOMMUCTL" group holders -n -o path,node)
    let_go
    [[ $expected == "$pid 41" && $path == "/run/other (deleted) $group_node" ]]
    holding "unshare -m sh -c 'mount -t tmpfs x /run && mkdir /run/dev &&
        mknod /run/dev/mine c $numbers && exec 9<>/run/dev/mine && echo ready && read -r _'; exit 0"
    found=$(held group "${group_node##*/}") expected=$(all)
    let_go
    [[ $found == "$expected" && $found == *" 9" ]]
}

# bats test_tags=only,only:intel
@test "a device's own node, and iommufd" {
    device_node=$(vfio_node "$(edu 1)") || skip "this kernel has none"
    holding "exec 41<>$device_node 42<>/dev/iommu 43<>$device_node"
    answer=$("$IOMMUCTL" device holders -jq "$(edu 1)") expected=$(all)
    let_go
    [[ $(jq -r '.holders[] | "\(.pid) \(.fds[])"' <<<"$answer" | sort -n) == "$expected" ]]
    [[ $(jq -c '[.holders[] | [.kind, .device, .group, .node, .fds]]' <<<"$answer") == \
        '[["device","'"$(edu 1)\",${group_node##*/},\"$device_node"'",[41,43]],["iommufd",null,null,"/dev/iommu",[42]]]' ]]
    [[ $(held device) == '' ]]
    # what the tool itself was started with
    answer=$("$IOMMUCTL" device holders -jq "$(edu 1)" 9<>"$device_node")
    [[ $(jq -c .holders <<<"$answer") == '[]' ]]
}

@test "a device that was opened by way of its group, of which nothing else is open" {
    holding "exec perl -e '"'
        open(my $c, "+<", "/dev/vfio/vfio") or die "container: $!"; open(my $g, "+<", $ARGV[0]) or die "group: $!";
        my $fd = pack("l", fileno($c)); ioctl($g, 0x3b68, $fd) or die "set container: $!";
        my $type = 3; ioctl($c, 0x3b66, $type) or die "set type: $!";
        my $name = "$ARGV[1]\0"; my $d = ioctl($g, 0x3b6a, $name) or die "device: $!";
        close($g); close($c); $| = 1; print "ready\n"; <STDIN>'"' $group_node $(edu 1)"
    answer=$("$IOMMUCTL" device holders -jq)
    of_device=$(held device "$(edu 1)")
    fd=$(jq '.holders[].fds[]' <<<"$answer")
    target=$(readlink "/proc/$pid/fd/$fd")
    named=$(grep -c vfio-device-syspath "/proc/$pid/fdinfo/$fd") || :
    let_go
    [[ $target == 'anon_inode:[vfio-device]' ]]
    [[ $(jq -c '[.holders[] | [.pid, .kind, .node, .path, .fds]]' <<<"$answer") == \
        "[[$pid,\"device\",null,\"$target\",[$fd]]]" ]]
    if [[ $named == 1 ]]; then
        [[ $(jq -r '.holders[].device' <<<"$answer") == "$(edu 1)" && $of_device == "$pid $fd" ]]
    else
        [[ $(jq '.holders[].device' <<<"$answer") == null && ! $of_device ]]
    fi
}

# as_nobody COMMAND...
as_nobody()
{
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

@test "not root: who could not be looked at is counted, but no thread of the kernel, and nobody who ended" {
    holding "exec 41<>$group_node; exec perl -e '"'fork or exit; $| = 1; print "ready\n"; <STDIN>'"'"
    run --separate-stderr as_nobody bash -c '
        for process in /proc/[0-9]*; do
            [[ ! -r $process/fd ]] || continue
            read -r line <"$process/stat"
            read -r state parent _ <<<"${line##*) }"
            [[ $state == Z || $parent == 2 || $process == /proc/2 ]] || ((++count))
        done
        echo "$count"; "$IOMMUCTL" group holders -j | jq -c "[.holders, .hidden_processes]"'
    let_go
    [[ ${lines[0]} -gt 3 && ${lines[1]} == "[[],${lines[0]}]" ]]
    [[ $stderr == "hint: could not look at ${lines[0]} processes; root can" ]]
}

@test "not root: one's own are seen" {
    chown 65534 "$group_node"
    run --separate-stderr as_nobody bash -c 'exec 41<>"$0"; "$IOMMUCTL" group holders -jq | jq -c "[.holders[] | [.uid, .fds]] | unique"' "$group_node"
    [[ $output == '[[65534,[41]]]' ]]
}
