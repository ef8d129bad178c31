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
/* Of each call's buffer; answers come in pieces of a few KiB. */
#define READ_BYTES 4096L

struct net_call {
	struct net_call *next, *prev; /* of all */
	struct net_call *next_kicked;
	struct http_client *client;
	struct net_handlers h;
	struct net_limits limits;
	CURL *easy;
	struct curl_slist *headers;
	struct buf body;
	struct net_answer answer;
	enum net_fault forced; /* why we end it ourselves */
	bool kicked, added, cancelled, head_done;
	size_t head_bytes;
	int64_t started, active_at; /* mono ms */
	curl_off_t sent;            /* bytes, at active_at */
	char error[CURL_ERROR_SIZE];
};

struct http_client {
	uv_loop_t *loop;
	CURLM *multi;
	uv_timer_t curl_timer, kick_timer, tick_timer;
	struct net_call *first, *last;
	struct net_call *kicked, **kicked_end; /* started or cancelled since the last kick() */
	int64_t look_at;                       /* mono ms; before it no call can have been idle too long */
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

	call->active_at = clock_mono_ms();
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
	call->active_at = clock_mono_ms();
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

/* What was received tells of itself; this is for what is sent. */
static int on_progress(void *ctx, curl_off_t total, curl_off_t received, curl_off_t to_send, curl_off_t sent)
{
	struct net_call *call = ctx;

	if (sent != call->sent) {
		call->sent = sent;
		call->active_at = clock_mono_ms();
	}
	return 0;
}

/* Out of the list of those to be kicked, where a call that ends by itself may be. */
static void unkick(struct net_call *call)
{
	struct http_client *c = call->client;
	struct net_call **at = &c->kicked;

	if (!call->kicked)
		return;
	while (*at != call)
		at = &(*at)->next_kicked;
	*at = call->next_kicked;
	if (c->kicked_end == &call->next_kicked)
		c->kicked_end = at;
	call->kicked = false;
}

/* Ends a call: takes it from libcurl and the lists, tells its owner, frees it. */
static void finish(struct net_call *call, enum net_fault fault, const char *detail)
{
	struct http_client *c = call->client;
	struct net_answer *a = &call->answer;

	if (call->added)
		curl_multi_remove_handle(c->multi, call->easy);
	if (fault == NET_OK)
		tell_head(call);
	unkick(call);
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
   cancel calls: those come last in the list, and their turn comes in here too. */
static void kick(uv_timer_t *t)
{
	struct http_client *c = t->data;
	struct net_call *call;

	while ((call = c->kicked)) {
		unkick(call);
		if (!call->cancelled && !call->added) {
			call->added = curl_multi_add_handle(c->multi, call->easy) == CURLM_OK;
			if (!call->added)
				finish(call, NET_CONNECTION, "libcurl takes no more requests");
		} else if (call->cancelled) {
			finish(call, NET_CANCELLED, "");
		}
	}
	maybe_clean_up(c);
}

static void kick_soon(struct net_call *call)
{
	struct http_client *c = call->client;

	if (!call->kicked) {
		call->kicked = true;
		call->next_kicked = NULL;
		*c->kicked_end = call;
		c->kicked_end = &call->next_kicked;
	}
	if (!uv_is_active((uv_handle_t *)&c->kick_timer))
		uv_timer_start(&c->kick_timer, kick, 0, 0);
}

static void tick(uv_timer_t *t)
{
	struct http_client *c = t->data;
	int64_t now = clock_mono_ms();
	struct net_call *call, *next;

	if (now < c->look_at)
		return;
	c->look_at = INT64_MAX;
	for (call = c->first; call; call = next) {
		int64_t silent_at = call->active_at + call->limits.idle_ms;
		next = call->next;
		if (now >= silent_at && !call->cancelled)
			finish(call, NET_TIMEOUT, "the connection went silent");
		else if (silent_at < c->look_at)
			c->look_at = silent_at;
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
	c->kicked_end = &c->kicked;
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
	curl_easy_setopt(call->easy, CURLOPT_BUFFERSIZE, READ_BYTES);
	curl_easy_setopt(call->easy, CURLOPT_PRIVATE, call);
	curl_easy_setopt(call->easy, CURLOPT_ERRORBUFFER, call->error);
	curl_easy_setopt(call->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(call->easy, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(call->easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(call->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(call->easy, CURLOPT_XFERINFODATA, call);
	curl_easy_setopt(call->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(call->easy, CURLOPT_WRITEDATA, call);
	call->answer.call = call;
	call->answer.body = "";
	call->answer.first_byte_ms = call->answer.total_ms = -1;
	call->started = call->active_at = clock_mono_ms();
	call->prev = c->last;
	*(c->last ? &c->last->next : &c->first) = call;
	c->last = call;
	if (c->active++ == 0) {
		c->look_at = INT64_MAX;
		uv_timer_start(&c->tick_timer, tick, TICK_MS, TICK_MS);
	}
	if (call->started + call->limits.idle_ms < c->look_at)
		c->look_at = call->started + call->limits.idle_ms;
	kick_soon(call);
	return call;
}

void net_call_cancel(struct net_call *call)
{
	call->cancelled = true;
	kick_soon(call);
}

void http_client_close(struct http_client *c, void (*closed)(void *ctx), void *ctx)
{
	c->closing = true;
	c->closed = closed;
	c->closed_ctx = ctx;
	for (struct net_call *call = c->first; call; call = call->next)
		net_call_cancel(call);
	uv_timer_start(&c->kick_timer, kick, 0, 0);
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
