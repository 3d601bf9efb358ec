#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Snapshots say what the machine says, and no more.
# shellcheck disable=SC2154 # run sets stderr

load helpers

verbs=("iommu list -v" "iommu show -v" "group list -v" "group show -v" "device list -v" "device show -v"
	"region list -v" "topology" "kernel show")

manifests() {
	basename -s .manifest "$SRCDIR"/tests/fixtures/*.manifest
}

# snapshot ROOT NAME OPTION...: prints the archive
snapshot() {
	local file=$BATS_TEST_TMPDIR/$2.tar.zst

	"$IOMMUCTL" --root "$1" snapshot create -q "$file" "${@:3}" >/dev/null && echo "$file"
}

# documents ROOT: what all reading verbs say of it
documents() {
	local verb

	for verb in "${verbs[@]}"; do
		# shellcheck disable=SC2086 # a list of words
		"$IOMMUCTL" --root "$1" $verb -q -j 2>/dev/null || echo "status $?"
	done
	"$IOMMUCTL" --root "$1" device list -q -n -o name |
		xargs -r -d '\n' "$IOMMUCTL" --root "$1" device pasid -q -j --config -- 2>/dev/null || echo "status $?"
}

@test "every fixture: its snapshot reads as it does" {
	local name root archive count=0

	for name in $(manifests); do
		root=$(fixture "$name")
		archive=$(snapshot "$root" "$name" --acpi --config)
		diff <(documents "$root") <(documents "$archive") || fail "of: $name" || return
		count=$((count + 1))
	done
	[ "$count" -ge 15 ] || fail "too few fixtures: $count"
}

@test "every fixture: the same bytes again, also from its snapshot" {
	local name root first second

	for name in $(manifests); do
		root=$(fixture "$name")
		first=$(snapshot "$root" "$name")
		second=$(snapshot "$root" "$name-again")
		cmp "$first" "$second"
		second=$(snapshot "$first" "$name-third")
		cmp "$first" "$second" || fail "of: $name"
	done
}

@test "the record of it" {
	local root file=$BATS_TEST_TMPDIR/a.tar.zst

	root=$(fixture intel-client)
	iommuctl --root "$root" snapshot create "$file" --acpi -j
	status_is 0
	json_is '.snapshots[0] | [.file, .redacted, .acpi, .config]' "[\"$file\",true,true,false]"
	json_is '.snapshots[0].file_count' "$(tar tf "$file" | while read -r path; do
		[ -L "$root/$path" ] || [ -d "$root/$path" ] || echo "$path"
	done | wc -l)"
}

@test "standard output takes it, but no terminal" {
	local root

	root=$(fixture intel-client)
	"$IOMMUCTL" --root "$root" snapshot create - >"$BATS_TEST_TMPDIR/out"
	cmp "$BATS_TEST_TMPDIR/out" "$(snapshot "$root" file)"
	run script -qec "$IOMMUCTL --root $root snapshot create -" /dev/null
	status_is 1
	output_has "nothing for a terminal"
}

@test "a file that is there is replaced with --force only" {
	local root file

	root=$(fixture intel-client)
	file=$(snapshot "$root" a)
	cp "$file" "$file.before"
	iommuctl --root "$(fixture amd-client)" snapshot create "$file"
	refused 1 "$file: write: File exists"
	stderr_has "hint: --force"
	cmp "$file" "$file.before"
	iommuctl --root "$(fixture amd-client)" snapshot create "$file" --force
	status_is 0
	cmp "$file" "$(snapshot "$(fixture amd-client)" b)"
	[ "$(ls -A "$BATS_TEST_TMPDIR"/a.tar.zst*)" = "$file"$'\n'"$file.before" ] || fail "something is left"
}

@test "what is no file is not replaced" {
	local root target

	root=$(fixture intel-client)
	mkdir "$BATS_TEST_TMPDIR/dir"
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	ln -s nowhere "$BATS_TEST_TMPDIR/link"
	for target in dir fifo link; do
		iommuctl --root "$root" snapshot create "$BATS_TEST_TMPDIR/$target" --force
		refused 1 "write: File exists" || fail "of: $target"
	done
	[ -d "$BATS_TEST_TMPDIR/dir" ] && [ -p "$BATS_TEST_TMPDIR/fifo" ] && [ -L "$BATS_TEST_TMPDIR/link" ]
	iommuctl --root "$root" snapshot create "$BATS_TEST_TMPDIR/none/file"
	refused 1 "write: No such file or directory"
}

@test "it is for its owner only" {
	local root

	root=$(fixture intel-client)
	umask 027
	[ "$(stat -c %a "$(snapshot "$root" a)")" = 600 ]
	[ "$(stat -c %a "$(snapshot "$root" b --no-redact)")" = 600 ]
}

# ------------------------------------------------------------------- redaction

# Each stands somewhere in the machine that planted() makes, and only there.
secrets=(
	hunter2 correct horse battery staple tr0ub4dor open-sesame swordfish xyzzy c2VjcmV0 plugh
	2f1c6a58-9d0e-4b7f-8a63-d5c4e3b2a190 9b7d1c52-0a3f-4e68-b1c9-7f6e5d4c3b2a
	52:54:00:ab:cd:ef 525400abcdef 52-54-00-ab-cd-ef 00:11:22:33:44:55:66:77
	SN0123456789 WWN5000c500 prodhost42 deadbeefcafe
	secret-of-qemu vfio-xyzhost kernel-params
)

# planted: prints a root full of them
planted() {
	local root=$BATS_TEST_TMPDIR/planted device

	"$SRCDIR/tests/fixtures/expand" "$SRCDIR/tests/fixtures/qemu-intel.manifest" "$root"
	device=$(readlink -f "$root/sys/bus/pci/devices/0000:00:02.0")
	mkdir -p "$root/proc/sys/kernel" "$root/var/log" "$device/net/enx525400abcdef"
	ln -s "../../${device#"$root/sys/"}/net/enx525400abcdef" "$root/sys/class/net/enx525400abcdef"
	ln -s "../../devices/virtual/net/tun-prodhost42" "$root/sys/class/net/tun-prodhost42"
	mkdir -p "$root/sys/devices/virtual/net/tun-prodhost42"
	printf '%s\n' SERIAL_NUMBER=SN0123456789 ID_WWN=WWN5000c500 MACADDR=deadbeefcafe \
		UNIT=2f1c6a58-9d0e-4b7f-8a63-d5c4e3b2a190 GUID=00:11:22:33:44:55:66:77 \
		PEER=52-54-00-ab-cd-ef >>"$device/uevent"
	cat >"$root/proc/cmdline" <<-'END'
		BOOT_IMAGE=/vmlinuz root=UUID=9b7d1c52-0a3f-4e68-b1c9-7f6e5d4c3b2a intel_iommu=on,sm_on pass=hunter2 key="correct horse battery" "token=staple and more" pw='tr0ub4dor x iommu=open-sesame' esc=a\ swordfish pci"x=xyzzy y" c2VjcmV0== quiet iommu.passthrough=0 ifname=lan:52:54:00:ab:cd:ef hostname=prodhost42 -- iommu=plugh
	END
	cat >"$root/var/log/dmesg" <<-'END'
		[    0.000000] Linux version 6.12.1 (root@prodhost42)
		[    0.000000] Kernel command line: intel_iommu=on pass=hunter2
		[    0.100000] Unknown kernel command line parameters "iommu_x pass=hunter2", will be passed to user space.
		[    0.200000] DMAR: Host address width 39
		Nov 21 08:00:00 prodhost42 kernel: DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap d2078c106f0466 ecap f020de
		2026-11-21T08:00:01.5+00:00 prodhost42 kernel: [    1.0] iommu: Default domain type: Translated
		[    2.000000] DMAR: owner 52:54:00:ab:cd:ef of 9b7d1c52-0a3f-4e68-b1c9-7f6e5d4c3b2a on enx525400abcdef
		[    2.100000] audit: type=1327 proctitle="qemu vfio-pci secret-of-qemu"
		[    2.200000] systemd[1]: Hostname set to <vfio-xyzhost>.
		Nov 21 08:00:02 prodhost42 tool[12]: Kernel parameters: intel_iommu=on luks=kernel-params
		[    2.300000] Booted with: intel_iommu=on luks=kernel-params
		[    3.000000] usb 1-1: SerialNumber: SN0123456789
	END
	echo prodhost42 >"$root/proc/sys/kernel/hostname"
	# the list of capabilities ends; then the serial number of the device, its address around ff fe
	perl -e '$c = "\x86\x80\xd3\x10" . "\0" x 252;
		$c .= pack("VVV", 0x15010003, 0xfeabcdef, 0x525400ff);
		$c .= "\0" x (0x150 - length $c) . pack("VV", 0x0001000f, 0x20) . "\0" x (4096 - 0x158);
		print $c' >"$device/config"
	echo "$root"
}

# contents ARCHIVE: names, links and files
contents() {
	zstd -dcq "$1"
}

@test "what is private is in no redacted snapshot" {
	local file secret

	file=$(snapshot "$(planted)" a --acpi --config)
	contents "$file" >"$BATS_TEST_TMPDIR/tar"
	for secret in "${secrets[@]}"; do
		not grep -aiF -- "$secret" "$BATS_TEST_TMPDIR/tar" || fail "told: $secret"
	done
	LC_ALL=C not grep -aP '\xef\xcd\xab|\xff\x00\x54\x52' "$BATS_TEST_TMPDIR/tar"
}

@test "and all of it is there with --no-redact" {
	local file secret

	file=$(snapshot "$(planted)" a --acpi --config --no-redact)
	contents "$file" >"$BATS_TEST_TMPDIR/tar"
	for secret in "${secrets[@]}"; do
		# what no log line about IOMMUs has is not recorded at all
		grep -qaF -- "$secret" "$BATS_TEST_TMPDIR/tar" || fail "lost: $secret" || return
	done
	LC_ALL=C grep -qaP '\xef\xcd\xab' "$BATS_TEST_TMPDIR/tar"
}

@test "what is not private stays" {
	local file

	file=$(snapshot "$(planted)" a --config)
	[ "$(tar xOf "$file" proc/cmdline)" = "redacted redacted intel_iommu=on,sm_on redacted redacted redacted redacted redacted redacted redacted quiet iommu.passthrough=0 redacted redacted" ]
	[ "$(tar xOf "$file" var/log/dmesg)" = "[    0.200000] DMAR: Host address width 39
Nov 21 08:00:00 redacted kernel: DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap d2078c106f0466 ecap f020de
2026-11-21T08:00:01.5+00:00 redacted kernel: [    1.0] iommu: Default domain type: Translated
[    2.000000] DMAR: owner redacted of redacted on enxredacted1" ]
	iommuctl --root "$file" device list 0000:00:02.0 -j
	json_is '.devices[0].net_interfaces | map(select(startswith("enx")))' '["enxredacted1"]'
	# all but the serial number
	cmp <(tar xOf "$file" --wildcards 'sys/devices/*/0000:00:02.0/config' | od -v -An -tx1 -w4 | sed '66,67d') \
		<(od -v -An -tx1 -w4 "$BATS_TEST_TMPDIR/planted/sys/bus/pci/devices/0000:00:02.0/config" | sed '66,67d')
}

# ------------------------------------------------------------ whole or not at all

@test "killed at any time, it leaves no part of the file under its name" {
	local root file=$BATS_TEST_TMPDIR/dir/a.tar.zst whole call after killed=0

	root=$(fixture amd-server)
	whole=$(snapshot "$root" whole)
	mkdir "$BATS_TEST_TMPDIR/dir"
	strace -o /dev/null true 2>/dev/null || skip "strace is not installed, or may not trace"
	for call in write fsync renameat2; do
		# when it makes its first such call, its second, ...
		for ((after = 1; after < 1000; after++)); do
			rm -f "$file"*
			ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e trace=$call \
				-e inject=$call:signal=SIGKILL:when="$after" \
				"$IOMMUCTL" --root "$root" snapshot create -q "$file" >/dev/null 2>&1 && break
			[ ! -e "$file" ] || cmp "$file" "$whole"
			killed=$((killed + 1))
		done
		cmp "$file" "$whole"
	done
	[ "$killed" -ge 3 ] || fail "killed too seldom: $killed"
}

@test "a full disk leaves nothing behind" {
	local root

	root=$(fixture amd-server)
	[ "$(id -u)" = 0 ] || skip "needs root, to mount a small file system"
	unshare -m true 2>/dev/null || skip "may not mount"
	# shellcheck disable=SC2016 # for the shell inside
	run --separate-stderr unshare -m bash -c '
		mount -t tmpfs -o size=4k,nr_inodes=10 none "$1" && cd "$1" || exit 99
		head -c 4096 /dev/zero >filler
		"$2" --root "$3" snapshot create a.tar.zst; status=$?
		ls -A; exit $status' - "$BATS_TEST_TMPDIR" "$IOMMUCTL" "$root"
	[ "$status" -ne 99 ] || skip "may not mount"
	status_is 1
	output_is filler
	stderr_has "No space left on device"
	run --separate-stderr bash -c '"$@" >/dev/full' - "$IOMMUCTL" --root "$root" snapshot create -
	refused 1 "No space left on device"
}
