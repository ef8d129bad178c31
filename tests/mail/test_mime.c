/* SPDX-License-Identifier: MIT */
/* Headers and bodies as mail servers take them. */
#include "../unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "mail/mime.h"

static const char *header(struct buf *b, const char *text, size_t used)
{
	buf_clear(b);
	mime_header_text(b, text, used);
	return buf_str(b);
}

static const char *body(struct buf *b, const char *text)
{
	buf_clear(b);
	mime_quoted_printable(b, str_from(text));
	return buf_str(b);
}

static void short_ascii_stands_as_it_is_in_a_header(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b, 1 << 16);
	assert_string_equal(header(&b, "Decide: Tools", 9), "Decide: Tools");
	assert_string_equal(header(&b, "x=?y", 9), "=?UTF-8?B?eD0/eQ==?=");
	assert_string_equal(header(&b, "\xc3\x9c", 9), "=?UTF-8?B?w5w=?=");
	buf_release(&b);
}

static void a_control_character_becomes_a_blank_in_a_header(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b, 1 << 16);
	assert_string_equal(header(&b, "a\r\nb", 9), "=?UTF-8?B?YSAgYg==?=");
	assert_string_equal(header(&b, "a\x7f", 9), "=?UTF-8?B?YSA=?=");
	buf_release(&b);
}

static void a_long_header_is_folded_and_characters_stay_whole(void **state)
{
	struct buf b;
	char text[4 * 100 + 1] = "";
	(void)state;
	buf_init(&b, 1 << 16);
	for (int i = 0; i < 100; i++)
		strcat(text, "\xf0\x9f\x91\xa9");
	struct str rest = str_from(header(&b, text, 9));
	size_t words = 0;
	for (bool first = true; rest.len; first = false) {
		struct str line = str_cut(&rest, '\n');
		assert_true(line.len + (first ? 9 : 0) <= 78);
		assert_true(rest.len == 0 || line.s[line.len - 1] == '\r');
		if (!first)
			assert_int_equal(line.s[0], ' ');
		/* Four bytes a character: 12 characters of base64 for 9 bytes never end within one. */
		const char *word = strstr(line.s, "=?UTF-8?B?") + 10;
		size_t n = strcspn(word, "?");
		size_t bytes = n / 4 * 3 - (word[n - 1] == '=') - (word[n - 2] == '=');
		assert_int_equal(bytes % 4, 0);
		words++;
	}
	assert_true(words >= 9);
	buf_release(&b);
}

static void bodies_are_quoted_where_they_must(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b, 1 << 16);
	assert_string_equal(body(&b, "plain\n"), "plain\r\n");
	assert_string_equal(body(&b, "crlf\r\nand lf\n"), "crlf\r\nand lf\r\n");
	assert_string_equal(body(&b, ".\n..x\n"), "=2E\r\n=2E.x\r\n");
	assert_string_equal(body(&b, "From me\nFrom\n"), "=46rom me\r\nFrom\r\n");
	assert_string_equal(body(&b, "a=b\xc3\xa9\n"), "a=3Db=C3=A9\r\n");
	assert_string_equal(body(&b, "blank \ntab\t\n"), "blank=20\r\ntab=09\r\n");
	assert_string_equal(body(&b, "a\rb\x01\n"), "a=0Db=01\r\n");
	assert_string_equal(body(&b, "no end"), "no end\r\n");
	buf_release(&b);
}

/* Random texts: no line is long or begins with a dot, and decoding gives the text again. */
static void any_text_comes_through(void **state)
{
	static const char letters[] = "..==  \tab\r\n\n\xc3\xa9" "From ";
	struct buf b;
	(void)state;
	buf_init(&b, 1 << 20);
	srand(7);
	for (int round = 0; round < 300; round++) {
		char text[512], want[1024], got[2048];
		size_t n = (size_t)(rand() % 500), w = 0, g = 0;
		for (size_t i = 0; i < n; i++)
			text[i] = letters[(size_t)rand() % (sizeof(letters) - 1)];
		text[n++] = '\n';
		for (size_t i = 0; i < n; i++) {
			if (text[i] == '\r' && text[i + 1] == '\n')
				continue;
			if (text[i] == '\n')
				want[w++] = '\r';
			want[w++] = text[i];
		}
		buf_clear(&b);
		mime_quoted_printable(&b, (struct str){ text, n });
		struct str rest = { b.data, b.len };
		while (rest.len) {
			struct str line = str_cut(&rest, '\n');
			assert_true(line.len > 0 && line.s[line.len - 1] == '\r');
			line.len--;
			assert_true(line.len <= 76);
			assert_false(line.len && line.s[0] == '.');
			bool soft = line.len && line.s[line.len - 1] == '=';
			for (size_t i = 0; i < line.len - soft; i++) {
				if (line.s[i] == '=') {
					hex_decode((char[]){ line.s[i + 1], line.s[i + 2], '\0' }, &got[g++], 1);
					i += 2;
				} else {
					got[g++] = line.s[i];
				}
			}
			if (!soft) {
				got[g++] = '\r';
				got[g++] = '\n';
			}
		}
		assert_int_equal(g, w);
		assert_memory_equal(got, want, w);
	}
	buf_release(&b);
}

static void addresses_are_plain_or_refused(void **state)
{
	static const char *const good[] = { "a@b", "a.b+c@example.org", "x_y-z@sub.example.org", "o'neil@example.org" };
	static const char *const bad[] = { "", "a", "@b", "a@", "a@@b", "a b@c", "a@b c", "a\r\n@b", "<a@b>", "a@b>",
					   "a,b@c", "\"a\"@b", ".a@b", "a.@b", "a..b@c", "a@.b", "a@b.", "a@b..c",
					   "\xc3\xa9@b", "a@\xc3\xa9", "a@b\n", "a@[1.2.3.4]", "a@b;c" };
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(mail_address_valid(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(mail_address_valid(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_ascii_stands_as_it_is_in_a_header),
		cmocka_unit_test(a_control_character_becomes_a_blank_in_a_header),
		cmocka_unit_test(a_long_header_is_folded_and_characters_stay_whole),
		cmocka_unit_test(bodies_are_quoted_where_they_must),
		cmocka_unit_test(any_text_comes_through),
		cmocka_unit_test(addresses_are_plain_or_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
