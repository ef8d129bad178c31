/* SPDX-License-Identifier: MIT */
/*
 * A model server for make bench, in one thread: answers every POST with the same chat completion
 * after a set time, as a stream or whole, as is asked; says how many requests it holds. It must
 * never be what the runner waits for. The answer is plain ASCII.
 *
 *   stub_server ANSWER-FILE      prints its port, and ends with its standard input
 *
 *   GET /reset?latency_ms=N&mark=TEXT   forgets what was counted; TEXT has no special characters
 *   GET /stats                          {"in_flight", "peak", "requests"}
 *   GET /arrivals                       a line for each request with TEXT in it: when it was there
 *                                       in full, in nanoseconds of the monotonic clock
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"

enum { EVENTS = 256, PIECE = 65536, PARTS = 8, ARRIVALS = 1 << 20, REQUEST_MAX = 16 << 20 };

struct conn {
	int fd;
	struct buf in;
	struct buf own;         /* an answer of its own, to a GET */
	const struct buf *out;  /* what is being sent, or NULL */
	size_t sent;
	size_t whole;           /* bytes of the request when all of it is there; 0: not known yet */
	bool held, stream, close;
	int64_t due;            /* ns, while it is held */
	struct conn *next;      /* in the queue of the held, or of the dead */
	bool dead;
};

static int epoll_fd, listener;
static struct buf plain, streamed;
static struct conn *held, **held_end = &held, *dead;
static int64_t latency_ns, arrivals[ARRIVALS];
static size_t arrival_count, in_flight, peak, requests;
static char mark[64];

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "stub_server: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- the two answers, made once ---- */

static void head(struct buf *b, const char *type, const char *more)
{
	buf_addf(b, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%s\r\n", type, more);
}

static void event(struct buf *b, const struct buf *data)
{
	buf_addf(b, "%zx\r\ndata: ", data->len + 8);
	buf_add(b, data->data, data->len);
	buf_adds(b, "\n\n\r\n");
}

#define HEAD "{\"id\":\"bench\",\"object\":\"chat.completion%s\",\"created\":1,\"model\":\"bench\","
#define USAGE "\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":1000,\"total_tokens\":2000}}"

static void make_answers(struct str text)
{
	struct buf b;

	buf_init(&b, REQUEST_MAX);
	buf_init(&plain, REQUEST_MAX);
	buf_init(&streamed, REQUEST_MAX);
	buf_addf(&b, HEAD "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":", "");
	json_write_str(&b, text.s, text.len);
	buf_adds(&b, "},\"finish_reason\":\"stop\"}]," USAGE);
	char length[64];
	snprintf(length, sizeof(length), "Content-Length: %zu\r\n", b.len);
	head(&plain, "application/json", length);
	buf_add(&plain, b.data, b.len);

	head(&streamed, "text/event-stream", "Transfer-Encoding: chunked\r\n");
	for (size_t i = 0; i < PARTS; i++) {
		size_t from = text.len * i / PARTS, to = text.len * (i + 1) / PARTS;
		buf_clear(&b);
		buf_addf(&b, HEAD "\"choices\":[{\"index\":0,\"delta\":{\"content\":", ".chunk");
		json_write_str(&b, text.s + from, to - from);
		buf_adds(&b, "},\"finish_reason\":null}]}");
		event(&streamed, &b);
	}
	buf_clear(&b);
	buf_addf(&b, HEAD "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}", ".chunk");
	event(&streamed, &b);
	buf_clear(&b);
	buf_addf(&b, HEAD "\"choices\":[]," USAGE, ".chunk");
	event(&streamed, &b);
	buf_adds(&streamed, "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
	buf_release(&b);
}

/* ---- connections ---- */

static void watch(struct conn *c, uint32_t events, int how)
{
	struct epoll_event e = { .events = events, .data.ptr = c };

	if (epoll_ctl(epoll_fd, how, c->fd, &e) != 0)
		fail("epoll_ctl");
}

/* Freed when this round's events are over, and when it is out of the queue of the held. */
static void drop(struct conn *c)
{
	if (c->dead)
		return;
	c->dead = true;
	close(c->fd);
	buf_release(&c->in);
	if (c->held)
		return;
	c->next = dead;
	dead = c;
}

static void bury(void)
{
	while (dead) {
		struct conn *c = dead;
		dead = c->next;
		buf_release(&c->own);
		free(c);
	}
}

static void handle(struct conn *c);

static void flush(struct conn *c)
{
	while (c->sent < c->out->len) {
		ssize_t n = send(c->fd, c->out->data + c->sent, c->out->len - c->sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN) {
			watch(c, EPOLLOUT, EPOLL_CTL_MOD);
			return;
		}
		if (n <= 0) {
			drop(c);
			return;
		}
		c->sent += (size_t)n;
	}
	c->out = NULL;
	c->sent = 0;
	if (c->close)
		drop(c);
}

static void answer(struct conn *c)
{
	in_flight--;
	c->held = false;
	c->out = c->stream ? &streamed : &plain;
	flush(c);
}

static void release_due(void)
{
	int64_t now = held ? now_ns() : 0;

	while (held && (held->dead || held->due <= now)) {
		struct conn *c = held;
		held = c->next;
		if (!held)
			held_end = &held;
		if (c->dead) {
			in_flight--;
			c->next = dead;
			dead = c;
		} else {
			answer(c);
		}
	}
}

static void hold(struct conn *c)
{
	requests++;
	if (++in_flight > peak)
		peak = in_flight;
	if (!latency_ns) {
		answer(c);
		return;
	}
	c->held = true;
	c->due = now_ns() + latency_ns;
	c->next = NULL;
	*held_end = c;
	held_end = &c->next;
}

static void control(struct conn *c, const char *path)
{
	struct buf b;

	buf_init(&b, (size_t)ARRIVALS * 24);
	if (strncmp(path, "/reset?latency_ms=", 18) == 0) {
		char *end;
		latency_ns = strtoll(path + 18, &end, 10) * 1000000;
		mark[0] = '\0';
		sscanf(end, "&mark=%63[A-Za-z0-9-]", mark);
		arrival_count = requests = 0;
		peak = in_flight;
	} else if (strncmp(path, "/arrivals", 9) == 0) {
		for (size_t i = 0; i < arrival_count; i++)
			buf_addf(&b, "%lld\n", (long long)arrivals[i]);
	}
	if (b.len == 0)
		buf_addf(&b, "{\"in_flight\":%zu,\"peak\":%zu,\"requests\":%zu}", in_flight, peak, requests);
	buf_init(&c->own, b.cap + 200);
	char length[64];
	snprintf(length, sizeof(length), "Content-Length: %zu\r\n", b.len);
	head(&c->own, "text/plain", length);
	buf_add(&c->own, b.data, b.len);
	buf_release(&b);
	c->out = &c->own;
	flush(c);
}

static void request(struct conn *c)
{
	char *text = c->in.data;

	if (strncmp(text, "GET ", 4) == 0) {
		char *end = strpbrk(text + 4, " \r");
		*end = '\0';
		control(c, text + 4);
	} else {
		if (mark[0] && arrival_count < ARRIVALS && memmem(text, c->whole, mark, strlen(mark)))
			arrivals[arrival_count++] = now_ns();
		c->stream = memmem(text, c->whole, "\"stream\":true", 13) != NULL;
		hold(c);
	}
	if (c->dead)
		return;
	buf_release(&c->in);
	c->whole = 0;
}

/* Nobody here sends a second request before the answer to the first. */
static void handle(struct conn *c)
{
	if (!c->whole) {
		char *end = memmem(c->in.data, c->in.len, "\r\n\r\n", 4), *length;
		if (!end)
			return;
		*end = '\0';
		length = strcasestr(c->in.data, "\r\nContent-Length:");
		c->close = strcasestr(c->in.data, "\r\nConnection: close") != NULL;
		c->whole = (size_t)(end + 4 - c->in.data) + (length ? strtoul(length + 17, NULL, 10) : 0);
	}
	if (c->in.len >= c->whole)
		request(c);
}

static void on_readable(struct conn *c)
{
	static char piece[PIECE];

	for (;;) {
		ssize_t n = recv(c->fd, piece, sizeof(piece), 0);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			drop(c);
			return;
		}
		buf_add(&c->in, piece, (size_t)n);
		buf_str(&c->in);
		if (!buf_ok(&c->in)) {
			drop(c);
			return;
		}
		handle(c);
		if (c->dead || n < PIECE)
			return;
	}
}

static void on_events(struct conn *c, uint32_t events)
{
	if (c->dead)
		return;
	if (events & EPOLLOUT) {
		watch(c, EPOLLIN, EPOLL_CTL_MOD);
		flush(c);
	} else {
		on_readable(c);
	}
}

static void take_in(void)
{
	int fd, on = 1;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct conn *c = calloc(1, sizeof(*c));
		if (!c)
			fail("memory");
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		c->fd = fd;
		buf_init(&c->in, REQUEST_MAX);
		watch(c, EPOLLIN, EPOLL_CTL_ADD);
		on_readable(c);
	}
}

static void listen_somewhere(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);

	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(listener, 16384) != 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &size) != 0)
		fail("cannot listen");
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct epoll_event events[EVENTS];
	struct arena *a = arena_new(0);
	struct rlimit files;
	struct err e = { 0 };
	struct str text;

	if (argc != 2 || !file_read(a, argv[1], REQUEST_MAX / 4, &text, &e)) {
		fprintf(stderr, "usage: stub_server ANSWER-FILE%s%s\n", e.msg[0] ? ": " : "", e.msg);
		return 2;
	}
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	make_answers(text);
	arena_free(a);
	listen_somewhere();
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	/* By the address of what it is: a connection, the listener, or standard input. */
	struct epoll_event e0 = { .events = EPOLLIN, .data.ptr = &listener };
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &e0);
	e0.data.ptr = events;
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &e0);
	for (;;) {
		int64_t wait = held ? (held->due - now_ns()) / 1000000 + 1 : -1;
		int n = epoll_wait(epoll_fd, events, EVENTS, wait < -1 ? 0 : (int)wait);
		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == events)
				return 0;
			if (events[i].data.ptr == &listener)
				take_in();
			else
				on_events(events[i].data.ptr, events[i].events);
		}
		release_due();
		bury();
	}
}
