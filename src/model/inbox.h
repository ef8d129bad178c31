/* SPDX-License-Identifier: MIT */
/*
 * The inbox: the questions that wait for a person, and why for them; those that wait for others;
 * what agents say to people; who is away and who stands in. Whose turn a gate is says gate_turn.
 */
#ifndef MODEL_INBOX_H
#define MODEL_INBOX_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct value;

struct inbox_filter {
	int64_t account;
	bool sees_all;     /* everybody's projects */
	bool watch;        /* what waits for others, instead of one's own turns */
	bool by_cost;      /* what has cost most comes first, else what waits longest */
	const char *kind;  /* NULL: any */
	const char *why;   /* NULL: any */
	int64_t project;   /* 0: any */
	const char *after; /* a cursor that a list gave; NULL: the beginning */
	int64_t limit;     /* 1 … 100 */
};
/* [turn_row] in *out; *next is the cursor of what follows, or NULL. `url` is the public one. */
bool inbox_list(struct db *db, struct arena *a, const struct inbox_filter *f, const char *url,
		struct value **out, const char **next, struct err *e);
/* Whether a list can be filtered by such a kind, or by such a reason. */
bool inbox_kind(const char *kind);
bool inbox_why(const char *why, bool watch);
/* How many turns a person has; what is over 99 counts as 100. */
bool inbox_count(struct db *db, struct arena *a, int64_t account, int64_t *out, struct err *e);
/* Adds to the view what stands beside the list: messages, away, stands_in_for, _said, _projects. */
bool inbox_beside(struct db *db, struct arena *a, struct value *view, int64_t account, bool sees_all,
		  struct err *e);

/* What agents said to people and nobody has answered, as in the view "inbox": in the person's projects, or with
   `run` in that run, which the caller has seen. */
bool people_said(struct db *db, struct arena *a, int64_t account, int64_t run, struct value **out, struct err *e);

/* A turn_row of a gate that the person sees, with _names: to whom it can be given. `owner` as in model/run.h.
   ERR_NOT_FOUND. */
bool gate_brief(struct db *db, struct arena *a, int64_t gate, int64_t owner, int64_t account, const char *url,
		struct value **out, struct err *e);

/* Gives a question to somebody with a word, and takes it back. */
bool gate_give_to(struct db *db, int64_t gate, int64_t account, const char *to, const char *word,
		  struct err *e);
bool gate_taken_back(struct db *db, int64_t gate, int64_t account, struct err *e);

/* {away, stands_in_for, _names, _today} */
bool away_shown(struct db *db, struct arena *a, int64_t account, struct value **out, struct err *e);
/* Days as "2026-01-31", both included; stand_in "" for nobody. ERR_INVALID says what is wrong, and *field of
   which: "from", "until" or "stand_in". */
bool away_say(struct db *db, struct arena *a, int64_t account, const char *name, const char *from,
	      const char *until, const char *stand_in, const char **field, struct err *e);
bool away_over(struct db *db, int64_t account, struct err *e);

/* What an agent said to people is not shown to this person again. */
bool message_aside(struct db *db, int64_t message, int64_t account, struct err *e);

#endif
