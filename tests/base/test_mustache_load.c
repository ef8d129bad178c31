/* SPDX-License-Identifier: MIT */
/* A folder of templates: names, types, references, staleness. */
#include "../unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mustache.h"

static struct arena *a;
static char folder[40];
static struct err e;

static int setup(void **state)
{
	a = arena_new(0);
	err_clear(&e);
	strcpy(folder, "/tmp/test_mustache_load_XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	arena_free(a);
	return dir_remove_all(folder, NULL) ? 0 : -1;
}

static void put(const char *name, const char *text)
{
	char *path = path_join(a, folder, name), *slash = strrchr(path, '/');

	*slash = '\0';
	assert_true(dir_make_all(path, 0700, NULL));
	*slash = '/';
	assert_true(file_write(path, text, strlen(text), 0600, NULL));
}

static void assert_load_fails(const char *message)
{
	assert_null(templates_load(folder, &e));
	assert_int_equal(e.class, ERR_INVALID);
	assert_string_equal(e.msg, arena_printf(a, "%s%s", folder, message));
}

static void a_name_is_the_path_without_type(void **state)
{
	struct templates *t;
	struct buf out;

	put("page.html.mustache", "{{>partials/nav}}<p>");
	put("partials/nav.html.mustache", "<nav>");
	put("src/main.test.py.mustache", "'x'");
	put("notes.txt", "not a template");
	put(".hidden/x.odd.mustache", "{{");
	t = templates_load(folder, &e);
	assert_non_null(t);
	assert_true(templates_has(t, "page"));
	assert_true(templates_has(t, "partials/nav"));
	assert_true(templates_has(t, "src/main.test"));
	assert_false(templates_has(t, "notes"));
	buf_init(&out, 100);
	assert_true(templates_render(t, "page", NULL, &out, &e));
	assert_string_equal(buf_str(&out), "<nav><p>");
	buf_release(&out);
	templates_free(t);
}

static void mistakes_name_the_file(void **state)
{
	put("a.html.mustache", "x\n{{#y}}");
	assert_load_fails("/a.html.mustache:2: {{y}} has no end");
	put("a.html.mustache", "{{>gone}}");
	assert_load_fails("/a: there is no template gone");
	put("a.html.mustache", "");
	put("b.css.mustache", "");
	assert_load_fails(
		"/b.css.mustache: a template is named name.TYPE.mustache, with a TYPE of html, txt, md, "
		"prompt, py, sql, json, c or sh");
	assert_true(dir_remove_all(path_join(a, folder, "b.css.mustache"), NULL));
	put("a.txt.mustache", "");
	assert_null(templates_load(folder, &e));
	assert_int_equal(e.class, ERR_CONFLICT);
	assert_null(templates_load("/nowhere", &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
}

static void a_change_below_makes_the_set_stale(void **state)
{
	struct templates *t;

	put("a/b.txt.mustache", "one");
	t = templates_load(folder, &e);
	assert_false(templates_stale(t));
	put("a/b.txt.mustache", "three");
	assert_true(templates_stale(t));
	templates_free(t);
	t = templates_load(folder, &e);
	assert_false(templates_stale(t));
	put("c.txt.mustache", "");
	assert_true(templates_stale(t));
	templates_free(t);
	t = templates_load(folder, &e);
	assert_true(dir_remove_all(path_join(a, folder, "c.txt.mustache"), NULL));
	assert_true(templates_stale(t));
	templates_free(t);
	t = templates_new();
	assert_false(templates_stale(t));
	templates_free(t);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_name_is_the_path_without_type),
		CASE(mistakes_name_the_file),
		CASE(a_change_below_makes_the_set_stale),
	};

	return cmocka_run_group_tests_name("mustache_load", tests, NULL, NULL);
}
