/* SPDX-License-Identifier: MIT */
/* What a viewer wants, read as strictly as any other request; and the answers that are no streams. */
#include "feed/feed.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/exchange.h"
#include "http/respond.h"
#include "http/route.h"

enum { ARENA_CAP = 4 << 20, HEAD_CAP = 32 << 10 };

static const struct route routes[] = {
	{ .method = GET, .pattern = "/events/run/:run", .policy = VIEW_RUN },
	{ .method = GET, .pattern = "/events/inbox", .policy = VIEW_STATE },
	{ .method = GET, .pattern = "/events/home", .policy = VIEW_STATE },
	{ .method = GET, .pattern = "/api/v1/runs/:run/events", .policy = VIEW_POLL },
};

static const char *no_header(const struct request *r, const char *name)
{
	return NULL;
}

static size_t no_body(void *ctx, char *p, size_t n)
{
	return 0;
}

/* Until a request is read: a program that asks reads the problem, a browser's event source nothing. */
static void begin(struct viewer *v, struct exchange *x)
{
	x->arena = arena_new(ARENA_CAP);
	x->req = arena_alloc(x->arena, sizeof(*x->req));
	x->res = arena_alloc(x->arena, sizeof(*x->res));
	x->base = v->feed->base;
	*x->req = (struct request){ .method = GET, .path = v->kind == VIEW_POLL ? "/api/" : "/events/",
				    .raw_query = "", .id = "", .header = no_header };
	buf_init(&x->res->body, ARENA_CAP);
}

static void end(struct exchange *x)
{
	buf_release(&x->res->body);
	arena_free(x->arena);
}

static void answer(struct viewer *v, struct exchange *x)
{
	struct message m;
	message_init(&m);
	response_head(x->res, &m.text);
	if (x->req->method != HEAD && x->res->status != 304)
		buf_add(&m.text, buf_str(&x->res->body), x->res->body.len);
	viewer_answer(v, &m);
	message_release(&m);
}

void request_refuse(struct viewer *v, const struct err *e)
{
	struct exchange x = { 0 };
	begin(v, &x);
	respond_error(&x, e);
	answer(v, &x);
	end(&x);
}

void request_answer_poll(struct viewer *v, const char *events, int64_t last)
{
	struct exchange x = { 0 };
	begin(v, &x);
	buf_addf(&x.res->body, "{\"run_id\":%lld,\"events\":[%s],\"last\":%lld}\n", (long long)v->run, events,
		 (long long)last);
	x.res->status = 200;
	x.res->content_type = "application/json";
	response_constant(x.arena, x.res, "Cache-Control", "no-store");
	response_constant(x.arena, x.res, "X-Content-Type-Options", "nosniff");
	answer(v, &x);
	end(&x);
}

static bool number(const struct request *r, const char *name, int64_t max, int64_t *out, struct err *e)
{
	const char *given = request_query(r, name);
	return !given || !*given || parse_i64(given, 0, max, out) ||
	       err_set(e, ERR_INVALID, "\"%s\" in the address must be a whole number from 0 to %lld.", name,
		       (long long)max);
}

/* The header is a browser's, which repeats the address with it; so it is the newer one. */
static bool place(struct viewer *v, const struct request *r, struct err *e)
{
	const char *last = r->header(r, "last-event-id");
	return (last && parse_i64(last, 0, INT64_MAX, &v->seq)) || number(r, "after", INT64_MAX, &v->seq, e);
}

static bool token(struct viewer *v, struct exchange *x, struct err *e)
{
	const char *header = x->req->header(x->req, "authorization"), *shown;
	v->bearer = header && strncasecmp(header, "Bearer ", 7) == 0;
	shown = v->bearer ? header + 7 : request_cookie(x->arena, x->req, v->feed->cookie);
	if (!shown || strlen(shown) != TOKEN_CHARS)
		return err_set(e, ERR_UNAUTHENTICATED,
			       "You are not signed in, or no longer; sign in and try again.");
	sha256(shown, strlen(shown), v->hash);
	return true;
}

static bool read_request(struct viewer *v, struct exchange *x, struct err *e)
{
	/* The request's headers are read from it as long as there is a request. */
	struct request_source *src = arena_alloc(x->arena, sizeof(*src));
	int64_t wait = 0;
	const char *length = record_reader_get(v->reader, "CONTENT_LENGTH");

	/* The body stays unread, so there must be none. */
	if (length && *length && !streq(length, "0"))
		return err_set(e, ERR_TOO_LARGE, "This address takes no body.");
	*src = (struct request_source){ record_reader_get, no_body, v->reader };
	if (!request_read(x->arena, src, v->feed->base, 0, x->req, e))
		return false;
	const struct route *row = route_match(routes, sizeof(routes) / sizeof(routes[0]), x, e);
	if (!row)
		return false;
	v->kind = (enum viewer_kind)row->policy;
	v->plain = streq(request_query(x->req, "as"), "message");
	if (x->params[0] && !route_id(x, 0, &v->run, e))
		return false;
	if (!place(v, x->req, e) || !number(x->req, "wait", WAIT_MAX_S, &wait, e) || !token(v, x, e))
		return false;
	if (v->kind == VIEW_POLL && v->seq < 0)
		v->seq = 0;
	v->wait_ms = wait * 1000;
	return true;
}

void request_take(struct viewer *v)
{
	struct exchange x = { 0 };
	struct err e = { 0 };

	begin(v, &x);
	if (read_request(v, &x, &e)) {
		v->state = V_ASKING;
		v->until_ms = clock_mono_ms() + ASK_S * 1000;
		viewer_wait(v, &v->feed->asking);
		feed_wake(v->feed);
	} else {
		respond_error(&x, &e);
		answer(v, &x);
	}
	end(&x);
}
