/* SPDX-License-Identifier: MIT */
/* Editing an output in place: a form for a part of it, and the revision that comes of it. */
#include "web/handlers.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "flow/schema.h"
#include "http/form.h"
#include "http/request.h"
#include "http/route.h"
#include "model/artifact.h"
#include "model/gate.h"
#include "web/app.h"
#include "web/edit_form.h"
#include "web/gate_shown.h"
#include "web/outputs.h"
#include "web/param.h"

enum { AT_POINTS = 300, FILE_BYTES = 400000 };

struct editing {
	struct exchange *x;
	int64_t gate, revision; /* what the person had before them */
	const char *at;
	bool remove;
	struct value *seen;     /* the view "gate" */
	const struct output_form *form;
	struct json_object *body, *value;    /* of the revision that is current; value: what stands at `at` */
	const char *path;       /* at a file: its path */
	struct str content;     /* and what is in it, or was typed */
	struct problems wrong;
	const char *say;        /* what is wrong with the whole */
};

static const struct field edit_form_fields[] = {
	FIELD_INT("revision", struct editing, revision, 0, INT32_MAX, REQUIRED, "The revision"),
	FIELD_TEXT("at", struct editing, at, 0, AT_POINTS, 0, "The place"),
	FIELD_BOOL("remove", struct editing, remove, "Removing it"),
};

static bool load_file(struct editing *t, struct err *e)
{
	struct exchange *x = t->x;
	struct stored_file file;
	t->path = json_get_str(t->value, "path", "");
	if (!file_load(x->db, x->arena, value_get(t->seen, "run_id")->u.i, value_str(value_get(t->seen, "stage")),
		       value_get(t->seen, "revision")->u.i, t->path, 0, false, &file, e))
		return false;
	t->content = file.body;
	return (file.loaded && file.body.len <= FILE_BYTES && utf8_invalid(file.body.s, file.body.len) < 0) ||
	       err_set(e, ERR_INVALID, "This file is no text that could be edited here.");
}

/* The output as it is, and the part of it that is to be edited. */
static bool load(struct editing *t, struct err *e)
{
	struct exchange *x = t->x;
	if (!gate_view(x->db, x->arena, t->gate, app_owner(x), x->who.account_id, &t->seen, e))
		return false;
	struct value *stage = value_get(t->seen, "stage_view"), *json = value_get(stage, "body");
	t->form = outputs_of(app_of(x)->outputs, value_str(value_get(t->seen, "_agent")));
	if (!t->form || !json || (json->kind != V_JSON && json->kind != V_TEXT))
		return err_set(e, ERR_NOT_FOUND, "There is no output here that could be edited.");
	const char *body = arena_strndup(x->arena, json->u.text.s, json->u.text.len);
	t->body = json_parse(x->arena, body, strlen(body), e);
	if (!t->body)
		return false;
	t->value = json_at(x->arena, t->body, t->at);
	size_t n = strlen(t->at);
	bool another = n > 2 && streq(t->at + n - 2, "/-");
	if (!schema_at(x->arena, t->form->source, t->at) || (!t->value && !another))
		return err_set(e, ERR_NOT_FOUND, "There is nothing at \"%.100s\" that could be edited.", t->at);
	return strncmp(t->at, "/files/", 7) != 0 || !json_get(t->value, "sha256") || load_file(t, e);
}

/* ---- the page ---- */

static void show(struct editing *t)
{
	struct exchange *x = t->x;
	struct arena *a = x->arena;
	struct value *v = value_object(a);
	static const char *const keys[] = { "id", "run_id", "name", "stage", "revision" };
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		value_set(a, v, keys[i], value_get(t->seen, keys[i]));
	set_text(a, v, "title", value_str(value_get(value_get(t->seen, "stage_view"), "title")));
	set_text(a, v, "at", t->at);
	set_text(a, v, "path", t->path);
	value_set(a, v, "value", t->path ? value_textn(a, t->content.s, t->content.len) :
				 t->value ? value_from_json(a, t->value) : value_null(a));
	struct value *fields = t->path ? value_list(a) :
				edit_fields(a, t->form->source, t->at, t->value, &t->wrong);
	value_set(a, v, "_fields", fields);
	set_bool(a, v, "_whole", !*t->at);
	set_bool(a, v, "_can_remove",
		 json_object_is_type(t->value, json_type_object) && strchr(t->at + (*t->at != '\0'), '/') && !t->path);
	const char *part = strrchr(t->at, '/');
	struct json_object *named = t->value;
	set_text(a, v, "_what", t->path ? t->path : !*t->at ? "Texts" : json_get_str(named, "title",
		 json_get_str(named, "label", json_get_str(named, "name", json_get_str(named, "statement", part + 1)))));
	struct value *lists = value_list(a);
	if (!*t->at && json_object_is_type(t->body, json_type_object)) {
		json_object_object_foreach(t->body, name, member)
		{
			struct value *l = value_object(a);
			bool listed = json_object_is_type(member, json_type_array) &&
				      !edit_is_text(t->form->source, name) &&
				      schema_at(a, t->form->source, arena_printf(a, "/%s/-", name));
			static const char *const own[] = { "files", "concerns", "messages", "questions", "answers" };
			for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
				listed = listed && !streq(name, own[i]);
			for (size_t i = 0; i < t->form->list_count; i++)
				listed = listed && !streq(name, t->form->lists[i].list);
			if (!listed)
				continue;
			set_text(a, l, "name", name);
			set_url(a, l, "_url",
				app_path(x, arena_printf(a, "/gates/%lld/edit?at=/%s", (long long)t->gate, name)));
			value_add(a, lists, l);
		}
	}
	value_set(a, v, "_lists", lists);
	set_text(a, v, "_say", t->say);
	x->view = v;
	x->template_ = "gate_edit";
	app_title(x,
		  arena_printf(a, "Edit %s, %s", value_str(value_get(v, "title")), value_str(value_get(v, "name"))),
		  "projects");
}

bool page_gate_edit(struct exchange *x, struct err *e)
{
	struct editing t = { .x = x };
	const char *at = request_query(x->req, "at");
	t.at = at ? at : "";
	if (!route_id(x, 0, &t.gate, e) || !load(&t, e))
		return false;
	if (!value_get(t.seen, "can_decide")->u.b)
		return err_set(e, ERR_FORBIDDEN, "Who may decide here may edit. %s",
			       value_str(value_get(t.seen, "why_not")));
	show(&t);
	return true;
}

/* ---- what was typed ---- */

/* The place itself in a copy; false where there is none. */
static struct json_object *body_with(struct editing *t, struct json_object *value, struct err *e)
{
	struct arena *a = t->x->arena;
	const char *text = json_text(a, t->body), *slash = strrchr(t->at, '/');
	struct json_object *body = json_parse(a, text, strlen(text), e), *in;
	int64_t at = 0;
	if (!body || !*t->at)
		return value ? value : body;
	in = json_at(a, body, arena_strndup(a, t->at, (size_t)(slash - t->at)));
	if (json_object_is_type(in, json_type_object)) {
		json_object_object_add(in, slash + 1, json_object_get(value));
	} else if (streq(slash, "/-")) {
		json_object_array_add(in, json_object_get(value));
	} else if (parse_i64(slash + 1, 0, INT32_MAX, &at)) {
		if (t->remove)
			json_object_array_del_idx(in, (size_t)at, 1);
		else
			json_object_array_put_idx(in, (size_t)at, json_object_get(value));
	}
	return body;
}

/* As the schema has it: files with their contents. Those that are not edited were accepted before. */
static struct json_object *to_check(struct editing *t, struct json_object *body, struct err *e)
{
	struct arena *a = t->x->arena;
	const char *text = json_text(a, body);
	struct json_object *copy = json_parse(a, text, strlen(text), e), *files = json_get_array(copy, "files");
	for (size_t i = 0; files && i < json_object_array_length(files); i++) {
		struct json_object *f = json_object_array_get_idx(files, i);
		bool this = t->path && streq(json_get_str(f, "path", ""), t->path);
		if (!json_get(f, "sha256"))
			continue;
		json_object_object_del(f, "sha256");
		json_object_object_del(f, "size");
		struct str text_of = this ? t->content : STR("");
		json_object_object_add(f, "content",
				       json_object_new_string_len(text_of.s ? text_of.s : "", (int)text_of.len));
	}
	/* An output from before agents had to answer comments. */
	if (copy && !json_get(copy, "answers"))
		json_object_object_add(copy, "answers", json_object_new_array());
	return copy;
}

static const struct item_list *list_at(const struct editing *t)
{
	for (size_t i = 0; i < t->form->list_count; i++) {
		size_t n = strlen(t->form->lists[i].list);
		if (t->at[0] == '/' && strncmp(t->at + 1, t->form->lists[i].list, n) == 0 && t->at[n + 1] == '/')
			return &t->form->lists[i];
	}
	return NULL;
}

static void add_edited(struct json_object *out, const char *list, const char *key, const char *item)
{
	struct json_object *o = json_object_new_object();
	json_object_object_add(o, "list", json_object_new_string(list));
	json_object_object_add(o, "key", json_object_new_string(key));
	json_object_object_add(o, "item", json_object_new_string(item));
	json_object_array_add(out, o);
}

/* What the person wrote, by the names of items or of members. */
static const char *edited(struct editing *t, struct json_object *body)
{
	struct arena *a = t->x->arena;
	struct json_object *out = json_own(a, json_object_new_array());
	const struct item_list *l = list_at(t);
	if (l && !t->remove) {
		/* Also where only a part of the item was given. */
		const char *rest = t->at + 1 + strlen(l->list) + 1;
		struct json_object *in = json_get_array(body, l->list);
		int64_t at = (int64_t)json_object_array_length(in) - 1;
		parse_i64(arena_strndup(a, rest, strcspn(rest, "/")), 0, at, &at);
		add_edited(out, l->list, l->key, json_get_str(json_object_array_get_idx(in, (size_t)at), l->key, ""));
	} else if (*t->at && !l) {
		size_t n = strcspn(t->at + 1, "/");
		add_edited(out, "", "", arena_strndup(a, t->at + 1, n));
	} else if (!*t->at) {
		json_object_object_foreach(body, name, member)
		{
			struct json_object *was = json_get(t->body, name);
			if (!was || !streq(json_text(a, was), json_text(a, member)))
				add_edited(out, "", "", name);
		}
	}
	return json_text(a, out);
}

/* How many items share their name with one before them. */
static size_t doubles(const struct item_list *l, struct json_object *body)
{
	struct json_object *in = json_get_array(body, l->list);
	size_t n = in ? json_object_array_length(in) : 0, found = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			found += streq(json_get_str(json_object_array_get_idx(in, i), l->key, ""),
				       json_get_str(json_object_array_get_idx(in, k), l->key, ""));
	return found;
}

/* Two of one name could not be told apart. */
static bool named_once(struct editing *t, struct json_object *body)
{
	const struct item_list *l = list_at(t);
	return !l || doubles(l, body) <= doubles(l, t->body);
}

static bool take_file(struct editing *t, struct json_object *given, struct json_object **value, struct err *e)
{
	struct arena *a = t->x->arena;
	const char *typed = given ? json_get_str(given, "content", NULL) : request_form(t->x->req, "_content");
	if (!typed)
		return err_set(e, ERR_INVALID, "The file's content is needed.");
	char *text = arena_strdup(a, typed), *to = text;
	/* Browsers send every line's end as CRLF. */
	for (const char *p = typed; *p; p++)
		if (given || p[0] != '\r' || p[1] != '\n')
			*to++ = *p;
	*to = '\0';
	t->content = str_from(text);
	if (t->content.len > FILE_BYTES)
		return err_set(e, ERR_INVALID, "A file has at most %d bytes.", FILE_BYTES);
	*value = json_own(a, json_object_new_object());
	json_object_object_add(*value, "path", json_object_new_string(t->path));
	json_object_object_add(*value, "sha256", json_object_new_string(sha256_hex(a, t->content.s, t->content.len)));
	json_object_object_add(*value, "size", json_object_new_int64((int64_t)t->content.len));
	return true;
}

static bool is_same(struct editing *t, struct json_object *body, const char *name)
{
	struct arena *a = t->x->arena;
	struct json_object *was = json_get(t->body, name), *is = json_get(body, name);
	return streq(was ? json_text(a, was) : "", is ? json_text(a, is) : "");
}

/* What an agent said beside its work stays its word, and stored files are edited by their content. */
static bool allowed(struct editing *t, struct json_object *body, struct err *e)
{
	static const char *const fixed[] = { "confidence", "concerns", "messages", "questions", "answers" };
	bool stored = json_get(json_at(t->x->arena, t->body, "/files/0"), "sha256") != NULL;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (!is_same(t, body, fixed[i]))
			return err_set(e, ERR_INVALID, "\"%s\" is the agent's word beside its work: it is not edited.", fixed[i]);
	if (stored && (t->path ? t->remove : !is_same(t, body, "files")))
		return err_set(e, ERR_INVALID, "A file is edited by its content; to add or remove one, ask for changes.");
	return true;
}

static bool save(struct editing *t, struct json_object *given, int64_t *revision, struct err *e)
{
	struct exchange *x = t->x;
	struct arena *a = x->arena;
	struct json_object *value = NULL, *body, *check;
	if (t->remove)
		value = NULL;
	else if (t->path && !take_file(t, given, &value, e))
		return false;
	else if (!t->path)
		value = given ? given : edit_typed(a, t->form->source, t->at, t->value, x->req);
	if (!t->remove && !value)
		return err_set(e, ERR_INVALID, "Nothing was typed.");
	if (!(body = body_with(t, value, e)) || !allowed(t, body, e) || !(check = to_check(t, body, e)))
		return false;
	if (!t->path && !t->remove)
		t->value = value; /* what is shown again */
	if (!schema_validate(t->form->schema, check, a, &t->wrong))
		return err_set(e, ERR_INVALID, "This does not fit yet: see beside the fields.");
	if (!t->remove && !named_once(t, body))
		return err_set(e, ERR_INVALID, "There is another of this name: give it one of its own.");
	const struct reviewer me = reviewer_of(x, t->gate);
	struct edit d = { .revision = t->revision, .body = json_text(a, body), .path = t->path, .content = t->content };
	d.document = outputs_document(app_of(x)->outputs, a, t->form->agent, check, e);
	if (!d.document)
		return false;
	d.edited = edited(t, body);
	return artifact_edit(&me, &d, revision, e);
}

/* Problems beside the fields for pages, as errors with pointers for programs. */
static void put_problems(struct editing *t, struct value **problems)
{
	struct arena *a = t->x->arena;
	struct value *general = value_list(a);
	if (!t->wrong.count)
		return;
	*problems = value_object(a);
	struct value *errors = value_list(a);
	for (size_t i = 0; i < t->wrong.count; i++) {
		struct value *one = value_object(a);
		set_text(a, one, "detail", t->wrong.list[i].sentence);
		set_text(a, one, "pointer", t->wrong.list[i].pointer);
		value_add(a, errors, one);
		if (strncmp(t->wrong.list[i].pointer, t->at, strlen(t->at)) != 0)
			value_add(a, general, one);
	}
	value_set(a, *problems, "errors", errors);
	value_set(a, *problems, "_general", general);
}

bool gate_edit(struct exchange *x, struct err *e)
{
	struct editing t = { .x = x, .at = "" };
	struct json_object *given = NULL;
	struct value *problems = NULL;
	int64_t revision;
	if (!route_id(x, 0, &t.gate, e))
		return false;
	/* What is given may be anything, so it is read here. */
	if (x->req->json && json_object_is_type(x->req->json, json_type_object) && (given = json_get(x->req->json, "value"))) {
		json_own(x->arena, json_object_get(given));
		json_object_object_del(x->req->json, "value");
	}
	if (!form_read(x, edit_form_fields, sizeof(edit_form_fields) / sizeof(edit_form_fields[0]), &t, &problems, e)) {
		x->problems = problems;
		return false;
	}
	if (!load(&t, e))
		return false;
	if (x->req->json && !given && !t.remove)
		return err_set(e, ERR_INVALID, "\"value\" is needed: what is to stand there.");
	if (save(&t, given, &revision, e)) {
		if (request_wants_json(x->req))
			return gate_shown(x, t.gate, NULL, e);
		return app_redirect(x, arena_printf(x->arena, "/gates/%lld?against=previous#changes", (long long)t.gate));
	}
	problems = NULL;
	put_problems(&t, &problems);
	if (request_wants_json(x->req) || (e->class != ERR_INVALID && e->class != ERR_CONFLICT)) {
		x->problems = problems;
		return false;
	}
	t.say = arena_strdup(x->arena, e->msg);
	show(&t);
	x->problems = problems ? problems : value_object(x->arena);
	return false;
}
