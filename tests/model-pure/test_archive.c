/* SPDX-License-Identifier: MIT */
/* Archives, unpacked again by the programs that people have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/file.h"
#include "model/archive.h"

#define WHEN 1700000000

static const char bytes[] = "nul \0 and \xff";
static const struct file_item set[] = {
	{ "src/deep/er/app.py", "print('hello')\n", 15 },
	{ "README.md", "# A thing\r\n", 11 },
	{ "empty", NULL, 0 },
	{ "with space (1).bin", bytes, sizeof(bytes) - 1 },
	{ "a-folder-with-a-long-name-of-its-own/and-another-below-it-that-is-no-shorter/"
	  "so-that-the-hundred-bytes-of-an-old-tar-header-do-not-hold-it.txt", "long\n", 5 },
	{ "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/too-deep.txt", "", 0 },
};
#define COUNT (sizeof(set) / sizeof(*set) - 1) /* the last is not a valid path */

struct sink {
	struct buf b;
	size_t calls, stop_after;
};

static bool take(void *ctx, const void *data, size_t n)
{
	struct sink *s = ctx;

	if (s->stop_after && s->calls >= s->stop_after)
		return false;
	s->calls++;
	buf_add(&s->b, data, n);
	return true;
}

static void make(enum archive_kind kind, int64_t when, const struct file_item *files, size_t count,
		 struct sink *s)
{
	struct err e = { 0 };

	memset(s, 0, sizeof(*s));
	buf_init(&s->b, 64 << 20);
	if (!archive_write(kind, "a-thing", when, files, count, take, s, &e))
		fail_msg("%s", e.msg);
	assert_true(buf_ok(&s->b));
}

static int run(const char *command)
{
	int status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void unpacks_to_the_same_files(enum archive_kind kind, const char *unpack)
{
	struct arena *a = arena_new(0);
	char dir[] = "/tmp/archive-test-XXXXXX";
	const char **names;
	size_t count;
	struct sink s;
	struct err e = { 0 };

	assert_non_null(mkdtemp(dir));
	make(kind, WHEN, set, COUNT, &s);
	assert_true(file_write(path_join(a, dir, "archive"), s.b.data, s.b.len, 0600, &e));
	assert_int_equal(run(arena_printf(a, "mkdir %s/out && cd %s/out && umask 022 && %s", dir, dir,
					  unpack)), 0);
	assert_true(dir_list(a, path_join(a, dir, "out"), &names, &count, &e));
	assert_int_equal(count, 1);
	assert_string_equal(names[0], "a-thing");
	for (size_t i = 0; i < COUNT; i++) {
		char *path = arena_printf(a, "%s/out/a-thing/%s", dir, set[i].path);
		struct stat st;
		struct str text;
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode, S_IFREG | 0644);
		assert_int_equal(st.st_mtime, WHEN);
		assert_true(file_read(a, path, 1 << 20, &text, &e));
		assert_int_equal(text.len, set[i].len);
		if (text.len)
			assert_memory_equal(text.s, set[i].data, text.len);
	}
	assert_int_equal(run(arena_printf(a, "test $(find %s/out -type f | wc -l) = %zu", dir, COUNT)), 0);
	assert_int_equal(run(arena_printf(a, "test $(stat -c %%a %s/out/a-thing) = 755", dir)), 0);
	assert_true(dir_remove_all(dir, &e));
	buf_release(&s.b);
	arena_free(a);
}

static void zip_unpacks_with_unzip(void **state)
{
	unpacks_to_the_same_files(ARCHIVE_ZIP, "unzip -q ../archive");
}

static void tar_gz_unpacks_with_tar(void **state)
{
	unpacks_to_the_same_files(ARCHIVE_TAR_GZ, "tar -xzf ../archive");
}

static void same_set_gives_same_bytes_in_any_order(void **state)
{
	struct file_item turned[COUNT];
	static const enum archive_kind kinds[] = { ARCHIVE_ZIP, ARCHIVE_TAR_GZ };

	for (size_t i = 0; i < COUNT; i++)
		turned[COUNT - 1 - i] = set[i];
	for (size_t k = 0; k < 2; k++) {
		struct sink one, two, later;
		make(kinds[k], WHEN, set, COUNT, &one);
		if (kinds[k] == ARCHIVE_TAR_GZ)
			setenv("TZ", "XXX-9", 1);
		tzset();
		sleep(1); /* a clock's time would now differ */
		make(kinds[k], WHEN, turned, COUNT, &two);
		setenv("TZ", "UTC", 1);
		tzset();
		make(kinds[k], WHEN + 2, set, COUNT, &later);
		assert_int_equal(one.b.len, two.b.len);
		assert_memory_equal(one.b.data, two.b.data, one.b.len);
		assert_true(one.b.len != later.b.len || memcmp(one.b.data, later.b.data, one.b.len) != 0);
		buf_release(&one.b);
		buf_release(&two.b);
		buf_release(&later.b);
	}
}

static void empty_set_is_an_empty_folder(void **state)
{
	struct sink s;

	make(ARCHIVE_ZIP, WHEN, NULL, 0, &s);
	assert_true(s.b.len > 0);
	buf_release(&s.b);
	make(ARCHIVE_TAR_GZ, WHEN, NULL, 0, &s);
	assert_true(s.b.len > 0);
	buf_release(&s.b);
}

static void large_set_is_streamed_in_parts(void **state)
{
	size_t n = 3 << 20;
	uint8_t *noise = malloc(n);
	struct file_item f = { "noise", (char *)noise, n };
	struct sink s;

	random_bytes(noise, n);
	make(ARCHIVE_TAR_GZ, WHEN, &f, 1, &s);
	assert_true(s.calls > 10);
	assert_true(s.b.len >= n);
	buf_release(&s.b);
	free(noise);
}

static void reader_that_leaves_ends_it(void **state)
{
	size_t n = 3 << 20;
	uint8_t *noise = malloc(n);
	struct file_item f = { "noise", (char *)noise, n };
	static const enum archive_kind kinds[] = { ARCHIVE_ZIP, ARCHIVE_TAR_GZ };

	random_bytes(noise, n);
	for (size_t k = 0; k < 2; k++) {
		struct sink s = { .stop_after = 2 };
		struct err e = { 0 };
		buf_init(&s.b, 64 << 20);
		assert_false(archive_write(kinds[k], "x", WHEN, &f, 1, take, &s, &e));
		assert_int_equal(e.class, ERR_UNAVAILABLE);
		assert_int_equal(s.calls, 2);
		buf_release(&s.b);
	}
	free(noise);
}

static void hostile_names_write_nothing(void **state)
{
	static const char *const paths[] = { "../up", "/root", "a/../../b", ".git/hooks/x", "a//b" };
	struct sink s = { .calls = 0 };
	struct err e = { 0 };

	buf_init(&s.b, 1 << 20);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct file_item f = { paths[i], "", 0 };
		assert_false(archive_write(ARCHIVE_ZIP, "x", WHEN, &f, 1, take, &s, &e));
		assert_int_equal(e.class, ERR_INVALID);
	}
	assert_false(archive_write(ARCHIVE_ZIP, "x", WHEN, set, COUNT + 1, take, &s, &e));
	assert_int_equal(e.class, ERR_INVALID);
	assert_false(archive_write(ARCHIVE_ZIP, "../x", WHEN, set, 1, take, &s, &e));
	assert_int_equal(s.calls, 0);
}

static void slug_is_fit_for_a_folder(void **state)
{
	static const struct { const char *name, *slug; } cases[] = {
		{ "To-do List", "to-do-list" }, { "  Ünïcode & co.  ", "n-code-co" }, { "", "project" },
		{ "../../etc", "etc" }, { "日本", "project" }, { "CON", "project" }, { "-x-", "x" },
		{ "0123456789012345678901234567890123456789012345678901234567890123456789",
		  "012345678901234567890123456789012345678901234567890123456789" },
	};
	struct arena *a = arena_new(0);

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(archive_slug(a, cases[i].name), cases[i].slug);
	arena_free(a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(zip_unpacks_with_unzip),
		cmocka_unit_test(tar_gz_unpacks_with_tar),
		cmocka_unit_test(same_set_gives_same_bytes_in_any_order),
		cmocka_unit_test(empty_set_is_an_empty_folder),
		cmocka_unit_test(large_set_is_streamed_in_parts),
		cmocka_unit_test(reader_that_leaves_ends_it),
		cmocka_unit_test(hostile_names_write_nothing),
		cmocka_unit_test(slug_is_fit_for_a_folder),
	};

	crypt_init();
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
