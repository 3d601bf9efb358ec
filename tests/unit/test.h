/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka with what it wants included first. */
#ifndef IOMMUCTL_TEST_H
#define IOMMUCTL_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Runs the tests of the array and is main()'s result. */
#define RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
