#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# kernel show: what is told where the kernel cannot be asked, or not all of it.

load helpers

@test "a tree without answers: nothing is known, which is a failure" {
	iommuctl --root "$(scratch 'd sys/class/iommu')" kernel show -j
	refused 1 "kernel iommuctl/kernel-probe: read: no answers of a kernel are kept here"
	stderr_has "hint: iommuctl snapshot create keeps them"
}

@test "a tree that says which nodes are registered: without iommufd its calls are missing" {
	on intel-client kernel -j
	status_is 0
	json_is '[.calls[] | select(.interface == "iommufd" and .kind == "call") | .present] | unique' '[false]'
	json_is '.calls[] | select(.name == "IOMMU_FAULT_QUEUE_ALLOC").rules_out' \
		'"no I/O page faults for user space"'
	json_is .kernel.release '"5.9.0-4-amd64"'
	stderr_has "hint: IOMMU_DESTROY and others are missing: iommufd is neither built into this kernel nor loaded"
	[ "$(grep -c ^hint <<<"$stderr")" -eq 2 ]
	on intel-client kernel -jq
	[ -z "$stderr" ]
}

@test "a tree with iommufd and no answers: unknown, not missing" {
	local root

	root=$(scratch 'f proc/misc = 256 iommu')
	iommuctl --root "$root" kernel -j
	status_is 0
	json_is '.calls[] | select(.name == "IOMMU_IOAS_MAP") | [.present, .reason, .rules_out]' \
		'[null,"no answer is kept in this tree",null]'
	stderr_has "hint: IOMMU_DESTROY and others are unknown: no answer is kept in this tree"
}

@test "answers of a tree are text of others: controls do not reach the terminal" {
	local root

	root=$(scratch 'f proc/misc = 256 iommu\nf iommuctl/kernel-probe = iommufd IOMMU_OPTION unknown 0 0 \\x1b[2J \\x1b[31m')
	iommuctl --root "$root" kernel -o name,value,reason
	status_is 0
	not grep -q $'\x1b' <<<"$output$stderr"
	output_has '\x1b[31m'
}

@test "this machine: a node that is not registered is not opened" {
	local dir tool=$IOMMUCTL

	strace -o /dev/null true 2>/dev/null || skip "strace is not installed, or may not trace"
	dir=$(dirname "$IOMMUCTL")
	# what libtool leaves in a build tree is a script around the program
	[ ! -x "$dir/.libs/iommuctl" ] || tool=$dir/.libs/iommuctl
	LD_LIBRARY_PATH=$dir/../.libs ASAN_OPTIONS=detect_leaks=0 \
		strace -e trace=file -o "$BATS_TEST_TMPDIR/trace" "$tool" kernel -jq >/dev/null
	grep -q '"proc/misc"' "$BATS_TEST_TMPDIR/trace" || fail "saw nothing"
	[ "$(grep -oE '"dev/(iommu|vfio/vfio)"' "$BATS_TEST_TMPDIR/trace" | sort -u)" = "$(
		sed -nE 's|^ *[0-9]+ (iommu)$|"dev/\1"|p; s|^ *[0-9]+ vfio$|"dev/vfio/vfio"|p' /proc/misc | sort)" ]
}
