/* SPDX-License-Identifier: MIT */
/* What is drafted at a gate, and what becomes of comments: lines' comments and words on items. */
#include "web/handlers.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/request.h"
#include "http/route.h"
#include "model/gate.h"
#include "web/app.h"
#include "web/gate_shown.h"
#include "web/outputs.h"
#include "web/param.h"

enum { COMMENT_POINTS = 8000, WORD_POINTS = 2000, PATH_POINTS = 400, ITEMS = 400 };

static const struct field line_fields[] = {
	FIELD_INT("revision", struct line_comment, revision, 0, INT32_MAX, REQUIRED, "The revision"),
	FIELD_TEXT("path", struct line_comment, path, 0, PATH_POINTS, 0, "The file"),
	FIELD_INT("line", struct line_comment, line, 1, INT32_MAX, REQUIRED, "The line"),
	FIELD_INT("line_end", struct line_comment, line_end, 1, INT32_MAX, 0, "The last line"),
	FIELD_TEXT("text", struct line_comment, text, 1, COMMENT_POINTS, MULTILINE | REQUIRED, "The comment"),
};
static const struct field text_fields[] = {
	FIELD_INT("revision", struct line_comment, revision, 0, INT32_MAX, REQUIRED, "The revision"),
	FIELD_TEXT("text", struct line_comment, text, 1, COMMENT_POINTS, MULTILINE | REQUIRED, "The comment"),
};

static bool answered(struct exchange *x, int64_t gate, int64_t comment, struct err *e)
{
	return gate_done(x, gate, arena_printf(x->arena, "comment-%lld", (long long)comment), e);
}

bool comment_create(struct exchange *x, struct err *e)
{
	struct line_comment c = { .path = "", .text = "" };
	struct value *problems = NULL;
	int64_t gate, id;
	if (!route_id(x, 0, &gate, e))
		return false;
	const struct reviewer me = reviewer_of(x, gate);
	bool read = form_read(x, line_fields, sizeof(line_fields) / sizeof(line_fields[0]), &c, &problems, e);
	c.line_end = c.line_end ? c.line_end : c.line;
	if (read && comment_save(&me, &c, &id, e)) {
		x->res->status = request_wants_json(x->req) ? 201 : x->res->status;
		return answered(x, gate, id, e);
	}
	struct gate_look look = { .against = "previous", .lines = true, .file = c.path, .first = 1, .line = c.line,
				  .line_end = c.line_end < c.line ? c.line : c.line_end };
	return gate_refused(x, gate, &look, "say", problems, e);
}

bool comment_change(struct exchange *x, struct err *e)
{
	struct line_comment c = { .path = "", .line = 1, .line_end = 1, .text = "" };
	struct value *problems = NULL;
	int64_t gate, id;
	if (!route_id(x, 0, &gate, e) || !route_id(x, 1, &c.id, e))
		return false;
	const struct reviewer me = reviewer_of(x, gate);
	if (form_read(x, text_fields, sizeof(text_fields) / sizeof(text_fields[0]), &c, &problems, e) &&
	    comment_save(&me, &c, &id, e))
		return answered(x, gate, id, e);
	return gate_refused(x, gate, NULL, "change", problems, e);
}

/* Forms without a field of their own. */
static bool comment_do(struct exchange *x, const char *anchor, bool (*act)(const struct reviewer *, int64_t, struct err *),
		       struct err *e)
{
	struct value *problems = NULL;
	int64_t gate, comment;
	if (!route_id(x, 0, &gate, e) || !route_id(x, 1, &comment, e) || !form_read(x, NULL, 0, NULL, &problems, e))
		return false;
	const struct reviewer me = reviewer_of(x, gate);
	return act(&me, comment, e) &&
	       (anchor ? gate_done(x, gate, anchor, e) : answered(x, gate, comment, e));
}

static bool resolve(const struct reviewer *r, int64_t comment, struct err *e)
{
	return comment_settle(r, comment, true, e);
}

static bool reopen(const struct reviewer *r, int64_t comment, struct err *e)
{
	return comment_settle(r, comment, false, e);
}

bool comment_delete(struct exchange *x, struct err *e)
{
	return comment_do(x, "document", comment_drop, e);
}

bool comment_resolve(struct exchange *x, struct err *e)
{
	return comment_do(x, NULL, resolve, e);
}

bool comment_reopen(struct exchange *x, struct err *e)
{
	return comment_do(x, NULL, reopen, e);
}

/* ---- items ---- */

struct marks {
	struct exchange *x;
	const struct output_form *form;
	struct buf json;
	size_t count;
};

static bool add_mark(struct marks *m, const char *list, const char *item, const char *verdict, const char *comment,
		     struct err *e)
{
	const struct item_list *of = NULL;
	for (size_t i = 0; m->form && i < m->form->list_count; i++)
		if (streq(m->form->lists[i].list, list))
			of = &m->form->lists[i];
	if (!of)
		return err_set(e, ERR_INVALID, "This output has no list \"%.60s\" whose items are decided on.", list);
	if (*verdict && !streq(verdict, "approve") && !streq(verdict, "reject"))
		return err_set(e, ERR_INVALID, "A word on an item is approve, reject or nothing.");
	if (utf8_length(comment, strlen(comment)) > WORD_POINTS)
		return err_set(e, ERR_INVALID, "A word on an item has at most %d characters.", WORD_POINTS);
	if (++m->count > ITEMS)
		return err_set(e, ERR_INVALID, "At most %d items are marked at once.", ITEMS);
	buf_addf(&m->json, "%s{\"list\":", m->json.len > 1 ? "," : "");
	json_write_str(&m->json, list, strlen(list));
	buf_adds(&m->json, ",\"key\":");
	json_write_str(&m->json, of->key, strlen(of->key));
	buf_adds(&m->json, ",\"item\":");
	json_write_str(&m->json, item, strlen(item));
	buf_adds(&m->json, ",\"verdict\":");
	if (*verdict)
		json_write_str(&m->json, verdict, strlen(verdict));
	else
		buf_adds(&m->json, "null");
	buf_adds(&m->json, ",\"comment\":");
	json_write_str(&m->json, comment, strlen(comment));
	buf_addc(&m->json, '}');
	return true;
}

/* A form's rows: "_v/LIST/ITEM" is the word, "_w/LIST/ITEM" what is said with it. */
static bool marks_of_form(struct marks *m, struct err *e)
{
	struct exchange *x = m->x;
	for (size_t i = 0; i < x->req->form_count; i++) {
		const char *name = x->req->form[i].name, *slash = strncmp(name, "_v/", 3) ? NULL : strchr(name + 3, '/');
		if (!slash)
			continue;
		const char *list = arena_strndup(x->arena, name + 3, (size_t)(slash - name - 3)), *item = slash + 1;
		const char *word = request_form(x->req, arena_printf(x->arena, "_w/%s/%s", list, item)),
			   *verdict = x->req->form[i].value, *all = request_form(x->req, "_all");
		/* A button for a whole list: what has no word yet gets this one. */
		if (all && streq(all, list) && !*verdict)
			verdict = "approve";
		if (!add_mark(m, list, item, verdict, word ? word : "", e))
			return false;
	}
	return true;
}

static bool marks_of_json(struct marks *m, struct json_object *list, struct err *e)
{
	size_t n = list ? json_object_array_length(list) : 0;
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		const char *item = json_get_str(o, "item", NULL);
		if (!item)
			return err_set(e, ERR_INVALID, "Each of \"items\" must have list, item and verdict.");
		if (!add_mark(m, json_get_str(o, "list", ""), item, json_get_str(o, "verdict", ""),
			      json_get_str(o, "comment", ""), e))
			return false;
	}
	return list != NULL || err_set(e, ERR_INVALID, "\"items\" must be a list.");
}

/* What a form said of items stands in its place again, though it was not taken. */
static void keep_typed(struct exchange *x)
{
	struct arena *a = x->arena;
	if (x->req->json || !x->view || !value_get(x->view, "items"))
		return;
	for (const struct item *l = value_get(x->view, "items")->u.list.first; l; l = l->next)
		for (const struct item *i = value_get(l->v, "items")->u.list.first; i; i = i->next) {
			const char *list = value_str(value_get(l->v, "list")), *name = value_str(value_get(i->v, "item"));
			const char *verdict = request_form(x->req, arena_printf(a, "_v/%s/%s", list, name)),
				   *word = request_form(x->req, arena_printf(a, "_w/%s/%s", list, name));
			if (word)
				set_text(a, i->v, "draft_comment", word);
			if (!verdict)
				continue;
			set_text(a, i->v, "draft", *verdict ? verdict : NULL);
			set_bool(a, i->v, "_now_approve", streq(verdict, "approve"));
			set_bool(a, i->v, "_now_reject", streq(verdict, "reject"));
		}
}

static const struct field items_fields[] = {
	FIELD_INT("revision", struct line_comment, revision, 0, INT32_MAX, REQUIRED, "The revision"),
};

bool gate_items(struct exchange *x, struct err *e)
{
	struct marks m = { .x = x };
	struct line_comment c = { .text = "" };
	struct json_object *list = NULL;
	struct value *problems = NULL, *seen;
	int64_t gate;
	if (!route_id(x, 0, &gate, e) || !gate_view(x->db, x->arena, gate, app_owner(x), x->who.account_id, &seen, e))
		return false;
	/* The list is no text, so it is read here. */
	if (x->req->json && json_object_is_type(x->req->json, json_type_object) && (list = json_get_array(x->req->json, "items"))) {
		json_own(x->arena, json_object_get(list));
		json_object_object_del(x->req->json, "items");
	}
	const struct reviewer me = reviewer_of(x, gate);
	m.form = outputs_of(app_of(x)->outputs, value_str(value_get(seen, "_agent")));
	buf_init(&m.json, (size_t)2 << 20);
	buf_addc(&m.json, '[');
	bool ok = form_read(x, items_fields, 1, &c, &problems, e) &&
		  (x->req->json ? marks_of_json(&m, list, e) : marks_of_form(&m, e));
	buf_addc(&m.json, ']');
	ok = ok && (buf_ok(&m.json) || err_set(e, ERR_TOO_LARGE, "That is too much at once.")) &&
	     items_mark(&me, c.revision, arena_strdup(x->arena, buf_str(&m.json)), e);
	buf_release(&m.json);
	if (ok)
		return gate_done(x, gate, "items", e);
	gate_refused(x, gate, NULL, "items", problems, e);
	keep_typed(x);
	return false;
}
