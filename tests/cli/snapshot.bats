#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Snapshots say what the machine says, and no more.
# shellcheck disable=SC2154 # run sets stderr

load helpers

verbs=("iommu list -v" "iommu show -v" "group list -v" "group show -v" "device list -v" "device show -v"
	"region list -v" "topology")

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
		"$IOMMUCTL" --root "$1" $verb -q -j || echo "status $?"
	done
}

@test "every fixture: its snapshot reads as it does" {
	local name root archive count=0

	for name in $(manifests); do
		root=$(fixture "$name")
		archive=$(snapshot "$root" "$name")
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

@test "one with secrets is for its owner only" {
	local root

	root=$(fixture intel-client)
	umask 027
	[ "$(stat -c %a "$(snapshot "$root" a)")" = 640 ]
	[ "$(stat -c %a "$(snapshot "$root" b --no-redact)")" = 600 ]
}
