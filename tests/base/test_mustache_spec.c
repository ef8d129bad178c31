/* SPDX-License-Identifier: MIT */
/*
 * Every case of the Mustache specification, each as one TAP case.
 *
 * The cases run as HTML, the type with the most rules. Our raw tag lets only V_HTML
 * through there, and the specification's lets any string through: so each string
 * of a case's data is given as V_HTML, which {{tag}} escapes as it does any other.
 * Two cases have a tag right behind a '<', or end in one, which our HTML lint refuses,
 * since what follows could name an element; they have nothing to escape and run as text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mustache.h"
#include "base/str.h"
#include "base/value.h"

static const char *const modules[] = {
	"comments", "delimiters", "interpolation", "inverted", "partials", "sections", "inheritance",
};

static const char *const as_text[][2] = {
	{ "comments", "Variable Name Collision" },
	{ "partials", "Recursion" },
};

static int number;
static int failures;

static void mark_html(struct value *v)
{
	if (v->kind == V_TEXT)
		v->kind = V_HTML;
	if (v->kind == V_OBJECT) {
		for (struct member *m = v->u.object.first; m; m = m->next)
			mark_html(m->v);
	}
	if (v->kind == V_LIST) {
		for (struct item *it = v->u.list.first; it; it = it->next)
			mark_html(it->v);
	}
}

static bool add(struct templates *set, const char *name, enum mustache_type type, const char *text,
		struct err *e)
{
	return templates_add(set, name, type, text, strlen(text), e);
}

static enum mustache_type type_for(const char *module, const char *name)
{
	for (size_t i = 0; i < sizeof(as_text) / sizeof(*as_text); i++) {
		if (streq(module, as_text[i][0]) && streq(name, as_text[i][1]))
			return MT_TEXT;
	}
	return MT_HTML;
}

static bool render(struct arena *a, const char *module, struct json_object *test, struct buf *out,
		   struct err *e)
{
	enum mustache_type type = type_for(module, json_get_str(test, "name", ""));
	struct templates *set = templates_new();
	struct value *view = value_from_json(a, json_get(test, "data"));
	struct json_object *partials = json_get(test, "partials");
	bool ok = add(set, "the case", type, json_get_str(test, "template", ""), e);

	mark_html(view);
	if (partials) {
		json_object_object_foreach(partials, name, body)
			ok = ok && add(set, name, type, json_object_get_string(body), e);
	}
	ok = ok && templates_render(set, "the case", view, out, e);
	templates_free(set);
	return ok;
}

static void run(struct arena *a, const char *module, struct json_object *test)
{
	const char *expected = json_get_str(test, "expected", NULL);
	struct err e = { 0 };
	struct buf out;
	bool ok;

	buf_init(&out, 65536);
	ok = expected && render(a, module, test, &out, &e) && streq(buf_str(&out), expected);
	printf("%s %d - %s: %s\n", ok ? "ok" : "not ok", ++number, module, json_get_str(test, "name", ""));
	if (!ok) {
		struct value *got = value_text(a, arena_strdup(a, buf_str(&out))),
			     *wanted = value_text(a, expected);

		failures++;
		buf_clear(&out);
		value_write_json(got, &out);
		printf("# got    %s\n", buf_str(&out));
		buf_clear(&out);
		value_write_json(wanted, &out);
		printf("# wanted %s\n# error  %s\n", buf_str(&out), e.msg);
	}
	buf_release(&out);
}

int main(void)
{
	const char *top = getenv("top_srcdir");
	struct arena *a = arena_new(0);
	struct err e = { 0 };

	for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++) {
		const char *path = arena_printf(a, "%s/tests/base/fixtures/mustache-%s.json", top ? top : ".",
						modules[i]);
		struct json_object *tests = json_get_array(json_load(a, path, 1 << 20, &e), "tests");

		if (!tests) {
			printf("Bail out! %s\n", e.msg);
			return 1;
		}
		for (size_t k = 0; k < json_object_array_length(tests); k++)
			run(a, modules[i], json_object_array_get_idx(tests, k));
	}
	printf("1..%d\n", number);
	arena_free(a);
	return failures != 0;
}
