/* SPDX-License-Identifier: MIT */
/* A log line, as another program reads it. */
#include "../unit.h"

#include <pthread.h>
#include <pty.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"

static struct arena *a;
static int saved;
static FILE *captured;

static int capture(void **state)
{
	a = arena_new(0);
	captured = tmpfile();
	saved = dup(STDERR_FILENO);
	dup2(fileno(captured), STDERR_FILENO);
	log_open("test", LOG_INFO_);
	return captured ? 0 : -1;
}

static int release(void **state)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
	fclose(captured);
	arena_free(a);
	return 0;
}

static const char *logged(void)
{
	char *text = arena_alloc(a, 1 << 20);

	rewind(captured);
	text[fread(text, 1, (1 << 20) - 1, captured)] = '\0';
	return text;
}

static void a_line_is_one_json_object(void **state)
{
	struct json_object *j;
	const char *text;

	log_set_run(17);
	log_set_request("r-1");
	log_warn("say \"%s\"\n\x1b[31m", "x");
	log_set_run(0);
	log_set_request(NULL);
	text = logged();
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	j = json_parse(a, text, strlen(text), NULL);
	assert_non_null(j);
	assert_string_equal(json_get_str(j, "level", ""), "warn");
	assert_string_equal(json_get_str(j, "program", ""), "test");
	assert_string_equal(json_get_str(j, "request", ""), "r-1");
	assert_string_equal(json_get_str(j, "message", ""), "say \"x\"\n\x1b[31m");
	assert_int_equal(json_get_int(j, "run", 0), 17);
	assert_int_equal(strlen(json_get_str(j, "time", "")), strlen("2026-01-31T12:00:00.000Z"));
}

static void context_that_was_cleared_is_gone(void **state)
{
	struct json_object *j;

	log_set_run(1);
	log_set_request("x");
	log_set_run(0);
	log_set_request(NULL);
	log_info("m");
	j = json_parse(a, logged(), strlen(logged()), NULL);
	assert_null(json_get(j, "run"));
	assert_null(json_get(j, "request"));
}

static void lesser_levels_are_silent(void **state)
{
	log_debug("unseen");
	assert_string_equal(logged(), "");
	log_open("test", LOG_ERROR_);
	log_warn("unseen");
	assert_string_equal(logged(), "");
}

static void hostile_bytes_leave_the_line_whole(void **state)
{
	char huge[20000];
	struct json_object *j;

	memset(huge, '\x01', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	log_error("\xff\xfe%s", huge);
	j = json_parse(a, logged(), strlen(logged()), NULL);
	assert_non_null(j);
	assert_int_equal(utf8_invalid(logged(), strlen(logged())), -1);
}

static void *write_many(void *p)
{
	log_set_run((int64_t)(intptr_t)p);
	for (int i = 0; i < 200; i++)
		log_info("line %d of thread %d", i, (int)(intptr_t)p);
	return NULL;
}

static void threads_do_not_mix_lines_or_context(void **state)
{
	pthread_t threads[4];
	struct str rest;
	int lines = 0;

	for (intptr_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_many, (void *)(i + 1)), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	rest = str_from(logged());
	while (rest.len > 0) {
		struct str line = str_cut(&rest, '\n');
		struct json_object *j = json_parse(a, line.s, line.len, NULL);
		const char *message = json_get_str(j, "message", "");

		assert_int_equal(message[strlen(message) - 1] - '0', json_get_int(j, "run", -1));
		lines++;
	}
	assert_int_equal(lines, 800);
}

static void people_see_plain_lines_without_control_characters(void **state)
{
	char text[200] = "";
	int master, terminal;

	assert_int_equal(openpty(&master, &terminal, NULL, NULL, NULL), 0);
	dup2(terminal, STDERR_FILENO);
	log_open("test", LOG_INFO_);
	log_set_run(3);
	log_set_request("r");
	log_warn("a\x1b[2Jb\nc");
	log_set_run(0);
	log_set_request(NULL);
	assert_true(read(master, text, sizeof(text) - 1) > 0);
	close(master);
	close(terminal);
	assert_string_equal(text, "WARN a [2Jb c run=3 request=r\r\n");
}

static void levels_have_names(void **state)
{
	enum log_level level;

	assert_true(log_level_parse("debug", &level) && level == LOG_DEBUG_);
	assert_true(log_level_parse("error", &level) && level == LOG_ERROR_);
	assert_false(log_level_parse("loud", &level));
	assert_false(log_level_parse(NULL, &level));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, capture, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_line_is_one_json_object),
		CASE(context_that_was_cleared_is_gone),
		CASE(lesser_levels_are_silent),
		CASE(hostile_bytes_leave_the_line_whole),
		CASE(people_see_plain_lines_without_control_characters),
		CASE(threads_do_not_mix_lines_or_context),
		cmocka_unit_test(levels_have_names),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
