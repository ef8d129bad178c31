/* SPDX-License-Identifier: MIT */
/* The options of bubblewrap: the walls of a sandbox in one place. Internal. */
#ifndef SANDBOX_ARGS_H
#define SANDBOX_ARGS_H

struct box_spec;
struct err;

#define BWRAP "/usr/bin/bwrap"

/* A descriptor, at its start and close-on-exec, for --args; -1 on error. The program
   and its arguments are not among them. */
int sandbox_args(const struct box_spec *s, int filter_fd_number, struct err *e);

#endif
