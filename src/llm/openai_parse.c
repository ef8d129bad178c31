/* SPDX-License-Identifier: MIT */
/*
 * Chat completions answers, whole ("chat.completion") or in pieces
 * ("chat.completion.chunk"): choice 0 alone counts, in whatever order choices stand.
 * Sources: OpenAI API reference, "The chat completion object" and "The chat completion
 * chunk object" (with include_usage the last chunk has empty choices and the usage, and is
 * lost when the stream breaks); vLLM sends that chunk with "choices": null.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "llm/openai.h"
#include "llm/refusal.h"

#define TOKENS_MAX INT64_C(1000000000)

static void add_piece(struct llm_answer *an, struct json_object *s,
		      void (*add)(struct llm_answer *, const char *, size_t))
{
	if (json_object_is_type(s, json_type_string))
		add(an, json_object_get_string(s), (size_t)json_object_get_string_len(s));
}

/* A string, or a list of parts with text or refusal. */
static void read_content(struct llm_answer *an, struct json_object *content)
{
	if (!json_object_is_type(content, json_type_array)) {
		add_piece(an, content, answer_text);
		return;
	}
	for (size_t i = 0; i < json_object_array_length(content); i++) {
		struct json_object *part = json_object_array_get_idx(content, i);

		add_piece(an, json_get(part, "text"), answer_text);
		add_piece(an, json_get(part, "refusal"), answer_refusal);
	}
}

static enum llm_finish finish_of(const char *s)
{
	if (strcmp(s, "stop") == 0)
		return LLM_FINISH_STOP;
	if (strcmp(s, "length") == 0)
		return LLM_FINISH_LENGTH;
	if (strcmp(s, "content_filter") == 0)
		return LLM_FINISH_FILTER;
	if (strcmp(s, "tool_calls") == 0 || strcmp(s, "function_call") == 0)
		return LLM_FINISH_TOOL;
	/* A reason of a server's own ("eos", "end_turn") still is an end. */
	return LLM_FINISH_STOP;
}

static void read_choice(struct llm_answer *an, struct json_object *choice)
{
	struct json_object *message = json_get(choice, "delta");
	const char *finish = json_get_str(choice, "finish_reason", NULL);

	if (!message)
		message = json_get(choice, "message");
	read_content(an, json_get(message, "content"));
	add_piece(an, json_get(message, "refusal"), answer_refusal);
	if (finish && *finish)
		an->finish = finish_of(finish);
}

static bool tokens(struct json_object *o, const char *key, int64_t *out)
{
	struct json_object *v = json_get(o, key);

	if (!json_object_is_type(v, json_type_int))
		return false;
	*out = json_object_get_int64(v);
	return *out >= 0 && *out <= TOKENS_MAX;
}

/* A running count (some servers send one with each chunk): the last one stands. */
static void read_usage(struct llm_answer *an, struct json_object *usage)
{
	struct llm_usage u = { 0 };

	u.known = tokens(usage, "prompt_tokens", &u.input) && tokens(usage, "completion_tokens", &u.output);
	if (!u.known) {
		an->usage = (struct llm_usage){ 0 };
		return;
	}
	if (!tokens(json_get(usage, "prompt_tokens_details"), "cached_tokens", &u.cached) ||
	    u.cached > u.input)
		u.cached = 0;
	if (!tokens(json_get(usage, "completion_tokens_details"), "reasoning_tokens", &u.reasoning) ||
	    u.reasoning > u.output)
		u.reasoning = 0;
	an->usage = u;
}

static void document(struct llm_answer *an, struct json_object *doc, const char *event)
{
	struct json_object *error = json_get(doc, "error"), *choices = json_get_array(doc, "choices");
	struct json_object *usage = json_get(doc, "usage");
	const char *model = json_get_str(doc, "model", NULL);

	if (!error && (strcmp(event, "error") == 0 || strcmp(json_get_str(doc, "object", ""), "error") == 0))
		error = doc;
	if (error) {
		refusal_from_object(an, 0, error);
		return;
	}
	if (model && !*an->model)
		refusal_quote(model, strlen(model), an->model, sizeof(an->model));
	for (size_t i = 0; choices && i < json_object_array_length(choices); i++) {
		struct json_object *choice = json_object_array_get_idx(choices, i);

		if (json_get_int(choice, "index", 0) == 0)
			read_choice(an, choice);
	}
	if (json_object_is_type(usage, json_type_object))
		read_usage(an, usage);
}

const struct provider provider_openai = { "openai", openai_build, document };
