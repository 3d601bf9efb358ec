#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the help names is offered by the shells' completion, and nothing else is.
# shellcheck disable=SC2154

load contract.bash

STUBS=$SRCDIR/completions

# Candidates for the last of the words
candidates() {
	"$IOMMUCTL" complete -- "$@" | cut -f1
}

# in_bash LINE: what bash is told when TAB is pressed at the end of LINE, a candidate a line.
# A new bash splits the line as readline does.
in_bash() {
	bash --norc --noprofile -c '
		. "$0"
		COMP_LINE=$1 COMP_POINT=${#1}
		piece=${1##*[[:blank:]:=]}
		_iommuctl iommuctl "$piece" ""
		[ "${#COMPREPLY[@]}" -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"
	' "$STUBS/iommuctl.bash" "$1"
}

# in_fish LINE: the same of fish itself
in_fish() {
	fish --no-config -c "source $STUBS/iommuctl.fish; complete -C '$1'" | cut -f1
}

@test "every noun is offered" {
	same nouns "$(nouns)" "$(candidates '')"
	same nouns "$(nouns)" "$(candidates --json '')"
}

@test "every verb is offered" {
	local noun count=0

	for noun in $(nouns); do
		[ -n "$(verbs "$noun")" ] || continue
		same "verbs of $noun" "$(verbs "$noun")" \
			"$(candidates --root "$BATS_TEST_TMPDIR" "$noun" '' | grep -v =)"
		count=$((count + 1))
	done
	[ "$count" -ge 5 ] || fail "too few nouns: $count"
}

@test "every option is offered" {
	local -a command

	same "global options" "$(help_options | grep -o -- '--.*')" "$(candidates --)"
	while read -r -a command; do
		same "options of ${command[*]}" "$(help_options "${command[@]}" | grep -o -- '--.*')" \
			"$(candidates "${command[@]}" --)"
	done < <(commands)
}

@test "every attribute is offered" {
	local -a command
	local count=0

	while read -r -a command; do
		[ -n "$(help_attributes "${command[@]}")" ] || continue
		same "attributes of ${command[*]}" "$(help_attributes "${command[@]}")" \
			"$(candidates "${command[@]}" --output '')"
		same "attributes of ${command[*]}, second" "$(help_attributes "${command[@]}")" \
			"$(candidates "${command[@]}" -o type, | sed 's/^type,//')"
		count=$((count + 1))
	done < <(commands)
	[ "$count" -ge 10 ] || fail "too few commands: $count"
}

@test "words of options, and nothing where only the user knows" {
	local words

	[ "$(candidates viommu create --type '')" = $'arm-smmu-v3\ntegra241-cmdqv\nselftest' ]
	[ "$(candidates hwpt create 1 --type=vt)" = --type=vtd-s1 ]
	[ "$(candidates option set '')" = $'rlimit-mode\nhuge-pages' ]
	[ "$(candidates hwpt dirty '')" = $'start\nstop\nread' ]
	[ "$(candidates fault-queue watch 1 --respond '')" = $'success\ninvalid' ]
	for words in "ioas map" "ioas map 1 --length" "hwpt create" "vdevice destroy" "fault-queue read" \
		"ioas map 1 --file" "hwpt create 1 --fault-queue"; do
		# shellcheck disable=SC2086 # words
		[ -z "$(IOMMUCTL_SESSION='' candidates $words '')" ] || fail "something: $words"
	done
}

@test "devices are offered where one is wanted, IOMMUs not for vIOMMUs" {
	local root

	root=$(fixture intel-client)
	same devices "$("$IOMMUCTL" device list -n -o name --root "$root")" \
		"$(candidates hwpt create 1 --root "$root" --device '')"
	same devices "$("$IOMMUCTL" device list -n -o name --root "$root")" \
		"$(candidates device attach --root "$root" '')"
	[ -z "$(candidates vdevice create --root "$root" '')" ]
}

@test "the name and the description of a candidate are separated by a tab" {
	run "$IOMMUCTL" complete -- iommu l
	output_is "list"$'\t'"List the IOMMUs of the machine"
}

@test "bash: nouns, verbs, options" {
	same nouns "$(nouns)" "$(in_bash 'iommuctl ')"
	[ "$(in_bash 'iommuctl iov')" = iova ]
	[ "$(in_bash 'iommuctl group s')" = show ]
	[ "$(in_bash 'iommuctl group show --js')" = --json ]
	[ "$(in_bash 'iommuctl device list -o name,dr')" = name,driver ]
}

@test "bash: names with colons, of which readline replaces the last piece" {
	local root

	root=$(fixture intel-client)
	[ "$(in_bash "iommuctl device show --root $root 0000:00:1c.4")" = 1c.4 ]
	[ "$(in_bash "iommuctl device show --root $root 0000:3a:")" = 00.0 ]
	[ "$(in_bash "iommuctl device show --root $root 0000:00:1f.3 0000:3b")" = 3b:00.0 ]
	same devices "$("$IOMMUCTL" device list -n -o name --root "$root")" \
		"$(in_bash "iommuctl iova ranges --root $root ")"
}

@test "bash: registers, of which the value stands behind =" {
	[ "$(in_bash 'iommuctl register show eca')" = ecap= ]
	[ "$(in_bash 'iommuctl register show cap=0x5 eca')" = ecap= ]
	[ "$(in_bash 'iommuctl register show ecap=' | wc -l)" -eq 0 ]
}

@test "bash: blanks in words" {
	local root="$BATS_TEST_TMPDIR/a b"

	mkdir "$root"
	"$SRCDIR/tests/fixtures/expand" "$SRCDIR/tests/fixtures/amd-client.manifest" "$root/c"
	[ "$(in_bash "iommuctl --root ${root// /\\ }/c iommu show ivh")" = ivhd0 ]
}

@test "bash: nothing to offer leaves the word to bash, which offers files" {
	[ -z "$(in_bash 'iommuctl --root /')" ]
	run bash --norc --noprofile -c '. "$0"; complete -p iommuctl' "$STUBS/iommuctl.bash"
	output_has dirnames "-F _iommuctl iommuctl"
}

@test "bash: a broken tool offers nothing and says nothing" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho no >&2\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/iommuctl"
	chmod +x "$BATS_TEST_TMPDIR/bin/iommuctl"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run in_bash 'iommuctl i'
	status_is 0
	output_is ""
}

@test "zsh: the syntax" {
	need zsh
	zsh -n "$STUBS/_iommuctl"
	[ "$(head -n 1 "$STUBS/_iommuctl")" = "#compdef iommuctl" ]
}

@test "zsh: candidates with their descriptions, colons escaped" {
	local root

	need zsh
	root=$(fixture intel-client)
	# _describe and _files are zsh's; here they print what they are given
	run zsh -f -c '
		_describe() { print -rl - "closed: "$^closed "open: "$^open }
		_files() { print files }
		compset() { return 1 }
		complete_line() { words=("$@") CURRENT=$# PREFIX=$@[-1]; . '"$STUBS"'/_iommuctl }
		complete_line iommuctl iommu sh
		complete_line iommuctl device show --root '"$root"' 0000:3a
		complete_line iommuctl register show ec
		complete_line iommuctl topology -f do
		complete_line iommuctl --root /
	'
	status_is 0
	output_is "closed: show:Show IOMMUs with their features, registers and devices
closed: 0000\\:3a\\:00.0:device
open: ecap=:Extended capability register
closed: dot
files"
}

@test "fish: the syntax" {
	need fish
	fish -n "$STUBS/iommuctl.fish"
}

@test "fish: nouns, options, names with colons, registers, files" {
	local root

	need fish
	root=$(fixture intel-client)
	export HOME=$BATS_TEST_TMPDIR
	same nouns "$(nouns)" "$(in_fish 'iommuctl ')"
	[ "$(in_fish 'iommuctl iommu --js')" = --json ]
	[ "$(in_fish "iommuctl device show --root $root 0000:3a")" = 0000:3a:00.0 ]
	[ "$(in_fish 'iommuctl register show eca')" = ecap= ]
	[ "$(in_fish "iommuctl --root ${root%t}")" = "$root/" ]
}
