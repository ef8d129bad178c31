/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "flow/fileset.h"

static const struct file_item set[] = { { "b.txt", "bee\n", 4 }, { "a/z", "", 0 }, { "B", "x", 1 } };

static void hash_is_that_of_the_manifest(void **state)
{
	struct arena *a = arena_new(0);
	/* printf 'x' | sha256sum and so on, in the order B, a/z, b.txt */
	const char *manifest = arena_printf(a, "%s B\n%s a/z\n%s b.txt\n", sha256_hex(a, "x", 1),
		sha256_hex(a, "", 0), sha256_hex(a, "bee\n", 4));

	assert_string_equal(sha256_hex(a, "", 0),
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(fileset_sha256(a, set, 3), sha256_hex(a, manifest, strlen(manifest)));
	assert_string_equal(fileset_sha256(a, NULL, 0), sha256_hex(a, "", 0));
	arena_free(a);
}

static void order_changes_nothing_and_content_all(void **state)
{
	struct arena *a = arena_new(0);
	struct file_item other[3] = { set[2], set[0], set[1] };
	char *before = fileset_sha256(a, set, 3);

	assert_string_equal(fileset_sha256(a, other, 3), before);
	other[0].data = "y";
	assert_string_not_equal(fileset_sha256(a, other, 3), before);
	other[0] = set[2];
	other[0].path = "C";
	assert_string_not_equal(fileset_sha256(a, other, 3), before);
	assert_string_not_equal(fileset_sha256(a, set, 2), before);
	arena_free(a);
}

static void sizes_are_bounded(void **state)
{
	struct arena *a = arena_new(0);
	char *big = arena_alloc(a, FILESET_FILE_BYTES + 1);
	struct file_item files[5];
	struct err e = { 0 };

	for (int i = 0; i < 5; i++)
		files[i] = (struct file_item){ arena_printf(a, "f%d", i), big, FILESET_FILE_BYTES };
	assert_true(fileset_valid(files, 4, &e));
	assert_false(fileset_valid(files, 5, &e));
	assert_int_equal(e.class, ERR_TOO_LARGE);
	files[0].len++;
	assert_false(fileset_valid(files, 1, &e));
	assert_int_equal(e.class, ERR_TOO_LARGE);
	assert_true(fileset_valid(NULL, 0, &e));
	arena_free(a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_is_that_of_the_manifest),
		cmocka_unit_test(order_changes_nothing_and_content_all),
		cmocka_unit_test(sizes_are_bounded),
	};

	crypt_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
