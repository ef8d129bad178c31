/* SPDX-License-Identifier: MIT */
/* What the command line sends and fetches. */
#include "../unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "net/http_sync.h"
#include "stub_model.h"

static struct stub_model stub;

static int make(void **state)
{
	*state = arena_new(0);
	return 0;
}

static int drop(void **state)
{
	arena_free(*state);
	return 0;
}

static const char *url(struct arena *a)
{
	return arena_printf(a, "%s/chat/completions", stub.base_url);
}

static void json_goes_out_with_the_token_and_comes_back(void **state)
{
	struct json_object *body = json_parse(*state, "{\"model\":\"m\",\"messages\":[]}", 27, NULL),
		*out, *seen;
	struct err e = { 0 };

	stub_model_script(&stub, "[]");
	assert_true(net_json(*state, NET_POST, url(*state), "tok", "key-1", body, &out, &e));
	assert_string_equal(json_get_str(out, "object", ""), "chat.completion");
	seen = json_object_array_get_idx(json_get_array(stub_model_requests(&stub, *state), "requests"), 0);
	assert_string_equal(json_get_str(json_get(seen, "body"), "model", ""), "m");
	seen = json_get(seen, "headers");
	assert_string_equal(json_get_str(seen, "authorization", ""), "Bearer tok");
	assert_string_equal(json_get_str(seen, "content-type", ""), "application/json");
	assert_string_equal(json_get_str(seen, "idempotency-key", ""), "key-1");
}

static void a_problem_document_becomes_the_message(void **state)
{
	struct json_object *body = json_parse(*state, "{\"messages\":[]}", 15, NULL), *out;
	struct err e = { 0 };

	stub_model_script(&stub, "[{\"status\":409,\"content_type\":\"application/problem+json\",\"body\":"
			  "{\"title\":\"Conflict\",\"detail\":\"The gate was decided.\",\"status\":409}}]");
	assert_false(net_json(*state, NET_POST, url(*state), NULL, NULL, body, &out, &e));
	assert_int_equal(e.class, ERR_CONFLICT);
	assert_string_equal(e.msg, "Conflict: The gate was decided. (409)");

	stub_model_script(&stub, "[{\"status\":422,\"body\":{\"title\":\"Invalid\",\"detail\":\"One field is wrong.\",\"errors\":"
			  "[{\"detail\":\"name is needed\",\"pointer\":\"/name\"}]}}]");
	assert_false(net_json(*state, NET_POST, url(*state), NULL, NULL, body, &out, &e));
	assert_int_equal(e.class, ERR_INVALID);
	assert_non_null(strstr(e.msg, "name is needed"));

	stub_model_script(&stub, "[{\"kind\":\"bad_gateway\"},{\"kind\":\"redirect\"},{\"kind\":\"html\"}]");
	assert_false(net_json(*state, NET_POST, url(*state), NULL, NULL, body, &out, &e));
	assert_int_equal(e.class, ERR_UNAVAILABLE);
	assert_null(strstr(e.msg, "<"));
	assert_false(net_json(*state, NET_POST, url(*state), NULL, NULL, body, &out, &e));
	assert_non_null(strstr(e.msg, "/elsewhere"));
	assert_false(net_json(*state, NET_POST, url(*state), NULL, NULL, body, &out, &e));
	assert_non_null(strstr(e.msg, "no JSON"));
}

static void faults_have_their_class(void **state)
{
	static const struct {
		const char *kind;
		enum err_class class;
	} rows[] = {
		{ "reset_before_head", ERR_UNAVAILABLE }, { "truncated", ERR_UNAVAILABLE },
		{ "stall_in_body", ERR_TIMEOUT }, { "slow", ERR_TIMEOUT }, { "huge", ERR_TOO_LARGE },
		{ "many_headers", ERR_TOO_LARGE },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct net_request r = {
			.method = NET_POST, .url = url(*state), .body = "{\"messages\":[]}", .body_len = 15,
			.limits = { .idle_ms = 1000, .total_ms = 3000, .body_max = 1 << 20 },
		};
		struct net_result out;
		struct err e = { 0 };

		stub_model_script(&stub, arena_printf(*state, "[{\"kind\":\"%s\"}]", rows[i].kind));
		assert_false(net_send(*state, &r, &out, &e));
		if (e.class != rows[i].class)
			fail_msg("%s: %s", rows[i].kind, e.msg);
		assert_int_equal(stub_model_count(&stub), 1);
	}
}

struct seen {
	int calls;
	int64_t last, total, stop_at;
};

static bool progress(void *ctx, int64_t now, int64_t total)
{
	struct seen *s = ctx;

	s->calls++;
	assert_true(now >= s->last);
	s->last = now;
	s->total = total;
	return !s->stop_at || now < s->stop_at;
}

static void a_download_replaces_the_file_only_when_it_is_whole(void **state)
{
	char dir[] = "/tmp/botarmy-download-XXXXXX";
	const char *where = arena_printf(*state, "http://127.0.0.1:%d/control/requests", stub.port);
	const char *path, **names;
	struct seen s = { 0 };
	struct err e = { 0 };
	struct str text;
	size_t count;

	assert_non_null(mkdtemp(dir));
	path = arena_printf(*state, "%s/out.json", dir);
	stub_model_script(&stub, "[]");
	assert_true(net_download(*state, where, "tok", path, 1 << 20, progress, &s, &e));
	assert_true(file_read(*state, path, 1 << 20, &text, &e));
	assert_memory_equal(text.s, "{\"count\"", 8);
	assert_true(s.calls > 0 && s.last == (int64_t)text.len && s.total == s.last);

	/* Each failure leaves what was there, and nothing beside it. */
	assert_false(net_download(*state, where, NULL, path, 10, NULL, NULL, &e));
	assert_int_equal(e.class, ERR_TOO_LARGE);
	s = (struct seen){ .stop_at = 1 };
	assert_false(net_download(*state, where, NULL, path, 1 << 20, progress, &s, &e));
	assert_int_equal(e.class, ERR_CONFLICT);
	assert_false(net_download(*state, arena_printf(*state, "http://127.0.0.1:%d/nothing", stub.port),
		NULL, path,
				  1 << 20, NULL, NULL, &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	assert_false(net_download(*state, where, NULL, "/no/such/folder/x", 10, NULL, NULL, &e));
	assert_true(dir_list(*state, dir, &names, &count, &e));
	assert_int_equal(count, 1);
	assert_true(file_read(*state, path, 1 << 20, &text, &e));
	assert_memory_equal(text.s, "{\"count\"", 8);
	unlink(path);
	rmdir(dir);
}

static int begin(void **state)
{
	stub_model_start(&stub, NULL);
	return make(state);
}

static int end(void **state)
{
	stub_model_stop(&stub);
	return drop(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_goes_out_with_the_token_and_comes_back),
		cmocka_unit_test(a_problem_document_becomes_the_message),
		cmocka_unit_test(faults_have_their_class),
		cmocka_unit_test(a_download_replaces_the_file_only_when_it_is_whole),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
