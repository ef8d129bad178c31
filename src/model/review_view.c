/* SPDX-License-Identifier: MIT */
/* What the view "gate" says beside the decision: comments, items, comparison, price, source lines. */
#include "model/review.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/html.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "flow/items.h"
#include "model/artifact.h"
#include "model/diff.h"
#include "model/owner.h"

enum { LINES_SHOWN = 500 };

struct putting {
	const struct reviewer *r;
	struct arena *a;
	struct value *gate;
	const struct gate_look *look;
	int64_t run, revision;
	const char *stage;
};

static int64_t number_of(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, key);
	return v && v->kind == V_INT ? v->u.i : 0;
}

static void set_flag(struct arena *a, struct value *o, const char *prefix, const char *word)
{
	set_bool(a, o, arena_printf(a, "_%s%s", prefix, word), true);
}

/* ---- comments ---- */

static struct value *answers_of(struct arena *a, const struct rows *answers, int64_t comment)
{
	struct value *list = value_list(a);

	for (size_t i = 0; i < rows_count(answers); i++) {
		if (row_int(answers, i, "id") != comment)
			continue;
		struct value *one = row_object(a, answers, i), *shown = value_object(a);
		static const char *const keys[] = { "stage", "revision", "number", "waits", "text" };
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			value_set(a, shown, keys[k], value_get(one, keys[k]));
		value_add(a, list, shown);
	}
	return list;
}

static bool put_comments(struct putting *p, struct err *e)
{
	struct db *db = p->r->db;
	struct rows *said, *answers, *counts;
	struct value *list = value_list(p->a), *settled = value_list(p->a), *open = value_list(p->a);

	if (!db_many(db, p->a, STMT_REVIEW_COMMENTS, P(p_int(p->run), p_text(p->stage), p_int(p->r->account)), &said,
		     e) ||
	    !db_one(db, p->a, STMT_REVIEW_COUNTS, P(p_int(p->run), p_text(p->stage), p_int(p->r->account)), &counts, e))
		return false;
	if (rows_count(said) &&
	    !db_many(db, p->a, STMT_REVIEW_ANSWERS, P(p_int(p->run), p_text(p->stage)), &answers, e))
		return false;
	for (size_t i = 0; i < rows_count(said); i++) {
		struct value *c = row_object(p->a, said, i), *told = answers_of(p->a, answers, row_int(said, i, "id"));
		const char *state = row_text(said, i, "state");
		value_set(p->a, c, "answers", told);
		set_flag(p->a, c, "", state);
		set_bool(p->a, c, "_here", row_int(said, i, "revision") == p->revision);
		set_bool(p->a, c, "_range", row_int(said, i, "line_end") > row_int(said, i, "line"));
		value_add(p->a, list, c);
		value_add(p->a, streq(state, "resolved") ? settled : open, c);
	}
	value_set(p->a, p->gate, "comments", list);
	value_set(p->a, p->gate, "unresolved", value_int(p->a, row_int(counts, 0, "unresolved")));
	value_set(p->a, p->gate, "drafts", value_int(p->a, row_int(counts, 0, "drafts")));
	value_set(p->a, p->gate, "marked", value_int(p->a, row_int(counts, 0, "marked")));
	set_bool(p->a, p->gate, "_comments", rows_count(said) > 0);
	value_set(p->a, p->gate, "_threads", open);
	value_set(p->a, p->gate, "_settled_list", settled);
	/* Inside a comment "id" and "revision" are its own. */
	set_int(p->a, p->gate, "_gate", p->r->gate);
	set_int(p->a, p->gate, "_revision", p->revision);
	set_int(p->a, p->gate, "_settled", (int64_t)value_count(settled));
	set_int(p->a, p->gate, "_said_more", row_int(counts, 0, "all_said") - (int64_t)rows_count(said));
	set_bool(p->a, p->gate, "_to_send", row_int(counts, 0, "drafts") + row_int(counts, 0, "marked") > 0);
	set_bool(p->a, p->gate, "_one_draft", row_int(counts, 0, "drafts") == 1);
	set_bool(p->a, p->gate, "_one_marked", row_int(counts, 0, "marked") == 1);
	set_bool(p->a, p->gate, "_one_unresolved", row_int(counts, 0, "unresolved") + row_int(counts, 0, "drafts") == 1);
	set_bool(p->a, p->gate, "_one_open", row_int(counts, 0, "unresolved") == 1);
	set_int(p->a, p->gate, "_blocking", row_int(counts, 0, "unresolved") + row_int(counts, 0, "drafts"));
	return true;
}

/* ---- items ---- */

struct tally {
	int64_t all, kept, redo;
};

static struct value *item_value(struct arena *a, const struct rows *r, size_t i, struct tally *t)
{
	struct value *one = row_object(a, r, i), *shown = value_object(a);
	static const char *const keys[] = { "item", "title", "sha256", "draft", "draft_comment" };
	const char *draft = row_text(r, i, "draft"), *verdict = row_text(r, i, "verdict");
	bool same = row_bool(r, i, "same");

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		value_set(a, shown, keys[k], value_get(one, keys[k]));
	set_text(a, shown, "verdict", same ? verdict : NULL);
	set_text(a, shown, "by", same ? row_text(r, i, "by") : NULL);
	set_text(a, shown, "comment", same ? row_text(r, i, "comment") : NULL);
	/* A word that was said of the item as it was before. */
	set_bool(a, shown, "changed_since", verdict && !same);
	set_int(a, shown, "at", row_int(r, i, "at"));
	if (same)
		set_flag(a, shown, "was_", verdict);
	if (draft)
		set_flag(a, shown, "now_", draft);
	set_bool(a, shown, "_titled", !streq(row_text(r, i, "item"), row_text(r, i, "title")));
	const char *counts = draft ? draft : same ? verdict : NULL;
	t->all++;
	t->kept += counts && !streq(counts, "reject");
	t->redo += streq(counts, "reject");
	return shown;
}

static bool put_items(struct putting *p, const struct item_list *lists, size_t n, struct err *e)
{
	struct value *out = value_list(p->a);
	const struct value *artifact = value_get(p->gate, "_artifact");
	const char **names = arena_array(p->a, n, sizeof(*names)), **keys = arena_array(p->a, n, sizeof(*keys)),
		   **titles = arena_array(p->a, n, sizeof(*titles));
	struct rows *r = NULL;

	for (size_t i = 0; i < n; i++) {
		names[i] = lists[i].list;
		keys[i] = lists[i].key;
		titles[i] = lists[i].title;
	}
	if (n && p->revision &&
	    !db_many(p->r->db, p->a, STMT_REVIEW_ITEMS,
		     P(p_int(artifact && artifact->kind == V_INT ? artifact->u.i : 0), p_text(p->stage),
		       p_int(p->r->account), p_text_array(names, n), p_text_array(keys, n),
		       p_text_array(titles, n)),
		     &r, e))
		return false;
	for (size_t i = 0; r && i < n; i++) {
		struct value *l = value_object(p->a), *items = value_list(p->a);
		struct tally t = { 0 };
		for (size_t k = 0; k < rows_count(r); k++)
			if (streq(row_text(r, k, "list"), names[i]))
				value_add(p->a, items, item_value(p->a, r, k, &t));
		if (!t.all)
			continue;
		set_text(p->a, l, "list", names[i]);
		set_text(p->a, l, "one", lists[i].one);
		set_text(p->a, l, "many", lists[i].many);
		value_set(p->a, l, "items", items);
		set_int(p->a, l, "total", t.all);
		set_int(p->a, l, "kept", t.kept);
		set_int(p->a, l, "redo", t.redo);
		set_bool(p->a, l, "_said_some", t.kept + t.redo > 0);
		set_int(p->a, l, "_open", t.all - t.kept - t.redo);
		value_add(p->a, out, l);
	}
	value_set(p->a, p->gate, "items", out);
	set_bool(p->a, p->gate, "_items", value_count(out) > 0);
	return true;
}

/* ---- comparison ---- */

static int64_t base_of(struct putting *p, const struct rows *bases)
{
	const char *against = p->look->against;
	bool known = streq(against, "agent") || streq(against, "mine");

	if (known && !row_null(bases, 0, against))
		set_text(p->a, value_get(p->gate, "compare"), "with", against);
	else
		against = "previous";
	return row_int(bases, 0, against);
}

static bool put_compare(struct putting *p, struct err *e)
{
	struct value *stage = value_get(p->gate, "stage_view"), *c = value_object(p->a), *diff;
	struct rows *bases;

	if (!db_one(p->r->db, p->a, STMT_REVIEW_BASES,
		    P(p_int(p->run), p_text(p->stage), p_int(p->revision), p_int(p->r->account)),
		    &bases, e))
		return false;
	struct value *row = row_object(p->a, bases, 0);
	static const char *const keys[] = { "previous", "agent", "mine" };
	value_set(p->a, p->gate, "compare", c);
	set_text(p->a, c, "with", "previous");
	for (size_t i = 0; i < 3; i++)
		value_set(p->a, c, keys[i], value_get(row, keys[i]));
	int64_t from = base_of(p, bases);
	value_set(p->a, c, "from", from ? value_int(p->a, from) : value_null(p->a));
	set_flag(p->a, c, "with_", value_str(value_get(c, "with")));
	set_bool(p->a, c, "_split", p->look->split);
	set_text(p->a, c, "_style", p->look->split ? "split" : "unified");
	set_bool(p->a, c, "_can_mine", !row_null(bases, 0, "mine"));
	set_text(p->a, p->gate, "author", row_text(bases, 0, "author"));
	/* Where a person wrote this revision, what they changed of an agent's can be looked at by itself. */
	set_bool(p->a, c, "_can_agent", !row_null(bases, 0, "author") && !row_null(bases, 0, "agent") &&
						row_int(bases, 0, "agent") != row_int(bases, 0, "previous"));
	set_text(p->a, p->gate, "approve_not",
		 value_get(p->gate, "_barred")->u.b ? "You wrote this revision: somebody else must approve it." : NULL);
	set_bool(p->a, p->gate, "_shortcuts", row_bool(bases, 0, "shortcuts"));
	if (from && from != row_int(bases, 0, "previous")) {
		if (!stage_diff(p->r->db, p->a, p->run, p->stage, p->revision, from, &diff, e))
			return false;
		value_set(p->a, stage, "diff", diff);
	}
	diff = value_get(stage, "diff");
	if (p->look->split && diff && diff->kind == V_OBJECT) {
		diff_sides(p->a, diff);
		for (const struct item *f = value_get(diff, "files")->u.list.first; f; f = f->next)
			diff_sides(p->a, f->v);
		set_bool(p->a, stage, "_split", true);
	}
	return true;
}

/* ---- price ---- */

static const char *span(struct arena *a, double s)
{
	long n = (long)(s + 0.5);
	return n < 1 ? "1 s" : n < 90 ? arena_printf(a, "%ld s", n) : n < 5400 ? arena_printf(a, "%ld min", (n + 30) / 60) :
							 arena_printf(a, "%.1f h", (double)n / 3600);
}

static const char *dollars(struct arena *a, double usd)
{
	return usd == 0 ? "$0" : usd < 0.01 ? "under $0.01" : arena_printf(a, "$%.2f", usd);
}

static bool put_price(struct putting *p, struct err *e)
{
	struct value *v = value_object(p->a);
	double s50 = 0, s90 = 0, usd50 = 0, usd90 = 0;
	int64_t least = INT64_MAX, unpriced = 0;
	struct rows *r;

	value_set(p->a, p->gate, "price", value_null(p->a));
	if (!streq(value_str(value_get(p->gate, "state")), "open") ||
	    !(streq(value_str(value_get(p->gate, "kind")), "review") || streq(value_str(value_get(p->gate, "kind")), "tests") ||
	      streq(value_str(value_get(p->gate, "kind")), "conflict")))
		return true;
	if (!db_many(p->r->db, p->a, STMT_REVIEW_PRICE, P(p_int(p->r->gate), p_owner(p->r->owner)), &r, e))
		return false;
	struct value *stages = value_list(p->a);
	for (size_t i = 0; i < rows_count(r); i++) {
		struct value *s = row_object(p->a, r, i);
		int64_t samples = row_int(r, i, "samples");
		set_text(p->a, s, "_time", span(p->a, row_real(r, i, "p50_s")));
		set_text(p->a, s, "_time_90", span(p->a, row_real(r, i, "p90_s")));
		set_text(p->a, s, "_cost", dollars(p->a, row_real(r, i, "p50_usd")));
		set_text(p->a, s, "_cost_90", dollars(p->a, row_real(r, i, "p90_usd")));
		value_add(p->a, stages, s);
		least = samples < least ? samples : least;
		unpriced += row_int(r, i, "unpriced");
		s50 += row_real(r, i, "p50_s");
		s90 += row_real(r, i, "p90_s");
		usd50 += row_real(r, i, "p50_usd");
		usd90 += row_real(r, i, "p90_usd");
	}
	value_set(p->a, v, "stages", stages);
	value_set(p->a, p->gate, "price", v);
	bool known = rows_count(r) && least > 0;
	set_int(p->a, v, "samples", known ? least : 0);
	set_bool(p->a, v, "cost_known", known && !unpriced);
	static const char *const keys[] = { "p50_s", "p90_s", "p50_usd", "p90_usd" };
	const double all[] = { s50, s90, usd50, usd90 };
	for (size_t i = 0; i < 4; i++)
		value_set(p->a, v, keys[i], known ? value_number(p->a, arena_printf(p->a, i < 2 ? "%.0f" : "%.4f", all[i]))
						  : value_null(p->a));
	set_bool(p->a, v, "_known", known);
	set_bool(p->a, v, "_few", known && least < 3);
	set_bool(p->a, v, "_stale", rows_count(r) > 1);
	set_text(p->a, v, "_time", span(p->a, s50));
	set_text(p->a, v, "_time_90", span(p->a, s90));
	set_text(p->a, v, "_cost", dollars(p->a, usd50));
	set_text(p->a, v, "_cost_90", dollars(p->a, usd90));
	return true;
}

/* ---- source lines ---- */

static struct value *said_at(struct putting *p, int64_t line)
{
	struct value *list = value_list(p->a);

	for (const struct item *c = value_get(p->gate, "comments")->u.list.first; c; c = c->next)
		if (value_get(c->v, "_here")->u.b && number_of(c->v, "line_end") == line &&
		    streq(value_str(value_get(c->v, "path")), p->look->file))
			value_add(p->a, list, c->v);
	return list;
}

static struct value *line_value(struct putting *p, int64_t n, struct str text)
{
	struct value *l = value_object(p->a);
	bool here = p->look->line && n == p->look->line_end;

	set_int(p->a, l, "number", n);
	value_set(p->a, l, "text", value_textn(p->a, text.s, text.len));
	value_set(p->a, l, "_said", said_at(p, n));
	set_bool(p->a, l, "_form", here);
	set_bool(p->a, l, "_marked", p->look->line && n >= p->look->line && n <= p->look->line_end);
	return l;
}

static bool text_shown(struct putting *p, struct str *text, struct err *e)
{
	struct stored_file file;

	if (!*p->look->file) {
		const char *document = value_str(value_get(value_get(p->gate, "stage_view"), "document"));
		*text = str_from(document);
		return true;
	}
	if (!file_load(p->r->db, p->a, p->run, p->stage, p->revision, p->look->file, 0, false, &file, e))
		return false;
	*text = file.body;
	return (file.loaded && utf8_invalid(text->s, text->len) < 0) ||
	       err_set(e, ERR_INVALID, "This file has no lines that could be shown.");
}

static bool put_lines(struct putting *p, struct err *e)
{
	struct value *v = value_object(p->a), *list = value_list(p->a);
	int64_t first = p->look->first, n = 0;
	struct str rest;

	value_set(p->a, p->gate, "lines", value_null(p->a));
	if (!p->look->lines || !p->revision)
		return true;
	if (!text_shown(p, &rest, e))
		return false;
	if (p->look->line && (p->look->line < first || p->look->line_end >= first + LINES_SHOWN))
		first = p->look->line;
	while (rest.len) {
		struct str line = str_cut(&rest, '\n');
		n++;
		if (n >= first && n < first + LINES_SHOWN)
			value_add(p->a, list, line_value(p, n, line));
	}
	value_set(p->a, p->gate, "lines", v);
	set_text(p->a, v, "path", p->look->file);
	set_int(p->a, v, "total", n);
	set_int(p->a, v, "first", first);
	value_set(p->a, v, "lines", list);
	set_bool(p->a, v, "_more", first + LINES_SHOWN <= n);
	set_int(p->a, v, "_next", first + LINES_SHOWN);
	set_bool(p->a, v, "_less", first > 1);
	set_int(p->a, v, "_before", first > LINES_SHOWN ? first - LINES_SHOWN : 1);
	set_int(p->a, v, "_last", first + LINES_SHOWN <= n ? first + LINES_SHOWN - 1 : n);
	set_int(p->a, v, "_line", p->look->line);
	set_int(p->a, v, "_line_end", p->look->line_end);
	return true;
}

bool review_put(const struct reviewer *r, struct value *gate, const struct item_list *lists, size_t count,
		const struct gate_look *look, struct err *e)
{
	struct putting p = { r, r->a, gate, look, number_of(gate, "run_id"), number_of(gate, "revision"),
			     value_str(value_get(gate, "stage")) };

	return put_comments(&p, e) && put_items(&p, lists, count, e) && put_compare(&p, e) && put_price(&p, e) &&
	       put_lines(&p, e);
}
