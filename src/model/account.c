/* SPDX-License-Identifier: MIT */
#include "model/account.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
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

bool password_fit(const char *password, struct err *e)
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

static bool role_fit(const char *role, struct err *e)
{
	return role_number(role) ||
	       err_set(e, ERR_INVALID, "A role is viewer, submitter, approver, operator or admin.");
}

bool email_fit(const char *email, struct err *e)
{
	const char *at = strchr(email, '@');
	bool ok = strlen(email) <= 254 && at && at != email && at[1] && !strchr(at + 1, '@') && !strpbrk(email, "<>");
	for (const char *p = email; ok && *p; p++)
		ok = *p > ' ' && *p < 0x7f;
	return ok || err_set(e, ERR_INVALID, "An address looks like ann@example.org.");
}

static struct param p_by(int64_t by)
{
	return by ? p_int(by) : p_null();
}

bool account_create(struct db *db, struct arena *a, int64_t by, const char *name, const char *role, const char *email,
		    const char *password, int64_t *id, struct err *e)
{
	struct rows *r;
	if (!name_fit(name))
		return err_set(e, ERR_INVALID, "A name has 1 to 64 printable ASCII characters and no space at either end.");
	if (!role_fit(role, e) || (password && !password_fit(password, e)) || (email && !email_fit(email, e)))
		return false;
	if (!db_one(db, a, STMT_ACCOUNT_ADD,
		    P(p_by(by), p_text(name), p_text(role), p_text(email),
		      p_text(password ? password_hash(a, password) : NULL)), &r, e))
		return false;
	*id = row_int(r, 0, "account_id");
	return true;
}

bool account_list(struct db *db, struct arena *a, const char *after, const char *q, int64_t limit, struct value **out,
		  const char **next, struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_ACCOUNT_LIST, P(p_text(after ? after : ""), p_text(q), p_int(limit + 1)), &r, e))
		return false;
	*next = NULL;
	if ((int64_t)rows_count(r) > limit) {
		rows_keep(r, (size_t)limit);
		*next = row_text(r, (size_t)limit - 1, "name");
	}
	*out = rows_value(a, r);
	return true;
}

bool account_view(struct db *db, struct arena *a, int64_t id, struct value **out, struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_ACCOUNT_ONE, P(p_int(id)), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_NOT_FOUND, "There is no such account.");
	*out = row_object(a, r, 0);
	return true;
}

bool account_change(struct db *db, int64_t by, int64_t id, const struct account_change *c, struct err *e)
{
	if ((c->role && !role_fit(c->role, e)) || (c->email && *c->email && !email_fit(c->email, e)))
		return false;
	return db_exec(db, STMT_ACCOUNT_CHANGE,
		       P(p_by(by), p_int(id), p_text(c->role), p_text(c->email),
			 c->disabled < 0 ? p_null() : p_bool(c->disabled)), e);
}

bool account_find(struct db *db, struct arena *a, const char *name, bool disabled, int64_t *id, struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_ACCOUNT_BY_NAME, P(p_text(name), p_bool(disabled)), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_NOT_FOUND, "There is no account of the name %s%s.", name,
			       disabled ? "" : ", or it is disabled");
	*id = row_int(r, 0, "account_id");
	return true;
}

bool account_own(struct db *db, struct arena *a, int64_t id, struct value **out, struct err *e)
{
	struct rows *r;
	if (!db_one(db, a, STMT_ACCOUNT_OWN, P(p_int(id)), &r, e))
		return false;
	*out = row_object(a, r, 0);
	return true;
}

bool account_own_set(struct db *db, struct arena *a, int64_t id, const char *email, bool mail, bool shortcuts,
		     struct err *e)
{
	struct rows *r;
	bool given = email && *email;
	if ((given && !email_fit(email, e)) ||
	    !db_maybe(db, a, STMT_ACCOUNT_OWN_SET,
		      P(p_int(id), given ? p_text(email) : p_null(), p_bool(mail), p_bool(shortcuts)), &r, e))
		return false;
	return r || err_set(e, ERR_CONFLICT, "Another account has this address.");
}

/* ---- links ---- */

bool account_link(struct db *db, struct arena *a, int64_t by, int64_t id, const char *kind, int64_t minutes,
		  char **token, const char **expires, struct err *e)
{
	struct rows *r;
	*token = token_new(a);
	struct token_hash h = token_hash(*token);
	if (!db_one(db, a, STMT_ACCOUNT_LINK,
		    P(p_by(by), p_int(id), p_text(kind), p_bytes(h.b, sizeof(h.b)), p_int(minutes)), &r, e))
		return false;
	if (expires)
		*expires = row_text(r, 0, "_expires_at");
	return true;
}

bool link_gone(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "This link was used already or has expired; ask for a new one.");
}

bool sign_in_link_look(struct db *db, struct arena *a, const char *token, struct value **out, struct err *e)
{
	struct rows *r;
	if (!token_shaped(token))
		return link_gone(e);
	struct token_hash h = token_hash(token);
	if (!db_maybe(db, a, STMT_SIGN_IN_LINK_LOOK, P(p_bytes(h.b, sizeof(h.b))), &r, e))
		return false;
	if (!r)
		return link_gone(e);
	*out = row_object(a, r, 0);
	return true;
}

void visitor_read(const struct rows *r, struct visitor *out)
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
