#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tool's help says and what the manual says is the same.
# shellcheck disable=SC2154

load contract.bash

@test "the help of every command starts with its usage" {
	local command

	while read -r -a command; do
		iommuctl "${command[@]}" --help
		status_is 0
		[[ $output == "Usage: iommuctl ${command[*]} "* ]] || fail "no usage of ${command[*]}"
		[ -z "$stderr" ] || fail "something on standard error"
	done < <(commands)
	iommuctl --help
	status_is 0
	[[ $output == "Usage: iommuctl "* ]] || fail "no usage"
}

@test "the help names at least the commands of this version" {
	same commands "$(commands)" "batch
compat
container add-window
container map
container open
container remove-window
container show
container unmap
device attach
device close
device detach
device holders
device info
device list
device open
device pasid
device reset
device show
fault-queue create
fault-queue destroy
fault-queue list
fault-queue read
fault-queue respond
fault-queue watch
group holders
group list
group show
hw-queue create
hw-queue destroy
hw-queue list
hwpt create
hwpt destroy
hwpt dirty
hwpt invalidate
hwpt list
ioas allow
ioas compat
ioas copy
ioas create
ioas destroy
ioas list
ioas map
ioas physical
ioas ranges
ioas take-over
ioas unmap
iommu list
iommu show
iova plan
iova ranges
kernel show
option get
option set
plan apply
plan check
region list
register list
register show
session exec
session list
session run
session show
session start
session stop
snapshot create
snapshot diff
topology
vdevice create
vdevice destroy
vdevice list
veventq create
veventq destroy
veventq list
veventq read
veventq watch
viommu create
viommu destroy
viommu invalidate
viommu list"
}

@test "iommuctl.1 has the global options of the help" {
	same options "$(help_options)" "$(page_options iommuctl.1)"
}

@test "iommuctl.1 has the commands of the help" {
	same commands "$(commands)" \
		"$(section iommuctl.1 DESCRIPTION | sed -n 's/^\.It Cm //p' | sed 's/Op Cm //')"
}

@test "the page of a noun has its options" {
	local noun verb options count=0

	for noun in $(nouns); do
		options=
		for verb in $(verbs "$noun") ""; do
			options+=$(own_options "$noun" ${verb:+"$verb"})$'\n'
		done
		options=$(sort -u <<<"$options" | sed /^$/d)
		[ "$options" = "$(page_options "iommuctl-$noun.1" | sort)" ] ||
			fail "$noun has $options, its page $(page_options "iommuctl-$noun.1")"
		count=$((count + $(wc -w <<<"$options")))
	done
	[ "$count" -ge 4 ] || fail "too few options were seen to trust this test"
}

@test "the page of a noun has its verbs, the default one in brackets" {
	local noun default

	for noun in $(nouns); do
		same "verbs of $noun" "$(verbs "$noun" | sed 's/^$/./' | grep . || echo .)" \
			"$(page_verbs "$noun" | uniq)"
		default=$("$IOMMUCTL" --help | sed -n "s/^  $noun \[\(.*\)\].*/\1/p")
		[ -z "$default" ] || section "iommuctl-$noun.1" SYNOPSIS | grep -qx "\.Op Cm $default" ||
			fail "$noun: $default is not in brackets"
	done
}

@test "the page of a noun has its attributes" {
	local noun verb attributes

	for noun in $(nouns); do
		attributes=$(for verb in $(verbs "$noun") ""; do
			help_attributes "$noun" ${verb:+"$verb"}
		done | sort -u)
		[ -n "$attributes" ] || {
			[[ $noun =~ ^(batch|compat|topology)$ ]] || fail "$noun has no attributes" || return
			continue
		}
		same "attributes of $noun" "$attributes" "$(page_attributes "iommuctl-$noun.1")"
	done
}

@test "the pages of nouns have the same sections in the same order" {
	local noun sections

	sections=$(printf '%s\n' NAME SYNOPSIS DESCRIPTION OPTIONS ATTRIBUTES OUTPUT FILES \
		'EXIT STATUS' EXAMPLES 'SEE ALSO')
	for noun in $(nouns); do
		[ "$(sed -n 's/^\.Sh //p' "$MAN/iommuctl-$noun.1")" = "$sections" ] ||
			fail "iommuctl-$noun.1: other sections"
	done
}

@test "every page is named by iommuctl.1, and is about what its file is named after" {
	local page name

	for page in "$MAN"/*.[1-9]; do
		name=$(basename "${page%.*}")
		grep -qx "\.Nm $name" "$page" || fail "$page: another name"
		grep -qx "\.Dt ${name^^} ${page##*.}" "$page" || fail "$page: another title"
		[ "$name" = iommuctl ] || section iommuctl.1 'SEE ALSO' |
			grep -q "^\.Xr $name ${page##*.}" || fail "iommuctl.1 does not refer to $page"
	done
}

@test "cross references lead to pages" {
	local name number

	while read -r name number; do
		[ -f "$MAN/$name.$number" ] || fail "no $name($number)"
	done < <(sed -nE 's/^\.Xr ((lib)?iommuctl[a-z-]*) ([1-9]).*/\1 \3/p' "$MAN"/*.[1-9] | sort -u)
}

@test "every page lints" {
	need mandoc
	run mandoc -Tlint -Wwarning "$MAN"/*.[1-9]
	[ "$status" -eq 0 ] && [ -z "$output" ] || fail "mandoc complains"
}

@test "what man shows on Debian fits into 78 columns, but for the library's prototypes" {
	local page columns

	need groff
	for page in "$MAN"/*.[1-9]; do
		columns=78
		[[ $page != */libiommuctl.3 ]] || columns=100
		run groff -mdoc -Tutf8 -ww -rLL="${columns}n" -z "$page"
		[ "$status" -eq 0 ] && [ -z "$output" ] || fail "$page"
	done
}

@test "every page says its licence" {
	local page

	for page in "$MAN"/*.[1-9]; do
		head -n 1 "$page" | grep -q '^\.\\" SPDX-License-Identifier: [A-Z]' || fail "$page: none"
	done
}

@test "iommuctl-registers.7 is what the tables say" {
	diff -u "$MAN/iommuctl-registers.7" <("$BUILDDIR/man/gen-registers") ||
		fail "make update-manual was not run"
}

@test "iommuctl.7 has the registry of models" {
	local models

	models=$(sed -nE 's/^\.It ([0-9]+) Ta ([a-z0-9-]+) Ta .*/\1 \2/p' "$MAN/iommuctl.7")
	same models "$(sed -n 's/^\tIOMMUCTL_MODEL_\([A-Z0-9_]*\) = \([0-9]*\),.*/\2 \1/p' \
		"$SRCDIR/libiommuctl/iommuctl.h" | tr 'A-Z_' 'a-z-')" "$models"
}

@test "commands in examples can be run as they stand there" {
	local words count=0

	cd "$BATS_TEST_TMPDIR"
	# never on this machine: iova ranges would ask its devices
	while read -r -a words; do
		on intel-client "${words[@]:1}" --root "$(fixture intel-client)"
		# 4: a check found something
		[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "${words[*]}"
		count=$((count + 1))
	done < <(sed -nE 's/^\.Dl \$ (iommuctl [^|<>]*).*/\1/p' "$MAN"/*.[1-9])
	[ "$count" -ge 15 ] || fail "too few examples were seen: $count"
}
