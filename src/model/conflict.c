/* SPDX-License-Identifier: MIT */
#include "model/conflict.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/html.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "model/gate.h"

/* What an output says of itself. It was checked when it was taken; a person may have edited it since. */
static void put_claims(struct arena *a, struct value *round, struct str body)
{
	struct err ignored = { 0 };
	struct json_object *j = json_parse(a, body.s, body.len, &ignored), *sure = json_get(j, "confidence");
	struct json_object *list = json_get_array(j, "concerns");
	struct value *concerns = value_list(a);
	bool known = sure && (json_object_is_type(sure, json_type_double) || json_object_is_type(sure, json_type_int));
	value_set(a, round, "confidence", known ? value_number(a, json_text(a, sure)) : value_null(a));
	set_text(a, round, "_percent", known ? arena_printf(a, "%.0f", json_object_get_double(sure) * 100) : NULL);
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		struct value *v = value_object(a);
		if (!json_object_is_type(one, json_type_object))
			continue;
		set_text(a, v, "about", json_get_str(one, "about", ""));
		set_text(a, v, "text", json_get_str(one, "text", ""));
		value_add(a, concerns, v);
	}
	value_set(a, round, "concerns", concerns);
}

static const char *outcome_words(const char *outcome)
{
	if (streq(outcome, "pass"))
		return "handed over";
	if (streq(outcome, "concern"))
		return "raised a concern";
	if (streq(outcome, "fail"))
		return "found it wanting";
	return streq(outcome, "edited") ? "was edited" : outcome;
}

static struct value *rounds_of(struct arena *a, const struct rows *r)
{
	struct value *list = value_list(a);
	for (size_t i = 0; i < rows_count(r); i++) {
		struct value *v = row_object(a, r, i);
		const char *outcome = row_text(r, i, "outcome");
		put_claims(a, v, row_bytes(r, i, "_body"));
		value_set(a, v, "_body", value_null(a));
		set_text(a, v, "_did", outcome_words(outcome));
		set_bool(a, v, "_doubts", streq(outcome, "concern") || streq(outcome, "fail"));
		value_add(a, list, v);
	}
	return list;
}

/* A stage's newest round, or NULL. */
static struct value *newest(const struct value *rounds, const char *stage)
{
	for (const struct item *it = rounds->u.list.first; it; it = it->next)
		if (streq(value_str(value_get(it->v, "stage")), stage))
			return it->v;
	return NULL;
}

/* One of the two: who, how sure, what they say. */
static struct value *position(struct arena *a, const struct value *stage, const struct value *rounds)
{
	static const char *const keys[] = { "stage", "title", "revision", "provider", "model", "_document_html",
					    "_has_document", "_fallback" };
	struct value *v = value_object(a);
	const struct value *last = newest(rounds, value_str(value_get(stage, "stage")));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (value_get(stage, keys[i]))
			value_set(a, v, keys[i], value_get(stage, keys[i]));
	value_set(a, v, "confidence", last ? value_get(last, "confidence") : value_null(a));
	value_set(a, v, "_percent", last ? value_get(last, "_percent") : value_null(a));
	value_set(a, v, "concerns", last ? value_get(last, "concerns") : value_list(a));
	return v;
}

/* Of the gate's view what belongs here; the rest is on the gate's own page. */
static struct value *gist(struct arena *a, const struct value *gate)
{
	static const char *const keys[] = { "id",	 "run_id", "name",	 "stage",   "revision", "state",
					    "opened_at", "detail", "can_decide", "why_not", "decision" };
	struct value *v = value_object(a);
	for (const struct member *m = gate->u.object.first; m; m = m->next) {
		bool kept = m->key[0] == '_';
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			kept = kept || streq(m->key, keys[i]);
		if (kept)
			value_set(a, v, m->key, m->v);
	}
	/* Each position has a revision of its own. */
	value_set(a, v, "_gate_revision", value_get(gate, "revision"));
	return v;
}

bool conflict_view(struct db *db, struct arena *a, int64_t gate, int64_t owner, int64_t account,
		   struct value **out, struct err *e)
{
	struct rows *r;
	struct value *g;
	if (!gate_view(db, a, gate, owner, account, &g, e))
		return false;
	if (!streq(value_str(value_get(g, "kind")), "conflict"))
		return err_set(e, ERR_NOT_FOUND, "The gate %" PRId64 " is no conflict.", gate);
	const struct value *other = value_get(g, "other"), *own = value_get(g, "stage_view");
	bool two = other && other->kind == V_OBJECT;
	if (!db_many(db, a, STMT_CONFLICT_ROUNDS,
		     P(p_int(value_get(g, "run_id")->u.i), p_text(value_str(value_get(own, "stage"))),
		       two ? p_text(value_str(value_get(other, "stage"))) : p_null()), &r, e))
		return false;
	struct value *v = gist(a, g), *rounds = rounds_of(a, r), *doubts = position(a, own, rounds);
	const char *detail = value_str(value_get(g, "detail"));
	value_set(a, v, "rounds", rounds);
	set_text(a, doubts, "says", detail);
	value_set(a, doubts, "_says_html", markdown_html(a, detail, strlen(detail)));
	value_set(a, v, "doubting", doubts);
	value_set(a, v, "doubted", two ? position(a, other, rounds) : value_null(a));
	*out = v;
	return true;
}
