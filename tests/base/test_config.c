/* SPDX-License-Identifier: MIT */
/* Where a setting comes from, and what a wrong one says. */
#include "../unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/config.h"
#include "base/err.h"
#include "base/file.h"
#include "base/value.h"

static struct arena *a;
static char folder[] = "/tmp/test_config_XXXXXX";

static int setup(void **state)
{
	static const char *const names[] = {
		"BOTARMY_CONFIG", "BOTARMY_MODEL", "BOTARMY_WEB_THREADS", "BOTARMY_PRICE_INPUT",
		"BOTARMY_PRICE_OUTPUT", "OPENAI_API_KEY", "OPENAI_API_KEY_FILE", "OPENAI_BASE_URL",
		"DATABASE_URL", "DATABASE_URL_FILE", "WEB_DATABASE_URL", "WEB_DATABASE_URL_FILE",
		"RUNNER_DATABASE_URL", "RUNNER_DATABASE_URL_FILE",
	};

	for (size_t i = 0; i < COUNT(names); i++)
		unsetenv(names[i]);
	a = arena_new(0);
	return 0;
}

static int teardown(void **state)
{
	arena_free(a);
	return 0;
}

static int make_folder(void **state)
{
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	return dir_remove_all(folder, NULL) ? 0 : -1;
}

static const char *write_file(const char *name, const char *text)
{
	const char *path = path_join(a, folder, name);

	assert_true(file_write(path, text, strlen(text), 0600, NULL));
	return path;
}

static void assert_refused(const char *text, const char *message)
{
	struct err e = { 0 };
	const char *path = write_file("refused.conf", text);

	assert_null(config_load(a, path, &e));
	assert_string_equal(e.msg, arena_printf(a, "%s%s", path, message));
}

static void defaults_need_no_file(void **state)
{
	struct err e = { 0 };
	struct config *c = config_load(a, NULL, &e);

	assert_non_null(c);
	assert_int_equal(c->web_threads, 8);
	assert_int_equal(c->max_output_tokens, 16000);
	assert_int_equal(c->runner_calls, 4096);
	assert_int_equal(c->session_idle_minutes, 720);
	assert_int_equal(c->session_absolute_hours, 336);
	assert_int_equal(c->price_input, -1);
	assert_int_equal(c->price_output, -1);
	assert_string_equal(c->openai_base_url, "https://api.openai.com/v1");
	assert_string_equal(c->model, "gpt-4o-mini");
	assert_string_equal(c->web_database_url, c->database_url);
	assert_string_equal(c->runner_database_url, c->database_url);
	assert_false(config_has_model(c));
}

static void a_file_beats_the_default_and_the_environment_beats_the_file(void **state)
{
	struct err e = { 0 };
	const char *path = write_file("a.conf", "# threads\nweb_threads = 3\nmodel = \"x y\"\n"
						"database_url = 'host=/run user=o'\n");
	struct config *c;

	setenv("BOTARMY_MODEL", "from-env", 1);
	setenv("WEB_DATABASE_URL", "host=/run user=w", 1);
	c = config_load(a, path, &e);
	assert_string_equal(e.msg, "");
	assert_int_equal(c->web_threads, 3);
	assert_string_equal(c->model, "from-env");
	assert_string_equal(c->database_url, "host=/run user=o");
	assert_string_equal(c->web_database_url, "host=/run user=w");
	assert_string_equal(c->runner_database_url, "host=/run user=o");
	assert_string_equal(c->file, path);
}

static void the_variable_names_a_file_too(void **state)
{
	setenv("BOTARMY_CONFIG", write_file("b.conf", "runner_calls = 17\n"), 1);
	assert_int_equal(config_load(a, NULL, NULL)->runner_calls, 17);
}

static void an_empty_variable_counts_as_none(void **state)
{
	setenv("OPENAI_API_KEY", "", 1);
	setenv("BOTARMY_WEB_THREADS", "", 1);
	assert_false(config_has_model(config_load(a, NULL, NULL)));
}

static void a_key_or_a_base_url_means_a_model(void **state)
{
	struct config *c;

	setenv("OPENAI_API_KEY", "k", 1);
	assert_true(config_has_model(config_load(a, NULL, NULL)));
	unsetenv("OPENAI_API_KEY");
	setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1/", 1);
	c = config_load(a, NULL, NULL);
	assert_true(config_has_model(c));
	assert_string_equal(c->openai_base_url, "http://127.0.0.1:1/v1");
	unsetenv("OPENAI_BASE_URL");
	assert_true(config_has_model(config_load(
		a, write_file("c.conf", "openai_base_url = https://api.openai.com/v1\n"), NULL)));
}

static void a_secret_can_come_from_a_file(void **state)
{
	const char *secret = write_file("key", "  s3cret\n");
	struct err e = { 0 };

	setenv("OPENAI_API_KEY_FILE", secret, 1);
	assert_string_equal(config_load(a, NULL, &e)->openai_api_key, "s3cret");
	unsetenv("OPENAI_API_KEY_FILE");
	assert_string_equal(
		config_load(a, write_file("d.conf", arena_printf(a, "openai_api_key_file = '%s'\n", secret)),
			    &e)
			->openai_api_key,
		"s3cret");
	setenv("OPENAI_API_KEY", "direct", 1);
	setenv("OPENAI_API_KEY_FILE", "/nowhere", 1);
	assert_string_equal(config_load(a, NULL, &e)->openai_api_key, "direct");
	unsetenv("OPENAI_API_KEY");
	assert_null(config_load(a, NULL, &e));
	assert_non_null(strstr(e.msg, "OPENAI_API_KEY_FILE: /nowhere"));
}

static void prices_become_micro_dollars(void **state)
{
	struct config *c;
	struct err e = { 0 };

	setenv("BOTARMY_PRICE_INPUT", "0.15", 1);
	setenv("BOTARMY_PRICE_OUTPUT", "0", 1);
	c = config_load(a, NULL, NULL);
	assert_int_equal(c->price_input, 150000);
	assert_int_equal(c->price_output, 0);
	setenv("BOTARMY_PRICE_INPUT", "-1", 1);
	assert_null(config_load(a, NULL, &e));
	assert_non_null(strstr(e.msg, "BOTARMY_PRICE_INPUT"));
}

static void errors_name_file_and_line(void **state)
{
	assert_refused("\nweb_thread = 1\n", ":2: no such option 'web_thread'");
	assert_refused("\n\nweb_threads = 0\n", ":3: web_threads must be a whole number from 1 to 256");
	assert_refused("log_level = loud\n", ":1: log_level must be debug, info, warn or error");
	assert_refused("public_url = ftp://x\n",
		       ":1: public_url must be an address such as https://host/path");
	assert_refused("model = ''\n", ":1: model must not be empty");
	assert_refused("price_input = 1e3\n",
		       ":1: price_input must be a price in USD such as 0.15, with at most 6 decimals");
	assert_refused("openai_api_key_file = /nowhere\n",
		       ":1: /nowhere: cannot be opened: No such file or directory");
}

static void a_file_that_was_named_must_be_there(void **state)
{
	struct err e = { 0 };

	assert_null(config_load(a, "/nowhere.conf", &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	assert_non_null(strstr(e.msg, "/nowhere.conf"));
}

static void garbage_is_refused_without_harm(void **state)
{
	static const char *const texts[] = { "{",	   "=",	  "model",	 "model = {",
					     "model = \"", "}\n", "a { b = 1 }", "model += x\nmodel = (",
					     "\xff\xfe" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct err e = { 0 };

		assert_null(config_load(a, write_file("g.conf", texts[i]), &e));
		assert_true(e.class != ERR_NONE);
	}
	assert_non_null(config_load(a, write_file("empty.conf", ""), NULL));
}

static void the_view_hides_secrets_and_names_sources(void **state)
{
	struct value *view;
	struct buf b;

	setenv("OPENAI_API_KEY", "sk-very-secret", 1);
	setenv("DATABASE_URL", "postgresql://o:very-secret@h/d", 1);
	view = config_view(
		a, config_load(a, write_file("v.conf", "web_threads = 2\nprice_input = 2.5\n"), NULL));
	buf_init(&b, 1 << 16);
	value_write_json(view, &b);
	assert_true(buf_ok(&b));
	assert_null(strstr(b.data, "very-secret"));
	assert_non_null(strstr(b.data, "\"name\":\"openai_api_key\",\"variable\":\"OPENAI_API_KEY\","
				       "\"value\":\"(set)\",\"source\":\"environment\""));
	assert_non_null(strstr(b.data, "\"value\":2,\"source\":\"file\""));
	assert_non_null(strstr(b.data, "\"value\":\"2.500000\",\"source\":\"file\""));
	assert_non_null(strstr(b.data, "\"value\":\"unknown\",\"source\":\"default\""));
	buf_release(&b);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(defaults_need_no_file),
		CASE(a_file_beats_the_default_and_the_environment_beats_the_file),
		CASE(the_variable_names_a_file_too),
		CASE(an_empty_variable_counts_as_none),
		CASE(a_key_or_a_base_url_means_a_model),
		CASE(a_secret_can_come_from_a_file),
		CASE(prices_become_micro_dollars),
		CASE(errors_name_file_and_line),
		CASE(a_file_that_was_named_must_be_there),
		CASE(garbage_is_refused_without_harm),
		CASE(the_view_hides_secrets_and_names_sources),
	};

	return cmocka_run_group_tests_name("config", tests, make_folder, remove_folder);
}
