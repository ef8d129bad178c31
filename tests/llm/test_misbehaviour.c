/* SPDX-License-Identifier: MIT */
/*
 * A real client against a server that misbehaves over a real socket: for each way the
 * class that comes out, and that the server was asked exactly once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "llm/llm.h"
#include "net/http_client.h"
#include "stub_model.h"

static struct stub_model stub;

struct call {
	struct llm_answer *answer;
	struct llm_result result;
	struct arena *arena;
	int done;
};

static const char *header(void *hctx, const char *name)
{
	return net_answer_header(hctx, name);
}

static void on_head(void *ctx, const struct net_answer *a)
{
	struct call *c = ctx;

	llm_answer_head(c->answer, a->status, header, (void *)a, clock_wall_ms());
}

static bool on_chunk(void *ctx, const struct net_answer *a, const char *data, size_t n)
{
	struct call *c = ctx;

	return llm_answer_feed(c->answer, data, n);
}

static void on_done(void *ctx, const struct net_answer *a)
{
	struct call *c = ctx;

	llm_answer_finish(c->answer, a->fault, a->message, c->arena, &c->result);
	c->done++;
}

static void closed(void *ctx)
{
	*(bool *)ctx = true;
}

static struct llm_result ask(struct arena *a, bool stream)
{
	static const struct llm_message m = { LLM_USER, "Say hello.", 10 };
	struct llm_endpoint at = { .base_url = stub.base_url, .api_key = "k",
				   .limits = { .connect_ms = 2000, .idle_ms = 300, .total_ms = 2500 } };
	struct llm_request r = { .model = "m", .messages = &m, .message_count = 1, .max_output_tokens = 100 };
	struct net_handlers h = { on_head, on_chunk, on_done, NULL };
	struct call c = { .arena = a };
	struct http_client *client;
	struct net_request out;
	struct err e = { 0 };
	bool gone = false;
	uv_loop_t loop;

	r.caps = llm_caps_for(stub.base_url);
	r.caps.stream = stream;
	uv_loop_init(&loop);
	client = http_client_new(&loop, &e);
	assert_non_null(client);
	c.answer = llm_answer_new(&provider_openai, 0, NULL, NULL);
	h.ctx = &c;
	assert_true(provider_openai.build(a, &at, &r, &out, &e));
	assert_non_null(http_client_start(client, &out, &h, &e));
	while (!c.done)
		uv_run(&loop, UV_RUN_ONCE);
	http_client_close(client, closed, &gone);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_true(gone);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_int_equal(c.done, 1);
	llm_answer_free(c.answer);
	return c.result;
}

static const struct row {
	const char *kind;
	enum llm_class streamed, whole;
	const char *says; /* part of the sentence; NULL: any */
} rows[] = {
	{ "rate_limited", LLM_RATE_LIMITED, LLM_RATE_LIMITED, "Rate limit reached" },
	{ "quota", LLM_QUOTA, LLM_QUOTA, NULL },
	{ "auth", LLM_AUTH, LLM_AUTH, NULL },
	{ "server_error", LLM_OVERLOADED, LLM_OVERLOADED, NULL },
	{ "overloaded", LLM_OVERLOADED, LLM_OVERLOADED, NULL },
	{ "bad_gateway", LLM_OVERLOADED, LLM_OVERLOADED, "502" },
	{ "gateway_timeout", LLM_TIMEOUT, LLM_TIMEOUT, "504" },
	{ "no_model", LLM_BAD_REQUEST, LLM_BAD_REQUEST, "does not exist" },
	{ "context_too_long", LLM_CONTEXT_TOO_LONG, LLM_CONTEXT_TOO_LONG, NULL },
	{ "content_policy", LLM_CONTENT_POLICY, LLM_CONTENT_POLICY, NULL },
	{ "no_schema", LLM_BAD_REQUEST, LLM_BAD_REQUEST, NULL },
	{ "redirect", LLM_BAD_REQUEST, LLM_BAD_REQUEST, "redirects" },
	{ "reset_before_head", LLM_CONNECTION, LLM_CONNECTION, NULL },
	{ "close_before_head", LLM_CONNECTION, LLM_CONNECTION, NULL },
	{ "not_http", LLM_CONNECTION, LLM_CONNECTION, NULL },
	{ "reset_in_body", LLM_CONNECTION, LLM_CONNECTION, NULL },
	{ "truncated", LLM_CONNECTION, LLM_CONNECTION, NULL },
	{ "stall_before_head", LLM_TIMEOUT, LLM_TIMEOUT, "silent" },
	{ "stall_after_head", LLM_TIMEOUT, LLM_TIMEOUT, "silent" },
	{ "stall_in_body", LLM_TIMEOUT, LLM_TIMEOUT, "silent" },
	{ "slow", LLM_TIMEOUT, LLM_TIMEOUT, NULL },
	{ "drip", LLM_OK, LLM_OK, NULL },
	{ "invalid_json", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, "no JSON" },
	{ "cut_json", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, NULL },
	{ "deep_json", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, NULL },
	{ "many_nodes", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, "100000 values" },
	{ "duplicate_keys", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, "twice" },
	{ "invalid_utf8", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, "UTF-8" },
	{ "nul", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, "NUL" },
	{ "not_an_object", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, NULL },
	{ "invalid_event", LLM_INVALID_OUTPUT, LLM_OK, "event 1" },
	{ "error_in_stream", LLM_OVERLOADED, LLM_OK, "within its answer" },
	{ "empty_choices", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, "empty" },
	{ "no_end", LLM_CONNECTION, LLM_OK, NULL },
	{ "no_done", LLM_OK, LLM_OK, NULL },
	{ "unknown_events", LLM_OK, LLM_OK, NULL },
	{ "crlf", LLM_OK, LLM_OK, NULL },
	{ "cr", LLM_OK, LLM_OK, NULL },
	{ "refusal", LLM_CONTENT_POLICY, LLM_CONTENT_POLICY, "I cannot help" },
	{ "length", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, "output limit" },
	{ "content_filter", LLM_CONTENT_POLICY, LLM_CONTENT_POLICY, NULL },
	{ "tool_calls", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, NULL },
	{ "huge", LLM_TOO_LARGE, LLM_TOO_LARGE, NULL },
	{ "html", LLM_INVALID_OUTPUT, LLM_INVALID_OUTPUT, "base URL" },
	{ "many_headers", LLM_TOO_LARGE, LLM_TOO_LARGE, NULL },
	{ "no_usage", LLM_OK, LLM_OK, NULL },
	{ "odd_usage", LLM_OK, LLM_OK, NULL },
};

static void one_row(struct arena *a, const struct row *row, bool stream)
{
	enum llm_class want = stream ? row->streamed : row->whole;
	struct llm_result r;

	stub_model_script(&stub, arena_printf(a, "[{\"kind\":\"%s\"}]", row->kind));
	r = ask(a, stream);
	if (r.class != want)
		fail_msg("%s, %s: %s instead of %s: %s", row->kind, stream ? "streamed" : "whole",
			 llm_policy(r.class)->name, llm_policy(want)->name, r.message);
	if (want != LLM_OK && row->says && !strstr(r.message, row->says))
		fail_msg("%s: \"%s\" does not say \"%s\"", row->kind, r.message, row->says);
	if (want == LLM_OK)
		assert_string_equal(r.text, "Hello.");
	if (strstr(row->kind, "usage"))
		assert_false(r.usage.known);
	assert_int_equal(stub_model_count(&stub), 1);
}

static void each_misbehaviour_while_streaming(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		one_row(*state, &rows[i], true);
}

static void each_misbehaviour_of_a_whole_answer(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		one_row(*state, &rows[i], false);
}

static void a_good_answer_is_the_same_streamed_or_whole(void **state)
{
	struct json_object *seen, *first;

	for (int stream = 0; stream < 2; stream++) {
		struct llm_result r;

		stub_model_script(&stub, "[]");
		r = ask(*state, stream);
		assert_int_equal(r.class, LLM_OK);
		assert_string_equal(r.text, "Hello.");
		assert_string_equal(r.model, "m");
		assert_string_equal(r.request_id, "req-stub");
		assert_true(r.usage.known);
		seen = stub_model_requests(&stub, *state);
		assert_int_equal(json_get_int(seen, "count", 0), 1);
		first = json_object_array_get_idx(json_get_array(seen, "requests"), 0);
		assert_string_equal(json_get_str(json_get(first, "headers"), "authorization", ""),
			"Bearer k");
		assert_null(json_get(json_get(first, "headers"), "accept-encoding"));
		assert_null(json_get(json_get(first, "headers"), "expect"));
		assert_int_equal(json_get_bool(json_get(first, "body"), "stream", false), stream);
	}
}

static void the_wait_that_a_server_asks_for_is_told(void **state)
{
	stub_model_script(&stub, "[{\"kind\":\"rate_limited\"},{\"kind\":\"overloaded\"}]");
	assert_int_equal(ask(*state, true).retry_after_ms, 1000);
	assert_int_equal(ask(*state, true).retry_after_ms, 2000);
}

static void a_refused_parameter_is_dropped_until_the_server_is_content(void **state)
{
	struct llm_caps caps = llm_caps_for(stub.base_url);
	static const char *const kinds[] = { "no_schema", "no_format", "no_max_tokens", "no_stream_options" };
	bool swapped = false;

	for (size_t i = 0; i < 4; i++) {
		struct llm_result r;

		stub_model_script(&stub, arena_printf(*state, "[{\"kind\":\"%s\"}]", kinds[i]));
		r = ask(*state, true);
		assert_true(llm_caps_degrade(&caps, r.unsupported, &swapped));
	}
	assert_int_equal(caps.format, LLM_FORMAT_NONE);
	assert_int_equal(caps.max_field, LLM_MAX_COMPLETION_TOKENS);
	assert_false(caps.stream_usage);
}

static int start(void **state)
{
	stub_model_start(&stub, NULL);
	*state = arena_new(0);
	return 0;
}

static int stop(void **state)
{
	stub_model_stop(&stub);
	arena_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_answer_is_the_same_streamed_or_whole),
		cmocka_unit_test(each_misbehaviour_while_streaming),
		cmocka_unit_test(each_misbehaviour_of_a_whole_answer),
		cmocka_unit_test(the_wait_that_a_server_asks_for_is_told),
		cmocka_unit_test(a_refused_parameter_is_dropped_until_the_server_is_content),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
