/* SPDX-License-Identifier: MIT */
#include "model/review.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "db/db.h"
#include "model/artifact.h"
#include "model/gate.h"
#include "model/owner.h"

enum { QUOTE_POINTS = 8000 };

bool gate_seen(const struct reviewer *r, struct rows **g, struct err *e)
{
	if (!db_maybe(r->db, r->a, STMT_GATE_VIEW, P(p_int(r->gate), p_owner(r->owner), p_int(r->account)), g, e))
		return false;
	return *g || gate_absent(r->gate, e);
}

/* The text that lines are counted in, of the revision that is decided on. */
static bool source(const struct reviewer *r, const struct rows *g, const char *path, struct str *out,
		   struct err *e)
{
	const char *stage = row_text(g, 0, "stage");
	int64_t run = row_int(g, 0, "run_id"), revision = row_int(g, 0, "revision");
	struct stored_file file;
	struct rows *one;

	if (*path) {
		if (!file_load(r->db, r->a, run, stage, revision, path, 0, false, &file, e))
			return false;
		*out = file.body;
		return file.loaded || err_set(e, ERR_INVALID, "This file is too large to be commented on.");
	}
	if (!db_maybe(r->db, r->a, STMT_ARTIFACT_ONE, P(p_int(run), p_text(stage), p_int(revision)), &one, e))
		return false;
	if (!one)
		return err_set(e, ERR_INVALID, "There is no output here that could be commented on.");
	*out = row_bytes(one, 0, "document");
	return true;
}

/* False: there are no such lines. */
static bool quote_of(const struct reviewer *r, struct str text, const struct line_comment *c, const char **out)
{
	struct str rest = text, quote = { 0 };
	int64_t n = 0;

	while (rest.len && n < c->line_end) {
		struct str line = str_cut(&rest, '\n');
		if (++n == c->line)
			quote.s = line.s;
		if (n == c->line_end && quote.s)
			quote.len = (size_t)(line.s + line.len - quote.s);
	}
	if (n < c->line_end || !quote.s || utf8_invalid(quote.s, quote.len) >= 0)
		return false;
	*out = arena_strndup(r->a, quote.s, utf8_prefix(quote.s, quote.len, QUOTE_POINTS));
	return true;
}

bool comment_save(const struct reviewer *r, const struct line_comment *c, int64_t *id, struct err *e)
{
	const char *quote = "";
	struct rows *g, *row;
	struct str text;

	if (!gate_seen(r, &g, e))
		return false;
	/* Lines of another revision are not looked at: the database says that it has changed. */
	if (!c->id && row_int(g, 0, "revision") == c->revision) {
		if (!source(r, g, c->path, &text, e))
			return false;
		if (c->line_end < c->line || !quote_of(r, text, c, &quote))
			return err_set(e, ERR_INVALID, "These lines are not there: choose others.");
	}
	if (!db_one(r->db, r->a, STMT_COMMENT_DRAFT,
		    P(p_int(r->gate), p_int(c->revision), p_int(r->account), c->id ? p_int(c->id) : p_null(),
		      p_text(c->path), p_int(c->line), p_int(c->line_end), p_text(quote), p_text(c->text)),
		    &row, e))
		return false;
	*id = row_int(row, 0, "id");
	return true;
}

bool comment_drop(const struct reviewer *r, int64_t comment, struct err *e)
{
	struct rows *g, *row;

	return gate_seen(r, &g, e) &&
	       db_one(r->db, r->a, STMT_COMMENT_DROP, P(p_int(r->gate), p_int(r->account), p_int(comment)), &row, e);
}

bool comment_settle(const struct reviewer *r, int64_t comment, bool resolved, struct err *e)
{
	struct rows *g, *row;

	return gate_seen(r, &g, e) &&
	       db_one(r->db, r->a, STMT_COMMENT_SETTLE,
		      P(p_int(r->gate), p_int(r->account), p_int(comment), p_bool(resolved)), &row, e);
}

bool items_mark(const struct reviewer *r, int64_t revision, const char *items, struct err *e)
{
	struct rows *g, *row;

	return gate_seen(r, &g, e) &&
	       db_one(r->db, r->a, STMT_ITEMS_MARK,
		      P(p_int(r->gate), p_int(revision), p_int(r->account), p_text(items)), &row, e);
}

bool artifact_edit(const struct reviewer *r, const struct edit *d, int64_t *revision, struct err *e)
{
	uint8_t hash[SHA256_LEN];
	struct rows *row;

	sha256(d->body, strlen(d->body), hash);
	if (!db_one(r->db, r->a, STMT_ARTIFACT_EDIT,
		    P(p_int(r->gate), p_int(d->revision), p_int(r->account), p_bytes(hash, sizeof(hash)),
		      p_text(d->body), p_text(d->document), p_text(d->path),
		      d->path ? p_bytes(d->content.s, d->content.len) : p_null(), p_text(d->edited)),
		    &row, e))
		return false;
	*revision = row_int(row, 0, "revision");
	return true;
}
