/* SPDX-License-Identifier: MIT */
/* The error record and what each class means to HTTP. */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

static const struct {
	int status;
	const char *title;
	bool transient;
} classes[ERR_CLASSES] = {
	[ERR_NONE] = { 200, "OK", false },
	[ERR_MALFORMED] = { 400, "Malformed request", false },
	[ERR_UNAUTHENTICATED] = { 401, "Not signed in", false },
	[ERR_FORBIDDEN] = { 403, "Not allowed", false },
	[ERR_NOT_FOUND] = { 404, "Not found", false },
	[ERR_METHOD] = { 405, "Method not allowed", false },
	[ERR_CONFLICT] = { 409, "Conflict", false },
	[ERR_TOO_LARGE] = { 413, "Too large", false },
	[ERR_INVALID] = { 422, "Invalid", false },
	[ERR_THROTTLED] = { 429, "Too many requests", true },
	[ERR_INTERNAL] = { 500, "Internal error", false },
	[ERR_UNAVAILABLE] = { 503, "Unavailable", true },
	[ERR_TIMEOUT] = { 504, "Timed out", true },
};

/* vsnprintf cuts anywhere: drops the torn character, and newlines at the end. */
static void finish(char *msg, size_t size, int wanted)
{
	size_t n = strlen(msg);

	if (wanted >= 0 && (size_t)wanted >= size) {
		size_t lead = n;

		while (lead > 0 && ((unsigned char)msg[lead - 1] & 0xc0) == 0x80)
			lead--;
		if (lead > 0 && (unsigned char)msg[lead - 1] >= 0xc0)
			n = lead - 1;
	}
	while (n > 0 && (msg[n - 1] == '\n' || msg[n - 1] == '\r'))
		n--;
	msg[n] = '\0';
}

bool err_set(struct err *e, enum err_class class, const char *fmt, ...)
{
	va_list ap;
	int wanted;

	if (!e)
		return false;
	e->class = class;
	va_start(ap, fmt);
	wanted = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	finish(e->msg, sizeof(e->msg), wanted);
	return false;
}

bool err_prefix(struct err *e, const char *fmt, ...)
{
	char whole[sizeof(e->msg)];
	size_t n, message, fits;
	va_list ap;
	int wanted;

	if (!e)
		return false;
	va_start(ap, fmt);
	wanted = vsnprintf(whole, sizeof(whole) - 2, fmt, ap);
	va_end(ap);
	finish(whole, sizeof(whole) - 2, wanted);
	n = strlen(whole);
	memcpy(whole + n, ": ", 2);
	n += 2;
	message = strlen(e->msg);
	fits = message < sizeof(whole) - n ? message : sizeof(whole) - n - 1;
	memcpy(whole + n, e->msg, fits);
	whole[n + fits] = '\0';
	finish(whole, sizeof(whole), (int)(n + message));
	memcpy(e->msg, whole, strlen(whole) + 1);
	return false;
}

void err_clear(struct err *e)
{
	if (!e)
		return;
	e->class = ERR_NONE;
	e->msg[0] = '\0';
}

int err_status(enum err_class class)
{
	return class < ERR_CLASSES ? classes[class].status : 500;
}

const char *err_title(enum err_class class)
{
	return class < ERR_CLASSES ? classes[class].title : classes[ERR_INTERNAL].title;
}

bool err_transient(enum err_class class)
{
	return class < ERR_CLASSES && classes[class].transient;
}
