/* SPDX-License-Identifier: MIT */
/* Lines, then fields, then events. */
#include "llm/sse.h"

#include <string.h>

#include "base/str.h"

void sse_init(struct sse *s, size_t max,
	      bool (*on_event)(void *ctx, const char *event, const char *data, size_t n), void *ctx)
{
	*s = (struct sse){ .on_event = on_event, .ctx = ctx };
	buf_init(&s->line, max);
	buf_init(&s->data, max);
}

void sse_release(struct sse *s)
{
	buf_release(&s->line);
	buf_release(&s->data);
}

static void dispatch(struct sse *s)
{
	if (s->has_data && !s->on_event(s->ctx, s->event, buf_str(&s->data), s->data.len))
		s->stopped = true;
	buf_clear(&s->data);
	s->has_data = false;
	s->event[0] = '\0';
}

static void field(struct sse *s, struct str name, struct str value)
{
	if (str_eq(name, "data")) {
		if (s->has_data)
			buf_addc(&s->data, '\n');
		buf_add(&s->data, value.s, value.len);
		s->has_data = true;
		if (!buf_ok(&s->data))
			s->too_large = true;
	} else if (str_eq(name, "event")) {
		size_t n = value.len < sizeof(s->event) ? value.len : sizeof(s->event) - 1;

		memcpy(s->event, value.s, n);
		s->event[n] = '\0';
	}
}

static void end_line(struct sse *s)
{
	struct str value = { buf_str(&s->line), s->line.len }, name;

	if (!value.len) {
		dispatch(s);
	} else if (value.s[0] != ':') {
		name = str_cut(&value, ':');
		if (value.len && value.s[0] == ' ') {
			value.s++;
			value.len--;
		}
		field(s, name, value);
	}
	buf_clear(&s->line);
}

/* A BOM may itself be split; what turns out to be none is given back to the line. */
static size_t skip_bom(struct sse *s, const char *p, size_t n)
{
	static const char bom[] = "\xef\xbb\xbf";
	size_t i = 0;

	while (s->bom < 3 && i < n && p[i] == bom[s->bom]) {
		s->bom++;
		i++;
	}
	if (s->bom < 3 && i < n) {
		buf_add(&s->line, bom, s->bom);
		s->bom = 3;
	}
	return i;
}

bool sse_feed(struct sse *s, const char *p, size_t n)
{
	size_t i = s->bom < 3 ? skip_bom(s, p, n) : 0;

	while (i < n && !s->stopped && !s->too_large) {
		size_t start = i;

		if (s->after_cr) {
			s->after_cr = false;
			if (p[i] == '\n') {
				i++;
				continue;
			}
		}
		while (i < n && p[i] != '\n' && p[i] != '\r')
			i++;
		buf_add(&s->line, p + start, i - start);
		if (!buf_ok(&s->line)) {
			s->too_large = true;
			break;
		}
		if (i == n)
			break;
		s->after_cr = p[i] == '\r';
		i++;
		end_line(s);
	}
	return !s->stopped && !s->too_large;
}

void sse_end(struct sse *s)
{
	if (s->stopped || s->too_large)
		return;
	if (s->line.len)
		end_line(s);
	if (!s->stopped && !s->too_large)
		dispatch(s);
}
