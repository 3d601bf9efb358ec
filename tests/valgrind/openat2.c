/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * openat2() under valgrind, which does not know it before its release 3.22: preloaded, it is called
 * on the real processor. Without it no root but this machine's could be read.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <valgrind/memcheck.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* No libc here: valgrind does not see what happens. */
static long call(long number, const long *args)
{
	register long r10 __asm__("r10") = args[3];
	register long r8 __asm__("r8") = args[4];
	register long r9 __asm__("r9") = args[5];
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(args[0]), "S"(args[1]), "d"(args[2]), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

static long openat2(unsigned long thread, const long *args)
{
	(void)thread;
	return call(SYS_openat2, args);
}

/* What it does of itself with calls that it knows. */
static void check_arguments(const long *args)
{
	(void)VALGRIND_CHECK_MEM_IS_DEFINED(args[1], strlen((const char *)args[1]) + 1);
	(void)VALGRIND_CHECK_MEM_IS_DEFINED(args[2], args[3]);
}

__attribute__((visibility("default"))) long syscall(long number, ...)
{
	long args[6], result;
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		args[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_openat2) {
		check_arguments(args);
		result = (long)VALGRIND_NON_SIMD_CALL1(openat2, args);
	} else {
		result = call(number, args);
	}
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}
