/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions as schemas write them, run by the C library: the part of ECMA 262
 * that POSIX extended expressions share (schema.h names it), with "." meaning any
 * character but a line's end.
 */
#ifndef FLOW_PATTERN_H
#define FLOW_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct pattern;

/* ERR_INVALID with what is not supported. Lives as long as the arena. */
struct pattern *pattern_compile(struct arena *a, const char *ecma, struct err *e);
/* `s` is NUL-terminated, without NULs inside. */
bool pattern_matches(const struct pattern *p, const char *s);

#endif
