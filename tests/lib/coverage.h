/* SPDX-License-Identifier: MIT */
/* Part of every source of a coverage build: what ran is written down before _exit and exec, too. */
#ifndef TESTS_COVERAGE_H
#define TESTS_COVERAGE_H

#include <gcov.h>
#include <unistd.h>

static inline _Noreturn void coverage_exit(int status)
{
	__gcov_dump();
	_exit(status);
}
#define _exit(status) coverage_exit(status)
#define execv(path, argv) (__gcov_dump(), __gcov_reset(), execv(path, argv))
#define execve(path, argv, environment) (__gcov_dump(), __gcov_reset(), execve(path, argv, environment))

#endif
