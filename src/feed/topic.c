/* SPDX-License-Identifier: MIT */
#include "feed/feed.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

static struct topic **chain(struct feed *f, enum topic_kind kind, int64_t id)
{
	uint64_t mixed = ((uint64_t)id * 2 + (uint64_t)kind) * UINT64_C(0x9e3779b97f4a7c15);
	return &f->topics[mixed >> 52];
}

struct topic *topic_find(struct feed *f, enum topic_kind kind, int64_t id)
{
	for (struct topic *t = *chain(f, kind, id); t; t = t->next)
		if (t->id == id && t->kind == kind)
			return t;
	return NULL;
}

struct topic *topic_get(struct feed *f, enum topic_kind kind, int64_t id)
{
	struct topic *t = topic_find(f, kind, id), **first = chain(f, kind, id);
	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t) {
		log_error("out of memory");
		abort();
	}
	t->kind = kind;
	t->id = id;
	t->feed = f;
	t->began_ms = clock_mono_ms();
	t->turn = t->running = -1;
	t->next = *first;
	t->link = first;
	if (t->next)
		t->next->link = &t->next;
	*first = t;
	f->topic_count++;
	f->watchers += kind == TOPIC_STATE;
	return t;
}

void topic_due(struct topic *t)
{
	struct topic **first = &t->feed->due[t->kind];
	feed_wake(t->feed);
	if (t->due_link)
		return;
	t->due_next = *first;
	t->due_link = first;
	if (t->due_next)
		t->due_next->due_link = &t->due_next;
	*first = t;
}

void topic_undue(struct topic *t)
{
	if (!t->due_link)
		return;
	*t->due_link = t->due_next;
	if (t->due_next)
		t->due_next->due_link = t->due_link;
	t->due_link = NULL;
}

void topic_join(struct topic *t, struct viewer *v)
{
	v->topic = t;
	t->count++;
	viewer_wait(v, &t->viewers);
}

void topic_leave(struct viewer *v)
{
	struct topic *t = v->topic;
	viewer_unlink(v);
	v->topic = NULL;
	if (--t->count)
		return;
	topic_undue(t);
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	t->feed->topic_count--;
	t->feed->watchers -= t->kind == TOPIC_STATE;
	free(t->calls);
	free(t);
}

void topics_each(struct feed *f, void (*fn)(struct topic *t, void *ctx), void *ctx)
{
	struct topic *next;
	for (size_t i = 0; i < TOPICS; i++) {
		for (struct topic *t = f->topics[i]; t; t = next) {
			next = t->next;
			fn(t, ctx);
		}
	}
}

static void doubt(struct topic *t, void *ctx)
{
	t->began_ms = *(int64_t *)ctx;
	t->told_ms = t->looked_ms = 0;
	t->text = t->kind == TOPIC_RUN;
	topic_due(t);
}

void topics_doubt(struct feed *f)
{
	int64_t now = clock_mono_ms();
	topics_each(f, doubt, &now);
	f->told_all_ms = 0;
	f->want_look = f->want_text = true;
	f->state_missed = true;
}
