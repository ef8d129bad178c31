/* SPDX-License-Identifier: MIT */
/*
 * Servers agree on little: the vendor sends {"error":{message,type,param,code}},
 * others the same members at the top, others a bare string, gateways HTML. The
 * error's own code goes before the status, the status before words in the message.
 * Sources: OpenAI API documentation, "Error codes" (statuses, insufficient_quota) and
 * "Structured model outputs"; the error bodies of vLLM, llama.cpp and Ollama for the words.
 */
#include "llm/refusal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "llm/bounded.h"

void refusal_quote(const char *s, size_t n, char *out, size_t size)
{
	size_t at = 0;

	while (n > 0 && at + 4 < size) {
		size_t len = utf8_prefix(s, n, 1);

		if ((unsigned char)*s < 0x20 || *s == 0x7f) {
			out[at++] = ' ';
			len = 1;
		} else if (len == 0 || utf8_invalid(s, len) >= 0) {
			out[at++] = '?';
			len = 1;
		} else {
			memcpy(out + at, s, len);
			at += len;
		}
		s += len;
		n -= len;
	}
	out[at] = '\0';
}

static bool mentions(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcasestr(text, *words))
			return true;
	return false;
}

#define MENTIONS(text, ...) mentions((text), (const char *const[]){ __VA_ARGS__, NULL })

/* By the error's code and type; LLM_OK: they say nothing. */
static enum llm_class by_code(const char *s)
{
	static const struct {
		const char *code;
		enum llm_class class;
	} codes[] = {
		{ "insufficient_quota", LLM_QUOTA },
		{ "billing_hard_limit_reached", LLM_QUOTA },
		{ "billing_not_active", LLM_QUOTA },
		{ "context_length_exceeded", LLM_CONTEXT_TOO_LONG },
		{ "exceed_context_size_error", LLM_CONTEXT_TOO_LONG },
		{ "content_policy_violation", LLM_CONTENT_POLICY },
		{ "content_filter", LLM_CONTENT_POLICY },
		{ "invalid_api_key", LLM_AUTH },
		{ "authentication_error", LLM_AUTH },
		{ "permission_error", LLM_AUTH },
		{ "rate_limit_exceeded", LLM_RATE_LIMITED },
		{ "rate_limit_error", LLM_RATE_LIMITED },
		{ "rate_limited", LLM_RATE_LIMITED },
		{ "tokens", LLM_RATE_LIMITED },
		{ "requests", LLM_RATE_LIMITED },
		{ "overloaded_error", LLM_OVERLOADED },
		{ "server_error", LLM_OVERLOADED },
		{ "internal_error", LLM_OVERLOADED },
		{ "internal_server_error", LLM_OVERLOADED },
		{ "InternalServerError", LLM_OVERLOADED },
		{ "unavailable_error", LLM_OVERLOADED },
	};

	for (size_t i = 0; s && i < sizeof(codes) / sizeof(*codes); i++)
		if (strcasecmp(s, codes[i].code) == 0)
			return codes[i].class;
	return LLM_OK;
}

static enum llm_class by_status(int status)
{
	switch (status) {
	case 401:
	case 403:
	case 407:
		return LLM_AUTH;
	case 402:
		return LLM_QUOTA;
	case 408:
	case 504:
		return LLM_TIMEOUT;
	case 409:
		return LLM_OVERLOADED;
	case 413:
		return LLM_CONTEXT_TOO_LONG;
	case 429:
		return LLM_RATE_LIMITED;
	case 0:
		return LLM_OVERLOADED; /* it began to answer and then gave up */
	default:
		if (status >= 200 && status < 300)
			return LLM_INVALID_OUTPUT;
		return status >= 500 ? LLM_OVERLOADED : LLM_BAD_REQUEST;
	}
}

static unsigned unsupported_by(const char *param, const char *code, const char *message)
{
	static const struct {
		const char *name;
		unsigned bit;
	} parameters[] = {
		{ "stream_options", LLM_NO_STREAM_USAGE },
		{ "max_completion_tokens", LLM_NO_MAX_FIELD },
		{ "max_tokens", LLM_NO_MAX_FIELD },
		{ "response_format", LLM_NO_SCHEMA },
		{ "json_schema", LLM_NO_SCHEMA },
		{ "json_object", LLM_NO_SCHEMA },
		{ "stream", LLM_NO_STREAM },
	};
	bool refused = MENTIONS(message, "support", "unknown", "unrecognized", "unrecognised", "unexpected",
				"not permitted", "extra inputs", "unavailable", "not allowed",
				"invalid schema") ||
		       strncmp(code, "unsupported", 11) == 0 || strcmp(code, "unknown_parameter") == 0;
	bool unknown = MENTIONS(message, "unknown", "unrecognized", "unrecognised", "not permitted",
				"extra inputs", "unexpected") || strcmp(code, "unknown_parameter") == 0;

	if (!refused)
		return 0;
	for (size_t i = 0; i < sizeof(parameters) / sizeof(*parameters); i++) {
		const char *name = parameters[i].name;
		size_t n = strlen(name);
		bool named = *param ? strncmp(param, name, n) == 0 && (!param[n] || param[n] == '.')
				    : strstr(message, name) != NULL;

		/* The message that wants another limit names both: either way it is swapped. */
		if (named)
			return strcmp(name, "response_format") == 0 && unknown ? LLM_NO_FORMAT
									       : parameters[i].bit;
	}
	return 0;
}

static enum llm_class refine(enum llm_class class, int status, const char *message)
{
	if (class == LLM_RATE_LIMITED && MENTIONS(message, "exceeded your current quota"))
		return LLM_QUOTA;
	if (status != 0 && status != 400 && status != 413 && status != 422 && status != 500)
		return class;
	if (MENTIONS(message, "maximum context length", "context window", "exceeds the available context",
		     "prompt is too long", "context length"))
		return LLM_CONTEXT_TOO_LONG;
	if (MENTIONS(message, "content management policy", "usage policies", "safety system"))
		return LLM_CONTENT_POLICY;
	return class;
}

static void conclude(struct llm_answer *an, int status, const char *type, const char *code, const char *param,
		     const char *message)
{
	enum llm_class class = by_code(code);
	char quoted[200];

	if (class == LLM_OK)
		class = by_code(type);
	if (class == LLM_OK)
		class = refine(by_status(status), status, message);
	if (class == LLM_BAD_REQUEST && (status == 400 || status == 422))
		an->unsupported = unsupported_by(param, code, message);
	refusal_quote(message, strlen(message), quoted, sizeof(quoted));
	/* An authentication error may repeat part of the key. */
	if (class == LLM_AUTH)
		answer_fail(an, class, "the server refuses the key (status %d)",
			    status ? status : an->status);
	else if (!status)
		answer_fail(an, class, "the server reported an error within its answer: \"%s\"", quoted);
	else if (status >= 300 && status < 400)
		answer_fail(an, class, "the server redirects (status %d), which is not followed; "
			    "is the base URL right?", status);
	else if (*quoted)
		answer_fail(an, class, "the server answered with status %d: \"%s\"", status, quoted);
	else
		answer_fail(an, class, "the server answered with status %d", status);
}

void refusal_from_object(struct llm_answer *an, int status, struct json_object *error)
{
	if (json_object_is_type(error, json_type_string)) {
		conclude(an, status, "", "", "", json_object_get_string(error));
		return;
	}
	/* An error inside a stream may carry the status that it would have had. */
	if (!status) {
		int64_t own = json_get_int(error, "code", 0);

		if (own == 0)
			own = json_get_int(error, "status", 0);
		if (own >= 400 && own < 600 && by_code(json_get_str(error, "type", "")) == LLM_OK) {
			conclude(an, (int)own, "", "", "", json_get_str(error, "message", ""));
			return;
		}
	}
	conclude(an, status, json_get_str(error, "type", ""), json_get_str(error, "code", ""),
		 json_get_str(error, "param", ""), json_get_str(error, "message", ""));
}

void refusal_from_status(struct llm_answer *an)
{
	struct json_object *doc = llm_json(an->scratch, buf_str(&an->body), an->body.len, NULL);
	struct json_object *error = json_get(doc, "error");

	if (!error)
		error = json_get(doc, "message") ? doc : json_get(doc, "detail");
	if (json_object_is_type(error, json_type_object) || json_object_is_type(error, json_type_string))
		refusal_from_object(an, an->status, error);
	else
		conclude(an, an->status, "", "", "", "");
}
