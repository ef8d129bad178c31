/* SPDX-License-Identifier: MIT */
/* Sessions: how they begin, who is behind one, how they end. */
#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "model/account.h"

#define AGENT_MAX 300

/* What a browser calls itself may be anything: cut where a character ends, or left out. */
static struct param p_agent(struct arena *a, const char *agent)
{
	size_t n = agent ? strlen(agent) : 0;
	if (!n || utf8_invalid(agent, n) >= 0)
		return p_null();
	if (n > AGENT_MAX)
		for (n = AGENT_MAX; ((unsigned char)agent[n] & 0xc0) == 0x80; n--)
			;
	return p_text(arena_strndup(a, agent, n));
}

/* Hashes outlive the parameters that point to them: in the arena. */
static struct param p_hash(struct arena *a, const char *token)
{
	if (!token_shaped(token))
		return p_null();
	struct token_hash *h = arena_alloc(a, sizeof(*h));
	*h = token_hash(token);
	return p_bytes(h->b, sizeof(h->b));
}

static bool good(struct db *db, struct arena *a, int64_t account, const struct whence *w, bool tried, struct err *e)
{
	return db_exec(db, STMT_SIGN_IN_GOOD,
		       P(p_int(account), p_text(w->address), p_hash(a, w->device), p_bool(tried)), e);
}

/* One attempt more at the account's password: ERR_THROTTLED when it comes too early. */
static bool try(struct db *db, struct arena *a, const char *name, const struct whence *w, struct err *e)
{
	struct rows *r;
	if (!db_one(db, a, STMT_SIGN_IN_TRY, P(p_text(name), p_text(w->address), p_hash(a, w->device)), &r, e))
		return false;
	int64_t wait = row_int(r, 0, "wait_s");
	return !wait || err_set(e, ERR_THROTTLED,
				"Too many attempts; wait %lld second%s and try again, or use a sign-in link.",
				(long long)wait, wait == 1 ? "" : "s");
}

bool session_from_link(struct db *db, struct arena *a, const char *link, const char *password, int64_t hours,
		       const struct whence *w, char **session, struct err *e)
{
	struct rows *r;
	if (!token_shaped(link))
		return link_gone(e);
	if (password && !password_fit(password, e))
		return false;
	*session = token_new(a);
	if (!db_maybe(db, a, STMT_SIGN_IN_LINK_TAKE,
		      P(p_hash(a, link), p_text(password ? password_hash(a, password) : NULL), p_hash(a, *session),
			p_int(hours), p_text(w->address), p_agent(a, w->agent)), &r, e))
		return false;
	if (!r)
		return link_gone(e);
	return good(db, a, row_int(r, 0, "account_id"), w, false, e);
}

static bool open_session(struct db *db, struct arena *a, int64_t account, int64_t hours, const char *via,
			 const struct whence *w, char **session, struct err *e)
{
	*session = token_new(a);
	return db_exec(db, STMT_SESSION_OPEN,
		       P(p_hash(a, *session), p_int(account), p_int(hours), p_text(via), p_text(w->address),
			 p_agent(a, w->agent)), e);
}

bool session_from_password(struct db *db, struct arena *a, const char *name, const char *password, int64_t hours,
			   const struct whence *w, char **session, struct err *e)
{
	/* Of no password: checked where there is none of the account, so that both take as long. */
	static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg"
				     "$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";
	struct rows *r;
	if (!try(db, a, name, w, e) || !db_maybe(db, a, STMT_ACCOUNT_BY_NAME, P(p_text(name), p_bool(false)), &r, e))
		return false;
	const char *phc = r ? row_text(r, 0, "password") : NULL;
	bool fits = password_verify(phc ? phc : nobody, password);
	if (!phc || !fits)
		return err_set(e, ERR_INVALID, "That name and password do not belong together.");
	int64_t account = row_int(r, 0, "account_id");
	return good(db, a, account, w, true, e) && open_session(db, a, account, hours, "password", w, session, e);
}

bool session_from_proxy(struct db *db, struct arena *a, const char *name, bool make, int64_t hours,
			const struct whence *w, char **session, struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_ACCOUNT_PROXIED, P(p_text(name), p_bool(make)), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_FORBIDDEN,
			       "You are signed in as %s, who has no account here, or a disabled one; ask an administrator.",
			       name);
	return open_session(db, a, row_int(r, 0, "account_id"), hours, "proxy", w, session, e);
}

static void visitor_session(const struct rows *r, struct visitor *out)
{
	visitor_read(r, out);
	out->proxied = row_bool(r, 0, "proxied");
	out->shortcuts = row_bool(r, 0, "shortcuts");
}

bool session_visitor(struct db *db, struct arena *a, const char *session, const char *address, int64_t idle_minutes,
		     struct visitor *out, bool *found, struct err *e)
{
	struct rows *r;
	*found = false;
	if (!token_shaped(session))
		return true;
	struct token_hash h = token_hash(session);
	if (!db_maybe(db, a, STMT_SESSION_FIND, P(p_bytes(h.b, sizeof(h.b)), p_int(idle_minutes)), &r, e))
		return false;
	if (!r)
		return true;
	*found = true;
	visitor_session(r, out);
	return !row_bool(r, 0, "stale") ||
	       db_exec(db, STMT_SESSION_SEEN, P(p_bytes(h.b, sizeof(h.b)), p_text(address)), e);
}

bool session_end(struct db *db, const char *session, struct err *e)
{
	struct token_hash h = token_hash(session);
	return db_exec(db, STMT_SESSION_END, P(p_bytes(h.b, sizeof(h.b))), e);
}

bool session_end_one(struct db *db, struct arena *a, int64_t account, int64_t id, struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_SESSION_END_ONE, P(p_int(account), p_int(id)), &r, e))
		return false;
	return r || err_set(e, ERR_NOT_FOUND, "There is no such session, or it has ended already.");
}

bool session_end_others(struct db *db, int64_t account, const char *session, struct err *e)
{
	struct token_hash h = token_hash(session ? session : "");
	return db_exec(db, STMT_SESSION_END_OTHERS,
		       P(p_int(account), session ? p_bytes(h.b, sizeof(h.b)) : p_null()), e);
}

bool session_list(struct db *db, struct arena *a, int64_t account, const char *session,
		  int64_t idle_minutes, struct value **out, struct err *e)
{
	struct rows *r;
	struct token_hash h = token_hash(session ? session : "");
	if (!db_many(db, a, STMT_SESSION_LIST,
		     P(p_int(account), session ? p_bytes(h.b, sizeof(h.b)) : p_null(), p_int(idle_minutes)), &r, e))
		return false;
	*out = value_list(a);
	for (size_t i = 0; i < rows_count(r); i++)
		value_add(a, *out, row_object(a, r, i));
	return true;
}

bool session_expire(struct db *db, int64_t idle_minutes, struct err *e)
{
	return db_exec(db, STMT_SESSION_EXPIRE, P(p_int(idle_minutes)), e);
}

bool password_change(struct db *db, struct arena *a, int64_t account, const char *name, const char *old,
		     const char *fresh, const char *session, const struct whence *w, struct err *e)
{
	struct rows *r;
	if (!password_fit(fresh, e) || !db_one(db, a, STMT_ACCOUNT_SECRET, P(p_int(account)), &r, e))
		return false;
	const char *phc = row_text(r, 0, "password");
	if (phc && !try(db, a, name, w, e))
		return false;
	if (phc && !(old && password_verify(phc, old)))
		return err_set(e, ERR_FORBIDDEN, "That is not the present password.");
	return db_exec(db, STMT_ACCOUNT_PASSWORD_SET, P(p_int(account), p_text(password_hash(a, fresh))), e) &&
	       (!phc || good(db, a, account, w, true, e)) && session_end_others(db, account, session, e);
}
