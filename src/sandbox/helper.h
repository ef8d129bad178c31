/* SPDX-License-Identifier: MIT */
/*
 * The helper process: takes packed suites from its socket, runs as many at once as
 * it may, each in a process of its own, and answers on the pipe that came along.
 * A message is one byte with two descriptors: the packed suite and the pipe's end.
 * Internal to the sandbox.
 */
#ifndef SANDBOX_HELPER_H
#define SANDBOX_HELPER_H

#include <stdbool.h>

#include "sandbox/sandbox.h"

/* Jobs accepted at most, running and waiting. */
#define HELPER_JOBS 256

/* Serves until the socket ends; returns the exit status of the process. It is
   single-threaded, has PR_SET_PDEATHSIG and closed what it does not need. */
int helper_serve(const struct sandbox_settings *s, int socket);

#endif
