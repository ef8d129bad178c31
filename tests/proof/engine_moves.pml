/* SPDX-License-Identifier: MIT */
/* What is in the model's database, and how a run moves in it. Part of engine.pml. */
#define TRUNK 0
#define NOBODY 0
#define IDS 8
#define RUNNERS 2
#define HANDS 2

mtype = { ready, leased, waiting, done };             /* a cursor's state */
mtype = { none, gate, retry, on_hold, join };          /* what it waits for */
mtype = { A, B, C, J, G };                            /* where it is */
mtype = { pass, fail };                               /* what a branch came with; none: nothing */
mtype = { running, ended, rejected, cancelled };      /* the run */

/* All that is in the database: [0] is it, [1] what the standby has of it. */
typedef database {
	mtype life = running;
	bool paused;
	mtype state[3] = done, why[3] = none, node[3] = A, came[3] = none;
	byte epoch[3] = 1, owner[3], token[3];
	byte taken[3];          /* the epoch of the last output taken, per branch */
	byte outputs, receipts; /* counted apart */
	byte asked;             /* questions asked so far */
	byte question;          /* the open one, 0 is none */
	byte on;                /* the branch that it is about */
	bool parked;            /* it is an agent's, not the gate's */
	byte loops;             /* how often the join has gone back */
	byte forks, joins;
	byte decided;           /* the last question that was decided */
	byte row[IDS];          /* runners: 0 no row, 1 live, 2 over */
}
database db[2];

#define c_state db[0].state
#define c_node db[0].node
#define c_epoch db[0].epoch
#define c_owner db[0].owner

byte tokens, ids, failovers, timeline;
byte deaths, stalls, retries, parks, fails, changes, cancels, pauses, backs;
bool runs[IDS];                                       /* whether the runner's process is there */
byte hand[RUNNERS * HANDS];                           /* branch + 1 that it works on, 0 nothing */
byte with[RUNNERS * HANDS], by[RUNNERS * HANDS];   /* by which lease */
bool copied;
byte k; /* of loops */

inline lose(b) {
	c_owner[b] = NOBODY;
	db[0].token[b] = 0;
	c_epoch[b]++
}

inline lease(b, id) {
	c_state[b] = leased;
	db[0].why[b] = none;
	c_owner[b] = id;
#ifndef EPOCH_STANDS
	c_epoch[b]++;
#endif
	tokens++;
	db[0].token[b] = tokens
}

/* sql: run_end */
inline end_run(how) {
	db[0].life = how;
	db[0].question = 0;
	for (k : 0 .. 2) {
		if
		:: c_state[k] != done || db[0].came[k] != none ->
			c_state[k] = done;
			db[0].why[k] = none;
			db[0].came[k] = none;
			lose(k)
		:: else
		fi
	}
	k = 0
}

/* sql: cursor_enter */
inline enter(c, at, to) {
	db[0].came[c] = none;
	c_node[c] = at;
	if
	:: db[0].paused -> c_state[c] = waiting; db[0].why[c] = on_hold; lose(c)
	:: else ->
		if
		:: to != NOBODY -> lease(c, to)
		:: else -> c_state[c] = ready; db[0].why[c] = none; lose(c)
		fi
	fi
}

inline ask(b, from_agent) {
	c_state[b] = waiting;
	db[0].why[b] = gate;
	lose(b);
	db[0].asked++;
	db[0].question = db[0].asked;
	db[0].on = b;
	db[0].parked = from_agent
}

/* The last branch at the join lets the trunk go on, with the worst that they came with. */
inline meet(keeper) {
	if
#ifdef JOIN_MISCOUNTS
	:: c_state[1] == done || c_state[2] == done ->
#else
	:: c_state[1] == done && c_state[2] == done ->
#endif
		assert(c_state[1] == done && c_state[2] == done);
		assert(db[0].came[1] != none && db[0].came[2] != none);
		assert(db[0].joins < db[0].forks);
		db[0].joins++;
		if
		:: (db[0].came[1] == fail || db[0].came[2] == fail) && db[0].loops == 0 ->
			db[0].loops++;
			enter(TRUNK, A, keeper)
		:: else -> c_node[TRUNK] = G; ask(TRUNK, false)
		fi;
		db[0].came[1] = none;
		db[0].came[2] = none
	:: else
	fi
}

/* sql: cursor_step */
inline step(b, outcome, keeper) {
	if
	:: b == TRUNK && c_node[TRUNK] == A ->
		c_state[TRUNK] = waiting;
		db[0].why[TRUNK] = join;
		c_node[TRUNK] = J;
		lose(TRUNK);
		db[0].forks++;
		enter(1, B, keeper);
		enter(2, C, keeper)
	:: b == TRUNK && c_node[TRUNK] == G -> end_run(ended)
	:: b != TRUNK ->
		c_state[b] = done;
		db[0].why[b] = none;
		c_node[b] = J;
		db[0].came[b] = outcome;
		lose(b);
		meet(keeper)
	:: b == TRUNK && (c_node[TRUNK] == B || c_node[TRUNK] == C) ->
		/* after going back: a trunk at the join has nobody to wait for */
		c_node[TRUNK] = G;
		ask(TRUNK, false)
	fi
}
