/* SPDX-License-Identifier: MIT */
#include "http/form.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "http/exchange.h"

#define MICRO 1000000

/* What was sent for one field: as text, and for JSON its type. */
struct given {
	const char *text; /* NULL: absent */
	size_t len;
	enum json_type type; /* json_type_string for forms */
	bool from_form;
};

static struct value *problems_new(struct arena *a)
{
	struct value *p = value_object(a);
	value_set(a, p, "errors", value_list(a));
	value_set(a, p, "typed", value_object(a));
	value_set(a, p, "error", value_object(a));
	return p;
}

void form_problem(struct exchange *x, struct value **problems, const char *field, const char *detail)
{
	struct arena *a = x->arena;
	if (!*problems)
		*problems = problems_new(a);
	const char *name = arena_strdup(a, field), *text = arena_strdup(a, detail);
	struct value *one = value_object(a);
	set_text(a, one, "detail", text);
	set_text(a, one, "pointer", arena_printf(a, "/%s", name));
	set_text(a, one, "field", name);
	value_add(a, value_get(*problems, "errors"), one);
	if (!value_get(value_get(*problems, "error"), name))
		set_text(a, value_get(*problems, "error"), name, text);
}

__attribute__((format(printf, 4, 5)))
static bool wrong(struct exchange *x, struct value **problems, const struct field *f, const char *fmt, ...)
{
	char text[256], detail[320];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(detail, sizeof(detail), "%s %s", f->label, text);
	form_problem(x, problems, f->name, detail);
	return false;
}

static struct given given_in(struct exchange *x, const char *name)
{
	struct given g = { .from_form = !x->req->json, .type = json_type_string };
	if (!x->req->json) {
		for (size_t i = 0; i < x->req->form_count && !g.text; i++)
			if (streq(x->req->form[i].name, name))
				g = (struct given){ x->req->form[i].value, x->req->form[i].len, json_type_string, true };
		return g;
	}
	struct json_object *v = json_get(x->req->json, name);
	if (!v || json_object_is_type(v, json_type_null))
		return g;
	g.type = json_object_get_type(v);
	g.text = g.type == json_type_string ? json_object_get_string(v) : json_text(x->arena, v);
	g.len = g.type == json_type_string ? (size_t)json_object_get_string_len(v) : strlen(g.text);
	return g;
}

/* CRLF and CR become LF; one line loses the blanks around it. */
static struct str tidy(struct arena *a, struct given g, unsigned flags)
{
	struct str s = { g.text, g.len };
	if (flags & SECRET)
		return s;
	if (!(flags & MULTILINE))
		return str_trim(s);
	char *out = arena_alloc(a, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '\r' && i + 1 < s.len && s.s[i + 1] == '\n')
			continue;
		out[n++] = s.s[i] == '\r' ? '\n' : s.s[i];
	}
	return (struct str){ out, n };
}

static bool read_text(struct exchange *x, struct value **problems, const struct field *f, struct given g,
		      const char **out)
{
	if (g.type != json_type_string)
		return wrong(x, problems, f, "must be a text.");
	struct str s = tidy(x->arena, g, f->flags);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];
		if ((c < 0x20 && !((f->flags & MULTILINE) && (c == '\n' || c == '\t'))) || c == 0x7f)
			return wrong(x, problems, f, c == '\n' ? "must be a single line." :
				     "contains a control character; remove it.");
	}
	int64_t points = (int64_t)utf8_length(s.s, s.len);
	if ((f->flags & REQUIRED) && !str_trim(s).len)
		return wrong(x, problems, f, "is needed.");
	if (points > f->max)
		return wrong(x, problems, f, "is too long: %lld of at most %lld characters.", (long long)points,
			     (long long)f->max);
	if (points < f->min && (points || (f->flags & REQUIRED)))
		return wrong(x, problems, f, "is too short: it needs %lld characters.", (long long)f->min);
	*out = arena_strndup(x->arena, s.s, s.len);
	return true;
}

static bool read_number(struct exchange *x, struct value **problems, const struct field *f, struct given g,
			int64_t *out)
{
	bool money = f->kind == FIELD_KIND_MONEY;
	if (!g.from_form && g.type != json_type_int && !(money && g.type == json_type_double))
		return wrong(x, problems, f, "must be a number.");
	const char *text = arena_strndup(x->arena, str_trim((struct str){ g.text, g.len }).s,
					 str_trim((struct str){ g.text, g.len }).len);
	if (money && !parse_decimal(text, 6, f->max, out))
		return wrong(x, problems, f, "must be an amount such as 12.50, at most %lld.",
			     (long long)(f->max / MICRO));
	if (!money && !parse_i64(text, f->min, f->max, out))
		return wrong(x, problems, f, "must be a whole number from %lld to %lld.", (long long)f->min,
			     (long long)f->max);
	return true;
}

static bool read_enum(struct exchange *x, struct value **problems, const struct field *f, struct given g,
		      const char **out)
{
	char list[200] = "";
	for (const char *const *p = f->allowed; *p; p++) {
		if (g.type == json_type_string && streq(*p, g.text)) {
			*out = *p;
			return true;
		}
		size_t n = strlen(list);
		snprintf(list + n, sizeof(list) - n, "%s%s", n ? ", " : "", *p);
	}
	return wrong(x, problems, f, "must be one of: %s.", list);
}

static bool read_bool(struct exchange *x, struct value **problems, const struct field *f, struct given g, bool *out)
{
	if (!g.from_form && g.type != json_type_boolean)
		return wrong(x, problems, f, "must be true or false.");
	*out = streq(g.text, "true") || streq(g.text, "on") || streq(g.text, "1");
	if (!*out && !streq(g.text, "false") && !streq(g.text, "0") && g.text[0])
		return wrong(x, problems, f, "must be true or false.");
	return true;
}

static bool read_field(struct exchange *x, struct value **problems, const struct field *f, void *out)
{
	void *at = (char *)out + f->offset;
	struct given g = given_in(x, f->name);
	bool blank = g.text && g.from_form && !str_trim((struct str){ g.text, g.len }).len;
	bool number = f->kind == FIELD_KIND_INT || f->kind == FIELD_KIND_MONEY;
	if (f->kind == FIELD_KIND_MONEY)
		*(int64_t *)at = -1;
	if (g.text && !(f->flags & SECRET))
		value_set(x->arena, value_get(*problems, "typed"), f->name, value_textn(x->arena, g.text, g.len));
	if (!g.text || (blank && (number || f->kind == FIELD_KIND_ENUM)))
		return (f->flags & REQUIRED) ? wrong(x, problems, f, "is needed.") : true;
	switch (f->kind) {
	case FIELD_KIND_TEXT:
		return read_text(x, problems, f, g, at);
	case FIELD_KIND_INT:
	case FIELD_KIND_MONEY:
		return read_number(x, problems, f, g, at);
	case FIELD_KIND_ENUM:
		return read_enum(x, problems, f, g, at);
	case FIELD_KIND_BOOL:
		return read_bool(x, problems, f, g, at);
	}
	return false;
}

static bool known(const struct field *fields, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (streq(fields[i].name, name))
			return true;
	return false;
}

static bool refuse_name(struct exchange *x, struct value **problems, const char *name, const char *why)
{
	size_t n = utf8_prefix(name, strlen(name), 60);
	const char *shown = arena_strndup(x->arena, name, n);
	form_problem(x, problems, shown, why);
	return false;
}

static bool names_known(struct exchange *x, struct value **problems, const struct field *fields, size_t count)
{
	static const char unknown[] = "There is no such field.";
	bool ok = true;
	if (x->req->json) {
		json_object_object_foreach(x->req->json, key, v) {
			(void)v;
			if (!known(fields, count, key))
				ok = refuse_name(x, problems, key, unknown);
		}
		return ok;
	}
	for (size_t i = 0; i < x->req->form_count; i++) {
		const char *name = x->req->form[i].name;
		if (name[0] == '_')
			continue;
		if (!known(fields, count, name))
			ok = refuse_name(x, problems, name, unknown);
		for (size_t j = 0; j < i; j++)
			if (streq(name, x->req->form[j].name))
				ok = refuse_name(x, problems, name, "This field was sent twice.");
	}
	return ok;
}

bool form_read(struct exchange *x, const struct field *fields, size_t count, void *out, struct value **problems,
	       struct err *e)
{
	*problems = problems_new(x->arena);
	if (x->req->json && !json_object_is_type(x->req->json, json_type_object))
		return err_set(e, ERR_INVALID, "The body must be a JSON object.");
	bool ok = names_known(x, problems, fields, count);
	for (size_t i = 0; i < count; i++)
		ok &= read_field(x, problems, &fields[i], out);
	if (ok)
		return true;
	size_t n = value_count(value_get(*problems, "errors"));
	return err_set(e, ERR_INVALID, n == 1 ? "One field needs another value." :
		       "%zu fields need another value.", n);
}
