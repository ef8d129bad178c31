/* SPDX-License-Identifier: MIT */
/*
 * libcurl's multi interface on libuv. libcurl tells which sockets to watch and when
 * to wake it; we tell it what happened. A call is added and removed only by kick(),
 * on a turn of its own, because libcurl allows neither inside its callbacks.
 */
#include "net/http_client.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "net/easy.h"

/* How exact the idle limit is. */
#define TICK_MS 100

struct net_call {
	struct net_call *next, *prev;
	struct http_client *client;
	struct net_handlers h;
	struct net_limits limits;
	CURL *easy;
	struct curl_slist *headers;
	struct buf body;
	struct net_answer answer;
	enum net_fault forced; /* why we end it ourselves */
	bool added, cancelled, head_done;
	size_t head_bytes;
	int64_t started, active_at, seen; /* mono ms; bytes in both directions at active_at */
	char error[CURL_ERROR_SIZE];
};

struct http_client {
	uv_loop_t *loop;
	CURLM *multi;
	uv_timer_t curl_timer, kick_timer, tick_timer;
	struct net_call *first, *last;
	size_t active;
	int handles; /* libuv handles not yet closed */
	bool closing, cleaned;
	void (*closed)(void *);
	void *closed_ctx;
};

struct watch {
	uv_poll_t poll;
	struct http_client *client;
	curl_socket_t fd;
};

static void collect(struct http_client *c);

/* ---- the sockets and the timer that libcurl asks for ---- */

static void handle_closed(struct http_client *c)
{
	if (--c->handles > 0 || !c->cleaned)
		return;
	c->closed(c->closed_ctx);
	free(c);
}

static void watch_closed(uv_handle_t *h)
{
	struct watch *w = h->data;
	struct http_client *c = w->client;

	free(w);
	handle_closed(c);
}

static void timer_closed(uv_handle_t *h)
{
	handle_closed(h->data);
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;
	struct http_client *c = w->client;
	int flags = 0, running;

	if (status < 0)
		flags = CURL_CSELECT_ERR;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	curl_multi_socket_action(c->multi, w->fd, flags, &running);
	collect(c);
}

static void on_curl_timer(uv_timer_t *t)
{
	struct http_client *c = t->data;
	int running;

	curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(c);
}

static struct watch *watch_new(struct http_client *c, curl_socket_t fd)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	if (uv_poll_init_socket(c->loop, &w->poll, fd) != 0) {
		free(w);
		return NULL;
	}
	c->handles++;
	w->client = c;
	w->fd = fd;
	w->poll.data = w;
	return w;
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *assigned)
{
	struct http_client *c = ctx;
	struct watch *w = assigned;

	if (what == CURL_POLL_REMOVE) {
		if (w) {
			uv_poll_stop(&w->poll);
			uv_close((uv_handle_t *)&w->poll, watch_closed);
			curl_multi_assign(c->multi, fd, NULL);
		}
		return 0;
	}
	if (!w) {
		w = watch_new(c, fd);
		if (!w)
			return -1;
		curl_multi_assign(c->multi, fd, w);
	}
	uv_poll_start(&w->poll, (what & CURL_POLL_IN ? UV_READABLE : 0) |
				(what & CURL_POLL_OUT ? UV_WRITABLE : 0), on_socket);
	return 0;
}

static int want_timer(CURLM *multi, long ms, void *ctx)
{
	struct http_client *c = ctx;

	if (ms < 0)
		uv_timer_stop(&c->curl_timer);
	else
		uv_timer_start(&c->curl_timer, on_curl_timer, (uint64_t)ms, 0);
	return 0;
}

/* ---- one call ---- */

static void call_free(struct net_call *call)
{
	if (call->easy)
		curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->headers);
	buf_release(&call->body);
	free(call);
}

static void tell_head(struct net_call *call)
{
	long status = 0;

	if (call->head_done)
		return;
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200)
		return;
	call->head_done = true;
	call->answer.status = (int)status;
	call->answer.first_byte_ms = clock_mono_ms() - call->started;
	if (call->h.head)
		call->h.head(call->h.ctx, &call->answer);
}

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct net_call *call = ctx;

	call->head_bytes += size * n;
	if (call->head_bytes > NET_HEAD_MAX) {
		call->forced = NET_TOO_LARGE;
		return 0;
	}
	return size * n;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct net_call *call = ctx;
	size_t len = size * n;

	if (call->cancelled)
		return 0;
	tell_head(call);
	call->answer.bytes += (int64_t)len;
	if ((uint64_t)call->answer.bytes > call->limits.body_max) {
		call->forced = NET_TOO_LARGE;
		return 0;
	}
	if (call->h.chunk) {
		if (!call->h.chunk(call->h.ctx, &call->answer, p, len))
			call->cancelled = true;
		return call->cancelled ? 0 : len;
	}
	buf_add(&call->body, p, len);
	if (!buf_ok(&call->body)) {
		call->forced = NET_TOO_LARGE;
		return 0;
	}
	return len;
}

/* Ends a call: takes it from libcurl and the list, tells its owner, frees it. */
static void finish(struct net_call *call, enum net_fault fault, const char *detail)
{
	struct http_client *c = call->client;
	struct net_answer *a = &call->answer;

	if (call->added)
		curl_multi_remove_handle(c->multi, call->easy);
	if (fault == NET_OK)
		tell_head(call);
	*(call->prev ? &call->prev->next : &c->first) = call->next;
	*(call->next ? &call->next->prev : &c->last) = call->prev;
	if (--c->active == 0)
		uv_timer_stop(&c->tick_timer);
	a->fault = fault;
	if (fault != NET_OK)
		easy_message(a->message, sizeof(a->message), call->easy, fault, detail);
	a->body = buf_str(&call->body);
	a->body_len = call->body.len;
	a->total_ms = clock_mono_ms() - call->started;
	call->h.done(call->h.ctx, a);
	call_free(call);
}

static void maybe_clean_up(struct http_client *c)
{
	uv_timer_t *timers[] = { &c->curl_timer, &c->kick_timer, &c->tick_timer };

	if (!c->closing || c->cleaned || c->active > 0)
		return;
	c->cleaned = true;
	curl_multi_cleanup(c->multi);
	for (size_t i = 0; i < 3; i++)
		uv_close((uv_handle_t *)timers[i], timer_closed);
}

static enum net_fault fault_of(const struct net_call *call, CURLcode code)
{
	if (call->cancelled)
		return NET_CANCELLED;
	return call->forced ? call->forced : easy_fault(code);
}

/* What libcurl has ended. */
static void collect(struct http_client *c)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(c->multi, &left))) {
		struct net_call *call = NULL;
		CURLcode code = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &call);
		finish(call, fault_of(call, code), call->error);
	}
	maybe_clean_up(c);
}

/* ---- turns of our own ---- */

/* Adds what was started and ends what was cancelled. A done() in here may start and
   cancel calls: new ones come last in the list, cancelled ones get only their mark. */
static void kick(uv_timer_t *t)
{
	struct http_client *c = t->data;
	struct net_call *call, *next;

	for (call = c->first; call; call = next) {
		if (!call->cancelled && !call->added) {
			call->added = curl_multi_add_handle(c->multi, call->easy) == CURLM_OK;
			if (!call->added)
				call->forced = NET_CONNECTION;
		}
		next = call->next;
		if (call->cancelled) {
			finish(call, NET_CANCELLED, "");
		} else if (!call->added) {
			finish(call, call->forced, "libcurl takes no more requests");
		}
	}
	maybe_clean_up(c);
}

static void kick_soon(struct http_client *c)
{
	if (!uv_is_active((uv_handle_t *)&c->kick_timer))
		uv_timer_start(&c->kick_timer, kick, 0, 0);
}

static int64_t moved(CURL *easy)
{
	curl_off_t up = 0, down = 0;
	long head = 0;

	curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &up);
	curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
	curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &head);
	return up + down + head;
}

static void tick(uv_timer_t *t)
{
	struct http_client *c = t->data;
	int64_t now = clock_mono_ms();
	struct net_call *call, *next;

	for (call = c->first; call; call = next) {
		int64_t bytes = moved(call->easy);

		next = call->next;
		if (bytes != call->seen) {
			call->seen = bytes;
			call->active_at = now;
		} else if (now - call->active_at >= call->limits.idle_ms && !call->cancelled) {
			finish(call, NET_TIMEOUT, "the connection went silent");
		}
	}
	maybe_clean_up(c);
}

/* ---- the interface ---- */

struct http_client *http_client_new(uv_loop_t *loop, struct err *e)
{
	struct http_client *c = calloc(1, sizeof(*c));

	if (!c || !(c->multi = curl_multi_init())) {
		free(c);
		err_set(e, ERR_INTERNAL, "no memory for an HTTP client");
		return NULL;
	}
	c->loop = loop;
	uv_timer_init(loop, &c->curl_timer);
	uv_timer_init(loop, &c->kick_timer);
	uv_timer_init(loop, &c->tick_timer);
	c->curl_timer.data = c->kick_timer.data = c->tick_timer.data = c;
	c->handles = 3;
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, want_timer);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
	return c;
}

struct net_call *http_client_start(struct http_client *c, const struct net_request *r,
				   const struct net_handlers *h, struct err *e)
{
	struct net_call *call;

	if (c->closing) {
		err_set(e, ERR_UNAVAILABLE, "the HTTP client is shutting down");
		return NULL;
	}
	call = calloc(1, sizeof(*call));
	if (!call) {
		err_set(e, ERR_INTERNAL, "no memory for a request");
		return NULL;
	}
	call->client = c;
	call->h = *h;
	call->limits = easy_limits(r);
	buf_init(&call->body, call->limits.body_max);
	call->easy = easy_new(r, &call->headers, e);
	if (!call->easy) {
		call_free(call);
		return NULL;
	}
	curl_easy_setopt(call->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(call->easy, CURLOPT_PRIVATE, call);
	curl_easy_setopt(call->easy, CURLOPT_ERRORBUFFER, call->error);
	curl_easy_setopt(call->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(call->easy, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(call->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(call->easy, CURLOPT_WRITEDATA, call);
	call->answer.call = call;
	call->answer.body = "";
	call->answer.first_byte_ms = call->answer.total_ms = -1;
	call->started = call->active_at = clock_mono_ms();
	call->prev = c->last;
	*(c->last ? &c->last->next : &c->first) = call;
	c->last = call;
	if (c->active++ == 0)
		uv_timer_start(&c->tick_timer, tick, TICK_MS, TICK_MS);
	kick_soon(c);
	return call;
}

void net_call_cancel(struct net_call *call)
{
	call->cancelled = true;
	kick_soon(call->client);
}

void http_client_close(struct http_client *c, void (*closed)(void *ctx), void *ctx)
{
	c->closing = true;
	c->closed = closed;
	c->closed_ctx = ctx;
	for (struct net_call *call = c->first; call; call = call->next)
		call->cancelled = true;
	kick_soon(c);
}

const char *net_answer_header(const struct net_answer *a, const char *name)
{
	struct curl_header *h = NULL, *last = NULL;

	if (curl_easy_header(a->call->easy, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return NULL;
	if (h->amount > 1 &&
	    curl_easy_header(a->call->easy, name, h->amount - 1, CURLH_HEADER, -1, &last) == CURLHE_OK)
		h = last;
	return h->value;
}
