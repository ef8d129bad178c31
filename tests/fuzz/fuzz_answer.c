/* SPDX-License-Identifier: MIT */
/*
 * A model server's answer. The first byte chooses status and content type, the second
 * where the rest is split: split or not, the same result comes out, and all its text
 * is clean UTF-8.
 */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "llm/llm.h"

const char fuzz_name[] = "answer";

static const char *type;

static const char *header(void *hctx, const char *name)
{
	if (strcmp(name, "content-type") == 0)
		return type;
	return strcmp(name, "retry-after") == 0 ? hctx : NULL;
}

static struct llm_result parse(struct arena *a, int status, const char *p, size_t n, size_t split)
{
	struct llm_answer *an = llm_answer_new(&provider_openai, 1 << 20, NULL, NULL);
	enum net_fault fault = NET_OK;
	struct llm_result r;
	char wish[20];

	snprintf(wish, sizeof(wish), "%.*s", (int)(n < 10 ? n : 10), n ? p : "");
	llm_answer_head(an, status, header, wish, 0);
	if (!llm_answer_feed(an, p, split) || !llm_answer_feed(an, p + split, n - split))
		fault = NET_CANCELLED;
	llm_answer_finish(an, fault, "", a, &r);
	llm_answer_free(an);
	return r;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "text/event-stream", "application/json", NULL, "text/html" };
	static const int statuses[] = { 200, 400, 429, 500 };
	struct llm_result one, two;
	const char *p = (const char *)data + 2;
	struct arena *a;
	size_t n;
	int status;

	if (size < 2)
		return 0;
	a = arena_new(0);
	n = size - 2;
	type = types[data[0] & 3];
	status = statuses[data[0] >> 2 & 3];
	one = parse(a, status, p, n, n);
	two = parse(a, status, p, n, n * data[1] / 255);
	HOLDS(one.class == two.class && one.class < LLM_CLASSES);
	HOLDS(same(one.text, two.text) && same(one.refusal, two.refusal) && same(one.message, two.message));
	HOLDS(one.usage.known == two.usage.known && one.usage.input == two.usage.input);
	HOLDS(one.usage.input >= 0 && one.usage.output >= 0 && one.retry_after_ms >= -1);
	HOLDS(utf8_invalid(one.text, one.text_len) < 0);
	HOLDS(utf8_invalid(one.message, strlen(one.message)) < 0);
	HOLDS((one.class == LLM_OK) == !*one.message);
	arena_free(a);
	return 0;
}
