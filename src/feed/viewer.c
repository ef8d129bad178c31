/* SPDX-License-Identifier: MIT */
/* A viewer's connection: its request in, messages out, and its end. */
#include "feed/feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "http/records.h"

static void on_socket(uv_poll_t *p, int status, int events);

static void listen_for(struct viewer *v)
{
	uv_poll_start(&v->poll, UV_READABLE | (v->rest ? UV_WRITABLE : 0), on_socket);
}

void viewer_wait(struct viewer *v, struct viewer **list)
{
	v->next = *list;
	v->link = list;
	if (v->next)
		v->next->link = &v->next;
	*list = v;
}

void viewer_unlink(struct viewer *v)
{
	if (!v->link)
		return;
	*v->link = v->next;
	if (v->next)
		v->next->link = v->link;
	v->link = NULL;
}

static void forget_reader(struct viewer *v)
{
	if (v->reader)
		record_reader_release(v->reader);
	free(v->reader);
	v->reader = NULL;
}

void viewer_accept(struct feed *f, int fd)
{
	struct viewer *v = calloc(1, sizeof(*v));
	struct record_reader *r = malloc(sizeof(*r));
	if (!v || !r || uv_poll_init(f->loop, &v->poll, fd) != 0) {
		free(v);
		free(r);
		close(fd);
		return;
	}
	record_reader_init(r);
	v->feed = f;
	v->fd = fd;
	v->reader = r;
	v->seq = -1;
	v->until_ms = clock_mono_ms() + READ_S * 1000;
	v->poll.data = v;
	viewer_wait(v, &f->reading);
	f->viewers++;
	listen_for(v);
}

static void closed(uv_handle_t *h)
{
	struct viewer *v = h->data;
	close(v->fd);
	v->fd = -1;
	v->feed->viewers--;
	if (!v->asked)
		free(v);
}

void viewer_close(struct viewer *v)
{
	if (v->gone)
		return;
	v->gone = true;
	if (v->topic)
		topic_leave(v);
	else
		viewer_unlink(v);
	wheel_remove(v);
	forget_reader(v);
	free(v->rest);
	v->rest = NULL;
	uv_close((uv_handle_t *)&v->poll, closed);
}

bool viewer_back(struct viewer *v)
{
	v->asked = false;
	if (!v->gone)
		return true;
	if (v->fd < 0)
		free(v);
	return false;
}

/* What is left is kept: it is at most one message. */
static bool put(struct viewer *v, const char *p, size_t n)
{
	ssize_t took = send(v->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (took < 0 && errno != EAGAIN && errno != EINTR) {
		viewer_close(v);
		return false;
	}
	size_t done = took > 0 ? (size_t)took : 0;
	if (done == n)
		return true;
	v->rest = malloc(n - done);
	if (!v->rest) {
		viewer_close(v);
		return false;
	}
	memcpy(v->rest, p + done, n - done);
	v->rest_len = n - done;
	v->rest_at = 0;
	v->stuck_ms = clock_mono_ms();
	listen_for(v);
	return true;
}

bool viewer_send(struct viewer *v, struct message *m)
{
	const struct buf *b = message_for(m, v->request);
	if (!buf_ok(b)) {
		viewer_close(v);
		return false;
	}
	return put(v, buf_str(b), b->len);
}

void viewer_answer(struct viewer *v, struct message *m)
{
	struct buf all;
	buf_init(&all, (size_t)64 << 20);
	records_add(&all, v->request, buf_str(&m->text), m->text.len);
	records_add_end(&all, v->request);
	if (v->topic)
		topic_leave(v);
	else
		viewer_unlink(v);
	wheel_remove(v);
	viewer_wait(v, &v->feed->reading);
	v->state = V_ENDING;
	v->until_ms = clock_mono_ms() + SLOW_S * 1000;
	if (put(v, buf_str(&all), all.len) && !v->rest)
		viewer_close(v);
	buf_release(&all);
}

void viewer_end(struct viewer *v)
{
	struct message none;
	if (v->rest) {
		viewer_close(v);
		return;
	}
	message_init(&none);
	viewer_answer(v, &none);
	message_release(&none);
}

static void on_writable(struct viewer *v)
{
	ssize_t took = send(v->fd, v->rest + v->rest_at, v->rest_len - v->rest_at,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
	if (took < 0 && errno != EAGAIN && errno != EINTR) {
		viewer_close(v);
		return;
	}
	if (took > 0) {
		v->rest_at += (size_t)took;
		v->stuck_ms = clock_mono_ms();
	}
	if (v->rest_at < v->rest_len)
		return;
	free(v->rest);
	v->rest = NULL;
	listen_for(v);
	if (v->state == V_ENDING)
		viewer_close(v);
	else if (v->topic)
		topic_due(v->topic);
}

/* After its request a viewer says nothing more: what can be read is its end. */
static void on_readable(struct viewer *v)
{
	char bytes[16384];
	ssize_t n = recv(v->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		viewer_close(v);
		return;
	}
	if (n < 0 || v->state != V_READING)
		return;
	record_reader_feed(v->reader, bytes, (size_t)n);
	if (v->reader->state == RECORDS_BAD) {
		viewer_close(v);
	} else if (v->reader->state == RECORDS_READY) {
		v->request = v->reader->request;
		viewer_unlink(v);
		request_take(v);
		forget_reader(v);
	}
}

static void on_socket(uv_poll_t *p, int status, int events)
{
	struct viewer *v = p->data;
	if (status < 0) {
		viewer_close(v);
		return;
	}
	if (events & UV_READABLE)
		on_readable(v);
	if ((events & UV_WRITABLE) && !v->gone && v->rest)
		on_writable(v);
}
