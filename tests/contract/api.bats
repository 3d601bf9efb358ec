#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The library's symbols, its header and its manual are the same.
# shellcheck disable=SC2154

load contract.bash

HEADER=$SRCDIR/libiommuctl/iommuctl.h
SYMBOLS=$SRCDIR/libiommuctl/libiommuctl.sym
PAGE=$MAN/libiommuctl.3
: "${CC:=cc}" "${CXX:=c++}"

# The header without comments and preprocessor lines
bare_header() {
	perl -0777 -pe 's{/\*.*?\*/}{}gs; s/^#.*\n//mg' "$HEADER"
}

# "int iommuctl_f(struct x *, size_t)": all prototypes, blanks made alike
prototypes() {
	bare_header | perl -0777 -ne '
		while (/^((?:\w+[\s*]+)+)(iommuctl_\w+)\(([^()]*)\);/mg) {
			my $text = "$1 $2($3)";
			$text =~ s/\s+/ /g;
			$text =~ s/ ?(\*+) ?/ $1/g;
			print "$text\n";
		}'
}

# The same of the manual
page_prototypes() {
	perl -ne '
		if (/^\.Ft "?([^"\n]*)"?$/) { $type = $1 }
		elsif (/^\.Fo (\w+)$/) { ($name, @args) = ($1) }
		elsif (/^\.Fa "([^"]*)"$/ && $name) { push @args, $1 }
		elsif (/^\.Fc$/) {
			my $text = "$type $name(" . join(", ", @args) . ")";
			$text =~ s/ ?(\*+) ?/ $1/g;
			print "$text\n";
			$name = "";
		}' "$PAGE"
}

functions() {
	grep -o 'iommuctl_[a-z0-9_]*(' | tr -d '('
}

@test "the library exports what libiommuctl.sym names, no more and no less" {
	need nm
	same symbols "$(nm -D --defined-only "$BUILDDIR/.libs/libiommuctl.so" |
		sed -n 's/^[0-9a-f]* [TDBRVW] \([^@]*\).*/\1/p')" \
		"$(sed -n 's/^\t\(iommuctl_[a-z0-9_]*\);$/\1/p' "$SYMBOLS")"
}

@test "libiommuctl.sym names what the header declares" {
	same symbols "$(prototypes | functions)" \
		"$(sed -n 's/^\t\(iommuctl_[a-z0-9_]*\);$/\1/p' "$SYMBOLS")"
}

@test "no declaration of the header escapes the tests" {
	same functions "$(bare_header | functions)" "$(prototypes | functions)"
}

@test "the manual has the prototypes of the header" {
	same prototypes "$(prototypes)" "$(page_prototypes)"
}

@test "the manual speaks of every function" {
	same functions "$(prototypes | functions)" \
		"$(sed -n '/^\.Sh DESCRIPTION/,/^\.Sh RETURN/s/^\.Fn \([a-z0-9_]*\).*/\1/p' "$PAGE" | sort -u)"
}

@test "the manual has the flags of the header" {
	same flags "$(grep -oE 'define IOMMUCTL_(LOAD|SNAPSHOT)_[A-Z]*' "$HEADER" | cut -d' ' -f2)" \
		"$(sed -nE 's/^\.It Dv (IOMMUCTL_(LOAD|SNAPSHOT)_[A-Z]*)$/\1/p' "$PAGE")"
}

@test "the header compiles alone as C11" {
	need "$CC"
	"$CC" -std=c11 -pedantic -Wall -Wextra -Werror -fsyntax-only -x c "$HEADER"
}

@test "the header compiles alone as C++" {
	need "$CXX"
	"$CXX" -std=c++11 -pedantic -Wall -Wextra -Werror -fsyntax-only -x c++ "$HEADER"
}

@test "a C++ program links with the library" {
	need "$CXX"
	echo '#include <iommuctl.h>
	int main() { return iommuctl_model_to_string(IOMMUCTL_MODEL_UNKNOWN) == nullptr; }' \
		>"$BATS_TEST_TMPDIR/program.cc"
	# shellcheck disable=SC2046 # words
	"$CXX" -Werror -I "$SRCDIR/libiommuctl" -o "$BATS_TEST_TMPDIR/program" \
		"$BATS_TEST_TMPDIR/program.cc" $(sanitizers "$BUILDDIR/.libs/libiommuctl.so") \
		"$BUILDDIR/.libs/libiommuctl.so"
	LD_LIBRARY_PATH=$BUILDDIR/.libs "$BATS_TEST_TMPDIR/program"
}
