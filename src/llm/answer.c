/* SPDX-License-Identifier: MIT */
/*
 * The life of one answer, whoever sends it: which form the body has, documents to
 * the provider's parser, and what it all comes to in the end.
 */
#include "llm/answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "llm/bounded.h"
#include "llm/refusal.h"
#include "llm/retry_after.h"

#define ERROR_BODY_MAX (64u << 10)
#define SCRATCH_MAX ((size_t)512 << 20)

static bool on_event(void *ctx, const char *event, const char *data, size_t n);

struct llm_answer *llm_answer_new(const struct provider *p, size_t max, llm_text_fn on_text, void *ctx)
{
	struct llm_answer *an = calloc(1, sizeof(*an));

	if (!an)
		abort();
	if (!max)
		max = NET_LIMITS_DEFAULT.body_max;
	an->provider = p;
	an->max = max;
	an->on_text = on_text;
	an->ctx = ctx;
	an->retry_after_ms = -1;
	sse_init(&an->sse, max, on_event, an);
	buf_init(&an->body, max);
	buf_init(&an->text, max);
	buf_init(&an->refusal, ERROR_BODY_MAX);
	an->scratch = arena_new(SCRATCH_MAX);
	return an;
}

struct str llm_answer_text(const struct llm_answer *an)
{
	return (struct str){ buf_str(&an->text), an->text.len };
}

void llm_answer_free(struct llm_answer *an)
{
	if (!an)
		return;
	sse_release(&an->sse);
	buf_release(&an->body);
	buf_release(&an->text);
	buf_release(&an->refusal);
	arena_free(an->scratch);
	free(an);
}

void answer_text(struct llm_answer *an, const char *s, size_t n)
{
	if (!n)
		return;
	buf_add(&an->text, s, n);
	if (an->on_text)
		an->on_text(an->ctx, s, n);
}

void answer_refusal(struct llm_answer *an, const char *s, size_t n)
{
	buf_add(&an->refusal, s, n);
}

void answer_fail(struct llm_answer *an, enum llm_class c, const char *fmt, ...)
{
	va_list ap;

	if (an->failed != LLM_OK)
		return;
	an->failed = c;
	va_start(ap, fmt);
	vsnprintf(an->message, sizeof(an->message), fmt, ap);
	va_end(ap);
}

/* ---- head ---- */

static enum answer_form form_of(const char *content_type)
{
	size_t n;

	if (!content_type)
		return FORM_UNKNOWN;
	content_type += strspn(content_type, " \t");
	n = strcspn(content_type, "; \t");
	if (n == 17 && strncasecmp(content_type, "text/event-stream", n) == 0)
		return FORM_STREAM;
	if (n == 16 && strncasecmp(content_type, "application/json", n) == 0)
		return FORM_JSON;
	return FORM_ERROR;
}

void llm_answer_head(struct llm_answer *an, int status, const char *(*header)(void *hctx, const char *name),
		     void *hctx, int64_t now_ms)
{
	const char *type = header(hctx, "content-type"), *id = header(hctx, "x-request-id");

	an->status = status;
	an->retry_after_ms = llm_retry_after(header, hctx, now_ms, status == 429);
	if (id)
		refusal_quote(id, strlen(id), an->request_id, sizeof(an->request_id));
	if (status != 200) {
		an->form = FORM_ERROR;
		return;
	}
	an->form = form_of(type);
	if (an->form == FORM_ERROR)
		answer_fail(an, LLM_INVALID_OUTPUT, "the server answered with content type \"%.80s\" instead "
			    "of JSON or an event stream; is the base URL right?", type);
}

/* ---- body ---- */

static bool on_event(void *ctx, const char *event, const char *data, size_t n)
{
	struct llm_answer *an = ctx;
	struct json_object *doc;
	struct err e = { 0 };

	if (n == 6 && memcmp(data, "[DONE]", 6) == 0) {
		an->done = true;
		return false;
	}
	an->documents++;
	doc = llm_json(an->scratch, data, n, &e);
	if (json_object_is_type(doc, json_type_object))
		an->provider->document(an, doc, event);
	else if (!*event || strcmp(event, "message") == 0)
		answer_fail(an, LLM_INVALID_OUTPUT, "event %d of the stream is no JSON object: %s",
			    an->documents, doc ? "another value" : e.msg);
	arena_reset(an->scratch);
	if (!buf_ok(&an->text))
		answer_fail(an, LLM_TOO_LARGE, "the answer is longer than %zu bytes", an->max);
	return an->failed == LLM_OK;
}

/* Without a content type the first byte tells. */
static enum answer_form sniff(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr(" \t\r\n", p[i]) || !p[i])
			return p[i] == '{' ? FORM_JSON : FORM_STREAM;
	return FORM_UNKNOWN;
}

bool llm_answer_feed(struct llm_answer *an, const char *data, size_t n)
{
	an->bytes += n;
	if (an->bytes > an->max) {
		answer_fail(an, LLM_TOO_LARGE, "the answer is longer than %zu bytes", an->max);
		return false;
	}
	if (an->failed != LLM_OK)
		return false;
	if (an->form == FORM_UNKNOWN) {
		an->form = sniff(data, n);
		/* What came before belongs to the stream, too. */
		if (an->form == FORM_STREAM)
			sse_feed(&an->sse, buf_str(&an->body), an->body.len);
	}
	switch (an->form) {
	case FORM_STREAM:
		if (!an->done)
			sse_feed(&an->sse, data, n);
		return an->failed == LLM_OK && !an->done;
	case FORM_UNKNOWN:
	case FORM_JSON:
		buf_add(&an->body, data, n);
		return true;
	case FORM_ERROR:
		break;
	}
	if (an->body.len + n > ERROR_BODY_MAX)
		n = an->body.len < ERROR_BODY_MAX ? ERROR_BODY_MAX - an->body.len : 0;
	buf_add(&an->body, data, n);
	return true;
}

/* ---- end ---- */

static void transport(struct llm_answer *an, enum net_fault fault, const char *message)
{
	static const enum llm_class class_of[NET_FAULTS] = {
		[NET_CONNECTION] = LLM_CONNECTION,
		[NET_TIMEOUT] = LLM_TIMEOUT,
		[NET_TLS] = LLM_CONNECTION,
		[NET_TOO_LARGE] = LLM_TOO_LARGE,
		[NET_CANCELLED] = LLM_CANCELLED,
	};

	if (fault == NET_OK || an->done || fault >= NET_FAULTS)
		return;
	/* What came whole is whole, however the connection ended: only the usage is lost. */
	if (an->finish != LLM_FINISH_UNKNOWN && (fault == NET_CONNECTION || fault == NET_TIMEOUT))
		return;
	/* Where the status already says what is wrong, a broken error body changes nothing. */
	if (an->status && an->status != 200 && fault != NET_CANCELLED)
		return;
	answer_fail(an, class_of[fault], "%s", message && *message ? message : "the connection failed");
}

static void end_stream(struct llm_answer *an)
{
	bool was_ok = an->failed == LLM_OK;

	sse_end(&an->sse);
	/* The tail of a stream that was cut is no JSON, and that is not the model's fault. */
	if (was_ok && an->failed == LLM_INVALID_OUTPUT) {
		an->failed = LLM_OK;
		an->message[0] = '\0';
	}
	if (an->sse.too_large)
		answer_fail(an, LLM_TOO_LARGE, "an event of the stream is longer than %zu bytes", an->max);
	if (!an->done && an->finish == LLM_FINISH_UNKNOWN)
		answer_fail(an, LLM_CONNECTION, "the stream ended before the answer did");
}

static void end_json(struct llm_answer *an)
{
	struct err e = { 0 };
	struct json_object *doc = llm_json(an->scratch, buf_str(&an->body), an->body.len, &e);

	an->done = true;
	if (json_object_is_type(doc, json_type_object))
		an->provider->document(an, doc, "");
	else
		answer_fail(an, LLM_INVALID_OUTPUT, "the server's answer is no JSON object: %s",
			    doc ? "another value" : e.msg);
	if (!buf_ok(&an->text))
		answer_fail(an, LLM_TOO_LARGE, "the answer is longer than %zu bytes", an->max);
}

static void judge(struct llm_answer *an)
{
	if (an->refusal.len || an->finish == LLM_FINISH_FILTER)
		answer_fail(an, LLM_CONTENT_POLICY, an->refusal.len ? "the model refused: \"%.*s\""
			    : "the server's content filter cut the answer",
			    (int)utf8_prefix(buf_str(&an->refusal), an->refusal.len, 200),
			    buf_str(&an->refusal));
	else if (an->finish == LLM_FINISH_LENGTH)
		answer_fail(an, LLM_INVALID_OUTPUT,
			    "the answer was cut at the output limit; a shorter one is needed");
	else if (an->finish == LLM_FINISH_TOOL)
		answer_fail(an, LLM_INVALID_OUTPUT, "the model called a tool instead of answering");
	else if (!an->text.len)
		answer_fail(an, LLM_INVALID_OUTPUT, "the answer is empty");
}

void llm_answer_finish(struct llm_answer *an, enum net_fault fault, const char *fault_message,
		       struct arena *a, struct llm_result *out)
{
	transport(an, fault, fault_message);
	if (an->failed == LLM_OK) {
		if (an->status != 200)
			refusal_from_status(an);
		else if (an->form == FORM_STREAM)
			end_stream(an);
		else
			end_json(an);
	}
	if (an->failed == LLM_OK)
		judge(an);
	*out = (struct llm_result){
		.class = an->failed,
		.status = an->status,
		.text = arena_strndup(a, buf_str(&an->text), an->text.len),
		.text_len = an->text.len,
		.refusal = an->refusal.len ? arena_strdup(a, buf_str(&an->refusal)) : NULL,
		.finish = an->finish,
		.usage = an->usage,
		.retry_after_ms = an->retry_after_ms,
		.unsupported = an->unsupported,
		.model = *an->model ? arena_strdup(a, an->model) : NULL,
		.request_id = *an->request_id ? arena_strdup(a, an->request_id) : NULL,
	};
	/* What is quoted may have been cut within a character, or never have been UTF-8. */
	refusal_quote(an->message, strlen(an->message), out->message, sizeof(out->message));
}
