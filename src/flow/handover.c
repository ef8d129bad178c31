/* SPDX-License-Identifier: MIT */
#include "flow/handover.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "flow/schema.h"

enum { TEXT_BYTES = 1 << 20, SCHEMA_BYTES = 1 << 20, BODY_POINTS = 20000 };

struct reading {
	struct arena *a;
	struct buf dropped;
};

static const char *finished(struct arena *a, struct buf *b)
{
	const char *text = b->len ? arena_strndup(a, buf_str(b), b->len) : NULL;

	buf_release(b);
	return text;
}

/* A Markdown bullet: what follows the first line is indented, so that it stays in the bullet. */
static void add_bullet(struct buf *b, const char *lead, const char *text)
{
	struct str rest = str_trim(str_from(text));

	buf_addf(b, "%s- %s", b->len ? "\n" : "", lead);
	for (bool first = true; rest.len; first = false) {
		struct str line = str_cut(&rest, '\n');
		buf_addf(b, "%s%.*s", first ? "" : "\n  ", (int)line.len, line.s);
	}
}

static bool blank(const char *s)
{
	return str_trim(str_from(s)).len == 0;
}

/* Names of agents as the database takes them. */
static bool plain(const char *s, const char *first, size_t max)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return n > 0 && n <= max && s[n] == '\0' && strchr(first, s[0]) != NULL;
}

static bool agent_name(const char *s)
{
	return plain(s, "abcdefghijklmnopqrstuvwxyz0123456789_", 60);
}

static bool topic_name(const char *s)
{
	return plain(s, "abcdefghijklmnopqrstuvwxyz", 40);
}

static void drop(struct reading *r, const char *what, size_t i, const char *why)
{
	buf_addf(&r->dropped, "%sThe %s no. %zu is not taken: %s.", r->dropped.len ? "\n" : "", what, i + 1,
		 why);
}

static const char *read_questions(struct reading *r, struct json_object *output)
{
	struct json_object *list = json_get_array(output, "questions");
	struct buf b;

	buf_init(&b, TEXT_BYTES);
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *q = json_object_array_get_idx(list, i);
		const char *text = json_object_is_type(q, json_type_string) ? json_object_get_string(q) : "";
		if (blank(text))
			drop(r, "question", i, "it is empty");
		else
			add_bullet(&b, "", text);
	}
	return finished(r->a, &b);
}

static const char *read_concerns(struct reading *r, struct json_object *output)
{
	struct json_object *list = json_get_array(output, "concerns");
	struct buf b;

	buf_init(&b, TEXT_BYTES);
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *c = json_object_array_get_idx(list, i);
		const char *about = json_get_str(c, "about", ""), *text = json_get_str(c, "text", "");
		if (blank(text))
			drop(r, "concern", i, "it says nothing");
		else if (!agent_name(about))
			drop(r, "concern", i, "it names no earlier agent");
		else
			add_bullet(&b, arena_printf(r->a, "**%s**: ", about), text);
	}
	return finished(r->a, &b);
}

static const char *wrong_message(const char *to, const char *topic, const char *body)
{
	if (!*to && !*topic)
		return "it is to nobody and on no topic";
	if (*to && *topic)
		return "it is both to somebody and on a topic";
	if (*to && !agent_name(to))
		return "its \"to\" is no agent's name";
	if (*topic && !topic_name(topic))
		return "its topic is no short word of small letters, digits, - and _";
	if (blank(body))
		return "it is empty";
	if (utf8_length(body, strlen(body)) > BODY_POINTS)
		return "it is longer than 20000 characters";
	return NULL;
}

static const char *read_messages(struct reading *r, struct json_object *output)
{
	struct json_object *list = json_get_array(output, "messages");
	struct buf b;

	buf_init(&b, TEXT_BYTES);
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *m = json_object_array_get_idx(list, i);
		const char *to = json_get_str(m, "to", ""), *topic = json_get_str(m, "topic", ""),
			   *body = json_get_str(m, "body", ""), *wrong = wrong_message(to, topic, body);
		int64_t priority = json_get_int(m, "priority", 0);
		if (!wrong && (priority < -10 || priority > 10))
			wrong = "its priority is not between -10 and 10";
		if (wrong) {
			drop(r, "message", i, wrong);
			continue;
		}
		buf_adds(&b, b.len ? ",{" : "[{");
		buf_adds(&b, *to ? "\"to\":" : "\"topic\":");
		json_write_str(&b, *to ? to : topic, strlen(*to ? to : topic));
		buf_addf(&b, ",\"priority\":%d,\"body\":", (int)priority);
		json_write_str(&b, body, strlen(body));
		buf_addc(&b, '}');
	}
	if (b.len)
		buf_addc(&b, ']');
	return finished(r->a, &b);
}

/* What a review found, for the next to read. */
static const char *read_findings(struct reading *r, struct json_object *output)
{
	struct json_object *list = json_get_array(output, "findings");
	struct buf b;

	buf_init(&b, TEXT_BYTES);
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *f = json_object_array_get_idx(list, i);
		int64_t line = json_get_int(f, "line", 0);
		const char *file = json_get_str(f, "file", "");
		const char *at = !*file	    ? ""
				 : line > 0 ? arena_printf(r->a, "`%s` line %lld: ", file, (long long)line)
					    : arena_printf(r->a, "`%s`: ", file);
		add_bullet(&b, arena_printf(r->a, "**%s** %s", json_get_str(f, "severity", ""), at),
			   arena_printf(r->a, "%s. %s\n%s", json_get_str(f, "title", ""),
					json_get_str(f, "problem", ""), json_get_str(f, "advice", "")));
	}
	if (!b.len)
		buf_adds(&b, json_get_str(output, "summary", "The review failed without a finding."));
	return finished(r->a, &b);
}

static double confidence_of(struct json_object *output)
{
	struct json_object *c = json_get(output, "confidence");

	return json_object_is_type(c, json_type_double) || json_object_is_type(c, json_type_int)
		       ? json_object_get_double(c)
		       : 1;
}

struct handover handover_read(struct arena *a, struct json_object *output, double threshold, bool reviews)
{
	struct reading r = { .a = a };
	struct handover h = { .outcome = HANDOVER_PASS };

	buf_init(&r.dropped, TEXT_BYTES);
	const char *questions = read_questions(&r, output), *concerns = read_concerns(&r, output);
	h.messages = read_messages(&r, output);
	if (questions) {
		h.outcome = HANDOVER_QUESTION;
		h.detail = questions;
	} else if (reviews) {
		if (!streq(json_get_str(output, "verdict", "fail"), "pass")) {
			h.outcome = HANDOVER_FAIL;
			h.detail = read_findings(&r, output);
		}
	} else if (concerns && confidence_of(output) < threshold) {
		h.outcome = HANDOVER_CONCERN;
		h.detail = concerns;
	}
	h.dropped = finished(a, &r.dropped);
	return h;
}

const char *handover_outcome_name(enum handover_outcome outcome)
{
	static const char *const names[] = { "pass", "fail", "concern", "" };

	return names[outcome];
}

bool handover_merge(struct json_object *schema, struct json_object *shared, struct err *e)
{
	struct json_object *own = json_get(schema, "properties"),
			   *required = json_get_array(schema, "required");
	struct json_object *more = json_get(shared, "properties"),
			   *needed = json_get_array(shared, "required");

	if (!json_object_is_type(own, json_type_object) || !required)
		return err_set(e, ERR_INVALID,
			       "an output's schema must have \"properties\" and \"required\"");
	if (!json_object_is_type(more, json_type_object) || !needed)
		return err_set(e, ERR_INVALID, "the shared schema must have \"properties\" and \"required\"");
	json_object_object_foreach(more, name, property)
	{
		struct json_object *there;
		if (json_object_object_get_ex(own, name, &there))
			return err_set(e, ERR_INVALID, "the property \"%.60s\" belongs to the shared schema",
				       name);
		json_object_object_add(own, name, json_object_get(property));
	}
	for (size_t i = 0; i < json_object_array_length(needed); i++)
		json_object_array_add(required, json_object_get(json_object_array_get_idx(needed, i)));
	return true;
}

struct schema *handover_schema(struct arena *a, const char *agents_dir, const char *agent,
			       struct json_object **source, struct err *e)
{
	const char *path = path_join(a, path_join(a, agents_dir, agent), "output.schema.json");
	struct json_object *own = json_load(a, path, SCHEMA_BYTES, e);
	struct json_object *shared =
		own ? json_load(a, path_join(a, agents_dir, "shared/handover.schema.json"), SCHEMA_BYTES, e)
		    : NULL;
	struct schema *s = NULL;

	if (!shared)
		return NULL;
	if (handover_merge(own, shared, e))
		s = schema_compile(a, own, e);
	if (!s)
		err_prefix(e, "%s", path);
	*source = own;
	return s;
}
