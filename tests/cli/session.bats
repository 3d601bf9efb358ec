#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Sessions on a machine that needs no iommufd: words, folders, sockets that others left.
# shellcheck disable=SC2154

load helpers

setup() {
	export IOMMUCTL_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
	unset IOMMUCTL_SESSION
	mkdir -m 700 "$IOMMUCTL_RUNTIME_DIR"
}

# leave_socket NAME: of a keeper that was killed
leave_socket() {
	rm -f "$IOMMUCTL_RUNTIME_DIR/$1"
	# shellcheck disable=SC2016 # they are perl's
	(cd "$IOMMUCTL_RUNTIME_DIR" && perl -MSocket -e '
		socket($socket, AF_UNIX, SOCK_SEQPACKET, 0) or die "$!\n";
		bind($socket, sockaddr_un($ARGV[0])) && listen($socket, 1) or die "$!\n"' "$1")
}

# as_other ARG...: another user
as_other() {
	[ "$EUID" -eq 0 ] || skip "needs root, to be another user"
	run --separate-stderr setpriv --reuid=12345 --regid=12345 --clear-groups "$IOMMUCTL" "$@"
}

need_no_iommufd() {
	[ ! -e /dev/iommu ] || skip "this machine has an iommufd"
}

@test "wrong words: status 2" {
	local args

	while IFS='|' read -r message args; do
		# shellcheck disable=SC2086 # a list of words
		iommuctl session $args
		refused 2 "$message" || fail "of: $args"
	done <<-'END'
		needs an argument|run
		needs an argument|run --name x --
		needs an argument|exec
		needs an argument|start
		needs an argument|stop
		one argument too many|start a b
		takes no argument|list a
		session exec: -- is missing before the command|exec a true
		session start: begins a session: it takes neither --session nor --iommufd|start a --session b
		session run: begins a session: it takes neither --session nor --iommufd|run --iommufd 7 -- true
		one word too many before --|run a -- true
		one word too many before --|exec a b -- true
		unrecognized option|run --foreground -- true
		unrecognized option|start a --open 0000:00:01.0
		has no attributes|run -o name -- true
	END
}

@test "options behind -- are the command's" {
	need_no_iommufd
	iommuctl session run -- --help
	refused 1 "/dev/iommu: open"
}

@test "no iommufd: no session, the command does not run, and why" {
	need_no_iommufd
	iommuctl session run -- touch "$BATS_TEST_TMPDIR/ran"
	refused 1 "session /dev/iommu: open: this kernel has no iommufd"
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
	for args in "start a" "start --foreground a"; do
		# shellcheck disable=SC2086 # a list of words
		iommuctl session $args
		refused 1 "session /dev/iommu: open: this kernel has no iommufd"
	done
	[ -z "$(ls -A "$IOMMUCTL_RUNTIME_DIR")" ]
}

@test "no sessions: an empty list, and how to have one" {
	local rest

	for rest in run none; do
		IOMMUCTL_RUNTIME_DIR=$BATS_TEST_TMPDIR/$rest iommuctl session list -j
		status_is 0
		json_is .sessions '[]'
		stderr_has "iommuctl session start NAME makes one"
	done
	[ ! -e "$BATS_TEST_TMPDIR/none" ]
}

@test "a session that is not there" {
	local verb

	for verb in "show nope" "stop nope" "exec nope -- true" "exec --session nope -- true"; do
		# shellcheck disable=SC2086 # a list of words
		iommuctl session $verb
		refused 1 "session nope: connect: there is no such session"
	done
	IOMMUCTL_SESSION=nope iommuctl session show
	refused 1 "session nope: connect: there is no such session"
}

@test "a socket whose keeper was killed: gone" {
	leave_socket a
	iommuctl session list -j
	status_is 0
	json_is .sessions '[{"name":"a","state":"gone","pid":null,"object_count":null}]'
	iommuctl session show -j
	status_is 0
	json_is .sessions '[{"name":"a","state":"gone","pid":null,"object_count":null,"objects":null}]'
	for verb in "show a" "exec a -- true" "stop a"; do
		leave_socket a
		# shellcheck disable=SC2086 # a list of words
		iommuctl session $verb
		refused 1 "session a: connect: the session is gone: its keeper was killed, and the kernel has released what no other process has open"
		stderr_has "hint: iommuctl session start a begins anew"
	done
	leave_socket a
	iommuctl session show "$IOMMUCTL_RUNTIME_DIR/a"
	refused 1 "the session is gone"
}

@test "what is left of a session that is gone: stop takes it away, the next run that of one without a name" {
	need_no_iommufd
	leave_socket a
	leave_socket run-1
	leave_socket run-others
	iommuctl session stop --dry-run a
	iommuctl session run --dry-run -- true
	[ "$(ls "$IOMMUCTL_RUNTIME_DIR")" = $'a\nrun-1\nrun-others' ]
	iommuctl session run -- true
	refused 1 "this kernel has no iommufd"
	[ "$(ls -A "$IOMMUCTL_RUNTIME_DIR")" = $'a\nrun-others' ]
	iommuctl session stop a
	refused 1 "session a: connect: the session is gone"
	[ "$(ls -A "$IOMMUCTL_RUNTIME_DIR")" = run-others ]
	iommuctl session stop a
	refused 1 "session a: connect: there is no such session"
}

@test "a file that is no socket stays" {
	touch "$IOMMUCTL_RUNTIME_DIR/run-2" "$IOMMUCTL_RUNTIME_DIR/file"
	for args in "stop file" "stop $IOMMUCTL_RUNTIME_DIR/file" "run --name file -- true"; do
		# shellcheck disable=SC2086 # a list of words
		iommuctl session $args
		status_is 1
	done
	[ "$(ls -A "$IOMMUCTL_RUNTIME_DIR")" = $'file\nrun-2' ]
}

@test "what is no session is not listed" {
	local name

	for name in .hidden 1a a:b; do
		leave_socket "$name"
	done
	touch "$IOMMUCTL_RUNTIME_DIR/file"
	mkdir "$IOMMUCTL_RUNTIME_DIR/folder"
	iommuctl session list -j
	json_is .sessions '[]'
	iommuctl session show file
	refused 1 "session file: connect: the session is gone"
}

@test "names and paths that cannot be" {
	local name

	for name in 1a .a "a b" a/ "$(printf 'a\033[31m')" "$(printf '%064d' 0 | tr 0 a)"; do
		iommuctl session show "$name"
		refused 1 "find the session: no session can have this name"
		[[ $stderr != *$'\033'* ]] || fail "an escape"
	done
	iommuctl session show "$BATS_TEST_TMPDIR/none/a"
	refused 1 "connect: there is no such session"
}

@test "a folder that others can use is refused" {
	local mode

	for mode in 701 710 704 777 1777; do
		chmod "$mode" "$IOMMUCTL_RUNTIME_DIR"
		iommuctl session list
		refused 1 "find the session: others can use the folder (its mode is $mode)"
		stderr_has "hint: sessions need a folder of their own, of mode 700"
		iommuctl session show a
		refused 1 "others can use the folder"
	done
}

@test "a symbolic link for a folder is refused" {
	ln -s run "$BATS_TEST_TMPDIR/link"
	IOMMUCTL_RUNTIME_DIR=$BATS_TEST_TMPDIR/link iommuctl session list
	refused 1 "it is no folder (a symbolic link is not followed)"
	iommuctl session show "$BATS_TEST_TMPDIR/link/a"
	refused 1 "it is no folder (a symbolic link is not followed)"
}

@test "another user's folder is refused" {
	leave_socket a
	chmod 711 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR"
	as_other session show a
	refused 1 "session a: connect: the session belongs to another user"
	stderr_has "hint: only the user who started a session, and root, can use it"
	chown 54321 "$IOMMUCTL_RUNTIME_DIR"
	as_other session show a
	refused 1 "the folder belongs to user 54321"
}

@test "without a folder for sessions: which variable is missing" {
	unset IOMMUCTL_RUNTIME_DIR XDG_RUNTIME_DIR
	as_other session list
	refused 1 "XDG_RUNTIME_DIR is not set"
	stderr_has "hint: set IOMMUCTL_RUNTIME_DIR"
}

@test "a folder of sessions that depends on where one is, is refused" {
	mkdir -m 700 "$BATS_TEST_TMPDIR/run/a"
	cd "$BATS_TEST_TMPDIR"
	IOMMUCTL_RUNTIME_DIR=run iommuctl session list
	refused 1 "session run: find the session: IOMMUCTL_RUNTIME_DIR must be an absolute path"
	unset IOMMUCTL_RUNTIME_DIR
	XDG_RUNTIME_DIR=run as_other session list
	refused 1 "session run: find the session: XDG_RUNTIME_DIR must be an absolute path"
}

@test "XDG_RUNTIME_DIR is where others than root have them" {
	export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/xdg
	mkdir -p "$XDG_RUNTIME_DIR/iommuctl"
	chmod 700 "$XDG_RUNTIME_DIR/iommuctl"
	IOMMUCTL_RUNTIME_DIR=$XDG_RUNTIME_DIR/iommuctl leave_socket a
	chmod -R 711 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR"
	chmod 700 "$XDG_RUNTIME_DIR/iommuctl"
	[ "$EUID" -ne 0 ] || chown 12345 "$XDG_RUNTIME_DIR/iommuctl"
	unset IOMMUCTL_RUNTIME_DIR
	as_other session list -n -o name
	status_is 0
	output_is a
}

@test "never of a copy of another machine" {
	for verb in list show "start a" "stop a" "run -- true" "exec a -- true"; do
		# shellcheck disable=SC2086 # a list of words
		on intel-client session $verb
		refused 2 "session: works on this machine alone, not with --root"
	done
}

@test "completion offers sessions" {
	leave_socket alpha
	leave_socket beta
	run "$IOMMUCTL" complete -- session stop al
	output_is "alpha"$'\t'"session"
	run "$IOMMUCTL" complete -- --session ''
	output_is "alpha"$'\t'"session"$'\n'"beta"$'\t'"session"
}

@test "--iommufd takes an open /dev/iommu alone" {
	local fd

	for fd in x -1 '' 4x 99999999999999999999; do
		iommuctl --iommufd "$fd" session exec -- true
		refused 2 "--iommufd takes the number of an open file: '$fd'"
	done
	iommuctl --iommufd 99 session exec -- true
	refused 1 "session: --iommufd 99: there is no such open file"
	stderr_has "exec 7<>/dev/iommu"
	need_no_iommufd
	run --separate-stderr "$IOMMUCTL" --iommufd 7 session exec -- true 7</dev/null
	refused 1 "session /dev/iommu: open: this kernel has no iommufd"
}
