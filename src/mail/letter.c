/* SPDX-License-Identifier: MIT */
#include "mail/letter.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mustache.h"
#include "base/value.h"
#include "model/gate.h"

#define LETTER_BYTES ((size_t)1 << 20)

/* People's and agents' words on one line: no control characters, and none that turn the direction of
   what follows, so that a name cannot dress up as a part of the letter. */
static const char *one_line(struct arena *a, const char *text)
{
	char *line = arena_strdup(a, text ? text : ""), *to = line;
	for (const char *s = line; *s; s++) {
		const unsigned char *u = (const unsigned char *)s;
		bool turns = u[0] == 0xe2 && ((u[1] == 0x80 && u[2] >= 0xaa && u[2] <= 0xae) ||
					      (u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9) ||
					      (u[1] == 0x80 && (u[2] == 0xa8 || u[2] == 0xa9)));
		if (turns) {
			s += 2;
			*to++ = ' ';
		} else if (u[0] == 0xc2 && u[1] >= 0x80 && u[1] <= 0x9f) {
			s += 1;
			*to++ = ' ';
		} else {
			*to++ = *u < 0x20 || *u == 0x7f ? ' ' : *s;
		}
	}
	*to = '\0';
	return line;
}

static const char *prefix_of(const char *kind)
{
	if (streq(kind, "reminder"))
		return "Reminder";
	if (streq(kind, "escalation"))
		return "Escalated to you";
	return streq(kind, "delegation") ? "Given to you" : NULL;
}

static const char *end_of(const char *state)
{
	if (streq(state, "done"))
		return "Finished";
	if (streq(state, "failed"))
		return "Failed";
	return streq(state, "cancelled") ? "Cancelled" : "Rejected";
}

static const char *reason_of(struct arena *a, struct json_object *note)
{
	const char *why = json_get_str(note, "why", "");
	if (streq(why, "assigned"))
		return "It was given to you.";
	if (streq(why, "owner"))
		return "The project is yours.";
	if (streq(why, "member"))
		return "You have this role in the project.";
	if (streq(why, "stand-in"))
		return arena_printf(a, "You stand in for %s.",
				    one_line(a, json_get_str(note, "instead_of", "somebody who is away")));
	return streq(why, "site") ? "Your role on the site lets you decide." : NULL;
}

size_t letter_gates(struct json_object *notes, int64_t *gates, size_t max)
{
	size_t n = json_object_array_length(notes), found = 0;
	for (size_t i = 0; i < n && i < LETTER_NOTES && found < max; i++) {
		int64_t gate = json_get_int(json_object_array_get_idx(notes, i), "gate", 0);
		bool known = gate == 0;
		for (size_t k = 0; k < found && !known; k++)
			known = gates[k] == gate;
		if (!known)
			gates[found++] = gate;
	}
	return found;
}

static struct value *note_value(struct arena *a, const char *site, struct json_object *note,
				const struct letter_link *links, size_t count)
{
	struct value *v = value_object(a);
	int64_t gate = json_get_int(note, "gate", 0), run = json_get_int(note, "run", 0);
	const char *title = json_get_str(note, "title", "");
	set_text(a, v, "name", one_line(a, json_get_str(note, "name", "")));
	set_int(a, v, "run", run);
	if (!gate) {
		set_text(a, v, "asks", end_of(json_get_str(note, "state", "")));
		set_url(a, v, "page", arena_printf(a, "%s/runs/%lld", site, (long long)run));
		return v;
	}
	set_int(a, v, "gate", gate);
	set_int(a, v, "revision", json_get_int(note, "revision", 0));
	set_text(a, v, "prefix", prefix_of(json_get_str(note, "kind", "")));
	set_text(a, v, "asks", gate_asks(a, json_get_str(note, "asks", ""), title));
	set_text(a, v, "detail", one_line(a, json_get_str(note, "detail", "")));
	set_text(a, v, "opened", json_get_str(note, "opened", ""));
	set_text(a, v, "reason", reason_of(a, note));
	const char *page = arena_printf(a, "%s/gates/%lld", site, (long long)gate), *decide = page;
	for (size_t i = 0; i < count; i++)
		if (links[i].gate == gate)
			decide = arena_printf(a, "%s/decide/%s", site, links[i].token);
	set_url(a, v, "page", page);
	set_url(a, v, "decide", decide);
	return v;
}

static bool render(struct arena *a, const struct templates *t, const char *name, const struct value *v,
		   struct str *out, struct err *e)
{
	struct buf b;
	buf_init(&b, LETTER_BYTES);
	bool ok = templates_render(t, name, v, &b, e) &&
		  (buf_ok(&b) || err_set(e, ERR_TOO_LARGE, "a letter is too large"));
	if (ok)
		*out = (struct str){ arena_strndup(a, buf_str(&b), b.len), b.len };
	buf_release(&b);
	return ok;
}

bool letter_write(struct arena *a, const struct templates *t, const char *site, const char *to,
		  struct json_object *notes, const struct letter_link *links, size_t link_count,
		  struct letter *out, struct err *e)
{
	size_t n = json_object_array_length(notes), ends = 0;
	struct value *v = value_object(a), *list = value_list(a);
	int64_t run = n ? json_get_int(json_object_array_get_idx(notes, 0), "run", 0) : 0;
	struct str subject;
	for (size_t i = 0; i < n; i++) {
		struct json_object *note = json_object_array_get_idx(notes, i);
		ends += json_get_int(note, "gate", 0) == 0;
		if (json_get_int(note, "run", 0) != run)
			run = 0;
		if (i < LETTER_NOTES)
			value_add(a, list, note_value(a, site, note, links, link_count));
	}
	set_text(a, v, "to", one_line(a, to));
	set_url(a, v, "site", site);
	set_url(a, v, "home", arena_printf(a, "%s/", site));
	set_url(a, v, "settings", arena_printf(a, "%s/settings", site));
	value_set(a, v, "notes", list);
	value_set(a, v, "one", n == 1 ? value_at(a, list, 0) : value_null(a));
	set_int(a, v, "decisions", (int64_t)(n - ends));
	set_int(a, v, "ends", (int64_t)ends);
	set_bool(a, v, "many_ends", ends > 1);
	set_bool(a, v, "both", ends > 0 && ends < n);
	set_int(a, v, "more", n > LETTER_NOTES ? (int64_t)(n - LETTER_NOTES) : 0);
	if (!render(a, t, "subject", v, &subject, e) || !render(a, t, "plain", v, &out->plain, e) ||
	    !render(a, t, "letter", v, &out->html, e))
		return false;
	subject = str_trim(subject);
	out->subject = arena_strndup(a, subject.s, subject.len);
	out->thread = run ? arena_printf(a, "run-%lld", (long long)run) : NULL;
	return true;
}
