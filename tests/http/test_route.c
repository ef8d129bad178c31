/* SPDX-License-Identifier: MIT */
/* Routes are found by method and pattern, and a row's policy holds. */
#include "unit.h"

#include "base/arena.h"
#include "base/err.h"
#include "http/route.h"
#include "feed.h"

#define FORM "application/x-www-form-urlencoded"

static bool nothing(struct exchange *x, struct err *e)
{
	return true;
}

static const struct route table[] = {
	{ GET, "/", nothing, ROLE_PUBLIC, NULL },
	{ GET, "/things", nothing, ROLE_VIEWER, NULL },
	{ POST, "/things", nothing, ROLE_SUBMITTER | CSRF, NULL },
	{ GET, "/things/new", nothing, ROLE_SUBMITTER, NULL },
	{ GET, "/things/:thing", nothing, ROLE_VIEWER, NULL },
	{ GET, "/things/:thing/files/:stage/*path", nothing, ROLE_VIEWER, NULL },
	{ POST, "/enter", nothing, ROLE_PUBLIC | ORIGIN, NULL },
};

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

static const struct route *get(struct feed *f, const char *uri, struct err *e)
{
	feed_get(f, uri);
	return route_match(table, COUNT(table), &f->x, e);
}

static void finds_the_first_row_that_fits(void **state)
{
	struct err e = { 0 };
	assert_ptr_equal(get(*state, "/", &e), &table[0]);
	assert_ptr_equal(get(*state, "/things?x=1", &e), &table[1]);
	assert_ptr_equal(get(*state, "/things/new", &e), &table[3]);
	assert_ptr_equal(get(*state, "/things/newer", &e), &table[4]);
}

static void hands_over_the_parts(void **state)
{
	struct feed *f = *state;
	struct err e = { 0 };
	int64_t id;
	assert_ptr_equal(get(f, "/things/17/files/developer/app/main.py", &e), &table[5]);
	assert_string_equal(f->x.params[0], "17");
	assert_string_equal(f->x.params[1], "developer");
	assert_string_equal(f->x.params[2], "app/main.py");
	assert_null(f->x.params[3]);
	assert_true(route_id(&f->x, 0, &id, &e));
	assert_int_equal(id, 17);
	assert_false(route_id(&f->x, 1, &id, &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	assert_false(route_id(&f->x, 3, &id, &e));
}

static void knows_what_is_not_there(void **state)
{
	static const char *const missing[] = { "/thing", "/things/", "/things/1/files", "/things/1/files/dev/", "/x" };
	for (size_t i = 0; i < COUNT(missing); i++) {
		struct err e = { 0 };
		assert_null(get(*state, missing[i], &e));
		assert_int_equal(e.class, ERR_NOT_FOUND);
	}
}

static void says_which_methods_a_path_takes(void **state)
{
	struct feed *f = *state;
	struct err e = { 0 };
	feed_get(f, "/things");
	f->req.method = DELETE;
	assert_null(route_match(table, COUNT(table), &f->x, &e));
	assert_int_equal(e.class, ERR_METHOD);
	assert_string_equal(feed_header(f, "Allow"), "GET, HEAD, POST");
	f->req.method = HEAD;
	assert_ptr_equal(route_match(table, COUNT(table), &f->x, &e), &table[1]);
}

static enum err_class allowed(struct feed *f, const struct route *row)
{
	struct err e = { 0 };
	return route_allowed(row, &f->x, &e) ? ERR_NONE : e.class;
}

static void asks_for_the_role(void **state)
{
	struct feed *f = *state;
	feed_get(f, "/things");
	assert_int_equal(allowed(f, &table[0]), ERR_NONE);
	assert_int_equal(allowed(f, &table[1]), ERR_UNAUTHENTICATED);
	f->x.who = (struct identity){ .account_id = 1, .role = ROLE_VIEWER };
	assert_int_equal(allowed(f, &table[1]), ERR_NONE);
	assert_int_equal(allowed(f, &table[3]), ERR_FORBIDDEN);
	f->x.who.role = ROLE_ADMIN;
	assert_int_equal(allowed(f, &table[3]), ERR_NONE);
}

static void asks_for_the_form_token(void **state)
{
	struct feed *f = *state;
	f->x.who = (struct identity){ .account_id = 1, .role = ROLE_SUBMITTER, .csrf = "abcdef" };
	feed_post(f, "/things", FORM, "a=1");
	assert_int_equal(allowed(f, &table[2]), ERR_FORBIDDEN);
	feed_post(f, "/things", FORM, "_csrf=abcdeX");
	assert_int_equal(allowed(f, &table[2]), ERR_FORBIDDEN);
	feed_post(f, "/things", FORM, "_csrf=");
	assert_int_equal(allowed(f, &table[2]), ERR_FORBIDDEN);
	feed_post(f, "/things", FORM, "_csrf=abcdef");
	assert_int_equal(allowed(f, &table[2]), ERR_NONE);
	feed_post(f, "/things", "application/json", "{\"_csrf\":\"abcdef\"}");
	assert_int_equal(allowed(f, &table[2]), ERR_FORBIDDEN);
	feed_var(f, "HTTP_X_CSRF_TOKEN", "abcdef");
	assert_int_equal(allowed(f, &table[2]), ERR_NONE);
	feed_var(f, "HTTP_X_CSRF_TOKEN", NULL);
	f->x.who.by_token = true;
	f->x.who.scopes = SCOPE_SUBMIT;
	f->x.who.csrf = NULL;
	assert_int_equal(allowed(f, &table[2]), ERR_NONE);
}

static void knows_what_a_path_is_about(void **state)
{
	static const struct { const char *pattern; enum thing thing; } cases[] = {
		{ "/runs/:run/stages/:stage", THING_RUN }, { "/api/v1/gates/:gate", THING_GATE },
		{ "/projects/:project", THING_PROJECT }, { "/projects", THING_NONE }, { "/a/:runs", THING_NONE },
		{ "/settings/tokens/:token/:run", THING_NONE },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct route row = { GET, cases[i].pattern, nothing, ROLE_VIEWER, NULL };
		assert_int_equal(route_thing(&row), cases[i].thing);
	}
}

static void lets_in_whose_turn_it_is_and_the_owner(void **state)
{
	struct feed *f = *state;
	const struct route say = { POST, "/say", nothing, ROLE_SUBMITTER | TURN, NULL },
			   share = { POST, "/share", nothing, ROLE_OPERATOR | OWNER, NULL };
	feed_post(f, "/say", FORM, "a=1");
	f->x.who = (struct identity){ .account_id = 1, .role = ROLE_VIEWER };
	assert_int_equal(allowed(f, &say), ERR_FORBIDDEN);
	f->x.who.turn = f->x.who.owner = true;
	assert_int_equal(allowed(f, &say), ERR_NONE);
	assert_int_equal(allowed(f, &share), ERR_FORBIDDEN);
	f->x.who.role = ROLE_SUBMITTER;
	assert_int_equal(allowed(f, &share), ERR_NONE);
	f->x.who.owner = false;
	assert_int_equal(allowed(f, &share), ERR_FORBIDDEN);
}

static void holds_a_token_to_its_scopes(void **state)
{
	static const struct { enum method method; unsigned policy, scope; } cases[] = {
		{ GET, ROLE_VIEWER, SCOPE_READ },      { GET, ROLE_ADMIN, SCOPE_READ },
		{ POST, ROLE_VIEWER, SCOPE_DECIDE },   { POST, ROLE_SUBMITTER, SCOPE_SUBMIT },
		{ POST, ROLE_APPROVER, SCOPE_DECIDE }, { POST, ROLE_OPERATOR, SCOPE_OPERATE },
		{ POST, ROLE_ADMIN, SCOPE_OPERATE },
	};
	struct feed *f = *state;
	feed_get(f, "/things");
	f->x.who = (struct identity){ .account_id = 1, .role = ROLE_ADMIN, .by_token = true };
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct route row = { cases[i].method, "/x", nothing, cases[i].policy, NULL },
				   own = { cases[i].method, "/x", nothing, cases[i].policy | SESSION, NULL };
		f->x.who.scopes = cases[i].scope;
		assert_int_equal(allowed(f, &row), ERR_NONE);
		assert_int_equal(allowed(f, &own), ERR_FORBIDDEN);
		f->x.who.scopes = SCOPE_ALL & ~cases[i].scope;
		assert_int_equal(allowed(f, &row), ERR_FORBIDDEN);
	}
}

static void refuses_public_forms_of_other_sites(void **state)
{
	static const struct { const char *site, *origin; enum err_class want; } cases[] = {
		{ NULL, NULL, ERR_NONE }, { "same-origin", NULL, ERR_NONE }, { "none", NULL, ERR_NONE },
		{ "cross-site", NULL, ERR_FORBIDDEN }, { "same-site", NULL, ERR_FORBIDDEN },
		{ NULL, "http://here:8080", ERR_NONE }, { NULL, "http://there:8080", ERR_FORBIDDEN },
		{ NULL, "null", ERR_FORBIDDEN }, { NULL, "http://here:8080.evil", ERR_FORBIDDEN },
		{ "cross-site", "http://here:8080", ERR_FORBIDDEN },
	};
	struct feed *f = *state;
	feed_var(f, "HTTP_HOST", "here:8080");
	f->x.who.csrf = "abcdef";
	for (size_t i = 0; i < COUNT(cases); i++) {
		feed_var(f, "HTTP_SEC_FETCH_SITE", cases[i].site);
		feed_var(f, "HTTP_ORIGIN", cases[i].origin);
		feed_post(f, "/enter", FORM, "_csrf=abcdef");
		if (allowed(f, &table[6]) != cases[i].want)
			fail_msg("case %zu", i);
		/* Without the token only a program, which names no site, gets in. */
		feed_post(f, "/enter", FORM, "_csrf=wrong!");
		assert_int_equal(allowed(f, &table[6]),
				 cases[i].site || cases[i].origin ? ERR_FORBIDDEN : ERR_NONE);
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(finds_the_first_row_that_fits), CASE(hands_over_the_parts), CASE(knows_what_is_not_there),
		CASE(says_which_methods_a_path_takes), CASE(asks_for_the_role), CASE(asks_for_the_form_token),
		CASE(knows_what_a_path_is_about), CASE(lets_in_whose_turn_it_is_and_the_owner),
		CASE(holds_a_token_to_its_scopes),
		CASE(refuses_public_forms_of_other_sites),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
