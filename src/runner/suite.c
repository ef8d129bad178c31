/* SPDX-License-Identifier: MIT */
/*
 * Application and suite go into the sandbox; what it says becomes the outcome. Whatever
 * keeps it from saying anything makes the outcome "unexecuted", and a person is asked.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/json.h"
#include "runner/runner.h"
#include "sandbox/sandbox.h"

struct suite_wait {
	uv_poll_t poll;
	struct work *w;
	struct buf report;
	int fd;
};

static void unexecuted(struct work *w, const char *why)
{
	struct json_object *j = json_own(w->a, json_object_new_object());

	json_object_object_add(j, "executed", json_object_new_boolean(0));
	json_object_object_add(j, "problem", json_object_new_string(why));
	w->out.report = json_text(w->a, j);
	settle_advance(w, "unexecuted", NULL);
}

static void verdict(struct work *w, struct json_object *report)
{
	if (!json_get_bool(report, "executed", false)) {
		unexecuted(w, json_get_str(report, "problem", "the sandbox gave no reason"));
		return;
	}
	w->out.report = json_text(w->a, report);
	if (sandbox_green(report))
		settle_advance(w, "pass", NULL);
	else
		settle_advance(w, json_get_int(report, "failed", 0) > 0 ? "fail" : "unexecuted", NULL);
}

static void released(uv_handle_t *h)
{
	struct suite_wait *s = h->data;

	close(s->fd);
	buf_release(&s->report);
	free(s);
}

static void finish(struct work *w)
{
	struct suite_wait *s = w->suite;
	struct err e = { 0 };

	uv_poll_stop(&s->poll);
	w->suite = NULL;
	struct json_object *report =
		buf_ok(&s->report) ? sandbox_report(w->a, buf_str(&s->report), s->report.len, &e) : NULL;
	uv_close((uv_handle_t *)&s->poll, released);
	if (report)
		verdict(w, report);
	else
		unexecuted(w, e.msg[0] ? e.msg : "the sandbox's report is too long");
}

static void on_readable(uv_poll_t *p, int status, int events)
{
	struct suite_wait *s = p->data;
	char part[65536];
	ssize_t n;

	while ((n = read(s->fd, part, sizeof(part))) > 0)
		buf_add(&s->report, part, (size_t)n);
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		work_step(s->w, finish);
}

void suite_begin(struct work *w)
{
	size_t n = 0, count = w->in.file_count + w->out.file_count;
	struct file_item *files = arena_array(w->a, count, sizeof(*files));
	struct err e = { 0 };
	int fd;

	for (size_t i = 0; i < w->in.file_count; i++)
		files[n++] = w->in.files[i];
	for (size_t i = 0; i < w->out.file_count; i++)
		files[n++] = (struct file_item){ w->out.files[i].path, w->out.files[i].data.s,
						 w->out.files[i].data.len };
	if (!w->r->sandbox) {
		unexecuted(w, w->r->sandbox_why);
		return;
	}
	if (!sandbox_submit(w->r->sandbox, files, count, NULL, &fd, &e)) {
		unexecuted(w, e.msg);
		return;
	}
	struct suite_wait *s = fault("suite.started") ? NULL : calloc(1, sizeof(*s));
	if (!s) {
		close(fd);
		unexecuted(w, "out of memory");
		return;
	}
	s->w = w;
	s->fd = fd;
	w->suite = s;
	buf_init(&s->report, SANDBOX_REPORT_BYTES);
	s->poll.data = s;
	uv_poll_init(w->r->loop, &s->poll, fd);
	uv_poll_start(&s->poll, UV_READABLE | UV_DISCONNECT, on_readable);
}

/* Closing the pipe ends the job. */
void suite_abort(struct work *w)
{
	struct suite_wait *s = w->suite;

	w->suite = NULL;
	uv_poll_stop(&s->poll);
	uv_close((uv_handle_t *)&s->poll, released);
}
