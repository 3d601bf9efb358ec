#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# batch: how lines are read and answered. What is done to a kernel is tested in a guest.

load helpers

# batch INPUT ARG...: runs the batch of INPUT, with \n between its lines, on a fixture
batch() {
	printf '%b' "$1" >"$BATS_TEST_TMPDIR/batch"
	on intel-client batch "$BATS_TEST_TMPDIR/batch" "${@:2}"
}

# line N FILTER: of the answer to line N
line() {
	jq -cr "select(.line == $1) | $2" <<<"$output"
}

@test "a line of JSON for each command; comments and empty lines have none" {
	batch '# a comment\n\n  \ngroup show 0 # another\niommu list\n'
	status_is 0
	[ "$(wc -l <<<"$output")" -eq 2 ]
	[ "$(line 4 '[.schema, .command, .status, .errors, .hints]')" = \
		'["iommuctl/1","group show",0,[],[]]' ]
	on intel-client group show -j 0
	local alone=$output
	batch 'group show 0'
	[ "$(line 1 .results)" = "$(jq -c .groups <<<"$alone")" ]
}

@test "words: quotes, backslashes, tabs, a last line without its end" {
	batch 'device\tlist "0000:00:"02.0 0000\\:00:1f.0 '"'0000:00:14.0'"
	status_is 0
	[ "$(line 1 '[.results[].name] | sort')" = '["0000:00:02.0","0000:00:14.0","0000:00:1f.0"]' ]
	batch 'device list "a b'"'"' c"'
	[ "$(line 1 '.errors[0]')" = "device a b' c: find: there is no such device" ]
	batch 'device list "a\n'
	status_is 1
	[ "$(line 1 '[.command, .status, .errors]')" = '[null,2,["batch: a quote has no end"]]' ]
}

@test "the first failure ends it; --keep-going does not, and the status tells" {
	batch 'group show 0\ngroup show 4711\ngroup show 1'
	status_is 1
	[ "$(jq -c .status <<<"$output" | tr '\n' ' ')" = '0 1 ' ]
	batch 'group show 0\ngroup show 4711\nbogus\ngroup show 1' --keep-going
	status_is 3
	[ "$(jq -c .status <<<"$output" | tr '\n' ' ')" = '0 1 2 0 ' ]
	batch 'group show 4711\ngroup show 4712' --keep-going
	status_is 1
	batch ''
	status_is 0
	[ -z "$output$stderr" ]
}

@test "what cannot be a line of a batch" {
	local command

	for command in 'batch -' 'complete --' 'group' 'nonsense' 'register show --from-log x' \
		'group show --bogus' 'group show -j 0' 'group show -o id' \
		'ioas create -name' 'ioas map' 'ioas map 1 2' 'ioas map 1 --length' \
		'ioas map 1 --length=4x' 'ioas map 1 --memory=1' 'ioas unmap 1 --iova -1'; do
		batch "$command"
		[ "$command" = group ] && continue
		status_is 1
		[ "$(line 1 '.status, (.errors | length)' | tr '\n' ' ')" = '2 1 ' ] || fail "$command"
	done
}

@test "errors and hints of a command are in its line, and nothing is on standard error" {
	echo 'ioas create' >"$BATS_TEST_TMPDIR/create"
	iommuctl batch "$BATS_TEST_TMPDIR/create"
	status_is 1
	[ -z "$stderr" ]
	[ "$(line 1 '.errors[0]')" = 'ioas: needs a session, or an open /dev/iommu' ]
	[ "$(line 1 '.hints | length')" -eq 2 ]
}

@test "lines without an end, too long, of NUL bytes, a file that is none" {
	head -c 800000 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/long"
	iommuctl batch "$BATS_TEST_TMPDIR/long"
	status_is 1
	output_is '{"schema":"iommuctl/1","line":1,"command":null,"status":2,"results":[],"errors":["batch: the line is longer than 262144 bytes"],"hints":[]}'
	printf '\ngroup show 0\n' | cat "$BATS_TEST_TMPDIR/long" - >"$BATS_TEST_TMPDIR/longer"
	on intel-client batch "$BATS_TEST_TMPDIR/longer"
	status_is 1
	[ "$(jq -c .status <<<"$output" | tr '\n' ' ')" = '2 ' ]
	on intel-client batch --keep-going "$BATS_TEST_TMPDIR/longer"
	status_is 3
	[ "$(jq -c '[.line, .status]' <<<"$output" | tr '\n' ' ')" = '[1,2] [2,0] ' ]
	# a line of just the length is no longer one
	head -c 262143 "$BATS_TEST_TMPDIR/long" >"$BATS_TEST_TMPDIR/fits"
	iommuctl batch "$BATS_TEST_TMPDIR/fits"
	[ "$(line 1 '.errors[0]')" != 'batch: the line is longer than 262144 bytes' ]
	printf 'device list%.0s' {1..1100} | sed 's/device list/x /g' >"$BATS_TEST_TMPDIR/many"
	iommuctl batch "$BATS_TEST_TMPDIR/many"
	[ "$(line 1 '.errors[0]')" = 'batch: there are too many words' ]
	printf 'group\0show\n' >"$BATS_TEST_TMPDIR/nul"
	iommuctl batch "$BATS_TEST_TMPDIR/nul"
	status_is 1
	[ "$(line 1 '.errors[0]')" = 'batch: a NUL byte is in it' ]
	iommuctl batch /nonexistent
	refused 1 "batch /nonexistent: open: No such file or directory"
	iommuctl batch "$BATS_TEST_TMPDIR"
	refused 1 "batch: read: Is a directory"
	iommuctl batch
	status_is 2
}

@test "a program can talk with it: the answer comes before more is sent" {
	local reply pid to

	coproc "$IOMMUCTL" batch - --root "$(fixture intel-client)"
	pid=$COPROC_PID
	to=${COPROC[1]}
	echo 'group show 0' >&"$to"
	read -r -t 20 reply <&"${COPROC[0]}"
	[ "$(jq -r .results[0].id <<<"$reply")" = 0 ]
	echo 'group show 1' >&"$to"
	read -r -t 20 reply <&"${COPROC[0]}"
	[ "$(jq -r .results[0].id <<<"$reply")" = 1 ]
	exec {to}>&-
	wait "$pid"
}

@test "every line is valid by the schema" {
	local n=0 reply

	[ -x /usr/bin/python3 ] || skip "/usr/bin/python3 is not there"
	batch 'group show 0\nbogus\nioas create\niommu list' --keep-going
	while read -r reply; do
		n=$((n + 1))
		echo "$reply" >"$BATS_TEST_TMPDIR/$n.json"
	done <<<"$output"
	[ "$n" -eq 4 ]
	"$SRCDIR/tests/contract/validate" "$SRCDIR/schema/batch.json" "$BATS_TEST_TMPDIR"/[0-9].json
}
