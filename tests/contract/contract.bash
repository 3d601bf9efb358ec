# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of the contract share: what the help says and what the manual says, as lists.
# shellcheck shell=bash disable=SC2154

# shellcheck source=SCRIPTDIR/../cli/helpers.bash
. "$BATS_TEST_DIRNAME/../cli/helpers.bash"
: "${BUILDDIR:=$SRCDIR/build}"
PATH=$(dirname "$IOMMUCTL"):$PATH
MAN=$SRCDIR/man

# need PROGRAM...: skips the test where one is not installed
need() {
	local program

	for program; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# same WHAT LEFT RIGHT: two lists, a word or line each; says what only one of them has
same() {
	local left right

	left=$(sort <<<"$2") right=$(sort <<<"$3")
	[ -n "$left" ] || fail "$1: an empty list" || return
	[ "$left" = "$right" ] ||
		fail "$1: < only the first has it, > only the second" \
			"$(diff <(echo "$left") <(echo "$right") | grep '^[<>]')"
}

# ------------------------------------------------------------------------ the help

# "noun" or "noun verb" a line: all that the help lists, verbs in brackets too
commands() {
	"$IOMMUCTL" --help | sed -n '/^Commands/,/^$/{s/[][]//g; s/^  \([a-z-]*\) \([a-z-]*\) *[A-Z].*/\1 \2/p}' |
		sed 's/ *$//'
}

nouns() {
	commands | cut -d' ' -f1 | uniq
}

verbs() { # NOUN
	commands | sed -n "s/^$1 //p"
}

# The options of a help text, as "-x --long" or "--long"
help_options() { # NOUN [VERB]
	"$IOMMUCTL" "$@" --help | sed -n 's/^  -\(.\), --\([a-z0-9-]*\).*/-\1 --\2/p; s/^      --\([a-z0-9-]*\).*/--\1/p'
}

own_options() { # NOUN [VERB]
	comm -23 <(help_options "$@" | sort) <(help_options | sort)
}

help_attributes() { # NOUN [VERB]
	"$IOMMUCTL" "$@" --help | sed -n '/^Attributes/,/^$/s/^  \([a-z0-9_]*\) .*/\1/p'
}

# ---------------------------------------------------------------------- the manual

# The source of one section of a page
section() { # PAGE TITLE
	sed -n "/^\.Sh $2\$/,/^\.Sh /{/^\.Sh /!p}" "$MAN/$1"
}

page_options() { # PAGE
	section "$1" OPTIONS | sed -n 's/^\.It Fl \([a-zA-Z]\) .*Fl -\([a-z0-9-]*\).*/-\1 --\2/p; s/^\.It Fl -\([a-z0-9-]*\).*/--\1/p'
}

page_attributes() { # PAGE
	section "$1" ATTRIBUTES | sed -n 's/^\.It Cm \([a-z0-9_]*\)$/\1/p'
}

# Verbs of the synopsis; "." for a noun without
page_verbs() { # NOUN
	section "iommuctl-$1.1" SYNOPSIS | sed -n "/^\.Cm $1\$/{n; s/^\.Op Cm //; s/^\.Cm //; s/^\..*/./; p}"
}

# ---------------------------------------------------------------------- programs

# What a program needs that is linked with a library built with sanitizers
sanitizers() { # LIBRARY
	nm -D "$1" | grep -q __asan_init && echo -fsanitize=address
	nm -D "$1" | grep -q __ubsan_ && echo -fsanitize=undefined
	return 0
}
