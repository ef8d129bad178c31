/* SPDX-License-Identifier: MIT */
#include "mail/post.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mustache.h"
#include "base/str.h"
#include "db/db.h"
#include "mail/letter.h"
#include "mail/mime.h"
#include "net/smtp.h"

/* Longer than one message may take in all. */
#define LEASE_S 120
#define LINK_DAYS 7
#define MESSAGE_BYTES ((size_t)4 << 20)

static const char *const outcomes[] = { [SMTP_SENT] = "sent", [SMTP_LATER] = "later",
					[SMTP_REFUSED] = "refused" };

struct taken {
	int64_t mail, attempt;
	const char *id, *name, *email;
	struct json_object *notes;
};

static bool take(struct post *p, struct arena *a, struct taken *t, bool *had, struct err *e)
{
	struct rows *r;
	if (!db_many(p->db, a, STMT_MAIL_TAKE, P(p_int(1), p_int(LEASE_S)), &r, e))
		return false;
	*had = rows_count(r) > 0;
	if (!*had)
		return true;
	const char *notes = row_text(r, 0, "notes");
	*t = (struct taken){ .mail = row_int(r, 0, "mail_id"), .attempt = row_int(r, 0, "attempt"),
			     .id = row_text(r, 0, "message_id"), .name = row_text(r, 0, "name"),
			     .email = row_text(r, 0, "email") };
	t->notes = json_parse(a, notes, strlen(notes), e);
	return t->notes != NULL;
}

/* Only the hashes are stored, so an attempt that is repeated has tokens of its own. */
static bool make_links(struct post *p, struct arena *a, const struct taken *t, struct letter_link *links,
		       size_t *count, struct err *e)
{
	int64_t gates[LETTER_NOTES];
	uint8_t sums[LETTER_NOTES][SHA256_LEN];
	struct str hashes[LETTER_NOTES];
	*count = letter_gates(t->notes, gates, LETTER_NOTES);
	for (size_t i = 0; i < *count; i++) {
		links[i] = (struct letter_link){ gates[i], token_new(a) };
		sha256(links[i].token, strlen(links[i].token), sums[i]);
		hashes[i] = (struct str){ (const char *)sums[i], SHA256_LEN };
	}
	return !*count || db_exec(p->db, STMT_MAIL_LINKS,
				  P(p_int(t->mail), p_int(t->attempt), p_int_array(gates, *count),
				    p_bytes_array(hashes, *count), p_int(LINK_DAYS)),
				  e);
}

static bool write_message(struct post *p, struct arena *a, const struct taken *t, struct buf *out, struct err *e)
{
	struct letter_link links[LETTER_NOTES];
	struct letter l;
	size_t count;
	if (!make_links(p, a, t, links, &count, e) ||
	    !letter_write(a, p->templates, p->cfg->public_url, t->name, t->notes, links, count, &l, e))
		return false;
	const struct message m = { .from = p->cfg->mail_from, .to_name = t->name, .to = t->email,
				   .subject = l.subject, .id = t->id, .thread = l.thread,
				   .site = p->cfg->public_url, .sent_ms = clock_wall_ms(), .plain = l.plain,
				   .html = l.html };
	return mime_write(a, &m, out) || err_set(e, ERR_TOO_LARGE, "the message is too large");
}

static bool send(struct post *p, struct arena *a, const struct taken *t, struct smtp_result *out, struct err *e)
{
	struct buf message;
	if (!mail_address_valid(t->email)) {
		*out = (struct smtp_result){ .outcome = SMTP_REFUSED,
					     .detail = "the address is none that mail can be sent to" };
		return true;
	}
	buf_init(&message, MESSAGE_BYTES);
	bool ok = write_message(p, a, t, &message, e);
	if (ok)
		smtp_send(p->smtp, p->cfg->mail_from, t->email, (struct str){ message.data, message.len }, out);
	buf_release(&message);
	return ok;
}

bool post_one(struct post *p, bool *had, struct err *e)
{
	struct arena *a = arena_new(0);
	struct smtp_result r = { .outcome = SMTP_LATER };
	struct taken t;
	bool ok = take(p, a, &t, had, e);
	if (ok && *had) {
		ok = send(p, a, &t, &r, e) &&
		     db_exec(p->db, STMT_MAIL_DONE,
			     P(p_int(t.mail), p_int(t.attempt), p_text(outcomes[r.outcome]),
			       r.status ? p_int(r.status) : p_null(), p_text(r.detail)),
			     e);
		if (r.outcome == SMTP_SENT)
			log_info("mail %lld sent", (long long)t.mail);
		else if (ok)
			log_warn("mail %lld %s: %s", (long long)t.mail,
				 r.outcome == SMTP_LATER ? "will be tried again" : "is refused for good", r.detail);
		*had = r.outcome != SMTP_LATER || r.status != 0;
	}
	arena_free(a);
	return ok;
}
