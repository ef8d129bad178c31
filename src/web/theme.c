/* SPDX-License-Identifier: MIT */
#include "web/theme.h"

#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/exchange.h"
#include "web/app.h"
#include "web/auth.h"
#include "web/handlers.h"
#include "web/next.h"

#define YEAR_S (365L * 86400)

static const char *const themes[] = { "auto", "light", "dark", NULL };

struct choice {
	const char *theme, *next;
};
static const struct field fields[] = {
	FIELD_ENUM("theme", struct choice, theme, themes, REQUIRED, "Theme"),
	FIELD_TEXT("next", struct choice, next, 0, 2000, 0, "Next page"),
};

void theme_show(struct exchange *x)
{
	const char *cookie = request_cookie(x->arena, x->req, "theme"), *theme = themes[0];
	for (int i = 0; themes[i]; i++)
		if (streq(cookie, themes[i]))
			theme = themes[i];
	struct value *is = value_object(x->arena);
	set_bool(x->arena, is, theme, true);
	set_text(x->arena, x->page, "theme", theme);
	value_set(x->arena, x->page, "theme_is", is);
}

bool theme_set(struct exchange *x, struct err *e)
{
	struct choice c = { 0 };
	struct value *problems;
	if (!form_read(x, fields, 2, &c, &problems, e))
		return false;
	auth_cookie(x, "theme", c.theme, YEAR_S, true);
	return app_redirect(x, next_safe(c.next));
}
