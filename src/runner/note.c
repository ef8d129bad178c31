/* SPDX-License-Identifier: MIT */
/* What is said about a run: on stderr at once, and in the run's log at the turn's end. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"
#include "runner/runner.h"

enum { NOTES = 1024, NOTE_BYTES = 2000 };

static const char *const level_names[] = { "debug", "info", "warn", "error" };

struct notes {
	struct arena *a;
	struct log_line lines[NOTES];
	size_t n;
};

void work_note(struct work *w, enum log_level level, const char *fmt, ...)
{
	struct notes *notes = w->r->notes;
	char text[NOTE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ptrdiff_t bad = utf8_invalid(text, strlen(text));
	if (bad >= 0)
		text[bad] = '\0';
	int64_t before = log_set_run(w->lease.run);
	log_at(level, "%s", text);
	log_set_run(before);
	if (!notes) {
		notes = w->r->notes = calloc(1, sizeof(*notes));
		if (!notes)
			return;
	}
	if (notes->n == NOTES && !w->r->trip) {
		note_flush(w->r);
		notes = w->r->notes;
	}
	if (!notes || notes->n == NOTES)
		return;
	if (!notes->a)
		notes->a = arena_new(0);
	notes->lines[notes->n++] = (struct log_line){
		.at_ms = clock_wall_ms(),
		.run = w->lease.run,
		.stage = arena_strdup(notes->a, w->lease.node),
		.agent = arena_strdup(notes->a, w->lease.agent),
		.level = level_names[level],
		.text = arena_strdup(notes->a, text),
	};
}

struct notes *note_take(struct runner *r)
{
	struct notes *notes = r->notes;

	if (!notes || life_away(r))
		return NULL;
	r->notes = NULL;
	return notes;
}

/* They were on stderr in any case; nothing else depends on them. */
void note_give(struct db *db, struct notes *notes)
{
	if (!notes)
		return;
	if (db)
		log_lines_store(db, notes->lines, notes->n, NULL);
	arena_free(notes->a);
	free(notes);
}

void note_flush(struct runner *r)
{
	note_give(r->db, note_take(r));
}

void note_end(struct runner *r)
{
	note_flush(r);
	note_give(NULL, r->notes);
	r->notes = NULL;
}
