/* SPDX-License-Identifier: MIT */
#include "http/fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "http/exchange.h"
#include "http/listen.h"
#include "http/records.h"
#include "http/respond.h"

#define HEAD_CAP ((size_t)32 << 10)
/* Of a body that was refused, more than nginx lets through. */
#define DRAIN_MAX ((size_t)16 << 20)
/* A thread keeps the memory of an answer up to here for the next one. */
#define BODY_KEEP ((size_t)256 << 10)
#define STOP_MS 30000
#define WAKE SIGUSR2

static atomic_bool stopping;

struct thread {
	const struct fcgi_server *server;
	int index, listener;
	pthread_t id;
	atomic_bool accepting, ended;
};

/* ---- a request ---- */

static const char *source_get(void *ctx, const char *name)
{
	return FCGX_GetParam(name, ((FCGX_Request *)ctx)->envp);
}

static size_t source_read(void *ctx, char *p, size_t n)
{
	int got = FCGX_GetStr(p, (int)n, ((FCGX_Request *)ctx)->in);
	return got > 0 ? (size_t)got : 0;
}

/* What was refused is read to its end all the same: when we close before nginx has sent it, nginx may
   never look for the answer. */
static void drain(FCGX_Request *fr)
{
	char nothing[16384];
	for (size_t n = 0, part; n < DRAIN_MAX && (part = source_read(fr, nothing, sizeof(nothing))); n += part)
		;
}

static bool put(void *sink, const void *p, size_t n)
{
	const FCGX_Request *fr = sink;
	const char *s = p;
	for (size_t part; n; s += part, n -= part) {
		part = n < RECORDS_MAX ? n : RECORDS_MAX;
		if (!records_send(fr->ipcFd, fr->requestId, NULL, 0, s, part, false))
			return false;
	}
	return true;
}

/* False: the answer is not whole, and its end must not look like one. */
static bool send_all(struct exchange *x, const struct buf *head, FCGX_Request *fr)
{
	const struct response *res = x->res;
	bool bare = x->req->method == HEAD || res->status == 304, whole = !res->stream || bare;
	struct err e = { 0 };
	if (!buf_ok(head) || !records_send(fr->ipcFd, fr->requestId, head->data, head->len, buf_str(&res->body),
					   whole && !bare ? res->body.len : 0, whole))
		return false;
	if (whole)
		return true;
	if (res->stream(res->stream_ctx, put, fr, &e))
		return records_send(fr->ipcFd, fr->requestId, NULL, 0, NULL, 0, true);
	log_warn("a download was cut: %s", e.msg[0] ? e.msg : "the client is gone");
	return false;
}

/* The streams of libfcgi have written nothing and are dropped. When the input is read to its end,
   closing loses nothing, and libfcgi need not wait for nginx to close first. */
static void finish(FCGX_Request *fr, bool whole)
{
	if (!whole)
		shutdown(fr->ipcFd, SHUT_RDWR); /* nginx then sees a broken answer, not a short one */
	if (FCGX_GetChar(fr->in) == EOF)
		FCGX_Detach(fr);
	FCGX_Free(fr, 1);
}

/* What a thread keeps from one request to the next. */
struct memory {
	struct arena *arena;
	struct buf head, body;
};

static void serve(const struct fcgi_server *s, void *worker, struct memory *m, FCGX_Request *fr)
{
	struct request_source src = { source_get, source_read, fr };
	struct request req;
	struct response res = { .body = m->body };
	struct exchange x = { .arena = m->arena, .req = &req, .res = &res, .base = s->base_path };
	struct err e = { 0 };
	if (!request_read(m->arena, &src, s->base_path, s->body_max, &req, &e)) {
		x.refused = &e;
		drain(fr);
	}
	log_set_request(req.id);
	s->handle(worker, &x);
	response_head(&res, &m->head);
	finish(fr, send_all(&x, &m->head, fr));
	log_set_request(NULL);
	m->body = res.body;
	buf_clear(&m->head);
	buf_clear(&m->body);
	if (m->body.size > BODY_KEEP)
		buf_release(&m->body);
	arena_reset(m->arena);
}

static void *thread_main(void *p)
{
	struct thread *t = p;
	const struct fcgi_server *s = t->server;
	void *worker = s->worker_start(s->ctx, t->index);
	struct memory m = { .arena = arena_new(0) };
	FCGX_Request fr;
	buf_init(&m.head, HEAD_CAP);
	buf_init(&m.body, RECORDS_MAX);
	FCGX_InitRequest(&fr, t->listener, FCGI_FAIL_ACCEPT_ON_INTR);
	/* What already waits in the backlog when we stop is still served: accept fails after it. */
	for (;;) {
		atomic_store(&t->accepting, true);
		int rc = FCGX_Accept_r(&fr);
		int why = errno;
		atomic_store(&t->accepting, false);
		if (rc == 0) {
			serve(s, worker, &m, &fr);
			continue;
		}
		if (atomic_load(&stopping))
			break;
		if (why == EINTR)
			continue;
		log_error("no request can be accepted: %s", strerror(why));
		nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
	}
	FCGX_Free(&fr, 1);
	buf_release(&m.head);
	buf_release(&m.body);
	arena_free(m.arena);
	s->worker_stop(worker);
	atomic_store(&t->ended, true);
	return NULL;
}

/* ---- start and stop ---- */

static void wake(int sig)
{
}

static void signals_prepare(sigset_t *stop)
{
	struct sigaction sa = { .sa_handler = wake }; /* no SA_RESTART: accept must return */
	sigemptyset(&sa.sa_mask);
	sigaction(WAKE, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(stop);
	sigaddset(stop, SIGTERM);
	sigaddset(stop, SIGINT);
	pthread_sigmask(SIG_BLOCK, stop, NULL); /* inherited by the threads; only we wait for them */
}

/* Threads that are in a request are left alone: a signal there would break its writing. */
static bool threads_stop(struct thread *threads, int n, int listener)
{
	int64_t until = clock_mono_ms() + STOP_MS;
	atomic_store(&stopping, true);
	shutdown(listener, SHUT_RDWR);
	for (bool woken = false;; woken = true) {
		int left = 0;
		for (int i = 0; i < n; i++) {
			if (atomic_load(&threads[i].ended))
				continue;
			left++;
			if (woken && atomic_load(&threads[i].accepting))
				pthread_kill(threads[i].id, WAKE);
		}
		if (!left || clock_mono_ms() > until)
			return !left;
		nanosleep(&(struct timespec){ .tv_nsec = woken ? 50000000 : 5000000 }, NULL);
	}
}

static struct thread *threads_start(const struct fcgi_server *s, int listener, int *started)
{
	struct thread *threads = calloc((size_t)s->threads, sizeof(*threads));
	pthread_attr_t attr;
	*started = 0;
	if (!threads)
		return NULL;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, (size_t)1 << 20);
	for (int i = 0; i < s->threads; i++) {
		threads[i].server = s;
		threads[i].index = i;
		threads[i].listener = listener;
		if (pthread_create(&threads[i].id, &attr, thread_main, &threads[i]) != 0)
			break;
		(*started)++;
	}
	pthread_attr_destroy(&attr);
	return threads;
}

bool fcgi_run(const struct fcgi_server *s, struct err *e)
{
	sigset_t stop;
	int sig = 0, started;
	bool ok = true;

	signals_prepare(&stop);
	atomic_store(&stopping, false);
	if (FCGX_Init() != 0)
		return err_set(e, ERR_INTERNAL, "the FastCGI library cannot start");
	int listener = listen_at(s->socket_path, e);
	if (listener < 0)
		return false;
	struct thread *threads = threads_start(s, listener, &started);
	if (!threads || started < s->threads) {
		ok = err_set(e, ERR_INTERNAL, "only %d of %d threads could be started", started, s->threads);
	} else {
		log_info("%d threads serve %s", s->threads, s->socket_path);
		sigwait(&stop, &sig);
		log_info("stopping: %s", strsignal(sig));
	}
	unlink(s->socket_path);
	if (!threads_stop(threads, started, listener)) {
		/* Their memory must stay. The process is about to end anyway. */
		log_warn("some requests did not end within %d s", STOP_MS / 1000);
		return ok;
	}
	for (int i = 0; i < started; i++)
		pthread_join(threads[i].id, NULL);
	close(listener);
	free(threads);
	return ok;
}
