/* SPDX-License-Identifier: MIT */
/* The wire: server-sent events inside of FastCGI records. */
#include "feed/feed.h"

#include <stdio.h>

#include "http/records.h"

#define TEXT_CAP ((size_t)16 << 20)

void message_init(struct message *m)
{
	buf_init(&m->text, TEXT_CAP);
	buf_init(&m->framed, 2 * TEXT_CAP);
	m->request = 0;
}

void message_release(struct message *m)
{
	buf_release(&m->text);
	buf_release(&m->framed);
}

void message_clear(struct message *m)
{
	buf_clear(&m->text);
	m->request = 0;
}

const struct buf *message_for(struct message *m, int request)
{
	if (m->request != request) {
		buf_clear(&m->framed);
		records_add(&m->framed, request, buf_str(&m->text), m->text.len);
		m->request = request;
	}
	return &m->framed;
}

void message_head(struct message *m)
{
	buf_adds(&m->text, "Status: 200\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
			   "X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\n"
			   "Referrer-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n"
			   "Content-Security-Policy: default-src 'none'\r\n\r\nretry: 2000\n\n");
}

void message_place(struct message *m, int64_t seq)
{
	buf_adds(&m->text, "id: ");
	buf_addint(&m->text, seq);
	buf_adds(&m->text, "\n\n");
}

void message_add(struct message *m, int64_t id, const char *kind, const char *json, bool plain)
{
	if (id) {
		buf_adds(&m->text, "id: ");
		buf_addint(&m->text, id);
		buf_addc(&m->text, '\n');
	}
	if (!plain) {
		buf_adds(&m->text, "event: ");
		buf_adds(&m->text, kind);
		buf_addc(&m->text, '\n');
	}
	buf_adds(&m->text, "data: ");
	buf_adds(&m->text, json);
	buf_adds(&m->text, "\n\n");
}

void message_reset(struct message *m, int64_t last, bool plain)
{
	char json[80];
	snprintf(json, sizeof(json), "{\"kind\":\"reset\",\"seq\":%lld}", (long long)last);
	message_add(m, last, "reset", json, plain);
}
