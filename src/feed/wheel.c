/* SPDX-License-Identifier: MIT */
/*
 * Open viewers by the second of their next comment, so that each second a fifteenth of them is looked at and
 * nobody has a timer.
 */
#include "feed/feed.h"

#include "base/clock.h"
#include "base/err.h"

void wheel_add(struct viewer *v)
{
	struct feed *f = v->feed;
	struct viewer **slot = v->kind == VIEW_POLL ? &f->polls :
						      &f->wheel[(f->hand + COMMENT_S - 1) % COMMENT_S];
	v->wheel_next = *slot;
	v->wheel_link = slot;
	if (v->wheel_next)
		v->wheel_next->wheel_link = &v->wheel_next;
	*slot = v;
}

void wheel_remove(struct viewer *v)
{
	if (!v->wheel_link)
		return;
	*v->wheel_link = v->wheel_next;
	if (v->wheel_next)
		v->wheel_next->wheel_link = v->wheel_link;
	v->wheel_link = NULL;
}

static void pass(struct viewer *v, struct message *comment, int64_t now)
{
	if (v->rest) {
		if (now - v->stuck_ms > SLOW_S * 1000)
			viewer_close(v);
		return;
	}
	viewer_send(v, comment);
}

static void give_up(struct viewer *list, int64_t now)
{
	struct viewer *next;
	for (struct viewer *v = list; v; v = next) {
		next = v->next;
		if (now < v->until_ms)
			continue;
		if (v->state == V_ASKING) {
			struct err e = { 0 };
			err_set(&e, ERR_UNAVAILABLE, "The database does not answer; try again in a moment.");
			request_refuse(v, &e);
		} else {
			viewer_close(v);
		}
	}
}

/* Once a second. */
void wheel_turn(struct feed *f)
{
	int64_t now = clock_mono_ms();
	struct message comment;
	struct viewer *next;

	message_init(&comment);
	buf_adds(&comment.text, ":\n\n");
	f->hand = (f->hand + 1) % COMMENT_S;
	for (struct viewer *v = f->wheel[f->hand]; v; v = next) {
		next = v->wheel_next;
		pass(v, &comment, now);
	}
	message_release(&comment);
	for (struct viewer *v = f->polls; v; v = next) {
		next = v->wheel_next;
		if (now >= v->until_ms)
			request_answer_poll(v, "", v->topic->known);
	}
	give_up(f->reading, now);
	give_up(f->asking, now);
}
