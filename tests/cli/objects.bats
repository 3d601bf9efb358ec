#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Objects of iommufd without a kernel that has it: words that make no sense, and no iommufd to
# work on. tests/guest/t has the rest.
# shellcheck disable=SC2154

load helpers

setup() {
	unset IOMMUCTL_SESSION
}

# The rows of standard input: status|what standard error has|arguments
each_refused() {
	local code message args

	while IFS='|' read -r code message args; do
		# shellcheck disable=SC2086 # a list of words
		iommuctl $args
		refused "$code" "$message" || fail "of: iommuctl $args"
	done
}

# Commands that need nothing but arguments: one of every verb
every_verb() {
	cat <<-'END'
		ioas list
		ioas create
		ioas destroy 1
		ioas map 1 --memory --length 4K
		ioas copy 1 --from 2 --source 0 --length 4K
		ioas unmap 1 --all
		ioas allow 1
		ioas ranges 1
		ioas physical 1 --iova 0
		ioas compat
		ioas take-over
		hwpt list
		hwpt create 1 --device 2
		hwpt destroy 1
		hwpt dirty start 1
		hwpt invalidate 1 --type 0 --entry 00
		viommu list
		viommu create 1 --device 2 --type 1
		viommu destroy 1
		viommu invalidate 1 --type 1 --entry 00
		vdevice list
		vdevice create 1 --device 2 --virtual-id 3
		vdevice destroy 1
		veventq list
		veventq create 1 --type 1 --depth 8
		veventq destroy 1
		veventq read 1
		veventq watch 1
		fault-queue list
		fault-queue create
		fault-queue destroy 1
		fault-queue read 1
		fault-queue respond 1 2 success
		fault-queue watch 1
		hw-queue list
		hw-queue create 1 --type 1 --index 0 --iova 0 --length 4K
		hw-queue destroy 1
		option get rlimit-mode
		option set rlimit-mode user
		device open 0000:00:00.0
		device close 0000:00:00.0
		device attach 0000:00:00.0 1
		device detach 0000:00:00.0
		device reset 0000:00:00.0
	END
}

@test "no session and no iommufd: every verb says what is needed" {
	local args count=0

	while read -r args; do
		# shellcheck disable=SC2086
		iommuctl $args
		refused 1 "needs a session, or an open /dev/iommu"
		stderr_has "hint: iommuctl session start" "exec 7<>/dev/iommu"
		count=$((count + 1))
	done < <(every_verb)
	# all that there are
	[ "$count" -eq "$("$IOMMUCTL" --help | sed -n '/^Commands/,/^$/p' |
		grep -cE '^  (ioas|hwpt|viommu|vdevice|veventq|fault-queue|hw-queue|option|device \[?(open|close|attach|detach|reset)\]?) ')" ]
}

@test "--iommufd: what is no open /dev/iommu is refused by every verb" {
	local args

	while read -r args; do
		# shellcheck disable=SC2086
		iommuctl --iommufd 9 $args 9</dev/null
		status_is 1
		output_is ""
		stderr_has /dev/iommu
	done < <(every_verb)
}

@test "--iommufd: numbers that are no open file" {
	each_refused <<-'END'
		1|--iommufd 987: there is no such open file|--iommufd 987 ioas create
		2|--iommufd takes the number of an open file: 'x'|--iommufd x ioas create
		2|--iommufd takes the number of an open file: '-1'|--iommufd -1 ioas create
		2|--iommufd takes the number of an open file: '7x'|--iommufd 7x ioas create
		2|--iommufd takes the number of an open file|--iommufd 2147483648 ioas create
		2|--iommufd takes the number of an open file|--iommufd 18446744073709551616 ioas create
		2|--data takes HEX|hwpt create 1 --device 2 --data 123
		2|--data takes HEX|viommu create 1 --device 2 --data xy
		2|--entry takes HEX|hwpt invalidate 1 --type 1 --entry @
		2|requires an argument|ioas create --iommufd
	END
}

@test "--iommufd: there are no names without a session" {
	iommuctl --iommufd 9 ioas create --name guest 9</dev/null
	refused 2 "--name needs a session"
}

@test "--root: there is no kernel to change" {
	local args

	while read -r args; do
		# shellcheck disable=SC2086
		on intel-client $args
		refused 1 "there is no kernel behind --root"
	done < <(every_verb | grep -v '^device')
}

@test "a session that is not there" {
	iommuctl --session nobody ioas create
	refused 1 "nobody"
	stderr_has "hint:"
	IOMMUCTL_SESSION=nobody iommuctl ioas create
	refused 1 "nobody"
	IOMMUCTL_SESSION='' iommuctl ioas create
	refused 1 "needs a session"
}

@test "what must be given" {
	each_refused <<-'END'
		2|hwpt create: --device is needed|hwpt create 1
		2|viommu create: --device is needed|viommu create 1 --type 1
		2|viommu create: --type is needed|viommu create 1 --device 2
		2|vdevice create: --device is needed|vdevice create 1 --virtual-id 1
		2|vdevice create: --virtual-id is needed|vdevice create 1 --device 2
		2|veventq create: --type is needed|veventq create 1 --depth 8
		2|veventq create: --depth is needed|veventq create 1 --type 1
		2|hw-queue create: --type is needed|hw-queue create 1 --index 0 --iova 0 --length 4K
		2|hw-queue create: --index is needed|hw-queue create 1 --type 1 --iova 0 --length 4K
		2|hw-queue create: --iova is needed|hw-queue create 1 --type 1 --index 0 --length 4K
		2|hw-queue create: --length is needed|hw-queue create 1 --type 1 --index 0 --iova 0
		2|ioas copy: --from is needed|ioas copy 1 --source 0 --length 4K
		2|ioas copy: --source is needed|ioas copy 1 --from 2 --length 4K
		2|ioas copy: --length is needed|ioas copy 1 --from 2 --source 0
		2|ioas physical: --iova is needed|ioas physical 1
		2|hwpt invalidate: --type is needed|hwpt invalidate 1 --entry 00
		2|hwpt invalidate: --entry is needed|hwpt invalidate 1 --type 0
		2|viommu invalidate: --entry is needed|viommu invalidate 1 --type 1
		2|one of --file, --memory, --huge and --region|ioas map 1
		2|one of --file, --memory, --huge and --region|ioas map 1 --length 4K
		2|ioas map: --length is needed|ioas map 1 --memory
		2|ioas map: --length is needed|ioas map 1 --huge
		2|either --all is needed, or --iova and --length|ioas unmap 1
		2|either --all is needed, or --iova and --length|ioas unmap 1 --iova 0
		2|either --all is needed, or --iova and --length|ioas unmap 1 --length 4K
	END
}

@test "arguments: too few, too many" {
	each_refused <<-'END'
		2|needs an argument: IOAS|ioas map --memory --length 4K
		2|needs an argument: IOAS...|ioas destroy
		2|one argument too many: '2'|ioas map 1 2 --memory --length 4K
		2|one argument too many: '2'|ioas ranges 1 2
		2|takes no argument: 'x'|ioas create x
		2|takes no argument: 'x'|ioas list x
		2|takes no argument: 'x'|ioas take-over x
		2|takes no argument: 'x'|fault-queue create x
		2|needs an argument|hwpt create --device 1
		2|needs an argument|device attach 0000:00:00.0
		2|one argument too many|device attach 0000:00:00.0 1 2
		2|one argument too many|device detach 0000:00:00.0 1
		2|needs an argument|fault-queue respond 1 2
		2|one argument too many|fault-queue respond 1 2 success 3
		2|needs an argument|option get
		2|needs an argument|option set rlimit-mode
		2|option needs a verb: get, set|option
		2|option needs a verb: get, set|option rlimit-mode
	END
}

@test "what does not go together" {
	each_refused <<-'END'
		2|one of --file, --memory, --huge and --region|ioas map 1 --file x --memory --length 4K
		2|one of --file, --memory, --huge and --region|ioas map 1 --file x --huge --length 4K
		2|--offset is of --file|ioas map 1 --memory --offset 4K --length 4K
		2|either --all is needed|ioas unmap 1 --all --iova 0
		2|either --all is needed|ioas unmap 1 --all --length 4K
		2|either --all is needed|ioas unmap 1 --all --iova 0 --length 4K
		2|either an address space can be named, or --clear|ioas compat 1 --clear
		2|--name is for one device|device open 0000:00:00.0 0000:00:01.0 --name a
		2|option rlimit-mode: it is not of an address space|option get rlimit-mode 1
		2|option huge-pages: it is of an address space|option get huge-pages
		2|option huge-pages: it is of an address space|option set huge-pages on
		2|option rlimit-mode: it is not of an address space|option set rlimit-mode 1 user
		2|--session or --iommufd, not both|--session a ioas list --iommufd 7
	END
}

@test "numbers that make no sense" {
	local text

	for text in 16777216T 18446744073709551616 99999999999999999999999 -1 +1 0x 0xg 1KK 1k 1.5 x; do
		iommuctl ioas map 1 --memory --length "$text"
		refused 2 "--length takes BYTES: '$text'"
		iommuctl ioas map 1 --memory --length 4K --iova "$text"
		refused 2 "--iova takes ADDRESS: '$text'"
		iommuctl vdevice create 1 --device 2 --virtual-id "$text"
		refused 2 "--virtual-id takes ID: '$text'"
	done
	for text in '' ' ' ' 1' '1 ' $'1\n' 0; do
		iommuctl ioas map 1 --memory --length "$text"
		refused 2 "--length takes BYTES"
	done
	each_refused <<-'END'
		2|--length is more than any file can have|ioas map 1 --memory --length 8388608T
		2|--length goes past the last address|ioas copy 1 --from 2 --source 0xffffffffffffffff --length 2
		2|--length goes past the last address|ioas unmap 1 --iova 2 --length 18446744073709551615
		2|--length goes past the last address|hw-queue create 1 --type 1 --index 0 --iova 16777215T --length 2T
		2|--depth takes EVENTS: '0'|veventq create 1 --type 1 --depth 0
		2|--depth takes EVENTS: '4G'|veventq create 1 --type 1 --depth 4G
		2|--index takes N: '4294967296'|hw-queue create 1 --index 4294967296
		2|--max takes N: '0'|veventq read 1 --max 0
		2|--wait takes MILLISECONDS: '2147483648'|fault-queue read 1 --wait 2147483648
		2|--pasid takes PASID: '1048576'|device attach 0000:00:00.0 1 --pasid 1048576
		2|'x success' is no cookie|fault-queue respond 1 x success
		2|'4294967296 success' is no cookie|fault-queue respond 1 4294967296 success
		2|'1 maybe' is no cookie and success or invalid|fault-queue respond 1 1 maybe
		2|'1 2' is no cookie and success or invalid|fault-queue respond 1 1 2
		2|takes start, stop or read, and a page table|hwpt dirty begin 1
		2|needs an argument|hwpt dirty start
		2|only read takes options|hwpt dirty stop 1 --no-clear
		2|--iova and --length are needed|hwpt dirty read 1 --iova 0
		2|--page-size is no power of two|hwpt dirty read 1 --iova 0 --length 12K --page-size 12K
		2|must be whole pages of --page-size|hwpt dirty read 1 --iova 4K --length 8K --page-size 8K
		2|must be whole pages of --page-size|hwpt dirty read 1 --iova 0 --length 1
		2|--length goes past the last address|hwpt dirty read 1 --iova 0xfffffffffffff000 --length 8K
		2|--count takes N: '0'|veventq watch 1 --count 0
		2|--timeout takes SECONDS: '-1'|veventq watch 1 --timeout=-1
		2|--timeout takes SECONDS: '2147483648'|fault-queue watch 1 --timeout 2147483648
		2|--respond takes success or invalid|fault-queue watch 1 --respond 2
		2|--respond takes RESPONSE: 'maybe'|fault-queue watch 1 --respond maybe
	END
}

@test "the largest numbers are numbers" {
	each_refused <<-'END'
		1|needs a session|ioas unmap 1 --iova 1 --length 0xfffffffffffffffe
		1|needs a session|ioas copy 1 --from 2 --source 0xffffffffffffffff --length 1
		1|needs a session|ioas map 1 --memory --length 8388607T --iova 18446744073709551615
		1|needs a session|vdevice create 1 --device 2 --virtual-id 0xffffffffffffffff
		1|needs a session|fault-queue respond 1 4294967295 invalid
		1|needs a session|device attach 0000:00:00.0 1 --pasid 0xfffff
	END
}

@test "windows that make no sense" {
	local text

	for text in '' - 5 5- -5 x-y 8K-4K 5+0 5+ 0xffffffffffffffff+2 16777216T- 1-2-3 '1 - 2'; do
		iommuctl ioas create --window "$text"
		if [ "$text" = 5- ]; then
			refused 1 "needs a session"
			continue
		fi
		refused 2 "--window takes RANGE: '$text'"
		iommuctl ioas allow 1 --window 0-1 --window "$text"
		refused 2 "--window takes RANGE: '$text'"
	done
	iommuctl ioas create --window 0-0x7fffffff --window 0x800000000- --window 4G+1G
	refused 1 "needs a session"
}

@test "words that are none of the choices" {
	each_refused <<-'END'
		2|--type takes TYPE: 'vtd'|hwpt create 1 --device 2 --type vtd
		2|--type takes TYPE: 'vtd-s1'|viommu create 1 --device 2 --type vtd-s1
		2|--type takes TYPE: 'none'|viommu invalidate 1 --type none
		2|--type takes TYPE: ''|veventq create 1 --depth 1 --type=
		2|--type takes TYPE: '4294967296'|hw-queue create 1 --type 4294967296
		2|--name takes NAME: ''|ioas create --name=
		2|there is no such option: rlimit-mode, huge-pages|option get size
		2|'maybe' is neither user nor process|option set rlimit-mode maybe
		2|'maybe' is neither off nor on|option set huge-pages 1 maybe
		2|'2' is neither off nor on|option set huge-pages 1 2
	END
}

@test "an attribute that there is not is refused before anything is done" {
	local args

	while read -r args; do
		# shellcheck disable=SC2086
		iommuctl $args -o nope
		refused 2 "no attribute 'nope'"
	done < <(every_verb)
}

@test "words of the user do not reach the terminal as they are" {
	iommuctl ioas map 1 --memory --length $'\e[31m'
	refused 2 '\x1b[31m'
	iommuctl fault-queue respond 1 $'\e[31m' success
	refused 2 '\x1b[31m'
	iommuctl --iommufd $'\e[31m' ioas list
	refused 2 '\x1b[31m'
	iommuctl option get $'\e[31m'
	refused 2 '\x1b[31m'
}
