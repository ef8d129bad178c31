/* SPDX-License-Identifier: MIT */
#include "http/route.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"

#define PARAMS (sizeof(((struct exchange *)0)->params) / sizeof(const char *))

/* The parts taken are copied only when the whole pattern fits. */
static bool fits(const char *pattern, const char *path, struct str taken[PARAMS], size_t *count)
{
	*count = 0;
	while (*pattern) {
		if (*pattern == ':' || *pattern == '*') {
			size_t n = *pattern == '*' ? strlen(path) : strcspn(path, "/");
			if (!n || *count == PARAMS)
				return false;
			taken[(*count)++] = (struct str){ path, n };
			path += n;
			pattern += strcspn(pattern, "/");
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return !*path;
}

static const char *const method_names[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" };

const struct route *route_match(const struct route *table, size_t count, struct exchange *x, struct err *e)
{
	enum method m = x->req->method == HEAD ? GET : x->req->method;
	unsigned allowed = 0;
	const struct route *found = NULL;
	for (size_t i = 0; i < count && !found; i++) {
		struct str taken[PARAMS];
		size_t n;
		if (!fits(table[i].pattern, x->req->path, taken, &n))
			continue;
		allowed |= table[i].method;
		if (table[i].method != m)
			continue;
		found = &table[i];
		for (size_t p = 0; p < n; p++)
			x->params[p] = arena_strndup(x->arena, taken[p].s, taken[p].len);
	}
	if (found)
		return found;
	if (!allowed) {
		err_set(e, ERR_NOT_FOUND, "There is nothing at this address.");
		return NULL;
	}
	char allow[64] = "";
	if (allowed & GET)
		allowed |= HEAD;
	for (size_t i = 0; i < sizeof(method_names) / sizeof(method_names[0]); i++) {
		if (!(allowed & 1u << i))
			continue;
		strcat(allow, *allow ? ", " : "");
		strcat(allow, method_names[i]);
	}
	response_header(x->arena, x->res, "Allow", allow);
	err_set(e, ERR_METHOD, "This address takes %s.", allow);
	return NULL;
}

enum thing route_thing(const struct route *row)
{
	static const struct { const char *name; enum thing thing; } things[] = {
		{ ":project", THING_PROJECT }, { ":run", THING_RUN }, { ":gate", THING_GATE },
	};
	const char *part = strchr(row->pattern, ':');
	size_t n = part ? strcspn(part, "/") : 0;
	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++)
		if (n == strlen(things[i].name) && strncmp(part, things[i].name, n) == 0)
			return things[i].thing;
	return THING_NONE;
}

/* The form or script must prove that it has seen a page of this session. */
static bool csrf_shown(const struct exchange *x)
{
	const char *shown = x->req->header(x->req, "x-csrf-token");
	if (!shown && !x->req->json)
		shown = request_form(x->req, "_csrf");
	return shown && x->who.csrf && strlen(shown) == strlen(x->who.csrf) &&
	       bytes_equal(shown, x->who.csrf, strlen(shown));
}

/* host[:port] of an origin or of the public URL */
static struct str authority(const char *url)
{
	const char *s = url ? strstr(url, "://") : NULL;
	return s ? (struct str){ s + 3, strcspn(s + 3, "/") } : (struct str){ "", 0 };
}

static bool same_text(struct str a, struct str b)
{
	return a.len && a.len == b.len && strncasecmp(a.s, b.s, a.len) == 0;
}

/* A browser names the site that sent a form, and shows the token of the page that it was on. A program
   names none: it holds nobody's cookies, and needs no protection. */
static bool own_form(const struct exchange *x)
{
	const struct request *r = x->req;
	const char *site = r->header(r, "sec-fetch-site"), *origin = r->header(r, "origin");
	if (!site && !origin)
		return true;
	if (site && !streq(site, "same-origin") && !streq(site, "none"))
		return false;
	if (!site && !same_text(authority(origin), str_from(r->header(r, "host"))) &&
	    !same_text(authority(origin), authority(x->cfg ? x->cfg->public_url : NULL)))
		return false;
	return csrf_shown(x);
}

static bool role_fits(const struct route *row, const struct identity *who)
{
	unsigned least = row->policy & ROLE_MASK;
	return who->role >= least || ((row->policy & TURN) && who->turn) ||
	       ((row->policy & OWNER) && who->owner && who->role >= ROLE_SUBMITTER);
}

static bool scope_fits(const struct route *row, const struct identity *who, struct err *e)
{
	static const char *const names[] = { "read", "decide", "submit", "decide", "operate", "operate" };
	static const unsigned bits[] = { SCOPE_READ,   SCOPE_DECIDE,  SCOPE_SUBMIT,
					 SCOPE_DECIDE, SCOPE_OPERATE, SCOPE_OPERATE };
	unsigned least = row->policy & ROLE_MASK, i = row->method == GET ? ROLE_PUBLIC : least;
	if ((row->policy & SESSION) && who->by_token)
		return err_set(e, ERR_FORBIDDEN, "A token may not do this; sign in with a browser.");
	return !who->by_token || !least || (who->scopes & bits[i]) ||
	       err_set(e, ERR_FORBIDDEN, "This token is not good for that; make one with the scope \"%s\".",
		       names[i]);
}

bool route_allowed(const struct route *row, struct exchange *x, struct err *e)
{
	static const char *const names[] = { "", "viewer", "submitter", "approver", "operator", "admin" };
	unsigned least = row->policy & ROLE_MASK;
	if (least != ROLE_PUBLIC && !x->who.account_id)
		return err_set(e, ERR_UNAUTHENTICATED, "You are not signed in, or no longer; sign in and try again.");
	if (!scope_fits(row, &x->who, e))
		return false;
	if (!role_fits(row, &x->who))
		return err_set(e, ERR_FORBIDDEN, "This needs the role %s; ask an administrator for it.", names[least]);
	if ((row->policy & CSRF) && !x->who.by_token && !csrf_shown(x))
		return err_set(e, ERR_FORBIDDEN, "This form is not from your present session; load the page again and "
						 "send it once more.");
	if ((row->policy & ORIGIN) && !own_form(x))
		return err_set(e, ERR_FORBIDDEN, "This form was sent by another site, or its page is too old; load the "
						 "page again and send it once more.");
	return true;
}

bool route_id(const struct exchange *x, size_t i, int64_t *out, struct err *e)
{
	return (i < PARAMS && x->params[i] && parse_i64(x->params[i], 1, INT64_MAX, out)) ||
	       err_set(e, ERR_NOT_FOUND, "There is nothing at this address.");
}
