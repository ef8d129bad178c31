/* SPDX-License-Identifier: MIT */
#include "model/inbox.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/html.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "model/gate.h"
#include "model/owner.h"

#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

static const char *const kinds[] = { "review", "tests", "failure", "budget", "price", "conflict", "question" };
static const char *const mine[] = { "assigned", "owner", "member", "site", "stand-in" };
static const char *const theirs[] = { "given", "voted", "author", "others" };

static bool among(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (streq(name, list[i]))
			return true;
	return false;
}

bool inbox_kind(const char *kind)
{
	return among(kind, kinds, COUNT_OF(kinds));
}

bool inbox_why(const char *why, bool watch)
{
	return watch ? among(why, theirs, COUNT_OF(theirs)) : among(why, mine, COUNT_OF(mine));
}

/* ---- the list ---- */

/* The sort's key and the gate, in hexadecimal digits. */
static const char *cursor_text(struct arena *a, int64_t key, int64_t gate)
{
	return arena_printf(a, "%016" PRIx64 "%016" PRIx64, (uint64_t)key, (uint64_t)gate);
}

static int64_t number_at(const uint8_t *b)
{
	uint64_t v = 0;
	for (size_t i = 0; i < 8; i++)
		v = v << 8 | b[i];
	return (int64_t)v;
}

static bool cursor_read(const char *s, int64_t *key, int64_t *gate, struct err *e)
{
	uint8_t b[16];
	*key = INT64_MIN;
	*gate = 0;
	if (!s)
		return true;
	if (!hex_decode(s, b, sizeof(b)))
		return err_set(e, ERR_INVALID, "\"after\" is not a cursor that a list gave; start without one.");
	*key = number_at(b);
	*gate = number_at(b + 8);
	return true;
}

/* Why it is this person's, or whose it is. */
static const char *why_words(struct arena *a, const struct rows *r, size_t i)
{
	const char *why = row_text(r, i, "why"), *who = row_text(r, i, "assignee"), *by = row_text(r, i, "given_by");
	if (streq(why, "assigned"))
		return by ? arena_printf(a, "given to you by %s", by) : "given to you";
	if (streq(why, "owner"))
		return "you own it";
	if (streq(why, "member"))
		return "by your role in the project";
	if (streq(why, "site"))
		return "by your role";
	if (streq(why, "stand-in"))
		return arena_printf(a, "in place of %s", row_text(r, i, "instead_of"));
	if (streq(why, "given"))
		return arena_printf(a, "you gave it to %s", who);
	if (streq(why, "voted"))
		return "you approved; it takes others";
	if (streq(why, "author"))
		return "you wrote it; others approve it";
	return who ? arena_printf(a, "waits for %s", who) :
		     arena_printf(a, "waits for the role %s", row_text(r, i, "role"));
}

/* As short as a list wants it; the project's name stands before it. */
static const char *short_words(struct arena *a, const char *kind, const char *title)
{
	static const struct {
		const char *kind, *words;
	} list[] = {
		{ "review", "’s output" },	{ "tests", ": tests are not green" },
		{ "failure", " could not go on" }, { "conflict", " does not agree" },
		{ "question", " asks" },	{ "budget", ": a spend cap is reached" },
		{ "price", ": the price is unknown" },
	};
	for (size_t i = 0; i < COUNT_OF(list); i++)
		if (streq(kind, list[i].kind))
			return arena_printf(a, "%s%s", title, list[i].words);
	return title;
}

static const char *waiting_words(struct arena *a, int64_t s)
{
	if (s < 60)
		return "now";
	if (s < 3600)
		return arena_printf(a, "%" PRId64 " min", s / 60);
	if (s < 172800)
		return arena_printf(a, "%" PRId64 " h", s / 3600);
	return arena_printf(a, "%" PRId64 " days", s / 86400);
}

static struct value *row_of(struct arena *a, const struct rows *r, size_t i, bool watch, const char *url)
{
	struct value *v = row_object(a, r, i);
	const char *kind = row_text(r, i, "kind");
	int64_t id = row_int(r, i, "id"), people = row_int(r, i, "people_waiting");
	bool question = streq(kind, "question"), conflict = streq(kind, "conflict");
	set_text(a, v, "url", arena_printf(a, "%s/gates/%" PRId64, url, id));
	set_bool(a, v, "can_decide", !watch);
	set_text(a, v, "_asks", gate_asks(a, kind, row_text(r, i, "_title")));
	set_text(a, v, "_short", short_words(a, kind, row_text(r, i, "_title")));
	set_text(a, v, "_icon", question ? "message" : conflict ? "alert" : streq(kind, "failure") ? "failed" : "waiting");
	set_text(a, v, "_colour", watch ? "pending" : streq(kind, "failure") ? "failed" : "waiting");
	set_text(a, v, "_why", why_words(a, r, i));
	set_text(a, v, "_waits", waiting_words(a, row_int(r, i, "waiting_s")));
	set_bool(a, v, "_question", question);
	set_bool(a, v, "_conflict", conflict);
	set_bool(a, v, "_tick", !watch && !question && !conflict);
	set_bool(a, v, "_quorum", row_int(r, i, "quorum") > 1);
	set_bool(a, v, "_given", streq(row_text(r, i, "why"), "given"));
	set_bool(a, v, "_taken", streq(row_text(r, i, "why"), "assigned") && !row_null(r, i, "given_by"));
	set_text(a, v, "_people", people ? arena_printf(a, "%" PRId64 " %s", people,
							 people == 1 ? "person waits" : "people wait") : NULL);
	return v;
}

static bool show_rows(struct db *db, struct arena *a, const struct inbox_filter *f, const char *url,
		      const struct rows *page, struct value **out, struct err *e)
{
	size_t n = rows_count(page);
	int64_t *ids = arena_array(a, n + 1, sizeof(*ids)), *stood = arena_array(a, n + 1, sizeof(*stood));
	const char **why = arena_array(a, n + 1, sizeof(*why));
	struct rows *r;
	*out = value_list(a);
	if (!n)
		return true;
	for (size_t i = 0; i < n; i++) {
		ids[i] = row_int(page, i, "gate_id");
		stood[i] = row_int(page, i, "instead_of");
		why[i] = row_text(page, i, "why");
	}
	if (!db_many(db, a, STMT_INBOX_ROWS,
		     P(p_int(f->account), p_int_array(ids, n), p_text_array(why, n), p_int_array(stood, n)),
		     &r, e))
		return false;
	for (size_t i = 0; i < rows_count(r); i++)
		value_add(a, *out, row_of(a, r, i, f->watch, url));
	return true;
}

bool inbox_list(struct db *db, struct arena *a, const struct inbox_filter *f, const char *url,
		struct value **out, const char **next, struct err *e)
{
	struct param project = f->project ? p_int(f->project) : p_null();
	struct rows *page;
	int64_t key, gate;
	*next = NULL;
	if (!cursor_read(f->after, &key, &gate, e))
		return false;
	bool ok = f->watch ? db_many(db, a, STMT_INBOX_WATCH,
				     P(p_int(f->account), p_text(f->kind), project, p_text(f->why), p_bool(f->by_cost),
				       p_int(key), p_int(gate), p_bool(f->sees_all), p_int(f->limit + 1)), &page, e) :
			     db_many(db, a, STMT_INBOX_TURN,
				     P(p_int(f->account), p_text(f->kind), project, p_text(f->why), p_bool(f->by_cost),
				       p_int(key), p_int(gate), p_int(f->limit + 1)), &page, e);
	if (!ok)
		return false;
	if ((int64_t)rows_count(page) > f->limit) {
		size_t last = (size_t)f->limit - 1;
		rows_keep(page, (size_t)f->limit);
		*next = cursor_text(a, row_int(page, last, "key"), row_int(page, last, "gate_id"));
	}
	return show_rows(db, a, f, url, page, out, e);
}

bool inbox_count(struct db *db, struct arena *a, int64_t account, int64_t *out, struct err *e)
{
	struct rows *r;
	if (!db_one(db, a, STMT_INBOX_COUNT, P(p_int(account)), &r, e))
		return false;
	*out = row_int(r, 0, "turns");
	return true;
}

/* ---- beside it ---- */

static bool put_people(struct db *db, struct arena *a, struct value *view, int64_t account, struct err *e)
{
	struct rows *people;
	if (!db_many(db, a, STMT_PEOPLE_NAMES, P(p_int(account)), &people, e))
		return false;
	value_set(a, view, "_names", rows_value(a, people));
	return true;
}

static bool put_away(struct db *db, struct arena *a, struct value *view, int64_t account, struct err *e)
{
	struct rows *away, *of;
	if (!db_maybe(db, a, STMT_AWAY_VIEW, P(p_int(account)), &away, e) ||
	    !db_many(db, a, STMT_AWAY_FOR, P(p_int(account)), &of, e))
		return false;
	value_set(a, view, "away", away ? row_object(a, away, 0) : value_null(a));
	value_set(a, view, "stands_in_for", rows_value(a, of));
	return true;
}

bool people_said(struct db *db, struct arena *a, int64_t account, int64_t run, struct value **out, struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_INBOX_MESSAGES, P(p_int(account), run ? p_int(run) : p_null()), &r, e))
		return false;
	*out = value_list(a);
	for (size_t i = 0; i < rows_count(r); i++) {
		struct value *m = row_object(a, r, i);
		struct str body = row_bytes(r, i, "body");
		value_set(a, m, "_body_html", markdown_html(a, body.s, body.len));
		value_add(a, *out, m);
	}
	return true;
}

bool inbox_beside(struct db *db, struct arena *a, struct value *view, int64_t account, bool sees_all,
		  struct err *e)
{
	struct rows *projects;
	struct value *said;
	if (!people_said(db, a, account, 0, &said, e) || !put_away(db, a, view, account, e) ||
	    !db_many(db, a, STMT_INBOX_PROJECTS, P(p_int(account), p_bool(sees_all)), &projects, e))
		return false;
	value_set(a, view, "messages", said);
	value_set(a, view, "_said", said);
	value_set(a, view, "_projects", rows_value(a, projects));
	return true;
}

/* ---- giving, being away, answering ---- */

bool gate_brief(struct db *db, struct arena *a, int64_t gate, int64_t owner, int64_t account, const char *url,
		struct value **out, struct err *e)
{
	const struct inbox_filter f = { .account = account };
	struct value *list;
	struct rows *r;
	if (!db_maybe(db, a, STMT_GATE_TURN_OF, P(p_int(account), p_int(gate), p_owner(owner)), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_NOT_FOUND, "There is no gate %" PRId64 ", or it is not yours to see.", gate);
	if (!show_rows(db, a, &f, url, r, &list, e))
		return false;
	*out = value_at(a, list, 0);
	return put_people(db, a, *out, account, e);
}

bool gate_give_to(struct db *db, int64_t gate, int64_t account, const char *to, const char *word,
		  struct err *e)
{
	return db_exec(db, STMT_GATE_GIVE, P(p_int(gate), p_text(to), p_text(word), p_int(account)), e);
}

bool gate_taken_back(struct db *db, int64_t gate, int64_t account, struct err *e)
{
	return db_exec(db, STMT_GATE_TAKE_BACK, P(p_int(gate), p_int(account)), e);
}

static const char *today(struct arena *a)
{
	struct tm tm;
	time_t now = (time_t)(clock_wall_ms() / 1000);
	gmtime_r(&now, &tm);
	return arena_printf(a, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

/* Exactly "2026-01-31"; days so written compare as text. */
static bool is_day(const char *s)
{
	static const int longest[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	for (size_t i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? s[i] != '-' : s[i] < '0' || s[i] > '9')
			return false;
	int year = (s[0] - '0') * 1000 + (s[1] - '0') * 100 + (s[2] - '0') * 10 + s[3] - '0';
	int month = (s[5] - '0') * 10 + s[6] - '0', day = (s[8] - '0') * 10 + s[9] - '0';
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return !s[10] && year >= 2000 && month >= 1 && month <= 12 && day >= 1 && day <= longest[month - 1] &&
	       (leap || month != 2 || day < 29);
}

static bool wrong(const char **field, const char *name, const char *why, struct err *e)
{
	*field = name;
	return err_set(e, ERR_INVALID, "%s", why);
}

bool away_shown(struct db *db, struct arena *a, int64_t account, struct value **out, struct err *e)
{
	*out = value_object(a);
	set_text(a, *out, "_today", today(a));
	return put_away(db, a, *out, account, e) && put_people(db, a, *out, account, e);
}

bool away_say(struct db *db, struct arena *a, int64_t account, const char *name, const char *from,
	      const char *until, const char *stand_in, const char **field, struct err *e)
{
	static const char form[] = "A day is written as 2026-01-31.";
	struct rows *r;
	if (!is_day(from))
		return wrong(field, "from", form, e);
	if (!is_day(until))
		return wrong(field, "until", form, e);
	if (strcmp(until, from) < 0)
		return wrong(field, "until", "The last day is before the first.", e);
	if (strcmp(until, today(a)) < 0)
		return wrong(field, "until", "The last day is over already.", e);
	if (streq(stand_in, name))
		return wrong(field, "stand_in", "Nobody stands in for themselves: name somebody else.", e);
	if (!db_maybe(db, a, STMT_AWAY_SET,
		      P(p_int(account), p_text(from), p_text(until), *stand_in ? p_text(stand_in) : p_null()), &r, e))
		return false;
	return r || wrong(field, "stand_in", "There is nobody of this name.", e);
}

bool away_over(struct db *db, int64_t account, struct err *e)
{
	return db_exec(db, STMT_AWAY_END, P(p_int(account)), e);
}

bool message_aside(struct db *db, int64_t message, int64_t account, struct err *e)
{
	return db_exec(db, STMT_MESSAGE_PUT_ASIDE, P(p_int(message), p_int(account)), e);
}
