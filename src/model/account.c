/* SPDX-License-Identifier: MIT */
#include "model/account.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

#define PASSWORD_MIN 10
#define PASSWORD_MAX 200

struct token_hash token_hash(const char *token)
{
	struct token_hash h;
	sha256(token, strlen(token), h.b);
	return h;
}

bool token_shaped(const char *token)
{
	return token && strlen(token) == TOKEN_CHARS;
}

/* Each includes those before it. 1 … 5; 0: no such role. */
static unsigned role_number(const char *name)
{
	static const char *const roles[] = { "viewer", "submitter", "approver", "operator", "admin" };
	for (unsigned i = 0; name && i < sizeof(roles) / sizeof(roles[0]); i++)
		if (streq(name, roles[i]))
			return i + 1;
	return 0;
}

static bool password_fit(const char *password, struct err *e)
{
	size_t n = strlen(password);
	if (utf8_invalid(password, n) >= 0)
		return err_set(e, ERR_INVALID, "The password is not valid UTF-8 text.");
	size_t points = utf8_length(password, n);
	if (points < PASSWORD_MIN || points > PASSWORD_MAX)
		return err_set(e, ERR_INVALID, "A password has %d to %d characters.", PASSWORD_MIN, PASSWORD_MAX);
	return true;
}

static bool name_fit(const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < n; i++)
		if (name[i] < 0x20 || name[i] > 0x7e)
			return false;
	return n >= 1 && n <= 64 && name[0] != ' ' && name[n - 1] != ' ';
}

bool account_create(struct db *db, struct arena *a, const char *name, const char *role,
		    const char *password, int64_t *id, struct err *e)
{
	struct rows *r;
	if (!name_fit(name))
		return err_set(e, ERR_INVALID, "A name has 1 to 64 printable ASCII characters and no space at either end.");
	if (!role_number(role))
		return err_set(e, ERR_INVALID, "A role is viewer, submitter, approver, operator or admin.");
	if (password && !password_fit(password, e))
		return false;
	if (!db_maybe(db, a, STMT_ACCOUNT_ADD,
		      P(p_text(name), p_text(role), p_text(password ? password_hash(a, password) : NULL)), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_CONFLICT, "There is already an account of the name %s.", name);
	*id = row_int(r, 0, "account_id");
	return true;
}

bool account_list(struct db *db, struct arena *a, struct value **out, struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_ACCOUNT_LIST, P_NONE, &r, e))
		return false;
	*out = rows_value(a, r);
	return true;
}

bool account_disable(struct db *db, struct arena *a, const char *name, struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_ACCOUNT_DISABLE, P(p_text(name)), &r, e))
		return false;
	return r || err_set(e, ERR_NOT_FOUND, "There is no account of the name %s, or it is disabled.", name);
}

bool account_find(struct db *db, struct arena *a, const char *name, int64_t *id, struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_ACCOUNT_BY_NAME, P(p_text(name)), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_NOT_FOUND, "There is no account of the name %s, or it is disabled.", name);
	*id = row_int(r, 0, "account_id");
	return true;
}

/* ---- links ---- */

static bool link_gone(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "This sign-in link was used already or has expired; ask for a new one.");
}

bool sign_in_link_create(struct db *db, struct arena *a, const char *account, int64_t minutes,
			 char **token, struct err *e)
{
	struct rows *r;
	*token = token_new(a);
	struct token_hash h = token_hash(*token);
	if (!db_maybe(db, a, STMT_SIGN_IN_LINK_ADD,
		      P(p_text(account), p_bytes(h.b, sizeof(h.b)), p_int(minutes)), &r, e))
		return false;
	return r || err_set(e, ERR_NOT_FOUND, "There is no account of the name %s, or it is disabled.", account);
}

bool sign_in_link_look(struct db *db, struct arena *a, const char *token, const char **account,
		       const char **expires_at, struct err *e)
{
	struct rows *r;
	if (!token_shaped(token))
		return link_gone(e);
	struct token_hash h = token_hash(token);
	if (!db_maybe(db, a, STMT_SIGN_IN_LINK_LOOK, P(p_bytes(h.b, sizeof(h.b))), &r, e))
		return false;
	if (!r)
		return link_gone(e);
	*account = row_text(r, 0, "name");
	*expires_at = row_text(r, 0, "expires_at");
	return true;
}

/* ---- sessions ---- */

bool session_from_link(struct db *db, struct arena *a, const char *link, int64_t hours,
		       char **session, struct err *e)
{
	struct rows *r;
	if (!token_shaped(link))
		return link_gone(e);
	*session = token_new(a);
	struct token_hash l = token_hash(link), s = token_hash(*session);
	if (!db_maybe(db, a, STMT_SIGN_IN_LINK_USE,
		      P(p_bytes(l.b, sizeof(l.b)), p_bytes(s.b, sizeof(s.b)), p_int(hours)), &r, e))
		return false;
	return r || link_gone(e);
}

bool session_from_password(struct db *db, struct arena *a, const char *name, const char *password,
			   int64_t hours, char **session, struct err *e)
{
	/* Of no password: checked where there is none of the account, so that both take as long. */
	static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg"
				     "$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";
	struct rows *r;
	if (!db_maybe(db, a, STMT_ACCOUNT_BY_NAME, P(p_text(name)), &r, e))
		return false;
	const char *phc = r ? row_text(r, 0, "password") : NULL;
	bool fits = password_verify(phc ? phc : nobody, password);
	if (!phc || !fits)
		return err_set(e, ERR_INVALID, "That name and password do not belong together.");
	*session = token_new(a);
	struct token_hash s = token_hash(*session);
	return db_exec(db, STMT_SESSION_OPEN,
		       P(p_bytes(s.b, sizeof(s.b)), p_int(row_int(r, 0, "account_id")), p_int(hours)), e);
}

static void visitor_read(const struct rows *r, struct visitor *out)
{
	out->account_id = row_int(r, 0, "account_id");
	out->name = row_text(r, 0, "name");
	out->role = role_number(row_text(r, 0, "role"));
	out->runner_seen_at = row_text(r, 0, "runner_seen_at");
	out->runner_seconds = row_int(r, 0, "runner_seconds");
	out->runner_provider = row_text(r, 0, "runner_provider");
	out->runner_model = row_text(r, 0, "runner_model");
	out->runner_pressure = row_text(r, 0, "runner_pressure");
}

bool session_visitor(struct db *db, struct arena *a, const char *session, int64_t idle_minutes,
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
	visitor_read(r, out);
	return !row_bool(r, 0, "stale") || db_exec(db, STMT_SESSION_SEEN, P(p_bytes(h.b, sizeof(h.b))), e);
}

bool session_end(struct db *db, const char *session, struct err *e)
{
	struct token_hash h = token_hash(session);
	return db_exec(db, STMT_SESSION_END, P(p_bytes(h.b, sizeof(h.b))), e);
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
	*out = rows_value(a, r);
	return true;
}

bool session_expire(struct db *db, int64_t idle_minutes, struct err *e)
{
	return db_exec(db, STMT_SESSION_EXPIRE, P(p_int(idle_minutes)), e);
}

bool password_change(struct db *db, struct arena *a, int64_t account, const char *old, const char *fresh,
		     const char *session, struct err *e)
{
	struct rows *r;
	if (!password_fit(fresh, e) || !db_one(db, a, STMT_ACCOUNT_SECRET, P(p_int(account)), &r, e))
		return false;
	const char *phc = row_text(r, 0, "password");
	if (phc && !(old && password_verify(phc, old)))
		return err_set(e, ERR_FORBIDDEN, "That is not the present password.");
	return db_exec(db, STMT_ACCOUNT_PASSWORD_SET, P(p_int(account), p_text(password_hash(a, fresh))), e) &&
	       session_end_others(db, account, session, e);
}

/* ---- bearer tokens ---- */

bool token_create(struct db *db, struct arena *a, int64_t account, const char *name, char **token,
		  int64_t *id, struct err *e)
{
	struct rows *r;
	*token = token_new(a);
	struct token_hash h = token_hash(*token);
	if (!db_maybe(db, a, STMT_API_TOKEN_ADD,
		      P(p_int(account), p_text(name), p_bytes(h.b, sizeof(h.b))), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_CONFLICT, "There are 50 tokens already; revoke one first.");
	*id = row_int(r, 0, "api_token_id");
	return true;
}

bool token_visitor(struct db *db, struct arena *a, const char *token, struct visitor *out, bool *found,
		   struct err *e)
{
	struct rows *r;
	*found = false;
	if (!token_shaped(token))
		return true;
	struct token_hash h = token_hash(token);
	if (!db_maybe(db, a, STMT_API_TOKEN_FIND, P(p_bytes(h.b, sizeof(h.b))), &r, e))
		return false;
	if (!r)
		return true;
	*found = true;
	visitor_read(r, out);
	out->scopes = (unsigned)row_int(r, 0, "scopes");
	return !row_bool(r, 0, "stale") || db_exec(db, STMT_API_TOKEN_SEEN, P(p_bytes(h.b, sizeof(h.b))), e);
}

bool token_list(struct db *db, struct arena *a, int64_t account, struct value **out, struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_API_TOKEN_LIST, P(p_int(account)), &r, e))
		return false;
	*out = rows_value(a, r);
	return true;
}

bool token_revoke(struct db *db, struct arena *a, int64_t account, int64_t id, struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_API_TOKEN_REVOKE, P(p_int(id), p_int(account)), &r, e))
		return false;
	return r || err_set(e, ERR_NOT_FOUND, "There is no such token, or it is revoked already.");
}
