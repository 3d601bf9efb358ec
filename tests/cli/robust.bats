#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Roots that no kernel makes, and what must never happen.
# shellcheck disable=SC2154 # run sets stderr

load helpers

verbs=("iommu list" "iommu show" "group list" "group show" "device list" "device show"
	"region list" "topology" "topology --format=dot")

# every_verb ROOT: each reading verb as text and JSON, one after another, all successful
every_verb() {
	local verb out=

	for verb in "${verbs[@]}"; do
		for json in "" -j; do
			# shellcheck disable=SC2086 # lists of words
			iommuctl --root "$1" $verb $json
			status_is 0 || fail "of: $verb $json" || return
			[ -z "$json" ] || jq -e . <<<"$output" >/dev/null || fail "no JSON: $verb" || return
			out+=$output$'\n'$stderr$'\n'
		done
	done
	all=$out
}

@test "a broken machine: every verb works, and no sound neighbour is lost" {
	every_verb "$(fixture broken)"
	on broken -q -j device list
	json_is '[.devices[] | select(.name == "0000:00:00.0" or .name == "0000:00:1f.6") |
		{name, group, iommu, driver, vendor_id}]' \
		'[{"name":"0000:00:00.0","group":0,"iommu":"dmar0","driver":null,"vendor_id":32902},{"name":"0000:00:1f.6","group":0,"iommu":"dmar0","driver":"e1000e","vendor_id":32902}]'
	on broken -q -j iommu list dmar0
	json_is '.iommus[0] | [.version, .features.input_bits, (.registers | length)]' '["1.0",39,2]'
	on broken -q -j group list 0
	json_is '.groups[0] | [.type, (.regions | length), .devices]' \
		'["DMA",1,["0000:00:00.0","0000:00:1f.6"]]'
	on broken -q -j group list 4
	json_is '.groups[0].regions | length' 200
}

@test "control characters of the machine never reach a terminal raw" {
	every_verb "$(fixture broken)"
	LC_ALL=C not grep -nP '[\x00-\x08\x0b-\x1f\x7f]' <<<"$all"
	not grep -nP '[\x{80}-\x{9f}]' <<<"$all"
}

@test "nor do those of the second half of Latin-1, which are UTF-8" {
	root=$(scratch 'd sys/class/iommu/\\xc2\\x9b31m\nd sys/kernel/iommu_groups/1/devices/\\xc2\\x9dx\\x7f')
	for verb in "iommu list" "iommu show" "group list" "device show" "topology" "iommu list -j" "device list -j"; do
		# shellcheck disable=SC2086 # a list of words
		iommuctl --root "$root" $verb
		status_is 0
		output_has '\x'
		LC_ALL=C not grep -nP '\xc2[\x80-\x9f]|\x7f' <<<"$output"
	done
}

@test "nor do those of the arguments" {
	on intel-vmd device list $'\e[31mred\x7f'
	status_is 1
	LC_ALL=C not grep -nP '[\x00-\x08\x0b-\x1f\x7f]' <<<"$stderr"
	stderr_has '\x1b[31mred\x7f'
}

@test "output is UTF-8 and JSON whatever the names" {
	root=$(scratch 'd sys/class/iommu/\\xff\\xc3(\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80\\xe0\\x80\\x80"\\\\\nd sys/class/iommu/\\xc3\\xa4\\xf0\\x9f\\x98\\x80\nd sys/kernel/iommu_groups/1/devices/\\xc0\\xaf')
	every_verb "$root"
	iconv -f UTF-8 -t UTF-32 <<<"$all" >/dev/null || fail "not UTF-8"
	iommuctl --root "$root" -j iommu list -o name
	json_is '[.iommus[].name]' '["ä😀","\\xff\\xc3(\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80\\xe0\\x80\\x80\"\\"]'
}

@test "FIFOs in the place of files hang nothing" {
	root=$(fixture intel-vmd).fifo
	cp -a "$(fixture intel-vmd)" "$root"
	for file in sys/class/iommu/dmar0/intel-iommu/cap sys/kernel/iommu_groups/1/type \
		sys/kernel/iommu_groups/1/reserved_regions sys/bus/pci/devices/0000:00:02.0/uevent; do
		rm "$root/$file"
		mkfifo "$root/$file"
	done
	every_verb "$root"
	iommuctl --root "$root" -j device list 0000:00:02.0 0000:00:04.0
	json_is '[.devices[].driver]' '["i915","proc_thermal_pci"]'
}

@test "links in circles and out of the root lead nowhere" {
	root=$(scratch 'l sys/class/iommu/a b\nl sys/class/iommu/b a\nl sys/bus/pci/devices/0000:00:01.0 ../../../../../../../../../../../sys/bus/pci/devices/0000:00:00.0\nl sys/kernel/iommu_groups /sys/kernel')
	every_verb "$root"
	iommuctl --root "$root" -j device list
	json_is '[.devices[] | [.name, .vendor_id, .driver]]' '[["0000:00:01.0",null,null]]'
}

@test "a root without devices has nothing, and one that is no copy of a machine fails" {
	mkdir -p "$BATS_TEST_TMPDIR/empty"
	iommuctl --root "$BATS_TEST_TMPDIR/empty" device list
	status_is 1
	output_is ""
	stderr_has "no copy of a machine"
	mkdir "$BATS_TEST_TMPDIR/empty/sys"
	every_verb "$BATS_TEST_TMPDIR/empty"
	iommuctl --root "$BATS_TEST_TMPDIR/empty" device list
	output_is ""
}

@test "files of any length: what is too long is named, and the rest is there" {
	root=$(scratch 'x sys/class/iommu/dmar0/intel-iommu/cap 61*200000\nx sys/kernel/iommu_groups/1/reserved_regions 30*200000\nx sys/bus/pci/devices/0000:00:01.0/uevent 41*200000\nf sys/bus/pci/devices/0000:00:02.0/uevent = DRIVER=x')
	every_verb "$root"
	iommuctl --root "$root" -v topology
	stderr_has "dmar0/intel-iommu/cap: too long" "1/reserved_regions: too long" \
		"0000:00:01.0/uevent: too long"
	output_has "driver=x"
}

@test "reading opens no file for writing, no device node and no PCI configuration space" {
	strace -o /dev/null true 2>/dev/null || skip "strace is not installed, or may not trace"
	dir=$(dirname "$IOMMUCTL")
	tool=$IOMMUCTL
	# what libtool leaves in a build tree is a script around the program
	[ ! -x "$dir/.libs/iommuctl" ] || tool=$dir/.libs/iommuctl
	for verb in "${verbs[@]}" "iova ranges 0000:00:02.0" "device pasid 0000:00:02.0" \
		"complete -- device list 0"; do
		for where in "$(fixture intel-vmd)" "$(fixture broken)" /; do
			# shellcheck disable=SC2086 # a list of words
			LD_LIBRARY_PATH=$dir/../.libs ASAN_OPTIONS=detect_leaks=0 \
				strace -f -o "$BATS_TEST_TMPDIR/trace" -e trace=file,desc \
				"$tool" --root "$where" $verb >/dev/null 2>&1 || [[ $? == [14] ]]
			grep -q 'bus/pci/devices' "$BATS_TEST_TMPDIR/trace" || fail "saw nothing: $verb"
			not grep -E 'O_WRONLY|O_RDWR|O_CREAT|/config"|"/?dev/(iommu|vfio)|^[0-9]+ (mkdir|unlink|rename|link|symlink|chmod|truncate|mknod)' \
				"$BATS_TEST_TMPDIR/trace" || fail "of: $verb"
		done
	done
}

@test "a copy that cannot be written to gives the same" {
	root=$(fixture intel-vmd)
	copy=$BATS_TEST_TMPDIR/copy
	cp -a "$root" "$copy"
	chmod -R a-w "$copy"
	every_verb "$root"
	original=$all
	before=$(cd "$copy" && find . -printf '%p %m %s %T@ %C@\n' | sort)
	every_verb "$copy"
	[ "$all" = "$original" ] || fail "differs"
	[ "$before" = "$(cd "$copy" && find . -printf '%p %m %s %T@ %C@\n' | sort)" ] || fail "changed"
	chmod -R u+w "$copy"
}

@test "files that may not be read are unknown, and said once" {
	root=$BATS_TEST_TMPDIR/copy
	cp -a "$(fixture intel-vmd)" "$root"
	chmod 0 "$root/sys/class/iommu/dmar1/intel-iommu/ecap" \
		"$root/sys/bus/pci/devices/0000:00:02.0/uevent"
	if [ "$(id -u)" = 0 ]; then
		chmod -R go+rX "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR"
		chmod 0 "$root/sys/class/iommu/dmar1/intel-iommu/ecap" \
			"$root/sys/bus/pci/devices/0000:00:02.0/uevent"
		setpriv --reuid=65534 --clear-groups test -x "$IOMMUCTL" -a -r "$root/sys" ||
			skip "the build cannot be run as another user than root"
		iommuctl() {
			run --separate-stderr setpriv --reuid=65534 --clear-groups "$IOMMUCTL" "$@"
		}
	fi
	iommuctl --root "$root" -j iommu list
	status_is 0
	stderr_has "cannot read sys/class/iommu/dmar1/intel-iommu/ecap: Permission denied"
	json_is '[.iommus[] | [.name, .features.snoop_control, (.registers | length)]]' \
		'[["dmar0",false,2],["dmar1",false,1],["dmar2",true,2]]'
	iommuctl --root "$root" -j device list 0000:00:02.0
	json_is '.devices[0] | [.vendor_id, .driver]' '[32902,"i915"]'
	[ "$(grep -c uevent <<<"$stderr")" = 1 ] || fail "not once"
}

@test "what could not be read is unknown, not empty" {
	root=$(scratch 'd sys/bus/pci/devices/0000:00:01.0\nf sys/class/net = x')
	iommuctl --root "$root" -j device list
	json_is '.devices[0].net_interfaces' null
	stderr_has "sys/class/net: Not a directory"
	root=$(fixture intel-vmd)
	iommuctl --root "$root" -j device list
	json_is '[.devices[].net_interfaces | type] | unique' '["array"]'
}
