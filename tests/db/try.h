/* SPDX-License-Identifier: MIT */
/* What the tests of src/db share. */
#ifndef TESTS_DB_TRY_H
#define TESTS_DB_TRY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "database.h"
#include "db/db.h"

struct try {
	struct arena *a;
	struct db *db, *other; /* two connections */
	struct err e;
};

static inline int try_begin(void **state)
{
	static struct try t;
	t = (struct try){ .a = arena_new(0), .db = db_open(database_url(), "try"),
			  .other = db_open(database_url(), "try-other") };
	*state = &t;
	return 0;
}

static inline int try_end(void **state)
{
	struct try *t = *state;
	db_close(t->db);
	db_close(t->other);
	arena_free(t->a);
	return 0;
}

#define TRY(name) cmocka_unit_test_setup_teardown(name, try_begin, try_end)

/* Asserts success and shows the message otherwise. */
#define OK(t, call)                                                        \
	do {                                                               \
		if (!(call))                                               \
			fail_msg("%s: %s", #call, (t)->e.msg);             \
	} while (0)
#define FAILS(t, call, wanted)                                             \
	do {                                                               \
		(t)->e = (struct err){ 0 };                                \
		assert_false(call);                                        \
		assert_int_equal((t)->e.class, wanted);                    \
		assert_true((t)->e.msg[0] != '\0');                        \
	} while (0)

static inline int64_t try_pid(struct try *t, struct db *db)
{
	struct rows *r;
	OK(t, db_one(db, t->a, STMT_TRY_PID, P_NONE, &r, &t->e));
	return row_int(r, 0, "pid");
}

#endif
