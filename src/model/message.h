/* SPDX-License-Identifier: MIT */
/*
 * What people and agents say to one another in a run. `owner` as in model/run.h. A text says itself
 * to whom it goes: "@architect …" to that agent, "#design …" to all who listen to a topic.
 */
#ifndef MODEL_MESSAGE_H
#define MODEL_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct value;

#define MESSAGES 100 /* on a page */

/* The view "messages": the newest of ids under `before`. */
bool message_list(struct db *db, struct arena *a, int64_t run, int64_t owner, int64_t before, struct value **out,
		  struct err *e);

struct saying {
	const char *text;
	int64_t priority; /* -10 … 10 */
	int64_t reply_to; /* 0: it answers none. An answer needs no address. */
	bool answers_only; /* who was asked at a gate of the run may say no more than the answer */
};
/* An answer to an agent's open question decides its gate. ERR_INVALID says whom one can write to. */
bool message_say(struct db *db, struct arena *a, int64_t run, int64_t owner, int64_t account,
		 const struct saying *s, struct err *e);
/* An agent is to read again what was given up. */
bool message_revive_by(struct db *db, struct arena *a, int64_t run, int64_t owner, int64_t message,
		       const char *agent, int64_t account, struct err *e);

#endif
