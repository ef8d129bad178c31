/* SPDX-License-Identifier: MIT */
#include "model/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "db/db.h"

static bool broken(struct err *e, int64_t number, const char *why)
{
	return err_set(e, ERR_CONFLICT, "entry %" PRId64 ": %s", number, why);
}

/* The hash of what a link is made of: the hash before it, and its bytes. */
static void link_hash(struct arena *a, const struct audit_head *h, struct str entry, uint8_t out[SHA256_LEN])
{
	char *all = arena_alloc(a, SHA256_LEN + entry.len);
	memcpy(all, h->hash, SHA256_LEN);
	memcpy(all + SHA256_LEN, entry.s, entry.len);
	sha256(all, SHA256_LEN + entry.len, out);
}

bool audit_follow(struct arena *a, struct audit_head *h, int64_t number, struct str entry, struct str hash,
		  struct json_object **j, struct err *e)
{
	uint8_t made[SHA256_LEN];
	struct err ignored = { 0 };
	if (number != h->number + 1)
		return err_set(e, ERR_CONFLICT, "entry %" PRId64 " is missing", h->number + 1);
	link_hash(a, h, entry, made);
	if (hash.len != SHA256_LEN || memcmp(hash.s, made, SHA256_LEN) != 0)
		return broken(e, number, "its hash is not that of the entry before it and its bytes");
	*j = json_parse(a, entry.s, entry.len, &ignored);
	if (!*j || !json_object_is_type(*j, json_type_object))
		return broken(e, number, "its text is no JSON object");
	if (json_get_int(*j, "chain", -1) != h->chain || json_get_int(*j, "number", -1) != number)
		return broken(e, number, "its text is of another place in the chains");
	memcpy(h->hash, made, SHA256_LEN);
	h->number = number;
	return true;
}

const char *audit_head_text(struct arena *a, const struct audit_head *h)
{
	return arena_printf(a, "botarmy audit\nchain %" PRId64 "\nnumber %" PRId64 "\nhash %s\n", h->chain,
			    h->number, hex_encode(a, h->hash, SHA256_LEN));
}

/* ---- columns against the entry ---- */

/* "2026-01-31T12:00:00.123456+00:00" in microseconds since 1970; -1 where it is none. */
static int64_t micros(const char *text)
{
	int y, mo, d, h, mi, zh, zm = 0, used = 0, digits = 0;
	int64_t fraction = 0;
	char sign;
	const char *p = text;
	if (sscanf(p, "%4d-%2d-%2dT%2d:%2d:%n", &y, &mo, &d, &h, &mi, &used) < 5 || !used)
		return -1;
	int s, at = 0;
	p += used;
	if (sscanf(p, "%2d%n", &s, &at) < 1)
		return -1;
	p += at;
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9' && digits < 6; p++, digits++)
			fraction = fraction * 10 + (*p - '0');
	for (; digits < 6; digits++)
		fraction *= 10;
	if (sscanf(p, "%c%2d:%2d", &sign, &zh, &zm) < 2 || (sign != '+' && sign != '-'))
		return -1;
	/* Days from 1970 in the Gregorian calendar, years beginning in March. */
	int64_t year = mo <= 2 ? y - 1 : y, era = year / 400, of_era = year - era * 400;
	int64_t day = (153 * (mo + (mo > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day - 719468;
	int64_t zone = (zh * 60 + zm) * (sign == '-' ? -1 : 1);
	return ((days * 1440 + h * 60 + mi - zone) * 60 + s) * 1000000 + fraction;
}

static bool id_same(struct json_object *j, const char *key, const struct rows *r, size_t i,
		    const char *column)
{
	struct json_object *v = json_get(j, key);
	return row_null(r, i, column) ? v == NULL : json_get_int(j, key, -1) == row_int(r, i, column);
}

static bool columns_same(struct arena *a, struct json_object *j, const struct rows *r, size_t i,
			 int64_t chain, struct err *e)
{
	struct err ignored = { 0 };
	int64_t number = row_int(r, i, "number");
	const char *body = row_text(r, i, "body");
	struct json_object *stored = json_parse(a, body, strlen(body), &ignored);
	if (row_int(r, i, "project_id") != chain)
		return broken(e, number, "its project is not that of its chain");
	if (!id_same(j, "account", r, i, "account_id"))
		return broken(e, number, "its account is not the one in its text");
	if (!streq(json_get_str(j, "action", ""), row_text(r, i, "action")))
		return broken(e, number, "its action is not the one in its text");
	if (micros(json_get_str(j, "at", "")) != row_int(r, i, "at_us"))
		return broken(e, number, "its time is not the one in its text");
	if (!stored || !json_object_equal(stored, json_get(j, "body")))
		return broken(e, number, "its body is not the one in its text");
	return true;
}

/* ---- the database ---- */

bool audit_chains(struct db *db, struct arena *a, int64_t **chains, size_t *count, struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_AUDIT_CHAINS, P_NONE, &r, e))
		return false;
	*count = rows_count(r);
	*chains = arena_array(a, *count, sizeof(**chains));
	for (size_t i = 0; i < *count; i++)
		(*chains)[i] = row_int(r, i, "chain");
	return true;
}

static bool end_of(struct db *db, struct arena *a, int64_t chain, struct audit_head *out, bool *found,
		   struct err *e)
{
	struct rows *r;
	*out = (struct audit_head){ .chain = chain };
	if (!db_maybe(db, a, STMT_AUDIT_END, P(p_int(chain)), &r, e))
		return false;
	*found = r != NULL;
	if (r) {
		out->number = row_int(r, 0, "number");
		memcpy(out->hash, row_bytes(r, 0, "hash").s, SHA256_LEN);
	}
	return true;
}

bool audit_head(struct db *db, struct arena *a, int64_t chain, struct audit_head *out, struct err *e)
{
	bool found;
	if (!end_of(db, a, chain, out, &found, e))
		return false;
	return found || err_set(e, ERR_NOT_FOUND, "the audit has no chain %" PRId64, chain);
}

/* Those after h->number, as many as one statement gives; *more says whether there were any. */
static bool follow_some(struct db *db, struct arena *a, struct audit_head *h, bool *more,
			bool (*each)(void *, const struct audit_head *, struct str, struct err *), void *ctx,
			struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_AUDIT_ENTRIES, P(p_int(h->chain), p_int(h->number)), &r, e))
		return false;
	*more = rows_count(r) > 0;
	for (size_t i = 0; i < rows_count(r); i++) {
		struct str entry = row_bytes(r, i, "entry");
		struct audit_head next = *h;
		struct json_object *j;
		if (!audit_follow(a, &next, row_int(r, i, "number"), entry, row_bytes(r, i, "hash"), &j, e) ||
		    !columns_same(a, j, r, i, h->chain, e))
			return false;
		*h = next;
		if (each && !each(ctx, h, entry, e))
			return false;
	}
	return true;
}

bool audit_verify(struct db *db, int64_t chain, struct audit_head *h,
		  bool (*each)(void *ctx, const struct audit_head *h, struct str entry, struct err *e),
		  void *ctx, struct err *e)
{
	struct arena *a = arena_new(0);
	struct audit_head end;
	bool more, found, ok = false;
	*h = (struct audit_head){ .chain = chain };
	/* Entries come and move the head while we read; only what a head tells of can be missing. */
	for (;;) {
		do {
			arena_reset(a);
			if (!follow_some(db, a, h, &more, each, ctx, e))
				goto out;
		} while (more);
		if (!end_of(db, a, chain, &end, &found, e))
			goto out;
		if (end.number <= h->number)
			break;
		if (!follow_some(db, a, h, &more, each, ctx, e))
			goto out;
		if (!more)
			break;
	}
	if (!found || end.number < h->number)
		err_set(e, ERR_CONFLICT, "entry %" PRId64 ": the chain's head does not count it", h->number);
	else if (end.number > h->number)
		err_set(e, ERR_CONFLICT, "entry %" PRId64 " is missing: the chain's head counts it",
			h->number + 1);
	else if (memcmp(end.hash, h->hash, SHA256_LEN) != 0)
		err_set(e, ERR_CONFLICT, "entry %" PRId64 ": its hash is not the one in the chain's head",
			h->number);
	else
		ok = true;
out:
	arena_free(a);
	return ok;
}
