#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# plan check: what is wrong with a plan's file, and where; and whether a machine can do it.
# shellcheck disable=SC2154 # what run sets

load helpers

# A plan of everything, each item on a line that the tests below name.
base() {
	cat <<-'END'
		{
		"schema": "iommuctl-plan/1", "name": "all",
		"devices": [{"device": "0000:16:00.2", "name": "nic"}, {"device": "0000:27:00.0", "bind": true}],
		"memory": [{"name": "ram", "kind": "memfd", "size": "1G"},
		  {"name": "huge", "kind": "hugetlb", "size": "1G", "page_size": "2M"},
		  {"name": "disk", "kind": "file", "path": "/dev/shm/x"}],
		"ioas": [{"name": "guest", "huge_pages": true, "layout": {"ram": "1G", "mmio": "256M"},
		  "maps": [{"memory": "ram", "use": "ram"}]},
		 {"name": "flat", "windows": ["0x100000-0x7fffffff", {"start": "0x100000000", "end": "0x1ffffffff"}],
		  "maps": [{"memory": "ram", "iova": "0x100000", "length": "1M", "permissions": "rw"},
		   {"memory": "huge", "iova": "0x100000000", "offset": "2M"},
		   {"device": "nic", "region": 0, "iova": "0x200000", "length": 4096}]}],
		"fault_queues": [{"name": "faults"}],
		"hwpts": [{"name": "s2", "ioas": "guest", "device": "nic", "nest_parent": true},
		 {"name": "s1", "parent": "s2", "device": "nic", "fault_queue": "faults", "vtd_s1": {"pgtbl_addr": "0x1000", "addr_width": 48}},
		 {"name": "ste", "viommu": "v", "device": "nic", "arm_smmu_v3": {"config": "stage1", "s1contextptr": "0x40"}},
		 {"name": "raw", "parent": "s2", "device": "nic", "type": "vtd-s1", "data": "00"},
		 {"name": "pasids", "ioas": "guest", "device": "nic", "for_pasid": true}],
		"viommus": [{"name": "v", "hwpt": "s2", "device": "nic", "type": "arm-smmu-v3"}],
		"vdevices": [{"name": "vd", "viommu": "v", "device": "nic", "virtual_id": "0x8"}],
		"veventqs": [{"name": "events", "viommu": "v", "type": "arm-smmu-v3", "depth": 64}],
		"hw_queues": [{"name": "cmdq", "viommu": "v", "type": 1, "index": 0, "iova": 0, "length": 4096}],
		"attachments": [{"device": "0000:27:00.0", "to": "guest"},
		 {"device": "nic", "to": "pasids"},
		 {"device": "nic", "to": "pasids", "pasid": 5}],
		"handover": [{"variable": "IOMMUFD", "iommufd": true},
		 {"variable": "NIC", "device": "nic"},
		 {"variable": "RAM", "memory": "ram"}]
		}
	END
}

# findings FILE [ROOT]: a line "LINE PATH EVIDENCE" for all that fails
findings() {
	iommuctl -j --root "${2:-$(fixture qemu-none)}" plan check "$1"
	jq -e '.schema == "iommuctl/1" and (.feasible | not)' <<<"$output" >/dev/null || fail "$edit" || return
	status_is 4 || return
	output=$(jq -r '.checks[] | select(.verdict == "fail") | "\(.line) \(.path) \(.evidence)"' <<<"$output")
}

# broken LINE EDIT PATH WORDS: after sed's EDIT of the base, that is found, and nothing else
broken() {
	local edit=$2

	base | sed -e "$edit" >"$BATS_TEST_TMPDIR/plan"
	not cmp -s "$BATS_TEST_TMPDIR/plan" <(base) || fail "nothing is edited by $edit" || return
	findings "$BATS_TEST_TMPDIR/plan" || return
	[[ $output == "$1 $3 "*"$4"* && $output != *$'\n'* ]] || fail "$edit: not $1 $3 ... $4"
}

# table: rows of LINE@EDIT@PATH@WORDS on the standard input
table() {
	local line edit path words count=0 wrong=()

	while IFS=@ read -r line edit path words; do
		broken "$line" "$edit" "$path" "$words" || wrong+=("$edit")
		count=$((count + 1))
	done
	[ "$count" -gt 0 ] && [ "${#wrong[@]}" -eq 0 ]
}

@test "the plan that the others break has no fault of its own" {
	base >"$BATS_TEST_TMPDIR/plan"
	iommuctl -j --root "$(fixture intel-server)" plan check "$BATS_TEST_TMPDIR/plan"
	run jq -r '.checks[] | select(.id == "syntax" or .id == "rule")' <<<"$output"
	output_is ""
}

@test "what is no JSON: the line" {
	table <<-'END'
		2@2s/"schema":/"schema"/@.@object property name separator
		3@3s/\[/[,/@.@
		4@4s/"1G"/1G/@.@
		4@4s/"1G"/0x100/@.@
		4@4s/"1G"/18446744073709551616/@.@
		12@12s/4096/012/@.@
		7@7s/true/True/@.@
		7@7s/true/NULL/@.@
		27@27s/"NIC"/'NIC'/@.@
		27@27s/"NIC"/"N\\x"/@.@
		30@29s/.*//@.@it ends too early
		10@10,$d@.@it ends too early
		29@29s/$/]/@.@
		2@1s/{/[]/@.@
		3@3s/.*/\/* *\//@.@
		3@3s/"nic"/"\xff"/@.@
		5@5s/"kind"/"name": "x", "kind"/@.@this key is there twice
		5@5s/"kind"/"n\\u0061me": "x", "kind"/@.@this key is there twice
		3@1s/$/\n"n": 1,\n"\\u006e": {},/@.@this key is there twice
	END
}

@test "what a key cannot have: line and path" {
	table <<-'END'
		2@2s/plan\/1/plan\/2/@.schema@iommuctl-plan/1
		2@2s/"all"/"a b"/@.name@it must be: a name
		2@2s/"all"/7/@.name@it must be: a name
		2@2s/"name"/"nome"/@.nome@its keys are schema, name, devices
		3@3s/true/1/@.devices[1].bind@true or false
		3@3s/, "bind"/, "bound"/@.devices[1].bound@no such key
		3@3s/true/null/@.devices[1].bind@null is no value
		3@3s/{"device": "0000:27.*}/7/;23,24s/"0000:27:00.0"/"nic"/;23s/"guest"/"pasids"/;24d@.devices[1]@a device is an object
		4@4s/memfd/disk/@.memory[0].kind@memfd|hugetlb|file|anonymous
		4@4s/"1G"/"1g"/@.memory[0].size@it must be: 
		4@4s/"1G"/0/@.memory[0].size@it must be: 
		4@4s/"1G"/-1/@.memory[0].size@it must be: 
		4@4s/"1G"/0.5/@.memory[0].size@it must be: 
		4@4s/"1G"/1e400/@.memory[0].size@it must be: 
		4@4s/"1G"/"18446744073709551616"/@.memory[0].size@it must be: 
		4@4s/"1G"/[1]/@.memory[0].size@it must be: 
		4@4s/, "size": "1G"//@.memory[0]@size is missing
		5@5s/"kind": "hugetlb", //@.memory[1]@kind is missing
		5@5s/2M/\\u00002M/@.memory[1].page_size@it must be: 
		6@6s/"\/dev/"\\n\/dev/@.memory[2].path@without control characters
		7@7s/"guest"/"1guest"/;14,23s/"guest"/"flat"/@.ioas[0].name@a letter
		7@7s/"ram": "1G"/"ram": "1G", "bits": 65/@.ioas[0].layout.bits@
		7@7s/{"ram".*}/[]/;8s/{[^}]*}//@.ioas[0].layout@a layout is an object
		8@8s/"ram", "use"/"ram", "usage"/@.ioas[0].maps[0].usage@no such key
		8@8s/: "ram"}/: "rom"}/@.ioas[0].maps[0].use@ram
		9@9s/0x7fffffff/0xff/@.ioas[1].windows@START-END
		9@9s/"windows": .*/"windows": [],/@.ioas[1].windows@START-END
		9@9s/, "end"/, "last"/@.ioas[1].windows@START-END
		9@9s/"0x1ffffffff"}/"0x1ffffffff", "x": 1}/@.ioas[1].windows@START-END
		10@10s/"rw"/"rwx"/@.ioas[1].maps[0].permissions@rw|r|w
		10@10s/"rw"/"rw\\u0000"/@.ioas[1].maps[0].permissions@rw|r|w
		10@10s/"0x100000"/"0x100000 "/@.ioas[1].maps[0].iova@
		12@12s/"region": 0/"region": 6/@.ioas[1].maps[2].region@
		12@12s/"device": "nic", //@.ioas[1].maps[2]@just one of memory, device
		12@12s/"device"/"memory": "ram", "device"/@.ioas[1].maps[2]@just one of memory, device
		12@12s/"iova"/"use": "ram", "iova"/@.ioas[1].maps[2]@no more than one of iova, use
		14@14s/"ioas": "guest", //@.hwpts[0]@just one of ioas, parent, viommu
		14@14s/, "device": "nic"//@.hwpts[0]@device is missing
		15@15s/48/4294967296/@.hwpts[1].vtd_s1.addr_width@has room there
		15@15s/"addr_width": 48/"addr_width": 48, "sre": 2/@.hwpts[1].vtd_s1.sre@has room there
		15@15s/"pgtbl_addr": "0x1000", //@.hwpts[1].vtd_s1@pgtbl_addr is missing
		16@16s/"0x40"/"0x20"/@.hwpts[2].arm_smmu_v3.s1contextptr@has room there
		16@16s/"0x40"/"0x10000000000000"/@.hwpts[2].arm_smmu_v3.s1contextptr@has room there
		16@16s/"stage1"/"stage2"/@.hwpts[2].arm_smmu_v3.config@abort|bypass|stage1
		16@16s/"arm_smmu_v3"/"type": "arm-smmu-v3", "data": "00", "arm_smmu_v3"/@.hwpts[2]@no more than one of type, vtd_s1, arm_smmu_v3
		19@19s/arm-smmu-v3/x/@.viommus[0].type@
		20@20s/, "virtual_id": "0x8"//@.vdevices[0]@virtual_id is missing
		21@21s/64/0/@.veventqs[0].depth@
		22@22s/"index": 0, //@.hw_queues[0]@index is missing
		25@25s/"pasid": 5/"pasid": 1048576/@.attachments[2].pasid@
		25@25s/"pasid": 5/"pasid": 0/@.attachments[2].pasid@
		26@26s/"iommufd": true/"iommufd": true, "memory": "ram"/@.handover[0]@just one of iommufd, device, memory
		28@28s/{.*}/[]/@.handover[2]@is an object
		26@26s/"handover": \[{/"handover": {/;27,28d;29s/.*/}/;26s/},/}/@.handover@it is no array
	END
}

@test "names: each is there, is of the right kind, and once" {
	table <<-'END'
		3@3s/"bind": true/"name": "nic"/@.devices[1].name@nic is named twice
		5@5s/"huge"/"ram"/;11s/"huge"/"ram"/;11s/, "offset.*"2M"//@.memory[1].name@ram is named twice
		8@8s/"memory": "ram"/"memory": "rom"/@.ioas[0].maps[0].memory@nothing in the plan has the name rom
		8@8s/"memory": "ram"/"memory": "nic"/@.ioas[0].maps[0].memory@nic is a device
		14@14s/"ioas": "guest"/"ioas": "nic"/@.hwpts[0].ioas@nic is a device
		15@15s/"parent": "s2"/"parent": "guest"/@.hwpts[1].parent@guest is an address space
		23@23s/"to": "guest"/"to": "v"/@.attachments[0].to@v is a vIOMMU
		28@28s/"memory": "ram"/"memory": "guest"/@.handover[2].memory@guest is an address space
	END
}

@test "rules: what can be of no use on any machine" {
	table <<-'END'
		4@4s/"memfd"/"memfd", "page_size": "2M"/@.memory[0].page_size@only hugetlb
		5@5s/2M/3M/@.memory[1].page_size@power of two
		6@6s/, "path".*"}/}/@.memory[2]@needs its path
		5@5s/"size"/"path": "\/x", "size"/@.memory[1]@only a file has a path
		28@4s/memfd/anonymous/@.handover[2].memory@use memfd
		7@7s/"ram": "1G"/"ram": "1G", "alignment": "3M"/@.ioas[0].layout.alignment@power of two
		7@8s/{[^}]*}//;7s/"ram": "1G"/"ram": "1025K"/@.ioas[0].layout.ram@multiple of its alignment
		8@7s/"ram": "1G", //@.ioas[0].maps[0].use@no layout with ram
		8@7s/"ram": "1G"/"ram": "2G"/@.ioas[0].maps[0]@ram has 0x40000000 bytes
		8@8s/"use": "ram"/"use": "ram", "length": "1G"/@.ioas[0].maps[0].length@the ram's length
		8@8s/"use": "ram"}/"use": "ram"}, {"memory": "ram", "use": "ram"}/@.ioas[0].maps[1].use@that of .ioas[0].maps[0]
		9@9s/0x7fffffff/0x10fffffff/@.ioas[1].windows@the windows 0 and 1 overlap
		10@10s/"0x100000", "length": "1M"/"0x200000000", "length": "2G"/@.ioas[1].maps[0]@ram has
		10@10s/"0x100000"/"0x100800"/;10s/1M/4K/@.ioas[1].maps[0].iova@within a page
		10@10s/"1M"/"6K"/@.ioas[1].maps[0].length@not whole pages
		10@10s/"iova"/"region": 1, "iova"/@.ioas[1].maps[0].region@a region is of a device
		11@11s/"2M"/"2G"/@.ioas[1].maps[1]@huge has
		11@11s/"0x100000000"/"0xfffffffff0000000"/@.ioas[1].maps[1].iova@past the last address
		12@12s/0x200000/0xfffffffffffff000/;12s/4096/8192/@.ioas[1].maps[2].length@past the last address
		12@12s/0x200000/0x1ff000/@.ioas[1].maps[2]@it overlaps .ioas[1].maps[0]
		12@12s/0x200000/0x100002000/@.ioas[1].maps[2]@it overlaps .ioas[1].maps[1]
		12@12s/"region": 0, //@.ioas[1].maps[2]@region is missing
		12@12s/, "length": 4096//@.ioas[1].maps[2]@length is missing
		12@12s/"iova": "0x200000"/"use": "ram"/@.ioas[1].maps[2].use@
		14@14s/true/true, "type": "vtd-s1", "data": "00"/@.hwpts[0]@only a nested page table is described
		15@15s/, "vtd_s1.*}}/}/@.hwpts[1]@needs vtd_s1
		15@15s/"vtd_s1"/"dirty_tracking": true, "vtd_s1"/@.hwpts[1].dirty_tracking@no nested page table
		15@15s/"parent": "s2"/"viommu": "v"/@.hwpts[1].vtd_s1@nested in a page table
		15@15s/"parent": "s2"/"parent": "pasids"/@.hwpts[1].parent@pasids is made without nest_parent
		16@16s/"viommu": "v"/"parent": "s2"/@.hwpts[2].arm_smmu_v3@nested in a vIOMMU
		17@17s/, "data": "00"//@.hwpts[3]@type and data belong together
		19@19s/"s2"/"pasids"/@.viommus[0].hwpt@pasids is made without nest_parent
		24@24s/"pasids"/"guest"/@.attachments[1].to@made with for_pasid
		25@25s/"pasids"/"guest"/@.attachments[2].to@made with for_pasid
		25@24s/"to": "pasids"/"to": "pasids", "pasid": "0x5"/@.attachments[2]@attached twice
		24@3s/true/false/;23s/"0000:27:00.0"/"nic"/;23s/guest/pasids/@.attachments[1]@attached twice
		23@3s/true/false/@.attachments[0].device@its bind is false
		26@26s/"IOMMUFD"/"1FD"/@.handover[0].variable@no variable's name
		26@26s/"IOMMUFD"/"FD="/@.handover[0].variable@no variable's name
		26@26s/true/false/@.handover[0].iommufd@it can only be true
	END
}

@test "what a terminal would obey is shown, not obeyed" {
	base | sed '2s/"name"/"\\u001b[31m"/' >"$BATS_TEST_TMPDIR/plan"
	on qemu-none plan check "$BATS_TEST_TMPDIR/plan"
	status_is 4
	output_has 'no such key'
	[[ $output$stderr != *$'\e'* ]] || fail escape
	on qemu-none -j plan check "$BATS_TEST_TMPDIR/plan"
	json_is '.checks[0].path' '".\u001b[31m"'
}

@test "files that are no plans" {
	local dir=$BATS_TEST_TMPDIR

	: >"$dir/empty"
	on qemu-none -j plan check "$dir/empty"
	status_is 4
	json_is '[.checks[] | [.line, .path, .evidence]]' '[[1,".","it ends too early"]]'
	printf '{"schema":\n"x\0"}' >"$dir/nul"
	on qemu-none -j plan check "$dir/nul"
	json_is '[.checks[] | [.line, .path, .evidence]]' '[[2,".","it is no text"]]'
	perl -e 'print "{\"a\":" x 100000' >"$dir/deep"
	on qemu-none -j plan check "$dir/deep"
	json_is '.checks[0].evidence' '"nesting too deep"'
	head -c 16777217 /dev/zero | tr '\0' ' ' >"$dir/long"
	on qemu-none plan check "$dir/long"
	refused 1 "it is longer than 16777216 bytes"
	on qemu-none plan check /dev/zero
	refused 1 "it is longer than 16777216 bytes"
	on qemu-none plan check "$dir"
	refused 1 "Is a directory"
	on qemu-none plan check "$dir/none"
	refused 1 "No such file"
	mkfifo "$dir/fifo"
	echo '{}' >"$dir/fifo" &
	on qemu-none plan check "$dir/fifo"
	status_is 0
	wait
}

# many EXPRESSION: a plan with 100 000 of what perl's EXPRESSION makes of $_
many() {
	perl -e 'print "{\"devices\": [{\"device\": \"0000:16:00.2\", \"name\": \"nic\"}],\n",
		"\"memory\": [{\"name\": \"ram\", \"kind\": \"memfd\", \"size\": \"1T\"}],\n",
		"\"attachments\": [{\"device\": \"nic\", \"to\": \"guest\"}],\n",
		"\"ioas\": [{\"name\": \"guest\", \"maps\": [",
		join(",\n", map { '"$1"' } 0 .. 99999), "], \"layout\": {\"ram\": \"64M\"}}]}\n"'
}

@test "100 000 maps are checked at once" {
	local root

	root=$(fixture intel-server)
	# shellcheck disable=SC2016 # perl's
	many 'sprintf(q({"memory": "ram", "iova": "0x%x", "length": 4096}), 0x100000000 + 8192 * $_)' \
		>"$BATS_TEST_TMPDIR/maps"
	run --separate-stderr timeout 30 "$IOMMUCTL" --root "$root" -j plan check "$BATS_TEST_TMPDIR/maps"
	status_is 0
	json_is '.feasible' true
	# a thousand are told of
	# shellcheck disable=SC2016 # perl's
	many 'q({"memory": "ram", "iova": 0, "length": 4096})' >"$BATS_TEST_TMPDIR/maps"
	run --separate-stderr timeout 30 "$IOMMUCTL" --root "$root" -j plan check "$BATS_TEST_TMPDIR/maps"
	status_is 4
	json_is '[.checks | length, .[0].line]' '[1000,5]'
	many 'q({"memory": "ram", "use": "ram"})' >"$BATS_TEST_TMPDIR/maps"
	run --separate-stderr timeout 30 "$IOMMUCTL" --root "$root" -j plan check "$BATS_TEST_TMPDIR/maps"
	status_is 4
}

# ------------------------------------------------------------------- machines

# on_vfio ROOT DEVICE: as if VFIO had it
on_vfio() {
	local device

	device=$(find "$1/sys/devices" -type d -name "$2")
	mkdir -p "$1/sys/bus/pci/drivers/vfio-pci"
	ln -rsfn "$1/sys/bus/pci/drivers/vfio-pci" "$device/driver"
	sed -i 's/^DRIVER=.*/DRIVER=vfio-pci/' "$device/uevent"
}

# plan DEVICE HWPTS TO: a guest of 4 GiB with page tables
plan() {
	cat >"$BATS_TEST_TMPDIR/plan" <<-END
		{"schema": "iommuctl-plan/1",
		"devices": [{"device": "$1", "name": "nic"}],
		"memory": [{"name": "ram", "kind": "memfd", "size": "4G"}],
		"ioas": [{"name": "guest", "layout": {"ram": "4G", "mmio": "256M"}, "maps": [{"memory": "ram", "use": "ram"}]}],
		$2
		"attachments": [{"device": "nic", "to": "$3"}]}
	END
}

@test "good plans: VT-d, AMD, SMMUv3; that a stage cannot be nested is told" {
	local root

	plan 0000:16:00.2 '' guest
	on intel-server -j plan check "$BATS_TEST_TMPDIR/plan"
	status_is 0
	json_is '[.feasible, ([.placements[] | select(.use == "ram").length] | add)]' '[true,4294967296]'
	plan 0001:41:00.0 '' guest
	on amd-server -j plan check "$BATS_TEST_TMPDIR/plan"
	status_is 0
	json_is '.feasible' true
	cp -a "$(fixture qemu-smmuv3-nested)" "$BATS_TEST_TMPDIR/smmu"
	root=$BATS_TEST_TMPDIR/smmu
	on_vfio "$root" 0000:01:00.0
	echo 6.17.0 >"$root/proc/sys/kernel/osrelease"
	plan 0000:01:00.0 '' guest
	iommuctl --root "$root" -j plan check "$BATS_TEST_TMPDIR/plan"
	status_is 0
	json_is '[.feasible, ([.placements[] | select(.use == "ram").length] | add)]' '[true,4294967296]'
	plan 0000:01:00.0 '"hwpts": [{"name": "s2", "ioas": "guest", "device": "nic", "nest_parent": true},
		{"name": "s1", "viommu": "v", "device": "nic", "arm_smmu_v3": {"config": "bypass"}}],
		"viommus": [{"name": "v", "hwpt": "s2", "device": "nic", "type": "arm-smmu-v3"}],' s1
	iommuctl --root "$root" -j plan check "$BATS_TEST_TMPDIR/plan"
	status_is 4
	json_is '[.checks[] | select(.verdict == "fail").path]' '[".hwpts[0].nest_parent"]'
	output_has 'the second stage cannot force write-back'
	json_is '[.checks[] | select(.id == "model") | .verdict] | unique' '["pass"]'
}

@test "what a machine cannot do: which check, and where" {
	plan 0000:16:00.2 '"hwpts": [{"name": "s2", "ioas": "guest", "device": "nic", "nest_parent": true},
		{"name": "s1", "viommu": "v", "device": "nic", "arm_smmu_v3": {"config": "bypass"}}],
		"viommus": [{"name": "v", "hwpt": "s2", "device": "nic", "type": "arm-smmu-v3"}],' s1
	on intel-server -j plan check "$BATS_TEST_TMPDIR/plan"
	status_is 4
	json_is '[.checks[] | select(.verdict == "fail" and .id == "model") | [.path, .line]]' \
		'[[".hwpts[1].arm_smmu_v3",6],[".viommus[0].type",7]]'
	plan 0000:99:00.0 '' guest
	on intel-server -j plan check "$BATS_TEST_TMPDIR/plan"
	status_is 4
	json_is '[.checks[] | select(.verdict == "fail") | [.id, .path, .line]]' '[["device",".devices[0].device",2]]'
	plan 0000:00:02.0 '' guest
	on qemu-intel -j plan check "$BATS_TEST_TMPDIR/plan"
	status_is 4
	output_has 'not on VFIO'
}

# addresses ROOT DEVICE... -- HWPTS TO: maps at the borders of what the devices reserve: those that
# fail are those that overlap it, says another program
addresses() {
	local root=$1 devices=()

	shift
	while [ "$1" != -- ]; do
		devices+=("$1")
		shift
	done
	/usr/bin/env python3 - "$IOMMUCTL" "$root" "$BATS_TEST_TMPDIR/plan" "$2" "$3" "${devices[@]}" <<-'END'
		import glob, json, os, random, subprocess, sys
		tool, root, file, hwpts, to = sys.argv[1:6]
		devices = sys.argv[6:]
		nested = to != "guest"
		random.seed(root + to)
		regions = []
		for device in devices:
		    group = glob.glob(f"{root}/sys/kernel/iommu_groups/*/devices/{device}")[0].split("/")[-3]
		    for line in open(f"{root}/sys/kernel/iommu_groups/{group}/reserved_regions"):
		        start, end, kind = line.split()
		        if kind == "msi" or kind != "direct-relaxable" and not nested:
		            regions.append((int(start, 16), int(end, 16)))
		points = [0, 1 << 32] + [p for r in regions for p in (r[0], r[1] + 1)]
		points += [random.randrange(1 << 27) << 12 for _ in range(200)]
		maps, used = [], []
		for point in points:
		    for _ in range(8):
		        start = max(0, point + 4096 * random.randint(-12, 12))
		        length = 4096 * random.randint(1, 8)
		        if start + length > 1 << 40 or any(start < e and s < start + length for s, e in used):
		            continue
		        used.append((start, start + length))
		        maps.append({"memory": "ram", "iova": hex(start), "length": length})
		plan = {"devices": [{"device": d} for d in devices],
		        "memory": [{"name": "ram", "kind": "memfd", "size": "1T"}],
		        "ioas": [{"name": "guest", "maps": maps}],
		        "hwpts": json.loads(hwpts.replace("DEVICE", devices[0])),
		        "attachments": [{"device": d, "to": to} for d in devices]}
		json.dump(plan, open(file, "w"))
		out = json.loads(subprocess.run([tool, "--root", root, "-j", "plan", "check", file],
		                                stdout=subprocess.PIPE).stdout)
		assert not [c for c in out["checks"] if c["id"] in ("syntax", "rule")], out
		found = {c["path"] for c in out["checks"] if c["id"] == "addresses" and c["verdict"] == "fail"}
		expected = {f".ioas[0].maps[{i}].iova" for i, (s, e) in enumerate(used)
		            if any(s <= b and a < e for a, b in regions)}
		assert found == expected, (found ^ expected)
		assert len(expected) >= 2 and len(expected) < len(maps), len(expected)
	END
}

@test "maps that devices cannot use are those that overlap their regions" {
	addresses "$(fixture intel-server)" 0000:16:00.2 0000:27:00.0 -- '[]' guest
	addresses "$(fixture amd-server)" 0001:41:00.0 -- '[]' guest
	addresses "$(fixture amd-server)" 0001:41:00.0 -- \
		'[{"name": "s2", "ioas": "guest", "device": "DEVICE", "nest_parent": true},
		{"name": "s1", "parent": "s2", "device": "DEVICE", "type": "amd-guest", "data": "00"}]' s1
	addresses "$(fixture intel-rmrr)" 0000:00:1d.0 -- '[]' guest
	addresses "$(fixture qemu-smmuv3-nested)" 0000:01:00.0 -- '[]' guest
}
