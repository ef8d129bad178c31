/* SPDX-License-Identifier: MIT */
/* Markdown gives UTF-8 without an element that we do not make. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/html.h"
#include "base/str.h"
#include "base/value.h"

const char fuzz_name[] = "markdown";

static void check_elements(const char *html)
{
	static const char *const made[] = {
		"a",	"p",	 "h3",	  "h4",	   "h5", "h6",	       "em", "strong",
		"code", "pre",	 "ul",	  "ol",	   "li", "blockquote", "hr", "br",
		"del",	"table", "thead", "tbody", "tr", "th",	       "td", "input",
	};

	for (const char *p = strchr(html, '<'); p; p = strchr(p + 1, '<')) {
		size_t n = strcspn(p + 1 + (p[1] == '/'), " >/");
		bool known = strncmp(p, "<!-- raw HTML omitted -->", 25) == 0;

		for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
			known = known ||
				(strlen(made[i]) == n && strncmp(p + 1 + (p[1] == '/'), made[i], n) == 0);
		HOLDS(known);
	}
	HOLDS(!strstr(html, "href=\"javascript:") && !strstr(html, "href=\"data:"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct value *v;

	if (size <= 65536) {
		v = markdown_html(a, (const char *)data, size);
		HOLDS(v->kind == V_HTML);
		HOLDS(utf8_invalid(v->u.text.s, v->u.text.len) < 0);
		check_elements(v->u.text.s);
	}
	arena_free(a);
	return 0;
}
