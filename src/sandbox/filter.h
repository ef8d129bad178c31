/* SPDX-License-Identifier: MIT */
/* The system calls that nothing in a sandbox may make. Internal to the sandbox. */
#ifndef SANDBOX_FILTER_H
#define SANDBOX_FILTER_H

#include <stdbool.h>

struct err;

/* A descriptor, at its start and close-on-exec, of the BPF program that
   bubblewrap's --seccomp takes; -1 on error. */
int sandbox_filter(struct err *e);

#endif
