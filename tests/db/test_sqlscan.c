/* SPDX-License-Identifier: MIT */
/* What counts as SQL, and what is only a literal or a comment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "db/sqlscan.h"

/* The tokens as text: words and parameters as they stand, others by a sign. */
static const char *tokens(const char *sql)
{
	static char out[512];
	struct sql_scan scan;
	struct str text;
	size_t at = 0;

	out[0] = '\0';
	sql_scan_init(&scan, str_from(sql));
	for (;;) {
		enum sql_token kind = sql_next(&scan, &text);
		if (kind == SQL_END)
			return out;
		if (kind == SQL_BROKEN)
			at += (size_t)snprintf(out + at, sizeof(out) - at, "!%d", scan.token_line);
		else if (kind == SQL_SEMICOLON)
			at += (size_t)snprintf(out + at, sizeof(out) - at, ";");
		else if (kind == SQL_OTHER)
			at += (size_t)snprintf(out + at, sizeof(out) - at, ".");
		else
			at += (size_t)snprintf(out + at, sizeof(out) - at,
					       kind == SQL_PARAM ? "<%.*s>" : "(%.*s)", (int)text.len,
					       text.s);
		if (kind == SQL_BROKEN)
			return out;
	}
}

static void literals_hide_what_is_in_them(void **state)
{
	assert_string_equal(tokens("select 'a;$1' || $2;"), "(select)...<2>;");
	assert_string_equal(tokens("'it''s; $1'$3"), ".<3>");
	assert_string_equal(tokens("E'a\\';$1' e'\\\\'"), "..");
	assert_string_equal(tokens("'\\' $1"), ".<1>");
	assert_string_equal(tokens("\"na;me\"\"$1\""), ".");
}

static void dollar_quotes_end_at_their_own_tag(void **state)
{
	assert_string_equal(tokens("$$ begin; $1 $x$ end $$ as"), ".(as)");
	assert_string_equal(tokens("$f$ a $$ ; $$ $f$;"), ".;");
	assert_string_equal(tokens("$fn$ 'a $fn$ b"), ".(b)");
	assert_string_equal(tokens("a$b$c"), "(a$b$c)");
	assert_string_equal(tokens("$12 + $1"), "<12>.<1>");
}

static void comments_are_nothing(void **state)
{
	assert_string_equal(tokens("a -- b; $1\nc"), "(a)(c)");
	assert_string_equal(tokens("a /* b /* c */ ; */ d"), "(a)(d)");
	assert_string_equal(tokens("a - -1"), "(a)...");
	assert_string_equal(tokens("-- only"), "");
	assert_string_equal(tokens(""), "");
}

static void what_does_not_end_is_named_with_its_line(void **state)
{
	assert_string_equal(tokens("a\n'b"), "(a)!2");
	assert_string_equal(tokens("a\n\n$$ b"), "(a)!3");
	assert_string_equal(tokens("/* a /* b */"), "!1");
	assert_string_equal(tokens("\"x"), "!1");
	assert_string_equal(tokens("E'x\\"), "!1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(literals_hide_what_is_in_them),
		cmocka_unit_test(dollar_quotes_end_at_their_own_tag),
		cmocka_unit_test(comments_are_nothing),
		cmocka_unit_test(what_does_not_end_is_named_with_its_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
