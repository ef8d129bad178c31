/* SPDX-License-Identifier: MIT */
#include "flow/prompt.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mustache.h"
#include "base/value.h"

#define PROMPT_BYTES ((size_t)32 << 20)
#define DATA_BEGINS "\n=== BEGIN DATA"

bool prompt_make(struct arena *a, const struct templates *templates, const char *name,
		 struct json_object *input, struct str *system, struct str *user, struct err *e)
{
	struct json_object *previous = json_get(input, "previous");
	struct value *view = value_from_json(a, input);
	struct buf b;
	bool ok;

	set_text(a, view, "previous_text", previous ? json_text(a, previous) : NULL);
	buf_init(&b, PROMPT_BYTES);
	ok = templates_render(templates, arena_printf(a, "%s/prompt", name), view, &b, e);
	if (ok) {
		const char *text = arena_strndup(a, buf_str(&b), b.len);
		const char *data = strstr(text, DATA_BEGINS);
		if (!data || data == text)
			ok = err_set(e, ERR_INVALID,
				     "the prompt of %s has no line \"=== BEGIN DATA\" after its instructions",
				     name);
		else {
			*system = (struct str){ text, (size_t)(data - text) };
			*user = str_from(data + 1);
		}
	}
	buf_release(&b);
	return ok;
}

const char *prompt_repair(struct arena *a, const char *problems)
{
	return arena_printf(
		a,
		"Your answer cannot be used as it is. Each line names a place in it (a JSON pointer) and "
		"what is wrong there:\n\n%s\n\nAnswer again with the whole JSON object, these places "
		"mended and everything else kept.",
		problems);
}
