/* SPDX-License-Identifier: MIT */
/* Migrations: in order, once, whole or not at all, and never over what is not ours. */
#include "try.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "base/file.h"
#include "base/str.h"
#include "db/migrate.h"

struct folder {
	struct try t;
	char dir[64];
	char applied[256]; /* what `done` was told */
};

static void put(struct folder *f, const char *name, const char *text)
{
	char *path = path_join(f->t.a, f->dir, name);
	OK(&f->t, file_write(path, text, strlen(text), 0600, &f->t.e));
}

static void put_from_source(struct folder *f, const char *name)
{
	struct str text;
	char *from = arena_printf(f->t.a, "%s/sql/%s", source_dir(), name);
	OK(&f->t, file_read(f->t.a, from, 1 << 20, &text, &f->t.e));
	put(f, name, text.s);
}

static int begin(void **state)
{
	static struct folder f;
	f = (struct folder){ .dir = "/tmp/botarmy-migrate-XXXXXX" };
	f.t = (struct try){ .a = arena_new(0), .db = db_open(database_url(), "try"),
			    .other = db_open(database_url(), "try-other") };
	if (!mkdtemp(f.dir))
		return -1;
	OK(&f.t, dir_make_all(path_join(f.t.a, f.dir, "roles"), 0700, &f.t.e));
	OK(&f.t, dir_make_all(path_join(f.t.a, f.dir, "migrations"), 0700, &f.t.e));
	OK(&f.t, dir_make_all(path_join(f.t.a, f.dir, "functions"), 0700, &f.t.e));
	put_from_source(&f, "roles/bootstrap.sql");
	put_from_source(&f, "roles/roles.sql");
	put(&f, "roles/grants.sql", "grant usage on schema public to botarmy_web;\n");
	put(&f, "migrations/0001_one.sql", "create table one (n int);\ninsert into one values (1);\n");
	put(&f, "migrations/0002_two.sql",
	    "create function two() returns int language plpgsql as $$\nbegin\n\treturn 2;\nend $$;\n"
	    "create table two (n int);\n");
	OK(&f.t, db_exec(f.t.db, STMT_TRY_NEW_SCHEMA, P_NONE, &f.t.e));
	OK(&f.t, db_exec(f.t.db, STMT_TRY_NEW_SCHEMA_AGAIN, P_NONE, &f.t.e));
	*state = &f;
	return 0;
}

static int end(void **state)
{
	struct folder *f = *state;
	dir_remove_all(f->dir, NULL);
	db_close(f->t.db);
	db_close(f->t.other);
	arena_free(f->t.a);
	return 0;
}

static void note(void *ctx, int64_t version, const char *name)
{
	struct folder *f = ctx;
	size_t at = strlen(f->applied);
	snprintf(f->applied + at, sizeof(f->applied) - at, "%d:%s ", (int)version, name);
}

static bool run(struct folder *f)
{
	f->applied[0] = '\0';
	f->t.e = (struct err){ 0 };
	return migrate(f->t.a, f->t.db, f->dir, note, f, &f->t.e);
}

static void refused(struct folder *f, enum err_class class, const char *words)
{
	assert_false(run(f));
	assert_int_equal(f->t.e.class, class);
	if (!strstr(f->t.e.msg, words))
		fail_msg("\"%s\" is not in \"%s\"", words, f->t.e.msg);
}

static const char *tables(struct folder *f)
{
	struct rows *r;
	const char *all = "";
	OK(&f->t, db_many(f->t.other, f->t.a, STMT_TRY_PUBLIC_TABLES, P_NONE, &r, &f->t.e));
	for (size_t i = 0; i < rows_count(r); i++)
		all = arena_printf(f->t.a, "%s%s ", all, row_text(r, i, "name"));
	return all;
}

static void versions(struct folder *f, int64_t want_known, int64_t want_applied)
{
	int64_t known = -1, applied = -1;
	OK(&f->t, migrate_versions(f->t.a, f->t.other, f->dir, &known, &applied, &f->t.e));
	assert_int_equal(known, want_known);
	assert_int_equal(applied, want_applied);
}

static void a_fresh_database_gets_everything(void **state)
{
	struct folder *f = *state;
	versions(f, 2, 0);
	OK(&f->t, run(f));
	assert_string_equal(f->applied, "1:0001_one.sql 2:0002_two.sql ");
	assert_string_equal(tables(f), "one schema_migration two ");
	versions(f, 2, 2);
}

static void the_second_time_does_nothing(void **state)
{
	struct folder *f = *state;
	OK(&f->t, run(f));
	OK(&f->t, run(f));
	assert_string_equal(f->applied, "");
	put(f, "migrations/0003_three.sql", "create table three (n int)");
	OK(&f->t, run(f));
	assert_string_equal(f->applied, "3:0003_three.sql ");
}

static void the_session_is_given_back_as_it_was(void **state)
{
	struct folder *f = *state;
	struct rows *r;
	OK(&f->t, run(f));
	OK(&f->t, db_one(f->t.db, f->t.a, STMT_TRY_SETTINGS, P_NONE, &r, &f->t.e));
	assert_string_equal(row_text(r, 0, "statement_timeout"), "30s");
	OK(&f->t, db_one(f->t.other, f->t.a, STMT_TRY_LOCKS, P_NONE, &r, &f->t.e));
	assert_int_equal(row_int(r, 0, "count"), 0);
}

struct migrator {
	const char *dir;
	bool ok;
	struct err e;
};

static void *run_migrator(void *ctx)
{
	struct migrator *m = ctx;
	struct arena *a = arena_new(0);
	struct db *db = db_open(database_url(), "migrator");
	m->ok = migrate(a, db, m->dir, NULL, NULL, &m->e);
	db_close(db);
	arena_free(a);
	return NULL;
}

static void several_at_once_apply_each_once(void **state)
{
	struct folder *f = *state;
	struct migrator m[4];
	pthread_t threads[4];
	put(f, "migrations/0003_slow.sql", "select pg_sleep(0.3); create table slow (n int);");
	for (int i = 0; i < 4; i++) {
		m[i] = (struct migrator){ .dir = f->dir };
		assert_int_equal(pthread_create(&threads[i], NULL, run_migrator, &m[i]), 0);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 4; i++)
		if (!m[i].ok)
			fail_msg("migrator %d: %s", i, m[i].e.msg);
	assert_string_equal(tables(f), "one schema_migration slow two ");
	versions(f, 3, 3);
}

static void a_failing_script_leaves_nothing(void **state)
{
	struct folder *f = *state;
	put(f, "migrations/0003_bad.sql", "create table three (n int);\n\nselect * from no_such_table;\n");
	refused(f, ERR_INVALID, "0003_bad.sql:3:");
	assert_string_equal(f->applied, "1:0001_one.sql 2:0002_two.sql ");
	assert_string_equal(tables(f), "one schema_migration two ");
	versions(f, 3, 2);
	put(f, "migrations/0003_bad.sql", "create table three (n int);\n");
	OK(&f->t, run(f));
	assert_string_equal(f->applied, "3:0003_bad.sql ");
}

static void a_changed_file_is_refused(void **state)
{
	struct folder *f = *state;
	OK(&f->t, run(f));
	put(f, "migrations/0001_one.sql", "create table one (n int);\ninsert into one values (2);\n");
	refused(f, ERR_CONFLICT, "0001_one.sql has changed since it was applied");
}

static void a_newer_schema_is_refused(void **state)
{
	struct folder *f = *state;
	put(f, "migrations/0003_three.sql", "create table three (n int)");
	OK(&f->t, run(f));
	assert_int_equal(remove(path_join(f->t.a, f->dir, "migrations/0003_three.sql")), 0);
	refused(f, ERR_CONFLICT, "the database's schema (3) is newer than this program's (2)");
}

static void a_gap_in_the_database_is_refused(void **state)
{
	struct folder *f = *state;
	OK(&f->t, run(f));
	OK(&f->t, db_exec(f->t.db, STMT_TRY_FORGET, P(p_int(1)), &f->t.e));
	refused(f, ERR_CONFLICT, "lacks migration 1 but has 2");
}

static void a_gap_in_the_files_is_refused(void **state)
{
	struct folder *f = *state;
	put(f, "migrations/0004_four.sql", "select 1");
	refused(f, ERR_INVALID, "0003 is next");
	assert_string_equal(tables(f), "");
	assert_int_equal(remove(path_join(f->t.a, f->dir, "migrations/0004_four.sql")), 0);
	put(f, "migrations/0002_again.sql", "select 1");
	refused(f, ERR_INVALID, "0003 is next");
}

static void a_strange_name_is_refused(void **state)
{
	struct folder *f = *state;
	put(f, "migrations/3_three.sql", "select 1");
	refused(f, ERR_INVALID, "is named like");
}

static void a_script_has_no_transactions_of_its_own(void **state)
{
	struct folder *f = *state;
	put(f, "migrations/0003_three.sql", "select 1;\n/* x */ CoMMiT;\ndrop table one;");
	refused(f, ERR_INVALID, "0003_three.sql:2:");
	assert_string_equal(tables(f), "");
	put(f, "migrations/0003_three.sql", "begin; select 1;");
	refused(f, ERR_INVALID, "0003_three.sql:1:");
	put(f, "migrations/0003_three.sql", "select 'unfinished;\n");
	refused(f, ERR_INVALID, "a literal that does not end");
	/* These words are no statements. */
	put(f, "migrations/0003_three.sql", "create table t (\"commit\" int); -- ; commit\n"
					    "do $$ begin perform 1; end $$; select '; rollback;' as begin;");
	OK(&f->t, run(f));
}

static void the_shipped_migrations_apply_to_nothing(void **state)
{
	struct folder *f = *state;
	int64_t known, applied;
	char *dir = arena_printf(f->t.a, "%s/sql", source_dir());
	OK(&f->t, migrate(f->t.a, f->t.db, dir, NULL, NULL, &f->t.e));
	OK(&f->t, migrate(f->t.a, f->t.db, dir, NULL, NULL, &f->t.e));
	OK(&f->t, migrate_versions(f->t.a, f->t.db, dir, &known, &applied, &f->t.e));
	assert_int_equal(known, applied);
	assert_true(known > 0);
}

static void what_is_wrong_with_a_script_is_told(void **state)
{
	struct folder *f = *state;
	OK(&f->t, run(f));
	put(f, "migrations/0003_bytes.sql", "-- \377\ncreate table three (n int);\n");
	refused(f, ERR_INVALID, "0003_bytes.sql: byte 3 is not valid UTF-8");
	put(f, "migrations/0003_bytes.sql", "insert into two select 1 / (n - 1) from one;\n");
	refused(f, ERR_INVALID, "0003_bytes.sql: the database refused it with 22012");
	assert_string_equal(tables(f), "one schema_migration two ");
	versions(f, 3, 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(int argc, char **argv)
{
	need_database(argv, true);
	const struct CMUnitTest tests[] = {
		CASE(a_fresh_database_gets_everything), CASE(the_second_time_does_nothing),
		CASE(the_session_is_given_back_as_it_was), CASE(several_at_once_apply_each_once),
		CASE(a_failing_script_leaves_nothing), CASE(a_changed_file_is_refused),
		CASE(a_newer_schema_is_refused), CASE(a_gap_in_the_database_is_refused),
		CASE(a_gap_in_the_files_is_refused), CASE(a_strange_name_is_refused),
		CASE(a_script_has_no_transactions_of_its_own), CASE(the_shipped_migrations_apply_to_nothing),
		CASE(what_is_wrong_with_a_script_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
