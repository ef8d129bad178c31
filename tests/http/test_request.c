/* SPDX-License-Identifier: MIT */
/* Requests are read strictly, or refused with the right class. */
#include "unit.h"

#include "base/arena.h"
#include "base/err.h"
#include "feed.h"

#define FORM "application/x-www-form-urlencoded"

static int setup(void **state)
{
	struct feed *f = malloc(sizeof(*f));
	feed_init(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	feed_free(*state);
	free(*state);
	return 0;
}

static enum err_class read_uri(struct feed *f, const char *uri)
{
	struct err e = { 0 };
	feed_var(f, "REQUEST_METHOD", "GET");
	feed_var(f, "REQUEST_URI", uri);
	bool ok = feed_read(f, "", 1000, &e);
	assert_true(ok == (e.class == ERR_NONE));
	return e.class;
}

static void decodes_path_and_query(void **state)
{
	struct feed *f = *state;
	assert_int_equal(read_uri(f, "/a%20b/%C3%A4?q=1+2%2B3&empty=&flag&&x=%26"), ERR_NONE);
	assert_string_equal(f->req.path, "/a b/ä");
	assert_string_equal(request_query(&f->req, "q"), "1 2+3");
	assert_string_equal(request_query(&f->req, "empty"), "");
	assert_string_equal(request_query(&f->req, "flag"), "");
	assert_string_equal(request_query(&f->req, "x"), "&");
	assert_null(request_query(&f->req, "y"));
	assert_string_equal(f->req.raw_query, "q=1+2%2B3&empty=&flag&&x=%26");
}

static void keeps_a_plus_in_the_path(void **state)
{
	struct feed *f = *state;
	assert_int_equal(read_uri(f, "/a+b"), ERR_NONE);
	assert_string_equal(f->req.path, "/a+b");
}

static void refuses_paths_that_need_repair(void **state)
{
	static const char *const bad[] = { "/../etc", "/a/..", "/a/./b", "/.", "//a", "/a//b", "/a//", "/%2e%2e/x",
		"/a%2Fb", "/a%2fb", "/%", "/%4", "/%zz", "/%00", "/a%0Ab", "/a%7F", "/%ff", "/%C3", "/%ED%A0%80",
		"/?q=%00", "/?q=%", "/?%c0%80=1", "a", "*", "http://host/a" };
	for (size_t i = 0; i < COUNT(bad); i++)
		if (read_uri(*state, bad[i]) != ERR_MALFORMED)
			fail_msg("%s was not refused as malformed", bad[i]);
}

static void accepts_paths_that_only_look_odd(void **state)
{
	static const char *const good[] = { "/", "/a", "/a/", "/...", "/a..b", "/.well-known", "/a?b=/../c", "/%25" };
	for (size_t i = 0; i < COUNT(good); i++)
		if (read_uri(*state, good[i]) != ERR_NONE)
			fail_msg("%s was refused", good[i]);
}

static void refuses_long_addresses(void **state)
{
	char uri[20000] = "/";
	memset(uri + 1, 'a', 3000);
	assert_int_equal(read_uri(*state, uri), ERR_TOO_LARGE);
	memset(uri, 0, sizeof(uri));
	strcpy(uri, "/?");
	memset(uri + 2, 'a', 9000);
	assert_int_equal(read_uri(*state, uri), ERR_TOO_LARGE);
}

static void strips_the_sub_path(void **state)
{
	struct feed *f = *state;
	struct err e = { 0 };
	feed_var(f, "REQUEST_METHOD", "GET");
	feed_var(f, "REQUEST_URI", "/sub/projects");
	assert_true(feed_read(f, "/sub", 1000, &e));
	assert_string_equal(f->req.path, "/projects");
	feed_var(f, "REQUEST_URI", "/sub");
	assert_true(feed_read(f, "/sub", 1000, &e));
	assert_string_equal(f->req.path, "/");
	feed_var(f, "REQUEST_URI", "/subway");
	assert_false(feed_read(f, "/sub", 1000, &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
}

static void reads_a_form(void **state)
{
	struct feed *f = *state;
	feed_post(f, "/p", FORM "; charset=UTF-8", "name=a%0D%0Ab&x=%E2%82%AC");
	assert_string_equal(request_form(&f->req, "name"), "a\r\nb");
	assert_string_equal(request_form(&f->req, "x"), "€");
	assert_null(f->req.json);
}

static void reads_json(void **state)
{
	struct feed *f = *state;
	feed_post(f, "/p", "application/json", "{\"a\": 1}");
	assert_non_null(f->req.json);
	assert_true(request_wants_json(&f->req));
}

static enum err_class post(struct feed *f, const char *type, const char *body, size_t n, const char *length)
{
	struct err e = { 0 };
	feed_var(f, "REQUEST_METHOD", "POST");
	feed_var(f, "REQUEST_URI", "/p");
	feed_body(f, type, body, n);
	if (length)
		feed_var(f, "CONTENT_LENGTH", length);
	return feed_read(f, "", 100, &e) ? ERR_NONE : e.class;
}

static void refuses_bodies_it_cannot_read(void **state)
{
	char big[400];
	memset(big, '1', sizeof(big));
	assert_int_equal(post(*state, FORM, big, 300, NULL), ERR_NONE);
	assert_int_equal(post(*state, FORM, big, 301, NULL), ERR_TOO_LARGE);
	assert_int_equal(post(*state, "application/json", big, 101, NULL), ERR_TOO_LARGE);
	assert_int_equal(post(*state, FORM, "a=1", 3, "9"), ERR_MALFORMED);
	assert_int_equal(post(*state, FORM, "a=1", 3, "-1"), ERR_MALFORMED);
	assert_int_equal(post(*state, FORM, "a=1", 3, "3x"), ERR_MALFORMED);
	assert_int_equal(post(*state, FORM, "a=%ff", 5, NULL), ERR_MALFORMED);
	assert_int_equal(post(*state, FORM, "a=\0b", 4, NULL), ERR_MALFORMED);
	assert_int_equal(post(*state, "application/json", "{\"a\":1,}", 8, NULL), ERR_MALFORMED);
	assert_int_equal(post(*state, "application/json", "{\"a\":1,\"a\":2}", 13, NULL), ERR_MALFORMED);
	assert_int_equal(post(*state, "multipart/form-data; boundary=x", "--x--", 5, NULL), ERR_MALFORMED);
	assert_int_equal(post(*state, NULL, "x", 1, NULL), ERR_MALFORMED);
	assert_int_equal(post(*state, NULL, "", 0, NULL), ERR_NONE);
}

static void takes_the_whole_body_even_when_it_refuses(void **state)
{
	struct feed *f = *state;
	struct err e = { 0 };
	feed_var(f, "REQUEST_METHOD", "POST");
	feed_var(f, "REQUEST_URI", "/../x");
	feed_body(f, FORM, "a=12", 4);
	assert_false(feed_read(f, "", 100, &e));
	assert_int_equal(f->body_at, 4);
	feed_var(f, "REQUEST_URI", "/x");
	assert_false(feed_read(f, "", 1, &e));
	assert_int_equal(e.class, ERR_TOO_LARGE);
	assert_int_equal(f->body_at, 4);
}

static void refuses_a_thousand_and_one_fields(void **state)
{
	struct feed *f = *state;
	struct field_value *v;
	struct err e = { 0 };
	size_t n;
	char text[1001];
	memset(text, '&', sizeof(text));
	assert_true(form_decode(f->arena, text, 999, &v, &n, &e));
	assert_int_equal(n, 0);
	assert_false(form_decode(f->arena, text, 1000, &v, &n, &e));
	assert_int_equal(e.class, ERR_MALFORMED);
}

static void reads_methods(void **state)
{
	static const struct { const char *name; enum method m; } methods[] = {
		{ "GET", GET }, { "HEAD", HEAD }, { "POST", POST }, { "PUT", PUT }, { "PATCH", PATCH },
		{ "DELETE", DELETE }, { "get", OTHER_METHOD }, { "OPTIONS", OTHER_METHOD }, { "", OTHER_METHOD }
	};
	struct feed *f = *state;
	struct err e;
	feed_var(f, "REQUEST_URI", "/");
	for (size_t i = 0; i < COUNT(methods); i++) {
		feed_var(f, "REQUEST_METHOD", methods[i].name);
		assert_true(feed_read(f, "", 10, &e));
		assert_int_equal(f->req.method, methods[i].m);
	}
}

static void reads_headers_and_cookies(void **state)
{
	struct feed *f = *state;
	feed_var(f, "HTTP_COOKIE", "a=1; botarmy=x=y ;b=2; c; d=");
	feed_var(f, "HTTP_X_CSRF_TOKEN", "t");
	feed_get(f, "/");
	assert_string_equal(f->req.header(&f->req, "x-csrf-token"), "t");
	assert_null(f->req.header(&f->req, "accept"));
	assert_string_equal(request_cookie(f->arena, &f->req, "a"), "1");
	assert_string_equal(request_cookie(f->arena, &f->req, "botarmy"), "x=y");
	assert_string_equal(request_cookie(f->arena, &f->req, "d"), "");
	assert_null(request_cookie(f->arena, &f->req, "bot"));
}

static void keeps_only_plain_request_ids(void **state)
{
	struct feed *f = *state;
	feed_var(f, "REQUEST_ID", "0123456789abcdef");
	feed_get(f, "/");
	assert_string_equal(f->req.id, "0123456789abcdef");
	feed_var(f, "REQUEST_ID", "\"},{\"level\":\"x");
	feed_get(f, "/");
	assert_int_equal(strlen(f->req.id), 32);
}

static void chooses_json_by_what_is_preferred(void **state)
{
	static const struct { const char *accept; bool json; } cases[] = {
		{ "application/json", true }, { "text/html", false }, { "*/*", false }, { "application/*", true },
		{ "text/html, application/json;q=0.9", false }, { "text/html;q=0.8, application/json", true },
		{ "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false },
		{ "application/problem+json", true }, { "application/json;q=0", false }, { "", false },
		{ "application/json;q=bogus, text/html;q=0.1", false }, { "text/*;q=0.1, application/json;q=0.2", true },
		{ "APPLICATION/JSON", true },
	};
	struct feed *f = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		feed_var(f, "HTTP_ACCEPT", cases[i].accept);
		feed_get(f, "/projects");
		if (request_wants_json(&f->req) != cases[i].json)
			fail_msg("Accept: %s", cases[i].accept);
	}
	feed_var(f, "HTTP_ACCEPT", "text/html");
	feed_get(f, "/api/v1/projects");
	assert_true(request_wants_json(&f->req));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(decodes_path_and_query), CASE(keeps_a_plus_in_the_path), CASE(refuses_paths_that_need_repair),
		CASE(accepts_paths_that_only_look_odd), CASE(refuses_long_addresses), CASE(strips_the_sub_path),
		CASE(reads_a_form), CASE(reads_json), CASE(refuses_bodies_it_cannot_read),
		CASE(takes_the_whole_body_even_when_it_refuses), CASE(refuses_a_thousand_and_one_fields),
		CASE(reads_methods), CASE(reads_headers_and_cookies), CASE(keeps_only_plain_request_ids),
		CASE(chooses_json_by_what_is_preferred),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
