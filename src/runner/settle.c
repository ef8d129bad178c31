/* SPDX-License-Identifier: MIT */
/* The ways out of a stage. Whatever happened, it leaves by one of these. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "runner/runner.h"

enum { SENTENCES = 4000 }; /* bytes of a problem that people read */

static const char *words(struct work *w, const char *fmt, va_list ap)
{
	char text[SENTENCES];

	vsnprintf(text, sizeof(text), fmt, ap);
	/* A cut may have gone through a character, and a quoted answer may hold anything. */
	ptrdiff_t bad = utf8_invalid(text, strlen(text));
	if (bad >= 0)
		text[bad] = '\0';
	return arena_strdup(w->a, text);
}

void settle_advance(struct work *w, const char *outcome, const char *detail)
{
	call_forget(w);
	w->settle = SETTLE_ADVANCE;
	w->out.lease = &w->lease;
	w->out.outcome = outcome;
	w->out.detail = detail;
	w->out.provider = w->r->provider;
	w->out.model = w->r->model;
	work_queue(w, &w->r->done);
}

void settle_retry(struct work *w, double delay_s, bool counts, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	w->problem = words(w, fmt, ap);
	va_end(ap);
	w->settle = SETTLE_RETRY;
	w->delay_s = delay_s;
	w->counts = counts;
	work_note(w, LOG_INFO_, "stage %s again later: %s", w->lease.node, w->problem);
	work_queue(w, &w->r->done);
}

void settle_park(struct work *w, const char *kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	w->problem = words(w, fmt, ap);
	va_end(ap);
	w->settle = SETTLE_PARK;
	w->kind = kind;
	work_note(w, LOG_INFO_, "stage %s asks a person (%s): %s", w->lease.node, kind, w->problem);
	work_queue(w, &w->r->done);
}
