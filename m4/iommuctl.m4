# SPDX-License-Identifier: GPL-2.0-or-later
# Warnings by probing, and the switches developers and CI use.

AC_DEFUN([IOMMUCTL_ADD_CFLAG], [
	AS_VAR_PUSHDEF([cached], [iommuctl_cv_cflag_$1])
	AC_CACHE_CHECK([whether $CC takes $1], [cached], [
		saved_CFLAGS=$CFLAGS
		CFLAGS="$CFLAGS -Werror $1"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
			[AS_VAR_SET([cached], [yes])], [AS_VAR_SET([cached], [no])])
		CFLAGS=$saved_CFLAGS])
	AS_VAR_IF([cached], [yes], [WARN_CFLAGS="$WARN_CFLAGS $1"])
	AS_VAR_POPDEF([cached])
])

AC_DEFUN([IOMMUCTL_DEVELOPER_OPTIONS], [
	AC_ARG_ENABLE([dev],
		AS_HELP_STRING([--enable-dev], [for developers: --enable-werror and both sanitizers, -Og -g3]))
	AC_ARG_ENABLE([werror],
		AS_HELP_STRING([--enable-werror], [make warnings errors]))
	AC_ARG_ENABLE([asan],
		AS_HELP_STRING([--enable-asan], [build with the address sanitizer]))
	AC_ARG_ENABLE([ubsan],
		AS_HELP_STRING([--enable-ubsan], [build with the undefined behaviour sanitizer]))
	AS_IF([test "$enable_dev" = yes], [
		: ${enable_werror=yes} ${enable_asan=yes} ${enable_ubsan=yes}
		DEV_CFLAGS="-Og -g3"])
	m4_foreach_w([flag], [-Wall -Wextra -Wshadow -Wmissing-prototypes
		-Wstrict-prototypes -Wold-style-definition -Wundef -Wpointer-arith
		-Wwrite-strings -Wcast-align -Wformat=2 -Wvla -Walloca
		-Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion
		-Wunused-result -Wno-missing-field-initializers],
		[IOMMUCTL_ADD_CFLAG(flag)])
	AS_IF([test "$enable_asan" = yes], [
		DEV_CFLAGS="$DEV_CFLAGS -fsanitize=address -fno-omit-frame-pointer"])
	AS_IF([test "$enable_ubsan" = yes], [
		DEV_CFLAGS="$DEV_CFLAGS -fsanitize=undefined -fno-sanitize-recover=undefined"])
	AS_IF([test "$enable_werror" = yes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
	AM_CONDITIONAL([SANITIZED], [test "$enable_asan" = yes || test "$enable_ubsan" = yes])
	AC_SUBST([WARN_CFLAGS])
	AC_SUBST([DEV_CFLAGS])
])
