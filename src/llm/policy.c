/* SPDX-License-Identifier: MIT */
/* What each outcome of a call means for the stage: THE table. */
#include "llm/llm.h"

#include <string.h>

static const struct llm_policy policies[LLM_CLASSES] = {
	[LLM_OK] = { "ok", LLM_THEN_ACCEPT, false, true, "The model answered." },
	[LLM_RATE_LIMITED] = { "rate_limited", LLM_THEN_RETRY, false, false,
		"The model server asks for fewer requests. They go on when its limit resets." },
	[LLM_OVERLOADED] = { "overloaded", LLM_THEN_RETRY, true, false,
		"The model server is overloaded or has failed. It is asked again." },
	[LLM_TIMEOUT] = { "timeout", LLM_THEN_RETRY, true, true,
		"The model server did not answer in time. It is asked again." },
	[LLM_CONNECTION] = { "connection", LLM_THEN_RETRY, true, true,
		"The model server cannot be reached, or the connection broke. It is asked again." },
	[LLM_BAD_REQUEST] = { "bad_request", LLM_THEN_ASK, true, false,
		"The model server does not take the request. Check the base URL and the model's name." },
	[LLM_CONTEXT_TOO_LONG] = { "context_too_long", LLM_THEN_ASK, true, false,
		"The request is longer than the model takes. Shorten the brief, or choose another model." },
	[LLM_CONTENT_POLICY] = { "content_policy", LLM_THEN_ASK, true, true,
		"The model refused. Reword the brief, or choose another model." },
	[LLM_AUTH] = { "auth", LLM_THEN_ASK, false, false,
		"The model server does not accept the key. Set a valid one, then resume." },
	[LLM_QUOTA] = { "quota", LLM_THEN_ASK, false, false,
		"The account at the model server has no credit left. Top it up, then resume." },
	[LLM_INVALID_OUTPUT] = { "invalid_output", LLM_THEN_REPAIR, true, true,
		"The model's answer cannot be used. It is asked to mend it." },
	[LLM_CANCELLED] = { "cancelled", LLM_THEN_STOP, false, true, "The call was cancelled." },
	[LLM_TOO_LARGE] = { "too_large", LLM_THEN_RETRY, true, true,
		"The model's answer is larger than is accepted. It is asked again." },
};

const struct llm_policy *llm_policy(enum llm_class c)
{
	return &policies[c < LLM_CLASSES ? c : LLM_INVALID_OUTPUT];
}

#define FIRST_MS 500
#define CEILING_MS 8000

int64_t llm_retry_delay(enum llm_class c, int attempt, int64_t retry_after_ms, double unit)
{
	int64_t ms = CEILING_MS;

	if (llm_policy(c)->then != LLM_THEN_RETRY && llm_policy(c)->then != LLM_THEN_REPAIR)
		return -1;
	if (attempt >= 0 && attempt < 4)
		ms = (int64_t)FIRST_MS << attempt;
	/* Up to a quarter earlier, so that those who failed together do not return together. */
	ms -= (int64_t)(unit * 0.25 * (double)ms);
	if (retry_after_ms <= 0)
		return ms;
	/* Never before the time asked for, and not all at that very moment. */
	if (retry_after_ms > ms)
		ms = retry_after_ms + (int64_t)(unit * 0.1 * (double)retry_after_ms);
	return ms;
}

struct llm_caps llm_caps_for(const char *base_url)
{
	static const char vendor[] = "https://api.openai.com/";
	struct llm_caps caps = LLM_CAPS_DEFAULT;

	if (strncmp(base_url, vendor, sizeof(vendor) - 1) == 0)
		caps.max_field = LLM_MAX_COMPLETION_TOKENS;
	return caps;
}

bool llm_caps_degrade(struct llm_caps *caps, unsigned unsupported, bool *swapped)
{
	struct llm_caps old = *caps;

	if (unsupported & LLM_NO_FORMAT)
		caps->format = LLM_FORMAT_NONE;
	else if (unsupported & LLM_NO_SCHEMA && caps->format != LLM_FORMAT_NONE)
		caps->format--;
	if (unsupported & LLM_NO_STREAM_USAGE)
		caps->stream_usage = false;
	if (unsupported & LLM_NO_STREAM)
		caps->stream = caps->stream_usage = false;
	if (unsupported & LLM_NO_MAX_FIELD && !*swapped) {
		*swapped = true;
		caps->max_field = caps->max_field == LLM_MAX_TOKENS ? LLM_MAX_COMPLETION_TOKENS
								    : LLM_MAX_TOKENS;
	}
	return old.format != caps->format || old.stream != caps->stream ||
	       old.stream_usage != caps->stream_usage || old.max_field != caps->max_field;
}
