/* SPDX-License-Identifier: MIT */
/* Files and folders, on a real file system. */
#include "../unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"

static struct arena *a;
static char folder[32];

static int setup(void **state)
{
	a = arena_new(0);
	strcpy(folder, "/tmp/test_file_XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	int rc = dir_remove_all(folder, NULL) && !file_exists(folder) ? 0 : -1;

	arena_free(a);
	return rc;
}

static const char *in(const char *name)
{
	return path_join(a, folder, name);
}

static void what_is_written_is_read_back(void **state)
{
	struct err e = { 0 };
	struct stat st;
	struct str s;

	assert_true(file_write(in("x"), "a\0b", 3, 0640, &e));
	assert_true(file_read(a, in("x"), 3, &s, &e));
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.s, "a\0b", 4);
	assert_int_equal(stat(in("x"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_true(file_write(in("x"), "", 0, 0600, &e));
	assert_true(file_read(a, in("x"), 0, &s, &e));
	assert_int_equal(s.len, 0);
}

static void files_without_a_known_size_are_read(void **state)
{
	struct str s;

	assert_true(file_read(a, "/proc/self/status", 1 << 20, &s, NULL));
	assert_true(s.len > 100);
	assert_false(file_read(a, "/proc/self/status", 100, &s, NULL));
}

static void reading_says_what_is_wrong(void **state)
{
	struct err e = { 0 };
	struct str s;

	assert_false(file_read(a, in("none"), 9, &s, &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	assert_non_null(strstr(e.msg, in("none")));
	assert_false(file_read(a, folder, 9, &s, &e));
	assert_int_equal(e.class, ERR_INVALID);
	assert_int_equal(mkfifo(in("pipe"), 0600), 0);
	assert_false(file_read(a, in("pipe"), 9, &s, &e));
	assert_int_equal(e.class, ERR_INVALID);
	assert_true(file_write(in("x"), "0123456789", 10, 0600, NULL));
	assert_false(file_read(a, in("x"), 9, &s, &e));
	assert_int_equal(e.class, ERR_TOO_LARGE);
}

static void a_failed_write_leaves_nothing_behind(void **state)
{
	struct err e = { 0 };
	const char **names;
	size_t n;

	assert_false(file_write(in("none/x"), "a", 1, 0600, &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	assert_int_equal(mkdir(in("d"), 0700), 0);
	assert_int_equal(mkdir(in("d/e"), 0700), 0);
	assert_false(file_write(in("d"), "a", 1, 0600, &e));
	assert_true(dir_list(a, folder, &names, &n, &e));
	assert_int_equal(n, 1);
}

static void names_are_listed_in_order(void **state)
{
	static const char *const made[] = { "b", "a", "Z", ".hidden" };
	struct err e = { 0 };
	const char **names;
	size_t n;

	for (size_t i = 0; i < COUNT(made); i++)
		assert_true(file_write(in(made[i]), "", 0, 0600, NULL));
	for (int i = 0; i < 40; i++)
		assert_true(file_write(in(arena_printf(a, "n%02d", i)), "", 0, 0600, NULL));
	assert_true(dir_list(a, folder, &names, &n, &e));
	assert_int_equal(n, 44);
	for (size_t i = 1; i < n; i++)
		assert_true(strcmp(names[i - 1], names[i]) < 0);
	assert_false(dir_list(a, in("none"), &names, &n, &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	assert_false(dir_list(a, in("a"), &names, &n, &e));
}

static void folders_are_made_with_their_parents(void **state)
{
	struct err e = { 0 };

	assert_true(dir_make_all(in("a/b/c"), 0700, &e));
	assert_true(dir_make_all(in("a/b/c/"), 0700, &e));
	assert_true(file_exists(in("a/b/c")));
	assert_true(file_write(in("a/file"), "", 0, 0600, &e));
	assert_false(dir_make_all(in("a/file/x"), 0700, &e));
	assert_false(dir_make_all(in("a/file"), 0700, &e));
	assert_false(dir_make_all("", 0700, &e));
}

static void removing_follows_no_link(void **state)
{
	struct str s;

	assert_true(dir_make_all(in("keep"), 0700, NULL));
	assert_true(file_write(in("keep/x"), "k", 1, 0600, NULL));
	assert_true(dir_make_all(in("gone/d"), 0700, NULL));
	assert_int_equal(symlink(in("keep"), in("gone/link")), 0);
	assert_int_equal(symlink(in("keep"), in("gone/d/link")), 0);
	assert_int_equal(symlink(in("keep"), in("toplink")), 0);
	assert_true(dir_remove_all(in("gone"), NULL));
	assert_true(dir_remove_all(in("toplink"), NULL));
	assert_false(file_exists(in("gone")));
	assert_true(file_read(a, in("keep/x"), 9, &s, NULL));
	assert_true(dir_remove_all(in("none"), NULL));
}

/* A chain of 3000 folders, some holding a folder that nobody may enter. */
static bool make_deep_tree(void)
{
	int at = open(folder, O_RDONLY | O_DIRECTORY);
	bool ok = at >= 0;

	for (int i = 0; ok && i < 3000; i++) {
		int next;

		ok = mkdirat(at, "deeper", 0700) == 0;
		next = openat(at, "deeper", O_RDONLY | O_DIRECTORY);
		ok = ok && next >= 0;
		if (i % 500 == 499)
			close(openat(next, "file", O_CREAT | O_WRONLY, 0600));
		if (i % 1000 == 999)
			ok = ok && mkdirat(next, "locked", 0700) == 0 &&
			     mkdirat(next, "locked/inner", 0700) == 0 && fchmodat(next, "locked", 0, 0) == 0;
		close(at);
		at = next;
	}
	close(at);
	return ok;
}

static void a_deep_and_locked_tree_can_be_removed(void **state)
{
	int status = -1;
	pid_t pid;

	/* Root passes every lock, so root's place is taken by somebody else. */
	if (geteuid() == 0)
		assert_int_equal(chown(folder, 65534, 65534), 0);
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(1);
		_exit(!make_deep_tree() || !dir_remove_all(in("deeper"), NULL) || file_exists(in("deeper")));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void joining_puts_one_slash(void **state)
{
	assert_string_equal(path_join(a, "a", "b"), "a/b");
	assert_string_equal(path_join(a, "a//", "/b"), "a/b");
	assert_string_equal(path_join(a, "/", "b"), "/b");
	assert_string_equal(path_join(a, "", "b"), "b");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_written_is_read_back),
		CASE(files_without_a_known_size_are_read),
		CASE(reading_says_what_is_wrong),
		CASE(a_failed_write_leaves_nothing_behind),
		CASE(names_are_listed_in_order),
		CASE(folders_are_made_with_their_parents),
		CASE(removing_follows_no_link),
		CASE(a_deep_and_locked_tree_can_be_removed),
		CASE(joining_puts_one_slash),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
