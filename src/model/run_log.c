/* SPDX-License-Identifier: MIT */
#include "model/run_log.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "model/artifact.h"

static const char *const levels[] = { "debug", "info", "warn", "error" };
#define LEVELS (sizeof(levels) / sizeof(levels[0]))

static size_t rank(const char *name)
{
	size_t i = 0;
	while (i < LEVELS && !streq(levels[i], name))
		i++;
	return i;
}

bool run_log_level(const char *name)
{
	return rank(name) < LEVELS;
}

/* "MICROSECONDS.BLOCK.LINE": lines have no number of their own, and are never changed. */
static bool read_place(struct arena *a, const char *before, int64_t *us, const char **place, struct err *e)
{
	struct str rest = str_from(before), time = str_cut(&rest, '.'), block = str_cut(&rest, '.');
	int64_t b, line;
	if (!parse_i64(arena_strndup(a, time.s, time.len), 0, INT64_C(1) << 53, us) ||
	    !parse_i64(arena_strndup(a, block.s, block.len), 0, UINT32_MAX, &b) ||
	    !parse_i64(arena_strndup(a, rest.s, rest.len), 0, UINT16_MAX, &line))
		return err_set(e, ERR_INVALID,
			       "\"before\" is not a place that a log gave; start without one.");
	*place = arena_printf(a, "(%" PRId64 ",%" PRId64 ")", b, line);
	return true;
}

static const char *write_place(struct arena *a, const struct rows *r, size_t i)
{
	const char *place = row_text(r, i, "_place"), *comma = strchr(place, ',');
	return arena_printf(a, "%" PRId64 ".%.*s.%.*s", row_int(r, i, "_us"), (int)(comma - place - 1),
			    place + 1, (int)strcspn(comma + 1, ")"), comma + 1);
}

bool run_log(struct db *db, struct arena *a, int64_t run, int64_t owner, const struct run_log_filter *f,
	     struct value **out, struct err *e)
{
	const char *name, *place = NULL, *older = NULL;
	struct rows *r;
	int64_t us = 0;
	if (f->before && !read_place(a, f->before, &us, &place, e))
		return false;
	size_t least = f->level ? rank(f->level) : 0;
	if (!run_name(db, a, run, owner, &name, e) ||
	    !db_many(db, a, STMT_RUN_LOG,
		     P(p_int(run), p_text(f->stage),
		       least ? p_text_array(levels + least, LEVELS - least) : p_null(),
		       place ? p_int(us) : p_null(), p_text(place), p_int(RUN_LOG_LINES + 1)),
		     &r, e))
		return false;
	if (rows_count(r) > RUN_LOG_LINES) {
		rows_keep(r, RUN_LOG_LINES);
		older = write_place(a, r, RUN_LOG_LINES - 1);
	}
	*out = value_object(a);
	set_int(a, *out, "run_id", run);
	set_text(a, *out, "name", name);
	value_set(a, *out, "lines", rows_value(a, r));
	set_text(a, *out, "older", older);
	return true;
}
