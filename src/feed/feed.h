/* SPDX-License-Identifier: MIT */
/*
 * The feed's yard: one process, one loop, one database connection. A viewer is a FastCGI connection that
 * stays:
 *
 *   viewer.c (reads) -> request.c (what is wanted) -> arrive.c (who, and may they)
 *   -> topic.c -> events.c, state.c, text.c
 *
 * A topic is what several viewers watch together: a run, or what one account sees of all runs. What the
 * database is asked, it is asked for all who wait for it at once, one batch after the other, in a thread
 * (trip.c); viewers come and go meanwhile, so a batch takes numbers along and finds its viewers again when it
 * is back.
 *
 * A viewer's place is the number of the last event that was put on its way. What the socket does not take is
 * kept, a message at most; until it is gone the viewer gets nothing more and its place stands still. So
 * nobody is sent an event twice or out of order, and a slow viewer costs no memory: it catches up from the
 * database, or is cut off and comes again with its place.
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "base/err.h"
#include "http/record_reader.h"

struct arena;
struct config;
struct db;
struct feed;
struct topic;

enum {
	COMMENT_S = 15,      /* a comment to each stream; a viewer that is gone is noticed by it at last */
	READ_S = 10,         /* a request must be whole by then */
	ASK_S = 20,          /* and the database must have said by then who asks */
	WATCHED_S = 150,     /* after so long the database forgets that a run is watched */
	SLOW_S = 30,         /* a viewer that takes nothing for so long is cut off */
	WAIT_MAX_S = 50,     /* of a long poll */
	CALLS = 8,           /* texts that are written in a run at once */
	TOPICS = 4096        /* chains of the table */
};

/* ---- viewers ---- */

enum viewer_kind { VIEW_RUN, VIEW_STATE, VIEW_POLL };
enum viewer_state {
	V_READING, /* its request */
	V_ASKING,  /* in arrive.c's hands */
	V_OPEN,
	V_ENDING   /* its answer is on its way out */
};

struct viewer {
	uv_poll_t poll;
	struct feed *feed;
	struct viewer *next, **link;             /* of the topic, or of those that have none yet */
	struct viewer *wheel_next, **wheel_link; /* open ones, by the second of their next comment */
	struct topic *topic;
	struct record_reader *reader;            /* V_READING */
	int64_t run, seq;                        /* seq: its place; -1: it has none */
	int64_t until_ms;                        /* V_READING, V_ASKING, VIEW_POLL: not longer than this */
	int64_t wait_ms;                         /* VIEW_POLL: how long, once it is open */
	int64_t checked_ms, stuck_ms;            /* when it was asked about last; when it last took something */
	uint8_t hash[SHA256_LEN];                /* of what it showed to be let in */
	char *rest;                              /* what the socket did not take, or NULL */
	size_t rest_len, rest_at;
	int fd;
	int request;                             /* its number on the connection */
	enum viewer_kind kind;
	enum viewer_state state;
	bool bearer;
	bool plain;                              /* all messages without a name of their own */
	bool asked;                              /* a batch holds a pointer to it */
	bool gone;                               /* closed, while a batch holds it */
	bool new_text;                           /* wants texts from their beginning */
};

/* What is sent to many: framed once for all whose request has the same number, as nginx's all have. */
struct message {
	struct buf text, framed;
	int request;
};

/* viewer.c */
void viewer_accept(struct feed *f, int fd);
/* False: it takes no more now, or is gone. */
bool viewer_send(struct viewer *v, struct message *m);
/* Sends the whole answer and ends; the text is head and body. */
void viewer_answer(struct viewer *v, struct message *m);
/* Ends a stream in order. */
void viewer_end(struct viewer *v);
void viewer_close(struct viewer *v);
/* Among those without a topic. */
void viewer_unlink(struct viewer *v);
void viewer_wait(struct viewer *v, struct viewer **list);
/* A batch lets go of it; true: it is still there. */
bool viewer_back(struct viewer *v);
static inline bool viewer_takes(const struct viewer *v)
{
	return v->state == V_OPEN && !v->rest;
}

/* message.c */
void message_init(struct message *m);
void message_release(struct message *m);
void message_clear(struct message *m);
const struct buf *message_for(struct message *m, int request);
/* An event stream's head, with how long to wait before coming again. */
void message_head(struct message *m);
/* The place alone. */
void message_place(struct message *m, int64_t seq);
/* The viewer's place means nothing here: it begins anew with what there is. */
void message_reset(struct message *m, int64_t last, bool plain);
/* id 0: none. `json` has no line break. */
void message_add(struct message *m, int64_t id, const char *kind, const char *json, bool plain);

/* request.c: looks at a whole request and sets out to answer it. */
void request_take(struct viewer *v);
void request_refuse(struct viewer *v, const struct err *e);
/* A long poll's answer: events as a JSON list's inside. */
void request_answer_poll(struct viewer *v, const char *events, int64_t last);

/* wheel.c: comments, checks, and who is too slow */
void wheel_add(struct viewer *v);
void wheel_remove(struct viewer *v);
void wheel_turn(struct feed *f);

/* ---- topics ---- */

enum topic_kind { TOPIC_RUN, TOPIC_STATE };

struct live_call {
	int64_t call;
	int64_t bytes; /* sent to everybody */
};

struct topic {
	enum topic_kind kind;
	int64_t id;              /* run or account */
	struct feed *feed;
	struct topic *next, **link;      /* in its chain */
	struct topic *due_next, **due_link; /* among those to be asked for, or due_link NULL */
	struct viewer *viewers;
	size_t count;
	int64_t known;           /* the run's last event as far as we know */
	int64_t began_ms, looked_ms, told_ms; /* told: that it is watched; 0: not yet */
	int64_t turn, running;   /* TOPIC_STATE: what was sent last */
	bool fresh;              /* TOPIC_STATE: somebody has been sent nothing yet */
	bool text;               /* there may be text to be fetched */
	struct live_call *calls; /* CALLS of them, or NULL */
	unsigned next_call;
};

/* topic.c */
struct topic *topic_find(struct feed *f, enum topic_kind kind, int64_t id);
struct topic *topic_get(struct feed *f, enum topic_kind kind, int64_t id);
void topic_join(struct topic *t, struct viewer *v);
/* The last to leave removes it. */
void topic_leave(struct viewer *v);
/* Something has happened, or may have. */
void topic_due(struct topic *t);
void topic_undue(struct topic *t);
/* All of them: nobody knows what was missed. */
void topics_doubt(struct feed *f);
void topics_each(struct feed *f, void (*fn)(struct topic *t, void *ctx), void *ctx);

/* ---- the database ---- */

struct trip {
	struct feed *feed;
	uv_work_t task;
	struct arena *a;
	bool (*go)(struct trip *t, struct db *db, struct err *e); /* in a thread; touches nothing but itself */
	void (*back)(struct trip *t, bool ok);                    /* on the loop */
	struct err e;
	bool ok;
};

/* trip.c. The trip is freed after `back`, with its arena. */
void *trip_new(struct feed *f, size_t size, bool (*go)(struct trip *, struct db *, struct err *),
	       void (*back)(struct trip *, bool));
void trip_start(struct trip *t);
void trip_retry(uv_timer_t *timer);

/* hear.c */
void hear_stop(struct feed *f);
/* While a thread uses the connection nobody looks at its socket. */
void hear_pause(struct feed *f);
void hear_go_on(struct feed *f);

/* arrive.c, events.c, look.c, state.c, text.c: the next batch of each sets out, if there is one. */
void arrive(struct feed *f);
void events(struct feed *f);
void look(struct feed *f);
void state(struct feed *f);
void text(struct feed *f);
/* The runs of a payload. */
void text_heard(struct feed *f, const char *payload);
void state_heard(struct feed *f, int64_t run);

struct feed {
	const struct config *config;
	const char *base, *cookie;
	uv_loop_t *loop;
	struct db *db;
	struct trip *trip;          /* NULL: the connection is free */
	unsigned turn_of;
	bool away, retrying;        /* the database is; and it is time to try whether it still is */
	int64_t retry_ms;
	bool stopping;

	int listener;
	uv_poll_t accept;
	uv_timer_t tick, retry, again; /* again: state.c may ask again */
	uv_idle_t idle;
	uv_check_t check;
	uv_signal_t term, intr;
	uv_poll_t *hear;            /* on the database's socket */
	uint64_t hear_connection, connection; /* which connection that is; the last that was looked at after */
	bool pausing;               /* no descriptor is left for more viewers */

	struct topic *topics[TOPICS];
	size_t topic_count;
	struct topic *due[2];       /* by kind */
	struct viewer *reading, *asking; /* that have no topic */
	struct viewer *wheel[COMMENT_S];
	struct viewer *polls;       /* long ones */
	unsigned hand;              /* of the wheel */
	size_t viewers;

	int64_t runs[256];          /* in which something happened, for those who watch all */
	size_t run_count;
	bool state_missed;          /* more than these */
	int64_t state_ms;           /* not before this */
	bool want_look, want_check, want_text;
	int64_t cleared_ms;
	int64_t told_all_ms;        /* that all runs are watched */
	size_t watchers;            /* topics of the kind TOPIC_STATE */
};

/* loop.c */
int feed_loop(struct feed *f);
/* This turn's end does not wait. */
void feed_wake(struct feed *f);

#endif
