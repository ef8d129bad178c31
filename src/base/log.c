/* SPDX-License-Identifier: MIT */
/* Log lines: put together in memory, written by one write(2). */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"

#define MESSAGE_MAX 4096
#define LINE_MAX_BYTES (8 * MESSAGE_MAX)

static const char *const names[] = { "debug", "info", "warn", "error" };
static const char *const shouted[] = { "DEBUG", "INFO", "WARN", "ERROR" };

static const char *program_name = "botarmy";
static enum log_level least_level = LOG_INFO_;
static bool for_people;

static _Thread_local int64_t current_run;
static _Thread_local char current_request[64];

bool log_level_parse(const char *name, enum log_level *out)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (streq(name, names[i])) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

void log_open(const char *program, enum log_level least)
{
	program_name = program;
	least_level = least;
	for_people = isatty(STDERR_FILENO) == 1;
}

int64_t log_set_run(int64_t run_id)
{
	int64_t before = current_run;

	current_run = run_id;
	return before;
}

void log_set_request(const char *request_id)
{
	snprintf(current_request, sizeof(current_request), "%s", request_id ? request_id : "");
}

static void line_for_people(struct buf *b, enum log_level level, char *message)
{
	/* A terminal obeys control characters; a message from outside must not command it. */
	for (char *p = message; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = ' ';
	}
	buf_addf(b, "%s %s", shouted[level], message);
	if (current_run)
		buf_addf(b, " run=%lld", (long long)current_run);
	if (current_request[0])
		buf_addf(b, " request=%s", current_request);
}

static void line_for_machines(struct buf *b, enum log_level level, const char *message)
{
	struct timespec ts;
	struct tm tm = { 0 };

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	buf_addf(b, "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ\",\"level\":\"%s\",\"program\":",
		 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		 ts.tv_nsec / 1000000, names[level]);
	json_write_str(b, program_name, strlen(program_name));
	buf_addf(b, ",\"pid\":%ld", (long)getpid());
	if (current_run)
		buf_addf(b, ",\"run\":%lld", (long long)current_run);
	if (current_request[0]) {
		buf_adds(b, ",\"request\":");
		json_write_str(b, current_request, strlen(current_request));
	}
	buf_adds(b, ",\"message\":");
	json_write_str(b, message, strlen(message));
	buf_addc(b, '}');
}

void log_at(enum log_level level, const char *fmt, ...)
{
	static const char lost[] = "{\"level\":\"error\",\"message\":\"a log line was lost: no memory\"}\n";
	char message[MESSAGE_MAX];
	struct buf line;
	va_list ap;
	ssize_t written;

	if (level < least_level)
		return;
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	buf_init(&line, LINE_MAX_BYTES);
	if (for_people)
		line_for_people(&line, level, message);
	else
		line_for_machines(&line, level, message);
	buf_addc(&line, '\n');
	/* There is nobody to tell when stderr is gone. */
	if (buf_ok(&line))
		written = write(STDERR_FILENO, line.data, line.len);
	else
		written = write(STDERR_FILENO, lost, sizeof(lost) - 1);
	(void)written;
	buf_release(&line);
}
