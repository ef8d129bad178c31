/* SPDX-License-Identifier: MIT */
/* Reading ahead: what is asked for, sent along with another statement, and kept until it is wanted. */
#include "db/conn.h"

#include <string.h>

#include "db/array.h"

void ahead_forget(struct db *db)
{
	PQclear(db->ahead.res);
	db->ahead.res = NULL;
	db->ahead.state = AHEAD_NONE;
}

/* Copied, because who asks does not wait. False: an array, or more than there is room for. */
static bool keep(struct ahead *h, const struct param *p, size_t n)
{
	char *at = h->text;
	if (n > AHEAD_PARAMS)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (array_is(&p[i]))
			return false;
		h->p[i] = p[i];
		if (p[i].kind == PARAM_NUM || !p[i].text)
			continue;
		if (p[i].len >= (size_t)(h->text + sizeof(h->text) - at))
			return false;
		memcpy(at, p[i].text, p[i].len);
		at[p[i].len] = '\0';
		h->p[i].text = at;
		at += p[i].len + 1;
	}
	h->n = n;
	return true;
}

void ahead_ask(struct db *db, size_t s, const struct param *p, size_t n)
{
	ahead_forget(db);
	db->ahead.s = s;
	/* In a transaction a failure would be the transaction's. */
	if (!db->in_txn && keep(&db->ahead, p, n))
		db->ahead.state = AHEAD_ASKED;
}

static bool same(const struct param *a, const struct param *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == PARAM_NUM)
		return strcmp(a->num, b->num) == 0;
	if (!a->text || !b->text)
		return a->text == b->text;
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

PGresult *ahead_take(struct db *db, size_t s, const struct param *p, size_t n)
{
	struct ahead *h = &db->ahead;
	bool fits = h->state == AHEAD_HERE && h->s == s && h->n == n;
	for (size_t i = 0; fits && i < n; i++)
		fits = same(&h->p[i], &p[i]);
	PGresult *res = fits ? h->res : NULL;
	if (fits)
		h->res = NULL;
	if (h->state == AHEAD_HERE || db->in_txn)
		ahead_forget(db);
	return res;
}

void ahead_came(struct db *db, PGresult *res)
{
	bool good = db_result_ok(res) && db->conn;
	if (!good)
		PQclear(res);
	db->ahead.res = good ? res : NULL;
	db->ahead.state = good ? AHEAD_HERE : AHEAD_NONE;
}
