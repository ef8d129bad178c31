/* SPDX-License-Identifier: MIT */
#include "web/idempotency.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/log.h"
#include "http/exchange.h"
#include "http/respond.h"

#define KEY_MAX 200

static void hash_request(const struct request *r, uint8_t out[SHA256_LEN])
{
	struct buf b;
	buf_init(&b, (size_t)4 << 20);
	buf_addf(&b, "%d %s?%s\n", (int)r->method, r->path, r->raw_query);
	buf_add(&b, r->body.s, r->body.len);
	sha256(buf_str(&b), b.len, out);
	buf_release(&b);
}

bool idempotency_open(struct exchange *x, struct idempotency_mark *m, struct err *e)
{
	const char *key = x->req->header(x->req, "idempotency-key");
	*m = (struct idempotency_mark){ 0 };
	if (!key || !request_wants_json(x->req))
		return true;
	if (strlen(key) > KEY_MAX)
		return err_set(e, ERR_MALFORMED, "An Idempotency-Key has at most %d characters.", KEY_MAX);
	for (const char *p = key; *p; p++)
		if (*p < 0x21 || *p > 0x7e)
			return err_set(e, ERR_MALFORMED, "An Idempotency-Key is printable ASCII without spaces.");
	m->i.account = x->who.account_id;
	m->i.key = key;
	hash_request(x->req, m->i.hash);
	if (!idempotency_begin(x->db, x->arena, &m->i, e))
		return false;
	m->active = m->i.ours;
	m->answered = !m->i.ours;
	if (m->answered) {
		x->res->status = (int)m->i.status;
		x->res->content_type = m->i.status < 400 ? "application/json" : "application/problem+json";
		buf_adds(&x->res->body, m->i.body ? m->i.body : "");
		response_header(x->arena, x->res, "Idempotency-Replayed", "true");
		respond(x);
	}
	return true;
}

void idempotency_close(struct exchange *x, struct idempotency_mark *m)
{
	struct err e = { 0 };
	if (!m->active)
		return;
	int status = x->res->status;
	bool final_ = status < 500 && status != 401 && status != 429 && !x->res->stream;
	bool ok = final_ ? idempotency_store(x->db, &m->i, status, buf_str(&x->res->body), &e) :
			   idempotency_forget(x->db, &m->i, &e);
	if (!ok)
		log_warn("the answer could not be kept for its Idempotency-Key: %s", e.msg);
}
