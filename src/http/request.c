/* SPDX-License-Identifier: MIT */
/* What handlers ask a request. */
#include "http/request.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"

static const char *find(const struct field_value *f, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (streq(f[i].name, name))
			return f[i].value;
	return NULL;
}

const char *request_query(const struct request *r, const char *name)
{
	return find(r->query, r->query_count, name);
}

const char *request_form(const struct request *r, const char *name)
{
	return find(r->form, r->form_count, name);
}

const char *request_cookie(struct arena *a, const struct request *r, const char *name)
{
	struct str rest = str_from(r->header(r, "cookie"));
	while (rest.len) {
		struct str value = str_trim(str_cut(&rest, ';'));
		struct str key = str_cut(&value, '=');
		if (str_eq(key, name))
			return arena_strndup(a, value.len ? value.s : "", value.len);
	}
	return NULL;
}

/* The weight, in thousandths, that an Accept header gives to type/subtype; the closest match counts. */
static int weight(const char *accept, const char *type, const char *subtype)
{
	int best = 0, best_rank = 0;
	struct str rest = str_from(accept);
	while (rest.len) {
		struct str params = str_cut(&rest, ',');
		struct str range = str_trim(str_cut(&params, ';'));
		struct str sub = range, main_;
		main_ = str_cut(&sub, '/');
		bool any_sub = str_eq(sub, "*");
		bool main_fits = main_.len == strlen(type) && strncasecmp(main_.s, type, main_.len) == 0;
		bool sub_fits = sub.len == strlen(subtype) && strncasecmp(sub.s, subtype, sub.len) == 0;
		int rank = main_fits && sub_fits ? 3 : main_fits && any_sub ? 2 : str_eq(main_, "*") && any_sub ? 1 : 0;
		if (rank <= best_rank)
			continue;
		int64_t q = 1000;
		while (params.len) {
			struct str v = str_trim(str_cut(&params, ';'));
			if (v.len < 3 || v.len > 7 || (v.s[0] != 'q' && v.s[0] != 'Q') || v.s[1] != '=')
				continue;
			char text[8];
			snprintf(text, sizeof(text), "%.*s", (int)(v.len - 2), v.s + 2);
			if (!parse_decimal(text, 3, 1000, &q))
				q = 0;
		}
		best = (int)q;
		best_rank = rank;
	}
	return best;
}

bool request_wants_json(const struct request *r)
{
	if (strncmp(r->path, "/api/", 5) == 0 || r->json)
		return true;
	const char *accept = r->header(r, "accept");
	if (!accept)
		return false;
	int json = weight(accept, "application", "json"), problem = weight(accept, "application", "problem+json");
	return (json > problem ? json : problem) > weight(accept, "text", "html");
}

const char *request_logged(struct arena *a, const struct request *r)
{
	static const char *const secret[] = { "/sign-in/", "/decide/" };
	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		if (strncmp(r->path, secret[i], strlen(secret[i])) == 0)
			return arena_printf(a, "%s-", secret[i]);
	return r->path;
}
