/* SPDX-License-Identifier: MIT */
/*
 * What the sandbox's helper must know, read before this process has read the
 * configuration: the helper is forked before any key is in memory.
 */
#ifndef RUNNER_AHEAD_H
#define RUNNER_AHEAD_H

#include <stdbool.h>

struct arena;
struct err;
struct sandbox_settings;

/* A child reads the configuration and tells only the sandbox's part of it. */
bool ahead_settings(struct arena *a, const char *config_path, struct sandbox_settings *out, struct err *e);

#endif
