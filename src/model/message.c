/* SPDX-License-Identifier: MIT */
#include "model/message.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/html.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "model/gate.h"
#include "model/owner.h"

static const char *state_words(const char *state)
{
	if (streq(state, "ready"))
		return "not read yet";
	if (streq(state, "held"))
		return "being read";
	return streq(state, "read") ? "read" : "given up";
}

/* The deliveries of one message; both lists are in its order. */
static struct value *deliveries_of(struct arena *a, const struct rows *all, size_t *at, int64_t message)
{
	struct value *list = value_list(a);
	while (*at < rows_count(all) && row_int(all, *at, "_message") < message)
		(*at)++;
	for (; *at < rows_count(all) && row_int(all, *at, "_message") == message; (*at)++) {
		struct value *v = row_object(a, all, *at);
		const char *state = row_text(all, *at, "state");
		set_text(a, v, "_state_text", state_words(state));
		set_bool(a, v, "_dead", streq(state, "dead"));
		value_add(a, list, v);
	}
	return list;
}

static struct value *readers_value(struct arena *a, const struct rows *readers)
{
	struct value *list = value_list(a);
	for (size_t i = 0; i < rows_count(readers); i++) {
		struct value *v = value_object(a), *topics = value_list(a);
		struct str rest = str_from(row_text(readers, i, "topics"));
		while (rest.len) {
			struct str one = str_cut(&rest, ',');
			value_add(a, topics, value_textn(a, one.s, one.len));
		}
		set_text(a, v, "agent", row_text(readers, i, "agent"));
		value_set(a, v, "topics", topics);
		value_add(a, list, v);
	}
	return list;
}

static bool seen(struct db *db, struct arena *a, int64_t run, int64_t owner, struct rows **out, struct err *e)
{
	if (!db_maybe(db, a, STMT_RUN_SEEN, P(p_int(run), p_owner(owner)), out, e))
		return false;
	return *out ||
	       err_set(e, ERR_NOT_FOUND, "There is no run %" PRId64 ", or it is not yours to see.", run);
}

bool message_list(struct db *db, struct arena *a, int64_t run, int64_t owner, int64_t before, struct value **out,
		  struct err *e)
{
	struct rows *of, *r, *deliveries, *readers;
	if (!seen(db, a, run, owner, &of, e) ||
	    !db_many(db, a, STMT_MESSAGE_LIST, P(p_int(run), p_int(before), p_int(MESSAGES + 1)), &r, e))
		return false;
	size_t n = rows_count(r), first = n > MESSAGES; /* the one more that was asked for is the oldest */
	int64_t from = n ? row_int(r, first, "id") : 0, to = n ? row_int(r, n - 1, "id") : 0;
	if (!db_many(db, a, STMT_MESSAGE_DELIVERIES, P(p_int(run), p_int(from), p_int(to)), &deliveries, e) ||
	    !db_many(db, a, STMT_MESSAGE_READERS, P(p_int(run)), &readers, e))
		return false;
	struct value *list = value_list(a), *v = value_object(a);
	size_t at = 0;
	for (size_t i = first; i < n; i++) {
		struct value *m = row_object(a, r, i);
		struct str body = row_bytes(r, i, "body");
		value_set(a, m, "deliveries", deliveries_of(a, deliveries, &at, row_int(r, i, "id")));
		value_set(a, m, "_body_html", markdown_html(a, body.s, body.len));
		value_add(a, list, m);
	}
	set_int(a, v, "run_id", run);
	set_text(a, v, "name", row_text(of, 0, "name"));
	value_set(a, v, "readers", readers_value(a, readers));
	value_set(a, v, "messages", list);
	value_set(a, v, "older", first ? value_int(a, from) : value_null(a));
	*out = v;
	return true;
}

/* ---- saying ---- */

/* "@architect", "#design" and so on, for those who did not say to whom. */
static const char *whom(struct arena *a, const struct rows *readers)
{
	const char *all = "";
	for (size_t i = 0; i < rows_count(readers); i++)
		all = arena_printf(a, "%s%s@%s", all, i ? ", " : "", row_text(readers, i, "agent"));
	return all;
}

/* Cuts "@name" or "#topic" off the text's beginning; NULL where it has none. */
static const char *address(struct arena *a, const char *text, char *sign, const char **rest)
{
	const char *p = text + strspn(text, " \t\n");
	size_t n;
	if (*p != '@' && *p != '#')
		return NULL;
	*sign = *p++;
	n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	if (!n || (p[n] && !strchr(" \t\n:,", p[n])))
		return NULL;
	*rest = p + n + strspn(p + n, " \t\n:,");
	return arena_strndup(a, p, n);
}

bool message_say(struct db *db, struct arena *a, int64_t run, int64_t owner, int64_t account,
		 const struct saying *s, struct err *e)
{
	const char *to = NULL, *topic = NULL, *body = s->text, *found;
	struct rows *of, *readers, *sent, *first = NULL;
	char sign = 0;
	if (!seen(db, a, run, owner, &of, e) ||
	    !db_many(db, a, STMT_MESSAGE_READERS, P(p_int(run)), &readers, e))
		return false;
	if (s->reply_to && !db_maybe(db, a, STMT_MESSAGE_ONE, P(p_int(run), p_int(s->reply_to)), &first, e))
		return false;
	if (s->reply_to && !first)
		return err_set(e, ERR_NOT_FOUND, "There is no message %" PRId64 " in this run.", s->reply_to);
	found = address(a, s->text, &sign, &body);
	if (first && !row_null(first, 0, "asks") &&
	    (!found || (sign == '@' && streq(found, row_text(first, 0, "sender"))))) {
		struct decision d = { .kind = "answer", .revision = row_int(first, 0, "revision"), .comment = body };
		struct value *ignored;
		return gate_decide_by(db, a, row_int(first, 0, "asks"), owner, account, &d, &ignored, e);
	}
	if (s->answers_only)
		return err_set(e, ERR_FORBIDDEN,
			       "This run is somebody else’s: you were asked to decide at a gate of it.");
	if (found && sign == '@')
		to = found;
	else if (found)
		topic = found;
	else if (first && !row_null(first, 0, "sender"))
		to = row_text(first, 0, "sender");
	else if (first && !row_null(first, 0, "topic"))
		topic = row_text(first, 0, "topic");
	else if (first && !row_null(first, 0, "recipient")) /* a person's: to whom they wrote */
		to = row_text(first, 0, "recipient");
	else
		return err_set(e, ERR_INVALID, "Begin with whom it is for: %s, or #topic.", whom(a, readers));
	if (!*body)
		return err_set(e, ERR_INVALID, "Say something after %c%s.", to ? '@' : '#', to ? to : topic);
	return db_one(db, a, STMT_MESSAGE_SEND,
		      P(p_int(run), p_int(account), p_text(topic), p_text(to), p_int(s->priority),
			p_text(body), s->reply_to ? p_int(s->reply_to) : p_null()),
		      &sent, e);
}

bool message_revive_by(struct db *db, struct arena *a, int64_t run, int64_t owner, int64_t message,
		       const char *agent, int64_t account, struct err *e)
{
	struct rows *of, *r;
	if (!seen(db, a, run, owner, &of, e) ||
	    !db_maybe(db, a, STMT_MESSAGE_REVIVE,
		      P(p_int(run), p_int(message), p_text(agent), p_int(account)), &r, e))
		return false;
	return r || err_set(e, ERR_NOT_FOUND, "There is no message %" PRId64 " in this run.", message);
}
