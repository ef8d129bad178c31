/* SPDX-License-Identifier: MIT */
/* Memory that is given back at once. */
#include "../unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

static char order[8];

static void note(void *p)
{
	strncat(order, p, sizeof(order) - strlen(order) - 1);
}

static void memory_is_zeroed_and_aligned_also_after_reset(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 16, 100, 5000, 20000, 3 << 20 };
	struct arena *a = arena_new(0);

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < COUNT(sizes); i++) {
			unsigned char *p = arena_alloc(a, sizes[i]);

			assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
			for (size_t k = 0; k < sizes[i]; k++)
				assert_int_equal(p[k], 0);
			memset(p, 0xaa, sizes[i]);
		}
		arena_reset(a);
	}
	arena_free(a);
}

static void pieces_do_not_overlap(void **state)
{
	struct arena *a = arena_new(0);
	char *p[2000];

	for (size_t i = 0; i < COUNT(p); i++) {
		p[i] = arena_alloc(a, 40);
		memset(p[i], (int)(i & 0xff), 40);
	}
	for (size_t i = 0; i < COUNT(p); i++) {
		for (size_t k = 0; k < 40; k++)
			assert_int_equal((unsigned char)p[i][k], i & 0xff);
	}
	arena_free(a);
}

static void deferred_functions_run_newest_first_and_once(void **state)
{
	struct arena *a = arena_new(0);

	order[0] = '\0';
	arena_defer(a, note, "a");
	arena_defer(a, note, "b");
	arena_reset(a);
	assert_string_equal(order, "ba");
	arena_defer(a, note, "c");
	arena_free(a);
	assert_string_equal(order, "bac");
	arena_free(NULL);
}

static void strings_are_copies(void **state)
{
	struct arena *a = arena_new(0);
	char text[] = "hello";
	char *whole = arena_strdup(a, text), *part = arena_strndup(a, text, 2);

	text[0] = 'J';
	assert_string_equal(whole, "hello");
	assert_string_equal(part, "he");
	assert_string_equal(arena_printf(a, "%s-%d", whole, 5), "hello-5");
	assert_string_equal(arena_printf(a, "%s", ""), "");
	arena_free(a);
}

static void assert_aborts(void (*fn)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct rlimit none = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none);
		signal(SIGABRT, SIG_DFL);
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void pass_cap(void)
{
	struct arena *a = arena_new(1000);

	arena_alloc(a, 600);
	arena_alloc(a, 600);
}

/* Whole up to its cap, twice. */
static struct arena *full(void)
{
	struct arena *a = arena_new(25);

	for (int i = 0; i < 2; i++) {
		arena_reset(a);
		arena_alloc(a, 10);
		arena_array(a, 3, 5);
	}
	return a;
}

static void pass_a_reached_cap(void)
{
	arena_alloc(full(), 1);
}

static void multiply_past_size(void)
{
	arena_array(arena_new(0), SIZE_MAX / 2, 3);
}

static void passing_the_cap_aborts(void **state)
{
	assert_aborts(pass_cap);
	assert_aborts(pass_a_reached_cap);
	assert_aborts(multiply_past_size);
}

static void the_cap_counts_what_was_asked_for_since_the_last_reset(void **state)
{
	arena_free(full());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned_also_after_reset),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(deferred_functions_run_newest_first_and_once),
		cmocka_unit_test(strings_are_copies),
		cmocka_unit_test(passing_the_cap_aborts),
		cmocka_unit_test(the_cap_counts_what_was_asked_for_since_the_last_reset),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
