#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Every document that the tool prints is valid by its schema.
# shellcheck disable=SC2154

load contract.bash

SCHEMAS=$SRCDIR/schema
VALIDATE=$BATS_TEST_DIRNAME/validate

setup() {
	local status=0

	[ -x /usr/bin/python3 ] || skip "/usr/bin/python3 is not there"
	"$VALIDATE" "$SCHEMAS/iommu.json" || status=$?
	[ "$status" -ne 77 ] || skip "python3-jsonschema is not installed"
}

# document NOUN ARG...: prints one, and one with -v, to validate later
document() {
	local verbose name

	mkdir -p "$BATS_TEST_TMPDIR/$1"
	for verbose in '' -v; do
		name=$(tr -c 'a-z0-9\n' - <<<"${*: -1}" | cut -c1-200)$verbose
		name=$BATS_TEST_TMPDIR/$1/$((++documents)).$name.json
		# 4: a check found something, and says what
		timeout 60 "$IOMMUCTL" "$@" -q -j ${verbose:+-v} >"$name" || [ $? -eq 4 ] ||
			fail "no document: $*" || return
	done
}

# valid: so many documents of each noun are there, and all are valid
valid() { # NOUN COUNT
	local -a files=("$BATS_TEST_TMPDIR/$1"/*.json)

	[ "${#files[@]}" -ge "$2" ] || fail "only ${#files[@]} documents" || return
	"$VALIDATE" "$SCHEMAS/$1.json" "${files[@]}" || fail "not valid"
}

manifests() {
	basename -s .manifest "$SRCDIR"/tests/fixtures/*.manifest
}

# on_all NOUN ARG...: documents on every fixture
on_all() {
	local name root

	for name in $(manifests); do
		root=$(fixture "$name")
		document "$@" --root "$root" || fail "on $name" || return
	done
}

# same_record COMMAND NOUN DEF: the attributes of the command are those of the schema's definition
same_record() {
	# shellcheck disable=SC2086 # words
	same "$1" "$(help_attributes $1)" "$("$VALIDATE" --keys "$SCHEMAS/$2.json" "$3")"
}

# refused_after NOUN VERB FILTER: a valid document that jq's FILTER changed is not valid
refused_after() {
	local document=$BATS_TEST_TMPDIR/changed root

	root=$(fixture intel-client)
	"$IOMMUCTL" "$1" "$2" --root "$root" -j | jq "$3" >"$document"
	run "$VALIDATE" "$SCHEMAS/$1.json" "$document"
	[ "$status" -eq 1 ] || fail "accepted: $1 after $3"
}

@test "there is a schema for every noun and for calls, and each is one of 2020-12" {
	local noun

	same nouns "$(nouns)"$'\ncalls\nplan-file' "$(basename -s .json "$SCHEMAS"/*.json)"
	for noun in $(nouns) calls plan-file; do
		"$VALIDATE" "$SCHEMAS/$noun.json"
		grep -q 'SPDX-License-Identifier: [A-Z]' "$SCHEMAS/$noun.json" ||
			fail "$noun.json: no licence"
	done
}

@test "definitions of the same name are the same in all schemas" {
	local -a outputs

	need jq
	# of what is printed; that of plans is of what is read
	mapfile -t outputs < <(find "$SCHEMAS" -name '*.json' ! -name plan-file.json)
	# shellcheck disable=SC2016 # jq's
	run --separate-stderr jq -rs '[.[]."$defs" | to_entries[]] | group_by(.key)[]
		| select([.[].value] | unique | length > 1) | .[0].key' "${outputs[@]}"
	status_is 0
	output_is ""
}

@test "a schema has the attributes of its noun" {
	local noun

	same iommu "$(help_attributes iommu)" "$("$VALIDATE" --keys "$SCHEMAS/iommu.json" iommu)"
	same group "$(help_attributes group)" "$("$VALIDATE" --keys "$SCHEMAS/group.json" group)"
	same device "$(help_attributes device)" "$("$VALIDATE" --keys "$SCHEMAS/device.json" device)"
	same "device pasid" "$(help_attributes device pasid)" \
		"$("$VALIDATE" --keys "$SCHEMAS/device.json" chain)"
	for noun in device group; do
		same "$noun holders" "$(help_attributes "$noun" holders)" \
			"$("$VALIDATE" --keys "$SCHEMAS/$noun.json" holder)"
	done
	same region "$(help_attributes region)" \
		"$("$VALIDATE" --keys "$SCHEMAS/region.json" region_of_device)"
	same session "$(help_attributes session show)" \
		"$("$VALIDATE" --keys "$SCHEMAS/session.json" session)"
	same snapshot "$(help_attributes snapshot create)" \
		"$("$VALIDATE" --keys "$SCHEMAS/snapshot.json" snapshot)"
	same "snapshot diff" "$(help_attributes snapshot diff)" \
		"$("$VALIDATE" --keys "$SCHEMAS/snapshot.json" change)"
	same iova "$(help_attributes iova)" "$("$VALIDATE" --keys "$SCHEMAS/iova.json" usable_range)"
	same "iova plan" "$(help_attributes iova plan)" \
		"$("$VALIDATE" --keys "$SCHEMAS/iova.json" placement)"
	same kernel "$(help_attributes kernel)" "$("$VALIDATE" --keys "$SCHEMAS/kernel.json" call)"
	same_record "device open" device opened
	same_record "device attach" device attachment
	same_record "container show" container container
	same_record "container open" container opened_container
	same_record "container map" container mapped
	same_record "container unmap" container unmapped
	same_record "container add-window" container added_window
	same_record "container remove-window" container removed_window
	same_record "ioas create" ioas ioas
	same_record "ioas map" ioas mapped
	same_record "ioas unmap" ioas unmapped
	same_record "ioas ranges" ioas mappable
	same_record "ioas physical" ioas physical
	same_record "hwpt create" hwpt hwpt
	same_record "hwpt dirty" hwpt dirty_range
	same_record "hwpt invalidate" hwpt invalidation
	same_record "viommu create" viommu viommu
	same_record "viommu invalidate" viommu invalidation
	same_record "vdevice create" vdevice vdevice
	same_record "veventq create" veventq veventq
	same_record "veventq read" veventq event
	same_record "veventq watch" veventq event
	same_record "fault-queue create" fault-queue fault_queue
	same_record "fault-queue read" fault-queue fault
	same_record "fault-queue watch" fault-queue fault
	same_record "hw-queue create" hw-queue hw_queue
	same_record "option get" option iommufd_option
	same_record "plan check" plan check
	same_record "plan apply" plan applied
	same "register list" "$(help_attributes register list)" \
		"$("$VALIDATE" --keys "$SCHEMAS/register.json" layout)"
	same "register show" "$(help_attributes register show)" \
		"$("$VALIDATE" --keys "$SCHEMAS/register.json" decoded)"
}

@test "the schema has the features of iommuctl-registers.7" {
	same features "$(section iommuctl-registers.7 FEATURES | sed -n 's/^\.It Cm //p')" \
		"$("$VALIDATE" --keys "$SCHEMAS/iommu.json" features)"
	same sources "$("$VALIDATE" --keys "$SCHEMAS/iommu.json" features)" \
		"$("$VALIDATE" --keys "$SCHEMAS/iommu.json" feature_sources)"
}

@test "the schema has the models in the order of their numbers" {
	need jq
	[ "$(jq -r '."$defs".model.enum[]' "$SCHEMAS/iommu.json")" = "$(
		sed -nE 's/^\.It [0-9]+ Ta ([a-z0-9-]+) Ta .*/\1/p' "$MAN/iommuctl.7")" ]
}

@test "there are fixtures" {
	[ "$(manifests | wc -l)" -ge 10 ]
}

@test "iommu list and show: every fixture" {
	on_all iommu list
	on_all iommu show
	valid iommu 40
}

@test "group list and show: every fixture" {
	on_all group list
	on_all group show
	valid group 40
}

@test "device list and show: every fixture" {
	on_all device list
	on_all device show
	valid device 40
}

@test "device pasid: every device of every fixture, with its configuration space and without" {
	local name root options

	for name in $(manifests); do
		root=$(fixture "$name")
		for options in '' --config; do
			readarray -t devices < <(find "$root/sys/bus/pci/devices/" -name '*:*.[0-7]' -printf '%f\n')
			[ "${#devices[@]}" -eq 0 ] ||
				document device pasid ${options:+"$options"} "${devices[@]}" --root "$root" ||
				fail "on $name" || return
		done
	done
	valid device 80
}

@test "device holders and group holders: this machine, and one with holders" {
	document device holders
	document group holders
	valid device 2
	valid group 2
	for noun in device group; do
		jq '.holders = [{"pid": 7, "command": "a\u001b", "uid": 0, "user": null, "kind": "group",
			"device": null, "group": 12, "node": "/dev/vfio/12", "path": "/12 (deleted)",
			"fds": [3]}]' "$BATS_TEST_TMPDIR/$noun"/*holders.json >"$BATS_TEST_TMPDIR/held"
		"$VALIDATE" "$SCHEMAS/$noun.json" "$BATS_TEST_TMPDIR/held"
	done
}

@test "region list: every fixture" {
	on_all region list
	valid region 20
}

@test "topology: every fixture" {
	on_all topology
	on_all topology --format json
	valid topology 40
}

@test "iova ranges and plan: a device of each IOMMU of every fixture, and two at once" {
	local name root device devices

	need jq
	for name in $(manifests); do
		root=$(fixture "$name")
		readarray -t devices < <("$IOMMUCTL" device list -q -j --root "$root" |
			jq -r '[.devices[] | select(.group != null)] | unique_by(.iommu)[].name')
		for device in "${devices[@]}"; do
			"$IOMMUCTL" iova ranges "$device" -q --root "$root" >/dev/null 2>&1 || {
				[ "$name" = broken ] || fail "$name: no ranges of $device" || return
				continue
			}
			document iova ranges "$device" --root "$root"
			document iova plan "$device" --ram 8G --mmio 512M --mmio64 4G --root "$root"
			document iova plan "$device" --ram 8G --nested --root "$root"
		done
		[ "${#devices[@]}" -lt 2 ] || [ "$name" = broken ] ||
			document iova ranges "${devices[@]:0:2}" --root "$root"
	done
	valid iova 120
}

@test "kernel show: this machine, one that is not known well, and a snapshot" {
	document kernel show
	document kernel show -o +note
	document kernel show --root "$(fixture intel-client)"
	document kernel show --root "$(fixture kernel-6.12)"
	valid kernel 8
}

@test "register list: every model" {
	local model

	document register list
	for model in $("$IOMMUCTL" complete -- register list --model ''); do
		document register list --model "$model"
	done
	valid register 8
}

@test "register show: every register, with no bit, every bit and each bit" {
	local model name width bit words

	need jq
	while read -r model name width; do
		words=("$name=0" "$name=0x$(printf "%0.sf" $(seq $((width / 4))))")
		for ((bit = 0; bit < width; bit++)); do
			words+=("$name=$(printf 0x%x $((1 << bit)))")
		done
		document register show --model "$model" "${words[@]}"
	done < <("$IOMMUCTL" register list -j | jq -r '.registers[] | "\(.arch) \(.name) \(.width)"')
	valid register 12
}

@test "register show: logs of every kind of IOMMU" {
	local log

	for log in vtd amd arm; do
		document register show --from-log "$SRCDIR/tests/fixtures/logs/$log.tsv"
	done
	document register show cap=1 --from-log "$SRCDIR/tests/fixtures/logs/vtd.tsv"
	valid register 4
}

@test "attributes that -o adds are valid" {
	local noun root

	root=$(fixture intel-client)
	for noun in iommu group device region; do
		document "$noun" list --root "$root" -o "+$(help_attributes "$noun" | paste -sd,)"
		valid "$noun" 2
	done
}

@test "compat: every fixture with a profile, a pair, what is emitted, and the choices" {
	local one two

	on_all compat live intel-iommu,aw-bits=39 --format vtd-s1-4level --format amd-v1
	one=$(fixture intel-server) two=$(fixture intel-client)
	document compat "$one" "$two" --emit qemu
	document compat "$one" "$two" --emit libvirt
	document compat "$one" amd-iommu --emit qemu
	document compat --list
	valid compat 40
}

@test "snapshot create: a fixture" {
	local root

	root=$(fixture intel-client)
	document snapshot create --force --root "$root" "$BATS_TEST_TMPDIR/a.tar.zst"
	document snapshot create --force --acpi --config --no-redact --root "$root" "$BATS_TEST_TMPDIR/a.tar.zst"
	valid snapshot 4
}

@test "what the schemas must refuse, they refuse" {
	need jq
	refused_after iommu list '.more = 1'
	refused_after iommu list '.schema = "iommuctl/2"'
	refused_after iommu list 'del(.iommus[0].version)'
	refused_after iommu list '.iommus[0].more = 1'
	refused_after iommu list '.iommus[0].model = "vtd"'
	refused_after iommu list '.iommus[0].features.more = true'
	refused_after iommu list 'del(.iommus[0].features.btm)'
	refused_after iommu list '.iommus[0].features.input_bits = "39"'
	refused_after iommu list '.iommus[0].features.httu = "dirty"'
	refused_after iommu list '.iommus[0].registers[0].value = 5'
	refused_after iommu list '.iommus[0].registers[0].value = "0xAB"'
	refused_after iommu list '.iommus[0].registers[0].reserved_set = "0x01"'
	refused_after iommu list 'del(.iommus[0].registers[0].fields.nd.raw)'
	refused_after group list '.groups[0].id = "0"'
	refused_after group list '.groups[0].type = "dma"'
	refused_after group list '.groups[0].regions[0].start = 0'
	refused_after group list '.groups[0].regions[0].device = "x"'
	refused_after device list '.devices[0].group = "0"'
	refused_after device list '.devices[0].vendor_id = "0x8086"'
	refused_after device list 'del(.devices[0].vfio_node)'
	refused_after device list '.devices[0].net_interfaces = "eth0"'
	refused_after region list '.regions[0].type = "MSI"'
	refused_after region list '.regions = null'
	refused_after register list '.registers[0].width = 63'
	refused_after register list '.registers[0].fields = {}'
	refused_after kernel show 'del(.kernel.release)'
	refused_after kernel show '.calls[0].present = "yes"'
	refused_after kernel show '.calls[0].number = "0x3b80"'
	refused_after kernel show '.calls[0].since = "6"'
	refused_after kernel show '.calls[0].kind = "ioctl"'
	refused_after topology --json '.topology[0].groups[0].devices[0].more = 1'
	refused_after topology --json '.topology[0].groups[0].id = null | .topology = {}'
}

@test "plan check: every example on two fixtures; none of them is against the schema of plans" {
	local example

	for example in "$SRCDIR"/examples/*.json; do
		"$VALIDATE" "$SCHEMAS/plan-file.json" "$example"
		document plan check "$example" --root "$(fixture qemu-intel)"
		document plan check "$example" --root "$(fixture qemu-smmuv3-nested)"
	done
	echo '{"ioas": [{"name": "a b"}]}' >"$BATS_TEST_TMPDIR/wrong.json"
	document plan check "$BATS_TEST_TMPDIR/wrong.json" --root "$(fixture qemu-intel)"
	valid plan 30
}

@test "the schema of plans has the keys that the tool takes" {
	need jq
	# the tool names them where it meets another one
	"$IOMMUCTL" plan check - -j --root "$(fixture qemu-intel)" >"$BATS_TEST_TMPDIR/checks" <<-'END' || [ $? -eq 4 ]
		{"x": 1, "devices": [{"x": 1}], "memory": [{"x": 1}],
		 "ioas": [{"x": 1, "layout": {"x": 1}, "maps": [{"x": 1}]}], "fault_queues": [{"x": 1}],
		 "hwpts": [{"x": 1, "vtd_s1": {"x": 1}, "arm_smmu_v3": {"x": 1}}], "viommus": [{"x": 1}],
		 "vdevices": [{"x": 1}], "veventqs": [{"x": 1}], "hw_queues": [{"x": 1}],
		 "attachments": [{"x": 1}], "handover": [{"x": 1}]}
	END
	same keys "$(jq -r '.checks[].evidence | capture("its keys are (?<keys>.*)").keys' "$BATS_TEST_TMPDIR/checks" |
		sed 's/, /\n/g' | sort)" \
		"$(jq -r '. as $all | [.] + [$all."$defs"[] | select(.properties)] | .[].properties | keys[]' \
			"$SCHEMAS/plan-file.json" | sort)"
}

@test "what the schema of plans refuses is refused, and what misses, or is too much, is refused by both" {
	ROOT=$(fixture qemu-intel) run timeout 300 "$BATS_TEST_DIRNAME/plan-mutations" "$SCHEMAS/plan-file.json" "$SRCDIR"/examples/*.json
	[ "$status" -eq 0 ] || fail "not the same"
	[[ $output == *" mutations" ]]
}
