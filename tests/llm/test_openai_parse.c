/* SPDX-License-Identifier: MIT */
/* Answers as bytes, and what they come to, however the bytes are split. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "llm/llm.h"

#define CHUNK(delta) "data: {\"choices\":[{\"index\":0,\"delta\":" delta ",\"finish_reason\":null}]}\n\n"
#define TEXT(s) CHUNK("{\"content\":\"" s "\"}")
#define FINISH(why) "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" why "\"}]}\n\n"
#define STOP FINISH("stop")
#define USAGE "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":5," \
	"\"prompt_tokens_details\":{\"cached_tokens\":3}," \
	"\"completion_tokens_details\":{\"reasoning_tokens\":2}}}\n\n"
#define DONE "data: [DONE]\n\n"

static const char *const *current_headers;

static const char *header(void *hctx, const char *name)
{
	for (const char *const *h = current_headers; h && *h; h += 2)
		if (strcasecmp(h[0], name) == 0)
			return h[1];
	return NULL;
}

static void collect(void *ctx, const char *delta, size_t n)
{
	buf_add(ctx, delta, n);
}

/* Feeds `n` bytes in two parts, cut at `split`; the deltas must add up to the text. */
static struct llm_result parse(struct arena *a, int status, const char *const *headers, const char *bytes,
			       size_t n, size_t split, enum net_fault fault)
{
	struct llm_answer *an;
	struct llm_result r;
	struct buf seen;

	buf_init(&seen, 1 << 20);
	an = llm_answer_new(&provider_openai, 1 << 20, collect, &seen);
	current_headers = headers;
	llm_answer_head(an, status, header, NULL, INT64_C(784111777000));
	if (llm_answer_feed(an, bytes, split) && !llm_answer_feed(an, bytes + split, n - split))
		fault = NET_CANCELLED;
	llm_answer_finish(an, fault, "it broke", a, &r);
	assert_int_equal(seen.len, r.text_len);
	assert_memory_equal(buf_str(&seen), r.text, r.text_len);
	buf_release(&seen);
	llm_answer_free(an);
	return r;
}

static const char *const sse[] = { "content-type", "text/event-stream; charset=utf-8", NULL };
static const char *const json[] = { "content-type", "application/json", NULL };

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Every split at every byte gives the same as no split. */
static struct llm_result stream(void **state, const char *bytes, size_t n, enum net_fault fault)
{
	struct llm_result one = parse(*state, 200, sse, bytes, n, n, fault);

	for (size_t i = 0; i < n; i++) {
		struct llm_result two = parse(*state, 200, sse, bytes, n, i, fault);

		assert_int_equal(two.class, one.class);
		assert_string_equal(two.text, one.text);
		assert_true(same(two.refusal, one.refusal));
		assert_string_equal(two.message, one.message);
		assert_int_equal(two.finish, one.finish);
		assert_int_equal(two.usage.known, one.usage.known);
		assert_int_equal(two.usage.input, one.usage.input);
		assert_int_equal(two.usage.output, one.usage.output);
	}
	return one;
}
#define STREAM(s) stream(state, (s), sizeof(s) - 1, NET_OK)

static struct llm_result whole(void **state, const char *s)
{
	return parse(*state, 200, json, s, strlen(s), strlen(s), NET_OK);
}

static struct llm_result refused(void **state, int status, const char *const *headers, const char *s)
{
	return parse(*state, status, headers, s, strlen(s), strlen(s), NET_OK);
}

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

static void a_stream_adds_up(void **state)
{
	struct llm_result r = STREAM(CHUNK("{\"role\":\"assistant\",\"content\":\"\"}")
				     TEXT("Gr\xc3\xbc\xc3\x9f") TEXT(" \\u2028\\n") STOP USAGE DONE);

	assert_int_equal(r.class, LLM_OK);
	assert_string_equal(r.text, "Gr\xc3\xbc\xc3\x9f \xe2\x80\xa8\n");
	assert_int_equal(r.finish, LLM_FINISH_STOP);
	assert_true(r.usage.known);
	assert_int_equal(r.usage.input, 11);
	assert_int_equal(r.usage.output, 5);
	assert_int_equal(r.usage.cached, 3);
	assert_int_equal(r.usage.reasoning, 2);
}

static void every_form_of_event_stream_is_read(void **state)
{
	struct llm_result r;

	r = STREAM("\xef\xbb\xbf: hello\r\ndata:{\"choices\":[{\"index\":0,\r\n"
		   "data: \"delta\":{\"content\":\"a\"}}]}\r\n\r\n"
		   "id: 7\r\nretry: 3\r\n\r\n: ping\r\n\r\n" STOP "data:[DONE]\r\n\r\n");
	assert_int_equal(r.class, LLM_OK);
	assert_string_equal(r.text, "a");
	r = STREAM("data: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}\r\r"
		   "data: [DONE]\r\r");
	assert_int_equal(r.class, LLM_OK);
	assert_string_equal(r.text, "b");
}

static void unknown_events_and_other_choices_mean_nothing(void **state)
{
	struct llm_result r = STREAM(
		"event: ping\ndata: now\n\n"
		"data: {\"type\":\"something.new\",\"x\":[1]}\n\n"
		"data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\"}},"
		"{\"index\":0,\"delta\":{\"content\":\"yes\"}}]}\n\n"
		"data: {\"choices\":null,\"usage\":null}\n\n" STOP DONE
		"data: {\"error\":\"after the end\"}\n\n");

	assert_int_equal(r.class, LLM_OK);
	assert_string_equal(r.text, "yes");
	assert_false(r.usage.known);
}

static void an_error_inside_a_good_stream_is_an_error(void **state)
{
	struct llm_result r = STREAM(TEXT("par")
		"data: {\"error\":{\"message\":\"too much\",\"type\":\"server_error\"}}\n\n"
				     TEXT("tial") STOP DONE);

	assert_int_equal(r.class, LLM_OVERLOADED);
	assert_string_equal(r.text, "par");
	assert_non_null(strstr(r.message, "too much"));
	r = STREAM("event: error\ndata: {\"message\":\"x\",\"type\":\"rate_limit_error\"}\n\n");
	assert_int_equal(r.class, LLM_RATE_LIMITED);
	r = STREAM("data: {\"error\":{\"message\":\"x\",\"code\":401}}\n\n");
	assert_int_equal(r.class, LLM_AUTH);
	r = STREAM("data: {\"error\":\"just words\"}\n\n");
	assert_int_equal(r.class, LLM_OVERLOADED);
}

static void a_stream_that_stops_too_early_is_a_broken_connection(void **state)
{
	assert_int_equal(STREAM(TEXT("a")).class, LLM_CONNECTION);
	assert_int_equal(STREAM(TEXT("a") "data: {\"choi").class, LLM_CONNECTION);
	assert_int_equal(STREAM("").class, LLM_CONNECTION);
	assert_int_equal(stream(state, TEXT("a"), sizeof(TEXT("a")) - 1, NET_CONNECTION).class,
		LLM_CONNECTION);
	assert_int_equal(stream(state, TEXT("a"), sizeof(TEXT("a")) - 1, NET_TIMEOUT).class, LLM_TIMEOUT);
	assert_int_equal(stream(state, TEXT("a"), sizeof(TEXT("a")) - 1, NET_CANCELLED).class, LLM_CANCELLED);
}

static void what_came_whole_is_kept_when_only_the_end_is_lost(void **state)
{
	struct llm_result r = stream(state, TEXT("a") STOP, sizeof(TEXT("a") STOP) - 1, NET_CONNECTION);

	assert_int_equal(r.class, LLM_OK);
	assert_string_equal(r.text, "a");
	assert_false(r.usage.known);
	assert_int_equal(STREAM(TEXT("a") STOP).class, LLM_OK);
	assert_int_equal(STREAM(TEXT("a") STOP "data: [DONE]").class, LLM_OK);
	assert_int_equal(STREAM(TEXT("a") STOP "data: {\"cho").class, LLM_OK);
}

static void nonsense_in_a_stream_is_invalid_output(void **state)
{
	assert_int_equal(STREAM("data: {'choices':[]}\n\n" STOP DONE).class, LLM_INVALID_OUTPUT);
	assert_int_equal(STREAM("data: [1]\n\n" STOP DONE).class, LLM_INVALID_OUTPUT);
	assert_int_equal(STREAM("data: {\"model\":\"\xff\"}\n\n" STOP DONE).class, LLM_INVALID_OUTPUT);
	assert_int_equal(STREAM("data: {\"model\":\"\0\"}\n\n" STOP DONE).class, LLM_INVALID_OUTPUT);
	assert_int_equal(STREAM("data: {\"model\":1,\"model\":2}\n\n" STOP DONE).class, LLM_INVALID_OUTPUT);
	assert_int_equal(STREAM(STOP DONE).class, LLM_INVALID_OUTPUT);
}

static void outcomes_of_their_own(void **state)
{
	struct llm_result r = STREAM(CHUNK("{\"refusal\":\"I can\"}")
				     CHUNK("{\"refusal\":\"not.\"}") STOP DONE);

	assert_int_equal(r.class, LLM_CONTENT_POLICY);
	assert_string_equal(r.refusal, "I cannot.");
	r = STREAM(TEXT("half") FINISH("length") DONE);
	assert_int_equal(r.class, LLM_INVALID_OUTPUT);
	assert_int_equal(r.finish, LLM_FINISH_LENGTH);
	assert_string_equal(r.text, "half");
	r = STREAM(FINISH("content_filter") DONE);
	assert_int_equal(r.class, LLM_CONTENT_POLICY);
	r = STREAM(FINISH("tool_calls") DONE);
	assert_int_equal(r.class, LLM_INVALID_OUTPUT);
	assert_int_equal(r.finish, LLM_FINISH_TOOL);
}

static void whole_answers_are_read_and_nonsense_is_not(void **state)
{
	struct llm_result r = whole(state,
		"{\"model\":\"m-1\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"hi\"},"
		"\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}");

	assert_int_equal(r.class, LLM_OK);
	assert_string_equal(r.text, "hi");
	assert_string_equal(r.model, "m-1");
	assert_true(r.usage.known);
	r = whole(state, "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
		  "{\"type\":\"text\",\"text\":\"b\"}]}}]}");
	assert_string_equal(r.text, "ab");
	assert_int_equal(whole(state, "{\"choices\":[]}").class, LLM_INVALID_OUTPUT);
	assert_int_equal(whole(state, "{\"choices\":[{\"message\":{\"content\":null}}]}").class,
		LLM_INVALID_OUTPUT);
	assert_int_equal(whole(state, "{\"choices\":[{\"mess").class, LLM_INVALID_OUTPUT);
	assert_int_equal(whole(state, "[]").class, LLM_INVALID_OUTPUT);
	assert_int_equal(whole(state, "").class, LLM_INVALID_OUTPUT);
	assert_int_equal(whole(state, "{\"choices\":7,\"usage\":[],\"model\":{}}").class, LLM_INVALID_OUTPUT);
	r = whole(state, "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":"
		  "{\"prompt_tokens\":-1,\"completion_tokens\":2}}");
	assert_false(r.usage.known);
	r = whole(state, "{\"error\":{\"message\":\"m\",\"code\":\"insufficient_quota\"}}");
	assert_int_equal(r.class, LLM_QUOTA);
}

static void the_content_type_decides_how_the_body_is_read(void **state)
{
	static const char *const html[] = { "content-type", "text/html", NULL };
	static const char *const none[] = { NULL };
	const char *s = "{\"choices\":[{\"message\":{\"content\":\"x\"}}]}";

	assert_int_equal(refused(state, 200, html, "<b>").class, LLM_INVALID_OUTPUT);
	assert_int_equal(refused(state, 200, none, s).class, LLM_OK);
	assert_int_equal(refused(state, 200, none, "\n" TEXT("x") STOP DONE).class, LLM_OK);
	assert_int_equal(refused(state, 204, none, "").class, LLM_INVALID_OUTPUT);
}

static void statuses_and_codes_lead_to_classes(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum llm_class class;
	} cases[] = {
		{ 400, "{\"error\":{\"message\":\"no\"}}", LLM_BAD_REQUEST },
		{ 400, "{\"error\":{\"code\":\"context_length_exceeded\"}}", LLM_CONTEXT_TOO_LONG },
		{ 400, "{\"object\":\"error\",\"message\":\"maximum context length is 10\",\"code\":400}",
			LLM_CONTEXT_TOO_LONG },
		{ 400, "{\"error\":{\"type\":\"exceed_context_size_error\",\"code\":400}}",
			LLM_CONTEXT_TOO_LONG },
		{ 400, "{\"error\":{\"code\":\"content_filter\"}}", LLM_CONTENT_POLICY },
		{ 401, "", LLM_AUTH }, { 403, "{}", LLM_AUTH }, { 402, "", LLM_QUOTA },
		{ 404, "not found", LLM_BAD_REQUEST }, { 301, "", LLM_BAD_REQUEST },
		{ 408, "", LLM_TIMEOUT }, { 409, "", LLM_OVERLOADED }, { 413, "", LLM_CONTEXT_TOO_LONG },
		{ 429, "", LLM_RATE_LIMITED },
		{ 429, "{\"error\":{\"type\":\"insufficient_quota\"}}", LLM_QUOTA },
		{ 429, "{\"error\":{\"message\":\"You exceeded your current quota\"}}", LLM_QUOTA },
		{ 500, "", LLM_OVERLOADED }, { 502, "<html>", LLM_OVERLOADED }, { 503, "{", LLM_OVERLOADED },
		{ 504, "", LLM_TIMEOUT }, { 529, "", LLM_OVERLOADED },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct llm_result r = refused(state, cases[i].status, json, cases[i].body);

		if (r.class != cases[i].class)
			fail_msg("%d %s: %s", cases[i].status, cases[i].body, llm_policy(r.class)->name);
		assert_int_equal(r.status, cases[i].status);
		assert_true(*r.message);
	}
}

static void a_parameter_that_is_refused_by_name_is_named(void **state)
{
	static const struct {
		const char *body;
		unsigned bits;
	} cases[] = {
		{ "{\"error\":{\"message\":\"'max_tokens' is not supported\",\"param\":\"max_tokens\"}}",
			LLM_NO_MAX_FIELD },
		{ "{\"error\":{\"message\":\"Unknown parameter\",\"param\":\"stream_options\"}}",
			LLM_NO_STREAM_USAGE },
		{ "{\"error\":{\"message\":\"Unknown parameter\",\"param\":\"response_format\"}}",
			LLM_NO_FORMAT },
		{ "{\"error\":{\"message\":\"This response_format type is unavailable now\"}}",
			LLM_NO_SCHEMA },
		{ "{\"detail\":\"extra inputs are not permitted: stream_options\"}", LLM_NO_STREAM_USAGE },
		{ "{\"error\":{\"message\":\"stream is not supported\",\"param\":\"stream\"}}",
			LLM_NO_STREAM },
		{ "{\"error\":{\"message\":\"max_tokens supports at most 4\",\"param\":\"n\"}}", 0 },
		{ "{\"error\":{\"message\":\"bad things\"}}", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(refused(state, 400, json, cases[i].body).unsupported, cases[i].bits);
}

static void the_key_is_not_repeated_from_an_error(void **state)
{
	struct llm_result r = refused(state, 401, json,
		"{\"error\":{\"message\":\"Incorrect API key provided: sk-abcdef\"}}");

	assert_null(strstr(r.message, "sk-"));
}

static int64_t wait_of(void **state, int status, const char *name, const char *value)
{
	const char *headers[] = { name, value, "x-ratelimit-remaining-tokens", "0",
				  "x-ratelimit-remaining-requests", "3", NULL };

	return refused(state, status, headers, "").retry_after_ms;
}

static void the_servers_wish_to_wait_is_understood(void **state)
{
	assert_int_equal(wait_of(state, 429, "retry-after-ms", "1500.5"), 1501);
	assert_int_equal(wait_of(state, 429, "Retry-After", "2"), 2000);
	assert_int_equal(wait_of(state, 503, "Retry-After", "0.25"), 250);
	assert_int_equal(wait_of(state, 429, "Retry-After", "Sun, 06 Nov 1994 08:49:57 GMT"), 20000);
	assert_int_equal(wait_of(state, 429, "Retry-After", "Sun, 06 Nov 1994 08:49:00 GMT"), 0);
	assert_int_equal(wait_of(state, 429, "Retry-After", "99999999999999999999"), 86400000);
	assert_int_equal(wait_of(state, 429, "Retry-After", "-5"), -1);
	assert_int_equal(wait_of(state, 429, "Retry-After", "soon"), -1);
	assert_int_equal(wait_of(state, 429, "x-ratelimit-reset-tokens", "6m0s"), 360000);
	assert_int_equal(wait_of(state, 429, "x-ratelimit-reset-tokens", "120ms"), 120);
	assert_int_equal(wait_of(state, 429, "x-ratelimit-reset-tokens", "1h2m3.5s"), 3723500);
	assert_int_equal(wait_of(state, 429, "x-ratelimit-reset-requests", "9s"), -1);
	assert_int_equal(wait_of(state, 503, "x-ratelimit-reset-tokens", "9s"), -1);
	assert_int_equal(wait_of(state, 429, "x-ratelimit-reset-tokens", "5x"), -1);
}

static void an_answer_over_the_limit_is_too_large(void **state)
{
	struct llm_answer *an = llm_answer_new(&provider_openai, 100, NULL, NULL);
	struct llm_result r;
	char junk[64] = "data: ";

	memset(junk + 6, 'x', sizeof(junk) - 6);
	current_headers = sse;
	llm_answer_head(an, 200, header, NULL, 0);
	assert_true(llm_answer_feed(an, junk, sizeof(junk)));
	assert_false(llm_answer_feed(an, junk, sizeof(junk)));
	llm_answer_finish(an, NET_CANCELLED, "", *state, &r);
	assert_int_equal(r.class, LLM_TOO_LARGE);
	llm_answer_free(an);
}

static void every_class_has_its_policy(void **state)
{
	for (int c = 0; c < LLM_CLASSES; c++) {
		const struct llm_policy *p = llm_policy((enum llm_class)c);

		assert_non_null(p->name);
		assert_true(*p->sentence);
		/* What waits for a person has no delay; what is tried again has one. */
		assert_int_equal(llm_retry_delay((enum llm_class)c, 0, -1, 0) >= 0,
				 p->then == LLM_THEN_RETRY || p->then == LLM_THEN_REPAIR);
	}
	assert_false(llm_policy(LLM_RATE_LIMITED)->counts);
	assert_int_equal(llm_policy(LLM_QUOTA)->then, LLM_THEN_ASK);
	assert_int_equal(llm_policy(LLM_CANCELLED)->then, LLM_THEN_STOP);
}

static void delays_double_to_a_ceiling_and_never_undercut_the_server(void **state)
{
	assert_int_equal(llm_retry_delay(LLM_OVERLOADED, 0, -1, 0), 500);
	assert_int_equal(llm_retry_delay(LLM_OVERLOADED, 1, -1, 0), 1000);
	assert_int_equal(llm_retry_delay(LLM_OVERLOADED, 4, -1, 0), 8000);
	assert_int_equal(llm_retry_delay(LLM_OVERLOADED, 400, -1, 0), 8000);
	assert_int_equal(llm_retry_delay(LLM_OVERLOADED, 0, -1, 0.999), 376);
	for (double u = 0; u < 1; u += 0.1)
		assert_true(llm_retry_delay(LLM_RATE_LIMITED, 0, 30000, u) >= 30000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_adds_up),
		cmocka_unit_test(every_form_of_event_stream_is_read),
		cmocka_unit_test(unknown_events_and_other_choices_mean_nothing),
		cmocka_unit_test(an_error_inside_a_good_stream_is_an_error),
		cmocka_unit_test(a_stream_that_stops_too_early_is_a_broken_connection),
		cmocka_unit_test(what_came_whole_is_kept_when_only_the_end_is_lost),
		cmocka_unit_test(nonsense_in_a_stream_is_invalid_output),
		cmocka_unit_test(outcomes_of_their_own),
		cmocka_unit_test(whole_answers_are_read_and_nonsense_is_not),
		cmocka_unit_test(the_content_type_decides_how_the_body_is_read),
		cmocka_unit_test(statuses_and_codes_lead_to_classes),
		cmocka_unit_test(a_parameter_that_is_refused_by_name_is_named),
		cmocka_unit_test(the_key_is_not_repeated_from_an_error),
		cmocka_unit_test(the_servers_wish_to_wait_is_understood),
		cmocka_unit_test(an_answer_over_the_limit_is_too_large),
		cmocka_unit_test(every_class_has_its_policy),
		cmocka_unit_test(delays_double_to_a_ceiling_and_never_undercut_the_server),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
