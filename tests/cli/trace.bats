#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# --trace and --dry-run on a file that is taken for /dev/iommu and refuses every call. What a kernel
# answers is traced in a guest.
# shellcheck disable=SC2154

load helpers
shopt -s extglob

setup() {
	root=$(scratch 'f sys/class/misc/iommu/dev = 1:3') || return
	exec 9<>/dev/null
}

teardown() {
	exec 9>&-
}

# null ARG...: on that file; its number is made N in what is for people
null() {
	iommuctl --root "$root" --iommufd 9 "$@"
	output=${output//\(fd=+([0-9])/(fd=N} stderr=${stderr//\(fd=+([0-9])/(fd=N}
}

# calls FILTER: of each call of the document
calls() {
	jq -cr ".calls[] | $1" <<<"$output"
}

# no_ioctl COMMAND...: runs it, and none of its ioctls is one of iommufd's
no_ioctl() {
	command -v strace >/dev/null || skip "strace is not installed"
	strace -f -qq -X raw -e trace=ioctl -o "$BATS_TEST_TMPDIR/strace" \
		env ASAN_OPTIONS=detect_leaks=0 "$IOMMUCTL" --root "$root" --iommufd 9 "$@" >/dev/null
	! grep 'ioctl([0-9]*, 0x3b' "$BATS_TEST_TMPDIR/strace"
}

@test "--trace: a call that fails, on standard error" {
	null option get rlimit-mode --trace
	status_is 1
	output_is ""
	[ "${stderr%%$'\n'*}" = \
		"IOMMU_OPTION(fd=N, option_id=RLIMIT_MODE, op=GET, object_id=0, val64=0) = -1 ENOTTY" ] ||
		fail "another line"
	stderr_has "iommuctl: option"
}

@test "--trace=json: an object a line" {
	null option get rlimit-mode --trace=json
	[ "$(head -n 1 <<<"$stderr" | jq -c 'del(.fd)')" = '{"call":"IOMMU_OPTION","request":"0x3b87","arguments":{"option_id":"RLIMIT_MODE","op":"GET","object_id":0,"val64":0},"result":-1,"errno":"ENOTTY","outputs":{},"issued":true}' ]
}

@test "--dry-run: the calls that would be made, and nothing else" {
	null ioas create --dry-run
	status_is 0
	output_is "IOMMU_IOAS_ALLOC(fd=N, flags=0) = 0, out_ioas_id=new1 (not made)"
	null ioas unmap 7 --iova 0x1000 --length 4K --dry-run
	status_is 0
	output_is "IOMMU_IOAS_UNMAP(fd=N, ioas_id=7, iova=0x1000, length=4096) = 0 (not made)"
	[ -z "$stderr" ] || fail "messages"
}

@test "--dry-run -j: one document" {
	null ioas destroy 3 4 --dry-run -j
	status_is 0
	[ "$(jq -c 'keys' <<<"$output")" = '["calls","schema"]' ]
	[ "$(calls '[.call, .arguments.id, .issued]' | paste -sd' ')" = \
		'["IOMMU_DESTROY",3,false] ["IOMMU_DESTROY",4,false]' ]
	null ioas destroy 3 --dry-run -j --trace
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	[ "$(calls .call)" = IOMMU_DESTROY ]
}

@test "--dry-run makes no call that changes something; without it there is one" {
	no_ioctl ioas create --dry-run
	no_ioctl ioas map 1 --memory --length 4K --dry-run -j
	no_ioctl option set rlimit-mode process --dry-run --trace
	no_ioctl hwpt create 1 --device 2 --dirty-tracking --dry-run
	no_ioctl fault-queue create --dry-run
	null ioas create
	status_is 1
	run no_ioctl ioas create
	[ "$status" -eq 0 ] || [[ $output == *0x3b81* ]]
	[ "$status" -ne 0 ]
}

@test "--dry-run of a batch: the calls are in the lines" {
	printf '%s\n' 'ioas create' 'ioas ranges 5' >"$BATS_TEST_TMPDIR/batch"
	null batch --dry-run "$BATS_TEST_TMPDIR/batch" --keep-going
	status_is 3
	[ "$(jq -c '[.line, .status, (.calls[] | .call, .issued), .results]' <<<"$output" | paste -sd' ')" = \
		'[1,0,"IOMMU_IOAS_ALLOC",false,[]] [2,1,"IOMMU_IOAS_IOVA_RANGES",true,[]]' ]
	jq -es 'all(has("schema"))' <<<"$output" >/dev/null
}

@test "--dry-run is refused where nothing changes" {
	local command

	for command in "ioas ranges 1" "option get rlimit-mode" "iommu list" "kernel show"; do
		# shellcheck disable=SC2086 # a list of words
		null $command --dry-run
		status_is 2
		stderr_has "unrecognized option '--dry-run'"
	done
}

@test "every command that makes or destroys takes --dry-run" {
	local noun verb count=0

	while read -r noun verb; do
		"$IOMMUCTL" "$noun" "$verb" --help | grep -q -- --dry-run || fail "$noun $verb" || return
		count=$((count + 1))
	done < <("$IOMMUCTL" --help | sed -nE '/snapshot/d; s/^  ([a-z-]+) (create|destroy|set|map|unmap|attach|detach) .*/\1 \2/p')
	[ "$count" -ge 15 ]
}

@test "documents and lines are valid by the schema" {
	local validate=$SRCDIR/tests/contract/validate schema=$SRCDIR/schema status=0

	"$validate" "$schema/calls.json" || status=$?
	[ "$status" -ne 77 ] || skip "python3-jsonschema is not installed"
	cd "$BATS_TEST_TMPDIR"
	null ioas allow 1 --window 0x1000-0x1fff --window 0x8000+4K --dry-run -j
	echo "$output" >one
	[ "$(calls .arguments.allowed_iovas)" = '[{"start":"0x1000","end":"0x1fff"},{"start":"0x8000","end":"0x8fff"}]' ]
	null hwpt create 1 --device 2 --dry-run -j
	echo "$output" >two
	null option get rlimit-mode --trace=json
	head -n 1 <<<"$stderr" >three
	"$validate" "$schema/calls.json" one two three
	jq '.calls[0].more = 1' one >bad
	run "$validate" "$schema/calls.json" bad
	[ "$status" -eq 1 ]
	jq '.result = 0' three >bad
	run "$validate" "$schema/calls.json" bad
	[ "$status" -eq 1 ]
}
