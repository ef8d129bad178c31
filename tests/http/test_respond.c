/* SPDX-License-Identifier: MIT */
/* A view becomes a page or JSON; an error becomes a page or a problem; and both say how they may be kept. */
#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mustache.h"
#include "base/str.h"
#include "base/value.h"
#include "http/etag.h"
#include "http/form.h"
#include "http/respond.h"
#include "feed.h"

struct stage {
	struct feed f;
	struct templates *t;
};

static void add(struct templates *t, const char *name, const char *text)
{
	struct err e;
	assert_true(templates_add(t, name, MT_HTML, text, strlen(text), &e));
}

static int setup(void **state)
{
	struct stage *s = malloc(sizeof(*s));
	feed_init(&s->f);
	s->t = templates_new();
	add(s->t, "thing", "<p>{{name}}</p><i>{{_page.title}}</i>");
	add(s->t, "form", "<b>{{problem}}</b>{{error.name}}<input value=\"{{typed.name}}\">{{kept}}");
	add(s->t, "error", "<h1>{{status}} {{title}}</h1>{{detail}}");
	s->f.x.tpl = s->t;
	s->f.x.page = value_object(s->f.arena);
	set_text(s->f.arena, s->f.x.page, "title", "T");
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;
	feed_free(&s->f);
	templates_free(s->t);
	free(s);
	return 0;
}

static struct feed *view(void **state, const char *accept)
{
	struct feed *f = &((struct stage *)*state)->f;
	feed_var(f, "HTTP_ACCEPT", accept);
	feed_get(f, "/thing");
	f->x.view = value_object(f->arena);
	f->x.template_ = "thing";
	set_text(f->arena, f->x.view, "name", "<script>");
	set_text(f->arena, f->x.view, "_secret", "not for JSON");
	return f;
}

static void writes_a_page(void **state)
{
	struct feed *f = view(state, "text/html");
	respond(&f->x);
	assert_int_equal(f->res.status, 200);
	assert_string_equal(f->res.content_type, "text/html; charset=utf-8");
	assert_string_equal(buf_str(&f->res.body), "<p>&lt;script&gt;</p><i>T</i>");
	assert_non_null(strstr(feed_header(f, "Content-Security-Policy"), "default-src 'none'"));
	assert_null(strstr(feed_header(f, "Content-Security-Policy"), "unsafe"));
	assert_string_equal(feed_header(f, "X-Content-Type-Options"), "nosniff");
	assert_string_equal(feed_header(f, "Referrer-Policy"), "same-origin");
	assert_string_equal(feed_header(f, "Cache-Control"), "private, no-cache");
}

static void writes_json_of_the_same_view(void **state)
{
	struct feed *f = view(state, "application/json");
	respond(&f->x);
	assert_string_equal(f->res.content_type, "application/json");
	assert_string_equal(buf_str(&f->res.body), "{\"name\":\"<script>\"}\n");
}

static void answers_not_modified(void **state)
{
	struct feed *f = view(state, "application/json");
	respond(&f->x);
	char tag[100], list[300];
	snprintf(tag, sizeof(tag), "%s", feed_header(f, "ETag"));
	static const struct { const char *format; int status; } cases[] = {
		{ "%s", 304 }, { "W/%s", 304 }, { "\"x\", %s", 304 }, { "*", 304 }, { "\"x\"", 200 }, { "", 200 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *at = strstr(cases[i].format, "%s");
		snprintf(list, sizeof(list), "%.*s%s", at ? (int)(at - cases[i].format) : 99, cases[i].format,
			 at ? tag : "");
		f->res.headers = NULL;
		f->res.status = 0;
		buf_clear(&f->res.body);
		feed_var(f, "HTTP_IF_NONE_MATCH", list);
		respond(&f->x);
		assert_int_equal(f->res.status, cases[i].status);
		assert_true((f->res.body.len == 0) == (cases[i].status == 304));
	}
}

static void keeps_answers_to_posts_nowhere(void **state)
{
	struct feed *f = view(state, "application/json");
	f->req.method = POST;
	respond(&f->x);
	assert_null(feed_header(f, "ETag"));
	assert_string_equal(feed_header(f, "Cache-Control"), "no-store");
}

static void leaves_redirects_alone(void **state)
{
	struct feed *f = view(state, "text/html");
	response_redirect(f->arena, &f->res, "/sub", "/runs/1");
	respond(&f->x);
	assert_int_equal(f->res.status, 303);
	assert_string_equal(feed_header(f, "Location"), "/sub/runs/1");
	assert_int_equal(f->res.body.len, 0);
}

static void writes_problems(void **state)
{
	struct feed *f = view(state, "application/json");
	struct err e = { 0 };
	err_set(&e, ERR_INVALID, "One field needs \"another\" value.");
	form_problem(&f->x, &f->x.problems, "name", "Name is needed.");
	respond_error(&f->x, &e);
	assert_int_equal(f->res.status, 422);
	assert_string_equal(f->res.content_type, "application/problem+json");
	struct json_object *j = json_parse(f->arena, f->res.body.data, f->res.body.len, &e);
	assert_non_null(j);
	assert_string_equal(json_get_str(j, "type", ""), "about:blank");
	assert_int_equal(json_get_int(j, "status", 0), 422);
	assert_string_equal(json_get_str(j, "detail", ""), "One field needs \"another\" value.");
	assert_string_equal(json_get_str(j, "instance", ""), "/thing");
	struct json_object *first = json_object_array_get_idx(json_get_array(j, "errors"), 0);
	assert_string_equal(json_get_str(first, "pointer", ""), "/name");
}

static void shows_the_form_again(void **state)
{
	struct feed *f = view(state, "text/html");
	struct err e = { 0 };
	err_set(&e, ERR_INVALID, "Oh.");
	f->x.template_ = "form";
	set_text(f->arena, f->x.view, "kept", "K");
	form_problem(&f->x, &f->x.problems, "name", "Bad.");
	set_text(f->arena, value_get(f->x.problems, "typed"), "name", "\"><b>");
	respond_error(&f->x, &e);
	assert_int_equal(f->res.status, 422);
	assert_string_equal(buf_str(&f->res.body), "<b>Oh.</b>Bad.<input value=\"&quot;&gt;&lt;b&gt;\">K");
	assert_string_equal(feed_header(f, "Cache-Control"), "no-store");
}

static void shows_an_error_page(void **state)
{
	struct feed *f = view(state, "text/html");
	struct err e = { 0 };
	err_set(&e, ERR_UNAVAILABLE, "Later.");
	respond_error(&f->x, &e);
	assert_int_equal(f->res.status, 503);
	assert_non_null(strstr(buf_str(&f->res.body), "Later."));
	assert_non_null(feed_header(f, "Retry-After"));
}

static void speaks_plainly_without_templates(void **state)
{
	struct feed *f = view(state, "text/html");
	struct err e = { 0 };
	err_set(&e, ERR_NOT_FOUND, "Nothing.");
	f->x.tpl = NULL;
	respond_error(&f->x, &e);
	assert_int_equal(f->res.status, 404);
	assert_string_equal(f->res.content_type, "text/plain; charset=utf-8");
	assert_non_null(strstr(buf_str(&f->res.body), "Nothing."));
}

static void a_broken_page_is_an_error_not_a_half_page(void **state)
{
	struct feed *f = view(state, "text/html");
	f->x.template_ = "missing";
	respond(&f->x);
	assert_int_equal(f->res.status, 500);
	assert_non_null(strstr(buf_str(&f->res.body), "<h1>500"));
}

static void tags_tell_bodies_apart(void **state)
{
	char a[ETAG_SIZE], b[ETAG_SIZE], text[70] = { 0 };
	for (size_t n = 0; n < sizeof(text); n++) {
		etag_of(text, n, a);
		etag_of(text, n + 1 <= sizeof(text) ? n + 1 : n - 1, b);
		assert_string_not_equal(a, b);
		if (!n)
			continue;
		text[n - 1] = 1;
		etag_of(text, n, b);
		text[n - 1] = 0;
		assert_string_not_equal(a, b);
		assert_int_equal(strlen(a), ETAG_SIZE - 1);
	}
}

static void aborts_on_a_line_break_in_a_header(void **state)
{
	struct feed *f = view(state, "text/html");
	pid_t child = fork();
	int status = 0;
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		response_header(f->arena, &f->res, "X", "a\r\nSet-Cookie: b");
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(writes_a_page), CASE(writes_json_of_the_same_view), CASE(answers_not_modified),
		CASE(keeps_answers_to_posts_nowhere), CASE(leaves_redirects_alone), CASE(writes_problems),
		CASE(shows_the_form_again), CASE(shows_an_error_page), CASE(speaks_plainly_without_templates),
		CASE(a_broken_page_is_an_error_not_a_half_page), CASE(tags_tell_bodies_apart),
		CASE(aborts_on_a_line_break_in_a_header),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
