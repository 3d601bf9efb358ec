#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Archives that no snapshot is: each is refused, with the reason, in little time and memory.
# shellcheck disable=SC2154 # run sets stderr

load helpers

MKTAR=$BATS_TEST_DIRNAME/mktar

# archive LINES: prints a file made of these lines of mktar's
archive() {
	local file

	file=$(mktemp "$BATS_TEST_TMPDIR/XXXXXX.tar")
	printf '%s\n' "$1" | sed 's/; /\n/g' | "$MKTAR" >"$file"
	echo "$file"
}

# refused_archive FILE MESSAGE
refused_archive() {
	iommuctl --root "$1" iommu list
	refused 1 "$2" || return
	[[ $stderr == "iommuctl: iommu $1: read the archive: "* ]] || fail "another message"
}

# each_refused: lines of standard input, "MESSAGE | LINES"
each_refused() {
	local message lines count=0

	while IFS='|' read -r message lines; do
		refused_archive "$(archive "${lines# }; end")" "${message% }" || fail "of: $lines" || return
		count=$((count + 1))
	done
	[ "$count" -gt 0 ]
}

@test "names that lead elsewhere" {
	each_refused <<-'END'
		a name that is absolute, leads upwards | 0 /etc/passwd x
		a name that is absolute, leads upwards | 0 //etc/passwd x
		a name that is absolute, leads upwards | 0 ../sys/x x
		a name that is absolute, leads upwards | 0 sys/../../x x
		a name that is absolute, leads upwards | 0 sys/a/../b x
		a name that is absolute, leads upwards | 5 ..
		a name that is absolute, leads upwards | 0 ./.. x
		a name that is absolute, leads upwards | X h path=/sys/a\n; 0 a x
		a name that is absolute, leads upwards | X h path=../sys/a\n; 0 a x
		a name that is absolute, leads upwards | L ././@LongLink ../../x\x00; 0 a x
	END
}

@test "links that lead out" {
	each_refused <<-'END'
		a link that leads out of the archive | 2 sys /
		a link that leads out of the archive | 2 sys/class /etc
		a link that leads out of the archive | 2 sys/class ../../etc
		a link that leads out of the archive | 2 sys/a/b ../c/../../../d
		a link that leads out of the archive | 2 sys/a ./../b/../.././c
		a link that leads out of the archive | 2 a ..
		a link to nowhere | 2 sys/class
		a hard link | 0 sys/a x; 1 sys/b sys/a
		a hard link | 1 sys/b /etc/passwd
		neither a file, a directory nor a symbolic link | 1 sys/b
	END
}

@test "what is neither file nor directory nor link" {
	each_refused <<-'END'
		entry sys/null: neither a file, a directory nor a symbolic link | 3 sys/null
		entry sys/sda: neither a file, a directory nor a symbolic link | 4 sys/sda
		entry sys/fifo: neither a file, a directory nor a symbolic link | 6 sys/fifo
	END
	# a socket, which only other formats have
	perl -e 'printf "070707%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o%s\0", 1, 2, 0140644, 0, 0, 1, 0, 0, 5, 0, "sock"' \
		>"$BATS_TEST_TMPDIR/cpio"
	refused_archive "$BATS_TEST_TMPDIR/cpio" ""
}

@test "the same name twice" {
	each_refused <<-'END'
		entry sys/a: there is another one of that name | 0 sys/a x; 0 sys/a x
		entry sys/a: there is another one of that name | 0 sys/a x; 0 ./sys/a y
		entry sys/a: there is another one of that name | 0 sys/a x; 0 sys//./a y
		entry sys/a: there is another one of that name | 2 sys/a b; 0 sys/a y
		entry sys/a: there is another one of that name | 0 sys/a x; 5 sys/a/
		entry sys/a: there is another one of that name | 5 sys/a; 5 sys/a/
		entry sys/a: there is another one of that name | 0 sys/a/b x; 2 sys/a c
	END
}

@test "entries below what is no directory" {
	each_refused <<-'END'
		entry sys/a/b: lies below a file or a link | 0 sys/a x; 0 sys/a/b y
		entry sys/a/b: lies below a file or a link | 2 sys/a c; 5 sys/c; 0 sys/a/b y
		entry sys/a/b/c: lies below a file or a link | 0 sys/a x; 5 sys/a/b/c
	END
}

@test "too deep, names too long" {
	local deep long

	deep=$(printf 'd/%.0s' {1..64})
	long=$(printf 'n%.0s' {1..256})
	each_refused <<-END
		deeper than 64 directories | L ././@LongLink ${deep}x\x00; 0 a x
		a name too long | L ././@LongLink sys/$long\x00; 0 a x
		a name that is absolute, leads upwards, or is too long | L ././@LongLink $(printf "$long/%.0s" {1..20})x\x00; 0 a x
	END
	iommuctl --root "$(archive "L ././@LongLink ${deep%d/}x\x00; 0 a x; 5 sys; end")" iommu list
	status_is 0
	iommuctl --root "$(archive "L ././@LongLink sys/${long%n}\x00; 0 a x; end")" iommu list
	status_is 0
}

@test "headers that promise too much" {
	each_refused <<-'END'
		 | 0 sys/a !9223372036854775807
		 | 0 sys/a !1099511627776
		 | 0 sys/a !18446744073709551615
		 | x h !1099511627776; 0 sys/a x
		 | x h *2097152; 0 sys/a x
		 | x h 99999999999 path=a\n; 0 sys/a x
		 | X h size=9223372036854775807\n; 0 sys/a x
		 | L ././@LongLink !1099511627776; 0 sys/a x
		 | L ././@LongLink *2097152; 0 sys/a x
	END
}

@test "sparse files are as long as they say" {
	each_refused <<-'END'
		damaged, or not a tar archive | X h GNU.sparse.major=1\nGNU.sparse.minor=0\nGNU.sparse.name=sys/hole\nGNU.sparse.realsize=1099511627776\n; 0 sys/x 1\n1099511627775\n1\n
	END
	truncate -s 1T "$BATS_TEST_TMPDIR/hole"
	echo end >>"$BATS_TEST_TMPDIR/hole"
	tar cSf "$BATS_TEST_TMPDIR/sparse.tar" -C "$BATS_TEST_TMPDIR" hole
	refused_archive "$BATS_TEST_TMPDIR/sparse.tar" "entry hole: longer than 16 MiB"
	truncate -s 1M "$BATS_TEST_TMPDIR/hole"
	echo end >>"$BATS_TEST_TMPDIR/hole"
	tar cSf "$BATS_TEST_TMPDIR/sparse.tar" -C "$BATS_TEST_TMPDIR" hole
	iommuctl --root "$BATS_TEST_TMPDIR/sparse.tar" iommu list
	stderr_has "no copy of a machine"
}

# ------------------------------------------------------------------------ bombs

# Each of them makes much of little: so many bytes, compressed, again and again
repeat() { # COMMAND COUNT BYTES
	local piece=$BATS_TEST_TMPDIR/piece

	head -c "$3" /dev/zero | $1 >"$piece"
	perl -0777 -ne "print for (\$_) x $2" "$piece"
}

# A bomb takes little time, and at most so much memory
harmless() { # FILE MESSAGE
	[ -x /usr/bin/python3 ] || skip "/usr/bin/python3 is not there"
	run --separate-stderr timeout 60 /usr/bin/python3 -c 'import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.exit(used.ru_maxrss > 768 * 1024 and 100 or used.ru_utime > 20 and 101 or status)' "$IOMMUCTL" --root "$1" iommu
	refused 1 "read the archive: $2"
}

@test "bombs of each compression: one endless file" {
	local command bomb

	for command in gzip xz zstd; do
		command -v "$command" >/dev/null || continue
		bomb=$BATS_TEST_TMPDIR/$command
		{
			"$MKTAR" <<<"0 sys/a !68719476736" | $command
			repeat "$command" 1024 67108864
		} >"$bomb"
		harmless "$bomb" "entry sys/a: longer than 16 MiB" || fail "of: $command" || return
	done
}

@test "bombs: memory of devices, which is passed over, and zeros behind the end" {
	local command

	for command in gzip zstd; do
		{
			"$MKTAR" <<<"0 sys/devices/resource0 !68719476736" | $command
			repeat "$command" 1024 67108864
		} >"$BATS_TEST_TMPDIR/bomb"
		harmless "$BATS_TEST_TMPDIR/bomb" "more than 1024 MiB" || return
		{
			printf '%s\n' "5 sys" end | "$MKTAR" | $command
			repeat "$command" 1024 67108864
		} >"$BATS_TEST_TMPDIR/bomb"
		harmless "$BATS_TEST_TMPDIR/bomb" "more than 1024 MiB" || return
	done
}

@test "bombs: many files" {
	for i in {1..20}; do
		"$MKTAR" <<<"0 sys/$i *16777216" | gzip -1
	done >"$BATS_TEST_TMPDIR/bomb"
	harmless "$BATS_TEST_TMPDIR/bomb" "entry sys/17: more than 256 MiB in files"
}

@test "bombs: compressed more than once" {
	repeat gzip 64 67108864 | gzip | gzip >"$BATS_TEST_TMPDIR/bomb"
	harmless "$BATS_TEST_TMPDIR/bomb" ""
	# many empty members, each of which gives nothing
	repeat gzip 100000 0 | gzip >"$BATS_TEST_TMPDIR/bomb"
	harmless "$BATS_TEST_TMPDIR/bomb" ""
}

# ------------------------------------------------------------- cut short, no archives

@test "cut at every kind of place" {
	local whole=$BATS_TEST_TMPDIR/whole cut=$BATS_TEST_TMPDIR/cut command at size

	archive "5 sys; 0 sys/a *1000; L ././@LongLink sys/long\x00; 2 sys/x a; X h mtime=1\n; 0 sys/b text; 2 sys/c b; end" \
		>/dev/null
	mv "$BATS_TEST_TMPDIR"/*.tar "$whole"
	iommuctl --root "$whole" iommu list
	status_is 0
	size=$(stat -c %s "$whole")
	for ((at = 0; at < size - 512; at += at % 512 == 300 ? 212 : 300)); do
		head -c "$at" "$whole" >"$cut"
		refused_archive "$cut" "" || fail "cut at $at" || return
	done
	for command in gzip xz zstd; do
		command -v "$command" >/dev/null || continue
		$command -c "$whole" >"$whole.$command"
		iommuctl --root "$whole.$command" iommu list
		status_is 0
		for ((at = $(stat -c %s "$whole.$command") - 1; at > 0; at -= 13)); do
			head -c "$at" "$whole.$command" >"$cut"
			refused_archive "$cut" "" || fail "$command cut at $at" || return
		done
	done
}

@test "what is no archive" {
	local file=$BATS_TEST_TMPDIR/file

	: >"$file"
	refused_archive "$file" ""
	echo "hello, world" >"$file"
	iommuctl --root "$file" iommu
	refused 1 "neither a directory, nor an archive"
	perl -e 'srand 1; print map { chr rand 256 } 1 .. 100000' >"$file"
	refused_archive "$file" ""
	gzip -c "$file" >"$file.gz"
	refused_archive "$file.gz" ""
	head -c 100000 /dev/zero >"$file"
	refused_archive "$file" "not a tar archive, or an empty one"
	printf 'PK\003\004' >"$file"
	refused_archive "$file" ""
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	refused_archive "$BATS_TEST_TMPDIR/fifo" "neither a directory nor a regular file"
	refused_archive /dev/zero "neither a directory nor a regular file"
}

@test "every byte of a snapshot may be wrong: refused, or read, but no more" {
	local whole=$BATS_TEST_TMPDIR/whole.tar broken=$BATS_TEST_TMPDIR/broken at

	"$IOMMUCTL" --root "$(fixture virtio-guest)" snapshot create -q "$whole" >/dev/null
	for ((at = 0; at < $(stat -c %s "$whole"); at += 37)); do
		perl -0777 -pe 'substr($_, '"$at"', 1) ^= "\xff"' "$whole" >"$broken"
		iommuctl --root "$broken" iommu list -q
		[ "$status" -le 1 ] || fail "byte $at"
	done
}

@test "what may not be read" {
	local file=$BATS_TEST_TMPDIR/file

	[ "$(id -u)" = 0 ] || skip "needs root, to become another user"
	chmod -R go+rX "$BATS_RUN_TMPDIR"
	setpriv --reuid=65534 --clear-groups test -x "$IOMMUCTL" || skip "the build cannot be run as another user"
	archive "5 sys; end" >/dev/null
	mv "$BATS_TEST_TMPDIR"/*.tar "$file"
	chmod 0 "$file"
	run --separate-stderr setpriv --reuid=65534 --clear-groups "$IOMMUCTL" --root "$file" iommu
	refused 1 "$file: open the root: Permission denied"
	mkdir "$BATS_TEST_TMPDIR/dir"
	chmod 0 "$BATS_TEST_TMPDIR/dir"
	run --separate-stderr setpriv --reuid=65534 --clear-groups "$IOMMUCTL" --root "$BATS_TEST_TMPDIR/dir" iommu
	refused 1 "Permission denied"
}

# --------------------------------------------------------------- what is harmless

@test "links in circles hang nothing" {
	iommuctl --root "$(archive "2 sys/class/iommu/a b; 2 sys/class/iommu/b a; 2 sys/kernel/iommu_groups ../kernel/iommu_groups; 5 sys/bus/pci/devices; 2 sys/bus/pci/devices/0000:00:01.0 ../devices/0000:00:01.0; end")" device list -j
	status_is 0
	json_is '[.devices[].name]' '["0000:00:01.0"]'
}

@test "links are followed as in a file system" {
	iommuctl --root "$(archive "2 sys/class/iommu/dmar0 ../../devices/x/./y/../dmar0; 2 sys/devices/x real; 0 sys/devices/real/dmar0/intel-iommu/version 1:0\n; 5 sys/devices/real/y; end")" iommu list -j
	json_is '[.iommus[] | [.name, .version]]' '[["dmar0","1.0"]]'
}

@test "names of any bytes, in any locale" {
	local file locale

	file=$(archive '5 sys/class/iommu/\xff\xc3\xa4; end')
	for locale in C C.UTF-8; do
		LC_ALL=$locale iommuctl --root "$file" iommu list -j
		json_is '[.iommus[].name]' '["\\xffä"]'
		LC_ALL=$locale iommuctl --root "$file" snapshot create "$BATS_TEST_TMPDIR/$locale"
		status_is 0
		LC_ALL=C iommuctl --root "$BATS_TEST_TMPDIR/$locale" iommu list -j
		json_is '[.iommus[].name]' '["\\xffä"]'
	done
	cmp "$BATS_TEST_TMPDIR/C" "$BATS_TEST_TMPDIR/C.UTF-8"
}

@test "tars made by hand: with ./ or without, padded, in any format, by GNU or BSD" {
	local root expected format

	root=$(fixture intel-vmd)
	iommuctl --root "$root" device show -j
	expected=$output
	# files of sysfs say that they have a page; what is missing is padded with zeros
	cp -a "$root" "$BATS_TEST_TMPDIR/padded"
	find "$BATS_TEST_TMPDIR/padded" -type f -exec truncate -s 4096 {} +
	for format in gnu ustar pax v7; do
		tar czf "$BATS_TEST_TMPDIR/a.tgz" --format="$format" -C "$root" . 2>/dev/null || continue
		iommuctl --root "$BATS_TEST_TMPDIR/a.tgz" device show -j
		output_is "$expected" || fail "of: $format" || return
		tar cJf "$BATS_TEST_TMPDIR/a.tgz" --format="$format" -C "$BATS_TEST_TMPDIR/padded" sys 2>/dev/null || continue
		iommuctl --root "$BATS_TEST_TMPDIR/a.tgz" device show -j
		output_is "$expected" || fail "padded, of: $format" || return
	done
	command -v bsdtar >/dev/null || return 0
	bsdtar czf "$BATS_TEST_TMPDIR/a.tgz" -C "$root" ./sys
	iommuctl --root "$BATS_TEST_TMPDIR/a.tgz" device show -j
	output_is "$expected"
}
