/* SPDX-License-Identifier: MIT */
/*
 * One run of the engine and whoever works on it, for Spin:
 *
 *     A ──pass──> fork ──> B ┐
 *     ^                └─> C ┴─> join ──pass──> gate ──approve──> done
 *     └────────fail (once)───────┘ └─reject──> rejected, changes (once) ──> A
 *
 * Two runners, each at times dead, stalled past its lease, or fenced, and started again; a person who decides,
 * another who does the same at once; one who cancels, pauses, goes back; and a database that fails over to a
 * standby that lacks what was committed last. Each of these happens a bounded number of times, so every execution
 * ends, and one that ends without the run's end is an error that Spin reports. What else must hold is asserted.
 *
 * A comment "sql: NAME" says for which function of sql/functions a step stands; tests/proof/test_model.sh compares.
 * Every step is atomic as a transaction that locks the run first is. `token` is what the model knows and nobody
 * in it: which leasing it was. It decides whether what is taken comes from who should be heard.
 *
 * Broken on purpose, each by its -D: EPOCH_ALONE, NO_STATE_CHECK, ROW_DELETED, JOIN_MISCOUNTS, EPOCH_STANDS,
 * GATE_UNCHECKED, BELIEVES.
 */
#ifndef DEATHS
#define DEATHS 1
#endif
#ifndef STALLS
#define STALLS 1
#endif
#ifndef RETRIES
#define RETRIES 0
#endif
#ifndef PARKS
#define PARKS 0
#endif
#ifndef FAILS
#define FAILS 0
#endif
#ifndef CHANGES
#define CHANGES 0
#endif
#ifndef CANCELS
#define CANCELS 0
#endif
#ifndef PAUSES
#define PAUSES 0
#endif
#ifndef BACKS
#define BACKS 0
#endif
#ifndef FAILOVERS
#define FAILOVERS 0
#endif

#include "engine_moves.pml"

#define hears(b, e, id) (c_state[b] == leased && c_epoch[b] == e && c_owner[b] == id)
#ifdef EPOCH_ALONE
#undef hears
#define hears(b, e, id) (c_state[b] == leased && c_epoch[b] == e)
#endif
#define H(h) (slot * HANDS + h)
#define AT_WORK (id != 0 && seen == timeline)
#define free_hands ((hand[H(0)] == 0) + (hand[H(1)] == 0))

/* Into a free hand goes what is leased to this runner by its newest tokens. */
inline grasp(b) {
	h = (hand[H(0)] == 0 -> 0 : 1);
	assert(hand[H(h)] == 0);
	hand[H(h)] = b + 1;
	with[H(h)] = c_epoch[b];
	by[H(h)] = db[0].token[b]
}

inline drop(h) {
	hand[H(h)] = 0;
	with[H(h)] = 0;
	by[H(h)] = 0
}

/* sql: stage_claim */
inline claim(b) {
	assert(c_state[b] == ready && !db[0].paused);
	assert(db[0].life == running);
	lease(b, id);
	grasp(b)
}

/* sql: stage_advance */
inline advance(h, outcome, keeps) {
	b = hand[H(h)] - 1;
	if
	:: hears(b, with[H(h)], id) ->
		assert(by[H(h)] == db[0].token[b]);
		assert(with[H(h)] > db[0].taken[b]);
		db[0].taken[b] = with[H(h)];
		db[0].outputs++;
		db[0].receipts++;
		drop(h);
		if
		:: keeps -> keeper = id
		:: else -> keeper = NOBODY
		fi;
		step(b, outcome, keeper);
		keeper = NOBODY;
		/* what it keeps: at most the two branches, or the trunk, newly leased */
		for (i : 0 .. 2) {
			if
			:: keeps && c_state[i] == leased && c_owner[i] == id && db[0].token[i] != 0 &&
			   by[H(0)] != db[0].token[i] && by[H(1)] != db[0].token[i] -> grasp(i)
			:: else
			fi
		}
		i = 0
	:: else -> drop(h)
	fi;
	b = 0;
	h = 0
}

/* sql: stage_retry */
inline give_back(h) {
	b = hand[H(h)] - 1;
	if
	:: hears(b, with[H(h)], id) ->
		assert(by[H(h)] == db[0].token[b]);
		c_state[b] = waiting;
		db[0].why[b] = retry;
		lose(b)
	:: else
	fi;
	drop(h);
	b = 0
}

/* sql: stage_park */
inline park(h) {
	b = hand[H(h)] - 1;
	if
	:: hears(b, with[H(h)], id) && db[0].question == 0 ->
		assert(by[H(h)] == db[0].token[b]);
		ask(b, true)
	:: else
	fi;
	drop(h);
	b = 0
}

proctype Runner(byte slot) {
	byte id, seen, h, b, i, picked, keeper;

end:	do
	:: atomic { id == 0 && ids < IDS - 1 && db[0].life == running ->
		ids++;
		id = ids;
		runs[id] = true;
		db[0].row[id] = 1;
		seen = timeline }
	/* A new connection: what the database does not confirm is dropped before anything else is said. */
	:: atomic { id != 0 && seen != timeline ->
		seen = timeline;
#ifndef BELIEVES
		for (i : 0 .. HANDS - 1) {
			if
			:: hand[H(i)] != 0 && !hears(hand[H(i)] - 1, with[H(i)], id) -> drop(i)
			:: else
			fi
		}
		i = 0
#endif
		}
	/* The heartbeat finds no live row. */
	:: atomic { AT_WORK && db[0].row[id] != 1 ->
		drop(0);
		drop(1);
		picked = 0;
		runs[id] = false;
		id = 0 }
	:: atomic { AT_WORK && deaths < DEATHS ->
		deaths++;
		drop(0);
		drop(1);
		picked = 0;
		runs[id] = false;
		id = 0 }
#ifdef NO_STATE_CHECK
	:: atomic { AT_WORK && picked == 0 && db[0].row[id] == 1 && free_hands > 0 && !db[0].paused &&
		    (c_state[0] == ready || c_state[1] == ready || c_state[2] == ready) ->
		if
		:: c_state[0] == ready -> picked = 1
		:: c_state[1] == ready -> picked = 2
		:: c_state[2] == ready -> picked = 3
		fi }
	:: atomic { AT_WORK && picked != 0 && free_hands > 0 -> b = picked - 1; picked = 0; claim(b); b = 0; h = 0 }
#else
	:: atomic { AT_WORK && db[0].row[id] == 1 && free_hands > 0 && !db[0].paused &&
		    (c_state[0] == ready || c_state[1] == ready || c_state[2] == ready) ->
		if
		:: c_state[0] == ready -> b = 0
		:: c_state[1] == ready -> b = 1
		:: c_state[2] == ready -> b = 2
		fi;
		claim(b);
		b = 0;
		h = 0 }
#endif
	:: atomic { AT_WORK && (hand[H(0)] != 0 || hand[H(1)] != 0) ->
		if
		:: hand[H(0)] != 0 -> h = 0
		:: hand[H(1)] != 0 -> h = 1
		fi;
		if
		:: advance(h, pass, false)
		:: free_hands == HANDS - 1 && db[0].row[id] == 1 -> advance(h, pass, true)
		:: fails < FAILS && hand[H(h)] > 1 -> fails++; advance(h, fail, false)
		:: retries < RETRIES -> retries++; give_back(h)
		:: parks < PARKS -> parks++; park(h)
		fi;
		h = 0 }
	od
}

#define in_hand(t) (by[0] == t || by[1] == t || by[2] == t || by[3] == t)
#define overdue(b) (c_state[b] == leased && !in_hand(db[0].token[b]))
#ifdef ROW_DELETED
#define lost(b) (c_state[b] == leased && db[0].row[c_owner[b]] == 2)
#else
#define lost(b) (c_state[b] == leased && (db[0].row[c_owner[b]] != 1 || overdue(b)))
#endif

/* Nobody beats for it any more, or it has been stopped for too long. */
#define expires(i) (db[0].row[i] == 1 && (!runs[i] || stalls < STALLS))

/* sql: stage_rescue */
inline rescue(b) {
	c_state[b] = (db[0].paused -> waiting : ready);
	db[0].why[b] = (db[0].paused -> on_hold : none);
#ifdef EPOCH_STANDS
	c_owner[b] = NOBODY;
	db[0].token[b] = 0
#else
	lose(b)
#endif
}

/* sql: cursor_due */
inline retry_is_due(b) {
	c_state[b] = ready;
	db[0].why[b] = none
}

/* Time, and whichever runner looks. */
active proctype Time() {
	byte b;

end:	do
	:: atomic { lost(0) || lost(1) || lost(2) ->
		if
		:: lost(0) -> b = 0
		:: lost(1) -> b = 1
		:: lost(2) -> b = 2
		fi;
		rescue(b);
		b = 0 }
	/* Past its deadline, though somebody is at work still. */
	:: atomic { stalls < STALLS && (c_state[0] == leased || c_state[1] == leased) ->
		stalls++;
		if
		:: c_state[0] == leased -> b = 0
		:: c_state[1] == leased -> b = 1
		fi;
		rescue(b);
		b = 0 }
	:: atomic { db[0].why[0] == retry || db[0].why[1] == retry || db[0].why[2] == retry ->
		if
		:: db[0].why[0] == retry -> b = 0
		:: db[0].why[1] == retry -> b = 1
		:: db[0].why[2] == retry -> b = 2
		fi;
		retry_is_due(b);
		b = 0 }
	:: atomic { db[0].life == running && (expires(1) || expires(2) || expires(3) || expires(4) || expires(5) ||
					      expires(6) || expires(7)) ->
		if
		:: expires(1) -> b = 1
		:: expires(2) -> b = 2
		:: expires(3) -> b = 3
		:: expires(4) -> b = 4
		:: expires(5) -> b = 5
		:: expires(6) -> b = 6
		:: expires(7) -> b = 7
		fi;
		stalls = stalls + runs[b];
#ifdef ROW_DELETED
		db[0].row[b] = 0;
#else
		db[0].row[b] = 2;
#endif
		b = 0 }
	od
}

/* sql: gate_decide */
inline decide(kind) {
	assert(seen > db[0].decided);
	db[0].decided = seen;
	db[0].question = 0;
	b = db[0].on;
	if
	:: db[0].parked -> node = c_node[b]; enter(b, node, NOBODY); node = A
	:: !db[0].parked && kind == 0 ->
#if BACKS == 0
		assert(db[0].joins == db[0].forks && db[0].outputs == 3 * db[0].forks);
#endif
		step(TRUNK, pass, NOBODY)
	:: !db[0].parked && kind == 1 -> enter(TRUNK, A, NOBODY)
	:: !db[0].parked && kind == 2 -> end_run(rejected)
	fi;
	b = 0
}

proctype Person() {
	byte seen, b;
	mtype node = A;

end:	do
	:: atomic { seen == 0 && db[0].question != 0 -> seen = db[0].question }
	:: atomic { seen != 0 ->
		if
#ifndef GATE_UNCHECKED
		:: db[0].question != seen
#endif
#ifdef GATE_UNCHECKED
		:: db[0].life == running -> decide(0)
		:: db[0].life != running
#else
		:: db[0].question == seen -> decide(0)
#endif
		:: db[0].question == seen && changes < CHANGES && !db[0].parked -> changes++; decide(1)
		:: db[0].question == seen && !db[0].parked -> decide(2)
		fi;
		seen = 0 }
	od
}

/* sql: run_cancel */
inline cancel() {
	end_run(cancelled)
}

/* sql: run_pause */
inline pause(held) {
	for (k : 0 .. 2) {
		if
		:: held && (c_state[k] == ready || db[0].why[k] == retry) ->
			c_state[k] = waiting;
			db[0].why[k] = on_hold;
			c_epoch[k]++
		:: !held && db[0].why[k] == on_hold ->
			c_state[k] = ready;
			db[0].why[k] = none;
			c_epoch[k]++
		:: else
		fi
	}
	k = 0;
	db[0].paused = held
}

/* sql: run_retry */
inline back(at) {
	for (k : 1 .. 2) {
		if
		:: c_state[k] != done || db[0].came[k] != none ->
			c_state[k] = done;
			db[0].why[k] = none;
			db[0].came[k] = none;
			lose(k)
		:: else
		fi
	}
	k = 0;
	db[0].question = 0;
	db[0].loops = 0;
	db[0].joins = db[0].forks;
	db[0].life = running;
	enter(TRUNK, at, NOBODY)
}

active proctype Operator() {
end:	do
	:: atomic { cancels < CANCELS && db[0].life == running -> cancels++; cancel() }
	:: atomic { pauses < PAUSES && db[0].life == running && !db[0].paused -> pauses++; pause(true) }
	:: atomic { db[0].life == running && db[0].paused -> pause(false) }
	:: atomic { backs < BACKS && !db[0].paused ->
		backs++;
		if
		:: back(A)
		:: db[0].outputs > 1 -> back(B)
		fi }
	od
}

inline copy(from, to) {
	db[to].life = db[from].life;
	db[to].paused = db[from].paused;
	for (k : 0 .. 2) {
		db[to].state[k] = db[from].state[k];
		db[to].why[k] = db[from].why[k];
		db[to].node[k] = db[from].node[k];
		db[to].came[k] = db[from].came[k];
		db[to].epoch[k] = db[from].epoch[k];
		db[to].owner[k] = db[from].owner[k];
		db[to].token[k] = db[from].token[k];
		db[to].taken[k] = db[from].taken[k]
	}
	db[to].outputs = db[from].outputs;
	db[to].receipts = db[from].receipts;
	db[to].asked = db[from].asked;
	db[to].question = db[from].question;
	db[to].on = db[from].on;
	db[to].parked = db[from].parked;
	db[to].loops = db[from].loops;
	db[to].forks = db[from].forks;
	db[to].joins = db[from].joins;
	db[to].decided = db[from].decided;
	for (k : 0 .. IDS - 1) {
		db[to].row[k] = db[from].row[k]
	}
	k = 0
}

#if FAILOVERS > 0
/* The standby has had everything up to some moment. It takes over later, or never. */
active proctype Standby() {
end:	do
	:: atomic { !copied && tokens > 0 -> copied = true; copy(0, 1) }
	:: atomic { copied && failovers < FAILOVERS -> failovers++; copy(1, 0); timeline++ }
	od
}
#endif

/* When nothing more can happen the run has ended, and each output has its receipt. */
active proctype Watch() {
end:	timeout -> assert(db[0].life != running); assert(db[0].outputs == db[0].receipts)
}

/* sql: project_submit */
init {
	atomic {
		c_state[TRUNK] = ready;
		run Runner(0);
		run Runner(1);
		run Person();
		run Person()
	}
}
