/* SPDX-License-Identifier: MIT */
/*
 * One line a record on stderr: JSON, or "LEVEL message key=value" when stderr
 * is a terminal. Thread-safe: a line is one write(2). The thread's run id and
 * request id are added to every line. Never logs a secret: callers pass ids,
 * classes and counts, not bodies.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

/* "debug", "info", "warn" or "error". */
bool log_level_parse(const char *name, enum log_level *out);
void log_open(const char *program, enum log_level least);
/* Thread-local context; 0 or NULL clears it. Gives the run that was set before. The string is
   copied (≤ 63 bytes). */
int64_t log_set_run(int64_t run_id);
void log_set_request(const char *request_id);
void log_at(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_debug(...) log_at(LOG_DEBUG_, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO_, __VA_ARGS__)
#define log_warn(...) log_at(LOG_WARN_, __VA_ARGS__)
#define log_error(...) log_at(LOG_ERROR_, __VA_ARGS__)

#endif
